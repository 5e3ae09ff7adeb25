//! A unit's stock in a SQLite file.

use std::sync::Arc;

use chrono::NaiveDate;
use czei_codes::AnyFault;
use czei_core::{NumberRequest, NumberSource, PayCode, ReceiptCode, ReceiptNumber, Reservation, Token, Voiding};

use crate::*;

/// A stock in one SQLite file. Handles of one file in one process share one connection; other
/// processes may use the file at the same time.
#[derive(Debug, Clone)]
pub struct SqliteStock {
    actor: Arc<str>,
}

impl SqliteStock {
    /// Makes a stock; nothing stands at the path before it is whole.
    ///
    /// # Errors
    /// [`Code::StockExists`], [`Code::NetworkFileSystem`], [`Code::SettingNotInForce`], those of files.
    pub fn create(options: &OpenOptions, by: By<'_>) -> Result<Self> {
        let _ = (options, by);
        todo!()
    }

    /// Opens a stock.
    ///
    /// # Errors
    /// [`Code::StockAbsent`], [`Code::NotAStock`], [`Code::SchemaNewer`], [`Code::SettingNotInForce`],
    /// [`Code::NetworkFileSystem`], [`Code::SecondCopy`], [`Code::OlderState`], [`Code::OtherGeneration`],
    /// [`Code::MarkMissing`], [`Code::MarkDamaged`], [`Code::OldSettings`], [`Code::ReadOnly`].
    pub fn open(options: &OpenOptions) -> Result<Self> {
        let _ = options;
        todo!()
    }

    /// A handle whose steps stand under another person or system in the journal.
    #[must_use]
    pub fn as_actor(&self, actor: &str) -> Self {
        SqliteStock { actor: actor.into(), ..self.clone() }
    }
}

impl NumberSource for SqliteStock {
    fn reserve(&self, _: &[NumberRequest<'_>], _: &mut dyn FnMut(usize, ReceiptNumber) -> Result<Vec<u8>, AnyFault>) -> Vec<Result<Reservation, AnyFault>> { todo!() }
    fn store_signed(&self, _: &[(Token, &[u8])]) -> Vec<Result<(), AnyFault>> { todo!() }
    fn store_issued(&self, _: &[(Token, &[u8])]) -> Vec<Result<(), AnyFault>> { todo!() }
    fn void(&self, _: &[(Token, Voiding<'_>)]) -> Vec<Result<(), AnyFault>> { todo!() }
    fn find(&self, _: &[(ReceiptCode, ReceiptNumber)]) -> Vec<Result<Reservation, AnyFault>> { todo!() }
}

#[allow(unused_variables)]
impl Stock for SqliteStock {
    fn receive(&self, segment: &NewSegment<'_>, by: By<'_>) -> Result<SegmentId> { todo!() }
    fn take_in(&self, segment: SegmentId, by: By<'_>) -> Result<()> { todo!() }
    fn give_back(&self, segment: SegmentId, from: Option<ReceiptNumber>, reason: &str, by: By<'_>) -> Result<Returned> { todo!() }
    fn segments(&self) -> Result<Vec<Segment>> { todo!() }
    fn void_number(&self, number: NumberId, voiding: &Voiding<'_>) -> Result<()> { todo!() }
    fn exchange(&self, number: NumberId, paper: &str, by: By<'_>) -> Result<()> { todo!() }
    fn import(&self, past: &[Past<'_>], by: By<'_>) -> Vec<Result<()>> { todo!() }
    fn pay_codes(&self, requests: &[PayCodeRequest<'_>]) -> Vec<Result<PayCode>> { todo!() }
    fn status(&self, today: NaiveDate) -> Result<Status> { todo!() }
    fn find_numbers(&self, question: Find<'_>, each: &mut dyn FnMut(NumberRecord) -> Result<()>) -> Result<()> { todo!() }
    fn document(&self, number: NumberId) -> Result<Option<Document>> { todo!() }
    fn explain(&self, number: NumberId) -> Result<Story> { todo!() }
    fn check(&self) -> Result<CheckReport> { todo!() }
    fn journal(&self, from: i64, each: &mut dyn FnMut(JournalRow) -> Result<()>) -> Result<()> { todo!() }
    fn verify_journal(&self, verifier: Option<&dyn HeadVerifier>) -> Result<JournalReport> { todo!() }
    fn sign_heads(&self, signer: Option<&dyn HeadSigner>, by: By<'_>) -> Result<SignedHeads> { todo!() }
    fn are_heads_due(&self) -> Result<bool> { todo!() }
}
