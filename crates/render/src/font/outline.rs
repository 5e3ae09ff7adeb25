//! Outlines as paths.
// Fonts are read as 32-bit floats; they leave this file as whole micrometres. Only IEEE multiplication and
// rounding are used, which give the same on every machine.
#![allow(clippy::float_arithmetic)]

use czei_codes::Code as _;
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, GlyphId, MetadataProvider};

use super::face::Face;
use crate::artwork::Segment;
use crate::length::Um;
use crate::{Code, Error};

/// Fractions of a font unit that are kept.
const FRACTION: f32 = 64.0;
const FRACTIONS: i64 = 64;

/// The outline of a glyph at a size, y downwards, with the baseline's beginning at (0, 0).
pub(super) fn outline(face: &Face, glyph: u16, size: Um) -> Result<Vec<Segment>, Error> {
    let mut path =
        Path { size: i64::from(size), units: i64::from(face.units_per_em), at: (0, 0), segments: Vec::new() };
    draw(&face.font()?, glyph, &mut path).map_err(|found| Code::FontGlyph.fault().in_file(&*face.name).found(found))?;
    Ok(path.segments)
}

/// Whether a glyph draws nothing.
pub(super) fn is_blank(font: &FontRef<'_>, glyph: u16) -> bool {
    let mut seen = Seen(false);
    draw(font, glyph, &mut seen).is_err() || !seen.0
}

fn draw(font: &FontRef<'_>, glyph: u16, pen: &mut impl OutlinePen) -> Result<(), String> {
    let found = font.outline_glyphs().get(GlyphId::from(glyph)).ok_or_else(|| format!("glyph {glyph}"))?;
    let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
    found.draw(settings, pen).map(|_| ()).map_err(|error| format!("glyph {glyph}: {error}"))
}

/// Collects the segments of an outline in micrometres.
struct Path {
    size: i64,
    units: i64,
    /// The last point, in fractions of a font unit, y upwards.
    at: (i64, i64),
    segments: Vec<Segment>,
}

impl Path {
    /// Micrometres of `thirds` thirds of a fraction of a font unit.
    fn um(&self, thirds: i64) -> Um {
        let (value, unit) = (thirds * self.size, self.units * FRACTIONS * 3);
        let rounded = (value.abs() * 2 + unit) / (unit * 2) * value.signum();
        // A broken font may point anywhere.
        rounded.clamp(i64::from(Um::MIN), i64::from(Um::MAX)) as Um
    }

    fn place(&self, point: (i64, i64)) -> (Um, Um) {
        (self.um(point.0 * 3), self.um(point.1 * -3))
    }
}

fn point(x: f32, y: f32) -> (i64, i64) {
    // Bounded, so that no product above overflows; NaN becomes 0.
    let fixed = |value: f32| ((value * FRACTION).round() as i64).clamp(-(1 << 26), 1 << 26);
    (fixed(x), fixed(y))
}

impl OutlinePen for Path {
    fn move_to(&mut self, x: f32, y: f32) {
        self.at = point(x, y);
        let (x, y) = self.place(self.at);
        self.segments.push(Segment::Move(x, y));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.at = point(x, y);
        let (x, y) = self.place(self.at);
        self.segments.push(Segment::Line(x, y));
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        // The same curve as a cubic: its control points lie at two thirds of the way to the quadratic's.
        let (from, control, to) = (self.at, point(cx, cy), point(x, y));
        let (ex, ey) = self.place(to);
        self.segments.push(Segment::Curve([
            self.um(from.0 + 2 * control.0),
            self.um(-(from.1 + 2 * control.1)),
            self.um(to.0 + 2 * control.0),
            self.um(-(to.1 + 2 * control.1)),
            ex,
            ey,
        ]));
        self.at = to;
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        let [(ax, ay), (bx, by), (ex, ey)] = [point(cx0, cy0), point(cx1, cy1), point(x, y)].map(|p| self.place(p));
        self.segments.push(Segment::Curve([ax, ay, bx, by, ex, ey]));
        self.at = point(x, y);
    }

    fn close(&mut self) {
        self.segments.push(Segment::Close);
    }
}

/// Notes whether anything is drawn.
struct Seen(bool);

impl OutlinePen for Seen {
    fn move_to(&mut self, _: f32, _: f32) {}

    fn line_to(&mut self, _: f32, _: f32) {
        self.0 = true;
    }

    fn quad_to(&mut self, _: f32, _: f32, _: f32, _: f32) {
        self.0 = true;
    }

    fn curve_to(&mut self, _: f32, _: f32, _: f32, _: f32, _: f32, _: f32) {
        self.0 = true;
    }

    fn close(&mut self) {}
}
