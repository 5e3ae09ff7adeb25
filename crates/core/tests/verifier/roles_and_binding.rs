//! Who may countersign, and whether the signer is the unit that the receipt names.

use std::sync::Arc;

use czei_codes::{Code as _, Severity};
use czei_core::{AuthorityRule, Binding, Check, Code, Policy, Report, UnitRule, Who};
use czei_pki::{Encoding, Name};

use crate::judge::{finding, indeterminate, invalid, valid};
use crate::province::{
    Party, Province, UNIT, UNIT_CODE, authority_rule, countersigned_by, original, original_with, province, verify_under,
};

// The authority

/// A receipt that another certificate of the same CA countersigned.
fn countersigned_under(policy: Policy, original: &str, authority: &Party) -> Report {
    let mut policy = policy;
    policy.certificates.add(Arc::clone(&authority.certificate));
    let unit = province().unit_signature(original);
    verify_under(policy, &countersigned_by(authority, original, &unit))
}

#[track_caller]
fn not_named(report: &Report) {
    let found = indeterminate(
        report,
        Check::AuthorityCertificate,
        Code::AuthorityNotNamed,
        "authority_certificate=indeterminate",
    );
    assert_eq!(found.expected.as_deref(), Some("320682"));
}

#[test]
fn a_second_certificate_under_the_same_root_countersigns() {
    let p = province();
    for subject in [
        "CN=另一单位,O=另一单位,C=CN",
        "CN=示例市财政局下属单位,O=示例市财政局,C=CN", // the name runs on
        "CN=示例市,O=示例市财政局,C=CN",               // the name stops short
        "OU=示例市财政局,CN=x,C=CN",                   // the name in another field
        "CN=CN=示例市财政局,C=CN",                     // the rule as a value
        "CN=示例市财政局 2,C=CN",
    ] {
        not_named(&countersigned_under(p.policy(), &original(), &p.another(subject, 21)));
    }
}

#[test]
fn another_unit_of_the_same_authority_s_ca_countersigns_its_neighbour() {
    let p = province();
    let neighbour = p.another(&format!("CN={UNIT},O={UNIT},C=CN"), 21);
    not_named(&countersigned_under(p.policy(), &original(), &neighbour));
}

#[test]
fn without_rules_nobody_is_an_authority() {
    let mut policy = province().policy();
    policy.authorities.clear();
    not_named(&verify_under(policy, &province().signed(&original())));
}

#[test]
fn areas_are_prefixes() {
    let p = province();
    let receipt = p.signed(&original());
    for (areas, named) in [
        (&["3206"][..], true),
        (&["320682"], true),
        (&["3"], true),
        (&["11", "32"], true),
        (&[], true),
        (&["11"], false),
        (&["06"], false),
        (&["0682"], false),
        (&["320683"], false),
        (&["3206821"], false),
    ] {
        let mut policy = p.policy();
        policy.authorities = vec![authority_rule(areas, "CN=示例市财政局")];
        let report = verify_under(policy, &receipt);
        if named { valid(&report, &[]) } else { not_named(&report) }
    }
}

#[test]
fn an_area_and_a_name_of_two_rules_do_not_add_up() {
    let p = province();
    let mut policy = p.policy();
    policy.authorities = vec![authority_rule(&["11"], "CN=示例市财政局"), authority_rule(&["32"], "CN=另一市财政局")];
    not_named(&verify_under(policy, &p.signed(&original())));
}

#[test]
fn an_authority_by_fingerprint() {
    let p = province();
    let by = |fingerprint: String| {
        let mut policy = p.policy();
        policy.authorities = vec![AuthorityRule { areas: Vec::new(), who: Who::Fingerprint(fingerprint) }];
        policy
    };
    let receipt = p.signed(&original());
    valid(&verify_under(by(p.authority.certificate.fingerprint()), &receipt), &[]);
    not_named(&verify_under(by(p.unit.certificate.fingerprint()), &receipt));
    not_named(&verify_under(by(String::new()), &receipt));
    // The same subject under another key has another fingerprint.
    let twin = p.another("CN=示例市财政局,O=示例市财政局,L=示例市,C=CN", 21);
    not_named(&countersigned_under(by(p.authority.certificate.fingerprint()), &original(), &twin));
}

#[test]
fn every_part_of_a_rule_counts() {
    let p = province();
    let receipt = p.signed(&original());
    for (subject, named) in [
        ("CN=示例市财政局,O=示例市财政局", true),
        ("O=示例市财政局,CN=示例市财政局", true),
        ("CN=示例市财政局,O=别的局", false),
        ("CN=示例市财政局,OU=x", false),
    ] {
        let mut policy = p.policy();
        policy.authorities = vec![authority_rule(&["32"], subject)];
        let report = verify_under(policy, &receipt);
        if named { valid(&report, &[]) } else { not_named(&report) }
    }
}

#[test]
fn the_anchors_of_the_roles_are_apart() {
    let p = province();
    let mut policy = p.policy();
    policy.authority_anchors = czei_pki::CertificateStore::new();
    let report = verify_under(policy, &p.signed(&original()));
    indeterminate(
        &report,
        Check::AuthorityCertificate,
        czei_pki::Code::NoTrustAnchor,
        "authority_certificate=indeterminate",
    );
}

#[test]
fn without_a_policy_nothing_is_trusted() {
    let report = verify_under(Policy::default(), &province().signed(&original()));
    indeterminate(
        &report,
        Check::UnitSignature,
        Code::CertificateNotAtHand,
        "unit_signature=indeterminate authority_signature=indeterminate unit_certificate=not-made \
         authority_certificate=not-made binding=not-made time=not-made",
    );
    let p = province();
    let unit = p.unit.unit_element(&p.unit.value(Encoding::SignedData, original().as_bytes()));
    let report = verify_under(Policy::default(), &p.countersigned(&original(), &unit));
    assert_eq!(report.status(Check::UnitCertificate), czei_core::Status::Indeterminate);
    finding(&report, Check::UnitCertificate, czei_pki::Code::NoTrustAnchor);
}

// The unit

/// A receipt that `unit` signed, countersigned well.
fn signed_by(unit: &Party, original: &str, policy: Policy) -> Report {
    let p = province();
    let mut policy = policy;
    policy.certificates.add(Arc::clone(&unit.certificate));
    let element = unit.unit_element(&unit.value(Encoding::Der, original.as_bytes()));
    verify_under(policy, &p.countersigned(original, &element))
}

/// The subject of a certificate of the same CA, and what it is towards the receipt's unit.
fn bound(subject: &str) -> Report {
    signed_by(&province().another(subject, 23), &original(), province().policy())
}

#[track_caller]
fn not_bound(report: &Report, code: Code) {
    let found = indeterminate(report, Check::Binding, code, "binding=indeterminate");
    assert_eq!(found.expected.as_deref(), Some("示例市不动产登记中心 (0104901)"));
}

#[test]
fn a_unit_signs_in_another_s_name() {
    for subject in [
        "CN=乙单位,O=乙单位,C=CN",
        "CN=示例市不动产登记中心分中心,O=乙单位,C=CN", // the name runs on
        "CN=示例市不动产登记,O=示例市,C=CN",           // the name stops short
        "OU=示例市不动产登记中心,O=乙单位,C=CN",       // the name as a department
        "CN=示例市不动产登记中心\u{200B},O=乙单位,C=CN",
    ] {
        not_bound(&bound(subject), Code::BindingNotShown);
    }
}

#[test]
fn the_name_in_o_or_cn() {
    valid(&bound("CN=王五,O=示例市不动产登记中心,C=CN"), &[]);
    valid(&bound("CN=示例市不动产登记中心,O=示例市,C=CN"), &[]);
    valid(&bound("CN=x,O=乙单位,O=示例市不动产登记中心,C=CN"), &[]);
}

#[test]
fn the_code_in_a_field_of_a_subject_without_a_name() {
    valid(&bound("OU=0104901,C=CN"), &[]);
    valid(&bound("organizationIdentifier=0104901,C=CN"), &[]);
    valid(&bound("serialNumber=0104901,C=CN"), &[]);
    valid(&bound("CN=0104901,C=CN"), &["binding-name-differs"]);
    valid(&bound("CN=乙单位@0104901@1,C=CN"), &["binding-name-differs"]);
    not_bound(&bound("CN=乙单位0104901,C=CN"), Code::BindingNotShown);
    not_bound(&bound("OU=00104901,C=CN"), Code::BindingNotShown);
    not_bound(&bound("serialNumber=010490,C=CN"), Code::BindingNotShown);
}

#[test]
fn the_own_code_under_another_s_name() {
    // Both are written by the signer: with the code alone it can take any name, which is why the
    // other name is reported and a policy can make it fail.
    let own = province().another("CN=乙单位,O=乙单位,OU=0204902,C=CN", 23);
    let forged = original_with("<InvoicingPartyCode>0104901", "<InvoicingPartyCode>0204902");
    valid(&signed_by(&own, &forged, province().policy()), &["binding-name-differs"]);
    let mut strict = province().policy();
    strict.set_severity(Code::BindingNameDiffers.entry(), Severity::Error).unwrap();
    let report = signed_by(&own, &forged, strict);
    let found = invalid(&report, Check::Binding, Code::BindingNameDiffers, "binding=failed");
    assert_eq!(found.expected.as_deref(), Some("示例市不动产登记中心 (0204902)"));
    // A row of the table settles it.
    let mut policy = province().policy();
    policy.units.push(UnitRule { code: "0204902".into(), who: subject("OU=0204902"), delegates: Vec::new() });
    valid(&signed_by(&own, &forged, policy), &[]);
}

#[test]
fn a_country_a_place_or_a_name_is_no_code() {
    let own = province().another("CN=Yi,L=Rugao,ST=Jiangsu,C=CN", 23);
    for code in ["CN", "Yi", "Rugao", "Jiangsu"] {
        let forged = original_with("<InvoicingPartyCode>0104901", &format!("<InvoicingPartyCode>{code}"));
        let report = signed_by(&own, &forged, province().policy());
        indeterminate(&report, Check::Binding, Code::BindingNotShown, "binding=indeterminate");
    }
}

#[test]
fn a_short_code_does_not_occur_inside_others() {
    let forged = original_with("<InvoicingPartyCode>0104901", "<InvoicingPartyCode>1");
    let own = province().another("CN=乙单位1,O=1 乙,OU=0104901,serialNumber=11,C=CN", 23);
    let report = signed_by(&own, &forged, province().policy());
    indeterminate(&report, Check::Binding, Code::BindingNotShown, "binding=indeterminate");
}

fn subject(parts: &str) -> Who {
    Who::Subject(Name::parse_rfc4514(parts).unwrap())
}

fn table(p: &Province, rows: Vec<UnitRule>, binding: Binding) -> Policy {
    let mut policy = p.policy();
    (policy.units, policy.binding) = (rows, binding);
    policy
}

fn row(code: &str, who: Who, delegates: &[&str]) -> UnitRule {
    UnitRule { code: code.into(), who, delegates: delegates.iter().map(|&code| code.into()).collect() }
}

#[test]
fn a_row_of_the_table_decides_in_every_mode() {
    let p = province();
    let receipt = p.signed(&original());
    for binding in [Binding::Name, Binding::Table, Binding::Any] {
        let rows = vec![row(UNIT_CODE, Who::Fingerprint(p.unit.certificate.fingerprint()), &[])];
        valid(&verify_under(table(p, rows, binding), &receipt), &[]);
        // The name is right and the certificate another: an error, not a doubt.
        let rows = vec![row(UNIT_CODE, Who::Fingerprint(p.authority.certificate.fingerprint()), &[])];
        let report = verify_under(table(p, rows, binding), &receipt);
        let found = invalid(&report, Check::Binding, Code::BindingContradicts, "binding=failed");
        assert_eq!(found.expected.as_deref(), Some("0104901"));
    }
}

#[test]
fn several_rows_for_one_code_are_alternatives() {
    let p = province();
    let rows = vec![row(UNIT_CODE, subject("O=以前的名称"), &[]), row(UNIT_CODE, subject(&format!("O={UNIT}")), &[])];
    valid(&verify_under(table(p, rows, Binding::Table), &p.signed(&original())), &[]);
}

#[test]
fn a_table_without_a_row_shows_nothing() {
    let p = province();
    let rows = vec![row("0104902", subject(&format!("O={UNIT}")), &[])];
    let report = verify_under(table(p, rows, Binding::Table), &p.signed(&original()));
    not_bound(&report, Code::BindingNotShown);
}

#[test]
fn a_delegate_of_the_table_signs() {
    let p = province();
    let delegate = p.another("CN=代开中心,O=代开中心,C=CN", 23);
    let by_row = || {
        vec![row(UNIT_CODE, subject(&format!("O={UNIT}")), &["0104999"]), row("0104999", subject("O=代开中心"), &[])]
    };
    let report = signed_by(&delegate, &original(), table(p, by_row(), Binding::Table));
    valid(&report, &["binding-delegate"]);
    assert_eq!(finding(&report, Check::Binding, Code::BindingDelegate).found.as_deref(), Some("0104999"));
    // Delegation does not go the other way, nor on to others.
    let other = p.another("CN=第三方,O=第三方,C=CN", 25);
    let mut rows = by_row();
    rows[1].delegates.push("0104998".into());
    rows.push(row("0104998", subject("O=第三方"), &[]));
    let report = signed_by(&other, &original(), table(p, rows, Binding::Table));
    invalid(&report, Check::Binding, Code::BindingContradicts, "binding=failed");
    let of_delegate = original_with("<InvoicingPartyCode>0104901", "<InvoicingPartyCode>0104999");
    let report = signed_by(&p.unit, &of_delegate, table(p, by_row(), Binding::Table));
    invalid(&report, Check::Binding, Code::BindingContradicts, "binding=failed");
}

#[test]
fn a_delegate_by_the_code_in_its_subject_only_where_the_mode_reads_subjects() {
    let p = province();
    let delegate = p.another("CN=代开中心,OU=0104999,C=CN", 23);
    let rows = || vec![row(UNIT_CODE, subject(&format!("O={UNIT}")), &["0104999"])];
    valid(&signed_by(&delegate, &original(), table(p, rows(), Binding::Name)), &["binding-delegate"]);
    let report = signed_by(&delegate, &original(), table(p, rows(), Binding::Table));
    invalid(&report, Check::Binding, Code::BindingContradicts, "binding=failed");
}

#[test]
fn any_signer_is_accepted_only_by_name_in_the_report() {
    let p = province();
    let other = p.another("CN=乙单位,O=乙单位,C=CN", 23);
    let report = signed_by(&other, &original(), table(p, Vec::new(), Binding::Any));
    valid(&report, &["binding-any"]);
    // Also for the right one: what was not checked is not said to be checked.
    let report = verify_under(table(p, Vec::new(), Binding::Any), &p.signed(&original()));
    valid(&report, &["binding-any"]);
}

// Usage

#[test]
fn certificates_that_may_not_sign() {
    use crate::province::{ca_template, issued, template};
    use czei_pki::{CertificateTemplate, KeyUsage};
    let p = province();
    let name = format!("CN={UNIT},O={UNIT},C=CN");
    let usage = |usage| CertificateTemplate { key_usage: usage, ..template(&name, 31) };
    for (template, code) in [
        (usage(Some(KeyUsage::KEY_ENCIPHERMENT | KeyUsage::KEY_AGREEMENT)), czei_pki::Code::UsageEncryption),
        (usage(Some(KeyUsage::CRL_SIGN)), czei_pki::Code::UsageNotSigning),
        (ca_template(&name, 31), czei_pki::Code::UsageNotSigning),
    ] {
        let report = signed_by(&issued(&template, &p.sub, 31), &original(), p.policy());
        invalid(&report, Check::UnitCertificate, code, "unit_certificate=failed");
    }
    valid(&signed_by(&issued(&usage(None), &p.sub, 31), &original(), p.policy()), &["usage-absent"]);
    valid(&signed_by(&issued(&usage(Some(KeyUsage::NON_REPUDIATION)), &p.sub, 31), &original(), p.policy()), &[]);
}

#[test]
fn an_issuer_that_is_no_ca() {
    use crate::province::{issued, template};
    // The unit, whose template says CA, issues a certificate to itself under another name.
    let p = province();
    let mut ca_like = crate::province::ca_template("CN=乙单位,O=乙单位,C=CN", 41);
    let issuing = issued(&ca_like, &p.sub, 41);
    ca_like.ca = None;
    let really = issued(&ca_like, &p.sub, 41);
    let unit = issued(&template(&format!("CN={UNIT},O={UNIT},C=CN"), 42), &issuing, 43);
    let mut policy = p.policy();
    policy.certificates.add(Arc::clone(&really.certificate));
    let report = signed_by(&unit, &original(), policy);
    invalid(&report, Check::UnitCertificate, czei_pki::Code::IssuerNotCa, "unit_certificate=failed");
}
