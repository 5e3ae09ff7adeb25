//! Where numbers come from.

use chrono::{DateTime, FixedOffset};
use czei_codes::AnyFault;

use crate::model::Related;
use crate::{Amount, ReceiptCode, ReceiptNumber};

use super::RequestId;

/// A request for one number.
#[derive(Debug, Clone)]
pub struct NumberRequest<'a> {
    /// The unit that issues; request ids are unique within it.
    pub unit: &'a str,
    /// The receipt code.
    pub code: ReceiptCode,
    /// The caller's key for retries.
    pub request_id: &'a RequestId,
    /// The digest of the draft: the same request id with another one is refused.
    pub draft_digest: [u8; 32],
    /// The issue time that the receipt will state. It takes no part in choosing the number; the
    /// source keeps its day, at UTC+8, so that the number can be found by it.
    pub at: DateTime<FixedOffset>,
    /// The receipt's total, for reconciliation by day.
    pub total: Amount,
    /// The unit's key of the business (`BizCode`), so that the number can be found by it.
    pub business_key: Option<&'a str>,
    /// A number obtained from outside (message 8999), which the source keeps from now on; without one
    /// the source draws the lowest free number.
    pub number: Option<ReceiptNumber>,
    /// The blue receipt that the draft reverses: at most one number does, unless that one is voided.
    pub reverses: Option<Related>,
}

/// Names one reservation of a number towards its source. A transition names the token, so that a
/// slow signer that finishes after a void loses, and so does one whose reservation was lost with a
/// database that had to be restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Token {
    /// The receipt code.
    pub code: ReceiptCode,
    /// The number.
    pub number: ReceiptNumber,
    /// Differs between any two reservations of one number.
    pub salt: u64,
}

/// A number with what is stored beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    /// The number, and the token for the transitions that follow.
    pub token: Token,
    /// How far it came before.
    pub held: Held,
}

/// How far a number came, with the bytes stored at that point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// Reserved: the unsigned bytes, number, check code, time and all. A retry signs these.
    Reserved(Vec<u8>),
    /// Signed by the unit: these bytes come back from now on.
    Signed(Vec<u8>),
    /// Issued: the finished receipt.
    Issued(Vec<u8>),
}

/// Why, by whom and when a number is taken out of use.
#[derive(Debug, Clone)]
pub struct Voiding<'a> {
    /// The reason.
    pub reason: &'a str,
    /// The person.
    pub actor: &'a str,
    /// The time; a source has no clock of its own.
    pub at: DateTime<FixedOffset>,
    /// The authority's refusal to sign, kept as it came. Without one, a number that the unit signed
    /// is not voided: its bytes may have left.
    pub refusal: Option<&'a [u8]>,
}

/// A source of numbers: never two for one request, never one number twice.
///
/// Every method takes a batch, because a durable source writes a batch in one transaction; the
/// answers stand in the order of the batch, as many as it has. A method returns only when what it
/// answers is as durable as the source promises.
///
/// Errors are [`AnyFault`]: a broken rule of numbers has one of this crate's codes, as stated at each
/// method; trouble of the source itself has the source's own code.
///
/// The life of a number: reserved → signed → issued; from reserved and, refused by the authority,
/// from signed also voided. Asking again with the same request id returns the same number and what
/// is stored beside it.
pub trait NumberSource: Send + Sync {
    /// Reserves a number for each request, or finds the one that the request id had before.
    ///
    /// `build` makes the unsigned bytes of request `index` with its number; it is called only for
    /// requests that are new, inside the transaction. When it fails, no number is used. That a blue
    /// receipt is reversed is noted in the same transaction.
    ///
    /// # Errors
    /// Per request: [`Code::RequestDiffers`](crate::Code::RequestDiffers) when the draft or the number
    /// from outside is another than before, [`Code::AlreadyReversed`](crate::Code::AlreadyReversed),
    /// [`Code::NumbersExhausted`](crate::Code::NumbersExhausted),
    /// [`Code::NumberHeld`](crate::Code::NumberHeld), the error of `build`, and
    /// [`Code::NumberState`](crate::Code::NumberState) when the request's number was voided.
    fn reserve(
        &self,
        requests: &[NumberRequest<'_>],
        build: &mut dyn FnMut(usize, ReceiptNumber) -> Result<Vec<u8>, AnyFault>,
    ) -> Vec<Result<Reservation, AnyFault>>;

    /// Stores the bytes that the unit signed. Storing the same bytes again is no error.
    ///
    /// # Errors
    /// [`Code::NumberUnknown`](crate::Code::NumberUnknown),
    /// [`Code::NumberState`](crate::Code::NumberState).
    fn store_signed(&self, signed: &[(Token, &[u8])]) -> Vec<Result<(), AnyFault>>;

    /// Stores the finished receipt of a signed number. Storing the same bytes again is no error.
    ///
    /// # Errors
    /// As [`NumberSource::store_signed`].
    fn store_issued(&self, issued: &[(Token, &[u8])]) -> Vec<Result<(), AnyFault>>;

    /// Takes numbers out of use; final.
    ///
    /// # Errors
    /// [`Code::NumberUnknown`](crate::Code::NumberUnknown);
    /// [`Code::NumberState`](crate::Code::NumberState) once the number was issued, and from signed
    /// without a refusal.
    fn void(&self, voidings: &[(Token, Voiding<'_>)]) -> Vec<Result<(), AnyFault>>;

    /// What is held for numbers.
    ///
    /// # Errors
    /// [`Code::NumberUnknown`](crate::Code::NumberUnknown); for a voided number
    /// [`Code::NumberState`](crate::Code::NumberState).
    fn find(&self, numbers: &[(ReceiptCode, ReceiptNumber)]) -> Vec<Result<Reservation, AnyFault>>;
}
