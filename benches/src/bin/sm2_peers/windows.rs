//! Windows of processor time, taken in turns.

use std::collections::BTreeMap;
use std::time::Duration;

use czei_benches::Result;
use rustix::time::{ClockId, clock_gettime};

/// One thing to measure.
pub struct Subject {
    name: &'static str,
    /// How many of what is counted (signatures, bytes) one call does.
    per_call: f64,
    /// The processor time of so many calls.
    run: Box<dyn FnMut(u32) -> Result<Duration>>,
}

impl Subject {
    /// A subject in this thread, whose result is not thrown away by the compiler.
    pub fn here<T>(name: &'static str, per_call: f64, mut call: impl FnMut() -> T + 'static) -> Self {
        let run = move |calls| {
            let start = thread_time();
            for _ in 0..calls {
                std::hint::black_box(call());
            }
            Ok(thread_time() - start)
        };
        Subject { name, per_call, run: Box::new(run) }
    }

    /// A subject that tells its own time.
    pub fn elsewhere(name: &'static str, per_call: f64, run: impl FnMut(u32) -> Result<Duration> + 'static) -> Self {
        Subject { name, per_call, run: Box::new(run) }
    }
}

/// What was measured: how many a second in each round, by name.
pub struct Rates(BTreeMap<&'static str, Vec<f64>>);

impl Rates {
    /// The median.
    pub fn get(&self, name: &str) -> Option<f64> {
        Some(median(self.0.get(name)?.clone()))
    }

    /// The median of the ratios, each between the windows of one round: what slows the machine down for longer
    /// than a round is in both.
    pub fn ratio(&self, name: &str, other: &str) -> Option<f64> {
        let rounds = self.0.get(name)?.iter().zip(self.0.get(other)?);
        Some(median(rounds.map(|(rate, other)| rate / other).collect()))
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Takes `rounds` windows of about `length` of each subject, one after the other in each round so that drift
/// of the machine hits all alike.
pub fn measure(subjects: &mut [Subject], rounds: usize, length: Duration) -> Result<Rates> {
    let mut calls = Vec::new();
    for subject in &mut *subjects {
        calls.push(calls_of(subject, length)?);
    }
    let mut windows: Vec<Vec<f64>> = vec![Vec::new(); subjects.len()];
    for _ in 0..rounds {
        for ((subject, calls), windows) in subjects.iter_mut().zip(&calls).zip(&mut windows) {
            let time = (subject.run)(*calls)?;
            windows.push(f64::from(*calls) * subject.per_call / time.as_secs_f64());
        }
    }
    Ok(Rates(subjects.iter().map(|subject| subject.name).zip(windows).collect()))
}

/// How many calls fill a window; warms up at the same time.
fn calls_of(subject: &mut Subject, length: Duration) -> Result<u32> {
    let mut calls = 1;
    loop {
        let time = (subject.run)(calls)?.as_secs_f64();
        let wanted = length.as_secs_f64();
        if time > wanted / 4.0 || calls > u32::MAX / 8 {
            return Ok((f64::from(calls) * wanted / time).ceil() as u32);
        }
        calls *= 4;
    }
}

fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    // A processor time is never negative.
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs() as u32)
}
