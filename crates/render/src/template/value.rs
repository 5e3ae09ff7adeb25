//! What is printed: text with fields in braces, `"第 {Page} 页"`.

use crate::fields::{Field, Filter};

/// A text with fields.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Value {
    pub(crate) pieces: Vec<Piece>,
}

/// A piece of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Text as it stands in the template.
    Literal(String),
    /// A field of the receipt.
    Field {
        field: Field,
        filters: Vec<Filter>,
        /// The field as the template writes it, for messages.
        name: String,
    },
}

impl Value {
    /// Reads a text of a template.
    ///
    /// # Errors
    /// What is wrong, and what there is instead.
    pub(crate) fn parse(text: &str) -> Result<Self, (String, String)> {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            literal.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                literal.push_str(brace);
                rest = after;
                continue;
            }
            let inside = (brace == "{").then(|| rest.split_once('}')).flatten();
            let Some((inside, after)) = inside else {
                return Err(("`{…}`, or `{{` and `}}` for the braces themselves".to_owned(), brace.to_owned()));
            };
            if !literal.is_empty() {
                pieces.push(Piece::Literal(std::mem::take(&mut literal)));
            }
            pieces.push(field(inside)?);
            rest = after;
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            pieces.push(Piece::Literal(literal));
        }
        Ok(Value { pieces })
    }

    /// The fields in it.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &Field> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Literal(_) => None,
            Piece::Field { field, .. } => Some(field),
        })
    }

    /// The texts that do not depend on a receipt.
    pub(crate) fn literals(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Literal(text) => Some(text.as_str()),
            Piece::Field { .. } => None,
        })
    }
}

fn field(inside: &str) -> Result<Piece, (String, String)> {
    let mut parts = inside.split('|');
    let name = parts.next().unwrap_or_default().trim();
    let field = Field::parse(name).ok_or_else(|| ("the name of a field".to_owned(), name.to_owned()))?;
    let mut filters = Vec::new();
    for part in parts {
        let part = part.trim();
        let filter = Filter::parse(part).filter(|filter| filter.fits(&field));
        filters.push(filter.ok_or_else(|| (Filter::names_for(&field), format!("{name}|{part}")))?);
    }
    Ok(Piece::Field { field, filters, name: name.to_owned() })
}
