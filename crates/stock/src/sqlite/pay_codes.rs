//! Payment codes, each from the sequence of its region, year and allotted id.

use czei_codes::Code as _;
use czei_core::{Code as Rule, PayCode};
use rusqlite::{Connection, OptionalExtension as _};
use serde_json::json;

use super::database::{Database, sql};
use super::journal::{Entry, Journal, STOCK_CHAIN};
use super::kind::pay_key;
use super::{held, units};
use crate::limits::check_person;
use crate::{Code, Error, Event, PayCodeRequest, Result};

/// See [`crate::Stock::pay_codes`]; an error here is one of the whole batch.
pub(super) fn pay_codes(
    database: &Database,
    actor: &str,
    requests: &[PayCodeRequest<'_>],
) -> Result<Vec<Result<PayCode>>> {
    check_person("actor", actor)?;
    database.write(|writing| {
        let connection = writing.connection();
        let mut answers = Vec::with_capacity(requests.len());
        let mut made = Vec::new();
        for request in requests {
            let answer = pay_code(connection, request, &mut made);
            answers.push(held::each(answer)?);
        }
        let mut journal = Journal::open(connection, database.now())?;
        for sequence in &made {
            let (actor, previous) = (actor, None);
            let detail = sequence.detail();
            let event = Event::PayCodes;
            journal
                .append(STOCK_CHAIN, &Entry { event, number: None, actor, subject: None, detail: &detail, previous })?;
        }
        journal.close()?;
        for request in requests {
            let sequence = (request.region.to_string(), i64::from(request.year), i64::from(request.allotted_id));
            pay_key(&sequence.0, sequence.1, sequence.2).into_iter().for_each(|key| writing.touch(key));
        }
        Ok(answers)
    })
}

/// What one call drew from a sequence for a unit, for the journal.
struct Made {
    unit: String,
    key: (String, u16, u8),
    first: String,
    last: String,
    count: u64,
}

impl Made {
    fn detail(&self) -> String {
        let (region, year, allotted_id) = &self.key;
        json!({
            "unit": self.unit, "region": region, "year": year, "allotted_id": allotted_id,
            "first": self.first, "last": self.last, "count": self.count,
        })
        .to_string()
    }
}

fn pay_code(connection: &Connection, request: &PayCodeRequest<'_>, made: &mut Vec<Made>) -> Result<PayCode> {
    // Before anything is written: parts that make no code, and a name that is no unit.
    PayCode::make(request.region, request.year, request.allotted_id, 0, request.with_check_digit)?;
    check_person("unit", request.unit)?;
    if let Some(unit) = units::get(connection, request.unit)?
        && let Some(code) = before(connection, unit, request)?
    {
        return Ok(code);
    }
    let (code, sequence) = next(connection, request)?;
    // Of 10 digits at most.
    let unit = units::get_or_add(connection, request.unit)?;
    let key = (request.region.to_string(), request.year, request.allotted_id);
    connection
        .prepare_cached(
            "INSERT INTO pay_sequence (region, year, allotted_id, next) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (region, year, allotted_id) DO UPDATE SET next = excluded.next",
        )
        .and_then(|mut upsert| upsert.execute((&key.0, key.1, key.2, sequence as i64 + 1)))
        .map_err(sql)?;
    connection
        .prepare_cached("INSERT INTO pay_code (unit, request_id, with_check, code) VALUES (?1, ?2, ?3, ?4)")
        .and_then(|mut insert| {
            insert.execute((unit, request.request_id.as_str(), request.with_check_digit, code.as_str()))
        })
        .map_err(sql)?;
    match made.iter_mut().find(|made| made.key == key && made.unit == request.unit) {
        Some(made) => {
            code.as_str().clone_into(&mut made.last);
            made.count += 1;
        }
        None => {
            let (first, last) = (code.as_str().to_owned(), code.as_str().to_owned());
            made.push(Made { unit: request.unit.to_owned(), key, first, last, count: 1 });
        }
    }
    Ok(code)
}

/// The code that the request got before.
fn before(connection: &Connection, unit: i64, request: &PayCodeRequest<'_>) -> Result<Option<PayCode>> {
    let stored: Option<(String, bool)> = connection
        .prepare_cached("SELECT code, with_check FROM pay_code WHERE unit = ?1 AND request_id = ?2")
        .and_then(|mut select| {
            let key = (unit, request.request_id.as_str());
            select.query_row(key, |row| Ok((row.get(0)?, row.get(1)?))).optional()
        })
        .map_err(sql)?;
    let Some((code, with_check)) = stored else { return Ok(None) };
    let code = PayCode::read(&code)?;
    let is_same = code.parts().is_some_and(|parts| {
        (parts.region, parts.year, parts.allotted_id) == (request.region, request.year, request.allotted_id)
    });
    if is_same && with_check == request.with_check_digit {
        return Ok(Some(code));
    }
    Err(Code::PayCodeDiffers.fault().found(request.request_id.as_str()).into())
}

/// The next code of the sequence. Codes with and without check digit share it. Twenty digits of the one kind
/// can be a code of the other; which were given out is not known after a database was lost. So a code without
/// check digit that looks as if it had one is passed over, and the two kinds never meet.
fn next(connection: &Connection, request: &PayCodeRequest<'_>) -> Result<(PayCode, u64)> {
    let mut sequence = connection
        .prepare_cached("SELECT next FROM pay_sequence WHERE region = ?1 AND year = ?2 AND allotted_id = ?3")
        .and_then(|mut select| {
            let key = (request.region.to_string(), request.year, request.allotted_id);
            select.query_row(key, |row| row.get::<_, i64>(0)).optional()
        })
        .map_err(sql)?
        .map_or(1, i64::unsigned_abs);
    loop {
        let code = PayCode::make(request.region, request.year, request.allotted_id, sequence, request.with_check_digit);
        let code = code.map_err(|error| match error.code() {
            // The other parts were looked at before.
            Rule::PayCodeParts => {
                let found = format!("{} {} {:02}", request.region, request.year, request.allotted_id);
                Code::PaySequenceExhausted.fault().found(found).into()
            }
            _ => Error::from(error),
        })?;
        let is_taken = connection
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM pay_code WHERE code = ?1)")
            .and_then(|mut select| select.query_row([code.as_str()], |row| row.get::<_, bool>(0)))
            .map_err(sql)?;
        // Sequences begin at 1: the first ten without check digit are none with one.
        let is_of_its_kind = request.with_check_digit || sequence < 10 || code.check_digit_matches() != Some(true);
        if !is_taken && is_of_its_kind {
            return Ok((code, sequence));
        }
        sequence += 1;
    }
}
