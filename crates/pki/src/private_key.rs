//! Private keys in files.

use czei_codes::Code as _;
use czei_sm2::{SigningKey, VerifyingKey};
use zeroize::Zeroizing;

use crate::tlv::{self, Reader};
use crate::{Code, Error, oid, pem, public_key};

const PRIVATE_KEY: &str = "PRIVATE KEY";
const EC_PRIVATE_KEY: &str = "EC PRIVATE KEY";
const SM2_PRIVATE_KEY: &str = "SM2 PRIVATE KEY";
const ENCRYPTED_PRIVATE_KEY: &str = "ENCRYPTED PRIVATE KEY";

/// Reads a private key from the content of a file: PKCS#8 (RFC 5208, RFC 5958) with or without
/// the curve in the inner key, or SEC1 (RFC 5915) with the curve; in PEM or DER. In PEM the first
/// block with a private key counts. A public key that stands beside the private one must belong to
/// it.
///
/// # Errors
/// [`Code::PemMalformed`], [`Code::PemNoBlock`]; [`Code::UnsupportedEncryptedKey`] for a key under
/// a password; [`Code::PrivateKeyMalformed`]; [`Code::PrivateKeyNotSm2`] for another algorithm or
/// curve, or a SEC1 key that names none; [`Code::KeyExplicitCurve`];
/// [`Code::PrivateKeyRange`] outside of 1 to n-2; [`Code::PrivateKeyPublicMismatch`].
///
/// ```
/// use czei_pki::{read_private_key, to_pkcs8_pem};
///
/// let key = czei_sm2::SigningKey::generate().unwrap();
/// let again = read_private_key(to_pkcs8_pem(&key).as_bytes())?;
/// assert_eq!(again.verifying_key(), key.verifying_key());
/// # Ok::<(), czei_pki::Error>(())
/// ```
pub fn read_private_key(file: &[u8]) -> Result<SigningKey, Error> {
    if !pem::is_pem(file) {
        return from_der(file);
    }
    let wanted = [PRIVATE_KEY, EC_PRIVATE_KEY, SM2_PRIVATE_KEY, ENCRYPTED_PRIVATE_KEY];
    let blocks = pem::blocks(file, |label| wanted.contains(&label))?;
    match blocks.first() {
        Some(block) if block.has_headers || block.label == ENCRYPTED_PRIVATE_KEY => {
            Err(Code::UnsupportedEncryptedKey.into())
        }
        Some(block) => from_der(&block.bytes),
        None => Err(Code::PemNoBlock.fault().expected(PRIVATE_KEY)),
    }
}

/// Writes a private key as PKCS#8 in PEM, unencrypted, with the public key in the inner key.
/// Whoever stores it restricts the access to the file.
#[must_use]
pub fn to_pkcs8_pem(key: &SigningKey) -> Zeroizing<String> {
    let secret = key.dangerous_to_bytes();
    let version = tlv::write(tlv::INTEGER, &[&[1]]);
    let octets = Zeroizing::new(tlv::write(tlv::OCTET_STRING, &[&*secret]));
    let point = tlv::write(tlv::BIT_STRING, &[&[0], &key.verifying_key().to_sec1()]);
    let public = tlv::write(tlv::context(1), &[&point]);
    let inner = Zeroizing::new(tlv::write(tlv::SEQUENCE, &[&version, &octets, &public]));
    let algorithm =
        tlv::write(tlv::SEQUENCE, &[&tlv::write(tlv::OID, &[oid::EC_PUBLIC_KEY]), &tlv::write(tlv::OID, &[oid::SM2])]);
    let inner = Zeroizing::new(tlv::write(tlv::OCTET_STRING, &[&inner]));
    let version = tlv::write(tlv::INTEGER, &[&[0]]);
    let outer = Zeroizing::new(tlv::write(tlv::SEQUENCE, &[&version, &algorithm, &inner]));
    pem::write(PRIVATE_KEY, &outer)
}

// Not left to the crates `pkcs8` and `sec1`: they refuse a first version with a public key and any
// curve written out, both of which SM2 tools write, and do not tell which field was wrong.
/// PKCS#8 and SEC1 both start with a version; what follows tells them apart.
fn from_der(bytes: &[u8]) -> Result<SigningKey, Error> {
    let mut reader = Reader::new(bytes, Code::PrivateKeyMalformed);
    let mut fields = reader.enter(tlv::SEQUENCE, "PrivateKeyInfo")?;
    reader.finish("PrivateKeyInfo")?;
    let mut ahead = fields;
    if fields.peek() == Some(tlv::SEQUENCE) {
        // An algorithm and an OCTET STRING are an EncryptedPrivateKeyInfo; an algorithm and a
        // BIT STRING are a public key.
        ahead.any("PrivateKeyInfo")?;
        return Err(match ahead.peek() {
            Some(tlv::OCTET_STRING) => Code::UnsupportedEncryptedKey.into(),
            Some(tlv::BIT_STRING) => fields.fault("PrivateKeyInfo", "a public key"),
            _ => fields.fault("PrivateKeyInfo/version", "SEQUENCE"),
        });
    }
    ahead.small("PrivateKeyInfo/version")?;
    if ahead.peek() == Some(tlv::OCTET_STRING) {
        return sec1(fields, false);
    }
    // The .sm2 files of CFCA hold the key under a password as content of type data, where PKCS#8
    // has an algorithm.
    let mut inner = ahead.enter(tlv::SEQUENCE, "PrivateKeyInfo/privateKeyAlgorithm")?;
    if inner.oid("PrivateKeyInfo/privateKeyAlgorithm")? == oid::GM_DATA {
        return Err(Code::UnsupportedEncryptedKey.into());
    }
    pkcs8(&mut fields)
}

fn pkcs8(fields: &mut Reader<'_>) -> Result<SigningKey, Error> {
    let version = fields.small("PrivateKeyInfo/version")?;
    if version > 1 {
        return Err(fields.fault("PrivateKeyInfo/version", version.to_string()));
    }
    let (algorithm, parameters) = fields.algorithm("PrivateKeyInfo/privateKeyAlgorithm")?;
    public_key::check_algorithm(algorithm, parameters, Code::PrivateKeyNotSm2)?;
    let inner = fields.content(tlv::OCTET_STRING, "PrivateKeyInfo/privateKey")?;
    fields.optional(tlv::context(0), "PrivateKeyInfo/attributes")?;
    let public = fields.optional(tlv::context_primitive(1), "PrivateKeyInfo/publicKey")?;
    (*fields).finish("PrivateKeyInfo")?;
    let mut outer = fields.over(inner);
    let inner = outer.enter(tlv::SEQUENCE, "ECPrivateKey")?;
    outer.finish("ECPrivateKey")?;
    let key = sec1(inner, true)?;
    match public.map(|public| public.content) {
        None => {}
        Some([0, point @ ..]) => check_public(&key, point)?,
        Some(_) => return Err(fields.fault("PrivateKeyInfo/publicKey", "unused bits")),
    }
    Ok(key)
}

/// The fields of an ECPrivateKey.
fn sec1(mut fields: Reader<'_>, curve_known: bool) -> Result<SigningKey, Error> {
    let version = fields.small("ECPrivateKey/version")?;
    if version != 1 {
        return Err(fields.fault("ECPrivateKey/version", version.to_string()));
    }
    let secret = fields.content(tlv::OCTET_STRING, "ECPrivateKey/privateKey")?;
    let curve = fields.optional(tlv::context(0), "ECPrivateKey/parameters")?;
    let public = fields.optional(tlv::context(1), "ECPrivateKey/publicKey")?;
    fields.finish("ECPrivateKey")?;
    match curve {
        Some(curve) => {
            let mut explicit = fields.over(curve.content);
            let parameters = explicit.any("ECPrivateKey/parameters")?;
            explicit.finish("ECPrivateKey/parameters")?;
            public_key::check_curve(parameters, Code::PrivateKeyNotSm2)?;
        }
        None if curve_known => {}
        None => {
            return Err(Code::PrivateKeyNotSm2.fault().expected("SM2").found("no curve"));
        }
    }
    let secret = <&[u8; 32]>::try_from(secret)
        .map_err(|_| fields.fault("ECPrivateKey/privateKey", format!("{} bytes", secret.len())))?;
    let key = SigningKey::from_bytes(secret).map_err(|_| Code::PrivateKeyRange)?;
    if let Some(public) = public {
        let mut explicit = fields.over(public.content);
        let point = explicit.bits("ECPrivateKey/publicKey")?;
        explicit.finish("ECPrivateKey/publicKey")?;
        check_public(&key, point)?;
    }
    Ok(key)
}

/// A public key is compared in its plain form; the rare compressed one by its x and the parity.
fn check_public(key: &SigningKey, point: &[u8]) -> Result<(), Error> {
    let own = key.verifying_key().to_sec1();
    let same = match point {
        [0x04, ..] => VerifyingKey::from_sec1(point).is_ok_and(|other| other == *key.verifying_key()),
        [parity @ (0x02 | 0x03), x @ ..] => *x == own[1..33] && parity & 1 == own[64] & 1,
        _ => false,
    };
    if same { Ok(()) } else { Err(Code::PrivateKeyPublicMismatch.into()) }
}

#[cfg(test)]
mod tests;
