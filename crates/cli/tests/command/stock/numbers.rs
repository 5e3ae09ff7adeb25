//! `czei stock get`, `find`, `explain`, `void` and `exchange`.

use std::fs;

use czei::core::{Amount, BEIJING, NumberRequest, NumberSource, RequestId};
use czei::{Configuration, ReceiptCode};

use super::{Province, UNIT, number, without_times};
use crate::helper::{czei, name_of};

/// Reserves a number and leaves it there, as a unit does that is killed before it signs.
fn reserve(province: &Province, request: &str) {
    let stock = Configuration::load(province.config()).unwrap().open_stock().unwrap();
    let request_id = RequestId::new(request).unwrap();
    let at = moment();
    let request = NumberRequest {
        unit: UNIT,
        code: ReceiptCode::parse("32990126").unwrap(),
        request_id: &request_id,
        draft_digest: [7; 32],
        at,
        total: Amount::parse("850.00").unwrap(),
        business_key: Some("=business"),
        number: None,
        reverses: None,
    };
    stock.reserve(&[request], &mut |_, _| Ok(b"<unsigned/>".to_vec())).pop().unwrap().unwrap();
}

/// A moment at UTC+8.
fn moment() -> chrono::DateTime<chrono::FixedOffset> {
    chrono::DateTime::parse_from_rfc3339("2026-12-01T09:15:30+08:00").unwrap().with_timezone(&BEIJING)
}

#[test]
fn a_receipt_is_taken_out_as_it_was_issued() {
    let province = Province::new();
    let line = province.issue(&["one"], "out")[0].clone();
    let bytes = fs::read(line["file"].as_str().unwrap()).unwrap();
    let ran = province.stock(&["get", &number(1)]).with_code(0);
    assert_eq!((ran.out.as_bytes(), ran.err.as_str()), (&bytes[..], ""));
    let out = province.place.text("one.xml");
    let ran = province.stock(&["get", &number(1), "--out", &out]).with_code(0);
    assert_eq!((ran.out, fs::read(&out).unwrap()), (format!("{}  issued  {out}\n", number(1)), bytes.clone()));
    // The same again is no error; other content in its place is.
    province.stock(&["get", &number(1), "--out", &out]).with_code(0);
    fs::write(&out, "mine").unwrap();
    let ran = province.stock(&["get", &number(1), "--out", &out]).with_code(2);
    assert!(ran.err.starts_with("CZ9007 "), "{}", ran.err);
    assert_eq!(fs::read(&out).unwrap(), b"mine");
    let line = province.stock_json(&["get", &number(1)]).with_code(0).objects()[0].clone();
    assert_eq!((&line["state"], &line["file"]), (&"issued".into(), &serde_json::Value::Null));
    assert_eq!(line["document"].as_str().unwrap().as_bytes(), bytes);
}

#[test]
fn what_is_not_signed_stays_in_the_stock() {
    let province = Province::new();
    reserve(&province, "killed");
    for (number, name, found) in [
        (number(1), "number-state", "reserved"),
        (number(2), "number-never-given", "free"),
        (number(10_001), "number-unknown", "stranger"),
    ] {
        let error = province.stock_json(&["get", &number]).with_code(2).error();
        assert_eq!(name_of(&error["code"]), name);
        assert!(error["message_en"].as_str().unwrap().contains(&format!("{number} {found}")), "{error}");
    }
    for bad in ["32990126", "32990126-1", "3299012-0000000001", "", "32990126-00000000011", "３２990126-0000000001"] {
        let ran = province.stock_json(&["get", bad]).with_code(2);
        assert_eq!(ran.error()["place"]["path"], "CODE-NUMBER", "{bad}");
    }
}

#[test]
fn numbers_are_found_by_what_is_known() {
    let province = Province::new();
    let lines = province.issue(&["one", "two"], "out");
    reserve(&province, "three");
    let day = {
        let find = province.stock_json(&["find", "--number", &number(1)]).with_code(0);
        find.objects()[0]["day"].as_str().unwrap().to_owned()
    };
    let found = |question: &[&str]| -> Vec<String> {
        let ran = province.stock_json(&[&["find"], question].concat()).with_code(0);
        ran.objects().iter().map(|line| line["number"].as_str().unwrap().to_owned()).collect()
    };
    let all = |numbers: &[u64]| numbers.iter().map(|number| format!("{number:010}")).collect::<Vec<_>>();
    assert_eq!(found(&["--request", "two"]), all(&[2]));
    assert_eq!(found(&["--request", "two", "--unit", UNIT]), all(&[2]));
    assert_eq!(found(&["--request", "two", "--unit", "another"]), all(&[]));
    let ran = province.stock(&["find", "--state", "issued", "--unit", UNIT]).with_code(2);
    assert!(ran.err.starts_with("CZ9001 "), "a unit is of a request, and never passed over: {}", ran.err);
    assert_eq!(found(&["--state", "issued"]), all(&[1, 2]));
    assert_eq!(found(&["--state", "reserved"]), all(&[3]));
    assert_eq!(found(&["--business", "=business"]), all(&[3]));
    assert_eq!(found(&["--day", &day]), all(&[1, 2]));
    assert_eq!(found(&["--day", "20261201"]), all(&[3]));
    assert_eq!(found(&["--reverses", &number(1)]), all(&[]));

    // For people: a line a number.
    let ran = province.stock(&["find", "--state", "issued"]).with_code(0);
    let row = |at: u64, request: &str| format!("{}  issued    {day}        850.00  request {request}\n", number(at));
    assert_eq!(ran.out, row(1, "one") + &row(2, "two"));
    let ran = province.stock(&["--lang", "zh", "find", "--state", "reserved"]).with_code(0);
    let (id, day) = (number(3), "2026-12-01");
    assert_eq!(ran.out, format!("{id}  已占号       {day}        850.00  请求号 three  业务号 =business\n"));
    assert_eq!(province.stock(&["find", "--request", "none"]).with_code(0).out, "no number answers that\n");

    let blue = lines[0]["file"].as_str().unwrap();
    let (config, out) = (province.config(), province.place.text("out"));
    let words = ["--reason", "错票", "--handler", "李四", "--checker", "王五"];
    czei(&[&["reverse", "--config", &config, "--out", &out, blue][..], &words].concat()).with_code(0);
    assert_eq!(found(&["--reverses", &number(1)]), all(&[4]));
    for (question, path) in [(["--day", "2026-02-30"], "--day"), (["--number", "x"], "--number")] {
        let error = province.stock_json(&[&["find"], &question[..]].concat()).with_code(2).error();
        assert_eq!(error["place"]["path"], path);
    }
    for question in [&[][..], &["--day", "20261201", "--state", "issued"], &["--unit", UNIT], &["--state", "gone"]] {
        let error = province.stock_json(&[&["find"], question].concat()).with_code(2).error();
        assert_eq!(error["code"], "CZ9001", "{question:?}");
    }
}

#[test]
fn the_story_of_a_number_is_told_whole() {
    let province = Province::new();
    let blue = province.issue(&["one"], "out")[0].clone();
    let (config, out) = (province.config(), province.place.text("out"));
    let words = ["--reason", "错票", "--handler", "李四", "--checker", "王五"];
    let file = blue["file"].as_str().unwrap();
    czei(&[&["reverse", "--config", &config, "--out", &out, file][..], &words].concat()).with_code(0);
    let ran = province.stock(&["explain", &number(1)]).with_code(0);
    let segment = "segment-received  czei sandbox  unit: 123299990000000353; code: 32990126; first: 0000000001; \
                   last: 0000010000; giver: 示例市财政局; checker: czei sandbox check";
    let taken_in = "segment-taken-in  czei sandbox  checker: czei sandbox check";
    let list = province.stock_json(&["segment", "list"]).with_code(0).objects();
    let id = &list.iter().find(|segment| segment["code"] == "32990126").unwrap()["segment"];
    assert_eq!(
        without_times(&ran.out),
        format!(
            "32990126-0000000001: issued\n  Segment: {id}  0000000001–0000010000  示例市财政局\n  Unit: {UNIT}\n  \
             Day: T\n  Total: 850.00\n  Request: one\n  Reversed by: 32990126-0000000002\n  Document SM3: H\n\
             What happened\n  T T  {segment}\n  T T  {taken_in}\n  T T  reserved  czei  request: one\n  \
             T T  signed  czei\n  T T  issued  czei\n"
        )
    );
    let ran = province.stock(&["--lang", "zh", "explain", &number(2)]).with_code(0);
    assert!(ran.out.starts_with("32990126-0000000002: 单位已签名，尚未开具\n"), "{}", ran.out);
    assert!(
        ran.out.contains("  冲红的蓝票: 32990126-0000000001\n") && ran.out.contains("  金额: -850.00\n"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("\n经过\n"), "{}", ran.out);
    let story = province.stock_json(&["explain", &number(1)]).with_code(0).objects()[0]["story"].clone();
    let events: Vec<_> =
        story["events"].as_array().unwrap().iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(events, ["segment-received", "segment-taken-in", "reserved", "signed", "issued"]);
    assert_eq!((&story["whereabouts"], &story["reversed_by"]), (&"issued".into(), &"32990126-0000000002".into()));

    let ran = province.stock(&["explain", &number(3)]).with_code(0);
    assert!(ran.out.starts_with("32990126-0000000003: free\n"), "{}", ran.out);
    let ran = province.stock(&["explain", "32010226-0000000003"]).with_code(0);
    assert_eq!(ran.out, "32010226-0000000003: in no segment of this stock\n");
}

#[test]
fn a_number_is_voided_with_reason_and_person() {
    let province = Province::new();
    reserve(&province, "killed");
    let void = |at: u64, more: &[&str]| {
        province.stock(&[&["void", &number(at), "--reason", "打印作废", "--actor", "张三"], more].concat())
    };
    assert_eq!(void(1, &[]).with_code(0).out, format!("{}  voided\n", number(1)));
    let story = province.stock(&["explain", &number(1)]).with_code(0).out;
    assert!(story.starts_with("32990126-0000000001: voided, never to be used again\n"), "{story}");
    let last = story.lines().last().unwrap();
    assert!(last.contains("  voided  张三  ") && last.contains("reason: 打印作废"), "{last}");

    province.issue_with(&["signed"], "out", &[]);
    let ran = void(2, &["--json"]).with_code(2);
    assert_eq!(name_of(&ran.error()["code"]), "refusal-needed");
    let refusal = province.place.write("refusal.txt", "拒签：项目编码不符");
    let line = void(2, &["--refusal", &refusal, "--json"]).with_code(0).objects()[0].clone();
    assert_eq!((&line["number"], &line["state"]), (&number(2).as_str().into(), &"voided".into()));
    let missing = province.place.text("missing");
    assert_eq!(name_of(&void(2, &["--refusal", &missing, "--json"]).with_code(2).error()["code"]), "file-read");

    province.issue(&["issued"], "out");
    assert_eq!(name_of(&void(3, &["--json"]).with_code(2).error()["code"]), "number-state");
    let error = void(9, &["--json"]).with_code(2).error();
    assert_eq!(name_of(&error["code"]), "number-never-given");
    assert!(error["message"].as_str().unwrap().ends_with(&format!("（实为 {} 未使用）", number(9))), "{error}");
    assert_eq!(name_of(&void(10_001, &["--json"]).with_code(2).error()["code"]), "number-unknown");
    reserve(&province, "again");
    let long = "字".repeat(201);
    for reason in ["", "a\nb", &long] {
        let ran = province.stock_json(&["void", &number(4), "--reason", reason, "--actor", "张三"]).with_code(2);
        assert_eq!(name_of(&ran.error()["code"]), "stock-text-limit", "{reason:?}");
    }
    let check = province.stock_json(&["check"]).with_code(0);
    assert!(check.objects().iter().all(|line| line["holds"] == true), "{}", check.out);
}

#[test]
fn a_receipt_is_exchanged_for_one_paper() {
    let province = Province::new();
    province.issue(&["one"], "out");
    let exchange = |at: u64, paper: &str, more: &[&str]| {
        let arguments = ["exchange", &number(at), "--paper", paper, "--actor", "张三"];
        province.stock(&[&arguments[..], more].concat())
    };
    let said = format!("{}  exchanged for paper 苏A-00123\n", number(1));
    assert_eq!(exchange(1, "苏A-00123", &[]).with_code(0).out, said);
    assert_eq!(exchange(1, "苏A-00123", &[]).with_code(0).out, said, "again is no error");
    assert_eq!(name_of(&exchange(1, "苏A-00124", &["--json"]).with_code(2).error()["code"]), "number-state");
    assert_eq!(name_of(&exchange(2, "苏A-00124", &["--json"]).with_code(2).error()["code"]), "number-never-given");
    assert_eq!(name_of(&exchange(10_001, "苏A-00124", &["--json"]).with_code(2).error()["code"]), "number-unknown");
    reserve(&province, "killed");
    assert_eq!(name_of(&exchange(2, "苏A-00124", &["--json"]).with_code(2).error()["code"]), "number-not-issued");
    let story = province.stock(&["explain", &number(1)]).with_code(0).out;
    assert!(story.contains("  Exchanged: yes\n") && story.contains("exchanged  张三  paper: 苏A-00123\n"), "{story}");
}
