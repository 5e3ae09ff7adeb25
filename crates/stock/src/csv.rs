//! Comma-separated values (RFC 4180): fields that no spreadsheet takes for a formula, and a strict
//! reader.

use std::io::{self, BufRead, Read as _};

use czei_codes::{Code as _, Fault, Place};

use crate::Code;

/// The most bytes of one record.
const MAX_RECORD: u64 = 64 * 1024;

/// The byte order mark by which spreadsheets know UTF-8.
pub(crate) const MARK: &str = "\u{feff}";

/// A line that is being written.
#[derive(Debug, Default)]
pub(crate) struct Line {
    text: String,
    has_fields: bool,
}

impl Line {
    /// Adds a field whose text is ours: digits, names, dates.
    pub(crate) fn plain(&mut self, field: &str) {
        debug_assert!(!field.contains(['"', ',', '\r', '\n']), "a text of others is none of ours");
        self.separate();
        self.text.push_str(field);
    }

    /// Adds a field whose text came from people. One that a spreadsheet would take for a formula, and one
    /// that begins with an apostrophe, gets an apostrophe before it: taking one away gives the text back.
    pub(crate) fn text(&mut self, field: &str) {
        self.separate();
        let starts = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n', '\''];
        let apostrophe = if field.starts_with(starts) { "'" } else { "" };
        let is_quoted = field.contains(['"', ',', '\r', '\n', ';', '\t']) || field.trim() != field;
        let quote = if is_quoted { "\"" } else { "" };
        let field = if is_quoted { field.replace('"', "\"\"") } else { field.to_owned() };
        [quote, apostrophe, &field, quote].iter().for_each(|part| self.text.push_str(part));
    }

    /// The line with its end.
    pub(crate) fn finish(mut self) -> String {
        self.text.push_str("\r\n");
        self.text
    }

    fn separate(&mut self) {
        if std::mem::replace(&mut self.has_fields, true) {
            self.text.push(',');
        }
    }
}

/// Reads records one after the other.
pub(crate) struct Records<R> {
    reader: R,
    line: u32,
    is_first: bool,
}

/// A record with the line it begins in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) line: u32,
    pub(crate) fields: Vec<String>,
}

/// What stops reading.
#[derive(Debug)]
pub(crate) enum Stop {
    Io(io::Error),
    Malformed(Fault<Code>),
}

impl<R: BufRead> Records<R> {
    pub(crate) fn new(reader: R) -> Self {
        Records { reader, line: 0, is_first: true }
    }

    /// The next record that is not blank; none at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Record>, Stop> {
        loop {
            let begins = self.line + 1;
            let text = self.text()?;
            if text.is_empty() {
                return Ok(None);
            }
            let text = text.strip_suffix('\n').unwrap_or(&text);
            let text = text.strip_suffix('\r').unwrap_or(text);
            if !text.trim().is_empty() {
                let fields = fields(text).ok_or_else(|| malformed(begins, "\""))?;
                return Ok(Some(Record { line: begins, fields }));
            }
        }
    }

    /// The text of a record with its line end: lines until every quote is closed.
    fn text(&mut self) -> Result<String, Stop> {
        let mut bytes = Vec::new();
        loop {
            let rest = (MAX_RECORD + 1).saturating_sub(bytes.len() as u64);
            let read = (&mut self.reader).take(rest).read_until(b'\n', &mut bytes).map_err(Stop::Io)?;
            let is_whole = read == 0 || bytes.iter().filter(|byte| **byte == b'"').count() % 2 == 0;
            if bytes.len() as u64 > MAX_RECORD {
                return Err(malformed(self.line + 1, &format!("> {MAX_RECORD} bytes")));
            }
            if read > 0 {
                self.line = self.line.saturating_add(1);
            }
            if is_whole {
                break;
            }
        }
        let text = String::from_utf8(bytes).map_err(|_| malformed(self.line, "UTF-8"))?;
        let is_first = std::mem::replace(&mut self.is_first, false);
        Ok(match text.strip_prefix(MARK) {
            Some(text) if is_first => text.to_owned(),
            _ => text,
        })
    }
}

fn malformed(line: u32, found: &str) -> Stop {
    let place = Place { line: Some(line), ..Place::default() };
    Stop::Malformed(Code::CsvMalformed.fault().at(place).found(found))
}

/// The fields of a record; none when a quote stands where none may.
fn fields(text: &str) -> Option<Vec<String>> {
    let mut fields = Vec::new();
    let mut rest = text;
    loop {
        let field;
        if let Some(quoted) = rest.strip_prefix('"') {
            let mut value = String::new();
            let mut inside = quoted;
            rest = loop {
                let end = inside.find('"')?;
                value.push_str(&inside[..end]);
                inside = &inside[end + 1..];
                match inside.strip_prefix('"') {
                    Some(after) => {
                        value.push('"');
                        inside = after;
                    }
                    None => break inside,
                }
            };
            field = value;
        } else {
            let end = rest.find(',').unwrap_or(rest.len());
            field = rest[..end].to_owned();
            if field.contains('"') {
                return None;
            }
            rest = &rest[end..];
        }
        fields.push(field);
        match rest.strip_prefix(',') {
            Some(after) => rest = after,
            None if rest.is_empty() => return Some(fields),
            None => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_written_is_read_back_and_is_no_formula() {
        let texts =
            ["错票", "=1+1", "-80", "@x", "＝2", "'quoted", "a,b", "a \"b\"\r\nc", " blank ", "", "a;b", "\t=1"];
        let mut line = Line::default();
        line.plain("");
        texts.iter().for_each(|text| line.text(text));
        let line = line.finish();
        let mut records = Records::new(line.as_bytes());
        let read = records.next().unwrap().unwrap();
        assert_eq!(read.fields.len(), texts.len() + 1);
        for (field, text) in read.fields[1..].iter().zip(texts) {
            assert!(!field.starts_with(['=', '+', '-', '@', '＝']), "{field}");
            let back = field.strip_prefix('\'').unwrap_or(field);
            assert_eq!(back, text);
        }
        assert!(records.next().unwrap().is_none());
    }

    #[test]
    fn records_know_their_lines_and_a_first_field_may_be_empty() {
        let text = "\u{feff}a,b\r\n\r\n\"x\ny\",z\n,2";
        let mut records = Records::new(text.as_bytes());
        let mut rows = Vec::new();
        while let Some(record) = records.next().unwrap() {
            rows.push((record.line, record.fields));
        }
        let row = |line: u32, fields: [&str; 2]| (line, fields.map(str::to_owned).to_vec());
        assert_eq!(rows, [row(1, ["a", "b"]), row(3, ["x\ny", "z"]), row(5, ["", "2"])]);
    }

    #[test]
    fn rubbish_is_named_with_its_line() {
        let long = "x".repeat(70_000);
        for (bytes, line, found) in [
            (&b"a,b\n\"c"[..], 2, "\""),
            (b"a\"b", 1, "\""),
            (b"\"a\"b", 1, "\""),
            (b"ok\n\xff\xfe\n", 2, "UTF-8"),
            (long.as_bytes(), 1, "> 65536 bytes"),
        ] {
            let mut records = Records::new(bytes);
            let fault = loop {
                match records.next() {
                    Ok(record) => assert!(record.is_some(), "{found}"),
                    Err(Stop::Malformed(fault)) => break fault,
                    Err(Stop::Io(error)) => panic!("{error}"),
                }
            };
            assert_eq!((fault.code(), fault.place().line), (Code::CsvMalformed, Some(line)));
            assert_eq!(fault.found_text(), Some(found));
        }
    }
}
