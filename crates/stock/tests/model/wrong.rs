//! Sources that break one rule each: the comparison must see every one of them.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use chrono::NaiveDate;
use czei_codes::AnyFault;
use czei_core::{
    Code, Held, NumberRequest, NumberSource, PayCode, ReceiptCode, ReceiptNumber, RequestId, Reservation, Token,
    Voiding,
};
use czei_stock::{
    By, CheckReport, Document, Find, HeadSigner, HeadVerifier, JournalReport, JournalRow, NewSegment, NumberId,
    NumberRecord, Past, PayCodeRequest, Result, Returned, Segment, SegmentId, SignedHeads, SqliteStock, Status, Stock,
    Story, TakenOver,
};

use super::place::Wrap;

/// Which rule is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// A retry is taken for a new request.
    ForgetsRequests,
    /// A number that was voided is given again.
    ReusesVoided,
    /// A number is drawn and kept back.
    SkipsNumbers,
    /// A signer that finishes after a void wins.
    LateSignerWins,
    /// A blue receipt is reversed twice.
    ReversesTwice,
    /// A retry is given other bytes than the first time.
    BuildsAnew,
    /// A business key is not kept: only a question can tell.
    ForgetsBusinessKeys,
    /// A journal that leaves rows out.
    LosesJournalRows,
}

impl How {
    pub const ALL: [How; 8] = [
        How::ForgetsRequests,
        How::ReusesVoided,
        How::SkipsNumbers,
        How::LateSignerWins,
        How::ReversesTwice,
        How::BuildsAnew,
        How::ForgetsBusinessKeys,
        How::LosesJournalRows,
    ];

    /// Puts the fault between the stock and its caller.
    pub fn wrap(self) -> Wrap {
        let memory = Arc::new(Mutex::new(Memory::default()));
        Arc::new(move |stock| Box::new(Wrong { stock, how: self, memory: Arc::clone(&memory) }))
    }
}

#[derive(Default)]
struct Memory {
    seen: HashSet<(String, RequestId)>,
    voided: Vec<Token>,
    calls: u64,
}

struct Wrong {
    stock: SqliteStock,
    how: How,
    memory: Arc<Mutex<Memory>>,
}

type Build<'a> = dyn FnMut(usize, ReceiptNumber) -> Result<Vec<u8>, AnyFault> + 'a;

impl NumberSource for Wrong {
    fn reserve(&self, requests: &[NumberRequest<'_>], build: &mut Build<'_>) -> Vec<Result<Reservation, AnyFault>> {
        let mut memory = self.memory.lock().unwrap();
        memory.calls += 1;
        let call = memory.calls;
        let mut requests = requests.to_vec();
        let mut own_ids = Vec::new();
        for (index, request) in requests.iter_mut().enumerate() {
            let is_new = memory.seen.insert((request.unit.to_owned(), request.request_id.clone()));
            let id = (self.how == How::ForgetsRequests && !is_new).then(|| format!("again {call} {index}"));
            own_ids.push(id.map_or_else(|| request.request_id.clone(), |id| RequestId::new(id).unwrap()));
            if self.how == How::ReversesTwice {
                request.reverses = None;
            }
            if self.how == How::ForgetsBusinessKeys {
                request.business_key = None;
            }
        }
        for (request, id) in requests.iter_mut().zip(&own_ids) {
            request.request_id = id;
        }
        if self.how == How::SkipsNumbers
            && call.is_multiple_of(50)
            && let Some(first) = requests.first()
        {
            let id = RequestId::new(format!("kept back {call}")).unwrap();
            let hidden = NumberRequest { request_id: &id, number: None, ..first.clone() };
            self.stock.reserve(&[hidden], &mut |_, _| Ok(Vec::new()));
        }
        let mut built = HashSet::new();
        let mut build = |index, number| {
            built.insert(index);
            build(index, number)
        };
        let mut answers = self.stock.reserve(&requests, &mut build);
        for (index, answer) in answers.iter_mut().enumerate() {
            let Ok(reservation) = answer else { continue };
            match (self.how, built.contains(&index), &mut reservation.held) {
                (How::ReusesVoided, true, _) => {
                    let voided = memory.voided.pop();
                    reservation.token.number = voided.map_or(reservation.token.number, |voided| voided.number);
                }
                (How::BuildsAnew, false, Held::Reserved(bytes)) => bytes.push(b' '),
                _ => {}
            }
        }
        answers
    }

    fn store_signed(&self, signed: &[(Token, &[u8])]) -> Vec<Result<(), AnyFault>> {
        let answers = self.stock.store_signed(signed).into_iter();
        let late = |error: AnyFault| {
            let is_late =
                error.is(Code::NumberState) && error.found_text().is_some_and(|text| text.ends_with("voided"));
            if self.how == How::LateSignerWins && is_late { Ok(()) } else { Err(error) }
        };
        answers.map(|answer| answer.or_else(late)).collect()
    }

    fn store_issued(&self, issued: &[(Token, &[u8])]) -> Vec<Result<(), AnyFault>> {
        self.stock.store_issued(issued)
    }

    fn void(&self, voidings: &[(Token, Voiding<'_>)]) -> Vec<Result<(), AnyFault>> {
        let answers = self.stock.void(voidings);
        let done = voidings.iter().zip(&answers).filter(|(_, answer)| answer.is_ok());
        self.memory.lock().unwrap().voided.extend(done.map(|((token, _), _)| *token));
        answers
    }

    fn find(&self, numbers: &[(ReceiptCode, ReceiptNumber)]) -> Vec<Result<Reservation, AnyFault>> {
        self.stock.find(numbers)
    }
}

impl Stock for Wrong {
    fn receive(&self, segment: &NewSegment<'_>, by: By<'_>) -> Result<SegmentId> {
        self.stock.receive(segment, by)
    }

    fn take_in(&self, segment: SegmentId, by: By<'_>) -> Result<()> {
        self.stock.take_in(segment, by)
    }

    fn give_back(&self, segment: SegmentId, from: Option<ReceiptNumber>, reason: &str, by: By<'_>) -> Result<Returned> {
        self.stock.give_back(segment, from, reason, by)
    }

    fn segments(&self) -> Result<Vec<Segment>> {
        self.stock.segments()
    }

    fn void_number(&self, number: NumberId, voiding: &Voiding<'_>) -> Result<()> {
        self.stock.void_number(number, voiding)
    }

    fn exchange(&self, number: NumberId, paper: &str, by: By<'_>) -> Result<()> {
        self.stock.exchange(number, paper, by)
    }

    fn import_each(&self, past: &[Past<'_>], by: By<'_>) -> Vec<Result<TakenOver>> {
        self.stock.import_each(past, by)
    }

    fn pay_codes(&self, requests: &[PayCodeRequest<'_>]) -> Vec<Result<PayCode>> {
        self.stock.pay_codes(requests)
    }

    fn status(&self, today: NaiveDate) -> Result<Status> {
        self.stock.status(today)
    }

    fn find_numbers(&self, question: Find<'_>, each: &mut dyn FnMut(NumberRecord) -> Result<()>) -> Result<()> {
        self.stock.find_numbers(question, each)
    }

    fn document(&self, number: NumberId) -> Result<Option<Document>> {
        self.stock.document(number)
    }

    fn explain(&self, number: NumberId) -> Result<Story> {
        self.stock.explain(number)
    }

    fn check(&self) -> Result<CheckReport> {
        self.stock.check()
    }

    fn journal(&self, from: i64, each: &mut dyn FnMut(JournalRow) -> Result<()>) -> Result<()> {
        let mut every_other = |row: JournalRow| {
            let is_lost = self.how == How::LosesJournalRows && row.seq % 40 == 0;
            if is_lost { Ok(()) } else { each(row) }
        };
        self.stock.journal(from, &mut every_other)
    }

    fn verify_journal(&self, verifier: Option<&dyn HeadVerifier>) -> Result<JournalReport> {
        self.stock.verify_journal(verifier)
    }

    fn sign_heads(&self, signer: Option<&dyn HeadSigner>, by: By<'_>) -> Result<SignedHeads> {
        self.stock.sign_heads(signer, by)
    }

    fn are_heads_due(&self) -> Result<bool> {
        self.stock.are_heads_due()
    }
}
