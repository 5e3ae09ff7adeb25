//! Pages that reportlab draws (`testdata/printed/foreign.py`).
#![allow(clippy::unwrap_used)]

use czei_codes::Severity;
use czei_core::xml::{Document, Envelope, Limits, read_content};

use super::super::*;
use super::rules::{NOT_PROVEN, codes};
use crate::read::{PdfLimits, QrReading};

const XML: &[u8] = include_bytes!("../../../../../testdata/printed/receipts/general.xml");
const CELLS: &[u8] = include_bytes!("../../../../../testdata/printed/foreign/cells.pdf");
const SPACED: &[u8] = include_bytes!("../../../../../testdata/printed/foreign/cells-spaced.pdf");
const LIE: &[u8] = include_bytes!("../../../../../testdata/printed/foreign/cells-lie.pdf");
const TABLE: &[u8] = include_bytes!("../../../../../testdata/printed/foreign/table.pdf");
const PHOTOGRAPHS: &[u8] = include_bytes!("../../../../../testdata/printed/foreign/photographs.pdf");

fn open(bytes: &[u8]) -> PdfFile<'_> {
    PdfFile::open(bytes, &PdfLimits::default()).unwrap()
}

fn judged(bytes: &[u8]) -> Vec<Finding> {
    let document = Document::parse(XML, &Limits::default()).unwrap();
    let envelope = Envelope::read(&document).unwrap();
    let content = read_content(&document, &envelope).content.unwrap();
    judge(&open(bytes), &content, XML, &|_| None)
}

#[test]
fn true_pages_are_free_of_errors() {
    for (name, bytes) in [("cells", CELLS), ("cells-spaced", SPACED), ("table", TABLE)] {
        assert_eq!(codes(&judged(bytes)), [NOT_PROVEN], "{name}");
    }
}

#[test]
fn a_total_that_is_another_is_an_error() {
    let found = judged(LIE);
    let lie = found.iter().find(|finding| finding.found.as_deref() == Some("9269.50")).unwrap();
    assert_eq!((lie.entry, lie.severity), (Code::PictureStrange.entry(), Severity::Error));
    assert!(codes(&found).contains(&(Code::PictureMissing, Severity::Error)));
}

#[test]
fn codes_in_photographs_are_read() {
    let text = QrReading::Text("CZ-EI-32,32010125,0013933922,07892e,80.00,20250923".into());
    let mut found: Vec<QrReading> =
        open(PHOTOGRAPHS).qr_codes().unwrap().into_iter().map(|code| code.reading).collect();
    assert_eq!(found.pop(), Some(QrReading::NotReadable));
    assert_eq!(found, [text.clone(), text]);
}
