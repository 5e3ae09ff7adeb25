//! From the paths of the command line to receipts: folders in sorted order, archives by content.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use czei::{CliCode, CliError};

use super::tar::{self, TarMembers};
use super::zip::{self, ZipMembers};
use super::{
    Input, Member, Members, Wanted, What, broken, cannot_read, ends_with, fill, gzip, is_archive_name, read_document,
};
use crate::shown;

/// How much of a packed archive's member may be passed over.
const MAX_SKIP: u64 = 1 << 30;

/// Packed files that are told apart from receipts, but not read: their first bytes and what they are.
const NOT_READ: [(&[u8], &str); 5] = [
    (b"\xfd7zXZ\0", "xz"),
    (b"BZh", "bzip2"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
];

/// Everything under the paths of the command line.
///
/// A path that was named is read whatever its extension, links are followed, and `-` is standard
/// input. Inside a folder only receipts (`.xml`, and `.pdf` where they are wanted) and archives are read, links to
/// files are followed and links to folders are not. Inside an archive only receipts are read; an archive in it is named
/// as left out.
pub(crate) struct Paths {
    stack: Vec<Level>,
    wanted: Wanted,
    ignored: Arc<AtomicU64>,
}

enum Level {
    Named(std::vec::IntoIter<PathBuf>),
    Folder(PathBuf, std::vec::IntoIter<OsString>),
    Archive(String, Members),
}

/// How many receipts there will be, for the remaining time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Estimate {
    /// So many files.
    Files(u64),
    /// It shows only by reading.
    Unknown,
}

impl Paths {
    /// Begins at the paths of the command line.
    pub(crate) fn new(paths: Vec<PathBuf>, wanted: Wanted) -> Self {
        Paths { stack: vec![Level::Named(paths.into_iter())], wanted, ignored: Arc::default() }
    }

    /// Counts what is neither receipt nor archive, while the iterator goes on.
    pub(crate) fn ignored(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.ignored)
    }

    /// Counts the receipts in files and folders without reading them.
    pub(crate) fn estimate(paths: &[PathBuf], wanted: Wanted) -> Estimate {
        let mut files = 0;
        let mut folders = Vec::new();
        for path in paths {
            match fs::metadata(path) {
                Ok(found) if found.is_dir() => folders.push(path.clone()),
                Ok(found) if found.is_file() && !is_archive_name(path.as_os_str().as_encoded_bytes()) => files += 1,
                _ => return Estimate::Unknown,
            }
        }
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let name = entry.file_name();
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                    Ok(_) if is_archive_name(name.as_encoded_bytes()) => return Estimate::Unknown,
                    Ok(_) if wanted.is_receipt_name(name.as_encoded_bytes()) => files += 1,
                    _ => {}
                }
            }
        }
        Estimate::Files(files)
    }

    /// A path of the command line.
    fn named(&mut self, path: &Path) -> Option<Input> {
        if path.as_os_str() == "-" {
            return self.stream("-".to_owned(), io::stdin());
        }
        let name = shown::path(path);
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => self.enter(path, name),
            Ok(found) if found.is_file() => self.file(path, name),
            // A named pipe, as a shell makes one for <(…).
            Ok(_) => match File::open(path) {
                Ok(file) => self.stream(name, file),
                Err(error) => Some(Input::unreadable(name, cannot_read(&error))),
            },
            Err(error) => Some(Input::unreadable(name, cannot_read(&error))),
        }
    }

    fn enter(&mut self, path: &Path, name: String) -> Option<Input> {
        let names = fs::read_dir(path).and_then(|entries| {
            entries.map(|entry| entry.map(|entry| entry.file_name())).collect::<Result<Vec<_>, _>>()
        });
        match names {
            Ok(mut names) => {
                names.sort_unstable();
                self.stack.push(Level::Folder(path.to_owned(), names.into_iter()));
                None
            }
            Err(error) => Some(Input::unreadable(name, cannot_read(&error))),
        }
    }

    /// An entry of a folder.
    fn entry(&mut self, path: &Path) -> Option<Input> {
        let name = || shown::path(path);
        let file_name = path.file_name().unwrap_or_default().as_encoded_bytes();
        let wanted = self.wanted.is_receipt_name(file_name) || is_archive_name(file_name);
        let found = match fs::symlink_metadata(path) {
            Ok(found) if found.is_dir() => return self.enter(path, name()),
            Ok(found) if found.is_symlink() => match fs::metadata(path) {
                Ok(target) if target.is_dir() => {
                    let error = CliError::new(CliCode::LinkedFolder);
                    return Some(Input { name: name(), what: What::LeftOut(error) });
                }
                target => target,
            },
            found => found,
        };
        // What cannot be looked at may be a folder full of receipts.
        let unknown = found.is_err() && !fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink());
        if !wanted && !unknown {
            self.ignore();
            return None;
        }
        match found {
            Ok(found) if !found.is_file() => Some(Input::unreadable(name(), CliError::new(CliCode::SpecialFile))),
            Ok(_) if self.wanted.is_receipt_name(file_name) => {
                let bytes = File::open(path).and_then(|file| read_document(file, self.wanted));
                Some(match bytes {
                    Ok(bytes) => Input::document(name(), bytes),
                    Err(error) => Input::unreadable(name(), cannot_read(&error)),
                })
            }
            Ok(_) => self.file(path, name()),
            Err(error) => Some(Input::unreadable(name(), cannot_read(&error))),
        }
    }

    /// A file, by what it holds: an archive is entered, anything else is a document.
    fn file(&mut self, path: &Path, name: String) -> Option<Input> {
        match self.open(path) {
            Ok(Opened::Archive(members)) => {
                self.stack.push(Level::Archive(name, members));
                None
            }
            Ok(Opened::Document(bytes)) => Some(Input::document(name, bytes)),
            Err(error) => Some(Input::unreadable(name, error)),
        }
    }

    fn open(&self, path: &Path) -> Result<Opened, CliError> {
        let io = |error: io::Error| cannot_read(&error);
        let mut file = File::open(path).map_err(io)?;
        let mut head = [0; 512];
        let count = fill(&mut file, &mut head).map_err(io)?;
        let head = &head[..count];
        file.seek(SeekFrom::Start(0)).map_err(io)?;
        // Whatever else it may be: its readers take it for what its name says.
        if ends_with(path.as_os_str().as_encoded_bytes(), ".pdf") {
            return read_document(file, self.wanted).map(Opened::Document).map_err(io);
        }
        if zip::is_zip(head) {
            let members = ZipMembers::open(file, File::open(path).map_err(io)?, self.wanted)?;
            return Ok(Opened::Archive(Box::new(members)));
        }
        if head.starts_with(&gzip::MAGIC) {
            let mut block = [0; 512];
            let unpacked = fill(&mut gzip::decoder(&mut file), &mut block).unwrap_or(0);
            file.seek(SeekFrom::Start(0)).map_err(io)?;
            if tar::is_header(&block[..unpacked]) {
                return Ok(Opened::Archive(Box::new(TarMembers::new(gzip::decoder(file), self.wanted, MAX_SKIP))));
            }
        }
        if let Some(error) = packed_otherwise(head) {
            return Err(error);
        }
        if tar::is_header(head) {
            let reader = io::BufReader::with_capacity(64 * 1024, file);
            return Ok(Opened::Archive(Box::new(TarMembers::new(reader, self.wanted, u64::MAX))));
        }
        read_document(file, self.wanted).map(Opened::Document).map_err(io)
    }

    /// Input in which one cannot seek.
    fn stream(&mut self, name: String, mut reader: impl Read + Send + 'static) -> Option<Input> {
        let mut head = vec![0; 512];
        match fill(&mut reader, &mut head) {
            Ok(count) => head.truncate(count),
            Err(error) => return Some(Input::unreadable(name, cannot_read(&error))),
        }
        if zip::is_zip(&head) {
            return Some(Input::unreadable(name, CliError::new(CliCode::ZipOnStdin)));
        }
        if let Some(error) = packed_otherwise(&head) {
            return Some(Input::unreadable(name, error));
        }
        let is_tar = tar::is_header(&head);
        let is_gzip = head.starts_with(&gzip::MAGIC);
        let whole = io::Cursor::new(head).chain(reader);
        let members: Members = if is_gzip {
            let mut unpacked = gzip::decoder(whole);
            let mut block = vec![0; 512];
            let count = match fill(&mut unpacked, &mut block) {
                Ok(count) => count,
                Err(error) => return Some(Input::unreadable(name, broken(error.to_string()))),
            };
            if !tar::is_header(&block[..count]) {
                return Some(Input::unreadable(name, broken("no tar archive inside gzip")));
            }
            Box::new(TarMembers::new(io::Cursor::new(block).chain(unpacked), self.wanted, MAX_SKIP))
        } else if is_tar {
            Box::new(TarMembers::new(io::BufReader::with_capacity(64 * 1024, whole), self.wanted, u64::MAX))
        } else {
            return Some(match read_document(whole, self.wanted) {
                Ok(bytes) => Input::document(name, bytes),
                Err(error) => Input::unreadable(name, cannot_read(&error)),
            });
        };
        self.stack.push(Level::Archive(name, members));
        None
    }

    fn ignore(&self) {
        self.ignored.fetch_add(1, Ordering::Relaxed);
    }
}

/// The error of a file that is packed in a way that is not read.
fn packed_otherwise(head: &[u8]) -> Option<CliError> {
    let (_, what) = NOT_READ.iter().find(|(magic, _)| head.starts_with(magic))?;
    Some(CliError::new(CliCode::ArchiveMethod).found(*what))
}

enum Opened {
    Archive(Members),
    Document(Vec<u8>),
}

impl Iterator for Paths {
    type Item = Input;

    fn next(&mut self) -> Option<Input> {
        loop {
            let input = match self.stack.last_mut()? {
                Level::Named(paths) => match paths.next() {
                    Some(path) => self.named(&path),
                    None => self.leave(),
                },
                Level::Folder(folder, names) => match names.next() {
                    Some(name) => {
                        let path = folder.join(name);
                        self.entry(&path)
                    }
                    None => self.leave(),
                },
                Level::Archive(archive, members) => match members.next() {
                    Some(Member::Receipt(name, Ok(bytes))) => Some(Input::document(format!("{archive}!{name}"), bytes)),
                    Some(Member::Receipt(name, Err(error))) => {
                        Some(Input::unreadable(format!("{archive}!{name}"), error))
                    }
                    Some(Member::Broken(error)) => Some(Input::unreadable(archive.clone(), error)),
                    Some(Member::Archive(name)) => {
                        let error = CliError::new(CliCode::ArchiveNested);
                        Some(Input { name: format!("{archive}!{name}"), what: What::LeftOut(error) })
                    }
                    Some(Member::Ignored) => {
                        self.ignore();
                        None
                    }
                    None => self.leave(),
                },
            };
            if let Some(Input { name, what }) = input {
                let what = match what {
                    What::Document(bytes) => match self.wanted.objection(&name, &bytes) {
                        Some(error) => What::Unreadable(error),
                        None => What::Document(bytes),
                    },
                    what => what,
                };
                return Some(Input { name, what });
            }
        }
    }
}

impl Paths {
    fn leave(&mut self) -> Option<Input> {
        self.stack.pop();
        None
    }
}
