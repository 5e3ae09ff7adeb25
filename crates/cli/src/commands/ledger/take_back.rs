//! `czei ledger take-back`.

use czei::stock::SegmentId;
use serde::Serialize;

use super::Opened;
use crate::Run;
use crate::arguments::ledger::TakeBack;
use crate::commands::Ended;
use crate::commands::stores::receipt_number;
use crate::output::Output;

pub(crate) fn run(arguments: &TakeBack, output: &mut Output) -> Run {
    #[derive(Serialize)]
    struct Line {
        v: u32,
        segment: i64,
        taken_back_from: String,
    }
    let from = receipt_number("--from", &arguments.from)?;
    let Opened { ledger, .. } = Opened::at(&arguments.place)?;
    ledger.take_back(SegmentId(arguments.segment), from, &arguments.reason, arguments.who.by())?;
    let segment = arguments.segment;
    if output.json {
        output.object(&Line { v: 1, segment, taken_back_from: from.to_string() })?;
    } else {
        output.say(
            &format!("号段 {segment}  自 {from} 起已收回"),
            &format!("segment {segment}  taken back from {from}"),
        )?;
    }
    Ok(Ended::AsWished)
}
