//! A ledger in a folder of its own.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use czei_codes::AnyFault;
use czei_core::{ReceiptCode, ReceiptNumber};
use czei_stock::{By, Claim, Claimed, Countersigned, Ledger, NewGiven, NumberId, OpenOptions, Receipts, SqliteLedger};

pub(crate) const SCHOOL: &str = "123299990000000353";
pub(crate) const REGISTRY: &str = "123299990000000278";
pub(crate) const BY: By<'static> = By { maker: "张三", checker: Some("李四") };

pub(crate) struct Place {
    folder: PathBuf,
    pub(crate) ledger: SqliteLedger,
}

impl Place {
    /// A ledger that gave 1 to 100 to the school, and 101 to 200 to the registry.
    pub(crate) fn new() -> Self {
        Self::with(|options, _| options)
    }

    /// The same with receipts beside the database.
    pub(crate) fn beside() -> Self {
        Self::with(|options, folder| options.with_receipts(Receipts::Beside(folder.join("receipts"))))
    }

    fn with(change: impl FnOnce(OpenOptions, &Path) -> OpenOptions) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("ledger-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let options = change(OpenOptions::new(folder.join("ledger.db")).with_actor("desk 1"), &folder);
        let ledger = SqliteLedger::create(&options, BY).unwrap();
        give(&ledger, SCHOOL, 1, 100);
        give(&ledger, REGISTRY, 101, 200);
        Place { folder, ledger }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.path("ledger.db")
    }

    /// The ledger closed and opened again.
    pub(crate) fn reopen(&mut self) {
        let options = OpenOptions::new(self.database()).with_actor("desk 2");
        self.ledger = SqliteLedger::open(&options).unwrap();
    }

    /// What does not hold, by name.
    pub(crate) fn wrong(&self) -> Vec<&'static str> {
        let report = self.ledger.check().unwrap();
        assert_eq!(report.indicators.len(), 10);
        report.indicators.iter().filter(|indicator| !indicator.holds()).map(|indicator| indicator.name).collect()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

pub(crate) fn give(ledger: &SqliteLedger, unit: &str, first: u64, last: u64) -> czei_stock::SegmentId {
    ledger.give(&NewGiven { unit, code: code(), first: number(first), last: number(last) }, BY).unwrap()
}

pub(crate) fn code() -> ReceiptCode {
    "32020126".parse().unwrap()
}

pub(crate) fn number(number: u64) -> ReceiptNumber {
    ReceiptNumber::new(number).unwrap()
}

pub(crate) fn id(at: u64) -> NumberId {
    NumberId::new(code(), number(at))
}

/// A claim for a content that one byte stands for.
pub(crate) fn claim(unit: &str, at: u64, content: u8) -> Claim<'_> {
    Claim { unit, code: code(), number: number(at), original_sm3: [content; 32] }
}

pub(crate) fn claim_one(ledger: &dyn Ledger, claim: Claim<'_>) -> Result<Claimed, AnyFault> {
    let mut answers = ledger.claim(&[claim]);
    assert_eq!(answers.len(), 1);
    answers.remove(0)
}

pub(crate) fn store_one(ledger: &dyn Ledger, claim: Claim<'_>, bytes: &[u8]) -> Result<Countersigned, AnyFault> {
    let mut answers = ledger.store(&[(claim, bytes)]);
    assert_eq!(answers.len(), 1);
    answers.remove(0)
}

/// The name of a code, and what was found.
pub(crate) fn told<T: std::fmt::Debug>(answer: Result<T, AnyFault>) -> (&'static str, Option<String>) {
    let error = answer.unwrap_err();
    (error.entry().name, error.found_text().map(str::to_owned))
}
