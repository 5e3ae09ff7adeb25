//! Red reversal (冲红): an operation on the original.

use crate::model::{Item, Kind, Related};
use crate::{Code, Error, ReceiptCode, Remark, SpecimenCode, Text};

use super::{Draft, DraftFields, DraftRules, Notify, Receipt, RequestId};

/// What a reversal adds of its own; all else is copied from the blue receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reversal {
    /// The caller's key for retries of the red receipt.
    pub request_id: RequestId,
    /// The reason, written as the red receipt's `Remark`.
    pub reason: Remark,
    /// `HandlingPerson` of the red receipt.
    pub handler: Text<1, 20>,
    /// `Checker` of the red receipt.
    pub checker: Text<1, 20>,
    /// Another receipt code and specimen for the red receipt, as in the year after; by default the
    /// blue receipt's.
    pub code: Option<(ReceiptCode, SpecimenCode)>,
}

/// The draft of the red receipt that reverses a whole blue one.
///
/// Amounts and quantities are negated, standards stay; parties, items, auxiliary items and
/// extensions are copied; request id, reason, handler and checker are the reversal's own. How the
/// blue receipt was paid (`PayMode`, `PayCode`) and its business key (`BizCode`) are not the red
/// one's and are left out. A partial refund is a full reversal and a new blue receipt.
///
/// # Errors
/// [`Code::RedOfRed`] when the receipt is red itself; [`Code::Amount`] never in practice, as a
/// negated amount has the same bounds.
pub fn reverse(blue: &Receipt, reversal: Reversal) -> Result<Draft, Error> {
    let content = blue.content();
    if content.kind() == Kind::Red {
        return Err(Error::new(Code::RedOfRed).found(format!("{}-{}", content.code, content.number)));
    }
    let (code, specimen) = reversal.code.unwrap_or((content.code, content.specimen));
    let items = content.items.iter().map(|item| Item {
        amount: item.amount.negate(),
        quantity: item.quantity.as_ref().map(crate::Quantity::negate),
        ..item.clone()
    });
    let fields = DraftFields {
        request_id: reversal.request_id,
        name: content.name.clone(),
        code,
        specimen,
        area: content.area,
        unit: content.unit.clone(),
        payer: content.payer.clone(),
        items: items.collect(),
        aux: content.aux.clone(),
        remark: Some(reversal.reason),
        pay_mode: None,
        biz_code: None,
        pay_code: None,
        currency: content.currency.clone(),
        exchange_rate: content.exchange_rate,
        handler: reversal.handler,
        checker: reversal.checker,
        supervisor_remark: None,
        ext: content.ext.clone(),
        notify: Notify::default(),
        total: None,
    };
    // What stands on the blue receipt may stand on the red one, whatever the profile says today.
    let rules = DraftRules { strict_payer_code: false, allow_unknown_class: true, allow_fractional_quantity: true };
    Draft::red(fields, Related { code: content.code, number: content.number }, rules)
}
