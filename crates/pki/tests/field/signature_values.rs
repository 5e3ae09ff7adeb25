//! SignedData of other programs.

use czei_pki::{Certificate, ContentFamily, SignatureValue, SignerId};
use czei_sm2::UserId;

use crate::table::Row;

/// What all of them are over, says the collection.
const CONTENT: &[u8] = b"Hello Secret World!";

pub(crate) fn judge(row: &Row, bytes: &[u8]) -> Result<(), String> {
    let value = match SignatureValue::parse(bytes) {
        Ok(value) => value,
        Err(fault) => return row.compare(&["refused", fault.entry().name], &[]),
    };
    let signed_data = value.signed_data().ok_or("no SignedData")?;
    let signer = Certificate::from_der(signed_data.embedded().next().ok_or("no certificate")?);
    let signer = signer.map_err(|fault| fault.to_string())?;
    signed_data.require_signer(&signer).map_err(|fault| fault.to_string())?;
    let key = signer.prepared_key().map_err(|fault| fault.to_string())?;
    value.verify(key, &UserId::DEFAULT, &[CONTENT]).map_err(|fault| fault.to_string())?;
    if value.verify(key, &UserId::DEFAULT, &[b"Hello Secret World?"]).is_ok() {
        return Err("verified over another content".into());
    }
    if value.verify(key, &UserId::EMPTY, &[CONTENT]).is_ok() {
        return Err("verified with the empty user id".into());
    }
    let content = match signed_data.content() {
        None => "detached",
        Some(content) if content == CONTENT => "attached",
        Some(_) => "other",
    };
    let family = match signed_data.content_family() {
        ContentFamily::Gm => "gm",
        ContentFamily::Pkcs => "pkcs",
    };
    let named_by = match signed_data.signer() {
        SignerId::IssuerSerial { .. } => "issuer-serial",
        SignerId::KeyId(_) => "subject-key-id",
    };
    let values = [
        ("family", family.to_owned()),
        ("attributes", if signed_data.signed_attributes().is_some() { "yes" } else { "no" }.into()),
        ("oid", signed_data.signature_oid().into()),
        ("content", content.into()),
        ("signer", named_by.into()),
        ("certificates", signed_data.embedded().len().to_string()),
    ];
    row.compare(&["verified"], &values)
}
