//! Following the chains of a journal row by row, in a database or in a file.

use std::collections::BTreeMap;

use czei_codes::{Code as _, Fault};

use crate::journal_event::FIRST_HASH;
use crate::{Code, JournalRow};

/// How far the chains of a journal have come. Memory grows with the chains, not with the rows.
#[derive(Debug, Default)]
pub(crate) struct Chains {
    last_seq: i64,
    /// The chains that have rows, by their names: the length and head of each so far.
    by_name: BTreeMap<String, (i64, [u8; 32])>,
}

impl Chains {
    /// Whether a row is the next one of the journal.
    pub(crate) fn next(&mut self, row: &JournalRow) -> Result<(), Fault<Code>> {
        let expected = self.last_seq.saturating_add(1);
        self.last_seq = row.seq;
        if row.seq == expected {
            return Ok(());
        }
        Err(Code::JournalChainBroken.fault().expected(format!("row {expected}")).found(format!("row {}", row.seq)))
    }

    /// Whether a row is the next one of its chain, and links to a row before it.
    pub(crate) fn step(&mut self, row: &JournalRow) -> Result<(), Fault<Code>> {
        // Each row has a name; only the first of a chain needs it for itself.
        if !self.by_name.contains_key(&row.chain) {
            self.by_name.insert(row.chain.clone(), (0, FIRST_HASH));
        }
        let Some((length, head)) = self.by_name.get_mut(&row.chain) else { return Ok(()) };
        let follows = row.place == length.saturating_add(1) && row.expected_hash(head) == row.hash;
        let links_back = row.previous.is_none_or(|previous| (1..row.seq).contains(&previous));
        // Going on from what stands here names a fault once and not at each row after it.
        (*length, *head) = (row.place, row.hash);
        if follows && links_back {
            return Ok(());
        }
        Err(Code::JournalChainBroken.fault().found(format!("{} {}", row.chain, row.place)))
    }

    /// The last row that was seen; 0 when none was.
    pub(crate) fn last_seq(&self) -> i64 {
        self.last_seq
    }

    /// Name, length and head of each, in the order of the names.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, i64, &[u8; 32])> {
        self.by_name.iter().map(|(name, (length, head))| (name.as_str(), *length, head))
    }

    /// Takes a chain out; one without rows is at its beginning.
    pub(crate) fn remove(&mut self, name: &str) -> (i64, [u8; 32]) {
        self.by_name.remove(name).unwrap_or((0, FIRST_HASH))
    }
}
