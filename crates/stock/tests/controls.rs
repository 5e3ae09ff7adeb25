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
        let mut experiment = Experiment::new(name, count(150, 2_000).max(100), 0xC0);
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

/// The play as shipped, which loses and doubles nothing, then each control, which must.
fn compare(
    shipped: &'static str,
    controls: &[(&'static str, &'static str)],
    play: impl Fn(Option<&str>, &mut Proof, &Shim),
) {
    if fault::role().is_some() {
        return;
    }
    let Some(shim) = Shim::get() else { return proof::skip("controls: no Linux or no cc") };
    let mut proof = Proof::of(shipped);
    play(None, &mut proof, shim);
    proof.end();
    for (name, control) in controls {
        let mut proof = Proof::of(name);
        play(Some(control), &mut proof, shim);
        proof.say();
        assert!(proof.tally.acked > 0);
        assert!(proof.tally.lost + proof.tally.doubled > 0, "{name} shows nothing: the proofs are blind");
    }
}

#[test]
fn settings() {
    let controls = [("control WAL+NORMAL", "WAL+NORMAL"), ("control DELETE+FULL", "DELETE+FULL")];
    compare("as shipped, WAL+FULL", &controls, power);
}

#[test]
fn request_ids() {
    let play = |control: Option<&str>, proof: &mut Proof, shim: &Shim| retries(control.is_some(), proof, shim);
    compare("as shipped, with request ids", &[("control without request ids", "")], play);
}
