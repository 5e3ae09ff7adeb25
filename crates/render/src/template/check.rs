//! What a template as a whole must keep to, so that each page made with it is right: nothing outside the margins,
//! nothing over another, every table full, and on every page what a receipt must say there.

use crate::fields::Field;
use crate::layout::{leading, quiet_zone};
use crate::length::{Area, Um, centipoints, mm};
use crate::{Code, Error};

use super::model::{Block, Body, Column, FixedText, Rows, Template};
use super::node::quoted;
use super::places::{PAGE, Places};
use super::{flow, says};

/// Smaller cells hold no word.
const LEAST_COLUMN: Um = mm(6);

/// The least paper, within the margins.
const LEAST_PAPER: Um = mm(60);

/// A code of fewer millimetres a side is not read from a page of 300 dpi.
const LEAST_QR: Um = mm(15);

/// Checks a template, of which a file has written what the places tell.
pub(super) fn check(template: &Template, places: &Places<'_>) -> Result<(), Error> {
    paper(template, places)?;
    for block in &template.blocks {
        match &block.body {
            Body::Qr(_) | Body::Seal(_) | Body::Text(_) | Body::Preview(_) => fixed(template, block, places)?,
            Body::Rows(rows) => check_rows(template, block, rows, places)?,
            Body::Table(table) => {
                columns(template, &block.id, &table.columns, table.groups, places)?;
                heights(template, &block.id, &[table.head, table.height], places)?;
            }
            Body::Info(info) => {
                if info.caption_width < LEAST_COLUMN || info.caption_width * 4 > template.paper.inner().width {
                    return Err(places
                        .error(Code::TemplateColumns, &block.id)
                        .expected("`caption_width` from 6 mm to a quarter of the width"));
                }
            }
        }
    }
    overlaps(template, places)?;
    for list in &template.lists {
        columns(template, &list.id, &list.columns, 1, places)?;
        heights(template, &list.id, &[list.head, list.height], places)?;
    }
    parameters(template, places)?;
    says::check(template, places)?;
    flow::check(template, places)
}

fn paper(template: &Template, places: &Places<'_>) -> Result<(), Error> {
    let paper = &template.paper;
    let inner = paper.inner();
    if inner.width < LEAST_PAPER || inner.height < LEAST_PAPER {
        return Err(places.error(Code::TemplatePlace, PAGE).expected("60 mm or more within the margins"));
    }
    for body in paper.body {
        if body < inner.y || body + LEAST_PAPER / 2 > inner.bottom() {
            return Err(places
                .error(Code::TemplatePlace, PAGE)
                .expected("a body that begins within the margins, 30 mm or more above the lower one"));
        }
    }
    Ok(())
}

fn fixed(template: &Template, block: &Block, places: &Places<'_>) -> Result<(), Error> {
    let inner = template.paper.inner();
    let area = area_of(block);
    if area.width == 0 || area.height == 0 || !inner.contains(&area) {
        return Err(places.error(Code::TemplatePlace, &block.id).expected("an area within the margins"));
    }
    if matches!(block.body, Body::Qr(_)) && area.width < LEAST_QR {
        return Err(places.error(Code::TemplateMeasure, &block.id).expected("15 mm or more"));
    }
    if let Body::Text(text) | Body::Preview(text) = &block.body {
        fixed_text(text).map_err(|expected| places.error(Code::TemplateMeasure, &block.id).expected(expected))?;
    }
    if matches!(block.body, Body::Seal(_)) {
        return Ok(());
    }
    let taken = taken_by(block);
    for (first, body) in [true, false].into_iter().zip(template.paper.body) {
        if block.pages.has(first) && taken.bottom() > body {
            let expected = "an area above the body; of a QR code with the quiet zone";
            return Err(places.error(Code::TemplatePlace, &block.id).expected(expected));
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
fn overlaps(template: &Template, places: &Places<'_>) -> Result<(), Error> {
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
                // Of both the file may have moved only the one that stands before.
                let (block, other) = if places.has(&block.id) { (block, other) } else { (other, block) };
                let error = places.error(Code::TemplatePlace, &block.id);
                return Err(error.expected(format!("an area apart from `{}`", other.id)));
            }
        }
    }
    Ok(())
}

fn check_rows(template: &Template, block: &Block, rows: &Rows, places: &Places<'_>) -> Result<(), Error> {
    let widths = rows.columns.iter().map(|column| column.width);
    full(template, &block.id, widths, 1, places)?;
    if rows.columns.iter().any(|column| column.caption > 0 && column.caption + LEAST_COLUMN > column.width) {
        return Err(places
            .error(Code::TemplateColumns, &block.id)
            .expected("captions that leave 6 mm or more for values"));
    }
    heights(template, &block.id, &[rows.height], places)
}

fn columns(template: &Template, id: &str, columns: &[Column], groups: usize, places: &Places<'_>) -> Result<(), Error> {
    full(template, id, columns.iter().map(|column| column.width), groups, places)
}

/// Columns fill the width between the margins, no more and no less.
fn full(
    template: &Template,
    id: &str,
    widths: impl Iterator<Item = Um>,
    groups: usize,
    places: &Places<'_>,
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
        return Err(places.error(Code::TemplateColumns, id).expected(shown(wanted)).found(shown(sum)));
    }
    if least < LEAST_COLUMN {
        return Err(places.error(Code::TemplateColumns, id).expected("6 mm or more each").found(shown(least.into())));
    }
    Ok(())
}

/// A row holds a line of the largest size.
fn heights(template: &Template, id: &str, heights: &[Um], places: &Places<'_>) -> Result<(), Error> {
    let line = template.paper.sizes.first().map_or(0, |&size| leading(centipoints(size)));
    let fits = heights.iter().all(|&height| (line..=mm(30)).contains(&height));
    if fits {
        Ok(())
    } else {
        Err(places.error(Code::TemplateMeasure, id).expected("rows as high as a line, at most 30 mm"))
    }
}

fn parameters(template: &Template, places: &Places<'_>) -> Result<(), Error> {
    for (id, value) in template.values() {
        for field in value.fields() {
            if let Field::Parameter(name) = field
                && !template.parameters.contains_key(name)
            {
                return Err(places
                    .error(Code::TemplateField, id)
                    .expected("a parameter of `[parameters]`")
                    .found(quoted(name)));
            }
        }
    }
    Ok(())
}
