//! From the signed part of a document to [`Content`], with a finding for everything on the way.

use std::borrow::Cow;

use crate::model::{
    AuxItem, Content, Extension, Item, Payee, Payer, PayerKind, Related, Seal, Standard, Unit, XmlName,
};
use crate::verify::Finding;
use crate::{
    Amount, AreaCode, CheckCode, Code, Decimal, IssueDate, IssueTime, ItemCode, PayCode, Quantity, ReceiptCode,
    ReceiptNumber, Remark, SpecimenCode, Text,
};

use super::document::{Document, NodeId};
use super::edition::{Field, Names, Row};
use super::findings::Findings;
use super::group::{Group, Stray};
use super::{Edition, Envelope};

/// What [`read_content`] found.
#[derive(Debug, Clone)]
pub struct ContentReading {
    /// The values; only when no finding is an error.
    pub content: Option<Content>,
    /// What is wrong or deserves a look, in the order of the document's groups. Everything here is
    /// inside the signed span; [`Envelope::findings`] has what is outside.
    pub findings: Vec<Finding>,
}

/// Reads the values that the unit signed.
///
/// What is wrong in structure or type is a finding of weight error, not an `Err`: the signatures
/// over such a document can still be checked. An empty optional element counts as absent; an
/// unknown element stays in the signed bytes and is reported, but is no data.
///
/// ```
/// use czei_core::xml::{Document, Envelope, Limits, read_content};
/// let document = Document::parse(b"<EInvoice><Header/><EInvoiceData/></EInvoice>", &Limits::default())?;
/// let envelope = Envelope::read(&document)?;
/// let reading = read_content(&document, &envelope);
/// assert!(reading.content.is_none());
/// assert_eq!(reading.findings[0].place.path.as_deref(), Some("EInvoice/Header/EInvoiceTag"));
/// # Ok::<(), czei_core::Error>(())
/// ```
///
/// Source: 财综〔2017〕32号 数据项.
#[must_use]
pub fn read_content(document: &Document<'_>, envelope: &Envelope<'_>) -> ContentReading {
    let edition = envelope.edition();
    let mut reading =
        Reading { document, names: edition.names(), edition, findings: Findings::new(document), ext: Vec::new() };
    let content = reading.content(envelope);
    reading.findings.note_markup([envelope.header(), envelope.data()]);
    let (findings, failed) = reading.findings.finish();
    ContentReading { content: content.filter(|_| !failed), findings }
}

struct Reading<'d, 'a> {
    document: &'d Document<'a>,
    names: &'static Names,
    edition: Edition,
    findings: Findings<'d, 'a>,
    /// Extensions of the group at hand that its table names (edition of 2020).
    ext: Vec<Extension>,
}

/// Every value is read before the first missing one ends the assembly, so that one reading names
/// all faults.
impl<'a> Reading<'_, 'a> {
    fn content(&mut self, envelope: &Envelope<'_>) -> Option<Content> {
        let header = self.group(envelope.header(), self.names.header_rows);
        let version = self.text::<5, 5>(&header, Field::Version);
        self.header_length(&header, Field::Tag, 8);
        self.header_length(&header, Field::Id, 19);
        if let (Some(node), Some(version)) = (header.get(Field::Version), &version)
            && version.as_str() != "1.1.0"
        {
            self.findings.about(Code::VersionOther, node, |f| f.expected("1.1.0").found(version.as_str()));
        }
        let data = self.group(envelope.data(), self.names.data_rows);
        let main = data.get(Field::Main).map(|node| self.group(node, self.names.main));
        // Without Main nothing of it can be named; the missing element is a finding already.
        let items = data.get(Field::Details).map(|node| self.items(node)).unwrap_or_default();
        let aux = data.get(Field::AuxDetails).map(|node| self.aux_items(node)).unwrap_or_default();
        let main = main?;
        let mut ext = core::mem::take(&mut self.ext);
        let unit = main.get(Field::Unit).and_then(|node| self.unit(node));
        ext.append(&mut self.ext);
        let payer = main.get(Field::Payer).and_then(|node| self.payer(node));
        let name = self.text(&main, Field::Name);
        let code = self.value(&main, Field::Code, ReceiptCode::parse);
        let number = self.value(&main, Field::Number, ReceiptNumber::parse);
        let check_code = self.check_code(&main);
        let specimen = self.value(&main, Field::Specimen, SpecimenCode::parse);
        let area = self.value(&main, Field::Area, AreaCode::parse);
        let total = self.value(&main, Field::Total, Amount::parse);
        let issue_date = self.value(&main, Field::IssueDate, IssueDate::parse);
        let issue_time = self.value(&main, Field::IssueTime, IssueTime::parse);
        let pay_mode = self.text(&main, Field::PayMode);
        let biz_code = self.text(&main, Field::BizCode);
        let currency = self.text(&main, Field::Currency);
        let exchange_rate = self.value(&main, Field::ExchangeRate, Decimal::parse);
        let remark = self.remark(&main, Field::Remark);
        let handler = self.text(&main, Field::Handler);
        let checker = self.text(&main, Field::Checker);
        let supervisor_remark = self.remark(&main, Field::SupervisorRemark);
        let main_ext = main.get(Field::MainExt).map(|node| self.extended(node, self.names.main_ext, &mut ext));
        let related = main_ext.as_ref().and_then(|group| self.related(group));
        let pay_code = match main_ext.as_ref().filter(|group| group.get(Field::PayCode).is_some()) {
            Some(group) => self.value(group, Field::PayCode, PayCode::parse),
            None => self.value(&main, Field::PayCode, PayCode::parse),
        };
        let unit_seal = main.get(Field::UnitSeal).and_then(|node| self.seal(node));
        let authority_seal = main.get(Field::AuthoritySeal).and_then(|node| self.seal(node));
        Some(Content {
            version: version?,
            name: name?,
            code: code?,
            number: number?,
            check_code: check_code?,
            specimen: specimen?,
            area: area?,
            total: total?,
            issue_date: issue_date?,
            issue_time: issue_time?,
            unit: unit?,
            payer: payer?,
            pay_mode,
            biz_code,
            currency,
            exchange_rate,
            remark,
            handler: handler?,
            checker: checker?,
            supervisor_remark,
            related,
            pay_code,
            ext,
            unit_seal,
            authority_seal,
            items,
            aux,
        })
    }

    fn unit(&mut self, node: NodeId) -> Option<Unit> {
        let group = self.group(node, self.names.unit);
        let code = self.text(&group, Field::UnitCode);
        let name = self.text(&group, Field::UnitName);
        let payee = Payee {
            name: self.text(&group, Field::PayeeName),
            account: self.text(&group, Field::PayeeAccount),
            bank: self.text(&group, Field::PayeeBank),
        };
        Some(Unit { code: code?, name: name?, payee })
    }

    fn payer(&mut self, node: NodeId) -> Option<Payer> {
        let group = self.group(node, self.names.payer);
        let kind = self.filled(&group, Field::PayerType).and_then(|(node, text)| {
            let kind = PayerKind::from_digit(&text);
            if kind.is_none() {
                self.findings.about(Code::PayerType, node, |f| f.expected("1 | 2").found(crate::value::excerpt(&text)));
            }
            kind
        });
        let code = self.text(&group, Field::PayerCode);
        let name = self.text(&group, Field::PayerName);
        let account = self.text(&group, Field::PayerAccount);
        let bank = self.text(&group, Field::PayerBank);
        Some(Payer { kind: kind?, code, name: name?, account, bank })
    }

    fn seal(&mut self, node: NodeId) -> Option<Seal> {
        if !self.document.has_children(node) && !self.document.has_text(node) {
            return None;
        }
        let group = self.group(node, self.names.seal);
        let id = self.text(&group, Field::SealId);
        let name = self.text(&group, Field::SealName);
        let hash = self.text(&group, Field::SealHash);
        Some(Seal { id: id?, name: name?, hash: hash? })
    }

    fn related(&mut self, group: &Group) -> Option<Related> {
        let code = self.filled(group, Field::RelatedCode);
        let number = self.filled(group, Field::RelatedNumber);
        match (code, number) {
            (None, None) => None,
            (Some((code, code_text)), Some((number, number_text))) => {
                let code = self.parsed(code, &code_text, ReceiptCode::parse);
                let number = self.parsed(number, &number_text, ReceiptNumber::parse);
                Some(Related { code: code?, number: number? })
            }
            (Some((node, _)), None) | (None, Some((node, _))) => {
                self.findings.about(Code::RelatedHalf, node, |f| f);
                None
            }
        }
    }

    fn check_code(&mut self, main: &Group) -> Option<CheckCode> {
        let check_code = self.value(main, Field::CheckCode, CheckCode::parse)?;
        if let Some(node) = main.get(Field::CheckCode).filter(|_| !check_code.is_standard()) {
            self.findings.about(Code::CheckCodeLength, node, |f| f.expected("6").found(check_code.to_string()));
        }
        Some(check_code)
    }

    fn items(&mut self, details: NodeId) -> Vec<Item> {
        let nodes = self.list(details, self.names.item);
        if nodes.is_empty() {
            self.findings.missing(details, self.names.item);
        }
        nodes.into_iter().filter_map(|node| self.item(node)).collect()
    }

    fn item(&mut self, node: NodeId) -> Option<Item> {
        let main_ext = core::mem::take(&mut self.ext);
        let group = self.group(node, self.names.item_rows);
        let mut ext = core::mem::replace(&mut self.ext, main_ext);
        let code = self.value(&group, Field::ItemCode, ItemCode::parse);
        let name = self.text(&group, Field::ItemName);
        let amount = self.value(&group, Field::ItemAmount, Amount::parse);
        let unit = self.text(&group, Field::ItemUnit);
        let quantity = self.quantity(&group);
        let standard = self.standard(&group);
        let remark = self.text(&group, Field::ItemRemark);
        if let (Some(node), Some(_), Edition::E2017) = (group.get(Field::ItemRemark), &remark, self.edition) {
            self.findings.about(Code::ItemRemark, node, |f| f);
        }
        if let Some(node) = group.get(Field::ItemExt) {
            self.extended(node, &[], &mut ext);
        }
        Some(Item { code: code?, name: name?, amount: amount?, unit, quantity, standard, remark, ext })
    }

    fn quantity(&mut self, group: &Group) -> Option<Quantity> {
        let quantity = self.value(group, Field::ItemQuantity, Quantity::read)?;
        // The edition of 2020 has four decimals here.
        let unusual = !quantity.is_integer() && self.edition == Edition::E2017;
        if let Some(node) = group.get(Field::ItemQuantity).filter(|_| unusual) {
            self.findings.about(Code::QuantityFraction, node, |f| f.found(quantity.to_string()));
        }
        Some(quantity)
    }

    fn standard(&mut self, group: &Group) -> Option<Standard> {
        let (node, text) = self.filled(group, Field::ItemStandard)?;
        // The edition of 2020 writes four decimals; two zeros at the end are no other amount.
        let plain = match self.edition {
            Edition::E2020 => text.strip_suffix("00").filter(|rest| rest.contains('.')).unwrap_or(&text),
            Edition::E2017 => &*text,
        };
        if let Ok(amount) = Amount::parse(plain) {
            return Some(Standard::Amount(amount));
        }
        self.findings.about(Code::StandardText, node, |f| f.found(crate::value::excerpt(&text)));
        self.findings.characters(node, &text, false);
        Some(Standard::Text(text.into_owned()))
    }

    fn aux_items(&mut self, node: NodeId) -> Vec<AuxItem> {
        let nodes = self.list(node, self.names.aux_item);
        nodes
            .into_iter()
            .map(|node| {
                let mut fields = Vec::new();
                self.extended(node, &[], &mut fields);
                AuxItem { fields }
            })
            // An empty one counts as absent.
            .filter(|item| !item.fields.is_empty())
            .collect()
    }

    /// The children of a list; anything else in it is named.
    fn list(&mut self, node: NodeId, name: &str) -> Vec<NodeId> {
        self.no_text(node);
        let document = self.document;
        let mut items = Vec::with_capacity(document.children(node).count());
        for child in document.children(node) {
            if document.name(child) == name {
                items.push(child);
            } else {
                self.foreign(child);
            }
        }
        items
    }

    /// A node whose table is ordered and closed, but for unknown elements, which are kept in the
    /// signed bytes.
    fn group(&mut self, node: NodeId, rows: &'static [Row]) -> Group {
        self.no_text(node);
        let document = self.document;
        Group::read(document, node, rows, true, |stray| match stray {
            Stray::Foreign(child) => self.foreign(child),
            Stray::Extra(child) => {
                let extension = self.extension(child);
                self.ext.extend(extension);
            }
            other => self.findings.stray(node, other),
        })
    }

    /// A node that takes further elements of any name, in any order, as extensions.
    fn extended(&mut self, node: NodeId, rows: &'static [Row], ext: &mut Vec<Extension>) -> Group {
        self.no_text(node);
        let document = self.document;
        Group::read(document, node, rows, false, |stray| match stray {
            Stray::Foreign(child) if !self.names.knows(document.name(child)) => ext.extend(self.extension(child)),
            Stray::Foreign(child) => self.foreign(child),
            Stray::Extra(child) => ext.extend(self.extension(child)),
            other => self.findings.stray(node, other),
        })
    }

    fn extension(&mut self, node: NodeId) -> Option<Extension> {
        let name = XmlName::new(self.document.name(node)).ok();
        let Some(name) = name.filter(|_| !self.document.has_children(node)) else {
            self.foreign(node);
            return None;
        };
        let text = self.document.text(node).into_owned();
        self.findings.characters(node, &text, true);
        Some(Extension { name, text })
    }

    /// An element that no table has in this place: an error where it, or something inside it, is an
    /// element of the standard (it could be taken for the real one), else a warning.
    fn foreign(&mut self, node: NodeId) {
        let document = self.document;
        let mut misplaced = false;
        for each in document.subtree(node).filter(|&each| self.names.knows(document.name(each))) {
            self.findings.about(Code::ElementPlace, each, |f| f.found(document.name(each)));
            misplaced = true;
        }
        if !misplaced {
            self.findings.about(Code::ElementUnknown, node, |f| f.found(document.name(node)));
        }
    }

    fn no_text(&mut self, node: NodeId) {
        if self.document.has_text(node) {
            self.findings.about(Code::ElementText, node, |f| f);
        }
    }

    /// The element of a field and its text, unless absent or empty. A required one that is empty is
    /// an error, and so are child elements.
    fn filled(&mut self, group: &Group, field: Field) -> Option<(NodeId, Cow<'a, str>)> {
        let node = group.get(field)?;
        if self.document.has_children(node) {
            self.findings.about(Code::ElementChildren, node, |f| f);
            for child in self.document.children(node) {
                self.foreign(child);
            }
            return None;
        }
        let text = self.document.text(node);
        if text.is_empty() {
            if self.names.requires(field) {
                self.findings.about(Code::ElementEmpty, node, |f| f);
            }
            return None;
        }
        Some((node, text))
    }

    fn value<T>(&mut self, group: &Group, field: Field, parse: fn(&str) -> Result<T, crate::Error>) -> Option<T> {
        let (node, text) = self.filled(group, field)?;
        self.parsed(node, &text, parse)
    }

    fn parsed<T>(&mut self, node: NodeId, text: &str, parse: fn(&str) -> Result<T, crate::Error>) -> Option<T> {
        parse(text).map_err(|error| self.findings.fault(node, &error)).ok()
    }

    fn text<const MIN: usize, const MAX: usize>(&mut self, group: &Group, field: Field) -> Option<Text<MIN, MAX>> {
        let (node, text) = self.filled(group, field)?;
        let text = text.into_owned();
        self.findings.characters(node, &text, false);
        Text::read(text).map_err(|error| self.findings.fault(node, &error)).ok()
    }

    fn remark(&mut self, group: &Group, field: Field) -> Option<Remark> {
        let (node, text) = self.filled(group, field)?;
        let text = text.into_owned();
        self.findings.characters(node, &text, true);
        Remark::read(text).map_err(|error| self.findings.fault(node, &error)).ok()
    }

    fn header_length(&mut self, header: &Group, field: Field, length: usize) {
        let Some((node, text)) = self.filled(header, field) else { return };
        if text.chars().count() != length {
            let found = crate::value::excerpt(&text);
            self.findings.about(Code::HeaderLength, node, |f| f.expected(length.to_string()).found(found));
        }
    }
}
