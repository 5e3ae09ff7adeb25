//! Reading one `[[list]]`, and the columns of tables.

use crate::fields::{Field, Scope};
use crate::{Code, Error};

use super::model::{Column, Ink, List, ListSource};
use super::node::{Node, Table, quoted};
use super::read::{flag, id, inks, short_text, value};
use super::read_block::side;

/// The most columns of a table.
const MAX_COLUMNS: usize = 16;

/// Reads a list.
pub(super) fn list(table: &Table<'_>) -> Result<List, Error> {
    table.only(&[
        "id",
        "source",
        "title",
        "head_height",
        "row_height",
        "columns",
        "sum",
        "sum_column",
        "subtotal",
        "total",
    ])?;
    let source = table.need("source")?.one_of(&[("items", ListSource::Items), ("aux", ListSource::Aux)])?;
    let scope = match source {
        ListSource::Items => Scope::Item,
        ListSource::Aux => Scope::Aux,
    };
    let columns = columns(&table.need("columns")?, scope)?;
    let sum = table.need("sum")?;
    let sum_field = sum.text()?;
    let fits = match source {
        ListSource::Items => sum_field == "ItemAmount",
        ListSource::Aux => sum_field.starts_with("AuxItem"),
    };
    if !fits {
        return Err(sum
            .error(Code::TemplateField)
            .expected("`ItemAmount`, or `AuxItemAmount` for source `aux`")
            .found(quoted(sum_field)));
    }
    Ok(List {
        id: id(table)?,
        source,
        title: short_text(&table.need("title")?)?.to_owned(),
        head: table.need("head_height")?.on_grid()?,
        height: table.need("row_height")?.on_grid()?,
        sum: column_number(&table.need("sum_column")?, "sum_column", columns.len())?,
        sum_field: sum_field.to_owned(),
        subtotal: short_text(&table.need("subtotal")?)?.to_owned(),
        total: short_text(&table.need("total")?)?.to_owned(),
        named: named(&columns),
        columns,
    })
}

/// Reads the columns of a table.
pub(super) fn columns(node: &Node<'_>, scope: Scope) -> Result<Vec<Column>, Error> {
    let column = |node: &Node<'_>| {
        let table = node.table()?;
        table.only(&["caption", "value", "width", "align", "wrap", "colour", "colour_on_red"])?;
        Ok(Column {
            caption: value(&table.need("caption")?, Scope::Receipt)?,
            value: value(&table.need("value")?, scope)?,
            width: table.need("width")?.on_grid()?,
            side: side(&table)?,
            wrap: flag(&table, "wrap", true)?,
            inks: inks(&table, Ink::Value)?,
        })
    };
    let columns = node.list(MAX_COLUMNS)?.iter().map(column).collect::<Result<Vec<_>, Error>>()?;
    if columns.is_empty() {
        return Err(node.error(Code::TemplateColumns).expected("1 or more").found("0"));
    }
    Ok(columns)
}

/// A column by its number from 1. The key is named: it may have been inherited, and the columns have become fewer.
pub(super) fn column_number(node: &Node<'_>, key: &str, count: usize) -> Result<usize, Error> {
    let number = node.count(1, u32::try_from(count).unwrap_or(u32::MAX)).map_err(|error| match error.expected_text() {
        Some(range) => {
            let range = format!("`{key}` from {range}");
            error.expected(range)
        }
        None => error,
    });
    Ok(number? as usize - 1)
}

/// The column of the items' amounts.
pub(super) fn amounts(columns: &[Column]) -> Option<usize> {
    let amount = Field::parse("ItemAmount");
    columns.iter().position(|column| column.value.fields().any(|field| Some(field) == amount.as_ref()))
}

/// The extensions and elements that columns print by name, in lower case.
pub(super) fn named(columns: &[Column]) -> Vec<String> {
    let fields = columns.iter().flat_map(|column| column.value.fields());
    fields.filter_map(Field::extension).map(str::to_lowercase).collect()
}
