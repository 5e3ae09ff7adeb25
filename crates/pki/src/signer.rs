//! Who signs: a key here, or a device elsewhere.

use std::sync::Arc;

use czei_codes::Code as _;
use czei_sm2::{Message, Signature, SigningKey, UserId, VerifyingKey, sign_batch};

use crate::{Certificate, Code, Error, KeyUsage, signer_usage};

/// What is to be signed: the message, and the digest e made of it. A device that signs digests
/// takes [`SigningInput::digest`]; a signing server that hashes for itself takes the message, and
/// [`SigningInput::user_id`] tells it whether Z comes before it.
#[derive(Debug, Clone, Copy)]
pub struct SigningInput<'a> {
    user_id: Option<&'a UserId>,
    parts: Parts<'a>,
    digest: [u8; 32],
}

#[derive(Debug, Clone, Copy)]
enum Parts<'a> {
    Many(&'a [&'a [u8]]),
    One([&'a [u8]; 1]),
}

impl<'a> SigningInput<'a> {
    /// A message in parts that follow one another, to be signed with a certificate's key.
    ///
    /// # Errors
    /// Those of [`Certificate::verifying_key`]: the digest depends on the key
    /// (`e = SM3(Z || message)`, GB/T 32918.2-2016, 6.1).
    pub fn new(certificate: &Certificate, user_id: &'a UserId, parts: &'a [&'a [u8]]) -> Result<Self, Error> {
        let digest = certificate.prepared_key()?.digest(user_id, parts);
        Ok(SigningInput { user_id: Some(user_id), parts: Parts::Many(parts), digest })
    }

    /// With the digest worked out before; without a user id it is SM3 of the message alone.
    pub(crate) fn of_parts(user_id: Option<&'a UserId>, parts: &'a [&'a [u8]], digest: [u8; 32]) -> Self {
        SigningInput { user_id, parts: Parts::Many(parts), digest }
    }

    /// The same for a message in one piece.
    pub(crate) fn of_whole(user_id: Option<&'a UserId>, message: &'a [u8], digest: [u8; 32]) -> Self {
        SigningInput { user_id, parts: Parts::One([message]), digest }
    }

    /// The SM2 user id that Z is made of. None in the compatibility forms without Z: then
    /// `e = SM3(message)`, and whoever hashes the message for itself must leave Z out or refuse.
    #[must_use]
    pub fn user_id(&self) -> Option<&'a UserId> {
        self.user_id
    }

    /// The message, in parts that follow one another. Not always the receipt: with signed
    /// attributes it is their DER encoding.
    #[must_use]
    pub fn parts(&self) -> &[&'a [u8]] {
        match &self.parts {
            Parts::Many(parts) => parts,
            Parts::One(whole) => whole,
        }
    }

    /// The digest e.
    #[must_use]
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }
}

/// A holder of a private key: a key in memory, a hardware module, a signing server.
///
/// Whoever asks verifies the answer before using it.
///
/// ```
/// use czei_pki::{Certificate, Error, Signer, SigningInput};
/// use czei_sm2::Signature;
/// use std::sync::Arc;
///
/// struct Device { certificate: Arc<Certificate> }
///
/// impl Signer for Device {
///     fn certificate(&self) -> &Arc<Certificate> {
///         &self.certificate
///     }
///     fn sign(&self, input: &SigningInput<'_>) -> Result<Signature, Error> {
///         # let _ = input.digest();
///         Err(czei_pki::Code::SigningFailed.into()) // no device connected
///     }
/// }
/// ```
pub trait Signer: Send + Sync {
    /// The certificate that belongs to the key.
    fn certificate(&self) -> &Arc<Certificate>;

    /// The certificates above it that a value may carry along, in any order; none by default.
    fn chain(&self) -> &[Arc<Certificate>] {
        &[]
    }

    /// Signs one input.
    ///
    /// # Errors
    /// [`Code::SigningFailed`] when no signature could be made.
    fn sign(&self, input: &SigningInput<'_>) -> Result<Signature, Error>;

    /// Signs several inputs, all or none: exactly one signature for each, in their order.
    ///
    /// # Errors
    /// The first error.
    fn sign_batch(&self, inputs: &[SigningInput<'_>]) -> Result<Vec<Signature>, Error> {
        inputs.iter().map(|input| self.sign(input)).collect()
    }
}

/// A private key in this process with its certificate.
#[derive(Debug)]
pub struct LocalSigner {
    key: SigningKey,
    certificate: Arc<Certificate>,
    chain: Vec<Arc<Certificate>>,
}

impl LocalSigner {
    /// A signer from a key and its certificate.
    ///
    /// # Errors
    /// [`Code::SignerKeyMismatch`] when the certificate is for another key, and the errors of
    /// [`Certificate::verifying_key`].
    pub fn new(key: SigningKey, certificate: Arc<Certificate>) -> Result<Self, Error> {
        if certificate.verifying_key()? != key.verifying_key() {
            return Err(Code::SignerKeyMismatch.fault().at_path(certificate.subject().to_rfc4514()));
        }
        Ok(LocalSigner { key, certificate, chain: Vec::new() })
    }

    /// The same with the certificates above its own, which are written where a form carries the
    /// chain along.
    #[must_use]
    pub fn with_chain(self, chain: Vec<Arc<Certificate>>) -> Self {
        LocalSigner { chain, ..self }
    }
}

impl Signer for LocalSigner {
    fn certificate(&self) -> &Arc<Certificate> {
        &self.certificate
    }

    fn chain(&self) -> &[Arc<Certificate>] {
        &self.chain
    }

    fn sign(&self, input: &SigningInput<'_>) -> Result<Signature, Error> {
        self.key.sign(Message::Digest(input.digest())).map_err(failed)
    }

    fn sign_batch(&self, inputs: &[SigningInput<'_>]) -> Result<Vec<Signature>, Error> {
        let messages: Vec<_> = inputs.iter().map(|input| Message::Digest(input.digest())).collect();
        sign_batch(&self.key, &messages).map_err(failed)
    }
}

/// Where the certificate of a key stands among others: of several one that may sign, of these the
/// one that is valid the longest, of equals the first. Nothing when none has this key.
///
/// ```
/// # let key = czei_sm2::SigningKey::generate().unwrap();
/// # let template = |year: &str| czei_pki::CertificateTemplate {
/// #     subject: czei_pki::Name::parse_rfc4514("CN=示例单位,C=CN").unwrap(), serial: vec![1],
/// #     not_before: "2026-01-01T00:00:00Z".parse().unwrap(),
/// #     not_after: format!("{year}-01-01T00:00:00Z").parse().unwrap(),
/// #     ca: None, key_usage: Some(czei_pki::KeyUsage::DIGITAL_SIGNATURE), extensions: vec![],
/// # };
/// # let certificate = |year| std::sync::Arc::new(template(year).self_sign(&key).unwrap());
/// use czei_pki::certificate_for;
///
/// let renewed = [certificate("2027"), certificate("2029"), certificate("2028")];
/// assert_eq!(certificate_for(key.verifying_key(), &renewed), Some(1));
/// assert_eq!(certificate_for(key.verifying_key(), &[]), None);
/// ```
#[must_use]
pub fn certificate_for(key: &VerifyingKey, certificates: &[Arc<Certificate>]) -> Option<usize> {
    let own = certificates.iter().enumerate().filter(|(_, one)| one.verifying_key().is_ok_and(|its| its == key));
    // The last of the greatest, and so the first in the order of the file.
    own.rev().max_by_key(|(_, one)| (signer_usage(one).is_ok(), one.not_after())).map(|(index, _)| index)
}

/// Whether a certificate says itself that its key signs documents: not by saying nothing, and not as
/// that of an authority.
pub(crate) fn is_to_sign_with(certificate: &Certificate) -> bool {
    let signs = KeyUsage::DIGITAL_SIGNATURE | KeyUsage::NON_REPUDIATION;
    certificate.key_usage().is_some_and(|usage| usage.intersects(signs)) && !certificate.is_authority()
}

pub(crate) fn failed(error: czei_sm2::Error) -> Error {
    Code::SigningFailed.fault().found(error.entry().name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::CertificateTemplate;
    use crate::test_certificates::{Sandbox, template};

    #[test]
    fn a_signer_signs_what_its_certificate_verifies() {
        let sandbox = Sandbox::new();
        let signer = LocalSigner::new(sandbox.unit_key(), Arc::clone(&sandbox.unit)).unwrap();
        let key = signer.certificate().verifying_key().unwrap();
        let parts: [[&[u8]; 2]; 3] = [[b"a", b"b"], [b"", b"c"], [b"d", b""]];
        let input = |parts| SigningInput::new(signer.certificate(), &UserId::DEFAULT, parts).unwrap();
        let inputs: Vec<_> = parts.iter().map(|parts| input(parts)).collect();
        let mut signatures = signer.sign_batch(&inputs).unwrap();
        signatures.push(signer.sign(&inputs[0]).unwrap());
        assert_eq!(signatures.len(), 4);
        for (input, signature) in inputs.iter().chain([&inputs[0]]).zip(&signatures) {
            let message = Message::Parts { user_id: input.user_id().unwrap(), parts: input.parts() };
            key.verify(message, signature).unwrap();
        }
    }

    #[test]
    fn of_several_certificates_the_one_to_sign_with_and_of_these_the_newest_is_taken() {
        let sandbox = Sandbox::new();
        let certificate = |usage, year: u8| {
            let not_after = format!("20{year}-01-01T00:00:00Z").parse().unwrap();
            let template = CertificateTemplate { key_usage: usage, not_after, ..template("CN=x,C=CN", &[year]) };
            Arc::new(template.self_sign(&sandbox.unit_key()).unwrap())
        };
        let (signs, encrypts) = (Some(KeyUsage::DIGITAL_SIGNATURE), Some(KeyUsage::KEY_ENCIPHERMENT));
        let other = Arc::clone(&sandbox.root);
        let of =
            |certificates: &[Arc<Certificate>]| certificate_for(sandbox.unit.verifying_key().unwrap(), certificates);
        let all = [other.clone(), certificate(encrypts, 50), certificate(signs, 30), certificate(None, 40)];
        assert_eq!(of(&all), Some(3));
        assert_eq!(of(&all[..3]), Some(2));
        assert_eq!(of(&all[..2]), Some(1));
        assert_eq!(of(&[other]), None);
        assert_eq!(of(&[all[2].clone(), certificate(signs, 30)]), Some(0), "of equals the first");
    }

    #[test]
    fn a_key_of_another_certificate_is_refused() {
        let sandbox = Sandbox::new();
        let fault = LocalSigner::new(sandbox.unit_key(), Arc::clone(&sandbox.sub)).unwrap_err();
        assert_eq!(fault.code(), Code::SignerKeyMismatch);
        assert_eq!(fault.place().path.as_deref(), Some("CN=Sub CA,O=测试财政电子认证,C=CN"));
    }
}
