//! Attacks on the verifier and on the states of issuing: each test asserts verdict, deciding code,
//! group and, where there is one, place.
#![allow(missing_docs, clippy::unwrap_used)]

mod bad_input_signature;
mod bad_input_signed_content;
mod bad_input_signed_data;
mod bad_input_signer;
mod der;
mod determinism;
mod edition_2020;
mod forms;
mod judge;
mod numbers;
mod province;
mod revocation;
mod roles_and_binding;
mod severity_and_policy;
mod sha_256;
mod states;
mod take_up;
mod time;
