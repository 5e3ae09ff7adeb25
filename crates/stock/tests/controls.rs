//! Controls: the proofs, with one thing changed of what is shipped. They fail the run when they do not show what
//! that thing prevents, for then the proofs would not see it either.
//!
//! | changed | must show |
//! |---|---|
//! | `synchronous` NORMAL for FULL | acknowledged numbers lost when the power goes |
//! | `journal_mode` DELETE for WAL | acknowledged numbers lost when the power goes |
//! | a retry under another request id | two numbers for one receipt |
//!
//! The first two need a door in the library, which it has only with the feature `fault-controls`.
#![allow(missing_docs, clippy::unwrap_used)]

mod fault;
mod proof;

use czei_stock::{By, Code, Result, SqliteStock};
use fault::Shim;
use proof::facts::Facts;
use proof::job::Job;
use proof::power::{Experiment, Stage};
use proof::{Proof, count};

#[test]
fn worker() {
    proof::worker::play();
}

/// The mark may tell that numbers were lost: this goes on from there and counts them.
fn open(job: &Job, facts: &Facts) -> Result<Option<SqliteStock>> {
    match proof::power::open(job, facts) {
        Err(error) if error.is(Code::OlderState) || error.is(Code::MarkMissing) => {
            SqliteStock::accept_older(&job.options(), &[], "断电", By::two("张三", "李四"))?;
            SqliteStock::open(&job.options()).map(Some)
        }
        outcome => outcome,
    }
}

/// One process, then four, as in the proof of power loss.
fn power(control: Option<&str>, proof: &mut Proof, shim: &Shim) {
    let scenes: [fn(&mut Stage<'_>); 2] = [
        |stage| {
            stage.prepare(&stage.worker(1, 1).creating());
            stage.run(&stage.worker(2, 30));
        },
        |stage| {
            stage.prepare(&stage.worker(1, 1).creating());
            stage.run_all(&[2, 3, 4, 5].map(|who| stage.worker(who, 8)));
        },
    ];
    for (n, scene) in scenes.into_iter().enumerate() {
        let name = format!("{} {n}", control.unwrap_or("as shipped"));
        let mut experiment = Experiment::new(name, count(200, 2_000), 0xC0);
        experiment.job.control = control.map(str::to_owned);
        experiment.open = &open;
        proof.tally.add(experiment.run(shim, scene));
    }
}

/// Workers die at exact calls, others take over what got no answer; no power loss.
fn retries(no_request_ids: bool, proof: &mut Proof, shim: &Shim) {
    for n in 0..count(20, 100) {
        let plan = format!("fsync:{}:exit-after", 3 + n);
        let mut experiment = Experiment::new(format!("killed at {plan}"), 1, 1);
        experiment.job.plain = true;
        proof.tally.add(experiment.run(shim, |stage| {
            stage.prepare(&stage.worker(1, 1).creating());
            stage.run_planned(&[(&stage.worker(2, 60), Some((&plan, "stock.db")))]);
            let retry = stage.unanswered();
            stage.run(&Job { retry, no_request_ids, ..stage.worker(3, 2) });
        }));
    }
}

/// What is shipped loses and doubles nothing in the same play; the control must.
fn compare(name: &'static str, shipped: &'static str, play: impl Fn(bool, &mut Proof, &Shim)) {
    if fault::role().is_some() {
        return;
    }
    let Some(shim) = Shim::get() else { return proof::skip("controls: no Linux or no cc") };
    let mut as_shipped = Proof::of(shipped);
    play(false, &mut as_shipped, shim);
    as_shipped.end();
    let mut control = Proof::of(name);
    play(true, &mut control, shim);
    control.say();
    assert!(control.tally.acked > 0);
    assert!(control.tally.lost + control.tally.doubled > 0, "{name} shows nothing: the proofs are blind");
}

#[test]
fn wal_with_synchronous_normal() {
    let play = |is_control: bool, proof: &mut Proof, shim: &Shim| power(is_control.then_some("WAL+NORMAL"), proof, shim);
    compare("control WAL+NORMAL", "as shipped, WAL+FULL", play);
}

#[test]
fn rollback_journal_with_synchronous_full() {
    let play = |is_control: bool, proof: &mut Proof, shim: &Shim| power(is_control.then_some("DELETE+FULL"), proof, shim);
    compare("control DELETE+FULL", "as shipped, WAL+FULL again", play);
}

#[test]
fn no_request_id() {
    compare("control without request ids", "as shipped, with request ids", retries);
}
