//! The first page: rows from the top, rows and other information from the bottom, and the items between them.

use crate::fields::Record;
use crate::length::{Um, centipoints};
use crate::template::{Body, GRID, ItemTable};
use crate::{Code, Error};

use super::Layout;
use super::info::MeasuredInfo;
use super::rows::MeasuredRows;
use super::table::TableRow;

/// What the first page did not hold.
pub(super) struct Rest<'a> {
    /// The size of the first page's text, which the others have too.
    pub(super) size: Um,
    /// How many items stand on the first page.
    pub(super) items: usize,
    pub(super) info: Option<MeasuredInfo<'a>>,
}

/// What was measured of the first page in one size.
struct Measured<'a> {
    size: Um,
    /// In the order of the template; the table is where `None` stands.
    flow: Vec<Part<'a>>,
    /// Between the rows above and below, for table and other information.
    free: Um,
    table: &'a ItemTable,
}

enum Part<'a> {
    Rows(MeasuredRows<'a>),
    Table,
    Info(MeasuredInfo<'a>),
}

/// Rows of items that were measured, and whether they are all.
struct ItemRows {
    rows: Vec<TableRow>,
    height: Um,
    all: bool,
}

impl<'a> Layout<'a> {
    pub(super) fn first_page(&mut self) -> Result<Rest<'a>, Error> {
        self.begin_page("")?;
        let mut full = Error::new(Code::PageFull);
        for &size in &self.template.paper.sizes {
            self.setter.begin_again();
            match self.measure_first(centipoints(size)) {
                Ok(measured) => return self.draw_first(measured),
                Err(error) if error.code() == Code::PageFull => full = error,
                Err(error) => return Err(error),
            }
        }
        Err(full)
    }

    fn measure_first(&mut self, size: Um) -> Result<Measured<'a>, Error> {
        let template = self.template;
        let inner = template.paper.inner();
        let mut free = inner.bottom() - template.paper.body[0];
        let mut least = 0;
        let mut flow = Vec::with_capacity(template.blocks.len());
        let mut found = None;
        for block in template.blocks.iter().filter(|block| block.pages.has(true)) {
            if !block.when.holds(&self.fields) {
                continue;
            }
            match &block.body {
                Body::Rows(rows) => {
                    let rows = self.measure_rows(&block.id, rows, size)?;
                    free = free.saturating_sub(rows.height);
                    flow.push(Part::Rows(rows));
                }
                Body::Table(table) => {
                    free -= table.gap;
                    least += table.head + table.height;
                    found = Some(table);
                    flow.push(Part::Table);
                }
                Body::Info(info) => {
                    let info = self.measure_info(info, size)?;
                    free -= info.block.gap;
                    least += info.block.height;
                    flow.push(Part::Info(info));
                }
                Body::Qr(_) | Body::Seal(_) | Body::Text(_) | Body::Preview(_) => {}
            }
        }
        match found {
            Some(table) if least <= free => Ok(Measured { size, flow, free, table }),
            _ => {
                let found = format!("{} mm missing", (least.saturating_sub(free) + 999) / 1000);
                Err(Error::new(Code::PageFull).at_path(template.name()).found(found))
            }
        }
    }

    fn draw_first(&mut self, measured: Measured<'a>) -> Result<Rest<'a>, Error> {
        let Measured { size, flow, free, table } = measured;
        let rows = self.item_rows(table, size, free)?;
        let wanted = if rows.all { table.head + rows.height } else { Um::MAX };
        let info_wanted =
            flow.iter().map(|part| if let Part::Info(info) = part { info.height() } else { 0 }).sum::<Um>();
        let info_least =
            flow.iter().map(|part| if let Part::Info(info) = part { info.block.height } else { 0 }).sum::<Um>();
        // Whoever needs more than there is gets at least half, or what the other leaves.
        let half = (free / 2 / GRID * GRID).max(table.head + table.height);
        let table_height = free.saturating_sub(info_wanted).max(wanted.min(half)).min(free - info_least);
        let mut y = self.template.paper.body[0];
        let mut rows = Some(rows);
        let mut rest = Rest { size, items: 0, info: None };
        for part in flow {
            match part {
                Part::Rows(rows) => y = self.draw_rows(rows, y),
                Part::Table => {
                    y += table.gap;
                    if let Some(rows) = rows.take() {
                        rest.items = self.draw_items(table, rows, y, table_height, size)?;
                    }
                    y += table_height;
                }
                Part::Info(mut info) => {
                    y += info.block.gap;
                    let height = free - table_height;
                    self.draw_info(&mut info, y, height, true)?;
                    y += height;
                    rest.info = Some(info).filter(|info| !info.lines.is_empty());
                }
            }
        }
        Ok(rest)
    }

    /// Measures items until they are all or surely too many.
    fn item_rows(&mut self, table: &'a ItemTable, size: Um, most: Um) -> Result<ItemRows, Error> {
        let fields = self.fields;
        let items = &fields.content().items;
        let width: Um = table.columns.iter().map(|column| column.width).sum();
        let mut rows = ItemRows { rows: Vec::new(), height: 0, all: true };
        let mut index = 0;
        for together in items.chunks(table.groups) {
            if rows.height > most {
                rows.all = false;
                break;
            }
            let mut cells = Vec::with_capacity(table.columns.len() * table.groups);
            let mut x = 0;
            for item in together {
                let record = Record::Item(item, index, &table.named);
                cells.extend(self.measure_cells(&table.columns, record, x, size)?);
                x += width;
                index += 1;
            }
            let row = TableRow::new(cells);
            rows.height = rows.height.saturating_add(row.height(table.height, size));
            rows.rows.push(row);
        }
        Ok(rows)
    }

    /// Draws the items that fit, and tells how many.
    fn draw_items(
        &mut self,
        table: &'a ItemTable,
        rows: ItemRows,
        top: Um,
        height: Um,
        size: Um,
    ) -> Result<usize, Error> {
        let count = self.fields.content().items.len();
        self.draw_head(&table.columns, table.groups, top, table.head, size)?;
        let mut y = top + table.head;
        let all = rows.all && table.head + rows.height <= height;
        let limit = top + height - if all { 0 } else { table.height };
        let mut shown = 0;
        for row in rows.rows {
            if y + row.height(table.height, size) > limit {
                break;
            }
            y = self.draw_row(row, y, table.height, size);
            shown = (shown + table.groups).min(count);
        }
        if shown < count {
            self.draw_more(table, shown, y, size)?;
        }
        self.draw_grid(&table.columns, table.groups, top, top + height);
        Ok(shown)
    }

    /// The row that says how many items stand elsewhere, with the sum of those before it.
    fn draw_more(&mut self, table: &'a ItemTable, shown: usize, y: Um, size: Um) -> Result<(), Error> {
        let fields = self.fields;
        let items = &fields.content().items;
        let colour = self.template.paper.caption;
        let text = self.sources(&table.more, Record::More(items.len() - shown), colour);
        let mut cells = vec![self.measure_one_line(&table.columns, table.more_column, &text, size)?];
        // Of no items there is nothing to sum up.
        if let Some(column) = table.sum.filter(|_| shown > 0) {
            let sum = super::further_pages::sum(items[..shown].iter().map(|item| Some(item.amount)));
            let colour = self.colour(table.columns[column].inks);
            cells.push(self.measure_sum(&table.columns, column, sum, colour, size)?);
        }
        self.draw_row(TableRow::new(cells), y, table.height, size);
        Ok(())
    }
}
