//! The bundled font of printed receipts, in a crate of its own so that it can be left out.
//!
//! Its licence is the SIL Open Font License 1.1 (`OFL.txt`), not that of the other crates; `README.md` says where it
//! comes from and how it was made.
#![forbid(unsafe_code)]

/// Czei Sans SC Regular: an OpenType font with CFF outlines, 1000 units an em, without layout tables and hints.
///
/// It has every character of GB 2312, those of the Table of General Standard Chinese Characters (通用规范汉字表) that
/// GB 2312 lacks, 196 of them beyond the BMP, ASCII, Latin-1, full-width forms, units of measure, and some hundred
/// traditional characters that are frequent in names.
///
/// ```
/// assert!(czei_font::SANS_SC.starts_with(b"OTTO"));
/// assert!(czei_font::SANS_SC.len() <= 2_000_000);
/// ```
pub const SANS_SC: &[u8] = include_bytes!("../CzeiSansSC-Regular.otf");

/// Its licence, which goes wherever the font goes.
///
/// ```
/// assert!(czei_font::LICENCE.contains("SIL OPEN FONT LICENSE Version 1.1"));
/// ```
pub const LICENCE: &str = include_str!("../OFL.txt");
