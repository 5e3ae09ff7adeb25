//! Bad certificates and CRLs, one named test for each kind: the code, the outcome and the place.
#![allow(clippy::unwrap_used)]

mod fetching;
mod many_crls;
mod path;
mod province;
mod revocation;
mod usage;
