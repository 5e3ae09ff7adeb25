//! Drafts as JSON: every error names its code and its place as a JSON pointer.
#![allow(clippy::unwrap_used)]

use czei_core::{CheckCode, Code, Draft, DraftDefaults, DraftRules, Error, Numbering, ReceiptNumber};
use serde_json::{Value, json};

fn good() -> Value {
    json!({
        "v": 1, "request_id": "reg-2025-0923-000123",
        "name": "江苏省非税收入统一票据（电子）", "code": "32010125", "specimen": "3201012501", "area": "320682",
        "unit": { "code": "12320682466320111W", "name": "如皋市不动产登记中心" },
        "payer": { "type": "person", "name": "张三", "code": null, "account": null, "bank": null },
        "items": [
            { "code": "103043211", "name": "不动产登记费", "amount": "80.00", "unit": "件", "quantity": "1",
              "standard": "80.00", "ext": [["a", "b"]] },
            { "code": "103043212", "name": "工本费", "amount": "10.00" }
        ],
        "aux": [[["AuxItemName", "坐落"], ["AuxItemAmount", "1"]]],
        "remark": null, "pay_mode": null, "biz_code": "B1", "pay_code": null, "currency": null,
        "exchange_rate": null, "handler": "李四", "checker": "王五",
        "ext": [["gender", "女"]], "supervisor_remark": null, "notify": { "phone": null, "email": null },
        "payee": { "name": "某", "account": "1", "bank": "某行" },
        "total": "90.00"
    })
}

fn read(json: &Value) -> Result<Draft, Error> {
    Draft::from_json(json.to_string().as_bytes(), &DraftDefaults::default(), DraftRules::default())
}

/// `good()` with the value at a pointer replaced.
fn with(pointer: &str, value: Value) -> Value {
    let mut json = good();
    *json.pointer_mut(pointer).unwrap() = value;
    json
}

#[test]
fn the_example_is_a_draft() {
    let draft = read(&good()).unwrap();
    assert_eq!(draft.total().to_string(), "90.00");
    assert_eq!(draft.fields().items.len(), 2);
    assert_eq!(draft.fields().aux[0].fields[1].text, "1");
    assert!(draft.warnings().is_empty(), "{:?}", draft.warnings());
}

#[test]
fn an_array_is_no_object() {
    let unit = json!(["12320682466320111W", "如皋市不动产登记中心"]);
    let payer = json!(["person", "张三", null, null, null]);
    let item = json!(["103043211", "不动产登记费", "80.00", null, null, null, null]);
    for (pointer, value) in [
        ("", json!([1, "reg-1"])),
        ("", json!([good()])),
        ("/unit", unit),
        ("/payer", payer),
        ("/items/0", item),
        ("/notify", json!([null, null])),
        ("/payee", json!(["某", "1", "某行"])),
    ] {
        let error = read(&with(pointer, value)).unwrap_err();
        let path = Some(pointer).filter(|pointer| !pointer.is_empty());
        assert_eq!((error.code(), error.place().path.as_deref()), (Code::DraftType, path), "{pointer}");
        assert_eq!((error.expected_text(), error.found_text()), (Some("an object"), Some("sequence")));
    }
}

#[test]
fn what_is_wrong_is_told_without_the_parsers_words() {
    let told = |json: Value| {
        let error = read(&json).unwrap_err();
        (error.expected_text().map(str::to_owned), error.found_text().map(str::to_owned))
    };
    let text = |text: &str| Some(text.to_owned());
    let mut unknown = good();
    unknown["payer"]["foo"] = json!(1);
    assert_eq!(told(unknown), (None, text("foo")));
    assert_eq!(told(with("/total", json!(80))), (text("a string"), text("integer `80`")));
    assert_eq!(told(with("/v", json!("1"))), (text("a whole number"), text("string \"1\"")));
}

#[test]
fn every_bad_value_has_its_code_and_pointer() {
    let long = "x".repeat(101);
    let table = [
        ("/v", json!(2), Code::DraftVersion),
        ("/request_id", json!(""), Code::RequestId),
        ("/request_id", json!("a\u{200B}b"), Code::RequestId),
        ("/name", json!(long), Code::TextLength),
        ("/code", json!("3201012"), Code::ReceiptCodeLength),
        ("/code", json!("3201012x"), Code::ReceiptCode),
        ("/code", json!("32030125"), Code::UnknownClass),
        ("/area", json!("32068"), Code::AreaCode),
        ("/unit/code", json!(""), Code::TextLength),
        ("/payer/type", json!("firm"), Code::DraftPayerType),
        ("/payer/name", json!("张\u{202E}三"), Code::TextInvisible),
        ("/items", json!([]), Code::DraftItemCount),
        ("/items/0/amount", json!("80"), Code::Amount),
        ("/items/0/amount", json!("80.001"), Code::Amount),
        ("/items/0/amount", json!("8E1"), Code::Amount),
        ("/items/1/amount", json!("-10.00"), Code::DraftNegative),
        ("/items/0/quantity", json!("-1"), Code::DraftNegative),
        ("/items/0/quantity", json!("1.5"), Code::FractionalQuantity),
        ("/items/0/standard", json!("10-20"), Code::Amount),
        ("/items/1/code", json!("x".repeat(31)), Code::ItemCode),
        ("/ext/0/0", json!("x:y"), Code::ExtensionName),
        ("/ext/0/0", json!("PayCode"), Code::DraftReservedExtension),
        ("/items/0/ext/0/0", json!("ItemAmount"), Code::DraftReservedExtension),
        ("/aux/0/1/0", json!("TotalAmount"), Code::DraftReservedExtension),
        ("/aux/0/1/1", json!("a\u{0007}"), Code::TextControl),
        ("/total", json!("90.01"), Code::DraftTotal),
        // Types: money is never a JSON number.
        ("/items/0/amount", json!(80.0), Code::DraftType),
        ("/items/0/quantity", json!(1), Code::DraftType),
        ("/total", json!(90), Code::DraftType),
        ("/items", json!("x"), Code::DraftType),
    ];
    for (pointer, value, code) in table {
        let error = read(&with(pointer, value.clone())).unwrap_err();
        assert_eq!(
            (error.code(), error.place().path.as_deref()),
            (code, Some(pointer)),
            "{pointer} = {value}: {error}"
        );
    }
}

#[test]
fn what_is_missing_is_named() {
    for pointer in ["/request_id", "/name", "/code", "/specimen", "/area", "/payer", "/items", "/handler", "/checker"] {
        let mut json = good();
        json.as_object_mut().unwrap().remove(&pointer[1..]);
        let error = read(&json).unwrap_err();
        assert_eq!((error.code(), error.place().path.as_deref()), (Code::DraftMissing, Some(pointer)));
    }
    let error = read(&with("/items/1/amount", Value::Null)).unwrap_err();
    assert_eq!((error.code(), error.place().path.as_deref()), (Code::DraftMissing, Some("/items/1/amount")));
}

#[test]
fn unknown_and_duplicate_fields_are_refused() {
    let mut json = good();
    json["items"][1]["amuont"] = json!("1.00");
    let error = read(&json).unwrap_err();
    assert_eq!((error.code(), error.place().path.as_deref()), (Code::DraftUnknownField, Some("/items/1/amuont")));

    let text = good().to_string().replacen('{', "{\"total\":\"1.00\",", 1);
    let error = Draft::from_json(text.as_bytes(), &DraftDefaults::default(), DraftRules::default()).unwrap_err();
    assert_eq!(error.code(), Code::DraftDuplicateField);
    assert_eq!(error.place().path.as_deref(), Some("/total"));
}

#[test]
fn broken_json_has_line_and_column() {
    for text in ["", "{", "{\"v\":1,}", "[]x", "\u{FEFF}{}", "{\"v\":1}\n{}"] {
        let error = Draft::from_json(text.as_bytes(), &DraftDefaults::default(), DraftRules::default()).unwrap_err();
        assert!(matches!(error.code(), Code::DraftSyntax | Code::DraftType), "{text:?}: {error}");
        assert!(error.place().line.is_some(), "{text:?}: {error}");
    }
    let deep = "[".repeat(100_000);
    let error = Draft::from_json(deep.as_bytes(), &DraftDefaults::default(), DraftRules::default()).unwrap_err();
    assert!(matches!(error.code(), Code::DraftSyntax | Code::DraftType));
    let large = vec![b' '; Draft::MAX_JSON + 1];
    let error = Draft::from_json(&large, &DraftDefaults::default(), DraftRules::default()).unwrap_err();
    assert_eq!(error.code(), Code::DraftTooLarge);
}

#[test]
fn fixed_values_stand_once() {
    let fixed: DraftDefaults = serde_json::from_value(json!({
        "name": "江苏省非税收入统一票据（电子）", "code": "32010125", "specimen": "3201012501", "area": "320682",
        "unit": { "code": "12320682466320111W", "name": "如皋市不动产登记中心" }, "handler": "李四", "checker": "王五"
    }))
    .unwrap();
    let short = json!({ "request_id": "r", "payer": { "type": "person", "name": "张三" }, "checker": "赵六",
        "items": [ { "code": "1", "name": "费", "amount": "1.00" } ] });
    let draft = Draft::from_json(short.to_string().as_bytes(), &fixed, DraftRules::default()).unwrap();
    assert_eq!(draft.fields().checker.as_str(), "赵六");
    assert_eq!(draft.fields().handler.as_str(), "李四");
}

#[test]
fn a_payers_code_is_checked() {
    let mut json = with("/payer/code", json!("91350100M000100Y44"));
    json["payer"]["type"] = json!("organisation");
    let draft = read(&json).unwrap();
    assert_eq!(draft.warnings().len(), 1);
    assert_eq!(draft.warnings()[0].entry.name, "payer-code-check");
    assert_eq!(draft.warnings()[0].expected.as_deref(), Some("3"));
    let strict = DraftRules { strict_payer_code: true, ..DraftRules::default() };
    let error = Draft::from_json(json.to_string().as_bytes(), &DraftDefaults::default(), strict).unwrap_err();
    assert_eq!((error.code(), error.place().path.as_deref()), (Code::PayerCodeCheck, Some("/payer/code")));
}

#[test]
fn the_digest_covers_what_is_printed_and_nothing_else() {
    let digest = |json: &Value| read(json).unwrap().digest().unwrap();
    let same = with("/notify/phone", json!("13800000000"));
    assert_eq!(digest(&good()), digest(&same));
    assert_ne!(digest(&good()), digest(&with("/payer/name", json!("张四"))));
    assert_ne!(digest(&good()), digest(&with("/aux/0/1/1", json!("2"))));
}

#[test]
fn the_digest_names_its_version() {
    let draft = read(&good()).unwrap();
    let numbering = Numbering {
        code: draft.fields().code,
        number: ReceiptNumber::FIRST,
        check_code: CheckCode::parse("000000").unwrap(),
        at: "2025-09-23T10:11:12+08:00".parse().unwrap(),
        unit_seal: None,
        authority_seal: None,
    };
    let numbered = draft.clone().number(&numbering).unwrap();
    let written = String::from_utf8(numbered.original().to_vec()).unwrap();
    let written = written.replace(">20250923<", ">20000101<").replace(">10:11:12<", ">00:00:00<");
    let hashed = [b"czei draft digest, version 1\0", written.as_bytes()].concat();
    assert_eq!(draft.digest().unwrap(), czei_sm2::Sm3::digest(&hashed));
}

#[test]
fn a_thousand_items_are_too_many() {
    let item = json!({ "code": "1", "name": "费", "amount": "0.01" });
    let mut json = with("/items", Value::Array(vec![item.clone(); 999]));
    json["total"] = Value::Null;
    assert_eq!(read(&json).unwrap().total().to_string(), "9.99");
    json["items"].as_array_mut().unwrap().push(item);
    let error = read(&json).unwrap_err();
    assert_eq!((error.code(), error.place().path.as_deref()), (Code::DraftItemCount, Some("/items")));
    assert_eq!(error.found_text(), Some("1000"));
}

#[test]
fn a_sum_beyond_fifteen_digits_is_refused() {
    let mut json = with("/items/0/amount", json!("999999999999999.99"));
    json["items"][0]["standard"] = Value::Null;
    json["total"] = Value::Null;
    let error = read(&json).unwrap_err();
    assert_eq!((error.code(), error.place().path.as_deref()), (Code::AmountRange, Some("/items")));
}
