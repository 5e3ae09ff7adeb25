//! The worker: asks for numbers, signs, issues, voids, and says through its pipe what it was told.

use czei_codes::{AnyFault, Kind};
use czei_core::{Held, NumberSource, Token, Voiding};
use czei_stock::{By, Code, Error, NewSegment, SqliteStock, Stock};

use super::job::{Job, Task};
use super::request::{Asked, UNIT, code, day, digest, number, receipt_of, unsigned, wrapped};
use crate::fault::Acks;
use crate::fault::replay::Random;

/// Plays the worker where this process was started as one; says whether it was.
pub(crate) fn play() -> bool {
    let Some(job) = Job::mine() else { return crate::fault::role().is_some() };
    if let Some(control) = &job.control {
        #[cfg(feature = "fault-controls")]
        czei_stock::dangerous_settings(control);
        #[cfg(not(feature = "fault-controls"))]
        panic!("built without the door for {control}");
    }
    let mut worker =
        Worker { random: Random(job.seed), acks: Acks::open(), stock: None, next: 0, blue: Vec::new(), job };
    // Having given up is no failure: what was acknowledged counts.
    let _ = worker.work();
    true
}

/// A number that the worker has, and its document.
struct Mine {
    id: String,
    token: Token,
    held: Held,
}

struct Worker {
    job: Job,
    random: Random,
    acks: Acks,
    stock: Option<SqliteStock>,
    next: u32,
    /// Issued numbers that were not reversed yet.
    blue: Vec<u64>,
}

/// The worker gave up: its disk is broken for good.
struct GaveUp;

impl Worker {
    fn work(&mut self) -> Result<(), GaveUp> {
        for task in self.job.first.clone() {
            self.task(&task)?;
        }
        let mut retry = std::mem::take(&mut self.job.retry);
        if self.job.no_request_ids {
            retry.iter_mut().for_each(|id| *id = format!("{}~{}", receipt_of(id), self.job.who));
        }
        if !retry.is_empty() {
            self.advance(retry)?;
        }
        for step in 1..=self.job.steps {
            let ids = self.ids();
            self.advance(ids)?;
            if self.job.checkpoint > 0 && step % self.job.checkpoint == 0 {
                self.checkpoint();
            }
            if self.job.reopen > 0 && step % self.job.reopen == 0 {
                self.stock = None;
            }
        }
        Ok(())
    }

    fn task(&mut self, task: &Task) -> Result<(), GaveUp> {
        let by = By::two("张三", "李四");
        match task {
            Task::Create => {
                let options = self.job.options();
                let mut tries = 0;
                self.stock = loop {
                    tries += 1;
                    // One that did not come to an end may have made the stock.
                    let made = match SqliteStock::create(&options, by) {
                        Err(error) if tries > 1 && error.is(Code::StockExists) => SqliteStock::open(&options),
                        made => made,
                    };
                    match made {
                        Ok(stock) => break Some(stock),
                        Err(error) => self.trouble(&error.any(), tries)?,
                    }
                };
                self.acks.ack("created");
            }
            Task::Segment(first, last) => {
                let (first, last) = (*first, *last);
                self.persist(|stock| {
                    // A retry finds the segment that it noted before.
                    let known = stock
                        .segments()?
                        .into_iter()
                        .find(|segment| segment.range == Some((number(first), number(last))));
                    let segment = match &known {
                        Some(segment) => segment.id,
                        None => {
                            let (first, last) = (number(first), number(last));
                            stock.receive(
                                &NewSegment {
                                    unit: UNIT, code: code(), first, last, next: None, giver: "省财政厅"
                                },
                                by,
                            )?
                        }
                    };
                    match known {
                        Some(segment) if segment.taken_in_at.is_some() => Ok(()),
                        _ => stock.take_in(segment, by),
                    }
                })?;
                self.acks.ack(&format!("segment {first} {last}"));
            }
            Task::GiveBack(last, from) => {
                self.persist(|stock| {
                    let segments = stock.segments()?;
                    let segment = segments.iter().find(|s| s.range.is_some_and(|(_, end)| end.get() == *last)).unwrap();
                    match segment.returned_from {
                        Some(before) if before.get() == *from => Ok(()),
                        _ => stock.give_back(segment.id, Some(number(*from)), "不再使用", by).map(drop),
                    }
                })?;
                self.acks.ack(&format!("returned {last} {from}"));
            }
            Task::Backup(name) => {
                let to = self.job.root.join(name);
                self.persist(|stock| match stock.backup(&to, None, by) {
                    Err(error) if error.is(Code::RestoreTargetExists) => Ok(()),
                    other => other.map(drop),
                })?;
                self.acks.ack(&format!("backup {name}"));
            }
            Task::AcceptOlder => {
                let accepted = SqliteStock::accept_older(&self.job.options(), &[], "磁盘损坏", by);
                accepted.unwrap_or_else(|error| panic!("{error}"));
                self.acks.ack("accepted");
            }
            Task::Restore(name) => {
                let backup = self.job.root.join(name);
                let accepted = SqliteStock::restore(&backup, &self.job.options(), &[], "磁盘损坏", by);
                accepted.unwrap_or_else(|error| panic!("{error}"));
                self.acks.ack("accepted");
            }
            Task::Open => self.persist(|_| Ok(()))?,
            Task::SignHeads => self.persist(|stock| stock.sign_heads(None, by).map(drop))?,
        }
        Ok(())
    }

    /// By a connection of its own, beside the stock's: others write meanwhile.
    fn checkpoint(&mut self) {
        let connection = rusqlite::Connection::open(self.job.database()).unwrap();
        let how = ["PASSIVE", "RESTART", "TRUNCATE"][self.random.below(3)];
        connection.busy_timeout(std::time::Duration::from_secs(60)).unwrap();
        connection.query_row(&format!("PRAGMA wal_checkpoint({how})"), [], |_| Ok(())).unwrap();
    }

    /// The ids of a new batch.
    fn ids(&mut self) -> Vec<String> {
        let count = match self.random.below(2) {
            _ if self.job.even => self.job.batch,
            0 => 1,
            _ => 1 + self.random.below(self.job.batch),
        };
        (0..count)
            .map(|_| {
                self.next += 1;
                let id = format!("{}-{}", self.job.who, self.next);
                match self.random.below(16) {
                    0 if !self.job.plain => {
                        let outside = 9_000_000_000 + u64::from(self.job.who) * 100_000 + u64::from(self.next);
                        format!("{id}-out{outside}")
                    }
                    1 | 2 if !self.blue.is_empty() => {
                        let at = self.random.below(self.blue.len());
                        format!("{id}-red{}", self.blue.swap_remove(at))
                    }
                    _ => id,
                }
            })
            .collect()
    }

    /// Asks for numbers and takes them as far as chance will have it.
    fn advance(&mut self, ids: Vec<String>) -> Result<(), GaveUp> {
        let mut mine = self.reserve(ids)?;
        if self.job.plain {
            return Ok(());
        }
        let (attempt, choice) = (self.attempt(), self.random.next());
        let chosen =
            |n: usize, mine: &Mine| choice >> (n % 60) & 7 < if matches!(mine.held, Held::Reserved(_)) { 6 } else { 5 };

        let to_sign =
            mine.iter_mut().enumerate().filter(|(n, mine)| chosen(*n, mine) && matches!(mine.held, Held::Reserved(_)));
        let to_sign: Vec<&mut Mine> = to_sign.map(|(_, mine)| mine).collect();
        self.store(to_sign, |mine| Held::Signed(wrapped("signed", attempt, bytes(&mine.held))))?;
        let to_issue =
            mine.iter_mut().enumerate().filter(|(n, mine)| chosen(n + 3, mine) && matches!(mine.held, Held::Signed(_)));
        let to_issue: Vec<&mut Mine> = to_issue.map(|(_, mine)| mine).collect();
        self.store(to_issue, |mine| Held::Issued(wrapped("issued", attempt, bytes(&mine.held))))?;
        if self.random.below(3) == 0 {
            let left: Vec<Mine> = mine.into_iter().filter(|mine| !matches!(mine.held, Held::Issued(_))).collect();
            self.void(left)?;
        }
        Ok(())
    }

    fn reserve(&mut self, ids: Vec<String>) -> Result<Vec<Mine>, GaveUp> {
        let mut ids = ids;
        let mut tries = 0;
        loop {
            tries += 1;
            self.acks.ack(&format!("ask {}", ids.join(" ")));
            let asked: Vec<Asked> = ids.iter().map(|id| Asked::of(id)).collect();
            let requests: Vec<_> = asked.iter().map(Asked::request).collect();
            let (attempt, padding) = (self.attempt(), self.padding());
            let mut build = |index: usize, number: czei_core::ReceiptNumber| {
                Ok(unsigned(&ids[index], number.get(), attempt, padding))
            };
            let answers = match self.open() {
                Ok(stock) => stock.reserve(&requests, &mut build),
                Err(error) => vec![Err(error)],
            };
            let (mut mine, mut lines, mut trouble) = (Vec::new(), Vec::new(), None);
            for (id, answer) in ids.iter().zip(answers) {
                match answer {
                    Ok(reservation) => {
                        let (token, held) = (reservation.token, reservation.held);
                        lines.extend(answer_lines(id, &token, &held));
                        mine.push(Mine { id: id.clone(), token, held });
                    }
                    // Its number was voided before the answer arrived.
                    Err(fault) if fault.is(czei_core::Code::NumberState) => {}
                    Err(fault) => trouble = Some(fault),
                }
            }
            if !lines.is_empty() {
                self.acks.ack(&lines.join("\n"));
            }
            let Some(fault) = trouble else { return Ok(mine) };
            self.trouble(&fault, tries)?;
            if self.job.no_request_ids {
                ids.iter_mut().for_each(|id| *id = format!("{}~{}{tries}", receipt_of(id), self.job.who));
            }
        }
    }

    /// Stores the next documents of some numbers in one call.
    fn store(&mut self, mut all: Vec<&mut Mine>, next: impl Fn(&Mine) -> Held) -> Result<(), GaveUp> {
        if all.is_empty() {
            return Ok(());
        }
        all.iter_mut().for_each(|mine| mine.held = next(mine));
        let is_signed = matches!(all[0].held, Held::Signed(_));
        let stored: Vec<(Token, &[u8])> = all.iter().map(|mine| (mine.token, bytes(&mine.held))).collect();
        self.each(|stock| if is_signed { stock.store_signed(&stored) } else { stock.store_issued(&stored) })?;
        let word = if is_signed { "signed" } else { "issued" };
        let lines: Vec<_> =
            all.iter().map(|mine| format!("{word} {} {}", mine.id, digest(bytes(&mine.held)))).collect();
        self.acks.ack(&lines.join("\n"));
        if !is_signed {
            let blue = all.iter().filter(|mine| !mine.id.contains("-red"));
            self.blue.extend(blue.map(|mine| mine.token.number.get()));
        }
        Ok(())
    }

    fn void(&mut self, all: Vec<Mine>) -> Result<(), GaveUp> {
        if all.is_empty() {
            return Ok(());
        }
        let ids: Vec<&str> = all.iter().map(|mine| mine.id.as_str()).collect();
        self.acks.ack(&format!("void {}", ids.join(" ")));
        let voiding = |mine: &Mine| {
            let refusal = matches!(mine.held, Held::Signed(_)).then_some(&b"refused"[..]);
            (mine.token, Voiding { reason: "录入错误", actor: "张三", at: day(1), refusal })
        };
        let voidings: Vec<_> = all.iter().map(voiding).collect();
        self.each(|stock| {
            let answers = stock.void(&voidings);
            // A retry may find it done: final, and nobody else does it.
            let is_done = |answer: Result<(), AnyFault>| match answer {
                Err(fault) if fault.is(czei_core::Code::NumberState) => Ok(()),
                answer => answer,
            };
            answers.into_iter().map(is_done).collect()
        })?;
        let lines: Vec<_> = ids.iter().map(|id| format!("voided {id}")).collect();
        self.acks.ack(&lines.join("\n"));
        Ok(())
    }

    fn each(&mut self, call: impl Fn(&SqliteStock) -> Vec<Result<(), AnyFault>>) -> Result<(), GaveUp> {
        self.persist(|stock| call(stock).into_iter().collect::<Result<(), AnyFault>>().map_err(Error::from))
    }

    /// Calls until there is an answer.
    fn persist<T>(&mut self, call: impl Fn(&SqliteStock) -> Result<T, Error>) -> Result<T, GaveUp> {
        let mut tries = 0;
        loop {
            tries += 1;
            let answer = self.open().and_then(|stock| call(stock).map_err(Error::any));
            match answer {
                Ok(answer) => return Ok(answer),
                Err(fault) => self.trouble(&fault, tries)?,
            }
        }
    }

    fn open(&mut self) -> Result<&SqliteStock, AnyFault> {
        let stock = match self.stock.take() {
            Some(stock) => stock,
            None => SqliteStock::open(&self.job.options()).map_err(Error::any)?,
        };
        Ok(self.stock.insert(stock))
    }

    /// Any trouble is answered by trying again, at first with the same handle.
    fn trouble(&mut self, fault: &AnyFault, tries: u32) -> Result<(), GaveUp> {
        check_trouble(fault);
        self.acks.ack(&format!("trouble {}", fault.entry().name));
        if let Some(frees) = self.job.frees.take_if(|_| tries == 2) {
            std::fs::write(frees, "").unwrap();
        } else if tries > 1 || fault.is(Code::HandlePoisoned) {
            self.stock = None;
        }
        if tries < self.job.tries { Ok(()) } else { Err(GaveUp) }
    }

    fn attempt(&mut self) -> u64 {
        self.random.next() ^ u64::from(std::process::id()) << 32
    }

    /// Now and then a document that needs pages of its own.
    fn padding(&mut self) -> usize {
        if self.random.below(8) == 0 { 5000 } else { self.random.below(700) }
    }
}

/// A clean answer to trouble: an error of the system that the code table knows. Nothing else may come.
fn check_trouble(fault: &AnyFault) {
    assert!(fault.entry().kind == Kind::System, "{fault}");
}

/// What an answer to a request acknowledges: also what it brings back of before.
fn answer_lines(id: &str, token: &Token, held: &Held) -> Vec<String> {
    let number = token.number.get();
    let got = |unsigned: &[u8]| format!("got {id} {number} {}", digest(unsigned));
    let signed = |signed: &[u8]| format!("signed {id} {}", digest(signed));
    match held {
        Held::Reserved(unsigned) => vec![got(unsigned)],
        Held::Signed(bytes) => vec![got(super::request::inner(bytes)), signed(bytes)],
        Held::Issued(bytes) => {
            let inside = super::request::inner(bytes);
            vec![got(super::request::inner(inside)), signed(inside), format!("issued {id} {}", digest(bytes))]
        }
    }
}

pub(crate) fn bytes(held: &Held) -> &[u8] {
    match held {
        Held::Reserved(bytes) | Held::Signed(bytes) | Held::Issued(bytes) => bytes,
    }
}
