//! Encryption under a password: PBES2 (RFC 8018 6.2) and the schemes of PKCS#12 (RFC 7292 C).

use czei_codes::Code as _;
use czei_sm2::Entropy;
use zeroize::Zeroizing;

use super::budget::Budget;
use super::cipher::Cipher;
use super::hash::Hash;
use super::pkcs12_kdf::{self, Purpose};
use super::{EncryptionSettings, Password};
use crate::tlv::{self, Reader, Tlv};
use crate::{Code, Error, oid};

/// A password in the two forms that the schemes take it in.
pub(super) struct PasswordForms {
    pub(super) utf8: Zeroizing<Vec<u8>>,
    pub(super) bmp: Zeroizing<Vec<u8>>,
}

impl PasswordForms {
    pub(super) fn of(password: &Password) -> Self {
        PasswordForms { utf8: Zeroizing::new(password.utf8().to_vec()), bmp: password.bmp() }
    }
}

/// What was under the password.
pub(super) struct Opened {
    pub(super) bytes: Zeroizing<Vec<u8>>,
    /// The algorithms, for people.
    pub(super) description: String,
}

const PATH: &str = "EncryptedPrivateKeyInfo/encryptionAlgorithm";
const KDF: &str = "EncryptedPrivateKeyInfo/encryptionAlgorithm/keyDerivationFunc";
const ITERATIONS: &str = "EncryptedPrivateKeyInfo/encryptionAlgorithm/iterationCount";
const SALT: &str = "EncryptedPrivateKeyInfo/encryptionAlgorithm/salt";
const CIPHER: &str = "EncryptedPrivateKeyInfo/encryptionAlgorithm/encryptionScheme";
const CONTENT: &str = "EncryptedPrivateKeyInfo/encryptedData";

/// Decrypts bytes under an AlgorithmIdentifier, whose parts the reader has read.
///
/// # Errors
/// [`Code::KeyAlgorithmUnsupported`] with the identifier, [`Code::KeyIterations`],
/// [`Code::PrivateKeyMalformed`]; [`Code::PasswordWrong`] when what comes out is no plain text.
pub(super) fn open(
    reader: &Reader<'_>,
    (scheme, parameters): (&[u8], Option<Tlv<'_>>),
    bytes: &[u8],
    password: &PasswordForms,
    budget: &mut Budget,
) -> Result<Opened, Error> {
    let parameters = match parameters {
        Some(parameters) if parameters.tag == tlv::SEQUENCE => reader.over(parameters.content),
        _ if !is_known(scheme) => return Err(unsupported(PATH, scheme)),
        _ => return Err(reader.fault(PATH, "no parameters")),
    };
    let opened = match scheme {
        _ if scheme == oid::PBES2 => pbes2(parameters, bytes, password, budget)?,
        _ => pkcs12_scheme(scheme, parameters, bytes, password, budget)?,
    };
    // What is encrypted in key files is one SEQUENCE. A wrong password fits the padding once in
    // 256 times, and is told by this.
    let mut plain = reader.over(&opened.bytes);
    let is_sequence = plain.tlv(tlv::SEQUENCE, CONTENT).is_ok() && plain.is_empty();
    if is_sequence || opened.bytes.starts_with(&[tlv::SEQUENCE, 0x80]) { Ok(opened) } else { Err(wrong_password()) }
}

fn wrong_password() -> Error {
    Code::PasswordWrong.fault().at_path(CONTENT)
}

/// An algorithm that is not known here, by its identifier.
pub(super) fn unsupported(path: &'static str, id: &[u8]) -> Error {
    Code::KeyAlgorithmUnsupported.fault().at_path(path).found(oid::to_dotted(id))
}

fn is_known(scheme: &[u8]) -> bool {
    scheme == oid::PBES2 || pkcs12_cipher(scheme).is_some()
}

fn pbes2(
    mut parameters: Reader<'_>,
    bytes: &[u8],
    password: &PasswordForms,
    budget: &mut Budget,
) -> Result<Opened, Error> {
    let (kdf, kdf_parameters) = parameters.algorithm(KDF)?;
    let (cipher_id, cipher_parameters) = parameters.algorithm(CIPHER)?;
    parameters.finish(PATH)?;
    if kdf != oid::PBKDF2 {
        return Err(unsupported(KDF, kdf));
    }
    let cipher = Cipher::from_oid(cipher_id).ok_or_else(|| unsupported(CIPHER, cipher_id))?;
    let iv = match cipher_parameters {
        Some(iv) if iv.tag == tlv::OCTET_STRING && iv.content.len() == cipher.block() => iv.content,
        _ => return Err(parameters.fault(CIPHER, "no initialisation vector that fits")),
    };

    let Some(kdf_parameters) = kdf_parameters.filter(|parameters| parameters.tag == tlv::SEQUENCE) else {
        return Err(parameters.fault(KDF, "no parameters"));
    };
    let mut fields = parameters.over(kdf_parameters.content);
    if fields.peek() == Some(tlv::SEQUENCE) {
        let (source, _) = fields.algorithm(SALT)?;
        return Err(unsupported(SALT, source));
    }
    let salt = fields.content(tlv::OCTET_STRING, SALT)?;
    // The count comes before the digest that tells how much it costs.
    let mut count = fields;
    fields.integer(ITERATIONS)?;
    if fields.peek() == Some(tlv::INTEGER) && usize::from(fields.small(KDF)?) != cipher.key_length() {
        return Err(fields.fault(KDF, "a key length that does not fit the cipher"));
    }
    let (hash, hash_name) = if fields.is_empty() {
        (Hash::Sha1, "HMAC-SHA1".to_owned())
    } else {
        let (id, parameters) = fields.algorithm(KDF)?;
        if !tlv::absent_or_null(parameters) {
            return Err(fields.fault(KDF, "parameters"));
        }
        let hash = Hash::from_hmac_oid(id).ok_or_else(|| unsupported(KDF, id))?;
        // Two identifiers are in use for the one, so it is told which.
        let id = if hash == Hash::Sm3 { format!(" {}", oid::to_dotted(id)) } else { String::new() };
        (hash, format!("HMAC-{}{id}", hash.name()))
    };
    fields.finish(KDF)?;
    let blocks = cipher.key_length().div_ceil(hash.size());
    let iterations = budget.iterations(&mut count, ITERATIONS, blocks)?;
    check_length(&parameters, cipher, bytes)?;

    let mut key = Zeroizing::new(vec![0; cipher.key_length()]);
    hash.pbkdf2(&password.utf8, salt, iterations, &mut key);
    let bytes = cipher.decrypt(&key, iv, bytes).ok_or_else(wrong_password)?;
    Ok(Opened { bytes, description: format!("PBES2, {}, {hash_name}, {iterations} iterations", cipher.name()) })
}

/// The schemes with SHA-1 of RFC 7292 C, but for those with RC4, which nobody makes any more.
fn pkcs12_cipher(scheme: &[u8]) -> Option<Cipher> {
    match scheme {
        _ if scheme == oid::PBE_SHA1_3DES => Some(Cipher::TripleDes),
        _ if scheme == oid::PBE_SHA1_2DES => Some(Cipher::TwoKeyTripleDes),
        _ if scheme == oid::PBE_SHA1_RC2_128 => Some(Cipher::Rc2With128Bits),
        _ if scheme == oid::PBE_SHA1_RC2_40 => Some(Cipher::Rc2With40Bits),
        _ => None,
    }
}

fn pkcs12_scheme(
    scheme: &[u8],
    mut parameters: Reader<'_>,
    bytes: &[u8],
    password: &PasswordForms,
    budget: &mut Budget,
) -> Result<Opened, Error> {
    let cipher = pkcs12_cipher(scheme).ok_or_else(|| unsupported(PATH, scheme))?;
    let salt = parameters.content(tlv::OCTET_STRING, SALT)?;
    let blocks = cipher.key_length().div_ceil(Hash::Sha1.size()) + 1;
    let iterations = budget.iterations(&mut parameters, ITERATIONS, blocks)?;
    parameters.finish(PATH)?;
    check_length(&parameters, cipher, bytes)?;
    let derive = |purpose, length| pkcs12_kdf::derive(Hash::Sha1, purpose, &password.bmp, salt, iterations, length);
    let key = derive(Purpose::Key, cipher.key_length());
    let iv = derive(Purpose::Iv, cipher.block());
    let bytes = cipher.decrypt(&key, &iv, bytes).ok_or_else(wrong_password)?;
    Ok(Opened { bytes, description: format!("PKCS#12 with SHA1, {}, {iterations} iterations", cipher.name()) })
}

/// Padded text has whole blocks; what has not was cut off, under whatever password.
fn check_length(reader: &Reader<'_>, cipher: Cipher, bytes: &[u8]) -> Result<(), Error> {
    if bytes.is_empty() || !bytes.len().is_multiple_of(cipher.block()) {
        return Err(reader.fault(CONTENT, format!("{} bytes, no whole blocks", bytes.len())));
    }
    Ok(())
}

/// Encrypts with PBES2: the AlgorithmIdentifier and the bytes.
pub(super) fn seal(
    settings: &EncryptionSettings,
    password: &Password,
    plain: &[u8],
    entropy: &mut dyn Entropy,
) -> Result<(Vec<u8>, Vec<u8>), Error> {
    let (cipher, hash, hmac) = settings.encryption.algorithms();
    let salt = fresh::<16>(entropy)?;
    let iv = fresh::<16>(entropy)?;
    let mut key = Zeroizing::new(vec![0; cipher.key_length()]);
    hash.pbkdf2(password.utf8(), &salt, settings.iterations, &mut key);
    // Written ciphers take the keys and vectors of their own lengths.
    let bytes = cipher.encrypt(&key, &iv, plain).ok_or(Code::KeyAlgorithmUnsupported)?;

    let hmac = tlv::write(tlv::SEQUENCE, &[&tlv::write(tlv::OID, &[hmac]), &[tlv::NULL, 0]]);
    let kdf = tlv::write(
        tlv::SEQUENCE,
        &[&tlv::write(tlv::OCTET_STRING, &[&salt]), &tlv::write_unsigned(&settings.iterations.to_be_bytes()), &hmac],
    );
    let kdf = tlv::write(tlv::SEQUENCE, &[&tlv::write(tlv::OID, &[oid::PBKDF2]), &kdf]);
    let cipher_id = tlv::write(tlv::OID, &[cipher.oid().unwrap_or_default()]);
    let scheme = tlv::write(tlv::SEQUENCE, &[&cipher_id, &tlv::write(tlv::OCTET_STRING, &[&iv])]);
    let parameters = tlv::write(tlv::SEQUENCE, &[&kdf, &scheme]);
    Ok((tlv::write(tlv::SEQUENCE, &[&tlv::write(tlv::OID, &[oid::PBES2]), &parameters]), bytes))
}

/// Fresh random bytes.
pub(super) fn fresh<const LENGTH: usize>(entropy: &mut dyn Entropy) -> Result<[u8; LENGTH], Error> {
    let mut bytes = [0; LENGTH];
    entropy.fill(&mut bytes).map_err(|error| {
        let fault = Code::KeyFileEntropy.fault();
        match error.found_text() {
            Some(found) => fault.found(found),
            None => fault,
        }
    })?;
    Ok(bytes)
}
