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

    /// Printable ASCII in each, and Latin-1 in Windows' one. The rest is not text of receipts.
    pub(super) fn character(self, byte: u8) -> Option<char> {
        match (self, byte) {
            (Base::Standard, b'\'') => Some('\u{2019}'),
            (Base::Standard, b'`') => Some('\u{2018}'),
            (_, b' '..=b'~') => Some(char::from(byte)),
            (Base::WinAnsi, 0xA0..=0xFF) => Some(char::from(byte)),
            (Base::WinAnsi, 0x80) => Some('€'),
            (Base::Standard, 0xA5) | (Base::MacRoman, 0xB4) => Some('¥'),
            _ => None,
        }
    }
}

/// Names of the characters from space to tilde that are not letters.
const NAMES: [(&[u8], char); 44] = [
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
];

/// The text of a glyph's name: those of ASCII, `uni` with UTF-16 and `u` with a number in hexadecimal.
pub(super) fn glyph_text(name: &[u8]) -> Option<String> {
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
            ("uniD800", None),
            ("g12", None),
        ] {
            assert_eq!(glyph_text(name.as_bytes()).as_deref(), text, "{name}");
        }
        assert_eq!(Base::WinAnsi.character(b'8'), Some('8'));
        assert_eq!(Base::Standard.character(0x81), None);
        assert_eq!(Base::named(b"MacExpertEncoding"), None);
    }
}
