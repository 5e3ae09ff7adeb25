//! Rows of a table: measured, drawn, and divided where one is higher than a page.

use crate::Error;
use crate::fields::Record;
use crate::length::{Um, centipoints};
use crate::template::{Column, Side};

use super::canvas::Style;
use super::rows::{height_of, lines_height, sink};
use super::text::{Line, baseline, leading};
use super::{INSET, Layout, within};

/// A row of cells, whichever columns they belong to.
pub(super) struct TableRow {
    pub(super) cells: Vec<TableCell>,
    /// How many lines the longest cell has, at least one.
    pub(super) lines: usize,
}

pub(super) struct TableCell {
    /// From the left edge of the table, without insets.
    x: Um,
    width: Um,
    side: Side,
    /// The cell's own size: an amount that does not fit is set smaller.
    size: Um,
    lines: Vec<Line>,
}

impl TableRow {
    pub(super) fn new(cells: Vec<TableCell>) -> Self {
        let lines = cells.iter().map(|cell| cell.lines.len()).max().unwrap_or(0).max(1);
        TableRow { cells, lines }
    }

    pub(super) fn height(&self, usual: Um, size: Um) -> Um {
        height_of(usual, self.lines, size)
    }

    /// Takes so many lines from the top, because no page holds them all.
    pub(super) fn take(&mut self, lines: usize) -> TableRow {
        let cells = self.cells.iter_mut().map(|cell| {
            let end = lines.min(cell.lines.len());
            TableCell { lines: cell.lines.drain(..end).collect(), ..*cell }
        });
        let taken = TableRow { cells: cells.collect(), lines };
        self.lines -= lines.min(self.lines);
        taken
    }
}

impl<'a> Layout<'a> {
    /// Sets the cells of one record; `x` is where its columns begin.
    pub(super) fn measure_cells(
        &mut self,
        columns: &'a [Column],
        record: Record<'a>,
        x: Um,
        size: Um,
    ) -> Result<Vec<TableCell>, Error> {
        let mut cells = Vec::with_capacity(columns.len());
        let mut x = x;
        for column in columns {
            let colour = self.colour(column.inks);
            let sources = self.sources(&column.value, record, colour);
            cells.push(self.measure_cell(column, &sources, x, size)?);
            x += column.width;
        }
        Ok(cells)
    }

    pub(super) fn measure_cell(
        &mut self,
        column: &Column,
        sources: &[super::text::Source<'_>],
        x: Um,
        size: Um,
    ) -> Result<TableCell, Error> {
        let room = within(column.width);
        let mut cell = TableCell { x, width: column.width, side: column.side, size, lines: Vec::new() };
        cell.lines = self.setter.set(sources, size, room)?;
        if !column.wrap {
            let smaller = self.template.paper.sizes.iter().map(|&size| centipoints(size)).filter(|&other| other < size);
            for smaller in smaller {
                if cell.lines.len() == 1 {
                    break;
                }
                cell.lines = self.setter.set(sources, smaller, room)?;
                cell.size = smaller;
            }
        }
        Ok(cell)
    }

    /// The head with its captions.
    pub(super) fn draw_head(
        &mut self,
        columns: &'a [Column],
        groups: usize,
        top: Um,
        height: Um,
        size: Um,
    ) -> Result<(), Error> {
        let colour = self.template.paper.caption;
        let inner = self.template.paper.inner();
        let mut x = inner.x;
        for column in columns.iter().cycle().take(columns.len() * groups) {
            let sources = self.sources(&column.caption, Record::Receipt, colour);
            let mut cell_size = size;
            let mut lines = self.setter.set(&sources, size, within(column.width))?;
            let smaller = self.template.paper.sizes.iter().map(|&size| centipoints(size)).filter(|&other| other < size);
            for smaller in smaller {
                if lines_height(lines.len(), cell_size) <= height {
                    break;
                }
                lines = self.setter.set(&sources, smaller, within(column.width))?;
                cell_size = smaller;
            }
            let style = Style { size: cell_size, bold: false, side: Side::Centre };
            let mut y = top + sink((height - lines_height(lines.len(), cell_size)).max(0)) + baseline(cell_size);
            for line in lines {
                self.sheet().line(line, x + INSET, within(column.width), y, style);
                y += leading(cell_size);
            }
            x += column.width;
        }
        self.sheet().horizontal(inner.x, inner.right(), top + height, colour);
        Ok(())
    }

    /// Draws a row and tells where it ends.
    pub(super) fn draw_row(&mut self, row: TableRow, top: Um, usual: Um, size: Um) -> Um {
        let height = row.height(usual, size);
        let left = self.template.paper.inner().x;
        let first = top + sink(height - lines_height(row.lines, size)) + baseline(size);
        let sheet = self.sheet();
        for cell in row.cells {
            let style = Style { size: cell.size, bold: false, side: cell.side };
            let mut y = first;
            for line in cell.lines {
                sheet.line(line, left + cell.x + INSET, within(cell.width), y, style);
                y += leading(size);
            }
        }
        top + height
    }

    /// The rules between columns, and the frame.
    pub(super) fn draw_grid(&mut self, columns: &[Column], groups: usize, top: Um, bottom: Um) {
        let colour = self.template.paper.caption;
        let inner = self.template.paper.inner();
        let mut x = inner.x;
        let count = columns.len() * groups;
        for column in columns.iter().cycle().take(count - 1) {
            x += column.width;
            self.sheet().vertical(x, top, bottom, colour);
        }
        let area = crate::length::Area { x: inner.x, y: top, width: inner.width, height: bottom - top };
        self.sheet().frame(area, colour);
    }
}
