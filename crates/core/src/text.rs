//! Texts of bounded length, and the characters that no issued receipt contains.

use core::fmt;
use core::str::FromStr;

use crate::mask::mask_personal;
use crate::value::{excerpt, malformed};
use crate::{Code, Error};

/// A string of `MIN` to `MAX` characters, counted as Unicode code points (财综〔2017〕32号 String).
///
/// [`Text::new`] is for issuing and refuses what must not be signed; [`Text::read`] is for receipts
/// of others and looks at the length alone. Reading from JSON goes through [`Text::new`].
///
/// ```
/// use czei_core::{Code, Text};
/// let name = Text::<1, 100>::new("陈𠮷")?;
/// assert_eq!(name.as_str(), "陈𠮷");
/// assert_eq!(Text::<1, 2>::new("三个字").unwrap_err().code(), Code::TextLength);
/// assert_eq!(Text::<1, 100>::new("a\u{200B}b").unwrap_err().code(), Code::TextInvisible);
/// # Ok::<(), czei_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text<const MIN: usize, const MAX: usize>(String);

impl<const MIN: usize, const MAX: usize> Text<MIN, MAX> {
    /// A text to be issued.
    ///
    /// # Errors
    /// [`Code::TextLength`], [`Code::TextControl`], [`Code::TextInvisible`],
    /// [`Code::TextNoncharacter`]; [`Code::TextSpace`] for white space at either end, full-width
    /// and no-break space included. Private use characters are allowed: rare names need them.
    pub fn new(text: impl Into<String>) -> Result<Self, Error> {
        let text = Self::read(text)?;
        text.check()?;
        Ok(text)
    }

    /// A text of a foreign receipt, kept exactly.
    ///
    /// # Errors
    /// [`Code::TextLength`].
    pub fn read(text: impl Into<String>) -> Result<Self, Error> {
        let text = text.into();
        if !has_length(&text, MIN, MAX) {
            return Err(length_error(&text, MIN, MAX));
        }
        Ok(Text(text))
    }

    /// Whether a text that was read may be issued again, as a red receipt does.
    ///
    /// # Errors
    /// As [`Text::new`].
    pub fn check(&self) -> Result<(), Error> {
        check_characters(&self.0, false)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, given away.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

impl<const MIN: usize, const MAX: usize> fmt::Display for Text<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// With identity and telephone numbers masked, because `Debug` ends in logs.
impl<const MIN: usize, const MAX: usize> fmt::Debug for Text<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({:?})", mask_personal(&self.0))
    }
}

impl<const MIN: usize, const MAX: usize> AsRef<str> for Text<MIN, MAX> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl<const MIN: usize, const MAX: usize> FromStr for Text<MIN, MAX> {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::new(text)
    }
}

impl<const MIN: usize, const MAX: usize> TryFrom<&str> for Text<MIN, MAX> {
    type Error = Error;

    fn try_from(text: &str) -> Result<Self, Error> {
        Self::new(text)
    }
}

impl<const MIN: usize, const MAX: usize> TryFrom<String> for Text<MIN, MAX> {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        Self::new(text)
    }
}

impl<const MIN: usize, const MAX: usize> serde::Serialize for Text<MIN, MAX> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de, const MIN: usize, const MAX: usize> serde::Deserialize<'de> for Text<MIN, MAX> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::value::deserialize(deserializer)
    }
}

/// The first invisible character of a text: its index, counted in characters from 0, and itself.
///
/// Invisible are the bidirectional controls, zero width characters, U+FEFF, the soft hyphen, line
/// and paragraph separators, invisible operators, deprecated format characters, annotation marks,
/// tags and the fillers that show as nothing. Variation selectors are not among them: they choose
/// the form of a rare character in a name.
///
/// ```
/// use czei_core::first_invisible;
/// assert_eq!(first_invisible("张\u{202E}三"), Some((1, '\u{202E}')));
/// assert_eq!(first_invisible("张三"), None);
/// ```
#[must_use]
pub fn first_invisible(text: &str) -> Option<(usize, char)> {
    text.chars().enumerate().find(|&(_, character)| is_invisible(character))
}

/// Whether a character can stand in a message as it is.
pub(crate) fn is_printable(character: char) -> bool {
    !character.is_control() && !is_invisible(character) && !is_noncharacter(character)
}

/// Refuses what no issued text contains; a line feed passes where the field allows it.
pub(crate) fn check_characters(text: &str, line_feed: bool) -> Result<(), Error> {
    if is_plain(text) {
        return Ok(());
    }
    for (index, character) in text.chars().enumerate() {
        let code = if character.is_control() {
            if line_feed && character == '\n' {
                continue;
            }
            Code::TextControl
        } else if is_invisible(character) {
            Code::TextInvisible
        } else if is_noncharacter(character) {
            Code::TextNoncharacter
        } else {
            continue;
        };
        let found = format!("U+{:04X}, character {} of {}", u32::from(character), index + 1, excerpt(text));
        return Err(Error::new(code).found(found));
    }
    if text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace) {
        // In quotation marks, because the end of the text is what matters here.
        return Err(Error::new(Code::TextSpace).found(format!("\"{}\"", excerpt(text))).expected(excerpt(text.trim())));
    }
    Ok(())
}

/// Whether a text is made of visible ASCII and of characters from U+4000 to U+EFFF alone, as most
/// texts are: none of these is a control character, invisible, a noncharacter or white space.
pub(crate) fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'!'..=b'~' | 0x80..=0xBF | 0xE4..=0xEE))
}

fn has_length(text: &str, min: usize, max: usize) -> bool {
    // The byte length bounds the count from both sides and settles the common case without counting.
    let bytes = text.len();
    if bytes < min || bytes > max.saturating_mul(4) {
        return false;
    }
    if bytes <= max && min <= 1 {
        return true;
    }
    let count = text.chars().count();
    min <= count && count <= max
}

fn length_error(text: &str, min: usize, max: usize) -> Error {
    let count = text.chars().count();
    let expected = if min == max { format!("{min} characters") } else { format!("{min} to {max} characters") };
    if count == 0 {
        return malformed(Code::TextLength, "0 characters", &expected);
    }
    Error::new(Code::TextLength).found(format!("{count} characters: {}", excerpt(text))).expected(expected)
}

fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{00AD}'
            | '\u{034F}'
            | '\u{061C}'
            | '\u{115F}'..='\u{1160}'
            | '\u{180E}'
            | '\u{200B}'..='\u{200F}'
            | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{3164}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E007F}'
    )
}

fn is_noncharacter(character: char) -> bool {
    let point = u32::from(character);
    matches!(point, 0xFDD0..=0xFDEF) || point & 0xFFFE == 0xFFFE
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn code(text: &str) -> Code {
        Text::<1, 100>::new(text).unwrap_err().code()
    }

    #[test]
    fn length_counts_code_points() {
        for good in ["a", "元", "𠮷𠮷𠮷", "e\u{301}é", "abc"] {
            assert_eq!(Text::<1, 3>::new(good).unwrap().as_str(), good);
        }
        let error = Text::<1, 3>::new("𠮷𠮷𠮷𠮷").unwrap_err();
        assert_eq!(error.code(), Code::TextLength);
        assert_eq!(error.expected_text(), Some("1 to 3 characters"));
        assert_eq!(error.found_text(), Some("4 characters: 𠮷𠮷𠮷𠮷"));
        assert_eq!(Text::<1, 3>::read("abcd").unwrap_err().code(), Code::TextLength);
        assert_eq!(Text::<1, 3>::new("").unwrap_err().found_text(), Some("0 characters"));
        assert_eq!(Text::<0, 3>::new("").unwrap().as_str(), "");
        assert_eq!(Text::<2, 2>::new("元").unwrap_err().expected_text(), Some("2 characters"));
        assert_eq!(Text::<2, 2>::new("元角").unwrap().as_str(), "元角");
    }

    #[test]
    fn a_plain_text_has_nothing_to_refuse() {
        for c in (0..=u32::from(char::MAX)).filter_map(char::from_u32) {
            if is_plain(c.encode_utf8(&mut [0; 4])) {
                assert!(!c.is_control() && !c.is_whitespace() && !is_invisible(c) && !is_noncharacter(c), "{c:?}");
            }
        }
        assert!(is_plain("北京市测试医院A-1"));
        assert!(!is_plain("a b"));
    }

    #[test]
    fn control_characters_are_refused() {
        for point in (0..0x20).chain(0x7F..0xA0) {
            let character = char::from_u32(point).unwrap();
            assert_eq!(code(&format!("a{character}b")), Code::TextControl, "U+{point:04X}");
        }
        let error = Text::<1, 9>::new("张\t三").unwrap_err();
        assert_eq!(error.found_text(), Some("U+0009, character 2 of 张\\u{9}三"));
    }

    #[test]
    fn invisible_characters_are_refused() {
        let points = [0xAD, 0x61C, 0x2060, 0xFEFF, 0x200E, 0x200F, 0x2028, 0x3164, 0xE0041];
        for point in points.into_iter().chain(0x200B..=0x200D).chain(0x202A..=0x202E).chain(0x2066..=0x2069) {
            let character = char::from_u32(point).unwrap();
            assert_eq!(code(&format!("a{character}b")), Code::TextInvisible, "U+{point:04X}");
            assert_eq!(first_invisible(&format!("元{character}")), Some((1, character)));
            assert_eq!(
                Text::<1, 9>::read(character.to_string()).unwrap().check().unwrap_err().code(),
                Code::TextInvisible
            );
        }
    }

    #[test]
    fn noncharacters_are_refused() {
        for point in [0xFDD0, 0xFDEF, 0xFFFE, 0xFFFF, 0x1FFFE, 0x10_FFFF] {
            let character = char::from_u32(point).unwrap();
            assert_eq!(code(&format!("a{character}b")), Code::TextNoncharacter, "U+{point:04X}");
        }
    }

    #[test]
    fn white_space_at_the_ends_is_refused() {
        for text in [" a", "a ", "\u{3000}a", "a\u{A0}", " "] {
            assert_eq!(code(text), Code::TextSpace, "{text:?}");
        }
        let error = Text::<1, 9>::new("张三 ").unwrap_err();
        assert_eq!(error.found_text(), Some("\"张三 \""));
        assert_eq!(error.expected_text(), Some("张三"));
    }

    #[test]
    fn names_of_people_pass() {
        for name in
            ["陈𠮷", "䶮", "阿卜杜拉·买买提", "Anne O'Neil", "葛\u{E0100}", "\u{E000}", "\u{F0000}", "A&B <两宗> \"'"]
        {
            assert_eq!(Text::<1, 100>::new(name).unwrap().to_string(), name);
            assert_eq!(first_invisible(name), None);
        }
    }

    #[test]
    fn debug_masks_personal_numbers() {
        let text = Text::<1, 100>::new("张三 11010519491231002X").unwrap();
        assert_eq!(format!("{text:?}"), "Text(\"张三 **************002X\")");
        assert_eq!(text.to_string(), "张三 11010519491231002X");
    }

    #[test]
    fn json_is_a_string() {
        let text: Text<1, 9> = serde_json::from_str("\"张\\u4e09\"").unwrap();
        assert_eq!(text.as_str(), "张三");
        assert_eq!(serde_json::to_string(&text).unwrap(), "\"张三\"");
        assert!(serde_json::from_str::<Text<1, 9>>("\"\"").unwrap_err().to_string().contains("CZ3024"));
    }
}
