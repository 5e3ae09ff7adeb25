//! From codes to Unicode: `ToUnicode` and the code lengths of embedded CMaps (ISO 32000-1, 9.7.5 and 9.10.3).

use std::collections::BTreeMap;

use super::super::lexer::{Lexer, Token};
use super::super::limits::Budget;
use super::super::object::Object;
use crate::Error;

/// Codes of one range; a font has no more glyphs.
const RANGE: u32 = 65_536;
/// Bytes of the text of one code.
const TEXT: usize = 64;
/// Ranges that say how long codes are: real CMaps have a few.
const SPACES: usize = 100;
/// Codes and ranges of codes with a text.
const ENTRIES: usize = 65_536;

/// What a CMap says.
#[derive(Debug, Default)]
pub(super) struct CMap {
    /// The lengths of codes in bytes with their first and last code.
    spaces: Vec<(usize, u32, u32)>,
    /// The text of single codes.
    single: BTreeMap<u32, String>,
    /// Ranges by their first code: the last code, and the text of the first as UTF-16.
    ranges: BTreeMap<u32, (u32, Vec<u16>)>,
    /// Whether it says more than any CMap has to say: then it is not to be used.
    pub(super) is_beyond: bool,
}

impl CMap {
    pub(super) fn parse(bytes: &[u8], budget: &Budget, depth: usize) -> Result<CMap, Error> {
        let mut cmap = CMap::default();
        let mut lexer = Lexer::content(bytes, budget, depth);
        let mut operands: Vec<Object> = Vec::new();
        loop {
            match lexer.token()? {
                Token::End => return Ok(cmap),
                Token::Value(value) => operands.push(value),
                Token::Operator(operator) => {
                    match operator.as_slice() {
                        b"endcodespacerange" => cmap.add_spaces(&operands),
                        b"endbfchar" => cmap.add_single(&operands),
                        b"endbfrange" => cmap.add_ranges(&operands),
                        _ => {}
                    }
                    operands.clear();
                    if cmap.spaces.len() > SPACES || cmap.single.len() + cmap.ranges.len() > ENTRIES {
                        return Ok(CMap { is_beyond: true, ..CMap::default() });
                    }
                }
            }
        }
    }

    /// Adds the text of a code; false when the CMap has none.
    pub(super) fn push_text(&self, code: u32, to: &mut String) -> bool {
        if let Some(text) = self.single.get(&code) {
            to.push_str(text);
            return true;
        }
        let Some((first, (last, units))) = self.ranges.range(..=code).next_back() else { return false };
        let (Some((end, before)), Ok(beyond)) = (units.split_last(), u16::try_from(code - first)) else { return false };
        let units = || before.iter().copied().chain([end.wrapping_add(beyond)]);
        if code > *last || char::decode_utf16(units()).any(|character| character.is_err()) {
            return false;
        }
        to.extend(char::decode_utf16(units()).flatten());
        true
    }

    /// How many bytes the next code has; `None` when no range says so.
    pub(super) fn code_length(&self, bytes: &[u8]) -> Option<usize> {
        (1..=bytes.len().min(4)).find(|length| {
            let code = number(&bytes[..*length]);
            self.spaces.iter().any(|(of, first, last)| of == length && *first <= code && code <= *last)
        })
    }

    fn add_spaces(&mut self, operands: &[Object]) {
        for pair in operands.chunks_exact(2) {
            if let (Some(first), Some(last)) = (code(&pair[0]), code(&pair[1])) {
                let length = pair[0].string().map_or(0, <[u8]>::len);
                self.spaces.push((length, first, last));
            }
        }
    }

    fn add_single(&mut self, operands: &[Object]) {
        for pair in operands.chunks_exact(2) {
            if let (Some(code), Some(units)) = (code(&pair[0]), units(&pair[1]))
                && let Ok(text) = String::from_utf16(&units)
            {
                self.single.insert(code, text);
            }
        }
    }

    fn add_ranges(&mut self, operands: &[Object]) {
        for triple in operands.chunks_exact(3) {
            let (Some(first), Some(last)) = (code(&triple[0]), code(&triple[1])) else { continue };
            if last < first || last - first >= RANGE {
                continue;
            }
            if let Some(texts) = triple[2].array() {
                for (at, text) in (first..=last).zip(texts) {
                    if let Some(text) = units(text).and_then(|units| String::from_utf16(&units).ok()) {
                        self.single.insert(at, text);
                    }
                }
            } else if let Some(units) = units(&triple[2]) {
                self.ranges.insert(first, (last, units));
            }
        }
    }
}

/// Up to four bytes as a number.
pub(super) fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |value, byte| value << 8 | u32::from(*byte))
}

fn code(object: &Object) -> Option<u32> {
    object.string().filter(|bytes| (1..=4).contains(&bytes.len())).map(number)
}

fn units(object: &Object) -> Option<Vec<u16>> {
    let bytes = object.string().filter(|bytes| !bytes.is_empty() && bytes.len() <= TEXT)?;
    // One byte stands for itself in files of careless writers.
    if let [byte] = bytes {
        return Some(vec![u16::from(*byte)]);
    }
    Some(bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::super::limits::PdfLimits;
    use super::*;

    #[test]
    fn characters_and_ranges_are_found() {
        let text = b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap
            1 begincodespacerange <0000> <FFFF> endcodespacerange
            2 beginbfchar <0001> <4E00> <0002> <D840DC0B> endbfchar
            2 beginbfrange <0010> <0012> <0041> <0020> <0021> [<4E01> <4E02004E>] endbfrange endcmap";
        let cmap = CMap::parse(text, &Budget::new(&PdfLimits::default()), 8).unwrap();
        for (code, text) in [
            (1, Some("一")),
            (2, Some("𠀋")),
            (0x10, Some("A")),
            (0x12, Some("C")),
            (0x13, None),
            (0x20, Some("丁")),
            (0x21, Some("丂N")),
            (0, None),
        ] {
            let mut said = String::new();
            let found = cmap.push_text(code, &mut said);
            assert_eq!(found.then_some(said.as_str()), text, "{code:04X}");
            assert!(found || said.is_empty());
        }
        assert_eq!(cmap.code_length(&[0, 1, 0]), Some(2));
        assert_eq!(cmap.code_length(&[0]), None);
    }

    #[test]
    fn what_says_too_much_says_nothing() {
        let parse = |text: String| CMap::parse(text.as_bytes(), &Budget::new(&PdfLimits::default()), 8).unwrap();
        let spaces = |count| parse("1 begincodespacerange <00> <FF> endcodespacerange ".repeat(count));
        assert!(!spaces(SPACES).is_beyond);
        assert!(spaces(SPACES + 1).is_beyond && spaces(SPACES + 1).code_length(&[0]).is_none());
        let codes = |count: usize| {
            let codes: String = (0..count).map(|code| format!("<{code:06X}> <0041> ")).collect();
            parse(format!("1 beginbfchar {codes} endbfchar"))
        };
        assert!(!codes(ENTRIES).is_beyond);
        assert!(codes(ENTRIES + 1).is_beyond && !codes(ENTRIES + 1).push_text(1, &mut String::new()));
    }
}
