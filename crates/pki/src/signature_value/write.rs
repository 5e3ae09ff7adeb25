//! Writing signature values.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use czei_codes::Code as _;
use czei_sm2::Signature;

use super::{Carried, ContentFamily, Encoding, NamedBy, SignedDataForm};
use crate::{Certificate, Code, Error, oid, time, tlv};

/// Writes a signature value. SignedData takes the plain form of GB/T 35275-2017: version 1, SM3,
/// no content, the signer's certificate included and named by issuer and serial number, no signed
/// attributes, algorithm 1.2.156.10197.1.501, all parameters absent. The other encodings use
/// nothing of the certificate.
///
/// Nothing is verified here, and other forms need to know the content:
/// [`SignatureRequest`](crate::SignatureRequest) does both. The same input gives the same bytes.
///
/// ```
/// # let key = czei_sm2::SigningKey::generate().unwrap();
/// # let certificate = czei_pki::CertificateTemplate {
/// #     subject: czei_pki::Name::parse_rfc4514("CN=示例单位,C=CN").unwrap(),
/// #     serial: vec![1],
/// #     not_before: "2026-01-01T00:00:00Z".parse().unwrap(),
/// #     not_after: "2036-01-01T00:00:00Z".parse().unwrap(),
/// #     ca: None, key_usage: None, extensions: vec![],
/// # }.self_sign(&key).unwrap();
/// use czei_pki::{Encoding, SignatureValue, encode};
/// use czei_sm2::Message;
///
/// let signature = key.sign(Message::of(&[b"content"])).unwrap();
/// let value = SignatureValue::parse(&encode(Encoding::SignedData, &signature, &certificate))?;
/// let signed_data = value.signed_data().unwrap();
/// assert!(signed_data.signer_matches(&certificate));
/// assert!(signed_data.embedded().eq([certificate.der()]));
/// # Ok::<(), czei_pki::Error>(())
/// ```
#[must_use]
pub fn encode(encoding: Encoding, signature: &Signature, certificate: &Certificate) -> Vec<u8> {
    match encoding {
        Encoding::SignedData => {
            let form = SignedDataForm::default();
            signed_data(&SignedDataParts { form, certificate, chain: &[], content: &[], attributes: None, signature })
        }
        Encoding::Der => signature.to_der(),
        Encoding::Raw => signature.to_bytes().to_vec(),
    }
}

/// What a SignedData is made of.
pub(super) struct SignedDataParts<'a> {
    pub(super) form: SignedDataForm,
    pub(super) certificate: &'a Certificate,
    pub(super) chain: &'a [Arc<Certificate>],
    pub(super) content: &'a [&'a [u8]],
    /// The signed attributes as SET OF.
    pub(super) attributes: Option<&'a [u8]>,
    pub(super) signature: &'a Signature,
}

pub(super) fn signed_data(parts: &SignedDataParts<'_>) -> Vec<u8> {
    let SignedDataParts { form, certificate, .. } = parts;
    let parameters: &[u8] = if form.null_parameters { &[tlv::NULL, 0] } else { &[] };
    let algorithm = |id: &[u8]| sequence(&[&tlv::write(tlv::OID, &[id]), parameters]);
    // Both structures have version 3 with a key identifier and 1 without (RFC 5652 5.1 and 5.3).
    let version = tlv::write(tlv::INTEGER, &[&[if form.named_by == NamedBy::KeyId { 3 } else { 1 }]]);
    let sm3 = algorithm(oid::SM3);
    let signer_id = match form.named_by {
        NamedBy::IssuerSerial => {
            sequence(&[certificate.issuer().der(), &tlv::write(tlv::INTEGER, &[certificate.serial()])])
        }
        // A request without one is never made.
        NamedBy::KeyId => tlv::write(tlv::context_primitive(0), &[certificate.subject_key_id().unwrap_or_default()]),
    };
    let attributes = parts.attributes.map(|set| {
        // Hashed under the tag of SET OF, sent under [0] (RFC 5652 5.4).
        let mut sent = set.to_vec();
        sent[0] = tlv::context(0);
        sent
    });
    let signer_info = sequence(&[
        &version,
        &signer_id,
        &sm3,
        &attributes.unwrap_or_default(),
        &algorithm(form.algorithm.octets()),
        &tlv::write(tlv::OCTET_STRING, &[&parts.signature.to_der()]),
    ]);
    let (signed_data_type, _) = content_types(form.family);
    let signed_data = sequence(&[
        &version,
        &tlv::write(tlv::SET, &[&sm3]),
        &content_info(form.family, form.attached.then_some(parts.content)),
        &certificates(parts),
        &tlv::write(tlv::SET, &[&signer_info]),
    ]);
    sequence(&[&tlv::write(tlv::OID, &[signed_data_type]), &tlv::write(tlv::context(0), &[&signed_data])])
}

fn certificates(parts: &SignedDataParts<'_>) -> Vec<u8> {
    let mut carried = match parts.form.carried {
        Carried::Nothing => return Vec::new(),
        Carried::Signer => vec![parts.certificate.der()],
        Carried::Chain => parts.chain.iter().map(|above| above.der()).chain([parts.certificate.der()]).collect(),
    };
    // DER sorts a SET OF, and a certificate stands there once.
    carried.sort_unstable();
    carried.dedup();
    tlv::write(tlv::context(0), &carried)
}

/// The signed attributes as SET OF (RFC 5652 11.1 to 11.3).
///
/// # Errors
/// [`Code::SigningTimeRange`].
pub(super) fn attributes(
    family: ContentFamily,
    content_sm3: &[u8; 32],
    signing_time: Option<DateTime<Utc>>,
) -> Result<Vec<u8>, Error> {
    let attribute =
        |kind: &[u8], value: &[u8]| sequence(&[&tlv::write(tlv::OID, &[kind]), &tlv::write(tlv::SET, &[value])]);
    let (_, data_type) = content_types(family);
    let mut all = vec![
        attribute(oid::CONTENT_TYPE, &tlv::write(tlv::OID, &[data_type])),
        attribute(oid::MESSAGE_DIGEST, &tlv::write(tlv::OCTET_STRING, &[content_sm3])),
    ];
    if let Some(at) = signing_time {
        let written = time::write(at).ok_or_else(|| Code::SigningTimeRange.fault().found(at.to_rfc3339()))?;
        all.push(attribute(oid::SIGNING_TIME, &written));
    }
    // DER sorts a SET OF by the encodings of its members.
    all.sort_unstable();
    let all: Vec<&[u8]> = all.iter().map(Vec::as_slice).collect();
    Ok(tlv::write(tlv::SET, &all))
}

/// The content info inside, with the content or without.
pub(super) fn content_info(family: ContentFamily, content: Option<&[&[u8]]>) -> Vec<u8> {
    let (_, data_type) = content_types(family);
    let kind = tlv::write(tlv::OID, &[data_type]);
    match content {
        Some(parts) => sequence(&[&kind, &tlv::write(tlv::context(0), &[&tlv::write(tlv::OCTET_STRING, parts)])]),
        None => sequence(&[&kind]),
    }
}

/// The identifiers of signedData and data.
pub(super) fn content_types(family: ContentFamily) -> (&'static [u8], &'static [u8]) {
    match family {
        ContentFamily::Gm => (oid::GM_SIGNED_DATA, oid::GM_DATA),
        ContentFamily::Pkcs => (oid::PKCS7_SIGNED_DATA, oid::PKCS7_DATA),
    }
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv::write(tlv::SEQUENCE, parts)
}
