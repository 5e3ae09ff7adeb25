//! Numbers of the past.

use czei_core::{Amount, Code as Rule, Held, NumberRequest, Related, RequestId};
use czei_sm2::Sm3;
use czei_stock::{By, Code, Document, Error, Event, Find, Past, PastState, State, Stock as _, TakenOver};

use super::support::{Bed, UNIT, at, code, id, number, only, refused, request};

/// A segment whose first four numbers were used elsewhere.
fn begun_elsewhere() -> Bed {
    let bed = Bed::empty();
    take_up(&bed);
    bed
}

fn take_up(bed: &Bed) {
    let segment = bed.receive(UNIT, 1, 9, Some(5)).unwrap();
    bed.stock.take_in(segment, By::one("张三")).unwrap();
}

fn issued(document: &[u8]) -> PastState<'_> {
    PastState::Issued {
        document,
        original_sm3: Sm3::digest(document),
        day: at("2025-12-31T09:00:00+08:00").date_naive(),
        total: Amount::from_fen(500).unwrap(),
        business_key: Some("biz-1"),
        reverses: None,
    }
}

fn voided() -> PastState<'static> {
    PastState::Voided { reason: "打印错误", actor: "赵六", at: at("2025-12-30T08:00:00+08:00") }
}

fn past<'a>(at: u64, state: PastState<'a>) -> Past<'a> {
    Past { unit: UNIT, code: code(), number: number(at), state }
}

fn import(bed: &Bed, past: Past<'_>) -> Result<(), Error> {
    only(bed.stock.import(&[past], By::two("张三", "李四")))
}

#[test]
fn unknown_numbers_become_issued_or_voided() {
    let bed = begun_elsewhere();
    let all = [past(1, issued(b"receipt 1")), past(2, voided()), past(3, issued(b"receipt 3"))];
    assert_eq!(
        bed.stock.import_each(&all, By::two("张三", "李四")),
        [Ok(TakenOver::Now), Ok(TakenOver::Now), Ok(TakenOver::Now)]
    );
    let again = [Ok(TakenOver::Before), Ok(TakenOver::Before), Ok(TakenOver::Before)];
    assert_eq!(bed.stock.import_each(&all, By::one("张三")), again, "the same again is no error");
    assert!(bed.stock.import(&all, By::one("张三")).iter().all(Result::is_ok));
    let segment = bed.stock.segments().unwrap().remove(0);
    assert_eq!((segment.issued, segment.voided, segment.unknown), (2, 1, 1));
    let record = bed.record(1).unwrap();
    assert_eq!((record.state, record.token, record.request_id), (State::Issued, None, None));
    assert_eq!(record.total, Some(Amount::from_fen(500).unwrap()));
    assert_eq!(record.document_sm3, Some(Sm3::digest(b"receipt 1")));
    assert_eq!(bed.numbers(Find::BusinessKey("biz-1")), [1, 3]);
    assert_eq!(bed.numbers(Find::Day(at("2025-12-31T00:00:00+08:00").date_naive())), [1, 3]);
    assert_eq!(bed.stock.document(id(1)).unwrap(), Some(Document::Issued(b"receipt 1".to_vec())));
    let story = bed.stock.explain(id(2)).unwrap();
    let rows: Vec<_> = story.journal.iter().map(|row| (row.event, row.actor.as_str())).collect();
    let expected = [
        (Event::SegmentReceived, "张三"),
        (Event::Unknown, "张三"),
        (Event::SegmentTakenIn, "张三"),
        (Event::ImportedVoided, "赵六"),
    ];
    assert_eq!(rows, expected);
    let detail =
        r#"{"at":"2025-12-30T08:00:00+08:00","by":"张三","checker":"李四","from":"unknown","reason":"打印错误"}"#;
    assert_eq!(story.journal[3].detail, detail);
    // The rate is of what was drawn here.
    let status = bed.stock.status(at("2026-01-01T00:00:00+08:00").date_naive()).unwrap();
    assert_eq!((status.codes[0].drawn_lately, status.codes[0].days_left), (0, None));
    assert_eq!(bed.wrong(), [""; 0]);
}

#[test]
fn an_imported_receipt_is_found_like_one_issued_here() {
    let bed = begun_elsewhere();
    import(&bed, past(1, issued(b"receipt"))).unwrap();
    let numbers = [(code(), number(1)), (code(), number(2)), (code(), number(5))];
    let found = czei_core::NumberSource::find(&bed.stock, &numbers);
    let reservation = found[0].as_ref().unwrap();
    assert_eq!(reservation.held, Held::Issued(b"receipt".to_vec()));
    // Nobody reserved it here: its token fits nothing.
    refused(bed.sign(reservation.token, b"x"), Rule::NumberUnknown, "32010126-0000000001");
    refused(found[1].clone(), Rule::NumberState, "32010126-0000000002 unknown");
    refused(found[2].clone(), Rule::NumberUnknown, "32010126-0000000005");
}

#[test]
fn what_contradicts_the_stock_is_refused_and_stops_no_other() {
    let bed = begun_elsewhere();
    import(&bed, past(1, issued(b"receipt"))).unwrap();
    import(&bed, past(2, voided())).unwrap();
    let token = bed.token("a");
    assert_eq!(token.number, number(5));
    let all = [
        past(1, issued(b"another receipt")),
        past(1, voided()),
        past(2, issued(b"receipt")),
        past(5, voided()),
        past(5, issued(b"receipt")),
        past(6, issued(b"receipt")),
        past(10, voided()),
        Past { unit: "0104902", ..past(3, voided()) },
        past(3, PastState::Voided { reason: "", actor: "赵六", at: at("2025-12-30T08:00:00+08:00") }),
        past(4, voided()),
    ];
    let answers = bed.stock.import(&all, By::one("张三"));
    let expected: [(Code, &str); 9] = [
        (Code::PastDiffers, "32010126-0000000001 issued"),
        (Code::PastDiffers, "32010126-0000000001 issued"),
        (Code::PastDiffers, "32010126-0000000002 voided"),
        (Code::PastDiffers, "32010126-0000000005 reserved"),
        (Code::PastDiffers, "32010126-0000000005 reserved"),
        (Code::PastNotAwaited, "32010126-0000000006"),
        (Code::PastNotAwaited, "32010126-0000000010"),
        (Code::PastDiffers, "32010126-0000000003 of unit 0104902"),
        (Code::TextLimit, "0 characters"),
    ];
    assert_eq!(answers.len(), 10);
    for (answer, (code, found)) in answers.iter().zip(expected) {
        refused(answer.clone(), code, found);
    }
    assert_eq!(answers[9], Ok(()));
    assert_eq!(bed.wrong(), [""; 0]);
}

#[test]
fn a_number_on_its_way_here_is_finished_by_the_receipt_with_its_content() {
    let unsigned = b"<EInvoice><Header/><EInvoiceData/></EInvoice>";
    let signed = b"<EInvoice><Header/><EInvoiceData/><EInvoiceSignature/></EInvoice>";
    let original_sm3 = Sm3::digest(b"<Header/><EInvoiceData/>");
    let bed = begun_elsewhere();
    let reserve = |name: &str| {
        let request_id = RequestId::new(name).unwrap();
        let answers =
            czei_core::NumberSource::reserve(&bed.stock, &[request(&request_id)], &mut |_, _| Ok(unsigned.to_vec()));
        only(answers).unwrap().token
    };
    let token = reserve("a");
    let state = |original_sm3| match issued(signed) {
        PastState::Issued { document, day, total, business_key, reverses, .. } => {
            PastState::Issued { document, original_sm3, day, total, business_key, reverses }
        }
        voided @ PastState::Voided { .. } => voided,
    };
    refused(import(&bed, past(5, state([0; 32]))), Code::PastDiffers, "32010126-0000000005 reserved");
    import(&bed, past(5, state(original_sm3))).unwrap();
    // What was noted when it was reserved stays.
    let record = bed.record(5).unwrap();
    assert_eq!((record.state, record.request_id.as_deref(), record.token), (State::Issued, Some("a"), Some(token)));
    assert_eq!(record.business_key, None);
    assert_eq!(record.day, Some(at("2026-03-01T09:00:00+08:00").date_naive()));
    let request_id = RequestId::new("a").unwrap();
    assert_eq!(bed.ask(request(&request_id)).unwrap().held, Held::Issued(signed.to_vec()));
    bed.issue(token, signed).unwrap();
    assert_eq!(bed.wrong(), [""; 0]);
}

#[test]
fn a_red_receipt_of_the_past_reverses_its_blue_one() {
    let bed = begun_elsewhere();
    let blue = Related { code: code(), number: number(1) };
    let red = |document| match issued(document) {
        PastState::Issued { document, original_sm3, day, total, business_key, .. } => {
            PastState::Issued { document, original_sm3, day, total, business_key, reverses: Some(blue) }
        }
        voided @ PastState::Voided { .. } => voided,
    };
    import(&bed, past(2, red(b"red"))).unwrap();
    refused(import(&bed, past(3, red(b"red again"))), Rule::AlreadyReversed, "32010126-0000000001");
    let request_id = RequestId::new("a").unwrap();
    let answer = bed.ask(NumberRequest { reverses: Some(blue), ..request(&request_id) });
    refused(answer, Rule::AlreadyReversed, "32010126-0000000001");
    assert_eq!(bed.stock.explain(id(1)).unwrap().reversed_by, Some(id(2)));
    assert_eq!(bed.stock.segments().unwrap()[0].red, 1);
    assert_eq!(bed.wrong(), [""; 0]);
}

#[test]
fn receipts_of_the_past_stand_beside_too() {
    let bed = Bed::beside();
    take_up(&bed);
    let all =
        [past(1, voided()), past(2, issued(b"receipt 2")), past(9, issued(b"stranger")), past(3, issued(b"receipt 3"))];
    let answers = bed.stock.import(&all, By::one("张三"));
    let held: Vec<_> = answers.iter().map(Result::is_ok).collect();
    assert_eq!(held, [true, true, false, true]);
    let inside: i64 = bed.raw().query_row("SELECT count(*) FROM document", [], |row| row.get(0)).unwrap();
    assert_eq!(inside, 0);
    assert_eq!(bed.stock.document(id(3)).unwrap(), Some(Document::Issued(b"receipt 3".to_vec())));
    assert_eq!(bed.wrong(), [""; 0]);
}
