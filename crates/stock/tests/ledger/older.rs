//! An older copy of a ledger put in its place: what was claimed since is refused until somebody says what
//! became of it.

use czei_stock::{Claimed, Code, OpenOptions, SegmentId, SqliteLedger};

use crate::place::{BY, Place, SCHOOL, claim, claim_one, number, store_one, told};

#[test]
fn what_may_have_been_countersigned_in_a_lost_part_is_not_claimed() {
    let mut place = Place::new();
    let (kept, lost) = (claim(SCHOOL, 5, 1), claim(SCHOOL, 8, 1));
    claim_one(&place.ledger, kept).unwrap();
    store_one(&place.ledger, kept, b"kept").unwrap();
    let backup = place.ledger.backup(&place.path("backup.db"), None, BY).unwrap();
    claim_one(&place.ledger, lost).unwrap();
    store_one(&place.ledger, lost, b"lost").unwrap();

    // The older copy in its place, while nobody has it open.
    let (database, options) = (place.database(), OpenOptions::new(place.database()));
    place.ledger = SqliteLedger::create(&OpenOptions::new(place.path("other.db")), BY).unwrap();
    for beside in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(place.path(&format!("ledger.db{beside}")));
    }
    std::fs::copy(&backup.path, &database).unwrap();
    let error = SqliteLedger::open(&options).unwrap_err();
    assert!(error.is(Code::OlderState), "{error}");
    let accepted = SqliteLedger::accept_older(&options, &[], "恢复备份", BY).unwrap();
    assert_eq!(accepted.unknown.len(), 1, "{accepted:?}");

    place.reopen();
    assert_eq!(claim_one(&place.ledger, kept).unwrap(), Claimed::Before(b"kept".to_vec()));
    // Whichever content: another one may have been countersigned.
    for at in [8, 7] {
        let refused = told(claim_one(&place.ledger, claim(SCHOOL, at, 1)));
        assert_eq!(refused, ("number-state", Some(format!("32020126-{at:010} unknown"))));
    }
    assert_eq!(claim_one(&place.ledger, claim(SCHOOL, 9, 1)).unwrap(), Claimed::Now);
    let error = place.ledger.take_back(SegmentId(1), number(7), "多余", BY).unwrap_err();
    assert!(error.is(Code::NothingToReturn), "{error}");
    assert_eq!(place.wrong(), [""; 0]);
    // The unit hands in the receipt that it got.
    place.ledger.take_over(&[(lost, b"lost")], BY).remove(0).unwrap();
    assert_eq!(claim_one(&place.ledger, lost).unwrap(), Claimed::Before(b"lost".to_vec()));
    assert_eq!(told(claim_one(&place.ledger, claim(SCHOOL, 8, 2))).0, "second-content");
    assert_eq!(place.wrong(), [""; 0]);
    assert!(place.ledger.verify_journal(None).unwrap().holds());
}
