//! The policy file: every key, and every error with its file and key.
#![allow(clippy::unwrap_used)]

mod common;

use std::path::Path;

use common::{NOW, Province, TestFolder, draft, time, told};
use czei::core::{Binding, Compat, JudgeTime, RevocationRule, Who};
use czei::sm2::Sm3;
use czei::{FixedClock, Sandbox, SandboxPlan, Severity, SystemFiles, Verdict, Verifier, load_policy};

struct Folder(TestFolder);

impl Folder {
    fn new() -> Self {
        let folder = TestFolder::new();
        Sandbox::create(folder.path("s"), &SandboxPlan::default(), &FixedClock::at(time(NOW))).unwrap();
        Folder(folder)
    }

    fn load(&self, text: impl AsRef<[u8]>) -> czei::Result<czei::Policy> {
        std::fs::write(self.0.path("s/policy.toml"), text).unwrap();
        load_policy(self.0.path("s/policy.toml"))
    }

    fn file(&self, name: &str) -> String {
        self.0.path("s").join(name).display().to_string()
    }
}

#[test]
fn every_key_is_read() {
    let folder = Folder::new();
    czei::files::write_secret(folder.0.path("s/check.secret"), b"secret\r\n").unwrap();
    let fingerprint = "AB".repeat(32);
    let text = format!(
        r#"v = 1
[trust]
unit         = ["ca/root.crt"]
authority    = ["ca/root.crt", "certs/authority.crt"]
certificates = ["ca/sub.crt", "certs/*.crt"]
crls         = []
[[authority]]
area         = ["3206", "3205"]
subject      = "CN=示例市财政局"
[[authority]]
area         = ["3"]
fingerprint  = "SM3:{fingerprint}"
[unit]
binding      = "table"
[[unit.table]]
code         = "0104901"
subject      = "CN=示例市不动产登记中心"
delegates    = ["0104902"]
[[unit.table]]
code         = "0104902"
fingerprint  = "sm3:{fingerprint}"
[judge]
time         = "2026-12-01T00:00:00+08:00"
revocation   = "off"
[accept]
joinings     = ["raw+value", "hex-lower+element"]
encodings    = ["der"]
user_ids     = ["ALICE", ""]
certificate_user_ids = ["BOB"]
compat       = ["no-z-content", "no-z-contentinfo"]
[severity]
"CZ5202" = "error"
"region-mismatch" = "note"
"5703" = "error"
[limits]
bytes = 1000
items = 5
[check_code]
secret_file = "check.secret"
"#
    );
    let policy = folder.load(&text).unwrap();
    assert_eq!((policy.unit_anchors.len(), policy.authority_anchors.len()), (1, 2));
    assert_eq!(policy.certificates.len(), 5);
    assert_eq!(policy.authorities[0].areas, ["3206", "3205"]);
    assert!(matches!(&policy.authorities[0].who, Who::Subject(name) if name.to_rfc4514() == "CN=示例市财政局"));
    assert_eq!(policy.authorities[1].areas, ["3"]);
    let who = |who: &Who| matches!(who, Who::Fingerprint(text) if *text == format!("sm3:{}", "ab".repeat(32)));
    assert!(who(&policy.authorities[1].who) && who(&policy.units[1].who));
    assert_eq!(policy.binding, Binding::Table);
    assert_eq!((policy.units[0].code.as_str(), &*policy.units[0].delegates), ("0104901", &["0104902".to_owned()][..]));
    assert_eq!(policy.judge, JudgeTime::At(time("2026-11-30T16:00:00Z")));
    assert_eq!(policy.revocation, RevocationRule::Off);
    assert_eq!(
        policy.joinings.iter().map(|joining| joining.name()).collect::<Vec<_>>(),
        ["raw+value", "hex-lower+element"]
    );
    assert_eq!(policy.encodings, [czei::pki::Encoding::Der]);
    assert_eq!(policy.user_ids.iter().map(|id| id.as_bytes()).collect::<Vec<_>>(), [&b"ALICE"[..], b""]);
    assert_eq!(policy.certificate_user_ids[0].as_bytes(), b"BOB");
    assert_eq!(policy.compat, [Compat::NoZContent, Compat::NoZContentInfo]);
    for (name, severity) in [("5202", Severity::Error), ("5103", Severity::Note), ("5703", Severity::Error)] {
        let entry = czei::explain(name).unwrap();
        assert_eq!(policy.severity_of(entry, entry.severity), severity, "{name}");
    }
    assert_eq!((policy.limits.bytes, policy.limits.items, policy.limits.depth), (1000, 5, 32));
    assert_eq!(**policy.check_code_secret.as_ref().unwrap(), b"secret"[..]);
    assert_eq!(policy.digest, Some(Sm3::digest(text.as_bytes())));
}

#[test]
fn what_is_left_out_is_as_documented() {
    let policy = Folder::new().load("v = 1").unwrap();
    assert!(policy.unit_anchors.is_empty() && policy.authority_anchors.is_empty() && policy.certificates.is_empty());
    assert!(policy.authorities.is_empty() && policy.units.is_empty());
    assert_eq!(
        (policy.binding, policy.judge, policy.revocation),
        (Binding::Name, JudgeTime::Issue, RevocationRule::IfAvailable)
    );
    assert_eq!(policy.joinings, [czei::core::Joining::default()]);
    assert_eq!(policy.encodings.len(), 3);
    assert_eq!(policy.user_ids, [czei::sm2::UserId::DEFAULT]);
    assert!(policy.compat.is_empty() && policy.check_code_secret.is_none());
}

#[test]
fn each_error_names_its_key() {
    let folder = Folder::new();
    let path = folder.file("policy.toml");
    let authority = |lines: &str| format!("v = 1\n[[authority]]\n{lines}");
    let digits = "a".repeat(64);
    for (text, name, key) in [
        ("", "toml-missing-key", None),
        ("v = 2", "toml-version", Some("v")),
        ("v = \"1\"", "toml-type", Some("v")),
        ("v = 1\nv = 1", "toml-syntax", None),
        ("v = 1\n[trust]\nroots = []", "toml-unknown-key", Some("trust.roots")),
        ("v = 1\n[trusts]", "toml-unknown-key", Some("trusts")),
        ("v = 1\n[trust]\nunit = \"a.crt\"", "toml-type", Some("trust.unit")),
        ("v = 1\n[trust]\ncrls = [\"certs/*.crl\"]", "certificates-pattern-empty", Some("trust.crls[0]")),
        (
            "v = 1\n[trust]\ncertificates = [\"certs/*.pem\"]",
            "certificates-pattern-empty",
            Some("trust.certificates[0]"),
        ),
        (
            "v = 1\n[trust]\ncertificates = [\"ca/sub.crt\", \"c*/a.crt\"]",
            "setting-value",
            Some("trust.certificates[1]"),
        ),
        (&authority("subject = \"CN=a\""), "toml-missing-key", Some("authority[0]")),
        (&authority("area = [\"32x\"]\nsubject = \"CN=a\""), "setting-value", Some("authority[0].area[0]")),
        (&authority("area = [\"3206001\"]\nsubject = \"CN=a\""), "setting-value", Some("authority[0].area[0]")),
        (&authority("area = []\nsubject = \"CN=a\""), "setting-value", Some("authority[0].area")),
        (&authority("area = [\"\"]\nsubject = \"CN=a\""), "setting-value", Some("authority[0].area[0]")),
        (&authority("area = [\"32\"]"), "subject-or-fingerprint", Some("authority[0]")),
        (
            &authority(&format!("area = [\"32\"]\nsubject = \"CN=a\"\nfingerprint = \"sm3:{digits}\"")),
            "subject-or-fingerprint",
            Some("authority[0]"),
        ),
        (
            &authority("area = [\"32\"]\nsubject = \"示例市财政局\""),
            "name-text-malformed",
            Some("authority[0].subject"),
        ),
        (&authority("area = [\"32\"]\nsubject = \"\""), "name-text-empty", Some("authority[0].subject")),
        (
            &authority(&format!("area = [\"32\"]\nfingerprint = \"{digits}\"")),
            "setting-value",
            Some("authority[0].fingerprint"),
        ),
        (&authority("area = [\"32\"]\nfingerprint = \"sm3:ab\""), "setting-value", Some("authority[0].fingerprint")),
        ("v = 1\n[unit]\nbinding = \"all\"", "setting-unknown", Some("unit.binding")),
        ("v = 1\n[[unit.table]]\ncode = \"\"\nsubject = \"CN=a\"", "setting-value", Some("unit.table[0].code")),
        ("v = 1\n[[unit.table]]\ncode = \"1\"", "subject-or-fingerprint", Some("unit.table[0]")),
        ("v = 1\n[[unit.table]]\nsubject = \"CN=a\"", "toml-missing-key", Some("unit.table[0]")),
        ("v = 1\njudge = [\"now\"]", "toml-type", Some("judge")),
        ("v = 1\ntrust = [[], [], [], []]", "toml-type", Some("trust")),
        ("v = 1\nauthority = [[[\"32\"], \"CN=a\"]]", "toml-type", Some("authority[0]")),
        ("v = 1\n[unit]\ntable = [[\"1\", \"CN=a\"]]", "toml-type", Some("unit.table[0]")),
        ("v = 1\nlimits = [1000]", "toml-type", Some("limits")),
        ("v = 1\ncheck_code = [\"a\"]", "toml-type", Some("check_code")),
        ("v = 1\n[judge]\ntime = 2026-12-01", "setting-value", Some("judge.time")),
        ("v = 1\n[judge]\ntime = 20261201", "toml-type", Some("judge.time")),
        (
            "v = 1\n[severity]\n\"5103\" = \"note\"\nregion-mismatch = \"note\"",
            "severity-twice",
            Some("severity.region-mismatch"),
        ),
        ("v = 1\n[judge]\ntime = \"yesterday\"", "setting-value", Some("judge.time")),
        ("v = 1\n[judge]\ntime = \"2026-12-01T00:00:00\"", "setting-value", Some("judge.time")),
        ("v = 1\n[judge]\nrevocation = \"maybe\"", "setting-unknown", Some("judge.revocation")),
        ("v = 1\n[accept]\njoinings = [\"hex-lower+element\", \"hex\"]", "setting-unknown", Some("accept.joinings[1]")),
        ("v = 1\n[accept]\njoinings = []", "setting-value", Some("accept.joinings")),
        ("v = 1\n[accept]\nencodings = [\"pem\"]", "setting-unknown", Some("accept.encodings[0]")),
        ("v = 1\n[accept]\nencodings = []", "setting-value", Some("accept.encodings")),
        ("v = 1\n[accept]\nuser_ids = []", "setting-value", Some("accept.user_ids")),
        (
            &format!("v = 1\n[accept]\nuser_ids = [\"{}\"]", "x".repeat(8192)),
            "user-id-too-long",
            Some("accept.user_ids[0]"),
        ),
        ("v = 1\n[accept]\ncompat = [\"no-z\"]", "setting-unknown", Some("accept.compat[0]")),
        ("v = 1\n[severity]\nCZ0001 = \"error\"", "severity-code-unknown", Some("severity.CZ0001")),
        ("v = 1\n[severity]\nCZ5404 = \"fatal\"", "setting-unknown", Some("severity.CZ5404")),
        ("v = 1\n[severity]\nCZ5404 = \"warning\"", "severity-not-lowerable", Some("severity.CZ5404")),
        (
            "v = 1\n[severity]\nauthority-not-named = \"note\"",
            "severity-not-lowerable",
            Some("severity.authority-not-named"),
        ),
        ("v = 1\n[limits]\nbyte = 1", "toml-unknown-key", Some("limits.byte")),
        ("v = 1\n[limits]\nbytes = -1", "toml-type", Some("limits.bytes")),
        ("v = 1\n[check_code]", "toml-missing-key", Some("check_code")),
    ] {
        let error = folder.load(text).unwrap_err();
        assert_eq!(told(&error), (name, Some(path.as_str()), key), "{text}\n{error}");
    }
}

#[test]
fn a_syntax_error_names_line_and_column() {
    let folder = Folder::new();
    let error = folder.load("v = 1\n[trust]\nunit = [\"a\" \"b\"]\n").unwrap_err();
    assert_eq!(error.entry().name, "toml-syntax");
    assert_eq!((error.place().line, error.place().column), (Some(3), Some(13)));
    let error = folder.load("v = 1\n[判]\nx = 1\n").unwrap_err();
    assert_eq!((error.entry().name, error.place().line), ("toml-syntax", Some(2)));
    let error = folder.load(b"v = 1 # \xFF").unwrap_err();
    assert_eq!(error.entry().name, "toml-syntax");
    let error = folder.load("v = 1\n[judge]\ntme = 1").unwrap_err();
    assert_eq!((error.place().line, error.place().column), (Some(3), Some(1)));
}

#[test]
fn what_fails_in_another_file_names_it() {
    let folder = Folder::new();
    std::fs::write(
        folder.0.path("s/certs/torn.crt"),
        &std::fs::read(folder.0.path("s/certs/school.crt")).unwrap()[..200],
    )
    .unwrap();
    std::fs::write(folder.0.path("s/empty.secret"), "\n").unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(folder.0.path("s/empty.secret"), std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    std::fs::write(folder.0.path("s/huge.crt"), vec![b' '; czei::files::MAX_SETTINGS + 1]).unwrap();
    for (line, name, file) in [
        ("[trust]\nunit = [\"none.crt\"]", "file-read", "none.crt"),
        ("[trust]\nauthority = [\"policy.toml\"]", "certificate-malformed", "policy.toml"),
        ("[trust]\ncertificates = [\"certs/*.crt\"]", "pem-malformed", "certs/torn.crt"),
        ("[trust]\ncertificates = [\"none/*.crt\"]", "file-read", "none"),
        ("[trust]\nunit = [\"huge.crt\"]", "file-too-large", "huge.crt"),
        ("[trust]\nunit = [\"keys/school.key\"]", "pem-no-block", "keys/school.key"),
        ("[check_code]\nsecret_file = \"none.secret\"", "file-read", "none.secret"),
        ("[check_code]\nsecret_file = \"empty.secret\"", "secret-file-empty", "empty.secret"),
        #[cfg(unix)]
        ("[check_code]\nsecret_file = \"policy.toml\"", "secret-file-readable", "policy.toml"),
    ] {
        let error = folder.load(format!("v = 1\n{line}")).unwrap_err();
        assert_eq!(
            (error.entry().name, error.place().file.clone()),
            (name, Some(folder.file(file))),
            "{line}\n{error}"
        );
    }
}

#[test]
fn a_file_may_hold_several_certificates_in_pem_or_one_in_der() {
    let folder = Folder::new();
    let read = |name: &str| std::fs::read_to_string(folder.0.path(format!("s/{name}"))).unwrap();
    std::fs::write(
        folder.0.path("s/bundle.pem"),
        format!("{}\n# note\n{}", read("ca/sub.crt"), read("certs/school.crt")),
    )
    .unwrap();
    let der = czei::Certificate::from_pem(read("ca/root.crt").as_bytes()).unwrap().der().to_vec();
    std::fs::write(folder.0.path("s/root.der"), der).unwrap();
    let policy = folder.load("v = 1\n[trust]\nunit = [\"root.der\"]\ncertificates = [\"bundle.pem\"]").unwrap();
    assert_eq!((policy.unit_anchors.len(), policy.certificates.len()), (1, 2));
}

#[test]
fn what_is_wrong_with_a_key_is_told_without_the_parsers_words() {
    let told = |text: &str| {
        let error = czei::parse_policy(text.as_bytes(), Path::new("."), &SystemFiles).unwrap_err();
        (error.entry().name, error.message_en().split_once('(').unwrap().1.to_owned())
    };
    for (text, name, told_so) in [
        ("[judge]", "toml-missing-key", "expected `v`)"),
        ("v = 1\n[judge]\ntme = \"now\"", "toml-unknown-key", "expected `time` | `revocation`, found `tme`)"),
        ("v = \"1\"", "toml-type", "expected a whole number, found string \"1\")"),
        ("v = 1\n[judge]\ntime = 1", "toml-type", "expected string | datetime, found integer)"),
    ] {
        assert_eq!(told(text), (name, told_so.to_owned()), "{text}");
    }
    let error = czei::parse_policy(b"v = 1\n# \xff", Path::new("."), &SystemFiles).unwrap_err();
    assert_eq!((error.entry().name, error.place().line, error.place().column), ("toml-syntax", Some(2), Some(3)));
}

#[test]
fn a_time_may_be_a_text_or_a_date_and_time_of_toml() {
    let read = |text: &str| czei::parse_policy(text.as_bytes(), Path::new("."), &SystemFiles).unwrap().judge;
    let expected = JudgeTime::At(time("2026-11-30T16:00:00Z"));
    assert_eq!(read("v = 1\n[judge]\ntime = 2026-12-01T00:00:00+08:00"), expected);
    assert_eq!(read("v = 1\n[judge]\ntime = 2026-11-30 16:00:00Z"), expected);
}

#[test]
fn a_pattern_passes_folders_over() {
    let folder = Folder::new();
    std::fs::create_dir(folder.0.path("s/certs/old.crt")).unwrap();
    let policy = folder.load("v = 1\n[trust]\ncertificates = [\"certs/*.crt\"]").unwrap();
    assert_eq!(policy.certificates.len(), 4);
}

#[test]
fn the_text_of_a_policy_stands_for_itself() {
    let error = czei::parse_policy(b"v = 3", Path::new("."), &SystemFiles).unwrap_err();
    assert_eq!(told(&error), ("toml-version", Some("policy.toml"), Some("v")));
}

#[test]
fn severities_change_the_verdict_as_far_as_they_may() {
    let province = Province::new();
    // The specimen does not begin with the code: a warning.
    let json = draft("r-1").replace("3202012601", "3202992601");
    let receipt = province.receipt(&json);
    assert_eq!(province.verifier.verify(receipt.as_bytes()).verdict, Verdict::Valid);
    let mut policy = province.configuration.policy.clone();
    let entry = czei::explain("specimen-mismatch").unwrap();
    policy.set_severity(entry, Severity::Error).unwrap();
    let report = Verifier::with_clock(policy, province.clock.clone()).verify(receipt.as_bytes());
    assert_eq!(report.verdict, Verdict::Invalid);
    assert_eq!(common::against(&report), [(czei::Check::Codes, "specimen-mismatch")]);
    assert_eq!(
        report.headline().unwrap().place.path.as_deref(),
        Some("EInvoice/EInvoiceData/Main/EInvoiceSpecimenCode")
    );
}
