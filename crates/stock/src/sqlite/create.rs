//! Making a database: under another name first, so that a crash at any moment leaves a whole one or none.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use czei_codes::Code as _;
use rusqlite::{Connection, OpenFlags};

use super::connection::{Use, set_up, sql};
use super::copy_lock::Gate;
use super::database::{Database, is_taken};
use super::file_system::{beside, file_error, folder_of, refuse_network, remove_if_there, require_folder, sync_folder};
use super::journal::{Journal, STOCK_CHAIN};
use super::kind::{Kind, journal_progress};
use super::mark::{self, Marks, Owner};
use super::meta::{check_mark_place, kept, mark_file, mark_place_taken, new_name, receipts_folder, whole};
use super::receipts;
use super::segments::{about, with_checker};
use crate::journal_event::FIRST_HASH;
use crate::limits::check_by;
use crate::{By, Code, Error, Event, Mark, OpenOptions, Receipts, Result};

/// Larger pages than SQLite's own: fewer frames for documents of a few kilobytes.
const PAGE_SIZE: u32 = 8192;

impl Database {
    /// Makes a database with its mark and folder of receipts, and opens it.
    pub(crate) fn create(kind: Kind, options: &OpenOptions, by: By<'_>) -> Result<Arc<Database>> {
        check_by(by)?;
        let path = whole(&options.path)?;
        let folder = folder_of(&path);
        require_folder(&path)?;
        refuse_network(folder)?;
        let exists = |file: &Path| Code::StockExists.fault().in_file(file.display().to_string());
        let gate = enter_to_make(&path, options.busy_timeout, &|| exists(&options.path).into())?;
        let mark = mark_file(options.mark.as_ref().unwrap_or(&Mark::Beside), &path)?;
        mark.as_deref().map_or(Ok(()), |mark| check_mark_place(mark, &path))?;
        if let Some(mark) = mark.as_deref()
            && tells_of_another(mark, options.busy_timeout)?
        {
            return Err(exists(mark).found("the mark of a stock").into());
        }
        let receipts = receipts_folder(options.receipts.as_ref().unwrap_or(&Receipts::Inside))?;
        let owner = Owner { stock_id: new_name()?, generation: new_name()? };
        let places = Places { path: &path, mark: mark.as_deref(), receipts: receipts.as_deref() };
        let temporary = unfinished(&path);
        remove_database(&temporary)?;
        let made = places.make(kind, &temporary, &owner, options, by).and_then(|marks| {
            if let Some(receipts) = &receipts {
                receipts::make(receipts).map_err(|error| file_error(&error, receipts))?;
                // Where it was there already, too.
                sync_folder(folder_of(receipts))?;
            }
            if let Some(mark) = &mark {
                mark::Mark::replace(mark, &owner, &marks)?;
            }
            // Nobody else makes one here: the gate is held, and whoever opens finds nothing or all.
            fs::rename(&temporary, &path).map_err(|error| file_error(&error, &path))?;
            sync_folder(folder)
        });
        if let Err(error) = made {
            let _ = remove_database(&temporary);
            return Err(error);
        }
        drop(gate);
        Database::open(kind, options)
    }
}

/// Alone, where nothing stands and where nobody else makes anything meanwhile; else the error that `taken` makes.
pub(super) fn enter_to_make(path: &Path, timeout: Duration, taken: &dyn Fn() -> Error) -> Result<Gate> {
    let end = Instant::now().checked_add(timeout);
    loop {
        if is_taken(path) {
            return Err(taken());
        }
        // In small steps: whoever holds the gate may just have made the database and keep it open.
        match Gate::enter_alone(path, Duration::from_millis(20)) {
            Err(error) if error.is(Code::StockInUse) && end.is_none_or(|end| Instant::now() < end) => {}
            Ok(_) if is_taken(path) => return Err(taken()),
            gate => return gate,
        }
    }
}

struct Places<'a> {
    path: &'a Path,
    mark: Option<&'a Path>,
    receipts: Option<&'a Path>,
}

impl Places<'_> {
    /// Makes the file under its temporary name, synced; answers what the mark is to say.
    fn make(&self, kind: Kind, file: &Path, owner: &Owner, options: &OpenOptions, by: By<'_>) -> Result<Marks> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(file, flags).map_err(sql)?;
        connection.pragma_update(None, "page_size", PAGE_SIZE).map_err(sql)?;
        set_up(&connection, Use::Write)?;
        let now = (options.clock)();
        let mark = self.mark.map(|mark| kept(mark, self.path)).transpose()?;
        let receipts = self.receipts.map(|receipts| kept(receipts, self.path)).transpose()?;
        let (schema, version) = kind.schema();
        let transaction = connection.unchecked_transaction().map_err(sql)?;
        connection.execute_batch(schema).map_err(sql)?;
        connection
            .execute(
                "INSERT INTO meta (one, stock_id, generation, created_at, mark, receipts) VALUES (1, ?1, ?2, ?3, ?4, ?5)",
                (&owner.stock_id, &owner.generation, now.timestamp_millis(), &mark, &receipts),
            )
            .map_err(sql)?;
        connection
            .execute(
                "INSERT INTO chain (id, name, length, head) VALUES (?1, 'stock', 0, ?2)",
                (STOCK_CHAIN, FIRST_HASH),
            )
            .map_err(sql)?;
        let mut journal = Journal::open(&connection, now)?;
        let detail = serde_json::json!({
            "stock": owner.stock_id, "generation": owner.generation, "mark": mark, "receipts": receipts,
        });
        let detail = with_checker(detail, by);
        journal.append(STOCK_CHAIN, &about(Event::Created, by, &detail, None))?;
        journal.close()?;
        connection.pragma_update(None, "application_id", kind.application_id()).map_err(sql)?;
        connection.pragma_update(None, "user_version", version).map_err(sql)?;
        transaction.commit().map_err(sql)?;
        let marks = Marks::from([(0, journal_progress(&connection)?)]);
        // Closing copies the log into the file and removes it.
        connection.close().map_err(|(_, error)| sql(error))?;
        if is_taken(&beside(file, "-wal")) {
            return Err(Code::Busy.fault().in_file(file.display().to_string()).found("the log was not closed").into());
        }
        File::open(file).and_then(|file| file.sync_all()).map_err(|error| file_error(&error, file))?;
        Ok(marks)
    }
}

/// The name under which a database is made or restored. Whoever writes there holds the gate alone, so that what is
/// found there was left by a crash.
pub(super) fn unfinished(path: &Path) -> PathBuf {
    beside(path, ".new")
}

/// Removes what was left of a database under its temporary name.
pub(super) fn remove_database(path: &Path) -> Result<()> {
    ["", "-wal", "-shm", "-journal"].into_iter().try_for_each(|behind| remove_if_there(&beside(path, behind)))
}

/// Whether a mark stands there that says more than that of a database that was just made: it is what is left
/// of a stock that was lost, and the only trace of how far it had come.
fn tells_of_another(path: &Path, patience: Duration) -> Result<bool> {
    match mark::Mark::read(path, patience) {
        Ok(content) => Ok(content.marks.iter().any(|(key, reached)| *key != 0 || reached.value > 1)),
        Err(error) if error.is(Code::MarkMissing) => Ok(false),
        Err(error) if error.is(Code::MarkDamaged) => Err(mark_place_taken(path, "a file that is no mark")),
        Err(error) => Err(error),
    }
}
