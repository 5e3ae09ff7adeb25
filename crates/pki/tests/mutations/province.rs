//! What is changed: keys, certificates and times of a small province. The keys are fixed; only the
//! signatures differ from run to run.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use czei_pki::{
    CaTemplate, Certificate, CertificateStore, CertificateTemplate, ChainBuilder, ChainLimits, CrlTemplate, KeyUsage,
    Name, Paths, RevocationReason, RevokedEntry,
};
use czei_sm2::{SigningKey, UserId};

pub(crate) const IDS: &[UserId] = &[UserId::DEFAULT];

pub(crate) struct Province {
    pub(crate) root: Arc<Certificate>,
    pub(crate) sub: Arc<Certificate>,
    pub(crate) unit: Arc<Certificate>,
}

pub(crate) fn key(number: u8) -> SigningKey {
    SigningKey::from_bytes(&[number; 32]).unwrap()
}

pub(crate) fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Within the validity of everything here.
pub(crate) fn now() -> DateTime<Utc> {
    time("2026-12-01T01:15:30Z")
}

pub(crate) fn template(subject: &str, serial: &[u8]) -> CertificateTemplate {
    CertificateTemplate {
        subject: Name::parse_rfc4514(subject).unwrap(),
        serial: serial.to_vec(),
        not_before: time("2026-01-01T00:00:00Z"),
        not_after: time("2036-01-01T00:00:00Z"),
        ca: None,
        key_usage: Some(KeyUsage::DIGITAL_SIGNATURE | KeyUsage::NON_REPUDIATION),
        extensions: Vec::new(),
    }
}

impl Province {
    pub(crate) fn new() -> Self {
        let authority = |subject, serial| CertificateTemplate {
            ca: Some(CaTemplate::default()),
            key_usage: Some(KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN),
            ..template(subject, serial)
        };
        let root = authority("CN=Root,C=CN", &[1]).self_sign(&key(1)).unwrap();
        let sub = authority("CN=Sub CA,O=测试财政电子认证,C=CN", &[2]);
        let sub = sub.sign_by(&key(1), &root, key(2).verifying_key()).unwrap();
        let unit = template("CN=测试医院@01,O=测试医院,C=CN", &[0xab, 0, 0, 1]);
        let unit = unit.sign_by(&key(2), &sub, key(3).verifying_key()).unwrap();
        Province { root: Arc::new(root), sub: Arc::new(sub), unit: Arc::new(unit) }
    }

    pub(crate) fn paths(&self, sub: &Arc<Certificate>, leaf: &Arc<Certificate>) -> Paths {
        let (anchors, known) = (store(&self.root), store(sub));
        let limits = ChainLimits::default();
        ChainBuilder { anchors: &anchors, store: &known, extra: &[], user_ids: IDS, limits }.paths_to(leaf)
    }
}

pub(crate) fn store(certificate: &Arc<Certificate>) -> CertificateStore {
    let mut store = CertificateStore::new();
    store.add(Arc::clone(certificate));
    store
}

/// A list that revokes the certificates with these serial numbers, and one that nobody has.
pub(crate) fn crl_template(serials: &[&[u8]]) -> CrlTemplate {
    let entry = |serial: &[u8]| RevokedEntry {
        serial: serial.to_vec(),
        revoked_at: time("2026-06-01T00:00:00Z"),
        reason: Some(RevocationReason::KeyCompromise),
        invalid_since: Some(time("2026-05-01T00:00:00Z")),
    };
    let mut entries: Vec<_> = serials.iter().map(|serial| entry(serial)).collect();
    entries.push(entry(&[0x7f, 1]));
    CrlTemplate {
        entries,
        next_update: Some(time("2027-01-01T00:00:00Z")),
        ..CrlTemplate::new(time("2026-11-01T00:00:00Z"))
    }
}
