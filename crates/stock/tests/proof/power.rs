//! Power loss: workers are traced, and after each of many crash states the stock is opened and judged.

use std::io::PipeReader;
use std::path::PathBuf;
use std::thread::JoinHandle;

use czei_core::ReceiptNumber;
use czei_stock::{By, Code, Result, SqliteStock};

use super::facts::Facts;
use super::job::Job;
use super::judge::{Tally, judge};
use crate::fault::replay::CrashStates;
use crate::fault::trace::{Baseline, Trace};
use crate::fault::{Run, Scratch, Shim, collect};

/// Opens the stock after a crash; none where nothing was made yet, which must be allowed by the facts.
pub(crate) type Open = dyn Fn(&Job, &Facts) -> Result<Option<SqliteStock>> + Sync;

/// Says what is wrong after a crash, besides what [`judge`] sees.
pub(crate) type After = dyn Fn(&Job, &Facts, &mut Tally) + Sync;

/// A run of workers, of which power loss is replayed.
pub(crate) struct Experiment<'a> {
    pub(crate) name: String,
    /// What all its workers have in common.
    pub(crate) job: Job,
    pub(crate) states: usize,
    pub(crate) seed: u64,
    pub(crate) open: &'a Open,
    pub(crate) after: &'a After,
}

/// Where the workers of an experiment play.
pub(crate) struct Stage<'s> {
    shim: &'s Shim,
    scratch: Scratch,
    /// What all its workers have in common.
    pub(crate) job: Job,
    before: Option<Baseline>,
    /// What was acknowledged before the trace begins.
    old: Vec<String>,
    /// What was acknowledged since.
    lines: Vec<String>,
    gone: Vec<ReceiptNumber>,
}

impl<'a> Experiment<'a> {
    pub(crate) fn new(name: impl Into<String>, states: usize, seed: u64) -> Self {
        let job = Job { batch: 6, tries: 4, ..Job::default() };
        Experiment { name: name.into(), job, states, seed, open: &open, after: &|_, _, _| {} }
    }

    /// Lets the workers play, then judges the states in which power loss may leave their folder.
    pub(crate) fn run(self, shim: &Shim, play: impl FnOnce(&mut Stage<'_>)) -> Tally {
        let scratch = Scratch::new();
        let job = Job { root: scratch.dir("stock"), ..self.job.clone() };
        job.prepare();
        let mut stage =
            Stage { shim, scratch, job, before: None, old: Vec::new(), lines: Vec::new(), gone: Vec::new() };
        play(&mut stage);

        let Stage { scratch, job, before, old, gone, .. } = stage;
        let named = |what: String| format!("{}: {what}", self.name);
        let trace = Trace::read(&scratch.path("trace"), before.unwrap()).map_err(named).unwrap();
        let mut states = CrashStates::new(&trace, self.states, self.seed);
        states.check_live(&job.root).map_err(named).unwrap();
        // Paths stand in the database: the states are opened where the stock was made.
        std::fs::remove_dir_all(&job.root).unwrap();
        let mut tally = Tally::default();
        for (k, state) in states.enumerate() {
            state.materialise(&job.root).unwrap();
            let lines = old.iter().chain(state.acked.iter().map(|ack| &ack.line));
            let facts = Facts { gone: gone.clone(), ..Facts::of(lines.map(String::as_str)) };
            let mut one = Tally::default();
            match (self.open)(&job, &facts) {
                Ok(Some(stock)) => {
                    judge(&stock, &facts, &mut one);
                    (self.after)(&job, &facts, &mut one);
                }
                Ok(None) => one.states += 1,
                Err(error) => {
                    one.states += 1;
                    one.acked += facts.acked;
                    one.lost(format!("all of it, it does not open: {error}"));
                }
            }
            let place = format!("{} state {k} ({:?} at {} of {})", self.name, state.style, state.point, trace.len());
            one.wrong.iter_mut().for_each(|what| *what = format!("{place}: {what}"));
            tally.add(one);
        }
        tally
    }
}

/// A stock that was made opens as it is; one that was not is made now.
pub(crate) fn open(job: &Job, facts: &Facts) -> Result<Option<SqliteStock>> {
    match SqliteStock::open(&job.options()) {
        Err(error) if error.is(Code::StockAbsent) && !facts.created => {
            SqliteStock::create(&job.options(), By::one("张三")).map(|_| None)
        }
        outcome => outcome.map(Some),
    }
}

impl Stage<'_> {
    /// A worker before the trace begins; what it does is durable.
    pub(crate) fn prepare(&mut self, job: &Job) {
        assert!(self.before.is_none(), "the trace has begun");
        let (reader, writer) = std::io::pipe().unwrap();
        let heard = collect(reader);
        let code = job.under(self.shim).acks(&writer).wait();
        drop(writer);
        assert_eq!(code, Some(0));
        self.old.extend(heard.join().unwrap());
    }

    /// A worker before the trace begins, whose numbers are lost with the state that is put back.
    pub(crate) fn prepare_gone(&mut self, job: &Job) {
        let known = self.old.len();
        self.prepare(job);
        let lines = self.old.split_off(known);
        self.gone.extend(Facts::of(lines.iter().map(String::as_str)).drawn());
    }

    /// A worker of this stage.
    pub(crate) fn worker(&self, who: u32, steps: u32) -> Job {
        Job { who, seed: self.job.seed ^ u64::from(who) << 20, steps, ..self.job.clone() }
    }

    /// One worker, to its end.
    pub(crate) fn run(&mut self, job: &Job) {
        self.run_all(std::slice::from_ref(job));
    }

    /// Workers at once, to their ends.
    pub(crate) fn run_all(&mut self, jobs: &[Job]) {
        let plain: Vec<_> = jobs.iter().map(|job| (job, None)).collect();
        for code in self.run_planned(&plain) {
            assert_eq!(code, Some(0));
        }
    }

    /// Workers at once, some with a plan of what fails: plan, and what paths contain. Their exit codes.
    pub(crate) fn run_planned(&mut self, jobs: &[(&Job, Option<(&str, &str)>)]) -> Vec<Option<i32>> {
        if self.before.is_none() {
            self.before = Some(Baseline::of(&self.job.root).unwrap());
        }
        let trace: PathBuf = self.scratch.path("trace");
        let started: Vec<_> = jobs
            .iter()
            .map(|(job, plan)| {
                let (reader, writer) = std::io::pipe().unwrap();
                let run = job.under(self.shim).trace(&trace).acks(&writer);
                let run = plan.iter().fold(run, |run, (plan, only)| run.fail(plan).only(only));
                start(run, reader)
            })
            .collect();
        started
            .into_iter()
            .map(|(mut child, heard)| {
                let code = child.wait().unwrap().code();
                self.lines.extend(heard.join().unwrap());
                assert_ne!(code, Some(99), "the library of faults gave up: its reason is on standard error");
                code
            })
            .collect()
    }

    /// What was asked in vain so far.
    pub(crate) fn unanswered(&self) -> Vec<String> {
        Facts::of(self.lines.iter().map(String::as_str)).unanswered()
    }
}

fn start(mut run: Run, reader: PipeReader) -> (std::process::Child, JoinHandle<Vec<String>>) {
    let heard = collect(reader);
    let child = run.command.spawn().unwrap();
    // The command keeps the pipe open in this process.
    drop(run);
    (child, heard)
}
