//! Eight lanes with AVX512-IFMA: multiples of the generator for a batch of signatures, and verification of
//! a batch.
//!
//! Every public function takes an [`Ifma`], which only [`Ifma::detect`] makes: who holds one has asked the
//! processor, and that is the reason why each entry into code of these instructions is sound.

#![allow(unsafe_code)] // intrinsics: loads, stores, and entering functions of a target feature
#![allow(clippy::needless_range_loop)] // lanes and groups run through several arrays side by side

mod field;
mod point;
mod secret;
mod sign;
mod sign_one;
mod times;
mod verify;

use core::arch::x86_64::__m512i;

pub(crate) use sign::generator_times_x;
pub(crate) use verify::{Answer, Item, verify, verify_new, verify_one};

/// The proof that this processor has AVX512F and AVX512-IFMA.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ifma(());

impl Ifma {
    /// Asks the processor; the answer is cached by the standard library.
    pub(crate) fn detect() -> Option<Self> {
        (is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512ifma")).then_some(Self(()))
    }
}

/// Eight words as lanes.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn lanes_of(words: &[u64; 8]) -> __m512i {
    // SAFETY: both types are 64 bytes without invalid values; the copy has no alignment to keep.
    unsafe { core::mem::transmute_copy(words) }
}

/// Lanes as eight words.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn words_of(lanes: __m512i) -> [u64; 8] {
    // SAFETY: both types are 64 bytes without invalid values.
    unsafe { core::mem::transmute(lanes) }
}
