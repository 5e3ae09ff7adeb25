//! The way to a trust anchor, and the form of what stands on it.

use std::sync::Arc;

use czei_codes::Kind;
use czei_pki::{
    Aspect, Certificate, CertificateTemplate, Code, Extension, KeyUsage, Outcome, RevocationRule, RevokedEntry, Times,
};

use crate::province::{Case, P256_POINT, ca, edited, end, entry, issued, key, now, replaced, time, tlv};

#[test]
fn an_issuer_that_is_no_authority() {
    let mut case = Case::new();
    let shadow = CertificateTemplate { subject: case.unit.subject().clone(), ..ca("CN=x", 9, None) };
    let shadow = shadow.self_sign(&key(3)).unwrap();
    let leaf = issued(end("CN=leaf", 7), 3, &shadow, 7);
    case.store.add(Arc::clone(&case.unit));
    let found = case.judge(&leaf);
    found.is(Outcome::Failed, Code::IssuerNotCa, "CN=unit");
    assert_eq!((found.0.validity(), found.0.revocation()), (Aspect::NotMade, Aspect::NotMade));
}

#[test]
fn an_issuer_that_may_not_sign_certificates() {
    let mut case = Case::new();
    let template = CertificateTemplate { key_usage: Some(KeyUsage::CRL_SIGN), ..ca("CN=only crl", 5, None) };
    let issuer = issued(template, 1, &case.root, 5);
    let leaf = issued(end("CN=leaf", 7), 5, &issuer, 7);
    case.store.add(issuer);
    case.judge(&leaf).is(Outcome::Failed, Code::IssuerUsage, "CN=only crl");
}

#[test]
fn a_path_longer_than_its_issuer_allows() {
    let mut case = Case::new(); // none may stand below the sub CA
    let lower = issued(ca("CN=lower", 5, None), 2, &case.sub, 5);
    let leaf = issued(end("CN=leaf", 7), 5, &lower, 7);
    case.store.add(lower);
    case.judge(&leaf).is(Outcome::Failed, Code::PathLengthExceeded, "CN=Sub");
}

#[test]
fn expired_and_not_yet_valid() {
    let case = Case::new();
    for (at, code) in [
        ("2025-12-31T23:59:59Z", Some(Code::CertificateNotYetValid)),
        ("2026-01-01T00:00:00Z", None),
        ("2036-01-01T00:00:00Z", None),
        ("2036-01-01T00:00:01Z", Some(Code::CertificateExpired)),
    ] {
        let times = Times { judged: time(at), now: now(), known_by: Some(time(at)) };
        let found = case.judge_at(&case.unit, RevocationRule::Off, times);
        match code {
            Some(code) => found.is(Outcome::Failed, code, "CN=unit"),
            None => assert_eq!((found.0.outcome(), found.0.validity()), (Outcome::Passed, Aspect::Passed), "{at}"),
        }
    }
}

#[test]
fn a_certificate_that_has_expired_since_an_unproved_time_is_indeterminate() {
    let case = Case::new();
    let later = time("2036-01-01T00:00:01Z");
    let times = |proved: bool| Times { judged: now(), now: later, known_by: proved.then(now) };
    // Known only from a time when it had expired already: that shows nothing.
    let late = Times { known_by: Some(later), ..times(true) };
    case.judge_at(&case.unit, RevocationRule::Off, late).is(Outcome::Indeterminate, Code::ExpiredSince, "CN=unit");
    let found = case.judge_at(&case.unit, RevocationRule::Off, times(false));
    found.is(Outcome::Indeterminate, Code::ExpiredSince, "CN=unit");
    assert_eq!(found.0.validity(), Aspect::Indeterminate);
    assert_eq!(case.judge_at(&case.unit, RevocationRule::Off, times(true)).0.outcome(), Outcome::Passed);
    // A path that lasts longer decides: here the unit itself is trusted.
    let mut trusted = Case::new();
    trusted.anchors.add(Arc::clone(&trusted.unit));
    let found = trusted.judge_at(&trusted.unit, RevocationRule::Required, times(false));
    found.is(Outcome::Passed, Code::AnchorItself, "CN=unit");
    assert_eq!(found.0.revocation(), Aspect::NotMade);
}

#[test]
fn inner_and_outer_signature_algorithm_differ() {
    let case = Case::new();
    let mut der = case.unit.der().to_vec();
    let algorithm = b"\x2a\x81\x1c\xcf\x55\x01\x83\x75";
    let last = der.windows(8).rposition(|window| window == algorithm).unwrap();
    der[last + 7] = 0x74;
    let fault = Certificate::from_der(&der).unwrap_err();
    assert_eq!(fault.code(), Code::CertificateAlgorithmsDiffer);
    assert_eq!(fault.place().path.as_deref(), Some("Certificate/signatureAlgorithm"));
}

#[test]
fn a_key_that_is_no_point_of_the_curve() {
    let case = Case::new();
    let old = key(7).verifying_key().to_sec1();
    let mut off = old;
    off[64] ^= 1;
    let bits = |point: &[u8]| tlv(3, &[&[0][..], point].concat());
    for (point, found) in [
        (&P256_POINT[..], "public-key-off-curve"), // a P-256 key under the SM2 identifier
        (&off[..], "public-key-off-curve"),
        (&[&[2][..], &old[1..33]].concat(), "public-key-compressed"),
        (&[0][..], "public-key-infinity"),
    ] {
        // As the certificate of a signer ...
        let change = |tbs: &[u8]| {
            let spki = spki_with(&bits(&old));
            replaced(tbs, &spki, &spki_with(&bits(point)))
        };
        let leaf = edited(&issued(end("CN=leaf", 7), 2, &case.sub, 7), 2, change);
        let fault = leaf.verifying_key().unwrap_err();
        assert_eq!((fault.code(), fault.found_text()), (Code::KeyPoint, Some(found)));
        assert_eq!(fault.place().path.as_deref(), Some("tbsCertificate/subjectPublicKeyInfo"));
        case.judge(&leaf).is(Outcome::Failed, Code::KeyPoint, "CN=leaf");
        // ... and as that of an issuer.
        let issuer = issued(ca("CN=bad key", 7, None), 1, &case.root, 7);
        let leaf = issued(end("CN=leaf", 8), 7, &issuer, 8);
        let mut below = Case::new();
        below.store.add(edited(&issuer, 1, change));
        below.judge(&leaf).is(Outcome::Failed, Code::KeyPoint, "CN=bad key");
    }
}

fn spki_with(bits: &[u8]) -> Vec<u8> {
    let algorithm = b"\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x81\x1c\xcf\x55\x01\x82\x2d";
    tlv(0x30, &[&algorithm[..], bits].concat())
}

#[test]
fn an_unknown_critical_extension() {
    let case = Case::new();
    let extensions = vec![Extension { oid: "1.2.3".into(), critical: true, value: vec![5, 0] }];
    let leaf = issued(CertificateTemplate { extensions, ..end("CN=leaf", 7) }, 2, &case.sub, 7);
    let found = case.judge(&leaf);
    found.is(Outcome::Failed, Code::CriticalExtension, "CN=leaf");
    assert_eq!(found.0.path_found(), Aspect::Failed);
}

#[test]
fn the_same_subject_with_another_key() {
    // It says by its key identifier that it is another one: the true issuer is missing.
    let mut case = Case::new();
    case.store = std::iter::once(ca("CN=Sub", 5, None).self_sign(&key(5)).unwrap()).collect();
    case.anchors.extend(case.store.iter().map(|held| Certificate::from_der(held.der()).unwrap()).collect::<Vec<_>>());
    case.judge(&case.unit).is(Outcome::Indeterminate, Code::NoTrustAnchor, "CN=unit");
    // It does not say so: then the signature is wrong.
    let silent = edited(&case.unit, 2, |tbs| {
        let identifier = [0x06, 3, 0x55, 0x1d, 0x23];
        replaced(tbs, &identifier, &[0x06, 3, 0x55, 0x1d, 0x63])
    });
    assert_eq!(silent.authority_key_id(), None);
    case.judge(&silent).is(Outcome::Failed, Code::CertificateSignatureWrong, "CN=unit");
}

#[test]
fn a_loop_of_a_hundred_cross_certificates() {
    let mut case = Case::new();
    let shadow = ca("CN=X", 1, None).self_sign(&key(1)).unwrap();
    for number in 1..=100u8 {
        case.store.add(issued(ca("CN=X", number, None), 1, &shadow, 1));
    }
    let leaf = issued(end("CN=leaf", 5), 1, &shadow, 5);
    let found = case.judge(&leaf);
    found.is(Outcome::Failed, Code::PathBudget, "CN=X");
    assert_eq!(found.0.faults()[0].entry().kind, Kind::Limit);
}

#[test]
fn serial_numbers_of_zero_below_zero_and_over_20_bytes() {
    let case = Case::new();
    let leaf = issued(CertificateTemplate { serial: vec![0x7f, 1], ..end("CN=leaf", 7) }, 2, &case.sub, 7);
    let long = [0x7f; 21];
    for (serial, hex, found) in [
        (&[0][..], "0", "zero"),
        (&[0xff], "-1", "-1"),
        (&[0x80, 0], "-8000", "-8000"),
        (&long, "7F7F7F7F7F7F7F7F7F7F7F7F7F7F7F7F7F7F7F7F7F", "21 bytes"),
    ] {
        let odd = edited(&leaf, 2, |tbs| replaced(tbs, &[2, 2, 0x7f, 1], &tlv(2, serial)));
        assert_eq!(odd.serial_hex(), hex);
        let problem = &odd.problems()[0];
        assert_eq!((problem.code(), problem.found_text()), (Code::CertificateSerial, Some(found)));
        assert_eq!(problem.place().path.as_deref(), Some("tbsCertificate/serialNumber"));
        // It is told and does not decide, and such a certificate is found in a CRL.
        let judged = case.judge(&odd);
        judged.is(Outcome::Passed, Code::CertificateSerial, "tbsCertificate/serialNumber");
        let mut revoked = Case::new();
        revoked.crl(2, vec![RevokedEntry { serial: serial.to_vec(), ..entry(7, "2026-06-01T00:00:00Z", None) }]);
        revoked.judge(&odd).is(Outcome::Failed, Code::CertificateRevoked, "CN=leaf");
    }
}
