//! The fonts of the operating system, asked only when the caller wishes it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use skrifa::string::StringId;
use skrifa::{FontRef, MetadataProvider};

use super::FontSet;
use super::face::FILE_LIMIT;

/// How deep folders are followed, and how many files are looked at.
const DEPTH_LIMIT: usize = 8;
const COUNT_LIMIT: usize = 10_000;
/// The faces of a collection that are looked at.
const COLLECTION_LIMIT: u32 = 64;

/// Where Linux, macOS and Windows keep the fonts of all users.
const FOLDERS: [&str; 6] = [
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/System/Library/Fonts",
    "/System/Library/AssetsV2",
    "/Library/Fonts",
    "C:\\Windows\\Fonts",
];

impl FontSet {
    /// Adds faces of the operating system that have these characters, and returns the characters that none has.
    ///
    /// Reads the folders of all users, not those of one. What is there differs from machine to machine, and so do
    /// the pages: give the font itself ([`FontSet::with_face`]) where the same bytes are wanted everywhere.
    ///
    /// ```
    /// use czei_render::font::FontSet;
    /// let (fonts, missing) = FontSet::new().with_system_fonts(&['\u{10FFFF}'].into());
    /// assert_eq!(missing, ['\u{10FFFF}'].into()); // no character
    /// assert_eq!(fonts.faces().count(), 0);
    /// ```
    #[must_use]
    pub fn with_system_fonts(self, missing: &BTreeSet<char>) -> (Self, BTreeSet<char>) {
        self.with_fonts_in(&FOLDERS.map(PathBuf::from), missing)
    }

    /// Adds faces from these folders and the folders in them, as [`FontSet::with_system_fonts`] does.
    ///
    /// Upright faces of regular weight come before others, sans serif ones before others, and those of a collection
    /// that are made for simplified Chinese before others; then the path decides. Files that cannot be read, are
    /// damaged, or may not be embedded are passed over. Bounds: 8 folders deep, 10,000 files, 64 MiB a file.
    #[must_use]
    pub fn with_fonts_in(mut self, folders: &[PathBuf], missing: &BTreeSet<char>) -> (Self, BTreeSet<char>) {
        let mut missing: BTreeSet<char> = missing.iter().copied().filter(|character| !self.has(*character)).collect();
        if missing.is_empty() {
            return (self, missing);
        }
        let mut files = Vec::new();
        for folder in folders {
            collect(folder, 0, &mut files);
        }
        files.sort_by_cached_key(|path| rank(path));
        for path in files {
            let Ok(bytes) = fs::read(&path) else { continue };
            let bytes: Arc<[u8]> = bytes.into();
            for index in useful_faces(&bytes, &missing) {
                let Ok(more) = self.clone().with_face(path.to_string_lossy(), bytes.clone(), index) else {
                    continue;
                };
                let before = missing.len();
                missing.retain(|character| !more.has(*character));
                if missing.len() < before {
                    self = more;
                }
            }
            if missing.is_empty() {
                break;
            }
        }
        (self, missing)
    }
}

/// The font files of a folder and of those in it.
fn collect(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.take(COUNT_LIMIT).filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths {
        if files.len() >= COUNT_LIMIT {
            return;
        }
        // Follows links: fonts are often linked to. The depth ends their circles.
        let Ok(about) = fs::metadata(&path) else { continue };
        if about.is_dir() && depth < DEPTH_LIMIT {
            collect(&path, depth + 1, files);
        } else if about.is_file() && about.len() <= FILE_LIMIT as u64 && is_font(&path) {
            files.push(path);
        }
    }
}

fn is_font(path: &Path) -> bool {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    extension.is_some_and(|extension| ["ttf", "otf", "ttc", "otc"].contains(&&*extension))
}

/// Lower comes first.
fn rank(path: &Path) -> (bool, bool, PathBuf) {
    const STYLES: [&str; 13] = [
        "bold",
        "italic",
        "oblique",
        "light",
        "thin",
        "black",
        "heavy",
        "medium",
        "mono",
        "condensed",
        "demi",
        "slanted",
        "narrow",
    ];
    let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    let styled = STYLES.iter().any(|style| name.contains(style));
    (styled, !(name.contains("sans") || name.contains("hei")), path.to_owned())
}

/// The faces of a file that have some of the characters, those made for simplified Chinese first.
fn useful_faces(bytes: &[u8], missing: &BTreeSet<char>) -> Vec<u32> {
    let mut found: Vec<(bool, u32)> = Vec::new();
    for index in 0..COLLECTION_LIMIT {
        let Ok(font) = FontRef::from_index(bytes, index) else { break };
        let map = font.charmap();
        if missing.iter().any(|character| map.map(*character).is_some_and(|glyph| glyph.to_u32() != 0)) {
            let name = font.localized_strings(StringId::FAMILY_NAME).english_or_first();
            let name = name.map(|name| name.to_string()).unwrap_or_default();
            let simplified = name.split(' ').any(|word| ["SC", "CN", "GB"].contains(&word)) && !name.contains("Mono");
            found.push((!simplified, index));
        }
    }
    found.sort_unstable();
    found.into_iter().map(|(_, index)| index).collect()
}
