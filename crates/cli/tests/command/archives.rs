//! Archives: written here by other programs' code than that which reads them.

use std::fs::{self, File};
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::helper::{Folder, Ran, czei, czei_with_input, demo, name_of};

/// Names and contents: good receipts, a changed one, and what is no receipt.
fn members() -> Vec<(String, Vec<u8>)> {
    let demo = demo();
    let mut members: Vec<_> = demo
        .receipts(7)
        .into_iter()
        .map(|path| (format!("票据/{}", path.file_name().unwrap().to_str().unwrap()), fs::read(path).unwrap()))
        .collect();
    members.push(("tampered.XML".to_owned(), fs::read(demo.tampered()).unwrap()));
    members.push((format!("{}long.xml", "a-rather-long-folder-name/".repeat(8)), members[0].1.clone()));
    members.push(("readme.txt".to_owned(), b"no receipt".to_vec()));
    members.push(("../../outside.xml".to_owned(), b"<EInvoice/>".to_vec()));
    members
}

fn write_zip(path: &str, members: &[(String, Vec<u8>)], method: CompressionMethod) {
    let mut zip = ZipWriter::new(File::create(path).unwrap());
    for (name, bytes) in members {
        zip.start_file(name.as_str(), SimpleFileOptions::default().compression_method(method)).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
}

fn tar_bytes(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        if name.starts_with("..") {
            // The builder refuses such a name, as it should; an attacker does not.
            header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
            header.set_cksum();
            tar.append(&header, bytes.as_slice()).unwrap();
        } else {
            tar.append_data(&mut header, name, bytes.as_slice()).unwrap();
        }
    }
    tar.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

fn verify(path: &str) -> Ran {
    czei(&["verify", "--json", "--policy", &demo().policy(), path])
}

/// Member, verdict and headline of each receipt, without the archive's own name.
fn verdicts(ran: &Ran) -> Vec<(String, Value, Value)> {
    let reports = ran.objects().into_iter().filter(|line| line.get("verdict").is_some());
    reports
        .map(|line| {
            let file = line["file"].as_str().unwrap();
            let member = file.split_once('!').map_or(file, |(_, member)| member);
            (member.to_owned(), line["verdict"].clone(), line["headline"]["code"].clone())
        })
        .collect()
}

#[test]
fn folder_zip_tar_and_packed_tar_give_the_same_verdicts() {
    let members = members();
    let folder = Folder::new();
    write_zip(&folder.text("stored.zip"), &members, CompressionMethod::Stored);
    write_zip(&folder.text("deflated.any"), &members, CompressionMethod::Deflated);
    folder.write("plain.tar", tar_bytes(&members));
    folder.write("packed.tgz", gzip(&tar_bytes(&members)));
    let expected = verdicts(&verify(&folder.text("stored.zip")).with_code(1));
    let names: Vec<_> = members.iter().map(|(name, _)| name.as_str()).filter(|name| *name != "readme.txt").collect();
    assert_eq!(expected.iter().map(|(name, ..)| name.as_str()).collect::<Vec<_>>(), names);
    let valid: Vec<_> = expected.iter().map(|(_, verdict, _)| verdict == "valid").collect();
    assert_eq!(valid, [true, true, true, true, true, true, true, false, true, false]);
    for other in ["deflated.any", "plain.tar", "packed.tgz"] {
        let ran = verify(&folder.text(other)).with_code(1);
        assert_eq!(verdicts(&ran), expected, "{other}");
        assert_eq!(ran.objects().last().unwrap()["summary"]["ignored"], 1, "{other}");
    }
    for stream in ["plain.tar", "packed.tgz"] {
        let bytes = fs::read(folder.path(stream)).unwrap();
        let ran = czei_with_input(&["verify", "--json", "--policy", &demo().policy(), "-"], &bytes).with_code(1);
        assert_eq!(verdicts(&ran), expected, "{stream} on standard input");
    }

    // The same as files; `..` is of no use in a folder, and names there are sorted.
    let unpacked = Folder::new();
    for (name, bytes) in members.iter().filter(|(name, _)| !name.starts_with("..")) {
        unpacked.write(name, bytes);
    }
    let root = unpacked.text("");
    let mut in_folder = verdicts(&verify(&root).with_code(1));
    for (name, ..) in &mut in_folder {
        *name = name.strip_prefix(&root).unwrap().to_owned();
    }
    let mut sorted: Vec<_> = expected.into_iter().filter(|(name, ..)| !name.starts_with("..")).collect();
    sorted.sort_by(|one, other| one.0.split('/').cmp(other.0.split('/')));
    assert_eq!(in_folder, sorted);
}

#[test]
fn archives_in_a_folder_are_entered() {
    let members = members();
    let folder = Folder::new();
    write_zip(&folder.text("a.zip"), &members[..2], CompressionMethod::Deflated);
    folder.write("b.xml", &members[2].1);
    folder.write("c.tar.gz", gzip(&tar_bytes(&members[3..5])));
    let ran = verify(&folder.text("")).with_code(0);
    let root = folder.text("");
    let files: Vec<_> = ran
        .objects()
        .iter()
        .filter_map(|line| Some(line.get("file")?.as_str()?.strip_prefix(&root)?.to_owned()))
        .collect();
    let member = |archive: &str, at: usize| format!("{archive}!{}", members[at].0);
    assert_eq!(
        files,
        [member("a.zip", 0), member("a.zip", 1), "b.xml".to_owned(), member("c.tar.gz", 3), member("c.tar.gz", 4)]
    );
}

/// The error lines: file and name of the code.
fn errors(ran: &Ran) -> Vec<(String, &'static str)> {
    let lines = ran.objects();
    let errors = lines.iter().filter(|line| line.get("error").is_some());
    errors
        .map(|line| {
            (line["file"].as_str().unwrap().rsplit('/').next().unwrap().to_owned(), name_of(&line["error"]["code"]))
        })
        .collect()
}

#[test]
fn a_broken_archive_is_named_and_the_rest_is_verified() {
    let members = members();
    let folder = Folder::new();
    write_zip(&folder.text("a.zip"), &members[..3], CompressionMethod::Deflated);
    let whole = fs::read(folder.path("a.zip")).unwrap();
    fs::write(folder.path("a.zip"), &whole[..whole.len() - 30]).unwrap();
    let tar = tar_bytes(&members[..3]);
    folder.write("b.tar", &tar[..tar.len() / 2]);
    let packed = gzip(&tar);
    folder.write("c.tgz", &packed[..packed.len() / 2]);
    folder.write("d.xml", &members[0].1);
    let ran = verify(&folder.text("")).with_code(1);
    let expected = ["a.zip", "b.tar", "c.tgz"].map(|name| (name.to_owned(), "archive-broken"));
    assert_eq!(errors(&ran), expected);
    let objects = ran.objects();
    let last = objects.iter().rfind(|line| line.get("verdict").is_some()).unwrap();
    assert!(last["file"].as_str().unwrap().ends_with("d.xml"));
    assert_eq!(last["verdict"], "valid");
    assert_eq!(objects.last().unwrap()["summary"]["unreadable"], 3);
}

#[test]
fn a_changed_byte_in_a_zip_member_is_its_own_error() {
    let members = members();
    let folder = Folder::new();
    write_zip(&folder.text("a.zip"), &members[..3], CompressionMethod::Stored);
    let mut bytes = fs::read(folder.path("a.zip")).unwrap();
    let second = &members[1].1;
    let at = bytes.windows(second.len()).position(|window| window == second.as_slice()).unwrap();
    bytes[at + 100] ^= 1;
    fs::write(folder.path("a.zip"), bytes).unwrap();
    let ran = verify(&folder.text("a.zip")).with_code(1);
    assert_eq!(errors(&ran).iter().map(|(_, code)| *code).collect::<Vec<_>>(), ["archive-broken"]);
    assert_eq!(ran.objects().last().unwrap()["summary"]["valid"], 2);
}

#[test]
fn a_zip_member_with_two_names_is_refused() {
    let folder = Folder::new();
    let members = [("real-name.xml".to_owned(), demo().receipt())];
    write_zip(&folder.text("a.zip"), &members, CompressionMethod::Stored);
    let mut bytes = fs::read(folder.path("a.zip")).unwrap();
    let at = bytes.windows(9).position(|window| window == b"real-name").unwrap();
    bytes[at..at + 9].copy_from_slice(b"fake-name");
    fs::write(folder.path("a.zip"), bytes).unwrap();
    let ran = verify(&folder.text("a.zip")).with_code(2);
    let error = &ran.objects()[0]["error"];
    assert_eq!(name_of(&error["code"]), "archive-two-names");
    assert!(error["message_en"].as_str().unwrap().contains("expected real-name.xml, found fake-name.xml"));
}

#[test]
fn a_deflate_bomb_costs_no_more_than_the_limit() {
    let folder = Folder::new();
    let zeros = vec![0; 64 << 20];
    write_zip(&folder.text("bomb.zip"), &[("bomb.xml".to_owned(), zeros.clone())], CompressionMethod::Deflated);
    folder.write("bomb.tgz", gzip(&tar_bytes(&[("bomb.xml".to_owned(), zeros)])));
    for bomb in ["bomb.zip", "bomb.tgz"] {
        let ran = verify(&folder.text(bomb)).with_code(1);
        let report = &ran.objects()[0];
        assert_eq!(name_of(&report["headline"]["code"]), "limit-bytes", "{bomb}");
    }
}

#[test]
fn a_member_that_claims_gigabytes_ends_a_packed_archive() {
    let mut header = tar::Header::new_gnu();
    header.set_path("a.xml").unwrap();
    header.set_size(1 << 40);
    header.set_cksum();
    let archive = [header.as_bytes().as_slice(), &vec![b'x'; 9 << 20]].concat();
    let folder = Folder::new();
    let path = folder.write("a.tgz", gzip(&archive));
    let ran = verify(&path).with_code(2);
    assert_eq!(errors(&ran), [("a.tgz".to_owned(), "archive-bomb")]);
}

#[test]
fn what_cannot_be_read_from_a_stream_says_so() {
    let folder = Folder::new();
    write_zip(&folder.text("a.zip"), &members()[..1], CompressionMethod::Stored);
    let bytes = fs::read(folder.path("a.zip")).unwrap();
    let ran = czei_with_input(&["verify", "--json", "-"], &bytes).with_code(2);
    assert_eq!(name_of(&ran.objects()[0]["error"]["code"]), "zip-on-stdin");
}

#[test]
fn gzip_of_something_else_on_standard_input_says_so() {
    let ran = czei_with_input(&["verify", "--json", "-"], &gzip(&demo().receipt())).with_code(2);
    assert_eq!(name_of(&ran.objects()[0]["error"]["code"]), "archive-broken");
    assert!(ran.out.contains("no tar archive inside gzip"), "{}", ran.out);
}

#[test]
fn nothing_in_an_archive_is_passed_over_in_silence() {
    let members = members();
    let folder = Folder::new();
    let one = tar_bytes(&members[..1]);
    let two = [one.clone(), tar_bytes(&members[1..2])].concat();
    let path = folder.write("two.tar", &two);
    assert_eq!(errors(&verify(&path).with_code(1)), [("two.tar".to_owned(), "archive-broken")]);
    let path = folder.write("two.tgz", [gzip(&one), gzip(&tar_bytes(&members[1..2]))].concat());
    assert_eq!(errors(&verify(&path).with_code(1)), [("two.tgz".to_owned(), "archive-broken")]);
    let mut torn = gzip(&one);
    let end = torn.len() - 6;
    torn[end] ^= 1;
    let path = folder.write("checksum.tgz", torn);
    assert_eq!(errors(&verify(&path).with_code(1)), [("checksum.tgz".to_owned(), "archive-broken")]);

    let nested = [members[0].clone(), ("in.ZIP".to_owned(), b"PK".to_vec()), ("x/in.tgz".to_owned(), Vec::new())];
    write_zip(&folder.text("nested.zip"), &nested, CompressionMethod::Stored);
    let path = folder.write("nested.tar", tar_bytes(&nested));
    for path in [folder.text("nested.zip"), path] {
        let ran = verify(&path).with_code(0);
        let lines = ran.objects();
        let left_out: Vec<_> = lines.iter().filter_map(|line| Some(name_of(&line.get("left_out")?["code"]))).collect();
        assert_eq!(left_out, ["archive-nested", "archive-nested"], "{path}");
        assert_eq!(lines.last().unwrap()["summary"]["left_out"], 2);
    }
}

#[test]
fn what_is_packed_otherwise_is_no_bad_receipt() {
    let folder = Folder::new();
    for (name, bytes) in
        [("a.tar.xz", &b"\xfd7zXZ\0\0"[..]), ("a.tar.bz2", b"BZh91AY"), ("a.7z", b"7z\xbc\xaf\x27\x1c")]
    {
        let path = folder.write(name, bytes);
        assert_eq!(errors(&verify(&path).with_code(2)), [(name.to_owned(), "archive-method")]);
    }
}

#[test]
fn a_zip_may_have_the_large_end_record_besides_the_small_one() {
    let folder = Folder::new();
    write_zip(&folder.text("small.zip"), &members()[..2], CompressionMethod::Deflated);
    let bytes = fs::read(folder.path("small.zip")).unwrap();
    let (table, end) = bytes.split_at(bytes.len() - 22);
    let word = |at: usize| u64::from(u32::from_le_bytes(end[at..at + 4].try_into().unwrap()));
    let large = |size: u64, offset: u64| {
        let mut record = b"PK\x06\x06".to_vec();
        record.extend(44u64.to_le_bytes());
        record.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        for value in [2, 2, size, offset] {
            record.extend(value.to_le_bytes());
        }
        record.extend(b"PK\x06\x07\0\0\0\0");
        record.extend((table.len() as u64).to_le_bytes());
        record.extend(1u32.to_le_bytes());
        [table, &record, end].concat()
    };
    let path = folder.write("both.zip", large(word(12), word(16)));
    assert_eq!(verdicts(&verify(&path).with_code(0)).len(), 2);
    let path = folder.write("at-odds.zip", large(word(12) - 1, word(16) + 1));
    assert_eq!(errors(&verify(&path).with_code(2)), [("at-odds.zip".to_owned(), "archive-broken")]);
}

#[test]
fn gzip_in_place_of_xml_is_a_malformed_receipt() {
    let folder = Folder::new();
    let path = folder.write("a.xml", gzip(&demo().receipt()));
    let ran = verify(&path).with_code(1);
    assert_eq!(ran.objects()[0]["checks"]["form"], "failed");
    assert_eq!(ran.objects()[0]["verdict"], "invalid");
}

#[test]
fn names_in_an_archive_cannot_move_the_cursor() {
    let folder = Folder::new();
    let members = [("\u{1b}[2J\u{202e}lmx.xml".to_owned(), b"<a/>".to_vec())];
    write_zip(&folder.text("a.zip"), &members, CompressionMethod::Stored);
    let ran = czei(&["verify", &folder.text("a.zip")]).with_code(1);
    assert!(!ran.out.contains(['\u{1b}', '\u{202e}']), "{:?}", ran.out);
    assert!(ran.out.contains("\\u{1b}[2J\\u{202e}lmx.xml"), "{}", ran.out);
}
