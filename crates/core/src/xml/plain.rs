//! Markup in its plain form: `<Name>`, `</Name>`, and whole elements `<Name>text</Name>`.
//!
//! There is one way only to take such bytes apart, so that no tokenizer is asked: that saves three
//! fifths of the time of parsing a receipt. Nothing is refused here. What is not exactly of this form goes
//! through the tokenizer and the rules of `tokens.rs`, as if this file did not exist.

use memchr::memchr2;

use super::Limits;
use super::characters::is_space;
use super::tokens::NAME_BYTES;

/// A piece of plain markup, after which only white space stands before the next `<`. Lengths are in
/// bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plain {
    /// `<Name>text</Name>`: an ASCII name, no attribute, a text without reference.
    Leaf { name: usize, text: usize, has_text: bool },
    /// `<Name>`, and next to it other markup.
    Start { name: usize },
    /// `</Name>` of the open element.
    End,
}

impl Plain {
    /// The markup that begins at the first byte, if it is plain and within the limits on names and
    /// texts, with the distance to the next `<`.
    pub(super) fn read(rest: &[u8], open: &str, limits: &Limits) -> Option<(Self, usize)> {
        let inner = rest.strip_prefix(b"<")?;
        if let Some(end) = inner.strip_prefix(b"/") {
            let after = end.strip_prefix(open.as_bytes())?.strip_prefix(b">")?;
            return Some((Plain::End, open.len() + "</>".len() + gap(after)?));
        }
        let name = inner.iter().position(|&byte| !NAME_BYTES[usize::from(byte)])?;
        let begins = inner[0].is_ascii_alphabetic() || inner[0] == b'_';
        if inner[name] != b'>' || !begins || name > limits.name {
            return None;
        }
        let content = &inner[name + 1..];
        let text = memchr2(b'<', b'&', content)?;
        let has_text = content[..text].iter().any(|&byte| !is_space(byte));
        let Some(after) = end_tag(&content[text..], &inner[..name]) else {
            let is_start = !has_text && content[text] == b'<';
            return is_start.then_some((Plain::Start { name }, name + "<>".len() + text));
        };
        // SignatureValue has a limit of its own; the tokenizer's side tells them apart.
        if text > limits.text.min(limits.signature_value) {
            return None;
        }
        Some((Plain::Leaf { name, text, has_text }, 2 * name + text + "<></>".len() + gap(after)?))
    }
}

/// What follows the end tag of a name.
fn end_tag<'a>(rest: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    rest.strip_prefix(b"</")?.strip_prefix(name)?.strip_prefix(b">")
}

/// White space up to the next `<`.
fn gap(after: &[u8]) -> Option<usize> {
    let gap = after.iter().position(|&byte| !is_space(byte))?;
    (after[gap] == b'<').then_some(gap)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::Code;
    use crate::xml::Document;

    fn read(text: &str) -> Option<(Plain, usize)> {
        Plain::read(text.as_bytes(), "ab", &Limits::default())
    }

    #[test]
    fn only_the_plain_forms_are_read() {
        let leaf = |text, has_text| Plain::Leaf { name: 2, text, has_text };
        for (text, expected) in [
            ("<ab>c</ab>", leaf(1, true)),
            ("<ab>c</ab> \n", leaf(1, true)),
            ("<ab> </ab>", leaf(1, false)),
            ("<ab></ab>", leaf(0, false)),
            ("<cd>", Plain::Start { name: 2 }),
            ("<cd> ", Plain::Start { name: 2 }),
            ("</ab>", Plain::End),
            ("</ab>\t\r", Plain::End),
        ] {
            assert_eq!(read(&format!("{text}<")), Some((expected, text.len())), "{text}");
        }
        let others = "|<|<>|<></><|<a|<a>|<a>b|<a>b<|<a>b</|<a>b</a|<a>b</a>|<a>b</a> |<a>b</a>c<|<a>b</a ><|\
            <a >b</a><|<a/><|<a b=''>c</a><|<a>&amp;</a><|<a>b</c><|<a>b</ab><|<ab>c</a><|<a>b<b/></a><|<1>b</1><|\
            <a:b>c</a:b><|<备注>b</备注><|a<b>c</b><|<!-- --><|<?a b?><|</a><|</abc><|</ab ><|</ab>c<|</ab>|\
            <a>b<![CDATA[c]]></a><";
        for other in others.split('|') {
            assert_eq!(read(other), None, "{other}");
        }
    }

    #[test]
    fn limits_are_the_tokenizers_to_report() {
        let limits = |name, text, signature_value| Limits { name, text, signature_value, ..Limits::default() };
        let read = |limits| Plain::read(b"<ab>cde</ab><", "", &limits).is_some();
        assert!(read(limits(2, 3, 3)));
        assert!(!read(limits(1, 3, 3)));
        assert!(!read(limits(2, 2, 3)));
        assert!(!read(limits(2, 3, 2)));
    }

    /// A document with `]]>` in it is read by the tokenizer alone, and this root has it in an
    /// attribute, so that the two readings of the same elements can be compared.
    #[test]
    fn both_ways_give_the_same_nodes_and_the_same_refusals() {
        let insertions = "|<|>|/|&|&amp;| |\n|=|'|:|!|-|备|long|<!---->|<x>y</x>|<x>y</x><x>y</x>|<x>|</F>|</r>|</r><";
        let elements = "<Ab>c</Ab>\n<d_1>年年</d_1><e/><F><g> </g></F>";
        let limits = Limits { depth: 3, name: 5, text: 8, elements: 7, ..Limits::default() };
        let mut refused = std::collections::BTreeSet::new();
        for at in (0..=elements.len()).filter(|&at| elements.is_char_boundary(at)) {
            for inserted in insertions.split('|') {
                let (before, after) = elements.split_at(at);
                let outcome = |attribute: &str| {
                    let text = format!("<r a='{attribute}'>{before}{inserted}{after}</r>");
                    let read = Document::parse(text.as_bytes(), &limits);
                    read.map(|read| format!("{:?}{:?}", read.nodes, read.asides))
                };
                let whole = outcome("] ]>");
                assert_eq!(whole, outcome("]]> "), "{before}{inserted}{after}");
                refused.extend(whole.err().map(|error| error.code() as u16));
            }
        }
        let limited = [Code::LimitDepth, Code::LimitElements, Code::LimitName, Code::LimitText];
        assert!(limited.iter().all(|code| refused.contains(&(*code as u16))), "{refused:?}");
    }
}
