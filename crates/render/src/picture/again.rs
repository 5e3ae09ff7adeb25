//! A file of ours against the receipt printed again: the same text in the same order, seen alike.

use czei_core::{Content, PayerKind};

use super::{Findings, page, shown};
use crate::read::{Hidden, PageContent, PdfFile, TextPiece};
use crate::{Code, Error};

/// Compares page with page. Both were read by the same reader.
pub(super) fn compare(pages: Vec<PageContent>, printed: Vec<PageContent>, content: &Content, findings: &mut Findings) {
    if pages.len() != printed.len() {
        let finding = findings.add(Code::PicturePages);
        finding.expected = Some(printed.len().to_string());
        finding.found = Some(pages.len().to_string());
    }
    for (index, (there, again)) in pages.into_iter().zip(printed).enumerate() {
        let (there, again) = (there.into_text().pieces, again.into_text().pieces);
        if let Some(piece) = there.iter().find(|piece| !piece.is_decoded && piece.hidden.is_none()) {
            let finding = findings.add(Code::PictureUndecoded);
            finding.place = page(index);
            finding.found = Some(shown(&piece.text));
        }
        let seen = |pieces: &[TextPiece]| masked(text(pieces, |hidden| hidden.is_none()), content);
        if let Some((expected, found)) = difference(&seen(&again), &seen(&there)) {
            let finding = findings.add(Code::PictureText);
            finding.place = page(index);
            finding.expected = Some(expected);
            finding.found = Some(found);
        }
        let (hidden, expected) = (text(&there, |hidden| hidden.is_some()), text(&again, |hidden| hidden.is_some()));
        if hidden != expected {
            let finding = findings.add(Code::PictureHidden);
            finding.place = page(index);
            finding.found = Some(shown(&hidden));
        }
    }
}

/// Compares what the pages are drawn with: both were printed with the same fonts, so that every byte agrees.
pub(super) fn compare_drawing(file: &PdfFile<'_>, printed: &PdfFile<'_>, findings: &mut Findings) {
    tell_unlike(file.pages_unlike(printed), findings);
}

/// Compares the size of the pages, how they are turned, and what else they say beside their content.
pub(super) fn compare_paper(file: &PdfFile<'_>, printed: &PdfFile<'_>, findings: &mut Findings) {
    tell_unlike(file.papers_unlike(printed), findings);
}

fn tell_unlike(unlike: Result<Vec<usize>, Error>, findings: &mut Findings) {
    match unlike {
        Ok(unlike) => {
            for index in unlike {
                findings.add(Code::PictureDrawn).place = page(index);
            }
        }
        Err(error) => findings.unread(&error),
    }
}

/// The characters of the pieces that are seen, or of those that are not, without white space.
fn text(pieces: &[TextPiece], take: impl Fn(Option<Hidden>) -> bool) -> String {
    let taken = pieces.iter().filter(|piece| take(piece.hidden));
    taken.flat_map(|piece| piece.text.chars()).filter(|character| !character.is_whitespace()).collect()
}

/// The text with the identity number of a person masked: whether it is printed whole is the printer's choice.
fn masked(text: String, content: &Content) -> String {
    /// Characters that stay readable.
    const SHOWN: usize = 4;
    match &content.payer.code {
        Some(code) if content.payer.kind == PayerKind::Person && code.as_str().len() >= 2 * SHOWN => {
            let code = code.as_str();
            let count = code.chars().count();
            let end: String = code.chars().skip(count.saturating_sub(SHOWN)).collect();
            text.replace(code, &format!("{}{end}", "*".repeat(count.saturating_sub(SHOWN))))
        }
        _ => text,
    }
}

/// From a little before the first character that differs, in both.
fn difference(expected: &str, found: &str) -> Option<(String, String)> {
    /// Characters before the difference, so that one sees where it is.
    const BEFORE: usize = 6;
    /// Characters from there on.
    const AROUND: usize = 30;
    if expected == found {
        return None;
    }
    let same = expected.chars().zip(found.chars()).take_while(|(one, other)| one == other).count();
    let around = |text: &str| shown(&text.chars().skip(same.saturating_sub(BEFORE)).take(AROUND).collect::<String>());
    Some((around(expected), around(found)))
}
