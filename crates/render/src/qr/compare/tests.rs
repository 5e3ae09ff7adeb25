#![allow(clippy::unwrap_used)]

use super::*;
use crate::qr::{QrText, read};
use crate::samples;

use QrDifferenceKind::{Extra, Missing, Order, Spelling, Value};

fn receipt() -> Content {
    let mut content = samples::general();
    content.total = czei_core::Amount::parse("133.00").unwrap();
    content.check_code = czei_core::CheckCode::parse("07892e").unwrap();
    content.issue_date = czei_core::IssueDate::parse("20260923").unwrap();
    content
}

/// Kind, field, expected and found of each difference.
fn differences<'a>(
    text: &str,
    pattern: Option<&QrPattern>,
    into: &'a mut Vec<QrDifference>,
) -> Vec<(QrDifferenceKind, Option<QrField>, &'a str, &'a str)> {
    *into = read(text, pattern).compare(&receipt(), pattern);
    let text = |text: &'a Option<String>| text.as_deref().unwrap_or("-");
    into.iter().map(|one| (one.kind, one.field, text(&one.expected), text(&one.found))).collect()
}

#[test]
fn what_we_write_does_not_differ() {
    let pattern = QrPattern::receipt("https://pj.example.gov.cn/q?c={code}&n={number}&v={check}&a={amount}").unwrap();
    for (name, content) in samples::all() {
        for text in [QrText::Tagged, QrText::Address(pattern.clone())] {
            let written = text.write(&content).unwrap();
            assert_eq!(read(&written, text.pattern()).compare(&content, text.pattern()), [], "{name}");
        }
    }
}

#[test]
fn what_others_write_does_not_differ() {
    for text in [
        "https://pj.example.gov.cn/d?t=504&a=APP&d=32010126_0013933922_07892e_133.00_20260923&s=x",
        "/einvoice/1.1.0.32010126.0013933922.07892e",
        "https://pj.example.gov.cn/einvoice/1.1.0.32010126.0013933922.07892e",
    ] {
        assert_eq!(read(text, None).compare(&receipt(), None), [], "{text}");
    }
}

#[test]
fn each_difference_has_its_kind() {
    let amount = Some(QrField::Amount);
    for (text, expected) in [
        ("CZ-EI-32,32010126,0013933922,07892e,133.0,20260923", vec![(Spelling, amount, "133.00", "133.0")]),
        ("CZ-EI-32,32010126,0013933922,07892e,133,20260923", vec![(Spelling, amount, "133.00", "133")]),
        ("CZ-EI-32,32010126,0013933922,07892e, 133.00,20260923", vec![(Spelling, amount, "133.00", " 133.00")]),
        ("CZ-EI-32,32010126,0013933922,07892e,133.01,20260923", vec![(Value, amount, "133.00", "133.01")]),
        ("CZ-EI-32,32010126,0013933922,07892e,-133.00,20260923", vec![(Value, amount, "133.00", "-133.00")]),
        (
            "CZ-EI-32,32010126,0013933922,07892E,133.00,20260923",
            vec![(Spelling, Some(QrField::Check), "07892e", "07892E")],
        ),
        (
            "cz-ei-32,32010126,0013933922,07892e,133.00,20260923",
            vec![(Spelling, Some(QrField::Tag), "CZ-EI-32", "cz-ei-32")],
        ),
        (
            "CZ-EI-33,32010126,0013933922,07892e,133.00,20260923",
            vec![(Value, Some(QrField::Tag), "CZ-EI-32", "CZ-EI-33")],
        ),
        (
            "CZ-EI-32,32010126,0013933923,07892e,133.00,20260923",
            vec![(Value, Some(QrField::Number), "0013933922", "0013933923")],
        ),
        (
            "CZ-EI-32,32010126,0013933922,07892e,133.00,2026-09-23",
            vec![(Spelling, Some(QrField::Date), "20260923", "2026-09-23")],
        ),
        ("CZ-EI-32,32010126,0013933922,07892e,133.00,20260923,", vec![(Extra, None, "-", "")]),
        (
            "CZ-EI-32,32010126,0013933922,07892e,133.00,20260923,,\u{202e}",
            vec![(Extra, None, "-", ""), (Extra, None, "-", "\\u{202e}")],
        ),
        ("CZ-EI-32,32010126,0013933922,07892e,133.00", vec![(Missing, Some(QrField::Date), "20260923", "-")]),
        (
            "CZ-EI-32,32010126,0013933922,07892e,２33.00,20260923",
            vec![(Missing, amount, "133.00", "-"), (Extra, None, "-", "２33.00")],
        ),
        (
            "CZ-EI-32,32010126,0013933922,20260923,133.00,07892e",
            vec![(Order, None, "tag,code,number,check,amount,date", "tag,code,number,date,amount,check")],
        ),
        (
            "https://pj.example.gov.cn/d?d=32010126_0013933922_07892e_133.0_20260923",
            vec![(Spelling, amount, "133.00", "133.0")],
        ),
        ("/einvoice/1.0.0.32010126.0013933922.07892e", vec![(Value, Some(QrField::Version), "1.1.0", "1.0.0")]),
    ] {
        assert_eq!(differences(text, None, &mut Vec::new()), expected, "{text}");
    }
}

#[test]
fn texts_without_fields_are_never_taken_for_agreement() {
    let missing =
        [(Missing, Some(QrField::Code), "32010126", "-"), (Missing, Some(QrField::Number), "0013933922", "-")];
    for text in ["", "https://s.example.cn/aB3xY9", "weixin://x"] {
        assert_eq!(differences(text, None, &mut Vec::new()), missing, "{text}");
    }
}

#[test]
fn another_host_is_seen_where_one_is_known() {
    let pattern = QrPattern::receipt("https://pj.example.gov.cn/q?c={code}&n={number}").unwrap();
    let origin = |found| vec![(Value, Some(QrField::Origin), "https://pj.example.gov.cn", found)];
    for (text, expected) in [
        ("https://pj.example.gov.cn/q?c=32010126&n=0013933922", vec![]),
        ("https://PJ.example.gov.cn:443/q?c=32010126&n=0013933922", vec![]),
        (
            "https://pj.example.gov.cn.evil.example/q?c=32010126&n=0013933922",
            origin("https://pj.example.gov.cn.evil.example"),
        ),
        ("http://pj.example.gov.cn/q?c=32010126&n=0013933922", origin("http://pj.example.gov.cn")),
        ("https://pj.example.gov.cn:444/q?c=32010126&n=0013933922", origin("https://pj.example.gov.cn:444")),
        (
            "https://pj.example.gov.cn@evil.example/q?c=32010126&n=0013933922",
            [origin("https://evil.example"), vec![(Extra, None, "-", "pj.example.gov.cn")]].concat(),
        ),
        (
            "CZ-EI-32,32010126,0013933922,07892e,133.00,20260923",
            vec![(Missing, Some(QrField::Origin), "https://pj.example.gov.cn", "-")],
        ),
    ] {
        assert_eq!(differences(text, Some(&pattern), &mut Vec::new()), expected, "{text}");
    }
    let without = read("https://evil.example/d?d=32010126_0013933922_07892e_133.00_20260923", None);
    assert_eq!(without.compare(&receipt(), None), []);
}
