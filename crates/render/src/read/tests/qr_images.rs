//! QR codes in photographs, and in images that are turned or mirrored.

use super::*;
use crate::page::Colour;
use crate::qr;
use crate::read::make::qr_code;

const QR: &str = "CZ-EI-32,32010125,0013933922,07892e,80.00,20250923";
/// One component, Huffman tables of its own.
const GRAY: &[u8] = include_bytes!("../../../../../testdata/printed/qr/gray.jpg");
/// Three components, two of them of half size, in ten passes.
const PROGRESSIVE: &[u8] = include_bytes!("../../../../../testdata/printed/qr/progressive.jpg");
/// Four components.
const PRINT: &[u8] = include_bytes!("../../../../../testdata/printed/qr/print.jpg");
/// Pixels of their sides.
const SIDE: usize = 123;

/// What is found of an image that is painted with this matrix.
fn found(matrix: &str, dictionary: &str, data: &[u8], limits: &PdfLimits) -> Result<Vec<QrReading>, crate::Error> {
    let mut make = Make::new();
    let image = make.stream(&format!("/Subtype/Image/BitsPerComponent 8{dictionary}"), data);
    let bytes = make.page(&format!("q {matrix} cm /X Do Q"), &format!("/XObject<</X {image} 0 R>>")).finish();
    let codes = PdfFile::open(&bytes, limits).unwrap().qr_codes()?;
    Ok(codes.into_iter().map(|code| code.reading).collect())
}

fn jpeg(entries: &str, width: usize, data: &[u8]) -> Vec<QrReading> {
    let dictionary = format!("/Width {width}/Height {SIDE}{entries}/Filter/DCTDecode");
    found("60 0 0 60 30 300", &dictionary, data, &PdfLimits::default()).unwrap()
}

#[test]
fn codes_in_photographs_are_read() {
    let text = [QrReading::Text(QR.into())];
    assert_eq!(jpeg("/ColorSpace/DeviceGray", SIDE, GRAY), text);
    assert_eq!(jpeg("/ColorSpace/DeviceRGB", SIDE, PROGRESSIVE), text);
    // Within another compression.
    let dictionary = format!("/Width {SIDE}/Height {SIDE}/ColorSpace/DeviceGray/Filter[/FlateDecode/DCTDecode]");
    let data = crate::deflate::zlib(GRAY);
    assert_eq!(found("60 0 0 60 30 300", &dictionary, &data, &PdfLimits::default()).unwrap(), text);
    // White for black.
    assert_eq!(jpeg("/ColorSpace/DeviceGray/Decode[1 0]", SIDE, GRAY), []);
}

#[test]
fn photographs_that_cannot_be_read_may_be_codes() {
    let unread = [QrReading::NotReadable];
    assert_eq!(jpeg("/ColorSpace/DeviceCMYK", SIDE, PRINT), unread);
    assert_eq!(jpeg("/ColorSpace/DeviceRGB", SIDE, PRINT), unread);
    assert_eq!(jpeg("/ColorSpace/DeviceGray", SIDE + 1, GRAY), unread);
    assert_eq!(jpeg("/ColorSpace/DeviceGray", 2_049, GRAY), unread);
    assert_eq!(jpeg("/ColorSpace/DeviceGray", SIDE, &GRAY[..GRAY.len() / 2]), unread);
    // More passes than anybody writes.
    let passes = [GRAY, &[0xFF, 0xDA].repeat(32)].concat();
    assert_eq!(jpeg("/ColorSpace/DeviceGray", SIDE, &passes), unread);
    for other in ["JPXDecode", "JBIG2Decode", "CCITTFaxDecode"] {
        let dictionary = format!("/Width {SIDE}/Height {SIDE}/ColorSpace/DeviceGray/Filter/{other}");
        assert_eq!(found("60 0 0 60 30 300", &dictionary, GRAY, &PdfLimits::default()).unwrap(), unread, "{other}");
    }
}

#[test]
fn each_pass_over_a_photograph_counts() {
    let dictionary = format!("/Width {SIDE}/Height {SIDE}/ColorSpace/DeviceRGB/Filter/DCTDecode");
    let limited = |pixels| {
        let limits = PdfLimits { pixels, ..PdfLimits::default() };
        found("60 0 0 60 30 300", &dictionary, PROGRESSIVE, &limits)
    };
    assert_eq!(limited(10 * SIDE * SIDE).unwrap_err().code(), crate::Code::PdfTooMuchContent);
    assert_eq!(limited(13 * SIDE * SIDE).unwrap(), [QrReading::Text(QR.into())]);
}

#[test]
fn codes_are_read_however_they_are_turned() {
    let modules = qr::encode(QR).unwrap();
    let side = modules.side;
    let last = side - 1;
    type Turn = fn(usize, usize, usize) -> (usize, usize);
    let turns: [(&str, Turn); 8] = [
        ("60 0 0 60 30 300", |x, y, _| (x, y)),
        ("0 60 -60 0 90 300", |x, y, last| (y, last - x)),
        ("-60 0 0 -60 90 360", |x, y, last| (last - x, last - y)),
        ("0 -60 60 0 30 360", |x, y, last| (last - y, x)),
        ("60 0 0 -60 30 360", |x, y, last| (x, last - y)),
        ("-60 0 0 60 90 300", |x, y, last| (last - x, y)),
        ("0 60 60 0 30 300", |x, y, _| (y, x)),
        ("0 -60 -60 0 90 360", |x, y, last| (last - y, last - x)),
    ];
    let dictionary = format!("/Width {side}/Height {side}/ColorSpace/DeviceGray");
    for (matrix, turn) in turns {
        let gray = |at: usize| {
            let (x, y) = turn(at % side, at / side, last);
            if modules.dark[y * side + x] { 0 } else { 255 }
        };
        let data: Vec<u8> = (0..side * side).map(gray).collect();
        for matrix in [matrix, "60 0 0 60 30 300"] {
            let found = found(matrix, &dictionary, &data, &PdfLimits::default()).unwrap();
            assert_eq!(found, [QrReading::Text(QR.into())], "{matrix}");
        }
        // The same as rectangles.
        let drawn = format!("q {matrix} cm 0.01 0 0 0.01 0 0 cm {} Q", qr_code(0, 0, QR, Colour::BLACK));
        let bytes = Make::new().page(&drawn, "").finish();
        let codes = open(&bytes).unwrap().qr_codes().unwrap();
        assert_eq!(codes.len(), 1, "{matrix}");
        assert_eq!(codes[0].reading, QrReading::Text(QR.into()), "{matrix}");
    }
    // Two corners are not enough.
    let half: Vec<u8> = (0..side * side)
        .map(|at| if modules.dark[at] && (at % side < side - 8 || at / side > 8) { 0 } else { 255 })
        .collect();
    assert_eq!(found("60 0 0 60 30 300", &dictionary, &half, &PdfLimits::default()).unwrap(), []);
}
