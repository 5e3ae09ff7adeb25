//! What a policy may change, and what not.

use czei_codes::{Code as _, Severity};
use czei_core::xml::Limits;
use czei_core::{Check, Code, Policy, RevocationRule, Status};

use crate::judge::{finding, indeterminate, invalid, path, valid};
use crate::province::{original, original_with, province, verify_under};

fn raised(code: Code, severity: Severity) -> Policy {
    let mut policy = province().policy();
    policy.set_severity(code.entry(), severity).unwrap();
    policy
}

#[test]
fn a_warning_raised_to_an_error() {
    let text = original_with("<ItemQuantity>1", "<ItemQuantity>2");
    let receipt = province().signed(&text);
    let report = verify_under(raised(Code::QuantityStandard, Severity::Error), &receipt);
    let found = invalid(&report, Check::Totals, Code::QuantityStandard, "totals=failed");
    assert_eq!(path(found), "EInvoice/EInvoiceData/Details/Item[1]");
    let report = verify_under(raised(Code::QuantityStandard, Severity::Indeterminate), &receipt);
    indeterminate(&report, Check::Totals, Code::QuantityStandard, "totals=indeterminate");
    let report = verify_under(raised(Code::QuantityStandard, Severity::Note), &receipt);
    valid(&report, &["quantity-standard"]);
    assert_eq!(finding(&report, Check::Totals, Code::QuantityStandard).severity, Severity::Note);
}

#[test]
fn a_note_raised_to_an_error() {
    let receipt = format!("\u{FEFF}{}", province().signed(&original()));
    valid(&verify_under(province().policy(), &receipt), &["bom"]);
    let report = verify_under(raised(Code::Bom, Severity::Error), &receipt);
    let found = invalid(&report, Check::Form, Code::Bom, "form=failed");
    assert_eq!((found.place.line, found.place.column), (Some(1), Some(1)));
    // Data of a document whose form failed is not shown.
    assert!(report.content.is_none());
}

#[test]
fn codes_totals_and_check_code_may_be_lowered() {
    let receipt = province().signed(&original_with("<TotalAmount>90.00", "<TotalAmount>90.01"));
    let report = verify_under(raised(Code::TotalMismatch, Severity::Warning), &receipt);
    valid(&report, &["total-mismatch"]);
    for code in [Code::IdMismatch, Code::TagMismatch, Code::YearLater, Code::CheckCodeMismatch, Code::BlueNegative] {
        let mut policy = province().policy();
        policy.set_severity(code.entry(), Severity::Note).unwrap();
        assert_eq!(policy.severity_of(code.entry(), Severity::Error), Severity::Note);
    }
}

#[test]
fn what_carries_trust_may_not_be_lowered() {
    let mut policy = province().policy();
    let core = [
        Code::AuthoritySignatureMissing,
        Code::UnitSignatureMissing,
        Code::CertificateNotAtHand,
        Code::KeyInfoNamesAnother,
        Code::SameKey,
        Code::AuthorityNotNamed,
        Code::BindingNotShown,
        Code::BindingContradicts,
        Code::IssueOutsideValidity,
        Code::SinceExpired,
        Code::RevocationUnknown,
        Code::ElementTwice,
        Code::PartTwice,
        Code::Unsigned,
        Code::Doctype,
        Code::LimitBytes,
    ]
    .map(Code::entry);
    let pki = [
        czei_pki::Code::SignatureWrong,
        czei_pki::Code::NoTrustAnchor,
        czei_pki::Code::CertificateExpired,
        czei_pki::Code::ContentDiffers,
        czei_pki::Code::PathBudget,
    ]
    .map(czei_pki::Code::entry);
    for entry in core.into_iter().chain(pki) {
        let lower = if entry.severity == Severity::Error { Severity::Indeterminate } else { Severity::Warning };
        for severity in [lower, Severity::Note] {
            let error = policy.set_severity(entry, severity).unwrap_err();
            assert_eq!(error.code(), Code::SeverityNotLowerable, "{}", entry.name);
            assert_eq!(policy.severity_of(entry, entry.severity), entry.severity);
        }
        policy.set_severity(entry, Severity::Error).unwrap();
    }
}

#[test]
fn raising_unit_only_to_an_error() {
    let p = province();
    let document = crate::province::document(&original(), &[&p.unit_signature(&original())]);
    let report = verify_under(raised(Code::AuthoritySignatureMissing, Severity::Error), &document);
    invalid(
        &report,
        Check::AuthoritySignature,
        Code::AuthoritySignatureMissing,
        "authority_signature=failed authority_certificate=not-made",
    );
}

#[test]
fn revocation_required_and_unknown_is_indeterminate() {
    let p = province();
    let receipt = p.signed(&original());
    let report = verify_under(with_revocation(RevocationRule::Required), &receipt);
    indeterminate(
        &report,
        Check::UnitCertificate,
        Code::RevocationUnknown,
        "unit_certificate=indeterminate authority_certificate=indeterminate",
    );
    for revocation in [RevocationRule::IfAvailable, RevocationRule::Off] {
        let report = verify_under(with_revocation(revocation), &receipt);
        valid(&report, &[]);
        finding(&report, Check::UnitCertificate, Code::RevocationNotChecked);
        finding(&report, Check::AuthorityCertificate, Code::RevocationNotChecked);
    }
}

fn with_revocation(revocation: RevocationRule) -> Policy {
    let mut policy = province().policy();
    policy.revocation = revocation;
    policy
}

#[test]
fn a_policy_that_accepts_nothing() {
    let receipt = province().signed(&original());
    let mut policy = province().policy();
    policy.user_ids.clear();
    let report = verify_under(policy, &receipt);
    invalid(
        &report,
        Check::UnitSignature,
        czei_pki::Code::SignatureWrong,
        "unit_signature=failed authority_signature=failed",
    );
    let mut policy = province().policy();
    policy.joinings.clear();
    let report = verify_under(policy, &receipt);
    invalid(&report, Check::AuthoritySignature, czei_pki::Code::SignatureWrong, "authority_signature=failed");
    let mut policy = province().policy();
    policy.encodings.clear();
    let report = verify_under(policy, &receipt);
    assert_eq!(report.status(Check::UnitSignature), Status::Failed);
    finding(&report, Check::UnitSignature, Code::EncodingNotAccepted);
}

#[test]
fn another_user_id_of_certificates_only_by_the_policy() {
    use czei_sm2::UserId;
    let mut policy = province().policy();
    policy.certificate_user_ids = vec![UserId::EMPTY];
    let report = verify_under(policy, &province().signed(&original()));
    invalid(
        &report,
        Check::UnitCertificate,
        czei_pki::Code::CertificateSignatureWrong,
        "unit_certificate=failed authority_certificate=failed",
    );
}

#[test]
fn limits_of_the_policy_are_kept() {
    let receipt = province().signed(&original());
    let limited = |limits: Limits| {
        let mut policy = province().policy();
        policy.limits = limits;
        verify_under(policy, &receipt)
    };
    let standard = Limits::default();
    for (limits, code) in [
        (Limits { bytes: receipt.len() - 1, ..standard }, Code::LimitBytes),
        (Limits { items: 1, ..standard }, Code::LimitItems),
        (Limits { depth: 4, ..standard }, Code::LimitDepth),
        (Limits { elements: 20, ..standard }, Code::LimitElements),
    ] {
        let report = limited(limits);
        invalid(
            &report,
            Check::Form,
            code,
            "form=failed codes=not-made totals=not-made unit_signature=not-made authority_signature=not-made \
             unit_certificate=not-made authority_certificate=not-made binding=not-made time=not-made",
        );
    }
    valid(&limited(Limits { bytes: receipt.len(), items: 2, ..standard }), &[]);
}

#[test]
fn the_keyed_check_code_is_recomputed_with_the_secret() {
    use czei_core::{CheckCode, KeyedFields};
    let p = province();
    let content = verify_under(p.policy(), &p.signed(&original())).content.unwrap();
    let fields = KeyedFields {
        code: content.code,
        number: content.number,
        issue_date: content.issue_date,
        unit_code: content.unit.code.as_str(),
        payer_name: content.payer.name.as_str(),
        total: content.total,
    };
    let keyed = CheckCode::keyed(b"secret", &fields).to_string();
    let mut policy = p.policy();
    policy.check_code_secret = Some(b"secret".to_vec().into());
    let report = verify_under(policy.clone(), &p.signed(&original_with("07892e", &keyed)));
    valid(&report, &[]);
    assert_eq!(report.status(Check::CheckCode), Status::Passed);
    let report = verify_under(policy, &p.signed(&original()));
    let found = invalid(&report, Check::CheckCode, Code::CheckCodeMismatch, "check_code=failed");
    assert_eq!(path(found), "EInvoice/EInvoiceData/Main/RandomNumber");
    // The right one is as good as the secret: it is not printed.
    assert!(!report.to_json("f", "t").contains(&keyed));
}
