//! Places along an ellipse, and outlines turned into them.
//!
//! Sine, cosine and square root are those of `libm` or exact by IEEE 754, and every result is rounded to whole
//! micrometres: a drawing is the same on every machine.
#![allow(clippy::float_arithmetic)] // geometry; no money is near

use core::f64::consts::PI;

use crate::artwork::Segment;
use crate::length::{Point, Um};

/// Where a letter's centre stands, and which way its line of text runs there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pose {
    x: f64,
    y: f64,
    cosine: f64,
    sine: f64,
}

impl Pose {
    /// On a level line.
    pub(super) fn level(centre: Point) -> Self {
        Pose { x: f64::from(centre.x), y: f64::from(centre.y), cosine: 1.0, sine: 0.0 }
    }

    /// At a distance along a line through a point that rises to the right: `rise` upwards for each `run`.
    pub(super) fn rising(through: Point, run: Um, rise: Um, distance: Um) -> Self {
        let (run, rise) = (f64::from(run), f64::from(rise));
        let length = libm::sqrt(run * run + rise * rise).max(1.0);
        let (cosine, sine) = (run / length, -rise / length);
        let distance = f64::from(distance);
        Pose { x: f64::from(through.x) + distance * cosine, y: f64::from(through.y) + distance * sine, cosine, sine }
    }

    /// The same, moved upwards as its letter sees it.
    pub(super) fn raised(self, by: Um) -> Self {
        let by = f64::from(by);
        Pose { x: self.x + by * self.sine, y: self.y - by * self.cosine, ..self }
    }

    /// An outline around (0, 0), moved and turned here.
    pub(super) fn place(&self, outline: &[Segment]) -> Vec<Segment> {
        outline.iter().map(|segment| self.turned(segment)).collect()
    }

    fn turned(&self, segment: &Segment) -> Segment {
        match *segment {
            Segment::Move(x, y) => {
                let (x, y) = self.point(x, y);
                Segment::Move(x, y)
            }
            Segment::Line(x, y) => {
                let (x, y) = self.point(x, y);
                Segment::Line(x, y)
            }
            Segment::Curve([ax, ay, bx, by, x, y]) => {
                let ((ax, ay), (bx, by), (x, y)) = (self.point(ax, ay), self.point(bx, by), self.point(x, y));
                Segment::Curve([ax, ay, bx, by, x, y])
            }
            Segment::Close => Segment::Close,
        }
    }

    fn point(&self, x: Um, y: Um) -> (Um, Um) {
        let (x, y) = (f64::from(x), f64::from(y));
        (rounded(self.x + x * self.cosine - y * self.sine), rounded(self.y + x * self.sine + y * self.cosine))
    }
}

/// Places along an ellipse with these semi-axes, `pitch` apart by arc length, symmetric about its top.
pub(super) fn over_the_top(centre: Point, semi_x: Um, semi_y: Um, count: usize, pitch: Um) -> Vec<Pose> {
    let ellipse = Ellipse { semi_x: f64::from(semi_x), semi_y: f64::from(semi_y) };
    let arc = ellipse.arc_from_top();
    let poses = (0..count).map(|index| {
        // Twice the steps from the middle, so that an even count has its half steps; counts are small.
        let steps = 2 * index as i32 - (count as i32 - 1);
        let distance = f64::from(steps.abs()) * f64::from(pitch) / 2.0;
        let angle = angle_at(&arc, distance).copysign(f64::from(steps));
        ellipse.pose(centre, angle)
    });
    poses.collect()
}

/// An ellipse as a closed path of four curves.
pub(super) fn ellipse(centre: Point, semi_x: Um, semi_y: Um) -> Vec<Segment> {
    // The usual share of the semi-axis for control points: off the true ellipse by less than 0.03 %.
    const KAPPA: f64 = 0.552_284_749_8;
    let (x, y) = (centre.x, centre.y);
    let (kx, ky) = (rounded(f64::from(semi_x) * KAPPA), rounded(f64::from(semi_y) * KAPPA));
    vec![
        Segment::Move(x, y - semi_y),
        Segment::Curve([x + kx, y - semi_y, x + semi_x, y - ky, x + semi_x, y]),
        Segment::Curve([x + semi_x, y + ky, x + kx, y + semi_y, x, y + semi_y]),
        Segment::Curve([x - kx, y + semi_y, x - semi_x, y + ky, x - semi_x, y]),
        Segment::Curve([x - semi_x, y - ky, x - kx, y - semi_y, x, y - semi_y]),
        Segment::Close,
    ]
}

/// Angles count from the top, clockwise; the centre is (0, 0).
struct Ellipse {
    semi_x: f64,
    semi_y: f64,
}

/// In how many steps the right half of an ellipse is measured: the error is far below a micrometre.
const STEPS: usize = 2048;

impl Ellipse {
    /// How the point moves with the angle.
    fn velocity(&self, angle: f64) -> (f64, f64) {
        (self.semi_x * libm::cos(angle), self.semi_y * libm::sin(angle))
    }

    /// The length of the arc from the top to each of the steps to the bottom.
    fn arc_from_top(&self) -> Vec<f64> {
        let step = PI / STEPS as f64;
        let mut length = 0.0;
        let mut arc = vec![length];
        for index in 0..STEPS {
            let (x, y) = self.velocity((index as f64 + 0.5) * step);
            length += libm::sqrt(x * x + y * y) * step;
            arc.push(length);
        }
        arc
    }

    fn pose(&self, centre: Point, angle: f64) -> Pose {
        let (x, y) = self.velocity(angle);
        // Neither semi-axis is zero, so that the point always moves.
        let speed = libm::sqrt(x * x + y * y).max(1.0);
        Pose {
            x: f64::from(centre.x) + self.semi_x * libm::sin(angle),
            y: f64::from(centre.y) - self.semi_y * libm::cos(angle),
            cosine: x / speed,
            sine: y / speed,
        }
    }
}

/// The angle at a length of arc from the top; the bottom where the arc is shorter.
fn angle_at(arc: &[f64], distance: f64) -> f64 {
    let step = PI / STEPS as f64;
    let after = arc.partition_point(|length| *length <= distance).clamp(1, STEPS);
    let (from, to) = (arc[after - 1], arc[after]);
    let share = ((distance - from) / (to - from)).clamp(0.0, 1.0);
    ((after - 1) as f64 + share) * step
}

/// Rounded to whole micrometres; what is too large for a page stays at the edge of the type.
fn rounded(value: f64) -> Um {
    libm::round(value) as Um
}

#[cfg(test)]
mod tests {
    use super::*;

    fn centre(pose: &Pose) -> Point {
        Point { x: rounded(pose.x), y: rounded(pose.y) }
    }

    const CENTRE: Point = Point { x: 15_000, y: 10_000 };

    #[test]
    fn places_are_symmetric_and_evenly_spaced() {
        for count in [2, 5, 13] {
            let poses = over_the_top(CENTRE, 12_000, 7_000, count, 2_500);
            for (left, right) in poses.iter().zip(poses.iter().rev()) {
                let (left, right) = (centre(left), centre(right));
                assert_eq!((left.x - CENTRE.x, left.y), (CENTRE.x - right.x, right.y));
            }
            for pair in poses.windows(2) {
                let (x, y) = (pair[1].x - pair[0].x, pair[1].y - pair[0].y);
                // A chord is shorter than its arc, the more the closer the curve: 4 mm at the ends.
                let chord = libm::sqrt(x * x + y * y);
                assert!((2_430.0..=2_500.0).contains(&chord), "{chord}");
            }
        }
        let middle = over_the_top(CENTRE, 12_000, 7_000, 3, 2_500)[1];
        assert_eq!((centre(&middle), middle.cosine, middle.sine), (Point { x: 15_000, y: 3_000 }, 1.0, 0.0));
    }

    #[test]
    fn a_circle_is_as_long_as_it_is() {
        let circle = Ellipse { semi_x: 10_000.0, semi_y: 10_000.0 };
        let arc = circle.arc_from_top();
        assert!((arc[STEPS] - PI * 10_000.0).abs() < 0.001);
        assert!((angle_at(&arc, PI * 2_500.0) - PI / 4.0).abs() < 1e-9);
        assert_eq!(angle_at(&arc, 1e9), PI);
        assert_eq!(angle_at(&arc, 0.0), 0.0);
    }

    #[test]
    fn letters_stand_upright_to_the_curve() {
        // A quarter of the circle to the right of the top, a letter lies on its back: its top points to the right.
        let poses = over_the_top(CENTRE, 10_000, 10_000, 2, 31_416);
        let top = poses[1].place(&[Segment::Move(0, -1_000)]);
        assert_eq!(top, [Segment::Move(26_000, 10_000)]);
        assert_eq!(poses[1].raised(1_000).place(&[Segment::Move(0, 0)]), top);
        let rising = Pose::rising(CENTRE, 4, 3, 5_000).place(&[Segment::Line(0, -1_000), Segment::Close]);
        assert_eq!(rising, [Segment::Line(19_000 - 600, 7_000 - 800), Segment::Close]);
    }
}
