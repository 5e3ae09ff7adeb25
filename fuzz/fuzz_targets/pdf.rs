//! PDFs of anybody: no input panics, overflows the stack, or takes more than the limits allow; judged as the picture
//! of a receipt that is not inside, none is proven.
#![no_main]

use std::sync::LazyLock;

use czei_core::Content;
use czei_core::xml::{Document, Envelope, Limits, read_content};
use czei_fuzz::seeds_folder;
use czei_render::picture;
use czei_render::read::{PdfFile, PdfLimits, read_everything};
use libfuzzer_sys::fuzz_target;

/// The receipt that the files of the corpus show.
static RECEIPT: LazyLock<(Vec<u8>, Content)> = LazyLock::new(|| {
    let xml = std::fs::read(seeds_folder().join("receipt-5-raw.xml")).expect("a seed");
    let document = Document::parse(&xml, &Limits::default()).expect("well-formed");
    let envelope = Envelope::read(&document).expect("a receipt");
    let content = read_content(&document, &envelope).content.expect("its values");
    (xml, content)
});

fuzz_target!(|bytes: &[u8]| {
    // A tenth of the usual, so that a run stays short.
    let usual = PdfLimits::default();
    let limits = PdfLimits { total_bytes: usual.total_bytes / 10, pixels: usual.pixels / 10, ..usual };
    read_everything(bytes, &limits);
    if let Ok(file) = PdfFile::open(bytes, &limits) {
        let (xml, content) = &*RECEIPT;
        assert!(!picture::judge(&file, content, xml, &|_| None).is_empty(), "proven by nothing");
    }
});
