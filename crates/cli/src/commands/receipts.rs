//! Receipts on disk: one file each, named by code and number.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use czei::core::xml::Limits;
use czei::{CliCode, CliError, Content, UnitSigned};

use crate::failure::{Failure, Result, cannot_read};
use crate::shown;

/// The name of a receipt's file.
pub(crate) fn file_name(content: &Content) -> String {
    format!("{}-{}.xml", content.code, content.number)
}

/// Makes the folder for receipts.
pub(crate) fn make_folder(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(|error| cannot_write_to(folder, &error))
}

/// Writes receipts, each under its name; the answers stand in their order. The same bytes again are no
/// error; other bytes at its place are, because a receipt that was issued must not get lost. What the unit
/// signed is replaced by the finished receipt.
pub(crate) fn write_each(folder: &Path, receipts: &[(&Content, Vec<u8>)]) -> Vec<Result<PathBuf>> {
    let mut places: Vec<_> = receipts.iter().map(|(content, bytes)| place(folder, content, bytes)).collect();
    let to_write: Vec<_> = places
        .iter()
        .zip(receipts)
        .filter_map(|(place, (_, bytes))| match place {
            Ok((path, Place::Free)) => Some((path.clone(), bytes)),
            _ => None,
        })
        .collect();
    let mut written = czei::files::write_each(&to_write).into_iter();
    for place in &mut places {
        if let Ok((_, Place::Free)) = place
            && let Some(Err(error)) = written.next()
        {
            *place = Err(error.into());
        }
    }
    places.into_iter().map(|place| place.map(|(path, _)| path)).collect()
}

/// What stands where a receipt goes.
enum Place {
    /// Nothing, or what it replaces.
    Free,
    /// The receipt itself.
    Taken,
}

fn place(folder: &Path, content: &Content, bytes: &[u8]) -> Result<(PathBuf, Place)> {
    let path = folder.join(file_name(content));
    match existing(&path)? {
        Some(there) if there == bytes => Ok((path, Place::Taken)),
        Some(there) if !finishes(bytes, &there) => {
            Err(CliError::new(CliCode::FileExists).in_file(shown::path(&path)).into())
        }
        _ => Ok((path, Place::Free)),
    }
}

/// What stands where a file goes. A pipe or a device there is not read: that could wait for ever.
pub(crate) fn existing(path: &Path) -> Result<Option<Vec<u8>>> {
    let exists = || CliError::new(CliCode::FileExists).in_file(shown::path(path));
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() && !metadata.is_dir() => return Err(exists().into()),
        _ => {}
    }
    match fs::read(path) {
        Ok(there) => Ok(Some(there)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(cannot_write_to(path, &error)),
    }
}

/// Whether a receipt is what the unit signed with the authority's signature put in, so that nothing gets
/// lost with what stands there.
fn finishes(receipt: &[u8], there: &[u8]) -> bool {
    let same = |(one, other): &(&u8, &u8)| one == other;
    let before = receipt.iter().zip(there).take_while(same).count();
    let after = receipt.iter().rev().zip(there.iter().rev()).take_while(same).count();
    receipt.len() > there.len()
        && before + after >= there.len()
        && UnitSigned::take_up(there, &Limits::default()).is_ok()
}

/// Reads one receipt, `-` being standard input, cut off one byte past the limit.
pub(crate) fn read(path: &Path, limit: usize) -> Result<Vec<u8>> {
    use io::Read as _;
    let bytes = if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        let limit = (limit as u64).saturating_add(1);
        io::stdin().lock().take(limit).read_to_end(&mut bytes).map(|_| bytes)
    } else {
        fs::File::open(path).and_then(|file| {
            let mut bytes = Vec::new();
            file.take((limit as u64).saturating_add(1)).read_to_end(&mut bytes).map(|_| bytes)
        })
    };
    bytes.map_err(|error| cannot_read(path, &error))
}

/// Reads the document of one receipt: the file itself, or what a PDF carries. Nothing is verified.
pub(crate) fn read_document(path: &Path, limit: usize) -> Result<Vec<u8>> {
    let bytes = read(path, limit)?;
    if !czei::is_pdf(&bytes) {
        return Ok(bytes);
    }
    czei::document_in_pdf(&bytes).map_err(|error| Failure::Library(error.in_file(shown::path(path))))
}

pub(crate) fn cannot_write_to(path: &Path, error: &io::Error) -> Failure {
    CliError::new(CliCode::CannotWrite).found(error.to_string()).in_file(shown::path(path)).into()
}
