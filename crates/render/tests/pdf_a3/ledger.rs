//! `PDF_A3.md` names a test for each clause; here, that each of them is there and ran.

use std::collections::BTreeSet;
use std::process::Command;

const LEDGER: &str = include_str!("../../PDF_A3.md");

/// The names of tests in the rows of the ledger.
fn named() -> BTreeSet<String> {
    let rows = LEDGER.lines().filter(|line| line.starts_with("| 6."));
    rows.map(|row| row.rsplit('`').nth(1).unwrap().to_owned()).collect()
}

/// What this program prints with these arguments.
fn run(arguments: &[&str]) -> String {
    let done = Command::new(std::env::current_exe().unwrap()).args(arguments).output().unwrap();
    String::from_utf8(done.stdout).unwrap()
}

/// The names of tests without their modules.
fn names(lines: &str, ending: &str) -> BTreeSet<String> {
    let lines = lines.lines().filter_map(|line| line.strip_suffix(ending));
    lines.map(|line| line.rsplit("::").next().unwrap().to_owned()).collect()
}

#[test]
fn the_ledger_names_every_test_of_a_clause_and_no_other() {
    let there: BTreeSet<_> =
        names(&run(&["--list"]), ": test").into_iter().filter(|name| name.starts_with("clause_")).collect();
    assert_eq!(named(), there);
    assert!(there.len() >= 50, "{} clauses", there.len());
}

#[test]
fn every_test_that_the_ledger_names_runs_and_holds() {
    let ran = names(&run(&["::clause_", "--include-ignored"]), " ... ok");
    let ran: BTreeSet<_> = ran.into_iter().map(|name| name.trim_start_matches("test ").to_owned()).collect();
    assert_eq!(named(), ran);
}
