//! Quantities of items.

use core::fmt;

use crate::decimal::product_equals;
use crate::value::{malformed, text_value};
use crate::{Amount, Code, Decimal, Error};

/// The quantity of an item (财综〔2017〕32号 ItemQuantity, Integer): an optional sign and at most 8
/// digits. Receipts of others have plain decimals here, and a profile may allow to issue them.
///
/// [`Quantity::parse`] is for issuing and takes one form of each value; [`Quantity::read`] keeps
/// whatever plain decimal stands on a foreign receipt. [`Quantity::is_integer`] tells whether the
/// standard's form is kept: who issues asks it.
///
/// ```
/// use czei_core::{Amount, Code, Quantity};
/// let quantity = Quantity::parse("2")?;
/// assert!(quantity.times_equals(Amount::parse("80.00")?, Amount::parse("160.00")?));
/// assert_eq!(quantity.negate().to_string(), "-2");
/// assert!(!Quantity::parse("2.5")?.is_integer());
/// assert_eq!(Quantity::parse("+2").unwrap_err().code(), Code::Quantity);
/// assert_eq!(Quantity::read("+2")?.to_string(), "+2");
/// # Ok::<(), czei_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quantity(Decimal);

impl Quantity {
    /// The most digits of the standard's Integer.
    pub const DIGITS: usize = 8;

    /// Reads the form that is issued: at most 8 integer digits without superfluous zeros, 0 to 8
    /// decimals, a minus sign for a negative quantity, no plus sign.
    ///
    /// # Errors
    /// [`Code::Quantity`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        match Decimal::parse(text) {
            Ok(decimal) if is_issued_form(&decimal) => Ok(Quantity(decimal)),
            _ => Err(malformed(Code::Quantity, text, "an integer of at most 8 digits")),
        }
    }

    /// Reads the quantity of a foreign receipt: any plain decimal, kept as written.
    ///
    /// # Errors
    /// [`Code::Quantity`].
    pub fn read(text: &str) -> Result<Self, Error> {
        Decimal::parse(text)
            .map(Quantity)
            .map_err(|_| malformed(Code::Quantity, text, "an integer of at most 8 digits, or a plain decimal"))
    }

    /// Whether it is the standard's Integer: an optional sign and at most 8 digits, no point.
    #[must_use]
    pub fn is_integer(&self) -> bool {
        self.0.scale() == 0 && self.as_str().trim_start_matches(['+', '-']).len() <= Self::DIGITS
    }

    /// Whether it is below 0, as on a red receipt.
    #[must_use]
    pub const fn is_negative(&self) -> bool {
        self.0.mantissa() < 0
    }

    /// The quantity as a decimal.
    #[must_use]
    pub const fn decimal(&self) -> &Decimal {
        &self.0
    }

    /// The text as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The quantity of a red receipt: the other sign, the same digits; a zero stays as it is.
    #[must_use]
    pub fn negate(&self) -> Self {
        Quantity(self.0.negate())
    }

    /// Whether the quantity times the standard is exactly the amount, without rounding.
    #[must_use]
    pub fn times_equals(&self, standard: Amount, amount: Amount) -> bool {
        product_equals(&self.0, (standard.fen().into(), 2), amount)
    }
}

fn is_issued_form(decimal: &Decimal) -> bool {
    let text = decimal.as_str();
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let integer = unsigned.split('.').next().unwrap_or_default();
    integer.len() <= Quantity::DIGITS
        && (integer == "0" || !integer.starts_with('0'))
        && !text.starts_with('+')
        && (decimal.mantissa() != 0 || !text.starts_with('-'))
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Quantity({})", self.as_str())
    }
}

text_value!(Quantity);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_issued_form_has_no_variants() {
        for text in ["0", "1", "-1", "10", "99999999", "-99999999"] {
            let quantity = Quantity::parse(text).unwrap();
            assert_eq!(quantity.to_string(), text);
            assert!(quantity.is_integer(), "{text}");
            assert_eq!(quantity.is_negative(), text.starts_with('-'));
        }
        for text in ["0.5", "-2.50", "1.0", "99999999.99999999"] {
            let quantity = Quantity::parse(text).unwrap();
            assert_eq!(quantity.to_string(), text);
            assert!(!quantity.is_integer(), "{text}");
        }
        for text in [
            "",
            "-",
            "-0",
            "-0.0",
            "00",
            "01",
            "00.5",
            "+1",
            "100000000",
            "100000000.5",
            "1e3",
            " 1",
            "１",
            "-01",
            ".5",
            "1.",
            "0.123456789",
        ] {
            let error = Quantity::parse(text).unwrap_err();
            assert_eq!(error.code(), Code::Quantity, "{text}");
            assert_eq!(error.expected_text(), Some("an integer of at most 8 digits"));
        }
    }

    #[test]
    fn foreign_forms_are_kept() {
        for (text, integer) in [
            ("2.50", false),
            ("+1", true),
            ("00000001", true),
            ("1.0", false),
            ("100000000", false),
            ("000000001", false),
        ] {
            let quantity = Quantity::read(text).unwrap();
            assert_eq!(quantity.as_str(), text);
            assert_eq!(quantity.is_integer(), integer, "{text}");
        }
        for text in ["", "一", "1e3", "1."] {
            assert_eq!(Quantity::read(text).unwrap_err().code(), Code::Quantity, "{text}");
        }
    }

    #[test]
    fn a_red_receipt_changes_the_sign() {
        for (text, negated) in [("1", "-1"), ("-2.50", "2.50"), ("0", "0"), ("+3", "-3")] {
            assert_eq!(Quantity::read(text).unwrap().negate().as_str(), negated);
        }
    }

    #[test]
    fn quantity_times_standard_is_exact() {
        let check = |quantity, standard, amount| {
            Quantity::read(quantity)
                .unwrap()
                .times_equals(Amount::parse(standard).unwrap(), Amount::parse(amount).unwrap())
        };
        assert!(check("1", "80.00", "80.00"));
        assert!(check("-1", "80.00", "-80.00"));
        assert!(check("2.5", "80.00", "200.00"));
        assert!(check("0", "80.00", "0.00"));
        assert!(!check("3", "33.33", "100.00"));
        assert!(!check("0.333", "1.00", "0.33"));
        assert!(!check("1", "80.00", "-80.00"));
        assert!(!check("99999999", "999999999999999.99", "999999999999999.99"));
        assert!(!check("999999999999999999.99999999", "999999999999999.99", "999999999999999.99"));
    }
}
