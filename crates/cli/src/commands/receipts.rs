//! Receipts on disk: one file each, named by code and number.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use czei::{CliCode, CliError, Content, ReceiptCode, ReceiptNumber};

use crate::failure::{Failure, Result};
use crate::shown;

/// The name of a receipt's file.
pub(crate) fn file_name(content: &Content) -> String {
    name_of(content.code, content.number)
}

fn name_of(code: ReceiptCode, number: ReceiptNumber) -> String {
    format!("{code}-{number}.xml")
}

/// Refuses a number from elsewhere whose receipt is in the folder already. Nothing else remembers such
/// numbers: issuing again would sign a second content for it.
pub(crate) fn check_new(folder: &Path, code: ReceiptCode, number: ReceiptNumber) -> Result<()> {
    let path = folder.join(name_of(code, number));
    if fs::symlink_metadata(&path).is_ok() {
        let error = CliError::new(CliCode::NumberTaken).found(format!("{code}:{number}"));
        return Err(error.in_file(shown::path(&path)).into());
    }
    Ok(())
}

/// Makes the folder for receipts.
pub(crate) fn make_folder(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(|error| cannot_write_to(folder, &error))
}

/// Writes a receipt. The same bytes again are no error; other bytes at its place are, because a
/// receipt that was issued must not get lost. What the unit signed is replaced by the finished
/// receipt.
pub(crate) fn write(folder: &Path, content: &Content, bytes: &[u8], replaces: Option<&[u8]>) -> Result<PathBuf> {
    let path = folder.join(file_name(content));
    match fs::read(&path) {
        Ok(there) if there == bytes => return Ok(path),
        Ok(there) if replaces.is_none_or(|old| old != there) => {
            return Err(CliError::new(CliCode::FileExists).in_file(shown::path(&path)).into());
        }
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(cannot_write_to(&path, &error)),
    }
    czei::files::write_new_or_replace(&path, bytes)?;
    Ok(path)
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
    bytes.map_err(|error| CliError::new(CliCode::CannotRead).found(error.to_string()).in_file(shown::path(path)).into())
}

pub(crate) fn cannot_write_to(path: &Path, error: &io::Error) -> Failure {
    CliError::new(CliCode::CannotWrite).found(error.to_string()).in_file(shown::path(path)).into()
}
