//! What a worker is to do: it travels to its process in an environment variable.

use std::io::PipeWriter;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use czei_stock::{Mark, OpenOptions, Receipts};
use serde::{Deserialize, Serialize};

use crate::fault::{Run, Shim};

const JOB: &str = "PROOF_JOB";

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Job {
    /// The folder of the stock.
    pub(crate) root: PathBuf,
    /// Names the worker in its request ids: no two of a run have one name.
    pub(crate) who: u32,
    pub(crate) seed: u64,
    /// How many steps; it ends then.
    pub(crate) steps: u32,
    /// The largest batch of requests in a step.
    pub(crate) batch: usize,
    /// Every batch is as large as that, else of any size up to it.
    pub(crate) even: bool,
    /// What is done before the steps.
    pub(crate) first: Vec<Task>,
    /// Requests that another worker got no answer to.
    pub(crate) retry: Vec<String>,
    /// Opens the stock anew after so many steps, which makes a checkpoint; never when 0.
    pub(crate) reopen: u32,
    /// Makes a checkpoint after so many steps, as a log that has grown long brings one about; never when 0.
    pub(crate) checkpoint: u32,
    pub(crate) mark_elsewhere: bool,
    pub(crate) receipts_beside: bool,
    /// Only reserves.
    pub(crate) plain: bool,
    /// A control: retries get a request id of their own.
    pub(crate) no_request_ids: bool,
    /// A control: settings that lose numbers.
    pub(crate) control: Option<String>,
    /// With a full disk: makes this file, which frees it, once a call had trouble twice.
    pub(crate) frees: Option<PathBuf>,
    /// How often a call that had trouble is tried again; then the worker ends in peace.
    pub(crate) tries: u32,
}

/// A thing done once.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Task {
    Create,
    /// First and last number.
    Segment(u64, u64),
    /// Gives back the tail of the segment that ends with the first number, from the second on.
    GiveBack(u64, u64),
    /// Into this file of the folder.
    Backup(String),
    AcceptOlder,
    Restore(String),
    SignHeads,
    Open,
}

impl Job {
    pub(crate) fn new(root: &Path, who: u32, steps: u32) -> Self {
        Job { root: root.to_owned(), who, seed: u64::from(who), steps, batch: 6, tries: 4, ..Job::default() }
    }

    /// Makes the stock with one large segment.
    pub(crate) fn creating(mut self) -> Self {
        self.first.extend([Task::Create, Task::Segment(1, 1_000_000)]);
        self
    }

    pub(crate) fn first(mut self, task: Task) -> Self {
        self.first.push(task);
        self
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.root.join("stock.db")
    }

    pub(crate) fn options(&self) -> OpenOptions {
        let mut options = OpenOptions::new(self.database()).with_actor(format!("worker {}", self.who));
        if self.mark_elsewhere {
            options = options.with_mark(Mark::At(self.root.join("elsewhere/mark")));
        }
        if self.receipts_beside {
            options = options.with_receipts(Receipts::Beside(self.root.join("receipts")));
        }
        options
    }

    /// Makes the folders that have to be there.
    pub(crate) fn prepare(&self) {
        std::fs::create_dir_all(&self.root).unwrap();
        if self.mark_elsewhere {
            std::fs::create_dir_all(self.root.join("elsewhere")).unwrap();
        }
    }

    /// The worker's process under the library that traces and injects.
    pub(crate) fn under(&self, shim: &Shim) -> Run {
        shim.run(&self.root, "worker", "worker").env(JOB, &serde_json::to_string(self).unwrap())
    }

    /// The worker's process as it is.
    pub(crate) fn command(&self, acks: &PipeWriter) -> Command {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["worker", "--exact", "--nocapture", "--test-threads=1"]);
        command.env("FAULT_ROLE", "worker").env(JOB, serde_json::to_string(self).unwrap());
        command.stdin(acks.try_clone().unwrap()).stdout(Stdio::null());
        command
    }

    /// The job of this process, in a worker.
    pub(crate) fn mine() -> Option<Job> {
        crate::fault::role()?;
        std::env::var(JOB).ok().map(|job| serde_json::from_str(&job).unwrap())
    }
}
