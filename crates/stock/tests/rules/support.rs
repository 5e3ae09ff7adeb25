//! A stock in a folder of its own, and short names for what tests do with it.

use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use chrono::{DateTime, FixedOffset, TimeZone as _};
use czei_codes::AnyFault;
use czei_core::{
    Amount, BEIJING, NumberRequest, NumberSource, ReceiptCode, ReceiptNumber, RequestId, Reservation, Token, Voiding,
};
use czei_stock::{
    By, Error, Find, NewSegment, NumberId, NumberRecord, OpenOptions, Receipts, SegmentId, SqliteStock, Stock,
};

pub const UNIT: &str = "0104901";

/// Removes its folder in the end.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let name = format!("rules-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A stock whose clock goes on by a second with each look at it.
pub struct Bed {
    pub stock: SqliteStock,
    pub folder: Folder,
    clock: Arc<AtomicI64>,
}

impl Bed {
    /// Without segments.
    pub fn empty() -> Self {
        Self::with(|_, options| options)
    }

    pub fn with(change: impl FnOnce(&Path, OpenOptions) -> OpenOptions) -> Self {
        let folder = Folder::new();
        let clock = Arc::new(AtomicI64::new(at("2026-03-01T09:00:00+08:00").timestamp()));
        let ticks = Arc::clone(&clock);
        let tell = Arc::new(move || BEIJING.timestamp_opt(ticks.fetch_add(1, Ordering::Relaxed), 0).unwrap());
        let options = OpenOptions::new(folder.path().join("stock.db")).with_actor("billing").with_clock(tell);
        let stock = SqliteStock::create(&change(folder.path(), options), By::one("张三")).unwrap();
        Bed { stock, folder, clock }
    }

    /// With receipts in a folder beside it.
    pub fn beside() -> Self {
        Self::with(|folder, options| options.with_receipts(Receipts::Beside(folder.join("receipts"))))
    }

    /// With one segment, taken in.
    pub fn of(first: u64, last: u64) -> Self {
        let bed = Self::empty();
        bed.add(UNIT, first, last);
        bed
    }

    pub fn set_clock(&self, to: &str) {
        self.clock.store(at(to).timestamp(), Ordering::Relaxed);
    }

    pub fn add(&self, unit: &str, first: u64, last: u64) -> SegmentId {
        let id = self.receive(unit, first, last, None).unwrap();
        self.stock.take_in(id, By::one("张三")).unwrap();
        id
    }

    pub fn receive(&self, unit: &str, first: u64, last: u64, next: Option<u64>) -> Result<SegmentId, Error> {
        let (first, last) = (number(first), number(last));
        let segment = NewSegment { unit, code: code(), first, last, next, giver: "省财政厅" };
        self.stock.receive(&segment, By::two("张三", "李四"))
    }

    pub fn reserve(&self, request_id: &str) -> Result<Reservation, AnyFault> {
        let request_id = RequestId::new(request_id).unwrap();
        self.ask(request(&request_id))
    }

    /// The token of a new reservation.
    pub fn token(&self, request_id: &str) -> Token {
        self.reserve(request_id).unwrap().token
    }

    pub fn ask(&self, request: NumberRequest<'_>) -> Result<Reservation, AnyFault> {
        ask(&self.stock, request)
    }

    pub fn sign(&self, token: Token, bytes: &[u8]) -> Result<(), AnyFault> {
        only(self.stock.store_signed(&[(token, bytes)]))
    }

    pub fn issue(&self, token: Token, bytes: &[u8]) -> Result<(), AnyFault> {
        only(self.stock.store_issued(&[(token, bytes)]))
    }

    /// A number that went all the way.
    pub fn issued(&self, request_id: &str) -> Token {
        let token = self.token(request_id);
        self.sign(token, format!("{request_id} signed").as_bytes()).unwrap();
        self.issue(token, format!("{request_id} issued").as_bytes()).unwrap();
        token
    }

    pub fn void(&self, token: Token, refusal: Option<&[u8]>) -> Result<(), AnyFault> {
        only(self.stock.void(&[(token, voiding(refusal))]))
    }

    pub fn found(&self, question: Find<'_>) -> Vec<NumberRecord> {
        let mut found = Vec::new();
        self.stock
            .find_numbers(question, &mut |record| {
                found.push(record);
                Ok(())
            })
            .unwrap();
        found
    }

    pub fn record(&self, number: u64) -> Option<NumberRecord> {
        self.found(Find::Number(id(number))).pop()
    }

    /// The numbers that answer a question, without their code.
    pub fn numbers(&self, question: Find<'_>) -> Vec<u64> {
        self.found(question).iter().map(|record| record.id.number().get()).collect()
    }

    /// The database without the stock in between.
    pub fn raw(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.folder.path().join("stock.db")).unwrap()
    }

    /// The names of the indicators that do not hold.
    pub fn wrong(&self) -> Vec<&'static str> {
        let report = self.stock.check().unwrap();
        report.indicators.iter().filter(|indicator| !indicator.holds()).map(|indicator| indicator.name).collect()
    }
}

pub fn ask(source: &dyn NumberSource, request: NumberRequest<'_>) -> Result<Reservation, AnyFault> {
    let request_id = request.request_id.clone();
    only(source.reserve(&[request], &mut |_, number| Ok(format!("{request_id} {number}").into_bytes())))
}

/// The only answer of a batch of one.
pub fn only<T>(mut answers: Vec<T>) -> T {
    assert_eq!(answers.len(), 1);
    answers.pop().unwrap()
}

pub fn code() -> ReceiptCode {
    ReceiptCode::parse("32010126").unwrap()
}

pub fn number(number: u64) -> ReceiptNumber {
    ReceiptNumber::new(number).unwrap()
}

pub fn id(at: u64) -> NumberId {
    NumberId::new(code(), number(at))
}

pub fn at(text: &str) -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339(text).unwrap()
}

pub fn request(request_id: &RequestId) -> NumberRequest<'_> {
    NumberRequest {
        unit: UNIT,
        code: code(),
        request_id,
        draft_digest: [1; 32],
        at: at("2026-03-01T09:00:00+08:00"),
        total: Amount::from_fen(13_300).unwrap(),
        business_key: None,
        number: None,
        reverses: None,
    }
}

pub fn voiding(refusal: Option<&[u8]>) -> Voiding<'_> {
    Voiding { reason: "重复", actor: "李四", at: at("2026-03-02T10:00:00+08:00"), refusal }
}

/// Changes a database as somebody could who may write the file, with its triggers out of the way meanwhile: the
/// schema does not tell.
pub fn behind<T>(raw: &rusqlite::Connection, change: impl FnOnce(&rusqlite::Connection) -> T) -> T {
    let mut triggers = std::collections::BTreeMap::new();
    let mut select = raw.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").unwrap();
    let mut rows = select.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        triggers.insert(row.get::<_, String>(0).unwrap(), row.get::<_, String>(1).unwrap());
    }
    drop(rows);
    for name in triggers.keys() {
        raw.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
    }
    let changed = change(raw);
    for sql in triggers.values() {
        raw.execute_batch(sql).unwrap();
    }
    changed
}

/// What an error says: its code, by name, and what was found.
pub trait Said {
    fn said(self) -> (&'static str, String);
}

impl Said for AnyFault {
    fn said(self) -> (&'static str, String) {
        (self.entry().name, self.found_text().unwrap_or_default().to_owned())
    }
}

impl Said for Error {
    fn said(self) -> (&'static str, String) {
        self.any().said()
    }
}

/// Asserts which error it is, by the row of its code, and what was found.
#[track_caller]
pub fn refused<T: Debug>(result: Result<T, impl Said>, code: impl czei_codes::Code, found: &str) {
    let said = result.map_err(Said::said).unwrap_err();
    assert_eq!((said.0, said.1.as_str()), (code.entry().name, found));
}
