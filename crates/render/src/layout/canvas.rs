//! One page while it is being filled.

use crate::length::{Area, Point, Um};
use crate::page::{Colour, Mark, TextRun};
use crate::template::Side;

use super::text::Line;

/// The thickness of rules and frames.
const RULE: Um = 180;

/// Marks in the order in which they are painted: text and rules, and over them seals and stamps.
pub(super) struct Sheet {
    pub(super) heading: String,
    marks: Vec<Mark>,
    above: Vec<Mark>,
}

/// How a line is set.
#[derive(Clone, Copy)]
pub(super) struct Style {
    pub(super) size: Um,
    pub(super) bold: bool,
    pub(super) side: Side,
}

impl Sheet {
    pub(super) fn new(heading: &str) -> Self {
        Sheet { heading: heading.to_owned(), marks: Vec::with_capacity(128), above: Vec::new() }
    }

    pub(super) fn into_marks(mut self) -> Vec<Mark> {
        self.marks.append(&mut self.above);
        self.marks
    }

    pub(super) fn add(&mut self, mark: Mark) {
        self.marks.push(mark);
    }

    pub(super) fn add_above(&mut self, mark: Mark) {
        self.above.push(mark);
    }

    /// A line between two edges.
    pub(super) fn line(&mut self, line: Line, left: Um, width: Um, baseline: Um, style: Style) {
        let free = (width - line.width).max(0);
        let mut x = left
            + match style.side {
                Side::Left => 0,
                Side::Centre => free / 2,
                Side::Right => free,
            };
        for run in line.runs {
            let next = x + run.width;
            self.marks.push(Mark::Text(TextRun {
                x,
                baseline,
                size: style.size,
                colour: run.colour,
                bold: style.bold,
                glyphs: run.glyphs,
                width: run.width,
            }));
            x = next;
        }
    }

    pub(super) fn horizontal(&mut self, left: Um, right: Um, y: Um, colour: Colour) {
        self.rule(Point { x: left, y }, Point { x: right, y }, colour);
    }

    pub(super) fn vertical(&mut self, x: Um, top: Um, bottom: Um, colour: Colour) {
        self.rule(Point { x, y: top }, Point { x, y: bottom }, colour);
    }

    /// A frame whose rules lie with their middle on the edges, and whose corners are closed.
    pub(super) fn frame(&mut self, area: Area, colour: Colour) {
        let half = RULE / 2;
        self.horizontal(area.x - half, area.right() + half, area.y, colour);
        self.horizontal(area.x - half, area.right() + half, area.bottom(), colour);
        self.vertical(area.x, area.y, area.bottom(), colour);
        self.vertical(area.right(), area.y, area.bottom(), colour);
    }

    fn rule(&mut self, from: Point, to: Point, colour: Colour) {
        self.marks.push(Mark::Rule { from, to, width: RULE, colour });
    }
}
