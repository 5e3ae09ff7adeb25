//! `czei stock import`: what became of numbers in an old system.

use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _};
use std::path::Path;

use czei::stock::{Past, Segment, Stock as _, TakenOver, VoidList, VoidRow};
use czei::{CliCode, CliError, Place, SqliteStock};

use super::Opened;
use crate::Run;
use crate::arguments::stock::Import;
use crate::arguments::stores::Who;
use crate::commands::incoming::{self, BATCH, Counts, Desk};
use crate::failure::Result;
use crate::output::Output;
use crate::shown;

pub(crate) fn run(arguments: Import, output: &mut Output) -> Run {
    let Opened { stock, configuration } = Opened::at(&arguments.place)?;
    let by = arguments.who.by();
    let mut desk = Desk { counts: Counts::default(), output };
    if !arguments.past.receipts.is_empty() {
        let verifier = incoming::verifier(&arguments.under, configuration.as_ref())?;
        desk.receipts(arguments.past.receipts, verifier.as_ref(), &mut |batch| {
            let past: Vec<Past<'_>> = batch.iter().map(|incoming| incoming.facts.past(&incoming.bytes)).collect();
            stock.import_each(&past, by)
        })?;
    }
    if let Some(list) = &arguments.past.voids {
        voids(&mut desk, &stock, list, &arguments.who)?;
    }
    desk.end()
}

fn voids(desk: &mut Desk<'_>, stock: &SqliteStock, path: &Path, who: &Who) -> Result<()> {
    let name = shown::path(path);
    let in_file = |error: czei::stock::Error| czei::Error::from(error).in_file(&*name);
    let cannot_read =
        |error: std::io::Error| CliError::new(CliCode::CannotRead).found(error.to_string()).in_file(&*name);
    let mut file = File::open(path).map_err(cannot_read)?;
    // Before the first row is taken over: half of a list is hard to reconcile.
    if let Some(line) = line_not_utf8(&mut file).map_err(cannot_read)? {
        let place = Place { file: Some(name), line: Some(line), ..Place::default() };
        return Err(CliError::new(CliCode::ListNotUtf8).at(place).into());
    }
    file.rewind().map_err(cannot_read)?;
    let segments = stock.segments()?;
    let mut rows = VoidList::new(BufReader::new(file)).map_err(in_file)?.peekable();
    while rows.peek().is_some() {
        let mut batch: Vec<VoidRow> = Vec::new();
        for row in rows.by_ref().take(BATCH) {
            match row {
                Ok(row) => batch.push(row),
                Err(error) => {
                    desk.counts.refused += 1;
                    // The line stands before the message.
                    let place = error.place().clone();
                    let error = czei::Error::from(error).at(Place { line: None, ..place.clone() });
                    desk.refused(&name, place.line, &error.into())?;
                }
            }
        }
        let past: Vec<Past<'_>> = batch.iter().map(|row| row.past(unit_of(row, &segments))).collect();
        for (row, done) in batch.iter().zip(stock.import_each(&past, who.by())) {
            match done {
                Ok(TakenOver::Now) => desk.counts.voids += 1,
                Ok(TakenOver::Before) => desk.counts.before += 1,
                Err(error) => {
                    desk.counts.refused += 1;
                    desk.refused(&name, Some(row.line), &error.into())?;
                }
            }
        }
    }
    Ok(())
}

/// The line of the first bytes that are not UTF-8, from 1.
fn line_not_utf8(file: &mut File) -> std::io::Result<Option<u32>> {
    let mut chunk = vec![0; 64 * 1024];
    // What a character begins with at the end of a chunk goes before the next one.
    let (mut kept, mut line) = (0, 1);
    loop {
        let read = file.read(&mut chunk[kept..])?;
        let bytes = &chunk[..kept + read];
        let valid = match std::str::from_utf8(bytes) {
            Ok(_) => bytes.len(),
            Err(error) if error.error_len().is_none() && read > 0 => error.valid_up_to(),
            Err(error) => {
                return Ok(Some(u32::saturating_add(line, line_ends(&bytes[..error.valid_up_to()]))));
            }
        };
        if read == 0 {
            return Ok(None);
        }
        line = u32::saturating_add(line, line_ends(&bytes[..valid]));
        let end = bytes.len();
        chunk.copy_within(valid..end, 0);
        kept = end - valid;
    }
}

/// Of a chunk, so that they are few.
fn line_ends(chunk: &[u8]) -> u32 {
    chunk.iter().map(|byte| u32::from(*byte == b'\n')).sum()
}

/// The unit of a list that names none: that of the segment in which the number lies.
fn unit_of<'a>(row: &VoidRow, segments: &'a [Segment]) -> &'a str {
    let (code, number) = (row.id.code(), row.id.number());
    let holds = |segment: &&Segment| {
        segment.code == code && segment.range.is_some_and(|(first, last)| (first..=last).contains(&number))
    };
    // The stock says of a number in no segment that it does not wait for anything.
    segments.iter().find(holds).map_or("", |segment| segment.unit.as_str())
}
