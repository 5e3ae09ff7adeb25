//! Whether a PDF file is a true picture of the receipt inside it. The rules are in `PICTURE.md` beside this crate's
//! manifest.

mod again;
mod captions;
mod foreign;
mod lines;
mod qr;
mod search;
mod spaced;
mod structure;
mod tokens;

#[cfg(test)]
mod tests;

use czei_codes::{Code as _, Place, Severity};
use czei_core::{Check, Content, Finding};

use crate::Code;
use crate::read::{Hints, PdfFile};
use crate::shown::shown;

/// Judges the pages of a file against the receipt that it holds, as findings of the check `picture`; none when the
/// file is, byte for byte, what printing the receipt again gives.
///
/// `content` and `xml` are those of the receipt that was verified. `again` prints the receipt with the template and
/// the fonts that the file names, and gives `None` when it has no such template. It is asked only when the file names
/// one; what the file says of itself is believed in nothing else.
///
/// The errors are about the picture alone: the XML is the receipt, whatever its picture shows.
///
/// ```
/// # fn example(bytes: &[u8], content: &czei_core::Content, xml: &[u8]) -> Result<(), czei_render::Error> {
/// use czei_render::{picture, read::{PdfFile, PdfLimits}};
/// let file = PdfFile::open(bytes, &PdfLimits::default())?;
/// for finding in picture::judge(&file, content, xml, &|_| None) {
///     println!("{} {}", finding.entry, finding.message_en());
/// }
/// # Ok(()) }
/// ```
#[must_use]
pub fn judge(
    file: &PdfFile<'_>,
    content: &Content,
    xml: &[u8],
    again: &dyn Fn(&Hints) -> Option<Vec<u8>>,
) -> Vec<Finding> {
    let hints = file.hints();
    let printed = if hints.template.is_some() { again(&hints) } else { None };
    if printed.as_deref() == Some(file.bytes()) {
        return Vec::new();
    }
    let printed = printed.as_deref().and_then(|bytes| PdfFile::open(bytes, file.limits()).ok());
    let mut findings = Findings(Vec::new());
    structure::look(file, xml, printed.is_some(), &mut findings);
    match (file.contents(), printed.as_ref().map(|printed| (printed, printed.contents()))) {
        (Ok(pages), Some((printed, Ok(printed_pages)))) => {
            qr::compare(file, &pages, content, Some((printed, &printed_pages)), &mut findings);
            let pages_of_others = if printed.hints().font_digest == hints.font_digest {
                again::compare_drawing(file, printed, &mut findings);
                None
            } else {
                // Other fonts have other glyphs, and these stand elsewhere: where each text stands is judged as on a
                // page of others, so that to name other fonts gains nothing.
                again::compare_paper(file, printed, &mut findings);
                Some(pages.clone())
            };
            again::compare(pages, printed_pages, content, &mut findings);
            if let Some(pages) = pages_of_others
                && !findings.0.iter().any(|finding| finding.severity >= Severity::Error)
            {
                foreign::compare(pages, content, xml, &mut findings);
            }
        }
        (Ok(pages), _) => {
            qr::compare(file, &pages, content, None, &mut findings);
            foreign::compare(pages, content, xml, &mut findings);
        }
        (Err(error), printed) => {
            findings.unread(&error);
            // A page that cannot be told is not the one that is printed again all the same.
            if let Some((printed, _)) = printed {
                match printed.hints().font_digest == hints.font_digest {
                    true => again::compare_drawing(file, printed, &mut findings),
                    false => again::compare_paper(file, printed, &mut findings),
                }
            }
        }
    }
    if !findings.0.iter().any(|finding| finding.severity >= Severity::Indeterminate) {
        findings.add(Code::PictureNotProven);
    }
    findings.0
}

/// Findings with one code and weight.
const ALIKE: usize = 20;

/// The findings so far.
struct Findings(Vec<Finding>);

impl Findings {
    /// Adds a finding with the code's own weight; the caller may add to it.
    fn add(&mut self, code: Code) -> &mut Finding {
        self.add_as(code, code.entry().severity)
    }

    /// Adds a finding with another weight. Of one code and weight, so many are enough.
    fn add_as(&mut self, code: Code, severity: Severity) -> &mut Finding {
        let finding = Finding { severity, ..Finding::new(Check::Picture, code) };
        let is_alike = |other: &Finding| other.entry == finding.entry && other.severity == severity;
        if self.0.iter().filter(|other| is_alike(other)).count() >= ALIKE
            && let Some(last) = self.0.iter().rposition(is_alike)
        {
            return &mut self.0[last];
        }
        self.0.push(finding);
        let last = self.0.len() - 1;
        &mut self.0[last]
    }

    /// Adds that something could not be read.
    fn unread(&mut self, error: &crate::Error) {
        let found = error.to_string();
        let finding = self.add(Code::PictureUnread);
        finding.found = Some(shown(&found));
        finding.place = error.place().clone();
    }
}

/// The place of a page, counted from 0.
fn page(index: usize) -> Place {
    Place::path(format!("page {}", index + 1))
}
