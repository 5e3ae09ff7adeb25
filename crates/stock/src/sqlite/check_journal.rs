//! Checking the journal, and the numbers against it, in one pass over its rows.

use std::collections::HashMap;

use czei_sm2::Sm3;
use rusqlite::{CachedStatement, Connection, OptionalExtension as _};

use super::database::{Database, sql};
use super::heads::Pass;
use super::journal_rows::rows_from;
use crate::{Event, Indicator, JournalRow, NumberId, Result, State, hex};

/// What the pass finds.
pub(super) struct JournalCheck {
    pub(super) requests: Indicator,
    pub(super) voids: Indicator,
    pub(super) order: Indicator,
    pub(super) chains: Indicator,
}

struct Number {
    request_id: Option<String>,
    draft_digest: Option<[u8; 32]>,
    last_change: i64,
}

struct Statements<'c> {
    number: CachedStatement<'c>,
    row: CachedStatement<'c>,
    refusal: CachedStatement<'c>,
}

impl JournalCheck {
    /// # Errors
    /// Those of the database.
    pub(super) fn run(database: &Database, connection: &Connection) -> Result<Self> {
        let prepare = |statement| connection.prepare_cached(statement).map_err(sql);
        let mut statements = Statements {
            number: prepare("SELECT request_id, draft_digest, last_change FROM number WHERE id = ?1")?,
            row: prepare("SELECT number, event, detail FROM journal WHERE seq = ?1")?,
            refusal: prepare("SELECT bytes FROM refusal WHERE number = ?1")?,
        };
        let mut check = Self::empty();
        let mut pass = Pass::new(connection, database.stock_id(), None);
        let mut drawn = HashMap::new();
        rows_from(connection, 0, &mut |row| {
            pass.row(&row)?;
            check.row(&mut statements, &row, &mut drawn)
        })?;
        check.chains.take_journal(&pass.finish()?);
        Ok(check)
    }

    fn empty() -> Self {
        JournalCheck {
            requests: Indicator::new(
                "i3-requests",
                "一个请求号对应一个号码：号码的请求号与草稿摘要与占号日志相符",
                "One request id has one number: request ids and draft digests are those of the journal",
            ),
            voids: Indicator::new(
                "i5-voids",
                "每次作废都有原因、人员与时间；已签名的号码附有拒签记录",
                "Every void has reason, person and time; that of a signed number has its refusal",
            ),
            order: Indicator::new(
                "i6-order",
                "号段内的号码依次占用，与时钟无关",
                "The numbers of a segment were drawn one after the other, whatever a clock said",
            ),
            chains: Indicator::new(
                "i7-journal",
                "日志各链完整，每次变更都与号码相连",
                "The chains of the journal hold, and every change is linked to its number",
            ),
        }
    }

    fn row(
        &mut self,
        statements: &mut Statements<'_>,
        row: &JournalRow,
        drawn: &mut HashMap<String, NumberId>,
    ) -> Result<()> {
        let Some(id) = row.number else { return Ok(()) };
        let number = statements
            .number
            .query_row([id.get()], |row| {
                Ok(Number { request_id: row.get(0)?, draft_digest: row.get(1)?, last_change: row.get(2)? })
            })
            .optional()
            .map_err(sql)?;
        let Some(number) = number else {
            self.chains.wrong(1, || format!("row {}: {id} is nowhere", row.seq));
            return Ok(());
        };
        let before = before(statements, row)?;
        let is_linked = follows(before, row.event) && row.seq <= number.last_change;
        if !is_linked {
            self.chains.wrong(1, || format!("row {}: {} of {id} is not linked", row.seq, row.event.name()));
        }
        match row.event {
            Event::Reserved | Event::Obtained => {
                let is_same = number.request_id.as_ref() == Some(&row.detail) && number.draft_digest == row.subject;
                self.requests.look(is_same, || id.to_string());
            }
            Event::Voided | Event::ImportedVoided => {
                let holds = void_holds(statements, row, id)?;
                self.voids.look(holds, || id.to_string());
            }
            _ => {}
        }
        if row.event == Event::Reserved {
            let last = drawn.insert(row.chain.clone(), id);
            self.order.look(last.is_none_or(|last| last < id), || format!("{id} after {}", shown(last)));
        }
        Ok(())
    }
}

fn shown(id: Option<NumberId>) -> String {
    id.map_or_else(String::new, |id| id.to_string())
}

/// What the row before this one of its number did: none of the first one.
///
/// A range of numbers that became unknown has one row for all of them, without a number.
enum Before {
    Nothing,
    Change(Event),
    /// It is no row of this number.
    Other,
}

fn before(statements: &mut Statements<'_>, row: &JournalRow) -> Result<Before> {
    let Some(previous) = row.previous else { return Ok(Before::Nothing) };
    let found: Option<(Option<i64>, i64, String)> = statements
        .row
        .query_row([previous], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()
        .map_err(sql)?;
    let Some((number, event, detail)) = found else { return Ok(Before::Other) };
    let event = Event::from_integer(event);
    let is_same = match (number, event) {
        (Some(number), _) => Some(number) == row.number.map(NumberId::get),
        (None, Some(Event::Unknown)) => row.number.is_some_and(|id| range_has(&detail, id)),
        (None, _) => false,
    };
    Ok(event.filter(|_| is_same).map_or(Before::Other, Before::Change))
}

/// Whether the range of a row says this number; its code is that of the chain.
pub(super) fn range_has(detail: &str, id: NumberId) -> bool {
    let detail: serde_json::Value = serde_json::from_str(detail).unwrap_or_default();
    let end = |name: &str| detail[name].as_str().and_then(|number| number.parse::<u64>().ok());
    end("first").zip(end("last")).is_some_and(|(first, last)| (first..=last).contains(&id.number().get()))
}

/// Whether a change can come after the one before it.
fn follows(before: Before, event: Event) -> bool {
    match before {
        Before::Other => false,
        Before::Nothing => matches!(event, Event::Reserved | Event::Obtained),
        Before::Change(before) => match event {
            Event::Signed => matches!(before, Event::Reserved | Event::Obtained),
            Event::Issued => before == Event::Signed,
            Event::Voided => {
                matches!(before, Event::Reserved | Event::Obtained | Event::Signed | Event::Unknown)
            }
            Event::ImportedIssued => {
                matches!(before, Event::Reserved | Event::Obtained | Event::Signed | Event::Unknown)
            }
            Event::ImportedVoided => before == Event::Unknown,
            Event::Exchanged => matches!(before, Event::Issued | Event::ImportedIssued),
            _ => false,
        },
    }
}

/// Whether a void says why, who and when, with the refusal where one is needed or named.
fn void_holds(statements: &mut Statements<'_>, row: &JournalRow, id: NumberId) -> Result<bool> {
    let detail: serde_json::Value = serde_json::from_str(&row.detail).unwrap_or_default();
    let says = |name: &str| detail[name].as_str().filter(|text| !text.is_empty());
    let at = says("at").and_then(|at| chrono::DateTime::parse_from_rfc3339(at).ok());
    if says("reason").is_none() || at.is_none() || row.actor.is_empty() {
        return Ok(false);
    }
    let named = says("refusal_sm3");
    if named.is_none() {
        return Ok(says("from") != Some(State::Signed.name()));
    }
    let kept: Option<Vec<u8>> = statements.refusal.query_row([id.get()], |row| row.get(0)).optional().map_err(sql)?;
    Ok(kept.is_some_and(|refusal| named == Some(hex::encode(&Sm3::digest(&refusal)).as_str())))
}
