//! A file that is written piece by piece, and stands at its place whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use crate::commands::receipts::cannot_write_to;
use crate::failure::Result;

/// A file under way.
pub(crate) struct OutFile {
    path: PathBuf,
    beside: PathBuf,
    file: Option<BufWriter<File>>,
}

impl OutFile {
    pub(crate) fn create(path: &Path) -> Result<Self> {
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

    fn remove(&self) {
        // Nothing to do about a temporary file that cannot be removed.
        let _ = fs::remove_file(&self.beside);
    }
}

impl Drop for OutFile {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            self.remove();
        }
    }
}
