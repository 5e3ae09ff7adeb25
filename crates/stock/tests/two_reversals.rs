//! Two reversals of one blue receipt at once, each under a request id of its own: one red receipt.
#![allow(missing_docs, clippy::unwrap_used)]

mod fault;
mod proof;

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use czei_core::{Held, NumberSource};
use czei_stock::{Find, NumberId, NumberRecord, OpenOptions, SqliteStock, Stock};
use fault::{Acks, Scratch, collect};
use proof::facts::Facts;
use proof::judge::{Tally, judge};
use proof::request::{Asked, code, digest, number, unsigned, wrapped};
use proof::{Proof, count};

/// Reverses the blue receipts from the first to the last number.
#[test]
fn worker() {
    let Some(role) = fault::role() else { return };
    let stock = SqliteStock::open(&OpenOptions::new(std::env::var("PROOF_STOCK").unwrap())).unwrap();
    let go = std::path::PathBuf::from(std::env::var("PROOF_GO").unwrap());
    while !go.exists() {
        std::thread::yield_now();
    }
    let mut acks = Acks::open();
    let words: Vec<u64> = role.split(' ').map(|word| word.parse().unwrap()).collect();
    for blue in words[1]..=words[2] {
        acks.ack(&reverse(&stock, words[0], blue));
    }
}

/// What the stock answers: `got …`, or `refused BLUE` by the rule and nothing else.
fn reverse(stock: &SqliteStock, who: u64, blue: u64) -> String {
    let id = format!("{who}-{blue}-red{blue}");
    let asked = Asked::of(&id);
    let mut build = |_, number: czei_core::ReceiptNumber| Ok(unsigned(&id, number.get(), who, 50));
    match stock.reserve(&[asked.request()], &mut build).remove(0) {
        Ok(answer) => {
            let Held::Reserved(document) = &answer.held else { panic!("{answer:?}") };
            format!("got {id} {} {}", answer.token.number.get(), digest(document))
        }
        Err(fault) => {
            assert!(fault.is(czei_core::Code::AlreadyReversed), "{fault}");
            format!("refused {blue}")
        }
    }
}

/// Issues so many blue receipts; the first and the last number.
fn blue(stock: &SqliteStock, round: &str, count: usize) -> (u64, u64) {
    let ids: Vec<_> = (0..count).map(|n| format!("{round}-{n}")).collect();
    let asked: Vec<_> = ids.iter().map(|id| Asked::of(id)).collect();
    let requests: Vec<_> = asked.iter().map(Asked::request).collect();
    let mut build = |n: usize, number: czei_core::ReceiptNumber| Ok(unsigned(&ids[n], number.get(), 1, 30));
    let tokens: Vec<_> = stock.reserve(&requests, &mut build).into_iter().map(|answer| answer.unwrap().token).collect();
    let signed = wrapped("signed", 1, b"blue");
    let issued = wrapped("issued", 1, &signed);
    stock
        .store_signed(&tokens.iter().map(|t| (*t, &signed[..])).collect::<Vec<_>>())
        .into_iter()
        .for_each(|o| o.unwrap());
    stock
        .store_issued(&tokens.iter().map(|t| (*t, &issued[..])).collect::<Vec<_>>())
        .into_iter()
        .for_each(|o| o.unwrap());
    (tokens[0].number.get(), tokens[count - 1].number.get())
}

/// Each blue receipt has one red one, which one worker was told, and the others were refused.
fn judge_reversals(stock: &SqliteStock, workers: usize, range: (u64, u64), lines: &[String], tally: &mut Tally) {
    let mut winners: BTreeMap<u64, Vec<&String>> = BTreeMap::new();
    let mut refused: BTreeMap<u64, usize> = BTreeMap::new();
    for line in lines {
        match line.strip_prefix("refused ") {
            Some(blue) => *refused.entry(blue.parse().unwrap()).or_default() += 1,
            None => winners
                .entry(line.split("red").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap())
                .or_default()
                .push(line),
        }
    }
    for blue in range.0..=range.1 {
        let won = winners.get(&blue).map_or(0, Vec::len);
        let mut red = Vec::new();
        let id = NumberId::new(code(), number(blue));
        let mut each = |record: NumberRecord| {
            red.push(record.id);
            Ok(())
        };
        stock.find_numbers(Find::Reverses(id), &mut each).unwrap();
        if won != 1 || red.len() != 1 || refused.get(&blue).copied().unwrap_or(0) != workers - 1 {
            tally.doubled += u64::from(won > 1 || red.len() > 1);
            tally.lost(format!("{id}: {won} were told so, {red:?} reverse it, {:?} were refused", refused.get(&blue)));
        }
        tally.states += 1;
    }
    let got = lines.iter().filter(|line| line.starts_with("got")).map(String::as_str);
    judge(stock, &Facts::of(got), tally);
}

#[test]
fn two_reversals() {
    if fault::role().is_some() {
        return;
    }
    const WORKERS: usize = 4;
    let mut proof = Proof::of("two reversals");
    let scratch = Scratch::on_disk();
    let stock = proof::with_segment(&OpenOptions::new(scratch.path("stock.db")));

    let range = blue(&stock, "threads", count(200, 2_000));
    let lines: Vec<String> = std::thread::scope(|scope| {
        let stock = &stock;
        let work = |who: u64| move || (range.0..=range.1).map(|blue| reverse(stock, who, blue)).collect::<Vec<_>>();
        let threads: Vec<_> = (1..=WORKERS as u64).map(|who| scope.spawn(work(who))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    judge_reversals(&stock, WORKERS, range, &lines, &mut proof.tally);

    let range = blue(&stock, "processes", count(200, 2_000));
    let go = scratch.path("go");
    let started: Vec<_> = (11..11 + WORKERS)
        .map(|who| {
            let (reader, writer) = std::io::pipe().unwrap();
            let mut command = Command::new(std::env::current_exe().unwrap());
            command.args(["worker", "--exact", "--nocapture"]).stdin(writer).stdout(Stdio::null());
            command.env("FAULT_ROLE", format!("{who} {} {}", range.0, range.1));
            command.env("PROOF_STOCK", scratch.path("stock.db")).env("PROOF_GO", &go);
            (command.spawn().unwrap(), collect(reader))
        })
        .collect();
    std::thread::sleep(std::time::Duration::from_millis(200));
    std::fs::write(&go, "").unwrap();
    let mut lines = Vec::new();
    for (mut child, heard) in started {
        assert!(child.wait().unwrap().success());
        lines.extend(heard.join().unwrap());
    }
    judge_reversals(&stock, WORKERS, range, &lines, &mut proof.tally);
    proof.end();
}
