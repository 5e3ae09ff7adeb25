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

/// The turn to enter or leave the gate: `<database>.opening`, held exclusively, by one at a time. The file goes
/// with it.
#[derive(Debug)]
pub(super) struct Opening {
    path: PathBuf,
    // Held for its lock.
    _file: File,
    owner: u32,
}

impl Opening {
    /// Waits for the turn; [`Code::Busy`] after `timeout`.
    pub(super) fn take(database: &Path, timeout: Duration) -> Result<Opening> {
        let end = Instant::now().checked_add(timeout);
        loop {
            if let Some(opening) = Opening::try_take(database)? {
                return Ok(opening);
            }
            if end.is_some_and(|end| Instant::now() >= end) {
                return Err(Code::Busy.fault().in_file(database.display().to_string()).into());
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn try_take(database: &Path) -> Result<Option<Opening>> {
        let path = beside(database, ".opening");
        let file = open(&path)?;
        match file.try_lock() {
            Ok(()) if is_named(&path, &file) => Ok(Some(Opening { path, _file: file, owner: std::process::id() })),
            Ok(()) | Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(file_error(&error, &path)),
        }
    }
}

impl Drop for Opening {
    fn drop(&mut self) {
        // As with the copy lock: a forked child leaves it, and it goes while its lock is held.
        if self.owner == std::process::id() {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Who has the database open: each that has it open holds `<database>.lock` shared, from before SQLite opens it
/// until after SQLite closed it. Whoever holds it exclusively is alone: the first to open it after a crash, or one
/// who makes, restores or replaces it. The file stays.
///
/// Nobody enters but in their turn, which ends when SQLite has the database open and has read its log, and whoever
/// closes a log that is not to be trusted does it in their turn too. So whoever is there before and after somebody
/// opens the database was there all the time, and with them SQLite's own knowledge of what the log holds.
#[derive(Debug)]
pub(super) struct Gate {
    // In the order in which they are given up.
    file: File,
    opening: Option<Opening>,
    path: PathBuf,
    is_alone: bool,
}

impl Gate {
    /// Exclusively when nobody has the database open; else only the turn is held, until [`Gate::are_others_here`]
    /// or [`Gate::let_others_in`].
    pub(super) fn enter(database: &Path, timeout: Duration) -> Result<Gate> {
        Gate::wait(database, timeout, Code::Busy, |file| match file.try_lock() {
            Ok(()) => Ok(true),
            // Somebody who is alone is waited for. The lock is given back: it would hide whether others stay.
            Err(TryLockError::WouldBlock) => {
                file.try_lock_shared()?;
                file.unlock().map_err(TryLockError::Error)?;
                Ok(false)
            }
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
            if let Some(opening) = Opening::try_take(database)? {
                match attempt(&file) {
                    Ok(is_alone) if is_named(&path, &file) => {
                        return Ok(Gate { file, opening: Some(opening), path, is_alone });
                    }
                    Ok(_) | Err(TryLockError::WouldBlock) => {}
                    Err(TryLockError::Error(error)) => return Err(file_error(&error, &path)),
                }
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

    /// Whether those who were here when this one entered are still here; where they are not, this one is alone
    /// from now on.
    pub(super) fn are_others_here(&mut self) -> Result<bool> {
        if self.is_alone {
            return Ok(false);
        }
        match self.file.try_lock() {
            Ok(()) => {
                self.is_alone = true;
                Ok(false)
            }
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(error)) => Err(file_error(&error, &self.path)),
        }
    }

    /// Ends the turn, and goes on as one of those who have the database open. Nobody else comes in before that,
    /// although the system gives one lock back before it gives the other.
    pub(super) fn let_others_in(&mut self) -> Result<()> {
        self.file.lock_shared().map_err(|error| file_error(&error, &self.path))?;
        self.is_alone = false;
        self.opening = None;
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const SOON: Duration = Duration::from_millis(50);

    fn in_folder(name: &str, test: impl FnOnce(&Path)) {
        let folder = std::env::temp_dir().join(format!("czei-gate-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        test(&folder.join("stock.db"));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn those_who_go_while_one_enters_leave_it_alone() {
        in_folder("gone", |database| {
            let mut other = Gate::enter(database, SOON).unwrap();
            assert!(other.is_alone());
            other.let_others_in().unwrap();
            let mut gate = Gate::enter(database, SOON).unwrap();
            assert!(!gate.is_alone());
            assert!(gate.are_others_here().unwrap());
            // As a process that is killed.
            drop(other);
            assert!(!gate.are_others_here().unwrap());
            assert!(gate.is_alone());
            gate.let_others_in().unwrap();
            assert!(!Gate::enter(database, SOON).unwrap().is_alone());
        });
    }

    #[test]
    fn one_at_a_time_enters() {
        in_folder("turns", |database| {
            let mut gate = Gate::enter(database, SOON).unwrap();
            gate.let_others_in().unwrap();
            let second = Gate::enter(database, SOON).unwrap();
            assert!(Gate::enter(database, SOON).unwrap_err().is(Code::Busy));
            assert!(Gate::enter_alone(database, SOON).unwrap_err().is(Code::StockInUse));
            drop((second, gate));
            let alone = Gate::enter_alone(database, SOON).unwrap();
            assert!(alone.is_alone());
            assert!(Gate::enter(database, SOON).unwrap_err().is(Code::Busy));
            drop(alone);
            assert!(!beside(database, ".opening").exists());
        });
    }
}
