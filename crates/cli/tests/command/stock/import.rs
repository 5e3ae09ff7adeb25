//! `czei stock import`: moving in from an old system.

use std::fs;

use super::{Province, UNIT, number};
use crate::helper::{Ran, czei, name_of};

/// An old system: a province with five receipts, whose stock is then given up for one that began in the
/// middle of the segment.
fn moved() -> Province {
    let province = Province::new();
    province.issue(&["one", "two", "three", "four", "five"], "old");
    let init = ["stock", "init", "--stock", &province.path("new.db"), "--actor", "张三"];
    czei(&init).with_code(0);
    let segment =
        ["stock", "segment", "add", "--stock", &province.path("new.db"), "--unit", UNIT, "--code", "32990126"];
    let range =
        ["--first", "0000000001", "--last", "0000000100", "--next", "0000000009", "--take-in", "--actor", "张三"];
    czei(&[&segment[..], &range].concat()).with_code(0);
    province
}

fn import(province: &Province, arguments: &[&str]) -> Ran {
    let command = ["stock", "import", "--stock", &province.path("new.db"), "--actor", "张三"];
    czei(&[&command[..], arguments].concat())
}

fn state(province: &Province, at: u64) -> String {
    let ran = czei(&["stock", "explain", "--json", "--stock", &province.path("new.db"), &number(at)]).with_code(0);
    ran.objects()[0]["story"]["whereabouts"].as_str().unwrap().to_owned()
}

#[test]
fn receipts_are_taken_over_under_a_policy() {
    let province = moved();
    let (old, policy) = (province.place.text("old"), province.path("policy.toml"));
    let ran = import(&province, &["--receipts", &old]).with_code(2);
    assert!(ran.err.starts_with("CZ9060 Receipts are taken over under a policy"), "{}", ran.err);
    assert_eq!(state(&province, 1), "unknown");

    let file = province.place.path(&format!("old/{}.xml", number(5)));
    let good = fs::read_to_string(&file).unwrap();
    fs::write(&file, good.replacen("学费", "杂费", 1)).unwrap();
    let ran = import(&province, &["--receipts", &old, "--policy", &policy]).with_code(1);
    let lines: Vec<_> = ran.out.lines().collect();
    assert!(lines[0].starts_with(&format!("{}: CZ4104 The file does not verify", file.display())), "{}", ran.out);
    assert_eq!(lines[1], "4 receipts and 0 voids taken over; 1 refused, 0 unreadable");
    assert_eq!((state(&province, 4), state(&province, 5)), ("issued".to_owned(), "unknown".to_owned()));

    // Again it is no error, and what was mended comes in.
    fs::write(&file, &good).unwrap();
    let ran = import(&province, &["--receipts", &old, "--policy", &policy, "--json"]).with_code(0);
    let counts = serde_json::json!({ "receipts": 1, "voids": 0, "before": 4, "refused": 0, "unreadable": 0 });
    assert_eq!(ran.objects(), [serde_json::json!({ "v": 1, "imported": counts })]);
    let get = czei(&["stock", "get", "--stock", &province.path("new.db"), &number(5)]).with_code(0);
    assert_eq!(get.out, good);
    let check = czei(&["stock", "check", "--stock", &province.path("new.db")]).with_code(0);
    assert!(check.out.ends_with("everything holds\n"), "{}", check.out);
    let reconcile = czei(&["stock", "reconcile", "--stock", &province.path("new.db"), &old]).with_code(0);
    assert!(reconcile.out.ends_with("stock and files agree: 5 issued, 5 files, 5 found\n"), "{}", reconcile.out);
}

#[test]
fn other_content_is_never_written_over_what_is_there() {
    let province = moved();
    let (old, policy) = (province.place.text("old"), province.path("policy.toml"));
    import(&province, &["--receipts", &old, "--policy", &policy]).with_code(0);
    let file = format!("{old}/{}.xml", number(1));
    fs::write(&file, fs::read_to_string(&file).unwrap().replacen("学费", "杂费", 1)).unwrap();
    let ran = import(&province, &["--receipts", &file, "--unverified", "--json"]).with_code(1);
    assert_eq!(name_of(&ran.objects()[0]["error"]["code"]), "past-differs");
    // The stock that issued them awaits nothing of the past, and takes over what it has.
    province.stock(&["import", "--actor", "张三", "--receipts", &format!("{old}/{}.xml", number(2))]).with_code(0);
    let beyond = Province::new();
    let free = import(moved_next(&beyond), &["--receipts", &beyond.place.text("old"), "--unverified", "--json"]);
    assert_eq!(name_of(&free.with_code(1).objects()[0]["error"]["code"]), "past-not-awaited");
}

/// A stock that begins at its first number, beside receipts of the past.
fn moved_next(province: &Province) -> &Province {
    province.issue(&["one"], "old");
    czei(&["stock", "init", "--stock", &province.path("new.db"), "--actor", "张三"]).with_code(0);
    let segment =
        ["stock", "segment", "add", "--stock", &province.path("new.db"), "--unit", UNIT, "--code", "32990126"];
    let range = ["--first", "0000000001", "--last", "0000000100", "--take-in", "--actor", "张三"];
    czei(&[&segment[..], &range].concat()).with_code(0);
    province
}

#[test]
fn voids_come_as_a_list_with_names_in_either_language() {
    let province = moved();
    let list = province.place.write(
        "voids.csv",
        "\u{feff}票据代码,票据号码,作废原因,作废人,作废时间\r\n\
         32990126,0000000006,\"错票, 重开\",王五,2026-11-01 09:15:30\r\n\
         32990126,0000000007,,王五,2026-11-01\r\n\
         32990126,7,错票,王五,2026-11-01\r\n\
         32990126,0000000009,错票,王五,2026-11-01\r\n",
    );
    let ran = import(&province, &["--voids", &list]).with_code(1);
    let lines: Vec<_> = ran.out.lines().collect();
    assert_eq!(lines.len(), 4, "{}", ran.out);
    assert!(lines[0].contains("CZ4094 A row of the list of voided numbers is wrong"), "{}", lines[0]);
    assert!(lines[0].starts_with(&format!("{list}:3: ")) && lines[0].contains(", reason. "), "{}", lines[0]);
    assert!(lines[1].starts_with(&format!("{list}:4: CZ3008 ")) && lines[1].contains(", number. "), "{}", lines[1]);
    assert!(
        lines[2].starts_with(&format!("{list}:5: CZ4046 The number does not wait to be reconciled")),
        "{}",
        lines[2]
    );
    assert_eq!(lines[3], "0 receipts and 1 voids taken over; 3 refused, 0 unreadable");
    assert_eq!((state(&province, 6), state(&province, 7)), ("voided".to_owned(), "unknown".to_owned()));
    let story = czei(&["stock", "explain", "--stock", &province.path("new.db"), &number(6)]).with_code(0).out;
    assert!(story.contains("imported-voided") && story.contains("错票, 重开") && story.contains("王五"), "{story}");
    assert!(story.contains("; next: 0000000009"), "with its zeros: {story}");

    let english = "time,person,reason,number,code\n2026-11-02T10:00:00+08:00,Li,torn,0000000007,32990126\n";
    let list = province.place.write("english.csv", english);
    let ran = import(&province, &["--voids", &list, "--json"]).with_code(0);
    assert_eq!(ran.objects()[0]["imported"]["voids"], 1);
    let again = import(&province, &["--voids", &list]).with_code(0).out;
    assert_eq!(again, "0 receipts and 0 voids taken over; 1 known before; 0 refused, 0 unreadable\n");
}

#[test]
fn rubbish_is_refused_before_anything_is_taken_over() {
    let province = moved();
    for (content, name) in [
        ("", "void-list-header"),
        ("code,number\n", "void-list-header"),
        ("<html></html>", "void-list-header"),
        ("PK\u{3}\u{4}\"zip", "csv-malformed"),
    ] {
        let list = province.place.write("list.csv", content);
        let error = import(&province, &["--voids", &list, "--json"]).with_code(2).error();
        assert_eq!((name_of(&error["code"]), &error["place"]["file"]), (name, &list.as_str().into()), "{content:?}");
    }
    // As spreadsheets write it in GBK; the good rows before the first name are not taken over either. Characters lie
    // across the chunks in which it is read.
    let mut mixed = b"code,number,reason,person,time\n".to_vec();
    mixed.extend("32010126,0000000006,错,王五,2026-12-01\n".repeat(3000).bytes());
    let good = mixed.clone();
    mixed.extend(b"32010126,0000000007,\xb4\xed\xc6\xb1,x,2026-12-01\n");
    for (bytes, line) in [(&b"\xc6\xb1\xbe\xdd,\xba\xc5\xc2\xeb\n"[..], 1), (&mixed, 3002), (b"a\n\xe7", 2)] {
        let gbk = province.place.write("list.csv", bytes);
        let error = import(&province, &["--voids", &gbk, "--json"]).with_code(2).error();
        assert_eq!((name_of(&error["code"]), &error["place"]["line"]), ("list-not-utf-8", &line.into()));
        assert!(error["advice"].as_str().unwrap().contains("iconv -f GB18030 -t UTF-8"), "{error}");
    }
    assert_eq!(state(&province, 6), "unknown");
    let good = province.place.write("list.csv", good);
    // Its rows are read, and refused for what they say.
    let ran = import(&province, &["--voids", &good, "--json"]).with_code(1);
    assert_eq!(ran.objects().last().unwrap()["imported"]["refused"], 3000);
    let missing = province.place.text("none.csv");
    assert_eq!(import(&province, &["--voids", &missing, "--json"]).with_code(2).error()["code"], "CZ9002");
    let empty = province.place.path("empty");
    fs::create_dir(&empty).unwrap();
    let ran = import(&province, &["--receipts", empty.to_str().unwrap(), "--unverified", "--json"]).with_code(2);
    assert_eq!(ran.error()["code"], "CZ9006");
    fs::write(empty.join("a.xml"), "rubbish").unwrap();
    let ran = import(&province, &["--receipts", empty.to_str().unwrap(), "--unverified"]).with_code(1);
    assert!(ran.out.ends_with("0 receipts and 0 voids taken over; 1 refused, 0 unreadable\n"), "{}", ran.out);
    assert!(import(&province, &["--unverified"]).with_code(2).err.starts_with("CZ9001 "));
}
