//! Segments: noted, taken in, given back, listed.

use chrono::{DateTime, FixedOffset, TimeZone as _};
use czei_codes::Code as _;
use czei_core::{BEIJING, Code as Rule, ReceiptCode, ReceiptNumber};
use rusqlite::{Connection, OptionalExtension as _, Row};
use serde_json::json;

use super::database::{Database, sql};
use super::journal::{Entry, Journal};
use super::journal_rows::history;
use super::units;
use crate::limits::{check_by, check_person, check_reason};
use crate::{By, Code, Event, NewSegment, NumberId, Origin, Result, Returned, Segment, SegmentId};

/// Numbers used elsewhere before a segment came here have a row each, so many at most.
pub(crate) const MOST_UNKNOWN: u64 = 20_000_000;

pub(super) use crate::number_id::{NUMBERS, code_integer};

/// Notes a segment as given; see [`crate::Stock::receive`].
pub(super) fn receive(database: &Database, new: &NewSegment<'_>, by: By<'_>) -> Result<SegmentId> {
    check_by(by)?;
    check_person("unit", new.unit)?;
    if !new.giver.is_empty() {
        check_reason("giver", new.giver)?;
    }
    let (first, last) = (new.first.get(), new.last.get());
    let next = new.next.unwrap_or(first);
    let overlap = || {
        let fault = czei_core::Error::new(Rule::SegmentOverlap);
        fault.found(format!("{} {}-{}", new.code, new.first, new.last))
    };
    if first > last || next < first || next > last + 1 {
        return Err(overlap().into());
    }
    if next - first > MOST_UNKNOWN {
        return Err(overlap().expected(format!("next at most {MOST_UNKNOWN} after the first")).into());
    }
    // Below 10^10 + 1, which an i64 holds.
    let (first, last, next) = (first as i64, last as i64, next as i64);
    let code = code_integer(new.code);
    database.write(|writing| {
        let now = database.now();
        let connection = writing.connection();
        let mut detail = json!({
            "unit": new.unit, "code": new.code.to_string(), "giver": new.giver,
            "first": new.first.to_string(), "last": new.last.to_string(),
        });
        if next > first {
            detail["next"] = json!(next);
        }
        // Whoever noted it may have been killed before hearing of it: the same again has the same answer.
        if let Some(id) = noted_before(connection, (code, first, last), &detail)? {
            writing.touch(id.0);
            return Ok(id);
        }
        if overlaps(connection, code, first, last)? {
            return Err(overlap().into());
        }
        // It was here before an older state was accepted, and numbers of it were given out.
        if let Some(lost) = last_lost(connection, code, first, last)?.filter(|lost| next <= *lost) {
            return Err(overlap().expected(format!("next at least {:010}", lost + 1)).into());
        }
        // A part of one that was here: where it began is not known any more, so next has to be said.
        if let Some(lost) = first_lost_behind(connection, code, last)?.filter(|_| new.next.is_none()) {
            let expected = format!("next, as {lost:010} was given out of a segment that is not known here");
            return Err(overlap().expected(expected).into());
        }
        let mut journal = Journal::open(connection, now)?;
        let unit = units::get_or_add(connection, new.unit)?;
        let id = next_id(connection)?;
        let chain = journal.add_chain(format!("segment {id}"))?;
        let seq = journal.append(chain, &about(Event::SegmentReceived, by, &with_checker(detail, by), None))?;
        connection
            .prepare_cached(
                "INSERT INTO segment (id, chain, unit, code, origin, first, last, next, giver, received_at, last_change) \
                 VALUES (?1, ?2, ?3, ?4, 1, ?5, ?6, ?5, ?7, ?8, ?9)",
            )
            .and_then(|mut insert| {
                insert.execute((id, chain, unit, code, first, last, new.giver, now.timestamp_millis(), seq))
            })
            .map_err(sql)?;
        make_unknown(connection, &mut journal, id, next, "begun elsewhere", by)?;
        journal.close()?;
        writing.touch(id);
        Ok(SegmentId(id))
    })
}

/// The segment with these ends, when it was noted with this very detail, whoever approved it.
fn noted_before(
    connection: &Connection,
    key: (i64, i64, i64),
    detail: &serde_json::Value,
) -> Result<Option<SegmentId>> {
    let found: Option<(i64, i64)> = connection
        .prepare_cached(
            "SELECT id, last_change FROM segment WHERE origin = 1 AND code = ?1 AND first = ?2 AND last = ?3",
        )
        .and_then(|mut select| select.query_row(key, |row| Ok((row.get(0)?, row.get(1)?))).optional())
        .map_err(sql)?;
    let Some((id, last_change)) = found else { return Ok(None) };
    let received = history(connection, [last_change])?.into_iter().find(|row| row.event == Event::SegmentReceived);
    let noted: Option<serde_json::Value> = received.and_then(|row| serde_json::from_str(&row.detail).ok());
    let is_same = noted.is_some_and(|mut noted| {
        noted.as_object_mut().and_then(|noted| noted.remove("checker"));
        noted == *detail
    });
    Ok(is_same.then_some(SegmentId(id)))
}

/// Puts the numbers of a received segment from its next one up to but not with `next` into `unknown`, with a
/// row of the journal, and moves the segment on; nothing when there are none. The numbers are in no row yet,
/// and `next` is at most one past the last number and not behind a returned tail: the caller sees to it.
///
/// # Errors
/// Those of the database.
pub(crate) fn make_unknown(
    connection: &Connection,
    journal: &mut Journal<'_>,
    segment: i64,
    next: i64,
    reason: &str,
    by: By<'_>,
) -> Result<()> {
    let (chain, unit, code, from, last_change) = connection
        .prepare_cached("SELECT chain, unit, code, next, last_change FROM segment WHERE id = ?1")
        .and_then(|mut select| {
            select.query_row([segment], |row| {
                Ok((row.get(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?, row.get::<_, i64>(3)?, row.get(4)?))
            })
        })
        .map_err(sql)?;
    if next <= from {
        return Ok(());
    }
    let detail = json!({ "first": format!("{from:010}"), "last": format!("{:010}", next - 1), "reason": reason });
    let seq = journal.append(chain, &about(Event::Unknown, by, &with_checker(detail, by), last_change))?;
    let key = code * NUMBERS;
    connection
        .prepare_cached(
            "WITH RECURSIVE each (id) AS (SELECT ?1 UNION ALL SELECT id + 1 FROM each WHERE id < ?2) \
             INSERT INTO number (id, segment, state, unit, last_change) SELECT id, ?3, 5, ?4, ?5 FROM each",
        )
        .and_then(|mut insert| insert.execute((key + from, key + next - 1, segment, unit, seq)))
        .map_err(sql)?;
    connection
        .prepare_cached("UPDATE segment SET next = ?2, unknown = unknown + ?3, last_change = ?4 WHERE id = ?1")
        .and_then(|mut update| update.execute((segment, next, next - from, seq)))
        .map_err(sql)?;
    Ok(())
}

/// The last number of a range that was given out by a segment which an accepted older state does not know.
pub(super) fn last_lost(connection: &Connection, code: i64, first: i64, last: i64) -> Result<Option<i64>> {
    connection
        .prepare_cached("SELECT max(number) - ?3 FROM lost WHERE number BETWEEN ?3 + ?1 AND ?3 + ?2")
        .and_then(|mut select| select.query_row((first, last, code * NUMBERS), |row| row.get(0)))
        .map_err(sql)
}

/// The lowest number behind a range that was given out by a segment which an accepted older state does not know,
/// and which was not noted again since.
pub(super) fn first_lost_behind(connection: &Connection, code: i64, last: i64) -> Result<Option<i64>> {
    connection
        .prepare_cached(
            "SELECT min(number) - ?2 FROM lost WHERE number BETWEEN ?2 + ?1 + 1 AND ?2 + 9999999999 AND NOT EXISTS \
             (SELECT 1 FROM segment WHERE code = ?3 AND origin = 1 AND number - ?2 BETWEEN first AND last)",
        )
        .and_then(|mut select| select.query_row((last, code * NUMBERS, code), |row| row.get(0)))
        .map_err(sql)
}

/// Takes a segment in; see [`crate::Stock::take_in`].
pub(super) fn take_in(database: &Database, id: SegmentId, by: By<'_>) -> Result<()> {
    check_by(by)?;
    database.write(|writing| {
        let connection = writing.connection();
        let found = Whole::read(connection, id)?;
        if found.segment.taken_in_at.is_some() {
            return Err(Code::SegmentTakenIn.fault().found(name(id)).into());
        }
        let mut journal = Journal::open(connection, database.now())?;
        let detail = with_checker(json!({}), by);
        let seq = journal.append(found.chain, &about(Event::SegmentTakenIn, by, &detail, Some(found.last_change)))?;
        connection
            .prepare_cached("UPDATE segment SET taken_in_at = ?2, last_change = ?3 WHERE id = ?1")
            .and_then(|mut update| update.execute((id.0, journal.at_ms(), seq)))
            .map_err(sql)?;
        journal.close()?;
        Ok(())
    })
}

/// Gives the unused tail back; see [`crate::Stock::give_back`].
pub(super) fn give_back(
    database: &Database,
    id: SegmentId,
    from: Option<ReceiptNumber>,
    reason: &str,
    by: By<'_>,
) -> Result<Returned> {
    check_by(by)?;
    check_reason("reason", reason)?;
    database.write(|writing| {
        let connection = writing.connection();
        let found = Whole::read(connection, id)?;
        let segment = &found.segment;
        let first = from.map_or(segment.next, ReceiptNumber::get);
        let end = segment.next + segment.free();
        if first < segment.next || first >= end {
            let fault = Code::NothingToReturn.fault().found(format!("{} from {first:010}", name(id)));
            return Err(fault.expected(format!("{:010} to {:010}", segment.next, end.saturating_sub(1))).into());
        }
        let (first, last) = (ReceiptNumber::new(first)?, ReceiptNumber::new(end - 1)?);
        let mut journal = Journal::open(connection, database.now())?;
        let detail = json!({ "first": first.to_string(), "last": last.to_string(), "reason": reason });
        let detail = with_checker(detail, by);
        let seq = journal.append(found.chain, &about(Event::Returned, by, &detail, Some(found.last_change)))?;
        connection
            .prepare_cached("UPDATE segment SET returned_from = ?2, last_change = ?3 WHERE id = ?1")
            .and_then(|mut update| update.execute((id.0, first.get() as i64, seq)))
            .map_err(sql)?;
        let returned = Returned { segment: id, code: segment.code, first, last };
        journal.close()?;
        writing.touch(id.0);
        Ok(returned)
    })
}

/// Every segment, in the order of code and first number.
pub(super) fn list(connection: &Connection) -> Result<Vec<Segment>> {
    let select = format!("{SELECT} ORDER BY s.code, s.first, s.id");
    let mut statement = connection.prepare_cached(&select).map_err(sql)?;
    let mut rows = statement.query([]).map_err(sql)?;
    let mut segments = Vec::new();
    while let Some(row) = rows.next().map_err(sql)? {
        segments.push(Whole::of(row)?.segment);
    }
    Ok(segments)
}

/// A segment with what only the database knows of it.
pub(super) struct Whole {
    pub(super) segment: Segment,
    pub(super) chain: i64,
    pub(super) last_change: i64,
}

const SELECT: &str = "SELECT s.id, s.parent, u.code, s.code, s.origin, s.first, s.last, s.next, s.returned_from, s.giver, \
    s.received_at, s.taken_in_at, s.reserved, s.signed, s.issued, s.voided, s.unknown, s.red, s.exchanged, \
    s.chain, s.last_change FROM segment s JOIN unit u ON u.id = s.unit";

impl Whole {
    /// # Errors
    /// [`Code::SegmentUnknown`]; those of the database.
    pub(super) fn read(connection: &Connection, id: SegmentId) -> Result<Self> {
        let select = format!("{SELECT} WHERE s.id = ?1");
        Self::one(connection, &select, id.0)?.ok_or_else(|| Code::SegmentUnknown.fault().found(name(id)).into())
    }

    /// The segment in whose range a number lies.
    pub(super) fn around(connection: &Connection, number: NumberId) -> Result<Option<Self>> {
        let select = format!(
            "{SELECT} WHERE s.code = ?1 / {NUMBERS} AND s.origin = 1 AND s.first <= ?1 % {NUMBERS} \
             AND s.last >= ?1 % {NUMBERS} ORDER BY s.first DESC LIMIT 1"
        );
        Self::one(connection, &select, number.get())
    }

    fn one(connection: &Connection, select: &str, key: i64) -> Result<Option<Self>> {
        let mut statement = connection.prepare_cached(select).map_err(sql)?;
        let mut rows = statement.query([key]).map_err(sql)?;
        rows.next().map_err(sql)?.map(Whole::of).transpose()
    }

    fn of(row: &Row<'_>) -> Result<Self> {
        let columns = Columns { row };
        let origin = if columns.integer(4)? == 1 { Origin::Received } else { Origin::External };
        let range = match origin {
            Origin::Received => Some((columns.number(5)?, columns.number(6)?)),
            Origin::External => None,
        };
        let segment = Segment {
            id: SegmentId(columns.integer(0)?),
            parent: columns.optional(1)?.map(SegmentId),
            unit: row.get(2).map_err(sql)?,
            code: receipt_code(columns.integer(3)?)?,
            origin,
            range,
            next: columns.count(7)?,
            returned_from: columns.optional(8)?.map(|_| columns.number(8)).transpose()?,
            giver: row.get(9).map_err(sql)?,
            received_at: time(columns.integer(10)?)?,
            taken_in_at: columns.optional(11)?.map(time).transpose()?,
            reserved: columns.count(12)?,
            signed: columns.count(13)?,
            issued: columns.count(14)?,
            voided: columns.count(15)?,
            unknown: columns.count(16)?,
            red: columns.count(17)?,
            exchanged: columns.count(18)?,
        };
        Ok(Whole { segment, chain: columns.integer(19)?, last_change: columns.integer(20)? })
    }
}

struct Columns<'a, 'r> {
    row: &'a Row<'r>,
}

impl Columns<'_, '_> {
    fn integer(&self, index: usize) -> Result<i64> {
        self.row.get(index).map_err(sql)
    }

    fn optional(&self, index: usize) -> Result<Option<i64>> {
        self.row.get(index).map_err(sql)
    }

    fn count(&self, index: usize) -> Result<u64> {
        let value = self.integer(index)?;
        u64::try_from(value).map_err(|_| damaged(format!("a count of {value}")))
    }

    fn number(&self, index: usize) -> Result<ReceiptNumber> {
        Ok(ReceiptNumber::new(self.count(index)?)?)
    }
}

/// The receipt code of an integer of the database.
pub(super) fn receipt_code(code: i64) -> Result<ReceiptCode> {
    ReceiptCode::parse(&format!("{code:08}")).map_err(|_| damaged(format!("receipt code {code}")))
}

/// The time of milliseconds since 1970, at UTC+8.
pub(super) fn time(at_ms: i64) -> Result<DateTime<FixedOffset>> {
    BEIJING.timestamp_millis_opt(at_ms).single().ok_or_else(|| damaged(format!("time {at_ms}")))
}

/// A row that makes no sense.
pub(super) fn damaged(found: String) -> crate::Error {
    Code::DatabaseDamaged.fault().found(found).into()
}

fn name(id: SegmentId) -> String {
    format!("segment {}", id.0)
}

fn next_id(connection: &Connection) -> Result<i64> {
    let max = "SELECT coalesce(max(id), 0) + 1 FROM segment";
    connection.prepare_cached(max).and_then(|mut select| select.query_row([], |row| row.get(0))).map_err(sql)
}

/// The external segment of a unit and code: id and chain; made on first use.
pub(super) fn external(
    connection: &Connection,
    journal: &mut Journal<'_>,
    (unit, unit_code): (i64, &str),
    code: ReceiptCode,
    actor: &str,
) -> Result<(i64, i64)> {
    let known = connection
        .prepare_cached("SELECT id, chain FROM segment WHERE unit = ?1 AND code = ?2 AND origin = 2")
        .and_then(|mut select| {
            select.query_row((unit, code_integer(code)), |row| Ok((row.get(0)?, row.get(1)?))).optional()
        })
        .map_err(sql)?;
    if let Some(known) = known {
        return Ok(known);
    }
    let id = next_id(connection)?;
    let chain = journal.add_chain(format!("segment {id}"))?;
    let detail = json!({ "unit": unit_code, "code": code.to_string(), "origin": "external" }).to_string();
    let seq = journal.append(chain, &about(Event::SegmentReceived, By::one(actor), &detail, None))?;
    connection
        .prepare_cached(
            "INSERT INTO segment (id, chain, unit, code, origin, first, last, next, giver, received_at, taken_in_at, \
             last_change) VALUES (?1, ?2, ?3, ?4, 2, 0, 0, 0, '', ?5, ?5, ?6)",
        )
        .and_then(|mut insert| insert.execute((id, chain, unit, code_integer(code), journal.at_ms(), seq)))
        .map_err(sql)?;
    Ok((id, chain))
}

/// Whether a number of the range is in a segment, or here from outside; whichever unit has it.
fn overlaps(connection: &Connection, code: i64, first: i64, last: i64) -> Result<bool> {
    let in_segment =
        "SELECT EXISTS (SELECT 1 FROM segment WHERE code = ?1 AND origin = 1 AND first <= ?3 AND last >= ?2)";
    let here = "SELECT EXISTS (SELECT 1 FROM number WHERE id BETWEEN ?1 * 10000000000 + ?2 AND ?1 * 10000000000 + ?3)";
    for question in [in_segment, here] {
        let mut select = connection.prepare_cached(question).map_err(sql)?;
        if select.query_row((code, first, last), |row| row.get(0)).map_err(sql)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A row about a segment, or the database, as a whole.
pub(super) fn about<'a>(event: Event, by: By<'a>, detail: &'a str, previous: Option<i64>) -> Entry<'a> {
    Entry { event, number: None, actor: by.maker, subject: None, detail, previous }
}

/// The JSON text of a detail, with the person who approved it.
pub(crate) fn with_checker(mut detail: serde_json::Value, by: By<'_>) -> String {
    if let Some(checker) = by.checker {
        detail["checker"] = json!(checker);
    }
    detail.to_string()
}
