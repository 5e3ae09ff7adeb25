//! What is done to the stock, owned so that it can be printed, and what the stock answers.

use chrono::{DateTime, FixedOffset, NaiveDate};
use czei_codes::AnyFault;
use czei_core::{
    Amount, AreaCode, NumberRequest, ReceiptCode, ReceiptNumber, Related, RequestId, Reservation, Token, Voiding,
};
use czei_stock::{By, NewSegment, NumberId, Past, PastState, PayCodeRequest, Returned, SegmentId, Stock};

/// One change, or one question about held numbers.
#[derive(Debug, Clone)]
pub enum Operation {
    Receive(Given, Persons),
    TakeIn(SegmentId, Persons),
    GiveBack(SegmentId, Option<u64>, String, Persons),
    Reserve(Vec<Request>),
    StoreSigned(Vec<(Token, Bytes)>),
    StoreIssued(Vec<(Token, Bytes)>),
    Void(Vec<(Token, Void)>),
    VoidNumber(NumberId, Void),
    Exchange(NumberId, String, Persons),
    Import(Vec<Elsewhere>, Persons),
    PayCodes(Vec<PayRequest>),
    FindHeld(Vec<NumberId>),
    /// The stock is closed and opened again.
    Reopen,
    /// A backup is made.
    Backup,
    /// The last backup takes the place of the database, with or without the command that restores.
    OlderCopy {
        restoring: bool,
    },
    /// The heads of the chains are noted, signed or not.
    Heads {
        is_signed: bool,
    },
}

/// Bytes that print short.
#[derive(Clone, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl std::fmt::Debug for Bytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sm3 = czei_sm2::Sm3::digest(&self.0);
        write!(f, "{} bytes {:02x}{:02x}{:02x}{:02x}", self.0.len(), sm3[0], sm3[1], sm3[2], sm3[3])
    }
}

/// A digest that prints short.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Digest(pub [u8; 32]);

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02x}{:02x}{:02x}{:02x}", self.0[0], self.0[1], self.0[2], self.0[3])
    }
}

#[derive(Debug, Clone)]
pub struct Persons {
    pub maker: String,
    pub checker: Option<String>,
}

impl Persons {
    pub fn by(&self) -> By<'_> {
        By { maker: &self.maker, checker: self.checker.as_deref() }
    }
}

#[derive(Debug, Clone)]
pub struct Given {
    pub unit: String,
    pub code: ReceiptCode,
    pub first: u64,
    pub last: u64,
    pub next: Option<u64>,
    pub giver: String,
}

#[derive(Debug, Clone)]
pub struct Request {
    pub unit: String,
    pub code: ReceiptCode,
    pub request_id: RequestId,
    pub draft_digest: Digest,
    pub at: DateTime<FixedOffset>,
    pub total: Amount,
    pub business_key: Option<String>,
    pub number: Option<u64>,
    pub reverses: Option<Related>,
    /// The document cannot be made.
    pub build_fails: bool,
}

#[derive(Debug, Clone)]
pub struct Void {
    pub reason: String,
    pub actor: String,
    pub at: DateTime<FixedOffset>,
    pub refusal: Option<Vec<u8>>,
}

impl Void {
    fn voiding(&self) -> Voiding<'_> {
        Voiding { reason: &self.reason, actor: &self.actor, at: self.at, refusal: self.refusal.as_deref() }
    }
}

/// What became of a number elsewhere.
#[derive(Debug, Clone)]
pub struct Elsewhere {
    pub unit: String,
    pub id: NumberId,
    pub end: End,
}

#[derive(Debug, Clone)]
pub enum End {
    Issued {
        document: Bytes,
        original_sm3: Digest,
        day: NaiveDate,
        total: Amount,
        business_key: Option<String>,
        reverses: Option<Related>,
    },
    Voided {
        reason: String,
        actor: String,
        at: DateTime<FixedOffset>,
    },
}

#[derive(Debug, Clone)]
pub struct PayRequest {
    pub unit: String,
    pub request_id: RequestId,
    pub region: AreaCode,
    pub year: u16,
    pub allotted_id: u8,
    pub with_check_digit: bool,
}

/// What an operation answered, one outcome for each part of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    pub outcomes: Vec<Outcome>,
    /// The requests whose documents were built, in order, with their numbers.
    pub built: Vec<(usize, u64)>,
}

pub type Outcome = Result<Value, Refusal>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Done,
    Segment(SegmentId),
    Returned(Returned),
    Reservation(Reservation),
    PayCode(String),
}

/// An error by its number. What was found is part of the promise for the codes of numbers; the model
/// leaves it out where nothing is promised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub code: u16,
    pub found: Option<String>,
}

impl Refusal {
    pub fn of(code: impl czei_codes::Code, found: Option<String>) -> Self {
        Refusal { code: code.entry().number, found }
    }
}

/// What the stock answered otherwise than the model expects; empty when all is the same.
pub fn differences(expected: &Answer, found: &Answer) -> String {
    let mut text = String::new();
    let mut differ = |what: &str, expected: &dyn std::fmt::Debug, found: &dyn std::fmt::Debug| {
        text.push_str(&format!("\n{what}\n  expected {expected:?}\n  found    {found:?}"));
    };
    for (index, (expected, found)) in expected.outcomes.iter().zip(&found.outcomes).enumerate() {
        if !fits(expected, found) {
            differ(&format!("part {index}"), expected, found);
        }
    }
    if expected.outcomes.len() != found.outcomes.len() {
        differ("parts", &expected.outcomes.len(), &found.outcomes.len());
    }
    if expected.built != found.built {
        differ("documents built", &expected.built, &found.built);
    }
    text
}

fn fits(expected: &Outcome, found: &Outcome) -> bool {
    match (expected, found) {
        (Err(expected), Err(found)) => {
            expected.code == found.code && (expected.found.is_none() || expected.found == found.found)
        }
        (expected, found) => expected == found,
    }
}

pub fn number(number: u64) -> ReceiptNumber {
    ReceiptNumber::new(number).expect("1 to 9,999,999,999")
}

fn refused(error: &czei_stock::Error) -> Refusal {
    Refusal { code: error.entry().number, found: error.found_text().map(str::to_owned) }
}

fn refused_any(error: &AnyFault) -> Refusal {
    Refusal { code: error.entry().number, found: error.found_text().map(str::to_owned) }
}

fn own<T>(result: czei_stock::Result<T>, value: impl FnOnce(T) -> Value) -> Outcome {
    result.map(value).map_err(|error| refused(&error))
}

fn any<T>(result: Result<T, AnyFault>, value: impl FnOnce(T) -> Value) -> Outcome {
    result.map(value).map_err(|error| refused_any(&error))
}

impl Operation {
    /// Its name.
    pub fn name(&self) -> &'static str {
        match self {
            Operation::Receive(..) => "receive",
            Operation::TakeIn(..) => "take_in",
            Operation::GiveBack(..) => "give_back",
            Operation::Reserve(_) => "reserve",
            Operation::StoreSigned(_) => "store_signed",
            Operation::StoreIssued(_) => "store_issued",
            Operation::Void(_) => "void",
            Operation::VoidNumber(..) => "void_number",
            Operation::Exchange(..) => "exchange",
            Operation::Import(..) => "import",
            Operation::PayCodes(_) => "pay_codes",
            Operation::FindHeld(_) => "find",
            Operation::Reopen => "reopen",
            Operation::Backup => "backup",
            Operation::OlderCopy { restoring: false } => "put_back",
            Operation::OlderCopy { restoring: true } => "restore",
            Operation::Heads { .. } => "heads",
        }
    }

    /// Whether it is about the stock's files, and not answered by [`Operation::perform`].
    pub fn is_of_files(&self) -> bool {
        use Operation::{Backup, Heads, OlderCopy, Reopen};
        matches!(self, Reopen | Backup | OlderCopy { .. } | Heads { .. })
    }

    /// Does it. What concerns the files is not done here.
    pub fn perform(&self, stock: &dyn Stock) -> Answer {
        let mut built = Vec::new();
        let outcomes = match self {
            Operation::Receive(given, by) => {
                let segment = NewSegment {
                    unit: &given.unit,
                    code: given.code,
                    first: number(given.first),
                    last: number(given.last),
                    next: given.next,
                    giver: &given.giver,
                };
                vec![own(stock.receive(&segment, by.by()), Value::Segment)]
            }
            Operation::TakeIn(segment, by) => vec![own(stock.take_in(*segment, by.by()), |()| Value::Done)],
            Operation::GiveBack(segment, from, reason, by) => {
                vec![own(stock.give_back(*segment, from.map(number), reason, by.by()), Value::Returned)]
            }
            Operation::Reserve(requests) => reserve(stock, requests, &mut built),
            Operation::StoreSigned(signed) => {
                let signed: Vec<_> = signed.iter().map(|(token, bytes)| (*token, &bytes.0[..])).collect();
                stock.store_signed(&signed).into_iter().map(|answer| any(answer, |()| Value::Done)).collect()
            }
            Operation::StoreIssued(issued) => {
                let issued: Vec<_> = issued.iter().map(|(token, bytes)| (*token, &bytes.0[..])).collect();
                stock.store_issued(&issued).into_iter().map(|answer| any(answer, |()| Value::Done)).collect()
            }
            Operation::Void(voids) => {
                let voids: Vec<_> = voids.iter().map(|(token, void)| (*token, void.voiding())).collect();
                stock.void(&voids).into_iter().map(|answer| any(answer, |()| Value::Done)).collect()
            }
            Operation::VoidNumber(id, void) => vec![own(stock.void_number(*id, &void.voiding()), |()| Value::Done)],
            Operation::Exchange(id, paper, by) => vec![own(stock.exchange(*id, paper, by.by()), |()| Value::Done)],
            Operation::Import(past, by) => {
                let past: Vec<_> = past.iter().map(Elsewhere::past).collect();
                stock.import(&past, by.by()).into_iter().map(|answer| own(answer, |()| Value::Done)).collect()
            }
            Operation::PayCodes(requests) => {
                let requests: Vec<_> = requests.iter().map(PayRequest::request).collect();
                let codes = stock.pay_codes(&requests).into_iter();
                codes.map(|code| own(code, |code| Value::PayCode(code.as_str().to_owned()))).collect()
            }
            Operation::FindHeld(ids) => {
                let numbers: Vec<_> = ids.iter().map(|id| (id.code(), id.number())).collect();
                stock.find(&numbers).into_iter().map(|found| any(found, Value::Reservation)).collect()
            }
            _ => Vec::new(),
        };
        Answer { outcomes, built }
    }
}

fn reserve(stock: &dyn Stock, requests: &[Request], built: &mut Vec<(usize, u64)>) -> Vec<Outcome> {
    let asked: Vec<_> = requests.iter().map(Request::request).collect();
    let mut build = |index: usize, number: ReceiptNumber| {
        built.push((index, number.get()));
        let request = &requests[index];
        if request.build_fails {
            return Err(czei_sm2::Error::new(czei_sm2::Code::EntropyFailed).found("no document").any());
        }
        Ok(super::documents::unsigned(&request.draft_digest.0, number.get()))
    };
    let answers = stock.reserve(&asked, &mut build);
    answers.into_iter().map(|answer| any(answer, Value::Reservation)).collect()
}

impl Request {
    fn request(&self) -> NumberRequest<'_> {
        NumberRequest {
            unit: &self.unit,
            code: self.code,
            request_id: &self.request_id,
            draft_digest: self.draft_digest.0,
            at: self.at,
            total: self.total,
            business_key: self.business_key.as_deref(),
            number: self.number.map(number),
            reverses: self.reverses,
        }
    }
}

impl Elsewhere {
    fn past(&self) -> Past<'_> {
        let state = match &self.end {
            End::Issued { document, original_sm3, day, total, business_key, reverses } => PastState::Issued {
                document: &document.0,
                original_sm3: original_sm3.0,
                day: *day,
                total: *total,
                business_key: business_key.as_deref(),
                reverses: *reverses,
            },
            End::Voided { reason, actor, at } => PastState::Voided { reason, actor, at: *at },
        };
        Past { unit: &self.unit, code: self.id.code(), number: self.id.number(), state }
    }
}

impl PayRequest {
    fn request(&self) -> PayCodeRequest<'_> {
        PayCodeRequest {
            unit: &self.unit,
            request_id: &self.request_id,
            region: self.region,
            year: self.year,
            allotted_id: self.allotted_id,
            with_check_digit: self.with_check_digit,
        }
    }
}
