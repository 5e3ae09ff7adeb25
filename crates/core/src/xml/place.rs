//! Line and column of a byte offset, counted only when somebody asks.

use czei_codes::Place;

use super::characters::BOM;

/// Line and column, both from 1, of an offset into bytes that may not be UTF-8. A byte order mark
/// takes no column; CR LF, LF and CR each end a line.
pub(super) fn of_bytes(input: &[u8], offset: usize) -> Place {
    let before = &input[..offset.min(input.len())];
    let before = before.strip_prefix(BOM).unwrap_or(before);
    let ends_line = |at: usize| match before[at] {
        b'\n' => true,
        // The CR of a CR LF belongs to the line end that the LF makes, also when the LF is the
        // byte asked for.
        b'\r' => before.get(at + 1).or_else(|| input.get(offset)) != Some(&b'\n'),
        _ => false,
    };
    let (mut line, mut line_start) = (1u32, 0);
    // A receipt of ours is one long line, and each valid one has notes with a place: a look without
    // branches first, which the compiler makes many bytes at a time.
    let breaks = before.iter().fold(false, |found, byte| found | matches!(byte, b'\n' | b'\r'));
    if breaks {
        for at in 0..before.len() {
            if ends_line(at) {
                line = line.saturating_add(1);
                line_start = at + 1;
            }
        }
    }
    // Bytes 10xxxxxx continue a character. A sum over 128 bytes fits one byte, and so many lanes.
    let starts = |part: &[u8]| part.iter().map(|byte| u8::from(byte & 0xC0 != 0x80)).sum::<u8>();
    let characters: usize = before[line_start..].chunks(128).map(|part| usize::from(starts(part))).sum();
    let column = u32::try_from(characters).unwrap_or(u32::MAX).saturating_add(1);
    Place { line: Some(line), column: Some(column), ..Place::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(input: &str, offset: usize) -> (u32, u32) {
        let place = of_bytes(input.as_bytes(), offset);
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
        let long = "年月".repeat(500);
        assert_eq!(at(&long, long.len()), (1, 1_001));
        assert_eq!(at(&format!("{long}\n{long}"), 2 * long.len() + 1), (2, 1_001));
    }
}
