//! When something is printed: `"red"`, `"person and present:PayerPartyCode"`, `"!notice"`.

use crate::fields::{Field, Fields};

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
}
