//! Bringing the schema of an older version forward.
//!
//! A released schema never changes: a new version is a step from the one before. All steps that are missing run in
//! one exclusive transaction, with a row in the journal; where one fails, the file is as it was, and where only the
//! commit does, one or the other. No copy is kept
//! beside: the transaction is as safe as any other, and a copy would be an older state lying in the way.

use czei_codes::Code as _;
use rusqlite::{Connection, ErrorCode};

use super::connection::{pragma, sql, take_trouble};
use super::journal::{Entry, Journal, STOCK_CHAIN};
use super::kind::Kind;
use crate::{Code, Error, Event, OpenOptions, Result};

/// One step: from a version to the next.
pub(super) struct Step {
    pub(super) from: i64,
    pub(super) run: fn(&Connection) -> rusqlite::Result<()>,
}

/// The steps that were released, for ever.
fn steps(kind: Kind) -> &'static [Step] {
    match kind {
        Kind::Stock | Kind::Ledger => &[],
    }
}

/// Brings an older schema to the newest version.
///
/// # Errors
/// [`Code::StockInUse`] when it would have to, and others have the database open; [`Code::MigrationFailed`].
pub(super) fn bring_up(kind: Kind, connection: &Connection, is_alone: bool, options: &OpenOptions) -> Result<()> {
    let (_, newest) = kind.schema();
    run(steps(kind), newest, connection, is_alone, options)
}

fn run(steps: &[Step], newest: i64, connection: &Connection, is_alone: bool, options: &OpenOptions) -> Result<()> {
    let file = options.path.display().to_string();
    let version = version(connection)?;
    if version == newest {
        return Ok(());
    }
    if !is_alone {
        return Err(Code::StockInUse.fault().in_file(file).found(format!("schema {version}")).into());
    }
    let failed = |error: &Error| {
        // Reported here, and the file is as it was.
        take_trouble();
        let found = error.found_text().unwrap_or_else(|| error.entry().en).to_owned();
        Error::from(
            Code::MigrationFailed.fault().in_file(file.clone()).expected(format!("schema {newest}")).found(found),
        )
    };
    let outcome = (|| {
        connection.execute_batch("BEGIN EXCLUSIVE").map_err(sql)?;
        let mut version = self::version(connection)?;
        let before = version;
        while version < newest {
            let step = steps.iter().find(|step| step.from == version);
            let step =
                step.ok_or_else(|| Code::MigrationFailed.fault().found(format!("no step from schema {version}")))?;
            (step.run)(connection).map_err(sql)?;
            version += 1;
        }
        connection.pragma_update(None, "user_version", newest).map_err(sql)?;
        let mut journal = Journal::open(connection, (options.clock)())?;
        let detail = serde_json::json!({ "from": before, "to": newest }).to_string();
        let entry = Entry {
            event: Event::Migrated,
            number: None,
            actor: &options.actor,
            subject: None,
            detail: &detail,
            previous: None,
        };
        journal.append(STOCK_CHAIN, &entry)?;
        journal.close()
    })();
    let outcome = outcome.map_err(|error: Error| failed(&error)).and_then(|_| {
        // After an error here it may be on the disk all the same, and a recovery would find it.
        connection.execute_batch("COMMIT").map_err(|error| {
            let is_back = matches!(error.sqlite_error_code(), Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy));
            let error = failed(&sql(error));
            if is_back {
                return error;
            }
            let found = error.found_text().unwrap_or_default().to_owned();
            Code::OutcomeUnknown.fault().in_file(file.clone()).found(found).into()
        })
    });
    outcome.inspect_err(|_| {
        if !connection.is_autocommit() {
            // Where it fails closing the connection does the same.
            let _ = connection.execute_batch("ROLLBACK");
        }
    })
}

fn version(connection: &Connection) -> Result<i64> {
    let version = pragma(connection, "user_version")?;
    version.parse().map_err(|_| Code::DatabaseDamaged.fault().found(format!("schema {version}")).into())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::path::PathBuf;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::sqlite::database::Database;
    use crate::{By, Mark};

    struct Place(PathBuf);

    impl Place {
        fn new() -> Place {
            static COUNT: AtomicU32 = AtomicU32::new(0);
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let path = std::env::temp_dir().join(format!("czei-migrate-{}-{count}", std::process::id()));
            let _ = std::fs::remove_dir_all(&path);
            std::fs::create_dir_all(&path).unwrap();
            Place(path)
        }

        fn options(&self) -> OpenOptions {
            OpenOptions::new(self.0.join("stock.db")).with_mark(Mark::DangerouslyNone).with_actor("升级")
        }

        /// A stock of schema 1, on a connection of its own.
        fn connection(&self) -> Connection {
            drop(Database::create(Kind::Stock, &self.options(), By::one("张三")).unwrap());
            Connection::open(self.0.join("stock.db")).unwrap()
        }
    }

    impl Drop for Place {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    const STEPS: [Step; 2] = [
        Step { from: 2, run: |connection| connection.execute_batch("ALTER TABLE note ADD COLUMN author TEXT") },
        Step { from: 1, run: |connection| connection.execute_batch("CREATE TABLE note (text TEXT NOT NULL) STRICT") },
    ];

    #[test]
    fn steps_are_taken_in_their_order_and_stand_in_the_journal() {
        let place = Place::new();
        let connection = place.connection();
        run(&STEPS, 3, &connection, true, &place.options()).unwrap();
        assert_eq!(version(&connection).unwrap(), 3);
        connection.execute("INSERT INTO note (text, author) VALUES ('a', 'b')", []).unwrap();
        let row: (i64, i64, String, String) = connection
            .query_row("SELECT seq, event, actor, detail FROM journal ORDER BY seq DESC LIMIT 1", [], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })
            .unwrap();
        assert_eq!(row, (2, Event::Migrated as i64, "升级".to_owned(), r#"{"from":1,"to":3}"#.to_owned()));
        // Nothing is left to be done, also not for whoever is not alone.
        run(&STEPS, 3, &connection, false, &place.options()).unwrap();
    }

    #[test]
    fn a_step_that_fails_leaves_the_older_version() {
        let place = Place::new();
        let connection = place.connection();
        let schema = |connection: &Connection| -> String {
            connection.query_row("SELECT group_concat(sql) FROM sqlite_schema", [], |row| row.get(0)).unwrap()
        };
        let before = schema(&connection);
        let [second, first] = STEPS;
        let broken = Step { from: 2, run: |connection| connection.execute_batch("INSERT INTO note VALUES (NULL)") };
        let error = run(&[first, broken], 3, &connection, true, &place.options()).unwrap_err();
        assert!(error.is(Code::MigrationFailed), "{error}");
        assert_eq!(error.place().file.as_deref(), Some(place.options().path.display().to_string().as_str()));
        assert_eq!(error.expected_text(), Some("schema 3"));
        assert!(error.found_text().unwrap().contains("NOT NULL"), "{error}");
        assert_eq!((version(&connection).unwrap(), schema(&connection)), (1, before.clone()));
        // A step that is missing is as good as one that fails.
        let error = run(&[second], 3, &connection, true, &place.options()).unwrap_err();
        assert_eq!((error.is(Code::MigrationFailed), error.found_text()), (true, Some("no step from schema 1")));
        assert_eq!(schema(&connection), before);
        drop(connection);
        Database::open(Kind::Stock, &place.options()).unwrap();
    }

    #[test]
    fn nothing_is_brought_forward_under_others() {
        let place = Place::new();
        let connection = place.connection();
        let error = run(&STEPS, 3, &connection, false, &place.options()).unwrap_err();
        assert_eq!((error.is(Code::StockInUse), error.found_text()), (true, Some("schema 1")));
        assert_eq!(version(&connection).unwrap(), 1);
    }
}
