//! Seals that the user gives as PNG images, checked before memory is used for them.

use std::io::Cursor;

use czei_codes::Code as _;
use png::{ColorType, DecodeOptions, Decoder, DecodingError, Limits, Transformations};

use crate::artwork::{Artwork, Image, Picture};
use crate::length::{Um, mm};
use crate::{Code, Error};

/// The width of a unit's seal where the caller names none: that of a seal for financial matters (财务专用章). Seals of
/// offices are 38 to 42 mm wide, and the built-in templates have room for them.
pub const UNIT_SEAL_SIDE: Um = mm(38);

/// What an image may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageLimits {
    /// The length of the file in bytes; 2 MiB.
    pub bytes: usize,
    /// The most columns, and as many rows; 2000, which is 1270 dpi at 40 mm.
    pub side: u32,
    /// The fewest columns, and as many rows; 64, with which a seal of 38 mm has no legible letter any more.
    pub least_side: u32,
}

impl Default for ImageLimits {
    fn default() -> Self {
        ImageLimits { bytes: 2 << 20, side: 2_000, least_side: 64 }
    }
}

/// Reads a seal from a PNG image, to be drawn `side` wide or high, whichever is the longer, in its own proportions.
///
/// Grey, colour and palette of every depth are read, with transparency or without, as sRGB in 8 bits; colour profiles
/// and texts in the file are left out, and what lies under fully transparent pixels is made white. Images are painted
/// as stamps are, so that what is darker shows (blend mode Multiply): white paper around a scanned seal covers nothing.
/// [`Artwork::is_opaque`] tells an image without transparency, which may darken text beneath it where it is not white;
/// an image of which more than half is both opaque and dark would hide it, and is refused.
///
/// # Errors
/// [`Code::SealSize`] for a side under 5 mm or over 100 mm; [`Code::SealImageLimit`], [`Code::SealImageFormat`] for
/// what is no PNG, [`Code::SealImageAnimated`], [`Code::SealImageDamaged`] for wrong checksums and missing or
/// contradictory data, [`Code::SealImageTrailing`] for bytes behind the end, [`Code::SealImageBlank`] when no pixel
/// would be seen, [`Code::SealImageSmall`] below [`ImageLimits::least_side`], and [`Code::SealImageDark`] when too much
/// beneath it would be hidden.
///
/// ```
/// use czei_render::seal::{ImageLimits, UNIT_SEAL_SIDE, image};
/// use czei_render::Code;
/// let error = image(b"GIF89a", UNIT_SEAL_SIDE, &ImageLimits::default()).unwrap_err();
/// assert_eq!(error.code(), Code::SealImageFormat);
/// ```
pub fn image(png: &[u8], side: Um, limits: &ImageLimits) -> Result<Artwork, Error> {
    let (image, width, height) = unpacked(png, side, limits)?;
    look_at(&image)?;
    Ok(Artwork { width, height, picture: Picture::Image(image) })
}

/// The pixels, and the width and height at which they are drawn.
fn unpacked(png: &[u8], side: Um, limits: &ImageLimits) -> Result<(Image, Um, Um), Error> {
    if !(mm(5)..=mm(100)).contains(&side) {
        return Err(Code::SealSize.fault().found(format!("{side} µm")).expected("5 mm to 100 mm"));
    }
    if png.len() > limits.bytes {
        let (found, expected) = (format!("{} bytes", png.len()), format!("at most {} bytes", limits.bytes));
        return Err(Code::SealImageLimit.fault().found(found).expected(expected));
    }
    let (columns, rows) = check_chunks(png)?;
    if columns > limits.side || rows > limits.side {
        let found = format!("{columns} × {rows} pixels");
        return Err(Code::SealImageLimit.fault().found(found).expected(format!("at most {0} × {0}", limits.side)));
    }
    let image = decode(png, columns, rows)?;
    if columns < limits.least_side || rows < limits.least_side {
        let found = format!("{columns} × {rows} pixels");
        let expected = format!("at least {0} × {0}", limits.least_side);
        return Err(Code::SealImageSmall.fault().found(found).expected(expected));
    }
    let (width, height) = fitted(side, columns, rows);
    Ok((image, width, height))
}

/// Refuses what nobody sees, and what nobody sees through.
fn look_at(image: &Image) -> Result<(), Error> {
    if image.alpha.as_ref().is_some_and(|alpha| alpha.iter().all(|alpha| *alpha == 0)) {
        return Err(Code::SealImageBlank.into());
    }
    let opacities = image.alpha.iter().flatten().copied().chain(std::iter::repeat(0xFF));
    let dark = image.rgb.chunks_exact(3).zip(opacities).filter(|(colour, opacity)| is_dark(colour, *opacity)).count();
    let pixels = image.rgb.len() / 3;
    if dark * 2 > pixels {
        // Rounded up, so that what is refused never reads as half.
        let found = format!("{}%", (dark * 100).div_ceil(pixels));
        return Err(Code::SealImageDark.fault().found(found).expected("at most 50%"));
    }
    Ok(())
}

/// Whether black text could not be told from a pixel that lies over white paper. The brightness is that of the brightest
/// channel: seal red is bright, and black text stands out from it.
fn is_dark(colour: &[u8], opacity: u8) -> bool {
    let brightest = colour.iter().copied().max().unwrap_or(0);
    let hidden = u32::from(0xFF - brightest) * u32::from(opacity) / 0xFF;
    hidden >= 0x80
}

/// Walks over the chunks without looking into them; columns and rows of the header.
fn check_chunks(png: &[u8]) -> Result<(u32, u32), Error> {
    const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
    let mut rest = png.strip_prefix(SIGNATURE).ok_or_else(|| {
        let found: String = png.iter().take(8).map(|byte| format!("{byte:02X}")).collect();
        Code::SealImageFormat.fault().found(found).expected("89504E470D0A1A0A, the beginning of a PNG file")
    })?;
    let mut size = None;
    loop {
        let (length, kind, data) = match *rest {
            [a, b, c, d, e, f, g, h, ref data @ ..] => (u32::from_be_bytes([a, b, c, d]), [e, f, g, h], data),
            _ => return Err(damaged("the file ends before IEND")),
        };
        // The data and a checksum of four bytes; a length that does not fit is longer than any file.
        let behind = usize::try_from(length).ok().and_then(|length| data.get(length.checked_add(4)?..));
        let Some(behind) = behind else {
            return Err(damaged("the file ends within a chunk"));
        };
        match (&kind, size) {
            (b"IHDR", None) if length == 13 => {
                let number = |at: usize| u32::from_be_bytes([data[at], data[at + 1], data[at + 2], data[at + 3]]);
                size = Some((number(0), number(4)));
            }
            (_, None) => return Err(damaged("the file does not begin with IHDR")),
            (b"acTL" | b"fcTL" | b"fdAT", _) => return Err(Code::SealImageAnimated.into()),
            (b"IEND", Some(size)) if behind.is_empty() => return Ok(size),
            (b"IEND", _) => return Err(Code::SealImageTrailing.fault().found(format!("{} bytes", behind.len()))),
            _ => {}
        }
        rest = behind;
    }
}

fn decode(png: &[u8], columns: u32, rows: u32) -> Result<Image, Error> {
    let mut options = DecodeOptions::default();
    options.set_skip_ancillary_crc_failures(false);
    // Neither can be seen, and both unpack.
    options.set_ignore_text_chunk(true);
    options.set_ignore_iccp_chunk(true);
    let mut decoder = Decoder::new_with_options(Cursor::new(png), options);
    // A row of the widest image takes 16 KB; the rest is what the decoder works with.
    decoder.set_limits(Limits { bytes: 4 << 20 });
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    let mut reader = decoder.read_info().map_err(unreadable)?;
    let pixels = columns as usize * rows as usize;
    let (colour, _) = reader.output_color_type();
    let channels = colour.samples();
    // The header was checked to be within the limits, and the decoder has the same.
    if reader.output_buffer_size() != Some(pixels * channels) {
        return Err(damaged("two headers"));
    }
    let mut samples = vec![0; pixels * channels];
    reader.next_frame(&mut samples).map_err(unreadable)?;
    reader.finish().map_err(unreadable)?;
    Ok(split(&samples, colour, columns, rows))
}

/// Colours and transparency apart.
fn split(samples: &[u8], colour: ColorType, columns: u32, rows: u32) -> Image {
    let mut rgb = Vec::with_capacity(samples.len() / colour.samples() * 3);
    let mut alpha = Vec::new();
    for pixel in samples.chunks_exact(colour.samples()) {
        let (colour, opacity) = match *pixel {
            [grey] => ([grey; 3], None),
            [grey, opacity] => ([grey; 3], Some(opacity)),
            [red, green, blue] => ([red, green, blue], None),
            [red, green, blue, opacity] => ([red, green, blue], Some(opacity)),
            // There are no other numbers of channels.
            _ => continue,
        };
        rgb.extend(if opacity == Some(0) { [0xFF; 3] } else { colour });
        alpha.extend(opacity);
    }
    let alpha = alpha.iter().any(|opacity| *opacity != 0xFF).then_some(alpha);
    Image { columns, rows, rgb, alpha }
}

/// Width and height with the longer one given.
fn fitted(side: Um, columns: u32, rows: u32) -> (Um, Um) {
    let shorter = |part: u32, whole: u32| {
        // At most the side; at least a micrometre, so that the proportions stay finite.
        ((i64::from(side) * i64::from(part) / i64::from(whole.max(1))) as Um).max(1)
    };
    if columns >= rows { (side, shorter(rows, columns)) } else { (shorter(columns, rows), side) }
}

fn damaged(found: &str) -> Error {
    Code::SealImageDamaged.fault().found(found)
}

fn unreadable(error: DecodingError) -> Error {
    match error {
        DecodingError::LimitsExceeded => Code::SealImageLimit.fault().found("more memory than an image needs"),
        // The rest are checksums, missing data, and contradictions; the file is in memory, so nothing else fails.
        error => damaged(&format!("`{error}`")),
    }
}

#[cfg(test)]
mod tests;
