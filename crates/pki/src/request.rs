//! Certificate requests (PKCS#10).

use core::fmt;
use core::ops::Range;

use czei_codes::Code as _;
use czei_sm2::{Message, PreparedVerifyingKey, Signature, SigningKey, UserId, VerifyingKey};

use crate::certificate::range_of;
use crate::issue::{algorithm, extension};
use crate::signed::{self, Signed};
use crate::signer::failed;
use crate::tlv::{self, Reader};
use crate::{Code, Error, Extension, Name, extensions, oid, pem, public_key};

/// A request for a certificate (RFC 2986, PKCS#10) with an SM2 key, and the bytes it was read from.
///
/// ```
/// # let ca_key = czei_sm2::SigningKey::generate().unwrap();
/// # let ca = czei_pki::CertificateTemplate {
/// #     subject: czei_pki::Name::parse_rfc4514("CN=Root,C=CN").unwrap(), serial: vec![1],
/// #     not_before: "2026-01-01T00:00:00Z".parse().unwrap(),
/// #     not_after: "2036-01-01T00:00:00Z".parse().unwrap(),
/// #     ca: Some(Default::default()), key_usage: None, extensions: vec![],
/// # };
/// # let (template, ca) = (ca.clone(), ca.self_sign(&ca_key).unwrap());
/// use czei_pki::{CertificateRequest, CertificateTemplate, Name, RequestTemplate};
/// use czei_sm2::{SigningKey, UserId};
///
/// // The applicant makes it.
/// let key = SigningKey::generate().unwrap();
/// let subject = Name::parse_rfc4514("CN=示例单位,O=示例单位,C=CN")?;
/// let pem = RequestTemplate { subject, extensions: Vec::new() }.sign(&key)?.to_pem();
/// // The authority reads it, makes sure that the applicant holds the key, and issues.
/// let request = CertificateRequest::from_pem_or_der(pem.as_bytes())?;
/// request.verify(&[UserId::DEFAULT])?;
/// let template = CertificateTemplate {
///     subject: request.subject().clone(), serial: vec![2], ca: None,
///     extensions: request.extensions().to_vec(), ..template
/// };
/// let certificate = template.sign_by(&ca_key, &ca, request.verifying_key())?;
/// assert_eq!(certificate.verifying_key()?, key.verifying_key());
/// # Ok::<(), czei_pki::Error>(())
/// ```
pub struct CertificateRequest {
    der: Vec<u8>,
    /// The signed part.
    info: Range<usize>,
    signature: Range<usize>,
    signature_oid: String,
    signed_with_sm2: bool,
    subject: Name,
    key: VerifyingKey,
    extensions: Vec<Extension>,
}

impl CertificateRequest {
    /// A request from DER; the whole input. Attributes other than extensionRequest are passed over.
    ///
    /// # Errors
    /// [`Code::RequestMalformed`] with the field as its place, [`Code::KeyNotSm2`],
    /// [`Code::KeyExplicitCurve`], [`Code::KeyPoint`].
    pub fn from_der(bytes: &[u8]) -> Result<Self, Error> {
        const PATH: &str = "CertificationRequest";
        let mut reader = Reader::new(bytes, Code::RequestMalformed);
        let mut outer = reader.enter(tlv::SEQUENCE, PATH)?;
        reader.finish(PATH)?;
        let info = outer.tlv(tlv::SEQUENCE, "CertificationRequest/certificationRequestInfo")?;
        let (signature_oid, parameters) = outer.algorithm("CertificationRequest/signatureAlgorithm")?;
        let signature = outer.bits(SIGNATURE)?;
        outer.finish(PATH)?;

        let mut fields = outer.over(info.content);
        let version = fields.small("certificationRequestInfo/version")?;
        if version != 0 {
            return Err(fields.fault("certificationRequestInfo/version", format!("version {}", version + 1)));
        }
        let subject = Name::read(&mut fields, "certificationRequestInfo/subject")?;
        let spki = fields.enter(tlv::SEQUENCE, "certificationRequestInfo/subjectPKInfo")?;
        let key = public_key::read(spki, "certificationRequestInfo/subjectPKInfo")?;
        // `[0]` must stand there even when empty; some leave it out.
        let mut extensions = Vec::new();
        if let Some(attributes) = fields.optional(tlv::context(0), ATTRIBUTES)? {
            read_attributes(fields.over(attributes.content), &mut extensions)?;
        }
        fields.finish("certificationRequestInfo")?;
        Ok(CertificateRequest {
            info: range_of(bytes, info.whole),
            signature: range_of(bytes, signature),
            signature_oid: oid::to_dotted(signature_oid),
            signed_with_sm2: signed::is_sm2_with_sm3(signature_oid, parameters),
            subject,
            key,
            extensions,
            der: bytes.to_vec(),
        })
    }

    /// A request from the content of a file, PEM (`CERTIFICATE REQUEST`, or
    /// `NEW CERTIFICATE REQUEST`; the first block) or DER.
    ///
    /// # Errors
    /// [`Code::PemMalformed`], [`Code::PemNoBlock`], and those of [`CertificateRequest::from_der`].
    pub fn from_pem_or_der(bytes: &[u8]) -> Result<Self, Error> {
        if !pem::is_pem(bytes) {
            return CertificateRequest::from_der(bytes);
        }
        let blocks = pem::blocks(bytes, |label| label == LABEL || label == "NEW CERTIFICATE REQUEST")?;
        match blocks.first() {
            Some(block) => CertificateRequest::from_der(&block.bytes),
            None => Err(Code::PemNoBlock.fault().expected(LABEL)),
        }
    }

    /// The bytes of the request.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The request as a PEM block.
    #[must_use]
    pub fn to_pem(&self) -> String {
        pem::write(LABEL, &self.der).to_string()
    }

    /// Whom the certificate is to be for.
    #[must_use]
    pub fn subject(&self) -> &Name {
        &self.subject
    }

    /// The key the certificate is to be for.
    #[must_use]
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.key
    }

    /// The extensions asked for. What is granted is for the issuer to decide.
    #[must_use]
    pub fn extensions(&self) -> &[Extension] {
        &self.extensions
    }

    /// Checks that whoever made the request holds the key, trying the user ids in their order, and
    /// returns the one it was signed with.
    ///
    /// # Errors
    /// [`Code::RequestSignatureAlgorithm`] for another algorithm than SM2 with SM3,
    /// [`Code::SignatureMalformed`] and [`Code::SignatureRange`] for a bad encoding,
    /// [`Code::RequestSignatureWrong`].
    pub fn verify<'a>(&self, user_ids: &'a [UserId]) -> Result<&'a UserId, Error> {
        let key: PreparedVerifyingKey = self.key.prepare();
        let signed = Signed {
            tbs: &self.der[self.info.clone()],
            algorithm: &self.signature_oid,
            with_sm2: self.signed_with_sm2,
            signature: &self.der[self.signature.clone()],
            path: SIGNATURE,
            other_algorithm: Code::RequestSignatureAlgorithm,
            wrong: Code::RequestSignatureWrong,
        };
        signed.verify(&key, user_ids)
    }
}

impl PartialEq for CertificateRequest {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for CertificateRequest {}

impl fmt::Debug for CertificateRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CertificateRequest({})", self.subject)
    }
}

/// What a request is to say. See [`CertificateRequest`] for an example.
#[derive(Debug, Clone)]
pub struct RequestTemplate {
    /// Whom the certificate is to be for.
    pub subject: Name,
    /// The extensions to ask for, such as a subjectAltName; none are asked for when empty.
    pub extensions: Vec<Extension>,
}

impl RequestTemplate {
    /// The request, signed with the key in it under the default user id, with SM2 and SM3
    /// (1.2.156.10197.1.501 without parameters).
    ///
    /// # Errors
    /// [`Code::TemplateInvalid`] for an extension whose identifier is none,
    /// [`Code::SigningFailed`].
    pub fn sign(&self, key: &SigningKey) -> Result<CertificateRequest, Error> {
        let info = self.to_be_signed(key.verifying_key())?;
        let message = Message::Parts { user_id: &UserId::DEFAULT, parts: &[&info] };
        finish(&info, &key.sign(message).map_err(failed)?)
    }

    /// The bytes to sign, for a key elsewhere: the second step is [`RequestTemplate::finish`].
    ///
    /// # Errors
    /// [`Code::TemplateInvalid`].
    pub fn to_be_signed(&self, key: &VerifyingKey) -> Result<Vec<u8>, Error> {
        let mut list = Vec::new();
        for wanted in &self.extensions {
            let id = oid::from_dotted(&wanted.oid)
                .ok_or_else(|| Code::TemplateInvalid.fault().at_path("extensions").found(wanted.oid.clone()))?;
            list.extend(extension(&id, wanted.critical, &wanted.value));
        }
        if !list.is_empty() {
            let values = tlv::write(tlv::SET, &[&tlv::write(tlv::SEQUENCE, &[&list])]);
            list = tlv::write(tlv::SEQUENCE, &[&tlv::write(tlv::OID, &[oid::EXTENSION_REQUEST]), &values]);
        }
        let attributes = tlv::write(tlv::context(0), &[&list]);
        let version = tlv::write(tlv::INTEGER, &[&[0]]);
        Ok(tlv::write(tlv::SEQUENCE, &[&version, self.subject.der(), &public_key::write(key), &attributes]))
    }

    /// The request from the bytes that [`RequestTemplate::to_be_signed`] gave and the signature that
    /// was made of them elsewhere, under the default user id. The signature is verified.
    ///
    /// # Errors
    /// [`Code::RequestSignatureWrong`], and those of [`CertificateRequest::from_der`].
    pub fn finish(to_be_signed: &[u8], signature: &Signature) -> Result<CertificateRequest, Error> {
        let request = finish(to_be_signed, signature)?;
        request.verify(&[UserId::DEFAULT])?;
        Ok(request)
    }
}

fn finish(info: &[u8], signature: &Signature) -> Result<CertificateRequest, Error> {
    let bits = tlv::write(tlv::BIT_STRING, &[&[0], &signature.to_der()]);
    CertificateRequest::from_der(&tlv::write(tlv::SEQUENCE, &[info, &algorithm(), &bits]))
}

const LABEL: &str = "CERTIFICATE REQUEST";
const SIGNATURE: &str = "CertificationRequest/signature";
const ATTRIBUTES: &str = "certificationRequestInfo/attributes";

/// The most attributes that are read: usual are one or two.
const MAX_ATTRIBUTES: usize = 100;

fn read_attributes(mut list: Reader<'_>, out: &mut Vec<Extension>) -> Result<(), Error> {
    let mut count = 0;
    let mut found = false;
    while !list.is_empty() {
        count += 1;
        if count > MAX_ATTRIBUTES {
            return Err(list.fault(ATTRIBUTES, format!("more than {MAX_ATTRIBUTES} attributes")));
        }
        let mut attribute = list.enter(tlv::SEQUENCE, ATTRIBUTES)?;
        let id = attribute.oid(ATTRIBUTES)?;
        let mut values = attribute.enter(tlv::SET, ATTRIBUTES)?;
        attribute.finish(ATTRIBUTES)?;
        if id != oid::EXTENSION_REQUEST {
            continue;
        }
        // Twice could be read in two ways.
        if found {
            return Err(list.fault(ATTRIBUTES, "extensionRequest twice"));
        }
        found = true;
        let extensions = values.enter(tlv::SEQUENCE, ATTRIBUTES)?;
        values.finish(ATTRIBUTES)?;
        extensions::walk(extensions, ATTRIBUTES, |id, critical, value| {
            out.push(Extension { oid: oid::to_dotted(id), critical, value: value.rest().to_vec() });
            Ok(())
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
