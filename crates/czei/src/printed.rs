//! PDFs as input: the document inside is verified, and the page is judged against it.

use std::io::{self, Read};

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

/// How the metadata of printed files name their kind; they are never compressed.
const KIND: &[u8] = b"<czei:kind>";

/// Whether a PDF says that this program printed it, as a receipt, a preview or a print copy. Anybody can write that: it
/// tells what may be replaced by a newer page, and nothing else.
///
/// # Errors
/// Those of reading.
///
/// ```
/// assert!(!czei::is_printed(&b"%PDF-1.7\n"[..])?);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn is_printed(mut file: impl Read) -> io::Result<bool> {
    let mut part = Vec::new();
    let mut is_first = true;
    loop {
        // What may be the beginning of the word goes before the next part.
        let kept = part.len().min(KIND.len() - 1);
        part.drain(..part.len() - kept);
        if file.by_ref().take(PART).read_to_end(&mut part)? == 0 {
            return Ok(false);
        }
        if std::mem::take(&mut is_first) && !is_pdf(&part) {
            return Ok(false);
        }
        if part.windows(KIND.len()).any(|window| window == KIND) {
            return Ok(true);
        }
    }
}

/// How much of a file is looked at at a time.
const PART: u64 = 1 << 20;

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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_was_printed_is_told_wherever_its_metadata_stand() {
        let file = |before: usize, kind: &str| [b"%PDF-1.7\n".to_vec(), vec![b' '; before], kind.into()].concat();
        let around = PART as usize - 9;
        for before in [0, around - 12, around - 11, around - 6, around - 1, around, 3 * around] {
            assert!(is_printed(file(before, "<czei:kind>receipt</czei:kind>").as_slice()).unwrap(), "{before}");
            assert!(!is_printed(file(before, "<czei:kin>").as_slice()).unwrap(), "{before}");
        }
        assert!(!is_printed(&b" %PDF-1.7\n<czei:kind>"[..]).unwrap());
        assert!(!is_printed(&b""[..]).unwrap());
    }
}
