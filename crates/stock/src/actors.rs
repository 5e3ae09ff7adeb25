//! Who does something.

/// Who makes a change to the stock: every change carries a person, and those that a deployment
/// enters and then approves (segments given, taken in or given back) may carry two.
///
/// 1 to 100 characters each; written into the journal, so no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct By<'a> {
    /// The person, or the system, that makes the change.
    pub maker: &'a str,
    /// The person who approved it.
    pub checker: Option<&'a str>,
}

impl<'a> By<'a> {
    /// One person.
    #[must_use]
    pub const fn one(maker: &'a str) -> Self {
        By { maker, checker: None }
    }

    /// A person who made it and another who approved it.
    #[must_use]
    pub const fn two(maker: &'a str, checker: &'a str) -> Self {
        By { maker, checker: Some(checker) }
    }
}
