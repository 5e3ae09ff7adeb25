#![allow(clippy::unwrap_used, clippy::print_stderr)]

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::*;
use crate::qr::{QrPattern, QrText};
use crate::samples;

/// Modules as a library reads them.
struct Grid<'a>(&'a QrModules);

impl rqrr::BitGrid for Grid<'_> {
    fn size(&self) -> usize {
        self.0.side
    }

    fn bit(&self, y: usize, x: usize) -> bool {
        self.0.dark[y * self.0.side + x]
    }
}

fn texts() -> Vec<String> {
    let pattern = "https://pj.example.gov.cn/q?t={tag}&c={code}&n={number}&v={check}&a={amount}&d={date}";
    let pattern = QrText::Address(QrPattern::receipt(pattern).unwrap());
    let mut texts: Vec<String> = Vec::new();
    for content in [samples::general(), samples::medical(), samples::red()] {
        texts.push(QrText::Tagged.write(&content).unwrap());
        texts.push(pattern.write(&content).unwrap());
    }
    texts.push((' '..='~').collect());
    texts.push("1".to_owned());
    texts.push("7".repeat(LONGEST));
    texts.push("x".repeat(660));
    texts
}

#[test]
fn a_library_reads_back_what_was_written() {
    for text in texts() {
        let modules = encode(&text).unwrap();
        assert_eq!(modules.dark.len(), modules.side * modules.side);
        let (meta, back) = rqrr::Grid::new(Grid(&modules)).decode().unwrap();
        assert_eq!(back, text);
        // The two bits of level M.
        assert_eq!(meta.ecc_level, 0b00, "{text}");
        assert_eq!(meta.version.0 * 4 + 17, modules.side);
        assert_eq!(encode(&text).unwrap(), modules);
    }
}

/// Four pixels a module and the quiet zone of four modules, as a plain grey image.
fn picture(modules: &QrModules) -> Vec<u8> {
    let side = (modules.side + 8) * 4;
    let mut picture = format!("P5 {side} {side} 255\n").into_bytes();
    for row in 0..side {
        for column in 0..side {
            let dark = |y: usize, x: usize| y < modules.side && x < modules.side && modules.dark[y * modules.side + x];
            let (y, x) = ((row / 4).wrapping_sub(4), (column / 4).wrapping_sub(4));
            picture.push(if dark(y, x) { 0 } else { 255 });
        }
    }
    picture
}

#[test]
fn zbar_reads_back_what_was_written() {
    let arguments = ["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", "-"];
    let zbarimg = || Command::new("zbarimg").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    if Command::new("zbarimg").arg("--version").output().is_err() {
        eprintln!("SKIPPED: zbarimg is not there (package zbar-tools); QR codes are not read back by an outsider");
        return;
    }
    for text in texts() {
        let mut reader = zbarimg().unwrap();
        reader.stdin.take().unwrap().write_all(&picture(&encode(&text).unwrap())).unwrap();
        let output = reader.wait_with_output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap().trim_end_matches('\n'), text);
    }
}

#[test]
fn texts_are_neither_empty_nor_too_long() {
    assert_eq!(encode("").unwrap_err().code(), Code::QrLength);
    // ISO/IEC 18004 table 7: version 20 at level M holds 666 bytes.
    assert_eq!(encode(&"x".repeat(666)).unwrap().side, 97);
    for long in [667, LONGEST, LONGEST + 1, 1 << 20] {
        let error = encode(&"x".repeat(long)).unwrap_err();
        assert_eq!(error.code(), Code::QrLength);
        assert_eq!(error.found_text(), Some(format!("{long} characters").as_str()));
    }
}

#[test]
fn other_characters_are_refused_with_their_place() {
    for (text, column, found) in [
        ("https://pj.example.gov.cn/票", 27, "票"),
        ("a\u{202e}b", 2, "\\u{202e}"),
        ("\n", 1, "\\u{a}"),
        ("ab\u{7f}", 3, "\\u{7f}"),
        ("𠮷", 1, "𠮷"),
    ] {
        let error = encode(text).unwrap_err();
        assert_eq!(error.code(), Code::QrCharacter, "{text}");
        assert_eq!((error.place().column, error.found_text()), (Some(column), Some(found)), "{text}");
    }
}
