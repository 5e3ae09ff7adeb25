//! The certificates of both roles: path, usage, validity, role, and the time they are judged at.

use chrono::{DateTime, Utc};

use crate::role::Role;
use crate::{AreaCode, Code};

use super::policy::{AuthorityRule, JudgeTime, Policy, Revocation};
use super::signers::KnownSigner;
use super::{Check, Finding};

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

/// Usage, path, validity and revocation of a signer's certificate; validity against the issue time.
pub(super) fn check(role: Role, signer: &KnownSigner, policy: &Policy, times: Times, findings: &mut Vec<Finding>) {
    let check = Check::certificate_of(role);
    let certificate = &signer.certificate;
    match czei_pki::signer_usage(certificate) {
        Ok(None) => {}
        Ok(Some(note)) => findings.push(Finding::from_fault(check, &note)),
        Err(error) => findings.push(Finding::from_fault(check, &error)),
    }
    let paths = signer.paths(role, policy);
    let judged = times.judged(policy);
    if let Err(error) = paths.at(judged) {
        findings.push(Finding::from_fault(check, &error));
    }
    // The path that lasts longest: a cross certificate or a renewed CA keeps the signer's alive.
    let lasting = paths.all().iter().filter(|path| path.check(judged).is_ok());
    let not_after = lasting.map(czei_pki::Path::not_after).max();
    match policy.revocation {
        Revocation::Required => findings.push(Finding::new(check, Code::RevocationUnknown)),
        Revocation::IfAvailable | Revocation::Off => {
            findings.push(Finding::new(check, Code::RevocationNotChecked));
        }
    }
    let Some(issue) = times.issue else { return };
    let (from, to) = (certificate.not_before(), certificate.not_after());
    if issue < from || issue > to {
        findings.push(
            Finding::new(Check::Time, Code::IssueOutsideValidity)
                .expected(format!("{} – {}", from.to_rfc3339(), to.to_rfc3339()))
                .found(issue.to_rfc3339()),
        );
    } else if policy.judge == JudgeTime::Issue {
        // The path was judged at a time that the signer wrote: once it has expired, anyone who got
        // hold of the key later could have written that time.
        let expired = not_after.filter(|not_after| *not_after < times.now);
        if let Some(not_after) = expired {
            findings.push(Finding::new(Check::Time, Code::SinceExpired).found(not_after.to_rfc3339()));
        }
    }
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
