//! Passwords of key files.

use core::fmt;

use czei_codes::Code as _;
use zeroize::Zeroizing;

use crate::{Code, Error};

/// The password of a key file: UTF-8 text (RFC 8018 3), zeroed when dropped and never printed.
///
/// ```
/// use czei_pki::Password;
///
/// let password = Password::from_bytes("口令 123\r\n".as_bytes())?;
/// assert_eq!(format!("{password:?}"), "Password(..)");
/// # Ok::<(), czei_pki::Error>(())
/// ```
#[derive(Clone)]
pub struct Password(Zeroizing<Vec<u8>>);

impl Password {
    /// The most bytes that [`Password::from_bytes`] takes, the line end not counted.
    pub const MAX_BYTES: usize = 1024;

    /// A password as it was typed; nothing is trimmed.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Password(Zeroizing::new(text.as_bytes().to_vec()))
    }

    /// The content of a password file: one line end, `\n` or `\r\n`, is no part of the password,
    /// everything else is.
    ///
    /// # Errors
    /// [`Code::PasswordText`] for bytes that are not UTF-8 or more than [`Password::MAX_BYTES`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let line = bytes.strip_suffix(b"\n").map_or(bytes, |line| line.strip_suffix(b"\r").unwrap_or(line));
        if line.len() > Self::MAX_BYTES {
            let most = format!("at most {} bytes", Self::MAX_BYTES);
            return Err(Code::PasswordText.fault().expected(most).found(format!("{} bytes", line.len())));
        }
        let text = core::str::from_utf8(line).map_err(|_| Code::PasswordText.fault().expected("UTF-8"))?;
        Ok(Password::new(text))
    }

    /// As PBKDF2 takes it.
    pub(super) fn utf8(&self) -> &[u8] {
        &self.0
    }

    /// As the key derivation of PKCS#12 takes it: UTF-16, big-endian, with a terminating zero
    /// (RFC 7292 B.1; BMPString there, with surrogates where tools came to write them).
    pub(super) fn bmp(&self) -> Zeroizing<Vec<u8>> {
        // Always UTF-8: both constructors take text.
        let text = core::str::from_utf8(&self.0).unwrap_or_default();
        // Reserved in full, so that growing leaves no copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(2 * text.len() + 2));
        for unit in text.encode_utf16().chain([0]) {
            bytes.extend_from_slice(&unit.to_be_bytes());
        }
        bytes
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn one_line_end_is_cut_and_nothing_else() {
        for (bytes, text) in [
            (&b"secret"[..], "secret"),
            (b"secret\n", "secret"),
            (b"secret\r\n", "secret"),
            (b"secret\n\n", "secret\n"),
            (b"secret\r", "secret\r"),
            (b" secret \n", " secret "),
            (b"", ""),
        ] {
            assert_eq!(Password::from_bytes(bytes).unwrap().utf8(), text.as_bytes());
        }
    }

    #[test]
    fn what_is_not_text_or_too_long_is_refused() {
        let fault = Password::from_bytes(&[b'a', 0xff]).unwrap_err();
        assert_eq!((fault.code(), fault.expected_text()), (Code::PasswordText, Some("UTF-8")));
        assert!(Password::from_bytes(&[b'a'; 1024]).is_ok());
        let fault = Password::from_bytes(&[b'a'; 1025]).unwrap_err();
        assert_eq!((fault.code(), fault.found_text()), (Code::PasswordText, Some("1025 bytes")));
    }

    #[test]
    fn bmp_strings_end_in_zero() {
        assert_eq!(**Password::new("").bmp(), [0, 0]);
        assert_eq!(**Password::new("a中").bmp(), [0, 0x61, 0x4e, 0x2d, 0, 0]);
        assert_eq!(**Password::new("𠮷").bmp(), [0xd8, 0x42, 0xdf, 0xb7, 0, 0]);
    }
}
