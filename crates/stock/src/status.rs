//! How much stock is left.

use chrono::NaiveDate;
use czei_core::ReceiptCode;

use crate::Segment;

/// The stock as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Names the stock for life: 32 hexadecimal digits.
    pub stock_id: String,
    /// Changes with every older state that was accepted: 32 hexadecimal digits.
    pub generation: String,
    /// The segments in the order of code and first number.
    pub segments: Vec<Segment>,
    /// The sums per unit and code.
    pub codes: Vec<CodeStatus>,
    /// Rows of the journal.
    pub journal_rows: u64,
    /// Rows of the journal since the heads were last signed.
    pub unsigned_rows: u64,
    /// Bytes of the database file, without its write-ahead log.
    pub database_bytes: u64,
}

/// The stock of one unit and code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeStatus {
    /// The unit.
    pub unit: String,
    /// The receipt code.
    pub code: ReceiptCode,
    /// Numbers received in segments, taken in or not.
    pub received: u64,
    /// Numbers that can be drawn now.
    pub free: u64,
    /// Numbers in segments that were not taken in yet.
    pub pending: u64,
    /// Reserved, not signed.
    pub reserved: u64,
    /// Signed by the unit, not issued.
    pub signed: u64,
    /// Issued.
    pub issued: u64,
    /// Voided.
    pub voided: u64,
    /// Given back.
    pub returned: u64,
    /// Unknown until reconciled.
    pub unknown: u64,
    /// Red receipts among the issued ones.
    pub red: u64,
    /// Numbers obtained from outside, in whichever state.
    pub external: u64,
    /// Numbers drawn from segments in the [`Status::RATE_DAYS`] days up to and with today.
    pub drawn_lately: u64,
    /// Over how many days that is: [`Status::RATE_DAYS`], or, where the first number of the code was drawn later,
    /// those since then, today included; 0 when none was ever drawn.
    pub rate_days: u64,
    /// For how many days the free numbers last at that rate, rounded down; none when nothing was
    /// drawn lately.
    pub days_left: Option<u64>,
    /// The day on which they run out at that rate.
    pub until: Option<NaiveDate>,
}

impl Status {
    /// Over how many days the rate is taken at most.
    pub const RATE_DAYS: u64 = 30;

    /// Stock that lasts for no more than so many days is low.
    pub const LOW_DAYS: u64 = 14;
}

impl CodeStatus {
    /// Whether little is left: nothing that can be drawn, or enough for [`Status::LOW_DAYS`] days at most at
    /// the rate of late, or, where nothing was drawn lately, no more than a twentieth of what was received.
    /// Codes whose numbers come from outside alone are never low.
    #[must_use]
    pub fn is_low(&self) -> bool {
        let is_scarce = match self.days_left {
            Some(days) => days <= Status::LOW_DAYS,
            None => self.free.saturating_mul(20) <= self.received,
        };
        self.received > 0 && is_scarce
    }
}
