//! The stable codes of czei: every error and every finding of every crate has one number, one
//! name and one explanation in Chinese and in English, declared once in a table.
//!
//! A code is written `CZ` and four digits. Numbers are never reused. The ranges:
//!
//! | range | owner |
//! |---|---|
//! | 1000–1999 | `czei-sm2` |
//! | 2000–2799 | `czei-pki` |
//! | 2800–2899 | `czei-remote` |
//! | 3000–3999 | `czei-core`, errors (reading, issuing) |
//! | 4000–4999 | `czei-stock`, numbers and the authority's ledger |
//! | 5000–5999 | `czei-core`, findings of the verifier |
//! | 8000–8999 | `czei`, the facade (configuration, files) |
//! | 9000–9999 | the command line |
//!
//! ```
//! czei_codes::code_table! {
//!     /// What can go wrong here.
//!     pub enum Code in "example", 9990..=9999 {
//!         /// The cup is empty.
//!         Empty = 9990, "cup-empty", Input, Error {
//!             zh: "杯子是空的", en: "The cup is empty",
//!             why: "没有人倒茶" / "Nobody poured tea",
//!             advice: "请倒茶" / "Pour tea",
//!             clause: "house rule 1",
//!         }
//!     }
//! }
//! use czei_codes::Code as _;
//! let error: czei_codes::Fault<Code> = Code::Empty.fault().found("0 ml");
//! assert_eq!(error.code(), Code::Empty);
//! assert_eq!(error.entry().id(), "CZ9990");
//! assert!(error.to_string().starts_with("CZ9990 The cup is empty"));
//! ```
#![forbid(unsafe_code)]

mod entry;
mod fault;
mod place;
mod table;

pub use entry::{AnyCode, Code, Entry, Kind, Severity};
pub use fault::{AnyFault, Fault};
pub use place::Place;
