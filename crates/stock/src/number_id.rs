//! Code and number as one integer.

use core::fmt;

use czei_core::{ReceiptCode, ReceiptNumber};

/// A receipt code (8 digits) and number (10 digits) as one integer of 18 digits, code first: the
/// primary key of a number, so that a number cannot be in two rows (invariant I1), and so that the
/// numbers of a code lie side by side in their order.
///
/// ```
/// use czei_stock::NumberId;
/// let id = NumberId::new("32010126".parse()?, "0000000007".parse()?);
/// assert_eq!(id.get(), 320101260000000007);
/// assert_eq!(id.to_string(), "32010126-0000000007");
/// # Ok::<(), czei_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NumberId(i64);

/// The numbers of a code, and one: the step from one code to the next.
pub(crate) const NUMBERS: i64 = 10_000_000_000;

/// The 8 digits of a code as an integer.
pub(crate) fn code_integer(code: ReceiptCode) -> i64 {
    code.as_str().bytes().fold(0, |value, digit| value * 10 + i64::from(digit - b'0'))
}

impl NumberId {
    /// The key of a code and number.
    #[must_use]
    pub fn new(code: ReceiptCode, number: ReceiptNumber) -> Self {
        // 8 and 10 digits: below 10^18, which an i64 holds.
        NumberId(code_integer(code) * NUMBERS + number.get() as i64)
    }

    /// The key with this integer; none when it is no code and number.
    #[must_use]
    pub fn from_integer(id: i64) -> Option<Self> {
        let code = u64::try_from(id / NUMBERS).ok().filter(|code| *code < 100_000_000)?;
        ReceiptCode::parse(&format!("{code:08}")).ok()?;
        ReceiptNumber::new(u64::try_from(id % NUMBERS).ok()?).ok()?;
        Some(NumberId(id))
    }

    /// The integer, below 10^18.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The receipt code.
    ///
    /// # Panics
    /// Never: both constructors have a code.
    #[must_use]
    pub fn code(self) -> ReceiptCode {
        // Both constructors checked it.
        #[allow(clippy::unwrap_used)]
        ReceiptCode::parse(&format!("{:08}", self.0 / NUMBERS)).unwrap()
    }

    /// The number.
    ///
    /// # Panics
    /// Never: both constructors have a number.
    #[must_use]
    pub fn number(self) -> ReceiptNumber {
        // Both constructors checked it.
        #[allow(clippy::unwrap_used)]
        ReceiptNumber::new((self.0 % NUMBERS) as u64).unwrap()
    }
}

/// `32010126-0000000007`, or with a colon for the hyphen.
impl core::str::FromStr for NumberId {
    type Err = czei_core::Error;

    /// # Errors
    /// [`ReceiptCode`](czei_core::Code::ReceiptCode), [`ReceiptNumber`](czei_core::Code::ReceiptNumber).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (code, number) = text.split_once(['-', ':']).unwrap_or((text, ""));
        Ok(NumberId::new(ReceiptCode::parse(code)?, ReceiptNumber::parse(number)?))
    }
}

impl fmt::Display for NumberId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08}-{:010}", self.0 / NUMBERS, self.0 % NUMBERS)
    }
}

impl fmt::Debug for NumberId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
