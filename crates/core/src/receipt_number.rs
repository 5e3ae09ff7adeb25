//! Receipt numbers (票据号码).

use core::fmt;

use crate::value::{digits, malformed, number, text_value};
use crate::{Code, Error};

/// The number of a receipt within its code (财综〔2017〕32号 EInvoiceNumber): 10 digits from
/// `0000000001` to `9999999999`, leading zeros being part of it.
///
/// ```
/// use czei_core::ReceiptNumber;
/// let number = ReceiptNumber::parse("0013933922")?;
/// assert_eq!(number.get(), 13_933_922);
/// assert_eq!(number.next().map(|next| next.to_string()).as_deref(), Some("0013933923"));
/// # Ok::<(), czei_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReceiptNumber(u64);

impl ReceiptNumber {
    /// `0000000001`.
    pub const FIRST: ReceiptNumber = ReceiptNumber(1);
    /// `9999999999`.
    pub const LAST: ReceiptNumber = ReceiptNumber(9_999_999_999);

    /// The number of an integer.
    ///
    /// # Errors
    /// [`Code::ReceiptNumber`] outside 1 to 9999999999.
    pub fn new(number: u64) -> Result<Self, Error> {
        if number == 0 || number > Self::LAST.0 {
            return Err(malformed(Code::ReceiptNumber, &number.to_string(), "0000000001 to 9999999999"));
        }
        Ok(ReceiptNumber(number))
    }

    /// Reads 10 digits.
    ///
    /// # Errors
    /// [`Code::ReceiptNumber`], also for `0000000000`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        match digits::<10>(text).map(|digits| number(&digits)) {
            Some(number) if number > 0 => Ok(ReceiptNumber(number)),
            _ => Err(malformed(Code::ReceiptNumber, text, "10 digits from 0000000001 to 9999999999")),
        }
    }

    /// The number as an integer, 1 to 9999999999.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The number after this one; none after the last, for numbers never wrap.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        (self < Self::LAST).then(|| ReceiptNumber(self.0 + 1))
    }

    /// The 10 digits as bytes.
    pub(crate) fn to_digits(self) -> [u8; 10] {
        let mut digits = [b'0'; 10];
        let mut rest = self.0;
        for digit in digits.iter_mut().rev() {
            // The remainder is below 10.
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        digits
    }
}

impl fmt::Display for ReceiptNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(crate::value::ascii(&self.to_digits()))
    }
}

impl fmt::Debug for ReceiptNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReceiptNumber({self})")
    }
}

text_value!(ReceiptNumber);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn ten_digits_and_back() {
        for (text, number) in [("0000000001", 1), ("0013933922", 13_933_922), ("9999999999", 9_999_999_999)] {
            assert_eq!(ReceiptNumber::parse(text).unwrap().get(), number);
            assert_eq!(ReceiptNumber::new(number).unwrap().to_string(), text);
        }
    }

    #[test]
    fn other_forms_are_refused() {
        for text in
            ["", "0000000000", "1", "000000001", "00000000001", "000000000x", "-000000001", "+000000001", "000000000１"]
        {
            assert_eq!(ReceiptNumber::parse(text).unwrap_err().code(), Code::ReceiptNumber, "{text}");
        }
        for number in [0, 10_000_000_000, u64::MAX] {
            let error = ReceiptNumber::new(number).unwrap_err();
            assert_eq!(error.code(), Code::ReceiptNumber);
            assert_eq!(error.found_text(), Some(number.to_string().as_str()));
        }
    }

    #[test]
    fn the_last_number_has_no_next() {
        assert_eq!(ReceiptNumber::FIRST.next(), Some(ReceiptNumber(2)));
        assert_eq!(ReceiptNumber(9_999_999_998).next(), Some(ReceiptNumber::LAST));
        assert_eq!(ReceiptNumber::LAST.next(), None);
    }
}
