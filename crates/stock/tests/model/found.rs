//! What the model found, in its smallest form.

use std::sync::Arc;

use czei_core::RequestId;

use super::operation::{Given, Operation, PayRequest, Persons};
use super::run::{Counts, Run};

fn run(operations: &[Operation]) -> Counts {
    let run = Run::new(0, Arc::new(|stock| Box::new(stock)));
    run.play(operations).unwrap_or_else(|mismatch| panic!("{mismatch:?}"))
}

fn receive(first: u64, last: u64) -> Operation {
    let code = "32010126".parse().unwrap();
    let given = Given { unit: "u".to_owned(), code, first, last, next: None, giver: String::new() };
    Operation::Receive(given, Persons { maker: "张三".to_owned(), checker: None })
}

/// The number before a segment that was never drawn from is another segment's: it was not given out.
#[test]
fn segments_side_by_side_that_are_gone_are_noted_again() {
    for restoring in [false, true] {
        run(&[receive(1, 9), Operation::Backup, receive(10, 19), receive(20, 20), Operation::OlderCopy { restoring }]);
    }
}

/// Sequence 1 with its check digit and a later sequence without one come to the same twenty digits.
#[test]
fn payment_codes_with_and_without_check_digit_never_meet_though_some_were_lost() {
    let pay = |which: u32, with_check_digit: bool| {
        Operation::PayCodes(vec![PayRequest {
            unit: "u".to_owned(),
            request_id: RequestId::new(format!("p{which}")).unwrap(),
            region: "320600".parse().unwrap(),
            year: 2026,
            allotted_id: 30,
            with_check_digit,
        }])
    };
    let mut operations = vec![Operation::Backup];
    operations.extend((0..3).map(|which| pay(which, true)));
    operations.push(Operation::OlderCopy { restoring: true });
    operations.extend((10..60).map(|which| pay(which, false)));
    assert_eq!(run(&operations).doubled, 0);
}
