//! SubjectPublicKeyInfo with an SM2 key.

use czei_codes::Code as _;
use czei_sm2::VerifyingKey;

use crate::tlv::{self, Reader, Tlv};
use crate::{Code, Error, hex, oid};

/// The parameters of the SM2 curve, GB/T 32918.5-2017: p, a, b, x and y of G, n.
mod curve {
    pub(super) const P: &str = "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF";
    pub(super) const A: &str = "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC";
    pub(super) const B: &str = "28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93";
    pub(super) const X: &str = "32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7";
    pub(super) const Y: &str = "BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0";
    pub(super) const N: &str = "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123";
}

/// Reads the content of a SubjectPublicKeyInfo into a key.
pub(crate) fn read(spki: Reader<'_>, path: &'static str) -> Result<VerifyingKey, Error> {
    let mut spki = spki;
    let (algorithm, parameters) = spki.algorithm(path)?;
    let point = spki.bits(path)?;
    spki.finish(path)?;
    check_algorithm(algorithm, parameters, Code::KeyNotSm2)?;
    VerifyingKey::from_sec1(point).map_err(|error| Code::KeyPoint.fault().at_path(path).found(error.entry().name))
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

    let uncompressed = format!("04{}{}", curve::X, curve::Y);
    // The last bit of y is 0.
    let compressed = format!("02{}", curve::X);
    let base = hex::upper(base);
    Ok((1..=3).contains(&version)
        && equals(prime, curve::P)
        && equals(a, curve::A)
        && equals(b, curve::B)
        && (base == uncompressed || base == compressed)
        && equals(order, curve::N)
        && cofactor == 1)
}

/// Whether big-endian octets, with one leading zero or none, are the number.
fn equals(octets: &[u8], number: &str) -> bool {
    let octets = octets.strip_prefix(&[0]).unwrap_or(octets);
    hex::upper(octets) == number
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
    use czei_sm2::SigningKey;

    /// ECParameters spelled out, with a changed b where wanted.
    pub(crate) fn explicit(b: &str, base: &str) -> Vec<u8> {
        let number = |text: &str| hex::decode(text).unwrap();
        let field = tlv::write(
            tlv::SEQUENCE,
            &[&tlv::write(tlv::OID, &[oid::PRIME_FIELD]), &tlv::write_unsigned(&number(curve::P))],
        );
        let equation = tlv::write(
            tlv::SEQUENCE,
            &[&tlv::write(tlv::OCTET_STRING, &[&number(curve::A)]), &tlv::write(tlv::OCTET_STRING, &[&number(b)])],
        );
        tlv::write(
            tlv::SEQUENCE,
            &[
                &tlv::write_unsigned(&[1]),
                &field,
                &equation,
                &tlv::write(tlv::OCTET_STRING, &[&number(base)]),
                &tlv::write_unsigned(&number(curve::N)),
                &tlv::write_unsigned(&[1]),
            ],
        )
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
        let uncompressed = format!("04{}{}", curve::X, curve::Y);
        for (algorithm, parameters) in [
            (oid::EC_PUBLIC_KEY, named.clone()),
            (oid::SM2, named),
            (oid::SM2, vec![]),
            (oid::SM2, vec![5, 0]),
            (oid::EC_PUBLIC_KEY, explicit(curve::B, &uncompressed)),
            (oid::EC_PUBLIC_KEY, explicit(curve::B, &format!("02{}", curve::X))),
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
        let base = format!("04{}{}", curve::X, curve::Y);
        let other_b = curve::B.replace("28E9", "28E8");
        let other_base = format!("03{}", curve::X);
        for (algorithm, parameters, code) in [
            (oid::EC_PUBLIC_KEY, p256.clone(), Code::KeyNotSm2),
            (oid::SM2, p256, Code::KeyNotSm2),
            (oid::EC_PUBLIC_KEY, vec![], Code::KeyNotSm2),
            (oid::EC_PUBLIC_KEY, vec![5, 0], Code::KeyNotSm2),
            (rsa, vec![5, 0], Code::KeyNotSm2),
            (oid::EC_PUBLIC_KEY, explicit(&other_b, &base), Code::KeyExplicitCurve),
            (oid::EC_PUBLIC_KEY, explicit(curve::B, &other_base), Code::KeyExplicitCurve),
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
}
