//! QR codes: what they say, and their modules.
//!
//! Systems in use write four families of texts. Each is read; the first is written by default, an address by a
//! pattern of the caller:
//!
//! | form | text |
//! |---|---|
//! | [`QrForm::Tagged`] | `CZ-EI-32,32010125,0013933922,07892e,80.00,20250923` |
//! | [`QrForm::Platform`] | `https://host/d?t=504&a=APP&d=CODE_NUMBER_CHECK_AMOUNT_yyyyMMdd&s=…` |
//! | [`QrForm::Path`] | `…/einvoice/{Version}.{code}.{number}.{check}` |
//! | [`QrForm::Address`] | an address that says nothing about the receipt, such as a short link |
//!
//! No address is ever opened.

mod address;
mod compare;
mod encode;
mod field;
mod pattern;
mod read;
mod text;

pub use compare::{QrDifference, QrDifferenceKind};
pub use encode::encode;
pub use field::QrField;
pub use pattern::QrPattern;
pub use read::{QrContent, QrForm, read};
pub use text::QrText;

/// The modules of a QR code without its quiet zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrModules {
    /// Modules on each side: 21 to 177.
    pub side: usize,
    /// Row by row from the top left; true is dark.
    pub dark: Vec<bool>,
}

/// How many characters of a foreign text a message repeats.
const EXCERPT: usize = 80;

/// The beginning of a foreign text, fit for a message: what cannot be seen stands as an escape.
fn excerpt(text: &str) -> String {
    let mut excerpt = String::new();
    for (count, character) in text.chars().enumerate() {
        if count == EXCERPT {
            excerpt.push('…');
            break;
        }
        if character.is_control() || czei_core::first_invisible(character.encode_utf8(&mut [0; 4])).is_some() {
            excerpt.extend(character.escape_unicode());
        } else {
            excerpt.push(character);
        }
    }
    excerpt
}
