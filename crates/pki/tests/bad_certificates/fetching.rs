//! CRLs that are fetched, and the bounds of it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use czei_pki::{
    Aspect, CaTemplate, Certificate, CertificateTemplate, Code, Crl, CrlFetcher, CrlTemplate, Extension, FetchedCrls,
    Outcome, Purpose, RevocationRule, RevocationStatus, Times,
};

use crate::province::{Case, Found, ca, crl_template, end, entry, issued, key, now, time, tlv};

#[derive(Debug)]
struct Fetcher {
    answers: Vec<(&'static str, Vec<u8>)>,
    asked: std::sync::Mutex<Vec<String>>,
}

impl CrlFetcher for Fetcher {
    fn fetch(&self, url: &str) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
        self.asked.lock().unwrap().push(url.to_owned());
        let answer = self.answers.iter().find(|answer| answer.0 == url);
        answer.map(|answer| answer.1.clone()).ok_or_else(|| "connection refused".into())
    }
}

fn leaf_at(case: &Case, urls: &[&str]) -> Arc<Certificate> {
    let point = |url: &&str| tlv(0x30, &tlv(0xa0, &tlv(0xa0, &tlv(0x86, url.as_bytes()))));
    let points: Vec<u8> = urls.iter().flat_map(point).collect();
    let extensions = vec![Extension { oid: "2.5.29.31".into(), critical: false, value: tlv(0x30, &points) }];
    issued(CertificateTemplate { extensions, ..end("CN=leaf", 7) }, 2, &case.sub, 7)
}

#[test]
fn a_crl_that_cannot_be_reached() {
    let mut case = Case::new();
    case.crls = [case.crl_of_root()].into_iter().collect();
    let leaf = leaf_at(&case, &["http://ca.example/a.crl", "file:///etc/passwd", "ldap://ca.example/b", "/c"]);
    let other = crl_template().sign(&key(1), &case.root).unwrap();
    let answers = vec![("ldap://ca.example/b", other.to_pem().into_bytes())];
    let fetcher = Fetcher { answers, asked: Default::default() };
    let mut settings = case.settings();
    let fetched = FetchedCrls::new(&fetcher);
    settings.fetcher = Some(&fetched);
    let found = Found(settings.judge(&leaf, Purpose::Signing, Times::present(now())));
    found.is(Outcome::Indeterminate, Code::RevocationStatusUnknown, "CN=leaf");
    assert_eq!(found.0.faults()[0].found_text(), Some("crl-missing, crl-fetch-failed"));
    assert_eq!(*fetcher.asked.lock().unwrap(), ["http://ca.example/a.crl", "ldap://ca.example/b"]);
    let RevocationStatus::Unknown(reasons) = found.0.revocation_status(0) else { panic!() };
    let told: Vec<_> = reasons.iter().map(|reason| (reason.code(), reason.found_text())).collect();
    assert_eq!(
        told,
        [
            (Code::CrlMissing, None),
            (Code::CrlFetchFailed, Some("connection refused")),
            (Code::CrlFetchFailed, Some("CN=Root")), // a CRL of somebody else
        ]
    );
    assert_eq!(reasons[1].place().path.as_deref(), Some("http://ca.example/a.crl"));
    // Where the policy does not require it, it is a note; without a fetcher nothing is asked.
    settings.revocation = RevocationRule::IfAvailable;
    let found = Found(settings.judge(&leaf, Purpose::Signing, Times::present(now())));
    found.is(Outcome::Passed, Code::RevocationStatusAccepted, "CN=leaf");
    assert_eq!(found.0.revocation(), Aspect::NotMade);
}

#[test]
fn a_crl_is_fetched_only_when_none_at_hand_tells() {
    let case = Case::new();
    let leaf = leaf_at(&case, &["HTTP://ca.example/a.crl"]);
    let fresh = crl_template().sign(&key(2), &case.sub).unwrap();
    let fetcher =
        Fetcher { answers: vec![("HTTP://ca.example/a.crl", fresh.der().to_vec())], asked: Default::default() };
    let mut settings = case.settings();
    let fetched = FetchedCrls::new(&fetcher);
    settings.fetcher = Some(&fetched);
    assert_eq!(settings.judge(&leaf, Purpose::Signing, Times::present(now())).outcome(), Outcome::Passed);
    assert!(fetcher.asked.lock().unwrap().is_empty());
    let only_root = [case.crl_of_root()].into_iter().collect();
    settings.crls = &only_root;
    let crls: Vec<Arc<Crl>> = (0..2)
        .map(|_| {
            let judgement = settings.judge(&leaf, Purpose::Signing, Times::present(now()));
            assert_eq!(judgement.outcome(), Outcome::Passed);
            let RevocationStatus::Good { crl } = judgement.revocation_status(0) else { panic!("unknown") };
            crl
        })
        .collect();
    // All judgements share what was fetched.
    assert!(Arc::ptr_eq(&crls[0], &crls[1]));
    assert_eq!(fetcher.asked.lock().unwrap().len(), 1);
}

#[test]
fn addresses_are_asked_until_a_crl_tells() {
    let mut case = Case::new();
    let old = CrlTemplate { next_update: Some(time("2026-11-02T00:00:00Z")), ..crl_template() };
    let old = old.sign(&key(2), &case.sub).unwrap();
    // Several in one file: those of others are passed over.
    let fresh = [case.crl_of_root(), crl_template().sign(&key(2), &case.sub).unwrap()];
    let fresh: String = fresh.iter().map(Crl::to_pem).collect();
    case.crls = [case.crl_of_root()].into_iter().collect();
    let urls = ["http://ca.example/old", "http://ca.example/gone", "http://ca.example/new", "http://ca.example/more"];
    let leaf = leaf_at(&case, &urls);
    let answers = vec![(urls[0], old.der().to_vec()), (urls[2], fresh.into_bytes())];
    let fetcher = Fetcher { answers, asked: Default::default() };
    let mut settings = case.settings();
    let fetched = FetchedCrls::new(&fetcher);
    settings.fetcher = Some(&fetched);
    let judgement = settings.judge(&leaf, Purpose::Signing, Times::present(now()));
    assert_eq!((judgement.outcome(), judgement.faults()), (Outcome::Passed, &[][..]));
    assert_eq!(*fetcher.asked.lock().unwrap(), urls[..3]);
}

#[test]
fn fetches_and_signature_checks_are_bounded() {
    let mut case = Case::new();
    let urls: Vec<String> = (0..20).map(|number| format!("http://ca.example/{number}.crl")).collect();
    case.crls = [case.crl_of_root()].into_iter().collect();
    let leaf = leaf_at(&case, &urls.iter().map(String::as_str).collect::<Vec<_>>());
    let fetcher = Fetcher { answers: Vec::new(), asked: Default::default() };
    let mut settings = case.settings();
    let fetched = FetchedCrls::new(&fetcher);
    settings.fetcher = Some(&fetched);
    let found = settings.judge(&leaf, Purpose::Signing, Times::present(now()));
    assert_eq!(found.outcome(), Outcome::Indeterminate);
    assert_eq!(fetcher.asked.lock().unwrap().len(), 8);

    // Two checks of their own: the third CRL finds the budget used up.
    let impostor = ca("CN=Sub", 5, None).self_sign(&key(5)).unwrap();
    let mut case = Case::new();
    let number = |number| CrlTemplate { number: Some(number), ..crl_template() }.sign(&key(5), &impostor).unwrap();
    case.crls = (1..=3).map(number).collect();
    let mut settings = case.settings();
    settings.limits.signature_checks = 2;
    // What was not looked at may be the revocation, whatever the rule.
    for revocation in [RevocationRule::Required, RevocationRule::IfAvailable] {
        settings.revocation = revocation;
        for _ in 0..2 {
            // What is remembered from before counts as much.
            let found = Found(settings.judge(&case.unit, Purpose::Signing, Times::present(now())));
            let RevocationStatus::Unknown(reasons) = found.0.revocation_status(0) else { panic!() };
            let told: Vec<_> = reasons.iter().map(|reason| reason.code()).collect();
            assert_eq!(told, [Code::CrlSignatureWrong, Code::CrlBudget]);
            assert_eq!(found.0.outcome(), Outcome::Indeterminate);
            assert_eq!(found.0.faults()[0].code(), Code::RevocationStatusUnknown);
        }
    }
}

#[test]
fn what_is_fetched_and_not_checked_lets_nothing_pass() {
    let mut case = Case::new();
    let leaf = leaf_at(&case, &["http://ca.example/a.crl"]);
    let due = time("2026-11-02T00:00:00Z");
    let old = CrlTemplate { next_update: Some(due), ..crl_template() };
    case.replace_crl(2, old);
    let impostor = ca("CN=Sub", 5, None).self_sign(&key(5)).unwrap();
    let listing = |number| {
        let entries = vec![entry(7, "2026-11-01T00:00:00Z", None)];
        CrlTemplate { number: Some(number), entries, ..crl_template() }.sign(&key(5), &impostor).unwrap().to_pem()
    };
    let answers = vec![("http://ca.example/a.crl", (0..8).map(listing).collect::<String>().into_bytes())];
    let fetcher = Fetcher { answers, asked: Default::default() };
    let fetched = FetchedCrls::new(&fetcher);
    let mut settings = case.settings();
    settings.fetcher = Some(&fetched);
    // The old CRL is enough for a signature known from its time, once all others were seen to be somebody else's.
    let times = Times { judged: due, now: now(), known_by: Some(due) };
    assert_eq!(settings.judge(&leaf, Purpose::Signing, times).outcome(), Outcome::Passed);
    settings.limits.signature_checks = 4;
    let found = Found(settings.judge(&leaf, Purpose::Signing, times));
    let RevocationStatus::Unknown(reasons) = found.0.revocation_status(0) else { panic!("known") };
    assert!(reasons.iter().any(|reason| reason.code() == Code::CrlBudget));
    assert_eq!(found.0.outcome(), Outcome::Indeterminate);
}

#[test]
fn a_judgement_prepared_once_serves_every_time() {
    let mut case = Case::new();
    case.crl(2, vec![entry(3, "2026-07-01T00:00:00Z", None)]);
    let prepared = case.settings().prepare(&case.unit, Purpose::Signing, now());
    let at = |judged: DateTime<Utc>| prepared.at(Times { judged, now: now(), known_by: Some(judged) }).outcome();
    assert_eq!(at(time("2026-06-30T23:59:59Z")), Outcome::Passed);
    assert_eq!(at(time("2026-07-01T00:00:00Z")), Outcome::Failed);
    assert_eq!(prepared.paths().signature_checks(), 2);
    assert_eq!(CaTemplate::default().path_len, None);
}
