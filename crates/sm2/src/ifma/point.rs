//! Sums of points in eight lanes: a Jacobian accumulator per lane, to which affine points are added.
//!
//! # The formula
//! For (X1, Y1, Z1) + (x2, y2), with U = x2 Z1², S = y2 Z1³, H = U − X1, r = S − Y1, V = X1 H²:
//! X3 = r² − H³ − 2V, Y3 = r (V − X3) − Y1 H³, Z3 = Z1 H (8 products and 3 squares; no a in it).
//!
//! It is worked out as the *negative* of the sum, r (X3 − V) + Y1 H³ being a sum of two products that needs
//! no subtraction and one reduction. Each lane therefore carries a sign along: the point held is ± the sum.
//!
//! # Where the formula fails
//! - If the two points are equal or opposite, H = 0 and Z3 = 0; and with Z1 = 0 follows Z3 = 0, so that Z
//!   stays 0 (modulo p) for ever. Whoever verifies looks at the last Z: 0 means that this lane says nothing and
//!   is done again elsewhere. That no such sum comes up while signing is proved in `sign.rs`.
//! - A lane without a point yet is kept by the mask `empty`, and takes the first point over by selection.
//!
//! # Bounds
//! Between operations X < 2.01p, Y < 4p, Z < 4p. The comments show that each operation keeps them, for affine
//! terms of x2, y2 < 16p, which is what [`Fe8::from_portable`] gives.

use core::arch::x86_64::{__mmask8, _mm512_alignr_epi64};

use super::field::{Fe8, Loose};

/// N groups of eight sums. Several groups at once fill the time in which one waits for its products.
#[derive(Clone)]
pub(super) struct Sums<const N: usize> {
    /// X < 2.01p
    pub(super) x: [Fe8; N],
    /// Y < 4p
    pub(super) y: [Fe8; N],
    /// Z < 4p
    pub(super) z: [Fe8; N],
    /// Lanes that hold the negative of their sum.
    negative: [__mmask8; N],
    /// Lanes that have no point yet; their Z is 0.
    pub(super) empty: [__mmask8; N],
}

/// One affine point for each lane, or none.
#[derive(Clone, Copy)]
pub(super) struct Terms {
    /// < 16p
    pub(super) x: Fe8,
    /// < 16p
    pub(super) y: Fe8,
    /// Lanes whose point is to be subtracted.
    pub(super) negative: __mmask8,
    /// Lanes that have a point at all; in the others x and y are anything.
    pub(super) present: __mmask8,
}

/// One Jacobian point for each lane, or none.
#[derive(Clone, Copy)]
pub(super) struct JacobianTerms {
    /// X < 2.01p and Y < 4p, with the masks.
    pub(super) term: Terms,
    /// < 4p
    pub(super) z: Fe8,
    /// Z² < 2p
    pub(super) zz: Fe8,
    /// Z³ < 1.5p
    pub(super) zzz: Fe8,
}

impl<const N: usize> Sums<N> {
    /// No point in any lane.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn empty() -> Self {
        let zero = [Fe8::zero(); N];
        Self { x: zero, y: zero, z: zero, negative: [0; N], empty: [0xff; N] }
    }

    /// One affine point < 16p in every lane.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn of(terms: &[Terms; N]) -> Self {
        let mut sums = Self::empty();
        sums.add_vartime(terms);
        sums
    }

    /// The sums as terms for others to add; empty lanes have none.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn as_terms(&self) -> [JacobianTerms; N] {
        let (zz, zzz) = self.powers();
        core::array::from_fn(|i| JacobianTerms {
            term: Terms { x: self.x[i], y: self.y[i], negative: self.negative[i], present: !self.empty[i] },
            z: self.z[i],
            zz: zz[i],
            zzz: zzz[i],
        })
    }

    /// Adds one point to each sum that has one to add. Takes the same time and touches the same memory
    /// whatever the values and masks are.
    ///
    /// A first point is taken over as it is: in lanes that are empty x must be < 2p and y < 4p.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn add(&mut self, terms: &[Terms; N]) {
        let (zz, zzz) = self.powers();
        self.merge(self.negative_of_sum(terms, &zz, &zzz), terms, &[Fe8::one(); N]);
    }

    /// As [`Self::add`], faster where nothing has to be selected, and for any x and y < 16p. For public
    /// values only: it branches on the masks.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn add_vartime(&mut self, terms: &[Terms; N]) {
        let plain = (0..N).all(|i| terms[i].present == 0xff && self.empty[i] == 0);
        if plain {
            let (zz, zzz) = self.powers();
            (self.x, self.y, self.z) = self.negative_of_sum(terms, &zz, &zzz);
            for negative in &mut self.negative {
                *negative = !*negative;
            }
        } else if self.empty.iter().all(|&empty| empty == 0) {
            self.add(terms);
        } else {
            let two = Loose::multiple_of_p(2);
            let mut terms = *terms;
            for term in &mut terms {
                term.x = two.plus(&term.x).fold().carry();
                term.y = two.plus(&term.y).fold().carry();
            }
            self.add(&terms);
        }
    }

    /// Adds a Jacobian term to each sum that has one to add.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn add_jacobian(&mut self, terms: &[JacobianTerms; N]) {
        let zero = [Fe8::zero(); N];
        let [mut zz, mut zzz, mut u, mut s, mut z] = [zero; 5];
        for i in 0..N {
            zz[i] = self.z[i].sqr(); // < 2p
            u[i] = self.x[i].mul(&terms[i].zz); // < (1 + 2.01·2/16) p < 1.3p
            s[i] = self.y[i].mul(&terms[i].zzz); // < (1 + 4·1.5/16) p < 1.4p
            z[i] = self.z[i].mul(&terms[i].z); // < 2p
            zzz[i] = self.z[i].mul(&zz[i]); // < 1.5p
        }
        // The sum as it is with the common denominator Z1 Z2, and the term, whose coordinates come with Z1² and
        // Z1³, meet as in the mixed formula.
        let held = Self { x: u, y: s, z, negative: self.negative, empty: self.empty };
        let affine = terms.each_ref().map(|term| term.term);
        let sum = held.negative_of_sum(&affine, &zz, &zzz);
        self.merge(sum, &affine, &terms.each_ref().map(|term| term.z));
    }

    /// Lane i takes the sum of lane i + K, counted modulo 8.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn turned<const K: i32>(&self) -> Self {
        let turn = |elements: &[Fe8; N]| {
            elements.each_ref().map(|element| Fe8(element.0.map(|limb| _mm512_alignr_epi64::<K>(limb, limb))))
        };
        let masks = |masks: &[__mmask8; N]| masks.map(|mask| mask.rotate_right(K.unsigned_abs()));
        Self {
            x: turn(&self.x),
            y: turn(&self.y),
            z: turn(&self.z),
            negative: masks(&self.negative),
            empty: masks(&self.empty),
        }
    }

    /// Doubles every sum: a = −3 is used. An empty lane keeps Z = 0.
    ///
    /// With δ = Z², γ = Y², β = X γ, α = 3 (X − δ)(X + δ): X3 = α² − 8β, Y3 = α (4β − X3) − 8γ², Z3 = 2 Y Z.
    /// It is the negative, −Y3 = α (X3 − 4β) + 8γ γ, that is worked out. There is no exception: no point of the
    /// curve has Y = 0, since n is odd.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn double(&mut self) {
        let zero = [Fe8::zero(); N];
        let [mut delta, mut gamma, mut alpha, mut x3, mut z3] = [zero; 5];
        let mut beta = [Loose::zero(); N];
        for i in 0..N {
            delta[i] = self.z[i].sqr(); // < 2p
        }
        for i in 0..N {
            gamma[i] = self.y[i].sqr(); // < 2p
        }
        for i in 0..N {
            // X + 2p − δ and X + δ are in [0, 4.01p), their product < 2.01p and α < 6.03p.
            let down = delta[i].negative(2).plus(&self.x[i]).carry();
            let up = delta[i].loose().plus(&self.x[i]).carry();
            let product = down.mul_add(&up, &Loose::zero());
            alpha[i] = product.doubled().plus_loose(&product).carry();
        }
        for i in 0..N {
            beta[i] = self.x[i].mul_add(&gamma[i], &Loose::zero()); // < (1 + 2.01·2/16) p < 1.26p
        }
        for i in 0..N {
            z3[i] = self.y[i].mul_add(&self.z[i], &Loose::zero()).doubled().carry(); // < 2 (1 + 4·4/16) p = 4p
        }
        for i in 0..N {
            // α² < (1 + 6.03²/16) p < 3.28p; with 12p − 8β in (1.9p, 12p] the sum is in (1.9p, 15.3p).
            let rest = Loose::multiple_of_p(12).minus_loose(&beta[i].doubled().doubled().doubled());
            x3[i] = alpha[i].sqr_add(&rest).fold().carry(); // (0.99p, 2.01p)
        }
        for i in 0..N {
            // X3 − 4β + 5p is in (0.9p, 7.01p), 8γ < 16p: the products give < (1 + (6.03·7.01 + 16·2)/16) p < 5.7p;
            // 2p more is what folding needs.
            let beta4 = beta[i].doubled().doubled();
            let down = Loose::multiple_of_p(5).plus(&x3[i]).minus_loose(&beta4).carry();
            let gamma8 = gamma[i].loose().doubled().doubled().doubled().carry();
            let y = alpha[i].mul_mul(&down, &gamma8, &gamma[i]);
            self.y[i] = y.plus_loose(&Loose::multiple_of_p(2)).fold().carry(); // (0.99p, 2.01p)
            self.negative[i] = !self.negative[i];
        }
        self.x = x3;
        self.z = z3;
    }

    /// The squares and cubes of Z, < 2p and < 1.5p.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn powers(&self) -> ([Fe8; N], [Fe8; N]) {
        let (mut zz, mut zzz) = ([Fe8::zero(); N], [Fe8::zero(); N]);
        for i in 0..N {
            zz[i] = self.z[i].sqr(); // < (1 + 4·4/16) p = 2p
        }
        for i in 0..N {
            zzz[i] = self.z[i].mul(&zz[i]); // < (1 + 4·2/16) p = 1.5p
        }
        (zz, zzz)
    }

    /// Takes the new sums over where a term was added, first terms with their Z where there was no point,
    /// and keeps the others.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn merge(&mut self, (x, y, z): ([Fe8; N], [Fe8; N], [Fe8; N]), terms: &[Terms; N], first_z: &[Fe8; N]) {
        for i in 0..N {
            let term = &terms[i];
            let added = term.present & !self.empty[i];
            let first = term.present & self.empty[i];
            self.x[i] = Fe8::select(first, &term.x, &Fe8::select(added, &x[i], &self.x[i]));
            self.y[i] = Fe8::select(first, &term.y, &Fe8::select(added, &y[i], &self.y[i]));
            self.z[i] = Fe8::select(first, &first_z[i], &Fe8::select(added, &z[i], &self.z[i]));
            self.negative[i] = ((self.negative[i] ^ added) & !first) | (first & term.negative);
            self.empty[i] &= !term.present;
        }
    }

    /// The negatives of sum plus term, by the formula, in every lane, given Z² and Z³ that the term's coordinates
    /// are to be multiplied by. Each step is taken for all groups before the next, so that N products run side
    /// by side.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn negative_of_sum(&self, terms: &[Terms; N], zz: &[Fe8; N], zzz: &[Fe8; N]) -> ([Fe8; N], [Fe8; N], [Fe8; N]) {
        let zero = [Fe8::zero(); N];
        let [mut h, mut r, mut hh, mut hhh, mut x3, mut y3, mut z3] = [zero; 7];
        let mut v = [Loose::zero(); N];
        for i in 0..N {
            // U < (1 + 16·2/16) p = 3p; with 3p − X1 in (0.99p, 3p], H is in (0, 6p).
            h[i] = terms[i].x.mul_add(&zz[i], &self.x[i].negative(3)).carry();
        }
        for i in 0..N {
            hh[i] = h[i].sqr(); // < (1 + 6²/16) p = 3.25p
        }
        for i in 0..N {
            // S < (1 + 16·1.5/16) p = 2.5p; with 7p − Y1 in (3p, 7p], r is in (0.5p, 9.5p). The held point stands for
            // its negative in some lanes, and then so must the term.
            let negative = terms[i].negative ^ self.negative[i];
            let s = terms[i].y.mul_add(&zzz[i], &Loose::zero()).negated_where(negative);
            r[i] = s.plus_loose(&self.y[i].negative(7)).carry();
        }
        for i in 0..N {
            hhh[i] = h[i].mul(&hh[i]); // < (1 + 6·3.25/16) p < 2.22p
        }
        for i in 0..N {
            v[i] = self.x[i].mul_add(&hh[i], &Loose::zero()); // < (1 + 2.01·3.25/16) p < 1.41p
        }
        for i in 0..N {
            // r² < (1 + 9.5²/16) p < 6.65p; 7p − H³ − 2V is in (1.9p, 7p]: the sum is in (1.9p, 13.7p).
            let rest = hhh[i].negative(7).minus_loose(&v[i].doubled());
            x3[i] = r[i].sqr_add(&rest).fold().carry(); // (0.99p, 2.01p)
        }
        for i in 0..N {
            z3[i] = self.z[i].mul(&h[i]); // < (1 + 4·6/16) p = 2.5p
        }
        for i in 0..N {
            // X3 − V + 2p is in (1.5p, 4.01p); the products give < (1 + (9.5·4.01 + 4·2.22)/16) p < 3.94p.
            let down = Loose::multiple_of_p(2).plus(&x3[i]).minus_loose(&v[i]).carry();
            y3[i] = r[i].mul_mul(&down, &self.y[i], &hhh[i]).carry();
        }
        (x3, y3, z3)
    }
}

#[cfg(test)]
mod tests;
