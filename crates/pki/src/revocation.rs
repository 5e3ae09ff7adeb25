//! What CRLs say about a certificate at a time (RFC 5280 6.3).
//!
//! What does not depend on a time is found once: which CRLs are the issuer's, whether its key
//! confirms them, what they say about the certificate. Judging at a time is then a few comparisons.
//!
//! The rules for time, where `judged` is the time of judgement, `now` the present, and `known_by`
//! the time by which the signature is known to have existed, which without proof is `now`:
//!
//! 1. An entry other than a suspension counts in every CRL that the issuer made, however old, and
//!    whatever newer ones say: a revocation is for good.
//! 2. A certificate that is not listed is good only by a CRL that covers it, was issued not after
//!    `now` (and [`Crl::CLOCK_SKEW`]), and is due neither before `judged` nor before `known_by`:
//!    whoever may have signed as late as that may have done so with a key revoked meanwhile. One
//!    that does not say when the next is due covers nothing after it was issued. That it was issued
//!    after `judged` does no harm: it is better evidence, not worse.
//! 3. A CRL issued after the certificate had expired does not make it good, unless it says that
//!    expired certificates stay in it: issuers drop them.
//! 4. A suspension counts until a newer CRL that covers the certificate no longer lists it. That it
//!    was suspended at `judged` is told all the same.
//! 5. A CRL restricted to some certificates, some reasons or another distribution point counts by
//!    what it lists, not by what it does not. A delta CRL, an indirect one and one with an unknown
//!    critical extension count for nothing.

use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use czei_codes::Code as _;

use crate::{Certificate, Code, Crl, Error, RevocationReason, RevokedEntry};

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
    pub(crate) observations: Vec<Observation>,
    /// What keeps other CRLs from counting, each once.
    pub(crate) reasons: Vec<Error>,
    /// Whether a CRL that lists the certificate was left unchecked: then nothing makes it good.
    pub(crate) listed_unchecked: bool,
}

/// A CRL that the issuer made.
#[derive(Debug)]
pub(crate) struct Observation {
    pub(crate) crl: Arc<Crl>,
    pub(crate) entry: Option<RevokedEntry>,
    /// Whether not being listed means not being revoked.
    pub(crate) covers: bool,
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
            if is_ahead(&seen.crl, times.now) {
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
                Ok(()) if self.listed_unchecked => break,
                Ok(()) => return RevocationStatus::Good { crl: Arc::clone(&seen.crl) },
                Err(reason) => push(&mut reasons, reason),
            }
        }
        for reason in &self.reasons {
            push(&mut reasons, reason.clone());
        }
        RevocationStatus::Unknown(reasons)
    }

    /// Whether it is known by now how the certificate stands, so that no further CRL is needed.
    pub(crate) fn tells(&self, certificate: &Certificate, now: DateTime<Utc>) -> bool {
        self.observations.iter().any(|seen| {
            seen.entry.as_ref().is_some_and(|entry| !entry.is_hold())
                || (seen.covers
                    && !is_ahead(&seen.crl, now)
                    && good(&seen.crl, certificate, Times::present(now)).is_ok())
        })
    }

    /// The suspension that was in force at the time judged at, by the CRL of that time or a newer
    /// one.
    pub(crate) fn suspension(&self, times: Times) -> Option<&RevokedEntry> {
        for seen in self.observations.iter().filter(|seen| !is_ahead(&seen.crl, times.now)) {
            match &seen.entry {
                Some(entry) if entry.is_hold() && entry.effective() <= times.judged => return Some(entry),
                None if seen.covers && seen.crl.this_update() <= times.judged => return None,
                _ => {}
            }
        }
        None
    }
}

/// Whether a CRL was issued after the present, by more than clocks differ.
fn is_ahead(crl: &Crl, now: DateTime<Utc>) -> bool {
    crl.this_update().signed_duration_since(now) > Crl::CLOCK_SKEW
}

/// Whether a covering CRL that does not list a certificate makes it good.
fn good(crl: &Arc<Crl>, certificate: &Certificate, times: Times) -> Result<(), Error> {
    let needed = times.judged.max(times.known_by.unwrap_or(times.now));
    let until = crl.next_update().unwrap_or(crl.this_update());
    if until < needed {
        return Err(dated(Code::CrlStale, crl, ">=", needed, until));
    }
    let expired = certificate.not_after();
    let kept = crl.keeps_expired_since().is_some_and(|since| since <= expired);
    if crl.this_update() > expired && !kept {
        return Err(dated(Code::CrlAfterExpiry, crl, "<=", expired, crl.this_update()));
    }
    Ok(())
}

fn dated(code: Code, crl: &Crl, word: &str, bound: DateTime<Utc>, found: DateTime<Utc>) -> Error {
    let text = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Secs, true);
    code.fault().at_path(crl.issuer().to_rfc4514()).expected(format!("{word} {}", text(bound))).found(text(found))
}

/// The most reasons that are kept: of hundreds of CRLs each may have one.
const MAX_REASONS: usize = 100;

/// Keeps a reason once. An exceeded budget is never left out, since it decides.
pub(crate) fn push(reasons: &mut Vec<Error>, reason: Error) {
    let room = reasons.len() < MAX_REASONS || reason.code() == Code::CrlBudget;
    if room && !reasons.contains(&reason) {
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

/// The note that a suspension makes which was taken back since.
pub(crate) fn suspended(certificate: &Certificate, entry: &RevokedEntry) -> Error {
    let when = entry.effective().to_rfc3339_opts(SecondsFormat::Secs, true);
    Code::WasSuspended.fault().at_path(certificate.subject().to_rfc4514()).found(when)
}
