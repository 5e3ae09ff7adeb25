//! `czei stock status`.

use czei::stock::{self, CodeStatus, Stock as _};
use czei::{Clock as _, SystemClock};
use serde::Serialize;

use super::Opened;
use crate::Run;
use crate::arguments::stock::StockPlace;
use crate::arguments::stores::Only;
use crate::commands::{Ended, stores};
use crate::failure::Result;
use crate::language::Language;
use crate::output::Output;
use crate::table::Table;

pub(crate) fn run(arguments: &Only<StockPlace>, output: &mut Output) -> Run {
    let status = Opened::at(&arguments.place)?.stock.status(SystemClock.now().date_naive())?;
    if output.json {
        for code in &status.codes {
            output.object(&CodeLine { v: 1, stock: CodeJson::of(code) })?;
        }
        output.object(&SummaryLine { v: 1, summary: SummaryJson::of(&status) })?;
        return Ok(Ended::AsWished);
    }
    if status.codes.is_empty() {
        output.say("没有号段", "no segment")?;
    }
    table(&status, output)?;
    warnings(&status, output);
    Ok(Ended::AsWished)
}

#[derive(Serialize)]
struct CodeLine {
    v: u32,
    stock: CodeJson,
}

#[derive(Serialize)]
struct CodeJson {
    unit: String,
    code: String,
    received: u64,
    free: u64,
    pending: u64,
    reserved: u64,
    signed: u64,
    issued: u64,
    voided: u64,
    returned: u64,
    unknown: u64,
    red: u64,
    external: u64,
    drawn_lately: u64,
    rate_days: u64,
    days_left: Option<u64>,
    until: Option<String>,
    low: bool,
}

impl CodeJson {
    fn of(code: &CodeStatus) -> Self {
        CodeJson {
            unit: code.unit.clone(),
            code: code.code.to_string(),
            received: code.received,
            free: code.free,
            pending: code.pending,
            reserved: code.reserved,
            signed: code.signed,
            issued: code.issued,
            voided: code.voided,
            returned: code.returned,
            unknown: code.unknown,
            red: code.red,
            external: code.external,
            drawn_lately: code.drawn_lately,
            rate_days: code.rate_days,
            days_left: code.days_left,
            until: code.until.map(|day| day.to_string()),
            low: code.is_low(),
        }
    }
}

#[derive(Serialize)]
struct SummaryLine {
    v: u32,
    summary: SummaryJson,
}

#[derive(Serialize)]
struct SummaryJson {
    stock_id: String,
    generation: String,
    segments: usize,
    codes: usize,
    low: usize,
    journal_rows: u64,
    unsigned_rows: u64,
    database_bytes: u64,
}

impl SummaryJson {
    fn of(status: &stock::Status) -> Self {
        SummaryJson {
            stock_id: status.stock_id.clone(),
            generation: status.generation.clone(),
            segments: status.segments.len(),
            codes: status.codes.len(),
            low: status.codes.iter().filter(|code| code.is_low()).count(),
            journal_rows: status.journal_rows,
            unsigned_rows: status.unsigned_rows,
            database_bytes: status.database_bytes,
        }
    }
}

fn table(status: &stock::Status, output: &mut Output) -> Result<()> {
    let language = output.language;
    let mut table = Table::new(match language {
        Language::Zh => [
            "单位",
            "代码",
            "#收到",
            "#可用",
            "#占号",
            "#已签",
            "#已开",
            "#红票",
            "#作废",
            "#退回",
            "#待核实",
            "#每日",
            "#可用天数",
            "用完日期",
        ],
        Language::En => [
            "unit",
            "code",
            "#received",
            "#free",
            "#reserved",
            "#signed",
            "#issued",
            "#red",
            "#voided",
            "#returned",
            "#unknown",
            "#a day",
            "#days left",
            "until",
        ],
    });
    for code in &status.codes {
        table.row([
            code.unit.clone(),
            code.code.to_string(),
            code.received.to_string(),
            code.free.to_string(),
            code.reserved.to_string(),
            code.signed.to_string(),
            code.issued.to_string(),
            code.red.to_string(),
            code.voided.to_string(),
            code.returned.to_string(),
            code.unknown.to_string(),
            rate(code.drawn_lately, code.rate_days),
            code.days_left.map(|days| days.to_string()).unwrap_or_default(),
            code.until.map(|day| day.to_string()).unwrap_or_default(),
        ]);
    }
    table.write(output)
}

/// Numbers a day with one decimal, rounded down.
fn rate(drawn: u64, days: u64) -> String {
    let tenths = drawn.saturating_mul(10) / days.max(1);
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// What deserves a look, on standard error.
fn warnings(status: &stock::Status, output: &Output) {
    for code in &status.codes {
        let name = format!("{} {}", code.unit, code.code);
        // What was given back as a whole needs no more, and what only waits to be taken in has its own line.
        let is_used = code.returned < code.received;
        if code.is_low() && is_used && !(code.free == 0 && code.pending > 0) {
            let (zh, en) = match code.days_left {
                Some(days) => (format!("约 {days} 天后用完"), format!("enough for about {days} days")),
                None => (String::from("所余无几"), String::from("little of what was received")),
            };
            stores::hint(
                &format!("警告：{name} 只剩 {} 个号码，{zh}，请申领", code.free),
                &format!("Warning: {name} has {} numbers left, {en}; apply for more", code.free),
                output,
            );
        }
        if code.pending > 0 {
            stores::hint(
                &format!("提示：{name} 有 {} 个号码待领入", code.pending),
                &format!("Note: {name} has {} numbers that wait to be taken in", code.pending),
                output,
            );
        }
        if code.unknown > 0 {
            stores::hint(
                &format!("警告：{name} 有 {} 个号码待核实，请导入其票据或作废记录", code.unknown),
                &format!(
                    "Warning: {name} has {} numbers of which nobody knows what became; import their receipts or voids",
                    code.unknown
                ),
                output,
            );
        }
    }
    if status.unsigned_rows > 0 {
        let rows = status.unsigned_rows;
        stores::hint(
            &format!("提示：日志有 {rows} 行尚未由签名的链首覆盖（stock heads --sign）"),
            &format!("Note: {rows} rows of the journal lie behind the last signed heads (stock heads --sign)"),
            output,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_has_one_decimal() {
        for (drawn, days, text) in
            [(0, 0, "0.0"), (1, 30, "0.0"), (3, 30, "0.1"), (45, 30, "1.5"), (30_000, 30, "1000.0"), (4, 1, "4.0")]
        {
            assert_eq!(rate(drawn, days), text);
        }
    }
}
