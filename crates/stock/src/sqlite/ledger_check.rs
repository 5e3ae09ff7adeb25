//! Checking a ledger: one pass over its numbers, one over its journal, in constant memory.

use std::collections::BTreeMap;
use std::path::Path;

use czei_sm2::Sm3;
use rusqlite::{CachedStatement, Connection, OptionalExtension as _, Row};

use super::check::{name, whole_file};
use super::check_mark::Marked;
use super::check_schema::schema;
use super::check_settings::settings;
use super::database::{Database, sql};
use super::heads::Pass;
use super::journal_rows::rows_from;
use super::kind::Kind;
use super::receipts;
use super::segments::NUMBERS;
use crate::{CheckReport, Event, Indicator, Result};

/// See [`super::SqliteLedger::check`].
pub(super) fn check(database: &Database) -> Result<CheckReport> {
    let marked = Marked::read(database)?;
    database.read(|connection| {
        let mut check = Check::new(connection, database.receipts())?;
        check.segments()?;
        check.numbers()?;
        check.counts();
        check.strangers()?;
        check.journal(database)?;
        let mut indicators = Vec::from(check.indicators);
        indicators.extend([
            schema(Kind::Ledger, connection)?,
            whole_file(connection)?,
            marked.compare(Kind::Ledger, connection)?,
            settings(connection)?,
        ]);
        Ok(CheckReport { indicators })
    })
}

/// A segment, with what was counted of it.
struct Counted {
    code: i64,
    first: i64,
    /// The last number that was not taken back.
    end: i64,
    next: i64,
    unknown_below: i64,
    claimed: i64,
    countersigned: i64,
    found_claimed: i64,
    found_countersigned: i64,
    highest: i64,
}

struct Check<'c> {
    connection: &'c Connection,
    beside: Option<&'c Path>,
    change: CachedStatement<'c>,
    segments: BTreeMap<i64, Counted>,
    numbers: i64,
    finished: i64,
    indicators: [Indicator; 6],
}

/// The places of the indicators.
const SEGMENTS: usize = 0;
const PLACES: usize = 1;
const COUNTS: usize = 2;
const DOCUMENTS: usize = 3;
const CHANGES: usize = 4;
const JOURNAL: usize = 5;

fn indicators() -> [Indicator; 6] {
    let indicator = Indicator::new;
    [
        indicator("l1-segments", "发放的号段互不重叠", "Segments given do not overlap"),
        indicator(
            "l2-places",
            "每个受理号码都在发放给该单位且未收回的号段内",
            "Every number claimed lies in its segment, and not in a tail that was taken back",
        ),
        indicator("l3-counts", "号段的计数与逐号清点相符", "The counts of segments are those of their numbers"),
        indicator(
            "l4-documents",
            "每个已签名号码都有其票据，票据的 SM3 相符，没有多余的票据",
            "Every number countersigned has its receipt with its SM3, and no receipt is without its number",
        ),
        indicator(
            "l5-one-content",
            "每个号码只受理过一份内容、至多签名一次，均有日志",
            "Every number was claimed for one content and countersigned at most once, as the journal says",
        ),
        indicator("l6-journal", "日志各链完整", "The chains of the journal hold"),
    ]
}

impl<'c> Check<'c> {
    fn new(connection: &'c Connection, beside: Option<&'c Path>) -> Result<Self> {
        let change = connection.prepare_cached("SELECT event, number, subject, previous FROM journal WHERE seq = ?1");
        Ok(Check {
            connection,
            beside,
            change: change.map_err(sql)?,
            segments: BTreeMap::new(),
            numbers: 0,
            finished: 0,
            indicators: indicators(),
        })
    }

    fn look(&mut self, indicator: usize, holds: bool, example: impl FnOnce() -> String) {
        self.indicators[indicator].look(holds, example);
    }

    fn segments(&mut self) -> Result<()> {
        let mut statement = self
            .connection
            .prepare_cached(
                "SELECT id, code, first, last, coalesce(taken_back_from - 1, last), next, unknown_below, claimed, \
                 countersigned FROM given ORDER BY code, first",
            )
            .map_err(sql)?;
        let mut rows = statement.query([]).map_err(sql)?;
        let mut before = (-1, 0);
        while let Some(row) = rows.next().map_err(sql)? {
            let (id, last, segment) = counted(row).map_err(sql)?;
            let (code, first) = (segment.code, segment.first);
            let apart = before.0 != code || before.1 < first;
            self.look(SEGMENTS, apart, || format!("segment {id}: {code:08}-{first:010}"));
            before = (code, last);
            self.segments.insert(id, segment);
        }
        Ok(())
    }

    fn numbers(&mut self) -> Result<()> {
        let mut statement = self
            .connection
            .prepare_cached(
                "SELECT c.id, c.given, c.original_sm3, c.state, c.document_sm3, c.last_change, d.bytes \
                 FROM countersigned c LEFT JOIN document d ON d.number = c.id ORDER BY c.id",
            )
            .map_err(sql)?;
        let mut rows = statement.query([]).map_err(sql)?;
        while let Some(row) = rows.next().map_err(sql)? {
            let number = Number::of(row).map_err(sql)?;
            self.numbers += 1;
            self.finished += i64::from(number.document_sm3.is_some());
            let in_place = self.count(&number);
            self.look(PLACES, in_place, || name(number.id));
            let has_document = self.has_document(&number, row)?;
            self.look(DOCUMENTS, has_document, || name(number.id));
            let told = self.is_told(&number)?;
            self.look(CHANGES, told, || name(number.id));
        }
        Ok(())
    }

    /// Counts a number to its segment; whether it lies in it.
    fn count(&mut self, number: &Number) -> bool {
        let Some(segment) = self.segments.get_mut(&number.given) else { return false };
        let is_finished = i64::from(number.document_sm3.is_some());
        segment.found_claimed += 1 - is_finished;
        segment.found_countersigned += is_finished;
        segment.highest = segment.highest.max(number.id % NUMBERS);
        segment.code == number.id / NUMBERS && (segment.first..=segment.end).contains(&(number.id % NUMBERS))
    }

    fn has_document(&self, number: &Number, row: &Row<'_>) -> Result<bool> {
        let kept = row.get_ref(6).map_err(sql)?.as_blob_or_null().map_err(|error| sql(error.into()))?;
        Ok(match (&number.document_sm3, kept, self.beside) {
            (None, None, _) => number.state == 1,
            (Some(sm3), Some(bytes), None) => number.state == 2 && Sm3::digest(bytes) == *sm3,
            (Some(sm3), None, Some(folder)) => number.state == 2 && receipts::read(folder, sm3).is_ok(),
            _ => false,
        })
    }

    /// Whether the journal says of a number what its row says: claimed for this content, then countersigned
    /// with this receipt.
    fn is_told(&mut self, number: &Number) -> Result<bool> {
        let mut seq = Some(number.last_change);
        if let Some(sm3) = number.document_sm3 {
            let Some(change) = self.change(number.last_change)? else { return Ok(false) };
            let is_finish =
                [Event::Countersigned, Event::ImportedIssued].iter().any(|event| change.event == *event as i64);
            if !is_finish || change.number != Some(number.id) || change.subject != Some(sm3) {
                return Ok(false);
            }
            seq = change.previous;
        }
        let Some(seq) = seq else { return Ok(false) };
        let claim = self.change(seq)?;
        Ok(claim.is_some_and(|claim| {
            claim.event == Event::Claimed as i64
                && claim.number == Some(number.id)
                && claim.subject == Some(number.original_sm3)
                && claim.previous.is_none()
        }))
    }

    fn change(&mut self, seq: i64) -> Result<Option<Change>> {
        let change = |row: &Row<'_>| {
            Ok(Change { event: row.get(0)?, number: row.get(1)?, subject: row.get(2)?, previous: row.get(3)? })
        };
        self.change.query_row([seq], change).optional().map_err(sql)
    }

    fn counts(&mut self) {
        for (id, segment) in std::mem::take(&mut self.segments) {
            let holds = segment.claimed == segment.found_claimed
                && segment.countersigned == segment.found_countersigned
                // What was claimed in a part that was lost counts as claimed.
                && (segment.next == segment.highest + 1 || segment.next == segment.unknown_below)
                && segment.next > segment.highest;
            self.look(COUNTS, holds, || format!("segment {id}"));
        }
    }

    /// Documents without a number, and rows of the journal without one. Each number has its own rows; when
    /// there are as many as that, there are no others.
    fn strangers(&mut self) -> Result<()> {
        let documents: i64 = self.one("SELECT count(*) FROM document")?;
        let kept = if self.beside.is_some() { 0 } else { self.finished };
        self.look(DOCUMENTS, documents == kept, || format!("{documents} receipts for {kept} numbers"));
        let events = "SELECT count(*) FROM journal WHERE event = ";
        let claimed: i64 = self.one(&format!("{events}{}", Event::Claimed as i64))?;
        let finished: i64 =
            self.one(&format!("{events}{} OR event = {}", Event::Countersigned as i64, Event::ImportedIssued as i64))?;
        let (numbers, wanted) = (self.numbers, self.finished);
        self.look(CHANGES, claimed == numbers, || format!("{claimed} claims for {numbers} numbers"));
        self.look(CHANGES, finished == wanted, || format!("{finished} countersigned for {wanted} numbers"));
        Ok(())
    }

    fn one(&self, question: &str) -> Result<i64> {
        let mut select = self.connection.prepare_cached(question).map_err(sql)?;
        select.query_row([], |row| row.get(0)).map_err(sql)
    }

    fn journal(&mut self, database: &Database) -> Result<()> {
        let mut pass = Pass::new(self.connection, database.stock_id(), None);
        rows_from(self.connection, 0, &mut |row| pass.row(&row))?;
        self.indicators[JOURNAL].take_journal(&pass.finish()?);
        Ok(())
    }
}

/// A row of a number.
struct Number {
    id: i64,
    given: i64,
    original_sm3: [u8; 32],
    state: i64,
    document_sm3: Option<[u8; 32]>,
    last_change: i64,
}

impl Number {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Number {
            id: row.get(0)?,
            given: row.get(1)?,
            original_sm3: row.get(2)?,
            state: row.get(3)?,
            document_sm3: row.get(4)?,
            last_change: row.get(5)?,
        })
    }
}

/// What a row of the journal says of a number.
struct Change {
    event: i64,
    number: Option<i64>,
    subject: Option<[u8; 32]>,
    previous: Option<i64>,
}

/// The id, the last number, and the rest.
fn counted(row: &Row<'_>) -> rusqlite::Result<(i64, i64, Counted)> {
    let first = row.get(2)?;
    let segment = Counted {
        code: row.get(1)?,
        first,
        end: row.get(4)?,
        next: row.get(5)?,
        unknown_below: row.get(6)?,
        claimed: row.get(7)?,
        countersigned: row.get(8)?,
        found_claimed: 0,
        found_countersigned: 0,
        highest: first - 1,
    };
    Ok((row.get(0)?, row.get(3)?, segment))
}
