//! `czei demo`, killed at any moment and started again: every draft ends with exactly one receipt, which the
//! authority countersigned once, and no receipt that was there ever changes.
#![cfg(unix)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use czei::sm2::Sm3;
use czei::stock::{Event, Find, State};
use czei::{Sandbox, Stock as _};

use crate::helper::{Folder, command, czei};

const KILLS: u32 = 50;
/// How many demos are played side by side.
const PLAYERS: u32 = 2;
const CLOSING_LINE: &str = "issued=541 valid=541 tampered_found=1";

#[test]
fn killed_at_any_moment_it_goes_on_and_issues_every_receipt_once() {
    let folder = Folder::new();
    let begun = Instant::now();
    let ran = czei(&["demo", &folder.text("demo")]).with_code(0);
    let duration = begun.elapsed();
    assert_eq!(ran.out.lines().last(), Some(CLOSING_LINE));
    let seed = u64::from(std::process::id());
    eprintln!("the demo takes {duration:?}; seed {seed}");

    let kills: u32 = std::thread::scope(|scope| {
        let players: Vec<_> = (0..PLAYERS)
            .map(|player| scope.spawn(move || play(player, duration, Random(seed * 31 + u64::from(player)))))
            .collect();
        players.into_iter().map(|player| player.join().unwrap()).sum()
    });
    assert_eq!(kills, KILLS);
}

/// Plays demos and kills them; the last one comes to its end. How many were killed.
fn play(player: u32, duration: Duration, mut random: Random) -> u32 {
    let (kills, mut killed) = (KILLS / PLAYERS, 0);
    let mut moments = Vec::new();
    let mut round = player;
    while killed < kills {
        round += 1;
        let folder = Folder::new();
        let mut watch = Watch::default();
        // Each demo is killed the first time at any moment, every second one some times while its sandbox is
        // being made; what is left is killed into smaller pieces, so that it is not over too soon.
        for kill in 0.. {
            let longest = match (round % 2, kill) {
                (0, 0..4) => duration / 15,
                (1, 0) => duration,
                _ => duration / 2,
            };
            let delay = random.up_to(longest);
            let may_kill = killed < kills;
            let ended = run(&folder, may_kill.then_some(delay));
            watch.look(&folder.path("demo/receipts"));
            if ended {
                break;
            }
            killed += 1;
            moments.push((delay, watch.seen.len()));
        }
        judge(&folder, &watch);
    }
    eprintln!("killed after, with so many receipts seen: {moments:?}");
    killed
}

/// Runs the demo; whether it came to its end, which it must do in one piece, and not by an error.
fn run(folder: &Folder, kill_after: Option<Duration>) -> bool {
    let mut command = command(&["demo", &folder.text("demo")]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    if let Some(delay) = kill_after {
        std::thread::sleep(delay);
        // It may have ended by itself.
        child.kill().unwrap();
    }
    let output = child.wait_with_output().unwrap();
    if output.status.signal() == Some(9) {
        // Killed while it closed its files, behind its last step, it had come to its end: the next one begins anew.
        return fs::read_to_string(folder.path("demo/.czei-demo")).is_ok_and(|mark| mark.contains("came to its end"));
    }
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!((output.status.code(), err.as_str()), (Some(0), ""), "{out}");
    assert_eq!(out.lines().last(), Some(CLOSING_LINE), "{out}");
    true
}

/// The receipts seen so far.
#[derive(Default)]
struct Watch {
    seen: BTreeMap<String, [u8; 32]>,
}

impl Watch {
    /// What was seen is still there, unchanged.
    fn look(&mut self, receipts: &Path) {
        let found = read(receipts);
        for (name, sm3) in &self.seen {
            let now = found.get(name).map(|bytes| Sm3::digest(bytes));
            assert_eq!(now.as_ref(), Some(sm3), "{name} was changed or is gone");
        }
        self.seen = found.into_iter().map(|(name, bytes)| (name, Sm3::digest(&bytes))).collect();
    }
}

/// The receipts of a folder; none before there is one.
fn read(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    let receipts = entries.filter(|path| path.extension().is_some_and(|extension| extension == "xml"));
    receipts.map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(path).unwrap())).collect()
}

/// Holds a demo that came to its end to what it promises.
fn judge(folder: &Folder, watch: &Watch) {
    let configuration = Sandbox::open(folder.path("demo")).unwrap();
    let (stock, ledger) = (configuration.open_stock().unwrap(), configuration.open_ledger().unwrap());
    let receipts = read(&folder.path("demo/receipts"));
    let hidden = fs::read_dir(folder.path("demo/receipts")).unwrap().count() - receipts.len();
    assert_eq!((receipts.len(), watch.seen.len(), hidden), (541, 541, 0));

    // Every draft has exactly one number, issued, whose receipt is the file; the numbers follow one another.
    let mut requests = BTreeSet::new();
    let mut numbers: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    let mut records = Vec::new();
    stock
        .find_numbers(Find::All, &mut |record| {
            records.push(record);
            Ok(())
        })
        .unwrap();
    for record in &records {
        assert_eq!(record.state, State::Issued, "{}", record.id);
        assert!(requests.insert(record.request_id.clone().unwrap()), "{} is there twice", record.id);
        numbers.entry(record.id.code().to_string()).or_default().push(record.id.number().get());
        let file = &receipts[&format!("{}.xml", record.id)];
        assert_eq!(stock.document(record.id).unwrap().unwrap().bytes(), file, "{}", record.id);
        assert!(ledger.document(record.id).unwrap().as_ref() == Some(file), "{}", record.id);
    }
    let mut wanted: BTreeSet<String> = BTreeSet::from(["reverse-32010126-0000000040".to_owned()]);
    for (unit, count) in [("school", 500), ("registry", 40)] {
        let drafts = fs::read_to_string(folder.path(&format!("demo/input/{unit}.jsonl"))).unwrap();
        let drafts = drafts.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let before = wanted.len();
        wanted.extend(drafts.map(|draft| draft["request_id"].as_str().unwrap().to_owned()));
        assert_eq!(wanted.len() - before, count);
    }
    assert_eq!(requests, wanted);
    let contiguous = |last: u64| (1..=last).collect::<Vec<_>>();
    let by_code = BTreeMap::from([("32010126".to_owned(), contiguous(41)), ("32020126".to_owned(), contiguous(500))]);
    assert_eq!(numbers, by_code);

    // The authority countersigned each of them once.
    let mut countersigned: BTreeMap<_, u32> = BTreeMap::new();
    ledger
        .journal(0, &mut |row| {
            if row.event == Event::Countersigned {
                *countersigned.entry(row.number).or_default() += 1;
            }
            Ok(())
        })
        .unwrap();
    let once: BTreeMap<_, _> = records.iter().map(|record| (Some(record.id), 1)).collect();
    assert_eq!(countersigned, once);

    for report in [stock.check().unwrap(), ledger.check().unwrap()] {
        assert!(report.holds(), "{report:?}");
    }
    for report in [stock.verify_journal(None).unwrap(), ledger.verify_journal(None).unwrap()] {
        assert!(report.holds(), "{:?}", report.faults);
    }
}

/// xorshift64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn up_to(&mut self, longest: Duration) -> Duration {
        let micros = u64::try_from(longest.as_micros()).unwrap_or(u64::MAX).max(1);
        Duration::from_micros(self.next() % micros)
    }
}
