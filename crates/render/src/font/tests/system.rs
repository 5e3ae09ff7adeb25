//! Fonts found in folders.

use std::collections::BTreeSet;
use std::fs;

use super::{NOTO, file};
use crate::font::FontSet;

#[test]
fn faces_are_found_in_folders() {
    let folder = std::env::temp_dir().join(format!("czei-render-fonts-{}", std::process::id()));
    let inner = folder.join("b");
    fs::create_dir_all(&inner).unwrap();
    fs::write(folder.join("broken.otf"), b"OTTO").unwrap();
    fs::write(folder.join("a-bold.otf"), czei_font::SANS_SC).unwrap();
    fs::write(folder.join("readme.txt"), czei_font::SANS_SC).unwrap();
    fs::write(inner.join("c.OTF"), czei_font::SANS_SC).unwrap();

    let wanted: BTreeSet<char> = "堃A𪚥".chars().collect();
    let (fonts, missing) = FontSet::new().with_fonts_in(&[folder.join("nowhere"), folder.clone()], &wanted);
    let names: Vec<&str> = fonts.faces().collect();
    fs::remove_dir_all(&folder).unwrap();
    // The regular one, though it lies deeper; the bold one has nothing more.
    assert_eq!(names, [inner.join("c.OTF").to_string_lossy()]);
    assert_eq!(missing, ['𪚥'].into());
}

#[test]
fn nothing_is_added_when_nothing_is_missing() {
    let (fonts, missing) = FontSet::bundled().with_system_fonts(&"张三".chars().collect());
    assert_eq!((fonts.faces().count(), missing.len()), (1, 0));
}

#[test]
fn the_simplified_face_of_a_collection_comes_first() {
    if file(NOTO).is_none() {
        return;
    }
    let noto = std::path::Path::new(NOTO).parent().unwrap().to_owned();
    let (fonts, missing) = FontSet::new().with_fonts_in(&[noto], &['骨'].into());
    assert_eq!(missing.len(), 0);
    let found = &fonts.faces[0];
    assert_eq!((&*found.name, &*found.postscript), (NOTO, "NotoSansCJKsc-Regular"));
}
