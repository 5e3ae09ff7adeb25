//! Images as dark and light samples (ISO 32000-1, 8.9.5).

use czei_codes::Code as _;

use super::super::file::PdfFile;
use super::super::limits::Budget;
use super::super::object::{Dictionary, Object};
use super::{QrReading, grid, jpeg};
use crate::qr::QrModules;
use crate::{Code, Error};

/// Compressions of photographs and scans, which are not undone here, but for JPEG where it may be a QR code.
pub(in super::super) const PHOTOGRAPHS: [&[u8]; 7] =
    [b"DCTDecode", b"DCT", b"JPXDecode", b"CCITTFaxDecode", b"CCF", b"JBIG2Decode", b"Crypt"];

/// Samples row by row from the top; true is dark.
pub(super) struct Samples {
    width: usize,
    height: usize,
    dark: Vec<bool>,
}

/// Less between the darkest and the brightest is no drawing.
const CONTRAST: u8 = 24;

/// How samples become brightness.
enum Colours {
    Gray,
    Rgb,
    Cmyk,
    /// The brightness of each entry of a palette.
    Palette(Vec<u8>),
}

impl PdfFile<'_> {
    /// The samples of an image on white paper; none when its compression or its colours are not read here. A mask is
    /// painted dark or not.
    pub(super) fn samples(&self, image: &Dictionary, raw: &[u8], is_dark: bool) -> Result<Option<Samples>, Error> {
        let error = || Code::PdfMalformed.fault().at_path("Image");
        let Some((width, height, bits)) = self.dimensions(image)? else { return Ok(None) };
        let is_mask = self.either(image, "ImageMask", "IM")? == Some(&Object::Boolean(true));
        if is_mask && !is_dark {
            return Ok(None);
        }
        let colours = if is_mask { Some(Colours::Gray) } else { self.colours(image)? };
        let Some(colours) = colours else { return Ok(None) };
        let (data, rest) = self.undo_filters(image, raw, &PHOTOGRAPHS)?;
        let pixels = width.saturating_mul(height);
        if let Err(error) = self.budget.pixels(pixels) {
            return Err(error.expected(format!("<= {} pixels", self.limits.pixels)));
        }
        let is_inverted = matches!(self.either(image, "Decode", "D")?.and_then(Object::array),
            Some([first, ..]) if first.number() == Some(1.0));
        match rest.as_deref() {
            None => {}
            Some(b"DCTDecode" | b"DCT") if bits == 8 && matches!(colours, Colours::Gray | Colours::Rgb) => {
                let pixels = jpeg::pixels(&data, width, height, &self.budget)?;
                let of_rgb = |rgb: &[u8]| brightness([rgb[0], rgb[1], rgb[2]]);
                let brightness = pixels.map(|pixels| pixels.chunks_exact(3).map(of_rgb).collect());
                return Ok(brightness.map(|brightness| Samples::of(width, height, brightness, is_inverted)));
            }
            Some(_) => return Ok(None),
        }
        let components = match colours {
            Colours::Gray | Colours::Palette(_) => 1,
            Colours::Rgb => 3,
            Colours::Cmyk => 4,
        };
        let row = (width * components * bits).div_ceil(8);
        let data = data.get(..row * height).ok_or_else(error)?;
        let mut all = Vec::with_capacity(width * height);
        for line in data.chunks_exact(row) {
            for column in 0..width {
                let component = |index: usize| sample(line, (column * components + index) * bits, bits);
                let brightness = match &colours {
                    Colours::Gray => scaled(component(0), bits),
                    Colours::Rgb => brightness([0, 1, 2].map(|index| scaled(component(index), bits))),
                    Colours::Cmyk => {
                        let ink = [0, 1, 2].map(|index| scaled(component(index), bits));
                        let black = scaled(component(3), bits);
                        brightness(ink.map(|ink| 255 - ink.saturating_add(black)))
                    }
                    Colours::Palette(palette) => palette.get(usize::from(component(0))).copied().unwrap_or(255),
                };
                all.push(brightness);
            }
        }
        Ok(Some(Samples::of(width, height, all, is_inverted)))
    }

    fn dimensions(&self, image: &Dictionary) -> Result<Option<(usize, usize, usize)>, Error> {
        let number = |long, short| Ok::<_, Error>(self.either(image, long, short)?.and_then(Object::length));
        let is_mask = self.either(image, "ImageMask", "IM")? == Some(&Object::Boolean(true));
        let bits = if is_mask { Some(1) } else { number("BitsPerComponent", "BPC")? };
        let dimensions = (number("Width", "W")?, number("Height", "H")?, bits);
        Ok(match dimensions {
            (Some(width @ 1..), Some(height @ 1..), Some(bits @ (1 | 2 | 4 | 8))) => Some((width, height, bits)),
            _ => None,
        })
    }

    fn either<'o>(&'o self, image: &'o Dictionary, long: &str, short: &str) -> Result<Option<&'o Object>, Error> {
        match self.value(image, long)? {
            Some(value) => Ok(Some(value)),
            None => self.value(image, short),
        }
    }

    fn colours(&self, image: &Dictionary) -> Result<Option<Colours>, Error> {
        let Some(space) = self.either(image, "ColorSpace", "CS")? else { return Ok(None) };
        if let Some(parts) = space.array()
            && matches!(parts.first().and_then(Object::name), Some(b"Indexed" | b"I"))
        {
            return self.palette(parts);
        }
        self.simple(space)
    }

    fn simple(&self, space: &Object) -> Result<Option<Colours>, Error> {
        Ok(match space {
            Object::Name(name) => match name.as_slice() {
                b"DeviceGray" | b"G" => Some(Colours::Gray),
                b"DeviceRGB" | b"RGB" => Some(Colours::Rgb),
                b"DeviceCMYK" | b"CMYK" => Some(Colours::Cmyk),
                _ => None,
            },
            Object::Array(parts) => match parts.first().and_then(Object::name) {
                Some(b"CalGray") => Some(Colours::Gray),
                Some(b"CalRGB") => Some(Colours::Rgb),
                Some(b"ICCBased") => {
                    let profile = parts.get(1).map(|profile| self.resolve(profile)).transpose()?;
                    match profile
                        .and_then(Object::dictionary)
                        .and_then(|profile| profile.get("N"))
                        .and_then(Object::integer)
                    {
                        Some(1) => Some(Colours::Gray),
                        Some(3) => Some(Colours::Rgb),
                        Some(4) => Some(Colours::Cmyk),
                        _ => None,
                    }
                }
                _ => None,
            },
            _ => None,
        })
    }

    fn palette(&self, parts: &[Object]) -> Result<Option<Colours>, Error> {
        let [_, base, _, table] = parts else { return Ok(None) };
        let base = self.simple(self.resolve(base)?)?;
        let table = match self.resolve(table)? {
            Object::String(bytes) => bytes.clone(),
            Object::Stream(stream) => self.decoded(stream)?,
            _ => return Ok(None),
        };
        let palette = match base {
            Some(Colours::Gray) => table,
            Some(Colours::Rgb) => table.chunks_exact(3).map(|rgb| brightness([rgb[0], rgb[1], rgb[2]])).collect(),
            _ => return Ok(None),
        };
        Ok(Some(Colours::Palette(palette)))
    }
}

impl Samples {
    /// Dark is what is nearer to the darkest than to the brightest: modules may be grey or coloured.
    fn of(width: usize, height: usize, brightness: Vec<u8>, is_inverted: bool) -> Self {
        let darkest = brightness.iter().min().copied().unwrap_or(0);
        let brightest = brightness.iter().max().copied().unwrap_or(u8::MAX);
        let middle = match brightest - darkest {
            // Of one colour all over, it is dark or light as a whole.
            0..CONTRAST => u8::MAX / 2,
            _ => darkest.midpoint(brightest),
        };
        let dark = brightness.into_iter().map(|brightness| (brightness <= middle) != is_inverted).collect();
        Samples { width, height, dark }
    }

    /// The code that fills the image, apart from light margins.
    ///
    /// # Errors
    /// The pixels that are left do not suffice.
    pub(super) fn reading(&self, budget: &Budget) -> Result<Option<QrReading>, Error> {
        let Some((left, upper, width, height)) = self.extent() else { return Ok(None) };
        let is_dark = |x: usize, y: usize| self.is_dark(x, y);
        let mut damaged = None;
        for side in grid::sides().filter(|side| *side <= width.min(height)) {
            budget.pixels(side * side)?;
            let middle = |index: usize, extent: usize| (2 * index + 1) * extent / (2 * side);
            let dark = (0..side * side)
                .map(|at| is_dark(left + middle(at % side, width), upper + middle(at / side, height)))
                .collect();
            match grid::reading(QrModules { side, dark }) {
                Some(QrReading::Damaged) => damaged = Some(QrReading::Damaged),
                Some(reading) => return Ok(Some(reading)),
                None => {}
            }
        }
        Ok(damaged)
    }

    fn is_dark(&self, x: usize, y: usize) -> bool {
        self.dark.get(y * self.width + x).copied().unwrap_or(false)
    }

    /// The left and upper edge, width and height of what is dark, when it is about a square.
    fn extent(&self) -> Option<(usize, usize, usize, usize)> {
        let row_has_dark = |y: &usize| (0..self.width).any(|x| self.is_dark(x, *y));
        let (upper, lower) = ((0..self.height).find(row_has_dark)?, (0..self.height).rev().find(row_has_dark)? + 1);
        let column_has_dark = |x: &usize| (upper..lower).any(|y| self.is_dark(*x, y));
        let (left, right) = ((0..self.width).find(column_has_dark)?, (0..self.width).rev().find(column_has_dark)? + 1);
        let (width, height) = (right - left, lower - upper);
        (width.abs_diff(height) <= width / 20).then_some((left, upper, width, height))
    }
}

/// The sample that begins at this bit; none crosses a byte.
fn sample(line: &[u8], bit: usize, bits: usize) -> u8 {
    let byte = line.get(bit / 8).copied().unwrap_or(0);
    // At most 8 bits.
    let mask = ((1_u16 << bits) - 1) as u8;
    byte >> (8 - bits - bit % 8) & mask
}

/// A sample of so many bits as one of eight.
fn scaled(sample: u8, bits: usize) -> u8 {
    let most = (1_u16 << bits) - 1;
    (u16::from(sample) * 255 / most) as u8
}

/// The green of a colour counts most (ITU-R BT.601).
pub(super) fn brightness([red, green, blue]: [u8; 3]) -> u8 {
    ((u32::from(red) * 299 + u32::from(green) * 587 + u32::from(blue) * 114) / 1000) as u8
}
