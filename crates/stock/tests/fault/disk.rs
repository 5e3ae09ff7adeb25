//! A disk that keeps no promise it did not make: what each file and directory may be after a crash.
//!
//! Times (`at`) are numbers of records of the trace.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::rc::Rc;

use super::trace::{Baseline, Before, Node, Op};

/// A sector is old or new as a whole.
pub(crate) const SECTOR: usize = 512;

/// Decides what of the unsynced changes a crash leaves. Each answer is how many of the changes at the given
/// times, from the oldest, took effect.
pub(crate) trait Choice {
    fn begin_file(&mut self, node: Node);
    fn sector(&mut self, times: &[usize]) -> usize;
    fn size(&mut self, times: &[usize]) -> usize;
    fn names(&mut self, times: &[usize]) -> usize;
    /// What lies in a sector that the file got but that was never written: `None` is zeros.
    fn stale(&mut self) -> Option<[u8; SECTOR]>;
}

#[derive(Debug)]
struct Version {
    at: usize,
    bytes: Rc<[u8; SECTOR]>,
}

#[derive(Debug)]
struct SizeChange {
    at: usize,
    size: usize,
    /// The change made the file shorter: what lay beyond is gone.
    cut: bool,
}

/// A file: what is certainly on disk, and every version of every sector since.
#[derive(Debug, Default)]
pub(crate) struct FileModel {
    /// As programs see it.
    pub(crate) live: Vec<u8>,
    disk: Vec<u8>,
    disk_size: usize,
    sectors: BTreeMap<usize, Vec<Version>>,
    sizes: Vec<SizeChange>,
    /// A sync failed then: what was pending is in doubt for ever unless written again, for the kernel marks
    /// its pages clean and a later sync succeeds without them.
    failed: Option<usize>,
}

impl FileModel {
    fn durable(bytes: Vec<u8>) -> Self {
        FileModel { disk: bytes.clone(), disk_size: bytes.len(), live: bytes, ..Self::default() }
    }

    fn write(&mut self, at: usize, from: usize, bytes: &[u8]) {
        let end = from + bytes.len();
        if end > self.live.len() {
            self.resize(at, end);
        }
        self.live[from..end].copy_from_slice(bytes);
        for sector in from / SECTOR..end.div_ceil(SECTOR) {
            let mut content = [0; SECTOR];
            let part = &self.live[sector * SECTOR..self.live.len().min((sector + 1) * SECTOR)];
            content[..part.len()].copy_from_slice(part);
            self.sectors.entry(sector).or_default().push(Version { at, bytes: Rc::new(content) });
        }
    }

    fn resize(&mut self, at: usize, size: usize) {
        if size != self.live.len() {
            self.sizes.push(SizeChange { at, size, cut: size < self.live.len() });
            self.live.resize(size, 0);
        }
    }

    fn sync(&mut self) {
        let failed = self.failed;
        let settles = |last: Option<usize>| failed.is_none_or(|failed| last.is_none_or(|at| at > failed));
        // Data that reached the disk can be read back: the size reaches at least to their end. A truncation
        // is metadata alone, which a file system writes later or stops altogether.
        let written = |(sector, versions): (&usize, &Vec<Version>)| {
            settles(versions.last().map(|version| version.at)).then_some(self.live.len().min((sector + 1) * SECTOR))
        };
        let reached = self.sectors.iter().rev().find_map(written).unwrap_or(0);
        let last = self.sizes.last().map(|change| change.at);
        if settles(last) || reached == self.live.len() || self.sizes.iter().any(|change| change.cut) {
            for change in self.sizes.drain(..).filter(|change| change.cut) {
                self.disk.truncate(change.size);
                for (sector, versions) in &mut self.sectors {
                    for version in versions.iter_mut().filter(|version| version.at < change.at) {
                        zero_from(Rc::make_mut(&mut version.bytes), *sector, change.size);
                    }
                }
            }
            self.disk.resize(self.live.len(), 0);
            self.disk_size = self.live.len();
        } else {
            self.disk.resize(self.live.len().max(self.disk.len()), 0);
            self.disk_size = self.disk_size.max(reached);
            self.sizes.retain(|change| change.size > reached);
        }
        let (live, disk) = (&self.live, &mut self.disk);
        self.sectors.retain(|sector, versions| {
            let settled = settles(versions.last().map(|version| version.at));
            let (start, end) = (sector * SECTOR, live.len().min((sector + 1) * SECTOR));
            if settled && start < end {
                disk[start..end].copy_from_slice(&live[start..end]);
            }
            !settled
        });
        if self.sectors.is_empty() && self.sizes.is_empty() {
            self.failed = None;
        }
    }

    fn sync_failed(&mut self, at: usize) {
        if !self.sectors.is_empty() || !self.sizes.is_empty() {
            self.failed = Some(at);
        }
    }

    /// What the file may hold after a crash.
    pub(crate) fn after(&self, choice: &mut dyn Choice) -> Vec<u8> {
        let times: Vec<_> = self.sizes.iter().map(|change| change.at).collect();
        let sizes = &self.sizes[..choice.size(&times)];
        let size = sizes.last().map_or(self.disk_size, |change| change.size);
        let cuts = || sizes.iter().filter(|change| change.cut);

        let mut bytes = self.disk.clone();
        for change in cuts() {
            let from = change.size.min(bytes.len());
            bytes[from..].fill(0);
        }
        bytes.resize(size, 0);
        for (sector, versions) in &self.sectors {
            let start = sector * SECTOR;
            if start >= size {
                break;
            }
            let times: Vec<_> = versions.iter().map(|version| version.at).collect();
            let content = match choice.sector(&times).checked_sub(1) {
                Some(last) => {
                    let mut content = *versions[last].bytes;
                    cuts()
                        .filter(|cut| cut.at > versions[last].at)
                        .for_each(|cut| zero_from(&mut content, *sector, cut.size));
                    Some(content)
                }
                None if start >= self.disk.len() => choice.stale(),
                None => None,
            };
            if let Some(content) = content {
                let end = size.min(start + SECTOR);
                bytes[start..end].copy_from_slice(&content[..end - start]);
            }
        }
        bytes
    }

    fn times(&self) -> impl Iterator<Item = usize> {
        let sectors = self.sectors.values().flatten().map(|version| version.at);
        sectors.chain(self.sizes.iter().map(|change| change.at))
    }
}

/// What of a sector lies at or beyond `size` is gone.
fn zero_from(content: &mut [u8; SECTOR], sector: usize, size: usize) {
    content[size.saturating_sub(sector * SECTOR).min(SECTOR)..].fill(0);
}

#[derive(Debug, Clone)]
struct NameChange {
    at: usize,
    put: Option<(OsString, Node)>,
    removed: Option<(OsString, Node)>,
    /// The other half of a rename between directories: nothing is removed here before it stands there.
    needs: Option<Node>,
    synced: bool,
}

impl NameChange {
    fn apply(&self, names: &mut BTreeMap<OsString, Node>) {
        if let Some((name, node)) = &self.removed
            && names.get(name) == Some(node)
        {
            names.remove(name);
        }
        if let Some((name, node)) = &self.put {
            names.insert(name.clone(), *node);
        }
    }
}

/// A directory: the names that are certainly on disk, and the changes since, in their order.
#[derive(Debug, Default)]
struct DirModel {
    disk: BTreeMap<OsString, Node>,
    pending: Vec<NameChange>,
}

/// All files and directories, as far as the trace was applied.
#[derive(Debug)]
pub(crate) struct Disk {
    pub(crate) files: BTreeMap<Node, FileModel>,
    dirs: BTreeMap<Node, DirModel>,
}

impl Disk {
    pub(crate) fn new(before: &Baseline) -> Self {
        let mut disk = Disk { files: BTreeMap::new(), dirs: BTreeMap::new() };
        for (node, what) in before.nodes.iter().enumerate() {
            match what {
                Before::Directory(names) => {
                    disk.dirs.insert(node, DirModel { disk: names.clone(), pending: Vec::new() });
                }
                Before::File(bytes) => {
                    disk.files.insert(node, FileModel::durable(bytes.clone()));
                }
            }
        }
        disk
    }

    pub(crate) fn apply(&mut self, at: usize, op: &Op) {
        match op {
            Op::Created { dir, name, node } => {
                self.files.insert(*node, FileModel::default());
                self.change(*dir, at, Some((name.clone(), *node)), None, None);
            }
            Op::MadeDir { dir, name, node } => {
                self.dirs.insert(*node, DirModel::default());
                self.change(*dir, at, Some((name.clone(), *node)), None, None);
            }
            Op::Linked { dir, name, node } => self.change(*dir, at, Some((name.clone(), *node)), None, None),
            Op::Removed { dir, name, node } => self.change(*dir, at, None, Some((name.clone(), *node)), None),
            Op::Renamed { from, old, to, new, node } => {
                let (put, removed) = (Some((new.clone(), *node)), Some((old.clone(), *node)));
                if from == to {
                    self.change(*from, at, put, removed, None);
                } else {
                    self.change(*to, at, put, None, None);
                    self.change(*from, at, None, removed, Some(*to));
                }
            }
            Op::Wrote { node, at: from, bytes } => self.file(*node).write(at, offset(*from), bytes),
            Op::Resized { node, size } => self.file(*node).resize(at, offset(*size)),
            Op::Extended { node, size } => {
                let file = self.file(*node);
                file.resize(at, file.live.len().max(offset(*size)));
            }
            Op::Synced { node } if self.dirs.contains_key(node) => self.sync_dir(*node),
            Op::Synced { node } => self.file(*node).sync(),
            // Names that were not written stay pending: the next sync of the directory has them.
            Op::SyncFailed { node } if self.dirs.contains_key(node) => {}
            Op::SyncFailed { node } => self.file(*node).sync_failed(at),
            Op::Acked => {}
        }
    }

    /// The names that each directory may have after a crash.
    pub(crate) fn names_after(&self, choice: &mut dyn Choice) -> BTreeMap<Node, BTreeMap<OsString, Node>> {
        let mut stands = BTreeSet::new();
        let mut chosen = Vec::new();
        for (dir, model) in &self.dirs {
            let times: Vec<_> = model.pending.iter().map(|change| change.at).collect();
            let count = choice.names(&times);
            let taken = model.pending.iter().enumerate().filter(|(n, change)| *n < count || change.synced);
            let taken: Vec<_> = taken.map(|(_, change)| change).collect();
            stands.extend(taken.iter().map(|change| (*dir, change.at)));
            chosen.push((*dir, model, taken));
        }
        let names_of = |(dir, model, taken): (Node, &DirModel, Vec<&NameChange>)| {
            let mut names = model.disk.clone();
            let whole = |change: &&&NameChange| {
                change
                    .needs
                    .is_none_or(|other| !self.is_pending(other, change.at) || stands.contains(&(other, change.at)))
            };
            taken.iter().filter(whole).for_each(|change| change.apply(&mut names));
            (dir, names)
        };
        chosen.into_iter().map(names_of).collect()
    }

    /// The times of all changes that a crash now could lose, in order.
    pub(crate) fn pending(&self) -> Vec<usize> {
        let names = self.dirs.values().flat_map(|dir| dir.pending.iter().map(|change| change.at));
        let times: BTreeSet<_> = self.files.values().flat_map(FileModel::times).chain(names).collect();
        times.into_iter().collect()
    }

    /// Nodes come from [`Trace::read`](super::trace::Trace::read), which knows their creation.
    fn file(&mut self, node: Node) -> &mut FileModel {
        self.files.entry(node).or_default()
    }

    fn change(
        &mut self,
        dir: Node,
        at: usize,
        put: Option<(OsString, Node)>,
        removed: Option<(OsString, Node)>,
        needs: Option<Node>,
    ) {
        let change = NameChange { at, put, removed, needs, synced: false };
        self.dirs.entry(dir).or_default().pending.push(change);
    }

    fn is_pending(&self, dir: Node, at: usize) -> bool {
        self.dirs
            .get(&dir)
            .is_some_and(|model| model.pending.iter().any(|change| change.at == at && change.put.is_some()))
    }

    fn sync_dir(&mut self, dir: Node) {
        self.dirs.entry(dir).or_default().pending.iter_mut().for_each(|change| change.synced = true);
        // First the names that were put: then the removals that waited for them, anywhere.
        let mut puts = BTreeSet::new();
        for (node, model) in &self.dirs {
            puts.extend(
                model.pending.iter().filter(|change| change.put.is_some() && !change.synced).map(|c| (*node, c.at)),
            );
        }
        for model in self.dirs.values_mut() {
            let DirModel { disk, pending } = model;
            pending.retain(|change| {
                let settled = change.synced && change.needs.is_none_or(|other| !puts.contains(&(other, change.at)));
                if settled {
                    change.apply(disk);
                }
                !settled
            });
        }
    }
}

/// Offsets of a trace were offsets of files on this machine, whose addresses have 64 bits.
fn offset(value: u64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}
