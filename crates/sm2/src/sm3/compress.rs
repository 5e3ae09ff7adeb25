//! The compression function of SM3 (GB/T 32905-2016, 5.3), one stream.

#[cfg(target_arch = "x86_64")]
use super::avx2::Avx2;
#[cfg(target_arch = "x86_64")]
use super::avx512_one;
use super::rounds::rounds;

/// The length of a block in bytes.
pub(crate) const BLOCK: usize = 64;

/// The words A to H.
pub(crate) type State = [u32; 8];

/// The starting value (GB/T 32905-2016, 4.1).
pub(crate) const START: State =
    [0x7380_166f, 0x4914_b2b9, 0x1724_42d7, 0xda8a_0600, 0xa96f_30bc, 0x1631_38aa, 0xe38d_ee4d, 0xb0fb_0e4e];

/// The constants of the rounds, rotated as the rounds use them: `T_j <<< (j mod 32)`.
pub(crate) const T: [u32; 64] = {
    let mut t = [0; 64];
    let mut j = 0;
    while j < 64 {
        let word: u32 = if j < 16 { 0x79cc_4519 } else { 0x7a87_9d8a };
        t[j] = word.rotate_left(j as u32 % 32);
        j += 1;
    }
    t
};

/// Blocks of one stream, the fastest way that this processor has.
pub(crate) fn compress(state: &mut State, blocks: &[[u8; BLOCK]]) {
    #[cfg(target_arch = "x86_64")]
    if let Some(avx2) = Avx2::detect() {
        let mut rest = blocks;
        if blocks.len() >= avx512_one::LEAST
            && let Some(avx512) = avx512_one::Avx512One::detect()
        {
            rest = avx512.compress(state, blocks);
        }
        return avx2.compress_one(state, rest);
    }
    compress_portable(state, blocks);
}

/// Blocks of one stream on any processor.
pub(crate) fn compress_portable(state: &mut State, blocks: &[[u8; BLOCK]]) {
    for block in blocks {
        compress_block(state, block);
    }
}

/// The 64 rounds and the feed-forward; `words` gives `W_j` and `W'_j`, asked in ascending order.
#[inline(always)]
pub(super) fn rounds(state: &mut State, mut words: impl FnMut(usize) -> (u32, u32)) {
    // Constants that the compiler knew it would add last of all, after the word that is there last.
    let constants = *core::hint::black_box(&T);
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
    rounds!(|j| words(j), constants[j], a b c d e f g h);
    for (word, new) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
        *word ^= new;
    }
}

/// One block; the message is expanded as the rounds go.
#[inline(always)]
pub(super) fn compress_block(state: &mut State, block: &[u8; BLOCK]) {
    let mut w = [0u32; 16];
    for (word, bytes) in w.iter_mut().zip(block.as_chunks::<4>().0) {
        *word = u32::from_be_bytes(*bytes);
    }
    rounds(
        state,
        #[inline(always)]
        |j| {
            if j >= 12 {
                let k = j + 4;
                w[k % 16] = expanded(w[k % 16], w[(k + 3) % 16], w[(k + 7) % 16], w[(k + 10) % 16], w[(k + 13) % 16]);
            }
            // For j >= 12, W_j was overwritten only from j + 16 on.
            (w[j % 16], w[j % 16] ^ w[(j + 4) % 16])
        },
    );
}

/// `W_j` for j >= 16 from the words 16, 13, 9, 6 and 3 places before.
#[inline(always)]
fn expanded(w16: u32, w13: u32, w9: u32, w6: u32, w3: u32) -> u32 {
    let x = xor3(w16, w9, rotate::<15>(w3));
    xor3(xor3(x, rotate::<15>(x), rotate::<23>(x)), rotate::<7>(w13), w6)
}

#[inline(always)]
fn add(x: u32, y: u32) -> u32 {
    x.wrapping_add(y)
}

#[inline(always)]
fn xor(x: u32, y: u32) -> u32 {
    x ^ y
}

#[inline(always)]
fn rotate<const N: u32>(x: u32) -> u32 {
    x.rotate_left(N)
}

#[inline(always)]
fn xor3(x: u32, y: u32, z: u32) -> u32 {
    x ^ y ^ z
}

/// Both halves have no bit in common, so that their sum may be merged with the sum it enters.
#[inline(always)]
fn majority(x: u32, y: u32, z: u32) -> u32 {
    add(x & y, (x ^ y) & z)
}

/// Where x is set y, elsewhere z.
#[inline(always)]
fn choice(x: u32, y: u32, z: u32) -> u32 {
    ((y ^ z) & x) ^ z
}

#[inline(always)]
fn p0(x: u32) -> u32 {
    xor3(x, rotate::<9>(x), rotate::<17>(x))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The compression as the standard writes it (GB/T 32905-2016, 5.3), word by word.
    fn by_definition(state: &mut State, block: &[u8; BLOCK]) {
        let mut w: Vec<u32> = block.as_chunks::<4>().0.iter().map(|bytes| u32::from_be_bytes(*bytes)).collect();
        for j in 16..68 {
            let x = w[j - 16] ^ w[j - 9] ^ w[j - 3].rotate_left(15);
            w.push(x ^ x.rotate_left(15) ^ x.rotate_left(23) ^ w[j - 13].rotate_left(7) ^ w[j - 6]);
        }
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
        for j in 0..64 {
            let t: u32 = if j < 16 { 0x79cc_4519 } else { 0x7a87_9d8a };
            let ss1 = a.rotate_left(12).wrapping_add(e).wrapping_add(t.rotate_left(j as u32 % 32)).rotate_left(7);
            let ss2 = ss1 ^ a.rotate_left(12);
            let ff = if j < 16 { a ^ b ^ c } else { (a & b) | (a & c) | (b & c) };
            let gg = if j < 16 { e ^ f ^ g } else { (e & f) | (!e & g) };
            let tt1 = ff.wrapping_add(d).wrapping_add(ss2).wrapping_add(w[j] ^ w[j + 4]);
            let tt2 = gg.wrapping_add(h).wrapping_add(ss1).wrapping_add(w[j]);
            (d, c, b, a) = (c, b.rotate_left(9), a, tt1);
            (h, g, f, e) = (g, f.rotate_left(19), e, tt2 ^ tt2.rotate_left(9) ^ tt2.rotate_left(17));
        }
        for (word, new) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
            *word ^= new;
        }
    }

    type Way = Box<dyn Fn(&mut State, &[[u8; BLOCK]])>;

    /// Every way to take in blocks of one stream that this processor has.
    fn ways() -> Vec<(&'static str, Way)> {
        let mut ways: Vec<(_, Way)> = vec![("the best", Box::new(compress)), ("portable", Box::new(compress_portable))];
        #[cfg(target_arch = "x86_64")]
        {
            match Avx2::detect() {
                Some(way) => ways.push(("BMI", Box::new(move |state, blocks| way.compress_one(state, blocks)))),
                None => eprintln!("skipped: this processor does not have AVX2 and BMI"),
            }
            match avx512_one::Avx512One::detect() {
                Some(way) => ways.push((
                    "AVX-512",
                    Box::new(move |state, blocks| {
                        let rest = way.compress(state, blocks);
                        compress_portable(state, rest);
                    }),
                )),
                None => eprintln!("skipped: this processor does not have AVX-512VL"),
            }
        }
        ways
    }

    #[test]
    fn every_way_as_the_definition() {
        let bytes: Vec<u8> = (0..40 * BLOCK).map(|i| (i.wrapping_mul(0x9e37_79b1) >> 13) as u8).collect();
        let ones = vec![0xff; 40 * BLOCK];
        for bytes in [bytes, ones] {
            let blocks = bytes.as_chunks().0;
            for start in [START, [0; 8], [u32::MAX; 8]] {
                for count in 0..=blocks.len() {
                    let mut expected = start;
                    for block in &blocks[..count] {
                        by_definition(&mut expected, block);
                    }
                    for (name, way) in &ways() {
                        let mut state = start;
                        way(&mut state, &blocks[..count]);
                        assert_eq!(state, expected, "{name}, {count} blocks");
                    }
                }
            }
        }
    }
}
