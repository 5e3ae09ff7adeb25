//! Many at once: 32 processes on one stock, and threads of one process that share commits. Nobody is turned
//! away, nothing is lost, doubled or left out.
#![allow(missing_docs, clippy::unwrap_used)]

mod fault;
mod proof;

use czei_core::NumberSource;
use czei_stock::OpenOptions;
use fault::{Scratch, collect};
use proof::facts::Facts;
use proof::job::Job;
use proof::judge::judge;
use proof::request::{Asked, digest, number, unsigned};
use proof::{Proof, count};

#[test]
fn worker() {
    proof::worker::play();
}

/// Each process reserves 1,000 numbers: some one by one, the others in batches.
#[test]
fn processes() {
    if fault::role().is_some() {
        return;
    }
    const PROCESSES: u32 = 32;
    let mut proof = Proof::of("32 processes");
    let scratch = Scratch::on_disk();
    let base = Job { plain: true, even: true, ..Job::new(&scratch.path("stock"), 0, 0) };
    base.prepare();
    let stock = proof::with_segment(&base.options());
    let singles = 25 * u32::try_from(count(8, 40)).unwrap();
    let batches = (1_000 - singles) / 25;
    let mut all = Facts::default();
    for (steps, batch, round) in [(singles, 1, 0), (batches, 25, 1)] {
        let workers: Vec<_> = (1..=PROCESSES)
            .map(|who| {
                let (reader, writer) = std::io::pipe().unwrap();
                let job = Job { who: who + 100 * round, steps, batch, ..base.clone() };
                (job.command(&writer).spawn().unwrap(), collect(reader))
            })
            .collect();
        for (mut child, heard) in workers {
            assert!(child.wait().unwrap().success());
            let lines = heard.join().unwrap();
            let trouble = lines.iter().find(|line| line.starts_with("trouble"));
            assert_eq!(trouble, None, "nobody is turned away");
            all.merge(Facts::of(lines.iter().map(String::as_str)));
        }
    }
    let numbers: std::collections::BTreeSet<_> = all.drawn().collect();
    let wanted = u64::from(PROCESSES) * 1_000;
    assert_eq!(numbers.len() as u64, wanted);
    assert_eq!(numbers.last(), Some(&number(wanted)), "the lowest free number is drawn");
    judge(&stock, &all, &mut proof.tally);
    proof.end();
}

/// Threads of one process, one number each time.
#[test]
fn threads() {
    if fault::role().is_some() {
        return;
    }
    let mut proof = Proof::of("8 threads");
    let scratch = Scratch::on_disk();
    let stock = proof::with_segment(&OpenOptions::new(scratch.path("stock.db")));
    let each = count(250, 2_500);
    let work = |who: usize| {
        let mut facts = Facts::default();
        for n in 0..each {
            let id = format!("{who}-{n}");
            facts.add(&format!("ask {id}"));
            let asked = Asked::of(&id);
            let mut build = |_, number: czei_core::ReceiptNumber| Ok(unsigned(&id, number.get(), n as u64, 100));
            let answer = stock.reserve(&[asked.request()], &mut build).remove(0).unwrap();
            let czei_core::Held::Reserved(document) = &answer.held else { panic!("{answer:?}") };
            facts.add(&format!("got {id} {} {}", answer.token.number.get(), digest(document)));
        }
        facts
    };
    let mut all = Facts::default();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (1..=8).map(|who| scope.spawn(move || work(who))).collect();
        threads.into_iter().for_each(|thread| all.merge(thread.join().unwrap()));
    });
    judge(&stock, &all, &mut proof.tally);
    proof.end();
}
