//! What stands on a page, before it becomes PDF: the layout makes pages, the writer writes them, tests measure them.

use std::sync::Arc;

use crate::artwork::Artwork;
use crate::length::{Area, Point, Um};
use crate::qr::QrModules;

/// An sRGB colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Colour(pub u8, pub u8, pub u8);

impl Colour {
    /// Text.
    pub const BLACK: Colour = Colour(0, 0, 0);
}

/// One page. Marks are painted in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The width of the paper.
    pub width: Um,
    /// The height of the paper.
    pub height: Um,
    /// Everything on it.
    pub marks: Vec<Mark>,
}

/// One thing on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    /// A line of text in one size and colour.
    Text(TextRun),
    /// A straight rule with butt ends.
    Rule {
        /// One end.
        from: Point,
        /// The other end.
        to: Point,
        /// Its thickness.
        width: Um,
        /// Its colour.
        colour: Colour,
    },
    /// A QR code, black. The area is that of the modules: the quiet zone lies around it and belongs to the layout.
    Qr {
        /// Where; a square.
        area: Area,
        /// The modules.
        modules: Arc<QrModules>,
    },
    /// A seal or a stamp, as a drawing or an image, fitted into the area.
    Artwork {
        /// Where; its proportions are those of the artwork.
        area: Area,
        /// What. The same `Arc` on several pages is written once.
        artwork: Arc<Artwork>,
    },
}

/// A line of text: characters that stand side by side on one baseline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextRun {
    /// Where the first character begins.
    pub x: Um,
    /// The baseline.
    pub baseline: Um,
    /// The font size: the side of the em square.
    pub size: Um,
    /// Its colour.
    pub colour: Colour,
    /// Whether the outlines are thickened, for titles: there is one weight of each font.
    pub bold: bool,
    /// The glyphs in reading order.
    pub glyphs: Vec<SetGlyph>,
    /// The sum of the glyphs' advances.
    pub width: Um,
}

/// A glyph with the characters that it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SetGlyph {
    /// Which face of the [`FontSet`](crate::font::FontSet), counted from 0.
    pub face: u8,
    /// The glyph of that face.
    pub id: u16,
    /// The character.
    pub character: char,
    /// The variation selector behind it, which chose this form.
    pub selector: Option<char>,
}
