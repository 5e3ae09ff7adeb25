//! The geometry of content streams. Positions here are compared with tolerances and never become money, so this one
//! module computes in floating point; only addition, multiplication and square roots, which are the same everywhere.
#![allow(clippy::float_arithmetic)]

use crate::length::{Area, Point, Um};

/// A matrix `[a b c d e f]` (ISO 32000-1, 8.3.3).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Matrix(pub(super) [f64; 6]);

/// A point in default user space.
pub(super) type Place = (f64, f64);

impl Matrix {
    pub(super) const IDENTITY: Matrix = Matrix([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    /// This one first, then the other.
    pub(super) fn then(&self, other: &Matrix) -> Matrix {
        let ([a, b, c, d, e, f], [p, q, r, s, t, u]) = (self.0, other.0);
        Matrix([a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u])
    }

    pub(super) fn translation(x: f64, y: f64) -> Matrix {
        Matrix([1.0, 0.0, 0.0, 1.0, x, y])
    }

    pub(super) fn apply(&self, (x, y): Place) -> Place {
        let [a, b, c, d, e, f] = self.0;
        (a * x + c * y + e, b * x + d * y + f)
    }

    /// The length of an upright unit.
    pub(super) fn height(&self) -> f64 {
        let [_, _, c, d, _, _] = self.0;
        (c * c + d * d).sqrt()
    }

    /// The corners of the unit square.
    pub(super) fn unit_square(&self) -> [Place; 4] {
        [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)].map(|corner| self.apply(corner))
    }
}

/// How the glyphs of one string move the pen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spacing {
    pub(super) size: f64,
    pub(super) character: f64,
    pub(super) word: f64,
    pub(super) scale: f64,
    pub(super) rise: f64,
    pub(super) leading: f64,
}

impl Spacing {
    pub(super) const DEFAULT: Spacing =
        Spacing { size: 0.0, character: 0.0, word: 0.0, scale: 1.0, rise: 0.0, leading: 0.0 };

    /// The way behind a glyph of this width in thousandths (ISO 32000-1, 9.4.4).
    pub(super) fn advance(&self, width: f64, is_space: bool) -> f64 {
        (width / 1000.0 * self.size + self.character + if is_space { self.word } else { 0.0 }) * self.scale
    }

    /// The way that a number in the array of `TJ` goes back.
    pub(super) fn adjustment(&self, number: f64) -> f64 {
        -number / 1000.0 * self.size * self.scale
    }

    /// Whether a number in the array of `TJ` leaves a gap as between columns, or between words, of glyphs that are so
    /// many times as high as the size.
    pub(super) fn is_gap(&self, number: f64, height: f64) -> bool {
        number < -1000.0 / 3.0 * height
    }

    pub(super) fn percent(&mut self, percent: f64) {
        self.scale = percent / 100.0;
    }

    /// The matrix from text space to that of the page.
    pub(super) fn matrix(&self, text: &Matrix, ctm: &Matrix) -> Matrix {
        Matrix([1.0, 0.0, 0.0, 1.0, 0.0, self.rise]).then(text).then(ctm)
    }
}

pub(super) fn negative(number: f64) -> f64 {
    -number
}

pub(super) fn sum(one: f64, other: f64) -> f64 {
    one + other
}

/// The product, as of a size and a scale.
pub(super) fn product(one: f64, other: f64) -> f64 {
    one * other
}

/// A width in glyph space in thousandths of the size.
pub(super) fn thousandths(width: f64, font: &Matrix) -> f64 {
    let [a, ..] = font.0;
    width * a * 1000.0
}

/// How many times the size the glyphs of a Type 3 font are high, by its box; by its widest glyph, in thousandths of
/// the size, where the box is none or cannot be true.
pub(super) fn glyph_height(bounds: Option<[f64; 4]>, font: &Matrix, widest: f64) -> f64 {
    let widest = widest.abs() / 1000.0;
    let height = bounds.map_or(0.0, |[_, lower, _, upper]| (upper - lower).abs() * font.height());
    if widest == 0.0 || (0.5 * widest..=4.0 * widest).contains(&height) { height } else { widest }
}

/// A component from 0 to 1 as a byte.
pub(super) fn byte(component: f64) -> u8 {
    (component.clamp(0.0, 1.0) * 255.0).round() as u8
}

/// CMYK without a profile (ISO 32000-1, 10.3.5).
pub(super) fn cmyk([cyan, magenta, yellow, black]: [f64; 4]) -> [u8; 3] {
    [cyan, magenta, yellow].map(|ink| byte(1.0 - (ink + black).min(1.0)))
}

/// The upright rectangle around points, as left, lower, right and upper edge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bounds {
    pub(super) left: f64,
    pub(super) lower: f64,
    pub(super) right: f64,
    pub(super) upper: f64,
}

impl Bounds {
    pub(super) fn of(points: impl IntoIterator<Item = Place>) -> Option<Bounds> {
        points.into_iter().fold(None, |bounds, (x, y)| {
            let point = Bounds { left: x, lower: y, right: x, upper: y };
            Some(match bounds {
                None => point,
                Some(bounds) => Bounds {
                    left: f64::min(bounds.left, x),
                    lower: f64::min(bounds.lower, y),
                    right: f64::max(bounds.right, x),
                    upper: f64::max(bounds.upper, y),
                },
            })
        })
    }

    pub(super) fn common(&self, other: &Bounds) -> Bounds {
        Bounds {
            left: self.left.max(other.left),
            lower: self.lower.max(other.lower),
            right: self.right.min(other.right),
            upper: self.upper.min(other.upper),
        }
    }

    /// On a page whose upper left corner is this point.
    pub(super) fn area(&self, origin: Place) -> Area {
        let Point { x, y } = on_page((self.left, self.upper), origin);
        let far = on_page((self.right, self.lower), origin);
        Area { x, y, width: far.x.saturating_sub(x), height: far.y.saturating_sub(y) }
    }
}

/// Whether the points are the corners of an upright rectangle, in their order around it.
pub(super) fn is_upright_rectangle(points: &[Place]) -> bool {
    let near = |one: f64, other: f64| (one - other).abs() < 0.001;
    let corners = match points {
        [a, b, c, d] => [a, b, c, d],
        [a, b, c, d, e] if near(a.0, e.0) && near(a.1, e.1) => [a, b, c, d],
        _ => return false,
    };
    let [a, b, c, d] = corners;
    (near(a.1, b.1) && near(b.0, c.0) && near(c.1, d.1) && near(d.0, a.0))
        || (near(a.0, b.0) && near(b.1, c.1) && near(c.0, d.0) && near(d.1, a.1))
}

/// Points (1/72 inch) as micrometres; what is beyond any page ends at the bounds of the type.
pub(super) fn micrometres(points: f64) -> Um {
    (points * 25_400.0 / 72.0).round() as Um
}

/// A place of default user space on a page whose upper left corner is `origin`.
pub(super) fn on_page(place: Place, origin: Place) -> Point {
    Point { x: micrometres(place.0 - origin.0), y: micrometres(origin.1 - place.1) }
}
