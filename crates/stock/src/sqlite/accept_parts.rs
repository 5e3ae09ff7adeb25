//! Segments of an older state that is accepted: moved on behind what was given out, and their tails given back again.

use czei_core::Code as Rule;
use rusqlite::{Connection, OptionalExtension as _, Row};
use serde_json::json;

use super::accept::Going;
use super::connection::sql;
use super::journal::Journal;
use super::kind::Kind;
use super::segments::{self, MOST_UNKNOWN, NUMBERS, about, with_checker};
use crate::{Event, NumberId, Result};

/// A segment of a stock or of a ledger.
pub(super) struct Part {
    pub(super) id: i64,
    pub(super) unit: i64,
    pub(super) code: i64,
    pub(super) first: i64,
    pub(super) last: i64,
    pub(super) next: i64,
    pub(super) back_from: Option<i64>,
    pub(super) chain: i64,
    pub(super) last_change: i64,
    pub(super) unknown_below: i64,
}

impl Part {
    pub(super) fn has(&self, number: i64) -> bool {
        self.code == number / NUMBERS && (self.first..=self.last).contains(&(number % NUMBERS))
    }

    pub(super) fn of(row: &Row<'_>) -> rusqlite::Result<Part> {
        Ok(Part {
            id: row.get(0)?,
            unit: row.get(1)?,
            code: row.get(2)?,
            first: row.get(3)?,
            last: row.get(4)?,
            next: row.get(5)?,
            back_from: row.get(6)?,
            chain: row.get(7)?,
            last_change: row.get(8)?,
            unknown_below: row.get(9)?,
        })
    }
}

impl Going<'_> {
    /// Takes the operator's word for the last number: those before it are drawn first, in this segment and in the lower
    /// ones of the same unit and code.
    pub(super) fn state(
        &self,
        connection: &Connection,
        journal: &mut Journal<'_>,
        holder: &Part,
        up_to: NumberId,
        is_behind: bool,
    ) -> Result<Vec<(NumberId, NumberId)>> {
        let (code, number) = (up_to.get() / NUMBERS, up_to.get() % NUMBERS);
        let parts = self.parts(connection)?;
        let mut unknown = Vec::new();
        for part in parts.iter().filter(|part| part.code == code && part.unit == holder.unit && part.first <= number) {
            unknown.extend(self.move_on(connection, journal, part, number.min(part.last) + 1, is_behind)?);
        }
        Ok(unknown)
    }

    /// Moves a segment on, so that its next number is at least `next`; answers which numbers are unknown from now on.
    pub(super) fn move_on(
        &self,
        connection: &Connection,
        journal: &mut Journal<'_>,
        part: &Part,
        next: i64,
        is_behind: bool,
    ) -> Result<Option<(NumberId, NumberId)>> {
        // The row as it is by now: several statements may be about one segment.
        let Some(part) = self.part(connection, part.id)? else { return Ok(None) };
        let next = next.min(part.back_from.unwrap_or(part.last + 1));
        let from = match self.kind {
            Kind::Stock => part.next,
            // Claims come in no order: below the highest any number without a row may be missing.
            Kind::Ledger if is_behind => part.unknown_below,
            Kind::Ledger => part.next.max(part.unknown_below),
        };
        if next <= from {
            return Ok(None);
        }
        if next.abs_diff(from) > MOST_UNKNOWN {
            let fault = czei_core::Error::new(Rule::SegmentOverlap).found(format!("{:08}-{:010}", part.code, next - 1));
            return Err(fault.expected(format!("at most {MOST_UNKNOWN} numbers after {from:010}")).into());
        }
        match self.kind {
            Kind::Stock => segments::make_unknown(connection, journal, part.id, next, self.reason, self.by)?,
            Kind::Ledger => self.block(connection, journal, &part, from, next)?,
        }
        let name = |number: i64| NumberId::from_integer(part.code * NUMBERS + number);
        Ok(name(from).zip(name(next - 1)))
    }

    /// What [`segments::make_unknown`] is in a ledger, which needs no row for each number.
    pub(super) fn block(
        &self,
        connection: &Connection,
        journal: &mut Journal<'_>,
        part: &Part,
        from: i64,
        next: i64,
    ) -> Result<()> {
        let detail =
            json!({ "first": format!("{from:010}"), "last": format!("{:010}", next - 1), "reason": self.reason });
        let seq = self.append(journal, part, Event::Unknown, detail)?;
        connection
            .prepare_cached("UPDATE given SET next = max(next, ?2), unknown_below = ?2, last_change = ?3 WHERE id = ?1")
            .and_then(|mut update| update.execute((part.id, next, seq)))
            .map_err(sql)?;
        Ok(())
    }

    /// Gives a tail back that was given back before.
    pub(super) fn give_back(
        &self,
        connection: &Connection,
        journal: &mut Journal<'_>,
        part: &Part,
        from: i64,
    ) -> Result<()> {
        let end = part.back_from.unwrap_or(part.last + 1);
        let from = from.max(part.next);
        if from >= end {
            return Ok(());
        }
        let (event, update) = match self.kind {
            Kind::Stock => (Event::Returned, "UPDATE segment SET returned_from = ?2, last_change = ?3 WHERE id = ?1"),
            Kind::Ledger => (Event::TakenBack, "UPDATE given SET taken_back_from = ?2, last_change = ?3 WHERE id = ?1"),
        };
        let detail =
            json!({ "first": format!("{from:010}"), "last": format!("{:010}", end - 1), "reason": self.reason });
        let seq = self.append(journal, part, event, detail)?;
        connection.prepare_cached(update).and_then(|mut update| update.execute((part.id, from, seq))).map_err(sql)?;
        Ok(())
    }

    pub(super) fn append(
        &self,
        journal: &mut Journal<'_>,
        part: &Part,
        event: Event,
        detail: serde_json::Value,
    ) -> Result<i64> {
        let detail = with_checker(detail, self.by);
        journal.append(part.chain, &about(event, self.by, &detail, Some(part.last_change)))
    }

    pub(super) fn part(&self, connection: &Connection, id: i64) -> Result<Option<Part>> {
        let select = format!("{} AND id = ?1", self.select());
        connection
            .prepare_cached(&select)
            .and_then(|mut select| select.query_row([id], Part::of).optional())
            .map_err(sql)
    }

    /// The segment in whose range a number lies.
    pub(super) fn part_around(&self, connection: &Connection, number: i64) -> Result<Option<Part>> {
        let select = format!("{} AND code = ?1 AND first <= ?2 AND last >= ?2", self.select());
        connection
            .prepare_cached(&select)
            .and_then(|mut select| select.query_row((number / NUMBERS, number % NUMBERS), Part::of).optional())
            .map_err(sql)
    }

    /// The segments whose numbers are drawn in order, or given.
    pub(super) fn parts(&self, connection: &Connection) -> Result<Vec<Part>> {
        let select = format!("{} ORDER BY code, first", self.select());
        connection
            .prepare_cached(&select)
            .and_then(|mut select| select.query_map([], Part::of)?.collect::<rusqlite::Result<Vec<_>>>())
            .map_err(sql)
    }

    pub(super) fn select(&self) -> &'static str {
        match self.kind {
            Kind::Stock => {
                "SELECT id, unit, code, first, last, next, returned_from, chain, last_change, first FROM segment \
                 WHERE origin = 1"
            }
            Kind::Ledger => {
                "SELECT id, unit, code, first, last, next, taken_back_from, chain, last_change, unknown_below FROM given \
                 WHERE TRUE"
            }
        }
    }
}
