//! A clock that is wrong: in 2020, in 2039, going back. No clock takes part in choosing a number; the journal
//! keeps what the clock said.
#![allow(missing_docs, clippy::unwrap_used)]

mod fault;
mod proof;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, FixedOffset, TimeZone as _};
use czei_core::{BEIJING, Held, NumberSource, Voiding};
use czei_stock::{By, Event, NewSegment, OpenOptions, SqliteStock, Stock};
use fault::Scratch;
use proof::facts::Facts;
use proof::judge::judge;
use proof::request::{Asked, UNIT, code, digest, number, unsigned, wrapped};
use proof::{Proof, count};

fn years() -> Vec<DateTime<FixedOffset>> {
    [(2020, 1, 1), (2039, 12, 31), (2026, 3, 1), (2020, 6, 1), (1970, 1, 1), (2038, 1, 19), (2039, 1, 1), (2020, 2, 29)]
        .map(|(year, month, day)| BEIJING.with_ymd_and_hms(year, month, day, 23, 59, 59).unwrap())
        .into()
}

#[test]
fn clock() {
    let mut proof = Proof::of("clock");
    let scratch = Scratch::new();
    let now = Arc::new(AtomicI64::new(0));
    let told = Arc::clone(&now);
    let tell = move || DateTime::from_timestamp_millis(told.load(Ordering::Relaxed)).unwrap().with_timezone(&BEIJING);
    let options = OpenOptions::new(scratch.path("stock.db")).with_clock(Arc::new(tell));
    now.store(years()[1].timestamp_millis(), Ordering::Relaxed);
    let by = By::two("张三", "李四");
    let mut stock = SqliteStock::create(&options, by).unwrap();
    let segment =
        NewSegment { unit: UNIT, code: code(), first: number(1), last: number(100_000), next: None, giver: "省" };
    let segment = stock.receive(&segment, by).unwrap();
    stock.take_in(segment, by).unwrap();

    let (mut facts, mut said, mut next) = (Facts::default(), Vec::new(), 0);
    for round in 0..count(5, 50) {
        for year in years() {
            // The clock goes on a little between two steps, then jumps.
            for step in 0..3 {
                next += 1;
                let at = year + chrono::TimeDelta::milliseconds(step);
                now.store(at.timestamp_millis(), Ordering::Relaxed);
                let id = format!("{round}-{next}");
                facts.add(&format!("ask {id}"));
                // The receipt states what the clock says.
                let mut request = Asked::of(&id);
                request.at = at;
                let mut build = |_, number: czei_core::ReceiptNumber| Ok(unsigned(&id, number.get(), next, 40));
                let answer = stock.reserve(&[request.request()], &mut build).remove(0).unwrap();
                assert_eq!(answer.token.number, number(next), "the lowest free number, whatever the clock says");
                let Held::Reserved(document) = &answer.held else { panic!("{answer:?}") };
                facts.add(&format!("got {id} {next} {}", digest(document)));
                said.push((Event::Reserved, at));
                if step == 1 {
                    let signed = wrapped("signed", next, document);
                    stock.store_signed(&[(answer.token, &signed)]).remove(0).unwrap();
                    facts.add(&format!("signed {id} {}", digest(&signed)));
                    said.push((Event::Signed, at));
                } else if step == 2 {
                    let voiding = Voiding { reason: "录入错误", actor: "张三", at, refusal: None };
                    facts.add(&format!("void {id}"));
                    stock.void(&[(answer.token, voiding)]).remove(0).unwrap();
                    facts.add(&format!("voided {id}"));
                    said.push((Event::Voided, at));
                }
            }
            // Opening it anew in another year finds nothing strange.
            drop(stock);
            stock = SqliteStock::open(&options).unwrap();
            judge(&stock, &facts, &mut proof.tally);
        }
    }
    let mut noted = Vec::new();
    stock
        .journal(1, &mut |row| {
            if matches!(row.event, Event::Reserved | Event::Signed | Event::Voided) {
                noted.push((row.event, row.at));
            }
            Ok(())
        })
        .unwrap();
    assert_eq!(noted, said, "the journal has what the clock said");
    assert!(stock.verify_journal(None).unwrap().holds());
    proof.end();
}
