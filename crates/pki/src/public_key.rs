//! SubjectPublicKeyInfo with an SM2 key.

use czei_codes::Code as _;
use czei_sm2::{VerifyingKey, curve};

use crate::tlv::{self, Reader, Tlv};
use crate::{Code, Error, oid, pem};

const PUBLIC_KEY: &str = "PUBLIC KEY";

/// Reads a public key from the content of a file: SubjectPublicKeyInfo (RFC 5480 2) with the SM2
/// curve, by name or by its numbers, in PEM or DER. In PEM the first `PUBLIC KEY` block counts.
///
/// # Errors
/// [`Code::PemMalformed`], [`Code::PemNoBlock`]; [`Code::PublicKeyMalformed`], for a point off the
/// curve or compressed too; [`Code::PublicKeyNotSm2`]; [`Code::KeyExplicitCurve`].
///
/// ```
/// use czei_pki::{read_public_key, to_public_key_pem};
///
/// let key = czei_sm2::SigningKey::generate().unwrap();
/// let text = to_public_key_pem(key.verifying_key());
/// assert_eq!(read_public_key(text.as_bytes())?, *key.verifying_key());
/// # Ok::<(), czei_pki::Error>(())
/// ```
pub fn read_public_key(file: &[u8]) -> Result<VerifyingKey, Error> {
    const PATH: &str = "SubjectPublicKeyInfo";
    let from_der = |bytes: &[u8]| {
        let mut reader = Reader::new(bytes, Code::PublicKeyMalformed);
        let spki = reader.enter(tlv::SEQUENCE, PATH)?;
        reader.finish(PATH)?;
        read_with(spki, PATH, Code::PublicKeyNotSm2, Code::PublicKeyMalformed)
    };
    if !pem::is_pem(file) {
        return from_der(file);
    }
    match pem::blocks(file, |label| label == PUBLIC_KEY)?.first() {
        Some(block) => from_der(&block.bytes),
        None => Err(Code::PemNoBlock.fault().expected(PUBLIC_KEY)),
    }
}

/// Writes a public key as SubjectPublicKeyInfo with the named curve, in PEM (RFC 5480 2).
#[must_use]
pub fn to_public_key_pem(key: &VerifyingKey) -> String {
    pem::write(PUBLIC_KEY, &write(key)).to_string()
}

/// Writes a public key as SubjectPublicKeyInfo with the named curve, in DER (RFC 5480 2): what a key is named by.
#[must_use]
pub fn to_public_key_der(key: &VerifyingKey) -> Vec<u8> {
    write(key)
}

/// The dotted identifier of a key's algorithm, and what its parameters are.
pub(crate) fn algorithm_text(spki: Reader<'_>, path: &'static str) -> Result<String, Error> {
    let mut spki = spki;
    let (algorithm, parameters) = spki.algorithm(path)?;
    let parameters = match parameters.map(|parameters| (parameters.tag, parameters.content)) {
        None => "without parameters".to_owned(),
        Some((tlv::OID, curve)) => oid::to_dotted(curve),
        Some((tlv::NULL, _)) => "NULL".to_owned(),
        Some(_) => "explicit parameters".to_owned(),
    };
    Ok(format!("{} {parameters}", oid::to_dotted(algorithm)))
}

/// Reads the content of a SubjectPublicKeyInfo into the key of a certificate.
pub(crate) fn read(spki: Reader<'_>, path: &'static str) -> Result<VerifyingKey, Error> {
    read_with(spki, path, Code::KeyNotSm2, Code::KeyPoint)
}

fn read_with(spki: Reader<'_>, path: &'static str, other: Code, bad_point: Code) -> Result<VerifyingKey, Error> {
    let mut spki = spki;
    let (algorithm, parameters) = spki.algorithm(path)?;
    let point = spki.bits(path)?;
    spki.finish(path)?;
    check_algorithm(algorithm, parameters, other)?;
    VerifyingKey::from_sec1(point).map_err(|error| bad_point.fault().at_path(path).found(error.entry().name))
}

/// Whether an algorithm identifier of a key means SM2: EC with the SM2 curve, or SM2 itself with
/// nothing, NULL or the curve's own identifier. `other` is the code for another algorithm.
pub(crate) fn check_algorithm(algorithm: &[u8], parameters: Option<Tlv<'_>>, other: Code) -> Result<(), Error> {
    if algorithm == oid::SM2 && tlv::absent_or_null(parameters) {
        return Ok(());
    }
    if algorithm != oid::SM2 && algorithm != oid::EC_PUBLIC_KEY {
        return Err(other.fault().expected("SM2").found(oid::to_dotted(algorithm)));
    }
    match parameters {
        Some(curve) => check_curve(curve, other),
        None => Err(other.fault().expected("SM2").found("no curve")),
    }
}

/// Whether ECParameters mean the SM2 curve, by name or by exactly its numbers.
pub(crate) fn check_curve(parameters: Tlv<'_>, other: Code) -> Result<(), Error> {
    match parameters.tag {
        tlv::OID if parameters.content == oid::SM2 => Ok(()),
        tlv::OID => Err(other.fault().expected("SM2").found(oid::to_dotted(parameters.content))),
        tlv::SEQUENCE if is_sm2(parameters.content).is_ok_and(|same| same) => Ok(()),
        tlv::SEQUENCE => Err(Code::KeyExplicitCurve.into()),
        _ => Err(other.fault().expected("SM2").found("no named curve")),
    }
}

/// SpecifiedECDomain of X9.62. The seed is no part of the curve and passed over.
fn is_sm2(content: &[u8]) -> Result<bool, Error> {
    const PATH: &str = "ECParameters";
    let mut reader = Reader::new(content, Code::KeyExplicitCurve);
    let version = reader.small(PATH)?;
    let mut field = reader.enter(tlv::SEQUENCE, PATH)?;
    let field_type = field.oid(PATH)?;
    if field_type != oid::PRIME_FIELD {
        return Ok(false);
    }
    let prime = field.integer(PATH)?;
    field.finish(PATH)?;
    let mut equation = reader.enter(tlv::SEQUENCE, PATH)?;
    let a = equation.content(tlv::OCTET_STRING, PATH)?;
    let b = equation.content(tlv::OCTET_STRING, PATH)?;
    equation.optional(tlv::BIT_STRING, PATH)?;
    equation.finish(PATH)?;
    let base = reader.content(tlv::OCTET_STRING, PATH)?;
    let order = reader.integer(PATH)?;
    let cofactor = if reader.is_empty() { 1 } else { reader.small(PATH)? };
    reader.finish(PATH)?;

    let is_base = match base {
        [0x04, point @ ..] => *point == [curve::X, curve::Y].concat(),
        [parity @ (0x02 | 0x03), x @ ..] => parity & 1 == curve::Y[31] & 1 && *x == curve::X,
        _ => false,
    };
    Ok((1..=3).contains(&version)
        && equals(prime, &curve::P)
        && equals(a, &curve::A)
        && equals(b, &curve::B)
        && is_base
        && equals(order, &curve::N)
        && cofactor == 1)
}

/// Whether big-endian octets, with one leading zero or none, are the number.
fn equals(octets: &[u8], number: &[u8; 32]) -> bool {
    octets.strip_prefix(&[0]).unwrap_or(octets) == number
}

/// A SubjectPublicKeyInfo with the named curve.
pub(crate) fn write(key: &VerifyingKey) -> Vec<u8> {
    let algorithm =
        tlv::write(tlv::SEQUENCE, &[&tlv::write(tlv::OID, &[oid::EC_PUBLIC_KEY]), &tlv::write(tlv::OID, &[oid::SM2])]);
    let point = tlv::write(tlv::BIT_STRING, &[&[0], &key.to_sec1()]);
    tlv::write(tlv::SEQUENCE, &[&algorithm, &point])
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::hex;
    use czei_sm2::SigningKey;

    /// ECParameters spelled out, with a changed b where wanted.
    pub(crate) fn explicit(b: &[u8; 32], base: &[u8]) -> Vec<u8> {
        let field =
            tlv::write(tlv::SEQUENCE, &[&tlv::write(tlv::OID, &[oid::PRIME_FIELD]), &tlv::write_unsigned(&curve::P)]);
        let equation = tlv::write(
            tlv::SEQUENCE,
            &[&tlv::write(tlv::OCTET_STRING, &[&curve::A]), &tlv::write(tlv::OCTET_STRING, &[b])],
        );
        tlv::write(
            tlv::SEQUENCE,
            &[
                &tlv::write_unsigned(&[1]),
                &field,
                &equation,
                &tlv::write(tlv::OCTET_STRING, &[base]),
                &tlv::write_unsigned(&curve::N),
                &tlv::write_unsigned(&[1]),
            ],
        )
    }

    /// The base point with this first octet: plain, or compressed.
    pub(crate) fn base_point(first: u8) -> Vec<u8> {
        let y = if first == 4 { &curve::Y[..] } else { &[] };
        [&[first][..], &curve::X, y].concat()
    }

    fn spki(algorithm: &[u8], parameters: &[u8], point: &[u8]) -> Result<VerifyingKey, Error> {
        let oid = tlv::write(tlv::OID, &[algorithm]);
        let algorithm = tlv::write(tlv::SEQUENCE, &[&oid, parameters]);
        let bits = tlv::write(tlv::BIT_STRING, &[&[0], point]);
        let content = [algorithm, bits].concat();
        read(Reader::new(&content, Code::CertificateMalformed), "spki")
    }

    #[test]
    fn every_way_to_say_sm2_is_read() {
        let key = SigningKey::generate().unwrap().verifying_key().clone();
        let point = key.to_sec1();
        let named = tlv::write(tlv::OID, &[oid::SM2]);
        for (algorithm, parameters) in [
            (oid::EC_PUBLIC_KEY, named.clone()),
            (oid::SM2, named),
            (oid::SM2, vec![]),
            (oid::SM2, vec![5, 0]),
            (oid::EC_PUBLIC_KEY, explicit(&curve::B, &base_point(4))),
            (oid::EC_PUBLIC_KEY, explicit(&curve::B, &base_point(2))),
        ] {
            assert_eq!(spki(algorithm, &parameters, &point).unwrap(), key);
        }
        let written = write(&key);
        let mut reader = Reader::new(&written, Code::CertificateMalformed);
        assert_eq!(read(reader.enter(tlv::SEQUENCE, "x").unwrap(), "x").unwrap(), key);
    }

    #[test]
    fn other_keys_are_refused_by_name() {
        let point = SigningKey::generate().unwrap().verifying_key().to_sec1();
        let p256 = tlv::write(tlv::OID, &[b"\x2a\x86\x48\xce\x3d\x03\x01\x07"]);
        let rsa = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
        let mut other_b = curve::B;
        other_b[0] ^= 1;
        for (algorithm, parameters, code) in [
            (oid::EC_PUBLIC_KEY, p256.clone(), Code::KeyNotSm2),
            (oid::SM2, p256, Code::KeyNotSm2),
            (oid::EC_PUBLIC_KEY, vec![], Code::KeyNotSm2),
            (oid::EC_PUBLIC_KEY, vec![5, 0], Code::KeyNotSm2),
            (rsa, vec![5, 0], Code::KeyNotSm2),
            (oid::EC_PUBLIC_KEY, explicit(&other_b, &base_point(4)), Code::KeyExplicitCurve),
            (oid::EC_PUBLIC_KEY, explicit(&curve::B, &base_point(3)), Code::KeyExplicitCurve),
            (oid::EC_PUBLIC_KEY, vec![0x30, 0], Code::KeyExplicitCurve),
        ] {
            assert_eq!(spki(algorithm, &parameters, &point).unwrap_err().code(), code);
        }
    }

    #[test]
    fn a_point_of_p256_under_the_sm2_identifier_is_off_the_curve() {
        // The base point of P-256, SEC 2.
        let point = hex::decode(
            "046B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296\
             4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5",
        )
        .unwrap();
        let fault = spki(oid::EC_PUBLIC_KEY, &tlv::write(tlv::OID, &[oid::SM2]), &point).unwrap_err();
        assert_eq!(fault.code(), Code::KeyPoint);
        assert_eq!(fault.found_text(), Some("public-key-off-curve"));
        for (point, found) in [(&point[1..33], "public-key-encoding"), (&[0], "public-key-infinity")] {
            let named = tlv::write(tlv::OID, &[oid::SM2]);
            let fault = spki(oid::EC_PUBLIC_KEY, &named, point).unwrap_err();
            assert_eq!(fault.code(), Code::KeyPoint);
            assert_eq!(fault.found_text(), Some(found));
        }
    }

    #[test]
    fn public_keys_in_files_have_codes_of_their_own() {
        let key = SigningKey::generate().unwrap().verifying_key().clone();
        let text = to_public_key_pem(&key);
        assert!(text.starts_with("-----BEGIN PUBLIC KEY-----\nMFkw"));
        let der = write(&key);
        for file in [text.as_bytes(), &der, format!("note\n{text}{text}").as_bytes()] {
            assert_eq!(read_public_key(file).unwrap(), key);
        }
        let code = |file: &[u8]| read_public_key(file).unwrap_err().code();
        for length in 0..der.len() {
            assert_eq!(code(&der[..length]), Code::PublicKeyMalformed, "{length}");
        }
        assert_eq!(code(&[&der[..], &[0]].concat()), Code::PublicKeyMalformed);
        let mut off = der.clone();
        *off.last_mut().unwrap() ^= 1;
        let fault = read_public_key(&off).unwrap_err();
        assert_eq!((fault.code(), fault.found_text()), (Code::PublicKeyMalformed, Some("public-key-off-curve")));
        let p256 = tlv::write(tlv::OID, &[b"\x2a\x86\x48\xce\x3d\x03\x01\x07"]);
        let algorithm = tlv::write(tlv::SEQUENCE, &[&tlv::write(tlv::OID, &[oid::EC_PUBLIC_KEY]), &p256]);
        let bits = tlv::write(tlv::BIT_STRING, &[&[0], &key.to_sec1()]);
        assert_eq!(code(&tlv::write(tlv::SEQUENCE, &[&algorithm, &bits])), Code::PublicKeyNotSm2);
        assert_eq!(code(b"-----BEGIN X-----\nAAAA\n-----END X-----\n"), Code::PemNoBlock);
        assert_eq!(code(b"-----BEGIN PUBLIC KEY-----\nAAAA\n"), Code::PemMalformed);
    }
}
