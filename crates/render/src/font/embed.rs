//! Fonts as they stand in a PDF: subsets with widths and the way back to Unicode.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use czei_codes::Code as _;
use czei_sm2::Sm3;
use skrifa::FontRef;
use skrifa::raw::TableProvider;
use subsetter::GlyphRemapper;

use super::cff;
use super::face::{Face, Outlines};
use super::to_unicode::to_unicode;
use crate::font::FontSet;
use crate::page::SetGlyph;
use crate::{Code, Error, deflate};

/// The most glyphs of a subset: CIDs have two bytes, and 0 is `.notdef`.
const GLYPH_LIMIT: usize = 65_534;

/// A set of glyphs, ready to be written: any number of subsets, and where each glyph is found in them.
///
/// Making one costs time; it does not change afterwards and can be used for any number of files.
pub(crate) struct Embedding {
    /// The subsets, in the order of their faces.
    pub(crate) fonts: Vec<EmbeddedFont>,
    /// Which of `fonts`, and which CID there. A glyph that stands for two characters has two places.
    pub(crate) places: HashMap<SetGlyph, (usize, u16)>,
}

/// One subset of one face.
pub(crate) struct EmbeddedFont {
    /// The name with its tag of six letters, `ABCDEF+NotoSansSC-Regular`; made from what it holds.
    pub(crate) base_name: String,
    /// Whether `file` is a bare CFF table (FontFile3, CIDFontType0C) or TrueType (FontFile2).
    pub(crate) is_cff: bool,
    /// The font program as a zlib stream.
    pub(crate) file: Vec<u8>,
    /// Its length before compression (`Length1` of TrueType).
    pub(crate) file_length: usize,
    /// The advance of each CID from 0 on, in thousandths of the em.
    pub(crate) widths: Vec<u16>,
    /// The ToUnicode CMap as a zlib stream.
    pub(crate) to_unicode: Vec<u8>,
    /// `FontBBox`, in thousandths of the em.
    pub(crate) bbox: [i32; 4],
    /// `Ascent`, in thousandths of the em.
    pub(crate) ascent: i32,
    /// `Descent`, in thousandths of the em; negative.
    pub(crate) descent: i32,
    /// `CapHeight`, in thousandths of the em.
    pub(crate) cap_height: i32,
}

impl Embedding {
    /// Embeds these glyphs and no others.
    ///
    /// # Errors
    /// A glyph that is not of these fonts, a damaged font, or more glyphs of a face than a subset can number.
    pub(crate) fn new(fonts: &FontSet, glyphs: &BTreeSet<SetGlyph>) -> Result<Self, Error> {
        // Subsets by face and by how often a glyph came before: within a subset each glyph stands for one character.
        let mut subsets: BTreeMap<(u8, usize), Vec<SetGlyph>> = BTreeMap::new();
        let (mut last, mut repeated) = (None, 0);
        for glyph in glyphs {
            repeated = if last == Some((glyph.face, glyph.id)) { repeated + 1 } else { 0 };
            last = Some((glyph.face, glyph.id));
            subsets.entry((glyph.face, repeated)).or_default().push(*glyph);
        }
        let mut embedding = Embedding { fonts: Vec::with_capacity(subsets.len()), places: HashMap::new() };
        embedding.places.reserve(glyphs.len());
        for subset in subsets.values() {
            let face = fonts.face(&subset[0])?; // no list is empty: each was made for a glyph
            embedding.fonts.push(EmbeddedFont::new(face, subset)?);
            for (place, glyph) in subset.iter().enumerate() {
                // `EmbeddedFont::new` refuses more than a CID can number.
                embedding.places.insert(*glyph, (embedding.fonts.len() - 1, place as u16 + 1));
            }
        }
        Ok(embedding)
    }
}

impl EmbeddedFont {
    /// The glyphs, all of one face and all different, with CIDs from 1 on in their order.
    pub(super) fn new(face: &Face, glyphs: &[SetGlyph]) -> Result<Self, Error> {
        if glyphs.len() > GLYPH_LIMIT {
            let found = format!("{} glyphs", glyphs.len());
            return Err(Code::TooManyGlyphs
                .fault()
                .in_file(&*face.name)
                .expected(format!("at most {GLYPH_LIMIT}"))
                .found(found));
        }
        if let Some(glyph) = glyphs.iter().find(|glyph| !(1..face.advances.len()).contains(&usize::from(glyph.id))) {
            return Err(Code::FontGlyph.fault().in_file(&*face.name).found(format!("glyph {}", glyph.id)));
        }
        let mut ids = Vec::with_capacity(glyphs.len() + 1);
        ids.push(0); // .notdef
        ids.extend(glyphs.iter().map(|glyph| glyph.id));

        let base_name = format!("{}+{}", tag(face, glyphs), face.postscript);
        let program = match face.outlines {
            Outlines::FlatCff => cff::cut(face, &base_name, &ids),
            Outlines::Cff | Outlines::TrueType => cut(face, &ids[1..]),
        };
        let program = program.ok_or_else(|| {
            Code::FontGlyph.fault().in_file(&*face.name).found(format!("a subset of {} glyphs", ids.len()))
        })?;
        Ok(EmbeddedFont {
            base_name,
            is_cff: face.outlines != Outlines::TrueType,
            file: deflate::zlib_quick(&program),
            file_length: program.len(),
            widths: ids.iter().map(|id| face.thousandths(*id)).collect(),
            to_unicode: deflate::zlib_quick(to_unicode(glyphs).as_bytes()),
            bbox: face.bbox,
            ascent: face.ascent,
            descent: face.descent,
            cap_height: face.cap_height,
        })
    }
}

/// A font program of any other font than a flat one: glyphs are numbered on from 1 in the order given.
fn cut(face: &Face, glyphs: &[u16]) -> Option<Vec<u8>> {
    let remapper = GlyphRemapper::new_from_glyphs(glyphs);
    let made = subsetter::subset(face.bytes(), face.index(), &remapper).ok()?;
    if face.outlines == Outlines::TrueType {
        return Some(made);
    }
    let font = FontRef::new(&made).ok()?;
    Some(font.cff().ok()?.offset_data().as_bytes().to_vec())
}

/// Six capital letters from the digest of what the subset holds (ISO 32000-1:2008, 9.6.4).
fn tag(face: &Face, glyphs: &[SetGlyph]) -> String {
    let mut held = face.postscript.clone().into_bytes();
    for glyph in glyphs {
        held.extend_from_slice(&glyph.id.to_be_bytes());
        held.extend_from_slice(&(glyph.character as u32).to_be_bytes());
        held.extend_from_slice(&glyph.selector.map_or(0, u32::from).to_be_bytes());
    }
    let digest = Sm3::digest(&held);
    digest[..6].iter().map(|byte| char::from(b'A' + byte % 26)).collect()
}
