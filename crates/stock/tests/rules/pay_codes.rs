//! Payment codes from sequences.

use czei_core::{AreaCode, Code as Rule, RequestId};
use czei_stock::{Code, Error, Event, PayCodeRequest, Stock as _};

use super::support::{Bed, UNIT, only, refused};

fn ask(bed: &Bed, request: PayCodeRequest<'_>) -> Result<String, Error> {
    only(bed.stock.pay_codes(&[request])).map(|code| code.as_str().to_owned())
}

fn request(request_id: &RequestId) -> PayCodeRequest<'_> {
    let region: AreaCode = "320100".parse().unwrap();
    PayCodeRequest { unit: UNIT, request_id, region, year: 2026, allotted_id: 7, with_check_digit: false }
}

fn ids<const N: usize>(names: [&str; N]) -> [RequestId; N] {
    names.map(|name| RequestId::new(name).unwrap())
}

#[test]
fn a_request_has_its_code_for_ever() {
    let bed = Bed::empty();
    let [a, b] = ids(["a", "b"]);
    assert_eq!(ask(&bed, request(&a)).unwrap(), "32010026070000000001");
    assert_eq!(ask(&bed, request(&b)).unwrap(), "32010026070000000002");
    assert_eq!(ask(&bed, request(&a)).unwrap(), "32010026070000000001");
    // Ids are unique within a unit.
    let other = PayCodeRequest { unit: "0104902", ..request(&a) };
    assert_eq!(ask(&bed, other).unwrap(), "32010026070000000003");
    assert_eq!(bed.wrong(), [""; 0]);
}

#[test]
fn other_parts_under_the_same_request_id_are_refused() {
    let bed = Bed::empty();
    let [a] = ids(["a"]);
    ask(&bed, request(&a)).unwrap();
    for other in [
        PayCodeRequest { region: "320200".parse().unwrap(), ..request(&a) },
        PayCodeRequest { year: 2027, ..request(&a) },
        PayCodeRequest { allotted_id: 8, ..request(&a) },
        PayCodeRequest { with_check_digit: true, ..request(&a) },
    ] {
        refused(ask(&bed, other), Code::PayCodeDiffers, "a");
    }
}

#[test]
fn each_region_year_and_id_has_its_sequence() {
    let bed = Bed::empty();
    let all = ids(["a", "b", "c", "d", "a"]);
    let requests = [
        request(&all[0]),
        PayCodeRequest { year: 2027, ..request(&all[1]) },
        PayCodeRequest { allotted_id: 99, ..request(&all[2]) },
        PayCodeRequest { year: 2100, ..request(&all[3]) },
        request(&all[4]),
    ];
    let answers = bed.stock.pay_codes(&requests);
    let codes: Vec<_> = answers.iter().map(|answer| answer.as_ref().map_or("", |code| code.as_str())).collect();
    let expected = ["32010026070000000001", "32010027070000000001", "32010026990000000001", "", "32010026070000000001"];
    assert_eq!(codes, expected);
    refused(answers.into_iter().nth(3).unwrap(), Rule::PayCodeParts, "year 2100");
    let mut made = Vec::new();
    let keep = &mut |row: czei_stock::JournalRow| {
        made.extend((row.event == Event::PayCodes).then_some(row.detail));
        Ok(())
    };
    bed.stock.journal(1, keep).unwrap();
    let first = r#"{"allotted_id":7,"count":1,"first":"32010026070000000001","last":"32010026070000000001","region":"320100","unit":"0104901","year":2026}"#;
    assert_eq!((made.len(), made[0].as_str()), (3, first));
    assert_eq!(bed.wrong(), [""; 0]);
}

#[test]
fn codes_with_and_without_check_digit_never_meet() {
    let bed = Bed::empty();
    let mut seen = std::collections::BTreeSet::new();
    for round in 0..40 {
        let id = RequestId::new(format!("r{round}")).unwrap();
        let with_check_digit = round % 2 == 0;
        let code = ask(&bed, PayCodeRequest { with_check_digit, ..request(&id) }).unwrap();
        assert!(seen.insert(code.clone()), "{code} twice");
        if with_check_digit {
            let code = czei_core::PayCode::parse(&code).unwrap();
            assert_eq!(code.check_digit_matches(), Some(true));
        }
    }
    // Sequence 12 without check digit is what sequence 1 with the check digit 2 would be.
    let raw = bed.raw();
    raw.execute("UPDATE pay_sequence SET next = 1", []).unwrap();
    let id = RequestId::new("again").unwrap();
    let code = ask(&bed, request(&id)).unwrap();
    assert!(seen.insert(code.clone()), "{code} twice");
}

#[test]
fn a_sequence_ends_without_wrapping() {
    let bed = Bed::empty();
    let [a, b, c] = ids(["a", "b", "c"]);
    ask(&bed, request(&a)).unwrap();
    bed.raw().execute("UPDATE pay_sequence SET next = 9999999999", []).unwrap();
    assert_eq!(ask(&bed, request(&b)).unwrap(), "32010026079999999999");
    refused(ask(&bed, request(&c)), Code::PaySequenceExhausted, "320100 2026 07");
    // One digit less with a check digit.
    refused(
        ask(&bed, PayCodeRequest { with_check_digit: true, ..request(&c) }),
        Code::PaySequenceExhausted,
        "320100 2026 07",
    );
    assert_eq!(ask(&bed, request(&b)).unwrap(), "32010026079999999999");
}

#[test]
fn units_are_looked_at() {
    let bed = Bed::empty();
    let [a] = ids(["a"]);
    let error = ask(&bed, PayCodeRequest { unit: "", ..request(&a) }).unwrap_err();
    assert_eq!((error.is(Code::TextLimit), error.place().path.as_deref()), (true, Some("unit")));
}
