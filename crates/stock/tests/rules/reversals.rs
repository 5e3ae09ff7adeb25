//! At most one red receipt for a blue one.

use czei_codes::AnyFault;
use czei_core::{Code as Rule, NumberRequest, Related, RequestId, Reservation};
use czei_stock::{Find, Stock as _};

use super::support::{Bed, ask, code, id, number, refused, request};

fn red(bed: &Bed, request_id: &str, blue: u64) -> Result<Reservation, AnyFault> {
    let request_id = RequestId::new(request_id).unwrap();
    let reverses = Some(Related { code: code(), number: number(blue) });
    bed.ask(NumberRequest { reverses, ..request(&request_id) })
}

#[test]
fn a_red_receipt_is_found_from_its_blue_one() {
    let bed = Bed::of(1, 9);
    bed.issued("blue");
    let token = red(&bed, "red", 1).unwrap().token;
    assert_eq!(bed.stock.explain(id(1)).unwrap().reversed_by, Some(id(2)));
    assert_eq!(bed.numbers(Find::Reverses(id(1))), [2]);
    let record = bed.record(2).unwrap();
    assert_eq!(record.reverses.map(|blue| blue.number), Some(number(1)));
    assert_eq!(bed.stock.segments().unwrap()[0].red, 0, "not issued yet");
    bed.sign(token, b"signed").unwrap();
    bed.issue(token, b"issued").unwrap();
    bed.issue(token, b"issued").unwrap();
    assert_eq!(bed.stock.segments().unwrap()[0].red, 1);
    refused(red(&bed, "red again", 1), Rule::AlreadyReversed, "32010126-0000000001");
    assert_eq!(bed.wrong(), [""; 0]);
}

#[test]
fn a_voided_red_receipt_reverses_nothing() {
    let bed = Bed::of(1, 9);
    let first = red(&bed, "red", 100).unwrap().token;
    bed.void(first, None).unwrap();
    assert_eq!(bed.stock.explain(id(100)).unwrap().reversed_by, None);
    assert_eq!(bed.numbers(Find::Reverses(id(100))), [0; 0]);
    let second = red(&bed, "red 2", 100).unwrap().token;
    assert_eq!(bed.numbers(Find::Reverses(id(100))), [2]);
    bed.void(second, None).unwrap();
    red(&bed, "red 3", 100).unwrap();
    assert_eq!(bed.wrong(), [""; 0]);
}

#[test]
fn two_in_one_batch() {
    let bed = Bed::of(1, 9);
    let ids = ["one", "two"].map(|id| RequestId::new(id).unwrap());
    let reverses = Some(Related { code: code(), number: number(100) });
    let requests = ids.each_ref().map(|id| NumberRequest { reverses, ..request(id) });
    let answers = czei_core::NumberSource::reserve(&bed.stock, &requests, &mut |_, _| Ok(Vec::new()));
    assert_eq!(answers[0].as_ref().unwrap().token.number, number(1));
    refused(answers[1].clone(), Rule::AlreadyReversed, "32010126-0000000100");
    assert_eq!(bed.stock.segments().unwrap()[0].next, 2);
}

#[test]
fn two_threads_at_once() {
    let bed = Bed::of(1, 99);
    for blue in 1000..1010 {
        let answers: Vec<_> = std::thread::scope(|scope| {
            let threads = ["one", "two", "three"].map(|name| {
                let stock = &bed.stock;
                scope.spawn(move || {
                    let request_id = RequestId::new(format!("{name}-{blue}")).unwrap();
                    let reverses = Some(Related { code: code(), number: number(blue) });
                    ask(stock, NumberRequest { reverses, ..request(&request_id) })
                })
            });
            threads.map(|thread| thread.join().unwrap()).into_iter().collect()
        });
        let (held, refusals): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
        assert_eq!((held.len(), refusals.len()), (1, 2));
        for refusal in refusals {
            refused(refusal, Rule::AlreadyReversed, &format!("32010126-{blue:010}"));
        }
    }
    assert_eq!(bed.stock.segments().unwrap()[0].reserved, 10);
    assert_eq!(bed.wrong(), [""; 0]);
}
