//! Rules about one token each: tags, references, comments, CDATA sections, instructions (R09, R10, R14 to R20).
//!
//! The tokenizer only says where a token ends. Each function here takes the whole token with its
//! angle brackets and checks it against the grammar from the first byte to the last, so a token
//! that was cut in the wrong place does not pass.

use crate::Code;
use crate::model::{is_name_char, is_name_start};

use super::Limits;
use super::characters::{Refusal, is_allowed, is_space};

/// What a start tag or an empty-element tag says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StartTag {
    pub(super) name_len: usize,
    pub(super) has_attributes: bool,
    pub(super) is_empty: bool,
}

/// `STag` and `EmptyElemTag`, productions 40 and 44 (R09, R10, R15).
pub(super) fn start_tag(tag: &str, limits: &Limits) -> Result<StartTag, Refusal> {
    let bytes = tag.as_bytes();
    let name_end = name_end(tag, 1, limits)?;
    let name_len = name_end - 1;
    if name_end + 1 == bytes.len() && bytes[name_end] == b'>' {
        return Ok(StartTag { name_len, has_attributes: false, is_empty: false });
    }
    let (has_attributes, is_empty) = attributes(tag, name_end, limits)?;
    Ok(StartTag { name_len, has_attributes, is_empty })
}

/// `ETag`, production 42: the name must be the open element's (R14).
pub(super) fn end_tag(tag: &str, open: &str) -> Result<(), Refusal> {
    let inner = tag.strip_prefix("</").and_then(|rest| rest.strip_suffix('>')).ok_or((Code::Markup, 0))?;
    match inner.strip_prefix(open) {
        Some("") => Ok(()),
        Some(rest) if rest.bytes().all(is_space) => Ok(()),
        _ => Err((Code::EndTag, 0)),
    }
}

/// Everything after the name of a start tag. Returns whether there are attributes, and whether
/// the tag is an empty-element tag.
fn attributes(tag: &str, mut at: usize, limits: &Limits) -> Result<(bool, bool), Refusal> {
    let bytes = tag.as_bytes();
    let mut names: Vec<&str> = Vec::new();
    loop {
        let spaces = bytes[at..].iter().take_while(|&&byte| is_space(byte)).count();
        at += spaces;
        match &bytes[at..] {
            b">" => return Ok((!names.is_empty(), false)),
            b"/>" => return Ok((!names.is_empty(), true)),
            // A character that is no part of a name cuts the element's name short.
            _ if spaces == 0 && names.is_empty() => return Err((Code::Name, at)),
            _ if spaces == 0 => return Err((Code::Attribute, at)),
            _ => {}
        }
        if names.len() >= limits.attributes {
            return Err((Code::LimitAttributes, at));
        }
        let start = at;
        at = name_end(tag, at, limits).map_err(|(code, offset)| match code {
            Code::Name => (Code::Attribute, offset),
            other => (other, offset),
        })?;
        let name = &tag[start..at];
        if name == "xmlns" {
            return Err((Code::Namespace, start));
        }
        if names.contains(&name) {
            return Err((Code::AttributeTwice, start));
        }
        names.push(name);
        at = attribute_value(tag, at)?;
    }
}

/// `Eq AttValue`, productions 25 and 10. Returns the offset after the closing quote.
fn attribute_value(tag: &str, mut at: usize) -> Result<usize, Refusal> {
    let bytes = tag.as_bytes();
    let skip_space = |at: usize| at + bytes[at..].iter().take_while(|&&byte| is_space(byte)).count();
    at = skip_space(at);
    if bytes.get(at) != Some(&b'=') {
        return Err((Code::Attribute, at));
    }
    at = skip_space(at + 1);
    let quote = match bytes.get(at) {
        Some(&quote @ (b'"' | b'\'')) => quote,
        _ => return Err((Code::Attribute, at)),
    };
    let start = at + 1;
    let length = bytes[start..].iter().position(|&byte| byte == quote).ok_or((Code::Attribute, at))?;
    let end = start + length;
    let mut at = start;
    while at < end {
        match bytes[at] {
            b'<' => return Err((Code::Attribute, at)),
            b'&' => {
                let length = bytes[at..end].iter().position(|&byte| byte == b';').ok_or((Code::Reference, at))?;
                reference(&tag[at..=at + length]).map_err(|code| (code, at))?;
                at += length + 1;
            }
            _ => at += 1,
        }
    }
    Ok(end + 1)
}

/// The offset after the name that begins at `at`: `NCName`, with a bound (R09, R10, R22).
pub(super) fn name_end(tag: &str, at: usize, limits: &Limits) -> Result<usize, Refusal> {
    let bytes = tag.as_bytes();
    // Nearly all names are ASCII: letters first, then the table.
    let mut end = at;
    while end < bytes.len() && NAME_BYTES[usize::from(bytes[end])] {
        end += 1;
    }
    let begins = bytes.get(at).is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_');
    if begins && end - at <= limits.name && bytes.get(end).is_some_and(|&byte| byte < 0x80 && byte != b':') {
        return Ok(end);
    }
    name_end_slow(tag, at, limits)
}

#[cold]
fn name_end_slow(tag: &str, at: usize, limits: &Limits) -> Result<usize, Refusal> {
    for (count, (offset, c)) in tag[at..].char_indices().enumerate() {
        if c == ':' {
            return Err((Code::Namespace, at + offset));
        }
        if count == 0 && !is_name_start(c) {
            return Err((Code::Name, at));
        }
        if !is_name_char(c) {
            return Ok(at + offset);
        }
        if count >= limits.name {
            return Err((Code::LimitName, at));
        }
    }
    Err((Code::Name, at))
}

/// The ASCII bytes that a name may hold after its first.
pub(super) static NAME_BYTES: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = (byte as u8).is_ascii_alphanumeric() || matches!(byte as u8, b'_' | b'-' | b'.');
        byte += 1;
    }
    table
};

/// The character that a whole reference `&…;` stands for: one of the five predefined entities or a
/// character that a document may hold (R16, R17).
pub(super) fn reference(token: &str) -> Result<char, Code> {
    let body = token.strip_prefix('&').and_then(|rest| rest.strip_suffix(';')).ok_or(Code::Reference)?;
    match body {
        "amp" => return Ok('&'),
        "lt" => return Ok('<'),
        "gt" => return Ok('>'),
        "quot" => return Ok('"'),
        "apos" => return Ok('\''),
        _ => {}
    }
    let Some(number) = body.strip_prefix('#') else {
        let mut chars = body.chars();
        let is_name =
            chars.next().is_some_and(|c| is_name_start(c) || c == ':') && chars.all(|c| is_name_char(c) || c == ':');
        return Err(if is_name { Code::Entity } else { Code::Reference });
    };
    let (digits, radix) = match number.strip_prefix('x') {
        Some(digits) => (digits, 16),
        None => (number, 10),
    };
    if digits.is_empty() {
        return Err(Code::Reference);
    }
    let mut point = 0u32;
    for digit in digits.chars() {
        let digit = digit.to_digit(radix).ok_or(Code::Reference)?;
        // Saturating: any number of digits beyond U+10FFFF stays beyond it.
        point = point.saturating_mul(radix).saturating_add(digit);
    }
    char::from_u32(point).filter(|&c| is_allowed(c)).ok_or(Code::Character)
}

/// `Comment`, production 15 (R19).
pub(super) fn comment(token: &str) -> Result<(), Refusal> {
    let inner = token.strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->")).ok_or((Code::Comment, 0))?;
    match inner.find("--") {
        Some(at) => Err((Code::Comment, 4 + at)),
        None if inner.ends_with('-') => Err((Code::Comment, 4 + inner.len() - 1)),
        None => Ok(()),
    }
}

/// `CDSect`, production 18. Returns whether it holds any text.
pub(super) fn cdata(token: &str) -> Result<bool, Refusal> {
    let inner = token.strip_prefix("<![CDATA[").and_then(|rest| rest.strip_suffix("]]>")).ok_or((Code::Markup, 0))?;
    if inner.contains("]]>") { Err((Code::Markup, 0)) } else { Ok(!inner.is_empty()) }
}

/// `PI`, production 16 (R20).
pub(super) fn instruction(token: &str, limits: &Limits) -> Result<(), Refusal> {
    let inner = token.strip_prefix("<?").and_then(|rest| rest.strip_suffix("?>")).ok_or((Code::Instruction, 0))?;
    let end = name_end(token, 2, limits).map_err(|(code, at)| match code {
        Code::Name => (Code::Instruction, at),
        other => (other, at),
    })?;
    let after = &token.as_bytes()[end..];
    let set_off = after == b"?>" || after.first().is_some_and(|&byte| is_space(byte));
    if !set_off || inner.contains("?>") || token[2..end].eq_ignore_ascii_case("xml") {
        return Err((Code::Instruction, 0));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_resolved_or_refused_by_code() {
        for (token, expected) in [
            ("&amp;", Ok('&')),
            ("&apos;", Ok('\'')),
            ("&#10;", Ok('\n')),
            ("&#x20BB7;", Ok('𠮷')),
            ("&#x000000000041;", Ok('A')),
            ("&nbsp;", Err(Code::Entity)),
            ("&a:b;", Err(Code::Entity)),
            ("&;", Err(Code::Reference)),
            ("&#;", Err(Code::Reference)),
            ("&#x;", Err(Code::Reference)),
            ("&#X41;", Err(Code::Reference)),
            ("&#4 1;", Err(Code::Reference)),
            ("&a b;", Err(Code::Reference)),
            ("&#+65;", Err(Code::Reference)),
            ("&#0;", Err(Code::Character)),
            ("&#1;", Err(Code::Character)),
            ("&#x85;", Err(Code::Character)),
            ("&#xD800;", Err(Code::Character)),
            ("&#xFFFE;", Err(Code::Character)),
            ("&#xFFFF;", Err(Code::Character)),
            ("&#x110000;", Err(Code::Character)),
            ("&#99999999999999999999;", Err(Code::Character)),
        ] {
            assert_eq!(reference(token), expected, "{token}");
        }
    }

    #[test]
    fn start_tags_are_read_to_the_last_byte() {
        let limits = Limits::default();
        let plain = StartTag { name_len: 1, has_attributes: false, is_empty: false };
        assert_eq!(start_tag("<a>", &limits), Ok(plain));
        assert_eq!(start_tag("<a \n>", &limits), Ok(plain));
        assert_eq!(start_tag("<a/>", &limits), Ok(StartTag { is_empty: true, ..plain }));
        assert_eq!(
            start_tag("<a b='>' c=\"'&lt;\" />", &limits),
            Ok(StartTag { has_attributes: true, is_empty: true, ..plain })
        );
        assert_eq!(start_tag("<备注>", &limits), Ok(StartTag { name_len: 6, ..plain }));
        for (tag, code, at) in [
            ("<>", Code::Name, 1),
            ("< a>", Code::Name, 1),
            ("<1>", Code::Name, 1),
            ("<a$>", Code::Name, 2),
            ("<a/ >", Code::Name, 2),
            ("<a//>", Code::Name, 2),
            ("<x:a>", Code::Namespace, 2),
            ("<:a>", Code::Namespace, 1),
            ("<a xmlns='u'>", Code::Namespace, 3),
            ("<a b:c='u'>", Code::Namespace, 4),
            ("<a b>", Code::Attribute, 4),
            ("<a b=c>", Code::Attribute, 5),
            ("<a b='c'd='e'>", Code::Attribute, 8),
            ("<a 'b'>", Code::Attribute, 3),
            ("<a b='<'>", Code::Attribute, 6),
            ("<a b='&'>", Code::Reference, 6),
            ("<a b='&x;'>", Code::Entity, 6),
            ("<a b='' b=''>", Code::AttributeTwice, 8),
        ] {
            assert_eq!(start_tag(tag, &limits), Err((code, at)), "{tag}");
        }
    }

    #[test]
    fn comments_instructions_and_cdata() {
        let limits = Limits::default();
        assert_eq!(comment("<!---->"), Ok(()));
        assert_eq!(comment("<!-- - -->"), Ok(()));
        assert_eq!(comment("<!-->"), Err((Code::Comment, 0)));
        assert_eq!(comment("<!--->"), Err((Code::Comment, 0)));
        assert_eq!(comment("<!--a--b-->"), Err((Code::Comment, 5)));
        assert_eq!(comment("<!--a--->"), Err((Code::Comment, 5)));
        assert_eq!(instruction("<?a?>", &limits), Ok(()));
        assert_eq!(instruction("<?xml-stylesheet href='x'?>", &limits), Ok(()));
        for bad in ["<?xml?>", "<?XML a?>", "<?Xml?>", "<??>", "<? a?>", "<?a$?>", "<?a?b?>", "<?>"] {
            assert_eq!(instruction(bad, &limits).map_err(|(code, _)| code), Err(Code::Instruction), "{bad}");
        }
        assert_eq!(instruction("<?a:b?>", &limits), Err((Code::Namespace, 3)));
        assert_eq!(cdata("<![CDATA[]]>"), Ok(false));
        assert_eq!(cdata("<![CDATA[]]]]>"), Ok(true));
        assert_eq!(cdata("<![CDATA[]]>]]>"), Err((Code::Markup, 0)));
    }
}
