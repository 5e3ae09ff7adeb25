//! Printed receipts: what the payer, the accountant and the archive hold in their hands.
#![forbid(unsafe_code)]

pub mod artwork;
mod code;
mod deflate;
pub mod fields;
pub mod font;
pub mod layout;
pub mod length;
pub mod page;
pub mod pdf;
pub mod picture;
pub mod qr;
pub mod read;
mod renderer;
pub mod seal;
mod shown;
pub mod template;

#[cfg(test)]
mod samples;

pub use code::Code;
pub use pdf::Sheets;
pub use renderer::{DOCUMENT_NAME, PrintCopy, RenderSettings, Renderer};

/// An error of this crate: its code, place and both sides of the comparison where there is one.
pub type Error = czei_codes::Fault<Code>;
