//! A parsed document: a flat list of elements with their spans, over the bytes as they came.

use core::ops::Range;
use std::borrow::Cow;

use czei_codes::Place;

use crate::Error;

use super::{Limits, place, reader, tokens};

/// A well-formed document that obeys the numbered rules of `READING.md`.
///
/// It borrows the input and never changes it: what a signature covers is always a slice of the
/// bytes that came in, delimited by the same parse that finds the data.
///
/// ```
/// use czei_core::xml::{Document, Limits};
/// let document = Document::parse(b"<a><b>x &amp; y</b></a>", &Limits::default())?;
/// let b = document.children(document.root()).next().ok_or("no child")?;
/// assert_eq!(document.text(b), "x & y");
/// assert_eq!(document.bytes(b), b"<b>x &amp; y</b>");
/// assert_eq!(document.path(b), "a/b");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Document<'a> {
    pub(super) source: &'a str,
    pub(super) nodes: Vec<Node>,
    pub(super) asides: Vec<Aside>,
    pub(super) has_bom: bool,
    pub(super) has_cr: bool,
    /// Whether any element has attributes.
    pub(super) any_attributes: bool,
    pub(super) limits: Limits,
}

/// An element of a [`Document`]. Only meaningful with the document it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub(super) u32);

/// A comment or a processing instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Aside {
    /// What it is.
    pub kind: AsideKind,
    /// The byte offset of its `<`.
    pub offset: u32,
    /// The element it stands in; none before and after the root.
    pub parent: Option<NodeId>,
}

/// Comment or processing instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsideKind {
    /// `<!-- … -->`
    Comment,
    /// `<?target … ?>`
    Instruction,
}

pub(super) const NONE: u32 = u32::MAX;

/// One element. Offsets are into the source, `next` and `first_child` into the list of nodes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    pub(super) start: u32,
    pub(super) content_start: u32,
    pub(super) content_end: u32,
    pub(super) end: u32,
    pub(super) parent: u32,
    pub(super) first_child: u32,
    pub(super) next: u32,
    pub(super) name_len: u32,
    pub(super) flags: Flags,
}

/// What stands directly in an element or its start tag.
#[derive(Debug, Clone, Copy, Default)]
#[allow(clippy::struct_excessive_bools)] // four independent facts, not a state
pub(super) struct Flags {
    pub(super) attributes: bool,
    /// Text other than white space, a CDATA section or a reference.
    pub(super) text: bool,
    /// A reference, CDATA section, comment or instruction: the text is not the bytes as they stand.
    pub(super) composed: bool,
}

impl<'a> Document<'a> {
    /// Reads a document in one pass.
    ///
    /// # Errors
    /// Each rule of `READING.md` and each limit has its own code, with line, column and the path of
    /// the element that was open.
    pub fn parse(input: &'a [u8], limits: &Limits) -> Result<Self, Error> {
        reader::parse(input, limits)
    }

    /// The root element.
    #[must_use]
    pub fn root(&self) -> NodeId {
        NodeId(0)
    }

    /// The limits it was read with.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Whether a byte order mark stands before the document.
    #[must_use]
    pub fn has_bom(&self) -> bool {
        self.has_bom
    }

    /// All bytes as they came.
    #[must_use]
    pub fn source(&self) -> &'a [u8] {
        self.source.as_bytes()
    }

    /// The name of an element.
    #[must_use]
    pub fn name(&self, node: NodeId) -> &'a str {
        let node = self.node(node);
        self.slice(node.start + 1, node.start + 1 + node.name_len)
    }

    /// The bytes of an element, from the `<` of its start tag to the `>` of its end tag.
    #[must_use]
    pub fn bytes(&self, node: NodeId) -> &'a [u8] {
        let node = self.node(node);
        self.slice(node.start, node.end).as_bytes()
    }

    /// The same as offsets into [`Document::source`].
    #[must_use]
    pub fn span(&self, node: NodeId) -> Range<usize> {
        let node = self.node(node);
        node.start as usize..node.end as usize
    }

    /// What stands between the tags, as written.
    #[must_use]
    pub fn content(&self, node: NodeId) -> &'a str {
        let node = self.node(node);
        self.slice(node.content_start, node.content_end)
    }

    /// The text of an element without child elements: references resolved, CDATA sections and text
    /// joined, comments and instructions left out, CR LF and CR read as LF. Empty for an element
    /// with child elements.
    #[must_use]
    pub fn text(&self, node: NodeId) -> Cow<'a, str> {
        let node = self.node(node);
        if node.first_child != NONE {
            return Cow::Borrowed("");
        }
        let content = self.slice(node.content_start, node.content_end);
        if !(node.flags.composed || self.has_cr && content.contains('\r')) {
            return Cow::Borrowed(content);
        }
        Cow::Owned(compose(content))
    }

    /// The child elements in their order.
    pub fn children(&self, node: NodeId) -> Children<'_> {
        Children { nodes: &self.nodes, next: self.node(node).first_child }
    }

    /// Whether an element has child elements.
    #[must_use]
    pub fn has_children(&self, node: NodeId) -> bool {
        self.node(node).first_child != NONE
    }

    /// Whether text other than white space stands directly in the element.
    #[must_use]
    pub fn has_text(&self, node: NodeId) -> bool {
        self.node(node).flags.text
    }

    /// Whether the start tag has attributes.
    #[must_use]
    pub fn has_attributes(&self, node: NodeId) -> bool {
        self.node(node).flags.attributes
    }

    /// The element around an element.
    #[must_use]
    pub fn parent(&self, node: NodeId) -> Option<NodeId> {
        let parent = self.node(node).parent;
        (parent != NONE).then_some(NodeId(parent))
    }

    /// The element and all below it, in the order of the document.
    pub fn subtree(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let end = self.node(node).end;
        (node.0..)
            .map(NodeId)
            .zip(&self.nodes[node.0 as usize..])
            .take_while(move |(_, each)| each.start < end)
            .map(|(id, _)| id)
    }

    /// Comments and processing instructions, in their order.
    #[must_use]
    pub fn asides(&self) -> &[Aside] {
        &self.asides
    }

    /// Names from the root down, as `EInvoice/EInvoiceData/Details/Item[2]/ItemAmount`. `Item`,
    /// `AuxItem` and `Signature` are always counted, another name where it stands more than once.
    #[must_use]
    pub fn path(&self, node: NodeId) -> String {
        let mut steps = Vec::with_capacity(8);
        steps.extend(core::iter::successors(Some(node), |&step| self.parent(step)));
        let mut path = String::with_capacity(96);
        for step in steps.into_iter().rev() {
            self.push_step(step, &mut path);
        }
        path
    }

    fn push_step(&self, node: NodeId, path: &mut String) {
        let name = self.name(node);
        let Some(parent) = self.parent(node) else { return path.push_str(name) };
        path.push('/');
        path.push_str(name);
        let alike = |each: &NodeId| self.name(*each) == name;
        let place = self.children(parent).take_while(|&each| each != node).filter(alike).count() + 1;
        let counted = matches!(name, "Item" | "AuxItem" | "Signature" | "ITEM");
        if counted || place > 1 || self.children(parent).filter(alike).nth(1).is_some() {
            path.push('[');
            path.push_str(&place.to_string());
            path.push(']');
        }
    }

    /// Line, column and path of an element.
    #[must_use]
    pub fn place(&self, node: NodeId) -> Place {
        let line = place::of_text(self.source, self.node(node).start as usize);
        Place { path: Some(self.path(node)), ..line }
    }

    /// Line and column of a byte offset, and the path of the element given.
    #[must_use]
    pub fn place_at(&self, offset: usize, within: Option<NodeId>) -> Place {
        Place { path: within.map(|node| self.path(node)), ..place::of_text(self.source, offset) }
    }

    fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// Spans begin and end at ASCII markup, so they never cut a character.
    fn slice(&self, start: u32, end: u32) -> &'a str {
        &self.source[start as usize..end as usize]
    }
}

/// The child elements of an element.
#[derive(Debug, Clone)]
pub struct Children<'d> {
    nodes: &'d [Node],
    next: u32,
}

impl Iterator for Children<'_> {
    type Item = NodeId;

    #[inline]
    fn next(&mut self) -> Option<NodeId> {
        let id = NodeId(self.next);
        self.next = self.nodes.get(self.next as usize)?.next;
        Some(id)
    }
}

/// The text of content that was checked by the reader and has no child elements.
fn compose(content: &str) -> String {
    let mut text = String::with_capacity(content.len());
    let mut rest = content;
    while let Some(at) = rest.find(['<', '&', '\r']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        rest = if let Some(section) = rest.strip_prefix("<![CDATA[") {
            let (inner, after) = section.split_once("]]>").unwrap_or((section, ""));
            push_normalised(&mut text, inner);
            after
        } else if let Some(comment) = rest.strip_prefix("<!--") {
            comment.split_once("-->").map_or("", |(_, after)| after)
        } else if rest.starts_with("<?") {
            rest.split_once("?>").map_or("", |(_, after)| after)
        } else if rest.starts_with('&') {
            let end = rest.find(';').map_or(rest.len(), |semicolon| semicolon + 1);
            // Checked when it was read; a reference is never normalised, so &#13; stays a CR.
            text.extend(tokens::reference(&rest[..end]));
            &rest[end..]
        } else {
            text.push('\n');
            rest.strip_prefix("\r\n").unwrap_or(&rest[1..])
        };
    }
    text.push_str(rest);
    text
}

fn push_normalised(text: &mut String, raw: &str) {
    if raw.contains('\r') {
        text.push_str(&raw.replace("\r\n", "\n").replace('\r', "\n"));
    } else {
        text.push_str(raw);
    }
}
