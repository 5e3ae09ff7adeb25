//! Which databases this process has open: the handles of one file share one [`Database`].

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use super::database::Database;
use super::file_system::FileId;
use crate::{Code, Result};

static ENTRIES: Mutex<Option<HashMap<FileId, Entry>>> = Mutex::new(None);
static CHANGED: Condvar = Condvar::new();

struct Entry {
    process: u32,
    state: State,
}

enum State {
    /// Somebody opens, makes or replaces it.
    Taken,
    /// Open; once the last handle is gone it is being closed, until the entry goes.
    Open(Weak<Database>, u64),
}

/// The right to open, make or replace one file, while no handle of this process is open.
pub(super) struct Turn {
    file: FileId,
    is_used: bool,
}

/// What asking for a file gave.
pub(super) enum Access {
    Open(Arc<Database>),
    Turn(Turn),
}

/// The open database of a file, or the turn to open it.
///
/// # Errors
/// [`Code::Forked`].
pub(super) fn access(file: FileId) -> Result<Access> {
    let mut entries = lock();
    while let Some(entry) = entries.get_or_insert_default().get(&file) {
        // SQLite of a forked child believes that it holds the locks of its parent's connections on this file,
        // and would take none: no new connection is safe either.
        if entry.process != std::process::id() {
            return Err(Code::Forked.into());
        }
        if let State::Open(database, _) = &entry.state
            && let Some(database) = database.upgrade()
        {
            return Ok(Access::Open(database));
        }
        entries = CHANGED.wait(entries).unwrap_or_else(PoisonError::into_inner);
    }
    let entry = Entry { process: std::process::id(), state: State::Taken };
    entries.get_or_insert_default().insert(file, entry);
    Ok(Access::Turn(Turn { file, is_used: false }))
}

impl Turn {
    /// Notes the database as open; `unique` tells it from later ones of the same file.
    pub(super) fn opened(mut self, database: &Arc<Database>, unique: u64) {
        self.is_used = true;
        let entry = Entry { process: std::process::id(), state: State::Open(Arc::downgrade(database), unique) };
        lock().get_or_insert_default().insert(self.file, entry);
        CHANGED.notify_all();
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if !self.is_used {
            lock().get_or_insert_default().remove(&self.file);
            CHANGED.notify_all();
        }
    }
}

/// What stands for a database that is open: once it goes, the file can be opened anew.
#[derive(Debug)]
pub(super) struct Noted {
    pub(super) file: FileId,
    pub(super) unique: u64,
}

impl Drop for Noted {
    fn drop(&mut self) {
        let mut entries = lock();
        let entries = entries.get_or_insert_default();
        if let Some(Entry { state: State::Open(_, known), .. }) = entries.get(&self.file)
            && *known == self.unique
        {
            entries.remove(&self.file);
            CHANGED.notify_all();
        }
    }
}

/// Waits until something may have changed.
pub(super) fn wait(timeout: Duration) {
    drop(CHANGED.wait_timeout(lock(), timeout));
}

fn lock() -> MutexGuard<'static, Option<HashMap<FileId, Entry>>> {
    // Each change is one insertion or removal: a panic leaves nothing half done.
    ENTRIES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lets an entry look as it does in a forked child.
#[cfg(test)]
pub(super) fn pretend(file: FileId, process: u32) {
    if let Some(entry) = lock().get_or_insert_default().get_mut(&file) {
        entry.process = process;
    }
}
