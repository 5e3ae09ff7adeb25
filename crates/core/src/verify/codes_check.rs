//! How the codes of a receipt must agree (财综〔2017〕32号 票据代码).

use czei_codes::Place;

use crate::model::{Content, Kind};
use crate::{Amount, Code};

use super::{Check, Finding};

/// The texts of the header, which are not values of their own: they follow from code and number.
pub(crate) struct HeaderTexts<'a> {
    pub(crate) tag: &'a str,
    pub(crate) id: &'a str,
}

/// Where a field stands, for the findings; the reader knows. An item is `Item/` and its index.
pub(crate) type PlaceOf<'a> = dyn Fn(&str) -> Place + 'a;

pub(crate) fn check(content: &Content, header: &HeaderTexts<'_>, place: &PlaceOf<'_>, findings: &mut Vec<Finding>) {
    let mut add = |code: Code, element: &str, expected: String, found: String| {
        findings.push(Finding::new(Check::Codes, code).at(place(element)).expected(expected).found(found));
    };
    let tag = content.tag();
    if tag.to_string() != header.tag {
        add(Code::TagMismatch, "EInvoiceTag", tag.to_string(), header.tag.to_owned());
    }
    let id = content.id();
    if id.as_str() != header.id {
        add(Code::IdMismatch, "EInvoiceID", id.to_string(), header.id.to_owned());
    }
    let region = content.code.region();
    if !region.spans_areas() {
        if region != content.area.region() {
            add(Code::RegionMismatch, "SupervisorAreaCode", region.to_string(), content.area.to_string());
        }
        if !region.is_known() {
            add(Code::RegionUnknown, "EInvoiceCode", "GB/T 2260".to_owned(), region.to_string());
        }
    }
    let (numbering_year, issue_year) = (content.code.full_year(), content.issue_date.year());
    if numbering_year > issue_year {
        add(Code::YearLater, "EInvoiceCode", format!("≤ {issue_year}"), numbering_year.to_string());
    } else if issue_year - numbering_year > 1 {
        add(Code::YearMuchEarlier, "EInvoiceCode", format!("≥ {}", issue_year - 1), numbering_year.to_string());
    }
    if !content.specimen.starts_with(content.code) {
        add(
            Code::SpecimenMismatch,
            "EInvoiceSpecimenCode",
            format!("{}..", content.code),
            content.specimen.to_string(),
        );
    }
    if content.code.class().is_none() {
        add(Code::ClassUnknown, "EInvoiceCode", "01 02 04-09 99".to_owned(), content.code.to_string());
    }
    signs(content, &mut add);
}

/// Negative amounts stand on red receipts, and only there.
fn signs(content: &Content, add: &mut dyn FnMut(Code, &str, String, String)) {
    match content.kind() {
        Kind::Blue => {
            let item = content.items.iter().position(|item| item.amount.is_negative());
            let negative = match item {
                Some(index) => Some((format!("Item/{index}"), content.items[index].amount)),
                None => content.total.is_negative().then(|| ("TotalAmount".to_owned(), content.total)),
            };
            if let Some((place, amount)) = negative {
                add(Code::BlueNegative, &place, "≥ 0.00".to_owned(), amount.to_string());
            }
        }
        Kind::Red => {
            if content.total > Amount::ZERO {
                add(Code::RedPositive, "TotalAmount", "≤ 0.00".to_owned(), content.total.to_string());
            }
            if content.related.is_some_and(|blue| blue.code == content.code && blue.number == content.number) {
                let own = format!("{}-{}", content.code, content.number);
                add(Code::RedOfItself, "RelatedInvoiceNumber", format!("≠ {own}"), own);
            }
        }
    }
}
