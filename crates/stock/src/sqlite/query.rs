//! Questions about numbers.

use czei_core::{Amount, Related, Token};
use rusqlite::{Connection, Row as SqlRow, ToSql};

use super::database::{Database, sql};
use super::held::{self, Row};
use super::journal_rows::history;
use super::reserve::{day_integer, day_of};
use super::segments::{self, NUMBERS, Whole, damaged};
use crate::{Document, Find, NumberId, NumberRecord, Result, SegmentId, State, Story};

type Each<'a> = &'a mut dyn FnMut(NumberRecord) -> Result<()>;

const SELECT: &str = "SELECT n.id, n.segment, n.state, n.salt, u.code, n.request_id, n.draft_digest, n.business_key, \
    n.total, n.day, n.reverses, n.document_sm3, n.exchanged_for IS NOT NULL, n.last_change \
    FROM number n CROSS JOIN unit u ON u.id = n.unit";

/// See [`crate::Stock::find_numbers`]. The rows are handed out while they are read, from one snapshot.
pub(super) fn find(database: &Database, question: Find<'_>, each: Each<'_>) -> Result<()> {
    database.read(|connection| match question {
        Find::Number(id) => select(connection, "WHERE n.id = ?1", &[&id.get()], each),
        Find::Request { unit: Some(unit), request_id } => {
            let condition = "WHERE n.unit = (SELECT id FROM unit WHERE code = ?1) AND n.request_id = ?2";
            select(connection, condition, &[&unit, &request_id], each)
        }
        Find::Request { unit: None, request_id } => {
            // By the index, once for each unit.
            let condition = "WHERE n.id IN (SELECT r.id FROM unit o CROSS JOIN number r ON r.unit = o.id \
                AND r.request_id = ?1) ORDER BY n.id";
            select(connection, condition, &[&request_id], each)
        }
        Find::BusinessKey(key) => select(connection, "WHERE n.business_key = ?1 ORDER BY n.id", &[&key], each),
        Find::Reverses(blue) => {
            select(connection, "WHERE n.reverses = ?1 AND n.state <> 4 ORDER BY n.id", &[&blue.get()], each)
        }
        Find::All => select(connection, "ORDER BY n.id", &[], each),
        Find::Day(day) => {
            let day = day_integer(day);
            let spans =
                spans(connection, "SELECT lowest, highest FROM day_use WHERE day = ?1 ORDER BY lowest", &[&day])?;
            let condition = "WHERE n.id BETWEEN ?1 AND ?2 AND n.day = ?3 ORDER BY n.id";
            spans.iter().try_for_each(|(low, high)| select(connection, condition, &[low, high, &day], each))
        }
        Find::State(state) => {
            let spans = spans(connection, &spans_of_state(state), &[])?;
            let condition = "WHERE n.id BETWEEN ?1 AND ?2 AND n.state = ?3 ORDER BY n.id";
            let state = state as i64;
            spans.iter().try_for_each(|(low, high)| select(connection, condition, &[low, high, &state], each))
        }
    })
}

/// The spans of keys that can hold numbers in a state: of segments that have any. Numbers from outside lie
/// anywhere within their code.
fn spans_of_state(state: State) -> String {
    let count = state.name();
    format!(
        "SELECT code * {NUMBERS} + CASE origin WHEN 1 THEN first ELSE 1 END AS low, \
         code * {NUMBERS} + CASE origin WHEN 1 THEN next - 1 ELSE {NUMBERS} - 1 END \
         FROM segment WHERE {count} > 0 ORDER BY low"
    )
}

/// Spans in their order, those that touch or overlap made into one: no number is met twice.
fn spans(connection: &Connection, select: &str, parameters: &[&dyn ToSql]) -> Result<Vec<(i64, i64)>> {
    let mut statement = connection.prepare_cached(select).map_err(sql)?;
    let mut rows = statement.query(parameters).map_err(sql)?;
    let mut spans: Vec<(i64, i64)> = Vec::new();
    while let Some(row) = rows.next().map_err(sql)? {
        let (low, high): (i64, i64) = (row.get(0).map_err(sql)?, row.get(1).map_err(sql)?);
        match spans.last_mut() {
            Some(last) if low <= last.1.saturating_add(1) => last.1 = last.1.max(high),
            _ => spans.push((low, high)),
        }
    }
    Ok(spans)
}

fn select(
    connection: &Connection,
    condition: &str,
    parameters: &[&dyn ToSql],
    each: &mut dyn FnMut(NumberRecord) -> Result<()>,
) -> Result<()> {
    let mut statement = connection.prepare_cached(&format!("{SELECT} {condition}")).map_err(sql)?;
    let mut rows = statement.query(parameters).map_err(sql)?;
    while let Some(row) = rows.next().map_err(sql)? {
        each(record(row)?)?;
    }
    Ok(())
}

fn record(row: &SqlRow<'_>) -> Result<NumberRecord> {
    let id = number_id(row.get(0).map_err(sql)?)?;
    let state: i64 = row.get(2).map_err(sql)?;
    let salt: Option<i64> = row.get(3).map_err(sql)?;
    let total: Option<i64> = row.get(8).map_err(sql)?;
    let day: Option<i64> = row.get(9).map_err(sql)?;
    let reverses: Option<i64> = row.get(10).map_err(sql)?;
    let blue = |id: NumberId| Related { code: id.code(), number: id.number() };
    Ok(NumberRecord {
        id,
        segment: SegmentId(row.get(1).map_err(sql)?),
        state: State::from_integer(state).ok_or_else(|| damaged(format!("state {state} of {id}")))?,
        token: salt.map(|_| Token { code: id.code(), number: id.number(), salt: held::salt_of(salt) }),
        unit: row.get(4).map_err(sql)?,
        request_id: row.get(5).map_err(sql)?,
        draft_digest: row.get(6).map_err(sql)?,
        business_key: row.get(7).map_err(sql)?,
        total: total.map(Amount::from_fen).transpose()?,
        day: day.map(day_of).transpose()?,
        reverses: reverses.map(number_id).transpose()?.map(blue),
        document_sm3: row.get(11).map_err(sql)?,
        is_exchanged: row.get(12).map_err(sql)?,
        last_change: row.get(13).map_err(sql)?,
    })
}

fn number_id(id: i64) -> Result<NumberId> {
    NumberId::from_integer(id).ok_or_else(|| damaged(format!("number {id}")))
}

/// See [`crate::Stock::document`].
pub(super) fn document(database: &Database, id: NumberId) -> Result<Option<Document>> {
    database.read(|connection| {
        let Some(row) = Row::read(connection, id)? else { return Ok(None) };
        let kind = match row.state {
            State::Reserved => Document::Unsigned,
            State::Signed => Document::Signed,
            State::Issued => Document::Issued,
            State::Voided | State::Unknown => return Ok(None),
        };
        held::bytes(database, connection, &row).map(kind).map(Some)
    })
}

/// See [`crate::Stock::explain`].
pub(super) fn explain(database: &Database, id: NumberId) -> Result<Story> {
    database.read(|connection| {
        let mut record = None;
        select(connection, "WHERE n.id = ?1", &[&id.get()], &mut |found| {
            record = Some(found);
            Ok(())
        })?;
        let whole = match &record {
            Some(record) => Some(Whole::read(connection, record.segment)?),
            None => Whole::around(connection, id)?,
        };
        let changes = record.as_ref().map(|record| record.last_change);
        let changes = changes.into_iter().chain(whole.as_ref().map(|whole| whole.last_change));
        Ok(Story {
            id,
            reversed_by: held::red_of(connection, id)?.map(number_id).transpose()?,
            journal: history(connection, changes)?,
            segment: whole.map(|whole| whole.segment),
            record,
        })
    })
}

/// See [`crate::Stock::segments`].
pub(super) fn segments(database: &Database) -> Result<Vec<crate::Segment>> {
    database.read(segments::list)
}
