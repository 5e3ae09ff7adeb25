//! What a traced worker did, in the order it did it.

use std::collections::{BTreeMap, HashMap};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// A file or directory for as long as it lives. The same name made anew, and an inode number used again,
/// are another node.
pub(crate) type Node = usize;

/// The traced directory itself.
pub(crate) const ROOT: Node = 0;

/// What stood in the directory before the worker began; all of it counts as durable.
#[derive(Debug, Clone)]
pub(crate) struct Baseline {
    pub(crate) nodes: Vec<Before>,
    inodes: HashMap<(u64, u64), Node>,
}

#[derive(Debug, Clone)]
pub(crate) enum Before {
    Directory(BTreeMap<OsString, Node>),
    File(Vec<u8>),
}

impl Baseline {
    /// Reads the directory; nobody may write to it meanwhile.
    pub(crate) fn of(root: &Path) -> Result<Self, String> {
        let mut baseline = Baseline { nodes: Vec::new(), inodes: HashMap::new() };
        baseline.add(root).map_err(|error| format!("{}: {error}", root.display()))?;
        Ok(baseline)
    }

    fn add(&mut self, path: &Path) -> std::io::Result<Node> {
        let meta = fs::symlink_metadata(path)?;
        if let Some(node) = self.inodes.get(&(meta.dev(), meta.ino())) {
            return Ok(*node);
        }
        let node = self.nodes.len();
        self.inodes.insert((meta.dev(), meta.ino()), node);
        self.nodes.push(Before::Directory(BTreeMap::new()));
        self.nodes[node] = if meta.is_dir() {
            let mut names = BTreeMap::new();
            for entry in fs::read_dir(path)? {
                let entry = entry?;
                names.insert(entry.file_name(), self.add(&entry.path())?);
            }
            Before::Directory(names)
        } else {
            Before::File(fs::read(path)?)
        };
        Ok(node)
    }
}

/// One operation that succeeded, or a sync that did not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Op {
    Created {
        dir: Node,
        name: OsString,
        node: Node,
    },
    MadeDir {
        dir: Node,
        name: OsString,
        node: Node,
    },
    Linked {
        dir: Node,
        name: OsString,
        node: Node,
    },
    Removed {
        dir: Node,
        name: OsString,
        node: Node,
    },
    Renamed {
        from: Node,
        old: OsString,
        to: Node,
        new: OsString,
        node: Node,
    },
    Wrote {
        node: Node,
        at: u64,
        bytes: Vec<u8>,
    },
    Resized {
        node: Node,
        size: u64,
    },
    Extended {
        node: Node,
        size: u64,
    },
    Synced {
        node: Node,
    },
    SyncFailed {
        node: Node,
    },
    /// Written to the pipe of acknowledgements.
    Acked,
}

#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) pid: u32,
    pub(crate) op: Op,
}

/// A line that was acknowledged to another process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ack {
    /// Number of its record: a crash at a point greater than this comes after the acknowledgement.
    pub(crate) record: usize,
    pub(crate) line: String,
}

#[derive(Debug)]
pub(crate) struct Trace {
    pub(crate) before: Baseline,
    pub(crate) records: Vec<Record>,
    pub(crate) acks: Vec<Ack>,
}

impl Trace {
    /// Reads what the shim wrote. An error is a fault of the harness: a call that is not modelled, a file
    /// that nothing created, a record cut short.
    pub(crate) fn read(file: &Path, before: Baseline) -> Result<Self, String> {
        let bytes = fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let mut inodes = before.inodes.clone();
        let mut next = before.nodes.len();
        let mut trace = Trace { before, records: Vec::new(), acks: Vec::new() };
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let raw = Raw::split(&mut rest).ok_or_else(|| format!("record {} is cut", trace.records.len()))?;
            let op =
                raw.op(&mut inodes, &mut next).map_err(|what| format!("record {}: {what}", trace.records.len()))?;
            if op == Op::Acked {
                let record = trace.records.len();
                let text = String::from_utf8_lossy(raw.data);
                trace.acks.extend(text.lines().map(|line| Ack { record, line: line.to_owned() }));
            }
            trace.records.push(Record { pid: raw.pid, op });
        }
        Ok(trace)
    }

    /// How many records there are: the crash points are `0..=len()`.
    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    /// The acknowledgements that came before a crash point: exactly these must survive it.
    pub(crate) fn acked_before(&self, point: usize) -> &[Ack] {
        &self.acks[..self.acks.partition_point(|ack| ack.record < point)]
    }
}

/// A record as `shim_base.h` declares it: `struct head`, names, data.
struct Raw<'b> {
    kind: u32,
    pid: u32,
    dev: u64,
    node: u64,
    a: u64,
    b: u64,
    names: &'b [u8],
    data: &'b [u8],
}

const HEAD: usize = 48;

impl<'b> Raw<'b> {
    fn split(rest: &mut &'b [u8]) -> Option<Self> {
        let word = |at: usize| Some(u32::from_ne_bytes(rest.get(at..at + 4)?.try_into().ok()?));
        let long = |at: usize| Some(u64::from_ne_bytes(rest.get(at..at + 8)?.try_into().ok()?));
        let (size, names) = (word(0)? as usize, word(12)? as usize);
        let raw = Raw {
            kind: word(4)?,
            pid: word(8)?,
            dev: long(16)?,
            node: long(24)?,
            a: long(32)?,
            b: long(40)?,
            names: rest.get(HEAD..HEAD + names)?,
            data: rest.get(HEAD + names..size)?,
        };
        *rest = &rest[size..];
        Some(raw)
    }

    fn op(&self, inodes: &mut HashMap<(u64, u64), Node>, next: &mut Node) -> Result<Op, String> {
        let name = || OsStr::from_bytes(self.names).to_owned();
        if matches!(self.kind, 1 | 2) {
            inodes.insert((self.dev, self.node), *next);
            *next += 1;
        }
        let known = |ino: u64| {
            let unknown = || format!("inode {ino} was not there before and was not created (kind {})", self.kind);
            inodes.get(&(self.dev, ino)).copied().ok_or_else(unknown)
        };
        Ok(match self.kind {
            1 => Op::Created { dir: known(self.a)?, name: name(), node: known(self.node)? },
            2 => Op::MadeDir { dir: known(self.a)?, name: name(), node: known(self.node)? },
            3 => Op::Linked { dir: known(self.a)?, name: name(), node: known(self.node)? },
            4 => Op::Removed { dir: known(self.a)?, name: name(), node: known(self.node)? },
            5 => {
                let slash = self.names.iter().position(|byte| *byte == b'/').ok_or("a rename with one name")?;
                let (old, new) = (&self.names[..slash], &self.names[slash + 1..]);
                let (old, new) = (OsStr::from_bytes(old).to_owned(), OsStr::from_bytes(new).to_owned());
                Op::Renamed { from: known(self.a)?, old, to: known(self.b)?, new, node: known(self.node)? }
            }
            6 => Op::Wrote { node: known(self.node)?, at: self.a, bytes: self.data.to_vec() },
            7 => Op::Resized { node: known(self.node)?, size: self.a },
            8 => Op::Extended { node: known(self.node)?, size: self.a },
            9 => Op::Synced { node: known(self.node)? },
            10 => Op::SyncFailed { node: known(self.node)? },
            11 => Op::Acked,
            12 => return Err(String::from_utf8_lossy(self.data).into_owned()),
            kind => return Err(format!("kind {kind} is not known")),
        })
    }
}
