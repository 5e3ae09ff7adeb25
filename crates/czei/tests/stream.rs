//! Many receipts as a stream: in order, bounded, and the same as one by one.
#![allow(clippy::unwrap_used)]

mod common;

use std::cell::Cell;

use common::{Province, draft};
use czei::{Verdict, Verifier};

#[test]
fn a_stream_gives_the_reports_of_single_receipts_in_order() {
    let province = Province::new();
    let good = province.receipt(&draft("r-1")).to_bytes();
    let tampered = String::from_utf8(good.clone()).unwrap().replacen("850.00", "850.01", 1).into_bytes();
    let unit_only = province.unit_signed(&draft("r-2")).to_bytes();
    let mut policy = province.configuration.policy.clone();
    policy.limits.bytes = 100 << 10;
    let verifier = Verifier::with_clock(policy, province.clock.clone());
    let kinds = [good, tampered, unit_only, b"junk".to_vec(), Vec::new(), vec![b' '; 101 << 10]];
    let expected = kinds.each_ref().map(|bytes| verifier.verify(bytes).to_json("f", "t"));
    let verdicts = kinds.each_ref().map(|bytes| verifier.verify(bytes).verdict);
    use Verdict::{Indeterminate, Invalid, Valid};
    assert_eq!(verdicts, [Valid, Invalid, Indeterminate, Invalid, Invalid, Invalid]);

    for threads in [0, 1, 2, 7] {
        let items = (0..200).map(|index| (index, kinds[index * 7 % 6].clone()));
        let mut next = 0;
        for (index, report) in verifier.verify_stream(items, threads) {
            assert_eq!(index, next);
            assert_eq!(report.to_json("f", "t"), expected[index * 7 % 6], "{index} with {threads} threads");
            next += 1;
        }
        assert_eq!(next, 200);
    }
}

#[test]
fn a_stream_draws_only_a_little_ahead() {
    let province = Province::new();
    let drawn = Cell::new(0_usize);
    let items = std::iter::repeat_with(|| {
        drawn.set(drawn.get() + 1);
        ((), vec![b'<'; 200])
    });
    // Endless: only the order of drawing and answering lets it come to an end.
    for (answered, ((), report)) in province.verifier.verify_stream(items, 2).enumerate().take(2000) {
        assert_eq!(report.verdict, Verdict::Invalid);
        let ahead = drawn.get() - answered;
        assert!(ahead <= 5 * 32, "{ahead} drawn ahead");
    }
}

#[test]
fn large_files_go_alone() {
    let province = Province::new();
    let drawn = Cell::new(0_usize);
    let items = (0..40).map(|index| {
        drawn.set(drawn.get() + 1);
        (index, vec![b'<'; 300 << 10])
    });
    for (answered, (index, _)) in province.verifier.verify_stream(items, 2).enumerate() {
        assert_eq!(index, answered);
        assert!(drawn.get() - answered <= 5, "{} drawn ahead", drawn.get() - answered);
    }
}

#[test]
fn an_empty_stream_and_a_dropped_one_end() {
    let province = Province::new();
    assert_eq!(province.verifier.verify_stream(std::iter::empty::<((), Vec<u8>)>(), 2).count(), 0);
    let mut stream = province.verifier.verify_stream(std::iter::repeat(((), b"<x/>".to_vec())), 2);
    assert!(stream.next().is_some());
    drop(stream);
}
