//! SM3 with AVX-512VL: one stream.
//!
//! Eight blocks of the stream are expanded at once, one in each lane. The rounds follow one another
//! in vector registers of which one lane counts: there a rotation, and any function of three words,
//! is one instruction.
#![allow(unsafe_code)] // Intrinsics: loads and stores by pointer, and calls that need the processor's features.

use core::arch::x86_64::*;

use super::avx2;
use super::compress::{BLOCK, State, T};
use super::rounds::rounds;

/// Blocks that are expanded at once.
const GROUP: usize = 8;

/// From how many blocks on it pays to expand eight, used or not.
pub(super) const LEAST: usize = 6;

/// `W_j` of each block of a group.
type Words = [[u32; GROUP]; 64];

/// Proof that the processor has AVX-512F, AVX-512VL and AVX2.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Avx512One(());

impl Avx512One {
    /// The proof, if it can be given.
    pub(crate) fn detect() -> Option<Self> {
        let detected = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx2");
        detected.then_some(Avx512One(()))
    }

    /// Takes in blocks of one stream and gives back those at the end that are too few for it.
    pub(crate) fn compress<'a>(self, state: &mut State, blocks: &'a [[u8; BLOCK]]) -> &'a [[u8; BLOCK]] {
        if blocks.len() < LEAST {
            return blocks;
        }
        // SAFETY: a value of this type exists only where the processor has the features.
        unsafe { compress(state, blocks) }
    }
}

#[target_feature(enable = "avx512f,avx512vl,avx2")]
fn compress<'a>(state: &mut State, blocks: &'a [[u8; BLOCK]]) -> &'a [[u8; BLOCK]] {
    let mut wide = state.map(|word| [word; 4]);
    let mut w: Words = [[0; GROUP]; 64];
    let mut w_prime: Words = [[0; GROUP]; 64];
    let mut rest = blocks;
    while rest.len() >= LEAST {
        let (group, after) = rest.split_at(rest.len().min(GROUP));
        expand(group, &mut w, &mut w_prime);
        for index in 0..group.len() {
            compress_block(&mut wide, &w, &w_prime, index);
        }
        rest = after;
    }
    *state = wide.map(|[word, ..]| word);
    rest
}

/// Expands up to eight blocks, one in each lane; where there are fewer, the last stands in for them.
#[target_feature(enable = "avx512f,avx512vl,avx2")]
fn expand(blocks: &[[u8; BLOCK]], words: &mut Words, primes: &mut Words) {
    let lanes: [&[[u8; BLOCK]]; GROUP] = core::array::from_fn(
        #[inline(always)]
        |lane| &blocks[lane.min(blocks.len() - 1)..],
    );
    let mut w = avx2::transposed(&lanes, 0);
    // Sixteen words a turn, so that each has its register.
    for (turn, (words, primes)) in
        words.as_chunks_mut::<16>().0.iter_mut().zip(primes.as_chunks_mut::<16>().0).enumerate()
    {
        macro_rules! step {
            ($($i:literal)*) => {$(
                if turn > 0 || $i >= 12 {
                    const K: usize = $i + 4;
                    let x = xor3_wide(w[K % 16], w[(K + 7) % 16], _mm256_rol_epi32::<15>(w[(K + 13) % 16]));
                    let p1 = xor3_wide(x, _mm256_rol_epi32::<15>(x), _mm256_rol_epi32::<23>(x));
                    w[K % 16] = xor3_wide(p1, _mm256_rol_epi32::<7>(w[(K + 3) % 16]), w[(K + 10) % 16]);
                }
                avx2::store(&mut words[$i], w[$i]);
                avx2::store(&mut primes[$i], _mm256_xor_si256(w[$i], w[($i + 4) % 16]));
            )*};
        }
        step!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
    }
}

/// One block of an expanded group. Each word of the state fills a vector, whose first lane counts.
#[target_feature(enable = "avx512f,avx512vl")]
fn compress_block(state: &mut [[u32; 4]; 8], w: &Words, w_prime: &Words, index: usize) {
    let before = state.each_ref().map(
        #[inline(always)]
        |word| load(word),
    );
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = before;
    // Constants that the compiler knew it would add last of all, after the word that is there last.
    let constants = core::hint::black_box(&T);
    rounds!(|j| (all(w[j][index]), all(w_prime[j][index])), all(constants[j]), a b c d e f g h);
    for ((word, old), new) in state.iter_mut().zip(before).zip([a, b, c, d, e, f, g, h]) {
        store(word, xor(old, new));
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512vl")]
fn load(word: &[u32; 4]) -> __m128i {
    // SAFETY: 16 readable bytes, no alignment asked.
    unsafe { _mm_loadu_si128(word.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f,avx512vl")]
fn store(word: &mut [u32; 4], vector: __m128i) {
    // SAFETY: 16 writable bytes, no alignment asked.
    unsafe { _mm_storeu_si128(word.as_mut_ptr().cast(), vector) }
}

#[inline]
#[target_feature(enable = "avx512f,avx512vl")]
fn all(word: u32) -> __m128i {
    _mm_set1_epi32(word.cast_signed())
}

#[inline]
#[target_feature(enable = "avx512f,avx512vl")]
fn add(x: __m128i, y: __m128i) -> __m128i {
    _mm_add_epi32(x, y)
}

#[inline]
#[target_feature(enable = "avx512f,avx512vl")]
fn xor(x: __m128i, y: __m128i) -> __m128i {
    _mm_xor_si128(x, y)
}

#[inline]
#[target_feature(enable = "avx512f,avx512vl")]
fn rotate<const N: i32>(x: __m128i) -> __m128i {
    _mm_rol_epi32::<N>(x)
}

// The tables of three inputs: bit 4 x + 2 y + z is the answer for them.

#[inline]
#[target_feature(enable = "avx512f,avx512vl")]
fn xor3(x: __m128i, y: __m128i, z: __m128i) -> __m128i {
    _mm_ternarylogic_epi32::<0b1001_0110>(x, y, z)
}

#[inline]
#[target_feature(enable = "avx512f,avx512vl")]
fn xor3_wide(x: __m256i, y: __m256i, z: __m256i) -> __m256i {
    _mm256_ternarylogic_epi32::<0b1001_0110>(x, y, z)
}

#[inline]
#[target_feature(enable = "avx512f,avx512vl")]
fn majority(x: __m128i, y: __m128i, z: __m128i) -> __m128i {
    _mm_ternarylogic_epi32::<0b1110_1000>(x, y, z)
}

/// Where x is set y, elsewhere z.
#[inline]
#[target_feature(enable = "avx512f,avx512vl")]
fn choice(x: __m128i, y: __m128i, z: __m128i) -> __m128i {
    _mm_ternarylogic_epi32::<0b1100_1010>(x, y, z)
}

#[inline]
#[target_feature(enable = "avx512f,avx512vl")]
fn p0(x: __m128i) -> __m128i {
    xor3(x, rotate::<9>(x), rotate::<17>(x))
}
