//! The stock beside a model of its rules: random operations, biased towards conflicts, and every answer
//! must be the model's.
//!
//! `CZEI_MODEL_SEED` chooses the run (1 by default), `CZEI_MODEL_OPERATIONS` its length (10,000, with
//! `CZEI_PROOF=quick` 1,000; the long form is 1,000,000). A mismatch prints the seed with which it comes again, the step and the last
//! operations.
#![allow(clippy::unwrap_used, clippy::print_stdout, unreachable_pub)]

mod documents;
mod found;
mod generator;
mod operation;
mod place;
mod prng;
mod questions;
mod rules;
mod run;
mod wrong;

use std::sync::Arc;

use run::{CHAPTER, Counts, Run, Tally};
use wrong::How;

#[test]
fn the_stock_answers_as_the_model() {
    // The inner loop makes a tenth, as of the proofs.
    let is_quick = std::env::var("CZEI_PROOF").is_ok_and(|proof| proof == "quick");
    let usual = if is_quick { CHAPTER / 10 } else { CHAPTER };
    let (seed, operations) = (setting("CZEI_MODEL_SEED", 1), setting("CZEI_MODEL_OPERATIONS", usual));
    println!("seed {seed}, {operations} operations");
    let mut counts = Counts::default();
    let mut tally = Tally::new();
    let mut done = 0;
    while done < operations {
        let length = CHAPTER.min(operations - done);
        // Each chapter has a stock and a seed of its own.
        let chapter = Run::new(seed + done / CHAPTER, Arc::new(|stock| Box::new(stock)));
        let (of_chapter, answers) = chapter.go(length).unwrap_or_else(|mismatch| panic!("{mismatch:?}"));
        counts.add(of_chapter);
        answers.into_iter().for_each(|(answer, count)| *tally.entry(answer).or_default() += count);
        done += length;
    }
    for ((operation, code), count) in &tally {
        println!("{count:>8} {operation} {}", if *code == 0 { "done".to_owned() } else { format!("CZ{code}") });
    }
    println!("{counts}");
    if operations >= CHAPTER {
        let never: Vec<_> = answers_to_meet().into_iter().filter(|answer| !tally.contains_key(answer)).collect();
        assert!(never.is_empty(), "never met: {never:?}");
    }
    assert!(counts.states > 0 && counts.acked > 0, "nothing was compared");
    assert_eq!((counts.lost, counts.doubled, counts.gaps), (0, 0, 0));
}

/// A comparison that sees nothing proves nothing.
#[test]
fn a_source_that_breaks_a_rule_is_seen() {
    for how in How::ALL {
        let mismatch = Run::new(2, how.wrap()).go(CHAPTER).err();
        let mismatch = mismatch.unwrap_or_else(|| panic!("{how:?} was not seen"));
        let shown_by = mismatch.what.split([' ', '(', '\n']).next().unwrap_or_default().to_owned();
        let expected = match how {
            How::ForgetsRequests | How::ReusesVoided | How::SkipsNumbers | How::BuildsAnew => "Reserve",
            How::ReversesTwice => "Reserve",
            How::LateSignerWins => "StoreSigned",
            How::ForgetsBusinessKeys => "All",
            How::LosesJournalRows => "journal:",
        };
        assert_eq!(shown_by, expected, "{how:?}: {mismatch:?}");
    }
}

/// Each answer that an operation can give, and that a run must have met to prove anything about it.
fn answers_to_meet() -> Vec<(&'static str, u16)> {
    use czei_codes::Code as _;
    use czei_core::Code as Rule;
    use czei_stock::Code as Own;
    let rules: [(&str, &[Rule]); 9] = [
        ("receive", &[Rule::SegmentOverlap]),
        (
            "reserve",
            &[Rule::RequestDiffers, Rule::AlreadyReversed, Rule::NumbersExhausted, Rule::NumberHeld, Rule::NumberState],
        ),
        ("store_signed", &[Rule::NumberUnknown, Rule::NumberState]),
        ("store_issued", &[Rule::NumberUnknown, Rule::NumberState]),
        ("void", &[Rule::NumberUnknown, Rule::NumberState]),
        ("void_number", &[Rule::NumberUnknown, Rule::NumberState]),
        ("exchange", &[Rule::NumberUnknown, Rule::NumberState]),
        ("import", &[Rule::AlreadyReversed]),
        ("find", &[Rule::NumberUnknown, Rule::NumberState]),
    ];
    let own: [(&str, &[Own]); 8] = [
        ("receive", &[Own::TextLimit]),
        ("take_in", &[Own::SegmentUnknown, Own::SegmentTakenIn, Own::TextLimit]),
        ("give_back", &[Own::SegmentUnknown, Own::NothingToReturn, Own::TextLimit]),
        ("void", &[Own::TextLimit]),
        ("void_number", &[Own::RefusalNeeded, Own::TextLimit]),
        ("exchange", &[Own::NotIssued, Own::TextLimit]),
        ("import", &[Own::PastDiffers, Own::PastNotAwaited, Own::TextLimit]),
        ("pay_codes", &[Own::PayCodeDiffers]),
    ];
    let rules = rules.into_iter().map(|(name, codes)| (name, codes.iter().map(|code| code.entry().number).collect()));
    let own = own.into_iter().map(|(name, codes)| (name, codes.iter().map(|code| code.entry().number).collect()));
    let refusals =
        rules.chain(own).flat_map(|(name, codes): (_, Vec<u16>)| codes.into_iter().map(move |code| (name, code)));
    let others = [
        ("reserve", czei_sm2::Code::EntropyFailed.entry().number),
        ("pay_codes", Rule::PayCodeParts.entry().number),
        ("pay_codes", 0),
        ("reopen", 0),
        ("backup", 0),
        ("put_back", 0),
        ("restore", 0),
        ("heads", 0),
        ("give_back", 0),
    ];
    let mut answers: Vec<_> = refusals.chain(others).collect();
    answers.extend(answers.clone().into_iter().map(|(name, _)| (name, 0)));
    answers
}

fn setting(name: &str, usual: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text.trim().parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")),
        Err(_) => usual,
    }
}
