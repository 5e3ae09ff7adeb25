//! Products with the base point, for secret numbers in constant time.

use zeroize::{DefaultIsZeroes, Zeroize as _, Zeroizing};

use crate::field::FieldElement;
use crate::lanes::Path;
use crate::limbs::{self, Limbs};
use crate::point::{Affine, Jacobian, invert_all};
use crate::scalar::Scalar;
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

/// The x coordinates of `[k]G` for several secret k other than 0, in constant time, with one
/// inversion for all.
pub(crate) fn times_x(_path: Path, ks: &[Scalar]) -> Vec<[u8; 32]> {
    // Room for all of them first: a vector that grows leaves copies behind.
    let mut points = Zeroizing::new(Vec::with_capacity(ks.len()));
    points.extend(ks.iter().map(times_jacobian));
    let mut inverses = Zeroizing::new(Vec::with_capacity(ks.len()));
    inverses.extend(points.iter().map(|point: &Jacobian| point.z));
    let mut products = Zeroizing::new(Vec::with_capacity(ks.len()));
    invert_all(&mut inverses, &mut products);
    points.iter().zip(inverses.iter()).map(|(point, inverse)| point.x.mul(&inverse.square()).to_bytes()).collect()
}

/// One addition for each digit of k: no sum has an exception, see CORRECTNESS.md.
fn times_jacobian(k: &Scalar) -> Jacobian {
    let mut digits = window::digits(k.limbs());
    let mut sum = Jacobian::INFINITY;
    // All ones as long as every digit was 0.
    let mut empty = u64::MAX;
    for (row, digit) in TABLE.iter().zip(&digits) {
        let (point, zero) = choose(row, *digit);
        let next = sum.add_affine_distinct(&point);
        let next = Jacobian::select(empty, &point.to_jacobian(), &next);
        sum = Jacobian::select(zero, &sum, &next);
        empty &= zero;
    }
    digits.zeroize();
    sum
}

/// The multiple of a row for a secret digit, and all ones if the digit is 0 (the point is then none).
///
/// Reads the whole row whatever the digit is.
#[inline(always)]
fn choose(row: &[Affine; MULTIPLES], digit: i8) -> (Affine, u64) {
    let negative = (digit >> 7) as u8; // 0xff or 0
    let size = u64::from((digit as u8 ^ negative).wrapping_sub(negative));
    let mut chosen = [0; 8];
    for (multiple, point) in (1u64..).zip(row) {
        let other = multiple ^ size;
        // All ones where they are equal: only 0 has no top bit after this.
        let equal = (other.wrapping_sub(1) & !other) >> 63;
        let equal = equal.wrapping_neg();
        for (limb, entry) in chosen.iter_mut().zip(point.x.montgomery().iter().chain(point.y.montgomery())) {
            *limb |= entry & equal;
        }
    }
    let [x0, x1, x2, x3, y0, y1, y2, y3] = chosen;
    let y = FieldElement::from_montgomery([y0, y1, y2, y3]);
    let y = FieldElement::select(limbs::mask(negative & 1), &y.neg(), &y);
    let zero = (size.wrapping_sub(1) & !size) >> 63;
    (Affine { x: FieldElement::from_montgomery([x0, x1, x2, x3]), y }, zero.wrapping_neg())
}
