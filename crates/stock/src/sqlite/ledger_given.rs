//! What an authority gave: segments noted, their tails taken back, listed.

use czei_codes::Code as _;
use czei_core::ReceiptNumber;
use rusqlite::{Connection, OptionalExtension as _, Row};
use serde_json::json;

use super::database::{Database, sql};
use super::journal::Journal;
use super::segments::{NUMBERS, about, code_integer, damaged, last_lost, receipt_code, with_checker};
use super::units;
use crate::limits::{check_by, check_person, check_reason};
use crate::{By, Code, Event, Given, NewGiven, NumberId, Result, SegmentId};

/// Notes a segment as given; see [`super::SqliteLedger::give`].
pub(super) fn give(database: &Database, new: &NewGiven<'_>, by: By<'_>) -> Result<SegmentId> {
    check_by(by)?;
    check_person("unit", new.unit)?;
    let overlap = || Code::GivenOverlap.fault().found(format!("{} {}-{}", new.code, new.first, new.last));
    if new.first > new.last {
        return Err(overlap().into());
    }
    // Below 10^10, which an i64 holds.
    let (first, last) = (new.first.get() as i64, new.last.get() as i64);
    let code = code_integer(new.code);
    database.write(|writing| {
        let connection = writing.connection();
        // A tail that was taken back overlaps too: what was returned is never used again.
        let overlaps = connection
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM given WHERE code = ?1 AND first <= ?3 AND last >= ?2)")
            .and_then(|mut select| select.query_row((code, first, last), |row| row.get::<_, bool>(0)))
            .map_err(sql)?;
        if overlaps {
            return Err(overlap().into());
        }
        // A segment of which numbers were claimed comes first: this one may be a part of it.
        if let Some(lost) = lost_in_no_segment(connection, code, last)? {
            let expected = format!("first the segment of {lost:010}, with the same ends as before");
            return Err(overlap().expected(expected).into());
        }
        // It was given before an older state was accepted: what was claimed of it then may be countersigned.
        let next = last_lost(connection, code, first, last)?.map_or(first, |lost| lost + 1);
        let mut journal = Journal::open(connection, database.now())?;
        let unit = units::get_or_add(connection, new.unit)?;
        let id: i64 = connection
            .prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM given")
            .and_then(|mut select| select.query_row([], |row| row.get(0)))
            .map_err(sql)?;
        let chain = journal.add_chain(format!("segment {id}"))?;
        let mut detail = json!({
            "unit": new.unit, "code": new.code.to_string(),
            "first": new.first.to_string(), "last": new.last.to_string(),
        });
        if next > first {
            detail["unknown_below"] = json!(next);
        }
        let seq = journal.append(chain, &about(Event::Given, by, &with_checker(detail, by), None))?;
        connection
            .prepare_cached(
                "INSERT INTO given (id, chain, unit, code, first, last, given_at, next, unknown_below, last_change) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9)",
            )
            .and_then(|mut insert| insert.execute((id, chain, unit, code, first, last, journal.at_ms(), next, seq)))
            .map_err(sql)?;
        journal.close()?;
        writing.touch(id);
        Ok(SegmentId(id))
    })
}

/// The lowest lost number behind a range, where no segment that is known has it by now.
fn lost_in_no_segment(connection: &Connection, code: i64, last: i64) -> Result<Option<i64>> {
    connection
        .prepare_cached(
            "SELECT min(number) - ?2 FROM lost WHERE number BETWEEN ?2 + ?1 + 1 AND ?2 + 9999999999 AND NOT EXISTS \
             (SELECT 1 FROM given WHERE code = ?3 AND first <= number - ?2 AND last >= number - ?2)",
        )
        .and_then(|mut select| select.query_row((last, code * NUMBERS, code), |row| row.get(0)))
        .map_err(sql)
}

/// Takes a tail back; see [`super::SqliteLedger::take_back`].
pub(super) fn take_back(
    database: &Database,
    id: SegmentId,
    from: ReceiptNumber,
    reason: &str,
    by: By<'_>,
) -> Result<()> {
    check_by(by)?;
    check_reason("reason", reason)?;
    database.write(|writing| {
        let connection = writing.connection();
        let unknown = || Code::SegmentUnknown.fault().found(format!("segment {}", id.0));
        let whole = Whole::read(connection, id.0)?.ok_or_else(unknown)?;
        // Numbers that may have been countersigned in a lost part count as claimed.
        let lowest = whole.next.max(whole.unknown_below);
        let from_integer = from.get() as i64;
        if from_integer < lowest || from_integer > whole.end {
            let fault = Code::NothingToReturn.fault().found(format!("segment {} from {from}", id.0));
            return Err(fault.expected(format!("{lowest:010} to {:010}", whole.end)).into());
        }
        let mut journal = Journal::open(connection, database.now())?;
        let detail = json!({
            "first": from.to_string(), "last": format!("{:010}", whole.end), "reason": reason,
        });
        let detail = with_checker(detail, by);
        let seq = journal.append(whole.chain, &about(Event::TakenBack, by, &detail, Some(whole.last_change)))?;
        connection
            .prepare_cached("UPDATE given SET taken_back_from = ?2, last_change = ?3 WHERE id = ?1")
            .and_then(|mut update| update.execute((id.0, from_integer, seq)))
            .map_err(sql)?;
        journal.close()?;
        writing.touch(id.0);
        Ok(())
    })
}

/// What taking back asks of a segment.
struct Whole {
    chain: i64,
    /// The last number that was not taken back.
    end: i64,
    next: i64,
    unknown_below: i64,
    last_change: i64,
}

impl Whole {
    fn read(connection: &Connection, id: i64) -> Result<Option<Self>> {
        connection
            .prepare_cached(
                "SELECT chain, coalesce(taken_back_from - 1, last), next, unknown_below, last_change \
                 FROM given WHERE id = ?1",
            )
            .and_then(|mut select| {
                let whole = |row: &Row<'_>| {
                    Ok(Whole {
                        chain: row.get(0)?,
                        end: row.get(1)?,
                        next: row.get(2)?,
                        unknown_below: row.get(3)?,
                        last_change: row.get(4)?,
                    })
                };
                select.query_row([id], whole).optional()
            })
            .map_err(sql)
    }
}

/// The journal row of the latest change of the segment around a number, as a whole.
pub(super) fn last_change_around(connection: &Connection, number: NumberId) -> Result<Option<i64>> {
    connection
        .prepare_cached(
            "SELECT last_change FROM given WHERE code = ?1 AND first <= ?2 AND last >= ?2 ORDER BY first DESC LIMIT 1",
        )
        .and_then(|mut select| {
            select.query_row((number.get() / NUMBERS, number.get() % NUMBERS), |row| row.get(0)).optional()
        })
        .map_err(sql)
}

/// Every segment given, in the order of code and first number.
pub(super) fn list(connection: &Connection) -> Result<Vec<Given>> {
    let mut statement = connection
        .prepare_cached(
            "SELECT g.id, u.code, g.code, g.first, g.last, g.taken_back_from, g.claimed, g.countersigned \
             FROM given g JOIN unit u ON u.id = g.unit ORDER BY g.code, g.first",
        )
        .map_err(sql)?;
    let mut rows = statement.query([]).map_err(sql)?;
    let mut given = Vec::new();
    while let Some(row) = rows.next().map_err(sql)? {
        let integer = |index: usize| row.get::<_, i64>(index).map_err(sql);
        let count = |index: usize| {
            let value = integer(index)?;
            u64::try_from(value).map_err(|_| damaged(format!("a count of {value}")))
        };
        let taken_back_from = row.get::<_, Option<i64>>(5).map_err(sql)?;
        given.push(Given {
            id: SegmentId(integer(0)?),
            unit: row.get(1).map_err(sql)?,
            code: receipt_code(integer(2)?)?,
            first: ReceiptNumber::new(count(3)?)?,
            last: ReceiptNumber::new(count(4)?)?,
            taken_back_from: taken_back_from
                .map(|_| Ok::<_, crate::Error>(ReceiptNumber::new(count(5)?)?))
                .transpose()?,
            claimed: count(6)?,
            countersigned: count(7)?,
        });
    }
    Ok(given)
}
