//! A certificate judged for a purpose at a time, with a verdict of three values and the reasons
//! (RFC 5280 6; the values are those of ETSI EN 319 102-1).

use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use czei_codes::{Code as _, Severity};
use czei_sm2::UserId;

use crate::revocation::{self, Facts};
use crate::revocation_check::Checker;
use crate::{
    Certificate, CertificateStore, ChainBuilder, ChainLimits, Code, CrlStore, Error, FetchedCrls, KeyUsage, Path,
    Paths, RevocationStatus, Times, signer_usage,
};

/// What certificates are judged by. Borrowed and cheap: make one where it is needed.
///
/// ```
/// # use czei_pki::{CaTemplate, CertificateTemplate, Name};
/// # let key = czei_sm2::SigningKey::generate().unwrap();
/// # let root = CertificateTemplate {
/// #     subject: Name::parse_rfc4514("CN=Root,C=CN").unwrap(), serial: vec![1],
/// #     not_before: "2026-01-01T00:00:00Z".parse().unwrap(),
/// #     not_after: "2036-01-01T00:00:00Z".parse().unwrap(),
/// #     ca: Some(CaTemplate::default()), key_usage: None, extensions: vec![],
/// # };
/// # let unit = CertificateTemplate {
/// #     subject: Name::parse_rfc4514("CN=示例单位,C=CN").unwrap(), serial: vec![2], ca: None, ..root.clone()
/// # };
/// # let root = root.self_sign(&key).unwrap();
/// # let unit = std::sync::Arc::new(unit.sign_by(&key, &root, key.verifying_key()).unwrap());
/// # let anchors: czei_pki::CertificateStore = [root].into_iter().collect();
/// use czei_pki::{
///     CertificateStore, ChainLimits, Code, CrlStore, JudgeSettings, Outcome, Purpose, RevocationRule, Times,
/// };
/// use czei_sm2::UserId;
///
/// let settings = JudgeSettings {
///     anchors: &anchors,
///     store: &CertificateStore::new(),
///     crls: &CrlStore::new(),
///     extra: &[],
///     user_ids: &[UserId::DEFAULT],
///     limits: ChainLimits::default(),
///     revocation: RevocationRule::Required,
///     fetcher: None,
/// };
/// let times = Times::present("2026-12-01T00:00:00Z".parse().unwrap());
/// let judgement = settings.judge(&unit, Purpose::Signing, times);
/// // There is no CRL of the root.
/// assert_eq!(judgement.outcome(), Outcome::Indeterminate);
/// assert!(judgement.faults().iter().any(|fault| fault.code() == Code::RevocationStatusUnknown));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct JudgeSettings<'a> {
    /// Certificates trusted as they stand: neither their dates nor their revocation are looked at.
    pub anchors: &'a CertificateStore,
    /// Certificates known but not trusted by themselves.
    pub store: &'a CertificateStore,
    /// The CRLs at hand.
    pub crls: &'a CrlStore,
    /// Certificates that came with the signature. Never trusted by themselves.
    pub extra: &'a [Arc<Certificate>],
    /// The user ids that certificates and CRLs may have been signed with, tried in this order.
    pub user_ids: &'a [UserId],
    /// Bounds of the search. CRLs have as many signature checks of their own: what comes with a
    /// signature must not use up what a revocation is found with.
    pub limits: ChainLimits,
    /// What unknown revocation means.
    pub revocation: RevocationRule,
    /// Asked for CRLs where none at hand tells about the present; at most eight addresses a
    /// judgement, one after another until a CRL tells. Share one among all judgements.
    pub fetcher: Option<&'a FetchedCrls<'a>>,
}

/// What a policy demands to be known about revocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RevocationRule {
    /// Unknown revocation makes the verdict indeterminate.
    Required,
    /// Unknown revocation is told: as a note where there is no CRL of the issuer
    /// ([`Code::RevocationStatusAccepted`]), as a warning where there is one that cannot be used
    /// ([`Code::RevocationUnusable`]). A certificate that is known to be revoked fails. Where not
    /// every CRL could be looked at ([`Code::CrlBudget`]), the verdict is indeterminate.
    IfAvailable,
    /// CRLs are not looked at, which is told as a note.
    Off,
}

/// What the key is to be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Purpose {
    /// Signing documents: digitalSignature or nonRepudiation, see [`signer_usage`].
    Signing,
    /// Issuing certificates: basicConstraints and keyCertSign.
    Issuing,
}

/// The verdict on a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Everything that was demanded was checked and is in order.
    Passed,
    /// Something could not be brought to an end.
    Indeterminate,
    /// The certificate may not be relied on.
    Failed,
}

/// The outcome of one part of a judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Aspect {
    /// Checked and in order.
    Passed,
    /// Could not be brought to an end.
    Indeterminate,
    /// Checked and not in order.
    Failed,
    /// Not checked: a fault in [`Judgement::faults`] says why.
    NotMade,
}

/// A certificate with everything found out about it that does not depend on the time it is judged
/// at: paths, and what the CRLs say about each certificate of them. Cheap to clone and share, and
/// good for as long as anchors, certificates and CRLs stay the same.
#[derive(Debug, Clone)]
pub struct Prepared(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    leaf: Arc<Certificate>,
    /// What is unusual about the certificate and decides nothing.
    problems: Vec<Error>,
    usage: Result<Option<Error>, Error>,
    paths: Paths,
    /// For each path, for each certificate but the anchor. Empty when the check is off.
    facts: Vec<Vec<Arc<Facts>>>,
    rule: RevocationRule,
}

impl JudgeSettings<'_> {
    /// Finds out what does not depend on the time judged at. The present time decides only whether
    /// the fetcher is asked: it is, when no CRL at hand tells about `now`.
    #[must_use]
    pub fn prepare(&self, leaf: &Arc<Certificate>, purpose: Purpose, now: DateTime<Utc>) -> Prepared {
        let builder = ChainBuilder {
            anchors: self.anchors,
            store: self.store,
            extra: self.extra,
            user_ids: self.user_ids,
            limits: self.limits,
        };
        let paths = builder.paths_to(leaf);
        let mut checker = Checker::new(*self, now);
        let mut facts = Vec::new();
        if self.revocation != RevocationRule::Off {
            for path in paths.all() {
                facts.push(path.certificates().windows(2).map(|pair| checker.facts(&pair[0], &pair[1])).collect());
            }
        }
        let usage = match purpose {
            Purpose::Signing => signer_usage(leaf),
            Purpose::Issuing => issuer_usage(leaf),
        };
        // A path shows whose the key is, not that it is one: nothing above the leaf looks at the point.
        let usage = match leaf.verifying_key() {
            Ok(_) => usage,
            Err(fault) => usage.and(Err(fault.at_path(leaf.subject().to_rfc4514()))),
        };
        Prepared(Arc::new(Inner {
            leaf: Arc::clone(leaf),
            problems: leaf.problems(),
            usage,
            paths,
            facts,
            rule: self.revocation,
        }))
    }

    /// Prepares and judges in one step.
    #[must_use]
    pub fn judge(&self, leaf: &Arc<Certificate>, purpose: Purpose, times: Times) -> Judgement {
        self.prepare(leaf, purpose, times.now).at(times)
    }
}

impl Prepared {
    /// The verdict at a time. Of several paths the first with the best outcome counts.
    ///
    /// 1. A path must be valid at the time judged at. One that has expired since is indeterminate
    ///    unless the signature is known to have existed before its end.
    /// 2. A certificate revoked up to the time judged at fails, and one revoked for compromise
    ///    fails always. Revoked later, it is indeterminate unless the signature is known to be
    ///    older, and then a note. The invalidity date counts where it is earlier than the
    ///    revocation.
    /// 3. Unknown revocation is what the [`RevocationRule`] says.
    #[must_use]
    pub fn at(&self, times: Times) -> Judgement {
        let inner = &*self.0;
        let mut faults = Vec::new();
        faults.extend_from_slice(&inner.problems);
        let usage = match &inner.usage {
            Ok(None) => Aspect::Passed,
            Ok(Some(note)) => {
                faults.push(note.clone());
                Aspect::Passed
            }
            Err(fault) => {
                faults.push(fault.clone());
                aspect(fault)
            }
        };
        let mut best: Option<Evaluation> = None;
        for index in 0..inner.paths.all().len() {
            let found = inner.evaluate(index, times);
            if best.as_ref().is_none_or(|best| found.outcome() < best.outcome()) {
                best = Some(found);
            }
            if best.as_ref().is_some_and(|best| best.outcome() == Outcome::Passed) {
                break;
            }
        }
        let (path, validity, revocation, chosen) = match best {
            Some(best) => {
                faults.extend(best.faults);
                (Aspect::Passed, best.validity, best.revocation, Some(best.index))
            }
            None => {
                // There is no path, so this is what stood in the way of one.
                let fault = inner.paths.at(times.judged).err().unwrap_or_else(|| Code::NoTrustAnchor.into());
                let path = aspect(&fault);
                faults.push(fault);
                (path, Aspect::NotMade, Aspect::NotMade, None)
            }
        };
        Judgement { prepared: self.clone(), times, chosen, faults, usage, path, validity, revocation }
    }

    /// The certificate.
    #[must_use]
    pub fn certificate(&self) -> &Arc<Certificate> {
        &self.0.leaf
    }

    /// All paths, and what stood in the way of others.
    #[must_use]
    pub fn paths(&self) -> &Paths {
        &self.0.paths
    }
}

/// What became of one path.
struct Evaluation {
    index: usize,
    validity: Aspect,
    revocation: Aspect,
    faults: Vec<Error>,
}

impl Evaluation {
    fn outcome(&self) -> Outcome {
        worst([self.validity, self.revocation])
    }
}

impl Inner {
    fn evaluate(&self, index: usize, times: Times) -> Evaluation {
        let path = &self.paths.all()[index];
        let mut faults = Vec::new();
        if path.certificates().len() == 1 {
            faults.push(Code::AnchorItself.fault().at_path(self.leaf.subject().to_rfc4514()));
            return Evaluation { index, validity: Aspect::NotMade, revocation: Aspect::NotMade, faults };
        }
        let validity = match validity(path, times) {
            Ok(()) => Aspect::Passed,
            Err(fault) => {
                let validity = aspect(&fault);
                faults.push(fault);
                validity
            }
        };
        if self.rule == RevocationRule::Off {
            faults.push(Code::RevocationNotMade.fault().at_path(self.leaf.subject().to_rfc4514()));
            return Evaluation { index, validity, revocation: Aspect::NotMade, faults };
        }
        let mut revocation = Aspect::Passed;
        for (certificate, facts) in path.certificates().iter().zip(&self.facts[index]) {
            let status = facts.status(certificate, times);
            if !matches!(status, RevocationStatus::Revoked { .. })
                && let Some(entry) = facts.suspension(times)
            {
                faults.push(revocation::suspended(certificate, entry));
            }
            let fault = match status {
                RevocationStatus::Good { .. } | RevocationStatus::NotMade => continue,
                RevocationStatus::Revoked { entry, .. } => revocation::revoked(certificate, &entry, times),
                RevocationStatus::Unknown(reasons) => self.unknown(certificate, &reasons),
            };
            let weight = match fault.code() {
                // The policy accepts it, and yet nothing was found to be in order.
                Code::RevocationStatusAccepted | Code::RevocationUnusable => Aspect::NotMade,
                _ => aspect(&fault),
            };
            if rank(weight) > rank(revocation) {
                revocation = weight;
            }
            faults.push(fault);
        }
        Evaluation { index, validity, revocation, faults }
    }

    fn unknown(&self, certificate: &Certificate, reasons: &[Error]) -> Error {
        let met = |code: Code| reasons.iter().any(|reason| reason.code() == code);
        let code = match self.rule {
            RevocationRule::Required => Code::RevocationStatusUnknown,
            // What was not looked at may be the revocation.
            _ if met(Code::CrlBudget) => Code::RevocationStatusUnknown,
            RevocationRule::IfAvailable | RevocationRule::Off if met(Code::CrlMissing) => {
                Code::RevocationStatusAccepted
            }
            RevocationRule::IfAvailable | RevocationRule::Off => Code::RevocationUnusable,
        };
        let mut names: Vec<&str> = Vec::new();
        for name in reasons.iter().map(|reason| reason.entry().name) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        code.fault().at_path(certificate.subject().to_rfc4514()).found(names.join(", "))
    }
}

fn validity(path: &Path, times: Times) -> Result<(), Error> {
    path.check(times.judged)?;
    let lasts = |time: DateTime<Utc>| path.not_after() >= time;
    if lasts(times.now) || times.known_by.is_some_and(lasts) {
        return Ok(());
    }
    let expired = path.certificates().iter().find(|certificate| certificate.not_after() == path.not_after());
    let place = expired.map_or_else(String::new, |certificate| certificate.subject().to_rfc4514());
    Err(Code::ExpiredSince.fault().at_path(place).found(path.not_after().to_rfc3339_opts(SecondsFormat::Secs, true)))
}

/// One certificate judged. It keeps what it was made from, so that it can be asked for the path.
#[derive(Debug, Clone)]
pub struct Judgement {
    prepared: Prepared,
    times: Times,
    chosen: Option<usize>,
    faults: Vec<Error>,
    usage: Aspect,
    path: Aspect,
    validity: Aspect,
    revocation: Aspect,
}

impl Judgement {
    /// The verdict: failed when a fault is an error, else indeterminate when one is indeterminate.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        worst([self.usage, self.path, self.validity, self.revocation])
    }

    /// The path taken.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.chosen.map(|index| &self.prepared.0.paths.all()[index])
    }

    /// Everything found, in the order form ([`Certificate::problems`]), usage, path, validity,
    /// revocation. Each but those of form has the subject of the certificate it is about as its
    /// place. The severity of its code says how it weighs.
    #[must_use]
    pub fn faults(&self) -> &[Error] {
        &self.faults
    }

    /// The certificate.
    #[must_use]
    pub fn certificate(&self) -> &Arc<Certificate> {
        self.prepared.certificate()
    }

    /// The times it was judged at.
    #[must_use]
    pub fn times(&self) -> Times {
        self.times
    }

    /// Whether the key may be used for the purpose.
    #[must_use]
    pub fn usage(&self) -> Aspect {
        self.usage
    }

    /// Whether a path leads to an anchor.
    #[must_use]
    pub fn path_found(&self) -> Aspect {
        self.path
    }

    /// Whether the path is valid at the time.
    #[must_use]
    pub fn validity(&self) -> Aspect {
        self.validity
    }

    /// Whether no certificate of the path is revoked.
    #[must_use]
    pub fn revocation(&self) -> Aspect {
        self.revocation
    }

    /// What is known about the revocation of the certificate at this place of the path, 0 being
    /// the leaf.
    #[must_use]
    pub fn revocation_status(&self, place: usize) -> RevocationStatus {
        let inner = &*self.prepared.0;
        let facts = self.chosen.and_then(|index| inner.facts.get(index)).and_then(|facts| facts.get(place));
        match (facts, self.path().and_then(|path| path.certificates().get(place))) {
            (Some(facts), Some(certificate)) => facts.status(certificate, self.times),
            _ => RevocationStatus::NotMade,
        }
    }
}

/// Whether a certificate may issue others. [`Code::UsageAbsent`] is returned as a note when it does
/// not state its key usage.
fn issuer_usage(certificate: &Certificate) -> Result<Option<Error>, Error> {
    let place = || certificate.subject().to_rfc4514();
    // One of a time before version 3 cannot say what it is.
    let is_ca = certificate.basic_constraints().map_or(certificate.version() < 3, |constraints| constraints.ca);
    if !is_ca {
        return Err(Code::UsageNotAuthority.fault().at_path(place()).expected("cA"));
    }
    match certificate.key_usage() {
        None => Ok(Some(Code::UsageAbsent.fault().at_path(place()))),
        Some(usage) if usage.contains(KeyUsage::KEY_CERT_SIGN) => Ok(None),
        Some(usage) => {
            Err(Code::UsageNotAuthority.fault().at_path(place()).expected("keyCertSign").found(usage.to_string()))
        }
    }
}

fn aspect(fault: &Error) -> Aspect {
    match fault.entry().severity {
        Severity::Error => Aspect::Failed,
        Severity::Indeterminate => Aspect::Indeterminate,
        Severity::Warning | Severity::Note => Aspect::Passed,
    }
}

fn rank(aspect: Aspect) -> u8 {
    match aspect {
        Aspect::Passed => 0,
        Aspect::NotMade => 1,
        Aspect::Indeterminate => 2,
        Aspect::Failed => 3,
    }
}

/// What was not made does not decide: where it had to be made, an indeterminate fault says so.
fn worst<const N: usize>(aspects: [Aspect; N]) -> Outcome {
    aspects.iter().fold(Outcome::Passed, |worst, aspect| {
        worst.max(match aspect {
            Aspect::Passed | Aspect::NotMade => Outcome::Passed,
            Aspect::Indeterminate => Outcome::Indeterminate,
            Aspect::Failed => Outcome::Failed,
        })
    })
}
