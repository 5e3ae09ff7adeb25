//! One face of one font file, checked when it is taken in and never again.

use std::sync::{Arc, OnceLock};

use czei_codes::Code as _;
use czei_sm2::Sm3;
use skrifa::raw::ps::cff::CffFontRef;
use skrifa::raw::tables::cmap::{Cmap, CmapSubtable};
use skrifa::raw::types::GlyphId;
use skrifa::raw::{ReadError, TableProvider};
use skrifa::string::StringId;
use skrifa::{FontRef, MetadataProvider};

use super::characters::{CharacterTable, Class, class};
use super::outline;
use crate::{Code, Error};

/// The largest font file that is taken: Noto's collections of all of Chinese, Japanese and Korean have 27 MB.
pub(super) const FILE_LIMIT: usize = 64 << 20;
/// A charstring of a glyph that draws nothing is no longer: a width, `endchar`, perhaps a move.
const BLANK_CHARSTRING: usize = 16;

pub(crate) struct Face {
    data: Data,
    index: u32,
    /// What the caller called it.
    pub(super) name: String,
    /// Its PostScript name, of letters, digits, hyphens and underscores.
    pub(super) postscript: String,
    pub(super) units_per_em: u16,
    /// In font units, by glyph.
    pub(super) advances: Vec<u16>,
    pub(super) characters: CharacterTable,
    pub(super) outlines: Outlines,
    /// In thousandths of the em, as the next three.
    pub(super) bbox: [i32; 4],
    pub(super) ascent: i32,
    pub(super) descent: i32,
    pub(super) cap_height: i32,
    digest: OnceLock<[u8; 32]>,
}

/// How a face draws its glyphs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outlines {
    TrueType,
    Cff,
    /// CFF whose charstrings call no subroutines: each can be taken out by itself.
    FlatCff,
}

/// The bytes of a font file.
pub(super) enum Data {
    #[cfg(feature = "bundled-font")]
    Static(&'static [u8]),
    Shared(Arc<[u8]>),
}

impl Data {
    fn bytes(&self) -> &[u8] {
        match self {
            #[cfg(feature = "bundled-font")]
            Data::Static(bytes) => bytes,
            Data::Shared(bytes) => bytes,
        }
    }
}

impl Face {
    pub(super) fn new(name: String, data: Data, index: u32) -> Result<Self, Error> {
        let bytes = data.bytes();
        if bytes.len() > FILE_LIMIT {
            let size = format!("{} bytes", bytes.len());
            return Err(Code::FontTooLarge.fault().in_file(name).expected(format!("at most {FILE_LIMIT}")).found(size));
        }
        match Parts::read(bytes, index) {
            Ok(parts) => Ok(Face {
                index,
                name,
                postscript: parts.postscript,
                units_per_em: parts.units_per_em,
                advances: parts.advances,
                characters: parts.characters,
                outlines: parts.outlines,
                bbox: parts.bbox,
                ascent: parts.ascent,
                descent: parts.descent,
                cap_height: parts.cap_height,
                digest: OnceLock::new(),
                data,
            }),
            Err(error) => Err(error.in_file(name)),
        }
    }

    /// The face as the library reads it; cheap.
    pub(super) fn font(&self) -> Result<FontRef<'_>, Error> {
        FontRef::from_index(self.data.bytes(), self.index).map_err(malformed)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.data.bytes()
    }

    pub(super) fn index(&self) -> u32 {
        self.index
    }

    /// SM3 of the file and the index in it; made when first asked for.
    pub(super) fn digest(&self) -> [u8; 32] {
        *self.digest.get_or_init(|| Sm3::digest_parts(&[self.data.bytes(), &self.index.to_be_bytes()]))
    }

    /// The glyph of a character in the form that a variation selector chooses.
    pub(super) fn form(&self, character: char, selector: char) -> Option<u16> {
        use skrifa::charmap::MapVariant;
        let font = self.font().ok()?;
        match font.charmap().map_variant(character, selector)? {
            MapVariant::UseDefault => self.characters.get(character),
            MapVariant::Variant(glyph) => {
                let glyph = u16::try_from(glyph.to_u32()).ok()?;
                let drawn = usize::from(glyph) < self.advances.len() && !Blanks::of(&font)?.is_blank(&font, glyph);
                drawn.then_some(glyph)
            }
        }
    }

    /// An advance in thousandths of the em, rounded.
    pub(super) fn thousandths(&self, glyph: u16) -> u16 {
        let advance = self.advances.get(usize::from(glyph)).copied().unwrap_or(0);
        u16::try_from(per_mille(i32::from(advance), self.units_per_em)).unwrap_or(u16::MAX)
    }
}

/// What is read from the bytes of a face.
struct Parts {
    postscript: String,
    units_per_em: u16,
    advances: Vec<u16>,
    characters: CharacterTable,
    outlines: Outlines,
    bbox: [i32; 4],
    ascent: i32,
    descent: i32,
    cap_height: i32,
}

impl Parts {
    fn read(bytes: &[u8], index: u32) -> Result<Self, Error> {
        let font = FontRef::from_index(bytes, index).map_err(malformed)?;
        whole(&font, bytes.len())?;
        let head = font.head().map_err(malformed)?;
        let units_per_em = head.units_per_em();
        if !(16..=16384).contains(&units_per_em) {
            let found = format!("unitsPerEm {units_per_em}");
            return Err(Code::FontMalformed.fault().expected("unitsPerEm from 16 to 16384").found(found));
        }
        may_be_embedded(&font)?;
        let outlines = outlines(&font)?;
        let advances = advances(&font)?;
        let characters = characters(&font, advances.len())?;

        let scaled = |value: i16| per_mille(i32::from(value), units_per_em);
        let hhea = font.hhea().map_err(malformed)?;
        let (ascent, descent) = (hhea.ascender().to_i16(), hhea.descender().to_i16());
        let capital = font.os2().ok().and_then(|os2| os2.s_cap_height()).filter(|height| *height > 0);
        let name = font.localized_strings(StringId::POSTSCRIPT_NAME).english_or_first();
        Ok(Parts {
            postscript: postscript(name.into_iter().flat_map(|name| name.chars())),
            units_per_em,
            bbox: [head.x_min(), head.y_min(), head.x_max(), head.y_max()].map(scaled),
            ascent: scaled(ascent),
            descent: -scaled(descent).abs(),
            cap_height: scaled(capital.unwrap_or(ascent)),
            advances,
            characters,
            outlines,
        })
    }
}

/// Which glyphs draw nothing: a font that has only a blank for a character does not have it.
enum Blanks<'a> {
    TrueType(skrifa::raw::tables::loca::Loca<'a>),
    Cff(Box<CffFontRef<'a>>),
}

impl<'a> Blanks<'a> {
    fn of(font: &FontRef<'a>) -> Option<Self> {
        if let Ok(loca) = font.loca(None) {
            return Some(Blanks::TrueType(loca));
        }
        let table = font.cff().ok()?.offset_data().as_bytes();
        Some(Blanks::Cff(Box::new(CffFontRef::new_cff(table, 0, None).ok()?)))
    }

    fn is_blank(&self, font: &FontRef<'a>, glyph: u16) -> bool {
        let place = usize::from(glyph);
        match self {
            Blanks::TrueType(loca) => loca.get_raw(place) == loca.get_raw(place + 1),
            Blanks::Cff(cff) => match cff.charstrings().get(place) {
                Some(program) => program.len() <= BLANK_CHARSTRING && outline::is_blank(font, glyph),
                None => true,
            },
        }
    }
}

/// Whether all tables lie in the file: one that was cut off has no outlines only because they are missing.
fn whole(font: &FontRef<'_>, length: usize) -> Result<(), Error> {
    let beyond =
        font.table_directory().table_records().iter().find(|record| {
            (record.offset() as usize).checked_add(record.length() as usize).is_none_or(|end| end > length)
        });
    match beyond {
        Some(record) => {
            let found = format!("table {} beyond the end of the file", record.tag());
            Err(Code::FontMalformed.fault().found(found))
        }
        None => Ok(()),
    }
}

/// The licence bits that the maker of a font set in it (OS/2 `fsType`).
fn may_be_embedded(font: &FontRef<'_>) -> Result<(), Error> {
    let bits = font.os2().map_or(0, |os2| os2.fs_type());
    // Bits 0 to 3: from version 3 on one at most is set; before, the one that allows most counts.
    let refused = if bits & 0b1110 == 0b0010 {
        "restricted licence embedding"
    } else if bits & 0x0100 != 0 {
        "no subsetting"
    } else if bits & 0x0200 != 0 {
        "bitmap embedding only"
    } else {
        return Ok(());
    };
    Err(Code::FontNotEmbeddable.fault().found(format!("fsType {bits:#06x}, {refused}")))
}

fn outlines(font: &FontRef<'_>) -> Result<Outlines, Error> {
    if font.glyf().is_ok() && font.loca(None).is_ok() {
        return Ok(Outlines::TrueType);
    }
    if let Ok(table) = font.cff() {
        let data = table.offset_data().as_bytes();
        let cff = CffFontRef::new_cff(data, 0, None).map_err(|_| Code::FontMalformed.fault().found("CFF table"))?;
        return Ok(if is_flat(&cff, font) { Outlines::FlatCff } else { Outlines::Cff });
    }
    let found = if font.cff2().is_ok() {
        "CFF2 outlines"
    } else if font.cbdt().is_ok() || font.sbix().is_ok() || font.ebdt().is_ok() {
        "bitmaps only"
    } else {
        "neither glyf nor CFF"
    };
    Err(Code::FontOutlines.fault().expected("glyf or CFF outlines").found(found))
}

/// Whether charstrings can be copied one by one.
fn is_flat(cff: &CffFontRef<'_>, font: &FontRef<'_>) -> bool {
    let thousand = font.head().is_ok_and(|head| head.units_per_em() == 1000) && cff.matrix().is_none();
    // A font without FDArray counts as one part.
    let parts = if cff.is_cid() { cff.num_subfonts() } else { 1 };
    thousand
        && (1..=255).contains(&parts)
        && cff.global_subrs().count() == 0
        && (0..parts)
            .all(|part| cff.subfont(part, &[]).is_ok_and(|part| part.subrs_offset() == 0 && part.matrix().is_none()))
}

fn advances(font: &FontRef<'_>) -> Result<Vec<u16>, Error> {
    let count = font.maxp().map_err(malformed)?.num_glyphs();
    let table = font.hmtx().map_err(malformed)?;
    (0..count)
        .map(|glyph| table.advance(GlyphId::from(glyph)))
        .collect::<Option<Vec<u16>>>()
        .filter(|advances| !advances.is_empty())
        .ok_or_else(|| Code::FontMalformed.fault().found("hmtx without all advances"))
}

/// The characters that the face has, without those that would not be set rightly or not be seen.
fn characters(font: &FontRef<'_>, glyphs: usize) -> Result<CharacterTable, Error> {
    let map = font.charmap();
    let last_resort = font.cmap().is_ok_and(|table| is_last_resort(&table));
    if !map.has_map() || map.is_symbol() || last_resort {
        let found = match (map.has_map(), last_resort) {
            (_, true) => "a font of last resort, whose glyphs stand for whole blocks",
            (true, _) => "a map of symbols",
            (false, _) => "no map",
        };
        return Err(Code::FontWithoutUnicode.fault().expected("a cmap of Unicode characters").found(found));
    }
    let Some(blanks) = Blanks::of(font) else { return Err(Code::FontMalformed.fault().found("outlines")) };
    let mut table = CharacterTable::new();
    for (code, glyph) in map.mappings() {
        let Some(character) = char::from_u32(code) else { continue };
        let Some(glyph) = u16::try_from(glyph.to_u32()).ok().filter(|glyph| usize::from(*glyph) < glyphs) else {
            continue;
        };
        let printable = match class(character) {
            Class::Plain => !blanks.is_blank(font, glyph),
            Class::Space => true,
            Class::Selector | Class::Shaped | Class::Invisible => false,
        };
        if glyph != 0 && printable {
            table.insert(character, glyph);
        }
    }
    if table.is_empty() {
        return Err(Code::FontWithoutUnicode.fault().expected("a cmap of Unicode characters").found("an empty one"));
    }
    Ok(table)
}

/// Format 13 maps many characters to one glyph; only fonts of last resort have it.
fn is_last_resort(table: &Cmap<'_>) -> bool {
    let data = table.offset_data();
    table.encoding_records().iter().any(|record| matches!(record.subtable(data), Ok(CmapSubtable::Format13(_))))
}

fn postscript(name: impl Iterator<Item = char>) -> String {
    let kept: String = name.filter(|c| c.is_ascii_alphanumeric() || *c == '-' || *c == '_').take(63).collect();
    if kept.is_empty() { "Font".to_owned() } else { kept }
}

/// Thousandths of the em, rounded half away from zero.
fn per_mille(value: i32, units_per_em: u16) -> i32 {
    let em = i32::from(units_per_em);
    (value * 1000 + value.signum() * em / 2) / em
}

fn malformed(error: ReadError) -> Error {
    Code::FontMalformed.fault().found(format!("`{error}`"))
}
