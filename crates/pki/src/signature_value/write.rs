//! Writing signature values.

use czei_sm2::Signature;

use super::Encoding;
use crate::{Certificate, oid, tlv};

/// Writes a signature value. SignedData takes the plain form of GB/T 35275-2017: version 1, SM3,
/// no content, the signer's certificate included and named by issuer and serial number, no signed
/// attributes, algorithm 1.2.156.10197.1.501, all parameters absent. The other encodings use
/// nothing of the certificate.
///
/// The same input gives the same bytes.
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
        Encoding::SignedData => signed_data(signature, certificate),
        Encoding::Der => signature.to_der(),
        Encoding::Raw => signature.to_bytes().to_vec(),
    }
}

fn signed_data(signature: &Signature, certificate: &Certificate) -> Vec<u8> {
    let sequence = |parts: &[&[u8]]| tlv::write(tlv::SEQUENCE, parts);
    let algorithm = |id: &[u8]| sequence(&[&tlv::write(tlv::OID, &[id])]);
    let version = tlv::write(tlv::INTEGER, &[&[1]]);
    let sm3 = algorithm(oid::SM3);
    let serial = tlv::write(tlv::INTEGER, &[certificate.serial()]);
    let signer_info = sequence(&[
        &version,
        &sequence(&[certificate.issuer().der(), &serial]),
        &sm3,
        &algorithm(oid::SM2_WITH_SM3),
        &tlv::write(tlv::OCTET_STRING, &[&signature.to_der()]),
    ]);
    let signed_data = sequence(&[
        &version,
        &tlv::write(tlv::SET, &[&sm3]),
        &sequence(&[&tlv::write(tlv::OID, &[oid::GM_DATA])]),
        &tlv::write(tlv::context(0), &[certificate.der()]),
        &tlv::write(tlv::SET, &[&signer_info]),
    ]);
    sequence(&[&tlv::write(tlv::OID, &[oid::GM_SIGNED_DATA]), &tlv::write(tlv::context(0), &[&signed_data])])
}
