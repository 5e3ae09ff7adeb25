//! The certificates of both roles: path, usage, validity, role, and the time they are judged at.

use chrono::{DateTime, Utc};
use czei_codes::Code as _;
use czei_pki::{Code as PkiCode, FetchedCrls, Path};

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
    pub(super) times: ReceiptTimes,
    pub(super) fetcher: Option<&'a FetchedCrls<'static>>,
}

/// The times that matter for one receipt.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReceiptTimes {
    /// The time of verification.
    pub(super) now: DateTime<Utc>,
    /// The issue time that the receipt states, when it could be read.
    pub(super) issue: Option<DateTime<Utc>>,
}

impl ReceiptTimes {
    /// The time of judgement, and the time by which the signatures are known to have existed.
    ///
    /// Without a readable issue time the form has failed anyway. Nothing was signed later than now, so a stated issue
    /// time in the future is not believed: it would let a certificate in that is not valid yet. The issue time is the
    /// signer's word; a time that the policy gives is not, but it says nothing about a receipt issued after it.
    fn judged(self, policy: &Policy) -> (DateTime<Utc>, Option<DateTime<Utc>>) {
        let stated = self.issue.map_or(self.now, |issue| issue.min(self.now));
        match policy.judge {
            JudgeTime::Now => (self.now, Some(self.now)),
            JudgeTime::At(time) if stated <= time => (time, Some(time)),
            JudgeTime::At(_) | JudgeTime::Issue => (stated, None),
        }
    }
}

/// Usage, path, validity and revocation of a signer's certificate, whose signature `holds` or does not; validity against
/// the issue time. Gives the path that counts.
pub(super) fn check(
    role: Role,
    signer: &KnownSigner,
    holds: bool,
    surroundings: &Surroundings<'_>,
    proof: &mut Proof<'_>,
    findings: &mut Vec<Finding>,
) -> Option<Path> {
    let Surroundings { policy, times, fetcher } = *surroundings;
    // Nobody can send us out to fetch by a signature that does not hold.
    let fetcher = fetcher.filter(|_| holds);
    let prepared = signer.prepared(role, policy, fetcher, times.now);
    let (judged, known_by) = times.judged(policy);
    let mut judgement = prepared.at(czei_pki::Times { judged, now: times.now, known_by });
    if known_by.is_none()
        && judgement.faults().iter().any(would_know_more)
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

/// Whether a judgement could end better were the signature known to be old: once a certificate has expired or was
/// revoked, anyone who got hold of the key later could have written the issue time, and a CRL tells nothing about later.
fn would_know_more(fault: &czei_pki::Error) -> bool {
    let stale = || fault.found_text().is_some_and(|reasons| reasons.contains(PkiCode::CrlStale.entry().name));
    match fault.code() {
        PkiCode::ExpiredSince | PkiCode::RevokedSince => true,
        PkiCode::RevocationStatusUnknown | PkiCode::RevocationUnusable => stale(),
        _ => false,
    }
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

/// An issue time that the time of judgement says nothing about.
pub(super) fn issued_after(policy: &Policy, times: ReceiptTimes) -> Option<Finding> {
    let JudgeTime::At(judged) = policy.judge else { return None };
    let issue = times.issue.filter(|issue| *issue > judged)?;
    let finding = Finding::new(Check::Time, Code::IssuedAfterJudged);
    Some(finding.expected(format!("≤ {}", judged.to_rfc3339())).found(issue.to_rfc3339()))
}

/// An issue time in the future.
pub(super) fn future(times: ReceiptTimes) -> Option<Finding> {
    let issue = times.issue.filter(|issue| *issue > times.now)?;
    Some(
        Finding::new(Check::Time, Code::IssueInFuture)
            .expected(format!("≤ {}", times.now.to_rfc3339()))
            .found(issue.to_rfc3339()),
    )
}
