//! A list of voided numbers from another system, as CSV.

use std::io::BufRead;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, TimeZone as _};
use czei_codes::{Code as _, Fault, Place};
use czei_core::{BEIJING, ReceiptCode, ReceiptNumber};

use crate::csv::{Record, Records, Stop};
use crate::{Code, Error, NumberId, Past, PastState};

/// Reads a list of voided numbers, row by row: CSV in UTF-8 with a line of names first, in Chinese or
/// English, in any order.
///
/// | | |
/// |---|---|
/// | `code` | 票据代码 |
/// | `number` | 票据号码 |
/// | `reason` | 作废原因 |
/// | `person` | 作废人 |
/// | `time` | 作废时间: RFC 3339, or `2026-12-01 09:15:30`, `2026/12/1 9:15`, `2026-12-01`, `20261201` at UTC+8 |
/// | `unit` | 单位代码; may be missing where the caller names the unit |
///
/// Other columns are passed over.
///
/// ```
/// let list = "票据代码,票据号码,作废原因,作废人,作废时间\n32010126,0000000007,错票,张三,2026-12-01 09:15\n";
/// let mut rows = czei_stock::VoidList::new(list.as_bytes())?;
/// let row = rows.next().unwrap()?;
/// assert_eq!((row.id.to_string().as_str(), row.reason.as_str()), ("32010126-0000000007", "错票"));
/// assert!(rows.next().is_none());
/// # Ok::<(), czei_stock::Error>(())
/// ```
pub struct VoidList<R> {
    records: Records<R>,
    columns: Columns,
    is_over: bool,
}

/// A voided number of another system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoidRow {
    /// The line of the list, from 1.
    pub line: u32,
    /// Code and number.
    pub id: NumberId,
    /// The unit, where the list names it.
    pub unit: Option<String>,
    /// The reason.
    pub reason: String,
    /// The person.
    pub person: String,
    /// The time.
    pub at: DateTime<FixedOffset>,
}

/// Where each column stands.
struct Columns {
    count: usize,
    code: usize,
    number: usize,
    reason: usize,
    person: usize,
    time: usize,
    unit: Option<usize>,
}

/// The names of a column; the first one stands in messages.
const CODE: &[&str] = &["code", "票据代码", "代码"];
const NUMBER: &[&str] = &["number", "票据号码", "号码"];
const REASON: &[&str] = &["reason", "作废原因", "原因"];
const PERSON: &[&str] = &["person", "作废人", "经办人", "操作人", "actor"];
const TIME: &[&str] = &["time", "作废时间", "作废日期", "时间"];
const UNIT: &[&str] = &["unit", "单位代码", "开票单位代码", "单位识别码"];

impl<R: BufRead> VoidList<R> {
    /// Reads the line of names.
    ///
    /// # Errors
    /// [`Code::CsvMalformed`]; [`Code::VoidListHeader`] names the column that is missing or stands twice;
    /// [`Code::ListNotRead`].
    pub fn new(reader: R) -> Result<Self, Error> {
        let mut records = Records::new(reader);
        let header = records.next().map_err(stopped)?;
        let header = header.ok_or_else(|| Code::VoidListHeader.fault().expected(CODE[0]))?;
        Ok(VoidList { records, columns: Columns::read(&header)?, is_over: false })
    }

    fn row(&self, record: &Record) -> Result<VoidRow, Error> {
        let columns = &self.columns;
        let place = |column: &str| Place { line: Some(record.line), path: Some(column.to_owned()), ..Place::default() };
        if record.fields.len() != columns.count {
            let fault = Code::VoidListRow.fault().expected(format!("{} fields", columns.count));
            let place = Place { line: Some(record.line), ..Place::default() };
            return Err(fault.found(record.fields.len().to_string()).at(place).into());
        }
        let field = |at: usize| record.fields[at].trim();
        let rule = |column: &str, error: czei_core::Error| Error::Rule(error.at(place(column)));
        let code = ReceiptCode::parse(field(columns.code)).map_err(|error| rule(CODE[0], error))?;
        let number = ReceiptNumber::parse(field(columns.number)).map_err(|error| rule(NUMBER[0], error))?;
        let at = time(field(columns.time)).ok_or_else(|| {
            let fault = Code::VoidListRow.fault().expected("2026-12-01 09:15:30").found(field(columns.time));
            fault.at(place(TIME[0]))
        })?;
        let text = |at: usize, column: &str| match field(at) {
            "" => Err(Code::VoidListRow.fault().at(place(column)).found("\"\"")),
            text => Ok(text.to_owned()),
        };
        Ok(VoidRow {
            line: record.line,
            id: NumberId::new(code, number),
            unit: columns.unit.map(field).filter(|unit| !unit.is_empty()).map(str::to_owned),
            reason: text(columns.reason, REASON[0])?,
            person: text(columns.person, PERSON[0])?,
            at,
        })
    }
}

/// After a row that is wrong the next one follows; after damage of the file itself, none.
impl<R: BufRead> Iterator for VoidList<R> {
    type Item = Result<VoidRow, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        match self.records.next() {
            Ok(None) => None,
            Ok(Some(record)) => Some(self.row(&record)),
            Err(stop) => {
                self.is_over = true;
                Some(Err(stopped(stop)))
            }
        }
    }
}

impl VoidRow {
    /// What became of the number, for [`Stock::import`](crate::Stock::import): it was voided. `unit` is for
    /// a list that names none.
    #[must_use]
    pub fn past<'a>(&'a self, unit: &'a str) -> Past<'a> {
        Past {
            unit: self.unit.as_deref().unwrap_or(unit),
            code: self.id.code(),
            number: self.id.number(),
            state: PastState::Voided { reason: &self.reason, actor: &self.person, at: self.at },
        }
    }
}

impl Columns {
    fn read(header: &Record) -> Result<Self, Fault<Code>> {
        let find = |names: &[&str]| {
            let is_it = |field: &String| names.iter().any(|name| field.trim().eq_ignore_ascii_case(name));
            let mut found = header.fields.iter().enumerate().filter(|(_, field)| is_it(field));
            match (found.next(), found.next()) {
                (Some((at, _)), None) => Ok(Some(at)),
                (None, _) => Ok(None),
                (Some(_), Some((_, again))) => {
                    Err(Code::VoidListHeader.fault().expected(names[0]).found(format!("{again} (2)")))
                }
            }
        };
        let needed = |names: &[&str]| {
            find(names)?.ok_or_else(|| {
                let found = header.fields.iter().take(20).map(String::as_str).collect::<Vec<_>>().join(",");
                let found: String = found.chars().take(100).collect();
                Code::VoidListHeader.fault().expected(names[..2].join(" / ")).found(found)
            })
        };
        Ok(Columns {
            count: header.fields.len(),
            code: needed(CODE)?,
            number: needed(NUMBER)?,
            reason: needed(REASON)?,
            person: needed(PERSON)?,
            time: needed(TIME)?,
            unit: find(UNIT)?,
        })
    }
}

fn stopped(stop: Stop) -> Error {
    match stop {
        Stop::Malformed(fault) => fault.into(),
        Stop::Io(error) => Code::ListNotRead.fault().found(error.to_string()).into(),
    }
}

/// A time as people write it; without an offset it is at UTC+8.
fn time(text: &str) -> Option<DateTime<FixedOffset>> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.with_timezone(&BEIJING));
    }
    const TIMES: [&str; 6] = [
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%d %H:%M",
        "%Y/%m/%d %H:%M:%S",
        "%Y/%m/%d %H:%M",
        "%Y-%m-%dT%H:%M:%S",
        "%Y%m%d%H%M%S",
    ];
    const DAYS: [&str; 3] = ["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d"];
    let time = TIMES.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let day = || DAYS.iter().find_map(|form| NaiveDate::parse_from_str(text, form).ok()?.and_hms_opt(0, 0, 0));
    let local = time.or_else(day)?;
    let year = chrono::Datelike::year(&local);
    (1980..=9999).contains(&year).then(|| BEIJING.from_local_datetime(&local).single()).flatten()
}

impl<R> std::fmt::Debug for VoidList<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VoidList").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn times_as_people_write_them() {
        for (text, at) in [
            ("2026-12-01T09:15:30+08:00", "2026-12-01T09:15:30+08:00"),
            ("2026-12-01T01:15:30Z", "2026-12-01T09:15:30+08:00"),
            ("2026-12-01 09:15:30", "2026-12-01T09:15:30+08:00"),
            ("2026/12/1 9:15", "2026-12-01T09:15:00+08:00"),
            ("2026-12-01", "2026-12-01T00:00:00+08:00"),
            ("20261201", "2026-12-01T00:00:00+08:00"),
            ("20261201091530", "2026-12-01T09:15:30+08:00"),
        ] {
            assert_eq!(time(text).unwrap().to_rfc3339(), at, "{text}");
        }
        for text in ["", "yesterday", "2026-02-30", "2026-12-01 25:00", "46357", "0026-12-01", "99999-01-01"] {
            assert_eq!(time(text), None, "{text}");
        }
    }

    #[test]
    fn each_row_has_its_error_and_stops_no_other() {
        let list = "作废人,作废时间,号码,代码,作废原因,备注\n\
                    张三,2026-12-01,0000000001,32010126,错票,\n\
                    张三,2026-12-01,1,32010126,错票,\n\
                    张三,昨天,0000000002,32010126,错票,\n\
                    张三,2026-12-01,0000000003,32010126, ,\n\
                    张三,2026-12-01\n\
                    李四,2026-12-02,0000000004,32010126,\"空白, 打印\",x\n";
        let rows: Vec<_> = VoidList::new(list.as_bytes()).unwrap().collect();
        let names = rows.iter().map(|row| row.as_ref().map_or_else(|error| error.entry().name, |_| "ok"));
        assert_eq!(
            names.collect::<Vec<_>>(),
            ["ok", "receipt-number", "void-list-row", "void-list-row", "void-list-row", "ok"]
        );
        let places: Vec<_> = rows.iter().filter_map(|row| Some(row.as_ref().err()?.place().to_string())).collect();
        assert_eq!(places, ["3 number", "4 time", "5 reason", "6"]);
        let last = rows[5].as_ref().unwrap();
        assert_eq!((last.line, last.reason.as_str(), last.person.as_str()), (7, "空白, 打印", "李四"));
        let past = last.past("123");
        assert_eq!((past.unit, past.number.get()), ("123", 4));
    }

    #[test]
    fn a_header_must_name_every_column_once() {
        let new = |text: &str| VoidList::new(text.as_bytes()).unwrap_err();
        for (text, expected) in [
            ("", "code"),
            ("code,number,reason,person\n", "time / 作废时间"),
            ("code,number,reason,person,time,票据代码\n", "code"),
            ("<html>", "code / 票据代码"),
        ] {
            let error = new(text);
            assert!(error.is(Code::VoidListHeader), "{error}");
            assert_eq!(error.expected_text(), Some(expected), "{text}");
        }
        assert!(new("PK\u{3}\u{4}\"").is(Code::CsvMalformed));
    }
}
