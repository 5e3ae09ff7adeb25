//! Who signs: a key here, or a device elsewhere.

use std::sync::Arc;

use czei_codes::Code as _;
use czei_sm2::{Message, Signature, SigningKey, sign_batch};

use crate::{Certificate, Code, Error};

/// A holder of a private key: a key in memory, a hardware module, a signing server.
///
/// What is signed is always the digest `e = SM3(Z || message)` (GB/T 32918.2-2016, 6.1): whoever
/// asks computes it with the key of [`Signer::certificate`] and verifies the answer before using
/// it.
///
/// ```
/// use czei_pki::{Certificate, Error, Signer};
/// use czei_sm2::Signature;
/// use std::sync::Arc;
///
/// struct Device { certificate: Arc<Certificate> }
///
/// impl Signer for Device {
///     fn certificate(&self) -> &Arc<Certificate> {
///         &self.certificate
///     }
///     fn sign_digest(&self, e: &[u8; 32]) -> Result<Signature, Error> {
///         # let _ = e;
///         Err(czei_pki::Code::SigningFailed.into()) // no device connected
///     }
/// }
/// ```
pub trait Signer: Send + Sync {
    /// The certificate that belongs to the key.
    fn certificate(&self) -> &Arc<Certificate>;

    /// Signs a digest e.
    ///
    /// # Errors
    /// [`Code::SigningFailed`] when no signature could be made.
    fn sign_digest(&self, e: &[u8; 32]) -> Result<Signature, Error>;

    /// Signs several digests, all or none: exactly one signature for each, in their order. By
    /// default one after the other.
    ///
    /// # Errors
    /// The first error.
    fn sign_digests(&self, digests: &[[u8; 32]]) -> Result<Vec<Signature>, Error> {
        digests.iter().map(|e| self.sign_digest(e)).collect()
    }
}

/// A private key in this process with its certificate.
#[derive(Debug)]
pub struct LocalSigner {
    key: SigningKey,
    certificate: Arc<Certificate>,
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
        Ok(LocalSigner { key, certificate })
    }
}

impl Signer for LocalSigner {
    fn certificate(&self) -> &Arc<Certificate> {
        &self.certificate
    }

    fn sign_digest(&self, e: &[u8; 32]) -> Result<Signature, Error> {
        self.key.sign(Message::Digest(e)).map_err(failed)
    }

    fn sign_digests(&self, digests: &[[u8; 32]]) -> Result<Vec<Signature>, Error> {
        let messages: Vec<_> = digests.iter().map(Message::Digest).collect();
        sign_batch(&self.key, &messages).map_err(failed)
    }
}

pub(crate) fn failed(error: czei_sm2::Error) -> Error {
    Code::SigningFailed.fault().found(error.entry().name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::test_certificates::Sandbox;

    #[test]
    fn a_signer_signs_what_its_certificate_verifies() {
        let sandbox = Sandbox::new();
        let signer = LocalSigner::new(sandbox.unit_key(), Arc::clone(&sandbox.unit)).unwrap();
        let key = signer.certificate().verifying_key().unwrap();
        let digests = [[1; 32], [2; 32], [3; 32]];
        let mut signatures = signer.sign_digests(&digests).unwrap();
        signatures.push(signer.sign_digest(&digests[0]).unwrap());
        for (e, signature) in digests.iter().chain([&digests[0]]).zip(&signatures) {
            key.verify(Message::Digest(e), signature).unwrap();
        }
        assert_eq!(signatures.len(), 4);
    }

    #[test]
    fn a_key_of_another_certificate_is_refused() {
        let sandbox = Sandbox::new();
        let fault = LocalSigner::new(sandbox.unit_key(), Arc::clone(&sandbox.sub)).unwrap_err();
        assert_eq!(fault.code(), Code::SignerKeyMismatch);
        assert_eq!(fault.place().path.as_deref(), Some("CN=Sub CA,O=测试财政电子认证,C=CN"));
    }
}
