//! Issuing: Draft → Numbered → UnitSigned → Receipt.
//!
//! A state is a struct with private fields; the only ways to get one are the step that leads to it
//! and `resume`, which makes every check again; `take_up` is for what an issuer stored itself. A failed
//! step gives its input back.

mod content_of_draft;
mod draft;
mod draft_json;
mod memory_numbers;
mod number_source;
mod numbered;
mod receipt;
mod reverse;
mod signature_settings;
mod signing;
mod step;
mod strict;
mod unit_signed;

pub(crate) use draft::quantity_standard_warning;
pub use draft::{Draft, DraftFields, DraftRules, Notify, RequestId};
pub use draft_json::DraftDefaults;
pub use memory_numbers::MemoryNumbers;
pub use number_source::{Held, NumberRequest, NumberSource, Reservation, Token, Voiding};
pub use numbered::{Numbered, Numbering};
pub use receipt::Receipt;
pub use reverse::{Reversal, reverse};
pub use signature_settings::{Joining, JoiningHash, JoiningValue, SignatureSettings};
pub(crate) use signing::MadeSignature;
pub use step::StepError;
pub use unit_signed::UnitSigned;
