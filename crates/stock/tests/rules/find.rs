//! Finding numbers, and the story of one.

use chrono::NaiveDate;
use czei_core::{Amount, NumberRequest, NumberSource as _, ReceiptCode, RequestId};
use czei_stock::{By, Code, Document, Event, Find, NewSegment, State, Stock as _, Whereabouts};

use super::support::{Bed, UNIT, at, code, id, number, request};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Numbers of two segments, one code more, and one from outside between them.
fn mixed() -> Bed {
    let bed = Bed::of(1, 3);
    bed.add(UNIT, 20, 29);
    let ids: Vec<RequestId> = (0..6).map(|each| RequestId::new(format!("r{each}")).unwrap()).collect();
    let days = ["2026-03-01", "2026-03-02", "2026-03-01", "2026-03-03", "2026-03-01", "2026-03-01"];
    let requests: Vec<_> = ids
        .iter()
        .zip(days)
        .enumerate()
        .map(|(each, (id, day))| NumberRequest {
            // One from outside, in the gap between the segments.
            number: (each == 5).then(|| number(10)),
            at: at(&format!("{day}T23:30:00+08:00")),
            business_key: (each % 2 == 0).then_some("biz"),
            ..request(id)
        })
        .collect();
    assert!(bed.stock.reserve(&requests, &mut |_, _| Ok(Vec::new())).iter().all(Result::is_ok));
    bed
}

#[test]
fn every_question_is_answered_in_order() {
    let bed = mixed();
    assert_eq!(bed.numbers(Find::All), [1, 2, 3, 10, 20, 21]);
    assert_eq!(bed.numbers(Find::Number(id(20))), [20]);
    assert_eq!(bed.numbers(Find::Number(id(4))), [0; 0]);
    assert_eq!(bed.numbers(Find::Request { unit: Some(UNIT), request_id: "r3" }), [20]);
    assert_eq!(bed.numbers(Find::Request { unit: Some("other"), request_id: "r3" }), [0; 0]);
    assert_eq!(bed.numbers(Find::BusinessKey("biz")), [1, 3, 21]);
    assert_eq!(bed.numbers(Find::Day(day("2026-03-01"))), [1, 3, 10, 21]);
    assert_eq!(bed.numbers(Find::Day(day("2026-03-03"))), [20]);
    assert_eq!(bed.numbers(Find::Day(day("2026-03-04"))), [0; 0]);
    assert_eq!(bed.numbers(Find::State(State::Reserved)), [1, 2, 3, 10, 20, 21]);
    assert_eq!(bed.numbers(Find::State(State::Issued)), [0; 0]);
    bed.stock.void_number(id(10), &super::support::voiding(None)).unwrap();
    assert_eq!(bed.numbers(Find::State(State::Voided)), [10]);
    assert_eq!(bed.numbers(Find::State(State::Reserved)), [1, 2, 3, 20, 21]);
    assert_eq!(bed.wrong(), [""; 0]);
}

#[test]
fn a_request_id_is_found_for_every_unit_and_code() {
    let bed = mixed();
    let by = By::one("张三");
    let lower = ReceiptCode::parse("32010125").unwrap();
    let segment = NewSegment { unit: "0104902", code: lower, first: number(1), last: number(9), next: None, giver: "" };
    let segment = bed.stock.receive(&segment, by).unwrap();
    bed.stock.take_in(segment, by).unwrap();
    let request_id = RequestId::new("r3").unwrap();
    bed.ask(NumberRequest { unit: "0104902", code: lower, ..request(&request_id) }).unwrap();
    let found = bed.found(Find::Request { unit: None, request_id: "r3" });
    let ids: Vec<_> = found.iter().map(|record| record.id.to_string()).collect();
    assert_eq!(ids, ["32010125-0000000001", "32010126-0000000020"]);
    assert_eq!(bed.found(Find::All)[0].unit, "0104902", "the lower code first");
}

#[test]
fn the_day_is_that_of_the_receipt_at_utc_8() {
    let bed = Bed::of(1, 9);
    let request_id = RequestId::new("a").unwrap();
    bed.ask(NumberRequest { at: at("2026-02-28T17:00:00Z"), ..request(&request_id) }).unwrap();
    assert_eq!(bed.record(1).unwrap().day, Some(day("2026-03-01")));
    assert_eq!(bed.numbers(Find::Day(day("2026-03-01"))), [1]);
}

#[test]
fn a_record_says_all_that_was_noted() {
    let bed = Bed::of(1, 9);
    let request_id = RequestId::new("a").unwrap();
    let token = bed.ask(NumberRequest { business_key: Some("biz"), ..request(&request_id) }).unwrap().token;
    bed.sign(token, b"signed").unwrap();
    let record = bed.record(1).unwrap();
    assert_eq!((record.id, record.state, record.token), (id(1), State::Signed, Some(token)));
    assert_eq!((record.unit.as_str(), record.request_id.as_deref()), (UNIT, Some("a")));
    assert_eq!((record.draft_digest, record.business_key.as_deref()), (Some([1; 32]), Some("biz")));
    assert_eq!(record.total, Some(Amount::from_fen(13_300).unwrap()));
    assert_eq!(record.document_sm3, Some(czei_sm2::Sm3::digest(b"signed")));
    assert!(!record.is_exchanged);
    let last = bed.stock.explain(id(1)).unwrap().journal.pop().unwrap();
    assert_eq!((record.last_change, last.subject), (last.seq, record.document_sm3));
}

#[test]
fn an_error_of_the_caller_ends_the_answers() {
    let bed = mixed();
    let mut seen = 0;
    let error = bed.stock.find_numbers(Find::All, &mut |_| {
        seen += 1;
        if seen == 2 { Err(Code::Busy.into()) } else { Ok(()) }
    });
    assert!(error.unwrap_err().is(Code::Busy));
    assert_eq!(seen, 2);
}

#[test]
fn answers_come_from_one_snapshot_while_others_write() {
    let bed = mixed();
    let mut seen = Vec::new();
    let each = &mut |record: czei_stock::NumberRecord| {
        // The stock may be asked and changed from within.
        assert!(bed.stock.document(record.id)?.is_some());
        bed.reserve(&format!("from within {}", record.id)).unwrap();
        seen.push(record.id.number().get());
        Ok(())
    };
    bed.stock.find_numbers(Find::All, each).unwrap();
    assert_eq!(seen, [1, 2, 3, 10, 20, 21]);
    assert_eq!(bed.numbers(Find::All).len(), 12);
}

#[test]
fn the_story_of_a_number_is_told_from_the_beginning() {
    let bed = Bed::of(1, 9);
    bed.issued("a");
    let story = bed.stock.explain(id(1)).unwrap();
    assert_eq!(story.whereabouts(), Whereabouts::Used(State::Issued));
    let rows: Vec<_> = story.journal.iter().map(|row| (row.event, row.actor.as_str(), row.chain.as_str())).collect();
    let expected = [
        (Event::SegmentReceived, "张三", "segment 1"),
        (Event::SegmentTakenIn, "张三", "segment 1"),
        (Event::Reserved, "billing", "segment 1"),
        (Event::Signed, "billing", "segment 1"),
        (Event::Issued, "billing", "segment 1"),
    ];
    assert_eq!(rows, expected);
    assert_eq!((story.journal[2].detail.as_str(), story.journal[2].subject), ("a", Some([1; 32])));
    assert_eq!(story.journal[4].previous, Some(story.journal[3].seq));
    assert_eq!(story.segment.unwrap().id.0, 1);
    // One that is free, and one that is nowhere.
    let free = bed.stock.explain(id(5)).unwrap();
    assert_eq!((free.whereabouts(), free.record, free.journal.len()), (Whereabouts::Free, None, 2));
    let stranger = bed.stock.explain(id(10)).unwrap();
    assert_eq!((stranger.whereabouts(), stranger.segment, stranger.journal), (Whereabouts::Stranger, None, vec![]));
}

#[test]
fn documents_are_handed_out_as_far_as_they_came() {
    let bed = Bed::of(1, 9);
    let token = bed.token("a");
    let document = || bed.stock.document(id(1)).unwrap();
    assert_eq!(document(), Some(Document::Unsigned(b"a 0000000001".to_vec())));
    bed.sign(token, b"signed").unwrap();
    assert_eq!(document(), Some(Document::Signed(b"signed".to_vec())));
    bed.issue(token, b"issued").unwrap();
    assert_eq!(document(), Some(Document::Issued(b"issued".to_vec())));
    assert_eq!(bed.stock.document(id(2)).unwrap(), None);
    assert_eq!(bed.stock.document(czei_stock::NumberId::new(code(), number(99))).unwrap(), None);
}
