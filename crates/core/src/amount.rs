//! Amounts of money.

use core::fmt;
use core::ops::Neg;

use crate::value::{malformed, text_value};
use crate::{Code, Error};

/// An amount in yuan with two decimals (财综〔2017〕32号 Currency), from −999999999999999.99 to
/// 999999999999999.99. Inside it is a whole number of fen; no float is near it.
///
/// ```
/// use czei_core::Amount;
/// let fee = Amount::parse("80.00")?;
/// assert_eq!(fee.fen(), 8000);
/// assert_eq!(Amount::sum([fee, Amount::parse("480.00")?])?.to_string(), "560.00");
/// assert_eq!((-fee).to_string(), "-80.00");
/// # Ok::<(), czei_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Amount(i64);

/// The form an amount must have, for messages.
const FORM: &str = "0.00 to 999999999999999.99, a minus sign allowed";

impl Amount {
    /// 0.00, also the default.
    pub const ZERO: Amount = Amount(0);
    /// 999999999999999.99: 15 integer digits.
    pub const MAX: Amount = Amount(99_999_999_999_999_999);
    /// −999999999999999.99.
    pub const MIN: Amount = Amount(-99_999_999_999_999_999);

    /// Reads the form of the standard: exactly two decimals, 1 to 15 integer digits without
    /// superfluous zeros, a minus sign for a negative amount, ASCII digits. `-0.00`, `+1.00`,
    /// `1,000.00` and `01.00` are refused.
    ///
    /// # Errors
    /// [`Code::Amount`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        Self::read(text, true).ok_or_else(|| malformed(Code::Amount, text, FORM))
    }

    /// Reads what peers of the gateway send: as [`Amount::parse`], but with 0 to 2 decimals, so
    /// that `80`, `80.0` and `80.00` are the same. It is not for receipts.
    ///
    /// ```
    /// use czei_core::Amount;
    /// assert_eq!(Amount::parse_lenient("80.0")?, Amount::parse("80.00")?);
    /// # Ok::<(), czei_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Code::Amount`].
    pub fn parse_lenient(text: &str) -> Result<Self, Error> {
        Self::read(text, false).ok_or_else(|| malformed(Code::Amount, text, FORM))
    }

    /// An amount of whole fen.
    ///
    /// # Errors
    /// [`Code::AmountRange`] beyond [`Amount::MIN`] and [`Amount::MAX`].
    pub fn from_fen(fen: i64) -> Result<Self, Error> {
        let amount = Amount(fen);
        if amount < Self::MIN || amount > Self::MAX {
            return Err(out_of_range(&format!("{fen} fen")));
        }
        Ok(amount)
    }

    /// The amount in fen.
    #[must_use]
    pub const fn fen(self) -> i64 {
        self.0
    }

    /// Whether it is below 0.00, as on a red receipt.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// The amount with the other sign, as a red receipt needs it. The range is symmetric, so it
    /// always exists.
    #[must_use]
    pub const fn negate(self) -> Self {
        Amount(-self.0)
    }

    /// The sum of two amounts, or nothing when it is out of range.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        Self::from_fen(self.0.checked_add(other.0)?).ok()
    }

    /// The sum of amounts. Only the result must be in range, so the order of the summands does not
    /// matter.
    ///
    /// # Errors
    /// [`Code::AmountRange`].
    pub fn sum<I>(amounts: I) -> Result<Self, Error>
    where
        I: IntoIterator,
        I::Item: core::borrow::Borrow<Amount>,
    {
        use core::borrow::Borrow as _;
        // 2^70 summands of the largest amount would be needed to overflow.
        let sum: i128 = amounts.into_iter().map(|amount| i128::from(amount.borrow().0)).sum();
        i64::try_from(sum).map_or_else(|_| Err(out_of_range(&format!("{sum} fen"))), Self::from_fen)
    }

    fn read(text: &str, two_decimals: bool) -> Option<Self> {
        let (negative, unsigned) = match text.as_bytes() {
            [b'-', rest @ ..] => (true, rest),
            rest => (false, rest),
        };
        let (integer, decimals): (&[u8], &[u8]) = match unsigned.iter().position(|&byte| byte == b'.') {
            Some(point) => (&unsigned[..point], &unsigned[point + 1..]),
            None => (unsigned, &[]),
        };
        let point_stands = integer.len() < unsigned.len();
        let form = matches!(integer.len(), 1..=15)
            && !(integer.len() > 1 && integer[0] == b'0')
            && (decimals.len() == 2 || !two_decimals && (decimals.len() == 1 || decimals.is_empty() && !point_stands))
            && integer.iter().chain(decimals).all(u8::is_ascii_digit);
        if !form {
            return None;
        }
        let mut fen = 0;
        for digit in integer.iter().chain(decimals) {
            fen = fen * 10 + i64::from(digit - b'0');
        }
        for _ in decimals.len()..2 {
            fen *= 10;
        }
        match (negative, fen) {
            (true, 0) => None,
            (true, fen) => Some(Amount(-fen)),
            (false, fen) => Some(Amount(fen)),
        }
    }
}

impl Neg for Amount {
    type Output = Amount;

    fn neg(self) -> Amount {
        self.negate()
    }
}

/// Yuan with exactly two decimals.
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Written into a buffer of the longest form, so that width and alignment apply to the whole.
        let mut buffer = [b'0'; 19];
        let mut rest = self.0.unsigned_abs();
        let mut start = buffer.len();
        while rest > 0 || start > buffer.len() - 4 {
            start -= 1;
            if start == buffer.len() - 3 {
                buffer[start] = b'.';
                continue;
            }
            // The remainder is below 10.
            buffer[start] = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        if self.is_negative() {
            start -= 1;
            buffer[start] = b'-';
        }
        f.pad(crate::value::ascii(&buffer[start..]))
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Amount({self})")
    }
}

text_value!(Amount);

fn out_of_range(found: &str) -> Error {
    Error::new(Code::AmountRange).found(found).expected("at most 999999999999999.99 yuan in either direction")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_form_of_the_standard_and_back() {
        for (text, fen) in [
            ("0.00", 0),
            ("0.01", 1),
            ("0.10", 10),
            ("1.00", 100),
            ("80.00", 8000),
            ("-80.05", -8005),
            ("-0.01", -1),
            ("999999999999999.99", 99_999_999_999_999_999),
            ("-999999999999999.99", -99_999_999_999_999_999),
        ] {
            let amount = Amount::parse(text).unwrap();
            assert_eq!(amount.fen(), fen, "{text}");
            assert_eq!(amount.to_string(), text);
            assert_eq!(Amount::from_fen(fen).unwrap(), amount);
            assert_eq!(Amount::parse_lenient(text).unwrap(), amount);
        }
        assert_eq!(format!("{:>8}|{:<8}|", Amount(8000), Amount(-1)), "   80.00|-0.01   |");
        assert_eq!(format!("{:?}", Amount(8000)), "Amount(80.00)");
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "",
            "-",
            ".",
            "80",
            "80.",
            "80.0",
            "80.000",
            ".50",
            "-.50",
            "+80.00",
            "-0.00",
            "080.00",
            "00.00",
            "--1.00",
            "1,000.00",
            "1e2.00",
            " 80.00",
            "80.00 ",
            "80．00",
            "８0.00",
            "80.0０",
            "1.0.0",
            "1.-1",
            "¥80.00",
            "NaN",
            "1000000000000000.00",
            "9999999999999999999999999999.00",
            "0x10.00",
            "80.00\0",
            "-1-.00",
        ] {
            let error = Amount::parse(text).unwrap_err();
            assert_eq!(error.code(), Code::Amount, "{text}");
            assert!(error.expected_text().unwrap().contains("999999999999999.99"));
        }
        assert_eq!(Amount::parse("80").unwrap_err().found_text(), Some("80"));
    }

    #[test]
    fn the_lenient_form_takes_fewer_decimals() {
        for (text, fen) in [("80", 8000), ("80.0", 8000), ("80.5", 8050), ("-133.0", -13300), ("0", 0), ("0.0", 0)] {
            assert_eq!(Amount::parse_lenient(text).unwrap().fen(), fen, "{text}");
        }
        for text in ["", "80.", ".5", "80.000", "-0", "-0.0", "+80", "080", "8 0", "1000000000000000"] {
            assert_eq!(Amount::parse_lenient(text).unwrap_err().code(), Code::Amount, "{text}");
        }
    }

    #[test]
    fn the_range_is_kept() {
        assert_eq!(Amount::from_fen(Amount::MAX.fen() + 1).unwrap_err().code(), Code::AmountRange);
        assert_eq!(Amount::from_fen(i64::MIN).unwrap_err().code(), Code::AmountRange);
        assert_eq!(Amount::MAX.checked_add(Amount(1)), None);
        assert_eq!(Amount::MAX.checked_add(Amount(-1)), Some(Amount(99_999_999_999_999_998)));
        assert_eq!(Amount::MAX.negate(), Amount::MIN);
        assert_eq!(-Amount::ZERO, Amount::ZERO);
    }

    #[test]
    fn sums_are_exact_and_bounded() {
        assert_eq!(Amount::sum([] as [Amount; 0]).unwrap(), Amount::ZERO);
        assert_eq!(Amount::sum([Amount(1), Amount(2)].iter()).unwrap(), Amount(3));
        assert_eq!(Amount::sum([Amount::MAX, Amount::MAX, Amount::MIN]).unwrap(), Amount::MAX);
        assert_eq!(Amount::sum([Amount::MAX, Amount(1)]).unwrap_err().code(), Code::AmountRange);
        assert_eq!(Amount::sum(vec![Amount::MAX; 999]).unwrap_err().code(), Code::AmountRange);
        assert_eq!(Amount::sum(vec![Amount::MIN; 999]).unwrap_err().code(), Code::AmountRange);
    }

    #[test]
    fn every_order_of_magnitude_is_written_as_it_is_read() {
        let mut fen = 1_i64;
        while fen <= Amount::MAX.fen() {
            for near in [fen - 1, fen, fen + 1] {
                let amount = Amount::from_fen(near).unwrap();
                assert_eq!(Amount::parse(&amount.to_string()).unwrap(), amount);
                assert_eq!(amount.to_string(), format!("{}.{:02}", near / 100, near % 100));
            }
            fen *= 10;
        }
    }

    #[test]
    fn json_is_a_string() {
        assert_eq!(serde_json::to_string(&Amount(8000)).unwrap(), "\"80.00\"");
        assert_eq!(serde_json::from_str::<Amount>("\"-0.01\"").unwrap(), Amount(-1));
    }
}
