//! Texts that end in the journal: who, why, from whom.

use czei_codes::Code as _;
use czei_core::Text;

use crate::{By, Code, Result};

/// A person or system.
pub(crate) fn check_person(place: &str, person: &str) -> Result<()> {
    check::<100>(place, person)
}

/// A reason, or who gave a segment.
pub(crate) fn check_reason(place: &str, reason: &str) -> Result<()> {
    check::<200>(place, reason)
}

/// Both persons.
pub(crate) fn check_by(by: By<'_>) -> Result<()> {
    check_person("maker", by.maker)?;
    by.checker.map_or(Ok(()), |checker| check_person("checker", checker))
}

/// 1 to `MAX` visible characters, white space at neither end.
fn check<const MAX: usize>(place: &str, text: &str) -> Result<()> {
    let Err(error) = Text::<1, MAX>::new(text) else { return Ok(()) };
    let fault = Code::TextLimit.fault().at_path(place).expected(format!("1 to {MAX} visible characters"));
    Err(fault.found(error.found_text().unwrap_or_default()).into())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn texts_are_visible_and_bounded() {
        check_by(By::two("张三", "李四")).unwrap();
        check_reason("reason", &"字".repeat(200)).unwrap();
        let error = check_reason("reason", &"字".repeat(201)).unwrap_err();
        assert!(error.is(Code::TextLimit));
        assert_eq!(error.expected_text(), Some("1 to 200 visible characters"));
        for (by, place) in [(By::one(""), "maker"), (By::one("a\nb"), "maker"), (By::two("a", "\u{200B}"), "checker")] {
            let error = check_by(by).unwrap_err();
            assert_eq!((error.is(Code::TextLimit), error.place().path.as_deref()), (true, Some(place)));
        }
    }
}
