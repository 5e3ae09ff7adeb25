#![allow(clippy::unwrap_used)]

use super::*;
use crate::qr::QrText;
use crate::samples;

const FIVE: [(QrField, &str); 5] = [
    (QrField::Code, "32010125"),
    (QrField::Number, "0013933922"),
    (QrField::Check, "07892e"),
    (QrField::Amount, "80.00"),
    (QrField::Date, "20250923"),
];

fn has(content: &QrContent, fields: &[(QrField, &str)]) -> bool {
    fields.iter().all(|(field, value)| content.get(*field) == Some(value))
}

#[test]
fn tagged_text_in_our_order() {
    let content = read("CZ-EI-32,32010125,0013933922,07892e,80.00,20250923", None);
    assert_eq!((content.form(), content.in_order(), content.extra().len()), (QrForm::Tagged, true, 0));
    assert!(has(&content, &FIVE) && has(&content, &[(QrField::Tag, "CZ-EI-32")]));
    assert_eq!((content.get(QrField::Origin), content.get(QrField::Version)), (None, None));
}

#[test]
fn tagged_text_in_every_order() {
    // Digits alone in the check code, and an amount without decimals: the forms that are closest to each other.
    for values in [
        ["32010125", "0013933922", "07892e", "80.00", "20250923"],
        ["32010125", "0013933922", "138973", "80.00", "20250923"],
        ["32010125", "0013933922", "138973", "80", "20250923"],
    ] {
        let fields = FIVE.map(|(field, _)| field);
        let mut orders = 0;
        permute(&mut [0, 1, 2, 3, 4], 0, &mut |order| {
            let pieces = order.map(|index| values[index]).join(",");
            let content = read(&format!("CZ-EI-{},{pieces}", &values[0][..2]), None);
            for (field, value) in fields.iter().zip(values) {
                assert_eq!(content.get(*field), Some(value), "{pieces}");
            }
            assert_eq!((content.in_order(), content.extra().len()), (order == [0, 1, 2, 3, 4], 0), "{pieces}");
            orders += 1;
        });
        assert_eq!(orders, 120);
    }
}

fn permute(order: &mut [usize; 5], from: usize, each: &mut impl FnMut([usize; 5])) {
    if from == order.len() {
        return each(*order);
    }
    for with in from..order.len() {
        order.swap(from, with);
        permute(order, from + 1, each);
        order.swap(from, with);
    }
}

#[test]
fn tagged_text_with_too_much_or_too_little() {
    for (text, extra) in [
        ("CZ-EI-32,32010125,0013933922,07892e,80.00,20250923,", vec![""]),
        ("CZ-EI-32,,32010125,0013933922,07892e,80.00,20250923", vec![""]),
        ("CZ-EI-32,32010125,0013933922,07892e,80.00,20250923,,https://evil.example", vec!["", "https://evil.example"]),
        ("CZ-EI-32,32010125,0013933922,07892e,1,280.00,20250923", vec!["1"]),
        ("CZ-EI-32,32010125,0013933922,07892e,80.00,20250923,32010126", vec!["32010126"]),
    ] {
        let content = read(text, None);
        assert_eq!((content.form(), content.in_order()), (QrForm::Tagged, true), "{text}");
        assert_eq!(content.extra(), extra, "{text}");
        assert!(has(&content, &FIVE[..3]), "{text}");
    }
    let content = read("CZ-EI-32,32010125", None);
    assert_eq!((content.get(QrField::Code), content.get(QrField::Number)), (Some("32010125"), None));
    assert_eq!(read("CZ-EI-32", None).form(), QrForm::Tagged);
    assert_eq!(read(&format!("CZ-EI-32{}", ",".repeat(8_000)), None).extra().len(), EXTRA);
}

#[test]
fn addresses_of_platforms() {
    let text = "https://pj.example.gov.cn:8443/fp/d?t=504&a=FSPJ&d=32010125_0013933922_07892e_80.00_20250923&s=9f1c";
    let content = read(text, None);
    assert_eq!((content.form(), content.extra().len()), (QrForm::Platform, 0));
    assert!(has(&content, &FIVE) && has(&content, &[(QrField::Origin, "https://pj.example.gov.cn:8443")]));
    let content = read(&text.replace("_07892e_", "_%E6%A0%A1_").replace("20250923&", "20250923_x&"), None);
    assert_eq!((content.get(QrField::Check), content.extra()), (Some("校"), &["x".to_owned()][..]));
    // Two parameters: readers differ in which they take.
    let content = read(&format!("{text}&d=32010125_0013933923_07892e_80.00_20250923"), None);
    assert_eq!((content.get(QrField::Number), content.extra()), (Some("0013933922"), &["d=".to_owned()][..]));
}

#[test]
fn paths_with_points() {
    let fields = [(QrField::Version, "1.1.0"), FIVE[0], FIVE[1], FIVE[2]];
    let content = read("/einvoice/1.1.0.32010125.0013933922.07892e", None);
    assert_eq!((content.form(), content.get(QrField::Origin)), (QrForm::Path, None));
    assert!(has(&content, &fields));
    let content = read("http://pj.example.gov.cn/a/einvoice/1.1.0.32010125.0013933922.07892e?x=1#y", None);
    assert_eq!((content.form(), content.get(QrField::Origin)), (QrForm::Path, Some("http://pj.example.gov.cn")));
    assert!(has(&content, &fields));
    assert_eq!(content.extra(), ["x=1"]);
}

#[test]
fn addresses_that_say_nothing_about_the_receipt() {
    for text in [
        "https://s.example.cn/aB3xY9",
        "HTTP://s.example.cn",
        "https://pj.example.gov.cn/d?t=504&a=APP&d=32010125_0013933922_07892e_80.00",
        "https://pj.example.gov.cn/d?t=504&a=APP&x=32010125_0013933922_07892e_80.00_20250923",
        "https://pj.example.gov.cn/einvoice/32010125.0013933922.07892e",
        "https://pj.example.gov.cn/d#?d=32010125_0013933922_07892e_80.00_20250923",
    ] {
        let content = read(text, None);
        assert_eq!((content.form(), content.fields.len()), (QrForm::Address, 0), "{text}");
        assert!(content.get(QrField::Origin).is_some());
    }
    assert_eq!(read("https://good.gov.cn@s.example.cn/x", None).extra(), ["good.gov.cn"]);
}

#[test]
fn what_is_none_of_these() {
    for text in [
        "",
        "01,10,3200171320,00112233,80.00,20250923,12345678901234567890,A1B2",
        "CZ-EI-3,32010125,0013933922,07892e,80.00,20250923",
        "CZ-EI-32，32010125，0013933922，07892e，80.00，20250923",
        "\u{202e}CZ-EI-32,32010125,0013933922,07892e,80.00,20250923",
        "CZ-EI-３２,32010125",
        "weixin://wxpay/bizpayurl?pr=x",
        "javascript://pj.example.gov.cn/%0aalert(1)",
        "https://pj.example.gov.cn/票",
        "https://good.gov.cn\\@evil.example/",
        "/einvoice/",
        "/einvoice/1.1.0.32010125.0013933922.07892e?x",
        &"9".repeat(LONGEST + 1),
        &format!("CZ-EI-32,{}", "9".repeat(LONGEST)),
    ] {
        assert_eq!(read(text, None), QrContent::of(QrForm::Unknown), "{text}");
    }
}

#[test]
fn the_pattern_of_the_caller_comes_first() {
    let pattern = QrPattern::receipt("https://pj.example.gov.cn/q?d={code}_{number}_{check}_{amount}_{date}").unwrap();
    for (name, content) in samples::all() {
        let text = QrText::Address(pattern.clone()).write(&content).unwrap();
        let read_back = read(&text, Some(&pattern));
        assert_eq!(read_back.form(), QrForm::Pattern, "{name}");
        assert_eq!(read_back.get(QrField::Amount), Some(content.total.to_string().as_str()), "{name}");
        assert_eq!(read(&text, None).form(), QrForm::Platform, "{name}");
    }
}

/// Texts built of pieces that mean something, cut and joined at random.
#[test]
fn any_text_has_an_answer() {
    const PIECES: [&str; 40] = [
        "CZ-EI-32",
        "CZ-EI-",
        ",",
        ",,",
        "32010125",
        "0013933922",
        "07892e",
        "80.00",
        "133.0",
        "-80.00",
        "20250923",
        "2025-09-23",
        "https://",
        "http://",
        "HTTPS://",
        "pj.example.gov.cn",
        "[::1]",
        "]",
        "[",
        ":8443",
        ":",
        "@",
        "/",
        "?",
        "&",
        "=",
        "d=",
        "#",
        "_",
        ".",
        "/einvoice/",
        "1.1.0",
        "%",
        "%E7",
        "%zz",
        "\u{202e}",
        "\u{0}",
        "陈",
        "𠮷",
        " ",
    ];
    let pattern = QrPattern::receipt("https://pj.example.gov.cn/{code}{number}?v={check}&a={amount}#{date}").unwrap();
    let content = samples::general();
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        // Below the bound, which is small.
        (state % below as u64) as usize
    };
    let mut forms = std::collections::BTreeMap::new();
    for _ in 0..15_000 {
        let mut text: String = (0..random(14)).map(|_| PIECES[random(PIECES.len())]).collect();
        match random(4) {
            0 => text.insert_str(0, "https://pj.example.gov.cn/"),
            1 => text.insert_str(0, "CZ-EI-32,"),
            _ => {}
        }
        let cut = random(text.len() + 1);
        if random(3) == 0 && text.is_char_boundary(cut) {
            text.truncate(cut);
        }
        for pattern in [None, Some(&pattern)] {
            let read = read(&text, pattern);
            *forms.entry(format!("{:?}", read.form())).or_insert(0) += 1;
            assert!(read.fields.len() <= 6 && read.extra().len() <= EXTRA);
            assert_eq!(read.form() == QrForm::Unknown, read.fields.is_empty() && read.origin.is_none(), "{text}");
            // Whatever the text is, it does not say what this receipt says.
            assert!(!read.compare(&content, pattern).is_empty(), "{text}");
        }
    }
    assert!(["Tagged", "Address", "Unknown"].iter().all(|form| forms[*form] > 1_000), "{forms:?}");
}
