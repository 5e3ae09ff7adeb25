//! The `.sm2` key files of CFCA: a certificate, and the key under SM4 with a key made of the
//! password. CFCA has not published the format; this is what its tools write and read.

use std::sync::Arc;

use czei_codes::Code as _;
use czei_sm2::{SigningKey, Sm3};
use zeroize::Zeroizing;

use super::cipher::Cipher;
use super::{Contents, FoundKey, KeyFormat, Password, scheme};
use crate::tlv::{self, Reader};
use crate::{Certificate, Code, Error, oid};

const KEY: &str = "CfcaSm2/encryptedKey";
const CERTIFICATE: &str = "CfcaSm2/certificate";

/// Whether the fields, from the version on, are those of such a file rather than of PKCS#8: an
/// algorithm has one parameter at most, and here there are three elements.
pub(super) fn is(fields: &Reader<'_>) -> bool {
    let mut fields = *fields;
    let mut third = || {
        fields.small(KEY)?;
        let mut key = fields.enter(tlv::SEQUENCE, KEY)?;
        key.oid(KEY)?;
        key.oid(KEY)?;
        key.content(tlv::OCTET_STRING, KEY)
    };
    third().is_ok()
}

/// Reads the fields, from the version on.
pub(super) fn read(mut fields: Reader<'_>, password: Option<&Password>) -> Result<Contents, Error> {
    let version = fields.small("CfcaSm2/version")?;
    if version != 1 {
        return Err(fields.fault("CfcaSm2/version", version.to_string()));
    }
    let mut key = fields.enter(tlv::SEQUENCE, KEY)?;
    let mut certificate = fields.enter(tlv::SEQUENCE, CERTIFICATE)?;
    fields.finish("CfcaSm2")?;
    let key_type = key.oid(KEY)?;
    let algorithm = key.oid(KEY)?;
    let encrypted = key.content(tlv::OCTET_STRING, KEY)?;
    key.finish(KEY)?;
    let certificate_type = certificate.oid(CERTIFICATE)?;
    let der = certificate.content(tlv::OCTET_STRING, CERTIFICATE)?;
    certificate.finish(CERTIFICATE)?;
    for (content_type, path) in [(key_type, KEY), (certificate_type, CERTIFICATE)] {
        if content_type != oid::GM_DATA {
            let expected = oid::to_dotted(oid::GM_DATA);
            return Err(fields.fault(path, oid::to_dotted(content_type)).expected(expected));
        }
    }
    if algorithm != oid::SM4 && algorithm != oid::SM4_CBC {
        return Err(scheme::unsupported(KEY, algorithm));
    }
    // 1 to 32 bytes of the number and their padding: some tools leave leading zeros away.
    if !matches!(encrypted.len(), 16 | 32 | 48) {
        return Err(fields.fault(KEY, format!("{} bytes", encrypted.len())));
    }
    let certificate = Arc::new(Certificate::from_der(der)?);
    let password = password.ok_or(Code::PasswordNeeded)?;

    let (secret, is_proved) = open(encrypted, password).ok_or(Code::PasswordWrong)?;
    let key = SigningKey::from_bytes(&secret).map_err(|_| Code::PrivateKeyRange);
    match key {
        Ok(key) if certificate.verifying_key()? == key.verifying_key() => Ok(Contents {
            keys: vec![FoundKey {
                key,
                format: KeyFormat::CfcaSm2,
                encryption: Some("SM4-CBC, one SM3 of the password".to_owned()),
            }],
            certificates: vec![certificate],
            ..Contents::default()
        }),
        // One wrong password in 256 fits a padding of one octet.
        _ if !is_proved => Err(Code::PasswordWrong.into()),
        Ok(_) => Err(Code::SignerKeyMismatch.fault().at_path(CERTIFICATE)),
        Err(code) => Err(code.fault().at_path(KEY)),
    }
}

/// The number in 32 bytes, and whether its padding is long enough to prove the password.
fn open(encrypted: &[u8], password: &Password) -> Option<(Zeroizing<[u8; 32]>, bool)> {
    // The KDF of GB/T 32918.4 for 32 bytes, vector and key: one turn of its counter.
    let derived = Zeroizing::new(Sm3::digest_parts(&[password.utf8(), &1u32.to_be_bytes()]));
    let number = Cipher::Sm4.decrypt(&derived[16..], &derived[..16], encrypted)?;
    let mut secret = Zeroizing::new([0; 32]);
    let start = secret.len().checked_sub(number.len())?;
    secret[start..].copy_from_slice(&number);
    Some((secret, encrypted.len() - number.len() >= 8))
}
