//! The issuing unit and the payer.

use crate::Text;

/// `InvoicingParty`, the issuing unit (开票单位).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// `InvoicingPartyCode`, usually the organisation or unified social credit code.
    pub code: Text<1, 30>,
    /// `InvoicingPartyName`.
    pub name: Text<1, 100>,
    /// `RecName`, `RecAcct`, `RecOpBk`: filled when the receipt is an electronic payment notice.
    pub payee: Payee,
}

/// The account that receives the money; each part may be absent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Payee {
    /// `RecName`.
    pub name: Option<Text<1, 100>>,
    /// `RecAcct`.
    pub account: Option<Text<1, 50>>,
    /// `RecOpBk`.
    pub bank: Option<Text<1, 100>>,
}

/// `PayerParty` (交款人).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payer {
    /// `PayerPartyType`.
    pub kind: PayerKind,
    /// `PayerPartyCode`: organisation code, or identity number of a person.
    pub code: Option<Text<1, 30>>,
    /// `PayerPartyName`.
    pub name: Text<1, 100>,
    /// `PayerAcct`.
    pub account: Option<Text<1, 50>>,
    /// `PayerOpBk`.
    pub bank: Option<Text<1, 100>>,
}

/// `PayerPartyType`: `1` person, `2` organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PayerKind {
    /// 个人
    Person,
    /// 单位
    Organisation,
}

impl PayerKind {
    /// The digit in the document.
    #[must_use]
    pub const fn digit(self) -> &'static str {
        match self {
            PayerKind::Person => "1",
            PayerKind::Organisation => "2",
        }
    }

    /// From the digit in the document.
    #[must_use]
    pub fn from_digit(digit: &str) -> Option<Self> {
        match digit {
            "1" => Some(PayerKind::Person),
            "2" => Some(PayerKind::Organisation),
            _ => None,
        }
    }
}
