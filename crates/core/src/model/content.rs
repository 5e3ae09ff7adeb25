//! Header, Main, Details and AuxDetails of one receipt.

use chrono::{DateTime, FixedOffset};

use crate::{
    Amount, AreaCode, CheckCode, Decimal, IssueDate, IssueTime, PayCode, ReceiptCode, ReceiptId, ReceiptNumber,
    ReceiptTag, Remark, SpecimenCode, Text,
};

use super::{AuxItem, Extension, Item, Payer, Seal, Unit};

/// Everything the unit signs: `Header` and `EInvoiceData` as values (财综〔2017〕32号 附件).
///
/// The tag and the id are not fields: they follow from code and number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// `Version`, 5 characters; live systems write `1.1.0`.
    pub version: Text<5, 5>,
    /// `EInvoiceName`.
    pub name: Text<1, 100>,
    /// `EInvoiceCode`.
    pub code: ReceiptCode,
    /// `EInvoiceNumber`.
    pub number: ReceiptNumber,
    /// `RandomNumber`.
    pub check_code: CheckCode,
    /// `EInvoiceSpecimenCode`.
    pub specimen: SpecimenCode,
    /// `SupervisorAreaCode`.
    pub area: AreaCode,
    /// `TotalAmount`, the sum of the items.
    pub total: Amount,
    /// `IssueDate`.
    pub issue_date: IssueDate,
    /// `IssueTime`, at UTC+8.
    pub issue_time: IssueTime,
    /// `InvoicingParty`.
    pub unit: Unit,
    /// `PayerParty`.
    pub payer: Payer,
    /// `PayMode`.
    pub pay_mode: Option<Text<1, 2>>,
    /// `BizCode`, the unit's own business key.
    pub biz_code: Option<Text<1, 32>>,
    /// `CurrencyType`.
    pub currency: Option<Text<1, 100>>,
    /// `ExchangeRate`.
    pub exchange_rate: Option<Decimal>,
    /// `Remark`.
    pub remark: Option<Remark>,
    /// `HandlingPerson`.
    pub handler: Text<1, 20>,
    /// `Checker`.
    pub checker: Text<1, 20>,
    /// `SupervisorRemark`.
    pub supervisor_remark: Option<Remark>,
    /// `RelatedInvoiceCode` and `RelatedInvoiceNumber`: on a red receipt, its blue one.
    pub related: Option<Related>,
    /// `PayCode`.
    pub pay_code: Option<PayCode>,
    /// The further elements of `MainExt`, in their order.
    pub ext: Vec<Extension>,
    /// `InvoicingPartySeal`.
    pub unit_seal: Option<Seal>,
    /// `SupervisorPartySeal`.
    pub authority_seal: Option<Seal>,
    /// `Details/Item`, 1 to 999.
    pub items: Vec<Item>,
    /// `AuxDetails/AuxItem`, 0 to 999.
    pub aux: Vec<AuxItem>,
}

/// Blue (an ordinary receipt, 蓝票) or red (one that reverses a blue one, 红票).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// 蓝票
    Blue,
    /// 红票
    Red,
}

/// The blue receipt that a red one names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Related {
    /// `RelatedInvoiceCode`.
    pub code: ReceiptCode,
    /// `RelatedInvoiceNumber`.
    pub number: ReceiptNumber,
}

impl Content {
    /// `EInvoiceID`: code and number, reversed as a whole.
    #[must_use]
    pub fn id(&self) -> ReceiptId {
        ReceiptId::new(self.code, self.number)
    }

    /// `EInvoiceTag`: `CZ-EI-` and the region of the code.
    #[must_use]
    pub fn tag(&self) -> ReceiptTag {
        ReceiptTag::new(self.code)
    }

    /// The issue time as a point in time, at UTC+8.
    #[must_use]
    pub fn issued_at(&self) -> DateTime<FixedOffset> {
        self.issue_date.at(self.issue_time)
    }

    /// Red when the receipt names a blue one.
    #[must_use]
    pub fn kind(&self) -> Kind {
        if self.related.is_some() { Kind::Red } else { Kind::Blue }
    }
}
