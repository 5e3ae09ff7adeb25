//! Payment codes (缴款识别码, 缴款码).

use core::fmt;

use crate::value::{digits, malformed, number, text_value};
use crate::{AreaCode, Code, Error, Text};

/// The payment code of a receipt (财综〔2017〕32号 PayCode): 1 to 20 characters, usually 20 digits.
///
/// Codes of other lengths exist and are kept. Of 20 digits, [`PayCode::parts`] names the parts.
/// Nothing is ever refused because of the check digit: units make codes without one.
///
/// ```
/// use czei_core::{AreaCode, PayCode};
/// let code = PayCode::make(AreaCode::parse("320682")?, 2026, 30, 1, false)?;
/// assert_eq!(code.as_str(), "32068226300000000001");
/// assert_eq!(code.parts().map(|parts| parts.allotted_id), Some(30));
/// # Ok::<(), czei_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PayCode(Text<1, 20>);

/// The parts of a payment code of 20 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayCodeParts {
    /// Digits 1 to 6: the region, as an area code.
    pub region: AreaCode,
    /// Digits 7 and 8: the year, 2000 to 2099.
    pub year: u16,
    /// Digits 9 and 10: the id allotted to whoever gives the code; `00` and `01` are the platform.
    pub allotted_id: u8,
    /// Digits 11 to 19: the sequence, where the last digit is a check digit.
    pub sequence: u64,
    /// Digit 20: the check digit, or the last digit of a sequence of ten.
    pub last_digit: u8,
}

impl PayCodeParts {
    /// Whether the platform gave the code: its codes end in a check digit.
    #[must_use]
    pub const fn is_from_platform(&self) -> bool {
        self.allotted_id <= 1
    }

    /// Digits 11 to 20: the sequence, where the code has no check digit.
    #[must_use]
    pub const fn long_sequence(&self) -> u64 {
        self.sequence * 10 + self.last_digit as u64
    }
}

impl PayCode {
    /// Reads a payment code to be issued: 1 to 20 characters, none of them invisible, no white
    /// space at either end.
    ///
    /// # Errors
    /// [`Code::PayCode`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        Text::new(text).map(PayCode).map_err(|_| malformed(Code::PayCode, text, "1 to 20 visible characters"))
    }

    /// Reads the payment code of a foreign receipt, of which only the length is looked at.
    ///
    /// # Errors
    /// [`Code::PayCode`].
    pub fn read(text: &str) -> Result<Self, Error> {
        Text::read(text).map(PayCode).map_err(|_| malformed(Code::PayCode, text, "1 to 20 characters"))
    }

    /// Makes a code of 20 digits: `region(6) year(2) id(2) sequence`, and a check digit where
    /// `with_check_digit` says so. Two makers with one id would collide, so the id has no default;
    /// the sequence must never come twice within a region, year and id.
    ///
    /// # Errors
    /// [`Code::PayCodeParts`] for a year outside 2000 to 2099, an id above 99, or a sequence of
    /// more than 10 digits, 9 with a check digit.
    pub fn make(
        region: AreaCode,
        year: u16,
        allotted_id: u8,
        sequence: u64,
        with_check_digit: bool,
    ) -> Result<Self, Error> {
        let width = if with_check_digit { 9 } else { 10 };
        let fault = |found: String, expected: &str| Error::new(Code::PayCodeParts).found(found).expected(expected);
        if !(2000..=2099).contains(&year) {
            return Err(fault(format!("year {year}"), "2000 to 2099"));
        }
        if allotted_id > 99 {
            return Err(fault(format!("allotted id {allotted_id}"), "00 to 99"));
        }
        if sequence >= 10_u64.pow(width) {
            return Err(fault(format!("sequence {sequence}"), &format!("at most {width} digits")));
        }
        let mut text = format!("{region}{:02}{allotted_id:02}{sequence:0width$}", year % 100, width = width as usize);
        if with_check_digit {
            let check = digital_root(text.as_bytes());
            text.push(char::from(b'0' + check));
        }
        Ok(PayCode(Text::read(text)?))
    }

    /// The parts of a code of 20 digits; none of another form.
    #[must_use]
    pub fn parts(&self) -> Option<PayCodeParts> {
        let digits: [u8; 20] = digits(self.as_str())?;
        let [a, b, c, d, e, f, ..] = digits;
        Some(PayCodeParts {
            region: AreaCode::of([a, b, c, d, e, f]),
            // Two digits, two digits and one digit.
            year: 2000 + number(&digits[6..8]) as u16,
            allotted_id: number(&digits[8..10]) as u8,
            sequence: number(&digits[10..19]),
            last_digit: digits[19] - b'0',
        })
    }

    /// Whether the last of 20 digits is the digital root of the 19 before it (the remainder modulo
    /// 9, with 9 for 0), as it is on codes of the platform; nothing to say of another form.
    #[must_use]
    pub fn check_digit_matches(&self) -> Option<bool> {
        let digits: [u8; 20] = digits(self.as_str())?;
        Some(digital_root(&digits[..19]) == digits[19] - b'0')
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

impl fmt::Display for PayCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for PayCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PayCode({:?})", self.as_str())
    }
}

text_value!(PayCode);

/// The digital root of the number that ASCII digits write, from 1 to 9.
fn digital_root(digits: &[u8]) -> u8 {
    // A number and the sum of its digits leave the same remainder modulo 9.
    let remainder = digits.iter().map(|digit| u32::from(digit - b'0')).sum::<u32>() % 9;
    if remainder == 0 { 9 } else { remainder as u8 }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn area() -> AreaCode {
        AreaCode::parse("320682").unwrap()
    }

    #[test]
    fn a_made_code_comes_apart_again() {
        for (year, id, sequence, with_check_digit) in
            [(2026, 30, 1, false), (2000, 0, 0, true), (2099, 99, 9_999_999_999, false), (2025, 1, 999_999_999, true)]
        {
            let code = PayCode::make(area(), year, id, sequence, with_check_digit).unwrap();
            assert_eq!(code.as_str().len(), 20);
            let parts = code.parts().unwrap();
            assert_eq!((parts.region, parts.year, parts.allotted_id), (area(), year, id));
            assert_eq!(parts.is_from_platform(), id < 2);
            if with_check_digit {
                assert_eq!(parts.sequence, sequence);
                assert_eq!(code.check_digit_matches(), Some(true));
            } else {
                assert_eq!(parts.long_sequence(), sequence);
            }
        }
    }

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        for (year, id, sequence, with_check_digit, found) in [
            (1999, 30, 1, false, "year 1999"),
            (2100, 30, 1, false, "year 2100"),
            (2026, 100, 1, false, "allotted id 100"),
            (2026, 30, 10_000_000_000, false, "sequence 10000000000"),
            (2026, 30, 1_000_000_000, true, "sequence 1000000000"),
            (2026, 30, u64::MAX, false, "sequence 18446744073709551615"),
        ] {
            let error = PayCode::make(area(), year, id, sequence, with_check_digit).unwrap_err();
            assert_eq!(error.code(), Code::PayCodeParts);
            assert_eq!(error.found_text(), Some(found));
        }
    }

    #[test]
    fn the_check_digit_is_the_digital_root() {
        // The digits before the last sum up to 3, to 9 and to 0.
        assert_eq!(PayCode::parse("11000000000000000013").unwrap().check_digit_matches(), Some(true));
        assert_eq!(PayCode::parse("11000000000000000015").unwrap().check_digit_matches(), Some(false));
        assert_eq!(PayCode::parse("90000000000000000009").unwrap().check_digit_matches(), Some(true));
        assert_eq!(PayCode::parse("90000000000000000000").unwrap().check_digit_matches(), Some(false));
        assert_eq!(PayCode::parse("00000000000000000009").unwrap().check_digit_matches(), Some(true));
        // 3+2+0+6+8+2+2+5+0+0+1+2+3 = 34, whose remainder is 7.
        assert_eq!(PayCode::parse("32068225000000001237").unwrap().check_digit_matches(), Some(true));
    }

    #[test]
    fn codes_of_other_forms_are_kept() {
        for text in ["1", "1234567890123456", "a-b", "缴款码"] {
            let code = PayCode::parse(text).unwrap();
            assert_eq!(code.to_string(), text);
            assert_eq!((code.parts(), code.check_digit_matches()), (None, None));
        }
        for text in ["", "123456789012345678901234567890", " 1", "1\n", "1\u{200B}"] {
            assert_eq!(PayCode::parse(text).unwrap_err().code(), Code::PayCode, "{text:?}");
        }
        assert_eq!(PayCode::read(" 1").unwrap().check().unwrap_err().code(), Code::TextSpace);
        assert_eq!(PayCode::read("").unwrap_err().code(), Code::PayCode);
    }
}
