//! One database file, open: what its handles share, reading from it, and what ends its use.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use chrono::{DateTime, FixedOffset};
use czei_codes::Code as _;
use czei_sm2::{Entropy as _, SystemEntropy};
use rusqlite::Connection;
use rusqlite::config::DbConfig;

pub(crate) use super::connection::sql;
use super::connection::{Use, connect, has_log, pragma, put_back_trouble, set_up, settle, take_trouble};
use super::copy_lock::{CopyLock, Gate, Opening};
use super::doubtful_log::make_sure_of_log;
use super::file_system::{FileId, beside, file_error, folder_of, is_there, links, refuse_network, sync_folder};
use super::group_commit::Writer;
pub(crate) use super::kind::Kind;
use super::kind::{journal_has, journal_progress, journal_tag, pay_sequence};
use super::mark::{Mark, Owner};
use super::meta::{Meta, check_own_mark};
use super::migrate;
use super::registry::{self, Access, Noted};
use crate::{Code, Error, OpenOptions, Result};

/// How many connections that read are kept for later.
const SPARE_READERS: usize = 8;

/// An open database, shared by all handles of its file in this process.
pub(crate) struct Database {
    pub(super) kind: Kind,
    /// Tells it from others, also from one of the same file that was opened later.
    pub(super) unique: u64,
    /// How many threads wait for the writer, or are about to.
    pub(super) waiting: AtomicUsize,
    options: OpenOptions,
    path: PathBuf,
    meta: Meta,
    /// The database, its log, and the file that says who has it open.
    files: [(PathBuf, FileId); 3],
    /// The process that opened it.
    process: AtomicU32,
    is_poisoned: AtomicBool,
    writer: Mutex<Option<Writer>>,
    /// Those not in use. While this is locked no connection is opened, and the writer is not closed.
    readers: Mutex<Vec<Connection>>,
    hold: Weak<Hold>,
}

/// What says that the database is open, to other processes and in this one. The writer and every reader in use have
/// it: as long as one connection lives nobody opens the file in another way, which would drop SQLite's locks.
#[derive(Debug)]
pub(super) struct Hold {
    // In the order in which they are given up.
    _gate: Gate,
    _copy_lock: CopyLock,
    _noted: Noted,
}

/// A connection that reads, in use.
struct Reader<'d> {
    database: &'d Database,
    connection: Option<Connection>,
    hold: Option<Arc<Hold>>,
}

impl Reader<'_> {
    /// Keeps the connection for the next one who reads.
    fn keep(mut self) {
        let mut readers = self.database.lock_readers();
        if readers.len() < SPARE_READERS && !self.database.is_poisoned() {
            // The writer has its own: it is not closed meanwhile.
            self.hold = None;
            readers.extend(self.connection.take());
        }
        drop(readers);
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        // See `Gate`. Nothing is done without the turn that is not done otherwise.
        let is_doubtful = self.connection.is_some() && self.database.is_poisoned();
        let _opening = is_doubtful.then(|| Opening::take(&self.database.path, self.database.options.busy_timeout));
        self.connection = None;
        self.hold = None;
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Database {
    /// Opens a database, or joins the handles of this process that have it open.
    pub(crate) fn open(kind: Kind, options: &OpenOptions) -> Result<Arc<Database>> {
        let path = find(&options.path)?;
        let id = FileId::of(&path).map_err(|error| file_error(&error, &path))?;
        let end = Instant::now().checked_add(options.busy_timeout);
        loop {
            match registry::access(id).map_err(|error| in_file(error, &options.path))? {
                Access::Open(database) if database.is_poisoned() => {
                    // Whoever lost trust in it could not close it, because somebody was writing; and those who
                    // read it still do, and have SQLite's locks.
                    database.lose_trust();
                    if end.is_some_and(|end| Instant::now() >= end) {
                        let fault = Code::Busy.fault().in_file(options.path.display().to_string());
                        return Err(fault.found("a handle that lost trust is still in use").into());
                    }
                    drop(database);
                    registry::wait(Duration::from_millis(5));
                }
                Access::Open(database) => {
                    if database.kind != kind {
                        let fault = Code::NotAStock.fault().in_file(options.path.display().to_string());
                        return Err(fault.expected(kind.name()).found(database.kind.name()).into());
                    }
                    database.meta.compare(&path, options)?;
                    return Ok(database);
                }
                Access::Turn(turn) => {
                    let database = Arc::new(Database::open_anew(kind, options, path, id)?);
                    turn.opened(&database, database.unique);
                    return Ok(database);
                }
            }
        }
    }

    fn open_anew(kind: Kind, options: &OpenOptions, path: PathBuf, id: FileId) -> Result<Database> {
        static UNIQUE: AtomicU64 = AtomicU64::new(1);
        refuse_network(folder_of(&path))?;
        let copy_lock = CopyLock::take(&path)?;
        let mut gate = Gate::enter(&path, options.busy_timeout)?;
        let connection = prepare_in(&mut gate, kind, &path, options)?;
        // SQLite syncs the name of a new log and does not look whether that succeeded.
        sync_folder(folder_of(&path))?;
        gate.let_others_in()?;
        // From here on nobody replaces the database or its generation.
        let meta = Meta::read(&connection)?;
        meta.compare(&path, options)?;
        let mark = meta
            .mark(&path)
            .map(|mark| {
                check_own_mark(&mark, &path)?;
                compare_mark(kind, &mark, &connection, &meta.owner, options.busy_timeout)
            })
            .transpose()?;
        let mut salt = [0; 8];
        SystemEntropy.fill(&mut salt).map_err(|error| Error::Caller(error.any()))?;
        let log = if has_log() { beside(&path, "-wal") } else { path.clone() };
        let [database, log, gate_file] = [path.clone(), log, beside(&path, ".lock")].map(|file| {
            let id = FileId::of(&file).map_err(|error| file_error(&error, &file))?;
            Ok::<_, Error>((file, id))
        });
        let unique = UNIQUE.fetch_add(1, Ordering::Relaxed);
        let hold = Arc::new(Hold { _gate: gate, _copy_lock: copy_lock, _noted: Noted { file: id, unique } });
        let weak = Arc::downgrade(&hold);
        let writer = Writer::new(connection, mark, hold, u64::from_be_bytes(salt));
        Ok(Database {
            kind,
            unique,
            waiting: AtomicUsize::new(0),
            options: options.clone(),
            meta,
            files: [database?, log?, gate_file?],
            process: AtomicU32::new(std::process::id()),
            is_poisoned: AtomicBool::new(false),
            writer: Mutex::new(Some(writer)),
            readers: Mutex::default(),
            hold: weak,
            path,
        })
    }

    /// Runs `work` on a consistent snapshot; never blocks writers.
    ///
    /// # Errors
    /// That of `work`; those of the database.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        self.check_process()?;
        if self.is_poisoned() {
            return Err(Code::HandlePoisoned.into());
        }
        self.check_files().inspect_err(|_| self.lose_trust())?;
        // A change of this thread may be under way around this.
        let around = take_trouble();
        let outcome = self.reader().and_then(|reader| {
            let Some(connection) = &reader.connection else { return Err(Code::HandlePoisoned.into()) };
            connection.execute_batch("BEGIN").map_err(sql)?;
            let outcome = work(connection);
            connection.execute_batch("ROLLBACK").map_err(sql)?;
            Ok((reader, outcome))
        });
        let trouble = take_trouble();
        put_back_trouble(around);
        if trouble.is_some_and(|trouble| trouble.loses_trust) {
            self.lose_trust();
            return outcome.and_then(|(_, outcome)| outcome);
        }
        let (reader, outcome) = outcome?;
        reader.keep();
        outcome
    }

    fn reader(&self) -> Result<Reader<'_>> {
        // Locked until it is connected: as long as this one has the hold, SQLite has the database open.
        let mut readers = self.lock_readers();
        let hold = self.hold.upgrade().filter(|_| !self.is_poisoned()).ok_or(Code::HandlePoisoned)?;
        let connection = match readers.pop() {
            Some(connection) => connection,
            None => {
                let connection = connect(&self.path, Use::Read, self.options.busy_timeout)?;
                set_up(&connection, Use::Read)?;
                connection
            }
        };
        Ok(Reader { database: self, connection: Some(connection), hold: Some(hold) })
    }

    /// The folder of receipts beside the database.
    pub(crate) fn receipts(&self) -> Option<&Path> {
        self.meta.receipts.as_deref()
    }

    /// The options that it was opened with first.
    pub(crate) fn options(&self) -> &OpenOptions {
        &self.options
    }

    /// The time of the journal.
    pub(crate) fn now(&self) -> DateTime<FixedOffset> {
        (self.options.clock)()
    }

    /// Names the database for life.
    pub(crate) fn stock_id(&self) -> &str {
        &self.meta.owner.stock_id
    }

    /// Names its generation.
    pub(crate) fn generation(&self) -> &str {
        &self.meta.owner.generation
    }

    /// Refuses to go on in a forked child.
    pub(super) fn check_process(&self) -> Result<()> {
        if self.process.load(Ordering::Relaxed) == std::process::id() {
            return Ok(());
        }
        Err(Code::Forked.fault().in_file(self.path.display().to_string()).into())
    }

    /// Refuses to go on when a path no longer names the file that is open: others would not see what is
    /// written, and nothing of it may be left after a restart. The same of the gate: whoever opens the database
    /// after somebody cleared the lock away believes to be alone with it, and would mend its log under this one.
    pub(super) fn check_files(&self) -> Result<()> {
        for (path, id) in &self.files {
            let found = match FileId::of(path) {
                Ok(found) if found == *id => continue,
                Ok(_) => "another file",
                Err(_) => "no file",
            };
            return Err(Code::FileReplaced.fault().in_file(path.display().to_string()).found(found).into());
        }
        Ok(())
    }

    pub(super) fn is_poisoned(&self) -> bool {
        self.is_poisoned.load(Ordering::SeqCst)
    }

    pub(super) fn lock_writer(&self) -> MutexGuard<'_, Option<Writer>> {
        // Panics of the work are caught before they come here.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_readers(&self) -> MutexGuard<'_, Vec<Connection>> {
        // Only pushed to and popped from.
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the use of this database: no further call is answered, and opening it begins anew.
    pub(super) fn poison(&self, guard: &mut Option<Writer>) {
        self.is_poisoned.store(true, Ordering::SeqCst);
        self.close_writer(guard);
    }

    /// As [`Database::poison`] from a thread that reads; where somebody writes, they close the writer.
    fn lose_trust(&self) {
        self.is_poisoned.store(true, Ordering::SeqCst);
        if let Ok(mut guard) = self.writer.try_lock() {
            self.close_writer(&mut guard);
        }
    }

    /// Closes the connections without touching the files: what is in the log stays there for a recovery.
    pub(super) fn close_writer(&self, guard: &mut Option<Writer>) {
        let Some(mut writer) = guard.take() else { return };
        writer.abandon(Code::HandlePoisoned.into());
        keep_log(writer.connection(), true);
        // See `Gate`. Without the turn it is closed all the same: it cannot stay.
        let _opening = Opening::take(&self.path, self.options.busy_timeout);
        let mut readers = self.lock_readers();
        readers.clear();
        drop(writer);
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let writer = self.writer.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        let readers = std::mem::take(self.readers.get_mut().unwrap_or_else(PoisonError::into_inner));
        if self.check_process().is_err() {
            // A forked child must not close its parent's connections: that alone can remove the log.
            std::mem::forget((writer, readers));
            return;
        }
        drop(readers);
        let Some(writer) = writer else { return };
        if self.check_files().is_err() {
            // Closing removes the log by its path, which is somebody else's now.
            keep_log(writer.connection(), true);
        }
        drop(writer);
    }
}

/// Whether closing the connection leaves the log as it is.
fn keep_log(connection: &Connection, is_kept: bool) {
    // Where it fails nothing is left to be done: the connection is closed either way.
    let _ = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, is_kept);
}

/// [`prepare`] for one who has just entered. Those who were there may have been killed before SQLite looked at the
/// log: then it read the log as the first one does who opens it, who has to make sure of it before.
fn prepare_in(gate: &mut Gate, kind: Kind, path: &Path, options: &OpenOptions) -> Result<Connection> {
    loop {
        let was_alone = gate.is_alone();
        let prepared = prepare(kind, path, options, was_alone).map_err(|error| in_file(error, &options.path));
        if was_alone || gate.are_others_here()? {
            return prepared.inspect(|connection| keep_log(connection, false));
        }
        drop(prepared);
    }
}

/// Connects to a database of this kind, with its settings in force, its schema of this version, and everything
/// that is visible on the disk.
pub(super) fn prepare(kind: Kind, path: &Path, options: &OpenOptions, is_alone: bool) -> Result<Connection> {
    if is_alone {
        make_sure_of_log(kind, path)?;
    }
    // SQLite would open it for reading then, and leave a log behind that cannot be written either. Nobody in this
    // process has it open: closing the file again drops no locks.
    std::fs::OpenOptions::new().read(true).write(true).open(path).map_err(|error| file_error(&error, &options.path))?;
    let connection = connect(path, Use::Write, options.busy_timeout)?;
    if !is_alone {
        keep_log(&connection, true);
    }
    identify(kind, &connection, &options.path)?;
    set_up(&connection, Use::Write)?;
    migrate::bring_up(kind, &connection, is_alone, options)?;
    if is_alone {
        settle(&connection, options.busy_timeout)?;
    }
    Ok(connection)
}

/// The file that a path leads to.
pub(super) fn find(path: &Path) -> Result<PathBuf> {
    let named = path.display().to_string();
    let metadata = match path.metadata() {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(Code::StockAbsent.fault().in_file(named).into());
        }
        Err(error) => return Err(file_error(&error, path)),
    };
    if !metadata.is_file() {
        return Err(Code::NotAStock.fault().in_file(named).found("no file").into());
    }
    // SQLite names its log after the path: under two names the file would have two logs.
    let names = links(&metadata);
    if names != 1 {
        let fault = Code::FileHasTwoNames.fault().in_file(named);
        return Err(fault.expected("1 name").found(format!("{names} names")).into());
    }
    path.canonicalize().map_err(|error| file_error(&error, path))
}

/// Refuses what is no database of this kind, or newer than this version.
pub(super) fn identify(kind: Kind, connection: &Connection, path: &Path) -> Result<()> {
    let not_a_stock = |found: String| {
        let fault = Code::NotAStock.fault().in_file(path.display().to_string());
        Error::from(fault.expected(kind.name()).found(found))
    };
    let id = pragma(connection, "application_id").map_err(|error| match error.is(Code::DatabaseDamaged) {
        true => not_a_stock("no SQLite database".to_owned()),
        false => in_file(error, path),
    })?;
    if id != kind.application_id().to_string() {
        let other = [Kind::Stock, Kind::Ledger].into_iter().find(|kind| id == kind.application_id().to_string());
        return Err(not_a_stock(other.map_or_else(|| format!("application id {id}"), |kind| kind.name().to_owned())));
    }
    let (_, newest) = kind.schema();
    let version = pragma(connection, "user_version")?;
    if version.parse::<i64>().is_ok_and(|version| version > newest) {
        let fault = Code::SchemaNewer.fault().in_file(path.display().to_string());
        return Err(fault.expected(format!("schema {newest}")).found(format!("schema {version}")).into());
    }
    if connection.is_readonly("main").map_err(sql)? {
        return Err(Code::ReadOnly.fault().in_file(path.display().to_string()).found("no right to write").into());
    }
    Ok(())
}

/// Opens the mark and refuses a database that is behind it; brings it up where the database is ahead, as after
/// a crash between commit and mark.
fn compare_mark(
    kind: Kind,
    path: &Path,
    connection: &Connection,
    owner: &Owner,
    patience: std::time::Duration,
) -> Result<Mark> {
    // First the mark, then the database: others may be writing both, in the other order.
    let (mut mark, content) = Mark::open(path, patience)?;
    if content.owner != *owner {
        let name = |owner: &Owner| format!("stock {} generation {}", owner.stock_id, owner.generation);
        let fault = Code::OtherGeneration.fault().in_file(path.display().to_string());
        return Err(fault.expected(name(owner)).found(name(&content.owner)).into());
    }
    let mut reached = kind.progress(connection, None)?;
    reached.insert(0, journal_progress(connection)?);
    for (key, marked) in &content.marks {
        let found = reached.get(key).map(|reached| reached.value);
        if found.is_none_or(|found| found < marked.value) {
            let fault = Code::OlderState.fault().in_file(path.display().to_string());
            let found = found.map_or_else(|| format!("{} unknown", named(*key)), |found| said(*key, found));
            return Err(fault.expected(said(*key, marked.value)).found(found).into());
        }
    }
    if let Some(marked) = content.marks.get(&0)
        && journal_tag(connection, marked.value)? != marked.tag
    {
        let fault = Code::OtherGeneration.fault().in_file(path.display().to_string());
        return Err(fault.found(format!("another row {} in the journal", marked.value)).into());
    }
    mark.raise_checked(&reached, &|row| journal_has(connection, row))?;
    Ok(mark)
}

fn named(key: i64) -> String {
    match key {
        0 => "journal".to_owned(),
        _ if pay_sequence(key).is_some() => "payment codes".to_owned(),
        _ => format!("segment {}", key.abs()),
    }
}

/// What a value of the mark says.
pub(super) fn said(key: i64, value: i64) -> String {
    use crate::number_id::NUMBERS;
    if let Some((region, year, allotted_id)) = pay_sequence(key) {
        return format!("payment codes {region} {year} {allotted_id:02} up to {value}");
    }
    match key {
        0 => format!("journal rows {value}"),
        1.. => format!("segment {key} up to {:08}-{:010}", value / NUMBERS, value % NUMBERS),
        _ => format!("segment {} with {value} returned", -key),
    }
}

/// Adds the file to an error that has none.
pub(super) fn in_file(error: Error, path: &Path) -> Error {
    match error {
        Error::Stock(fault) if fault.place().file.is_none() => fault.in_file(path.display().to_string()).into(),
        error => error,
    }
}

/// Whether anything stands where a database is to be made.
pub(super) fn is_taken(path: &Path) -> bool {
    is_there(path) || is_there(&beside(path, "-wal")) || is_there(&beside(path, "-journal"))
}

#[cfg(test)]
mod tests;
