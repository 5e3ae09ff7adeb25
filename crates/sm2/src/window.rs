//! Numbers in signed digits.

use crate::limbs::Limbs;

/// Bits of a digit of the tables.
pub(crate) const WIDTH: usize = 7;

/// Digits of a number below 2^256: the last has 4 bits and a carry.
pub(crate) const DIGITS: usize = 256_usize.div_ceil(WIDTH);

/// The digits, lowest first, each in −63..=64: the number is the sum of digit·2^(7·index).
///
/// Takes the same time for every number.
#[inline(always)]
pub(crate) fn digits(number: &Limbs) -> [i8; DIGITS] {
    let mut digits = [0; DIGITS];
    let mut carry = 0;
    for (index, digit) in digits.iter_mut().enumerate() {
        let bit = index * WIDTH;
        let (word, shift) = (bit / 64, bit % 64);
        let mut window = number[word] >> shift;
        // Where the window reaches into the next limb is public.
        if shift > 64 - WIDTH && word < 3 {
            window |= number[word + 1] << (64 - shift);
        }
        let value = (window & 0x7f) as i16 + carry;
        // 1 where the value is above 64.
        carry = ((64 - value) >> 15) & 1;
        *digit = (value - (carry << 7)) as i8;
    }
    digits
}

/// Places of the sparse digits of a number below 2^256.
pub(crate) const SPARSE: usize = 257;

/// The number as a sum of odd digits in −15..=15 at places of which each is followed by at least
/// four zeros (the non-adjacent form of width 5). Not for secrets.
pub(crate) fn sparse_digits_vartime(number: &Limbs) -> [i8; SPARSE] {
    let mut digits = [0; SPARSE];
    let mut place = 0;
    let mut carry = 0;
    while place < SPARSE {
        let bit = |place: usize| if place < 256 { (number[place / 64] >> (place % 64)) & 1 } else { 0 };
        if bit(place) == carry {
            place += 1;
            continue;
        }
        let mut value = carry as i8;
        for offset in 0..5 {
            value += (bit(place + offset) as i8) << offset;
        }
        carry = u64::from(value > 16);
        digits[place] = value - ((carry as i8) << 5);
        place += 5;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sum of digit·2^(step·index) modulo 2^256.
    fn value(digits: &[i8], step: usize) -> Limbs {
        let mut sum: Limbs = [0; 4];
        for digit in digits.iter().rev() {
            for _ in 0..step {
                sum = crate::limbs::add(&sum, &sum).0;
            }
            let size: Limbs = [u64::from(digit.unsigned_abs()), 0, 0, 0];
            sum = if *digit < 0 { crate::limbs::sub(&sum, &size).0 } else { crate::limbs::add(&sum, &size).0 };
        }
        sum
    }

    fn numbers() -> Vec<Limbs> {
        let mut numbers = vec![[0; 4], [1, 0, 0, 0], [u64::MAX; 4], crate::scalar::N, crate::field::P];
        for bit in 0..256 {
            let mut number = [0; 4];
            number[bit / 64] = 1 << (bit % 64);
            numbers.push(number);
            numbers.push(crate::limbs::sub(&number, &[1, 0, 0, 0]).0);
        }
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        for _ in 0..5_000 {
            numbers.push([(); 4].map(|()| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                state
            }));
        }
        numbers
    }

    #[test]
    fn digits_add_up_and_keep_their_bounds() {
        for number in numbers() {
            let digits = digits(&number);
            assert_eq!(value(&digits, WIDTH), number);
            assert!(digits.iter().all(|digit| (-63..=64).contains(digit)));
            // The carry out of the last digit is none: it has room.
            assert!((0..=16).contains(&digits[DIGITS - 1]));
        }
    }

    #[test]
    fn sparse_digits_add_up_and_keep_their_distance() {
        for number in numbers() {
            let digits = sparse_digits_vartime(&number);
            assert_eq!(value(&digits, 1), number);
            let mut last = None;
            for (place, digit) in digits.iter().enumerate().filter(|(_, digit)| **digit != 0) {
                assert!(digit % 2 != 0 && digit.abs() <= 15);
                assert!(last.is_none_or(|last| place - last >= 5));
                last = Some(place);
            }
        }
    }
}
