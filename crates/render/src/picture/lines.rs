//! The lines of a page as a reader sees them, in whatever order they were drawn.

use super::tokens::narrow;
use crate::read::TextPiece;

/// What stands between a character and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// Nothing.
    None,
    /// White space, less than a character wide.
    Space,
    /// So much that another column may begin.
    Column,
}

/// What stands on one baseline, from left to right: narrow characters, and what is before each; no white space.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) characters: Vec<char>,
    pub(super) gaps: Vec<Gap>,
}

/// The seen lines of a page from top to bottom.
pub(super) fn lines(pieces: &[TextPiece]) -> Vec<Line> {
    let mut seen: Vec<&TextPiece> = pieces.iter().filter(|piece| piece.hidden.is_none()).collect();
    seen.sort_by_key(|piece| piece.baseline);
    let mut lines = Vec::new();
    let mut rest = &mut seen[..];
    while let Some(first) = rest.first() {
        let lowest = first.baseline.saturating_add(first.size.max(1) / 4);
        let end = rest.iter().position(|piece| piece.baseline > lowest).unwrap_or(rest.len());
        let (line, below) = std::mem::take(&mut rest).split_at_mut(end);
        line.sort_by_key(|piece| piece.x);
        lines.push(Line::of(line));
        rest = below;
    }
    lines
}

impl Line {
    fn of(pieces: &[&TextPiece]) -> Line {
        let mut line = Line::default();
        let mut last: Option<&TextPiece> = None;
        let mut behind = Gap::None;
        for piece in pieces {
            if last.is_some_and(|last| is_again(last, piece)) {
                continue;
            }
            let before = last.map_or(Gap::Column, |last| between(last, piece));
            behind = line.push(&narrow(&piece.text), before.max(behind));
            last = Some(piece);
        }
        line
    }

    /// Adds a text; the gap behind it.
    fn push(&mut self, text: &str, before: Gap) -> Gap {
        let mut gap = before;
        let mut spaces = 0;
        for character in text.chars() {
            if character.is_whitespace() {
                spaces += 1;
                gap = gap.max(if spaces < COLUMN { Gap::Space } else { Gap::Column });
            } else {
                self.characters.push(character);
                self.gaps.push(std::mem::replace(&mut gap, Gap::None));
                spaces = 0;
            }
        }
        gap
    }

    /// The text, with spaces for spaces and an end of line between columns.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for (character, gap) in self.characters.iter().zip(&self.gaps) {
            match gap {
                Gap::None => {}
                Gap::Space => text.push(' '),
                Gap::Column => text.push('\n'),
            }
            text.push(*character);
        }
        text
    }
}

/// So many spaces behind each other draw columns.
const COLUMN: usize = 4;

/// Whether a piece is drawn once more where it was, to look bold.
fn is_again(last: &TextPiece, piece: &TextPiece) -> bool {
    last.text == piece.text && piece.x.saturating_sub(last.x) < piece.size / 5
}

fn between(last: &TextPiece, piece: &TextPiece) -> Gap {
    let size = last.size.max(1);
    let gap = piece.x.saturating_sub(last.x.saturating_add(last.width));
    // Pieces over each other are of no line, and turned ones have no width on it.
    if last.width <= 0 || piece.width <= 0 || gap < -(size / 3) || gap >= size {
        Gap::Column
    } else if gap < size / 3 {
        Gap::None
    } else {
        Gap::Space
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(x: i32, baseline: i32, text: &str) -> TextPiece {
        // Each character is as wide as half the size.
        let width = i32::try_from(text.chars().count()).unwrap_or(0) * 1_500;
        let (text, size) = (text.to_owned(), 3_000);
        TextPiece { text, x, baseline, width, size, colour: None, hidden: None, is_decoded: true }
    }

    fn seen(pieces: &[TextPiece]) -> Vec<String> {
        lines(pieces).iter().map(Line::text).collect()
    }

    #[test]
    fn the_order_of_drawing_does_not_matter() {
        let mut digits: Vec<TextPiece> =
            (0..).zip("9269.50".chars()).map(|(at, digit)| piece(1_500 * at, 50_000, &digit.to_string())).collect();
        digits.reverse();
        digits.push(piece(0, 20_000, "above"));
        assert_eq!(seen(&digits), ["\nabove", "\n9269.50"]);
    }

    #[test]
    fn gaps_are_told_by_their_width() {
        let apart = |gap| seen(&[piece(0, 0, "12"), piece(3_000 + gap, 300, "5")]);
        assert_eq!(apart(900), ["\n125"]);
        assert_eq!(apart(1_000), ["\n12 5"]);
        assert_eq!(apart(3_000), ["\n12\n5"]);
        assert_eq!(apart(-1_001), ["\n12\n5"]);
        // Lower than a quarter of the size is another line.
        assert_eq!(seen(&[piece(0, 0, "12"), piece(3_000, 751, "5")]), ["\n12", "\n5"]);
        assert_eq!(seen(&[piece(0, 0, "a b   c    d "), piece(19_500, 0, "e")]), ["\na b c\nd e"]);
    }

    #[test]
    fn what_is_drawn_twice_is_read_once() {
        assert_eq!(seen(&[piece(0, 0, "11"), piece(100, 0, "11"), piece(3_000, 0, "1")]), ["\n111"]);
        let mut hidden = piece(3_000, 0, "9");
        hidden.hidden = Some(crate::read::Hidden::White);
        assert_eq!(seen(&[piece(0, 0, "11"), hidden]), ["\n11"]);
    }
}
