//! Receipt ids (电子票据标识).

use crate::value::{ascii, digits, malformed, shown_as_text, text_value};
use crate::{Code, Error, ReceiptCode, ReceiptNumber};

/// The id of a receipt (财综〔2017〕32号 EInvoiceID): the text `code-number` reversed as a whole, 19
/// characters.
///
/// ```
/// use czei_core::{ReceiptCode, ReceiptId, ReceiptNumber};
/// let id = ReceiptId::new(ReceiptCode::parse("32010121")?, ReceiptNumber::parse("0013933922")?);
/// assert_eq!(id.as_str(), "2293393100-12101023");
/// assert_eq!(ReceiptId::parse("2293393100-12101023")?.number().get(), 13_933_922);
/// # Ok::<(), czei_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReceiptId {
    code: ReceiptCode,
    number: ReceiptNumber,
    text: [u8; 19],
}

impl ReceiptId {
    /// The id of a code and a number.
    #[must_use]
    pub fn new(code: ReceiptCode, number: ReceiptNumber) -> Self {
        let mut text = [b'-'; 19];
        text[..10].copy_from_slice(&number.to_digits());
        text[11..].copy_from_slice(code.as_str().as_bytes());
        text[..10].reverse();
        text[11..].reverse();
        ReceiptId { code, number, text }
    }

    /// Reads an id and finds its code and number.
    ///
    /// # Errors
    /// [`Code::ReceiptId`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        Self::read(text)
            .ok_or_else(|| malformed(Code::ReceiptId, text, "the reversed text of 8 digits, a hyphen and 10 digits"))
    }

    /// The 19 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        ascii(&self.text)
    }

    /// The receipt code.
    #[must_use]
    pub const fn code(&self) -> ReceiptCode {
        self.code
    }

    /// The receipt number.
    #[must_use]
    pub const fn number(&self) -> ReceiptNumber {
        self.number
    }

    fn read(text: &str) -> Option<Self> {
        let (number, code) = text.split_once('-')?;
        let (mut number, mut code): ([u8; 10], [u8; 8]) = (digits(number)?, digits(code)?);
        number.reverse();
        code.reverse();
        Some(Self::new(ReceiptCode::of(code), ReceiptNumber::parse(ascii(&number)).ok()?))
    }
}

shown_as_text!(ReceiptId);
text_value!(ReceiptId);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn code_and_number_come_back() {
        for (code, number, id) in [
            ("32010121", "0013933922", "2293393100-12101023"),
            ("11010126", "0013933924", "4293393100-62101011"),
            ("00999999", "0000000001", "1000000000-99999900"),
            ("32010126", "9999999999", "9999999999-62101023"),
        ] {
            let (code, number) = (ReceiptCode::parse(code).unwrap(), ReceiptNumber::parse(number).unwrap());
            assert_eq!(ReceiptId::new(code, number).to_string(), id);
            let parsed = ReceiptId::parse(id).unwrap();
            assert_eq!((parsed.code(), parsed.number()), (code, number));
            assert_eq!(parsed, ReceiptId::new(code, number));
        }
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "",
            "-",
            "32010121-0013933922",
            "2293393100_12101023",
            "229339310012101023",
            "0000000000-12101023",
            "2293393100-1210102",
            "2293393100-121010233",
            "2293393100--2101023",
            "229339310x-12101023",
        ] {
            assert_eq!(ReceiptId::parse(text).unwrap_err().code(), Code::ReceiptId, "{text}");
        }
    }
}
