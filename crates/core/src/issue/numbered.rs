//! Numbered: code, number, check code and time are fixed; nobody has signed.

use std::sync::Arc;

use chrono::{DateTime, FixedOffset};
use czei_pki::{Certificate, SignatureRequest, Signer};

use crate::model::{Content, Seal};
use crate::role::Role;
use crate::xml::{Limits, canonical};
use crate::{CheckCode, Code, Error, ReceiptCode, ReceiptNumber};

use super::signing::{self, MadeSignature};
use super::strict::Strict;
use super::{Draft, SignatureSettings, StepError, UnitSigned, content_of_draft};

/// What a draft gets with its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbering {
    /// The receipt code, as the source of the number names it.
    pub code: ReceiptCode,
    /// The number.
    pub number: ReceiptNumber,
    /// The check code, made by whoever builds the document.
    pub check_code: CheckCode,
    /// The issue time; written at UTC+8 whatever the offset.
    pub at: DateTime<FixedOffset>,
    /// `InvoicingPartySeal`.
    pub unit_seal: Option<Seal>,
    /// `SupervisorPartySeal`.
    pub authority_seal: Option<Seal>,
}

/// A receipt with its number, not yet signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbered {
    content: Content,
    original: Vec<u8>,
}

impl Draft {
    /// Gives the draft its number, check code and time.
    ///
    /// # Errors
    /// [`Code::NumberingCode`] when the number belongs to another receipt code,
    /// [`Code::CodeYearLater`] when the code's year lies after the issue year; the draft comes back.
    pub fn number(self, numbering: &Numbering) -> Result<Numbered, StepError<Draft>> {
        let numbered = content_of_draft::content(&self, numbering).and_then(|content| {
            let original = canonical::write_header_and_data(&content)?;
            Ok(Numbered { content, original })
        });
        numbered.map_err(|error| StepError::new(error, self))
    }
}

impl Numbered {
    /// The receipt's values.
    #[must_use]
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// What the unit signs: `Header` and `EInvoiceData`, nothing between. The same bytes, base64
    /// encoded, are `Invoice_Data` of message 8981.
    #[must_use]
    pub fn original(&self) -> &[u8] {
        &self.original
    }

    /// The document without a signature.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        canonical::write_document(&self.original, &[])
    }

    /// Takes a document without a signature up again, with all its checks.
    ///
    /// # Errors
    /// The reader's codes; [`Code::WrongSignatureCount`]; [`Code::ResumeRefused`] with the finding
    /// that stands against it.
    pub fn resume(bytes: &[u8], limits: &Limits) -> Result<Self, Error> {
        let strict = Strict::read(bytes, limits, 0)?;
        strict.check_content()?;
        let original = strict.envelope.unit_original().concat();
        Ok(Numbered { content: strict.content, original })
    }

    /// The unit signs.
    ///
    /// # Errors
    /// [`Code::SigningFailed`], [`Code::SignatureRefused`]; the numbered receipt comes back.
    pub fn sign(
        self,
        signer: &dyn Signer,
        settings: &SignatureSettings,
        at: DateTime<FixedOffset>,
    ) -> Result<UnitSigned, StepError<Numbered>> {
        let signature = signing::sign(Role::Unit, &[&self.original], signer, settings, at);
        self.signed(signature, signer.certificate())
    }

    /// The unit signs many at once; the answers stand in the order of the inputs.
    ///
    /// # Errors
    /// Per receipt as [`Numbered::sign`]. When the signer fails for the batch, each receipt comes
    /// back with that error.
    pub fn sign_many(
        batch: Vec<Numbered>,
        signer: &dyn Signer,
        settings: &SignatureSettings,
        at: DateTime<FixedOffset>,
    ) -> Vec<Result<UnitSigned, StepError<Numbered>>> {
        let certificate = signer.certificate();
        let requests = batch.iter().map(|numbered| signing::request(&[numbered.original()], signer, settings, at));
        let elements = requests.collect::<Result<Vec<_>, _>>().and_then(|requests| {
            let inputs: Vec<_> = requests.iter().map(SignatureRequest::input).collect();
            let signatures = signer.sign_batch(&inputs).map_err(|error| signing::from_pki(&error))?;
            // Fewer would drop receipts from the answer without a word.
            if signatures.len() != inputs.len() {
                let counts = Error::new(Code::SigningFailed).expected(inputs.len().to_string());
                return Err(counts.found(signatures.len().to_string()));
            }
            let element =
                |(request, signature): (&_, &_)| signing::element(Role::Unit, request, signature, certificate, at);
            Ok(requests.iter().zip(&signatures).map(element).collect::<Vec<_>>())
        });
        match elements {
            Ok(elements) => batch
                .into_iter()
                .zip(elements)
                .map(|(numbered, element)| numbered.signed(element, certificate))
                .collect(),
            Err(error) => batch.into_iter().map(|numbered| Err(StepError::new(error.clone(), numbered))).collect(),
        }
    }

    /// Takes a signature value made elsewhere (SignedData in any form, DER or r‖s), which is verified
    /// first. A signature alone becomes such a value by [`SignatureSettings::request`]; a value without
    /// Z is taken only where the form of the settings is that one.
    ///
    /// # Errors
    /// [`Code::SignatureRefused`] when it is not the certificate's signature over
    /// [`Numbered::original`]; the numbered receipt comes back.
    pub fn with_signature(
        self,
        value: &[u8],
        certificate: &Arc<Certificate>,
        settings: &SignatureSettings,
        at: DateTime<FixedOffset>,
    ) -> Result<UnitSigned, StepError<Numbered>> {
        let signature = signing::element_from_value(Role::Unit, &[&self.original], value, certificate, settings, at);
        self.signed(signature, certificate)
    }

    fn signed(
        self,
        signature: Result<MadeSignature, Error>,
        certificate: &Arc<Certificate>,
    ) -> Result<UnitSigned, StepError<Numbered>> {
        match signature {
            Ok(signature) => Ok(UnitSigned::new(self.content, self.original, signature, Arc::clone(certificate))),
            Err(error) => Err(StepError::new(error, self)),
        }
    }
}
