//! Locks beside the database: one copy of the library in a process, and who has the database open.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use czei_codes::Code as _;

use super::file_system::{FileId, beside, file_error, folder_of};
use crate::{Code, Result};

/// The lock of the one copy of the library that may have the database open in this process:
/// `<database>.<process id>.lock`, held exclusively.
///
/// SQLite's own locks belong to the process: a second copy of the library in it, with its own SQLite, would
/// pass through them, and would drop them when it closes the file.
#[derive(Debug)]
pub(super) struct CopyLock {
    path: PathBuf,
    // Held for its lock.
    _file: File,
    owner: u32,
}

impl CopyLock {
    /// Takes the lock of this process, and removes those of processes that are gone.
    pub(super) fn take(database: &Path) -> Result<CopyLock> {
        let owner = std::process::id();
        let path = beside(database, &format!(".{owner}.lock"));
        // Another process that clears up holds the lock for a moment, when an earlier process with this id
        // left its file; a second copy holds it for long.
        for _ in 0..50 {
            let file = open(&path)?;
            match file.try_lock() {
                Ok(()) if is_named(&path, &file) => {
                    clear_up(database, &path);
                    return Ok(CopyLock { path, _file: file, owner });
                }
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(10)),
                Err(TryLockError::Error(error)) => return Err(file_error(&error, &path)),
            }
        }
        Err(Code::SecondCopy.fault().in_file(path.display().to_string()).into())
    }
}

impl Drop for CopyLock {
    fn drop(&mut self) {
        // A child that was forked has a copy of this; the lock stays its parent's.
        if self.owner == std::process::id() {
            // While the lock is held: nobody who waits for it keeps the file that goes.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Removes the lock files of processes that are gone: whoever gets the lock of one is alone with it.
fn clear_up(database: &Path, own: &Path) {
    let Some(name) = database.file_name().and_then(|name| name.to_str()) else { return };
    let Ok(entries) = fs::read_dir(folder_of(database)) else { return };
    for entry in entries.flatten() {
        let file_name = entry.file_name();
        let id = file_name
            .to_str()
            .and_then(|file| file.strip_prefix(name))
            .and_then(|rest| rest.strip_prefix('.'))
            .and_then(|rest| rest.strip_suffix(".lock"));
        let path = entry.path();
        if id.is_none_or(|id| id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_digit())) || path == own {
            continue;
        }
        let Ok(file) = OpenOptions::new().read(true).write(true).open(&path) else { continue };
        if file.try_lock().is_ok() && is_named(&path, &file) {
            let _ = fs::remove_file(&path);
        }
    }
}

/// Who has the database open: each that has it open holds `<database>.lock` shared. Whoever holds it
/// exclusively is alone: the first to open it after a crash, or one who makes, restores or replaces it. The
/// file stays.
#[derive(Debug)]
pub(super) struct Gate {
    file: File,
    path: PathBuf,
    is_alone: bool,
}

impl Gate {
    /// Exclusively when nobody has the database open, else shared, once nobody is alone with it.
    pub(super) fn enter(database: &Path, timeout: Duration) -> Result<Gate> {
        Gate::wait(database, timeout, Code::Busy, |file| match file.try_lock() {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => file.try_lock_shared().map(|()| false),
            Err(other) => Err(other),
        })
    }

    /// Exclusively; [`Code::StockInUse`] when others have the database open for longer than `timeout`.
    pub(super) fn enter_alone(database: &Path, timeout: Duration) -> Result<Gate> {
        Gate::wait(database, timeout, Code::StockInUse, |file| file.try_lock().map(|()| true))
    }

    fn wait(
        database: &Path,
        timeout: Duration,
        code: Code,
        attempt: impl Fn(&File) -> Result<bool, TryLockError>,
    ) -> Result<Gate> {
        let path = beside(database, ".lock");
        let end = Instant::now().checked_add(timeout);
        loop {
            let file = open(&path)?;
            match attempt(&file) {
                Ok(is_alone) if is_named(&path, &file) => return Ok(Gate { file, path, is_alone }),
                Ok(_) | Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(file_error(&error, &path)),
            }
            if end.is_some_and(|end| Instant::now() >= end) {
                return Err(code.fault().in_file(database.display().to_string()).into());
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Whether nobody else has the database open.
    pub(super) fn is_alone(&self) -> bool {
        self.is_alone
    }

    /// Lets others in. Not in one step: somebody else can be alone in between, so what holds for the
    /// database is to be looked at after this.
    pub(super) fn let_others_in(&mut self) -> Result<()> {
        if self.is_alone {
            self.file.lock_shared().map_err(|error| file_error(&error, &self.path))?;
            self.is_alone = false;
        }
        Ok(())
    }
}

fn open(path: &Path) -> Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(|error| file_error(&error, path))
}

/// Whether the path still names the file that was opened.
fn is_named(path: &Path, file: &File) -> bool {
    let opened = file.metadata().map(|metadata| FileId::of_metadata(&metadata));
    let named = fs::symlink_metadata(path).map(|metadata| FileId::of_metadata(&metadata));
    matches!((opened, named), (Ok(opened), Ok(named)) if opened == named)
}
