//! Encrypted PKCS#8, written (RFC 5958 3).

use czei_sm2::{Entropy, SigningKey};

use super::{ENCRYPTED_PRIVATE_KEY, EncryptionSettings, Password, plain, scheme};
use crate::tlv;
use crate::{Error, pem};

/// Writes a private key as EncryptedPrivateKeyInfo in PEM (RFC 5958 3): PBES2 under a password,
/// with the public key in the inner key. The salt and the vector are drawn from `entropy`.
///
/// # Errors
/// [`Code::KeyIterations`](crate::Code::KeyIterations) outside of
/// [`EncryptionSettings::ITERATIONS`];
/// [`Code::KeyFileEntropy`](crate::Code::KeyFileEntropy).
///
/// ```
/// use czei_pki::{EncryptionSettings, KeyFile, Password, to_encrypted_pkcs8_pem};
///
/// let key = czei_sm2::SigningKey::generate().unwrap();
/// let password = Password::new("口令");
/// let settings = EncryptionSettings { iterations: 1_000, ..Default::default() };
/// let text = to_encrypted_pkcs8_pem(&key, &password, &settings, &mut czei_sm2::SystemEntropy)?;
/// let again = KeyFile::read(text.as_bytes(), Some(&password))?;
/// assert_eq!(again.key().verifying_key(), key.verifying_key());
/// # Ok::<(), czei_pki::Error>(())
/// ```
pub fn to_encrypted_pkcs8_pem(
    key: &SigningKey,
    password: &Password,
    settings: &EncryptionSettings,
    entropy: &mut dyn Entropy,
) -> Result<String, Error> {
    settings.check()?;
    let der = to_encrypted_der(key, password, settings, entropy)?;
    // Nothing secret: whoever has the password reads it from the file.
    Ok(pem::write(ENCRYPTED_PRIVATE_KEY, &der).to_string())
}

/// As [`to_encrypted_pkcs8_pem`], in DER and with any count of iterations.
pub(super) fn to_encrypted_der(
    key: &SigningKey,
    password: &Password,
    settings: &EncryptionSettings,
    entropy: &mut dyn Entropy,
) -> Result<Vec<u8>, Error> {
    let (algorithm, bytes) = scheme::seal(settings, password, &plain::to_pkcs8_der(key), entropy)?;
    Ok(tlv::write(tlv::SEQUENCE, &[&algorithm, &tlv::write(tlv::OCTET_STRING, &[&bytes])]))
}
