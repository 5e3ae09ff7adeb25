//! Which glyph of a face a character has: a table of pages, filled once a face.

use super::shaping;

/// Characters of a page.
const PAGE: usize = 256;
/// Pages of Unicode.
const PAGES: usize = 0x11_0000 / PAGE;

/// Glyphs by character.
pub(super) struct CharacterTable {
    /// Which of `pages`; 0 is the empty one.
    index: Vec<u16>,
    /// Glyphs; 0 is none.
    pages: Vec<[u16; PAGE]>,
}

/// What a character is to a line of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// It has a shape of its own.
    Plain,
    /// It only moves the pen.
    Space,
    /// It chooses the form of the character before it.
    Selector,
    /// Its shape or place depends on its neighbours, or it runs from right to left.
    Shaped,
    /// Nothing would be seen of it.
    Invisible,
}

impl CharacterTable {
    pub(super) fn new() -> Self {
        CharacterTable { index: vec![0; PAGES], pages: vec![[0; PAGE]] }
    }

    pub(super) fn insert(&mut self, character: char, glyph: u16) {
        let (page, cell) = split(character);
        if self.index[page] == 0 {
            // At most 4,352 pages.
            self.index[page] = self.pages.len() as u16;
            self.pages.push([0; PAGE]);
        }
        self.pages[usize::from(self.index[page])][cell] = glyph;
    }

    pub(super) fn get(&self, character: char) -> Option<u16> {
        let (page, cell) = split(character);
        Some(self.pages[usize::from(self.index[page])][cell]).filter(|glyph| *glyph != 0)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pages.len() == 1
    }
}

fn split(character: char) -> (usize, usize) {
    let code = character as usize;
    (code / PAGE, code % PAGE)
}

/// Variation selectors: U+FE00–FE0F and U+E0100–E01EF.
pub(super) fn is_selector(character: char) -> bool {
    matches!(character, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

pub(super) fn class(character: char) -> Class {
    match character {
        // General category Zs without the Ogham space, which is a stroke.
        ' ' | '\u{A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => Class::Space,
        _ if is_selector(character) => Class::Selector,
        _ if is_invisible(character) => Class::Invisible,
        _ if shaping::is_shaped(character) => Class::Shaped,
        _ => Class::Plain,
    }
}

/// Controls, line and paragraph separators, interlinear annotation, and what Unicode calls
/// `Default_Ignorable_Code_Point`.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\0'..='\u{1F}'
            | '\u{7F}'..='\u{9F}'
            | '\u{AD}'
            | '\u{34F}'
            | '\u{61C}'
            | '\u{115F}'..='\u{1160}'
            | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}'
            | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{3164}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}'
            | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn glyphs_are_found_in_all_planes() {
        let mut table = CharacterTable::new();
        assert!(table.is_empty());
        for (glyph, character) in ['A', '中', '\u{20000}', char::MAX].into_iter().enumerate() {
            table.insert(character, glyph as u16 + 1);
        }
        assert_eq!(table.get('A'), Some(1));
        assert_eq!(table.get('中'), Some(2));
        assert_eq!(table.get('\u{20000}'), Some(3));
        assert_eq!(table.get(char::MAX), Some(4));
        assert_eq!(table.get('B'), None);
        assert_eq!(table.get('\u{20001}'), None);
    }

    #[test]
    fn classes() {
        let of = |text: &str| text.chars().map(class).collect::<Vec<_>>();
        assert_eq!(of("A中，𠀀é①☑한あ㎡ё€"), [Class::Plain; 12]);
        assert_eq!(of(" \u{A0}\u{2003}\u{3000}"), [Class::Space; 4]);
        assert_eq!(of("\u{FE00}\u{FE0F}\u{E0100}\u{E01EF}"), [Class::Selector; 4]);
        assert_eq!(of("\n\u{200B}\u{200D}\u{202E}\u{FEFF}\u{AD}\u{E0001}"), [Class::Invisible; 7]);
        assert_eq!(of("\u{301}عאकกབᠮ\u{1100}\u{3099}\u{20E3}"), [Class::Shaped; 10]);
    }
}
