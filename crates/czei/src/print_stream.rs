//! Many receipts to print, in order, on all processors, in constant memory.

use std::borrow::Cow;
use std::sync::Arc;

use czei_codes::Code as _;
use czei_core::{Receipt, Report, Verdict};

use crate::in_order::InOrder;
use crate::{Code, Renderer, Result, Verifier, printed};

/// What a receipt must have shown before it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Printable {
    /// It is valid under the verifier's policy.
    Valid,
    /// Nothing stands against it: both have signed, and no check failed. Whether the signers are to be trusted may be
    /// open, as it is without a policy.
    NotRefuted,
}

impl Printable {
    /// Whether a report meets this.
    fn is_met_by(self, report: &Report) -> bool {
        match self {
            Printable::Valid => report.verdict == Verdict::Valid,
            Printable::NotRefuted => report.verdict != Verdict::Invalid,
        }
    }
}

/// A printed receipt of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// The receipt.
    pub receipt: Receipt,
    /// The PDF.
    pub pdf: Vec<u8>,
}

/// How many receipts go to a thread at a time: printing takes longer than verifying.
const PARCEL: usize = 8;

impl Renderer {
    /// Verifies and prints a stream of receipts on several threads. `items` are documents, or PDFs that carry theirs.
    /// `threads` and memory as in [`Verifier::verify_stream`].
    ///
    /// A receipt that does not meet `printable` comes back as [`Code::PrintRefused`] with the finding against it.
    pub fn render_stream<K, I>(
        &self,
        verifier: &Verifier,
        printable: Printable,
        items: I,
        threads: usize,
    ) -> InOrder<K, I::IntoIter, Result<Printed>>
    where
        I: IntoIterator<Item = (K, Vec<u8>)>,
    {
        let (renderer, verifier, now) = (self.clone(), verifier.clone(), verifier.now());
        let work = move |files: &[Vec<u8>]| {
            let receipts = verifier.receipts(files, printable, now);
            let print = |receipt: Result<Receipt>| {
                let receipt = receipt?;
                Ok(Printed { pdf: renderer.render(&receipt)?, receipt })
            };
            receipts.into_iter().map(print).collect()
        };
        InOrder::new(items.into_iter(), threads, PARCEL, Arc::new(work))
    }
}

impl Verifier {
    /// Verifies a stream as [`Verifier::verify_stream`], and gives the receipts that meet `printable`: for
    /// [`Renderer::print_copy`].
    pub fn receipt_stream<K, I>(
        &self,
        printable: Printable,
        items: I,
        threads: usize,
    ) -> InOrder<K, I::IntoIter, Result<Receipt>>
    where
        I: IntoIterator<Item = (K, Vec<u8>)>,
    {
        let (verifier, now) = (self.clone(), self.now());
        let work = Arc::new(move |files: &[Vec<u8>]| verifier.receipts(files, printable, now));
        InOrder::new(items.into_iter(), threads, usize::MAX, work)
    }

    /// The receipts in files; a PDF counts by its document, because its page is about to be made anew.
    fn receipts(
        &self,
        files: &[Vec<u8>],
        printable: Printable,
        now: chrono::DateTime<chrono::Utc>,
    ) -> Vec<Result<Receipt>> {
        let documents = files.iter().map(|file| match printed::is_pdf(file) {
            true => printed::document_in_pdf(file).map(Cow::Owned),
            false => Ok(Cow::Borrowed(file.as_slice())),
        });
        let documents: Vec<Result<Cow<'_, [u8]>>> = documents.collect();
        let good: Vec<_> = documents.iter().flatten().map(AsRef::as_ref).collect();
        let mut reports = self.core().verify_many(&good, now).into_iter();
        let mut receipt = |document: Result<Cow<'_, [u8]>>| {
            let document = document?;
            // There is a report to each document.
            let report = reports.next().ok_or(Code::PrintRefused)?;
            if !printable.is_met_by(&report) {
                let (entry, _, _) = report.headline_text();
                let place = report.headline().map(|finding| finding.place.clone()).unwrap_or_default();
                return Err(Code::PrintRefused.fault().found(entry.id()).at(place).into());
            }
            Ok(Receipt::take_up(&document, &self.policy().limits)?)
        };
        documents.into_iter().map(&mut receipt).collect()
    }
}
