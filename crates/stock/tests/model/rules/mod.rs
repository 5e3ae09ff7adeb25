//! The rules of a stock in memory, from what the traits promise: the model that the stock is compared with.
//!
//! Two things cannot be foretold and are learned from the stock's own answers: the salt of a new
//! reservation and the name of a new segment. Both must be new; then they must stay.

mod changes;
pub mod expected;
mod past;
mod source;

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, FixedOffset, NaiveDate};
use czei_core::{Amount, BEIJING, Related, Token};
use czei_stock::{Event, NumberId, Origin, SegmentId, State};

use super::operation::{Answer, Operation, Outcome, Refusal};

pub use expected::ExpectedEvent;

const LAST: u64 = 9_999_999_999;

/// The model. A clone is a backup.
#[derive(Debug, Clone, Default)]
pub struct Model {
    pub segments: Vec<Segment>,
    pub rows: BTreeMap<NumberId, Row>,
    /// The numbers that have a row, in the order in which they got it.
    pub ids: Vec<NumberId>,
    pub requests: BTreeMap<(String, String), NumberId>,
    pay_codes: BTreeMap<(String, String), PayCodeGiven>,
    pay_next: BTreeMap<(String, u16, u8), u64>,
    /// The person in the journal for steps that name nobody.
    pub actor: String,
    /// What the journal's clock says during this operation.
    pub now: DateTime<FixedOffset>,
}

#[derive(Debug, Clone)]
pub struct Segment {
    /// None until it is learned, of a segment that numbers from outside made.
    pub id: Option<SegmentId>,
    pub unit: String,
    pub code: String,
    pub origin: Origin,
    /// 0 and 0 for numbers from outside.
    pub first: u64,
    pub last: u64,
    pub next: u64,
    /// The next one when it was noted.
    pub begun: u64,
    pub returned_from: Option<u64>,
    pub giver: String,
    pub received_at: DateTime<FixedOffset>,
    pub taken_in_at: Option<DateTime<FixedOffset>>,
    /// How many numbers were drawn by requests of a day.
    pub drawn: BTreeMap<NaiveDate, u64>,
}

impl Segment {
    /// One past the last number that can be drawn.
    pub fn end(&self) -> u64 {
        self.returned_from.unwrap_or(self.last + 1)
    }

    pub fn free(&self) -> u64 {
        if self.origin == Origin::External { 0 } else { self.end() - self.next }
    }

    pub fn is_usable(&self) -> bool {
        self.taken_in_at.is_some() && self.free() > 0
    }

    fn covers(&self, code: &str, number: u64) -> bool {
        self.origin == Origin::Received && self.code == code && (self.first..=self.last).contains(&number)
    }
}

#[derive(Debug, Clone)]
pub struct Row {
    /// Its place in [`Model::segments`].
    pub segment: usize,
    pub state: State,
    pub token: Option<Token>,
    pub unit: String,
    pub request_id: Option<String>,
    pub draft_digest: Option<[u8; 32]>,
    pub business_key: Option<String>,
    pub total: Option<Amount>,
    pub day: Option<NaiveDate>,
    pub reverses: Option<Related>,
    /// The document, as far as the number came.
    pub document: Option<Vec<u8>>,
    pub document_sm3: Option<[u8; 32]>,
    pub exchanged_for: Option<String>,
    pub events: Vec<ExpectedEvent>,
}

#[derive(Debug, Clone)]
struct PayCodeGiven {
    region: String,
    year: u16,
    allotted_id: u8,
    with_check_digit: bool,
    code: String,
}

impl Model {
    /// What the operation must answer; the model is then as the stock must be.
    pub fn apply(&mut self, operation: &Operation, found: &Answer) -> Answer {
        let mut built = Vec::new();
        let one = |outcome| vec![outcome];
        let outcomes = match operation {
            Operation::Receive(given, by) => one(self.receive(given, by, found)),
            Operation::TakeIn(segment, by) => one(self.take_in(*segment, by)),
            Operation::GiveBack(segment, from, reason, by) => one(self.give_back(*segment, *from, reason, by)),
            Operation::Reserve(requests) => {
                let answers = requests.iter().enumerate();
                answers.map(|(index, request)| self.reserve(index, request, found, &mut built)).collect()
            }
            Operation::StoreSigned(signed) => {
                signed.iter().map(|(token, bytes)| self.store(*token, &bytes.0, Event::Signed)).collect()
            }
            Operation::StoreIssued(issued) => {
                issued.iter().map(|(token, bytes)| self.store(*token, &bytes.0, Event::Issued)).collect()
            }
            Operation::Void(voids) => voids.iter().map(|(token, void)| self.void(*token, void)).collect(),
            Operation::VoidNumber(id, void) => one(self.void_number(*id, void)),
            Operation::Exchange(id, paper, by) => one(self.exchange(*id, paper, by)),
            Operation::Import(past, by) => past.iter().map(|past| self.import(past, by)).collect(),
            Operation::PayCodes(requests) => requests.iter().map(|request| self.pay_code(request)).collect(),
            Operation::FindHeld(ids) => ids.iter().map(|id| self.find_held(*id)).collect(),
            Operation::Reopen | Operation::Backup | Operation::OlderCopy { .. } | Operation::Heads { .. } => Vec::new(),
        };
        Answer { outcomes, built }
    }

    /// An older copy was put in place and accepted: what was drawn since is unknown, what was given back since
    /// stays given back, and sequences of payment codes go on behind the last one. `lost` is the model as it was
    /// just before. The ranges that became unknown, and the last number drawn of each segment that is gone.
    pub fn accept_older(&mut self, lost: &Model) -> (Vec<(NumberId, NumberId)>, Vec<NumberId>) {
        let mut ranges = Vec::new();
        for index in 0..self.segments.len() {
            let Segment { next, returned_from, .. } = lost.segments[index];
            let segment = &mut self.segments[index];
            segment.returned_from = returned_from;
            if segment.origin == Origin::Received && segment.next < next {
                let range = (segment.next, next - 1);
                segment.next = next;
                let (code, unit) = (segment.code.clone(), segment.unit.clone());
                (range.0..=range.1).for_each(|number| self.add_unknown(index, &unit, &code, number));
                ranges.push((key(&code, range.0), key(&code, range.1)));
            }
        }
        for (sequence, next) in &lost.pay_next {
            let own = self.pay_next.entry(sequence.clone()).or_default();
            *own = *next.max(own);
        }
        let gone = lost.segments.iter().skip(self.segments.len());
        let drawn = gone.filter(|segment| segment.origin == Origin::Received && segment.next > segment.first);
        let mut last: Vec<_> = drawn.map(|segment| key(&segment.code, segment.next - 1)).collect();
        ranges.sort();
        last.sort();
        (ranges, last)
    }

    fn add_unknown(&mut self, segment: usize, unit: &str, code: &str, number: u64) {
        let row = Row {
            segment,
            state: State::Unknown,
            token: None,
            unit: unit.to_owned(),
            request_id: None,
            draft_digest: None,
            business_key: None,
            total: None,
            day: None,
            reverses: None,
            document: None,
            document_sm3: None,
            exchanged_for: None,
            events: Vec::new(),
        };
        self.add_row(key(code, number), row);
    }

    fn add_row(&mut self, id: NumberId, row: Row) {
        self.rows.insert(id, row);
        self.ids.push(id);
    }

    /// The segment with this name.
    fn by_id(&mut self, id: SegmentId) -> Result<usize, Refusal> {
        let place = self.segments.iter().position(|segment| segment.id == Some(id));
        place.ok_or_else(|| Refusal::of(czei_stock::Code::SegmentUnknown, None))
    }

    fn event(&self, event: Event, actor: &str, subject: Option<[u8; 32]>) -> ExpectedEvent {
        ExpectedEvent { event, actor: actor.to_owned(), subject }
    }

    /// Whether a number that is not voided reverses the blue one.
    fn check_not_reversed(&self, blue: Option<Related>, by: Option<NumberId>) -> Result<(), Refusal> {
        let Some(blue) = blue else { return Ok(()) };
        let reverses =
            |(id, row): (&NumberId, &Row)| row.reverses == Some(blue) && row.state != State::Voided && Some(*id) != by;
        if self.rows.iter().any(reverses) {
            let found = format!("{}-{}", blue.code, blue.number);
            return Err(Refusal::of(czei_core::Code::AlreadyReversed, Some(found)));
        }
        Ok(())
    }
}

pub fn key(code: &str, number: u64) -> NumberId {
    NumberId::new(code.parse().expect("a code"), super::operation::number(number))
}

/// The day at UTC+8.
pub fn day(at: DateTime<FixedOffset>) -> NaiveDate {
    let at = at.with_timezone(&BEIJING);
    NaiveDate::from_ymd_opt(at.year(), at.month(), at.day()).expect("a day")
}

/// Text of 1 to so many visible characters, without white space at its ends.
fn check_text(text: &str, limit: usize) -> Result<(), Refusal> {
    let is_bad =
        |character: char| character.is_control() || czei_core::first_invisible(&character.to_string()).is_some();
    let count = text.chars().count();
    if count == 0 || count > limit || text.trim() != text || text.chars().any(is_bad) {
        return Err(Refusal::of(czei_stock::Code::TextLimit, None));
    }
    Ok(())
}

fn unknown(id: impl std::fmt::Display) -> Refusal {
    Refusal::of(czei_core::Code::NumberUnknown, Some(id.to_string()))
}

fn wrong_state(id: NumberId, state: State) -> Refusal {
    Refusal::of(czei_core::Code::NumberState, Some(format!("{id} {}", state.name())))
}

fn outcome(result: Result<(), Refusal>) -> Outcome {
    result.map(|()| super::operation::Value::Done)
}
