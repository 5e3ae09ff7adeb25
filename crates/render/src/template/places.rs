//! Where in a file stands what is wrong with the whole of a template.

use std::collections::BTreeMap;

use crate::{Code, Error};

use super::model::Template;
use super::node::{Node, Table};

/// The paper, in place of the id of a block. No id has brackets.
pub(super) const PAGE: &str = "[page]";

/// All blocks together.
const BLOCK: &str = "[block]";

/// What a file says of each block and list, by their ids.
pub(super) struct Places<'a> {
    root: &'a Table<'a>,
    /// The template that the file extends.
    base: Option<&'a Template>,
    nodes: BTreeMap<String, Node<'a>>,
}

impl<'a> Places<'a> {
    pub(super) fn new(root: &'a Table<'a>, base: Option<&'a Template>) -> Self {
        Places { root, base, nodes: BTreeMap::new() }
    }

    /// Notes where the file writes or changes something; false when it did so before, which counts no longer.
    pub(super) fn note(&mut self, id: &str, node: Node<'a>) -> bool {
        self.nodes.insert(id.to_owned(), node).is_none()
    }

    /// Notes where the file takes something away, unless it puts something else in its place.
    pub(super) fn note_removed(&mut self, id: &str, node: Node<'a>) {
        self.nodes.entry(id.to_owned()).or_insert(node);
    }

    /// Whether the file itself says something of a block.
    pub(super) fn has(&self, id: &str) -> bool {
        self.nodes.contains_key(id)
    }

    /// The template that the file extends, which was right before the file changed it.
    pub(super) fn base(&self) -> Option<&'a Template> {
        self.base
    }

    /// An error at a block or a list.
    pub(super) fn error(&self, code: Code, id: &str) -> Error {
        self.error_among(code, [id])
    }

    /// An error at all blocks together.
    pub(super) fn error_of_all(&self, code: Code) -> Error {
        self.error(code, BLOCK)
    }

    /// An error at the last of some blocks that the file says something of. What it says nothing of was right before;
    /// so the paper may be to blame, and otherwise the template that is extended is named.
    pub(super) fn error_among<'i>(&self, code: Code, ids: impl IntoIterator<Item = &'i str>) -> Error {
        let mut first = None;
        let mut last: Option<&Node<'_>> = None;
        for id in ids {
            first = first.or(Some(id));
            let node = self.nodes.get(id);
            if node.is_some_and(|node| last.is_none_or(|last| last.tree().start < node.tree().start)) {
                last = node;
            }
        }
        if let Some(node) = last {
            return node.error(code);
        }
        let path = first.unwrap_or(BLOCK).trim_matches(['[', ']']);
        match self.base.and_then(|_| self.nodes.get(PAGE).cloned().or_else(|| self.root.get("extends"))) {
            Some(node) => node.error(code).at_path(path),
            None => self.root.error(code).at_path(path),
        }
    }
}
