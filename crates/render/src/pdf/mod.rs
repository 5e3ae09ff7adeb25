//! Pages as PDF/A-3 files (ISO 19005-3 level B over ISO 32000-1): single receipts, and many in one file.
//!
//! [`Prepared`] holds what is the same in every file of a template: fonts for its captions, the colour profile and
//! seals, compressed once. [`Document`] is one file; [`MergedWriter`] writes one after the other as they come.
//! The same pages, fonts and values give the same bytes: there is no clock, no random identifier, and no float but
//! in the numbers handed to the object writer.

use czei_codes::Code as _;

use crate::page::{Mark, Page};
use crate::{Code, Error};

mod artwork;
mod attachment;
mod body;
mod content;
mod document;
mod file;
mod fonts;
mod icc;
mod merged;
mod metadata;
mod number;
mod prepared;
mod qr;
#[cfg(test)]
mod tests;
mod tree;

pub use attachment::Attachment;
pub use document::Document;
pub use merged::{Merged, MergedWriter};
pub(crate) use metadata::hex;
pub use prepared::Prepared;

/// What a file is, as its metadata say (`czei:kind`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The printed receipt, with its XML inside: `receipt`.
    Receipt,
    /// A picture of what is not signed yet: `preview`. It carries neither XML nor QR.
    Preview,
    /// Pages of receipts arranged for paper or gathered in one file: `print-copy`.
    PrintCopy,
}

impl Kind {
    /// The word in the metadata.
    ///
    /// ```
    /// assert_eq!(czei_render::pdf::Kind::PrintCopy.name(), "print-copy");
    /// ```
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Receipt => "receipt",
            Kind::Preview => "preview",
            Kind::PrintCopy => "print-copy",
        }
    }

    /// A preview must not pass for a receipt.
    fn check(self, pages: &[Page], attachment: Option<&Attachment<'_>>) -> Result<(), Error> {
        if self != Kind::Preview {
            return Ok(());
        }
        if let Some(attachment) = attachment {
            return Err(Code::PdfPreview.fault().found(attachment.name));
        }
        let with_qr = pages.iter().position(|page| page.marks.iter().any(|mark| matches!(mark, Mark::Qr { .. })));
        match with_qr {
            Some(index) => Err(Code::PdfPreview.fault().found("QR").at_path(format!("page[{}]", index + 1))),
            None => Ok(()),
        }
    }
}

/// The template that laid the pages out, for the metadata.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin<'a> {
    /// Its name (`czei:template`).
    pub template: &'a str,
    /// What else the page depends on, beside fonts: addresses, parameters, seals; SM3 (`czei:settingsDigest`).
    pub settings: [u8; 32],
    /// Its digest, SM3 (`czei:templateDigest`).
    pub digest: [u8; 32],
}

/// How pages lie on sheets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Sheets {
    /// A sheet of its own size for each page.
    #[default]
    Single,
    /// Two on a sheet of A4 upright, each at its full size in the middle of its half, with a line to cut along.
    /// Pages follow one another in their order, so that a receipt of one page shares its sheet with the next.
    TwoOnA4,
}
