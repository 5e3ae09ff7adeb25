//! A small province for the unit tests: a root, a CA below it, and a unit.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use czei_sm2::SigningKey;

use crate::{CaTemplate, Certificate, CertificateTemplate, KeyUsage, Name};

pub(crate) const CA_USAGE: KeyUsage = KeyUsage::KEY_CERT_SIGN;

/// Fixed keys and certificates; only the signatures differ from run to run.
pub(crate) struct Sandbox {
    pub(crate) root: Arc<Certificate>,
    pub(crate) sub: Arc<Certificate>,
    pub(crate) unit: Arc<Certificate>,
}

/// The private key `number`.
pub(crate) fn key(number: u8) -> SigningKey {
    SigningKey::from_bytes(&[number; 32]).unwrap()
}

/// A template with validity from 2026 to 2036.
pub(crate) fn template(subject: &str, serial: &[u8]) -> CertificateTemplate {
    CertificateTemplate {
        subject: Name::parse_rfc4514(subject).unwrap(),
        serial: serial.to_vec(),
        not_before: "2026-01-01T00:00:00Z".parse().unwrap(),
        not_after: "2036-01-01T00:00:00Z".parse().unwrap(),
        ca: None,
        key_usage: Some(KeyUsage::DIGITAL_SIGNATURE | KeyUsage::NON_REPUDIATION),
        extensions: Vec::new(),
    }
}

/// A template of an authority.
pub(crate) fn ca_template(subject: &str, serial: &[u8]) -> CertificateTemplate {
    CertificateTemplate { ca: Some(CaTemplate::default()), key_usage: Some(CA_USAGE), ..template(subject, serial) }
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        let root = ca_template("CN=Root,C=CN", &[1]).self_sign(&key(1)).unwrap();
        let sub = CertificateTemplate {
            ca: Some(CaTemplate { path_len: Some(0) }),
            ..ca_template("CN=Sub CA,O=测试财政电子认证,C=CN", &[2])
        };
        let sub = sub.sign_by(&key(1), &root, key(2).verifying_key()).unwrap();
        let unit = template("CN=测试医院@01,O=测试医院,C=CN", &[0xab, 0, 0, 1]);
        let unit = unit.sign_by(&key(2), &sub, key(3).verifying_key()).unwrap();
        Sandbox { root: Arc::new(root), sub: Arc::new(sub), unit: Arc::new(unit) }
    }

    pub(crate) fn unit_key(&self) -> SigningKey {
        key(3)
    }
}
