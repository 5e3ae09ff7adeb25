//! Receipt codes (票据代码).

use crate::value::{ascii, digits, malformed, number, shown_as_text, text_value};
use crate::{Code, Error, Region};

/// The code of a kind of receipt (财综〔2017〕32号 EInvoiceCode): 8 digits, two each of region,
/// class, kind within the class, and year of numbering.
///
/// ```
/// use czei_core::{ReceiptClass, ReceiptCode};
/// let code = ReceiptCode::parse("32010121")?;
/// assert_eq!(code.region().name_zh(), Some("江苏省"));
/// assert_eq!(code.class(), Some(ReceiptClass::NonTaxGeneral));
/// assert_eq!((code.kind(), code.full_year()), ("01", 2021));
/// # Ok::<(), czei_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReceiptCode([u8; 8]);

impl ReceiptCode {
    /// Reads 8 digits. Unknown regions and classes are codes too: both lists are open.
    ///
    /// # Errors
    /// [`Code::ReceiptCodeLength`] for digits of another number, as some systems use;
    /// [`Code::ReceiptCode`] for anything else.
    pub fn parse(text: &str) -> Result<Self, Error> {
        digits(text).map(ReceiptCode).ok_or_else(|| {
            let other_length = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            malformed(if other_length { Code::ReceiptCodeLength } else { Code::ReceiptCode }, text, "8 digits")
        })
    }

    /// The code of 8 bytes that were checked to be digits.
    pub(crate) const fn of(digits: [u8; 8]) -> Self {
        ReceiptCode(digits)
    }

    /// The 8 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }

    /// The region of the supervising authority, digits 1 and 2.
    #[must_use]
    pub const fn region(&self) -> Region {
        Region::of([self.0[0], self.0[1]])
    }

    /// The class, digits 3 and 4, where it is a known one.
    #[must_use]
    pub fn class(&self) -> Option<ReceiptClass> {
        ReceiptClass::from_digits(self.class_digits())
    }

    /// Digits 3 and 4 as written.
    #[must_use]
    pub fn class_digits(&self) -> &str {
        ascii(&self.0[2..4])
    }

    /// The kind within the class, digits 5 and 6. Its meaning is the province's; for medical
    /// receipts `01` is outpatient and `02` inpatient.
    #[must_use]
    pub fn kind(&self) -> &str {
        ascii(&self.0[4..6])
    }

    /// The year of numbering, digits 7 and 8: `17` is 2017. From 2000 to 2099.
    #[must_use]
    pub fn full_year(&self) -> u16 {
        // Two digits are below 100.
        2000 + number(&self.0[6..]) as u16
    }
}

shown_as_text!(ReceiptCode);
text_value!(ReceiptCode);

/// The known classes of fiscal receipts (财综〔2017〕32号, digits 3 and 4 of the receipt code).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ReceiptClass {
    /// `01` 非税收入通用票据.
    NonTaxGeneral,
    /// `02` 非税收入专用票据.
    NonTaxSpecial,
    /// `04` 资金往来结算票据.
    Settlement,
    /// `05` 公益事业捐赠票据.
    Donation,
    /// `06` 医疗收费票据.
    Medical,
    /// `07` 社会团体会费票据.
    MembershipFee,
    /// `08` 社会保险基金票据.
    SocialInsurance,
    /// `09` 工会经费收入票据.
    TradeUnion,
    /// `99` 其他财政票据.
    Other,
}

impl ReceiptClass {
    /// Every known class.
    pub const ALL: &'static [ReceiptClass] = &[
        ReceiptClass::NonTaxGeneral,
        ReceiptClass::NonTaxSpecial,
        ReceiptClass::Settlement,
        ReceiptClass::Donation,
        ReceiptClass::Medical,
        ReceiptClass::MembershipFee,
        ReceiptClass::SocialInsurance,
        ReceiptClass::TradeUnion,
        ReceiptClass::Other,
    ];

    /// The class of two digits, where it is known.
    #[must_use]
    pub fn from_digits(digits: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|class| class.digits() == digits)
    }

    /// The two digits.
    #[must_use]
    pub const fn digits(self) -> &'static str {
        self.row().0
    }

    /// The Chinese name.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        self.row().1
    }

    const fn row(self) -> (&'static str, &'static str) {
        match self {
            ReceiptClass::NonTaxGeneral => ("01", "非税收入通用票据"),
            ReceiptClass::NonTaxSpecial => ("02", "非税收入专用票据"),
            ReceiptClass::Settlement => ("04", "资金往来结算票据"),
            ReceiptClass::Donation => ("05", "公益事业捐赠票据"),
            ReceiptClass::Medical => ("06", "医疗收费票据"),
            ReceiptClass::MembershipFee => ("07", "社会团体会费票据"),
            ReceiptClass::SocialInsurance => ("08", "社会保险基金票据"),
            ReceiptClass::TradeUnion => ("09", "工会经费收入票据"),
            ReceiptClass::Other => ("99", "其他财政票据"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_parts_of_a_code() {
        let code = ReceiptCode::parse("00060217").unwrap();
        assert_eq!(code.to_string(), "00060217");
        assert_eq!(code.region(), Region::CENTRAL);
        assert_eq!(code.class(), Some(ReceiptClass::Medical));
        assert_eq!(code.class().unwrap().name_zh(), "医疗收费票据");
        assert_eq!((code.kind(), code.full_year()), ("02", 2017));
        assert_eq!(ReceiptCode::parse("32010199").unwrap().full_year(), 2099);
    }

    #[test]
    fn unknown_parts_are_named_not_refused() {
        let code = ReceiptCode::parse("99030100").unwrap();
        assert_eq!((code.class(), code.class_digits(), code.region().name_zh()), (None, "03", None));
    }

    #[test]
    fn other_lengths_have_their_own_code() {
        for text in ["3201012", "320101210", "1", "320101211234"] {
            let error = ReceiptCode::parse(text).unwrap_err();
            assert_eq!(error.code(), Code::ReceiptCodeLength, "{text}");
            assert_eq!(error.found_text(), Some(text));
        }
        for text in ["", "3201012x", "32 10121", "３２010121", "-2010121", "3201012１"] {
            assert_eq!(ReceiptCode::parse(text).unwrap_err().code(), Code::ReceiptCode, "{text}");
        }
    }

    #[test]
    fn classes_and_digits_agree() {
        for class in ReceiptClass::ALL {
            assert_eq!(ReceiptClass::from_digits(class.digits()), Some(*class));
        }
        for digits in ["00", "03", "10", "1", ""] {
            assert_eq!(ReceiptClass::from_digits(digits), None);
        }
    }
}
