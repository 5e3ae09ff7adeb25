//! QR codes on pages: drawn as rectangles, as ours are, or as images.

mod grid;
mod jpeg;
mod samples;

use std::collections::BTreeMap;

use super::content::{Image, Mark, PageContent, Source};
use super::file::{PdfFile, is_limit};
use super::object::Object;
use crate::Error;
use crate::length::{Area, Um, mm};
use crate::page::Colour;
use grid::Patch;
pub(super) use samples::PHOTOGRAPHS;

/// A QR code that was found, or what might be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrCode {
    /// The page, counted from 1.
    pub page: usize,
    /// Where, without the quiet zone where that could be told.
    pub area: Area,
    /// What it says.
    pub reading: QrReading,
}

/// How a QR code was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QrReading {
    /// Its text.
    Text(String),
    /// It has the three corners of a QR code, but cannot be read.
    Damaged,
    /// A square image that is not read here, because of its compression, its colours or its size: it may be one.
    NotReadable,
}

/// The sides between which an image may be a QR code.
const SIDES: std::ops::RangeInclusive<Um> = mm(6)..=mm(210);
/// What is brighter is light for a reader of codes too: grey and coloured modules are dark.
const LIGHT: u8 = 192;
/// Fewer rectangles are no QR code: the smallest has three corners of five rectangles each.
const RECTANGLES: usize = 12;
/// Codes of one page; one is ordinary.
const CODES: usize = 64;

impl PdfFile<'_> {
    /// The QR codes of all pages: drawn as filled rectangles, or as images, also of JPEG up to 2048 pixels wide and
    /// high; upright, turned by quarters or mirrored. Nothing that they say is followed.
    ///
    /// # Errors
    /// Those of [`text`](Self::text).
    pub fn qr_codes(&self) -> Result<Vec<QrCode>, Error> {
        self.qr_codes_of(&self.contents()?)
    }

    pub(crate) fn qr_codes_of(&self, pages: &[PageContent]) -> Result<Vec<QrCode>, Error> {
        let mut codes = Vec::new();
        let mut images = BTreeMap::new();
        for (index, page) in pages.iter().enumerate() {
            let number = index + 1;
            let mut found = self.drawn(page)?;
            for mark in &page.marks {
                if let Mark::Image(image) = mark
                    && found.len() < CODES
                    && let Some(reading) = self.read_image(image, &mut images)?
                    && (matches!(reading, QrReading::Text(_)) || is_square(&image.area))
                {
                    found.push((image.area, reading));
                }
            }
            codes.extend(found.into_iter().map(|(area, reading)| QrCode { page: number, area, reading }));
        }
        Ok(codes)
    }

    /// The reading of an image; each image object is read once, however often it is painted.
    fn read_image(
        &self,
        image: &Image,
        known: &mut BTreeMap<(u32, bool), Option<QrReading>>,
    ) -> Result<Option<QrReading>, Error> {
        let Area { width, height, .. } = image.area;
        if !(SIDES.contains(&width) && SIDES.contains(&height)) {
            return Ok(None);
        }
        let is_dark = image.colour.is_some_and(is_dark);
        if let Source::Object(number) = image.source
            && let Some(reading) = known.get(&(number, is_dark))
        {
            return Ok(reading.clone());
        }
        let samples = match &image.source {
            Source::Object(number) => match self.objects.get(number).map(|slot| &slot.value) {
                Some(Ok(Object::Stream(stream))) => {
                    let raw = self.bytes.get(stream.start..stream.end).unwrap_or_default();
                    self.samples(&stream.dictionary, raw, is_dark)
                }
                _ => return Ok(None),
            },
            Source::Inline { dictionary, bytes } => self.samples(dictionary, bytes, is_dark),
        };
        let reading = match samples {
            Ok(Some(samples)) => samples.reading(&self.budget)?,
            Ok(None) => Some(QrReading::NotReadable),
            Err(error) if is_limit(&error) => return Err(error),
            Err(_) => Some(QrReading::Damaged),
        };
        if let Source::Object(number) = image.source {
            known.insert((number, is_dark), reading.clone());
        }
        Ok(reading)
    }

    /// The codes that are drawn: one path of many rectangles, or many paths one behind the other.
    fn drawn(&self, page: &PageContent) -> Result<Vec<(Area, QrReading)>, Error> {
        let mut found = Vec::new();
        let mut patches: Vec<Patch> = Vec::new();
        let mut finish = |patches: &mut Vec<Patch>| {
            if patches.len() >= RECTANGLES && found.len() < CODES {
                found.extend(grid::read(patches, &self.budget)?);
            }
            patches.clear();
            Ok::<_, Error>(())
        };
        for mark in &page.marks {
            match mark {
                Mark::Fill { rectangles, only_rectangles: true, colour, .. } => {
                    let is_dark = colour.is_some_and(is_dark);
                    // A path of many rectangles is a code by itself.
                    if rectangles.len() >= RECTANGLES {
                        finish(&mut patches)?;
                    }
                    patches.extend(rectangles.iter().map(|area| Patch { area: *area, is_dark }));
                    if rectangles.len() >= RECTANGLES {
                        finish(&mut patches)?;
                    }
                }
                // Of another shape, such as a rule: between the paths of a code there are none.
                _ => finish(&mut patches)?,
            }
        }
        finish(&mut patches)?;
        Ok(found)
    }
}

fn is_dark(colour: Colour) -> bool {
    let Colour(red, green, blue) = colour;
    samples::brightness([red, green, blue]) < LIGHT
}

fn is_square(area: &Area) -> bool {
    (area.width - area.height).abs() <= area.width / 20
}
