//! What runs inside a write transaction.

use std::collections::BTreeMap;

use rusqlite::Connection;

/// A write transaction, as the work inside it sees it.
pub(crate) struct Writing<'a> {
    pub(super) connection: &'a Connection,
    pub(super) marks: BTreeMap<i64, i64>,
    pub(super) salt: &'a mut u64,
}

impl Writing<'_> {
    /// The connection, inside the transaction.
    pub(crate) fn connection(&self) -> &Connection {
        self.connection
    }

    /// Notes how far `key` has come; written to the mark after the commit and before anything is
    /// acknowledged. Only the highest value counts. Call it also for what was found, not only for what was
    /// changed: another process may have changed it and not have come to writing the mark.
    pub(crate) fn mark(&mut self, key: i64, value: i64) {
        let highest = self.marks.entry(key).or_insert(value);
        *highest = value.max(*highest);
    }

    /// The salt of a new token.
    pub(crate) fn salt(&mut self) -> u64 {
        *self.salt = self.salt.wrapping_add(1) & (i64::MAX as u64);
        *self.salt
    }
}
