//! The rules of numbers, on the stock in SQLite.
#![allow(clippy::unwrap_used, unreachable_pub)]

mod beside;
mod check;
mod exchange;
mod external;
mod find;
mod imports;
mod journal;
mod numbers;
mod pay_codes;
mod reversals;
mod segments;
mod status;
mod support;
mod voids;
