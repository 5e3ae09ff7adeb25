//! What the bundled font has.
#![allow(clippy::unwrap_used)]

use encoding_rs::GBK;
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, pen::ControlBoundsPen};
use skrifa::raw::TableProvider;
use skrifa::{FontRef, MetadataProvider};

/// First and last cell of a run.
type Cells = (u8, u8);

/// First and last row of GB 2312-80 with the cells that are assigned in them, from the standard's tables.
const ASSIGNED: [(u8, u8, &[Cells]); 12] = [
    (1, 1, &[(1, 94)]),
    (2, 2, &[(17, 66), (69, 78), (81, 92)]),
    (3, 3, &[(1, 94)]),
    (4, 4, &[(1, 83)]),
    (5, 5, &[(1, 86)]),
    (6, 6, &[(1, 24), (33, 56)]),
    (7, 7, &[(1, 33), (49, 81)]),
    (8, 8, &[(1, 26), (37, 73)]),
    (9, 9, &[(4, 79)]),
    (16, 54, &[(1, 94)]),
    (55, 55, &[(1, 89)]),
    (56, 87, &[(1, 94)]),
];

/// Every character of GB 2312, decoded by a library of browsers.
fn gb2312() -> Vec<char> {
    let mut characters = Vec::new();
    for (from, to, cells) in ASSIGNED {
        for row in from..=to {
            for cell in cells.iter().flat_map(|(first, last)| *first..=*last) {
                let pair = [row + 0xA0, cell + 0xA0];
                let text = GBK.decode_without_bom_handling_and_without_replacement(&pair).unwrap();
                characters.extend(text.chars());
            }
        }
    }
    characters
}

fn lacking(characters: impl IntoIterator<Item = char>) -> String {
    let font = FontRef::new(czei_font::SANS_SC).unwrap();
    let (map, outlines) = (font.charmap(), font.outline_glyphs());
    let drawn = |character| {
        let Some(glyph) = map.map(character).filter(|glyph| glyph.to_u32() != 0) else { return false };
        let mut bounds = ControlBoundsPen::new();
        let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
        outlines.get(glyph).unwrap().draw(settings, &mut bounds).unwrap();
        character == '\u{3000}' || bounds.bounding_box().is_some_and(|area| area.x_max > area.x_min)
    };
    characters.into_iter().filter(|character| !drawn(*character)).collect()
}

#[test]
fn all_of_gb_2312() {
    let characters = gb2312();
    assert_eq!(characters.len(), 7445);
    assert_eq!(lacking(characters), "");
}

#[test]
fn ascii_latin_full_width_and_units() {
    let text = ('!'..='~').chain('！'..='～').chain("¥￥·•—―…〇〔〕㎡㎏㎜㎝㎞㎎№℃①⑳㈠±×÷²³µ½€£".chars());
    assert_eq!(lacking(text), "");
}

#[test]
fn names_beyond_gb_2312() {
    assert_eq!(lacking("喆堃玥昇祎翀骉堉瑀芃珺旸犇䶮㛃囍陳黃劉".chars()), "");
    // Beyond the BMP, of the third level of the general standard characters.
    assert_eq!(lacking("𬭎𬬩𫟼𬭳𠙶".chars()), "");
}

#[test]
fn is_small_and_may_be_embedded() {
    assert!(czei_font::SANS_SC.len() <= 2_000_000, "{}", czei_font::SANS_SC.len());
    let font = FontRef::new(czei_font::SANS_SC).unwrap();
    assert_eq!(font.os2().unwrap().fs_type(), 0);
    assert_eq!(font.head().unwrap().units_per_em(), 1000);
}

#[test]
fn the_reserved_name_is_not_used_and_the_copyright_is_kept() {
    use skrifa::string::StringId;
    let font = FontRef::new(czei_font::SANS_SC).unwrap();
    let name = |id| font.localized_strings(id).english_or_first().unwrap().to_string();
    for id in [StringId::FAMILY_NAME, StringId::FULL_NAME, StringId::POSTSCRIPT_NAME] {
        assert!(name(id).starts_with("Czei"), "{}", name(id));
    }
    assert!(name(StringId::COPYRIGHT_NOTICE).contains("Adobe"));
    assert!(name(StringId::LICENSE_DESCRIPTION).contains("SIL Open Font License"));
    assert!(czei_font::LICENCE.contains("with Reserved Font\nName 'Source'"));
}
