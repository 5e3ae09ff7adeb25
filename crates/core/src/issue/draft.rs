//! The draft: what a caller hands in, before it has a number.

use core::fmt;

use czei_sm2::Sm3;

use crate::model::{AuxItem, Extension, Item, Kind, Payer, PayerKind, Related, Standard, Unit};
use crate::verify::{Check, Finding};
use crate::{
    Amount, AreaCode, Code, Decimal, Error, PayCode, ReceiptCode, Remark, SpecimenCode, Text, credit_code,
    identity_number,
};

use super::content_of_draft;

/// What stands before the hashed bytes of a draft.
const DIGEST_VERSION: &[u8] = b"czei draft digest, version 1\0";

/// The fields of a draft as typed values. See [`Draft::new`] for the rules between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftFields {
    /// The caller's key for retries.
    pub request_id: RequestId,
    /// `EInvoiceName`.
    pub name: Text<1, 100>,
    /// `EInvoiceCode`.
    pub code: ReceiptCode,
    /// `EInvoiceSpecimenCode`.
    pub specimen: SpecimenCode,
    /// `SupervisorAreaCode`.
    pub area: AreaCode,
    /// `InvoicingParty` with the payee's account.
    pub unit: Unit,
    /// `PayerParty`.
    pub payer: Payer,
    /// `Details`, 1 to 999 items.
    pub items: Vec<Item>,
    /// `AuxDetails`, 0 to 999 items.
    pub aux: Vec<AuxItem>,
    /// `Remark`.
    pub remark: Option<Remark>,
    /// `PayMode`.
    pub pay_mode: Option<Text<1, 2>>,
    /// `BizCode`.
    pub biz_code: Option<Text<1, 32>>,
    /// `PayCode`.
    pub pay_code: Option<PayCode>,
    /// `CurrencyType`.
    pub currency: Option<Text<1, 100>>,
    /// `ExchangeRate`.
    pub exchange_rate: Option<Decimal>,
    /// `HandlingPerson`.
    pub handler: Text<1, 20>,
    /// `Checker`.
    pub checker: Text<1, 20>,
    /// `SupervisorRemark`.
    pub supervisor_remark: Option<Remark>,
    /// Further elements of `MainExt`.
    pub ext: Vec<Extension>,
    /// Whom to notify; not part of the receipt.
    pub notify: Notify,
    /// The total; computed when absent, compared when given.
    pub total: Option<Amount>,
}

/// Whom to notify once the receipt is issued. Never written into the receipt or a log.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Notify {
    /// A telephone number.
    pub phone: Option<String>,
    /// A mail address.
    pub email: Option<String>,
}

impl fmt::Debug for Notify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Notify(..)")
    }
}

/// What the profile of a unit allows in its drafts; the defaults are the standard's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DraftRules {
    /// A wrong check character of a payer's code is an error instead of a warning.
    pub strict_payer_code: bool,
    /// Receipt codes of a class outside the standard's list may be issued with.
    pub allow_unknown_class: bool,
    /// Quantities may have decimals, as some live systems write them.
    pub allow_fractional_quantity: bool,
}

/// A checked draft: the first state of a receipt.
///
/// Bounds: 1 to 999 items, at most 999 auxiliary items, no negative amount. The total is the sum
/// of the items (财综〔2017〕32号 附件).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    fields: DraftFields,
    total: Amount,
    related: Option<Related>,
    warnings: Vec<Finding>,
}

impl Draft {
    /// The most items of `Details` and of `AuxDetails`.
    pub const MAX_ITEMS: usize = 999;

    /// Checks a draft of a blue receipt.
    ///
    /// # Errors
    /// [`Code::DraftItemCount`], [`Code::DraftNegative`], [`Code::DraftTotal`],
    /// [`Code::DraftReservedExtension`], [`Code::UnknownClass`], [`Code::FractionalQuantity`],
    /// [`Code::DraftStandard`], with strict rules [`Code::PayerCodeCheck`]; each with its place as a
    /// JSON pointer.
    pub fn new(fields: DraftFields, rules: DraftRules) -> Result<Self, Error> {
        for (index, item) in fields.items.iter().enumerate() {
            let negative = |part: &str| Error::new(Code::DraftNegative).at_path(format!("/items/{index}/{part}"));
            if item.amount < Amount::ZERO {
                return Err(negative("amount").found(item.amount.to_string()));
            }
            if let Some(quantity) = item.quantity.as_ref().filter(|quantity| quantity.is_negative()) {
                return Err(negative("quantity").found(quantity.to_string()));
            }
            if let Some(Standard::Text(text)) = &item.standard {
                return Err(Error::new(Code::DraftStandard)
                    .at_path(format!("/items/{index}/standard"))
                    .found(text.clone()));
            }
        }
        Self::check(fields, None, rules)
    }

    /// Checks the draft of a red receipt, whose amounts are already negated.
    pub(crate) fn red(fields: DraftFields, related: Related, rules: DraftRules) -> Result<Self, Error> {
        Self::check(fields, Some(related), rules)
    }

    fn check(fields: DraftFields, related: Option<Related>, rules: DraftRules) -> Result<Self, Error> {
        if fields.items.is_empty() || fields.items.len() > Self::MAX_ITEMS {
            return Err(Error::new(Code::DraftItemCount).at_path("/items").found(fields.items.len().to_string()));
        }
        if fields.aux.len() > Self::MAX_ITEMS {
            return Err(Error::new(Code::DraftItemCount).at_path("/aux").found(fields.aux.len().to_string()));
        }
        if fields.code.class().is_none() && !rules.allow_unknown_class {
            return Err(Error::new(Code::UnknownClass).at_path("/code").found(fields.code.to_string()));
        }
        extension_names(&fields.ext, "/ext")?;
        for (index, aux) in fields.aux.iter().enumerate() {
            extension_names(&aux.fields, &format!("/aux/{index}"))?;
        }
        let mut warnings = Vec::new();
        for (index, item) in fields.items.iter().enumerate() {
            if item.quantity.as_ref().is_some_and(|quantity| !quantity.is_integer()) && !rules.allow_fractional_quantity
            {
                return Err(Error::new(Code::FractionalQuantity).at_path(format!("/items/{index}/quantity")));
            }
            extension_names(&item.ext, &format!("/items/{index}/ext"))?;
            warnings.extend(quantity_standard_warning(item, &format!("/items/{index}/amount")));
        }
        if let Some(warning) = payer_code_warning(&fields.payer) {
            if rules.strict_payer_code {
                return Err(Error::new(Code::PayerCodeCheck)
                    .at(warning.place.clone())
                    .expected(warning.expected.clone().unwrap_or_default()));
            }
            warnings.push(warning);
        }
        let total =
            Amount::sum(fields.items.iter().map(|item| item.amount)).map_err(|error| error.at_path("/items"))?;
        if let Some(given) = fields.total.filter(|given| *given != total) {
            return Err(Error::new(Code::DraftTotal)
                .at_path("/total")
                .expected(total.to_string())
                .found(given.to_string()));
        }
        Ok(Draft { fields, total, related, warnings })
    }

    /// The fields as handed in.
    #[must_use]
    pub fn fields(&self) -> &DraftFields {
        &self.fields
    }

    /// The caller's key for retries.
    #[must_use]
    pub fn request_id(&self) -> &RequestId {
        &self.fields.request_id
    }

    /// The sum of the items.
    #[must_use]
    pub fn total(&self) -> Amount {
        self.total
    }

    /// Blue, or red when the draft came from a reversal.
    #[must_use]
    pub fn kind(&self) -> Kind {
        if self.related.is_some() { Kind::Red } else { Kind::Blue }
    }

    /// The blue receipt that the draft reverses.
    #[must_use]
    pub fn related(&self) -> Option<Related> {
        self.related
    }

    /// What deserves a look before issuing: a payer's code with a wrong check character, an amount
    /// that is not quantity × standard.
    #[must_use]
    pub fn warnings(&self) -> &[Finding] {
        &self.warnings
    }

    /// SM3 over all that will be printed, without number, check code and time: tells whether a
    /// request id came again with the same draft. Sources of numbers store it.
    ///
    /// What is hashed: the text `czei draft digest, version 1`, a zero byte, then `Header` and
    /// `EInvoiceData` as they are written (`CANONICAL.md`), with number `0000000001`, check code
    /// `000000`, date `20000101` and time `00:00:00`, without seals. Another way of hashing would have
    /// another version, so that a stored digest never passes for one of it.
    ///
    /// # Errors
    /// When a text cannot be written (see the canonical writer).
    pub fn digest(&self) -> Result<[u8; 32], Error> {
        Ok(Sm3::digest_parts(&[DIGEST_VERSION, &content_of_draft::placeholder_bytes(self)?]))
    }
}

/// The caller's key for retries: 1 to 64 visible characters, the same again on a retry.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(String);

impl RequestId {
    /// Checks a request id.
    ///
    /// # Errors
    /// [`Code::RequestId`] when it is empty, longer than 64 characters, or has white space at an
    /// end, control or invisible characters.
    pub fn new(id: impl Into<String>) -> Result<Self, Error> {
        let id = id.into();
        Text::<1, 64>::new(&*id)
            .map_err(|error| Error::new(Code::RequestId).found(error.found_text().unwrap_or_default()))?;
        Ok(RequestId(id))
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An extension must not repeat a name that has its own place, or it could be taken for that field.
/// The names of auxiliary items are extensions by the standard's own table.
fn extension_names(extensions: &[Extension], at: &str) -> Result<(), Error> {
    let taken = |extension: &Extension| crate::xml::is_standard_name(extension.name.as_str());
    match extensions.iter().position(taken) {
        Some(index) => Err(Error::new(Code::DraftReservedExtension)
            .at_path(format!("{at}/{index}/0"))
            .found(extensions[index].name.as_str())),
        None => Ok(()),
    }
}

/// A warning when quantity, standard and amount are all present and do not multiply. A standard of
/// zero or a range says nothing.
pub(crate) fn quantity_standard_warning(item: &Item, path: &str) -> Option<Finding> {
    let (Some(quantity), Some(Standard::Amount(standard))) = (&item.quantity, &item.standard) else { return None };
    if *standard == Amount::ZERO || quantity.times_equals(*standard, item.amount) {
        return None;
    }
    Some(
        Finding::new(Check::Totals, Code::QuantityStandard)
            .at(czei_codes::Place::path(path))
            .expected(format!("{quantity} × {standard}"))
            .found(item.amount.to_string()),
    )
}

/// A warning when an 18-character code of the payer has a wrong check character.
pub(crate) fn payer_code_warning(payer: &Payer) -> Option<Finding> {
    let code = payer.code.as_ref()?.as_str();
    if code.chars().count() != 18 {
        return None;
    }
    let expected = match payer.kind {
        PayerKind::Person => identity_number::check_character(code),
        PayerKind::Organisation => credit_code::check_character(code),
    }?;
    if code.ends_with(expected) || (expected == 'X' && code.ends_with('x')) {
        return None;
    }
    Some(
        Finding::new(Check::Form, Code::PayerCodeCheck)
            .at(czei_codes::Place::path("/payer/code"))
            .expected(expected.to_string()),
    )
}
