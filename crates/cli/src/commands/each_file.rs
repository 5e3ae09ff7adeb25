//! Several files, one after the other: one that cannot be read stops no other.

use std::path::Path;

use serde::Serialize;

use super::Ended;
use crate::failure::{ErrorJson, Failure, Result};
use crate::output::Output;
use crate::shown;

/// How it went so far.
#[derive(Debug, Default)]
pub(crate) struct EachFile {
    good: usize,
    bad: usize,
}

impl EachFile {
    /// Notes one file; an error becomes its line.
    pub(crate) fn done(&mut self, path: &Path, done: Result<()>, output: &mut Output) -> Result<()> {
        #[derive(Serialize)]
        struct Line {
            v: u32,
            file: String,
            error: ErrorJson,
        }
        let failure = match done {
            Ok(()) => {
                self.good += 1;
                return Ok(());
            }
            Err(failure) => failure,
        };
        // Nobody reads any more, so that there is nothing to go on for.
        let Some(error) = failure.shown() else { return Err(Failure::PipeClosed) };
        self.bad += 1;
        let file = shown::path(path);
        if output.json {
            return output.object(&Line { v: 1, file, error: error.json() });
        }
        let (language, unreadable) = (output.language, output.language.pick("无法读取", "unreadable"));
        output.line(&format!("{unreadable} {file}: {}", error.line(language)))
    }

    pub(crate) fn ended(&self) -> Ended {
        match (self.good, self.bad) {
            (_, 0) => Ended::AsWished,
            (0, _) => Ended::NothingRead,
            _ => Ended::NotAllValid,
        }
    }
}
