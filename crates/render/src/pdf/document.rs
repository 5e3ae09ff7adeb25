//! One receipt as one file.

use chrono::{DateTime, FixedOffset};

use super::body::{Body, Closing};
use super::metadata::Metadata;
use super::{Attachment, Kind, Origin, Prepared, Sheets, tree};
use crate::Error;
use crate::page::Page;

/// A file to be: its pages and what it says about itself.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// The pages, at least one.
    pub pages: &'a [Page],
    /// The title that readers show, as `江苏省非税收入统一票据（电子） 32010125-0013933922`.
    pub title: &'a str,
    /// What it is.
    pub kind: Kind,
    /// The receipt's time of issue, which is the date of everything in the file; `None` leaves dates out.
    pub made: Option<DateTime<FixedOffset>>,
    /// The template of the pages.
    pub template: Option<Origin<'a>>,
    /// The receipt's XML; never with a preview.
    pub attachment: Option<Attachment<'a>>,
    /// How the pages lie on sheets.
    pub sheets: Sheets,
}

impl Document<'_> {
    /// The file as bytes: the same for the same values, pages and fonts.
    ///
    /// # Errors
    /// [`Code::PdfPreview`](crate::Code::PdfPreview), [`Code::PdfNoPage`](crate::Code::PdfNoPage),
    /// [`Code::PdfPageSize`](crate::Code::PdfPageSize), [`Code::PdfImage`](crate::Code::PdfImage),
    /// [`Code::PdfAttachmentName`](crate::Code::PdfAttachmentName), [`Code::PdfTooLarge`](crate::Code::PdfTooLarge),
    /// and those of the fonts.
    pub fn write(&self, prepared: &Prepared) -> Result<Vec<u8>, Error> {
        self.kind.check(self.pages, self.attachment.as_ref())?;
        // Most receipts stay below what is prepared and half as much again.
        let out = Vec::with_capacity(prepared.size() + prepared.size() / 2);
        let mut body = Body::begin(out, prepared, self.sheets)?;
        body.check(self.pages)?;
        let mut closing = Closing::default();
        if let Some(attachment) = &self.attachment {
            attachment.check()?;
            let file = body.file.reserve()?;
            attachment.write(file, self.made, &mut body.file)?;
            closing.associated = Some(file);
            closing.files = Some(tree::write_names([(attachment.name, file)].into_iter(), &mut body.file)?);
        }
        body.receipt(self.pages, None)?;
        let metadata = Metadata::new(self.title, self.kind, self.made, self.template, prepared.fonts.digest());
        body.finish(&metadata, &closing)
    }
}
