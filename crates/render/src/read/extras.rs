//! What a receipt's file does not need: whatever acts, moves, hides, or lies in the file unused.

use std::collections::BTreeSet;

use super::file::PdfFile;
use super::lexer::printable;
use super::object::{Dictionary, Object};
use crate::Error;

/// How many are listed; a file with more is not better known by more of them.
const MOST: usize = 1_000;

/// Something beyond pages, fonts, images and files.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Extra {
    /// What it is.
    pub kind: ExtraKind,
    /// Which object, and the word that tells.
    pub place: String,
}

/// What an extra is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExtraKind {
    /// JavaScript, or a PostScript program.
    Script,
    /// Another action: opening an address or a file, sending a form, running a program.
    Action,
    /// A form or one of its fields; a signature field is one.
    Form,
    /// An annotation: a note, a link, a stamp put on the page.
    Annotation,
    /// Video, sound, three dimensions.
    Media,
    /// Optional content, which hides and shows parts of a page.
    Layer,
    /// A portfolio: readers show the files inside instead of the pages.
    Portfolio,
    /// A stream whose bytes stand in another file.
    External,
    /// An object that nothing refers to.
    Unreferenced,
    /// An object that the file lists but that cannot be read.
    Unreadable,
}

/// Action types (ISO 32000-1, table 198; ISO 32000-2) apart from going to a page of the same file.
const ACTIONS: [&[u8]; 17] = [
    b"GoToR",
    b"GoToE",
    b"GoToDp",
    b"Launch",
    b"Thread",
    b"URI",
    b"Sound",
    b"Movie",
    b"Hide",
    b"Named",
    b"SubmitForm",
    b"ResetForm",
    b"ImportData",
    b"SetOCGState",
    b"Rendition",
    b"Trans",
    b"RichMediaExecute",
];

impl PdfFile<'_> {
    /// Everything beyond what a page needs, in the order of its kind; at most 1,000 are listed.
    ///
    /// # Errors
    /// The catalog cannot be read.
    pub fn extras(&self) -> Result<Vec<Extra>, Error> {
        self.catalog()?;
        let mut extras = BTreeSet::new();
        for (number, slot) in &self.objects {
            if extras.len() >= MOST {
                break;
            }
            match &slot.value {
                Ok(object) => {
                    let mut list = |kind, word: &str| {
                        extras.insert(Extra { kind, place: format!("object {number}: {word}") });
                    };
                    object.walk(&mut |value| {
                        if let Some(dictionary) = value.dictionary() {
                            self.look_at(dictionary, matches!(value, Object::Stream(_)), &mut list);
                        }
                    });
                }
                Err(_) => {
                    extras.insert(Extra { kind: ExtraKind::Unreadable, place: format!("object {number}") });
                }
            }
        }
        for number in self.unreferenced().into_iter().take(MOST.saturating_sub(extras.len())) {
            extras.insert(Extra { kind: ExtraKind::Unreferenced, place: format!("object {number}") });
        }
        Ok(extras.into_iter().collect())
    }

    /// What was added after the file was first written.
    #[must_use]
    pub fn updates(&self) -> &super::Updates {
        &self.updates
    }

    /// Objects that a way from the trailer leads to.
    pub(super) fn reached(&self) -> BTreeSet<u32> {
        let mut reached = BTreeSet::new();
        let mut next: Vec<u32> = Vec::new();
        let mut follow = |object: &Object, next: &mut Vec<u32>| {
            object.walk(&mut |value| {
                if let Object::Reference(id) = value
                    && reached.insert(id.number)
                {
                    next.push(id.number);
                }
            });
        };
        for (_, value) in &self.trailer.0 {
            follow(value, &mut next);
        }
        while let Some(number) = next.pop() {
            if let Some(Ok(object)) = self.objects.get(&number).map(|slot| &slot.value) {
                follow(object, &mut next);
            }
        }
        reached
    }

    fn unreferenced(&self) -> Vec<u32> {
        let reached = self.reached();
        let is_unused = |number: &&u32| {
            // The dictionary of a file arranged for reading from the front is led to by standing first.
            let linearization = self.updates.linearized
                && self.objects.get(number).is_some_and(|slot| {
                    matches!(&slot.value, Ok(object) if object.dictionary().is_some_and(|dictionary|
                        dictionary.get("Linearized").is_some() || dictionary.get("S").is_some_and(|s| s.integer().is_some())))
                });
            !reached.contains(number) && !self.containers.contains(number) && !linearization
        };
        self.objects.keys().filter(is_unused).copied().collect()
    }
    /// References are followed: readers do, whatever they lead to.
    fn look_at(&self, dictionary: &Dictionary, is_stream: bool, list: &mut impl FnMut(ExtraKind, &str)) {
        let has = |key: &str| dictionary.get(key).is_some();
        let value = |key: &str| self.value(dictionary, key).ok().flatten();
        let name = |key: &str| value(key).and_then(Object::name).unwrap_or_default();
        if has("JS") || name("S") == b"JavaScript" || has("JavaScript") {
            list(ExtraKind::Script, "JavaScript");
        }
        if is_stream && name("Subtype") == b"PS" {
            list(ExtraKind::Script, "PostScript");
        }
        if ACTIONS.contains(&name("S")) {
            list(ExtraKind::Action, &printable(name("S")));
        }
        if has("AA") {
            list(ExtraKind::Action, "AA");
        }
        // A destination, which is an array, only says which page is shown first.
        if matches!(value("OpenAction"), Some(Object::Dictionary(_))) {
            list(ExtraKind::Action, "OpenAction");
        }
        for key in ["AcroForm", "XFA", "FT", "Perms"] {
            if has(key) {
                list(ExtraKind::Form, key);
            }
        }
        if name("Type") == b"Sig" || has("ByteRange") {
            list(ExtraKind::Form, "Sig");
        }
        match name("Subtype") {
            media @ (b"RichMedia" | b"Movie" | b"Sound" | b"3D" | b"Screen") => {
                list(ExtraKind::Media, &printable(media));
            }
            _ if self.is_annotation(dictionary) => list(ExtraKind::Annotation, &self.annotation(dictionary)),
            _ => {}
        }
        // What a page lists as an annotation is one, whatever it looks like.
        for annotation in self.elements(dictionary, "Annots").unwrap_or_default() {
            if let Some(annotation) = self.resolve(annotation).ok().and_then(Object::dictionary)
                && !self.is_annotation(annotation)
            {
                list(ExtraKind::Annotation, &self.annotation(annotation));
            }
        }
        if has("OCProperties") || has("OC") || name("Type") == b"OCG" {
            list(ExtraKind::Layer, "optional content");
        }
        if has("Collection") {
            list(ExtraKind::Portfolio, "Collection");
        }
        if is_stream && has("F") {
            list(ExtraKind::External, "F");
        }
    }

    /// By its type, which may be left out, or by its place on the page, which may not (12.5.2).
    fn is_annotation(&self, dictionary: &Dictionary) -> bool {
        dictionary.get("Rect").is_some() || self.is(dictionary, "Type", "Annot").unwrap_or(false)
    }

    /// The word for an annotation: its type, and whether it is drawn otherwise than that type is.
    fn annotation(&self, dictionary: &Dictionary) -> String {
        let subtype = self.value(dictionary, "Subtype").ok().flatten().and_then(Object::name);
        let subtype = subtype.map_or_else(|| "annotation of no type".to_owned(), printable);
        if subtype == "Link" && dictionary.get("AP").is_some() { format!("{subtype} with AP") } else { subtype }
    }
}
