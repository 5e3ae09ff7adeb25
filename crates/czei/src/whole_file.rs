//! A file that is written piece by piece, and stands at its place whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::Result;
use crate::files::{Mode, create_beside, folder_of, name_of, sync_folder, write_failed};

/// How much is gathered before it is written.
const BUFFER: usize = 64 << 10;

/// A file under way: what was written so far stands beside its place under a hidden name, `.NAME.….tmp`. Dropping it
/// before [`WholeFile::finish`] removes that; a process that is killed leaves it behind.
///
/// ```
/// use std::io::Write as _;
/// let folder = std::env::temp_dir().join(format!("czei-doc-whole-{}", std::process::id()));
/// std::fs::create_dir_all(&folder)?;
/// let mut file = czei::files::WholeFile::create(folder.join("many.jsonl"))?;
/// file.write_all(b"{}\n")?;
/// assert!(!folder.join("many.jsonl").exists());
/// file.finish()?;
/// assert_eq!(std::fs::read(folder.join("many.jsonl"))?, b"{}\n");
/// std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct WholeFile {
    path: PathBuf,
    beside: PathBuf,
    /// `None` once it stands at its place.
    file: Option<BufWriter<File>>,
}

impl WholeFile {
    /// Begins a file; what stands at its place stays there until [`WholeFile::finish`].
    ///
    /// # Errors
    /// [`Code::FileWrite`](crate::Code::FileWrite) with the system's reason.
    pub fn create(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let created = name_of(path).and_then(|name| create_beside(folder_of(path), name, Mode::Ordinary));
        let (file, beside) = created.map_err(|error| write_failed(path, &error))?;
        Ok(WholeFile { path: path.to_owned(), beside, file: Some(BufWriter::with_capacity(BUFFER, file)) })
    }

    /// Where it will stand.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts it in its place, synced, in one step with the removal of what stood there.
    ///
    /// # Errors
    /// [`Code::FileWrite`](crate::Code::FileWrite) with the system's reason: then what stood there is unchanged.
    pub fn finish(mut self) -> Result<()> {
        self.place().map_err(|error| write_failed(&self.path, &error))
    }

    fn place(&mut self) -> io::Result<()> {
        let file = self.under_way()?;
        file.flush()?;
        file.get_ref().sync_all()?;
        fs::rename(&self.beside, &self.path)?;
        self.file = None;
        sync_folder(folder_of(&self.path))
    }

    fn under_way(&mut self) -> io::Result<&mut BufWriter<File>> {
        self.file.as_mut().ok_or_else(|| io::Error::from(io::ErrorKind::NotConnected))
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.under_way()?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.under_way()?.flush()
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            // Nothing to do about a temporary file that cannot be removed.
            let _ = fs::remove_file(&self.beside);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::test_folder::TestFolder;

    #[test]
    fn it_stands_there_whole_or_not_at_all() {
        let folder = TestFolder::new();
        let path = folder.path("a.pdf");
        fs::write(&path, b"old").unwrap();
        let mut dropped = WholeFile::create(&path).unwrap();
        dropped.write_all(&[7; 3 * BUFFER]).unwrap();
        assert_eq!(folder.names().len(), 2);
        drop(dropped);
        assert_eq!(folder.names(), ["a.pdf"]);
        assert_eq!(fs::read(&path).unwrap(), b"old");

        let mut first = WholeFile::create(&path).unwrap();
        let mut second = WholeFile::create(&path).unwrap();
        first.write_all(b"first").unwrap();
        second.write_all(b"second").unwrap();
        second.finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"second");
        first.finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"first");
        assert_eq!(folder.names(), ["a.pdf"]);
    }

    #[test]
    fn what_cannot_be_put_in_its_place_leaves_nothing() {
        let folder = TestFolder::new();
        fs::create_dir(folder.path("taken")).unwrap();
        fs::write(folder.path("taken/old"), b"old").unwrap();
        let mut file = WholeFile::create(folder.path("taken")).unwrap();
        file.write_all(b"new").unwrap();
        let error = file.finish().unwrap_err();
        assert_eq!(error.entry().name, "file-write");
        assert_eq!(error.place().file, Some(folder.path("taken").display().to_string()));
        assert_eq!(folder.names(), ["taken"]);
        for nowhere in [folder.path("no/such/folder"), PathBuf::from("/")] {
            assert_eq!(WholeFile::create(nowhere).unwrap_err().entry().name, "file-write");
        }
    }
}
