//! Receipt: both have signed.

use chrono::{DateTime, Utc};

use crate::model::Content;
use crate::verify::{Verdict, Verifier};
use crate::xml::Limits;
use crate::{Code, Error};

use super::strict::{Strict, refused};

/// A finished receipt: signed by the unit and by the authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    content: Content,
    bytes: Vec<u8>,
}

impl Receipt {
    pub(super) fn new(content: Content, bytes: Vec<u8>) -> Self {
        Receipt { content, bytes }
    }

    /// The receipt's values.
    #[must_use]
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// The document, byte for byte as it was made or came in.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.bytes.clone()
    }

    /// The document without copying it.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Takes a receipt up again: it must be valid under the policy.
    ///
    /// # Errors
    /// [`Code::ResumeRefused`] with the headline of the verifier's report.
    pub fn resume(bytes: &[u8], verifier: &Verifier, now: DateTime<Utc>) -> Result<Self, Error> {
        let verification = verifier.verify_parts(bytes, now);
        if verification.report.verdict != Verdict::Valid {
            return Err(match verification.report.headline() {
                Some(finding) => refused(finding),
                None => Error::new(Code::ResumeRefused),
            });
        }
        let content = verification.parts.and_then(|parts| parts.content);
        let content = content.ok_or_else(|| Error::new(Code::ResumeRefused))?;
        Ok(Receipt { content, bytes: bytes.to_vec() })
    }

    /// Takes a receipt up that comes from one's own store, where it came after all its checks. The
    /// document is read strictly; no signature and no certificate is checked, so that a receipt can be
    /// handed out again long after its certificates expired. For every other document
    /// [`Receipt::resume`] is the way.
    ///
    /// # Errors
    /// The reader's codes; [`Code::WrongSignatureCount`]; [`Code::ResumeRefused`] with the finding
    /// that stands against the form.
    ///
    /// ```
    /// use czei_core::{Code, Receipt, xml::Limits};
    /// let unsigned = b"<EInvoice><Header/><EInvoiceData/></EInvoice>";
    /// let error = Receipt::take_up(unsigned, &Limits::default()).unwrap_err();
    /// assert_eq!(error.code(), Code::WrongSignatureCount);
    /// ```
    pub fn take_up(bytes: &[u8], limits: &Limits) -> Result<Self, Error> {
        let strict = Strict::read(bytes, limits, 2)?;
        Ok(Receipt { content: strict.content, bytes: bytes.to_vec() })
    }
}
