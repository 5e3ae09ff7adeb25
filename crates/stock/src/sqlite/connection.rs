//! Connections to a database: their settings, read back, and what their errors mean.

use std::path::Path;
use std::time::Duration;

use czei_codes::Code as _;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::{Code, Error, Result};

/// How a connection is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    Write,
    Read,
}

/// Opens a connection to an existing file; `path` is absolute, so that SQLite never takes it for an URI.
pub(crate) fn connect(path: &Path, usage: Use, busy_timeout: Duration) -> Result<Connection> {
    let access = match usage {
        Use::Write => OpenFlags::SQLITE_OPEN_READ_WRITE,
        Use::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
    };
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(sql)?;
    connection.busy_timeout(busy_timeout.min(Duration::from_secs(86_400))).map_err(sql)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(connection)
}

/// Puts the settings in force and reads each back.
pub(crate) fn set_up(connection: &Connection, usage: Use) -> Result<()> {
    if usage == Use::Write {
        setting(connection, "journal_mode", "WAL", "wal")?;
    }
    setting(connection, "synchronous", "FULL", "2")?;
    setting(connection, "foreign_keys", "ON", "1")?;
    setting(connection, "mmap_size", "0", "0")?;
    setting(connection, "cell_size_check", "ON", "1")?;
    setting(connection, "trusted_schema", "OFF", "0")?;
    setting(connection, "temp_store", "MEMORY", "2")?;
    setting(connection, "cache_size", "-32768", "-32768")?;
    setting(connection, "wal_autocheckpoint", "8000", "8000")?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true).map_err(sql)?;
    Ok(())
}

fn setting(connection: &Connection, name: &str, value: &str, expected: &str) -> Result<()> {
    connection.execute_batch(&format!("PRAGMA {name} = {value}")).map_err(sql)?;
    let found: rusqlite::types::Value =
        connection.pragma_query_value(None, name, |row| row.get(0)).map_err(sql)?;
    let found = match found {
        rusqlite::types::Value::Integer(value) => value.to_string(),
        rusqlite::types::Value::Text(text) => text,
        other => format!("{other:?}"),
    };
    if found == expected {
        return Ok(());
    }
    Err(Code::SettingNotInForce.fault().expected(format!("{name} {expected}")).found(format!("{name} {found}")).into())
}

/// What an error of SQLite is here. The texts name no values of a row.
pub(crate) fn sql(error: rusqlite::Error) -> Error {
    let Some(failure) = error.sqlite_error() else {
        return Code::DatabaseFailed.fault().found(error.to_string()).into();
    };
    let code = match failure.code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Code::Busy,
        ErrorCode::DiskFull => Code::DiskFull,
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied => Code::ReadOnly,
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Code::DatabaseDamaged,
        _ => Code::DatabaseFailed,
    };
    code.fault().found(format!("SQLite {}: {error}", failure.extended_code)).into()
}
