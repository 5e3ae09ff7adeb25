//! Remarks: the one text of a receipt that may have several lines.

use core::fmt;

use crate::mask::mask_personal;
use crate::text::check_characters;
use crate::value::{excerpt, text_value};
use crate::{Code, Error};

/// A remark (备注, 财综〔2017〕32号 Remark and SupervisorRemark): 1 to 65536 bytes of UTF-8, in
/// which a line feed is allowed.
///
/// The standard gives no length; the bound is that of the reader for any text. An absent remark is
/// no remark, not an empty one.
///
/// ```
/// use czei_core::{Code, Remark};
/// assert_eq!(Remark::new("第一行\n第二行")?.as_str(), "第一行\n第二行");
/// assert_eq!(Remark::new("一\r\n二").unwrap_err().code(), Code::TextControl);
/// # Ok::<(), czei_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Remark(String);

impl Remark {
    /// The most bytes of UTF-8 a remark may have.
    pub const MAX_BYTES: usize = 65536;

    /// A remark to be issued.
    ///
    /// # Errors
    /// [`Code::RemarkLength`]; otherwise as [`Text::new`](crate::Text::new), except that a line
    /// feed inside is allowed. A line feed at either end counts as white space there.
    pub fn new(text: impl Into<String>) -> Result<Self, Error> {
        let remark = Self::read(text)?;
        remark.check()?;
        Ok(remark)
    }

    /// [`Remark::new`] under the name that all values share.
    ///
    /// # Errors
    /// As [`Remark::new`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        Self::new(text)
    }

    /// The remark of a foreign receipt, kept exactly.
    ///
    /// # Errors
    /// [`Code::RemarkLength`].
    pub fn read(text: impl Into<String>) -> Result<Self, Error> {
        let text = text.into();
        if text.is_empty() || text.len() > Self::MAX_BYTES {
            return Err(Error::new(Code::RemarkLength)
                .found(format!("{} bytes {}", text.len(), excerpt(&text)).trim_end().to_owned())
                .expected("1 to 65536 bytes"));
        }
        Ok(Remark(text))
    }

    /// Whether a remark that was read may be issued again.
    ///
    /// # Errors
    /// As [`Remark::new`].
    pub fn check(&self) -> Result<(), Error> {
        check_characters(&self.0, true)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, given away.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// With identity and telephone numbers masked, because `Debug` ends in logs.
impl fmt::Debug for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Remark({:?})", mask_personal(&self.0))
    }
}

text_value!(Remark);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn length_is_counted_in_bytes() {
        assert!(Remark::new("元".repeat(21845)).is_ok());
        let error = Remark::new("元".repeat(21846)).unwrap_err();
        assert_eq!(error.code(), Code::RemarkLength);
        assert!(error.found_text().unwrap().starts_with("65538 bytes 元"));
        assert_eq!(Remark::new("").unwrap_err().found_text(), Some("0 bytes"));
    }

    #[test]
    fn a_line_feed_is_the_only_control_character() {
        assert_eq!(Remark::new("一\n\n二").unwrap().to_string(), "一\n\n二");
        for text in ["一\r二", "一\t二", "\u{0}", "一\u{85}二"] {
            assert_eq!(Remark::new(text).unwrap_err().code(), Code::TextControl, "{text:?}");
        }
        for text in ["一\n", "\n一", "\n", "　一"] {
            assert_eq!(Remark::new(text).unwrap_err().code(), Code::TextSpace, "{text:?}");
        }
        assert_eq!(Remark::new("一\u{FEFF}").unwrap_err().code(), Code::TextInvisible);
    }

    #[test]
    fn a_foreign_remark_is_kept_and_can_be_checked() {
        let remark = Remark::read(" 一\t").unwrap();
        assert_eq!(remark.as_str(), " 一\t");
        assert_eq!(remark.check().unwrap_err().code(), Code::TextControl);
    }

    #[test]
    fn json_is_a_string() {
        let remark: Remark = serde_json::from_str("\"一\\n二\"").unwrap();
        assert_eq!(serde_json::to_string(&remark).unwrap(), "\"一\\n二\"");
    }
}
