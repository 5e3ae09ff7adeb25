//! Specimen codes (电子票据模板代码).

use crate::value::{ascii, malformed, shown_as_text, text_value};
use crate::{Code, Error, ReceiptCode};

/// The code of a receipt's template (财综〔2017〕32号 EInvoiceSpecimenCode): 10 ASCII letters or
/// digits, on real receipts the receipt code and two more digits.
///
/// ```
/// use czei_core::{ReceiptCode, SpecimenCode};
/// let specimen = SpecimenCode::parse("3201012101")?;
/// assert!(specimen.starts_with(ReceiptCode::parse("32010121")?));
/// # Ok::<(), czei_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SpecimenCode([u8; 10]);

impl SpecimenCode {
    /// Reads 10 letters or digits.
    ///
    /// # Errors
    /// [`Code::SpecimenCode`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        match <[u8; 10]>::try_from(text.as_bytes()) {
            Ok(bytes) if bytes.iter().all(u8::is_ascii_alphanumeric) => Ok(SpecimenCode(bytes)),
            _ => Err(malformed(Code::SpecimenCode, text, "10 letters or digits")),
        }
    }

    /// The 10 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }

    /// Whether it begins with the receipt code, as it should.
    #[must_use]
    pub fn starts_with(&self, code: ReceiptCode) -> bool {
        self.0.starts_with(code.as_str().as_bytes())
    }
}

shown_as_text!(SpecimenCode);
text_value!(SpecimenCode);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn ten_letters_or_digits() {
        for text in ["3201012101", "abcDEF0123"] {
            assert_eq!(SpecimenCode::parse(text).unwrap().to_string(), text);
        }
        for text in ["", "320101210", "32010121011", "32010121-1", "3201012１1", "模板代码"] {
            assert_eq!(SpecimenCode::parse(text).unwrap_err().code(), Code::SpecimenCode, "{text}");
        }
    }

    #[test]
    fn it_begins_with_the_code_or_not() {
        let specimen = SpecimenCode::parse("3201012101").unwrap();
        assert!(specimen.starts_with(ReceiptCode::parse("32010121").unwrap()));
        assert!(!specimen.starts_with(ReceiptCode::parse("32010122").unwrap()));
    }
}
