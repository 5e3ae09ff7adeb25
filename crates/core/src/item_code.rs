//! Codes of charge items: the local one, which stands on receipts, and the national identifier.

use core::fmt;

use crate::value::{ascii, digits, malformed, shown_as_text, text_value};
use crate::{Code, Error, Text};

/// The local code of a charge item (项目编码, 财综〔2017〕32号 ItemCode): 1 to 30 characters of
/// no fixed form.
///
/// ```
/// use czei_core::ItemCode;
/// assert_eq!(ItemCode::parse("103043211")?.as_str(), "103043211");
/// # Ok::<(), czei_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ItemCode(Text<1, 30>);

impl ItemCode {
    /// Reads an item code to be issued: none of its characters is invisible, and no white space
    /// stands at either end.
    ///
    /// # Errors
    /// [`Code::ItemCode`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        Text::new(text).map(ItemCode).map_err(|_| malformed(Code::ItemCode, text, "1 to 30 visible characters"))
    }

    /// Reads the item code of a foreign receipt, of which only the length is looked at.
    ///
    /// # Errors
    /// [`Code::ItemCode`].
    pub fn read(text: &str) -> Result<Self, Error> {
        Text::read(text).map(ItemCode).map_err(|_| malformed(Code::ItemCode, text, "1 to 30 characters"))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether a code that was read may be issued again.
    ///
    /// # Errors
    /// As [`Text::check`].
    pub fn check(&self) -> Result<(), Error> {
        self.0.check()
    }
}

impl fmt::Display for ItemCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for ItemCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ItemCode({:?})", self.as_str())
    }
}

text_value!(ItemCode);

/// The national identifier of a charge item (执收项目识别码): 12 digits, 4 of GB/T 2260 and 8
/// sequential. It is not what stands as ItemCode on a receipt.
///
/// ```
/// use czei_core::NationalItemCode;
/// assert_eq!(NationalItemCode::parse("320600000123")?.area(), "3206");
/// # Ok::<(), czei_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NationalItemCode([u8; 12]);

impl NationalItemCode {
    /// Reads 12 digits.
    ///
    /// # Errors
    /// [`Code::NationalItemCode`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        digits(text).map(NationalItemCode).ok_or_else(|| malformed(Code::NationalItemCode, text, "12 digits"))
    }

    /// The 12 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }

    /// The first 4 digits: the beginning of an area code.
    #[must_use]
    pub fn area(&self) -> &str {
        ascii(&self.0[..4])
    }
}

shown_as_text!(NationalItemCode);
text_value!(NationalItemCode);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_local_code_has_no_fixed_form() {
        let longest = "1".repeat(30);
        for text in ["1", "103043211", "10304321101", "A-1/学费", longest.as_str()] {
            assert_eq!(ItemCode::parse(text).unwrap().to_string(), text);
        }
        for text in ["", &"1".repeat(31), "1 ", "1\t2", "1\u{FEFF}"] {
            assert_eq!(ItemCode::parse(text).unwrap_err().code(), Code::ItemCode, "{text:?}");
        }
        assert_eq!(ItemCode::read("1\t2").unwrap().check().unwrap_err().code(), Code::TextControl);
        assert_eq!(ItemCode::read("").unwrap_err().code(), Code::ItemCode);
    }

    #[test]
    fn a_national_identifier_has_twelve_digits() {
        assert_eq!(NationalItemCode::parse("320600000123").unwrap().to_string(), "320600000123");
        for text in ["", "103043211", "32060000012x", "3206000001234", "３20600000123"] {
            assert_eq!(NationalItemCode::parse(text).unwrap_err().code(), Code::NationalItemCode, "{text}");
        }
    }
}
