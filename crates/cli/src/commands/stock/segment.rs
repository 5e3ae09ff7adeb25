//! `czei stock segment add` and `segment list`.

use czei::stock::{ExportFormat, NewSegment, Segment, Stock as _, segment_line};
use czei_codes::Code as _;

use super::Opened;
use crate::Run;
use crate::arguments::stock::{SegmentAdd, StockPlace};
use crate::arguments::stores::Only;
use crate::commands::Ended;
use crate::commands::stores::{self, NewRange, range_line, receipt_number};
use crate::failure::Result;
use crate::language::Language;
use crate::output::Output;
use crate::table::Table;

/// One past the last number: what `--next` says of a segment that is used up.
const BEYOND: &str = "10000000000";

pub(crate) fn add(arguments: &SegmentAdd, output: &mut Output) -> Run {
    let next = match arguments.next.as_deref() {
        None => None,
        Some(BEYOND) => Some(10_000_000_000),
        Some(text) => Some(receipt_number("--next", text)?.get()),
    };
    let range @ NewRange { code, first, last } = arguments.range.read()?;
    let unit = &arguments.range.unit;
    let segment = NewSegment { unit, code, first, last, next, giver: &arguments.giver };
    let Opened { stock, configuration } = Opened::at(&arguments.place)?;
    // A segment stays for ever: one noted for a unit that was mistyped could only be given back.
    if let Some(configuration) = &configuration
        && !configuration.unit_codes().any(|code| code == unit)
    {
        let units = configuration.unit_codes().collect::<Vec<_>>().join(" / ");
        let fault = czei::Code::UnitUnknown.fault().at_path("--unit").expected(units).found(unit);
        return Err(czei::Error::from(fault).into());
    }
    let id = stock.receive(&segment, arguments.who.by())?;
    if arguments.take_in {
        match stock.take_in(id, arguments.who.by()) {
            // The command was cut off after this and is repeated: it is as was wished.
            Err(error) if error.is(czei::stock::Code::SegmentTakenIn) => {}
            taken_in => taken_in?,
        }
    }
    let state = if arguments.take_in { ("已领入", "taken in") } else { ("待领入", "pending") };
    range_line(id.0, unit, range, Some(arguments.take_in), state, output)?;
    if !arguments.take_in {
        stores::hint(
            &format!("尚不能用：请执行 take-in {} 领入", id.0),
            &format!("Nothing is drawn from it before take-in {}", id.0),
            output,
        );
    }
    Ok(Ended::AsWished)
}

pub(crate) fn list(arguments: &Only<StockPlace>, output: &mut Output) -> Run {
    let segments = Opened::at(&arguments.place)?.stock.segments()?;
    if output.json {
        for segment in &segments {
            output.bytes(segment_line(segment, ExportFormat::JsonLines).as_bytes())?;
        }
        return Ok(Ended::AsWished);
    }
    if segments.is_empty() {
        output.say("没有号段", "no segment")?;
    }
    table(&segments, output)?;
    Ok(Ended::AsWished)
}

/// The segments for people.
fn table(segments: &[Segment], output: &mut Output) -> Result<()> {
    let language = output.language;
    let mut table = Table::new(match language {
        Language::Zh => {
            ["号段", "单位", "代码", "起号", "止号", "#下一号", "#未用", "#已开", "#作废", "#待核实", "状态"]
        }
        Language::En => {
            ["segment", "unit", "code", "first", "last", "#next", "#free", "#issued", "#voided", "#unknown", "state"]
        }
    });
    for segment in segments {
        let (first, last) = match segment.range {
            Some((first, last)) => (first.to_string(), last.to_string()),
            None => (language.pick("外部取号", "from outside").to_owned(), String::new()),
        };
        let pending = if segment.taken_in_at.is_none() && segment.free() > 0 {
            language.pick("待领入", "pending")
        } else {
            ""
        };
        let state = match segment.returned_from {
            _ if segment.range.is_none() => String::new(),
            Some(from) => {
                let gap = if pending.is_empty() { "" } else { language.pick("；", "; ") };
                format!("{pending}{gap}{} {from}", language.pick("已退回，自", "returned from"))
            }
            None if pending.is_empty() => language.pick("已领入", "taken in").to_owned(),
            None => pending.to_owned(),
        };
        let next = if segment.free() > 0 { format!("{:010}", segment.next) } else { String::new() };
        table.row([
            segment.id.0.to_string(),
            segment.unit.clone(),
            segment.code.to_string(),
            first,
            last,
            next,
            segment.free().to_string(),
            segment.issued.to_string(),
            segment.voided.to_string(),
            segment.unknown.to_string(),
            state,
        ]);
    }
    table.write(output)
}
