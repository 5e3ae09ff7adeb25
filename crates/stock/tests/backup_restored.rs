//! An old state of the database is put back: opening it is refused; whoever goes on from it all the same never
//! gives out again what was given out since; what became of those numbers is taken over from the receipts.
#![allow(missing_docs, clippy::unwrap_used)]

mod fault;
mod proof;

use std::path::Path;

use czei_core::{Amount, Held, NumberSource, Token};
use czei_sm2::Sm3;
use czei_stock::{By, Code, Find, Past, PastState, SqliteStock, State, Stock};
use fault::{Scratch, collect};
use proof::facts::Facts;
use proof::job::{Job, Task};
use proof::judge::judge;
use proof::request::{Asked, UNIT, code, day, number, wrapped};
use proof::{Proof, count};

#[test]
fn worker() {
    proof::worker::play();
}

/// A worker in a process of its own, to its end; what it was told.
fn work(job: &Job) -> Facts {
    let (reader, writer) = std::io::pipe().unwrap();
    let heard = collect(reader);
    let mut command = job.command(&writer);
    assert!(command.status().unwrap().success());
    drop((command, writer));
    Facts::of(heard.join().unwrap().iter().map(String::as_str))
}

fn put_back(backup: &Path, job: &Job) {
    for name in ["stock.db", "stock.db-wal", "stock.db-shm"] {
        let _ = std::fs::remove_file(job.root.join(name));
    }
    std::fs::copy(backup, job.database()).unwrap();
}

#[test]
fn backup_restored() {
    if fault::role().is_some() {
        return;
    }
    let by = By::two("张三", "李四");
    let mut proof = Proof::of("backup restored");
    let mut who = 0;
    for round in 0..count(12, 200) {
        let scratch = Scratch::on_disk();
        let seed = round as u64;
        let mut job = |steps: u32| {
            who += 1;
            let job = Job::new(&scratch.path("stock"), who, steps);
            Job {
                seed: seed ^ u64::from(who) << 8,
                mark_elsewhere: round % 2 == 0,
                receipts_beside: round % 3 == 0,
                ..job
            }
        };
        let first = job(6).creating();
        first.prepare();
        let kept = work(&first);
        let mut since = work(&job(8).first(Task::Backup("old".to_owned())));
        put_back(&first.root.join("old"), &first);

        let refused = SqliteStock::open(&first.options()).unwrap_err();
        assert!(refused.is(Code::OlderState), "{refused}");
        let accepted = SqliteStock::accept_older(&first.options(), &[], "磁盘损坏", by).unwrap();
        let stock = SqliteStock::open(&first.options()).unwrap();
        let gone: Vec<_> = since.drawn().collect();
        let unknown: u64 =
            accepted.unknown.iter().map(|(first, last)| last.number().get() - first.number().get() + 1).sum();
        assert_eq!(unknown, gone.len() as u64, "{accepted:?}");
        let mut facts = Facts { gone: gone.clone(), ..kept };
        judge(&stock, &facts, &mut proof.tally);

        // A token of the part that was lost fits nothing.
        for number in &gone {
            let lost = Token { code: code(), number: *number, salt: 7 };
            let fault = stock.store_signed(&[(lost, b"signed")]).remove(0).unwrap_err();
            assert!(fault.is(czei_core::Code::NumberUnknown), "{fault}");
        }
        // The next workers draw behind what is unknown.
        drop(stock);
        let later = work(&job(5));
        assert!(later.drawn().min() > gone.iter().max().copied(), "{:?}", later.drawn().min());
        facts.merge(later);
        let stock = SqliteStock::open(&first.options()).unwrap();
        judge(&stock, &facts, &mut proof.tally);

        // The state of before the acceptance is now one of another generation.
        drop(stock);
        let new = scratch.path("new");
        std::fs::copy(first.database(), &new).unwrap();
        put_back(&first.root.join("old"), &first);
        let refused = SqliteStock::open(&first.options()).unwrap_err();
        assert!(refused.is(Code::OtherGeneration) || refused.is(Code::OlderState), "{refused}");
        put_back(&new, &first);
        let stock = SqliteStock::open(&first.options()).unwrap();

        // What became of the unknown ones is taken over: every second was issued, the others were voided.
        since.requests.retain(|_, fact| fact.got.as_ref().is_some_and(|(number, _)| gone.contains(number)));
        let documents: Vec<_> = gone.iter().map(|number| wrapped("issued", 1, number.to_string().as_bytes())).collect();
        let past: Vec<_> = gone.iter().zip(&documents).map(|(number, document)| past(*number, document)).collect();
        for _ in 0..2 {
            stock.import(&past, by).into_iter().for_each(|outcome| outcome.unwrap());
        }
        let mut unknown = 0;
        let mut each = |_| {
            unknown += 1;
            Ok(())
        };
        stock.find_numbers(Find::State(State::Unknown), &mut each).unwrap();
        assert_eq!(unknown, 0);
        for (past, document) in past.iter().zip(&documents) {
            let found = stock.find(&[(past.code, past.number)]).remove(0);
            match past.state {
                PastState::Issued { .. } => assert_eq!(found.unwrap().held, Held::Issued(document.clone())),
                PastState::Voided { .. } => assert!(found.unwrap_err().is(czei_core::Code::NumberState)),
            }
        }
        facts.gone.clear();
        judge(&stock, &facts, &mut proof.tally);
    }
    proof.end();
}

fn past(number: czei_core::ReceiptNumber, document: &[u8]) -> Past<'_> {
    let state = if number.get().is_multiple_of(2) {
        PastState::Issued {
            document,
            original_sm3: Sm3::digest(document),
            day: day(3).date_naive(),
            total: Amount::from_fen(100).unwrap(),
            business_key: None,
            reverses: None,
        }
    } else {
        PastState::Voided { reason: "录入错误", actor: "张三", at: day(4) }
    };
    Past { unit: UNIT, code: code(), number, state }
}

/// A number that is asked for again after its row was lost is another one, and never an unknown one.
#[test]
fn asked_again() {
    if fault::role().is_some() {
        return;
    }
    let scratch = Scratch::on_disk();
    let first = Job::new(&scratch.path("stock"), 1, 3).creating();
    first.prepare();
    work(&first);
    let since = work(&Job::new(&first.root, 2, 5).first(Task::Backup("old".to_owned())));
    put_back(&first.root.join("old"), &first);
    SqliteStock::accept_older(&first.options(), &[], "磁盘损坏", By::two("张三", "李四")).unwrap();
    let stock = SqliteStock::open(&first.options()).unwrap();
    let gone: Vec<_> = since.drawn().collect();
    let ids: Vec<_> = since.requests.keys().filter(|id| !id.contains('o') && !id.contains("red")).collect();
    assert!(!ids.is_empty());
    for id in ids {
        let asked = Asked::of(id);
        let answer = stock.reserve(&[asked.request()], &mut |_, _| Ok(b"anew".to_vec())).remove(0).unwrap();
        assert!(!gone.contains(&answer.token.number) && answer.token.number > number(gone.len() as u64));
    }
}
