//! What the text of a QR code says about a receipt.

use super::address::{Address, percent_decoded};
use super::{QrField, QrPattern};

/// How a text is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum QrForm {
    /// The tag of the receipt and further fields with commas between them.
    Tagged,
    /// The address of a platform with five fields in one parameter.
    Platform,
    /// `/einvoice/` and four fields with points between them, alone or in an address.
    Path,
    /// The pattern that the caller gave.
    Pattern,
    /// Another address; the receipt is not in it. Short links are such.
    Address,
    /// None of these.
    Unknown,
}

/// What the text of a QR code says, as it is written there: nothing is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrContent {
    pub(super) form: QrForm,
    /// Each field once, in the order of the text.
    pub(super) fields: Vec<(QrField, String)>,
    pub(super) origin: Option<String>,
    pub(super) extra: Vec<String>,
    pub(super) in_order: bool,
}

/// The longest text that is looked at; the largest code holds 7089 digits.
const LONGEST: usize = 8_192;

/// How many surplus pieces are kept.
const EXTRA: usize = 8;

/// Reads the text of a QR code; the pattern is that of the caller's own addresses, if there is one.
///
/// Any text has an answer; what cannot be understood is [`QrForm::Unknown`], and so is a text of more than 8192
/// bytes. Addresses are never opened.
///
/// ```
/// use czei_render::qr::{QrField, QrForm, read};
/// let content = read("CZ-EI-32,32010125,0013933922,07892e,80.00,20250923", None);
/// assert_eq!(content.form(), QrForm::Tagged);
/// assert_eq!(content.get(QrField::Amount), Some("80.00"));
/// ```
#[must_use]
pub fn read(text: &str, pattern: Option<&QrPattern>) -> QrContent {
    if text.len() > LONGEST {
        return QrContent::of(QrForm::Unknown);
    }
    if let Some(content) = tagged(text) {
        return content;
    }
    let Some(address) = Address::split(text) else {
        return path(text, "").unwrap_or_else(|| QrContent::of(QrForm::Unknown));
    };
    let mut content = read_address(&address, pattern);
    content.origin = Some(address.origin());
    if let Some(user) = address.user {
        content.keep_extra(user);
    }
    content
}

impl QrContent {
    /// How the text is built.
    #[must_use]
    pub fn form(&self) -> QrForm {
        self.form
    }

    /// A field as written; none when the text does not have it, or has something else in its place.
    #[must_use]
    pub fn get(&self, field: QrField) -> Option<&str> {
        match field {
            QrField::Origin => self.origin.as_deref(),
            _ => self.fields.iter().find(|(known, _)| *known == field).map(|(_, value)| value.as_str()),
        }
    }

    /// Whether the fields stand in the order of this project: tag, code, number, check code, amount, date. The
    /// standard does not fix it; others are recognised by their form. Only [`QrForm::Tagged`] has orders.
    #[must_use]
    pub fn in_order(&self) -> bool {
        self.in_order
    }

    /// What stands in the text and is no field of it: between or behind surplus commas (empty where nothing does),
    /// and a user before the host. At most 8 pieces.
    #[must_use]
    pub fn extra(&self) -> &[String] {
        &self.extra
    }

    fn of(form: QrForm) -> Self {
        QrContent { form, fields: Vec::new(), origin: None, extra: Vec::new(), in_order: true }
    }

    fn keep_extra(&mut self, piece: &str) {
        if self.extra.len() < EXTRA {
            self.extra.push(piece.to_owned());
        }
    }
}

/// `CZ-EI-32,32010125,0013933922,07892e,80.00,20250923`, and the same in another order.
fn tagged(text: &str) -> Option<QrContent> {
    let mut pieces = text.split(',');
    let tag = pieces.next().filter(|tag| QrField::Tag.fits(tag))?;
    let mut content = QrContent::of(QrForm::Tagged);
    content.fields.push((QrField::Tag, tag.to_owned()));
    // As many as there are fields, and enough of the surplus to tell that there is some.
    let pieces: Vec<&str> = pieces.take(QrField::TAGGED.len() + EXTRA).collect();
    let ours = &QrField::TAGGED[1..];
    let region = tag.trim().get(6..).unwrap_or_default();
    let prefix = ours.iter().zip(&pieces).take_while(|(field, piece)| field.fits(piece)).count();
    // A date in the place of the code has eight digits too.
    let code_first = pieces.first().is_none_or(|code| code.trim().starts_with(region));
    if code_first && prefix == ours.len().min(pieces.len()) {
        content.fields.extend(ours.iter().copied().zip(pieces.iter().map(|piece| (*piece).to_owned())));
        pieces[prefix..].iter().for_each(|piece| content.keep_extra(piece));
        return Some(content);
    }
    by_form(&mut content, &pieces, region);
    let order: Vec<QrField> = content.fields.iter().map(|(field, _)| *field).collect();
    content.in_order = order.is_sorted();
    Some(content)
}

/// Gives each piece to the field whose form it has, the narrowest form first, so that the order does not matter.
fn by_form(content: &mut QrContent, pieces: &[&str], region: &str) {
    let mut fields: Vec<Option<QrField>> = vec![None; pieces.len()];
    let mut give = |field: QrField, fits: &dyn Fn(&str) -> bool| {
        let free = (0..pieces.len())
            .find(|&index| fields[index].is_none() && field.fits(pieces[index]) && fits(pieces[index].trim()));
        if let Some(index) = free
            && !fields.contains(&Some(field))
        {
            fields[index] = Some(field);
        }
    };
    give(QrField::Number, &|_| true);
    // Codes and dates have eight digits each: the code begins with the region of the tag, the date with its century.
    give(QrField::Code, &|piece| piece.starts_with(region));
    give(QrField::Date, &|piece| piece.starts_with("20"));
    give(QrField::Code, &|_| true);
    give(QrField::Date, &|_| true);
    give(QrField::Amount, &|piece| piece.contains('.'));
    give(QrField::Check, &|piece| piece.len() == 6);
    give(QrField::Check, &|_| true);
    give(QrField::Amount, &|_| true);
    for (piece, field) in pieces.iter().zip(fields) {
        match field {
            Some(field) => content.fields.push((field, (*piece).to_owned())),
            None => content.keep_extra(piece),
        }
    }
}

fn read_address(address: &Address<'_>, pattern: Option<&QrPattern>) -> QrContent {
    if let Some(fields) = pattern.and_then(|pattern| pattern.read(address)) {
        return QrContent { fields, ..QrContent::of(QrForm::Pattern) };
    }
    let (before_query, query) = address.path_and_query();
    path(before_query, query).or_else(|| platform(query)).unwrap_or_else(|| QrContent::of(QrForm::Address))
}

/// `d=CODE_NUMBER_CHECK_AMOUNT_yyyyMMdd` among the parameters.
fn platform(query: &str) -> Option<QrContent> {
    const FIELDS: [QrField; 5] = [QrField::Code, QrField::Number, QrField::Check, QrField::Amount, QrField::Date];
    let values = query.split('&').filter_map(|parameter| parameter.strip_prefix("d="));
    let mut found = values.filter_map(|value| {
        let value = percent_decoded(value)?;
        let pieces: Vec<&str> = value.split('_').take(FIELDS.len() + EXTRA).collect();
        // Code and number make it a receipt's; what stands in the place of the others is for the comparison.
        (pieces.len() >= FIELDS.len() && QrField::Code.fits(pieces[0]) && QrField::Number.fits(pieces[1])).then(|| {
            let mut content = QrContent::of(QrForm::Platform);
            content.fields.extend(FIELDS.into_iter().zip(pieces.iter().map(|piece| (*piece).to_owned())));
            pieces[FIELDS.len()..].iter().for_each(|piece| content.keep_extra(piece));
            content
        })
    });
    let mut content = found.next()?;
    // Readers differ in which of two they take.
    if found.next().is_some() {
        content.keep_extra("d=");
    }
    Some(content)
}

/// `/einvoice/{Version}.{code}.{number}.{check}` at the end of a path; the version has points of its own.
fn path(path: &str, query: &str) -> Option<QrContent> {
    let (_, name) = path.rsplit_once("/einvoice/")?;
    let mut pieces = name.rsplitn(4, '.');
    let (check, number, code, version) = (pieces.next()?, pieces.next()?, pieces.next()?, pieces.next()?);
    if !QrField::Code.fits(code) || !QrField::Number.fits(number) || !QrField::Check.fits(check) {
        return None;
    }
    let mut content = QrContent::of(QrForm::Path);
    let fields = [QrField::Version, QrField::Code, QrField::Number, QrField::Check];
    content.fields.extend(fields.into_iter().zip([version, code, number, check].map(str::to_owned)));
    if !query.is_empty() {
        content.keep_extra(query);
    }
    Some(content)
}

#[cfg(test)]
mod tests;
