//! Payment codes from a sequence of their own.

use czei_core::{AreaCode, RequestId};

/// A request for one payment code (缴款识别码): the next of the sequence of its region, year and
/// allotted id; the same request id of a unit gets the same code again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayCodeRequest<'a> {
    /// The unit; request ids are unique within it, apart from those of numbers.
    pub unit: &'a str,
    /// The caller's key for retries.
    pub request_id: &'a RequestId,
    /// Digits 1 to 6.
    pub region: AreaCode,
    /// The year, 2000 to 2099.
    pub year: u16,
    /// The id allotted to whoever gives the code, 0 to 99; has no default, because two givers with
    /// one id would give the same codes.
    pub allotted_id: u8,
    /// Whether the last digit is a check digit, as the platform's codes have it.
    pub with_check_digit: bool,
}
