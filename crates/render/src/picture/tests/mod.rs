#[cfg(feature = "bundled-font")]
mod printed;
mod rules;
