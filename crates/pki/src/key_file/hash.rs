//! Digests under the protection of key files: as they are, as HMAC and as PBKDF2 (RFC 8018 5.2).

use czei_sm2::{HmacSm3, Sm3};
use hmac::{Hmac, KeyInit as _};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

use crate::oid;

/// A digest that key files are protected with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
    Sm3,
}

impl Hash {
    pub(super) fn name(self) -> &'static str {
        match self {
            Hash::Sha1 => "SHA1",
            Hash::Sha256 => "SHA256",
            Hash::Sha384 => "SHA384",
            Hash::Sha512 => "SHA512",
            Hash::Sm3 => "SM3",
        }
    }

    /// By the identifier of the digest itself.
    pub(super) fn from_digest_oid(id: &[u8]) -> Option<Self> {
        [Hash::Sha1, Hash::Sha256, Hash::Sha384, Hash::Sha512, Hash::Sm3]
            .into_iter()
            .find(|hash| hash.digest_oid() == id)
    }

    pub(super) fn digest_oid(self) -> &'static [u8] {
        match self {
            Hash::Sha1 => oid::SHA1,
            Hash::Sha256 => oid::SHA256,
            Hash::Sha384 => oid::SHA384,
            Hash::Sha512 => oid::SHA512,
            Hash::Sm3 => oid::SM3,
        }
    }

    /// By the identifier of the HMAC with it. HMAC-SM3 has two.
    pub(super) fn from_hmac_oid(id: &[u8]) -> Option<Self> {
        match id {
            _ if id == oid::HMAC_SHA1 => Some(Hash::Sha1),
            _ if id == oid::HMAC_SHA256 => Some(Hash::Sha256),
            _ if id == oid::HMAC_SHA384 => Some(Hash::Sha384),
            _ if id == oid::HMAC_SHA512 => Some(Hash::Sha512),
            _ if id == oid::HMAC_SM3 || id == oid::HMAC_SM3_OTHER => Some(Hash::Sm3),
            _ => None,
        }
    }

    /// The length of a digest in bytes.
    pub(super) fn size(self) -> usize {
        match self {
            Hash::Sha1 => 20,
            Hash::Sha256 | Hash::Sm3 => 32,
            Hash::Sha384 => 48,
            Hash::Sha512 => 64,
        }
    }

    /// The length of a block of the compression in bytes.
    pub(super) fn block(self) -> usize {
        match self {
            Hash::Sha1 | Hash::Sha256 | Hash::Sm3 => 64,
            Hash::Sha384 | Hash::Sha512 => 128,
        }
    }

    pub(super) fn digest(self, parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
        match self {
            Hash::Sha1 => digest::<Sha1>(parts),
            Hash::Sha256 => digest::<Sha256>(parts),
            Hash::Sha384 => digest::<Sha384>(parts),
            Hash::Sha512 => digest::<Sha512>(parts),
            Hash::Sm3 => Zeroizing::new(Zeroizing::new(Sm3::digest_parts(parts)).to_vec()),
        }
    }

    pub(super) fn hmac(self, key: &[u8], message: &[u8]) -> Vec<u8> {
        match self {
            // HMAC takes keys of any length, so there is no error to speak of.
            Hash::Sha1 => Hmac::<Sha1>::new_from_slice(key).map_or_else(|_| vec![], |mac| finish(mac, message)),
            Hash::Sha256 => Hmac::<Sha256>::new_from_slice(key).map_or_else(|_| vec![], |mac| finish(mac, message)),
            Hash::Sha384 => Hmac::<Sha384>::new_from_slice(key).map_or_else(|_| vec![], |mac| finish(mac, message)),
            Hash::Sha512 => Hmac::<Sha512>::new_from_slice(key).map_or_else(|_| vec![], |mac| finish(mac, message)),
            Hash::Sm3 => HmacSm3::mac(key, &[message]).to_vec(),
        }
    }

    /// Fills `key` from a password: PBKDF2 with the HMAC of this digest.
    pub(super) fn pbkdf2(self, password: &[u8], salt: &[u8], iterations: u32, key: &mut [u8]) {
        match self {
            Hash::Sha1 => pbkdf2::pbkdf2_hmac::<Sha1>(password, salt, iterations, key),
            Hash::Sha256 => pbkdf2::pbkdf2_hmac::<Sha256>(password, salt, iterations, key),
            Hash::Sha384 => pbkdf2::pbkdf2_hmac::<Sha384>(password, salt, iterations, key),
            Hash::Sha512 => pbkdf2::pbkdf2_hmac::<Sha512>(password, salt, iterations, key),
            Hash::Sm3 => pbkdf2_sm3(password, salt, iterations, key),
        }
    }
}

fn digest<D: Digest>(parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let mut hash = D::new();
    for part in parts {
        hash.update(part);
    }
    Zeroizing::new(hash.finalize().to_vec())
}

fn finish(mut mac: impl hmac::Mac, message: &[u8]) -> Vec<u8> {
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

/// Ours, over the SM3 of this project: the crate's would want a second SM3.
fn pbkdf2_sm3(password: &[u8], salt: &[u8], iterations: u32, key: &mut [u8]) {
    let keyed = HmacSm3::new(password);
    let next = |parts: &[&[u8]]| {
        let mut mac = keyed.clone();
        for part in parts {
            mac.update(part);
        }
        Zeroizing::new(mac.finalize())
    };
    for (block, number) in key.chunks_mut(32).zip(1u32..) {
        let mut last = next(&[salt, &number.to_be_bytes()]);
        let mut sum = last.clone();
        for _ in 1..iterations {
            last = next(&[&*last]);
            for (sum, last) in sum.iter_mut().zip(last.iter()) {
                *sum ^= last;
            }
        }
        block.copy_from_slice(&sum[..block.len()]);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::hex;

    #[test]
    fn known_answers_of_pbkdf2() {
        // RFC 6070 for SHA-1, RFC 7914 11 for SHA-256; the others by Python's hashlib over OpenSSL 3.0.
        for (hash, password, salt, iterations, key) in [
            (Hash::Sha1, "password", "salt", 4096, "4b007901b765489abead49d926f721d065a429c1"),
            (Hash::Sha256, "passwd", "salt", 1, "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"),
            (
                Hash::Sha384,
                "password",
                "salt",
                1000,
                "3bd37e2236941d4a77b1b5b714c6f913fabb6b0841a6d7d8656b99d611e900fe06edb93b5b809efa",
            ),
            (
                Hash::Sha512,
                "password",
                "salt",
                1000,
                "afe6c5530785b6cc6b1c6453384731bd5ee432ee549fd42fb6695779ad8a1c5bf59de69c48f774ef",
            ),
            (
                Hash::Sm3,
                "password",
                "salt",
                1000,
                "e8b635a41dfe5aaab7cf828cff6f3608e22cac59ba16edd70e000b293d00bc9118504f57ab46673d",
            ),
        ] {
            let expected = hex::decode(key).unwrap();
            let mut derived = vec![0; expected.len()];
            hash.pbkdf2(password.as_bytes(), salt.as_bytes(), iterations, &mut derived);
            assert_eq!(hex::lower(&derived), key, "{}", hash.name());
        }
    }

    #[test]
    fn identifiers_lead_back_to_the_digest() {
        for (hash, hmac) in [
            (Hash::Sha1, oid::HMAC_SHA1),
            (Hash::Sha256, oid::HMAC_SHA256),
            (Hash::Sha384, oid::HMAC_SHA384),
            (Hash::Sha512, oid::HMAC_SHA512),
            (Hash::Sm3, oid::HMAC_SM3),
            (Hash::Sm3, oid::HMAC_SM3_OTHER),
        ] {
            assert_eq!(Hash::from_hmac_oid(hmac), Some(hash));
            assert_eq!(Hash::from_digest_oid(hash.digest_oid()), Some(hash));
            assert_eq!(hash.digest(&[b"a", b"b"]).len(), hash.size());
            assert_eq!(hash.digest(&[b"a", b"b"]), hash.digest(&[b"ab"]));
            assert_eq!(hash.hmac(b"key", b"message").len(), hash.size());
        }
        assert_eq!(Hash::from_hmac_oid(oid::SHA1), None);
        assert_eq!(Hash::from_digest_oid(oid::HMAC_SHA1), None);
    }
}
