//! Segments: noted, taken in, given back.

use czei_core::{Code as Rule, ReceiptCode};
use czei_stock::{By, Code, Event, NewSegment, Origin, SegmentId, State, Stock as _, Whereabouts};

use super::support::{Bed, UNIT, at, code, id, number, refused};

#[test]
fn nothing_is_drawn_before_a_segment_is_taken_in() {
    let bed = Bed::empty();
    let segment = bed.receive(UNIT, 1, 9, None).unwrap();
    refused(bed.reserve("a"), Rule::NumbersExhausted, "32010126");
    assert_eq!(bed.stock.explain(id(3)).unwrap().whereabouts(), Whereabouts::Pending);
    bed.stock.take_in(segment, By::one("王五")).unwrap();
    refused(bed.stock.take_in(segment, By::one("王五")), Code::SegmentTakenIn, "segment 1");
    refused(bed.stock.take_in(SegmentId(2), By::one("王五")), Code::SegmentUnknown, "segment 2");
    assert_eq!(bed.reserve("a").unwrap().token.number, number(1));
    assert_eq!(bed.wrong(), [""; 0]);
}

#[test]
fn a_segment_says_all_that_was_noted() {
    let bed = Bed::empty();
    let receive = bed.receive(UNIT, 11, 20, None).unwrap();
    bed.stock.take_in(receive, By::one("王五")).unwrap();
    bed.issued("a");
    let segments = bed.stock.segments().unwrap();
    assert_eq!(segments.len(), 1);
    let segment = &segments[0];
    assert_eq!((segment.id, segment.parent, segment.origin), (receive, None, Origin::Received));
    assert_eq!((segment.unit.as_str(), segment.code, segment.giver.as_str()), (UNIT, code(), "省财政厅"));
    assert_eq!(segment.range, Some((number(11), number(20))));
    assert_eq!((segment.next, segment.issued, segment.reserved, segment.signed), (12, 1, 0, 0));
    assert_eq!((segment.received(), segment.free(), segment.returned()), (10, 9, 0));
    // The clock of the journal goes on by a second with each look.
    assert!(segment.received_at >= at("2026-03-01T09:00:00+08:00"));
    assert!(segment.taken_in_at.is_some_and(|taken_in| taken_in > segment.received_at));
}

#[test]
fn segments_stand_in_the_order_of_code_and_first_number() {
    let bed = Bed::empty();
    let by = By::one("张三");
    let other = ReceiptCode::parse("32010125").unwrap();
    for (code, first, unit) in [(code(), 50, UNIT), (code(), 1, "0104902"), (other, 90, UNIT)] {
        let (first, last) = (number(first), number(first + 9));
        bed.stock.receive(&NewSegment { unit, code, first, last, next: None, giver: "" }, by).unwrap();
    }
    let order: Vec<_> = bed.stock.segments().unwrap().iter().map(|segment| segment.id.0).collect();
    assert_eq!(order, [3, 2, 1]);
}

#[test]
fn segments_of_all_units_share_the_numbers_of_a_code() {
    let bed = Bed::of(10, 20);
    let found = "32010126 0000000020-0000000030";
    refused(bed.receive("0104902", 20, 30, None), Rule::SegmentOverlap, found);
    bed.receive("0104902", 21, 30, None).unwrap();
    assert_eq!(bed.stock.segments().unwrap().len(), 2);
}

#[test]
fn ends_and_next_of_a_segment_are_looked_at() {
    let bed = Bed::empty();
    for (first, last, next) in [(5, 4, None), (5, 9, Some(4)), (5, 9, Some(11)), (5, 9, Some(u64::MAX))] {
        let found = format!("32010126 {first:010}-{last:010}");
        refused(bed.receive(UNIT, first, last, next), Rule::SegmentOverlap, &found);
    }
    // So many rows are not made by a slip of the finger.
    let error = bed.receive(UNIT, 1, 9_999_999_999, Some(9_999_999_999)).unwrap_err();
    assert_eq!(error.expected_text(), Some("next at most 20000000 after the first"));
    for (unit, giver, place) in [("", "x", "unit"), (UNIT, "a\u{200B}", "giver")] {
        let segment = NewSegment { unit, code: code(), first: number(1), last: number(2), next: None, giver };
        let error = bed.stock.receive(&segment, By::one("张三")).unwrap_err();
        assert!(error.is(Code::TextLimit));
        assert_eq!(error.place().path.as_deref(), Some(place));
    }
    let error = bed.stock.receive(
        &NewSegment { unit: UNIT, code: code(), first: number(1), last: number(2), next: None, giver: "" },
        By::two("张三", " "),
    );
    assert_eq!(error.unwrap_err().place().path.as_deref(), Some("checker"));
    assert_eq!(bed.stock.segments().unwrap(), []);
}

#[test]
fn a_segment_begun_elsewhere_leaves_its_used_numbers_unknown() {
    let bed = Bed::empty();
    let segment = bed.receive(UNIT, 1, 9, Some(4)).unwrap();
    bed.stock.take_in(segment, By::one("张三")).unwrap();
    let found = bed.stock.segments().unwrap().remove(0);
    assert_eq!((found.next, found.unknown, found.free()), (4, 3, 6));
    assert_eq!(bed.numbers(czei_stock::Find::State(State::Unknown)), [1, 2, 3]);
    assert_eq!(bed.reserve("a").unwrap().token.number, number(4));
    let story = bed.stock.explain(id(2)).unwrap();
    assert_eq!(story.whereabouts(), Whereabouts::Used(State::Unknown));
    let events: Vec<_> = story.journal.iter().map(|row| row.event).collect();
    assert_eq!(events, [Event::SegmentReceived, Event::Unknown, Event::SegmentTakenIn]);
    // Wholly used up: all of it is unknown, and nothing is free.
    let used_up = bed.receive(UNIT, 11, 12, Some(13)).unwrap();
    bed.stock.take_in(used_up, By::one("张三")).unwrap();
    assert_eq!(bed.stock.segments().unwrap()[1].free(), 0);
    assert_eq!(bed.wrong(), [""; 0]);
}

#[test]
fn the_unused_tail_is_given_back_for_good() {
    let bed = Bed::of(1, 9);
    bed.token("a");
    let segment = SegmentId(1);
    let back = |from| bed.stock.give_back(segment, from, "单位撤销", By::two("张三", "李四"));
    refused(back(Some(number(1))), Code::NothingToReturn, "segment 1 from 0000000001");
    refused(back(Some(number(10))), Code::NothingToReturn, "segment 1 from 0000000010");
    let returned = back(Some(number(8))).unwrap();
    assert_eq!(
        (returned.segment, returned.code, returned.first, returned.last),
        (segment, code(), number(8), number(9))
    );
    refused(back(Some(number(8))), Code::NothingToReturn, "segment 1 from 0000000008");
    // What is left, from the next number on.
    bed.token("b");
    assert_eq!(bed.stock.segments().unwrap()[0].free(), 5);
    let returned = back(None).unwrap();
    assert_eq!((returned.first, returned.last), (number(3), number(7)));
    let found = bed.stock.segments().unwrap().remove(0);
    assert_eq!((found.free(), found.returned(), found.returned_from), (0, 7, Some(number(3))));
    refused(back(None), Code::NothingToReturn, "segment 1 from 0000000003");
    refused(bed.reserve("c"), Rule::NumbersExhausted, "32010126");
    refused(bed.receive(UNIT, 9, 9, None), Rule::SegmentOverlap, "32010126 0000000009-0000000009");
    let story = bed.stock.explain(id(9)).unwrap();
    assert_eq!((story.whereabouts(), story.record), (Whereabouts::Returned, None));
    let last = story.journal.last().unwrap();
    assert_eq!((last.event, last.actor.as_str()), (Event::Returned, "张三"));
    let detail = r#"{"checker":"李四","first":"0000000003","last":"0000000007","reason":"单位撤销"}"#;
    assert_eq!(last.detail, detail);
    assert_eq!(bed.wrong(), [""; 0]);
}

#[test]
fn a_segment_not_taken_in_can_be_given_back_whole() {
    let bed = Bed::empty();
    let segment = bed.receive(UNIT, 1, 9, None).unwrap();
    let returned = bed.stock.give_back(segment, None, "未领用", By::one("张三")).unwrap();
    assert_eq!((returned.first, returned.last), (number(1), number(9)));
    refused(bed.stock.give_back(SegmentId(7), None, "x", By::one("张三")), Code::SegmentUnknown, "segment 7");
    let error = bed.stock.give_back(segment, None, "", By::one("张三")).unwrap_err();
    assert_eq!((error.is(Code::TextLimit), error.place().path.as_deref()), (true, Some("reason")));
    bed.stock.take_in(segment, By::one("张三")).unwrap();
    refused(bed.reserve("a"), Rule::NumbersExhausted, "32010126");
    assert_eq!(bed.wrong(), [""; 0]);
}

#[test]
fn a_clock_of_another_year_changes_no_number() {
    let bed = Bed::of(1, 9);
    for (clock, expected) in [("2020-01-01T00:00:00+08:00", 1), ("2039-01-01T00:00:00+08:00", 2)] {
        bed.set_clock(clock);
        assert_eq!(bed.reserve(clock.split('T').next().unwrap()).unwrap().token.number, number(expected));
    }
    bed.set_clock("2026-03-01T09:00:00+08:00");
    assert_eq!(bed.reserve("now").unwrap().token.number, number(3));
    assert_eq!(bed.wrong(), [""; 0]);
}

#[test]
fn the_same_segment_noted_again_is_the_one_that_is_there() {
    let bed = Bed::empty();
    let segment = bed.receive(UNIT, 1, 9, Some(3)).unwrap();
    let rows = super::journal::rows(&bed, 1).len();
    // Killed before it was taken in.
    assert_eq!(bed.receive(UNIT, 1, 9, Some(3)).unwrap(), segment);
    bed.stock.take_in(segment, By::one("王五")).unwrap();
    bed.token("a");
    bed.stock.give_back(segment, Some(number(8)), "x", By::one("王五")).unwrap();
    assert_eq!(bed.receive(UNIT, 1, 9, Some(3)).unwrap(), segment);
    assert_eq!(super::journal::rows(&bed, 1).len(), rows + 3);
    // Anything else about it is another segment, which overlaps.
    for (unit, first, last, next) in [
        ("0104902", 1, 9, Some(3)),
        (UNIT, 1, 9, None),
        (UNIT, 1, 9, Some(4)),
        (UNIT, 1, 8, Some(3)),
        (UNIT, 2, 9, Some(3)),
    ] {
        let found = format!("32010126 {first:010}-{last:010}");
        refused(bed.receive(unit, first, last, next), Rule::SegmentOverlap, &found);
    }
    let (first, last, by) = (number(1), number(9), By::one("张三"));
    let other = NewSegment { unit: UNIT, code: code(), first, last, next: Some(3), giver: "市财政局" };
    refused(bed.stock.receive(&other, by), Rule::SegmentOverlap, "32010126 0000000001-0000000009");
    assert_eq!(bed.wrong(), [""; 0]);
}
