//! `czei verify`: verdicts, exit codes and the shape of its JSON.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;

use crate::helper::{Folder, command, czei, czei_with_input, demo, name_of};

#[test]
fn a_folder_of_good_receipts_is_all_valid() {
    let demo = demo();
    let ran = czei(&["verify", "--json", "--policy", &demo.policy(), &demo.path("receipts")]).with_code(0);
    let objects = ran.objects();
    assert_eq!(objects.len(), 542);
    assert!(objects[..541].iter().all(|line| line["verdict"] == "valid"));
    let files: Vec<_> = objects[..541].iter().map(|line| line["file"].as_str().unwrap().to_owned()).collect();
    assert!(files.is_sorted(), "in the order of their names");
    let summary = &objects[541]["summary"];
    assert_eq!((&summary["receipts"], &summary["valid"], &summary["invalid"]), (&541.into(), &541.into(), &0.into()));
    assert_eq!(ran.err, "");
}

#[test]
fn the_order_and_the_result_do_not_depend_on_the_threads() {
    let demo = demo();
    let run = |jobs: &str| {
        let (policy, receipts, tampered) = (demo.policy(), demo.path("receipts"), demo.path("tampered"));
        czei(&["verify", "--json", "--jobs", jobs, "--policy", &policy, &receipts, &tampered]).with_code(1).out
    };
    assert_eq!(run("1"), run("5"));
}

#[test]
fn text_names_only_what_is_not_valid() {
    let demo = demo();
    let tampered = demo.tampered();
    let ran = czei(&["verify", "--policy", &demo.policy(), &demo.path("receipts"), tampered.to_str().unwrap()]);
    let ran = ran.with_code(1);
    let lines: Vec<_> = ran.out.lines().collect();
    assert!(lines[0].starts_with(&format!("INVALID {}: CZ", tampered.display())), "{}", lines[0]);
    assert!(lines[1].starts_with("CZ5903 "), "the changed copy bears a number that is taken: {}", lines[1]);
    assert_eq!(lines[2], "542 receipts: 541 valid, 1 invalid, 0 indeterminate");
}

#[test]
fn exit_codes() {
    let demo = demo();
    let good = demo.receipts(1)[0].to_str().unwrap().to_owned();
    czei(&["verify", "--policy", &demo.policy(), &good]).with_code(0);
    czei(&["verify", "--policy", &demo.policy(), demo.tampered().to_str().unwrap()]).with_code(1);
    // Without a policy nobody is trusted.
    let ran = czei(&["verify", "--json", &good]).with_code(1);
    assert_eq!(ran.objects()[0]["verdict"], "indeterminate");
    let ran = czei(&["verify", "--json", "--policy", "no such policy", &good]).with_code(2);
    assert_eq!(name_of(&ran.error()["code"]), "file-read");
    let ran = czei(&["verify", "--json", "--policy", &demo.policy(), "no such file"]).with_code(2);
    assert_eq!(ran.objects()[0]["error"]["code"], "CZ9002");
    let empty = Folder::new();
    let ran = czei(&["verify", "--json", "--policy", &demo.policy(), &empty.text("")]).with_code(2);
    assert_eq!(ran.error()["code"], "CZ9006", "nothing checked is not all valid");
}

#[test]
fn json_has_its_keys_in_their_order() {
    let demo = demo();
    let ran = czei(&["verify", "--json", "--policy", &demo.policy(), demo.tampered().to_str().unwrap()]).with_code(1);
    let lines: Vec<_> = ran.out.lines().collect();
    let keys = [
        "v",
        "file",
        "verdict",
        "headline",
        "receipt",
        "checks",
        "unit",
        "authority",
        "policy",
        "file_sm3",
        "tool",
        "findings",
    ];
    assert_eq!(keys_of(lines[0]), keys);
    let checks = &lines[0][lines[0].find("\"checks\":").unwrap() + 9..];
    let groups = [
        "form",
        "codes",
        "totals",
        "check_code",
        "unit_signature",
        "authority_signature",
        "unit_certificate",
        "authority_certificate",
        "binding",
        "time",
        "picture",
        "reversal",
    ];
    assert_eq!(keys_of(&checks[..=checks.find('}').unwrap()]), groups);
    assert_eq!(keys_of(lines[1]), ["v", "summary"]);
    let report = &ran.objects()[0];
    assert_eq!(report["verdict"], "invalid");
    assert_eq!(report["checks"]["unit_signature"], "failed");
    assert_eq!(report["checks"]["totals"], "failed");
    assert_eq!(report["checks"]["picture"], "not-made");
    let total = &report["findings"].as_array().unwrap().iter().find(|finding| finding["code"] == "CZ5201").unwrap();
    assert_eq!(total["place"]["path"], "EInvoice/EInvoiceData/Main/TotalAmount");
    assert_eq!(total["severity"], "error");
}

/// The keys of the outermost object, as written.
fn keys_of(line: &str) -> Vec<String> {
    let mut keys = Vec::new();
    let (mut depth, mut text, mut is_key) = (0, None::<String>, false);
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (&mut text, c) {
            (Some(_), '\\') => drop(chars.next()),
            (Some(done), '"') => {
                if depth == 1 && is_key {
                    keys.push(done.clone());
                }
                text = None;
            }
            (Some(text), c) => text.push(c),
            (None, '"') => text = Some(String::new()),
            (None, '{') => {
                depth += 1;
                is_key = true;
            }
            (None, '[') => depth += 1,
            (None, '}' | ']') => depth -= 1,
            (None, ':') => is_key = false,
            (None, ',') => is_key = true,
            _ => {}
        }
    }
    keys
}

#[test]
fn standard_input_is_a_receipt() {
    let demo = demo();
    let ran = czei_with_input(&["verify", "--json", "--policy", &demo.policy(), "-"], &demo.receipt()).with_code(0);
    assert_eq!(ran.objects()[0]["file"], "-");
    assert_eq!(ran.objects()[0]["verdict"], "valid");
    let ran = czei_with_input(&["verify", "--json", "-"], b"").with_code(1);
    assert_eq!(ran.objects()[0]["checks"]["form"], "failed", "nothing at all is a malformed receipt");
}

#[test]
fn a_file_beyond_the_limit_is_refused_by_it() {
    let folder = Folder::new();
    let big = folder.write("big.xml", vec![b' '; 9 << 20]);
    let ran = czei(&["verify", "--json", "--policy", &demo().policy(), &big]).with_code(1);
    let report = &ran.objects()[0];
    assert_eq!(name_of(&report["headline"]["code"]), "limit-bytes");
    assert_eq!((&report["verdict"], &report["checks"]["form"]), (&"invalid".into(), &"failed".into()));
}

#[test]
fn a_page_is_for_one_receipt() {
    let demo = demo();
    let folder = Folder::new();
    let page = folder.text("page.html");
    let tampered = demo.tampered().to_str().unwrap().to_owned();
    czei(&["verify", "--policy", &demo.policy(), "--report", &page, &tampered]).with_code(1);
    let html = fs::read_to_string(&page).unwrap();
    assert!(html.contains("结论：无效") && html.contains("CZ5201"), "{html}");
    let other = folder.text("other.html");
    let ran = czei(&["verify", "--json", "--report", &other, "--policy", &demo.policy(), &demo.path("receipts")]);
    assert_eq!(ran.with_code(2).error()["code"], "CZ9042");
    assert!(!folder.path("other.html").exists());
}

#[test]
fn a_reader_that_goes_away_is_no_panic() {
    let demo = demo();
    let mut command = command(&["verify", "--json", "--policy", &demo.policy(), &demo.path("receipts")]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdout = BufReader::with_capacity(64, child.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    assert!(line.starts_with("{\"v\":1"), "{line}");
    drop(stdout);
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(2));
    assert_eq!(stderr, "");
}

/// Certificates for five years from 2021 on, a receipt of the spring of 2026, and the present, which is later.
#[test]
fn a_stock_shows_how_old_a_receipt_is() {
    use czei::{
        Authority, Clock as _, FixedClock, Issued, Issuer, Sandbox, SandboxPlan, SqliteLedger, SqliteStock, Verifier,
    };
    use std::sync::Arc;

    let folder = Folder::new();
    let made = FixedClock::at("2021-10-01T00:00:00Z".parse().unwrap());
    Sandbox::create(folder.path("s"), &SandboxPlan::default(), &made).unwrap();
    let configuration = Sandbox::open(folder.path("s")).unwrap();
    let clock = Arc::new(FixedClock::at("2026-03-02T01:00:00Z".parse().unwrap()));
    let journal = clock.clone();
    let then = |options: &Option<czei::OpenOptions>| {
        let journal = journal.clone();
        options.clone().unwrap().with_clock(Arc::new(move || journal.now()))
    };
    let (policy, units) = (configuration.policy.clone(), configuration.units.clone());
    let verifier = Arc::new(Verifier::with_clock(policy, clock.clone()));
    let stock = Arc::new(SqliteStock::open(&then(&configuration.stock)).unwrap());
    let ledger = Arc::new(SqliteLedger::open(&then(&configuration.ledger)).unwrap());
    let issuer = Issuer::new(units, stock, verifier.clone(), clock.clone()).unwrap();
    let authority = Authority::new(configuration.authorities.clone(), ledger, verifier, clock).unwrap();
    let json = Sandbox::in_memory(&SandboxPlan::default(), &made).unwrap().example_draft();
    let draft = issuer.draft_from_json(json.as_bytes()).unwrap();
    let Issued::UnitSigned(signed) = issuer.issue(&draft).unwrap() else { panic!("finished before") };
    let receipt = issuer.accept(&signed, authority.countersign(&signed.to_bytes()).unwrap().as_bytes()).unwrap();
    fs::write(folder.path("a.xml"), receipt.as_bytes()).unwrap();
    drop((issuer, authority));

    let (policy, file) = (folder.text("s/policy.toml"), folder.text("a.xml"));
    let ran = czei(&["verify", "--json", "--policy", &policy, &file]).with_code(1);
    assert_eq!(name_of(&ran.objects()[0]["headline"]["code"]), "since-expired");
    for (option, at) in [
        ("--stock", "s/stock.db"),
        ("--stock", "s/czei.toml"),
        ("--ledger", "s/ledger.db"),
        ("--ledger", "s/czei.toml"),
    ] {
        let ran = czei(&["verify", "--json", "--policy", &policy, option, &folder.text(at), &file]).with_code(0);
        let report = &ran.objects()[0];
        assert_eq!(report["verdict"], "valid");
        let findings = report["findings"].as_array().unwrap();
        let witnessed = findings.iter().find(|finding| name_of(&finding["code"]) == "time-witnessed").unwrap();
        assert_eq!(witnessed["found"], "2026-03-02T01:00:00+00:00");
        let path = report["unit"]["path"].as_array().unwrap();
        assert_eq!((path.len(), &path[0]), (3, &report["unit"]["path"][0]));
    }
    let ran = czei(&["verify", "--policy", &policy, "--stock", &folder.text("s/stock.db"), &file]).with_code(0);
    assert!(ran.out.contains("Unit: signed-data, CN="), "{}", ran.out);
    assert_eq!(ran.out.matches("\n  ← CN=").count(), 4, "two certificates above each signer: {}", ran.out);
    let ran = czei(&["verify", "--json", "--policy", &policy, "--stock", &file, &file]).with_code(2);
    assert!(ran.error()["code"].is_string());
}
