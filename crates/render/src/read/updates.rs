//! What was added to a file after it was written, and what its cross-reference data does not account for.

use std::ops::Range;

use super::lexer::{Lexer, is_space};
use super::limits::{Budget, PdfLimits};
use super::xref::Xref;

/// Traces of a second writing (ISO 32000-1, 7.5.6).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Updates {
    /// Cross-reference sections; one in a file that was written once.
    pub sections: usize,
    /// How often `startxref` stands outside of objects; once in a file that was written once.
    pub starts: usize,
    /// Whether a table points to a stream beside it: readers old and new then see different objects.
    pub hybrid: bool,
    /// Whether the file is arranged for reading from the front and as long as it says: it has two sections then.
    pub linearized: bool,
    /// Bytes behind the `%%EOF` that follows the last `startxref` that are not white space.
    pub trailing_bytes: usize,
    /// Stretches of bytes, begin and end, that are neither an object in use nor cross-reference data: left over from
    /// an earlier state, or put there. Comments count, apart from the two lines at the beginning and `%%EOF`.
    pub unaccounted: Vec<(usize, usize)>,
}

impl Updates {
    /// Whether anything was added after the file was first written.
    #[must_use]
    pub fn is_updated(&self) -> bool {
        let once = if self.linearized { 2 } else { 1 };
        self.sections > once || self.starts > once || self.hybrid
    }

    /// Looks between the objects. The spans are sorted and do not overlap.
    pub(super) fn find(
        bytes: &[u8],
        spans: &[Range<usize>],
        xref: &Xref,
        linearized: bool,
        comment: Option<usize>,
    ) -> Updates {
        let mut updates = Updates { sections: xref.sections(), hybrid: xref.hybrid, linearized, ..Updates::default() };
        let last = bytes.windows(9).rposition(|window| window == b"startxref").unwrap_or(0);
        let end = bytes[last..].windows(5).position(|window| window == END).map_or(bytes.len(), |at| last + at + 5);
        updates.trailing_bytes = bytes[end..].iter().filter(|byte| !is_space(**byte)).count();
        // Within an object, up to the end of the line.
        if let Some(at) = comment {
            updates.unaccounted.push((at, at + line_length(bytes.get(at..).unwrap_or_default())));
        }
        let mut from = head_length(bytes);
        for span in spans {
            updates.look_between(bytes, from, span.start);
            from = span.end;
        }
        updates.look_between(bytes, from, end);
        updates
    }

    /// Takes white space, `startxref` with its number, and `%%EOF`; the rest is unaccounted for.
    fn look_between(&mut self, bytes: &[u8], from: usize, to: usize) {
        if from >= to {
            return;
        }
        // The numbers here are few; no value is built.
        let budget = Budget::new(&PdfLimits::default());
        let mut lexer = Lexer::new(&bytes[..to], from, &budget, 1);
        loop {
            while lexer.peek().is_some_and(is_space) {
                lexer.at += 1;
            }
            if lexer.at >= to {
                return;
            }
            let line = &bytes[lexer.at..lexer.at + line_length(&bytes[lexer.at..to])];
            if line.trim_ascii_end() == END {
                lexer.at += line.len();
                continue;
            }
            if line.starts_with(b"%") {
                if self.unaccounted.len() < LISTED {
                    self.unaccounted.push((lexer.at, lexer.at + line.len()));
                }
                lexer.at += line.len();
                continue;
            }
            if !(lexer.keyword("startxref") && lexer.unsigned().is_some()) {
                let rest = &bytes[lexer.at..to];
                self.starts += rest.windows(9).filter(|window| window == b"startxref").count();
                self.unaccounted.push((lexer.at, to));
                return;
            }
            self.starts += 1;
        }
    }
}

/// Stretches that are listed, about.
const LISTED: usize = 1_000;
/// What ends a file.
const END: &[u8] = b"%%EOF";
/// Bytes of the second line, which shows that a file is binary.
const BINARY: usize = 80;

/// The length of the header: the version, and a comment of bytes beyond ASCII (ISO 32000-1, 7.5.2).
fn head_length(bytes: &[u8]) -> usize {
    let mut length = b"%PDF-1.7".len().min(bytes.len());
    while bytes.get(length).copied().is_some_and(is_space) {
        length += 1;
    }
    let second = &bytes[length..][..line_length(&bytes[length..])];
    if second.len() <= BINARY && second.first() == Some(&b'%') && second.iter().any(|byte| *byte >= 0x80) {
        length += second.len();
    }
    length
}

fn line_length(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(bytes.len())
}
