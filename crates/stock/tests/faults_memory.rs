//! The n-th allocation of SQLite fails, once or from then on: every call of the stock answers or says
//! cleanly what is wrong; asked again, it has one number for each request.
#![allow(missing_docs, clippy::unwrap_used)]
// SQLite takes its allocator as a table of functions of C, and there is no safe way to give it one.
#![allow(unsafe_code)]

mod fault;
mod proof;

use std::ffi::{c_int, c_void};
use std::path::Path;
use std::sync::Mutex;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use fault::{Scratch, collect};
use proof::job::Job;
use proof::judge::{Tally, judge_end};
use proof::{Proof, count};
use rusqlite::ffi;

type Malloc = unsafe extern "C" fn(c_int) -> *mut c_void;
type Realloc = unsafe extern "C" fn(*mut c_void, c_int) -> *mut c_void;

/// The allocator of SQLite itself.
static OWN: OnceLock<(Malloc, Realloc)> = OnceLock::new();
static SEEN: AtomicU64 = AtomicU64::new(0);
/// The allocation that fails; 0 is none.
static FAILS: AtomicU64 = AtomicU64::new(0);
static STICKY: AtomicBool = AtomicBool::new(false);

fn fails() -> bool {
    let n = SEEN.fetch_add(1, Ordering::Relaxed) + 1;
    let fails = FAILS.load(Ordering::Relaxed);
    n == fails || (fails > 0 && n > fails && STICKY.load(Ordering::Relaxed))
}

unsafe extern "C" fn malloc(size: c_int) -> *mut c_void {
    match OWN.get() {
        // SAFETY: SQLite's own allocator, with SQLite's own argument.
        Some((malloc, _)) if !fails() => unsafe { malloc(size) },
        _ => std::ptr::null_mut(),
    }
}

unsafe extern "C" fn realloc(old: *mut c_void, size: c_int) -> *mut c_void {
    match OWN.get() {
        // SAFETY: SQLite's own allocator, with SQLite's own arguments.
        Some((_, realloc)) if !fails() => unsafe { realloc(old, size) },
        _ => std::ptr::null_mut(),
    }
}

/// Puts the failing allocator under SQLite; the first thing that a process does with it.
fn install(plan: &str) {
    let (n, how) = plan.split_once(':').unwrap();
    let mut own = ffi::sqlite3_mem_methods {
        xMalloc: None,
        xFree: None,
        xRealloc: None,
        xSize: None,
        xRoundup: None,
        xInit: None,
        xShutdown: None,
        pAppData: std::ptr::null_mut(),
    };
    // SAFETY: nothing of SQLite runs yet in this process; SQLite fills the table and copies ours.
    unsafe {
        assert_eq!(ffi::sqlite3_config(ffi::SQLITE_CONFIG_GETMALLOC, &raw mut own), ffi::SQLITE_OK);
        let mut ours = ffi::sqlite3_mem_methods { xMalloc: Some(malloc), xRealloc: Some(realloc), ..own };
        assert!(OWN.set((own.xMalloc.unwrap(), own.xRealloc.unwrap())).is_ok());
        assert_eq!(ffi::sqlite3_config(ffi::SQLITE_CONFIG_MALLOC, &raw mut ours), ffi::SQLITE_OK);
    }
    FAILS.store(n.parse().unwrap(), Ordering::Relaxed);
    STICKY.store(how == "sticky", Ordering::Relaxed);
}

#[test]
fn worker() {
    let Ok(plan) = std::env::var("PROOF_MEMORY") else { return };
    install(&plan);
    proof::worker::play();
    if let Ok(file) = std::env::var("PROOF_MEMORY_COUNT") {
        std::fs::write(file, SEEN.load(Ordering::Relaxed).to_string()).unwrap();
    }
}

fn run(job: &Job, plan: &str, counted: Option<&Path>, tally: &mut Tally) {
    job.prepare();
    let (reader, writer) = std::io::pipe().unwrap();
    let heard = collect(reader);
    let mut command = job.command(&writer);
    command.env("PROOF_MEMORY", plan).envs(counted.map(|file| ("PROOF_MEMORY_COUNT", file)));
    let code = command.status().unwrap().code();
    drop((command, writer));
    judge_end(job, plan, code, &heard.join().unwrap(), tally);
}

#[test]
fn memory() {
    if fault::role().is_some() {
        return;
    }
    let mut proof = Proof::of("failing allocations");
    let scratch = Scratch::new();
    let job = |name: &str| {
        let job = Job::new(&scratch.path(name), 1, 12).creating();
        Job { reopen: 4, receipts_beside: true, ..job }
    };
    let counted = scratch.path("count");
    run(&job("plain"), "0:once", Some(&counted), &mut proof.tally);
    let calls: usize = std::fs::read_to_string(&counted).unwrap().parse().unwrap();

    let mut plans = Vec::new();
    for how in ["once", "sticky"] {
        let wanted = count(200, 4_000).min(calls);
        plans.extend((0..wanted).map(|k| format!("{}:{how}", 1 + k * (calls - 1) / (wanted - 1))));
    }
    let next = AtomicUsize::new(0);
    let tally = Mutex::new(std::mem::take(&mut proof.tally));
    let work = || {
        while let Some(plan) = plans.get(next.fetch_add(1, Ordering::Relaxed)) {
            let (job, mut one) = (job(plan), Tally::default());
            run(&job, plan, None, &mut one);
            std::fs::remove_dir_all(&job.root).unwrap();
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
