//! How much of a PDF file is read before it is refused.

use std::cell::Cell;

use czei_codes::Code as _;

use crate::{Code, Error};

/// The limits of the reader. Each is checked before the memory is used.
///
/// A receipt of 999 items, each as long as may be, takes some thousand pages and is below all of them.
///
/// ```
/// use czei_render::read::PdfLimits;
/// let limits = PdfLimits { file_bytes: 1 << 20, ..PdfLimits::default() };
/// assert_eq!(limits.pages, 20_000);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PdfLimits {
    /// Bytes of the file; 64 MiB.
    pub file_bytes: usize,
    /// Indirect objects; 100,000.
    pub objects: usize,
    /// Values in all objects together, an array's elements and a dictionary's keys each counted; 2,000,000.
    pub values: usize,
    /// Arrays and dictionaries within each other, and nodes of a tree; 32.
    pub depth: usize,
    /// Cross-reference sections; 64.
    pub sections: usize,
    /// Bytes of one stream after decompression; 32 MiB.
    pub stream_bytes: usize,
    /// Bytes of all streams together after decompression, each counted as often as it is read; 256 MiB.
    pub total_bytes: usize,
    /// Pages; 20,000.
    pub pages: usize,
    /// Embedded files; 2,000.
    pub files: usize,
    /// Bytes of an embedded file's name; 1,000.
    pub name_bytes: usize,
    /// Operators of all content streams together; 20,000,000.
    pub operators: usize,
    /// Characters of all pages together, each counted as often as it is shown; 4,000,000.
    pub characters: usize,
    /// What all pages paint together: pieces of text, images, filled paths, and each four areas of a path, counted as
    /// often as they are painted; 1,000,000.
    pub marks: usize,
    /// Comparisons over all pages together: of text with what is painted over it, of names with the resources of a
    /// page; 200,000,000.
    pub comparisons: usize,
    /// Pixels, and modules that they might be, of all images that are searched for QR codes; 64 million.
    pub pixels: usize,
}

impl Default for PdfLimits {
    fn default() -> Self {
        PdfLimits {
            file_bytes: 64 << 20,
            objects: 100_000,
            values: 2_000_000,
            depth: 32,
            sections: 64,
            stream_bytes: 32 << 20,
            total_bytes: 256 << 20,
            pages: 20_000,
            files: 2_000,
            name_bytes: 1_000,
            operators: 20_000_000,
            characters: 4_000_000,
            marks: 1_000_000,
            comparisons: 200_000_000,
            pixels: 64_000_000,
        }
    }
}

/// What is left of the limits that count over the whole file.
#[derive(Debug)]
pub(super) struct Budget {
    values: Cell<usize>,
    bytes: Cell<usize>,
    operators: Cell<usize>,
    characters: Cell<usize>,
    marks: Cell<usize>,
    comparisons: Cell<usize>,
    pixels: Cell<usize>,
    comment: Cell<Option<usize>>,
}

impl Budget {
    pub(super) fn new(limits: &PdfLimits) -> Self {
        Budget {
            values: Cell::new(limits.values),
            bytes: Cell::new(limits.total_bytes),
            operators: Cell::new(limits.operators),
            characters: Cell::new(limits.characters),
            marks: Cell::new(limits.marks),
            comparisons: Cell::new(limits.comparisons),
            pixels: Cell::new(limits.pixels),
            comment: Cell::new(None),
        }
    }

    /// Takes one value.
    pub(super) fn value(&self) -> Result<(), Error> {
        take(&self.values, 1, Code::PdfTooManyObjects)
    }

    /// How many bytes may still come out of streams.
    pub(super) fn bytes_left(&self) -> usize {
        self.bytes.get()
    }

    /// Takes bytes that came out of a stream.
    pub(super) fn bytes(&self, count: usize) -> Result<(), Error> {
        take(&self.bytes, count, Code::PdfInflatesTooFar)
    }

    /// Takes one operator of a content stream.
    pub(super) fn operator(&self) -> Result<(), Error> {
        take(&self.operators, 1, Code::PdfTooMuchContent)
    }

    /// Takes characters that are shown.
    pub(super) fn characters(&self, count: usize) -> Result<(), Error> {
        take(&self.characters, count, Code::PdfTooMuchContent)
    }

    /// Takes what is painted.
    pub(super) fn marks(&self, count: usize) -> Result<(), Error> {
        take(&self.marks, count, Code::PdfTooMuchContent)
    }

    /// Takes comparisons.
    pub(super) fn comparisons(&self, count: usize) -> Result<(), Error> {
        take(&self.comparisons, count, Code::PdfTooMuchContent)
    }

    /// Takes pixels of an image, or modules of what may be a code.
    pub(super) fn pixels(&self, count: usize) -> Result<(), Error> {
        take(&self.pixels, count, Code::PdfTooMuchContent)
    }

    /// Notes that a comment stands within an object or cross-reference data.
    pub(super) fn note_comment(&self, at: usize) {
        if self.comment.get().is_none() {
            self.comment.set(Some(at));
        }
    }

    /// The first comment that was noted.
    pub(super) fn first_comment(&self) -> Option<usize> {
        self.comment.get()
    }
}

fn take(cell: &Cell<usize>, count: usize, code: Code) -> Result<(), Error> {
    match cell.get().checked_sub(count) {
        Some(left) => {
            cell.set(left);
            Ok(())
        }
        None => {
            cell.set(0);
            Err(code.fault())
        }
    }
}
