//! Numbers as PDF writes them. All arithmetic is on integers, so that no machine rounds differently.
#![allow(clippy::float_arithmetic)] // one division, at the door of a library that takes f32

use crate::length::Um;

/// A length in thousandths of a point, rounded: 1 pt = 25,400 µm / 72, so 1 µm = 360/127 of a thousandth.
pub(super) const fn milli(length: Um) -> i64 {
    let scaled = length as i64 * 360;
    (scaled + if scaled < 0 { -63 } else { 63 }) / 127
}

/// Thousandths of a point as the number that the object writer takes. Page sizes are far below 2^24, up to which
/// an `f32` is exact; its shortest decimal form gives the thousandths back.
pub(super) fn points(milli: i64) -> f32 {
    milli as f32 / 1000.0
}

/// An integer as the number that the object writer takes; the writer prints it without a point.
pub(super) fn real(integer: i32) -> f32 {
    integer as f32
}

/// Writes an integer.
pub(super) fn push_integer(out: &mut Vec<u8>, value: i64) {
    push_scaled(out, i128::from(value), 0);
}

/// Writes thousandths with at most three decimals and no zeros that say nothing.
pub(super) fn push_milli(out: &mut Vec<u8>, value: i64) {
    push_scaled(out, i128::from(value), 3);
}

/// Writes a number given in units of 10^-`decimals`, in its shortest form.
pub(super) fn push_scaled(out: &mut Vec<u8>, value: i128, decimals: usize) {
    let mut rest = value.unsigned_abs();
    // From the last digit to the first; 39 digits hold every u128, and `decimals` is at most 9.
    let mut digits = [0_u8; 64];
    let mut at = digits.len();
    let mut position = 0;
    let mut fraction = false;
    while rest > 0 || position < decimals {
        let digit = (rest % 10) as u8;
        rest /= 10;
        // Zeros at the end of the fraction are left out.
        if position >= decimals || digit != 0 || fraction {
            if position == decimals && fraction {
                at -= 1;
                digits[at] = b'.';
            }
            fraction |= position < decimals;
            at -= 1;
            digits[at] = b'0' + digit;
        }
        position += 1;
    }
    if fraction && !digits[at..].contains(&b'.') {
        at -= 1;
        digits[at] = b'.';
    }
    if at == digits.len() {
        at -= 1;
        digits[at] = b'0';
    } else if value < 0 {
        at -= 1;
        digits[at] = b'-';
    }
    out.extend_from_slice(&digits[at..]);
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn written(value: i128, decimals: usize) -> String {
        let mut out = Vec::new();
        push_scaled(&mut out, value, decimals);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_have_their_shortest_form() {
        for (value, decimals, expected) in [
            (0, 3, "0"),
            (0, 0, "0"),
            (7, 0, "7"),
            (-7, 0, "-7"),
            (100, 0, "100"),
            (1, 3, ".001"),
            (-1, 3, "-.001"),
            (10, 3, ".01"),
            (500, 3, ".5"),
            (1_000, 3, "1"),
            (10_000, 3, "10"),
            (595_276, 3, "595.276"),
            (-100_050, 3, "-100.05"),
            (2_834_646, 9, ".002834646"),
            (1_000_000_000, 9, "1"),
        ] {
            assert_eq!(written(value, decimals), expected);
        }
    }

    #[test]
    fn lengths_round_to_the_nearest_thousandth() {
        assert_eq!(milli(25_400), 72_000);
        assert_eq!(milli(-25_400), -72_000);
        assert_eq!(milli(3_175), 9_000);
        assert_eq!(milli(1), 3); // 2.83
        assert_eq!(milli(-1), -3);
        assert_eq!(milli(210_000), 595_276);
        assert!((points(595_276) - 595.276).abs() < 0.0001);
    }
}
