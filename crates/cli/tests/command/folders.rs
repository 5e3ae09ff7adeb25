//! Folders with what folders hold: links, loops, pipes, files that cannot be read.
#![cfg(unix)]

use std::os::unix::fs::symlink;
use std::process::Command;

use crate::helper::{Folder, czei, demo, name_of};

#[test]
fn links_to_files_are_followed_and_links_to_folders_are_named() {
    let folder = Folder::new();
    folder.write("sub/a.xml", demo().receipt());
    symlink("..", folder.path("sub/up")).unwrap();
    symlink("a.xml", folder.path("sub/link.xml")).unwrap();
    let ran = czei(&["verify", "--json", "--policy", &demo().policy(), &folder.text("")]).with_code(0);
    let objects = ran.objects();
    let ends: Vec<_> = objects.iter().filter_map(|line| line["file"].as_str()?.rsplit('/').next()).collect();
    assert_eq!(ends, ["a.xml", "link.xml", "up"]);
    assert_eq!(name_of(&objects[2]["left_out"]["code"]), "linked-folder");
    assert_eq!(objects.last().unwrap()["summary"]["left_out"], 1);
    // Named as an argument the same link is followed.
    let ran = czei(&["verify", "--json", "--policy", &demo().policy(), &folder.text("sub/up/sub")]).with_code(0);
    assert_eq!(ran.objects().last().unwrap()["summary"]["receipts"], 2);
}

#[test]
fn what_cannot_be_read_has_its_line_and_stops_nothing() {
    let folder = Folder::new();
    symlink("nowhere", folder.path("a.xml")).unwrap();
    symlink("b.xml", folder.path("b.xml")).unwrap();
    assert!(Command::new("mkfifo").arg(folder.path("c.xml")).status().unwrap().success());
    folder.write("d.xml", demo().receipt());
    symlink("nowhere", folder.path("e.txt")).unwrap();
    let ran = czei(&["verify", "--json", "--policy", &demo().policy(), &folder.text("")]).with_code(1);
    let objects = ran.objects();
    let codes: Vec<_> = objects[..3].iter().map(|line| name_of(&line["error"]["code"])).collect();
    assert_eq!(codes, ["cannot-read", "cannot-read", "special-file"]);
    assert_eq!(objects[3]["verdict"], "valid");
    let summary = &objects[4]["summary"];
    assert_eq!((&summary["unreadable"], &summary["valid"], &summary["ignored"]), (&3.into(), &1.into(), &1.into()));
    let text = czei(&["verify", "--policy", &demo().policy(), &folder.text("")]).with_code(1).out;
    assert!(
        text.lines().next().unwrap().starts_with(&format!("unreadable {}: CZ9002 ", folder.text("a.xml"))),
        "{text}"
    );
}

#[test]
fn a_folder_too_deep_to_be_named_is_not_passed_over() {
    let folder = Folder::new();
    folder.write("a.xml", demo().receipt());
    // Made step by step, because no path as long as that can be given to the system.
    let script = "i=0; while [ $i -lt 30 ]; do d=$(printf %0200d $i); mkdir $d; cd -P $d; i=$((i+1)); done; : > b.xml";
    assert!(Command::new("sh").args(["-c", script]).current_dir(folder.path("")).status().unwrap().success());
    let ran = czei(&["verify", "--json", "--policy", &demo().policy(), &folder.text("")]).with_code(1);
    assert!(Command::new("rm").arg("-rf").arg(folder.path("")).status().unwrap().success());
    let objects = ran.objects();
    assert_eq!(objects.len(), 3, "{}", ran.out);
    let error = objects.iter().find_map(|line| line.get("error")).unwrap();
    assert_eq!(name_of(&error["code"]), "cannot-read");
    assert_eq!(objects[2]["summary"]["unreadable"], 1);
}
