//! An authority's ledger in a SQLite file.

use std::sync::Arc;

use czei_codes::AnyFault;
use czei_core::ReceiptNumber;

use super::database::{Database, Kind};
use super::{heads, journal_rows, ledger_check, ledger_claims, ledger_given};
use crate::*;

/// A ledger in one SQLite file, with the settings, locks and mark of [`SqliteStock`].
#[derive(Debug, Clone)]
pub struct SqliteLedger {
    pub(super) database: Arc<Database>,
    actor: Arc<str>,
}

impl SqliteLedger {
    /// Makes a ledger; nothing stands at the path before it is whole.
    ///
    /// # Errors
    /// As [`SqliteStock::create`].
    pub fn create(options: &OpenOptions, by: By<'_>) -> Result<Self> {
        let database = Database::create(Kind::Ledger, options, by)?;
        Ok(SqliteLedger { database, actor: options.actor.as_str().into() })
    }

    /// Opens a ledger.
    ///
    /// # Errors
    /// As [`SqliteStock::open`].
    pub fn open(options: &OpenOptions) -> Result<Self> {
        let database = Database::open(Kind::Ledger, options)?;
        Ok(SqliteLedger { database, actor: options.actor.as_str().into() })
    }

    /// A handle whose steps stand under another person or system in the journal.
    #[must_use]
    pub fn as_actor(&self, actor: &str) -> Self {
        SqliteLedger { actor: actor.into(), ..self.clone() }
    }

    /// Notes a segment as given to a unit.
    ///
    /// # Errors
    /// [`Code::GivenOverlap`], also over a tail that was taken back; [`Code::TextLimit`].
    pub fn give(&self, given: &NewGiven<'_>, by: By<'_>) -> Result<SegmentId> {
        ledger_given::give(&self.database, given, by)
    }

    /// Takes the tail of a segment back, from a number on which, and behind which, nothing was claimed.
    ///
    /// # Errors
    /// [`Code::SegmentUnknown`], [`Code::NothingToReturn`], [`Code::TextLimit`].
    pub fn take_back(&self, given: SegmentId, from: ReceiptNumber, reason: &str, by: By<'_>) -> Result<()> {
        ledger_given::take_back(&self.database, given, from, reason, by)
    }

    /// The segments given, in the order of code and first number.
    ///
    /// # Errors
    /// Those of the database.
    pub fn given(&self) -> Result<Vec<Given>> {
        self.database.read(ledger_given::list)
    }

    /// The countersigned receipt of a number.
    ///
    /// # Errors
    /// [`Code::ReceiptMissing`], those of the database.
    pub fn document(&self, number: NumberId) -> Result<Option<Vec<u8>>> {
        ledger_claims::document(&self.database, number)
    }

    /// Takes over receipts that were countersigned before there was this ledger, or in a part of it that was
    /// lost: the numbers of that part are refused to claims ([`NumberState`](czei_core::Code::NumberState),
    /// `unknown`) until then. The caller has verified the receipts. Taking over the same again is no error,
    /// and one that is refused stops no other.
    ///
    /// # Errors
    /// Per receipt [`Code::NotGiven`]; [`Code::SecondContent`], also for another countersigned receipt of the
    /// same content; those of the database.
    pub fn take_over(&self, countersigned: &[(Claim<'_>, &[u8])], by: By<'_>) -> Vec<Result<()>> {
        self.take_over_each(countersigned, by).into_iter().map(|taken| taken.map(|_| ())).collect()
    }

    /// As [`SqliteLedger::take_over`], saying of each whether it had been taken over before.
    ///
    /// # Errors
    /// As there.
    pub fn take_over_each(&self, countersigned: &[(Claim<'_>, &[u8])], by: By<'_>) -> Vec<Result<TakenOver>> {
        let taken = ledger_claims::take_over(&self.database, countersigned, by);
        taken.unwrap_or_else(|error| countersigned.iter().map(|_| Err(error.clone())).collect())
    }

    /// What happened to a number, oldest first, with what happened to its segment as a whole.
    ///
    /// # Errors
    /// Those of the database.
    pub fn explain(&self, number: NumberId) -> Result<Vec<JournalRow>> {
        self.database.read(|connection| {
            let changes = [
                ledger_given::last_change_around(connection, number)?,
                ledger_claims::last_change(connection, number)?,
            ];
            journal_rows::history(connection, changes.into_iter().flatten())
        })
    }

    /// Hands every row of the journal from `seq` on to `each`, in order.
    ///
    /// # Errors
    /// Those of the database and of `each`.
    pub fn journal(&self, from: i64, each: &mut dyn FnMut(JournalRow) -> Result<()>) -> Result<()> {
        self.database.read(|connection| journal_rows::rows_from(connection, from, each))
    }

    /// As [`Stock::verify_journal`](crate::Stock::verify_journal).
    ///
    /// # Errors
    /// As there.
    pub fn verify_journal(&self, verifier: Option<&dyn HeadVerifier>) -> Result<JournalReport> {
        heads::verify(&self.database, verifier)
    }

    /// As [`Stock::sign_heads`](crate::Stock::sign_heads).
    ///
    /// # Errors
    /// As there.
    pub fn sign_heads(&self, signer: Option<&dyn HeadSigner>, by: By<'_>) -> Result<SignedHeads> {
        heads::sign(&self.database, signer, by)
    }

    /// As [`Stock::are_heads_due`](crate::Stock::are_heads_due).
    ///
    /// # Errors
    /// As there.
    pub fn are_heads_due(&self) -> Result<bool> {
        heads::are_due(&self.database)
    }

    /// Checks that every number lies in its segment, that counts, documents and journal agree.
    ///
    /// # Errors
    /// Those of the database; what does not hold is in the report.
    pub fn check(&self) -> Result<CheckReport> {
        ledger_check::check(&self.database)
    }
}

impl Ledger for SqliteLedger {
    fn claim(&self, claims: &[Claim<'_>]) -> Vec<Result<Claimed, AnyFault>> {
        each_or_all(ledger_claims::claim(&self.database, &self.actor, claims), claims.len())
    }

    fn store(&self, countersigned: &[(Claim<'_>, &[u8])]) -> Vec<Result<Countersigned, AnyFault>> {
        each_or_all(ledger_claims::store(&self.database, &self.actor, countersigned), countersigned.len())
    }
}

/// The answer to each, or the same error to all.
fn each_or_all<T>(answers: Result<Vec<Result<T>>>, count: usize) -> Vec<Result<T, AnyFault>> {
    match answers {
        Ok(answers) => answers.into_iter().map(|answer| answer.map_err(Error::any)).collect(),
        Err(error) => (0..count).map(|_| Err(error.clone().any())).collect(),
    }
}
