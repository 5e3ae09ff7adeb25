//! What the commands of a unit's stock and of an authority's ledger have in common.

mod events;
mod journal_file;
mod place;
mod range;
mod reports;
mod safekeeping;

use std::io::Write as _;
use std::path::Path;

use chrono::{DateTime, FixedOffset};
use czei::core::{IssueDate, PayCode, ReceiptCode, ReceiptNumber};
use czei::files::WholeFile;
use czei::stock::{By, ExportFormat, IssuedUpTo, JournalRow, Mark, NumberId, Receipts, journal_line};
use czei::{CliCode, CliError};
use czei_codes::Code as _;
use serde::Serialize;

use super::Ended;
use super::receipts::cannot_write_to;
use crate::Run;
use crate::arguments::stores::Who;
use crate::failure::{Failure, Result};
use crate::out_file;
use crate::output::Output;
use crate::shown;

pub(crate) use events::{EventJson, event};
pub(crate) use journal_file::journal_file;
pub(crate) use place::Place;
pub(crate) use range::{NewRange, range_line};
pub(crate) use reports::{Origin, check, drill, journal};
pub(crate) use safekeeping::{Scratch, accepted, backup, heads};

impl Who {
    pub(crate) fn by(&self) -> By<'_> {
        By { maker: &self.actor, checker: self.checker.as_deref() }
    }
}

/// The argument that a value of the library came from.
fn argument(name: &'static str) -> impl Fn(czei::core::Error) -> Failure {
    move |error| Failure::Library(czei::Error::from(error).at_path(name))
}

/// `CODE-NUMBER`.
pub(crate) fn number(name: &'static str, text: &str) -> Result<NumberId> {
    text.parse().map_err(argument(name))
}

/// A value of `--up-to`: `CODE-NUMBER`, `UNIT:CODE:none` or a payment code.
pub(crate) fn issued_up_to(text: &str) -> Result<IssuedUpTo> {
    const NAME: &str = "--up-to";
    if let Some((unit, code)) = text.strip_suffix(":none").and_then(|rest| rest.rsplit_once(':')) {
        return Ok(IssuedUpTo::Nothing { unit: unit.to_owned(), code: receipt_code(NAME, code)? });
    }
    if text.len() >= 20 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return PayCode::read(text).map(IssuedUpTo::PayCode).map_err(argument(NAME));
    }
    number(NAME, text).map(IssuedUpTo::Number)
}

pub(crate) fn receipt_code(name: &'static str, text: &str) -> Result<ReceiptCode> {
    ReceiptCode::parse(text).map_err(argument(name))
}

pub(crate) fn receipt_number(name: &'static str, text: &str) -> Result<ReceiptNumber> {
    ReceiptNumber::parse(text).map_err(argument(name))
}

/// `YYYY-MM-DD` or `YYYYMMDD`.
pub(crate) fn day(name: &'static str, text: &str) -> Result<IssueDate> {
    let is_dashed = text.len() == 10 && text.as_bytes()[4] == b'-' && text.as_bytes()[7] == b'-';
    let digits = if is_dashed { text.replace('-', "") } else { text.to_owned() };
    IssueDate::parse(&digits).map_err(|error| argument(name)(error.expected("YYYY-MM-DD").found(text)))
}

/// A time for people.
pub(crate) fn time(at: DateTime<FixedOffset>) -> String {
    at.format("%Y-%m-%d %H:%M:%S").to_string()
}

/// A time for programs.
pub(crate) fn time_json(at: DateTime<FixedOffset>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
}

/// A mark or a folder as it is shown.
pub(crate) fn mark_json(mark: Option<&Mark>) -> Option<String> {
    match mark {
        None | Some(Mark::Beside) => Some("beside".to_owned()),
        Some(Mark::At(path)) => Some(shown::path(path)),
        Some(Mark::DangerouslyNone) => None,
    }
}

pub(crate) fn receipts_json(receipts: Option<&Receipts>) -> Option<String> {
    match receipts {
        None | Some(Receipts::Inside) => None,
        Some(Receipts::Beside(folder)) => Some(shown::path(folder)),
    }
}

/// Says what is still to be thought of, on standard error; programs know it from the objects.
pub(crate) fn hint(zh: &str, en: &str, output: &Output) {
    if !output.json {
        // With standard error gone there is nobody left to tell.
        let _ = writeln!(std::io::stderr().lock(), "{}", shown::text(output.language.pick(zh, en)));
    }
}

/// A document: to a file, or to standard output.
pub(crate) fn document(
    number: NumberId,
    state: (&'static str, &'static str),
    bytes: &[u8],
    out: Option<&Path>,
    output: &mut Output,
) -> Run {
    #[derive(Serialize)]
    struct Line<'a> {
        v: u32,
        number: String,
        state: &'static str,
        file: Option<String>,
        document: Option<&'a str>,
    }
    if let Some(path) = out {
        match std::fs::read(path) {
            Ok(there) if there == bytes => {}
            Ok(_) => return Err(CliError::new(CliCode::FileExists).in_file(shown::path(path)).into()),
            Err(_) => czei::files::write_new_or_replace(path, bytes)?,
        }
    }
    if output.json {
        // Receipts are written as UTF-8 only.
        let document = std::str::from_utf8(bytes).ok().filter(|_| out.is_none());
        let file = out.map(shown::path);
        output.object(&Line { v: 1, number: number.to_string(), state: state.0, file, document })?;
    } else if let Some(path) = out {
        let state = output.language.pick(state.1, state.0);
        output.line(&format!("{number}  {state}  {}", shown::path(path)))?;
    } else {
        output.bytes(bytes)?;
    }
    Ok(Ended::AsWished)
}

/// Where lines go: a file that is whole or not there, or standard output.
pub(crate) struct Lines<'o> {
    file: Option<WholeFile>,
    output: &'o mut Output,
    /// What stopped writing; the store itself hands on its own errors only.
    failure: Option<Failure>,
}

impl<'o> Lines<'o> {
    pub(crate) fn new(out: Option<&Path>, output: &'o mut Output) -> Result<Self> {
        Ok(Lines { file: out.map(out_file::export).transpose()?, output, failure: None })
    }

    /// Writes a line, with its end.
    pub(crate) fn write(&mut self, line: &str) -> czei::stock::Result<()> {
        let written = match &mut self.file {
            Some(file) => file.write_all(line.as_bytes()).map_err(|error| cannot_write_to(file.path(), &error)),
            None => self.output.bytes(line.as_bytes()),
        };
        written.map_err(|failure| {
            self.failure = Some(failure);
            CliCode::CannotWrite.fault().any().into()
        })
    }

    /// Ends it: with the failure of writing where there was one, else as the store ended.
    pub(crate) fn finish<T>(self, done: czei::stock::Result<T>) -> Result<T> {
        match (self.failure, done) {
            (Some(failure), _) => Err(failure),
            (None, Err(error)) => Err(error.into()),
            (None, Ok(done)) => {
                self.file.map_or(Ok(()), WholeFile::finish)?;
                Ok(done)
            }
        }
    }
}

/// A ledger's or a stock's journal as JSON lines.
pub(crate) fn row_line(row: &JournalRow) -> String {
    journal_line(row, ExportFormat::JsonLines)
}

/// Says what was written to a file.
pub(crate) fn written(path: &Path, rows: u64, output: &mut Output) -> Result<()> {
    #[derive(Serialize)]
    struct Line {
        v: u32,
        file: String,
        rows: u64,
    }
    let file = shown::path(path);
    if output.json {
        return output.object(&Line { v: 1, file, rows });
    }
    output.say(&format!("{file}  {rows} 行"), &format!("{file}  {rows} rows"))
}

/// Says where a mark that is kept beside, or nowhere, leaves a new store.
pub(crate) fn mark_hint(mark: Option<&str>, is_configured: bool, output: &Output) {
    match mark {
        None => hint(
            "警告：没有存证标记，恢复旧备份不会被发现，号码可能重用",
            "Warning: without a mark nobody notices that an older copy was put back, and numbers could be used twice",
            output,
        ),
        Some("beside") if is_configured => hint(
            "提示：存证标记与库在同一目录；最好在建库之前以配置中的 mark 放到另一块盘，恢复旧备份时才不会一并被恢复",
            "Note: the mark lies beside it; keep it on another disk (mark in the configuration, before it is made), where restoring a backup does not bring it back too",
            output,
        ),
        Some("beside") => hint(
            "提示：存证标记与库在同一目录；最好用 --mark 放到另一块盘，恢复旧备份时才不会一并被恢复",
            "Note: the mark lies beside it; keep it on another disk with --mark, where restoring a backup does not bring it back too",
            output,
        ),
        Some(_) => {}
    }
}
