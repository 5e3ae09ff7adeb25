//! Random operations, biased towards what conflicts: few units, codes and request ids, numbers at the ends
//! of segments, tokens of the past, wrong states.

use chrono::{DateTime, FixedOffset, NaiveDate, TimeDelta};
use czei_core::{Amount, AreaCode, ReceiptCode, Related, RequestId, Token};
use czei_sm2::Sm3;
use czei_stock::{NumberId, Origin, SegmentId, State};

use super::documents;
use super::operation::{Bytes, Digest, Elsewhere, End, Given, Operation, PayRequest, Persons, Request, Void, number};
use super::prng::Prng;
use super::rules::{Model, Row, day, key};

const UNITS: [&str; 3] = ["0104901", "0104902", "单位三"];
const CODES: [&str; 3] = ["32010126", "32010226", "11020126"];
const LAST: u64 = 9_999_999_999;
/// Numbers from outside come from here, far from the segments.
const OUTSIDE: (u64, u64) = (5_000_000_000, 5_000_000_060);

/// Makes operations, with what it remembers of the past.
#[derive(Debug)]
pub struct Generator {
    pub prng: Prng,
    requests: u64,
    pay_requests: u64,
    /// Every token ever handed out, of lost timelines too.
    pub tokens: Vec<Token>,
    pub has_backup: bool,
}

impl Generator {
    pub fn new(seed: u64) -> Self {
        Generator { prng: Prng::new(seed), requests: 0, pay_requests: 0, tokens: Vec::new(), has_backup: false }
    }

    /// The next operation.
    pub fn operation(&mut self, model: &Model) -> Operation {
        match self.prng.below(1_000) {
            0..300 => Operation::Reserve(self.batch(|one| one.request(model))),
            300..450 => Operation::StoreSigned(self.batch(|one| one.document(model, State::Reserved))),
            450..570 => Operation::StoreIssued(self.batch(|one| one.document(model, State::Signed))),
            570..630 => Operation::Void(self.batch(|one| {
                let wanted = one.prng.one([State::Reserved, State::Signed]);
                (one.token(model, wanted), one.void())
            })),
            630..670 => Operation::VoidNumber(self.id(model), self.void()),
            670..710 => self.exchange(model),
            710..770 => Operation::Import(self.batch(|one| one.elsewhere(model)), self.persons()),
            770..810 => Operation::PayCodes(self.batch(Self::pay_request)),
            810..850 => Operation::FindHeld(self.batch(|one| one.id(model))),
            850..910 => Operation::Receive(self.given(model), self.persons()),
            910..955 => Operation::TakeIn(self.segment(model, |segment| segment.taken_in_at.is_none()), self.persons()),
            955..973 => self.give_back(model),
            973..980 => Operation::Heads { is_signed: self.prng.percent(70) },
            980..992 => Operation::Reopen,
            992..997 => Operation::Backup,
            _ if self.has_backup => Operation::OlderCopy { restoring: self.prng.percent(50) },
            _ => Operation::Backup,
        }
    }

    fn batch<T>(&mut self, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let count = if self.prng.percent(70) { 1 } else { self.prng.within(0, 8) };
        (0..count).map(|_| one(self)).collect()
    }

    fn request(&mut self, model: &Model) -> Request {
        let request_id = self.request_id();
        let code = self.code();
        let unit = self.unit();
        // The draft belongs to the request, so that a retry is one; sometimes it is another draft.
        let variant = u8::from(self.prng.percent(8));
        let same = model.requests.get(&(unit.clone(), request_id.as_str().to_owned())).copied();
        let code = same.filter(|_| self.prng.percent(95)).map_or(code, NumberId::code);
        let draft_digest = Digest(Sm3::digest_parts(&[request_id.as_str().as_bytes(), &[variant]]));
        let number = match same {
            Some(id) if model.rows[&id].token.is_some() && self.prng.percent(10) => Some(id.number().get()),
            _ => self.prng.percent(12).then(|| self.number_from_outside(model, code)),
        };
        let reverses = self.prng.percent(15).then(|| self.related(model));
        let fen = self.prng.within(0, 1_000_000) as i64;
        Request {
            total: Amount::from_fen(if reverses.is_some() { -fen } else { fen }).expect("a small amount"),
            unit,
            code,
            request_id,
            draft_digest,
            at: self.at(),
            business_key: self.prng.percent(50).then(|| format!("业务 {}", self.prng.below(40))),
            number,
            reverses,
            build_fails: self.prng.percent(5),
        }
    }

    fn request_id(&mut self) -> RequestId {
        let is_new = self.requests == 0 || self.prng.percent(55);
        let latest = self.requests;
        let which = match (is_new, self.prng.percent(50)) {
            (true, _) => {
                self.requests += 1;
                self.requests
            }
            (false, true) => self.prng.within(latest.saturating_sub(6), latest),
            (false, false) => self.prng.within(1, latest),
        };
        let id = match which % 9 {
            0 => format!("收款 {which}"),
            1 => format!("r'{which}\"; --%_"),
            _ => format!("r{which}"),
        };
        RequestId::new(id).expect("visible characters")
    }

    fn number_from_outside(&mut self, model: &Model, code: ReceiptCode) -> u64 {
        match self.prng.below(10) {
            0..6 => self.prng.within(OUTSIDE.0, OUTSIDE.1),
            6..8 => self.number_at_an_end(model, code),
            _ => self.id(model).number().get(),
        }
    }

    /// At or beside the end of a segment, or where it goes on.
    fn number_at_an_end(&mut self, model: &Model, code: ReceiptCode) -> u64 {
        let of_code = model.segments.iter().filter(|segment| segment.code == code.as_str() && segment.first > 0);
        let ends: Vec<u64> = of_code.flat_map(|segment| [segment.first, segment.last, segment.next]).collect();
        let end = self.prng.pick(&ends).copied().unwrap_or(1);
        (end + self.prng.below(3)).saturating_sub(1).clamp(1, LAST)
    }

    fn related(&mut self, model: &Model) -> Related {
        let id = match self.prng.below(3) {
            0 => key(CODES[0], self.prng.within(1, 20)),
            1 => self.id(model),
            _ => self.id_in(model, &[State::Issued]),
        };
        Related { code: id.code(), number: id.number() }
    }

    /// A number that is in one of these states, if one is soon found.
    fn id_in(&mut self, model: &Model, states: &[State]) -> NumberId {
        for _ in 0..40 {
            let Some(id) = self.prng.pick(&model.ids) else { break };
            if states.contains(&model.rows[id].state) {
                return *id;
            }
        }
        self.id(model)
    }

    /// A number that has a row, or is free, returned or strange.
    fn id(&mut self, model: &Model) -> NumberId {
        let code = self.code();
        let held = self.prng.pick(&model.ids).copied();
        match held {
            Some(held) if self.prng.percent(80) => held,
            _ => key(code.as_str(), self.number_at_an_end(model, code)),
        }
    }

    /// A token with a number in this state, or of the past, or a wrong one.
    fn token(&mut self, model: &Model, wanted: State) -> Token {
        let id = if self.prng.percent(70) { self.id_in(model, &[wanted]) } else { self.id(model) };
        let now = model.rows.get(&id).and_then(|row| row.token);
        let past = self.prng.pick(&self.tokens).copied();
        let strange = Token { code: id.code(), number: id.number(), salt: self.prng.next() >> self.prng.below(64) };
        match self.prng.below(20) {
            0 => past.unwrap_or(strange),
            1 => past.map_or(strange, |past| Token { salt: past.salt, ..strange }),
            2 => strange,
            _ => now.or(past).unwrap_or(strange),
        }
    }

    fn document(&mut self, model: &Model, wanted: State) -> (Token, Bytes) {
        let token = self.token(model, wanted);
        let version = if self.prng.percent(90) { 0 } else { self.prng.below(3) as u8 };
        let row = model.rows.get(&NumberId::new(token.code, token.number));
        let draft_digest = row.and_then(|row| row.draft_digest).unwrap_or([0; 32]);
        let unsigned = documents::unsigned(&draft_digest, token.number.get());
        let bytes = match (wanted, self.prng.below(40)) {
            (_, 0) => self.rubbish(),
            (State::Reserved, _) => documents::signed(&unsigned, version),
            _ => documents::issued(&unsigned, version),
        };
        (token, Bytes(bytes))
    }

    fn rubbish(&mut self) -> Vec<u8> {
        (0..self.prng.below(30)).map(|_| self.prng.next() as u8).collect()
    }

    fn void(&mut self) -> Void {
        let refusal = self.prng.percent(50).then(|| self.rubbish());
        Void { reason: self.text("重复开具", 200), actor: self.text("李四", 100), at: self.at(), refusal }
    }

    fn exchange(&mut self, model: &Model) -> Operation {
        let id = if self.prng.percent(80) { self.id_in(model, &[State::Issued]) } else { self.id(model) };
        let paper = format!("纸质 {}", self.prng.below(3));
        Operation::Exchange(id, self.text(&paper, 200), self.persons())
    }

    fn elsewhere(&mut self, model: &Model) -> Elsewhere {
        let id = match self.prng.below(8) {
            0..4 => self.id_in(model, &[State::Unknown]),
            4..6 => self.id_in(model, &[State::Reserved, State::Signed]),
            _ => self.id(model),
        };
        let row = model.rows.get(&id);
        let unit = row.filter(|_| self.prng.percent(95)).map_or_else(|| self.unit(), |row| row.unit.clone());
        let end = if self.prng.percent(70) { self.issued_elsewhere(model, id, row) } else { self.voided_elsewhere() };
        Elsewhere { unit, id, end }
    }

    fn issued_elsewhere(&mut self, model: &Model, id: NumberId, row: Option<&Row>) -> End {
        let draft_digest = match row.and_then(|row| row.draft_digest) {
            Some(digest) if self.prng.percent(85) => digest,
            _ => Sm3::digest(&self.prng.below(2).to_be_bytes()),
        };
        let document = documents::issued(&documents::unsigned(&draft_digest, id.number().get()), 0);
        let known = row.filter(|row| row.day.is_some());
        let reverses = match known {
            Some(row) => row.reverses,
            None => self.prng.percent(20).then(|| self.related(model)),
        };
        End::Issued {
            original_sm3: Digest(documents::original_sm3(&document)),
            document: Bytes(document),
            day: known.and_then(|row| row.day).unwrap_or_else(|| day(self.at())),
            total: known.and_then(|row| row.total).unwrap_or(Amount::ZERO),
            business_key: match known {
                Some(row) => row.business_key.clone(),
                None => self.prng.percent(30).then(|| format!("业务 {}", self.prng.below(40))),
            },
            reverses,
        }
    }

    fn voided_elsewhere(&mut self) -> End {
        End::Voided { reason: self.text("作废", 200), actor: self.text("旧系统", 100), at: self.at() }
    }

    fn pay_request(&mut self) -> PayRequest {
        if self.pay_requests == 0 || self.prng.percent(60) {
            self.pay_requests += 1;
        }
        let which = self.prng.within(1.max(self.pay_requests.saturating_sub(12)), self.pay_requests);
        // The parts belong to the request, so that a retry is one; sometimes they are others.
        let parts = which + u64::from(self.prng.percent(5));
        PayRequest {
            unit: self.unit(),
            request_id: RequestId::new(format!("p{which}")).expect("visible characters"),
            region: AreaCode::parse(["320600", "110000"][(parts % 2) as usize]).expect("a region"),
            year: if parts % 29 == 3 { 1999 } else { 2026 + (parts / 2 % 2) as u16 },
            allotted_id: if parts % 31 == 7 { 100 } else { 30 + (parts / 4 % 2) as u8 },
            with_check_digit: (parts / 8).is_multiple_of(2),
        }
    }

    fn given(&mut self, model: &Model) -> Given {
        let received: Vec<_> = model.segments.iter().filter(|segment| segment.origin == Origin::Received).collect();
        if let Some(segment) = self.prng.pick(&received).filter(|_| self.prng.percent(8)) {
            // The same again, or almost.
            return Given {
                unit: if self.prng.percent(90) { segment.unit.clone() } else { self.unit() },
                code: segment.code.parse().expect("a code"),
                first: segment.first,
                last: segment.last,
                next: Some(if self.prng.percent(80) { segment.begun } else { segment.next }),
                giver: segment.giver.clone(),
            };
        }
        let code = self.code();
        let in_code = model.segments.iter().filter(|segment| segment.code == code.as_str());
        let frontier = in_code.map(|segment| segment.last).filter(|last| *last < OUTSIDE.0).max().unwrap_or(0);
        let first = match self.prng.below(10) {
            0..6 => frontier + 1 + self.prng.below(3) * self.prng.below(10),
            6 => self.prng.within(1, frontier + 1),
            7 => self.number_at_an_end(model, code),
            8 => self.prng.within(OUTSIDE.0.saturating_sub(5), OUTSIDE.1 + 5),
            _ => LAST - self.prng.below(30),
        };
        let length = if self.prng.percent(25) { 1 } else { self.prng.within(2, 60) };
        let last = if self.prng.percent(3) { first.saturating_sub(1).max(1) } else { (first + length - 1).min(LAST) };
        let next =
            self.prng.percent(30).then(|| (first + self.prng.below(length + 2)).saturating_sub(self.prng.below(2)));
        let giver = if self.prng.percent(10) { String::new() } else { self.text("示例市财政局", 200) };
        Given { unit: self.unit(), code, first, last, next, giver }
    }

    fn segment(&mut self, model: &Model, is_wanted: impl Fn(&super::rules::Segment) -> bool) -> SegmentId {
        let wanted = model.segments.iter().filter(|segment| is_wanted(segment)).filter_map(|segment| segment.id);
        let wanted: Vec<SegmentId> = wanted.collect();
        let all: Vec<SegmentId> = model.segments.iter().filter_map(|segment| segment.id).collect();
        let from = if self.prng.percent(85) { &wanted } else { &all };
        match self.prng.pick(from) {
            Some(id) if self.prng.percent(95) => *id,
            _ => SegmentId(self.prng.one([0, -1, 9_999, i64::MAX])),
        }
    }

    fn give_back(&mut self, model: &Model) -> Operation {
        let segment = self.segment(model, |segment| segment.origin == Origin::Received && segment.free() > 0);
        let known = model.segments.iter().find(|known| known.id == Some(segment) && known.first > 0);
        let from = known.map(|known| match self.prng.below(6) {
            0 => known.next,
            1 => known.end().saturating_sub(1),
            2 => known.end().min(LAST),
            3 => known.next.saturating_sub(1).max(1),
            _ => self.prng.within(known.next.min(known.last), known.last),
        });
        let from = from.filter(|_| self.prng.percent(80)).map(|from| from.clamp(1, LAST));
        Operation::GiveBack(segment, from, self.text("用不完", 200), self.persons())
    }

    fn persons(&mut self) -> Persons {
        let checker = self.prng.percent(40).then(|| self.text("王五", 100));
        Persons { maker: self.text("张三", 100), checker }
    }

    /// A text; now and then one that is refused.
    fn text(&mut self, usual: &str, limit: usize) -> String {
        match self.prng.below(150) {
            0 => String::new(),
            1 => "字".repeat(limit + 1),
            2 => "字".repeat(limit),
            3 => format!("{usual}\u{200B}"),
            4 => format!("{usual}\n"),
            5 => "'; DROP TABLE number; --\"\\{}%".to_owned(),
            _ => usual.to_owned(),
        }
    }

    fn unit(&mut self) -> String {
        self.prng.one([UNITS[0], UNITS[0], UNITS[1], UNITS[2]]).to_owned()
    }

    fn code(&mut self) -> ReceiptCode {
        self.prng.one([CODES[0], CODES[0], CODES[1], CODES[2]]).parse().expect("a code")
    }

    /// Any time of two months, at UTC+8 or told by another clock.
    fn at(&mut self) -> DateTime<FixedOffset> {
        let first = NaiveDate::from_ymd_opt(2026, 1, 20).and_then(|day| day.and_hms_opt(0, 0, 0)).expect("a day");
        let at = first + TimeDelta::milliseconds(self.prng.below(60 * 86_400_000) as i64);
        let hours = self.prng.one([8, 8, 0, -11]);
        at.and_utc().with_timezone(&FixedOffset::east_opt(hours * 3_600).expect("an offset"))
    }

    /// What the journal's clock says: it may go back, and anywhere from 2020 to 2039.
    pub fn clock(&mut self) -> DateTime<FixedOffset> {
        let milliseconds = 1_577_836_800_000 + self.prng.below(600_000_000_000) as i64;
        DateTime::from_timestamp_millis(milliseconds).expect("a time").with_timezone(&czei_core::BEIJING)
    }

    /// The segments that an older copy does not have are noted again, as the giver's list has them: without
    /// what was given back, and with their next number, from which on nothing was used.
    pub fn noted_again(model: &Model, lost: &Model) -> Vec<Operation> {
        let by = Persons { maker: "张三".to_owned(), checker: Some("王五".to_owned()) };
        let gone = lost.segments.iter().skip(model.segments.len());
        let received = gone.filter(|segment| segment.origin == Origin::Received && segment.end() > segment.first);
        let again = received.map(|segment| {
            let given = Given {
                unit: segment.unit.clone(),
                code: segment.code.parse().expect("a code"),
                first: segment.first,
                last: segment.end() - 1,
                next: Some(segment.next),
                giver: segment.giver.clone(),
            };
            Operation::Receive(given, by.clone())
        });
        again.collect()
    }
}

#[test]
fn conflicts_are_frequent() {
    let mut generator = Generator::new(1);
    let model = Model::default();
    let operations: Vec<_> = (0..2_000).map(|_| generator.operation(&model)).collect();
    let count = |is: fn(&Operation) -> bool| operations.iter().filter(|operation| is(operation)).count();
    assert!(count(|operation| matches!(operation, Operation::Reserve(requests) if requests.len() > 1)) > 50);
    assert!(count(|operation| matches!(operation, Operation::Reopen)) > 5);
    assert_eq!(key("32010126", 1).number(), number(1));
}
