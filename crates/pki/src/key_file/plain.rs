//! Keys without a password: PKCS#8 (RFC 5208, RFC 5958) and SEC1 (RFC 5915), read and written.

use czei_codes::Code as _;
use czei_sm2::{SigningKey, VerifyingKey};
use zeroize::Zeroizing;

use super::{EC_PRIVATE_KEY, KeyFormat, PRIVATE_KEY};
use crate::tlv::{self, Reader};
use crate::{Code, Error, oid, pem, public_key};

/// Writes a private key as PKCS#8 in PEM, unencrypted, with the public key in the inner key.
/// Whoever stores it restricts the access to the file.
///
/// ```
/// use czei_pki::{KeyFile, to_pkcs8_pem};
///
/// let key = czei_sm2::SigningKey::generate().unwrap();
/// let again = KeyFile::read(to_pkcs8_pem(&key).as_bytes(), None)?;
/// assert_eq!(again.key().verifying_key(), key.verifying_key());
/// # Ok::<(), czei_pki::Error>(())
/// ```
#[must_use]
pub fn to_pkcs8_pem(key: &SigningKey) -> Zeroizing<String> {
    pem::write(PRIVATE_KEY, &to_pkcs8_der(key))
}

/// Writes a private key as [`to_pkcs8_pem`] does, in DER (RFC 5208 5).
#[must_use]
pub fn to_pkcs8_der(key: &SigningKey) -> Zeroizing<Vec<u8>> {
    let algorithm =
        tlv::write(tlv::SEQUENCE, &[&tlv::write(tlv::OID, &[oid::EC_PUBLIC_KEY]), &tlv::write(tlv::OID, &[oid::SM2])]);
    let inner = Zeroizing::new(tlv::write(tlv::OCTET_STRING, &[&ec_private_key(key, &[])]));
    let version = tlv::write(tlv::INTEGER, &[&[0]]);
    Zeroizing::new(tlv::write(tlv::SEQUENCE, &[&version, &algorithm, &inner]))
}

/// Writes a private key as SEC1 in PEM, unencrypted, with the curve and the public key (RFC 5915):
/// for tools that do not read PKCS#8. Whoever stores it restricts the access to the file.
///
/// ```
/// let key = czei_sm2::SigningKey::generate().unwrap();
/// assert!(czei_pki::to_sec1_pem(&key).starts_with("-----BEGIN EC PRIVATE KEY-----\n"));
/// ```
#[must_use]
pub fn to_sec1_pem(key: &SigningKey) -> Zeroizing<String> {
    let curve = tlv::write(tlv::context(0), &[&tlv::write(tlv::OID, &[oid::SM2])]);
    pem::write(EC_PRIVATE_KEY, &ec_private_key(key, &curve))
}

/// ECPrivateKey with the public key, and with the curve where it is wanted.
fn ec_private_key(key: &SigningKey, curve: &[u8]) -> Zeroizing<Vec<u8>> {
    let secret = key.dangerous_to_bytes();
    let version = tlv::write(tlv::INTEGER, &[&[1]]);
    let octets = Zeroizing::new(tlv::write(tlv::OCTET_STRING, &[&*secret]));
    let point = tlv::write(tlv::BIT_STRING, &[&[0], &key.verifying_key().to_sec1()]);
    let public = tlv::write(tlv::context(1), &[&point]);
    Zeroizing::new(tlv::write(tlv::SEQUENCE, &[&version, &octets, curve, &public]))
}

// Not left to the crates `pkcs8` and `sec1`: they refuse a first version with a public key and any
// curve written out, both of which SM2 tools write, and do not tell which field was wrong.
/// Reads DER of PKCS#8 or SEC1. Both start with a version; what follows tells them apart. `curve` is
/// an `EC PARAMETERS` block that stood before it, for a SEC1 key that names no curve itself.
pub(super) fn read(bytes: &[u8], curve: Option<&[u8]>) -> Result<(SigningKey, KeyFormat), Error> {
    let mut reader = Reader::new(bytes, Code::PrivateKeyMalformed);
    let mut fields = reader.enter(tlv::SEQUENCE, "PrivateKeyInfo")?;
    reader.finish("PrivateKeyInfo")?;
    let mut ahead = fields;
    ahead.small("PrivateKeyInfo/version")?;
    match ahead.peek() {
        Some(tlv::OCTET_STRING) => Ok((sec1(fields, curve_before(curve))?, KeyFormat::Sec1)),
        // The numbers of RSAPrivateKey (RFC 8017 A.1.2) and of OpenSSL's DSA keys.
        Some(tlv::INTEGER) => Err(Code::PrivateKeyNotSm2.fault().expected("SM2").found("an RSA or DSA key")),
        _ => Ok((pkcs8(&mut fields)?, KeyFormat::Pkcs8)),
    }
}

/// Whether ECParameters outside of a key say that its curve is SM2's.
fn curve_before(curve: Option<&[u8]>) -> Result<(), Error> {
    const PATH: &str = "EC PARAMETERS";
    let Some(curve) = curve else {
        return Err(Code::PrivateKeyNotSm2.fault().expected("SM2").found("no curve"));
    };
    let mut reader = Reader::new(curve, Code::PrivateKeyMalformed);
    let parameters = reader.any(PATH)?;
    reader.finish(PATH)?;
    public_key::check_curve(parameters, Code::PrivateKeyNotSm2)
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
    let key = sec1(inner, Ok(()))?;
    match public.map(|public| public.content) {
        None => {}
        Some([0, point @ ..]) => check_public(&key, point)?,
        Some(_) => return Err(fields.fault("PrivateKeyInfo/publicKey", "unused bits")),
    }
    Ok(key)
}

/// The fields of an ECPrivateKey; `elsewhere` counts when it names no curve.
fn sec1(mut fields: Reader<'_>, elsewhere: Result<(), Error>) -> Result<SigningKey, Error> {
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
        None => elsewhere?,
    }
    let number =
        number(secret).ok_or_else(|| fields.fault("ECPrivateKey/privateKey", format!("{} bytes", secret.len())))?;
    let key = SigningKey::from_bytes(&number).map_err(|_| Code::PrivateKeyRange)?;
    if let Some(public) = public {
        let mut explicit = fields.over(public.content);
        let point = explicit.bits("ECPrivateKey/publicKey")?;
        explicit.finish("ECPrivateKey/publicKey")?;
        check_public(&key, point)?;
    }
    Ok(key)
}

/// A number in 32 bytes. RFC 5915 3 wants just as many, but some writers leave leading zeros away, and
/// others put one before, as in an INTEGER.
fn number(octets: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
    let zeros = octets.iter().take_while(|octet| **octet == 0).count();
    let significant = &octets[zeros..];
    let mut number = Zeroizing::new([0; 32]);
    let start = number.len().checked_sub(significant.len()).filter(|_| !octets.is_empty())?;
    number[start..].copy_from_slice(significant);
    Some(number)
}

/// A public key is compared in its plain form; the rare compressed and hybrid ones (X9.62 4.3.6) by
/// the coordinates in them and the parity.
fn check_public(key: &SigningKey, point: &[u8]) -> Result<(), Error> {
    let own = key.verifying_key().to_sec1();
    let same = match point {
        [0x04, ..] => VerifyingKey::from_sec1(point).is_ok_and(|other| other == *key.verifying_key()),
        [parity @ (0x02 | 0x03), x @ ..] => *x == own[1..33] && parity & 1 == own[64] & 1,
        [parity @ (0x06 | 0x07), point @ ..] => *point == own[1..] && parity & 1 == own[64] & 1,
        _ => false,
    };
    if same { Ok(()) } else { Err(Code::PrivateKeyPublicMismatch.into()) }
}
