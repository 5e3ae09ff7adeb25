//! Backups, restoring, and going on from an older state.

use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset};

use super::SqliteStock;
use crate::{By, CheckReport, HeadSigner, HeadVerifier, JournalReport, NumberId, OpenOptions, Result};

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

/// The highest number that was given out, as an operator states it where the mark is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IssuedUpTo(pub NumberId);

/// What going on from an older state did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The new generation.
    pub generation: String,
    /// The ranges that are now unknown until reconciled.
    pub unknown: Vec<(NumberId, NumberId)>,
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

impl SqliteStock {
    /// Copies the stock while it runs: a consistent state, synced, with a manifest (generation, counts, SM3,
    /// the heads and their signature); receipts beside the database are copied where the target does not
    /// have them yet. Nothing stands under the final names before it is whole.
    ///
    /// # Errors
    /// Those of the database and of files; [`Code::RestoreTargetExists`](crate::Code::RestoreTargetExists).
    pub fn backup(&self, to: &Path, signer: Option<&dyn HeadSigner>, by: By<'_>) -> Result<Backup> {
        let _ = (to, signer, by);
        todo!()
    }

    /// Puts a backup in place of a stock that is gone, as `options.path`, and goes on from it as
    /// [`SqliteStock::accept_older`] does.
    ///
    /// # Errors
    /// [`Code::BackupWrong`](crate::Code::BackupWrong),
    /// [`Code::RestoreTargetExists`](crate::Code::RestoreTargetExists); those of `accept_older`.
    pub fn restore(backup: &Path, options: &OpenOptions, up_to: &[IssuedUpTo], reason: &str, by: By<'_>) -> Result<Accepted> {
        let _ = (backup, options, up_to, reason, by);
        todo!()
    }

    /// Goes on from a database that is older than its mark, belongs to another generation, or has lost its
    /// mark: the numbers between the database's next and the mark (and those stated in `up_to`) become
    /// unknown until reconciled and are never issued; the stock gets a new generation, the journal a row
    /// with reason and persons. A lost mark needs `up_to` for every code drawn from.
    ///
    /// # Errors
    /// [`Code::StockInUse`](crate::Code::StockInUse), [`Code::MarkMissing`](crate::Code::MarkMissing) without
    /// `up_to`; those of the database.
    pub fn accept_older(options: &OpenOptions, up_to: &[IssuedUpTo], reason: &str, by: By<'_>) -> Result<Accepted> {
        let _ = (options, up_to, reason, by);
        todo!()
    }

    /// Restores a backup into a scratch folder, checks it and its journal there, compares it with the
    /// running stock where one is given, and removes the scratch folder's content again.
    ///
    /// # Errors
    /// As [`SqliteStock::restore`].
    pub fn drill(
        backup: &Path,
        scratch: &Path,
        running: Option<&SqliteStock>,
        verifier: Option<&dyn HeadVerifier>,
    ) -> Result<Drill> {
        let _ = (backup, scratch, running, verifier);
        todo!()
    }
}
