//! Stock and model side by side.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::path::PathBuf;

use czei_core::NumberSource as _;
use czei_stock::{NumberId, Origin, State, Stock as _};

use super::generator::Generator;
use super::operation::{Answer, Operation, Value, differences};
use super::place::{Place, Wrap};
use super::questions::{Journal, Seal, Seen, compare};
use super::rules::{Model, key};

/// So many operations go by between two comparisons of all questions.
const STEPS: u64 = 500;
/// So many operations are done on one stock; then a new one is begun, so that a long run stays quick.
pub const CHAPTER: u64 = 10_000;
const ACTORS: [&str; 3] = ["收费系统", "老师 A", "夜间批处理"];

/// Where stock and model part.
pub struct Mismatch {
    seed: u64,
    step: u64,
    /// The operation or question that showed it.
    pub what: String,
    last: VecDeque<String>,
}

impl fmt::Debug for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for operation in &self.last {
            writeln!(f, "  {operation}")?;
        }
        writeln!(f, "{}", self.what)?;
        write!(f, "stock and model differ: seed {}, step {}", self.seed, self.step)
    }
}

/// What a run came to, counted from the stock and from what was acknowledged, not from the model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// How often all questions were compared.
    pub states: u64,
    /// Reservations that were acknowledged.
    pub acked: u64,
    /// Acknowledged numbers without a row.
    pub lost: u64,
    /// Numbers and payment codes that were given to two requests.
    pub doubled: u64,
    /// Numbers below the next one of their segment without a row.
    pub gaps: u64,
}

impl Counts {
    pub fn add(&mut self, other: Counts) {
        self.states += other.states;
        self.acked += other.acked;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.gaps += other.gaps;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts { states, acked, lost, doubled, gaps } = self;
        write!(f, "states={states} acked={acked} lost={lost} doubled={doubled} gaps={gaps}")
    }
}

/// A backup with the model as it was then.
struct Saved {
    file: PathBuf,
    model: Model,
    journal: Journal,
    /// How many changes had been made.
    changes: u64,
}

/// One stock with its model.
pub struct Run {
    seed: u64,
    step: u64,
    place: Place,
    model: Model,
    generator: Generator,
    journal: Journal,
    saved: Option<Saved>,
    changes: u64,
    last: VecDeque<String>,
    acked: Acknowledged,
    states: u64,
    tally: Tally,
}

/// How often each operation was answered how: with the number of an error, or 0.
pub type Tally = BTreeMap<(&'static str, u16), u64>;

/// What the stock acknowledged, kept apart from the model.
#[derive(Debug, Default)]
struct Acknowledged {
    /// The requests that were given a number of a segment, in all timelines.
    drawn: BTreeMap<NumberId, BTreeSet<(String, String)>>,
    /// Those from outside that no restored backup lost: that a number came from outside is known only to the
    /// row.
    outside: BTreeSet<NumberId>,
    /// The requests that were given a payment code, in all timelines.
    pay_codes: BTreeMap<String, BTreeSet<(String, String)>>,
    count: u64,
}

impl Run {
    pub fn new(seed: u64, wrap: Wrap) -> Self {
        let generator = Generator::new(seed);
        Run {
            seed,
            step: 0,
            place: Place::new(seed, wrap),
            model: Model::default(),
            generator,
            journal: Journal::default(),
            saved: None,
            changes: 0,
            last: VecDeque::new(),
            acked: Acknowledged::default(),
            states: 0,
            tally: Tally::new(),
        }
    }

    /// So many operations, then the counts.
    pub fn go(mut self, operations: u64) -> Result<(Counts, Tally), Mismatch> {
        for _ in 0..operations {
            self.step += 1;
            let operation = self.generator.operation(&self.model);
            self.one(&operation)?;
            if self.step.is_multiple_of(STEPS) {
                self.questions()?;
            }
        }
        let seen = self.questions()?;
        Ok((self.counts(&seen), self.tally))
    }

    /// These operations, then the counts.
    pub fn play(mut self, operations: &[Operation]) -> Result<Counts, Mismatch> {
        for operation in operations {
            self.step += 1;
            self.one(operation)?;
        }
        let seen = self.questions()?;
        Ok(self.counts(&seen))
    }

    fn one(&mut self, operation: &Operation) -> Result<(), Mismatch> {
        if self.last.len() == 20 {
            self.last.pop_front();
        }
        let now = self.generator.clock();
        let actor = self.generator.prng.one(ACTORS);
        self.last.push_back(format!("{}: {actor}: {operation:?}", self.step));
        self.place.set_clock(now);
        (self.model.now, self.model.actor) = (now, actor.to_owned());
        *self.tally.entry((operation.name(), 0)).or_default() += u64::from(operation.is_of_files());
        match operation {
            Operation::Reopen => self.told(|place| place.reopen(), "opening again"),
            Operation::Backup => self.backup(),
            Operation::OlderCopy { restoring } => self.older_copy(*restoring),
            Operation::Heads { is_signed } => {
                let signer = is_signed.then_some(&Seal as _);
                let by = czei_stock::By::one(actor);
                self.told(|place| place.sqlite().sign_heads(signer, by).map(|_| ()), "noting heads")?;
                self.changes += 1;
                Ok(())
            }
            operation => self.change(operation, actor),
        }
    }

    fn change(&mut self, operation: &Operation, actor: &str) -> Result<(), Mismatch> {
        let found = operation.perform(&*self.place.stock(actor));
        let expected = self.model.apply(operation, &found);
        self.changes += 1;
        let differences = differences(&expected, &found);
        if !differences.is_empty() {
            return Err(self.differ(format!("{operation:?}{differences}")));
        }
        for outcome in &found.outcomes {
            let code = outcome.as_ref().map_or_else(|refusal| refusal.code, |_| 0);
            *self.tally.entry((operation.name(), code)).or_default() += 1;
        }
        self.acknowledge(operation, &found)
    }

    /// Notes what a reservation gave, and that a token is new or as before.
    fn acknowledge(&mut self, operation: &Operation, found: &Answer) -> Result<(), Mismatch> {
        if let Operation::PayCodes(requests) = operation {
            for (request, outcome) in requests.iter().zip(&found.outcomes) {
                let Ok(Value::PayCode(code)) = outcome else { continue };
                let name = (request.unit.clone(), request.request_id.as_str().to_owned());
                self.acked.pay_codes.entry(code.clone()).or_default().insert(name);
            }
        }
        let Operation::Reserve(requests) = operation else { return Ok(()) };
        for (index, (request, outcome)) in requests.iter().zip(&found.outcomes).enumerate() {
            let Ok(Value::Reservation(reservation)) = outcome else { continue };
            let token = reservation.token;
            let id = NumberId::new(token.code, token.number);
            if !found.built.iter().any(|(built, _)| *built == index) {
                continue;
            }
            if self.generator.tokens.contains(&token) {
                return Err(self.differ(format!("the token {token:?} was given before")));
            }
            self.generator.tokens.push(token);
            self.acked.count += 1;
            if request.number.is_some() {
                self.acked.outside.insert(id);
            } else {
                let name = (request.unit.clone(), request.request_id.as_str().to_owned());
                self.acked.drawn.entry(id).or_default().insert(name);
            }
        }
        Ok(())
    }

    fn backup(&mut self) -> Result<(), Mismatch> {
        let (model, journal) = (self.model.clone(), self.journal.clone());
        let file = self.told(Place::backup, "backup")?;
        // What making a backup writes into the journal is not in the model.
        self.saved = Some(Saved { file, model, journal, changes: self.changes });
        self.generator.has_backup = true;
        Ok(())
    }

    fn older_copy(&mut self, restoring: bool) -> Result<(), Mismatch> {
        let Some(Saved { file, model, journal, changes }) = self.saved.take() else { return Ok(()) };
        let lost = std::mem::replace(&mut self.model, model);
        (self.model.now, self.model.actor) = (lost.now, lost.actor.clone());
        let expected = self.model.accept_older(&lost);
        let has_changed = self.changes > changes;
        let accepted = if restoring {
            self.told(|place| place.restore(&file), "restore")?
        } else {
            let (refused, accepted) = self.told(|place| place.put_back(&file), "accepting an older copy")?;
            let is_told = match &refused {
                Some(error) => error.is(czei_stock::Code::OlderState) || error.is(czei_stock::Code::OtherGeneration),
                None => !has_changed,
            };
            if !is_told {
                return Err(self.differ(format!("an older copy was opened, or refused otherwise: {refused:?}")));
            }
            accepted
        };
        let mut found = (accepted.unknown, accepted.lost);
        found.0.sort();
        found.1.sort();
        if found != expected {
            return Err(self.differ(format!("unknown and lost\n  expected {expected:?}\n  found    {found:?}")));
        }
        // What came after the backup is another timeline now.
        self.journal = journal;
        self.changes += 1;
        let rows = &self.model.rows;
        self.acked.outside.retain(|id| rows.contains_key(id));
        for operation in Generator::noted_again(&self.model, &lost) {
            self.last.push_back(format!("{}: noted again: {operation:?}", self.step));
            self.change(&operation, ACTORS[0])?;
        }
        self.saved =
            Some(Saved { file, model: self.model.clone(), journal: self.journal.clone(), changes: self.changes });
        // A backup of the timeline that was left would need its own model; the next one is made now.
        self.backup()
    }

    fn questions(&mut self) -> Result<Seen, Mismatch> {
        self.states += 1;
        let stock = self.place.stock(ACTORS[0]);
        let compared = compare(&*stock, &mut self.model, &mut self.journal, &mut self.generator.prng);
        drop(stock);
        compared.map_err(|what| self.differ(what))
    }

    /// The counts, from what was acknowledged and what the stock shows.
    fn counts(&self, seen: &Seen) -> Counts {
        let has_row = |id: &NumberId| seen.records.binary_search_by_key(id, |record| record.id).is_ok();
        let drawn = self.acked.drawn.keys();
        let lost = drawn.chain(&self.acked.outside).filter(|id| !has_row(id)).count() as u64;
        let numbers = self.acked.drawn.iter().map(|(id, requests)| (id.to_string(), requests));
        let pay_codes = self.acked.pay_codes.iter().map(|(code, requests)| (code.clone(), requests));
        let doubled = numbers.chain(pay_codes).filter(|(_, requests)| requests.len() > 1);
        let doubled = doubled.inspect(|(what, requests)| println!("doubled: {what} of {requests:?}")).count() as u64;
        let gaps = Model::gaps(&seen.segments, &seen.records);
        Counts { states: self.states, acked: self.acked.count, lost, doubled, gaps }
    }

    fn told<T>(&mut self, act: impl FnOnce(&mut Place) -> czei_stock::Result<T>, what: &str) -> Result<T, Mismatch> {
        act(&mut self.place).map_err(|error| self.differ(format!("{what}: {error}")))
    }

    fn differ(&self, what: String) -> Mismatch {
        Mismatch { seed: self.seed, step: self.step, what, last: self.last.clone() }
    }
}

/// The counts themselves: a stock without one of its acknowledged numbers shows it.
#[test]
fn losses_doubles_and_gaps_are_counted() {
    use super::operation::{Given, Persons};
    let mut run = Run::new(0, std::sync::Arc::new(|stock| Box::new(stock)));
    let by = Persons { maker: "张三".to_owned(), checker: None };
    let code = "32010126".parse().unwrap();
    let given = Given { unit: "u".into(), code, first: 1, last: 9, next: Some(4), giver: String::new() };
    run.one(&Operation::Receive(given, by)).unwrap();
    let mut seen = run.questions().unwrap();
    assert_eq!(run.counts(&seen), Counts { states: 1, ..Counts::default() });
    // Drawn by two requests, and no row of it.
    let requests = [("u".to_owned(), "a".to_owned()), ("u".to_owned(), "b".to_owned())];
    run.acked.drawn.insert(key("32010126", 2), requests.into());
    seen.records.retain(|record| record.id != key("32010126", 2) && record.state == State::Unknown);
    assert!(seen.segments.iter().all(|segment| segment.origin == Origin::Received));
    assert_eq!(run.counts(&seen), Counts { states: 1, lost: 1, doubled: 1, gaps: 1, acked: 0 });
    assert!(run.place.sqlite().find(&[(code, "0000000009".parse().unwrap())])[0].is_err());
}
