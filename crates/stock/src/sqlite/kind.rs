//! The two kinds of databases and where they differ for what opens, marks and restores them.

use czei_codes::Code as _;
use rusqlite::Connection;

use super::connection::sql;
use super::mark::{Marks, Reached};
use crate::{Code, Result};

/// Which kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Stock,
    Ledger,
}

/// The first bytes of the hash of a row of the journal.
fn tag(hash: &[u8; 32]) -> u64 {
    hash.iter().take(8).fold(0, |tag, byte| tag << 8 | u64::from(*byte))
}

impl Kind {
    /// Names the kind in the header of the file: `czS1`, `czL1`.
    pub(super) const fn application_id(self) -> i64 {
        match self {
            Kind::Stock => 0x637a_5331,
            Kind::Ledger => 0x637a_4c31,
        }
    }

    /// The name in manifests.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Kind::Stock => "stock",
            Kind::Ledger => "ledger",
        }
    }

    /// The schema of the newest version, and its number.
    pub(super) const fn schema(self) -> (&'static str, i64) {
        match self {
            Kind::Stock => (concat!(include_str!("schema/common_1.sql"), include_str!("schema/stock_1.sql")), 1),
            Kind::Ledger => (concat!(include_str!("schema/common_1.sql"), include_str!("schema/ledger_1.sql")), 1),
        }
    }

    /// How far the database has come, as the mark says it: all keys, or those of one segment or of one sequence
    /// of payment codes.
    pub(super) fn progress(self, connection: &Connection, key: Option<i64>) -> Result<Marks> {
        let mut marks = Marks::new();
        if self == Kind::Stock && key.is_none_or(|key| key >= PAY_KEYS) {
            marks = pay_progress(connection, key)?;
        }
        if key.is_none_or(|key| key < PAY_KEYS) {
            marks.append(&mut self.segment_progress(connection, key)?);
        }
        Ok(marks)
    }

    /// The last number that left free; 0 while none did: the number before a segment is another segment's.
    fn segment_progress(self, connection: &Connection, segment: Option<i64>) -> Result<Marks> {
        let (all, one) = match self {
            Kind::Stock => (
                "SELECT id, iif(next > first, code * 10000000000 + next - 1, 0), \
                 coalesce(last + 1 - returned_from, 0) FROM segment WHERE origin = 1",
                "SELECT id, iif(next > first, code * 10000000000 + next - 1, 0), \
                 coalesce(last + 1 - returned_from, 0) FROM segment WHERE origin = 1 AND id = ?1",
            ),
            Kind::Ledger => (
                "SELECT id, iif(next > first, code * 10000000000 + next - 1, 0), \
                 coalesce(last + 1 - taken_back_from, 0) FROM given",
                "SELECT id, iif(next > first, code * 10000000000 + next - 1, 0), \
                 coalesce(last + 1 - taken_back_from, 0) FROM given WHERE id = ?1",
            ),
        };
        let mut marks = Marks::new();
        let mut select = connection.prepare_cached(if segment.is_some() { one } else { all }).map_err(sql)?;
        let mut rows = select.query(rusqlite::params_from_iter(segment)).map_err(sql)?;
        while let Some(row) = rows.next().map_err(sql)? {
            let (id, value, back): (i64, i64, i64) =
                row.get(0).and_then(|id| Ok((id, row.get(1)?, row.get(2)?))).map_err(sql)?;
            marks.insert(id, Reached { value, tag: 0 });
            if back > 0 {
                marks.insert(-id, Reached { value: back, tag: 0 });
            }
        }
        Ok(marks)
    }
}

/// Where the keys of payment codes begin: above all segments.
const PAY_KEYS: i64 = 1 << 62;

/// The key of a sequence of payment codes: region (6 digits), the year's last two and the allotted id; none of what
/// makes no code.
pub(super) fn pay_key(region: &str, year: i64, allotted_id: i64) -> Option<i64> {
    let region: i64 = region.parse().ok().filter(|region| (0..1_000_000).contains(region))?;
    let is_whole = (2000..2100).contains(&year) && (0..100).contains(&allotted_id);
    is_whole.then(|| PAY_KEYS + (region * 100 + year - 2000) * 100 + allotted_id)
}

/// The sequence that has a key: region, year, allotted id.
pub(super) fn pay_sequence(key: i64) -> Option<(String, i64, i64)> {
    let rest = key.checked_sub(PAY_KEYS).filter(|rest| (0..10_000_000_000).contains(rest))?;
    Some((format!("{:06}", rest / 10_000), 2000 + rest / 100 % 100, rest % 100))
}

fn pay_progress(connection: &Connection, key: Option<i64>) -> Result<Marks> {
    let mut select = match key {
        None => connection.prepare_cached("SELECT region, year, allotted_id, next FROM pay_sequence"),
        Some(_) => connection.prepare_cached(
            "SELECT region, year, allotted_id, next FROM pay_sequence WHERE (region, year, allotted_id) = (?1, ?2, ?3)",
        ),
    }
    .map_err(sql)?;
    let mut rows = match key.map(pay_sequence) {
        None => select.query([]),
        Some(Some(sequence)) => select.query(sequence),
        Some(None) => return Ok(Marks::new()),
    }
    .map_err(sql)?;
    let mut marks = Marks::new();
    while let Some(row) = rows.next().map_err(sql)? {
        let columns = || Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
        let (region, year, allotted_id, value) = columns().map_err(sql)?;
        if let Some(key) = pay_key(&region, year, allotted_id) {
            marks.insert(key, Reached { value, tag: 0 });
        }
    }
    Ok(marks)
}

/// The rows of the journal, with the tag of the last one.
pub(super) fn journal_progress(connection: &Connection) -> Result<Reached> {
    connection
        .prepare_cached("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1")
        .and_then(|mut select| select.query_row([], |row| Ok(Reached { value: row.get(0)?, tag: tag(&row.get(1)?) })))
        .map_err(sql)
}

/// The tag of one row of the journal.
pub(super) fn journal_tag(connection: &Connection, seq: i64) -> Result<u64> {
    connection
        .prepare_cached("SELECT hash FROM journal WHERE seq = ?1")
        .and_then(|mut select| select.query_row([seq], |row| Ok(tag(&row.get(0)?))))
        .map_err(sql)
}

/// Refuses a row of the journal, as a mark has it, that is not in this database: another copy of it uses the mark, and
/// gives out the same numbers.
pub(super) fn journal_has(connection: &Connection, row: Reached) -> Result<()> {
    if row.value <= journal_progress(connection)?.value && journal_tag(connection, row.value)? == row.tag {
        return Ok(());
    }
    let found = format!("another row {} in the journal: another copy of the database uses the mark", row.value);
    Err(Code::OtherGeneration.fault().found(found).into())
}

#[cfg(test)]
mod tests {
    use czei_sm2::Sm3;

    use super::*;
    use crate::hex;

    /// Files with these schemas are with users: a change is a new version, with a step in `migrate.rs`.
    #[test]
    fn a_released_schema_never_changes() {
        let digest = |kind: Kind| hex::encode(&Sm3::digest(kind.schema().0.as_bytes()));
        assert_eq!([Kind::Stock.schema().1, Kind::Ledger.schema().1], [1, 1]);
        assert_eq!(digest(Kind::Stock), "5220d472806b0e769652b3e650724589163fdbe9171f8c0d3e5ab612e8f854b4");
        assert_eq!(digest(Kind::Ledger), "a81bcc73cf514f949dda52645104af4c471b23cab73313dd5063618848e949fd");
    }

    #[test]
    fn keys_of_payment_codes_go_there_and_back() {
        for (region, year, allotted_id) in [("000000", 2000, 0), ("320682", 2026, 7), ("999999", 2099, 99)] {
            let key = pay_key(region, year, allotted_id).unwrap_or_default();
            assert_eq!(pay_sequence(key), Some((region.to_owned(), year, allotted_id)));
        }
        for (region, year, allotted_id) in [("32068x", 2026, 7), ("320682", 1999, 7), ("320682", 2026, 100)] {
            assert_eq!(pay_key(region, year, allotted_id), None);
        }
        assert_eq!([pay_sequence(0), pay_sequence(5), pay_sequence(i64::MIN)], [None, None, None]);
    }
}
