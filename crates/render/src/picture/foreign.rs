//! A page that cannot be printed again: what the receipt says must stand on it, and nothing of the kind besides.

use std::collections::BTreeSet;

use czei_codes::{Code as _, Severity};
use czei_core::{Content, parse_capitals};

use super::search::Search;
use super::tokens::{Token, narrow, number, tokens, yuan};
use super::{Findings, page, shown};
use crate::Code;
use crate::length::Um;
use crate::read::{PageContent, TextPiece};

/// Items that one subtotal sums: a receipt has at most 999.
const SUMMANDS: usize = 999;

pub(super) fn compare(pages: Vec<PageContent>, content: &Content, xml: &[u8], findings: &mut Findings) {
    let mut lines = String::new();
    let mut is_decoded = true;
    for (index, content) in pages.into_iter().enumerate() {
        let pieces = content.into_text().pieces;
        if let Some(piece) = pieces.iter().find(|piece| piece.hidden.is_none() && !piece.is_decoded) {
            is_decoded = false;
            let finding = findings.add(Code::PictureUndecoded);
            finding.place = page(index);
            finding.found = Some(shown(&piece.text));
        }
        if let Some(piece) = pieces.iter().find(|piece| piece.hidden.is_some() && !piece.text.trim().is_empty()) {
            // Others hide the text of scanned pages, or print in white on colour: it is not compared.
            let finding = findings.add(Code::PictureHidden);
            finding.severity = Severity::Indeterminate;
            finding.place = page(index);
            finding.found = Some(shown(&piece.text));
        }
        join(&pieces, &mut lines);
    }
    let page = Page::new(&narrow(&lines));
    let known = Known::new(content, xml);
    let mut search = Search::new(narrow(&lines).chars());
    for (name, value) in texts(content) {
        match search.has(narrow(value).chars()) {
            Some(true) => {}
            Some(false) => missing(name, value, is_decoded, findings),
            None => {
                findings.unread(&Code::PdfTooMuchContent.fault());
                break;
            }
        }
    }
    for (name, value) in [("code", content.code.as_str()), ("number", &content.number.to_string())] {
        if !page.tokens.contains(&Token::Code(value.to_owned())) {
            missing(name, value, is_decoded, findings);
        }
    }
    let date = content.issue_date.to_string();
    let digits: String = date.chars().filter(char::is_ascii_digit).collect();
    if !page.tokens.contains(&Token::Date(digits.clone())) && !page.tokens.contains(&Token::Code(digits)) {
        missing("issue date", &date, is_decoded, findings);
    }
    let amounts = content.items.iter().map(|item| ("item amount", item.amount));
    for (name, amount) in amounts.chain([("total", content.total)]) {
        if !page.numbers.contains(&amount.fen()) {
            missing(name, &amount.to_string(), is_decoded, findings);
        }
    }
    strange(&page, &known, findings);
    capitals(&page, &known, content, findings);
}

/// The texts that must stand on the page, with their names.
fn texts(content: &Content) -> impl Iterator<Item = (&'static str, &str)> {
    let items = content.items.iter().map(|item| ("item name", item.name.as_str()));
    let fixed = [
        ("check code", content.check_code.as_str()),
        ("payer", content.payer.name.as_str()),
        ("unit", content.unit.name.as_str()),
    ];
    fixed.into_iter().chain(items)
}

fn missing(name: &str, value: &str, is_decoded: bool, findings: &mut Findings) {
    let finding = findings.add(Code::PictureMissing);
    finding.expected = Some(shown(value));
    finding.place = czei_codes::Place::path(name);
    if !is_decoded {
        // It may be among what cannot be told.
        finding.severity = Severity::Indeterminate;
    }
}

fn strange(page: &Page, known: &Known, findings: &mut Findings) {
    for token in page.tokens.difference(&known.tokens) {
        let found = match token {
            Token::Amount(fen) | Token::Price(fen) if known.amounts.contains(fen) => continue,
            Token::Amount(fen) | Token::Price(fen) => yuan(*fen),
            // A date may be written without separators.
            Token::Code(digits) if known.tokens.contains(&Token::Date(digits.clone())) => continue,
            Token::Date(digits) if known.tokens.contains(&Token::Code(digits.clone())) => continue,
            Token::Code(text) | Token::Date(text) => text.clone(),
            Token::Capitals(_) => continue,
        };
        let finding = findings.add(Code::PictureStrange);
        finding.found = Some(found);
        if let Token::Price(_) = token {
            finding.severity = Severity::Indeterminate;
        }
    }
}

fn capitals(page: &Page, known: &Known, content: &Content, findings: &mut Findings) {
    let mut others = Vec::new();
    let mut has_total = false;
    for token in &page.tokens {
        let Token::Capitals(text) = token else { continue };
        match parse_capitals(text).map(|amount| amount.fen()) {
            Ok(fen) if fen == content.total.fen() => has_total = true,
            Ok(fen) if known.amounts.contains(&fen) => others.push((text, false)),
            _ => others.push((text, true)),
        }
    }
    for (text, is_wrong) in others {
        if is_wrong || !has_total {
            let finding = findings.add(Code::PictureCapitals);
            finding.expected = Some(czei_core::to_capitals(content.total));
            finding.found = Some(shown(text));
        }
    }
}

/// The text of the pages as it is looked through.
struct Page {
    tokens: BTreeSet<Token>,
    /// All numbers, with any decimals, in fen.
    numbers: BTreeSet<i64>,
}

impl Page {
    fn new(lines: &str) -> Self {
        Page { tokens: tokens(lines), numbers: numbers(lines).collect() }
    }
}

/// What the receipt says.
struct Known {
    tokens: BTreeSet<Token>,
    /// All numbers, and the sums of items that follow each other, which pages show as subtotals.
    amounts: BTreeSet<i64>,
}

impl Known {
    fn new(content: &Content, xml: &[u8]) -> Self {
        let text = narrow(&signed_text(xml));
        let mut amounts: BTreeSet<i64> = numbers(&text).collect();
        let items: Vec<i64> = content.items.iter().map(|item| item.amount.fen()).collect();
        let fields = content.aux.iter().flat_map(|item| &item.fields);
        let of_aux = fields.filter(|field| field.name.as_str() == "AuxItemAmount");
        let aux: Vec<i64> = of_aux.filter_map(|field| number(&field.text)).collect();
        for list in [items, aux] {
            for first in 0..list.len() {
                let mut sum = 0_i64;
                for fen in list.iter().skip(first).take(SUMMANDS) {
                    sum = sum.saturating_add(*fen);
                    amounts.insert(sum);
                }
            }
        }
        amounts.insert(content.total.fen());
        Known { tokens: tokens(&text), amounts }
    }
}

/// The text of all elements before the signatures, each on a line of its own.
fn signed_text(xml: &[u8]) -> String {
    let text = String::from_utf8_lossy(xml);
    let end = text.find("<EInvoiceSignature").or_else(|| text.find("<EINVOICE_SIGNATURE")).unwrap_or(text.len());
    let mut plain = String::new();
    let mut is_markup = false;
    for character in text[..end].chars() {
        match character {
            '<' => is_markup = true,
            '>' if is_markup => {
                is_markup = false;
                plain.push('\n');
            }
            _ if is_markup => {}
            other => plain.push(other),
        }
    }
    plain
}

fn numbers(text: &str) -> impl Iterator<Item = i64> {
    let words = text.split(|character: char| !(character.is_ascii_digit() || ".,-".contains(character)));
    words.filter_map(|word| number(word.trim_end_matches(['.', ',', '-']).trim_start_matches(['.', ','])))
}

/// Puts the seen pieces behind each other: on one line what stands on one baseline without a gap.
fn join(pieces: &[TextPiece], lines: &mut String) {
    let mut last: Option<&TextPiece> = None;
    for piece in pieces.iter().filter(|piece| piece.hidden.is_none()) {
        if let Some(last) = last
            && !follows(last, piece)
        {
            lines.push('\n');
        }
        lines.push_str(&piece.text);
        last = Some(piece);
    }
    lines.push('\n');
}

/// Whether a piece goes on where another ends.
fn follows(last: &TextPiece, piece: &TextPiece) -> bool {
    let size: Um = last.size.max(1);
    let gap = piece.x.saturating_sub(last.x.saturating_add(last.width)).saturating_abs();
    piece.baseline.saturating_sub(last.baseline).saturating_abs() < size / 4 && gap < size / 3
}
