//! Writing the journal: rows, and the heads of their chains.

use chrono::{DateTime, FixedOffset};
use czei_codes::Code as _;
use rusqlite::{CachedStatement, Connection, OptionalExtension as _};

use super::database::sql;
use crate::journal_event::{FIRST_HASH, Hashed};
use crate::{Code, Event, NumberId, Result};

/// The chain of the database as a whole.
pub(crate) const STOCK_CHAIN: i64 = 0;

/// One row to be written; place, hash and time are the journal's own.
pub(crate) struct Entry<'a> {
    pub(crate) event: Event,
    pub(crate) number: Option<NumberId>,
    pub(crate) actor: &'a str,
    pub(crate) subject: Option<&'a [u8; 32]>,
    pub(crate) detail: &'a str,
    /// The row before this one of the same number, or of the same segment as a whole.
    pub(crate) previous: Option<i64>,
}

/// The journal within one write transaction: it keeps the heads of the chains that the transaction
/// touches, and writes each of them once, when it is closed. Each member of a transaction that several
/// share has its own, one after the other.
pub(crate) struct Journal<'c> {
    connection: &'c Connection,
    insert: CachedStatement<'c>,
    seq: i64,
    at_ms: i64,
    chains: Vec<Chain>,
    buffer: Vec<u8>,
}

struct Chain {
    id: i64,
    name: String,
    length: i64,
    head: [u8; 32],
}

impl<'c> Journal<'c> {
    /// Goes on after the last row.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) fn open(connection: &'c Connection, now: DateTime<FixedOffset>) -> Result<Self> {
        let seq = rows(connection)?;
        let insert = connection
            .prepare_cached(
                "INSERT INTO journal (seq, chain, place, event, number, at, actor, subject, detail, previous, hash) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )
            .map_err(sql)?;
        let at_ms = now.timestamp_millis();
        Ok(Journal { connection, insert, seq, at_ms, chains: Vec::new(), buffer: Vec::with_capacity(256) })
    }

    /// The time that stands in every row of this transaction, in milliseconds since 1970.
    pub(crate) fn at_ms(&self) -> i64 {
        self.at_ms
    }

    /// Makes a chain without rows; its first row is to be written in the same transaction.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) fn add_chain(&mut self, name: String) -> Result<i64> {
        self.connection
            .prepare_cached("INSERT INTO chain (name, length, head) VALUES (?1, 0, ?2)")
            .and_then(|mut statement| statement.insert((&name, FIRST_HASH)))
            .map_err(sql)
            .inspect(|id| self.chains.push(Chain { id: *id, name, length: 0, head: FIRST_HASH }))
    }

    /// Writes one row; answers its `seq`.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) fn append(&mut self, chain: i64, entry: &Entry<'_>) -> Result<i64> {
        let index = self.chain(chain)?;
        let chain = &mut self.chains[index];
        let (seq, place) = (self.seq + 1, chain.length + 1);
        let (event, number) = (entry.event as i64, entry.number.map(NumberId::get));
        let hashed = Hashed {
            seq,
            chain: &chain.name,
            place,
            event,
            number,
            at_ms: self.at_ms,
            actor: entry.actor,
            subject: entry.subject,
            detail: entry.detail,
            previous: entry.previous,
        };
        let hash = hashed.hash_in(&chain.head, &mut self.buffer);
        let subject = entry.subject.map(<[u8; 32]>::as_slice);
        self.insert
            .execute((
                seq,
                chain.id,
                place,
                event,
                number,
                self.at_ms,
                entry.actor,
                subject,
                entry.detail,
                entry.previous,
                hash.as_slice(),
            ))
            .map_err(sql)?;
        (chain.length, chain.head, self.seq) = (place, hash, seq);
        Ok(seq)
    }

    /// Writes the heads of the chains that were touched; answers how many rows the journal has.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) fn close(self) -> Result<i64> {
        let mut update =
            self.connection.prepare_cached("UPDATE chain SET length = ?2, head = ?3 WHERE id = ?1").map_err(sql)?;
        for chain in &self.chains {
            update.execute((chain.id, chain.length, chain.head.as_slice())).map_err(sql)?;
        }
        Ok(self.seq)
    }

    /// Where the chain is kept here. The one used last stands at the end, where it is looked for first.
    fn chain(&mut self, id: i64) -> Result<usize> {
        if let Some(index) = self.chains.iter().rposition(|chain| chain.id == id) {
            let last = self.chains.len() - 1;
            self.chains.swap(index, last);
            return Ok(last);
        }
        let chain = self
            .connection
            .prepare_cached("SELECT name, length, head FROM chain WHERE id = ?1")
            .and_then(|mut statement| {
                let chain = |row: &rusqlite::Row<'_>| {
                    Ok(Chain { id, name: row.get(0)?, length: row.get(1)?, head: row.get(2)? })
                };
                statement.query_row([id], chain).optional()
            })
            .map_err(sql)?
            .ok_or_else(|| Code::DatabaseDamaged.fault().found(format!("no chain {id}")))?;
        self.chains.push(chain);
        Ok(self.chains.len() - 1)
    }
}

/// How many rows the journal has.
///
/// # Errors
/// Those of the database.
pub(crate) fn rows(connection: &Connection) -> Result<i64> {
    connection
        .prepare_cached("SELECT coalesce(max(seq), 0) FROM journal")
        .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
        .map_err(sql)
}
