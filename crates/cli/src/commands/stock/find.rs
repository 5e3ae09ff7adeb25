//! `czei stock find`.

use czei::core::Amount;
use czei::stock::{self, ExportFormat, NumberRecord, State, Stock as _, number_line};

use super::Opened;
use crate::Run;
use crate::arguments::stock::Find;
use crate::commands::Ended;
use crate::commands::stores::{Lines, day, number};
use crate::language::Language;
use crate::output::Output;
use crate::shown;

pub(crate) fn run(arguments: &Find, output: &mut Output) -> Run {
    let question = question(arguments)?;
    let Opened { stock, .. } = Opened::at(&arguments.place)?;
    let (json, language) = (output.json, output.language);
    let mut found = 0u64;
    let mut lines = Lines::new(None, output)?;
    let done = stock.find_numbers(question, &mut |record| {
        found += 1;
        lines.write(&if json { number_line(&record, ExportFormat::JsonLines) } else { line(&record, language) })
    });
    lines.finish(done)?;
    if !json && found == 0 {
        output.say("没有符合的号码", "no number answers that")?;
    }
    Ok(Ended::AsWished)
}

fn question(arguments: &Find) -> crate::failure::Result<stock::Find<'_>> {
    Ok(if let Some(text) = &arguments.question.number {
        stock::Find::Number(number("--number", text)?)
    } else if let Some(request_id) = &arguments.question.request {
        stock::Find::Request { unit: arguments.unit.as_deref(), request_id }
    } else if let Some(key) = &arguments.question.business {
        stock::Find::BusinessKey(key)
    } else if let Some(text) = &arguments.question.day {
        stock::Find::Day(day("--day", text)?.date())
    } else if let Some(text) = &arguments.question.reverses {
        stock::Find::Reverses(number("--reverses", text)?)
    } else {
        // One of the questions is given; of a state, one of these names.
        let state = State::ALL.into_iter().find(|state| Some(state.name()) == arguments.question.state.as_deref());
        state.map_or(stock::Find::All, stock::Find::State)
    })
}

/// A number for people; what it does not have is left out.
fn line(record: &NumberRecord, language: Language) -> String {
    let total = record.total.map(|total: Amount| total.to_string()).unwrap_or_default();
    let day = record.day.map(|day| day.to_string()).unwrap_or_default();
    let mut line = format!(
        "{}  {:<8}  {day:<10}  {total:>12}",
        record.id,
        language.pick(record.state.name_zh(), record.state.name())
    );
    let red = record.reverses.map(|blue| format!("{}-{}", blue.code, blue.number));
    let more = [
        ("请求号", "request", record.request_id.clone()),
        ("业务号", "business", record.business_key.clone()),
        ("冲红", "reverses", red),
        ("换开", "exchanged", record.is_exchanged.then(|| language.pick("是", "yes").to_owned())),
    ];
    for (zh, en, value) in more {
        if let Some(value) = value {
            line += &format!("  {} {}", language.pick(zh, en), shown::text(&value));
        }
    }
    format!("{}\n", line.trim_end())
}
