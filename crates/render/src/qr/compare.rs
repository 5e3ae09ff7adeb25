//! What a QR code says against what the receipt says.

use czei_core::Content;

use super::read::{QrContent, QrForm};
use super::{QrField, QrPattern, excerpt};

/// One thing in which a QR code and its receipt differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrDifference {
    /// How they differ.
    pub kind: QrDifferenceKind,
    /// In which field; none for surplus pieces and for the order.
    pub field: Option<QrField>,
    /// What follows from the receipt.
    pub expected: Option<String>,
    /// What the code says, shortened and fit for a message.
    pub found: Option<String>,
}

/// How a QR code differs from its receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum QrDifferenceKind {
    /// Another value.
    Value,
    /// The code does not say it.
    Missing,
    /// The same value, written otherwise, such as 133.0 for 133.00.
    Spelling,
    /// The code says more than it should, such as text behind surplus commas.
    Extra,
    /// The fields are all there, in an order that is not ours; the standard does not fix it.
    Order,
}

impl QrContent {
    /// All differences from a receipt. The pattern is that of the caller's own addresses: with one, the code has to
    /// be an address of the same scheme, host and port; without one, the host is not looked at.
    ///
    /// A text without fields of the receipt differs in code and number, which are missing: no differences means that
    /// the code says the right thing, never that nothing was compared.
    ///
    /// ```
    /// use czei_core::Content;
    /// fn says_the_right_thing(text: &str, receipt: &Content) -> bool {
    ///     czei_render::qr::read(text, None).compare(receipt, None).is_empty()
    /// }
    /// ```
    #[must_use]
    pub fn compare(&self, content: &Content, pattern: Option<&QrPattern>) -> Vec<QrDifference> {
        let mut differences = Vec::new();
        if let Some(pattern) = pattern {
            differences.extend(difference(QrField::Origin, Some(pattern.origin()), self.get(QrField::Origin)));
        }
        for field in self.fields_of_form() {
            differences.extend(difference(field, field.of(content).as_deref(), self.get(field)));
        }
        for extra in &self.extra {
            let found = Some(excerpt(extra));
            differences.push(QrDifference { kind: QrDifferenceKind::Extra, field: None, expected: None, found });
        }
        if !self.in_order {
            let names =
                |fields: &mut dyn Iterator<Item = QrField>| fields.map(QrField::name).collect::<Vec<_>>().join(",");
            let expected = Some(names(&mut QrField::TAGGED.into_iter()));
            let found = Some(names(&mut self.fields.iter().map(|(field, _)| *field)));
            differences.push(QrDifference { kind: QrDifferenceKind::Order, field: None, expected, found });
        }
        differences
    }

    /// What a text of this form says about a receipt.
    fn fields_of_form(&self) -> Vec<QrField> {
        match self.form {
            QrForm::Tagged => QrField::TAGGED.to_vec(),
            // These have all their fields once they are recognised.
            QrForm::Platform | QrForm::Path | QrForm::Pattern => self.fields.iter().map(|(field, _)| *field).collect(),
            QrForm::Address | QrForm::Unknown => vec![QrField::Code, QrField::Number],
        }
    }
}

fn difference(field: QrField, expected: Option<&str>, found: Option<&str>) -> Option<QrDifference> {
    let kind = match (expected, found) {
        (expected, found) if expected == found => return None,
        (_, None) => QrDifferenceKind::Missing,
        (Some(expected), Some(found)) if field.same_value(expected, found) => QrDifferenceKind::Spelling,
        _ => QrDifferenceKind::Value,
    };
    Some(QrDifference { kind, field: Some(field), expected: expected.map(str::to_owned), found: found.map(excerpt) })
}

#[cfg(test)]
mod tests;
