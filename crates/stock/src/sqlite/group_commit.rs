//! Write transactions that the threads of a process share: one sync for all of them.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use czei_codes::Code as _;
use rusqlite::{Connection, ErrorCode};

use super::connection::{Trouble, sql, take_trouble};
use super::database::{Database, Hold};
use super::kind::{Kind, journal_has, journal_progress};
use super::mark::{Mark, Marks};
use crate::{Code, Error, Result};

/// How many threads share a transaction, and how many changed rows it may have before another one joins:
/// so that the first in it does not wait for long.
const MEMBERS: u32 = 256;
const CHANGES: u64 = 20_000;

/// A write transaction, as the work inside it sees it.
pub(crate) struct Writing<'a> {
    connection: &'a Connection,
    touched: BTreeSet<i64>,
    salt: &'a mut u64,
}

impl Writing<'_> {
    /// The connection, inside the transaction.
    pub(crate) fn connection(&self) -> &Connection {
        self.connection
    }

    /// Notes that a segment, or the sequence of payment codes with a key, has come further; how far is
    /// asked of its row before the commit, and written to the mark after it, before anything is acknowledged. To be
    /// called also for what was only found: whoever drew it may not have come to writing the mark.
    pub(crate) fn touch(&mut self, segment: i64) {
        self.touched.insert(segment);
    }

    /// The salt of a new token: from a random start, so that no salt of another timeline comes again.
    pub(crate) fn salt(&mut self) -> u64 {
        *self.salt = self.salt.wrapping_add(1) & (i64::MAX as u64);
        *self.salt
    }
}

/// The connection that writes, with what belongs to it.
pub(super) struct Writer {
    // In the order in which they are closed.
    connection: Connection,
    mark: Option<Mark>,
    _hold: Arc<Hold>,
    salt: u64,
    open: Option<Open>,
    /// What was committed and is not in the mark, because its disk failed.
    owed: Marks,
}

/// A transaction that is open for others to join.
struct Open {
    outcome: Arc<Outcome>,
    members: u32,
    changes_before: u64,
    touched: BTreeSet<i64>,
}

/// What became of a transaction; its members wait for it.
#[derive(Default)]
struct Outcome {
    result: Mutex<Option<Result<()>>>,
    known: Condvar,
}

impl Outcome {
    fn set(&self, result: Result<()>) {
        *self.result.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
        self.known.notify_all();
    }

    fn set_if_unknown(&self, result: Result<()>) {
        self.result.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(result);
        self.known.notify_all();
    }

    fn wait(&self) -> Result<()> {
        let mut result = self.result.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match &*result {
                Some(result) => return result.clone(),
                None => result = self.known.wait(result).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

thread_local! {
    /// Which database this thread is writing to.
    static WRITES_TO: Cell<u64> = const { Cell::new(0) };
}

struct WritesTo(u64);

impl WritesTo {
    fn enter(unique: u64) -> Result<WritesTo> {
        if WRITES_TO.get() == unique {
            // It would wait for itself for ever.
            return Err(Code::Busy.fault().found("a change from within a change of the same thread").into());
        }
        Ok(WritesTo(WRITES_TO.replace(unique)))
    }
}

impl Drop for WritesTo {
    fn drop(&mut self) {
        WRITES_TO.set(self.0);
    }
}

impl Database {
    /// Runs `work` in a write transaction, maybe together with other threads'; returns when all of it is
    /// durable, the mark included. When `work` fails or panics, nothing of it stays.
    ///
    /// # Errors
    /// That of `work`; those of the database, for every member of the transaction.
    pub(crate) fn write<T>(&self, work: impl FnOnce(&mut Writing<'_>) -> Result<T>) -> Result<T> {
        self.check_process()?;
        let writes_to = WritesTo::enter(self.unique)?;
        // Whoever leaves a transaction open counts on those that are counted here: nothing that can fail
        // stands between the count and the lock.
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let mut guard = self.lock_writer();
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        if self.is_poisoned() {
            self.close_writer(&mut guard);
        }
        let Some(writer) = guard.as_mut() else { return Err(Code::HandlePoisoned.into()) };
        take_trouble();
        if writer.open.is_none() {
            let begun = self.check_files().and_then(|()| writer.begin());
            if let Err(error) = begun {
                if error.is(Code::FileReplaced) || take_trouble().is_some_and(|trouble| trouble.loses_trust) {
                    self.poison(&mut guard);
                }
                return Err(error);
            }
        }
        let (outcome, result, trouble) = writer.run(work);
        if let Some(trouble) = trouble.filter(|trouble| trouble.loses_trust) {
            writer.abandon(trouble.error);
            self.poison(&mut guard);
        } else if let Some(open) = &writer.open
            && !(self.waiting.load(Ordering::SeqCst) > 0 && open.has_room(&writer.connection))
        {
            self.finish(&mut guard);
        }
        drop(guard);
        let shared = outcome.wait();
        drop(writes_to);
        match result {
            Err(panic) => resume_unwind(panic),
            Ok(result) => shared.and(result),
        }
    }

    /// Commits what is open, writes the mark, and tells the members.
    fn finish(&self, guard: &mut Option<Writer>) {
        let Some(writer) = guard.as_mut() else { return };
        let Some(open) = writer.open.take() else { return };
        let committed = catch_unwind(AssertUnwindSafe(|| writer.commit(self.kind, &open.touched, self)));
        let (result, is_trusted) = committed.unwrap_or_else(|panic| {
            self.poison(guard);
            // Those who wait are told when what was open goes.
            resume_unwind(panic)
        });
        if !is_trusted || self.is_poisoned() {
            self.poison(guard);
        }
        open.outcome.set(result);
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        // Whatever ended it, nobody waits for ever.
        self.outcome.set_if_unknown(Err(Code::OutcomeUnknown.into()));
    }
}

impl Open {
    fn has_room(&self, connection: &Connection) -> bool {
        self.members < MEMBERS && connection.total_changes() - self.changes_before < CHANGES
    }
}

impl Writer {
    pub(super) fn new(connection: Connection, mark: Option<Mark>, hold: Arc<Hold>, salt: u64) -> Self {
        Writer { connection, mark, _hold: hold, salt, open: None, owed: Marks::new() }
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Gives up what is open; its members get the error.
    pub(super) fn abandon(&mut self, error: Error) {
        if let Some(open) = self.open.take() {
            open.outcome.set(Err(error));
        }
    }

    fn begin(&mut self) -> Result<()> {
        execute(&self.connection, "BEGIN IMMEDIATE")?;
        self.open = Some(Open {
            outcome: Arc::default(),
            members: 0,
            changes_before: self.connection.total_changes(),
            touched: BTreeSet::new(),
        });
        Ok(())
    }

    /// Runs one member's work; afterwards the transaction is open, with all or nothing of the work in it, or
    /// it was rolled back as a whole and its members know.
    fn run<T>(
        &mut self,
        work: impl FnOnce(&mut Writing<'_>) -> Result<T>,
    ) -> (Arc<Outcome>, std::thread::Result<Result<T>>, Option<Trouble>) {
        // Only called with an open transaction.
        let outcome = self.open.as_ref().map(|open| Arc::clone(&open.outcome)).unwrap_or_default();
        if let Err(error) = execute(&self.connection, "SAVEPOINT member") {
            self.roll_back(&error);
            return (outcome, Ok(Err(error)), take_trouble());
        }
        let mut writing = Writing { connection: &self.connection, touched: BTreeSet::new(), salt: &mut self.salt };
        let mut result = catch_unwind(AssertUnwindSafe(|| work(&mut writing)));
        let touched = writing.touched;
        let trouble = take_trouble();
        if let (Ok(Ok(_)), Some(trouble)) = (&result, &trouble) {
            // It stands in an answer of the batch; what it is about may be half done.
            result = Ok(Err(trouble.error.clone()));
        }
        let ended = if self.connection.is_autocommit() {
            // SQLite rolled the whole transaction back: disk full, out of memory, or a failed write.
            let fallback = || Code::DatabaseFailed.fault().found("the transaction was rolled back").into();
            Err(trouble.as_ref().map_or_else(fallback, |trouble| trouble.error.clone()))
        } else if let Ok(Ok(_)) = &result {
            execute(&self.connection, "RELEASE member")
        } else {
            execute(&self.connection, "ROLLBACK TO member").and_then(|()| execute(&self.connection, "RELEASE member"))
        };
        match (ended, &mut self.open) {
            (Ok(()), Some(open)) => {
                open.members += 1;
                if let Ok(Ok(_)) = &result {
                    open.touched.extend(touched);
                }
            }
            (Err(error), _) => self.roll_back(&error),
            (Ok(()), None) => {}
        }
        (outcome, result, trouble.or_else(take_trouble))
    }

    fn roll_back(&mut self, error: &Error) {
        if !self.connection.is_autocommit() {
            // Where it fails the connection is closed, which does the same.
            let _ = execute(&self.connection, "ROLLBACK");
        }
        self.abandon(error.clone());
    }

    /// Commits, checks that the files are those that were opened, raises the mark. The second answer is whether
    /// the connection can still be trusted.
    fn commit(&mut self, kind: Kind, touched: &BTreeSet<i64>, database: &Database) -> (Result<()>, bool) {
        let marks = match self.progress(kind, touched) {
            Ok(marks) => marks,
            Err(error) => {
                let loses_trust = take_trouble().is_some_and(|trouble| trouble.loses_trust);
                let is_back = execute(&self.connection, "ROLLBACK").is_ok();
                return (Err(error), is_back && !loses_trust);
            }
        };
        let commit = self.connection.prepare_cached("COMMIT").and_then(|mut commit| commit.execute([]));
        if let Err(failure) = commit {
            return self.not_committed(failure);
        }
        if let Err(error) = database.check_files() {
            return (Err(error), false);
        }
        for (key, reached) in marks {
            let owed = self.owed.entry(key).or_insert(reached);
            if owed.value < reached.value {
                *owed = reached;
            }
        }
        let connection = &self.connection;
        if let Some(mark) = &mut self.mark
            && let Err(error) = mark.raise_checked(&self.owed, &|row| journal_has(connection, row))
        {
            // What was committed on another way than the mark's is never answered for.
            let loses_trust = take_trouble().is_some_and(|trouble| trouble.loses_trust);
            let is_trusted = !error.is(Code::OtherGeneration) && !loses_trust;
            return (Err(error), is_trusted);
        }
        self.owed.clear();
        (Ok(()), true)
    }

    /// What an error of COMMIT means. When space ran out, the last frame, which makes a commit one, is not whole;
    /// after any other error it may be on the disk, and a recovery would find it.
    fn not_committed(&mut self, failure: rusqlite::Error) -> (Result<()>, bool) {
        let kind = failure.sqlite_error_code();
        let error = sql(failure);
        take_trouble();
        if !matches!(kind, Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy | ErrorCode::ConstraintViolation)) {
            let found = error.found_text().unwrap_or_default().to_owned();
            return (Err(Code::OutcomeUnknown.fault().found(found).into()), false);
        }
        let is_back = self.connection.is_autocommit() || execute(&self.connection, "ROLLBACK").is_ok();
        (Err(error), is_back)
    }

    fn progress(&self, kind: Kind, touched: &BTreeSet<i64>) -> Result<Marks> {
        let mut marks = Marks::new();
        if self.mark.is_some() {
            marks.insert(0, journal_progress(&self.connection)?);
            for segment in touched {
                marks.extend(kind.progress(&self.connection, Some(*segment))?);
            }
        }
        Ok(marks)
    }
}

/// Runs a statement that answers nothing, prepared once.
fn execute(connection: &Connection, statement: &str) -> Result<()> {
    connection.prepare_cached(statement).and_then(|mut statement| statement.execute([])).map(|_| ()).map_err(sql)
}

#[cfg(test)]
mod tests;
