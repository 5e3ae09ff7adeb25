//! Files that are meant to harm.

use super::*;
use crate::Code;
use crate::read::make::bomb;

fn code(bytes: &[u8]) -> Code {
    open(bytes).unwrap_err().code()
}

#[test]
fn what_is_no_pdf_is_refused() {
    assert_eq!(code(b""), Code::PdfNotPdf);
    assert_eq!(code(b"PK\x03\x04"), Code::PdfNotPdf);
    assert_eq!(code(b"\n%PDF-1.7\n"), Code::PdfNotPdf);
    assert_eq!(code(b"%PDF-1.7\n"), Code::PdfXref);
    let whole = plain();
    assert_eq!(code(&whole[..whole.len() / 2]), Code::PdfXref);
}

#[test]
fn tables_that_lie_are_refused() {
    let whole = plain();
    for (part, by, expected) in [
        ("startxref\n", "startxref\n9", Code::PdfXref),
        ("xref\n0", "xrfe\n0", Code::PdfXref),
        ("trailer\n<<", "trailer\n[[", Code::PdfMalformed),
        ("65535 f", "65535 x", Code::PdfXref),
        ("/Root 1 0 R", "/Encrypt 1 ", Code::PdfEncrypted),
    ] {
        let text = String::from_utf8_lossy(&whole).into_owned();
        let at = whole.len() - (text.len() - text.rfind(part).unwrap());
        let bytes = [&whole[..at], by.as_bytes(), &whole[at + part.len()..]].concat();
        assert_eq!(code(&bytes), expected, "{part}");
    }
    // Sections in a circle.
    let text = String::from_utf8_lossy(&whole).into_owned();
    let start: usize = text.rsplit_once("startxref\n").unwrap().1.lines().next().unwrap().parse().unwrap();
    let at = whole.len() - (text.len() - text.rfind("/Root").unwrap());
    let bytes = [&whole[..at], format!("/Prev {start}").as_bytes(), &whole[at..]].concat();
    let error = open(&bytes).unwrap_err();
    assert_eq!((error.code(), error.found_text()), (Code::PdfXref, Some("a loop")));
}

#[test]
fn a_stream_that_does_not_end_where_it_says_is_not_read() {
    for lie in ["/Length  5>>", "/Length -1>>", "/Length 99>>"] {
        let mut make = Make::new();
        let stream = make.stream("/Type/EmbeddedFile", XML);
        make.object(format!("<</F(einvoice.xml)/EF<</F {stream} 0 R>>>>"));
        make.page("", "").catalog("/AF[4 0 R]");
        let bytes = replaced(&make.finish(), &format!("/Length {}>>", XML.len()), lie);
        let file = open(&bytes).unwrap();
        assert_eq!(file.receipt_xml().unwrap_err().code(), Code::PdfMalformed, "{lie}");
        assert!(file.extras().unwrap().iter().any(|extra| extra.kind == ExtraKind::Unreadable));
    }
}

#[test]
fn a_key_that_stands_twice_is_refused() {
    let bytes = Make::new().page("", "").catalog("/Pages 3 0 R").finish();
    let error = open(&bytes).unwrap().page_count().unwrap_err();
    assert_eq!((error.code(), error.found_text()), (Code::PdfMalformed, Some("Pages")));
}

#[test]
fn objects_within_each_other_are_refused() {
    let mut make = Make::new();
    make.stream("", b"9 0 obj (hidden in a stream) endobj");
    let bytes = make.page("", "").finish();
    let at = bytes.windows(7).position(|window| window == b"9 0 obj").unwrap();
    let bytes = crate::read::make::update(&bytes, &[(1, "<</Type/Catalog/Pages 2 0 R>>")]);
    let table = format!("9 1\n{at:010} 00000 n \ntrailer\n<</Size 100");
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let cut = bytes.len() - (text.len() - text.rfind("trailer\n<</Size 100").unwrap());
    let bytes = [&bytes[..cut], table.as_bytes(), &bytes[cut + "trailer\n<</Size 100".len()..]].concat();
    let error = open(&bytes).unwrap_err();
    assert_eq!((error.code(), error.found_text()), (Code::PdfMalformed, Some("objects overlap")));
}

/// Runs with a stack on which deep recursion would not return.
fn on_a_small_stack(run: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(512 << 10).spawn(run).unwrap().join().unwrap();
}

#[test]
fn depth_is_bounded_on_a_small_stack() {
    for deep in ["[", "<</A", "(", "<</A["] {
        on_a_small_stack(move || {
            let mut make = Make::new();
            make.object(deep.repeat(100_000));
            let bytes = make.page("", "").finish();
            let opened = open(&bytes);
            match deep {
                // Strings are read without recursion; this one has no end.
                "(" => {
                    assert!(opened.unwrap().extras().unwrap().iter().any(|extra| extra.kind == ExtraKind::Unreadable))
                }
                _ => assert_eq!(opened.unwrap_err().code(), Code::PdfTooDeep, "{deep}"),
            }
        });
    }
    // As deep as is allowed.
    on_a_small_stack(|| {
        let mut make = Make::new();
        make.object(["[".repeat(31), "]".repeat(31)].concat());
        let bytes = make.page(&"q ".repeat(200), "").finish();
        read_everything(&bytes, &PdfLimits::default());
        assert_eq!(open(&bytes).unwrap().page_count().unwrap(), 1);
    });
}

#[test]
fn circles_of_references_end() {
    let mut make = Make::new();
    make.object("4 0 R");
    make.object("3 0 R");
    let bytes = make.page("", "").catalog("/Names 3 0 R").finish();
    assert_eq!(open(&bytes).unwrap().embedded().unwrap_err().code(), Code::PdfTooDeep);

    let mut make = Make::new();
    make.object("<</Names[]/Kids[3 0 R]>>");
    let bytes = make.page("", "").catalog("/Names<</EmbeddedFiles 3 0 R>>").finish();
    assert_eq!(open(&bytes).unwrap().embedded().unwrap_err().code(), Code::PdfTooDeep);

    let bytes = Make::new().page("", "").finish();
    let bytes = replaced(&bytes, "/Kids[6 0 R ]", "/Kids[2 0 R ]");
    assert_eq!(open(&bytes).unwrap().page_count().unwrap_err().code(), Code::PdfMalformed);

    // A form that draws itself.
    let mut make = Make::new();
    make.stream("/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 3 0 R>>>>", b"/X Do /X Do");
    let bytes = make.page("/X Do", "/XObject<</X 3 0 R>>").finish();
    assert_eq!(open(&bytes).unwrap().text().unwrap_err().code(), Code::PdfTooDeep);
}

#[test]
fn bombs_cost_no_more_than_the_limit() {
    let limits = PdfLimits { stream_bytes: 4 << 20, total_bytes: 16 << 20, ..PdfLimits::default() };
    // A gibibyte of zeros.
    let gibibyte = bomb(1024);
    assert!(gibibyte.len() < 8 << 20);
    let mut make = Make::new();
    let stream = make.stream("/Type/EmbeddedFile/Filter/FlateDecode", &gibibyte);
    make.object(format!("<</F(einvoice.xml)/EF<</F {stream} 0 R>>>>"));
    let bytes = make.page("", "").catalog("/AF[4 0 R]").finish();
    let file = PdfFile::open(&bytes, &limits).unwrap();
    assert_eq!(file.receipt_xml().unwrap_err().code(), Code::PdfInflatesTooFar);

    // The same bomb in another one, and as text.
    let nested = crate::deflate::zlib(&bomb(64));
    let text: String = bomb(8).iter().map(|byte| format!("{byte:02x}")).collect();
    for (filters, data) in [
        ("/Filter[/FlateDecode/FlateDecode]", nested.as_slice()),
        ("/Filter[/ASCIIHexDecode/FlateDecode]", text.as_bytes()),
    ] {
        let mut make = Make::new();
        let stream = make.stream(filters, data);
        make.object(format!("<</F(einvoice.xml)/EF<</F {stream} 0 R>>>>"));
        let bytes = make.page("", "").catalog("/AF[4 0 R]").finish();
        let file = PdfFile::open(&bytes, &limits).unwrap();
        assert_eq!(file.receipt_xml().unwrap_err().code(), Code::PdfInflatesTooFar, "{filters}");
    }
    let mut make = Make::new();
    let stream = make.stream("/Filter[/AHx/AHx/AHx/AHx/AHx]", b"");
    make.object(format!("<</F(einvoice.xml)/EF<</F {stream} 0 R>>>>"));
    let bytes = make.page("", "").catalog("/AF[4 0 R]").finish();
    assert_eq!(open(&bytes).unwrap().receipt_xml().unwrap_err().code(), Code::PdfFilter);

    // Many small ones: their sum counts.
    let mut make = Make::new();
    let three = crate::deflate::zlib(&vec![0; 3 << 20]);
    let mut files = String::new();
    for _ in 0..8 {
        let stream = make.stream("/Filter/FlateDecode", &three);
        files.push_str(&format!("<</F(a)/EF<</F {stream} 0 R>>>>"));
    }
    let bytes = make.page("", "").catalog(&format!("/AF[{files}]")).finish();
    let file = PdfFile::open(&bytes, &limits).unwrap();
    assert_eq!(file.embedded().unwrap_err().code(), Code::PdfInflatesTooFar);
}

#[test]
fn each_limit_holds() {
    let whole = plain();
    let all = PdfLimits::default();
    let opened = |limits: PdfLimits| PdfFile::open(&whole, &limits).map(|file| file.limits().pages).unwrap_err().code();
    assert_eq!(opened(PdfLimits { file_bytes: whole.len() - 1, ..all }), Code::PdfFileTooLarge);
    assert_eq!(opened(PdfLimits { objects: 5, ..all }), Code::PdfTooManyObjects);
    assert_eq!(opened(PdfLimits { values: 50, ..all }), Code::PdfTooManyObjects);
    assert_eq!(opened(PdfLimits { sections: 0, ..all }), Code::PdfTooManyObjects);
    assert_eq!(opened(PdfLimits { depth: 2, ..all }), Code::PdfTooDeep);
    let limited = |limits: PdfLimits| {
        let file = PdfFile::open(&whole, &limits).unwrap();
        let codes = [file.page_count().map(|_| ()), file.embedded().map(|_| ()), file.text().map(|_| ())];
        codes.into_iter().filter_map(|result| result.err().map(|error| error.code())).next().unwrap()
    };
    assert_eq!(limited(PdfLimits { pages: 0, ..all }), Code::PdfTooManyPages);
    assert_eq!(limited(PdfLimits { files: 0, ..all }), Code::PdfTooManyFiles);
    assert_eq!(limited(PdfLimits { name_bytes: 3, ..all }), Code::PdfNameTooLong);
    assert_eq!(limited(PdfLimits { stream_bytes: 3, ..all }), Code::PdfInflatesTooFar);
    assert_eq!(limited(PdfLimits { operators: 3, ..all }), Code::PdfTooMuchContent);
    // "票据代码 32010125" has 13 characters.
    assert_eq!(limited(PdfLimits { characters: 12, ..all }), Code::PdfTooMuchContent);
    assert!(PdfFile::open(&whole, &PdfLimits { characters: 13, ..all }).unwrap().text().is_ok());
}

#[test]
fn characters_count_as_they_come_out_of_a_font() {
    // One byte stands for 32 characters.
    let mut make = Make::new();
    let text = "4E00".repeat(32);
    let map = format!("1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfchar <41> <{text}> endbfchar");
    let map = make.deflated("", map.as_bytes());
    let font = make.object(format!("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode {map} 0 R>>"));
    let form = format!("/Type/XObject/Subtype/Form/BBox[0 0 99 99]/Resources<</Font<</G {font} 0 R>>>>");
    let form = make.deflated(&form, b"BT /G 9 Tf (AAAA) Tj ET");
    let bytes = make.page("/X Do", &format!("/XObject<</X {form} 0 R>>")).finish();
    let text = |characters: usize| {
        let limits = PdfLimits { characters, ..PdfLimits::default() };
        PdfFile::open(&bytes, &limits).unwrap().text().map(|pages| pages[0].pieces[0].text.chars().count())
    };
    assert_eq!(text(128).unwrap(), 128);
    assert_eq!(text(127).unwrap_err().code(), Code::PdfTooMuchContent);
}

#[test]
fn each_form_that_is_drawn_costs_bytes() {
    let mut make = Make::new();
    let form = make.stream("/Type/XObject/Subtype/Form/BBox[0 0 9 9]", b"");
    let bytes = make.page(&"/X Do ".repeat(100), &format!("/XObject<</X {form} 0 R>>")).finish();
    let text = |total_bytes| {
        let limits = PdfLimits { total_bytes, ..PdfLimits::default() };
        PdfFile::open(&bytes, &limits).unwrap().text().map(|pages| pages.len())
    };
    assert_eq!(text(100 * 4_096).unwrap_err().code(), Code::PdfInflatesTooFar);
    assert_eq!(text(101 * 4_096 + bytes.len() * 2).unwrap(), 1);
}

#[test]
fn covers_and_names_cost_comparisons() {
    let text = crate::read::make::line(30, 300, "票");
    let bytes = Make::new().page(&format!("{text}{}", "0 0 9 9 re f ".repeat(50)), "").finish();
    let read = |comparisons| {
        let limits = PdfLimits { comparisons, ..PdfLimits::default() };
        PdfFile::open(&bytes, &limits).unwrap().text().map(|pages| pages.len())
    };
    // One font's name is looked up, and 50 areas lie over one piece.
    assert_eq!(read(51).unwrap(), 1);
    assert_eq!(read(50).unwrap_err().code(), Code::PdfTooMuchContent);
}

#[test]
fn a_file_specification_is_looked_at_once() {
    let mut make = Make::new();
    let stream = make.stream("/Type/EmbeddedFile", XML);
    let others: String = (0..50).map(|key| format!("/K{key} {stream} 0 R")).collect();
    let file = make.object(format!("<</F(a)/EF<</F {stream} 0 R/UF {stream} 0 R{others}>>>>"));
    let names = format!("()  {file} 0 R ").repeat(100);
    let bytes = make.page("", "").catalog(&format!("/Names<</EmbeddedFiles<</Names[{names}]>>>>")).finish();
    // The bytes are taken once, whatever leads to them.
    let limits = PdfLimits { files: 1, total_bytes: 2 * bytes.len() + XML.len(), ..PdfLimits::default() };
    let file = PdfFile::open(&bytes, &limits).unwrap();
    let files = file.embedded().unwrap();
    assert_eq!(files.len(), 1);
    assert!(files[0].reached.by_name);
}

#[test]
fn pixels_are_counted_over_all_images() {
    let mut make = Make::new();
    let gray = "/Subtype/Image/Width 100/Height 100/BitsPerComponent 8/ColorSpace/DeviceGray";
    let images = [0, 1].map(|_| make.deflated(gray, &[255; 10_000]));
    let content = "q 60 0 0 60 30 300 cm /X Do Q q 60 0 0 60 130 300 cm /Y Do Q";
    let resources = format!("/XObject<</X {} 0 R/Y {} 0 R>>", images[0], images[1]);
    let bytes = make.page(content, &resources).finish();
    let codes = |pixels| {
        let limits = PdfLimits { pixels, ..PdfLimits::default() };
        PdfFile::open(&bytes, &limits).unwrap().qr_codes().map(|codes| codes.len())
    };
    assert_eq!(codes(20_000).unwrap(), 0);
    assert_eq!(codes(19_999).unwrap_err().code(), Code::PdfTooMuchContent);
}

#[test]
fn comments_and_what_follows_the_first_end_are_not_accounted_for() {
    let whole = plain();
    let text = String::from_utf8_lossy(&whole).into_owned();
    let start = whole.len() - (text.len() - text.rfind("startxref").unwrap());
    let with = |at: usize, inserted: &str| {
        let bytes = [&whole[..at], inserted.as_bytes(), &whole[at..]].concat();
        open(&bytes).unwrap().updates().clone()
    };
    assert_eq!((with(start, "").unaccounted.len(), with(start, "").trailing_bytes), (0, 0));
    assert_eq!(with(start, "%4 0 obj <<>> endobj\n").unaccounted, [(start, start + 20)]);
    assert_eq!(with(whole.len(), "% more\n").trailing_bytes, 5);
    assert_eq!(with(whole.len(), "99 0 obj 1 endobj\n%%EOF\n").trailing_bytes, 18);
    // Within an object.
    let bytes = Make::new().page("", "").catalog("/Lang(zh)%hidden\n").finish();
    let found = open(&bytes).unwrap().updates().unaccounted.clone();
    let [(from, to)] = found[..] else { panic!("{found:?}") };
    assert_eq!(&bytes[from..to], b"%hidden");
}

#[test]
fn objects_written_one_within_the_other_cost_their_length_once() {
    // Each comment reaches to the end of the file: read one by one they would cost its square.
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let mut table = String::from("xref\n0 1\n0000000000 65535 f \n");
    let count = 20_000;
    table.push_str(&format!("1 {count}\n"));
    for number in 1..=count {
        table.push_str(&format!("{:010} 00000 n \n", bytes.len()));
        bytes.extend_from_slice(format!("{number} 0 obj%").as_bytes());
    }
    bytes.push(b'\n');
    let start = bytes.len();
    bytes.extend_from_slice(format!("{table}trailer\n<</Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").as_bytes());
    let limits = PdfLimits { total_bytes: 4 << 20, ..PdfLimits::default() };
    assert_eq!(PdfFile::open(&bytes, &limits).unwrap_err().code(), Code::PdfInflatesTooFar);
}

#[test]
fn text_that_looks_like_structure_is_text() {
    let odd = "a)b\\c endobj << >> stream endstream startxref 0 %%EOF";
    let escaped = odd.replace('\\', "\\\\").replace(')', "\\)");
    let bytes =
        Make::new().page(&crate::read::make::line(30, 300, odd), "").catalog(&format!("/Title({escaped})")).finish();
    let file = open(&bytes).unwrap();
    assert_eq!(file.text().unwrap()[0].pieces[0].text, odd);
    assert_eq!(file.catalog().unwrap().get("Title").unwrap().string(), Some(odd.as_bytes()));
    assert_eq!(*file.updates(), Updates { sections: 1, starts: 1, ..Updates::default() });
}
