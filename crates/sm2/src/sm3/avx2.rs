//! SM3 with AVX2: 8 streams at once, one in each 32-bit lane; and one stream with BMI.
#![allow(unsafe_code)] // Intrinsics: loads and stores by pointer, and calls that need the processor's features.

use core::arch::x86_64::*;

use super::compress::{self, BLOCK, State, T};
use super::many::{Columns, Kernel};
use super::rounds::{rounds, streams};

/// Streams at once.
const LANES: usize = 8;

/// Proof that the processor has AVX2, BMI1 and BMI2.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Avx2(());

impl Avx2 {
    /// The proof, if it can be given.
    pub(crate) fn detect() -> Option<Self> {
        let detected =
            is_x86_feature_detected!("avx2") && is_x86_feature_detected!("bmi1") && is_x86_feature_detected!("bmi2");
        detected.then_some(Avx2(()))
    }

    /// Blocks of one stream.
    pub(crate) fn compress_one(self, state: &mut State, blocks: &[[u8; BLOCK]]) {
        // SAFETY: a value of this type exists only where the processor has the features.
        unsafe { compress_one(state, blocks) }
    }
}

impl Kernel<LANES> for Avx2 {
    fn compress(self, states: &mut Columns<LANES>, blocks: &[&[[u8; BLOCK]]; LANES]) {
        // SAFETY: a value of this type exists only where the processor has the features.
        unsafe { compress(states, blocks) }
    }
}

/// The portable rounds; with BMI a rotation or an and-not needs no copy of its operand.
#[target_feature(enable = "bmi1,bmi2")]
fn compress_one(state: &mut State, blocks: &[[u8; BLOCK]]) {
    for block in blocks {
        compress::compress_block(state, block);
    }
}

streams!("avx2", __m256i);

/// Block `index` of each stream: vector j holds `W_j` of all.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn transposed(blocks: &[&[[u8; BLOCK]]; LANES], index: usize) -> [__m256i; 16] {
    let mut words = [_mm256_setzero_si256(); 16];
    let (low, high) = words.split_at_mut(8);
    for (half, words) in [low, high].into_iter().enumerate() {
        let mut rows = [_mm256_setzero_si256(); 8];
        for (row, lane) in rows.iter_mut().zip(blocks) {
            *row = bytes_reversed(load_half(&lane[index], half));
        }
        // Rows are streams: pairs of words, pairs of pairs, then halves of vectors.
        let mut pairs = rows;
        for i in 0..4 {
            pairs[2 * i] = _mm256_unpacklo_epi32(rows[2 * i], rows[2 * i + 1]);
            pairs[2 * i + 1] = _mm256_unpackhi_epi32(rows[2 * i], rows[2 * i + 1]);
        }
        let mut quads = pairs;
        for i in 0..2 {
            let [p0, p1, p2, p3] = [pairs[4 * i], pairs[4 * i + 1], pairs[4 * i + 2], pairs[4 * i + 3]];
            quads[4 * i] = _mm256_unpacklo_epi64(p0, p2);
            quads[4 * i + 1] = _mm256_unpackhi_epi64(p0, p2);
            quads[4 * i + 2] = _mm256_unpacklo_epi64(p1, p3);
            quads[4 * i + 3] = _mm256_unpackhi_epi64(p1, p3);
        }
        for r in 0..4 {
            words[r] = _mm256_permute2x128_si256::<0x20>(quads[r], quads[4 + r]);
            words[4 + r] = _mm256_permute2x128_si256::<0x31>(quads[r], quads[4 + r]);
        }
    }
    words
}

#[inline]
#[target_feature(enable = "avx2")]
fn bytes_reversed(x: __m256i) -> __m256i {
    _mm256_shuffle_epi8(
        x,
        _mm256_broadcastsi128_si256(_mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3)),
    )
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(column: &[u32; LANES]) -> __m256i {
    // SAFETY: 32 readable bytes, no alignment asked.
    unsafe { _mm256_loadu_si256(column.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn load_half(block: &[u8; BLOCK], half: usize) -> __m256i {
    let bytes = &block.as_chunks::<32>().0[half];
    // SAFETY: 32 readable bytes, no alignment asked.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn store(column: &mut [u32; LANES], vector: __m256i) {
    // SAFETY: 32 writable bytes, no alignment asked.
    unsafe { _mm256_storeu_si256(column.as_mut_ptr().cast(), vector) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn all(word: u32) -> __m256i {
    _mm256_set1_epi32(word.cast_signed())
}

#[inline]
#[target_feature(enable = "avx2")]
fn add(x: __m256i, y: __m256i) -> __m256i {
    _mm256_add_epi32(x, y)
}

#[inline]
#[target_feature(enable = "avx2")]
fn xor(x: __m256i, y: __m256i) -> __m256i {
    _mm256_xor_si256(x, y)
}

#[inline]
#[target_feature(enable = "avx2")]
fn rotate<const N: u32>(x: __m256i) -> __m256i {
    let left = _mm256_sll_epi32(x, _mm_cvtsi32_si128(N.cast_signed()));
    _mm256_or_si256(left, _mm256_srl_epi32(x, _mm_cvtsi32_si128(32 - N.cast_signed())))
}

/// Rotation by 8 bits moves whole bytes: one instruction instead of three.
#[inline]
#[target_feature(enable = "avx2")]
fn rotate8(x: __m256i) -> __m256i {
    _mm256_shuffle_epi8(
        x,
        _mm256_broadcastsi128_si256(_mm_set_epi8(14, 13, 12, 15, 10, 9, 8, 11, 6, 5, 4, 7, 2, 1, 0, 3)),
    )
}

#[inline]
#[target_feature(enable = "avx2")]
fn xor3(x: __m256i, y: __m256i, z: __m256i) -> __m256i {
    xor(xor(x, y), z)
}

#[inline]
#[target_feature(enable = "avx2")]
fn majority(x: __m256i, y: __m256i, z: __m256i) -> __m256i {
    _mm256_or_si256(_mm256_and_si256(x, y), _mm256_and_si256(_mm256_or_si256(x, y), z))
}

/// Where x is set y, elsewhere z.
#[inline]
#[target_feature(enable = "avx2")]
fn choice(x: __m256i, y: __m256i, z: __m256i) -> __m256i {
    xor(_mm256_and_si256(xor(y, z), x), z)
}

/// `x ^ (x <<< 9) ^ (x <<< 17)`, the last two as one rotation by 9 of `x ^ (x <<< 8)`.
#[inline]
#[target_feature(enable = "avx2")]
fn p0(x: __m256i) -> __m256i {
    xor(x, rotate::<9>(xor(x, rotate8(x))))
}

/// `x ^ (x <<< 15) ^ (x <<< 23)`, the last two as one rotation by 15 of `x ^ (x <<< 8)`.
#[inline]
#[target_feature(enable = "avx2")]
fn p1(x: __m256i) -> __m256i {
    xor(x, rotate::<15>(xor(x, rotate8(x))))
}
