//! How much is left and how long it lasts.

use chrono::NaiveDate;
use czei_core::{NumberRequest, NumberSource as _, RequestId};
use czei_stock::{By, CodeStatus, SegmentId, Status, Stock as _};

use super::support::{Bed, UNIT, at, number, request};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn draw(bed: &Bed, day: &str, count: usize) {
    let ids: Vec<RequestId> = (0..count).map(|each| RequestId::new(format!("{day}-{each}")).unwrap()).collect();
    let at = at(&format!("{day}T12:00:00+08:00"));
    let requests: Vec<_> = ids.iter().map(|id| NumberRequest { at, ..request(id) }).collect();
    assert!(bed.stock.reserve(&requests, &mut |_, _| Ok(Vec::new())).iter().all(Result::is_ok));
}

fn only_code(status: Status) -> CodeStatus {
    let mut codes = status.codes;
    assert_eq!(codes.len(), 1);
    codes.remove(0)
}

#[test]
fn every_number_of_a_code_is_in_one_sum() {
    let bed = Bed::of(1, 20);
    bed.receive(UNIT, 101, 110, Some(103)).unwrap();
    bed.issued("a");
    let token = bed.token("b");
    bed.sign(token, b"signed").unwrap();
    bed.token("c");
    let voided = bed.token("d");
    bed.void(voided, None).unwrap();
    bed.stock.give_back(SegmentId(1), Some(number(16)), "x", By::one("x")).unwrap();
    let status = bed.stock.status(day("2026-03-01")).unwrap();
    assert_eq!((status.stock_id.len(), status.generation.len(), status.segments.len()), (32, 32, 2));
    assert!(status.database_bytes > 0);
    let code = only_code(status);
    assert_eq!((code.unit.as_str(), code.received, code.free, code.pending), (UNIT, 30, 11, 8));
    assert_eq!((code.issued, code.signed, code.reserved, code.voided), (1, 1, 1, 1));
    assert_eq!((code.returned, code.unknown, code.red, code.external), (5, 2, 0, 0));
    let sum = code.free + code.pending + code.issued + code.signed + code.reserved + code.voided;
    assert_eq!(sum + code.returned + code.unknown, code.received);
}

#[test]
fn the_rate_is_that_of_the_last_thirty_days() {
    let bed = Bed::of(1, 1000);
    draw(&bed, "2026-01-30", 5);
    draw(&bed, "2026-01-31", 10);
    draw(&bed, "2026-03-01", 20);
    draw(&bed, "2026-03-02", 100);
    // Thirty days up to and with today: from 31 January on.
    let code = only_code(bed.stock.status(day("2026-03-01")).unwrap());
    assert_eq!((code.free, code.drawn_lately), (865, 30));
    assert_eq!((code.days_left, code.until), (Some(865), Some(day("2028-07-13"))));
    let code = only_code(bed.stock.status(day("2026-03-02")).unwrap());
    // 865·30/120 = 216.25 days.
    assert_eq!((code.drawn_lately, code.days_left, code.until), (120, Some(216), Some(day("2026-10-04"))));
    let code = only_code(bed.stock.status(day("2026-06-01")).unwrap());
    assert_eq!((code.drawn_lately, code.days_left, code.until), (0, None, None));
    assert_eq!(bed.wrong(), [""; 0]);
}

#[test]
fn a_young_stock_is_not_taken_for_one_of_thirty_days() {
    let bed = Bed::of(1, 1000);
    let status = |today| only_code(bed.stock.status(day(today)).unwrap());
    assert_eq!((status("2026-03-01").rate_days, status("2026-03-01").days_left), (0, None));
    draw(&bed, "2026-03-01", 100);
    let code = status("2026-03-01");
    assert_eq!((code.drawn_lately, code.rate_days, code.days_left), (100, 1, Some(9)));
    assert!(code.is_low());
    draw(&bed, "2026-03-04", 100);
    let code = status("2026-03-04");
    assert_eq!((code.drawn_lately, code.rate_days, code.days_left), (200, 4, Some(16)));
    // The day before is not of this time.
    assert_eq!((status("2026-02-28").rate_days, status("2026-02-28").drawn_lately), (0, 0));
    assert_eq!((status("2026-03-30").rate_days, status("2026-03-31").rate_days), (30, 30));
    // A new segment of the code does not make it young again.
    bed.add(UNIT, 2001, 2100);
    assert_eq!((status("2026-04-01").rate_days, status("2026-04-01").drawn_lately), (30, 100));
}

#[test]
fn days_beyond_the_calendar_have_no_date() {
    let bed = Bed::of(1, 9_999_999_999);
    draw(&bed, "2026-03-01", 1);
    let code = only_code(bed.stock.status(day("2026-03-01")).unwrap());
    assert_eq!((code.days_left, code.until), (Some(9_999_999_998), None));
    bed.stock.status(NaiveDate::MIN).unwrap();
    bed.stock.status(NaiveDate::MAX).unwrap();
}

#[test]
fn sums_are_of_unit_and_code() {
    let bed = Bed::of(1, 9);
    bed.add("0104900", 11, 12);
    bed.add(UNIT, 21, 22);
    let status = bed.stock.status(day("2026-03-01")).unwrap();
    let sums: Vec<_> = status.codes.iter().map(|code| (code.unit.as_str(), code.free)).collect();
    assert_eq!(sums, [("0104900", 2), (UNIT, 11)]);
}

#[test]
fn the_journal_is_counted_since_heads_were_signed() {
    let bed = Bed::of(1, 9);
    let status = bed.stock.status(day("2026-03-01")).unwrap();
    assert_eq!((status.journal_rows, status.unsigned_rows), (3, 3));
    bed.stock.sign_heads(Some(&super::journal::Seal("unit")), By::one("x")).unwrap();
    bed.token("a");
    let status = bed.stock.status(day("2026-03-01")).unwrap();
    assert_eq!((status.journal_rows, status.unsigned_rows), (5, 1));
}
