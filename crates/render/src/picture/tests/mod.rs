#[cfg(feature = "bundled-font")]
mod printed;
mod reportlab;
mod rules;
mod spellings;
