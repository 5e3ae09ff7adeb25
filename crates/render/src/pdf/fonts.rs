//! Fonts as objects: composite fonts with their widths and their way back to Unicode (ISO 32000-1, 9.7;
//! ISO 19005-3, 6.2.11).

use std::io::Write;

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo};
use pdf_writer::writers::CidFont;
use pdf_writer::{Filter, Finish, Name, Rect, Ref, Str};

use super::file::File;
use super::number::real;
use crate::Error;
use crate::font::embed::{EmbeddedFont, Embedding};
use crate::page::SetGlyph;

/// The width of most glyphs here, which the table of widths leaves out.
const DEFAULT_WIDTH: u16 = 1000;

/// The thickness of upright stems, in thousandths of the em; only readers that replace a font look at it.
const STEM_V: i32 = 80;

/// Where glyphs are found: the subsets of embeddings and the objects of their fonts.
#[derive(Default)]
pub(super) struct Fonts<'a> {
    sets: Vec<(&'a Embedding, &'a [Ref])>,
}

impl<'a> Fonts<'a> {
    /// Adds an embedding, whose fonts were written as these objects.
    pub(super) fn add(&mut self, embedding: &'a Embedding, fonts: &'a [Ref]) {
        self.sets.push((embedding, fonts));
    }

    /// The font that has a glyph, and the CID there.
    pub(super) fn find(&self, glyph: &SetGlyph) -> Option<(Ref, u16)> {
        self.sets.iter().find_map(|(embedding, fonts)| {
            let (font, cid) = embedding.places.get(glyph)?;
            Some((*fonts.get(*font)?, *cid))
        })
    }
}

/// Writes the fonts of an embedding; their objects in its order.
pub(super) fn write<W: Write>(embedding: &Embedding, file: &mut File<W>) -> Result<Vec<Ref>, Error> {
    embedding.fonts.iter().map(|font| write_font(font, file)).collect()
}

fn write_font<W: Write>(font: &EmbeddedFont, file: &mut File<W>) -> Result<Ref, Error> {
    let (whole, descendant, descriptor) = (file.reserve()?, file.reserve()?, file.reserve()?);
    let (program, to_unicode) = (file.reserve()?, file.reserve()?);
    file.put(whole, |chunk| {
        // The name of a composite font over CFF is that of its descendant and of the CMap (9.7.6.2).
        let name = if font.is_cff { format!("{}-Identity-H", font.base_name) } else { font.base_name.clone() };
        chunk
            .type0_font(whole)
            .base_font(Name(name.as_bytes()))
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(descendant)
            .to_unicode(to_unicode);
    })?;
    file.put(descendant, |chunk| {
        let mut cid = chunk.cid_font(descendant);
        cid.subtype(if font.is_cff { CidFontType::Type0 } else { CidFontType::Type2 })
            .base_font(Name(font.base_name.as_bytes()))
            .system_info(SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 })
            .font_descriptor(descriptor)
            .default_width(real(i32::from(DEFAULT_WIDTH)));
        write_widths(&mut cid, &font.widths);
        if !font.is_cff {
            cid.cid_to_gid_map_predefined(Name(b"Identity"));
        }
    })?;
    file.put(descriptor, |chunk| {
        let [x1, y1, x2, y2] = font.bbox.map(real);
        let mut dict = chunk.font_descriptor(descriptor);
        dict.name(Name(font.base_name.as_bytes()))
            .flags(FontFlags::SYMBOLIC)
            .bbox(Rect { x1, y1, x2, y2 })
            .italic_angle(real(0))
            .ascent(real(font.ascent))
            .descent(real(font.descent))
            .cap_height(real(font.cap_height))
            .stem_v(real(STEM_V));
        match font.is_cff {
            true => dict.font_file3(program),
            false => dict.font_file2(program),
        };
    })?;
    file.put(program, |chunk| {
        let mut stream = chunk.stream(program, &font.file);
        stream.filter(Filter::FlateDecode);
        if font.is_cff {
            stream.pair(Name(b"Subtype"), Name(b"CIDFontType0C"));
        } else {
            // A font file is far below 2 GiB: it came through the limits on fonts.
            stream.pair(Name(b"Length1"), i32::try_from(font.file_length).unwrap_or(i32::MAX));
        }
    })?;
    file.put(to_unicode, |chunk| {
        chunk.stream(to_unicode, &font.to_unicode).filter(Filter::FlateDecode);
    })?;
    Ok(whole)
}

/// The table of widths: runs of those that differ from the default.
fn write_widths(cid: &mut CidFont<'_>, widths: &[u16]) {
    let mut table = cid.widths();
    let mut at = 0;
    for run in widths.chunk_by(|a, b| (*a == DEFAULT_WIDTH) == (*b == DEFAULT_WIDTH)) {
        if run.first() != Some(&DEFAULT_WIDTH) {
            // A subset has at most 65,536 glyphs.
            table.consecutive(at as u16, run.iter().map(|width| real(i32::from(*width))));
        }
        at += run.len();
    }
    table.finish();
}
