//! What readers show in different ways, or by ways that are not the usual ones.

use super::*;
use crate::Code;
use crate::read::content::{Mark, Source};
use crate::read::make::line;

fn read(content: &str, resources: &str) -> Result<Vec<String>, Error> {
    read_file(&Make::new().page(content, resources).finish())
}

fn read_file(bytes: &[u8]) -> Result<Vec<String>, Error> {
    let mut pages = open(bytes)?.text()?;
    Ok(pages.swap_remove(0).pieces.into_iter().map(|piece| piece.text).collect())
}

/// The code, the place and what was found.
fn refusal(result: Result<Vec<String>, Error>) -> (Code, String, String) {
    let error = result.unwrap_err();
    let place = error.place().path.clone().unwrap_or_default();
    (error.code(), place, error.found_text().unwrap_or_default().to_owned())
}

fn malformed(place: &str, found: &str) -> (Code, String, String) {
    (Code::PdfMalformed, place.to_owned(), found.to_owned())
}

#[test]
fn superfluous_and_wrong_operands_are_refused() {
    for (content, operator, found) in [
        ("BT /F 9 Tf (honest) (forged) Tj ET", "Tj", "string string"),
        ("/A /X Do", "Do", "name name"),
        ("BT /F 9 Tf (1015.30) TJ ET", "TJ", "string"),
        ("BT /F 9 Tf [(PAYER)] Tj ET", "Tj", "array"),
        ("BT 0 3 Tr ET", "Tr", "number number"),
        ("1 0 0 1 0 cm", "cm", "number number number number number"),
        ("9 /F 9 Tf", "Tf", "number name number"),
        ("(x) BI /W 1 /H 1 /BPC 8 /CS /G ID x EI", "BI", "string"),
        ("0 0 9 9 re 1 f", "f", "number"),
        ("1 unknown", "unknown", "number"),
        ("BX EX unknown", "unknown", ""),
        ("BX (a) (b) Tj EX", "Tj", "string string"),
        ("EI", "EI", ""),
    ] {
        assert_eq!(refusal(read(content, "")), malformed(&format!("Contents/{operator}"), found), "{content}");
    }
    let text = line(30, 300, "票");
    assert_eq!(read(&format!("BX BX (a) 1 unknown EX 2 other EX {text}"), "").unwrap(), ["票"]);
}

#[test]
fn forms_and_images_are_followed_whatever_their_names_are() {
    let form = |subtype: &str, name: &str| {
        let mut make = Make::new();
        let indirect = make.object("/Form");
        let subtype = subtype.replace("REF", &format!("{indirect} 0 R"));
        let text = line(20, 30, "式");
        let font = "<</Type/Font/Subtype/Type0/Encoding/UniGB-UTF16-H/DescendantFonts[]>>";
        let form = make.stream(&format!("{subtype}/BBox[0 0 99 99]/Resources<</Font<</F {font}>>>>"), text.as_bytes());
        make.page(&format!("{name} Do"), &format!("/XObject<<{name} {form} 0 R>>"));
        read_file(&make.finish())
    };
    for (subtype, name) in [("/Subtype/Form", "/X"), ("/Subtype REF", "/X"), ("/Subtype/Form", "/X#FF")] {
        assert_eq!(form(subtype, name).unwrap(), ["式"], "{subtype} {name}");
    }
    // Nothing says how these are drawn.
    for subtype in ["/Subtype/Other", "", "/Subtype 99 0 R", "/Subtype(Form)"] {
        assert_eq!(refusal(form(subtype, "/X")), malformed("Resources", "X"), "{subtype}");
    }
    for (content, resources, name) in [
        ("/X Do", "", "X"),
        ("/X Do", "/XObject<</X 99 0 R>>", "X"),
        ("/X Do", "/XObject<</X<<>>>>", "X"),
        ("/G gs", "", "G"),
        ("/Pattern cs /P scn", "", "P"),
    ] {
        assert_eq!(refusal(read(content, resources)), malformed("Resources", name), "{content} {resources}");
    }
    // An image whose type stands elsewhere.
    let mut make = Make::new();
    let subtype = make.object("/Image");
    let image = make.stream(&format!("/Subtype {subtype} 0 R/Width 1/Height 1"), b"x");
    let bytes = make.page("9 0 0 9 9 9 cm /X Do", &format!("/XObject<</X {image} 0 R>>")).finish();
    let pages = open(&bytes).unwrap().contents().unwrap();
    let [Mark::Image(found)] = &pages[0].marks[..] else { panic!("{pages:?}") };
    assert!(matches!(found.source, Source::Object(number) if number as usize == image) && found.is_opaque);
}

#[test]
fn an_inline_image_ends_where_all_readers_see_its_end() {
    let behind = line(30, 300, "票");
    let one = "BI /W 1 /H 1 /BPC 8 /CS /G";
    for image in [
        format!("{one} ID x EI "),
        format!("{one} ID xEI\n").replace("xEI", " EI"),
        "BI /W 2 /H 1 /BPC 8 /CS /RGB /L 6 ID xxEIxx\nEI ".to_owned(),
        "BI /W 9 /H 2 /IM true ID xxxx EI ".to_owned(),
        "BI /W 1 /H 1 /BPC 8 /CS[/I/RGB 1<000000FFFFFF>] ID x EI ".to_owned(),
        format!("{one} /F /AHx ID 00> EI "),
        format!("{one} /F[/A85/AHx] ID 1GU~> EI "),
    ] {
        let far = image.contains("xxEIxx");
        let read = read(&format!("{image}{behind}"), "");
        match far {
            false => assert_eq!(read.unwrap(), ["票"], "{image}"),
            // It stands too near to the end.
            true => assert_eq!(refusal(read), malformed("Contents/BI", "EI")),
        }
    }
    for (image, found) in [
        // The text between is shown by readers that stop behind the filter's end.
        (format!("{one} /F /AHx ID 00>EI\nQ {behind} q\n EI "), "EI"),
        (format!("{one} /F /AHx ID 00> {behind} EI "), "EI"),
        (format!("{one} /F /AHx ID 0 EI 0> EI "), "EI"),
        (format!("{one} ID x % EI\n {behind} EI "), "EI"),
        (format!("{one} ID(x EI "), "ID"),
        (format!("{one} ID x"), "EI"),
        (format!("{one} /L 2 ID x EI "), "Length"),
        (format!("{one} /H 2000000000 /W 2000000000 ID x EI "), "BI"),
        ("BI /W 99 /H 99 /BPC 8 /CS /G ID x EI ".to_owned(), "Length"),
        (format!("{one} /Width 9 ID x EI "), "BI"),
        (format!("{one} /W ID x EI "), "BI"),
        ("BI /W 1 /H 1 /BPC 8 /CS /Other ID x EI ".to_owned(), "ColorSpace"),
    ] {
        assert_eq!(refusal(read(&image, "")), malformed("Contents/BI", found), "{image}");
    }
    for filter in ["DCT", "LZW", "RL"] {
        let result = read(&format!("{one} /F /{filter} ID x EI "), "");
        assert_eq!(refusal(result), (Code::PdfFilter, String::new(), filter.to_owned()));
    }
}

#[test]
fn an_inflated_inline_image_ends_with_its_data() {
    let page = |data: &[u8]| {
        let mut make = Make::new();
        let content = [b"BI /W 9 /H 1 /BPC 8 /CS /G /F /Fl ID ", data, b" EI BT /F 9 Tf 9 9 Td <0031> Tj ET"].concat();
        let form = make.stream("/Subtype/Form/BBox[0 0 999 999]", &content);
        read_file(&make.page("/X Do", &format!("/XObject<</X {form} 0 R>>")).finish())
    };
    let data = crate::deflate::zlib(b"123456789");
    assert_eq!(page(&data).unwrap(), ["1"]);
    assert_eq!(refusal(page(&[&data[..], b" (hidden) Tj"].concat())), malformed("Contents/BI", "EI"));
    assert_eq!(page(&data[..data.len() - 1]).unwrap_err().code(), Code::PdfStream);
}

#[test]
fn what_is_painted_is_counted_over_all_pages() {
    let marks = |content: &str, marks: usize| {
        let bytes = Make::new().page(content, "").page(content, "").finish();
        let limits = PdfLimits { marks, ..PdfLimits::default() };
        let contents = PdfFile::open(&bytes, &limits).unwrap().contents();
        contents.map(|pages| pages.iter().map(|page| page.marks.len()).sum()).map_err(|error| error.code())
    };
    // An empty path, or one of a single point, paints nothing.
    assert_eq!(marks(&"f f* B ".repeat(1_000), 0), Ok(0));
    assert_eq!(marks("9 9 m f", 0), Ok(0));
    assert_eq!(marks("900 900 9 9 re f", 0), Ok(0));
    for (content, count) in [
        ("9 9 9 9 re f ".to_owned(), 1),
        ("9 9 m 20 9 l 20 30 l f ".to_owned(), 1),
        (line(30, 300, "票"), 1),
        ("q 9 0 0 9 9 9 cm BI /W 1 /H 1 /BPC 8 /CS /G ID x EI Q".to_owned(), 5),
        (format!("{} f", "9 9 9 9 re ".repeat(40)), 11),
    ] {
        assert_eq!(marks(&content, 2 * count), Ok(2), "{content}");
        assert_eq!(marks(&content, 2 * count - 1), Err(Code::PdfTooMuchContent), "{content}");
    }
}

#[test]
fn text_in_patterns_and_masks_is_refused() {
    let drawn = |cell: &str, content: &str| {
        let mut make = Make::new();
        let font = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>";
        let own = format!("/BBox[0 0 600 400]/Resources<</Font<</T {font}>>>>");
        let cell =
            make.stream(&format!("/PatternType 1/PaintType 1/TilingType 1/XStep 600/YStep 400{own}"), cell.as_bytes());
        let resources = format!(
            "/Pattern<</P {cell} 0 R/S<</PatternType 2>>>>/ExtGState<</G<</SMask<</S/Luminosity/G {cell} 0 R>>>>>>"
        );
        read_file(&make.page(&format!("{content} 9 9 99 99 re f {}", line(30, 300, "票")), &resources).finish())
    };
    let text = "BT /T 9 Tf 9 9 Td (9269.50) Tj ET";
    for content in ["/Pattern cs /P scn", "/Pattern CS /P SCN", "/G gs"] {
        let refused = refusal(drawn(text, content));
        assert_eq!(refused, malformed("Contents", "text in a pattern or mask"), "{content}");
        // Without text it is a colour as others, and where it is not used nobody sees it.
        assert_eq!(drawn("0 0 9 9 re f", content).unwrap(), ["票"], "{content}");
    }
    assert_eq!(drawn(text, "/Pattern cs /S scn").unwrap(), ["票"]);
    assert_eq!(drawn(text, "0 g").unwrap(), ["票"]);
}

#[test]
fn the_glyphs_of_type_3_have_their_own_size() {
    let pieces = |matrix: &str, bounds: &str, size: &str| {
        let mut make = Make::new();
        let font = format!(
            "<</Type/Font/Subtype/Type3/FontMatrix[{matrix}]/FontBBox[{bounds}]/CharProcs<<>>\
             /Encoding<</Differences[49/one/two]>>/FirstChar 49/LastChar 50/Widths[56 50]>>"
        );
        let form = format!("/Subtype/Form/BBox[0 0 999 999]/Resources<</Font<</T {font}>>>>");
        let content = format!("BT /T {size} Tf 30 300 Td [(1) -3000 (2)] TJ ET");
        let form = make.stream(&form, content.as_bytes());
        let bytes = make.page("/X Do", &format!("/XObject<</X {form} 0 R>>")).finish();
        let mut pages = open(&bytes).unwrap().text().unwrap();
        let pieces = pages.swap_remove(0).pieces;
        pieces.into_iter().map(|piece| (piece.text, piece.width, piece.size)).collect::<Vec<_>>()
    };
    let points = |tenths: i32| crate::length::centipoints(10 * tenths);
    // Ten points high, though the size is one: what is a gap elsewhere is none here.
    let one = [("12".to_owned(), points(136), points(100))];
    assert_eq!(pieces("0.1 0 0 0.1 0 0", "0 0 100 100", "1"), one);
    // Without a box, or with one that cannot be true, as high as the widest is wide.
    let widest = [("1".to_owned(), points(56), points(56)), ("2".to_owned(), points(50), points(56))];
    assert_eq!(pieces("0.1 0 0 0.1 0 0", "0 0 0 0", "1"), widest);
    assert_eq!(pieces("0.1 0 0 0.1 0 0", "0 0 0 90000", "1"), widest);
    // The usual matrix.
    let usual = pieces("0.001 0 0 0.001 0 0", "0 0 100 100", "100");
    assert_eq!(usual[0], ("1".to_owned(), points(56), points(100)));
}

#[test]
fn annotations_are_found_by_their_place_on_the_page() {
    let extras = |annotation: &str| {
        let mut make = Make::new();
        make.object("/Stamp");
        make.object("/Link");
        let annotation = make.object(annotation);
        let bytes = make.page("", "").finish_with_pages(&format!("/Annots[{annotation} 0 R]"));
        let extras = open(&bytes).unwrap().extras().unwrap();
        let annotations = extras.into_iter().filter(|extra| extra.kind == ExtraKind::Annotation);
        annotations.map(|extra| extra.place).collect::<Vec<_>>()
    };
    for (annotation, place) in [
        ("<</Subtype 3 0 R/Rect[0 0 9 9]>>", "object 5: Stamp"),
        ("<</Subtype 4 0 R/Rect[0 0 9 9]>>", "object 5: Link"),
        ("<</Subtype/Link/Rect[0 0 9 9]/AP<</N 3 0 R>>>>", "object 5: Link with AP"),
        ("<</Subtype 99 0 R/Rect[0 0 9 9]>>", "object 5: annotation of no type"),
        ("<</Rect[0 0 9 9]>>", "object 5: annotation of no type"),
        ("<</Subtype/Stamp>>", "object 2: Stamp"),
    ] {
        assert_eq!(extras(annotation), [place], "{annotation}");
    }
}
