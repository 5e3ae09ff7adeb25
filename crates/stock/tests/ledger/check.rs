//! Each indicator of the check sees what it is for, and the others do not cry with it.

use rusqlite::Connection;

use crate::place::{Place, REGISTRY, SCHOOL, claim, claim_one, store_one};

/// A ledger with two numbers countersigned and one claimed, which is changed behind its back.
fn after(change: &str) -> Vec<&'static str> {
    let place = Place::new();
    for at in [1, 2] {
        claim_one(&place.ledger, claim(SCHOOL, at, 1)).unwrap();
        store_one(&place.ledger, claim(SCHOOL, at, 1), format!("receipt {at}").as_bytes()).unwrap();
    }
    claim_one(&place.ledger, claim(REGISTRY, 150, 1)).unwrap();
    assert_eq!(place.wrong(), [""; 0]);
    let connection = Connection::open(place.database()).unwrap();
    let triggers: Vec<(String, String)> = connection
        .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
        .and_then(|mut select| select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
        .unwrap();
    for (trigger, _) in &triggers {
        connection.execute_batch(&format!("DROP TRIGGER {trigger}")).unwrap();
    }
    connection.execute_batch(&format!("PRAGMA ignore_check_constraints = ON; {change}")).unwrap();
    // The schema does not tell.
    for (_, sql) in triggers {
        connection.execute_batch(&sql).unwrap();
    }
    drop(connection);
    place.wrong()
}

#[test]
fn segments_that_overlap() {
    assert_eq!(after("UPDATE given SET last = 101 WHERE id = 1"), ["l1-segments"]);
}

#[test]
fn a_number_outside_its_segment() {
    assert_eq!(after("UPDATE given SET taken_back_from = 2 WHERE id = 1"), ["l2-places"]);
    assert_eq!(after("UPDATE given SET first = 160, next = 160 WHERE id = 2"), ["l2-places", "i4-mark"]);
}

#[test]
fn counts_that_are_not_those_of_the_numbers() {
    assert_eq!(after("UPDATE given SET claimed = claimed + 1 WHERE id = 2"), ["l3-counts"]);
    assert_eq!(after("UPDATE given SET countersigned = 1 WHERE id = 1"), ["l3-counts"]);
    assert_eq!(after("UPDATE given SET next = 2 WHERE id = 1"), ["l3-counts", "i4-mark"]);
}

#[test]
fn documents_that_are_gone_changed_or_too_many() {
    assert_eq!(after("DELETE FROM document WHERE number % 10 = 1"), ["l4-documents"]);
    assert_eq!(after("UPDATE document SET bytes = x'00' WHERE number % 10 = 2"), ["l4-documents"]);
    assert_eq!(after("INSERT INTO document (number, bytes) VALUES (5, x'00')"), ["l4-documents"]);
    let claimed = "INSERT INTO document (number, bytes) SELECT id, x'00' FROM countersigned WHERE state = 1";
    assert_eq!(after(claimed), ["l4-documents"]);
}

#[test]
fn a_content_that_the_journal_does_not_say() {
    assert_eq!(after("UPDATE countersigned SET original_sm3 = zeroblob(32) WHERE id % 10 = 1"), ["l5-one-content"]);
    assert_eq!(after("UPDATE countersigned SET last_change = 1 WHERE id % 10 = 2"), ["l5-one-content"]);
    // The number is gone, its rows of the journal are not.
    let gone = "DELETE FROM countersigned WHERE state = 1; UPDATE given SET claimed = 0, next = first WHERE id = 2";
    assert_eq!(after(gone), ["l5-one-content", "i4-mark"]);
}

#[test]
fn a_journal_that_was_changed() {
    assert_eq!(after("UPDATE journal SET actor = 'nobody' WHERE seq = 4"), ["l6-journal"]);
    assert_eq!(after("UPDATE chain SET length = length + 1 WHERE id = 1"), ["l6-journal"]);
}

#[test]
fn a_schema_without_its_guards() {
    let guard = "CREATE TRIGGER later AFTER INSERT ON countersigned BEGIN SELECT 1; END";
    assert_eq!(after(guard), ["schema"]);
    assert_eq!(after("DROP INDEX given_of_code"), ["schema"]);
}

#[test]
fn a_ledger_behind_its_mark_or_without_it() {
    assert_eq!(after("UPDATE meta SET mark = NULL"), ["settings"]);
    assert_eq!(after("UPDATE meta SET mark = 'elsewhere.mark'"), ["i4-mark", "settings"]);
}

#[test]
fn a_file_that_contradicts_itself() {
    assert_eq!(after("PRAGMA foreign_keys = OFF; INSERT INTO heads VALUES (999, '', NULL, NULL)"), ["database-file"]);
}
