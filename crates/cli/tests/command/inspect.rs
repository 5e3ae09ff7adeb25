//! `czei inspect`.

use std::fs;
use std::process::Command;

use crate::helper::{Folder, command, czei, czei_with_input, demo, name_of};

/// The bytes from the first start tag to the end tag of an element of ours, which has no attributes.
fn element<'a>(document: &'a str, name: &str) -> &'a str {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let start = document.find(&open).unwrap();
    &document[start..document.find(&close).unwrap() + close.len()]
}

pub(crate) fn bytes_of(arguments: &[&str]) -> Vec<u8> {
    let output = Command::output(&mut command(arguments)).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[test]
fn signed_bytes_are_those_of_the_document_and_nothing_else() {
    let path = demo().receipts(1)[0].to_str().unwrap().to_owned();
    let document = fs::read_to_string(&path).unwrap();
    let unit = [element(&document, "Header"), element(&document, "EInvoiceData")].concat();
    assert_eq!(bytes_of(&["inspect", &path, "--signed-bytes", "unit"]), unit.as_bytes());
    let signature = element(&document, "Signature");
    let sm3: String = czei::sm2::Sm3::digest(unit.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let authority = bytes_of(&["inspect", &path, "--signed-bytes", "authority"]);
    assert_eq!(authority, format!("{sm3}{signature}").as_bytes());
    let upper = bytes_of(&["inspect", &path, "--signed-bytes", "authority", "--joining", "hex-upper+element"]);
    assert_eq!(upper, format!("{}{signature}", sm3.to_uppercase()).as_bytes());
}

#[test]
fn json_holds_fields_and_what_other_tools_need() {
    let path = demo().receipts(1)[0].to_str().unwrap().to_owned();
    let ran = czei(&["inspect", "--json", &path]).with_code(0);
    let object = &ran.objects()[0];
    assert_eq!(object["fields"][0]["path"], "EInvoice/Header/EInvoiceTag");
    assert_eq!(object["fields"][0]["name_zh"], "电子票据标签");
    assert_eq!(object["fields"][0]["text"], "CZ-EI-32");
    assert_eq!(object["joining"], "hex-lower+element");
    for role in ["unit", "authority"] {
        let signature = &object[role];
        assert_eq!(signature["encoding"], "signed-data");
        assert_eq!(signature["problem"], serde_json::Value::Null);
        for (key, length) in [("sm3", 64), ("z", 64), ("e", 64)] {
            assert_eq!(signature[key].as_str().unwrap().len(), length, "{role} {key}");
        }
        assert!(signature["certificate"]["public_key"].as_str().unwrap().starts_with("04"));
        assert!(signature["certificate"]["pem"].as_str().unwrap().starts_with("-----BEGIN CERTIFICATE-----"));
    }
    let subject = object["unit"]["certificate"]["subject"].as_str().unwrap();
    assert!(subject.starts_with("CN=示例市"), "{subject}");
}

#[test]
fn text_names_fields_in_chinese_and_judges_nothing() {
    let path = demo().tampered().to_str().unwrap().to_owned();
    let ran = czei(&["inspect", "--lang", "zh", &path]).with_code(0);
    assert!(ran.out.contains("总金额 TotalAmount: ") && ran.out.contains("未经验证"), "{}", ran.out);
}

#[test]
fn what_has_no_such_signature_says_so() {
    let document = String::from_utf8(demo().receipt()).unwrap();
    let unsigned = document.replace(element(&document, "EInvoiceSignature"), "");
    let run = |role: &str| czei_with_input(&["inspect", "--json", "-", "--signed-bytes", role], unsigned.as_bytes());
    assert!(run("unit").with_code(0).out.starts_with("<Header>"), "what is still to be signed");
    assert_eq!(run("authority").with_code(2).error()["code"], "CZ9041");
    let ran = czei_with_input(&["inspect", "--json", "-"], b"<a/>").with_code(2);
    assert_eq!(name_of(&ran.error()["code"]), "wrong-root");
}

#[test]
fn certificates_of_bare_signatures_come_from_files() {
    let folder = Folder::new();
    let demo = demo();
    // The receipt of a unit that writes bare DER values.
    let settings = fs::read_to_string(demo.folder.join("czei.toml")).unwrap();
    let line = "certificate = \"certs/school.crt\"\n";
    let der = settings.replace(line, &format!("{line}signature = {{ encoding = \"der\" }}\n"));
    assert_ne!(der, settings);
    let config = demo.folder.join("der.toml");
    fs::write(&config, der).unwrap();
    let draft = fs::read_to_string(demo.folder.join("input/school.jsonl")).unwrap();
    let draft = draft.lines().next().unwrap().replace("school-2026-000001", "bare-der");
    let draft = folder.write("draft.json", draft);
    let out = folder.text("out");
    let ran = czei(&["issue", "--json", "--config", config.to_str().unwrap(), "--input", &draft, "--out", &out]);
    let file = ran.with_code(0).objects()[0]["file"].as_str().unwrap().to_owned();
    let without = czei(&["inspect", "--json", &file]).with_code(0).objects()[0]["unit"].clone();
    assert_eq!(without["encoding"], "der");
    assert_eq!(name_of(&without["problem"]["code"]), "certificate-not-at-hand");
    assert_eq!(without["e"], serde_json::Value::Null);
    let certificate = demo.path("certs/school.crt");
    let with =
        czei(&["inspect", "--json", &file, "--certificates", &certificate]).with_code(0).objects()[0]["unit"].clone();
    assert_eq!(with["problem"], serde_json::Value::Null);
    assert_eq!(with["e"].as_str().unwrap().len(), 64);
}
