//! Reading and writing the receipt's XML.
//!
//! Reading: [`Document`] is any well-formed document under the rules of `READING.md`,
//! [`Envelope`] is one with the parts of a receipt and nothing unsigned beside them, and
//! [`read_content`] maps the signed part onto [`Content`](crate::Content). Writing: [`canonical`],
//! under the rules of `CANONICAL.md`.

pub mod canonical;
mod characters;
mod declaration;
mod document;
mod edition;
mod envelope;
mod findings;
mod group;
mod limits;
mod place;
mod plain;
mod read_content;
mod reader;
mod tokens;

pub use document::{Aside, AsideKind, Children, Document, NodeId};
pub use edition::Edition;
pub(crate) use edition::is_standard_name;
pub use envelope::{Envelope, SignatureElement, SignaturePart};
pub use limits::Limits;
pub use read_content::{ContentReading, read_content};
