//! Private keys in files: PKCS#8, SEC1, PKCS#12 and CFCA's `.sm2`, with or without a password.

mod budget;
mod cfca;
mod cipher;
mod encryption;
mod hash;
mod password;
mod pkcs12;
mod pkcs12_kdf;
mod pkcs12_write;
mod pkcs8_write;
mod plain;
mod scheme;

use core::fmt;
use std::sync::Arc;

use czei_codes::Code as _;
use czei_sm2::SigningKey;
use zeroize::Zeroizing;

use self::budget::Budget;
use self::scheme::{Opened, PasswordForms};
use crate::certificate::is_certificate_label;
use crate::signer::{certificate_for, is_to_sign_with};
use crate::tlv::{self, Reader};
use crate::{Certificate, Code, Error, pem, signer_usage};

pub use self::encryption::{EncryptionSettings, KeyEncryption};
pub use self::password::Password;
pub use self::pkcs8_write::to_encrypted_pkcs8_pem;
pub use self::pkcs12_write::to_pkcs12;
pub use self::plain::{to_pkcs8_der, to_pkcs8_pem, to_sec1_pem};

const PRIVATE_KEY: &str = "PRIVATE KEY";
const EC_PRIVATE_KEY: &str = "EC PRIVATE KEY";
const ENCRYPTED_PRIVATE_KEY: &str = "ENCRYPTED PRIVATE KEY";
/// The labels of blocks with keys; the last two as GmSSL and CFCA's kit write them.
const KEY_LABELS: &[&str] = &[PRIVATE_KEY, EC_PRIVATE_KEY, ENCRYPTED_PRIVATE_KEY, "SM2 PRIVATE KEY", "CFCA KEY"];
/// The curve of a key, before it, as OpenSSL's `ecparam -genkey` writes it.
const EC_PARAMETERS: &str = "EC PARAMETERS";

/// Whether a block holds a private key, readable here or not.
pub(crate) fn is_key_label(label: &str) -> bool {
    KEY_LABELS.contains(&label) || label.ends_with(PRIVATE_KEY)
}

/// The format that a key was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyFormat {
    /// PrivateKeyInfo (RFC 5208, RFC 5958).
    Pkcs8,
    /// EncryptedPrivateKeyInfo (RFC 5958 3).
    Pkcs8Encrypted,
    /// ECPrivateKey (RFC 5915).
    Sec1,
    /// PFX (RFC 7292).
    Pkcs12,
    /// The `.sm2` file of CFCA.
    CfcaSm2,
}

impl KeyFormat {
    /// The name in output: `pkcs8`, `pkcs8-encrypted`, `sec1`, `pkcs12` or `cfca-sm2`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            KeyFormat::Pkcs8 => "pkcs8",
            KeyFormat::Pkcs8Encrypted => "pkcs8-encrypted",
            KeyFormat::Sec1 => "sec1",
            KeyFormat::Pkcs12 => "pkcs12",
            KeyFormat::CfcaSm2 => "cfca-sm2",
        }
    }
}

impl fmt::Display for KeyFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A private key as it was read from a file, with the certificates that the file holds.
///
/// ```
/// use czei_pki::{KeyFile, KeyFormat, to_pkcs8_pem};
///
/// let key = czei_sm2::SigningKey::generate().unwrap();
/// let file = KeyFile::read(to_pkcs8_pem(&key).as_bytes(), None)?;
/// assert_eq!(file.format(), KeyFormat::Pkcs8);
/// assert_eq!(file.encryption(), None);
/// assert!(file.certificate().is_none());
/// assert_eq!(file.into_key().verifying_key(), key.verifying_key());
/// # Ok::<(), czei_pki::Error>(())
/// ```
#[derive(Debug)]
pub struct KeyFile {
    key: SigningKey,
    /// The own certificate first, when `has_own`.
    certificates: Vec<Arc<Certificate>>,
    has_own: bool,
    format: KeyFormat,
    encryption: Option<String>,
    integrity: Option<String>,
}

impl KeyFile {
    /// The most bytes of a key file: 1 MiB.
    pub const MAX_BYTES: usize = 1 << 20;

    /// The most iterations that [`KeyFile::read`] spends on a whole file, counted once for each
    /// block of a digest that is derived: about two seconds of work with SHA-1 and SHA-256 on a
    /// machine with instructions for them, about ten with SHA-384, SHA-512 and SM3, or without.
    /// Files of today's tools ask for 2,048 to 600,000; [`KeyFile::read_within`] sets another limit.
    pub const MAX_ITERATIONS: u32 = 10_000_000;

    /// Reads the content of a file. The format is recognised by the content:
    ///
    /// - PKCS#8 (RFC 5208, RFC 5958) with or without the curve in the inner key, SEC1 (RFC 5915)
    ///   with the curve;
    /// - PKCS#8 under PBES2 (RFC 8018): PBKDF2 with HMAC-SHA1, SHA256, SHA384, SHA512 or SM3, and
    ///   AES, SM4 or 3DES in CBC; or under the SHA-1 schemes of PKCS#12 but RC4;
    /// - PKCS#12 (RFC 7292), in BER too, with a MAC by password or none;
    /// - the `.sm2` files of CFCA;
    ///
    /// in PEM, where the certificates in the file are read too, in DER, or in bare base64. Of
    /// several keys the one counts that has a certificate to sign with; keys of other algorithms are
    /// passed over. A public key that stands beside the private one, and a certificate that the file
    /// assigns to it, must belong to it.
    ///
    /// A password that is not needed is not looked at.
    ///
    /// # Errors
    /// - [`Code::PasswordNeeded`], [`Code::PasswordWrong`];
    /// - [`Code::KeyAlgorithmUnsupported`] with the identifier of the algorithm;
    /// - [`Code::KeyFileSize`], [`Code::KeyIterations`] beyond the limits;
    /// - [`Code::PemMalformed`], [`Code::PemNoBlock`], [`Code::PrivateKeyMalformed`], and the codes
    ///   of [`Certificate::from_der`];
    /// - [`Code::PrivateKeyNotSm2`] for another algorithm or curve, or a SEC1 key that names none;
    ///   [`Code::KeyExplicitCurve`]; [`Code::PrivateKeyRange`] outside of 1 to n-2;
    /// - [`Code::PrivateKeyPublicMismatch`], [`Code::SignerKeyMismatch`];
    /// - [`Code::KeyFileNoKey`], [`Code::KeyFileSeveralKeys`]; [`Code::KeyFileNotSigning`] when the
    ///   key's certificate may not sign and that of another, absent key may.
    pub fn read(bytes: &[u8], password: Option<&Password>) -> Result<KeyFile, Error> {
        Self::read_within(bytes, password, Self::MAX_ITERATIONS)
    }

    /// As [`KeyFile::read`], with another limit than [`KeyFile::MAX_ITERATIONS`]: for files from
    /// strangers, or for one that asks for more.
    ///
    /// # Errors
    /// Those of [`KeyFile::read`].
    pub fn read_within(bytes: &[u8], password: Option<&Password>, iterations: u32) -> Result<KeyFile, Error> {
        if bytes.len() > Self::MAX_BYTES {
            let most = format!("at most {} bytes", Self::MAX_BYTES);
            return Err(Code::KeyFileSize.fault().expected(most).found(format!("{} bytes", bytes.len())));
        }
        let mut budget = Budget::new(iterations);
        if pem::is_pem(bytes) {
            return from_pem(bytes, password, &mut budget)?.choose();
        }
        // Some tools write a file's DER as one line of base64 and nothing around it.
        let bare = bare_base64(bytes);
        let der = bare.as_ref().map_or(bytes, |bare| &bare[..]);
        from_der(der, None, password, &mut budget)?.choose()
    }

    /// The private key.
    #[must_use]
    pub fn key(&self) -> &SigningKey {
        &self.key
    }

    /// The private key alone.
    #[must_use]
    pub fn into_key(self) -> SigningKey {
        self.key
    }

    /// The certificate in the file that belongs to the key; of several the one to sign with that is
    /// valid the longest.
    #[must_use]
    pub fn certificate(&self) -> Option<&Arc<Certificate>> {
        self.certificates.first().filter(|_| self.has_own)
    }

    /// All certificates in the file, the own one first, the others in the order of the file.
    #[must_use]
    pub fn certificates(&self) -> &[Arc<Certificate>] {
        &self.certificates
    }

    /// The format of the file.
    #[must_use]
    pub fn format(&self) -> KeyFormat {
        self.format
    }

    /// How the key was encrypted, for people: `PBES2, SM4-CBC, HMAC-SM3 1.2.156.10197.1.401.2,
    /// 65536 iterations`. Nothing when it was not.
    #[must_use]
    pub fn encryption(&self) -> Option<&str> {
        self.encryption.as_deref()
    }

    /// How a PKCS#12 file is protected against changes by its password, for people: `HMAC-SHA256, 2048 iterations`.
    /// Whoever guesses the password can try it here too.
    #[must_use]
    pub fn integrity(&self) -> Option<&str> {
        self.integrity.as_deref()
    }
}

/// What a file holds, before one key is chosen.
#[derive(Default)]
struct Contents {
    keys: Vec<FoundKey>,
    certificates: Vec<Arc<Certificate>>,
    /// Why a key of another algorithm was passed over: it may stand beside the one that is looked for.
    other_key: Option<Error>,
    integrity: Option<String>,
}

struct FoundKey {
    key: SigningKey,
    format: KeyFormat,
    encryption: Option<String>,
}

impl FoundKey {
    fn owns(&self, certificate: &Certificate) -> bool {
        certificate.verifying_key().is_ok_and(|key| key == self.key.verifying_key())
    }
}

impl Contents {
    /// One key that was read, or is of another algorithm.
    fn of_one(key: Result<FoundKey, Error>) -> Result<Self, Error> {
        let mut contents = Contents::default();
        match key {
            Ok(key) => contents.keys.push(key),
            Err(fault) if fault.code() == Code::PrivateKeyNotSm2 => contents.other_key = Some(fault),
            Err(fault) => return Err(fault),
        }
        Ok(contents)
    }

    /// Users in China commonly hold two keys with two certificates, and a file may have both: the
    /// key to take is the one whose certificate may sign.
    fn choose(self) -> Result<KeyFile, Error> {
        let Contents { keys, mut certificates, other_key, integrity } = self;
        let mut distinct: Vec<FoundKey> = Vec::new();
        for found in keys {
            if distinct.iter().all(|known| known.key.verifying_key() != found.key.verifying_key()) {
                distinct.push(found);
            }
        }
        let may_sign = |certificate: &Certificate| signer_usage(certificate).is_ok();
        let count = distinct.len();
        if count > 1 {
            distinct
                .retain(|key| certificates.iter().any(|certificate| key.owns(certificate) && may_sign(certificate)));
        }
        let found = match (distinct.pop(), distinct.is_empty()) {
            (Some(found), true) => found,
            _ if count == 0 => return Err(other_key.unwrap_or_else(|| Code::KeyFileNoKey.into())),
            _ => return Err(Code::KeyFileSeveralKeys.fault().expected("one key").found(format!("{count} keys"))),
        };
        let own = certificate_for(found.key.verifying_key(), &certificates);
        if let Some(own) = own {
            // The signing key itself may have stayed in a device when the two were exported.
            if let Err(fault) = signer_usage(&certificates[own])
                && certificates.iter().any(|certificate| is_to_sign_with(certificate))
            {
                let found = fault.found_text().unwrap_or_default();
                return Err(Code::KeyFileNotSigning
                    .fault()
                    .at_path(certificates[own].subject().to_rfc4514())
                    .expected("digitalSignature, nonRepudiation")
                    .found(found));
            }
            certificates[..=own].rotate_right(1);
        }
        let FoundKey { key, format, encryption } = found;
        Ok(KeyFile { key, certificates, has_own: own.is_some(), format, encryption, integrity })
    }
}

fn from_pem(text: &[u8], password: Option<&Password>, budget: &mut Budget) -> Result<Contents, Error> {
    let wanted = |label: &str| is_key_label(label) || is_certificate_label(label) || label == EC_PARAMETERS;
    let blocks = pem::blocks(text, wanted)?;
    if !blocks.iter().any(|block| is_key_label(block.label)) {
        return Err(Code::PemNoBlock.fault().expected(PRIVATE_KEY).found(pem::labels(text)));
    }
    if blocks.len() > pkcs12::MOST_BAGS {
        let most = format!("<= {}", pkcs12::MOST_BAGS);
        return Err(Code::KeyFileSize.fault().expected(most).found(blocks.len().to_string()));
    }
    let mut all = Contents::default();
    let mut curve = None;
    for block in &blocks {
        if is_certificate_label(block.label) {
            all.certificates.push(Arc::new(Certificate::from_der(&block.bytes)?));
        } else if block.label == EC_PARAMETERS {
            curve = Some(&block.bytes[..]);
        } else if !KEY_LABELS.contains(&block.label) {
            all.other_key = Some(Code::PrivateKeyNotSm2.fault().expected("SM2").found(block.label));
        } else if block.is_encrypted {
            // RFC 1421 as OpenSSL used it: the key is one MD5 of the password.
            let found = "the PEM encryption of old OpenSSL (DEK-Info, MD5)";
            return Err(Code::KeyAlgorithmUnsupported.fault().at_path(block.label).found(found));
        } else {
            let contents = from_der(&block.bytes, curve.take(), password, budget)?;
            all.keys.extend(contents.keys);
            all.certificates.extend(contents.certificates);
            all.other_key = contents.other_key.or(all.other_key);
            all.integrity = contents.integrity.or(all.integrity);
        }
    }
    Ok(all)
}

/// All the formats are one SEQUENCE; its first fields tell them apart.
fn from_der(
    bytes: &[u8],
    curve: Option<&[u8]>,
    password: Option<&Password>,
    budget: &mut Budget,
) -> Result<Contents, Error> {
    const PATH: &str = "PrivateKeyInfo";
    // Only PKCS#12 is ever written with indefinite lengths.
    if bytes.starts_with(&[tlv::SEQUENCE, 0x80]) {
        return pkcs12::read(bytes, password, budget);
    }
    let mut reader = Reader::new(bytes, Code::PrivateKeyMalformed);
    if let Some(found) = foreign_format(bytes) {
        return Err(reader.fault(PATH, found));
    }
    let fields = reader.enter(tlv::SEQUENCE, PATH)?;
    reader.finish(PATH)?;
    let mut ahead = fields;
    if fields.peek() == Some(tlv::SEQUENCE) {
        // An algorithm and an OCTET STRING are an EncryptedPrivateKeyInfo; an algorithm and a
        // BIT STRING are a public key.
        ahead.any(PATH)?;
        return match ahead.peek() {
            Some(tlv::OCTET_STRING) => encrypted(bytes, password, budget),
            Some(tlv::BIT_STRING) => Err(fields.fault(PATH, "a public key")),
            _ => Err(fields.fault("PrivateKeyInfo/version", "SEQUENCE, as certificates and requests begin")),
        };
    }
    if ahead.small("PrivateKeyInfo/version")? == 3 {
        return pkcs12::read(bytes, password, budget);
    }
    if cfca::is(&fields) {
        return cfca::read(fields, password);
    }
    let read = plain::read(bytes, curve);
    Contents::of_one(read.map(|(key, format)| FoundKey { key, format, encryption: None }))
}

/// Files that are no DER and whose first bytes tell what they are.
fn foreign_format(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xfe, 0xed, 0xfe, 0xed, ..] => {
            Some("a Java key store (JKS): convert it with keytool -importkeystore -deststoretype PKCS12")
        }
        [0xce, 0xce, 0xce, 0xce, ..] => {
            Some("a Java key store (JCEKS): convert it with keytool -importkeystore -deststoretype PKCS12")
        }
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("text in UTF-16: save it as UTF-8"),
        _ => None,
    }
}

fn encrypted(bytes: &[u8], password: Option<&Password>, budget: &mut Budget) -> Result<Contents, Error> {
    let password = PasswordForms::of(password.ok_or(Code::PasswordNeeded)?);
    let opened = open_encrypted(Reader::new(bytes, Code::PrivateKeyMalformed), &password, budget)?;
    let read = plain::read(&opened.bytes, None);
    let encryption = Some(opened.description);
    Contents::of_one(read.map(|(key, _)| FoundKey { key, format: KeyFormat::Pkcs8Encrypted, encryption }))
}

/// Decrypts an EncryptedPrivateKeyInfo.
fn open_encrypted(mut reader: Reader<'_>, password: &PasswordForms, budget: &mut Budget) -> Result<Opened, Error> {
    const PATH: &str = "EncryptedPrivateKeyInfo";
    let mut fields = reader.enter(tlv::SEQUENCE, PATH)?;
    reader.finish(PATH)?;
    let algorithm = fields.algorithm("EncryptedPrivateKeyInfo/encryptionAlgorithm")?;
    let bytes = fields.content(tlv::OCTET_STRING, "EncryptedPrivateKeyInfo/encryptedData")?;
    fields.finish(PATH)?;
    scheme::open(&fields, algorithm, bytes, password, budget)
}

/// The bytes, when the file is base64 of a SEQUENCE and nothing else.
pub(crate) fn bare_base64(bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    // The base64 of a SEQUENCE begins with M; DER never does.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.trim_ascii_start().first() != Some(&b'M') {
        return None;
    }
    let mut digits = Zeroizing::new(Vec::with_capacity(bytes.len()));
    digits.extend(bytes.iter().filter(|byte| !byte.is_ascii_whitespace()));
    pem::decode_base64(&digits)
}

#[cfg(test)]
mod encrypted_tests;
#[cfg(test)]
mod pkcs12_tests;
#[cfg(test)]
mod tests;
