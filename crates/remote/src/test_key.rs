//! Keys and certificates of the unit tests.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use czei_pki::{Certificate, CertificateTemplate, Name};
use czei_sm2::SigningKey;

pub(crate) fn key(number: u8) -> SigningKey {
    SigningKey::from_bytes(&[number; 32]).unwrap()
}

pub(crate) fn certificate(number: u8) -> Arc<Certificate> {
    let template = CertificateTemplate {
        subject: Name::parse_rfc4514(&format!("CN=unit {number},C=CN")).unwrap(),
        serial: vec![number],
        not_before: "2026-01-01T00:00:00Z".parse().unwrap(),
        not_after: "2036-01-01T00:00:00Z".parse().unwrap(),
        ca: None,
        key_usage: None,
        extensions: Vec::new(),
    };
    Arc::new(template.self_sign(&key(number)).unwrap())
}
