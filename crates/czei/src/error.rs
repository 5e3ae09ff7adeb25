//! One error over all crates.

use std::borrow::Cow;

use czei_codes::{AnyFault, Code as _, Entry, Fault, Place};

use crate::{Code, phrases};

/// The error of every function of this crate: the error of whichever crate met it.
///
/// Each has a stable code ([`Error::entry`]), a place, and where there are two sides of a
/// comparison, both. `Display` is one line in English; [`Error::message_zh`] is the message in
/// Chinese.
///
/// ```
/// let error = czei::load_policy("no such file.toml").unwrap_err();
/// assert_eq!(error.entry().id(), "CZ8001");
/// assert_eq!(error.place().file.as_deref(), Some("no such file.toml"));
/// assert_eq!(error.entry().advice_en, "Mend what the system reports and try again");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// SM2 and SM3.
    #[error(transparent)]
    Sm2(#[from] czei_sm2::Error),
    /// Certificates and keys.
    #[error(transparent)]
    Pki(#[from] czei_pki::Error),
    /// Keys elsewhere.
    #[error(transparent)]
    Remote(#[from] czei_remote::Error),
    /// Receipts.
    #[error(transparent)]
    Core(#[from] czei_core::Error),
    /// Printed receipts.
    #[error(transparent)]
    Render(#[from] czei_render::Error),
    /// Files, configuration and roles.
    #[error(transparent)]
    Own(#[from] Fault<Code>),
    /// The stock of numbers and the authority's ledger.
    #[error(transparent)]
    Stock(#[from] Fault<czei_stock::Code>),
    /// Trouble of a source of numbers or of another trait's implementation, with a code of its own.
    #[error(transparent)]
    Numbers(AnyFault),
}

/// The result of a function of this crate.
pub type Result<T, E = Error> = core::result::Result<T, E>;

/// The same expression for whichever error it is.
macro_rules! each {
    ($error:expr, $fault:ident => $value:expr) => {
        match $error {
            Error::Sm2($fault) => $value,
            Error::Pki($fault) => $value,
            Error::Remote($fault) => $value,
            Error::Core($fault) => $value,
            Error::Render($fault) => $value,
            Error::Own($fault) => $value,
            Error::Stock($fault) => $value,
            Error::Numbers($fault) => $value,
        }
    };
}

impl Error {
    /// The error that came through a [`NumberSource`](czei_core::NumberSource), in the variant of the
    /// crate whose table has its code; [`Error::Numbers`] when no table here has it.
    ///
    /// ```
    /// let fault = czei::core::Error::new(czei::core::Code::NumberState).found("32990126-0000000001");
    /// assert_eq!(czei::Error::from_any(fault.clone().any()), czei::Error::Core(fault));
    /// ```
    #[must_use]
    pub fn from_any(fault: AnyFault) -> Self {
        // Numbers of codes are unique over all crates, so that the order of the questions is no matter.
        if let Some(fault) = fault.clone().of() {
            return Error::Core(fault);
        }
        if let Some(fault) = fault.clone().of() {
            return Error::Pki(fault);
        }
        if let Some(fault) = fault.clone().of() {
            return Error::Remote(fault);
        }
        if let Some(fault) = fault.clone().of() {
            return Error::Sm2(fault);
        }
        if let Some(fault) = fault.clone().of() {
            return Error::Own(fault);
        }
        if let Some(fault) = fault.clone().of() {
            return Error::Stock(fault);
        }
        if let Some(fault) = fault.clone().of() {
            return Error::Render(fault);
        }
        Error::Numbers(fault)
    }

    /// The error without the type of its code: what a source of numbers hands on when building a
    /// receipt inside it failed. [`Error::from_any`] turns it back.
    #[must_use]
    pub fn any(self) -> AnyFault {
        each!(self, fault => fault.any())
    }

    /// The row of the code table: number, name, advice, clause.
    #[must_use]
    pub fn entry(&self) -> &'static Entry {
        each!(self, fault => fault.entry())
    }

    /// Where it happened.
    #[must_use]
    pub fn place(&self) -> &Place {
        each!(self, fault => fault.place())
    }

    /// What was expected, where there are two sides.
    #[must_use]
    pub fn expected_text(&self) -> Option<&str> {
        each!(self, fault => fault.expected_text())
    }

    /// What was found, where there are two sides.
    #[must_use]
    pub fn found_text(&self) -> Option<&str> {
        each!(self, fault => fault.found_text())
    }

    /// What happened, in Chinese, without place and advice. Words of the comparison are Chinese too; values stay as
    /// they are.
    #[must_use]
    pub fn message_zh(&self) -> String {
        let expected = self.expected_text().map(phrases::in_chinese);
        // The parser's words, which it has in English only.
        let toml =
            self.entry() == Code::TomlSyntax.entry() || self.entry() == czei_render::Code::TemplateSyntax.entry();
        let found = self.found_text().map(|text| match toml {
            true => Cow::Owned(phrases::toml::in_chinese(text)),
            false => phrases::in_chinese(text),
        });
        self.entry().message_zh(expected.as_deref(), found.as_deref())
    }

    /// What happened, in English, without place and advice.
    #[must_use]
    pub fn message_en(&self) -> String {
        each!(self, fault => fault.message_en())
    }

    /// The same error with another place.
    #[must_use]
    pub fn at(self, place: Place) -> Self {
        match self {
            Error::Sm2(fault) => Error::Sm2(fault.at(place)),
            Error::Pki(fault) => Error::Pki(fault.at(place)),
            Error::Remote(fault) => Error::Remote(fault.at(place)),
            Error::Core(fault) => Error::Core(fault.at(place)),
            Error::Render(fault) => Error::Render(fault.at(place)),
            Error::Own(fault) => Error::Own(fault.at(place)),
            Error::Stock(fault) => Error::Stock(fault.at(place)),
            Error::Numbers(fault) => Error::Numbers(fault.at(place)),
        }
    }

    /// The same error in a file; line, column and path stay.
    #[must_use]
    pub fn in_file(self, file: impl Into<String>) -> Self {
        let place = Place { file: Some(file.into()), ..self.place().clone() };
        self.at(place)
    }

    /// The same error at a key or element; file, line and column stay.
    #[must_use]
    pub fn at_path(self, path: impl Into<String>) -> Self {
        let place = Place { path: Some(path.into()), ..self.place().clone() };
        self.at(place)
    }
}

/// In the variant of the crate whose table has the code: the stock hands on rules of numbers and what a
/// caller's own part said.
impl From<czei_stock::Error> for Error {
    fn from(error: czei_stock::Error) -> Self {
        Error::from_any(error.any())
    }
}

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Error::Own(Fault::new(code))
    }
}

/// The error with the state that the step was given is reduced to the error: what the facade hands
/// out can be asked for again.
impl<T> From<czei_core::StepError<T>> for Error {
    fn from(step: czei_core::StepError<T>) -> Self {
        Error::Core(step.error)
    }
}

#[cfg(test)]
mod tests {
    use czei_codes::Code as _;

    use super::*;
    use crate::CliCode;

    #[test]
    fn every_crate_speaks_through_the_same_accessors() {
        let errors: [(Error, u16); 9] = [
            (czei_sm2::Code::EntropyFailed.fault().found("f").into(), 1000),
            (czei_pki::Code::PemMalformed.fault().found("f").into(), 2000),
            (czei_remote::Code::Connect.fault().found("f").into(), 2000),
            (czei_core::Code::DraftTotal.fault().found("f").into(), 3000),
            (czei_stock::Error::from(czei_stock::Code::NotGiven.fault().found("f")).into(), 4000),
            (czei_stock::Error::from(czei_core::Code::NumberHeld.fault().found("f")).into(), 3000),
            (czei_render::Code::MissingGlyph.fault().found("f").into(), 6000),
            (Code::UnitUnknown.fault().found("f").into(), 8000),
            // No table of a library has it.
            (Error::Numbers(CliCode::NoDrafts.fault().found("f").any()), 9000),
        ];
        for (error, range) in errors {
            assert_eq!(error.entry().number / 1000, range / 1000);
            assert_eq!(Error::from_any(error.clone().any()), error);
            assert_eq!(error.found_text(), Some("f"));
            assert_eq!(error.expected_text(), None);
            assert!(error.message_zh().ends_with("（实为 f）"), "{}", error.message_zh());
            assert!(error.message_en().ends_with(" (found f)"));
            assert!(error.to_string().starts_with(&format!("{} {}", error.entry(), error.message_en())));
            let placed = error.at_path("a.b").in_file("x");
            assert_eq!(placed.place().to_string(), "x a.b");
            assert!(placed.to_string().contains(", at x a.b. "), "{placed}");
        }
    }
}
