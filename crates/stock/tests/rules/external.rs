//! Numbers obtained from outside, one at a time and in no order.

use czei_codes::{AnyFault, Code as _};
use czei_core::{Code as Rule, NumberRequest, RequestId, Reservation};
use czei_stock::{Code, Event, Find, Origin, Stock as _};

use super::support::{Bed, UNIT, at, code, id, number, refused, request};

fn outside(bed: &Bed, unit: &str, request_id: &str, at: u64) -> Result<Reservation, AnyFault> {
    let request_id = RequestId::new(request_id).unwrap();
    bed.ask(NumberRequest { unit, number: Some(number(at)), ..request(&request_id) })
}

#[test]
fn they_have_a_segment_of_their_own_for_each_unit_and_code() {
    let bed = Bed::of(1, 9);
    outside(&bed, UNIT, "a", 500).unwrap();
    outside(&bed, UNIT, "b", 20).unwrap();
    outside(&bed, "0104902", "a", 300).unwrap();
    let segments = bed.stock.segments().unwrap();
    let shown: Vec<_> = segments
        .iter()
        .map(|segment| (segment.id.0, segment.origin, segment.unit.as_str(), segment.reserved))
        .collect();
    let external = Origin::External;
    assert_eq!(shown, [(2, external, UNIT, 2), (3, external, "0104902", 1), (1, Origin::Received, UNIT, 0)]);
    assert_eq!((segments[0].range, segments[0].free(), segments[0].received()), (None, 0, 0));
    assert!(segments[0].taken_in_at.is_some());
    refused(bed.stock.take_in(segments[0].id, czei_stock::By::one("x")), Code::SegmentTakenIn, "segment 2");
    let back = bed.stock.give_back(segments[0].id, None, "x", czei_stock::By::one("x"));
    assert!(back.unwrap_err().is(Code::NothingToReturn));
    assert_eq!(bed.numbers(Find::All), [20, 300, 500]);
    let events: Vec<_> = bed.stock.explain(id(500)).unwrap().journal.iter().map(|row| row.event).collect();
    assert_eq!(events, [Event::SegmentReceived, Event::Obtained]);
    assert_eq!(bed.wrong(), [""; 0]);
}

#[test]
fn one_that_is_held_or_can_still_be_drawn_is_refused() {
    let bed = Bed::of(1, 9);
    bed.receive("0104902", 11, 19, None).unwrap();
    bed.stock.give_back(czei_stock::SegmentId(1), Some(number(9)), "x", czei_stock::By::one("x")).unwrap();
    outside(&bed, UNIT, "a", 500).unwrap();
    // In the unit's segment, in another unit's that was not taken in, in a returned tail, and here.
    for at in [5, 15, 9, 500] {
        refused(outside(&bed, UNIT, "b", at), Rule::NumberHeld, &format!("32010126-{at:010}"));
        refused(outside(&bed, "0104903", "b", at), Rule::NumberHeld, &format!("32010126-{at:010}"));
    }
    refused(bed.receive(UNIT, 400, 600, None), Rule::SegmentOverlap, "32010126 0000000400-0000000600");
    assert_eq!(bed.stock.segments().unwrap().len(), 3, "a refused one makes no segment");
    let error = outside(&bed, "\u{200B}", "b", 700).unwrap_err();
    assert_eq!((error.is(Code::TextLimit), error.place().path.as_deref()), (true, Some("unit")));
}

#[test]
fn they_go_the_same_way_as_others() {
    let bed = Bed::empty();
    let token = outside(&bed, UNIT, "a", 500).unwrap().token;
    bed.sign(token, b"signed").unwrap();
    bed.issue(token, b"issued").unwrap();
    let voided = outside(&bed, UNIT, "b", 7).unwrap().token;
    bed.void(voided, None).unwrap();
    let segment = bed.stock.segments().unwrap().remove(0);
    assert_eq!((segment.issued, segment.voided, segment.reserved), (1, 1, 0));
    let status = bed.stock.status(at("2026-03-01T00:00:00+08:00").date_naive()).unwrap();
    let of_code = &status.codes[0];
    assert_eq!((of_code.code, of_code.external, of_code.received, of_code.drawn_lately), (code(), 2, 0, 0));
    assert_eq!(bed.numbers(Find::Day(at("2026-03-01T00:00:00+08:00").date_naive())), [7, 500]);
    assert_eq!(bed.wrong(), [""; 0]);
}

#[test]
fn a_failed_build_makes_no_segment() {
    let bed = Bed::empty();
    let request_id = RequestId::new("a").unwrap();
    let request = NumberRequest { number: Some(number(5)), ..request(&request_id) };
    let answers = czei_core::NumberSource::reserve(&bed.stock, &[request], &mut |_, _| Err(Code::Busy.fault().any()));
    refused(answers.into_iter().next().unwrap(), Code::Busy, "");
    assert_eq!(bed.stock.segments().unwrap(), []);
    assert_eq!(bed.wrong(), [""; 0]);
}
