//! Balanced trees: pages as they come, and names in their order (ISO 32000-1, 7.7.3 and 7.9.6).

use std::io::Write;

use pdf_writer::{Name, Ref, Str};

use super::file::File;
use crate::Error;

/// Kids of a node.
const FAN: usize = 32;

/// Pages, written while they come: only one open node of each level is kept.
#[derive(Default)]
pub(super) struct PageTree {
    /// From the leaves up.
    levels: Vec<Node>,
}

struct Node {
    id: Ref,
    kids: Vec<Ref>,
    pages: i32,
}

impl PageTree {
    /// The node that will hold the next page.
    pub(super) fn parent<W: Write>(&mut self, file: &mut File<W>) -> Result<Ref, Error> {
        self.make_room(0, file)
    }

    /// Adds a page, whose parent was just asked for.
    pub(super) fn add(&mut self, page: Ref) {
        if let Some(leaf) = self.levels.first_mut() {
            leaf.kids.push(page);
            leaf.pages += 1;
        }
    }

    /// Writes what is still open; the root, or nothing where there is no page.
    pub(super) fn finish<W: Write>(mut self, file: &mut File<W>) -> Result<Option<Ref>, Error> {
        let mut level = 0;
        while level + 1 < self.levels.len() {
            self.close(level, file)?;
            level += 1;
        }
        let Some(root) = self.levels.pop() else { return Ok(None) };
        root.write(None, file)?;
        Ok(Some(root.id))
    }

    /// The open node of a level, with room for one more.
    fn make_room<W: Write>(&mut self, level: usize, file: &mut File<W>) -> Result<Ref, Error> {
        match self.levels.get(level) {
            Some(node) if node.kids.len() < FAN => return Ok(node.id),
            Some(_) => self.close(level, file)?,
            None => {}
        }
        let node = Node { id: file.reserve()?, kids: Vec::new(), pages: 0 };
        let id = node.id;
        if level < self.levels.len() {
            self.levels[level] = node;
        } else {
            self.levels.push(node);
        }
        Ok(id)
    }

    /// Writes the open node of a level, and makes it a kid of the one above.
    fn close<W: Write>(&mut self, level: usize, file: &mut File<W>) -> Result<(), Error> {
        let parent = self.make_room(level + 1, file)?;
        self.levels[level].write(Some(parent), file)?;
        let (id, pages) = (self.levels[level].id, self.levels[level].pages);
        let above = &mut self.levels[level + 1];
        above.kids.push(id);
        above.pages += pages;
        Ok(())
    }
}

impl Node {
    fn write<W: Write>(&self, parent: Option<Ref>, file: &mut File<W>) -> Result<(), Error> {
        file.put(self.id, |chunk| {
            let mut pages = chunk.pages(self.id);
            if let Some(parent) = parent {
                pages.parent(parent);
            }
            pages.kids(self.kids.iter().copied()).count(self.pages);
        })
    }
}

/// Writes a name tree, and gives its root. The entries are in the order of their bytes.
pub(super) fn write_names<W: Write>(
    entries: impl Iterator<Item = (impl AsRef<str>, Ref)>,
    file: &mut File<W>,
) -> Result<Ref, Error> {
    let mut entries: Vec<_> = entries.collect();
    // A tree of one leaf is its root, and has no limits.
    if entries.len() <= FAN {
        return write_leaf(&entries, true, file);
    }
    let mut nodes = Vec::new();
    for leaf in entries.chunks(FAN) {
        nodes.push(Branch {
            id: write_leaf(leaf, false, file)?,
            first: leaf.first().map(|(name, _)| name.as_ref().to_owned()).unwrap_or_default(),
            last: leaf.last().map(|(name, _)| name.as_ref().to_owned()).unwrap_or_default(),
        });
    }
    entries.clear();
    while nodes.len() > FAN {
        let mut above = Vec::new();
        for kids in nodes.chunks(FAN) {
            above.push(write_branch(kids, false, file)?);
        }
        nodes = above;
    }
    Ok(write_branch(&nodes, true, file)?.id)
}

/// A node of a name tree with the names it spans.
struct Branch {
    id: Ref,
    first: String,
    last: String,
}

fn write_leaf<W: Write>(entries: &[(impl AsRef<str>, Ref)], root: bool, file: &mut File<W>) -> Result<Ref, Error> {
    let id = file.reserve()?;
    file.put(id, |chunk| {
        let mut dict = chunk.indirect(id).dict();
        if let (Some((first, _)), Some((last, _)), false) = (entries.first(), entries.last(), root) {
            dict.insert(Name(b"Limits")).array().items([Str(first.as_ref().as_bytes()), Str(last.as_ref().as_bytes())]);
        }
        let mut names = dict.insert(Name(b"Names")).array();
        for (name, value) in entries {
            names.item(Str(name.as_ref().as_bytes())).item(*value);
        }
    })?;
    Ok(id)
}

fn write_branch<W: Write>(kids: &[Branch], root: bool, file: &mut File<W>) -> Result<Branch, Error> {
    let id = file.reserve()?;
    let first = kids.first().map(|kid| kid.first.clone()).unwrap_or_default();
    let last = kids.last().map(|kid| kid.last.clone()).unwrap_or_default();
    file.put(id, |chunk| {
        let mut dict = chunk.indirect(id).dict();
        if !root {
            dict.insert(Name(b"Limits")).array().items([Str(first.as_bytes()), Str(last.as_bytes())]);
        }
        dict.insert(Name(b"Kids")).array().items(kids.iter().map(|kid| kid.id));
    })?;
    Ok(Branch { id, first, last })
}
