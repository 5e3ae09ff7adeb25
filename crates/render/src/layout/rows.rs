//! Rows of captions and values.

use crate::fields::Record;
use crate::length::{Area, Um};
use crate::template::{GRID, Rows, Side};
use crate::{Code, Error};

use super::canvas::Style;
use super::text::{Line, baseline, leading};
use super::{INSET, Layout};

/// Between a value and the next column where no rule stands between them.
const GUTTER: Um = 2_000;

/// The least width that a value is given beside its caption.
const LEAST_VALUE: Um = 5_000;

/// Rows that were measured.
pub(super) struct MeasuredRows<'a> {
    pub(super) block: &'a Rows,
    /// With the white above.
    pub(super) height: Um,
    size: Um,
    rows: Vec<MeasuredRow>,
}

struct MeasuredRow {
    height: Um,
    cells: Vec<MeasuredCell>,
}

struct MeasuredCell {
    /// From the left edge of the block.
    x: Um,
    caption: Vec<Line>,
    /// From the left edge of the cell's text.
    value_x: Um,
    value: Vec<Line>,
    bold: bool,
    /// Where a rule separates caption and value in a frame.
    divider: Option<Um>,
}

/// How far the first line lies below the top of a row that is higher than its lines.
pub(super) const fn sink(free: Um) -> Um {
    (free / 2 + GRID / 2) / GRID * GRID
}

impl<'a> Layout<'a> {
    pub(super) fn measure_rows(&mut self, id: &str, rows: &'a Rows, size: Um) -> Result<MeasuredRows<'a>, Error> {
        let inset = if rows.frame { INSET } else { 0 };
        let mut measured: Vec<MeasuredRow> = Vec::new();
        let mut column = rows.columns.len();
        let mut height = rows.gap;
        for cell in &rows.cells {
            if !cell.when.holds(&self.fields) {
                continue;
            }
            if column + cell.span > rows.columns.len() {
                measured.push(MeasuredRow { height: rows.height, cells: Vec::new() });
                column = 0;
            }
            let x = rows.columns[..column].iter().map(|column| column.width).sum();
            let width: Um = rows.columns[column..column + cell.span].iter().map(|column| column.width).sum();
            let fixed = rows.columns[column].caption;
            let last = column + cell.span == rows.columns.len();
            column += cell.span;
            let right = if rows.frame {
                INSET
            } else if last {
                0
            } else {
                GUTTER
            };
            let caption_colour = self.template.paper.caption;
            let caption = self.sources(&cell.caption, Record::Receipt, caption_colour);
            let most = if fixed > 0 { fixed - 2 * inset } else { width - inset - right };
            let caption = self.setter.set(&caption, size, most)?;
            let natural = caption.iter().map(|line| line.width).max().unwrap_or(0);
            let value_x = if fixed > 0 { fixed } else { natural };
            let room = width - inset - right - value_x;
            if room < LEAST_VALUE {
                return Err(Error::new(Code::PageFull).at_path(id).expected("room for a value beside its caption"));
            }
            let colour = self.colour(cell.inks);
            let value = self.sources(&cell.value, Record::Receipt, colour);
            let value = self.setter.set(&value, size, room)?;
            let lines = caption.len().max(value.len());
            if let Some(row) = measured.last_mut() {
                row.height = row.height.max(height_of(rows.height, lines, size));
                let divider = (fixed > 0).then_some(x + fixed);
                row.cells.push(MeasuredCell { x, caption, value_x, value, bold: cell.bold, divider });
            }
        }
        height += measured.iter().map(|row| row.height).sum::<Um>();
        Ok(MeasuredRows { block: rows, height, size, rows: measured })
    }

    /// Draws rows from a height on, and tells where they end.
    pub(super) fn draw_rows(&mut self, rows: MeasuredRows<'a>, top: Um) -> Um {
        let inner = self.template.paper.inner();
        let rule = self.template.paper.caption;
        let framed = rows.block.frame;
        let inset = if framed { INSET } else { 0 };
        let mut y = top + rows.block.gap;
        let begin = y;
        let sheet = self.sheet();
        for (number, row) in rows.rows.into_iter().enumerate() {
            if framed && number > 0 {
                sheet.horizontal(inner.x, inner.right(), y, rule);
            }
            for cell in row.cells {
                let x = inner.x + cell.x;
                if framed && cell.x > 0 {
                    sheet.vertical(x, y, y + row.height, rule);
                }
                if framed && let Some(divider) = cell.divider {
                    sheet.vertical(inner.x + divider, y, y + row.height, rule);
                }
                // Caption and value begin on one baseline, whichever has more lines.
                let lines = cell.caption.len().max(cell.value.len());
                let first = y + sink(row.height - lines_height(lines, rows.size)) + baseline(rows.size);
                let plain = Style { size: rows.size, bold: false, side: Side::Left };
                for (line, baseline) in cell.caption.into_iter().zip((first..).step_by(step(rows.size))) {
                    sheet.line(line, x + inset, 0, baseline, plain);
                }
                let style = Style { bold: cell.bold, ..plain };
                for (line, baseline) in cell.value.into_iter().zip((first..).step_by(step(rows.size))) {
                    sheet.line(line, x + inset + cell.value_x, 0, baseline, style);
                }
            }
            y += row.height;
        }
        if framed && y > begin {
            sheet.frame(Area { x: inner.x, y: begin, width: inner.width, height: y - begin }, rule);
        }
        y
    }
}

/// The height of lines one below the other.
pub(super) fn lines_height(lines: usize, size: Um) -> Um {
    // A page of a metre has fewer lines than this.
    leading(size).saturating_mul(Um::try_from(lines).unwrap_or(Um::MAX))
}

/// The height of a row of so many lines; `usual` is that of one line in the largest size.
pub(super) fn height_of(usual: Um, lines: usize, size: Um) -> Um {
    lines_height(lines, size).saturating_add(white(usual, size)).max(usual)
}

/// What a row has above and below its lines.
pub(super) fn white(usual: Um, size: Um) -> Um {
    (usual - leading(size)).clamp(GRID, 3 * GRID)
}

/// The distance of baselines, for `step_by`.
fn step(size: Um) -> usize {
    // Leading is positive.
    leading(size) as usize
}
