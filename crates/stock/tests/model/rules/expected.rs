//! What the stock must answer to questions.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, FixedOffset, NaiveDate};
use czei_stock::{
    CodeStatus, Document, Event, Find, NumberId, NumberRecord, Origin, Segment as Shown, SegmentId, State, Status,
};

use super::super::operation::number;
use super::{Model, Row, Segment, key};

/// A row of the journal about one number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedEvent {
    pub event: Event,
    pub actor: String,
    pub subject: Option<[u8; 32]>,
}

impl Model {
    /// Learns the names of segments that numbers from outside made. A name that is taken stays unlearned.
    pub fn learn_segments(&mut self, shown: &[Shown]) {
        for place in 0..self.segments.len() {
            let segment = &self.segments[place];
            if segment.id.is_some() {
                continue;
            }
            let is_it = |shown: &&Shown| {
                shown.origin == Origin::External && shown.unit == segment.unit && shown.code.as_str() == segment.code
            };
            let found = shown.iter().find(is_it).map(|shown| shown.id);
            let is_new = found.is_some_and(|id| self.segments.iter().all(|segment| segment.id != Some(id)));
            self.segments[place].id = found.filter(|_| is_new);
        }
    }

    /// The segments in the order of code, first number and name.
    pub fn expected_segments(&self) -> Vec<Shown> {
        let mut shown = self.shown();
        shown.sort_by_key(order);
        shown
    }

    /// The segments, counted, in their own order.
    fn shown(&self) -> Vec<Shown> {
        let mut shown: Vec<Shown> = self.segments.iter().map(show).collect();
        for row in self.rows.values() {
            let segment = &mut shown[row.segment];
            *match row.state {
                State::Reserved => &mut segment.reserved,
                State::Signed => &mut segment.signed,
                State::Issued => &mut segment.issued,
                State::Voided => &mut segment.voided,
                State::Unknown => &mut segment.unknown,
            } += 1;
            if row.state == State::Issued {
                segment.red += u64::from(row.reverses.is_some());
                segment.exchanged += u64::from(row.exchanged_for.is_some());
            }
        }
        shown
    }

    /// The sums, in the order of unit and code.
    pub fn expected_codes(&self, today: NaiveDate) -> Vec<CodeStatus> {
        let mut codes: BTreeMap<(&str, &str), CodeStatus> = BTreeMap::new();
        for (segment, shown) in self.segments.iter().zip(self.shown()) {
            let status = codes.entry((&segment.unit, &segment.code)).or_insert_with(|| empty(segment));
            status.received += shown.received();
            if segment.taken_in_at.is_some() {
                status.free += segment.free();
            } else {
                status.pending += segment.free();
            }
            status.reserved += shown.reserved;
            status.signed += shown.signed;
            status.issued += shown.issued;
            status.voided += shown.voided;
            status.returned += shown.returned();
            status.unknown += shown.unknown;
            status.red += shown.red;
            if segment.origin == Origin::External {
                status.external += shown.reserved + shown.signed + shown.issued + shown.voided + shown.unknown;
            }
            let since = today - Days::new(Status::RATE_DAYS - 1);
            status.drawn_lately += segment.drawn.range(since..=today).map(|(_, drawn)| drawn).sum::<u64>();
            if let Some((first, _)) = segment.drawn.range(..=today).find(|(_, drawn)| **drawn > 0) {
                let days = (today - *first).num_days() as u64 + 1;
                status.rate_days = status.rate_days.max(days).min(Status::RATE_DAYS);
            }
        }
        let mut codes: Vec<CodeStatus> = codes.into_values().collect();
        for status in &mut codes {
            status.days_left = (status.free * status.rate_days).checked_div(status.drawn_lately);
            status.until = status.days_left.and_then(|days| today.checked_add_days(Days::new(days)));
        }
        codes
    }

    /// What is known of a number, but for the row of its latest change.
    pub fn expected_record(&self, id: NumberId) -> Option<NumberRecord> {
        let row = self.rows.get(&id)?;
        Some(NumberRecord {
            id,
            segment: self.segments[row.segment].id.unwrap_or(SegmentId(-1)),
            state: row.state,
            token: row.token,
            unit: row.unit.clone(),
            request_id: row.request_id.clone(),
            draft_digest: row.draft_digest,
            business_key: row.business_key.clone(),
            total: row.total,
            day: row.day,
            reverses: row.reverses,
            document_sm3: row.document_sm3,
            is_exchanged: row.exchanged_for.is_some(),
            last_change: 0,
        })
    }

    /// The numbers that answer a question, in their order.
    pub fn expected_numbers(&self, question: Find<'_>) -> Vec<NumberId> {
        let answers = |(id, row): &(&NumberId, &Row)| match question {
            Find::Number(wanted) => **id == wanted,
            Find::Request { unit, request_id } => {
                row.request_id.as_deref() == Some(request_id) && unit.is_none_or(|unit| row.unit == unit)
            }
            Find::BusinessKey(business_key) => row.business_key.as_deref() == Some(business_key),
            Find::Day(day) => row.day == Some(day),
            Find::State(state) => row.state == state,
            Find::Reverses(blue) => self.is_red_of(row, blue),
            Find::All => true,
        };
        self.rows.iter().filter(answers).map(|(id, _)| *id).collect()
    }

    /// The blue receipts that are reversed, each with the number that does: the one that is not voided.
    pub fn reversed(&self) -> BTreeMap<NumberId, NumberId> {
        let reds = self.rows.iter().filter(|(_, row)| row.state != State::Voided);
        reds.filter_map(|(id, row)| row.reverses.map(|blue| (NumberId::new(blue.code, blue.number), *id))).collect()
    }

    fn is_red_of(&self, row: &Row, blue: NumberId) -> bool {
        row.state != State::Voided
            && row.reverses.is_some_and(|related| NumberId::new(related.code, related.number) == blue)
    }

    /// The document beside a number.
    pub fn expected_document(&self, id: NumberId) -> Option<Document> {
        let row = self.rows.get(&id)?;
        let document = row.document.clone();
        match row.state {
            State::Reserved => document.map(Document::Unsigned),
            State::Signed => document.map(Document::Signed),
            State::Issued => document.map(Document::Issued),
            State::Voided | State::Unknown => None,
        }
    }

    /// The segment that a number lies in.
    pub fn segment_of(&self, id: NumberId) -> Option<usize> {
        let code = id.code();
        let covers = |segment: &Segment| segment.covers(code.as_str(), id.number().get());
        self.rows.get(&id).map(|row| row.segment).or_else(|| self.segments.iter().position(covers))
    }

    /// Numbers below the next one of their segment without a row.
    pub fn gaps(shown: &[Shown], records: &[NumberRecord]) -> u64 {
        let received = shown.iter().filter_map(|segment| segment.range.map(|range| (segment, range)));
        let missing = received.map(|(segment, (first, _))| {
            let (code, end) = (segment.code.as_str(), segment.next);
            let held = |number: &u64| records.binary_search_by_key(&key(code, *number), |record| record.id).is_err();
            (first.get()..end).filter(held).count() as u64
        });
        missing.sum()
    }
}

pub fn order(segment: &Shown) -> (String, u64, SegmentId) {
    (segment.code.to_string(), segment.range.map_or(0, |(first, _)| first.get()), segment.id)
}

/// The journal's clock counts milliseconds.
pub fn whole_milliseconds(at: DateTime<FixedOffset>) -> DateTime<FixedOffset> {
    let whole = DateTime::from_timestamp_millis(at.timestamp_millis()).expect("a time of this century");
    whole.with_timezone(&czei_core::BEIJING)
}

fn show(segment: &Segment) -> Shown {
    let received = segment.origin == Origin::Received;
    Shown {
        id: segment.id.unwrap_or(SegmentId(-1)),
        parent: None,
        unit: segment.unit.clone(),
        code: segment.code.parse().expect("a code"),
        origin: segment.origin,
        range: received.then(|| (number(segment.first), number(segment.last))),
        next: segment.next,
        returned_from: segment.returned_from.map(number),
        giver: segment.giver.clone(),
        received_at: whole_milliseconds(segment.received_at),
        taken_in_at: segment.taken_in_at.map(whole_milliseconds),
        reserved: 0,
        signed: 0,
        issued: 0,
        voided: 0,
        unknown: 0,
        red: 0,
        exchanged: 0,
    }
}

fn empty(segment: &Segment) -> CodeStatus {
    CodeStatus {
        unit: segment.unit.clone(),
        code: segment.code.parse().expect("a code"),
        received: 0,
        free: 0,
        pending: 0,
        reserved: 0,
        signed: 0,
        issued: 0,
        voided: 0,
        returned: 0,
        unknown: 0,
        red: 0,
        external: 0,
        drawn_lately: 0,
        rate_days: 0,
        days_left: None,
        until: None,
    }
}
