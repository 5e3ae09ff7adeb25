//! Segments, exchanges and payment codes: what `Stock` promises to change.

use czei_core::PayCode;
use czei_stock::{Event, NumberId, Origin, Returned, SegmentId, State};

use super::super::operation::{Answer, Given, Outcome, PayRequest, Persons, Refusal, Value, number};
use super::{LAST, Model, PayCodeGiven, Segment, check_text, outcome, unknown, wrong_state};

impl Model {
    pub(super) fn receive(&mut self, given: &Given, by: &Persons, found: &Answer) -> Outcome {
        check_persons(by)?;
        if !given.giver.is_empty() {
            check_text(&given.giver, 200)?;
        }
        let Given { first, last, code, .. } = *given;
        let code = code.as_str();
        let next = given.next.unwrap_or(first);
        let overlaps = |segment: &Segment| {
            segment.origin == Origin::Received && segment.code == code && segment.first <= last && first <= segment.last
        };
        let holds_one =
            self.rows.keys().any(|id| id.code().as_str() == code && (first..=last).contains(&id.number().get()));
        let is_wrong = first > last || !(first..=last + 1).contains(&next);
        let is_same = |segment: &&Segment| {
            segment.origin == Origin::Received
                && (segment.code.as_str(), segment.unit.as_str()) == (code, given.unit.as_str())
                && (segment.first, segment.last, segment.begun) == (first, last, next)
                && segment.giver == given.giver
        };
        if let Some(same) = self.segments.iter().find(is_same).filter(|_| !is_wrong) {
            return Ok(Value::Segment(same.id.unwrap_or(SegmentId(-1))));
        }
        if is_wrong || holds_one || self.segments.iter().any(overlaps) {
            let found = format!("{code} {first:010}-{last:010}");
            return Err(Refusal::of(czei_core::Code::SegmentOverlap, Some(found)));
        }
        let id = match found.outcomes.first() {
            // A name that is taken was not given for this segment.
            Some(Ok(Value::Segment(id))) if self.segments.iter().all(|segment| segment.id != Some(*id)) => *id,
            _ => SegmentId(-1),
        };
        self.segments.push(Segment {
            id: Some(id),
            unit: given.unit.clone(),
            code: code.to_owned(),
            origin: Origin::Received,
            first,
            last,
            next,
            begun: next,
            returned_from: None,
            giver: given.giver.clone(),
            received_at: self.now,
            taken_in_at: None,
            drawn: std::collections::BTreeMap::new(),
        });
        let segment = self.segments.len() - 1;
        (first..next).for_each(|number| self.add_unknown(segment, &given.unit, code, number));
        Ok(Value::Segment(id))
    }

    pub(super) fn take_in(&mut self, id: SegmentId, by: &Persons) -> Outcome {
        check_persons(by)?;
        let place = self.by_id(id)?;
        let now = self.now;
        let segment = &mut self.segments[place];
        if segment.taken_in_at.is_some() {
            return Err(Refusal::of(czei_stock::Code::SegmentTakenIn, None));
        }
        segment.taken_in_at = Some(now);
        outcome(Ok(()))
    }

    pub(super) fn give_back(&mut self, id: SegmentId, from: Option<u64>, reason: &str, by: &Persons) -> Outcome {
        check_persons(by)?;
        check_text(reason, 200)?;
        let place = self.by_id(id)?;
        let segment = &mut self.segments[place];
        let first = from.unwrap_or(segment.next);
        let is_tail = segment.free() > 0 && (segment.next..segment.end()).contains(&first);
        if !is_tail {
            return Err(Refusal::of(czei_stock::Code::NothingToReturn, None));
        }
        let last = segment.end() - 1;
        segment.returned_from = Some(first);
        let code = segment.code.parse().expect("a code");
        Ok(Value::Returned(Returned { segment: id, code, first: number(first), last: number(last) }))
    }

    pub(super) fn exchange(&mut self, id: NumberId, paper: &str, by: &Persons) -> Outcome {
        check_persons(by)?;
        check_text(paper, 200)?;
        let event = self.event(Event::Exchanged, &by.maker, None);
        let row = self.rows.get_mut(&id).ok_or_else(|| unknown(id))?;
        if row.state != State::Issued {
            return Err(Refusal::of(czei_stock::Code::NotIssued, None));
        }
        match &row.exchanged_for {
            None => {
                row.exchanged_for = Some(paper.to_owned());
                row.events.push(event);
            }
            Some(before) if before == paper => {}
            Some(_) => return Err(Refusal { found: None, ..wrong_state(id, row.state) }),
        }
        outcome(Ok(()))
    }

    pub(super) fn pay_code(&mut self, request: &PayRequest) -> Outcome {
        let request_key = (request.unit.clone(), request.request_id.as_str().to_owned());
        let PayRequest { region, year, allotted_id, with_check_digit, .. } = *request;
        PayCode::make(region, year, allotted_id, 0, with_check_digit)
            .map_err(|error| Refusal::of(error.code(), None))?;
        if let Some(given) = self.pay_codes.get(&request_key) {
            let same = given.region == region.as_str()
                && (given.year, given.allotted_id, given.with_check_digit) == (year, allotted_id, with_check_digit);
            if !same {
                return Err(Refusal::of(czei_stock::Code::PayCodeDiffers, None));
            }
            return Ok(Value::PayCode(given.code.clone()));
        }
        let sequence_key = (region.as_str().to_owned(), year, allotted_id);
        let mut sequence = self.pay_next.get(&sequence_key).copied().unwrap_or(1);
        let code = loop {
            if sequence >= if with_check_digit { LAST / 10 + 1 } else { LAST + 1 } {
                return Err(Refusal::of(czei_stock::Code::PaySequenceExhausted, None));
            }
            let code = PayCode::make(region, year, allotted_id, sequence, with_check_digit).expect("looked at above");
            sequence += 1;
            // Without a check digit a code must not look as if it had one: it could be one of those, whose
            // sequence begins at 1.
            if with_check_digit || sequence <= 10 || code.check_digit_matches() != Some(true) {
                break code.as_str().to_owned();
            }
        };
        self.pay_next.insert(sequence_key, sequence);
        let region = region.as_str().to_owned();
        self.pay_codes
            .insert(request_key, PayCodeGiven { region, year, allotted_id, with_check_digit, code: code.clone() });
        Ok(Value::PayCode(code))
    }
}

pub(super) fn check_persons(by: &Persons) -> Result<(), Refusal> {
    check_text(&by.maker, 100)?;
    by.checker.as_deref().map_or(Ok(()), |checker| check_text(checker, 100))
}
