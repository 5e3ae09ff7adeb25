//! The stock of numbers: segments, the life of a number, the journal, and the authority's ledger.
//!
//! Numbers of fiscal receipts come in segments from the finance authority. A [`Stock`] keeps them so
//! that none is ever lost, doubled or unexplained, whatever crashes: it is the
//! [`NumberSource`](czei_core::NumberSource) of an issuing unit, and answers an auditor's first question,
//! where every number is. [`SqliteStock`] keeps it in one SQLite file. A finance authority keeps a
//! [`Ledger`] of its own, [`SqliteLedger`], so that it never countersigns two contents for one number.
#![forbid(unsafe_code)]

mod actors;
mod chains;
mod check_report;
mod code;
mod csv;
mod document;
mod error;
mod export;
mod find;
mod heads;
mod hex;
mod import;
mod journal_event;
mod journal_file;
mod ledger;
mod life;
mod limits;
mod number_id;
mod number_set;
mod options;
mod pay_code_request;
mod receipt_facts;
mod reconcile;
mod segment;
mod sqlite;
mod status;
mod stock;
mod story;
mod void_list;

pub use actors::By;
pub use check_report::{CheckReport, Indicator};
pub use code::Code;
pub use document::Document;
pub use error::{Error, Result};
pub use export::{ExportFormat, ExportOf, export, export_header, journal_line, number_line, segment_line};
pub use find::Find;
pub use heads::{HeadSignature, HeadSigner, HeadVerifier, Heads, JournalReport, SignedHeads};
pub use import::{Past, PastState, TakenOver};
pub use journal_event::{Event, JournalRow};
pub use journal_file::JournalFile;
pub use ledger::{Claim, Claimed, Countersigned, Given, Ledger, MemoryLedger, NewGiven};
pub use life::{NumberRecord, State};
pub use number_id::NumberId;
pub use options::{JournalClock, Mark, OpenOptions, Receipts};
pub use pay_code_request::PayCodeRequest;
pub use receipt_facts::ReceiptFacts;
pub use reconcile::{DayRow, Gap, Proof, Reconciler, Reconciliation, Standing, Sum, Sums};
pub use segment::{NewSegment, Origin, Returned, Segment, SegmentId};
#[cfg(feature = "fault-controls")]
#[doc(hidden)]
pub use sqlite::dangerous_settings;
pub use sqlite::{Accepted, Backup, Drill, IssuedUpTo, SqliteLedger, SqliteStock};
pub use status::{CodeStatus, Status};
pub use stock::Stock;
pub use story::{Story, Whereabouts};
pub use void_list::{VoidList, VoidRow};
