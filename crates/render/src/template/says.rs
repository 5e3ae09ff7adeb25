//! What the pages of a template must say, whatever the receipt, and for what they must have a place.

use crate::fields::Field;
use crate::{Code, Error};

use super::condition::{Case, Condition};
use super::model::{Block, Body, Column, Inks, ListSource, Template};
use super::places::Places;
use super::value::Value;

/// On every page.
const EVERYWHERE: [&str; 6] = ["EInvoiceName", "EInvoiceCode", "EInvoiceNumber", "RandomNumber", "Page", "Pages"];

/// On the first page.
const AT_FIRST: [&str; 6] =
    ["TotalAmount", "IssueDate", "InvoicingPartyName", "PayerPartyName", "HandlingPerson", "Checker"];

/// On the first page of receipts that have them.
const WITH_A_PLACE: [&str; 4] = ["PayerPartyCode", "PayCode", "BizCode", "Remark"];

/// On the first page of red receipts, which always have them.
const ON_RED: [&str; 2] = ["RelatedInvoiceCode", "RelatedInvoiceNumber"];

/// In columns of items, and of auxiliary items.
const OF_ITEMS: [&str; 2] = ["ItemName", "ItemAmount"];
const OF_AUX: [&str; 2] = ["AuxItemName", "AuxItemAmount"];

/// Refuses a template whose pages would leave something out.
pub(super) fn check(template: &Template, places: &Places<'_>) -> Result<(), Error> {
    once(template, places)?;
    always(template, places)?;
    where_present(template, places)?;
    for block in &template.blocks {
        if let Body::Table(table) = &block.body {
            columns(&block.id, &table.columns, &OF_ITEMS, places)?;
        }
    }
    for list in &template.lists {
        let wanted = match list.source {
            ListSource::Items => &OF_ITEMS,
            ListSource::Aux => &OF_AUX,
        };
        columns(&list.id, &list.columns, wanted, places)?;
    }
    red(template, places)
}

type IsBody = fn(&Body) -> bool;

/// What a template has exactly once.
fn once(template: &Template, places: &Places<'_>) -> Result<(), Error> {
    let ids = |test: &dyn Fn(&Body) -> bool| -> Vec<String> {
        template.blocks.iter().filter(|block| test(&block.body)).map(|block| block.id.clone()).collect()
    };
    let lost = |test: &dyn Fn(&Body) -> bool, expected: &str| {
        let now = template.blocks.iter().chain(places.base().into_iter().flat_map(|base| &base.blocks));
        let ids = now.filter(|block| test(&block.body)).map(|block| block.id.as_str());
        Err(places.error_among(Code::TemplateIncomplete, ids).expected(expected))
    };
    let kinds: [(IsBody, &str); 3] = [
        (|body| matches!(body, Body::Qr(_)), "one block of type `qr`"),
        (|body| matches!(body, Body::Preview(_)), "one block of type `preview`"),
        (|body| matches!(body, Body::Table(_)), "one block of type `table`"),
    ];
    for (kind, expected) in kinds {
        if ids(&kind).len() != 1 {
            return lost(&kind, expected);
        }
    }
    let is_info = |body: &Body| matches!(body, Body::Info(_));
    let has_rest = |body: &Body| matches!(body, Body::Info(info) if info.rest);
    if ids(&is_info).len() != 1 || ids(&has_rest).len() != 1 {
        return lost(&is_info, "one block of type `info`, with `rest = true`");
    }
    let position = |test: &dyn Fn(&Body) -> bool| template.blocks.iter().position(|block| test(&block.body));
    if position(&is_info) < position(&|body| matches!(body, Body::Table(_))) {
        return lost(
            &|body| matches!(body, Body::Info(_) | Body::Table(_)),
            "the block of type `info` below the table",
        );
    }
    for (source, expected) in
        [(ListSource::Items, "one list of source `items`"), (ListSource::Aux, "one list of source `aux`")]
    {
        if template.lists.iter().filter(|list| list.source == source).count() != 1 {
            let lists = template.lists.iter().chain(places.base().into_iter().flat_map(|base| &base.lists));
            let ids = lists.filter(|list| list.source == source).map(|list| list.id.as_str());
            return Err(places.error_among(Code::TemplateIncomplete, ids).expected(expected));
        }
    }
    Ok(())
}

/// What is said without a condition; not in other information, whose lines may go on on a further page.
fn always(template: &Template, places: &Places<'_>) -> Result<(), Error> {
    for first in [true, false] {
        let wanted = EVERYWHERE.iter().chain(if first { &AT_FIRST[..] } else { &[] });
        for name in wanted {
            let field = Field::parse(name);
            let said = |block: &Block| {
                block.pages.has(first)
                    && block.when.is_always()
                    && parts(block).any(|part| !part.in_info && part.when.is_always() && part.says(field.as_ref()))
            };
            if !template.blocks.iter().any(said) {
                let pages = if first { "on the first page" } else { "on each page after the first" };
                return Err(lost(places, field.as_ref()).expected(format!("{pages}: `{{{name}}}`")));
            }
        }
    }
    Ok(())
}

/// What has a place on the first page, whichever kind the receipt is of.
fn where_present(template: &Template, places: &Places<'_>) -> Result<(), Error> {
    for name in WITH_A_PLACE {
        let field = Field::parse(name);
        if !Case::all(&template.scope).all(|case| has_place(template, case, field.as_ref())) {
            let expected = format!("a place on the first page for `{{{name}}}`");
            return Err(lost(places, field.as_ref()).expected(expected));
        }
    }
    Ok(())
}

fn has_place(template: &Template, case: Case, field: Option<&Field>) -> bool {
    template
        .blocks
        .iter()
        .filter(|block| block.pages.has(true) && block.when.surely_holds(case, field))
        .any(|block| parts(block).any(|part| part.when.surely_holds(case, field) && part.says(field)))
}

fn columns(id: &str, columns: &[Column], wanted: &[&str], places: &Places<'_>) -> Result<(), Error> {
    for name in wanted {
        let field = Field::parse(name);
        if !columns.iter().any(|column| says(&column.value, field.as_ref())) {
            let error = places.error(Code::TemplateIncomplete, id);
            return Err(error.expected(format!("a column with `{{{name}}}`")));
        }
    }
    Ok(())
}

/// What red receipts show; a payment notice is never reversed.
fn red(template: &Template, places: &Places<'_>) -> Result<(), Error> {
    if template.scope.notice == Some(true) {
        return Ok(());
    }
    for case in Case::all(&template.scope).filter(|case| case.red) {
        for name in ON_RED {
            let field = Field::parse(name);
            if !has_place(template, case, field.as_ref()) {
                let expected = format!("on the first page of red receipts: `{{{name}}}`");
                return Err(lost(places, field.as_ref()).expected(expected));
            }
        }
        let marked = |template: &Template| {
            let blocks = template.blocks.iter().filter(|block| block.pages.has(true));
            blocks.filter(|block| marks_red(template, block, case)).map(|block| block.id.clone()).collect::<Vec<_>>()
        };
        if marked(template).is_empty() {
            let ids = places.base().map(marked).unwrap_or_default();
            let error = places.error_among(Code::TemplateIncomplete, ids.iter().map(String::as_str));
            return Err(error.expected("a mark of red receipts: a text with `when = \"red\"`, or `colour_on_red`"));
        }
    }
    Ok(())
}

/// Whether a block tells red receipts from blue ones: by a text that only they have, or by the colour of a value.
fn marks_red(template: &Template, block: &Block, case: Case) -> bool {
    let coloured = |inks: Inks| template.paper.colour(inks.usual) != template.paper.colour(inks.on_red);
    if let Body::Table(table) = &block.body {
        return table.columns.iter().any(|column| coloured(column.inks) && is_never_empty(&column.value));
    }
    parts(block).any(|part| {
        let printed = block.when.surely_holds(case, None)
            && part.when.surely_holds(case, None)
            && (!part.in_info || part.value.fields().next().is_none() || has_never_absent(part.value));
        let words = block.when.asks_for_red() || part.when.asks_for_red();
        let said = is_never_empty(part.value);
        printed && (words && (said || part.caption.is_some_and(is_never_empty)) || coloured(part.inks) && said)
    })
}

/// Whether a value prints something for every receipt.
fn is_never_empty(value: &Value) -> bool {
    has_never_absent(value) || value.literals().any(|text| !text.trim().is_empty())
}

fn has_never_absent(value: &Value) -> bool {
    let names = EVERYWHERE.iter().chain(&AT_FIRST).chain(&ON_RED).chain(&OF_ITEMS);
    names.into_iter().any(|name| says(value, Field::parse(name).as_ref()))
}

/// An error where a field was lost: at what the file says of the blocks that had it.
fn lost(places: &Places<'_>, field: Option<&Field>) -> Error {
    let before = places.base().into_iter().flat_map(|base| &base.blocks);
    let ids: Vec<&str> =
        before.filter(|block| parts(block).any(|part| part.says(field))).map(|block| block.id.as_str()).collect();
    if ids.is_empty() {
        places.error_of_all(Code::TemplateIncomplete)
    } else {
        places.error_among(Code::TemplateIncomplete, ids)
    }
}

/// A text, a cell or a line.
struct Part<'t> {
    when: &'t Condition,
    caption: Option<&'t Value>,
    value: &'t Value,
    inks: Inks,
    /// A line of other information, which is left out when its fields are absent.
    in_info: bool,
}

impl Part<'_> {
    fn says(&self, field: Option<&Field>) -> bool {
        says(self.value, field)
    }
}

fn says(value: &Value, field: Option<&Field>) -> bool {
    value.fields().any(|other| match (other, field) {
        (Field::Aux(other), Some(Field::Aux(name))) => other.eq_ignore_ascii_case(name),
        (other, field) => Some(other) == field,
    })
}

fn parts(block: &Block) -> impl Iterator<Item = Part<'_>> {
    let parts: Vec<Part<'_>> = match &block.body {
        Body::Text(text) => vec![part(&block.when, None, &text.value, text.inks)],
        Body::Rows(rows) => {
            rows.cells.iter().map(|cell| part(&cell.when, Some(&cell.caption), &cell.value, cell.inks)).collect()
        }
        Body::Info(info) => info
            .lines
            .iter()
            .map(|line| Part { in_info: true, ..part(&line.when, Some(&line.caption), &line.value, line.inks) })
            .collect(),
        Body::Qr(_) | Body::Seal(_) | Body::Preview(_) | Body::Table(_) => Vec::new(),
    };
    parts.into_iter()
}

fn part<'t>(when: &'t Condition, caption: Option<&'t Value>, value: &'t Value, inks: Inks) -> Part<'t> {
    Part { when, caption, value, inks, in_info: false }
}
