//! A red receipt against its blue one, when that is at hand.

use czei_codes::Place;

use crate::model::{Content, Item, Kind};
use crate::{Amount, Code};

use super::{Check, Finding};

/// Compares a red receipt with the blue receipt that it names.
///
/// Returns nothing when `red` is not red or names another receipt: then there is nothing to compare.
#[must_use]
pub fn check_reversal(red: &Content, blue: &Content) -> Option<Vec<Finding>> {
    let related = red.related?;
    if related.code != blue.code || related.number != blue.number {
        return None;
    }
    let mut findings = Vec::new();
    if blue.kind() == Kind::Red {
        findings
            .push(Finding::new(Check::Reversal, Code::ReversalOfRed).found(format!("{}-{}", blue.code, blue.number)));
        return Some(findings);
    }
    // The sign of a red receipt is open in the sources, so that only sizes are compared.
    let size = |amount: Amount| if amount.is_negative() { amount.negate() } else { amount };
    let mut differs = |path: &str, expected: String, found: String| {
        findings.push(
            Finding::new(Check::Reversal, Code::ReversalMismatch).at(Place::path(path)).expected(expected).found(found),
        );
    };
    if size(red.total) != size(blue.total) {
        differs("TotalAmount", blue.total.negate().to_string(), red.total.to_string());
    }
    if red.unit.code != blue.unit.code {
        differs("InvoicingPartyCode", blue.unit.code.to_string(), red.unit.code.to_string());
    }
    if red.payer.name != blue.payer.name || red.payer.kind != blue.payer.kind {
        differs("PayerPartyName", blue.payer.name.to_string(), red.payer.name.to_string());
    }
    let key = |item: &Item| (item.code.to_string(), size(item.amount));
    if !red.items.iter().map(key).eq(blue.items.iter().map(key)) {
        differs("Details", format!("{} Item", blue.items.len()), format!("{} Item", red.items.len()));
    }
    if (red.issue_date, red.issue_time) < (blue.issue_date, blue.issue_time) {
        differs("IssueDate", format!("≥ {}", blue.issue_date), red.issue_date.to_string());
    }
    Some(findings)
}
