//! The printed receipts themselves, made through the public interface from `testdata/printed/receipts`.

use czei_core::Receipt;
use czei_core::xml::Limits;
use czei_render::font::FontSet;
use czei_render::pdf::Sheets;
use czei_render::{DOCUMENT_NAME, RenderSettings, Renderer};

/// Made by `testdata/independent`, signed twice; all characters are in the bundled font.
const RECEIPTS: [(&str, &[u8]); 7] = [
    ("general", include_bytes!("../../../../testdata/printed/receipts/general.xml")),
    ("medical", include_bytes!("../../../../testdata/printed/receipts/medical.xml")),
    ("medical-inpatient", include_bytes!("../../../../testdata/printed/receipts/medical-inpatient.xml")),
    ("medical-red", include_bytes!("../../../../testdata/printed/receipts/medical-red.xml")),
    ("notice", include_bytes!("../../../../testdata/printed/receipts/notice.xml")),
    ("red", include_bytes!("../../../../testdata/printed/receipts/red.xml")),
    ("bare", include_bytes!("../../../../testdata/printed/receipts/bare.xml")),
];

/// Files of every kind that the crate writes.
pub fn all() -> Vec<(&'static str, Vec<u8>)> {
    let renderer = Renderer::new(RenderSettings::new(FontSet::bundled()));
    let mut all: Vec<_> =
        RECEIPTS.iter().map(|(name, bytes)| (*name, renderer.render(&receipt(bytes)).unwrap())).collect();
    let medical = receipt(RECEIPTS[1].1);
    all.push(("preview", renderer.preview(medical.content(), true).unwrap()));
    for (name, sheets) in [("merged", Sheets::Single), ("merged-a4", Sheets::TwoOnA4)] {
        let mut copy = renderer.print_copy(Vec::new(), sheets).unwrap();
        for (_, bytes) in RECEIPTS {
            copy.add(&receipt(bytes)).unwrap();
        }
        all.push((name, copy.finish().unwrap()));
    }
    all
}

/// The name and bytes of each file that has to be inside one of them.
pub fn attached(name: &str) -> Vec<(String, Vec<u8>)> {
    match RECEIPTS.iter().find(|(known, _)| *known == name) {
        Some((_, bytes)) => vec![(DOCUMENT_NAME.to_owned(), bytes.to_vec())],
        None if name == "preview" => Vec::new(),
        None => RECEIPTS.iter().map(|(_, bytes)| (merged_name(&receipt(bytes)), bytes.to_vec())).collect(),
    }
}

fn merged_name(receipt: &Receipt) -> String {
    format!("{}-{}.xml", receipt.content().code, receipt.content().number)
}

fn receipt(bytes: &[u8]) -> Receipt {
    Receipt::take_up(bytes, &Limits::default()).unwrap()
}
