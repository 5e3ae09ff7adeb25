//! What is measured: a province with fixed keys, and receipts of any number of items.
//!
//! | file | what |
//! |---|---|
//! | `benches/receipt.rs` | one receipt: parse, build, sign twice, verify; by items |
//! | `src/bin/figures.rs` | the table of what criterion measured |
//! | `src/bin/printed` | printed receipts, one processor, beside reportlab (`reportlab`) |
//! | `src/bin/sm2_peers` | SM2 and SM3 beside other implementations, one of them in Go (`gmsm`) |
//! | `src/bin/sm2_timing.rs` | whether secrets show in the time of signing |
//! | `src/bin/stock` | the stock of numbers on a real disk: reservations a second, processor time, opening |
//! | `src/bin/verify_dir.rs` | a folder of receipts through `czei verify`: receipts a second, peak memory |

mod province;

pub use province::{Party, Province, settings};

/// Any error: a measurement that cannot be made ends the program.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;
