//! The receipt as values: what stands between `Header` and the end of `EInvoiceData`.
//!
//! Names follow 财综〔2017〕32号 附件; the comment of each field names its element.

mod content;
mod extension;
mod item;
mod party;
mod seal;

pub use content::{Content, Kind, Related};
pub use extension::{Extension, XmlName};
pub(crate) use extension::{is_name_char, is_name_start};
pub use item::{AuxItem, Item, Standard};
pub use party::{Payee, Payer, PayerKind, Unit};
pub use seal::Seal;
