//! What is claimed and stored, by every ledger.

use czei_stock::{By, Claimed, Countersigned, Ledger, MemoryLedger, NewGiven};

use crate::place::{Place, REGISTRY, SCHOOL, claim, claim_one, code, id, number, store_one, told};

/// The rules hold for the ledger in memory and for those in files.
fn each(rule: impl Fn(&dyn Ledger)) {
    let memory = MemoryLedger::new();
    for (unit, first, last) in [(SCHOOL, 1, 100), (REGISTRY, 101, 200)] {
        let given = NewGiven { unit, code: code(), first: number(first), last: number(last) };
        memory.give(&given, By::one("张三")).unwrap();
    }
    rule(&memory);
    for place in [Place::new(), Place::beside()] {
        rule(&place.ledger);
        assert_eq!(place.wrong(), [""; 0]);
    }
}

fn not_given(at: u64) -> (&'static str, Option<String>) {
    ("number-not-given", Some(format!("32020126-{at:010}")))
}

fn second_content(at: u64) -> (&'static str, Option<String>) {
    ("second-content", Some(format!("32020126-{at:010}")))
}

#[test]
fn a_number_is_claimed_in_a_segment_of_its_unit_only() {
    each(|ledger| {
        assert_eq!(claim_one(ledger, claim(SCHOOL, 1, 1)).unwrap(), Claimed::Now);
        assert_eq!(claim_one(ledger, claim(SCHOOL, 100, 1)).unwrap(), Claimed::Now);
        assert_eq!(claim_one(ledger, claim(REGISTRY, 101, 1)).unwrap(), Claimed::Now);
        assert_eq!(told(claim_one(ledger, claim(SCHOOL, 101, 1))), not_given(101));
        assert_eq!(told(claim_one(ledger, claim(SCHOOL, 150, 1))), not_given(150));
        assert_eq!(told(claim_one(ledger, claim(REGISTRY, 100, 1))), not_given(100));
        assert_eq!(told(claim_one(ledger, claim(REGISTRY, 201, 1))), not_given(201));
        assert_eq!(told(claim_one(ledger, claim("nobody", 5, 1))), not_given(5));
        let other_code = czei_stock::Claim { code: "32020125".parse().unwrap(), ..claim(SCHOOL, 7, 1) };
        assert_eq!(told(claim_one(ledger, other_code)).0, "number-not-given");
        // What was claimed by its unit is not given to another.
        assert_eq!(told(claim_one(ledger, claim(REGISTRY, 1, 1))), not_given(1));
    });
}

#[test]
fn a_second_content_is_refused_claimed_and_countersigned() {
    each(|ledger| {
        let (first, second) = (claim(SCHOOL, 5, 1), claim(SCHOOL, 5, 2));
        assert_eq!(claim_one(ledger, first).unwrap(), Claimed::Now);
        assert_eq!(told(claim_one(ledger, second)), second_content(5));
        assert_eq!(told(store_one(ledger, second, b"other")), second_content(5));
        assert_eq!(store_one(ledger, first, b"receipt").unwrap(), Countersigned::Now);
        assert_eq!(told(claim_one(ledger, second)), second_content(5));
        assert_eq!(told(store_one(ledger, second, b"other")), second_content(5));
        assert_eq!(claim_one(ledger, first).unwrap(), Claimed::Before(b"receipt".to_vec()));
    });
}

#[test]
fn a_retry_goes_on_where_it_stopped() {
    each(|ledger| {
        let one = claim(SCHOOL, 9, 1);
        // Claimed, and the signer crashed: the same content is signed again.
        assert_eq!(claim_one(ledger, one).unwrap(), Claimed::Now);
        assert_eq!(claim_one(ledger, one).unwrap(), Claimed::Now);
        assert_eq!(store_one(ledger, one, b"first").unwrap(), Countersigned::Now);
        // Stored, and the answer got lost.
        assert_eq!(store_one(ledger, one, b"first").unwrap(), Countersigned::Now);
        // Another signature over the same content comes too late.
        assert_eq!(store_one(ledger, one, b"second").unwrap(), Countersigned::Before(b"first".to_vec()));
        assert_eq!(claim_one(ledger, one).unwrap(), Claimed::Before(b"first".to_vec()));
    });
}

#[test]
fn what_was_not_claimed_is_not_stored() {
    each(|ledger| {
        let answer = told(store_one(ledger, claim(SCHOOL, 3, 1), b"receipt"));
        assert_eq!(answer, ("claim-unknown", Some("32020126-0000000003".to_owned())));
        assert_eq!(claim_one(ledger, claim(SCHOOL, 3, 2)).unwrap(), Claimed::Now);
    });
}

#[test]
fn one_that_is_refused_stops_no_other() {
    each(|ledger| {
        let claims = [
            claim(SCHOOL, 1, 1),
            claim(SCHOOL, 101, 1),
            claim(SCHOOL, 1, 2),
            claim(SCHOOL, 1, 1),
            claim(SCHOOL, 2, 1),
            claim(REGISTRY, 150, 1),
        ];
        let answers = ledger.claim(&claims);
        assert_eq!(answers.len(), 6);
        let names: Vec<_> =
            answers.into_iter().map(|answer| answer.map_or_else(|error| error.entry().name, |_| "now")).collect();
        assert_eq!(names, ["now", "number-not-given", "second-content", "now", "now", "now"]);

        let stores = [
            (claim(SCHOOL, 1, 1), &b"one"[..]),
            (claim(SCHOOL, 3, 1), b"three"),
            (claim(SCHOOL, 1, 1), b"one again"),
            (claim(REGISTRY, 150, 1), b"150"),
        ];
        let answers = ledger.store(&stores);
        let answers: Vec<_> = answers.into_iter().map(|answer| answer.map_err(|error| error.entry().name)).collect();
        let before = Countersigned::Before(b"one".to_vec());
        assert_eq!(answers, [Ok(Countersigned::Now), Err("claim-unknown"), Ok(before), Ok(Countersigned::Now)]);
        assert_eq!(ledger.claim(&[]), []);
        assert_eq!(ledger.store(&[]), []);
    });
}

#[test]
fn everything_is_there_after_opening_again() {
    for mut place in [Place::new(), Place::beside()] {
        let one = claim(SCHOOL, 1, 1);
        assert_eq!(claim_one(&place.ledger, one).unwrap(), Claimed::Now);
        assert_eq!(store_one(&place.ledger, one, b"receipt").unwrap(), Countersigned::Now);
        assert_eq!(claim_one(&place.ledger, claim(SCHOOL, 2, 2)).unwrap(), Claimed::Now);
        place.reopen();
        assert_eq!(claim_one(&place.ledger, one).unwrap(), Claimed::Before(b"receipt".to_vec()));
        assert_eq!(told(claim_one(&place.ledger, claim(SCHOOL, 2, 1))), second_content(2));
        assert_eq!(place.ledger.document(id(1)).unwrap(), Some(b"receipt".to_vec()));
        assert_eq!((place.ledger.document(id(2)).unwrap(), place.ledger.document(id(3)).unwrap()), (None, None));
        let counts: Vec<_> =
            place.ledger.given().unwrap().iter().map(|given| (given.claimed, given.countersigned)).collect();
        assert_eq!(counts, [(1, 1), (0, 0)]);
        assert_eq!(place.wrong(), [""; 0]);
    }
}

#[test]
fn a_receipt_beside_that_is_gone_stops_only_its_own_number() {
    let place = Place::beside();
    for (at, bytes) in [(1, b"one"), (2, b"two")] {
        claim_one(&place.ledger, claim(SCHOOL, at, 1)).unwrap();
        store_one(&place.ledger, claim(SCHOOL, at, 1), bytes).unwrap();
    }
    let files = walk(&place.path("receipts"));
    assert_eq!(files.len(), 2);
    let one = files.iter().find(|file| std::fs::read(file).unwrap() == b"one").unwrap();
    std::fs::remove_file(one).unwrap();
    let answers = place.ledger.claim(&[claim(SCHOOL, 1, 1), claim(SCHOOL, 2, 1)]);
    assert_eq!(answers[0].as_ref().unwrap_err().entry().name, "receipt-file-missing");
    assert_eq!(answers[1].as_ref().unwrap(), &Claimed::Before(b"two".to_vec()));
    assert_eq!(place.wrong(), ["l4-documents"]);
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(walk(&path)) } else { files.push(path) }
    }
    files
}
