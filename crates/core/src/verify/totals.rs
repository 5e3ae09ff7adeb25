//! Items sum to the total; quantity × standard where all are present.

use crate::model::Content;
use crate::{Amount, Code};

use super::codes_check::PlaceOf;
use super::{Check, Finding};

pub(crate) fn check(content: &Content, place: &PlaceOf<'_>, findings: &mut Vec<Finding>) {
    let sum = Amount::sum(content.items.iter().map(|item| item.amount));
    let expected = match &sum {
        Ok(sum) if *sum == content.total => None,
        Ok(sum) => Some(sum.to_string()),
        // The sum itself is out of bounds, so that no total can be right.
        Err(error) => Some(error.message_en()),
    };
    if let Some(expected) = expected {
        findings.push(
            Finding::new(Check::Totals, Code::TotalMismatch)
                .at(place("TotalAmount"))
                .expected(expected)
                .found(content.total.to_string()),
        );
    }
    for (index, item) in content.items.iter().enumerate() {
        if let Some(finding) = crate::issue::quantity_standard_warning(item, "") {
            findings.push(finding.at(place(&format!("Item/{index}"))));
        }
    }
}
