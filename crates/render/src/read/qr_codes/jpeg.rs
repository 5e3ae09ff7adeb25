//! Images that are compressed as photographs (ISO 32000-1, 7.4.8), as some producers do with QR codes.

use std::panic::{AssertUnwindSafe, catch_unwind};

use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::super::limits::Budget;
use crate::Error;

/// Pixels of a side: a code of 80 mm at 600 dots per inch has fewer.
const SIDE: usize = 2_048;
/// Passes over the image, of which each costs as much as reading it once; libjpeg writes ten.
const SCANS: usize = 32;
/// Bytes of the file: as many as such an image has at its best quality.
const BYTES: usize = 8 << 20;

/// The red, green and blue of each pixel, row by row from the top. None when the image is larger than a QR code has
/// to be, has other dimensions than these, is made for print, or cannot be read.
///
/// # Errors
/// The pixels that are left do not suffice.
pub(super) fn pixels(bytes: &[u8], width: usize, height: usize, budget: &Budget) -> Result<Option<Vec<u8>>, Error> {
    if width > SIDE || height > SIDE || bytes.len() > BYTES {
        return Ok(None);
    }
    // As many as there are markers of their beginning.
    let scans = bytes.windows(2).filter(|marker| *marker == [0xFF, 0xDA]).count();
    if scans > SCANS {
        return Ok(None);
    }
    budget.pixels(width * height * scans.max(1))?;
    // The decoder has panicked at malformed images before: then this one is not read, and nothing of it is kept.
    Ok(catch_unwind(AssertUnwindSafe(|| decoded(bytes, width, height))).ok().flatten())
}

fn decoded(bytes: &[u8], width: usize, height: usize) -> Option<Vec<u8>> {
    let options = DecoderOptions::default()
        .set_max_width(width)
        .set_max_height(height)
        .set_strict_mode(true)
        .jpeg_set_max_scans(SCANS)
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().ok()?;
    let info = decoder.info()?;
    let is_of_screen = matches!(decoder.input_colorspace()?, ColorSpace::Luma | ColorSpace::YCbCr | ColorSpace::RGB);
    if !is_of_screen || (usize::from(info.width), usize::from(info.height)) != (width, height) {
        return None;
    }
    decoder.decode().ok().filter(|pixels| pixels.len() == width * height * 3)
}
