//! Receipts whose certificates have expired or were revoked, with a stock or a ledger that shows how old they are.
#![allow(clippy::unwrap_used)]

mod common;

use std::sync::Arc;

use chrono::{DateTime, Days, Utc};
use common::TestFolder;
use czei::pki::{Crl, CrlTemplate, RevocationReason, RevokedEntry};
use czei::sm2::SigningKey;
use czei::{
    Authority, Clock as _, Configuration, FixedClock, Issued, Issuer, LedgerWitness, Sandbox, SandboxPlan,
    StockWitness, StoreConfiguration, SystemClock, Verdict, Verifier,
};

/// A sandbox with one finished receipt in its stock and its ledger.
fn finished(folder: &TestFolder) -> (Configuration, Vec<u8>) {
    Sandbox::create(folder.path("s"), &SandboxPlan::default(), &SystemClock).unwrap();
    let configuration = Sandbox::open(folder.path("s")).unwrap();
    let issuer = Issuer::open(&configuration).unwrap();
    let authority = Authority::from_configuration(&configuration).unwrap();
    let json = Sandbox::in_memory(&SandboxPlan::default(), &SystemClock).unwrap().example_draft();
    let draft = issuer.draft_from_json(json.as_bytes()).unwrap();
    let Issued::UnitSigned(signed) = issuer.issue(&draft).unwrap() else { panic!("finished before") };
    let receipt = issuer.accept(&signed, authority.countersign(&signed.to_bytes()).unwrap().as_bytes()).unwrap();
    (configuration, receipt.as_bytes().to_vec())
}

fn now() -> DateTime<Utc> {
    SystemClock.now().with_timezone(&Utc)
}

fn later(years: u64) -> Arc<FixedClock> {
    Arc::new(FixedClock::at(now() + Days::new(366 * years)))
}

#[test]
fn a_receipt_outlives_its_certificates_where_a_record_has_it() {
    let folder = TestFolder::new();
    let (configuration, receipt) = finished(&folder);
    let stores = StoreConfiguration::load(folder.path("s/czei.toml")).unwrap();
    let stock = || czei::SqliteStock::open(&stores.stock_options().unwrap()).unwrap();
    let ledger = || czei::SqliteLedger::open(&stores.ledger_options().unwrap()).unwrap();
    let clock = later(60);
    let plain = || Verifier::with_clock(configuration.policy.clone(), clock.clone());

    let report = plain().verify(&receipt);
    assert_eq!(report.verdict, Verdict::Indeterminate);
    assert_eq!(report.headline().unwrap().entry.name, "since-expired");
    for verifier in [
        plain().with_witness(Arc::new(StockWitness::new(stock()))),
        plain().with_witness(Arc::new(LedgerWitness::new(ledger()))),
    ] {
        // A clone shares what it knows, and goes on as it is.
        let report = verifier.clone().verify(&receipt);
        assert_eq!(report.verdict, Verdict::Valid);
        let witnessed = report.findings.iter().find(|finding| finding.entry.name == "time-witnessed").unwrap();
        let said: DateTime<Utc> = witnessed.found.as_deref().unwrap().parse().unwrap();
        assert!((now() - said).num_hours() < 1, "{said}");
        // Another file of the same receipt, valid as it is, is not the one that was stored.
        let mut other = receipt.clone();
        other.extend_from_slice(b"\n");
        let report = verifier.verify(&other);
        assert_eq!(report.verdict, Verdict::Indeterminate);
        assert!(report.findings.iter().all(|finding| finding.entry.name != "time-witnessed"));
    }
    // One from the stock of somebody else.
    let empty = TestFolder::new();
    Sandbox::create(empty.path("s"), &SandboxPlan::default(), &SystemClock).unwrap();
    let stranger = StoreConfiguration::load(empty.path("s/czei.toml")).unwrap();
    let stranger = czei::SqliteStock::open(&stranger.stock_options().unwrap()).unwrap();
    let report = plain().with_witness(Arc::new(StockWitness::new(stranger))).verify(&receipt);
    assert_eq!(report.verdict, Verdict::Indeterminate);
}

/// A CRL of the sandbox's own authority that lists the signers of a receipt, as a file of the policy.
#[test]
fn crls_of_the_policy_are_read_and_count() {
    let folder = TestFolder::new();
    let (_, receipt) = finished(&folder);
    let place = folder.path("s");
    let policy = std::fs::read_to_string(place.join("policy.toml")).unwrap();
    let with = |crls: &str, revocation: &str| {
        let text = policy.replacen("[trust]", &format!("[trust]\ncrls = {crls}"), 1);
        let text = text.replace("\"if-available\"", &format!("\"{revocation}\""));
        std::fs::write(place.join("other.toml"), text).unwrap();
        czei::load_policy(place.join("other.toml"))
    };

    // The sandbox throws the keys of its authorities away, so one is set up in its place: a CA of one's own.
    let key = SigningKey::generate().unwrap();
    let (issuer, crl) = own_crl(&key);
    std::fs::create_dir(place.join("crls")).unwrap();
    std::fs::write(place.join("crls/one.crl"), crl.der()).unwrap();
    std::fs::write(place.join("crls/two.pem"), crl.to_pem()).unwrap();
    let loaded = with("[\"crls/*.crl\", \"crls/two.pem\"]", "if-available").unwrap();
    // The same list twice is one.
    assert_eq!((loaded.crls.len(), loaded.crls.by_issuer(&issuer).len()), (1, 1));
    // Several in one file, after one another and after something else.
    let (_, other) = own_crl(&SigningKey::generate().unwrap());
    let certificate = std::fs::read_to_string(place.join("ca/root.crt")).unwrap();
    std::fs::write(place.join("crls/both.pem"), [certificate, crl.to_pem(), other.to_pem()].concat()).unwrap();
    assert_eq!(with("[\"crls/both.pem\"]", "if-available").unwrap().crls.len(), 2);
    assert_eq!(Verifier::new(loaded).verify(&receipt).verdict, Verdict::Valid);
    let required = Verifier::new(with("[\"crls/one.crl\"]", "required").unwrap()).verify(&receipt);
    assert_eq!(required.headline().unwrap().entry.name, "revocation-unknown");

    for (crls, revocation, name, path) in [
        ("[\"crls/one.crl\"]", "off", "crls-not-read", Some("judge.revocation")),
        ("[\"crls/*.none\"]", "required", "certificates-pattern-empty", Some("trust.crls[0]")),
        ("[\"policy.toml\"]", "required", "crl-malformed", Some("CertificateList")),
        ("[\"crls/gone.crl\"]", "required", "file-read", None),
    ] {
        let error = with(crls, revocation).unwrap_err();
        assert_eq!((error.entry().name, error.place().path.as_deref()), (name, path), "{error}");
        assert!(error.place().file.is_some(), "{error}");
    }
}

fn own_crl(key: &SigningKey) -> (czei::pki::Name, Crl) {
    let now = now();
    let template = czei::pki::CertificateTemplate {
        subject: czei::pki::Name::parse_rfc4514("CN=自有 CA,C=CN").unwrap(),
        serial: vec![1],
        not_before: now - Days::new(1),
        not_after: now + Days::new(365),
        ca: Some(czei::pki::CaTemplate::default()),
        key_usage: None,
        extensions: vec![],
    };
    let issuer = template.self_sign(key).unwrap();
    let reason = Some(RevocationReason::Superseded);
    let entries = vec![RevokedEntry { serial: vec![7], revoked_at: now, reason, invalid_since: None }];
    let crl = CrlTemplate { entries, ..CrlTemplate::new(now - Days::new(1)) }.sign(key, &issuer).unwrap();
    (issuer.subject().clone(), crl)
}
