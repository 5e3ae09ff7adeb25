//! What a certificate may be used for.

use std::sync::Arc;

use czei_pki::{Aspect, Certificate, CertificateTemplate, Code, KeyUsage, Outcome, Purpose, Times};

use crate::province::{Case, ca, end, issued, now};

#[test]
fn key_usage_without_digital_signature() {
    let case = Case::new();
    let usage = Some(KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN);
    let leaf = issued(CertificateTemplate { key_usage: usage, ..end("CN=unit", 7) }, 2, &case.sub, 7);
    let found = case.judge(&leaf);
    found.is(Outcome::Failed, Code::UsageNotSigning, "CN=unit");
    assert_eq!(found.0.usage(), Aspect::Failed);
    assert_eq!(found.0.path_found(), Aspect::Passed);
}

#[test]
fn the_encryption_certificate_of_a_pair() {
    let case = Case::new();
    let usage = Some(KeyUsage::KEY_ENCIPHERMENT | KeyUsage::DATA_ENCIPHERMENT | KeyUsage::KEY_AGREEMENT);
    let leaf = issued(CertificateTemplate { key_usage: usage, ..end("CN=unit", 7) }, 2, &case.sub, 7);
    assert!(leaf.is_encryption_certificate());
    assert!(!case.unit.is_encryption_certificate());
    assert!(!case.sub.is_encryption_certificate());
    case.judge(&leaf).is(Outcome::Failed, Code::UsageEncryption, "CN=unit");
    // An authority that may encrypt besides is none of a pair.
    let usage = Some(KeyUsage::KEY_CERT_SIGN | KeyUsage::KEY_ENCIPHERMENT);
    let leaf = issued(CertificateTemplate { key_usage: usage, ..end("CN=unit", 7) }, 2, &case.sub, 7);
    case.judge(&leaf).is(Outcome::Failed, Code::UsageNotSigning, "CN=unit");
}

#[test]
fn an_end_entity_judged_as_an_authority() {
    let case = Case::new();
    let settings = case.settings();
    let judged = |certificate: &Arc<Certificate>| settings.judge(certificate, Purpose::Issuing, Times::present(now()));
    let fault = &judged(&case.unit).faults()[0].clone();
    assert_eq!((fault.code(), fault.expected_text()), (Code::UsageNotAuthority, Some("cA")));
    assert_eq!(judged(&case.sub).outcome(), Outcome::Passed);
    let silent = CertificateTemplate { key_usage: Some(KeyUsage::CRL_SIGN), ..ca("CN=silent", 8, None) };
    let silent = issued(silent, 1, &case.root, 8);
    let fault = &judged(&silent).faults()[0].clone();
    assert_eq!((fault.code(), fault.expected_text()), (Code::UsageNotAuthority, Some("keyCertSign")));
}
