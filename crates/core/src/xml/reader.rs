//! The one pass over a document: quick-xml finds where tokens end, the rules of `READING.md` decide.
//! Markup of the plain forms of `plain.rs` needs no tokenizer.

use std::io::BufRead as _;

use quick_xml::Reader;
use quick_xml::errors::Error as TokenError;
use quick_xml::events::Event;

use crate::{Code, Error};

use super::characters::{self, Refusal, Survey, is_space};
use super::document::{Aside, AsideKind, Document, Flags, NONE, Node, NodeId};
use super::plain::Plain;
use super::{Limits, declaration, place, tokens};

pub(super) fn parse<'a>(input: &'a [u8], limits: &Limits) -> Result<Document<'a>, Error> {
    // R22 before anything else: offsets are 32 bits wide.
    let most = limits.bytes.min(u32::MAX as usize - 1);
    if input.len() > most {
        return Err(Error::new(Code::LimitBytes).expected(format!("≤ {most}")).found(input.len().to_string()));
    }
    let at = |(code, offset): Refusal| Error::new(code).at(place::of_bytes(input, offset));
    let bom = characters::check_start(input).map_err(at)?;
    let source = characters::check_utf8(input, bom)?;
    let survey = characters::survey(source).map_err(at)?;
    let mut builder = Builder {
        bom,
        survey,
        open: Vec::with_capacity(8),
        seen_root: false,
        document: Document {
            source,
            // An element of a receipt takes about 37 bytes; a hostile one at least 4, which the
            // limit on elements bounds.
            nodes: Vec::with_capacity((source.len() / 36 + 8).min(limits.elements)),
            asides: Vec::new(),
            has_bom: bom > 0,
            has_cr: survey.has_cr,
            any_attributes: false,
            limits: *limits,
        },
    };
    match builder.run() {
        Ok(()) => Ok(builder.document),
        Err(refusal) => Err(builder.error(refusal)),
    }
}

struct Builder<'a> {
    bom: usize,
    survey: Survey,
    /// The elements that are open, with the last child of each.
    open: Vec<Open>,
    seen_root: bool,
    document: Document<'a>,
}

#[derive(Clone, Copy)]
struct Open {
    node: u32,
    last_child: u32,
}

impl<'a> Builder<'a> {
    fn run(&mut self) -> Result<(), Refusal> {
        let source = self.document.source;
        let mut reader = Reader::from_str(&source[self.bom..]);
        let config = reader.config_mut();
        // Names of end tags are compared here (R14), not twice.
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        let mut start = self.bom;
        loop {
            let plain = self.plain(start);
            reader.stream().consume(plain);
            start += plain;
            // R11: seen before the tokenizer so that a document type is refused unread.
            if is_doctype(&source.as_bytes()[start..]) {
                return Err((Code::Doctype, start));
            }
            let event = reader.read_event();
            // The tokenizer counts in u64 within a slice of less than 4 GiB.
            #[allow(clippy::cast_possible_truncation)]
            let end = self.bom + reader.buffer_position() as usize;
            let token = source.get(start..end).ok_or((Code::Markup, start))?;
            let at = |(code, offset): Refusal| (code, start + offset);
            match event {
                Ok(Event::Start(_) | Event::Empty(_)) => self.start(token, start, end)?,
                Ok(Event::End(_)) => self.end(token, start, end)?,
                Ok(Event::Text(_)) => self.text(token, start)?,
                Ok(Event::GeneralRef(_)) => {
                    let open = self.open.last().ok_or((Code::OutsideRoot, start))?.node;
                    tokens::reference(token).map_err(|code| (code, start))?;
                    let flags = &mut self.document.nodes[open as usize].flags;
                    flags.text = true;
                    flags.composed = true;
                }
                Ok(Event::CData(_)) => {
                    let open = self.open.last().ok_or((Code::OutsideRoot, start))?.node;
                    let has_text = tokens::cdata(token).map_err(at)?;
                    let flags = &mut self.document.nodes[open as usize].flags;
                    flags.text |= has_text;
                    flags.composed = true;
                }
                Ok(Event::Comment(_)) => {
                    tokens::comment(token).map_err(at)?;
                    self.aside(AsideKind::Comment, start)?;
                }
                Ok(Event::PI(_)) => {
                    tokens::instruction(token, &self.document.limits).map_err(at)?;
                    self.aside(AsideKind::Instruction, start)?;
                }
                Ok(Event::Decl(_)) => {
                    if start != self.bom {
                        return Err((Code::DeclarationPlace, start));
                    }
                    declaration::check(token.as_bytes()).map_err(at)?;
                }
                Ok(Event::DocType(_)) => return Err((Code::Doctype, start)),
                Ok(Event::Eof) => return self.finish(end),
                Err(error) => return Err((code_of(&error, &source.as_bytes()[start..]), start)),
            }
            start = end;
        }
    }

    /// Reads what is plain from here on, and returns the bytes up to what is not, always a `<`: the
    /// tokenizer goes on there, whatever it read last.
    fn plain(&mut self, start: usize) -> usize {
        let source = self.document.source.as_bytes();
        let limits = self.document.limits;
        let mut at = start;
        // Not before the root: a byte order mark is the tokenizer's.
        while let Some(open) = self.open.last().copied().filter(|_| !self.survey.has_cdata_end) {
            let name = self.document.name(NodeId(open.node));
            let Some((plain, length)) = Plain::read(&source[at..], name, &limits) else { break };
            let admitted = self.open.len() < limits.depth
                && self.document.nodes.len() + self.document.asides.len() < limits.elements;
            match plain {
                Plain::Leaf { name, text, has_text } if admitted => {
                    let content = at + name + "<>".len();
                    self.append(Node {
                        content_end: narrow(content + text),
                        end: narrow(content + text + name + "</>".len()),
                        flags: Flags { text: has_text, ..Flags::default() },
                        ..Node::new(at, content, name)
                    });
                }
                Plain::Start { name } if admitted => {
                    let node = self.append(Node::new(at, at + name + "<>".len(), name));
                    self.open.push(Open { node, last_child: NONE });
                }
                // An element with children is under no limit on texts.
                Plain::End if open.last_child != NONE => self.close(open.node, at, at + name.len() + "</>".len()),
                _ => break,
            }
            at += length;
        }
        at - start
    }

    fn start(&mut self, token: &str, start: usize, end: usize) -> Result<(), Refusal> {
        let limits = &self.document.limits;
        if self.open.is_empty() && self.seen_root {
            return Err((Code::SecondRoot, start));
        }
        if self.open.len() >= limits.depth {
            return Err((Code::LimitDepth, start));
        }
        if self.document.nodes.len() + self.document.asides.len() >= limits.elements {
            return Err((Code::LimitElements, start));
        }
        let tag = tokens::start_tag(token, limits).map_err(|(code, offset)| (code, start + offset))?;
        self.seen_root = true;
        self.document.any_attributes |= tag.has_attributes;
        let flags = Flags { attributes: tag.has_attributes, ..Flags::default() };
        let id = self.append(Node { flags, ..Node::new(start, end, tag.name_len) });
        if !tag.is_empty {
            self.open.push(Open { node: id, last_child: NONE });
        }
        Ok(())
    }

    /// Makes a node the last child of the open element.
    fn append(&mut self, node: Node) -> u32 {
        let id = narrow(self.document.nodes.len());
        let mut parent = NONE;
        if let Some(open) = self.open.last_mut() {
            parent = open.node;
            match open.last_child {
                NONE => self.document.nodes[parent as usize].first_child = id,
                last => self.document.nodes[last as usize].next = id,
            }
            open.last_child = id;
        }
        self.document.nodes.push(Node { parent, ..node });
        id
    }

    fn end(&mut self, token: &str, start: usize, end: usize) -> Result<(), Refusal> {
        let open = *self.open.last().ok_or((Code::EndTag, start))?;
        let name = self.document.name(NodeId(open.node));
        tokens::end_tag(token, name).map_err(|(code, offset)| (code, start + offset))?;
        let node = &self.document.nodes[open.node as usize];
        if node.first_child == NONE {
            let length = start - node.content_start as usize;
            let limits = &self.document.limits;
            if length > limits.text.min(limits.signature_value) {
                let (limit, code) = match name {
                    "SignatureValue" | "SIGNATURE_VALUE" => (limits.signature_value, Code::LimitSignatureValue),
                    _ => (limits.text, Code::LimitText),
                };
                if length > limit {
                    return Err((code, node.content_start as usize));
                }
            }
        }
        self.close(open.node, start, end);
        Ok(())
    }

    /// Ends the innermost open element with the end tag at the offsets.
    fn close(&mut self, node: u32, start: usize, end: usize) {
        let node = &mut self.document.nodes[node as usize];
        node.content_end = narrow(start);
        node.end = narrow(end);
        self.open.pop();
    }

    fn text(&mut self, token: &str, start: usize) -> Result<(), Refusal> {
        let Some(open) = self.open.last() else {
            // White space before and after the root, and nothing else (R13).
            return match token.bytes().position(|byte| !is_space(byte)) {
                Some(offset) => Err((Code::OutsideRoot, start + offset)),
                None => Ok(()),
            };
        };
        if self.survey.has_cdata_end
            && let Some(offset) = token.find("]]>")
        {
            return Err((Code::CdataEnd, start + offset));
        }
        let flags = &mut self.document.nodes[open.node as usize].flags;
        flags.text = flags.text || token.bytes().any(|byte| !is_space(byte));
        Ok(())
    }

    fn aside(&mut self, kind: AsideKind, start: usize) -> Result<(), Refusal> {
        if self.document.nodes.len() + self.document.asides.len() >= self.document.limits.elements {
            return Err((Code::LimitElements, start));
        }
        let parent = self.open.last().map(|open| NodeId(open.node));
        if let Some(NodeId(node)) = parent {
            self.document.nodes[node as usize].flags.composed = true;
        }
        self.document.asides.push(Aside { kind, offset: narrow(start), parent });
        Ok(())
    }

    fn finish(&self, end: usize) -> Result<(), Refusal> {
        if end != self.document.source.len() {
            return Err((Code::Markup, end));
        }
        if !self.open.is_empty() {
            return Err((Code::Truncated, end));
        }
        if self.seen_root { Ok(()) } else { Err((Code::NoRoot, end)) }
    }

    /// The error of a refusal, with line, column and the path of the element that is open.
    #[cold]
    fn error(&self, (code, offset): Refusal) -> Error {
        let within = self.open.last().map(|open| NodeId(open.node));
        let error = Error::new(code).at(self.document.place_at(offset, within));
        let limits = &self.document.limits;
        match code {
            Code::LimitDepth => error.expected(format!("≤ {}", limits.depth)),
            Code::LimitName => error.expected(format!("≤ {}", limits.name)),
            Code::LimitText => error.expected(format!("≤ {}", limits.text)),
            Code::LimitSignatureValue => error.expected(format!("≤ {}", limits.signature_value)),
            Code::LimitAttributes => error.expected(format!("≤ {}", limits.attributes)),
            Code::LimitElements => error.expected(format!("≤ {}", limits.elements)),
            Code::EndTag => match within {
                Some(node) => error.expected(format!("</{}>", self.document.name(node))),
                None => error,
            },
            _ => error,
        }
    }
}

impl Node {
    /// An element that ends with its start tag, alone.
    fn new(start: usize, content: usize, name_len: usize) -> Self {
        Node {
            start: narrow(start),
            content_start: narrow(content),
            content_end: narrow(content),
            end: narrow(content),
            parent: NONE,
            first_child: NONE,
            next: NONE,
            name_len: narrow(name_len),
            flags: Flags::default(),
        }
    }
}

fn is_doctype(rest: &[u8]) -> bool {
    rest.starts_with(b"<!") && rest.get(2..9).is_some_and(|word| word.eq_ignore_ascii_case(b"DOCTYPE"))
}

/// R16, R21: what the tokenizer itself refuses, at the rest of the document.
fn code_of(error: &TokenError, rest: &[u8]) -> Code {
    let is_section =
        [&b"<!--"[..], b"<![CDATA["].iter().any(|start| rest.starts_with(&start[..start.len().min(rest.len())]));
    match error {
        TokenError::Syntax(_) if rest.starts_with(b"<!") && !is_section => Code::Markup,
        TokenError::Syntax(_) => Code::Truncated,
        // With end names unchecked, what remains of ill-formedness is a lone ampersand.
        TokenError::IllFormed(_) => Code::Reference,
        _ => Code::Markup,
    }
}

/// Offsets and counts are bounded by the document's length, which fits (R22).
#[allow(clippy::cast_possible_truncation)]
fn narrow(value: usize) -> u32 {
    value as u32
}
