//! A file that is written piece by piece, and stands at its place whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

use czei::{CliCode, CliError};

use crate::commands::receipts::cannot_write_to;
use crate::failure::Result;
use crate::shown;

/// A file under way.
pub(crate) struct OutFile {
    path: PathBuf,
    beside: PathBuf,
    file: Option<BufWriter<File>>,
}

impl OutFile {
    /// Begins an export. What stands at its place is replaced only where it is an export too, or empty.
    ///
    /// # Errors
    /// [`CliCode::FileExists`] where something else stands there, as a stock, its mark, a device or a key;
    /// [`CliCode::CannotWrite`].
    pub(crate) fn create(path: &Path) -> Result<Self> {
        Self::create_over(path, &EXPORTS)
    }

    /// Begins a PDF, which replaces none but a PDF that was printed before.
    ///
    /// # Errors
    /// As [`OutFile::create`].
    pub(crate) fn create_pdf(path: &Path) -> Result<Self> {
        Self::create_over(path, &[b"%PDF-"])
    }

    fn create_over(path: &Path, starts: &[&[u8]]) -> Result<Self> {
        if !may_be_replaced(path, starts).map_err(|error| cannot_write_to(path, &error))? {
            return Err(CliError::new(CliCode::FileExists).in_file(shown::path(path)).into());
        }
        let invalid = || io::Error::new(io::ErrorKind::InvalidInput, "the path has no file name");
        let name = path.file_name().ok_or_else(|| cannot_write_to(path, &invalid()))?;
        let beside = path.with_file_name(format!(".{}.{}.tmp", name.to_string_lossy(), std::process::id()));
        // What a killed process with the same id left there is nobody's any more.
        let file = OpenOptions::new().write(true).create(true).truncate(true).open(&beside);
        let file = file.map_err(|error| cannot_write_to(path, &error))?;
        Ok(OutFile { path: path.to_owned(), beside, file: Some(BufWriter::with_capacity(64 * 1024, file)) })
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        file.write_all(bytes).map_err(|error| cannot_write_to(&self.path, &error))
    }

    /// Puts it in its place.
    pub(crate) fn finish(mut self) -> Result<()> {
        let Some(file) = self.file.take() else { return Ok(()) };
        let file = file.into_inner().map_err(io::IntoInnerError::into_error);
        let done = file.and_then(|file| file.sync_all()).and_then(|()| fs::rename(&self.beside, &self.path));
        if let Err(error) = done {
            self.remove();
            return Err(cannot_write_to(&self.path, &error));
        }
        Ok(())
    }

    /// The file while it is under way.
    fn under_way(&mut self) -> io::Result<&mut BufWriter<File>> {
        self.file.as_mut().ok_or_else(|| io::Error::from(io::ErrorKind::NotConnected))
    }

    fn remove(&self) {
        // Nothing to do about a temporary file that cannot be removed.
        let _ = fs::remove_file(&self.beside);
    }
}

/// For what writes into any output; errors keep the system's reason.
impl io::Write for OutFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.under_way()?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.under_way()?.flush()
    }
}

/// Whether nothing stands there, or an earlier one of the same sort, of which the first bytes tell; an empty file beside a
/// stock is its lock.
fn may_be_replaced(path: &Path, starts: &[&[u8]]) -> io::Result<bool> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        // To be refused by whoever creates the file, with its reason.
        Err(_) => return Ok(true),
        // A folder is never replaced, and says so itself; a device or a link would be.
        Ok(metadata) if !metadata.is_file() => return Ok(metadata.is_dir()),
        Ok(_) => {}
    }
    let mut start = Vec::with_capacity(8);
    File::open(path)?.take(8).read_to_end(&mut start)?;
    let is_lock = path.extension().is_some_and(|extension| extension == "lock");
    Ok((start.is_empty() && !is_lock) || starts.iter().any(|known| start.starts_with(known)))
}

/// How exports begin: as CSV, and as JSON lines.
const EXPORTS: [&[u8]; 2] = [b"\xef\xbb\xbf", b"{\"v\":1,"];

impl Drop for OutFile {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            self.remove();
        }
    }
}

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
            may_be_replaced(&path, &EXPORTS).unwrap()
        };
        assert!(may_be_replaced(&folder.join("new.csv"), &EXPORTS).unwrap());
        assert!(at("old.csv", b"\xef\xbb\xbfid,code"));
        assert!(at("old.jsonl", b"{\"v\":1,\"seq\":1"));
        assert!(at("empty", b""));
        assert!(!at("stock.db", b"SQLite format 3\0"));
        assert!(!at("stock.db.mark", b"czei mark file 1"));
        assert!(!at("stock.db.lock", b""));
        assert!(!at("receipt.xml", b"<?xml version"));
        assert!(!at("pages.pdf", b"%PDF-1.7"), "a printed page is no export");
        #[cfg(unix)]
        assert!(!may_be_replaced(Path::new("/dev/null"), &EXPORTS).unwrap());
        fs::remove_dir_all(&folder).unwrap();
    }
}
