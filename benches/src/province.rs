//! A province with fixed keys, which are of use for nothing else.

use std::sync::Arc;

use chrono::{DateTime, FixedOffset, Utc};
use czei_core::{
    AuthorityRule, Draft, DraftDefaults, DraftRules, Numbered, Numbering, Policy, Receipt, SignatureSettings, Verifier,
    Who,
};
use czei_pki::{CaTemplate, Certificate, CertificateStore, CertificateTemplate, KeyUsage, LocalSigner, Name, Signer};
use czei_sm2::SigningKey;
use serde_json::json;

use crate::Result;

/// A key with its certificate.
pub struct Party {
    key: SigningKey,
    /// The certificate.
    pub certificate: Arc<Certificate>,
}

/// The certificates, and everything needed to issue under them.
pub struct Province {
    /// The anchor.
    pub root: Party,
    /// The CA below it.
    pub sub: Party,
    /// The unit.
    pub unit: Party,
    /// The authority.
    pub authority: Party,
    /// The time of every issue.
    pub at: DateTime<FixedOffset>,
}

/// Both parties write SignedData, the default.
#[must_use]
pub fn settings() -> SignatureSettings {
    SignatureSettings::default()
}

impl Party {
    /// A signer for this party.
    ///
    /// # Errors
    /// None for the parties of a [`Province`].
    pub fn signer(&self) -> Result<LocalSigner> {
        let key = SigningKey::from_bytes(&self.key.dangerous_to_bytes())?;
        Ok(LocalSigner::new(key, Arc::clone(&self.certificate))?)
    }
}

impl Province {
    /// Makes the certificates.
    ///
    /// # Errors
    /// None but for a lack of randomness.
    pub fn new() -> Result<Self> {
        let root_key = SigningKey::from_bytes(&[1; 32])?;
        let root = template("CN=测量根,C=CN", 1, true)?.self_sign(&root_key)?;
        let sub_key = SigningKey::from_bytes(&[2; 32])?;
        let sub = template("CN=测量CA,O=测量认证,C=CN", 2, true)?.sign_by(&root_key, &root, sub_key.verifying_key())?;
        let end = |subject: &str, number: u8| -> Result<Party> {
            let key = SigningKey::from_bytes(&[number; 32])?;
            let certificate = template(subject, number, false)?.sign_by(&sub_key, &sub, key.verifying_key())?;
            Ok(Party { key, certificate: Arc::new(certificate) })
        };
        Ok(Province {
            unit: end("CN=示例市实验中学,O=示例市实验中学,C=CN", 3)?,
            authority: end("CN=示例市财政局,O=示例市财政局,C=CN", 4)?,
            root: Party { key: root_key, certificate: Arc::new(root) },
            sub: Party { key: sub_key, certificate: Arc::new(sub) },
            at: "2026-09-01T08:30:00+08:00".parse()?,
        })
    }

    /// A draft with so many items, as JSON.
    #[must_use]
    pub fn draft_json(&self, id: u64, items: usize) -> String {
        let item = |index: usize| {
            json!({ "code": format!("1030426{:02}", index % 100), "name": "教材代收费", "unit": "套",
                    "quantity": "2", "standard": "17.25", "amount": "34.50" })
        };
        json!({
            "v": 1, "request_id": format!("measure-{id}"), "name": "示例省非税收入统一票据（电子）",
            "code": "32010126", "specimen": "3201012601", "area": "320600",
            "unit": { "code": "0104901", "name": "示例市实验中学" },
            "payer": { "type": "person", "name": format!("王小明{id}") },
            "items": (0..items).map(item).collect::<Vec<_>>(),
            "remark": "2026年秋季学期", "biz_code": format!("2026-{id}"), "handler": "李四", "checker": "王五",
        })
        .to_string()
    }

    /// A draft with so many items.
    ///
    /// # Errors
    /// None for up to 999 items.
    pub fn draft(&self, id: u64, items: usize) -> Result<Draft> {
        let json = self.draft_json(id, items);
        Ok(Draft::from_json(json.as_bytes(), &DraftDefaults::default(), DraftRules::default())?)
    }

    /// What a number brings.
    ///
    /// # Errors
    /// None for numbers of ten digits.
    pub fn numbering(&self, number: u64) -> Result<Numbering> {
        Ok(Numbering {
            code: "32010126".parse()?,
            number: format!("{number:010}").parse()?,
            check_code: "a1b2c3".parse()?,
            at: self.at,
            unit_seal: None,
            authority_seal: None,
        })
    }

    /// A numbered receipt.
    ///
    /// # Errors
    /// As [`Province::draft`].
    pub fn numbered(&self, number: u64, items: usize) -> Result<Numbered> {
        Ok(self.draft(number, items)?.number(&self.numbering(number)?).map_err(|step| step.error)?)
    }

    /// A finished receipt, both values in SignedData.
    ///
    /// # Errors
    /// As [`Province::draft`].
    pub fn receipt(&self, unit: &dyn Signer, authority: &dyn Signer, number: u64, items: usize) -> Result<Receipt> {
        self.receipt_as(&settings(), unit, authority, number, items)
    }

    /// A finished receipt with values of another form.
    ///
    /// # Errors
    /// As [`Province::draft`].
    pub fn receipt_as(
        &self,
        settings: &SignatureSettings,
        unit: &dyn Signer,
        authority: &dyn Signer,
        number: u64,
        items: usize,
    ) -> Result<Receipt> {
        let signed = self.numbered(number, items)?.sign(unit, settings, self.at).map_err(|step| step.error)?;
        Ok(signed.countersign(authority, settings, self.at).map_err(|step| step.error)?)
    }

    /// A verifier that trusts the two of this province.
    #[must_use]
    pub fn verifier(&self) -> Verifier {
        let mut anchors = CertificateStore::new();
        anchors.add(Arc::clone(&self.root.certificate));
        let mut policy = Policy::default();
        for party in [&self.sub, &self.unit, &self.authority] {
            policy.certificates.add(Arc::clone(&party.certificate));
        }
        policy.unit_anchors = anchors.clone();
        policy.authority_anchors = anchors;
        policy.authorities = vec![AuthorityRule {
            areas: vec!["3206".to_owned()],
            who: Who::Subject(self.authority.certificate.subject().clone()),
        }];
        Verifier::new(policy)
    }

    /// The time of verification.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.at.with_timezone(&Utc)
    }
}

fn template(subject: &str, serial: u8, ca: bool) -> Result<CertificateTemplate> {
    Ok(CertificateTemplate {
        subject: Name::parse_rfc4514(subject)?,
        serial: vec![serial],
        not_before: "2026-01-01T00:00:00Z".parse()?,
        not_after: "2046-01-01T00:00:00Z".parse()?,
        ca: ca.then_some(CaTemplate { path_len: None }),
        key_usage: Some(if ca {
            KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN
        } else {
            KeyUsage::DIGITAL_SIGNATURE | KeyUsage::NON_REPUDIATION
        }),
        extensions: Vec::new(),
    })
}
