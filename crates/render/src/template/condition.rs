//! When something is printed: `"red"`, `"person and present:PayerPartyCode"`, `"!notice"`.

use crate::fields::{Field, Fields};

use super::model::Scope;

/// Tests that must all hold; none hold always.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Condition {
    tests: Vec<(bool, Test)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    Red,
    Person,
    Notice,
    Preview,
    Details,
    Present(Field),
}

/// A kind of receipt: what conditions can ask for without its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Case {
    pub(super) red: bool,
    person: bool,
    pub(super) notice: bool,
    details: bool,
}

impl Case {
    /// The kinds of receipts that a template is for.
    pub(super) fn all(scope: &Scope) -> impl Iterator<Item = Case> {
        let (red, notice) = (scope.red, scope.notice);
        let cases = (0..16_u8).map(|bits| Case {
            red: bits & 1 != 0,
            person: bits & 2 != 0,
            notice: bits & 4 != 0,
            details: bits & 8 != 0,
        });
        cases.filter(move |case| red.is_none_or(|red| red == case.red) && notice.is_none_or(|it| it == case.notice))
    }
}

/// What a condition can be made of, for messages.
pub(crate) const FORMS: &str =
    "`red` | `blue` | `person` | `organisation` | `notice` | `preview` | `details` | `present:…`, with `!` and ` and `";

impl Condition {
    /// Reads a condition; none when it is not one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let tests = text.split(" and ").map(|test| {
            let test = test.trim();
            let (wanted, test) = test.strip_prefix('!').map_or((true, test), |test| (false, test.trim_start()));
            Some(match test {
                "red" => (wanted, Test::Red),
                "blue" => (!wanted, Test::Red),
                "person" => (wanted, Test::Person),
                "organisation" => (!wanted, Test::Person),
                "notice" => (wanted, Test::Notice),
                "preview" => (wanted, Test::Preview),
                "details" => (wanted, Test::Details),
                _ => {
                    (wanted, Test::Present(Field::parse(test.strip_prefix("present:")?).filter(Field::is_of_receipt)?))
                }
            })
        });
        tests.collect::<Option<_>>().map(|tests| Condition { tests })
    }

    /// Whether it asks for nothing.
    pub(crate) fn is_always(&self) -> bool {
        self.tests.is_empty()
    }

    /// Whether it holds for a receipt.
    pub(crate) fn holds(&self, fields: &Fields<'_>) -> bool {
        self.tests.iter().all(|(wanted, test)| {
            *wanted
                == match test {
                    Test::Red => fields.is_red(),
                    Test::Person => fields.is_person(),
                    Test::Notice => fields.is_notice(),
                    Test::Preview => fields.is_preview(),
                    // A list behind the first page, which that page has to tell of.
                    Test::Details => !fields.content().aux.is_empty(),
                    Test::Present(field) => fields.is_present(field),
                }
        })
    }

    /// Whether it holds for every receipt of a kind that is no preview; with a field, for every one that has it.
    pub(super) fn surely_holds(&self, case: Case, present: Option<&Field>) -> bool {
        self.tests.iter().all(|(wanted, test)| match test {
            Test::Red => *wanted == case.red,
            Test::Person => *wanted == case.person,
            Test::Notice => *wanted == case.notice,
            Test::Preview => !wanted,
            Test::Details => *wanted == case.details,
            Test::Present(field) => *wanted && Some(field) == present,
        })
    }

    /// Whether it never holds for a blue receipt.
    pub(super) fn asks_for_red(&self) -> bool {
        self.tests.contains(&(true, Test::Red))
    }
}
