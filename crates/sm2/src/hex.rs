//! Bytes as lower-case hex, for `Debug` and for the two sides of an error.

use core::fmt;

/// Shows bytes as lower-case hex without separators.
pub(crate) struct Hex<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The bytes of a hex text, for known answers in tests. White space is skipped.
#[cfg(test)]
pub(crate) fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| u8::try_from(c.to_digit(16).expect("a hex digit")).expect("below 16"))
        .collect();
    assert_eq!(digits.len() % 2, 0, "an even number of hex digits");
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// 32 bytes of a hex text.
#[cfg(test)]
pub(crate) fn unhex32(text: &str) -> [u8; 32] {
    unhex(text).try_into().expect("64 hex digits")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_leading_zeros() {
        assert_eq!(Hex(&[0, 0x0a, 0xff]).to_string(), "000aff");
        assert_eq!(format!("{:?}", Hex(&[0x10])), "10");
    }

    #[test]
    fn reads_what_it_shows() {
        assert_eq!(unhex("00 0A\nff"), [0, 0x0a, 0xff]);
    }
}
