//! `czei stock status`.

use super::{Province, UNIT};
use crate::helper::{Folder, czei};

#[test]
fn it_says_what_is_left_and_for_how_long() {
    let province = Province::new();
    province.issue(&["one", "two", "three"], "out");
    province.issue_with(&["four"], "out", &[]);
    let ran = province.stock(&["status"]).with_code(0);
    let lines: Vec<Vec<&str>> = ran.out.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[0][..5], ["unit", "code", "received", "free", "reserved"]);
    assert_eq!(lines[3][..11], [UNIT, "32990126", "10000", "9996", "0", "1", "3", "0", "0", "0", "0"]);
    // Four numbers on the first day.
    let days = 9996 / 4;
    assert_eq!(lines[3][11..13], ["4.0", &days.to_string()]);
    assert!(ran.err.starts_with("Note: ") && ran.err.contains("rows of the journal lie behind"), "{}", ran.err);

    let objects = province.stock_json(&["status"]).with_code(0).objects();
    let stock = &objects.iter().find(|line| line["stock"]["code"] == "32990126").unwrap()["stock"];
    assert_eq!((&stock["free"], &stock["signed"], &stock["issued"]), (&9996.into(), &1.into(), &3.into()));
    assert_eq!((&stock["days_left"], &stock["low"]), (&days.into(), &false.into()));
    assert!(stock["until"].as_str().unwrap().starts_with("2"));
    let summary = &objects.last().unwrap()["summary"];
    assert_eq!((&summary["codes"], &summary["low"]), (&3.into(), &0.into()));
    assert!(summary["unsigned_rows"].as_u64().unwrap() > 0);
    assert_eq!(summary["stock_id"].as_str().unwrap().len(), 32);
}

#[test]
fn little_stock_is_warned_of() {
    let place = Folder::new();
    let path = place.text("stock.db");
    czei(&["stock", "init", "--stock", &path, "--actor", "张三"]).with_code(0);
    let ran = czei(&["stock", "status", "--stock", &path]).with_code(0);
    assert_eq!(ran.out, "no segment\n");
    let segment = ["stock", "segment", "add", "--stock", &path, "--unit", UNIT, "--actor", "张三", "--code"];
    let numbers = ["--first", "0000000001", "--last", "0000000100"];
    // A segment that another system came to its end with, and one that nobody took in.
    czei(&[&segment[..], &["32010126"], &numbers, &["--next", "0000000099", "--take-in"]].concat()).with_code(0);
    czei(&[&segment[..], &["32010226"], &numbers].concat()).with_code(0);
    let ran = czei(&["stock", "status", "--stock", &path]).with_code(0);
    let err: Vec<_> = ran.err.lines().collect();
    assert_eq!(
        err[..3],
        [
            format!("Warning: {UNIT} 32010126 has 2 numbers left, little of what was received; apply for more"),
            format!(
                "Warning: {UNIT} 32010126 has 98 numbers of which nobody knows what became; import their receipts or voids"
            ),
            format!("Note: {UNIT} 32010226 has 100 numbers that wait to be taken in"),
        ]
    );
    let ran = czei(&["--lang", "zh", "stock", "status", "--stock", &path]).with_code(0);
    assert!(ran.err.starts_with(&format!("警告：{UNIT} 32010126 只剩 2 个号码，所余无几，请申领\n")), "{}", ran.err);
    let objects = czei(&["stock", "status", "--json", "--stock", &path]).with_code(0).objects();
    assert_eq!((&objects[0]["stock"]["low"], &objects[1]["stock"]["pending"]), (&true.into(), &100.into()));
    assert_eq!(objects[2]["summary"]["low"], 2);
}

#[test]
fn a_missing_or_foreign_file_is_named() {
    let place = Folder::new();
    let status = |path: &str| czei(&["stock", "status", "--stock", path]).with_code(2).err;
    assert!(status(&place.text("none.db")).starts_with("CZ4001 There is no stock at this path"));
    assert!(!place.path("none.db").exists(), "opening never makes one");
    let text = place.write(
        "text.db",
        "not a database, but longer than the header of one, which has 100 bytes: this is enough of it",
    );
    assert!(status(&text).starts_with("CZ4002 The file is no stock of numbers"), "{}", status(&text));
    let ledger = place.text("ledger.db");
    czei(&["ledger", "init", "--ledger", &ledger, "--actor", "张三"]).with_code(0);
    assert!(status(&ledger).starts_with("CZ4002 "), "{}", status(&ledger));
    let config = place.write("czei.toml", "v = 1\npolicy = \"policy.toml\"\n");
    place.write("policy.toml", "v = 1\n");
    let ran = czei(&["stock", "status", "--config", &config]).with_code(2);
    assert!(ran.err.starts_with("CZ8036 ") && ran.err.contains("[stock]") && ran.err.contains(&config), "{}", ran.err);
}

/// Root may write everywhere: there is nothing to try then.
#[cfg(unix)]
#[test]
fn a_place_that_takes_nothing_is_named() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Folder::new();
    let path = place.text("in/stock.db");
    std::fs::create_dir(place.path("in")).unwrap();
    czei(&["stock", "init", "--stock", &path, "--actor", "张三"]).with_code(0);
    let set = |mode: u32| std::fs::set_permissions(place.path("in"), std::fs::Permissions::from_mode(mode)).unwrap();
    set(0o555);
    if std::fs::write(place.path("in/probe"), "").is_ok() {
        set(0o755);
        eprintln!("skipped: this user may write into read-only folders");
        return;
    }
    let opened = czei(&["stock", "status", "--stock", &path]);
    let made = czei(&["stock", "init", "--stock", &place.text("in/other.db"), "--actor", "张三"]);
    set(0o755);
    assert!(opened.with_code(2).err.starts_with("CZ4022 The stock or its folder cannot be written"));
    assert!(made.with_code(2).err.starts_with("CZ4022 "));
}
