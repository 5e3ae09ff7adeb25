//! What stops a command.

use std::io;
use std::path::Path;

use czei::{CliCode, CliError};
use czei_codes::{Code as _, Entry, Kind, Place};
use serde::Serialize;

use crate::language::Language;
use crate::shown;

/// What stops a command: an error with its code, or that nobody reads the output any more.
#[derive(Debug)]
pub(crate) enum Failure {
    /// An error of the command line itself.
    Cli(CliError),
    /// An error of the library.
    Library(czei::Error),
    /// The reader of the output closed it, as `head` does: no error, and nobody to tell.
    PipeClosed,
}

pub(crate) type Result<T> = std::result::Result<T, Failure>;

impl From<CliError> for Failure {
    fn from(error: CliError) -> Self {
        Failure::Cli(error)
    }
}

impl From<CliCode> for Failure {
    fn from(code: CliCode) -> Self {
        Failure::Cli(code.fault())
    }
}

impl From<czei::Error> for Failure {
    fn from(error: czei::Error) -> Self {
        Failure::Library(error)
    }
}

impl From<czei::pki::Error> for Failure {
    fn from(error: czei::pki::Error) -> Self {
        Failure::Library(error.into())
    }
}

impl From<czei::core::Error> for Failure {
    fn from(error: czei::core::Error) -> Self {
        Failure::Library(error.into())
    }
}

impl From<czei::stock::Error> for Failure {
    fn from(error: czei::stock::Error) -> Self {
        Failure::Library(error.into())
    }
}

/// The failure of writing output.
pub(crate) fn cannot_write(error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Failure::PipeClosed;
    }
    Failure::Cli(CliError::new(CliCode::CannotWrite).found(error.to_string()))
}

/// The failure of reading input.
pub(crate) fn cannot_read(path: &Path, error: &io::Error) -> Failure {
    CliError::new(CliCode::CannotRead).found(error.to_string()).in_file(shown::path(path)).into()
}

/// An error for people and for programs.
#[derive(Debug, Serialize)]
pub(crate) struct ErrorJson {
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) message_en: String,
    pub(crate) place: PlaceJson,
    pub(crate) advice: &'static str,
    pub(crate) advice_en: &'static str,
}

/// A place, every part of it or null.
#[derive(Debug, Serialize)]
pub(crate) struct PlaceJson {
    file: Option<String>,
    line: Option<u32>,
    column: Option<u32>,
    path: Option<String>,
}

impl PlaceJson {
    pub(crate) fn of(place: &Place) -> Self {
        PlaceJson { file: place.file.clone(), line: place.line, column: place.column, path: place.path.clone() }
    }
}

/// The parts of an error that are shown.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) entry: &'static Entry,
    place: Place,
    message_zh: String,
    message_en: String,
}

impl Shown {
    pub(crate) fn of(error: &CliError) -> Self {
        Shown::of_library(&czei::Error::Numbers(error.clone().any()))
    }

    pub(crate) fn of_library(error: &czei::Error) -> Self {
        Shown {
            entry: error.entry(),
            place: error.place().clone(),
            message_zh: error.message_zh(),
            message_en: error.message_en(),
        }
    }

    /// The line in the file, where it is known.
    pub(crate) fn line_number(&self) -> Option<u32> {
        self.place.line
    }

    /// The same, saying more in both languages.
    pub(crate) fn saying(mut self, zh: &str, en: &str) -> Self {
        self.message_zh = format!("{}：{zh}", self.entry.zh);
        self.message_en = format!("{}: {en}", self.entry.en);
        self
    }

    /// The same in a file, where none is known.
    pub(crate) fn in_file(mut self, file: &str) -> Self {
        self.place.file.get_or_insert_with(|| file.to_owned());
        self
    }

    /// One line: `CZnnnn message, place. advice`.
    pub(crate) fn line(&self, language: Language) -> String {
        let mut line = format!("{} {}", self.entry, shown::text(language.pick(&self.message_zh, &self.message_en)));
        if !self.place.is_unknown() {
            line += language.pick("，", ", ");
            line += &shown::text(&self.place.to_string());
        }
        line += language.pick("。", ". ");
        line += language.pick(self.entry.advice_zh, self.entry.advice_en);
        line
    }

    pub(crate) fn json(&self) -> ErrorJson {
        ErrorJson {
            code: self.entry.id(),
            message: self.message_zh.clone(),
            message_en: self.message_en.clone(),
            place: PlaceJson::of(&self.place),
            advice: self.entry.advice_zh,
            advice_en: self.entry.advice_en,
        }
    }
}

impl Failure {
    /// Whether the system stands in the way, and not what was given.
    pub(crate) fn is_of_system(&self) -> bool {
        let kind = match self {
            Failure::Cli(error) => error.entry().kind,
            Failure::Library(error) => error.entry().kind,
            Failure::PipeClosed => return true,
        };
        kind == Kind::System
    }

    /// The same in a file, where none is known.
    pub(crate) fn in_file(self, path: &Path) -> Self {
        match self {
            Failure::Cli(error) if error.place().file.is_none() => Failure::Cli(error.in_file(shown::path(path))),
            Failure::Library(error) if error.place().file.is_none() => {
                Failure::Library(error.in_file(shown::path(path)))
            }
            other => other,
        }
    }

    /// What is shown of it; nothing when nobody reads.
    pub(crate) fn shown(&self) -> Option<Shown> {
        match self {
            Failure::Cli(error) => Some(Shown::of(error)),
            Failure::Library(error) => Some(Shown::of_library(error)),
            Failure::PipeClosed => None,
        }
    }
}
