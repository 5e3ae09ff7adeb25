//! `czei demo`.

use std::fs;

use crate::helper::{Folder, czei, demo};

#[test]
fn it_ends_with_its_line_and_leaves_what_it_names() {
    let demo = demo();
    assert_eq!(demo.ran.out.lines().last(), Some("issued=541 valid=541 tampered_found=1"));
    assert_eq!(demo.ran.err, "");
    assert_eq!(demo.receipts(usize::MAX).len(), 541, "and nothing of an earlier run");
    assert_eq!(fs::read_dir(demo.folder.join("tampered")).unwrap().count(), 1);
    let page = fs::read_to_string(demo.folder.join("report.html")).unwrap();
    assert!(page.contains("结论：有效") && page.contains("示例市实验中学"), "{page}");
    assert!(!page.contains("<script") && !page.contains("http://") && !page.contains("https://"));
    for line in demo.ran.out.lines().filter(|line| line.starts_with("   /")) {
        for path in line.split_whitespace() {
            assert!(std::path::Path::new(path).exists(), "{path}");
        }
    }
}

#[test]
fn the_changed_copy_differs_by_one_byte() {
    let demo = demo();
    let tampered = demo.tampered();
    let original = fs::read(demo.folder.join("receipts").join(tampered.file_name().unwrap())).unwrap();
    let changed = fs::read(&tampered).unwrap();
    assert_eq!(original.len(), changed.len());
    assert_eq!(original.iter().zip(&changed).filter(|(one, other)| one != other).count(), 1);
}

#[test]
fn a_folder_of_someone_else_is_left_alone() {
    let folder = Folder::new();
    folder.write("mine.txt", "mine");
    let ran = czei(&["demo", "--json", &folder.text("")]).with_code(2);
    assert_eq!(ran.error()["code"], "CZ9022");
    assert_eq!(fs::read(folder.path("mine.txt")).unwrap(), b"mine");
    assert_eq!(fs::read_dir(folder.path("")).unwrap().count(), 1);
}

#[test]
fn a_demo_that_was_cut_short_is_made_anew() {
    let folder = Folder::new();
    folder.write(".czei-demo", "");
    folder.write("keys/school.key", "half");
    // Stopped early on purpose: what counts is that it began, and left its mark first.
    let mut child =
        crate::helper::command(&["demo", &folder.text("")]).stdout(std::process::Stdio::null()).spawn().unwrap();
    while fs::read(folder.path("keys/school.key")).is_ok_and(|key| key == b"half") {
        assert!(child.try_wait().unwrap().is_none(), "it stopped by itself");
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(folder.path(".czei-demo").is_file());
}
