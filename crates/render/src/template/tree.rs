//! A template file as it is written, value by value with its place, for those that extend it and change a part.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The values of a table by their keys, each with the byte where its key begins.
pub(super) type Entries = BTreeMap<String, (usize, Tree)>;

/// A value, and the byte where it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tree {
    pub(super) start: usize,
    pub(super) written: Written,
}

/// What stands there; numbers as they are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Written {
    Text(String),
    Whole(String),
    Decimal(String),
    Flag(bool),
    Time,
    List(Vec<Tree>),
    Table(Entries),
}

/// The table of a whole file.
pub(super) fn entries(table: &DeTable<'_>) -> Entries {
    let entry = |(key, value): (&Spanned<toml::de::DeString<'_>>, &Spanned<DeValue<'_>>)| {
        (key.get_ref().to_string(), (key.span().start, tree(value)))
    };
    table.iter().map(entry).collect()
}

/// The parser bounds how deep tables and lists lie within one another.
fn tree(value: &Spanned<DeValue<'_>>) -> Tree {
    let written = match value.get_ref() {
        DeValue::String(text) => Written::Text(text.to_string()),
        DeValue::Integer(integer) if integer.radix() == 10 => Written::Whole(integer.as_str().to_owned()),
        // No number of a template is written so; it is shown and refused.
        DeValue::Integer(integer) => Written::Whole(format!("{} ({})", integer.as_str(), integer.radix())),
        DeValue::Float(float) => Written::Decimal(float.as_str().to_owned()),
        DeValue::Boolean(flag) => Written::Flag(*flag),
        DeValue::Datetime(_) => Written::Time,
        DeValue::Array(array) => Written::List(array.iter().map(tree).collect()),
        DeValue::Table(table) => Written::Table(entries(table)),
    };
    Tree { start: value.span().start, written }
}

impl Tree {
    /// What it is, in words.
    pub(super) fn type_name(&self) -> &'static str {
        match self.written {
            Written::Text(_) => "a string",
            Written::Whole(_) => "a whole number",
            Written::Decimal(_) => "a decimal number",
            Written::Flag(_) => "a boolean",
            Written::Time => "a date or time",
            Written::List(_) => "an array",
            Written::Table(_) => "a table",
        }
    }

    /// Gives it and all within it another place.
    fn stand_at(&mut self, start: usize) {
        self.start = start;
        match &mut self.written {
            Written::List(trees) => trees.iter_mut().for_each(|tree| tree.stand_at(start)),
            Written::Table(entries) => all_stand_at(entries, start),
            _ => {}
        }
    }
}

/// Gives all of a table another place: that of what changes it, in another file.
pub(super) fn all_stand_at(entries: &mut Entries, start: usize) {
    for (key, tree) in entries.values_mut() {
        *key = start;
        tree.stand_at(start);
    }
}
