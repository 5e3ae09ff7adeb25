//! `czei stock return`.

use czei::stock::{SegmentId, Stock as _};
use serde::Serialize;

use super::Opened;
use crate::Run;
use crate::arguments::stock::Return;
use crate::commands::Ended;
use crate::commands::stores::receipt_number;
use crate::output::Output;

pub(crate) fn run(arguments: &Return, output: &mut Output) -> Run {
    #[derive(Serialize)]
    struct Line {
        v: u32,
        segment: i64,
        code: String,
        first: String,
        last: String,
        returned: u64,
    }
    let from = arguments.from.as_deref().map(|text| receipt_number("--from", text)).transpose()?;
    let Opened { stock, .. } = Opened::at(&arguments.place)?;
    let returned = stock.give_back(SegmentId(arguments.segment), from, &arguments.reason, arguments.who.by())?;
    let (segment, code, first, last) = (returned.segment.0, returned.code, returned.first, returned.last);
    let count = last.get() - first.get() + 1;
    if output.json {
        let (code, first, last) = (code.to_string(), first.to_string(), last.to_string());
        output.object(&Line { v: 1, segment, code, first, last, returned: count })?;
    } else {
        output.say(
            &format!("号段 {segment}  {code}  {first}–{last}（{count} 个）  已退回"),
            &format!("segment {segment}  {code}  {first}–{last} ({count} numbers)  returned"),
        )?;
    }
    Ok(Ended::AsWished)
}
