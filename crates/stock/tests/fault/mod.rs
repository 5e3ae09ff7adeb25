//! Faults for workers in processes of their own: power loss from a trace, failing calls, exact kills.
//! `README.md` beside this file says what is assumed and how a test uses it.

// Each test binary has its own copy of this module and uses a part of it.
#![allow(dead_code, clippy::unwrap_used)]

pub(crate) mod disk;
pub(crate) mod replay;
pub(crate) mod trace;

use std::fs::{self, File};
use std::io::{BufRead, BufReader, PipeReader, PipeWriter, Read, Write};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::JoinHandle;

/// Names the role of a worker; a test function that plays one returns at once without it.
const ROLE: &str = "FAULT_ROLE";

/// The role that this process was started for by [`Run`], `None` in the test runner itself.
pub(crate) fn role() -> Option<String> {
    std::env::var(ROLE).ok()
}

/// The compiled library that is preloaded into workers.
#[derive(Debug)]
pub(crate) struct Shim(PathBuf);

impl Shim {
    /// Compiles the library, once per process. `None`, with a line that begins "skipped:", where that cannot
    /// be: not Linux on 64 bits, or no `cc`.
    pub(crate) fn get() -> Option<&'static Shim> {
        static SHIM: OnceLock<Result<Shim, String>> = OnceLock::new();
        match SHIM.get_or_init(compile) {
            Ok(shim) => Some(shim),
            Err(reason) => {
                eprintln!("skipped: fault injection: {reason}");
                None
            }
        }
    }

    /// A run of the test `test` of this very binary, which must play the role `role`. Calls below `root`
    /// count.
    pub(crate) fn run(&self, root: &Path, test: &str, role: &str) -> Run {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args([test, "--exact", "--nocapture", "--test-threads=1"]);
        command.env(ROLE, role);
        self.command(command, root)
    }

    /// The same for another program.
    pub(crate) fn command(&self, mut command: Command, root: &Path) -> Run {
        command.env("LD_PRELOAD", &self.0).env("FAULT_ROOT", root);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        Run { command }
    }
}

fn compile() -> Result<Shim, String> {
    if !cfg!(all(target_os = "linux", target_pointer_width = "64")) {
        return Err("not Linux on 64 bits".to_owned());
    }
    if Command::new("cc").arg("--version").output().is_err() {
        return Err("no cc".to_owned());
    }
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fault/shim.c");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    // Test binaries run side by side: each compiles to a name of its own and puts it in place whole.
    let (mine, library) = (folder.join(format!("libfault-{}.so", std::process::id())), folder.join("libfault.so"));
    let mut cc = Command::new("cc");
    cc.args(["-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-O1", "-o"]).arg(&mine).arg(source);
    let output = cc.args(["-ldl", "-lpthread"]).output().unwrap();
    assert!(output.status.success(), "the shim does not compile:\n{}", String::from_utf8_lossy(&output.stderr));
    fs::rename(&mine, &library).unwrap();
    Ok(Shim(library))
}

/// A worker about to be started.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) command: Command,
}

impl Run {
    /// Adds what the worker does to the trace in this file.
    pub(crate) fn trace(mut self, file: &Path) -> Self {
        self.command.env("FAULT_TRACE", file);
        self
    }

    /// Makes a call fail, e.g. `write:17:ENOSPC`; README.md has the grammar.
    pub(crate) fn fail(mut self, plan: &str) -> Self {
        self.command.env("FAULT_FAIL", plan);
        self
    }

    /// Counts and fails only calls whose path contains this, e.g. `-wal`.
    pub(crate) fn only(mut self, part: &str) -> Self {
        self.command.env("FAULT_MATCH", part);
        self
    }

    /// With a plan `quota:BYTES`: the disk has room again once this file exists.
    pub(crate) fn freed(mut self, file: &Path) -> Self {
        self.command.env("FAULT_FREED", file);
        self
    }

    /// Appends how many calls there were, when the worker ends: see [`Counts::read`].
    pub(crate) fn count(mut self, file: &Path) -> Self {
        self.command.env("FAULT_COUNT", file);
        self
    }

    /// Anything else that the role wants to know.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// What the worker acknowledges through [`Acks`] goes into this pipe.
    pub(crate) fn acks(mut self, pipe: &PipeWriter) -> Self {
        self.command.stdin(pipe.try_clone().unwrap()).env("FAULT_ACK_FD", "0");
        self
    }

    /// Starts the worker and waits. Its exit code: 0, 9 for `exit-before` and `exit-after`, 101 for a panic.
    pub(crate) fn wait(mut self) -> Option<i32> {
        let code = self.command.status().unwrap().code();
        assert_ne!(code, Some(99), "the shim gave up: its reason is on standard error");
        code
    }
}

/// The worker's end of the pipe of acknowledgements. It is the worker's standard input, which libtest leaves
/// alone, turned round.
#[derive(Debug)]
pub(crate) struct Acks(File);

impl Acks {
    pub(crate) fn open() -> Self {
        Acks(File::from(std::io::stdin().as_fd().try_clone_to_owned().unwrap()))
    }

    /// One line, in one write. The line has no line feed of its own.
    pub(crate) fn ack(&mut self, line: &str) {
        self.0.write_all(format!("{line}\n").as_bytes()).unwrap();
    }
}

/// Reads acknowledgements in a thread until every worker that has the other end is gone; a pipe that nobody
/// reads would stop them all.
pub(crate) fn collect(reader: PipeReader) -> JoinHandle<Vec<String>> {
    std::thread::spawn(move || BufReader::new(reader).lines().map(Result::unwrap).collect())
}

/// How many calls of each kind a worker made, and how many were made to fail.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counts(Vec<(String, u64)>);

impl Counts {
    /// The sum over all workers that wrote to the file.
    pub(crate) fn read(file: &Path) -> Self {
        let mut text = String::new();
        File::open(file).and_then(|mut file| file.read_to_string(&mut text)).unwrap();
        let pairs = text.split_whitespace().map(|word| word.split_once('=').unwrap());
        Counts(pairs.map(|(name, count)| (name.to_owned(), count.parse().unwrap())).collect())
    }

    /// `open`, `close`, `write`, `truncate`, `allocate`, `fsync`, `rename`, `link`, `unlink`, `mkdir`, `any`
    /// or `hits`.
    pub(crate) fn of(&self, name: &str) -> u64 {
        self.0.iter().filter(|(other, _)| other == name).map(|(_, count)| count).sum()
    }
}

/// A folder that goes when it is dropped: in memory where there is /dev/shm, for thousands of crash states.
#[derive(Debug)]
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new() -> Self {
        let memory = Path::new("/dev/shm");
        Self::inside(&if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() })
    }

    /// On the disk that the build is on: file systems there use inode numbers again.
    pub(crate) fn on_disk() -> Self {
        Self::inside(Path::new(env!("CARGO_TARGET_TMPDIR")))
    }

    fn inside(folder: &Path) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("czei-fault-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = folder.join(name);
        fs::create_dir_all(&path).unwrap();
        Scratch(path)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// A new, empty folder in it.
    pub(crate) fn dir(&self, name: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(&path).unwrap();
        path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
