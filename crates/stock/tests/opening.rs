//! Making and opening a stock: what is refused, under which code, and what is left behind.
#![allow(clippy::unwrap_used)]

mod files;

use std::fs;

use czei_core::NumberSource as _;
use czei_stock::{Code, Event, Mark, OpenOptions, Receipts, SqliteLedger, SqliteStock, Stock as _};
use files::{BY, Folder, add_segment, assert_error, raw, reserve, reserve_many, rows_from};

#[test]
fn a_new_stock_has_its_files_and_says_who_made_it() {
    let folder = Folder::new();
    let stock = SqliteStock::create(&folder.options(), BY).unwrap();
    let pid = std::process::id();
    let mut open = vec!["stock.db", "stock.db-shm", "stock.db-wal", "stock.db.lock", "stock.db.mark"];
    let own = format!("stock.db.{pid}.lock");
    open.push(&own);
    open.sort_unstable();
    assert_eq!(folder.names(), open);
    let rows = rows_from(&stock, 1);
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].event, rows[0].actor.as_str(), rows[0].chain.as_str()), (Event::Created, "张三", "stock"));
    assert!(rows[0].detail.contains("\"checker\":\"李四\""), "{}", rows[0].detail);
    drop(stock);
    assert_eq!(folder.names(), ["stock.db", "stock.db.lock", "stock.db.mark"]);
    SqliteStock::open(&folder.options()).unwrap();
}

#[test]
fn making_one_never_touches_what_is_there() {
    let folder = Folder::new();
    let path = folder.file("stock.db");
    for content in ["", "a diary"] {
        fs::write(&path, content).unwrap();
        assert_error(SqliteStock::create(&folder.options(), BY), Code::StockExists, &path);
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
    }
    fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink(folder.file("nowhere"), &path).unwrap();
    assert_error(SqliteStock::create(&folder.options(), BY), Code::StockExists, &path);
    fs::remove_file(&path).unwrap();
    // The log of a database that is gone belongs to it alone.
    fs::write(folder.file("stock.db-wal"), "x").unwrap();
    assert_error(SqliteStock::create(&folder.options(), BY), Code::StockExists, &path);
    assert_eq!(folder.names(), ["stock.db-wal"]);
}

#[test]
fn making_one_does_not_wipe_the_mark_of_a_stock_that_was_lost() {
    let folder = Folder::new();
    drop(folder.stock());
    fs::remove_file(folder.file("stock.db")).unwrap();
    let error =
        assert_error(SqliteStock::create(&folder.options(), BY), Code::StockExists, &folder.file("stock.db.mark"));
    assert_eq!(error.found_text(), Some("the mark of a stock"));
}

#[test]
fn what_a_crash_while_making_one_left_is_in_nobodys_way() {
    let folder = Folder::new();
    // Killed before the last step: the file under its temporary name, and a mark that says nothing yet.
    drop(SqliteStock::create(&folder.options(), BY).unwrap());
    fs::rename(folder.file("stock.db"), folder.file("stock.db.new")).unwrap();
    fs::write(folder.file("stock.db.new-wal"), "x").unwrap();
    assert_error(SqliteStock::open(&folder.options()), Code::StockAbsent, &folder.file("stock.db"));
    let stock = SqliteStock::create(&folder.options(), BY).unwrap();
    drop(stock);
    assert_eq!(folder.names(), ["stock.db", "stock.db.lock", "stock.db.mark"]);
    SqliteStock::open(&folder.options()).unwrap();
}

#[test]
fn many_that_make_one_at_once_make_one() {
    let folder = Folder::new();
    let options = folder.options().with_busy_timeout(std::time::Duration::from_secs(60));
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| SqliteStock::create(&options, BY))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert_eq!(outcomes.iter().filter(|o| o.as_ref().is_err_and(|error| error.is(Code::StockExists))).count(), 7);
}

#[test]
fn texts_of_persons_are_bounded() {
    let folder = Folder::new();
    let by = czei_stock::By::one("\n");
    let error = SqliteStock::create(&folder.options(), by).unwrap_err();
    assert!(error.is(Code::TextLimit));
    assert_eq!(error.place().path.as_deref(), Some("maker"));
    assert!(folder.names().is_empty());
}

#[test]
fn what_is_no_stock_is_not_opened_and_not_changed() {
    let folder = Folder::new();
    let path = folder.file("stock.db");
    let open = || SqliteStock::open(&folder.options());
    assert_error(open(), Code::StockAbsent, &path);
    assert!(folder.names().is_empty());

    fs::create_dir(&path).unwrap();
    assert_eq!(assert_error(open(), Code::NotAStock, &path).found_text(), Some("no file"));
    fs::remove_dir(&path).unwrap();

    let text = "a diary of a clerk, longer than the hundred bytes that the header of a database has; \
                and somewhat longer still";
    fs::write(&path, text).unwrap();
    assert_eq!(assert_error(open(), Code::NotAStock, &path).found_text(), Some("no SQLite database"));
    assert_eq!(fs::read_to_string(&path).unwrap(), text);

    fs::write(&path, "").unwrap();
    assert_eq!(assert_error(open(), Code::NotAStock, &path).found_text(), Some("application id 0"));
    assert_eq!(fs::metadata(&path).unwrap().len(), 0);
    fs::remove_file(&path).unwrap();

    raw(&path).execute_batch("CREATE TABLE contacts (name TEXT)").unwrap();
    let before = fs::read(&path).unwrap();
    let error = assert_error(open(), Code::NotAStock, &path);
    assert_eq!(error.expected_text(), Some("stock"));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn stock_and_ledger_are_not_exchangeable() {
    let folder = Folder::new();
    let ledger = SqliteLedger::create(&folder.options(), BY).unwrap();
    let path = folder.file("stock.db");
    // Open here as a ledger, and then not open.
    let error = assert_error(SqliteStock::open(&folder.options()), Code::NotAStock, &path);
    assert_eq!((error.expected_text(), error.found_text()), (Some("stock"), Some("ledger")));
    drop(ledger);
    let error = assert_error(SqliteStock::open(&folder.options()), Code::NotAStock, &path);
    assert_eq!(error.found_text(), Some("ledger"));
}

#[test]
fn a_newer_schema_is_refused() {
    let folder = Folder::new();
    drop(folder.stock());
    raw(&folder.file("stock.db")).pragma_update(None, "user_version", 2).unwrap();
    let error = assert_error(SqliteStock::open(&folder.options()), Code::SchemaNewer, &folder.file("stock.db"));
    assert_eq!((error.expected_text(), error.found_text()), (Some("schema 1"), Some("schema 2")));
}

#[test]
fn a_schema_that_was_never_released_is_refused() {
    let folder = Folder::new();
    drop(folder.stock());
    raw(&folder.file("stock.db")).pragma_update(None, "user_version", 0).unwrap();
    let error = assert_error(SqliteStock::open(&folder.options()), Code::MigrationFailed, &folder.file("stock.db"));
    assert_eq!(error.expected_text(), Some("schema 1"));
}

#[test]
fn a_file_with_two_names_is_refused() {
    let folder = Folder::new();
    drop(folder.stock());
    fs::hard_link(folder.file("stock.db"), folder.file("other.db")).unwrap();
    let error = assert_error(SqliteStock::open(&folder.options()), Code::FileHasTwoNames, &folder.file("stock.db"));
    assert_eq!((error.expected_text(), error.found_text()), (Some("1 name"), Some("2 names")));
}

#[test]
fn a_log_that_cannot_be_made_is_an_error() {
    let folder = Folder::new();
    drop(folder.stock());
    fs::create_dir(folder.file("stock.db-shm")).unwrap();
    let error = assert_error(SqliteStock::open(&folder.options()), Code::ReadOnly, &folder.file("stock.db"));
    assert!(error.found_text().unwrap().starts_with("SQLite 8: "), "{error}");
}

#[test]
fn a_journal_mode_that_another_program_set_is_set_back() {
    let folder = Folder::new();
    drop(folder.stock());
    let mode = |folder: &Folder| {
        raw(&folder.file("stock.db")).query_row("PRAGMA journal_mode", [], |row| row.get::<_, String>(0)).unwrap()
    };
    raw(&folder.file("stock.db")).pragma_update(None, "journal_mode", "DELETE").unwrap();
    assert_eq!(mode(&folder), "delete");
    reserve(&SqliteStock::open(&folder.options()).unwrap(), "a").unwrap();
    assert_eq!(mode(&folder), "wal");
}

#[test]
fn handles_of_one_file_share_it_also_under_another_path() {
    let folder = Folder::new();
    let one = folder.stock();
    std::os::unix::fs::symlink(folder.file("stock.db"), folder.file("link.db")).unwrap();
    let two = SqliteStock::open(&OpenOptions::new(folder.file("link.db"))).unwrap();
    let three = SqliteStock::open(&OpenOptions::new(folder.path().join("./stock.db"))).unwrap();
    assert_eq!(reserve_many(&one, "one", 2), [1, 2]);
    assert_eq!(reserve_many(&two, "two", 2), [3, 4]);
    drop((one, two));
    assert_eq!(reserve_many(&three, "three", 1), [5]);
    // One connection, one lock: a second one would have been refused.
    assert_eq!(folder.names().iter().filter(|name| name.ends_with(".lock")).count(), 2);
}

#[test]
fn a_second_copy_of_the_library_is_refused() {
    let folder = Folder::new();
    drop(folder.stock());
    // What another copy in this process would hold.
    let path = folder.file(&format!("stock.db.{}.lock", std::process::id()));
    let other = fs::File::create(&path).unwrap();
    other.lock().unwrap();
    assert_error(SqliteStock::open(&folder.options()), Code::SecondCopy, &path);
    drop(other);
    SqliteStock::open(&folder.options()).unwrap();
}

#[test]
fn locks_of_processes_that_are_gone_are_cleared_and_others_stay() {
    let folder = Folder::new();
    drop(folder.stock());
    fs::write(folder.file("stock.db.999999999.lock"), "").unwrap();
    fs::write(folder.file("stock.db.notes.lock"), "").unwrap();
    let held = fs::File::create(folder.file("stock.db.999999998.lock")).unwrap();
    held.lock().unwrap();
    let stock = SqliteStock::open(&folder.options()).unwrap();
    drop(stock);
    let names = folder.names();
    assert!(!names.contains(&"stock.db.999999999.lock".to_owned()), "{names:?}");
    assert!(names.contains(&"stock.db.999999998.lock".to_owned()), "{names:?}");
    assert!(names.contains(&"stock.db.notes.lock".to_owned()), "{names:?}");
}

#[test]
fn other_settings_than_those_of_the_stock_are_refused() {
    let folder = Folder::new();
    drop(folder.stock());
    let path = folder.file("stock.db");
    let open = |options: OpenOptions| SqliteStock::open(&options);
    let error = assert_error(open(folder.options().with_mark(Mark::DangerouslyNone)), Code::OldSettings, &path);
    assert_eq!(error.expected_text(), Some(format!("mark {}", folder.file("stock.db.mark").display()).as_str()));
    assert_eq!(error.found_text(), Some("mark none"));
    let beside = Receipts::Beside(folder.file("receipts"));
    let error = assert_error(open(folder.options().with_receipts(beside)), Code::OldSettings, &path);
    assert_eq!(error.expected_text(), Some("receipts none"));
    let stock = open(folder.options().with_mark(Mark::Beside).with_receipts(Receipts::Inside)).unwrap();
    // Also where it is open already.
    assert_error(open(folder.options().with_mark(Mark::At(folder.file("m")))), Code::OldSettings, &path);
    drop(stock);
}

#[test]
fn a_stock_without_a_mark_has_none() {
    let folder = Folder::new();
    let options = folder.options().with_mark(Mark::DangerouslyNone);
    let stock = SqliteStock::create(&options, BY).unwrap();
    add_segment(&stock, 1, 10);
    assert_eq!(reserve_many(&stock, "a", 3), [1, 2, 3]);
    drop(stock);
    assert_eq!(folder.names(), ["stock.db", "stock.db.lock"]);
    SqliteStock::open(&folder.options()).unwrap();
}

#[test]
fn a_folder_can_be_moved_as_a_whole() {
    let (folder, other) = (Folder::new(), Folder::new());
    let options = folder.options().with_receipts(Receipts::Beside(folder.file("receipts")));
    let stock = SqliteStock::create(&options, BY).unwrap();
    add_segment(&stock, 1, 10);
    reserve(&stock, "a").unwrap();
    drop(stock);
    for name in ["stock.db", "stock.db.mark", "receipts"] {
        fs::rename(folder.file(name), other.file(name)).unwrap();
    }
    let options = other.options().with_receipts(Receipts::Beside(other.file("receipts")));
    let stock = SqliteStock::open(&options.with_mark(Mark::Beside)).unwrap();
    assert_eq!(reserve(&stock, "b").unwrap().token.number.get(), 2);
}

#[test]
fn a_database_file_replaced_or_deleted_in_use_ends_the_handle() {
    for is_replaced in [false, true] {
        let folder = Folder::new();
        let stock = folder.stock();
        assert_eq!(reserve_many(&stock, "a", 2), [1, 2]);
        let path = folder.file("stock.db");
        if is_replaced {
            folder.copy("stock.db", "copy.db");
            fs::rename(folder.file("copy.db"), &path).unwrap();
        } else {
            fs::remove_file(&path).unwrap();
        }
        let error = reserve(&stock, "b").unwrap_err();
        assert!(error.is(Code::FileReplaced), "{error}");
        assert_eq!(error.place().file.as_deref(), Some(path.display().to_string().as_str()));
        assert_eq!(error.found_text(), Some(if is_replaced { "another file" } else { "no file" }));
        // From then on it answers nothing, also not what it knows.
        assert!(reserve(&stock, "a-0").unwrap_err().is(Code::HandlePoisoned));
        assert!(stock.segments().unwrap_err().is(Code::HandlePoisoned));
    }
}

#[test]
fn reading_notices_a_replaced_file_too() {
    let folder = Folder::new();
    let stock = folder.stock();
    fs::rename(folder.file("stock.db"), folder.file("away.db")).unwrap();
    assert_error(stock.segments(), Code::FileReplaced, &folder.file("stock.db"));
    assert!(reserve(&stock, "a").unwrap_err().is(Code::HandlePoisoned));
    // Nothing was removed or written on closing: put back, all is there.
    drop(stock);
    fs::rename(folder.file("away.db"), folder.file("stock.db")).unwrap();
    assert_eq!(SqliteStock::open(&folder.options()).unwrap().segments().unwrap().len(), 1);
}

#[test]
fn a_log_deleted_in_use_ends_the_handle_and_is_noticed_at_opening() {
    let folder = Folder::new();
    let stock = folder.stock();
    reserve_many(&stock, "a", 3);
    let log = folder.file("stock.db-wal");
    fs::remove_file(&log).unwrap();
    let error = reserve(&stock, "b").unwrap_err();
    assert!(error.is(Code::FileReplaced), "{error}");
    assert_eq!(error.place().file.as_deref(), Some(log.display().to_string().as_str()));
    drop(stock);
    // What was acknowledged is gone with the log: the mark says so.
    let error = assert_error(SqliteStock::open(&folder.options()), Code::OlderState, &folder.file("stock.db.mark"));
    assert_eq!((error.expected_text(), error.found_text()), (Some("journal rows 6"), Some("journal rows 1")));
}

#[test]
fn after_a_poisoned_handle_the_stock_is_opened_anew_in_the_same_process() {
    let folder = Folder::new();
    let stock = folder.stock();
    reserve_many(&stock, "a", 3);
    fs::rename(folder.file("stock.db"), folder.file("away.db")).unwrap();
    assert!(reserve(&stock, "b").unwrap_err().is(Code::FileReplaced));
    fs::rename(folder.file("away.db"), folder.file("stock.db")).unwrap();
    // The old handle is still there, and stays as it is.
    let anew = SqliteStock::open(&folder.options()).unwrap();
    assert_eq!(reserve(&anew, "a-1").unwrap().token.number.get(), 2);
    assert_eq!(reserve(&anew, "b").unwrap().token.number.get(), 4);
    assert!(reserve(&stock, "b").unwrap_err().is(Code::HandlePoisoned));
    drop(stock);
    assert_eq!(reserve(&anew, "c").unwrap().token.number.get(), 5);
}

#[test]
fn opening_waits_for_whoever_is_alone_with_the_stock() {
    let folder = Folder::new();
    drop(folder.stock());
    let gate = fs::File::open(folder.file("stock.db.lock")).unwrap();
    gate.lock().unwrap();
    assert_error(SqliteStock::open(&folder.options()), Code::Busy, &folder.file("stock.db"));
    gate.unlock().unwrap();
    SqliteStock::open(&folder.options()).unwrap();
}

#[test]
fn another_program_that_writes_is_waited_for_and_then_an_error() {
    let folder = Folder::new();
    let stock = folder.stock();
    let other = raw(&folder.file("stock.db"));
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = reserve(&stock, "a").unwrap_err();
    assert!(error.is(Code::Busy), "{error}");
    other.execute_batch("ROLLBACK").unwrap();
    // Nothing was taken, and the handle goes on.
    assert_eq!(reserve(&stock, "b").unwrap().token.number.get(), 1);
}

#[test]
fn a_change_from_within_a_change_is_an_error_and_not_a_standstill() {
    let folder = Folder::new();
    let stock = folder.stock();
    let request_id = czei_core::RequestId::new("a").unwrap();
    let request = czei_core::NumberRequest {
        unit: files::UNIT,
        code: files::CODE.parse().unwrap(),
        request_id: &request_id,
        draft_digest: [7; 32],
        at: chrono::DateTime::UNIX_EPOCH.fixed_offset(),
        total: czei_core::Amount::ZERO,
        business_key: None,
        number: None,
        reverses: None,
    };
    let mut inner = None;
    let outer = stock.reserve(&[request], &mut |_, _| {
        inner = Some(reserve(&stock, "b"));
        Ok(Vec::new())
    });
    assert!(inner.unwrap().unwrap_err().is(Code::Busy));
    assert_eq!(outer[0].as_ref().unwrap().token.number.get(), 1);
}

/// Permissions do not hold root back: there the test starts itself once more as nobody.
#[test]
fn what_cannot_be_written_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let name = "what_cannot_be_written_is_refused";
    let set = |path: &std::path::Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let folder = Folder::new();
    let probe = folder.file("probe");
    fs::write(&probe, "").unwrap();
    set(&probe, 0o444);
    if fs::OpenOptions::new().write(true).open(&probe).is_ok() {
        let child = std::process::Command::new("setpriv")
            .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", name, "--nocapture"])
            .output();
        match child {
            Ok(output) if output.status.success() => {
                assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"));
            }
            Ok(output) if output.stderr.starts_with(b"setpriv: failed to execute") => {
                eprintln!("skipped: nobody may not start this test");
            }
            Ok(output) => panic!("{}", String::from_utf8_lossy(&output.stderr)),
            Err(error) => eprintln!("skipped: root, and no setpriv: {error}"),
        }
        return;
    }
    drop(folder.stock());
    let (path, mark) = (folder.file("stock.db"), folder.file("stock.db.mark"));
    let open = || SqliteStock::open(&folder.options());
    set(&path, 0o444);
    assert_error(open(), Code::ReadOnly, &path);
    set(&path, 0o644);
    set(&mark, 0o444);
    assert_error(open(), Code::ReadOnly, &mark);
    set(&mark, 0o644);
    set(folder.path(), 0o555);
    assert_error(open(), Code::ReadOnly, &folder.file(&format!("stock.db.{}.lock", std::process::id())));
    let other = OpenOptions::new(folder.file("other.db"));
    assert_error(SqliteStock::create(&other, BY), Code::ReadOnly, &folder.file("other.db.lock"));
    set(folder.path(), 0o755);
    // As it was.
    assert_eq!(reserve(&open().unwrap(), "a").unwrap().token.number.get(), 1);
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let folder = Folder::new();
    let nowhere = folder.file("nowhere");
    let create = |options: OpenOptions| SqliteStock::create(&options, BY);
    assert_error(create(OpenOptions::new(nowhere.join("stock.db"))), Code::FolderAbsent, &nowhere);
    assert_error(create(folder.options().with_mark(Mark::At(nowhere.join("mark")))), Code::FolderAbsent, &nowhere);
    fs::write(&nowhere, "a file").unwrap();
    assert_error(create(OpenOptions::new(nowhere.join("stock.db"))), Code::FolderAbsent, &nowhere);
    assert!(!folder.file("stock.db").exists());
}

#[test]
fn a_mark_is_never_written_over_something_else() {
    let folder = Folder::new();
    fs::write(folder.file("diary"), "of a clerk").unwrap();
    fs::create_dir(folder.file("folder")).unwrap();
    let own = "a file of the stock itself";
    let pid = format!("stock.db.{}.lock", std::process::id());
    let cases = [
        ("stock.db", own),
        ("stock.db-wal", own),
        ("stock.db-shm", own),
        ("stock.db.new", own),
        ("stock.db.lock", own),
        ("stock.db.opening", own),
        (&pid, own),
        ("folder", "a folder"),
        ("diary", "a file that is no mark"),
    ];
    for (name, found) in cases {
        let options = folder.options().with_mark(Mark::At(folder.file(name)));
        let error = assert_error(SqliteStock::create(&options, BY), Code::MarkPlaceTaken, &folder.file(name));
        assert_eq!(error.found_text(), Some(found), "{name}");
        assert!(!folder.file("stock.db").exists());
    }
    // A mark is first written under another name.
    let options = OpenOptions::new(folder.file("m.new")).with_mark(Mark::At(folder.file("m")));
    assert_error(SqliteStock::create(&options, BY), Code::MarkPlaceTaken, &folder.file("m"));
    // The same where it is moved: the database itself would be gone.
    drop(folder.stock());
    for (name, found) in cases {
        let path = folder.file(name);
        let before = fs::read(&path).ok();
        let options = folder.options().with_mark(Mark::At(path.clone()));
        let error = assert_error(SqliteStock::accept_older(&options, &[], "另一块盘", BY), Code::MarkPlaceTaken, &path);
        assert_eq!((error.found_text(), fs::read(&path).ok()), (Some(found), before), "{name}");
    }
    let options = folder.options().with_mark(Mark::At(folder.file("nowhere/mark")));
    let error = SqliteStock::accept_older(&options, &[], "另一块盘", BY);
    assert_error(error, Code::FolderAbsent, &folder.file("nowhere"));
    assert_eq!(rows_from(&SqliteStock::open(&folder.options()).unwrap(), 4), []);
}

#[test]
fn a_lock_cleared_away_in_use_ends_the_handle() {
    let folder = Folder::new();
    let stock = folder.stock();
    reserve_many(&stock, "a", 3);
    let gate = folder.file("stock.db.lock");
    fs::remove_file(&gate).unwrap();
    // Whoever opens it now would believe to be alone with it.
    let error = reserve(&stock, "b").unwrap_err();
    assert!(error.is(Code::FileReplaced), "{error}");
    assert_eq!(error.place().file.as_deref(), Some(gate.display().to_string().as_str()));
    let stock = SqliteStock::open(&folder.options()).unwrap();
    assert_eq!(reserve(&stock, "b").unwrap().token.number.get(), 4);
    fs::write(folder.file("another"), "").unwrap();
    fs::rename(folder.file("another"), &gate).unwrap();
    assert_error(stock.segments(), Code::FileReplaced, &gate);
}
