//! `czei stock backup`, `restore` and `drill`.

use std::fs;

use super::{Province, copy, names, number};
use crate::helper::{czei, name_of};

const BY: [&str; 4] = ["--actor", "张三", "--reason", "磁盘损坏"];

/// A province with a backup after two receipts, and two more receipts after the backup.
fn backed_up() -> (Province, String) {
    let province = Province::new();
    province.issue(&["one", "two"], "out");
    let backup = province.place.text("backup.db");
    let ran = province.stock(&["backup", &backup, "--actor", "张三"]).with_code(0);
    let lines: Vec<_> = ran.out.lines().collect();
    let rows = lines[0].strip_prefix(&format!("backed up {backup}: 2 numbers used, ")).unwrap();
    assert!(rows.ends_with(" rows of the journal, 0 receipt files copied"), "{}", ran.out);
    assert_eq!(lines[1], format!("manifest {backup}.manifest.json"));
    province.issue(&["three", "four"], "out");
    (province, backup)
}

/// Takes the database away, as a broken disk does; the mark stays.
fn lose(province: &Province) {
    fs::rename(province.path("stock.db"), province.path("lost.db")).unwrap();
    for file in ["stock.db-wal", "stock.db-shm"] {
        let _ = fs::remove_file(province.path(file));
    }
}

#[test]
fn a_drill_proves_a_backup_and_leaves_nothing() {
    let (province, backup) = backed_up();
    let before = names(province.place.path(""));
    let ran = province.stock(&["drill", &backup]).with_code(0);
    let last = format!("{backup} can be restored: 2 numbers used, 2 fewer than in the one that is in use");
    assert_eq!(ran.out.lines().last(), Some(last.as_str()));
    assert!(ran.out.contains("\neverything holds\n") && ran.out.contains("\nthe journal holds; "), "{}", ran.out);
    assert!(ran.out.contains("\nlast signed by CN=示例市实验中学,"), "the heads of a backup are signed: {}", ran.out);
    let ran = czei(&["stock", "drill", "--json", &backup]).with_code(0);
    let drill = ran.objects().pop().unwrap()["drill"].clone();
    assert_eq!((&drill["holds"], &drill["numbers"]), (&true.into(), &2.into()));
    assert_eq!((&drill["behind"], &drill["backup"]), (&serde_json::Value::Null, &backup.as_str().into()));
    let scratch = province.place.text("scratch");
    czei(&["--lang", "zh", "stock", "drill", &backup, "--scratch", &scratch]).with_code(0);
    assert_eq!(names(&scratch), Vec::<String>::new());
    fs::remove_dir(&scratch).unwrap();
    assert_eq!(names(province.place.path("")), before);
}

#[test]
fn a_backup_that_was_changed_is_no_backup() {
    let (province, backup) = backed_up();
    let drill = || name_of(&czei(&["stock", "drill", "--json", &backup]).with_code(2).error()["code"]);
    let bytes = fs::read(&backup).unwrap();
    let mut changed = bytes.clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    for changed in [&changed[..], &bytes[..bytes.len() - 1], b""] {
        fs::write(&backup, changed).unwrap();
        assert_eq!(drill(), "backup-wrong");
    }
    fs::write(&backup, &bytes).unwrap();
    fs::rename(format!("{backup}.manifest.json"), format!("{backup}.elsewhere")).unwrap();
    assert_eq!(drill(), "backup-wrong");
    // Nothing is written over a backup that is there.
    let ran = province.stock_json(&["backup", &backup, "--actor", "张三"]).with_code(2);
    assert_eq!(name_of(&ran.error()["code"]), "restore-target-exists");
    assert_eq!(fs::read(&backup).unwrap(), bytes);
    let ledger = province.place.text("ledger-backup.db");
    province.ledger(&["backup", &ledger, "--actor", "张三"]).with_code(0);
    let error = czei(&["stock", "drill", "--json", &ledger]).with_code(2).error();
    assert_eq!(name_of(&error["code"]), "backup-wrong", "a ledger's is no stock's");
}

#[test]
fn restoring_makes_what_was_given_out_since_unknown() {
    let (province, backup) = backed_up();
    let restore = |more: &[&str]| province.stock(&[&["restore", &backup], &BY[..], more].concat());
    let error = restore(&["--json"]).with_code(2).error();
    assert_eq!(name_of(&error["code"]), "restore-target-exists", "a stock that may be in use stays");
    lose(&province);
    let error = restore(&["--json", "--up-to", "32990126-4"]).with_code(2).error();
    assert_eq!(error["place"]["path"], "--up-to");
    let ran = restore(&["--checker", "李四"]).with_code(0);
    let lines: Vec<_> = ran.out.lines().collect();
    assert!(lines[0].starts_with(&format!("{} is in use again, as generation ", province.path("stock.db"))));
    assert_eq!(lines[1], format!("  unknown until reconciled: {} – {}", number(3), number(4)));
    assert_eq!(lines.len(), 2);
    assert!(ran.err.starts_with("Import the receipts or voids of these numbers"), "{}", ran.err);

    let story = province.stock(&["explain", &number(3)]).with_code(0).out;
    assert!(story.contains(": unknown: used in another system or in a part of this stock that was lost\n"), "{story}");
    let last = story.lines().last().unwrap();
    assert!(last.contains("  unknown  张三  ") && last.contains("reason: 磁盘损坏") && last.contains("李四"), "{last}");
    // The next receipt gets the number behind them, and their receipts come back in.
    let next = province.issue(&["five"], "out")[0].clone();
    assert_eq!(next["number"], "0000000005");
    let out = province.place.text("out");
    let imported = province.stock_json(&["import", "--receipts", &out, "--actor", "张三"]).with_code(0);
    let imported = &imported.objects()[0]["imported"];
    assert_eq!((&imported["receipts"], &imported["before"]), (&2.into(), &3.into()));
    let ran = province.stock(&["reconcile", &out]).with_code(0);
    assert!(ran.out.ends_with("stock and files agree: 5 issued, 5 files, 5 found\n"), "{}", ran.out);
    province.stock(&["check"]).with_code(0);
}

#[test]
fn an_older_copy_put_back_is_noticed_and_gone_on_from() {
    let province = Province::new();
    province.issue(&["one", "two"], "out");
    copy(province.path("stock.db"), province.place.path("older.db"));
    province.issue(&["three"], "out");
    lose(&province);
    copy(province.place.path("older.db"), province.path("stock.db"));
    let error = province.stock_json(&["status"]).with_code(2).error();
    assert_eq!(name_of(&error["code"]), "older-state");
    assert!(error["advice_en"].as_str().unwrap().contains("czei stock restore --in-place"));
    let ran = province.stock_json(&[&["restore", "--in-place"], &BY[..]].concat()).with_code(0);
    let line = ran.objects()[0].clone();
    assert_eq!(line["unknown"], serde_json::json!([[number(3), number(3)]]));
    assert_eq!(line["generation"].as_str().unwrap().len(), 32);
    assert_eq!(province.issue(&["four"], "out")[0]["number"], "0000000004");
    // The copy of before belongs to a generation that is over.
    fs::rename(province.path("stock.db"), province.path("good.db")).unwrap();
    copy(province.place.path("older.db"), province.path("stock.db"));
    let error = province.stock_json(&["status"]).with_code(2).error();
    assert_eq!(name_of(&error["code"]), "other-generation");
}

#[test]
fn a_lost_mark_needs_somebody_who_knows_the_last_numbers() {
    let province = Province::new();
    province.issue(&["one", "two"], "out");
    fs::remove_file(province.path("stock.db.mark")).unwrap();
    assert_eq!(name_of(&province.stock_json(&["status"]).with_code(2).error()["code"]), "mark-missing");
    let restore = |more: &[&str]| province.stock_json(&[&["restore", "--in-place"], &BY[..], more].concat());
    assert_eq!(name_of(&restore(&[]).with_code(2).error()["code"]), "mark-missing");
    let codes = ["32990126-0000000005", "32010126-0000000001", "32020126-0000000001"];
    // One that was drawn from is not said to be untouched; a number in no segment says nothing of those that are.
    for wrong in ["0104901:32990126:none", "32990126-9999999999"] {
        let untold = restore(&["--up-to", wrong, codes[1], codes[2]]).with_code(2);
        assert_eq!(name_of(&untold.error()["code"]), "mark-missing");
    }
    let line = restore(&[&["--up-to"], &codes[..]].concat()).with_code(0).objects()[0].clone();
    let unknown = line["unknown"].as_array().unwrap();
    assert!(unknown.contains(&serde_json::json!([number(3), number(5)])), "{line}");
    assert_eq!(province.issue(&["three"], "out")[0]["number"], "0000000006");
}

#[test]
fn a_restore_says_what_it_restores_and_why() {
    let (province, backup) = backed_up();
    for arguments in [&["restore"][..], &["restore", "--in-place", &backup], &["restore", &backup]] {
        let ran = province.stock(arguments).with_code(2);
        assert!(ran.err.starts_with("CZ9001 "), "{arguments:?}: {}", ran.err);
    }
    lose(&province);
    let empty = ["restore", &backup, "--actor", "张三", "--reason", ""];
    assert_eq!(name_of(&province.stock_json(&empty).with_code(2).error()["code"]), "stock-text-limit");
    assert!(!province.place.path("province/stock.db").exists());
    let missing = province.place.text("none.db");
    let ran = province.stock_json(&[&["restore", &missing], &BY[..]].concat()).with_code(2);
    assert_eq!(name_of(&ran.error()["code"]), "backup-wrong");
}

#[test]
fn receipts_beside_the_database_go_with_its_backup() {
    let province = Province::new();
    let config = fs::read_to_string(province.config()).unwrap();
    let beside = config.replace("file = \"stock.db\"", "file = \"beside.db\"\nreceipts = \"beside\"");
    fs::write(province.config(), beside).unwrap();
    province.stock(&["init", "--actor", "张三"]).with_code(0);
    let segment = ["segment", "add", "--unit", super::UNIT, "--code", "32990126", "--take-in", "--actor", "张三"];
    province.stock(&[&segment[..], &["--first", "0000000001", "--last", "0000000100"]].concat()).with_code(0);
    province.issue(&["one", "two"], "out");
    assert_eq!(names(province.path("beside")).len(), 2);
    let backup = province.place.text("copies/backup.db");
    fs::create_dir(province.place.path("copies")).unwrap();
    let ran = province.stock_json(&["backup", &backup, "--actor", "张三"]).with_code(0);
    assert_eq!(ran.objects()[0]["receipts_copied"], 2);
    czei(&["stock", "drill", &backup]).with_code(0);
    // A receipt that is gone is found by the check, and by whoever asks for it.
    fs::remove_dir_all(province.path("beside")).unwrap();
    assert_eq!(
        name_of(&province.stock_json(&["get", &number(1)]).with_code(2).error()["code"]),
        "receipt-file-missing"
    );
    let ran = province.stock(&["check"]).with_code(1);
    assert!(ran.out.lines().any(|line| line.starts_with("✗ documents ")), "{}", ran.out);
}
