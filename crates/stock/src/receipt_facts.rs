//! What the stock needs to know of a receipt in a file.

use chrono::NaiveDate;
use czei_codes::Code as _;
use czei_core::xml::{Document, Envelope, Limits, read_content};
use czei_core::{Amount, Content, Related, Report};
use czei_sm2::Sm3;

use crate::{NumberId, Past, PastState};

/// What the stock needs to know of a receipt in a file: which number it bears, what it says for
/// reconciling, and the digests by which it is told from any other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptFacts {
    /// Code and number.
    pub id: NumberId,
    /// The unit (`InvoicingPartyCode`).
    pub unit: String,
    /// The day that it states, at UTC+8.
    pub day: NaiveDate,
    /// Its total; negative on a red one.
    pub total: Amount,
    /// The business key (`BizCode`).
    pub business_key: Option<String>,
    /// The blue receipt, on a red one.
    pub reverses: Option<Related>,
    /// SM3 over the document: the file, or the XML that a PDF carries.
    pub file_sm3: [u8; 32],
    /// SM3 over `Header` and `EInvoiceData` as the unit signed them.
    pub original_sm3: [u8; 32],
}

impl ReceiptFacts {
    /// Reads a receipt without verifying it.
    ///
    /// # Errors
    /// The codes of the reader, of the envelope and of the first field that is wrong.
    ///
    /// ```
    /// use czei_core::xml::Limits;
    /// let error = czei_stock::ReceiptFacts::read(b"<a/>", &Limits::default()).unwrap_err();
    /// assert_eq!(error.code(), czei_core::Code::WrongRoot);
    /// ```
    pub fn read(bytes: &[u8], limits: &Limits) -> Result<Self, czei_core::Error> {
        let document = Document::parse(bytes, limits)?;
        let envelope = Envelope::read(&document)?;
        let reading = read_content(&document, &envelope);
        let Some(content) = reading.content else {
            let finding = reading.findings.into_iter().find(|finding| finding.severity == czei_codes::Severity::Error);
            // Content that is not there has a finding of weight error.
            let code = finding.as_ref().and_then(|finding| czei_core::Code::from_number(finding.entry.number));
            let error = czei_core::Error::new(code.unwrap_or(czei_core::Code::PartMissing));
            return Err(finding.map_or(error.clone(), |finding| error.at(finding.place)));
        };
        Ok(Self::of(&content, Sm3::digest_parts(&envelope.unit_original()), Sm3::digest(bytes)))
    }

    /// The facts of a report; none when the document's form did not pass.
    #[must_use]
    pub fn of_report(report: &Report) -> Option<Self> {
        let content = report.content.as_ref()?;
        Some(Self::of(content, report.original_sm3?, report.document_sm3))
    }

    /// What became of the number, for [`Stock::import`](crate::Stock::import): the receipt was issued.
    /// The caller has verified it.
    #[must_use]
    pub fn past<'a>(&'a self, document: &'a [u8]) -> Past<'a> {
        Past {
            unit: &self.unit,
            code: self.id.code(),
            number: self.id.number(),
            state: PastState::Issued {
                document,
                original_sm3: self.original_sm3,
                day: self.day,
                total: self.total,
                business_key: self.business_key.as_deref(),
                reverses: self.reverses,
            },
        }
    }

    fn of(content: &Content, original_sm3: [u8; 32], file_sm3: [u8; 32]) -> Self {
        ReceiptFacts {
            id: NumberId::new(content.code, content.number),
            unit: content.unit.code.as_str().to_owned(),
            day: content.issue_date.date(),
            total: content.total,
            business_key: content.biz_code.as_ref().map(|key| key.as_str().to_owned()),
            reverses: content.related,
            file_sm3,
            original_sm3,
        }
    }
}
