//! What the tests about files share: a folder of their own, and a stock in it.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use czei_codes::AnyFault;
use czei_core::{Amount, NumberRequest, NumberSource as _, ReceiptNumber, RequestId, Reservation};
use czei_stock::{By, Code, Error, NewSegment, OpenOptions, Result, SegmentId, SqliteStock, Stock as _};

/// The unit of the tests.
pub const UNIT: &str = "0104901";
/// The code of the tests.
pub const CODE: &str = "32010126";
/// Who does it.
pub const BY: By<'static> = By::two("张三", "李四");

/// A folder that goes with the test.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Folder {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("czei-stock-files-{}-{count}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Folder(path.canonicalize().unwrap())
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Options for `stock.db`.
    pub fn options(&self) -> OpenOptions {
        OpenOptions::new(self.file("stock.db")).with_busy_timeout(std::time::Duration::from_millis(200))
    }

    /// A new stock with one segment of 1,000 numbers, taken in.
    pub fn stock(&self) -> SqliteStock {
        let stock = SqliteStock::create(&self.options(), BY).unwrap();
        add_segment(&stock, 1, 1000);
        stock
    }

    /// Copies a file of the folder.
    pub fn copy(&self, from: &str, to: &str) {
        std::fs::copy(self.file(from), self.file(to)).unwrap();
    }

    /// The names of what is in the folder, sorted.
    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Adds a segment and takes it in.
pub fn add_segment(stock: &SqliteStock, first: u64, last: u64) -> SegmentId {
    let (first, last) = (ReceiptNumber::new(first).unwrap(), ReceiptNumber::new(last).unwrap());
    let code = CODE.parse().unwrap();
    let segment =
        stock.receive(&NewSegment { unit: UNIT, code, first, last, next: None, giver: "省财政厅" }, BY).unwrap();
    stock.take_in(segment, BY).unwrap();
    segment
}

/// Reserves a number for a request.
pub fn reserve(stock: &SqliteStock, request_id: &str) -> Result<Reservation, AnyFault> {
    let request_id = RequestId::new(request_id).unwrap();
    let request = NumberRequest {
        unit: UNIT,
        code: CODE.parse().unwrap(),
        request_id: &request_id,
        draft_digest: [7; 32],
        at: chrono::DateTime::UNIX_EPOCH.fixed_offset(),
        total: Amount::ZERO,
        business_key: None,
        number: None,
        reverses: None,
    };
    stock.reserve(&[request], &mut |_, number| Ok(format!("<E>{number}</E>").into_bytes())).pop().unwrap()
}

/// Reserves a number for each of so many new requests.
pub fn reserve_many(stock: &SqliteStock, name: &str, count: u64) -> Vec<u64> {
    (0..count).map(|index| reserve(stock, &format!("{name}-{index}")).unwrap().token.number.get()).collect()
}

/// Asserts code and file of an error.
#[track_caller]
pub fn assert_error<T: std::fmt::Debug>(result: Result<T>, code: Code, file: &Path) -> Error {
    let error = result.unwrap_err();
    assert!(error.is(code), "{error}");
    assert_eq!(error.place().file.as_deref(), Some(file.display().to_string().as_str()), "{error}");
    error
}

/// The journal from a row on.
pub fn rows_from(stock: &SqliteStock, seq: i64) -> Vec<czei_stock::JournalRow> {
    let mut rows = Vec::new();
    let mut each = |row| {
        rows.push(row);
        Ok(())
    };
    stock.journal(seq, &mut each).unwrap();
    rows
}

/// A connection of another program.
pub fn raw(path: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(path).unwrap()
}
