#![allow(clippy::unwrap_used)]
use super::*;
use crate::test_certificates::{Sandbox, ca_template, key, template};
use crate::{CertificateTemplate, Extension, Name};

const IDS: &[UserId] = &[UserId::DEFAULT];

fn now() -> DateTime<Utc> {
    "2026-12-01T00:00:00Z".parse().unwrap()
}

fn store(certificates: &[&Arc<Certificate>]) -> CertificateStore {
    let mut store = CertificateStore::new();
    for certificate in certificates {
        store.add(Arc::clone(certificate));
    }
    store
}

fn builder<'a>(anchors: &'a CertificateStore, known: &'a CertificateStore) -> ChainBuilder<'a> {
    ChainBuilder { anchors, store: known, extra: &[], user_ids: IDS, limits: ChainLimits::default() }
}

fn paths(anchors: &[&Arc<Certificate>], known: &[&Arc<Certificate>], leaf: &Arc<Certificate>) -> Paths {
    builder(&store(anchors), &store(known)).paths_to(leaf)
}

/// The only fault of a search without a path.
fn fault(anchors: &[&Arc<Certificate>], known: &[&Arc<Certificate>], leaf: &Arc<Certificate>) -> Error {
    let paths = paths(anchors, known, leaf);
    assert!(paths.all().is_empty());
    paths.at(now()).unwrap_err()
}

fn place(fault: &Error) -> &str {
    fault.place().path.as_deref().unwrap()
}

/// A certificate of `template` for key `subject`, signed by key `issuer` under `authority`.
fn issued(template: CertificateTemplate, issuer: u8, authority: &Certificate, subject: u8) -> Arc<Certificate> {
    Arc::new(template.sign_by(&key(issuer), authority, key(subject).verifying_key()).unwrap())
}

/// A certificate that names an issuer which may not issue: the issuer's name and key stand in an
/// authority certificate that the path builder never sees.
fn issued_in_the_name_of(issuer: &Certificate, number: u8, subject: u8) -> Arc<Certificate> {
    let shadow = CertificateTemplate { subject: issuer.subject().clone(), ..ca_template("CN=x", &[9]) };
    let shadow = shadow.self_sign(&key(number)).unwrap();
    issued(template("CN=leaf", &[77]), number, &shadow, subject)
}

#[test]
fn a_path_is_found_through_the_store_or_what_came_with_the_signature() {
    let sandbox = Sandbox::new();
    let found = paths(&[&sandbox.root], &[&sandbox.sub], &sandbox.unit);
    let path = found.at(now()).unwrap();
    let certificates: Vec<_> = path.certificates().iter().collect();
    assert_eq!(certificates, [&sandbox.unit, &sandbox.sub, &sandbox.root]);
    assert_eq!(path.user_ids(), [UserId::DEFAULT, UserId::DEFAULT]);
    assert_eq!(found.signature_checks(), 2);
    assert!(found.faults().is_empty());

    let (anchors, nothing) = (store(&[&sandbox.root]), CertificateStore::new());
    let extra = [Arc::clone(&sandbox.sub), Arc::clone(&sandbox.unit), Arc::clone(&sandbox.sub)];
    let found = ChainBuilder { extra: &extra, ..builder(&anchors, &nothing) }.paths_to(&sandbox.unit);
    assert_eq!(found.all().len(), 1);
    assert_eq!(found.signature_checks(), 2);
}

#[test]
fn a_leaf_that_is_an_anchor_is_a_path_of_one_at_any_time() {
    let sandbox = Sandbox::new();
    let found = paths(&[&sandbox.unit], &[], &sandbox.unit);
    let path = found.at(DateTime::<Utc>::MAX_UTC).unwrap();
    assert_eq!(path.certificates().len(), 1);
    assert_eq!(found.signature_checks(), 0);
    // But it issues nothing.
    let below = issued_in_the_name_of(&sandbox.unit, 3, 4);
    let fault = fault(&[&sandbox.unit], &[], &below);
    assert_eq!((fault.code(), place(&fault)), (Code::IssuerNotCa, "CN=测试医院@01,O=测试医院,C=CN"));
}

#[test]
fn without_an_anchor_the_outcome_is_indeterminate() {
    let sandbox = Sandbox::new();
    for (anchors, known, named) in [
        (&[][..], &[][..], sandbox.unit.subject()),
        (&[], &[&sandbox.sub], sandbox.sub.subject()),
        (&[], &[&sandbox.sub, &sandbox.root], sandbox.root.subject()),
        (&[&sandbox.root], &[], sandbox.unit.subject()),
    ] {
        let fault = fault(anchors, known, &sandbox.unit);
        assert_eq!(fault.code(), Code::NoTrustAnchor);
        assert_eq!(fault.entry().severity, czei_codes::Severity::Indeterminate);
        assert_eq!(place(&fault), named.to_rfc4514());
    }
}

#[test]
fn validity_counts_for_all_but_the_anchor_and_includes_both_ends() {
    let old_root =
        CertificateTemplate { not_after: "2026-02-01T00:00:00Z".parse().unwrap(), ..ca_template("CN=Root,C=CN", &[1]) };
    let root = Arc::new(old_root.self_sign(&key(1)).unwrap());
    let sub = CertificateTemplate {
        not_before: "2026-06-01T00:00:00Z".parse().unwrap(),
        not_after: "2027-06-01T00:00:00Z".parse().unwrap(),
        ..ca_template("CN=Sub", &[2])
    };
    let sub = issued(sub, 1, &root, 2);
    let unit = issued(template("CN=unit", &[3]), 2, &sub, 3);
    let found = paths(&[&root], &[&sub], &unit);
    assert_eq!(found.all()[0].not_before(), sub.not_before());
    assert_eq!(found.all()[0].not_after(), sub.not_after());
    for (time, code) in [
        ("2026-06-01T00:00:00Z", None),
        ("2027-06-01T00:00:00Z", None),
        ("2026-05-31T23:59:59Z", Some(Code::CertificateNotYetValid)),
        ("2027-06-01T00:00:01Z", Some(Code::CertificateExpired)),
    ] {
        let outcome = found.at(time.parse().unwrap());
        assert_eq!(outcome.as_ref().err().map(Error::code), code, "{time}");
        if let Err(fault) = outcome {
            assert_eq!(place(&fault), "CN=Sub");
            assert_eq!(fault.found_text(), Some(time));
        }
    }
    let before = found.at("2025-12-31T23:59:59Z".parse().unwrap()).unwrap_err();
    assert_eq!((before.code(), place(&before)), (Code::CertificateNotYetValid, "CN=unit"));
}

#[test]
fn of_several_paths_the_one_valid_at_the_time_counts() {
    let sandbox = Sandbox::new();
    let renewed = CertificateTemplate {
        not_before: "2035-01-01T00:00:00Z".parse().unwrap(),
        not_after: "2040-01-01T00:00:00Z".parse().unwrap(),
        ..ca_template("CN=Sub CA,O=测试财政电子认证,C=CN", &[12])
    };
    let renewed = issued(renewed, 1, &sandbox.root, 2);
    let found = paths(&[&sandbox.root], &[&sandbox.sub, &renewed], &sandbox.unit);
    assert_eq!(found.all().len(), 2);
    assert_eq!(found.at(now()).unwrap().certificates()[1], sandbox.sub);
    let late = "2035-12-31T00:00:00Z".parse().unwrap();
    assert!(found.at(late).is_ok());
    let only_renewed = paths(&[&sandbox.root], &[&renewed], &sandbox.unit);
    assert_eq!(only_renewed.at(now()).unwrap_err().code(), Code::CertificateNotYetValid);
}

#[test]
fn an_issuer_must_be_an_authority_that_may_sign() {
    let sandbox = Sandbox::new();
    let end = issued(template("CN=end", &[4]), 1, &sandbox.root, 4);
    let leaf = issued_in_the_name_of(&end, 4, 5);
    let not_ca = fault(&[&sandbox.root], &[&end], &leaf);
    assert_eq!((not_ca.code(), place(&not_ca)), (Code::IssuerNotCa, "CN=end"));

    let usage = CertificateTemplate { key_usage: Some(KeyUsage::CRL_SIGN), ..ca_template("CN=crl", &[4]) };
    let usage = issued(usage, 1, &sandbox.root, 4);
    let leaf = issued(template("CN=leaf", &[5]), 4, &usage, 5);
    let may_not = fault(&[&sandbox.root], &[&usage], &leaf);
    assert_eq!((may_not.code(), place(&may_not)), (Code::IssuerUsage, "CN=crl"));
    assert_eq!(may_not.found_text(), Some("cRLSign"));

    let silent = CertificateTemplate { key_usage: None, ..ca_template("CN=silent", &[4]) };
    let silent = issued(silent, 1, &sandbox.root, 4);
    let leaf = issued(template("CN=leaf", &[5]), 4, &silent, 5);
    assert!(paths(&[&sandbox.root], &[&silent], &leaf).at(now()).is_ok());
}

#[test]
fn a_trusted_end_entity_that_does_not_say_so_issues_nothing() {
    // basicConstraints turned into an extension nobody knows; nothing looks at the signature on an
    // anchor.
    let silent = |key_usage| {
        let template = CertificateTemplate { key_usage, ..template("CN=own", &[1]) };
        let mut der = template.self_sign(&key(1)).unwrap().der().to_vec();
        let at = der.windows(3).position(|window| window == b"\x55\x1d\x13").unwrap();
        der[at + 2] = 0x63;
        Arc::new(Certificate::from_der(&der).unwrap())
    };
    for (key_usage, code) in [
        (None, Some(Code::IssuerNotCa)),
        (Some(KeyUsage::DIGITAL_SIGNATURE), Some(Code::IssuerNotCa)),
        (Some(KeyUsage::KEY_CERT_SIGN), None),
    ] {
        let anchor = silent(key_usage);
        assert_eq!(anchor.basic_constraints(), None);
        let leaf = issued_in_the_name_of(&anchor, 1, 5);
        let found = paths(&[&anchor], &[], &leaf);
        assert_eq!(found.at(now()).err().map(|fault| fault.code()), code, "{key_usage:?}");
    }
}

#[test]
fn path_length_counts_authorities_below() {
    let sandbox = Sandbox::new(); // the sub CA allows none below
    let lower = issued(ca_template("CN=lower", &[5]), 2, &sandbox.sub, 5);
    let leaf = issued(template("CN=leaf", &[6]), 5, &lower, 6);
    let fault = fault(&[&sandbox.root], &[&sandbox.sub, &lower], &leaf);
    assert_eq!(fault.code(), Code::PathLengthExceeded);
    assert_eq!(place(&fault), sandbox.sub.subject().to_rfc4514());
    assert_eq!((fault.expected_text(), fault.found_text()), (Some("<= 0"), Some("1")));
    // A CA certificate as the leaf is not counted.
    assert!(paths(&[&sandbox.root], &[&sandbox.sub], &lower).at(now()).is_ok());
    // Nor is one that is issued to itself, as at a change of keys.
    let rollover = issued(ca_template("CN=Sub CA,O=测试财政电子认证,C=CN", &[7]), 2, &sandbox.sub, 7);
    let leaf = issued(template("CN=leaf", &[8]), 7, &rollover, 8);
    assert!(paths(&[&sandbox.root], &[&sandbox.sub, &rollover], &leaf).at(now()).is_ok());
}

#[test]
fn a_critical_extension_that_is_not_supported_stops_at_any_place() {
    let critical = vec![Extension { oid: "1.2.3".into(), critical: true, value: vec![5, 0] }];
    let root = CertificateTemplate { extensions: critical.clone(), ..ca_template("CN=r", &[1]) };
    let root = Arc::new(root.self_sign(&key(1)).unwrap());
    let leaf = issued(template("CN=leaf", &[5]), 1, &root, 5);
    let at_root = fault(&[&root], &[], &leaf);
    assert_eq!((at_root.code(), place(&at_root)), (Code::CriticalExtension, "CN=r"));
    assert_eq!(at_root.found_text(), Some("1.2.3"));

    let sandbox = Sandbox::new();
    let leaf = CertificateTemplate { extensions: critical, ..template("CN=leaf", &[5]) };
    let leaf = issued(leaf, 1, &sandbox.root, 5);
    for anchor in [&sandbox.root, &leaf] {
        let fault = fault(&[anchor], &[], &leaf);
        assert_eq!((fault.code(), place(&fault)), (Code::CriticalExtension, "CN=leaf"));
    }
}

#[test]
fn the_same_subject_with_another_key_is_another_issuer() {
    let sandbox = Sandbox::new();
    let impostor = ca_template("CN=Root,C=CN", &[1]).self_sign(&key(9)).unwrap();
    let impostor = Arc::new(impostor);
    // The CA's certificate names the key of its issuer, and that is not the impostor's: the true
    // issuer is missing.
    let missing = fault(&[&impostor], &[&sandbox.sub], &sandbox.unit);
    assert_eq!(missing.code(), Code::NoTrustAnchor);
    assert_eq!(missing.entry().severity, czei_codes::Severity::Indeterminate);
    assert_eq!(place(&missing), sandbox.sub.subject().to_rfc4514());
    assert_eq!(missing.found_text(), Some("CN=Root,C=CN"));
    // An impostor who claims the same key identifier has signed wrongly.
    let claimed = sandbox.root.subject_key_id().unwrap();
    let mut der = impostor.der().to_vec();
    let own = impostor.subject_key_id().unwrap();
    let at = der.windows(own.len()).position(|window| window == own).unwrap();
    der[at..at + own.len()].copy_from_slice(claimed);
    let claiming = Arc::new(Certificate::from_der(&der).unwrap());
    let wrong = fault(&[&claiming], &[&sandbox.sub], &sandbox.unit);
    assert_eq!(wrong.code(), Code::CertificateSignatureWrong);
    assert_eq!(place(&wrong), sandbox.sub.subject().to_rfc4514());
    // With the true one beside it, the key identifier leads there at once.
    let found = paths(&[&impostor, &sandbox.root], &[&sandbox.sub], &sandbox.unit);
    assert_eq!(found.at(now()).unwrap().certificates()[2], sandbox.root);
}

#[test]
fn certificates_signed_under_another_user_id_fail_unless_it_is_named() {
    let sandbox = Sandbox::new();
    let (anchors, known) = (store(&[&sandbox.root]), store(&[&sandbox.sub]));
    let only_empty = [UserId::EMPTY];
    let found = ChainBuilder { user_ids: &only_empty, ..builder(&anchors, &known) };
    let fault = found.paths_to(&sandbox.unit).at(now()).unwrap_err();
    assert_eq!(fault.code(), Code::CertificateSignatureWrong);
    let both = [UserId::EMPTY, UserId::DEFAULT];
    let found = ChainBuilder { user_ids: &both, ..builder(&anchors, &known) }.paths_to(&sandbox.unit);
    assert_eq!(found.at(now()).unwrap().user_ids(), [UserId::DEFAULT, UserId::DEFAULT]);
    assert_eq!(found.signature_checks(), 4);
}

#[test]
fn an_issuer_with_a_foreign_key_is_named() {
    let sandbox = Sandbox::new();
    let curve = b"\x2a\x81\x1c\xcf\x55\x01\x82\x2d";
    let mut der = sandbox.root.der().to_vec();
    let at = der.windows(8).position(|window| window == curve).unwrap();
    der[at..at + 8].copy_from_slice(b"\x2a\x86\x48\xce\x3d\x03\x01\x07");
    let root = Arc::new(Certificate::from_der(&der).unwrap());
    let fault = fault(&[&root], &[&sandbox.sub], &sandbox.unit);
    assert_eq!((fault.code(), place(&fault)), (Code::KeyNotSm2, "CN=Root,C=CN"));
}

#[test]
fn depth_is_bounded() {
    let root = Arc::new(ca_template("CN=ca0", &[1]).self_sign(&key(1)).unwrap());
    let mut chain = vec![root];
    for number in 1..=10u8 {
        let subject = ca_template(&format!("CN=ca{number}"), &[number + 1]);
        let last = chain.last().unwrap();
        chain.push(issued(subject, number, last, number + 1));
    }
    let known: Vec<_> = chain.iter().collect();
    // Ten certificates, anchor and leaf included, are allowed; eleven are not.
    assert_eq!(paths(&known[..1], &known, known[9]).at(now()).unwrap().certificates().len(), 10);
    let fault = fault(&known[..1], &known, known[10]);
    assert_eq!((fault.code(), place(&fault)), (Code::PathDepth, "CN=ca1"));
}

#[test]
fn a_circle_of_two_ends_without_an_anchor() {
    let a_self = ca_template("CN=A", &[1]).self_sign(&key(1)).unwrap();
    let b_self = ca_template("CN=B", &[2]).self_sign(&key(2)).unwrap();
    let a = issued(ca_template("CN=A", &[3]), 2, &b_self, 1);
    let b = issued(ca_template("CN=B", &[4]), 1, &a_self, 2);
    let leaf = issued(template("CN=leaf", &[5]), 1, &a_self, 5);
    let fault = fault(&[], &[&a, &b], &leaf);
    assert_eq!((fault.code(), place(&fault)), (Code::PathLoop, "CN=A"));
}

#[test]
fn a_hundred_cross_certificates_exceed_the_budget() {
    // A hundred authorities of one name, each certified by the same key: every one could be the
    // issuer of every other.
    let shadow = ca_template("CN=X", &[1]).self_sign(&key(1)).unwrap();
    let crossed: Vec<_> = (1..=100u8).map(|number| issued(ca_template("CN=X", &[number]), 1, &shadow, 1)).collect();
    let leaf = issued(template("CN=leaf", &[5]), 1, &shadow, 5);
    let known: Vec<_> = crossed.iter().collect();
    let found = paths(&[], &known, &leaf);
    let fault = found.at(now()).unwrap_err();
    assert_eq!(fault.code(), Code::PathBudget);
    assert_eq!(fault.entry().kind, czei_codes::Kind::Limit);
    assert_eq!(found.signature_checks(), 100);
    // A mesh small enough for the signature checks still has too many ways. What it meets on them
    // is kept once.
    let found = paths(&[], &known[..9], &leaf);
    assert_eq!(found.at(now()).unwrap_err().code(), Code::PathBudget);
    assert!(found.signature_checks() <= 81);
    let met: Vec<_> = found.faults().iter().map(|fault| fault.code()).collect();
    assert_eq!(met, [Code::NoTrustAnchor, Code::PathLoop, Code::PathDepth, Code::PathBudget]);
}

#[test]
fn names_are_chained_as_names() {
    let sandbox = Sandbox::new();
    // The issuer's name in capitals and with more spaces, encoded anew.
    let other = Name::parse_rfc4514("CN=SUB  CA,O=测试财政电子认证,C=cn").unwrap();
    let respelled = CertificateTemplate { subject: other, ..ca_template("CN=x", &[2]) };
    let respelled = issued(respelled, 1, &sandbox.root, 2);
    assert_ne!(respelled.subject().der(), sandbox.unit.issuer().der());
    assert!(paths(&[&sandbox.root], &[&respelled], &sandbox.unit).at(now()).is_ok());
}

#[test]
fn usage_of_a_signer() {
    let with = |key_usage| CertificateTemplate { key_usage, ..template("CN=s", &[1]) }.self_sign(&key(1)).unwrap();
    let encipher = KeyUsage::KEY_ENCIPHERMENT | KeyUsage::DATA_ENCIPHERMENT;
    for allowed in [
        KeyUsage::DIGITAL_SIGNATURE,
        KeyUsage::NON_REPUDIATION,
        KeyUsage::DIGITAL_SIGNATURE | KeyUsage::KEY_ENCIPHERMENT,
    ] {
        assert_eq!(signer_usage(&with(Some(allowed))).unwrap(), None);
    }
    let note = signer_usage(&with(None)).unwrap().unwrap();
    assert_eq!(note.code(), Code::UsageAbsent);
    assert_eq!(note.entry().severity, czei_codes::Severity::Note);
    for (usage, code) in [
        (encipher, Code::UsageEncryption),
        (KeyUsage::KEY_AGREEMENT, Code::UsageEncryption),
        (KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN, Code::UsageNotSigning),
        (KeyUsage::NONE, Code::UsageNotSigning),
    ] {
        let fault = signer_usage(&with(Some(usage))).unwrap_err();
        assert_eq!(fault.code(), code, "{usage}");
        assert_eq!(place(&fault), "CN=s");
    }
}
