//! The x coordinate of one secret multiple of the generator, in all lanes: lane l adds rows 5l to 5l + 4, then the
//! lanes are added.
//!
//! # Why no addition meets its exception
//! As in CORRECTNESS.md, k in 1..=n−1 is the sum of its digits d_i 2^(7i), |d_i| ≤ 64, 0 ≤ d_36 ≤ 16. Any sum of some of
//! these terms, each taken with either sign, is *led* by its highest digit that is not 0: those below make less than
//! 0.504 of one unit of that place. So it is 0 only if all of its digits are, and it is below 1.04·2^256 < 2n in
//! magnitude; without row 36 it is below 2^252 < n. An addition of A and B, of different rows, fails only if A, B,
//! A + B or A − B is a multiple of n though its digits are not all 0 (a lane without digits is empty, and a term
//! without digits absent), that is if it is n or −n.
//! - All that does not have row 36 is below n.
//! - What does not have row 0, the only one with an odd weight, is even, and n is odd. Rows 0 and 36 meet first in
//!   the last addition, of A, the lanes 0, 2, 4, 6, and B, the lanes 1, 3, 5, 7.
//! - There A + B = k, which is not n. A − B ≤ 0.504·2^252 − 2^252 d_36 is not n; if it is −n, then d_36 = 16, the one
//!   multiple of 2^252 near enough, and A − B + 2^256, which is led by a row below 36, is c = 2^256 − n, between
//!   2^224 = 128^32 and 2^225. Only row 32 with a positive digit can lead that: a row above makes more, those below
//!   make less. It is lane 6's and thus A's, so it leads A + B − 2^256 with the same sign: k > 2^256 > n, which is
//!   not so.

use super::field::Fe8;
use super::point::{Sums, Terms};
use super::sign::{Row, choose};
use super::words_of;
use crate::field::FieldElement;
use crate::scalar::Scalar;
use crate::window;
use zeroize::Zeroizing;

use core::arch::x86_64::_mm512_set1_epi64;

/// Rows of a lane: eight lanes of them are all, and three more that there are not.
const STEPS: usize = 5;

/// X and Z of [k]G in the portable form, for k other than 0.
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn sum(rows: &[Row], k: &Scalar) -> [FieldElement; 2] {
    let digits = Zeroizing::new(window::digits(k.limbs()));
    let nothing = Terms { x: Fe8::zero(), y: Fe8::zero(), negative: 0, present: 0 };
    let mut terms = [nothing; STEPS];
    for ((index, row), &digit) in rows.iter().enumerate().zip(digits.iter()) {
        let everywhere = choose(row, &[digit; 8]);
        let lane = 1 << (index / STEPS);
        let term = &mut terms[index % STEPS];
        term.x = Fe8::select(lane, &everywhere.x, &term.x);
        term.y = Fe8::select(lane, &everywhere.y, &term.y);
        term.negative |= everywhere.negative & lane;
        term.present |= everywhere.present & lane;
    }
    let mut sums = Sums::<1>::empty();
    for term in &terms {
        sums.add(&[*term]);
    }
    // Lanes of equal parity meet first, see above.
    sums.add_jacobian(&sums.turned::<4>().as_terms());
    sums.add_jacobian(&sums.turned::<2>().as_terms());
    sums.add_jacobian(&sums.turned::<1>().as_terms());

    // a 2^260 · 2^256 / 2^260: below 2p, made canonical.
    // The portable form of 1 is its R.
    let radix = Fe8::from_integers(&FieldElement::ONE.montgomery().map(|word| _mm512_set1_epi64(word as i64)));
    [&sums.x[0], &sums.z[0]].map(|element| {
        let words = element.mul(&radix).canonical().words().map(|word| words_of(word)[0]);
        FieldElement::from_montgomery(words)
    })
}
