//! Compares a stock with what was acknowledged.

use std::collections::BTreeMap;

use czei_codes::AnyFault;
use czei_core::{Held, NumberSource, ReceiptNumber};
use czei_stock::{By, Code, Find, NumberRecord, Origin, SqliteStock, State, Stock};

use super::facts::{Fact, Facts};
use super::job::Job;
use super::request::{Asked, UNIT, code, digest, inner, receipt_of, unsigned};

/// What many comparisons found.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    pub(crate) states: u64,
    /// Acknowledgements compared.
    pub(crate) acked: u64,
    /// Acknowledgements that do not hold.
    pub(crate) lost: u64,
    /// Requests or receipts with two numbers, numbers with two requests.
    pub(crate) doubled: u64,
    /// Numbers before a segment's next that nothing says anything of.
    pub(crate) gaps: u64,
    /// The first of each, and anything else that must not be.
    pub(crate) wrong: Vec<String>,
}

impl Tally {
    pub(crate) fn add(&mut self, other: Tally) {
        self.states += other.states;
        self.acked += other.acked;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.gaps += other.gaps;
        self.wrong.extend(other.wrong);
    }

    pub(crate) fn lost(&mut self, what: impl Into<String>) {
        self.lost += 1;
        self.wrong(format!("lost: {}", what.into()));
    }

    pub(crate) fn wrong(&mut self, what: impl Into<String>) {
        if self.wrong.len() < 20 {
            self.wrong.push(what.into());
        }
    }

    fn doubled(&mut self, what: impl Into<String>) {
        self.doubled += 1;
        self.wrong(format!("doubled: {}", what.into()));
    }

    /// Whether nothing at all is wrong.
    pub(crate) fn holds(&self) -> bool {
        self.lost + self.doubled + self.gaps == 0 && self.wrong.is_empty()
    }
}

/// Compares a stock with the facts, asks again for every number that was asked for, and compares again.
pub(crate) fn judge(stock: &SqliteStock, facts: &Facts, tally: &mut Tally) {
    judge_check(stock, tally);
    tally.states += 1;
    tally.acked += facts.acked;
    facts.doubled.iter().for_each(|what| tally.doubled(what));
    let rows = rows(stock, tally);
    judge_rows(facts, &rows, tally);
    judge_segments(stock, facts, &rows, tally);
    judge_retries(stock, facts, &rows, tally);
}

/// Compares what a worker left that met with faults and ended with this code: it opens, or was never made.
pub(crate) fn judge_end(job: &Job, name: &str, code: Option<i32>, lines: &[String], tally: &mut Tally) {
    let facts = Facts::of(lines.iter().map(String::as_str));
    let mut one = Tally::default();
    if code != Some(0) {
        one.wrong(format!("the worker ended with {code:?}"));
    }
    match SqliteStock::open(&job.options()) {
        Ok(stock) => judge(&stock, &facts, &mut one),
        Err(error) if error.is(Code::StockAbsent) && !facts.created => {
            one.states += 1;
            if let Err(error) = SqliteStock::create(&job.options(), By::one("张三")) {
                one.wrong(format!("cannot be made: {error}"));
            }
        }
        Err(error) => one.lost(format!("all of it, it does not open: {error}")),
    }
    one.wrong.iter_mut().for_each(|what| *what = format!("{name}: {what}"));
    tally.add(one);
}

/// Compares a stock at work with the facts of one worker, without changing it.
pub(crate) fn judge_acked(stock: &SqliteStock, facts: &Facts, tally: &mut Tally) {
    tally.acked += facts.acked;
    facts.doubled.iter().for_each(|what| tally.doubled(what));
    for (id, fact) in &facts.requests {
        let mut found = Vec::new();
        let question = Find::Request { unit: Some(UNIT), request_id: id };
        let outcome = stock.find_numbers(question, &mut |record| {
            found.push(record);
            Ok(())
        });
        if let Err(error) = outcome {
            tally.wrong(format!("{id}: {error}"));
        }
        if found.len() > 1 {
            tally.doubled(format!("{id} has {found:?}"));
        }
        match (&fact.got, found.first()) {
            (Some((number, _)), Some(row)) if row.id.number() == *number => judge_state(id, fact, row, tally),
            (Some((number, _)), Some(row)) => tally.doubled(format!("{id} got {number} and has {}", row.id)),
            (Some((number, _)), None) => tally.lost(format!("{id} got {number}, which nobody has")),
            (None, _) => {}
        }
    }
}

/// The stock's own check of its invariants.
pub(crate) fn judge_check(stock: &SqliteStock, tally: &mut Tally) {
    match stock.check() {
        Ok(report) => {
            for indicator in report.indicators.iter().filter(|indicator| !indicator.holds()) {
                tally.wrong(format!("check: {} {:?}", indicator.name, indicator.examples));
            }
        }
        Err(error) => tally.wrong(format!("check: {error}")),
    }
}

type Rows = BTreeMap<ReceiptNumber, NumberRecord>;

fn rows(stock: &SqliteStock, tally: &mut Tally) -> Rows {
    let mut rows = Rows::new();
    let mut double = 0;
    let outcome = stock.find_numbers(Find::All, &mut |record| {
        double += u64::from(record.id.code() != code() || rows.insert(record.id.number(), record).is_some());
        Ok(())
    });
    if let Err(error) = outcome {
        tally.wrong(format!("numbers: {error}"));
    }
    tally.doubled += double;
    rows
}

/// No request and no receipt has two numbers; what was acknowledged is there.
fn judge_rows(facts: &Facts, rows: &Rows, tally: &mut Tally) {
    let mut of_receipt: BTreeMap<&str, &NumberRecord> = BTreeMap::new();
    for row in rows.values() {
        let Some(id) = row.request_id.as_deref() else { continue };
        if let Some(other) = of_receipt.insert(receipt_of(id), row) {
            tally.doubled(format!("{id} has {} and {}", other.id, row.id));
        }
    }
    for number in &facts.gone {
        match rows.get(number) {
            Some(row) if row.state == State::Unknown => {}
            Some(row) => tally.doubled(format!("{number} was drawn before and is {:?} now", row.state)),
            None => tally.lost(format!("{number} was drawn before, and can be drawn again")),
        }
    }
    for (id, fact) in &facts.requests {
        let Some((number, _)) = &fact.got else { continue };
        match rows.get(number) {
            Some(row) if row.request_id.as_deref() == Some(id) => judge_state(id, fact, row, tally),
            Some(row) => tally.lost(format!("{id} got {number}, which {:?} {:?} has", row.request_id, row.state)),
            None => tally.lost(format!("{id} got {number}, which nobody has")),
        }
    }
}

fn judge_state(id: &str, fact: &Fact, row: &NumberRecord, tally: &mut Tally) {
    let at_least = match (&fact.issued, &fact.signed, fact.voided) {
        (_, _, true) => State::Voided,
        (Some(_), ..) => State::Issued,
        (None, Some(_), _) => State::Signed,
        (None, None, _) => State::Reserved,
    };
    let fits = match row.state {
        State::Unknown => false,
        State::Voided => fact.voided || fact.may_be_void,
        state => state >= at_least,
    };
    if !fits {
        tally.lost(format!("{id} {} is {:?}, not {at_least:?}", row.id, row.state));
    }
}

fn judge_segments(stock: &SqliteStock, facts: &Facts, rows: &Rows, tally: &mut Tally) {
    let segments = match stock.segments() {
        Ok(segments) => segments,
        Err(error) => return tally.wrong(format!("segments: {error}")),
    };
    for segment in segments.iter().filter(|segment| segment.origin == Origin::Received) {
        let Some((first, _)) = segment.range else { continue };
        let used = segment.next - first.get();
        let have = rows.range(first..).take_while(|(number, _)| number.get() < segment.next).count() as u64;
        if have != used {
            tally.gaps += used - have;
            tally.wrong(format!("gaps: {used} numbers of the segment from {first} are used, {have} have a row"));
        }
    }
    let find = |last: u64| segments.iter().find(|s| s.range.is_some_and(|(_, end)| end.get() == last));
    for (first, last) in &facts.segments {
        if find(*last).is_none_or(|segment| segment.taken_in_at.is_none()) {
            tally.lost(format!("segment {first} to {last}"));
        }
    }
    for (last, from) in &facts.returned {
        if find(*last).and_then(|segment| segment.returned_from).map(ReceiptNumber::get) != Some(*from) {
            tally.lost(format!("return from {from} to {last}"));
        }
    }
}

/// Everybody asks again, twice: the answers are those of before, and the same both times.
fn judge_retries(stock: &SqliteStock, facts: &Facts, rows: &Rows, tally: &mut Tally) {
    let ids: Vec<&String> = facts.requests.keys().collect();
    let first = ask(stock, &ids, 1);
    let before = rows.values().filter_map(|row| row.request_id.as_deref().map(|id| (id, row.id.number())));
    let before: BTreeMap<&str, ReceiptNumber> = before.collect();
    let mut owner: BTreeMap<ReceiptNumber, &str> = BTreeMap::new();
    for (id, answer) in ids.iter().zip(&first) {
        let fact = &facts.requests[*id];
        match answer {
            Ok((number, held)) => {
                if let Some(other) = owner.insert(*number, id) {
                    tally.doubled(format!("{number} is of {other} and of {id}"));
                }
                judge_answer(id, fact, *number, held, tally);
                if before.get(id.as_str()).is_some_and(|before| before != number) {
                    tally.doubled(format!("{id} has another number than before: {number}"));
                }
            }
            Err(fault) if fault.is(czei_core::Code::NumberState) && fact.may_be_void => {}
            Err(fault) => tally.wrong(format!("{id} asked again: {fault}")),
        }
    }
    if first != ask(stock, &ids, 2) {
        tally.doubled("asked twice, the answers differ".to_owned());
    }
}

type Answer = Result<(ReceiptNumber, Held), AnyFault>;

fn ask(stock: &SqliteStock, ids: &[&String], attempt: u64) -> Vec<Answer> {
    let asked: Vec<Asked> = ids.iter().map(|id| Asked::of(id)).collect();
    let requests: Vec<_> = asked.iter().map(Asked::request).collect();
    let answers = stock.reserve(&requests, &mut |index, number| Ok(unsigned(ids[index], number.get(), attempt, 20)));
    answers.into_iter().map(|answer| answer.map(|reservation| (reservation.token.number, reservation.held))).collect()
}

/// The number is the one that was acknowledged, and each document lies inside the one behind it.
fn judge_answer(id: &str, fact: &Fact, number: ReceiptNumber, held: &Held, tally: &mut Tally) {
    let (issued, signed, unsigned) = match held {
        Held::Reserved(unsigned) => (None, None, unsigned.as_slice()),
        Held::Signed(signed) => (None, Some(signed.as_slice()), inner(signed)),
        Held::Issued(issued) => (Some(issued.as_slice()), Some(inner(issued)), inner(inner(issued))),
    };
    if let Some((before, document)) = &fact.got {
        if *before != number {
            return tally.doubled(format!("{id} got {before}, now {number}"));
        }
        if *document != digest(unsigned) {
            tally.lost(format!("{id} {number} has another unsigned document"));
        }
    }
    let differs = |acked: &Option<String>, now: Option<&[u8]>| acked.is_some() && *acked != now.map(digest);
    if differs(&fact.signed, signed) || differs(&fact.issued, issued) {
        tally.lost(format!("{id} {number} has another signed document"));
    }
}
