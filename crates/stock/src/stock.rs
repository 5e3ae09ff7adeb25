//! What every stock does, whichever database keeps it.

use chrono::NaiveDate;
use czei_core::{NumberSource, PayCode, ReceiptNumber, Voiding};

use crate::{
    By, CheckReport, Document, Find, HeadSigner, HeadVerifier, JournalReport, JournalRow, NewSegment, NumberId,
    NumberRecord, Past, PayCodeRequest, Result, Returned, Segment, SegmentId, SignedHeads, Status, Story, TakenOver,
};

/// A stock of numbers: the source of an issuing unit's numbers, with all that is done to segments and
/// asked about numbers.
///
/// Every method returns only when what it changed is on the disk. An error says whether nothing was
/// changed, or that the outcome is unknown: then the same call again answers. Unknown it is after
/// [`Code::OutcomeUnknown`](crate::Code::OutcomeUnknown), and also after
/// [`Code::MarkNotWritten`](crate::Code::MarkNotWritten) and [`Code::FileReplaced`](crate::Code::FileReplaced),
/// which can come when the change is committed already.
///
/// The invariants:
///
/// | | |
/// |---|---|
/// | I1 | a number is in at most one row, in one state |
/// | I2 | within a segment the numbers that left `free` are exactly first..next−1, or belong to the returned tail; segments are drawn lowest first |
/// | I3 | one request id of a unit ↔ one number, for ever |
/// | I4 | an acknowledged reservation survives a killed process and a power cut |
/// | I5 | leaving the sequence needs a void with reason, person and time |
/// | I6 | no clock takes part in choosing a number |
/// | I7 | every change is a row of an append-only journal, chained by SM3 per segment, its heads signed at intervals |
/// | I8 | a blue receipt has at most one red one |
pub trait Stock: NumberSource {
    // ---- segments ----

    /// Notes a segment as given to a unit; nothing is drawn from it before [`Stock::take_in`].
    ///
    /// # Errors
    /// [`SegmentOverlap`](czei_core::Code::SegmentOverlap) when its ends or `next` are wrong, or a number
    /// of it is here, whichever unit has it; [`Code::TextLimit`](crate::Code::TextLimit).
    fn receive(&self, segment: &NewSegment<'_>, by: By<'_>) -> Result<SegmentId>;

    /// Takes a segment in: it becomes usable stock.
    ///
    /// # Errors
    /// [`Code::SegmentUnknown`](crate::Code::SegmentUnknown),
    /// [`Code::SegmentTakenIn`](crate::Code::SegmentTakenIn).
    fn take_in(&self, segment: SegmentId, by: By<'_>) -> Result<()>;

    /// Gives the unused tail of a segment back, from a number or all that is free; final: what was
    /// returned is never used again.
    ///
    /// # Errors
    /// [`Code::SegmentUnknown`](crate::Code::SegmentUnknown),
    /// [`Code::NothingToReturn`](crate::Code::NothingToReturn).
    fn give_back(&self, segment: SegmentId, from: Option<ReceiptNumber>, reason: &str, by: By<'_>) -> Result<Returned>;

    /// The segments in the order of code and first number.
    ///
    /// # Errors
    /// Those of the database.
    fn segments(&self) -> Result<Vec<Segment>>;

    // ---- numbers ----

    /// Takes a number out of use by its name, as [`NumberSource::void`] does by its token; `unknown` numbers
    /// too, once it is certain that nothing was issued under them.
    ///
    /// # Errors
    /// [`NumberUnknown`](czei_core::Code::NumberUnknown), [`NumberState`](czei_core::Code::NumberState),
    /// [`Code::RefusalNeeded`](crate::Code::RefusalNeeded), [`Code::TextLimit`](crate::Code::TextLimit).
    fn void_number(&self, number: NumberId, voiding: &Voiding<'_>) -> Result<()>;

    /// Marks an issued receipt as exchanged for the paper receipt with this name. Again with the same
    /// name is no error.
    ///
    /// # Errors
    /// [`Code::NotIssued`](crate::Code::NotIssued), [`NumberUnknown`](czei_core::Code::NumberUnknown),
    /// [`NumberState`](czei_core::Code::NumberState) when it was exchanged for another one.
    fn exchange(&self, number: NumberId, paper: &str, by: By<'_>) -> Result<()>;

    /// Takes over what became of numbers elsewhere: `unknown` ones become issued or voided; a number
    /// that is reserved or signed here becomes issued by the receipt with the same content. Taking over
    /// the same again is no error. One that is refused stops no other.
    ///
    /// # Errors
    /// Per number [`Code::PastDiffers`](crate::Code::PastDiffers),
    /// [`Code::PastNotAwaited`](crate::Code::PastNotAwaited),
    /// [`AlreadyReversed`](czei_core::Code::AlreadyReversed).
    fn import(&self, past: &[Past<'_>], by: By<'_>) -> Vec<Result<()>> {
        self.import_each(past, by).into_iter().map(|taken| taken.map(|_| ())).collect()
    }

    /// As [`Stock::import`], saying of each number whether it had been taken over before.
    ///
    /// # Errors
    /// As there.
    fn import_each(&self, past: &[Past<'_>], by: By<'_>) -> Vec<Result<TakenOver>>;

    /// The next payment codes, in the order of the requests.
    ///
    /// # Errors
    /// Per request [`Code::PayCodeDiffers`](crate::Code::PayCodeDiffers),
    /// [`Code::PaySequenceExhausted`](crate::Code::PaySequenceExhausted),
    /// [`PayCodeParts`](czei_core::Code::PayCodeParts).
    fn pay_codes(&self, requests: &[PayCodeRequest<'_>]) -> Vec<Result<PayCode>>;

    // ---- questions ----

    /// The stock as it stands, with how long it will last seen from a day.
    ///
    /// # Errors
    /// Those of the database.
    fn status(&self, today: NaiveDate) -> Result<Status>;

    /// Hands every number that answers a question to `each`, in the order of code and number; an error
    /// of `each` ends it. Memory does not grow with the answers.
    ///
    /// # Errors
    /// Those of the database and of `each`.
    fn find_numbers(&self, question: Find<'_>, each: &mut dyn FnMut(NumberRecord) -> Result<()>) -> Result<()>;

    /// The document stored beside a number; none beside one that is voided, unknown or not here.
    ///
    /// # Errors
    /// [`Code::ReceiptMissing`](crate::Code::ReceiptMissing), those of the database.
    fn document(&self, number: NumberId) -> Result<Option<Document>>;

    /// The story of one number.
    ///
    /// # Errors
    /// Those of the database.
    fn explain(&self, number: NumberId) -> Result<Story>;

    /// Checks invariants I1 to I8, the totals, and that receipts and stock have each other.
    ///
    /// # Errors
    /// Those of the database; what does not hold is in the report.
    fn check(&self) -> Result<CheckReport>;

    // ---- journal ----

    /// Hands every row of the journal from `seq` on to `each`, in order.
    ///
    /// # Errors
    /// Those of the database and of `each`.
    fn journal(&self, from: i64, each: &mut dyn FnMut(JournalRow) -> Result<()>) -> Result<()>;

    /// Recomputes every chain, compares noted heads, and verifies signed ones with the caller's verifier;
    /// without one they are counted as not signed.
    ///
    /// # Errors
    /// Those of the database; what is wrong is in the report.
    fn verify_journal(&self, verifier: Option<&dyn HeadVerifier>) -> Result<JournalReport>;

    /// Notes the heads of all chains, signed where there is a signer.
    ///
    /// # Errors
    /// The signer's, those of the database.
    fn sign_heads(&self, signer: Option<&dyn HeadSigner>, by: By<'_>) -> Result<SignedHeads>;

    /// Whether so many rows were added since heads were last signed that it is time again; after a signer failed,
    /// not before a tenth as many were added since.
    ///
    /// # Errors
    /// Those of the database.
    fn are_heads_due(&self) -> Result<bool>;
}
