//! Seals and stamps: drawings made here, or images that the user gave.

use czei_sm2::Sm3;

use crate::length::Um;
use crate::page::Colour;

/// A drawing or an image with the size at which it is meant to stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artwork {
    /// The width.
    pub width: Um,
    /// The height.
    pub height: Um,
    /// What it is made of.
    pub picture: Picture,
}

impl Artwork {
    /// Whether it is an image without any transparency: painted with blend mode Multiply, white covers nothing, but
    /// every other colour darkens what lies beneath it.
    #[must_use]
    pub fn is_opaque(&self) -> bool {
        matches!(&self.picture, Picture::Image(Image { alpha: None, .. }))
    }

    /// SM3 over what it looks like.
    pub(crate) fn digest(&self) -> [u8; 32] {
        let size = format!("{} {} ", self.width, self.height);
        match &self.picture {
            // Numbers in a fixed order, whatever they are written as.
            Picture::Drawing(shapes) => Sm3::digest(format!("{size}{shapes:?}").as_bytes()),
            Picture::Image(Image { columns, rows, rgb, alpha }) => {
                let size = format!("{size}{columns} {rows} {}", alpha.is_some());
                Sm3::digest_parts(&[size.as_bytes(), rgb, alpha.as_deref().unwrap_or_default()])
            }
        }
    }
}

/// What an artwork is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Picture {
    /// Paths in the coordinates of the artwork, from its top left corner; painted so that what lies beneath
    /// stays readable (blend mode Multiply).
    Drawing(Vec<Shape>),
    /// Pixels, row by row from the top; painted with blend mode Multiply too, as ink is.
    Image(Image),
}

/// One painted path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// The path.
    pub path: Vec<Segment>,
    /// How it is painted.
    pub paint: Paint,
}

/// How a path is painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// Filled, by the nonzero winding rule.
    Fill(Colour),
    /// Drawn as a line of this thickness.
    Stroke(Colour, Um),
}

/// A piece of a path; coordinates are x and y in micrometres of the artwork.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment {
    /// Begins a contour.
    Move(Um, Um),
    /// A straight line.
    Line(Um, Um),
    /// A cubic Bézier curve: two control points and the end.
    Curve([Um; 6]),
    /// Closes the contour.
    Close,
}

/// An image in 8 bits a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Columns.
    pub columns: u32,
    /// Rows.
    pub rows: u32,
    /// Red, green, blue of each pixel.
    pub rgb: Vec<u8>,
    /// How opaque each pixel is; `None` when all are.
    pub alpha: Option<Vec<u8>>,
}
