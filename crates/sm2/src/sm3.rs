//! The SM3 digest (GB/T 32905-2016).

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "x86_64")]
mod avx512_one;
mod compress;
mod many;
mod rounds;

use core::fmt;

use zeroize::Zeroize;

use crate::lanes::Path;
use compress::{BLOCK, START, State, compress};
pub(crate) use many::{Job, digest_jobs, macs_of_blocks};

/// A running SM3 digest (GB/T 32905-2016): bytes in, 32 bytes out.
///
/// Messages may have up to 2^61 bytes. The state is zeroed when dropped, except in
/// [`Sm3::digest_many`] and [`Sm3::digest_parts_many`], which are for messages that are not secret.
///
/// ```
/// use czei_sm2::Sm3;
///
/// let whole = Sm3::digest(b"abc");
/// assert_eq!(whole[..4], [0x66, 0xc7, 0xf0, 0xf4]);
/// assert_eq!(Sm3::digest_parts(&[b"a", b"", b"bc"]), whole);
/// assert_eq!(Sm3::new().chain(b"ab").chain(b"c").finalize(), whole);
/// ```
#[derive(Clone)]
pub struct Sm3 {
    state: State,
    /// Bytes taken in.
    length: u64,
    /// The bytes taken in since the last whole block.
    pending: [u8; BLOCK],
    /// How much of `pending` was ever written.
    written: usize,
}

impl Sm3 {
    /// The digest of nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Sm3 { state: START, length: 0, pending: [0; BLOCK], written: 0 }
    }

    /// Takes in more of the message.
    pub fn update(&mut self, bytes: &[u8]) -> &mut Self {
        let fill = self.fill();
        self.length = self.length.wrapping_add(bytes.len() as u64);
        let mut rest = bytes;
        if fill > 0 {
            let (taken, after) = rest.split_at(rest.len().min(BLOCK - fill));
            self.keep(fill, taken);
            if fill + taken.len() < BLOCK {
                return self;
            }
            compress(&mut self.state, core::slice::from_ref(&self.pending));
            rest = after;
        }
        let (blocks, tail) = rest.as_chunks();
        if !blocks.is_empty() {
            compress(&mut self.state, blocks);
        }
        self.keep(0, tail);
        self
    }

    /// Takes in more of the message and gives itself back.
    #[must_use]
    pub fn chain(mut self, bytes: &[u8]) -> Self {
        self.update(bytes);
        self
    }

    /// The digest of everything taken in.
    #[must_use]
    pub fn finalize(mut self) -> [u8; 32] {
        self.finish()
    }

    /// [`Sm3::finalize`] without moving the state; what is left of it is of no use.
    fn finish(&mut self) -> [u8; 32] {
        const LENGTH: usize = BLOCK - 8;
        let fill = self.fill();
        let bits = (self.length << 3).to_be_bytes();
        // The padding (GB/T 32905-2016, 5.2). It is public: `written` stays.
        self.pending[fill] = 0x80;
        self.pending[fill + 1..].fill(0);
        if fill >= LENGTH {
            compress(&mut self.state, core::slice::from_ref(&self.pending));
            self.pending.fill(0);
        }
        self.pending[LENGTH..].copy_from_slice(&bits);
        compress(&mut self.state, core::slice::from_ref(&self.pending));
        many::bytes_of(&self.state)
    }

    /// The digest of one message.
    #[must_use]
    pub fn digest(message: &[u8]) -> [u8; 32] {
        Sm3::digest_parts(&[message])
    }

    /// The digest of one message that lies in several parts.
    #[must_use]
    pub fn digest_parts(parts: &[&[u8]]) -> [u8; 32] {
        let mut sm3 = Sm3::new();
        for part in parts {
            sm3.update(part);
        }
        sm3.finish()
    }

    /// The digests of several messages, in their order.
    ///
    /// Gives the same as [`Sm3::digest`] for each. On processors with AVX2 or AVX-512 up to 8 or 16
    /// messages are worked on at once, whatever their lengths, several times as fast as one after
    /// the other.
    ///
    /// ```
    /// use czei_sm2::Sm3;
    ///
    /// assert_eq!(Sm3::digest_many(&[b"a", b"bc"]), [Sm3::digest(b"a"), Sm3::digest(b"bc")]);
    /// ```
    #[must_use]
    pub fn digest_many(messages: &[&[u8]]) -> Vec<[u8; 32]> {
        Sm3::digest_many_by(Path::best(), messages)
    }

    /// The digests of several messages that lie in several parts each, in their order.
    ///
    /// As [`Sm3::digest_many`]; where a message is cut changes nothing, and no message is put
    /// together.
    ///
    /// ```
    /// use czei_sm2::Sm3;
    ///
    /// let digests = Sm3::digest_parts_many(&[&[b"a", b"bc"], &[]]);
    /// assert_eq!(digests, [Sm3::digest(b"abc"), Sm3::digest(b"")]);
    /// ```
    #[must_use]
    pub fn digest_parts_many(messages: &[&[&[u8]]]) -> Vec<[u8; 32]> {
        Sm3::digest_parts_many_by(Path::best(), messages)
    }

    /// [`Sm3::digest_many`] on the given path.
    pub(crate) fn digest_many_by(path: Path, messages: &[&[u8]]) -> Vec<[u8; 32]> {
        let part = core::slice::from_ref;
        digest_jobs(path, messages.len(), |index| Job { head: &[], parts: part(&messages[index]) })
    }

    /// [`Sm3::digest_parts_many`] on the given path.
    pub(crate) fn digest_parts_many_by(path: Path, messages: &[&[&[u8]]]) -> Vec<[u8; 32]> {
        digest_jobs(path, messages.len(), |index| Job { head: &[], parts: messages[index] })
    }

    /// Whether exactly so many blocks were taken in and nothing more.
    pub(crate) fn is_after_blocks(&self, count: u64) -> bool {
        self.length == count * BLOCK as u64
    }

    /// The words A to H after whole blocks; where more was taken in, that waits and is not in them.
    pub(crate) fn state(&self) -> &State {
        &self.state
    }

    /// How many bytes wait for the rest of their block.
    fn fill(&self) -> usize {
        (self.length % BLOCK as u64) as usize
    }

    /// Keeps bytes until their block is whole.
    fn keep(&mut self, at: usize, bytes: &[u8]) {
        self.pending[at..at + bytes.len()].copy_from_slice(bytes);
        self.written = self.written.max(at + bytes.len());
    }
}

impl Default for Sm3 {
    fn default() -> Self {
        Sm3::new()
    }
}

impl Drop for Sm3 {
    fn drop(&mut self) {
        self.state.zeroize();
        self.pending[..self.written].zeroize();
    }
}

// What went in may be secret (HMAC keys), so the state is not shown.
impl fmt::Debug for Sm3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sm3").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hex::unhex32;

    /// GB/T 32905-2016, A.1.
    const ABC: &str = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";
    /// GB/T 32905-2016, A.2.
    const ABCD_16: &str = "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732";
    /// The empty message, as OpenSSL 3.0 gives it.
    const EMPTY: &str = "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b";

    #[test]
    fn examples_of_the_standard() {
        assert_eq!(Sm3::digest(b"abc"), unhex32(ABC));
        assert_eq!(Sm3::digest(&b"abcd".repeat(16)), unhex32(ABCD_16));
        assert_eq!(Sm3::digest(b""), unhex32(EMPTY));
    }

    #[test]
    fn where_a_message_is_cut_changes_nothing() {
        let message = b"abcd".repeat(16);
        for cut in 0..=message.len() {
            let (head, tail) = message.split_at(cut);
            assert_eq!(Sm3::digest_parts(&[head, tail]), unhex32(ABCD_16), "cut at {cut}");
            let mut sm3 = Sm3::new();
            sm3.update(head).update(b"").update(tail);
            assert_eq!(sm3.finalize(), unhex32(ABCD_16), "cut at {cut}");
        }
        assert_eq!(Sm3::digest_parts(&[]), unhex32(EMPTY));
    }

    #[test]
    fn many_at_once_keep_their_order_and_may_differ_in_length() {
        let messages: Vec<Vec<u8>> = (0..200).map(|length| vec![0xa5; length]).collect();
        let slices: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
        let digests = Sm3::digest_many(&slices);
        assert_eq!(digests.len(), 200);
        for (message, digest) in messages.iter().zip(&digests) {
            assert_eq!(*digest, Sm3::digest(message), "{} bytes", message.len());
        }
        assert!(Sm3::digest_many(&[]).is_empty());
    }

    /// Bytes that differ from place to place, not the same for each message.
    fn sample(length: usize, seed: usize) -> Vec<u8> {
        (0..length).map(|i| ((i + seed).wrapping_mul(0x9e37_79b1) >> 13) as u8).collect()
    }

    /// RustCrypto's digest.
    fn oracle(message: &[u8]) -> [u8; 32] {
        use ::sm3::Digest as _;
        ::sm3::Sm3::digest(message).into()
    }

    /// The paths that this processor has.
    fn paths() -> impl Iterator<Item = Path> {
        Path::ALL.into_iter().filter(|path| {
            if !path.is_there() {
                eprintln!("skipped: this processor does not have {path:?}");
            }
            path.is_there()
        })
    }

    #[test]
    fn every_length_as_the_oracle_and_cut_in_two() {
        for length in 0..=1000 {
            let message = sample(length, length);
            let expected = oracle(&message);
            assert_eq!(Sm3::digest(&message), expected, "{length} bytes");
            for cut in [1, 55, 56, 63, 64, 65, 127, 128, length / 3, length / 2] {
                let (head, tail) = message.split_at(cut.min(length));
                assert_eq!(Sm3::digest_parts(&[head, tail]), expected, "{length} bytes, cut at {cut}");
            }
            let mut bytewise = Sm3::new();
            for byte in &message {
                bytewise.update(&[*byte]);
            }
            assert_eq!(bytewise.clone().finalize(), expected, "{length} bytes, one by one");
            assert_eq!(bytewise.finalize(), expected, "{length} bytes, the original of a clone");
        }
    }

    #[test]
    fn one_to_forty_messages_at_once_on_every_path() {
        for path in paths() {
            for count in 1..=40 {
                for (least, step) in [(0, 7), (2000, 0), (119, 1), (700, 331)] {
                    let messages: Vec<Vec<u8>> = (0..count).map(|i| sample((least + step * i) % 3000, i)).collect();
                    let slices: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
                    let expected: Vec<[u8; 32]> = messages.iter().map(|message| oracle(message)).collect();
                    assert_eq!(Sm3::digest_many_by(path, &slices), expected, "{path:?}, {count} of {least}, {step}");
                }
            }
        }
    }

    #[test]
    fn every_length_in_every_lane() {
        let messages: Vec<Vec<u8>> = (0..=400).map(|length| sample(length, 3 * length)).collect();
        let expected: Vec<[u8; 32]> = messages.iter().map(|message| oracle(message)).collect();
        let slices: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
        for path in paths() {
            for shift in 0..16 {
                let (begin, end) = slices.split_at(shift);
                let turned: Vec<&[u8]> = end.iter().chain(begin).copied().collect();
                let digests = Sm3::digest_many_by(path, &turned);
                for (index, digest) in digests.iter().enumerate() {
                    assert_eq!(*digest, expected[(index + shift) % slices.len()], "{path:?}, {shift}, {index}");
                }
            }
        }
    }

    #[test]
    fn parts_may_be_cut_anywhere_and_be_empty() {
        let messages: Vec<Vec<u8>> = (0..33).map(|i| sample(97 * i, i)).collect();
        let expected: Vec<[u8; 32]> = messages.iter().map(|message| oracle(message)).collect();
        for path in paths() {
            for seed in 1..60usize {
                let cut: Vec<Vec<&[u8]>> =
                    messages.iter().enumerate().map(|(i, message)| cut_at_will(message, seed * 31 + i)).collect();
                let parts: Vec<&[&[u8]]> = cut.iter().map(Vec::as_slice).collect();
                assert_eq!(Sm3::digest_parts_many_by(path, &parts), expected, "{path:?}, {seed}");
            }
        }
    }

    #[test]
    fn a_head_is_a_part_before_the_parts() {
        let messages: Vec<Vec<u8>> = (0..20).map(|i| sample(130 * i, i)).collect();
        for path in paths() {
            for length in [0, 32, 64, 130] {
                let heads: Vec<Vec<u8>> = (0..20).map(|i| sample(length, 1000 + i)).collect();
                let parts: Vec<[&[u8]; 2]> =
                    messages.iter().map(|message| message.split_at(message.len() / 3).into()).collect();
                let digests = digest_jobs(path, 20, |i| Job { head: &heads[i], parts: &parts[i] });
                for (i, digest) in digests.iter().enumerate() {
                    let whole = [heads[i].as_slice(), &messages[i]].concat();
                    assert_eq!(*digest, oracle(&whole), "{path:?}, head of {length}, message {i}");
                }
            }
        }
    }

    /// Cuts a message into parts of 0 to about 200 bytes, at places that depend on the seed.
    fn cut_at_will(message: &[u8], seed: usize) -> Vec<&[u8]> {
        let (mut rest, mut parts, mut state) = (message, Vec::new(), seed);
        while !rest.is_empty() {
            state = state.wrapping_mul(0x5851_f42d).wrapping_add(0x1405_7b7f) & 0xffff_ffff;
            let length = if state >> 20 & 7 == 0 { 0 } else { (state >> 12) % 200 };
            let (part, after) = rest.split_at(length.min(rest.len()));
            parts.push(part);
            rest = after;
        }
        parts.push(&[]);
        parts
    }

    #[test]
    fn debug_shows_no_state() {
        assert_eq!(format!("{:?}", Sm3::new().chain(b"secret")), "Sm3 { .. }");
    }
}
