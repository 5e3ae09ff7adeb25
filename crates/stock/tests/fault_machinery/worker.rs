//! The worker: known writes, by role.

use std::fs::{self, File, OpenOptions};
use std::io::{IoSlice, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use crate::fault::{Acks, role};

/// Does nothing in the test runner itself.
pub(crate) fn play() {
    let Some(role) = role() else { return };
    let root = PathBuf::from(std::env::var("FAULT_ROOT").unwrap());
    let sync_root = || File::open(&root).unwrap().sync_all().unwrap();
    match role.as_str() {
        "append" => {
            let mut file = File::create(root.join("log")).unwrap();
            file.sync_all().unwrap();
            sync_root();
            let mut acks = Acks::open();
            for n in 0..20 {
                file.write_all(&[n + 1; 1300]).unwrap();
                if n % 2 == 0 {
                    file.sync_data().unwrap();
                    acks.ack(&n.to_string());
                }
            }
        }
        "overwrite" => {
            let file = OpenOptions::new().write(true).open(root.join("old")).unwrap();
            file.write_all_at(&[b'n'; 2048], 0).unwrap();
        }
        "rename" => {
            fs::write(root.join("new"), [b'n'; 600]).unwrap();
            File::open(root.join("new")).unwrap().sync_all().unwrap();
            fs::rename(root.join("new"), root.join("old")).unwrap();
            if std::env::var("SYNC").is_ok() {
                sync_root();
            }
        }
        "journal" => {
            let path = root.join("journal");
            let make = |byte: u8, len: usize| {
                let mut file = File::create_new(&path).unwrap();
                file.write_all(&vec![byte; len]).unwrap();
                file
            };
            make(b'a', 1024).sync_all().unwrap();
            sync_root();
            fs::remove_file(&path).unwrap();
            make(b'b', 512);
        }
        "folders" => {
            fs::create_dir(root.join("in")).unwrap();
            fs::create_dir(root.join("out")).unwrap();
            fs::write(root.join("in/f"), b"content").unwrap();
            File::open(root.join("in/f")).unwrap().sync_all().unwrap();
            for dir in ["in", "out", "."] {
                File::open(root.join(dir)).unwrap().sync_all().unwrap();
            }
            Acks::open().ack("placed");
            fs::rename(root.join("in/f"), root.join("out/f")).unwrap();
            File::open(root.join("in")).unwrap().sync_all().unwrap();
            fs::hard_link(root.join("out/f"), root.join("linked")).unwrap();
        }
        "sizes" => {
            let file = OpenOptions::new().write(true).open(root.join("old")).unwrap();
            file.set_len(100).unwrap();
            file.set_len(2048).unwrap();
        }
        "calls" => calls(&root),
        "failed sync" => {
            let file = OpenOptions::new().write(true).open(root.join("old")).unwrap();
            file.write_all_at(&[b'1'; 512], 0).unwrap();
            assert!(file.sync_all().is_err());
            file.write_all_at(&[b'2'; 512], 512).unwrap();
            file.sync_all().unwrap();
        }
        "failed growth" => {
            let file = OpenOptions::new().write(true).open(root.join("old")).unwrap();
            file.write_all_at(&[b'1'; 1536], 512).unwrap();
            assert!(file.sync_all().is_err());
            file.sync_all().unwrap();
            for (byte, at) in [(b'3', 1024), (b'4', 1536)] {
                file.write_all_at(&[byte; 512], at).unwrap();
                file.sync_all().unwrap();
            }
        }
        "shared" => {
            let who = u8::try_from(std::process::id() % 251).unwrap();
            let shared = OpenOptions::new().write(true).open(root.join("shared")).unwrap();
            let mut log = OpenOptions::new().append(true).open(root.join("log")).unwrap();
            let mut acks = Acks::open();
            for n in 0..300_u64 {
                shared.write_all_at(&[who; 700], n % 3 * 100).unwrap();
                log.write_all(&[who; 7]).unwrap();
                let mine = root.join(format!("{}-{n}", std::process::id()));
                fs::write(&mine, [who]).unwrap();
                fs::rename(&mine, root.join("last")).unwrap();
                acks.ack(&format!("{} {n}", std::process::id()));
            }
        }
        "outside" => fs::rename(root.join("old"), root.with_file_name("outside")).unwrap(),
        "injected" => {
            let file = OpenOptions::new().create(true).truncate(true).write(true).open(root.join("f")).unwrap();
            let mut results = String::new();
            for n in 0..6 {
                let result = file.write_at(&[n + 1; 1000], u64::from(n) * 1000);
                results += &result.map_or_else(|e| format!("{:?} ", e.kind()), |n| format!("{n} "));
                results += &file.sync_data().map_or_else(|e| format!("{:?} ", e.raw_os_error()), |()| "ok ".to_owned());
                if n == 4
                    && let Ok(freed) = std::env::var("FAULT_FREED")
                {
                    fs::write(freed, "").unwrap();
                }
            }
            Acks::open().ack(results.trim());
        }
        other => panic!("no role {other}"),
    }
}

/// Every call that the shim wraps and the standard library makes, through duplicates of descriptors too.
fn calls(root: &Path) {
    let mut file = OpenOptions::new().read(true).append(true).create(true).open(root.join("a")).unwrap();
    file.write_all(b"one").unwrap();
    assert_eq!(file.write_vectored(&[IoSlice::new(b"two"), IoSlice::new(b"three")]).unwrap(), 8);
    let mut twin = file.try_clone().unwrap();
    twin.write_all(b"four").unwrap();
    let mut other = File::create(root.join("b")).unwrap();
    other.write_all(b"0123456789").unwrap();
    other.seek(SeekFrom::Start(4)).unwrap();
    other.write_all(b"XY").unwrap();
    other.set_len(8).unwrap();
    fs::copy(root.join("a"), root.join("c")).unwrap();
    std::io::copy(&mut File::open(root.join("b")).unwrap(), &mut File::create(root.join("d")).unwrap()).unwrap();
    fs::create_dir(root.join("dir")).unwrap();
    fs::hard_link(root.join("b"), root.join("dir/e")).unwrap();
    fs::rename(root.join("d"), root.join("dir/d")).unwrap();
    fs::remove_file(root.join("c")).unwrap();
    fs::create_dir(root.join("gone")).unwrap();
    fs::write(root.join("gone/f"), "f").unwrap();
    fs::remove_dir_all(root.join("gone")).unwrap();
    File::create(root.join("a2")).unwrap().write_all(b"before").unwrap();
    File::create(root.join("a2")).unwrap().write_all(b"new").unwrap();
    let mut through = OpenOptions::new().append(true).open(format!("/proc/self/fd/{}", fd(&file))).unwrap();
    through.write_all(b"five").unwrap();
    std::env::set_current_dir(root).unwrap();
    fs::write("relative", "r").unwrap();
    fs::rename("relative", "./dir/../relative2").unwrap();
    // A child of this process inherits the library.
    let child = std::process::Command::new("sh").arg("-c").arg("echo from a child > child").status().unwrap();
    assert!(child.success());
    let mut all = String::new();
    file.seek(SeekFrom::Start(0)).unwrap();
    file.read_to_string(&mut all).unwrap();
    assert_eq!(all, "onetwothreefourfive");
}

fn fd(file: &File) -> i32 {
    std::os::fd::AsRawFd::as_raw_fd(file)
}
