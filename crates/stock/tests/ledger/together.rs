//! Threads and processes that claim at the same time.

use std::process::{Command, Stdio};
use std::sync::{Arc, Barrier};
use std::thread;

use czei_stock::{Claimed, Countersigned, Event, OpenOptions, SqliteLedger};

use crate::place::{Place, SCHOOL, claim, claim_one, code, id, number, store_one};

const NUMBERS: u64 = 100;

/// One signer: claims every number for its contents, signs, stores. Its answers are what it would hand out.
fn sign_all(ledger: &SqliteLedger, signer: u8, content: impl Fn(u64) -> u8) -> Vec<Option<Vec<u8>>> {
    let mut handed_out = Vec::new();
    for at in 1..=NUMBERS {
        let claim = claim(SCHOOL, at, content(at));
        handed_out.push(match claim_one(ledger, claim) {
            Ok(Claimed::Before(bytes)) => Some(bytes),
            Ok(Claimed::Now) => {
                let own = format!("{at} content {} signed by {signer}", content(at)).into_bytes();
                match store_one(ledger, claim, &own).unwrap() {
                    Countersigned::Now => Some(own),
                    Countersigned::Before(bytes) => Some(bytes),
                }
            }
            Err(error) => {
                assert!(error.is(czei_stock::Code::SecondContent), "{error}");
                None
            }
        });
    }
    handed_out
}

fn in_threads(
    ledger: &SqliteLedger,
    content: impl Fn(u8, u64) -> u8 + Copy + Send + 'static,
) -> Vec<Vec<Option<Vec<u8>>>> {
    let barrier = Arc::new(Barrier::new(4));
    let threads: Vec<_> = (0..4)
        .map(|signer| {
            let (ledger, barrier) = (ledger.clone(), Arc::clone(&barrier));
            thread::spawn(move || {
                barrier.wait();
                sign_all(&ledger, signer, |at| content(signer, at))
            })
        })
        .collect();
    threads.into_iter().map(|thread| thread.join().unwrap()).collect()
}

/// Every number was countersigned once, and whoever got a receipt got that one.
fn judge(place: &Place, handed_out: &[Vec<Option<Vec<u8>>>]) {
    let mut countersigned = 0;
    for at in 1..=NUMBERS {
        let stored = place.ledger.document(id(at)).unwrap();
        let got: Vec<_> = handed_out.iter().filter_map(|signer| signer[at as usize - 1].as_ref()).collect();
        assert!(!got.is_empty(), "{at}");
        assert!(got.iter().all(|got| Some(*got) == stored.as_ref()), "{at}: {got:?}");
        let finished = |row: &&czei_stock::JournalRow| row.event == Event::Countersigned;
        countersigned += place.ledger.explain(id(at)).unwrap().iter().filter(finished).count() as u64;
    }
    assert_eq!(countersigned, NUMBERS);
    assert_eq!(place.wrong(), [""; 0]);
}

#[test]
fn threads_with_the_same_contents_hand_out_the_same_receipts() {
    let place = Place::new();
    let handed_out = in_threads(&place.ledger, |_, _| 1);
    assert!(handed_out.iter().flatten().all(Option::is_some));
    judge(&place, &handed_out);
}

#[test]
fn threads_with_different_contents_never_bless_two() {
    let place = Place::new();
    // Each signer with its own contents: for each number one of them is the first.
    let handed_out = in_threads(&place.ledger, |signer, _| signer + 1);
    for at in 0..NUMBERS as usize {
        assert_eq!(handed_out.iter().filter(|signer| signer[at].is_some()).count(), 1, "{at}");
    }
    judge(&place, &handed_out);
}

/// Not a test of its own: a signer in another process, which the tests below start.
#[test]
fn worker() {
    let Some(database) = std::env::var_os("CZEI_LEDGER_WORKER") else { return };
    let signer: u8 = std::env::var("CZEI_LEDGER_SIGNER").unwrap().parse().unwrap();
    let own_contents = std::env::var_os("CZEI_LEDGER_OWN").is_some();
    let ledger = SqliteLedger::open(&OpenOptions::new(database)).unwrap();
    let content = if own_contents { signer + 1 } else { 1 };
    for bytes in sign_all(&ledger, signer, |_| content) {
        eprintln!("got {}", bytes.map(|bytes| String::from_utf8(bytes).unwrap()).unwrap_or_default());
    }
}

fn in_processes(place: &Place, own_contents: bool) -> Vec<Vec<Option<Vec<u8>>>> {
    let children: Vec<_> = (0..4u8)
        .map(|signer| {
            let mut command = Command::new(std::env::current_exe().unwrap());
            command.args(["--exact", "together::worker", "--nocapture"]).stdout(Stdio::null()).stderr(Stdio::piped());
            command.env("CZEI_LEDGER_WORKER", place.database()).env("CZEI_LEDGER_SIGNER", signer.to_string());
            if own_contents {
                command.env("CZEI_LEDGER_OWN", "1");
            }
            command.spawn().unwrap()
        })
        .collect();
    children
        .into_iter()
        .map(|child| {
            let output = child.wait_with_output().unwrap();
            let text = String::from_utf8(output.stderr).unwrap();
            assert!(output.status.success(), "{text}");
            let got = text.lines().filter_map(|line| line.strip_prefix("got "));
            let got: Vec<_> = got.map(|got| (!got.is_empty()).then(|| got.as_bytes().to_vec())).collect();
            assert_eq!(got.len() as u64, NUMBERS, "{text}");
            got
        })
        .collect()
}

#[test]
fn processes_with_the_same_contents_hand_out_the_same_receipts() {
    let place = Place::new();
    let handed_out = in_processes(&place, false);
    assert!(handed_out.iter().flatten().all(Option::is_some));
    judge(&place, &handed_out);
}

#[test]
fn processes_with_different_contents_never_bless_two() {
    let place = Place::new();
    let handed_out = in_processes(&place, true);
    for at in 0..NUMBERS as usize {
        assert_eq!(handed_out.iter().filter(|signer| signer[at].is_some()).count(), 1, "{at}");
    }
    judge(&place, &handed_out);
}

#[test]
fn a_batch_of_many_is_one_change() {
    let place = Place::new();
    let claims: Vec<_> = (1..=NUMBERS)
        .map(|at| czei_stock::Claim { unit: SCHOOL, code: code(), number: number(at), original_sm3: [7; 32] })
        .collect();
    let answers = czei_stock::Ledger::claim(&place.ledger, &claims);
    assert!(answers.into_iter().all(|answer| answer == Ok(Claimed::Now)));
    let mut times = std::collections::BTreeSet::new();
    place
        .ledger
        .journal(0, &mut |row| {
            if row.event == Event::Claimed {
                times.insert(row.at);
            }
            Ok(())
        })
        .unwrap();
    assert_eq!(times.len(), 1, "one transaction has one time");
    assert_eq!(place.ledger.given().unwrap()[0].claimed, NUMBERS);
}
