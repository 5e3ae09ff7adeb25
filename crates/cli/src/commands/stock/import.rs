//! `czei stock import`: what became of numbers in an old system.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use czei::stock::{Past, Segment, Stock as _, VoidList, VoidRow};
use czei::{CliCode, CliError, Place, SqliteStock};

use super::Opened;
use crate::Run;
use crate::arguments::stock::{Import, Who};
use crate::commands::incoming::{self, BATCH, Counts, Desk};
use crate::failure::Result;
use crate::output::Output;
use crate::shown;

pub(crate) fn run(arguments: Import, output: &mut Output) -> Run {
    let Opened { stock, configuration } = Opened::at(&arguments.place)?;
    let by = arguments.who.by();
    let mut desk = Desk { counts: Counts::default(), output };
    if !arguments.past.receipts.is_empty() {
        let policy = arguments.policy.as_ref();
        let verifier = incoming::verifier(policy, configuration.as_ref(), arguments.unverified)?;
        desk.receipts(arguments.past.receipts, verifier.as_ref(), &mut |batch| {
            let past: Vec<Past<'_>> = batch.iter().map(|incoming| incoming.facts.past(&incoming.bytes)).collect();
            stock.import(&past, by)
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
    let file = File::open(path)
        .map_err(|error| CliError::new(CliCode::CannotRead).found(error.to_string()).in_file(&*name))?;
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
        for (row, done) in batch.iter().zip(stock.import(&past, who.by())) {
            match done {
                Ok(()) => desk.counts.voids += 1,
                Err(error) => {
                    desk.counts.refused += 1;
                    desk.refused(&name, Some(row.line), &error.into())?;
                }
            }
        }
    }
    Ok(())
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
