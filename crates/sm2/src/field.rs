//! Numbers modulo p = 2^256 − 2^224 − 2^96 + 2^64 − 1, the field of the curve (GB/T 32918.5-2017).
//!
//! Kept as a·2^256 modulo p (Montgomery's form), always below p, so that equal numbers have equal
//! limbs. No function here branches on a number or uses one as an index.

use crate::limbs::{self, Limbs, add_carry, sub_borrow};

/// The prime p.
pub(crate) const P: Limbs =
    [0xffff_ffff_ffff_ffff, 0xffff_ffff_0000_0000, 0xffff_ffff_ffff_ffff, 0xffff_fffe_ffff_ffff];

/// 2^512 modulo p: a product with it brings a number into Montgomery's form.
const R_SQUARED: Limbs = [0x0000_0002_0000_0003, 0x0000_0002_ffff_ffff, 0x0000_0001_0000_0001, 0x0000_0004_0000_0002];

/// A number modulo p.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct FieldElement(Limbs);

impl FieldElement {
    pub(crate) const ZERO: FieldElement = FieldElement([0; 4]);

    /// 1, which is 2^256 − p in Montgomery's form.
    pub(crate) const ONE: FieldElement =
        FieldElement([0x0000_0000_0000_0001, 0x0000_0000_ffff_ffff, 0, 0x0000_0001_0000_0000]);

    /// The number with these limbs in Montgomery's form; they must be below p.
    #[inline(always)]
    pub(crate) const fn from_montgomery(limbs: Limbs) -> FieldElement {
        FieldElement(limbs)
    }

    /// The limbs in Montgomery's form: below p.
    #[inline(always)]
    pub(crate) const fn montgomery(&self) -> &Limbs {
        &self.0
    }

    /// The number, if it is below p. Not for secrets: the answer says where it lies.
    pub(crate) fn from_bytes(bytes: &[u8; 32]) -> Option<FieldElement> {
        FieldElement::from_limbs(&limbs::from_bytes(bytes))
    }

    /// The number, if it is below p. Not for secrets: the answer says where it lies.
    pub(crate) fn from_limbs(number: &Limbs) -> Option<FieldElement> {
        let (_, borrow) = limbs::sub(number, &P);
        (borrow == 1).then(|| FieldElement(multiply(number, &R_SQUARED)))
    }

    /// The number itself, below p.
    #[inline(always)]
    pub(crate) fn to_limbs(self) -> Limbs {
        reduce(&[self.0[0], self.0[1], self.0[2], self.0[3], 0, 0, 0, 0])
    }

    /// The 32 bytes of the number, big endian.
    pub(crate) fn to_bytes(self) -> [u8; 32] {
        limbs::to_bytes(&self.to_limbs())
    }

    #[inline(always)]
    pub(crate) fn add(&self, other: &FieldElement) -> FieldElement {
        let (sum, carry) = limbs::add(&self.0, &other.0);
        FieldElement(limbs::below(&P, &sum, carry))
    }

    #[inline(always)]
    pub(crate) fn sub(&self, other: &FieldElement) -> FieldElement {
        let (difference, borrow) = limbs::sub(&self.0, &other.0);
        let back = limbs::mask(borrow);
        FieldElement(limbs::add(&difference, &P.map(|limb| limb & back)).0)
    }

    #[inline(always)]
    pub(crate) fn neg(&self) -> FieldElement {
        FieldElement::ZERO.sub(self)
    }

    #[inline(always)]
    pub(crate) fn double(&self) -> FieldElement {
        self.add(self)
    }

    #[inline(always)]
    pub(crate) fn triple(&self) -> FieldElement {
        self.double().add(self)
    }

    #[inline(always)]
    pub(crate) fn half(&self) -> FieldElement {
        // An odd number becomes even with p.
        let odd = limbs::mask((self.0[0] & 1) as u8);
        let (sum, carry) = limbs::add(&self.0, &P.map(|limb| limb & odd));
        FieldElement([
            sum[0] >> 1 | sum[1] << 63,
            sum[1] >> 1 | sum[2] << 63,
            sum[2] >> 1 | sum[3] << 63,
            sum[3] >> 1 | u64::from(carry) << 63,
        ])
    }

    #[inline(always)]
    pub(crate) fn mul(&self, other: &FieldElement) -> FieldElement {
        FieldElement(multiply(&self.0, &other.0))
    }

    #[inline(always)]
    pub(crate) fn square(&self) -> FieldElement {
        FieldElement(reduce(&limbs::square(&self.0)))
    }

    /// `a` where the mask is all ones, `b` where it is all zeros.
    #[inline(always)]
    pub(crate) fn select(mask: u64, a: &FieldElement, b: &FieldElement) -> FieldElement {
        FieldElement(limbs::select(mask, &a.0, &b.0))
    }

    /// 1/a, and 0 for 0: a to the power of p − 2, 255 squarings and 14 products.
    pub(crate) fn invert(&self) -> FieldElement {
        // p − 2 in binary: 31 ones, 0, 128 ones, 32 zeros, 62 ones, 01.
        let ones_2 = self.squared(1).mul(self);
        let ones_4 = ones_2.squared(2).mul(&ones_2);
        let ones_6 = ones_4.squared(2).mul(&ones_2);
        let ones_7 = ones_6.squared(1).mul(self);
        let ones_8 = ones_7.squared(1).mul(self);
        let ones_15 = ones_8.squared(7).mul(&ones_7);
        let ones_16 = ones_15.squared(1).mul(self);
        let ones_31 = ones_16.squared(15).mul(&ones_15);
        let ones_32 = ones_31.squared(1).mul(self);
        let mut power = ones_31.squared(1);
        for _ in 0..4 {
            power = power.squared(32).mul(&ones_32);
        }
        power = power.squared(32);
        power = power.squared(31).mul(&ones_31);
        power = power.squared(31).mul(&ones_31);
        power.squared(2).mul(self)
    }

    /// The number squared so many times in a row; how often is public.
    fn squared(&self, times: u32) -> FieldElement {
        let mut power = *self;
        for _ in 0..times {
            power = power.square();
        }
        power
    }
}

#[inline(always)]
fn multiply(a: &Limbs, b: &Limbs) -> Limbs {
    reduce(&limbs::product(a, b))
}

/// `t / 2^256` modulo p, below p, for t below p · 2^256.
///
/// −1/p modulo 2^64 is 1, so each step's factor is the lowest limb itself.
#[inline(always)]
fn reduce(t: &[u64; 8]) -> Limbs {
    // The low half becomes a number of at most p, the high half is below p: together below 2p.
    let low = reduce_step(reduce_step(reduce_step(reduce_step([t[0], t[1], t[2], t[3]]))));
    let (sum, carry) = limbs::add(&low, &[t[4], t[5], t[6], t[7]]);
    limbs::below(&P, &sum, carry)
}

/// `(w + m·p) / 2^64` with m the lowest limb of w, which thereby becomes 0.
///
/// `(m·p + m) / 2^64 = m·2^192 + m − m·2^160 − m·2^32`; the result is below 2^192 + p, four limbs.
#[inline(always)]
fn reduce_step(w: Limbs) -> Limbs {
    let m = w[0];
    let (low, high) = (m << 32, m >> 32);
    let (a0, borrow) = sub_borrow(m, low, 0);
    let (a1, borrow) = sub_borrow(0, high, borrow);
    let (a2, borrow) = sub_borrow(0, low, borrow);
    let (a3, _) = sub_borrow(m, high, borrow);
    let (r0, carry) = add_carry(w[1], a0, 0);
    let (r1, carry) = add_carry(w[2], a1, carry);
    let (r2, carry) = add_carry(w[3], a2, carry);
    let (r3, _) = add_carry(a3, 0, carry);
    [r0, r1, r2, r3]
}

#[cfg(test)]
#[path = "field/tests.rs"] // build.rs reads this file too, from another place
mod tests;
