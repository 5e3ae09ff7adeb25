//! Check codes (校验码).

use czei_sm2::HmacSm3;

use crate::value::{ascii, malformed, shown_as_text, text_value};
use crate::{Amount, Code, Error, IssueDate, ReceiptCode, ReceiptNumber};

/// The check code of a receipt (财综〔2017〕32号 RandomNumber): 6 letters or digits, and 4 to 8 on
/// receipts of others.
///
/// Whoever assigns the number makes it: at random with [`CheckCode::random`], or with
/// [`CheckCode::keyed`], so that the holder of a secret can check a printed receipt offline. A
/// foreign check code cannot be recomputed. It is no signature and proves nothing to others.
///
/// ```
/// use czei_core::CheckCode;
/// assert_eq!(CheckCode::random([0x07, 0x89, 0x2E]).as_str(), "07892e");
/// assert!(CheckCode::parse("138973")?.is_standard());
/// assert!(!CheckCode::parse("a1B2")?.is_standard());
/// # Ok::<(), czei_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CheckCode {
    // The bytes from `length` on are zero, so that equality of texts is equality of fields.
    text: [u8; 8],
    length: u8,
}

/// The fields of a receipt that a keyed check code covers, in this order.
#[derive(Debug, Clone, Copy)]
pub struct KeyedFields<'a> {
    /// The receipt code.
    pub code: ReceiptCode,
    /// The receipt number.
    pub number: ReceiptNumber,
    /// The issue date.
    pub issue_date: IssueDate,
    /// The code of the issuing unit.
    pub unit_code: &'a str,
    /// The name of the payer.
    pub payer_name: &'a str,
    /// The total amount.
    pub total: Amount,
}

impl CheckCode {
    /// Reads 4 to 8 ASCII letters or digits.
    ///
    /// # Errors
    /// [`Code::CheckCode`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        let bytes = text.as_bytes();
        if !(4..=8).contains(&bytes.len()) || !bytes.iter().all(u8::is_ascii_alphanumeric) {
            return Err(malformed(Code::CheckCode, text, "6 letters or digits (4 to 8 when reading)"));
        }
        let mut code = CheckCode { text: [0; 8], length: 0 };
        code.text[..bytes.len()].copy_from_slice(bytes);
        // At most 8.
        code.length = bytes.len() as u8;
        Ok(code)
    }

    /// A check code of 6 lower-case hex characters from three bytes, which the caller takes from
    /// the operating system's random source.
    #[must_use]
    pub fn random(bytes: [u8; 3]) -> Self {
        Self::hex(bytes)
    }

    /// The check code that a secret of the issuing system gives to a receipt: the first 6 hex
    /// characters of HMAC-SM3 over the fields in UTF-8, each written as its length in bytes in
    /// decimal, a colon, and its bytes. The date is yyyyMMdd, the total has two decimals.
    ///
    /// ```
    /// use czei_core::{Amount, CheckCode, IssueDate, KeyedFields, ReceiptCode, ReceiptNumber};
    /// let fields = KeyedFields {
    ///     code: ReceiptCode::parse("11010126")?,
    ///     number: ReceiptNumber::parse("0013933922")?,
    ///     issue_date: IssueDate::parse("20261201")?,
    ///     unit_code: "0104901",
    ///     payer_name: "陈𠮷",
    ///     total: Amount::parse("80.00")?,
    /// };
    /// let code = CheckCode::keyed(b"a secret of the issuing system", &fields);
    /// assert!(code.is_standard());
    /// assert_eq!(code, CheckCode::keyed(b"a secret of the issuing system", &fields));
    /// # Ok::<(), czei_core::Error>(())
    /// ```
    #[must_use]
    pub fn keyed(secret: &[u8], fields: &KeyedFields<'_>) -> Self {
        let mut mac = HmacSm3::new(secret);
        for field in [
            fields.code.as_str(),
            &fields.number.to_string(),
            &fields.issue_date.to_string(),
            fields.unit_code,
            fields.payer_name,
            &fields.total.to_string(),
        ] {
            mac.update(field.len().to_string().as_bytes());
            mac.update(b":");
            mac.update(field.as_bytes());
        }
        let tag = mac.finalize();
        Self::hex([tag[0], tag[1], tag[2]])
    }

    /// The characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        ascii(&self.text[..usize::from(self.length)])
    }

    /// Whether it has the 6 characters of the standard.
    #[must_use]
    pub const fn is_standard(&self) -> bool {
        self.length == 6
    }

    fn hex(bytes: [u8; 3]) -> Self {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0; 8];
        for (pair, byte) in text.chunks_exact_mut(2).zip(bytes) {
            pair[0] = HEX[usize::from(byte >> 4)];
            pair[1] = HEX[usize::from(byte & 15)];
        }
        CheckCode { text, length: 6 }
    }
}

shown_as_text!(CheckCode);
text_value!(CheckCode);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn four_to_eight_letters_or_digits() {
        for (text, standard) in
            [("138973", true), ("07892e", true), ("ABcd", false), ("12345678", false), ("12345", false)]
        {
            let code = CheckCode::parse(text).unwrap();
            assert_eq!(code.to_string(), text);
            assert_eq!(code.is_standard(), standard, "{text}");
        }
        for text in ["", "123", "123456789", "12345-", "校验码", "１23456", "12 456"] {
            assert_eq!(CheckCode::parse(text).unwrap_err().code(), Code::CheckCode, "{text}");
        }
    }

    #[test]
    fn random_bytes_are_written_in_lower_case_hex() {
        for (bytes, text) in [([0, 0, 0], "000000"), ([0xFF; 3], "ffffff"), ([0x13, 0x89, 0x73], "138973")] {
            assert_eq!(CheckCode::random(bytes), CheckCode::parse(text).unwrap());
        }
    }

    fn fields<'a>(unit_code: &'a str, payer_name: &'a str) -> KeyedFields<'a> {
        KeyedFields {
            code: ReceiptCode::parse("11010126").unwrap(),
            number: ReceiptNumber::parse("0013933922").unwrap(),
            issue_date: IssueDate::parse("20261201").unwrap(),
            unit_code,
            payer_name,
            total: Amount::parse("80.00").unwrap(),
        }
    }

    #[test]
    fn a_keyed_code_covers_the_fields_with_their_lengths() {
        let message = "8:1101012610:00139339228:202612017:01049017:陈𠮷5:80.00";
        let tag = HmacSm3::mac(b"secret", &[message.as_bytes()]);
        let expected = format!("{:02x}{:02x}{:02x}", tag[0], tag[1], tag[2]);
        assert_eq!(CheckCode::keyed(b"secret", &fields("0104901", "陈𠮷")).as_str(), expected);
        // Computed with OpenSSL 3.0: dgst -sm3 -hmac secret.
        assert_eq!(expected, "3b4099");
    }

    #[test]
    fn a_keyed_code_changes_with_every_field() {
        let base = fields("0104901", "陈");
        let code = CheckCode::keyed(b"secret", &base);
        for other in [
            KeyedFields { code: ReceiptCode::parse("11010127").unwrap(), ..base },
            KeyedFields { number: ReceiptNumber::parse("0013933923").unwrap(), ..base },
            KeyedFields { issue_date: IssueDate::parse("20261202").unwrap(), ..base },
            KeyedFields { unit_code: "0104902", ..base },
            KeyedFields { payer_name: "张", ..base },
            KeyedFields { total: Amount::parse("80.01").unwrap(), ..base },
            // The same bytes in a row, cut elsewhere.
            fields("010490", "1陈"),
        ] {
            assert_ne!(CheckCode::keyed(b"secret", &other), code, "{other:?}");
        }
        assert_ne!(CheckCode::keyed(b"another", &base), code);
    }
}
