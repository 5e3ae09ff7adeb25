//! Numbers modulo n, the order of the base point (GB/T 32918.5-2017).
//!
//! Always below n, so that equal numbers have equal limbs. No function here branches on a number or
//! uses one as an index, except where it says that it is not for secrets.

use zeroize::DefaultIsZeroes;

use crate::declassify;
use crate::limbs::{self, Limbs, add_carry};

/// The order n.
pub(crate) const N: Limbs =
    [0x53bb_f409_39d5_4123, 0x7203_df6b_21c6_052b, 0xffff_ffff_ffff_ffff, 0xffff_fffe_ffff_ffff];

/// −1/n modulo 2^64.
const N_INVERSE: u64 = 0x327f_9e88_7235_0975;

/// 2^512 modulo n: Montgomery's product with it is the product with 2^256.
const R_SQUARED: Limbs = [0x9011_92af_7c11_4f20, 0x3464_504a_de6f_a2fa, 0x620f_c84c_3aff_e0d4, 0x1eb5_e412_a22b_3d3b];

/// A number modulo n.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scalar(Limbs);

impl DefaultIsZeroes for Scalar {}

impl Scalar {
    pub(crate) const ZERO: Scalar = Scalar([0; 4]);
    pub(crate) const ONE: Scalar = Scalar([1, 0, 0, 0]);

    /// The number, if it is below n. Takes constant time but for the answer.
    pub(crate) fn from_bytes(bytes: &[u8; 32]) -> Option<Scalar> {
        let number = limbs::from_bytes(bytes);
        let (_, borrow) = limbs::sub(&number, &N);
        (declassify::answer(u64::from(borrow)) == 1).then_some(Scalar(number))
    }

    /// The number modulo n.
    #[inline(always)]
    pub(crate) fn reduced(bytes: &[u8; 32]) -> Scalar {
        // 2^256 is below 2n.
        Scalar(limbs::below(&N, &limbs::from_bytes(bytes), 0))
    }

    /// The number of 64 bytes modulo n.
    pub(crate) fn reduced_wide(high: &[u8; 32], low: &[u8; 32]) -> Scalar {
        let high = Scalar(montgomery_product(&limbs::from_bytes(high), &R_SQUARED));
        high.add(&Scalar::reduced(low))
    }

    /// The 32 bytes of the number, big endian.
    pub(crate) fn to_bytes(self) -> [u8; 32] {
        limbs::to_bytes(&self.0)
    }

    /// The limbs, lowest first.
    #[inline(always)]
    pub(crate) fn limbs(&self) -> &Limbs {
        &self.0
    }

    /// All ones if the number is 0, otherwise all zeros.
    #[inline(always)]
    pub(crate) fn is_zero(&self) -> u64 {
        limbs::is_zero(&self.0)
    }

    #[inline(always)]
    pub(crate) fn add(&self, other: &Scalar) -> Scalar {
        let (sum, carry) = limbs::add(&self.0, &other.0);
        Scalar(limbs::below(&N, &sum, carry))
    }

    #[inline(always)]
    pub(crate) fn sub(&self, other: &Scalar) -> Scalar {
        let (difference, borrow) = limbs::sub(&self.0, &other.0);
        let back = limbs::mask(borrow);
        Scalar(limbs::add(&difference, &N.map(|limb| limb & back)).0)
    }

    #[cfg(test)]
    pub(crate) fn neg(&self) -> Scalar {
        Scalar::ZERO.sub(self)
    }

    #[inline(always)]
    pub(crate) fn mul(&self, other: &Scalar) -> Scalar {
        // The second product takes away the division by 2^256 of the first.
        Scalar(montgomery_product(&montgomery_product(&self.0, &other.0), &R_SQUARED))
    }

    /// 1/a, and 0 for 0: a to the power of n − 2, whose bits are public.
    pub(crate) fn invert(&self) -> Scalar {
        let base = montgomery_product(&self.0, &R_SQUARED);
        let mut power = montgomery_product(&Scalar::ONE.0, &R_SQUARED);
        for limb in [N[3], N[2], N[1], N[0] - 2] {
            for bit in (0..64).rev() {
                power = montgomery_product(&power, &power);
                if limb >> bit & 1 == 1 {
                    power = montgomery_product(&power, &base);
                }
            }
        }
        Scalar(montgomery_product(&power, &Scalar::ONE.0))
    }
}

impl From<u64> for Scalar {
    fn from(number: u64) -> Self {
        Scalar([number, 0, 0, 0])
    }
}

/// `a·b / 2^256` modulo n, below n; one of the two must be below n, the other may be any.
#[inline(always)]
fn montgomery_product(a: &Limbs, b: &Limbs) -> Limbs {
    let t = limbs::product(a, b);
    let (low, c0) = reduce_step([t[0], t[1], t[2], t[3]], t[4], 0);
    let (low, c1) = reduce_step(low, t[5], c0);
    let (low, c2) = reduce_step(low, t[6], c1);
    let (low, c3) = reduce_step(low, t[7], c2);
    // (a·b + q·n) / 2^256 with q below 2^256 is below 2n.
    limbs::below(&N, &low, c3)
}

/// `(w + m·n) / 2^64 + (next + carry)·2^192`, where m makes the lowest limb 0; with the carry out.
#[inline(always)]
fn reduce_step(w: Limbs, next: u64, carry: u8) -> (Limbs, u8) {
    let m = w[0].wrapping_mul(N_INVERSE);
    let (_, row) = limbs::product_row(m, &N, w);
    let (top, carry) = add_carry(row[3], next, carry);
    ([row[0], row[1], row[2], top], carry)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
