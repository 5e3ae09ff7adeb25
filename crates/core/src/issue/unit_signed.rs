//! UnitSigned: the unit has signed; the authority has not.

use std::sync::Arc;

use chrono::{DateTime, FixedOffset, Utc};
use czei_pki::{Certificate, Signer};

use crate::model::Content;
use crate::role::Role;
use crate::verify::{Check, Finding, Status, Verifier, decode_value};
use crate::xml::{Document, Edition, Envelope, Limits, canonical};
use crate::{Code, Error};

use super::signing::{self, MadeSignature};
use super::strict::{Strict, refused};
use super::{Joining, Receipt, SignatureSettings, StepError};

/// A receipt that the unit signed.
#[derive(Debug, Clone)]
pub struct UnitSigned {
    content: Content,
    original: Vec<u8>,
    signature: MadeSignature,
    /// None when the signature was not checked here.
    certificate: Option<Arc<Certificate>>,
}

impl UnitSigned {
    pub(super) fn new(
        content: Content,
        original: Vec<u8>,
        signature: MadeSignature,
        certificate: Arc<Certificate>,
    ) -> Self {
        UnitSigned { content, original, signature, certificate: Some(certificate) }
    }

    /// The receipt's values.
    #[must_use]
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// What the unit signed.
    #[must_use]
    pub fn original(&self) -> &[u8] {
        &self.original
    }

    /// The unit's whole `Signature` element.
    #[must_use]
    pub fn signature_element(&self) -> &[u8] {
        &self.signature.element
    }

    /// The unit's certificate; none after [`UnitSigned::take_up`], which checks no signature.
    #[must_use]
    pub fn certificate(&self) -> Option<&Arc<Certificate>> {
        self.certificate.as_ref()
    }

    /// The document with the unit's signature: what goes to the authority.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        canonical::write_document(&self.original, &[&self.signature.element])
    }

    /// Takes a document that the unit signed up again, with all its checks under a policy. The
    /// verdict of such a document is indeterminate at best (the authority's signature is missing);
    /// every other required check must pass.
    ///
    /// # Errors
    /// [`Code::WrongSignatureCount`]; [`Code::ResumeRefused`] with the finding that stands against it.
    pub fn resume(bytes: &[u8], verifier: &Verifier, now: DateTime<Utc>) -> Result<Self, Error> {
        let verification = verifier.verify_parts(bytes, now);
        let report = &verification.report;
        let of_authority = [Check::AuthoritySignature, Check::AuthorityCertificate];
        for (check, status) in report.checks.iter().filter(|(check, _)| !of_authority.contains(check)) {
            let stands = status == Status::Passed || (status == Status::NotMade && !check.is_required());
            if !stands {
                return Err(match report.headline_of(check) {
                    Some(finding) => refused(finding),
                    None => Error::new(Code::ResumeRefused).found(check.name()),
                });
            }
        }
        let Some(parts) = verification.parts else { return Err(Error::new(Code::ResumeRefused)) };
        if parts.signature_count != 1 {
            return Err(Error::new(Code::WrongSignatureCount).expected("1").found(parts.signature_count.to_string()));
        }
        // Only this spelling is written, and the later steps write the document around the original.
        if parts.edition != Edition::E2017 {
            return Err(Error::new(Code::ResumeRefused).expected("EInvoice").found("EINVOICE"));
        }
        match (parts.content, parts.unit_signature, parts.unit_certificate) {
            (Some(content), Some(signature), Some(certificate)) => {
                Ok(UnitSigned::new(content, parts.original, signature, certificate))
            }
            _ => Err(Error::new(Code::ResumeRefused)),
        }
    }

    /// Takes a document up that comes from one's own store, where it came after all its checks. The
    /// document is read strictly; no signature and no certificate is checked, so that it can be handed
    /// out again and its answer accepted after its certificate expired. Nobody countersigns such a
    /// state, and for every other document [`UnitSigned::resume`] is the way.
    ///
    /// # Errors
    /// The reader's codes; [`Code::WrongSignatureCount`]; [`Code::ResumeRefused`] with the finding
    /// that stands against the form.
    ///
    /// ```
    /// use czei_core::{Code, UnitSigned, xml::Limits};
    /// let unsigned = b"<EInvoice><Header/><EInvoiceData/></EInvoice>";
    /// let error = UnitSigned::take_up(unsigned, &Limits::default()).unwrap_err();
    /// assert_eq!(error.code(), Code::WrongSignatureCount);
    /// ```
    pub fn take_up(bytes: &[u8], limits: &Limits) -> Result<Self, Error> {
        let strict = Strict::read(bytes, limits, 1)?;
        let element = strict.envelope.signature(0).ok_or_else(|| Error::new(Code::ResumeRefused))?;
        let value = decode_value(&element.value.text).map_err(|code| {
            let place = strict.document.place(element.value.node);
            refused(&Finding::new(Check::UnitSignature, code).at(place))
        })?;
        let signature = MadeSignature { element: element.element.to_vec(), value };
        let original = strict.envelope.unit_original().concat();
        Ok(UnitSigned { content: strict.content, original, signature, certificate: None })
    }

    /// What the authority signs.
    #[must_use]
    pub fn authority_original(&self, joining: Joining) -> Vec<u8> {
        joining.authority_original(&[&self.original], &self.signature.element, &self.signature.value)
    }

    /// The authority signs. It must have taken the document up by [`UnitSigned::resume`] under its
    /// own policy first, unless it made it itself.
    ///
    /// # Errors
    /// [`Code::ResumeRefused`] after [`UnitSigned::take_up`]; [`Code::SameKeySigns`], [`Code::SigningFailed`], [`Code::SignatureRefused`]; the state comes
    /// back.
    pub fn countersign(
        self,
        signer: &dyn Signer,
        settings: &SignatureSettings,
        at: DateTime<FixedOffset>,
    ) -> Result<Receipt, StepError<UnitSigned>> {
        let original = self.authority_original(settings.joining);
        let authority = self
            .other_key(signer.certificate())
            .and_then(|()| signing::sign(Role::Authority, &[&original], signer, settings, at));
        self.finish(authority)
    }

    /// Takes an authority's signature value made elsewhere, which is verified first.
    ///
    /// # Errors
    /// As [`UnitSigned::countersign`].
    pub fn with_authority_signature(
        self,
        value: &[u8],
        certificate: &Arc<Certificate>,
        settings: &SignatureSettings,
        at: DateTime<FixedOffset>,
    ) -> Result<Receipt, StepError<UnitSigned>> {
        let original = self.authority_original(settings.joining);
        let authority = self.other_key(certificate).and_then(|()| {
            signing::element_from_value(Role::Authority, &[&original], value, certificate, settings, at)
        });
        self.finish(authority)
    }

    /// Takes the authority's answer in: the finished document, or its `Signature` element alone.
    /// The answer must hold this original and this unit signature byte for byte, and the receipt
    /// must be valid under the policy.
    ///
    /// # Errors
    /// The reader's codes; [`Code::AnswerMismatch`] when the answer belongs to another document;
    /// [`Code::ResumeRefused`] with the finding against it. The state comes back.
    pub fn accept(self, answer: &[u8], verifier: &Verifier, now: DateTime<Utc>) -> Result<Receipt, StepError<Self>> {
        match self.accepted(answer, verifier, now) {
            Ok(receipt) => Ok(receipt),
            Err(error) => Err(StepError::new(error, self)),
        }
    }

    fn accepted(&self, answer: &[u8], verifier: &Verifier, now: DateTime<Utc>) -> Result<Receipt, Error> {
        let limits = &verifier.policy().limits;
        let bytes = if answer.trim_ascii_start().starts_with(b"<Signature") {
            canonical::write_document(&self.original, &[&self.signature.element, answer.trim_ascii()])
        } else {
            answer.to_vec()
        };
        let document = Document::parse(&bytes, limits)?;
        let envelope = Envelope::read(&document)?;
        let same_original = envelope.unit_original().concat() == self.original;
        let same_signature = envelope.signature(0).is_some_and(|signature| signature.element == self.signature.element);
        if !same_original || !same_signature {
            return Err(Error::new(Code::AnswerMismatch));
        }
        Receipt::resume(&bytes, verifier, now)
    }

    fn other_key(&self, certificate: &Certificate) -> Result<(), Error> {
        let Some(own) = &self.certificate else {
            return Err(Error::new(Code::ResumeRefused).found(Check::UnitSignature.name()));
        };
        if certificate.has_same_key(own) {
            return Err(Error::new(Code::SameKeySigns));
        }
        Ok(())
    }

    fn finish(self, authority: Result<MadeSignature, Error>) -> Result<Receipt, StepError<UnitSigned>> {
        match authority {
            Ok(authority) => {
                let bytes = canonical::write_document(&self.original, &[&self.signature.element, &authority.element]);
                Ok(Receipt::new(self.content, bytes))
            }
            Err(error) => Err(StepError::new(error, self)),
        }
    }
}
