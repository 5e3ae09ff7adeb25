//! Where the objects stand: cross-reference tables and streams, the newest first (ISO 32000-1, 7.5.4 to 7.5.8).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use czei_codes::Code as _;

use super::filter;
use super::lexer::Lexer;
use super::limits::{Budget, PdfLimits};
use super::object::{Dictionary, Id, Object};
use crate::{Code, Error};

/// Where one object stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    Free,
    /// At this byte of the file, with this generation.
    At(usize, u16),
    /// In this object stream, at this index.
    In(u32, usize),
}

/// All sections of a file together.
#[derive(Debug, Default)]
pub(super) struct Xref {
    pub(super) entries: BTreeMap<u32, Entry>,
    /// The newest trailer; that of a stream is its dictionary.
    pub(super) trailer: Dictionary,
    /// The bytes of each section, tables with their trailers.
    pub(super) spans: Vec<Range<usize>>,
    /// Whether a section has `XRefStm`: a second opinion on which objects there are.
    pub(super) hybrid: bool,
    /// Objects that are cross-reference streams.
    pub(super) streams: BTreeSet<u32>,
    /// Whether any trailer names an encryption.
    pub(super) encrypted: bool,
}

impl Xref {
    /// Follows the sections from the byte that `startxref` names.
    pub(super) fn read(bytes: &[u8], start: usize, limits: &PdfLimits, budget: &Budget) -> Result<Xref, Error> {
        let mut xref = Xref::default();
        let mut next = Some(start);
        let mut seen = BTreeSet::new();
        while let Some(at) = next {
            if !seen.insert(at) {
                return Err(malformed(at).found("a loop"));
            }
            if xref.spans.len() >= limits.sections {
                return Err(Code::PdfTooManyObjects.fault().expected(format!("<= {}", limits.sections)));
            }
            let section = Section::read(bytes, at, limits, budget)?;
            budget.bytes(section.span.len())?;
            // Of a hybrid section: what is in use, then what its stream adds, then what is free (7.5.8.4).
            let (free, used): (Vec<_>, Vec<_>) =
                section.entries.into_iter().partition(|(_, entry)| *entry == Entry::Free);
            xref.add(used, limits)?;
            if let Some(stream) = section.trailer.get("XRefStm") {
                xref.hybrid = true;
                let at = stream.length().ok_or_else(|| malformed(at))?;
                let hidden = Section::read(bytes, at, limits, budget)?;
                xref.streams.extend(hidden.stream);
                xref.spans.extend(hidden.stream.is_none().then_some(hidden.span));
                xref.add(hidden.entries, limits)?;
            }
            xref.add(free, limits)?;
            next = match section.trailer.get("Prev") {
                None => None,
                Some(previous) => Some(previous.length().ok_or_else(|| malformed(at))?),
            };
            xref.encrypted |= section.trailer.get("Encrypt").is_some();
            if xref.spans.is_empty() {
                xref.trailer = section.trailer;
            }
            xref.streams.extend(section.stream);
            xref.spans.push(section.span);
        }
        Ok(xref)
    }

    /// How many sections there are.
    pub(super) fn sections(&self) -> usize {
        self.spans.len()
    }

    fn add(&mut self, entries: Vec<(u32, Entry)>, limits: &PdfLimits) -> Result<(), Error> {
        for (number, entry) in entries {
            self.entries.entry(number).or_insert(entry);
            if self.entries.len() > limits.objects {
                return Err(Code::PdfTooManyObjects.fault().expected(format!("<= {}", limits.objects)));
            }
        }
        Ok(())
    }
}

struct Section {
    entries: Vec<(u32, Entry)>,
    trailer: Dictionary,
    span: Range<usize>,
    /// The object that it is, if it is a stream.
    stream: Option<u32>,
}

impl Section {
    fn read(bytes: &[u8], at: usize, limits: &PdfLimits, budget: &Budget) -> Result<Section, Error> {
        if at >= bytes.len() {
            return Err(malformed(at));
        }
        let mut lexer = Lexer::new(bytes, at, budget, limits.depth);
        if lexer.keyword("xref") { table(lexer, at, limits) } else { stream(bytes, lexer, at, limits, budget) }
    }
}

fn table(mut lexer: Lexer<'_>, at: usize, limits: &PdfLimits) -> Result<Section, Error> {
    let mut entries = Vec::new();
    while !lexer.keyword("trailer") {
        let (Some(first), Some(count)) = (lexer.unsigned(), lexer.unsigned()) else { return Err(malformed(lexer.at)) };
        if count > limits.objects as u64 || entries.len() as u64 + count > limits.objects as u64 {
            return Err(Code::PdfTooManyObjects.fault().expected(format!("<= {}", limits.objects)));
        }
        for index in 0..count {
            let error = || malformed(at);
            let offset = lexer.unsigned().and_then(|offset| usize::try_from(offset).ok()).ok_or_else(error)?;
            let generation = lexer.unsigned().ok_or_else(error)?;
            let number = first.checked_add(index).and_then(|number| u32::try_from(number).ok()).ok_or_else(error)?;
            let entry = if lexer.keyword("n") {
                Entry::At(offset, u16::try_from(generation).map_err(|_| error())?)
            } else if lexer.keyword("f") {
                // Whatever its generation: MuPDF writes 65,536 there.
                Entry::Free
            } else {
                return Err(error());
            };
            entries.push((number, entry));
        }
    }
    match lexer.object()? {
        Object::Dictionary(trailer) => Ok(Section { entries, trailer, span: at..lexer.at, stream: None }),
        _ => Err(malformed(lexer.at)),
    }
}

fn stream(
    bytes: &[u8],
    mut lexer: Lexer<'_>,
    at: usize,
    limits: &PdfLimits,
    budget: &Budget,
) -> Result<Section, Error> {
    let error = || malformed(at);
    let id = header(&mut lexer).ok_or_else(error)?;
    let Object::Dictionary(dictionary) = lexer.object()? else { return Err(error()) };
    if dictionary.get("Type").and_then(Object::name) != Some(b"XRef") {
        return Err(error());
    }
    let length = dictionary.get("Length").and_then(Object::length).ok_or_else(error)?;
    let (start, end) = extent(&mut lexer, bytes, length).ok_or_else(error)?;
    let mut data = bytes[start..end].to_vec();
    for (name, parameters) in filter::filters(&dictionary, |value| value)? {
        let limit = limits.stream_bytes.min(budget.bytes_left());
        data = filter::undo(name, parameters, &data, limit)?;
        budget.bytes(data.len())?;
    }

    let widths: Vec<usize> = array(&dictionary, "W");
    let &[kind_width, second_width, third_width] = &widths[..] else { return Err(error()) };
    if kind_width > 8 || second_width > 8 || third_width > 8 {
        return Err(error());
    }
    let size = dictionary.get("Size").and_then(Object::length).ok_or_else(error)?;
    let index = if dictionary.get("Index").is_some() { array(&dictionary, "Index") } else { vec![0, size] };
    let numbers = index.chunks_exact(2).flat_map(|pair| (0..pair[1]).map(move |at| pair[0].checked_add(at)));
    let row = kind_width + second_width + third_width;
    if row == 0 || data.len() / row > limits.objects {
        return Err(error());
    }
    let mut entries = Vec::new();
    for (row, number) in data.chunks_exact(row).zip(numbers) {
        let number = number.and_then(|number| u32::try_from(number).ok()).ok_or_else(error)?;
        let (kind, rest) = row.split_at(kind_width);
        let (second, third) = rest.split_at(second_width);
        let entry = match if kind_width == 0 { 1 } else { big_endian(kind) } {
            0 => Entry::Free,
            1 => {
                let offset = usize::try_from(big_endian(second)).map_err(|_| error())?;
                Entry::At(offset, u16::try_from(big_endian(third)).map_err(|_| error())?)
            }
            2 => {
                let stream = u32::try_from(big_endian(second)).map_err(|_| error())?;
                Entry::In(stream, usize::try_from(big_endian(third)).map_err(|_| error())?)
            }
            // Types to come are read as null (7.5.8.3).
            _ => Entry::Free,
        };
        entries.push((number, entry));
    }
    Ok(Section { entries, trailer: dictionary, span: at..lexer.at, stream: Some(id.number) })
}

fn array(dictionary: &Dictionary, key: &str) -> Vec<usize> {
    let elements = dictionary.get(key).and_then(Object::array).unwrap_or_default();
    elements.iter().filter_map(Object::length).collect()
}

fn big_endian(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte))
}

/// The number and generation before `obj`, which stand at the very place.
pub(super) fn header(lexer: &mut Lexer<'_>) -> Option<Id> {
    if !lexer.peek()?.is_ascii_digit() {
        return None;
    }
    let number = u32::try_from(lexer.unsigned()?).ok()?;
    let generation = u16::try_from(lexer.unsigned()?).ok()?;
    lexer.keyword("obj").then_some(Id { number, generation })
}

/// Passes over `stream`, this many bytes, `endstream` and `endobj`; where the bytes stand. None when they do not end
/// there: readers that believe the length and readers that look for `endstream` would see two different streams.
pub(super) fn extent(lexer: &mut Lexer<'_>, bytes: &[u8], length: usize) -> Option<(usize, usize)> {
    if !lexer.keyword("stream") {
        return None;
    }
    let start = lexer.at
        + match bytes.get(lexer.at..)? {
            [b'\r', b'\n', ..] => 2,
            [b'\n', ..] => 1,
            _ => return None,
        };
    let end = start.checked_add(length).filter(|end| *end <= bytes.len())?;
    let line = match bytes.get(end..)? {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    };
    lexer.at = end + line;
    if !bytes[lexer.at..].starts_with(b"endstream") {
        return None;
    }
    (lexer.keyword("endstream") && lexer.keyword("endobj")).then_some((start, end))
}

fn malformed(at: usize) -> Error {
    Code::PdfXref.fault().at_path(format!("byte {at}"))
}
