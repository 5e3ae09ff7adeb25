//! A signer that finishes after its number was voided loses, whatever the order of the two: of void and store
//! exactly one holds, in threads and between processes.
#![allow(missing_docs, clippy::unwrap_used)]

mod fault;
mod proof;

use std::process::{Command, Stdio};

use czei_core::{Held, NumberSource, Reservation, Token, Voiding};
use czei_stock::{NumberId, OpenOptions, SqliteStock, State, Stock, Whereabouts};
use fault::{Acks, Scratch, collect};
use proof::judge::{Tally, judge_check};
use proof::request::{Asked, code, day, number, unsigned, wrapped};
use proof::{Proof, count};

/// Signs or voids the numbers of the list, as its role is; says how each went.
#[test]
fn worker() {
    let Some(role) = fault::role() else { return };
    let stock = SqliteStock::open(&OpenOptions::new(std::env::var("PROOF_STOCK").unwrap())).unwrap();
    let tokens = std::fs::read_to_string(std::env::var("PROOF_TOKENS").unwrap()).unwrap();
    let mut acks = Acks::open();
    acks.ack("ready");
    let go = std::path::PathBuf::from(std::env::var("PROOF_GO").unwrap());
    while !go.exists() {
        std::thread::yield_now();
    }
    for token in tokens.lines().map(token_of) {
        let outcome = if role == "signer" { sign(&stock, token) } else { void(&stock, token) };
        acks.ack(&format!("{role} {} {}", token.number.get(), outcome.is_ok()));
    }
}

fn token_of(line: &str) -> Token {
    let (number_text, salt) = line.split_once(' ').unwrap();
    Token { code: code(), number: number(number_text.parse().unwrap()), salt: salt.parse().unwrap() }
}

/// Nothing but the rule may refuse it.
fn sign(stock: &SqliteStock, token: Token) -> Result<(), ()> {
    let signed = wrapped("signed", token.salt, b"document");
    refused(stock.store_signed(&[(token, &signed)]).remove(0))
}

fn void(stock: &SqliteStock, token: Token) -> Result<(), ()> {
    let voiding = Voiding { reason: "签名太慢", actor: "张三", at: day(1), refusal: None };
    refused(stock.void(&[(token, voiding)]).remove(0))
}

fn refused(outcome: Result<(), czei_codes::AnyFault>) -> Result<(), ()> {
    outcome.map_err(|fault| assert!(fault.is(czei_core::Code::NumberState), "{fault}"))
}

fn reserve(stock: &SqliteStock, round: &str, count: usize) -> Vec<Reservation> {
    let ids: Vec<_> = (0..count).map(|n| format!("{round}-{n}")).collect();
    let asked: Vec<_> = ids.iter().map(|id| Asked::of(id)).collect();
    let requests: Vec<_> = asked.iter().map(Asked::request).collect();
    let mut build = |n: usize, number: czei_core::ReceiptNumber| Ok(unsigned(&ids[n], number.get(), 1, 30));
    stock.reserve(&requests, &mut build).into_iter().map(Result::unwrap).collect()
}

/// Of the two exactly one holds, and the stock says the same.
fn judge(stock: &SqliteStock, token: Token, signed: bool, voided: bool, tally: &mut Tally) {
    tally.states += 1;
    tally.acked += u64::from(signed) + u64::from(voided);
    let id = NumberId::new(token.code, token.number);
    let state = stock.explain(id).unwrap().whereabouts();
    let (wanted, bytes) = match (signed, voided) {
        (true, false) => (State::Signed, Some(wrapped("signed", token.salt, b"document"))),
        (false, true) => (State::Voided, None),
        _ => return tally.lost(format!("{id}: signed {signed}, voided {voided}, stock says {state:?}")),
    };
    let held = stock.find(&[(token.code, token.number)]).remove(0).map(|reservation| reservation.held);
    let fits = match (&held, &bytes) {
        (Ok(Held::Signed(held)), Some(bytes)) => held == bytes,
        (Err(fault), None) => fault.is(czei_core::Code::NumberState),
        _ => false,
    };
    if state != Whereabouts::Used(wanted) || !fits {
        tally.lost(format!("{id}: signed {signed}, voided {voided}, stock says {state:?} {held:?}"));
    }
}

#[test]
fn slow_signer() {
    if fault::role().is_some() {
        return;
    }
    let mut proof = Proof::of("slow signer");
    let scratch = Scratch::on_disk();
    let options = OpenOptions::new(scratch.path("stock.db"));
    let stock = proof::with_segment(&options);

    // One after the other: the void was first, then the signature comes, again and again.
    for reservation in reserve(&stock, "slow", 20) {
        let token = reservation.token;
        void(&stock, token).unwrap();
        let late = (0..3).any(|_| sign(&stock, token).is_ok());
        judge(&stock, token, late, true, &mut proof.tally);
    }
    // A signer of another reservation of the number, which was lost with its database, changes nothing.
    for reservation in reserve(&stock, "other", 5) {
        let token = reservation.token;
        let other = Token { salt: token.salt ^ 1, ..token };
        for outcome in [stock.store_signed(&[(other, b"signed")]), stock.store_issued(&[(other, b"issued")])] {
            assert!(outcome[0].as_ref().is_err_and(|fault| fault.is(czei_core::Code::NumberUnknown)), "{outcome:?}");
        }
        sign(&stock, token).unwrap();
        judge(&stock, token, true, false, &mut proof.tally);
    }

    // At once, in threads of one process, which may share a commit.
    for reservation in reserve(&stock, "threads", count(200, 2_000)) {
        let token = reservation.token;
        let (voided, signed) = std::thread::scope(|scope| {
            let signer = scope.spawn(|| sign(&stock, token).is_ok());
            (void(&stock, token).is_ok(), signer.join().unwrap())
        });
        judge(&stock, token, signed, voided, &mut proof.tally);
    }

    // At once, in two processes.
    let (mut signer_first, mut voider_first) = (0, 0);
    for round in 0..count(3, 30) {
        let tokens: Vec<Token> = reserve(&stock, &format!("round{round}"), 100).iter().map(|held| held.token).collect();
        let lines: Vec<_> = tokens.iter().map(|token| format!("{} {}", token.number.get(), token.salt)).collect();
        let (list, go) = (scratch.path("tokens"), scratch.path(&format!("go{round}")));
        std::fs::write(&list, lines.join("\n")).unwrap();
        let started = ["signer", "voider"].map(|role| {
            let (reader, writer) = std::io::pipe().unwrap();
            let mut command = Command::new(std::env::current_exe().unwrap());
            command.args(["worker", "--exact", "--nocapture"]).stdin(writer).stdout(Stdio::null());
            command.env("FAULT_ROLE", role).env("PROOF_STOCK", scratch.path("stock.db"));
            command.env("PROOF_TOKENS", &list).env("PROOF_GO", &go);
            (command.spawn().unwrap(), collect(reader))
        });
        std::thread::sleep(std::time::Duration::from_millis(100));
        std::fs::write(&go, "").unwrap();
        let [signed, voided] = started.map(|(mut child, heard)| {
            assert!(child.wait().unwrap().success());
            let lines = heard.join().unwrap();
            lines[1..].iter().map(|line| line.ends_with("true")).collect::<Vec<bool>>()
        });
        for ((token, signed), voided) in tokens.iter().zip(signed).zip(voided) {
            judge(&stock, *token, signed, voided, &mut proof.tally);
            signer_first += u32::from(signed);
            voider_first += u32::from(voided);
        }
    }
    proof::say(&format!("  two processes: the signer was first {signer_first} times, the void {voider_first} times"));
    judge_check(&stock, &mut proof.tally);
    proof.end();
}
