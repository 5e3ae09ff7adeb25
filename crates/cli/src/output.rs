//! Standard output: lines for people, or JSON objects, one a line.

use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

use serde::Serialize;

use crate::failure::{Result, cannot_write};
use crate::language::Language;

/// Standard output with the manner in which a command speaks.
pub(crate) struct Output {
    out: BufWriter<StdoutLock<'static>>,
    pub(crate) language: Language,
    /// JSON objects instead of text.
    pub(crate) json: bool,
    is_terminal: bool,
}

impl Output {
    pub(crate) fn new(language: Language, json: bool) -> Self {
        let stdout = io::stdout();
        let is_terminal = stdout.is_terminal();
        Output { out: BufWriter::with_capacity(64 * 1024, stdout.lock()), language, json, is_terminal }
    }

    /// Whether a person watches.
    pub(crate) fn is_terminal(&self) -> bool {
        self.is_terminal
    }

    /// One line of text.
    pub(crate) fn line(&mut self, line: &str) -> Result<()> {
        let written = self.out.write_all(line.as_bytes()).and_then(|()| self.out.write_all(b"\n"));
        // A person sees each line when it is ready.
        let written = if self.is_terminal { written.and_then(|()| self.out.flush()) } else { written };
        written.map_err(|error| cannot_write(&error))
    }

    /// One line of text in the language of the command.
    pub(crate) fn say(&mut self, zh: &str, en: &str) -> Result<()> {
        self.line(self.language.pick(zh, en))
    }

    /// One JSON object.
    pub(crate) fn object(&mut self, object: &impl Serialize) -> Result<()> {
        let written = serde_json::to_writer(&mut self.out, object).map_err(io::Error::from);
        written.map_err(|error| cannot_write(&error))?;
        self.line("")
    }

    /// Bytes and nothing else.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.out.write_all(bytes).map_err(|error| cannot_write(&error))
    }

    /// Hands everything on to the system.
    pub(crate) fn flush(&mut self) -> Result<()> {
        self.out.flush().map_err(|error| cannot_write(&error))
    }
}
