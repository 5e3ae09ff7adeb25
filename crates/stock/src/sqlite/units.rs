//! The units whose numbers are here, each under a small integer.

use rusqlite::{Connection, OptionalExtension as _};

use super::database::sql;
use crate::Result;

/// The integer of a unit; none of one that has nothing here.
///
/// # Errors
/// Those of the database.
pub(crate) fn get(connection: &Connection, unit: &str) -> Result<Option<i64>> {
    connection
        .prepare_cached("SELECT id FROM unit WHERE code = ?1")
        .and_then(|mut select| select.query_row([unit], |row| row.get(0)).optional())
        .map_err(sql)
}

/// The integer of a unit, which is added when it has nothing here yet.
///
/// # Errors
/// Those of the database.
pub(crate) fn get_or_add(connection: &Connection, unit: &str) -> Result<i64> {
    if let Some(id) = get(connection, unit)? {
        return Ok(id);
    }
    connection
        .prepare_cached("INSERT INTO unit (code) VALUES (?1)")
        .and_then(|mut insert| insert.insert([unit]))
        .map_err(sql)
}
