//! One finding of the verifier.

use czei_codes::{Entry, Fault, Place, Severity};

use super::check::Check;

/// One finding: a stable code, its weight, the group of checks, the place, and both sides of the
/// comparison where there is one. Messages are made from the code's table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The row of the code table.
    pub entry: &'static Entry,
    /// The weight; a policy may have changed the table's.
    pub severity: Severity,
    /// The group of checks.
    pub check: Check,
    /// Where.
    pub place: Place,
    /// What was expected.
    pub expected: Option<String>,
    /// What was found.
    pub found: Option<String>,
}

impl Finding {
    /// A finding with the weight of the code's table.
    #[must_use]
    pub fn new(check: Check, code: impl czei_codes::Code) -> Self {
        let entry = code.entry();
        Finding { entry, severity: entry.severity, check, place: Place::default(), expected: None, found: None }
    }

    /// A finding from an error of any crate, with its place and both sides.
    #[must_use]
    pub fn from_fault<C: czei_codes::Code>(check: Check, fault: &Fault<C>) -> Self {
        Finding {
            entry: fault.entry(),
            severity: fault.entry().severity,
            check,
            place: fault.place().clone(),
            expected: fault.expected_text().map(str::to_owned),
            found: fault.found_text().map(str::to_owned),
        }
    }

    /// Adds the place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    /// Changes the weight.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Adds what was expected.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// Adds what was found.
    #[must_use]
    pub fn found(mut self, found: impl Into<String>) -> Self {
        self.found = Some(found.into());
        self
    }

    /// What happened, in Chinese.
    #[must_use]
    pub fn message_zh(&self) -> String {
        self.entry.message_zh(self.expected.as_deref(), self.found.as_deref())
    }

    /// What happened, in English.
    #[must_use]
    pub fn message_en(&self) -> String {
        self.entry.message_en(self.expected.as_deref(), self.found.as_deref())
    }
}
