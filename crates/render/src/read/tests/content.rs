//! Text and QR codes of pages.

use super::*;
use crate::length::{Area, mm};
use crate::page::Colour;
use crate::qr;
use crate::read::make::{line, qr_code};

const QR: &str = "CZ-EI-32,32010125,0013933922,07892e,80.00,20250923";

fn pieces(content: &str, resources: &str) -> Vec<TextPiece> {
    let bytes = Make::new().page(content, resources).finish();
    let mut pages = open(&bytes).unwrap().text().unwrap();
    pages.swap_remove(0).pieces
}

fn texts(content: &str, resources: &str) -> Vec<String> {
    pieces(content, resources).into_iter().map(|piece| piece.text).collect()
}

fn codes(content: &str, resources: &str) -> Vec<QrCode> {
    let bytes = Make::new().page(content, resources).finish();
    open(&bytes).unwrap().qr_codes().unwrap()
}

#[test]
fn text_has_its_place_size_and_colour() {
    let bytes = Make::new()
        .page("0.843 0 0.059 rg BT /F 9 Tf 28.3465 340.1575 Td <96C67968> Tj 18 0 Td (\\0001) Tj ET", "")
        .finish();
    let pages = open(&bytes).unwrap().text().unwrap();
    assert_eq!((pages[0].width, pages[0].height), (mm(210), mm(140)));
    let [first, second] = &pages[0].pieces[..] else { panic!("{pages:?}") };
    assert_eq!((first.text.as_str(), first.x, first.baseline), ("集票", mm(10), mm(20)));
    assert_eq!((first.size, first.width, first.colour), (3175, 6350, Some(Colour(215, 0, 15))));
    assert_eq!((second.text.as_str(), second.x), ("1", mm(10) + 6350));
    assert!(first.is_decoded && first.hidden.is_none());
}

#[test]
fn every_operator_shows_text() {
    let content =
        "BT /F 9 Tf 12 TL 30 300 Td <0031>Tj T* <0032>Tj <0033>' 1 2 <0034>\" [<0035>-250<0036>]TJ 0 -12 TD <0037>Tj
        1 0 0 1 30 100 Tm <0038>Tj 50 Tz 1 Tc 2 Tw 3 Ts <0039>Tj ET";
    assert_eq!(texts(content, ""), ["1", "2", "3", "4", "56", "7", "8", "9"]);
    let pieces = pieces(content, "");
    // Half the width, with the space behind it halved too; raised by three points.
    assert_eq!(pieces[7].width, crate::length::centipoints(500));
    assert_eq!(pieces[6].baseline - pieces[7].baseline, crate::length::centipoints(300));
}

#[test]
fn forms_are_followed_and_inline_images_passed_over() {
    let mut make = Make::new();
    let font = "<</Type/Font/Subtype/Type0/Encoding/UniGB-UTF16-H/DescendantFonts[]>>";
    let form = make.stream(
        &format!("/Subtype/Form/BBox[0 0 99 99]/Matrix[1 0 0 1 10 0]/Resources<</Font<</F {font}>>>>"),
        line(20, 30, "式").as_bytes(),
    );
    let before = line(1, 300, "前");
    let after = line(1, 200, "后");
    let content = format!("{before} q 1 0 0 1 5 5 cm /X Do Q BI /W 4 /H 3 /BPC 8 /CS /G ID xEI(\u{1}ET)TjQ EI {after}");
    let bytes = make.page(&content, &format!("/XObject<</X {form} 0 R>>")).finish();
    let pages = open(&bytes).unwrap().text().unwrap();
    let found: Vec<(&str, i32)> = pages[0].pieces.iter().map(|piece| (piece.text.as_str(), piece.x)).collect();
    let x = crate::length::centipoints;
    assert_eq!(found, [("前", x(100)), ("式", x(3500)), ("后", x(100))]);
}

#[test]
fn simple_fonts_are_decoded_as_far_as_their_encoding_says() {
    let fonts = "/Font<</A<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>\
        /B<</Type/Font/Subtype/Type1/Encoding<</Differences[65/one/two/uni4E00/g7]>>>>\
        /C<</Type/Font/Subtype/Type0/Encoding/Identity-H/DescendantFonts[]>>\
        /D<</Type/Font/Subtype/Type0/Encoding/ETen-B5-H/DescendantFonts[]>>>>";
    // The resources of the page have their font already: these are of a form.
    let mut make = Make::new();
    let content = "BT /A 9 Tf (\\2455.00) Tj /B 9 Tf (ABCD) Tj /C 9 Tf <0001> Tj /D 9 Tf <B0A1> Tj /E 9 Tf (x) Tj ET";
    let form = make.stream(&format!("/Subtype/Form/BBox[0 0 999 999]/Resources<<{fonts}>>"), content.as_bytes());
    let bytes = make.page("/X Do", &format!("/XObject<</X {form} 0 R>>")).finish();
    let pages = open(&bytes).unwrap().text().unwrap();
    let found: Vec<(&str, bool)> =
        pages[0].pieces.iter().map(|piece| (piece.text.as_str(), piece.is_decoded)).collect();
    let unknown = "\u{FFFD}";
    // The font E does not exist: the one before goes on being none.
    assert_eq!(found, [("¥5.00", true), ("12一\u{FFFD}", false), (unknown, false), (unknown, false), (unknown, false)]);
}

#[test]
fn predefined_encodings_are_read_with_their_widths() {
    let font = |encoding: &str| {
        format!(
            "<</Type/Font/Subtype/Type0/BaseFont/SimSun/Encoding/{encoding}\
             /DescendantFonts[<</Type/Font/Subtype/CIDFontType2/BaseFont/SimSun/W[1[250 300]814 907 500 7716[250]]>>]>>"
        )
    };
    let fonts =
        format!("/A {}/B {}/C {}/D {}", font("GBK-EUC-H"), font("GBKp-EUC-H"), font("GBK2K-H"), font("GBK-EUC-V"));
    let content = "BT 1 0 0 1 30 300 Tm /A 10 Tf <C6B131242E> Tj 1 0 0 1 30 280 Tm /B 10 Tf <2124> Tj
        1 0 0 1 30 260 Tm /C 10 Tf <8139EE392120> Tj 1 0 0 1 30 240 Tm /D 10 Tf <C6B1BEDD> Tj <31> Tj ET";
    let mut make = Make::new();
    let form =
        make.stream(&format!("/Subtype/Form/BBox[0 0 999 999]/Resources<</Font<<{fonts}>>>>"), content.as_bytes());
    let bytes = make.page("/X Do", &format!("/XObject<</X {form} 0 R>>")).finish();
    let pages = open(&bytes).unwrap().text().unwrap();
    let points = |points: i32| crate::length::centipoints(100 * points);
    let found: Vec<(&str, i32)> = pages[0].pieces.iter().map(|piece| (piece.text.as_str(), piece.width)).collect();
    let expected = [
        ("票1¥.", points(25) + 1),
        ("!$", points(13)),
        ("㐀! ", crate::length::centipoints(1550)),
        ("票据", 0),
        ("1", 0),
    ];
    assert_eq!(found, expected);
    assert!(pages[0].pieces.iter().all(|piece| piece.is_decoded));
    // From top to bottom.
    assert_eq!(pages[0].pieces[4].baseline - pages[0].pieces[3].baseline, points(20));
}

#[test]
fn a_gap_between_the_strings_of_one_operator_divides_them() {
    let content = "BT /F 9 Tf 30 300 Td [<0033> -3000 <00380035> -300 <0030>] TJ [-500 <0031>] TJ ET";
    let found = pieces(content, "");
    let places: Vec<(&str, i32, i32)> = found.iter().map(|piece| (piece.text.as_str(), piece.x, piece.width)).collect();
    let points = |tenths: i32| crate::length::centipoints(10 * tenths);
    assert_eq!(
        places,
        [("3", points(300), points(90)), ("850", points(660), points(297)), ("1", points(1002), points(90)),]
    );
}

#[test]
fn text_that_nobody_sees_is_told() {
    let states = "/ExtGState<</G<</ca 0>>/S<</ca 1/SMask<</S/Alpha>>>>>>";
    let text = line(30, 300, "123");
    for (content, hidden) in [
        (text.clone(), None),
        (format!("3 Tr {text}"), Some(Hidden::Mode)),
        (format!("7 Tr {text}"), Some(Hidden::Mode)),
        (format!("/G gs {text}"), Some(Hidden::Transparent)),
        (format!("1 g {text}"), Some(Hidden::White)),
        (format!("1 1 0.99 rg {text}"), Some(Hidden::White)),
        (format!("0 0 0 0 k {text}"), Some(Hidden::White)),
        (line(-30, 300, "123"), Some(Hidden::Outside)),
        (line(30, 400, "123"), Some(Hidden::Outside)),
        (format!("0 0 9 9 re W n {text}"), Some(Hidden::Outside)),
        (format!("q 0 0 9 9 re W n Q {text}"), None),
        (format!("W n {text}"), Some(Hidden::Outside)),
        (format!("0.1 0 0 0.1 27 270 cm {text}"), Some(Hidden::Tiny)),
        (format!("{text} 1 g 25 295 40 20 re f"), Some(Hidden::Covered)),
        (format!("{text} 0.5 g 25 295 m 65 295 l 65 315 l 25 315 l h f"), Some(Hidden::Covered)),
        (format!("{text} /G gs 25 295 40 20 re f"), None),
        (format!("{text} /S gs 25 295 40 20 re f"), None),
        (format!("{text} 25 295 40 20 re S"), None),
        (format!("1 g 25 295 40 20 re f 0 g {text}"), None),
        (format!("{text} q 40 0 0 20 25 295 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \u{1} EI Q"), Some(Hidden::Covered)),
        (format!("{text} q 40 0 0 20 25 295 cm BI /W 1 /H 1 /IM true ID \u{1} EI Q"), None),
    ] {
        let pieces = pieces(&content, states);
        assert_eq!((pieces.len(), pieces[0].hidden), (1, hidden), "{content}");
    }
}

#[test]
fn a_drawn_qr_code_is_read() {
    let found = codes(&format!("{}{}", line(200, 100, "票"), qr_code(30, 300, QR, Colour::BLACK)), "");
    let side = crate::length::centipoints(i32::try_from(qr::encode(QR).unwrap().side).unwrap() * 100);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].page, &found[0].reading), (1, &QrReading::Text(QR.into())));
    let Area { x, width, .. } = found[0].area;
    assert_eq!((x, width), (crate::length::centipoints(3000), side));
    // Each module by itself, and in white.
    let single = qr_code(30, 300, QR, Colour::BLACK).replace(" re\n", " re f\n");
    assert_eq!(codes(&single, "")[0].reading, QrReading::Text(QR.into()));
    assert_eq!(codes(&qr_code(30, 300, QR, Colour(255, 255, 255)), ""), []);
    // Painted over where it matters.
    let damaged = format!("{}1 g 0 g ", single.replace("f Q", "1 g 8 8 18 18 re f Q"));
    assert_eq!(codes(&damaged, "")[0].reading, QrReading::Damaged);
    // Rows of a table are none.
    let table: String = (0..60).map(|row| format!("30 {} 100 0.5 re f\n", 40 + 5 * row)).collect();
    assert_eq!(codes(&table, ""), []);
}

#[test]
fn a_qr_code_as_an_image_is_read() {
    let modules = qr::encode(QR).unwrap();
    let side = modules.side;
    let dark = |x: usize, y: usize, scale: usize, margin: usize| {
        let (x, y) = ((x / scale).wrapping_sub(margin), (y / scale).wrapping_sub(margin));
        x < side && y < side && modules.dark[y * side + x]
    };
    let (scale, margin) = (3, 4);
    let pixels = (side + 2 * margin) * scale;
    let gray: Vec<u8> =
        (0..pixels * pixels).map(|at| if dark(at % pixels, at / pixels, scale, margin) { 10 } else { 250 }).collect();
    let rgb: Vec<u8> = gray.iter().flat_map(|gray| [*gray; 3]).collect();
    let palette: Vec<u8> = gray.iter().map(|gray| u8::from(*gray < 128)).collect();
    let row = side.div_ceil(8);
    let mut bits = vec![0xFF_u8; row * side];
    for (at, _) in modules.dark.iter().enumerate().filter(|(_, dark)| **dark) {
        bits[at / side * row + at % side / 8] &= !(0x80 >> (at % side % 8));
    }
    let inverted: Vec<u8> = bits.iter().map(|byte| !byte).collect();
    let whole = format!("/Width {pixels}/Height {pixels}/BitsPerComponent 8");
    let single = format!("/Width {side}/Height {side}/BitsPerComponent 1");
    for (dictionary, data) in [
        (format!("{whole}/ColorSpace/DeviceGray"), &gray),
        (format!("{whole}/ColorSpace/DeviceRGB"), &rgb),
        (format!("{whole}/ColorSpace[/Indexed/DeviceRGB 1<FFFFFF000000>]"), &palette),
        (format!("{single}/ColorSpace/DeviceGray"), &bits),
        (format!("{single}/ColorSpace/DeviceGray/Decode[1 0]"), &inverted),
        (format!("{single}/ImageMask true"), &bits),
    ] {
        let mut make = Make::new();
        let image = make.deflated(&format!("/Subtype/Image{dictionary}"), data);
        let content = "q 60 0 0 60 30 300 cm /X Do Q q 60 0 0 60 130 300 cm /X Do Q";
        let bytes = make.page(content, &format!("/XObject<</X {image} 0 R>>")).finish();
        let found = open(&bytes).unwrap().qr_codes().unwrap();
        assert_eq!(found.len(), 2, "{dictionary}");
        assert_eq!(found[1].reading, QrReading::Text(QR.into()), "{dictionary}");
    }
    // A photograph may be one, a wide one is none; a tiny image is none either.
    let mut make = Make::new();
    let image =
        make.stream("/Subtype/Image/Width 9/Height 9/BitsPerComponent 8/ColorSpace/DeviceRGB/Filter/DCTDecode", b"x");
    let content = "q 60 0 0 60 30 300 cm /X Do Q q 90 0 0 60 130 300 cm /X Do Q q 9 0 0 9 9 9 cm /X Do Q";
    let bytes = make.page(content, &format!("/XObject<</X {image} 0 R>>")).finish();
    let found = open(&bytes).unwrap().qr_codes().unwrap();
    assert_eq!(found.iter().map(|code| &code.reading).collect::<Vec<_>>(), [&QrReading::NotReadable; 2][..1].to_vec());
}

#[test]
fn an_image_with_too_many_pixels_is_refused() {
    let mut make = Make::new();
    let image = make.stream("/Subtype/Image/Width 60000/Height 60000/BitsPerComponent 1/ColorSpace/DeviceGray", b"x");
    let bytes = make.page("q 60 0 0 60 30 300 cm /X Do Q", &format!("/XObject<</X {image} 0 R>>")).finish();
    assert_eq!(open(&bytes).unwrap().qr_codes().unwrap_err().code(), crate::Code::PdfTooMuchContent);
}
