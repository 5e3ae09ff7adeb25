//! A path for people to read: what `czei cert check` prints, as data.

use chrono::{DateTime, Utc};
use czei_sm2::UserId;

use crate::{BasicConstraints, Certificate, Judgement, KeyUsage, RevocationStatus};

/// One certificate of a path. The same judgement gives the same lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathLine {
    /// Whom it is for, per RFC 4514.
    pub subject: String,
    /// Who issued it, per RFC 4514.
    pub issuer: String,
    /// The serial number in upper-case hex.
    pub serial: String,
    /// The first second of validity.
    pub not_before: DateTime<Utc>,
    /// The last second of validity.
    pub not_after: DateTime<Utc>,
    /// Whole days from the time of the check to the end of validity; negative once it has expired.
    pub days_left: i64,
    /// What the key may be used for, when the certificate says so.
    pub key_usage: Option<KeyUsage>,
    /// Whether it may issue, when the certificate says so.
    pub basic_constraints: Option<BasicConstraints>,
    /// The user id its signature was made with; none for the anchor, whose signature is not looked
    /// at, and where there is no path.
    pub user_id: Option<UserId>,
    /// Whether it is the trust anchor of the path.
    pub is_anchor: bool,
    /// What is known about its revocation.
    pub revocation: RevocationStatus,
    /// `sm3:` and 64 hex digits.
    pub fingerprint: String,
}

impl Judgement {
    /// The path taken, the leaf first; the leaf alone when there is no path.
    #[must_use]
    pub fn lines(&self) -> Vec<PathLine> {
        let Some(path) = self.path() else { return vec![self.line(self.certificate(), 0, None, false)] };
        let last = path.certificates().len() - 1;
        let certificates = path.certificates().iter().enumerate();
        certificates
            .map(|(place, certificate)| {
                self.line(certificate, place, path.user_ids().get(place).cloned(), place == last)
            })
            .collect()
    }

    fn line(&self, certificate: &Certificate, place: usize, user_id: Option<UserId>, is_anchor: bool) -> PathLine {
        PathLine {
            subject: certificate.subject().to_rfc4514(),
            issuer: certificate.issuer().to_rfc4514(),
            serial: certificate.serial_hex(),
            not_before: certificate.not_before(),
            not_after: certificate.not_after(),
            days_left: certificate.days_left(self.times().now),
            key_usage: certificate.key_usage(),
            basic_constraints: certificate.basic_constraints(),
            user_id,
            is_anchor,
            revocation: self.revocation_status(place),
            fingerprint: certificate.fingerprint(),
        }
    }
}
