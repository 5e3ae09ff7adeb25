//! `czei ledger give`.

use czei::stock::NewGiven;
use serde::Serialize;

use super::Opened;
use crate::Run;
use crate::arguments::ledger::Give;
use crate::commands::Ended;
use crate::commands::stores::{receipt_code, receipt_number};
use crate::output::Output;
use crate::shown;

pub(crate) fn run(arguments: &Give, output: &mut Output) -> Run {
    #[derive(Serialize)]
    struct Line<'a> {
        v: u32,
        segment: i64,
        unit: &'a str,
        code: String,
        first: String,
        last: String,
        numbers: u64,
    }
    let given = NewGiven {
        unit: &arguments.unit,
        code: receipt_code("--code", &arguments.code)?,
        first: receipt_number("--first", &arguments.first)?,
        last: receipt_number("--last", &arguments.last)?,
    };
    let Opened { ledger, .. } = Opened::at(&arguments.place)?;
    let id = ledger.give(&given, arguments.who.by())?;
    let NewGiven { unit, code, first, last } = given;
    let (segment, numbers) = (id.0, last.get() - first.get() + 1);
    if output.json {
        let (code, first, last) = (code.to_string(), first.to_string(), last.to_string());
        output.object(&Line { v: 1, segment, unit, code, first, last, numbers })?;
    } else {
        let unit = shown::text(unit);
        output.say(
            &format!("号段 {segment}  {code}  {first}–{last}（{numbers} 个）  发放给 {unit}"),
            &format!("segment {segment}  {code}  {first}–{last} ({numbers} numbers)  given to {unit}"),
        )?;
    }
    Ok(Ended::AsWished)
}
