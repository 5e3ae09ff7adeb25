//! Objects, files inside, and traces of change.

use super::*;
use crate::Code;
use crate::read::make::update;

#[test]
fn a_plain_file_is_read_and_has_nothing_besides() {
    let bytes = plain();
    let file = open(&bytes).unwrap();
    assert_eq!(file.page_count().unwrap(), 1);
    assert_eq!(file.extras().unwrap(), []);
    assert_eq!(*file.updates(), Updates { sections: 1, starts: 1, ..Updates::default() });
    let xml = file.receipt_xml().unwrap();
    assert_eq!(
        (xml.name.as_str(), xml.subtype.as_deref(), xml.relationship.as_deref()),
        ("einvoice.xml", Some("text/xml"), Some("Data"))
    );
    assert_eq!(xml.reached, Reached { by_name: true, ..Reached::default() });
    assert_eq!(xml.bytes, XML);
}

#[test]
fn an_update_is_noticed_and_what_it_left_behind() {
    let bytes = update(&plain(), &[(1, "<</Type/Catalog/Pages 2 0 R>>")]);
    let file = open(&bytes).unwrap();
    assert!(file.updates().is_updated());
    assert_eq!((file.updates().sections, file.updates().starts), (2, 2));
    assert_eq!(file.updates().unaccounted.len(), 1);
    assert_eq!(file.receipt_xml().unwrap_err().code(), Code::PdfNoReceipt);
    let kinds: Vec<ExtraKind> = file.extras().unwrap().into_iter().map(|extra| extra.kind).collect();
    assert_eq!(kinds, [ExtraKind::Unreferenced; 2]);
}

#[test]
fn a_second_table_without_a_pointer_back_is_an_update_too() {
    let first = plain();
    let second = update(&first, &[]);
    // The same objects again, from a table of its own: the first is left over.
    let text = String::from_utf8_lossy(&first).into_owned();
    let table = &text[text.rfind("xref\n0").unwrap()..text.rfind("startxref").unwrap()];
    let mut bytes = first.clone();
    let start = bytes.len();
    bytes.extend_from_slice(format!("{table}startxref\n{start}\n%%EOF\n").as_bytes());
    let file = open(&bytes).unwrap();
    assert!(file.updates().is_updated());
    assert_eq!((file.updates().sections, file.updates().unaccounted.len()), (1, 1));
    assert!(open(&second).unwrap().updates().is_updated());
}

#[test]
fn bytes_behind_the_end_are_counted() {
    let bytes = [&plain()[..], b"\n\n<html>"].concat();
    let file = open(&bytes).unwrap();
    assert_eq!(file.updates().trailing_bytes, 6);
    assert!(!file.updates().is_updated());
}

#[test]
fn a_hybrid_file_is_an_update() {
    let mut make = Make::new();
    make.page("", "");
    // Object 9 stands in the stream of the table, which older readers do not read.
    let row = [1_u8, 0, 9, 0];
    make.stream("/Type/XRef/Size 10/W[1 2 1]/Index[9 1]", &row);
    let bytes = make.finish();
    let at = bytes.windows(6).rposition(|window| window == b" 0 obj").unwrap() - 1;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let trailer = format!("/Root 1 0 R/XRefStm {at}>>");
    let at = text.rfind("/Root 1 0 R>>").unwrap();
    // The bytes before hold no invalid UTF-8 but the mark, which the text replaces: cut by the end instead.
    let end = text.len() - at;
    let mut hybrid = bytes[..bytes.len() - end].to_vec();
    hybrid.extend_from_slice(trailer.as_bytes());
    hybrid.extend_from_slice(&bytes[bytes.len() - end + "/Root 1 0 R>>".len()..]);
    let file = open(&hybrid).unwrap();
    assert!(file.updates().hybrid && file.updates().is_updated());
}

#[test]
fn objects_in_streams_are_found_and_checked() {
    let inner = "4 0 5 25 <</Marker(in a stream)>> [4 0 R]";
    let first = inner.find("<<").unwrap();
    let mut body = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    let objects = [
        "<</Type/Catalog/Pages 2 0 R/Marker 5 0 R>>".to_owned(),
        "<</Type/Pages/Kids[]/Count 0>>".to_owned(),
        format!("<</Type/ObjStm/N 2/First {first}/Length {}>>stream\n{inner}\nendstream", inner.len()),
    ];
    for (index, object) in objects.iter().enumerate() {
        offsets.push(body.len());
        body.extend_from_slice(format!("{} 0 obj\n{object}\nendobj\n", index + 1).as_bytes());
    }
    let start = body.len();
    let mut rows = vec![0, 0, 0, 0];
    for offset in offsets.iter().chain([&start]) {
        let [high, low] = u16::try_from(*offset).unwrap().to_be_bytes();
        rows.extend([1, high, low, 0]);
    }
    // Objects 4 and 5 are in object 3; the table itself is object 6.
    let table = rows.split_off(16);
    rows.extend([2, 0, 3, 0, 2, 0, 3, 1]);
    rows.extend(table);
    body.extend_from_slice(
        format!("6 0 obj\n<</Type/XRef/Size 7/W[1 2 1]/Root 1 0 R/Length {}>>stream\n", rows.len()).as_bytes(),
    );
    body.extend_from_slice(&rows);
    body.extend_from_slice(format!("\nendstream\nendobj\nstartxref\n{start}\n%%EOF\n").as_bytes());

    let file = open(&body).unwrap();
    assert_eq!(file.page_count().unwrap(), 0);
    assert_eq!(file.extras().unwrap(), []);
    assert_eq!(*file.updates(), Updates { sections: 1, starts: 1, ..Updates::default() });
    let marker = file.catalog().unwrap().get("Marker").unwrap();
    let list = file.resolve(marker).unwrap().array().unwrap();
    let inner = file.resolve(&list[0]).unwrap().dictionary().unwrap();
    assert_eq!(inner.get("Marker").unwrap().string(), Some(&b"in a stream"[..]));

    // The stream names another object than the table.
    let wrong = replaced(&body, "4 0 5 25", "7 0 5 25");
    let file = open(&wrong).unwrap();
    let error = file.resolve(file.catalog().unwrap().get("Marker").unwrap()).unwrap_err();
    assert_eq!(error.code(), Code::PdfMalformed);
}

#[test]
fn files_are_found_by_every_way() {
    let mut make = Make::new();
    let stream = make.stream("/Type/EmbeddedFile", XML);
    let other = make.stream("/Type/EmbeddedFile", b"note");
    let associated = make.object(format!("<</F(a.xml)/EF<</F {stream} 0 R>>>>"));
    let attached = make.object(format!("<</F(\\376\\377\\000b)/EF<</F {other} 0 R/UF {stream} 0 R>>>>"));
    let note = make.object(format!("<</Type/Annot/Subtype/FileAttachment/Rect[0 0 1 1]/FS {attached} 0 R>>"));
    make.page("", "");
    make.catalog(&format!("/AF[{associated} 0 R]/X {note} 0 R"));
    let bytes = make.finish();
    let file = open(&bytes).unwrap();
    let files = file.embedded().unwrap();
    let found: Vec<(&str, bool, bool)> = files
        .iter()
        .map(|file| (file.name.as_str(), file.reached.by_association, file.reached.by_annotation))
        .collect();
    assert_eq!(found, [("a.xml", true, false), ("b", false, true), ("b", false, true)]);
    // One stream under two names is two files: which name is right cannot be told.
    let error = file.receipt_xml().unwrap_err();
    assert_eq!((error.code(), error.found_text()), (Code::PdfSeveralReceipts, Some("2: a.xml, b")));
    assert_eq!(file.receipts().unwrap().len(), 2);
}

#[test]
fn names_that_are_paths_are_told() {
    let names = ["../../einvoice.xml", "a\\b", "c:evil", "", "..", "x\u{0}y", "einvoice.xml"];
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, XML)).collect();
    let bytes = Make::new().page("", "").embed(&files).finish();
    let files = open(&bytes).unwrap().embedded().unwrap();
    let plain: Vec<bool> = files.iter().map(EmbeddedFile::has_plain_name).collect();
    assert_eq!(plain, [false, false, false, false, false, false, true]);
    assert_eq!(files[0].name, "../../einvoice.xml");
}

#[test]
fn two_receipts_are_none() {
    let bytes = Make::new().page("", "").embed(&[("einvoice.xml", XML), ("other.xml", b"<EINVOICE/>")]).finish();
    let error = open(&bytes).unwrap().receipt_xml().unwrap_err();
    assert_eq!((error.code(), error.found_text()), (Code::PdfSeveralReceipts, Some("2: einvoice.xml, other.xml")));
    let bytes = Make::new().page("", "").embed(&[("einvoice.xml", XML), ("note.xml", b"<Note/>")]).finish();
    assert_eq!(open(&bytes).unwrap().receipt_xml().unwrap().name, "einvoice.xml");
}

#[test]
fn whatever_acts_is_listed() {
    for (catalog, object, kind) in [
        ("/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>", "null", ExtraKind::Script),
        ("/OpenAction 3 0 R", "<</S/Launch/F(calc.exe)>>", ExtraKind::Action),
        ("/AA<</WC 3 0 R>>", "null", ExtraKind::Action),
        ("/AcroForm<</Fields[3 0 R]>>", "<</FT/Sig>>", ExtraKind::Form),
        ("/X 3 0 R", "<</Type/Annot/Subtype/Stamp/Rect[0 0 9 9]>>", ExtraKind::Annotation),
        ("/X 3 0 R", "<</Subtype/RichMedia>>", ExtraKind::Media),
        ("/OCProperties<</OCGs[3 0 R]>>", "<</Type/OCG/Name(a)>>", ExtraKind::Layer),
        ("", "<<>>", ExtraKind::Unreferenced),
        ("", "<</A", ExtraKind::Unreadable),
    ] {
        let mut make = Make::new();
        make.object(object);
        make.page("", "").catalog(catalog);
        let bytes = make.finish();
        let extras = open(&bytes).unwrap().extras().unwrap();
        assert!(extras.iter().any(|extra| extra.kind == kind), "{catalog} {object}: {extras:?}");
    }
    let mut make = Make::new();
    make.stream("/F(/etc/passwd)", b"");
    let bytes = make.page("", "").catalog("/X 3 0 R").finish();
    assert_eq!(open(&bytes).unwrap().extras().unwrap()[0].kind, ExtraKind::External);
}

#[test]
fn hints_are_read_from_the_metadata() {
    let bytes = Make::new().page("", "").template("general").finish();
    let hints = open(&bytes).unwrap().hints();
    assert_eq!((hints.kind.as_deref(), hints.template.as_deref()), (Some("receipt"), Some("general")));
    assert_eq!(open(&plain()).unwrap().hints(), Hints::default());
}
