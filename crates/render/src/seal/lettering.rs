//! Characters as outlines: a seal is a drawing, and nothing in it is found as text.

use czei_codes::Code as _;

use crate::artwork::Segment;
use crate::font::FontSet;
use crate::length::Um;
use crate::{Code, Error};

/// How far the middle of an ideograph's square lies above the baseline, in thousandths of the em: fonts put the
/// square from 120 below the baseline to 880 above it.
const MIDDLE: i64 = 380;

/// The outline of each character of a text at a size, its centre at (0, 0), its width in percent of the font's.
pub(super) fn letters(fonts: &FontSet, text: &str, size: Um, width: i32) -> Result<Vec<Vec<Segment>>, Error> {
    let glyphs = fonts.set(text).map_err(|missing| {
        let characters: String = missing.iter().map(|missing| missing.character).collect();
        Code::MissingGlyph.fault().found(characters)
    })?;
    // Sizes are those of a page, so that this is far within bounds.
    let down = (i64::from(size) * MIDDLE / 1000) as Um;
    let mut letters = Vec::with_capacity(glyphs.len());
    for glyph in &glyphs {
        let left = fonts.advance(glyph, size) / 2;
        letters.push(centred(fonts.outline(glyph, size)?, left, down, width));
    }
    Ok(letters)
}

fn centred(mut outline: Vec<Segment>, left: Um, down: Um, width: i32) -> Vec<Segment> {
    let shift = |x: &mut Um, y: &mut Um| {
        *x = x.saturating_sub(left).saturating_mul(width) / 100;
        *y = y.saturating_add(down);
    };
    for segment in &mut outline {
        match segment {
            Segment::Move(x, y) | Segment::Line(x, y) => shift(x, y),
            Segment::Curve([ax, ay, bx, by, x, y]) => {
                shift(ax, ay);
                shift(bx, by);
                shift(x, y);
            }
            Segment::Close => {}
        }
    }
    outline
}
