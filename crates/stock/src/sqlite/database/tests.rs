#![allow(clippy::unwrap_used)]

use super::*;
use crate::By;

#[test]
fn a_reader_that_loses_trust_ends_the_handle_also_while_somebody_writes() {
    let folder = std::env::temp_dir().join(format!("czei-lost-trust-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let options = OpenOptions::new(folder.join("stock.db"));
    let database = Database::create(Kind::Stock, &options, By::one("张三")).unwrap();
    let failure = || rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_IOERR_READ), None);
    let reads = |database: &Database| database.read::<()>(|_| Err(sql(failure())));
    // Somebody writes meanwhile, and is done without an error of their own.
    let outcome = database.write(|_| {
        assert!(reads(&database).unwrap_err().is(Code::DatabaseFailed));
        Ok(())
    });
    outcome.unwrap();
    assert!(database.read(|_| Ok(())).unwrap_err().is(Code::HandlePoisoned));
    let anew = Database::open(Kind::Stock, &options).unwrap();
    assert_ne!(anew.unique, database.unique);
    anew.write(|_| Ok(())).unwrap();
    // Noticed by a reader while the writer is at rest, and closed at once.
    reads(&anew).unwrap_err();
    assert!(anew.lock_writer().is_none());
    assert!(anew.write(|_| Ok(())).unwrap_err().is(Code::HandlePoisoned));
    drop((database, anew));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn nobody_opens_it_anew_while_somebody_reads_what_lost_trust() {
    let folder = std::env::temp_dir().join(format!("czei-still-read-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let options = OpenOptions::new(folder.join("stock.db")).with_busy_timeout(Duration::from_millis(50));
    let database = Database::create(Kind::Stock, &options, By::one("张三")).unwrap();
    let anew = database.read(|_| {
        database.poison(&mut database.lock_writer());
        Ok(Database::open(Kind::Stock, &options))
    });
    assert!(anew.unwrap().unwrap_err().is(Code::Busy));
    Database::open(Kind::Stock, &options).unwrap();
    drop(database);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_forked_child_neither_uses_nor_closes_nor_opens_it() {
    let folder = std::env::temp_dir().join(format!("czei-forked-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let options = OpenOptions::new(folder.join("stock.db"));
    let database = Database::create(Kind::Stock, &options, By::one("张三")).unwrap();
    // As it looks to a child: somebody else opened it.
    database.process.store(1, Ordering::Relaxed);
    registry::pretend(database.files[0].1, 1);
    for error in [
        database.read(|_| Ok(())).unwrap_err(),
        database.write(|_| Ok(())).unwrap_err(),
        Database::open(Kind::Stock, &options).unwrap_err(),
    ] {
        assert!(error.is(Code::Forked), "{error}");
        assert_eq!(error.place().file, Some(folder.join("stock.db").canonicalize().unwrap().display().to_string()));
    }
    drop(database);
    // The log and the lock are the parent's.
    let lock = format!("stock.db.{}.lock", std::process::id());
    for name in ["stock.db-wal", "stock.db-shm", &lock] {
        assert!(folder.join(name).exists(), "{name}");
    }
    std::fs::remove_dir_all(folder).unwrap();
}
