//! HMAC with SM3 (GB/T 15852.2-2012, MAC algorithm 2; RFC 2104).

use core::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::declassify;
use crate::lanes::Path;
use crate::sm3::macs_of_blocks;
use crate::{Code, Error, Sm3};

/// The block length of SM3 in bytes.
const BLOCK: usize = 64;

/// A running HMAC-SM3 (GB/T 15852.2-2012, MAC algorithm 2): a key of any length, 32 bytes out.
///
/// The key is worked in once, in [`HmacSm3::new`]; a clone of a fresh value starts another message
/// under the same key for two SM3 blocks less. The states are zeroed when dropped.
///
/// ```
/// use czei_sm2::HmacSm3;
///
/// let keyed = HmacSm3::new(b"key");
/// let mut first = keyed.clone();
/// first.update(b"one ").update(b"message");
/// let tag = first.finalize();
/// assert_eq!(tag, HmacSm3::mac(b"key", &[b"one message"]));
///
/// let mut second = keyed.clone();
/// second.update(b"one message");
/// second.verify(&tag)?;
/// # Ok::<(), czei_sm2::Error>(())
/// ```
#[derive(Clone)]
pub struct HmacSm3 {
    inner: Sm3,
    outer: Sm3,
}

impl HmacSm3 {
    /// Begins under a key of any length; a key longer than 64 bytes is replaced by its digest.
    #[must_use]
    pub fn new(key: &[u8]) -> Self {
        let mut block = Zeroizing::new([0u8; BLOCK]);
        if key.len() > BLOCK {
            block[..32].copy_from_slice(&*Zeroizing::new(Sm3::digest(key)));
        } else {
            block[..key.len()].copy_from_slice(key);
        }
        let padded = |pad: u8| {
            let block = Zeroizing::new(block.map(|byte| byte ^ pad));
            Sm3::new().chain(&*block)
        };
        HmacSm3 { inner: padded(0x36), outer: padded(0x5c) }
    }

    /// Takes in more of the message.
    pub fn update(&mut self, bytes: &[u8]) -> &mut Self {
        self.inner.update(bytes);
        self
    }

    /// The value over everything taken in.
    #[must_use]
    pub fn finalize(self) -> [u8; 32] {
        self.outer.chain(&self.inner.finalize()).finalize()
    }

    /// The value over one message that lies in several parts.
    #[must_use]
    pub fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = HmacSm3::new(key);
        for part in parts {
            mac.update(part);
        }
        mac.finalize()
    }

    /// For each pair of halves the values over `halves || counter` and over `halves || counter + 1`,
    /// the counters in four bytes, big endian. Nothing may have been taken in yet.
    ///
    /// Constant time; answers and temporaries are zeroed.
    pub(crate) fn counter_macs_many(
        &self,
        path: Path,
        halves: &[(&[u8; 32], &[u8; 32])],
        counter: u32,
    ) -> Zeroizing<Vec<[[u8; 32]; 2]>> {
        debug_assert!(
            self.inner.is_after_blocks(1) && self.outer.is_after_blocks(1),
            "a keyed value, nothing taken in"
        );
        macs_of_blocks(path, [self.inner.state(), self.outer.state()], halves, counter)
    }

    /// Compares the value over everything taken in with an expected one, in constant time.
    ///
    /// # Errors
    /// [`Code::MacMismatch`] if they differ.
    pub fn verify(self, expected: &[u8; 32]) -> Result<(), Error> {
        if declassify::answer(self.finalize().ct_eq(expected).unwrap_u8().into()) == 1 {
            Ok(())
        } else {
            Err(Code::MacMismatch.into())
        }
    }
}

impl fmt::Debug for HmacSm3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HmacSm3").finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::hex::{unhex, unhex32};

    #[test]
    fn examples_of_the_standard() {
        // GM/T 0042-2015, D.3.
        let cases: [(&[u8], &[u8], &str); 4] = [
            (
                &unhex("0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"),
                &b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".repeat(2),
                "ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a",
            ),
            (
                &unhex("0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425"),
                &[0xcd; 50],
                "220bf579ded555393f0159f66c99877822a3ecf610d1552154b41d44b94db3ae",
            ),
            (&[0x0b; 32], b"Hi There", "c0ba18c68b90c88bc07de794bfc7d2c8d19ec31ed8773bc2b390c9604e0be11e"),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "2e87f1d16862e6d964b50a5200bf2b10b764faa9680a296a2405f24bec39f882",
            ),
        ];
        for (key, message, mac) in cases {
            assert_eq!(HmacSm3::mac(key, &[message]), unhex32(mac));
        }
    }

    #[test]
    fn a_key_above_one_block_is_replaced_by_its_digest() {
        let long = [0x61; 65];
        let short = Sm3::digest(&long);
        assert_eq!(HmacSm3::mac(&long, &[b"m"]), HmacSm3::mac(&short, &[b"m"]));
        // A key of one block is not: it is used as it is, and so is its digest.
        let block = [0x61; 64];
        assert_ne!(HmacSm3::mac(&block, &[b"m"]), HmacSm3::mac(&Sm3::digest(&block), &[b"m"]));
    }

    #[test]
    fn a_keyed_state_is_used_again() {
        let keyed = HmacSm3::new(b"key");
        for message in [&b"one"[..], b"two", b""] {
            let mut mac = keyed.clone();
            mac.update(message);
            assert_eq!(mac.finalize(), HmacSm3::mac(b"key", &[message]));
        }
    }

    #[test]
    fn every_changed_bit_is_refused() {
        let mac = HmacSm3::new(b"key");
        let good = mac.clone().finalize();
        mac.clone().verify(&good).unwrap();
        for bit in 0..256 {
            let mut bad = good;
            bad[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(mac.clone().verify(&bad).unwrap_err().code(), Code::MacMismatch, "bit {bit}");
        }
    }

    #[test]
    fn counted_values_are_those_of_single_messages_on_every_path() {
        let keyed = HmacSm3::new(b"key");
        let halves: Vec<([u8; 32], [u8; 32])> = (0..40).map(|i| ([i; 32], [i ^ 0x5a; 32])).collect();
        for path in Path::ALL {
            if !path.is_there() {
                eprintln!("skipped: this processor does not have {path:?}");
                continue;
            }
            for counter in [0, 2, u32::MAX] {
                for count in 0..=halves.len() {
                    let pairs: Vec<_> = halves[..count].iter().map(|(first, second)| (first, second)).collect();
                    let macs = keyed.counter_macs_many(path, &pairs, counter);
                    assert_eq!(macs.len(), count);
                    for ((first, second), macs) in pairs.iter().zip(&*macs) {
                        for (mac, counter) in macs.iter().zip([counter, counter.wrapping_add(1)]) {
                            let parts: [&[u8]; 3] = [*first, *second, &counter.to_be_bytes()];
                            assert_eq!(*mac, HmacSm3::mac(b"key", &parts), "{path:?}, {count}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn debug_shows_no_key() {
        assert_eq!(format!("{:?}", HmacSm3::new(b"secret")), "HmacSm3 { .. }");
    }
}
