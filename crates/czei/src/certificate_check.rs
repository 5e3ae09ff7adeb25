//! A signer's certificate checked before anything is signed with it: the verdict, the path taken, and what expires
//! soon.

use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use czei_codes::Code as _;
use czei_core::Policy;
use czei_pki::{
    Certificate, CertificateStore, ChainLimits, Crl, CrlStore, JudgeSettings, Judgement, Purpose, RevocationRule,
    RevocationStatus, Times,
};
use czei_sm2::UserId;

use crate::{CliCode, Configuration, Error};

/// Whose certificate is checked: the policy names anchors for each role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignerRole {
    /// The issuing unit.
    Unit,
    /// The finance authority.
    Authority,
}

/// What a signer's certificate is checked against.
///
/// ```
/// use czei::{CertificateCheck, Clock as _, Sandbox, SandboxPlan, SignerRole, SystemClock};
/// use czei::pki::{Outcome, Times};
///
/// let sandbox = Sandbox::in_memory(&SandboxPlan::default(), &SystemClock)?;
/// let configuration = sandbox.configuration()?;
/// let check = CertificateCheck::of_policy(&configuration.policy, SignerRole::Unit);
/// let certificate = configuration.units[0].signer.certificate();
/// let now = SystemClock.now().to_utc();
/// let checked = check.check(certificate, &[], Times::present(now));
/// assert_eq!(checked.judgement.outcome(), Outcome::Passed);
/// # Ok::<(), czei::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct CertificateCheck {
    /// Certificates trusted as they stand.
    pub anchors: CertificateStore,
    /// Certificates known but not trusted by themselves.
    pub certificates: CertificateStore,
    /// The CRLs at hand.
    pub crls: CrlStore,
    /// The user ids that certificates and CRLs may have been signed with, in the order they are tried. Default: the
    /// standard's.
    pub user_ids: Vec<UserId>,
    /// What unknown revocation means. Default: it is told.
    pub revocation: RevocationRule,
    /// What the key is to be used for. Default: signing documents.
    pub purpose: Purpose,
    /// What expires within so many days is warned of. Default 30.
    pub warn_days: u32,
}

impl Default for CertificateCheck {
    /// Nobody is trusted.
    fn default() -> Self {
        CertificateCheck {
            anchors: CertificateStore::new(),
            certificates: CertificateStore::new(),
            crls: CrlStore::new(),
            user_ids: vec![UserId::DEFAULT],
            revocation: RevocationRule::IfAvailable,
            purpose: Purpose::Signing,
            warn_days: 30,
        }
    }
}

/// What came out of a check.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CheckedCertificate {
    /// The verdict, with its reasons and the path taken.
    pub judgement: Judgement,
    /// What expires soon: [`CliCode::CertificateExpires`], [`CliCode::CrlExpires`].
    pub warnings: Vec<Error>,
}

impl CertificateCheck {
    /// By a policy: its anchors of the role, certificates, user ids of certificates, and what it demands of
    /// revocation.
    #[must_use]
    pub fn of_policy(policy: &Policy, role: SignerRole) -> Self {
        let anchors = match role {
            SignerRole::Unit => &policy.unit_anchors,
            SignerRole::Authority => &policy.authority_anchors,
        };
        CertificateCheck {
            anchors: anchors.clone(),
            certificates: policy.certificates.clone(),
            crls: policy.crls.clone(),
            user_ids: policy.certificate_user_ids.clone(),
            revocation: policy.revocation,
            ..CertificateCheck::default()
        }
    }

    /// Judges a certificate for the purpose, with the certificates that came with it.
    #[must_use]
    pub fn check(
        &self,
        certificate: &Arc<Certificate>,
        extra: &[Arc<Certificate>],
        times: Times,
    ) -> CheckedCertificate {
        let settings = JudgeSettings {
            anchors: &self.anchors,
            store: &self.certificates,
            crls: &self.crls,
            extra,
            user_ids: &self.user_ids,
            limits: ChainLimits::default(),
            revocation: self.revocation,
            fetcher: None,
        };
        let judgement = settings.judge(certificate, self.purpose, times);
        let warnings = self.warnings(&judgement, times.now);
        CheckedCertificate { judgement, warnings }
    }

    fn warnings(&self, judgement: &Judgement, now: DateTime<Utc>) -> Vec<Error> {
        let leaf = std::slice::from_ref(judgement.certificate());
        let certificates = judgement.path().map_or(leaf, |path| path.certificates());
        let mut warnings = Vec::new();
        for (place, certificate) in certificates.iter().enumerate() {
            warnings.extend(certificate_expires(certificate, now, self.warn_days));
            if let RevocationStatus::Good { crl } | RevocationStatus::Revoked { crl, .. } =
                judgement.revocation_status(place)
                && let Some(warning) = crl_expires(&crl, now, self.warn_days)
                && !warnings.contains(&warning)
            {
                warnings.push(warning);
            }
        }
        warnings
    }
}

impl Configuration {
    /// What of the certificates of its units and authorities, and of all that they rest on under its policy, expires
    /// within so many days: [`CliCode::CertificateExpires`], [`CliCode::CrlExpires`], each once.
    ///
    /// ```
    /// use czei::{Clock as _, Sandbox, SandboxPlan, SystemClock};
    ///
    /// let configuration = Sandbox::in_memory(&SandboxPlan::default(), &SystemClock)?.configuration()?;
    /// let now = SystemClock.now().to_utc();
    /// assert!(configuration.expiring(now, 30).is_empty());
    /// assert!(!configuration.expiring(now, 6 * 365).is_empty());
    /// # Ok::<(), czei::Error>(())
    /// ```
    #[must_use]
    pub fn expiring(&self, now: DateTime<Utc>, days: u32) -> Vec<Error> {
        let units = self.units.iter().map(|unit| (SignerRole::Unit, &unit.signer));
        let authorities = self.authorities.iter().map(|authority| (SignerRole::Authority, &authority.signer));
        let mut warnings: Vec<Error> = Vec::new();
        let mut seen: Vec<&Certificate> = Vec::new();
        for (role, signer) in units.chain(authorities) {
            // Many units may share a signer, and all of them the CAs.
            if seen.contains(&&**signer.certificate()) {
                continue;
            }
            seen.push(signer.certificate());
            let check = CertificateCheck { warn_days: days, ..CertificateCheck::of_policy(&self.policy, role) };
            for warning in check.check(signer.certificate(), &[], Times::present(now)).warnings {
                if !warnings.contains(&warning) {
                    warnings.push(warning);
                }
            }
        }
        warnings
    }
}

/// [`CliCode::CertificateExpires`] for a certificate that is valid for at most so many days more. One that has expired
/// is judged, and not warned of.
#[must_use]
pub fn certificate_expires(certificate: &Certificate, now: DateTime<Utc>, days: u32) -> Option<Error> {
    let left = certificate.days_left(now);
    let soon = (0..=i64::from(days)).contains(&left) && days > 0;
    soon.then(|| {
        let until = rfc3339(certificate.not_after());
        let fault = CliCode::CertificateExpires.fault().at_path(certificate.subject().to_rfc4514());
        Error::from_any(fault.found(format!("{until}, {left} days")).any())
    })
}

/// [`CliCode::CrlExpires`] for a CRL whose successor is due within so many days, or overdue. A CRL lives for days or
/// weeks, so of one that is made often it is said in the last quarter of its time.
#[must_use]
pub fn crl_expires(crl: &Crl, now: DateTime<Utc>, days: u32) -> Option<Error> {
    let next = crl.next_update()?;
    let quarter = next.signed_duration_since(crl.this_update()) / 4;
    let soon = quarter.min(chrono::Duration::days(i64::from(days)));
    (next.signed_duration_since(now) < soon).then(|| {
        let fault = CliCode::CrlExpires.fault().at_path(crl.issuer().to_rfc4514());
        Error::from_any(fault.found(rfc3339(next)).any())
    })
}

fn rfc3339(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use czei_pki::{CaTemplate, CertificateTemplate, CrlTemplate, KeyUsage, Name};
    use czei_sm2::SigningKey;

    fn time(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn root(key: &SigningKey) -> Certificate {
        let template = CertificateTemplate {
            subject: Name::parse_rfc4514("CN=Root,C=CN").unwrap(),
            serial: vec![1],
            not_before: time("2026-01-01T00:00:00Z"),
            not_after: time("2026-12-31T00:00:00Z"),
            ca: Some(CaTemplate::default()),
            key_usage: Some(KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN),
            extensions: vec![],
        };
        template.self_sign(key).unwrap()
    }

    #[test]
    fn a_certificate_is_warned_of_within_the_days_and_until_it_has_expired() {
        let certificate = root(&SigningKey::from_bytes(&[7; 32]).unwrap());
        let warned = |now: &str, days| certificate_expires(&certificate, time(now), days).is_some();
        assert!(!warned("2026-11-29T23:59:59Z", 30));
        assert!(warned("2026-12-01T00:00:00Z", 30));
        assert!(warned("2026-12-31T00:00:00Z", 30), "its last second");
        assert!(!warned("2026-12-31T00:00:01Z", 30), "it has expired");
        assert!(!warned("2026-12-31T00:00:00Z", 0), "nobody asked");
        let warning = certificate_expires(&certificate, time("2026-12-21T12:00:00Z"), 30).unwrap();
        assert_eq!(warning.entry().name, "certificate-expires-soon");
        assert_eq!(warning.found_text(), Some("2026-12-31T00:00:00Z, 9 days"));
        assert_eq!(warning.place().path.as_deref(), Some("CN=Root,C=CN"));
    }

    #[test]
    fn a_crl_is_warned_of_in_its_last_quarter_and_when_overdue() {
        let key = SigningKey::from_bytes(&[7; 32]).unwrap();
        let issuer = root(&key);
        let mut template = CrlTemplate::new(time("2026-03-01T00:00:00Z"));
        template.next_update = Some(time("2026-03-09T00:00:00Z"));
        let crl = template.sign(&key, &issuer).unwrap();
        let warned = |crl: &Crl, now: &str, days| crl_expires(crl, time(now), days).is_some();
        assert!(!warned(&crl, "2026-03-07T00:00:00Z", 30), "two days of eight");
        assert!(warned(&crl, "2026-03-07T00:00:01Z", 30));
        assert!(!warned(&crl, "2026-03-07T12:00:00Z", 1));
        assert!(warned(&crl, "2026-03-08T12:00:00Z", 1));
        assert!(warned(&crl, "2026-04-01T00:00:00Z", 0), "overdue");
        template.next_update = None;
        let crl = template.sign(&key, &issuer).unwrap();
        assert!(!warned(&crl, "2036-04-01T00:00:00Z", 30), "it names no day");
    }
}
