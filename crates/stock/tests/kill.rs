//! kill -9, hundreds of times: several processes at work on one stock on the real disk, each killed at any
//! moment and started again, while another process notes what they were told.
#![allow(missing_docs, clippy::unwrap_used)]

mod fault;
mod proof;

use std::io::{BufRead, BufReader};
use std::process::Child;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use czei_stock::SqliteStock;
use fault::Scratch;
use fault::replay::Random;
use proof::facts::Facts;
use proof::job::Job;
use proof::judge::{Tally, judge, judge_acked};
use proof::{Proof, count};

#[test]
fn worker() {
    proof::worker::play();
}

/// A worker at work, and what it says.
struct Running {
    child: Child,
    lines: Receiver<String>,
    facts: Facts,
}

impl Running {
    fn start(job: &Job) -> Self {
        let (reader, writer) = std::io::pipe().unwrap();
        let (sender, lines) = channel();
        let mut command = job.command(&writer);
        let child = command.spawn().unwrap();
        // Notes what the worker says as soon as it says it; ends with the worker.
        std::thread::spawn(move || {
            for line in BufReader::new(reader).lines() {
                let _ = sender.send(line.unwrap());
            }
        });
        Running { child, lines, facts: Facts::default() }
    }

    /// Waits until it was told something more.
    fn wait_for_work(&mut self) {
        let line = self.lines.recv_timeout(Duration::from_secs(120)).expect("a worker says nothing for two minutes");
        self.facts.add(&line);
    }

    fn kill(mut self) -> Facts {
        self.child.kill().unwrap();
        let status = self.child.wait().unwrap();
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(9), "a worker ended before: {status}");
        self.lines.iter().for_each(|line| self.facts.add(&line));
        self.facts
    }
}

/// One stock, `kills` kills. In `together` rounds all workers are killed at once, so that the next one to open
/// the stock finds it as a machine does that was reset.
fn killed(workers: u32, kills: usize, common: impl Fn(Job) -> Job, tally: &mut Tally) {
    let scratch = Scratch::on_disk();
    let mut random = Random(u64::from(workers));
    let mut next_who = 0;
    let mut job = |retry: Vec<String>| {
        next_who += 1;
        let job = Job { retry, ..Job::new(&scratch.path("stock"), next_who, u32::MAX) };
        common(if next_who == 1 { job.creating() } else { job })
    };
    let first = job(Vec::new());
    first.prepare();
    let mut all = Facts::default();
    let mut running = vec![Running::start(&first)];
    while running[0].facts.segments.is_empty() {
        running[0].wait_for_work();
    }
    running.extend((1..workers).map(|_| Running::start(&job(Vec::new()))));
    let stock = SqliteStock::open(&first.options()).unwrap();
    let mut done = 0;
    while done < kills {
        let together = random.below(10) == 0;
        let victims = if together { running.len() } else { 1 };
        for _ in 0..victims {
            let at = random.below(running.len());
            let victim = &mut running[at];
            for _ in 0..1 + random.below(6) {
                victim.wait_for_work();
            }
            std::thread::sleep(Duration::from_micros(random.below(20_000) as u64));
            let facts = running.swap_remove(at).kill();
            judge_acked(&stock, &facts, tally);
            running.push(Running::start(&job(facts.unanswered())));
            all.merge(facts);
            done += 1;
            tally.states += 1;
        }
    }
    for worker in running {
        all.merge(worker.kill());
    }
    judge(&stock, &all, tally);
    drop(stock);
    // The last process is gone: whatever the log held is in the file now, and reads the same.
    let stock = SqliteStock::open(&first.options()).unwrap();
    judge(&stock, &all, tally);
}

#[test]
fn kill() {
    if fault::role().is_some() {
        return;
    }
    let mut proof = Proof::of("kill");
    let kills = count(100, 3_000);
    killed(4, kills, |job| job, &mut proof.tally);
    killed(6, kills, |job| Job { mark_elsewhere: true, reopen: 20, ..job }, &mut proof.tally);
    killed(8, kills, |job| Job { receipts_beside: true, ..job }, &mut proof.tally);
    proof.end();
}
