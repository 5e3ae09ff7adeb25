//! A PDF file: its objects, all read when it is opened, and what lies between them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use czei_codes::Code as _;

use super::filter;
use super::lexer::{Lexer, is_space};
use super::limits::{Budget, PdfLimits};
use super::object::{Dictionary, Id, Object, Stream};
use super::updates::Updates;
use super::xref::{Entry, Xref, extent, header};
use crate::{Code, Error};

/// A PDF file that somebody else may have made: nothing in it is believed, run or followed.
///
/// The reader is strict where readers differ: the cross-reference data is never repaired, a stream ends where its
/// length says, a key stands once in a dictionary, objects do not overlap. An object that breaks this is an error
/// when it is needed, and is counted among [`extras`](PdfFile::extras) when not.
///
/// ```
/// use czei_render::{Code, read::{PdfFile, PdfLimits}};
/// let error = PdfFile::open(b"<EInvoice/>", &PdfLimits::default()).unwrap_err();
/// assert_eq!(error.code(), Code::PdfNotPdf);
/// ```
#[derive(Debug)]
pub struct PdfFile<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) limits: PdfLimits,
    pub(super) budget: Budget,
    pub(super) objects: BTreeMap<u32, Slot>,
    pub(super) trailer: Dictionary,
    pub(super) updates: Updates,
    /// Objects that hold other objects or say where they stand.
    pub(super) containers: BTreeSet<u32>,
}

/// An object as it was read.
#[derive(Debug)]
pub(super) struct Slot {
    generation: u16,
    pub(super) value: Result<Object, Error>,
}

/// A stream whose length stands in another object.
struct Pending {
    number: u32,
    generation: u16,
    at: usize,
    dictionary: Dictionary,
    /// Behind the dictionary.
    behind: usize,
}

impl<'a> PdfFile<'a> {
    /// Opens a file and reads its objects. Streams are decompressed when they are needed.
    ///
    /// # Errors
    /// [`Code::PdfNotPdf`], [`Code::PdfXref`], [`Code::PdfMalformed`], [`Code::PdfEncrypted`], and the limits:
    /// [`Code::PdfFileTooLarge`], [`Code::PdfTooManyObjects`], [`Code::PdfTooDeep`], [`Code::PdfInflatesTooFar`].
    pub fn open(bytes: &'a [u8], limits: &PdfLimits) -> Result<Self, Error> {
        if bytes.len() > limits.file_bytes {
            let error = Code::PdfFileTooLarge.fault();
            return Err(error.expected(format!("<= {}", limits.file_bytes)).found(bytes.len().to_string()));
        }
        if !(bytes.starts_with(b"%PDF-1.") || bytes.starts_with(b"%PDF-2.")) {
            return Err(Code::PdfNotPdf.fault());
        }
        let budget = Budget::new(limits);
        let start = start_of_xref(bytes, &budget).ok_or_else(|| Code::PdfXref.fault().found("startxref"))?;
        let xref = Xref::read(bytes, start, limits, &budget)?;
        if xref.encrypted {
            return Err(Code::PdfEncrypted.fault());
        }
        let mut file = PdfFile {
            bytes,
            limits: *limits,
            budget,
            objects: BTreeMap::new(),
            trailer: Dictionary::default(),
            updates: Updates::default(),
            containers: xref.streams.clone(),
        };
        let mut spans = file.read_objects(&xref)?;
        // A cross-reference stream need not name itself; where it does, its span is there already.
        for span in &xref.spans {
            if !spans.iter().any(|known| known.start == span.start) {
                spans.push(span.clone());
            }
        }
        spans.sort_by_key(|span| (span.start, span.end));
        if let Some(pair) = spans.windows(2).find(|pair| pair[1].start < pair[0].end) {
            return Err(Code::PdfMalformed.fault().at_path(format!("byte {}", pair[1].start)).found("objects overlap"));
        }
        let linearized = file.is_linearized(&xref);
        file.updates = Updates::find(bytes, &spans, &xref, linearized, file.budget.first_comment());
        file.trailer = xref.trailer;
        Ok(file)
    }

    /// The bytes that were opened.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.bytes
    }

    /// The limits under which it was opened.
    #[must_use]
    pub fn limits(&self) -> &PdfLimits {
        &self.limits
    }

    /// The object, whatever references lead to it; `Null` where there is none, as the standard has it.
    ///
    /// # Errors
    /// The object cannot be read, or references lead in a circle.
    pub(crate) fn resolve<'o>(&'o self, object: &'o Object) -> Result<&'o Object, Error> {
        let mut object = object;
        for _ in 0..self.limits.depth {
            let Object::Reference(id) = object else { return Ok(object) };
            object = self.get(*id)?;
        }
        Err(Code::PdfTooDeep.fault())
    }

    /// The value of a key, references followed; `None` where it is missing or null.
    pub(crate) fn value<'o>(
        &'o self,
        dictionary: &'o Dictionary,
        key: impl AsRef<[u8]>,
    ) -> Result<Option<&'o Object>, Error> {
        match dictionary.get(key) {
            None => Ok(None),
            Some(object) => Ok(Some(self.resolve(object)?).filter(|value| **value != Object::Null)),
        }
    }

    /// Whether the value of a key is this name.
    pub(crate) fn is(&self, dictionary: &Dictionary, key: &str, name: &str) -> Result<bool, Error> {
        Ok(self.value(dictionary, key)?.and_then(Object::name) == Some(name.as_bytes()))
    }

    /// The numbers of an array of so many; `None` where it is another.
    pub(crate) fn numbers<const COUNT: usize>(
        &self,
        dictionary: &Dictionary,
        key: &str,
    ) -> Result<Option<[f64; COUNT]>, Error> {
        let mut numbers = Vec::new();
        for number in self.elements(dictionary, key)?.iter().take(COUNT) {
            numbers.extend(self.resolve(number)?.number());
        }
        Ok(numbers.try_into().ok())
    }

    /// The dictionary that is the value of a key.
    pub(crate) fn dictionary<'o>(
        &'o self,
        dictionary: &'o Dictionary,
        key: &str,
    ) -> Result<Option<&'o Dictionary>, Error> {
        Ok(self.value(dictionary, key)?.and_then(Object::dictionary))
    }

    /// The elements of the array that is the value of a key; one value alone counts as an array of one.
    pub(crate) fn elements<'o>(&'o self, dictionary: &'o Dictionary, key: &str) -> Result<&'o [Object], Error> {
        Ok(match self.value(dictionary, key)? {
            None => &[],
            Some(Object::Array(elements)) => elements,
            Some(one) => std::slice::from_ref(one),
        })
    }

    /// The bytes of a stream, decompressed within the limits.
    pub(crate) fn decoded(&self, stream: &Stream) -> Result<Vec<u8>, Error> {
        let (data, rest) = self.decoded_until(stream, &[])?;
        debug_assert!(rest.is_none());
        Ok(data)
    }

    /// The bytes of a stream, decompressed until one of these filters comes, which is handed back.
    pub(crate) fn decoded_until(&self, stream: &Stream, stop: &[&[u8]]) -> Result<(Vec<u8>, Option<Vec<u8>>), Error> {
        let raw = self.bytes.get(stream.start..stream.end).unwrap_or_default();
        self.undo_filters(&stream.dictionary, raw, stop)
    }

    /// The same for bytes that do not stand in the file, such as those of inline images.
    pub(crate) fn undo_filters(
        &self,
        dictionary: &Dictionary,
        raw: &[u8],
        stop: &[&[u8]],
    ) -> Result<(Vec<u8>, Option<Vec<u8>>), Error> {
        let filters = filter::filters(dictionary, |value| self.resolve(value).unwrap_or(&Object::Null))?;
        let mut data = None;
        for (name, parameters) in filters {
            if stop.contains(&name) {
                return Ok((data.unwrap_or_else(|| raw.to_vec()), Some(name.to_vec())));
            }
            let limit = self.limits.stream_bytes.min(self.budget.bytes_left());
            let output = filter::undo(name, parameters, data.as_deref().unwrap_or(raw), limit)?;
            self.budget.bytes(output.len())?;
            data = Some(output);
        }
        let data = match data {
            Some(data) => data,
            None => {
                self.budget.bytes(raw.len())?;
                raw.to_vec()
            }
        };
        Ok((data, None))
    }

    /// The document catalog.
    pub(crate) fn catalog(&self) -> Result<&Dictionary, Error> {
        self.dictionary(&self.trailer, "Root")?.ok_or_else(|| Code::PdfMalformed.fault().at_path("Root"))
    }

    fn get(&self, id: Id) -> Result<&Object, Error> {
        match self.objects.get(&id.number) {
            Some(slot) if slot.generation == id.generation => slot.value.as_ref().map_err(Clone::clone),
            _ => Ok(&Object::Null),
        }
    }

    /// Reads all objects; the bytes that each takes.
    fn read_objects(&mut self, xref: &Xref) -> Result<Vec<Range<usize>>, Error> {
        let mut spans = Vec::new();
        let mut pending = Vec::new();
        for (&number, entry) in &xref.entries {
            if let Entry::At(at, generation) = *entry {
                let value = match self.read_at(number, generation, at) {
                    Ok(Read::Whole(object, span)) => {
                        spans.push(span);
                        Ok(object)
                    }
                    Ok(Read::Pending(stream)) => {
                        pending.push(stream);
                        continue;
                    }
                    Err(error) if is_limit(&error) => return Err(error),
                    Err(error) => Err(error),
                };
                self.objects.insert(number, Slot { generation, value });
            }
        }
        // Lengths may stand in object streams, and object streams have lengths: those first that can be read.
        let pending = self.finish(pending, &mut spans, false);
        self.read_object_streams(xref)?;
        self.finish(pending, &mut spans, true);
        Ok(spans)
    }

    fn read_at(&self, number: u32, generation: u16, at: usize) -> Result<Read, Error> {
        let mut lexer = Lexer::new(self.bytes, at, &self.budget, self.limits.depth);
        let read = self.read_object(&mut lexer, number, generation);
        // Objects can be written one within the other, so that each is as long as the file.
        self.budget.bytes(lexer.at.saturating_sub(at))?;
        read
    }

    fn read_object(&self, lexer: &mut Lexer<'a>, number: u32, generation: u16) -> Result<Read, Error> {
        let error = || Code::PdfMalformed.fault().at_path(format!("object {number} {generation}"));
        let at = lexer.at;
        if header(lexer) != Some(Id { number, generation }) {
            return Err(error());
        }
        let object = lexer.object()?;
        if lexer.keyword("endobj") {
            return Ok(Read::Whole(object, at..lexer.at));
        }
        let Object::Dictionary(dictionary) = object else { return Err(error()) };
        match dictionary.get("Length") {
            Some(Object::Reference(_)) => {
                let behind = lexer.at;
                Ok(Read::Pending(Pending { number, generation, at, dictionary, behind }))
            }
            length => {
                let length = length.and_then(Object::length).ok_or_else(error)?;
                let (start, end) = extent(lexer, self.bytes, length).ok_or_else(error)?;
                Ok(Read::Whole(Object::Stream(Stream { dictionary, start, end }), at..lexer.at))
            }
        }
    }

    /// Finishes the streams whose length is known by now, or all; those that remain.
    fn finish(&mut self, pending: Vec<Pending>, spans: &mut Vec<Range<usize>>, all: bool) -> Vec<Pending> {
        let mut remain = Vec::new();
        for stream in pending {
            let length = self.value(&stream.dictionary, "Length").ok().flatten().and_then(Object::length);
            if length.is_none() && !all {
                remain.push(stream);
                continue;
            }
            let mut lexer = Lexer::new(self.bytes, stream.behind, &self.budget, self.limits.depth);
            let found = length.and_then(|length| extent(&mut lexer, self.bytes, length));
            let value = match found {
                Some((start, end)) => {
                    spans.push(stream.at..lexer.at);
                    Ok(Object::Stream(Stream { dictionary: stream.dictionary, start, end }))
                }
                None => {
                    let Pending { number, generation, .. } = stream;
                    Err(Code::PdfMalformed.fault().at_path(format!("object {number} {generation}")))
                }
            };
            self.objects.insert(stream.number, Slot { generation: stream.generation, value });
        }
        remain
    }

    fn read_object_streams(&mut self, xref: &Xref) -> Result<(), Error> {
        let mut members: BTreeMap<u32, BTreeMap<usize, u32>> = BTreeMap::new();
        for (&number, entry) in &xref.entries {
            if let Entry::In(stream, index) = *entry {
                members.entry(stream).or_default().insert(index, number);
            }
        }
        for (container, members) in members {
            self.containers.insert(container);
            let objects = self.read_object_stream(container, &members);
            match objects {
                Ok(objects) => self.objects.extend(
                    objects.into_iter().map(|(number, object)| (number, Slot { generation: 0, value: Ok(object) })),
                ),
                Err(error) if is_limit(&error) => return Err(error),
                Err(error) => self.objects.extend(
                    members.into_values().map(|number| (number, Slot { generation: 0, value: Err(error.clone()) })),
                ),
            }
        }
        Ok(())
    }

    fn read_object_stream(&self, container: u32, members: &BTreeMap<usize, u32>) -> Result<Vec<(u32, Object)>, Error> {
        let error = || Code::PdfMalformed.fault().at_path(format!("object stream {container}"));
        let stream = match self.objects.get(&container).map(|slot| &slot.value) {
            Some(Ok(Object::Stream(stream))) if self.is(&stream.dictionary, "Type", "ObjStm")? => stream,
            _ => return Err(error()),
        };
        let count = self.value(&stream.dictionary, "N")?.and_then(Object::length).ok_or_else(error)?;
        let first = self.value(&stream.dictionary, "First")?.and_then(Object::length).ok_or_else(error)?;
        if count > self.limits.objects {
            return Err(Code::PdfTooManyObjects.fault().expected(format!("<= {}", self.limits.objects)));
        }
        let data = self.decoded(stream)?;
        let mut places = Vec::new();
        let mut lexer = Lexer::new(&data, 0, &self.budget, self.limits.depth);
        for _ in 0..count {
            let (Some(number), Some(offset)) = (lexer.unsigned(), lexer.unsigned()) else { return Err(error()) };
            places.push((number, offset));
        }
        let mut objects = Vec::new();
        for (&index, &number) in members {
            let &(named, offset) = places.get(index).ok_or_else(error)?;
            let at = usize::try_from(offset).ok().and_then(|offset| first.checked_add(offset)).ok_or_else(error)?;
            if named != u64::from(number) || at >= data.len() {
                return Err(error());
            }
            let mut lexer = Lexer::new(&data, at, &self.budget, self.limits.depth);
            let object = lexer.object()?;
            // Many may begin at the same place.
            self.budget.bytes(lexer.at - at)?;
            objects.push((number, object));
        }
        Ok(objects)
    }

    /// Whether the file was written for reading from the front (ISO 32000-1, annex F) and not changed since: then it
    /// has two sections from the beginning.
    fn is_linearized(&self, xref: &Xref) -> bool {
        let offset = |entry: &Entry| if let Entry::At(at, _) = entry { Some(*at) } else { None };
        let first = xref.entries.iter().filter_map(|(number, entry)| Some((offset(entry)?, *number))).min();
        let slot = first.and_then(|(_, number)| self.objects.get(&number));
        let Some(Ok(Object::Dictionary(dictionary))) = slot.map(|slot| &slot.value) else { return false };
        dictionary.get("Linearized").is_some() && dictionary.get("L").and_then(Object::length) == Some(self.bytes.len())
    }
}

enum Read {
    Whole(Object, Range<usize>),
    Pending(Pending),
}

/// The number behind the last `startxref`.
fn start_of_xref(bytes: &[u8], budget: &Budget) -> Option<usize> {
    const WORD: &[u8] = b"startxref";
    let at = (0..bytes.len().saturating_sub(WORD.len())).rev().find(|at| bytes[*at..].starts_with(WORD))?;
    if at > 0 && !is_space(bytes[at - 1]) {
        return None;
    }
    let mut lexer = Lexer::new(bytes, at + WORD.len(), budget, 1);
    lexer.unsigned().and_then(|start| usize::try_from(start).ok())
}

/// Whether an error is that of a limit: then the whole file is refused, not one object.
pub(super) fn is_limit(error: &Error) -> bool {
    error.entry().kind == czei_codes::Kind::Limit
}
