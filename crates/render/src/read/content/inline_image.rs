//! Images in content streams (ISO 32000-1, 8.9.7). Where one ends, readers find out in different ways, by its size, by
//! its filter, or by looking for `EI`; what one takes for samples is text to another. Only an end on which all agree is
//! one.

use czei_codes::Code as _;

use super::super::file::PdfFile;
use super::super::filter;
use super::super::lexer::{Lexer, Token, is_space};
use super::super::object::{Dictionary, Object};
use super::colour::Space;
use crate::{Code, Error};

/// Keys and values together.
const VALUES: usize = 64;
/// How far before the end `EI` may not stand: readers differ in whether the checksum of zlib is data.
const NEAR: usize = 6;

/// Keys and their abbreviations (table 93).
const KEYS: [(&str, &str); 9] = [
    ("BPC", "BitsPerComponent"),
    ("CS", "ColorSpace"),
    ("D", "Decode"),
    ("DP", "DecodeParms"),
    ("F", "Filter"),
    ("H", "Height"),
    ("IM", "ImageMask"),
    ("I", "Interpolate"),
    ("W", "Width"),
];

/// Reads on behind `BI`, to behind `EI`: the dictionary with its keys in full, and the samples.
///
/// # Errors
/// [`Code::PdfMalformed`] at `Contents/BI` where the end cannot be told, and the limits.
pub(super) fn read(
    file: &PdfFile<'_>,
    lexer: &mut Lexer<'_>,
    content: &[u8],
    resources: Option<&Dictionary>,
) -> Result<(Dictionary, Vec<u8>), Error> {
    let dictionary = entries(lexer)?;
    // One white space behind `ID`.
    let rest = content.get(lexer.at..).filter(|rest| rest.first().is_some_and(|byte| is_space(*byte)));
    let rest = rest.and_then(|rest| rest.get(1..)).ok_or_else(|| error("ID"))?;
    let end = samples_end(file, &dictionary, rest, resources)?;
    let said = dictionary.get("L").or_else(|| dictionary.get("Length")).map(Object::length);
    if end > rest.len() || said.is_some_and(|said| said != Some(end)) {
        return Err(error("Length"));
    }
    let gap = rest[end..].iter().take_while(|byte| is_space(**byte)).count();
    let at = end + gap;
    // Looking from the front and from behind, there is no other.
    let near = rest.get(end.saturating_sub(NEAR)..end).unwrap_or_default();
    if first_end(rest) != Some(at) || near.windows(2).any(|pair| pair == b"EI") {
        return Err(error("EI"));
    }
    file.budget.bytes(end)?;
    lexer.at += 1 + at + 2;
    Ok((dictionary, rest[..end].to_vec()))
}

fn error(word: &str) -> Error {
    Code::PdfMalformed.fault().at_path("Contents/BI").found(word)
}

/// Keys and values up to `ID`. None stands twice, nor do its two names.
fn entries(lexer: &mut Lexer<'_>) -> Result<Dictionary, Error> {
    let mut dictionary = Dictionary::default();
    let mut key: Option<Vec<u8>> = None;
    loop {
        match (lexer.token()?, key.take()) {
            (Token::Operator(operator), None) if operator == b"ID" => return Ok(dictionary),
            (Token::Value(Object::Name(name)), None) if 2 * dictionary.0.len() < VALUES => {
                let long = KEYS.iter().find(|(short, _)| short.as_bytes() == name.as_slice());
                let name = long.map_or(name, |(_, long)| long.as_bytes().to_vec());
                if dictionary.get(&name).is_some() {
                    return Err(error("BI"));
                }
                key = Some(name);
            }
            (Token::Value(value), Some(key)) => dictionary.0.push((key, value)),
            _ => return Err(error("BI")),
        }
    }
}

/// How many bytes the samples have by their size, or by their outermost filter.
fn samples_end(
    file: &PdfFile<'_>,
    dictionary: &Dictionary,
    rest: &[u8],
    resources: Option<&Dictionary>,
) -> Result<usize, Error> {
    let filters = filter::filters(dictionary, |value| value)?;
    if let Some((name, _)) = filters.first() {
        let limit = file.limits.stream_bytes.min(file.budget.bytes_left());
        let (end, inflated) = filter::end(name, rest, limit)?;
        // Each is decompressed to find its end.
        file.budget.bytes(inflated)?;
        return Ok(end);
    }
    let number = |key: &str| dictionary.get(key).and_then(Object::length);
    let is_mask = dictionary.get("ImageMask") == Some(&Object::Boolean(true));
    let bits = if is_mask { Some(1) } else { number("BitsPerComponent") };
    let components = match dictionary.get("ColorSpace") {
        _ if is_mask => Some(1),
        Some(Object::Array(parts)) => match parts.first().and_then(Object::name) {
            Some(b"Indexed" | b"I") => Some(1),
            _ => None,
        },
        Some(Object::Name(name)) => match Space::named(file, resources, name) {
            Space::Gray => Some(1),
            Space::Rgb => Some(3),
            Space::Cmyk => Some(4),
            Space::Other => None,
        },
        _ => None,
    };
    let size = || {
        let row = number("Width")?.checked_mul(bits?)?.checked_mul(components?)?.div_ceil(8);
        row.checked_mul(number("Height")?)
    };
    size().ok_or_else(|| error("ColorSpace"))
}

/// The first `EI` between white space.
fn first_end(rest: &[u8]) -> Option<usize> {
    // White space stands before the first sample too, behind `ID`.
    let begins = |at: usize| at == 0 || is_space(rest[at - 1]);
    let ends = |at: usize| rest.get(at + 2).is_none_or(|byte| is_space(*byte));
    (0..rest.len().saturating_sub(1)).find(|at| rest[*at..].starts_with(b"EI") && begins(*at) && ends(*at))
}
