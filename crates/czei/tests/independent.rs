//! Receipts of an independent maker (`testdata/independent`, Python, with its own SM2): good ones
//! are valid, and each departure gets the verdict that its maker says it deserves.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use chrono::{DateTime, Utc};
use czei::{Check, Report, Severity, Status, Verdict, Verifier};

fn maker() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/independent/make_receipts.py")
}

fn python(arguments: &[&str]) -> String {
    let output = Command::new("python3").arg(maker()).args(arguments).output().expect("python3 runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What a variant deserves, in the maker's words.
struct Expected {
    verdict: String,
    group: String,
}

fn variants() -> BTreeMap<String, Expected> {
    let listed = python(&["--list-variants"]);
    let rows = listed.lines().map(|line| {
        let columns: Vec<&str> = line.split('\t').collect();
        (columns[0].to_owned(), Expected { verdict: columns[1].to_owned(), group: columns[2].replace(' ', "_") })
    });
    rows.collect()
}

/// Every receipt in a folder with its report, under the folder's own policy.
fn reports(folder: &Path) -> Vec<(String, Report)> {
    let verifier = Verifier::from_policy_file(folder.join("policy.toml")).unwrap();
    let now: DateTime<Utc> = "2026-12-31T00:00:00Z".parse().unwrap();
    let mut reports = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "xml") {
            let report = verifier.verify_at(&std::fs::read(&path).unwrap(), now);
            reports.push((path.display().to_string(), report));
        }
    }
    assert!(!reports.is_empty(), "{}", folder.display());
    reports
}

/// `target` says whose signature departs, where a variant is one of signature values: then the
/// group of that signer decides.
fn judge(name: &str, expected: &Expected, target: &str, file: &str, report: &Report) {
    let seen = format!("{name}, {file}: {} {:?}", report.verdict, report.headline().map(|finding| finding.entry.name));
    match expected.verdict.as_str() {
        "finding" => {
            assert_eq!(report.verdict, Verdict::Valid, "{seen}");
            assert!(report.findings.iter().any(|finding| finding.severity == Severity::Warning), "{seen}");
        }
        verdict => assert_eq!(report.verdict.name(), verdict, "{seen}"),
    }
    if report.verdict == Verdict::Valid {
        return;
    }
    let groups = [expected.group.clone(), expected.group.replace("unit_", &format!("{target}_"))];
    let decided = Check::ALL.into_iter().filter(|check| groups.iter().any(|group| group == check.name()));
    let statuses: Vec<_> = decided.map(|check| report.checks.get(check)).collect();
    assert!(
        statuses.iter().any(|status| matches!(status, Status::Failed | Status::Indeterminate)),
        "{seen}: {groups:?} {statuses:?}"
    );
}

/// Makes every variant in one encoding and judges it.
fn every_variant(encoding: &str, target: &str) {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("independent-{encoding}-{target}"));
    let _ = std::fs::remove_dir_all(&out);
    python(&["--out", out.to_str().unwrap(), "--encoding", encoding, "--variant", "all", "--target", target]);
    let variants = variants();
    let mut judged = 0;
    for entry in std::fs::read_dir(&out).unwrap() {
        let folder = entry.unwrap().path();
        let name = folder.file_name().unwrap().to_str().unwrap();
        for (file, report) in reports(&folder) {
            judge(name, &variants[name], target, &file, &report);
            judged += 1;
        }
    }
    println!("{encoding}, {target}: {judged} receipts judged");
    assert!(judged > 100, "{judged}");
}

#[test]
fn the_maker_knows_its_own_answers() {
    python(&["--self-test"]);
}

#[test]
fn good_receipts_are_valid_in_every_encoding_and_joining() {
    for encoding in ["signed-data", "der", "raw", "attributes"] {
        for joining in ["hex-lower+element", "base64+value"] {
            let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("good-{encoding}-{joining}"));
            let _ = std::fs::remove_dir_all(&out);
            python(&["--out", out.to_str().unwrap(), "--encoding", encoding, "--joining", joining]);
            for (file, report) in reports(&out) {
                assert_eq!(report.verdict, Verdict::Valid, "{file}: {:#?}", report.findings);
            }
        }
    }
}

#[test]
fn variants_as_signed_data() {
    every_variant("signed-data", "unit");
}

#[test]
fn variants_as_der() {
    every_variant("der", "unit");
}

#[test]
fn variants_of_the_authority_as_raw() {
    every_variant("raw", "authority");
}
