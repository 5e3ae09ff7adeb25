//! Further elements, as name and text in their order.

use core::fmt;

use crate::{Code, Error};

/// One further element under `MainExt`, `ItemExt` or `AuxItem`. Names repeat and capitalisation
/// differs between systems, so they are kept exactly and in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// The element's name.
    pub name: XmlName,
    /// The element's text, entities resolved. May be empty.
    pub text: String,
}

/// The name of an extension element: an XML name of 1 to 100 characters without a colon.
///
/// ```
/// use czei_core::XmlName;
/// assert!(XmlName::new("patientNumber").is_ok());
/// assert!(XmlName::new("x:y").is_err());
/// ```
///
/// Source: XML 1.0 (fifth edition) production 4 and 5 without `:`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct XmlName(String);

impl XmlName {
    /// The longest name in characters.
    pub const MAX_CHARS: usize = 100;

    /// Checks a name.
    ///
    /// # Errors
    /// [`Code::ExtensionName`] when it is no XML name, has a colon, begins with `xml`, or is too long.
    pub fn new(name: impl Into<String>) -> Result<Self, Error> {
        let name = name.into();
        let mut chars = name.chars();
        let begins = chars.next().is_some_and(is_name_start);
        let goes_on = chars.all(is_name_char);
        let reserved = name.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("xml"));
        if begins && goes_on && !reserved && name.chars().count() <= Self::MAX_CHARS {
            Ok(XmlName(name))
        } else {
            Err(Error::new(Code::ExtensionName).found(name.chars().take(40).collect::<String>()))
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for XmlName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `NameStartChar` without the colon.
pub(crate) fn is_name_start(c: char) -> bool {
    matches!(c, 'A'..='Z' | '_' | 'a'..='z'
        | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}'
        | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}'
        | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}'
        | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

/// `NameChar` without the colon.
pub(crate) fn is_name_char(c: char) -> bool {
    is_name_start(c) || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn names_follow_xml() {
        for good in ["a", "_x", "AuxItemName", "备注", "a-b.c9"] {
            assert!(XmlName::new(good).is_ok(), "{good}");
        }
        let long = "a".repeat(101);
        for bad in ["", "9a", "-a", "a b", "x:y", "xmlns", "XML", "a<", long.as_str()] {
            assert_eq!(XmlName::new(bad).unwrap_err().code(), Code::ExtensionName, "{bad}");
        }
    }
}
