//! What the bytes of simple fonts stand for: the part of the encodings that receipts need (ISO 32000-1, annex D).

/// A base encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Base {
    Standard,
    WinAnsi,
    MacRoman,
}

impl Base {
    pub(super) fn named(name: &[u8]) -> Option<Base> {
        match name {
            b"StandardEncoding" => Some(Base::Standard),
            b"WinAnsiEncoding" => Some(Base::WinAnsi),
            b"MacRomanEncoding" => Some(Base::MacRoman),
            _ => None,
        }
    }

    /// Printable ASCII in each, the other half of Windows' and of Macintosh's, and of the standard one what stands
    /// among numbers.
    pub(super) fn character(self, byte: u8) -> Option<char> {
        match (self, byte) {
            (Base::Standard, b'\'') => Some('\u{2019}'),
            (Base::Standard, b'`') => Some('\u{2018}'),
            (_, b' '..=b'~') => Some(char::from(byte)),
            // These show a bullet (note 3 of table D.2).
            (Base::WinAnsi, 0x7F | 0x81 | 0x8D | 0x8F | 0x90 | 0x9D) => Some('•'),
            (Base::WinAnsi, 0x80..=0xFF) => single(encoding_rs::WINDOWS_1252, byte),
            (Base::MacRoman, 0xCA) => Some(' '),
            // The system's currency sign came after this table.
            (Base::MacRoman, 0xDB) => Some('¤'),
            (Base::MacRoman, 0x80..=0xFF) => single(encoding_rs::MACINTOSH, byte),
            (Base::Standard, 0xA5) => Some('¥'),
            (Base::Standard, 0xB1) => Some('–'),
            (Base::Standard, 0xB4) => Some('·'),
            (Base::Standard, 0xB7) => Some('•'),
            (Base::Standard, 0xBC) => Some('…'),
            (Base::Standard, 0xD0) => Some('—'),
            _ => None,
        }
    }
}

fn single(encoding: &'static encoding_rs::Encoding, byte: u8) -> Option<char> {
    encoding.decode_without_bom_handling_and_without_replacement(&[byte])?.chars().next()
}

/// Names of the characters from space to tilde that are not letters, and of others that stand among numbers (Adobe
/// Glyph List).
const NAMES: [(&[u8], char); 63] = [
    (b"space", ' '),
    (b"exclam", '!'),
    (b"quotedbl", '"'),
    (b"numbersign", '#'),
    (b"dollar", '$'),
    (b"percent", '%'),
    (b"ampersand", '&'),
    (b"quotesingle", '\''),
    (b"parenleft", '('),
    (b"parenright", ')'),
    (b"asterisk", '*'),
    (b"plus", '+'),
    (b"comma", ','),
    (b"hyphen", '-'),
    (b"period", '.'),
    (b"slash", '/'),
    (b"zero", '0'),
    (b"one", '1'),
    (b"two", '2'),
    (b"three", '3'),
    (b"four", '4'),
    (b"five", '5'),
    (b"six", '6'),
    (b"seven", '7'),
    (b"eight", '8'),
    (b"nine", '9'),
    (b"colon", ':'),
    (b"semicolon", ';'),
    (b"less", '<'),
    (b"equal", '='),
    (b"greater", '>'),
    (b"question", '?'),
    (b"at", '@'),
    (b"bracketleft", '['),
    (b"backslash", '\\'),
    (b"bracketright", ']'),
    (b"asciicircum", '^'),
    (b"underscore", '_'),
    (b"grave", '`'),
    (b"braceleft", '{'),
    (b"bar", '|'),
    (b"braceright", '}'),
    (b"asciitilde", '~'),
    (b"yen", '¥'),
    (b"nbspace", '\u{A0}'),
    (b"nonbreakingspace", '\u{A0}'),
    (b"bullet", '•'),
    (b"periodcentered", '·'),
    (b"middot", '·'),
    (b"quoteleft", '\u{2018}'),
    (b"quoteright", '\u{2019}'),
    (b"quotedblleft", '\u{201C}'),
    (b"quotedblright", '\u{201D}'),
    (b"endash", '–'),
    (b"emdash", '—'),
    (b"minus", '\u{2212}'),
    (b"sfthyphen", '\u{AD}'),
    (b"ellipsis", '…'),
    (b"Euro", '€'),
    (b"sterling", '£'),
    (b"multiply", '×'),
    (b"degree", '°'),
    (b"section", '§'),
];

/// The text of a glyph's name: parts with `_` between them, and a form behind a point that says nothing (Adobe Glyph
/// List Specification, 2). Parts are those above, digits of other forms, `uni` with UTF-16 and `u` with a number in
/// hexadecimal.
pub(super) fn glyph_text(name: &[u8]) -> Option<String> {
    let name = name.split(|byte| *byte == b'.').next().filter(|name| !name.is_empty())?;
    name.split(|byte| *byte == b'_').map(part_text).collect()
}

fn part_text(name: &[u8]) -> Option<String> {
    let forms: [&[u8]; 3] = [b"oldstyle", b"superior", b"inferior"];
    let name = forms.iter().find_map(|form| name.strip_suffix(*form)).unwrap_or(name);
    if let [letter @ (b'a'..=b'z' | b'A'..=b'Z')] = name {
        return Some(char::from(*letter).to_string());
    }
    if let Some((_, character)) = NAMES.iter().find(|(known, _)| *known == name) {
        return Some(character.to_string());
    }
    let name = std::str::from_utf8(name).ok()?;
    let hexadecimal = |digits: &str| {
        let upper = digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'A'..=b'F'));
        if upper { u32::from_str_radix(digits, 16).ok() } else { None }
    };
    if let Some(digits) = name.strip_prefix("uni").filter(|digits| digits.len() >= 4 && digits.len() % 4 == 0) {
        let mut text = String::new();
        for at in (0..digits.len()).step_by(4) {
            text.push(char::from_u32(hexadecimal(digits.get(at..at + 4)?)?)?);
        }
        return Some(text);
    }
    let digits = name.strip_prefix('u').filter(|digits| (4..=6).contains(&digits.len()))?;
    char::from_u32(hexadecimal(digits)?).map(String::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_bytes_stand_for_characters() {
        for (name, text) in [
            ("A", Some("A")),
            ("zero", Some("0")),
            ("uni4E00", Some("一")),
            ("uni4E004E01", Some("一丁")),
            ("u2000B", Some("𠀋")),
            ("one.tnum", Some("1")),
            ("oneoldstyle", Some("1")),
            ("one_two_uni4E00.liga", Some("12一")),
            ("periodcentered", Some("·")),
            ("one_", None),
            (".notdef", None),
            ("", None),
            ("uniD800", None),
            ("g12", None),
        ] {
            assert_eq!(glyph_text(name.as_bytes()).as_deref(), text, "{name}");
        }
        assert_eq!(Base::WinAnsi.character(b'8'), Some('8'));
        for (base, byte, character) in [
            (Base::WinAnsi, 0xA5, Some('¥')),
            (Base::WinAnsi, 0xB7, Some('·')),
            (Base::WinAnsi, 0x92, Some('\u{2019}')),
            (Base::WinAnsi, 0x80, Some('€')),
            (Base::WinAnsi, 0x9D, Some('•')),
            (Base::MacRoman, 0xB4, Some('¥')),
            (Base::MacRoman, 0xD5, Some('\u{2019}')),
            (Base::MacRoman, 0xDB, Some('¤')),
            (Base::Standard, 0xB4, Some('·')),
            (Base::Standard, 0x81, None),
            (Base::WinAnsi, 0x1F, None),
        ] {
            assert_eq!(base.character(byte), character, "{base:?} {byte:X}");
        }
        assert_eq!(Base::named(b"MacExpertEncoding"), None);
    }
}
