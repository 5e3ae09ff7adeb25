//! Collecting findings without letting a hostile document make millions of them.

use czei_codes::{Code as _, Place, Severity};

use crate::text::{first_invisible, is_plain};
use crate::verify::{Check, Finding};
use crate::{Code, Error};

use super::document::{AsideKind, Document, NodeId};
use super::group::Stray;

/// Findings over one document. Of each code the first [`Findings::PER_CODE`] places are kept; one
/// finding more says how many were left out, so nothing is dropped in silence.
#[derive(Debug)]
pub(super) struct Findings<'d, 'a> {
    document: &'d Document<'a>,
    list: Vec<Finding>,
    counts: Vec<(u16, usize)>,
    left_out: usize,
    failed: bool,
}

impl<'d, 'a> Findings<'d, 'a> {
    /// How many places of one code are listed.
    pub(super) const PER_CODE: usize = 10;

    pub(super) fn new(document: &'d Document<'a>) -> Self {
        Findings { document, list: Vec::new(), counts: Vec::new(), left_out: 0, failed: false }
    }

    /// The findings, and whether any was an error, listed or left out.
    pub(super) fn finish(mut self) -> (Vec<Finding>, bool) {
        if self.left_out > 0 {
            self.list.push(Finding::new(Check::Form, Code::FindingsCut).found(format!("+{}", self.left_out)));
        }
        (self.list, self.failed)
    }

    /// A finding about an element.
    pub(super) fn about(&mut self, code: Code, node: NodeId, more: impl FnOnce(Finding) -> Finding) {
        if self.admits(code) {
            self.list.push(more(Finding::new(Check::Form, code).at(self.document.place(node))));
        }
    }

    /// The error of a value, at its element.
    pub(super) fn fault(&mut self, node: NodeId, error: &Error) {
        if self.admits(error.code()) {
            self.list.push(Finding::from_fault(Check::Form, error).at(self.document.place(node)));
        }
    }

    /// A required element that is not there, at the element that should hold it.
    pub(super) fn missing(&mut self, parent: NodeId, name: &str) {
        if self.admits(Code::ElementMissing) {
            let place = self.document.place(parent);
            let path = format!("{}/{name}", place.path.as_deref().unwrap_or_default());
            let place = Place { path: Some(path), ..place };
            self.list.push(Finding::new(Check::Form, Code::ElementMissing).at(place).expected(name));
        }
    }

    /// What a table does not explain. Foreign elements are the caller's.
    pub(super) fn stray(&mut self, parent: NodeId, stray: Stray) {
        match stray {
            Stray::Twice(node) => self.about(Code::ElementTwice, node, |f| f),
            Stray::Order(node) => self.about(Code::ElementOrder, node, |f| f),
            Stray::Missing(name) => self.missing(parent, name),
            Stray::Foreign(node) | Stray::Extra(node) => self.about(Code::ElementUnknown, node, |f| f),
        }
    }

    /// Invisible and control characters, and white space at the ends. Where the text may have
    /// several lines, a line feed is none of them.
    pub(super) fn characters(&mut self, node: NodeId, text: &str, lines: bool) {
        if is_plain(text) {
            return;
        }
        let control = text.chars().find(|&c| c.is_control() && !(lines && c == '\n'));
        let invisible = || if text.is_ascii() { None } else { first_invisible(text).map(|(_, c)| c) };
        if let Some(c) = control.or_else(invisible) {
            self.about(Code::Invisible, node, |f| f.found(format!("U+{:04X}", u32::from(c))));
        }
        if text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace) {
            self.about(Code::OuterSpace, node, |f| f);
        }
    }

    /// Attributes, comments and instructions inside the given elements.
    pub(super) fn note_markup(&mut self, signed: [NodeId; 2]) {
        let document = self.document;
        let parts = signed.into_iter().filter(|_| document.any_attributes);
        for node in parts.flat_map(|part| document.subtree(part)) {
            if document.has_attributes(node) {
                self.about(Code::AttributeInside, node, |f| f);
            }
        }
        let spans = signed.map(|part| document.span(part));
        for aside in document.asides() {
            let offset = aside.offset as usize;
            if !spans.iter().any(|span| span.contains(&offset)) {
                continue;
            }
            let code = match aside.kind {
                AsideKind::Comment => Code::CommentInside,
                AsideKind::Instruction => Code::InstructionInside,
            };
            if self.admits(code) {
                self.list.push(Finding::new(Check::Form, code).at(document.place_at(offset, aside.parent)));
            }
        }
    }

    /// Counts a finding and says whether its place is still listed.
    fn admits(&mut self, code: Code) -> bool {
        self.failed |= code.entry().severity == Severity::Error;
        let number = code.entry().number;
        let index = self.counts.iter().position(|(each, _)| *each == number).unwrap_or_else(|| {
            self.counts.push((number, 0));
            self.counts.len() - 1
        });
        let (_, count) = &mut self.counts[index];
        *count += 1;
        let listed = *count <= Self::PER_CODE;
        self.left_out += usize::from(!listed);
        listed
    }
}
