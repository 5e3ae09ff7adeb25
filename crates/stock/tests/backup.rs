//! Backups of a stock in use, restoring them, and drills.
#![allow(clippy::unwrap_used)]

mod files;

use std::fs;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use czei_codes::AnyFault;
use czei_core::NumberSource as _;
use czei_stock::{
    Backup, Code, Event, HeadSignature, HeadSigner, HeadVerifier, IssuedUpTo, Mark, NumberId, OpenOptions, Receipts,
    SqliteLedger, SqliteStock, Stock as _,
};
use files::{BY, CODE, Folder, add_segment, assert_error, reserve, reserve_many, rows_from};

fn id(number: u64) -> NumberId {
    NumberId::new(CODE.parse().unwrap(), czei_core::ReceiptNumber::new(number).unwrap())
}

/// Signs by turning the text round.
struct Mirror;

impl HeadSigner for Mirror {
    fn sign(&self, text: &[u8]) -> Result<HeadSignature, AnyFault> {
        Ok(HeadSignature { certificate: b"mirror".to_vec(), value: text.iter().rev().copied().collect() })
    }
}

impl HeadVerifier for Mirror {
    fn verify(&self, text: &[u8], signature: &HeadSignature) -> Result<String, AnyFault> {
        assert!(signature.value.iter().rev().eq(text.iter()));
        Ok("mirror".to_owned())
    }
}

/// Reserves and finishes receipts.
fn issue(stock: &SqliteStock, name: &str, count: u64) {
    for index in 0..count {
        let token = reserve(stock, &format!("{name}-{index}")).unwrap().token;
        let document = format!("<E>{name} {index}</E>").into_bytes();
        stock.store_signed(&[(token, &document)]).pop().unwrap().unwrap();
        stock.store_issued(&[(token, &document)]).pop().unwrap().unwrap();
    }
}

fn lose(folder: &Folder) {
    fs::remove_file(folder.file("stock.db")).unwrap();
}

fn backup(folder: &Folder, stock: &SqliteStock, name: &str) -> Backup {
    stock.backup(&folder.file(name), None, BY).unwrap()
}

#[test]
fn a_backup_is_whole_and_its_manifest_says_what_it_is() {
    let folder = Folder::new();
    let stock = folder.stock();
    issue(&stock, "a", 3);
    let backup = stock.backup(&folder.file("monday.db"), Some(&Mirror), BY).unwrap();
    assert_eq!((backup.numbers, backup.receipts_copied), (3, 0));
    assert_eq!(backup.path, folder.file("monday.db"));
    assert_eq!(backup.manifest, folder.file("monday.db.manifest.json"));
    let names = folder.names();
    assert!(names.iter().all(|name| !name.contains(".new")), "{names:?}");

    let manifest: serde_json::Value = serde_json::from_str(&fs::read_to_string(&backup.manifest).unwrap()).unwrap();
    let status = stock.status(chrono::NaiveDate::MIN).unwrap();
    assert_eq!(manifest["format"], "czei backup 1");
    assert_eq!(manifest["kind"], "stock");
    assert_eq!(manifest["stock_id"], status.stock_id);
    assert_eq!(manifest["generation"], status.generation);
    assert_eq!(manifest["numbers"], 3);
    assert_eq!(manifest["journal_rows"], backup.journal_rows);
    assert_eq!(manifest["bytes"], fs::metadata(&backup.path).unwrap().len());
    assert_eq!(manifest["heads"]["certificate"], "6d6972726f72");
    let text = manifest["heads"]["text"].as_str().unwrap();
    assert!(text.starts_with("czei heads 1\n"), "{text}");

    let last = rows_from(&stock, backup.journal_rows as i64 + 1).pop().unwrap();
    assert_eq!((last.event, last.subject), (Event::BackedUp, Some(backup.sm3)));
    assert!(last.detail.contains("monday.db"), "{}", last.detail);
}

#[test]
fn a_backup_overwrites_nothing() {
    let folder = Folder::new();
    let stock = folder.stock();
    backup(&folder, &stock, "b.db");
    assert_error(stock.backup(&folder.file("b.db"), None, BY), Code::RestoreTargetExists, &folder.file("b.db"));
    fs::write(folder.file("c.db.manifest.json"), "").unwrap();
    let error = stock.backup(&folder.file("c.db"), None, BY);
    assert_error(error, Code::RestoreTargetExists, &folder.file("c.db.manifest.json"));
    assert_error(stock.backup(&folder.file("stock.db"), None, BY), Code::RestoreTargetExists, &folder.file("stock.db"));
    let rows = rows_from(&stock, 1).len();
    assert_error(stock.backup(&folder.file("nowhere/d.db"), None, BY), Code::FolderAbsent, &folder.file("nowhere"));
    assert_eq!(rows_from(&stock, 1).len(), rows, "no heads are noted for it");
}

#[test]
fn a_backup_while_others_write_is_one_consistent_state() {
    let folder = Folder::new();
    let stock = folder.stock();
    add_segment(&stock, 100_001, 200_000);
    let (stop, acknowledged) = (AtomicBool::new(false), AtomicU64::new(0));
    let backups = std::thread::scope(|scope| {
        for thread in 0..8 {
            let (stock, stop, acknowledged) = (stock.clone(), &stop, &acknowledged);
            scope.spawn(move || {
                for index in 0.. {
                    if stop.load(Ordering::SeqCst) {
                        return;
                    }
                    issue(&stock, &format!("t{thread}-{index}"), 1);
                    acknowledged.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        let backups: Vec<_> = (0..4)
            .map(|index| {
                while acknowledged.load(Ordering::SeqCst) < 8 * (index + 1) {
                    std::thread::yield_now();
                }
                let before = acknowledged.load(Ordering::SeqCst);
                (before, backup(&folder, &stock, &format!("b{index}.db")))
            })
            .collect();
        stop.store(true, Ordering::SeqCst);
        backups
    });
    for (before, backup) in backups {
        // What was acknowledged before it began is in it.
        assert!(backup.numbers >= before, "{backup:?}");
        let drill = SqliteStock::drill(&backup.path, folder.path(), Some(&stock), None).unwrap();
        assert!(drill.holds(), "{drill:?}");
        assert_eq!(drill.numbers, backup.numbers);
        let now = stock.segments().unwrap().iter().map(|segment| segment.issued).sum::<u64>();
        assert_eq!(drill.behind, Some(now - backup.numbers));
    }
}

#[test]
fn a_lost_stock_is_restored_and_its_gap_is_never_issued() {
    let folder = Folder::new();
    let stock = folder.stock();
    issue(&stock, "a", 3);
    let backup = backup(&folder, &stock, "b.db");
    issue(&stock, "b", 2);
    // Never over a stock that is there.
    let restore = || SqliteStock::restore(&backup.path, &folder.options(), &[], "硬盘故障", BY);
    assert_error(restore(), Code::RestoreTargetExists, &folder.file("stock.db"));
    drop(stock);
    lose(&folder);
    let accepted = restore().unwrap();
    assert_eq!(accepted.unknown, [(id(4), id(5))]);
    let stock = SqliteStock::open(&folder.options()).unwrap();
    assert_eq!(reserve(&stock, "c").unwrap().token.number.get(), 6);
    assert!(stock.check().unwrap().holds());
    assert!(stock.verify_journal(None).unwrap().holds());
    let names = folder.names();
    assert!(!names.iter().any(|name| name.contains(".new")), "{names:?}");
}

#[test]
fn a_log_left_beside_a_lost_file_is_in_the_way() {
    let folder = Folder::new();
    let stock = folder.stock();
    let backup = backup(&folder, &stock, "b.db");
    drop(stock);
    lose(&folder);
    fs::write(folder.file("stock.db-wal"), "x").unwrap();
    let restored = SqliteStock::restore(&backup.path, &folder.options(), &[], "硬盘故障", BY);
    assert_error(restored, Code::RestoreTargetExists, &folder.file("stock.db"));
}

#[test]
fn restoring_that_was_cut_short_before_the_mark_goes_on() {
    let folder = Folder::new();
    let stock = folder.stock();
    issue(&stock, "a", 3);
    let backup = backup(&folder, &stock, "b.db");
    issue(&stock, "b", 2);
    drop(stock);
    lose(&folder);
    folder.copy("stock.db.mark", "old.mark");
    fs::write(folder.file("stock.db.new"), "left by a crash").unwrap();
    SqliteStock::restore(&backup.path, &folder.options(), &[], "硬盘故障", BY).unwrap();
    folder.copy("old.mark", "stock.db.mark");
    assert_error(SqliteStock::open(&folder.options()), Code::OtherGeneration, &folder.file("stock.db.mark"));
    SqliteStock::accept_older(&folder.options(), &[], "硬盘故障", BY).unwrap();
    let stock = SqliteStock::open(&folder.options()).unwrap();
    assert_eq!(reserve(&stock, "c").unwrap().token.number.get(), 6);
}

#[test]
fn elsewhere_without_the_mark_the_operator_says_how_far_it_had_come() {
    let (folder, other) = (Folder::new(), Folder::new());
    let stock = folder.stock();
    issue(&stock, "a", 3);
    let backup = backup(&folder, &stock, "b.db");
    let restore = |up_to: &[IssuedUpTo]| SqliteStock::restore(&backup.path, &other.options(), up_to, "换机", BY);
    let error = assert_error(restore(&[]), Code::MarkMissing, &other.file("stock.db.mark"));
    assert_eq!(error.expected_text(), Some("the last number given out of 32010126 for 0104901, or that there is none"));
    assert_eq!(other.names(), ["stock.db.lock"]);
    assert_eq!(restore(&[IssuedUpTo::Number(id(5))]).unwrap().unknown, [(id(4), id(5))]);
    let stock = SqliteStock::open(&other.options()).unwrap();
    assert_eq!(reserve(&stock, "c").unwrap().token.number.get(), 6);
}

type Change<'a> = &'a dyn Fn(&mut serde_json::Value);

#[test]
fn a_backup_that_was_touched_is_refused() {
    let folder = Folder::new();
    let stock = folder.stock();
    issue(&stock, "a", 3);
    let backup = backup(&folder, &stock, "b.db");
    let whole = fs::read(&backup.path).unwrap();
    let manifest = fs::read_to_string(&backup.manifest).unwrap();
    let drill = || SqliteStock::drill(&backup.path, folder.path(), None, None);

    let mut bytes = whole.clone();
    bytes[5000] ^= 1;
    fs::write(&backup.path, bytes).unwrap();
    let error = assert_error(drill(), Code::BackupWrong, &backup.path);
    assert!(error.found_text().unwrap().starts_with("sm3 "), "{error}");
    fs::write(&backup.path, &whole[..whole.len() - 8192]).unwrap();
    let error = assert_error(drill(), Code::BackupWrong, &backup.path);
    assert_eq!(error.found_text(), Some(format!("bytes {}", whole.len() - 8192).as_str()));
    fs::write(&backup.path, &whole).unwrap();
    assert!(drill().unwrap().holds());

    let json = |change: Change<'_>| {
        let mut value: serde_json::Value = serde_json::from_str(&manifest).unwrap();
        change(&mut value);
        fs::write(&backup.manifest, value.to_string()).unwrap();
    };
    let cases: [(&str, Change<'_>); 8] = [
        ("format other", &|value| value["format"] = "other".into()),
        ("kind ledger", &|value| value["kind"] = "ledger".into()),
        ("stock 00", &|value| value["stock_id"] = "00".into()),
        ("generation 00", &|value| value["generation"] = "00".into()),
        ("schema 2", &|value| value["schema"] = 2.into()),
        ("journal rows 1", &|value| value["journal_rows"] = 1.into()),
        ("numbers 4", &|value| value["numbers"] = 4.into()),
        ("other heads", &|value| value["heads"]["text"] = "czei heads 1\n".into()),
    ];
    for (found, change) in cases {
        json(change);
        let error = assert_error(drill(), Code::BackupWrong, &backup.manifest);
        assert_eq!(error.found_text(), Some(found));
    }
    json(&|value| value["more"] = 1.into());
    assert_error(drill(), Code::BackupWrong, &backup.manifest);
    fs::write(&backup.manifest, "rubbish").unwrap();
    assert_error(drill(), Code::BackupWrong, &backup.manifest);
    fs::remove_file(&backup.manifest).unwrap();
    assert_error(drill(), Code::BackupWrong, &backup.manifest);
    drop(stock);
    lose(&folder);
    let restored = SqliteStock::restore(&backup.path, &folder.options(), &[], "硬盘故障", BY);
    assert_error(restored, Code::BackupWrong, &backup.manifest);
    assert!(!folder.file("stock.db").exists());
    assert_error(
        SqliteStock::drill(&folder.file("none.db"), folder.path(), None, None),
        Code::BackupWrong,
        &folder.file("none.db.manifest.json"),
    );
}

#[test]
fn receipts_beside_are_copied_once_and_come_back() {
    let (folder, safe) = (Folder::new(), Folder::new());
    let options = folder.options().with_receipts(Receipts::Beside(folder.file("receipts")));
    let stock = SqliteStock::create(&options, BY).unwrap();
    add_segment(&stock, 1, 1000);
    issue(&stock, "a", 3);
    assert_eq!(stock.backup(&safe.file("1.db"), None, BY).unwrap().receipts_copied, 3);
    issue(&stock, "b", 2);
    let second = stock.backup(&safe.file("2.db"), None, BY).unwrap();
    assert_eq!(second.receipts_copied, 2);
    // A drill looks at the receipts of the backup, not at those of the stock.
    fs::rename(folder.file("receipts"), folder.file("away")).unwrap();
    let drill = SqliteStock::drill(&second.path, safe.path(), Some(&stock), None).unwrap();
    assert!(drill.holds(), "{drill:?}");
    assert_eq!((drill.numbers, drill.behind), (5, Some(0)));
    drop(stock);
    lose(&folder);
    SqliteStock::restore(&second.path, &options, &[], "硬盘故障", BY).unwrap();
    let stock = SqliteStock::open(&options).unwrap();
    assert_eq!(stock.document(id(5)).unwrap().unwrap().bytes(), b"<E>b 1</E>");
    assert!(stock.check().unwrap().holds());
    // Inside and beside are not exchanged by restoring.
    drop(stock);
    lose(&folder);
    let inside = folder.options().with_receipts(Receipts::Inside);
    let restored = SqliteStock::restore(&second.path, &inside, &[], "硬盘故障", BY);
    assert_error(restored, Code::OldSettings, &folder.file("stock.db"));
}

#[test]
fn a_drill_notices_receipts_that_are_missing_and_leaves_nothing() {
    let (folder, safe) = (Folder::new(), Folder::new());
    let options = folder.options().with_receipts(Receipts::Beside(folder.file("receipts")));
    let stock = SqliteStock::create(&options, BY).unwrap();
    add_segment(&stock, 1, 1000);
    issue(&stock, "a", 3);
    let backup = stock.backup(&safe.file("1.db"), Some(&Mirror), BY).unwrap();
    let before = safe.names();
    let drill = SqliteStock::drill(&backup.path, safe.path(), None, Some(&Mirror)).unwrap();
    assert!(drill.holds());
    assert_eq!(
        (drill.journal.signed_heads, drill.journal.last_signer.as_deref(), drill.behind),
        (1, Some("mirror"), None)
    );
    let lost = fs::read_dir(safe.file("receipts")).unwrap().next().unwrap().unwrap().path();
    fs::remove_dir_all(lost).unwrap();
    let drill = SqliteStock::drill(&backup.path, safe.path(), None, None).unwrap();
    assert!(!drill.check.holds() && drill.journal.holds());
    assert_eq!(safe.names(), before);
    // The running stock noticed nothing.
    assert!(stock.check().unwrap().holds());
    issue(&stock, "b", 1);
}

#[test]
fn a_drill_compares_only_with_its_own_stock() {
    let (folder, other) = (Folder::new(), Folder::new());
    let (stock, another) = (folder.stock(), other.stock());
    let backup = backup(&folder, &stock, "b.db");
    assert_error(
        SqliteStock::drill(&backup.path, folder.path(), Some(&another), None),
        Code::BackupWrong,
        &backup.path,
    );
    assert_error(SqliteLedger::drill(&backup.path, folder.path(), None, None), Code::BackupWrong, &backup.manifest);
}

#[test]
fn a_stock_without_a_mark_is_restored_with_the_operators_word() {
    let folder = Folder::new();
    let options = folder.options().with_mark(Mark::DangerouslyNone);
    let stock = SqliteStock::create(&options, BY).unwrap();
    add_segment(&stock, 1, 1000);
    issue(&stock, "a", 2);
    let backup = backup(&folder, &stock, "b.db");
    drop(stock);
    lose(&folder);
    let restore = |options: &OpenOptions, up_to: &[IssuedUpTo]| {
        SqliteStock::restore(&backup.path, options, up_to, "硬盘故障", BY)
    };
    assert!(restore(&options, &[]).unwrap_err().is(Code::MarkMissing));
    // Restoring is also where a mark can be begun.
    restore(&folder.options().with_mark(Mark::Beside), &[IssuedUpTo::Number(id(4))]).unwrap();
    let stock = SqliteStock::open(&folder.options().with_mark(Mark::Beside)).unwrap();
    assert_eq!(reserve_many(&stock, "b", 1), [5]);
}

/// Has somebody note heads while it signs.
struct Meanwhile<'a>(&'a SqliteStock);

impl HeadSigner for Meanwhile<'_> {
    fn sign(&self, text: &[u8]) -> Result<HeadSignature, AnyFault> {
        self.0.sign_heads(None, BY).unwrap();
        Mirror.sign(text)
    }
}

#[test]
fn heads_that_others_note_meanwhile_do_not_spoil_a_backup() {
    let folder = Folder::new();
    let stock = folder.stock();
    issue(&stock, "a", 1);
    let backup = stock.backup(&folder.file("monday.db"), Some(&Meanwhile(&stock)), BY).unwrap();
    assert!(SqliteStock::drill(&backup.path, folder.path(), Some(&stock), None).unwrap().holds());
    drop(stock);
    lose(&folder);
    SqliteStock::restore(&backup.path, &folder.options(), &[], "硬盘故障", BY).unwrap();
}

#[test]
fn a_damaged_file_spoils_a_backup_only_where_it_is_a_receipt() {
    let (folder, safe) = (Folder::new(), Folder::new());
    let options = folder.options().with_receipts(Receipts::Beside(folder.file("deep/down/receipts")));
    let stock = SqliteStock::create(&options, BY).unwrap();
    add_segment(&stock, 1, 1000);
    issue(&stock, "a", 1);
    let receipts = folder.file("deep/down/receipts");
    fs::create_dir_all(receipts.join("ab")).unwrap();
    fs::write(receipts.join("ab").join(format!("{}.xml", "ab".repeat(32))), "half").unwrap();
    assert_eq!(stock.backup(&safe.file("1.db"), None, BY).unwrap().receipts_copied, 1);
    fs::remove_dir_all(safe.file("receipts")).unwrap();
    let sm3 = czei_sm2::Sm3::digest("<E>a 0</E>".as_bytes());
    let name: String = sm3.iter().map(|byte| format!("{byte:02x}")).collect();
    let receipt = receipts.join(&name[..2]).join(format!("{name}.xml"));
    fs::write(&receipt, "half").unwrap();
    assert_error(stock.backup(&safe.file("2.db"), None, BY), Code::ReceiptMissing, &receipt);
}

#[test]
fn a_document_that_is_not_what_was_signed_is_not_handed_out() {
    let folder = Folder::new();
    let stock = folder.stock();
    issue(&stock, "a", 1);
    let token = reserve(&stock, "b").unwrap().token;
    stock.store_signed(&[(token, b"<E>signed</E>")]).pop().unwrap().unwrap();
    assert_eq!(stock.document(id(1)).unwrap().unwrap().bytes(), b"<E>a 0</E>");
    files::raw(&folder.file("stock.db")).execute("UPDATE document SET bytes = x'3c2f3e'", []).unwrap();
    for number in [1, 2] {
        let error = stock.document(id(number)).unwrap_err();
        assert!(error.is(Code::DatabaseDamaged), "{error}");
        assert!(error.found_text().unwrap().contains(&id(number).to_string()), "{error}");
    }
    let error = reserve(&stock, "b").unwrap_err();
    assert!(error.is(Code::DatabaseDamaged), "{error}");
}

#[test]
fn a_mark_elsewhere_is_taken_over_only_by_name_and_one_not_named_stays() {
    let (folder, other) = (Folder::new(), Folder::new());
    let elsewhere = Folder::new();
    let mark = elsewhere.file("mark");
    let options = folder.options().with_mark(Mark::At(mark.clone()));
    let stock = SqliteStock::create(&options, BY).unwrap();
    add_segment(&stock, 1, 1000);
    issue(&stock, "a", 2);
    let backup = backup(&folder, &stock, "b.db");
    let before = fs::read(&mark).unwrap();
    let restore =
        |options: &OpenOptions, up_to: &[IssuedUpTo]| SqliteStock::restore(&backup.path, options, up_to, "演练", BY);
    assert_error(restore(&other.options(), &[]), Code::OldSettings, &other.file("stock.db"));
    assert_eq!(other.names(), ["stock.db.lock"]);
    // With one of its own it leaves the running stock alone.
    restore(&other.options().with_mark(Mark::Beside), &[]).unwrap();
    assert_eq!(fs::read(&mark).unwrap(), before);
    assert_eq!(reserve(&stock, "b").unwrap().token.number.get(), 3);
    drop(stock);
    lose(&folder);
    assert_eq!(restore(&options, &[]).unwrap().unknown, [(id(3), id(3))]);
}

#[cfg(unix)]
#[test]
fn a_backup_that_is_kept_read_only_is_restored() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    let stock = folder.stock();
    issue(&stock, "a", 2);
    let backup = backup(&folder, &stock, "b.db");
    drop(stock);
    lose(&folder);
    fs::set_permissions(&backup.path, fs::Permissions::from_mode(0o444)).unwrap();
    SqliteStock::restore(&backup.path, &folder.options(), &[], "硬盘故障", BY).unwrap();
    let mode = fs::metadata(folder.file("stock.db")).unwrap().permissions().mode();
    assert_eq!(mode & 0o200, 0o200);
}

#[test]
fn a_backup_that_was_interrupted_is_made_again_under_its_name() {
    let (folder, other) = (Folder::new(), Folder::new());
    let stock = folder.stock();
    issue(&stock, "a", 2);
    let first = backup(&folder, &stock, "b.db");
    let pending = folder.file("b.db.manifest.json.new");
    // Killed between the two last steps.
    fs::rename(&first.manifest, &pending).unwrap();
    // Another stock's backup, or one that somebody changed since, is not made again.
    let another = other.stock();
    assert_error(another.backup(&first.path, None, BY), Code::RestoreTargetExists, &first.path);
    let whole = fs::read(&first.path).unwrap();
    fs::write(&first.path, "precious").unwrap();
    assert_error(stock.backup(&first.path, None, BY), Code::RestoreTargetExists, &first.path);
    assert_eq!(fs::read(&first.path).unwrap(), b"precious");
    fs::write(&first.path, whole).unwrap();
    issue(&stock, "b", 1);
    let again = backup(&folder, &stock, "b.db");
    assert_eq!(again.numbers, 3);
    assert!(SqliteStock::drill(&again.path, folder.path(), Some(&stock), None).unwrap().holds());
    assert!(!pending.exists());
    // Killed before any of them.
    fs::rename(&again.path, folder.file("b.db.new")).unwrap();
    fs::rename(&again.manifest, &pending).unwrap();
    assert!(SqliteStock::drill(&backup(&folder, &stock, "b.db").path, folder.path(), None, None).unwrap().holds());
    assert_error(stock.backup(&first.path, None, BY), Code::RestoreTargetExists, &first.path);
}

#[test]
fn restoring_mends_receipts_that_did_not_survive_whole() {
    let (folder, safe) = (Folder::new(), Folder::new());
    let options = folder.options().with_receipts(Receipts::Beside(folder.file("receipts")));
    let stock = SqliteStock::create(&options, BY).unwrap();
    add_segment(&stock, 1, 1000);
    issue(&stock, "a", 2);
    let backup = stock.backup(&safe.file("1.db"), None, BY).unwrap();
    drop(stock);
    lose(&folder);
    let name: String = czei_sm2::Sm3::digest(b"<E>a 0</E>").iter().map(|byte| format!("{byte:02x}")).collect();
    fs::write(folder.file("receipts").join(&name[..2]).join(format!("{name}.xml")), "half").unwrap();
    SqliteStock::restore(&backup.path, &options, &[], "硬盘故障", BY).unwrap();
    let stock = SqliteStock::open(&options).unwrap();
    assert_eq!(stock.document(id(1)).unwrap().unwrap().bytes(), b"<E>a 0</E>");
    assert!(stock.check().unwrap().holds());
}

#[test]
fn a_copy_restored_beside_the_stock_does_not_take_its_mark() {
    let folder = Folder::new();
    let stock = folder.stock();
    issue(&stock, "a", 2);
    let backup = backup(&folder, &stock, "b.db");
    let copy = OpenOptions::new(folder.file("copy.db"));
    assert_error(SqliteStock::restore(&backup.path, &copy, &[], "查看", BY), Code::OldSettings, &copy.path);
    // The stock that is in use noticed nothing.
    assert_eq!(reserve(&stock, "b").unwrap().token.number.get(), 3);
    let copy = copy.with_mark(Mark::Beside);
    SqliteStock::restore(&backup.path, &copy, &[IssuedUpTo::Number(id(3))], "查看", BY).unwrap();
    assert_eq!(reserve(&stock, "c").unwrap().token.number.get(), 4);
}

#[test]
fn a_damaged_file_of_a_ledger_spoils_its_backup_only_where_it_is_a_receipt() {
    use czei_stock::{Claim, Ledger as _, NewGiven};
    let (folder, safe) = (Folder::new(), Folder::new());
    let options = folder.options().with_receipts(Receipts::Beside(folder.file("receipts")));
    let ledger = SqliteLedger::create(&options, BY).unwrap();
    let (code, number) = (id(1).code(), id(1).number());
    ledger.give(&NewGiven { unit: files::UNIT, code, first: number, last: id(9).number() }, BY).unwrap();
    let claim = Claim { unit: files::UNIT, code, number, original_sm3: [1; 32] };
    ledger.claim(&[claim]).pop().unwrap().unwrap();
    ledger.store(&[(claim, b"<E>one</E>")]).pop().unwrap().unwrap();
    let receipts = folder.file("receipts");
    fs::create_dir_all(receipts.join("ab")).unwrap();
    fs::write(receipts.join("ab").join(format!("{}.xml", "ab".repeat(32))), "half").unwrap();
    let backup = ledger.backup(&safe.file("1.db"), None, BY).unwrap();
    assert_eq!(backup.receipts_copied, 1);
    let drill = SqliteLedger::drill(&backup.path, safe.path(), Some(&ledger), None).unwrap();
    assert!(drill.holds(), "{drill:?}");
    fs::remove_dir_all(safe.file("receipts")).unwrap();
    let name: String = czei_sm2::Sm3::digest(b"<E>one</E>").iter().map(|byte| format!("{byte:02x}")).collect();
    let receipt = receipts.join(&name[..2]).join(format!("{name}.xml"));
    fs::write(&receipt, "half").unwrap();
    assert_error(ledger.backup(&safe.file("2.db"), None, BY), Code::ReceiptMissing, &receipt);
}
