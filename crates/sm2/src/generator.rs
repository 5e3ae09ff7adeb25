//! Products with the base point, for secret numbers in constant time.

use core::hint::black_box;

use zeroize::{DefaultIsZeroes, Zeroize as _, Zeroizing};

use crate::field::FieldElement;
#[cfg(target_arch = "x86_64")]
use crate::ifma;
use crate::lanes::Path;
use crate::limbs::{self, Limbs};
use crate::point::{Affine, Jacobian, invert_all};
use crate::scalar::Scalar;
use crate::selection;
use crate::table::{MULTIPLES, Table};
use crate::window;

/// The table of the base point, made by `build.rs`.
pub(crate) static TABLE: Table = include!(concat!(env!("OUT_DIR"), "/generator.rs"));

const fn entry(x: Limbs, y: Limbs) -> Affine {
    Affine { x: FieldElement::from_montgomery(x), y: FieldElement::from_montgomery(y) }
}

impl DefaultIsZeroes for FieldElement {}
impl DefaultIsZeroes for Affine {}
impl DefaultIsZeroes for Jacobian {}

/// `[k]G` for a secret k other than 0, in constant time.
pub(crate) fn times(k: &Scalar) -> Affine {
    let product = Zeroizing::new(times_jacobian(k));
    let inverse = Zeroizing::new(product.z.invert());
    product.to_affine_with(&inverse)
}

/// The x coordinates of `[k]G` for several secret k, in constant time, with one inversion for all. For
/// k = 0 the answer means nothing.
pub(crate) fn times_x(path: Path, ks: &[Scalar]) -> Vec<[u8; 32]> {
    #[cfg(target_arch = "x86_64")]
    if path >= Path::Avx512
        && let Some(ifma) = ifma::Ifma::detect()
    {
        return ifma::generator_times_x(ifma, ks);
    }
    let _ = path; // Elsewhere there is one way only.
    // Room for all of them first: a vector that grows leaves copies behind.
    let mut points = Zeroizing::new(Vec::with_capacity(ks.len()));
    points.extend(ks.iter().map(times_jacobian));
    let mut inverses = Zeroizing::new(Vec::with_capacity(ks.len()));
    // A Z of 0 would make the inverses of all others 0.
    let inverted = |z: &FieldElement| FieldElement::select(limbs::is_zero(z.montgomery()), &FieldElement::ONE, z);
    inverses.extend(points.iter().map(|point: &Jacobian| inverted(&point.z)));
    let mut products = Zeroizing::new(Vec::with_capacity(ks.len()));
    invert_all(&mut inverses, &mut products);
    points.iter().zip(inverses.iter()).map(|(point, inverse)| point.x.mul(&inverse.square()).to_bytes()).collect()
}

/// One addition for each digit of k: no sum has an exception, see CORRECTNESS.md.
fn times_jacobian(k: &Scalar) -> Jacobian {
    let mut digits = window::digits(k.limbs());
    let mut masks = [0; MULTIPLES];
    let mut sum = Jacobian::INFINITY;
    // All ones as long as every digit was 0.
    let mut empty = u64::MAX;
    for (row, digit) in TABLE.iter().zip(&digits) {
        let (point, zero) = choose(row, *digit, &mut masks);
        let next = sum.add_affine_distinct(&point);
        let next = Jacobian::select(empty, &point.to_jacobian(), &next);
        sum = Jacobian::select(zero, &sum, &next);
        empty &= zero;
    }
    digits.zeroize();
    masks.zeroize();
    sum
}

/// The multiple of a row for a secret digit, and all ones if the digit is 0 (the point is then none).
///
/// Reads the whole row whatever the digit is; `masks` is room for its work, which is zeroed once.
#[inline(always)]
fn choose(row: &[Affine; MULTIPLES], digit: i8, masks: &mut [u64; MULTIPLES]) -> (Affine, u64) {
    let negative = (digit >> 7) as u8; // 0xff or 0
    let size = u64::from((digit as u8 ^ negative).wrapping_sub(negative));
    for (multiple, mask) in (1u64..).zip(&mut *masks) {
        let other = multiple ^ size;
        // All ones where they are equal: only 0 has no top bit after this.
        let equal = (other.wrapping_sub(1) & !other) >> 63;
        *mask = equal.wrapping_neg();
    }
    // A compiler that knows that a mask is all zeros or all ones makes a branch of it.
    let masks = &*black_box(masks);
    let [x, y] = selection::joined(row, masks);
    let y = FieldElement::from_montgomery(y);
    // The other two masks likewise.
    let y = FieldElement::select(black_box(limbs::mask(negative & 1)), &y.neg(), &y);
    let zero = (size.wrapping_sub(1) & !size) >> 63;
    (Affine { x: FieldElement::from_montgomery(x), y }, black_box(zero.wrapping_neg()))
}
