//! `czei stock`, on a province of its own for each test.

mod backup;
mod import;
mod journal;
mod making;
mod numbers;
mod reconcile;
mod status;

use std::fs;
use std::path::Path;

use czei::{Sandbox, SandboxPlan, SystemClock};
use serde_json::Value;

use crate::helper::{Folder, Ran, czei, czei_with_input, name_of};

/// The unit of the sandbox that issues with the example's code.
pub(crate) const UNIT: &str = "123299990000000353";

/// A number of the example's code.
pub(crate) fn number(number: u64) -> String {
    format!("{}-{number:010}", Sandbox::EXAMPLE_CODE)
}

/// A sandbox province with a stock and a ledger.
pub(crate) struct Province {
    pub(crate) place: Folder,
    draft: String,
}

impl Province {
    pub(crate) fn new() -> Self {
        let place = Folder::new();
        let sandbox = Sandbox::create(place.path("province"), &SandboxPlan::default(), &SystemClock).unwrap();
        let draft = sandbox.example_draft().lines().collect::<Vec<_>>().join(" ");
        Province { place, draft }
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.place.text(&format!("province/{name}"))
    }

    pub(crate) fn config(&self) -> String {
        self.path("czei.toml")
    }

    /// The draft of a request.
    pub(crate) fn draft(&self, request_id: &str) -> String {
        self.draft.replace("example-1", request_id)
    }

    /// Issues a receipt for each request into a folder; with the authority's signature.
    pub(crate) fn issue(&self, requests: &[&str], out: &str) -> Vec<Value> {
        self.issue_with(requests, out, &["--countersign"])
    }

    pub(crate) fn issue_with(&self, requests: &[&str], out: &str, more: &[&str]) -> Vec<Value> {
        let drafts: Vec<_> = requests.iter().map(|request| self.draft(request)).collect();
        let (config, out) = (self.config(), self.place.text(out));
        let arguments = [&["issue", "--json", "--config", &config, "--out", &out][..], more].concat();
        czei_with_input(&arguments, drafts.join("\n").as_bytes()).with_code(0).objects()
    }

    /// Runs `czei stock` over the province's configuration.
    pub(crate) fn stock(&self, arguments: &[&str]) -> Ran {
        czei(&[&["stock"], arguments, &["--config", &self.config()]].concat())
    }

    /// The same, for programs.
    pub(crate) fn stock_json(&self, arguments: &[&str]) -> Ran {
        self.stock(&[arguments, &["--json"]].concat())
    }

    /// Runs `czei ledger` over the province's configuration.
    pub(crate) fn ledger(&self, arguments: &[&str]) -> Ran {
        czei(&[&["ledger"], arguments, &["--config", &self.config()]].concat())
    }
}

/// A text without what differs between two runs: times, digests and paths.
pub(crate) fn without_times(text: &str) -> String {
    let is_time = |word: &str| {
        let form: String = word.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        ["0000-00-00", "00:00:00"].contains(&form.as_str())
    };
    let is_digest = |word: &str| word.len() >= 32 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let word = |word: &str| {
        if is_time(word) {
            "T".to_owned()
        } else if is_digest(word) {
            "H".to_owned()
        } else {
            word.to_owned()
        }
    };
    let line = |line: &str| line.split(' ').map(word).collect::<Vec<_>>().join(" ");
    text.lines().map(|text| line(text) + "\n").collect()
}

/// Copies a file or the files of a folder.
pub(crate) fn copy(from: impl AsRef<Path>, to: impl AsRef<Path>) {
    let (from, to) = (from.as_ref(), to.as_ref());
    if !from.is_dir() {
        fs::copy(from, to).unwrap();
        return;
    }
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// The names in a folder, sorted.
pub(crate) fn names(folder: impl AsRef<Path>) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn every_command_has_its_help_in_both_languages() {
    let stock = "init|take-in|status|get|find|explain|void|exchange|return|check|export|reconcile|import|backup|\
                 restore|drill|heads|segment add|segment list|journal verify";
    let ledger = "init|give|take-back|list|explain|get|check|import|heads|backup|restore|drill|journal verify|\
                  journal export";
    for (group, commands) in [("stock", stock), ("ledger", ledger)] {
        for command in commands.split('|') {
            let words: Vec<_> = command.split(' ').collect();
            let ran = czei(&[&[group], &words[..], &["--help"]].concat()).with_code(0);
            let first = ran.out.lines().next().unwrap();
            assert!(first.contains(" · "), "{group} {command}: {first}");
            assert!(ran.out.contains(&format!("Usage: czei {group} {command} ")), "{}", ran.out);
            assert!(
                ran.out.contains("--config <FILE>") && ran.out.contains(&format!("--{group} <FILE>")),
                "{}",
                ran.out
            );
        }
        let ran = czei(&[group]).with_code(2);
        assert!(ran.err.contains(&format!("Usage: czei {group} ")) && ran.out.is_empty(), "{}", ran.err);
    }
}

#[test]
fn who_looks_after_the_numbers_needs_no_key() {
    let province = Province::new();
    province.issue(&["one"], "out");
    province.stock(&["heads", "--sign", "--actor", "张三"]).with_code(0);
    let backup = province.place.text("backup.db");
    province.stock(&["backup", &backup, "--actor", "张三"]).with_code(0);
    fs::rename(province.path("keys"), province.path("safe")).unwrap();
    let (one, out) = (number(1), province.place.text("out"));
    for arguments in [
        &["status"][..],
        &["segment", "list"],
        &["explain", &one],
        &["get", &one],
        &["find", "--state", "issued"],
        &["check"],
        &["export", "--what", "numbers"],
        &["reconcile", &out],
        &["drill", &backup],
    ] {
        province.stock(arguments).with_code(0);
    }
    for arguments in [&["list"][..], &["explain", &one], &["get", &one], &["check"], &["journal", "export"]] {
        province.ledger(arguments).with_code(0);
    }
    let ran = province.stock(&["journal", "verify"]).with_code(0);
    assert!(ran.out.contains("\nlast signed by CN=示例市实验中学,"), "{}", ran.out);
    let ran = province.stock_json(&["heads", "--sign", "--actor", "张三"]).with_code(2);
    assert_eq!(name_of(&ran.error()["code"]), "file-read");
}
