//! Times: when the receipt was issued, when certificates were valid, and when they are judged.

use chrono::{DateTime, Utc};
use czei_core::{Check, Code, JudgeTime, Report, Verifier};
use czei_pki::CertificateTemplate;

use crate::judge::{finding, indeterminate, invalid, path, valid};
use crate::province::{
    Party, UNIT, ca_template, issued, now, original, original_with, province, replaced, template, utc, verify,
};

/// A unit with other dates.
fn unit(from: &str, to: &str) -> Party {
    let name = format!("CN={UNIT},O={UNIT},C=CN");
    let template = CertificateTemplate { not_before: utc(from), not_after: utc(to), ..template(&name, 51) };
    issued(&template, &province().sub, 51)
}

fn signed_by(unit: &Party, original: &str, judge: JudgeTime, now: DateTime<Utc>) -> Report {
    let p = province();
    let mut policy = p.policy_with(&[&p.sub, unit, &p.authority]);
    policy.judge = judge;
    let element = unit.unit_element(&unit.value(czei_pki::Encoding::Der, original.as_bytes()));
    Verifier::new(policy).verify(p.countersigned(original, &element).as_bytes(), now)
}

#[test]
fn issued_before_or_after_the_certificate_was_valid() {
    // Issued at 2026-12-01 09:15:30 +08:00.
    for (from, to) in
        [("2026-12-01T01:15:31Z", "2036-01-01T00:00:00Z"), ("2026-01-01T00:00:00Z", "2026-12-01T01:15:29Z")]
    {
        let early = from > "2026-12-01";
        let report = signed_by(&unit(from, to), &original(), JudgeTime::Issue, now());
        let code = if early { czei_pki::Code::CertificateNotYetValid } else { czei_pki::Code::CertificateExpired };
        let found = invalid(&report, Check::UnitCertificate, code, "unit_certificate=failed time=failed");
        assert_eq!(path(found), "CN=示例市不动产登记中心,O=示例市不动产登记中心,C=CN");
        let outside = finding(&report, Check::Time, Code::IssueOutsideValidity);
        assert_eq!(outside.found.as_deref(), Some("2026-12-01T01:15:30+00:00"));
    }
}

#[test]
fn both_ends_of_the_validity_are_within() {
    let instant = "2026-12-01T01:15:30Z";
    valid(&signed_by(&unit(instant, "2036-01-01T00:00:00Z"), &original(), JudgeTime::Issue, now()), &[]);
    valid(&signed_by(&unit("2026-01-01T00:00:00Z", instant), &original(), JudgeTime::Issue, utc(instant)), &[]);
}

#[test]
fn issued_outside_is_an_error_whatever_the_time_of_judgement() {
    let late = unit("2026-12-01T01:15:31Z", "2036-01-01T00:00:00Z");
    for judge in [JudgeTime::Now, JudgeTime::At(utc("2027-01-01T00:00:00Z"))] {
        let report = signed_by(&late, &original(), judge, now());
        invalid(&report, Check::Time, Code::IssueOutsideValidity, "time=failed");
    }
}

#[test]
fn a_certificate_that_has_since_expired() {
    let short = unit("2026-11-01T00:00:00Z", "2026-12-01T12:00:00Z");
    // The issue time is the signer's word.
    let report = signed_by(&short, &original(), JudgeTime::Issue, now());
    let found = indeterminate(&report, Check::Time, Code::SinceExpired, "time=indeterminate");
    assert_eq!(found.found.as_deref(), Some("2026-12-01T12:00:00Z"));
    // A time that the policy's owner gives is not the signer's word.
    let given = JudgeTime::At(utc("2026-12-01T11:00:00Z"));
    valid(&signed_by(&short, &original(), given, now()), &[]);
    let report = signed_by(&short, &original(), JudgeTime::Now, now());
    invalid(&report, Check::UnitCertificate, czei_pki::Code::CertificateExpired, "unit_certificate=failed");
    let given = JudgeTime::At(utc("2026-12-01T13:00:00Z"));
    let report = signed_by(&short, &original(), given, now());
    invalid(&report, Check::UnitCertificate, czei_pki::Code::CertificateExpired, "unit_certificate=failed");
}

#[test]
fn a_ca_that_has_since_expired_and_one_renewed() {
    let p = province();
    let name = "CN=短 CA,O=示例财政电子认证,C=CN";
    let short = CertificateTemplate { not_after: utc("2026-12-01T12:00:00Z"), ..ca_template(name, 61) };
    let short = issued(&short, &p.root, 61);
    let renewed = issued(&ca_template(name, 62), &p.root, 61);
    let unit = issued(&template(&format!("CN={UNIT},O={UNIT},C=CN"), 63), &short, 63);
    let element = unit.unit_element(&unit.value(czei_pki::Encoding::Der, original().as_bytes()));
    let receipt = p.countersigned(&original(), &element);
    let under = |cas: &[&Party]| {
        let parties = [cas, &[&unit, &p.sub, &p.authority][..]].concat();
        Verifier::new(p.policy_with(&parties)).verify(receipt.as_bytes(), now())
    };
    let report = under(&[&short]);
    indeterminate(&report, Check::Time, Code::SinceExpired, "time=indeterminate");
    // The CA's new certificate keeps the unit's alive, in whatever order they are at hand.
    valid(&under(&[&short, &renewed]), &[]);
    valid(&under(&[&renewed, &short]), &[]);
}

#[test]
fn the_authority_s_certificate_is_judged_at_the_issue_time_too() {
    let p = province();
    let old =
        CertificateTemplate { not_after: utc("2026-11-30T00:00:00Z"), ..template("CN=示例市财政局,C=CN", 71) };
    let old = issued(&old, &p.sub, 71);
    let receipt = crate::province::countersigned_by(&old, &original(), &p.unit_signature(&original()));
    let report = Verifier::new(p.policy_with(&[&p.sub, &p.unit, &old])).verify(receipt.as_bytes(), now());
    invalid(
        &report,
        Check::AuthorityCertificate,
        czei_pki::Code::CertificateExpired,
        "authority_certificate=failed time=failed",
    );
}

#[test]
fn an_issue_date_in_the_future() {
    let tomorrow = original_with("<IssueDate>20261201", "<IssueDate>20261203");
    let report = verify(&province().signed(&tomorrow));
    valid(&report, &["issue-in-future"]);
    let found = finding(&report, Check::Time, Code::IssueInFuture);
    assert_eq!(found.found.as_deref(), Some("2026-12-03T01:15:30+00:00"));
}

#[test]
fn a_future_issue_date_makes_no_certificate_valid_before_its_time() {
    // Issued "next year" with a certificate of next year: nothing was signed later than now.
    let next = unit("2027-01-01T00:00:00Z", "2036-01-01T00:00:00Z");
    let text = original_with("<IssueDate>20261201", "<IssueDate>20270202");
    let report = signed_by(&next, &text, JudgeTime::Issue, now());
    let found =
        invalid(&report, Check::UnitCertificate, czei_pki::Code::CertificateNotYetValid, "unit_certificate=failed");
    assert_eq!(found.found.as_deref(), Some("2026-12-02T00:00:00Z"));
    finding(&report, Check::Time, Code::IssueInFuture);
}

#[test]
fn issue_time_is_read_at_utc_plus_eight() {
    // 2026-12-02 07:59:59 in Beijing is before, 08:00:01 after midnight of the second in UTC.
    let at = |time: &str| {
        let text = original_with("<IssueDate>20261201", "<IssueDate>20261202");
        verify(&province().signed(&replaced(&text, "<IssueTime>09:15:30", &format!("<IssueTime>{time}"))))
    };
    valid(&at("07:59:59"), &[]);
    valid(&at("08:00:00"), &[]);
    valid(&at("08:00:01"), &["issue-in-future"]);
}

#[test]
fn a_forged_signature_time_decides_nothing() {
    let p = province();
    let good = p.unit_signature(&original());
    for time in ["20160101000000+0800", "20991231235959+0000", "20261201101530"] {
        // Of the unit, countersigned that way; and of the authority, whose own nobody covers.
        let unit = replaced(&good, "20261201101530+0800", time);
        let report = verify(&p.countersigned(&original(), &unit));
        valid(&report, &[]);
        let found = finding(&report, Check::UnitSignature, Code::SignatureTimeUnproved);
        assert_eq!(found.found.as_deref(), Some(time));
        let receipt = p.countersigned(&original(), &good);
        let (before, after) = receipt.rsplit_once("20261201101530+0800").unwrap();
        let report = verify(&format!("{before}{time}{after}"));
        valid(&report, &[]);
        let found = finding(&report, Check::AuthoritySignature, Code::SignatureTimeUnproved);
        assert_eq!(path(found), "EInvoice/EInvoiceSignature/Signature[2]/SignatureTime");
    }
    for time in ["", "20261301000000+0800", "2026-12-01T10:15:30+08:00", "20261201101530+2500"] {
        let report = verify(&p.countersigned(&original(), &replaced(&good, "20261201101530+0800", time)));
        valid(&report, &["signature-time-malformed"]);
        let found = finding(&report, Check::UnitSignature, Code::SignatureTimeMalformed);
        assert_eq!(path(found), "EInvoice/EInvoiceSignature/Signature[1]/SignatureTime");
    }
}

#[test]
fn dates_after_2049() {
    // From 2050 on a certificate's dates are GeneralizedTime.
    let long = unit("2026-11-01T00:00:00Z", "2099-12-31T23:59:59Z");
    let tag = long.certificate.der().windows(2).any(|pair| pair == [0x18, 0x0f]);
    assert!(tag, "no GeneralizedTime");
    valid(&signed_by(&long, &original(), JudgeTime::Issue, now()), &[]);
    let report = signed_by(&unit("2050-01-01T00:00:00Z", "2060-01-01T00:00:00Z"), &original(), JudgeTime::Issue, now());
    invalid(
        &report,
        Check::UnitCertificate,
        czei_pki::Code::CertificateNotYetValid,
        "unit_certificate=failed time=failed",
    );
}

#[test]
fn without_a_readable_issue_time_certificates_are_judged_now() {
    let short = unit("2026-11-01T00:00:00Z", "2026-12-01T12:00:00Z");
    let text = original_with("<IssueTime>09:15:30", "<IssueTime>24:00:00");
    let report = signed_by(&short, &text, JudgeTime::Issue, now());
    invalid(
        &report,
        Check::Form,
        Code::IssueTime,
        "form=failed codes=not-made totals=not-made unit_certificate=failed binding=not-made time=not-made",
    );
    finding(&report, Check::UnitCertificate, czei_pki::Code::CertificateExpired);
}
