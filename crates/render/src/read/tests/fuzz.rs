//! Good files, changed at random with a fixed beginning: whatever comes, the reader comes back.

use super::*;
use crate::page::Colour;
use crate::read::make::{line, qr_code, update};

/// Limits under which a round is short.
const LIMITS: PdfLimits = PdfLimits {
    file_bytes: 1 << 20,
    objects: 1_000,
    values: 20_000,
    depth: 24,
    sections: 8,
    stream_bytes: 1 << 18,
    total_bytes: 1 << 20,
    pages: 20,
    files: 20,
    name_bytes: 200,
    operators: 20_000,
    characters: 1 << 16,
    marks: 1 << 12,
    comparisons: 1 << 20,
    pixels: 1 << 16,
};

/// What gives structure, to be put in anywhere.
const WORDS: [&str; 24] = [
    "obj",
    "endobj",
    "stream",
    "endstream",
    "<<",
    ">>",
    "[",
    "]",
    "(",
    ")",
    "<",
    ">",
    "/Length ",
    " 0 R",
    "/Kids",
    "/Filter",
    "/FlateDecode",
    "-1",
    "99999999999",
    "xref",
    "trailer",
    "/Prev ",
    "q ",
    "BI ",
];

fn seeds() -> Vec<Vec<u8>> {
    let mut make = Make::new();
    let content = format!("{}{}", line(30, 300, "票据代码 32010125"), qr_code(30, 320, "CZ-EI-32,1", Colour::BLACK));
    let form = make.stream("/Subtype/Form/BBox[0 0 9 9]", b"q 1 0 0 1 2 2 cm BT (a) Tj ET Q");
    let image = make.deflated("/Subtype/Image/Width 8/Height 8/BitsPerComponent 1/ColorSpace/DeviceGray", &[85; 8]);
    make.page(
        &format!("{content} /X Do q 60 0 0 60 0 0 cm /Y Do Q"),
        &format!("/XObject<</X {form} 0 R/Y {image} 0 R>>"),
    );
    make.embed(&[("einvoice.xml", XML), ("b", b"")]).template("general");
    let whole = make.finish();
    let mut plain = Make::new();
    // Content that is not compressed is changed too.
    let stream = plain.stream("", content.as_bytes());
    plain.object(format!("<</Type/Page/Parent 2 0 R/Contents {stream} 0 R/MediaBox[0 0 200 200]/Resources<<>>>>"));
    let second = plain.page("", "").finish();
    vec![update(&whole, &[(1, "<</Type/Catalog/Pages 2 0 R>>")]), whole, second]
}

fn rounds(count: usize, begin: u64) {
    let seeds = seeds();
    let mut state = begin;
    let mut random = |bound: usize| {
        // Marsaglia's xorshift.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % bound as u64).unwrap()
    };
    let mut opened = 0;
    for _ in 0..count {
        let mut bytes = seeds[random(seeds.len())].clone();
        for _ in 0..=random(4) {
            let at = random(bytes.len());
            match random(5) {
                0 => bytes[at] = u8::try_from(random(256)).unwrap(),
                1 => {
                    let word = WORDS[random(WORDS.len())].as_bytes();
                    let end = (at + word.len()).min(bytes.len());
                    bytes[at..end].copy_from_slice(&word[..end - at]);
                }
                2 => {
                    // A digit becomes another: offsets, lengths, references.
                    if let Some(digit) = (at..bytes.len()).find(|at| bytes[*at].is_ascii_digit()) {
                        bytes[digit] = b'0' + u8::try_from(random(10)).unwrap();
                    }
                }
                3 => {
                    let from = random(bytes.len());
                    let length = random(40).min(bytes.len() - at.max(from));
                    bytes.copy_within(from..from + length, at);
                }
                _ => bytes[at] ^= 1 << random(8),
            }
        }
        opened += usize::from(PdfFile::open(&bytes, &LIMITS).is_ok());
        read_everything(&bytes, &LIMITS);
    }
    // If none opened, nothing behind the opening was tried.
    assert!(opened > count / 10, "{opened}");
}

#[test]
fn thousands_of_changed_files_end() {
    rounds(3_000, 0x2017_0032);
}

/// The same for longer; run it by name after changes of the reader.
#[test]
#[ignore = "minutes"]
fn a_million_changed_files_end() {
    for begin in 1..=20 {
        rounds(50_000, begin);
    }
}

#[test]
fn content_streams_of_anything_end() {
    let mut state = 7_u64;
    for _ in 0..300 {
        let mut content = Vec::new();
        for _ in 0..60 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            const PARTS: [&str; 24] = [
                "q ",
                "Q ",
                "1 ",
                "-9.5 ",
                "(a) ",
                "[(a) 5] ",
                "Tj ",
                "TJ ",
                "cm ",
                "re ",
                "f ",
                "W ",
                "n ",
                "BT ",
                "/F 9 Tf ",
                "1e9 ",
                "99999999999999999999 ",
                "0 0 0 0 0 0 cm ",
                "/X Do ",
                "BI ID EI ",
                "<</A 1>> ",
                "Td ",
                "gs ",
                "m l c h ",
            ];
            content.extend_from_slice(PARTS[usize::try_from(state >> 33).unwrap() % PARTS.len()].as_bytes());
        }
        let mut make = Make::new();
        let form = make.stream("/Subtype/Form", &content);
        let bytes = make.page(std::str::from_utf8(&content).unwrap(), &format!("/XObject<</X {form} 0 R>>")).finish();
        read_everything(&bytes, &LIMITS);
        assert_eq!(PdfFile::open(&bytes, &LIMITS).unwrap().page_count().unwrap(), 1);
    }
}
