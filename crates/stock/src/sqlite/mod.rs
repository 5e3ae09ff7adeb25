//! The stock and the ledger in SQLite files.

mod accept;
mod accept_parts;
mod backup;
mod check;
mod check_documents;
mod check_facts;
mod check_journal;
mod check_mark;
mod check_numbers;
mod check_schema;
mod check_segments;
mod check_settings;
mod connection;
mod copy_lock;
mod create;
mod database;
mod doubtful_log;
mod drill;
mod file_system;
mod group_commit;
mod heads;
mod held;
mod import;
mod journal;
mod journal_rows;
mod kind;
mod ledger;
mod ledger_check;
mod ledger_claims;
mod ledger_given;
mod manifest;
mod mark;
mod meta;
mod migrate;
mod pay_codes;
mod query;
mod receipts;
mod registry;
mod reserve;
mod restore;
mod safekeeping;
mod segments;
mod statements;
mod status;
mod stock;
mod transition;
mod units;

pub use backup::{Accepted, Backup, Drill, IssuedUpTo};
#[cfg(feature = "fault-controls")]
#[doc(hidden)]
pub use connection::control::dangerous_settings;
pub use ledger::SqliteLedger;
pub use stock::SqliteStock;
