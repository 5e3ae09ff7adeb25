//! A key behind a function of the caller's.

use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use czei_codes::Code as _;
use czei_pki::{Certificate, Signer, SigningInput};
use czei_sm2::{Message, Signature};

use crate::{Code, Error, as_pki};

type Callback = dyn Fn(&SigningInput<'_>) -> Result<Signature, String> + Send + Sync;

/// A signer that asks a function in this process: the door to whatever holds the key. Several threads may
/// call the function at once.
///
/// A signature is used only when it verifies under the certificate. A panic of the function ends there and
/// becomes an error, where panics unwind; its message goes to the process's panic hook as ever.
///
/// ```
/// # use czei_pki::{CertificateTemplate, Name, Signer, SigningInput};
/// # let key = czei_sm2::SigningKey::generate().unwrap();
/// # let template = CertificateTemplate {
/// #     subject: Name::parse_rfc4514("CN=示例单位,C=CN").unwrap(), serial: vec![1],
/// #     not_before: "2026-01-01T00:00:00Z".parse().unwrap(),
/// #     not_after: "2036-01-01T00:00:00Z".parse().unwrap(),
/// #     ca: None, key_usage: None, extensions: vec![],
/// # };
/// # let certificate = std::sync::Arc::new(template.self_sign(&key).unwrap());
/// use czei_remote::CallbackSigner;
/// use czei_sm2::{Message, UserId};
///
/// let device = move |input: &SigningInput<'_>| key.sign(Message::Digest(input.digest()));
/// let signer = CallbackSigner::new(certificate, device)?;
/// let parts: [&[u8]; 1] = [b"content"];
/// let input = SigningInput::new(signer.certificate(), &UserId::DEFAULT, &parts).unwrap();
/// signer.sign(&input).unwrap();
/// # Ok::<(), czei_remote::Error>(())
/// ```
pub struct CallbackSigner {
    certificate: Arc<Certificate>,
    callback: Box<Callback>,
}

impl CallbackSigner {
    /// A signer from the certificate and the function that signs with its key. What the function says of
    /// its errors stands in ours, cut to 200 characters: it must hold no secret.
    ///
    /// # Errors
    /// [`Code::NoCertificate`] when the certificate has no SM2 key.
    pub fn new<E: Display>(
        certificate: Arc<Certificate>,
        callback: impl Fn(&SigningInput<'_>) -> Result<Signature, E> + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        usable(&certificate)?;
        // The text is made inside the boundary too: Display is code of the caller's.
        let callback = move |input: &SigningInput<'_>| callback(input).map_err(|error| error.to_string());
        Ok(CallbackSigner { certificate, callback: Box::new(callback) })
    }

    /// As [`Signer::sign`], with the error of this crate.
    ///
    /// # Errors
    /// [`Code::CallbackFailed`], [`Code::CallbackPanicked`]; [`Code::SignatureWrong`] when the signature does
    /// not verify.
    pub fn try_sign(&self, input: &SigningInput<'_>) -> Result<Signature, Error> {
        let answer = catch_unwind(AssertUnwindSafe(|| (self.callback)(input))).map_err(|payload| {
            // Its drop is code of the caller's, which may panic again.
            std::mem::forget(payload);
            Code::CallbackPanicked.fault()
        })?;
        let signature = answer.map_err(|text| Code::CallbackFailed.fault().found(cut(&text)))?;
        let key = self.certificate.prepared_key().map_err(|fault| unusable(&fault))?;
        let verified = key.verify(Message::Digest(input.digest()), &signature);
        verified.map_err(|_| Code::SignatureWrong.fault().at_path(self.certificate.subject().to_rfc4514()))?;
        Ok(signature)
    }
}

impl Signer for CallbackSigner {
    fn certificate(&self) -> &Arc<Certificate> {
        &self.certificate
    }

    fn sign(&self, input: &SigningInput<'_>) -> Result<Signature, czei_pki::Error> {
        self.try_sign(input).map_err(|error| as_pki(&error))
    }
}

impl std::fmt::Debug for CallbackSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CallbackSigner")
            .field("subject", &self.certificate.subject().to_rfc4514())
            .finish_non_exhaustive()
    }
}

/// A callback's text may be Chinese, but is one line.
fn cut(text: &str) -> String {
    text.chars().take(crate::line::MAX_TEXT).map(|c| if c.is_control() { '?' } else { c }).collect()
}

pub(crate) fn usable(certificate: &Certificate) -> Result<(), Error> {
    certificate.prepared_key().map(|_| ()).map_err(|fault| unusable(&fault))
}

pub(crate) fn unusable(fault: &czei_pki::Error) -> Error {
    Code::NoCertificate.fault().found(format!("{} {}", fault.entry(), fault.message_en()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::test_key::{certificate, key};
    use czei_sm2::UserId;

    fn told(signer: &CallbackSigner) -> (Code, Option<String>) {
        let parts: [&[u8]; 1] = [b"content"];
        let input = SigningInput::new(signer.certificate(), &UserId::DEFAULT, &parts).unwrap();
        let error = signer.try_sign(&input).unwrap_err();
        let as_signer = signer.sign(&input).unwrap_err();
        assert_eq!(as_signer.code(), czei_pki::Code::SigningFailed);
        assert!(as_signer.found_text().unwrap().starts_with(&error.entry().to_string()), "{as_signer}");
        (error.code(), error.found_text().map(str::to_owned))
    }

    #[test]
    fn what_the_callback_answers_is_verified() {
        let parts: [&[u8]; 1] = [b"content"];
        let good = |input: &SigningInput<'_>| key(1).sign(Message::Digest(input.digest()));
        let signer = CallbackSigner::new(certificate(1), good).unwrap();
        let input = SigningInput::new(signer.certificate(), &UserId::DEFAULT, &parts).unwrap();
        signer.sign_batch(&[input, input]).unwrap();
        let other_key = |input: &SigningInput<'_>| key(2).sign(Message::Digest(input.digest()));
        assert_eq!(told(&CallbackSigner::new(certificate(1), other_key).unwrap()), (Code::SignatureWrong, None));
        let other_digest = |_: &SigningInput<'_>| key(1).sign(Message::Digest(&[7; 32]));
        assert_eq!(told(&CallbackSigner::new(certificate(1), other_digest).unwrap()), (Code::SignatureWrong, None));
    }

    #[test]
    fn errors_and_panics_of_the_callback_end_there() {
        let fails = |_: &SigningInput<'_>| Err::<Signature, _>("设备\n未连接");
        let told_fails = told(&CallbackSigner::new(certificate(1), fails).unwrap());
        assert_eq!(told_fails, (Code::CallbackFailed, Some("设备?未连接".to_owned())));
        let long = |_: &SigningInput<'_>| Err::<Signature, _>("长".repeat(1000));
        let found = told(&CallbackSigner::new(certificate(1), long).unwrap()).1.unwrap();
        assert_eq!(found.chars().count(), 200);

        struct Bomb;
        impl Drop for Bomb {
            fn drop(&mut self) {
                panic!("while dropping the message of a panic");
            }
        }
        fn explodes(_: &SigningInput<'_>) -> Result<Signature, String> {
            std::panic::panic_any(Bomb)
        }
        assert_eq!(told(&CallbackSigner::new(certificate(1), explodes).unwrap()), (Code::CallbackPanicked, None));
        struct BadText;
        impl Display for BadText {
            fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                panic!("while writing the error")
            }
        }
        let bad_text = |_: &SigningInput<'_>| Err::<Signature, _>(BadText);
        assert_eq!(told(&CallbackSigner::new(certificate(1), bad_text).unwrap()), (Code::CallbackPanicked, None));
    }
}
