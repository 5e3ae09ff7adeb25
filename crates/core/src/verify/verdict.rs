//! The verdict over one receipt.

use core::fmt;

use super::{Check, Checks, Status};

/// The verdict, in the three values of ETSI EN 319 102-1 5.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    /// Every required check was made and held.
    Valid,
    /// Nothing failed, but a required check could not be brought to an end or was not made.
    Indeterminate,
    /// A check failed.
    Invalid,
}

impl Verdict {
    /// The verdict that follows from the checks: never better than the worst of them, and never
    /// valid while a required one was not made.
    #[must_use]
    pub fn from_checks(checks: &Checks) -> Self {
        if Check::ALL.iter().any(|check| checks.get(*check) == Status::Failed) {
            return Verdict::Invalid;
        }
        let open = |check: &Check| match checks.get(*check) {
            Status::Indeterminate => true,
            Status::NotMade => check.is_required(),
            Status::Passed | Status::Failed => false,
        };
        if Check::ALL.iter().any(open) { Verdict::Indeterminate } else { Verdict::Valid }
    }

    /// The name in reports: `valid`, `invalid`, `indeterminate`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Verdict::Valid => "valid",
            Verdict::Indeterminate => "indeterminate",
            Verdict::Invalid => "invalid",
        }
    }

    /// The name for people, in Chinese.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Verdict::Valid => "有效",
            Verdict::Indeterminate => "无法判定",
            Verdict::Invalid => "无效",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(status: Status) -> Checks {
        let mut checks = Checks::default();
        for check in Check::ALL {
            checks.set(check, status);
        }
        checks
    }

    #[test]
    fn valid_needs_every_required_check() {
        assert_eq!(Verdict::from_checks(&all(Status::Passed)), Verdict::Valid);
        for check in Check::ALL {
            let mut checks = all(Status::Passed);
            checks.set(check, Status::NotMade);
            let expected = if check.is_required() { Verdict::Indeterminate } else { Verdict::Valid };
            assert_eq!(Verdict::from_checks(&checks), expected, "{check} not made");
            checks.set(check, Status::Indeterminate);
            assert_eq!(Verdict::from_checks(&checks), Verdict::Indeterminate, "{check} indeterminate");
            checks.set(check, Status::Failed);
            assert_eq!(Verdict::from_checks(&checks), Verdict::Invalid, "{check} failed");
        }
        assert_eq!(Verdict::from_checks(&Checks::default()), Verdict::Indeterminate);
    }
}
