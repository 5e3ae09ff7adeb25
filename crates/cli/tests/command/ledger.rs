//! `czei ledger`, and what it keeps an authority from.

use std::fs;

use crate::helper::{Folder, czei, name_of};
use crate::stock::{Province, UNIT, number, without_times};

const BY: [&str; 2] = ["--actor", "王五"];

#[test]
fn segments_are_given_and_taken_back() {
    let place = Folder::new();
    let path = place.text("ledger.db");
    let ledger = |arguments: &[&str]| czei(&[&["ledger"], arguments, &["--ledger", &path]].concat());
    let ran = ledger(&["init", "--actor", "王五", "--mark", &place.text("mark")]).with_code(0);
    assert_eq!((ran.out, ran.err.as_str()), (format!("made {path}\n"), ""));
    assert!(ledger(&["init", "--actor", "王五"]).with_code(2).err.starts_with("CZ4000 "));
    assert_eq!(ledger(&["list"]).with_code(0).out, "no segment was given\n");
    let give = |first: &str, last: &str, more: &[&str]| {
        let arguments = ["give", "--unit", UNIT, "--code", "32990126", "--first", first, "--last", last];
        ledger(&[&arguments[..], &BY, more].concat())
    };
    let ran = give("0000000001", "0000000100", &["--checker", "李四"]).with_code(0);
    assert_eq!(ran.out, format!("segment 1  32990126  0000000001–0000000100 (100 numbers)  given to {UNIT}\n"));
    assert_eq!(name_of(&give("0000000100", "0000000200", &["--json"]).with_code(2).error()["code"]), "given-overlap");
    assert_eq!(name_of(&give("0000000300", "0000000200", &["--json"]).with_code(2).error()["code"]), "given-overlap");
    assert_eq!(give("1", "0000000200", &["--json"]).with_code(2).error()["place"]["path"], "--first");
    let take_back = |segment: &str, from: &str| {
        ledger(&[&["take-back", segment, "--from", from, "--reason", "多发"], &BY[..]].concat())
    };
    assert_eq!(take_back("1", "0000000051").with_code(0).out, "segment 1  taken back from 0000000051\n");
    assert!(take_back("2", "0000000051").with_code(2).err.starts_with("CZ4040 "));
    assert!(take_back("1", "0000000101").with_code(2).err.starts_with("CZ4042 "));
    let lines = ledger(&["list"]).with_code(0).out;
    let row: Vec<_> = lines.lines().nth(1).unwrap().split_whitespace().collect();
    assert_eq!(row, ["1", UNIT, "32990126", "0000000001", "0000000100", "0000000051", "0", "0"]);
    let line = ledger(&["list", "--json"]).with_code(0).objects()[0].clone();
    assert_eq!((&line["taken_back_from"], &line["countersigned"]), (&"0000000051".into(), &0.into()));
    let zh = czei(&["--lang", "zh", "ledger", "check", "--ledger", &path]).with_code(0).out;
    assert!(zh.ends_with("全部成立\n"), "{zh}");
}

#[test]
fn a_countersigned_receipt_is_kept_and_explained() {
    let province = Province::new();
    let file = province.issue(&["one"], "out")[0]["file"].as_str().unwrap().to_owned();
    let bytes = fs::read(&file).unwrap();
    assert_eq!(province.ledger(&["get", &number(1)]).with_code(0).out.as_bytes(), bytes);
    let out = province.place.text("got.xml");
    let ran = province.ledger(&["get", &number(1), "--out", &out]).with_code(0);
    assert_eq!((ran.out, fs::read(&out).unwrap()), (format!("{}  countersigned  {out}\n", number(1)), bytes));
    assert!(province.ledger(&["get", &number(2)]).with_code(2).err.starts_with("CZ3323 "));
    assert!(province.ledger(&["get", &number(10_001)]).with_code(2).err.starts_with("CZ3322 "));
    let ran = province.ledger(&["explain", &number(1)]).with_code(0);
    let lines = without_times(&ran.out);
    let lines: Vec<_> = lines.lines().collect();
    assert_eq!(lines[0], "32990126-0000000001:");
    assert!(lines[1].starts_with("  T T  given  czei sandbox  "), "{}", ran.out);
    assert_eq!(lines[2..], ["  T T  claimed  czei", "  T T  countersigned  czei"]);
    let ran = province.ledger(&["explain", "32010226-0000000001"]).with_code(0);
    assert_eq!(ran.out, "32010226-0000000001: the ledger knows nothing of it\n");
    let events = province.ledger(&["explain", &number(1), "--json"]).with_code(0).objects()[0]["events"].clone();
    assert_eq!(events.as_array().unwrap().len(), 3);
}

#[test]
fn what_was_taken_back_or_never_given_is_not_countersigned() {
    let province = Province::new();
    let list = province.ledger(&["list", "--json"]).with_code(0).objects();
    let segment = list.iter().find(|segment| segment["code"] == "32990126").unwrap()["segment"].to_string();
    province
        .ledger(&[&["take-back", &segment, "--from", "0000000001", "--reason", "停用"], &BY[..]].concat())
        .with_code(0);
    let file = province.issue_with(&["one"], "out", &[])[0]["file"].as_str().unwrap().to_owned();
    let (config, out) = (province.config(), province.place.text("out"));
    let ran = czei(&["countersign", "--json", "--config", &config, "--out", &out, &file]).with_code(1);
    assert_eq!(name_of(&ran.objects()[0]["error"]["code"]), "number-not-given");
}

#[test]
fn its_journal_is_exported_verified_and_signed() {
    let province = Province::new();
    province.issue(&["one", "two"], "out");
    let heads = province.ledger(&["heads", "--sign", "--json", "--actor", "王五"]).with_code(0).objects()[0].clone();
    assert!(heads["signer"].as_str().unwrap().starts_with("CN=示例市财政局,"), "{heads}");
    let ran = province.ledger(&["journal", "verify"]).with_code(0);
    assert!(ran.out.contains("\nlast signed by CN=示例市财政局,"), "{}", ran.out);
    let file = province.place.text("journal.jsonl");
    let ran = province.ledger(&["journal", "export", "--out", &file]).with_code(0);
    let rows = fs::read_to_string(&file).unwrap().lines().count();
    assert_eq!(ran.out, format!("{file}  {rows} rows\n"));
    let kept = province.place.write("heads.txt", heads["heads"].as_str().unwrap());
    czei(&["ledger", "journal", "verify", "--file", &file, "--heads", &kept]).with_code(0);
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replacen("\"event\":\"countersigned\"", "\"event\":\"claimed\"", 1)).unwrap();
    let ran = czei(&["ledger", "journal", "verify", "--json", "--file", &file]).with_code(1);
    assert_eq!(name_of(&ran.objects()[0]["error"]["code"]), "journal-chain-broken");
    czei(&["ledger", "check", "--ledger", &province.path("ledger.db")]).with_code(0);
}

#[test]
fn a_restored_ledger_claims_nothing_twice() {
    let province = Province::new();
    province.issue(&["one"], "out");
    let backup = province.place.text("backup.db");
    province.ledger(&[&["backup", &backup], &BY[..]].concat()).with_code(0);
    let ran = province.ledger(&["drill", &backup]).with_code(0);
    assert!(
        ran.out.ends_with("can be restored: 1 numbers used, 0 fewer than in the one that is in use\n"),
        "{}",
        ran.out
    );
    let second = province.issue(&["two"], "out")[0]["file"].as_str().unwrap().to_owned();
    fs::rename(province.path("ledger.db"), province.path("lost.db")).unwrap();
    let restore = [&["restore", &backup, "--reason", "磁盘损坏"], &BY[..]].concat();
    let ran = province.ledger(&restore).with_code(0);
    assert!(
        ran.out.contains(&format!(
            "– {}
",
            number(2)
        )),
        "{}",
        ran.out
    );
    province.ledger(&["check"]).with_code(0);
    assert!(province.ledger(&["get", &number(2)]).with_code(2).err.starts_with("CZ3323 "));
    let import = [&["import", "--receipts", &second], &BY[..]].concat();
    let ran = province.ledger(&import).with_code(0);
    assert_eq!(ran.out, "1 receipts and 0 voids taken over; 0 refused, 0 unreadable\n");
    assert_eq!(province.ledger(&["get", &number(2)]).with_code(0).out.as_bytes(), fs::read(&second).unwrap());
    province.ledger(&["check"]).with_code(0);
}
