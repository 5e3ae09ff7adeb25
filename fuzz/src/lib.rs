//! What the fuzz targets share: a small province with known receipts, and libxml2 as a judge.
//!
//! | file | what |
//! |---|---|
//! | `fuzz_targets/` | one target a file |
//! | `src/province.rs` | the policy and the receipts that are known to be valid |
//! | `src/libxml2.rs` | libxml2 loaded at run time |
//! | `examples/make_corpus/` | makes `seeds/` and `corpus/` anew |
//! | `seeds/` | certificates and receipts of the province |
//! | `corpus/` | where each target begins |

mod libxml2;
mod province;

pub use libxml2::Judge;
pub use province::{Province, seeds_folder};
