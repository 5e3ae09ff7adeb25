//! Numbers, segments and journal as lines of CSV or JSON.

use chrono::{DateTime, FixedOffset};
use czei_core::Related;

use crate::csv::{self, Line};
use crate::{Find, JournalRow, NumberId, NumberRecord, Origin, Result, Segment, Stock};

/// What is exported. No document and nothing of a payer is in any of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExportOf {
    /// Every number that is no longer free, in the order of code and number.
    Numbers,
    /// The segments.
    Segments,
    /// The journal, in its order.
    Journal,
}

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExportFormat {
    /// Comma-separated values (RFC 4180) in UTF-8 with a byte order mark, lines ended by CR LF, a line
    /// of names first. A text of people that a spreadsheet would take for a formula has an apostrophe
    /// before it.
    Csv,
    /// One JSON object a line. [`JournalFile`](crate::JournalFile) verifies a journal in this form.
    JsonLines,
}

/// Hands an export line by line, line ends included, to `each`; answers how many rows it has. Memory
/// does not grow with them.
///
/// # Errors
/// Those of the database and of `each`.
pub fn export(
    stock: &dyn Stock,
    of: ExportOf,
    format: ExportFormat,
    each: &mut dyn FnMut(&str) -> Result<()>,
) -> Result<u64> {
    if let Some(header) = export_header(of, format) {
        each(&header)?;
    }
    let mut rows = 0;
    match of {
        ExportOf::Numbers => stock.find_numbers(Find::All, &mut |record| {
            rows += 1;
            each(&number_line(&record, format))
        })?,
        ExportOf::Segments => {
            for segment in stock.segments()? {
                rows += 1;
                each(&segment_line(&segment, format))?;
            }
        }
        ExportOf::Journal => stock.journal(1, &mut |row| {
            rows += 1;
            each(&journal_line(&row, format))
        })?,
    }
    Ok(rows)
}

const NUMBERS: [&str; 15] = [
    "id",
    "code",
    "number",
    "segment",
    "state",
    "unit",
    "request_id",
    "business_key",
    "day",
    "total",
    "reverses",
    "exchanged",
    "document_sm3",
    "draft_digest",
    "last_change",
];

const SEGMENTS: [&str; 22] = [
    "segment",
    "parent",
    "unit",
    "code",
    "origin",
    "first",
    "last",
    "next",
    "returned_from",
    "giver",
    "received_at",
    "taken_in_at",
    "received",
    "free",
    "reserved",
    "signed",
    "issued",
    "voided",
    "returned",
    "unknown",
    "red",
    "exchanged",
];

const JOURNAL: [&str; 11] =
    ["seq", "chain", "place", "event", "number", "at", "actor", "subject", "detail", "previous", "hash"];

/// The line of names, byte order mark included; none of JSON.
#[must_use]
pub fn export_header(of: ExportOf, format: ExportFormat) -> Option<String> {
    let names: &[&str] = match of {
        ExportOf::Numbers => &NUMBERS,
        ExportOf::Segments => &SEGMENTS,
        ExportOf::Journal => &JOURNAL,
    };
    (format == ExportFormat::Csv).then(|| format!("{}{}\r\n", csv::MARK, names.join(",")))
}

/// A field of a row.
enum Field {
    /// Nothing.
    None,
    /// A text that has a form of its own.
    Plain(String),
    /// A text of people.
    Text(String),
    Integer(i64),
    Boolean(bool),
}

/// The line of a number.
#[must_use]
pub fn number_line(record: &NumberRecord, format: ExportFormat) -> String {
    let fields = [
        Field::Plain(record.id.to_string()),
        Field::Plain(record.id.code().to_string()),
        Field::Plain(record.id.number().to_string()),
        Field::Integer(record.segment.0),
        Field::Plain(record.state.name().to_owned()),
        Field::Text(record.unit.clone()),
        text(record.request_id.as_deref()),
        text(record.business_key.as_deref()),
        plain(record.day),
        plain(record.total),
        plain(record.reverses.map(|Related { code, number }| NumberId::new(code, number))),
        Field::Boolean(record.is_exchanged),
        digest(record.document_sm3),
        digest(record.draft_digest),
        Field::Integer(record.last_change),
    ];
    line(&NUMBERS, fields, format)
}

/// The line of a segment.
#[must_use]
pub fn segment_line(segment: &Segment, format: ExportFormat) -> String {
    let count = |count: u64| Field::Integer(i64::try_from(count).unwrap_or(i64::MAX));
    let origin = match segment.origin {
        Origin::Received => "received",
        Origin::External => "external",
    };
    let fields = [
        Field::Integer(segment.id.0),
        segment.parent.map_or(Field::None, |parent| Field::Integer(parent.0)),
        Field::Text(segment.unit.clone()),
        Field::Plain(segment.code.to_string()),
        Field::Plain(origin.to_owned()),
        plain(segment.range.map(|(first, _)| first)),
        plain(segment.range.map(|(_, last)| last)),
        segment.range.map_or(Field::None, |_| Field::Plain(format!("{:010}", segment.next))),
        plain(segment.returned_from),
        Field::Text(segment.giver.clone()),
        Field::Plain(time(segment.received_at)),
        segment.taken_in_at.map_or(Field::None, |at| Field::Plain(time(at))),
        count(segment.received()),
        count(segment.free()),
        count(segment.reserved),
        count(segment.signed),
        count(segment.issued),
        count(segment.voided),
        count(segment.returned()),
        count(segment.unknown),
        count(segment.red),
        count(segment.exchanged),
    ];
    line(&SEGMENTS, fields, format)
}

/// The line of a journal row.
#[must_use]
pub fn journal_line(row: &JournalRow, format: ExportFormat) -> String {
    let fields = [
        Field::Integer(row.seq),
        Field::Plain(row.chain.clone()),
        Field::Integer(row.place),
        Field::Plain(row.event.name().to_owned()),
        plain(row.number),
        Field::Plain(time(row.at)),
        Field::Text(row.actor.clone()),
        digest(row.subject),
        Field::Text(row.detail.clone()),
        row.previous.map_or(Field::None, Field::Integer),
        digest(Some(row.hash)),
    ];
    line(&JOURNAL, fields, format)
}

fn line<const N: usize>(names: &[&str; N], fields: [Field; N], format: ExportFormat) -> String {
    match format {
        ExportFormat::Csv => {
            let mut line = Line::default();
            for field in fields {
                match field {
                    Field::None => line.plain(""),
                    Field::Plain(text) => line.plain(&text),
                    Field::Text(text) => line.text(&text),
                    Field::Integer(value) => line.plain(&value.to_string()),
                    Field::Boolean(value) => line.plain(if value { "true" } else { "false" }),
                }
            }
            line.finish()
        }
        ExportFormat::JsonLines => {
            // In the order in which the names are published, which a map would not keep.
            let mut line = String::from("{\"v\":1");
            for (name, field) in names.iter().zip(fields) {
                let value = match field {
                    Field::None => "null".to_owned(),
                    Field::Plain(text) | Field::Text(text) => serde_json::Value::String(text).to_string(),
                    Field::Integer(value) => value.to_string(),
                    Field::Boolean(value) => value.to_string(),
                };
                line.push_str(",\"");
                line.push_str(name);
                line.push_str("\":");
                line.push_str(&value);
            }
            line.push_str("}\n");
            line
        }
    }
}

fn plain(value: Option<impl ToString>) -> Field {
    value.map_or(Field::None, |value| Field::Plain(value.to_string()))
}

fn text(value: Option<&str>) -> Field {
    value.map_or(Field::None, |value| Field::Text(value.to_owned()))
}

fn digest(value: Option<[u8; 32]>) -> Field {
    value.map_or(Field::None, |digest| Field::Plain(crate::hex::encode(&digest)))
}

/// A time to the millisecond, at its offset.
pub(crate) fn time(at: DateTime<FixedOffset>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
}
