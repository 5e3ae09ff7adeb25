//! Numbers of the past: of an old system, or of the part of a stock that was lost.

use chrono::{DateTime, FixedOffset, NaiveDate};
use czei_core::{Amount, ReceiptCode, ReceiptNumber, Related};

/// What taking over a number of the past did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TakenOver {
    /// It was taken over.
    Now,
    /// It had been before: nothing changed.
    Before,
}

/// What became of a number elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Past<'a> {
    /// The unit.
    pub unit: &'a str,
    /// The receipt code.
    pub code: ReceiptCode,
    /// The number; it must be `unknown` here, in a segment whose next number lies behind it, or reserved
    /// or signed with the same content as the document.
    pub number: ReceiptNumber,
    /// What became of it.
    pub state: PastState<'a>,
}

/// What became of a number elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PastState<'a> {
    /// It was issued; the caller has verified the receipt.
    Issued {
        /// The receipt.
        document: &'a [u8],
        /// SM3 over `Header` and `EInvoiceData` as the unit signed them.
        original_sm3: [u8; 32],
        /// The day that it states.
        day: NaiveDate,
        /// Its total.
        total: Amount,
        /// The business key (`BizCode`).
        business_key: Option<&'a str>,
        /// The blue receipt, on a red one.
        reverses: Option<Related>,
    },
    /// It was voided.
    Voided {
        /// The reason.
        reason: &'a str,
        /// The person.
        actor: &'a str,
        /// The time.
        at: DateTime<FixedOffset>,
    },
}
