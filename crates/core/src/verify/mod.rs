//! Verifying: findings, verdict, report and policy.

mod binding;
mod certificate;
mod check;
mod codes_check;
mod field_names;
mod finding;
mod inspection;
mod page;
mod policy;
mod report;
mod reversal;
mod signature;
mod signers;
mod totals;
mod verdict;
mod verifier;

pub use check::{Check, Checks, Status};
pub use finding::Finding;
pub use inspection::{InspectedField, InspectedSignature, Inspection, InspectionSettings};
pub use policy::{AuthorityRule, Binding, Compat, JudgeTime, Policy, Revocation, UnitRule, Who};
pub use report::{Language, Report, SignatureReport};
pub use reversal::check_reversal;
pub use verdict::Verdict;
pub use verifier::Verifier;

pub(crate) use signature::{decode_value, value_fits};
pub(crate) use verifier::content_errors;
