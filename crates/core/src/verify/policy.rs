//! A policy: whom to trust, what to accept, how to weigh. Without one nothing is trusted.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use czei_codes::Severity;
use czei_pki::{Certificate, CertificateStore, Compat, CrlStore, Encoding, Name, RevocationRule};
use czei_sm2::UserId;
use zeroize::Zeroizing;

use crate::xml::Limits;
use crate::{Code, Error, Joining};

/// What a verifier trusts and accepts.
///
/// The default trusts nobody, so that its best verdict is indeterminate; it accepts the default
/// joining, all three encodings and the default user id.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Trust anchors for the unit's role.
    pub unit_anchors: CertificateStore,
    /// Trust anchors for the authority's role.
    pub authority_anchors: CertificateStore,
    /// Signers' and intermediate certificates, found by issuer and serial.
    pub certificates: CertificateStore,
    /// Who may countersign where.
    pub authorities: Vec<AuthorityRule>,
    /// How the signer is bound to the unit that the receipt names.
    pub binding: Binding,
    /// Signers by unit code; a row decides whatever [`Policy::binding`] says.
    pub units: Vec<UnitRule>,
    /// The time at which certificates are judged.
    pub judge: JudgeTime,
    /// CRLs of the CAs, from whatever source.
    pub crls: CrlStore,
    /// Whether revocation must be known; where a CRL is at hand it is looked at unless this says off.
    pub revocation: RevocationRule,
    /// The joinings to try for the authority's original, in order.
    pub joinings: Vec<Joining>,
    /// The encodings of signature values to accept.
    pub encodings: Vec<Encoding>,
    /// The SM2 user ids of documents to try, in order.
    pub user_ids: Vec<UserId>,
    /// The SM2 user ids of certificates to try, in order.
    pub certificate_user_ids: Vec<UserId>,
    /// Forms outside the standards, each accepted only by name.
    pub compat: Vec<Compat>,
    /// The limits of the reader.
    pub limits: Limits,
    /// The secret of keyed check codes; with it the check code is recomputed.
    pub check_code_secret: Option<Zeroizing<Vec<u8>>>,
    /// SM3 over the policy file, named in every report.
    pub digest: Option<[u8; 32]>,
    severities: BTreeMap<u16, Severity>,
}

/// Who may countersign for an area.
#[derive(Debug, Clone)]
pub struct AuthorityRule {
    /// Prefixes of `SupervisorAreaCode`; an empty list means every area.
    pub areas: Vec<String>,
    /// The certificate.
    pub who: Who,
}

/// Who may sign for a unit.
#[derive(Debug, Clone)]
pub struct UnitRule {
    /// `InvoicingPartyCode`.
    pub code: String,
    /// The unit's own certificate.
    pub who: Who,
    /// Codes of units that may sign for it.
    pub delegates: Vec<String>,
}

/// Names a certificate.
#[derive(Debug, Clone)]
pub enum Who {
    /// Every attribute given occurs in the subject with an equal value.
    Subject(Name),
    /// `sm3:` and the lower-case hex of SM3 over the certificate's DER.
    Fingerprint(String),
}

/// How the signer is bound to the unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Binding {
    /// The subject's O or CN equals `InvoicingPartyName`, or one of its fields equals
    /// `InvoicingPartyCode`.
    #[default]
    Name,
    /// Only the table decides.
    Table,
    /// Any signer; named in the report.
    Any,
}

/// The time at which certificates are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum JudgeTime {
    /// The time of verification.
    Now,
    /// The issue time that the receipt states; unproved, so that a certificate that has since
    /// expired makes the verdict indeterminate.
    #[default]
    Issue,
    /// A given time, at which signatures are taken to have existed. A receipt issued later is judged at its issue
    /// time, as if nothing was given.
    At(DateTime<Utc>),
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            unit_anchors: CertificateStore::default(),
            authority_anchors: CertificateStore::default(),
            certificates: CertificateStore::default(),
            authorities: Vec::new(),
            binding: Binding::default(),
            units: Vec::new(),
            judge: JudgeTime::default(),
            crls: CrlStore::default(),
            revocation: RevocationRule::IfAvailable,
            joinings: vec![Joining::default()],
            encodings: vec![Encoding::SignedData, Encoding::Der, Encoding::Raw],
            user_ids: vec![UserId::default()],
            certificate_user_ids: vec![UserId::default()],
            compat: Vec::new(),
            limits: Limits::default(),
            check_code_secret: None,
            digest: None,
            severities: BTreeMap::new(),
        }
    }
}

impl Policy {
    /// Changes the weight of a code. Any finding may be raised; only those of codes, totals and
    /// check code, and what is no more than a warning anyway, may be lowered.
    ///
    /// # Errors
    /// [`Code::SeverityNotLowerable`].
    pub fn set_severity(&mut self, code: &czei_codes::Entry, severity: Severity) -> Result<(), Error> {
        let lowerable = (5100..5400).contains(&code.number) || code.severity <= Severity::Warning;
        if severity < code.severity && !lowerable {
            return Err(Error::new(Code::SeverityNotLowerable).found(format!("{code} = {}", severity.name())));
        }
        self.severities.insert(code.number, severity);
        Ok(())
    }

    /// The weight of a code under this policy.
    #[must_use]
    pub fn severity_of(&self, code: &czei_codes::Entry, own: Severity) -> Severity {
        self.severities.get(&code.number).copied().unwrap_or(own)
    }
}

impl Who {
    /// Whether a certificate is meant.
    #[must_use]
    pub fn matches(&self, certificate: &Certificate) -> bool {
        match self {
            Who::Subject(parts) => certificate.subject().contains(parts),
            Who::Fingerprint(fingerprint) => certificate.fingerprint() == *fingerprint,
        }
    }
}
