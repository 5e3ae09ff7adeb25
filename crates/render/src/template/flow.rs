//! Whether the pages can hold what a template puts on each of them, however short the receipt is.

use crate::layout::leading;
use crate::length::{Um, centipoints};
use crate::{Code, Error};

use super::condition::Case;
use super::model::{Block, Body, Rows, Template};
use super::places::Places;

/// Refuses a template with more on a page than the page holds.
pub(super) fn check(template: &Template, places: &Places<'_>) -> Result<(), Error> {
    for case in Case::all(&template.scope) {
        first_page(template, case, places)?;
        further_pages(template, case, places)?;
    }
    Ok(())
}

/// Rows, the table with one item, and other information in its least height.
fn first_page(template: &Template, case: Case, places: &Places<'_>) -> Result<(), Error> {
    let blocks = template.blocks.iter().filter(|block| block.pages.has(true));
    let flow: Vec<(&str, i64)> = blocks
        .map(|block| {
            let height = match &block.body {
                Body::Rows(rows) => least(block, rows, case),
                Body::Table(table) => sum([table.gap, table.head, table.height]),
                Body::Info(info) if block.when.surely_holds(case, None) => sum([info.gap, info.height]),
                Body::Info(_) | Body::Qr(_) | Body::Seal(_) | Body::Text(_) | Body::Preview(_) => 0,
            };
            (block.id.as_str(), height)
        })
        .collect();
    holds(template, 0, &flow, places)
}

/// Rows, and each list with its head, one record of one line, and both sums.
fn further_pages(template: &Template, case: Case, places: &Places<'_>) -> Result<(), Error> {
    let line = template.paper.sizes.first().map_or(0, |&size| leading(centipoints(size)));
    for list in &template.lists {
        let mut flow: Vec<(&str, i64)> = Vec::new();
        for block in template.blocks.iter().filter(|block| block.pages.has(false)) {
            if let Body::Rows(rows) = &block.body {
                flow.push((&block.id, least(block, rows, case)));
            }
        }
        flow.push((&list.id, sum([list.head, list.height, list.height, list.height, line])));
        holds(template, 1, &flow, places)?;
    }
    Ok(())
}

/// The height of rows when each has one line, and only what is surely printed.
fn least(block: &Block, rows: &Rows, case: Case) -> i64 {
    if !block.when.surely_holds(case, None) {
        return 0;
    }
    let (mut count, mut column) = (0, rows.columns.len());
    for cell in rows.cells.iter().filter(|cell| cell.when.surely_holds(case, None)) {
        if column + cell.span > rows.columns.len() {
            (count, column) = (count + 1, 0);
        }
        column += cell.span;
    }
    i64::from(rows.gap) + i64::from(rows.height) * count
}

fn sum(heights: impl IntoIterator<Item = Um>) -> i64 {
    heights.into_iter().map(i64::from).sum()
}

fn holds(template: &Template, body: usize, flow: &[(&str, i64)], places: &Places<'_>) -> Result<(), Error> {
    let most = i64::from(template.paper.inner().bottom() - template.paper.body[body]);
    let needed: i64 = flow.iter().map(|(_, height)| height).sum();
    if needed <= most {
        return Ok(());
    }
    let ids = flow.iter().filter(|(_, height)| *height > 0).map(|(id, _)| *id);
    let error = places.error_among(Code::TemplatePlace, ids);
    let millimetres = |length: i64| format!("{}.{:03} mm", length / 1000, length % 1000);
    Err(error
        .expected(format!("blocks of the body that need {} at most", millimetres(most)))
        .found(millimetres(needed)))
}
