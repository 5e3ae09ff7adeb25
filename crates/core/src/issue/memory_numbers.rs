//! Numbers in memory: for tests and the sandbox. Nothing survives the process.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use czei_codes::AnyFault;

use crate::model::Related;
use crate::{Code, Error, ReceiptCode, ReceiptNumber};

use super::{Held, NumberRequest, NumberSource, RequestId, Reservation, Token, Voiding};

/// A source of numbers that keeps everything in memory.
///
/// It holds the same rules as a durable source (one number a request, lowest first, no number
/// twice) but forgets all when the process ends: never use it to issue real receipts.
#[derive(Debug, Default)]
pub struct MemoryNumbers {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Per code, the segments in the order of their first number: next free and last.
    segments: HashMap<ReceiptCode, BTreeMap<ReceiptNumber, Segment>>,
    rows: Vec<Row>,
    by_request: HashMap<(String, RequestId), usize>,
    by_number: HashMap<(ReceiptCode, ReceiptNumber), usize>,
    /// Blue receipts to the rows of their red ones.
    by_reversed: HashMap<(ReceiptCode, ReceiptNumber), usize>,
}

#[derive(Debug)]
struct Segment {
    /// The next free number; `None` when the segment is used up.
    next: Option<ReceiptNumber>,
    last: ReceiptNumber,
}

#[derive(Debug)]
struct Row {
    code: ReceiptCode,
    number: ReceiptNumber,
    draft_digest: [u8; 32],
    life: Life,
}

#[derive(Debug)]
enum Life {
    Held(Held),
    Voided,
}

impl MemoryNumbers {
    /// A source without numbers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the segment `first..=last` of a code.
    ///
    /// # Errors
    /// [`Code::SegmentOverlap`] when the ends are the wrong way round, or a number of it is there.
    pub fn add_segment(&self, code: ReceiptCode, first: ReceiptNumber, last: ReceiptNumber) -> Result<(), Error> {
        let mut state = self.lock();
        let state = &mut *state;
        let segments = state.segments.entry(code).or_default();
        let overlaps = segments.iter().any(|(start, segment)| *start <= last && first <= segment.last);
        let holds_one = state.by_number.keys().any(|(held, number)| *held == code && (first..=last).contains(number));
        if first > last || overlaps || holds_one {
            return Err(Error::new(Code::SegmentOverlap).found(format!("{code} {first}-{last}")));
        }
        segments.insert(first, Segment { next: Some(first), last });
        Ok(())
    }

    /// How many numbers of a code are free.
    #[must_use]
    pub fn free(&self, code: ReceiptCode) -> u64 {
        let state = self.lock();
        let free = |segment: &Segment| segment.next.map_or(0, |next| segment.last.get() - next.get() + 1);
        state.segments.get(&code).map_or(0, |segments| segments.values().map(free).sum())
    }

    /// A panic of another thread leaves no half-made change behind (each change is one insertion
    /// at the end), so the state may be used on.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl NumberSource for MemoryNumbers {
    fn reserve(
        &self,
        requests: &[NumberRequest<'_>],
        build: &mut dyn FnMut(usize, ReceiptNumber) -> Result<Vec<u8>, AnyFault>,
    ) -> Vec<Result<Reservation, AnyFault>> {
        let mut state = self.lock();
        requests.iter().enumerate().map(|(index, request)| state.reserve(index, request, build)).collect()
    }

    fn store_signed(&self, signed: &[(Token, &[u8])]) -> Vec<Result<(), AnyFault>> {
        let mut state = self.lock();
        signed.iter().map(|(token, bytes)| state.store(*token, bytes, Step::Sign)).map(any).collect()
    }

    fn store_issued(&self, issued: &[(Token, &[u8])]) -> Vec<Result<(), AnyFault>> {
        let mut state = self.lock();
        issued.iter().map(|(token, bytes)| state.store(*token, bytes, Step::Issue)).map(any).collect()
    }

    fn void(&self, voidings: &[(Token, Voiding<'_>)]) -> Vec<Result<(), AnyFault>> {
        let mut state = self.lock();
        voidings.iter().map(|(token, voiding)| state.void(*token, voiding)).map(any).collect()
    }

    fn find(&self, numbers: &[(ReceiptCode, ReceiptNumber)]) -> Vec<Result<Reservation, AnyFault>> {
        let state = self.lock();
        numbers.iter().map(|number| state.find(*number)).map(any).collect()
    }
}

/// The error without the type of its code.
fn any<T>(result: Result<T, Error>) -> Result<T, AnyFault> {
    result.map_err(Error::any)
}

#[derive(Clone, Copy)]
enum Step {
    Sign,
    Issue,
}

impl State {
    fn reserve(
        &mut self,
        index: usize,
        request: &NumberRequest<'_>,
        build: &mut dyn FnMut(usize, ReceiptNumber) -> Result<Vec<u8>, AnyFault>,
    ) -> Result<Reservation, AnyFault> {
        let key = (request.unit.to_owned(), request.request_id.clone());
        if let Some(&row) = self.by_request.get(&key) {
            let held = &self.rows[row];
            let other_number = request.number.is_some_and(|number| number != held.number);
            if held.draft_digest != request.draft_digest || held.code != request.code || other_number {
                return Err(Error::new(Code::RequestDiffers).found(request.request_id.as_str()).any());
            }
            return any(self.reservation(row));
        }
        any(self.check_not_reversed(request.reverses))?;
        let number = any(self.number_for(request))?;
        let unsigned = build(index, number)?;
        if request.number.is_none() {
            self.advance(request.code, number);
        }
        let row = self.insert(key, request, number, Held::Reserved(unsigned));
        any(self.reservation(row))
    }

    /// The number from outside, or the lowest free one, which stays free until the segment advances.
    fn number_for(&self, request: &NumberRequest<'_>) -> Result<ReceiptNumber, Error> {
        if let Some(number) = request.number {
            self.check_not_held(request.code, number)?;
            return Ok(number);
        }
        let segments = self.segments.get(&request.code).into_iter().flatten();
        let free = segments.filter_map(|(_, segment)| segment.next).next();
        free.ok_or_else(|| Error::new(Code::NumbersExhausted).found(request.code.to_string()))
    }

    fn advance(&mut self, code: ReceiptCode, used: ReceiptNumber) {
        let segments = self.segments.get_mut(&code).into_iter().flatten();
        for (_, segment) in segments.filter(|(_, segment)| segment.next == Some(used)) {
            segment.next = used.next().filter(|next| *next <= segment.last);
        }
    }

    /// Adds a number that is nowhere yet; its place among the rows.
    fn insert(
        &mut self,
        key: (String, RequestId),
        request: &NumberRequest<'_>,
        number: ReceiptNumber,
        held: Held,
    ) -> usize {
        let row = self.rows.len();
        self.rows.push(Row { code: request.code, number, draft_digest: request.draft_digest, life: Life::Held(held) });
        self.by_request.insert(key, row);
        self.by_number.insert((request.code, number), row);
        if let Some(blue) = request.reverses {
            self.by_reversed.insert((blue.code, blue.number), row);
        }
        row
    }

    /// A number from outside must not be here, nor come out of a segment later.
    fn check_not_held(&self, code: ReceiptCode, number: ReceiptNumber) -> Result<(), Error> {
        let mut segments = self.segments.get(&code).into_iter().flatten();
        let in_segment = segments.any(|(start, segment)| (*start..=segment.last).contains(&number));
        if in_segment || self.by_number.contains_key(&(code, number)) {
            return Err(Error::new(Code::NumberHeld).found(format!("{code}-{number}")));
        }
        Ok(())
    }

    fn check_not_reversed(&self, blue: Option<Related>) -> Result<(), Error> {
        let Some(Related { code, number }) = blue else { return Ok(()) };
        match self.by_reversed.get(&(code, number)).map(|row| &self.rows[*row].life) {
            Some(Life::Held(_)) => Err(Error::new(Code::AlreadyReversed).found(format!("{code}-{number}"))),
            // A red receipt that never came to be reverses nothing.
            Some(Life::Voided) | None => Ok(()),
        }
    }

    fn void(&mut self, token: Token, voiding: &Voiding<'_>) -> Result<(), Error> {
        let row = self.row(token)?;
        match &row.life {
            Life::Held(Held::Reserved(_)) => {}
            Life::Held(Held::Signed(_)) if voiding.refusal.is_some() => {}
            _ => return Err(row.wrong_state()),
        }
        row.life = Life::Voided;
        Ok(())
    }

    fn find(&self, (code, number): (ReceiptCode, ReceiptNumber)) -> Result<Reservation, Error> {
        let index = self.by_number.get(&(code, number)).copied();
        let index = index.ok_or_else(|| Error::new(Code::NumberUnknown).found(format!("{code}-{number}")))?;
        self.reservation(index)
    }

    fn store(&mut self, token: Token, bytes: &[u8], step: Step) -> Result<(), Error> {
        let row = self.row(token)?;
        let next = match (&row.life, step) {
            (Life::Held(Held::Reserved(_)), Step::Sign) => Held::Signed(bytes.to_vec()),
            (Life::Held(Held::Signed(_)), Step::Issue) => Held::Issued(bytes.to_vec()),
            (Life::Held(Held::Signed(held)), Step::Sign) | (Life::Held(Held::Issued(held)), Step::Issue)
                if held == bytes =>
            {
                return Ok(());
            }
            _ => return Err(row.wrong_state()),
        };
        row.life = Life::Held(next);
        Ok(())
    }

    fn row(&mut self, token: Token) -> Result<&mut Row, Error> {
        let index = usize::try_from(token.salt).unwrap_or(usize::MAX);
        let row = self.rows.get_mut(index).filter(|row| (row.code, row.number) == (token.code, token.number));
        row.ok_or_else(|| Error::new(Code::NumberUnknown).found(format!("{}-{}", token.code, token.number)))
    }

    fn reservation(&self, index: usize) -> Result<Reservation, Error> {
        let row = &self.rows[index];
        let Life::Held(held) = &row.life else { return Err(row.wrong_state()) };
        let token = Token { code: row.code, number: row.number, salt: index as u64 };
        Ok(Reservation { token, held: held.clone() })
    }
}

impl Row {
    fn wrong_state(&self) -> Error {
        let state = match &self.life {
            Life::Held(Held::Reserved(_)) => "reserved",
            Life::Held(Held::Signed(_)) => "signed",
            Life::Held(Held::Issued(_)) => "issued",
            Life::Voided => "voided",
        };
        Error::new(Code::NumberState).found(format!("{}-{} {state}", self.code, self.number))
    }
}
