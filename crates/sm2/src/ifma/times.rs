//! Multiples of eight points that have no tables, for public numbers.

use core::arch::x86_64::_mm512_i64gather_epi64;

use super::field::Fe8;
use super::lanes_of;
use super::point::{JacobianTerms, Sums, Terms};
use crate::limbs::Limbs;

/// Bits of a digit.
const WIDTH: usize = 5;

/// Digits of a number below 2^256.
const DIGITS: usize = 256_usize.div_ceil(WIDTH);

/// Multiples of each point: the digits' sizes.
const MULTIPLES: usize = 1 << (WIDTH - 1);

/// The multiples from 1 to 16 of eight points in Jacobian coordinates, lane by lane. No sum on the way there is
/// an exception: the points' order n is a prime far above 16.
struct Multiples {
    /// X, Y, Z, Z², Z³ of each multiple.
    elements: [[Fe8; 5]; MULTIPLES],
    /// Whether what is kept is the negative, in all lanes alike.
    negative: [bool; MULTIPLES],
}

/// [t]P for eight affine points P (x, y < 16p, none negative) and numbers below 2^256. Not for secrets.
///
/// An addition meets its exception where a digit's multiple is ± the sum so far; Z is 0 from then on.
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn times(points: &Terms, ts: &[Limbs; 8]) -> Sums<1> {
    let multiples = Multiples::of(points);
    let digits = ts.each_ref().map(digits);
    let mut sums = Sums::empty();
    for place in (0..DIGITS).rev() {
        if sums.empty != [0xff] {
            for _ in 0..WIDTH {
                sums.double();
            }
        }
        sums.add_jacobian(&[multiples.chosen(&digits.each_ref().map(|digits| digits[place]))]);
    }
    sums
}

impl Multiples {
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn of(points: &Terms) -> Self {
        let mut out = Self { elements: [[Fe8::zero(); 5]; MULTIPLES], negative: [false; MULTIPLES] };
        let mut sums = Vec::with_capacity(MULTIPLES);
        sums.push(Sums::of(&[*points]));
        for multiple in 2..=MULTIPLES {
            // An even multiple is twice its half, an odd one is one more than the one before.
            let mut next;
            if multiple % 2 == 0 {
                next = Sums::clone(&sums[multiple / 2 - 1]);
                next.double();
            } else {
                next = Sums::clone(&sums[multiple - 2]);
                next.add_vartime(&[*points]);
            }
            sums.push(next);
        }
        for (index, sums) in sums.iter().enumerate() {
            let [JacobianTerms { term, z, zz, zzz }] = sums.as_terms();
            out.elements[index] = [term.x, term.y, z, zz, zzz];
            out.negative[index] = term.negative != 0;
        }
        out
    }

    /// The multiples that eight digits, −16..=16, stand for.
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn chosen(&self, digits: &[i8; 8]) -> JacobianTerms {
        // For 0 one is taken that is not used. The remainder bounds what is read.
        let places = digits.map(|digit| usize::from(digit.unsigned_abs()).wrapping_sub(1) % MULTIPLES);
        let (mut negative, mut present) = (0, 0);
        for lane in 0..8 {
            negative |= u8::from((digits[lane] < 0) ^ self.negative[places[lane]]) << lane;
            present |= u8::from(digits[lane] != 0) << lane;
        }
        // In words: a multiple has 5 elements of 5 limbs of 8 lanes.
        let words = lanes_of(&core::array::from_fn(|lane| (places[lane] * 200 + lane) as u64));
        let start: *const i64 = self.elements.as_ptr().cast();
        let element = |element: usize| {
            Fe8(core::array::from_fn(|limb| {
                // SAFETY: the index of a lane is at most 15·200 + 7 words, and at most 192 words from the start is the
                // limb: the same limb and lane of another multiple, in the same array of 16·200 words.
                unsafe { _mm512_i64gather_epi64::<8>(words, start.add((element * 5 + limb) * 8)) }
            }))
        };
        let [x, y, z, zz, zzz] = [element(0), element(1), element(2), element(3), element(4)];
        JacobianTerms { term: Terms { x, y, negative, present }, z, zz, zzz }
    }
}

/// The digits of a number below 2^256, lowest first, each in −15..=16.
fn digits(number: &Limbs) -> [i8; DIGITS] {
    let mut carry = 0;
    core::array::from_fn(|index| {
        let (word, shift) = (index * WIDTH / 64, index * WIDTH % 64);
        let mut window = number[word] >> shift;
        if shift > 64 - WIDTH && word < 3 {
            window |= number[word + 1] << (64 - shift);
        }
        let value = (window % 32) as i8 + carry;
        carry = i8::from(value > 16);
        value - (carry << WIDTH)
    })
}

#[cfg(test)]
mod tests {
    use super::{DIGITS, WIDTH, digits};
    use crate::limbs::{self, Limbs};
    use crate::testing::Random;

    #[test]
    fn digits_add_up_and_keep_their_bounds() {
        let mut numbers = Random::new(0xd161);
        let mut all: Vec<Limbs> = (0..2_000).map(|_| [(); 4].map(|()| numbers.word())).collect();
        all.extend([[0; 4], [u64::MAX; 4], crate::scalar::N, crate::field::P]);
        all.extend((0..256).map(|bit| core::array::from_fn(|i| if i == bit / 64 { 1 << (bit % 64) } else { 0 })));
        for number in all {
            let digits = digits(&number);
            // From the top, modulo 2^256; no carry is left, as the last digit has one bit of the number.
            assert!(digits[DIGITS - 1] == 0 || digits[DIGITS - 1] == 1 || digits[DIGITS - 1] == 2);
            let mut sum: Limbs = [0; 4];
            for digit in digits.iter().rev() {
                assert!((-15..=16).contains(digit));
                for _ in 0..WIDTH {
                    sum = limbs::add(&sum, &sum).0;
                }
                let size = [u64::from(digit.unsigned_abs()), 0, 0, 0];
                sum = if *digit < 0 { limbs::sub(&sum, &size).0 } else { limbs::add(&sum, &size).0 };
            }
            assert_eq!(sum, number);
        }
    }
}
