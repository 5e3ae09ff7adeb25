//! Opening and checking a stock of many numbers, in a process of its own.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use czei_benches::Result;
use czei_core::NumberSource as _;
use czei_stock::{OpenOptions, Receipts, SqliteStock, Stock as _};

use super::line;
use super::source::{Requests, document, make};

const GROUP: u64 = 10_000;

pub fn print(folder: &Path, numbers: u64) -> Result<()> {
    let file = folder.join("many.db");
    let start = Instant::now();
    fill(&file, numbers)?;
    let filled = start.elapsed().as_secs_f64();
    println!("\n{:<50}{numbers:>12}", "a stock of so many issued numbers, hashes only");
    line("  megabytes", fs::metadata(&file)?.len() / 1_000_000, "");
    line("  filled, numbers a second (three steps each)", format!("{:.0}", numbers as f64 / filled), "");
    child("--open", &file)?;
    child("--check", &file)
}

/// Reserves, signs and issues: documents are of ten bytes, so that numbers and hashes are what there is.
fn fill(file: &Path, numbers: u64) -> Result<()> {
    let stock = make(file, Receipts::Inside)?;
    let mut requests = Requests::new("m")?;
    let mut left = numbers;
    while left > 0 {
        let tokens = requests.reserve(&stock, GROUP.min(left) as usize, 0)?;
        let documents: Vec<_> = tokens.iter().map(|token| document(token.number.get(), 0)).collect();
        let stored: Vec<_> = tokens.iter().copied().zip(documents.iter().map(Vec::as_slice)).collect();
        for answer in stock.store_signed(&stored).into_iter().chain(stock.store_issued(&stored)) {
            answer?;
        }
        left -= tokens.len() as u64;
    }
    Ok(())
}

fn child(task: &str, file: &Path) -> Result<()> {
    let ended = Command::new(std::env::current_exe()?).arg(task).arg(file).status()?;
    if ended.success() { Ok(()) } else { Err(format!("{task} failed").into()) }
}

/// Opens, and draws one number.
pub fn open(file: &Path) -> Result<()> {
    let start = Instant::now();
    let stock = SqliteStock::open(&OpenOptions::new(file))?;
    line("  opened, ms", format!("{:.1}", start.elapsed().as_secs_f64() * 1e3), "");
    line("  peak memory of that process, MB", format!("{:.1}", peak_megabytes()?), "");
    let start = Instant::now();
    Requests::new("first")?.reserve(&stock, 1, 1_500)?;
    line("  first reservation, ms", format!("{:.1}", start.elapsed().as_secs_f64() * 1e3), "");
    Ok(())
}

/// Opens, checks the numbers and verifies the journal.
pub fn check(file: &Path) -> Result<()> {
    let stock = SqliteStock::open(&OpenOptions::new(file))?;
    let start = Instant::now();
    let report = stock.check()?;
    line("  checked, s", format!("{:.2}", start.elapsed().as_secs_f64()), "");
    let start = Instant::now();
    let journal = stock.verify_journal(None)?;
    line("  journal verified, s", format!("{:.2}", start.elapsed().as_secs_f64()), "");
    line("  peak memory of that process, MB", format!("{:.1}", peak_megabytes()?), "");
    if report.holds() && journal.holds() { Ok(()) } else { Err("the stock does not hold".into()) }
}

fn peak_megabytes() -> Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(peak.trim().trim_end_matches(" kB").parse::<f64>()? / 1_024.0)
}
