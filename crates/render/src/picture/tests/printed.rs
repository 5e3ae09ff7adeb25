//! Files that this program prints, read back.
#![allow(clippy::unwrap_used)]

use czei_codes::Code as _;
use czei_core::xml::canonical;

use super::super::*;
use crate::font::FontSet;
use crate::qr::{QrForm, QrText};
use crate::read::make::update;
use crate::read::{PdfLimits, QrReading};
use crate::renderer::{RenderSettings, Renderer};
use crate::samples;

fn renderer() -> Renderer {
    Renderer::new(RenderSettings::new(FontSet::bundled()))
}

fn document(content: &Content) -> Vec<u8> {
    let inner = canonical::write_header_and_data(content).unwrap();
    [b"<EInvoice>", inner.as_slice(), b"</EInvoice>"].concat()
}

fn open(bytes: &[u8]) -> PdfFile<'_> {
    PdfFile::open(bytes, &PdfLimits::default()).unwrap()
}

#[test]
fn what_is_printed_is_read_back_and_proven() {
    let renderer = renderer();
    for (name, content) in samples::all() {
        // Rare characters need fonts of the system; those at all limits take thousands of pages, long for a test.
        if name.starts_with("limits") || !renderer.missing_characters(&content).is_empty() {
            continue;
        }
        let xml = document(&content);
        let bytes = renderer.print_unverified(&content, &xml).unwrap();
        let file = open(&bytes);
        assert_eq!(file.extras().unwrap(), [], "{name}");
        assert!(!file.updates().is_updated() && file.updates().unaccounted.is_empty(), "{name}");
        let embedded = file.receipt_xml().unwrap();
        assert!(embedded.bytes == xml && embedded.reached.by_name && embedded.reached.by_association, "{name}");
        assert_eq!(embedded.relationship.as_deref(), Some("Data"), "{name}");

        let pages = file.text().unwrap();
        let pieces = || pages.iter().flat_map(|page| &page.pieces);
        assert!(pieces().all(|piece| piece.is_decoded && piece.hidden.is_none()), "{name}");
        let text: String = pieces().flat_map(|piece| piece.text.chars()).collect();
        for value in [content.code.as_str(), content.check_code.as_str(), &content.total.to_string()] {
            assert!(text.contains(value), "{name}: {value}");
        }
        let codes = file.qr_codes().unwrap();
        let [code] = &codes[..] else { panic!("{name}: {codes:?}") };
        let QrReading::Text(code) = &code.reading else { panic!("{name}: {code:?}") };
        assert_eq!(*code, QrText::default().write(&content).unwrap(), "{name}");
        assert_eq!(crate::qr::read(code, None).form(), QrForm::Tagged, "{name}");

        let found = judge(&file, &content, &xml, &|hints| renderer.again(hints, &content, &xml, &bytes).ok().flatten());
        assert_eq!(found, [], "{name}");
        // Without the printer, what stands on the page is looked through as on any other.
        let found = judge(&file, &content, &xml, &|_| None);
        let entries: Vec<_> = found
            .iter()
            .map(|finding| (finding.entry.name, finding.found.clone(), finding.place.path.clone()))
            .collect();
        assert_eq!(entries, [(Code::PictureNotProven.entry().name, None, None)], "{name}");
    }
}

#[test]
fn a_page_that_was_changed_is_told_from_the_printed_one() {
    let renderer = renderer();
    let content = samples::general();
    let xml = document(&content);
    let printed = renderer.print_unverified(&content, &xml).unwrap();
    let judged = |bytes: &[u8]| {
        let found =
            judge(&open(bytes), &content, &xml, &|hints| renderer.again(hints, &content, &xml, bytes).ok().flatten());
        found.iter().map(|finding| finding.entry.name).collect::<Vec<_>>()
    };
    // The same content again behind the end; then a page with another text in its place.
    let changed = update(&printed, &[]);
    assert_eq!(judged(&changed)[0], Code::PictureUpdated.entry().name);
    let other = samples::general_one_item();
    let forged = renderer.print_unverified(&other, &xml).unwrap();
    let found = judged(&forged);
    for code in [Code::PictureText, Code::PictureQr] {
        assert!(found.contains(&code.entry().name), "{code:?}: {found:?}");
    }
}
