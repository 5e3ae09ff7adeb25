//! Subsets read back: the same outlines, widths and characters.

use std::collections::BTreeSet;

use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, pen::PathElement};
use skrifa::raw::ps::cff::CffFontRef;
use skrifa::{FontRef, GlyphId, MetadataProvider};

use super::{DEJAVU, HANAMIN_A, NOTO, NOTO_JP, NOTO_SC, only};
use crate::Code;
use crate::font::FontSet;
use crate::font::embed::EmbeddedFont;
pub(super) use crate::font::embed::Embedding;
use crate::font::face::{Face, Outlines};
use crate::page::SetGlyph;

fn glyphs(fonts: &FontSet, text: &str) -> BTreeSet<SetGlyph> {
    fonts.set(text).unwrap().into_iter().collect()
}

fn unpacked(stream: &[u8]) -> Vec<u8> {
    miniz_oxide::inflate::decompress_to_vec_zlib(stream).unwrap()
}

fn drawn_by(font: &FontRef<'_>, glyph: u16) -> Vec<PathElement> {
    let mut path = Vec::new();
    let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
    font.outline_glyphs().get(GlyphId::from(glyph)).unwrap().draw(settings, &mut path).unwrap();
    path
}

/// The path and the advance of a CID in an embedded program.
fn drawn(font: &EmbeddedFont, program: &[u8], cid: u16) -> (Vec<PathElement>, Option<f32>) {
    if !font.is_cff {
        return (drawn_by(&FontRef::new(program).unwrap(), cid), None);
    }
    let cff = CffFontRef::new_cff(program, 0, None).unwrap();
    assert!(cff.is_cid());
    let glyph = GlyphId::from(cid);
    let sid = cff.charset().unwrap().string_id(glyph).unwrap();
    assert_eq!(sid.to_u16(), cid, "glyph and CID are the same");
    let part = cff.subfont(cff.subfont_index(glyph).unwrap(), &[]).unwrap();
    let mut path = Vec::new();
    let advance = cff.draw(&part, glyph, &[], None, &mut path).unwrap();
    (path, advance)
}

/// Compares each embedded glyph with the font that it was taken from.
fn compare(fonts: &FontSet, wanted: &BTreeSet<SetGlyph>) -> Embedding {
    let embedding = Embedding::new(fonts, wanted).unwrap();
    assert_eq!(embedding.places.len(), wanted.len());
    let programs: Vec<Vec<u8>> = embedding.fonts.iter().map(|font| unpacked(&font.file)).collect();
    for glyph in wanted {
        let (place, cid) = embedding.places[glyph];
        let (font, face): (&EmbeddedFont, &Face) = (&embedding.fonts[place], &fonts.faces[usize::from(glyph.face)]);
        assert!(cid > 0);
        let (path, advance) = drawn(font, &programs[place], cid);
        assert_eq!(path, drawn_by(&face.font().unwrap(), glyph.id), "{glyph:?}");
        let width = font.widths[usize::from(cid)];
        assert_eq!(width, face.thousandths(glyph.id), "{glyph:?}");
        if let Some(advance) = advance {
            assert_eq!(advance as u16, face.advances[usize::from(glyph.id)], "{glyph:?}");
        }
    }
    for (font, program) in embedding.fonts.iter().zip(&programs) {
        assert_eq!(font.file_length, program.len());
        let (tag, name) = font.base_name.split_once('+').unwrap();
        assert!(tag.len() == 6 && tag.bytes().all(|byte| byte.is_ascii_uppercase()), "{tag}");
        assert!(!name.is_empty());
        assert!(font.ascent > 0 && font.descent < 0 && font.cap_height > 0);
    }
    embedding
}

const TEXT: &str = "江苏省非税收入统一票据（电子）ABCabc0189￥¥ \u{3000}堃𬭎①㎡，。—…“”金额合计大写壹贰叁";

#[test]
fn the_bundled_font() {
    let fonts = FontSet::bundled();
    assert_eq!(fonts.faces[0].outlines, Outlines::FlatCff);
    let embedding = compare(&fonts, &glyphs(&fonts, TEXT));
    let [font] = &embedding.fonts[..] else { panic!("{} fonts", embedding.fonts.len()) };
    assert!(font.is_cff && font.base_name.ends_with("+CzeiSansSC-Regular"));
    assert_eq!((font.ascent, font.descent, font.cap_height), (1160, -288, 733));
}

#[test]
fn all_of_the_bundled_font() {
    let fonts = FontSet::bundled();
    let count = fonts.faces[0].advances.len() as u16;
    // What the characters are does not matter here; each is different.
    let all = (1..count).map(|id| SetGlyph {
        face: 0,
        id,
        character: char::from_u32(0x1_0000 + u32::from(id)).unwrap(),
        selector: None,
    });
    compare(&fonts, &all.collect());
}

#[test]
fn truetype() {
    let Some(fonts) = only(DEJAVU, 0) else { return };
    // é is composed of two glyphs, which follow behind the ones asked for.
    let embedding = compare(&fonts, &glyphs(&fonts, "Aé fiÜ§Ж"));
    assert!(!embedding.fonts[0].is_cff);
    assert_eq!(embedding.fonts[0].widths.len(), 9);
    // 2048 units an em: 1401 of them are 684 thousandths.
    let (_, cid) = embedding.places[&fonts.set("A").unwrap()[0]];
    assert_eq!(embedding.fonts[0].widths[usize::from(cid)], 684);
}

#[test]
fn cff_with_subroutines() {
    let Some(fonts) = only(NOTO, NOTO_SC) else { return };
    assert_eq!(fonts.faces[0].outlines, Outlines::Cff);
    compare(&fonts, &glyphs(&fonts, TEXT));
}

#[test]
fn several_faces() {
    let (Some(japanese), Some(hanamin)) = (only(NOTO, NOTO_JP), only(HANAMIN_A, 0)) else { return };
    let faces = vec![FontSet::bundled().faces[0].clone(), japanese.faces[0].clone(), hanamin.faces[0].clone()];
    let fonts = FontSet { faces: faces.into() };
    let wanted = glyphs(&fonts, "张三𠀋葛葛\u{E0101}ゔ");
    let embedding = compare(&fonts, &wanted);
    let kinds: Vec<bool> = embedding.fonts.iter().map(|font| font.is_cff).collect();
    assert_eq!(kinds[..2], [true, true]);
    let form = *wanted.iter().find(|glyph| glyph.selector.is_some()).unwrap();
    let (place, cid) = embedding.places[&form];
    let map = String::from_utf8(unpacked(&embedding.fonts[place].to_unicode)).unwrap();
    assert!(map.contains(&format!("<{cid:04X}> <845BDB40DD01>\n")), "{map}");
}

#[test]
fn a_glyph_of_two_characters_has_two_places() {
    let fonts = FontSet::bundled();
    let glyph = fonts.set("A").unwrap()[0];
    let other = SetGlyph { character: 'Α', ..glyph }; // Greek
    let embedding = compare(&fonts, &[glyph, other].into());
    assert_eq!((embedding.places[&glyph], embedding.places[&other]), ((0, 1), (1, 1)));
    let map = |place: usize| String::from_utf8(unpacked(&embedding.fonts[place].to_unicode)).unwrap();
    assert!(map(0).contains("<0001> <0041>") && map(1).contains("<0001> <0391>"));
    assert_ne!(embedding.fonts[0].base_name, embedding.fonts[1].base_name);
}

#[test]
fn the_same_glyphs_give_the_same_bytes() {
    let fonts = FontSet::bundled();
    let parts = |text: &str| {
        let made = Embedding::new(&fonts, &glyphs(&fonts, text)).unwrap();
        made.fonts.into_iter().map(|font| (font.base_name, font.file, font.to_unicode)).collect::<Vec<_>>()
    };
    let reversed: String = TEXT.chars().rev().collect();
    assert_eq!(parts(TEXT), parts(&reversed));
    assert_ne!(parts(TEXT)[0].0, parts("A")[0].0);
    assert_eq!(parts(""), []);
}

#[test]
fn glyphs_that_are_not_there() {
    let fonts = FontSet::bundled();
    let glyph = fonts.set("A").unwrap()[0];
    for (strange, found) in [
        (SetGlyph { face: 3, ..glyph }, "face 3 of 1"),
        (SetGlyph { id: 0, ..glyph }, "glyph 0"),
        (SetGlyph { id: 60_000, ..glyph }, "glyph 60000"),
    ] {
        let error = Embedding::new(&fonts, &[strange].into()).err().unwrap();
        assert_eq!((error.code(), error.found_text()), (Code::FontGlyph, Some(found)));
    }
}

#[test]
fn more_glyphs_than_a_subset_numbers() {
    let fonts = FontSet::bundled();
    let face = &fonts.faces[0];
    let glyph = |id| SetGlyph { face: 0, id, character: 'A', selector: None };
    let many: Vec<SetGlyph> = (0..65_535_u32).map(|id| glyph(id as u16)).collect();
    let error = EmbeddedFont::new(face, &many).err().unwrap();
    assert_eq!((error.code(), error.found_text()), (Code::TooManyGlyphs, Some("65535 glyphs")));
}
