//! Retries, faults between the steps, and reversals: one request, one number, one receipt.
#![allow(clippy::unwrap_used)]

mod common;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use common::{CODE, Failing, Province, draft, number, receipt_code, told, unit_signed};
use czei::sm2::Entropy;
use czei::{
    Draft, Held, Issued, Issuer, MemoryNumbers, NumberSource, Policy, ReceiptCode, RequestId, Reversal, Verdict,
    Verifier,
};

fn read(province: &Province, json: &str) -> Draft {
    province.issuer.draft_from_json(json.as_bytes()).unwrap()
}

fn reversal(request_id: &str) -> Reversal {
    Reversal {
        request_id: RequestId::new(request_id).unwrap(),
        reason: czei::core::Remark::new("退学退费".to_owned()).unwrap(),
        handler: czei::core::Text::new("李四").unwrap(),
        checker: czei::core::Text::new("王五").unwrap(),
        code: None,
    }
}

#[test]
fn a_retry_gives_back_what_is_stored() {
    let province = Province::new();
    let draft = read(&province, &draft("r-1"));
    let first = province.issuer.issue(&draft).unwrap();
    province.clock.set(common::time("2026-06-16T00:00:00+08:00"));
    let again = province.issuer.issue(&draft).unwrap();
    assert!(matches!(again, Issued::UnitSigned(_)));
    assert_eq!(again.bytes(), first.bytes());
    assert_eq!(province.free(), 999);

    let signed = unit_signed(again);
    let answer = province.authority.countersign(&signed.to_bytes()).unwrap();
    let receipt = province.issuer.accept(&signed, answer.as_bytes()).unwrap();
    let again = province.issuer.issue(&draft).unwrap();
    assert!(matches!(again, Issued::Receipt(_)));
    assert_eq!(again.bytes(), receipt.as_bytes());
    assert_eq!(province.free(), 999);

    // The same answer once more is no error; another one for the same number is.
    province.issuer.accept(&signed, answer.as_bytes()).unwrap();
    let another = province.forgetful_authority().countersign(&signed.to_bytes()).unwrap();
    assert!(another.as_bytes() != answer.as_bytes());
    let error = province.issuer.accept(&signed, another.as_bytes()).unwrap_err();
    assert_eq!(told(&error), ("number-state", Some("32020126-0000000001"), None));
}

#[test]
fn the_same_request_with_another_draft_is_refused() {
    let province = Province::new();
    province.issuer.issue(&read(&province, &draft("r-1"))).unwrap();
    let other = draft("r-1").replace("850.00", "850.01");
    let error = province.issuer.issue(&read(&province, &other)).unwrap_err();
    assert_eq!(told(&error), ("request-differs", None, None));
    assert_eq!(error.found_text(), Some("r-1"));
    assert_eq!(province.free(), 999);
}

#[test]
fn a_failed_signature_keeps_its_number_and_its_bytes() {
    let province = Province::new();
    let failing = Failing::new(province.configuration.units[0].signer.clone());
    let mut units = province.configuration.units.clone();
    units[0].signer = failing.clone();
    let issuer =
        Issuer::new(units, province.numbers.clone(), province.verifier.clone(), province.clock.clone()).unwrap();
    let draft = issuer.draft_from_json(draft("r-1").as_bytes()).unwrap();

    let error = issuer.issue(&draft).unwrap_err();
    assert_eq!(told(&error), ("signing-stopped", Some("32020126-0000000001"), None));
    assert!(error.found_text().unwrap().contains("no device"), "{error}");
    assert_eq!(province.free(), 999);
    let stored = province.numbers.find(&[(receipt_code(CODE), number(1))]).pop().unwrap().unwrap();
    let Held::Reserved(unsigned) = stored.held else { panic!("{:?}", stored.held) };

    failing.works.store(true, Ordering::SeqCst);
    province.clock.set(common::time("2026-06-17T08:00:00+08:00"));
    let signed = unit_signed(issuer.issue(&draft).unwrap());
    assert_eq!(province.free(), 999);
    assert_eq!(signed.content().number, number(1));
    // Number, check code and time are those that were reserved, days before.
    assert!(unsigned.windows(signed.original().len()).any(|window| window == signed.original()));
    assert_eq!(signed.content().issued_at().to_rfc3339(), common::NOW);
    let receipt = province.authority.countersign(&signed.to_bytes()).unwrap();
    let report = province.verifier.verify(receipt.as_bytes());
    assert_eq!(report.verdict, Verdict::Valid, "{:?}", common::against(&report));
}

#[test]
fn a_certificate_younger_than_the_reservation_signs_nothing() {
    let province = Province::new();
    let issuer = |signer| {
        let mut units = province.configuration.units.clone();
        units[0].signer = signer;
        Issuer::new(units, province.numbers.clone(), province.verifier.clone(), province.clock.clone()).unwrap()
    };
    let draft = read(&province, &draft("r-1"));
    let error = issuer(Failing::new(province.configuration.units[0].signer.clone())).issue(&draft).unwrap_err();
    assert_eq!(told(&error), ("signing-stopped", Some("32020126-0000000001"), None));

    // Renewed a week later, valid from the day before.
    province.clock.set(common::time("2026-06-22T08:00:00+08:00"));
    let renewed = czei::Sandbox::in_memory(&czei::SandboxPlan::default(), &*province.clock).unwrap();
    let error = issuer(renewed.configuration().unwrap().units[0].signer.clone()).issue(&draft).unwrap_err();
    assert_eq!((error.entry().name, error.found_text()), ("certificate-not-yet-valid", Some(common::NOW)));
    assert_eq!(error.place().file.as_deref(), Some("32020126-0000000001"));
    // The old certificate still can.
    assert_eq!(province.issuer.issue(&draft).unwrap().content().number, number(1));
}

#[test]
fn a_bad_draft_uses_no_number() {
    let province = Province::new();
    let bad = draft("r-1").replace("\"850.00\"", "\"850\"");
    let error = province.issuer.draft_from_json(bad.as_bytes()).unwrap_err();
    assert_eq!(told(&error), ("amount", None, Some("/items/0/amount")));
    let error = province.issuer.draft_from_json(b"{ \"unit\": ").unwrap_err();
    assert_eq!(error.entry().name, "draft-syntax");
    assert_eq!((error.place().line, error.place().column), (Some(1), Some(10)));
    assert_eq!(province.free(), 1000);
}

#[test]
fn without_randomness_nothing_is_issued() {
    struct Down;
    impl Entropy for Down {
        fn fill(&mut self, _bytes: &mut [u8]) -> Result<(), czei::sm2::Error> {
            Err(czei::sm2::Code::EntropyFailed.into())
        }
    }
    let province = Province::new();
    let draft = read(&province, &draft("r-1"));
    let Province { issuer, numbers, .. } = province;
    let issuer = issuer.with_entropy(Box::new(Down));
    let error = issuer.issue(&draft).unwrap_err();
    assert_eq!(told(&error), ("entropy-failed", None, None));
    assert_eq!(numbers.free(receipt_code(CODE)), 1000);
    // The number was not lost: the next one gets it.
    let issued = issuer.with_entropy(Box::new(czei::sm2::SystemEntropy)).issue(&draft).unwrap();
    assert_eq!(issued.content().number, number(1));
}

#[test]
fn a_batch_answers_in_order_and_one_bad_stops_no_other() {
    let province = Province::new();
    let mut drafts: Vec<_> = (0..50).map(|index| read(&province, &draft(&format!("r-{index}")))).collect();
    drafts[7] = drafts[3].clone(); // the same request twice
    drafts[11] = read(&province, &draft("r-3").replace("850.00", "1.00")); // the same id, another draft
    let answers = province.issuer.issue_many(&drafts);
    assert_eq!(answers.len(), 50);
    assert_eq!(province.free(), 1000 - 48);
    let mut expected = 1;
    for (index, answer) in answers.iter().enumerate() {
        match index {
            7 => assert_eq!(answer.as_ref().unwrap().bytes(), answers[3].as_ref().unwrap().bytes()),
            11 => assert_eq!(told(answer.as_ref().unwrap_err()), ("request-differs", None, None)),
            _ => {
                assert_eq!(answer.as_ref().unwrap().content().number, number(expected));
                expected += 1;
            }
        }
    }
    // The whole batch again: the same bytes.
    for (again, first) in province.issuer.issue_many(&drafts).iter().zip(&answers) {
        match (again, first) {
            (Ok(again), Ok(first)) => assert_eq!(again.bytes(), first.bytes()),
            (again, first) => assert_eq!(again.as_ref().unwrap_err(), first.as_ref().unwrap_err()),
        }
    }
    assert_eq!(province.free(), 1000 - 48);
}

#[test]
fn the_end_of_the_stock_is_an_error_and_no_wrap() {
    let province = Province::new();
    let numbers = Arc::new(MemoryNumbers::new());
    numbers.add_segment(receipt_code(CODE), number(9_999_999_998), number(9_999_999_999)).unwrap();
    let issuer = Issuer::new(
        province.configuration.units.clone(),
        numbers.clone(),
        province.verifier.clone(),
        province.clock.clone(),
    )
    .unwrap();
    let drafts: Vec<_> = (0..3).map(|index| read(&province, &draft(&format!("r-{index}")))).collect();
    let answers = issuer.issue_many(&drafts);
    assert_eq!(answers[1].as_ref().unwrap().content().number, number(9_999_999_999));
    assert_eq!(told(answers[2].as_ref().unwrap_err()), ("numbers-exhausted", None, None));
    assert_eq!(numbers.free(receipt_code(CODE)), 0);
}

#[test]
fn a_blue_receipt_has_one_red_one() {
    let province = Province::new();
    let blue = province.receipt(&draft("r-1"));
    let red = province.issuer.reverse(&blue, reversal("red-1")).unwrap();
    assert_eq!(red.content().total.to_string(), "-1450.50");
    assert_eq!(red.content().related.unwrap().number, blue.content().number);
    // The same request again, and another one.
    assert_eq!(province.issuer.reverse(&blue, reversal("red-1")).unwrap().bytes(), red.bytes());
    let error = province.issuer.reverse(&blue, reversal("red-2")).unwrap_err();
    assert_eq!(told(&error), ("already-reversed", None, None));
    assert_eq!(province.free(), 998);

    let signed = unit_signed(red);
    let answer = province.authority.countersign(&signed.to_bytes()).unwrap();
    let receipt = province.issuer.accept(&signed, answer.as_bytes()).unwrap();
    let report = province.verifier.verify(receipt.as_bytes());
    assert_eq!(report.verdict, Verdict::Valid, "{:?}", common::against(&report));
    let error = province.issuer.reverse(&receipt, reversal("red-3")).unwrap_err();
    assert_eq!(told(&error), ("red-of-red", None, None));
}

#[test]
fn of_two_reversals_at_once_one_gets_through() {
    let province = Province::new();
    let blue = province.receipt(&draft("r-1"));
    let results: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|index| {
                let (province, blue) = (&province, &blue);
                scope.spawn(move || province.issuer.reverse(blue, reversal(&format!("red-{index}"))))
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let (done, refused): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    assert_eq!(done.len(), 1);
    assert!(refused.iter().all(|result| result.as_ref().unwrap_err().entry().name == "already-reversed"));
    assert_eq!(province.free(), 998);
}

#[test]
fn a_reversal_that_cannot_be_issued_claims_nothing() {
    let province = Province::new();
    let blue = province.receipt(&draft("r-1"));
    // Next year's code, this year.
    province.numbers.add_segment(receipt_code("32020127"), number(1), number(9)).unwrap();
    let next_year = Reversal {
        code: Some((ReceiptCode::parse("32020127").unwrap(), czei::core::SpecimenCode::parse("3202012701").unwrap())),
        ..reversal("red-1")
    };
    let error = province.issuer.reverse(&blue, next_year).unwrap_err();
    assert_eq!(told(&error), ("code-year-later", None, None));
    assert!(province.issuer.reverse(&blue, reversal("red-2")).is_ok());
}

#[test]
fn a_red_draft_issued_as_any_other_counts_as_a_reversal() {
    let province = Province::new();
    let blue = province.receipt(&draft("r-1"));
    let red = |id: &str| czei::core::reverse(&blue, reversal(id)).unwrap();
    let answers = province.issuer.issue_many(&[red("red-1"), red("red-2")]);
    let answers: Vec<_> = answers.iter().map(|answer| answer.as_ref().map_err(|error| error.entry().name)).collect();
    assert!(matches!(answers[..], [Ok(_), Err("already-reversed")]), "{answers:?}");
    let error = province.issuer.issue_with_number(&red("red-3"), receipt_code(CODE), number(5000)).unwrap_err();
    assert_eq!(told(&error), ("already-reversed", None, None));
}

#[test]
fn a_retry_outlives_the_certificate_and_the_policy() {
    let province = Province::new();
    let (open, done) = (read(&province, &draft("r-1")), read(&province, &draft("r-2")));
    let signed = unit_signed(province.issuer.issue(&open).unwrap());
    let receipt = province.receipt(&draft("r-2"));
    // Years later, under a policy that trusts nobody.
    province.clock.set(common::time("2039-06-15T10:00:00+08:00"));
    let trusts_nobody = Arc::new(Verifier::with_clock(Policy::default(), province.clock.clone()));
    let units = province.configuration.units.clone();
    let later = Issuer::new(units, province.numbers.clone(), trusts_nobody, province.clock.clone()).unwrap();
    let again = unit_signed(later.issue(&open).unwrap());
    assert_eq!(again.to_bytes(), signed.to_bytes());
    let Issued::Receipt(again_done) = later.issue(&done).unwrap() else { panic!("it was finished") };
    assert_eq!(again_done.as_bytes(), receipt.as_bytes());
    assert_eq!(province.free(), 998);

    // Taking the answer in keeps its checks.
    province.clock.set(common::time(common::NOW));
    let answer = province.authority.countersign(&again.to_bytes()).unwrap();
    let error = later.accept(&again, answer.as_bytes()).unwrap_err();
    assert_eq!(common::refused_for(&error), "no-trust-anchor");
    assert_eq!(province.issuer.accept(&again, answer.as_bytes()).unwrap().as_bytes(), answer.as_bytes());
}
