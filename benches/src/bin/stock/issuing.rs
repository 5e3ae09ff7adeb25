//! Issuing with the stock as a ratio to issuing with numbers in memory: the same drafts in the same run.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use czei::{Clock, Issuer, SystemClock, UnitProfile, Verifier};
use czei_benches::{Province, Result};
use czei_core::{Draft, MemoryNumbers, NumberSource, Policy, ReceiptNumber};
use czei_stock::Receipts;

use super::source::{CODE, UNIT, make};
use super::{line, median};

const DRAFTS: usize = 1_000;
const ITEMS: usize = 5;
const ROUNDS: u64 = 5;

pub fn print(folder: &Path) -> Result<()> {
    let province = Province::new()?;
    let memory = MemoryNumbers::new();
    memory.add_segment(CODE.parse()?, ReceiptNumber::new(1)?, ReceiptNumber::new(9_999_999_999)?)?;
    let in_memory = issuer(&province, Arc::new(memory))?;
    let in_stock = issuer(&province, Arc::new(make(&folder.join("issuing.db"), Receipts::Inside)?))?;
    let mut figures = [Vec::new(), Vec::new()];
    // Turn by turn, so that both meet the same machine; the first turn fills the caches.
    for round in 0..=ROUNDS {
        let first = round * DRAFTS as u64;
        let drafts = (first..first + DRAFTS as u64).map(|id| province.draft(id, ITEMS)).collect::<Result<Vec<_>>>()?;
        for (issuer, figures) in [&in_memory, &in_stock].into_iter().zip(&mut figures) {
            let seconds = issue(issuer, &drafts)?;
            if round > 0 {
                figures.push(DRAFTS as f64 / seconds);
            }
        }
    }
    let [in_memory, in_stock] = figures.map(median);
    println!("\n{:<50}{:>12}  {:>10}", "Issuer::issue_many, 1,000 drafts of 5 items", "a second", "ratio");
    line("  numbers in memory", format!("{in_memory:.0}"), &format!("{:>10.2}", 1.0));
    line("  numbers in the stock", format!("{in_stock:.0}"), &format!("{:>10.2}", in_stock / in_memory));
    Ok(())
}

fn issuer(province: &Province, numbers: Arc<dyn NumberSource>) -> Result<Issuer> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let unit = UnitProfile::new(UNIT, "示例市实验中学", Arc::new(province.unit.signer()?));
    let verifier = Verifier::with_clock(Policy::default(), Arc::clone(&clock));
    Ok(Issuer::new(vec![unit], numbers, Arc::new(verifier), clock)?)
}

/// The seconds it took.
fn issue(issuer: &Issuer, drafts: &[Draft]) -> Result<f64> {
    let start = Instant::now();
    let issued = issuer.issue_many(drafts);
    let seconds = start.elapsed().as_secs_f64();
    issued.into_iter().try_for_each(|issued| issued.map(|_| ()))?;
    Ok(seconds)
}
