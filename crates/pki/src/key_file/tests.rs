#![allow(clippy::unwrap_used)]
use super::*;
use crate::public_key::tests::{base_point, explicit};
use crate::{hex, oid, public_key, test_certificates};

const P256: &[u8] = b"\x2a\x86\x48\xce\x3d\x03\x01\x07";

fn key() -> SigningKey {
    test_certificates::key(5)
}

fn oid_element(id: &[u8]) -> Vec<u8> {
    tlv::write(tlv::OID, &[id])
}

/// An ECPrivateKey of the given secret, parameters and point.
fn ec_key(secret: &[u8], curve: &[u8], point: &[u8]) -> Vec<u8> {
    let curve = if curve.is_empty() { vec![] } else { tlv::write(tlv::context(0), &[curve]) };
    let point = if point.is_empty() {
        vec![]
    } else {
        tlv::write(tlv::context(1), &[&tlv::write(tlv::BIT_STRING, &[&[0], point])])
    };
    let secret = tlv::write(tlv::OCTET_STRING, &[secret]);
    tlv::write(tlv::SEQUENCE, &[&[2, 1, 1], &secret, &curve, &point])
}

fn pkcs8(algorithm: &[u8], parameters: &[u8], inner: &[u8], tail: &[u8]) -> Vec<u8> {
    let algorithm = tlv::write(tlv::SEQUENCE, &[&oid_element(algorithm), parameters]);
    let inner = tlv::write(tlv::OCTET_STRING, &[inner]);
    tlv::write(tlv::SEQUENCE, &[&[2, 1, 0], &algorithm, &inner, tail])
}

fn read(bytes: &[u8]) -> Result<SigningKey, Error> {
    KeyFile::read(bytes, None).map(KeyFile::into_key)
}

fn code(bytes: &[u8]) -> Code {
    read(bytes).unwrap_err().code()
}

#[test]
fn every_plain_form_is_read() {
    let key = key();
    let secret = key.dangerous_to_bytes();
    let point = key.verifying_key().to_sec1();
    let compressed = [&[2 | (point[64] & 1)][..], &point[1..33]].concat();
    let curve = oid_element(oid::SM2);
    let public = tlv::write(tlv::context_primitive(1), &[&[0], &point]);
    let forms = [
        ec_key(&*secret, &curve, &point),
        ec_key(&*secret, &curve, &compressed),
        ec_key(&*secret, &curve, &[]),
        ec_key(&*secret, &explicit(&czei_sm2::curve::B, &base_point(4)), &[]),
        pkcs8(oid::EC_PUBLIC_KEY, &curve, &ec_key(&*secret, &[], &[]), &[]),
        pkcs8(oid::EC_PUBLIC_KEY, &curve, &ec_key(&*secret, &curve, &point), &[]),
        pkcs8(oid::SM2, &[], &ec_key(&*secret, &[], &point), &[]),
        pkcs8(oid::EC_PUBLIC_KEY, &curve, &ec_key(&*secret, &[], &[]), &[&[0xa0, 0][..], &public].concat()),
    ];
    for der in &forms {
        assert_eq!(read(der).unwrap().verifying_key(), key.verifying_key());
    }
    for (label, der) in [("EC PRIVATE KEY", &forms[0]), ("SM2 PRIVATE KEY", &forms[0]), ("PRIVATE KEY", &forms[4])] {
        let parameters = pem::write("EC PARAMETERS", &curve);
        let file = format!("{}{}", *parameters, *pem::write(label, der));
        let read = read(file.as_bytes()).unwrap();
        assert_eq!(read.verifying_key(), key.verifying_key(), "{label}");
    }
}

#[test]
fn what_is_written_is_pkcs8_and_read_again() {
    let key = key();
    let text = to_pkcs8_pem(&key);
    assert!(text.starts_with("-----BEGIN PRIVATE KEY-----\nM"));
    assert_eq!(*read(text.as_bytes()).unwrap().dangerous_to_bytes(), *key.dangerous_to_bytes());
}

#[test]
fn numbers_out_of_range_are_refused() {
    let curve = oid_element(oid::SM2);
    let minus = |last: u8| [&czei_sm2::curve::N[..31], &[last]].concat();
    for secret in [vec![0; 32], minus(0x22), minus(0x23), minus(0x24), vec![0xff; 32]] {
        assert_eq!(code(&ec_key(&secret, &curve, &[])), Code::PrivateKeyRange);
    }
    assert!(read(&ec_key(&minus(0x21), &curve, &[])).is_ok());
    for length in [0, 33] {
        let fault = read(&ec_key(&vec![1; length], &curve, &[])).unwrap_err();
        assert_eq!(fault.code(), Code::PrivateKeyMalformed);
        assert_eq!(fault.found_text(), Some(&*format!("{length} bytes")));
    }
}

#[test]
fn numbers_may_lack_leading_zeros_or_have_more() {
    let curve = oid_element(oid::SM2);
    let own = |number: &[u8]| SigningKey::from_bytes(&<[u8; 32]>::try_from(number).unwrap()).unwrap();
    let short = [&[0][..], &[0x5a; 31]].concat();
    let point = own(&short).verifying_key().to_sec1();
    for secret in [&short[1..], &short, &[&[0][..], &short].concat()] {
        for der in [
            ec_key(secret, &curve, &[]),
            ec_key(secret, &curve, &point),
            pkcs8(oid::EC_PUBLIC_KEY, &curve, &ec_key(secret, &[], &point), &[]),
        ] {
            assert_eq!(*read(&der).unwrap().dangerous_to_bytes(), *short);
        }
    }
    // The number counts, so another's public key is one still.
    assert_eq!(code(&ec_key(&short[2..], &curve, &point)), Code::PrivateKeyPublicMismatch);
    let full = [0x5a; 32];
    assert_eq!(*read(&ec_key(&[&[0][..], &full].concat(), &curve, &[])).unwrap().dangerous_to_bytes(), full);
    assert_eq!(code(&ec_key(&[&[1][..], &full].concat(), &curve, &[])), Code::PrivateKeyMalformed);
    assert_eq!(code(&ec_key(&[0], &curve, &[])), Code::PrivateKeyRange);
}

#[test]
fn a_public_key_of_another_is_refused_wherever_it_stands() {
    let secret = key().dangerous_to_bytes();
    let curve = oid_element(oid::SM2);
    let other = test_certificates::key(6).verifying_key().to_sec1();
    let own = key().verifying_key().to_sec1();
    let wrong_parity = [&[2 | (!own[64] & 1)][..], &own[1..33]].concat();
    let hybrid = |parity: u8| [&[6 | (parity & 1)][..], &own[1..]].concat();
    assert!(read(&ec_key(&*secret, &curve, &hybrid(own[64]))).is_ok());
    for point in [&other[..], &wrong_parity, &hybrid(!own[64]), &hybrid(own[64])[..64], &own[..64], &[0], &[4]] {
        assert_eq!(code(&ec_key(&*secret, &curve, point)), Code::PrivateKeyPublicMismatch);
    }
    let public = tlv::write(tlv::context_primitive(1), &[&[0], &other]);
    let inner = ec_key(&*secret, &[], &[]);
    assert_eq!(code(&pkcs8(oid::EC_PUBLIC_KEY, &curve, &inner, &public)), Code::PrivateKeyPublicMismatch);
}

#[test]
fn other_algorithms_and_curves_are_refused_by_name() {
    let secret = key().dangerous_to_bytes();
    let (curve, p256) = (oid_element(oid::SM2), oid_element(P256));
    let rsa = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
    let inner = ec_key(&*secret, &[], &[]);
    for der in [
        ec_key(&*secret, &p256, &[]),
        ec_key(&*secret, &[], &[]), // no curve anywhere
        pkcs8(oid::EC_PUBLIC_KEY, &p256, &inner, &[]),
        pkcs8(oid::EC_PUBLIC_KEY, &[], &inner, &[]),
        pkcs8(rsa, &[5, 0], &inner, &[]),
        pkcs8(oid::EC_PUBLIC_KEY, &curve, &ec_key(&*secret, &p256, &[]), &[]),
    ] {
        assert_eq!(code(&der), Code::PrivateKeyNotSm2);
    }
    assert_eq!(code(&ec_key(&*secret, &[0x30, 0], &[])), Code::KeyExplicitCurve);
}

#[test]
fn encrypted_and_damaged_files_are_told_apart() {
    let encrypted = tlv::write(tlv::SEQUENCE, &[&[0x30, 0], &[4, 1, 0]]);
    let block = pem::write("ENCRYPTED PRIVATE KEY", &encrypted);
    let legacy = "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END EC PRIVATE KEY-----\n";
    for file in [&encrypted[..], block.as_bytes()] {
        assert_eq!(code(file), Code::PasswordNeeded);
    }
    let fault = read(legacy.as_bytes()).unwrap_err();
    assert_eq!(fault.code(), Code::KeyAlgorithmUnsupported);
    assert_eq!(fault.found_text(), Some("the PEM encryption of old OpenSSL (DEK-Info, MD5)"));
    assert_eq!(fault.place().path.as_deref(), Some("EC PRIVATE KEY"));
    let public = read(&public_key::write(key().verifying_key())).unwrap_err();
    assert_eq!(public.code(), Code::PrivateKeyMalformed);
    assert_eq!(public.found_text(), Some("a public key"));
    let secret = key().dangerous_to_bytes();
    let curve = oid_element(oid::SM2);
    let good = pkcs8(oid::EC_PUBLIC_KEY, &curve, &ec_key(&*secret, &[], &[]), &[]);
    for length in 0..good.len() {
        assert_eq!(code(&good[..length]), Code::PrivateKeyMalformed, "{length}");
    }
    assert_eq!(code(&[&good[..], &[0]].concat()), Code::PrivateKeyMalformed);
    assert_eq!(code(b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"), Code::PemNoBlock);
    assert_eq!(code(b"-----BEGIN PRIVATE KEY-----\nAAAA\n"), Code::PemMalformed);
}

#[test]
fn errors_do_not_show_the_key() {
    let secret = key().dangerous_to_bytes();
    let curve = oid_element(oid::SM2);
    let other = test_certificates::key(6).verifying_key().to_sec1();
    let digits = hex::lower(&secret[..8]);
    for der in [
        ec_key(&*secret, &curve, &other),
        ec_key(&*secret, &oid_element(P256), &[]),
        ec_key(&secret[..31], &curve, &other),
        ec_key(&[&secret[..], &[1]].concat(), &curve, &[]),
    ] {
        let fault = read(&der).unwrap_err();
        assert!(!format!("{fault} {fault:?}").to_lowercase().contains(&digits));
    }
}
