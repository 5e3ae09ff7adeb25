//! How keys are encrypted when they are written.

use core::fmt;
use core::str::FromStr;

use czei_codes::Code as _;

use super::cipher::Cipher;
use super::hash::Hash;
use crate::{Code, Error, oid};

/// The algorithms that a written key file is encrypted with, all of PBES2 (RFC 8018).
///
/// The default is what most readers read: OpenSSL, BouncyCastle and gmsm take AES-256 with
/// HMAC-SHA256, while HMAC-SM3 has two identifiers and OpenSSL 3.0 reads neither, nor
/// BouncyCastle 1.72 a PKCS#12 file with a MAC of SM3. No standard asks for SM4 in a key file; a
/// house rule may, and then there is [`KeyEncryption::Sm4Sm3`].
///
/// ```
/// use czei_pki::KeyEncryption;
///
/// assert_eq!(KeyEncryption::default(), "aes256-sha256".parse()?);
/// # Ok::<(), czei_pki::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum KeyEncryption {
    /// SM4-CBC and HMAC-SM3 (GB/T 32907-2016, GB/T 15852.2-2012) under the identifier
    /// 1.2.156.10197.1.401.2.
    Sm4Sm3,
    /// AES-256-CBC and HMAC-SHA256.
    #[default]
    Aes256Sha256,
}

impl KeyEncryption {
    /// All of them.
    pub const ALL: &'static [KeyEncryption] = &[KeyEncryption::Sm4Sm3, KeyEncryption::Aes256Sha256];

    /// The name in settings: `sm4-sm3` or `aes256-sha256`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            KeyEncryption::Sm4Sm3 => "sm4-sm3",
            KeyEncryption::Aes256Sha256 => "aes256-sha256",
        }
    }

    /// Cipher, digest, and the identifier of the HMAC with it.
    pub(super) const fn algorithms(self) -> (Cipher, Hash, &'static [u8]) {
        match self {
            KeyEncryption::Sm4Sm3 => (Cipher::Sm4, Hash::Sm3, oid::HMAC_SM3),
            KeyEncryption::Aes256Sha256 => (Cipher::Aes256, Hash::Sha256, oid::HMAC_SHA256),
        }
    }
}

impl fmt::Display for KeyEncryption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for KeyEncryption {
    type Err = Error;

    /// # Errors
    /// [`Code::KeyAlgorithmUnsupported`] for another name.
    fn from_str(name: &str) -> Result<Self, Error> {
        Self::ALL.iter().copied().find(|encryption| encryption.name() == name).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|encryption| encryption.name()).collect();
            Code::KeyAlgorithmUnsupported
                .fault()
                .expected(names.join(", "))
                .found(name.chars().take(40).collect::<String>())
        })
    }
}

/// How a written key file is protected.
///
/// ```
/// use czei_pki::{EncryptionSettings, KeyEncryption};
///
/// let settings = EncryptionSettings { encryption: KeyEncryption::Sm4Sm3, ..Default::default() };
/// assert_eq!(settings.iterations, 600_000);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EncryptionSettings {
    /// The algorithms.
    pub encryption: KeyEncryption,
    /// How often PBKDF2 turns: 1,000 to 10,000,000. Each turn costs the owner and a guesser alike;
    /// 600,000 take a fraction of a second.
    pub iterations: u32,
}

impl EncryptionSettings {
    /// The bounds of [`EncryptionSettings::iterations`]: RFC 8018 4.2 asks for 1,000 at least.
    pub const ITERATIONS: core::ops::RangeInclusive<u32> = 1_000..=10_000_000;

    /// # Errors
    /// [`Code::KeyIterations`].
    pub(super) fn check(&self) -> Result<(), Error> {
        if Self::ITERATIONS.contains(&self.iterations) {
            return Ok(());
        }
        let bounds = format!("{} to {}", Self::ITERATIONS.start(), Self::ITERATIONS.end());
        Err(Code::KeyIterations.fault().expected(bounds).found(self.iterations.to_string()))
    }
}

impl Default for EncryptionSettings {
    /// [`KeyEncryption::default`] with 600,000 iterations, what OWASP asks for PBKDF2 with SHA-256.
    fn default() -> Self {
        EncryptionSettings { encryption: KeyEncryption::default(), iterations: 600_000 }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn names_lead_back() {
        for encryption in KeyEncryption::ALL {
            assert_eq!(encryption.to_string().parse::<KeyEncryption>().unwrap(), *encryption);
        }
        let fault = "AES".parse::<KeyEncryption>().unwrap_err();
        assert_eq!(fault.code(), Code::KeyAlgorithmUnsupported);
        assert_eq!((fault.expected_text(), fault.found_text()), (Some("sm4-sm3, aes256-sha256"), Some("AES")));
    }

    #[test]
    fn iterations_have_bounds() {
        let check = |iterations| EncryptionSettings { iterations, ..Default::default() }.check();
        EncryptionSettings::default().check().unwrap();
        check(1_000).unwrap();
        check(10_000_000).unwrap();
        for iterations in [0, 999, 10_000_001, u32::MAX] {
            let fault = check(iterations).unwrap_err();
            assert_eq!(fault.code(), Code::KeyIterations);
            assert_eq!(fault.expected_text(), Some("1000 to 10000000"));
        }
    }
}
