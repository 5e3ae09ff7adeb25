//! The label by which a server knows a key.

use std::fmt;

use czei_codes::Code as _;

use crate::{Code, Error};

/// The label of a key at a server: 1 to 64 of `A-Z a-z 0-9 . _ : -`. It names the key and is no secret.
///
/// ```
/// use czei_remote::KeyLabel;
/// assert_eq!(KeyLabel::new("unit-1")?.as_str(), "unit-1");
/// assert!(KeyLabel::new("unit 1").is_err());
/// # Ok::<(), czei_remote::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyLabel(String);

impl KeyLabel {
    /// The most characters of a label.
    pub const MAX_LENGTH: usize = 64;

    /// A label.
    ///
    /// # Errors
    /// [`Code::Settings`] when it is empty, too long, or has another character.
    pub fn new(text: impl Into<String>) -> Result<Self, Error> {
        let text = text.into();
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte);
        if (1..=Self::MAX_LENGTH).contains(&text.len()) && text.bytes().all(plain) {
            return Ok(KeyLabel(text));
        }
        Err(Code::Settings.fault().at_path("key").expected("1 to 64 of A-Z a-z 0-9 . _ : -").found(text))
    }

    /// The label as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_label_is_one_field_of_a_line() {
        for good in ["a", "unit-1", "HSM:3.key_9", &"x".repeat(64)] {
            assert_eq!(KeyLabel::new(good).unwrap().as_str(), good);
        }
        for bad in ["", " ", "a b", "a\n", "键", "a/b", &"x".repeat(65)] {
            let error = KeyLabel::new(bad).unwrap_err();
            assert_eq!((error.code(), error.place().path.as_deref()), (Code::Settings, Some("key")), "{bad}");
        }
    }
}
