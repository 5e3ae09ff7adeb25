//! A stock or a ledger as a witness of when a receipt existed.

use chrono::{DateTime, Utc};
use czei_core::{TimeWitness, Witnessed};
use czei_stock::{JournalRow, NumberId, SqliteLedger, Stock};

use crate::AnyFault;

/// Knows from the journal of a stock when a receipt, byte for byte, was stored in it.
///
/// The row of the journal is taken at its word: whoever relies on the stock of somebody else verifies its journal
/// first, whose heads are signed.
///
/// ```
/// # use czei::{Sandbox, SandboxPlan, SystemClock};
/// # let folder = std::env::temp_dir().join(format!("czei-doc-witness-{}", std::process::id()));
/// # let sandbox = Sandbox::create(&folder, &SandboxPlan::default(), &SystemClock)?;
/// use std::sync::Arc;
/// use czei::{SqliteStock, StockWitness, StoreConfiguration, Verifier};
///
/// let configuration = StoreConfiguration::load(folder.join("czei.toml"))?;
/// let stock = SqliteStock::open(&configuration.stock_options()?)?;
/// let verifier = Verifier::new(configuration.policy()?).with_witness(Arc::new(StockWitness::new(stock)));
/// # drop(verifier);
/// # std::fs::remove_dir_all(&folder).ok();
/// # Ok::<(), czei::Error>(())
/// ```
#[derive(Debug)]
pub struct StockWitness<S>(S);

impl<S: Stock> StockWitness<S> {
    /// The witness that a stock is.
    #[must_use]
    pub fn new(stock: S) -> Self {
        StockWitness(stock)
    }
}

impl<S: Stock + Send + Sync> TimeWitness for StockWitness<S> {
    fn existed_by(&self, receipt: &Witnessed) -> Result<Option<DateTime<Utc>>, AnyFault> {
        let story = self.0.explain(NumberId::new(receipt.code, receipt.number)).map_err(czei_stock::Error::any)?;
        Ok(earliest(&story.journal, receipt))
    }
}

/// Knows from the journal of an authority's ledger when a countersigned receipt, byte for byte, was stored in it;
/// otherwise as [`StockWitness`].
#[derive(Debug)]
pub struct LedgerWitness(SqliteLedger);

impl LedgerWitness {
    /// The witness that a ledger is.
    #[must_use]
    pub fn new(ledger: SqliteLedger) -> Self {
        LedgerWitness(ledger)
    }
}

impl TimeWitness for LedgerWitness {
    fn existed_by(&self, receipt: &Witnessed) -> Result<Option<DateTime<Utc>>, AnyFault> {
        let rows = self.0.explain(NumberId::new(receipt.code, receipt.number)).map_err(czei_stock::Error::any)?;
        Ok(earliest(&rows, receipt))
    }
}

/// The first row about this very file, whatever happened in it: a digest cannot be noted before there is a file.
fn earliest(rows: &[JournalRow], receipt: &Witnessed) -> Option<DateTime<Utc>> {
    let about = rows.iter().filter(|row| row.subject == Some(receipt.file_sm3));
    about.map(|row| row.at.with_timezone(&Utc)).min()
}
