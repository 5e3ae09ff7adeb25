//! Block ciphers of key files, all in CBC with the padding of RFC 8018 (PKCS#7).

use aes::{Aes128, Aes192, Aes256};
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{
    BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt as _, BlockModeEncrypt as _, InnerIvInit as _, KeyInit,
};
use des::{TdesEde2, TdesEde3};
use rc2::Rc2;
use sm4::Sm4;
use zeroize::Zeroizing;

use crate::oid;

/// A cipher with its length of key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cipher {
    Aes128,
    Aes192,
    Aes256,
    Sm4,
    TripleDes,
    TwoKeyTripleDes,
    Rc2With128Bits,
    Rc2With40Bits,
}

impl Cipher {
    /// Those of PBES2.
    pub(super) fn from_oid(id: &[u8]) -> Option<Self> {
        [Cipher::Aes128, Cipher::Aes192, Cipher::Aes256, Cipher::Sm4, Cipher::TripleDes]
            .into_iter()
            .find(|cipher| cipher.oid() == Some(id))
    }

    /// The identifier in PBES2; the ciphers of PKCS#12's own schemes have none by themselves.
    pub(super) fn oid(self) -> Option<&'static [u8]> {
        match self {
            Cipher::Aes128 => Some(oid::AES_128_CBC),
            Cipher::Aes192 => Some(oid::AES_192_CBC),
            Cipher::Aes256 => Some(oid::AES_256_CBC),
            Cipher::Sm4 => Some(oid::SM4_CBC),
            Cipher::TripleDes => Some(oid::DES_EDE3_CBC),
            Cipher::TwoKeyTripleDes | Cipher::Rc2With128Bits | Cipher::Rc2With40Bits => None,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Cipher::Aes128 => "AES-128-CBC",
            Cipher::Aes192 => "AES-192-CBC",
            Cipher::Aes256 => "AES-256-CBC",
            Cipher::Sm4 => "SM4-CBC",
            Cipher::TripleDes => "3DES-CBC",
            Cipher::TwoKeyTripleDes => "two-key 3DES-CBC",
            Cipher::Rc2With128Bits => "RC2-CBC with 128 bits",
            Cipher::Rc2With40Bits => "RC2-CBC with 40 bits",
        }
    }

    /// In bytes.
    pub(super) fn key_length(self) -> usize {
        match self {
            Cipher::Aes128 | Cipher::Sm4 | Cipher::TwoKeyTripleDes | Cipher::Rc2With128Bits => 16,
            Cipher::Aes192 | Cipher::TripleDes => 24,
            Cipher::Aes256 => 32,
            Cipher::Rc2With40Bits => 5,
        }
    }

    /// The length of a block, and of the initialisation vector, in bytes.
    pub(super) fn block(self) -> usize {
        match self {
            Cipher::Aes128 | Cipher::Aes192 | Cipher::Aes256 | Cipher::Sm4 => 16,
            Cipher::TripleDes | Cipher::TwoKeyTripleDes | Cipher::Rc2With128Bits | Cipher::Rc2With40Bits => 8,
        }
    }

    /// The plain text, or nothing when the padding does not fit: then the key is another one.
    pub(super) fn decrypt(self, key: &[u8], iv: &[u8], bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        match self {
            Cipher::Aes128 => decrypt::<Aes128>(key, iv, bytes),
            Cipher::Aes192 => decrypt::<Aes192>(key, iv, bytes),
            Cipher::Aes256 => decrypt::<Aes256>(key, iv, bytes),
            Cipher::Sm4 => decrypt::<Sm4>(key, iv, bytes),
            Cipher::TripleDes => decrypt::<TdesEde3>(key, iv, bytes),
            Cipher::TwoKeyTripleDes => decrypt::<TdesEde2>(key, iv, bytes),
            // The effective length of the key is its length.
            Cipher::Rc2With128Bits | Cipher::Rc2With40Bits => decrypt::<Rc2>(key, iv, bytes),
        }
    }

    /// Only the ciphers that are written; for the others nothing.
    pub(super) fn encrypt(self, key: &[u8], iv: &[u8], bytes: &[u8]) -> Option<Vec<u8>> {
        match self {
            Cipher::Aes256 => encrypt::<Aes256>(key, iv, bytes),
            Cipher::Sm4 => encrypt::<Sm4>(key, iv, bytes),
            _ => None,
        }
    }
}

fn decrypt<C: BlockCipherDecrypt + KeyInit>(key: &[u8], iv: &[u8], bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let cipher = C::new_from_slice(key).ok()?;
    let mode = cbc::Decryptor::inner_iv_slice_init(cipher, iv).ok()?;
    let mut buffer = Zeroizing::new(bytes.to_vec());
    let length = mode.decrypt_padded::<Pkcs7>(&mut buffer).ok()?.len();
    buffer.truncate(length);
    Some(buffer)
}

fn encrypt<C: BlockCipherEncrypt + KeyInit>(key: &[u8], iv: &[u8], bytes: &[u8]) -> Option<Vec<u8>> {
    let cipher = C::new_from_slice(key).ok()?;
    let mode = cbc::Encryptor::inner_iv_slice_init(cipher, iv).ok()?;
    // Reserved in full, so that growing leaves no copies of the plain text behind.
    let mut buffer = Vec::with_capacity(bytes.len() + iv.len());
    buffer.extend_from_slice(bytes);
    buffer.resize(bytes.len() + iv.len(), 0);
    let length = mode.encrypt_padded::<Pkcs7>(&mut buffer, bytes.len()).ok()?.len();
    buffer.truncate(length);
    Some(buffer)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::hex;

    #[test]
    fn known_answers() {
        // Each "the plain text" under the key 00 01 02 .. and the vector 10 11 12 .., by OpenSSL 3.0's enc.
        for (cipher, text) in [
            (Cipher::Aes128, "e2982762045bf510303be60b38db057c"),
            (Cipher::Aes192, "2665e42cd52def31c04de14683d3e096"),
            (Cipher::Aes256, "2fb0b66ffba60b66498546fa830252c6"),
            (Cipher::Sm4, "f6e296d9cebda375274ea210d3e971e1"),
            (Cipher::TripleDes, "6c414a8deaa855dc46c517c646e7c427"),
            (Cipher::TwoKeyTripleDes, "0cd54769809e4ce4651e3912f790f1d9"),
            (Cipher::Rc2With128Bits, "03fcbc301c2a57c511f0dfb1936edaca"),
            (Cipher::Rc2With40Bits, "a0d3c572cf03a062fb6779cd4f7013aa"),
        ] {
            let key: Vec<u8> = (0..).take(cipher.key_length()).collect();
            let iv: Vec<u8> = (0x10..).take(cipher.block()).collect();
            let bytes = hex::decode(text).unwrap();
            assert_eq!(**cipher.decrypt(&key, &iv, &bytes).unwrap(), *b"the plain text", "{}", cipher.name());
            if matches!(cipher, Cipher::Aes256 | Cipher::Sm4) {
                assert_eq!(cipher.encrypt(&key, &iv, b"the plain text").unwrap(), bytes);
            }
        }
    }

    #[test]
    fn wrong_keys_vectors_and_lengths_give_nothing() {
        let (key, iv) = ([1; 32], [2; 16]);
        let bytes = Cipher::Aes256.encrypt(&key, &iv, &[3; 32]).unwrap();
        assert_eq!(bytes.len(), 48);
        assert!(Cipher::Aes256.decrypt(&key, &iv, &bytes).is_some());
        assert!(Cipher::Aes256.decrypt(&key[..31], &iv, &bytes).is_none());
        assert!(Cipher::Aes256.decrypt(&key, &iv[..15], &bytes).is_none());
        assert!(Cipher::Aes256.decrypt(&key, &iv, &bytes[..47]).is_none());
        assert!(Cipher::Aes256.decrypt(&key, &iv, &[]).is_none());
        assert!(Cipher::Aes128.encrypt(&key, &iv, &bytes).is_none());
    }
}
