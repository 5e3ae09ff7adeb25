//! `czei countersign`: the authority checks what a unit signed, and signs it.

use std::path::Path;

use czei::{Authority, Configuration};
use serde::Serialize;

use super::issue::to_stderr;
use super::{Ended, receipts};
use crate::Run;
use crate::arguments::Countersign;
use crate::failure::{ErrorJson, Failure, Result};
use crate::output::Output;
use crate::shown;

pub(crate) fn run(arguments: &Countersign, output: &mut Output) -> Run {
    let configuration = Configuration::load(&arguments.config)?;
    let authority = Authority::from_configuration(&configuration)?;
    let limit = configuration.policy.limits.bytes;
    receipts::make_folder(&arguments.out)?;
    let mut ended = Ended::AsWished;
    for file in &arguments.files {
        match countersign(&authority, file, &arguments.out, limit) {
            Ok(written) => done(file, &written, output)?,
            Err(failure) => {
                ended = Ended::NotAllValid;
                refused(file, &failure, output)?;
            }
        }
    }
    Ok(ended)
}

fn countersign(authority: &Authority, file: &Path, out: &Path, limit: usize) -> Result<Written> {
    let bytes = receipts::read(file, limit)?;
    let receipt = authority.countersign(&bytes)?;
    let content = receipt.content();
    let written = receipts::write(out, content, receipt.as_bytes(), Some(&bytes))?;
    Ok(Written { code: content.code.to_string(), number: content.number.to_string(), file: shown::path(&written) })
}

struct Written {
    code: String,
    number: String,
    file: String,
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
