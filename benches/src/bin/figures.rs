//! Prints what criterion measured as one table: microseconds by step and number of items.

use std::collections::BTreeMap;
use std::path::Path;

use czei_benches::Result;

const STEPS: [&str; 10] = [
    "parse",
    "parse and read",
    "build",
    "sign, unit",
    "sign, authority",
    "verify",
    "SM2 and SM3 of it",
    "all but SM2 and SM3",
    "parse and read, DER",
    "all but SM2 and SM3, DER",
];

fn main() -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/criterion/receipt");
    let mut table: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    let mut counts = std::collections::BTreeSet::new();
    for (row, step) in STEPS.iter().enumerate() {
        let Ok(entries) = std::fs::read_dir(folder.join(step)) else { continue };
        for entry in entries.flatten() {
            let Some(items) = entry.file_name().to_str().and_then(|name| name.parse::<usize>().ok()) else { continue };
            let estimates = std::fs::read_to_string(entry.path().join("new/estimates.json"))?;
            let estimates: serde_json::Value = serde_json::from_str(&estimates)?;
            let nanoseconds = estimates["median"]["point_estimate"].as_f64().ok_or("no median")?;
            table.insert((row, items), nanoseconds / 1_000.0);
            counts.insert(items);
        }
    }
    print!("{:<26}", "µs, median");
    for items in &counts {
        print!("{:>14}", format!("{items} items"));
    }
    println!();
    for (row, step) in STEPS.iter().enumerate() {
        print!("{step:<26}");
        for items in &counts {
            print!("{:>14}", table.get(&(row, *items)).map_or("-".to_owned(), |figure| format!("{figure:.2}")));
        }
        println!();
    }
    Ok(())
}
