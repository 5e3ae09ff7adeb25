#![allow(clippy::unwrap_used)]
use super::*;
use crate::test_certificates::{Sandbox, ca_template, key, template};
use crate::tlv::Reader;

#[test]
fn the_signed_part_is_the_same_for_the_same_input() {
    let make = || template("CN=示例,C=CN", &[7]).self_sign(&key(1)).unwrap();
    let (first, second) = (make(), make());
    // What differs is the signature, in its length too.
    let common = |certificate: &Certificate| {
        let mut outer = Reader::new(certificate.der(), Code::CertificateMalformed);
        outer.enter(tlv::SEQUENCE, "x").unwrap().content(tlv::SEQUENCE, "x").unwrap().to_vec()
    };
    assert_eq!(common(&first), common(&second));
}

#[test]
fn names_and_identifiers_are_written_as_asked_for() {
    let sandbox = Sandbox::new();
    let der = sandbox.sub.der();
    let has = |bytes: &[u8]| der.windows(bytes.len()).any(|window| window == bytes);
    assert!(has(&[0x13, 2, b'C', b'N']), "country as PrintableString");
    assert!(has(&[&[0x0c, 24][..], "测试财政电子认证".as_bytes()].concat()), "others as UTF8String");
    assert!(has(&[0x30, 10, 6, 8, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x83, 0x75]), "501, no parameters");
    // basicConstraints and keyUsage are critical.
    assert!(has(&[0x55, 0x1d, 0x13, 1, 1, 0xff]));
    assert!(has(&[0x55, 0x1d, 0x0f, 1, 1, 0xff]));
    assert_eq!(sandbox.sub.authority_key_id(), sandbox.root.subject_key_id());
    assert_eq!(sandbox.root.authority_key_id(), sandbox.root.subject_key_id());
    // An end entity's basicConstraints restrict nothing and are not critical.
    let unit = sandbox.unit.der();
    assert!(unit.windows(7).any(|w| w == [0x55, 0x1d, 0x13, 4, 2, 0x30, 0]));
}

#[test]
fn a_template_that_describes_no_certificate_is_refused() {
    let base = || template("CN=a", &[1]);
    let extension = |oid: &str| Extension { oid: oid.into(), critical: false, value: vec![] };
    for (template, field) in [
        (CertificateTemplate { serial: vec![], ..base() }, "serial"),
        (CertificateTemplate { serial: vec![0, 0], ..base() }, "serial"),
        (CertificateTemplate { serial: vec![1; 21], ..base() }, "serial"),
        (CertificateTemplate { serial: vec![0x80; 20], ..base() }, "serial"),
        (CertificateTemplate { not_after: DateTime::<Utc>::MIN_UTC, ..base() }, "not_after"),
        (CertificateTemplate { not_after: DateTime::<Utc>::MAX_UTC, ..base() }, "not_after"),
        (CertificateTemplate { extensions: vec![extension("x")], ..base() }, "extensions"),
    ] {
        let fault = template.self_sign(&key(1)).unwrap_err();
        assert_eq!(fault.code(), Code::TemplateInvalid);
        assert_eq!(fault.place().path.as_deref(), Some(field));
    }
    let twenty = CertificateTemplate { serial: vec![0x7f; 20], ..base() };
    assert!(twenty.self_sign(&key(1)).unwrap().problems().is_empty());
}

#[test]
fn only_an_authority_with_its_own_key_issues() {
    let sandbox = Sandbox::new();
    let subject = key(8);
    let wrong_key = template("CN=a", &[1]).sign_by(&key(1), &sandbox.sub, subject.verifying_key());
    let fault = wrong_key.unwrap_err();
    assert_eq!(fault.code(), Code::SignerKeyMismatch);
    assert_eq!(fault.place().path.as_deref(), Some("CN=Sub CA,O=测试财政电子认证,C=CN"));
    let no_ca = template("CN=a", &[1]).sign_by(&key(3), &sandbox.unit, subject.verifying_key());
    assert_eq!(no_ca.unwrap_err().code(), Code::TemplateIssuer);
}

#[test]
fn dates_beyond_2049_take_the_longer_form() {
    let template =
        CertificateTemplate { not_after: "2060-01-01T00:00:00Z".parse().unwrap(), ..ca_template("CN=Root", &[1]) };
    let root = template.self_sign(&key(1)).unwrap();
    assert_eq!(root.not_after(), template.not_after);
    assert!(root.der().windows(17).any(|window| window == b"\x18\x0f20600101000000Z"));
}
