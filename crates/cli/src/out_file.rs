//! Files that commands write piece by piece: what they may replace.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use czei::files::WholeFile;
use czei::{CliCode, CliError};

use crate::commands::receipts::cannot_write_to;
use crate::failure::Result;
use crate::shown;

/// Begins an export. What stands at its place is replaced only where it is an export too, or empty.
///
/// # Errors
/// [`CliCode::FileExists`] where something else stands there, as a stock, its mark, a device or a key;
/// [`czei::Code::FileWrite`].
pub(crate) fn export(path: &Path) -> Result<WholeFile> {
    over(path, is_export)
}

/// Begins a PDF, which replaces none but one that was printed before, or an empty file.
///
/// # Errors
/// As [`export`].
pub(crate) fn pdf(path: &Path) -> Result<WholeFile> {
    over(path, |file| czei::is_printed(file))
}

fn over(path: &Path, is_alike: impl Fn(&File) -> io::Result<bool>) -> Result<WholeFile> {
    if !may_be_replaced(path, is_alike).map_err(|error| cannot_write_to(path, &error))? {
        return Err(CliError::new(CliCode::FileExists).in_file(shown::path(path)).into());
    }
    Ok(WholeFile::create(path)?)
}

/// Whether nothing stands there, or an earlier one of the same sort; an empty file beside a stock is its lock.
fn may_be_replaced(path: &Path, is_alike: impl Fn(&File) -> io::Result<bool>) -> io::Result<bool> {
    let length = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        // To be refused by whoever creates the file, with its reason.
        Err(_) => return Ok(true),
        // A folder is never replaced, and says so itself; a device or a link would be.
        Ok(metadata) if !metadata.is_file() => return Ok(metadata.is_dir()),
        Ok(metadata) => metadata.len(),
    };
    if length == 0 {
        return Ok(path.extension().is_none_or(|extension| extension != "lock"));
    }
    is_alike(&File::open(path)?)
}

fn is_export(file: &File) -> io::Result<bool> {
    let mut start = Vec::with_capacity(8);
    file.take(8).read_to_end(&mut start)?;
    Ok(EXPORTS.iter().any(|known| start.starts_with(known)))
}

/// How exports begin: as CSV, and as JSON lines.
const EXPORTS: [&[u8]; 2] = [b"\xef\xbb\xbf", b"{\"v\":1,"];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn only_an_earlier_export_is_replaced() {
        let folder = std::env::temp_dir().join(format!("czei-out-file-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let at = |name: &str, bytes: &[u8]| {
            let path = folder.join(name);
            fs::write(&path, bytes).unwrap();
            may_be_replaced(&path, is_export).unwrap()
        };
        assert!(may_be_replaced(&folder.join("new.csv"), is_export).unwrap());
        assert!(at("old.csv", b"\xef\xbb\xbfid,code"));
        assert!(at("old.jsonl", b"{\"v\":1,\"seq\":1"));
        assert!(at("empty", b""));
        assert!(!at("stock.db", b"SQLite format 3\0"));
        assert!(!at("stock.db.mark", b"czei mark file 1"));
        assert!(!at("stock.db.lock", b""));
        assert!(!at("receipt.xml", b"<?xml version"));
        assert!(!at("pages.pdf", b"%PDF-1.7"), "a printed page is no export");
        #[cfg(unix)]
        assert!(!may_be_replaced(Path::new("/dev/null"), is_export).unwrap());
        fs::remove_dir_all(&folder).unwrap();
    }
}
