//! Events of the journal, for people and for programs.

use std::fmt::Write as _;

use czei::stock::{Event, JournalRow};
use serde::Serialize;

use super::{time, time_json};
use crate::failure::Result;
use crate::language::Language;
use crate::output::Output;
use crate::shown;

/// One event of a story, for people: time, what, who, and what else.
pub(crate) fn event(row: &JournalRow, output: &mut Output) -> Result<()> {
    let language = output.language;
    let what = language.pick(row.event.name_zh(), row.event.name());
    let mut line = format!("  {}  {what}  {}", time(row.at), shown::text(&row.actor));
    let detail = detail(row, language);
    if !detail.is_empty() {
        line += "  ";
        line += &shown::text(&detail);
    }
    output.line(&line)
}

/// What else a row says: the names of a JSON object in the language of people, or the text itself.
fn detail(row: &JournalRow, language: Language) -> String {
    let object = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&row.detail);
    let Ok(object) = object else {
        let label = if row.event == Event::Reserved || row.event == Event::Obtained {
            name("request_id", language)
        } else {
            ""
        };
        return if label.is_empty() { row.detail.clone() } else { format!("{label}: {}", row.detail) };
    };
    let mut text = String::new();
    // What was left empty says nothing; the rest stands as people read it.
    let mut values: Vec<_> = object.into_iter().filter(|(_, value)| value.as_str() != Some("")).collect();
    values.sort_by_key(|(key, _)| ORDER.iter().position(|known| known == key).unwrap_or(ORDER.len()));
    for (key, value) in values {
        let gap = if text.is_empty() { "" } else { language.pick("；", "; ") };
        let value = shown_value(&key, &value);
        // Writing into a string does not fail.
        let _ = write!(text, "{gap}{}: {value}", name(&key, language));
    }
    text
}

/// A value as people read it: numbers of receipts with their zeros.
fn shown_value(key: &str, value: &serde_json::Value) -> String {
    match (key, value.as_u64()) {
        ("first" | "last" | "next" | "from", Some(number)) => format!("{number:010}"),
        _ => value.as_str().map_or_else(|| value.to_string(), str::to_owned),
    }
}

/// Which details come first.
const ORDER: [&str; 8] = ["unit", "code", "from", "first", "last", "next", "giver", "reason"];

/// The names of details; others stand as they are.
fn name(key: &str, language: Language) -> &str {
    let zh = match key {
        "actor" | "person" => "经办",
        "checker" => "复核",
        "code" => "票据代码",
        "first" => "起号",
        "from" => "自",
        "generation" => "代",
        "giver" => "发放单位",
        "last" => "止号",
        "next" => "下一号",
        "paper" => "纸质票据",
        "ranges" => "号码范围",
        "reason" => "原因",
        "refusal_sm3" => "拒签记录 SM3",
        "request_id" => "请求号",
        "at" | "time" => "时间",
        "unit" => "单位",
        _ => return key,
    };
    let en = match key {
        "request_id" => "request",
        key => key,
    };
    language.pick(zh, en)
}

/// A row of the journal in JSON.
#[derive(Debug, Serialize)]
pub(crate) struct EventJson {
    seq: i64,
    chain: String,
    event: &'static str,
    at: String,
    actor: String,
    subject: Option<String>,
    detail: String,
}

impl EventJson {
    pub(crate) fn of(row: &JournalRow) -> Self {
        EventJson {
            seq: row.seq,
            chain: row.chain.clone(),
            event: row.event.name(),
            at: time_json(row.at),
            actor: row.actor.clone(),
            subject: row.subject.map(|subject| shown::hex(&subject)),
            detail: row.detail.clone(),
        }
    }
}
