//! How a stock is made and opened.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, FixedOffset, TimeZone as _};

/// Where the mark of a stock is kept: its generation and how far its segments have come, written
/// after each commit and before it is acknowledged, so that an older copy of the database is noticed
/// when it is opened.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Mark {
    /// In `<database>.mark`: notices that the database alone was put back, not its whole folder.
    #[default]
    Beside,
    /// In this file, best on another disk, which backups of the database do not bring back. It is one database's alone:
    /// of two copies that share it, the one that is behind, or on another way, acknowledges nothing any more.
    At(PathBuf),
    /// Nowhere: an older copy is not noticed. For stocks whose loss harms nobody.
    DangerouslyNone,
}

/// Where finished receipts are kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Receipts {
    /// In the database: one file to keep and back up.
    #[default]
    Inside,
    /// In a folder, each under the SM3 of its content, synced before the number's row says issued: the
    /// database stays small to back up.
    Beside(PathBuf),
}

/// Tells the time for the journal; it takes no part in choosing a number.
pub type JournalClock = Arc<dyn Fn() -> DateTime<FixedOffset> + Send + Sync>;

/// How a stock is made and opened.
///
/// ```
/// use czei_stock::{Mark, OpenOptions};
/// let options = OpenOptions::new("stock.db").with_actor("school billing").with_mark(Mark::At("/srv/mark/stock".into()));
/// assert_eq!(options.path.to_str(), Some("stock.db"));
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct OpenOptions {
    /// The database file.
    pub path: PathBuf,
    /// Where the mark is kept: fixed when the stock is made ([`Mark::Beside`] by default); compared when
    /// it is opened, where it is given then.
    pub mark: Option<Mark>,
    /// Where finished receipts are kept: fixed when the stock is made ([`Receipts::Inside`] by default);
    /// compared when it is opened, where it is given then.
    pub receipts: Option<Receipts>,
    /// The person or system that stands in the journal for steps that name nobody else; `czei` by
    /// default.
    pub actor: String,
    /// The clock of the journal; the computer's by default.
    pub clock: JournalClock,
    /// How long to wait for other processes that write; 60 seconds by default.
    pub busy_timeout: Duration,
    /// After how many rows of the journal the heads are due to be signed again; 10,000 by default.
    pub heads_interval: u64,
}

impl OpenOptions {
    /// The options for a file, everything else by default.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        OpenOptions {
            path: path.into(),
            mark: None,
            receipts: None,
            actor: "czei".to_owned(),
            clock: Arc::new(|| {
                czei_core::BEIJING
                    .from_utc_datetime(&chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now()).naive_utc())
            }),
            busy_timeout: Duration::from_secs(60),
            heads_interval: 10_000,
        }
    }

    /// Keeps the mark elsewhere.
    #[must_use]
    pub fn with_mark(self, mark: Mark) -> Self {
        OpenOptions { mark: Some(mark), ..self }
    }

    /// Keeps finished receipts elsewhere.
    #[must_use]
    pub fn with_receipts(self, receipts: Receipts) -> Self {
        OpenOptions { receipts: Some(receipts), ..self }
    }

    /// Names the person or system in the journal.
    #[must_use]
    pub fn with_actor(self, actor: impl Into<String>) -> Self {
        OpenOptions { actor: actor.into(), ..self }
    }

    /// Tells the journal another time.
    #[must_use]
    pub fn with_clock(self, clock: JournalClock) -> Self {
        OpenOptions { clock, ..self }
    }

    /// Waits for other processes this long.
    #[must_use]
    pub fn with_busy_timeout(self, busy_timeout: Duration) -> Self {
        OpenOptions { busy_timeout, ..self }
    }
}

impl std::fmt::Debug for OpenOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenOptions")
            .field("path", &self.path)
            .field("mark", &self.mark)
            .field("receipts", &self.receipts)
            .field("actor", &self.actor)
            .finish_non_exhaustive()
    }
}
