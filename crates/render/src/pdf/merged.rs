//! Many receipts in one file, written as they come.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset};
use czei_codes::Code as _;
use pdf_writer::{Finish, Name, Ref, TextStr};

use super::body::{Body, Closing, Place};
use super::file::File;
use super::metadata::{Metadata, plain};
use super::number::points;
use super::{Attachment, Kind, Origin, Prepared, Sheets, tree};
use crate::page::Page;
use crate::{Code, Error};

/// What a merged file says about itself.
#[derive(Debug, Clone, Copy)]
pub struct Merged<'a> {
    /// The title that readers show.
    pub title: &'a str,
    /// What it is: [`Kind::PrintCopy`], or [`Kind::Preview`] for drafts.
    pub kind: Kind,
    /// The date of the file and of its attachments: that of the last receipt, say. `None` leaves dates out.
    pub made: Option<DateTime<FixedOffset>>,
    /// The template, where all receipts have the same.
    pub template: Option<Origin<'a>>,
    /// How the pages lie on sheets.
    pub sheets: Sheets,
}

/// Writes receipts one after the other into one PDF/A-3 file with a bookmark for each.
///
/// Fonts and seals that all share are written once, and nothing of a receipt stays in memory but its name and the
/// places of its objects, about 300 bytes. Each receipt's XML is attached to the page where it begins.
///
/// After an error of the output the file is of no use; after any other the receipt in question is not in it, and
/// the next can be added.
pub struct MergedWriter<W: Write> {
    body: Body<Arc<Prepared>, W>,
    metadata: Metadata,
    kind: Kind,
    made: Option<DateTime<FixedOffset>>,
    /// Attachments by their names.
    files: BTreeMap<String, Ref>,
    outline: Option<Outline>,
}

/// The bookmarks: the last one is written when its successor is known.
struct Outline {
    root: Ref,
    first: Ref,
    count: i32,
    last: Bookmark,
}

struct Bookmark {
    id: Ref,
    previous: Option<Ref>,
    title: String,
    place: Place,
}

impl<W: Write> MergedWriter<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// [`Code::PdfOutput`] where the output refuses.
    pub fn new(out: W, prepared: Arc<Prepared>, merged: &Merged<'_>) -> Result<Self, Error> {
        let Merged { title, kind, made, template, sheets } = *merged;
        let metadata = Metadata::new(title, kind, made, template, prepared.fonts.digest());
        Ok(MergedWriter {
            body: Body::begin(out, prepared, sheets)?,
            metadata,
            kind,
            made,
            files: BTreeMap::new(),
            outline: None,
        })
    }

    /// Adds a receipt under a bookmark, `32010125-0013933922`. The names of attachments differ from one another:
    /// `32010125-0013933922.xml`.
    ///
    /// # Errors
    /// Those of [`Document::write`](super::Document::write); [`Code::PdfAttachmentTwice`] for a name that is there
    /// already; [`Code::PdfOutput`] where the output refuses.
    pub fn add(&mut self, bookmark: &str, pages: &[Page], attachment: Option<&Attachment<'_>>) -> Result<(), Error> {
        self.kind.check(pages, attachment)?;
        self.body.check(pages)?;
        let mut file = None;
        if let Some(attachment) = attachment {
            attachment.check()?;
            if self.files.contains_key(attachment.name) {
                return Err(Code::PdfAttachmentTwice.fault().found(attachment.name));
            }
            file = Some(self.body.file.reserve()?);
        }
        let place = self.body.receipt(pages, file)?;
        if let (Some(attachment), Some(file)) = (attachment, file) {
            attachment.write(file, self.made, &mut self.body.file)?;
            self.files.insert(attachment.name.to_owned(), file);
        }
        // There is a page, so there is a place.
        match place {
            Some(place) => self.bookmark(plain(bookmark), place),
            None => Ok(()),
        }
    }

    /// Writes what remains, and gives the output back, flushed.
    ///
    /// # Errors
    /// [`Code::PdfNoPage`] where nothing was added; [`Code::PdfOutput`] where the output refuses.
    pub fn finish(mut self) -> Result<W, Error> {
        let mut closing = Closing::default();
        if let Some(outline) = self.outline.take() {
            outline.last.write(outline.root, None, &mut self.body.file)?;
            self.body.file.put(outline.root, |chunk| {
                chunk.outline(outline.root).first(outline.first).last(outline.last.id).count(outline.count);
            })?;
            closing.outline = Some(outline.root);
        }
        if !self.files.is_empty() {
            let files = std::mem::take(&mut self.files);
            closing.files = Some(tree::write_names(files.into_iter(), &mut self.body.file)?);
        }
        self.body.finish(&self.metadata, &closing)
    }

    fn bookmark(&mut self, title: String, place: Place) -> Result<(), Error> {
        let file = &mut self.body.file;
        let id = file.reserve()?;
        match &mut self.outline {
            None => {
                let last = Bookmark { id, previous: None, title, place };
                self.outline = Some(Outline { root: file.reserve()?, first: id, count: 1, last });
            }
            Some(outline) => {
                outline.last.write(outline.root, Some(id), file)?;
                outline.last = Bookmark { id, previous: Some(outline.last.id), title, place };
                outline.count += 1;
            }
        }
        Ok(())
    }
}

impl Bookmark {
    fn write<W: Write>(&self, root: Ref, next: Option<Ref>, file: &mut File<W>) -> Result<(), Error> {
        file.put(self.id, |chunk| {
            let mut item = chunk.outline_item(self.id);
            item.title(TextStr(&self.title)).parent(root);
            if let Some(previous) = self.previous {
                item.prev(previous);
            }
            if let Some(next) = next {
                item.next(next);
            }
            // To the upper edge of the receipt; the reader's zoom stays.
            let mut destination = item.insert(Name(b"Dest")).array();
            destination.item(self.place.sheet).item(Name(b"XYZ")).item(pdf_writer::Null);
            destination.item(points(self.place.top)).item(pdf_writer::Null);
            destination.finish();
        })
    }
}
