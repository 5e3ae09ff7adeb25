//! Connections to a database: their settings, read back, and what their errors mean.

use std::cell::RefCell;
use std::path::Path;
use std::time::{Duration, Instant};

use czei_codes::Code as _;
use rusqlite::config::DbConfig;
use rusqlite::types::Value;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::{Code, Error, Result};

/// How a connection is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Write,
    Read,
}

/// The settings of every connection: name, value, and what SQLite says when it is in force.
const SETTINGS: [(&str, &str, &str); 10] = [
    // Where fsync leaves the data in the drive's cache (macOS).
    ("fullfsync", "ON", "1"),
    ("checkpoint_fullfsync", "ON", "1"),
    ("foreign_keys", "ON", "1"),
    // An error while reading a mapped file would kill the process instead of coming back as an error.
    ("mmap_size", "0", "0"),
    // Damage is noticed where it is read, and nothing in a damaged schema is run.
    ("cell_size_check", "ON", "1"),
    ("trusted_schema", "OFF", "0"),
    ("temp_store", "MEMORY", "2"),
    ("cache_size", "-32768", "-32768"),
    // It runs behind a COMMIT, which SQLite reports as done although it failed. That is right: what was committed is
    // synced in the log, which is given up only once all of it is in the database file and that is synced. After a
    // failure the next one writes the same pages again; until one succeeds the log grows.
    ("wal_autocheckpoint", "8000", "8000"),
    ("journal_size_limit", "268435456", "268435456"),
];

/// What keeps an acknowledged commit through a power cut: each commit is synced before others see it and before it
/// returns.
const DURABLE: [(&str, &str, &str); 2] = [("journal_mode", "WAL", "wal"), ("synchronous", "FULL", "2")];

/// The settings that are in force: the durable ones, but in the controls of the fault tests.
fn durable() -> [(&'static str, &'static str, &'static str); 2] {
    #[cfg(feature = "fault-controls")]
    if let Some(other) = control::SETTINGS.get() {
        return *other;
    }
    DURABLE
}

/// Whether the database has a log beside it.
pub(super) fn has_log() -> bool {
    durable()[0] == DURABLE[0]
}

/// The door for the controls of the fault tests, which must lose numbers where the shipped settings do not.
/// Shipped libraries do not have it.
#[cfg(feature = "fault-controls")]
pub(super) mod control {
    /// `journal_mode` and `synchronous`, with what SQLite says of them.
    pub(super) static SETTINGS: std::sync::OnceLock<[(&str, &str, &str); 2]> = std::sync::OnceLock::new();

    /// Makes this process use one of two settings that lose acknowledged numbers when the power goes.
    ///
    /// # Panics
    /// For any other name, and when it was called before.
    #[doc(hidden)]
    pub fn dangerous_settings(name: &str) {
        let [wal, full] = super::DURABLE;
        let settings = match name {
            "WAL+NORMAL" => [wal, ("synchronous", "NORMAL", "1")],
            "DELETE+FULL" => [("journal_mode", "DELETE", "delete"), full],
            other => panic!("no control: {other}"),
        };
        assert!(SETTINGS.set(settings).is_ok(), "settings are chosen once");
    }
}

/// Opens a connection to an existing file; `path` is absolute, so that SQLite never takes it for a URI.
pub(super) fn connect(path: &Path, usage: Use, busy_timeout: Duration) -> Result<Connection> {
    let access = match usage {
        Use::Write => OpenFlags::SQLITE_OPEN_READ_WRITE,
        Use::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
    };
    let mut connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(sql)?;
    wait_up_to(&mut connection, busy_timeout)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(connection)
}

/// Lets statements wait so long for other processes. SQLite's own waiting sleeps up to 100 ms at a time: the longer
/// somebody waits, the less often they look, and those that just came are served first.
fn wait_up_to(connection: &mut Connection, busy_timeout: Duration) -> Result<()> {
    let mut begun = Instant::now();
    let wait = move |times: i32| {
        if times == 0 {
            begun = Instant::now();
        }
        let is_in_time = begun.elapsed() < busy_timeout;
        if is_in_time {
            std::thread::sleep(Duration::from_millis(if times < 10 { 1 } else { 2 }));
        }
        is_in_time
    };
    connection.busy_handler(Some(wait)).map_err(sql)
}

/// Puts the settings in force and reads each back.
pub(super) fn set_up(connection: &Connection, usage: Use) -> Result<()> {
    let [journal_mode, synchronous] = durable();
    if usage == Use::Write {
        connection.execute_batch(&format!("PRAGMA journal_mode = {}", journal_mode.1)).map_err(sql)?;
    }
    for (name, value, _) in SETTINGS.into_iter().chain([synchronous]) {
        connection.execute_batch(&format!("PRAGMA {name} = {value}")).map_err(sql)?;
    }
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true).map_err(sql)?;
    if usage == Use::Read {
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(sql)?;
    }
    read_back(connection)
}

/// Compares every setting with what is in force.
fn read_back(connection: &Connection) -> Result<()> {
    for (name, _, expected) in durable().into_iter().chain(SETTINGS) {
        in_force(name, expected, &pragma(connection, name)?)?;
    }
    let defensive = connection.db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE).map_err(sql)?;
    in_force("defensive", "true", &defensive.to_string())
}

/// Refuses a setting that is not in force.
pub(super) fn in_force(name: &str, expected: &str, found: &str) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    let fault = Code::SettingNotInForce.fault().expected(format!("{name} {expected}"));
    Err(fault.found(format!("{name} {found}")).into())
}

/// The value of a pragma as text.
pub(super) fn pragma(connection: &Connection, name: &str) -> Result<String> {
    let value = connection.pragma_query_value(None, name, |row| row.get(0)).map_err(sql)?;
    Ok(match value {
        Value::Integer(value) => value.to_string(),
        Value::Text(text) => text,
        other => format!("{:?}", other.data_type()),
    })
}

/// Copies everything that is visible into the database file and syncs that.
///
/// A commit is visible to others only once it is synced, with one exception: whoever opens the database
/// first after all others are gone also sees a commit whose process was killed between write and sync, or whose
/// sync failed. [`make_sure_of_log`](super::doubtful_log::make_sure_of_log) has put those on the disk before
/// SQLite read them; here they come into the database file. The log is given up only when all of its frames were
/// copied, hence the loop; nobody else has the database open, so it ends.
pub(super) fn settle(connection: &Connection, timeout: Duration) -> Result<()> {
    let end = Instant::now().checked_add(timeout);
    loop {
        let (busy, frames, copied): (i64, i64, i64) = connection
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .map_err(sql)?;
        if busy == 0 && copied >= frames {
            return Ok(());
        }
        if end.is_some_and(|end| Instant::now() >= end) {
            let found = format!("{copied} of {frames} frames of the log copied");
            return Err(Code::Busy.fault().found(found).into());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// An error of SQLite that stands for the whole transaction, also where it came back in one answer of a batch.
#[derive(Debug, Clone)]
pub(super) struct Trouble {
    pub(super) error: Error,
    /// A read, write or sync failed, or damage was found: the connection is not to be trusted.
    pub(super) loses_trust: bool,
}

thread_local! {
    static TROUBLE: RefCell<Option<Trouble>> = const { RefCell::new(None) };
}

/// The worst trouble of this thread since it was last asked.
pub(super) fn take_trouble() -> Option<Trouble> {
    TROUBLE.take()
}

/// Puts back what was taken, so that a question asked in between does not hide it.
pub(super) fn put_back_trouble(trouble: Option<Trouble>) {
    if trouble.is_some() {
        TROUBLE.set(trouble);
    }
}

/// What an error of SQLite is here. The texts name no values of a row.
pub(crate) fn sql(error: rusqlite::Error) -> Error {
    let Some(failure) = error.sqlite_error() else {
        // A row that is not there, or has other types than the schema allows.
        return Code::DatabaseDamaged.fault().found(error.to_string()).into();
    };
    let code = match failure.code {
        _ if failure.extended_code == rusqlite::ffi::SQLITE_READONLY_DBMOVED => Code::FileReplaced,
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Code::Busy,
        ErrorCode::DiskFull => Code::DiskFull,
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied => Code::ReadOnly,
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Code::DatabaseDamaged,
        _ => Code::DatabaseFailed,
    };
    let is_io = failure.code == ErrorCode::SystemIoFailure;
    let loses_trust = is_io || matches!(code, Code::DatabaseDamaged | Code::FileReplaced);
    let is_of_one_row = failure.code == ErrorCode::ConstraintViolation;
    let error = Error::from(code.fault().found(format!("SQLite {}: {error}", failure.extended_code)));
    TROUBLE.with_borrow_mut(|trouble| {
        if !is_of_one_row && trouble.as_ref().is_none_or(|before| loses_trust && !before.loses_trust) {
            *trouble = Some(Trouble { error: error.clone(), loses_trust });
        }
    });
    error
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn open() -> (std::path::PathBuf, Connection) {
        static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("czei-settings-{}-{count}", std::process::id()));
        let _ = std::fs::remove_file(&path);
        let connection = Connection::open(&path).unwrap();
        (path, connection)
    }

    #[test]
    fn each_setting_that_is_not_in_force_is_named() {
        let (path, connection) = open();
        set_up(&connection, Use::Write).unwrap();
        let others = [
            ("synchronous", "NORMAL", "1"),
            ("fullfsync", "OFF", "0"),
            ("checkpoint_fullfsync", "OFF", "0"),
            ("foreign_keys", "OFF", "0"),
            ("mmap_size", "4096", "4096"),
            ("cell_size_check", "OFF", "0"),
            ("trusted_schema", "ON", "1"),
            ("temp_store", "FILE", "1"),
            ("cache_size", "-1", "-1"),
            ("wal_autocheckpoint", "1", "1"),
            ("journal_size_limit", "1", "1"),
            ("journal_mode", "DELETE", "delete"),
        ];
        assert_eq!(others.len(), SETTINGS.len() + DURABLE.len());
        for (name, value, found) in others {
            connection.execute_batch(&format!("PRAGMA {name} = {value}")).unwrap();
            let error = read_back(&connection).unwrap_err();
            assert!(error.is(Code::SettingNotInForce), "{name}");
            assert_eq!(error.found_text(), Some(format!("{name} {found}").as_str()));
            assert!(error.expected_text().unwrap().starts_with(&format!("{name} ")));
            set_up(&connection, Use::Write).unwrap();
        }
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, false).unwrap();
        assert_eq!(read_back(&connection).unwrap_err().found_text(), Some("defensive false"));
        drop(connection);
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_database_that_cannot_have_a_log_is_refused() {
        let connection = Connection::open_in_memory().unwrap();
        let error = set_up(&connection, Use::Write).unwrap_err();
        assert!(error.is(Code::SettingNotInForce));
        assert_eq!(error.expected_text(), Some("journal_mode wal"));
        assert_eq!(error.found_text(), Some("journal_mode memory"));
    }

    #[test]
    fn errors_keep_the_code_of_sqlite() {
        let failure = |code| sql(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None));
        let cases = [
            (rusqlite::ffi::SQLITE_BUSY, Code::Busy, false),
            (rusqlite::ffi::SQLITE_BUSY_SNAPSHOT, Code::Busy, false),
            (rusqlite::ffi::SQLITE_FULL, Code::DiskFull, false),
            (rusqlite::ffi::SQLITE_READONLY, Code::ReadOnly, false),
            (rusqlite::ffi::SQLITE_READONLY_DBMOVED, Code::FileReplaced, true),
            (rusqlite::ffi::SQLITE_CORRUPT, Code::DatabaseDamaged, true),
            (rusqlite::ffi::SQLITE_NOTADB, Code::DatabaseDamaged, true),
            (rusqlite::ffi::SQLITE_IOERR_FSYNC, Code::DatabaseFailed, true),
            (rusqlite::ffi::SQLITE_NOMEM, Code::DatabaseFailed, false),
            (rusqlite::ffi::SQLITE_CANTOPEN, Code::DatabaseFailed, false),
        ];
        for (code, expected, loses_trust) in cases {
            take_trouble();
            let error = failure(code);
            assert!(error.is(expected), "{code}: {error}");
            assert!(error.found_text().unwrap().starts_with(&format!("SQLite {code}: ")), "{error}");
            let trouble = take_trouble().unwrap();
            assert_eq!((trouble.error, trouble.loses_trust), (error, loses_trust), "{code}");
        }
        assert!(failure(rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE).is(Code::DatabaseFailed));
        assert!(take_trouble().is_none());
        failure(rusqlite::ffi::SQLITE_FULL);
        failure(rusqlite::ffi::SQLITE_IOERR);
        failure(rusqlite::ffi::SQLITE_FULL);
        assert!(take_trouble().unwrap().loses_trust);
        assert!(sql(rusqlite::Error::QueryReturnedNoRows).is(Code::DatabaseDamaged));
    }
}
