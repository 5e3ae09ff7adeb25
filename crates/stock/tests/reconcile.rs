//! Reconciling while the stock goes on, and what it is reconciled with.
#![allow(clippy::unwrap_used)]

use std::path::PathBuf;

use chrono::{DateTime, FixedOffset, NaiveDate};
use czei_core::{Amount, Held, NumberRequest, NumberSource as _, ReceiptCode, ReceiptNumber, RequestId};
use czei_sm2::Sm3;
use czei_stock::{
    By, Code, DayRow, Gap, Mark, NewSegment, NumberId, OpenOptions, Proof, ReceiptFacts, Reconciler, SqliteStock,
    Standing, Stock as _,
};

const UNIT: &str = "12320600466000000A";

fn at() -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339("2026-12-01T09:15:30+08:00").unwrap()
}

fn today() -> NaiveDate {
    at().date_naive()
}

/// A folder with a stock, gone afterwards.
struct Place {
    folder: PathBuf,
    stock: SqliteStock,
}

impl Place {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("czei-reconcile-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let options = OpenOptions::new(folder.join("stock.db")).with_mark(Mark::DangerouslyNone);
        let stock = SqliteStock::create(&options, By::one("test")).unwrap();
        let number = |number: u64| ReceiptNumber::new(number).unwrap();
        let code = ReceiptCode::parse("32010126").unwrap();
        let segment = NewSegment { unit: UNIT, code, first: number(1), last: number(100), next: None, giver: "" };
        let id = stock.receive(&segment, By::one("test")).unwrap();
        stock.take_in(id, By::one("test")).unwrap();
        Place { folder, stock }
    }

    /// Issues the next number; what its file says.
    fn issue(&self, request: &str) -> ReceiptFacts {
        let request_id = RequestId::new(request).unwrap();
        let total = Amount::parse("80.00").unwrap();
        let request = NumberRequest {
            unit: UNIT,
            code: ReceiptCode::parse("32010126").unwrap(),
            request_id: &request_id,
            draft_digest: [1; 32],
            at: at(),
            total,
            business_key: None,
            number: None,
            reverses: None,
        };
        let build = &mut |_: usize, number: ReceiptNumber| Ok(format!("<unsigned {number}/>").into_bytes());
        let reservation = self.stock.reserve(&[request], build).pop().unwrap().unwrap();
        assert!(matches!(reservation.held, Held::Reserved(_)));
        let token = reservation.token;
        let (signed, issued) = (format!("<signed {}/>", token.number), format!("<issued {}/>", token.number));
        self.stock.store_signed(&[(token, signed.as_bytes())]).pop().unwrap().unwrap();
        self.stock.store_issued(&[(token, issued.as_bytes())]).pop().unwrap().unwrap();
        ReceiptFacts {
            id: NumberId::new(token.code, token.number),
            unit: UNIT.to_owned(),
            day: today(),
            total,
            business_key: None,
            reverses: None,
            file_sm3: Sm3::digest(issued.as_bytes()),
            original_sm3: [2; 32],
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

#[test]
fn what_changes_meanwhile_is_neither_a_gap_nor_a_stranger() {
    let place = Place::new("meanwhile");
    let (one, two) = (place.issue("one"), place.issue("two"));
    let mut reconciler = Reconciler::new(&place.stock, today()).unwrap();
    assert_eq!(reconciler.file(&one, Proof::NotAsked).unwrap(), Standing::Present);
    let (three, _four) = (place.issue("three"), place.issue("four"));
    assert_eq!(reconciler.file(&three, Proof::NotAsked).unwrap(), Standing::Late);
    let mut gaps = Vec::new();
    let result = reconciler
        .finish(&mut |gap| {
            gaps.push(gap);
            Ok(())
        })
        .unwrap();
    assert_eq!(gaps, [Gap { first: two.id, last: two.id }]);
    assert_eq!((result.issued, result.present, result.missing, result.late), (2, 1, 1, 2));
    assert!(!result.holds());
    assert_eq!(result.days.len(), 1);
    assert_eq!((result.days[0].stock.receipts, result.days[0].files.receipts), (2, 1));
}

#[test]
fn only_the_very_receipt_is_present_and_only_once() {
    let place = Place::new("once");
    let one = place.issue("one");
    let mut reconciler = Reconciler::new(&place.stock, today()).unwrap();
    let changed = ReceiptFacts { file_sm3: [9; 32], ..one.clone() };
    let free = ReceiptFacts { id: "32010126-0000000002".parse().unwrap(), ..one.clone() };
    let wrong = |standing: Standing| match standing {
        Standing::Wrong(fault) => (fault.code(), fault.found_text().unwrap().to_owned()),
        standing => panic!("{standing:?}"),
    };
    let name = one.id.to_string();
    let other = reconciler.file(&changed, Proof::NotAsked).unwrap();
    assert_eq!(wrong(other), (Code::FileOtherContent, name.clone()));
    assert_eq!(wrong(reconciler.file(&changed, Proof::Valid).unwrap()), (Code::FileOtherContent, name.clone()));
    let refused = reconciler.file(&one, Proof::Refused("CZ2223")).unwrap();
    assert_eq!(wrong(refused), (Code::FileRefused, format!("{name} CZ2223")));
    let stranger = reconciler.file(&free, Proof::Valid).unwrap();
    assert_eq!(wrong(stranger), (Code::FileStranger, "32010126-0000000002".to_owned()));
    assert_eq!(reconciler.file(&one, Proof::Valid).unwrap(), Standing::Present);
    assert_eq!(reconciler.file(&one, Proof::Valid).unwrap(), Standing::Again);
    reconciler.unreadable();
    let result = reconciler.finish(&mut |gap| panic!("{gap:?}")).unwrap();
    let counts = [result.files, result.present, result.again, result.strangers, result.other_content, result.refused];
    assert_eq!(counts, [6, 1, 1, 1, 2, 1]);
    assert_eq!((result.unreadable, result.holds()), (1, false));
    assert!(result.days.iter().all(DayRow::agrees), "each receipt counts once: {:?}", result.days);
}

#[test]
fn an_error_of_the_caller_ends_it() {
    let place = Place::new("ends");
    let stopped = || czei_stock::Error::from(Code::ListNotRead);
    let (_one, two) = (place.issue("one"), place.issue("two"));
    place.issue("three");
    let mut reconciler = Reconciler::new(&place.stock, today()).unwrap();
    reconciler.file(&two, Proof::NotAsked).unwrap();
    let mut calls = 0;
    let error = reconciler.finish(&mut |_| {
        calls += 1;
        Err(stopped())
    });
    assert_eq!((error.unwrap_err(), calls), (stopped(), 1));
}
