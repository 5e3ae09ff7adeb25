//! Area codes of finance authorities (监管机构代码).

use crate::value::{ascii, digits, malformed, shown_as_text, text_value};
use crate::{Code, Error, Region};

/// The area code of a finance authority (财综〔2017〕32号 SupervisorAreaCode, GB/T 2260): 6 digits.
///
/// Development zones have codes outside GB/T 2260, so any 6 digits are one.
///
/// ```
/// use czei_core::AreaCode;
/// assert_eq!(AreaCode::parse("320682")?.region().name_zh(), Some("江苏省"));
/// # Ok::<(), czei_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AreaCode([u8; 6]);

impl AreaCode {
    /// Reads 6 digits.
    ///
    /// # Errors
    /// [`Code::AreaCode`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        digits(text).map(AreaCode).ok_or_else(|| malformed(Code::AreaCode, text, "6 digits"))
    }

    /// The area code of 6 bytes that were checked to be digits.
    pub(crate) const fn of(digits: [u8; 6]) -> Self {
        AreaCode(digits)
    }

    /// The 6 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }

    /// The region, digits 1 and 2.
    #[must_use]
    pub const fn region(&self) -> Region {
        Region::of([self.0[0], self.0[1]])
    }
}

shown_as_text!(AreaCode);
text_value!(AreaCode);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn six_digits() {
        for text in ["320682", "000000", "329999"] {
            assert_eq!(AreaCode::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(AreaCode::parse("110000").unwrap().region().as_str(), "11");
        for text in ["", "32068", "3206820", "32068x", "３20682"] {
            assert_eq!(AreaCode::parse(text).unwrap_err().code(), Code::AreaCode, "{text}");
        }
    }
}
