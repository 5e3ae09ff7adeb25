//! `czei stock take-in`.

use czei::stock::{Origin, SegmentId, Stock as _};
use serde::Serialize;

use super::Opened;
use crate::Run;
use crate::arguments::stock::TakeIn;
use crate::commands::Ended;
use crate::output::Output;

pub(crate) fn run(arguments: &TakeIn, output: &mut Output) -> Run {
    #[derive(Serialize)]
    struct Line {
        v: u32,
        segment: i64,
        taken_in: bool,
    }
    let Opened { stock, .. } = Opened::at(&arguments.place)?;
    let segments: Vec<SegmentId> = if arguments.all {
        let pending = stock.segments()?.into_iter();
        let pending = pending.filter(|segment| segment.origin == Origin::Received && segment.taken_in_at.is_none());
        pending.map(|segment| segment.id).collect()
    } else {
        arguments.segments.iter().map(|id| SegmentId(*id)).collect()
    };
    for id in &segments {
        stock.take_in(*id, arguments.who.by())?;
        if output.json {
            output.object(&Line { v: 1, segment: id.0, taken_in: true })?;
        } else {
            output.say(&format!("号段 {} 已领入", id.0), &format!("segment {} taken in", id.0))?;
        }
    }
    if segments.is_empty() && !output.json {
        output.say("没有待领入的号段", "nothing waits to be taken in")?;
    }
    Ok(Ended::AsWished)
}
