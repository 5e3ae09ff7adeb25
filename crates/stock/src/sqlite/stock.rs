//! A unit's stock in a SQLite file.

use std::sync::Arc;

use chrono::NaiveDate;
use czei_codes::AnyFault;
use czei_core::{NumberRequest, NumberSource, PayCode, ReceiptCode, ReceiptNumber, Reservation, Token, Voiding};

use super::database::{Database, Kind};
use super::held::{self, Row};
use super::transition::{for_all, one};
use super::{check, heads, import, journal_rows, pay_codes, query, reserve, segments, status, transition};
#[cfg(doc)]
use crate::Code;
use crate::{
    By, CheckReport, Document, Find, HeadSigner, HeadVerifier, JournalReport, JournalRow, NewSegment, NumberId,
    NumberRecord, OpenOptions, Past, PayCodeRequest, Result, Returned, Segment, SegmentId, SignedHeads, State, Status,
    Stock, Story, TakenOver,
};

/// A stock in one SQLite file. Handles of one file in one process share one connection; other
/// processes may use the file at the same time.
///
/// ```
/// use czei_core::{Amount, Held, NumberRequest, NumberSource, RequestId};
/// use czei_stock::{By, NewSegment, OpenOptions, SqliteStock, Stock};
/// # let folder = std::env::temp_dir().join(format!("czei-stock-doc-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// let by = By::two("张三", "李四");
/// let stock = SqliteStock::create(&OpenOptions::new(folder.join("stock.db")), by)?;
/// let (unit, code) = ("0104901", "32010126".parse()?);
/// let (first, last) = ("0000000001".parse()?, "0000001000".parse()?);
/// let segment = stock.receive(&NewSegment { unit, code, first, last, next: None, giver: "省财政厅" }, by)?;
/// stock.take_in(segment, by)?;
/// let request_id = RequestId::new("school-1")?;
/// let at = chrono::DateTime::UNIX_EPOCH.fixed_offset();
/// let request = NumberRequest { unit, code, request_id: &request_id, draft_digest: [0; 32], at,
///     total: Amount::ZERO, business_key: None, number: None, reverses: None };
/// let mut build = |_, number: czei_core::ReceiptNumber| Ok(format!("<EInvoice>{number}</EInvoice>").into_bytes());
/// let answers = stock.reserve(&[request], &mut build);
/// let reservation = answers[0].as_ref().map_err(|error| error.to_string())?;
/// assert_eq!(reservation.token.number.to_string(), "0000000001");
/// assert_eq!(reservation.held, Held::Reserved(b"<EInvoice>0000000001</EInvoice>".to_vec()));
/// assert_eq!(stock.status(chrono::NaiveDate::MIN)?.codes[0].free, 999);
/// # drop(stock);
/// # std::fs::remove_dir_all(folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct SqliteStock {
    pub(super) database: Arc<Database>,
    pub(super) actor: Arc<str>,
}

impl SqliteStock {
    /// Makes a stock; nothing stands at the path before it is whole.
    ///
    /// # Errors
    /// [`Code::StockExists`], [`Code::NetworkFileSystem`], [`Code::SettingNotInForce`], those of files.
    pub fn create(options: &OpenOptions, by: By<'_>) -> Result<Self> {
        Database::create(Kind::Stock, options, by).map(|database| Self::of(database, options))
    }

    /// Opens a stock.
    ///
    /// # Errors
    /// [`Code::StockAbsent`], [`Code::NotAStock`], [`Code::SchemaNewer`], [`Code::SettingNotInForce`],
    /// [`Code::NetworkFileSystem`], [`Code::SecondCopy`], [`Code::OlderState`], [`Code::OtherGeneration`],
    /// [`Code::MarkMissing`], [`Code::MarkDamaged`], [`Code::OldSettings`], [`Code::ReadOnly`].
    pub fn open(options: &OpenOptions) -> Result<Self> {
        Database::open(Kind::Stock, options).map(|database| Self::of(database, options))
    }

    fn of(database: Arc<Database>, options: &OpenOptions) -> Self {
        SqliteStock { database, actor: options.actor.as_str().into() }
    }

    /// A handle whose steps stand under another person or system in the journal: 1 to 100 visible characters,
    /// else every step answers [`Code::TextLimit`].
    #[must_use]
    pub fn as_actor(&self, actor: &str) -> Self {
        SqliteStock { actor: actor.into(), ..self.clone() }
    }
}

impl NumberSource for SqliteStock {
    fn reserve(
        &self,
        requests: &[NumberRequest<'_>],
        build: &mut dyn FnMut(usize, ReceiptNumber) -> Result<Vec<u8>, AnyFault>,
    ) -> Vec<Result<Reservation, AnyFault>> {
        let answers = reserve::reserve(&self.database, &self.actor, requests, build);
        answers.unwrap_or_else(|error| for_all(requests.len(), error))
    }

    fn store_signed(&self, signed: &[(Token, &[u8])]) -> Vec<Result<(), AnyFault>> {
        let answers = transition::store(&self.database, &self.actor, signed, State::Signed);
        answers.unwrap_or_else(|error| for_all(signed.len(), error))
    }

    fn store_issued(&self, issued: &[(Token, &[u8])]) -> Vec<Result<(), AnyFault>> {
        let answers = transition::store(&self.database, &self.actor, issued, State::Issued);
        answers.unwrap_or_else(|error| for_all(issued.len(), error))
    }

    fn void(&self, voidings: &[(Token, Voiding<'_>)]) -> Vec<Result<(), AnyFault>> {
        let answers = transition::void(&self.database, &self.actor, voidings);
        answers.unwrap_or_else(|error| for_all(voidings.len(), error))
    }

    fn find(&self, numbers: &[(ReceiptCode, ReceiptNumber)]) -> Vec<Result<Reservation, AnyFault>> {
        let answers = self.database.read(|connection| {
            let find = |(code, number): &(ReceiptCode, ReceiptNumber)| {
                let row = Row::read(connection, NumberId::new(*code, *number))?;
                let row = row.ok_or_else(|| held::unknown(*code, *number))?;
                held::reservation(&self.database, connection, &row)
            };
            numbers.iter().map(find).map(one).collect()
        });
        answers.unwrap_or_else(|error| for_all(numbers.len(), error))
    }
}

impl Stock for SqliteStock {
    fn receive(&self, segment: &NewSegment<'_>, by: By<'_>) -> Result<SegmentId> {
        segments::receive(&self.database, segment, by)
    }

    fn take_in(&self, segment: SegmentId, by: By<'_>) -> Result<()> {
        segments::take_in(&self.database, segment, by)
    }

    fn give_back(&self, segment: SegmentId, from: Option<ReceiptNumber>, reason: &str, by: By<'_>) -> Result<Returned> {
        segments::give_back(&self.database, segment, from, reason, by)
    }

    fn segments(&self) -> Result<Vec<Segment>> {
        query::segments(&self.database)
    }

    fn void_number(&self, number: NumberId, voiding: &Voiding<'_>) -> Result<()> {
        transition::void_number(&self.database, &self.actor, number, voiding)
    }

    fn exchange(&self, number: NumberId, paper: &str, by: By<'_>) -> Result<()> {
        transition::exchange(&self.database, number, paper, by)
    }

    fn import_each(&self, past: &[Past<'_>], by: By<'_>) -> Vec<Result<TakenOver>> {
        let answers = import::import(&self.database, past, by);
        answers.unwrap_or_else(|error| past.iter().map(|_| Err(error.clone())).collect())
    }

    fn pay_codes(&self, requests: &[PayCodeRequest<'_>]) -> Vec<Result<PayCode>> {
        let answers = pay_codes::pay_codes(&self.database, &self.actor, requests);
        answers.unwrap_or_else(|error| requests.iter().map(|_| Err(error.clone())).collect())
    }

    fn status(&self, today: NaiveDate) -> Result<Status> {
        status::status(&self.database, today)
    }

    fn find_numbers(&self, question: Find<'_>, each: &mut dyn FnMut(NumberRecord) -> Result<()>) -> Result<()> {
        query::find(&self.database, question, each)
    }

    fn document(&self, number: NumberId) -> Result<Option<Document>> {
        query::document(&self.database, number)
    }

    fn explain(&self, number: NumberId) -> Result<Story> {
        query::explain(&self.database, number)
    }

    fn check(&self) -> Result<CheckReport> {
        check::check(&self.database)
    }

    fn journal(&self, from: i64, each: &mut dyn FnMut(JournalRow) -> Result<()>) -> Result<()> {
        self.database.read(|connection| journal_rows::rows_from(connection, from, each))
    }

    fn verify_journal(&self, verifier: Option<&dyn HeadVerifier>) -> Result<JournalReport> {
        heads::verify(&self.database, verifier)
    }

    fn sign_heads(&self, signer: Option<&dyn HeadSigner>, by: By<'_>) -> Result<SignedHeads> {
        heads::sign(&self.database, signer, by)
    }

    fn are_heads_due(&self) -> Result<bool> {
        heads::are_due(&self.database)
    }
}
