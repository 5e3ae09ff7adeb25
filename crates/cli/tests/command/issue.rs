//! `czei issue`, `countersign` and `reverse`.

use std::fs;
use std::path::Path;

use crate::helper::{Folder, czei, czei_with_input, demo, name_of};

/// A draft of the school with a request id of its own.
fn draft(request_id: &str) -> String {
    let drafts = fs::read_to_string(demo().folder.join("input/school.jsonl")).unwrap();
    drafts.lines().next().unwrap().replace("school-2026-000001", request_id)
}

/// The demo's province without the demo's mark: an installation like any other.
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

#[test]
fn without_a_source_of_numbers_nothing_is_issued() {
    let place = installation();
    let out = place.text("out");
    let input = draft("no-source");
    let ran =
        czei_with_input(&["issue", "--json", "--config", &place.text("czei.toml"), "--out", &out], input.as_bytes());
    assert_eq!(ran.with_code(2).error()["code"], "CZ9020");
    assert!(!Path::new(&out).exists());
}

#[test]
fn a_number_from_elsewhere_goes_to_one_draft_and_the_authority_finishes_it() {
    let place = installation();
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

    // Another content at the same number would be a second receipt.
    let other = draft("outside-3").replace("1015.30", "1015.31").replace("165.30", "165.31");
    let error = czei_with_input(&issue, other.as_bytes()).with_code(2).error();
    assert_eq!(error["code"], "CZ9007");
    assert_eq!(error["place"]["file"], line["file"]);
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
    let ran = czei_with_input(&issue, other.as_bytes()).with_code(1);
    assert_eq!(ran.objects()[0]["error"]["code"], "CZ9026");
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
