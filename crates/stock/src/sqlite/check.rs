//! Checking the stock: the invariants I1 to I8, the totals, that receipts and numbers have each other,
//! that rows say what journal and receipts say, and that the schema is the one it was made with.
//!
//! Each table is read once, in its order, beside the rows that a row points to; memory grows with the
//! segments and their days, not with the numbers. All of it sees one snapshot.

use std::collections::BTreeMap;

use czei_core::PayCode;
use rusqlite::Connection;

use super::check_documents::{documents, leftovers};
use super::check_facts::facts;
use super::check_journal::JournalCheck;
use super::check_mark::Marked;
use super::check_numbers::NumberCheck;
use super::check_schema::schema;
use super::check_segments::segments;
use super::check_settings::settings;
use super::database::{Database, sql};
use super::kind::Kind;
use crate::{CheckReport, Indicator, JournalReport, Result};

/// How many examples an indicator names.
pub(super) const MAX_EXAMPLES: usize = 10;

/// See [`crate::Stock::check`].
pub(super) fn check(database: &Database) -> Result<CheckReport> {
    let marked = Marked::read(database)?;
    database.read(|connection| {
        let file = whole_file(connection)?;
        let numbers = NumberCheck::run(connection)?;
        let journal = JournalCheck::run(database, connection)?;
        let mark = marked.compare(Kind::Stock, connection)?;
        let mut indicators = vec![
            file,
            schema(Kind::Stock, connection)?,
            numbers.state,
            numbers.sequence,
            journal.requests,
            mark,
            journal.voids,
        ];
        indicators.extend([journal.order, journal.chains, one_red(connection)?, numbers.totals]);
        let (held, beside) = documents(database, connection)?;
        indicators.extend([
            held,
            facts(database, connection)?,
            segments(connection)?,
            settings(connection)?,
            numbers.strangers,
            numbers.tokens,
            numbers.day_use,
            pay_codes(connection)?,
        ]);
        indicators.extend(leftovers(database, beside)?);
        Ok(CheckReport { indicators })
    })
}

impl Indicator {
    /// Nothing looked at yet.
    pub(super) fn new(name: &'static str, zh: &'static str, en: &'static str) -> Self {
        Indicator { name, zh, en, looked_at: 0, wrong: 0, examples: Vec::new() }
    }

    /// Looks at one thing.
    pub(super) fn look(&mut self, holds: bool, example: impl FnOnce() -> String) {
        self.looked_at += 1;
        if !holds {
            self.wrong(1, example);
        }
    }

    /// What is wrong with the chains of the journal, all of whose rows were looked at.
    pub(super) fn take_journal(&mut self, report: &JournalReport) {
        self.looked_at = report.rows;
        let unnamed = report.wrong - report.faults.len() as u64;
        report.faults.iter().for_each(|fault| self.wrong(1, || fault.to_string()));
        self.wrong += unnamed;
    }

    /// So many things do not hold.
    pub(super) fn wrong(&mut self, count: u64, example: impl FnOnce() -> String) {
        self.wrong += count;
        if self.examples.len() < MAX_EXAMPLES {
            self.examples.push(example());
        }
    }
}

/// What SQLite itself can say: that pages, indexes and references hold.
pub(super) fn whole_file(connection: &Connection) -> Result<Indicator> {
    let mut indicator = Indicator::new(
        "database-file",
        "数据库文件、索引与引用完好",
        "The pages, indexes and references of the database file hold",
    );
    indicator.looked_at = 1;
    let mut integrity = connection.prepare_cached("PRAGMA integrity_check").map_err(sql)?;
    let mut rows = integrity.query([]).map_err(sql)?;
    while let Some(row) = rows.next().map_err(sql)? {
        let found: String = row.get(0).map_err(sql)?;
        if found != "ok" {
            indicator.wrong(1, || found);
        }
    }
    let mut orphans = connection.prepare_cached("PRAGMA foreign_key_check").map_err(sql)?;
    let mut rows = orphans.query([]).map_err(sql)?;
    while let Some(row) = rows.next().map_err(sql)? {
        let (table, parent): (String, String) = (row.get(0).map_err(sql)?, row.get(2).map_err(sql)?);
        indicator.wrong(1, || format!("a row of {table} without its {parent}"));
    }
    Ok(indicator)
}

/// I8. The index makes it so; this asks the rows.
fn one_red(connection: &Connection) -> Result<Indicator> {
    let mut indicator =
        Indicator::new("i8-one-red", "一张蓝字票据至多有一张红字票据", "A blue receipt has at most one red one");
    let mut statement = connection
        .prepare_cached(
            "SELECT reverses, count(*) FROM number WHERE reverses IS NOT NULL AND state <> 4 GROUP BY reverses",
        )
        .map_err(sql)?;
    let mut rows = statement.query([]).map_err(sql)?;
    while let Some(row) = rows.next().map_err(sql)? {
        let (blue, count): (i64, i64) = (row.get(0).map_err(sql)?, row.get(1).map_err(sql)?);
        indicator.look(count == 1, || format!("{} reversed {count} times", name(blue)));
    }
    Ok(indicator)
}

/// Payment codes come from the part of their sequence that was given out.
fn pay_codes(connection: &Connection) -> Result<Indicator> {
    let mut indicator = Indicator::new(
        "pay-codes",
        "缴款识别码均出自其顺序号已发出的部分，校验位正确",
        "Payment codes come from the part of their sequence that was given out, with right check digits",
    );
    let mut next = BTreeMap::new();
    let mut statement =
        connection.prepare_cached("SELECT region, year, allotted_id, next FROM pay_sequence").map_err(sql)?;
    let mut rows = statement.query([]).map_err(sql)?;
    while let Some(row) = rows.next().map_err(sql)? {
        let key: (String, i64, i64) = (|| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))().map_err(sql)?;
        next.insert(key, row.get::<_, i64>(3).map_err(sql)?);
    }
    let mut statement = connection.prepare_cached("SELECT code, with_check FROM pay_code").map_err(sql)?;
    let mut rows = statement.query([]).map_err(sql)?;
    while let Some(row) = rows.next().map_err(sql)? {
        let (text, with_check): (String, bool) = (row.get(0).map_err(sql)?, row.get(1).map_err(sql)?);
        let code = PayCode::read(&text).ok();
        let holds = code.and_then(|code| code.parts().map(|parts| (code, parts))).is_some_and(|(code, parts)| {
            let key = (parts.region.to_string(), i64::from(parts.year), i64::from(parts.allotted_id));
            let sequence = if with_check { parts.sequence } else { parts.long_sequence() };
            let is_given = next.get(&key).is_some_and(|next| sequence >= 1 && sequence < next.unsigned_abs());
            is_given && (!with_check || code.check_digit_matches() == Some(true))
        });
        indicator.look(holds, || text);
    }
    Ok(indicator)
}

/// Code and number of a key.
pub(super) fn name(id: i64) -> String {
    format!("{:08}-{:010}", id / super::segments::NUMBERS, id % super::segments::NUMBERS)
}
