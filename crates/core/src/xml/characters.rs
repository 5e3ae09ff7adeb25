//! Rules about the bytes as a whole: encoding, byte order mark, characters (R01 to R05).

use memchr::{memchr, memchr_iter};

use crate::{Code, Error};

use super::declaration;

pub(super) const BOM: &[u8] = b"\xEF\xBB\xBF";

/// What one pass over all bytes learned, so that tokens need not be searched again.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Survey {
    /// There is a carriage return: line ends have to be normalised.
    pub(super) has_cr: bool,
    /// There is a `]]>` somewhere.
    pub(super) has_cdata_end: bool,
}

/// A refusal with the byte offset it is about; the place is added by who knows lines and columns.
pub(super) type Refusal = (Code, usize);

/// R01, R02: the first bytes tell compression or another encoding. R04: one byte order mark at most.
///
/// Returns the length of the byte order mark.
pub(super) fn check_start(input: &[u8]) -> Result<usize, Refusal> {
    match input {
        [0x1F, 0x8B, ..] => Err((Code::Gzip, 0)),
        [0xFE, 0xFF, ..]
        | [0xFF, 0xFE, ..]
        | [0, b'<', ..]
        | [b'<', 0, ..]
        | [0, 0, 0xFE, 0xFF, ..]
        | [0, 0, 0, b'<', ..] => Err((Code::EncodingBytes, 0)),
        _ if input.starts_with(BOM) => {
            if input[BOM.len()..].starts_with(BOM) {
                Err((Code::SecondBom, BOM.len()))
            } else {
                Ok(BOM.len())
            }
        }
        _ => Ok(0),
    }
}

/// R03: the bytes are UTF-8. A declaration that names another encoding is the better message.
pub(super) fn check_utf8(input: &[u8], bom: usize) -> Result<&str, Error> {
    // The vectorised check says yes or no; the offset is found only for the message.
    if let Ok(text) = simdutf8::basic::from_utf8(input) {
        return Ok(text);
    }
    str::from_utf8(input).map_err(|error| {
        if let Some(declared) = declaration::other_encoding(&input[bom..]) {
            return Error::new(Code::EncodingDeclared)
                .found(declared)
                .expected("UTF-8")
                .at(super::place::of_bytes(input, bom));
        }
        let offset = error.valid_up_to();
        let bytes: Vec<String> = input[offset..].iter().take(4).map(|byte| format!("{byte:02X}")).collect();
        Error::new(Code::Utf8).found(bytes.join(" ")).at(super::place::of_bytes(input, offset))
    })
}

/// R05: no control character but TAB, LF and CR, no U+FFFE and U+FFFF, anywhere.
pub(super) fn survey(text: &str) -> Result<Survey, Refusal> {
    let bytes = text.as_bytes();
    // Branch-free over single bytes so that the compiler uses vectors; a document on one line has
    // no control character at all. What takes more to tell is looked for only where it can be.
    let controls = bytes.iter().fold(false, |found, &byte| found | (byte < 0x20) | (byte == 0x7F));
    let mut bad = controls && bytes.iter().any(|&byte| is_bad_byte(byte));
    // U+0080 to U+009F; U+FFFE and U+FFFF.
    bad |= memchr_iter(0xC2, bytes).any(|at| matches!(bytes[at + 1..], [0x80..=0x9F, ..]));
    bad |= memchr_iter(0xEF, bytes).any(|at| matches!(bytes[at + 1..], [0xBF, 0xBE..=0xBF, ..]));
    if bad {
        let found = text.char_indices().find(|&(_, c)| !is_allowed(c));
        return Err((Code::Character, found.map_or(0, |(offset, _)| offset)));
    }
    let has_cr = controls && memchr(b'\r', bytes).is_some();
    let has_cdata_end = memchr(b']', bytes).is_some() && text.contains("]]>");
    Ok(Survey { has_cr, has_cdata_end })
}

/// Whether a document may hold the character, written plainly or as a reference: `Char` of XML 1.0
/// without the control characters U+007F to U+009F, which the receipt has no use for.
pub(super) fn is_allowed(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => true,
        '\u{FFFE}' | '\u{FFFF}' => false,
        _ => !c.is_control(),
    }
}

fn is_bad_byte(byte: u8) -> bool {
    (byte < 0x20 && !is_space(byte)) || byte == 0x7F
}

/// `S` of XML 1.0, production 3.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_survey_agrees_with_the_rule_for_each_character_at_each_place() {
        for point in (0..0x1_1000u32).filter_map(char::from_u32) {
            for text in [format!("{point}"), format!("{point}ab"), format!("a{point}"), format!("ab{point}c")] {
                assert_eq!(survey(&text).is_ok(), is_allowed(point), "{point:?}");
            }
        }
    }

    #[test]
    fn the_survey_names_the_offset() {
        assert_eq!(survey("<a>年\u{1}</a>").unwrap_err(), (Code::Character, 6));
        assert!(survey("a]]>").unwrap().has_cdata_end);
        assert!(!survey("a]]").unwrap().has_cdata_end);
        assert!(survey("a\r").unwrap().has_cr);
        assert!(survey("").is_ok());
    }
}
