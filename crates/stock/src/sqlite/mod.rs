//! The stock and the ledger in SQLite files.

mod backup;
mod connection;
mod database;
mod group_commit;
mod ledger;
mod stock;

pub use backup::{Accepted, Backup, Drill, IssuedUpTo};
pub use ledger::SqliteLedger;
pub use stock::SqliteStock;
