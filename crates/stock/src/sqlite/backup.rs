//! Backups: a copy of a database that is in use, and what is written beside it.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset, SubsecRound as _};
use czei_codes::Code as _;
use czei_core::{PayCode, ReceiptCode};
use czei_sm2::Sm3;
use rusqlite::{Connection, OpenFlags};
use serde_json::json;

use super::connection::sql;
use super::create::{remove_database, unfinished};
use super::database::{Database, is_taken};
use super::file_system::{beside, file_error, folder_of, remove_if_there, require_folder, sync_folder};
use super::journal::{Entry, Journal, STOCK_CHAIN, rows};
use super::kind::Kind;
use super::manifest::{Manifest, NotedHeads};
use super::meta::whole;
use super::segments::with_checker;
use super::{heads, receipts};
use crate::limits::check_by;
use crate::{By, CheckReport, Code, Event, HeadSigner, JournalReport, NumberId, Result, State, hex};

/// A backup that was made: the database, and beside it a manifest in JSON with the same name and
/// `.manifest.json` behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// The copy of the database.
    pub path: PathBuf,
    /// The manifest.
    pub manifest: PathBuf,
    /// SM3 of the copy.
    pub sm3: [u8; 32],
    /// When it was made.
    pub at: DateTime<FixedOffset>,
    /// Rows of its journal.
    pub journal_rows: u64,
    /// Numbers that are no longer free.
    pub numbers: u64,
    /// Receipts beside the database that were copied with it.
    pub receipts_copied: u64,
}

/// How far numbers were given out, as an operator states it where the mark is lost.
///
/// ```
/// use czei_stock::IssuedUpTo;
///
/// let up_to = IssuedUpTo::Number("32010126-0000000008".parse()?);
/// assert_eq!(up_to.to_string(), "32010126-0000000008");
/// # Ok::<(), czei_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IssuedUpTo {
    /// The last number given out of a code for the unit that has its segment; those before it, in this segment and in
    /// the lower ones of unit and code, are unknown too. A number in no segment is kept as lost ([`Accepted::lost`]).
    Number(NumberId),
    /// No number of this code was ever given out for this unit.
    Nothing {
        /// The unit's code.
        unit: String,
        /// The receipt code.
        code: ReceiptCode,
    },
    /// The last payment code given out of its sequence (region, year and allotted id).
    PayCode(PayCode),
}

impl std::fmt::Display for IssuedUpTo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            IssuedUpTo::Number(number) => number.fmt(f),
            IssuedUpTo::Nothing { unit, code } => write!(f, "{unit}:{code}:none"),
            IssuedUpTo::PayCode(code) => code.fmt(f),
        }
    }
}

/// What going on from an older state did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The new generation.
    pub generation: String,
    /// The ranges that are now unknown until reconciled; in a ledger, those of their numbers without a claim.
    pub unknown: Vec<(NumberId, NumberId)>,
    /// The last number given out, as the mark has it or the operator stated it, of each segment that the database
    /// does not know: when such a segment is noted again, it goes on behind that number. It must be noted with the
    /// same ends as before: noted in parts, the database cannot tell that those before the last were drawn from.
    pub lost: Vec<NumberId>,
}

/// What a drill found: a backup restored into a scratch place and proved there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drill {
    /// The backup.
    pub backup: PathBuf,
    /// The check of the restored stock.
    pub check: CheckReport,
    /// Its journal.
    pub journal: JournalReport,
    /// Numbers in it that are no longer free.
    pub numbers: u64,
    /// Numbers given out since the backup was made, where the running stock was at hand.
    pub behind: Option<u64>,
}

impl Drill {
    /// Whether the backup can be relied on.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.check.holds() && self.journal.holds()
    }
}

/// See [`super::SqliteStock::backup`].
///
/// The heads are noted first, so that the copy has them with their signature; the copy is one snapshot, taken while
/// others write; receipts come after it, so that none it names is missing. The row in the journal says that a
/// backup stands there, so it is the last step.
pub(super) fn backup(database: &Database, to: &Path, signer: Option<&dyn HeadSigner>, by: By<'_>) -> Result<Backup> {
    check_by(by)?;
    let path = whole(to)?;
    require_folder(&path)?;
    let manifest_path = manifest_of(&path);
    remove_interrupted(&path, database.stock_id())?;
    for taken in [&path, &manifest_path] {
        if is_taken(taken) {
            return Err(Code::RestoreTargetExists.fault().in_file(taken.display().to_string()).into());
        }
    }
    let heads = heads::sign(database, signer, by)?;
    let temporary = unfinished(&path);
    remove_database(&temporary)?;
    let copied = database.read(|source| copy(database.kind, source, &temporary)).and_then(|(journal_rows, numbers)| {
        let (sm3, bytes) = digest(&temporary)?;
        let receipts_copied = match database.receipts() {
            // Those that a backup before this one has in the same folder are taken for what they are called: a drill
            // reads them.
            Some(folder) => copy_receipts(folder, &receipts_beside(&path), &Path::exists, &|sm3| {
                database.read(|connection| is_named(database.kind, connection, sm3))
            })?,
            None => 0,
        };
        Ok((journal_rows, numbers, sm3, bytes, receipts_copied))
    });
    let (journal_rows, numbers, sm3, bytes, receipts_copied) = match copied {
        Ok(copied) => copied,
        Err(error) => {
            let _ = remove_database(&temporary);
            return Err(error);
        }
    };
    let at = database.now().trunc_subsecs(3);
    let manifest = Manifest {
        kind: database.kind.name().to_owned(),
        stock_id: database.stock_id().to_owned(),
        generation: database.generation().to_owned(),
        schema: database.kind.schema().1,
        made_at: at.to_rfc3339(),
        bytes,
        sm3: hex::encode(&sm3),
        journal_rows,
        numbers,
        has_receipts_beside: database.receipts().is_some(),
        heads: NotedHeads::of(&heads),
    };
    // It stands there under its last name when the copy does: without it the copy is no backup. Before, its other
    // name says whose the copy is.
    manifest.write(&unfinished(&manifest_path))?;
    for (from, to) in [(&temporary, &path), (&unfinished(&manifest_path), &manifest_path)] {
        fs::rename(from, to).map_err(|error| file_error(&error, to))?;
        sync_folder(folder_of(to))?;
    }
    note(database, &path, &sm3, by)?;
    Ok(Backup { path, manifest: manifest_path, sm3, at, journal_rows, numbers, receipts_copied })
}

/// Removes the copy that a backup under this name left which was interrupted before its last step, as the manifest
/// beside it says, whose name is not its last one yet: of this stock, with these very bytes. The next one takes its
/// name. Everything else stays.
fn remove_interrupted(path: &Path, stock_id: &str) -> Result<()> {
    let manifest = unfinished(&manifest_of(path));
    if !path.is_file() || is_taken(&manifest_of(path)) || !manifest.is_file() {
        return Ok(());
    }
    let Ok(told) = Manifest::parse(&manifest) else { return Ok(()) };
    if told.stock_id == stock_id && told.sm3 == hex::encode(&digest(path)?.0) {
        // First the copy: as long as that stands there it is told what it is.
        remove_if_there(path)?;
        sync_folder(folder_of(path))?;
        remove_if_there(&manifest)?;
    }
    Ok(())
}

/// The manifest of a backup.
pub(super) fn manifest_of(backup: &Path) -> PathBuf {
    beside(backup, ".manifest.json")
}

/// The folder of receipts of the backups in one folder: each receipt stands there once, under its SM3.
pub(super) fn receipts_beside(backup: &Path) -> PathBuf {
    folder_of(backup).join("receipts")
}

/// Copies the snapshot of a connection into a new file, synced; answers rows of the journal and numbers in it.
fn copy(kind: Kind, source: &Connection, to: &Path) -> Result<(u64, u64)> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut target = Connection::open_with_flags(to, flags).map_err(sql)?;
    // Nothing to roll back to, and synced as a whole below.
    target.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF").map_err(sql)?;
    let journal_rows = rows(source)?.unsigned_abs();
    let numbers = count(kind, source)?;
    let copied = rusqlite::backup::Backup::new(source, &mut target).and_then(|backup| backup.step(-1));
    match copied.map_err(sql)? {
        rusqlite::backup::StepResult::Done => {}
        other => return Err(Code::Busy.fault().found(format!("{other:?}")).into()),
    }
    target.close().map_err(|(_, error)| sql(error))?;
    File::open(to).and_then(|file| file.sync_all()).map_err(|error| file_error(&error, to))?;
    Ok((journal_rows, numbers))
}

/// How many numbers are no longer free.
pub(super) fn count(kind: Kind, connection: &Connection) -> Result<u64> {
    let select = match kind {
        Kind::Stock => "SELECT coalesce(sum(reserved + signed + issued + voided + unknown), 0) FROM segment",
        Kind::Ledger => "SELECT coalesce(sum(claimed + countersigned), 0) FROM given",
    };
    let count: i64 =
        connection.prepare_cached(select).and_then(|mut select| select.query_row([], |row| row.get(0))).map_err(sql)?;
    Ok(count.unsigned_abs())
}

/// SM3 and length of a file.
pub(super) fn digest(path: &Path) -> Result<([u8; 32], u64)> {
    let failed = |error: std::io::Error| file_error(&error, path);
    let mut file = File::open(path).map_err(failed)?;
    let (mut sm3, mut length, mut buffer) = (Sm3::new(), 0, vec![0; 1 << 17]);
    loop {
        match file.read(&mut buffer).map_err(failed)? {
            0 => return Ok((sm3.finalize(), length)),
            count => {
                sm3.update(&buffer[..count]);
                length += count as u64;
            }
        }
    }
}

/// Whether the receipt with this SM3 is that of a number that is issued, or countersigned.
pub(super) fn is_named(kind: Kind, connection: &Connection, sm3: &[u8; 32]) -> Result<bool> {
    const ISSUED: i64 = State::Issued as i64;
    let select = match kind {
        Kind::Stock => format!("SELECT EXISTS (SELECT 1 FROM number WHERE document_sm3 = ?1 AND state = {ISSUED})"),
        Kind::Ledger => "SELECT EXISTS (SELECT 1 FROM countersigned WHERE document_sm3 = ?1)".to_owned(),
    };
    connection
        .prepare_cached(&select)
        .and_then(|mut select| select.query_row([sm3.as_slice()], |row| row.get(0)))
        .map_err(sql)
}

/// Copies the receipts of which `is_there` does not say that the target has them, each whole and under its digest;
/// answers how many.
///
/// A file that is not whole and that nothing names is left out: a process killed before its transaction left it.
pub(super) fn copy_receipts(
    from: &Path,
    to: &Path,
    is_there: &dyn Fn(&Path) -> bool,
    is_named: &dyn Fn(&[u8; 32]) -> Result<bool>,
) -> Result<u64> {
    let mut digests = Vec::new();
    let mut copied = 0;
    let mut flush = |digests: &mut Vec<[u8; 32]>| {
        let mut contents = Vec::with_capacity(digests.len());
        for sm3 in digests.drain(..) {
            match receipts::read(from, &sm3) {
                Err(error) if !error.is(Code::ReceiptMissing) || is_named(&sm3)? => return Err(error),
                Err(_) => {}
                Ok(bytes) => contents.push((bytes, sm3)),
            }
        }
        copied += contents.len() as u64;
        receipts::write(to, contents.iter().map(|(bytes, sm3)| (bytes.as_slice(), *sm3)))
            .into_iter()
            .collect::<Result<()>>()
    };
    let mut failed = Ok(());
    receipts::list(from, &mut |path| {
        // Anything else there is no receipt: what a killed process left, notes of an operator.
        let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".xml"));
        let Some(sm3) = name.and_then(hex::digest) else { return };
        if failed.is_ok() && !is_there(&receipts::path(to, &sm3)) {
            digests.push(sm3);
            if digests.len() == 256 {
                failed = flush(&mut digests);
            }
        }
    })?;
    failed.and_then(|()| flush(&mut digests))?;
    Ok(copied)
}

fn note(database: &Database, path: &Path, sm3: &[u8; 32], by: By<'_>) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let detail = with_checker(json!({ "name": name }), by);
    database.write(|writing| {
        let mut journal = Journal::open(writing.connection(), database.now())?;
        let entry = Entry {
            event: Event::BackedUp,
            number: None,
            actor: by.maker,
            subject: Some(sm3),
            detail: &detail,
            previous: None,
        };
        journal.append(STOCK_CHAIN, &entry)?;
        journal.close().map(|_| ())
    })
}
