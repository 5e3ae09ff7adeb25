//! How much stock is left, and how long it lasts.

use std::collections::{BTreeMap, HashMap};

use chrono::{Days, NaiveDate};
use rusqlite::Connection;

use super::database::{Database, sql};
use super::heads::last_signed;
use super::journal::rows;
use super::reserve::{day_integer, day_of};
use super::segments;
use crate::{CodeStatus, Origin, Result, Segment, SegmentId, Status};

/// See [`crate::Stock::status`].
pub(super) fn status(database: &Database, today: NaiveDate) -> Result<Status> {
    database.read(|connection| {
        let segments = segments::list(connection)?;
        let drawn = drawn(connection, today)?;
        let mut codes: BTreeMap<(String, String), CodeStatus> = BTreeMap::new();
        for segment in &segments {
            let key = (segment.unit.clone(), segment.code.to_string());
            let code = codes.entry(key).or_insert_with(|| empty(segment));
            add(code, segment, drawn.get(&segment.id).copied().unwrap_or_default(), today);
        }
        let mut codes: Vec<CodeStatus> = codes.into_values().collect();
        codes.iter_mut().for_each(|code| look_ahead(code, today));
        let journal_rows = rows(connection)?;
        Ok(Status {
            stock_id: database.stock_id().to_owned(),
            generation: database.generation().to_owned(),
            segments,
            codes,
            journal_rows: journal_rows.unsigned_abs(),
            unsigned_rows: (journal_rows - last_signed(connection)?).unsigned_abs(),
            database_bytes: bytes(connection)?,
        })
    })
}

/// What was drawn from a segment.
#[derive(Clone, Copy, Default)]
struct Drawn {
    /// On the last days.
    lately: u64,
    /// The first day of all.
    first: Option<NaiveDate>,
}

/// How many numbers of each segment state one of the last days, and since when any do.
fn drawn(connection: &Connection, today: NaiveDate) -> Result<HashMap<SegmentId, Drawn>> {
    let since = today.checked_sub_days(Days::new(Status::RATE_DAYS - 1)).unwrap_or(NaiveDate::MIN);
    let mut statement = connection
        .prepare_cached(
            "SELECT segment, sum(iif(day >= ?1, drawn, 0)), min(day) FROM day_use WHERE drawn > 0 AND day <= ?2 \
             GROUP BY segment",
        )
        .map_err(sql)?;
    let mut rows = statement.query((day_integer(since), day_integer(today))).map_err(sql)?;
    let mut drawn = HashMap::new();
    while let Some(row) = rows.next().map_err(sql)? {
        let (segment, lately, first): (i64, i64, i64) =
            (|| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))().map_err(sql)?;
        drawn.insert(SegmentId(segment), Drawn { lately: lately.unsigned_abs(), first: Some(day_of(first)?) });
    }
    Ok(drawn)
}

fn add(code: &mut CodeStatus, segment: &Segment, drawn: Drawn, today: NaiveDate) {
    code.received += segment.received();
    if segment.taken_in_at.is_some() {
        code.free += segment.free();
    } else {
        code.pending += segment.free();
    }
    code.reserved += segment.reserved;
    code.signed += segment.signed;
    code.issued += segment.issued;
    code.voided += segment.voided;
    code.returned += segment.returned();
    code.unknown += segment.unknown;
    code.red += segment.red;
    match segment.origin {
        Origin::Received => {
            code.drawn_lately += drawn.lately;
            // Not before today.
            let days = drawn.first.map_or(0, |first| (today - first).num_days().unsigned_abs() + 1);
            code.rate_days = code.rate_days.max(days.min(Status::RATE_DAYS));
        }
        Origin::External => {
            code.external += segment.reserved + segment.signed + segment.issued + segment.voided + segment.unknown;
        }
    }
}

fn look_ahead(code: &mut CodeStatus, today: NaiveDate) {
    code.days_left = code.free.saturating_mul(code.rate_days).checked_div(code.drawn_lately);
    code.until = code.days_left.and_then(|days| today.checked_add_days(Days::new(days)));
}

fn bytes(connection: &Connection) -> Result<u64> {
    connection
        .prepare_cached("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        .and_then(|mut select| select.query_row([], |row| row.get::<_, i64>(0)))
        .map(i64::unsigned_abs)
        .map_err(sql)
}

fn empty(segment: &Segment) -> CodeStatus {
    CodeStatus {
        unit: segment.unit.clone(),
        code: segment.code,
        received: 0,
        free: 0,
        pending: 0,
        reserved: 0,
        signed: 0,
        issued: 0,
        voided: 0,
        returned: 0,
        unknown: 0,
        red: 0,
        external: 0,
        drawn_lately: 0,
        rate_days: 0,
        days_left: None,
        until: None,
    }
}
