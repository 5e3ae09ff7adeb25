//! `czei issue`, `countersign` and `reverse`.

use std::fs;
use std::path::Path;

use czei::stock::{By, NewGiven, NewSegment};
use czei::{Configuration, NumberId, SqliteLedger, SqliteStock, Stock as _};

use crate::helper::{Folder, czei, czei_with_input, demo, name_of};

/// A draft of the school with a request id of its own.
fn draft(request_id: &str) -> String {
    let drafts = fs::read_to_string(demo().folder.join("input/school.jsonl")).unwrap();
    drafts.lines().next().unwrap().replace("school-2026-000001", request_id)
}

/// The demo's province without its numbers: an installation like any other.
fn installation() -> Folder {
    let folder = Folder::new();
    for part in ["ca", "certs", "keys"] {
        fs::create_dir(folder.path(part)).unwrap();
        for entry in fs::read_dir(demo().folder.join(part)).unwrap() {
            let entry = entry.unwrap();
            // A copy keeps the mode, which keys need.
            fs::copy(entry.path(), folder.path(part).join(entry.file_name())).unwrap();
        }
    }
    for file in ["czei.toml", "policy.toml"] {
        fs::copy(demo().folder.join(file), folder.path(file)).unwrap();
    }
    folder
}

const SCHOOL: &str = "123299990000000353";

/// The same with a stock of its own, and a ledger that gave its numbers: 1 to 1,000 of the school's in the
/// stock, and 700,001 to 700,100 that come one at a time from elsewhere.
fn sandbox() -> Folder {
    let folder = installation();
    let configuration = Configuration::load(folder.path("czei.toml")).unwrap();
    let by = By::two("张三", "李四");
    let stock = SqliteStock::create(&configuration.stock_options().unwrap(), by).unwrap();
    let ledger = SqliteLedger::create(&configuration.ledger_options().unwrap(), by).unwrap();
    let number = |number| czei::ReceiptNumber::new(number).unwrap();
    let code = "32020126".parse().unwrap();
    for (first, last) in [(1, 1_000), (700_001, 700_100)] {
        let (first, last) = (number(first), number(last));
        ledger.give(&NewGiven { unit: SCHOOL, code, first, last }, by).unwrap();
    }
    for (unit, code) in [(SCHOOL, code), ("123299990000000278", "32010126".parse().unwrap())] {
        let new =
            NewSegment { unit, code, first: number(1), last: number(1_000), next: None, giver: "示例市财政局" };
        let segment = stock.receive(&new, by).unwrap();
        stock.take_in(segment, by).unwrap();
    }
    folder
}

/// The stock of a sandbox.
fn stock(place: &Folder) -> SqliteStock {
    Configuration::load(place.path("czei.toml")).unwrap().open_stock().unwrap()
}

#[test]
fn without_a_source_of_numbers_nothing_is_issued() {
    let place = installation();
    let (config, out) = (place.text("czei.toml"), place.text("out"));
    let with_stock = fs::read_to_string(&config).unwrap();
    fs::write(&config, with_stock.split_once("[stock]").unwrap().0).unwrap();
    let input = draft("no-source");
    // A number from elsewhere needs a place that remembers it, too.
    for more in [&[][..], &["--number", "32020126:0000700001"]] {
        let issue = ["issue", "--json", "--config", &config, "--out", &out];
        let ran = czei_with_input(&[&issue[..], more].concat(), input.as_bytes());
        assert_eq!(ran.with_code(2).error()["code"], "CZ9020");
        assert!(!Path::new(&out).exists());
    }
    // One that is named and not there is no empty one.
    fs::write(&config, with_stock).unwrap();
    let ran = czei_with_input(&["issue", "--json", "--config", &config, "--out", &out], input.as_bytes());
    assert_eq!(name_of(&ran.with_code(2).error()["code"]), "stock-absent");
}

#[test]
fn a_number_from_elsewhere_goes_to_one_draft_and_the_authority_finishes_it() {
    let place = sandbox();
    let (config, out) = (place.text("czei.toml"), place.text("out"));
    let number = "32020126:0000700001";
    let two = format!("{}\n{}\n", draft("outside-1"), draft("outside-2"));
    let issue = ["issue", "--json", "--config", &config, "--out", &out, "--number", number];
    assert_eq!(czei_with_input(&issue, two.as_bytes()).with_code(2).error()["code"], "CZ9024");

    let ran = czei_with_input(&issue, draft("outside-1").as_bytes()).with_code(0);
    let line = &ran.objects()[0];
    assert_eq!((&line["state"], &line["number"]), (&"unit-signed".into(), &"0000700001".into()));
    let file = line["file"].as_str().unwrap();
    let policy = place.text("policy.toml");
    let report = czei(&["verify", "--json", "--policy", &policy, file]).with_code(1).objects()[0].clone();
    assert_eq!(report["verdict"], "indeterminate", "unit only");

    let ran = czei(&["countersign", "--json", "--config", &config, "--out", &out, file]).with_code(0);
    assert_eq!(ran.objects()[0]["file"], line["file"], "in the same place, which held only what it signed");
    czei(&["verify", "--policy", &policy, file]).with_code(0);
    let again = czei(&["countersign", "--json", "--config", &config, "--out", &out, file]).with_code(1);
    assert_eq!(name_of(&again.objects()[0]["error"]["code"]), "wrong-signature-count");

    // Another content at the same number would be a second receipt; the same draft gets what it got.
    let other = draft("outside-3").replace("1015.30", "1015.31").replace("165.30", "165.31");
    let ran = czei_with_input(&issue, other.as_bytes()).with_code(2);
    assert_eq!(name_of(&ran.objects()[0]["error"]["code"]), "number-taken");
    let again = czei_with_input(&issue, draft("outside-1").as_bytes()).with_code(0).objects()[0].clone();
    assert_eq!((&again["state"], &again["file"]), (&"issued-before".into(), &line["file"]));
    // One of its own segments is no number from elsewhere.
    let inside = ["issue", "--json", "--config", &config, "--out", &out, "--number", "32020126:0000000007"];
    let ran = czei_with_input(&inside, draft("outside-4").as_bytes()).with_code(1);
    assert_eq!(name_of(&ran.objects()[0]["error"]["code"]), "number-held");
    // One that the authority did not give is stored, and not countersigned.
    let stranger = ["issue", "--json", "--countersign", "--config", &config, "--out", &out];
    let stranger = [&stranger[..], &["--number", "32020126:0000800001"]].concat();
    let ran = czei_with_input(&stranger, draft("outside-5").as_bytes()).with_code(1);
    assert_eq!(name_of(&ran.objects()[0]["error"]["code"]), "number-not-given");
}

#[test]
fn what_the_stock_refuses_is_said_with_line_and_request() {
    let folder = Folder::new();
    let config = demo().path("czei.toml");
    let without_stock = draft("no-numbers").replace("\"32020126\"", "\"32020226\"");
    let input = folder.write("rows.jsonl", format!("\n{without_stock}\n"));
    let ran = czei(&["issue", "--config", &config, "--input", &input, "--out", &folder.text("out")]).with_code(1);
    assert!(ran.err.starts_with("2 no-numbers: CZ3321 "), "{}", ran.err);
}

#[test]
fn bad_rows_are_named_with_line_and_pointer_and_stop_the_file() {
    let folder = Folder::new();
    let config = demo().path("czei.toml");
    let bad = draft("bad-2").replacen("\"850.00\"", "\"850\"", 1);
    let rows = format!("{}\n\n{bad}\n{{\"v\": 1,\n{}\n", draft("good-1"), draft("good-5"));
    let input = folder.write("rows.jsonl", rows);
    let out = folder.text("out");
    let arguments = ["issue", "--json", "--config", &config, "--input", &input, "--out", &out];
    let ran = czei(&arguments).with_code(2);
    assert_eq!(ran.error()["code"], "CZ9021");
    let lines = ran.objects();
    assert_eq!(lines.len(), 2, "nothing issued");
    let place = &lines[0]["error"]["place"];
    assert_eq!(
        (&place["file"], &place["line"], &place["path"]),
        (&input.as_str().into(), &3.into(), &"/items/0/amount".into())
    );
    assert_eq!(name_of(&lines[0]["error"]["code"]), "amount");
    assert_eq!((&lines[1]["line"], name_of(&lines[1]["error"]["code"])), (&4.into(), "draft-syntax"));
    assert_eq!(lines[1]["error"]["place"]["line"], 4, "a draft that is cut short is wrong in its own line");
    assert!(!Path::new(&out).exists());

    let ran = czei(&[&arguments[..], &["--skip-bad"]].concat()).with_code(1);
    let issued: Vec<_> =
        ran.objects().iter().filter_map(|line| line.get("state")?.as_str().map(str::to_owned)).collect();
    assert_eq!(issued, ["unit-signed", "unit-signed"]);
}

#[test]
fn a_retry_gets_the_receipt_of_before() {
    let folder = Folder::new();
    let (config, out) = (demo().path("czei.toml"), folder.text("out"));
    let issue = ["issue", "--json", "--countersign", "--config", &config, "--out", &out];
    let first = czei_with_input(&issue, draft("retry").as_bytes()).with_code(0).objects()[0].clone();
    assert_eq!(first["state"], "receipt");
    let file = first["file"].as_str().unwrap();
    czei(&["verify", "--policy", &demo().policy(), file]).with_code(0);
    let second = czei_with_input(&issue, draft("retry").as_bytes()).with_code(0).objects()[0].clone();
    assert_eq!(second["state"], "issued-before");
    assert_eq!((&second["number"], &second["file"]), (&first["number"], &first["file"]));
    let other = draft("retry").replace("凤拟申", "别的人");
    let ran = czei_with_input(&issue, other.as_bytes()).with_code(2);
    assert_eq!((&ran.objects()[0]["error"]["code"], &ran.error()["code"]), (&"CZ9026".into(), &"CZ9021".into()));
    let next = czei_with_input(&issue, draft("retry-next").as_bytes()).with_code(0).objects()[0].clone();
    assert!(next["number"].as_str() > first["number"].as_str());
}

#[test]
fn a_receipt_is_reversed_once() {
    let folder = Folder::new();
    let (config, out) = (demo().path("czei.toml"), folder.text("out"));
    let issue = ["issue", "--json", "--countersign", "--config", &config, "--out", &out];
    let blue = czei_with_input(&issue, draft("to-reverse").as_bytes()).with_code(0).objects()[0].clone();
    let blue = blue["file"].as_str().unwrap();
    let reverse = |request_id: &str| {
        let words = ["--reason", "收费有误", "--handler", "李四", "--checker", "王五", "--request-id", request_id];
        let command = ["reverse", "--json", "--countersign", "--config", &config, "--out", &out, blue];
        czei(&[&command[..], &words[..]].concat())
    };
    let red = reverse("red-1").with_code(0).objects()[0].clone();
    assert_eq!((&red["state"], &red["total"]), (&"receipt".into(), &"-1015.30".into()));
    czei(&["verify", "--policy", &demo().policy(), red["file"].as_str().unwrap()]).with_code(0);
    assert_eq!(reverse("red-1").with_code(0).objects()[0]["number"], red["number"]);
    assert_eq!(name_of(&reverse("red-2").with_code(2).error()["code"]), "already-reversed");
    let red_file = red["file"].as_str().unwrap();
    let words = ["--reason", "再冲", "--handler", "李四", "--checker", "王五"];
    let command = ["reverse", "--json", "--config", &config, "--out", &out, red_file];
    let ran = czei(&[&command[..], &words[..]].concat()).with_code(2);
    assert_eq!(name_of(&ran.error()["code"]), "red-of-red");
}

#[test]
fn what_was_stored_and_not_written_is_written_by_a_retry() {
    let place = sandbox();
    let (config, out) = (place.text("czei.toml"), place.text("out"));
    let rows: Vec<_> = (1..=3).map(|row| draft(&format!("lost-{row}"))).collect();
    let input = place.write("rows.jsonl", rows.join("\n"));
    let issue = ["issue", "--json", "--countersign", "--config", &config, "--input", &input, "--out", &out];
    let first = czei(&issue).with_code(0).objects();
    let file = first[1]["file"].as_str().unwrap();
    let bytes = fs::read(file).unwrap();
    // As after a crash between the stock and the folder.
    fs::remove_file(file).unwrap();
    let rows = || {
        let mut rows = Vec::new();
        stock(&place)
            .journal(0, &mut |row| {
                rows.push(row);
                Ok(())
            })
            .unwrap();
        rows
    };
    let before = rows();
    let again = czei(&issue).with_code(0).objects();
    let numbers = |lines: &[serde_json::Value]| lines.iter().map(|line| line["number"].clone()).collect::<Vec<_>>();
    assert_eq!(numbers(&again), numbers(&first));
    assert_eq!(again[1]["state"], "issued-before");
    assert_eq!(fs::read(file).unwrap(), bytes, "the same bytes, the authority's signature too");
    assert_eq!(rows(), before, "nothing happened to any number");
    // Into another folder go the same receipts.
    let other = place.text("other");
    let issue = ["issue", "--json", "--config", &config, "--input", &input, "--out", &other];
    let copy = czei(&issue).with_code(0).objects()[1]["file"].as_str().unwrap().to_owned();
    assert_eq!((copy.starts_with(&other), fs::read(copy).unwrap()), (true, bytes));
}

#[test]
fn what_the_unit_signed_gives_way_to_the_receipt_of_a_retry() {
    let place = sandbox();
    let (config, out) = (place.text("czei.toml"), place.text("out"));
    let issue = ["issue", "--json", "--config", &config, "--out", &out];
    let input = draft("gives-way");
    let line = czei_with_input(&issue, input.as_bytes()).with_code(0).objects()[0].clone();
    let file = line["file"].as_str().unwrap();
    let unit_signed = fs::read(file).unwrap();
    // Finished elsewhere: the stock has the receipt, the folder what the unit signed.
    let other = place.text("other");
    let finish = ["issue", "--json", "--countersign", "--config", &config, "--out", &other];
    let finished = czei_with_input(&finish, input.as_bytes()).with_code(0).objects()[0].clone();
    let receipt = fs::read(finished["file"].as_str().unwrap()).unwrap();
    czei_with_input(&issue, input.as_bytes()).with_code(0);
    assert_eq!(fs::read(file).unwrap(), receipt);
    assert!(receipt.len() > unit_signed.len());
    // Something else at its place stays.
    for other in [&b"mine"[..], b"", &unit_signed[..unit_signed.len() - 1]] {
        fs::write(file, other).unwrap();
        let ran = czei_with_input(&issue, input.as_bytes()).with_code(1);
        assert_eq!(name_of(&ran.objects()[0]["error"]["code"]), "file-exists");
        assert_eq!(fs::read(file).unwrap(), other);
    }
}

#[test]
fn a_folder_that_takes_nothing_stops_the_command_and_uses_no_number_up() {
    let place = sandbox();
    let (config, out) = (place.text("czei.toml"), place.text("out"));
    let input = place.write("rows.jsonl", format!("{}\n{}", draft("stuck-1"), draft("stuck-2")));
    // In the way of the first receipt's temporary file nothing can be put; of its own place, a folder can.
    let first = next_number(&place);
    fs::create_dir_all(place.path(&format!("out/32020126-{first:010}.xml/x"))).unwrap();
    let issue = ["issue", "--json", "--config", &config, "--input", &input, "--out", &out];
    let ran = czei(&issue);
    assert_ne!(ran.code, 0);
    fs::remove_dir_all(place.path("out")).unwrap();
    let lines = czei(&issue).with_code(0).objects();
    let numbers: Vec<_> = lines.iter().map(|line| line["number"].as_str().unwrap().to_owned()).collect();
    assert_eq!(numbers, [format!("{first:010}"), format!("{:010}", first + 1)]);
    assert_eq!(fs::read_dir(place.path("out")).unwrap().count(), 2);
}

/// The school's lowest free number.
fn next_number(place: &Folder) -> u64 {
    let segments = stock(place).segments().unwrap();
    segments.iter().find(|segment| segment.unit == SCHOOL).unwrap().next
}

#[test]
fn what_the_authority_finished_in_place_counts_as_issued_before() {
    let place = sandbox();
    let (config, out) = (place.text("czei.toml"), place.text("out"));
    let issue = ["issue", "--json", "--config", &config, "--out", &out];
    let input = draft("in-place");
    let line = czei_with_input(&issue, input.as_bytes()).with_code(0).objects()[0].clone();
    let file = line["file"].as_str().unwrap();
    czei(&["countersign", "--config", &config, "--out", &out, file]).with_code(0);
    let bytes = fs::read(file).unwrap();
    for more in [&[][..], &["--countersign"]] {
        let again = czei_with_input(&[&issue[..], more].concat(), input.as_bytes()).with_code(0).objects()[0].clone();
        assert_eq!((&again["state"], &again["number"]), (&"issued-before".into(), &line["number"]));
        assert_eq!(fs::read(file).unwrap(), bytes);
    }
}

#[test]
fn a_request_id_over_two_drafts_is_a_bad_row_and_nothing_is_issued() {
    let place = sandbox();
    let (config, out) = (place.text("czei.toml"), place.text("out"));
    let other = draft("twice").replace("凤拟申", "别的人");
    let rows = format!("\u{feff}{}\r\n\r\n{}\r\n{other}", draft("once"), draft("twice"));
    let input = place.write("rows.jsonl", rows);
    let issue = ["issue", "--json", "--config", &config, "--input", &input, "--out", &out];
    let ran = czei(&issue).with_code(2);
    assert_eq!(ran.error()["code"], "CZ9021");
    let lines = ran.objects();
    let error = &lines[0]["error"];
    assert_eq!((lines.len(), name_of(&error["code"])), (1, "request-reused"));
    let at = (&error["place"]["file"], &error["place"]["line"], &error["place"]["path"]);
    assert_eq!(at, (&input.as_str().into(), &4.into(), &"/request_id".into()));
    assert!(!Path::new(&out).exists());
    let lines = czei(&[&issue[..], &["--skip-bad"]].concat()).with_code(1).objects();
    assert_eq!(lines.iter().filter(|line| line["state"] == "unit-signed").count(), 2);
}

#[test]
fn a_line_too_long_is_a_bad_row_like_others() {
    let place = sandbox();
    let long = format!("{{\"remark\":\"{}\"}}", "x".repeat(9 << 20));
    let input = place.write("rows.jsonl", format!("{}\n{long}\n{}", draft("short-1"), draft("short-3")));
    let (config, out) = (place.text("czei.toml"), place.text("out"));
    let ran = czei(&["issue", "--json", "--skip-bad", "--config", &config, "--input", &input, "--out", &out]);
    let lines = ran.with_code(1).objects();
    assert_eq!((&lines[0]["line"], name_of(&lines[0]["error"]["code"])), (&2.into(), "line-too-long"));
    assert_eq!(lines.iter().filter(|line| line["state"] == "unit-signed").count(), 2);
}

#[test]
fn a_number_from_elsewhere_is_noted_in_a_sandbox() {
    let place = sandbox();
    let (config, out) = (place.text("czei.toml"), place.text("out"));
    let issue = |request: &str, number: &str| {
        let arguments = ["issue", "--json", "--config", &config, "--out", &out, "--number", number];
        czei_with_input(&arguments, draft(request).as_bytes())
    };
    let free = "32020126:0000009000";
    let id = NumberId::new("32020126".parse().unwrap(), "0000009000".parse().unwrap());
    let first = issue("outside", free).with_code(0).objects()[0].clone();
    assert_eq!(first["number"], "0000009000");
    assert!(stock(&place).document(id).unwrap().is_some());
    assert_eq!(issue("outside", free).with_code(0).objects()[0]["state"], "issued-before");
    let code = |request: &str, number: &str| {
        let ran = issue(request, number).with_code(2);
        name_of(&ran.objects().first().map_or(ran.error(), |line| line["error"].clone())["code"])
    };
    assert_eq!(code("another", free), "number-taken");
    let inside = czei_with_input(&["issue", "--json", "--config", &config, "--out", &out], draft("first").as_bytes());
    assert_eq!(inside.with_code(0).objects()[0]["number"], "0000000001");
    assert_eq!(code("another", "32020126:0000000001"), "number-taken");
    assert_eq!(code("outside", "32020126:0000009001"), "request-reused");
    assert_eq!(code("another", "32010126:0000009001"), "numbering-code");
    let arguments = ["issue", "--json", "--config", &config, "--out", &out];
    let next = czei_with_input(&arguments, draft("inside").as_bytes()).with_code(0).objects()[0].clone();
    assert_eq!(next["number"], "0000000002");
}

#[test]
fn a_second_reversal_for_another_reason_is_already_reversed() {
    let place = sandbox();
    let (config, out) = (place.text("czei.toml"), place.text("out"));
    let blue = demo().receipts(1)[0].to_str().unwrap().to_owned();
    let reverse = |reason: &str| {
        let words = ["--reason", reason, "--handler", "李四", "--checker", "王五"];
        czei(&[&["reverse", "--json", "--config", &config, "--out", &out, &blue][..], &words[..]].concat())
    };
    let red = reverse("错票").with_code(0).objects()[0].clone();
    assert_eq!(reverse("错票").with_code(0).objects()[0]["number"], red["number"]);
    assert_eq!(name_of(&reverse("又错").with_code(2).error()["code"]), "already-reversed");
}

#[test]
fn certificates_that_run_out_are_told_of_while_there_is_time() {
    use czei::{Clock as _, FixedClock, Sandbox, SandboxPlan, SystemClock};
    // Five years from the day before, of which ten days or so are left.
    let then = FixedClock::at(SystemClock.now().to_utc() - chrono::Days::new(5 * 365 - 11));
    let folder = Folder::new();
    let sandbox = Sandbox::create(folder.path("s"), &SandboxPlan::default(), &then).unwrap();
    fs::write(folder.path("a.json"), sandbox.example_draft()).unwrap();
    let (config, draft, out) = (folder.text("s/czei.toml"), folder.text("a.json"), folder.text("out"));
    let ran = czei(&["issue", "--config", &config, "--input", &draft, "--out", &out]).with_code(0);
    let warnings: Vec<_> = ran.err.lines().filter(|line| line.starts_with("warning CZ9110 ")).collect();
    let signers = Configuration::load(folder.path("s/czei.toml")).unwrap();
    assert_eq!(warnings.len(), signers.units.len() + signers.authorities.len(), "{}", ran.err);
    let ran = czei(&["issue", "--lang", "zh", "--config", &config, "--input", &draft, "--out", &out]).with_code(0);
    assert!(ran.err.starts_with("警告 CZ9110 "), "{}", ran.err);
}
