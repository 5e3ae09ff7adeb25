//! The user id that enters Z.

use std::borrow::Cow;

use czei_codes::Code as _;

use crate::{Code, Error};

/// The distinguishing identifier of the signer (GB/T 32918.2-2016, 5.5): up to 8191 bytes.
///
/// Both sides must use the same. The default is [`UserId::DEFAULT`].
///
/// ```
/// use czei_sm2::{Code, UserId};
///
/// assert_eq!(UserId::default().as_bytes(), b"1234567812345678");
/// assert_eq!(UserId::new("1234567812345678")?, UserId::DEFAULT);
/// assert_eq!(UserId::new(vec![0; 8192]).unwrap_err().code(), Code::UserIdTooLong);
/// # Ok::<(), czei_sm2::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UserId(Cow<'static, [u8]>);

impl UserId {
    /// The id everyone uses where none is agreed: `1234567812345678` (GB/T 35276-2017, clause 10).
    pub const DEFAULT: UserId = UserId(Cow::Borrowed(b"1234567812345678"));

    /// The empty id, which OpenSSL 3.0 uses by default and no other product does.
    pub const EMPTY: UserId = UserId(Cow::Borrowed(b""));

    /// The greatest length in bytes: ENTL counts bits in two bytes.
    pub const MAX_LENGTH: usize = 8191;

    /// An id from bytes or text.
    ///
    /// # Errors
    /// [`Code::UserIdTooLong`] above 8191 bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, Error> {
        let bytes = bytes.into();
        if bytes.len() > Self::MAX_LENGTH {
            return Err(Code::UserIdTooLong.fault().found(format!("{} bytes", bytes.len())));
        }
        Ok(UserId(Cow::Owned(bytes)))
    }

    /// The bytes of the id.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// ENTL: the length in bits, big endian.
    pub(crate) fn entl(&self) -> [u8; 2] {
        // At most 8191 * 8 = 65528, see MAX_LENGTH.
        ((self.0.len() * 8) as u16).to_be_bytes()
    }
}

/// [`UserId::DEFAULT`].
impl Default for UserId {
    fn default() -> Self {
        UserId::DEFAULT
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_length_goes_up_to_16_bits() {
        let longest = UserId::new(vec![b'a'; 8191]).unwrap();
        assert_eq!(longest.entl(), [0xff, 0xf8]);
        let error = UserId::new(vec![b'a'; 8192]).unwrap_err();
        assert_eq!(error.code(), Code::UserIdTooLong);
        assert_eq!(error.found_text(), Some("8192 bytes"));
    }

    #[test]
    fn entl_counts_bits() {
        assert_eq!(UserId::DEFAULT.entl(), [0x00, 0x80]);
        assert_eq!(UserId::EMPTY.entl(), [0x00, 0x00]);
    }

    #[test]
    fn owned_and_constant_ids_are_the_same() {
        assert_eq!(UserId::new(*b"1234567812345678").unwrap(), UserId::default());
        assert_ne!(UserId::EMPTY, UserId::DEFAULT);
    }
}
