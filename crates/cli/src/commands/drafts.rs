//! Drafts from a file: one JSON object, or one a line.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use czei::{CliCode, CliError, Draft, Place};

use crate::arguments::DraftFormat;
use crate::failure::{Failure, Result};
use crate::shown;

/// A draft with the line it stands in.
pub(crate) struct Row {
    pub(crate) line: u32,
    pub(crate) draft: Result<Draft>,
}

/// What makes a draft of its JSON.
pub(crate) type FromJson<'a> = dyn Fn(&[u8]) -> czei::Result<Draft> + 'a;

/// Reads every draft of an input; a bad one stands in its row.
pub(crate) fn read(input: &Path, format: Option<DraftFormat>, from_json: &FromJson<'_>) -> Result<Vec<Row>> {
    let name = shown::path(input);
    let by_extension = input.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let format = format.unwrap_or(if by_extension { DraftFormat::Json } else { DraftFormat::Jsonl });
    let reader: Box<dyn Read> = if input.as_os_str() == "-" {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(input).map_err(|error| cannot_read(&name, &error))?)
    };
    let mut reader = BufReader::new(reader);
    skip_mark(&mut reader).map_err(|error| cannot_read(&name, &error))?;
    let rows = match format {
        DraftFormat::Json => vec![whole(reader, &name, from_json)?],
        DraftFormat::Jsonl => lines(reader, &name, from_json)?,
    };
    if rows.is_empty() {
        return Err(CliError::new(CliCode::NoDrafts).in_file(name).into());
    }
    Ok(rows)
}

/// Passes over a byte order mark, which some editors put before the text.
fn skip_mark(reader: &mut impl BufRead) -> io::Result<()> {
    const MARK: &[u8] = b"\xef\xbb\xbf";
    if reader.fill_buf()?.starts_with(MARK) {
        reader.consume(MARK.len());
    }
    Ok(())
}

fn whole(reader: impl Read, name: &str, from_json: &FromJson<'_>) -> Result<Row> {
    let mut json = Vec::new();
    // One byte past the limit, which the draft's reader then names.
    let read = reader.take(Draft::MAX_JSON as u64 + 1).read_to_end(&mut json);
    read.map_err(|error| cannot_read(name, &error))?;
    if json.trim_ascii().is_empty() {
        return Err(CliError::new(CliCode::NoDrafts).in_file(name).into());
    }
    Ok(Row { line: 1, draft: parse(&json, name, 1, from_json) })
}

fn lines(mut reader: impl BufRead, name: &str, from_json: &FromJson<'_>) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    let mut json = Vec::new();
    for line in 1.. {
        json.clear();
        let read = (&mut reader).take(Draft::MAX_JSON as u64 + 2).read_until(b'\n', &mut json);
        if read.map_err(|error| cannot_read(name, &error))? == 0 {
            break;
        }
        if json.len() > Draft::MAX_JSON + 1 {
            rows.push(Row { line, draft: Err(too_long(name, line)) });
            if json.last() != Some(&b'\n') {
                reader.skip_until(b'\n').map_err(|error| cannot_read(name, &error))?;
            }
        } else if !json.trim_ascii().is_empty() {
            // Without its end, behind which an error of a draft that is cut short would stand in the next line.
            rows.push(Row { line, draft: parse(json.trim_ascii_end(), name, line, from_json) });
        }
    }
    Ok(rows)
}

/// The draft, or its error at its place in the file.
fn parse(json: &[u8], name: &str, line: u32, from_json: &FromJson<'_>) -> Result<Draft> {
    from_json(json).map_err(|error| at_line(error, name, line))
}

/// The error of a draft that begins in a line of a file.
pub(crate) fn at_line(error: czei::Error, name: &str, line: u32) -> Failure {
    let within = error.place().line.unwrap_or(1);
    let place = Place {
        file: Some(name.to_owned()),
        line: Some(line.saturating_add(within - within.min(1))),
        ..error.place().clone()
    };
    Failure::Library(error.at(place))
}

/// The error of a line that holds no draft for its length.
pub(crate) fn too_long(name: &str, line: u32) -> Failure {
    let place = Place { file: Some(name.to_owned()), line: Some(line), ..Place::default() };
    CliError::new(CliCode::LineTooLong).at(place).into()
}

fn cannot_read(name: &str, error: &io::Error) -> Failure {
    CliError::new(CliCode::CannotRead).found(error.to_string()).in_file(name).into()
}
