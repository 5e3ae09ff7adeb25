//! Making CRLs: for sandboxes, demonstrations and tests.

use chrono::{DateTime, Datelike as _, Utc};
use czei_codes::Code as _;
use czei_sm2::{Message, SigningKey, UserId};

use super::{Crl, RevokedEntry};
use crate::issue::{algorithm, extension};
use crate::signer::failed;
use crate::{Certificate, Code, Error, Extension, oid, time, tlv};

/// What a CRL is to say. It is signed with SM2 and SM3 (1.2.156.10197.1.501 without parameters)
/// under the default user id. One of version 2 has an authority key identifier when the issuer's
/// certificate has a subject key identifier.
///
/// Whether the issuer may sign CRLs is not looked at: that is the reader's to judge.
///
/// See [`Crl`] for an example.
#[derive(Debug, Clone)]
pub struct CrlTemplate {
    /// 1 or 2. Version 1 has neither number nor extensions, and entries without reasons.
    pub version: u8,
    /// When it is issued.
    pub this_update: DateTime<Utc>,
    /// When the next one is due at the latest.
    pub next_update: Option<DateTime<Utc>>,
    /// The CRL number.
    pub number: Option<u64>,
    /// The entries, written in this order.
    pub entries: Vec<RevokedEntry>,
    /// Further extensions, written after the others.
    pub extensions: Vec<Extension>,
}

impl CrlTemplate {
    /// A CRL of version 2 without entries, whose next is due after 30 days, numbered 1.
    #[must_use]
    pub fn new(this_update: DateTime<Utc>) -> Self {
        CrlTemplate {
            version: 2,
            this_update,
            next_update: this_update.checked_add_days(chrono::Days::new(30)),
            number: Some(1),
            entries: Vec::new(),
            extensions: Vec::new(),
        }
    }

    /// The CRL, signed by an authority.
    ///
    /// # Errors
    /// [`Code::CrlTemplateInvalid`] with the field as its place; [`Code::SignerKeyMismatch`] when
    /// the key is not that of the certificate; [`Code::SigningFailed`].
    pub fn sign(&self, key: &SigningKey, issuer: &Certificate) -> Result<Crl, Error> {
        if issuer.verifying_key()? != key.verifying_key() {
            return Err(Code::SignerKeyMismatch.fault().at_path(issuer.subject().to_rfc4514()));
        }
        let version = match self.version {
            1 => Vec::new(),
            2 => tlv::write(tlv::INTEGER, &[&[1]]),
            other => return Err(invalid("version").expected("1, 2").found(other.to_string())),
        };
        let next_update = self.next_update.map(|time| date(time, "next_update")).transpose()?.unwrap_or_default();
        let mut list = Vec::new();
        for entry in &self.entries {
            list.extend(self.entry(entry)?);
        }
        let list = if list.is_empty() { list } else { tlv::write(tlv::SEQUENCE, &[&list]) };
        let algorithm = algorithm();
        let tbs = tlv::write(
            tlv::SEQUENCE,
            &[
                &version,
                &algorithm,
                issuer.subject().der(),
                &date(self.this_update, "this_update")?,
                &next_update,
                &list,
                &self.extensions(issuer)?,
            ],
        );
        let message = Message::Parts { user_id: &UserId::DEFAULT, parts: &[&tbs] };
        let signature = key.sign(message).map_err(failed)?;
        let bits = tlv::write(tlv::BIT_STRING, &[&[0], &signature.to_der()]);
        Crl::from_der(&tlv::write(tlv::SEQUENCE, &[&tbs, &algorithm, &bits]))
    }

    fn entry(&self, entry: &RevokedEntry) -> Result<Vec<u8>, Error> {
        if entry.serial.is_empty() {
            return Err(invalid("entries").found("a serial number of no bytes"));
        }
        let mut list = Vec::new();
        if let Some(reason) = entry.reason {
            let value = tlv::write(tlv::ENUMERATED, &[&[reason.number()]]);
            list.extend(extension(oid::REASON_CODE, false, &value));
        }
        if let Some(since) = entry.invalid_since {
            let text = since.format("%Y%m%d%H%M%SZ").to_string();
            date(since, "entries")?;
            let value = tlv::write(tlv::GENERALIZED_TIME, &[text.as_bytes()]);
            list.extend(extension(oid::INVALIDITY_DATE, false, &value));
        }
        if self.version == 1 && !list.is_empty() {
            return Err(invalid("entries").found("a reason or an invalidity date in version 1"));
        }
        let list = if list.is_empty() { list } else { tlv::write(tlv::SEQUENCE, &[&list]) };
        let serial = tlv::write(tlv::INTEGER, &[&entry.serial]);
        Ok(tlv::write(tlv::SEQUENCE, &[&serial, &date(entry.revoked_at, "entries")?, &list]))
    }

    fn extensions(&self, issuer: &Certificate) -> Result<Vec<u8>, Error> {
        if self.version == 1 {
            let none = self.number.is_none() && self.extensions.is_empty();
            return if none { Ok(Vec::new()) } else { Err(invalid("extensions").found("extensions in version 1")) };
        }
        let mut list = Vec::new();
        if let Some(id) = issuer.subject_key_id() {
            let value = tlv::write(tlv::SEQUENCE, &[&tlv::write(tlv::context_primitive(0), &[id])]);
            list.extend(extension(oid::AUTHORITY_KEY_ID, false, &value));
        }
        if let Some(number) = self.number {
            list.extend(extension(oid::CRL_NUMBER, false, &tlv::write_unsigned(&number.to_be_bytes())));
        }
        for further in &self.extensions {
            let id = oid::from_dotted(&further.oid).ok_or_else(|| invalid("extensions").found(further.oid.clone()))?;
            list.extend(extension(&id, further.critical, &further.value));
        }
        if list.is_empty() {
            return Ok(list);
        }
        Ok(tlv::write(tlv::context(0), &[&tlv::write(tlv::SEQUENCE, &[&list])]))
    }
}

fn date(time: DateTime<Utc>, field: &str) -> Result<Vec<u8>, Error> {
    time::write(time).ok_or_else(|| invalid(field).expected("<= 9999").found(time.year().to_string()))
}

fn invalid(field: &str) -> Error {
    Code::CrlTemplateInvalid.fault().at_path(field)
}
