//! The rules of a source of numbers, on the one in memory.

use czei_codes::AnyFault;
use czei_core::{
    Amount, BEIJING, Code, Error, Held, MemoryNumbers, NumberRequest, NumberSource, ReceiptCode, ReceiptNumber,
    Related, RequestId, Reservation, Token, Voiding,
};

fn code() -> ReceiptCode {
    ReceiptCode::parse("32010126").unwrap()
}

fn number(number: u64) -> ReceiptNumber {
    ReceiptNumber::new(number).unwrap()
}

fn source(first: u64, last: u64) -> MemoryNumbers {
    let source = MemoryNumbers::new();
    source.add_segment(code(), number(first), number(last)).unwrap();
    source
}

fn request<'a>(unit: &'a str, request_id: &'a RequestId, draft: u8) -> NumberRequest<'a> {
    NumberRequest {
        unit,
        code: code(),
        request_id,
        draft_digest: [draft; 32],
        at: chrono::DateTime::UNIX_EPOCH.fixed_offset(),
        total: Amount::ZERO,
        business_key: None,
        number: None,
        reverses: None,
    }
}

fn reserve_one(source: &MemoryNumbers, request: NumberRequest<'_>) -> Result<Reservation, Error> {
    let id = request.request_id.clone();
    let mut build = |_, number: ReceiptNumber| Ok(format!("{id} {number}").into_bytes());
    only(source.reserve(&[request], &mut build))
}

/// The only answer of a batch of one. A broken rule of numbers has a code of this crate.
fn only<T>(mut answers: Vec<Result<T, AnyFault>>) -> Result<T, Error> {
    assert_eq!(answers.len(), 1);
    answers.pop().unwrap().map_err(|error| error.of::<Code>().unwrap())
}

fn reserve_for(source: &MemoryNumbers, unit: &str, id: &str, draft: u8) -> Result<Reservation, Error> {
    reserve_one(source, request(unit, &RequestId::new(id).unwrap(), draft))
}

fn reserve(source: &MemoryNumbers, id: &str, draft: u8) -> Result<Reservation, Error> {
    reserve_for(source, "0104901", id, draft)
}

fn void(source: &MemoryNumbers, token: Token, refusal: Option<&[u8]>) -> Result<(), Error> {
    let at = "2026-03-01T09:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap().with_timezone(&BEIJING);
    only(source.void(&[(token, Voiding { reason: "重复", actor: "李四", at, refusal })]))
}

fn find(source: &MemoryNumbers, at: u64) -> Result<Reservation, Error> {
    only(source.find(&[(code(), number(at))]))
}

#[test]
fn the_same_request_gets_the_same_number_and_bytes() {
    let source = source(1, 9);
    let first = reserve(&source, "a", 1).unwrap();
    assert_eq!((first.token.number, &first.held), (number(1), &Held::Reserved(b"a 0000000001".to_vec())));
    assert_eq!(reserve(&source, "b", 2).unwrap().token.number, number(2));
    assert_eq!(reserve(&source, "a", 1).unwrap(), first);
    assert_eq!(source.free(code()), 7);
    // Ids are unique within a unit, not beyond.
    assert_eq!(reserve_for(&source, "0104902", "a", 1).unwrap().token.number, number(3));
}

#[test]
fn the_same_request_id_with_another_draft_or_code_is_refused() {
    let source = source(1, 9);
    reserve(&source, "a", 1).unwrap();
    let error = reserve(&source, "a", 2).unwrap_err();
    assert_eq!((error.code(), error.found_text()), (Code::RequestDiffers, Some("a")));
    let other = ReceiptCode::parse("32010226").unwrap();
    source.add_segment(other, number(1), number(9)).unwrap();
    let id = RequestId::new("a").unwrap();
    let request = NumberRequest { code: other, ..request("0104901", &id, 1) };
    let mut build = |_, _| -> Result<Vec<u8>, AnyFault> { panic!("nothing is built") };
    let error = only(source.reserve(&[request], &mut build)).unwrap_err();
    assert_eq!(error.code(), Code::RequestDiffers);
    assert_eq!((source.free(code()), source.free(other)), (8, 9));
}

#[test]
fn the_same_request_twice_in_one_batch() {
    let source = source(1, 9);
    let id = RequestId::new("a").unwrap();
    let request = request("u", &id, 1);
    let mut built = 0;
    let mut build = |_, _| {
        built += 1;
        Ok(Vec::new())
    };
    let answers = source.reserve(&[request.clone(), request], &mut build);
    assert_eq!(answers[0].as_ref().unwrap(), answers[1].as_ref().unwrap());
    assert_eq!((built, source.free(code())), (1, 8));
}

#[test]
fn a_segment_ends_without_wrapping() {
    let source = source(9_999_999_998, 9_999_999_999);
    assert_eq!(reserve(&source, "a", 1).unwrap().token.number, number(9_999_999_998));
    assert_eq!(reserve(&source, "b", 1).unwrap().token.number, number(9_999_999_999));
    let error = reserve(&source, "c", 1).unwrap_err();
    assert_eq!((error.code(), error.found_text()), (Code::NumbersExhausted, Some("32010126")));
    assert_eq!(source.free(code()), 0);
    // What is there is still found.
    assert_eq!(reserve(&source, "b", 1).unwrap().token.number, number(9_999_999_999));
    let none = MemoryNumbers::new();
    assert_eq!(reserve(&none, "a", 1).unwrap_err().code(), Code::NumbersExhausted);
}

#[test]
fn segments_are_used_lowest_first() {
    let source = source(100, 100);
    source.add_segment(code(), number(5), number(6)).unwrap();
    let numbers: Vec<_> = ["a", "b", "c"].map(|id| reserve(&source, id, 1).unwrap().token.number).to_vec();
    assert_eq!(numbers, [number(5), number(6), number(100)]);
}

#[test]
fn overlapping_segments_are_refused() {
    let source = source(10, 20);
    for (first, last) in [(10, 20), (20, 30), (1, 10), (12, 13), (1, 30), (15, 14)] {
        let error = source.add_segment(code(), number(first), number(last)).unwrap_err();
        assert_eq!(error.code(), Code::SegmentOverlap, "{first}-{last}");
    }
    // Used up or not.
    for id in 0..11 {
        reserve(&source, &format!("r{id}"), 1).unwrap();
    }
    let error = source.add_segment(code(), number(20), number(20)).unwrap_err();
    assert_eq!(error.found_text(), Some("32010126 0000000020-0000000020"));
    source.add_segment(code(), number(21), number(21)).unwrap();
    source.add_segment(code(), number(9), number(9)).unwrap();
    assert_eq!(source.free(code()), 2);
}

#[test]
fn a_failed_build_uses_no_number() {
    let source = source(1, 9);
    let id = RequestId::new("a").unwrap();
    let request = request("u", &id, 1);
    let mut build = |_, _| Err(czei_sm2::Error::new(czei_sm2::Code::EntropyFailed).found("no device").any());
    // An error of another crate comes back as it was.
    let error = source.reserve(&[request], &mut build).pop().unwrap().unwrap_err();
    let error = error.of::<czei_sm2::Code>().unwrap();
    assert_eq!((error.code(), error.found_text()), (czei_sm2::Code::EntropyFailed, Some("no device")));
    assert_eq!(source.free(code()), 9);
    assert_eq!(reserve(&source, "b", 1).unwrap().token.number, number(1));
}

#[test]
fn the_life_of_a_number_goes_one_way() {
    let source = source(1, 9);
    let token = reserve(&source, "a", 1).unwrap().token;
    let sign = |bytes: &[u8]| only(source.store_signed(&[(token, bytes)]));
    let issue = |bytes: &[u8]| only(source.store_issued(&[(token, bytes)]));
    let state = |error: Error, state: &str| {
        assert_eq!(error.code(), Code::NumberState);
        assert_eq!(error.found_text(), Some(&*format!("32010126-0000000001 {state}")));
    };
    state(issue(b"issued").unwrap_err(), "reserved");
    sign(b"signed").unwrap();
    sign(b"signed").unwrap();
    state(sign(b"signed again").unwrap_err(), "signed");
    state(void(&source, token, None).unwrap_err(), "signed");
    assert_eq!(reserve(&source, "a", 1).unwrap().held, Held::Signed(b"signed".to_vec()));
    issue(b"issued").unwrap();
    issue(b"issued").unwrap();
    state(issue(b"other").unwrap_err(), "issued");
    state(sign(b"signed").unwrap_err(), "issued");
    state(void(&source, token, Some(b"refused")).unwrap_err(), "issued");
    let found = find(&source, 1).unwrap();
    assert_eq!((found.token, found.held), (token, Held::Issued(b"issued".to_vec())));
}

#[test]
fn a_slow_signer_loses_against_a_void() {
    let source = source(1, 9);
    let token = reserve(&source, "a", 1).unwrap().token;
    void(&source, token, None).unwrap();
    let voided = |error: Error| {
        assert_eq!(error.code(), Code::NumberState);
        assert_eq!(error.found_text(), Some("32010126-0000000001 voided"));
    };
    voided(only(source.store_signed(&[(token, b"late")])).unwrap_err());
    voided(only(source.store_issued(&[(token, b"late")])).unwrap_err());
    voided(void(&source, token, None).unwrap_err());
    voided(reserve(&source, "a", 1).unwrap_err());
    voided(find(&source, 1).unwrap_err());
    // The number is gone for good.
    assert_eq!(reserve(&source, "b", 1).unwrap().token.number, number(2));
}

#[test]
fn tokens_and_numbers_that_are_not_there() {
    let source = source(1, 9);
    let held = reserve(&source, "a", 1).unwrap().token;
    for token in [
        Token { number: number(2), ..held },
        Token { code: ReceiptCode::parse("32010226").unwrap(), ..held },
        Token { salt: held.salt.wrapping_add(1), ..held },
        Token { salt: u64::MAX, ..held },
    ] {
        let unknown = |error: Error| {
            assert_eq!(error.code(), Code::NumberUnknown);
            assert_eq!(error.found_text(), Some(&*format!("{}-{}", token.code, token.number)));
        };
        unknown(only(source.store_signed(&[(token, b"")])).unwrap_err());
        unknown(only(source.store_issued(&[(token, b"")])).unwrap_err());
        unknown(void(&source, token, None).unwrap_err());
    }
    assert_eq!(find(&source, 1).unwrap().held, Held::Reserved(b"a 0000000001".to_vec()));
    let error = find(&source, 2).unwrap_err();
    assert_eq!((error.code(), error.found_text()), (Code::NumberUnknown, Some("32010126-0000000002")));
}

#[test]
fn one_failure_in_a_batch_stops_no_other() {
    let source = source(1, 9);
    let (a, b) = (reserve(&source, "a", 1).unwrap().token, reserve(&source, "b", 1).unwrap().token);
    void(&source, a, None).unwrap();
    let answers = source.store_signed(&[(a, b"a"), (b, b"b"), (Token { salt: 7, ..b }, b"c")]);
    let codes: Vec<_> = answers.into_iter().map(|answer| answer.map_err(|error| error.of().unwrap().code())).collect();
    assert_eq!(codes, [Err(Code::NumberState), Ok(()), Err(Code::NumberUnknown)]);
}

#[test]
fn what_the_unit_signed_is_voided_only_with_a_refusal() {
    let source = source(1, 9);
    let token = reserve(&source, "a", 1).unwrap().token;
    only(source.store_signed(&[(token, b"signed")])).unwrap();
    assert_eq!(void(&source, token, None).unwrap_err().code(), Code::NumberState);
    void(&source, token, Some(b"refused")).unwrap();
    assert_eq!(find(&source, 1).unwrap_err().found_text(), Some("32010126-0000000001 voided"));
}

#[test]
fn at_most_one_red_receipt_for_a_blue_one() {
    let source = source(1, 9);
    let (one, two) = (RequestId::new("red-1").unwrap(), RequestId::new("red-2").unwrap());
    let red = |unit, id, blue| {
        let reverses = Some(Related { code: code(), number: number(blue) });
        reserve_one(&source, NumberRequest { reverses, ..request(unit, id, 1) })
    };
    let first = red("u", &one, 100).unwrap();
    assert_eq!(red("u", &one, 100).unwrap(), first);
    for (unit, id) in [("u", &two), ("v", &one)] {
        let error = red(unit, id, 100).unwrap_err();
        assert_eq!((error.code(), error.found_text()), (Code::AlreadyReversed, Some("32010126-0000000100")));
    }
    assert_eq!(source.free(code()), 8);
    red("u", &two, 101).unwrap();
    // What was voided reverses nothing.
    void(&source, first.token, None).unwrap();
    red("v", &one, 100).unwrap();
}

#[test]
fn a_number_from_outside_is_kept_like_the_sources_own() {
    let source = source(1, 9);
    let (one, two) = (RequestId::new("a").unwrap(), RequestId::new("b").unwrap());
    let outside = |id, at| reserve_one(&source, NumberRequest { number: Some(number(at)), ..request("u", id, 1) });
    let first = outside(&one, 20).unwrap();
    assert_eq!((first.token.number, &first.held), (number(20), &Held::Reserved(b"a 0000000020".to_vec())));
    assert_eq!(outside(&one, 20).unwrap(), first);
    assert_eq!(outside(&one, 21).unwrap_err().code(), Code::RequestDiffers);
    for (at, found) in [(20, "32010126-0000000020"), (5, "32010126-0000000005")] {
        let error = outside(&two, at).unwrap_err();
        assert_eq!((error.code(), error.found_text()), (Code::NumberHeld, Some(found)));
    }
    assert_eq!(source.free(code()), 9);
    assert_eq!(find(&source, 20).unwrap(), first);
    let error = source.add_segment(code(), number(10), number(30)).unwrap_err();
    assert_eq!(error.code(), Code::SegmentOverlap);
}

#[test]
fn many_threads_get_different_numbers() {
    let source = source(1, 400);
    let mut numbers: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|thread| {
                let source = &source;
                scope.spawn(move || -> Vec<_> {
                    (0..50).map(|each| reserve(source, &format!("{thread}-{each}"), 1).unwrap().token.number).collect()
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=400).map(number).collect::<Vec<_>>());
    assert_eq!(source.free(code()), 0);
}
