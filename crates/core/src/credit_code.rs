//! Unified social credit codes (统一社会信用代码).

use crate::value::{ascii, malformed, shown_as_text, text_value};
use crate::{Code, Error};

/// The characters of a code in the order of their values: no I, O, S, V, Z.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// The unified social credit code of an organisation (GB 32100-2015): 18 characters, the last of
/// which checks the others.
///
/// ```
/// use czei_core::{Code, CreditCode};
/// assert_eq!(CreditCode::parse("91350100M000100Y43")?.as_str(), "91350100M000100Y43");
/// let error = CreditCode::parse("91350100M000100Y44").unwrap_err();
/// assert_eq!((error.code(), error.expected_text()), (Code::CreditCode, Some("check character 3")));
/// # Ok::<(), czei_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CreditCode([u8; 18]);

impl CreditCode {
    /// Reads a code and checks its check character. The organisation code inside (characters 9 to
    /// 17) has a check character of its own, which is not looked at: codes exist where it differs.
    ///
    /// # Errors
    /// [`Code::CreditCode`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        let form = || malformed(Code::CreditCode, text, "18 characters of GB 32100-2015");
        let bytes = <[u8; 18]>::try_from(text.as_bytes()).map_err(|_| form())?;
        let expected = check_character(text).ok_or_else(form)?;
        if char::from(bytes[17]) != expected {
            return Err(malformed(Code::CreditCode, text, &format!("check character {expected}")));
        }
        Ok(CreditCode(bytes))
    }

    /// The 18 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }
}

shown_as_text!(CreditCode);
text_value!(CreditCode);

/// Whether a text is a unified social credit code with the right check character.
///
/// ```
/// assert!(czei_core::is_valid_credit_code("91350100M000100Y43"));
/// assert!(!czei_core::is_valid_credit_code("0104901"));
/// ```
#[must_use]
pub fn is_valid_credit_code(text: &str) -> bool {
    text.len() == 18 && check_character(text).is_some_and(|expected| text.ends_with(expected))
}

/// The check character that belongs to the first 17 characters of a code; none when they are not
/// of the form: characters of the alphabet, digits at 3 to 8.
#[must_use]
pub fn check_character(text: &str) -> Option<char> {
    let body = text.as_bytes().get(..17)?;
    if !body[2..8].iter().all(u8::is_ascii_digit) {
        return None;
    }
    let mut weight = 1;
    let mut sum = 0;
    for character in body {
        sum += weight * ALPHABET.iter().position(|known| known == character)?;
        weight = weight * 3 % 31;
    }
    Some(char::from(ALPHABET[(31 - sum % 31) % 31]))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn known_codes_have_their_check_character() {
        // The example of GB 32100-2015, and codes that organisations publish, one all of digits.
        for code in ["91350100M000100Y43", "12320682466320111W", "91440300708461136T", "914403001922038216"] {
            assert!(is_valid_credit_code(code), "{code}");
            assert_eq!(CreditCode::parse(code).unwrap().to_string(), code);
        }
    }

    #[test]
    fn every_other_check_character_is_refused() {
        for character in ALPHABET.iter().filter(|character| **character != b'3') {
            let code = format!("91350100M000100Y4{}", char::from(*character));
            assert!(!is_valid_credit_code(&code));
            let error = CreditCode::parse(&code).unwrap_err();
            assert_eq!((error.code(), error.expected_text()), (Code::CreditCode, Some("check character 3")));
        }
    }

    #[test]
    fn every_single_change_is_noticed() {
        let code = "91350100M000100Y43";
        for index in 0..17 {
            for character in ALPHABET {
                let mut changed = code.as_bytes().to_vec();
                changed[index] = *character;
                let changed = String::from_utf8(changed).unwrap();
                assert_eq!(is_valid_credit_code(&changed), changed == code, "{changed}");
            }
        }
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "",
            "91350100M000100Y4",
            "91350100M000100Y433",
            "91350100m000100y43",
            "9135010OM000100Y43",
            "示例",
            "9135A100M000100Y43",
            "91350100I000100Y43",
            "９1350100M000100Y4",
        ] {
            assert!(!is_valid_credit_code(text), "{text}");
            let error = CreditCode::parse(text).unwrap_err();
            assert_eq!(error.code(), Code::CreditCode, "{text}");
            assert_eq!(error.expected_text(), Some("18 characters of GB 32100-2015"), "{text}");
        }
        assert_eq!(check_character("short"), None);
    }
}
