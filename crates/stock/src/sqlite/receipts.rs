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

use crate::{Code, Error, Result, hex};

/// What stands behind the name of a file that is not whole yet.
const UNFINISHED: &str = ".part";

/// Where the receipt with this SM3 is, below the folder: `<first 2 digits>/<64 digits>.xml`.
pub(crate) fn path(folder: &Path, sm3: &[u8; 32]) -> PathBuf {
    let name = hex::encode(sm3);
    folder.join(&name[..2]).join(format!("{name}.xml"))
}


/// Writes receipts, each with its answer; every folder is synced once. What is there already is compared,
/// and its folder synced all the same: whoever wrote it may have been killed before that.
pub(crate) fn write<'a>(folder: &Path, receipts: impl Iterator<Item = (&'a [u8], [u8; 32])>) -> Vec<Result<()>> {
    let mut folders = BTreeSet::new();
    if let Err(error) = make(folder) {
        return receipts.map(|_| Err(not_stored(folder, &error))).collect();
    }
    let written: Vec<_> = receipts
        .map(|(bytes, sm3)| {
            let path = path(folder, &sm3);
            let parent = path.parent().unwrap_or(folder).to_owned();
            write_one(&path, &parent, bytes, &sm3).inspect(|()| {
                folders.insert(parent.clone());
            })?;
            Ok(parent)
        })
        .collect();
    let unsynced: Vec<(PathBuf, Error)> = folders
        .iter()
        .chain(std::iter::once(&folder.to_owned()).filter(|_| !folders.is_empty()))
        .filter_map(|folder| sync(folder).err().map(|error| (folder.clone(), not_stored(folder, &error))))
        .collect();
    let synced = |parent: PathBuf| {
        let failed = unsynced.iter().find(|(at, _)| *at == parent || at == folder);
        failed.map_or(Ok(()), |(_, error)| Err(error.clone()))
    };
    written.into_iter().map(|parent: Result<PathBuf>| parent.and_then(synced)).collect()
}

/// Makes the folder of all receipts, with its name in the folder above.
fn make(folder: &Path) -> std::io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(folder)?;
    folder.parent().map_or(Ok(()), sync)
}

fn write_one(path: &Path, parent: &Path, bytes: &[u8], sm3: &[u8; 32]) -> Result<()> {
    match fs::read(path) {
        Ok(there) if Sm3::digest(&there) == *sm3 => {
            // It may stand in memory alone.
            return File::open(path).and_then(|file| file.sync_all()).map_err(|error| not_stored(path, &error));
        }
        // Damaged: put right by what is written now.
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(not_stored(path, &error)),
    }
    fs::create_dir_all(parent).map_err(|error| not_stored(parent, &error))?;
    let beside = unfinished(path);
    let written = (|| {
        // A killed process with this id may have left one.
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, path)
    })();
    written.map_err(|error| {
        // Best effort: it says nothing.
        let _ = fs::remove_file(&beside);
        not_stored(path, &error)
    })
}

/// A name of this process and call alone: several may write the same receipt.
fn unfinished(path: &Path) -> PathBuf {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}-{count}{UNFINISHED}", std::process::id()));
    PathBuf::from(name)
}

/// Makes the names in a folder durable.
#[cfg(unix)]
fn sync(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Folders cannot be synced here; the file system journals names by itself.
#[cfg(not(unix))]
fn sync(_: &Path) -> std::io::Result<()> {
    Ok(())
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
