//! Doubles in a set are named with their files.

use std::fs;

use crate::helper::{Folder, czei, demo};

#[test]
fn exact_and_content_doubles_and_a_number_over_two_contents() {
    let demo = demo();
    let folder = Folder::new();
    let receipts: Vec<_> = demo.receipts(3).into_iter().map(|path| fs::read(path).unwrap()).collect();
    folder.write("a.xml", &receipts[0]);
    folder.write("b.xml", &receipts[0]);
    // A comment outside the signed span: the same receipt in another file.
    folder.write("c.xml", [receipts[1].as_slice(), b"<!-- copy -->"].concat());
    folder.write("d.xml", &receipts[1]);
    folder.write("e.xml", &receipts[2]);
    let policy = demo.policy();
    let ran = czei(&["verify", "--json", "--policy", &policy, &folder.text("")]).with_code(0);
    let doubles: Vec<_> = ran.objects().into_iter().filter_map(|line| line.get("double").cloned()).collect();
    let files = |names: [&str; 2]| names.map(|name| folder.text(name));
    assert_eq!(doubles.len(), 2);
    assert_eq!(doubles[0]["code"], "CZ5901");
    assert_eq!(doubles[0]["files"], serde_json::json!(files(["a.xml", "b.xml"])));
    assert_eq!((&doubles[1]["code"], &doubles[1]["severity"]), (&"CZ5902".into(), &"warning".into()));
    let mut named: Vec<_> = doubles[1]["files"].as_array().unwrap().iter().map(|file| file.as_str().unwrap()).collect();
    named.sort_unstable();
    assert_eq!(named, files(["c.xml", "d.xml"]));

    // The same number over another content, though that verifies as little as it may.
    let tampered = demo.tampered();
    let original = demo.folder.join("receipts").join(tampered.file_name().unwrap());
    let (one, other) = (original.to_str().unwrap(), tampered.to_str().unwrap());
    let ran = czei(&["verify", "--json", "--policy", &policy, one, other]).with_code(1);
    let objects = ran.objects();
    let double = &objects[2]["double"];
    assert_eq!(
        (&double["code"], &double["severity"], &double["count"]),
        (&"CZ5903".into(), &"error".into(), &2.into())
    );
    let name = original.file_stem().unwrap().to_str().unwrap();
    let number =
        format!("{}-{}", double["receipt"]["code"].as_str().unwrap(), double["receipt"]["number"].as_str().unwrap());
    assert_eq!(number, name);
    assert_eq!(objects[3]["summary"]["doubles"]["number_twice"], 1);
}
