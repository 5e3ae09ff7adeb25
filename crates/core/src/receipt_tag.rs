//! Receipt tags (电子票据标签).

use core::fmt;

use crate::value::{malformed, text_value};
use crate::{Code, Error, ReceiptCode, Region};

/// The tag of a receipt (财综〔2017〕32号 EInvoiceTag): `CZ-EI-` and the region of its code, 8
/// characters.
///
/// ```
/// use czei_core::{ReceiptCode, ReceiptTag};
/// assert_eq!(ReceiptTag::new(ReceiptCode::parse("32010121")?).to_string(), "CZ-EI-32");
/// # Ok::<(), czei_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReceiptTag(Region);

const PREFIX: &str = "CZ-EI-";

impl ReceiptTag {
    /// The tag of receipts with this code.
    #[must_use]
    pub const fn new(code: ReceiptCode) -> Self {
        ReceiptTag(code.region())
    }

    /// Reads a tag, in capitals.
    ///
    /// # Errors
    /// [`Code::ReceiptTag`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        text.strip_prefix(PREFIX)
            .and_then(|region| Region::parse(region).ok())
            .map(ReceiptTag)
            .ok_or_else(|| malformed(Code::ReceiptTag, text, "CZ-EI- and 2 digits"))
    }

    /// The region.
    #[must_use]
    pub const fn region(&self) -> Region {
        self.0
    }
}

impl fmt::Display for ReceiptTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", self.0)
    }
}

impl fmt::Debug for ReceiptTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReceiptTag({self})")
    }
}

text_value!(ReceiptTag);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_tag_carries_the_region() {
        let tag = ReceiptTag::parse("CZ-EI-66").unwrap();
        assert_eq!(tag.region(), Region::CORPS);
        assert_eq!(tag.to_string(), "CZ-EI-66");
        assert_eq!(tag, ReceiptTag::new(ReceiptCode::parse("66010126").unwrap()));
    }

    #[test]
    fn other_forms_are_refused() {
        for text in ["", "CZ-EI-", "CZ-EI-3", "CZ-EI-320", "cz-ei-32", "CZ_EI_32", "CZ-EI-3x", " CZ-EI-32", "32"] {
            assert_eq!(ReceiptTag::parse(text).unwrap_err().code(), Code::ReceiptTag, "{text}");
        }
    }
}
