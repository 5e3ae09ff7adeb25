//! The x coordinates of secret multiples of the generator.
//!
//! # Why no addition meets its exception
//! Each lane adds row after row as `generator.rs` does, so that CORRECTNESS.md's argument for `[k]G` in constant time
//! is the one for each lane: an empty lane takes its first point over, and lanes whose digit is 0 keep what they have.
//!
//! # Constant time
//! Digits choose table entries by permuting registers that hold whole rows; signs, zeros and first points are
//! masks. What is loaded, and every branch, depends on the number of multiples alone.

use core::arch::x86_64::{
    __m512i, _mm512_abs_epi64, _mm512_cmpeq_epi64_mask, _mm512_cmplt_epi64_mask, _mm512_mask_mov_epi64,
    _mm512_permutex2var_epi64, _mm512_set1_epi64, _mm512_setzero_si512, _mm512_sub_epi64, _mm512_test_epi64_mask,
};
use std::sync::LazyLock;

use zeroize::Zeroizing;

use super::field::Fe8;
use super::point::{Sums, Terms};
use super::secret::Secret;
use super::{Ifma, lanes_of, sign_one, words_of};
use crate::generator;
use crate::scalar::Scalar;
use crate::table::{MULTIPLES, ROWS};
use crate::window;

/// One row of the generator's table, turned: ten limbs (five of x, five of y, R = 2^260, below p), of each the
/// 64 multiples.
#[repr(align(64))]
pub(super) struct Row([[u64; MULTIPLES]; 10]);

/// The generator's table in rows that registers can be chosen from: 185 KiB, made when first used.
static ROWS_OF_LIMBS: LazyLock<Vec<Row>> = LazyLock::new(|| generator::TABLE.iter().map(turned).collect());

/// Digits of eight numbers, lane by lane.
type Digits = [[i8; 8]; ROWS];

/// The x coordinates of [k]G, big endian, for every k, which must not be 0 (it gives zeros).
///
/// The steps that secrets go through are functions of instructions that this one does not have: they are never
/// inlined here, and each can be read by itself.
pub(crate) fn generator_times_x(_: Ifma, ks: &[Scalar]) -> Vec<[u8; 32]> {
    let rows = &*ROWS_OF_LIMBS;
    if let [k] = ks {
        return vec![one(rows, k)];
    }
    let groups = ks.len().div_ceil(8);
    let mut out = Vec::with_capacity(groups * 8);
    // SAFETY: whoever has an `Ifma` has asked the processor.
    unsafe {
        let (mut xs, mut zs, mut before) = (Secret::new(groups), Secret::new(groups), Secret::new(groups));
        for ((ks, xs), zs) in ks.chunks(16).zip(xs.chunks_mut(2)).zip(zs.chunks_mut(2)) {
            match (xs, zs) {
                ([x0, x1], [z0, z1]) => sums(rows, ks, [x0, x1], [z0, z1]),
                ([x], [z]) => sums(rows, ks, [x], [z]),
                // Chunks have one or two groups.
                _ => {}
            }
        }
        affine_x(&mut xs, &zs, &mut before);
        for x in xs.iter() {
            out.extend(bytes(x));
        }
    }
    out.truncate(ks.len());
    out
}

/// For one number the portable inversion is the faster one.
fn one(rows: &[Row], k: &Scalar) -> [u8; 32] {
    // SAFETY: called for one who has an `Ifma`.
    let [x, z] = unsafe { sign_one::sum(rows, k) };
    let z_inverse = z.invert();
    x.mul(&z_inverse.square()).to_bytes()
}

/// [k]G for up to 8 N numbers: X and Z of each lane; lanes without a number do that of 1.
#[target_feature(enable = "avx512f,avx512ifma")]
fn sums<const N: usize>(rows: &[Row], ks: &[Scalar], xs: [&mut Fe8; N], zs: [&mut Fe8; N]) {
    let mut digits = Zeroizing::new([[[0; 8]; ROWS]; N]);
    for (group, digits) in digits.iter_mut().enumerate() {
        for lane in 0..8 {
            recode(ks.get(8 * group + lane).unwrap_or(&Scalar::ONE), digits, lane);
        }
    }
    let mut sums = Sums::<N>::empty();
    for (index, row) in rows.iter().enumerate().take(ROWS) {
        let terms: [Terms; N] = core::array::from_fn(|i| choose(row, &digits[i][index]));
        sums.add(&terms);
    }
    for i in 0..N {
        *xs[i] = sums.x[i];
        // A number 0, which is not allowed, gives 0 and does not spoil the others' inversion.
        *zs[i] = Fe8::select(sums.empty[i], &Fe8::one(), &sums.z[i]);
    }
}

/// Replaces every X (< 2.01p) by X / Z² (Z < 4p), as an integer below p. One inversion is enough: products of
/// the Z before each, which `before` has room for, then backwards.
#[target_feature(enable = "avx512f,avx512ifma")]
fn affine_x(xs: &mut [Fe8], zs: &[Fe8], before: &mut [Fe8]) {
    let mut product = Fe8::one();
    for (before, z) in before.iter_mut().zip(zs.iter()) {
        *before = product;
        product = product.mul(z); // < 2p
    }
    let mut inverse = product.invert();
    let integer_one = Fe8::from_integers(&[_mm512_set1_epi64(1), zero(), zero(), zero()]);
    for ((x, z), before) in xs.iter_mut().zip(zs.iter()).zip(before.iter()).rev() {
        let z_inverse = inverse.mul(before);
        inverse = inverse.mul(z);
        *x = x.mul(&z_inverse.sqr()).mul(&integer_one).canonical();
    }
}

/// Integers below 2^256, big endian, lane by lane.
#[target_feature(enable = "avx512f,avx512ifma")]
fn bytes(x: &Fe8) -> [[u8; 32]; 8] {
    let [w0, w1, w2, w3] = x.words().map(|word| words_of(word));
    core::array::from_fn(|lane| {
        let mut bytes = [0; 32];
        for (place, word) in bytes.chunks_exact_mut(8).zip([w3[lane], w2[lane], w1[lane], w0[lane]]) {
            place.copy_from_slice(&word.to_be_bytes());
        }
        bytes
    })
}

/// Puts the digits of a number into its lane.
#[inline(never)]
fn recode(k: &Scalar, digits: &mut Digits, lane: usize) {
    let of_k = Zeroizing::new(window::digits(k.limbs()));
    for (digits, &digit) in digits.iter_mut().zip(of_k.iter()) {
        digits[lane] = digit;
    }
}

/// The multiples of a row that eight digits stand for. The whole row is read whatever they are.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn choose(row: &Row, digits: &[i8; 8]) -> Terms {
    let digits = lanes_of(&digits.map(|digit| i64::from(digit) as u64));
    let negative = _mm512_cmplt_epi64_mask(digits, zero());
    let absent = _mm512_cmpeq_epi64_mask(digits, zero());
    // Multiple j is at place j − 1. For 0, whose place is −1, something is chosen that is not used.
    let place = _mm512_sub_epi64(_mm512_abs_epi64(digits), _mm512_set1_epi64(1));
    let bit4 = _mm512_test_epi64_mask(place, _mm512_set1_epi64(16));
    let bit5 = _mm512_test_epi64_mask(place, _mm512_set1_epi64(32));
    let limb = |limbs: &[u64; MULTIPLES]| {
        // Each permutation chooses one of 16 by the low four bits of the place.
        let of_16 = |sixteenth: usize| {
            let low = lanes_of(eight(limbs, 16 * sixteenth));
            _mm512_permutex2var_epi64(low, place, lanes_of(eight(limbs, 16 * sixteenth + 8)))
        };
        let low = _mm512_mask_mov_epi64(of_16(0), bit4, of_16(1));
        let high = _mm512_mask_mov_epi64(of_16(2), bit4, of_16(3));
        _mm512_mask_mov_epi64(low, bit5, high)
    };
    Terms {
        x: Fe8(core::array::from_fn(|i| limb(&row.0[i]))),
        y: Fe8(core::array::from_fn(|i| limb(&row.0[5 + i]))),
        negative,
        present: !absent,
    }
}

/// Eight words of a row from a fixed place on.
#[inline(always)]
fn eight(limbs: &[u64; MULTIPLES], from: usize) -> &[u64; 8] {
    match limbs[from..].first_chunk() {
        Some(words) => words,
        // Places are constants up to 56.
        None => unreachable!(),
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn zero() -> __m512i {
    _mm512_setzero_si512()
}

/// A row of the table with its limbs turned. The portable form has R = 2^256: doubled four times it is 2^260.
fn turned(row: &[crate::point::Affine; MULTIPLES]) -> Row {
    let mut out = Row([[0; MULTIPLES]; 10]);
    for (place, point) in row.iter().enumerate() {
        for (offset, element) in [(0, &point.x), (5, &point.y)] {
            let [a, b, c, d] = *element.double().double().double().double().montgomery();
            let limbs = [a, b << 12 | a >> 52, c << 24 | b >> 40, d << 36 | c >> 28, d >> 16];
            for (i, limb) in limbs.into_iter().enumerate() {
                out.0[offset + i][place] = limb & ((1 << 52) - 1);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{ROWS_OF_LIMBS, generator_times_x};
    use crate::field::FieldElement;
    use crate::generator;
    use crate::ifma::Ifma;
    use crate::limbs::{self, Limbs};
    use crate::scalar::{N, Scalar};
    use crate::testing::Random;
    use crate::window::WIDTH;

    fn check(ks: &[Scalar]) {
        let Some(ifma) = Ifma::detect() else {
            eprintln!("skipped: no AVX512-IFMA");
            return;
        };
        let expected: Vec<_> = ks.iter().map(|k| generator::times(k).x.to_bytes()).collect();
        assert_eq!(generator_times_x(ifma, ks), expected);
    }

    fn scalar(number: &Limbs) -> Option<Scalar> {
        Scalar::from_bytes(&limbs::to_bytes(number)).filter(|k| *k != Scalar::ZERO)
    }

    #[test]
    fn every_count_of_random_numbers() {
        let mut numbers = Random::new(0x0516);
        for count in 0..40 {
            check(&(0..count).map(|_| Scalar::reduced(&numbers.bytes())).collect::<Vec<_>>());
        }
        for _ in 0..3_000 {
            check(&[Scalar::reduced(&numbers.bytes())]);
        }
        check(&(0..5_000).map(|_| Scalar::reduced(&numbers.bytes())).collect::<Vec<_>>());
    }

    #[test]
    fn edges_of_digits_and_of_the_order() {
        let mut ks = Vec::new();
        // One digit after zeros, digits at both ends of their range, and the same below n and around n/2.
        for row in 0..37 {
            for digit in [1_u64, 2, 15, 16, 17, 31, 32, 33, 47, 48, 49, 62, 63, 64] {
                let (word, shift) = (row * WIDTH / 64, row * WIDTH % 64);
                let mut number = [0; 4];
                number[word] = digit << shift;
                if shift > 57 && word < 3 {
                    number[word + 1] = digit >> (64 - shift);
                }
                let half = [N[0] >> 1 | N[1] << 63, N[1] >> 1 | N[2] << 63, N[2] >> 1 | N[3] << 63, N[3] >> 1];
                let next = limbs::add(&number, &[1, 0, 0, 0]).0;
                let before = limbs::sub(&number, &[1, 0, 0, 0]).0;
                for number in [number, next, before] {
                    ks.extend(scalar(&number));
                    ks.extend(scalar(&limbs::sub(&N, &number).0));
                    ks.extend(scalar(&limbs::add(&half, &number).0));
                    ks.extend(scalar(&limbs::sub(&half, &number).0));
                }
            }
        }
        // Every digit the same.
        for digit in 0..128_u64 {
            let mut number = [0_u64; 4];
            for bit in 0..256 {
                number[bit / 64] |= (digit >> (bit % WIDTH) & 1) << (bit % 64);
            }
            ks.extend(scalar(&number));
            number[3] >>= 1;
            ks.extend(scalar(&number));
        }
        assert!(ks.len() > 5_000);
        check(&ks);
        for k in &ks {
            check(&[*k]);
        }
    }

    #[test]
    fn zero_spoils_no_other_lane() {
        let Some(ifma) = Ifma::detect() else {
            eprintln!("skipped: no AVX512-IFMA");
            return;
        };
        let mut numbers = Random::new(3);
        let mut ks: Vec<_> = (0..20).map(|_| Scalar::reduced(&numbers.bytes())).collect();
        let mut expected = generator_times_x(ifma, &ks);
        assert_eq!(generator_times_x(ifma, &[Scalar::ZERO]), [[0; 32]]);
        ks[11] = Scalar::ZERO;
        expected[11] = [0; 32];
        assert_eq!(generator_times_x(ifma, &ks), expected);
    }

    #[test]
    fn turned_table_is_the_table() {
        for (row, points) in ROWS_OF_LIMBS.iter().zip(&generator::TABLE) {
            for (place, point) in points.iter().enumerate() {
                for (offset, element) in [(0, &point.x), (5, &point.y)] {
                    // From its limbs, each times 2^52 to its place, as the integer that is 2^260 times the element.
                    let mut sum = FieldElement::ZERO;
                    for limb in (0..5).rev() {
                        for _ in 0..52 {
                            sum = sum.double();
                        }
                        let limb = row.0[offset + limb][place];
                        assert!(limb < 1 << 52);
                        let low = FieldElement::from_limbs(&[limb, 0, 0, 0]);
                        sum = sum.add(&low.unwrap_or(FieldElement::ZERO));
                    }
                    let mut expected = *element;
                    for _ in 0..260 {
                        expected = expected.double();
                    }
                    assert_eq!(sum, expected);
                }
            }
        }
    }
}
