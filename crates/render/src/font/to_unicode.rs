//! The way back from glyphs to characters, without which text could be neither searched nor copied.
//!
//! ISO 32000-1:2008, 9.10.3.

use std::fmt::Write as _;

use crate::page::SetGlyph;

/// No more are allowed between `beginbfchar` and `endbfchar`.
const BLOCK: usize = 100;

const HEAD: &str = "/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
";

const FOOT: &str = "endcmap
CMapName currentdict /CMap defineresource pop
end
end
";

/// The ToUnicode CMap of glyphs whose CIDs count from 1.
pub(super) fn to_unicode(glyphs: &[SetGlyph]) -> String {
    let mut text = String::with_capacity(HEAD.len() + FOOT.len() + glyphs.len() * 16);
    text.push_str(HEAD);
    for (block, glyphs) in glyphs.chunks(BLOCK).enumerate() {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{} beginbfchar", glyphs.len());
        for (place, glyph) in glyphs.iter().enumerate() {
            let _ = write!(text, "<{:04X}> <", block * BLOCK + place + 1);
            for character in [Some(glyph.character), glyph.selector].into_iter().flatten() {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    let _ = write!(text, "{unit:04X}");
                }
            }
            text.push_str(">\n");
        }
        text.push_str("endbfchar\n");
    }
    text.push_str(FOOT);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glyph(character: char, selector: Option<char>) -> SetGlyph {
        SetGlyph { face: 0, id: 7, character, selector }
    }

    #[test]
    fn planes_and_selectors() {
        let text = to_unicode(&[glyph('A', None), glyph('𠀀', None), glyph('葛', Some('\u{E0100}'))]);
        assert!(
            text.contains("3 beginbfchar\n<0001> <0041>\n<0002> <D840DC00>\n<0003> <845BDB40DD00>\nendbfchar\n"),
            "{text}"
        );
    }

    #[test]
    fn blocks_of_a_hundred() {
        let text = to_unicode(&[glyph('中', None); 201]);
        let blocks: Vec<&str> = text.lines().filter(|line| line.ends_with("beginbfchar")).collect();
        assert_eq!(blocks, ["100 beginbfchar", "100 beginbfchar", "1 beginbfchar"]);
        assert!(text.contains("endbfchar\n1 beginbfchar\n<00C9> <4E2D>\nendbfchar\nendcmap\n"), "{text}");
    }
}
