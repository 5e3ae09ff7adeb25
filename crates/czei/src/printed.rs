//! PDFs as input: the document inside is verified, and the page is judged against it.

use chrono::{DateTime, Utc};
use czei_core::{Check, Finding, Report, Verifier};
use czei_render::read::{PdfFile, PdfLimits};

use crate::{Code, Renderer, Result};

/// Whether a file is a PDF, by its first bytes; every other file is taken for a document.
///
/// ```
/// assert!(czei::is_pdf(b"%PDF-1.7\n"));
/// assert!(!czei::is_pdf(b"<EInvoice>"));
/// ```
#[must_use]
pub fn is_pdf(bytes: &[u8]) -> bool {
    bytes.starts_with(b"%PDF-")
}

/// The receipt's document inside a PDF, byte for byte as it was put in. Nothing about it is verified.
///
/// # Errors
/// Those of [`PdfFile`]: the file is no PDF, holds no receipt or several, or exceeds a limit.
///
/// ```
/// let error = czei::document_in_pdf(b"%PDF-1.7\n").unwrap_err();
/// assert!(matches!(error, czei::Error::Render(_)));
/// ```
pub fn document_in_pdf(bytes: &[u8]) -> Result<Vec<u8>> {
    let file = PdfFile::open(bytes, &PdfLimits::default())?;
    Ok(file.receipt_xml()?.bytes)
}

/// How far readers of PDF look for its header.
const HEADER_WITHIN: usize = 1024;

/// What stands against a document that readers of PDF would open, and show pages of that nobody judged.
pub(crate) fn hidden_pdf(bytes: &[u8]) -> Option<Finding> {
    let start = &bytes[..bytes.len().min(HEADER_WITHIN)];
    let at = start.windows(5).position(|window| window == b"%PDF-")?;
    Some(Finding::new(Check::Picture, Code::DocumentOpensAsPdf).found(format!("byte {}", at + 1)))
}

/// Verifies the document in a PDF and judges its page.
pub(crate) fn verify(core: &Verifier, renderer: Option<&Renderer>, bytes: &[u8], now: DateTime<Utc>) -> Report {
    let refused = |fault| core.without_document(bytes, Finding::from_fault(Check::Form, &fault));
    let file = match PdfFile::open(bytes, &PdfLimits::default()) {
        Ok(file) => file,
        Err(fault) => return refused(fault),
    };
    let document = match file.receipt_xml() {
        Ok(document) => document,
        Err(fault) => return refused(fault),
    };
    let report = core.verify(&document.bytes, now);
    let report = Report { file_sm3: czei_sm2::Sm3::digest(bytes), ..report };
    // Without a content there is nothing that the page could agree with; the form has failed then.
    let Some(content) = &report.content else { return report };
    let findings = match renderer {
        Some(renderer) => renderer.judge(&file, bytes, content, &document.bytes),
        None => czei_render::picture::judge(&file, content, &document.bytes, &|_| None),
    };
    core.with_check(report, Check::Picture, findings)
}
