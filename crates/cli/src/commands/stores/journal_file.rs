//! An exported journal in a file.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

use czei::stock::JournalFile;
use czei::{CliCode, CliError};

use super::safekeeping::signed_text;
use super::{Origin, journal};
use crate::Run;
use crate::output::Output;
use crate::shown;

/// The most bytes of a line of an exported journal.
const MAX_LINE: u64 = 1 << 20;

/// The most bytes of a file of heads: a line for each segment.
const MAX_HEADS: usize = 64 << 20;

/// Verifies an exported journal.
pub(crate) fn journal_file(path: &Path, kept: &[PathBuf], output: &mut Output) -> Run {
    let name = shown::path(path);
    let mut file = JournalFile::new();
    for path in kept {
        let bytes = czei::files::read_limited(path, MAX_HEADS)?;
        let text = String::from_utf8_lossy(&bytes);
        let expected = file.expect_heads(signed_text(&text));
        expected.map_err(|fault| czei::Error::from(czei::stock::Error::from(fault)).in_file(shown::path(path)))?;
    }
    let cannot_read =
        |error: std::io::Error| CliError::new(CliCode::CannotRead).found(error.to_string()).in_file(&*name);
    let mut reader = BufReader::with_capacity(64 * 1024, File::open(path).map_err(cannot_read)?);
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = (&mut reader).take(MAX_LINE + 1).read_until(b'\n', &mut line).map_err(cannot_read)?;
        if read == 0 {
            break;
        }
        if line.len() as u64 > MAX_LINE {
            file.unreadable_line(&format!("> {MAX_LINE} bytes"));
            if line.last() != Some(&b'\n') {
                reader.skip_until(b'\n').map_err(cannot_read)?;
            }
            continue;
        }
        match std::str::from_utf8(&line) {
            Ok(text) => file.line(text),
            Err(_) => file.unreadable_line("not UTF-8"),
        }
    }
    journal(&file.finish(), Origin::Export { file: &name, heads: kept.len() }, output)
}
