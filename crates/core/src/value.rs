//! What the value types share: digits, the error of a malformed text, and the conversions.

use core::fmt;
use core::marker::PhantomData;
use core::str::FromStr;

use serde::de::{Deserializer, Visitor};

use crate::mask::mask_identity_numbers;
use crate::text::is_printable;
use crate::{Code, Error};

/// How many characters of an offending text an error repeats.
const FOUND_CHARACTERS: usize = 40;

/// The error of a text that does not have the form of its type.
pub(crate) fn malformed(code: Code, found: &str, expected: &str) -> Error {
    Error::new(code).found(excerpt(found)).expected(expected)
}

/// The beginning of an offending text, fit for a message: identity numbers masked, and what would
/// disturb a log line or cannot be seen written as an escape.
pub(crate) fn excerpt(text: &str) -> String {
    // Bounds the work on a hostile text; one identity number more than is shown keeps masking whole.
    let end = text.char_indices().nth(FOUND_CHARACTERS + 18).map_or(text.len(), |(index, _)| index);
    let masked = mask_identity_numbers(&text[..end]);
    let mut excerpt = String::with_capacity(masked.len().min(4 * FOUND_CHARACTERS));
    for (count, character) in masked.chars().enumerate() {
        if count == FOUND_CHARACTERS {
            excerpt.push('…');
            return excerpt;
        }
        if is_printable(character) {
            excerpt.push(character);
        } else {
            excerpt.extend(character.escape_unicode());
        }
    }
    excerpt
}

/// The text as exactly `N` ASCII digits.
pub(crate) fn digits<const N: usize>(text: &str) -> Option<[u8; N]> {
    let bytes: [u8; N] = text.as_bytes().try_into().ok()?;
    bytes.iter().all(u8::is_ascii_digit).then_some(bytes)
}

/// The number that some ASCII digits write; at most 19 of them, so that it fits.
pub(crate) fn number(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |number, digit| number * 10 + u64::from(digit - b'0'))
}

/// Bytes of a value that were checked to be ASCII when it was born.
pub(crate) fn ascii(bytes: &[u8]) -> &str {
    core::str::from_utf8(bytes).unwrap_or_default()
}

/// Reads a value from a string, and from nothing else: a JSON number is refused.
pub(crate) fn deserialize<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err = Error>,
{
    struct TextVisitor<T>(PhantomData<T>);

    impl<T: FromStr<Err = Error>> Visitor<'_> for TextVisitor<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
            text.parse().map_err(E::custom)
        }
    }

    deserializer.deserialize_str(TextVisitor(PhantomData))
}

/// The conversions of a value with `parse(&str)` and `Display`: from text, and as a JSON string.
macro_rules! text_value {
    ($type:ty) => {
        impl core::str::FromStr for $type {
            type Err = crate::Error;

            fn from_str(text: &str) -> Result<Self, crate::Error> {
                <$type>::parse(text)
            }
        }

        impl TryFrom<&str> for $type {
            type Error = crate::Error;

            fn try_from(text: &str) -> Result<Self, crate::Error> {
                <$type>::parse(text)
            }
        }

        impl TryFrom<String> for $type {
            type Error = crate::Error;

            fn try_from(text: String) -> Result<Self, crate::Error> {
                <$type>::parse(&text)
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::value::deserialize(deserializer)
            }
        }
    };
}

/// Display and Debug of a value that is kept as ASCII bytes and has `as_str()`.
macro_rules! shown_as_text {
    ($type:ident) => {
        impl core::fmt::Display for $type {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl core::fmt::Debug for $type {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, concat!(stringify!($type), "({})"), self.as_str())
            }
        }
    };
}

pub(crate) use shown_as_text;
pub(crate) use text_value;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_excerpt_is_short_single_lined_and_masked() {
        assert_eq!(excerpt("80"), "80");
        assert_eq!(excerpt(&"元".repeat(41)), format!("{}…", "元".repeat(40)));
        assert_eq!(excerpt(&"元".repeat(40)), "元".repeat(40));
        assert_eq!(excerpt("a\n\u{202E}b"), "a\\u{a}\\u{202e}b");
        assert_eq!(excerpt("证件11010519491231002X"), "证件**************002X");
        let cut = format!("{}11010519491231002X", "元".repeat(30));
        assert_eq!(excerpt(&cut), format!("{}**********…", "元".repeat(30)));
    }

    #[test]
    fn digits_are_ascii_and_counted() {
        assert_eq!(digits::<3>("012"), Some(*b"012"));
        for text in ["", "12", "0123", "01a", "０1", "1 2"] {
            assert_eq!(digits::<3>(text), None, "{text}");
        }
        assert_eq!(number(b"0013933922"), 13_933_922);
        assert_eq!(number(b""), 0);
    }

    #[test]
    fn a_value_is_read_from_a_string_only() {
        let amount: crate::Amount = serde_json::from_str("\"80.00\"").unwrap();
        assert_eq!(amount.fen(), 8000);
        for json in ["80.00", "80", "null", "[\"80.00\"]"] {
            let error = serde_json::from_str::<crate::Amount>(json).unwrap_err().to_string();
            assert!(error.contains("expected a string"), "{error}");
        }
        let error = serde_json::from_str::<crate::Amount>("\"80\"").unwrap_err().to_string();
        assert!(error.contains("CZ3001"), "{error}");
    }
}
