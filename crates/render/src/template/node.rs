//! The values of a template file with their places, so that whatever is wrong is named with line, column and path.

use std::collections::BTreeMap;

use czei_codes::{Code as _, Place};

use crate::length::Um;
use crate::{Code, Error};

use super::tree::{Entries, Tree, Written};

/// All baselines lie on this grid, and so does whatever they are counted from.
pub(crate) const GRID: Um = 500;

/// No measure of a page is larger; what is beyond is a slip of the pen.
const MAX_MEASURE: Um = 1_000_000;

/// A file with its name.
pub(super) struct Origin<'a> {
    pub(super) file: &'a str,
    pub(super) text: &'a str,
    /// Paths by the bytes where values begin, where one stands elsewhere than the block that it is put into.
    pub(super) paths: BTreeMap<usize, String>,
}

impl Origin<'_> {
    /// An error at a byte of the file.
    pub(super) fn error(&self, code: Code, byte: Option<usize>, path: &str) -> Error {
        let before = byte.and_then(|byte| self.text.get(..byte));
        let number = |value: usize| u32::try_from(value).ok();
        code.fault().at(Place {
            file: Some(self.file.to_owned()),
            line: before.and_then(|before| number(before.matches('\n').count() + 1)),
            column: before
                .and_then(|before| number(before.rsplit('\n').next().unwrap_or_default().chars().count() + 1)),
            path: Some(path.to_owned()).filter(|path| !path.is_empty()),
        })
    }
}

/// One value and where it stands.
#[derive(Clone)]
pub(super) struct Node<'a> {
    origin: &'a Origin<'a>,
    tree: &'a Tree,
    path: String,
}

impl<'a> Node<'a> {
    fn new(origin: &'a Origin<'a>, tree: &'a Tree, path: String) -> Self {
        Node { origin, tree, path: origin.paths.get(&tree.start).cloned().unwrap_or(path) }
    }

    /// The value as it is written.
    pub(super) fn tree(&self) -> &'a Tree {
        self.tree
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The file, with the paths of all that stands below this value.
    pub(super) fn origin_of_parts(&self) -> Origin<'a> {
        let mut paths = BTreeMap::new();
        self.note_paths(&mut paths);
        Origin { file: self.origin.file, text: self.origin.text, paths }
    }

    fn note_paths(&self, paths: &mut BTreeMap<usize, String>) {
        match &self.tree.written {
            Written::List(trees) => {
                for (index, tree) in trees.iter().enumerate() {
                    Node::new(self.origin, tree, format!("{}[{index}]", self.path)).note_paths(paths);
                }
            }
            Written::Table(entries) => {
                for (key, (start, tree)) in entries {
                    let node = Node::new(self.origin, tree, format!("{}.{}", self.path, excerpt(key)));
                    paths.insert(*start, node.path.clone());
                    node.note_paths(paths);
                }
            }
            _ => {}
        }
        // Last, because a table may begin where its first key does.
        paths.insert(self.tree.start, self.path.clone());
    }

    /// An error at this value.
    pub(super) fn error(&self, code: Code) -> Error {
        self.origin.error(code, Some(self.tree.start), &self.path)
    }

    fn wrong_type(&self, expected: &str) -> Error {
        self.error(Code::TemplateValue).expected(expected).found(self.tree.type_name())
    }

    pub(super) fn text(&self) -> Result<&'a str, Error> {
        match &self.tree.written {
            Written::Text(text) => Ok(text),
            _ => Err(self.wrong_type("a string")),
        }
    }

    pub(super) fn flag(&self) -> Result<bool, Error> {
        match self.tree.written {
            Written::Flag(flag) => Ok(flag),
            _ => Err(self.wrong_type("`true` | `false`")),
        }
    }

    /// A whole number within bounds.
    pub(super) fn count(&self, least: u32, most: u32) -> Result<u32, Error> {
        let Written::Whole(text) = &self.tree.written else { return Err(self.wrong_type("a whole number")) };
        let number = text.parse().ok().filter(|number| (least..=most).contains(number));
        number.ok_or_else(|| self.error(Code::TemplateValue).expected(format!("{least} to {most}")).found(quoted(text)))
    }

    /// Millimetres on the grid.
    pub(super) fn on_grid(&self) -> Result<Um, Error> {
        let length = self.millimetres()?;
        if length % GRID != 0 {
            return Err(self.error(Code::TemplateMeasure).expected("a multiple of 0.5 mm").found(self.shown()));
        }
        Ok(length)
    }

    /// Millimetres with at most three decimals.
    pub(super) fn millimetres(&self) -> Result<Um, Error> {
        self.decimal(3).filter(|&length| length <= MAX_MEASURE).ok_or_else(|| {
            self.error(Code::TemplateMeasure)
                .expected("millimetres from 0 to 1000, at most 3 decimals")
                .found(self.shown())
        })
    }

    /// A font size: points with at most two decimals, as hundredths.
    pub(super) fn centipoints(&self) -> Result<i32, Error> {
        self.decimal(2).filter(|size| (600..=7200).contains(size)).ok_or_else(|| {
            self.error(Code::TemplateMeasure).expected("6 to 72 pt, at most 2 decimals").found(self.shown())
        })
    }

    /// The number with so many decimals as a whole number; read from its digits, never through a float.
    fn decimal(&self, decimals: usize) -> Option<i32> {
        let (Written::Whole(text) | Written::Decimal(text)) = &self.tree.written else { return None };
        let (whole, part) = text.split_once('.').unwrap_or((text.as_str(), ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || whole.len() > 5 || part.len() > decimals || !digits(whole) || !digits(part) {
            return None;
        }
        format!("{whole}{part:0<decimals$}").parse().ok()
    }

    fn shown(&self) -> String {
        match &self.tree.written {
            Written::Whole(text) | Written::Decimal(text) => quoted(text),
            _ => self.tree.type_name().to_owned(),
        }
    }

    /// The elements of a list, at most so many.
    pub(super) fn list(&self, most: usize) -> Result<Vec<Node<'a>>, Error> {
        let Written::List(array) = &self.tree.written else { return Err(self.wrong_type("an array")) };
        if array.len() > most {
            return Err(self
                .error(Code::TemplateLimit)
                .expected(format!("at most {most}"))
                .found(array.len().to_string()));
        }
        let element = |(index, tree)| Node::new(self.origin, tree, format!("{}[{index}]", self.path));
        Ok(array.iter().enumerate().map(element).collect())
    }

    pub(super) fn table(&self) -> Result<Table<'a>, Error> {
        let Written::Table(entries) = &self.tree.written else { return Err(self.wrong_type("a table")) };
        Ok(Table { origin: self.origin, entries, start: self.tree.start, path: self.path.clone() })
    }

    /// One of some names.
    pub(super) fn one_of<T: Copy>(&self, names: &[(&str, T)]) -> Result<T, Error> {
        let text = self.text()?;
        names.iter().find(|(name, _)| *name == text).map(|(_, value)| *value).ok_or_else(|| {
            let known = listed(names.iter().map(|(name, _)| *name));
            self.error(Code::TemplateValue).expected(known).found(quoted(text))
        })
    }
}

/// A table and where it begins.
#[derive(Clone)]
pub(super) struct Table<'a> {
    origin: &'a Origin<'a>,
    entries: &'a Entries,
    start: usize,
    path: String,
}

impl<'a> Table<'a> {
    /// The table of a whole file, or of a block whose parts have places of their own.
    pub(super) fn new(origin: &'a Origin<'a>, entries: &'a Entries, start: usize, path: String) -> Self {
        Table { origin, entries, start, path }
    }

    /// The table as it is written.
    pub(super) fn entries(&self) -> &'a Entries {
        self.entries
    }

    /// An error at the table as a whole.
    pub(super) fn error(&self, code: Code) -> Error {
        self.origin.error(code, Some(self.start), &self.path)
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// Refuses every key but these.
    pub(super) fn only(&self, keys: &[&str]) -> Result<(), Error> {
        let unknown = self.entries.iter().filter(|(key, _)| !keys.contains(&key.as_str()));
        match unknown.min_by_key(|(_, (start, _))| *start) {
            None => Ok(()),
            Some((key, _)) => {
                Err(self.error_at_key(Code::TemplateKey, key).expected(listed(keys.iter().copied())).found(quoted(key)))
            }
        }
    }

    /// An error at a key rather than at its value.
    pub(super) fn error_at_key(&self, code: Code, key: &str) -> Error {
        let start = self.entries.get(key).map_or(self.start, |(start, _)| *start);
        let path = self.origin.paths.get(&start).cloned().unwrap_or_else(|| self.path_of(&excerpt(key)));
        self.origin.error(code, Some(start), &path)
    }

    pub(super) fn get(&self, key: &str) -> Option<Node<'a>> {
        self.entries.get(key).map(|(_, tree)| Node::new(self.origin, tree, self.path_of(key)))
    }

    pub(super) fn need(&self, key: &str) -> Result<Node<'a>, Error> {
        self.get(key).ok_or_else(|| self.error(Code::TemplateMissing).expected(quoted(key)))
    }

    /// The keys with their values, in the order of the keys.
    pub(super) fn nodes(&self) -> impl Iterator<Item = (&'a str, Node<'a>)> {
        self.entries.iter().map(|(key, (_, tree))| (key.as_str(), Node::new(self.origin, tree, self.path_of(key))))
    }
}

/// The beginning of a text that is shown in a message.
fn excerpt(text: &str) -> String {
    text.chars().take(60).flat_map(char::escape_debug).collect()
}

/// A key, or a text of the file, in a message: between grave accents, so that it is not read as words.
pub(super) fn quoted(text: &str) -> String {
    format!("`{}`", excerpt(text))
}

/// What may stand there, in a message.
pub(super) fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    names.map(quoted).collect::<Vec<_>>().join(" | ")
}
