//! The electronic fiscal receipt (财政电子票据).
#![forbid(unsafe_code)]

mod code;

pub mod xml;

mod issue;
mod model;
mod verify;

// Values: codes, numbers, money, texts, times.
mod amount;
mod area_code;
mod capitals;
mod check_code;
mod credit_code;
mod date_time;
mod decimal;
mod hex;
mod identity_number;
mod item_code;
mod mask;
mod node_code;
mod pay_code;
mod quantity;
mod receipt_code;
mod receipt_id;
mod receipt_number;
mod receipt_tag;
mod region;
mod remark;
mod role;
mod signature_time;
mod specimen_code;
mod text;
mod value;

pub use amount::Amount;
pub use area_code::AreaCode;
pub use capitals::{parse_capitals, to_capitals};
pub use check_code::{CheckCode, KeyedFields};
pub use code::{Code, Error};
pub use credit_code::{CreditCode, check_character as credit_code_check_character, is_valid_credit_code};
pub use date_time::{BEIJING, IssueDate, IssueTime, date_and_time};
pub use decimal::Decimal;
pub use identity_number::{
    IdentityNumber, check_character as identity_number_check_character, is_valid_identity_number,
};
pub use item_code::{ItemCode, NationalItemCode};
pub use mask::mask_personal;
pub use node_code::{NodeCode, NodeKind};
pub use pay_code::{PayCode, PayCodeParts};
pub use quantity::Quantity;
pub use receipt_code::{ReceiptClass, ReceiptCode};
pub use receipt_id::ReceiptId;
pub use receipt_number::ReceiptNumber;
pub use receipt_tag::ReceiptTag;
pub use region::Region;
pub use remark::Remark;
pub use signature_time::SignatureTime;
pub use specimen_code::SpecimenCode;
pub use text::{Text, first_invisible};

pub use issue::{
    Draft, DraftDefaults, DraftFields, DraftRules, Held, Joining, JoiningHash, JoiningValue, MemoryNumbers, Notify,
    NumberRequest, NumberSource, Numbered, Numbering, Receipt, RequestId, Reservation, Reversal, SignatureSettings,
    StepError, Token, UnitSigned, Voiding, reverse,
};
pub use model::{
    AuxItem, Content, Extension, Item, Kind, Payee, Payer, PayerKind, Related, Seal, Standard, Unit, XmlName,
};
pub use verify::{
    AuthorityRule, Binding, Check, Checks, Compat, Finding, InspectedField, InspectedSignature, Inspection,
    InspectionSettings, JudgeTime, Language, Policy, Report, RevocationRule, SignatureReport, Status, TimeWitness,
    UnitRule, Verdict, Verifier, Who, Witnessed, check_reversal,
};
