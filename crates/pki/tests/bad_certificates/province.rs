//! A root, a CA below it, a unit, and a CRL of each authority; and the means to make bad ones.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use czei_pki::{
    CaTemplate, Certificate, CertificateStore, CertificateTemplate, ChainLimits, Code, Crl, CrlStore, CrlTemplate,
    Error, JudgeSettings, Judgement, KeyUsage, Name, Outcome, Purpose, RevocationReason, RevocationRule,
    RevocationStatus, RevokedEntry, Times,
};
use czei_sm2::{Message, SigningKey, UserId};

const IDS: &[UserId] = &[UserId::DEFAULT];

/// The base point of P-256 (SEC 2), uncompressed.
pub(crate) const P256_POINT: [u8; 65] = *b"\x04\
    \x6b\x17\xd1\xf2\xe1\x2c\x42\x47\xf8\xbc\xe6\xe5\x63\xa4\x40\xf2\x77\x03\x7d\x81\x2d\xeb\x33\xa0\xf4\xa1\x39\x45\xd8\x98\xc2\x96\
    \x4f\xe3\x42\xe2\xfe\x1a\x7f\x9b\x8e\xe7\xeb\x4a\x7c\x0f\x9e\x16\x2b\xce\x33\x57\x6b\x31\x5e\xce\xcb\xb6\x40\x68\x37\xbf\x51\xf5";

pub(crate) fn ca_usage() -> KeyUsage {
    KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN
}

pub(crate) fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub(crate) fn now() -> DateTime<Utc> {
    time("2026-12-01T00:00:00Z")
}

pub(crate) fn key(number: u8) -> SigningKey {
    SigningKey::from_bytes(&[number; 32]).unwrap()
}

/// An end entity, valid from 2026 to 2036.
pub(crate) fn end(subject: &str, serial: u8) -> CertificateTemplate {
    CertificateTemplate {
        subject: Name::parse_rfc4514(subject).unwrap(),
        serial: vec![serial],
        not_before: time("2026-01-01T00:00:00Z"),
        not_after: time("2036-01-01T00:00:00Z"),
        ca: None,
        key_usage: Some(KeyUsage::DIGITAL_SIGNATURE | KeyUsage::NON_REPUDIATION),
        extensions: Vec::new(),
    }
}

pub(crate) fn ca(subject: &str, serial: u8, path_len: Option<u32>) -> CertificateTemplate {
    CertificateTemplate { ca: Some(CaTemplate { path_len }), key_usage: Some(ca_usage()), ..end(subject, serial) }
}

/// A certificate for key `subject`, signed by key `issuer` under `authority`.
pub(crate) fn issued(
    template: CertificateTemplate,
    issuer: u8,
    authority: &Certificate,
    subject: u8,
) -> Arc<Certificate> {
    Arc::new(template.sign_by(&key(issuer), authority, key(subject).verifying_key()).unwrap())
}

pub(crate) fn crl_template() -> CrlTemplate {
    CrlTemplate { next_update: Some(time("2026-12-31T00:00:00Z")), ..CrlTemplate::new(time("2026-11-01T00:00:00Z")) }
}

pub(crate) fn entry(serial: u8, at: &str, reason: Option<RevocationReason>) -> RevokedEntry {
    RevokedEntry { serial: vec![serial], revoked_at: time(at), reason, invalid_since: None }
}

/// Keys and serial numbers: root 1, sub CA 2 (none may stand below it), unit 3.
pub(crate) struct Case {
    pub(crate) root: Arc<Certificate>,
    pub(crate) sub: Arc<Certificate>,
    pub(crate) unit: Arc<Certificate>,
    pub(crate) anchors: CertificateStore,
    pub(crate) store: CertificateStore,
    pub(crate) crls: CrlStore,
}

impl Case {
    pub(crate) fn new() -> Self {
        Case::with(Some(ca_usage()))
    }

    /// With another key usage of the sub CA.
    pub(crate) fn with(usage: Option<KeyUsage>) -> Self {
        let root = Arc::new(ca("CN=Root", 1, None).self_sign(&key(1)).unwrap());
        let sub = issued(CertificateTemplate { key_usage: usage, ..ca("CN=Sub", 2, Some(0)) }, 1, &root, 2);
        let unit = issued(end("CN=unit", 3), 2, &sub, 3);
        let (mut anchors, mut store) = (CertificateStore::new(), CertificateStore::new());
        anchors.add(Arc::clone(&root));
        store.add(Arc::clone(&sub));
        let mut case = Case { root, sub, unit, anchors, store, crls: CrlStore::new() };
        case.add_crl(1, crl_template());
        case.add_crl(2, crl_template());
        case
    }

    pub(crate) fn settings(&self) -> JudgeSettings<'_> {
        JudgeSettings {
            anchors: &self.anchors,
            store: &self.store,
            crls: &self.crls,
            extra: &[],
            user_ids: IDS,
            limits: ChainLimits::default(),
            revocation: RevocationRule::Required,
            fetcher: None,
        }
    }

    /// Judged for signing at the present time.
    pub(crate) fn judge(&self, leaf: &Arc<Certificate>) -> Found {
        self.judge_at(leaf, RevocationRule::Required, Times::present(now()))
    }

    pub(crate) fn judge_at(&self, leaf: &Arc<Certificate>, revocation: RevocationRule, times: Times) -> Found {
        Found(JudgeSettings { revocation, ..self.settings() }.judge(leaf, Purpose::Signing, times))
    }

    /// The CRL of authority 1 or 2 replaced by one with these entries.
    pub(crate) fn crl(&mut self, issuer: u8, entries: Vec<RevokedEntry>) {
        self.replace_crl(issuer, CrlTemplate { entries, ..crl_template() });
    }

    pub(crate) fn replace_crl(&mut self, issuer: u8, template: CrlTemplate) {
        let name = self.authority(issuer).subject().clone();
        let mut others = CrlStore::new();
        for crl in self.crls.iter().filter(|crl| *crl.issuer() != name) {
            others.add(Arc::clone(crl));
        }
        self.crls = others;
        self.add_crl(issuer, template);
    }

    pub(crate) fn add_crl(&mut self, issuer: u8, template: CrlTemplate) {
        let crl = template.sign(&key(issuer), self.authority(issuer)).unwrap();
        self.crls.add(Arc::new(crl));
    }

    pub(crate) fn crl_of_root(&self) -> Crl {
        crl_template().sign(&key(1), &self.root).unwrap()
    }

    /// Judges the unit, whose revocation must be unknown for one reason, which is returned.
    pub(crate) fn unknown(&self, reason: Code, place: &str) -> Error {
        let found = self.judge(&self.unit);
        found.is(Outcome::Indeterminate, Code::RevocationStatusUnknown, "CN=unit");
        let RevocationStatus::Unknown(reasons) = found.0.revocation_status(0) else { panic!("known") };
        assert_eq!(reasons.len(), 1, "{reasons:?}");
        assert_eq!((reasons[0].code(), reasons[0].place().path.as_deref()), (reason, Some(place)));
        // Where the policy does not require it, the same is a note, or a warning if a CRL was at hand.
        let accepted = self.judge_at(&self.unit, RevocationRule::IfAvailable, Times::present(now()));
        let told = if reason == Code::CrlMissing { Code::RevocationStatusAccepted } else { Code::RevocationUnusable };
        accepted.is(Outcome::Passed, told, "CN=unit");
        reasons[0].clone()
    }

    fn authority(&self, number: u8) -> &Arc<Certificate> {
        if number == 1 { &self.root } else { &self.sub }
    }
}

pub(crate) struct Found(pub(crate) Judgement);

impl Found {
    /// The outcome, and a fault that stands there once, with its place.
    pub(crate) fn is(&self, outcome: Outcome, code: Code, place: &str) {
        let faults = self.0.faults();
        let at: Vec<_> =
            faults.iter().filter(|fault| fault.code() == code).map(|fault| fault.place().path.as_deref()).collect();
        assert_eq!(at, [Some(place)], "{faults:?}");
        assert_eq!(self.0.outcome(), outcome, "{faults:?}");
    }
}

// ---- DER by hand

pub(crate) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = match content.len() {
        short @ 0..=0x7f => vec![short as u8],
        long @ 0x80..=0xff => vec![0x81, long as u8],
        long => vec![0x82, (long >> 8) as u8, long as u8],
    };
    [&[tag][..], &length, content].concat()
}

/// The first element: its content and its whole length.
fn element(bytes: &[u8]) -> (&[u8], usize) {
    let (header, length) = match bytes[1] {
        0x81 => (3, usize::from(bytes[2])),
        0x82 => (4, usize::from(bytes[2]) << 8 | usize::from(bytes[3])),
        short => (2, usize::from(short)),
    };
    (&bytes[header..header + length], header + length)
}

/// The bytes with one part, which must be there, exchanged where it stands first.
pub(crate) fn replaced(bytes: &[u8], part: &[u8], by: &[u8]) -> Vec<u8> {
    let at = bytes.windows(part.len()).position(|window| window == part).unwrap();
    [&bytes[..at], by, &bytes[at + part.len()..]].concat()
}

/// A certificate with its signed content changed, signed anew by key `issuer`.
pub(crate) fn edited(certificate: &Certificate, issuer: u8, change: impl FnOnce(&[u8]) -> Vec<u8>) -> Arc<Certificate> {
    let (content, _) = element(certificate.der());
    let (tbs_content, tbs_length) = element(content);
    let (_, algorithm_length) = element(&content[tbs_length..]);
    let algorithm = &content[tbs_length..tbs_length + algorithm_length];
    let tbs = tlv(0x30, &change(tbs_content));
    let signature = key(issuer).sign(Message::of(&[&tbs])).unwrap().to_der();
    let bits = tlv(3, &[&[0][..], &signature].concat());
    Arc::new(Certificate::from_der(&tlv(0x30, &[&tbs[..], algorithm, &bits].concat())).unwrap())
}
