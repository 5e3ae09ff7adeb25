//! Seals and stamps: the oval supervision seal, drawn here; seals that the user gives as images; the stamp of previews.
//!
//! The seals show who stands behind a receipt and prove nothing: that is what its signatures are for.

mod curve;
mod image;
mod lettering;
#[cfg(test)]
mod measure;
mod preview;
mod supervision;

pub use image::{ImageLimits, UNIT_SEAL_SIDE, image};
pub use preview::preview_stamp;
pub use supervision::{SUPERVISION_SEAL_HEIGHT, SUPERVISION_SEAL_WIDTH, supervision};
