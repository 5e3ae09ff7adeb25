//! `czei stock check`, `journal verify`, `heads` and `export`.

use std::fs;

use super::{Province, UNIT, names, number};
use crate::helper::{czei, name_of};

#[test]
fn a_sound_stock_passes_every_check() {
    let province = Province::new();
    province.issue(&["one", "two"], "out");
    let ran = province.stock(&["check"]).with_code(0);
    let lines: Vec<_> = ran.out.lines().collect();
    assert_eq!(lines.last(), Some(&"everything holds"));
    for name in [
        "i1-",
        "i2-",
        "i3-",
        "i5-",
        "i6-",
        "i7-",
        "i8-",
        "totals",
        "documents",
        "strangers",
        "tokens",
        "schema",
        "facts",
        "segments-journal",
    ] {
        assert!(lines.iter().any(|line| line.starts_with(&format!("✓ {name}"))), "{name}: {}", ran.out);
    }
    let zh = province.stock(&["--lang", "zh", "check"]).with_code(0).out;
    assert!(zh.ends_with("全部成立\n"), "{zh}");
    let objects = province.stock_json(&["check"]).with_code(0).objects();
    assert_eq!(objects.len() + 1, lines.len());
    assert!(objects.iter().all(|line| line["holds"] == true && line["wrong"] == 0 && line["what_en"] != ""));
}

/// What somebody does who may write the file and knows SQLite; the triggers are in the way of mistakes only, and stand
/// there again afterwards.
fn tamper(path: &str, sql: &str) -> bool {
    let script = format!(
        "import sqlite3,sys\nc=sqlite3.connect(sys.argv[1])\n\
         t=list(c.execute(\"SELECT name, sql FROM sqlite_schema WHERE type='trigger'\"))\n\
         [c.execute('DROP TRIGGER '+n) for n,_ in t]\nc.execute({sql:?})\n[c.execute(s) for _,s in t]\n\
         c.commit()\nc.close()\n"
    );
    let ran = std::process::Command::new("python3").args(["-c", &script, path]).output();
    match ran {
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            true
        }
        Err(_) => {
            eprintln!("skipped: python3 is not installed");
            false
        }
    }
}

#[test]
fn a_row_that_says_something_else_than_its_receipt_is_found() {
    for (column, change) in [
        ("total", "total = total + 1"),
        ("day", "day = 20200101"),
        ("business_key", "business_key = 'other'"),
        ("reverses", "reverses = 1"),
    ] {
        let province = Province::new();
        province.issue(&["one"], "out");
        // The days are counted from the numbers, so they tell as well.
        let and = if column == "day" { "✗ day-use" } else { "✗ facts" };
        if !tamper(&province.path("stock.db"), &format!("UPDATE number SET {change}")) {
            return;
        }
        let ran = province.stock(&["check"]).with_code(1);
        let has = |start: &str| ran.out.lines().any(|line| line.starts_with(start));
        assert!(has("✗ facts ") && has(and), "{}", ran.out);
        assert!(ran.out.contains(&format!(": {column}\n")), "{column}: {}", ran.out);
    }
}

#[test]
fn a_row_that_was_changed_is_found_by_check_and_by_the_journal() {
    let province = Province::new();
    province.issue(&["one", "two"], "out");
    province.stock(&["journal", "verify"]).with_code(0);
    if !tamper(&province.path("stock.db"), "UPDATE journal SET actor = 'nobody' WHERE event = 6") {
        return;
    }
    let ran = province.stock(&["check"]).with_code(1);
    let wrong: Vec<_> = ran.out.lines().filter(|line| line.starts_with('✗')).collect();
    assert_eq!(wrong.len(), 1, "{}", ran.out);
    assert!(wrong[0].starts_with("✗ i7-journal ") && wrong[0].contains(" wrong)"), "{}", wrong[0]);
    assert!(ran.out.ends_with("something does not hold\n"), "{}", ran.out);
    let ran = province.stock(&["journal", "verify"]).with_code(1);
    let lines: Vec<_> = ran.out.lines().collect();
    assert!(lines[0].starts_with("CZ4080 A chain of the journal is broken"), "{}", ran.out);
    assert!(lines.iter().any(|line| line.starts_with("the journal does not hold: ")), "{}", ran.out);
    let objects = province.stock_json(&["journal", "verify"]).with_code(1).objects();
    assert_eq!(name_of(&objects[0]["error"]["code"]), "journal-chain-broken");
    assert_eq!(objects.last().unwrap()["journal"]["holds"], false);
}

#[test]
fn heads_are_noted_signed_and_verified() {
    let province = Province::new();
    province.issue(&["one"], "out");
    let ran = province.stock(&["heads", "--actor", "张三"]).with_code(0);
    let lines: Vec<_> = ran.out.lines().collect();
    assert_eq!(lines[0], "czei heads 1");
    assert!(lines[1].starts_with("stock ") && lines[2].starts_with("generation ") && lines[3].starts_with("time "));
    assert!(lines[4].starts_with("segment 1 ") && lines.last().unwrap().starts_with("stock "), "{}", ran.out);
    let signed = province.stock_json(&["heads", "--sign", "--actor", "张三"]).with_code(0).objects()[0].clone();
    assert_eq!(signed["signer"], "CN=示例市实验中学,O=示例市实验中学,C=CN");
    assert!(signed["heads"].as_str().unwrap().starts_with("czei heads 1\n"));
    assert!(signed["signature"].as_str().unwrap().len() >= 128);
    // In text the signature stands behind what is signed.
    let text = province.stock(&["heads", "--sign", "--actor", "张三"]).with_code(0).out;
    let (heads, signature) = text.split_once("\n\n").unwrap();
    assert!(heads.starts_with("czei heads 1\n") && heads.lines().last().unwrap().starts_with("stock "), "{text}");
    let names: Vec<_> = signature.lines().map(|line| line.split_once(' ').unwrap().0).collect();
    assert_eq!(names, ["signer", "certificate", "signature"]);
    let of_unit = |unit: &str| province.stock_json(&["heads", "--sign", "--actor", "张三", "--unit", unit]);
    let signed = of_unit("123299990000000278").with_code(0).objects()[0].clone();
    assert!(signed["signer"].as_str().unwrap().starts_with("CN=示例市不动产登记中心,"));
    assert_eq!(name_of(&of_unit("nobody").with_code(2).error()["code"]), "unit-unknown");

    let report = province.stock_json(&["journal", "verify"]).with_code(0).objects()[0]["journal"].clone();
    assert_eq!((&report["heads"], &report["signed_heads"]), (&4.into(), &3.into()));
    assert!(report["last_signer"].as_str().unwrap().starts_with("CN=示例市不动产登记中心,"));
    let ran = province.stock(&["journal", "verify"]).with_code(0);
    let said: Vec<_> = ran.out.lines().collect();
    assert!(said[0].starts_with("the journal holds; ") && said[0].ends_with("heads noted 4 times, 3 of them signed"));
    assert!(said[1].starts_with("last signed by CN=示例市不动产登记中心,"), "{}", ran.out);

    // Without a configuration nobody says whose signatures count.
    let ran = czei(&["stock", "journal", "verify", "--stock", &province.path("stock.db")]).with_code(0);
    assert!(ran.out.contains("0 of them signed") && ran.out.contains("could have changed them unseen"), "{}", ran.out);
    let ran = czei(&["stock", "heads", "--sign", "--actor", "x", "--stock", &province.path("stock.db")]).with_code(2);
    assert!(ran.err.starts_with("CZ9001 "), "{}", ran.err);
}

#[test]
fn an_exported_journal_is_verified_without_its_database() {
    let province = Province::new();
    province.issue(&["one", "two"], "out");
    let heads = province.stock(&["heads", "--sign", "--actor", "张三"]).with_code(0).out;
    let heads = province.place.write("heads.txt", heads);
    let file = province.place.text("journal.jsonl");
    let export = ["export", "--what", "journal", "--format", "jsonl", "--out", &file];
    let ran = province.stock(&export).with_code(0);
    let rows = fs::read_to_string(&file).unwrap().lines().count();
    assert_eq!(ran.out, format!("{file}  {rows} rows\n"));
    let verify = |more: &[&str]| czei(&[&["stock", "journal", "verify", "--file", &file][..], more].concat());
    let ran = verify(&[]).with_code(0);
    let first = ran.out.lines().next().unwrap();
    assert_eq!(first, format!("the journal holds; {rows} rows, 4 chains, heads noted 1 times"));
    assert!(ran.out.contains("only heads that were kept elsewhere"), "{}", ran.out);
    let ran = verify(&["--heads", &heads]).with_code(0);
    assert!(ran.out.contains("it has come by the heads of 1 files that were kept"), "{}", ran.out);

    let text = fs::read_to_string(&file).unwrap();
    let lines: Vec<_> = text.lines().collect();
    let broken = |changed: String| {
        fs::write(&file, changed).unwrap();
        let object = verify(&["--json"]).with_code(1).objects()[0].clone();
        let (code, line) = (&object["error"]["code"], &object["error"]["place"]["line"]);
        (name_of(code), line.as_u64().unwrap())
    };
    assert_eq!(
        broken(text.replacen("\"request one\"", "", 1).replacen("\"one\"", "\"two\"", 1)).0,
        "journal-chain-broken"
    );
    assert_eq!(broken([&lines[..3], &lines[4..]].concat().join("\n")), ("journal-chain-broken", 4));
    assert_eq!(broken(format!("{}\nrubbish\n", lines[0])), ("journal-row-malformed", 2));
    assert_eq!(broken(String::new()), ("journal-row-malformed", 0));
    assert_eq!(broken(format!("{}\n{}\n", lines[0], "x".repeat(2 << 20))), ("journal-row-malformed", 2));
    // Cut off, what is left is right in itself: heads that were kept show it.
    fs::write(&file, lines[..rows - 2].join("\n")).unwrap();
    verify(&[]).with_code(0);
    let ran = verify(&["--heads", &heads]).with_code(1);
    assert!(ran.out.starts_with("CZ4081 Heads that were noted do not fit the journal"), "{}", ran.out);
    fs::write(&heads, "rubbish").unwrap();
    let error = verify(&["--heads", &heads, "--json"]).with_code(2).error();
    assert_eq!((name_of(&error["code"]), &error["place"]["file"]), ("heads-malformed", &heads.as_str().into()));
    let missing = czei(&["stock", "journal", "verify", "--file", &province.place.text("none")]).with_code(2);
    assert!(missing.err.starts_with("CZ9002 "), "{}", missing.err);
    assert!(province.stock(&["journal", "verify", "--heads", &heads]).with_code(2).err.starts_with("CZ9001 "));
    let database = province.path("stock.db");
    let ran = czei(&["stock", "journal", "verify", "--stock", &database, "--heads", &heads]).with_code(2);
    assert!(ran.err.starts_with("CZ9001 ") && ran.err.contains("--heads"), "{}", ran.err);
    // Heads alone say nothing, and neither does a file beside a database.
    assert!(czei(&["stock", "journal", "verify", "--heads", &heads]).with_code(2).err.starts_with("CZ9001 "));
    let ran = czei(&["stock", "journal", "verify", "--stock", &database, "--file", &file]).with_code(2);
    assert!(ran.err.starts_with("CZ9001 "), "{}", ran.err);
}

#[test]
fn exports_are_whole_and_safe_for_spreadsheets() {
    let province = Province::new();
    province.issue(&["=cmd|' /C calc'!A0", "plain"], "out");
    let export =
        |what: &str, format: &str| province.stock(&["export", "--what", what, "--format", format]).with_code(0).out;
    let numbers = export("numbers", "csv");
    let rows: Vec<_> = numbers.strip_prefix('\u{feff}').unwrap().split_terminator("\r\n").collect();
    let head = "id,code,number,segment,state,unit,request_id,business_key,day,total,reverses,exchanged,document_sm3,\
                draft_digest,last_change";
    assert_eq!(rows[0], head);
    assert!(rows[1].contains(&format!(",issued,{UNIT},'=cmd|' /C calc'!A0,,")), "{}", rows[1]);
    assert!(rows[2].starts_with(&format!("{},32990126,0000000002,", number(2))), "{}", rows[2]);
    assert!(rows[2].contains(",850.00,,false,"), "{}", rows[2]);
    assert_eq!(rows.len(), 3);
    assert!(!numbers.contains("张三"), "no payer");
    let json = export("numbers", "jsonl");
    let objects: Vec<serde_json::Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&objects[0]["request_id"], &objects[1]["total"]), (&"=cmd|' /C calc'!A0".into(), &"850.00".into()));
    assert_eq!((objects[0]["business_key"].is_null(), &objects[0]["exchanged"]), (true, &false.into()));

    let segments = export("segments", "csv");
    assert_eq!(segments.split_terminator("\r\n").count(), 4);
    assert!(segments.contains("示例市财政局"));
    let journal = export("journal", "csv");
    assert!(journal.contains("reserved") && journal.contains("'=cmd|"), "{journal}");
    assert!(journal.contains("\"{\"\"checker\"\":"), "JSON is quoted: {journal}");

    // A file is there whole or not at all.
    let folder = province.place.path("exports");
    fs::create_dir_all(folder.join("taken.csv/x")).unwrap();
    let taken = province.place.text("exports/taken.csv");
    let ran = province.stock(&["export", "--what", "numbers", "--out", &taken]).with_code(2);
    assert!(ran.err.starts_with("CZ8002 "), "{}", ran.err);
    assert_eq!(names(&folder), ["taken.csv"]);
    // An export takes the place of an earlier one, and of nothing else.
    let again = || province.stock(&["export", "--what", "numbers", "--out", &province.place.text("numbers.csv")]);
    again().with_code(0);
    again().with_code(0);
    for file in ["stock.db", "stock.db.mark", "stock.db.lock"] {
        let before = fs::read(province.path(file)).unwrap();
        let ran = province.stock(&["export", "--what", "numbers", "--out", &province.path(file)]).with_code(2);
        assert!(ran.err.starts_with("CZ9007 "), "{}", ran.err);
        assert!(file == "stock.db" || fs::read(province.path(file)).unwrap() == before, "{file}");
    }
    province.stock(&["check"]).with_code(0);
    let ran = province.stock(&["export", "--what", "numbers", "--out", &province.place.text("no/such/x.csv")]);
    assert!(ran.with_code(2).err.starts_with("CZ8002 "));
    assert!(province.stock(&["export", "--what", "payers"]).with_code(2).err.starts_with("CZ9001 "));
}
