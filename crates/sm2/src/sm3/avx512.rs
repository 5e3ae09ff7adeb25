//! SM3 with AVX-512: 16 streams at once, one in each 32-bit lane.
#![allow(unsafe_code)] // Intrinsics: loads and stores by pointer, and calls that need the processor's features.

use core::arch::x86_64::*;

use super::compress::{BLOCK, T};
use super::many::{Columns, Kernel};
use super::rounds::{rounds, streams};

/// Streams at once.
const LANES: usize = 16;

/// Proof that the processor has AVX-512F and AVX-512BW.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Avx512(());

impl Avx512 {
    /// The proof, if it can be given.
    pub(crate) fn detect() -> Option<Self> {
        (is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw")).then_some(Avx512(()))
    }
}

impl Kernel<LANES> for Avx512 {
    fn compress(self, states: &mut Columns<LANES>, blocks: &[&[[u8; BLOCK]]; LANES]) {
        // SAFETY: a value of this type exists only where the processor has the features.
        unsafe { compress(states, blocks) }
    }
}

streams!("avx512f,avx512bw", __m512i);

/// Block `index` of each stream: vector j holds `W_j` of all.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn transposed(blocks: &[&[[u8; BLOCK]]; LANES], index: usize) -> [__m512i; 16] {
    let big_endian = _mm512_broadcast_i32x4(_mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3));
    let mut rows = [_mm512_setzero_si512(); 16];
    for (row, lane) in rows.iter_mut().zip(blocks) {
        *row = _mm512_shuffle_epi8(load_bytes(&lane[index]), big_endian);
    }
    // Rows are streams. Four by four words inside each quarter of a vector, first pairs of words ...
    let mut pairs = rows;
    for i in 0..8 {
        pairs[2 * i] = _mm512_unpacklo_epi32(rows[2 * i], rows[2 * i + 1]);
        pairs[2 * i + 1] = _mm512_unpackhi_epi32(rows[2 * i], rows[2 * i + 1]);
    }
    // ... then pairs of pairs: quads[4 g + r] holds word 4 q + r of streams 4 g to 4 g + 3 in quarter q ...
    let mut quads = pairs;
    for i in 0..4 {
        let [p0, p1, p2, p3] = [pairs[4 * i], pairs[4 * i + 1], pairs[4 * i + 2], pairs[4 * i + 3]];
        quads[4 * i] = _mm512_unpacklo_epi64(p0, p2);
        quads[4 * i + 1] = _mm512_unpackhi_epi64(p0, p2);
        quads[4 * i + 2] = _mm512_unpacklo_epi64(p1, p3);
        quads[4 * i + 3] = _mm512_unpackhi_epi64(p1, p3);
    }
    // ... then quarters of vectors, four by four.
    let mut words = quads;
    for r in 0..4 {
        let low01 = _mm512_shuffle_i32x4::<0b01_00_01_00>(quads[r], quads[4 + r]);
        let high01 = _mm512_shuffle_i32x4::<0b11_10_11_10>(quads[r], quads[4 + r]);
        let low23 = _mm512_shuffle_i32x4::<0b01_00_01_00>(quads[8 + r], quads[12 + r]);
        let high23 = _mm512_shuffle_i32x4::<0b11_10_11_10>(quads[8 + r], quads[12 + r]);
        words[r] = _mm512_shuffle_i32x4::<0b10_00_10_00>(low01, low23);
        words[4 + r] = _mm512_shuffle_i32x4::<0b11_01_11_01>(low01, low23);
        words[8 + r] = _mm512_shuffle_i32x4::<0b10_00_10_00>(high01, high23);
        words[12 + r] = _mm512_shuffle_i32x4::<0b11_01_11_01>(high01, high23);
    }
    words
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load(column: &[u32; LANES]) -> __m512i {
    // SAFETY: 64 readable bytes, no alignment asked.
    unsafe { _mm512_loadu_si512(column.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load_bytes(block: &[u8; BLOCK]) -> __m512i {
    // SAFETY: 64 readable bytes, no alignment asked.
    unsafe { _mm512_loadu_si512(block.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn store(column: &mut [u32; LANES], vector: __m512i) {
    // SAFETY: 64 writable bytes, no alignment asked.
    unsafe { _mm512_storeu_si512(column.as_mut_ptr().cast(), vector) }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn all(word: u32) -> __m512i {
    _mm512_set1_epi32(word.cast_signed())
}

#[inline]
#[target_feature(enable = "avx512f")]
fn add(x: __m512i, y: __m512i) -> __m512i {
    _mm512_add_epi32(x, y)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn xor(x: __m512i, y: __m512i) -> __m512i {
    _mm512_xor_si512(x, y)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn rotate<const N: i32>(x: __m512i) -> __m512i {
    _mm512_rol_epi32::<N>(x)
}

// The tables of three inputs: bit 4 x + 2 y + z is the answer for them.

#[inline]
#[target_feature(enable = "avx512f")]
fn xor3(x: __m512i, y: __m512i, z: __m512i) -> __m512i {
    _mm512_ternarylogic_epi32::<0b1001_0110>(x, y, z)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn majority(x: __m512i, y: __m512i, z: __m512i) -> __m512i {
    _mm512_ternarylogic_epi32::<0b1110_1000>(x, y, z)
}

/// Where x is set y, elsewhere z.
#[inline]
#[target_feature(enable = "avx512f")]
fn choice(x: __m512i, y: __m512i, z: __m512i) -> __m512i {
    _mm512_ternarylogic_epi32::<0b1100_1010>(x, y, z)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn p0(x: __m512i) -> __m512i {
    xor3(x, rotate::<9>(x), rotate::<17>(x))
}

#[inline]
#[target_feature(enable = "avx512f")]
fn p1(x: __m512i) -> __m512i {
    xor3(x, rotate::<15>(x), rotate::<23>(x))
}
