//! SignedData, GB/T 35275-2017 clause 8 (GM/T 0010), and the same structure of PKCS#7, RFC 2315.

use core::ops::Range;

use czei_codes::Code as _;
use czei_sm2::{Signature, Sm3};

use super::{SignedAttributes, SignedParts};
use crate::certificate::{range_of, serial_hex, signature_fault};
use crate::tlv::{self, Reader, Tlv};
use crate::{Certificate, Code, Error, Name, brief, hex, oid};

/// The most certificates a value may carry. A signer and its issuers are two to four.
pub(super) const MAX_CERTIFICATES: usize = 16;

/// Which family of identifiers names the content types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ContentFamily {
    /// 1.2.156.10197.6.1.4.2, GB/T 35275-2017.
    #[default]
    Gm,
    /// 1.2.840.113549.1.7, PKCS#7.
    Pkcs,
}

/// How a SignerInfo names the certificate of its signer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignerId<'a> {
    /// Version 1: the issuer's name in DER and the content octets of the serial number.
    IssuerSerial {
        /// The DER encoding of the name.
        issuer: &'a [u8],
        /// Big-endian two's complement, minimal.
        serial: &'a [u8],
    },
    /// Version 3: the subject key identifier.
    KeyId(&'a [u8]),
}

/// SignedData with one signer. It owns the bytes and points into them; nothing of the embedded
/// certificates is decoded.
///
/// Read: the content types of either family, not mixed; SM3 as digest; the signature algorithms
/// 1.2.156.10197.1.501, 1.2.156.10197.1.301.1 and 1.2.156.10197.1.301 with parameters absent or
/// NULL; at most 16 certificates and 100 signed attributes. CRLs and unsigned attributes are passed
/// over, see [`SignedData::has_unsigned_attributes`].
#[derive(Debug, Clone)]
pub struct SignedData {
    der: Box<[u8]>,
    family: ContentFamily,
    content: Option<Range<usize>>,
    certificates: Vec<Range<usize>>,
    signer: SignerName,
    attributes: Option<SignedAttributes>,
    signature_oid: &'static str,
    unsigned_attributes: bool,
}

/// [`SignerId`] as places in the value.
#[derive(Debug, Clone)]
enum SignerName {
    IssuerSerial { issuer: Range<usize>, serial: Range<usize> },
    KeyId(Range<usize>),
}

impl SignedData {
    /// Which family of identifiers it is written in.
    #[must_use]
    pub fn content_family(&self) -> ContentFamily {
        self.family
    }

    /// The content it carries, when it does.
    #[must_use]
    pub fn content(&self) -> Option<&[u8]> {
        self.content.clone().map(|range| &self.der[range])
    }

    /// The embedded certificates as DER, in their order; their bytes have not been looked into.
    pub fn embedded(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.certificates.iter().map(|range| &self.der[range.clone()])
    }

    /// How the signer's certificate is named.
    #[must_use]
    pub fn signer(&self) -> SignerId<'_> {
        match &self.signer {
            SignerName::IssuerSerial { issuer, serial } => {
                SignerId::IssuerSerial { issuer: &self.der[issuer.clone()], serial: &self.der[serial.clone()] }
            }
            SignerName::KeyId(id) => SignerId::KeyId(&self.der[id.clone()]),
        }
    }

    /// Whether a certificate is the one the signer is named by.
    #[must_use]
    pub fn signer_matches(&self, certificate: &Certificate) -> bool {
        match self.signer() {
            SignerId::IssuerSerial { issuer, serial } => {
                // Almost always the same bytes; only otherwise is the name decoded.
                certificate.serial() == serial
                    && (certificate.issuer().der() == issuer
                        || Name::from_der(issuer).is_ok_and(|issuer| issuer == *certificate.issuer()))
            }
            SignerId::KeyId(id) => certificate.subject_key_id() == Some(id),
        }
    }

    /// That a certificate is the one the signer is named by.
    ///
    /// # Errors
    /// [`Code::SignerNotNamed`] with both sides.
    pub fn require_signer(&self, certificate: &Certificate) -> Result<(), Error> {
        if self.signer_matches(certificate) {
            return Ok(());
        }
        let (expected, found) = match self.signer() {
            SignerId::IssuerSerial { issuer, serial } => {
                let issuer = Name::from_der(issuer).map_or_else(|_| "?".into(), |name| name.to_rfc4514());
                (
                    format!("{issuer}, {}", serial_hex(serial)),
                    format!("{}, {}", certificate.issuer(), certificate.serial_hex()),
                )
            }
            SignerId::KeyId(id) => (hex::upper(id), hex::upper(certificate.subject_key_id().unwrap_or_default())),
        };
        Err(Code::SignerNotNamed.fault().expected(brief::cut(expected)).found(brief::cut(found)))
    }

    /// The signed attributes, when the signature covers such.
    #[must_use]
    pub fn signed_attributes(&self) -> Option<&SignedAttributes> {
        self.attributes.as_ref()
    }

    /// The dotted identifier of the signature algorithm.
    #[must_use]
    pub fn signature_oid(&self) -> &'static str {
        self.signature_oid
    }

    /// Whether there are unsigned attributes. Nothing covers them and nothing here reads them.
    #[must_use]
    pub fn has_unsigned_attributes(&self) -> bool {
        self.unsigned_attributes
    }

    pub(super) fn signed_parts<'a>(&'a self, content: &'a [&'a [u8]]) -> Result<SignedParts<'a>, Error> {
        if let Some(attached) = self.content()
            && !is_concatenation(attached, content)
        {
            return Err(Code::ContentDiffers
                .fault()
                .at_path("SignedData/contentInfo/content")
                .expected(hex::lower(&Sm3::digest_parts(content)))
                .found(hex::lower(&Sm3::digest(attached))));
        }
        let Some(attributes) = &self.attributes else { return Ok(SignedParts::Content(content)) };
        let digest = Sm3::digest_parts(content);
        if digest != *attributes.message_digest() {
            return Err(Code::MessageDigestWrong
                .fault()
                .at_path("SignerInfo/authenticatedAttributes/messageDigest")
                .expected(hex::lower(&digest))
                .found(hex::lower(attributes.message_digest())));
        }
        // The attributes are sent under the tag [0] and hashed under that of SET OF.
        const SET_TAG: &[u8] = &[tlv::SET];
        let sent = || &self.der[attributes.whole.clone()];
        let whole = attributes.sorted.as_deref().unwrap_or_else(sent);
        Ok(SignedParts::Attributes([SET_TAG, &whole[1..]]))
    }

    /// Reads the whole input.
    pub(super) fn read(bytes: &[u8]) -> Result<(SignedData, Signature), Error> {
        let mut outer = super::reader(bytes);
        let mut info = outer.enter(tlv::SEQUENCE, "ContentInfo")?;
        outer.finish("ContentInfo")?;
        let content_type = info.oid("ContentInfo/contentType")?;
        let (family, data_type) = match content_type {
            oid::GM_SIGNED_DATA => (ContentFamily::Gm, oid::GM_DATA),
            oid::PKCS7_SIGNED_DATA => (ContentFamily::Pkcs, oid::PKCS7_DATA),
            other => return Err(wrong_type("ContentInfo/contentType", oid::GM_SIGNED_DATA, other)),
        };
        let mut explicit = info.enter(tlv::context(0), "ContentInfo/content")?;
        info.finish("ContentInfo")?;
        let mut fields = explicit.enter(tlv::SEQUENCE, "SignedData")?;
        explicit.finish("ContentInfo/content")?;

        let version = fields.small("SignedData/version")?;
        if !(1..=5).contains(&version) {
            return Err(fields.fault("SignedData/version", version.to_string()));
        }
        let names_digest = digest_algorithms(&mut fields)?;
        let content = content(&mut fields, data_type)?;
        let certificates = certificates(&mut fields, bytes)?;
        fields.optional(tlv::context(1), "SignedData/crls")?;
        let mut signers = fields.enter(tlv::SET, "SignedData/signerInfos")?;
        fields.finish("SignedData")?;
        if signers.is_empty() && !names_digest {
            return Err(no_sm3(Vec::new()));
        }
        if signers.is_empty() {
            return Err(Code::NoSigner.fault().at_path("SignedData/signerInfos"));
        }
        let signer = signers.enter(tlv::SEQUENCE, "SignerInfo")?;
        if !signers.is_empty() {
            return Err(Code::SeveralSigners.fault().at_path("SignedData/signerInfos"));
        }
        let signer = SignerInfo::read(signer, bytes, data_type)?;
        let signed_data = SignedData {
            der: bytes.into(),
            family,
            content: content.map(|content| range_of(bytes, content)),
            certificates,
            signer: signer.id,
            attributes: signer.attributes,
            signature_oid: signer.signature_oid,
            unsigned_attributes: signer.unsigned_attributes,
        };
        Ok((signed_data, signer.signature))
    }
}

struct SignerInfo {
    id: SignerName,
    attributes: Option<SignedAttributes>,
    signature_oid: &'static str,
    signature: Signature,
    unsigned_attributes: bool,
}

impl SignerInfo {
    fn read(mut fields: Reader<'_>, value: &[u8], data_type: &[u8]) -> Result<Self, Error> {
        const ID: &str = "SignerInfo/signerIdentifier";
        let version = fields.small("SignerInfo/version")?;
        let id = match version {
            1 => {
                let mut pair = fields.enter(tlv::SEQUENCE, ID)?;
                let issuer = pair.tlv(tlv::SEQUENCE, ID)?.whole;
                let serial = pair.integer(ID)?;
                pair.finish(ID)?;
                SignerName::IssuerSerial { issuer: range_of(value, issuer), serial: range_of(value, serial) }
            }
            3 => SignerName::KeyId(range_of(value, fields.content(tlv::context_primitive(0), ID)?)),
            other => return Err(fields.fault("SignerInfo/version", other.to_string())),
        };
        let (digest, parameters) = fields.algorithm("SignerInfo/digestAlgorithm")?;
        require_sm3("SignerInfo/digestAlgorithm", digest, parameters)?;
        let attributes = fields
            .optional(tlv::context(0), "SignerInfo/authenticatedAttributes")?
            .map(|element| SignedAttributes::read(value, element, data_type))
            .transpose()?;
        let signature_oid = signature_algorithm(&mut fields)?;
        let signature = fields.content(tlv::OCTET_STRING, "SignerInfo/encryptedDigest")?;
        let unsigned = fields.optional(tlv::context(1), "SignerInfo/unauthenticatedAttributes")?;
        fields.finish("SignerInfo")?;
        let signature = Signature::from_der(signature)
            .map_err(|error| signature_fault(&error).at_path("SignerInfo/encryptedDigest"))?;
        Ok(SignerInfo { id, attributes, signature_oid, signature, unsigned_attributes: unsigned.is_some() })
    }
}

const DIGEST_ALGORITHMS: &str = "SignedData/digestAlgorithms";

/// Whether SM3 is listed. A signer need not list its own (RFC 5652 5.1), so none at all is left to the
/// SignerInfo; others than SM3 are not.
fn digest_algorithms(fields: &mut Reader<'_>) -> Result<bool, Error> {
    let mut set = fields.enter(tlv::SET, DIGEST_ALGORITHMS)?;
    const MOST_NAMED: usize = 8;
    let (mut has_sm3, mut found) = (false, Vec::new());
    while !set.is_empty() {
        let (algorithm, parameters) = set.algorithm(DIGEST_ALGORITHMS)?;
        has_sm3 |= algorithm == oid::SM3 && tlv::absent_or_null(parameters);
        if found.len() < MOST_NAMED {
            found.push(algorithm);
        }
    }
    if has_sm3 || found.is_empty() { Ok(has_sm3) } else { Err(no_sm3(found)) }
}

fn no_sm3(found: Vec<&[u8]>) -> Error {
    let found: Vec<_> = found.into_iter().map(oid::to_dotted).collect();
    let fault = Code::SignedDataDigest.fault().at_path(DIGEST_ALGORITHMS).expected(oid::to_dotted(oid::SM3));
    fault.found(brief::cut(found.join(", ")))
}

/// The content info inside: type, and the content where it is attached.
fn content<'a>(fields: &mut Reader<'a>, data_type: &[u8]) -> Result<Option<&'a [u8]>, Error> {
    const PATH: &str = "SignedData/contentInfo/content";
    let mut inner = fields.enter(tlv::SEQUENCE, "SignedData/contentInfo")?;
    let found = inner.oid("SignedData/contentInfo/contentType")?;
    if found != data_type {
        return Err(wrong_type("SignedData/contentInfo/contentType", data_type, found));
    }
    let explicit = inner.optional(tlv::context(0), PATH)?;
    inner.finish("SignedData/contentInfo")?;
    let Some(explicit) = explicit else { return Ok(None) };
    let mut explicit = fields.over(explicit.content);
    let content = explicit.content(tlv::OCTET_STRING, PATH)?;
    explicit.finish(PATH)?;
    Ok(Some(content))
}

fn certificates(fields: &mut Reader<'_>, value: &[u8]) -> Result<Vec<Range<usize>>, Error> {
    const PATH: &str = "SignedData/certificates";
    let Some(set) = fields.optional(tlv::context(0), PATH)? else { return Ok(Vec::new()) };
    let mut set = fields.over(set.content);
    let mut certificates = Vec::with_capacity(2);
    while !set.is_empty() {
        let certificate = set.tlv(tlv::SEQUENCE, PATH)?.whole;
        if certificates.len() == MAX_CERTIFICATES {
            return Err(Code::TooManyCertificates.fault().at_path(PATH).expected(format!("<= {MAX_CERTIFICATES}")));
        }
        certificates.push(range_of(value, certificate));
    }
    Ok(certificates)
}

fn signature_algorithm(fields: &mut Reader<'_>) -> Result<&'static str, Error> {
    const PATH: &str = "SignerInfo/digestEncryptionAlgorithm";
    let (algorithm, parameters) = fields.algorithm(PATH)?;
    let known = match algorithm {
        oid::SM2_WITH_SM3 => Some("1.2.156.10197.1.501"),
        oid::SM2_SIGNATURE => Some("1.2.156.10197.1.301.1"),
        oid::SM2 => Some("1.2.156.10197.1.301"),
        _ => None,
    };
    known.filter(|_| tlv::absent_or_null(parameters)).ok_or_else(|| {
        let with = if parameters.is_some() { " with parameters" } else { "" };
        Code::SignedDataAlgorithm
            .fault()
            .at_path(PATH)
            .expected("1.2.156.10197.1.501")
            .found(brief::cut(format!("{}{with}", oid::to_dotted(algorithm))))
    })
}

fn require_sm3(path: &'static str, algorithm: &[u8], parameters: Option<Tlv<'_>>) -> Result<(), Error> {
    if algorithm == oid::SM3 && tlv::absent_or_null(parameters) {
        return Ok(());
    }
    Err(Code::SignedDataDigest
        .fault()
        .at_path(path)
        .expected(oid::to_dotted(oid::SM3))
        .found(brief::cut(oid::to_dotted(algorithm))))
}

fn wrong_type(path: &'static str, expected: &[u8], found: &[u8]) -> Error {
    Code::SignedDataContentType.fault().at_path(path).expected(oid::to_dotted(expected)).found(oid::to_dotted(found))
}

/// Whether the whole is the parts one after the other.
fn is_concatenation(whole: &[u8], parts: &[&[u8]]) -> bool {
    let mut rest = whole;
    for part in parts {
        match rest.strip_prefix(*part) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests;
