//! All questions, asked of the stock and of the model.

use std::collections::BTreeMap;
use std::fmt::Debug;

use chrono::NaiveDate;
use czei_codes::AnyFault;
use czei_sm2::Sm3;
use czei_stock::{
    Event, Find, HeadSignature, HeadSigner, HeadVerifier, JournalRow, NumberId, NumberRecord, Origin, Segment, State,
    Stock,
};

use super::operation::{Answer, Operation, differences};
use super::prng::Prng;
use super::rules::{Model, expected};

/// What the rows of the journal were when they were last read: they never change.
#[derive(Debug, Clone, Default)]
pub struct Journal {
    rows: i64,
    sm3: [u8; 32],
}

/// What one comparison of all questions read from the stock.
pub struct Seen {
    pub segments: Vec<Segment>,
    pub records: Vec<NumberRecord>,
}

/// Compares all answers; the first difference as text.
pub fn compare(stock: &dyn Stock, model: &mut Model, journal: &mut Journal, prng: &mut Prng) -> Result<Seen, String> {
    let segments = segments(stock, model)?;
    let today = NaiveDate::from_ymd_opt(2026, 2, 10).ok_or("a day")? + chrono::Days::new(prng.below(60));
    status(stock, model, &segments, today)?;
    let records = records(stock, model, prng)?;
    let rows = journal_rows(stock, model, journal, &records)?;
    single_numbers(stock, model, prng, &records)?;
    let report = told(stock.check(), "check")?;
    let wrong: Vec<_> = report.indicators.iter().filter(|indicator| !indicator.holds()).collect();
    same("check", &Vec::<&czei_stock::Indicator>::new(), &wrong)?;
    if report.indicators.is_empty() {
        return Err("check has no indicators".to_owned());
    }
    let report = told(stock.verify_journal(Some(&Seal)), "verify_journal")?;
    same("verify_journal: faults", &(0, Vec::new()), &(report.wrong, report.faults.clone()))?;
    same("verify_journal: rows", &rows, &report.rows)?;
    Ok(Seen { segments, records })
}

fn segments(stock: &dyn Stock, model: &mut Model) -> Result<Vec<Segment>, String> {
    let shown = told(stock.segments(), "segments")?;
    model.learn_segments(&shown);
    let key = |segment: &Segment| (segment.code.to_string(), segment.range.map_or(0, |(first, _)| first.get()));
    if !shown.is_sorted_by_key(key) {
        return Err("segments are not in the order of code and first number".to_owned());
    }
    let mut sorted = shown.clone();
    sorted.sort_by_key(expected::order);
    for (expected, found) in model.expected_segments().iter().zip(&sorted) {
        // What a segment of numbers from outside has instead of a range, a giver and a next number is nobody's
        // business.
        let mut found = found.clone();
        if found.origin == Origin::External {
            found.giver.clear();
            found.next = 0;
        }
        same("segment", expected, &found)?;
    }
    same("segments", &model.segments.len(), &shown.len())?;
    Ok(shown)
}

fn status(stock: &dyn Stock, model: &Model, segments: &[Segment], today: NaiveDate) -> Result<(), String> {
    let status = told(stock.status(today), "status")?;
    same("status: segments", segments, &status.segments)?;
    let mut codes = status.codes;
    codes.sort_by(|a, b| (&a.unit, a.code).cmp(&(&b.unit, b.code)));
    let expected = model.expected_codes(today);
    for (expected, found) in expected.iter().zip(&codes) {
        same(&format!("status on {today}"), expected, found)?;
    }
    same("status: codes", &expected.len(), &codes.len())
}

fn records(stock: &dyn Stock, model: &Model, prng: &mut Prng) -> Result<Vec<NumberRecord>, String> {
    let all = find(stock, model, Find::All)?;
    for state in State::ALL {
        find(stock, model, Find::State(state))?;
    }
    for _ in 0..20 {
        let Some(record) = prng.pick(&all) else { break };
        find(stock, model, Find::Number(record.id))?;
        if let Some(request_id) = record.request_id.as_deref() {
            find(stock, model, Find::Request { unit: None, request_id })?;
            find(stock, model, Find::Request { unit: Some(&record.unit), request_id })?;
            find(stock, model, Find::Request { unit: Some("nobody"), request_id })?;
        }
        if let Some(business_key) = record.business_key.as_deref() {
            find(stock, model, Find::BusinessKey(business_key))?;
        }
        if let Some(day) = record.day {
            find(stock, model, Find::Day(day))?;
        }
        if let Some(blue) = record.reverses {
            find(stock, model, Find::Reverses(NumberId::new(blue.code, blue.number)))?;
        }
    }
    find(stock, model, Find::BusinessKey("nothing"))?;
    find(stock, model, Find::Request { unit: None, request_id: "nothing" })?;
    find(stock, model, Find::Day(NaiveDate::from_ymd_opt(2031, 1, 1).ok_or("a day")?))?;
    Ok(all)
}

fn find(stock: &dyn Stock, model: &Model, question: Find<'_>) -> Result<Vec<NumberRecord>, String> {
    let mut records = Vec::new();
    let mut each = |record| {
        records.push(record);
        Ok(())
    };
    told(stock.find_numbers(question, &mut each), "find_numbers")?;
    let ids: Vec<_> = records.iter().map(|record| record.id).collect();
    same(&format!("{question:?}"), &model.expected_numbers(question), &ids)?;
    for record in &records {
        let found = NumberRecord { last_change: 0, ..record.clone() };
        same(&format!("{question:?}"), &model.expected_record(record.id), &Some(found))?;
    }
    Ok(records)
}

/// The rows: in their order, unchanged since they were last read, and those of each number as the model
/// has them. How many there are.
fn journal_rows(
    stock: &dyn Stock,
    model: &Model,
    before: &mut Journal,
    records: &[NumberRecord],
) -> Result<u64, String> {
    let mut next = 1;
    let mut sm3 = [0; 32];
    let mut at_last_reading = (before.rows == 0).then_some([0; 32]);
    let mut of_numbers: BTreeMap<NumberId, Vec<JournalRow>> = BTreeMap::new();
    let mut order = Ok(());
    let mut each = |row: JournalRow| {
        if row.seq != next {
            order = Err(format!("journal: row {} where {next} should be", row.seq));
        }
        next = row.seq + 1;
        sm3 = Sm3::digest_parts(&[&sm3, format!("{row:?}").as_bytes()]);
        if row.seq == before.rows {
            at_last_reading = Some(sm3);
        }
        if let Some(number) = row.number {
            of_numbers.entry(number).or_default().push(row);
        }
        Ok(())
    };
    told(stock.journal(1, &mut each), "journal")?;
    order?;
    same("journal: rows read before", &Some(before.sm3), &at_last_reading)?;
    *before = Journal { rows: next - 1, sm3 };
    for record in records {
        let rows = of_numbers.remove(&record.id).unwrap_or_default();
        let events: Vec<_> = rows.iter().map(|row| (row.event, row.actor.as_str(), row.subject)).collect();
        let expected = &model.rows[&record.id].events;
        let subject = |event: &expected::ExpectedEvent| event.subject;
        let expected: Vec<_> =
            expected.iter().map(|event| (event.event, event.actor.as_str(), subject(event))).collect();
        same(&format!("journal of {}", record.id), &expected, &events)?;
        if let Some(last) = rows.last() {
            same(&format!("latest change of {}", record.id), &last.seq, &record.last_change)?;
        }
        for pair in rows.windows(2) {
            same(&format!("change before, of {}", record.id), &Some(pair[0].seq), &pair[1].previous)?;
        }
    }
    // Changes of numbers that are not here would be nobody's.
    same("journal: rows of strangers", &None, &of_numbers.keys().next())?;
    Ok(u64::try_from(next - 1).unwrap_or_default())
}

/// Questions about one number: of all kinds, also free, returned and strange ones.
fn single_numbers(stock: &dyn Stock, model: &Model, prng: &mut Prng, records: &[NumberRecord]) -> Result<(), String> {
    let mut ids: Vec<NumberId> = (0..120).filter_map(|_| prng.pick(records)).map(|record| record.id).collect();
    for _ in 0..60 {
        let Some(segment) = prng.pick(&model.segments) else { break };
        let ends = [segment.first, segment.next, segment.last, segment.last + 1, segment.returned_from.unwrap_or(1)];
        let ends = ends.into_iter().filter(|number| (1..=9_999_999_999).contains(number));
        ids.extend(ends.map(|number| super::rules::key(&segment.code, number)));
    }
    ids.sort_unstable();
    ids.dedup();
    let reversed = model.reversed();
    let held = Operation::FindHeld(ids.clone());
    let found = held.perform(stock);
    let expected = Answer { outcomes: ids.iter().map(|id| model.find_held(*id)).collect(), built: Vec::new() };
    let differences = differences(&expected, &found);
    if !differences.is_empty() {
        return Err(format!("find {ids:?}{differences}"));
    }
    for id in ids {
        same(&format!("document of {id}"), &model.expected_document(id), &told(stock.document(id), "document")?)?;
        let story = told(stock.explain(id), "explain")?;
        let record = story.record.clone().map(|record| NumberRecord { last_change: 0, ..record });
        same(&format!("story of {id}"), &model.expected_record(id), &record)?;
        let segment = model.segment_of(id).and_then(|place| model.segments[place].id);
        same(&format!("segment of {id}"), &segment, &story.segment.as_ref().map(|segment| segment.id))?;
        same(&format!("what reverses {id}"), &reversed.get(&id).copied(), &story.reversed_by)?;
        let own: Vec<Event> = story.journal.iter().filter(|row| row.number == Some(id)).map(|row| row.event).collect();
        let expected: Option<Vec<Event>> =
            model.rows.get(&id).map(|row| row.events.iter().map(|event| event.event).collect());
        same(&format!("events of {id}"), &expected.unwrap_or_default(), &own)?;
        if !story.journal.is_sorted_by_key(|row| row.seq) {
            return Err(format!("the story of {id} is not told in its order"));
        }
    }
    Ok(())
}

/// Signs heads with a digest: enough to see whether the stock keeps text and signature together.
pub struct Seal;

impl HeadSigner for Seal {
    fn sign(&self, text: &[u8]) -> Result<HeadSignature, AnyFault> {
        Ok(HeadSignature { certificate: b"model".to_vec(), value: Sm3::digest(text).to_vec() })
    }
}

impl HeadVerifier for Seal {
    fn verify(&self, text: &[u8], signature: &HeadSignature) -> Result<String, AnyFault> {
        if signature.value == Sm3::digest(text) {
            return Ok("model".to_owned());
        }
        Err(czei_stock::Error::from(czei_stock::Code::HeadSignatureWrong).any())
    }
}

fn told<T>(result: czei_stock::Result<T>, question: &str) -> Result<T, String> {
    result.map_err(|error| format!("{question}: {error}"))
}

fn same<T, U>(what: &str, expected: &T, found: &U) -> Result<(), String>
where
    T: PartialEq<U> + Debug + ?Sized,
    U: Debug + ?Sized,
{
    if expected == found {
        return Ok(());
    }
    Err(format!("{what}\n  expected {expected:?}\n  found    {found:?}"))
}
