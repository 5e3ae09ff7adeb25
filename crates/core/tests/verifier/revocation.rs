//! Revocation, and records that show when a receipt existed.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use czei_codes::{AnyFault, Severity};
use czei_core::{Check, Code, Policy, Report, RevocationRule, TimeWitness, Verdict, Verifier, Witnessed};
use czei_pki::{Certificate, CertificateTemplate, Code as PkiCode, Crl, CrlFetcher, CrlTemplate, Extension};
use czei_pki::{RevocationReason, RevokedEntry};
use czei_sm2::Sm3;

use crate::judge::{finding, indeterminate, invalid, list, path, valid};
use crate::province::{Party, issued, now, original, province, template, utc};

/// Issued at 2026-12-01 09:15:30 +08:00, judged a day later.
const BEFORE: &str = "2026-12-01T01:15:30Z";
const AFTER: &str = "2026-12-01T01:15:31Z";

fn entry(certificate: &Certificate, at: &str, reason: Option<RevocationReason>) -> RevokedEntry {
    RevokedEntry { serial: certificate.serial().to_vec(), revoked_at: utc(at), reason, invalid_since: None }
}

fn crl(issuer: &Party, entries: Vec<RevokedEntry>) -> Arc<Crl> {
    let template = CrlTemplate { entries, ..CrlTemplate::new(utc("2026-12-01T12:00:00Z")) };
    Arc::new(template.sign(&issuer.key(), &issuer.certificate).unwrap())
}

fn policy(rule: RevocationRule, crls: &[Arc<Crl>]) -> Policy {
    let mut policy = province().policy();
    policy.revocation = rule;
    for crl in crls {
        policy.crls.add(Arc::clone(crl));
    }
    policy
}

fn verify(policy: Policy) -> Report {
    crate::province::verify_under(policy, &province().signed(&original()))
}

/// Says one thing about every receipt, and keeps what it was asked.
struct Says(Result<Option<DateTime<Utc>>, Code>, Mutex<Vec<Witnessed>>);

impl Says {
    fn new(answer: Result<Option<&str>, Code>) -> Arc<Self> {
        Arc::new(Says(answer.map(|time| time.map(utc)), Mutex::default()))
    }

    fn asked(&self) -> Vec<Witnessed> {
        self.1.lock().unwrap().clone()
    }
}

impl TimeWitness for Says {
    fn existed_by(&self, receipt: &Witnessed) -> Result<Option<DateTime<Utc>>, AnyFault> {
        self.1.lock().unwrap().push(*receipt);
        self.0.map_err(|code| czei_core::Error::from(code).any())
    }
}

#[test]
fn crls_that_list_neither_signer_nor_ca() {
    let p = province();
    let crls = [crl(&p.sub, vec![]), crl(&p.root, vec![])];
    for rule in [RevocationRule::Required, RevocationRule::IfAvailable] {
        let report = verify(policy(rule, &crls));
        valid(&report, &[]);
        let not_checked = |each: &czei_core::Finding| each.entry.name == "revocation-not-checked";
        assert!(!report.findings.iter().any(not_checked), "{}", list(&report));
    }
}

#[test]
fn without_a_crl_of_the_ca_above() {
    let p = province();
    let crls = [crl(&p.sub, vec![])];
    let report = verify(policy(RevocationRule::Required, &crls));
    let found = indeterminate(
        &report,
        Check::UnitCertificate,
        Code::RevocationUnknown,
        "unit_certificate=indeterminate authority_certificate=indeterminate",
    );
    assert_eq!(
        (path(found), found.found.as_deref()),
        (&*p.sub.certificate.subject().to_rfc4514(), Some("crl-missing"))
    );
    valid(&verify(policy(RevocationRule::IfAvailable, &crls)), &[]);
}

#[test]
fn a_signer_revoked_before_it_signed() {
    let p = province();
    let crls = [crl(&p.sub, vec![entry(&p.unit.certificate, BEFORE, None)]), crl(&p.root, vec![])];
    for rule in [RevocationRule::Required, RevocationRule::IfAvailable] {
        let report = verify(policy(rule, &crls));
        let found = invalid(&report, Check::UnitCertificate, PkiCode::CertificateRevoked, "unit_certificate=failed");
        assert_eq!(path(found), p.unit.certificate.subject().to_rfc4514());
        assert_eq!(found.found.as_deref(), Some(BEFORE));
    }
    // The authority, and the CA of both.
    let crls = [crl(&p.sub, vec![entry(&p.authority.certificate, BEFORE, None)])];
    let report = verify(policy(RevocationRule::IfAvailable, &crls));
    invalid(&report, Check::AuthorityCertificate, PkiCode::CertificateRevoked, "authority_certificate=failed");
    let crls = [crl(&p.root, vec![entry(&p.sub.certificate, BEFORE, None)])];
    let report = verify(policy(RevocationRule::IfAvailable, &crls));
    let open = "unit_certificate=failed authority_certificate=failed";
    let found = invalid(&report, Check::UnitCertificate, PkiCode::CertificateRevoked, open);
    assert_eq!(path(found), p.sub.certificate.subject().to_rfc4514());
}

#[test]
fn a_signer_revoked_since_needs_a_witness() {
    let p = province();
    let crls = [crl(&p.sub, vec![entry(&p.unit.certificate, "2026-12-01T06:00:00Z", None)]), crl(&p.root, vec![])];
    let receipt = p.signed(&original());
    let under = |witness: &Arc<Says>| {
        let verifier = Verifier::new(policy(RevocationRule::Required, &crls)).with_witness(witness.clone());
        verifier.verify(receipt.as_bytes(), now())
    };
    let open = "unit_certificate=indeterminate";
    let report = verify(policy(RevocationRule::Required, &crls));
    indeterminate(&report, Check::UnitCertificate, PkiCode::RevokedSince, open);

    let knows = Says::new(Ok(Some("2026-12-01T05:59:59Z")));
    let report = under(&knows);
    valid(&report, &["certificate-revoked-later", "time-witnessed"]);
    let witnessed = finding(&report, Check::Time, Code::TimeWitnessed);
    assert_eq!(witnessed.found.as_deref(), Some("2026-12-01T05:59:59+00:00"));
    let asked = knows.asked();
    assert_eq!(asked.len(), 1, "once for a receipt");
    assert_eq!((asked[0].code.as_str(), asked[0].number.to_string()), ("32010126", "0013933922".to_owned()));
    assert_eq!(asked[0].file_sm3, Sm3::digest(receipt.as_bytes()));

    // Knows it only from a time when it was revoked already; does not know it; cannot be read.
    for (answer, named) in [
        (Ok(Some("2026-12-01T06:00:00Z")), Some((Code::TimeWitnessed, Severity::Note))),
        (Ok(None), None),
        (Err(Code::NumberUnknown), Some((Code::WitnessFailed, Severity::Warning))),
    ] {
        let report = under(&Says::new(answer));
        indeterminate(&report, Check::UnitCertificate, PkiCode::RevokedSince, open);
        if let Some((code, severity)) = named {
            assert_eq!(finding(&report, Check::Time, code).severity, severity);
        }
    }
}

#[test]
fn a_compromised_key_is_never_good() {
    let p = province();
    for reason in [RevocationReason::KeyCompromise, RevocationReason::CaCompromise] {
        let crls = [crl(&p.sub, vec![entry(&p.unit.certificate, AFTER, Some(reason))])];
        let witness = Says::new(Ok(Some(BEFORE)));
        let verifier = Verifier::new(policy(RevocationRule::IfAvailable, &crls)).with_witness(witness.clone());
        let report = verifier.verify(p.signed(&original()).as_bytes(), now());
        invalid(&report, Check::UnitCertificate, PkiCode::CertificateCompromised, "unit_certificate=failed");
        assert!(witness.asked().is_empty(), "no record could help");
    }
}

#[test]
fn a_certificate_that_has_expired_since_needs_a_witness() {
    let p = province();
    let name = p.unit.certificate.subject().to_rfc4514();
    let short = CertificateTemplate { not_after: utc("2026-12-01T12:00:00Z"), ..template(&name, 81) };
    let short = issued(&short, &p.sub, 81);
    let element = short.unit_element(&short.value(czei_pki::Encoding::SignedData, original().as_bytes()));
    let receipt = p.countersigned(&original(), &element);
    for (answer, verdict) in [
        (Ok(Some("2026-12-01T12:00:00Z")), Verdict::Valid),
        (Ok(Some("2026-12-01T12:00:01Z")), Verdict::Indeterminate),
        (Ok(None), Verdict::Indeterminate),
    ] {
        let verifier = Verifier::new(p.policy()).with_witness(Says::new(answer));
        let report = verifier.verify(receipt.as_bytes(), now());
        assert_eq!(report.verdict, verdict, "{}", list(&report));
        if verdict == Verdict::Indeterminate {
            indeterminate(&report, Check::Time, Code::SinceExpired, "time=indeterminate");
        }
    }
    // Nobody is asked while everything is valid.
    let witness = Says::new(Ok(Some(BEFORE)));
    let verifier = Verifier::new(p.policy()).with_witness(witness.clone());
    valid(&verifier.verify(p.signed(&original()).as_bytes(), now()), &[]);
    assert!(witness.asked().is_empty());
}

/// Gives the same for every address, or nothing.
#[derive(Debug)]
struct Web(Option<Vec<u8>>, Mutex<Vec<String>>);

impl CrlFetcher for Web {
    fn fetch(&self, url: &str) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
        self.1.lock().unwrap().push(url.to_owned());
        self.0.clone().ok_or_else(|| "no route".into())
    }
}

#[test]
fn crls_are_fetched_only_by_whom_the_caller_sends() {
    let p = province();
    // cRLDistributionPoints with the one address http://crl.example/sub.crl.
    let url = b"http://crl.example/sub.crl";
    let length = |more: usize| u8::try_from(url.len() + more).unwrap();
    let mut value = vec![0x30, length(8), 0x30, length(6), 0xa0, length(4), 0xa0, length(2), 0x86, length(0)];
    value.extend_from_slice(url);
    let extension = Extension { oid: "2.5.29.31".into(), critical: false, value };
    let name = p.unit.certificate.subject().to_rfc4514();
    let unit = issued(&CertificateTemplate { extensions: vec![extension], ..template(&name, 82) }, &p.sub, 82);
    let element = unit.unit_element(&unit.value(czei_pki::Encoding::SignedData, original().as_bytes()));
    let receipt = p.countersigned(&original(), &element);
    let crls = [crl(&p.root, vec![])];
    let verify = |web: Option<&Arc<Web>>| {
        let mut verifier = Verifier::new(policy(RevocationRule::Required, &crls));
        if let Some(web) = web {
            verifier = verifier.with_fetcher(web.clone());
        }
        verifier.verify(receipt.as_bytes(), now())
    };
    let unknown = |report: &Report, why: &str| {
        let open = "unit_certificate=indeterminate authority_certificate=indeterminate";
        let found = indeterminate(report, Check::UnitCertificate, Code::RevocationUnknown, open);
        assert_eq!(found.found.as_deref(), Some(why));
    };
    unknown(&verify(None), "crl-missing");

    let unreachable = Arc::new(Web(None, Mutex::default()));
    unknown(&verify(Some(&unreachable)), "crl-missing, crl-fetch-failed");
    assert_eq!(*unreachable.1.lock().unwrap(), ["http://crl.example/sub.crl"]);

    // Nobody is sent out by a signature that does not hold.
    let forged = Arc::new(Web(None, Mutex::default()));
    let verifier = Verifier::new(policy(RevocationRule::Required, &crls)).with_fetcher(forged.clone());
    let changed = crate::province::replaced(&receipt, "<PayerPartyName>张三", "<PayerPartyName>李四");
    assert_eq!(verifier.verify(changed.as_bytes(), now()).verdict, Verdict::Invalid);
    assert!(forged.1.lock().unwrap().is_empty());

    let there = Arc::new(Web(Some(crl(&p.sub, vec![]).der().to_vec()), Mutex::default()));
    let report = verify(Some(&there));
    // What was fetched for the unit tells about the authority of the same CA only where that says so too.
    let open = "authority_certificate=indeterminate";
    indeterminate(&report, Check::AuthorityCertificate, Code::RevocationUnknown, open);

    let revoked = crl(&p.sub, vec![entry(&unit.certificate, BEFORE, None)]);
    let report = verify(Some(&Arc::new(Web(Some(revoked.der().to_vec()), Mutex::default()))));
    let open = "unit_certificate=failed authority_certificate=indeterminate";
    invalid(&report, Check::UnitCertificate, PkiCode::CertificateRevoked, open);
}

#[test]
fn the_report_shows_the_path_taken() {
    let p = province();
    let report = verify(p.policy());
    let chain = [&p.unit, &p.sub, &p.root].map(|party| party.certificate.subject().to_rfc4514());
    let taken = report.unit.as_ref().unwrap().path.as_ref().unwrap();
    assert!(taken.certificates().iter().map(|each| each.subject().to_rfc4514()).eq(chain.iter().cloned()));
    let json: serde_json::Value = serde_json::from_str(&report.to_json("a.xml", "czei")).unwrap();
    assert_eq!(json["unit"]["path"], serde_json::json!(chain));
    assert_eq!(json["authority"]["path"][2], chain[2]);
    // No path, nothing shown.
    let report = verify(Policy::default());
    assert!(report.unit.is_none_or(|unit| unit.path.is_none()));
}

#[test]
fn a_stale_crl_says_nothing_about_a_time_that_is_only_stated() {
    let p = province();
    let stale = |issuer: &Party| {
        let next_update = Some(utc("2026-12-01T18:00:00Z"));
        let template = CrlTemplate { next_update, ..CrlTemplate::new(utc("2026-12-01T12:00:00Z")) };
        Arc::new(template.sign(&issuer.key(), &issuer.certificate).unwrap())
    };
    let crls = [stale(&p.sub), stale(&p.root)];
    // Whoever has a revoked key could have written an issue time from before.
    let report = verify(policy(RevocationRule::Required, &crls));
    let open = "unit_certificate=indeterminate authority_certificate=indeterminate";
    let found = indeterminate(&report, Check::UnitCertificate, Code::RevocationUnknown, open);
    assert_eq!(found.found.as_deref(), Some("crl-stale"));
    for (known, verdict) in [("2026-12-01T18:00:00Z", Verdict::Valid), ("2026-12-01T18:00:01Z", Verdict::Indeterminate)]
    {
        let verifier = Verifier::new(policy(RevocationRule::Required, &crls)).with_witness(Says::new(Ok(Some(known))));
        let report = verifier.verify(p.signed(&original()).as_bytes(), now());
        assert_eq!(report.verdict, verdict, "{known}\n{}", list(&report));
    }
}

#[test]
fn a_given_time_shows_nothing_about_a_later_receipt() {
    let p = province();
    let crls = [crl(&p.sub, vec![entry(&p.unit.certificate, "2026-12-01T01:10:00Z", None)]), crl(&p.root, vec![])];
    let judged = |time: &str| {
        let mut policy = policy(RevocationRule::Required, &crls);
        policy.judge = czei_core::JudgeTime::At(utc(time));
        verify(policy)
    };
    // Before the revocation and before the receipt was issued.
    let report = judged("2026-12-01T01:05:00Z");
    invalid(&report, Check::UnitCertificate, PkiCode::CertificateRevoked, "unit_certificate=failed");
    let found = finding(&report, Check::Time, Code::IssuedAfterJudged);
    assert_eq!(found.found.as_deref(), Some("2026-12-01T01:15:30+00:00"));
    let report = judged("2026-12-01T01:15:30Z");
    invalid(&report, Check::UnitCertificate, PkiCode::CertificateRevoked, "unit_certificate=failed");
    assert!(report.findings.iter().all(|each| each.entry.name != "issued-after-judged"));
}
