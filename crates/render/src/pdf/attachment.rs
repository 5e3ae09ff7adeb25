//! Embedded files (ISO 32000-1, 7.11.4; ISO 19005-3, 6.8).

use std::io::Write;

use chrono::{DateTime, FixedOffset};
use czei_codes::Code as _;
use pdf_writer::types::AssociationKind;
use pdf_writer::{Filter, Finish, Name, Ref, Str, TextStr};

use super::file::File;
use super::metadata::{date, plain};
use crate::deflate::zlib;
use crate::{Code, Error};

/// A file inside the file: the receipt's XML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attachment<'a> {
    /// Its name: 1 to 100 letters, digits, `.`, `-` and `_` of ASCII, not beginning with a dot; `einvoice.xml`.
    pub name: &'a str,
    /// What it is, for people.
    pub description: &'a str,
    /// Its bytes, XML.
    pub bytes: &'a [u8],
}

impl Attachment<'_> {
    /// A name that is safe wherever somebody saves the file.
    pub(super) fn check(&self) -> Result<(), Error> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        if !(1..=100).contains(&self.name.len()) || self.name.starts_with('.') || !self.name.bytes().all(plain) {
            return Err(Code::PdfAttachmentName.fault().found(self.name));
        }
        if i32::try_from(self.bytes.len()).is_err() {
            return Err(Code::PdfTooLarge.fault().expected(format!("at most {} bytes", i32::MAX)).found(self.name));
        }
        Ok(())
    }

    /// Writes it, and its file specification under a reserved number.
    pub(super) fn write<W: Write>(
        &self,
        specification: Ref,
        made: Option<DateTime<FixedOffset>>,
        file: &mut File<W>,
    ) -> Result<(), Error> {
        let stream = file.reserve()?;
        let compressed = zlib(self.bytes);
        file.put(stream, |chunk| {
            let mut embedded = chunk.embedded_file(stream, &compressed);
            embedded.filter(Filter::FlateDecode);
            embedded.subtype(Name(b"text/xml"));
            let mut params = embedded.params();
            // Checked above.
            params.size(i32::try_from(self.bytes.len()).unwrap_or(i32::MAX));
            if let Some(made) = made {
                params.creation_date(date(made)).modification_date(date(made));
            }
            params.finish();
        })?;
        file.put(specification, |chunk| {
            chunk
                .file_spec(specification)
                .path(Str(self.name.as_bytes()))
                .unic_file(TextStr(self.name))
                .description(TextStr(&plain(self.description)))
                .association_kind(AssociationKind::Data)
                .embedded_file_with_unicode(stream);
        })
    }
}
