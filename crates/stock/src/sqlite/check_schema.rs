//! Checking the schema of a file: its tables, indexes and triggers are those of its version, and no others.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::database::sql;
use super::kind::Kind;
use crate::{Indicator, Result};

/// Compares every text in the file's schema with that of a new database: the triggers and constraints keep rows
/// from being falsified, so that a file without them, or with one that does nothing, has lost its guard.
///
/// A step in `migrate.rs` has to leave the very texts of the newest schema.
///
/// # Errors
/// Those of the database.
pub(super) fn schema(kind: Kind, connection: &Connection) -> Result<Indicator> {
    let mut indicator = Indicator::new(
        "schema",
        "表、索引与触发器与本版本的定义一致",
        "Tables, indexes and triggers are those of this version",
    );
    let fresh = Connection::open_in_memory().map_err(sql)?;
    fresh.execute_batch(kind.schema().0).map_err(sql)?;
    let mut found = parts(connection)?;
    for (name, expected) in parts(&fresh)? {
        match found.remove(&name) {
            Some(part) => indicator.look(part == expected, || format!("{} {name} is another", expected.kind)),
            None => indicator.look(false, || format!("{} {name} is missing", expected.kind)),
        }
    }
    for (name, part) in found {
        indicator.look(false, || format!("{} {name} is unexpected", part.kind));
    }
    Ok(indicator)
}

#[derive(PartialEq, Eq)]
struct Part {
    kind: String,
    table: String,
    sql: Option<String>,
}

/// By name. SQLite's own tables and indexes (those of keys, statistics) come and go by themselves; it makes no
/// triggers or views.
fn parts(connection: &Connection) -> Result<BTreeMap<String, Part>> {
    connection
        .prepare_cached(
            "SELECT name, type, tbl_name, sql FROM sqlite_schema \
             WHERE NOT (name GLOB 'sqlite_*' AND type IN ('table', 'index'))",
        )
        .and_then(|mut select| {
            let part = |row: &rusqlite::Row<'_>| {
                Ok((row.get(0)?, Part { kind: row.get(1)?, table: row.get(2)?, sql: row.get(3)? }))
            };
            select.query_map([], part)?.collect()
        })
        .map_err(sql)
}
