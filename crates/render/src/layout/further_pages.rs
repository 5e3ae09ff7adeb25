//! The pages after the first: items, auxiliary items, and the rest of other information.

use czei_core::{Amount, AuxItem};

use crate::fields::{Printed, Record};
use crate::length::{Um, centipoints};
use crate::page::Colour;
use crate::template::{Body, Column, List, ListSource, Side};
use crate::{Code, Error};

use super::Layout;
use super::first_page::Rest;
use super::info::MeasuredInfo;
use super::rows::{lines_height, white};
use super::table::{TableCell, TableRow};
use super::text::{Source, leading};

/// What is printed for a sum of texts that are not all amounts.
const NO_SUM: &str = "—";

/// A list being printed.
struct Printing<'a> {
    list: &'a List,
    size: Um,
    /// Where the page's table begins, where the next row goes, and where the last one ends at the latest.
    top: Um,
    y: Um,
    limit: Um,
    /// Of the page so far; none when an amount cannot be read.
    page: Vec<Option<Amount>>,
    all: Vec<Option<Amount>>,
    sums: bool,
}

/// The sum; none when one is missing or the sum is no amount.
pub(super) fn sum(amounts: impl IntoIterator<Item = Option<Amount>>) -> Option<Amount> {
    let amounts: Option<Vec<_>> = amounts.into_iter().collect();
    Amount::sum(amounts?).ok()
}

impl<'a> Layout<'a> {
    pub(super) fn further_pages(&mut self, rest: Rest<'a>) -> Result<(), Error> {
        let fields = self.fields;
        let content = fields.content();
        for list in &self.template.lists {
            match list.source {
                ListSource::Items if rest.items < content.items.len() => {
                    let amounts = content.items.iter().map(|item| Some(item.amount));
                    let all = amounts.take(rest.items).collect();
                    let mut printing = self.begin_list(list, rest.size, all, true)?;
                    for (index, item) in content.items.iter().enumerate().skip(rest.items) {
                        let record = Record::Item(item, index, &list.named);
                        self.print_record(&mut printing, record, Some(item.amount))?;
                    }
                    self.end_list(printing)?;
                }
                ListSource::Aux if !content.aux.is_empty() => {
                    let sums = content.aux.iter().any(|aux| amount_text(aux, &list.sum_field).is_some());
                    let mut printing = self.begin_list(list, rest.size, Vec::new(), sums)?;
                    for (index, aux) in content.aux.iter().enumerate() {
                        let amount = match amount_text(aux, &list.sum_field) {
                            None => Some(Amount::ZERO),
                            Some(text) => Amount::parse_lenient(text).ok(),
                        };
                        self.print_record(&mut printing, Record::Aux(aux, index, &list.named), amount)?;
                    }
                    self.end_list(printing)?;
                }
                ListSource::Items | ListSource::Aux => {}
            }
        }
        match rest.info {
            Some(info) => self.continue_info(info),
            None => Ok(()),
        }
    }

    /// Begins a page after the first, and tells between which heights there is room.
    fn begin_further(&mut self, heading: &str, size: Um) -> Result<(Um, Um), Error> {
        self.begin_page(heading)?;
        let template = self.template;
        let mut above = Vec::new();
        let mut below = Vec::new();
        let mut behind = false;
        for block in template.blocks.iter() {
            match &block.body {
                Body::Table(_) => behind = true,
                Body::Rows(rows) if block.pages.has(false) && block.when.holds(&self.fields) => {
                    let measured = self.measure_rows(&block.id, rows, size)?;
                    if behind { &mut below } else { &mut above }.push(measured);
                }
                _ => {}
            }
        }
        let mut top = template.paper.body[1];
        for rows in above {
            top = self.draw_rows(rows, top);
        }
        let bottom = template.paper.inner().bottom() - below.iter().map(|rows| rows.height).sum::<Um>();
        let mut y = bottom;
        for rows in below {
            y = self.draw_rows(rows, y);
        }
        Ok((top, bottom))
    }

    fn begin_list(
        &mut self,
        list: &'a List,
        size: Um,
        all: Vec<Option<Amount>>,
        sums: bool,
    ) -> Result<Printing<'a>, Error> {
        let mut printing = Printing { list, size, top: 0, y: 0, limit: 0, page: Vec::new(), all, sums };
        self.begin_list_page(&mut printing)?;
        Ok(printing)
    }

    fn begin_list_page(&mut self, printing: &mut Printing<'a>) -> Result<(), Error> {
        let list = printing.list;
        let (top, bottom) = self.begin_further(&list.title, printing.size)?;
        printing.top = top;
        printing.y = top + list.head;
        // Room for both sums, whether or not this page is the last.
        printing.limit = bottom - if printing.sums { 2 * list.height } else { 0 };
        if printing.limit - printing.y < lines_height(1, centipoints(self.template.paper.sizes[0])) + list.height {
            return Err(Error::new(Code::PageFull).at_path(list.id.as_str()));
        }
        self.draw_head(&list.columns, 1, top, list.head, printing.size)
    }

    fn print_record(
        &mut self,
        printing: &mut Printing<'a>,
        record: Record<'a>,
        amount: Option<Amount>,
    ) -> Result<(), Error> {
        let list = printing.list;
        let cells = self.measure_cells(&list.columns, record, 0, printing.size)?;
        let mut row = TableRow::new(cells);
        if printing.y + row.height(list.height, printing.size) > printing.limit {
            // A row that no page holds begins where there is room for half a dozen lines; others on a new page.
            let page = printing.limit - printing.top - list.head;
            let higher = row.height(list.height, printing.size) > page;
            let here = lines_held(printing.limit - printing.y, list.height, printing.size);
            if !(higher && here >= 6) && printing.y > printing.top + list.head {
                self.end_page(printing)?;
                self.begin_list_page(printing)?;
            }
        }
        printing.page.push(amount);
        printing.all.push(amount);
        while printing.y + row.height(list.height, printing.size) > printing.limit {
            let part = row.take(lines_held(printing.limit - printing.y, list.height, printing.size).max(1));
            printing.y = self.draw_row(part, printing.y, list.height, printing.size);
            self.end_page(printing)?;
            self.begin_list_page(printing)?;
        }
        printing.y = self.draw_row(row, printing.y, list.height, printing.size);
        Ok(())
    }

    fn end_page(&mut self, printing: &mut Printing<'a>) -> Result<(), Error> {
        let page = std::mem::take(&mut printing.page);
        if printing.sums {
            self.draw_sum(printing, &printing.list.subtotal, &page)?;
        }
        let list = printing.list;
        self.draw_grid(&list.columns, 1, printing.top, printing.y);
        Ok(())
    }

    fn end_list(&mut self, mut printing: Printing<'a>) -> Result<(), Error> {
        let page = std::mem::take(&mut printing.page);
        if printing.sums {
            let list = printing.list;
            self.draw_sum(&mut printing, &list.subtotal, &page)?;
            let all = std::mem::take(&mut printing.all);
            self.draw_sum(&mut printing, &list.total, &all)?;
        }
        self.draw_grid(&printing.list.columns, 1, printing.top, printing.y);
        Ok(())
    }

    /// A row with a sum, below a rule.
    fn draw_sum(
        &mut self,
        printing: &mut Printing<'a>,
        caption: &'a str,
        amounts: &[Option<Amount>],
    ) -> Result<(), Error> {
        let list = printing.list;
        let inner = self.template.paper.inner();
        let colour = self.template.paper.caption;
        self.sheet().horizontal(inner.x, inner.right(), printing.y, colour);
        let caption = [Self::caption(caption, colour)];
        let value = self.colour(list.columns[list.sum].inks);
        let cells = vec![
            self.measure_one_line(&list.columns, 0, &caption, printing.size)?,
            self.measure_sum(&list.columns, list.sum, sum(amounts.iter().copied()), value, printing.size)?,
        ];
        printing.y = self.draw_row(TableRow::new(cells), printing.y, list.height, printing.size);
        Ok(())
    }

    pub(super) fn measure_sum(
        &mut self,
        columns: &'a [Column],
        column: usize,
        sum: Option<Amount>,
        colour: Colour,
        size: Um,
    ) -> Result<TableCell, Error> {
        let text = sum.map_or_else(|| NO_SUM.to_owned(), |sum| sum.to_string());
        let source = Source { printed: Printed { text: text.into(), from: None }, colour };
        self.measure_one_line(columns, column, &[source], size)
    }

    /// A text of the layout's own in one column.
    pub(super) fn measure_one_line(
        &mut self,
        columns: &'a [Column],
        column: usize,
        sources: &[Source<'_>],
        size: Um,
    ) -> Result<TableCell, Error> {
        let x = columns[..column].iter().map(|column| column.width).sum();
        let side = columns[column].side;
        let column = Column {
            wrap: false,
            side: if side == Side::Right { Side::Right } else { Side::Left },
            ..columns[column].clone()
        };
        self.measure_cell(&column, sources, x, size)
    }

    fn continue_info(&mut self, mut info: MeasuredInfo<'a>) -> Result<(), Error> {
        while !info.lines.is_empty() {
            let (top, bottom) = self.begin_further(&info.block.continuation, info.size)?;
            let height = info.height().min(bottom - top);
            if info.holds(height) == 0 {
                return Err(Error::new(Code::PageFull));
            }
            self.draw_info(&mut info, top, height, false)?;
        }
        Ok(())
    }
}

/// How many lines of a row fit a height, its white included.
fn lines_held(height: Um, usual: Um, size: Um) -> usize {
    usize::try_from((height - white(usual, size)) / leading(size)).unwrap_or(0)
}

/// The text of an auxiliary item's amount, if it has one.
fn amount_text<'t>(aux: &'t AuxItem, name: &str) -> Option<&'t str> {
    let field = aux.fields.iter().find(|field| field.name.as_str().eq_ignore_ascii_case(name));
    field.map(|field| field.text.trim()).filter(|text| !text.is_empty())
}
