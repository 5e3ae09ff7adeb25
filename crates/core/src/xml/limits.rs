//! The limits of the reader.

use serde::Deserialize;

/// What a document may cost. Each limit has its own code of kind "limit", and each is checked
/// before memory is used for what it bounds.
///
/// ```
/// use czei_core::xml::Limits;
/// let limits = Limits { items: 2_000, ..Limits::default() };
/// assert_eq!(limits.bytes, 8 * 1024 * 1024);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Bytes of the whole document. Default 8 MiB; never more than 4 GiB − 1.
    pub bytes: usize,
    /// Depth of nested elements, the root being 1. Default 32.
    pub depth: usize,
    /// Characters of a name of an element, attribute or instruction. Default 100.
    pub name: usize,
    /// Bytes between the tags of an element without child elements, as written. Default 64 KiB.
    pub text: usize,
    /// The same for `SignatureValue`. Default 256 KiB.
    pub signature_value: usize,
    /// Attributes of one tag. Default 64.
    pub attributes: usize,
    /// Elements, comments and instructions together. Default 200,000.
    pub elements: usize,
    /// `Details/Item`. Default 999, the standard's bound.
    pub items: usize,
    /// `AuxDetails/AuxItem`. Default 999, the standard's bound.
    pub aux_items: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            bytes: 8 * 1024 * 1024,
            depth: 32,
            name: 100,
            text: 64 * 1024,
            signature_value: 256 * 1024,
            attributes: 64,
            elements: 200_000,
            items: 999,
            aux_items: 999,
        }
    }
}
