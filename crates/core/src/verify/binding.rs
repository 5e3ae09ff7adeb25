//! Binding: the signer is the unit that the receipt names, or its delegate.

use czei_pki::Certificate;

use crate::Code;
use crate::model::Unit;

use super::policy::{Binding, Policy};
use super::{Check, Finding};

/// The finding about the signer of a receipt of `unit`; `None` when the binding is shown.
///
/// A row of the table for the unit's code decides in every mode: it is what the policy's owner
/// knows, and a certificate's name is only what its CA wrote.
pub(super) fn check(policy: &Policy, unit: &Unit, signer: &Certificate) -> Option<Finding> {
    let code = unit.code.as_str();
    let rows: Vec<_> = policy.units.iter().filter(|row| row.code == code).collect();
    if !rows.is_empty() {
        if rows.iter().any(|row| row.who.matches(signer)) {
            return None;
        }
        let delegate = rows.iter().flat_map(|row| &row.delegates).find(|delegate| is_unit(policy, delegate, signer));
        return Some(match delegate {
            Some(delegate) => finding(Code::BindingDelegate, code, delegate),
            None => finding(Code::BindingContradicts, code, &signer.subject().to_rfc4514()),
        });
    }
    let missed = match policy.binding {
        Binding::Any => return Some(Finding::new(Check::Binding, Code::BindingAny)),
        Binding::Table => Code::BindingNotShown,
        Binding::Name if carries_name(signer, unit.name.as_str()) => return None,
        Binding::Name if !carries_code(signer, code) => Code::BindingNotShown,
        Binding::Name if states_name(signer) => Code::BindingNameDiffers,
        Binding::Name => return None,
    };
    let expected = format!("{} ({code})", unit.name);
    Some(finding(missed, &expected, &signer.subject().to_rfc4514()))
}

/// Whether the signer is the unit with this code: by the table, else by the code in its subject.
fn is_unit(policy: &Policy, code: &str, signer: &Certificate) -> bool {
    let mut rows = policy.units.iter().filter(|row| row.code == code).peekable();
    if rows.peek().is_some() {
        return rows.any(|row| row.who.matches(signer));
    }
    policy.binding != Binding::Table && carries_code(signer, code)
}

/// O or CN equals the name, to the letter.
fn carries_name(signer: &Certificate, name: &str) -> bool {
    let subject = signer.subject();
    ["O", "CN"].iter().any(|kind| subject.values(kind).any(|value| value == name))
}

/// Whether the subject names anybody at all.
fn states_name(signer: &Certificate) -> bool {
    ["O", "CN"].iter().any(|kind| signer.subject().values(kind).next().is_some())
}

/// A field of the subject that holds identifiers is the code. Equality and not a substring: short
/// codes occur anywhere. Names and places are no identifiers: the signer chooses the code that it
/// writes, and could write its own country, city or name there.
fn carries_code(signer: &Certificate, code: &str) -> bool {
    const NOT_IDENTIFIERS: [&str; 17] = [
        "CN", "O", "C", "ST", "L", "STREET", "postalCode", "telephoneNumber", "SN", "GN", "initials",
        "generationQualifier", "title", "description", "businessCategory", "emailAddress", "DC",
    ];
    signer.subject().attributes().any(|(kind, value)| value == code && !NOT_IDENTIFIERS.contains(&&*kind))
}

fn finding(code: Code, expected: &str, found: &str) -> Finding {
    Finding::new(Check::Binding, code).expected(expected).found(found)
}
