//! An authority's ledger in a SQLite file.

use std::path::Path;

use czei_codes::AnyFault;
use czei_core::ReceiptNumber;

use crate::*;

/// A ledger in one SQLite file, with the settings, locks and mark of [`SqliteStock`].
#[derive(Debug, Clone)]
pub struct SqliteLedger {}

#[allow(unused_variables)]
impl SqliteLedger {
    /// Makes a ledger; nothing stands at the path before it is whole.
    ///
    /// # Errors
    /// As [`SqliteStock::create`].
    pub fn create(options: &OpenOptions, by: By<'_>) -> Result<Self> { todo!() }

    /// Opens a ledger.
    ///
    /// # Errors
    /// As [`SqliteStock::open`].
    pub fn open(options: &OpenOptions) -> Result<Self> { todo!() }

    /// Notes a segment as given to a unit.
    ///
    /// # Errors
    /// [`Code::GivenOverlap`], [`Code::TextLimit`].
    pub fn give(&self, given: &NewGiven<'_>, by: By<'_>) -> Result<SegmentId> { todo!() }

    /// Takes the tail of a segment back, from a number on which, and behind which, nothing was claimed.
    ///
    /// # Errors
    /// [`Code::SegmentUnknown`], [`Code::NothingToReturn`].
    pub fn take_back(&self, given: SegmentId, from: ReceiptNumber, reason: &str, by: By<'_>) -> Result<()> { todo!() }

    /// The segments given, in the order of code and first number.
    ///
    /// # Errors
    /// Those of the database.
    pub fn given(&self) -> Result<Vec<Given>> { todo!() }

    /// The countersigned receipt of a number.
    ///
    /// # Errors
    /// Those of the database.
    pub fn document(&self, number: NumberId) -> Result<Option<Vec<u8>>> { todo!() }

    /// What happened to a number, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn explain(&self, number: NumberId) -> Result<Vec<JournalRow>> { todo!() }

    /// Hands every row of the journal from `seq` on to `each`, in order.
    ///
    /// # Errors
    /// Those of the database and of `each`.
    pub fn journal(&self, from: i64, each: &mut dyn FnMut(JournalRow) -> Result<()>) -> Result<()> { todo!() }

    /// As [`Stock::verify_journal`](crate::Stock::verify_journal).
    ///
    /// # Errors
    /// As there.
    pub fn verify_journal(&self, verifier: Option<&dyn HeadVerifier>) -> Result<JournalReport> { todo!() }

    /// As [`Stock::sign_heads`](crate::Stock::sign_heads).
    ///
    /// # Errors
    /// As there.
    pub fn sign_heads(&self, signer: Option<&dyn HeadSigner>, by: By<'_>) -> Result<SignedHeads> { todo!() }

    /// Checks that every number lies in its segment, that counts, documents and journal agree.
    ///
    /// # Errors
    /// Those of the database; what does not hold is in the report.
    pub fn check(&self) -> Result<CheckReport> { todo!() }

    /// As [`SqliteStock::backup`].
    ///
    /// # Errors
    /// As there.
    pub fn backup(&self, to: &Path, signer: Option<&dyn HeadSigner>, by: By<'_>) -> Result<Backup> { todo!() }
}

#[allow(unused_variables)]
impl Ledger for SqliteLedger {
    fn claim(&self, claims: &[Claim<'_>]) -> Vec<Result<Claimed, AnyFault>> { todo!() }
    fn store(&self, countersigned: &[(Claim<'_>, &[u8])]) -> Vec<Result<Countersigned, AnyFault>> { todo!() }
}
