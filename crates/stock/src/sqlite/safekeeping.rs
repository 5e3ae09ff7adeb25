//! What [`SqliteStock`] and [`SqliteLedger`] do against the loss of their file.

use std::path::Path;

use super::accept::{Going, accept_older};
use super::backup::{Accepted, Backup, Drill, IssuedUpTo, backup};
use super::drill::drill;
use super::kind::Kind;
use super::restore::restore;
use super::{SqliteLedger, SqliteStock};
use crate::{By, HeadSigner, HeadVerifier, OpenOptions, Result};

impl SqliteStock {
    /// Copies the stock while it runs: a consistent state, synced, with a manifest (generation, counts, SM3, the
    /// heads and their signature); receipts beside the database are copied to `receipts` in the folder of the copy
    /// where it does not have them yet. Nothing stands under the final names before it is whole.
    ///
    /// # Errors
    /// Those of the database and of files; [`Code::RestoreTargetExists`](crate::Code::RestoreTargetExists).
    pub fn backup(&self, to: &Path, signer: Option<&dyn HeadSigner>, by: By<'_>) -> Result<Backup> {
        backup(&self.database, to, signer, by)
    }

    /// Puts a backup in place of a stock that is gone, as `options.path`, and goes on from it as
    /// [`SqliteStock::accept_older`] does. The mark of the lost stock must stand where it was, or `up_to` say how
    /// far it had come. A mark outside the folder of `options.path` is only used when `options` name it: the stock
    /// that was backed up may be in use with it; one that they do not name stays as it is.
    ///
    /// # Errors
    /// [`Code::BackupWrong`](crate::Code::BackupWrong),
    /// [`Code::RestoreTargetExists`](crate::Code::RestoreTargetExists),
    /// [`Code::OldSettings`](crate::Code::OldSettings) for a mark elsewhere that is not named; those of `accept_older`.
    pub fn restore(
        backup: &Path,
        options: &OpenOptions,
        up_to: &[IssuedUpTo],
        reason: &str,
        by: By<'_>,
    ) -> Result<Accepted> {
        restore(backup, &Going { kind: Kind::Stock, options, up_to, reason, by })
    }

    /// Goes on from a database that is older than its mark, belongs to another generation, or has lost its
    /// mark: the numbers between the database's next and the mark (and those stated in `up_to`) become
    /// unknown until reconciled and are never issued; the stock gets a new generation, the journal a row
    /// with reason and persons. A lost mark needs `up_to` for every code of every unit that has a segment,
    /// and for every sequence of payment codes. A mark that `options` name is where it is kept from now on; the one
    /// before is removed then, so that no older copy finds it.
    ///
    /// The mark knows numbers, not what became of them. What else happened since is forgotten: numbers from outside,
    /// a void of a number that the stock has as reserved, signed or unknown, a reversal (a second one of the same blue
    /// receipt would be let through), an exchange for paper, request ids. Reconcile with the receipts and voids before
    /// going on.
    ///
    /// # Errors
    /// [`Code::StockInUse`](crate::Code::StockInUse), [`Code::MarkMissing`](crate::Code::MarkMissing) and
    /// [`Code::MarkDamaged`](crate::Code::MarkDamaged) without `up_to`,
    /// [`Code::OtherGeneration`](crate::Code::OtherGeneration) when the mark is of another stock, or an old one
    /// without `up_to`; [`Code::SegmentUnknown`](crate::Code::SegmentUnknown) for a payment code of no sequence; those
    /// of the database.
    pub fn accept_older(options: &OpenOptions, up_to: &[IssuedUpTo], reason: &str, by: By<'_>) -> Result<Accepted> {
        accept_older(&Going { kind: Kind::Stock, options, up_to, reason, by })
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
        drill(Kind::Stock, backup, scratch, running.map(|running| &*running.database), verifier)
    }
}

impl SqliteLedger {
    /// As [`SqliteStock::backup`].
    ///
    /// # Errors
    /// As there.
    pub fn backup(&self, to: &Path, signer: Option<&dyn HeadSigner>, by: By<'_>) -> Result<Backup> {
        backup(&self.database, to, signer, by)
    }

    /// As [`SqliteStock::restore`].
    ///
    /// # Errors
    /// As there.
    pub fn restore(
        backup: &Path,
        options: &OpenOptions,
        up_to: &[IssuedUpTo],
        reason: &str,
        by: By<'_>,
    ) -> Result<Accepted> {
        restore(backup, &Going { kind: Kind::Ledger, options, up_to, reason, by })
    }

    /// As [`SqliteStock::accept_older`]: numbers up to the highest that was claimed and without a claim here are not
    /// claimed until [`SqliteLedger::take_over`] says what became of them.
    ///
    /// # Errors
    /// As there.
    pub fn accept_older(options: &OpenOptions, up_to: &[IssuedUpTo], reason: &str, by: By<'_>) -> Result<Accepted> {
        accept_older(&Going { kind: Kind::Ledger, options, up_to, reason, by })
    }

    /// As [`SqliteStock::drill`].
    ///
    /// # Errors
    /// As there.
    pub fn drill(
        backup: &Path,
        scratch: &Path,
        running: Option<&SqliteLedger>,
        verifier: Option<&dyn HeadVerifier>,
    ) -> Result<Drill> {
        drill(Kind::Ledger, backup, scratch, running.map(|running| &*running.database), verifier)
    }
}
