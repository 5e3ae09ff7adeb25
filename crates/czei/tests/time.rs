//! The clock: the year's end at UTC+8, wrong clocks, a clock that goes back, and time zones.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod common;

use std::process::Command;

use common::{Province, against, draft, draft_of, number, receipt_code, time, told};
use czei::{Check, Clock, Status, SystemClock, Verdict};

#[test]
fn the_year_ends_at_utc_plus_8() {
    let province = Province::new();
    province.numbers.add_segment(receipt_code("32020127"), number(1), number(9)).unwrap();
    let next = draft_of("r-27", common::SCHOOL, "32020127");
    let next = province.issuer.draft_from_json(next.as_bytes()).unwrap();

    // 23:59:59 in China is 15:59:59 UTC: still 2026.
    province.clock.set(time("2026-12-31T15:59:59Z"));
    let last = province.unit_signed(&draft("r-26"));
    assert_eq!(last.content().issue_date.to_string(), "20261231");
    assert_eq!(last.content().issue_time.to_string(), "23:59:59");
    let error = province.issuer.issue(&next).unwrap_err();
    assert_eq!(told(&error), ("code-year-later", None, None));
    assert_eq!((error.expected_text(), error.found_text()), (Some("2026"), Some("2027")));
    assert_eq!(province.numbers.free(receipt_code("32020127")), 9);

    province.clock.set(time("2026-12-31T16:00:00Z"));
    let first = province.issuer.issue(&next).unwrap();
    assert_eq!(first.content().issue_date.to_string(), "20270101");
    assert_eq!(first.content().issue_time.to_string(), "00:00:00");
    assert_eq!(first.content().number, number(1));
}

#[test]
fn a_clock_in_the_past_issues_nothing() {
    let province = Province::new();
    let draft = province.issuer.draft_from_json(draft("r-1").as_bytes()).unwrap();
    for (now, name, found) in [
        ("2020-06-15T10:00:00+08:00", "code-year-later", "2026"),
        ("1970-01-01T00:00:00Z", "code-year-later", "2026"),
        // The right year, and before the certificate.
        ("2026-01-01T10:00:00+08:00", "certificate-not-yet-valid", "2026-01-01T10:00:00+08:00"),
    ] {
        province.clock.set(time(now));
        let error = province.issuer.issue(&draft).unwrap_err();
        assert_eq!((error.entry().name, error.found_text()), (name, Some(found)), "{now}");
    }
    assert_eq!(province.free(), 1000);
    province.clock.set(time(common::NOW));
    assert_eq!(province.issuer.issue(&draft).unwrap().content().number, number(1));
}

#[test]
fn a_clock_in_the_future_issues_nothing() {
    let province = Province::new();
    province.clock.set(time("2039-06-15T10:00:00+08:00"));
    let draft = province.issuer.draft_from_json(draft("r-1").as_bytes()).unwrap();
    let error = province.issuer.issue(&draft).unwrap_err();
    let subject = "CN=示例市实验中学,O=示例市实验中学,C=CN";
    assert_eq!(told(&error), ("certificate-expired", None, Some(subject)));
    assert_eq!(error.found_text(), Some("2039-06-15T10:00:00+08:00"));
    assert_eq!(province.free(), 1000);
}

#[test]
fn the_encryption_certificate_of_a_pair_issues_nothing() {
    use czei::pki::{CertificateTemplate, KeyUsage, LocalSigner};
    let key = czei::sm2::SigningKey::generate().unwrap();
    let province = Province::with(|units| {
        let own = units[0].signer.certificate();
        let template = CertificateTemplate {
            subject: own.subject().clone(),
            serial: vec![9],
            not_before: own.not_before(),
            not_after: own.not_after(),
            ca: None,
            key_usage: Some(KeyUsage::KEY_ENCIPHERMENT | KeyUsage::DATA_ENCIPHERMENT),
            extensions: vec![],
        };
        let certificate = std::sync::Arc::new(template.self_sign(&key).unwrap());
        units[0].signer = std::sync::Arc::new(LocalSigner::new(key, certificate).unwrap());
    });
    let draft = province.issuer.draft_from_json(draft("r-1").as_bytes()).unwrap();
    let error = province.issuer.issue(&draft).unwrap_err();
    assert_eq!(told(&error), ("usage-encryption", None, Some("CN=示例市实验中学,O=示例市实验中学,C=CN")));
    assert_eq!(province.free(), 1000);
}

#[test]
fn what_expires_soon_is_told_in_time() {
    let province = Province::new();
    let configuration = &province.configuration;
    let told = |now: &str, days| -> Vec<_> {
        let warnings = configuration.expiring(time(now).to_utc(), days);
        warnings.iter().map(|warning| (warning.entry().name, warning.place().path.clone().unwrap())).collect()
    };
    assert_eq!(told(common::NOW, 30), []);
    // Units and authority have five years from the day before, the CA ten.
    let soon = told("2031-05-20T00:00:00+08:00", 30);
    let signers = configuration.units.len() + configuration.authorities.len();
    assert_eq!(soon.len(), signers, "{soon:?}");
    assert!(soon.iter().all(|(name, _)| *name == "certificate-expires-soon"));
    assert!(soon.iter().any(|(_, subject)| subject.starts_with("CN=示例市实验中学")));
    assert_eq!(told("2031-05-20T00:00:00+08:00", 5), []);
    let later = told("2036-06-01T00:00:00+08:00", 30);
    assert_eq!(later.len(), 1, "the CA once, and not the expired: {later:?}");
}

#[test]
fn a_certificate_that_expired_after_the_reservation_signs_nothing() {
    let province = Province::new();
    let failing = common::Failing::new(province.configuration.units[0].signer.clone());
    let mut units = province.configuration.units.clone();
    units[0].signer = failing.clone();
    let issuer =
        czei::Issuer::new(units, province.numbers.clone(), province.verifier.clone(), province.clock.clone()).unwrap();
    let draft = issuer.draft_from_json(draft("r-1").as_bytes()).unwrap();
    assert_eq!(issuer.issue(&draft).unwrap_err().entry().name, "signing-stopped");
    failing.works.store(true, std::sync::atomic::Ordering::SeqCst);
    province.clock.set(time("2039-06-15T10:00:00+08:00"));
    let error = issuer.issue(&draft).unwrap_err();
    assert_eq!(error.entry().name, "certificate-expired");
    assert_eq!(error.place().file.as_deref(), Some("32020126-0000000001"));
}

#[test]
fn a_clock_that_goes_back_takes_no_part_in_numbers() {
    let province = Province::new();
    let first = province.receipt(&draft("r-1"));
    province.clock.set(time("2026-06-15T09:00:00+08:00"));
    let second = province.receipt(&draft("r-2"));
    assert_eq!([&first, &second].map(|receipt| receipt.content().number), [number(1), number(2)]);
    assert!(second.content().issued_at() < first.content().issued_at());
    // Seen from the earlier time, the first lies in the future: a warning, and valid.
    let report = province.verifier.verify(first.as_bytes());
    assert_eq!(report.verdict, Verdict::Valid, "{:?}", against(&report));
    let finding = report.findings.iter().find(|finding| finding.entry.name == "issue-in-future").unwrap();
    assert_eq!(finding.check, Check::Time);
    assert_eq!(finding.found.as_deref(), Some("2026-06-15T02:11:12+00:00"));
}

#[test]
fn what_has_expired_since_is_indeterminate() {
    let province = Province::new();
    let receipt = province.receipt(&draft("r-1"));
    let report = province.verifier.verify_at(receipt.as_bytes(), time("2033-01-01T00:00:00Z"));
    assert_eq!(report.verdict, Verdict::Indeterminate);
    assert!(!against(&report).is_empty());
    assert!(against(&report).iter().all(|found| *found == (Check::Time, "since-expired")), "{:?}", against(&report));
    assert_eq!(report.checks.get(Check::Time), Status::Indeterminate);
}

/// Prints the offset of the system's clock and the bytes of a receipt; run by the test below in an
/// environment of its own.
#[test]
#[ignore = "run by the_time_zone_of_the_environment_changes_nothing"]
fn prints_what_depends_on_the_time_zone() {
    let province = Province::with(|units| {
        units[0].check_code = czei::CheckCodeRule::Keyed(b"secret".to_vec().into());
    });
    let signed = province.unit_signed(&draft("r-1"));
    let original = String::from_utf8(signed.original().to_vec()).unwrap();
    let element = String::from_utf8(signed.signature_element().to_vec()).unwrap();
    let time = element.split("SignatureTime>").nth(1).unwrap();
    println!("OUTPUT {} {original} {time}", SystemClock.now().offset());
}

#[test]
fn the_time_zone_of_the_environment_changes_nothing() {
    let run = |zone: Option<&str>| {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--ignored", "--exact", "--nocapture", "prints_what_depends_on_the_time_zone"]);
        match zone {
            Some(zone) => command.env("TZ", zone),
            None => command.env_remove("TZ"),
        };
        let output = String::from_utf8(command.output().unwrap().stdout).unwrap();
        // The harness may print on the same line before.
        let (_, told) = output.split_once("OUTPUT ").unwrap_or_else(|| panic!("{output}"));
        told.lines().next().unwrap().to_owned()
    };
    let expected = run(None);
    assert!(expected.starts_with("+08:00 <Header>"), "{expected}");
    assert!(expected.contains("<IssueTime>10:11:12</IssueTime>"), "{expected}");
    assert!(expected.ends_with("20260615101112+0800</"), "{expected}");
    for zone in ["UTC", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati", ":nonsense", ""] {
        assert_eq!(run(Some(zone)), expected, "{zone}");
    }
}
