//! What stands in files, folders and archives, one receipt after the other.
//!
//! Memory stays constant: one receipt at a time, of at most one byte more than the limit; the names
//! of the folders that are open, because a folder is read in sorted order; and the buffers of one
//! archive. Nothing is unpacked to disk, so that a name like `../../x` in an archive is only a name.

mod gzip;
mod tar;
mod walk;
mod zip;

use std::io::{self, Read};

use czei::{CliCode, CliError};

use crate::shown;

pub(crate) use walk::{Estimate, Paths};

/// One thing that was met.
#[derive(Debug)]
pub(crate) struct Input {
    /// Its name for people: the path, and for a member of an archive `archive!member`. Safe to print.
    pub(crate) name: String,
    /// What it is.
    pub(crate) what: What,
}

/// What was met.
#[derive(Debug)]
pub(crate) enum What {
    /// The bytes of a document, cut off one byte past the limit: the reader then names the limit.
    Document(Vec<u8>),
    /// It could not be read. The others are read all the same.
    Unreadable(CliError),
    /// It was left out on purpose, which is said.
    LeftOut(CliError),
}

impl Input {
    fn document(name: String, bytes: Vec<u8>) -> Self {
        Input { name, what: What::Document(bytes) }
    }

    fn unreadable(name: String, error: CliError) -> Self {
        Input { name, what: What::Unreadable(error) }
    }
}

/// An archive, member by member. After damage that hides what follows it ends with that error.
type Members = Box<dyn Iterator<Item = Member> + Send>;

/// A member of an archive.
#[derive(Debug)]
enum Member {
    /// A receipt, or why it could not be read; the name is safe to print.
    Receipt(String, Result<Vec<u8>, CliError>),
    /// The archive itself cannot be read on.
    Broken(CliError),
    /// An archive within the archive, which is not entered; the name is safe to print.
    Archive(String),
    /// Something else than a receipt.
    Ignored,
}

/// A member that is no receipt.
fn other_member(name: &[u8]) -> Member {
    if is_archive_name(name) { Member::Archive(shown::bytes(name)) } else { Member::Ignored }
}

/// The extensions of archives.
const ARCHIVES: [&str; 4] = [".zip", ".tar", ".tar.gz", ".tgz"];

/// Whether a name has the extension of an archive.
fn is_archive_name(name: &[u8]) -> bool {
    ARCHIVES.iter().any(|extension| ends_with(name, extension))
}

/// The most bytes of a PDF.
const MAX_PDF: u64 = 64 << 20;

/// What is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    /// The most bytes of one document.
    pub(crate) limit: u64,
    /// Whether printed receipts (`.pdf`), which carry their document, are receipts here.
    pub(crate) printed: bool,
    /// Whether drafts (`.json`, `.jsonl`) are read too.
    pub(crate) drafts: bool,
}

impl Wanted {
    /// Receipts as documents alone.
    pub(crate) fn documents(limit: usize) -> Self {
        Wanted { limit: limit as u64, printed: false, drafts: false }
    }

    /// Documents and printed receipts.
    pub(crate) fn all(limit: usize) -> Self {
        Wanted { limit: limit as u64, printed: true, drafts: false }
    }

    /// Drafts, and documents that are no receipts yet.
    pub(crate) fn drafts_and_documents(limit: usize) -> Self {
        Wanted { limit: limit as u64, printed: false, drafts: true }
    }

    /// The most bytes of a file that begins so: a page is larger than the document inside it.
    fn limit_of(self, start: &[u8]) -> u64 {
        if self.printed && czei::is_pdf(start) { MAX_PDF } else { self.limit }
    }

    /// What stands against a document by its name. Readers of PDF open whatever is called so, and find pages in it that
    /// no check would see.
    fn objection(self, name: &str, bytes: &[u8]) -> Option<CliError> {
        if czei::is_pdf(bytes) {
            // Its document is meant, and not the file: what is stored or signed is never a PDF.
            return (!self.printed).then(|| CliError::new(CliCode::PrintedNotTaken));
        }
        ends_with(name.as_bytes(), ".pdf").then(|| CliError::new(CliCode::NamedPdf))
    }

    /// Whether a name has an extension of what is read.
    fn is_receipt_name(self, name: &[u8]) -> bool {
        ends_with(name, ".xml")
            || (self.printed && ends_with(name, ".pdf"))
            || (self.drafts && (ends_with(name, ".json") || ends_with(name, ".jsonl")))
    }
}

/// Whether a name ends so, in whatever case.
fn ends_with(name: &[u8], extension: &str) -> bool {
    let at = name.len().saturating_sub(extension.len());
    name.len() > extension.len() && name[at..].eq_ignore_ascii_case(extension.as_bytes())
}

/// Reads a document, at most one byte past its limit.
fn read_document(mut reader: impl Read, wanted: Wanted) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.by_ref().take(PDF_START).read_to_end(&mut bytes)?;
    let rest = wanted.limit_of(&bytes).saturating_add(1).saturating_sub(PDF_START);
    reader.take(rest).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// How many bytes tell a PDF.
const PDF_START: u64 = 5;

/// Reads at most one byte past the limit.
fn read_limited(reader: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads until the buffer is full or the input ends; how many bytes came.
fn fill(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// The error of a file that the system did not give.
fn cannot_read(error: &io::Error) -> CliError {
    CliError::new(CliCode::CannotRead).found(error.to_string())
}

/// The error of a damaged archive.
fn broken(reason: impl Into<String>) -> CliError {
    CliError::new(CliCode::ArchiveBroken).found(reason)
}

/// What one step through an archive gives: a member, the end, or damage, after which nothing in the
/// archive can be trusted and the walk ends.
fn member_of(step: Result<Option<Member>, CliError>, ended: &mut bool) -> Option<Member> {
    *ended = !matches!(step, Ok(Some(_)));
    step.unwrap_or_else(|error| Some(Member::Broken(error)))
}
