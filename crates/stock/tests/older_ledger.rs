//! An older copy of a ledger: what may have been countersigned since is not claimed again.
#![allow(clippy::unwrap_used)]

mod files;

use std::fs;

use czei_core::{Code as Rule, ReceiptNumber};
use czei_stock::{By, Claim, Claimed, Code, IssuedUpTo, Ledger as _, NewGiven, NumberId, SegmentId, SqliteLedger};
use files::{BY, CODE, Folder, UNIT, assert_error};

fn number(number: u64) -> ReceiptNumber {
    ReceiptNumber::new(number).unwrap()
}

fn id(at: u64) -> NumberId {
    NumberId::new(CODE.parse().unwrap(), number(at))
}

fn claim(at: u64, content: u8) -> Claim<'static> {
    Claim { unit: UNIT, code: CODE.parse().unwrap(), number: number(at), original_sm3: [content; 32] }
}

fn give(ledger: &SqliteLedger, first: u64, last: u64) -> SegmentId {
    let given = NewGiven { unit: UNIT, code: CODE.parse().unwrap(), first: number(first), last: number(last) };
    ledger.give(&given, BY).unwrap()
}

fn claim_one(ledger: &SqliteLedger, at: u64, content: u8) -> Result<Claimed, czei_codes::AnyFault> {
    ledger.claim(&[claim(at, content)]).pop().unwrap()
}

/// Claims 1 to 3 and 9, keeps a copy, then claims 5 and 7 and gives another segment; the copy is put back.
fn older(folder: &Folder) {
    let ledger = SqliteLedger::create(&folder.options(), BY).unwrap();
    give(&ledger, 1, 100);
    for at in [1, 2, 3, 9] {
        claim_one(&ledger, at, 1).unwrap();
    }
    drop(ledger);
    folder.copy("stock.db", "old");
    let ledger = SqliteLedger::open(&folder.options()).unwrap();
    claim_one(&ledger, 5, 1).unwrap();
    claim_one(&ledger, 7, 1).unwrap();
    give(&ledger, 101, 200);
    claim_one(&ledger, 101, 1).unwrap();
    drop(ledger);
    folder.copy("old", "stock.db");
}

#[track_caller]
fn assert_whole(ledger: &SqliteLedger) {
    let check = ledger.check().unwrap();
    let wrong: Vec<_> = check.indicators.iter().filter(|indicator| !indicator.holds()).collect();
    assert!(check.holds(), "{wrong:?}");
    assert!(ledger.verify_journal(None).unwrap().holds());
}

#[test]
fn numbers_below_the_highest_claim_wait_to_be_reconciled() {
    let folder = Folder::new();
    older(&folder);
    assert_error(SqliteLedger::open(&folder.options()), Code::OlderState, &folder.file("stock.db.mark"));
    let accepted = SqliteLedger::accept_older(&folder.options(), &[], "硬盘故障", BY).unwrap();
    assert_eq!(accepted.unknown, [(id(1), id(9))]);
    assert_eq!(accepted.lost, [id(101)]);
    let ledger = SqliteLedger::open(&folder.options()).unwrap();
    for at in [4, 5, 7, 8] {
        let error = claim_one(&ledger, at, 2).unwrap_err();
        assert!(error.is(Rule::NumberState), "{error}");
    }
    // What it still knows goes on, and so does what lies behind.
    assert_eq!(claim_one(&ledger, 2, 1), Ok(Claimed::Now));
    assert!(claim_one(&ledger, 9, 2).unwrap_err().is(Code::SecondContent));
    assert_eq!(claim_one(&ledger, 10, 2), Ok(Claimed::Now));
    // The lost segment is given again: its claimed numbers wait too.
    give(&ledger, 101, 200);
    assert!(claim_one(&ledger, 101, 2).unwrap_err().is(Rule::NumberState));
    assert_eq!(claim_one(&ledger, 102, 2), Ok(Claimed::Now));
    // What is brought in was countersigned then.
    for taken in ledger.take_over(&[(claim(5, 1), b"five"), (claim(101, 1), b"one")], By::one("王五")) {
        taken.unwrap();
    }
    assert_eq!(claim_one(&ledger, 5, 1), Ok(Claimed::Before(b"five".to_vec())));
    assert!(claim_one(&ledger, 101, 2).unwrap_err().is(Code::SecondContent));
    assert_whole(&ledger);
}

#[test]
fn a_lost_segment_is_not_given_again_in_parts_from_below() {
    let folder = Folder::new();
    let ledger = SqliteLedger::create(&folder.options(), BY).unwrap();
    drop(ledger);
    folder.copy("stock.db", "old");
    let ledger = SqliteLedger::open(&folder.options()).unwrap();
    give(&ledger, 101, 200);
    claim_one(&ledger, 150, 1).unwrap();
    drop(ledger);
    folder.copy("old", "stock.db");
    SqliteLedger::accept_older(&folder.options(), &[], "硬盘故障", BY).unwrap();
    let ledger = SqliteLedger::open(&folder.options()).unwrap();
    let part = NewGiven { unit: UNIT, code: CODE.parse().unwrap(), first: number(101), last: number(140) };
    let error = ledger.give(&part, BY).unwrap_err();
    assert!(error.is(Code::GivenOverlap), "{error}");
    assert_eq!(error.expected_text(), Some("first the segment of 0000000150, with the same ends as before"));
    give(&ledger, 101, 200);
    assert!(claim_one(&ledger, 120, 1).unwrap_err().is(Rule::NumberState));
    give(&ledger, 1, 100);
}

#[test]
fn a_ledger_that_is_not_behind_waits_for_nothing() {
    let folder = Folder::new();
    older(&folder);
    SqliteLedger::accept_older(&folder.options(), &[], "硬盘故障", BY).unwrap();
    let again = SqliteLedger::accept_older(&folder.options(), &[], "再来一次", BY).unwrap();
    assert!(again.unknown.is_empty() && again.lost.is_empty());
    let ledger = SqliteLedger::open(&folder.options()).unwrap();
    assert_eq!(claim_one(&ledger, 10, 2), Ok(Claimed::Now));
    assert_whole(&ledger);
}

#[test]
fn without_a_mark_the_operator_says_it() {
    let folder = Folder::new();
    older(&folder);
    let mark = folder.file("stock.db.mark");
    fs::remove_file(&mark).unwrap();
    assert_error(SqliteLedger::accept_older(&folder.options(), &[], "x", BY), Code::MarkMissing, &mark);
    let stated = [IssuedUpTo::Number(id(20))];
    let accepted = SqliteLedger::accept_older(&folder.options(), &stated, "x", BY).unwrap();
    assert_eq!(accepted.unknown, [(id(1), id(20))]);
    let ledger = SqliteLedger::open(&folder.options()).unwrap();
    assert!(claim_one(&ledger, 20, 2).unwrap_err().is(Rule::NumberState));
    assert_eq!(claim_one(&ledger, 21, 2), Ok(Claimed::Now));
    assert_whole(&ledger);
}

#[test]
fn a_tail_taken_back_since_is_taken_back_again() {
    let folder = Folder::new();
    let ledger = SqliteLedger::create(&folder.options(), BY).unwrap();
    let segment = give(&ledger, 1, 100);
    claim_one(&ledger, 1, 1).unwrap();
    drop(ledger);
    folder.copy("stock.db", "old");
    let ledger = SqliteLedger::open(&folder.options()).unwrap();
    ledger.take_back(segment, number(51), "年末", BY).unwrap();
    drop(ledger);
    folder.copy("old", "stock.db");
    SqliteLedger::accept_older(&folder.options(), &[], "硬盘故障", BY).unwrap();
    let ledger = SqliteLedger::open(&folder.options()).unwrap();
    assert!(claim_one(&ledger, 51, 1).unwrap_err().is(Code::NotGiven));
    assert_eq!(claim_one(&ledger, 50, 1), Ok(Claimed::Now));
    assert_whole(&ledger);
}

#[test]
fn a_ledger_is_backed_up_drilled_and_restored() {
    let folder = Folder::new();
    let ledger = SqliteLedger::create(&folder.options(), BY).unwrap();
    give(&ledger, 1, 100);
    claim_one(&ledger, 1, 1).unwrap();
    ledger.store(&[(claim(1, 1), b"one")]).pop().unwrap().unwrap();
    let backup = ledger.backup(&folder.file("b.db"), None, BY).unwrap();
    assert_eq!(backup.numbers, 1);
    claim_one(&ledger, 2, 1).unwrap();
    let drill = SqliteLedger::drill(&backup.path, folder.path(), Some(&ledger), None).unwrap();
    assert!(drill.holds());
    assert_eq!((drill.numbers, drill.behind), (1, Some(1)));
    drop(ledger);
    fs::remove_file(folder.file("stock.db")).unwrap();
    let accepted = SqliteLedger::restore(&backup.path, &folder.options(), &[], "硬盘故障", BY).unwrap();
    assert_eq!(accepted.unknown, [(id(1), id(2))]);
    let ledger = SqliteLedger::open(&folder.options()).unwrap();
    assert_eq!(claim_one(&ledger, 1, 1), Ok(Claimed::Before(b"one".to_vec())));
    assert!(claim_one(&ledger, 2, 2).unwrap_err().is(Rule::NumberState));
    assert_whole(&ledger);
}
