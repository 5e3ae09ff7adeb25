//! The values a PDF file is made of (ISO 32000-1, 7.3).

use std::fmt;

/// The number and generation of an indirect object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Id {
    pub(crate) number: u32,
    pub(crate) generation: u16,
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "object {} {}", self.number, self.generation)
    }
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Object {
    Null,
    Boolean(bool),
    Integer(i64),
    Real(f64),
    String(Vec<u8>),
    Name(Vec<u8>),
    Array(Vec<Object>),
    Dictionary(Dictionary),
    Reference(Id),
    /// A dictionary with the bytes behind it.
    Stream(Stream),
}

/// A stream: its dictionary, and where its bytes stand in the file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stream {
    pub(crate) dictionary: Dictionary,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// Keys and values in their order; no key stands twice.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Dictionary(pub(crate) Vec<(Vec<u8>, Object)>);

impl Dictionary {
    /// The value of a key as it stands; a reference is not followed.
    pub(crate) fn get(&self, key: impl AsRef<[u8]>) -> Option<&Object> {
        let key = key.as_ref();
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }
}

impl Object {
    pub(crate) fn integer(&self) -> Option<i64> {
        match self {
            Object::Integer(value) => Some(*value),
            _ => None,
        }
    }

    /// An integer that is no less than 0 and fits a length.
    pub(crate) fn length(&self) -> Option<usize> {
        self.integer().and_then(|value| usize::try_from(value).ok())
    }

    /// An integer or a real number.
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            // Coordinates and sizes: 2^53 is far beyond any.
            #[allow(clippy::cast_precision_loss)]
            Object::Integer(value) => Some(*value as f64),
            Object::Real(value) => Some(*value),
            _ => None,
        }
    }

    pub(crate) fn name(&self) -> Option<&[u8]> {
        match self {
            Object::Name(name) => Some(name),
            _ => None,
        }
    }

    pub(crate) fn string(&self) -> Option<&[u8]> {
        match self {
            Object::String(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub(crate) fn array(&self) -> Option<&[Object]> {
        match self {
            Object::Array(elements) => Some(elements),
            _ => None,
        }
    }

    pub(crate) fn reference(&self) -> Option<Id> {
        match self {
            Object::Reference(id) => Some(*id),
            _ => None,
        }
    }

    /// A dictionary, or that of a stream.
    pub(crate) fn dictionary(&self) -> Option<&Dictionary> {
        match self {
            Object::Dictionary(dictionary) => Some(dictionary),
            Object::Stream(stream) => Some(&stream.dictionary),
            _ => None,
        }
    }

    pub(crate) fn stream(&self) -> Option<&Stream> {
        match self {
            Object::Stream(stream) => Some(stream),
            _ => None,
        }
    }

    /// Calls for this value and all values within it, the outer ones first. Its depth was bounded when it was read.
    pub(crate) fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Object)) {
        visit(self);
        match self {
            Object::Array(elements) => elements.iter().for_each(|element| element.walk(visit)),
            Object::Dictionary(dictionary) | Object::Stream(Stream { dictionary, .. }) => {
                dictionary.0.iter().for_each(|(_, value)| value.walk(visit));
            }
            _ => {}
        }
    }
}

/// The Unicode text of a text string: UTF-16 with its mark, UTF-8 with its mark, otherwise PDFDocEncoding, of which
/// only the part that is ISO 8859-1 is read (ISO 32000-1, 7.9.2.2).
pub(crate) fn text_of(string: &[u8]) -> String {
    match string {
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        // Some producers write bare UTF-8; what is none is ISO 8859-1.
        bytes => std::str::from_utf8(bytes)
            .map_or_else(|_| bytes.iter().map(|byte| char::from(*byte)).collect(), str::to_owned),
    }
}

fn utf16(bytes: &[u8], unit: impl Fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks(2).map(|pair| unit([pair[0], pair.get(1).copied().unwrap_or(0)]));
    char::decode_utf16(units).map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}
