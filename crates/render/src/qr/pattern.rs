//! Addresses with gaps for the fields of a receipt.

use core::fmt;
use core::str::FromStr;

use czei_codes::{Code as _, Place};
use czei_core::Content;

use super::QrField;
use super::address::{Address, is_written_as_address, percent_decoded, percent_encoded};
use crate::{Code, Error};

/// An address with gaps: `https://pj.example.gov.cn/q?c={code}&n={number}&v={check}`.
///
/// Gaps are `{tag}`, `{code}`, `{number}`, `{check}`, `{amount}`, `{date}` and, for payment notices, `{paycode}`,
/// each at most once and behind the host. Values are written with percent signs where an address needs them. What
/// the pattern writes, [`read`](super::read) with the same pattern reads back; so behind `{check}`, `{amount}` and
/// `{paycode}`, which differ in length, stands the end or a character that cannot be one of theirs, such as `&`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrPattern {
    text: String,
    /// The byte where the host and its port end.
    host_ends: usize,
    origin: String,
    /// What stands behind the host.
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Literal(String),
    Field(QrField),
}

/// The longest pattern; a code holds about 660 characters.
const LONGEST: usize = 512;

impl QrPattern {
    /// Reads a pattern for receipts, with `{code}` and `{number}` at least.
    ///
    /// ```
    /// use czei_render::qr::QrPattern;
    /// let pattern = QrPattern::receipt("https://pj.example.gov.cn/q?c={code}&n={number}&v={check}")?;
    /// assert_eq!(pattern.origin(), "https://pj.example.gov.cn");
    /// # Ok::<(), czei_render::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Code::QrPattern`] when it is no absolute http or https address of at most 512 characters, or names a user
    /// before the host; [`Code::QrPatternField`] for gaps that are unknown, missing, doubled or in a wrong place.
    /// Both tell the column.
    pub fn receipt(text: &str) -> Result<Self, Error> {
        Self::parse(text, &[QrField::Code, QrField::Number], false)
    }

    /// Reads a pattern for payment notices, with `{paycode}` at least.
    ///
    /// # Errors
    /// As [`QrPattern::receipt`].
    pub fn payment(text: &str) -> Result<Self, Error> {
        Self::parse(text, &[QrField::PayCode], true)
    }

    /// Scheme, host, and port where it is not the usual one, in lower case.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The address of a receipt.
    ///
    /// # Errors
    /// [`Code::QrPayCode`] when the pattern has `{paycode}` and the receipt no payment code.
    pub fn write(&self, content: &Content) -> Result<String, Error> {
        let mut address = self.text[..self.host_ends].to_owned();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(literal) => address.push_str(literal),
                // Of the fields of a pattern, a receipt can lack the payment code alone.
                Piece::Field(field) => {
                    address.push_str(&percent_encoded(&field.of(content).ok_or(Code::QrPayCode)?));
                }
            }
        }
        Ok(address)
    }

    /// What the gaps hold in an address that fits the pattern behind its host, whatever the host is.
    pub(super) fn read(&self, address: &Address<'_>) -> Option<Vec<(QrField, String)>> {
        let mut fields = Vec::new();
        let mut rest = address.rest;
        let mut pieces = self.pieces.iter().peekable();
        while let Some(piece) = pieces.next() {
            match piece {
                Piece::Literal(literal) => rest = rest.strip_prefix(literal.as_str())?,
                Piece::Field(field) => {
                    let end = match (field.length(), pieces.peek()) {
                        (Some(length), _) => length,
                        (None, Some(Piece::Literal(literal))) => rest.find(literal.as_str())?,
                        (None, _) => rest.len(),
                    };
                    // An address is ASCII, so that every index is a boundary.
                    let (value, behind) = rest.split_at_checked(end)?;
                    fields.push((*field, percent_decoded(value)?));
                    rest = behind;
                }
            }
        }
        rest.is_empty().then_some(fields)
    }

    fn parse(text: &str, required: &[QrField], payment: bool) -> Result<Self, Error> {
        if text.len() > LONGEST {
            let found = format!("{} bytes", text.len());
            return Err(Code::QrPattern.fault().found(found).expected(format!("at most {LONGEST} characters")));
        }
        let host_begins = text.find("://").map_or(0, |colon| colon + 3);
        let host_ends = text[host_begins..].find(['/', '?', '#']).map_or(text.len(), |end| host_begins + end);
        if let Some(gap) = text[..host_ends].find('{') {
            let expected = "no field before the path";
            return Err(Code::QrPatternField
                .fault()
                .at(column(text, gap))
                .found(quoted(&text[gap..]))
                .expected(expected));
        }
        let Some(address) = Address::split(&text[..host_ends]) else {
            let expected = "https:// or http:// and a host";
            return Err(Code::QrPattern.fault().at(column(text, 0)).found(quoted(text)).expected(expected));
        };
        if address.user.is_some() {
            let found = quoted(&text[host_begins..host_ends]);
            return Err(Code::QrPattern
                .fault()
                .at(column(text, host_begins))
                .found(found)
                .expected("no user before the host"));
        }
        let pieces = pieces(text, host_ends, payment)?;
        let missing = required.iter().find(|field| !pieces.contains(&Piece::Field(**field)));
        if let Some(field) = missing {
            return Err(Code::QrPatternField.fault().expected(format!("`{{{}}}`", field.name())).found(quoted(text)));
        }
        Ok(QrPattern { origin: address.origin(), text: text.to_owned(), host_ends, pieces })
    }
}

/// The pattern as it was read.
impl fmt::Display for QrPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

/// As [`QrPattern::receipt`].
impl FromStr for QrPattern {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        QrPattern::receipt(text)
    }
}

/// Literals and gaps from a byte of the pattern on.
fn pieces(text: &str, start: usize, payment: bool) -> Result<Vec<Piece>, Error> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut at = start;
    while at < text.len() {
        let rest = &text[at..];
        let literal_end = rest.find('{').unwrap_or(rest.len());
        let wrong =
            |expected: &str| Code::QrPatternField.fault().at(column(text, at)).found(quoted(rest)).expected(expected);
        if let Some(Piece::Field(before)) = pieces.last()
            && before.length().is_none()
            && !ends_value(*before, rest)
        {
            return Err(wrong(&format!("a character that ends `{{{}}}`, such as `&`", before.name())));
        }
        if literal_end > 0 {
            let literal = &rest[..literal_end];
            if !is_written_as_address(literal) {
                let expected = "characters of RFC 3986, others written with percent signs";
                return Err(Code::QrPattern.fault().at(column(text, at)).found(quoted(literal)).expected(expected));
            }
            pieces.push(Piece::Literal(literal.to_owned()));
            at += literal_end;
            continue;
        }
        let allowed = if payment { " | `{date}` | `{paycode}`" } else { " | `{date}`" };
        let known = || format!("`{{tag}}` | `{{code}}` | `{{number}}` | `{{check}}` | `{{amount}}`{allowed}");
        let end = rest.find('}').ok_or_else(|| wrong("a closing brace"))?;
        let field = QrField::TAGGED.into_iter().chain(payment.then_some(QrField::PayCode));
        let field = field.into_iter().find(|field| field.name() == &rest[1..end]).ok_or_else(|| wrong(&known()))?;
        if pieces.contains(&Piece::Field(field)) {
            return Err(wrong("each field once"));
        }
        pieces.push(Piece::Field(field));
        at += end + 1;
    }
    Ok(pieces)
}

/// Whether what follows a value cannot be a part of it.
fn ends_value(field: QrField, rest: &str) -> bool {
    // Payment codes hold anything, written with percent signs but for these characters; the others hold no more.
    let part = |character: char| character.is_ascii_alphanumeric() || "-._~%".contains(character);
    match field {
        QrField::PayCode => !rest.starts_with(|character| part(character) || character == '{'),
        _ => !rest.starts_with(|character: char| character.is_ascii_alphanumeric() || "-.{".contains(character)),
    }
}

/// The beginning of a pattern in a message, between grave accents, so that it is not read as words.
fn quoted(text: &str) -> String {
    format!("`{}`", super::excerpt(text))
}

fn column(text: &str, byte: usize) -> Place {
    let characters = text.get(..byte).map_or(0, |before| before.chars().count());
    Place { column: u32::try_from(characters + 1).ok(), ..Place::default() }
}

#[cfg(test)]
mod tests;
