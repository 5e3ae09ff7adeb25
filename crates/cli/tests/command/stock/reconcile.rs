//! `czei stock reconcile`: gaps, doubles, strangers.

use std::fs;

use serde_json::Value;

use super::{Province, number};
use crate::helper::{czei, name_of};

/// A province with five receipts in a folder.
fn five() -> (Province, Vec<String>) {
    let province = Province::new();
    let lines = province.issue(&["one", "two", "three", "four", "five"], "out");
    let files = lines.iter().map(|line| line["file"].as_str().unwrap().to_owned()).collect();
    (province, files)
}

/// The objects without the table by day, and the summary.
fn differences(province: &Province, arguments: &[&str], code: i32) -> (Vec<Value>, Value) {
    let mut objects = province.stock_json(&[&["reconcile"], arguments].concat()).with_code(code).objects();
    let summary = objects.pop().unwrap()["summary"].clone();
    objects.retain(|line| line.get("agrees").is_none());
    (objects, summary)
}

#[test]
fn a_stock_and_its_receipts_agree() {
    let (province, files) = five();
    let out = province.place.text("out");
    let ran = province.stock(&["reconcile", &out]).with_code(0);
    let lines: Vec<_> = ran.out.lines().collect();
    assert_eq!(lines.len(), 3, "{}", ran.out);
    let row: Vec<_> = lines[1].split_whitespace().collect();
    assert_eq!(row[1..], ["32990126", "5", "0", "4250.00", "5", "0", "4250.00"]);
    assert_eq!(lines[2], "stock and files agree: 5 issued, 5 files, 5 found");
    let zh = province.stock(&["--lang", "zh", "reconcile", &out]).with_code(0).out;
    assert!(zh.ends_with("库与文件相符：已开 5，文件 5，对上 5\n"), "{zh}");
    province.stock(&["reconcile", "--policy", &province.path("policy.toml"), &out]).with_code(0);

    // A red receipt lowers the sum.
    let (config, blue) = (province.config(), files[0].as_str());
    let words = ["--reason", "错票", "--handler", "李四", "--checker", "王五", "--countersign"];
    czei(&[&["reverse", "--config", &config, "--out", &out, blue][..], &words].concat()).with_code(0);
    let objects = province.stock_json(&["reconcile", &out]).with_code(0).objects();
    let sums = serde_json::json!({ "receipts": 6, "red": 1, "total": "3400.00" });
    assert_eq!((&objects[0]["stock"], &objects[0]["files"], &objects[0]["agrees"]), (&sums, &sums, &true.into()));
    assert_eq!(objects[1]["summary"]["agrees"], true);
}

#[test]
fn gaps_are_named_as_ranges() {
    let (province, files) = five();
    for file in [&files[1], &files[2], &files[4]] {
        fs::remove_file(file).unwrap();
    }
    let out = province.place.text("out");
    let ran = province.stock(&["reconcile", &out]).with_code(1);
    let lines: Vec<_> = ran.out.lines().collect();
    let gap = "CZ4100 Issued numbers have no receipt among the files";
    assert_eq!(lines[0], format!("{gap} {} – {} (2)", number(2), number(3)));
    assert_eq!(lines[1], format!("{gap} {}", number(5)));
    assert!(lines[3].ends_with("  differs"), "{}", lines[3]);
    assert_eq!(lines[4], "stock and files differ: 5 issued, 2 files, 2 found");
    assert_eq!(lines[5].split_whitespace().collect::<Vec<_>>(), ["3", "issued", "without", "a", "file"]);
    let (objects, summary) = differences(&province, &[&out], 1);
    assert_eq!(objects[0]["gap"]["count"], 2);
    assert_eq!(objects[1]["gap"]["first"], number(5));
    assert_eq!((&summary["missing"], &summary["present"]), (&3.into(), &2.into()));
}

#[test]
fn the_same_receipt_twice_is_noted_and_another_under_its_number_is_an_error() {
    let (province, files) = five();
    let out = province.place.text("out");
    fs::copy(&files[0], province.place.path("out/copy.xml")).unwrap();
    let (objects, summary) = differences(&province, &[&out], 0);
    assert_eq!(name_of(&objects[0]["double"]["code"]), "exact-double");
    assert_eq!(objects[0]["double"]["files"].as_array().unwrap().len(), 2);
    assert_eq!((&summary["again"], &summary["doubles"], &summary["agrees"]), (&1.into(), &1.into(), &true.into()));

    let other = fs::read_to_string(&files[0]).unwrap().replacen("学费", "杂费", 1);
    fs::write(province.place.path("out/copy.xml"), other).unwrap();
    let (objects, summary) = differences(&province, &[&out], 1);
    let named: Vec<_> = objects
        .iter()
        .map(|line| {
            let code = line.get("difference").map_or(&line["double"]["code"], |difference| &difference["code"]);
            name_of(code)
        })
        .collect();
    assert_eq!(named, ["reconcile-other-content", "number-twice"]);
    assert!(objects[0]["file"].as_str().unwrap().ends_with("copy.xml"));
    assert_eq!((&summary["other_content"], &summary["present"]), (&1.into(), &5.into()));
    let ran = province.stock(&["reconcile", &out]).with_code(1);
    assert!(
        ran.out.lines().next().unwrap().contains("CZ4102 The file has other content than the receipt that was issued")
    );
}

#[test]
fn strangers_are_named() {
    let (province, _) = five();
    let other = Province::new();
    other.issue(&["one", "two", "three", "four", "five", "six"], "out");
    // The other province's receipts bear the same numbers; the sixth one is free here.
    let folder = province.place.path("strange");
    fs::create_dir(&folder).unwrap();
    for at in [5, 6] {
        let name = format!("{}.xml", number(at));
        fs::copy(other.place.path(&format!("out/{name}")), folder.join(&name)).unwrap();
    }
    let (objects, summary) = differences(&province, &[&province.place.text("out"), &province.place.text("strange")], 1);
    let code = |at: usize| name_of(&objects[at]["difference"]["code"]);
    assert_eq!((code(0), code(1)), ("reconcile-other-content", "reconcile-stranger"));
    assert!(objects[1]["difference"]["message_en"].as_str().unwrap().ends_with(&format!("(found {})", number(6))));
    assert_eq!(
        (&summary["strangers"], &summary["other_content"], &summary["missing"]),
        (&1.into(), &1.into(), &0.into())
    );
    // A number that the unit signed and nobody issued is a stranger with its state.
    let signed = province.issue_with(&["signed"], "signed", &[])[0]["file"].as_str().unwrap().to_owned();
    let (objects, _) = differences(&province, &[&province.place.text("out"), &signed], 1);
    assert!(objects[0]["difference"]["message_en"].as_str().unwrap().ends_with("0000000006 signed)"), "{}", objects[0]);
}

#[test]
fn a_forged_receipt_does_not_count_as_present() {
    let (province, files) = five();
    let (out, policy) = (province.place.text("out"), province.path("policy.toml"));
    // The content is that of the receipt, the signatures are not.
    let text = fs::read_to_string(&files[0]).unwrap();
    let at = text.rfind("<SignatureValue>").unwrap() + "<SignatureValue>".len() + 200;
    let other = if &text[at..=at] == "A" { "B" } else { "A" };
    fs::write(&files[0], format!("{}{other}{}", &text[..at], &text[at + 1..])).unwrap();
    let (objects, summary) = differences(&province, &[&out], 1);
    assert_eq!(name_of(&objects[0]["difference"]["code"]), "reconcile-other-signatures");
    assert_eq!(objects[1]["gap"]["first"], number(1));
    assert_eq!(summary["present"], 4);
    let (objects, summary) = differences(&province, &["--policy", &policy, &out], 1);
    assert_eq!(name_of(&objects[0]["difference"]["code"]), "reconcile-refused");
    assert_eq!((&summary["refused"], &summary["missing"]), (&1.into(), &1.into()));

    // Saved again with a line feed at its end it is another file; the policy says it is the receipt.
    fs::write(&files[0], format!("{text}\n")).unwrap();
    let (objects, _) = differences(&province, &[&out], 1);
    assert_eq!(name_of(&objects[0]["difference"]["code"]), "reconcile-other-signatures");
    let (objects, _) = differences(&province, &["--policy", &policy, &out], 0);
    assert_eq!(objects, Vec::<Value>::new());
}

#[test]
fn archives_are_read_and_rubbish_is_named() {
    let (province, files) = five();
    let archive = province.place.path("receipts.tar");
    let mut tar = tar::Builder::new(fs::File::create(&archive).unwrap());
    for (at, file) in files.iter().enumerate() {
        tar.append_path_with_name(file, format!("{at}.xml")).unwrap();
    }
    tar.into_inner().unwrap();
    province.stock(&["reconcile", archive.to_str().unwrap()]).with_code(0);

    let rubbish = province.place.path("rubbish");
    fs::create_dir(&rubbish).unwrap();
    fs::write(rubbish.join("notes.txt"), "no receipt").unwrap();
    let ran = province.stock_json(&["reconcile", rubbish.to_str().unwrap()]).with_code(2);
    assert_eq!(ran.error()["code"], "CZ9006", "nothing compared is not the same as all there");
    fs::write(rubbish.join("a.xml"), "rubbish").unwrap();
    fs::write(rubbish.join("b.xml"), "<EInvoice/>").unwrap();
    let (objects, summary) = differences(&province, &[rubbish.to_str().unwrap(), archive.to_str().unwrap()], 1);
    assert!(objects.iter().all(|line| line["error"]["code"].as_str().unwrap().starts_with("CZ3")), "{objects:?}");
    assert_eq!((&summary["unreadable"], &summary["ignored"]), (&2.into(), &1.into()));
    let ran = province.stock_json(&["reconcile", &province.place.text("none")]).with_code(1);
    assert_eq!(ran.objects()[0]["error"]["code"], "CZ9002");
}
