//! stock [FOLDER] [N] [PART]: the stock of numbers on a real disk, every commit synced, as one table from one run.
//!
//! Reservations a second, each the median of windows of a second; processor time for each receipt stored;
//! issuing as a ratio to issuing in memory; opening and checking a stock of N numbers (default 200,000) in a
//! process of its own. FOLDER (default `target/bench-stock`) is emptied first and must not lie in memory. PART
//! names one of the four tables, for a profiler: `rates`, `costs`, `issuing`, `opening`.

mod costs;
mod disk;
mod issuing;
mod opening;
mod rates;
mod source;

use std::path::{Path, PathBuf};

use czei_benches::Result;

const NUMBERS: u64 = 200_000;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let first = arguments.next();
    match first.as_deref() {
        // This program again, as another process.
        Some("--draw") => return rates::draw(&path(arguments.next())?),
        Some("--open") => return opening::open(&path(arguments.next())?),
        Some("--check") => return opening::check(&path(arguments.next())?),
        _ => {}
    }
    let folder = PathBuf::from(first.as_deref().unwrap_or("target/bench-stock"));
    let numbers = arguments.next().map_or(Ok(NUMBERS), |text| text.parse())?;
    let part = arguments.next();
    let is_wanted = |name: &str| part.as_deref().is_none_or(|part| part == name);
    empty(&folder)?;
    let disk = disk::Disk::of(&folder)?;
    println!("{:<50}{}", "stock of numbers, every commit synced", disk);
    if is_wanted("rates") {
        rates::print(&folder, disk::syncs_a_second(&folder)?)?;
    }
    if is_wanted("costs") {
        costs::print(&folder)?;
    }
    if is_wanted("issuing") {
        issuing::print(&folder)?;
    }
    if is_wanted("opening") {
        opening::print(&folder, numbers)?;
    }
    empty(&folder)
}

fn path(argument: Option<String>) -> Result<PathBuf> {
    Ok(argument.ok_or("a path is missing")?.into())
}

/// Only a folder that this program made is emptied.
fn empty(folder: &Path) -> Result<()> {
    let own = folder.join("made-by-benches");
    if folder.exists() && !own.exists() && folder.read_dir()?.next().is_some() {
        return Err(format!("{} has other files", folder.display()).into());
    }
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::create_dir_all(folder)?;
    Ok(std::fs::write(own, "")?)
}

/// The one in the middle.
fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// A line of the table.
fn line(what: &str, figure: impl std::fmt::Display, remark: &str) {
    println!("{what:<50}{figure:>12}  {remark}");
}
