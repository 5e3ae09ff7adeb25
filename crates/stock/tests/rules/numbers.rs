//! The rules of a source of numbers: the same on the source in memory and on the stock.

use czei_codes::AnyFault;
use czei_core::{
    Code, Held, MemoryNumbers, NumberRequest, NumberSource, ReceiptCode, ReceiptNumber, Related, RequestId,
    Reservation, Token,
};
use czei_stock::Stock as _;

use super::support::{Bed, UNIT, ask, at, code, number, only, refused, request, voiding};

/// A source that segments can be added to.
trait Source: Sync {
    fn numbers(&self) -> &dyn NumberSource;
    fn add(&self, code: ReceiptCode, first: u64, last: u64) -> Result<(), AnyFault>;
    fn free(&self, code: ReceiptCode) -> u64;

    fn reserve(&self, request_id: &str, draft: u8) -> Result<Reservation, AnyFault> {
        let request_id = RequestId::new(request_id).unwrap();
        ask(self.numbers(), NumberRequest { draft_digest: [draft; 32], ..request(&request_id) })
    }

    fn void(&self, token: Token, refusal: Option<&[u8]>) -> Result<(), AnyFault> {
        only(self.numbers().void(&[(token, voiding(refusal))]))
    }

    fn find(&self, at: u64) -> Result<Reservation, AnyFault> {
        only(self.numbers().find(&[(code(), number(at))]))
    }
}

impl Source for MemoryNumbers {
    fn numbers(&self) -> &dyn NumberSource {
        self
    }

    fn add(&self, code: ReceiptCode, first: u64, last: u64) -> Result<(), AnyFault> {
        self.add_segment(code, number(first), number(last)).map_err(czei_core::Error::any)
    }

    fn free(&self, code: ReceiptCode) -> u64 {
        MemoryNumbers::free(self, code)
    }
}

impl Source for Bed {
    fn numbers(&self) -> &dyn NumberSource {
        &self.stock
    }

    fn add(&self, code: ReceiptCode, first: u64, last: u64) -> Result<(), AnyFault> {
        let by = czei_stock::By::one("张三");
        let (first, last) = (number(first), number(last));
        let segment = czei_stock::NewSegment { unit: UNIT, code, first, last, next: None, giver: "" };
        let id = self.stock.receive(&segment, by).map_err(czei_stock::Error::any)?;
        self.stock.take_in(id, by).map_err(czei_stock::Error::any)
    }

    fn free(&self, code: ReceiptCode) -> u64 {
        let today = at("2026-03-01T09:00:00+08:00").date_naive();
        self.stock.status(today).unwrap().codes.iter().filter(|of| of.code == code).map(|of| of.free).sum()
    }
}

/// Each rule as a test on either source.
macro_rules! on_both {
    ($($rule:ident),* $(,)?) => {
        mod in_memory {
            $(#[test] fn $rule() { super::$rule(&czei_core::MemoryNumbers::new()); })*
        }
        mod in_sqlite {
            $(#[test] fn $rule() {
                let bed = super::Bed::empty();
                super::$rule(&bed);
                assert_eq!(bed.wrong(), Vec::<&str>::new());
            })*
        }
    };
}

on_both!(
    the_same_request_gets_the_same_number_and_bytes,
    the_same_request_id_with_another_draft_code_or_number_is_refused,
    the_same_request_twice_in_one_batch,
    a_segment_ends_without_wrapping,
    a_code_runs_out_in_the_middle_of_a_batch,
    segments_are_used_lowest_first,
    overlapping_segments_are_refused,
    a_failed_build_uses_no_number_and_stops_no_other,
    the_life_of_a_number_goes_one_way,
    a_slow_signer_loses_against_a_void,
    tokens_and_numbers_that_are_not_there,
    one_failure_in_a_batch_stops_no_other,
    what_the_unit_signed_is_voided_only_with_a_refusal,
    at_most_one_red_receipt_for_a_blue_one,
    a_number_from_outside_is_kept_like_the_sources_own,
    many_threads_get_different_numbers,
);

fn the_same_request_gets_the_same_number_and_bytes(source: &dyn Source) {
    source.add(code(), 1, 9).unwrap();
    let first = source.reserve("a", 1).unwrap();
    assert_eq!((first.token.number, &first.held), (number(1), &Held::Reserved(b"a 0000000001".to_vec())));
    assert_eq!(source.reserve("b", 2).unwrap().token.number, number(2));
    assert_eq!(source.reserve("a", 1).unwrap(), first);
    assert_eq!(source.free(code()), 7);
}

fn the_same_request_id_with_another_draft_code_or_number_is_refused(source: &dyn Source) {
    source.add(code(), 1, 9).unwrap();
    source.reserve("a", 1).unwrap();
    refused(source.reserve("a", 2), Code::RequestDiffers, "a");
    let other = ReceiptCode::parse("32010226").unwrap();
    source.add(other, 1, 9).unwrap();
    let id = RequestId::new("a").unwrap();
    let mut build = |_, _| -> Result<Vec<u8>, AnyFault> { panic!("nothing is built") };
    for request in
        [NumberRequest { code: other, ..request(&id) }, NumberRequest { number: Some(number(2)), ..request(&id) }]
    {
        refused(only(source.numbers().reserve(&[request], &mut build)), Code::RequestDiffers, "a");
    }
    assert_eq!((source.free(code()), source.free(other)), (8, 9));
}

fn the_same_request_twice_in_one_batch(source: &dyn Source) {
    source.add(code(), 1, 9).unwrap();
    let id = RequestId::new("a").unwrap();
    let mut built = 0;
    let mut build = |_, _| {
        built += 1;
        Ok(b"a".to_vec())
    };
    let other = NumberRequest { draft_digest: [2; 32], ..request(&id) };
    let answers = source.numbers().reserve(&[request(&id), request(&id), other], &mut build);
    assert_eq!(answers[0].as_ref().unwrap(), answers[1].as_ref().unwrap());
    refused(answers[2].clone(), Code::RequestDiffers, "a");
    assert_eq!((built, source.free(code())), (1, 8));
}

fn a_segment_ends_without_wrapping(source: &dyn Source) {
    refused(source.reserve("a", 1), Code::NumbersExhausted, "32010126");
    source.add(code(), 9_999_999_998, 9_999_999_999).unwrap();
    assert_eq!(source.reserve("a", 1).unwrap().token.number, number(9_999_999_998));
    assert_eq!(source.reserve("b", 1).unwrap().token.number, number(9_999_999_999));
    refused(source.reserve("c", 1), Code::NumbersExhausted, "32010126");
    assert_eq!(source.free(code()), 0);
    // What is there is still found.
    assert_eq!(source.reserve("b", 1).unwrap().token.number, number(9_999_999_999));
}

fn a_code_runs_out_in_the_middle_of_a_batch(source: &dyn Source) {
    source.add(code(), 1, 2).unwrap();
    source.add(code(), 5, 5).unwrap();
    let ids: Vec<RequestId> = ["a", "b", "c", "d", "a"].map(|id| RequestId::new(id).unwrap()).to_vec();
    let requests: Vec<_> = ids.iter().map(request).collect();
    let answers = source.numbers().reserve(&requests, &mut |index, _| Ok(vec![index as u8]));
    let numbers: Vec<_> = answers.iter().map(|answer| answer.as_ref().ok().map(|held| held.token.number)).collect();
    assert_eq!(numbers, [Some(number(1)), Some(number(2)), Some(number(5)), None, Some(number(1))]);
    refused(answers[3].clone(), Code::NumbersExhausted, "32010126");
    assert_eq!(answers[4].as_ref().unwrap().held, Held::Reserved(vec![0]));
}

fn segments_are_used_lowest_first(source: &dyn Source) {
    source.add(code(), 100, 100).unwrap();
    source.add(code(), 5, 6).unwrap();
    let numbers: Vec<_> = ["a", "b", "c"].map(|id| source.reserve(id, 1).unwrap().token.number).to_vec();
    assert_eq!(numbers, [number(5), number(6), number(100)]);
}

fn overlapping_segments_are_refused(source: &dyn Source) {
    source.add(code(), 10, 20).unwrap();
    for (first, last) in [(10, 19), (20, 30), (1, 10), (12, 13), (1, 30), (15, 14)] {
        let found = format!("32010126 {first:010}-{last:010}");
        refused(source.add(code(), first, last), Code::SegmentOverlap, &found);
    }
    // Used up or not.
    for id in 0..11 {
        source.reserve(&format!("r{id}"), 1).unwrap();
    }
    refused(source.add(code(), 20, 20), Code::SegmentOverlap, "32010126 0000000020-0000000020");
    source.add(code(), 21, 21).unwrap();
    source.add(code(), 9, 9).unwrap();
    assert_eq!(source.free(code()), 2);
}

fn a_failed_build_uses_no_number_and_stops_no_other(source: &dyn Source) {
    source.add(code(), 1, 9).unwrap();
    let ids = ["a", "b", "c"].map(|id| RequestId::new(id).unwrap());
    let requests: Vec<_> = ids.iter().map(request).collect();
    let mut asked = Vec::new();
    let mut build = |index, number: ReceiptNumber| {
        asked.push((index, number.get()));
        match index {
            1 => Err(czei_sm2::Error::new(czei_sm2::Code::EntropyFailed).found("no device").any()),
            _ => Ok(vec![index as u8]),
        }
    };
    let answers = source.numbers().reserve(&requests, &mut build);
    // An error of another crate comes back as it was.
    refused(answers[1].clone(), czei_sm2::Code::EntropyFailed, "no device");
    assert_eq!(answers[2].as_ref().unwrap().token.number, number(2));
    assert_eq!(asked, [(0, 1), (1, 2), (2, 2)]);
    assert_eq!(source.free(code()), 7);
    assert_eq!(source.reserve("b", 1).unwrap().token.number, number(3));
}

fn the_life_of_a_number_goes_one_way(source: &dyn Source) {
    source.add(code(), 1, 9).unwrap();
    let token = source.reserve("a", 1).unwrap().token;
    let sign = |bytes: &[u8]| only(source.numbers().store_signed(&[(token, bytes)]));
    let issue = |bytes: &[u8]| only(source.numbers().store_issued(&[(token, bytes)]));
    let in_state = |result: Result<(), AnyFault>, state: &str| {
        refused(result, Code::NumberState, &format!("32010126-0000000001 {state}"));
    };
    in_state(issue(b"issued"), "reserved");
    sign(b"signed").unwrap();
    sign(b"signed").unwrap();
    in_state(sign(b"signed again"), "signed");
    in_state(source.void(token, None), "signed");
    assert_eq!(source.reserve("a", 1).unwrap().held, Held::Signed(b"signed".to_vec()));
    issue(b"issued").unwrap();
    issue(b"issued").unwrap();
    in_state(issue(b"other"), "issued");
    in_state(sign(b"signed"), "issued");
    in_state(source.void(token, Some(b"refused")), "issued");
    let found = source.find(1).unwrap();
    assert_eq!((found.token, found.held), (token, Held::Issued(b"issued".to_vec())));
}

fn a_slow_signer_loses_against_a_void(source: &dyn Source) {
    source.add(code(), 1, 9).unwrap();
    let token = source.reserve("a", 1).unwrap().token;
    source.void(token, None).unwrap();
    let found = "32010126-0000000001 voided";
    refused(only(source.numbers().store_signed(&[(token, b"late".as_slice())])), Code::NumberState, found);
    refused(only(source.numbers().store_issued(&[(token, b"late".as_slice())])), Code::NumberState, found);
    refused(source.void(token, None), Code::NumberState, found);
    refused(source.reserve("a", 1), Code::NumberState, found);
    refused(source.find(1), Code::NumberState, found);
    // The number is gone for good.
    assert_eq!(source.reserve("b", 1).unwrap().token.number, number(2));
}

fn tokens_and_numbers_that_are_not_there(source: &dyn Source) {
    source.add(code(), 1, 9).unwrap();
    let held = source.reserve("a", 1).unwrap().token;
    for token in [
        Token { number: number(2), ..held },
        Token { code: ReceiptCode::parse("32010226").unwrap(), ..held },
        Token { salt: held.salt.wrapping_add(1), ..held },
        Token { salt: u64::MAX, ..held },
    ] {
        let found = format!("{}-{}", token.code, token.number);
        refused(only(source.numbers().store_signed(&[(token, b"".as_slice())])), Code::NumberUnknown, &found);
        refused(only(source.numbers().store_issued(&[(token, b"".as_slice())])), Code::NumberUnknown, &found);
        refused(source.void(token, None), Code::NumberUnknown, &found);
    }
    assert_eq!(source.find(1).unwrap().held, Held::Reserved(b"a 0000000001".to_vec()));
    refused(source.find(2), Code::NumberUnknown, "32010126-0000000002");
}

fn one_failure_in_a_batch_stops_no_other(source: &dyn Source) {
    source.add(code(), 1, 9).unwrap();
    let (a, b) = (source.reserve("a", 1).unwrap().token, source.reserve("b", 1).unwrap().token);
    source.void(a, None).unwrap();
    let strange = Token { salt: b.salt ^ 1, ..b };
    let answers =
        source.numbers().store_signed(&[(a, b"a".as_slice()), (b, b"b".as_slice()), (strange, b"c".as_slice())]);
    let codes: Vec<_> = answers.into_iter().map(|answer| answer.map_err(|error| error.of().unwrap().code())).collect();
    assert_eq!(codes, [Err(Code::NumberState), Ok(()), Err(Code::NumberUnknown)]);
    assert_eq!(source.find(2).unwrap().held, Held::Signed(b"b".to_vec()));
}

fn what_the_unit_signed_is_voided_only_with_a_refusal(source: &dyn Source) {
    source.add(code(), 1, 9).unwrap();
    let token = source.reserve("a", 1).unwrap().token;
    only(source.numbers().store_signed(&[(token, b"signed".as_slice())])).unwrap();
    refused(source.void(token, None), Code::NumberState, "32010126-0000000001 signed");
    source.void(token, Some(b"refused")).unwrap();
    refused(source.find(1), Code::NumberState, "32010126-0000000001 voided");
}

fn at_most_one_red_receipt_for_a_blue_one(source: &dyn Source) {
    source.add(code(), 1, 9).unwrap();
    let ids = ["red-1", "red-2"].map(|id| RequestId::new(id).unwrap());
    let red = |id: &RequestId, blue| {
        let reverses = Some(Related { code: code(), number: number(blue) });
        ask(source.numbers(), NumberRequest { reverses, ..request(id) })
    };
    let first = red(&ids[0], 100).unwrap();
    assert_eq!(red(&ids[0], 100).unwrap(), first);
    refused(red(&ids[1], 100), Code::AlreadyReversed, "32010126-0000000100");
    assert_eq!(source.free(code()), 8);
    red(&ids[1], 101).unwrap();
    // What was voided reverses nothing.
    source.void(first.token, None).unwrap();
    let third = RequestId::new("red-3").unwrap();
    assert_eq!(red(&third, 100).unwrap().token.number, number(3));
}

fn a_number_from_outside_is_kept_like_the_sources_own(source: &dyn Source) {
    source.add(code(), 1, 9).unwrap();
    let ids = ["a", "b"].map(|id| RequestId::new(id).unwrap());
    let outside = |id: &RequestId, at| {
        let request = NumberRequest { number: Some(number(at)), ..request(id) };
        ask(source.numbers(), request)
    };
    let first = outside(&ids[0], 20).unwrap();
    assert_eq!((first.token.number, &first.held), (number(20), &Held::Reserved(b"a 0000000020".to_vec())));
    assert_eq!(outside(&ids[0], 20).unwrap(), first);
    refused(outside(&ids[0], 21), Code::RequestDiffers, "a");
    for (at, found) in [(20, "32010126-0000000020"), (5, "32010126-0000000005")] {
        refused(outside(&ids[1], at), Code::NumberHeld, found);
    }
    assert_eq!(source.free(code()), 9);
    assert_eq!(source.find(20).unwrap(), first);
    refused(source.add(code(), 10, 30), Code::SegmentOverlap, "32010126 0000000010-0000000030");
}

fn many_threads_get_different_numbers(source: &dyn Source) {
    source.add(code(), 1, 200).unwrap();
    let mut numbers: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|thread| {
                scope.spawn(move || -> Vec<_> {
                    (0..25).map(|each| source.reserve(&format!("{thread}-{each}"), 1).unwrap().token.number).collect()
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=200).map(number).collect::<Vec<_>>());
    assert_eq!(source.free(code()), 0);
}

// ---- what only the stock has ----

#[test]
fn request_ids_and_segments_are_those_of_a_unit() {
    let bed = Bed::of(1, 9);
    bed.add("0104902", 11, 19);
    let id = RequestId::new("a").unwrap();
    assert_eq!(bed.ask(request(&id)).unwrap().token.number, number(1));
    let other = NumberRequest { unit: "0104902", ..request(&id) };
    assert_eq!(bed.ask(other.clone()).unwrap().token.number, number(11));
    refused(bed.ask(NumberRequest { unit: "0104903", ..other }), Code::NumbersExhausted, "32010126");
}

#[test]
fn a_reservation_outlives_the_handle() {
    let bed = Bed::of(1, 9);
    let first = bed.reserve("a").unwrap();
    bed.sign(first.token, b"signed").unwrap();
    let Bed { stock, folder, .. } = bed;
    drop(stock);
    let options = czei_stock::OpenOptions::new(folder.path().join("stock.db"));
    let stock = czei_stock::SqliteStock::open(&options).unwrap();
    let id = RequestId::new("a").unwrap();
    let again = ask(&stock, request(&id)).unwrap();
    assert_eq!((again.token, again.held), (first.token, Held::Signed(b"signed".to_vec())));
    let id = RequestId::new("b").unwrap();
    assert_eq!(ask(&stock, request(&id)).unwrap().token.number, number(2));
}

#[test]
fn an_actor_that_no_journal_takes_is_refused_before_anything_is_done() {
    let bed = Bed::of(1, 9);
    let stock = bed.stock.as_actor("a\nb");
    let id = RequestId::new("a").unwrap();
    let error = ask(&stock, request(&id)).unwrap_err();
    assert_eq!(error.place().path.as_deref(), Some("actor"));
    assert!(error.is(czei_stock::Code::TextLimit));
    let mut other = bed.stock.as_actor("counter 7");
    ask(&other, request(&id)).unwrap();
    other = bed.stock.clone();
    assert_eq!(other.explain(super::support::id(1)).unwrap().journal.last().unwrap().actor, "counter 7");
}
