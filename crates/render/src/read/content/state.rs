//! The graphics state, as far as text and filled areas depend on it (ISO 32000-1, 8.4 and 9.3).

use std::rc::Rc;

use super::colour::Space;
use super::font::Font;
use super::matrix::{Bounds, Matrix, Place, Spacing, is_upright_rectangle};
use crate::page::Colour;

#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) ctm: Matrix,
    pub(super) clip: Bounds,
    pub(super) space: Space,
    pub(super) fill: Option<Colour>,
    /// `ca`: from 0, transparent, to 1.
    pub(super) alpha: f64,
    /// Whether what is painted hides what lies beneath: neither a blend mode nor a soft mask.
    pub(super) is_plain: bool,
    pub(super) font: Option<Rc<Font>>,
    pub(super) spacing: Spacing,
    pub(super) mode: i64,
}

impl State {
    pub(super) fn new(clip: Bounds) -> Self {
        State {
            ctm: Matrix::IDENTITY,
            clip,
            space: Space::Gray,
            fill: Some(Colour::BLACK),
            alpha: 1.0,
            is_plain: true,
            font: None,
            spacing: Spacing::DEFAULT,
            mode: 0,
        }
    }

    /// Whether what is filled now hides what lies beneath.
    pub(super) fn is_opaque(&self) -> bool {
        self.is_plain && self.alpha > 0.5
    }
}

/// The path under construction, in default user space.
#[derive(Debug, Default)]
pub(super) struct Path {
    contours: Vec<Contour>,
    /// Operators that added to it.
    pub(super) parts: usize,
    /// `W` or `W*` came.
    pub(super) clips: bool,
}

#[derive(Debug, Default)]
struct Contour {
    points: Vec<Place>,
    has_curves: bool,
}

impl Path {
    pub(super) fn move_to(&mut self, place: Place) {
        self.contours.push(Contour { points: vec![place], has_curves: false });
    }

    pub(super) fn line_to(&mut self, place: Place) {
        match self.contours.last_mut() {
            Some(contour) => contour.points.push(place),
            None => self.move_to(place),
        }
    }

    pub(super) fn curve_to(&mut self, places: &[Place]) {
        if let Some(contour) = self.contours.last_mut() {
            contour.points.extend(places);
            contour.has_curves = true;
        }
    }

    pub(super) fn rectangle(&mut self, corners: [Place; 4]) {
        self.contours.push(Contour { points: corners.to_vec(), has_curves: false });
    }

    /// The rectangle around everything.
    pub(super) fn bounds(&self) -> Option<Bounds> {
        Bounds::of(self.contours.iter().flat_map(|contour| contour.points.iter().copied()))
    }

    /// The upright rectangles, and whether there is nothing else.
    pub(super) fn rectangles(&self) -> (Vec<Bounds>, bool) {
        // A contour of one point paints nothing.
        let painted = || self.contours.iter().filter(|contour| contour.points.len() > 1);
        let upright = |contour: &&Contour| !contour.has_curves && is_upright_rectangle(&contour.points);
        let rectangles: Vec<Bounds> =
            painted().filter(upright).filter_map(|contour| Bounds::of(contour.points.iter().copied())).collect();
        let all = rectangles.len() == painted().count();
        (rectangles, all)
    }
}
