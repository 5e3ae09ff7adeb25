//! The clauses of ISO 19005-3 at conformance level B, one test for each row of `PDF_A3.md`.
//!
//! Each test states what the clause wants as a function over a document, holds every printed receipt of
//! [`subject::all`] to it, and shows with changed documents that the function can fail. The documents are read with
//! `lopdf` and, where the clause is about bytes, with [`raw`]: neither is the reader of this crate.
#![allow(clippy::unwrap_used, clippy::float_arithmetic, clippy::print_stdout, unreachable_pub, missing_docs)]

mod actions;
mod content;
mod documents;
mod embedded_files;
mod file_structure;
mod font_program;
mod fonts;
mod graphics;
mod ledger;
mod metadata;
mod raw;
mod subject;
