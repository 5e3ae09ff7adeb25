//! An error: a code, a place, and both sides of a comparison.

use core::fmt;

use crate::{AnyCode, Code, Entry, Place};

/// An error of a crate: its code, where it happened, what was expected and what was found.
///
/// Each crate has one public error, `pub type Error = Fault<Code>` with its own `Code`.
/// `Display` is English and one line; [`Fault::message_zh`] is the same in Chinese.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault<C> {
    code: C,
    // Boxed so that a `Result` with a small success type stays small.
    detail: Box<Detail>,
}

/// An error of whichever crate, as it passes through a trait that others implement.
///
/// ```
/// # czei_codes::code_table! {
/// #     /// Codes.
/// #     pub enum Code in "example", 9990..=9999 {
/// #         /// Empty.
/// #         Empty = 9990, "cup-empty", Input, Error {
/// #             zh: "空", en: "Empty", why: "空" / "Empty", advice: "空" / "Empty", clause: "1",
/// #         }
/// #     }
/// # }
/// use czei_codes::Code as _;
/// let fault = Code::Empty.fault().found("0 ml");
/// let any = fault.clone().any();
/// assert!(any.is(Code::Empty));
/// assert_eq!(any.of::<Code>(), Some(fault));
/// ```
pub type AnyFault = Fault<AnyCode>;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Detail {
    place: Place,
    expected: Option<String>,
    found: Option<String>,
}

impl<C: Code> Fault<C> {
    /// An error with a code and nothing else known.
    #[must_use]
    pub fn new(code: C) -> Self {
        Fault { code, detail: Box::default() }
    }

    /// Adds the place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.detail.place = place;
        self
    }

    /// Adds the place as a path alone (element path, JSON pointer, TOML key).
    #[must_use]
    pub fn at_path(mut self, path: impl Into<String>) -> Self {
        self.detail.place.path = Some(path.into());
        self
    }

    /// Adds the file to the place.
    #[must_use]
    pub fn in_file(mut self, file: impl Into<String>) -> Self {
        self.detail.place.file = Some(file.into());
        self
    }

    /// Adds what was expected. Never a secret.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.detail.expected = Some(expected.into());
        self
    }

    /// Adds what was found. Never a secret.
    #[must_use]
    pub fn found(mut self, found: impl Into<String>) -> Self {
        self.detail.found = Some(found.into());
        self
    }

    /// The code.
    #[must_use]
    pub fn code(&self) -> C {
        self.code
    }

    /// The row of the code table.
    #[must_use]
    pub fn entry(&self) -> &'static Entry {
        self.code.entry()
    }

    /// Where it happened.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.detail.place
    }

    /// What was expected, where there are two sides.
    #[must_use]
    pub fn expected_text(&self) -> Option<&str> {
        self.detail.expected.as_deref()
    }

    /// What was found, where there are two sides.
    #[must_use]
    pub fn found_text(&self) -> Option<&str> {
        self.detail.found.as_deref()
    }

    /// What happened, in Chinese, with both sides of the comparison, without place and advice.
    #[must_use]
    pub fn message_zh(&self) -> String {
        self.entry().message_zh(self.expected_text(), self.found_text())
    }

    /// What happened, in English, with both sides of the comparison, without place and advice.
    #[must_use]
    pub fn message_en(&self) -> String {
        self.entry().message_en(self.expected_text(), self.found_text())
    }

    /// Whether the error has this code.
    #[must_use]
    pub fn is(&self, code: impl Code) -> bool {
        self.entry() == code.entry()
    }

    /// The error without the type of its code.
    #[must_use]
    pub fn any(self) -> AnyFault {
        self.map_code(|code| AnyCode(code.entry()))
    }

    /// The error with the code of a crate's table; none when it comes from another.
    #[must_use]
    pub fn of<D: Code>(self) -> Option<Fault<D>> {
        // The whole row: somebody else's table may use a number of ours.
        let code = D::from_number(self.entry().number).filter(|code| code.entry() == self.entry())?;
        Some(self.map_code(|_| code))
    }

    /// The same error under the code of a crate further up.
    #[must_use]
    pub fn map_code<D: Code>(self, map: impl FnOnce(C) -> D) -> Fault<D> {
        Fault { code: map(self.code), detail: self.detail }
    }
}

impl<C: Code> From<C> for Fault<C> {
    fn from(code: C) -> Self {
        Fault::new(code)
    }
}

impl<C: Code> fmt::Display for Fault<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.entry(), self.message_en())?;
        if !self.detail.place.is_unknown() {
            write!(f, ", at {}", self.detail.place)?;
        }
        write!(f, ". {}", self.entry().advice_en)
    }
}

impl<C: Code> core::error::Error for Fault<C> {}

impl Entry {
    /// What happened, in Chinese, with both sides of a comparison.
    #[must_use]
    pub fn message_zh(&self, expected: Option<&str>, found: Option<&str>) -> String {
        match (expected, found) {
            (None, None) => self.zh.to_owned(),
            (Some(expected), None) => format!("{}（应为 {expected}）", self.zh),
            (None, Some(found)) => format!("{}（实为 {found}）", self.zh),
            (Some(expected), Some(found)) => format!("{}（应为 {expected}，实为 {found}）", self.zh),
        }
    }

    /// What happened, in English, with both sides of a comparison.
    #[must_use]
    pub fn message_en(&self, expected: Option<&str>, found: Option<&str>) -> String {
        match (expected, found) {
            (None, None) => self.en.to_owned(),
            (Some(expected), None) => format!("{} (expected {expected})", self.en),
            (None, Some(found)) => format!("{} (found {found})", self.en),
            (Some(expected), Some(found)) => format!("{} (expected {expected}, found {found})", self.en),
        }
    }
}
