#![allow(clippy::unwrap_used)]
use super::*;
use crate::test_certificates::{Sandbox, ca_template, key};
use crate::{CertificateTemplate, Extension};
use der::Decode as _;

const IDS: &[UserId] = &[UserId::DEFAULT];

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn entry(serial: &[u8], reason: Option<RevocationReason>) -> RevokedEntry {
    RevokedEntry { serial: serial.to_vec(), revoked_at: time("2026-05-01T00:00:00Z"), reason, invalid_since: None }
}

fn template(entries: Vec<RevokedEntry>) -> CrlTemplate {
    CrlTemplate { entries, ..CrlTemplate::new(time("2026-06-01T00:00:00Z")) }
}

fn signed(template: &CrlTemplate) -> Crl {
    template.sign(&key(1), &Sandbox::new().root).unwrap()
}

/// A CRL from the fields of its signed part; the signature is none.
fn of_fields(fields: &[&[u8]]) -> Result<Crl, Error> {
    let algorithm = crate::issue::algorithm();
    let bits = tlv::write(tlv::BIT_STRING, &[&[0, 1]]);
    Crl::from_der(&tlv::write(tlv::SEQUENCE, &[&tlv::write(tlv::SEQUENCE, fields), &algorithm, &bits]))
}

const V2: &[u8] = &[2, 1, 1];
const NAME: &[u8] = &[0x30, 0];
const TIME: &[u8] = b"\x17\x0d260601000000Z";

fn line(content: &[&[u8]]) -> Vec<u8> {
    tlv::write(tlv::SEQUENCE, &[&tlv::write(tlv::SEQUENCE, content)])
}

fn extensions(list: &[&[u8]]) -> Vec<u8> {
    tlv::write(tlv::context(0), &[&tlv::write(tlv::SEQUENCE, list)])
}

fn one(id: &[u8], value: &[u8]) -> Vec<u8> {
    crate::issue::extension(id, false, value)
}

#[test]
fn what_is_written_is_read_again() {
    let all = [
        None,
        Some(RevocationReason::Unspecified),
        Some(RevocationReason::KeyCompromise),
        Some(RevocationReason::CertificateHold),
        Some(RevocationReason::AaCompromise),
    ];
    let mut entries: Vec<_> = (1..).zip(all).map(|(serial, reason)| entry(&[serial], reason)).collect();
    entries[2].invalid_since = Some(time("2026-04-01T00:00:00Z"));
    let crl = signed(&template(entries.clone()));
    assert_eq!(crl.entries().collect::<Vec<_>>(), entries);
    assert_eq!((crl.version(), crl.len(), crl.is_empty()), (2, 5, false));
    assert_eq!(crl.this_update(), time("2026-06-01T00:00:00Z"));
    assert_eq!(crl.next_update(), Some(time("2026-07-01T00:00:00Z")));
    assert_eq!(crl.number_hex().as_deref(), Some("1"));
    assert_eq!(crl.signature_algorithm(), "1.2.156.10197.1.501");
    let sandbox = Sandbox::new();
    assert_eq!(crl.authority_key_id(), sandbox.root.subject_key_id());
    assert_eq!(crl.issuer(), sandbox.root.subject());
    assert_eq!(crl.verify_signature_by(sandbox.root.prepared_key().unwrap(), IDS).unwrap(), &UserId::DEFAULT);
    for bytes in [crl.der().to_vec(), crl.to_pem().into_bytes(), crl.to_pem().replace("X509 ", "").into_bytes()] {
        assert_eq!(Crl::from_pem_or_der(&bytes).unwrap(), crl);
    }
    // An independent reader sees the same.
    let other: x509_cert::crl::CertificateList = x509_cert::crl::CertificateList::from_der(crl.der()).unwrap();
    let serials: Vec<_> =
        other.tbs_cert_list.revoked_certificates.unwrap().iter().map(|line| line.serial_number.as_bytes()[0]).collect();
    assert_eq!(serials, [1, 2, 3, 4, 5]);
    assert_eq!(other.tbs_cert_list.this_update.to_unix_duration().as_secs() as i64, crl.this_update().timestamp());
}

#[test]
fn version_1_has_neither_number_nor_reasons() {
    let template = CrlTemplate { version: 1, number: None, ..template(vec![entry(&[7], None)]) };
    let crl = signed(&template);
    assert_eq!((crl.version(), crl.number_hex(), crl.authority_key_id()), (1, None, None));
    assert_eq!(crl.find(&[7]).unwrap().reason, None);
    for (bad, field) in [
        (CrlTemplate { number: Some(1), ..template.clone() }, "extensions"),
        (CrlTemplate { version: 3, ..template.clone() }, "version"),
        (CrlTemplate { entries: vec![entry(&[7], Some(RevocationReason::Superseded))], ..template.clone() }, "entries"),
        (CrlTemplate { entries: vec![entry(&[], None)], ..template.clone() }, "entries"),
        (CrlTemplate { this_update: DateTime::<Utc>::MAX_UTC, ..template.clone() }, "this_update"),
    ] {
        let fault = bad.sign(&key(1), &Sandbox::new().root).unwrap_err();
        assert_eq!((fault.code(), fault.place().path.as_deref()), (Code::CrlTemplateInvalid, Some(field)));
    }
    let fault = template.sign(&key(2), &Sandbox::new().root).unwrap_err();
    assert_eq!(fault.code(), Code::SignerKeyMismatch);
}

#[test]
fn entries_are_found_by_their_serial_numbers_in_any_order() {
    let serials: Vec<Vec<u8>> =
        (0..2000u32).map(|n| tlv::unsigned_content(&(n * 7919 % 65_536).to_be_bytes())).collect();
    let crl = signed(&template(serials.iter().map(|serial| entry(serial, None)).collect()));
    for serial in &serials {
        assert_eq!(crl.find(serial).unwrap().serial, *serial);
    }
    for absent in [&[][..], &[0x7f; 20], &tlv::unsigned_content(&(2001u32 * 7919 % 65_536).to_be_bytes())] {
        assert_eq!(crl.find(absent), None);
    }
    assert_eq!(crl.entries.len() * 4, 8000);
}

#[test]
fn of_several_entries_the_heaviest_counts() {
    let at = |text, reason| RevokedEntry { revoked_at: time(text), ..entry(&[5], reason) };
    let (early, late) = ("2026-01-01T00:00:00Z", "2026-05-01T00:00:00Z");
    use RevocationReason::*;
    for (entries, expected) in [
        (vec![at(late, None), at(early, None)], Some(at(early, None))),
        (vec![at(early, None), at(late, Some(KeyCompromise))], Some(at(late, Some(KeyCompromise)))),
        (vec![at(early, Some(CertificateHold)), at(late, Some(Superseded))], Some(at(late, Some(Superseded)))),
        (vec![at(early, Some(RemoveFromCrl))], None),
    ] {
        assert_eq!(signed(&template(entries)).find(&[5]), expected);
    }
}

#[test]
fn malformed_lists_are_refused_with_their_place() {
    let algorithm = crate::issue::algorithm();
    let good: &[&[u8]] = &[V2, &algorithm, NAME, TIME];
    assert_eq!(of_fields(good).unwrap().next_update(), None);
    let with = |more: &[&[u8]]| of_fields(&[good, more].concat());
    // An empty list is read.
    assert!(with(&[&[0x30, 0]]).unwrap().is_empty());
    let entries = "tbsCertList/revokedCertificates";
    let all = "tbsCertList/crlExtensions";
    for (more, place, found) in [
        (line(&[&[2, 0], TIME]), entries, "an empty INTEGER"),
        (line(&[&[2, 2, 0, 1], TIME]), entries, "a non-minimal INTEGER"),
        (line(&[&[2, 1, 1], b"\x17\x0d260230000000Z"]), entries, "a time that is not in the form of RFC 5280"),
        (line(&[&[2, 1, 1], TIME, &[0x30, 0], &[5, 0]]), entries, "2 bytes too many"),
        (reason(&[tlv::ENUMERATED, 0]), entries, "a bad reason code"),
        (reason(&[tlv::ENUMERATED, 2, 0, 1]), entries, "a bad reason code"),
        (reason(&[tlv::ENUMERATED, 2, 0xff, 0x80]), entries, "a bad reason code"),
        (reason(&[tlv::ENUMERATED, 1, 1, 0]), entries, "1 bytes too many"),
        (
            line(&[&[2, 1, 1], TIME, &tlv::write(tlv::SEQUENCE, &[&one(oid::INVALIDITY_DATE, &[5, 0])])]),
            entries,
            "a time that is not in the form of RFC 5280",
        ),
        (extensions(&[]), all, "an empty list"),
        (extensions(&[&one(oid::CRL_NUMBER, &[2, 1, 1]), &one(oid::CRL_NUMBER, &[2, 1, 2])]), all, "2.5.29.20 twice"),
        (
            extensions(&[&one(oid::CRL_NUMBER, &[2, 1, 0x80])]),
            "tbsCertList/crlExtensions/cRLNumber",
            "a negative number",
        ),
        (
            extensions(&[&one(oid::ISSUING_DISTRIBUTION_POINT, &[0x30, 3, 0x81, 1, 1])]),
            "tbsCertList/crlExtensions/issuingDistributionPoint",
            "a bad BOOLEAN",
        ),
        (vec![0xa1, 0], "tbsCertList", "2 bytes too many"),
    ] {
        let fault = with(&[&more]).unwrap_err();
        assert_eq!(fault.code(), Code::CrlMalformed);
        assert_eq!((fault.place().path.as_deref(), fault.found_text()), (Some(place), Some(found)));
    }
    // Version 1 has no extensions, and only version 2 is written.
    let number = extensions(&[&one(oid::CRL_NUMBER, &[2, 1, 1])]);
    let fault = of_fields(&[&algorithm, NAME, TIME, &number]).unwrap_err();
    assert_eq!(fault.place().path.as_deref(), Some("tbsCertList"));
    for (version, found) in [([2, 1, 0], "version 1"), ([2, 1, 2], "version 3")] {
        let fault = of_fields(&[&version, &algorithm, NAME, TIME]).unwrap_err();
        assert_eq!(fault.place().path.as_deref(), Some("tbsCertList/version"));
        assert_eq!(fault.found_text(), Some(found));
    }
    let fault = of_fields(&[V2, &[0x30, 3, 6, 1, 0x2a], NAME, TIME]).unwrap_err();
    assert_eq!(fault.code(), Code::CrlAlgorithmsDiffer);
    assert_eq!(fault.place().path.as_deref(), Some("CertificateList/signatureAlgorithm"));
}

fn reason(value: &[u8]) -> Vec<u8> {
    line(&[&[2, 1, 1], TIME, &tlv::write(tlv::SEQUENCE, &[&one(oid::REASON_CODE, value)])])
}

#[test]
fn an_entry_that_is_odd_revokes_all_the_same() {
    use RevocationReason::{KeyCompromise, Unspecified};
    let algorithm = crate::issue::algorithm();
    let date =
        |value: &[u8]| line(&[&[2, 1, 1], TIME, &tlv::write(tlv::SEQUENCE, &[&one(oid::INVALIDITY_DATE, value)])]);
    let earlier = Some(time("2026-04-01T00:00:00Z"));
    for (odd, reason, invalid_since) in [
        (reason(&[tlv::ENUMERATED, 1, 1]), Some(KeyCompromise), None),
        (reason(&[tlv::ENUMERATED, 1, 7]), Some(Unspecified), None),
        (reason(&[tlv::ENUMERATED, 1, 0xff]), Some(Unspecified), None),
        (reason(&[tlv::ENUMERATED, 2, 1, 0]), Some(Unspecified), None),
        (date(b"\x17\x0d260401000000Z"), None, earlier),
        (date(b"\x18\x0f20260401000000Z"), None, earlier),
        (line(&[&[2, 1, 1], TIME, &[0x30, 0]]), None, None),
    ] {
        let crl = of_fields(&[V2, &algorithm, NAME, TIME, &odd]).unwrap();
        let revoked_at = time("2026-06-01T00:00:00Z");
        assert_eq!(crl.find(&[1]), Some(RevokedEntry { serial: vec![1], revoked_at, reason, invalid_since }));
        crl.check_usable().unwrap();
    }
}

#[test]
fn all_crls_of_a_file_are_read() {
    let crls = [signed(&template(vec![])), signed(&template(vec![entry(&[1], None)]))];
    let text = format!("{}{}{}", crls[0].to_pem(), Sandbox::new().root.to_pem(), crls[1].to_pem());
    assert_eq!(Crl::many_from_pem_or_der(text.as_bytes()).unwrap(), crls);
    assert_eq!(Crl::from_pem_or_der(text.as_bytes()).unwrap(), crls[0]);
    assert_eq!(Crl::many_from_pem_or_der(crls[1].der()).unwrap(), crls[1..]);
    let code = |bytes: &[u8]| Crl::many_from_pem_or_der(bytes).unwrap_err().code();
    assert_eq!(code(Sandbox::new().root.to_pem().as_bytes()), Code::PemNoBlock);
    assert_eq!(code(b""), Code::CrlMalformed);
    let damaged = pem::write("X509 CRL", &[0x30, 0]);
    assert_eq!(code(format!("{text}{}", *damaged).as_bytes()), Code::CrlMalformed);
}

#[test]
fn what_restricts_an_entry_keeps_the_whole_list_from_being_used() {
    let algorithm = crate::issue::algorithm();
    for (id, critical, code, found) in [
        (oid::CERTIFICATE_ISSUER, true, Code::CrlIndirect, "certificateIssuer"),
        (oid::CERTIFICATE_ISSUER, false, Code::CrlIndirect, "certificateIssuer"),
        (&b"\x2a\x03"[..], true, Code::CrlCriticalExtension, "1.2.3"),
    ] {
        let list = tlv::write(tlv::SEQUENCE, &[&crate::issue::extension(id, critical, &[0x30, 0])]);
        let crl = of_fields(&[V2, &algorithm, NAME, TIME, &line(&[&[2, 1, 1], TIME, &list])]).unwrap();
        let fault = crl.check_usable().unwrap_err();
        assert_eq!((fault.code(), fault.found_text()), (code, Some(found)));
        assert_eq!(fault.place().path.as_deref(), Some("tbsCertList/revokedCertificates"));
    }
}

#[test]
fn signatures_are_remembered_by_key_and_user_id() {
    let sandbox = Sandbox::new();
    let crl = signed(&template(Vec::new()));
    let by = |certificate: &Certificate, id: &UserId| {
        crl.is_signed_by(certificate.verifying_key().unwrap(), certificate.prepared_key().unwrap(), id).unwrap()
    };
    for _ in 0..2 {
        assert!(by(&sandbox.root, &UserId::DEFAULT));
        assert!(!by(&sandbox.root, &UserId::EMPTY));
        assert!(!by(&sandbox.sub, &UserId::DEFAULT));
    }
    assert_eq!(crl.checked.lock().unwrap().len(), 3);
    let wrong = crl.verify_signature_by(sandbox.sub.prepared_key().unwrap(), IDS).unwrap_err();
    assert_eq!(wrong.code(), Code::CrlSignatureWrong);
    assert_eq!(wrong.place().path.as_deref(), Some("CertificateList/signatureValue"));
    // With another algorithm nothing is tried.
    let ecdsa = crl.der().to_vec();
    let mut other = Vec::new();
    let mut rest = &ecdsa[..];
    while let Some(at) = rest.windows(8).position(|window| window == oid::SM2_WITH_SM3) {
        other.extend_from_slice(&rest[..at]);
        other.extend_from_slice(b"\x2a\x81\x1c\xcf\x55\x01\x83\x76");
        rest = &rest[at + 8..];
    }
    other.extend_from_slice(rest);
    let crl = Crl::from_der(&other).unwrap();
    let fault = crl.verify_signature_by(sandbox.root.prepared_key().unwrap(), IDS).unwrap_err();
    assert_eq!((fault.code(), fault.found_text()), (Code::CrlSignatureAlgorithm, Some("1.2.156.10197.1.502")));
}

#[test]
fn files_that_are_too_large_or_no_crl_are_refused() {
    let huge = vec![0x30; Crl::MAX_BYTES + 1];
    assert_eq!(Crl::from_der(&huge).unwrap_err().code(), Code::CrlTooLarge);
    assert_eq!(Crl::from_pem_or_der(Sandbox::new().root.to_pem().as_bytes()).unwrap_err().code(), Code::PemNoBlock);
    assert_eq!(Crl::from_der(Sandbox::new().root.der()).unwrap_err().code(), Code::CrlMalformed);
}

#[test]
fn every_byte_flipped_is_refused_or_fails_its_signature() {
    let root = Sandbox::new().root;
    let crl = signed(&template(vec![entry(&[5], Some(RevocationReason::KeyCompromise))]));
    for at in 0..crl.der().len() {
        for bit in [1, 0x80] {
            let mut der = crl.der().to_vec();
            der[at] ^= bit;
            let Ok(changed) = Crl::from_der(&der) else { continue };
            assert!(changed.verify_signature_by(root.prepared_key().unwrap(), IDS).is_err(), "{at}");
        }
        assert!(Crl::from_der(&crl.der()[..at]).is_err());
    }
}

#[test]
fn distribution_points_of_certificates() {
    let point = |parts: &[&[u8]]| tlv::write(tlv::SEQUENCE, parts);
    let url = |text: &[u8]| tlv::write(tlv::context(0), &[&tlv::write(tlv::context(0), &[&tlv::write(0x86, &[text])])]);
    let directory = tlv::write(tlv::context(0), &[&tlv::write(tlv::context(0), &[&tlv::write(0xa4, &[NAME])])]);
    let relative = tlv::write(tlv::context(0), &[&tlv::write(tlv::context(1), &[])]);
    let value = tlv::write(
        tlv::SEQUENCE,
        &[
            &point(&[&url(b"http://a/1")]),
            &point(&[&directory]),
            &point(&[&relative]),
            &point(&[&url(b"ldap://b/2")]),
            &point(&[&url(b"http://some-reasons/"), &[0x81, 2, 1, 2]]),
            &point(&[&url(b"http://indirect/"), &[0xa2, 0]]),
            &point(&[&url("http://非/".as_bytes())]),
        ],
    );
    let certificate = |value: Vec<u8>| {
        let extension = Extension { oid: "2.5.29.31".into(), critical: false, value };
        CertificateTemplate { extensions: vec![extension], ..ca_template("CN=a", &[1]) }.self_sign(&key(1)).unwrap()
    };
    assert_eq!(certificate(value).crl_urls().unwrap(), ["http://a/1", "ldap://b/2"]);
    assert!(Sandbox::new().root.crl_urls().unwrap().is_empty());
    // What cannot be read matters only to whoever asks.
    let fault = certificate(vec![0x30, 1]).crl_urls().unwrap_err();
    assert_eq!(fault.code(), Code::CertificateMalformed);
    assert_eq!(fault.place().path.as_deref(), Some("tbsCertificate/extensions/cRLDistributionPoints"));
    let many: Vec<u8> = (0..101).flat_map(|_| point(&[&url(b"http://a/")])).collect();
    let fault = certificate(tlv::write(tlv::SEQUENCE, &[&many])).crl_urls().unwrap_err();
    assert_eq!(fault.found_text(), Some("more than 100 names"));
}
