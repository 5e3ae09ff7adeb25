#![allow(clippy::unwrap_used)]

use std::path::PathBuf;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use super::*;
use crate::{By, OpenOptions};

struct Place {
    folder: PathBuf,
    database: Arc<Database>,
}

impl Place {
    fn new() -> Place {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("czei-group-{}-{count}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let options = OpenOptions::new(folder.join("stock.db")).with_busy_timeout(Duration::from_millis(200));
        let database = Database::create(Kind::Stock, &options, By::one("张三")).unwrap();
        Place { folder, database }
    }

    fn write(&self, work: impl FnOnce(&mut Writing<'_>) -> Result<()>) -> Result<()> {
        self.database.write(work)
    }

    /// Runs works in threads of their own, in one transaction: all wait before the first begins.
    fn together(&self, works: Vec<Work<'_>>) -> Vec<std::thread::Result<Result<()>>> {
        std::thread::scope(|scope| {
            let guard = self.database.lock_writer();
            let count = works.len();
            let threads: Vec<_> = works.into_iter().map(|work| scope.spawn(|| self.write(work))).collect();
            while self.database.waiting.load(Ordering::SeqCst) < count {
                std::thread::yield_now();
            }
            drop(guard);
            threads.into_iter().map(std::thread::ScopedJoinHandle::join).collect()
        })
    }

    /// What other connections see.
    fn units(&self) -> Vec<String> {
        self.database.read(units).unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

type Work<'a> = Box<dyn FnOnce(&mut Writing<'_>) -> Result<()> + Send + 'a>;

fn units(connection: &Connection) -> Result<Vec<String>> {
    let mut select = connection.prepare("SELECT code FROM unit ORDER BY code").map_err(sql)?;
    let units = select.query_map([], |row| row.get(0)).map_err(sql)?;
    units.collect::<rusqlite::Result<_>>().map_err(sql)
}

fn add(writing: &Writing<'_>, unit: &str) -> Result<()> {
    let add = writing.connection().execute("INSERT INTO unit (code) VALUES (?1)", [unit]);
    add.map(|_| ()).map_err(sql)
}

fn adds<'a>(unit: &'a str) -> Work<'a> {
    Box::new(move |writing| add(writing, unit))
}

#[test]
fn those_that_wait_share_a_transaction() {
    let place = Place::new();
    let seen = Mutex::new(Vec::new());
    let work = |name: &'static str| -> Work<'_> {
        let (place, seen) = (&place, &seen);
        Box::new(move |writing| {
            add(writing, name)?;
            seen.lock().unwrap().push((units(writing.connection())?.len(), place.units().len()));
            Ok(())
        })
    };
    let outcomes = place.together(vec![work("a"), work("b"), work("c"), work("d")]);
    assert!(outcomes.into_iter().all(|outcome| outcome.unwrap().is_ok()));
    // Each sees what those before it did, and nobody else does until the end.
    assert_eq!(*seen.lock().unwrap(), [(1, 0), (2, 0), (3, 0), (4, 0)]);
    assert_eq!(place.units(), ["a", "b", "c", "d"]);
}

#[test]
fn a_member_that_fails_takes_nobody_with_it() {
    let place = Place::new();
    let fails: Work<'_> = Box::new(|writing| {
        add(writing, "half done")?;
        Err(Code::SegmentUnknown.into())
    });
    let outcomes = place.together(vec![adds("a"), fails, adds("b")]);
    let outcomes: Vec<_> = outcomes.into_iter().map(|outcome| outcome.unwrap()).collect();
    assert_eq!(outcomes, [Ok(()), Err(Code::SegmentUnknown.into()), Ok(())]);
    assert_eq!(place.units(), ["a", "b"]);
}

#[test]
fn a_member_that_panics_takes_nobody_with_it() {
    let place = Place::new();
    let panics: Work<'_> = Box::new(|writing| {
        add(writing, "half done")?;
        panic!("as the test wants it");
    });
    let mut outcomes = place.together(vec![adds("a"), panics, adds("b")]);
    assert_eq!(outcomes.remove(2).unwrap(), Ok(()));
    assert_eq!(outcomes.remove(1).unwrap_err().downcast_ref(), Some(&"as the test wants it"));
    assert_eq!(outcomes.remove(0).unwrap(), Ok(()));
    assert_eq!(place.units(), ["a", "b"]);
    // Alone, too; and the database goes on.
    let alone = catch_unwind(AssertUnwindSafe(|| place.write(|_| panic!("again"))));
    assert_eq!(alone.unwrap_err().downcast_ref(), Some(&"again"));
    place.write(|writing| add(writing, "c")).unwrap();
    assert_eq!(place.units(), ["a", "b", "c"]);
}

#[test]
fn trouble_in_one_answer_of_a_batch_undoes_the_batch() {
    let place = Place::new();
    let full = || rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_FULL), None);
    let swallows: Work<'_> = Box::new(|writing| {
        add(writing, "half done")?;
        let _answer: Result<()> = Err(sql(full()));
        Ok(())
    });
    let mut outcomes = place.together(vec![adds("a"), swallows]);
    let error = outcomes.remove(1).unwrap().unwrap_err();
    assert!(error.is(Code::DiskFull), "{error}");
    assert_eq!(place.units(), ["a"]);
    // A row that was there already is the work's own affair.
    place.write(|writing| add(writing, "a").or_else(|_| add(writing, "b"))).unwrap();
    assert_eq!(place.units(), ["a", "b"]);
}

#[test]
fn an_error_of_the_commit_goes_to_all() {
    let place = Place::new();
    let violates: Work<'_> = Box::new(|writing| {
        let connection = writing.connection();
        connection.execute_batch("PRAGMA defer_foreign_keys = ON").map_err(sql)?;
        connection.execute("INSERT INTO heads (seq, text) VALUES (99, '')", []).map_err(sql)?;
        Ok(())
    });
    for outcome in place.together(vec![adds("a"), violates, adds("b")]) {
        let error = outcome.unwrap().unwrap_err();
        assert!(error.is(Code::DatabaseFailed), "{error}");
        assert!(error.found_text().unwrap().starts_with("SQLite 787: "), "{error}");
    }
    assert_eq!(place.units(), [""; 0]);
    place.write(|writing| add(writing, "c")).unwrap();
    assert_eq!(place.units(), ["c"]);
}

#[test]
fn an_error_that_loses_trust_ends_the_handle_for_all() {
    let place = Place::new();
    let io = || rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_IOERR_WRITE), None);
    let breaks: Work<'_> = Box::new(|writing| {
        add(writing, "half done")?;
        Err(sql(io()))
    });
    let outcomes = place.together(vec![adds("a"), breaks, adds("b")]);
    let outcomes: Vec<_> = outcomes.into_iter().map(|outcome| outcome.unwrap().unwrap_err()).collect();
    // Whoever shared the transaction gets the cause, whoever came after it finds the handle closed.
    assert!(outcomes[1].is(Code::DatabaseFailed), "{}", outcomes[1]);
    assert!(outcomes[1].found_text().unwrap().starts_with("SQLite 778: "), "{}", outcomes[1]);
    assert!(outcomes.iter().all(|error| *error == outcomes[1] || error.is(Code::HandlePoisoned)), "{outcomes:?}");
    assert!(place.write(|_| Ok(())).unwrap_err().is(Code::HandlePoisoned));
    let options = place.database.options().clone();
    let anew = Database::open(Kind::Stock, &options).unwrap();
    assert_eq!(anew.read(units).unwrap(), [""; 0]);
    anew.write(|writing| add(writing, "c")).unwrap();
}

#[test]
fn a_transaction_that_is_full_is_closed_before_others_join() {
    let place = Place::new();
    let many: Work<'_> = Box::new(|writing| {
        let many = format!(
            "WITH RECURSIVE each (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM each WHERE id <= {CHANGES}) \
             INSERT INTO unit (code) SELECT 'u' || id FROM each"
        );
        writing.connection().execute_batch(&many).map_err(sql)
    });
    let (place, seen) = (&place, Mutex::new(0));
    let looks: Work<'_> = Box::new(|_| {
        *seen.lock().unwrap() = place.units().len();
        Ok(())
    });
    for outcome in place.together(vec![many, looks]) {
        outcome.unwrap().unwrap();
    }
    // Whichever of the two came first.
    let seen = *seen.lock().unwrap();
    assert!(seen == 0 || seen as u64 > CHANGES, "{seen}");
}

#[test]
fn salts_do_not_come_again() {
    let place = Place::new();
    let mut salts = Vec::new();
    for _ in 0..3 {
        place
            .write(|writing| {
                salts.extend([writing.salt(), writing.salt()]);
                Ok(())
            })
            .unwrap();
    }
    assert!(salts.iter().all(|salt| i64::try_from(*salt).is_ok()));
    salts.sort_unstable();
    salts.dedup();
    assert_eq!(salts.len(), 6);
}

#[test]
fn whoever_waits_for_a_transaction_that_nobody_ended_is_told() {
    let open = |outcome: &Arc<Outcome>| Open {
        outcome: Arc::clone(outcome),
        members: 1,
        changes_before: 0,
        touched: BTreeSet::new(),
    };
    let outcome = Arc::default();
    // As when its commit panics.
    let panic = catch_unwind(AssertUnwindSafe(|| {
        let _open = open(&outcome);
        panic!("as the test wants it");
    }));
    assert!(panic.is_err());
    assert_eq!(outcome.wait(), Err(Code::OutcomeUnknown.into()));
    // What is known stays.
    let outcome = Arc::default();
    let known = open(&outcome);
    known.outcome.set(Ok(()));
    drop(known);
    assert_eq!(outcome.wait(), Ok(()));
}
