//! Whether the pages of two files are drawn alike: the same content, resources, fonts and images, wherever these stand
//! and however they are compressed.

use std::collections::BTreeSet;

use czei_codes::Code as _;

use super::file::PdfFile;
use super::object::{Dictionary, Object, Stream};
use super::page_tree::PageNode;
use crate::{Code, Error};

/// Keys of a page that lead out of it, or that are compared as what the page inherits.
const APART: [&str; 7] = ["Parent", "Contents", "Resources", "MediaBox", "CropBox", "Rotate", "StructParents"];
/// Keys that say how a stream is written, not what it is.
const WRITING: [&str; 3] = ["Length", "Filter", "DecodeParms"];

impl<'a> PdfFile<'a> {
    /// The pages, counted from 0, that are not drawn as those of the other file, as far as both have them. What several
    /// pages share and is not alike is told of the first one.
    ///
    /// # Errors
    /// What is needed cannot be read, or the limits.
    pub(crate) fn pages_unlike(&self, other: &PdfFile<'_>) -> Result<Vec<usize>, Error> {
        self.unlike(other, |pair, one, other| Ok(pair.papers(one, other)? && pair.contents(one, other)?))
    }

    /// As [`pages_unlike`](Self::pages_unlike), but for what is drawn on them and with what.
    ///
    /// # Errors
    /// The same.
    pub(crate) fn papers_unlike(&self, other: &PdfFile<'_>) -> Result<Vec<usize>, Error> {
        self.unlike(other, Pair::papers)
    }

    fn unlike<'o, 'b>(
        &'o self,
        other: &'o PdfFile<'b>,
        is_alike: impl Fn(&mut Pair<'o, 'a, 'b>, &PageNode<'o>, &PageNode<'o>) -> Result<bool, Error>,
    ) -> Result<Vec<usize>, Error> {
        let (pages, others) = (self.page_nodes()?, other.page_nodes()?);
        let mut pair = Pair { one: self, other, seen: BTreeSet::new() };
        let mut unlike = Vec::new();
        for (index, (page, other)) in pages.iter().zip(&others).enumerate() {
            if !is_alike(&mut pair, page, other)? {
                unlike.push(index);
            }
        }
        Ok(unlike)
    }

    /// The streams of a page as one content, and words end where a stream ends (ISO 32000-1, 7.8.2).
    pub(super) fn page_content(&self, page: &Dictionary) -> Result<Vec<u8>, Error> {
        let mut content = Vec::new();
        for part in self.elements(page, "Contents")? {
            if let Some(stream) = self.resolve(part)?.stream() {
                content.extend(self.decoded(stream)?);
                content.push(b'\n');
            }
        }
        Ok(content)
    }
}

/// Two files, and the values that were compared: each pair once, so that a circle ends.
struct Pair<'o, 'a, 'b> {
    one: &'o PdfFile<'a>,
    other: &'o PdfFile<'b>,
    seen: BTreeSet<(*const Object, *const Object)>,
}

impl<'o> Pair<'o, '_, '_> {
    fn papers(&mut self, one: &PageNode<'o>, other: &PageNode<'o>) -> Result<bool, Error> {
        let depth = self.one.limits.depth;
        for (one, other) in
            [(one.media_box, other.media_box), (one.crop_box, other.crop_box), (one.rotate, other.rotate)]
        {
            let is_alike = match (one, other) {
                (Some(one), Some(other)) => self.values(one, other, depth)?,
                (one, other) => one.is_none() && other.is_none(),
            };
            if !is_alike {
                return Ok(false);
            }
        }
        self.dictionaries(one.dictionary, other.dictionary, &APART, depth)
    }

    fn contents(&mut self, one: &PageNode<'o>, other: &PageNode<'o>) -> Result<bool, Error> {
        let none = Dictionary::default();
        let depth = self.one.limits.depth;
        Ok(self.one.page_content(one.dictionary)?.trim_ascii_end()
            == self.other.page_content(other.dictionary)?.trim_ascii_end()
            && self.dictionaries(one.resources.unwrap_or(&none), other.resources.unwrap_or(&none), &[], depth)?)
    }

    fn values(&mut self, one: &Object, other: &Object, depth: usize) -> Result<bool, Error> {
        let depth = depth.checked_sub(1).ok_or_else(|| Code::PdfTooDeep.fault().at_path("Page"))?;
        let files = (self.one, self.other);
        let (one, other) = (files.0.resolve(one)?, files.1.resolve(other)?);
        let is_inner = matches!(one, Object::Array(_) | Object::Dictionary(_) | Object::Stream(_));
        if is_inner && !self.seen.insert((std::ptr::from_ref(one), std::ptr::from_ref(other))) {
            return Ok(true);
        }
        let is_alike = match (one, other) {
            (Object::Array(one), Object::Array(other)) => {
                let mut is_alike = one.len() == other.len();
                for (one, other) in one.iter().zip(other) {
                    is_alike = is_alike && self.values(one, other, depth)?;
                }
                is_alike
            }
            (Object::Dictionary(one), Object::Dictionary(other)) => self.dictionaries(one, other, &[], depth)?,
            (Object::Stream(one), Object::Stream(other)) => self.streams(one, other, depth)?,
            (Object::Integer(_) | Object::Real(_), Object::Integer(_) | Object::Real(_)) => {
                one.number() == other.number()
            }
            (one, other) => one == other,
        };
        Ok(is_alike)
    }

    /// Whether all keys but those left out have the same values; one that is null is none (7.3.7).
    fn dictionaries(
        &mut self,
        one: &Dictionary,
        other: &Dictionary,
        left_out: &[&str],
        depth: usize,
    ) -> Result<bool, Error> {
        let entries = |dictionary: &'_ Dictionary| {
            let counts = |(key, value): &&(Vec<u8>, Object)| {
                *value != Object::Null && !left_out.iter().any(|name| name.as_bytes() == key.as_slice())
            };
            dictionary.0.iter().filter(counts).count()
        };
        if entries(one) != entries(other) {
            return Ok(false);
        }
        // That of the file printed here is short; the other one is no longer.
        self.one.budget.comparisons(one.0.len().saturating_mul(other.0.len()))?;
        for (key, value) in &one.0 {
            if *value == Object::Null || left_out.iter().any(|name| name.as_bytes() == key.as_slice()) {
                continue;
            }
            let there = other.0.iter().find(|(name, _)| name == key).map(|(_, value)| value);
            match there {
                Some(there) if self.values(value, there, depth)? => {}
                _ => return Ok(false),
            }
        }
        Ok(true)
    }

    fn streams(&mut self, one: &Stream, other: &Stream, depth: usize) -> Result<bool, Error> {
        if !self.dictionaries(&one.dictionary, &other.dictionary, &WRITING, depth)? {
            return Ok(false);
        }
        // What is compressed as a photograph is compared as it stands.
        let filters = |file: &PdfFile<'_>, stream: &Stream| file.decoded_until(stream, &super::qr_codes::PHOTOGRAPHS);
        Ok(filters(self.one, one)? == filters(self.other, other)?)
    }
}
