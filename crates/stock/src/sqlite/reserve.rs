//! Reserving numbers: a batch of requests in one transaction.
//!
//! Everything is checked before the first row of a request is written, so that a refused request leaves
//! nothing behind; what fails after that fails the whole transaction. Where the segments stand, the heads
//! of the chains and the days are kept in memory for the batch and written once, at its end.

use std::collections::{BTreeSet, HashMap};

use chrono::Datelike as _;
use czei_codes::AnyFault;
use czei_core::{BEIJING, Code as Rule, NumberRequest, ReceiptNumber, Related, Reservation, Token};
use rusqlite::{CachedStatement, Connection, OptionalExtension as _};

use super::database::{Database, sql};
use super::held::{self, Row};
use super::journal::{Entry, Journal};
use super::segments::{self, NUMBERS, code_integer};
use super::units;
use crate::limits::check_person;
use crate::{Error, Event, NumberId, Result, State};

type Build<'a> = &'a mut dyn FnMut(usize, ReceiptNumber) -> Result<Vec<u8>, AnyFault>;

/// See [`czei_core::NumberSource::reserve`]; an error here is one of every request.
pub(super) fn reserve(
    database: &Database,
    actor: &str,
    requests: &[NumberRequest<'_>],
    build: Build<'_>,
) -> Result<Vec<Result<Reservation, AnyFault>>> {
    check_person("actor", actor)?;
    database.write(|writing| {
        let salt = writing.salt();
        let mut batch = Batch::open(database, writing.connection(), actor, salt)?;
        let mut answers = Vec::with_capacity(requests.len());
        for (index, request) in requests.iter().enumerate() {
            answers.push(match batch.reserve(index, request, &mut *build) {
                Ok(reservation) => Ok(reservation),
                Err(Refused::One(fault)) => Err(fault),
                Err(Refused::All(error)) => return Err(error),
            });
        }
        let touched = batch.close()?;
        touched.into_iter().for_each(|segment| writing.touch(segment));
        Ok(answers)
    })
}

/// Whom an error refuses.
enum Refused {
    /// One request; nothing of it was written.
    One(AnyFault),
    /// The batch: the database has trouble.
    All(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Refused::All(error)
    }
}

impl From<czei_core::Error> for Refused {
    fn from(error: czei_core::Error) -> Self {
        Refused::One(error.any())
    }
}

struct Batch<'c, 'a> {
    database: &'a Database,
    connection: &'c Connection,
    actor: &'a str,
    /// The salt of each token is made of this one and of the number, which is reserved once in a batch.
    salt: u64,
    journal: Journal<'c>,
    statements: Statements<'c>,
    units: HashMap<String, Option<i64>>,
    cursors: HashMap<(i64, i64), Option<Cursor>>,
    external: HashMap<(i64, i64), External>,
    days: HashMap<(i64, i64), Day>,
    /// The segments whose mark must be written before the answers leave; also for requests that have their
    /// number already, whose mark may not have been written.
    touched: BTreeSet<i64>,
}

struct Statements<'c> {
    of_request: CachedStatement<'c>,
    insert_number: CachedStatement<'c>,
    insert_document: CachedStatement<'c>,
}

/// Where a segment stands.
struct Cursor {
    segment: i64,
    chain: i64,
    next: i64,
    end: i64,
    drawn: i64,
}

/// Numbers from outside.
struct External {
    segment: i64,
    chain: i64,
    added: i64,
}

/// The numbers of a segment that state one day.
struct Day {
    lowest: i64,
    highest: i64,
    drawn: i64,
}

/// A number that a request will get once its document is built.
struct Next {
    id: NumberId,
    number: ReceiptNumber,
    unit: i64,
}

impl<'c, 'a> Batch<'c, 'a> {
    fn open(database: &'a Database, connection: &'c Connection, actor: &'a str, salt: u64) -> Result<Self> {
        let prepare = |statement| connection.prepare_cached(statement).map_err(sql);
        let statements = Statements {
            of_request: prepare(Row::OF_REQUEST)?,
            insert_number: prepare(
                "INSERT INTO number (id, segment, state, salt, unit, request_id, draft_digest, business_key, total, \
                 day, reverses, last_change) VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?,
            insert_document: prepare("INSERT INTO document (number, bytes) VALUES (?1, ?2)")?,
        };
        Ok(Batch {
            database,
            connection,
            actor,
            salt,
            journal: Journal::open(connection, database.now())?,
            statements,
            units: HashMap::new(),
            cursors: HashMap::new(),
            external: HashMap::new(),
            days: HashMap::new(),
            touched: BTreeSet::new(),
        })
    }

    fn reserve(&mut self, index: usize, request: &NumberRequest<'_>, build: Build<'_>) -> Result<Reservation, Refused> {
        let unit = self.unit(request.unit)?;
        if let Some(unit) = unit
            && let Some(row) = self.row_of(unit, request)?
        {
            return self.again(request, &row);
        }
        self.check_not_reversed(request.reverses)?;
        let next = match request.number {
            Some(number) => self.outside(unit, request, number)?,
            None => self.lowest(unit, request)?,
        };
        let unsigned = build(index, next.number).map_err(Refused::One)?;
        let salt = held::salt_integer(self.salt, next.id);
        self.insert(request, &next, salt, &unsigned)?;
        let token = Token { code: request.code, number: next.number, salt: held::salt_of(Some(salt)) };
        Ok(Reservation { token, held: czei_core::Held::Reserved(unsigned) })
    }

    fn unit(&mut self, unit: &str) -> Result<Option<i64>> {
        if let Some(known) = self.units.get(unit) {
            return Ok(*known);
        }
        let id = units::get(self.connection, unit)?;
        self.units.insert(unit.to_owned(), id);
        Ok(id)
    }

    fn row_of(&mut self, unit: i64, request: &NumberRequest<'_>) -> Result<Option<Row>> {
        let select = &mut self.statements.of_request;
        select.query_row((unit, request.request_id.as_str()), Row::of).optional().map_err(sql)
    }

    /// The answer to a request that has its number.
    fn again(&mut self, request: &NumberRequest<'_>, row: &Row) -> Result<Reservation, Refused> {
        let other_number = request.number.is_some_and(|number| NumberId::new(request.code, number) != row.id);
        let other_code = row.id.get() / NUMBERS != code_integer(request.code);
        if other_number || other_code || row.draft_digest != Some(request.draft_digest) {
            return Err(czei_core::Error::new(Rule::RequestDiffers).found(request.request_id.as_str()).into());
        }
        if request.number.is_none() {
            self.touched.insert(row.segment);
        }
        match held::reservation(self.database, self.connection, row) {
            Ok(reservation) => Ok(reservation),
            Err(error) if held::is_of_one(&error) => Err(Refused::One(error.any())),
            Err(error) => Err(error.into()),
        }
    }

    fn check_not_reversed(&self, blue: Option<Related>) -> Result<(), Refused> {
        let Some(Related { code, number }) = blue else { return Ok(()) };
        match held::red_of(self.connection, NumberId::new(code, number))? {
            Some(_) => Err(czei_core::Error::new(Rule::AlreadyReversed).found(format!("{code}-{number}")).into()),
            None => Ok(()),
        }
    }

    /// A number from outside must not be here, nor come out of a segment later, whichever unit's.
    fn outside(
        &mut self,
        unit: Option<i64>,
        request: &NumberRequest<'_>,
        number: ReceiptNumber,
    ) -> Result<Next, Refused> {
        let id = NumberId::new(request.code, number);
        let is_held = self
            .connection
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM number WHERE id = ?1) OR EXISTS (SELECT 1 FROM segment \
                 WHERE code = ?2 AND origin = 1 AND first <= ?3 AND last >= ?3)",
            )
            .and_then(|mut select| {
                let key = (id.get(), code_integer(request.code), id.get() % NUMBERS);
                select.query_row(key, |row| row.get::<_, bool>(0))
            })
            .map_err(|error| Refused::All(sql(error)))?;
        if is_held {
            let fault = czei_core::Error::new(Rule::NumberHeld);
            return Err(fault.found(format!("{}-{number}", request.code)).into());
        }
        let unit = match unit {
            Some(unit) => unit,
            None => self.add_unit(request.unit)?,
        };
        Ok(Next { id, number, unit })
    }

    /// A unit that has nothing here yet but a number from outside. Its row alone says nothing, so that it
    /// may stay when the request comes to nothing.
    fn add_unit(&mut self, unit: &str) -> Result<i64, Refused> {
        check_person("unit", unit).map_err(|error| Refused::One(error.any()))?;
        let id = units::get_or_add(self.connection, unit)?;
        self.units.insert(unit.to_owned(), Some(id));
        Ok(id)
    }

    /// The lowest free number of the unit's segments of a code, which stays free until it is inserted.
    fn lowest(&mut self, unit: Option<i64>, request: &NumberRequest<'_>) -> Result<Next, Refused> {
        let exhausted = || czei_core::Error::new(Rule::NumbersExhausted).found(request.code.to_string());
        let unit = unit.ok_or_else(exhausted)?;
        let key = (unit, code_integer(request.code));
        if !self.cursors.get(&key).is_some_and(|cursor| cursor.as_ref().is_none_or(Cursor::has_free)) {
            self.next_segment(key)?;
        }
        let cursor = self.cursors.get(&key).and_then(Option::as_ref).ok_or_else(exhausted)?;
        // A segment's numbers are 1 to 9999999999.
        let number = ReceiptNumber::new(cursor.next.unsigned_abs())?;
        Ok(Next { id: NumberId::new(request.code, number), number, unit })
    }

    /// Goes to the lowest segment with free numbers. What was drawn from the one before is written first, so
    /// that it is not found again.
    fn next_segment(&mut self, key: (i64, i64)) -> Result<()> {
        if let Some(Some(used)) = self.cursors.remove(&key) {
            self.write_cursor(&used)?;
        }
        let cursor = self
            .connection
            .prepare_cached(
                "SELECT id, chain, next, coalesce(returned_from, last + 1) FROM segment WHERE unit = ?1 AND code = ?2 \
                 AND origin = 1 AND taken_in_at IS NOT NULL AND next < coalesce(returned_from, last + 1) \
                 ORDER BY first LIMIT 1",
            )
            .and_then(|mut select| {
                let cursor = |row: &rusqlite::Row<'_>| {
                    let (segment, chain) = (row.get(0)?, row.get(1)?);
                    Ok(Cursor { segment, chain, next: row.get(2)?, end: row.get(3)?, drawn: 0 })
                };
                select.query_row(key, cursor).optional()
            })
            .map_err(sql)?;
        self.cursors.insert(key, cursor);
        Ok(())
    }

    fn write_cursor(&mut self, cursor: &Cursor) -> Result<()> {
        if cursor.drawn == 0 {
            return Ok(());
        }
        self.touched.insert(cursor.segment);
        self.connection
            .prepare_cached("UPDATE segment SET next = ?2, reserved = reserved + ?3 WHERE id = ?1")
            .and_then(|mut update| update.execute((cursor.segment, cursor.next, cursor.drawn)))
            .map_err(sql)?;
        Ok(())
    }

    /// Moves the segment on, or counts the number from outside; where it belongs: segment and chain.
    fn advance(&mut self, request: &NumberRequest<'_>, unit: i64) -> Result<(i64, i64)> {
        let key = (unit, code_integer(request.code));
        if request.number.is_none() {
            if let Some(Some(cursor)) = self.cursors.get_mut(&key) {
                cursor.next += 1;
                cursor.drawn += 1;
                return Ok((cursor.segment, cursor.chain));
            }
            // `lowest` has just found it.
            return Err(segments::damaged(format!("no segment of {}", request.code)));
        }
        if let Some(external) = self.external.get_mut(&key) {
            external.added += 1;
            return Ok((external.segment, external.chain));
        }
        let unit = (unit, request.unit);
        let (segment, chain) = segments::external(self.connection, &mut self.journal, unit, request.code, self.actor)?;
        self.external.insert(key, External { segment, chain, added: 1 });
        Ok((segment, chain))
    }

    /// Writes the three rows of a request, all checks being made.
    fn insert(&mut self, request: &NumberRequest<'_>, next: &Next, salt: i64, unsigned: &[u8]) -> Result<()> {
        let (segment, chain) = self.advance(request, next.unit)?;
        let event = if request.number.is_some() { Event::Obtained } else { Event::Reserved };
        let request_id = request.request_id.as_str();
        let entry = Entry {
            event,
            number: Some(next.id),
            actor: self.actor,
            subject: Some(&request.draft_digest),
            detail: request_id,
            previous: None,
        };
        let seq = self.journal.append(chain, &entry)?;
        let day = day_integer(request.at.with_timezone(&BEIJING).date_naive());
        let id = next.id.get();
        let reverses = request.reverses.map(|blue| NumberId::new(blue.code, blue.number).get());
        self.statements
            .insert_number
            .execute((
                id,
                segment,
                salt,
                next.unit,
                request_id,
                request.draft_digest.as_slice(),
                request.business_key,
                request.total.fen(),
                day,
                reverses,
                seq,
            ))
            .map_err(sql)?;
        self.statements.insert_document.execute((id, unsigned)).map_err(sql)?;
        let day = self.days.entry((segment, day)).or_insert(Day { lowest: id, highest: id, drawn: 0 });
        day.lowest = day.lowest.min(id);
        day.highest = day.highest.max(id);
        day.drawn += 1;
        Ok(())
    }

    /// Writes what was kept for the batch; answers whose mark must be written.
    fn close(mut self) -> Result<BTreeSet<i64>> {
        for (_, cursor) in std::mem::take(&mut self.cursors) {
            cursor.map_or(Ok(()), |cursor| self.write_cursor(&cursor))?;
        }
        for external in self.external.values() {
            self.connection
                .prepare_cached("UPDATE segment SET reserved = reserved + ?2 WHERE id = ?1")
                .and_then(|mut update| update.execute((external.segment, external.added)))
                .map_err(sql)?;
        }
        for ((segment, day), used) in &self.days {
            use_day(self.connection, (*segment, *day), (used.lowest, used.highest), used.drawn)?;
        }
        self.journal.close()?;
        Ok(self.touched)
    }
}

impl Cursor {
    fn has_free(&self) -> bool {
        self.next < self.end
    }
}

/// Notes that `drawn` more numbers of a segment state a day, all of them within the span.
pub(super) fn use_day(
    connection: &Connection,
    (segment, day): (i64, i64),
    (lowest, highest): (i64, i64),
    drawn: i64,
) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO day_use (segment, day, lowest, highest, drawn) VALUES (?1, ?2, ?3, ?4, ?5) \
             ON CONFLICT (segment, day) DO UPDATE SET lowest = min(lowest, excluded.lowest), \
             highest = max(highest, excluded.highest), drawn = drawn + excluded.drawn",
        )
        .and_then(|mut upsert| upsert.execute((segment, day, lowest, highest, drawn)))
        .map_err(sql)?;
    Ok(())
}

/// A day as the integer yyyymmdd.
pub(super) fn day_integer(day: chrono::NaiveDate) -> i64 {
    i64::from(day.year()) * 10_000 + i64::from(day.month() * 100 + day.day())
}

/// The day of an integer yyyymmdd.
pub(super) fn day_of(day: i64) -> Result<chrono::NaiveDate> {
    let part = |value: i64| u32::try_from(value).ok();
    let year = i32::try_from(day.div_euclid(10_000)).ok();
    let (month, of_month) = (part(day.rem_euclid(10_000) / 100), part(day.rem_euclid(100)));
    let date = year
        .zip(month)
        .zip(of_month)
        .and_then(|((year, month), day)| chrono::NaiveDate::from_ymd_opt(year, month, day));
    date.ok_or_else(|| segments::damaged(format!("day {day}")))
}

const _: () = assert!(State::Reserved as i64 == 1, "the statement says 1");
