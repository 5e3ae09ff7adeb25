//! Making certificates: for sandboxes, demonstrations and tests. Not a certification authority: it
//! keeps no register of what it issued.

use chrono::{DateTime, Datelike as _, Utc};
use czei_codes::Code as _;
use czei_sm2::{Message, SigningKey, Sm3, UserId, VerifyingKey};

use crate::signer::failed;
use crate::{BasicConstraints, Certificate, Code, Error, KeyUsage, Name, oid, public_key, time, tlv};

/// What a certificate is to say. The certificate is of version 3 with subject and authority key
/// identifiers, basicConstraints (critical for an authority) and critical keyUsage, signed with SM2 and SM3
/// (1.2.156.10197.1.501 without parameters) under the default user id. The same template and keys
/// give the same signed part.
///
/// ```
/// use czei_pki::{CaTemplate, CertificateTemplate, KeyUsage, Name};
/// use czei_sm2::SigningKey;
///
/// let (root_key, unit_key) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
/// let root = CertificateTemplate {
///     subject: Name::parse_rfc4514("CN=沙箱根,C=CN")?,
///     serial: vec![1],
///     not_before: "2026-01-01T00:00:00Z".parse().unwrap(),
///     not_after: "2046-01-01T00:00:00Z".parse().unwrap(),
///     ca: Some(CaTemplate { path_len: Some(0) }),
///     key_usage: Some(KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN),
///     extensions: Vec::new(),
/// };
/// let unit = CertificateTemplate {
///     subject: Name::parse_rfc4514("CN=示例单位,O=示例单位,C=CN")?,
///     serial: vec![2],
///     ca: None,
///     key_usage: Some(KeyUsage::DIGITAL_SIGNATURE | KeyUsage::NON_REPUDIATION),
///     ..root.clone()
/// };
/// let root = root.self_sign(&root_key)?;
/// let unit = unit.sign_by(&root_key, &root, unit_key.verifying_key())?;
/// assert_eq!(unit.issuer(), root.subject());
/// # Ok::<(), czei_pki::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct CertificateTemplate {
    /// Whom it is for.
    pub subject: Name,
    /// The serial number, big-endian, without a sign: 1 to 20 bytes, not zero.
    pub serial: Vec<u8>,
    /// The first second of validity.
    pub not_before: DateTime<Utc>,
    /// The last second of validity, not before the first.
    pub not_after: DateTime<Utc>,
    /// `None` for an end entity.
    pub ca: Option<CaTemplate>,
    /// What the key may be used for; left out of the certificate when `None`.
    pub key_usage: Option<KeyUsage>,
    /// Further extensions, written after the others.
    pub extensions: Vec<Extension>,
}

/// What the certificate of an authority says about those below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CaTemplate {
    /// How many authorities may stand between this one and an end entity (RFC 5280 4.2.1.9); no
    /// bound when `None`.
    pub path_len: Option<u32>,
}

/// An extension given by its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// The dotted object identifier.
    pub oid: String,
    /// Whether a reader that does not know it must refuse the certificate.
    pub critical: bool,
    /// The DER encoding of the value.
    pub value: Vec<u8>,
}

impl CertificateTemplate {
    /// A certificate signed with its own key.
    ///
    /// # Errors
    /// [`Code::TemplateInvalid`] with the field as its place, [`Code::SigningFailed`].
    pub fn self_sign(&self, key: &SigningKey) -> Result<Certificate, Error> {
        let public = key.verifying_key();
        self.build(key, &self.subject, Some(&key_id(public)), public)
    }

    /// A certificate for a key, signed by an authority.
    ///
    /// # Errors
    /// Those of [`CertificateTemplate::self_sign`]; [`Code::SignerKeyMismatch`] when the issuing
    /// key is not that of the issuing certificate; [`Code::TemplateIssuer`] when that certificate
    /// is none of an authority.
    pub fn sign_by(
        &self,
        issuer_key: &SigningKey,
        issuer: &Certificate,
        subject_key: &VerifyingKey,
    ) -> Result<Certificate, Error> {
        if issuer.verifying_key()? != issuer_key.verifying_key() {
            return Err(Code::SignerKeyMismatch.fault().at_path(issuer.subject().to_rfc4514()));
        }
        if !issuer.is_authority() {
            return Err(Code::TemplateIssuer.fault().at_path(issuer.subject().to_rfc4514()));
        }
        self.build(issuer_key, issuer.subject(), issuer.subject_key_id(), subject_key)
    }

    fn build(
        &self,
        issuer_key: &SigningKey,
        issuer: &Name,
        authority_key_id: Option<&[u8]>,
        subject_key: &VerifyingKey,
    ) -> Result<Certificate, Error> {
        let serial = tlv::unsigned_content(&self.serial);
        if serial == [0] || serial.len() > 20 {
            return Err(invalid("serial").expected("1..=20 bytes, not zero"));
        }
        if self.not_after < self.not_before {
            return Err(invalid("not_after").expected(">= not_before"));
        }
        let date = |time: DateTime<Utc>, field| {
            time::write(time).ok_or_else(|| invalid(field).expected("<= 9999").found(time.year().to_string()))
        };
        let validity =
            tlv::write(tlv::SEQUENCE, &[&date(self.not_before, "not_before")?, &date(self.not_after, "not_after")?]);
        let algorithm = algorithm();
        let tbs = tlv::write(
            tlv::SEQUENCE,
            &[
                &tlv::write(tlv::context(0), &[&tlv::write(tlv::INTEGER, &[&[2]])]),
                &tlv::write(tlv::INTEGER, &[&serial]),
                &algorithm,
                issuer.der(),
                &validity,
                self.subject.der(),
                &public_key::write(subject_key),
                &self.extensions(authority_key_id, subject_key)?,
            ],
        );
        let message = Message::Parts { user_id: &UserId::DEFAULT, parts: &[&tbs] };
        let signature = issuer_key.sign(message).map_err(failed)?;
        let bits = tlv::write(tlv::BIT_STRING, &[&[0], &signature.to_der()]);
        Certificate::from_der(&tlv::write(tlv::SEQUENCE, &[&tbs, &algorithm, &bits]))
    }

    fn extensions(&self, authority_key_id: Option<&[u8]>, subject_key: &VerifyingKey) -> Result<Vec<u8>, Error> {
        let constraints = BasicConstraints { ca: self.ca.is_some(), path_len: self.ca.and_then(|ca| ca.path_len) };
        let mut list = extension(oid::BASIC_CONSTRAINTS, constraints.ca, &constraints.write());
        if let Some(usage) = self.key_usage {
            list.extend(extension(oid::KEY_USAGE, true, &usage.write()));
        }
        let own = tlv::write(tlv::OCTET_STRING, &[&key_id(subject_key)]);
        list.extend(extension(oid::SUBJECT_KEY_ID, false, &own));
        if let Some(id) = authority_key_id {
            let id = tlv::write(tlv::context_primitive(0), &[id]);
            let value = tlv::write(tlv::SEQUENCE, &[&id]);
            list.extend(extension(oid::AUTHORITY_KEY_ID, false, &value));
        }
        for further in &self.extensions {
            let id = oid::from_dotted(&further.oid).ok_or_else(|| invalid("extensions").found(further.oid.clone()))?;
            list.extend(extension(&id, further.critical, &further.value));
        }
        Ok(tlv::write(tlv::context(3), &[&tlv::write(tlv::SEQUENCE, &[&list])]))
    }
}

/// SM2 with SM3, without parameters.
pub(crate) fn algorithm() -> Vec<u8> {
    tlv::write(tlv::SEQUENCE, &[&tlv::write(tlv::OID, &[oid::SM2_WITH_SM3])])
}

pub(crate) fn extension(id: &[u8], critical: bool, value: &[u8]) -> Vec<u8> {
    let critical = if critical { tlv::write(tlv::BOOLEAN, &[&[0xff]]) } else { Vec::new() };
    let id = tlv::write(tlv::OID, &[id]);
    tlv::write(tlv::SEQUENCE, &[&id, &critical, &tlv::write(tlv::OCTET_STRING, &[value])])
}

/// The first 20 bytes of the SM3 of the point: as long as everyone expects it, and without SHA-1.
fn key_id(key: &VerifyingKey) -> [u8; 20] {
    let digest = Sm3::digest(&key.to_sec1());
    core::array::from_fn(|index| digest[index])
}

fn invalid(field: &str) -> Error {
    Code::TemplateInvalid.fault().at_path(field)
}

#[cfg(test)]
mod tests;
