//! Fonts in use: the bundled one, and those that Debian has (`fonts-dejavu-core`, `fonts-noto-cjk`,
//! `fonts-hanazono`), which are passed over aloud where they are not installed.
#![allow(clippy::unwrap_used)]

mod embedding;
mod faces;
mod setting;
mod system;

use std::sync::Arc;

use skrifa::FontRef;
use skrifa::raw::types::Tag;

use super::FontSet;

const DEJAVU: &str = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf";
const NOTO: &str = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";
const HANAMIN_A: &str = "/usr/share/fonts/truetype/hanazono/HanaMinA.ttf";
const HANAMIN_B: &str = "/usr/share/fonts/truetype/hanazono/HanaMinB.ttf";
/// Faces of Noto's collection.
const NOTO_JP: u32 = 0;
const NOTO_SC: u32 = 2;

/// A font file of the system, or a loud word that the test is skipped.
#[allow(clippy::print_stderr)]
fn file(path: &str) -> Option<Arc<[u8]>> {
    match std::fs::read(path) {
        Ok(bytes) => Some(bytes.into()),
        Err(error) => {
            eprintln!("skipped: {path}: {error}");
            None
        }
    }
}

fn only(path: &str, index: u32) -> Option<FontSet> {
    Some(FontSet::new().with_face(path, file(path)?, index).unwrap())
}

/// The bundled font with some bytes of a table replaced.
fn patched(table: &[u8; 4], offset: usize, bytes: &[u8]) -> Arc<[u8]> {
    let mut font = czei_font::SANS_SC.to_vec();
    let record = FontRef::new(czei_font::SANS_SC)
        .unwrap()
        .table_directory()
        .table_records()
        .iter()
        .find(|record| record.tag() == Tag::new(table))
        .unwrap()
        .offset() as usize;
    font[record + offset..][..bytes.len()].copy_from_slice(bytes);
    font.into()
}

/// The bundled font with a table under another name.
fn renamed(table: &[u8; 4], name: &[u8; 4]) -> Arc<[u8]> {
    let mut font = czei_font::SANS_SC.to_vec();
    let place = font.windows(4).position(|four| four == table).unwrap();
    font[place..place + 4].copy_from_slice(name);
    font.into()
}
