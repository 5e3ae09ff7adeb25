#![allow(clippy::unwrap_used)]
use super::*;
use crate::test_certificates::{Sandbox, ca_template, key, template};
use crate::{CertificateTemplate, Extension};
use czei_sm2::SigningKey;
use x509_cert::der::{Decode as _, Encode as _};

fn fault(bytes: &[u8]) -> Error {
    Certificate::from_der(bytes).unwrap_err()
}

/// Replaces the first occurrence of some bytes by as many others.
fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let at = bytes.windows(from.len()).position(|window| window == from).unwrap();
    let mut bytes = bytes.to_vec();
    bytes[at..at + to.len()].copy_from_slice(to);
    bytes
}

/// A certificate around a signed part, with the algorithm given.
fn assembled(tbs: &[u8], algorithm: &[u8]) -> Vec<u8> {
    let algorithm = tlv::write(tlv::SEQUENCE, &[algorithm]);
    tlv::write(tlv::SEQUENCE, &[tbs, &algorithm, &tlv::write(tlv::BIT_STRING, &[&[0, 0x30, 0]])])
}

/// A signed part with the given version element, serial content and tail.
fn tbs(version: &[u8], serial: &[u8], algorithm: &[u8], tail: &[u8]) -> Vec<u8> {
    let sandbox = Sandbox::new();
    let name = sandbox.unit.subject().der().to_vec();
    let date = time::write(sandbox.unit.not_before()).unwrap();
    tlv::write(
        tlv::SEQUENCE,
        &[
            version,
            &tlv::write(tlv::INTEGER, &[serial]),
            &tlv::write(tlv::SEQUENCE, &[algorithm]),
            &name,
            &tlv::write(tlv::SEQUENCE, &[&date, &date]),
            &name,
            &public_key::write(key(3).verifying_key()),
            tail,
        ],
    )
}

fn sm2_with_sm3() -> Vec<u8> {
    tlv::write(tlv::OID, &[oid::SM2_WITH_SM3])
}

#[test]
fn what_is_issued_is_read_again_in_every_field() {
    let sandbox = Sandbox::new();
    let unit = &sandbox.unit;
    assert_eq!(unit.version(), 3);
    assert_eq!(unit.serial(), [0, 0xab, 0, 0, 1]);
    assert_eq!(unit.serial_hex(), "AB000001");
    assert_eq!(unit.issuer(), sandbox.sub.subject());
    assert_eq!(unit.subject().to_rfc4514(), "CN=测试医院@01,O=测试医院,C=CN");
    assert_eq!(unit.not_before().to_string(), "2026-01-01 00:00:00 UTC");
    assert_eq!(unit.not_after().to_string(), "2036-01-01 00:00:00 UTC");
    assert_eq!(unit.verifying_key().unwrap(), key(3).verifying_key());
    assert_eq!(unit.key_usage(), Some(KeyUsage::DIGITAL_SIGNATURE | KeyUsage::NON_REPUDIATION));
    assert_eq!(unit.basic_constraints(), Some(BasicConstraints::default()));
    assert_eq!(unit.authority_key_id(), sandbox.sub.subject_key_id());
    assert_eq!(unit.subject_key_id().unwrap().len(), 20);
    assert_eq!(unit.signature_algorithm(), "1.2.156.10197.1.501");
    assert!(unit.unsupported_critical().is_empty());
    assert!(unit.problems().is_empty());
    assert!(!unit.is_self_issued());
    assert!(sandbox.root.is_self_issued());
    assert_eq!(sandbox.sub.basic_constraints().unwrap().path_len, Some(0));
    let fingerprint = unit.fingerprint();
    assert_eq!(fingerprint, format!("sm3:{}", hex::lower(&Sm3::digest(unit.der()))));
    assert_eq!(fingerprint.len(), 68);
}

#[test]
fn an_independent_reader_sees_the_same() {
    let sandbox = Sandbox::new();
    for ours in [&sandbox.root, &sandbox.sub, &sandbox.unit] {
        let theirs = x509_cert::Certificate::from_der(ours.der()).unwrap();
        let tbs = theirs.tbs_certificate();
        assert_eq!(tbs.serial_number().as_bytes(), ours.serial());
        assert_eq!(tbs.subject().to_der().unwrap(), ours.subject().der());
        assert_eq!(tbs.issuer().to_der().unwrap(), ours.issuer().der());
        let end = tbs.validity().not_after.to_unix_duration().as_secs();
        assert_eq!(i64::try_from(end).unwrap(), ours.not_after().timestamp());
        assert_eq!(theirs.to_der().unwrap(), ours.der());
    }
}

#[test]
fn signatures_are_checked_with_the_user_ids_given() {
    let sandbox = Sandbox::new();
    let issuer = sandbox.sub.prepared_key().unwrap();
    let ids = [UserId::EMPTY, UserId::DEFAULT];
    assert_eq!(sandbox.unit.verify_signature_by(issuer, &ids).unwrap(), &UserId::DEFAULT);
    for (key, ids) in [(issuer, &ids[..1]), (issuer, &[]), (sandbox.root.prepared_key().unwrap(), &ids[..])] {
        let fault = sandbox.unit.verify_signature_by(key, ids).unwrap_err();
        assert_eq!(fault.code(), Code::CertificateSignatureWrong);
        assert_eq!(fault.place().path.as_deref(), Some("Certificate/signatureValue"));
    }
}

#[test]
fn algorithms_inside_and_outside_must_agree() {
    let with_null = [sm2_with_sm3(), vec![5, 0]].concat();
    let ecdsa = tlv::write(tlv::OID, &[b"\x2a\x86\x48\xce\x3d\x04\x03\x02"]);
    let inside = tbs(&[], &[1], &sm2_with_sm3(), &[]);
    for outside in [&with_null, &ecdsa] {
        let fault = fault(&assembled(&inside, outside));
        assert_eq!(fault.code(), Code::CertificateAlgorithmsDiffer);
        assert_eq!(fault.place().path.as_deref(), Some("Certificate/signatureAlgorithm"));
    }
    // Parameters NULL in both places is fine, and leads to the signature, which is none.
    let key = key(1).verifying_key().prepare();
    let ids = [UserId::DEFAULT];
    let both = assembled(&tbs(&[], &[1], &with_null, &[]), &with_null);
    let fault = Certificate::from_der(&both).unwrap().verify_signature_by(&key, &ids).unwrap_err();
    assert_eq!(fault.code(), Code::SignatureMalformed);
    // So is a BIT STRING without any bits.
    let empty = tlv::write(tlv::BIT_STRING, &[&[0]]);
    let empty = tlv::write(
        tlv::SEQUENCE,
        &[&tbs(&[], &[1], &with_null, &[]), &tlv::write(tlv::SEQUENCE, &[&with_null]), &empty],
    );
    let fault = Certificate::from_der(&empty).unwrap().verify_signature_by(&key, &ids).unwrap_err();
    assert_eq!(fault.code(), Code::SignatureMalformed);
    // Another algorithm is read and then not checked.
    let other = assembled(&tbs(&[], &[1], &ecdsa, &[]), &ecdsa);
    let fault = Certificate::from_der(&other).unwrap().verify_signature_by(&key, &ids).unwrap_err();
    assert_eq!(fault.code(), Code::CertificateSignatureAlgorithm);
    assert_eq!(fault.found_text(), Some("1.2.840.10045.4.3.2"));
}

#[test]
fn unusual_serial_numbers_and_versions_are_read_and_reported() {
    let read = |version: &[u8], serial: &[u8], tail: &[u8]| {
        let tbs = tbs(version, serial, &sm2_with_sm3(), tail);
        Certificate::from_der(&assembled(&tbs, &sm2_with_sm3()))
    };
    let long = [1; 21];
    for (serial, shown, found) in [
        (&[0][..], "0", "zero"),
        (&[0xff], "-1", "-1"),
        (&[0x80, 0], "-8000", "-8000"),
        (&long, &hex::upper(&long)[1..], "21 bytes"),
    ] {
        let certificate = read(&[], serial, &[]).unwrap();
        assert_eq!(certificate.serial_hex(), shown);
        let problems = certificate.problems();
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].code(), Code::CertificateSerial);
        assert_eq!(problems[0].found_text(), Some(found));
    }
    assert!(read(&[], &[0x0a], &[]).unwrap().problems().is_empty());
    assert_eq!(read(&[], &[0x0a], &[]).unwrap().serial_hex(), "A");

    let v3 = [0xa0, 3, 2, 1, 2];
    let extension = Extension { oid: "1.2.3".into(), critical: false, value: vec![5, 0] };
    let pair = tlv::write(
        tlv::SEQUENCE,
        &[
            &tlv::write(tlv::OID, &[&oid::from_dotted(&extension.oid).unwrap()]),
            &tlv::write(tlv::OCTET_STRING, &[&extension.value]),
        ],
    );
    let tail = tlv::write(tlv::context(3), &[&tlv::write(tlv::SEQUENCE, &[&pair])]);
    let problems = read(&[], &[1], &tail).unwrap().problems();
    assert_eq!(problems[0].code(), Code::CertificateVersion);
    assert_eq!((problems[0].expected_text(), problems[0].found_text()), (Some("3"), Some("1")));
    assert!(read(&v3, &[1], &tail).unwrap().problems().is_empty());
    assert_eq!(read(&[], &[1], &[0x81, 2, 0, 1]).unwrap().problems()[0].expected_text(), Some("2"));

    for (bytes, path) in [
        (read(&[0xa0, 3, 2, 1, 3], &[1], &[]), "tbsCertificate/version"),
        (read(&[], &[0, 1], &[]), "tbsCertificate/serialNumber"),
        (read(&[], &[], &[]), "tbsCertificate/serialNumber"),
        (read(&v3, &[1], &[5, 0]), "tbsCertificate"),
        (read(&v3, &[1], &[0xa3, 2, 0x30, 0]), "tbsCertificate/extensions"),
    ] {
        let fault = bytes.unwrap_err();
        assert_eq!(fault.code(), Code::CertificateMalformed);
        assert_eq!(fault.place().path.as_deref(), Some(path));
    }
}

#[test]
fn damaged_bytes_are_refused() {
    let sandbox = Sandbox::new();
    let der = sandbox.unit.der();
    for length in 0..der.len() {
        assert_eq!(fault(&der[..length]).code(), Code::CertificateMalformed, "{length}");
    }
    let fault = fault(&[der, &[0]].concat());
    assert_eq!(fault.code(), Code::CertificateMalformed);
    assert_eq!(fault.found_text(), Some("1 bytes too many"));
}

#[test]
fn extensions_that_are_not_understood_are_listed_when_critical() {
    let with = |oid: &str, critical| {
        let extension = Extension { oid: oid.into(), critical, value: vec![0x30, 0] };
        CertificateTemplate { extensions: vec![extension], ..template("CN=a", &[1]) }.self_sign(&key(1))
    };
    assert_eq!(with("1.2.3.4", true).unwrap().unsupported_critical(), ["1.2.3.4"]);
    assert!(with("1.2.3.4", false).unwrap().unsupported_critical().is_empty());
    // Extended key usage and name constraints restrict, and are not acted on here.
    for restricting in ["2.5.29.37", "2.5.29.30", "2.5.29.36"] {
        assert_eq!(with(restricting, true).unwrap().unsupported_critical(), [restricting]);
    }
    for harmless in ["2.5.29.17", "2.5.29.31", "2.5.29.32"] {
        assert!(with(harmless, true).unwrap().unsupported_critical().is_empty());
    }
    let twice = with("2.5.29.15", true).unwrap_err();
    assert_eq!(twice.code(), Code::CertificateMalformed);
    assert_eq!(twice.found_text(), Some("2.5.29.15 twice"));

    // Four are written by themselves.
    let many = |count: u8| {
        let one = |number| Extension { oid: format!("1.2.{number}"), critical: false, value: vec![5, 0] };
        let template = CertificateTemplate { extensions: (0..count).map(one).collect(), ..template("CN=x", &[1]) };
        template.self_sign(&key(1)).map(|_| ())
    };
    assert_eq!(many(96), Ok(()));
    let fault = many(97).unwrap_err();
    assert_eq!((fault.code(), fault.found_text()), (Code::CertificateMalformed, Some("more than 100")));
    assert_eq!(fault.place().path.as_deref(), Some("tbsCertificate/extensions"));
}

#[test]
fn a_foreign_key_is_read_and_refused_when_asked_for() {
    let sandbox = Sandbox::new();
    // The curve becomes P-256's with an identifier of the same length.
    let curve = tlv::write(tlv::OID, &[oid::SM2]);
    let p256 = tlv::write(tlv::OID, &[b"\x2a\x86\x48\xce\x3d\x03\x01\x07"]);
    let other = Certificate::from_der(&replaced(sandbox.unit.der(), &curve, &p256)).unwrap();
    for _ in 0..2 {
        let fault = other.verifying_key().unwrap_err();
        assert_eq!(fault.code(), Code::KeyNotSm2);
        assert_eq!(fault.found_text(), Some("1.2.840.10045.3.1.7"));
    }
    let point = key(3).verifying_key().to_sec1();
    let mut off = point;
    off[64] ^= 1;
    let off = Certificate::from_der(&replaced(sandbox.unit.der(), &point, &off)).unwrap();
    assert_eq!(off.verifying_key().unwrap_err().code(), Code::KeyPoint);
}

#[test]
fn pem_files_hold_one_or_several() {
    let sandbox = Sandbox::new();
    let other = "-----BEGIN EC PARAMETERS-----\nBggqgRzPVQGCLQ==\n-----END EC PARAMETERS-----\n";
    let file = format!("note\n{other}{}{}", sandbox.sub.to_pem(), sandbox.root.to_pem());
    let read = Certificate::from_pem(file.as_bytes()).unwrap();
    assert_eq!(read, *sandbox.sub);
    assert_eq!(Certificate::from_pem_or_der(file.as_bytes()).unwrap(), *sandbox.sub);
    assert_eq!(Certificate::from_pem_or_der(sandbox.sub.der()).unwrap(), *sandbox.sub);
    let all = Certificate::many_from_pem(file.as_bytes()).unwrap();
    assert_eq!(all, [read, Certificate::from_der(sandbox.root.der()).unwrap()]);
    assert_eq!(Certificate::many_from_pem_or_der(sandbox.sub.der()).unwrap().len(), 1);
    for none in [Certificate::from_pem(other.as_bytes()), Certificate::from_pem(b"")] {
        assert_eq!(none.unwrap_err().code(), Code::PemNoBlock);
    }
    let none = Certificate::many_from_pem_or_der(other.as_bytes()).unwrap_err();
    assert_eq!(none.code(), Code::PemNoBlock);
    assert_eq!(Certificate::from_pem_or_der(b"junk").unwrap_err().code(), Code::CertificateMalformed);
}

/// Every bit of a certificate flipped on its own: nothing panics, and no change is accepted under
/// the issuer's signature. Which bit of an octet goes to the signature check changes with the
/// octet, as each check takes long without optimisation.
#[test]
fn no_flipped_bit_is_accepted() {
    let root = ca_template("CN=Root,C=CN", &[1]).self_sign(&key(1)).unwrap();
    let issuer = root.prepared_key().unwrap();
    let mut survivors = Vec::new();
    for at in 0..root.der().len() {
        for bit in 0..8 {
            let mut bytes = root.der().to_vec();
            bytes[at] ^= 1 << bit;
            let Ok(other) = Certificate::from_der(&bytes) else { continue };
            let _ = (other.verifying_key(), other.problems(), other.subject().to_rfc4514());
            if bit == at % 8 && other.verify_signature_by(issuer, &[UserId::DEFAULT]).is_ok() {
                survivors.push((at, bit));
            }
        }
    }
    assert!(survivors.is_empty(), "{survivors:?}");
}

#[test]
fn serial_numbers_in_text_are_numbers() {
    for (text, content) in [
        ("1", Some(vec![1])),
        ("0001", Some(vec![1])),
        ("ff", Some(vec![0, 0xff])),
        ("0", Some(vec![0])),
        ("", None),
        ("g", None),
        ("1 2", None),
        ("-1", None),
        ("财", None),
    ] {
        assert_eq!(serial_from_hex(text), content, "{text}");
    }
    let generated = SigningKey::generate().unwrap();
    let serial = &generated.verifying_key().to_sec1()[1..19];
    let certificate = template("CN=a", serial).self_sign(&generated).unwrap();
    assert_eq!(serial_from_hex(&certificate.serial_hex()).unwrap(), certificate.serial());
}

#[test]
fn the_same_key_is_told_from_another() {
    let sandbox = Sandbox::new();
    let renewed = template("CN=renewed", &[9]).self_sign(&key(3)).unwrap();
    assert!(sandbox.unit.has_same_key(&renewed));
    assert!(!sandbox.unit.has_same_key(&sandbox.sub));
}
