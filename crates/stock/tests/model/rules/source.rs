//! The life of a number: what `NumberSource` promises.

use czei_core::{Held, Reservation, Token};
use czei_sm2::Sm3;
use czei_stock::{Event, NumberId, Origin, State};

use super::super::documents;
use super::super::operation::{Answer, Outcome, Refusal, Request, Value, Void, number};
use super::{Model, Row, Segment, check_text, day, key, outcome, unknown, wrong_state};

impl Model {
    pub(super) fn reserve(
        &mut self,
        index: usize,
        request: &Request,
        found: &Answer,
        built: &mut Vec<(usize, u64)>,
    ) -> Outcome {
        let request_key = (request.unit.clone(), request.request_id.as_str().to_owned());
        if let Some(id) = self.requests.get(&request_key).copied() {
            let row = &self.rows[&id];
            let other_number = request.number.is_some_and(|number| number != id.number().get());
            if row.draft_digest != Some(request.draft_digest.0) || id.code() != request.code || other_number {
                return Err(Refusal::of(czei_core::Code::RequestDiffers, Some(request_key.1)));
            }
            return self.find_held(id);
        }
        self.check_not_reversed(request.reverses, None)?;
        let (id, drawn_from) = self.number_for(request)?;
        built.push((index, id.number().get()));
        if request.build_fails {
            return Err(Refusal::of(czei_sm2::Code::EntropyFailed, Some("no document".to_owned())));
        }
        let segment = drawn_from.unwrap_or_else(|| self.outside(request));
        if drawn_from.is_some() {
            self.segments[segment].next += 1;
            *self.segments[segment].drawn.entry(day(request.at)).or_default() += 1;
        }
        let event = if drawn_from.is_some() { Event::Reserved } else { Event::Obtained };
        let row = Row {
            segment,
            state: State::Reserved,
            token: Some(self.learned_token(id, index, found)),
            unit: request.unit.clone(),
            request_id: Some(request.request_id.as_str().to_owned()),
            draft_digest: Some(request.draft_digest.0),
            business_key: request.business_key.clone(),
            total: Some(request.total),
            day: Some(day(request.at)),
            reverses: request.reverses,
            document: Some(documents::unsigned(&request.draft_digest.0, id.number().get())),
            document_sm3: None,
            exchanged_for: None,
            events: vec![self.event(event, &self.actor, Some(request.draft_digest.0))],
        };
        self.add_row(id, row);
        self.requests.insert(request_key, id);
        self.find_held(id)
    }

    /// The number from outside, or the lowest free one with its segment.
    fn number_for(&self, request: &Request) -> Result<(NumberId, Option<usize>), Refusal> {
        let code = request.code.as_str();
        if let Some(number) = request.number {
            let id = key(code, number);
            let in_segment = self.segments.iter().any(|segment| segment.covers(code, number));
            if in_segment || self.rows.contains_key(&id) {
                return Err(Refusal::of(czei_core::Code::NumberHeld, Some(id.to_string())));
            }
            return Ok((id, None));
        }
        let usable = |(_, segment): &(usize, &Segment)| {
            segment.unit == request.unit && segment.code == code && segment.is_usable()
        };
        let lowest = self.segments.iter().enumerate().filter(usable).min_by_key(|(_, segment)| segment.first);
        match lowest {
            Some((index, segment)) => Ok((key(code, segment.next), Some(index))),
            None => Err(Refusal::of(czei_core::Code::NumbersExhausted, Some(code.to_owned()))),
        }
    }

    /// The segment of numbers from outside; made on first use.
    fn outside(&mut self, request: &Request) -> usize {
        let is_it = |segment: &Segment| {
            segment.origin == Origin::External && segment.unit == request.unit && segment.code == request.code.as_str()
        };
        if let Some(place) = self.segments.iter().position(is_it) {
            return place;
        }
        self.segments.push(Segment {
            id: None,
            unit: request.unit.clone(),
            code: request.code.to_string(),
            origin: Origin::External,
            first: 0,
            last: 0,
            next: 0,
            begun: 0,
            returned_from: None,
            giver: String::new(),
            received_at: self.now,
            taken_in_at: Some(self.now),
            drawn: std::collections::BTreeMap::new(),
        });
        self.segments.len() - 1
    }

    /// The token that the stock chose.
    fn learned_token(&self, id: NumberId, index: usize, found: &Answer) -> Token {
        let salt = match found.outcomes.get(index) {
            Some(Ok(Value::Reservation(reservation))) => reservation.token.salt,
            _ => 0,
        };
        Token { code: id.code(), number: id.number(), salt }
    }

    pub(super) fn store(&mut self, token: Token, bytes: &[u8], step: Event) -> Outcome {
        let id = self.by_token(token)?;
        let sm3 = Sm3::digest(bytes);
        let event = self.event(step, &self.actor, Some(sm3));
        let row = self.rows.get_mut(&id).expect("a token names a row");
        let next = match (row.state, step) {
            (State::Reserved, Event::Signed) => State::Signed,
            (State::Signed, Event::Issued) => State::Issued,
            (State::Signed, Event::Signed) | (State::Issued, Event::Issued)
                if row.document.as_deref() == Some(bytes) =>
            {
                return Ok(Value::Done);
            }
            (state, _) => return Err(wrong_state(id, state)),
        };
        row.state = next;
        row.document = Some(bytes.to_vec());
        row.document_sm3 = Some(sm3);
        row.events.push(event);
        Ok(Value::Done)
    }

    pub(super) fn void(&mut self, token: Token, void: &Void) -> Outcome {
        check_void(void)?;
        let id = self.by_token(token)?;
        match self.rows[&id].state {
            State::Reserved => {}
            State::Signed if void.refusal.is_some() => {}
            state => return Err(wrong_state(id, state)),
        }
        self.set_void(id, void);
        outcome(Ok(()))
    }

    pub(super) fn void_number(&mut self, id: NumberId, void: &Void) -> Outcome {
        check_void(void)?;
        match self.rows.get(&id).map(|row| row.state) {
            None => return Err(unknown(id)),
            Some(State::Reserved | State::Unknown) => {}
            Some(State::Signed) if void.refusal.is_some() => {}
            Some(State::Signed) => return Err(Refusal::of(czei_stock::Code::RefusalNeeded, None)),
            Some(state) => return Err(wrong_state(id, state)),
        }
        self.set_void(id, void);
        outcome(Ok(()))
    }

    fn set_void(&mut self, id: NumberId, void: &Void) {
        let event = self.event(Event::Voided, &void.actor, None);
        let row = self.rows.get_mut(&id).expect("the caller found it");
        row.state = State::Voided;
        row.events.push(event);
    }

    /// What is held for a number.
    pub fn find_held(&self, id: NumberId) -> Outcome {
        let row = self.rows.get(&id).ok_or_else(|| unknown(id))?;
        let document = row.document.clone().unwrap_or_default();
        let held = match row.state {
            State::Reserved => Held::Reserved(document),
            State::Signed => Held::Signed(document),
            State::Issued => Held::Issued(document),
            state => return Err(wrong_state(id, state)),
        };
        // What was issued elsewhere has no reservation: its token fits nothing.
        let token = row.token.unwrap_or(Token { code: id.code(), number: id.number(), salt: 0 });
        Ok(Value::Reservation(Reservation { token, held }))
    }

    fn by_token(&self, token: Token) -> Result<NumberId, Refusal> {
        let id = NumberId::new(token.code, number(token.number.get()));
        match self.rows.get(&id) {
            Some(row) if row.token == Some(token) => Ok(id),
            _ => Err(unknown(id)),
        }
    }
}

fn check_void(void: &Void) -> Result<(), Refusal> {
    check_text(&void.reason, 200)?;
    check_text(&void.actor, 100)
}
