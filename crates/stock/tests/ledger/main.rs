//! The authority's ledger: its rules, many at once, what its check sees.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod check;
mod older;
mod place;
mod rules;
mod segments;
mod together;
