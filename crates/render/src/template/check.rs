//! What a template as a whole must keep to, so that each page made with it is right: nothing outside the margins,
//! nothing over another, every table full, and on every page what a receipt must say there.

use crate::fields::Field;
use crate::layout::{leading, quiet_zone};
use crate::length::{Area, Um, centipoints, mm};
use crate::{Code, Error};

use super::model::{Block, Body, Column, FixedText, ListSource, Rows, Template};
use super::node::quoted;

/// The paper, in place of the id of a block. No id has brackets.
pub(super) const PAGE: &str = "[page]";

/// All blocks together.
const BLOCK: &str = "[block]";

/// Smaller cells hold no word.
const LEAST_COLUMN: Um = mm(6);

/// The least paper, within the margins.
const LEAST_PAPER: Um = mm(60);

/// On every page.
const EVERYWHERE: [&str; 6] = ["EInvoiceName", "EInvoiceCode", "EInvoiceNumber", "RandomNumber", "Page", "Pages"];

/// On the first page.
const AT_FIRST: [&str; 6] =
    ["TotalAmount", "IssueDate", "InvoicingPartyName", "PayerPartyName", "HandlingPerson", "Checker"];

/// Checks a template; `at` makes an error at a block or a list of that id.
pub(super) fn check(template: &Template, at: &dyn Fn(Code, &str) -> Error) -> Result<(), Error> {
    paper(template, at)?;
    for block in &template.blocks {
        match &block.body {
            Body::Qr(_) | Body::Seal(_) | Body::Text(_) | Body::Preview(_) => fixed(template, block, at)?,
            Body::Rows(rows) => check_rows(template, block, rows, at)?,
            Body::Table(table) => {
                columns(template, &block.id, &table.columns, table.groups, at)?;
                heights(template, &block.id, &[table.head, table.height], at)?;
            }
            Body::Info(info) => {
                if info.caption_width < LEAST_COLUMN || info.caption_width * 4 > template.paper.inner().width {
                    return Err(at(Code::TemplateColumns, &block.id)
                        .expected("`caption_width` from 6 mm to a quarter of the width"));
                }
            }
        }
    }
    overlaps(template, at)?;
    for list in &template.lists {
        columns(template, &list.id, &list.columns, 1, at)?;
        heights(template, &list.id, &[list.head, list.height], at)?;
    }
    parameters(template, at)?;
    once(template, at)?;
    says(template, at)
}

fn paper(template: &Template, at: &dyn Fn(Code, &str) -> Error) -> Result<(), Error> {
    let paper = &template.paper;
    let inner = paper.inner();
    if inner.width < LEAST_PAPER || inner.height < LEAST_PAPER {
        return Err(at(Code::TemplatePlace, PAGE).expected("60 mm or more within the margins"));
    }
    for body in paper.body {
        if body < inner.y || body + LEAST_PAPER / 2 > inner.bottom() {
            return Err(at(Code::TemplatePlace, PAGE)
                .expected("a body that begins within the margins, 30 mm or more above the lower one"));
        }
    }
    Ok(())
}

fn fixed(template: &Template, block: &Block, at: &dyn Fn(Code, &str) -> Error) -> Result<(), Error> {
    let inner = template.paper.inner();
    let area = area_of(block);
    if area.width == 0 || area.height == 0 || !inner.contains(&area) {
        return Err(at(Code::TemplatePlace, &block.id).expected("an area within the margins"));
    }
    if let Body::Text(text) | Body::Preview(text) = &block.body {
        fixed_text(text).map_err(|expected| at(Code::TemplateMeasure, &block.id).expected(expected))?;
    }
    if matches!(block.body, Body::Seal(_)) {
        return Ok(());
    }
    let taken = taken_by(block);
    for (first, body) in [true, false].into_iter().zip(template.paper.body) {
        if block.pages.has(first) && taken.bottom() > body {
            let expected = "an area above the body; of a QR code with the quiet zone";
            return Err(at(Code::TemplatePlace, &block.id).expected(expected));
        }
    }
    Ok(())
}

fn fixed_text(text: &FixedText) -> Result<(), &'static str> {
    let fits = text.sizes.iter().all(|&size| leading(centipoints(size)) <= text.area.height);
    if fits { Ok(()) } else { Err("an area as high as a line of each size") }
}

fn area_of(block: &Block) -> Area {
    match &block.body {
        Body::Qr(area) => *area,
        Body::Seal(place) => place.area(),
        Body::Text(text) | Body::Preview(text) => text.area,
        Body::Rows(_) | Body::Table(_) | Body::Info(_) => Area::default(),
    }
}

/// The area that nothing else may enter.
fn taken_by(block: &Block) -> Area {
    match &block.body {
        Body::Qr(area) => quiet_zone(area),
        _ => area_of(block),
    }
}

/// Fixed blocks that always stand together must not overlap; seals may lie over anything, and a preview has no QR
/// code.
fn overlaps(template: &Template, at: &dyn Fn(Code, &str) -> Error) -> Result<(), Error> {
    let fixed =
        |block: &&Block| matches!(block.body, Body::Qr(_) | Body::Text(_) | Body::Preview(_)) && block.when.is_always();
    let blocks: Vec<_> = template.blocks.iter().filter(fixed).collect();
    for (index, block) in blocks.iter().enumerate() {
        for other in &blocks[..index] {
            let together = [true, false].into_iter().any(|first| block.pages.has(first) && other.pages.has(first));
            let preview = |a: &Block, b: &Block| matches!((&a.body, &b.body), (Body::Preview(_), Body::Qr(_)));
            if together
                && !preview(block, other)
                && !preview(other, block)
                && taken_by(block).overlaps(&taken_by(other))
            {
                return Err(at(Code::TemplatePlace, &block.id).expected(format!("an area apart from `{}`", other.id)));
            }
        }
    }
    Ok(())
}

fn check_rows(template: &Template, block: &Block, rows: &Rows, at: &dyn Fn(Code, &str) -> Error) -> Result<(), Error> {
    let widths = rows.columns.iter().map(|column| column.width);
    full(template, &block.id, widths, 1, at)?;
    if rows.columns.iter().any(|column| column.caption > 0 && column.caption + LEAST_COLUMN > column.width) {
        return Err(at(Code::TemplateColumns, &block.id).expected("captions that leave 6 mm or more for values"));
    }
    heights(template, &block.id, &[rows.height], at)
}

fn columns(
    template: &Template,
    id: &str,
    columns: &[Column],
    groups: usize,
    at: &dyn Fn(Code, &str) -> Error,
) -> Result<(), Error> {
    full(template, id, columns.iter().map(|column| column.width), groups, at)
}

/// Columns fill the width between the margins, no more and no less.
fn full(
    template: &Template,
    id: &str,
    widths: impl Iterator<Item = Um>,
    groups: usize,
    at: &dyn Fn(Code, &str) -> Error,
) -> Result<(), Error> {
    let shown = |um: i64| format!("{}.{:03} mm", um / 1000, um % 1000);
    let (mut sum, mut least) = (0_i64, Um::MAX);
    for width in widths {
        sum += i64::from(width);
        least = least.min(width);
    }
    let sum = sum * i64::try_from(groups).unwrap_or(1);
    let wanted = i64::from(template.paper.inner().width);
    if sum != wanted {
        return Err(at(Code::TemplateColumns, id).expected(shown(wanted)).found(shown(sum)));
    }
    if least < LEAST_COLUMN {
        return Err(at(Code::TemplateColumns, id).expected("6 mm or more each").found(shown(least.into())));
    }
    Ok(())
}

/// A row holds a line of the largest size.
fn heights(template: &Template, id: &str, heights: &[Um], at: &dyn Fn(Code, &str) -> Error) -> Result<(), Error> {
    let line = template.paper.sizes.first().map_or(0, |&size| leading(centipoints(size)));
    let fits = heights.iter().all(|&height| (line..=mm(30)).contains(&height));
    if fits { Ok(()) } else { Err(at(Code::TemplateMeasure, id).expected("rows as high as a line, at most 30 mm")) }
}

/// What a template has exactly once.
fn once(template: &Template, at: &dyn Fn(Code, &str) -> Error) -> Result<(), Error> {
    let count = |test: &dyn Fn(&Body) -> bool| template.blocks.iter().filter(|block| test(&block.body)).count();
    let table = template.blocks.iter().position(|block| matches!(block.body, Body::Table(_)));
    let info = template.blocks.iter().position(|block| matches!(block.body, Body::Info(_)));
    let info_rest = count(&|body| matches!(body, Body::Info(info) if info.rest)) == 1;
    let list = |source: ListSource| template.lists.iter().filter(|list| list.source == source).count() == 1;
    for (fits, expected) in [
        (count(&|body| matches!(body, Body::Qr(_))) == 1, "one block of type `qr`"),
        (count(&|body| matches!(body, Body::Preview(_))) == 1, "one block of type `preview`"),
        (count(&|body| matches!(body, Body::Table(_))) == 1, "one block of type `table`"),
        (
            count(&|body| matches!(body, Body::Info(_))) == 1 && info_rest,
            "one block of type `info`, with `rest = true`",
        ),
        (table < info, "the block of type `info` below the table"),
        (list(ListSource::Items), "one list of source `items`"),
        (list(ListSource::Aux), "one list of source `aux`"),
    ] {
        if !fits {
            return Err(at(Code::TemplateIncomplete, BLOCK).expected(expected));
        }
    }
    Ok(())
}

/// What the pages must say whatever the receipt.
fn says(template: &Template, at: &dyn Fn(Code, &str) -> Error) -> Result<(), Error> {
    for first in [true, false] {
        let wanted = EVERYWHERE.iter().chain(if first { &AT_FIRST[..] } else { &[] });
        for name in wanted {
            let field = Field::parse(name);
            let said =
                template.blocks.iter().filter(|block| block.when.is_always() && block.pages.has(first)).any(|block| {
                    match &block.body {
                        Body::Text(text) => text.value.fields().any(|other| Some(other) == field.as_ref()),
                        Body::Rows(rows) => rows
                            .cells
                            .iter()
                            .filter(|cell| cell.when.is_always())
                            .any(|cell| cell.value.fields().any(|other| Some(other) == field.as_ref())),
                        _ => false,
                    }
                });
            if !said {
                let pages = if first { "on the first page" } else { "on each page after the first" };
                return Err(at(Code::TemplateIncomplete, BLOCK).expected(format!("{pages}: `{{{name}}}`")));
            }
        }
    }
    Ok(())
}

fn parameters(template: &Template, at: &dyn Fn(Code, &str) -> Error) -> Result<(), Error> {
    for (id, value) in template.values() {
        for field in value.fields() {
            if let Field::Parameter(name) = field
                && !template.parameters.contains_key(name)
            {
                return Err(at(Code::TemplateField, id).expected("a parameter of `[parameters]`").found(quoted(name)));
            }
        }
    }
    Ok(())
}
