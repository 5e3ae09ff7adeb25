#![allow(clippy::unwrap_used)]
use super::*;
use crate::test_certificates::{ca_template, key};
use crate::{CertificateTemplate, KeyUsage};

const IDS: &[UserId] = &[UserId::DEFAULT];

fn template() -> RequestTemplate {
    let name = Name::parse_rfc4514("CN=示例单位,C=CN").unwrap();
    let usage = Extension { oid: "2.5.29.15".into(), critical: true, value: KeyUsage::DIGITAL_SIGNATURE.write() };
    RequestTemplate { subject: name, extensions: vec![usage] }
}

#[test]
fn what_is_written_is_read_again() {
    let request = template().sign(&key(5)).unwrap();
    assert_eq!(request.subject(), &template().subject);
    assert_eq!(request.extensions(), template().extensions);
    assert_eq!(request.verifying_key(), key(5).verifying_key());
    assert_eq!(request.verify(IDS).unwrap(), &UserId::DEFAULT);
    let pem = request.to_pem();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE REQUEST-----\n"));
    for bytes in [request.der().to_vec(), pem.replace("CERT", "NEW CERT").into_bytes(), pem.into_bytes()] {
        assert_eq!(CertificateRequest::from_pem_or_der(&bytes).unwrap(), request);
    }
    let plain = RequestTemplate { extensions: Vec::new(), ..template() }.sign(&key(5)).unwrap();
    assert!(plain.extensions().is_empty());
    assert!(plain.der().windows(2).any(|window| window == [0xa0, 0]), "the attributes, empty");
}

#[test]
fn a_certificate_is_issued_from_a_request() {
    let request = template().sign(&key(5)).unwrap();
    let root = ca_template("CN=Root", &[1]).self_sign(&key(1)).unwrap();
    let issued = CertificateTemplate {
        subject: request.subject().clone(),
        ca: None,
        key_usage: None,
        extensions: request.extensions().to_vec(),
        ..ca_template("CN=x", &[2])
    };
    let issued = issued.sign_by(&key(1), &root, request.verifying_key()).unwrap();
    assert_eq!(issued.key_usage(), Some(KeyUsage::DIGITAL_SIGNATURE));
    assert_eq!(issued.subject(), &template().subject);
}

#[test]
fn a_signature_from_elsewhere_is_verified() {
    let info = template().to_be_signed(key(5).verifying_key()).unwrap();
    let sign = |number| key(number).sign(Message::of(&[&info])).unwrap();
    assert!(RequestTemplate::finish(&info, &sign(5)).is_ok());
    let fault = RequestTemplate::finish(&info, &sign(6)).unwrap_err();
    assert_eq!(fault.code(), Code::RequestSignatureWrong);
    assert_eq!(fault.place().path.as_deref(), Some("CertificationRequest/signature"));
    let request = template().sign(&key(5)).unwrap();
    assert_eq!(request.verify(&[UserId::EMPTY]).unwrap_err().code(), Code::RequestSignatureWrong);
}

#[test]
fn malformed_requests_are_refused_with_their_place() {
    let subject = template().subject;
    let spki = public_key::write(key(5).verifying_key());
    let of = |fields: &[&[u8]]| {
        let info = tlv::write(tlv::SEQUENCE, fields);
        CertificateRequest::from_der(&tlv::write(tlv::SEQUENCE, &[&info, &algorithm(), &[3, 2, 0, 1]]))
    };
    let version: &[u8] = &[2, 1, 0];
    // Attributes left out are read, and others than extensionRequest passed over.
    assert!(of(&[version, subject.der(), &spki]).unwrap().extensions().is_empty());
    let password = b"\xa0\x0d\x30\x0b\x06\x03\x2a\x03\x04\x31\x04\x0c\x02ab";
    assert!(of(&[version, subject.der(), &spki, password]).is_ok());
    let wanted = template().to_be_signed(key(5).verifying_key()).unwrap();
    let mut reader = Reader::new(&wanted, Code::RequestMalformed);
    let mut fields = reader.enter(tlv::SEQUENCE, "x").unwrap();
    for _ in 0..3 {
        fields.any("x").unwrap();
    }
    let attribute = fields.content(tlv::context(0), "x").unwrap();
    let twice = tlv::write(tlv::context(0), &[attribute, attribute]);
    for (fields, place, found) in [
        (&[&[2, 1, 1], subject.der(), &spki][..], "certificationRequestInfo/version", "version 2"),
        (&[version, subject.der(), &spki, &twice], ATTRIBUTES, "extensionRequest twice"),
        (&[version, subject.der(), &spki, &[0xa0, 2, 0x30, 0]], ATTRIBUTES, "nothing"),
        (&[version, subject.der(), &spki, &[0xa0, 0], &[5, 0]], "certificationRequestInfo", "2 bytes too many"),
    ] {
        let fault = of(fields).unwrap_err();
        assert_eq!(fault.code(), Code::RequestMalformed);
        assert_eq!((fault.place().path.as_deref(), fault.found_text()), (Some(place), Some(found)));
    }
    let bad = Extension { oid: "x".into(), critical: false, value: vec![] };
    let fault = RequestTemplate { extensions: vec![bad], ..template() }.sign(&key(5)).unwrap_err();
    assert_eq!((fault.code(), fault.place().path.as_deref()), (Code::TemplateInvalid, Some("extensions")));
}
