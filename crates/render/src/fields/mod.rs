//! What a receipt says, as it is printed: amounts with two decimals and in capitals, dates, masked numbers.

use std::borrow::Cow;
use std::collections::BTreeMap;

use czei_core::{Amount, AuxItem, Content, Extension, Item, Kind, PayerKind, Standard, to_capitals};

use crate::template::{Piece, Value};

mod field;

pub(crate) use field::{Field, Filter, Scope};
use field::{ItemField, Main};

/// Printed in place of code, number and check code of a draft.
pub(crate) const UNNUMBERED: &str = "（未赋码）";

/// How fields are printed.
///
/// ```
/// use czei_render::fields::FieldOptions;
/// let options = FieldOptions::default();
/// assert!(!options.unmasked && !options.unnumbered && options.parameters.is_empty());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FieldOptions {
    /// Whether a person's identity number is printed whole. By default all but its last four characters are
    /// asterisks; codes of organisations are always whole.
    pub unmasked: bool,
    /// Whether the receipt is a draft without number: code, number and check code print as （未赋码）.
    pub unnumbered: bool,
    /// Values of the template's parameters, such as `term_days` of the payment notice. A name that the template
    /// does not have is passed over: one caller's parameters serve receipts of several templates.
    pub parameters: BTreeMap<String, String>,
}

/// The printed values of one receipt.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'a> {
    content: &'a Content,
    options: &'a FieldOptions,
}

/// A piece of a value, ready to be set.
pub(crate) struct Printed<'a> {
    pub(crate) text: Cow<'a, str>,
    /// Where it comes from, for messages; `None` for what the template itself says.
    pub(crate) from: Option<String>,
}

/// What a value is printed for, beside the receipt itself.
#[derive(Clone, Copy)]
pub(crate) enum Record<'a> {
    /// The receipt alone.
    Receipt,
    /// An item of `Details`, its index from 0, and the extensions that have columns of their own.
    Item(&'a Item, usize, &'a [String]),
    /// An item of `AuxDetails`, its index from 0, and the elements that have columns of their own.
    Aux(&'a AuxItem, usize, &'a [String]),
    /// A page of so many, and its heading.
    Page(usize, usize, &'a str),
    /// The first page's row of what goes on: how many items.
    More(usize),
}

impl<'a> Fields<'a> {
    /// The values of a receipt.
    #[must_use]
    pub fn of(content: &'a Content, options: &'a FieldOptions) -> Self {
        Fields { content, options }
    }

    /// The receipt.
    #[must_use]
    pub fn content(&self) -> &'a Content {
        self.content
    }

    pub(crate) fn is_red(&self) -> bool {
        self.content.kind() == Kind::Red
    }

    pub(crate) fn is_person(&self) -> bool {
        self.content.payer.kind == PayerKind::Person
    }

    pub(crate) fn is_notice(&self) -> bool {
        is_notice(self.content)
    }

    pub(crate) fn is_preview(&self) -> bool {
        self.options.unnumbered
    }

    pub(crate) fn is_present(&self, field: &Field) -> bool {
        // Conditions ask for fields of the receipt alone, which need no parameters.
        static NONE: BTreeMap<String, String> = BTreeMap::new();
        !self.text(field, Record::Receipt, &NONE).is_empty()
    }

    /// A value in its pieces; `parameters` are the template's with their defaults.
    pub(crate) fn print(
        &self,
        value: &'a Value,
        record: Record<'a>,
        parameters: &'a BTreeMap<String, String>,
    ) -> Vec<Printed<'a>> {
        let piece = |piece: &'a Piece| match piece {
            Piece::Literal(text) => Printed { text: Cow::Borrowed(text), from: None },
            Piece::Field { field, filters, name } => {
                let text = self.text(field, record, parameters);
                let text = filters.iter().fold(text, |text, filter| self.filtered(*filter, field, text));
                let from = match record {
                    Record::Item(_, index, _) if field.is_of_item() => format!("Item[{}]/{name}", index + 1),
                    Record::Aux(_, index, _) if field.is_of_aux() => format!("AuxItem[{}]/{name}", index + 1),
                    _ => name.clone(),
                };
                Printed { text, from: Some(from) }
            }
        };
        value.pieces.iter().map(piece).collect()
    }

    fn text(&self, field: &Field, record: Record<'a>, parameters: &'a BTreeMap<String, String>) -> Cow<'a, str> {
        match (field, record) {
            (Field::Main(main), _) => self.main(*main),
            (Field::Ext(name), _) => joined(&self.content.ext, name),
            (Field::Parameter(name), _) => {
                let given = self.options.parameters.get(name).or_else(|| parameters.get(name));
                Cow::Borrowed(given.map_or("", String::as_str))
            }
            (Field::Item(field), Record::Item(item, index, named)) => item_text(*field, item, index, named),
            (Field::ItemExt(name), Record::Item(item, ..)) => joined(&item.ext, name),
            (Field::Aux(name), Record::Aux(aux, ..)) => joined(&aux.fields, name),
            (Field::AuxNotes, Record::Aux(aux, _, named)) => {
                // The remark is known by its place; what else has no column is printed with its name.
                let is_remark = |field: &&Extension| field.name.as_str().eq_ignore_ascii_case("AuxItemRemark");
                let free = || aux.fields.iter().filter(|field| !is_among(field, named));
                let remark = free().find(is_remark);
                let rest = free().filter(|field| remark.is_none_or(|remark| !std::ptr::eq(*field, remark)));
                notes(remark.map_or("", |remark| remark.text.as_str()), rest)
            }
            (Field::Page, Record::Page(page, ..)) => Cow::Owned((page + 1).to_string()),
            (Field::Pages, Record::Page(_, pages, _)) => Cow::Owned(pages.to_string()),
            (Field::Heading, Record::Page(_, _, heading)) => Cow::Borrowed(heading),
            (Field::More, Record::More(count)) => Cow::Owned(count.to_string()),
            // The template's reader lets no field stand where its record is another.
            _ => Cow::Borrowed(""),
        }
    }

    fn main(&self, main: Main) -> Cow<'a, str> {
        let content = self.content;
        let unnumbered = |text: &'a str| if self.options.unnumbered { UNNUMBERED } else { text };
        let optional = |text: Option<&'a str>| text.unwrap_or_default();
        Cow::Borrowed(match main {
            Main::EInvoiceName => content.name.as_str(),
            Main::EInvoiceCode => unnumbered(content.code.as_str()),
            Main::RandomNumber => unnumbered(content.check_code.as_str()),
            Main::EInvoiceNumber if self.options.unnumbered => UNNUMBERED,
            Main::EInvoiceNumber => return Cow::Owned(content.number.to_string()),
            Main::EInvoiceSpecimenCode => content.specimen.as_str(),
            Main::SupervisorAreaCode => content.area.as_str(),
            Main::TotalAmount => return Cow::Owned(content.total.to_string()),
            Main::IssueDate => return Cow::Owned(content.issue_date.date().format("%Y-%m-%d").to_string()),
            Main::IssueTime => return Cow::Owned(content.issue_time.to_string()),
            Main::InvoicingPartyCode => content.unit.code.as_str(),
            Main::InvoicingPartyName => content.unit.name.as_str(),
            Main::RecName => optional(content.unit.payee.name.as_ref().map(AsRef::as_ref)),
            Main::RecAcct => optional(content.unit.payee.account.as_ref().map(AsRef::as_ref)),
            Main::RecOpBk => optional(content.unit.payee.bank.as_ref().map(AsRef::as_ref)),
            Main::PayerPartyType => match content.payer.kind {
                PayerKind::Person => "个人",
                PayerKind::Organisation => "单位",
            },
            Main::PayerPartyCode => {
                let code = optional(content.payer.code.as_ref().map(AsRef::as_ref));
                return if self.is_person() && !self.options.unmasked { masked(code) } else { Cow::Borrowed(code) };
            }
            Main::PayerPartyName => content.payer.name.as_str(),
            Main::PayerAcct => optional(content.payer.account.as_ref().map(AsRef::as_ref)),
            Main::PayerOpBk => optional(content.payer.bank.as_ref().map(AsRef::as_ref)),
            Main::PayMode => optional(content.pay_mode.as_ref().map(AsRef::as_ref)),
            Main::BizCode => optional(content.biz_code.as_ref().map(AsRef::as_ref)),
            Main::CurrencyType => optional(content.currency.as_ref().map(AsRef::as_ref)),
            Main::ExchangeRate => optional(content.exchange_rate.as_ref().map(|rate| rate.as_str())),
            Main::Remark => optional(content.remark.as_ref().map(|remark| remark.as_str())),
            Main::SupervisorRemark => optional(content.supervisor_remark.as_ref().map(|remark| remark.as_str())),
            Main::HandlingPerson => content.handler.as_str(),
            Main::Checker => content.checker.as_str(),
            Main::RelatedInvoiceCode => optional(content.related.as_ref().map(|related| related.code.as_str())),
            Main::RelatedInvoiceNumber => {
                return content.related.map_or(Cow::Borrowed(""), |related| Cow::Owned(related.number.to_string()));
            }
            Main::PayCode => optional(content.pay_code.as_ref().map(|code| code.as_str())),
        })
    }

    fn filtered(&self, filter: Filter, field: &Field, text: Cow<'a, str>) -> Cow<'a, str> {
        match filter {
            Filter::Capitals => match field {
                Field::Main(Main::TotalAmount) => Cow::Owned(to_capitals(self.content.total)),
                // Of others only what is an amount can be spelled.
                _ => Amount::parse_lenient(&text).map_or(text, |amount| Cow::Owned(to_capitals(amount))),
            },
            Filter::Date => dated(text, "%Y-%m-%d"),
            Filter::DateZh => dated(text, "%Y年%m月%d日"),
            Filter::Masked => Cow::Owned(masked(&text).into_owned()),
        }
    }
}

/// Whether a receipt is a payment notice: its name says 缴款通知书 or 缴款书. The payee's account alone does not
/// make one, because systems fill it on ordinary receipts too.
pub(crate) fn is_notice(content: &Content) -> bool {
    let name = content.name.as_str();
    name.contains("缴款通知书") || name.contains("缴款书")
}

/// The texts of all elements of a name, whatever its capitalisation.
fn joined<'a>(extensions: &'a [Extension], name: &str) -> Cow<'a, str> {
    let mut found = extensions.iter().filter(|extension| extension.name.as_str().eq_ignore_ascii_case(name));
    let first = found.next().map_or("", |extension| extension.text.as_str());
    found.fold(Cow::Borrowed(first), |all, extension| Cow::Owned(format!("{all}；{}", extension.text)))
}

/// Whether an extension's name is among some in lower case.
pub(crate) fn is_among(extension: &Extension, names: &[String]) -> bool {
    names.iter().any(|name| extension.name.as_str().eq_ignore_ascii_case(name))
}

fn notes<'a>(remark: &'a str, extensions: impl Iterator<Item = &'a Extension>) -> Cow<'a, str> {
    extensions.filter(|extension| !extension.text.is_empty()).fold(Cow::Borrowed(remark), |all, extension| {
        let gap = if all.is_empty() { "" } else { "；" };
        Cow::Owned(format!("{all}{gap}{}：{}", extension.name, extension.text))
    })
}

fn item_text<'a>(field: ItemField, item: &'a Item, index: usize, named: &[String]) -> Cow<'a, str> {
    let optional = |text: Option<&'a str>| Cow::Borrowed(text.unwrap_or_default());
    match field {
        ItemField::ItemCode => Cow::Borrowed(item.code.as_str()),
        ItemField::ItemName => Cow::Borrowed(item.name.as_str()),
        ItemField::ItemAmount => Cow::Owned(item.amount.to_string()),
        ItemField::ItemUnit => optional(item.unit.as_ref().map(AsRef::as_ref)),
        ItemField::ItemQuantity => optional(item.quantity.as_ref().map(|quantity| quantity.as_str())),
        ItemField::ItemStd => match &item.standard {
            None => Cow::Borrowed(""),
            Some(Standard::Amount(amount)) => Cow::Owned(amount.to_string()),
            Some(Standard::Text(text)) => Cow::Borrowed(text),
        },
        ItemField::ItemRemark => optional(item.remark.as_ref().map(AsRef::as_ref)),
        ItemField::ItemNotes => notes(
            item.remark.as_ref().map(AsRef::as_ref).unwrap_or_default(),
            item.ext.iter().filter(|extension| !is_among(extension, named)),
        ),
        ItemField::ItemIndex => Cow::Owned((index + 1).to_string()),
    }
}

/// All but the last four characters as asterisks; of fewer than eight, nothing is shown.
fn masked(text: &str) -> Cow<'_, str> {
    let count = text.chars().count();
    let shown = if count < 8 { 0 } else { 4 };
    let masked: String = std::iter::repeat_n('*', count - shown).chain(text.chars().skip(count - shown)).collect();
    Cow::Owned(masked)
}

/// A date of eight digits in another form; anything else as it is.
fn dated<'a>(text: Cow<'a, str>, form: &str) -> Cow<'a, str> {
    let digits: String = text.chars().filter(|&character| character != '-').collect();
    if digits.len() != 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return text;
    }
    match chrono::NaiveDate::parse_from_str(&digits, "%Y%m%d") {
        Ok(date) => Cow::Owned(date.format(form).to_string()),
        Err(_) => text,
    }
}

#[cfg(test)]
mod tests;
