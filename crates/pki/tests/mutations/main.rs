//! Every small change of every kind of file that this crate writes: none makes it panic, none makes
//! it do more work than its limits allow, and none that changes what a file means is accepted. Files
//! of other implementations too, where the environment variable `CZEI_VECTORS` names their folder.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod certificates;
mod crls;
mod key_files;
mod mutants;
mod others;
mod province;
mod requests;
mod signed_data;
