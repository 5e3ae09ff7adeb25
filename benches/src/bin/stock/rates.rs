//! Durable reservations a second.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use czei_benches::Result;
use czei_stock::{OpenOptions, Receipts, SqliteStock};

use super::source::{Requests, make};
use super::{line, median};

/// So many windows are measured, each of a second; what is printed is the one in the middle.
pub const WINDOWS: usize = 5;
const WARM_UP: Duration = Duration::from_millis(500);
const PROCESSES: usize = 32;
const THREADS: usize = 8;

/// Acknowledged reservations.
type Counter = AtomicU64;

pub fn print(folder: &Path, syncs: f64) -> Result<()> {
    println!("\n{:<50}{:>12}  {:>10}", "reservations, durable", "a second", "ratio");
    line("  the disk: 4,096 bytes written and synced", format!("{syncs:.0}"), "");
    let alone = threads(&folder.join("single.db"), 1, 1, 1_500)?;
    let show = |what: &str, rate: f64| line(what, format!("{rate:.0}"), &format!("{:>10.1}", rate / alone));
    show("  one by one, one process", alone);
    show(&format!("  one by one, {PROCESSES} processes on one file"), processes(&folder.join("processes.db"))?);
    let together = threads(&folder.join("threads.db"), THREADS, 1, 1_500)?;
    show(&format!("  one by one, {THREADS} threads of one process"), together);
    for group in [100, 1_000] {
        for bytes in [200, 1_500] {
            let file = folder.join(format!("group-{group}-{bytes}.db"));
            let rate = threads(&file, 1, group, bytes)?;
            show(&format!("  in groups of {group}, documents of {bytes} bytes"), rate);
        }
    }
    Ok(())
}

/// Threads of this process that reserve groups until they are stopped.
fn threads(file: &Path, threads: usize, group: usize, bytes: usize) -> Result<f64> {
    let stock = make(file, Receipts::Inside)?;
    let (counter, stop) = (Counter::new(0), AtomicBool::new(false));
    let (stock, counter, stop) = (&stock, &counter, &stop);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|thread| {
                scope.spawn(move || -> std::result::Result<(), String> {
                    let mut requests = Requests::new(format!("t{thread}")).map_err(|error| error.to_string())?;
                    while !stop.load(Ordering::Relaxed) {
                        let tokens = requests.reserve(stock, group, bytes).map_err(|error| error.to_string())?;
                        counter.fetch_add(tokens.len() as u64, Ordering::Relaxed);
                    }
                    Ok(())
                })
            })
            .collect();
        let rate = windows(counter);
        stop.store(true, Ordering::Relaxed);
        for worker in workers {
            worker.join().map_err(|_| "a thread ended")??;
        }
        Ok(rate)
    })
}

/// Processes that each reserve one number after the other, and say so with one byte.
fn processes(file: &Path) -> Result<f64> {
    drop(make(file, Receipts::Inside)?);
    let program = std::env::current_exe()?;
    let start = || Command::new(&program).arg("--draw").arg(file).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut children: Vec<Child> = (0..PROCESSES).map(|_| start()).collect::<std::io::Result<_>>()?;
    let counter = Counter::new(0);
    let rate = std::thread::scope(|scope| -> Result<f64> {
        for child in &mut children {
            let mut acknowledged = child.stdout.take().ok_or("no pipe")?;
            let counter = &counter;
            scope.spawn(move || {
                let mut bytes = [0; 64];
                while let Ok(count @ 1..) = acknowledged.read(&mut bytes) {
                    counter.fetch_add(count as u64, Ordering::Relaxed);
                }
            });
        }
        // All of them have opened the stock once the first hundred are there.
        while counter.load(Ordering::Relaxed) < 100 {
            std::thread::sleep(Duration::from_millis(10));
        }
        let rate = windows(&counter);
        // The end of its input stops a child.
        children.iter_mut().for_each(|child| drop(child.stdin.take()));
        for child in &mut children {
            if !child.wait()?.success() {
                return Err("a process failed".into());
            }
        }
        Ok(rate)
    })?;
    Ok(rate)
}

/// What such a process does.
pub fn draw(file: &Path) -> Result<()> {
    let stock = SqliteStock::open(&OpenOptions::new(file))?;
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let _ = std::io::stdin().read(&mut [0]);
            stop.store(true, Ordering::Relaxed);
        });
        let mut requests = Requests::new(format!("p{}", std::process::id()))?;
        let mut acknowledged = std::io::stdout();
        while !stop.load(Ordering::Relaxed) {
            requests.reserve(&stock, 1, 1_500)?;
            acknowledged.write_all(b".")?;
            acknowledged.flush()?;
        }
        Ok(())
    })
}

/// The median rate at which a counter grows.
fn windows(counter: &Counter) -> f64 {
    std::thread::sleep(WARM_UP);
    let rates = (0..WINDOWS).map(|_| {
        let (start, before) = (Instant::now(), counter.load(Ordering::Relaxed));
        std::thread::sleep(Duration::from_secs(1));
        (counter.load(Ordering::Relaxed) - before) as f64 / start.elapsed().as_secs_f64()
    });
    median(rates.collect())
}
