//! Running the command, and the demonstration's folder.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;

/// What a run of the command came to.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the command writes UTF-8");
        Ran {
            code: output.status.code().expect("it ended by itself"),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

    /// The lines of output as JSON.
    pub(crate) fn objects(&self) -> Vec<Value> {
        self.out
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
            .collect()
    }

    /// The error on standard error as JSON.
    pub(crate) fn error(&self) -> Value {
        let lines: Vec<_> = self.err.lines().collect();
        assert_eq!(lines.len(), 1, "one error: {}", self.err);
        let line: Value = serde_json::from_str(lines[0]).unwrap();
        assert_eq!(line["v"], 1);
        line["error"].clone()
    }

    pub(crate) fn with_code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "out: {}\nerr: {}", self.out, self.err);
        self
    }
}

/// The command in a C locale.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_czei"));
    command.args(arguments).env_remove("LC_ALL").env_remove("LC_MESSAGES").env("LANG", "C").stdin(Stdio::null());
    command
}

pub(crate) fn czei(arguments: &[&str]) -> Ran {
    Ran::of(command(arguments).output().unwrap())
}

/// The command with something on standard input.
pub(crate) fn czei_with_input(arguments: &[&str], input: &[u8]) -> Ran {
    let mut command = command(arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // The command may stop before it has read everything.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let ran = Ran::of(child.wait_with_output().unwrap());
    writer.join().unwrap();
    ran
}

/// The name of a code, for assertions that can be read.
pub(crate) fn name_of(code: &Value) -> &'static str {
    czei::explain(code.as_str().unwrap()).unwrap_or_else(|| panic!("{code}")).name
}

/// The demonstration.
pub(crate) struct Demo {
    pub(crate) folder: PathBuf,
    pub(crate) ran: Ran,
}

/// The demonstration, run once; over what an earlier one left, so that this is tried too.
pub(crate) fn demo() -> &'static Demo {
    static DEMO: OnceLock<Demo> = OnceLock::new();
    DEMO.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("command-demo");
        fs::create_dir_all(folder.join("receipts")).unwrap();
        fs::write(folder.join(".czei-demo"), "").unwrap();
        fs::write(folder.join("receipts/of-an-earlier-run.xml"), "<a/>").unwrap();
        let ran = czei(&["demo", folder.to_str().unwrap()]).with_code(0);
        Demo { folder, ran }
    })
}

impl Demo {
    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.join(name).to_str().unwrap().to_owned()
    }

    pub(crate) fn policy(&self) -> String {
        self.path("policy.toml")
    }

    /// The files of the first receipts.
    pub(crate) fn receipts(&self, count: usize) -> Vec<PathBuf> {
        let mut files: Vec<_> =
            fs::read_dir(self.folder.join("receipts")).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files.truncate(count);
        files
    }

    /// The bytes of one receipt that is valid.
    pub(crate) fn receipt(&self) -> Vec<u8> {
        fs::read(&self.receipts(1)[0]).unwrap()
    }

    /// The changed copy.
    pub(crate) fn tampered(&self) -> PathBuf {
        fs::read_dir(self.folder.join("tampered")).unwrap().next().unwrap().unwrap().path()
    }
}

/// A folder of one test, gone afterwards.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let name = format!("command-{}-{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        self.text(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
