//! The error of the stock.

use czei_codes::{AnyFault, Code as _, Entry, Fault, Place};

use crate::Code;

/// The error of this crate: a rule of numbers is broken (the codes of `czei-core`, as
/// [`NumberSource`](czei_core::NumberSource) states them), or the stock itself has trouble.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// A rule of receipts and numbers.
    Rule(czei_core::Error),
    /// The stock.
    Stock(Fault<Code>),
    /// What a caller's own part (a signer, a builder of documents) said.
    Caller(AnyFault),
}

/// The result of a function of this crate.
pub type Result<T, E = Error> = core::result::Result<T, E>;

macro_rules! each {
    ($error:expr, $fault:ident => $value:expr) => {
        match $error {
            Error::Rule($fault) => $value,
            Error::Stock($fault) => $value,
            Error::Caller($fault) => $value,
        }
    };
}

impl Error {
    /// The row of the code table.
    #[must_use]
    pub fn entry(&self) -> &'static Entry {
        each!(self, fault => fault.entry())
    }

    /// Where it happened.
    #[must_use]
    pub fn place(&self) -> &Place {
        each!(self, fault => fault.place())
    }

    /// What was expected.
    #[must_use]
    pub fn expected_text(&self) -> Option<&str> {
        each!(self, fault => fault.expected_text())
    }

    /// What was found.
    #[must_use]
    pub fn found_text(&self) -> Option<&str> {
        each!(self, fault => fault.found_text())
    }

    /// Whether the error has this code, of whichever table.
    #[must_use]
    pub fn is(&self, code: impl czei_codes::Code) -> bool {
        self.entry() == code.entry()
    }

    /// The error without the type of its code, as [`NumberSource`](czei_core::NumberSource) hands it out.
    #[must_use]
    pub fn any(self) -> AnyFault {
        each!(self, fault => fault.any())
    }
}

impl core::fmt::Display for Error {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        each!(self, fault => fault.fmt(f))
    }
}

impl core::error::Error for Error {}

impl From<czei_core::Error> for Error {
    fn from(error: czei_core::Error) -> Self {
        Error::Rule(error)
    }
}

impl From<Fault<Code>> for Error {
    fn from(error: Fault<Code>) -> Self {
        Error::Stock(error)
    }
}

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Error::Stock(code.fault())
    }
}

impl From<AnyFault> for Error {
    fn from(error: AnyFault) -> Self {
        Error::Caller(error)
    }
}
