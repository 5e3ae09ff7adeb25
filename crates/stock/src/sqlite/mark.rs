//! The mark: a small file, best on another disk, that says how far the database had come when it last
//! acknowledged something. An older copy of the database put in its place is behind the mark.
//!
//! One page of 4096 bytes names database and generation. After it stand slots in groups of 128: a page of
//! slots and a page of their seconds. A slot is written in one of its two places in turn, so that a write
//! that is cut short never takes the last acknowledged value away; it crosses no sector. A group is put on the disk
//! as zeros before its first slot is used: a last group, not the first, without any slot is not there yet. All is
//! big-endian.
//!
//! | slot | |
//! |---|---|
//! | key | 0: rows of the journal; a segment's id: its last number that left free, as code·10^10 + number, or 0; the id negated: how many numbers at its end were given back; from 2^62 on a sequence of payment codes: its next |
//! | value | it only rises |
//! | tag | beside key 0 the first bytes of that row's hash, else 0 |
//! | check | the first bytes of SM3 over generation, key, value and tag |

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use czei_codes::Code as _;
use czei_sm2::Sm3;

use super::database::in_file;
use super::file_system::{FileId, beside, file_error, folder_of, sync_folder};
use crate::{Code, Error, Result};

const MAGIC: &[u8; 16] = b"czei mark file 1";
const PAGE: usize = 4096;
const SLOT: usize = 32;
const SLOTS_A_PAGE: usize = PAGE / SLOT;

/// The names that a mark belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Owner {
    /// The database, 32 hexadecimal digits.
    pub(super) stock_id: String,
    /// Its generation, likewise.
    pub(super) generation: String,
}

/// How far one key has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Reached {
    pub(super) value: i64,
    pub(super) tag: u64,
}

/// What is or is to be in a mark, by key.
pub(super) type Marks = BTreeMap<i64, Reached>;

/// An open mark.
#[derive(Debug)]
pub(super) struct Mark {
    path: PathBuf,
    file: File,
    id: FileId,
    generation: String,
    /// How long to wait for others that write it.
    patience: Duration,
    /// Which slot a key has; keys never move. Forgotten where writing failed: the slot may be given to another key.
    slots: BTreeMap<i64, usize>,
    /// Whether what is read may stand in memory alone: a sync failed, here or in whoever had it open before. The
    /// system forgets what it could not write, and the next sync succeeds without it.
    is_doubtful: bool,
    /// What this handle knows to be on the disk.
    durable: BTreeMap<i64, i64>,
    /// What this handle wrote of the journal last.
    journal: Option<Reached>,
}

/// Says whether a row of the journal, of which a mark tells, is in the database.
pub(super) type Check<'a> = &'a dyn Fn(Reached) -> Result<()>;

/// A mark as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) owner: Owner,
    pub(super) marks: Marks,
}

impl Mark {
    /// Puts a new mark in the place of whatever stood there, whole or not at all, and syncs it.
    pub(super) fn replace(path: &Path, owner: &Owner, marks: &Marks) -> Result<()> {
        let pages = marks.len().div_ceil(SLOTS_A_PAGE).max(1) * 2 + 1;
        // Room for slots to come: writing into it later needs no space on the disk.
        let mut bytes = vec![0; pages * PAGE];
        bytes[..HEADER].copy_from_slice(&header(owner));
        for (index, (key, reached)) in marks.iter().enumerate() {
            let slot = encode(&owner.generation, *key, *reached);
            for place in places(index) {
                bytes[place..place + SLOT].copy_from_slice(&slot);
            }
        }
        // Who moved it to another disk and left a link keeps it there.
        let path = &path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let temporary = beside(path, ".new");
        let write = || {
            let mut file = File::create(&temporary)?;
            file.write_all(&bytes)?;
            file.sync_all()?;
            fs::rename(&temporary, path)
        };
        write().map_err(|error| file_error(&error, path))?;
        sync_folder(folder_of(path))
    }

    /// Reads a mark without opening it for writing.
    ///
    /// # Errors
    /// [`Code::MarkMissing`], [`Code::MarkDamaged`], [`Code::Busy`] after `patience`; those of files.
    pub(super) fn read(path: &Path, patience: Duration) -> Result<Content> {
        let mut file = File::open(path).map_err(|error| absent(&error, path))?;
        lock(|| file.try_lock_shared(), path, patience)?;
        Layout::read(&mut file, path).map(|layout| layout.content)
    }

    /// Opens a mark; answers what it says.
    ///
    /// # Errors
    /// [`Code::MarkMissing`], [`Code::MarkDamaged`], [`Code::Busy`] after `patience`; those of files.
    pub(super) fn open(path: &Path, patience: Duration) -> Result<(Mark, Content)> {
        // Where a link leads now: whether the file is still that one is asked of its own name.
        let path = &path.canonicalize().map_err(|error| absent(&error, path))?;
        let mut file = OpenOptions::new().read(true).write(true).open(path).map_err(|error| absent(&error, path))?;
        let id = file.metadata().map(|metadata| FileId::of_metadata(&metadata));
        let id = id.map_err(|error| file_error(&error, path))?;
        lock(|| file.try_lock_shared(), path, patience)?;
        let layout = Layout::read(&mut file, path);
        file.unlock().map_err(|error| file_error(&error, path))?;
        let Layout { content, slots, .. } = layout?;
        let generation = content.owner.generation.clone();
        let (path, durable) = (path.to_owned(), BTreeMap::new());
        Ok((Mark { path, file, id, generation, patience, slots, is_doubtful: true, durable, journal: None }, content))
    }

    /// Whether [`Mark::raise`] has nothing to write.
    pub(super) fn has(&self, key: i64, value: i64) -> bool {
        self.durable.get(&key).is_some_and(|durable| *durable >= value)
    }

    /// Raises the values, and returns when they are on the disk. What others wrote of the journal since is shown to
    /// `check` before: it has that very row, or another copy of the database uses this mark.
    ///
    /// # Errors
    /// [`Code::MarkNotWritten`]; [`Code::OtherGeneration`] of `check`, with nothing written.
    pub(super) fn raise_checked(&mut self, marks: &Marks, check: Check<'_>) -> Result<()> {
        let higher: Marks =
            marks.iter().filter(|(key, reached)| !self.has(**key, reached.value)).map(|(k, r)| (*k, *r)).collect();
        if higher.is_empty() {
            return Ok(());
        }
        self.write(&higher, check).map_err(|error| {
            if error.is(Code::OtherGeneration) {
                return in_file(error, &self.path);
            }
            let path = self.path.display().to_string();
            let found = error.found_text().unwrap_or_else(|| error.entry().en).to_owned();
            Error::from(Code::MarkNotWritten.fault().in_file(path).found(found))
        })?;
        higher.into_iter().for_each(|(key, reached)| {
            self.durable.insert(key, reached.value);
        });
        Ok(())
    }

    fn write(&mut self, marks: &Marks, check: Check<'_>) -> Result<()> {
        // Two processes write in either order: under the lock each sees what the other wrote.
        lock(|| self.file.try_lock(), &self.path, self.patience)?;
        let outcome = self.write_locked(marks, check);
        if outcome.is_err() {
            self.slots.clear();
            self.is_doubtful = true;
            self.journal = None;
        }
        self.file.unlock().map_err(|error| file_error(&error, &self.path))?;
        outcome?;
        if FileId::of(&self.path).ok() != Some(self.id) {
            return Err(Code::MarkMissing.fault().found("the file was deleted or replaced").into());
        }
        Ok(())
    }

    fn write_locked(&mut self, marks: &Marks, check: Check<'_>) -> Result<()> {
        let failed = |error: std::io::Error| file_error(&error, &self.path);
        let mut settled = Marks::new();
        if self.is_doubtful || marks.keys().any(|key| !self.slots.contains_key(key)) {
            let layout = Layout::read(&mut self.file, &self.path)?;
            if self.is_doubtful {
                // First that what is read is on the disk: the other place of a slot may hold what was acknowledged.
                for (key, reached) in &layout.content.marks {
                    let Some(place) = layout.highest.get(key) else { continue };
                    write_at(&mut self.file, *place, &encode(&self.generation, *key, *reached)).map_err(failed)?;
                }
                self.file.sync_data().map_err(failed)?;
                self.is_doubtful = false;
                settled = layout.content.marks;
            }
            self.slots = layout.slots;
            let mut length = layout.length;
            for key in marks.keys() {
                if self.slots.contains_key(key) {
                    continue;
                }
                let index = self.slots.values().max().map_or(0, |highest| highest + 1);
                let length_before = length;
                while places(index)[1] + SLOT > length {
                    write_at(&mut self.file, length, &[0; 2 * PAGE]).map_err(failed)?;
                    length += 2 * PAGE;
                }
                if length > length_before {
                    self.file.sync_all().map_err(failed)?;
                }
                self.slots.insert(*key, index);
            }
        }
        let mut is_written = false;
        // The journal first: where it is another one nothing is written.
        let journal = marks.get_key_value(&0).into_iter();
        for (key, reached) in journal.chain(marks.iter().filter(|(key, _)| **key != 0)) {
            if let Some(settled) = settled.get(key).filter(|settled| settled.value >= reached.value) {
                if *key == 0 {
                    self.meet(*settled, check)?;
                }
                continue;
            }
            // Just made sure of.
            let Some(index) = self.slots.get(key) else { continue };
            let [first, second] = places(*index);
            let mut values = [None; 2];
            for (value, place) in values.iter_mut().zip([first, second]) {
                *value = match decode(&self.generation, &read_slot(&mut self.file, place).map_err(failed)?) {
                    Slot::Filled(found, reached) if found == *key => Some(reached),
                    // Slots are given under the lock and forgotten where writing fails.
                    Slot::Filled(..) => {
                        let fault = Code::MarkDamaged.fault().in_file(self.path.display().to_string());
                        return Err(fault.found(format!("slot {index} has another key")).into());
                    }
                    Slot::Empty | Slot::Wrong => None,
                };
            }
            let [one, two] = values.map(|value| value.map(|reached| reached.value));
            let (higher, lower) = if one >= two { (first, second) } else { (second, first) };
            let highest = values.into_iter().flatten().max_by_key(|reached| reached.value);
            if let Some(highest) = highest.filter(|_| *key == 0) {
                self.meet(highest, check)?;
            }
            is_written = true;
            let (written, places): (_, &[usize]) = match highest {
                // Another process was further: it may not have come to the sync, or that may have failed. Written
                // once more in its place, it is on the disk after the sync below.
                Some(highest) if highest.value >= reached.value => (highest, &[higher]),
                Some(_) => (*reached, &[lower]),
                // New: both, so that from now on a slot that cannot be read has a second that can.
                None => (*reached, &[first, second]),
            };
            if *key == 0 {
                self.journal = Some(written);
            }
            let slot = encode(&self.generation, *key, written);
            for place in places {
                write_at(&mut self.file, *place, &slot).map_err(failed)?;
            }
        }
        if is_written {
            self.file.sync_data().map_err(failed)?;
        }
        Ok(())
    }

    /// Has a row of the journal checked that this handle did not write itself last.
    fn meet(&self, found: Reached, check: Check<'_>) -> Result<()> {
        if self.journal == Some(found) { Ok(()) } else { check(found) }
    }
}

/// Takes a lock; not for ever, where somebody else hangs while holding it.
fn lock(attempt: impl Fn() -> std::result::Result<(), TryLockError>, path: &Path, patience: Duration) -> Result<()> {
    let end = Instant::now().checked_add(patience);
    let mut pause = Duration::from_micros(50);
    loop {
        match attempt() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(file_error(&error, path)),
        }
        if end.is_some_and(|end| Instant::now() >= end) {
            return Err(Code::Busy.fault().in_file(path.display().to_string()).into());
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(1));
    }
}

/// What a file says and where.
struct Layout {
    content: Content,
    slots: BTreeMap<i64, usize>,
    /// Where the higher of the two values of a key stands.
    highest: BTreeMap<i64, usize>,
    /// Where the next group begins.
    length: usize,
}

impl Layout {
    fn read(file: &mut File, path: &Path) -> Result<Layout> {
        let damaged =
            |found: &str| Error::from(Code::MarkDamaged.fault().in_file(path.display().to_string()).found(found));
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(0))
            .and_then(|_| file.read_to_end(&mut bytes))
            .map_err(|error| file_error(&error, path))?;
        let owner = bytes.get(..HEADER).and_then(owner_of).ok_or_else(|| damaged("no header of a mark"))?;
        let (mut marks, mut slots, mut highest) = (Marks::new(), BTreeMap::new(), BTreeMap::new());
        let mut length = bytes.len();
        let mut is_ended = false;
        for group in 0.. {
            let start = places(group * SLOTS_A_PAGE)[0];
            if start >= bytes.len() {
                break;
            }
            // A page that was being added when the power went may be there in part: nothing in it counted yet.
            let pairs: Vec<_> = (group * SLOTS_A_PAGE..(group + 1) * SLOTS_A_PAGE)
                .take_while(|index| places(*index)[1] + SLOT <= bytes.len())
                .map(|index| {
                    let pair = places(index).map(|place| {
                        // SLOT bytes, all within the file.
                        let mut slot = [0; SLOT];
                        slot.copy_from_slice(&bytes[place..place + SLOT]);
                        decode(&owner.generation, &slot)
                    });
                    (index, pair)
                })
                .collect();
            // The same of a group whose zeros did not come to the disk: anything may lie there.
            if group > 0 && !pairs.iter().flat_map(|(_, pair)| pair).any(|slot| matches!(slot, Slot::Filled(..))) {
                length = length.min(start);
                is_ended = true;
                continue;
            }
            if is_ended {
                return Err(damaged(&format!("no slot before group {group}")));
            }
            for (index, pair) in pairs {
                let [first, second] = places(index);
                let (key, reached, place) = match pair {
                    [Slot::Filled(one, a), Slot::Filled(two, b)] if one == two => {
                        if a.value >= b.value {
                            (one, a, first)
                        } else {
                            (two, b, second)
                        }
                    }
                    [Slot::Filled(..), Slot::Filled(..)] => return Err(damaged(&format!("slot {index}"))),
                    [Slot::Filled(key, reached), _] => (key, reached, first),
                    [_, Slot::Filled(key, reached)] => (key, reached, second),
                    [Slot::Wrong, Slot::Wrong] => return Err(damaged(&format!("slot {index}"))),
                    // Empty, or the first write into it was cut short and acknowledged nothing.
                    _ => continue,
                };
                if slots.insert(key, index).is_some() {
                    return Err(damaged(&format!("slot {index}")));
                }
                highest.insert(key, place);
                marks.insert(key, reached);
            }
        }
        Ok(Layout { content: Content { owner, marks }, slots, highest, length })
    }
}

const HEADER: usize = 96;

fn header(owner: &Owner) -> [u8; HEADER] {
    let mut bytes = [0; HEADER];
    bytes[..16].copy_from_slice(MAGIC);
    // Both names have 32 digits; a longer one would be cut, and then not be found again.
    for (place, name) in [(16, &owner.stock_id), (48, &owner.generation)] {
        let name = &name.as_bytes()[..name.len().min(32)];
        bytes[place..place + name.len()].copy_from_slice(name);
    }
    let check = Sm3::digest(&bytes[..80]);
    bytes[80..].copy_from_slice(&check[..16]);
    bytes
}

fn owner_of(bytes: &[u8]) -> Option<Owner> {
    let name = |range| std::str::from_utf8(bytes.get::<std::ops::Range<usize>>(range)?).ok().map(str::to_owned);
    let owner = Owner { stock_id: name(16..48)?, generation: name(48..80)? };
    (header(&owner).as_slice() == bytes).then_some(owner)
}

/// Where the two places of a slot begin.
const fn places(index: usize) -> [usize; 2] {
    let first = PAGE + index / SLOTS_A_PAGE * 2 * PAGE + index % SLOTS_A_PAGE * SLOT;
    [first, first + PAGE]
}

enum Slot {
    Empty,
    Filled(i64, Reached),
    Wrong,
}

fn encode(generation: &str, key: i64, reached: Reached) -> [u8; SLOT] {
    let mut slot = [0; SLOT];
    slot[..8].copy_from_slice(&key.to_be_bytes());
    slot[8..16].copy_from_slice(&reached.value.to_be_bytes());
    slot[16..24].copy_from_slice(&reached.tag.to_be_bytes());
    let check = Sm3::digest_parts(&[generation.as_bytes(), &slot[..24]]);
    slot[24..].copy_from_slice(&check[..8]);
    slot
}

fn decode(generation: &str, slot: &[u8; SLOT]) -> Slot {
    let word = |place: usize| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&slot[place..place + 8]);
        bytes
    };
    let (key, value, tag) = (word(0), word(8), word(16));
    let (key, value, tag) = (i64::from_be_bytes(key), i64::from_be_bytes(value), u64::from_be_bytes(tag));
    if slot.iter().all(|byte| *byte == 0) {
        return Slot::Empty;
    }
    let reached = Reached { value, tag };
    // None such is ever written; sums with them would overflow.
    let is_possible = key > i64::MIN && value >= 0;
    if is_possible && encode(generation, key, reached) == *slot { Slot::Filled(key, reached) } else { Slot::Wrong }
}

fn write_at(file: &mut File, place: usize, bytes: &[u8]) -> std::io::Result<()> {
    file.seek(SeekFrom::Start(place as u64))?;
    file.write_all(bytes)
}

fn read_slot(file: &mut File, place: usize) -> std::io::Result<[u8; SLOT]> {
    let mut slot = [0; SLOT];
    file.seek(SeekFrom::Start(place as u64))?;
    file.read_exact(&mut slot)?;
    Ok(slot)
}

fn absent(error: &std::io::Error, path: &Path) -> Error {
    match error.kind() {
        std::io::ErrorKind::NotFound => Code::MarkMissing.fault().in_file(path.display().to_string()).into(),
        _ => file_error(error, path),
    }
}

#[cfg(test)]
mod tests;
