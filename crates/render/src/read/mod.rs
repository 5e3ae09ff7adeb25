//! Reading PDF files, ours and those of others: what is embedded, what the pages say, and what is there besides.
//!
//! The reader is our own. It refuses where lenient readers repair, because what one reader repairs another shows
//! otherwise; it reads each object once, bounded by [`PdfLimits`], and keeps account of all bytes of the file, so that
//! it can say what was added or left over. It opens nothing outside the bytes that it was given.

mod alike;
mod content;
mod embedded;
mod extras;
mod file;
mod filter;
mod lexer;
mod limits;
mod object;
mod page_tree;
mod qr_codes;
mod updates;
mod xmp;
mod xref;

#[cfg(test)]
pub(crate) mod make;
#[cfg(test)]
mod tests;

pub use content::{Hidden, PageText, TextPiece};
pub use embedded::{EmbeddedFile, Reached};
pub use extras::{Extra, ExtraKind};
pub use file::PdfFile;
pub use limits::PdfLimits;
pub use qr_codes::{QrCode, QrReading};
pub use updates::Updates;
pub use xmp::Hints;

pub(crate) use content::PageContent;

/// Takes any bytes through all of the reader: for fuzzing. Whatever comes, it ends, within the limits, without a panic.
pub fn read_everything(bytes: &[u8], limits: &PdfLimits) {
    let Ok(file) = PdfFile::open(bytes, limits) else { return };
    let _ = file.embedded();
    let _ = file.receipt_xml();
    let _ = file.extras();
    let _ = file.hints();
    let _ = file.page_count();
    let _ = file.text();
    let _ = file.qr_codes();
}
