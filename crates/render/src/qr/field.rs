//! What a QR code can say about a receipt, field by field.

use czei_core::{Amount, CheckCode, Content, IssueDate, ReceiptCode, ReceiptNumber, ReceiptTag};

/// A field of the receipt as a QR code names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum QrField {
    /// `CZ-EI-32`; in patterns `{tag}`.
    Tag,
    /// `EInvoiceCode`, 8 digits; in patterns `{code}`.
    Code,
    /// `EInvoiceNumber`, 10 digits; in patterns `{number}`.
    Number,
    /// `RandomNumber`, 6 letters or digits; in patterns `{check}`.
    Check,
    /// `TotalAmount` in yuan with two decimals; in patterns `{amount}`.
    Amount,
    /// `IssueDate`, `yyyyMMdd`; in patterns `{date}`.
    Date,
    /// `PayCode`; in patterns `{paycode}`.
    PayCode,
    /// `Version`; never in patterns.
    Version,
    /// Where an address leads, `https://host` with the port where it is not the usual one; no field of the receipt.
    Origin,
}

impl QrField {
    /// The fields of [`QrForm::Tagged`](super::QrForm::Tagged), in our order.
    pub(super) const TAGGED: [QrField; 6] =
        [QrField::Tag, QrField::Code, QrField::Number, QrField::Check, QrField::Amount, QrField::Date];

    /// The name in patterns and in messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            QrField::Tag => "tag",
            QrField::Code => "code",
            QrField::Number => "number",
            QrField::Check => "check",
            QrField::Amount => "amount",
            QrField::Date => "date",
            QrField::PayCode => "paycode",
            QrField::Version => "version",
            QrField::Origin => "origin",
        }
    }

    /// How many characters each value has; none when that differs.
    pub(super) const fn length(self) -> Option<usize> {
        match self {
            QrField::Tag | QrField::Code | QrField::Date => Some(8),
            QrField::Number => Some(10),
            _ => None,
        }
    }

    /// The value of a receipt; none when it has none.
    pub(super) fn of(self, content: &Content) -> Option<String> {
        Some(match self {
            QrField::Tag => content.tag().to_string(),
            QrField::Code => content.code.to_string(),
            QrField::Number => content.number.to_string(),
            QrField::Check => content.check_code.to_string(),
            QrField::Amount => content.total.to_string(),
            QrField::Date => content.issue_date.to_string(),
            QrField::PayCode => content.pay_code.as_ref()?.as_str().to_owned(),
            QrField::Version => content.version.as_str().to_owned(),
            QrField::Origin => return None,
        })
    }

    /// Whether a text looks like the field, in whichever spelling.
    pub(super) fn fits(self, text: &str) -> bool {
        let text = text.trim();
        match self {
            QrField::Tag => ReceiptTag::parse(&text.to_ascii_uppercase()).is_ok(),
            QrField::Code => ReceiptCode::parse(text).is_ok(),
            QrField::Number => ReceiptNumber::parse(text).is_ok(),
            QrField::Check => CheckCode::parse(text).is_ok(),
            QrField::Amount => plain_amount(text).is_some(),
            QrField::Date => IssueDate::parse(&plain_date(text)).is_ok(),
            QrField::PayCode | QrField::Version => !text.is_empty(),
            QrField::Origin => false,
        }
    }

    /// Whether two texts are the same value, however it is written.
    pub(super) fn same_value(self, one: &str, other: &str) -> bool {
        let (one, other) = (one.trim(), other.trim());
        match self {
            QrField::Tag | QrField::Check | QrField::Origin => one.eq_ignore_ascii_case(other),
            QrField::Amount => plain_amount(one).is_some_and(|one| plain_amount(other) == Some(one)),
            QrField::Date => plain_date(one) == plain_date(other),
            QrField::Code | QrField::Number | QrField::PayCode | QrField::Version => one == other,
        }
    }
}

/// An amount, also where it has a plus sign, superfluous zeros, or other than two decimals: `133.0` is 133.00.
fn plain_amount(text: &str) -> Option<Amount> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (integer, decimals) = match digits.split_once('.') {
        Some((integer, decimals)) if !decimals.is_empty() => (integer, decimals.trim_end_matches('0')),
        Some(_) => return None,
        None => (digits, ""),
    };
    if integer.is_empty() || !integer.bytes().chain(decimals.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let integer = match integer.trim_start_matches('0') {
        "" => "0",
        integer => integer,
    };
    // Written so, what is not within range is refused; -0 is not an amount, and 0 is meant.
    match (sign, integer, decimals) {
        ("-", "0", "") => Some(Amount::ZERO),
        (sign, integer, "") => Amount::parse_lenient(&format!("{sign}{integer}")).ok(),
        (sign, integer, decimals) => Amount::parse_lenient(&format!("{sign}{integer}.{decimals}")).ok(),
    }
}

/// A date without the dashes, slashes or dots of `yyyy-MM-dd`.
fn plain_date(text: &str) -> String {
    match *text.as_bytes() {
        [_, _, _, _, first @ (b'-' | b'/' | b'.'), _, _, second, _, _] if first == second => {
            text.replace(char::from(first), "")
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_an_amount() {
        for (text, fen) in [
            ("133.00", 13300),
            ("133.0", 13300),
            ("133", 13300),
            ("133.000000", 13300),
            ("0133.00", 13300),
            ("+133.00", 13300),
            ("-133.0", -13300),
            ("0", 0),
            ("000.00", 0),
            ("-0.00", 0),
            ("999999999999999.99", 99_999_999_999_999_999),
        ] {
            assert_eq!(plain_amount(text).map(Amount::fen), Some(fen), "{text}");
        }
        for text in [
            "",
            "-",
            "+",
            ".",
            ".5",
            "1.",
            "1.005",
            "1,000.00",
            "--1",
            "+-1",
            "1e3",
            "１",
            "1000000000000000",
            "NaN",
            "1.-1",
        ] {
            assert_eq!(plain_amount(text), None, "{text}");
        }
    }

    #[test]
    fn spellings_of_a_date() {
        for text in ["20250923", "2025-09-23", "2025/09/23", "2025.09.23", " 2025-09-23 "] {
            assert!(QrField::Date.fits(text) && QrField::Date.same_value("20250923", text), "{text}");
        }
        for text in ["20250230", "2025-0923", "2025-09/23", "2025年9月23日", "é025-09-2"] {
            assert!(!QrField::Date.fits(text), "{text}");
        }
    }

    #[test]
    fn letters_of_check_code_and_tag_in_either_case_are_one_value() {
        assert!(QrField::Check.same_value("07892e", "07892E"));
        assert!(!QrField::Check.same_value("07892e", "07892f"));
        assert!(QrField::Tag.fits("cz-ei-32") && QrField::Tag.same_value("CZ-EI-32", "cz-ei-32"));
        assert!(!QrField::Number.same_value("0013933922", "13933922"));
    }
}
