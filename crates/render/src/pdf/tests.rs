#![allow(clippy::unwrap_used)]
//! What is written, read back by another library, and by its bytes.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, FixedOffset};
use lopdf::{Dictionary, Object, ObjectId};

use super::*;
use crate::artwork::{Artwork, Image, Paint, Picture, Segment, Shape};
use crate::font::FontSet;
use crate::length::{Area, Point, centipoints, mm};
use crate::page::{Colour, TextRun};
use crate::qr::QrModules;

const XML: &[u8] = "<EInvoice><Name>江苏省非税收入统一票据（电子）</Name></EInvoice>".as_bytes();
const CAPTIONS: [&str; 3] = ["票据代码：", "票据号码：", "交款人："];

fn fonts() -> &'static FontSet {
    static FONTS: OnceLock<FontSet> = OnceLock::new();
    FONTS.get_or_init(FontSet::bundled)
}

fn prepared() -> Arc<Prepared> {
    static PREPARED: OnceLock<Arc<Prepared>> = OnceLock::new();
    PREPARED.get_or_init(|| Arc::new(Prepared::new(fonts(), CAPTIONS.into_iter()).unwrap())).clone()
}

fn text(x: i32, baseline: i32, bold: bool, text: &str) -> Mark {
    let (size, glyphs) = (centipoints(900), fonts().set(text).unwrap());
    let width = glyphs.iter().map(|glyph| fonts().advance(glyph, size)).sum();
    Mark::Text(TextRun { x: mm(x), baseline: mm(baseline), size, colour: Colour::BLACK, bold, glyphs, width })
}

fn seal() -> Arc<Artwork> {
    let path = vec![Segment::Move(0, 0), Segment::Line(30_000, 0), Segment::Line(15_000, 20_000), Segment::Close];
    let paint = Paint::Stroke(Colour(0xD7, 0, 0x0F), 500);
    Arc::new(Artwork { width: mm(30), height: mm(20), picture: Picture::Drawing(vec![Shape { path, paint }]) })
}

fn image() -> Arc<Artwork> {
    let image = Image { columns: 2, rows: 2, rgb: vec![0xD7; 12], alpha: Some(vec![0, 255, 128, 255]) };
    Arc::new(Artwork { width: mm(10), height: mm(10), picture: Picture::Image(image) })
}

fn qr() -> Mark {
    let modules = QrModules { side: 21, dark: (0..441).map(|at| at % 3 == 0).collect() };
    Mark::Qr { area: Area { x: mm(12), y: mm(12), width: mm(20), height: mm(20) }, modules: Arc::new(modules) }
}

/// A page with every kind of mark; the payer's name has characters that are not prepared.
fn page(payer: &str, seal: &Arc<Artwork>) -> Page {
    let (from, to) = (Point { x: mm(12), y: mm(50) }, Point { x: mm(198), y: mm(50) });
    let marks = vec![
        text(60, 16, true, "票据代码："),
        qr(),
        text(12, 36, false, "交款人："),
        text(40, 36, false, payer),
        Mark::Rule { from, to, width: 150, colour: Colour(0x8C, 0x3A, 0x1E) },
        Mark::Artwork { area: Area { x: mm(90), y: mm(8), width: mm(30), height: mm(20) }, artwork: seal.clone() },
        Mark::Artwork { area: Area { x: mm(40), y: mm(98), width: mm(38), height: mm(38) }, artwork: image() },
    ];
    Page { width: mm(210), height: mm(140), marks }
}

fn made() -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339("2025-09-23T10:15:30+08:00").unwrap()
}

fn document<'a>(pages: &'a [Page], title: &'a str) -> Document<'a> {
    Document {
        pages,
        title,
        kind: Kind::Receipt,
        made: Some(made()),
        template: Some(Origin { template: "general", digest: [0xAB; 32], settings: [0xCD; 32] }),
        attachment: Some(Attachment { name: "einvoice.xml", description: "电子票据 ) endobj <<", bytes: XML }),
        sheets: Sheets::Single,
    }
}

fn merged(sheets: Sheets) -> Merged<'static> {
    Merged { title: "合并", kind: Kind::PrintCopy, made: Some(made()), template: None, sheets }
}

fn load(bytes: &[u8]) -> lopdf::Document {
    lopdf::Document::load_mem(bytes).unwrap()
}

fn resolve<'a>(pdf: &'a lopdf::Document, dict: &'a Dictionary, key: &str) -> &'a Object {
    pdf.dereference(dict.get(key.as_bytes()).unwrap()).unwrap().1
}

fn dict<'a>(pdf: &'a lopdf::Document, dict: &'a Dictionary, key: &str) -> &'a Dictionary {
    match resolve(pdf, dict, key) {
        Object::Stream(stream) => &stream.dict,
        other => other.as_dict().unwrap(),
    }
}

fn string(object: &Object) -> String {
    let bytes = object.as_str().unwrap();
    match bytes.strip_prefix(&[0xFE, 0xFF]) {
        Some(wide) => {
            let units = wide.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            char::decode_utf16(units).map(Result::unwrap).collect()
        }
        None => String::from_utf8(bytes.to_vec()).unwrap(),
    }
}

fn xmp(pdf: &lopdf::Document) -> String {
    let metadata = resolve(pdf, pdf.catalog().unwrap(), "Metadata").as_stream().unwrap();
    assert!(!metadata.dict.has(b"Filter"));
    String::from_utf8(metadata.content.clone()).unwrap()
}

/// Names and targets of the tree of embedded files, with its limits checked.
fn embedded(pdf: &lopdf::Document) -> Vec<(String, ObjectId)> {
    fn walk(pdf: &lopdf::Document, node: &Dictionary, root: bool, found: &mut Vec<(String, ObjectId)>) {
        let begin = found.len();
        if let Ok(kids) = node.get(b"Kids") {
            for kid in kids.as_array().unwrap() {
                walk(pdf, pdf.get_dictionary(kid.as_reference().unwrap()).unwrap(), false, found);
            }
        } else {
            for pair in node.get(b"Names").unwrap().as_array().unwrap().chunks_exact(2) {
                found.push((string(&pair[0]), pair[1].as_reference().unwrap()));
            }
        }
        assert_eq!(node.has(b"Limits"), !root);
        if !root {
            let limits = node.get(b"Limits").unwrap().as_array().unwrap();
            assert_eq!(
                [string(&limits[0]), string(&limits[1])],
                [&found[begin].0, &found[found.len() - 1].0].map(String::clone)
            );
        }
    }
    let mut found = Vec::new();
    let names = dict(pdf, pdf.catalog().unwrap(), "Names");
    walk(pdf, dict(pdf, names, "EmbeddedFiles"), true, &mut found);
    found
}

/// The code and the path of an error.
fn fault<T>(result: Result<T, Error>) -> (Code, Option<String>) {
    let error = result.err().unwrap();
    (error.code(), error.place().path.clone())
}

#[test]
fn a_receipt_is_a_file_with_its_document_inside() {
    let pages = [page("欧阳鑫", &seal()), page("欧阳鑫", &seal())];
    let bytes = document(&pages, "票据").write(&prepared()).unwrap();
    let pdf = load(&bytes);
    let catalog = pdf.catalog().unwrap();
    assert_eq!(string(catalog.get(b"Lang").unwrap()), "zh-CN");
    assert!(dict(&pdf, catalog, "ViewerPreferences").get(b"DisplayDocTitle").unwrap().as_bool().unwrap());

    let [file] = &embedded(&pdf)[..] else { panic!("one embedded file") };
    assert_eq!(file.0, "einvoice.xml");
    assert_eq!(catalog.get(b"AF").unwrap().as_array().unwrap(), &[Object::Reference(file.1)]);
    let specification = pdf.get_dictionary(file.1).unwrap();
    assert_eq!(string(specification.get(b"F").unwrap()), "einvoice.xml");
    assert_eq!(string(specification.get(b"UF").unwrap()), "einvoice.xml");
    assert_eq!(string(specification.get(b"Desc").unwrap()), "电子票据 ) endobj <<");
    assert_eq!(specification.get(b"AFRelationship").unwrap().as_name().unwrap(), b"Data");
    let stream = resolve(&pdf, dict(&pdf, specification, "EF"), "UF").as_stream().unwrap();
    assert_eq!(stream.decompressed_content().unwrap(), XML);
    assert_eq!(stream.dict.get(b"Subtype").unwrap().as_name().unwrap(), b"text/xml");
    let params = dict(&pdf, &stream.dict, "Params");
    assert_eq!(params.get(b"Size").unwrap().as_i64().unwrap(), XML.len() as i64);
    assert_eq!(string(params.get(b"ModDate").unwrap()), "D:20250923101530+08'00");

    let intent = catalog.get(b"OutputIntents").unwrap().as_array().unwrap()[0].as_dict().unwrap();
    assert_eq!(intent.get(b"S").unwrap().as_name().unwrap(), b"GTS_PDFA1");
    let profile = resolve(&pdf, intent, "DestOutputProfile").as_stream().unwrap();
    assert_eq!(profile.decompressed_content().unwrap(), icc::srgb());
    assert_eq!(profile.dict.get(b"N").unwrap().as_i64().unwrap(), 3);

    assert_eq!(pdf.get_pages().len(), 2);
    let read: String = pdf.extract_text(&[1]).unwrap();
    assert!(read.contains("交款人：") && read.contains("欧阳鑫"), "{read}");
}

#[test]
fn both_sets_of_metadata_say_the_same() {
    let pages = [page("甲", &seal())];
    let title = "a)\\ endobj << & <b> 票据\u{1}\u{1B}";
    let pdf = load(&document(&pages, title).write(&prepared()).unwrap());
    let info = pdf.get_dictionary(pdf.trailer.get(b"Info").unwrap().as_reference().unwrap()).unwrap();
    assert_eq!(string(info.get(b"Title").unwrap()), "a)\\ endobj << & <b> 票据  ");
    assert_eq!(string(info.get(b"Producer").unwrap()), "czei");
    assert_eq!(string(info.get(b"CreationDate").unwrap()), "D:20250923101530+08'00");
    let xmp = xmp(&pdf);
    for part in [
        "<rdf:li xml:lang=\"x-default\">a)\\ endobj &lt;&lt; &amp; &lt;b&gt; 票据  </rdf:li>",
        "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>",
        "<pdf:Producer>czei</pdf:Producer>",
        "<xmp:CreateDate>2025-09-23T10:15:30+08:00</xmp:CreateDate>",
        "<xmp:ModifyDate>2025-09-23T10:15:30+08:00</xmp:ModifyDate>",
        "<rdf:li>zh-CN</rdf:li>",
        "<czei:kind>receipt</czei:kind>",
        "<czei:template>general</czei:template>",
        &format!("<czei:templateDigest>{}</czei:templateDigest>", "ab".repeat(32)),
        &format!("<czei:settingsDigest>{}</czei:settingsDigest>", "cd".repeat(32)),
    ] {
        assert!(xmp.contains(part), "{part} is not in {xmp}");
    }
}

#[test]
fn text_of_a_title_cannot_end_an_object() {
    let pages = [page("甲", &seal())];
    for title in [")", "\\", "(((", "endobj", "<< /Root 1 0 R >>", ">>\nendobj\ntrailer", "票)"] {
        let bytes = document(&pages, title).write(&prepared()).unwrap();
        let pdf = load(&bytes);
        let info = pdf.get_dictionary(pdf.trailer.get(b"Info").unwrap().as_reference().unwrap()).unwrap();
        assert_eq!(string(info.get(b"Title").unwrap()), title.replace('\n', " "));
    }
}

#[test]
fn the_cross_reference_table_points_at_objects() {
    let pages = [page("欧阳鑫", &seal())];
    let bytes = document(&pages, "票据").write(&prepared()).unwrap();
    assert!(bytes.starts_with(b"%PDF-1.7\n%"));
    assert!(bytes[10..14].iter().all(|byte| *byte >= 0x80));
    // The last one, `startxref`, has a letter before it.
    let start = bytes.windows(6).rposition(|window| window == b"\nxref\n").unwrap() + 1;
    let table = std::str::from_utf8(&bytes[start..]).unwrap();
    assert!(table.contains(&format!("startxref\n{start}\n%%EOF\n")));
    let mut lines = table.split_inclusive('\n').skip(1);
    let size: usize = lines.next().unwrap().trim().strip_prefix("0 ").unwrap().parse().unwrap();
    assert_eq!(lines.next().unwrap(), "0000000000 65535 f \n");
    for id in 1..size {
        let line = lines.next().unwrap();
        assert_eq!((line.len(), &line[10..]), (20, " 00000 n \n"));
        let offset: usize = line[..10].parse().unwrap();
        assert!(bytes[offset..].starts_with(format!("{id} 0 obj\n").as_bytes()), "object {id}");
    }
    assert!(lines.next().unwrap().starts_with("trailer"));
}

#[test]
fn the_same_receipt_gives_the_same_bytes() {
    let write = || {
        let pages = [page("欧阳鑫", &seal())];
        let fresh = Prepared::new(fonts(), CAPTIONS.into_iter()).unwrap();
        document(&pages, "票据").write(&fresh).unwrap()
    };
    let first = write();
    let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(write)).collect();
    for thread in threads {
        assert_eq!(thread.join().unwrap(), first);
    }
    let pages = [page("欧阳鑫", &seal())];
    assert_eq!(document(&pages, "票据").write(&prepared()).unwrap(), first);
}

#[test]
fn whatever_differs_has_another_identifier() {
    let id = |pages: &[Page], title: &str| {
        let pdf = load(&document(pages, title).write(&prepared()).unwrap());
        let ids = pdf.trailer.get(b"ID").unwrap().as_array().unwrap().clone();
        assert_eq!(ids[0], ids[1]);
        ids[0].as_str().unwrap().to_vec()
    };
    let (one, other) = ([page("甲", &seal())], [page("乙", &seal())]);
    let ids = BTreeSet::from([id(&one, "a"), id(&one, "b"), id(&other, "a")]);
    assert_eq!(ids.len(), 3);
    assert!(ids.iter().all(|id| id.len() == 16));
}

#[test]
fn artwork_on_many_pages_is_written_once_and_multiplied() {
    let pages = [page("甲", &seal()), page("甲", &seal()), page("甲", &seal())];
    let pdf = load(&document(&pages, "票据").write(&prepared()).unwrap());
    let of = |kind: &[u8]| {
        let streams = pdf.objects.values().filter_map(|object| object.as_stream().ok());
        streams
            .filter(|stream| stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|name| name == kind))
            .count()
    };
    assert_eq!(of(b"Form"), 1);
    assert_eq!(of(b"Image"), 2); // the image and its mask
    for id in pdf.get_pages().into_values() {
        let page = pdf.get_dictionary(id).unwrap();
        assert_eq!(dict(&pdf, page, "Group").get(b"S").unwrap().as_name().unwrap(), b"Transparency");
        let states = dict(&pdf, dict(&pdf, page, "Resources"), "ExtGState");
        assert_eq!(dict(&pdf, states, "M").get(b"BM").unwrap().as_name().unwrap(), b"Multiply");
        let content = String::from_utf8_lossy(&pdf.get_page_content(id)).into_owned();
        assert_eq!(content.matches("/M gs /X").count(), 2);
    }
}

#[test]
fn a_preview_must_not_pass_for_a_receipt() {
    let with_qr = [Page { marks: vec![], ..page("甲", &seal()) }, page("甲", &seal())];
    let mut preview = document(&with_qr, "预览");
    preview.kind = Kind::Preview;
    assert_eq!(fault(preview.write(&prepared())), (Code::PdfPreview, None));
    preview.attachment = None;
    assert_eq!(fault(preview.write(&prepared())), (Code::PdfPreview, Some("page[2]".to_owned())));
    preview.pages = &with_qr[..1];
    let pdf = load(&preview.write(&prepared()).unwrap());
    assert!(xmp(&pdf).contains("<czei:kind>preview</czei:kind>"));
    assert!(!pdf.catalog().unwrap().has(b"Names") && !pdf.catalog().unwrap().has(b"AF"));
}

#[test]
fn what_cannot_be_written_is_refused() {
    let good = [page("甲", &seal())];
    let mut one = document(&good, "票据");
    for name in ["", ".xml", "../einvoice.xml", "a/b", "a\\b", "票据.xml", "a b", &"a".repeat(101)] {
        one.attachment = Some(Attachment { name, description: "", bytes: XML });
        assert_eq!(fault(one.write(&prepared())), (Code::PdfAttachmentName, None), "{name}");
    }
    assert_eq!(fault(document(&[], "票据").write(&prepared())), (Code::PdfNoPage, None));
    for (width, height) in [(1000, mm(140)), (mm(210), mm(5081)), (-1, -1), (0, mm(140))] {
        let pages = [good[0].clone(), Page { width, height, marks: vec![] }];
        assert_eq!(fault(document(&pages, "票据").write(&prepared())), (Code::PdfPageSize, Some("page[2]".to_owned())));
    }
    let tall = [Page { width: mm(210), height: mm(149), marks: vec![] }];
    let mut sheet = document(&tall, "票据");
    sheet.sheets = Sheets::TwoOnA4;
    assert_eq!(fault(sheet.write(&prepared())), (Code::PdfPageSize, Some("page[1]".to_owned())));
}

#[test]
fn two_hundred_receipts_share_fonts_and_seals() {
    let (seal, count) = (seal(), 200);
    let mut writer = MergedWriter::new(Vec::new(), prepared(), &merged(Sheets::Single)).unwrap();
    // Not in the order of their names.
    for n in (0..count).map(|n| (n * 37) % count) {
        let name = format!("32010125-{n:010}");
        let file = format!("{name}.xml");
        let attachment = Attachment { name: &file, description: "电子票据", bytes: XML };
        let pages = [page("甲", &seal), page("欧阳鑫", &seal)];
        writer.add(&name, &pages[..1 + n % 2], Some(&attachment)).unwrap();
        assert_eq!(fault(writer.add(&name, &pages, Some(&attachment))), (Code::PdfAttachmentTwice, None));
    }
    let bytes = writer.finish().unwrap();
    let pdf = load(&bytes);
    assert_eq!(pdf.get_pages().len(), 300);
    let files = embedded(&pdf);
    assert!(files.is_sorted() && files.len() == count);
    let forms = pdf.objects.values().filter(|object| {
        object.as_stream().is_ok_and(|stream| stream.dict.get(b"Subtype").is_ok_and(|name| *name == "Form".into()))
    });
    assert_eq!(forms.count(), 1);

    // Bookmarks lead from one receipt to the next, each to the page with its file.
    let outline = dict(&pdf, pdf.catalog().unwrap(), "Outlines");
    assert_eq!(outline.get(b"Count").unwrap().as_i64().unwrap(), count as i64);
    let mut item = dict(&pdf, outline, "First");
    for n in (0..count).map(|n| (n * 37) % count) {
        assert_eq!(string(item.get(b"Title").unwrap()), format!("32010125-{n:010}"));
        let page = item.get(b"Dest").unwrap().as_array().unwrap()[0].as_reference().unwrap();
        let associated = pdf.get_dictionary(page).unwrap().get(b"AF").unwrap().as_array().unwrap();
        assert_eq!(associated, &[Object::Reference(files[n].1)]);
        if item.has(b"Next") {
            item = dict(&pdf, item, "Next");
        }
    }
    assert!(!item.has(b"Next"));

    // No node of the page tree has more than 32 kids, and each counts its pages.
    let root = dict(&pdf, pdf.catalog().unwrap(), "Pages");
    assert!(!root.has(b"Parent"));
    let mut leaves = 0;
    for kid in root.get(b"Kids").unwrap().as_array().unwrap() {
        let leaf = pdf.get_dictionary(kid.as_reference().unwrap()).unwrap();
        let kids = leaf.get(b"Kids").unwrap().as_array().unwrap().len();
        assert!(kids <= 32 && kids as i64 == leaf.get(b"Count").unwrap().as_i64().unwrap());
        leaves += kids;
    }
    assert_eq!((leaves, root.get(b"Count").unwrap().as_i64().unwrap()), (300, 300));
}

#[test]
fn two_pages_lie_on_a_sheet_of_a4_in_their_order() {
    let seal = seal();
    let mut writer = MergedWriter::new(Vec::new(), prepared(), &merged(Sheets::TwoOnA4)).unwrap();
    for (name, payer) in [("1", "甲"), ("2", "乙"), ("3", "丙")] {
        let file = format!("{name}.xml");
        let attachment = Attachment { name: &file, description: "", bytes: XML };
        writer.add(name, &[page(payer, &seal)], Some(&attachment)).unwrap();
    }
    let pdf = load(&writer.finish().unwrap());
    let sheets: Vec<_> = pdf.get_pages().into_values().collect();
    assert_eq!(sheets.len(), 2);
    let files = |sheet: ObjectId| pdf.get_dictionary(sheet).unwrap().get(b"AF").unwrap().as_array().unwrap().len();
    assert_eq!((files(sheets[0]), files(sheets[1])), (2, 1));
    let boxes = pdf.get_dictionary(sheets[0]).unwrap().get(b"MediaBox").unwrap().as_array().unwrap();
    let sides: Vec<_> = boxes.iter().map(|side| (side.as_float().unwrap() * 1000.0).round() as i64).collect();
    assert_eq!(sides, [0, 0, 595_276, 841_890]);
    let content = String::from_utf8_lossy(&pdf.get_page_content(sheets[0])).into_owned();
    // The rules at 50 mm of each page, which begins 4.25 mm below the upper edge of its half.
    for from_top in [4_250, 148_500 + 4_250] {
        let mut number = Vec::new();
        number::push_milli(&mut number, 841_890 - number::milli(from_top) - number::milli(mm(50)));
        let rule = format!("34.016 {} m ", String::from_utf8(number).unwrap());
        assert!(content.contains(&rule), "{rule} is not in {content}");
    }
    assert!(content.contains("[6 6] 0 d 0 420.945 m 595.276 420.945 l S"));
    let read = pdf.extract_text(&[1]).unwrap();
    assert!(read.find("甲") < read.find("乙") && read.contains('甲'), "{read}");
}

#[test]
fn a_receipt_that_fails_leaves_the_file_sound() {
    let broken = Image { columns: 2, rows: 2, rgb: vec![0; 3], alpha: None };
    let broken = Arc::new(Artwork { width: mm(1), height: mm(1), picture: Picture::Image(broken) });
    let mut writer = MergedWriter::new(Vec::new(), prepared(), &merged(Sheets::TwoOnA4)).unwrap();
    let attachment = Attachment { name: "a.xml", description: "", bytes: XML };
    let pages = [page("甲", &seal()), page("乙", &broken)];
    assert_eq!(fault(writer.add("1", &pages, Some(&attachment))), (Code::PdfImage, None));
    writer.add("2", &pages[..1], Some(&attachment)).unwrap();
    let pdf = load(&writer.finish().unwrap());
    assert_eq!(pdf.get_pages().len(), 1);
    assert_eq!(embedded(&pdf).len(), 1);

    let empty = MergedWriter::new(Vec::new(), prepared(), &merged(Sheets::Single)).unwrap();
    assert_eq!(fault(empty.finish()), (Code::PdfNoPage, None));
}

#[test]
fn an_output_that_refuses_is_reported() {
    /// Takes so many bytes and no more.
    struct Full(usize);
    impl std::io::Write for Full {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            if bytes.len() > self.0 {
                return Err(std::io::Error::other("the disk is full"));
            }
            self.0 -= bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let error = MergedWriter::new(Full(10), prepared(), &merged(Sheets::Single)).err().unwrap();
    assert_eq!((error.code(), error.found_text()), (Code::PdfOutput, Some("the disk is full")));
    let mut writer = MergedWriter::new(Full(prepared().size() + 100), prepared(), &merged(Sheets::Single)).unwrap();
    assert_eq!(fault(writer.add("1", &[page("甲", &seal())], None)), (Code::PdfOutput, None));
}
