//! The lines of a page as a reader sees them, in whatever order they were drawn.

use super::tokens::narrow;
use crate::length::Um;
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

/// The seen lines of a page from top to bottom; those that are turned by 180° behind them, in their own direction.
pub(super) fn lines(pieces: &[TextPiece]) -> Vec<Line> {
    let (mut upright, mut turned) = (Vec::new(), Vec::new());
    for piece in pieces.iter().filter(|piece| piece.hidden.is_none()) {
        let TextPiece { text, x, baseline, width, size, .. } = piece;
        let size = (*size).max(1);
        if *width < 0 {
            let (x, baseline, width) = (x.saturating_neg(), baseline.saturating_neg(), width.saturating_neg());
            turned.push(Placed { text, x, baseline, width, size });
        } else {
            upright.push(Placed { text, x: *x, baseline: *baseline, width: *width, size });
        }
    }
    upright = on_lines(upright);
    let mut lines: Vec<Line> = upright.chunk_by(|one, other| one.baseline == other.baseline).map(Line::of).collect();
    turned = on_lines(turned);
    lines.extend(turned.chunk_by(|one, other| one.baseline == other.baseline).map(Line::of));
    lines
}

/// A piece of text as its reader holds the page.
#[derive(Debug, Clone, Copy)]
struct Placed<'a> {
    text: &'a str,
    x: Um,
    baseline: Um,
    width: Um,
    size: Um,
}

/// Lines that a piece may belong to, at most.
const OPEN: usize = 32;

/// The pieces line by line, those of a line with one baseline, from left to right.
fn on_lines(mut pieces: Vec<Placed<'_>>) -> Vec<Placed<'_>> {
    pieces.sort_by_key(|piece| piece.baseline);
    let mut open: Vec<Open> = Vec::new();
    let mut last = None;
    for piece in &mut pieces {
        open.retain(|line| piece.baseline.saturating_sub(line.baseline) <= line.largest.max(piece.size) / 2);
        let line = match open.iter().position(|line| line.takes(piece)) {
            Some(at) => &mut open[at],
            None => {
                if open.len() == OPEN {
                    open.remove(0);
                }
                // Each line has a baseline of its own.
                let baseline = last.map_or(piece.baseline, |last: Um| piece.baseline.max(last.saturating_add(1)));
                last = Some(baseline);
                open.push(Open { baseline, largest: 0, firsts: Vec::new() });
                let at = open.len() - 1;
                &mut open[at]
            }
        };
        line.add(piece);
        piece.baseline = line.baseline;
    }
    pieces.sort_by_key(|piece| (piece.baseline, piece.x));
    pieces
}

/// A line to which pieces are added.
struct Open {
    baseline: Um,
    largest: Um,
    /// Baseline and size of the first piece of each size, sizes within a doubling as one.
    firsts: Vec<(Um, Um)>,
}

impl Open {
    /// Whether a piece stands within a quarter of the larger size of those that are not much smaller: a dot of a point
    /// does not part a number, and a heading beside two lines does not join them.
    fn takes(&self, piece: &Placed<'_>) -> bool {
        let others = self.firsts.iter().filter(|(_, size)| size.saturating_mul(2) > piece.size);
        let mut is_near =
            others.map(|(baseline, size)| piece.baseline.saturating_sub(*baseline) <= size.max(&piece.size) / 4);
        is_near.all(|is_near| is_near)
            && piece.baseline.saturating_sub(self.baseline) <= self.largest.max(piece.size) / 4
    }

    fn add(&mut self, piece: &Placed<'_>) {
        self.largest = self.largest.max(piece.size);
        if !self.firsts.iter().any(|(_, size)| size.leading_zeros() == piece.size.leading_zeros()) {
            self.firsts.push((piece.baseline, piece.size));
        }
    }
}

impl Line {
    fn of(pieces: &[Placed<'_>]) -> Line {
        let mut line = Line::default();
        let mut last: Option<&Placed<'_>> = None;
        let mut behind = Gap::None;
        for piece in pieces {
            if last.is_some_and(|last| is_again(last, piece)) {
                continue;
            }
            let before = last.map_or(Gap::Column, |last| between(last, piece));
            behind = line.push(&narrow(piece.text), before.max(behind));
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
fn is_again(last: &Placed<'_>, piece: &Placed<'_>) -> bool {
    last.text == piece.text && piece.x.saturating_sub(last.x) < piece.size / 5
}

fn between(last: &Placed<'_>, piece: &Placed<'_>) -> Gap {
    let size = last.size;
    let step = piece.x.saturating_sub(last.x);
    let is_digit = |piece: &Placed<'_>| piece.text.len() == 1 && piece.text.as_bytes()[0].is_ascii_digit();
    let mut width = last.width;
    if is_digit(last) && piece.text.len() == 1 && (width < size / 8 || width > step) && step > size / 5 {
        // No digit is that wide: a font says what it likes, and the step is what is seen.
        width = step.min(size / 2);
    }
    let gap = step.saturating_sub(width);
    // Pieces over each other are of no line, and turned ones have no width on it.
    if width <= 0 || gap < -(size / 3) || gap >= size {
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
    fn small_text_between_does_not_part_a_line() {
        let tiny = |x, baseline| TextPiece { size: 300, width: 100, ..piece(x, baseline, ".") };
        let number = |baseline| piece(3_000, baseline, "50");
        assert_eq!(seen(&[tiny(20_000, 0), piece(0, 100, "12"), number(400)]), ["\n1250\n."]);
        assert_eq!(seen(&[tiny(20_000, 0), piece(0, 100, "12"), tiny(23_000, 300), number(400)]), ["\n1250\n.", "\n."]);
        // Two lines beside a heading.
        let heading = TextPiece { size: 6_000, ..piece(20_000, 1_500, "H") };
        assert_eq!(seen(&[piece(0, 0, "12"), heading, piece(0, 3_000, "34")]), ["\n12\nH", "\n34"]);
    }

    #[test]
    fn turned_text_is_read_in_its_direction() {
        let turned = |x, text: &str| TextPiece { width: -3_000, ..piece(x, 0, text) };
        assert_eq!(seen(&[turned(50_000, "12"), piece(0, 0, "a"), turned(47_000, "34")]), ["\na", "\n1234"]);
    }

    #[test]
    fn steps_count_where_widths_are_absurd() {
        for width in [0, 15_000] {
            let digit = |(x, text): (i32, &str)| TextPiece { width, ..piece(x, 0, text) };
            assert_eq!(seen(&[(0, "1"), (1_700, "2"), (3_400, ".")].map(digit)), ["\n12."], "{width}");
        }
    }

    #[test]
    fn what_is_drawn_twice_is_read_once() {
        assert_eq!(seen(&[piece(0, 0, "11"), piece(100, 0, "11"), piece(3_000, 0, "1")]), ["\n111"]);
        let mut hidden = piece(3_000, 0, "9");
        hidden.hidden = Some(crate::read::Hidden::White);
        assert_eq!(seen(&[piece(0, 0, "11"), hidden]), ["\n11"]);
    }
}
