//! The certificates of both roles: path, usage, validity, role, and the time they are judged at.

use chrono::{DateTime, Utc};
use czei_pki::{Code as PkiCode, CrlFetcher, Path};

use crate::role::Role;
use crate::{AreaCode, Code};

use super::policy::{AuthorityRule, JudgeTime, Policy};
use super::signers::KnownSigner;
use super::witness::Proof;
use super::{Check, Finding};

/// What certificates are judged in.
#[derive(Clone, Copy)]
pub(super) struct Surroundings<'a> {
    pub(super) policy: &'a Policy,
    pub(super) times: Times,
    pub(super) fetcher: Option<&'a dyn CrlFetcher>,
}

/// The times that matter for one receipt.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    /// The time of verification.
    pub(super) now: DateTime<Utc>,
    /// The issue time that the receipt states, when it could be read.
    pub(super) issue: Option<DateTime<Utc>>,
}

impl Times {
    /// The time of judgement. Without a readable issue time the form has failed anyway. Nothing was
    /// signed later than now, so a stated issue time in the future is not believed: it would let a
    /// certificate in that is not valid yet.
    fn judged(self, policy: &Policy) -> DateTime<Utc> {
        match policy.judge {
            JudgeTime::Now => self.now,
            JudgeTime::At(time) => time,
            JudgeTime::Issue => self.issue.map_or(self.now, |issue| issue.min(self.now)),
        }
    }
}

/// Usage, path, validity and revocation of a signer's certificate; validity against the issue time. Gives the path
/// that counts.
pub(super) fn check(
    role: Role,
    signer: &KnownSigner,
    surroundings: &Surroundings<'_>,
    proof: &mut Proof<'_>,
    findings: &mut Vec<Finding>,
) -> Option<Path> {
    let Surroundings { policy, times, fetcher } = *surroundings;
    let prepared = signer.prepared(role, policy, fetcher, times.now);
    let judged = times.judged(policy);
    // Only the issue time is the signer's word.
    let known_by = (policy.judge != JudgeTime::Issue).then_some(judged);
    let mut judgement = prepared.at(czei_pki::Times { judged, now: times.now, known_by });
    // Once a certificate has expired or was revoked, anyone who got hold of the key later could have written that time.
    let depends = |fault: &czei_pki::Error| matches!(fault.code(), PkiCode::ExpiredSince | PkiCode::RevokedSince);
    if judgement.faults().iter().any(depends)
        && let Some(known_by) = proof.existed_by(findings)
    {
        judgement = prepared.at(czei_pki::Times { judged, now: times.now, known_by: Some(known_by) });
    }
    findings.extend(judgement.faults().iter().map(|fault| finding(role, fault)));
    if let Some(issue) = times.issue {
        let (from, to) = (signer.certificate.not_before(), signer.certificate.not_after());
        if issue < from || issue > to {
            findings.push(
                Finding::new(Check::Time, Code::IssueOutsideValidity)
                    .expected(format!("{} – {}", from.to_rfc3339(), to.to_rfc3339()))
                    .found(issue.to_rfc3339()),
            );
        }
    }
    judgement.path().cloned()
}

/// The finding of a receipt that a fault of a certificate makes.
fn finding(role: Role, fault: &czei_pki::Error) -> Finding {
    let check = Check::certificate_of(role);
    let (check, code) = match fault.code() {
        PkiCode::ExpiredSince => (Check::Time, Code::SinceExpired),
        PkiCode::RevocationStatusUnknown => (check, Code::RevocationUnknown),
        PkiCode::RevocationStatusAccepted | PkiCode::RevocationNotMade => (check, Code::RevocationNotChecked),
        _ => return Finding::from_fault(check, fault),
    };
    Finding { found: fault.found_text().map(Into::into), ..Finding::new(check, code).at(fault.place().clone()) }
}

/// Whether the policy names the signer as the authority of an area.
pub(super) fn authority_role(signer: &KnownSigner, area: &AreaCode, policy: &Policy) -> Option<Finding> {
    let covers = |rule: &AuthorityRule| {
        rule.areas.is_empty() || rule.areas.iter().any(|prefix| area.as_str().starts_with(prefix.as_str()))
    };
    let named = signer.authority_rules(policy).any(|(rule, means)| means && covers(rule));
    (!named).then(|| {
        Finding::new(Check::AuthorityCertificate, Code::AuthorityNotNamed)
            .expected(area.to_string())
            .found(signer.certificate.subject().to_rfc4514())
    })
}

/// One key in both roles.
pub(super) fn same_key(unit: &KnownSigner, authority: &KnownSigner) -> Option<Finding> {
    unit.certificate
        .has_same_key(&authority.certificate)
        .then(|| Finding::new(Check::AuthorityCertificate, Code::SameKey))
}

/// An issue time in the future.
pub(super) fn future(times: Times) -> Option<Finding> {
    let issue = times.issue.filter(|issue| *issue > times.now)?;
    Some(
        Finding::new(Check::Time, Code::IssueInFuture)
            .expected(format!("≤ {}", times.now.to_rfc3339()))
            .found(issue.to_rfc3339()),
    )
}
