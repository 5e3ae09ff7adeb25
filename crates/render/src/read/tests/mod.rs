#![allow(clippy::unwrap_used)]

mod bad_input;
mod content;
mod fuzz;
mod qr_images;
mod readers_differ;
mod structure;

use super::make::Make;
use super::*;
use crate::Error;

const XML: &[u8] = b"<?xml version=\"1.0\"?><EInvoice><Header/></EInvoice>";

fn open(bytes: &[u8]) -> Result<PdfFile<'_>, Error> {
    PdfFile::open(bytes, &PdfLimits::default())
}

/// One page with a line of text and the receipt.
fn plain() -> Vec<u8> {
    Make::new().page(&super::make::line(30, 300, "票据代码 32010125"), "").embed(&[("einvoice.xml", XML)]).finish()
}

/// The same bytes with a part replaced by one of the same length.
fn replaced(file: &[u8], part: &str, by: &str) -> Vec<u8> {
    assert_eq!(part.len(), by.len());
    let at = file.windows(part.len()).position(|window| window == part.as_bytes()).unwrap();
    [&file[..at], by.as_bytes(), &file[at + by.len()..]].concat()
}
