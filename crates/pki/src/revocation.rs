//! Whether a certificate is revoked, by the CRLs of its issuer (RFC 5280 6.3).
//!
//! What does not depend on a time is found once: which CRLs are the issuer's, whether its key
//! confirms them, what they say about the certificate. Judging at a time is then a few comparisons.
//!
//! The rules for time, where `judged` is the time of judgement and `now` the present:
//!
//! 1. An entry other than a suspension counts in every CRL that the issuer's key confirms, however
//!    old: a revocation is for good.
//! 2. A certificate that is not listed is good only by a CRL that covers it, was issued not after
//!    `now`, and is due not before `judged`; a newer one than `judged` is better evidence, not
//!    worse. One that does not say when the next is due covers nothing after it was issued.
//! 3. A CRL issued after the certificate had expired does not make it good, unless it says that
//!    expired certificates stay in it: issuers drop them.
//! 4. A suspension counts until a newer CRL that covers the certificate no longer lists it.
//! 5. A CRL restricted to some certificates, some reasons or another distribution point counts by
//!    what it lists, not by what it does not. A delta CRL, an indirect one and one with an unknown
//!    critical extension count for nothing.

use core::cmp::Reverse;
use core::fmt;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use czei_codes::Code as _;
use czei_sm2::UserId;

use crate::{Certificate, Code, Crl, CrlStore, Error, KeyUsage, RevocationReason, RevokedEntry};

/// Gets CRLs from where certificates say they lie. Nothing here opens a connection: whoever wants
/// CRLs fetched supplies this.
///
/// An implementation decides which addresses it is ready to ask: they come from certificates that
/// anybody may have sent. It bounds time and size itself; more than [`Crl::MAX_BYTES`] is refused.
///
/// ```
/// use czei_pki::CrlFetcher;
///
/// /// CRLs that were put in a folder by hand.
/// #[derive(Debug)]
/// struct Offline;
///
/// impl CrlFetcher for Offline {
///     fn fetch(&self, url: &str) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
///         Err(format!("{url} is not at hand").into())
///     }
/// }
/// ```
pub trait CrlFetcher: fmt::Debug + Send + Sync {
    /// The bytes at an `http`, `https`, `ldap` or `ldaps` URL: a CRL in DER or PEM.
    ///
    /// # Errors
    /// Whatever stood in the way. Its text becomes part of [`Code::CrlFetchFailed`].
    fn fetch(&self, url: &str) -> Result<Vec<u8>, Box<dyn core::error::Error + Send + Sync>>;
}

/// What is known about the revocation of one certificate at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RevocationStatus {
    /// A CRL that covers it does not list it.
    Good {
        /// The newest such CRL.
        crl: Arc<Crl>,
    },
    /// A CRL lists it. Whether that counts at the time of judgement depends on
    /// [`RevokedEntry::effective`] and [`RevokedEntry::is_compromise`].
    Revoked {
        /// What the CRL says.
        entry: RevokedEntry,
        /// The CRL.
        crl: Arc<Crl>,
    },
    /// No CRL tells, and why: at least one reason.
    Unknown(Vec<Error>),
    /// Not looked at: the check is turned off, or it is a trust anchor.
    NotMade,
}

/// The times of a judgement.
///
/// ```
/// use czei_pki::Times;
///
/// let now = "2026-12-01T00:00:00Z".parse().unwrap();
/// assert_eq!(Times::present(now).known_by, Some(now));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// The time the certificate is judged at: that of signing, as it is stated or proved.
    pub judged: DateTime<Utc>,
    /// The time of the check.
    pub now: DateTime<Utc>,
    /// The time by which the signature existed, where that is known from elsewhere than the signer: from a timestamp,
    /// from a stock record, or because it is the present. `None` when the time judged at is only stated.
    pub known_by: Option<DateTime<Utc>>,
}

impl Times {
    /// Judging at the present time, which needs no proof.
    #[must_use]
    pub fn present(now: DateTime<Utc>) -> Self {
        Times { judged: now, now, known_by: Some(now) }
    }
}

/// What the CRLs say about one certificate under one issuer, at any time.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    /// The newest first.
    observations: Vec<Observation>,
    /// What keeps other CRLs from counting, each once.
    reasons: Vec<Error>,
}

#[derive(Debug)]
struct Observation {
    crl: Arc<Crl>,
    entry: Option<RevokedEntry>,
    /// Whether not being listed means not being revoked.
    covers: bool,
}

impl Facts {
    pub(crate) fn status(&self, certificate: &Certificate, times: Times) -> RevocationStatus {
        let lasting = self.observations.iter().filter_map(|seen| {
            let entry = seen.entry.as_ref().filter(|entry| !entry.is_hold())?;
            Some((entry, &seen.crl))
        });
        if let Some((entry, crl)) = lasting.min_by_key(|(entry, _)| (!entry.is_compromise(), entry.effective())) {
            return RevocationStatus::Revoked { entry: entry.clone(), crl: Arc::clone(crl) };
        }
        let mut reasons = Vec::new();
        let mut released = false;
        for seen in &self.observations {
            if seen.crl.this_update() > times.now {
                push(&mut reasons, dated(Code::CrlNotYetValid, &seen.crl, "<=", times.now, seen.crl.this_update()));
                continue;
            }
            if let Some(entry) = &seen.entry {
                if !released {
                    return RevocationStatus::Revoked { entry: entry.clone(), crl: Arc::clone(&seen.crl) };
                }
                continue;
            }
            if !seen.covers {
                continue;
            }
            released = true;
            match good(&seen.crl, certificate, times) {
                Ok(()) => return RevocationStatus::Good { crl: Arc::clone(&seen.crl) },
                Err(reason) => push(&mut reasons, reason),
            }
        }
        for reason in &self.reasons {
            push(&mut reasons, reason.clone());
        }
        RevocationStatus::Unknown(reasons)
    }
}

/// Whether a covering CRL that does not list a certificate makes it good.
fn good(crl: &Arc<Crl>, certificate: &Certificate, times: Times) -> Result<(), Error> {
    let until = crl.next_update().unwrap_or(crl.this_update());
    if until < times.judged {
        return Err(dated(Code::CrlStale, crl, ">=", times.judged, until));
    }
    let expired = certificate.not_after();
    let kept = crl.keeps_expired_since().is_some_and(|since| since <= expired);
    if crl.this_update() > expired && !kept {
        return Err(dated(Code::CrlAfterExpiry, crl, "<=", expired, crl.this_update()));
    }
    Ok(())
}

/// Looks CRLs up and checks them, within the budget of one judgement.
pub(crate) struct Checker<'a> {
    pub(crate) crls: &'a CrlStore,
    pub(crate) user_ids: &'a [UserId],
    pub(crate) fetcher: Option<&'a dyn CrlFetcher>,
    pub(crate) now: DateTime<Utc>,
    /// Signature checks that may still be made. A check whose outcome is remembered from another
    /// judgement counts too: what is found must not depend on what was asked before.
    signature_checks: u32,
    fetches: u32,
    asked: HashSet<String>,
    fetched: CrlStore,
    /// By the addresses of CRL and issuer, which live as long as this.
    checked: HashMap<(*const Crl, *const Certificate), Result<(), Error>>,
    facts: HashMap<(*const Certificate, *const Certificate), Arc<Facts>>,
}

impl<'a> Checker<'a> {
    /// The most fetches of one judgement.
    pub(crate) const MAX_FETCHES: u32 = 8;
    /// The longest URL that is asked.
    const MAX_URL: usize = 2048;

    pub(crate) fn new(
        crls: &'a CrlStore,
        user_ids: &'a [UserId],
        fetcher: Option<&'a dyn CrlFetcher>,
        now: DateTime<Utc>,
        signature_checks: u32,
    ) -> Self {
        Checker {
            crls,
            user_ids,
            fetcher,
            now,
            signature_checks,
            fetches: Self::MAX_FETCHES,
            asked: HashSet::new(),
            fetched: CrlStore::new(),
            checked: HashMap::new(),
            facts: HashMap::new(),
        }
    }

    /// What is known about a certificate, given the issuer's certificate in the path.
    pub(crate) fn facts(&mut self, certificate: &Arc<Certificate>, issuer: &Arc<Certificate>) -> Arc<Facts> {
        let pair = (Arc::as_ptr(certificate), Arc::as_ptr(issuer));
        if let Some(known) = self.facts.get(&pair) {
            return Arc::clone(known);
        }
        let mut facts = self.look(certificate, issuer);
        let enough = facts.observations.iter().any(|seen| {
            seen.entry.as_ref().is_some_and(|entry| !entry.is_hold())
                || (seen.covers && seen.crl.this_update() <= self.now && {
                    good(&seen.crl, certificate, Times::present(self.now)).is_ok()
                })
        });
        if !enough && self.fetcher.is_some() {
            let failures = self.fetch(certificate);
            facts = self.look(certificate, issuer);
            failures.into_iter().for_each(|failure| push(&mut facts.reasons, failure));
        }
        let facts = Arc::new(facts);
        self.facts.insert(pair, Arc::clone(&facts));
        facts
    }

    /// The CRLs that were fetched.
    pub(crate) fn into_fetched(self) -> CrlStore {
        self.fetched
    }

    fn look(&mut self, certificate: &Arc<Certificate>, issuer: &Arc<Certificate>) -> Facts {
        let mut facts = Facts::default();
        let name = certificate.issuer();
        let mut crls: Vec<Arc<Crl>> =
            self.crls.by_issuer(name).iter().chain(self.fetched.by_issuer(name)).cloned().collect();
        crls.sort_by_key(|crl| Reverse(crl.this_update()));
        if crls.is_empty() {
            facts.reasons.push(Code::CrlMissing.fault().at_path(name.to_rfc4514()));
            return facts;
        }
        if let Some(usage) = issuer.key_usage()
            && !usage.contains(KeyUsage::CRL_SIGN)
        {
            let fault = Code::CrlIssuerUsage.fault().at_path(name.to_rfc4514());
            facts.reasons.push(fault.expected("cRLSign").found(usage.to_string()));
            return facts;
        }
        for crl in crls {
            if let Err(reason) = crl.check_usable().and_then(|()| self.signed_by(&crl, issuer)) {
                let exceeded = reason.code() == Code::CrlBudget;
                push(&mut facts.reasons, reason);
                if exceeded {
                    break;
                }
                continue;
            }
            let covers = crl.check_covers(certificate);
            let entry = crl.find(certificate.serial());
            let covers = covers.map_err(|reason| push(&mut facts.reasons, reason)).is_ok();
            facts.observations.push(Observation { crl, entry, covers });
        }
        facts
    }

    fn signed_by(&mut self, crl: &Arc<Crl>, issuer: &Arc<Certificate>) -> Result<(), Error> {
        let pair = (Arc::as_ptr(crl), Arc::as_ptr(issuer));
        if let Some(known) = self.checked.get(&pair) {
            return known.clone();
        }
        let outcome = self.check(crl, issuer);
        self.checked.insert(pair, outcome.clone());
        outcome
    }

    fn check(&mut self, crl: &Crl, issuer: &Certificate) -> Result<(), Error> {
        let place = crl.issuer().to_rfc4514();
        let (key, prepared) = (issuer.verifying_key()?, issuer.prepared_key()?);
        for user_id in self.user_ids {
            if self.signature_checks == 0 {
                return Err(Code::CrlBudget.fault().at_path(place));
            }
            self.signature_checks -= 1;
            if crl.is_signed_by(key, prepared, user_id)? {
                return Ok(());
            }
        }
        Err(Code::CrlSignatureWrong.fault().at_path(place))
    }

    /// Asks the addresses of a certificate that have not been asked, and returns what went wrong.
    fn fetch(&mut self, certificate: &Certificate) -> Vec<Error> {
        let Some(fetcher) = self.fetcher else { return Vec::new() };
        let urls = match certificate.crl_urls() {
            Ok(urls) => urls,
            Err(fault) => return vec![fault],
        };
        let mut failures = Vec::new();
        for url in urls {
            if !is_remote(url) || url.len() > Self::MAX_URL || self.asked.contains(url) {
                continue;
            }
            if self.fetches == 0 {
                failures.push(Code::CrlFetchFailed.fault().at_path(url).found("too many addresses"));
                break;
            }
            self.fetches -= 1;
            self.asked.insert(url.to_owned());
            let failed = |found: String| Code::CrlFetchFailed.fault().at_path(url).found(found);
            let crl = match fetcher.fetch(url).map(|bytes| Crl::from_pem_or_der(&bytes)) {
                Ok(Ok(crl)) => crl,
                Ok(Err(fault)) => {
                    failures.push(failed(fault.entry().name.to_owned()));
                    continue;
                }
                Err(error) => {
                    failures.push(failed(error.to_string().chars().take(200).collect()));
                    continue;
                }
            };
            if crl.issuer() == certificate.issuer() {
                self.fetched.add(Arc::new(crl));
            } else {
                failures.push(failed(crl.issuer().to_rfc4514()));
            }
        }
        failures
    }
}

/// Whether a fetcher is asked for a URL: never for files and other schemes that a certificate could
/// point anywhere with.
fn is_remote(url: &str) -> bool {
    let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme);
    ["http", "https", "ldap", "ldaps"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
}

fn dated(code: Code, crl: &Crl, word: &str, bound: DateTime<Utc>, found: DateTime<Utc>) -> Error {
    let text = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Secs, true);
    code.fault().at_path(crl.issuer().to_rfc4514()).expected(format!("{word} {}", text(bound))).found(text(found))
}

fn push(reasons: &mut Vec<Error>, reason: Error) {
    if !reasons.contains(&reason) {
        reasons.push(reason);
    }
}

/// The finding that an entry makes at a time, with the subject of the certificate as its place.
pub(crate) fn revoked(certificate: &Certificate, entry: &RevokedEntry, times: Times) -> Error {
    let code = if entry.is_compromise() {
        Code::CertificateCompromised
    } else if entry.effective() <= times.judged {
        Code::CertificateRevoked
    } else if times.known_by.is_some_and(|known_by| known_by < entry.effective()) {
        Code::RevokedLater
    } else {
        Code::RevokedSince
    };
    let when = entry.effective().to_rfc3339_opts(SecondsFormat::Secs, true);
    let reason = entry.reason.filter(|reason| *reason != RevocationReason::Unspecified);
    let found = reason.map_or(when.clone(), |reason| format!("{when}, {reason}"));
    code.fault().at_path(certificate.subject().to_rfc4514()).found(found)
}
