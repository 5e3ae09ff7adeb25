//! `czei countersign`: the authority checks what a unit signed, and signs it.

use std::path::{Path, PathBuf};

use czei::{Authority, CliCode, Configuration, Receipt};
use serde::Serialize;

use super::issue::{to_stderr, warn_of_expiry};
use super::{Ended, receipts};
use crate::Run;
use crate::arguments::Countersign;
use crate::failure::{ErrorJson, Failure, Result};
use crate::output::Output;
use crate::shown;

/// The most files that are countersigned at a time.
const BATCH: usize = 200;

pub(crate) fn run(arguments: &Countersign, output: &mut Output) -> Run {
    let configuration = Configuration::load(&arguments.config)?;
    warn_of_expiry(&configuration, output);
    let authority = Authority::from_configuration(&configuration)?;
    let limit = configuration.policy.limits.bytes;
    receipts::make_folder(&arguments.out)?;
    let mut ended = Ended::AsWished;
    for files in arguments.files.chunks(BATCH) {
        for (file, written) in files.iter().zip(countersign(&authority, files, &arguments.out, limit)) {
            match written {
                Ok(written) => done(file, &written, output)?,
                Err(failure) => {
                    ended = Ended::NotAllValid;
                    refused(file, &failure, output)?;
                }
            }
        }
    }
    Ok(ended)
}

/// Countersigns files; the answers stand in their order.
fn countersign(authority: &Authority, files: &[PathBuf], out: &Path, limit: usize) -> Vec<Result<Written>> {
    let read: Vec<_> = files.iter().map(|file| receipts::read(file, limit)).collect();
    let documents: Vec<_> = read.iter().flatten().collect();
    let mut answers = authority.countersign_many(&documents).into_iter();
    let answers: Vec<Result<Receipt>> = read
        .into_iter()
        .map(|read| {
            // There is an answer to each that was read.
            read.and_then(|_| answers.next().map_or_else(|| Err(CliCode::CannotRead.into()), |answer| Ok(answer?)))
        })
        .collect();
    let receipts: Vec<_> = answers.iter().flatten().map(|receipt| (receipt.content(), receipt.to_bytes())).collect();
    let mut files = receipts::write_each(out, &receipts).into_iter();
    // There is a file to each receipt.
    let mut file = || files.next().unwrap_or_else(|| Err(CliCode::CannotWrite.into()));
    answers.into_iter().map(|answer| answer.and_then(|receipt| Ok(Written::of(&receipt, &file()?)))).collect()
}

struct Written {
    code: String,
    number: String,
    file: String,
}

impl Written {
    fn of(receipt: &Receipt, file: &Path) -> Self {
        let content = receipt.content();
        Written { code: content.code.to_string(), number: content.number.to_string(), file: shown::path(file) }
    }
}

fn done(from: &Path, written: &Written, output: &mut Output) -> Result<()> {
    #[derive(Serialize)]
    struct Line<'a> {
        v: u32,
        from: String,
        code: &'a str,
        number: &'a str,
        state: &'static str,
        file: &'a str,
    }
    let Written { code, number, file } = written;
    if output.json {
        return output.object(&Line { v: 1, from: shown::path(from), code, number, state: "receipt", file });
    }
    output.line(&format!("{code}-{number}  {}  {file}", output.language.pick("已完成双签", "receipt")))
}

fn refused(from: &Path, failure: &Failure, output: &mut Output) -> Result<()> {
    #[derive(Serialize)]
    struct Line {
        v: u32,
        from: String,
        error: ErrorJson,
    }
    let Some(error) = failure.shown() else { return Err(Failure::PipeClosed) };
    if output.json {
        return output.object(&Line { v: 1, from: shown::path(from), error: error.json() });
    }
    let error = error.in_file(&shown::path(from));
    to_stderr(&error, output.language);
    Ok(())
}
