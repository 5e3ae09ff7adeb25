//! Taking numbers out of use.

use czei_core::{Code as Rule, Held, Voiding};
use czei_stock::{Code, Event, State, Stock as _};

use super::support::{Bed, UNIT, at, id, only, refused, voiding};

#[test]
fn a_void_says_why_who_and_when() {
    let bed = Bed::of(1, 9);
    let token = bed.token("a");
    bed.void(token, None).unwrap();
    let story = bed.stock.explain(id(1)).unwrap();
    assert_eq!(story.record.unwrap().state, State::Voided);
    let last = story.journal.last().unwrap();
    assert_eq!((last.event, last.actor.as_str(), last.subject), (Event::Voided, "李四", None));
    let detail = r#"{"at":"2026-03-02T10:00:00+08:00","by":"billing","from":"reserved","reason":"重复"}"#;
    assert_eq!(last.detail, detail);
    assert_eq!(bed.stock.document(id(1)).unwrap(), None, "nothing hands it out");
    // An auditor finds in the file what was stored.
    let kept: Vec<u8> = bed.raw().query_row("SELECT bytes FROM document", [], |row| row.get(0)).unwrap();
    assert_eq!(kept, b"a 0000000001");
    let counts = bed.stock.segments().unwrap().remove(0);
    assert_eq!((counts.voided, counts.reserved), (1, 0));
    assert_eq!(bed.wrong(), [""; 0]);
}

#[test]
fn a_refusal_is_kept_as_it_came() {
    let bed = Bed::of(1, 9);
    let token = bed.token("a");
    bed.sign(token, b"signed").unwrap();
    refused(bed.void(token, None), Rule::NumberState, "32010126-0000000001 signed");
    refused(bed.stock.void_number(id(1), &voiding(None)), Code::RefusalNeeded, "32010126-0000000001 signed");
    bed.stock.void_number(id(1), &voiding(Some(b"<refusal/>"))).unwrap();
    let kept: Vec<u8> = bed.raw().query_row("SELECT bytes FROM refusal", [], |row| row.get(0)).unwrap();
    assert_eq!(kept, b"<refusal/>");
    let last = bed.stock.explain(id(1)).unwrap().journal.pop().unwrap();
    let sm3: String = czei_sm2::Sm3::digest(b"<refusal/>").iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(
        last.detail.contains(&format!(r#""from":"signed","reason":"重复","refusal_sm3":"{sm3}""#)),
        "{}",
        last.detail
    );
    assert_eq!(bed.wrong(), [""; 0]);
}

#[test]
fn a_void_by_number_starts_from_reserved_signed_or_unknown() {
    let bed = Bed::empty();
    let segment = bed.receive(UNIT, 1, 9, Some(2)).unwrap();
    bed.stock.take_in(segment, czei_stock::By::one("张三")).unwrap();
    let void = |at| bed.stock.void_number(id(at), &voiding(None));
    void(1).unwrap();
    refused(void(1), Rule::NumberState, "32010126-0000000001 voided");
    bed.token("a");
    void(2).unwrap();
    bed.issued("b");
    refused(void(3), Rule::NumberState, "32010126-0000000003 issued");
    // Free, and a stranger.
    refused(void(4), Rule::NumberUnknown, "32010126-0000000004");
    refused(void(10), Rule::NumberUnknown, "32010126-0000000010");
    let counts = bed.stock.segments().unwrap().remove(0);
    assert_eq!((counts.voided, counts.unknown, counts.issued), (2, 0, 1));
    assert_eq!(bed.wrong(), [""; 0]);
}

#[test]
fn a_void_without_reason_or_person_is_none() {
    let bed = Bed::of(1, 9);
    let token = bed.token("a");
    let at = at("2026-03-02T10:00:00+08:00");
    for (reason, actor, place) in [("", "李四", "reason"), ("重复", "\u{202E}", "actor")] {
        let voiding = Voiding { reason, actor, at, refusal: None };
        let error = only(czei_core::NumberSource::void(&bed.stock, &[(token, voiding.clone())])).unwrap_err();
        assert_eq!((error.is(Code::TextLimit), error.place().path.as_deref()), (true, Some(place)));
        let error = bed.stock.void_number(id(1), &voiding).unwrap_err();
        assert_eq!((error.is(Code::TextLimit), error.place().path.as_deref()), (true, Some(place)));
    }
    assert_eq!(bed.reserve("a").unwrap().held, Held::Reserved(b"a 0000000001".to_vec()));
}

#[test]
fn voids_of_a_batch_stand_each_for_itself() {
    let bed = Bed::of(1, 9);
    let tokens = ["a", "b", "c"].map(|request_id| bed.token(request_id));
    bed.sign(tokens[1], b"signed").unwrap();
    let voidings = tokens.map(|token| (token, voiding(None)));
    let answers = czei_core::NumberSource::void(&bed.stock, &voidings);
    let held: Vec<_> = answers.iter().map(Result::is_ok).collect();
    assert_eq!(held, [true, false, true]);
    assert_eq!(bed.numbers(czei_stock::Find::State(State::Voided)), [1, 3]);
}
