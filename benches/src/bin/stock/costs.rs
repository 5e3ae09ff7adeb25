//! Processor time for each receipt: what one processor does, however slow the disk is.

use std::path::Path;

use czei_benches::Result;
use czei_core::{NumberSource as _, Token};
use czei_stock::Receipts;

use super::source::{Requests, document, make};
use super::{line, median};

const UNSIGNED: usize = 1_500;
const SIGNED: usize = 4_600;
const GROUPS: [usize; 2] = [100, 1_000];

pub fn print(folder: &Path) -> Result<()> {
    println!("\n{:<50}{:>12}  {:>10} {:>10}", "processor time a receipt, µs", "reserved", "signed", "issued");
    let cases = [("receipts inside the file", "inside"), ("receipts beside the file", "beside")];
    for (name, kind) in cases {
        for group in GROUPS {
            let receipts = match kind {
                "inside" => Receipts::Inside,
                _ => Receipts::Beside(folder.join(format!("receipts-{group}"))),
            };
            let [reserved, signed, issued] = measure(&folder.join(format!("{kind}-{group}.db")), receipts, group)?;
            let rest = format!("{signed:>10.1} {issued:>10.1}");
            line(&format!("  {name}, in groups of {group}"), format!("{reserved:.1}"), &rest);
        }
    }
    println!("  {UNSIGNED} bytes unsigned, {SIGNED} bytes signed and issued");
    Ok(())
}

/// Medians of several groups: reserving, storing signed, storing issued.
fn measure(file: &Path, receipts: Receipts, group: usize) -> Result<[f64; 3]> {
    let stock = make(file, receipts)?;
    let mut requests = Requests::new("c")?;
    let mut figures = [Vec::new(), Vec::new(), Vec::new()];
    for round in 0..(5_000 / group).clamp(5, 15) {
        let mut times = [0.0; 4];
        times[0] = processor_microseconds();
        let tokens = requests.reserve(&stock, group, UNSIGNED)?;
        times[1] = processor_microseconds();
        let signed = documents(&tokens, SIGNED);
        let issued = documents(&tokens, SIGNED + 1);
        let before_signed = processor_microseconds();
        all(stock.store_signed(&borrowed(&tokens, &signed)))?;
        times[2] = times[1] + processor_microseconds() - before_signed;
        let before_issued = processor_microseconds();
        all(stock.store_issued(&borrowed(&tokens, &issued)))?;
        times[3] = times[2] + processor_microseconds() - before_issued;
        // The first group also fills the caches.
        if round > 0 {
            for (step, figures) in figures.iter_mut().enumerate() {
                figures.push((times[step + 1] - times[step]) / group as f64);
            }
        }
    }
    Ok(figures.map(median))
}

fn documents(tokens: &[Token], bytes: usize) -> Vec<Vec<u8>> {
    tokens.iter().map(|token| document(token.number.get(), bytes)).collect()
}

fn borrowed<'a>(tokens: &[Token], documents: &'a [Vec<u8>]) -> Vec<(Token, &'a [u8])> {
    tokens.iter().copied().zip(documents.iter().map(Vec::as_slice)).collect()
}

fn all<T, E>(answers: Vec<std::result::Result<T, E>>) -> std::result::Result<(), E> {
    answers.into_iter().try_for_each(|answer| answer.map(|_| ()))
}

/// Of all threads of the process, in the program and in the system for it.
pub fn processor_microseconds() -> f64 {
    // SAFETY: clock_gettime fills the structure, for which all zeros is a valid value.
    let time = unsafe {
        let mut time: libc::timespec = std::mem::zeroed();
        libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut time);
        time
    };
    time.tv_sec as f64 * 1e6 + time.tv_nsec as f64 / 1e3
}
