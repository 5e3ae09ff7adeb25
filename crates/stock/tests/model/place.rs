//! Where the stock under test lies, and what is done to its files.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use chrono::{DateTime, FixedOffset};
use czei_stock::{Accepted, By, Mark, OpenOptions, Receipts, SqliteStock, Stock};

/// Puts something between the stock and its caller.
pub type Wrap = Arc<dyn Fn(SqliteStock) -> Box<dyn Stock>>;

/// A folder with a stock, removed in the end.
pub struct Place {
    folder: PathBuf,
    options: OpenOptions,
    clock: Arc<AtomicI64>,
    stock: Option<SqliteStock>,
    wrap: Wrap,
    backups: u64,
}

impl Place {
    /// Makes a stock. Receipts stand beside it in every second run.
    pub fn new(seed: u64, wrap: Wrap) -> Self {
        static PLACES: AtomicU64 = AtomicU64::new(0);
        // Power cuts are another test's: this one does not wait for a disk.
        let memory = Path::new("/dev/shm");
        let base = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let place = PLACES.fetch_add(1, Ordering::Relaxed);
        let folder = base.join(format!("czei-model-{}-{place}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let clock = Arc::new(AtomicI64::new(0));
        let told = Arc::clone(&clock);
        let tell = move || {
            let at = DateTime::from_timestamp_millis(told.load(Ordering::Relaxed)).unwrap();
            at.with_timezone(&czei_core::BEIJING)
        };
        let receipts =
            if seed.is_multiple_of(2) { Receipts::Inside } else { Receipts::Beside(folder.join("receipts")) };
        let options = OpenOptions::new(folder.join("stock.db"))
            .with_mark(Mark::At(folder.join("mark")))
            .with_receipts(receipts)
            .with_clock(Arc::new(tell));
        let stock = SqliteStock::create(&options, By::one("张三")).unwrap();
        Place { folder, options, clock, stock: Some(stock), wrap, backups: 0 }
    }

    /// The stock as the caller sees it, under an actor.
    pub fn stock(&self, actor: &str) -> Box<dyn Stock> {
        (self.wrap)(self.sqlite().as_actor(actor))
    }

    /// The stock itself.
    pub fn sqlite(&self) -> &SqliteStock {
        self.stock.as_ref().unwrap()
    }

    pub fn set_clock(&self, now: DateTime<FixedOffset>) {
        self.clock.store(now.timestamp_millis(), Ordering::Relaxed);
    }

    pub fn reopen(&mut self) -> czei_stock::Result<()> {
        self.stock = None;
        self.stock = Some(SqliteStock::open(&self.options)?);
        Ok(())
    }

    /// Makes a backup under a new name.
    pub fn backup(&mut self) -> czei_stock::Result<PathBuf> {
        self.backups += 1;
        let to = self.folder.join(format!("backup-{}.db", self.backups));
        self.sqlite().backup(&to, Some(&super::questions::Seal), By::one("张三")).map(|backup| backup.path)
    }

    /// Puts the backup in the place of the database and tries to open it, which must be refused; then goes on
    /// from it. What opening said.
    pub fn put_back(&mut self, backup: &Path) -> czei_stock::Result<(Option<czei_stock::Error>, Accepted)> {
        self.remove_database();
        std::fs::copy(backup, &self.options.path).unwrap();
        let refused = SqliteStock::open(&self.options).err();
        let accepted = SqliteStock::accept_older(&self.options, &[], "磁盘损坏", By::two("张三", "王五"))?;
        self.stock = Some(SqliteStock::open(&self.options)?);
        Ok((refused, accepted))
    }

    /// Restores the backup where the database was.
    pub fn restore(&mut self, backup: &Path) -> czei_stock::Result<Accepted> {
        self.remove_database();
        let accepted = SqliteStock::restore(backup, &self.options, &[], "磁盘损坏", By::two("张三", "王五"))?;
        self.stock = Some(SqliteStock::open(&self.options)?);
        Ok(accepted)
    }

    fn remove_database(&mut self) {
        self.stock = None;
        for suffix in ["", "-wal", "-shm"] {
            let mut name = self.options.path.clone().into_os_string();
            name.push(suffix);
            match std::fs::remove_file(PathBuf::from(name)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => panic!("{error}"),
                _ => {}
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.stock = None;
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
