//! The key derivation of PKCS#12 (RFC 7292 B.2).

use zeroize::Zeroizing;

use super::hash::Hash;

/// What the bytes are for: the ID octet of RFC 7292 B.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Key = 1,
    Iv = 2,
    Mac = 3,
}

/// Derives bytes from a password in UTF-16 with its terminating zero.
pub(super) fn derive(
    hash: Hash,
    purpose: Purpose,
    password: &[u8],
    salt: &[u8],
    iterations: u32,
    length: usize,
) -> Zeroizing<Vec<u8>> {
    let block = hash.block();
    // D, and I = S || P, in the letters of the standard.
    let diversifier = vec![purpose as u8; block];
    let mut input = Zeroizing::new(Vec::with_capacity(salt.len() + password.len() + 2 * block));
    for text in [salt, password] {
        let whole = text.len().next_multiple_of(block);
        input.extend(text.iter().cycle().take(if text.is_empty() { 0 } else { whole }));
    }
    let mut derived = Zeroizing::new(Vec::with_capacity(length + hash.size()));
    while derived.len() < length {
        let mut last = hash.digest(&[&diversifier, &input]);
        for _ in 1..iterations {
            last = hash.digest(&[&last]);
        }
        derived.extend_from_slice(&last);
        for part in input.chunks_exact_mut(block) {
            add_one_and(part, &last);
        }
    }
    derived.truncate(length);
    derived
}

/// I_j = (I_j + B + 1) mod 2^v, where B is the digest repeated to the length of the block.
fn add_one_and(part: &mut [u8], digest: &[u8]) {
    let mut carry = 1u16;
    for (index, octet) in part.iter_mut().enumerate().rev() {
        carry += u16::from(*octet) + u16::from(digest[index % digest.len()]);
        // The low octet; the rest is carried.
        *octet = carry as u8;
        carry >>= 8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hex;
    use crate::key_file::Password;

    #[test]
    fn known_answers() {
        // By OpenSSL 3.0's kdf PKCS12KDF, with SHA-1, SHA-256, SHA-512 and SM3.
        let password = Password::new("口令 smeg").bmp();
        for (hash, purpose, iterations, expected) in [
            (
                Hash::Sha1,
                Purpose::Key,
                1000,
                "b4cc3aee0b92ab275421917b96aee6897575f169c2ec18814977f83875c7ea87dce1adf1f69797b4df54b7e3762b4ebeeee9f498ada2a24c482998afdcd961528d741d138a4969768f6932c5f2f4f7d8ebf747f12467572def189de28777f46628d432bc",
            ),
            (Hash::Sha1, Purpose::Iv, 1, "553c4cec87afdfabd42abdd6829fee23"),
            (Hash::Sha1, Purpose::Mac, 7, "1c7909cb9ab1218b87d4932b729e5c3e91189360facef2c8d0fb3e370c80e3af"),
            (
                Hash::Sha256,
                Purpose::Key,
                1000,
                "7f29e0c4e9e4e779659713ce5657a6a15da8fb27af908ff3c425811acb2006da6edb6362bd516e10baae4bea0993b61fe308c185041e28aa74f0ea1e9ff1a832a5bf657d109ccdc6ab4cbac248816e91cf48b2040f098bcde1b4451ecaa1e59a2f4adabf",
            ),
            (Hash::Sha256, Purpose::Iv, 1, "e3fb957700b7d36536033eb213aa0077"),
            (Hash::Sha256, Purpose::Mac, 7, "d88dcd4644f0f728ac508823c6e2ea6209744e9ea16f795d98013d4de5545026"),
            (
                Hash::Sha512,
                Purpose::Key,
                1000,
                "db511c7676fc2686cbdcc3e35c3eb92e59bbd9ff7119e2704b9e7ac586479c52bba481b5c648a9c976f3c77d1503dbe4b2678583c9e66cc50188c10ad5db048bb515b0e3b70fbf82b866a19292a0f6c762b9135a5020b068ae2b2c42244852cb7595c40b",
            ),
            (Hash::Sha512, Purpose::Iv, 1, "7f65ffe3438526c2409c59b50ce851f5"),
            (Hash::Sha512, Purpose::Mac, 7, "6bd5a6dafce4bcfa42bce57b6d91cf852ef7ddb26741af8433814b7717f2d5ef"),
            (
                Hash::Sm3,
                Purpose::Key,
                1000,
                "3b6283eff82a28979b7bfcc8b30834f7f44e7bb21d573f39f6d16fcd9d29729835e7e03dc9b1c49d90d0b5201be93659651a2ef9b7d5ca4e6234e81491ffbb94ed06298d57ae65f96e6eaf701bf71929357b7e827b7294140ba235554453eaa4e16d4c5c",
            ),
            (Hash::Sm3, Purpose::Iv, 1, "28bd9e61d16395fba6ec5f9915fe9ca0"),
            (Hash::Sm3, Purpose::Mac, 7, "30dff907a7d8bcea144c5c2cd6511f492cf2a770419f217a488cc0c69da472f8"),
        ] {
            let derived = derive(hash, purpose, &password, b"12345678", iterations, expected.len() / 2);
            assert_eq!(hex::lower(&derived), expected, "{} {purpose:?}", hash.name());
        }
    }

    #[test]
    fn an_empty_password_has_two_forms() {
        let derive = |password: &[u8]| derive(Hash::Sha1, Purpose::Mac, password, b"salt", 2, 20);
        assert_ne!(derive(&[0, 0]), derive(&[]));
        assert_eq!(derive(&[]).len(), 20);
    }
}
