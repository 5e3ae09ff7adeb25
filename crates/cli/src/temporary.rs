//! A temporary file without a lasting name.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

/// A file in the system's folder for temporary files, readable by its owner alone, gone when it is
/// dropped. Where the system allows it, its name is gone at once, so that nothing stays behind even
/// when the process is killed.
#[derive(Debug)]
pub(crate) struct TemporaryFile {
    pub(crate) file: File,
    /// The name, where it could not be removed while the file is open.
    path: Option<PathBuf>,
}

impl TemporaryFile {
    pub(crate) fn create() -> io::Result<Self> {
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        let mut tries = 0;
        loop {
            let count = COUNTER.fetch_add(1, Ordering::Relaxed);
            let path = std::env::temp_dir().join(format!("czei-{}-{count}.tmp", std::process::id()));
            // A new file or none: what someone else put at this name is neither used nor followed.
            let mut options = OpenOptions::new();
            options.read(true).write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            match options.open(&path) {
                Ok(file) => {
                    let path = fs::remove_file(&path).is_err().then_some(path);
                    return Ok(TemporaryFile { file, path });
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && tries < 1000 => tries += 1,
                Err(error) => return Err(error),
            }
        }
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            // Nothing to do about a temporary file that cannot be removed.
            let _ = fs::remove_file(path);
        }
    }
}
