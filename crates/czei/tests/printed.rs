//! Printed receipts from end to end: issued, printed, verified from the PDF, and every way of lying with one.
#![allow(clippy::unwrap_used)]

mod common;

use std::thread;

use common::{Province, TestFolder};
use czei::render::Sheets;
use czei::render::read::{PdfFile, PdfLimits};
use czei::{Check, Printable, Receipt, Renderer, Report, Status, Verdict, Verifier, document_in_pdf, is_pdf};

/// A draft whose characters the bundled font has.
fn draft(request_id: &str) -> String {
    common::draft(request_id).replace('𠮷', "吉")
}

fn status(report: &Report) -> (Verdict, Status) {
    (report.verdict, report.checks.get(Check::Picture))
}

fn codes(report: &Report) -> Vec<&'static str> {
    report.findings.iter().map(|finding| finding.entry.name).collect()
}

/// Replaces bytes in a PDF by as many others, so that all places stay.
fn replaced(pdf: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let at = pdf.windows(from.len()).position(|window| window == from).unwrap();
    let mut changed = pdf.to_vec();
    changed[at..at + to.len()].copy_from_slice(to);
    changed
}

#[test]
fn a_printed_receipt_is_valid_picture_and_all() {
    let province = Province::new();
    let receipt = province.receipt(&draft("r-1"));
    let pdf = Renderer::bundled().render(&receipt).unwrap();
    assert!(is_pdf(&pdf) && pdf.len() < 60_000, "{} bytes", pdf.len());
    assert_eq!(document_in_pdf(&pdf).unwrap(), receipt.as_bytes());
    let report = province.verifier.verify(&pdf);
    assert_eq!(status(&report), (Verdict::Valid, Status::Passed), "{:?}", codes(&report));
    let of_document = province.verifier.verify(receipt.as_bytes());
    assert_eq!(report.document_sm3, of_document.file_sm3);
    assert_ne!(report.file_sm3, of_document.file_sm3);
    assert_eq!(status(&of_document), (Verdict::Valid, Status::NotMade));
}

#[test]
fn the_same_bytes_from_every_thread() {
    let province = Province::new();
    let receipt = province.receipt(&draft("r-1"));
    let once = Renderer::bundled().render(&receipt).unwrap();
    let shared = Renderer::bundled();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..5 {
                    assert!(shared.render(&receipt).unwrap() == once);
                }
            });
        }
    });
}

#[test]
fn a_file_that_is_no_longer_what_was_printed_is_never_passed() {
    let province = Province::new();
    let (one, other) = (province.receipt(&draft("r-1")), province.receipt(&draft("r-2")));
    let renderer = Renderer::bundled();
    let (pdf, other_pdf) = (renderer.render(&one).unwrap(), renderer.render(&other).unwrap());
    let appended = [&pdf[..], b"\n% more\n"].concat();
    let updated =
        [&pdf[..], b"\n9999 0 obj\n<<>>\nendobj\nxref\n0 0\ntrailer\n<</Prev 9>>\nstartxref\n0\n%%EOF\n"].concat();
    for (what, file) in [("appended", appended), ("updated", updated)] {
        let report = province.verifier.verify(&file);
        assert_eq!(report.verdict, Verdict::Invalid, "{what}: {:?}", codes(&report));
    }
    // The page of one receipt over the document of another: what is embedded decides, and the page is found out.
    let swapped = with_document_of(&pdf, &other_pdf);
    let report = province.verifier.verify(&swapped);
    assert_eq!(status(&report), (Verdict::Invalid, Status::Failed), "{:?}", codes(&report));
    assert_eq!(report.content.unwrap().number, other.content().number);
    // A changed title leaves the page as it was: nothing differs, and nothing is proven.
    let retitled = replaced(&pdf, b"<pdf:Producer>czei<", b"<pdf:Producer>cz3i<");
    let report = province.verifier.verify(&retitled);
    assert_eq!(status(&report), (Verdict::Indeterminate, Status::Indeterminate), "{:?}", codes(&report));
}

/// A PDF with the embedded stream of another in the place of its own.
fn with_document_of(pdf: &[u8], other: &[u8]) -> Vec<u8> {
    let mut document = lopdf::Document::load_mem(pdf).unwrap();
    let other = lopdf::Document::load_mem(other).unwrap();
    let embedded = |document: &lopdf::Document| {
        let is_embedded =
            |object: &lopdf::Object| object.as_stream().is_ok_and(|stream| stream.dict.has_type(b"EmbeddedFile"));
        document.objects.iter().find(|(_, object)| is_embedded(object)).map(|(id, _)| *id).unwrap()
    };
    let stream = other.objects[&embedded(&other)].clone();
    let id = embedded(&document);
    document.objects.insert(id, stream);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

#[test]
fn a_preview_carries_nothing_and_is_no_receipt() {
    let province = Province::new();
    let draft = province.issuer.draft_from_json(draft("r-1").as_bytes()).unwrap();
    let renderer = Renderer::bundled();
    let pdf = renderer.preview_draft(&draft, common::time(common::NOW).fixed_offset()).unwrap();
    let file = PdfFile::open(&pdf, &PdfLimits::default()).unwrap();
    assert_eq!(file.embedded().unwrap().len(), 0);
    assert_eq!(file.qr_codes().unwrap().len(), 0);
    for page in file.text().unwrap() {
        let text: String = page.pieces.iter().map(|piece| piece.text.as_str()).collect();
        assert!(text.contains("不是票据") && text.contains("未赋码"), "{text}");
    }
    let report = province.verifier.verify(&pdf);
    assert_eq!(report.verdict, Verdict::Invalid);
    assert_eq!(codes(&report), ["pdf-no-receipt"]);
}

#[test]
fn only_what_nothing_stands_against_is_printed() {
    let province = Province::new();
    let good = province.receipt(&draft("r-1")).to_bytes();
    let tampered = String::from_utf8(good.clone()).unwrap().replacen("850.00", "850.01", 1).into_bytes();
    let unit_only = province.unit_signed(&draft("r-2")).to_bytes();
    let stranger = Verifier::with_clock(czei::Policy::default(), province.clock.clone());
    let renderer = Renderer::bundled();
    let names = |verifier: &Verifier, printable| -> Vec<Result<String, &'static str>> {
        let items =
            [("good", &good), ("tampered", &tampered), ("unit", &unit_only)].map(|(key, bytes)| (key, bytes.clone()));
        let stream = renderer.render_stream(verifier, printable, items, 2);
        stream.map(|(key, printed)| printed.map(|_| key.to_owned()).map_err(|error| error.entry().name)).collect()
    };
    let refused = Err("print-refused");
    assert_eq!(names(&province.verifier, Printable::Valid), [Ok("good".to_owned()), refused.clone(), refused.clone()]);
    assert_eq!(names(&stranger, Printable::Valid), [refused.clone(), refused.clone(), refused.clone()]);
    let unrefuted = names(&stranger, Printable::NotRefuted);
    assert_eq!(unrefuted, [Ok("good".to_owned()), refused, Err("wrong-signature-count")]);
}

#[test]
fn a_print_copy_holds_every_document_and_proves_none() {
    let province = Province::new();
    let receipts: Vec<Receipt> = (1..=5).map(|index| province.receipt(&draft(&format!("r-{index}")))).collect();
    let renderer = Renderer::bundled();
    for sheets in [Sheets::Single, Sheets::TwoOnA4] {
        let mut copy = renderer.print_copy(Vec::new(), sheets).unwrap();
        for receipt in &receipts {
            copy.add(receipt).unwrap();
        }
        let twice = copy.add(&receipts[0]).unwrap_err();
        assert_eq!(twice.code(), czei::render::Code::PdfAttachmentTwice);
        let pdf = copy.finish().unwrap();
        let file = PdfFile::open(&pdf, &PdfLimits::default()).unwrap();
        let inside: Vec<_> = file.receipts().unwrap().into_iter().map(|document| document.bytes).collect();
        let expected: Vec<_> = receipts.iter().map(Receipt::to_bytes).collect();
        assert_eq!(inside, expected);
        assert_eq!(file.page_count().unwrap(), if sheets == Sheets::Single { 5 } else { 3 });
        assert_eq!(province.verifier.verify(&pdf).verdict, Verdict::Invalid);
    }
}

#[test]
fn settings_of_a_file_are_taken_and_mistakes_have_their_place() {
    let folder = TestFolder::new();
    let write = |name: &str, text: &str| std::fs::write(folder.path(name), text).unwrap();
    write("form.toml", "v = 1\nextends = \"general\"\n[colours]\ncaption = \"#1E3A8C\"\n");
    write(
        "print.toml",
        "v = 1\n[layout]\ntemplates = [\"form.toml\"]\nidentity_numbers = \"shown\"\n\
         [qr]\nreceipt = \"https://pj.example.gov.cn/d?c={code}&n={number}&v={check}\"\n",
    );
    let settings = folder.path("print.toml");
    let renderer = Renderer::from_settings_file(&settings).unwrap();
    let province = Province::new();
    let receipt = province.receipt(&draft("r-1"));
    let pdf = renderer.render(&receipt).unwrap();
    assert_ne!(pdf, Renderer::bundled().render(&receipt).unwrap());
    // Whoever verifies needs the same settings for a proof; without them nothing that differs is accepted.
    let knowing = Verifier::with_clock(province.configuration.policy.clone(), province.clock.clone());
    let knowing = knowing.with_renderer(renderer);
    assert_eq!(status(&knowing.verify(&pdf)), (Verdict::Valid, Status::Passed));
    assert_ne!(province.verifier.verify(&pdf).checks.get(Check::Picture), Status::Passed);

    for (text, name, path) in [
        ("v = 2\n", "toml-version", "v"),
        ("v = 1\n[fonts]\nbundeld = true\n", "toml-unknown-key", "fonts.bundeld"),
        ("v = 1\n[fonts]\nbundled = false\n", "setting-value", "fonts"),
        ("v = 1\n[layout]\nidentity_numbers = \"some\"\n", "setting-unknown", "layout.identity_numbers"),
        ("v = 1\n[qr]\nreceipt = \"ftp://x/{code}{number}\"\n", "qr-pattern", "qr.receipt"),
        (
            "v = 1\n[[seal.unit]]\ncode = \"1\"\nimage = \"form.toml\"\nwidth_mm = 90\n",
            "setting-value",
            "seal.unit[0].width_mm",
        ),
    ] {
        write("bad.toml", text);
        let error = Renderer::from_settings_file(folder.path("bad.toml")).unwrap_err();
        assert_eq!(error.entry().name, name, "{text}: {error}");
        assert_eq!(error.place().path.as_deref(), Some(path), "{text}: {error}");
        assert!(error.place().file.as_deref().is_some_and(|file| file.ends_with("bad.toml")), "{error}");
    }
    write("bad.toml", "v = 1\n[[seal.unit]]\ncode = \"1\"\nimage = \"form.toml\"\n");
    let error = Renderer::from_settings_file(folder.path("bad.toml")).unwrap_err();
    assert_eq!(error.entry().name, "seal-image-format");
    assert!(error.place().file.as_deref().is_some_and(|file| file.ends_with("form.toml")), "{error}");
}

#[test]
fn a_character_without_a_font_is_named_with_its_place() {
    let province = Province::new();
    let receipt = province.receipt(&draft("r-1").replace("吉永昝", "永𪚥"));
    let error = Renderer::bundled().render(&receipt).unwrap_err();
    assert_eq!(error.entry().name, "missing-glyph");
    assert!(
        error.found_text().is_some_and(|found| found.contains("U+2A6A5") && found.contains("PayerPartyName")),
        "{error}"
    );
}

#[test]
fn a_document_that_opens_as_a_pdf_is_never_valid() {
    let province = Province::new();
    let receipt = province.receipt(&draft("r-1")).to_bytes();
    let at = receipt.windows(9).position(|window| window == b"<EInvoice").unwrap();
    let hidden = [&receipt[..at], b"<!-- %PDF-1.4\n1 0 obj ... -->", &receipt[at..]].concat();
    let shifted = [b"\n", &Renderer::bundled().render(&province.receipt(&draft("r-2"))).unwrap()[..]].concat();
    let report = province.verifier.verify(&hidden);
    assert_eq!(status(&report), (Verdict::Indeterminate, Status::Indeterminate), "{:?}", codes(&report));
    assert!(codes(&report).contains(&"document-opens-as-pdf"));
    let report = province.verifier.verify(&shifted);
    assert_eq!(report.verdict, Verdict::Invalid);
    assert!(codes(&report).contains(&"document-opens-as-pdf"));
    // In a stream too.
    let items = [((), hidden.clone()), ((), receipt)];
    let verdicts: Vec<_> = province.verifier.verify_stream(items, 1).map(|(_, report)| report.verdict).collect();
    assert_eq!(verdicts, [Verdict::Indeterminate, Verdict::Valid]);
}

#[test]
fn a_seal_of_another_unit_changes_no_page() {
    let province = Province::new();
    let receipt = province.receipt(&draft("r-1"));
    let plain = Renderer::bundled();
    let mut settings = plain.settings().clone();
    let fonts = &settings.fonts;
    let seal = std::sync::Arc::new(czei::render::seal::supervision("江苏省", fonts).unwrap());
    settings.unit_seals.insert("somebody-else".to_owned(), seal.clone());
    assert!(Renderer::new(settings.clone()).render(&receipt).unwrap() == plain.render(&receipt).unwrap());
    settings.unit_seals.insert(receipt.content().unit.code.as_str().to_owned(), seal);
    assert!(Renderer::new(settings).render(&receipt).unwrap() != plain.render(&receipt).unwrap());
}

#[test]
fn the_settings_of_the_document_are_taken() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = std::fs::read_to_string(root.join("crates/render/SETTINGS.md")).unwrap();
    let block = text.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let folder = TestFolder::new();
    let copy = |from: &str, to: &str| std::fs::copy(root.join(from), folder.path(to)).map(drop).unwrap();
    copy("crates/font/CzeiSansSC-Regular.otf", "more.otf");
    copy("testdata/printed/pages/general-1.png", "school.png");
    copy("testdata/printed/pages/general-1.png", "supervision.png");
    std::fs::write(folder.path("province.toml"), "v = 1\nextends = \"general\"\n").unwrap();
    std::fs::write(folder.path("print.toml"), block).unwrap();
    let renderer = Renderer::from_settings_file(folder.path("print.toml")).unwrap();
    let settings = renderer.settings();
    assert_eq!((settings.unit_seals.len(), settings.supervision_seals.len()), (1, 1));
    assert_eq!(settings.parameters["term_days"], "15");
    assert!(settings.payment_qr.is_some() && settings.receipt_qr.pattern().is_some());

    std::fs::write(folder.path("print.toml"), block.replace("term_days", "term_day")).unwrap();
    let error = Renderer::from_settings_file(folder.path("print.toml")).unwrap_err();
    assert_eq!((error.entry().name, error.place().path.as_deref()), ("setting-value", Some("layout.parameters")));
}
