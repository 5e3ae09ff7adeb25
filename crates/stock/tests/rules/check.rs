//! What a check finds: each indicator by a database changed behind the stock's back, and no other with it.

use czei_codes::AnyFault;
use czei_core::{AreaCode, NumberRequest, Related, RequestId};
use czei_stock::{By, Event, PayCodeRequest, Stock as _};

use super::journal::rewrite;
use super::support::{Bed, UNIT, behind, code, number, request};

/// A stock with a bit of everything in it.
fn lively() -> Bed {
    let bed = Bed::empty();
    fill(&bed);
    bed
}

fn fill(bed: &Bed) {
    let first = bed.receive(UNIT, 1, 40, Some(4)).unwrap();
    bed.stock.take_in(first, By::one("张三")).unwrap();
    // 4 issued, 5 signed, 6 and 7 reserved, 8 voided when signed, 9 voided when reserved, 10 red.
    bed.issued("four");
    let signed = bed.token("five");
    bed.sign(signed, b"five signed").unwrap();
    bed.token("six");
    bed.token("seven");
    let refused = bed.token("eight");
    bed.sign(refused, b"eight signed").unwrap();
    bed.void(refused, Some(b"refused")).unwrap();
    let voided = bed.token("nine");
    bed.void(voided, None).unwrap();
    let red = RequestId::new("ten").unwrap();
    let reverses = Some(Related { code: code(), number: number(4) });
    bed.ask(NumberRequest { reverses, ..request(&red) }).unwrap();
    let outside = RequestId::new("outside").unwrap();
    bed.ask(NumberRequest { number: Some(number(50)), ..request(&outside) }).unwrap();
    bed.stock.void_number(super::support::id(1), &super::support::voiding(None)).unwrap();
    bed.stock.exchange(super::support::id(4), "纸质 1", By::one("张三")).unwrap();
    let region: AreaCode = "320100".parse().unwrap();
    let pay = RequestId::new("pay").unwrap();
    let pay =
        PayCodeRequest { unit: UNIT, request_id: &pay, region, year: 2026, allotted_id: 7, with_check_digit: true };
    bed.stock.pay_codes(&[pay]).pop().unwrap().unwrap();
    bed.stock.sign_heads(None, By::one("张三")).unwrap();
}

/// Only this indicator finds something, and says this of it.
#[track_caller]
fn finds(bed: &Bed, name: &str, example: &str) {
    find(bed, &[name], example);
}

/// These find something, one of them this.
#[track_caller]
fn find(bed: &Bed, names: &[&str], example: &str) {
    let report = bed.stock.check().unwrap();
    let wrong: Vec<_> = report.indicators.iter().filter(|indicator| !indicator.holds()).collect();
    assert_eq!(wrong.iter().map(|indicator| indicator.name).collect::<Vec<_>>(), names, "{wrong:?}");
    assert!(!report.holds());
    assert!(wrong.iter().all(|indicator| indicator.wrong > 0 && indicator.examples.len() <= 10));
    let mut examples = wrong.iter().flat_map(|indicator| &indicator.examples);
    assert!(examples.any(|found| found.contains(example)), "{wrong:?}");
}

fn change(sql: &str) -> Bed {
    let bed = lively();
    behind(&bed.raw(), |raw| raw.execute_batch(sql)).unwrap();
    bed
}

const FOUR: i64 = 320_101_260_000_000_004;

#[test]
fn a_stock_that_holds() {
    for bed in [lively(), Bed::beside(), Bed::empty()] {
        let report = bed.stock.check().unwrap();
        assert!(report.holds(), "{report:?}");
    }
    let bed = Bed::beside();
    fill(&bed);
    let report = bed.stock.check().unwrap();
    assert!(report.holds(), "{report:?}");
    let looked: Vec<_> = report.indicators.iter().map(|indicator| (indicator.name, indicator.looked_at)).collect();
    let expected = [
        ("database-file", 1),
        ("schema", 25),
        ("i1-one-state", 11),
        ("i2-sequence", 10),
        ("i3-requests", 8),
        ("i4-mark", 3),
        ("i5-voids", 3),
        ("i6-order", 7),
        ("i7-journal", 23),
        ("i8-one-red", 1),
        ("totals", 14),
        ("documents", 8),
        ("facts", 11),
        ("segments-journal", 2),
        ("settings", 2),
        ("strangers", 11),
        ("tokens", 11),
        ("day-use", 2),
        ("pay-codes", 1),
        ("leftover-files", 1),
    ];
    assert_eq!(looked, expected);
}

#[test]
fn a_file_that_contradicts_itself() {
    // An index over another column than the one that it was made of.
    let bed = change(
        "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'business_key', 'request_id') \
         WHERE name = 'number_of_business'; PRAGMA schema_version = 1000",
    );
    find(&bed, &["database-file", "schema"], "missing from index number_of_business");
    let bed = change("PRAGMA foreign_keys = OFF; INSERT INTO refusal VALUES (5, x'00')");
    finds(&bed, "database-file", "a row of refusal without its number");
}

#[test]
fn a_state_that_no_change_led_to() {
    // 6 is signed, says its row, with all that belongs to it.
    let bed = lively();
    let sm3 = czei_sm2::Sm3::digest(b"x");
    let raw = bed.raw();
    raw.execute("UPDATE number SET state = 2, document_sm3 = ?1 WHERE id = ?2", (sm3, FOUR + 2)).unwrap();
    raw.execute("UPDATE document SET bytes = ?1 WHERE number = ?2", (b"x".as_slice(), FOUR + 2)).unwrap();
    raw.execute("UPDATE segment SET reserved = reserved - 1, signed = signed + 1 WHERE id = 1", []).unwrap();
    find(&bed, &["i1-one-state", "facts"], "32010126-0000000006: signed after reserved");
}

#[test]
fn a_change_of_another_number() {
    let latest = format!("(SELECT last_change FROM number WHERE id = {FOUR} + 1)");
    let bed = change(&format!("UPDATE number SET last_change = {latest} WHERE id = {FOUR} + 2"));
    let found = bed.stock.check().unwrap();
    let state = found.indicators.iter().find(|indicator| indicator.name == "i1-one-state").unwrap();
    assert_eq!(state.examples, ["32010126-0000000006: its latest change is not its own"]);
}

#[test]
fn two_segments_with_one_number() {
    let bed = change(
        "INSERT INTO chain SELECT 99, 'x', 0, zeroblob(32); \
         INSERT INTO segment (id, chain, unit, code, origin, first, last, next, giver, received_at, last_change) \
         SELECT 99, 99, unit, code, 1, last, last + 9, last, giver, received_at, last_change FROM segment WHERE id = 1",
    );
    let found = bed.stock.check().unwrap();
    let strangers = found.indicators.iter().find(|indicator| indicator.name == "strangers").unwrap();
    assert_eq!(strangers.wrong, 1);
    assert!(strangers.examples[0].starts_with("segments 1 and 99 overlap at 32010126-"), "{strangers:?}");
}

#[test]
fn a_number_that_is_nowhere() {
    let bed = change("UPDATE segment SET next = next + 2 WHERE id = 1");
    finds(&bed, "i2-sequence", "32010126-0000000011 to 32010126-0000000012 are nowhere");
    let bed = change("UPDATE segment SET next = next - 1 WHERE id = 1");
    assert_eq!(bed.wrong(), ["i2-sequence", "i4-mark"], "the mark knows better");
    // A number that nobody but its row knew of, in the middle.
    let bed = change(&format!(
        "DELETE FROM number WHERE id = {FOUR} - 2; UPDATE segment SET unknown = unknown - 1 WHERE id = 1"
    ));
    finds(&bed, "i2-sequence", "32010126-0000000002 is nowhere");
}

#[test]
fn a_request_id_or_digest_that_is_not_the_journals() {
    let bed = change(&format!("UPDATE number SET request_id = 'other' WHERE id = {FOUR}"));
    finds(&bed, "i3-requests", "32010126-0000000004");
    let bed = change(&format!("UPDATE number SET draft_digest = zeroblob(32) WHERE id = {FOUR}"));
    finds(&bed, "i3-requests", "32010126-0000000004");
}

#[test]
fn a_database_that_is_not_that_of_its_mark() {
    let mark = |bed: &Bed| bed.folder.path().join("stock.db.mark");
    let bed = lively();
    std::fs::write(mark(&bed), b"rubbish").unwrap();
    finds(&bed, "i4-mark", "no header of a mark");
    let bed = lively();
    std::fs::copy(mark(&Bed::of(1, 9)), mark(&bed)).unwrap();
    finds(&bed, "i4-mark", "the mark of ");
    let bed = lively();
    std::fs::remove_file(mark(&bed)).unwrap();
    finds(&bed, "i4-mark", "stock.db.mark");
    // The journal computed anew: the mark knows its last row.
    let bed = lively_without_heads();
    rewrite(&bed, |rows| rows[6].actor = "somebody".to_owned());
    let bed_after = bed.wrong();
    assert_eq!(bed_after, [""; 0], "a row was added since");
    let raw = bed.raw();
    let last = super::journal::rows(&bed, 1).pop().unwrap();
    let change = "UPDATE journal SET actor = 'y', hash = ?2 WHERE seq = ?1";
    behind(&raw, |raw| raw.execute(change, (last.seq, [7; 32]))).unwrap();
    assert_eq!(bed.wrong(), ["i4-mark", "i7-journal"]);
}

#[test]
fn voids_without_reason_time_or_refusal() {
    let bed = change("DELETE FROM refusal");
    finds(&bed, "i5-voids", "32010126-0000000008");
    let bed = change("UPDATE refusal SET bytes = x'00'");
    finds(&bed, "i5-voids", "32010126-0000000008");
    for (what, with) in
        [("\"reason\":\"重复\"", "\"reason\":\"\""), ("\"at\":\"2026", "\"at\":\"never"), ("\"reason\"", "\"\"")]
    {
        let bed = lively_without_heads();
        let void = |row: &&mut czei_stock::JournalRow| row.event == Event::Voided;
        rewrite(&bed, |rows| {
            let row = rows.iter_mut().find(void).unwrap();
            row.detail = row.detail.replace(what, with);
        });
        finds(&bed, "i5-voids", "32010126-0000000002");
    }
}

/// Whose journal can be computed anew without the heads telling.
fn lively_without_heads() -> Bed {
    let bed = Bed::of(1, 9);
    bed.token("one");
    let voided = bed.token("two");
    bed.void(voided, None).unwrap();
    bed.token("three");
    bed
}

#[test]
fn numbers_drawn_in_another_order() {
    let bed = lively_without_heads();
    // Rows 4 and 7 reserve 1 and 3.
    rewrite(&bed, |rows| {
        let (one, three) = (rows[3].clone(), rows[6].clone());
        (rows[3].number, rows[3].detail) = (three.number, three.detail);
        (rows[6].number, rows[6].detail) = (one.number, one.detail);
    });
    bed.raw()
        .execute_batch(
            "UPDATE number SET last_change = 7 WHERE request_id = 'one'; UPDATE number SET last_change = 4 WHERE request_id = 'three'",
        )
        .unwrap();
    finds(&bed, "i6-order", "32010126-0000000002 after 32010126-0000000003");
}

#[test]
fn a_journal_that_is_broken_or_not_linked() {
    let bed = change("UPDATE journal SET at = at + 1 WHERE seq = 1");
    finds(&bed, "i7-journal", "journal/1");
    // 6 has one row; an earlier one of another number is none of its own.
    let bed = lively_without_heads();
    rewrite(&bed, |rows| rows[5].previous = Some(4));
    finds(&bed, "i7-journal", "row 6: voided of 32010126-0000000002 is not linked");
    // A row about a number that has none.
    let bed = lively_without_heads();
    rewrite(&bed, |rows| rows[6].number = Some(super::support::id(8)));
    assert_eq!(bed.wrong(), ["i1-one-state", "i7-journal"]);
}

#[test]
fn two_red_receipts() {
    let bed =
        change(&format!("DROP INDEX one_red_for_a_blue; UPDATE number SET reverses = {FOUR} WHERE id = {FOUR} + 2"));
    find(&bed, &["schema", "i8-one-red"], "32010126-0000000004 reversed 2 times");
}

#[test]
fn counts_that_are_not_those_of_the_numbers() {
    let bed = change("UPDATE segment SET exchanged = exchanged + 1 WHERE id = 1");
    finds(&bed, "totals", "segment 1: exchanged 2, counted 1");
}

#[test]
fn documents_and_numbers_without_each_other() {
    let bed = change(&format!("DELETE FROM document WHERE number = {FOUR}"));
    finds(&bed, "documents", "32010126-0000000004");
    let bed = change(&format!("DELETE FROM document WHERE number = {FOUR} + 2"));
    finds(&bed, "documents", "32010126-0000000006");
    let bed = change(&format!("UPDATE document SET bytes = x'00' WHERE number = {FOUR} + 1"));
    finds(&bed, "documents", "32010126-0000000005");
    let bed = change(&format!("INSERT INTO document VALUES ({FOUR} + 20, x'00')"));
    finds(&bed, "documents", "32010126-0000000024 has no number");
    let bed = change(&format!("INSERT INTO document VALUES ({FOUR} - 2, x'00')"));
    finds(&bed, "documents", "32010126-0000000002");
}

#[test]
fn receipts_beside_that_are_lost_or_changed() {
    let change: [fn(&std::path::Path); 2] =
        [|path| std::fs::remove_file(path).unwrap(), |path| std::fs::write(path, b"other").unwrap()];
    for change in change {
        let bed = Bed::beside();
        fill(&bed);
        change(&super::beside::file(&bed, b"four issued"));
        finds(&bed, "documents", "32010126-0000000004");
    }
}

#[test]
fn numbers_in_no_segment_or_in_two() {
    let bed = change("UPDATE segment SET last = 60 WHERE id = 1");
    find(&bed, &["segments-journal", "strangers"], "32010126-0000000050");
    let bed = change(&format!("INSERT INTO unit VALUES (9, 'x'); UPDATE number SET unit = 9 WHERE id = {FOUR} - 2"));
    finds(&bed, "strangers", "32010126-0000000002");
}

#[test]
fn tokens_that_are_lost() {
    let bed = change(&format!("UPDATE number SET salt = -1 WHERE id = {FOUR} + 2"));
    finds(&bed, "tokens", "32010126-0000000006");
}

#[test]
fn days_that_do_not_fit() {
    let bed = change("UPDATE day_use SET drawn = drawn + 1 WHERE segment = 1");
    finds(&bed, "day-use", "segment 1 on 20260301");
    let bed = change("UPDATE day_use SET highest = highest - 1 WHERE segment = 1");
    finds(&bed, "day-use", "segment 1 on 20260301");
    let bed = change("DELETE FROM day_use WHERE segment = 1");
    finds(&bed, "day-use", "1 not noted");
    let bed = change("INSERT INTO day_use VALUES (1, 20260302, 1, 1, 1)");
    finds(&bed, "day-use", "segment 1 on 20260302");
}

#[test]
fn payment_codes_that_no_sequence_gave() {
    let bed = change("UPDATE pay_code SET code = '32010026070000000023'");
    finds(&bed, "pay-codes", "32010026070000000023");
    let bed = change("UPDATE pay_code SET code = '32010026070000000011'");
    finds(&bed, "pay-codes", "32010026070000000011");
    let bed = change("UPDATE pay_code SET code = 'x'");
    finds(&bed, "pay-codes", "x");
}

#[test]
fn a_check_sees_one_snapshot_while_others_write() {
    let bed = Bed::of(1, 1000);
    let ask = |each: usize| -> Result<_, AnyFault> { bed.reserve(&format!("r{each}")) };
    ask(0).unwrap();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| (1..60).for_each(|each| drop(ask(each).unwrap())));
        while !writer.is_finished() {
            assert_eq!(bed.wrong(), [""; 0]);
        }
    });
    assert_eq!(bed.stock.segments().unwrap()[0].reserved, 60);
    let status = bed.stock.status(super::support::at("2026-03-01T00:00:00+08:00").date_naive()).unwrap();
    assert_eq!(status.codes[0].drawn_lately, 60);
}

#[test]
fn a_schema_without_its_guards() {
    let change = |sql: &str| {
        let bed = lively();
        bed.raw().execute_batch(sql).unwrap();
        bed
    };
    finds(&change("DROP TRIGGER number_stays"), "schema", "trigger number_stays is missing");
    finds(&change("DROP INDEX number_of_business"), "schema", "index number_of_business is missing");
    // A trigger of that name that does nothing.
    let bed = change(
        "DROP TRIGGER journal_is_not_changed; \
         CREATE TRIGGER journal_is_not_changed BEFORE UPDATE ON journal BEGIN SELECT 1; END",
    );
    finds(&bed, "schema", "trigger journal_is_not_changed is another");
    // One that undoes what is done.
    let bed = change(
        "CREATE TRIGGER later AFTER INSERT ON pay_code BEGIN UPDATE pay_sequence SET next = 1; END; \
         CREATE VIEW seen AS SELECT * FROM number; ALTER TABLE refusal ADD COLUMN note TEXT",
    );
    finds(&bed, "schema", "trigger later is unexpected");
    finds(&bed, "schema", "view seen is unexpected");
    finds(&bed, "schema", "table refusal is another");
    // What SQLite keeps for itself is nobody's doing.
    assert_eq!(change("ANALYZE").wrong(), [""; 0]);
}

#[test]
fn a_document_exchanged_with_its_digest() {
    // Issued, then exchanged for paper; signed only; signed, then voided.
    for number in [4, 5, 8] {
        let bed = lively();
        let other = czei_sm2::Sm3::digest(b"other");
        behind(&bed.raw(), |raw| {
            let id = super::support::id(number).get();
            raw.execute("UPDATE number SET document_sm3 = ?1 WHERE id = ?2", (other, id)).unwrap();
            raw.execute("UPDATE document SET bytes = ?1 WHERE number = ?2", (b"other", id)).unwrap();
        });
        finds(&bed, "facts", &format!("32010126-{number:010}: document_sm3"));
    }
}

#[test]
fn a_paper_that_the_journal_does_not_say() {
    let bed = change("UPDATE number SET exchanged_for = '纸质 2' WHERE exchanged_for IS NOT NULL");
    finds(&bed, "facts", "32010126-0000000004: exchanged_for");
    let bed = change(
        "UPDATE number SET exchanged_for = NULL WHERE exchanged_for IS NOT NULL; UPDATE segment SET exchanged = 0",
    );
    finds(&bed, "facts", "32010126-0000000004: exchanged_for");
}

#[test]
fn segments_that_are_not_those_of_the_journal() {
    for (change_to, column) in [
        ("giver = '别处'", "giver"),
        ("taken_in_at = NULL", "taken_in_at"),
        ("taken_in_at = taken_in_at + 1", "taken_in_at"),
        ("received_at = received_at - 1", "received_at"),
        ("last = 45", "last"),
        ("last_change = 1", "last_change"),
    ] {
        let bed = change(&format!("UPDATE segment SET {change_to} WHERE id = 1"));
        finds(&bed, "segments-journal", &format!("segment 1: {column}"));
    }
    let bed = change("INSERT INTO unit VALUES (9, 'x'); UPDATE segment SET unit = 9; UPDATE number SET unit = 9");
    finds(&bed, "segments-journal", "segment 1: unit");
    let bed = lively();
    bed.stock.give_back(czei_stock::SegmentId(1), Some(number(30)), "多领", By::one("张三")).unwrap();
    assert_eq!(bed.wrong(), [""; 0]);
    behind(&bed.raw(), |raw| raw.execute_batch("UPDATE segment SET returned_from = NULL WHERE id = 1")).unwrap();
    find(&bed, &["i4-mark", "segments-journal"], "segment 1: returned_from");
}

#[test]
fn a_mark_that_was_taken_away_or_put_elsewhere_behind_the_journal() {
    finds(&change("UPDATE meta SET mark = NULL"), "settings", "mark: none, not stock.db.mark");
    finds(
        &change("UPDATE meta SET receipts = 'receipts'; DELETE FROM document WHERE 0"),
        "settings",
        "receipts: receipts, not none",
    );
}
