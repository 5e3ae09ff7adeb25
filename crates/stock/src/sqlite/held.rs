//! A number's row, and what is stored beside it.

use czei_core::{Code as Rule, Held, ReceiptCode, ReceiptNumber, Reservation, Token};
use czei_sm2::Sm3;
use rusqlite::{Connection, OptionalExtension as _};

use super::database::{Database, sql};
use super::receipts;
use super::segments::damaged;
use crate::{Code, Error, NumberId, Result, State, hex};

/// What the transitions need of a number's row.
pub(super) struct Row {
    pub(super) id: NumberId,
    pub(super) segment: i64,
    pub(super) state: State,
    pub(super) salt: Option<i64>,
    pub(super) unit: i64,
    pub(super) draft_digest: Option<[u8; 32]>,
    pub(super) document_sm3: Option<[u8; 32]>,
    pub(super) is_red: bool,
    pub(super) exchanged_for: Option<String>,
    pub(super) last_change: i64,
}

/// The columns that [`Row::of`] reads, in its order.
macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT id, segment, state, salt, unit, draft_digest, document_sm3, reverses IS NOT NULL, exchanged_for, \
             last_change FROM number WHERE ",
            $condition
        )
    };
}

impl Row {
    /// By unit and request id.
    pub(super) const OF_REQUEST: &'static str = select!("unit = ?1 AND request_id = ?2");

    /// By the key.
    pub(super) const OF_NUMBER: &'static str = select!("id = ?1");

    /// From a row of one of these statements.
    pub(super) fn of(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        let state = row.get(2)?;
        Ok(Row {
            id: NumberId::from_integer(row.get(0)?).ok_or(rusqlite::Error::IntegralValueOutOfRange(0, row.get(0)?))?,
            segment: row.get(1)?,
            state: State::from_integer(state).ok_or(rusqlite::Error::IntegralValueOutOfRange(2, state))?,
            salt: row.get(3)?,
            unit: row.get(4)?,
            draft_digest: row.get(5)?,
            document_sm3: row.get(6)?,
            is_red: row.get(7)?,
            exchanged_for: row.get(8)?,
            last_change: row.get(9)?,
        })
    }

    /// The row of a number; none when it is not here.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) fn read(connection: &Connection, id: NumberId) -> Result<Option<Self>> {
        connection
            .prepare_cached(Self::OF_NUMBER)
            .and_then(|mut select| select.query_row([id.get()], Self::of).optional())
            .map_err(sql)
    }

    /// The error of a number that is not in the state that a change starts from.
    pub(super) fn wrong_state(&self) -> Error {
        czei_core::Error::new(Rule::NumberState).found(format!("{} {}", self.id, self.state.name())).into()
    }

    /// The token of its reservation; with the salt 0, which no reservation has, where nobody reserved it.
    fn token(&self) -> Token {
        Token { code: self.id.code(), number: self.id.number(), salt: salt_of(self.salt) }
    }
}

/// The error of a number that has no row.
pub(super) fn unknown(code: ReceiptCode, number: ReceiptNumber) -> Error {
    czei_core::Error::new(Rule::NumberUnknown).found(format!("{code}-{number}")).into()
}

/// The salt of a number's token, as the database keeps it: 63 bits, not 0. Different salts of batches give
/// different ones for a number; the numbers of a batch have different ones too, so that tokens cannot be
/// mixed up.
pub(super) fn salt_integer(of_batch: u64, id: NumberId) -> i64 {
    let spread = id.get().unsigned_abs().wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (((of_batch ^ spread) & i64::MAX.unsigned_abs()) as i64).max(1)
}

/// The salt of a token.
pub(super) fn salt_of(salt: Option<i64>) -> u64 {
    salt.unwrap_or(0).unsigned_abs()
}

/// The codes that concern one number, payment code or claim of a batch, and stop no other.
const OF_ONE: [Code; 12] = [
    Code::ClaimUnknown,
    Code::NotGiven,
    Code::NotIssued,
    Code::PastDiffers,
    Code::PastNotAwaited,
    Code::PayCodeDiffers,
    Code::PaySequenceExhausted,
    Code::ReceiptMissing,
    Code::ReceiptNotStored,
    Code::RefusalNeeded,
    Code::SecondContent,
    Code::TextLimit,
];

/// Whether an error is about one of a batch, and not one of the database.
pub(super) fn is_of_one(error: &Error) -> bool {
    match error {
        Error::Rule(_) | Error::Caller(_) => true,
        Error::Stock(fault) => OF_ONE.contains(&fault.code()),
    }
}

/// The answer to one of a batch; an error of the database is one of all.
pub(super) fn each<T>(answer: Result<T>) -> Result<Result<T>> {
    match answer {
        Err(error) if !is_of_one(&error) => Err(error),
        answer => Ok(answer),
    }
}

/// What is held for a number.
///
/// # Errors
/// [`Rule::NumberState`] of a voided or unknown number, [`Code::ReceiptMissing`]; those of the database.
pub(super) fn reservation(database: &Database, connection: &Connection, row: &Row) -> Result<Reservation> {
    let bytes = || bytes(database, connection, row);
    let held = match row.state {
        State::Reserved => Held::Reserved(bytes()?),
        State::Signed => Held::Signed(bytes()?),
        State::Issued => Held::Issued(bytes()?),
        State::Voided | State::Unknown => return Err(row.wrong_state()),
    };
    Ok(Reservation { token: row.token(), held })
}

/// The stored bytes of a reserved, signed or issued number; of the latter two those whose SM3 its row has.
///
/// # Errors
/// [`Code::ReceiptMissing`], [`Code::DatabaseDamaged`]; those of the database.
pub(super) fn bytes(database: &Database, connection: &Connection, row: &Row) -> Result<Vec<u8>> {
    let inside = connection
        .prepare_cached("SELECT bytes FROM document WHERE number = ?1")
        .and_then(|mut select| select.query_row([row.id.get()], |row| row.get(0)).optional())
        .map_err(sql)?;
    match (inside, row.state, database.receipts(), row.document_sm3) {
        (Some(bytes), State::Signed | State::Issued, _, sm3) => same(row.id, bytes, sm3),
        (Some(bytes), ..) => Ok(bytes),
        (None, State::Issued, Some(folder), Some(sm3)) => receipts::read(folder, &sm3),
        _ => Err(damaged(format!("no document of {}", row.id))),
    }
}

/// What was signed is handed out as it was, or not at all.
fn same(id: NumberId, bytes: Vec<u8>, expected: Option<[u8; 32]>) -> Result<Vec<u8>> {
    let found = Sm3::digest(&bytes);
    if expected == Some(found) {
        return Ok(bytes);
    }
    let expected = expected.map_or_else(|| "no digest".to_owned(), |sm3| hex::encode(&sm3));
    Err(damaged(format!("another document of {id}: {}, not {expected}", hex::encode(&found))))
}

/// The number that reverses a blue receipt, voided ones left out.
pub(super) fn red_of(connection: &Connection, blue: NumberId) -> Result<Option<i64>> {
    connection
        .prepare_cached("SELECT id FROM number WHERE reverses = ?1 AND state <> 4")
        .and_then(|mut select| select.query_row([blue.get()], |row| row.get(0)).optional())
        .map_err(sql)
}
