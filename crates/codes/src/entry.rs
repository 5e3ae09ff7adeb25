//! One row of a code table.

use core::fmt;

/// What sort of thing went wrong: decides what a caller can do about it, and how a binding
/// presents it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// The bytes or values handed in are malformed or outside their bounds.
    Input,
    /// A limit of the reader or a budget was exceeded.
    Limit,
    /// A signature, key or digest does not fit.
    Crypto,
    /// A certificate or its path is not usable for the purpose.
    Certificate,
    /// The policy, a role or a binding does not allow it.
    Policy,
    /// The operation does not fit the present state (a number is used, a request differs).
    State,
    /// A configuration or policy file is wrong.
    Config,
    /// The operating system said no: files, random source.
    System,
}

impl Kind {
    /// The name of the kind as it stands in `abi/codes.txt`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Input => "input",
            Kind::Limit => "limit",
            Kind::Crypto => "crypto",
            Kind::Certificate => "certificate",
            Kind::Policy => "policy",
            Kind::State => "state",
            Kind::Config => "config",
            Kind::System => "system",
        }
    }
}

/// How heavy a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing, changes nothing.
    Note,
    /// Deserves a look; the check passes.
    Warning,
    /// The check could not be brought to an end: the verdict is indeterminate at best.
    Indeterminate,
    /// The check fails.
    Error,
}

impl Severity {
    /// The name as it stands in reports and policies: `note`, `warning`, `indeterminate`, `error`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Indeterminate => "indeterminate",
            Severity::Error => "error",
        }
    }
}

/// One row of a code table: the number, the name and the explanation of an error or a finding.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    /// The number, unique over all crates and never reused.
    pub number: u16,
    /// The short name, lower case with hyphens, unique over all crates.
    pub name: &'static str,
    /// The crate that owns the code, without the `czei-` prefix.
    pub owner: &'static str,
    /// The sort of problem.
    pub kind: Kind,
    /// The weight it has in a report unless a policy says otherwise. Errors of functions are [`Severity::Error`].
    pub severity: Severity,
    /// What happened, in Chinese.
    pub zh: &'static str,
    /// What happened, in English.
    pub en: &'static str,
    /// How one runs into it, in Chinese.
    pub why_zh: &'static str,
    /// How one runs into it, in English.
    pub why_en: &'static str,
    /// What to do, in Chinese.
    pub advice_zh: &'static str,
    /// What to do, in English.
    pub advice_en: &'static str,
    /// The clause it rests on.
    pub clause: &'static str,
}

impl Entry {
    /// The code as it is written: `CZ` and four digits.
    #[must_use]
    pub fn id(&self) -> String {
        format!("CZ{:04}", self.number)
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CZ{:04}", self.number)
    }
}

/// A crate's enumeration of codes, made by [`code_table!`](crate::code_table).
pub trait Code: Copy + Eq + fmt::Debug + 'static {
    /// The row of the table.
    fn entry(self) -> &'static Entry;

    /// The code of a number; none when the table does not have it.
    fn from_number(number: u16) -> Option<Self>;

    /// An error with this code, to which place and both sides of a comparison can be added.
    fn fault(self) -> crate::Fault<Self> {
        crate::Fault::new(self)
    }
}

/// A code of whichever crate: for errors that pass through a trait which others implement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnyCode(pub(crate) &'static Entry);

impl Code for AnyCode {
    fn entry(self) -> &'static Entry {
        self.0
    }

    /// None: a number alone does not lead to a row.
    fn from_number(_: u16) -> Option<Self> {
        None
    }
}
