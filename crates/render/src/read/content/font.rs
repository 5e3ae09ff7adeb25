//! From the bytes of a string to characters and widths (ISO 32000-1, 9.6 to 9.10).

use std::collections::BTreeMap;

use super::super::file::PdfFile;
use super::super::object::{Dictionary, Object};
use super::cmap::{CMap, number};
use super::encoding::{self, Base};
use super::matrix::{Matrix, glyph_height, thousandths};
use super::predefined::Predefined;
use crate::Error;

/// The matrix of fonts but those of Type 3 (9.2.4).
const THOUSANDTH: [f64; 6] = [0.001, 0.0, 0.0, 0.001, 0.0, 0.0];

/// A font as far as reading needs it.
#[derive(Debug)]
pub(super) struct Font {
    codes: Codes,
    to_unicode: Option<CMap>,
    /// Of codes of a simple font, of CIDs of a composite one; in thousandths of the size.
    widths: BTreeMap<u32, f64>,
    default_width: f64,
    /// How many times the size its glyphs are high: 1 but for fonts of Type 3, whose glyphs have their own matrix.
    pub(super) height: f64,
    /// Whether its text runs from top to bottom.
    pub(super) is_vertical: bool,
}

/// How strings are divided into codes, and what these mean by themselves.
#[derive(Debug)]
enum Codes {
    /// One byte each.
    Simple {
        base: Option<Base>,
        differences: BTreeMap<u8, Option<String>>,
    },
    /// Two bytes, or as an embedded CMap says; no meaning of their own.
    Composite(Option<CMap>),
    Predefined(Predefined),
    /// A predefined CMap that is not known here, or one that says too much.
    Unknown,
}

impl Font {
    pub(super) fn read(file: &PdfFile<'_>, font: &Dictionary) -> Result<Font, Error> {
        let mut font = Font::read_all(file, font)?;
        let is_beyond = |cmap: &Option<CMap>| cmap.as_ref().is_some_and(|cmap| cmap.is_beyond);
        if is_beyond(&font.to_unicode) || matches!(&font.codes, Codes::Composite(cmap) if is_beyond(cmap)) {
            font.to_unicode = None;
            font.codes = Codes::Unknown;
        }
        Ok(font)
    }

    fn read_all(file: &PdfFile<'_>, font: &Dictionary) -> Result<Font, Error> {
        let to_unicode = match file.value(font, "ToUnicode")? {
            Some(Object::Stream(stream)) => Some(CMap::parse(&file.decoded(stream)?, &file.budget, file.limits.depth)?),
            _ => None,
        };
        if file.is(font, "Subtype", "Type0")? {
            let descendant = file.elements(font, "DescendantFonts")?.first();
            let descendant = descendant.map(|font| file.resolve(font)).transpose()?.and_then(Object::dictionary);
            let codes = match file.value(font, "Encoding")? {
                Some(Object::Stream(stream)) => {
                    Codes::Composite(Some(CMap::parse(&file.decoded(stream)?, &file.budget, file.limits.depth)?))
                }
                Some(Object::Name(name)) => match name.as_slice() {
                    b"Identity-H" | b"Identity-V" => Codes::Composite(None),
                    name => Predefined::named(name).map_or(Codes::Unknown, Codes::Predefined),
                },
                _ => Codes::Unknown,
            };
            let is_vertical =
                file.value(font, "Encoding")?.and_then(Object::name).is_some_and(|name| name.ends_with(b"-V"));
            let mut widths = BTreeMap::new();
            let mut default_width = 1000.0;
            if let Some(descendant) = descendant {
                default_width = file.value(descendant, "DW")?.and_then(Object::number).unwrap_or(default_width);
                composite_widths(file, file.elements(descendant, "W")?, &mut widths)?;
            }
            return Ok(Font { codes, to_unicode, widths, default_width, height: 1.0, is_vertical });
        }
        let mut differences = BTreeMap::new();
        let is_type_3 = file.is(font, "Subtype", "Type3")?;
        let mut base = (!is_type_3).then_some(Base::Standard);
        match file.value(font, "Encoding")? {
            Some(Object::Name(name)) => base = Base::named(name),
            Some(Object::Dictionary(encoding)) => {
                if let Some(name) = file.value(encoding, "BaseEncoding")?.and_then(Object::name) {
                    base = Base::named(name);
                }
                let mut code = 0_u8;
                for difference in file.elements(encoding, "Differences")? {
                    match file.resolve(difference)? {
                        Object::Integer(first) => code = u8::try_from(*first).unwrap_or(0),
                        Object::Name(name) => {
                            // A name that is not known hides what the base encoding has.
                            differences.insert(code, encoding::glyph_text(name));
                            code = code.wrapping_add(1);
                        }
                        _ => {}
                    }
                }
            }
            // Without an encoding a font program has its own, which is the standard one for Latin text only.
            _ => {}
        }
        let first = file.value(font, "FirstChar")?.and_then(Object::length).and_then(|first| u32::try_from(first).ok());
        let mut widths = BTreeMap::new();
        if let Some(first) = first.filter(|first| *first < 256) {
            for (code, width) in (first..256).zip(file.elements(font, "Widths")?) {
                if let Some(width) = file.resolve(width)?.number() {
                    widths.insert(code, width);
                }
            }
        }
        let codes = Codes::Simple { base, differences };
        if is_type_3 {
            // Its widths are those of glyph space (9.6.5).
            let matrix = Matrix(file.numbers(font, "FontMatrix")?.unwrap_or(THOUSANDTH));
            widths.values_mut().for_each(|width| *width = thousandths(*width, &matrix));
            let widest = widths.values().copied().max_by(|one, other| one.abs().total_cmp(&other.abs()));
            let height = glyph_height(file.numbers(font, "FontBBox")?, &matrix, widest.unwrap_or(0.0));
            return Ok(Font { codes, to_unicode, widths, default_width: 0.0, height, is_vertical: false });
        }
        // Of the standard fonts without widths: the middle of Helvetica's.
        Ok(Font { codes, to_unicode, widths, default_width: 556.0, height: 1.0, is_vertical: false })
    }

    /// The codes of a string.
    pub(super) fn codes<'s>(&self, string: &'s [u8]) -> impl Iterator<Item = &'s [u8]> {
        let mut rest = string;
        std::iter::from_fn(move || {
            let length = self.code_length(rest).max(1);
            let (code, behind) = rest.split_at(length.min(rest.len()));
            rest = behind;
            (!code.is_empty()).then_some(code)
        })
    }

    /// Adds what a code stands for; false when nothing says it.
    pub(super) fn push_text(&self, code: &[u8], to: &mut String) -> bool {
        self.to_unicode.as_ref().is_some_and(|cmap| cmap.push_text(number(code), to)) || self.push_own_text(code, to)
    }

    /// In thousandths of the size.
    pub(super) fn width(&self, code: &[u8]) -> f64 {
        let listed = match &self.codes {
            Codes::Predefined(cmap) => cmap.latin_cid(code),
            _ => Some(number(code)),
        };
        listed.and_then(|listed| self.widths.get(&listed)).copied().unwrap_or(self.default_width)
    }

    fn code_length(&self, rest: &[u8]) -> usize {
        match &self.codes {
            Codes::Simple { .. } => 1,
            Codes::Composite(Some(cmap)) => cmap.code_length(rest).unwrap_or(2),
            Codes::Composite(None) => 2,
            Codes::Predefined(cmap) => cmap.code_length(rest),
            Codes::Unknown => self.to_unicode.as_ref().and_then(|cmap| cmap.code_length(rest)).unwrap_or(2),
        }
    }

    fn push_own_text(&self, code: &[u8], to: &mut String) -> bool {
        match &self.codes {
            Codes::Simple { base, differences } => {
                let Some(byte) = code.first() else { return false };
                match differences.get(byte) {
                    Some(text) => {
                        to.push_str(text.as_deref().unwrap_or_default());
                        text.is_some()
                    }
                    None => {
                        let character = base.as_ref().and_then(|base| base.character(*byte));
                        to.extend(character);
                        character.is_some()
                    }
                }
            }
            Codes::Predefined(cmap) => cmap.push_text(code, to),
            Codes::Composite(_) | Codes::Unknown => false,
        }
    }
}

/// `W`: a first CID with an array of widths, or a first and a last CID with one width (9.7.4.3).
fn composite_widths(file: &PdfFile<'_>, elements: &[Object], widths: &mut BTreeMap<u32, f64>) -> Result<(), Error> {
    let cid = |object: &Object| object.length().and_then(|cid| u16::try_from(cid).ok()).map(u32::from);
    let mut rest = elements;
    while let [first, second, behind @ ..] = rest {
        let Some(first) = cid(file.resolve(first)?) else { return Ok(()) };
        match file.resolve(second)? {
            Object::Array(list) => {
                for (cid, width) in (first..=u32::from(u16::MAX)).zip(list) {
                    widths.extend(file.resolve(width)?.number().map(|width| (cid, width)));
                }
                rest = behind;
            }
            last => {
                let [width, behind @ ..] = behind else { return Ok(()) };
                if let (Some(last), Some(width)) = (cid(last), file.resolve(width)?.number()) {
                    for cid in first..=last {
                        // Ranges over ranges would cost 65,536 for each few bytes.
                        file.budget.value()?;
                        widths.insert(cid, width);
                    }
                }
                rest = behind;
            }
        }
    }
    Ok(())
}
