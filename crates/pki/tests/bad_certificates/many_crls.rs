//! Many CRLs of one issuer, many certificates of one name, and keys that were renewed.

use std::sync::Arc;

use czei_pki::{
    Certificate, CertificateTemplate, Code, CrlTemplate, Extension, KeyUsage, Outcome, Purpose, RevocationReason,
    RevocationRule, RevocationStatus, RevokedEntry, Times,
};
use czei_sm2::UserId;

use crate::province::{Case, Found, ca, crl_template, end, entry, issued, key, now, time, tlv};

fn compromised(serial: u8) -> Vec<RevokedEntry> {
    vec![entry(serial, "2026-02-01T00:00:00Z", Some(RevocationReason::KeyCompromise))]
}

fn point(number: usize) -> Vec<u8> {
    tlv(0xa0, &tlv(0xa0, &tlv(0x86, format!("http://ca.example/{number}.crl").as_bytes())))
}

/// A CA that splits its CRL into so many parts, and a leaf in the oldest of them.
fn split(parts: usize, entries: Vec<RevokedEntry>) -> (Case, Arc<Certificate>) {
    let mut case = Case::new();
    let value = tlv(0x30, &tlv(0x30, &point(0)));
    let extensions = vec![Extension { oid: "2.5.29.31".into(), critical: false, value }];
    let leaf = issued(CertificateTemplate { extensions, ..end("CN=leaf", 7) }, 2, &case.sub, 7);
    case.crls = [case.crl_of_root()].into_iter().collect();
    for number in 0..parts {
        let value = tlv(0x30, &point(number));
        let extensions = vec![Extension { oid: "2.5.29.28".into(), critical: true, value }];
        let this_update = time(if number == 0 { "2026-11-01T00:00:00Z" } else { "2026-11-02T00:00:00Z" });
        let entries = if number == 0 { entries.clone() } else { Vec::new() };
        case.add_crl(2, CrlTemplate { extensions, entries, this_update, ..crl_template() });
    }
    (case, leaf)
}

#[test]
fn of_a_crl_in_150_parts_the_one_that_matters_is_found() {
    let (case, leaf) = split(150, compromised(7));
    for rule in [RevocationRule::Required, RevocationRule::IfAvailable] {
        case.judge_at(&leaf, rule, Times::present(now())).is(Outcome::Failed, Code::CertificateCompromised, "CN=leaf");
    }
    let (case, leaf) = split(150, Vec::new());
    assert_eq!((case.judge(&leaf).0.outcome(), case.judge(&leaf).0.faults()), (Outcome::Passed, &[][..]));
}

#[test]
fn of_many_whole_crls_those_that_list_are_checked_first() {
    let mut case = Case::new();
    case.crl(2, compromised(3));
    for day in 2..10 {
        let this_update = time(&format!("2026-11-0{day}T00:00:00Z"));
        case.add_crl(2, CrlTemplate { this_update, ..crl_template() });
    }
    let mut settings = case.settings();
    settings.limits.signature_checks = 3;
    let found = Found(settings.judge(&case.unit, Purpose::Signing, Times::present(now())));
    found.is(Outcome::Failed, Code::CertificateCompromised, "CN=unit");
}

#[test]
fn certificates_that_come_along_hide_no_revocation() {
    let mut case = Case::new();
    case.crl(2, compromised(3));
    let junk: Vec<_> =
        (100..115).map(|serial| Arc::new(ca("CN=Sub", serial, None).self_sign(&key(9)).unwrap())).collect();
    let user_ids: Vec<_> =
        (0..7).map(|n| if n == 0 { UserId::DEFAULT } else { UserId::new(vec![b'a' + n]).unwrap() }).collect();
    let mut settings = case.settings();
    (settings.extra, settings.user_ids) = (&junk, &user_ids);
    settings.revocation = RevocationRule::IfAvailable;
    let prepared = settings.prepare(&case.unit, Purpose::Signing, now());
    assert_eq!(prepared.paths().signature_checks(), settings.limits.signature_checks);
    let found = Found(prepared.at(Times::present(now())));
    found.is(Outcome::Failed, Code::CertificateCompromised, "CN=unit");
}

#[test]
fn a_crl_that_lists_and_was_not_checked_lets_nothing_pass() {
    let mut case = Case::new();
    let impostor = ca("CN=Sub", 5, None).self_sign(&key(5)).unwrap();
    for number in 0..3 {
        let template = CrlTemplate { number: Some(number), entries: compromised(3), ..crl_template() };
        case.crls.add(Arc::new(template.sign(&key(5), &impostor).unwrap()));
    }
    // With enough checks they are found to be somebody else's.
    assert_eq!(case.judge(&case.unit).0.outcome(), Outcome::Passed);
    let mut settings = case.settings();
    settings.limits.signature_checks = 2;
    settings.revocation = RevocationRule::IfAvailable;
    let found = settings.judge(&case.unit, Purpose::Signing, Times::present(now()));
    assert_eq!(found.outcome(), Outcome::Indeterminate);
}

/// The sub CA renewed its key, 20, and signs CRLs with it alone.
struct Renewed {
    case: Case,
    renewed: Arc<Certificate>,
}

impl Renewed {
    fn new(template: CertificateTemplate) -> Self {
        let mut case = Case::new();
        let renewed = issued(template, 1, &case.root, 20);
        case.crls = [case.crl_of_root()].into_iter().collect();
        Renewed { case, renewed }
    }

    fn judge(&mut self, entries: Vec<RevokedEntry>, at_hand: bool) -> Found {
        let crl = CrlTemplate { entries, ..crl_template() }.sign(&key(20), &self.renewed).unwrap();
        let of_root = self.case.crls.by_issuer(self.case.root.subject()).to_vec();
        self.case.crls = [crl].into_iter().collect();
        of_root.into_iter().for_each(|crl| drop(self.case.crls.add(crl)));
        let extra = [Arc::clone(&self.renewed)];
        let mut settings = self.case.settings();
        settings.extra = if at_hand { &extra } else { &[] };
        Found(settings.judge(&self.case.unit, Purpose::Signing, Times::present(now())))
    }
}

fn reason(found: &Found) -> Code {
    let RevocationStatus::Unknown(reasons) = found.0.revocation_status(0) else { panic!("known") };
    assert_eq!(reasons.len(), 1);
    assert_eq!(found.0.outcome(), Outcome::Indeterminate);
    reasons[0].code()
}

#[test]
fn a_crl_by_the_renewed_key_of_the_issuer() {
    let mut case = Renewed::new(ca("CN=Sub", 10, None));
    case.judge(compromised(3), true).is(Outcome::Failed, Code::CertificateCompromised, "CN=unit");
    assert_eq!(case.judge(Vec::new(), true).0.outcome(), Outcome::Passed);
    // Without the certificate of the new key nothing can be said.
    assert_eq!(reason(&case.judge(compromised(3), false)), Code::CrlSignatureWrong);
    // One for CRLs alone need be no authority.
    let only_crls = CertificateTemplate { key_usage: Some(KeyUsage::CRL_SIGN), ..end("CN=Sub", 10) };
    assert_eq!(Renewed::new(only_crls).judge(Vec::new(), true).0.outcome(), Outcome::Passed);
}

#[test]
fn a_crl_by_another_key_that_is_not_entitled() {
    let wrong = |mut case: Renewed| reason(&case.judge(compromised(3), true));
    let without = CertificateTemplate { key_usage: Some(KeyUsage::KEY_CERT_SIGN), ..ca("CN=Sub", 10, None) };
    assert_eq!(wrong(Renewed::new(without)), Code::CrlSignatureWrong);
    // One that says nothing, and is an end entity.
    let silent = CertificateTemplate { key_usage: None, ..end("CN=Sub", 10) };
    assert_eq!(wrong(Renewed::new(silent)), Code::CrlSignatureWrong);
    // Not valid when the CRL was issued.
    let late = CertificateTemplate { not_before: time("2026-11-01T00:00:01Z"), ..ca("CN=Sub", 10, None) };
    assert_eq!(wrong(Renewed::new(late)), Code::CrlSignatureWrong);
    // No path to an anchor.
    let mut case = Renewed::new(ca("CN=Sub", 10, None));
    case.renewed = Arc::new(ca("CN=Sub", 10, None).self_sign(&key(20)).unwrap());
    assert_eq!(wrong(case), Code::CrlSignatureWrong);
    // A name that another authority gave away.
    let mut case = Renewed::new(ca("CN=Sub", 10, None));
    let other = issued(ca("CN=Other", 11, None), 1, &case.case.root, 21);
    case.case.store.add(Arc::clone(&other));
    case.renewed = issued(ca("CN=Sub", 10, None), 21, &other, 20);
    assert_eq!(wrong(case), Code::CrlSignatureWrong);
    // Revoked itself.
    let mut case = Renewed::new(ca("CN=Sub", 10, None));
    case.case.crl(1, compromised(10));
    assert_eq!(wrong(case), Code::CrlSignatureWrong);
}

#[test]
fn a_crl_by_another_key_not_known_to_be_good_counts_by_what_it_lists() {
    let mut case = Renewed::new(ca("CN=Sub", 10, None));
    case.case.crls = Default::default();
    let found = case.judge(Vec::new(), true);
    assert_eq!(found.0.outcome(), Outcome::Indeterminate);
    assert!(matches!(found.0.revocation_status(0), RevocationStatus::Unknown(_)));
    let found = case.judge(compromised(3), true);
    found.is(Outcome::Failed, Code::CertificateCompromised, "CN=unit");
}
