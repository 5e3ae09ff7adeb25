//! From painted rectangles to modules to text.

use super::super::limits::Budget;
use super::QrReading;
use crate::Error;
use crate::length::{Area, Um};
use crate::qr::QrModules;

/// A rectangle in the order of painting.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patch {
    pub(super) area: Area,
    pub(super) is_dark: bool,
}

/// Sides of the 40 versions in modules (GB/T 18284, 5.3.1.1).
pub(super) fn sides() -> impl Iterator<Item = usize> {
    (1..=40).map(|version| 17 + 4 * version)
}

/// Rectangles beyond which nobody draws a code.
const PATCHES: usize = 40_000;

/// The code that these rectangles draw, if they draw one.
///
/// # Errors
/// The pixels that are left do not suffice.
pub(super) fn read(patches: &[Patch], budget: &Budget) -> Result<Option<(Area, QrReading)>, Error> {
    let Some(area) = square(patches) else { return Ok(None) };
    let mut damaged = None;
    for side in sides() {
        if !is_aligned(patches, &area, side) {
            continue;
        }
        budget.pixels(side * side)?;
        match modules(patches, &area, side).and_then(reading) {
            Some(QrReading::Damaged) => damaged = Some((area, QrReading::Damaged)),
            Some(reading) => return Ok(Some((area, reading))),
            None => {}
        }
    }
    Ok(damaged)
}

/// The square that the dark rectangles fill.
fn square(patches: &[Patch]) -> Option<Area> {
    if patches.len() > PATCHES {
        return None;
    }
    let dark = || patches.iter().filter(|patch| patch.is_dark).map(|patch| &patch.area);
    let (left, upper) = (dark().map(|area| area.x).min()?, dark().map(|area| area.y).min()?);
    let right = dark().map(|area| area.x.saturating_add(area.width)).max()?;
    let lower = dark().map(|area| area.y.saturating_add(area.height)).max()?;
    let (width, height) = (right.checked_sub(left)?, lower.checked_sub(upper)?);
    if width <= 0 || height <= 0 || width.abs_diff(height) > width.unsigned_abs() / 50 {
        return None;
    }
    Some(Area { x: left, y: upper, width, height })
}

/// Whether all dark rectangles end at the edges of modules. For most sides the first ones show that they do not.
fn is_aligned(patches: &[Patch], area: &Area, side: usize) -> bool {
    let Ok(count) = i64::try_from(side) else { return false };
    patches.iter().filter(|patch| patch.is_dark).all(|Patch { area: patch, .. }| {
        edges(patch.x, patch.width, area.x, area.width, count).is_some()
            && edges(patch.y, patch.height, area.y, area.height, count).is_some()
    })
}

/// The modules, when all dark rectangles end at the edges of modules.
fn modules(patches: &[Patch], area: &Area, side: usize) -> Option<QrModules> {
    let count = i64::try_from(side).ok()?;
    let mut modules = QrModules { side, dark: vec![false; side * side] };
    // Overlapping rectangles cost no more than a few times the square.
    let mut left = 16 * side * side;
    for Patch { area: patch, is_dark } in patches {
        let columns = edges(patch.x, patch.width, area.x, area.width, count);
        let rows = edges(patch.y, patch.height, area.y, area.height, count);
        let (columns, rows) = match (columns, rows) {
            (Some(columns), Some(rows)) => (columns, rows),
            // What is light may reach beyond, as paper beneath the code does.
            _ if !is_dark => continue,
            _ => return None,
        };
        for row in rows {
            left = left.checked_sub(columns.len())?;
            modules.dark.get_mut(row * side + columns.start..row * side + columns.end)?.fill(*is_dark);
        }
    }
    Some(modules)
}

/// From which to before which module a stretch goes; none when it ends elsewhere than at their edges.
fn edges(start: Um, length: Um, origin: Um, extent: Um, count: i64) -> Option<std::ops::Range<usize>> {
    let extent = i64::from(extent);
    let module = |edge: i64| {
        let scaled = (edge - i64::from(origin)) * count;
        let nearest = (scaled + extent / 2).div_euclid(extent);
        // A sixth of a module is more than what rounding to thousandths of a point makes.
        ((scaled - nearest * extent).abs() <= extent / 6 && (0..=count).contains(&nearest)).then_some(nearest)
    };
    let from = usize::try_from(module(i64::from(start))?).ok()?;
    let to = usize::try_from(module(i64::from(start) + i64::from(length))?).ok()?;
    (from < to).then_some(from..to)
}

/// What the modules say, if three of their corners are those of a code: upright, turned or mirrored, as the matrix that
/// places them may leave them.
pub(super) fn reading(modules: QrModules) -> Option<QrReading> {
    let mut found = None;
    let mut modules = modules;
    for turn in 0..4 {
        if turn > 0 {
            modules = turned(&modules);
        }
        if !has_corners(&modules) {
            continue;
        }
        match text(&modules).or_else(|| text(&mirrored(&modules))) {
            Some(text) => return Some(QrReading::Text(text)),
            None => found = Some(QrReading::Damaged),
        }
    }
    found
}

/// By a quarter, clockwise.
fn turned(modules: &QrModules) -> QrModules {
    let side = modules.side;
    let dark = (0..side * side).map(|at| modules.dark[(side - 1 - at % side) * side + at / side]).collect();
    QrModules { side, dark }
}

/// With rows for columns, which leaves the three corners where they are.
fn mirrored(modules: &QrModules) -> QrModules {
    let side = modules.side;
    let dark = (0..side * side).map(|at| modules.dark[at % side * side + at / side]).collect();
    QrModules { side, dark }
}

/// Whether the three corners have the finder patterns.
fn has_corners(modules: &QrModules) -> bool {
    let side = modules.side;
    let is_finder = |top: usize, left: usize| {
        (0..7).all(|row| {
            (0..7).all(|column| {
                let ring = row.min(column).min(6 - row).min(6 - column);
                modules.dark.get((top + row) * side + left + column) == Some(&(ring != 1))
            })
        })
    };
    side >= 21 && is_finder(0, 0) && is_finder(0, side - 7) && is_finder(side - 7, 0)
}

/// What the modules say, as UTF-8.
fn text(modules: &QrModules) -> Option<String> {
    let side = modules.side;
    let dark = |column: usize, row: usize| modules.dark.get(row * side + column).copied().unwrap_or(false);
    let mut bytes = Vec::new();
    rqrr::Grid::new(rqrr::SimpleGrid::from_func(side, dark)).decode_to(&mut bytes).ok()?;
    String::from_utf8(bytes).ok()
}
