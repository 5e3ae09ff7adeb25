//! Reading one `[[block]]`.

use crate::fields::Scope;
use crate::length::{Area, Point};
use crate::{Code, Error};

use super::model::{
    Block, Body, Cell, FixedText, Info, InfoLine, Ink, Inks, ItemTable, Pages, RowColumn, Rows, SealPlace, Side, Which,
};
use super::node::{Node, Table};
use super::read::{flag, id, inks, optional_value, short_text, sizes, value, when};
use super::read_list;
use super::value::{Piece, Value};

/// The most cells, lines or columns of a block.
const MAX_PARTS: usize = 100;

/// What a preview says of itself; a template says only where.
const PREVIEW: &str = "预览件，未经签名，不是票据";

#[derive(Clone, Copy)]
enum Type {
    Qr,
    Seal,
    Text,
    Preview,
    Rows,
    Table,
    Info,
}

/// Reads a block, and behind which other it is to stand.
pub(super) fn block<'a>(table: &Table<'a>) -> Result<(Block, Option<Node<'a>>), Error> {
    let id = id(table)?;
    let kind = table.need("type")?.one_of(&[
        ("qr", Type::Qr),
        ("seal", Type::Seal),
        ("text", Type::Text),
        ("preview", Type::Preview),
        ("rows", Type::Rows),
        ("table", Type::Table),
        ("info", Type::Info),
    ])?;
    let (keys, default): (&[&str], _) = match kind {
        Type::Qr => (&["x", "y", "size"], Pages::First),
        Type::Seal => (&["which", "x", "y", "width", "height"], Pages::First),
        Type::Text => {
            (&["x", "y", "width", "height", "value", "align", "sizes", "bold", "colour", "colour_on_red"], Pages::All)
        }
        Type::Preview => (&["x", "y", "width", "height", "align", "sizes"], Pages::All),
        Type::Rows => (&["gap", "frame", "row_height", "columns", "cells"], Pages::First),
        Type::Table => {
            (&["gap", "head_height", "row_height", "groups", "columns", "more", "more_column"], Pages::First)
        }
        Type::Info => (
            &["gap", "caption", "caption_width", "columns", "height", "lines", "rest", "more", "continuation"],
            Pages::First,
        ),
    };
    let common = ["id", "type", "pages", "when", "after"];
    table.only(&[&common, keys].concat())?;
    let pages = table.get("pages").map_or(Ok(default), |node| {
        node.one_of(&[("first", Pages::First), ("rest", Pages::Rest), ("all", Pages::All)])
    })?;
    if matches!(kind, Type::Preview | Type::Table | Type::Info) && pages != default {
        return Err(table.error(Code::TemplateValue).expected("no pages: this block has its own").found("`pages`"));
    }
    let when = when(table)?;
    if matches!(kind, Type::Preview | Type::Table) && !when.is_always() {
        return Err(table.error(Code::TemplateValue).expected("no condition").found("`when`"));
    }
    let body = match kind {
        Type::Qr => Body::Qr(qr(table)?),
        Type::Seal => Body::Seal(seal(table)?),
        Type::Text => Body::Text(text(table)?),
        Type::Preview => Body::Preview(preview(table)?),
        Type::Rows => Body::Rows(rows(table)?),
        Type::Table => Body::Table(items(table)?),
        Type::Info => Body::Info(info(table)?),
    };
    Ok((Block { id, pages, when, body }, table.get("after")))
}

fn qr(table: &Table<'_>) -> Result<Area, Error> {
    let size = table.need("size")?.on_grid()?;
    Ok(Area { x: table.need("x")?.on_grid()?, y: table.need("y")?.on_grid()?, width: size, height: size })
}

/// Its `x` and `y` are those of the middle.
fn seal(table: &Table<'_>) -> Result<SealPlace, Error> {
    Ok(SealPlace {
        which: table.need("which")?.one_of(&[("supervision", Which::Supervision), ("unit", Which::Unit)])?,
        centre: Point { x: table.need("x")?.on_grid()?, y: table.need("y")?.on_grid()? },
        width: table.need("width")?.on_grid()?,
        height: table.need("height")?.on_grid()?,
    })
}

fn area(table: &Table<'_>) -> Result<Area, Error> {
    Ok(Area {
        x: table.need("x")?.on_grid()?,
        y: table.need("y")?.on_grid()?,
        width: table.need("width")?.on_grid()?,
        height: table.need("height")?.on_grid()?,
    })
}

fn text(table: &Table<'_>) -> Result<FixedText, Error> {
    Ok(FixedText {
        area: area(table)?,
        value: value(&table.need("value")?, Scope::Page)?,
        side: side(table)?,
        sizes: sizes(&table.need("sizes")?)?,
        bold: flag(table, "bold", false)?,
        inks: inks(table, Ink::Value)?,
    })
}

fn preview(table: &Table<'_>) -> Result<FixedText, Error> {
    Ok(FixedText {
        area: area(table)?,
        value: Value { pieces: vec![Piece::Literal(PREVIEW.to_owned())] },
        side: side(table)?,
        sizes: sizes(&table.need("sizes")?)?,
        bold: true,
        inks: Inks { usual: Ink::Red, on_red: Ink::Red },
    })
}

pub(super) fn side(table: &Table<'_>) -> Result<Side, Error> {
    let names = [("left", Side::Left), ("centre", Side::Centre), ("right", Side::Right)];
    table.get("align").map_or(Ok(Side::Left), |node| node.one_of(&names))
}

fn rows(table: &Table<'_>) -> Result<Rows, Error> {
    let column = |node: &Node<'_>| {
        let table = node.table()?;
        table.only(&["width", "caption_width"])?;
        let width = table.need("width")?.on_grid()?;
        let caption = table.get("caption_width").map_or(Ok(0), |node| node.on_grid())?;
        Ok(RowColumn { width, caption })
    };
    let columns = table.need("columns")?.list(MAX_PARTS)?.iter().map(column).collect::<Result<Vec<_>, Error>>()?;
    let cell = |node: &Node<'_>| {
        let table = node.table()?;
        table.only(&["when", "caption", "value", "span", "bold", "colour", "colour_on_red"])?;
        let most = u32::try_from(columns.len()).unwrap_or(1).max(1);
        Ok(Cell {
            when: when(&table)?,
            caption: optional_value(&table, "caption", Scope::Receipt)?,
            value: optional_value(&table, "value", Scope::Receipt)?,
            span: table.get("span").map_or(Ok(1), |node| node.count(1, most))? as usize,
            bold: flag(&table, "bold", false)?,
            inks: inks(&table, Ink::Value)?,
        })
    };
    Ok(Rows {
        gap: gap(table)?,
        frame: flag(table, "frame", false)?,
        height: table.need("row_height")?.on_grid()?,
        cells: table.need("cells")?.list(MAX_PARTS)?.iter().map(cell).collect::<Result<_, Error>>()?,
        columns,
    })
}

fn gap(table: &Table<'_>) -> Result<i32, Error> {
    table.get("gap").map_or(Ok(0), |node| node.on_grid())
}

fn items(table: &Table<'_>) -> Result<ItemTable, Error> {
    let columns = read_list::columns(&table.need("columns")?, Scope::Item)?;
    let more_column = match table.get("more_column") {
        None => 0,
        Some(node) => read_list::column_number(&node, "more_column", columns.len())?,
    };
    Ok(ItemTable {
        gap: gap(table)?,
        head: table.need("head_height")?.on_grid()?,
        height: table.need("row_height")?.on_grid()?,
        groups: table.get("groups").map_or(Ok(1), |node| node.count(1, 2))? as usize,
        more: value(&table.need("more")?, Scope::More)?,
        more_column,
        sum: read_list::amounts(&columns),
        named: read_list::named(&columns),
        columns,
    })
}

fn info(table: &Table<'_>) -> Result<Info, Error> {
    let line = |node: &Node<'_>| {
        let table = node.table()?;
        table.only(&["when", "caption", "value", "full", "colour", "colour_on_red"])?;
        Ok(InfoLine {
            when: when(&table)?,
            caption: optional_value(&table, "caption", Scope::Receipt)?,
            value: value(&table.need("value")?, Scope::Receipt)?,
            full: flag(&table, "full", false)?,
            inks: inks(&table, Ink::Value)?,
        })
    };
    Ok(Info {
        gap: gap(table)?,
        caption: short_text(&table.need("caption")?)?.to_owned(),
        caption_width: table.need("caption_width")?.on_grid()?,
        columns: table.get("columns").map_or(Ok(1), |node| node.count(1, 4))? as usize,
        height: table.need("height")?.on_grid()?,
        lines: table.need("lines")?.list(MAX_PARTS)?.iter().map(line).collect::<Result<_, Error>>()?,
        rest: flag(table, "rest", false)?,
        more: short_text(&table.need("more")?)?.to_owned(),
        continuation: short_text(&table.need("continuation")?)?.to_owned(),
    })
}
