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
mod witness;

pub use check::{Check, Checks, Status};
pub use czei_pki::{Compat, RevocationRule};
pub use finding::Finding;
pub use inspection::{InspectedField, InspectedSignature, Inspection, InspectionSettings};
pub use policy::{AuthorityRule, Binding, JudgeTime, Policy, UnitRule, Who};
pub use report::{Language, Report, SignatureReport};
pub use reversal::check_reversal;
pub use verdict::Verdict;
pub use verifier::Verifier;
pub use witness::{TimeWitness, Witnessed};

pub(crate) use signature::decode_value;
pub(crate) use verifier::content_errors;
