//! Entries of a row of a table, each under its mask: how a secret digit chooses one.
#![allow(unsafe_code)] // Intrinsics: loads and stores by pointer, and a call that needs the processor's features.

use crate::limbs::Limbs;
use crate::point::Affine;
use crate::table::MULTIPLES;

/// The entries, each under its mask, joined by "or": Montgomery's limbs of x and y. All of them are read.
#[inline(always)]
pub(crate) fn joined(row: &[Affine; MULTIPLES], masks: &[u64; MULTIPLES]) -> [Limbs; 2] {
    // The check of constant time looks at both ways.
    #[cfg(feature = "constant-time-check")]
    core::hint::black_box(joined_portable(row, masks));
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: the processor was asked.
        return unsafe { joined_avx2(row, masks) };
    }
    joined_portable(row, masks)
}

// Not inline: what the check of constant time looked at is what is called.
#[inline(never)]
fn joined_portable(row: &[Affine; MULTIPLES], masks: &[u64; MULTIPLES]) -> [Limbs; 2] {
    let mut sums = [[0; 4]; 2];
    for (mask, point) in masks.iter().zip(row) {
        for (sum, entry) in sums.iter_mut().zip([&point.x, &point.y]) {
            for (limb, entry) in sum.iter_mut().zip(entry.montgomery()) {
                *limb |= entry & mask;
            }
        }
    }
    sums
}

/// A quarter of the steps: the compiler by itself takes each limb alone.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn joined_avx2(row: &[Affine; MULTIPLES], masks: &[u64; MULTIPLES]) -> [Limbs; 2] {
    use core::arch::x86_64::{
        _mm256_and_si256, _mm256_loadu_si256, _mm256_or_si256, _mm256_set1_epi64x, _mm256_setzero_si256,
        _mm256_storeu_si256,
    };

    let mut sums = [_mm256_setzero_si256(); 2];
    for (mask, point) in masks.iter().zip(row) {
        let mask = _mm256_set1_epi64x(*mask as i64);
        for (sum, entry) in sums.iter_mut().zip([&point.x, &point.y]) {
            let limbs: *const Limbs = entry.montgomery();
            // SAFETY: four limbs are the 32 bytes that are read; no alignment is asked for.
            let entry = unsafe { _mm256_loadu_si256(limbs.cast()) };
            *sum = _mm256_or_si256(*sum, _mm256_and_si256(entry, mask));
        }
    }
    sums.map(|sum| {
        let mut limbs: Limbs = [0; 4];
        // SAFETY: four limbs are the 32 bytes that are written; no alignment is asked for.
        unsafe { _mm256_storeu_si256((&raw mut limbs).cast(), sum) };
        limbs
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generator;

    #[test]
    fn every_entry_is_chosen_by_its_mask_on_both_ways() {
        for row in &generator::TABLE {
            for (place, point) in row.iter().enumerate() {
                let mut masks = [0; MULTIPLES];
                masks[place] = u64::MAX;
                let entry = [*point.x.montgomery(), *point.y.montgomery()];
                assert_eq!(joined(row, &masks), entry);
                assert_eq!(joined_portable(row, &masks), entry);
            }
            assert_eq!(joined(row, &[0; MULTIPLES]), [[0; 4]; 2]);
        }
    }
}
