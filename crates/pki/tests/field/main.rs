//! What was expected of every file of other implementations before this crate saw it, against what
//! this crate says: `expected.tsv`. The files stand in the folder that the environment variable
//! `CZEI_VECTORS` names; without it the test says so and passes.
#![allow(clippy::unwrap_used)]

mod certificates;
mod crls;
mod keys;
mod receipts;
mod signature_values;
mod table;

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use table::Row;

/// The folders that the table speaks about.
const FOLDERS: [&str; 7] = ["certs", "crls", "keys", "pkcs7", "pkcs12", "real-ca", "receipts"];

#[test]
fn every_file_is_judged_as_expected() {
    let Some(root) = std::env::var_os("CZEI_VECTORS") else {
        eprintln!("skipped: CZEI_VECTORS is not set");
        return;
    };
    let root = Path::new(&root);
    let rows = table::rows();
    let mut differences = files_without_row(root, &rows);
    let mut folders = certificates::Folders::default();
    let (mut judged, mut as_expected) = (0, 0);
    for row in rows.iter().filter(|row| row.expected != "not-a-vector") {
        judged += 1;
        match judge(root, row, &mut folders) {
            Ok(()) => as_expected += 1,
            Err(difference) => differences.push(format!("{} | {difference} | expected {}", row.file, row.expected)),
        }
    }
    for line in &differences {
        eprintln!("{line}");
    }
    assert!(differences.is_empty(), "{} differences", differences.len());
    // Not by `eprintln!`, which is shown for failures only.
    let _ = writeln!(std::io::stderr(), "proof field vectors: {judged} files, {as_expected} as expected");
}

/// Compares one row; what differs is the error.
fn judge(root: &Path, row: &Row, folders: &mut certificates::Folders) -> Result<(), String> {
    let bytes = fs::read(root.join(&row.file)).map_err(|error| format!("not there: {error}"))?;
    match row.folder() {
        "crls" => crls::judge(root, row, &bytes, folders),
        "keys" | "pkcs12" => keys::judge(row, &bytes),
        "pkcs7" => signature_values::judge(row, &bytes),
        "receipts" if row.file.ends_with(".xml") => receipts::judge(root, row, &bytes),
        _ => certificates::judge(root, row, &bytes, folders),
    }
}

fn files_without_row(root: &Path, rows: &[Row]) -> Vec<String> {
    let listed: BTreeSet<&str> = rows.iter().map(|row| row.file.as_str()).collect();
    assert_eq!(listed.len(), rows.len(), "a file stands twice in the table");
    let mut missing = Vec::new();
    for folder in FOLDERS {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let file = format!("{folder}/{}", entry.unwrap().file_name().into_string().unwrap());
            if !listed.contains(file.as_str()) {
                missing.push(format!("{file} | has no row"));
            }
        }
    }
    missing.sort();
    missing
}
