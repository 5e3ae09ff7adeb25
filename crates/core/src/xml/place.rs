//! Line and column of a byte offset, counted only when somebody asks.

use core::ops::Range;

use czei_codes::Place;
use memchr::memchr2_iter;

use super::characters::BOM;

/// Line and column, both from 1, of an offset into bytes that may not be UTF-8. A byte order mark
/// takes no column; CR LF, LF and CR each end a line.
pub(super) fn of_bytes(input: &[u8], offset: usize) -> Place {
    // Bytes 10xxxxxx continue a character.
    place(input, offset, |line| input[line].iter().filter(|&&byte| byte & 0xC0 != 0x80).count())
}

/// The same for a text. A receipt of ours is one long line, and each valid one has notes with a
/// place, so that the standard library's way of counting many characters at a time is worth it.
pub(super) fn of_text(text: &str, offset: usize) -> Place {
    match text.get(..offset) {
        Some(_) => place(text.as_bytes(), offset, |line| text[line].chars().count()),
        None => of_bytes(text.as_bytes(), offset),
    }
}

fn place(input: &[u8], offset: usize, count: impl FnOnce(Range<usize>) -> usize) -> Place {
    let end = offset.min(input.len());
    let bom = if input[..end].starts_with(BOM) { BOM.len() } else { 0 };
    let before = &input[bom..end];
    let ends_line = |at: usize| match before[at] {
        b'\n' => true,
        // The CR of a CR LF belongs to the line end that the LF makes, also when the LF is the
        // byte asked for.
        b'\r' => before.get(at + 1).or_else(|| input.get(offset)) != Some(&b'\n'),
        _ => false,
    };
    let (mut line, mut line_start) = (1u32, 0);
    for at in memchr2_iter(b'\n', b'\r', before).filter(|&at| ends_line(at)) {
        line = line.saturating_add(1);
        line_start = at + 1;
    }
    let column = u32::try_from(count(bom + line_start..end)).unwrap_or(u32::MAX).saturating_add(1);
    Place { line: Some(line), column: Some(column), ..Place::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(input: &str, offset: usize) -> (u32, u32) {
        let place = of_text(input, offset);
        assert_eq!(place, of_bytes(input.as_bytes(), offset));
        (place.line.unwrap_or(0), place.column.unwrap_or(0))
    }

    #[test]
    fn lines_and_columns_count_characters_from_one() {
        assert_eq!(at("", 0), (1, 1));
        assert_eq!(at("abc", 2), (1, 3));
        assert_eq!(at("年月b", 6), (1, 3));
        assert_eq!(at("a\nb\r\nc\rd", 2), (2, 1));
        assert_eq!(at("a\nb\r\nc\rd", 5), (3, 1));
        assert_eq!(at("a\nb\r\nc\rd", 7), (4, 1));
        assert_eq!(at("\u{FEFF}ab", 4), (1, 2));
        assert_eq!(at("abc", 99), (1, 4));
        assert_eq!(at("年", 1), (1, 2));
        assert_eq!(of_bytes(b"\n\xFFa\xE5\xB9b", 6).column, Some(5));
        let long = "年月a".repeat(2_000);
        assert_eq!(at(&long, long.len()), (1, 6_001));
        assert_eq!(at(&format!("{long}\n{long}"), 2 * long.len() + 1), (2, 6_001));
    }
}
