//! Stocks to measure, and requests for their numbers.

use std::path::Path;

use chrono::{DateTime, FixedOffset};
use czei_benches::Result;
use czei_core::{Amount, NumberRequest, NumberSource, ReceiptCode, ReceiptNumber, RequestId, Token};
use czei_stock::{By, NewSegment, OpenOptions, Receipts, SqliteStock, Stock as _};

pub const UNIT: &str = "0104901";
pub const CODE: &str = "32010126";

/// A new stock with all numbers of a code, taken in.
pub fn make(path: &Path, receipts: Receipts) -> Result<SqliteStock> {
    let by = By::one("benches");
    let stock = SqliteStock::create(&OpenOptions::new(path).with_receipts(receipts), by)?;
    let (first, last) = (ReceiptNumber::new(1)?, ReceiptNumber::new(9_999_999_999)?);
    let segment = NewSegment { unit: UNIT, code: CODE.parse()?, first, last, next: None, giver: "benches" };
    stock.take_in(stock.receive(&segment, by)?, by)?;
    Ok(stock)
}

/// Makes requests, no two alike.
pub struct Requests {
    code: ReceiptCode,
    at: DateTime<FixedOffset>,
    name: String,
    next: u64,
}

impl Requests {
    pub fn new(name: impl Into<String>) -> Result<Self> {
        let at = "2026-09-01T08:30:00+08:00".parse()?;
        Ok(Requests { code: CODE.parse()?, at, name: name.into(), next: 0 })
    }

    /// Reserves so many numbers in one call, each with a document of so many bytes.
    pub fn reserve(&mut self, source: &dyn NumberSource, count: usize, bytes: usize) -> Result<Vec<Token>> {
        let ids = (0..count).map(|_| {
            self.next += 1;
            RequestId::new(format!("{}-{:010}", self.name, self.next))
        });
        let ids: Vec<RequestId> = ids.collect::<std::result::Result<_, _>>()?;
        let requests: Vec<_> = ids.iter().map(|id| self.request(id)).collect();
        let mut build = |_, number: ReceiptNumber| Ok(document(number.get(), bytes));
        let reservations = source.reserve(&requests, &mut build);
        let tokens = reservations.into_iter().map(|answer| answer.map(|reservation| reservation.token));
        Ok(tokens.collect::<std::result::Result<_, _>>()?)
    }

    fn request<'a>(&self, request_id: &'a RequestId) -> NumberRequest<'a> {
        NumberRequest {
            unit: UNIT,
            code: self.code,
            request_id,
            draft_digest: [7; 32],
            at: self.at,
            total: Amount::ZERO,
            business_key: None,
            number: None,
            reverses: None,
        }
    }
}

/// A document with a number and of a length, at least of ten bytes.
pub fn document(number: u64, bytes: usize) -> Vec<u8> {
    let mut document = format!("{number:010}").into_bytes();
    document.resize(bytes.max(10), b'x');
    document
}
