//! Binding: the signer is the unit that the receipt names, or its delegate.

use czei_pki::Certificate;

use crate::Code;
use crate::model::Unit;

use super::policy::{Binding, Policy};
use super::signers::KnownSigner;
use super::{Check, Finding};

/// The finding about the signer of a receipt of `unit`; `None` when the binding is shown.
///
/// A row of the table for the unit's code decides in every mode: it is what the policy's owner
/// knows, and a certificate's name is only what its CA wrote.
pub(super) fn check(policy: &Policy, unit: &Unit, known: &KnownSigner) -> Option<Finding> {
    let signer = &*known.certificate;
    let code = unit.code.as_str();
    let rows: Vec<_> = policy.units.iter().filter(|row| row.code == code).collect();
    if !rows.is_empty() {
        if rows.iter().any(|row| known.is(&row.who)) {
            return None;
        }
        let delegate = rows.iter().flat_map(|row| &row.delegates).find(|delegate| is_unit(policy, delegate, known));
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
fn is_unit(policy: &Policy, code: &str, signer: &KnownSigner) -> bool {
    let mut rows = policy.units.iter().filter(|row| row.code == code).peekable();
    if rows.peek().is_some() {
        return rows.any(|row| signer.is(&row.who));
    }
    policy.binding != Binding::Table && carries_code(&signer.certificate, code)
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

/// A field of the subject carries the code: as its whole value, or as one part of a value whose
/// parts are joined by `@`, as some CAs write names. Never as a substring: short codes occur
/// anywhere.
///
/// The signer chooses the code that it writes, and could write its own country, city or name there.
/// So places and persons never count, and names only with what looks like a code.
fn carries_code(signer: &Certificate, code: &str) -> bool {
    const NEVER: [&str; 14] = [
        "C",
        "ST",
        "L",
        "STREET",
        "postalCode",
        "telephoneNumber",
        "SN",
        "GN",
        "initials",
        "generationQualifier",
        "title",
        "description",
        "businessCategory",
        "DC",
    ];
    const NAMES: [&str; 4] = ["CN", "O", "OU", "emailAddress"];
    signer.subject().attributes().any(|(kind, value)| {
        let identifies = !NAMES.contains(&&*kind) || is_code_like(code);
        !NEVER.contains(&&*kind) && identifies && (value == code || value.split('@').any(|part| part == code))
    })
}

/// Whether a text has the form of a registration code rather than of a name: 6 to 30 letters, digits
/// and hyphens, four digits at least.
fn is_code_like(code: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let digits = code.bytes().filter(u8::is_ascii_digit).count();
    (6..=30).contains(&code.len()) && digits >= 4 && code.bytes().all(fits)
}

fn finding(code: Code, expected: &str, found: &str) -> Finding {
    Finding::new(Check::Binding, code).expected(expected).found(found)
}
