//! What the QR code of a receipt says.

use czei_core::Content;

use super::{QrField, QrPattern};
use crate::Error;

/// What the QR code of a receipt is to say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum QrText {
    /// Tag, code, number, check code, amount and date with commas between them:
    /// `CZ-EI-32,32010125,0013933922,07892e,80.00,20250923`.
    #[default]
    Tagged,
    /// The address that a pattern makes of the receipt.
    Address(QrPattern),
}

impl QrText {
    /// The text for a receipt, in printable ASCII.
    ///
    /// # Errors
    /// As [`QrPattern::write`]; the first form fits every receipt.
    pub fn write(&self, content: &Content) -> Result<String, Error> {
        match self {
            // Every receipt has these fields.
            QrText::Tagged => {
                Ok(QrField::TAGGED.iter().filter_map(|field| field.of(content)).collect::<Vec<_>>().join(","))
            }
            QrText::Address(pattern) => pattern.write(content),
        }
    }

    /// The pattern, where there is one.
    #[must_use]
    pub fn pattern(&self) -> Option<&QrPattern> {
        match self {
            QrText::Tagged => None,
            QrText::Address(pattern) => Some(pattern),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::Code;
    use crate::samples;

    #[test]
    fn six_fields_with_commas() {
        let content = samples::general();
        let text = QrText::default().write(&content).unwrap();
        assert_eq!(text, format!("CZ-EI-32,32010126,0013933922,{},5269.50,{}", content.check_code, content.issue_date));
        assert!(QrText::Tagged.write(&samples::red()).unwrap().contains(",-5269.50,"));
    }

    #[test]
    fn a_pattern_has_the_same_fields() {
        let pattern = "https://pj.example.gov.cn/{tag}/{code}{number}?v={check}&a={amount}&d={date}";
        let text = QrText::Address(QrPattern::receipt(pattern).unwrap());
        let content = samples::general();
        let address = format!(
            "https://pj.example.gov.cn/CZ-EI-32/320101260013933922?v={}&a=5269.50&d={}",
            content.check_code, content.issue_date
        );
        assert_eq!(text.write(&content).unwrap(), address);
    }

    #[test]
    fn payment_codes_are_written_with_percent_signs_and_must_be_there() {
        let text = QrText::Address(QrPattern::payment("https://pay.example.gov.cn/?c={paycode}").unwrap());
        let mut notice = samples::notice();
        notice.pay_code = Some(czei_core::PayCode::read("3200 &缴/1").unwrap());
        assert_eq!(text.write(&notice).unwrap(), "https://pay.example.gov.cn/?c=3200%20%26%E7%BC%B4%2F1");
        notice.pay_code = None;
        assert_eq!(text.write(&notice).unwrap_err().code(), Code::QrPayCode);
    }
}
