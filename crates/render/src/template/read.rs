//! From the text of a template file to its values.

use std::collections::BTreeMap;

use czei_sm2::Sm3;
use toml::de::DeTable;

use crate::fields::Scope as FieldScope;
use crate::page::Colour;
use crate::{Code, Error};

use super::condition::{self, Condition};
use super::model::{Block, Ink, Inks, List, Paper, Scope, Template};
use super::node::{Node, Origin, Table, quoted};
use super::places::{PAGE, Places};
use super::tree;
use super::value::Value;
use super::{change, check, read_block, read_list};

/// The largest template file, in bytes.
const MAX_BYTES: usize = 64 * 1024;

/// The most blocks of a template.
const MAX_BLOCKS: usize = 64;

/// The most lists.
const MAX_LISTS: usize = 8;

/// The most changes.
const MAX_CHANGES: usize = 200;

/// The most names of extensions, and the most parameters.
const MAX_NAMES: usize = 400;

/// The longest text of a template, in characters.
const MAX_TEXT: usize = 400;

/// How many templates may extend one another.
const MAX_DEPTH: usize = 4;

const KEYS: [&str; 12] =
    ["v", "title", "extends", "remove", "for", "page", "colours", "names", "parameters", "block", "list", "change"];

const PAGE_KEYS: [&str; 6] = ["width", "height", "margin", "body", "body_rest", "sizes"];

const COLOUR_KEYS: [&str; 3] = ["caption", "value", "red"];

/// Reads a template; `find` knows those it may extend.
pub(super) fn read<'t>(name: &str, text: &str, find: &dyn Fn(&str) -> Option<&'t Template>) -> Result<Template, Error> {
    let origin = Origin { file: name, text, paths: BTreeMap::new() };
    if text.len() > MAX_BYTES {
        let error = origin.error(Code::TemplateLimit, None, "");
        return Err(error.expected(format!("at most {MAX_BYTES} bytes")).found(text.len().to_string()));
    }
    let toml = DeTable::parse(text).map_err(|error| {
        let found = error.message().lines().next().unwrap_or_default();
        origin
            .error(Code::TemplateSyntax, error.span().map(|span| span.start), "")
            .found(found.chars().take(200).collect::<String>())
    })?;
    let entries = tree::entries(toml.get_ref());
    let root = Table::new(&origin, &entries, 0, String::new());
    root.only(&KEYS)?;
    let version = root.need("v")?;
    if version.count(0, u32::MAX)? != 1 {
        return Err(version.error(Code::TemplateVersion).expected("1"));
    }
    let base = match root.get("extends") {
        None => None,
        Some(node) => Some(find_base(&node, find)?),
    };
    let mut template = match base {
        None => blank(&root)?,
        Some(base) => base.clone(),
    };
    name.clone_into(&mut template.name);
    template.digest = digest(base, text);
    template.depth = base.map_or(0, |base| base.depth + 1);
    if let Some(title) = root.get("title") {
        template.title = short_text(&title)?.to_owned();
    }
    if let Some(node) = root.get("for") {
        template.scope = scope(&node.table()?)?;
    }
    if let Some(node) = root.get("page") {
        paper(&mut template.paper, &node.table()?)?;
    }
    if let Some(node) = root.get("colours") {
        colours(&mut template.paper, &node.table()?)?;
    }
    if let Some(node) = root.get("names") {
        for (key, value) in limited(&node)? {
            template.names.insert(key.to_lowercase(), short_text(&value)?.to_owned());
        }
    }
    if let Some(node) = root.get("parameters") {
        for (key, value) in limited(&node)? {
            template.parameters.insert(key.to_owned(), short_text(&value)?.to_owned());
        }
    }
    if let Some(node) = root.get("remove") {
        remove(&mut template, &node)?;
    }
    let mut places = Places::new(&root, base);
    for node in root.get("block").map_or_else(|| Ok(Vec::new()), |node| node.list(MAX_BLOCKS))? {
        let table = node.table()?;
        let (block, after) = read_block::block(&table)?;
        if !places.note(&block.id, node.clone()) {
            return Err(twice(&table, &block.id));
        }
        template.written.insert(block.id.clone(), table.entries().clone());
        put_beside(&mut template.blocks, block, after.as_ref().map(|node| (node, false)))?;
    }
    for node in root.get("list").map_or_else(|| Ok(Vec::new()), |node| node.list(MAX_LISTS))? {
        let table = node.table()?;
        let list = read_list::list(&table)?;
        if !places.note(&list.id, node.clone()) {
            return Err(twice(&table, &list.id));
        }
        template.written.insert(list.id.clone(), table.entries().clone());
        put_list(&mut template.lists, list);
    }
    for node in root.get("change").map_or_else(|| Ok(Vec::new()), |node| node.list(MAX_CHANGES))? {
        let id = change::change(&mut template, &node)?;
        places.note(&id, node);
    }
    for node in root.get("remove").map_or_else(|| Ok(Vec::new()), |node| node.list(MAX_BLOCKS))? {
        places.note_removed(node.text()?, node);
    }
    if template.blocks.len() > MAX_BLOCKS {
        return Err(root.error(Code::TemplateLimit).expected(format!("at most {MAX_BLOCKS} blocks")));
    }
    if template.lists.len() > MAX_LISTS {
        return Err(root.error(Code::TemplateLimit).expected(format!("at most {MAX_LISTS} lists")));
    }
    if let Some(node) = root.get("page") {
        places.note(PAGE, node);
    }
    check::check(&template, &places)?;
    Ok(template)
}

fn find_base<'t>(node: &Node<'_>, find: &dyn Fn(&str) -> Option<&'t Template>) -> Result<&'t Template, Error> {
    let name = node.text()?;
    let base = find(name).ok_or_else(|| node.error(Code::TemplateUnknown).found(quoted(name)))?;
    if base.depth + 1 >= MAX_DEPTH {
        return Err(node.error(Code::TemplateLimit).expected(format!("at most {MAX_DEPTH} upon one another")));
    }
    Ok(base)
}

/// What a template begins with that extends no other.
fn blank(root: &Table<'_>) -> Result<Template, Error> {
    for key in ["title", "page", "colours", "block"] {
        root.need(key)?;
    }
    for (name, keys) in [("page", &PAGE_KEYS[..]), ("colours", &COLOUR_KEYS)] {
        let table = root.need(name)?.table()?;
        // A key that is misspelt is named rather than the one it stands for.
        table.only(keys)?;
        for key in keys {
            table.need(key)?;
        }
    }
    let black = Colour::BLACK;
    Ok(Template {
        name: String::new(),
        title: String::new(),
        scope: Scope::default(),
        digest: [0; 32],
        depth: 0,
        paper: Paper {
            width: 0,
            height: 0,
            margin: 0,
            body: [0; 2],
            sizes: Vec::new(),
            caption: black,
            value: black,
            red: black,
        },
        names: BTreeMap::new(),
        parameters: BTreeMap::new(),
        blocks: Vec::new(),
        lists: Vec::new(),
        written: BTreeMap::new(),
    })
}

/// Over the texts of the template and of all those it extends.
fn digest(base: Option<&Template>, text: &str) -> [u8; 32] {
    let mut sm3 = Sm3::new();
    sm3.update(b"czei template 1\0");
    sm3.update(&base.map_or([0; 32], |base| base.digest));
    sm3.update(text.as_bytes());
    sm3.finalize()
}

fn scope(table: &Table<'_>) -> Result<Scope, Error> {
    table.only(&["regions", "classes", "kind", "notice"])?;
    let pairs = |key: &str| -> Result<Vec<String>, Error> {
        let nodes = table.get(key).map_or_else(|| Ok(Vec::new()), |node| node.list(100))?;
        let pair = |node: &Node<'_>| {
            let text = node.text()?;
            let fits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
            if fits {
                Ok(text.to_owned())
            } else {
                Err(node.error(Code::TemplateValue).expected("2 digits").found(quoted(text)))
            }
        };
        nodes.iter().map(pair).collect()
    };
    Ok(Scope {
        regions: pairs("regions")?,
        classes: pairs("classes")?,
        red: table.get("kind").map(|node| node.one_of(&[("red", true), ("blue", false)])).transpose()?,
        notice: table.get("notice").map(|node| node.flag()).transpose()?,
    })
}

fn paper(paper: &mut Paper, table: &Table<'_>) -> Result<(), Error> {
    table.only(&PAGE_KEYS)?;
    let [first, rest] = &mut paper.body;
    for (key, length) in [
        ("width", &mut paper.width),
        ("height", &mut paper.height),
        ("margin", &mut paper.margin),
        ("body", first),
        ("body_rest", rest),
    ] {
        if let Some(node) = table.get(key) {
            *length = node.on_grid()?;
        }
    }
    if let Some(node) = table.get("sizes") {
        paper.sizes = sizes(&node)?;
    }
    Ok(())
}

fn colours(paper: &mut Paper, table: &Table<'_>) -> Result<(), Error> {
    table.only(&COLOUR_KEYS)?;
    for (key, colour) in [("caption", &mut paper.caption), ("value", &mut paper.value), ("red", &mut paper.red)] {
        if let Some(node) = table.get(key) {
            *colour = colour_of(&node)?;
        }
    }
    Ok(())
}

fn colour_of(node: &Node<'_>) -> Result<Colour, Error> {
    let text = node.text()?;
    let digits =
        text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()));
    let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let number = number.ok_or_else(|| node.error(Code::TemplateValue).expected("`#RRGGBB`").found(quoted(text)))?;
    let [_, red, green, blue] = number.to_be_bytes();
    Ok(Colour(red, green, blue))
}

fn limited<'a>(node: &Node<'a>) -> Result<Vec<(&'a str, Node<'a>)>, Error> {
    let entries: Vec<_> = node.table()?.nodes().collect();
    if entries.len() > MAX_NAMES {
        return Err(node
            .error(Code::TemplateLimit)
            .expected(format!("at most {MAX_NAMES}"))
            .found(entries.len().to_string()));
    }
    Ok(entries)
}

fn remove(template: &mut Template, node: &Node<'_>) -> Result<(), Error> {
    for node in node.list(MAX_BLOCKS)? {
        let id = node.text()?;
        let before = template.blocks.len() + template.lists.len();
        template.blocks.retain(|block| block.id != id);
        template.lists.retain(|list| list.id != id);
        template.written.remove(id);
        if template.blocks.len() + template.lists.len() == before {
            return Err(node.error(Code::TemplateUnknown).found(quoted(id)));
        }
    }
    Ok(())
}

/// Puts a block in the place of its namesake, behind or before the one that is named, or at the end.
pub(super) fn put_beside(
    blocks: &mut Vec<Block>,
    block: Block,
    beside: Option<(&Node<'_>, bool)>,
) -> Result<(), Error> {
    let namesake = blocks.iter().position(|other| other.id == block.id);
    match (namesake, beside) {
        (Some(at), None) => blocks[at] = block,
        (None, None) => blocks.push(block),
        (namesake, Some((node, before))) => {
            let id = node.text()?;
            if id == block.id {
                return Err(node.error(Code::TemplateValue).expected("the id of another block").found(quoted(id)));
            }
            if let Some(at) = namesake {
                blocks.remove(at);
            }
            let at = blocks.iter().position(|other| other.id == id);
            let at = at.ok_or_else(|| node.error(Code::TemplateUnknown).found(quoted(id)))?;
            blocks.insert(if before { at } else { at + 1 }, block);
        }
    }
    Ok(())
}

pub(super) fn put_list(lists: &mut Vec<List>, list: List) {
    match lists.iter().position(|other| other.id == list.id) {
        Some(at) => lists[at] = list,
        None => lists.push(list),
    }
}

fn twice(table: &Table<'_>, id: &str) -> Error {
    table.error(Code::TemplateValue).expected("an id of its own").found(quoted(id))
}

// ---- what blocks and lists have in common

/// A text of the template's own, of one line.
pub(super) fn short_text<'a>(node: &Node<'a>) -> Result<&'a str, Error> {
    let text = node.text()?;
    let count = text.chars().count();
    if count > MAX_TEXT {
        return Err(node
            .error(Code::TemplateLimit)
            .expected(format!("at most {MAX_TEXT} characters"))
            .found(count.to_string()));
    }
    let bad = text.chars().find(|c| c.is_control()).or_else(|| czei_core::first_invisible(text).map(|(_, c)| c));
    if let Some(character) = bad {
        let found = format!("U+{:04X}", u32::from(character));
        return Err(node.error(Code::TemplateValue).expected("visible characters of one line").found(found));
    }
    Ok(text)
}

/// The id of a block or a list.
pub(super) fn id(table: &Table<'_>) -> Result<String, Error> {
    let node = table.need("id")?;
    let text = node.text()?;
    let fits = (1..=40).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if fits {
        Ok(text.to_owned())
    } else {
        Err(node.error(Code::TemplateValue).expected("1 to 40 of `a-z` `0-9` `-`").found(quoted(text)))
    }
}

/// A value whose fields may stand in a scope.
pub(super) fn value(node: &Node<'_>, scope: FieldScope) -> Result<Value, Error> {
    let text = short_text(node)?;
    let value = Value::parse(text)
        .map_err(|(expected, found)| node.error(Code::TemplateField).expected(expected).found(quoted(&found)))?;
    if value.fields().all(|field| field.fits(scope)) {
        Ok(value)
    } else {
        Err(node.error(Code::TemplateField).expected(scope.fields()).found(quoted(text)))
    }
}

/// A value that may be absent.
pub(super) fn optional_value(table: &Table<'_>, key: &str, scope: FieldScope) -> Result<Value, Error> {
    table.get(key).map_or_else(|| Ok(Value::default()), |node| value(&node, scope))
}

pub(super) fn when(table: &Table<'_>) -> Result<Condition, Error> {
    let Some(node) = table.get("when") else { return Ok(Condition::default()) };
    let text = node.text()?;
    Condition::parse(text)
        .ok_or_else(|| node.error(Code::TemplateCondition).expected(condition::FORMS).found(quoted(text)))
}

/// `colour`, and `colour_on_red` where a red receipt has another.
pub(super) fn inks(table: &Table<'_>, usual: Ink) -> Result<Inks, Error> {
    const NAMES: [(&str, Ink); 3] = [("caption", Ink::Caption), ("value", Ink::Value), ("red", Ink::Red)];
    let usual = table.get("colour").map_or(Ok(usual), |node| node.one_of(&NAMES))?;
    let on_red = table.get("colour_on_red").map_or(Ok(usual), |node| node.one_of(&NAMES))?;
    Ok(Inks { usual, on_red })
}

pub(super) fn flag(table: &Table<'_>, key: &str, default: bool) -> Result<bool, Error> {
    table.get(key).map_or(Ok(default), |node| node.flag())
}

/// Sizes from the largest to the smallest.
pub(super) fn sizes(node: &Node<'_>) -> Result<Vec<i32>, Error> {
    let sizes = node.list(8)?.iter().map(Node::centipoints).collect::<Result<Vec<_>, _>>()?;
    if sizes.is_empty() || !sizes.is_sorted_by(|a, b| a > b) {
        return Err(node.error(Code::TemplateMeasure).expected("1 to 8 sizes, each smaller than the one before"));
    }
    Ok(sizes)
}
