//! Characters and their glyphs.

use super::{DEJAVU, NOTO, NOTO_JP, only};
use crate::Code;
use crate::artwork::Segment;
use crate::font::{FontSet, Lack, Missing};
use crate::length::centipoints;
use crate::page::SetGlyph;

fn lacks(fonts: &FontSet, text: &str) -> Vec<(usize, char, Lack)> {
    fonts.set(text).unwrap_err().iter().map(|one| (one.index, one.character, one.lack)).collect()
}

#[test]
fn characters_have_glyphs_in_order() {
    let fonts = FontSet::bundled();
    let glyphs = fonts.set("收款A5￥").unwrap();
    assert_eq!(glyphs.iter().map(|glyph| glyph.character).collect::<String>(), "收款A5￥");
    assert!(glyphs.iter().all(|glyph| glyph.id != 0 && glyph.face == 0 && glyph.selector.is_none()));
    assert_eq!(fonts.set("").unwrap(), []);
}

#[test]
fn all_that_is_missing_is_listed() {
    let fonts = FontSet::bundled();
    assert_eq!(
        lacks(&fonts, "甲\u{200B}乙\n🀄"),
        [(1, '\u{200B}', Lack::Glyph), (3, '\n', Lack::Glyph), (4, '🀄', Lack::Glyph)]
    );
    assert_eq!(
        lacks(&fonts, "e\u{301}שא"),
        [(1, '\u{301}', Lack::Shaping), (2, 'ש', Lack::Shaping), (3, 'א', Lack::Shaping)]
    );
    assert_eq!(lacks(&FontSet::new(), "A "), [(0, 'A', Lack::Glyph), (1, ' ', Lack::Glyph)]);
}

#[test]
fn letters_that_need_shaping_are_refused_where_the_font_has_them() {
    let Some(fonts) = only(DEJAVU, 0) else { return };
    assert_eq!(lacks(&fonts, "بab\u{301}"), [(0, 'ب', Lack::Shaping), (3, '\u{301}', Lack::Shaping)]);
    assert!(fonts.has('é') && fonts.has('Ж') && fonts.has('ﬁ'));
}

#[test]
fn the_error_lists_characters_and_positions() {
    let missing = |index, character, lack| Missing { index, character, lack };
    assert_eq!(Missing::fault(&[]), None);
    let some =
        [missing(0, '𪚥', Lack::Glyph), missing(4, '\u{E0100}', Lack::Form), missing(6, '\u{202E}', Lack::Glyph)];
    let error = Missing::fault(&some).unwrap();
    assert_eq!(error.code(), Code::MissingGlyph);
    assert_eq!(error.found_text(), Some("𪚥 U+2A6A5 #1, U+E0100 #5, U+202E #7"));
    let error = Missing::fault(&[some[0], missing(9, 'ب', Lack::Shaping)]).unwrap();
    assert_eq!((error.code(), error.found_text()), (Code::ScriptNeedsShaping, Some("U+0628 #10")));
    let many: Vec<Missing> = (0..2000).map(|index| missing(index, '𪚥', Lack::Glyph)).collect();
    let found = Missing::fault(&many).unwrap();
    assert!(found.found_text().unwrap().ends_with("𪚥 U+2A6A5 #20, … +1980"), "{found}");
}

#[test]
fn forms_are_those_that_are_written() {
    let bundled = FontSet::bundled();
    // A form that no font knows is not replaced by another one, and a selector needs a character.
    assert_eq!(lacks(&bundled, "葛\u{E0101}"), [(1, '\u{E0101}', Lack::Form)]);
    assert_eq!(lacks(&bundled, "\u{FE00}"), [(0, '\u{FE00}', Lack::Form)]);
    assert_eq!(lacks(&bundled, "🀄\u{FE0E}"), [(0, '🀄', Lack::Glyph), (1, '\u{FE0E}', Lack::Form)]);
    let Some(fonts) = only(NOTO, NOTO_JP) else { return };
    let plain = fonts.set("葛").unwrap();
    let forms = fonts.set("葛\u{E0100}葛\u{E0101}口").unwrap();
    assert_eq!(forms.len(), 3);
    assert_eq!(
        forms.iter().map(|glyph| glyph.selector).collect::<Vec<_>>(),
        [Some('\u{E0100}'), Some('\u{E0101}'), None]
    );
    assert!(forms[0].id != forms[1].id && (plain[0].id == forms[0].id || plain[0].id == forms[1].id));
    assert_eq!(lacks(&fonts, "葛\u{E0101}\u{E0101}"), [(2, '\u{E0101}', Lack::Form)]);
    // The form comes from the face that knows it, behind one that has the character alone.
    let both = FontSet { faces: vec![bundled.faces[0].clone(), fonts.faces[0].clone()].into() };
    assert_eq!(both.set("葛\u{E0101}").unwrap()[0], SetGlyph { face: 1, ..forms[1] });
}

#[test]
fn spaces_move_the_pen() {
    let fonts = FontSet::bundled();
    let advances = |fonts: &FontSet, text: &str| -> Vec<i32> {
        fonts.set(text).unwrap().iter().map(|glyph| fonts.advance(glyph, 100_000)).collect()
    };
    assert_eq!(advances(&fonts, " \u{A0}\u{3000}"), [22_400, 22_400, 100_000]);
    // Where a font lacks one, the ordinary space stands for it, and stays the character it is.
    let Some(dejavu) = only(DEJAVU, 0) else { return };
    let glyphs = dejavu.set(" \u{3000}").unwrap();
    assert_eq!((glyphs[0].id, glyphs[1].character), (glyphs[1].id, '\u{3000}'));
    assert_eq!(dejavu.outline(&glyphs[1], 3175).unwrap(), []);
}

#[test]
fn advances() {
    let fonts = FontSet::bundled();
    let glyph = |text: &str| fonts.set(text).unwrap()[0];
    assert_eq!(fonts.advance(&glyph("国"), centipoints(900)), 3175);
    // 555 of 1000 units.
    assert_eq!(fonts.advance(&glyph("0"), 3175), 1762);
    let strange = SetGlyph { face: 9, ..glyph("国") };
    assert_eq!(fonts.advance(&strange, 3175), 0);
    assert_eq!(fonts.advance(&SetGlyph { id: u16::MAX, ..glyph("国") }, 3175), 0);
    let error = fonts.outline(&strange, 3175).unwrap_err();
    assert_eq!((error.code(), error.found_text()), (Code::FontGlyph, Some("face 9 of 1")));
    let error = fonts.outline(&SetGlyph { id: u16::MAX, ..glyph("国") }, 3175).unwrap_err();
    assert_eq!(error.code(), Code::FontGlyph);
}

#[test]
fn outlines_hang_from_the_baseline() {
    let fonts = FontSet::bundled();
    let bounds = |path: &[Segment]| {
        let points: Vec<(i32, i32)> = path
            .iter()
            .flat_map(|segment| match *segment {
                Segment::Move(x, y) | Segment::Line(x, y) => vec![(x, y)],
                Segment::Curve([a, b, c, d, e, f]) => vec![(a, b), (c, d), (e, f)],
                Segment::Close => vec![],
            })
            .collect();
        let (xs, ys) = (points.iter().map(|p| p.0), points.iter().map(|p| p.1));
        (xs.clone().min().unwrap(), ys.clone().min().unwrap(), xs.max().unwrap(), ys.max().unwrap())
    };
    let path = fonts.outline(&fonts.set("H").unwrap()[0], 10_000).unwrap();
    assert!(matches!(path[0], Segment::Move(..)) && path.last() == Some(&Segment::Close));
    // A capital stands on the baseline and is as high as the font says: 733 of 1000.
    let (left, top, right, bottom) = bounds(&path);
    assert_eq!((top, bottom), (-7330, 0));
    assert!(0 < left && left < right && right < 10_000);
    // The quadratic curves of TrueType, as cubic ones.
    let Some(dejavu) = only(DEJAVU, 0) else { return };
    let path = dejavu.outline(&dejavu.set("O").unwrap()[0], 20_480).unwrap();
    assert!(path.iter().any(|segment| matches!(segment, Segment::Curve(_))));
    // 2048 units an em: ten micrometres a unit. The glyph's box in its font is 115, -29, 1497, 1520.
    assert_eq!(bounds(&path), (1150, -15_200, 14_970, 290));
}
