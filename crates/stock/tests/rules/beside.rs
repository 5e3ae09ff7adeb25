//! Finished receipts in a folder beside the database.

use std::path::PathBuf;

use czei_core::{Held, NumberSource as _};
use czei_sm2::Sm3;
use czei_stock::{Code, Document, Stock as _};

use super::support::{Bed, id, refused};

/// Where a receipt is.
pub fn file(bed: &Bed, receipt: &[u8]) -> PathBuf {
    let sm3: String = Sm3::digest(receipt).iter().map(|byte| format!("{byte:02x}")).collect();
    bed.folder.path().join("receipts").join(&sm3[..2]).join(format!("{sm3}.xml"))
}

fn documents(bed: &Bed) -> i64 {
    bed.raw().query_row("SELECT count(*) FROM document", [], |row| row.get(0)).unwrap()
}

fn of(bed: Bed) -> Bed {
    bed.add(super::support::UNIT, 1, 9);
    bed
}

#[test]
fn a_finished_receipt_moves_out_of_the_database() {
    let bed = of(Bed::beside());
    let token = bed.token("a");
    bed.sign(token, b"signed").unwrap();
    assert!(!bed.folder.path().join("receipts").join("xx").exists());
    assert_eq!(documents(&bed), 1);
    bed.issue(token, b"a issued").unwrap();
    assert_eq!(documents(&bed), 0);
    assert_eq!(std::fs::read(file(&bed, b"a issued")).unwrap(), b"a issued");
    assert_eq!(bed.stock.document(id(1)).unwrap(), Some(Document::Issued(b"a issued".to_vec())));
    assert_eq!(bed.reserve("a").unwrap().held, Held::Issued(b"a issued".to_vec()));
    bed.issue(token, b"a issued").unwrap();
    assert_eq!(bed.wrong(), [""; 0]);
}

#[test]
fn a_receipt_that_is_gone_or_changed_is_not_handed_out() {
    let bed = of(Bed::beside());
    bed.issued("a");
    let other = bed.issued("b");
    let path = file(&bed, b"a issued");
    std::fs::write(&path, b"a changed").unwrap();
    let error = bed.stock.document(id(1)).unwrap_err();
    assert_eq!(error.place().file.as_deref(), Some(&*path.display().to_string()));
    let digest: String = Sm3::digest(b"a changed").iter().map(|byte| format!("{byte:02x}")).collect();
    refused(Err::<(), _>(error), Code::ReceiptMissing, &digest);
    std::fs::remove_file(&path).unwrap();
    refused(bed.stock.document(id(1)), Code::ReceiptMissing, "entity not found");
    refused(bed.reserve("a"), Code::ReceiptMissing, "entity not found");
    // One stops no other.
    let numbers = [1, 2].map(|at| (super::support::code(), super::support::number(at)));
    let found = bed.stock.find(&numbers);
    refused(found[0].clone(), Code::ReceiptMissing, "entity not found");
    assert_eq!(found[1].as_ref().unwrap().token, other);
    // Handing it in again mends it.
    let token = bed.record(1).unwrap().token.unwrap();
    bed.issue(token, b"a issued").unwrap();
    assert_eq!(bed.wrong(), [""; 0]);
}

#[test]
fn a_receipt_whose_transaction_never_came_says_nothing() {
    let bed = of(Bed::beside());
    let token = bed.token("a");
    // A killed process left the file, and a part of another.
    let path = file(&bed, b"a issued");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, b"a issued").unwrap();
    std::fs::write(path.with_extension("xml.1-0.part"), b"a iss").unwrap();
    assert_eq!(bed.reserve("a").unwrap().token, token);
    let leftover = |bed: &Bed| {
        let report = bed.stock.check().unwrap();
        assert!(report.holds());
        let indicator = report.indicators.into_iter().find(|indicator| indicator.name == "leftover-files").unwrap();
        (indicator.looked_at, indicator.examples)
    };
    let part = path.with_extension("xml.1-0.part").canonicalize().unwrap();
    let unfinished = format!("not whole, may be removed: {}", part.display());
    assert_eq!(leftover(&bed), (2, vec!["2 of 2 files".to_owned(), unfinished.clone()]));
    bed.sign(token, b"signed").unwrap();
    bed.issue(token, b"a issued").unwrap();
    assert_eq!(leftover(&bed), (2, vec!["1 of 2 files".to_owned(), unfinished]));
    std::fs::remove_file(part).unwrap();
    assert_eq!(leftover(&bed), (1, vec![]));
}

#[test]
fn one_that_cannot_be_written_stops_no_other_and_changes_nothing() {
    let bed = of(Bed::beside());
    let (a, b) = (bed.token("a"), bed.token("b"));
    bed.sign(a, b"a signed").unwrap();
    bed.sign(b, b"b signed").unwrap();
    // A file where the folder of the first one should be.
    let folder = file(&bed, b"a issued").parent().unwrap().to_owned();
    assert_ne!(Some(folder.as_path()), file(&bed, b"b issued").parent());
    std::fs::create_dir_all(folder.parent().unwrap()).unwrap();
    std::fs::write(&folder, b"").unwrap();
    let answers = bed.stock.store_issued(&[(a, b"a issued".as_slice()), (b, b"b issued".as_slice())]);
    let error = answers[0].clone().unwrap_err();
    assert!(error.is(Code::ReceiptNotStored), "{error}");
    assert!(answers[1].is_ok());
    assert_eq!(bed.reserve("a").unwrap().held, Held::Signed(b"a signed".to_vec()));
    std::fs::remove_file(&folder).unwrap();
    bed.issue(a, b"a issued").unwrap();
    assert_eq!(bed.wrong(), [""; 0]);
}

#[test]
fn the_same_receipt_from_many_threads() {
    let bed = of(Bed::beside());
    let token = bed.token("a");
    bed.sign(token, b"signed").unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| bed.issue(token, b"a issued").unwrap());
        }
    });
    let shelf = file(&bed, b"a issued");
    assert_eq!(std::fs::read_dir(shelf.parent().unwrap()).unwrap().count(), 1, "nothing unfinished is left");
    assert_eq!(bed.wrong(), [""; 0]);
}
