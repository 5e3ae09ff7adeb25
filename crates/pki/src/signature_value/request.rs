//! Signing in two steps: what is to be signed goes out, a signature comes back.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use czei_codes::Code as _;
use czei_sm2::{Message, PreparedVerifyingKey, Signature, Sm3, UserId};

use super::signed_data::MAX_CERTIFICATES;
use super::write::{self, SignedDataParts};
use super::{Carried, Compat, Covered, Encoding, NamedBy, SignatureValue, SignedDataForm};
use crate::{Certificate, Code, Error, SigningInput, brief};

/// A signature that is asked for: what is to be signed, and all that the value around it needs.
///
/// The first step takes [`SignatureRequest::input`] (or the bytes, or the digest) to wherever the
/// key is. The second comes back with r and s to [`SignatureRequest::finish`], or with a whole value
/// to [`SignatureRequest::accept`]; either verifies before it gives anything. The same arguments
/// make the same request, so the steps may lie in different processes.
///
/// ```
/// # let key = czei_sm2::SigningKey::generate().unwrap();
/// # let certificate = czei_pki::CertificateTemplate {
/// #     subject: czei_pki::Name::parse_rfc4514("CN=示例单位,C=CN").unwrap(), serial: vec![1],
/// #     not_before: "2026-01-01T00:00:00Z".parse().unwrap(),
/// #     not_after: "2036-01-01T00:00:00Z".parse().unwrap(),
/// #     ca: None, key_usage: None, extensions: vec![],
/// # }.self_sign(&key).unwrap();
/// use czei_pki::{Code, Encoding, SignatureRequest, SignatureValue, SignedDataForm};
/// use czei_sm2::{Message, UserId};
///
/// let at = "2026-12-01T01:15:30Z".parse().unwrap();
/// let form = SignedDataForm::gm_attributes();
/// let content: [&[u8]; 1] = [b"content"];
/// let request =
///     SignatureRequest::new(Encoding::SignedData, form, &certificate, &UserId::DEFAULT, &content, Some(at))?;
///
/// // Elsewhere: whoever holds the key signs the digest, or the bytes with Z of the user id.
/// let signature = key.sign(Message::Digest(request.digest())).unwrap();
/// assert_eq!(request.input().parts().concat(), request.to_be_signed());
///
/// let value = SignatureValue::parse(&request.finish(&signature)?)?;
/// assert_eq!(value.signing_time(), Some(at));
/// // A signature over anything else goes no further.
/// let other = key.sign(Message::of(&[b"other"])).unwrap();
/// assert_eq!(request.finish(&other).unwrap_err().code(), Code::SignatureWrong);
/// # Ok::<(), czei_pki::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct SignatureRequest<'a> {
    encoding: Encoding,
    form: SignedDataForm,
    certificate: &'a Certificate,
    chain: &'a [Arc<Certificate>],
    user_id: &'a UserId,
    content: Vec<&'a [u8]>,
    signed: Signed,
    digest: [u8; 32],
}

/// What the signature is over, where that is not the content.
#[derive(Debug, Clone)]
enum Signed {
    Content,
    /// The signed attributes as SET OF.
    Attributes(Vec<u8>),
    /// The content info with the content.
    ContentInfo(Vec<u8>),
}

impl<'a> SignatureRequest<'a> {
    /// A signature with a certificate's key over a content in parts that follow one another. The
    /// form counts for [`Encoding::SignedData`] only; the signing time, for a form that has it
    /// among its signed attributes, is written to the second.
    ///
    /// # Errors
    /// Those of [`Certificate::verifying_key`]; [`Code::SignerKeyIdAbsent`] when the form names the
    /// signer by a key identifier that the certificate does not have; [`Code::SigningTimeRange`].
    pub fn new(
        encoding: Encoding,
        form: SignedDataForm,
        certificate: &'a Certificate,
        user_id: &'a UserId,
        content: &[&'a [u8]],
        signing_time: Option<DateTime<Utc>>,
    ) -> Result<Self, Error> {
        let key = certificate.prepared_key()?;
        let covered = if encoding == Encoding::SignedData { form.covered } else { Covered::Content };
        if encoding == Encoding::SignedData && form.named_by == NamedBy::KeyId && certificate.subject_key_id().is_none()
        {
            return Err(Code::SignerKeyIdAbsent.fault().at_path(certificate.subject().to_rfc4514()));
        }
        let (signed, digest) = match covered {
            Covered::Content => (Signed::Content, key.digest(user_id, content)),
            Covered::Attributes { signing_time: wanted } => {
                let time = signing_time.filter(|_| wanted);
                let set = write::attributes(form.family, &Sm3::digest_parts(content), time)?;
                let digest = key.digest(user_id, &[&set]);
                (Signed::Attributes(set), digest)
            }
            Covered::Compat(Compat::NoZContent) => (Signed::Content, Sm3::digest_parts(content)),
            Covered::Compat(Compat::NoZContentInfo) => {
                let info = write::content_info(form.family, Some(content));
                let digest = Sm3::digest(&info);
                (Signed::ContentInfo(info), digest)
            }
        };
        let form = SignedDataForm { covered, ..form };
        Ok(SignatureRequest {
            encoding,
            form,
            certificate,
            chain: &[],
            user_id,
            content: content.to_vec(),
            signed,
            digest,
        })
    }

    /// With the certificates above the signer's, in any order, for a form that carries the chain.
    ///
    /// # Errors
    /// [`Code::TooManyCertificates`] for more than a value may carry.
    pub fn with_chain(self, chain: &'a [Arc<Certificate>]) -> Result<Self, Error> {
        // One is the signer's.
        if self.form.carried == Carried::Chain && chain.len() >= MAX_CERTIFICATES {
            let expected = format!("<= {MAX_CERTIFICATES}");
            return Err(Code::TooManyCertificates.fault().expected(expected).found((chain.len() + 1).to_string()));
        }
        Ok(SignatureRequest { chain, ..self })
    }

    /// What a signer is given.
    #[must_use]
    pub fn input(&self) -> SigningInput<'_> {
        match &self.signed {
            Signed::Content => SigningInput::of_parts(self.z_of(), &self.content, self.digest),
            Signed::Attributes(whole) | Signed::ContentInfo(whole) => {
                SigningInput::of_whole(self.z_of(), whole, self.digest)
            }
        }
    }

    /// The bytes to sign, without Z; whether Z comes before them says [`SigningInput::user_id`].
    #[must_use]
    pub fn to_be_signed(&self) -> Vec<u8> {
        match &self.signed {
            Signed::Content => self.content.concat(),
            Signed::Attributes(whole) | Signed::ContentInfo(whole) => whole.clone(),
        }
    }

    /// The digest e.
    #[must_use]
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// The value around a signature, which is verified first.
    ///
    /// # Errors
    /// [`Code::SignatureWrong`] when it is not the certificate's signature over
    /// [`SignatureRequest::digest`].
    pub fn finish(&self, signature: &Signature) -> Result<Vec<u8>, Error> {
        require(self.certificate.prepared_key()?, &self.digest, signature)?;
        Ok(match self.encoding {
            Encoding::SignedData => write::signed_data(&SignedDataParts {
                form: self.form,
                certificate: self.certificate,
                chain: self.chain,
                content: &self.content,
                attributes: match &self.signed {
                    Signed::Attributes(set) => Some(set),
                    _ => None,
                },
                signature,
            }),
            Encoding::Der => signature.to_der(),
            Encoding::Raw => signature.to_bytes().to_vec(),
        })
    }

    /// A whole value made elsewhere, in DER or BER, read and checked; and its bytes in DER, which are
    /// those to be used on.
    ///
    /// # Errors
    /// Those of [`SignatureValue::parse_ber`] and [`SignatureRequest::check`].
    pub fn accept<'v>(&self, value: &'v [u8]) -> Result<(SignatureValue, Cow<'v, [u8]>), Error> {
        let (value, bytes) = SignatureValue::parse_ber(value)?;
        self.check(&value)?;
        Ok((value, bytes))
    }

    /// Checks a whole value made elsewhere, in whatever encoding and form. Without Z it is taken
    /// only in the compatibility form that was asked for.
    ///
    /// # Errors
    /// Those of [`SignatureValue::verify`]; [`Code::SignerNotNamed`] when it names another
    /// certificate, or carries certificates and this one is not among them: a verifier takes the
    /// certificate that comes with a value.
    pub fn check(&self, value: &SignatureValue) -> Result<(), Error> {
        if let Some(data) = value.signed_data() {
            data.require_signer(self.certificate)?;
            if data.embedded().len() > 0 && data.embedded().all(|der| der != self.certificate.der()) {
                let named = format!("{}, {}", self.certificate.issuer(), self.certificate.serial_hex());
                return Err(Code::SignerNotNamed
                    .fault()
                    .at_path("SignedData/certificates")
                    .expected(brief::cut(named)));
            }
        }
        let key = self.certificate.prepared_key()?;
        let with_z = value.verify(key, self.user_id, &self.content);
        match (with_z, self.form.covered) {
            (Err(_), Covered::Compat(compat)) => {
                require(key, &value.compat_digest(compat, &self.content)?, value.signature())
            }
            (with_z, _) => with_z,
        }
    }

    /// The user id of Z; none without Z.
    fn z_of(&self) -> Option<&'a UserId> {
        match self.form.covered {
            Covered::Compat(_) => None,
            _ => Some(self.user_id),
        }
    }
}

fn require(key: &PreparedVerifyingKey, digest: &[u8; 32], signature: &Signature) -> Result<(), Error> {
    key.verify(Message::Digest(digest), signature).map_err(|_| Code::SignatureWrong.into())
}

#[cfg(test)]
mod tests;
