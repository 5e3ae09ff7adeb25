//! What the tests ask of a report.

use czei_codes::{Code, Severity};
use czei_core::{Check, Finding, Report, Status, Verdict};

/// The groups that did not pass, such as `unit_signature=failed binding=not-made`. Groups that a
/// valid receipt does not need are left out while they were not made.
pub(crate) fn open(report: &Report) -> String {
    let open = report.checks.iter().filter(|(check, status)| match status {
        Status::Passed => false,
        Status::NotMade => check.is_required(),
        Status::Failed | Status::Indeterminate => true,
    });
    open.map(|(check, status)| format!("{check}={status}")).collect::<Vec<_>>().join(" ")
}

/// Asserts the verdict and the finding that decides it, and returns that finding.
#[track_caller]
pub(crate) fn decided(report: &Report, verdict: Verdict, check: Check, code: impl Code) -> &Finding {
    let headline = report.headline();
    let found = headline.map(|finding| (report.verdict, finding.check, finding.entry.name));
    assert_eq!(found, Some((verdict, check, code.entry().name)), "{}", list(report));
    headline.unwrap()
}

/// Asserts that a receipt is invalid by one finding; the groups that did not pass are `open`.
#[track_caller]
pub(crate) fn invalid<'r>(report: &'r Report, check: Check, code: impl Code, expected_open: &str) -> &'r Finding {
    let finding = decided(report, Verdict::Invalid, check, code);
    assert_eq!(open(report), expected_open, "{}", list(report));
    finding
}

/// The same for a receipt that cannot be judged.
#[track_caller]
pub(crate) fn indeterminate<'r>(report: &'r Report, check: Check, code: impl Code, expected_open: &str) -> &'r Finding {
    let finding = decided(report, Verdict::Indeterminate, check, code);
    assert_eq!(open(report), expected_open, "{}", list(report));
    finding
}

/// Asserts a valid receipt and, besides the notes that every receipt has, exactly these findings.
#[track_caller]
pub(crate) fn valid(report: &Report, findings: &[&str]) {
    assert_eq!(report.verdict, Verdict::Valid, "{}", list(report));
    assert_eq!(open(report), "");
    assert!(report.headline().is_none());
    const USUAL: [&str; 2] = ["revocation-not-checked", "signature-time-unproved"];
    let found: Vec<_> =
        report.findings.iter().map(|each| each.entry.name).filter(|name| !USUAL.contains(name)).collect();
    assert_eq!(found, findings, "{}", list(report));
}

/// The finding with this code in this group.
#[track_caller]
pub(crate) fn finding(report: &Report, check: Check, code: impl Code) -> &Finding {
    let found = report.findings.iter().find(|each| each.check == check && each.entry == code.entry());
    found.unwrap_or_else(|| panic!("no {} in {check}:\n{}", code.entry().name, list(report)))
}

/// The path of a finding's place.
pub(crate) fn path(finding: &Finding) -> &str {
    finding.place.path.as_deref().unwrap_or_default()
}

pub(crate) fn list(report: &Report) -> String {
    let line = |each: &Finding| {
        let weight = if each.severity >= Severity::Indeterminate { "*" } else { " " };
        format!("{weight} {} {}: {} at {}\n", each.check, each.entry.name, each.message_en(), each.place)
    };
    report.findings.iter().map(line).collect()
}
