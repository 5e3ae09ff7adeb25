//! Files inside the file (ISO 32000-1, 7.11.4; ISO 19005-3, 6.8), and the receipt among them.

use std::collections::{BTreeMap, BTreeSet};

use czei_codes::Code as _;

use super::file::PdfFile;
use super::object::{Dictionary, Object, Stream, text_of};
use crate::shown::shown;
use crate::{Code, Error};

/// A file inside a PDF file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbeddedFile {
    /// The name as it stands there. It may be anything, `../../etc/passwd` too: never open it as a path; see
    /// [`has_plain_name`](Self::has_plain_name).
    pub name: String,
    /// The media type that it claims, `text/xml`.
    pub subtype: Option<String>,
    /// What it is to the document (`AFRelationship`): `Data`, `Source`, `Alternative`, ….
    pub relationship: Option<String>,
    /// How the document leads to it.
    pub reached: Reached,
    /// The number of the object that holds the bytes.
    pub object: u32,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// How the document leads to an embedded file. Several ways are possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reached {
    /// By the name tree `EmbeddedFiles`, which readers show as the list of attachments.
    pub by_name: bool,
    /// By an array `AF`, which says that a part of the document rests on it.
    pub by_association: bool,
    /// By an annotation on a page.
    pub by_annotation: bool,
}

impl EmbeddedFile {
    /// Whether the name is one file name and no path: neither empty nor `.` or `..`, without `/`, `\`, `:` and control
    /// characters.
    ///
    /// ```
    /// # use czei_render::read::EmbeddedFile;
    /// # let file = |name: &str| EmbeddedFile { name: name.to_owned(), subtype: None, relationship: None,
    /// #     reached: Default::default(), object: 1, bytes: Vec::new() };
    /// assert!(file("einvoice.xml").has_plain_name());
    /// assert!(!file("../einvoice.xml").has_plain_name());
    /// ```
    #[must_use]
    pub fn has_plain_name(&self) -> bool {
        let unsafe_character = |character: char| matches!(character, '/' | '\\' | ':') || character.is_control();
        !matches!(self.name.as_str(), "" | "." | "..") && !self.name.contains(unsafe_character)
    }

    /// Whether it is XML whose root element is that of a receipt of either edition. Only the beginning is looked at.
    #[must_use]
    pub fn is_receipt(&self) -> bool {
        matches!(root_element(&self.bytes), Some(b"EInvoice" | b"EINVOICE"))
    }

    /// Whether a reader may take it for XML: by its media type, its name, or because it begins with `<` in any
    /// encoding of Unicode.
    #[must_use]
    pub fn may_be_xml(&self) -> bool {
        let ends = |text: &str| text.to_ascii_lowercase().trim_end().ends_with("xml");
        ends(&self.name) || self.subtype.as_deref().is_some_and(ends) || plain(&self.bytes).starts_with(b"<")
    }

    /// Whether a reader may open it as a PDF file: by its media type, its name, or its first bytes.
    #[must_use]
    pub fn may_be_pdf(&self) -> bool {
        let ends = |text: &str| text.to_ascii_lowercase().trim_end().ends_with("pdf");
        let mark = b"%PDF-";
        let beginning = self.bytes.get(..BEGINNING).unwrap_or(&self.bytes);
        ends(&self.name)
            || self.subtype.as_deref().is_some_and(ends)
            || beginning.windows(mark.len()).any(|window| window == mark)
    }

    /// Whether it is XML that somebody may take for a receipt: in UTF-16, behind a document type, with a prefix at its
    /// root, or not to be told because it says `EInvoice` anywhere.
    #[must_use]
    pub fn may_be_receipt(&self) -> bool {
        let word = b"einvoice";
        self.is_receipt()
            || (self.may_be_xml()
                && plain(&self.bytes).windows(word.len()).any(|window| window.eq_ignore_ascii_case(word)))
    }
}

impl Reached {
    fn also(&mut self, other: Reached) {
        self.by_name |= other.by_name;
        self.by_association |= other.by_association;
        self.by_annotation |= other.by_annotation;
    }
}

/// How far from the beginning readers look for the header of a PDF file.
const BEGINNING: usize = 1024;

/// The keys of `EF` (ISO 32000-1, table 44). What stands under others no reader shows.
const FILES: [&str; 5] = ["F", "UF", "DOS", "Mac", "Unix"];

/// The file specifications that were found, each once, however many names lead to it.
#[derive(Default)]
struct Found<'f> {
    specifications: Vec<(&'f Dictionary, Reached)>,
    /// Where each is in the list, by where it stands in memory.
    known: BTreeMap<*const Dictionary, usize>,
}

impl<'f> Found<'f> {
    fn add(&mut self, specification: &'f Dictionary, reached: Reached) {
        let next = self.specifications.len();
        let at = *self.known.entry(std::ptr::from_ref(specification)).or_insert(next);
        match self.specifications.get_mut(at) {
            Some((_, before)) => before.also(reached),
            None => self.specifications.push((specification, reached)),
        }
    }
}

impl PdfFile<'_> {
    /// All embedded files: those of the name tree, of `AF` arrays and of annotations, and whatever else a file
    /// specification holds. Each once, in the order of their object numbers.
    ///
    /// # Errors
    /// [`Code::PdfTooManyFiles`], [`Code::PdfNameTooLong`], [`Code::PdfInflatesTooFar`], and those of damaged streams.
    pub fn embedded(&self) -> Result<Vec<EmbeddedFile>, Error> {
        let mut files: Vec<EmbeddedFile> = Vec::new();
        let mut known: BTreeMap<(u32, String), usize> = BTreeMap::new();
        for (specification, reached) in self.specifications()?.specifications {
            let name = self.file_name(specification)?;
            let Some(holder) = self.dictionary(specification, "EF")? else { continue };
            // `F` and `UF` may lead to two streams: then these are two files under one name.
            for value in FILES.iter().filter_map(|key| holder.get(key)) {
                let Some(id) = value.reference() else { continue };
                let Some(stream) = self.resolve(value)?.stream() else { continue };
                let next = files.len();
                let at = *known.entry((id.number, name.clone())).or_insert(next);
                if let Some(file) = files.get_mut(at) {
                    file.reached.also(reached);
                    continue;
                }
                if files.len() >= self.limits.files {
                    return Err(Code::PdfTooManyFiles.fault().expected(format!("<= {}", self.limits.files)));
                }
                files.push(self.embedded_file(name.clone(), specification, reached, id.number, stream)?);
            }
        }
        files.sort_by_key(|file| file.object);
        Ok(files)
    }

    /// The embedded XML that is a receipt, of which there is exactly one in the file of one receipt. Ours is called
    /// `einvoice.xml`; others may call it as they like.
    ///
    /// # Errors
    /// [`Code::PdfNoReceipt`], [`Code::PdfSeveralReceipts`], and those of [`embedded`](Self::embedded).
    pub fn receipt_xml(&self) -> Result<EmbeddedFile, Error> {
        let mut receipts = self.receipts()?;
        match receipts.len() {
            0 => Err(Code::PdfNoReceipt.fault()),
            1 => Ok(receipts.swap_remove(0)),
            count => {
                let names: Vec<String> = receipts.iter().take(4).map(|file| shown(&file.name)).collect();
                Err(Code::PdfSeveralReceipts.fault().expected("1").found(format!("{count}: {}", names.join(", "))))
            }
        }
    }

    /// All embedded files that are receipts: a file printed from many receipts holds each one's XML.
    ///
    /// # Errors
    /// Those of [`embedded`](Self::embedded).
    pub fn receipts(&self) -> Result<Vec<EmbeddedFile>, Error> {
        let mut files = self.embedded()?;
        files.retain(EmbeddedFile::is_receipt);
        Ok(files)
    }

    fn specifications(&self) -> Result<Found<'_>, Error> {
        let mut found = Found::default();
        let catalog = self.catalog()?;
        if let Some(names) = self.dictionary(catalog, "Names")?
            && let Some(tree) = self.dictionary(names, "EmbeddedFiles")?
        {
            self.name_tree(tree, self.limits.depth, &mut BTreeSet::new(), &mut found)?;
        }
        // Whatever is a file specification, wherever it stands: a reader may list it by a way not known here.
        for number in self.reached() {
            let Some(Ok(object)) = self.objects.get(&number).map(|slot| &slot.value) else { continue };
            let mut inner = Vec::new();
            object.walk(&mut |value| {
                if let Some(dictionary) = value.dictionary() {
                    inner.push(dictionary);
                }
            });
            for dictionary in inner {
                if dictionary.get("EF").is_some() {
                    found.add(dictionary, Reached::default());
                }
                if dictionary.get("AF").is_some() {
                    for file in self.elements(dictionary, "AF")? {
                        self.note(file, Reached { by_association: true, ..Reached::default() }, &mut found)?;
                    }
                }
                if self.is(dictionary, "Subtype", "FileAttachment")?
                    && let Some(file) = dictionary.get("FS")
                {
                    self.note(file, Reached { by_annotation: true, ..Reached::default() }, &mut found)?;
                }
            }
        }
        Ok(found)
    }

    fn name_tree<'f>(
        &'f self,
        node: &'f Dictionary,
        depth: usize,
        seen: &mut BTreeSet<u32>,
        found: &mut Found<'f>,
    ) -> Result<(), Error> {
        let error = || Code::PdfTooDeep.fault().at_path("Root/Names/EmbeddedFiles");
        let depth = depth.checked_sub(1).ok_or_else(error)?;
        for pair in self.elements(node, "Names")?.chunks_exact(2) {
            self.note(&pair[1], Reached { by_name: true, ..Reached::default() }, found)?;
        }
        for kid in self.elements(node, "Kids")? {
            if kid.reference().is_some_and(|id| !seen.insert(id.number)) {
                return Err(error());
            }
            if let Some(kid) = self.resolve(kid)?.dictionary() {
                self.name_tree(kid, depth, seen, found)?;
            }
        }
        Ok(())
    }

    fn note<'f>(&'f self, file: &'f Object, reached: Reached, found: &mut Found<'f>) -> Result<(), Error> {
        if let Some(specification) = self.resolve(file)?.dictionary() {
            found.add(specification, reached);
        }
        Ok(())
    }

    fn file_name(&self, specification: &Dictionary) -> Result<String, Error> {
        for key in ["UF", "F", "Unix", "DOS", "Mac"] {
            if let Some(name) = self.value(specification, key)?.and_then(Object::string) {
                if name.len() > self.limits.name_bytes {
                    let error = Code::PdfNameTooLong.fault().expected(format!("<= {}", self.limits.name_bytes));
                    return Err(error.found(name.len().to_string()));
                }
                return Ok(text_of(name));
            }
        }
        Ok(String::new())
    }

    fn embedded_file(
        &self,
        name: String,
        specification: &Dictionary,
        reached: Reached,
        object: u32,
        stream: &Stream,
    ) -> Result<EmbeddedFile, Error> {
        let of_name = |value: Option<&Object>| {
            value.and_then(Object::name).map(|name| name.iter().take(100).map(|byte| char::from(*byte)).collect())
        };
        Ok(EmbeddedFile {
            name,
            subtype: of_name(self.value(&stream.dictionary, "Subtype")?),
            relationship: of_name(self.value(specification, "AFRelationship")?),
            reached,
            object,
            bytes: self.decoded(stream)?,
        })
    }
}

/// The ASCII of a text in any encoding of Unicode: without its mark, white space before it, and zeros.
fn plain(bytes: &[u8]) -> Vec<u8> {
    let marks: [&[u8]; 3] = [b"\xEF\xBB\xBF", b"\xFF\xFE", b"\xFE\xFF"];
    // The mark of UTF-32 has zeros before or behind that of UTF-16.
    let plain: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
    let text = marks.iter().find_map(|mark| plain.strip_prefix(*mark)).unwrap_or(&plain);
    text.trim_ascii_start().to_vec()
}

/// The name of the root element, behind the mark, declaration, instructions and comments that may stand before it.
fn root_element(bytes: &[u8]) -> Option<&[u8]> {
    let mut rest = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    loop {
        rest = rest.trim_ascii_start();
        let end: &[u8] = if rest.starts_with(b"<?") {
            b"?>"
        } else if rest.starts_with(b"<!--") {
            b"-->"
        } else {
            break;
        };
        let at = rest.windows(end.len()).position(|window| window == end)?;
        rest = &rest[at + end.len()..];
    }
    let name = rest.strip_prefix(b"<")?;
    let end = name.iter().position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/'))?;
    Some(&name[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_element_is_found_behind_the_prolog() {
        for (xml, root) in [
            ("<EInvoice/>", Some("EInvoice")),
            ("\u{FEFF}<?xml version=\"1.0\"?>\n<!-- <a> --><EINVOICE a='1'>", Some("EINVOICE")),
            ("<EInvoiceData>", Some("EInvoiceData")),
            ("<!DOCTYPE EInvoice><EInvoice>", Some("!DOCTYPE")),
            ("<!-- endless", None),
            ("EInvoice", None),
            ("<EInvoice", None),
            ("", None),
        ] {
            assert_eq!(root_element(xml.as_bytes()), root.map(str::as_bytes), "{xml}");
        }
    }

    #[test]
    fn what_may_be_a_receipt_is_told() {
        let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let file = |name: &str, bytes: Vec<u8>| EmbeddedFile {
            name: name.into(),
            subtype: None,
            relationship: None,
            reached: Reached::default(),
            object: 1,
            bytes,
        };
        for (name, bytes, xml, receipt) in [
            ("a", b"<EInvoice/>".to_vec(), true, true),
            ("a", b"\xEF\xBB\xBF <!DOCTYPE x><EInvoice>".to_vec(), true, true),
            ("a", b"<p:EInvoice xmlns:p='x'>".to_vec(), true, true),
            ("a", utf16("\u{FEFF}<EInvoice/>"), true, true),
            ("a", utf16("<EINVOICE/>"), true, true),
            ("a.XML", b"\x01".to_vec(), true, false),
            ("a", b"<svg/>".to_vec(), true, false),
            ("a", b"EInvoice".to_vec(), false, false),
        ] {
            let file = file(name, bytes);
            assert_eq!((file.may_be_xml(), file.may_be_receipt()), (xml, receipt), "{:?}", file.bytes);
        }
    }
}
