//! Number segments (号段).

use chrono::{DateTime, FixedOffset};
use czei_core::{ReceiptCode, ReceiptNumber};

/// Names a segment within its stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SegmentId(pub i64);

/// Where the numbers of a segment come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// A finance authority gave the segment; numbers are drawn lowest first.
    Received,
    /// Numbers obtained from outside one at a time, in no order (message 8999); one such segment
    /// stands for each unit and code. Invariant I2 does not apply to it.
    External,
}

/// A segment to be noted as given to a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSegment<'a> {
    /// The unit that may issue from it (`InvoicingPartyCode`).
    pub unit: &'a str,
    /// The receipt code.
    pub code: ReceiptCode,
    /// The first number.
    pub first: ReceiptNumber,
    /// The last number, not below the first.
    pub last: ReceiptNumber,
    /// The next free number, for a segment begun in another system: the numbers before it are
    /// `unknown until reconciled` and wait for [`Stock::import`](crate::Stock::import). `first` when none
    /// is given; one past `last` when the segment is used up. At most 20,000,000 past `first`, because each
    /// number that waits has a row.
    pub next: Option<u64>,
    /// Who gave it; free text of at most 200 characters.
    pub giver: &'a str,
}

/// A segment as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Its name in the stock.
    pub id: SegmentId,
    /// The segment it is a part of, where it is a lease.
    pub parent: Option<SegmentId>,
    /// The unit.
    pub unit: String,
    /// The receipt code.
    pub code: ReceiptCode,
    /// Where its numbers come from.
    pub origin: Origin,
    /// The first and the last number; none for numbers from outside.
    pub range: Option<(ReceiptNumber, ReceiptNumber)>,
    /// The next free number as an integer; past the last one when none is free.
    pub next: u64,
    /// The first number of the returned tail.
    pub returned_from: Option<ReceiptNumber>,
    /// Who gave it.
    pub giver: String,
    /// When it was noted.
    pub received_at: DateTime<FixedOffset>,
    /// When it was taken in; before that nothing is drawn from it.
    pub taken_in_at: Option<DateTime<FixedOffset>>,
    /// How many of its numbers are reserved, and not signed yet.
    pub reserved: u64,
    /// How many the unit signed that are not issued yet.
    pub signed: u64,
    /// How many are issued.
    pub issued: u64,
    /// How many are voided.
    pub voided: u64,
    /// How many are unknown until reconciled.
    pub unknown: u64,
    /// How many of the issued ones are red receipts.
    pub red: u64,
    /// How many of the issued ones were exchanged for paper.
    pub exchanged: u64,
}

impl Segment {
    /// How many numbers were received; none for numbers from outside.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.range.map_or(0, |(first, last)| last.get() - first.get() + 1)
    }

    /// How many numbers can still be drawn.
    #[must_use]
    pub fn free(&self) -> u64 {
        let Some((_, last)) = self.range else { return 0 };
        let end = self.returned_from.map_or(last.get() + 1, ReceiptNumber::get);
        end.saturating_sub(self.next)
    }

    /// How many numbers were given back.
    #[must_use]
    pub fn returned(&self) -> u64 {
        match (self.range, self.returned_from) {
            (Some((_, last)), Some(from)) => last.get() - from.get() + 1,
            _ => 0,
        }
    }

    /// Whether numbers can be drawn now.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        self.taken_in_at.is_some() && self.free() > 0
    }
}

/// The tail of a segment that was given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Returned {
    /// The segment.
    pub segment: SegmentId,
    /// The receipt code.
    pub code: ReceiptCode,
    /// The first number given back.
    pub first: ReceiptNumber,
    /// The last number given back.
    pub last: ReceiptNumber,
}
