//! What is taken as a font and what is not.

use super::{DEJAVU, HANAMIN_B, NOTO, NOTO_SC, file, only, patched, renamed};
use crate::font::{FontSet, Lack};
use crate::{Code, Error};
use std::sync::Arc;

fn refused(bytes: Arc<[u8]>, index: u32) -> Error {
    let error = FontSet::new().with_face("x.otf", bytes, index).err().unwrap();
    assert_eq!(error.place().file.as_deref(), Some("x.otf"));
    error
}

#[test]
fn fonts_that_may_not_be_embedded_or_cut() {
    for (bits, found) in [
        (0x0002_u16, "fsType 0x0002, restricted licence embedding"),
        (0x0100, "fsType 0x0100, no subsetting"),
        (0x0204, "fsType 0x0204, bitmap embedding only"),
    ] {
        let error = refused(patched(b"OS/2", 8, &bits.to_be_bytes()), 0);
        assert_eq!((error.code(), error.found_text()), (Code::FontNotEmbeddable, Some(found)));
    }
    // Preview and print, editable; and, in old fonts, restricted but for those who may print.
    for bits in [0x0004_u16, 0x0008, 0x0006] {
        assert!(FontSet::new().with_face("x", patched(b"OS/2", 8, &bits.to_be_bytes()), 0).is_ok());
    }
}

#[test]
fn fonts_without_outlines_or_characters() {
    let error = refused(renamed(b"CFF ", b"CFFX"), 0);
    assert_eq!((error.code(), error.found_text()), (Code::FontOutlines, Some("neither glyf nor CFF")));
    let error = refused(renamed(b"cmap", b"cmax"), 0);
    assert_eq!((error.code(), error.found_text()), (Code::FontWithoutUnicode, Some("no map")));
    // Format 13: a font of last resort.
    let error = refused(patched(b"cmap", 12, &13_u16.to_be_bytes()), 0);
    assert_eq!(error.code(), Code::FontWithoutUnicode);
    assert!(error.found_text().unwrap().contains("last resort"));
    // Platform 3, encoding 0: symbols.
    let error = refused(patched(b"cmap", 4, &[0, 3, 0, 0]), 0);
    assert_eq!(error.code(), Code::FontWithoutUnicode);
}

#[test]
fn files_that_are_no_fonts() {
    for bytes in
        [&b""[..], b"wOF2", b"%PDF-1.7", b"OTTO", b"ttcf\0\x01\0\0\xff\xff\xff\xff", &czei_font::SANS_SC[..9000]]
    {
        assert_eq!(refused(bytes.into(), 0).code(), Code::FontMalformed, "{} bytes", bytes.len());
    }
    assert_eq!(refused(czei_font::SANS_SC.into(), 1).code(), Code::FontMalformed);
    let error = refused(patched(b"head", 18, &[0, 15]), 0);
    assert_eq!((error.code(), error.found_text()), (Code::FontMalformed, Some("unitsPerEm 15")));
    let error = refused(vec![0; (64 << 20) + 1].into(), 0);
    assert_eq!((error.code(), error.found_text()), (Code::FontTooLarge, Some("67108865 bytes")));
}

#[test]
fn no_more_faces_than_a_byte_numbers() {
    let face = FontSet::bundled().faces[0].clone();
    let full = FontSet { faces: Arc::new(vec![face; 255]) };
    let error = full.with_face("x.otf", czei_font::SANS_SC.into(), 0).err().unwrap();
    assert_eq!((error.code(), error.place().file.as_deref()), (Code::TooManyFaces, Some("x.otf")));
}

#[test]
fn a_blank_is_no_glyph() {
    let Some(bytes) = file(DEJAVU) else { return };
    let whole = FontSet::new().with_face("x", bytes.clone(), 0).unwrap();
    let glyph = usize::from(whole.set("A").unwrap()[0].id);
    // The place of the next glyph becomes that of this one, which so has no outline.
    let font = skrifa::FontRef::new(&bytes).unwrap();
    let record = font.table_directory().table_records().iter().find(|r| r.tag() == skrifa::Tag::new(b"loca")).unwrap();
    let at = record.offset() as usize + 4 * glyph;
    let mut bytes = bytes.to_vec();
    bytes.copy_within(at..at + 4, at + 4);
    let blank = FontSet::new().with_face("x", bytes.into(), 0).unwrap();
    assert_eq!(blank.set("A").unwrap_err()[0].lack, Lack::Glyph);
    assert!(blank.has('C'));
}

#[test]
fn the_digest_depends_on_bytes_face_and_order() {
    let bundled = FontSet::bundled();
    let again = FontSet::new().with_face("other name", czei_font::SANS_SC.into(), 0).unwrap();
    assert_eq!(bundled.digest(), again.digest());
    let changed = FontSet::new().with_face("x", patched(b"head", 7, &[9]), 0).unwrap();
    assert_ne!(bundled.digest(), changed.digest());
    let pair = |a: &FontSet, b: &FontSet| FontSet { faces: Arc::new(vec![a.faces[0].clone(), b.faces[0].clone()]) };
    assert_ne!(pair(&bundled, &changed).digest(), pair(&changed, &bundled).digest());
    let (Some(sc), Some(jp)) = (only(NOTO, NOTO_SC), only(NOTO, super::NOTO_JP)) else { return };
    assert_ne!(sc.digest(), jp.digest());
}

#[test]
fn damaged_fonts_never_panic() {
    // Bytes at places of a linear congruential generator, the same on every run.
    let mut state = 1_u32;
    let mut next = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state as usize
    };
    let mut taken = 0;
    for (path, rounds) in [(None, 12), (Some(DEJAVU), 40)] {
        let Some(good) = path.map_or_else(|| Some(czei_font::SANS_SC.into()), file) else { continue };
        for _ in 0..rounds {
            let mut bytes = good.to_vec();
            for _ in 0..8 {
                // The directory and the heads of tables come first.
                let place = next() % if next() % 4 == 0 { bytes.len() } else { 3000 };
                bytes[place] = next() as u8;
            }
            let Ok(fonts) = FontSet::new().with_face("x", bytes.into(), 0) else { continue };
            taken += 1;
            let glyphs: Vec<_> = ('!'..='~').filter_map(|c| Some(fonts.set(&c.to_string()).ok()?[0])).collect();
            let _ = super::embedding::Embedding::new(&fonts, &glyphs.iter().copied().collect());
            for glyph in &glyphs {
                let _ = fonts.outline(glyph, 3175);
            }
        }
    }
    assert!(taken > 5, "{taken}");
}

#[test]
fn planes_beyond_the_first() {
    let bundled = FontSet::bundled();
    assert!(bundled.has('𬭎'));
    let missing = bundled.set("张𪚥").unwrap_err();
    assert_eq!(missing.len(), 1);
    assert_eq!((missing[0].index, missing[0].character, missing[0].lack), (1, '𪚥', Lack::Glyph));
    let Some(bytes) = file(HANAMIN_B) else { return };
    let more = bundled.with_face("HanaMinB", bytes, 0).unwrap();
    let glyphs = more.set("张𪚥\u{3000}A").unwrap();
    assert_eq!(glyphs.iter().map(|glyph| glyph.face).collect::<Vec<_>>(), [0, 1, 0, 0]);
    assert_eq!(more.faces().collect::<Vec<_>>(), ["Czei Sans SC", "HanaMinB"]);
    assert_eq!(more.advance(&glyphs[1], 3175), 3175);
}
