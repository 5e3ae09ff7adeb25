//! PKCS#12 files, written (RFC 7292).

use std::sync::Arc;

use czei_codes::Code as _;
use czei_sm2::{Entropy, SigningKey, Sm3};

use super::pkcs12::MOST_BAGS;
use super::pkcs12_kdf::{self, Purpose};
use super::{EncryptionSettings, Password, plain, scheme};
use crate::tlv;
use crate::{Certificate, Code, Error, oid};

/// Writes a key with its certificates as PKCS#12 (RFC 7292): the key and the certificates under
/// PBES2, all of it under a MAC with the digest of the encryption. With the default settings
/// `openssl pkcs12` and BouncyCastle read it; Java and Windows alone know no SM2.
///
/// The certificate of the key comes first and is tied to it by a localKeyId, wherever it stands in
/// `certificates`; there may be none. `friendly_name` is the alias that keystores show; empty for
/// none.
///
/// # Errors
/// [`Code::SignerKeyMismatch`] when none of the certificates has this key; [`Code::KeyIterations`]
/// outside of [`EncryptionSettings::ITERATIONS`]; [`Code::KeyFileSize`] for more than 1,023 certificates;
/// [`Code::KeyFileEntropy`].
///
/// ```
/// use czei_pki::{EncryptionSettings, KeyFile, Password, to_pkcs12};
///
/// let key = czei_sm2::SigningKey::generate().unwrap();
/// let password = Password::new("口令");
/// let settings = EncryptionSettings { iterations: 1_000, ..Default::default() };
/// let file = to_pkcs12(&key, &[], "example", &password, &settings, &mut czei_sm2::SystemEntropy)?;
/// let again = KeyFile::read(&file, Some(&password))?;
/// assert_eq!(again.key().verifying_key(), key.verifying_key());
/// # Ok::<(), czei_pki::Error>(())
/// ```
pub fn to_pkcs12(
    key: &SigningKey,
    certificates: &[Arc<Certificate>],
    friendly_name: &str,
    password: &Password,
    settings: &EncryptionSettings,
    entropy: &mut dyn Entropy,
) -> Result<Vec<u8>, Error> {
    settings.check()?;
    write(key, certificates, friendly_name, password, settings, entropy)
}

/// As [`to_pkcs12`], with any count of iterations.
pub(super) fn write(
    key: &SigningKey,
    certificates: &[Arc<Certificate>],
    friendly_name: &str,
    password: &Password,
    settings: &EncryptionSettings,
    entropy: &mut dyn Entropy,
) -> Result<Vec<u8>, Error> {
    let is_own =
        |certificate: &&Arc<Certificate>| certificate.verifying_key().is_ok_and(|other| other == key.verifying_key());
    let own = certificates.iter().find(is_own);
    if own.is_none() && !certificates.is_empty() {
        return Err(Code::SignerKeyMismatch.into());
    }
    // The key is one bag more. A file that nobody could read again would be the end of the key.
    let most = MOST_BAGS - 1;
    if certificates.len() > most {
        let found = format!("{} certificates", certificates.len());
        return Err(Code::KeyFileSize.fault().expected(format!("<= {most}")).found(found));
    }
    // Any octets that the two bags share; 20 of them, as others write.
    let id = &Sm3::digest(&key.verifying_key().to_sec1())[..20];
    let attributes = attributes(id, friendly_name);

    let mut contents = Vec::new();
    if let Some(own) = own {
        let others = certificates.iter().filter(|certificate| !Arc::ptr_eq(certificate, own));
        let mut bags = certificate_bag(own, &attributes);
        others.for_each(|certificate| bags.extend(certificate_bag(certificate, &[])));
        let safe = tlv::write(tlv::SEQUENCE, &[&bags]);
        let (algorithm, bytes) = scheme::seal(settings, password, &safe, entropy)?;
        let bytes = tlv::write(tlv::context_primitive(0), &[&bytes]);
        let info = tlv::write(tlv::SEQUENCE, &[&object(oid::PKCS7_DATA), &algorithm, &bytes]);
        let encrypted = tlv::write(tlv::SEQUENCE, &[&tlv::write_unsigned(&[0]), &info]);
        contents.extend(content_info(oid::PKCS7_ENCRYPTED_DATA, &encrypted));
    }
    let (algorithm, bytes) = scheme::seal(settings, password, &plain::to_pkcs8_der(key), entropy)?;
    let shrouded = tlv::write(tlv::SEQUENCE, &[&algorithm, &tlv::write(tlv::OCTET_STRING, &[&bytes])]);
    let safe = tlv::write(tlv::SEQUENCE, &[&bag(oid::SHROUDED_KEY_BAG, &shrouded, &attributes)]);
    contents.extend(content_info(oid::PKCS7_DATA, &tlv::write(tlv::OCTET_STRING, &[&safe])));

    let authenticated = tlv::write(tlv::SEQUENCE, &[&contents]);
    let mac = mac_data(&authenticated, password, settings, entropy)?;
    let auth_safe = content_info(oid::PKCS7_DATA, &tlv::write(tlv::OCTET_STRING, &[&authenticated]));
    Ok(tlv::write(tlv::SEQUENCE, &[&tlv::write_unsigned(&[3]), &auth_safe, &mac]))
}

fn mac_data(
    message: &[u8],
    password: &Password,
    settings: &EncryptionSettings,
    entropy: &mut dyn Entropy,
) -> Result<Vec<u8>, Error> {
    let (_, hash, _) = settings.encryption.algorithms();
    let salt = scheme::fresh::<16>(entropy)?;
    let iterations = settings.iterations;
    let key = pkcs12_kdf::derive(hash, Purpose::Mac, &password.bmp(), &salt, iterations, hash.size());
    let algorithm = tlv::write(tlv::SEQUENCE, &[&object(hash.digest_oid()), &[tlv::NULL, 0]]);
    let mac = tlv::write(tlv::OCTET_STRING, &[&hash.hmac(&key, message)]);
    let digest_info = tlv::write(tlv::SEQUENCE, &[&algorithm, &mac]);
    let salt = tlv::write(tlv::OCTET_STRING, &[&salt]);
    Ok(tlv::write(tlv::SEQUENCE, &[&digest_info, &salt, &tlv::write_unsigned(&iterations.to_be_bytes())]))
}

fn content_info(content_type: &[u8], content: &[u8]) -> Vec<u8> {
    tlv::write(tlv::SEQUENCE, &[&object(content_type), &tlv::write(tlv::context(0), &[content])])
}

fn certificate_bag(certificate: &Certificate, attributes: &[u8]) -> Vec<u8> {
    let der = tlv::write(tlv::OCTET_STRING, &[certificate.der()]);
    let value = tlv::write(tlv::SEQUENCE, &[&object(oid::X509_CERTIFICATE), &tlv::write(tlv::context(0), &[&der])]);
    bag(oid::CERT_BAG, &value, attributes)
}

fn bag(bag_type: &[u8], value: &[u8], attributes: &[u8]) -> Vec<u8> {
    tlv::write(tlv::SEQUENCE, &[&object(bag_type), &tlv::write(tlv::context(0), &[value]), attributes])
}

/// localKeyId and friendlyName as a SET, in the order of DER.
fn attributes(id: &[u8], friendly_name: &str) -> Vec<u8> {
    let attribute = |kind, value: &[u8]| tlv::write(tlv::SEQUENCE, &[&object(kind), &tlv::write(tlv::SET, &[value])]);
    let mut attributes = vec![attribute(oid::LOCAL_KEY_ID, &tlv::write(tlv::OCTET_STRING, &[id]))];
    if !friendly_name.is_empty() {
        let units: Vec<u8> = friendly_name.encode_utf16().flat_map(u16::to_be_bytes).collect();
        attributes.push(attribute(oid::FRIENDLY_NAME, &tlv::write(tlv::BMP_STRING, &[&units])));
    }
    attributes.sort();
    tlv::write(tlv::SET, &[&attributes.concat()])
}

fn object(id: &[u8]) -> Vec<u8> {
    tlv::write(tlv::OID, &[id])
}
