//! What numbers can be found by.

use chrono::NaiveDate;

use crate::{NumberId, State};

/// A question that numbers answer; the answers come in the order of code and number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Find<'a> {
    /// One number.
    Number(NumberId),
    /// The number of a request; of every unit when none is named.
    Request {
        /// The unit.
        unit: Option<&'a str>,
        /// The request id.
        request_id: &'a str,
    },
    /// The numbers of a business key (`BizCode`).
    BusinessKey(&'a str),
    /// The numbers whose receipts state this day, at UTC+8.
    Day(NaiveDate),
    /// The numbers in a state.
    State(State),
    /// The red receipt of a blue one.
    Reverses(NumberId),
    /// Every number that is no longer free.
    All,
}
