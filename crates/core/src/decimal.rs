//! Plain decimals that keep the text they came with.

use core::cmp::Ordering;

use crate::value::{ascii, malformed, shown_as_text, text_value};
use crate::{Amount, Code, Error};

/// The longest text: a sign, 18 digits, a point, 8 digits.
const LONGEST: usize = 1 + Decimal::INTEGER_DIGITS + 1 + Decimal::DECIMALS;

/// A plain decimal (财综〔2017〕32号 Decimal): an optional sign, 1 to 18 integer digits, and
/// optionally a point with 1 to 8 decimals, e.g. `1234567.123456`.
///
/// The text is kept as written, and equality is equality of texts; [`Decimal::compare`] compares
/// values.
///
/// ```
/// use core::cmp::Ordering;
/// use czei_core::Decimal;
/// let rate = Decimal::parse("7.10")?;
/// assert_eq!(rate.as_str(), "7.10");
/// assert_eq!((rate.mantissa(), rate.scale()), (710, 2));
/// assert_eq!(rate.compare(&Decimal::parse("7.1")?), Ordering::Equal);
/// # Ok::<(), czei_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decimal {
    mantissa: i128,
    scale: u8,
    length: u8,
    text: [u8; LONGEST],
}

impl Decimal {
    /// The most digits before the point.
    pub const INTEGER_DIGITS: usize = 18;
    /// The most digits after the point.
    pub const DECIMALS: usize = 8;

    /// Reads a plain decimal. Leading zeros and a plus sign are kept as written.
    ///
    /// # Errors
    /// [`Code::Decimal`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        Self::read(text).ok_or_else(|| malformed(Code::Decimal, text, "a plain decimal like 1234567.123456"))
    }

    /// The decimal without its point, with its sign: 710 for `7.10`.
    #[must_use]
    pub const fn mantissa(&self) -> i128 {
        self.mantissa
    }

    /// The number of decimals, 0 to 8: 2 for `7.10`.
    #[must_use]
    pub const fn scale(&self) -> u32 {
        self.scale as u32
    }

    /// The text as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        ascii(&self.text[..usize::from(self.length)])
    }

    /// Compares the values: `7.1` and `7.10` are equal in this sense.
    #[must_use]
    pub fn compare(&self, other: &Decimal) -> Ordering {
        // 26 digits and 8 more stay within the 38 of i128.
        let scaled = |decimal: &Decimal| decimal.mantissa * 10_i128.pow(8 - decimal.scale());
        scaled(self).cmp(&scaled(other))
    }

    /// The value with the other sign, written with the same digits; a zero stays as it is.
    #[must_use]
    pub fn negate(&self) -> Self {
        if self.mantissa == 0 {
            return *self;
        }
        let digits = self.as_str().trim_start_matches(['+', '-']);
        let mut negated = Decimal { mantissa: -self.mantissa, scale: self.scale, length: 0, text: [0; LONGEST] };
        let start = usize::from(negated.mantissa < 0);
        negated.text[0] = b'-';
        negated.text[start..start + digits.len()].copy_from_slice(digits.as_bytes());
        negated.set_length(start + digits.len());
        negated
    }

    /// Whether this times `factor` is exactly the amount, without rounding.
    ///
    /// ```
    /// use czei_core::{Amount, Decimal};
    /// let quantity = Decimal::parse("2.5")?;
    /// assert!(quantity.product_equals(&Decimal::parse("80.0000")?, Amount::parse("200.00")?));
    /// assert!(!quantity.product_equals(&Decimal::parse("0.33")?, Amount::parse("0.83")?));
    /// # Ok::<(), czei_core::Error>(())
    /// ```
    #[must_use]
    pub fn product_equals(&self, factor: &Decimal, amount: Amount) -> bool {
        product_equals(self, (factor.mantissa, factor.scale()), amount)
    }

    fn read(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() > LONGEST {
            return None;
        }
        let unsigned = match bytes {
            [b'+' | b'-', rest @ ..] => rest,
            rest => rest,
        };
        let (integer, decimals): (&[u8], Option<&[u8]>) = match unsigned.iter().position(|&byte| byte == b'.') {
            Some(point) => (&unsigned[..point], Some(&unsigned[point + 1..])),
            None => (unsigned, None),
        };
        let counts = (1..=Self::INTEGER_DIGITS).contains(&integer.len())
            && decimals.is_none_or(|decimals| (1..=Self::DECIMALS).contains(&decimals.len()));
        let decimals = decimals.unwrap_or_default();
        if !counts || !integer.iter().chain(decimals).all(u8::is_ascii_digit) {
            return None;
        }
        let magnitude =
            integer.iter().chain(decimals).fold(0_i128, |mantissa, digit| mantissa * 10 + i128::from(digit - b'0'));
        let mut decimal = Decimal {
            mantissa: if bytes[0] == b'-' { -magnitude } else { magnitude },
            // At most 8.
            scale: decimals.len() as u8,
            length: 0,
            text: [0; LONGEST],
        };
        decimal.text[..bytes.len()].copy_from_slice(bytes);
        decimal.set_length(bytes.len());
        Some(decimal)
    }

    fn set_length(&mut self, length: usize) {
        // At most LONGEST, which is 28; the bytes beyond it stay zero, so that equality of texts
        // is equality of fields.
        self.length = length as u8;
        self.text[length..].fill(0);
    }
}

impl From<Amount> for Decimal {
    /// The amount with its two decimals.
    fn from(amount: Amount) -> Self {
        let mut decimal = Decimal { mantissa: amount.fen().into(), scale: 2, length: 0, text: [0; LONGEST] };
        let text = amount.to_string();
        decimal.text[..text.len()].copy_from_slice(text.as_bytes());
        decimal.set_length(text.len());
        decimal
    }
}

shown_as_text!(Decimal);
text_value!(Decimal);

/// Whether a decimal times a factor of the given mantissa and scale is exactly the amount.
pub(crate) fn product_equals(decimal: &Decimal, (mantissa, scale): (i128, u32), amount: Amount) -> bool {
    // A product beyond i128 is beyond every amount: the other side has at most 17 digits and 16 zeros.
    let Some(product) = decimal.mantissa.checked_mul(mantissa) else { return false };
    let decimals = decimal.scale() + scale;
    if decimals >= 2 {
        product == i128::from(amount.fen()) * 10_i128.pow(decimals - 2)
    } else {
        product.checked_mul(10_i128.pow(2 - decimals)) == Some(i128::from(amount.fen()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn the_text_is_kept_as_written() {
        for (text, mantissa, scale) in [
            ("0", 0, 0),
            ("1", 1, 0),
            ("+1.0", 10, 1),
            ("-0.50", -50, 2),
            ("007", 7, 0),
            ("1234567.123456", 1_234_567_123_456, 6),
            ("-999999999999999999.99999999", -99_999_999_999_999_999_999_999_999, 8),
        ] {
            let decimal = decimal(text);
            assert_eq!(decimal.as_str(), text);
            assert_eq!((decimal.mantissa(), decimal.scale()), (mantissa, scale), "{text}");
            assert_eq!(decimal.to_string(), text);
        }
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "",
            "+",
            "-",
            ".",
            "1.",
            ".1",
            "1e3",
            "1,000",
            "--1",
            "+-1",
            "1.2.3",
            " 1",
            "1 ",
            "１",
            "NaN",
            "inf",
            "0x1",
            "1000000000000000000",
            "0.123456789",
            "00000000000000000000000000001",
        ] {
            assert_eq!(Decimal::parse(text).unwrap_err().code(), Code::Decimal, "{text}");
        }
    }

    #[test]
    fn values_are_compared_across_scales() {
        assert_eq!(decimal("1").compare(&decimal("1.00")), Ordering::Equal);
        assert_ne!(decimal("1"), decimal("1.00"));
        assert_eq!(decimal("-0.1").compare(&decimal("0")), Ordering::Less);
        let largest = decimal("999999999999999999.99999999");
        assert_eq!(largest.compare(&decimal("999999999999999999")), Ordering::Greater);
        assert_eq!(largest.negate().compare(&largest), Ordering::Less);
    }

    #[test]
    fn negation_keeps_the_digits() {
        for (text, negated) in [("1", "-1"), ("-1.50", "1.50"), ("+2", "-2"), ("0.00", "0.00"), ("-0", "-0")] {
            assert_eq!(decimal(text).negate().as_str(), negated);
            assert_eq!(decimal(text).negate(), decimal(negated));
        }
        let largest = decimal("999999999999999999.99999999");
        assert_eq!(largest.negate().negate(), largest);
    }

    #[test]
    fn products_are_exact() {
        let amount = |text| Amount::parse(text).unwrap();
        assert!(decimal("3").product_equals(&decimal("0.01"), amount("0.03")));
        assert!(decimal("-1").product_equals(&decimal("80"), amount("-80.00")));
        assert!(decimal("0.5").product_equals(&decimal("0.1"), amount("0.05")));
        assert!(!decimal("0.5").product_equals(&decimal("0.01"), amount("0.00")));
        assert!(!decimal("0.5").product_equals(&decimal("0.01"), amount("0.01")));
        let largest = decimal("999999999999999999.99999999");
        assert!(!largest.product_equals(&largest, Amount::MAX));
        assert!(!largest.product_equals(&largest.negate(), Amount::MIN));
        assert!(!decimal("999999999999999999").product_equals(&decimal("999999999999999999"), Amount::MAX));
        assert!(decimal("0.00000001").product_equals(&Decimal::from(Amount::ZERO), Amount::ZERO));
    }

    #[test]
    fn an_amount_is_a_decimal() {
        for text in ["0.00", "-80.05", "-999999999999999.99"] {
            assert_eq!(Decimal::from(Amount::parse(text).unwrap()), decimal(text));
        }
    }

    #[test]
    fn json_is_a_string() {
        assert_eq!(serde_json::from_str::<Decimal>("\"7.10\"").unwrap(), decimal("7.10"));
        assert_eq!(serde_json::to_string(&decimal("7.10")).unwrap(), "\"7.10\"");
    }
}
