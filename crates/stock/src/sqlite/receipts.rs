//! Finished receipts beside the database: one file each, under the SM3 of its content.
//!
//! A file is written under another name, synced, renamed, and its folder synced before the transaction that
//! says `issued`. A file whose transaction never came says nothing: it is found by no row, and the same
//! receipt would have the same name.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use czei_codes::Code as _;
use czei_sm2::Sm3;

use super::file_system::{folder_of, sync_names};
use crate::{Code, Error, Result, hex};

/// What stands behind the name of a file that is not whole yet.
const UNFINISHED: &str = ".part";

/// Where the receipt with this SM3 is, below the folder: `<first 2 digits>/<64 digits>.xml`.
pub(crate) fn path(folder: &Path, sm3: &[u8; 32]) -> PathBuf {
    let name = hex::encode(sm3);
    folder.join(&name[..2]).join(format!("{name}.xml"))
}

/// How many files are written at once: a disk syncs several in one go.
const AT_ONCE: usize = 8;

/// A receipt that was written, by its folder, which is not synced yet.
type Written = Result<PathBuf>;

/// Writes receipts, each with its answer; every folder is synced once. What is there already is written again:
/// whoever wrote it may have been killed before its folder was synced, or that may have failed.
pub(crate) fn write<'a>(folder: &Path, receipts: impl Iterator<Item = (&'a [u8], [u8; 32])>) -> Vec<Result<()>> {
    let receipts: Vec<_> = receipts.collect();
    if let Err(error) = make(folder) {
        return receipts.iter().map(|_| Err(not_stored(folder, &error))).collect();
    }
    let written = write_files(folder, &receipts);
    let mut folders: BTreeSet<&Path> = written.iter().flatten().map(PathBuf::as_path).collect();
    if !folders.is_empty() {
        folders.insert(folder);
    }
    let unsynced: Vec<(&Path, Error)> = folders
        .into_iter()
        .filter_map(|folder| sync_names(folder).err().map(|error| (folder, not_stored(folder, &error))))
        .collect();
    let synced = |parent: &PathBuf| {
        let failed = unsynced.iter().find(|(at, _)| at == parent || *at == folder);
        failed.map_or(Ok(()), |(_, error)| Err(error.clone()))
    };
    written.iter().map(|written| written.as_ref().map_err(Clone::clone).and_then(synced)).collect()
}

/// Writes and syncs the files, some at once.
fn write_files(folder: &Path, receipts: &[(&[u8], [u8; 32])]) -> Vec<Written> {
    let write_part = |part: &[(&[u8], [u8; 32])]| -> Vec<Written> {
        part.iter().map(|(bytes, sm3)| write_one(folder, bytes, sm3)).collect()
    };
    std::thread::scope(|scope| {
        let parts = receipts.chunks(receipts.len().div_ceil(AT_ONCE).max(1));
        let threads: Vec<_> = parts
            .map(|part| {
                let is_alone = part.len() == receipts.len();
                let thread = std::thread::Builder::new();
                // Where there are no threads to be had it is written here, one after the other.
                (part, (!is_alone).then(|| thread.spawn_scoped(scope, move || write_part(part)).ok()).flatten())
            })
            .collect();
        let finish = |(part, thread): (&[_], Option<std::thread::ScopedJoinHandle<'_, Vec<Written>>>)| match thread {
            None => write_part(part),
            Some(thread) => thread.join().unwrap_or_else(|_| {
                let stopped = std::io::Error::from(ErrorKind::Interrupted);
                part.iter().map(|_| Err(not_stored(folder, &stopped))).collect()
            }),
        };
        threads.into_iter().flat_map(finish).collect()
    })
}

/// Makes the folder of all receipts and those above it that are not there, each with its name in the one above.
pub(super) fn make(folder: &Path) -> std::io::Result<()> {
    let new: Vec<&Path> =
        folder.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.is_dir()).collect();
    fs::create_dir_all(folder)?;
    new.into_iter().rev().try_for_each(|folder| sync_names(folder_of(folder)))
}

fn write_one(folder: &Path, bytes: &[u8], sm3: &[u8; 32]) -> Written {
    let path = path(folder, sm3);
    let parent = path.parent().unwrap_or(folder).to_owned();
    fs::create_dir_all(&parent).map_err(|error| not_stored(&parent, &error))?;
    let beside = unfinished(&path);
    let written = (|| {
        // A killed process with this id may have left one.
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, &path)
    })();
    match written {
        Ok(()) => Ok(parent),
        Err(error) => {
            // Best effort: it says nothing.
            let _ = fs::remove_file(&beside);
            Err(not_stored(&path, &error))
        }
    }
}

/// A name of this process and call alone: several may write the same receipt.
fn unfinished(path: &Path) -> PathBuf {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}-{count}{UNFINISHED}", std::process::id()));
    PathBuf::from(name)
}

/// Whether it is what a killed process left of a receipt, or what one that runs is just writing.
pub(super) fn is_unfinished(path: &Path) -> bool {
    path.to_string_lossy().ends_with(UNFINISHED)
}

/// Reads a receipt.
///
/// # Errors
/// [`Code::ReceiptMissing`] when it is not there or has other content.
pub(crate) fn read(folder: &Path, sm3: &[u8; 32]) -> Result<Vec<u8>> {
    let path = path(folder, sm3);
    let missing = || Code::ReceiptMissing.fault().in_file(path.display().to_string());
    let mut bytes = Vec::new();
    File::open(&path)
        .and_then(|mut file| file.read_to_end(&mut bytes))
        .map_err(|error| missing().found(error.kind().to_string()))?;
    let found = Sm3::digest(&bytes);
    if found == *sm3 {
        return Ok(bytes);
    }
    Err(missing().expected(hex::encode(sm3)).found(hex::encode(&found)).into())
}

/// Hands the name of every file below the folder to `each`: receipts, and what a killed process left.
///
/// # Errors
/// [`Code::ReceiptMissing`] when a folder cannot be read.
pub(crate) fn list(folder: &Path, each: &mut dyn FnMut(&Path)) -> Result<()> {
    let unreadable = |path: &Path, error: std::io::Error| {
        Error::from(Code::ReceiptMissing.fault().in_file(path.display().to_string()).found(error.kind().to_string()))
    };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        // Made with the first receipt.
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unreadable(folder, error)),
    };
    for entry in entries {
        let entry = entry.map_err(|error| unreadable(folder, error))?;
        let kind = entry.file_type().map_err(|error| unreadable(folder, error))?;
        if kind.is_dir() { list(&entry.path(), each)? } else { each(&entry.path()) }
    }
    Ok(())
}

fn not_stored(path: &Path, error: &std::io::Error) -> Error {
    Code::ReceiptNotStored.fault().in_file(path.display().to_string()).found(error.kind().to_string()).into()
}
