//! Eight elements modulo p = 2^256 − 2^224 − 2^96 + 2^64 − 1 side by side, five limbs of 52 bits each, in
//! Montgomery form with R = 2^260.
//!
//! Two types keep the two states of a value apart:
//! - [`Fe8`], *carried*: every limb in [0, 2^52), so the value is in [0, 2^260). `vpmadd52` reads the low 52
//!   bits of a limb and drops the rest, so factors of a product must be of this type.
//! - [`Loose`]: five signed 64-bit limbs of magnitude below 2^60, as sums and products leave them.
//!
//! Neither is reduced modulo p. Bounds are written as multiples of p: "< 3p". Since 2^260 > 16p, a value
//! known to lie in [0, 16p] can be carried; [`Loose::carry`] needs just that.
//!
//! # No overflow
//! A column of a product takes at most 9 halves below 2^52, so at most 18 for a sum of two products; reducing
//! adds at most 4 more halves, one −q above −2^52, and a carry below 2^12 in magnitude: without an addend below
//! 2^57, for one product below 2^56. An addend's limbs are below 2^59 (the largest is eight times a product), so that
//! a column stays below 2^60 in magnitude, and the results are [`Loose`].
//!
//! # Reduction
//! −p⁻¹ modulo 2^52 is 1, so the quotient digit of a Montgomery step is the lowest limb q itself, and
//! T + q p = (T − q) + q (p + 1), with (p + 1)/2^52 = (2^48 − 2^16) 2^156 − (2^44 − 2^12): the lowest limb
//! vanishes and two constants of one limb remain. The negative one is used as (2^52 − 2^44 + 2^12) − 2^52.

use core::arch::x86_64::{
    __m512i, __mmask8, _mm512_add_epi64, _mm512_and_si512, _mm512_cmpeq_epi64_mask, _mm512_cmplt_epi64_mask,
    _mm512_madd52hi_epu64, _mm512_madd52lo_epu64, _mm512_mask_mov_epi64, _mm512_mask_sub_epi64, _mm512_or_si512,
    _mm512_set1_epi64, _mm512_setzero_si512, _mm512_slli_epi64, _mm512_srai_epi64, _mm512_srli_epi64, _mm512_sub_epi64,
};

/// The low 52 bits.
const LIMB: i64 = (1 << 52) - 1;

/// p in limbs of 52 bits.
const P: [i64; 5] =
    [0x000f_ffff_ffff_ffff, 0x000f_f000_0000_0fff, 0x000f_ffff_ffff_ffff, 0x000f_ffff_ffff_ffff, 0x0000_ffff_fffe_ffff];

/// 2^260 mod p: one in Montgomery form.
const ONE: [i64; 5] = [0x10, 0xffff_ffff_0000, 0, 0, 0x10_0000];

/// Eight carried elements: limbs in [0, 2^52), values in [0, 2^260).
#[derive(Clone, Copy)]
pub(super) struct Fe8(pub(super) [__m512i; 5]);

/// Eight values in signed limbs of magnitude below 2^60, not carried.
#[derive(Clone, Copy)]
pub(super) struct Loose(pub(super) [__m512i; 5]);

/// Products before reduction: ten columns of weight 2^(52 i).
#[derive(Clone, Copy)]
struct Wide([__m512i; 10]);

impl Fe8 {
    /// Zero in every lane.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn zero() -> Self {
        Self([_mm512_setzero_si512(); 5])
    }

    /// One in Montgomery form, < p.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn one() -> Self {
        Self(ONE.map(|limb| _mm512_set1_epi64(limb)))
    }

    /// The integers of four 64-bit words, little endian, as they are: no factor of R comes in.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn from_integers(w: &[__m512i; 4]) -> Self {
        let mask = _mm512_set1_epi64(LIMB);
        Self([
            _mm512_and_si512(w[0], mask),
            _mm512_and_si512(_mm512_or_si512(_mm512_srli_epi64::<52>(w[0]), _mm512_slli_epi64::<12>(w[1])), mask),
            _mm512_and_si512(_mm512_or_si512(_mm512_srli_epi64::<40>(w[1]), _mm512_slli_epi64::<24>(w[2])), mask),
            _mm512_and_si512(_mm512_or_si512(_mm512_srli_epi64::<28>(w[2]), _mm512_slli_epi64::<36>(w[3])), mask),
            _mm512_srli_epi64::<16>(w[3]),
        ])
    }

    /// Elements of the portable Montgomery form, R = 2^256: times 2^4, spread over the limbs, they are of
    /// this one. Canonical words give < 16p, and any words at all give a carried element.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn from_portable(w: &[__m512i; 4]) -> Self {
        let mask = _mm512_set1_epi64(LIMB);
        Self([
            _mm512_and_si512(_mm512_slli_epi64::<4>(w[0]), mask),
            _mm512_and_si512(_mm512_or_si512(_mm512_srli_epi64::<48>(w[0]), _mm512_slli_epi64::<16>(w[1])), mask),
            _mm512_and_si512(_mm512_or_si512(_mm512_srli_epi64::<36>(w[1]), _mm512_slli_epi64::<28>(w[2])), mask),
            _mm512_and_si512(_mm512_or_si512(_mm512_srli_epi64::<24>(w[2]), _mm512_slli_epi64::<40>(w[3])), mask),
            _mm512_srli_epi64::<12>(w[3]),
        ])
    }

    /// Four 64-bit words of a value below 2^256.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn words(&self) -> [__m512i; 4] {
        let l = &self.0;
        [
            _mm512_or_si512(l[0], _mm512_slli_epi64::<52>(l[1])),
            _mm512_or_si512(_mm512_srli_epi64::<12>(l[1]), _mm512_slli_epi64::<40>(l[2])),
            _mm512_or_si512(_mm512_srli_epi64::<24>(l[2]), _mm512_slli_epi64::<28>(l[3])),
            _mm512_or_si512(_mm512_srli_epi64::<36>(l[3]), _mm512_slli_epi64::<16>(l[4])),
        ]
    }

    /// a b / R. For a < αp and b < βp the result is < (1 + αβ/16) p: for αβ ≤ 16, < 2p.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn mul(&self, b: &Self) -> Self {
        self.mul_add(b, &Loose::zero()).carry()
    }

    /// a b / R + c, not carried. The bound is that of [`Self::mul`] plus c.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn mul_add(&self, b: &Self, c: &Loose) -> Loose {
        Wide::starting(c).plus_product(self, b).reduce()
    }

    /// (a b + c d) / R with one reduction, not carried. For bounds αp, βp, γp, δp: < (1 + (αβ + γδ)/16) p.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn mul_mul(&self, b: &Self, c: &Self, d: &Self) -> Loose {
        Wide::starting(&Loose::zero()).plus_product(self, b).plus_product(c, d).reduce()
    }

    /// a² / R. The bound is that of [`Self::mul`].
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn sqr(&self) -> Self {
        self.sqr_add(&Loose::zero()).carry()
    }

    /// a² / R + c, not carried.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn sqr_add(&self, c: &Loose) -> Loose {
        Wide::square(self, c).reduce()
    }

    /// a^(2^n), n at least 1. The bound is that of [`Self::sqr`] for a < 4p: < 2p.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn sqr_times(&self, n: u32) -> Self {
        let mut a = self.sqr();
        for _ in 1..n {
            a = a.sqr();
        }
        a
    }

    /// 1/a in Montgomery form, < 2p, for a < 4p; zero (modulo p) for zero. The exponent p − 2 is public, so
    /// time does not depend on a.
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn invert(&self) -> Self {
        // In binary p − 2 is: 31 ones, a zero, 128 ones, 32 zeros, 62 ones, 01. xk = a^(2^k − 1).
        let x2 = self.sqr().mul(self);
        let x3 = x2.sqr().mul(self);
        let x6 = x3.sqr_times(3).mul(&x3);
        let x12 = x6.sqr_times(6).mul(&x6);
        let x15 = x12.sqr_times(3).mul(&x3);
        let x30 = x15.sqr_times(15).mul(&x15);
        let x31 = x30.sqr().mul(self);
        let x32 = x31.sqr().mul(self);
        let mut a = x31.sqr_times(33).mul(&x32);
        for _ in 0..3 {
            a = a.sqr_times(32).mul(&x32);
        }
        a = a.sqr_times(63).mul(&x31);
        a = a.sqr_times(31).mul(&x31);
        a.sqr_times(2).mul(self)
    }

    /// The limbs as a sum to work on.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn loose(&self) -> Loose {
        Loose(self.0)
    }

    /// k p − a, not carried, for k from 1 to 16: in (0, k p] where a < k p.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn negative(&self, k: i64) -> Loose {
        Loose::multiple_of_p(k).minus(self)
    }

    /// a in the lanes of the mask, b in the others.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn select(mask: __mmask8, a: &Self, b: &Self) -> Self {
        let mut limbs = b.0;
        for (limb, &other) in limbs.iter_mut().zip(&a.0) {
            *limb = _mm512_mask_mov_epi64(*limb, mask, other);
        }
        Self(limbs)
    }

    /// The representative in [0, p).
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn canonical(&self) -> Self {
        // Folded, the value lies in (0.99p, 2.01p): two conditional subtractions, each of which keeps the
        // value where the difference is negative, which the sign of the top limb shows.
        let mut a = Loose::multiple_of_p(2).plus(self).fold().carry();
        for _ in 0..2 {
            let less = a.loose().minus(&Self(P.map(|limb| _mm512_set1_epi64(limb)))).carry();
            let negative = _mm512_cmplt_epi64_mask(less.0[4], _mm512_setzero_si512());
            a = Self::select(negative, &a, &less);
        }
        a
    }

    /// The lanes whose value is zero modulo p.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn is_zero(&self) -> __mmask8 {
        let l = self.canonical().0;
        let low = _mm512_or_si512(_mm512_or_si512(l[0], l[1]), _mm512_or_si512(l[2], l[3]));
        _mm512_cmpeq_epi64_mask(_mm512_or_si512(low, l[4]), _mm512_setzero_si512())
    }

    /// The lanes where a = b modulo p, for a < 12p and b < 4p.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn equals(&self, b: &Self) -> __mmask8 {
        b.negative(4).plus(self).carry().is_zero()
    }
}

impl Loose {
    /// Zero in every lane.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn zero() -> Self {
        Self([_mm512_setzero_si512(); 5])
    }

    /// k p for k from 0 to 16, limb by limb: below 2^56 each.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn multiple_of_p(k: i64) -> Self {
        Self(P.map(|limb| _mm512_set1_epi64(limb * k)))
    }

    /// a + b, limb by limb.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn plus(&self, b: &Fe8) -> Self {
        let mut limbs = self.0;
        for (limb, &other) in limbs.iter_mut().zip(&b.0) {
            *limb = _mm512_add_epi64(*limb, other);
        }
        Self(limbs)
    }

    /// a − b, limb by limb.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn minus(&self, b: &Fe8) -> Self {
        let mut limbs = self.0;
        for (limb, &other) in limbs.iter_mut().zip(&b.0) {
            *limb = _mm512_sub_epi64(*limb, other);
        }
        Self(limbs)
    }

    /// a + b, limb by limb.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn plus_loose(&self, b: &Self) -> Self {
        self.plus(&Fe8(b.0))
    }

    /// a − b, limb by limb.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn minus_loose(&self, b: &Self) -> Self {
        self.minus(&Fe8(b.0))
    }

    /// −a in the lanes of the mask, a in the others.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn negated_where(&self, mask: __mmask8) -> Self {
        Self(self.0.map(|limb| _mm512_mask_sub_epi64(limb, mask, _mm512_setzero_si512(), limb)))
    }

    /// 2a, limb by limb.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn doubled(&self) -> Self {
        Self(self.0.map(|limb| _mm512_add_epi64(limb, limb)))
    }

    /// Hands the carries on: the same value, which must lie in [0, 2^260), in limbs of 52 bits. (A negative
    /// value leaves a negative top limb, which is how [`Fe8::canonical`] compares.)
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn carry(&self) -> Fe8 {
        let mask = _mm512_set1_epi64(LIMB);
        let mut l = self.0;
        for i in 0..4 {
            l[i + 1] = _mm512_add_epi64(l[i + 1], _mm512_srai_epi64::<52>(l[i]));
            l[i] = _mm512_and_si512(l[i], mask);
        }
        Fe8(l)
    }

    /// Takes a multiple of p away: from a value in [1.1p, 250p] to one in (0.99p, 2.01p), not carried.
    ///
    /// With h + 1 the top limb's part above 2^256 and `low` what is left, |low of the four lower limbs| being
    /// below 2^217, the result is v − h p = (h + 1)(2^256 − p) + p + low.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn fold(&self) -> Self {
        let mut l = self.0;
        // The value being at least 1.1p, h is not negative; below 2^8 its products below fill one limb.
        let h = _mm512_sub_epi64(_mm512_srai_epi64::<48>(l[4]), _mm512_set1_epi64(1));
        l[4] = _mm512_sub_epi64(l[4], _mm512_slli_epi64::<48>(h));
        // 2^256 − p = 2^224 + (2^96 − 2^64) + 1
        l[0] = _mm512_add_epi64(l[0], h);
        l[1] = _mm512_madd52lo_epu64(l[1], h, _mm512_set1_epi64((1 << 44) - (1 << 12)));
        l[4] = _mm512_madd52lo_epu64(l[4], h, _mm512_set1_epi64(1 << 16));
        Self(l)
    }
}

impl Wide {
    /// c R, the place where an addend of the reduced value goes.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn starting(c: &Loose) -> Self {
        let zero = _mm512_setzero_si512();
        let c = &c.0;
        Self([zero, zero, zero, zero, zero, c[0], c[1], c[2], c[3], c[4]])
    }

    /// self + a b
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn plus_product(self, a: &Fe8, b: &Fe8) -> Self {
        let mut t = self.0;
        for i in 0..5 {
            for j in 0..5 {
                t[i + j] = _mm512_madd52lo_epu64(t[i + j], a.0[i], b.0[j]);
                t[i + j + 1] = _mm512_madd52hi_epu64(t[i + j + 1], a.0[i], b.0[j]);
            }
        }
        Self(t)
    }

    /// a² + c R: the products of different limbs once, doubled, then the squares of limbs.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn square(a: &Fe8, c: &Loose) -> Self {
        let mut t = [_mm512_setzero_si512(); 10];
        for i in 0..5 {
            for j in i + 1..5 {
                t[i + j] = _mm512_madd52lo_epu64(t[i + j], a.0[i], a.0[j]);
                t[i + j + 1] = _mm512_madd52hi_epu64(t[i + j + 1], a.0[i], a.0[j]);
            }
        }
        for column in &mut t[1..9] {
            *column = _mm512_add_epi64(*column, *column);
        }
        for i in 0..5 {
            t[5 + i] = _mm512_add_epi64(t[5 + i], c.0[i]);
        }
        for i in 0..5 {
            t[2 * i] = _mm512_madd52lo_epu64(t[2 * i], a.0[i], a.0[i]);
            t[2 * i + 1] = _mm512_madd52hi_epu64(t[2 * i + 1], a.0[i], a.0[i]);
        }
        Self(t)
    }

    /// self / R modulo p: with Q < R the sum of the quotient digits, (self + Q p) / R < self / R + p.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn reduce(self) -> Loose {
        let mask = _mm512_set1_epi64(LIMB);
        let low = _mm512_set1_epi64((1 << 52) - (1 << 44) + (1 << 12));
        let high = _mm512_set1_epi64((1 << 48) - (1 << 16));
        let mut t = self.0;
        for i in 0..5 {
            let q = _mm512_and_si512(t[i], mask);
            t[i + 1] = _mm512_add_epi64(t[i + 1], _mm512_srai_epi64::<52>(t[i]));
            t[i + 1] = _mm512_madd52lo_epu64(t[i + 1], q, low);
            t[i + 2] = _mm512_madd52hi_epu64(_mm512_sub_epi64(t[i + 2], q), q, low);
            t[i + 4] = _mm512_madd52lo_epu64(t[i + 4], q, high);
            t[i + 5] = _mm512_madd52hi_epu64(t[i + 5], q, high);
        }
        Loose([t[5], t[6], t[7], t[8], t[9]])
    }
}

#[cfg(test)]
mod tests;
