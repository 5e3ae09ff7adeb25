//! Making sure of a log whose last sync may have failed, before SQLite reads it.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use super::file_system::{beside, file_error, folder_of, sync_folder};
use super::kind::Kind;
use crate::Result;

const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Writes the log of a database over itself, with its own bytes, and syncs it. Only for whoever is alone with
/// the database, in this process too: closing the database file, which is read here, drops every lock that the
/// process has on it, those of a connection that still reads included.
///
/// After a sync that failed, or a process that was killed between write and sync, the log may have frames in
/// the memory of the system that are not on the disk. Whoever opens the database next reads them as committed.
/// After a failed sync the system takes their pages for written: syncing the log again would succeed and do
/// nothing. A checkpoint would copy them into the database file, page by page: a power cut meanwhile, or after it
/// while the log still stands under its name, would leave a file that is newer than its log here and older there.
/// Written anew, the pages are written to the disk, or the sync says that they are not.
pub(super) fn make_sure_of_log(kind: Kind, database: &Path) -> Result<()> {
    let path = beside(database, "-wal");
    let failed = |error: std::io::Error| file_error(&error, &path);
    // The log of a database that is none of ours may be in somebody's use; what it is SQLite says later.
    if !is_of(kind, database) {
        return Ok(());
    }
    let mut log = match OpenOptions::new().read(true).write(true).open(&path) {
        Ok(log) => log,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(error)),
    };
    let mut chunk = vec![0; 256 << 10];
    let mut at = 0;
    loop {
        let count = log.read(&mut chunk).map_err(failed)?;
        if count == 0 {
            break;
        }
        log.seek(SeekFrom::Start(at)).and_then(|_| log.write_all(&chunk[..count])).map_err(failed)?;
        at += count as u64;
    }
    if at > 0 {
        log.sync_all().map_err(failed)?;
        sync_folder(folder_of(database))?;
    }
    Ok(())
}

/// Whether the header says that the file is such a database. It is read from the file alone, which has had it
/// since it was made: SQLite would read the log first.
fn is_of(kind: Kind, database: &Path) -> bool {
    let mut header = [0; 72];
    let is_read = File::open(database).and_then(|mut file| file.read_exact(&mut header)).is_ok();
    let id = header[68..].iter().fold(0, |id, byte| id << 8 | i64::from(*byte));
    is_read && header.starts_with(MAGIC) && id == kind.application_id()
}
