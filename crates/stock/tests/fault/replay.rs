//! Crash states: the directory as power loss at some point of a trace may have left it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::disk::{Choice, Disk, SECTOR};
use super::trace::{Ack, Node, ROOT, Trace};

/// What a crash takes of what was not synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// Everything is lost.
    Lost,
    /// Everything is kept: as after kill -9.
    Kept,
    /// Data and sizes are kept, changes of directories are lost.
    NamesLost,
    /// Names are kept; data and sizes are lost.
    DataLost,
    /// Names and data are kept; files have their synced sizes.
    SizesLost,
    /// Names and sizes are kept; new data are zeros or what lay there before.
    SizesOnly,
    /// All went to disk in order until some moment, whose write is torn.
    Earlier,
    /// Each file's data and sizes are lost or kept as one.
    PerFile,
    /// Each sector, size and directory on its own: the newest version with this chance in 16, else some
    /// older one.
    Sectors(u8),
}

const STYLES: [Style; 16] = [
    Style::Lost,
    Style::Sectors(8),
    Style::Earlier,
    Style::NamesLost,
    Style::PerFile,
    Style::Sectors(15),
    Style::Kept,
    Style::Earlier,
    Style::DataLost,
    Style::Sectors(1),
    Style::SizesOnly,
    Style::PerFile,
    Style::Sectors(12),
    Style::SizesLost,
    Style::Earlier,
    Style::Sectors(4),
];

/// The directory after one crash.
#[derive(Debug, Clone)]
pub(crate) struct State<'t> {
    /// Records `0..point` happened.
    pub(crate) point: usize,
    pub(crate) style: Style,
    /// Exactly these must survive.
    pub(crate) acked: &'t [Ack],
    pub(crate) dirs: Vec<PathBuf>,
    pub(crate) files: BTreeMap<PathBuf, Vec<u8>>,
}

impl State<'_> {
    /// Writes the state into `dir`, which is emptied before.
    pub(crate) fn materialise(&self, dir: &Path) -> std::io::Result<()> {
        if dir.exists() {
            fs::remove_dir_all(dir)?;
        }
        fs::create_dir_all(dir)?;
        for sub in &self.dirs {
            fs::create_dir(dir.join(sub))?;
        }
        for (path, bytes) in &self.files {
            fs::write(dir.join(path), bytes)?;
        }
        Ok(())
    }
}

/// `count` crash states of a trace, the same for the same seed. As an iterator they come in the order of
/// their points, which takes one walk over the trace.
pub(crate) struct CrashStates<'t> {
    trace: &'t Trace,
    seed: u64,
    points: Vec<usize>,
    disk: Disk,
    applied: usize,
    next: usize,
}

impl<'t> CrashStates<'t> {
    pub(crate) fn new(trace: &'t Trace, count: usize, seed: u64) -> Self {
        let mut random = Random(seed);
        // Half of the points are any; half stand behind the acknowledgements that follow an operation.
        let is_ack = |n: usize| trace.acks.binary_search_by_key(&n, |ack| ack.record).is_ok();
        let ends: Vec<usize> = (0..=trace.len()).filter(|point| *point == trace.len() || !is_ack(*point)).collect();
        let mut points: Vec<usize> = (0..count)
            .map(|n| if n % 2 == 0 { random.below(trace.len() + 1) } else { ends[random.below(ends.len())] })
            .collect();
        if let Some(last) = points.last_mut() {
            *last = trace.len();
        }
        points.sort_unstable();
        CrashStates { trace, seed, points, disk: Disk::new(&trace.before), applied: 0, next: 0 }
    }

    /// The state with number `k`, of `0..count`.
    pub(crate) fn state(&mut self, k: usize) -> State<'t> {
        let seed = self.seed ^ (k as u64).wrapping_mul(0xA076_1D64_78BD_642F);
        self.at(self.points[k], STYLES[k % STYLES.len()], seed)
    }

    /// A crash after records `0..point`.
    pub(crate) fn at(&mut self, point: usize, style: Style, seed: u64) -> State<'t> {
        if point < self.applied {
            self.disk = Disk::new(&self.trace.before);
            self.applied = 0;
        }
        for at in self.applied..point {
            self.disk.apply(at, &self.trace.records[at].op);
        }
        self.applied = point;

        let mut random = Random(seed);
        let pending = self.disk.pending();
        let torn = if pending.is_empty() { point } else { pending[random.below(pending.len())] };
        let mut crash = Crash { style, random, torn, whole: false, stale: false };
        crash.stale = crash.random.below(4) == 0;
        let (dirs, files) = tree(&self.disk, &mut crash);
        State { point, style, acked: self.trace.acked_before(point), dirs, files }
    }

    /// Compares the directory after the run with the end of the trace. A difference means that something
    /// wrote past the shim, or was killed inside a call: the trace is then worth nothing.
    pub(crate) fn check_live(&mut self, root: &Path) -> Result<(), String> {
        let end = self.at(self.trace.len(), Style::Kept, 0);
        let mut real = BTreeMap::new();
        read_tree(root, Path::new(""), &mut real).map_err(|error| error.to_string())?;
        let is_index = |path: &Path| path.to_string_lossy().ends_with("-shm");
        for path in end.files.keys().chain(real.keys()).filter(|path| !is_index(path)) {
            match (end.files.get(path), real.get(path)) {
                (Some(_), None) => return Err(format!("{}: in the trace, not in the directory", path.display())),
                (None, Some(_)) => return Err(format!("{}: in the directory, not in the trace", path.display())),
                (a, b) if a != b => return Err(format!("{}: not what the trace says", path.display())),
                _ => {}
            }
        }
        Ok(())
    }
}

impl<'t> Iterator for CrashStates<'t> {
    type Item = State<'t>;

    fn next(&mut self) -> Option<State<'t>> {
        let k = self.next;
        self.next += 1;
        (k < self.points.len()).then(|| self.state(k))
    }
}

/// Walks the names from the root: what no name leads to is gone.
fn tree(disk: &Disk, crash: &mut Crash) -> (Vec<PathBuf>, BTreeMap<PathBuf, Vec<u8>>) {
    let names = disk.names_after(crash);
    let mut contents: BTreeMap<Node, Vec<u8>> = BTreeMap::new();
    let (mut dirs, mut files) = (Vec::new(), BTreeMap::new());
    let mut todo: Vec<(PathBuf, &BTreeMap<OsString, Node>)> =
        names.get(&ROOT).map(|n| (PathBuf::new(), n)).into_iter().collect();
    while let Some((path, entries)) = todo.pop() {
        for (name, node) in entries {
            let path = path.join(name);
            if let Some(inner) = names.get(node) {
                dirs.push(path.clone());
                todo.push((path, inner));
            } else if let Some(file) = disk.files.get(node) {
                let content = contents.entry(*node).or_insert_with(|| {
                    crash.begin_file(*node);
                    file.after(crash)
                });
                files.insert(path, content.clone());
            }
        }
    }
    dirs.sort_by_key(|dir| dir.components().count());
    (dirs, files)
}

fn read_tree(dir: &Path, below: &Path, into: &mut BTreeMap<PathBuf, Vec<u8>>) -> std::io::Result<()> {
    for entry in fs::read_dir(dir.join(below))? {
        let entry = entry?;
        let path = below.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            read_tree(dir, &path, into)?;
        } else {
            into.insert(path.clone(), fs::read(dir.join(&path))?);
        }
    }
    Ok(())
}

/// One crash: how it decides.
struct Crash {
    style: Style,
    random: Random,
    /// The moment of [`Style::Earlier`].
    torn: usize,
    /// What [`Style::PerFile`] does with the file at hand.
    whole: bool,
    stale: bool,
}

impl Crash {
    fn until_torn(&mut self, times: &[usize]) -> usize {
        let before = times.partition_point(|at| *at < self.torn);
        if times.get(before) == Some(&self.torn) && self.random.below(2) == 0 { before + 1 } else { before }
    }

    fn mostly_newest(&mut self, chance: u8, count: usize) -> usize {
        if count == 0 || self.random.below(16) < usize::from(chance) { count } else { self.random.below(count) }
    }
}

impl Choice for Crash {
    fn begin_file(&mut self, _: Node) {
        self.whole = self.random.below(2) == 0;
    }

    fn sector(&mut self, times: &[usize]) -> usize {
        match self.style {
            Style::Lost | Style::DataLost | Style::SizesOnly => 0,
            Style::Kept | Style::NamesLost | Style::SizesLost => times.len(),
            Style::Earlier => self.until_torn(times),
            Style::PerFile => {
                if self.whole {
                    times.len()
                } else {
                    0
                }
            }
            Style::Sectors(chance) => self.mostly_newest(chance, times.len()),
        }
    }

    fn size(&mut self, times: &[usize]) -> usize {
        match self.style {
            Style::Lost | Style::DataLost | Style::SizesLost => 0,
            Style::Kept | Style::NamesLost | Style::SizesOnly => times.len(),
            Style::Earlier => self.until_torn(times),
            Style::PerFile => {
                if self.whole {
                    times.len()
                } else {
                    0
                }
            }
            Style::Sectors(chance) => self.mostly_newest(chance, times.len()),
        }
    }

    fn names(&mut self, times: &[usize]) -> usize {
        match self.style {
            Style::Lost | Style::NamesLost => 0,
            Style::Kept | Style::DataLost | Style::SizesLost | Style::SizesOnly => times.len(),
            Style::Earlier => self.until_torn(times),
            Style::PerFile => self.random.below(times.len() + 1),
            Style::Sectors(chance) => self.mostly_newest(chance, times.len()),
        }
    }

    fn stale(&mut self) -> Option<[u8; SECTOR]> {
        if !self.stale {
            return None;
        }
        let mut bytes = [0; SECTOR];
        for part in bytes.chunks_exact_mut(8) {
            part.copy_from_slice(&self.random.next().to_ne_bytes());
        }
        Some(bytes)
    }
}

/// SplitMix64: small, and the same everywhere.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Below `bound`, which is not 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap_or(0)
    }
}
