//! One line of a CRL (RFC 5280 5.1.2.6, 5.3).

use core::fmt;

use chrono::{DateTime, Utc};

use crate::tlv::{self, Reader};
use crate::{Error, certificate, extensions, oid, time};

/// What a CRL says about one certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevokedEntry {
    /// The content octets of the serial number, as [`Certificate::serial`](crate::Certificate::serial)
    /// gives them.
    pub serial: Vec<u8>,
    /// When the issuer revoked it.
    pub revoked_at: DateTime<Utc>,
    /// Why, when the CRL says so.
    pub reason: Option<RevocationReason>,
    /// Since when the key is known or suspected to be compromised or the certificate otherwise
    /// invalid, when the CRL says so (RFC 5280 5.3.2).
    pub invalid_since: Option<DateTime<Utc>>,
}

impl RevokedEntry {
    /// From when on the certificate counts as revoked: the earlier of the two times.
    ///
    /// ```
    /// use czei_pki::RevokedEntry;
    ///
    /// let entry = RevokedEntry {
    ///     serial: vec![1],
    ///     revoked_at: "2026-06-01T00:00:00Z".parse().unwrap(),
    ///     reason: None,
    ///     invalid_since: Some("2026-05-01T00:00:00Z".parse().unwrap()),
    /// };
    /// assert_eq!(Some(entry.effective()), entry.invalid_since);
    /// ```
    #[must_use]
    pub fn effective(&self) -> DateTime<Utc> {
        self.invalid_since.map_or(self.revoked_at, |since| since.min(self.revoked_at))
    }

    /// The serial number as [`Certificate::serial_hex`](crate::Certificate::serial_hex) writes it.
    #[must_use]
    pub fn serial_hex(&self) -> String {
        certificate::serial_hex(&self.serial)
    }

    /// Whether the key itself is not to be trusted: signatures from before count for nothing.
    #[must_use]
    pub fn is_compromise(&self) -> bool {
        matches!(
            self.reason,
            Some(RevocationReason::KeyCompromise | RevocationReason::CaCompromise | RevocationReason::AaCompromise)
        )
    }

    /// Whether a later CRL may take it back.
    pub(crate) fn is_hold(&self) -> bool {
        self.reason == Some(RevocationReason::CertificateHold)
    }
}

/// Why a certificate was revoked (RFC 5280 5.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RevocationReason {
    /// 0, which says no more than its absence.
    Unspecified,
    /// 1: the holder's key is known or suspected to be in other hands.
    KeyCompromise,
    /// 2: the same of an authority.
    CaCompromise,
    /// 3: name or other data of the holder have changed.
    AffiliationChanged,
    /// 4: another certificate has taken its place.
    Superseded,
    /// 5: it is no longer needed.
    CessationOfOperation,
    /// 6: suspended; a later CRL may drop it.
    CertificateHold,
    /// 8: taken back, in delta CRLs only.
    RemoveFromCrl,
    /// 9: a right that it attests has been withdrawn.
    PrivilegeWithdrawn,
    /// 10: compromise of an attribute authority.
    AaCompromise,
}

impl RevocationReason {
    const ALL: [(u8, RevocationReason, &'static str); 10] = [
        (0, RevocationReason::Unspecified, "unspecified"),
        (1, RevocationReason::KeyCompromise, "keyCompromise"),
        (2, RevocationReason::CaCompromise, "cACompromise"),
        (3, RevocationReason::AffiliationChanged, "affiliationChanged"),
        (4, RevocationReason::Superseded, "superseded"),
        (5, RevocationReason::CessationOfOperation, "cessationOfOperation"),
        (6, RevocationReason::CertificateHold, "certificateHold"),
        (8, RevocationReason::RemoveFromCrl, "removeFromCRL"),
        (9, RevocationReason::PrivilegeWithdrawn, "privilegeWithdrawn"),
        (10, RevocationReason::AaCompromise, "aACompromise"),
    ];

    pub(crate) fn number(self) -> u8 {
        Self::ALL.iter().find(|row| row.1 == self).map_or(0, |row| row.0)
    }

    fn from_number(number: u8) -> Option<Self> {
        Self::ALL.iter().find(|row| row.0 == number).map(|row| row.1)
    }

    /// The name of the standard.
    fn name(self) -> &'static str {
        Self::ALL.iter().find(|row| row.1 == self).map_or("", |row| row.2)
    }
}

impl fmt::Display for RevocationReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An entry as it was read, and what keeps the whole CRL from being used.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) serial: &'a [u8],
    revoked_at: DateTime<Utc>,
    reason: Option<RevocationReason>,
    invalid_since: Option<DateTime<Utc>>,
    /// certificateIssuer stands there: the serial number may be one of another issuer.
    pub(super) other_issuer: bool,
    /// A critical extension that is not supported.
    pub(super) unsupported: Option<&'a [u8]>,
}

impl Line<'_> {
    pub(super) fn to_entry(self) -> RevokedEntry {
        RevokedEntry {
            serial: self.serial.to_vec(),
            revoked_at: self.revoked_at,
            reason: self.reason,
            invalid_since: self.invalid_since,
        }
    }
}

const PATH: &str = "tbsCertList/revokedCertificates";

/// Reads the next entry.
pub(super) fn read<'a>(list: &mut Reader<'a>) -> Result<Line<'a>, Error> {
    let mut fields = list.enter(tlv::SEQUENCE, PATH)?;
    let serial = fields.integer(PATH)?;
    let revoked_at = time::read(&mut fields, PATH)?;
    let mut line =
        Line { serial, revoked_at, reason: None, invalid_since: None, other_issuer: false, unsupported: None };
    if !fields.is_empty() {
        let extensions = fields.enter(tlv::SEQUENCE, PATH)?;
        fields.finish(PATH)?;
        // An empty list should be left out, and is written all the same.
        if extensions.is_empty() {
            return Ok(line);
        }
        extensions::walk(extensions, PATH, |id, critical, value| extension(&mut line, id, critical, value))?;
    }
    Ok(line)
}

fn extension<'a>(line: &mut Line<'a>, id: &'a [u8], critical: bool, mut value: Reader<'a>) -> Result<(), Error> {
    match id {
        oid::REASON_CODE => {
            let reason = match value.content(tlv::ENUMERATED, PATH)? {
                [number] => RevocationReason::from_number(*number),
                [] | [0, 0..0x80, ..] | [0xff, 0x80..=0xff, ..] => return Err(value.fault(PATH, "a bad reason code")),
                _ => None,
            };
            // One that nobody knows revokes as well as any other, and must not hide the other entries.
            line.reason = Some(reason.unwrap_or(RevocationReason::Unspecified));
            value.finish(PATH)
        }
        oid::INVALIDITY_DATE => {
            // A GeneralizedTime by the standard; issuers write UTCTime too, which means one thing as well.
            line.invalid_since = Some(time::read(&mut value, PATH)?);
            value.finish(PATH)
        }
        oid::CERTIFICATE_ISSUER => {
            line.other_issuer = true;
            Ok(())
        }
        id => {
            if critical && line.unsupported.is_none() {
                line.unsupported = Some(id);
            }
            Ok(())
        }
    }
}
