//! `czei stock init`, `segment`, `take-in` and `return`.

use std::fs;

use super::{Province, UNIT, names, without_times};
use crate::helper::{Folder, czei, name_of};

const BY: [&str; 4] = ["--actor", "张三", "--checker", "李四"];

/// A stock of its own, without a configuration.
fn stock(place: &Folder) -> String {
    let path = place.text("stock.db");
    czei(&["stock", "init", "--stock", &path, "--actor", "张三"]).with_code(0);
    path
}

fn add<'a>(path: &'a str, first: &'a str, last: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let segment = ["stock", "segment", "add", "--stock", path, "--unit", UNIT, "--code", "32010126"];
    [&segment[..], &["--first", first, "--last", last], &BY, more].concat()
}

#[test]
fn a_stock_is_made_once_and_its_files_are_named() {
    let place = Folder::new();
    let path = place.text("stock.db");
    let init = ["stock", "init", "--stock", &path, "--actor", "张三"];
    let ran = czei(&init).with_code(0);
    let id = ran.out.trim_end().strip_prefix(&format!("made {path}  ")).unwrap();
    assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{}", ran.out);
    assert_eq!(ran.err.lines().count(), 1);
    assert!(ran.err.starts_with("Note: the mark lies beside it; keep it on another disk with --mark"), "{}", ran.err);
    assert_eq!(names(place.path("")), ["stock.db", "stock.db.lock", "stock.db.mark"]);

    let before = fs::read(&path).unwrap();
    let ran = czei(&init).with_code(2);
    assert!(ran.err.starts_with("CZ4000 The stock file exists already"), "{}", ran.err);
    assert_eq!((ran.out.as_str(), fs::read(&path).unwrap()), ("", before));

    let zh = place.text("zh.db");
    let ran =
        czei(&["--lang", "zh", "stock", "init", "--stock", &zh, "--actor", "张三", "--mark", "none"]).with_code(0);
    assert!(ran.out.starts_with(&format!("已建库 {zh}  ")), "{}", ran.out);
    assert!(ran.err.starts_with("警告：没有存证标记"), "{}", ran.err);
    assert!(!place.path("zh.db.mark").exists());
}

#[test]
fn mark_and_receipts_go_where_they_are_wanted() {
    let place = Folder::new();
    let (path, mark, receipts) = (place.text("stock.db"), place.text("elsewhere/mark"), place.text("receipts"));
    fs::create_dir(place.path("elsewhere")).unwrap();
    let init =
        ["stock", "init", "--json", "--stock", &path, "--actor", "张三", "--mark", &mark, "--receipts", &receipts];
    let ran = czei(&init).with_code(0);
    let made = &ran.objects()[0];
    assert_eq!((&made["v"], &made["file"]), (&1.into(), &path.as_str().into()));
    assert_eq!((&made["mark"], &made["receipts"]), (&mark.as_str().into(), &receipts.as_str().into()));
    assert_eq!((made["stock_id"].as_str().unwrap().len(), made["generation"].as_str().unwrap().len()), (32, 32));
    assert_eq!(ran.err, "");
    assert!(place.path("elsewhere/mark").is_file());
    czei(&["stock", "status", "--stock", &path]).with_code(0);
    // Opening finds the mark where it was made.
    fs::rename(&mark, place.path("gone")).unwrap();
    let ran = czei(&["stock", "status", "--json", "--stock", &path]).with_code(2);
    assert_eq!(name_of(&ran.error()["code"]), "mark-missing");
}

#[test]
fn what_cannot_be_made_leaves_nothing() {
    let place = Folder::new();
    let path = place.text("no/such/folder/stock.db");
    let error = czei(&["stock", "init", "--json", "--stock", &path, "--actor", "张三"]).with_code(2).error();
    assert!(error["code"].as_str().unwrap().starts_with("CZ4"), "{error}");
    // No user may make files there, not even root.
    #[cfg(target_os = "linux")]
    if std::path::Path::new("/sys/kernel").exists() {
        let ran = czei(&["stock", "init", "--stock", "/sys/stock.db", "--actor", "张三"]).with_code(2);
        assert!(ran.err.starts_with("CZ4022 The stock or its folder cannot be written"), "{}", ran.err);
    }
    let path = place.text("stock.db");
    for actor in ["", " 张三", "张\u{202e}三", &"字".repeat(101)] {
        let error = czei(&["stock", "init", "--json", "--stock", &path, "--actor", actor]).with_code(2).error();
        assert_eq!(name_of(&error["code"]), "stock-text-limit", "{actor:?}");
        assert_eq!(error["place"]["path"], "maker");
    }
    assert!(!place.path("stock.db").exists());
    let ran = czei(&["stock", "init", "--stock", &path]).with_code(2);
    assert!(ran.err.starts_with("CZ9001 ") && ran.err.contains("--actor"), "{}", ran.err);
    let ran = czei(&["stock", "status"]).with_code(2);
    assert!(ran.err.contains("--config") && ran.err.contains("--stock"), "{}", ran.err);
}

#[test]
fn a_segment_waits_to_be_taken_in() {
    let place = Folder::new();
    let path = stock(&place);
    let ran = czei(&["stock", "segment", "list", "--stock", &path]).with_code(0);
    assert_eq!(ran.out, "no segment\n");
    let ran = czei(&add(&path, "0000000101", "0000000200", &["--giver", "示例市财政局"])).with_code(0);
    assert_eq!(ran.out, "segment 1  32010126  0000000101–0000000200 (100 numbers)  pending\n");
    assert_eq!(ran.err, "Nothing is drawn from it before take-in 1\n");
    let more = ["--take-in", "--json"];
    let line = czei(&add(&path, "0000000001", "0000000100", &more)).with_code(0).objects()[0].clone();
    assert_eq!((&line["segment"], &line["numbers"], &line["taken_in"]), (&2.into(), &100.into(), &true.into()));

    let ran = czei(&["--lang", "zh", "stock", "segment", "list", "--stock", &path]).with_code(0);
    let lines: Vec<Vec<&str>> = ran.out.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["号段", "单位", "代码", "起号", "止号", "下一号", "未用", "已开", "作废", "待核实", "状态"]);
    let next = "0000000001";
    assert_eq!(lines[1], ["2", UNIT, "32010126", next, "0000000100", next, "100", "0", "0", "0", "已领入"]);
    let next = "0000000101";
    assert_eq!(lines[2], ["1", UNIT, "32010126", next, "0000000200", next, "100", "0", "0", "0", "待领入"]);
    assert_eq!(lines.len(), 3);
    let json = czei(&["stock", "segment", "list", "--json", "--stock", &path]).with_code(0).objects();
    assert_eq!((&json[1]["giver"], &json[1]["taken_in_at"]), (&"示例市财政局".into(), &serde_json::Value::Null));

    let take_in = |what: &str| czei(&["stock", "take-in", what, "--stock", &path, "--actor", "张三"]);
    assert_eq!(take_in("--all").with_code(0).out, "segment 1 taken in\n");
    assert_eq!(take_in("--all").with_code(0).out, "nothing waits to be taken in\n");
    assert!(take_in("1").with_code(2).err.starts_with("CZ4041 The segment was taken in before"));
    assert!(take_in("7").with_code(2).err.starts_with("CZ4040 There is no such segment"));
    assert!(take_in("first").with_code(2).err.starts_with("CZ9001 "));
}

#[test]
fn bad_numbers_and_overlaps_are_refused_with_their_argument() {
    let place = Folder::new();
    let path = stock(&place);
    czei(&add(&path, "0000000001", "0000000100", &[])).with_code(0);
    let error = |first: &str, last: &str, more: &[&str]| {
        let error = czei(&[&add(&path, first, last, &[])[..], &["--json"], more].concat()).with_code(2).error();
        (name_of(&error["code"]), error["place"]["path"].as_str().map(str::to_owned))
    };
    for (first, last, at) in [
        ("1", "0000000200", "--first"),
        ("0000000000", "0000000200", "--first"),
        ("0000000101", "00000000200", "--last"),
        ("0000000101", "一百", "--last"),
    ] {
        assert_eq!(error(first, last, &[]), ("receipt-number", Some(at.to_owned())));
    }
    assert_eq!(error("0000000101", "0000000200", &["--next", "7"]), ("receipt-number", Some("--next".to_owned())));
    for (first, last, next) in [
        ("0000000100", "0000000200", "0000000100"),
        ("0000000200", "0000000101", "0000000200"),
        ("0000000101", "0000000200", "0000000100"),
        ("0000000101", "0000000200", "0000000202"),
    ] {
        assert_eq!(error(first, last, &["--next", next]), ("segment-overlap", None), "{first}-{last} {next}");
    }
    let ran = czei(&[
        "stock",
        "segment",
        "add",
        "--json",
        "--stock",
        &path,
        "--unit",
        UNIT,
        "--code",
        "3201",
        "--first",
        "0000000101",
        "--last",
        "0000000200",
        "--actor",
        "张三",
    ]);
    assert_eq!(name_of(&ran.with_code(2).error()["code"]), "receipt-code-length");
    let list = czei(&["stock", "segment", "list", "--json", "--stock", &path]).with_code(0).objects();
    assert_eq!(list.len(), 1, "nothing of that was noted");
}

#[test]
fn a_segment_that_is_used_up_begins_behind_its_last_number() {
    let place = Folder::new();
    let path = stock(&place);
    czei(&add(&path, "9999999990", "9999999999", &["--next", "10000000000", "--take-in"])).with_code(0);
    let segment = &czei(&["stock", "segment", "list", "--json", "--stock", &path]).with_code(0).objects()[0];
    assert_eq!((&segment["free"], &segment["unknown"]), (&0.into(), &10.into()));
}

#[test]
fn a_segment_is_noted_for_a_unit_of_the_configuration() {
    let province = Province::new();
    let add = ["segment", "add", "--unit", "12329999000000035", "--code", "32020126", "--first", "0000900001"];
    let error = province.stock_json(&[&add[..], &["--last", "0000900002", "--actor", "张三"]].concat()).with_code(2);
    assert_eq!(name_of(&error.error()["code"]), "unit-unknown");
    assert!(error.error()["message_en"].as_str().unwrap().contains("123299990000000353"), "the units are named");
}

#[test]
fn the_tail_is_given_back_for_good() {
    let province = Province::new();
    let list = province.stock_json(&["segment", "list"]).with_code(0).objects();
    let segment = list.iter().find(|segment| segment["code"] == "32990126").unwrap()["segment"].to_string();
    province.issue(&["one", "two"], "out");
    let give_back = |from: &[&str]| {
        province
            .stock(&[&["return", &segment, "--reason", "多领", "--actor", "张三", "--checker", "李四"], from].concat())
    };
    let ran = give_back(&["--from", "0000000002"]).with_code(2);
    assert!(ran.err.starts_with("CZ4042 No number can be given back"), "{}", ran.err);
    let ran = give_back(&["--from", "2"]).with_code(2);
    assert!(ran.err.contains("--from"), "{}", ran.err);
    let ran = give_back(&["--from", "0000009001"]).with_code(0);
    assert_eq!(ran.out, format!("segment {segment}  32990126  0000009001–0000010000 (1000 numbers)  returned\n"));
    let line = give_back(&["--json"]).with_code(0).objects()[0].clone();
    assert_eq!((&line["first"], &line["last"]), (&"0000000003".into(), &"0000009000".into()));
    assert_eq!(line["returned"], 8998);
    assert_eq!(give_back(&[]).with_code(2).err.split(' ').next(), Some("CZ4042"));

    let story = province.stock(&["explain", "32990126-0000000003"]).with_code(0).out;
    assert!(story.starts_with("32990126-0000000003: given back, never to be used again\n"), "{story}");
    let last = without_times(&story).lines().last().unwrap().to_owned();
    assert!(last.starts_with("  T T  returned  张三  first: 0000000003; last: 0000009000; "), "{last}");
    assert!(last.ends_with("reason: 多领; checker: 李四"), "{last}");
}
