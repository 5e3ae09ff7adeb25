//! Identity numbers of citizens (公民身份号码).

use core::fmt;

use chrono::{Datelike, NaiveDate};

use crate::value::{ascii, digits, number};
use crate::{Code, Error};

/// The identity number of a person (GB 11643-1999): 6 digits of address, 8 of birth date, 3
/// sequential, and a check character, which is a digit or a capital `X`.
///
/// It is personal data: `Display` and `Debug` mask all but the last four characters, and so do the
/// errors. [`IdentityNumber::as_str`] and JSON have it in full.
///
/// ```
/// use czei_core::IdentityNumber;
/// let number = IdentityNumber::parse("11010519491231002X")?;
/// assert_eq!(number.to_string(), "**************002X");
/// assert_eq!(number.as_str(), "11010519491231002X");
/// # Ok::<(), czei_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct IdentityNumber([u8; 18]);

impl IdentityNumber {
    /// Reads a number, and checks that its birth date exists, lies in the years 1800 to 2199, and
    /// that its check character is right. Whether the address ever existed is not looked at.
    ///
    /// # Errors
    /// [`Code::IdentityNumber`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        let fault = |expected: String| Error::new(Code::IdentityNumber).found(masked(text)).expected(expected);
        let form = || fault("17 digits and a digit or X".to_owned());
        let bytes = <[u8; 18]>::try_from(text.as_bytes()).map_err(|_| form())?;
        let expected = check_character(text).ok_or_else(form)?;
        if birth_date(&bytes).is_none() {
            return Err(fault("a birth date that exists at digits 7 to 14".to_owned()));
        }
        if !matches!(bytes[17], b'0'..=b'9' | b'X') {
            return Err(form());
        }
        if char::from(bytes[17]) != expected {
            return Err(fault(format!("check character {expected}")));
        }
        Ok(IdentityNumber(bytes))
    }

    /// The number in full.
    #[must_use]
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }

    /// The number with all but its last four characters masked.
    #[must_use]
    pub fn mask(&self) -> String {
        masked(self.as_str())
    }
}

/// Masked.
impl fmt::Display for IdentityNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.mask())
    }
}

/// Masked.
impl fmt::Debug for IdentityNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdentityNumber({})", self.mask())
    }
}

impl core::str::FromStr for IdentityNumber {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl TryFrom<String> for IdentityNumber {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        Self::parse(&text)
    }
}

impl serde::Serialize for IdentityNumber {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for IdentityNumber {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::value::deserialize(deserializer)
    }
}

/// Whether a text is an identity number with an existing birth date and the right check character.
///
/// ```
/// assert!(czei_core::is_valid_identity_number("11010519491231002X"));
/// assert!(!czei_core::is_valid_identity_number("11010519490231002X"));
/// ```
#[must_use]
pub fn is_valid_identity_number(text: &str) -> bool {
    IdentityNumber::parse(text).is_ok()
}

/// The check character that belongs to the first 17 digits of a number (ISO 7064 MOD 11-2); none
/// when they are not digits.
#[must_use]
pub fn check_character(text: &str) -> Option<char> {
    let body: [u8; 17] = digits(text.get(..17)?)?;
    // By Horner's rule: each digit weighs twice the one after it.
    let sum = body.iter().fold(0, |sum, digit| (sum + usize::from(digit - b'0')) * 2 % 11);
    Some(char::from(b"10X98765432"[sum]))
}

fn birth_date(bytes: &[u8; 18]) -> Option<NaiveDate> {
    // Eight digits fit.
    let date = number(&bytes[6..14]) as u32;
    NaiveDate::from_ymd_opt((date / 10_000) as i32, date / 100 % 100, date % 100)
        .filter(|date| (1800..2200).contains(&date.year()))
}

/// Whatever was found in the place of an identity number, but for its last four characters.
fn masked(text: &str) -> String {
    let count = text.chars().count();
    let end: String =
        text.chars().skip(count.saturating_sub(4)).map(|c| if c.is_ascii_alphanumeric() { c } else { '?' }).collect();
    // A short text would be shown whole: nothing of it is.
    if count < 8 { "*".repeat(count) } else { "*".repeat((count - 4).min(36)) + &end }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_examples_of_the_standard() {
        // GB 11643-1999 gives both; the second has another remainder.
        for text in ["11010519491231002X", "440524188001010014"] {
            let number = IdentityNumber::parse(text).unwrap();
            assert_eq!(number.as_str(), text);
            assert!(is_valid_identity_number(text));
        }
    }

    #[test]
    fn each_remainder_has_its_character() {
        let mut seen = String::new();
        for sequence in 0..200 {
            let body = format!("11010519491231{sequence:03}");
            let check = check_character(&body).unwrap();
            // The sum of the standard, with its weights 2^(18 - i) modulo 11.
            let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
            let sum: u32 = body.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
            assert_eq!(check, "10X98765432".chars().nth((sum % 11) as usize).unwrap());
            if !seen.contains(check) {
                seen.push(check);
            }
        }
        assert_eq!(seen.len(), 11);
    }

    #[test]
    fn what_is_wrong_is_named_and_masked() {
        for (text, expected, found) in [
            ("110105194912310021", "check character X", "**************0021"),
            ("11010519491231002x", "17 digits and a digit or X", "**************002x"),
            ("11010519490231002X", "a birth date that exists at digits 7 to 14", "**************002X"),
            ("11010517991231002X", "a birth date that exists at digits 7 to 14", "**************002X"),
            ("11010522001231002X", "a birth date that exists at digits 7 to 14", "**************002X"),
            ("1101051949123100", "17 digits and a digit or X", "************3100"),
            ("110105194912A1002X", "17 digits and a digit or X", "**************002X"),
            ("123", "17 digits and a digit or X", "***"),
            ("", "17 digits and a digit or X", ""),
            ("证件号码是多少呢", "17 digits and a digit or X", "****????"),
        ] {
            let error = IdentityNumber::parse(text).unwrap_err();
            assert_eq!(error.code(), Code::IdentityNumber, "{text}");
            assert_eq!((error.expected_text(), error.found_text()), (Some(expected), Some(found)), "{text}");
        }
    }

    #[test]
    fn it_is_shown_masked_and_stored_whole() {
        let number = IdentityNumber::parse("11010519491231002X").unwrap();
        assert_eq!(format!("{number} {number:?}"), "**************002X IdentityNumber(**************002X)");
        assert_eq!(serde_json::to_string(&number).unwrap(), "\"11010519491231002X\"");
        assert_eq!(serde_json::from_str::<IdentityNumber>("\"11010519491231002X\"").unwrap(), number);
    }
}
