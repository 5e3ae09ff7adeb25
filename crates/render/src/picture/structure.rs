//! The file around its pages: what was added, what acts, what is left over, and what else is embedded.

use std::collections::BTreeMap;

use czei_codes::{Place, Severity};

use super::{Findings, shown};
use crate::Code;
use crate::read::{Extra, ExtraKind, PdfFile};

/// `is_ours`: the file can be printed again, so that anything beyond that is an error.
pub(super) fn look(file: &PdfFile<'_>, xml: &[u8], is_ours: bool, findings: &mut Findings) {
    let updates = file.updates();
    if updates.is_updated() {
        let finding = findings.add(Code::PictureUpdated);
        finding.expected = Some("1".into());
        finding.found = Some(updates.sections.max(updates.starts).to_string());
    }
    if updates.trailing_bytes > 0 {
        findings.add(Code::PictureBeyondEnd).found = Some(updates.trailing_bytes.to_string());
    }
    // Files of other programs have left-overs of their making.
    let weight = if is_ours { Severity::Error } else { Severity::Warning };
    if let Some((from, to)) = updates.unaccounted.first() {
        let finding = findings.add_as(Code::PictureLeftover, weight);
        finding.place = Place::path(format!("bytes {from} to {to}"));
    }
    match file.extras() {
        Ok(extras) => report_extras(&extras, is_ours, findings),
        Err(error) => findings.unread(&error),
    }
    let embedded = match file.embedded() {
        Ok(embedded) => embedded,
        Err(error) => return findings.unread(&error),
    };
    let mut is_there = false;
    for embedded in &embedded {
        if !embedded.has_plain_name() {
            findings.add_as(Code::PictureFileName, weight).found = Some(shown(&embedded.name));
        }
        if !is_there && embedded.bytes == xml {
            is_there = true;
            continue;
        }
        let weight = match () {
            () if embedded.may_be_receipt() => Severity::Error,
            // Other XML may be shown as the receipt's data, another PDF as the receipt.
            () if embedded.may_be_xml() || embedded.may_be_pdf() => weight.max(Severity::Indeterminate),
            () => weight,
        };
        findings.add_as(Code::PictureFiles, weight).found = Some(shown(&embedded.name));
    }
}

/// One finding for each kind, with how many there are and where the first is.
fn report_extras(extras: &[Extra], is_ours: bool, findings: &mut Findings) {
    let mut kinds: BTreeMap<ExtraKind, Vec<&Extra>> = BTreeMap::new();
    for extra in extras {
        kinds.entry(extra.kind).or_default().push(extra);
    }
    for (kind, extras) in kinds {
        let is_link = |extra: &&Extra| extra.place.ends_with(": Link") || extra.place.ends_with(": URI");
        let code = match kind {
            ExtraKind::Unreferenced | ExtraKind::Unreadable => Code::PictureLeftover,
            _ => Code::PictureActive,
        };
        let weight = match kind {
            _ if is_ours => Severity::Error,
            ExtraKind::Unreferenced | ExtraKind::Unreadable => Severity::Warning,
            // Links change nothing on the page, and nobody follows them here.
            ExtraKind::Annotation | ExtraKind::Action if extras.iter().all(is_link) => Severity::Warning,
            ExtraKind::Layer => Severity::Indeterminate,
            _ => Severity::Error,
        };
        let finding = findings.add_as(code, weight);
        finding.found = Some(format!("{kind:?} × {}", extras.len()));
        finding.place = Place::path(extras.first().map_or_else(String::new, |extra| extra.place.clone()));
    }
}
