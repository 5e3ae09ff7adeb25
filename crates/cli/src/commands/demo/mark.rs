//! The mark of a folder that the demo made: that it did, and how far it came.

use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use czei::{CliCode, CliError};

use crate::commands::receipts::{cannot_write_to, make_folder};
use crate::failure::Result;
use crate::shown;

const NAME: &str = ".czei-demo";
const BEGUN: &str = "made by czei demo; safe to delete\n";
const FINISHED: &str = "made by czei demo, which came to its end; safe to delete\n";

/// The mark, locked until the demo is done: another one in the same folder waits.
#[derive(Debug)]
pub(super) struct DemoMark {
    path: PathBuf,
    file: File,
    content: String,
}

impl DemoMark {
    /// The mark of a folder, which is made when it is not there, empty in an empty folder. The mark alone
    /// says that the demo may empty the folder; any other folder with something in it is refused.
    pub(super) fn take(folder: &Path) -> Result<Self> {
        make_folder(folder)?;
        let path = folder.join(NAME);
        let mut entries = fs::read_dir(folder).map_err(|error| cannot_write_to(folder, &error))?;
        if !path.is_file() && entries.next().is_some() {
            return Err(CliError::new(CliCode::ForeignFolder).in_file(shown::path(folder)).into());
        }
        let failed = |error: std::io::Error| cannot_write_to(&path, &error);
        // The name appears in one step: a demo that is stopped here leaves an empty mark.
        let opened = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&path);
        let mut file = opened.map_err(failed)?;
        file.lock().map_err(failed)?;
        let mut content = Vec::new();
        file.read_to_end(&mut content).map_err(failed)?;
        let content = String::from_utf8_lossy(&content).into_owned();
        Ok(DemoMark { path, file, content })
    }

    /// Whether a demo began here and was stopped.
    pub(super) fn is_begun(&self) -> bool {
        self.content == BEGUN
    }

    /// Says that a demo begins.
    pub(super) fn begin(&self) -> Result<()> {
        self.write(BEGUN)
    }

    /// Says that it came to its end: the next one is made anew.
    pub(super) fn finish(&self) -> Result<()> {
        self.write(FINISHED)
    }

    fn write(&self, text: &str) -> Result<()> {
        let mut file = &self.file;
        let written = file.rewind().and_then(|()| file.write_all(text.as_bytes()));
        let written = written.and_then(|()| file.set_len(text.len() as u64)).and_then(|()| file.sync_all());
        written.map_err(|error| cannot_write_to(&self.path, &error))
    }
}
