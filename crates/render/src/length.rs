//! Lengths on the page, as whole micrometres, so that the same page comes out on every machine.

/// A length or a coordinate in micrometres. Coordinates count from the page's top left corner, x to the right and
/// y downwards. 10 m, more than any page, is 10,000,000; an `i32` holds two hundred times as much.
pub type Um = i32;

/// Millimetres as micrometres.
#[must_use]
pub const fn mm(millimetres: i32) -> Um {
    millimetres * 1000
}

/// A font size or a line width given in hundredths of a point (1/72 inch) as micrometres, rounded.
///
/// ```
/// assert_eq!(czei_render::length::centipoints(900), 3175); // 9 pt
/// ```
#[must_use]
pub const fn centipoints(hundredths: i32) -> Um {
    // 1 pt = 25,400 µm / 72; all sizes are positive.
    ((hundredths as i64 * 25_400 + 3_600) / 7_200) as i32
}

/// A point of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Point {
    /// From the left edge.
    pub x: Um,
    /// From the top edge, downwards.
    pub y: Um,
}

/// An upright rectangle of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Area {
    /// Its left edge.
    pub x: Um,
    /// Its upper edge.
    pub y: Um,
    /// Its width.
    pub width: Um,
    /// Its height.
    pub height: Um,
}

impl Area {
    /// The right edge.
    #[must_use]
    pub const fn right(&self) -> Um {
        self.x + self.width
    }

    /// The lower edge.
    #[must_use]
    pub const fn bottom(&self) -> Um {
        self.y + self.height
    }

    /// The centre, rounded towards the top left.
    #[must_use]
    pub const fn centre(&self) -> Point {
        Point { x: self.x + self.width / 2, y: self.y + self.height / 2 }
    }

    /// Whether the other one lies within this one; edges may touch.
    #[must_use]
    pub const fn contains(&self, other: &Area) -> bool {
        self.x <= other.x && self.y <= other.y && other.right() <= self.right() && other.bottom() <= self.bottom()
    }

    /// Whether both have more than an edge in common.
    #[must_use]
    pub const fn overlaps(&self, other: &Area) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }
}
