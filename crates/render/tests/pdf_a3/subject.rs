//! The printed receipts that are held to the clauses, and ways to change one.

use std::sync::OnceLock;

use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

use crate::documents;

/// A document as bytes and as objects.
pub struct Subject {
    pub name: String,
    pub bytes: Vec<u8>,
    pub pdf: Document,
}

/// What a clause wants: an error says what is not so.
pub type Clause = fn(&Subject) -> Result<(), String>;

impl Subject {
    pub fn new(name: &str, bytes: Vec<u8>) -> Self {
        let pdf = Document::load_mem(&bytes).unwrap();
        Subject { name: name.to_owned(), bytes, pdf }
    }

    /// The same objects but for one change.
    pub fn changed(&self, change: impl FnOnce(&mut Document)) -> Self {
        let mut pdf = self.pdf.clone();
        change(&mut pdf);
        Subject { name: self.name.clone(), bytes: self.bytes.clone(), pdf }
    }

    /// The same bytes with the first place of `from` replaced. Objects stay as they were.
    pub fn replaced(&self, from: &[u8], to: &[u8]) -> Self {
        let at = find(&self.bytes, from).unwrap_or_else(|| panic!("{} has no {}", self.name, from.escape_ascii()));
        let bytes = [&self.bytes[..at], to, &self.bytes[at + from.len()..]].concat();
        Subject { name: self.name.clone(), bytes, pdf: self.pdf.clone() }
    }

    /// The object behind a reference, or the object itself.
    pub fn resolved<'a>(&'a self, object: &'a Object) -> &'a Object {
        self.pdf.dereference(object).unwrap().1
    }

    /// A dictionary's entry, references followed.
    pub fn get<'a>(&'a self, dictionary: &'a Dictionary, key: &str) -> Option<&'a Object> {
        dictionary.get(key.as_bytes()).ok().map(|object| self.resolved(object))
    }

    pub fn catalog(&self) -> &Dictionary {
        self.pdf.catalog().unwrap()
    }

    pub fn pages(&self) -> Vec<&Dictionary> {
        self.pdf.page_iter().map(|id| self.pdf.get_dictionary(id).unwrap()).collect()
    }

    pub fn streams(&self) -> impl Iterator<Item = (ObjectId, &Stream)> {
        self.pdf.objects.iter().filter_map(|(id, object)| object.as_stream().ok().map(|stream| (*id, stream)))
    }

    /// Every object there is, the parts of arrays, dictionaries and streams included.
    pub fn every(&self) -> Vec<&Object> {
        let mut found = Vec::new();
        let mut open: Vec<&Object> = self.pdf.objects.values().collect();
        open.extend(self.pdf.trailer.iter().map(|(_, object)| object));
        while let Some(object) = open.pop() {
            match object {
                Object::Array(array) => open.extend(array),
                Object::Dictionary(dictionary) => open.extend(dictionary.iter().map(|(_, value)| value)),
                Object::Stream(stream) => open.extend(stream.dict.iter().map(|(_, value)| value)),
                _ => {}
            }
            found.push(object);
        }
        found
    }

    /// Every dictionary, those of streams included.
    pub fn dictionaries(&self) -> Vec<&Dictionary> {
        let every = self.every();
        every
            .into_iter()
            .filter_map(|object| object.as_dict().ok().or(object.as_stream().ok().map(|s| &s.dict)))
            .collect()
    }

    /// The dictionaries of one type, by `Type` or by `Subtype`.
    pub fn of_type(&self, key: &str, name: &str) -> Vec<&Dictionary> {
        let named = |dictionary: &&Dictionary| name_of(dictionary, key) == Some(name.as_bytes());
        self.dictionaries().into_iter().filter(named).collect()
    }

    /// What every font dictionary that pages name is.
    pub fn composite_fonts(&self) -> Vec<(ObjectId, &Dictionary)> {
        let fonts = self.pdf.objects.iter().filter_map(|(id, object)| Some((*id, object.as_dict().ok()?)));
        fonts.filter(|(_, font)| name_of(font, "Subtype") == Some(b"Type0")).collect()
    }
}

/// A name in a dictionary.
pub fn name_of<'a>(dictionary: &'a Dictionary, key: &str) -> Option<&'a [u8]> {
    dictionary.get(key.as_bytes()).ok().and_then(|object| object.as_name().ok())
}

/// Where one sequence of bytes begins in another.
pub fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

/// Every printed receipt.
pub fn all() -> &'static [Subject] {
    static ALL: OnceLock<Vec<Subject>> = OnceLock::new();
    ALL.get_or_init(|| documents::all().into_iter().map(|(name, bytes)| Subject::new(name, bytes)).collect())
}

/// A receipt with detail pages, seals and its XML, on which changes are made.
pub fn one() -> &'static Subject {
    all().iter().find(|subject| subject.name == "medical").unwrap()
}

/// Every receipt is as the clause wants.
#[track_caller]
pub fn holds(clause: Clause) {
    for subject in all() {
        if let Err(what) = clause(subject) {
            panic!("{}: {what}", subject.name);
        }
    }
}

/// The clause tells that a changed document is not so, and says it with these words.
#[track_caller]
pub fn refuses(clause: Clause, changed: &Subject, words: &str) {
    let found = clause(changed).expect_err("the changed document must not pass");
    assert!(found.contains(words), "{found} should say {words}");
}

/// An error with this text unless the condition holds.
pub fn hold(condition: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if condition { Ok(()) } else { Err(what()) }
}
