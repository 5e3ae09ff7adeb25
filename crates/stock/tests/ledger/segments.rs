//! What is given and taken back, and what the ledger tells of it.

use czei_stock::{By, Claimed, Code, Event, NewGiven, SegmentId, TakenOver};

use crate::place::{BY, Place, REGISTRY, SCHOOL, claim, claim_one, code, id, number, store_one, told};

#[test]
fn given_segments_do_not_overlap_whoever_has_them() {
    let place = Place::new();
    for (first, last) in [(50, 60), (100, 101), (1, 1), (200, 300), (1, 1000), (300, 250)] {
        for unit in [SCHOOL, REGISTRY] {
            let new = NewGiven { unit, code: code(), first: number(first), last: number(last) };
            let error = place.ledger.give(&new, BY).unwrap_err();
            assert!(error.is(Code::GivenOverlap), "{error}");
            assert_eq!(error.found_text(), Some(&*format!("32020126 {first:010}-{last:010}")));
        }
    }
    // The same numbers of another code are others.
    let new = NewGiven { unit: SCHOOL, code: "32010126".parse().unwrap(), first: number(1), last: number(100) };
    assert_eq!(place.ledger.give(&new, BY).unwrap(), SegmentId(3));
    let codes: Vec<_> = place.ledger.given().unwrap().iter().map(|given| given.code.to_string()).collect();
    assert_eq!(codes, ["32010126", "32020126", "32020126"], "in the order of code and first number");
    assert_eq!(place.wrong(), [""; 0]);
}

#[test]
fn a_tail_is_taken_back_behind_the_last_claim() {
    let place = Place::new();
    let (school, registry) = (SegmentId(1), SegmentId(2));
    assert_eq!(claim_one(&place.ledger, claim(SCHOOL, 40, 1)).unwrap(), Claimed::Now);
    for from in [40, 7, 101] {
        let error = place.ledger.take_back(school, number(from), "多余", BY).unwrap_err();
        assert!(error.is(Code::NothingToReturn), "{error}");
        assert_eq!(error.found_text(), Some(&*format!("segment 1 from {from:010}")));
        assert_eq!(error.expected_text(), Some("0000000041 to 0000000100"));
    }
    place.ledger.take_back(school, number(61), "多余", BY).unwrap();
    assert_eq!(claim_one(&place.ledger, claim(SCHOOL, 60, 1)).unwrap(), Claimed::Now);
    let refused = told(claim_one(&place.ledger, claim(SCHOOL, 61, 1)));
    assert_eq!(refused, ("number-not-given", Some("32020126-0000000061".to_owned())));
    assert_eq!(place.ledger.given().unwrap()[0].taken_back_from, Some(number(61)));
    // What was taken back is never given again.
    let again = NewGiven { unit: SCHOOL, code: code(), first: number(61), last: number(100) };
    assert!(place.ledger.give(&again, BY).unwrap_err().is(Code::GivenOverlap));
    // A whole segment of which nothing was claimed.
    place.ledger.take_back(registry, number(101), "发错", BY).unwrap();
    assert_eq!(told(claim_one(&place.ledger, claim(REGISTRY, 101, 1))).0, "number-not-given");
    let error = place.ledger.take_back(registry, number(101), "发错", BY).unwrap_err();
    assert!(error.is(Code::NothingToReturn), "{error}");
    let error = place.ledger.take_back(SegmentId(9), number(1), "无此号段", BY).unwrap_err();
    assert!(error.is(Code::SegmentUnknown));
    assert_eq!(error.found_text(), Some("segment 9"));
    assert_eq!(place.wrong(), [""; 0]);
}

#[test]
fn persons_and_reasons_are_visible_texts() {
    let place = Place::new();
    let new = NewGiven { unit: SCHOOL, code: code(), first: number(500), last: number(600) };
    let limit = |result: Result<(), czei_stock::Error>| {
        let error = result.unwrap_err();
        assert!(error.is(Code::TextLimit), "{error}");
        error.place().path.clone().unwrap()
    };
    assert_eq!(limit(place.ledger.give(&new, By::one("")).map(|_| ())), "maker");
    assert_eq!(limit(place.ledger.give(&new, By::two("张三", "a\u{0}b")).map(|_| ())), "checker");
    assert_eq!(limit(place.ledger.give(&NewGiven { unit: "", ..new }, BY).map(|_| ())), "unit");
    assert_eq!(limit(place.ledger.take_back(SegmentId(1), number(50), "", BY)), "reason");
    assert_eq!(place.ledger.given().unwrap().len(), 2);
}

#[test]
fn the_story_of_a_number_is_told() {
    let place = Place::new();
    claim_one(&place.ledger, claim(SCHOOL, 5, 1)).unwrap();
    claim_one(&place.ledger, claim(SCHOOL, 6, 1)).unwrap();
    store_one(&place.ledger.as_actor("desk 2"), claim(SCHOOL, 5, 1), b"receipt").unwrap();
    place.ledger.take_back(SegmentId(1), number(90), "多余", BY).unwrap();
    let story = place.ledger.explain(id(5)).unwrap();
    let told: Vec<_> = story.iter().map(|row| (row.event, &*row.chain, &*row.actor, row.subject)).collect();
    let sm3 = czei_sm2::Sm3::digest(b"receipt");
    assert_eq!(
        told,
        [
            (Event::Given, "segment 1", "张三", None),
            (Event::Claimed, "segment 1", "desk 1", Some([1; 32])),
            (Event::Countersigned, "segment 1", "desk 2", Some(sm3)),
            (Event::TakenBack, "segment 1", "张三", None),
        ]
    );
    let back: serde_json::Value = serde_json::from_str(&story[3].detail).unwrap();
    let wanted = serde_json::json!({"first": "0000000090", "last": "0000000100", "reason": "多余", "checker": "李四"});
    assert_eq!(back, wanted);
    // Given and free; and a stranger.
    let free: Vec<_> = place.ledger.explain(id(7)).unwrap().iter().map(|row| row.event).collect();
    assert_eq!(free, [Event::Given, Event::TakenBack]);
    assert_eq!(place.ledger.explain(id(900)).unwrap(), []);
}

#[test]
fn the_journal_has_one_row_for_each_change() {
    let place = Place::new();
    for _ in 0..2 {
        claim_one(&place.ledger, claim(SCHOOL, 5, 1)).unwrap();
        store_one(&place.ledger, claim(SCHOOL, 5, 1), b"receipt").unwrap();
    }
    let _ = claim_one(&place.ledger, claim(SCHOOL, 5, 2)).unwrap_err();
    place.ledger.sign_heads(None, BY).unwrap();
    let mut events = Vec::new();
    place
        .ledger
        .journal(0, &mut |row| {
            events.push(row.event);
            Ok(())
        })
        .unwrap();
    let wanted = [Event::Created, Event::Given, Event::Given, Event::Claimed, Event::Countersigned, Event::Heads];
    assert_eq!(events, wanted);
    let report = place.ledger.verify_journal(None).unwrap();
    assert!(report.holds(), "{:?}", report.faults);
    assert_eq!((report.rows, report.chains, report.heads, report.signed_heads), (6, 3, 1, 0));
}

#[test]
fn receipts_of_elsewhere_are_taken_over() {
    let place = Place::new();
    let (one, other) = (claim(SCHOOL, 5, 1), claim(SCHOOL, 5, 2));
    let past = [(one, &b"receipt"[..]), (claim(REGISTRY, 6, 1), b"another's"), (one, b"receipt"), (other, b"second")];
    let taken = place.ledger.take_over(&past, BY);
    let names: Vec<_> =
        taken.into_iter().map(|taken| taken.map_or_else(|error| error.entry().name, |()| "taken")).collect();
    assert_eq!(names, ["taken", "number-not-given", "taken", "second-content"]);
    assert_eq!(claim_one(&place.ledger, one).unwrap(), Claimed::Before(b"receipt".to_vec()));
    let each = place.ledger.take_over_each(&[(one, b"receipt"), (claim(SCHOOL, 7, 1), b"seven")], BY);
    assert_eq!(each, [Ok(TakenOver::Before), Ok(TakenOver::Now)]);
    // Another receipt of the same content is none to be taken over.
    let again = place.ledger.take_over(&[(one, b"another signature")], BY).remove(0).unwrap_err();
    assert!(again.is(Code::SecondContent), "{again}");
    let events: Vec<_> = place.ledger.explain(id(5)).unwrap().iter().map(|row| row.event).collect();
    assert_eq!(events, [Event::Given, Event::Claimed, Event::ImportedIssued]);
    assert_eq!(place.wrong(), [""; 0]);
}
