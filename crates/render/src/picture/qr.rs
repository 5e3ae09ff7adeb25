//! The QR codes of the pages against the receipt.

use std::collections::BTreeSet;

use czei_codes::Severity;
use czei_core::Content;

use super::{Findings, page, shown};
use crate::Code;
use crate::qr::{self, QrDifferenceKind, QrField, QrForm};
use crate::read::{PageContent, PdfFile, QrCode, QrReading};

/// Compares the codes with those of the receipt printed again, or, where it is not, with its fields.
pub(super) fn compare(
    file: &PdfFile<'_>,
    pages: &[PageContent],
    content: &Content,
    printed: Option<(&PdfFile<'_>, &[PageContent])>,
    findings: &mut Findings,
) {
    let codes = match file.qr_codes_of(pages) {
        Ok(codes) => codes,
        Err(error) => return findings.unread(&error),
    };
    let texts = texts(&codes);
    two_of_a_form(&texts, findings);
    match printed {
        Some((printed, printed_pages)) => {
            let expected = printed.qr_codes_of(printed_pages).unwrap_or_default();
            against_printed(&texts, &self::texts(&expected), findings);
            // A seal of ours may be a photograph; one more may be a code.
            let unread = |codes: &[QrCode]| codes.iter().filter(|code| !is_text(code)).count();
            if unread(&codes) > unread(&expected)
                && let Some(code) = codes.iter().find(|code| !is_text(code))
            {
                findings.add(Code::PictureQrUnknown).place = page(code.page.saturating_sub(1));
            }
        }
        None => against_fields(&codes, content, findings),
    }
}

fn is_text(code: &QrCode) -> bool {
    matches!(code.reading, QrReading::Text(_))
}

fn texts(codes: &[QrCode]) -> BTreeSet<&str> {
    let texts = codes.iter().filter_map(|code| match &code.reading {
        QrReading::Text(text) => Some(text.as_str()),
        QrReading::Damaged | QrReading::NotReadable => None,
    });
    texts.collect()
}

/// Codes of one form say the same. An address of the unit's own beside the receipt's code is of another.
fn two_of_a_form(texts: &BTreeSet<&str>, findings: &mut Findings) {
    for form in [QrForm::Tagged, QrForm::Platform, QrForm::Path] {
        let alike: Vec<&str> =
            texts.iter().filter(|text| qr::read(text, None).form() == form).take(3).copied().collect();
        if alike.len() > 1 {
            findings.add(Code::PictureQrTwo).found = Some(shown(&alike.join(" | ")));
        }
    }
}

fn against_printed(texts: &BTreeSet<&str>, expected: &BTreeSet<&str>, findings: &mut Findings) {
    for text in expected.difference(texts) {
        if texts.is_empty() {
            findings.add(Code::PictureQrMissing).expected = Some(shown(text));
        }
    }
    for text in texts.difference(expected) {
        let finding = findings.add(Code::PictureQr);
        finding.expected = expected.first().map(|text| shown(text));
        finding.found = Some(shown(text));
    }
}

fn against_fields(codes: &[QrCode], content: &Content, findings: &mut Findings) {
    let mut is_read = false;
    for code in codes {
        let place = page(code.page.saturating_sub(1));
        let QrReading::Text(text) = &code.reading else { continue };
        is_read = true;
        let said = qr::read(text, None);
        if matches!(said.form(), QrForm::Address | QrForm::Unknown) {
            let finding = findings.add(Code::PictureQrUnknown);
            finding.place = place;
            finding.found = Some(shown(text));
            continue;
        }
        if let Some(host) = said.get(QrField::Origin) {
            // Whose address it is nobody here knows: the right fields may lead to another host.
            let finding = findings.add(Code::PictureQrUnknown);
            finding.place = place.clone();
            finding.found = Some(shown(host));
        }
        for difference in said.compare(content, None) {
            // The standard leaves the order open.
            let is_order = difference.kind == QrDifferenceKind::Order;
            let weight = if is_order { Severity::Indeterminate } else { Severity::Error };
            let finding = findings.add_as(Code::PictureQr, weight);
            finding.place = place.clone();
            if let Some(field) = difference.field {
                finding.place.path = Some(format!("page {}: {}", code.page, field.name()));
            }
            finding.expected = difference.expected;
            finding.found = difference.found.map(|found| shown(&found));
        }
    }
    // A seal may be a square photograph; what could be a code matters where there is no other.
    if !is_read && let Some(code) = codes.first() {
        findings.add(Code::PictureQrUnknown).place = page(code.page.saturating_sub(1));
    }
}
