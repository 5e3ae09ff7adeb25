//! Paths from a certificate to a trust anchor (RFC 5280 6.1, without policies and revocation).

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use czei_codes::Code as _;
use czei_sm2::UserId;

use crate::{Certificate, CertificateStore, Code, Error, KeyUsage};

/// What paths are built from. Borrowed and cheap: make one where it is needed.
///
/// ```
/// use czei_pki::{CertificateStore, ChainBuilder, ChainLimits};
/// use czei_sm2::UserId;
///
/// let (anchors, store) = (CertificateStore::new(), CertificateStore::new());
/// let builder = ChainBuilder {
///     anchors: &anchors,
///     store: &store,
///     extra: &[],
///     user_ids: &[UserId::DEFAULT],
///     limits: ChainLimits::default(),
/// };
/// # let _ = builder;
/// ```
#[derive(Debug, Clone, Copy)]
pub struct ChainBuilder<'a> {
    /// Certificates trusted as they stand. Their validity dates are not looked at, and a leaf
    /// that is itself an anchor needs nothing else.
    pub anchors: &'a CertificateStore,
    /// Certificates known but not trusted by themselves.
    pub store: &'a CertificateStore,
    /// Certificates that came with the signature. Never trusted by themselves.
    pub extra: &'a [Arc<Certificate>],
    /// The user ids that signatures on certificates may have been made with, tried in this order.
    pub user_ids: &'a [UserId],
    /// Bounds of the search.
    pub limits: ChainLimits,
}

/// Bounds of the search for paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainLimits {
    /// Signature checks, one for each certificate and user id tried. Default 100.
    pub signature_checks: u32,
    /// Certificates in a path, leaf and anchor included. Default 10.
    pub depth: u8,
    /// Candidates looked at, signature checks known from before included: a mesh of few
    /// certificates has a great many paths. Default 1,000.
    pub steps: u32,
}

impl Default for ChainLimits {
    fn default() -> Self {
        ChainLimits { signature_checks: 100, depth: 10, steps: 1_000 }
    }
}

/// A path from a certificate to an anchor, complete but for the time of judgement.
#[derive(Debug, Clone)]
pub struct Path {
    certificates: Vec<Arc<Certificate>>,
    user_ids: Vec<UserId>,
    not_before: DateTime<Utc>,
    not_after: DateTime<Utc>,
}

impl Path {
    /// The certificates, the leaf first, the anchor last. At least one.
    #[must_use]
    pub fn certificates(&self) -> &[Arc<Certificate>] {
        &self.certificates
    }

    /// For each certificate but the anchor, the user id its signature was made with.
    #[must_use]
    pub fn user_ids(&self) -> &[UserId] {
        &self.user_ids
    }

    /// From when on all certificates but the anchor are valid.
    #[must_use]
    pub fn not_before(&self) -> DateTime<Utc> {
        self.not_before
    }

    /// Until when all certificates but the anchor are valid, this second included. Earlier than
    /// [`Path::not_before`] when they never are together.
    #[must_use]
    pub fn not_after(&self) -> DateTime<Utc> {
        self.not_after
    }

    /// Whether every certificate but the anchor is valid at a time, both ends included.
    ///
    /// # Errors
    /// [`Code::CertificateExpired`], [`Code::CertificateNotYetValid`], with the subject of the
    /// certificate nearest to the leaf as the place.
    pub fn check(&self, time: DateTime<Utc>) -> Result<(), Error> {
        let dated = &self.certificates[..self.certificates.len() - 1];
        for certificate in dated {
            let (code, bound) = if time > certificate.not_after() {
                (Code::CertificateExpired, certificate.not_after())
            } else if time < certificate.not_before() {
                (Code::CertificateNotYetValid, certificate.not_before())
            } else {
                continue;
            };
            let word = if code == Code::CertificateExpired { "<=" } else { ">=" };
            return Err(code
                .fault()
                .at_path(certificate.subject().to_rfc4514())
                .expected(format!("{word} {}", rfc3339(bound)))
                .found(rfc3339(time)));
        }
        Ok(())
    }

    fn new(certificates: Vec<Arc<Certificate>>, user_ids: Vec<UserId>) -> Self {
        let dated = &certificates[..certificates.len() - 1];
        let not_before = dated.iter().map(|certificate| certificate.not_before()).max();
        let not_after = dated.iter().map(|certificate| certificate.not_after()).min();
        Path {
            not_before: not_before.unwrap_or(DateTime::<Utc>::MIN_UTC),
            not_after: not_after.unwrap_or(DateTime::<Utc>::MAX_UTC),
            certificates,
            user_ids,
        }
    }
}

/// All paths found within the limits, and what stood in the way of others. It does not depend on a
/// time, so it can be kept for as long as the anchors and the store stay the same.
#[derive(Debug, Clone)]
pub struct Paths {
    paths: Vec<Path>,
    faults: Vec<Error>,
    signature_checks: u32,
}

impl Paths {
    /// The first path that is valid at a time.
    ///
    /// # Errors
    /// When there are paths, [`Code::CertificateExpired`] or [`Code::CertificateNotYetValid`] of
    /// the first. When there is none, the weightiest of what was met on the way, among others
    /// [`Code::NoTrustAnchor`], whose severity is indeterminate.
    pub fn at(&self, time: DateTime<Utc>) -> Result<&Path, Error> {
        if let Some(path) = self.paths.iter().find(|path| path.check(time).is_ok()) {
            return Ok(path);
        }
        if let Some(path) = self.paths.first() {
            path.check(time)?;
        }
        Err(self.best_fault())
    }

    /// Every path, in the order found.
    #[must_use]
    pub fn all(&self) -> &[Path] {
        &self.paths
    }

    /// What stood in the way of further paths, in the order met, each thing once.
    #[must_use]
    pub fn faults(&self) -> &[Error] {
        &self.faults
    }

    /// How many signature checks were made.
    #[must_use]
    pub fn signature_checks(&self) -> u32 {
        self.signature_checks
    }

    fn best_fault(&self) -> Error {
        let mut best: Option<&Error> = None;
        for fault in &self.faults {
            if best.is_none_or(|best| weight(fault.code()) > weight(best.code())) {
                best = Some(fault);
            }
        }
        best.cloned().unwrap_or_else(|| Code::NoTrustAnchor.into())
    }
}

impl<'a> ChainBuilder<'a> {
    /// All paths from a certificate to an anchor.
    #[must_use]
    pub fn paths_to(&self, leaf: &Arc<Certificate>) -> Paths {
        let mut search = Search {
            builder: self,
            trail: vec![Arc::clone(leaf)],
            user_ids: Vec::new(),
            checked: HashMap::new(),
            steps: 0,
            exceeded: false,
            out: Paths { paths: Vec::new(), faults: Vec::new(), signature_checks: 0 },
        };
        match critical_extension(leaf) {
            Some(fault) => search.out.faults.push(fault),
            None => search.climb(),
        }
        search.out
    }

    /// Certificates whose subject is the issuer of this one: those whose key identifier fits
    /// first, then those without, then the others; each certificate once.
    fn issuers_of(&self, certificate: &Certificate) -> Vec<Arc<Certificate>> {
        let issuer = certificate.issuer();
        let extra = self.extra.iter().filter(|extra| extra.subject() == issuer);
        let all = self.anchors.by_subject(issuer).iter().chain(self.store.by_subject(issuer));
        let mut found: Vec<Arc<Certificate>> = Vec::new();
        for candidate in all.chain(extra) {
            if !found.contains(candidate) {
                found.push(Arc::clone(candidate));
            }
        }
        let wanted = certificate.authority_key_id();
        found.sort_by_key(|candidate| match (wanted, candidate.subject_key_id()) {
            (Some(wanted), Some(id)) if wanted == id => 0,
            (Some(_), Some(_)) => 2,
            _ => 1,
        });
        found
    }
}

/// Whether a certificate may sign documents: digitalSignature or nonRepudiation
/// (GB/T 20518-2018). When it does not state its key usage, the note
/// [`Code::UsageAbsent`] is returned.
///
/// # Errors
/// [`Code::UsageEncryption`] for the encryption certificate of a pair,
/// [`Code::UsageNotSigning`] for any other certificate that may not.
pub fn signer_usage(certificate: &Certificate) -> Result<Option<Error>, Error> {
    let place = || certificate.subject().to_rfc4514();
    let Some(usage) = certificate.key_usage() else {
        return Ok(Some(Code::UsageAbsent.fault().at_path(place())));
    };
    if usage.intersects(KeyUsage::DIGITAL_SIGNATURE | KeyUsage::NON_REPUDIATION) {
        return Ok(None);
    }
    let code = if certificate.is_encryption_certificate() { Code::UsageEncryption } else { Code::UsageNotSigning };
    Err(code.fault().at_path(place()).expected("digitalSignature, nonRepudiation").found(usage.to_string()))
}

struct Search<'a> {
    builder: &'a ChainBuilder<'a>,
    /// From the leaf to where the search stands.
    trail: Vec<Arc<Certificate>>,
    user_ids: Vec<UserId>,
    /// Outcomes of checks by the addresses of certificate and issuer, which live as long as this.
    checked: HashMap<(*const Certificate, *const Certificate), Result<UserId, Error>>,
    steps: u32,
    exceeded: bool,
    out: Paths,
}

impl Search<'_> {
    /// Goes up from the last certificate of the trail. The depth of the recursion is the length of
    /// the trail, which the limit bounds.
    fn climb(&mut self) {
        let Some(current) = self.trail.last().map(Arc::clone) else { return };
        if self.builder.anchors.get(current.der()).is_some() {
            self.out.paths.push(Path::new(self.trail.clone(), self.user_ids.clone()));
            return;
        }
        if self.trail.len() >= usize::from(self.builder.limits.depth) {
            self.fault(Code::PathDepth, &current, Some(self.builder.limits.depth.to_string()));
            return;
        }
        let issuers = self.builder.issuers_of(&current);
        if issuers.is_empty() {
            self.fault(Code::NoTrustAnchor, &current, Some(current.issuer().to_rfc4514()));
        }
        for issuer in issuers {
            if self.exceeded {
                return;
            }
            self.steps += 1;
            if self.steps > self.builder.limits.steps {
                return self.exceed(&current);
            }
            if issuer == current {
                // A root that is no anchor: the path ends here, and it is no circle of several.
                self.fault(Code::NoTrustAnchor, &current, None);
                continue;
            }
            if self.trail.contains(&issuer) {
                self.fault(Code::PathLoop, &issuer, None);
                continue;
            }
            if let Err(fault) = self.may_issue(&issuer) {
                self.push(fault);
                continue;
            }
            match self.signed_by(&current, &issuer) {
                Some(Ok(user_id)) => {
                    self.trail.push(issuer);
                    self.user_ids.push(user_id);
                    self.climb();
                    self.user_ids.pop();
                    self.trail.pop();
                }
                Some(Err(fault)) => self.push(fault),
                None => return self.exceed(&current),
            }
        }
    }

    /// What an issuer's certificate must say about itself (RFC 5280 6.1.4).
    fn may_issue(&self, issuer: &Arc<Certificate>) -> Result<(), Error> {
        let at = |code: Code| code.fault().at_path(issuer.subject().to_rfc4514());
        if let Some(fault) = critical_extension(issuer) {
            return Err(fault);
        }
        let constraints = issuer.basic_constraints();
        let is_ca = match constraints {
            Some(constraints) => constraints.ca,
            // A root of the time before version 3 cannot say what it is; that it is trusted says
            // enough. One of version 3 can: a self-signed end entity, trusted for its own
            // signatures, must not issue for others.
            None => {
                let says_so = issuer.key_usage().is_some_and(|usage| usage.contains(KeyUsage::KEY_CERT_SIGN));
                (issuer.version() < 3 || says_so)
                    && issuer.is_self_issued()
                    && self.builder.anchors.get(issuer.der()).is_some()
            }
        };
        if !is_ca {
            return Err(at(Code::IssuerNotCa));
        }
        if let Some(usage) = issuer.key_usage()
            && !usage.contains(KeyUsage::KEY_CERT_SIGN)
        {
            return Err(at(Code::IssuerUsage).expected("keyCertSign").found(usage.to_string()));
        }
        let below = self.trail[1..].iter().filter(|certificate| !certificate.is_self_issued()).count();
        match constraints.and_then(|constraints| constraints.path_len) {
            Some(bound) if u64::from(bound) < below as u64 => {
                Err(at(Code::PathLengthExceeded).expected(format!("<= {bound}")).found(below.to_string()))
            }
            _ => Ok(()),
        }
    }

    /// Checks a signature unless it has been; nothing when the budget is used up.
    fn signed_by(
        &mut self,
        certificate: &Arc<Certificate>,
        issuer: &Arc<Certificate>,
    ) -> Option<Result<UserId, Error>> {
        let pair = (Arc::as_ptr(certificate), Arc::as_ptr(issuer));
        if let Some(known) = self.checked.get(&pair) {
            return Some(known.clone());
        }
        let outcome = self.check(certificate, issuer)?;
        self.checked.insert(pair, outcome.clone());
        Some(outcome)
    }

    fn check(&mut self, certificate: &Arc<Certificate>, issuer: &Arc<Certificate>) -> Option<Result<UserId, Error>> {
        let place = |fault: Error, of: &Certificate| {
            let path = of.subject().to_rfc4514();
            fault.at_path(path)
        };
        let key = match issuer.prepared_key() {
            Ok(key) => Arc::clone(key),
            Err(fault) => return Some(Err(place(fault, issuer))),
        };
        let mut last = place(Code::CertificateSignatureWrong.into(), certificate);
        for user_id in self.builder.user_ids {
            if self.out.signature_checks >= self.builder.limits.signature_checks {
                return None;
            }
            self.out.signature_checks += 1;
            match certificate.verify_signature_by(&key, core::slice::from_ref(user_id)) {
                Ok(user_id) => return Some(Ok(user_id.clone())),
                Err(fault) => last = place(fault, certificate),
            }
        }
        if last.code() == Code::CertificateSignatureWrong && names_another_key(certificate, issuer) {
            // It says itself that this is not its issuer: that one is not in the set.
            let issuer = crate::brief::cut(certificate.issuer().to_rfc4514());
            last = place(Code::NoTrustAnchor.into(), certificate).found(issuer);
        }
        Some(Err(last))
    }

    fn exceed(&mut self, current: &Arc<Certificate>) {
        self.exceeded = true;
        let found = format!("{} signature checks, {} steps", self.out.signature_checks, self.steps);
        self.fault(Code::PathBudget, current, Some(found));
    }

    fn fault(&mut self, code: Code, at: &Certificate, found: Option<String>) {
        let mut fault = code.fault().at_path(at.subject().to_rfc4514());
        if let Some(found) = found {
            fault = fault.found(crate::brief::cut(found));
        }
        self.push(fault);
    }

    /// Keeps a fault once: a mesh of few certificates meets the same ones on a great many ways,
    /// and each holds a name that whoever made the certificates could choose as long as they like.
    fn push(&mut self, fault: Error) {
        if !self.out.faults.contains(&fault) {
            self.out.faults.push(fault);
        }
    }
}

/// Whether a certificate says it was signed by another key than the one that an issuer's certificate
/// says it has.
fn names_another_key(certificate: &Certificate, issuer: &Certificate) -> bool {
    matches!((certificate.authority_key_id(), issuer.subject_key_id()), (Some(wanted), Some(id)) if wanted != id)
}

fn critical_extension(certificate: &Certificate) -> Option<Error> {
    let unsupported = certificate.unsupported_critical();
    (!unsupported.is_empty()).then(|| {
        let found = crate::brief::cut(unsupported.join(", "));
        Code::CriticalExtension.fault().at_path(certificate.subject().to_rfc4514()).found(found)
    })
}

/// What to report when nothing leads to an anchor: a limit first, since then not everything was
/// looked at; then what forbids an issuer; then wrong signatures; and a missing anchor only when
/// nothing else was wrong.
fn weight(code: Code) -> u8 {
    match code {
        Code::PathBudget => 9,
        Code::CriticalExtension => 8,
        Code::IssuerNotCa => 7,
        Code::IssuerUsage => 6,
        Code::PathLengthExceeded => 5,
        Code::PathDepth => 4,
        Code::PathLoop => 2,
        Code::NoTrustAnchor => 1,
        _ => 3,
    }
}

fn rfc3339(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests;
