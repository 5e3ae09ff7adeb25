//! What the tests of drawings measure.

use crate::artwork::{Artwork, Paint, Picture, Segment};
use crate::font::FontSet;
use crate::length::Um;

pub(super) fn fonts() -> FontSet {
    FontSet::bundled()
}

/// Left, top, right and bottom of what is painted, control points and half the lines' thickness included.
pub(super) fn bounds(artwork: &Artwork) -> (Um, Um, Um, Um) {
    let Picture::Drawing(shapes) = &artwork.picture else { panic!("no drawing") };
    let mut bounds = (Um::MAX, Um::MAX, Um::MIN, Um::MIN);
    for shape in shapes {
        let half = match shape.paint {
            Paint::Fill(_) => 0,
            Paint::Stroke(_, width) => width / 2,
        };
        for segment in &shape.path {
            let points = match *segment {
                Segment::Move(x, y) | Segment::Line(x, y) => vec![(x, y)],
                Segment::Curve([ax, ay, bx, by, x, y]) => vec![(ax, ay), (bx, by), (x, y)],
                Segment::Close => vec![],
            };
            for (x, y) in points {
                bounds =
                    (bounds.0.min(x - half), bounds.1.min(y - half), bounds.2.max(x + half), bounds.3.max(y + half));
            }
        }
    }
    bounds
}
