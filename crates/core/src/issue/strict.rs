//! Reading a document back that this library writes: the part that every state has in common.

use crate::model::Content;
use crate::verify::{Finding, content_errors};
use crate::xml::{Document, Edition, Envelope, Limits, read_content};
use crate::{Code, Error};

/// A document read strictly: its form is without error, it has as many signatures as its state needs,
/// and it is in the one spelling that is written. Whether the signatures hold is not looked at.
pub(super) struct Strict<'a> {
    pub(super) document: Document<'a>,
    pub(super) envelope: Envelope<'a>,
    pub(super) content: Content,
}

impl<'a> Strict<'a> {
    /// # Errors
    /// The reader's codes; [`Code::WrongSignatureCount`]; [`Code::ResumeRefused`] with the finding that
    /// stands against the form.
    pub(super) fn read(bytes: &'a [u8], limits: &Limits, signatures: usize) -> Result<Self, Error> {
        let document = Document::parse(bytes, limits)?;
        let envelope = Envelope::read(&document)?;
        let count = envelope.signature_count();
        if count != signatures {
            return Err(Error::new(Code::WrongSignatureCount)
                .expected(signatures.to_string())
                .found(count.to_string()));
        }
        // Only this spelling is written, and the later steps write the document around the original.
        if envelope.edition() != Edition::E2017 {
            return Err(Error::new(Code::ResumeRefused).expected("EInvoice").found("EINVOICE"));
        }
        let reading = read_content(&document, &envelope);
        refuse_errors(&reading.findings)?;
        let content = reading.content.ok_or_else(|| Error::new(Code::ResumeRefused))?;
        Ok(Strict { document, envelope, content })
    }

    /// Codes and totals, which a document read strictly can still contradict.
    ///
    /// # Errors
    /// [`Code::ResumeRefused`] with the finding.
    pub(super) fn check_content(&self) -> Result<(), Error> {
        refuse_errors(&content_errors(&self.content, &self.document, &self.envelope))
    }
}

fn refuse_errors(findings: &[Finding]) -> Result<(), Error> {
    let error = findings.iter().find(|finding| finding.severity == czei_codes::Severity::Error);
    error.map_or(Ok(()), |finding| Err(refused(finding)))
}

/// The error of a document that a finding stands against.
pub(super) fn refused(finding: &Finding) -> Error {
    Error::new(Code::ResumeRefused).at(finding.place.clone()).found(format!(
        "{} {}",
        finding.entry,
        finding.message_en()
    ))
}
