//! Calls of the system that fail: the n-th write, sync, truncation, opening, removal; short writes, full
//! disks. Every call of the stock answers or says cleanly what is wrong; asked again, it has one number
//! for each request.
#![allow(missing_docs, clippy::unwrap_used)]

mod fault;
mod proof;

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use czei_stock::{By, Code, SqliteStock};
use fault::{Counts, Run, Scratch, Shim, collect};
use proof::job::Job;
use proof::judge::{Tally, judge_end};
use proof::{Proof, count};

#[test]
fn worker() {
    proof::worker::play();
}

/// What fails, how, and for how many n.
const PLANS: &[(&str, &str, usize)] = &[
    ("write", "EIO", 200),
    ("write", "EIO:sticky", 100),
    ("write", "ENOSPC", 100),
    ("write", "ENOSPC:sticky", 50),
    ("write", "short", 100),
    ("write", "ENOSPC:short", 100),
    ("fsync", "EIO", 200),
    ("fsync", "EIO:sticky", 100),
    ("truncate", "EIO", 50),
    ("truncate", "EIO:sticky", 20),
    ("allocate", "ENOSPC", 20),
    ("open", "EIO", 100),
    ("open", "EMFILE", 50),
    ("open", "EACCES:sticky", 50),
    ("unlink", "EIO", 50),
    ("rename", "EIO", 50),
    ("link", "EIO", 20),
    ("mkdir", "EIO", 20),
    ("close", "EIO", 50),
];

fn job(root: PathBuf) -> Job {
    Job { reopen: 6, mark_elsewhere: true, receipts_beside: true, ..Job::new(&root, 1, 20).creating() }
}

/// Runs the worker under `plan` in a folder of its own, and judges what it leaves. Its lines.
fn run(job: &Job, shim: &Shim, name: &str, plan: impl FnOnce(Run) -> Run, tally: &mut Tally) -> Vec<String> {
    job.prepare();
    let (reader, writer) = std::io::pipe().unwrap();
    let heard = collect(reader);
    let code = plan(job.under(shim).acks(&writer)).wait();
    drop(writer);
    let lines = heard.join().unwrap();
    judge_end(job, name, code, &lines, tally);
    lines
}

#[test]
fn faults() {
    if fault::role().is_some() {
        return;
    }
    let mut proof = Proof::of("faults");
    let Some(shim) = Shim::get() else { return proof::skip("failing calls: no Linux or no cc") };
    let scratch = Scratch::new();
    // A run without a fault says how many calls there are.
    let counted = scratch.path("counts");
    run(&job(scratch.path("plain")), shim, "no fault", |run| run.count(&counted), &mut proof.tally);
    let counts = Counts::read(&counted);
    assert!(counts.of("write") >= 200 && counts.of("fsync") >= 200, "{counts:?}");

    let only = std::env::var("CZEI_SCENE").ok();
    let mut plans: Vec<String> = Vec::new();
    for (operation, what, wanted) in PLANS {
        let calls = usize::try_from(counts.of(operation)).unwrap();
        let wanted = count(*wanted, usize::MAX).min(calls);
        // Spread over all calls; the first and the last are among them.
        let each = (0..wanted).map(|k| 1 + k * (calls - 1) / (wanted - 1).max(1));
        plans.extend(each.map(|n| format!("{operation}:{n}:{what}")));
    }
    plans.retain(|plan| only.as_ref().is_none_or(|only| plan.contains(only)));
    let next = AtomicUsize::new(0);
    let tally = Mutex::new(std::mem::take(&mut proof.tally));
    let work = || {
        while let Some(plan) = plans.get(next.fetch_add(1, Ordering::Relaxed)) {
            let root = scratch.path(plan);
            let mut one = Tally::default();
            run(&job(root.clone()), shim, plan, |run| run.fail(plan), &mut one);
            std::fs::remove_dir_all(&root).unwrap();
            tally.lock().unwrap().add(one);
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        work();
    });
    proof.tally = tally.into_inner().unwrap();
    proof.end();
}

#[test]
fn full_disk() {
    if fault::role().is_some() {
        return;
    }
    let mut proof = Proof::of("full disk, then freed");
    let Some(shim) = Shim::get() else { return proof::skip("a full disk: no Linux or no cc") };
    let scratch = Scratch::new();
    let (mut full, mut without_reopening) = (0, 0);
    for n in 0..count(40, 400) {
        let freed = scratch.path(&format!("freed-{n}"));
        let quota = format!("quota:{}", 4096 * (2 + 5 * n) + 512 * (n % 8));
        let mut job = job(scratch.path(&quota));
        job.frees = Some(freed.clone());
        let lines = run(&job, shim, &quota, |run| run.fail(&quota).freed(&freed), &mut proof.tally);
        let last_trouble = lines.iter().rposition(|line| line.starts_with("trouble"));
        if let Some(last) = last_trouble {
            full += 1;
            without_reopening += usize::from(!lines.iter().any(|line| line == "trouble handle-poisoned"));
            let goes_on = lines[last..].iter().any(|line| line.starts_with("got"));
            assert!(goes_on, "{quota}: nothing goes on once there is room: {lines:?}");
        }
    }
    proof::say(&format!("  full in {full} runs, {without_reopening} of them went on with the same handle"));
    assert!(full > 0, "the disk was never full");
    proof.end();
}

/// Whoever may not write is told so, and nothing else happens.
#[test]
fn read_only() {
    if let Ok(path) = std::env::var("PROOF_READ_ONLY") {
        let error = SqliteStock::open(&czei_stock::OpenOptions::new(path)).unwrap_err();
        assert!(error.is(Code::ReadOnly), "{error}");
        return;
    }
    if fault::role().is_some() {
        return;
    }
    let scratch = Scratch::new();
    let is_root = std::fs::metadata(scratch.path("")).unwrap().uid() == 0;
    let binary = if is_root { scratch.path("binary") } else { std::env::current_exe().unwrap() };
    if is_root {
        // Root may write everywhere: somebody else runs this very test, who must be able to reach it.
        std::fs::copy(std::env::current_exe().unwrap(), &binary).unwrap();
    }
    let cases: [(&str, u32, u32); 3] = [("file", 0o777, 0o444), ("folder", 0o555, 0o666), ("both", 0o555, 0o444)];
    for (name, folder_mode, file_mode) in cases {
        let root = scratch.dir(name);
        let path = root.join("stock.db");
        drop(SqliteStock::create(&czei_stock::OpenOptions::new(&path), By::one("张三")).unwrap());
        let before = std::fs::read(&path).unwrap();
        for entry in std::fs::read_dir(&root).unwrap() {
            set_mode(&entry.unwrap().path(), file_mode);
        }
        set_mode(&root, folder_mode);
        let mut command = Command::new(&binary);
        command.args(["read_only", "--exact", "--nocapture"]).env("PROOF_READ_ONLY", &path);
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        if is_root {
            command.uid(65_534).gid(65_534).current_dir("/");
        }
        let output = match command.output() {
            Ok(output) => output,
            Err(error) => return proof::skip(&format!("a read-only stock: nobody else can run here: {error}")),
        };
        set_mode(&root, 0o777);
        assert!(output.status.success(), "read-only {name}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}
