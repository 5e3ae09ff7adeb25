#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn addresses_with_gaps() {
    for text in [
        "https://pj.example.gov.cn/q?c={code}&n={number}&v={check}&a={amount}&d={date}",
        "http://pj.example.gov.cn:8080/{tag}/{code}{number}{date}{check}",
        "https://pj.example.gov.cn?{number}{code}{amount}_{check}",
        "https://pj.example.gov.cn/%E7%A5%A8#{code}/{number}",
    ] {
        let pattern = QrPattern::receipt(text).unwrap();
        assert_eq!(pattern.to_string(), text);
        assert_eq!(text.parse::<QrPattern>().unwrap(), pattern);
    }
    assert_eq!(
        QrPattern::receipt("HTTPS://PJ.example.gov.cn:443/{code}{number}").unwrap().origin(),
        "https://pj.example.gov.cn"
    );
    QrPattern::payment("https://pay.example.gov.cn/?c={paycode}").unwrap();
    QrPattern::payment("https://pay.example.gov.cn/{paycode}&a={amount}").unwrap();
}

#[test]
fn no_address() {
    for (text, column) in [
        ("", 1),
        ("pj.example.gov.cn/{code}{number}", 1),
        ("ftp://pj.example.gov.cn/{code}{number}", 1),
        ("https:///{code}{number}", 1),
        ("https://pj.example.gov.cn:99999/{code}{number}", 1),
        ("https://someone@pj.example.gov.cn/{code}{number}", 9),
        ("https://pj.example.gov.cn/票/{code}{number}", 26),
        ("https://pj.example.gov.cn/{code}{number} ", 41),
        ("https://pj.example.gov.cn/{code}%{number}", 33),
        ("https://pj.example.gov.cn/{code}{number}}", 41),
    ] {
        let error = QrPattern::receipt(text).unwrap_err();
        assert_eq!((error.code(), error.place().column), (Code::QrPattern, Some(column)), "{text}");
    }
    let long = format!("https://pj.example.gov.cn/{{code}}{{number}}{}", "x".repeat(LONGEST));
    assert_eq!(QrPattern::receipt(&long).unwrap_err().code(), Code::QrPattern);
}

#[test]
fn gaps_that_are_wrong() {
    for (text, column) in [
        ("{code}{number}", Some(1)),
        ("https://{code}.example.gov.cn/{number}", Some(9)),
        ("https://pj.example.gov.cn/{code}/{nummer}", Some(34)),
        ("https://pj.example.gov.cn/{code}/{Number}", Some(34)),
        ("https://pj.example.gov.cn/{code}/{number", Some(34)),
        ("https://pj.example.gov.cn/{code}/{}", Some(34)),
        ("https://pj.example.gov.cn/{code}/{number}/{code}", Some(43)),
        ("https://pj.example.gov.cn/{code}/{number}/{paycode}", Some(43)),
        ("https://pj.example.gov.cn/{version}", Some(27)),
        ("https://pj.example.gov.cn/{origin}", Some(27)),
        ("https://pj.example.gov.cn/{check}{code}{number}", Some(34)),
        ("https://pj.example.gov.cn/{amount}.{code}{number}", Some(35)),
        ("https://pj.example.gov.cn/{check}x{code}{number}", Some(34)),
        ("https://pj.example.gov.cn/{code}", None),
        ("https://pj.example.gov.cn/{number}", None),
        ("https://pj.example.gov.cn/", None),
    ] {
        let error = QrPattern::receipt(text).unwrap_err();
        assert_eq!((error.code(), error.place().column), (Code::QrPatternField, column), "{text}");
    }
    for text in ["https://pay.example.gov.cn/{code}{number}", "https://pay.example.gov.cn/{paycode}_{code}"] {
        assert_eq!(QrPattern::payment(text).unwrap_err().code(), Code::QrPatternField, "{text}");
    }
}

#[test]
fn what_a_pattern_writes_it_reads() {
    let patterns = [
        QrPattern::receipt("https://pj.example.gov.cn/q?c={code}&n={number}&v={check}&a={amount}&d={date}").unwrap(),
        QrPattern::receipt("https://pj.example.gov.cn?{number}{code}{amount}_{check}").unwrap(),
        QrPattern::receipt("https://pj.example.gov.cn/{tag}{date}{code}{number}/{check}/x").unwrap(),
        QrPattern::payment("https://pay.example.gov.cn/{paycode}/{check}").unwrap(),
    ];
    for (name, mut content) in crate::samples::all() {
        content.pay_code = Some(czei_core::PayCode::read("3200 &缴/1").unwrap());
        for pattern in &patterns {
            let address = pattern.write(&content).unwrap();
            let read = pattern.read(&Address::split(&address).unwrap()).unwrap();
            let gaps = pattern.pieces.iter().filter(|piece| matches!(piece, Piece::Field(_))).count();
            assert_eq!(read.len(), gaps);
            for (field, value) in read {
                assert_eq!(Some(value), field.of(&content), "{name} {pattern}");
            }
        }
    }
}

#[test]
fn what_does_not_fit_is_not_read() {
    let pattern = QrPattern::receipt("https://pj.example.gov.cn/q?c={code}&n={number}&v={check}").unwrap();
    for text in [
        "https://pj.example.gov.cn/",
        "https://pj.example.gov.cn/q?c=32010126&n=0013933922",
        "https://pj.example.gov.cn/q?c=3201012&n=0013933922&v=07892e",
        "https://pj.example.gov.cn/q?c=32010126&n=00139339220&v=07892e",
        "https://pj.example.gov.cn/q?c=32010126&n=0013933922&v=%ff",
        "https://pj.example.gov.cn/q?c=320",
    ] {
        assert_eq!(pattern.read(&Address::split(text).unwrap()), None, "{text}");
    }
}
