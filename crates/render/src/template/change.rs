//! `[[change]]`: a part of an inherited block or list becomes another, without the rest of it being written again.

use crate::{Code, Error};

use super::model::Template;
use super::node::{Node, Table, listed, quoted};
use super::read::{put_beside, put_list};
use super::tree::{Entries, Tree, Written, all_stand_at};
use super::{read_block, read_list};

/// The most parts that one change adds or removes.
const MAX_PARTS: usize = 100;

/// Where something is to stand: behind or before what is named.
struct Beside<'a> {
    name: Node<'a>,
    before: bool,
}

/// Makes a change, and reads the block or list again as if it had been written so; its id.
///
/// What is wrong with a value is told at its own place, and what is wrong with the whole at that of the change.
pub(super) fn change(template: &mut Template, node: &Node<'_>) -> Result<String, Error> {
    let table = node.table()?;
    table.only(&["block", "part", "set", "add", "remove", "after", "before"])?;
    let name = table.need("block")?;
    let id = name.text()?;
    let Some(written) = template.written.get(id) else {
        let known = listed(template.written.keys().map(String::as_str));
        return Err(name.error(Code::TemplateUnknown).expected(known).found(quoted(id)));
    };
    let mut block = written.clone();
    all_stand_at(&mut block, node.tree().start);
    let moved = match ["part", "add", "remove"].into_iter().find_map(|key| table.get(key)) {
        Some(_) => {
            change_parts(&mut block, &table)?;
            None
        }
        None => change_whole(&mut block, &table)?,
    };
    read_again(template, &block, node, moved.as_ref())?;
    template.written.insert(id.to_owned(), block);
    Ok(id.to_owned())
}

/// Keys of the block itself, and its place.
fn change_whole<'a>(block: &mut Entries, table: &Table<'a>) -> Result<Option<Beside<'a>>, Error> {
    // Lists stand where their source says.
    let is_list = !block.contains_key("type");
    table.only(if is_list { &["block", "set"] } else { &["block", "set", "after", "before"] })?;
    let beside = beside(table, &["block", "set", "after"])?;
    if let Some(set) = table.get("set") {
        let set = some_keys(&set)?;
        for key in ["id", "type", "after"] {
            if set.get(key).is_some() {
                let error = set.error_at_key(Code::TemplateKey, key);
                return Err(error.expected("keys other than `id`, `type` and `after`").found(quoted(key)));
            }
        }
        put(block, set.entries());
    } else if beside.is_none() {
        return Err(table
            .error(Code::TemplateMissing)
            .expected("`part` | `add` | `remove` | `set` | `after` | `before`"));
    }
    Ok(beside)
}

/// Cells of rows, lines of other information, columns of tables and lists.
fn change_parts(block: &mut Entries, table: &Table<'_>) -> Result<(), Error> {
    let (key, marked) = match block.get("type").map(|(_, tree)| &tree.written) {
        Some(Written::Text(kind)) if kind == "rows" => ("cells", None),
        Some(Written::Text(kind)) if kind == "info" => ("lines", None),
        Some(Written::Text(kind)) if kind == "table" => ("columns", Some("more_column")),
        None => ("columns", Some("sum_column")),
        Some(_) => {
            return Err(table
                .error(Code::TemplateValue)
                .expected("a list, or a block of type `rows`, `info` or `table`"));
        }
    };
    let Some((_, Tree { written: Written::List(trees), start })) = block.remove(key) else {
        // It was read before.
        return Err(table.error(Code::TemplateMissing).expected(quoted(key)));
    };
    // Where each stood, so that the column of the sums stays the same one.
    let mut parts: Vec<(Option<usize>, Tree)> =
        trees.into_iter().enumerate().map(|(index, tree)| (Some(index), tree)).collect();
    if let Some(node) = table.get("part") {
        table.only(&["block", "part", "set", "after", "before"])?;
        let found = find(&parts, &node)?;
        let beside = beside(table, &["block", "part", "set", "after"])?;
        match table.get("set") {
            Some(set) => {
                let set = some_keys(&set)?;
                for index in &found {
                    if let Written::Table(part) = &mut parts[*index].1.written {
                        put(part, set.entries());
                    }
                }
            }
            None if beside.is_none() => {
                return Err(table.error(Code::TemplateMissing).expected("`set` | `after` | `before`"));
            }
            None => {}
        }
        if let Some(beside) = beside {
            if find(&parts, &beside.name)?.iter().all(|index| found.contains(index)) {
                let error = beside.name.error(Code::TemplateValue);
                return Err(error
                    .expected("another part than the one that is moved")
                    .found(quoted(beside.name.text()?)));
            }
            let moved: Vec<_> = found.iter().rev().map(|index| parts.remove(*index)).collect();
            let at = place(&parts, &beside)?;
            parts.splice(at..at, moved.into_iter().rev());
        }
    } else if let Some(node) = table.get("add") {
        table.only(&["block", "add", "after", "before"])?;
        let added: Vec<_> = some_parts(&node)?.iter().map(|node| (None, node.tree().clone())).collect();
        let at = match beside(table, &["block", "add", "after"])? {
            Some(beside) => place(&parts, &beside)?,
            None => parts.len(),
        };
        parts.splice(at..at, added);
    } else if let Some(node) = table.get("remove") {
        table.only(&["block", "remove"])?;
        for name in some_parts(&node)? {
            for index in find(&parts, &name)?.into_iter().rev() {
                parts.remove(index);
            }
        }
    }
    if let Some(marked) = marked {
        mark(block, marked, &parts, table, start)?;
    }
    let trees = parts.into_iter().map(|(_, tree)| tree).collect();
    block.insert(key.to_owned(), (start, Tree { start, written: Written::List(trees) }));
    Ok(())
}

/// The keys that are set: a change that changes nothing is a slip of the pen.
fn some_keys<'a>(node: &Node<'a>) -> Result<Table<'a>, Error> {
    let table = node.table()?;
    if table.entries().is_empty() {
        return Err(node.error(Code::TemplateValue).expected("1 or more keys").found("0"));
    }
    Ok(table)
}

/// The parts that are added or removed.
fn some_parts<'a>(node: &Node<'a>) -> Result<Vec<Node<'a>>, Error> {
    let parts = node.list(MAX_PARTS)?;
    if parts.is_empty() {
        return Err(node.error(Code::TemplateValue).expected("1 or more parts").found("0"));
    }
    Ok(parts)
}

/// Columns are marked by their numbers, which follow the columns.
fn mark(
    block: &mut Entries,
    key: &str,
    parts: &[(Option<usize>, Tree)],
    table: &Table<'_>,
    start: usize,
) -> Result<(), Error> {
    let number = match block.get(key).map(|(_, tree)| &tree.written) {
        Some(Written::Whole(text)) => text.parse().unwrap_or(1),
        _ => 1_usize,
    };
    let Some(at) = parts.iter().position(|(stood, _)| stood.is_some_and(|stood| stood + 1 == number)) else {
        let node = table
            .get("remove")
            .map_or_else(|| table.error(Code::TemplateValue), |node| node.error(Code::TemplateValue));
        return Err(node.expected(format!("another column in `{key}` first")));
    };
    let written = Written::Whole((at + 1).to_string());
    block.insert(key.to_owned(), (start, Tree { start, written }));
    Ok(())
}

/// `after` or `before`; with both, the keys that there may be.
fn beside<'a>(table: &Table<'a>, one: &[&str]) -> Result<Option<Beside<'a>>, Error> {
    match (table.get("after"), table.get("before")) {
        (Some(_), Some(_)) => table.only(one).map(|()| None),
        (Some(name), None) => Ok(Some(Beside { name, before: false })),
        (None, Some(name)) => Ok(Some(Beside { name, before: true })),
        (None, None) => Ok(None),
    }
}

/// The parts that are named: by caption, by value, or by both as they read.
fn find(parts: &[(Option<usize>, Tree)], node: &Node<'_>) -> Result<Vec<usize>, Error> {
    let name = node.text()?;
    let fits = |tree: &Tree| {
        let (caption, value) = (text(tree, "caption"), text(tree, "value"));
        caption == Some(name)
            || value == Some(name)
            || caption.zip(value).is_some_and(|(caption, value)| name.strip_prefix(caption) == Some(value))
    };
    let found: Vec<_> = parts.iter().enumerate().filter(|(_, (_, tree))| fits(tree)).map(|(index, _)| index).collect();
    if found.is_empty() {
        let names = parts.iter().filter_map(|(_, tree)| {
            text(tree, "caption").filter(|caption| !caption.is_empty()).or_else(|| text(tree, "value"))
        });
        return Err(node.error(Code::TemplateUnknown).expected(listed(names)).found(quoted(name)));
    }
    Ok(found)
}

fn text<'t>(tree: &'t Tree, key: &str) -> Option<&'t str> {
    let Written::Table(entries) = &tree.written else { return None };
    match &entries.get(key)?.1.written {
        Written::Text(text) => Some(text),
        _ => None,
    }
}

fn place(parts: &[(Option<usize>, Tree)], beside: &Beside<'_>) -> Result<usize, Error> {
    let found = find(parts, &beside.name)?;
    let at = if beside.before { found.first() } else { found.last() };
    // Some were found.
    Ok(at.map_or(0, |at| if beside.before { *at } else { at + 1 }))
}

fn put(into: &mut Entries, from: &Entries) {
    for (key, value) in from {
        into.insert(key.clone(), value.clone());
    }
}

fn read_again(
    template: &mut Template,
    block: &Entries,
    node: &Node<'_>,
    moved: Option<&Beside<'_>>,
) -> Result<(), Error> {
    let origin = node.origin_of_parts();
    let table = Table::new(&origin, block, node.tree().start, node.path().to_owned());
    if !block.contains_key("type") {
        put_list(&mut template.lists, read_list::list(&table)?);
        return Ok(());
    }
    let (block, _) = read_block::block(&table)?;
    let Some(beside) = moved else {
        return put_beside(&mut template.blocks, block, None);
    };
    put_beside(&mut template.blocks, block, Some((&beside.name, beside.before)))
}

#[cfg(test)]
mod tests;
