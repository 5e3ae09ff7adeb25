//! A page that cannot be printed again: what the receipt says must stand on it, and nothing of the kind besides.

use std::collections::BTreeSet;

use czei_codes::{Code as _, Severity};
use czei_core::Content;

use super::captions::{self, Receipt};
use super::lines::{Line, lines};
use super::search::Search;
use super::spaced::{Spaced, spaced};
use super::tokens::{Token, in_words, narrow, number, plain_marks, tightened, tokens, wide_commas, yuan};
use super::{Findings, page, shown};
use crate::Code;
use crate::length::Um;
use crate::read::{PageContent, TextPiece};

/// Items that one subtotal sums: a receipt has at most 999.
const SUMMANDS: usize = 999;

pub(super) fn compare(pages: Vec<PageContent>, content: &Content, xml: &[u8], findings: &mut Findings) {
    let mut known = Known::new(content, xml);
    let mut drawn = String::new();
    let mut seen = String::new();
    let mut behind = BehindCaptions::default();
    let mut is_decoded = true;
    for (index, page_content) in pages.into_iter().enumerate() {
        let pieces = page_content.into_text().pieces;
        if let Some(piece) = pieces.iter().find(|piece| piece.hidden.is_none() && !piece.is_decoded) {
            is_decoded = false;
            let finding = findings.add(Code::PictureUndecoded);
            finding.place = page(index);
            finding.found = Some(shown(&piece.text));
        }
        if let Some(piece) = pieces.iter().find(|piece| piece.hidden.is_some() && !piece.text.trim().is_empty()) {
            // Others hide the text of scanned pages, or print in white on colour: it is not compared.
            let finding = findings.add_as(Code::PictureHidden, Severity::Indeterminate);
            finding.place = page(index);
            finding.found = Some(shown(&piece.text));
        }
        join(&pieces, &mut drawn);
        for line in lines(&pieces) {
            seen.push_str(&line.text());
            seen.push('\n');
            behind.look(&line, index, content, &mut known, findings);
        }
    }
    let text = [narrow(&drawn), seen].join("\n");
    let mut page = Page::new(&text, &known, content.items.len());
    page.tokens.extend(behind.words.into_iter().map(Token::Capitals));
    let mut search = Search::new(text.chars());
    for (name, value) in texts(content) {
        let mut has = search.has(narrow(value).chars());
        if has == Some(false) && value == content.check_code.as_str() {
            has = search.has(narrow(value).to_ascii_uppercase().chars());
        }
        match has {
            Some(true) => {}
            Some(false) => missing(name, value, is_decoded, findings),
            None => {
                findings.unread(&Code::PdfTooMuchContent.fault());
                break;
            }
        }
    }
    for (name, value) in [("code", content.code.as_str()), ("number", &content.number.to_string())] {
        if ![Token::Code(value.to_owned()), Token::Besides(value.to_owned())]
            .iter()
            .any(|one| page.tokens.contains(one))
        {
            missing(name, value, is_decoded, findings);
        }
    }
    let date = content.issue_date.to_string();
    let digits: String = date.chars().filter(char::is_ascii_digit).collect();
    let spellings = [Token::Date(digits.clone()), Token::Code(digits.clone()), Token::Besides(digits)];
    if !spellings.iter().any(|one| page.tokens.contains(one)) {
        missing("issue date", &date, is_decoded, findings);
    }
    let amounts = content.items.iter().map(|item| ("item amount", item.amount));
    for (name, amount) in amounts.chain([("total", content.total)]) {
        if !page.numbers.contains(&amount.fen()) {
            missing(name, &amount.to_string(), is_decoded, findings);
        }
    }
    strange(&page, &mut known, &behind.reported, findings);
    for doubt in &page.doubts {
        findings.add_as(Code::PictureStrange, Severity::Indeterminate).found = Some(shown(doubt));
    }
    let is_whole = search.has(czei_core::to_capitals(content.total).chars()) == Some(true);
    capitals(&page, &known, content, is_whole, findings);
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
    // It may be among what cannot be told.
    let weight = if is_decoded { Severity::Error } else { Severity::Indeterminate };
    let finding = findings.add_as(Code::PictureMissing, weight);
    finding.expected = Some(shown(value));
    finding.place = czei_codes::Place::path(name);
}

fn strange(page: &Page, known: &mut Known, reported: &BTreeSet<String>, findings: &mut Findings) {
    for token in &page.tokens {
        if known.tokens.contains(token) {
            continue;
        }
        let found = match token {
            Token::Amount(fen) | Token::Price(fen) if known.amounts.contains(fen) => continue,
            Token::Amount(fen) | Token::Price(fen) => yuan(*fen),
            Token::Code(_) | Token::Date(_) if known.has(token) => continue,
            Token::Besides(_) if known.has(token) => continue,
            // A longer number of the receipt, of which one line has no room for more.
            Token::Code(text) | Token::Besides(text) if known.signed.has_whole(text) == Some(true) => continue,
            Token::Code(text) | Token::Date(text) | Token::Besides(text) => text.clone(),
            Token::Capitals(_) => continue,
        };
        if reported.contains(&found) {
            continue;
        }
        let weight = match token {
            Token::Price(_) | Token::Besides(_) => Severity::Indeterminate,
            _ => Severity::Error,
        };
        findings.add_as(Code::PictureStrange, weight).found = Some(found);
    }
}

/// `is_whole`: the total in capitals stands on the page, whole or broken over lines.
fn capitals(page: &Page, known: &Known, content: &Content, is_whole: bool, findings: &mut Findings) {
    let total = czei_core::to_capitals(content.total);
    let mut others = Vec::new();
    let mut has_total = false;
    for token in &page.tokens {
        let Token::Capitals(text) = token else { continue };
        match in_words(text) {
            Some(fen) if fen == content.total.fen() => has_total = true,
            // A line of it.
            _ if is_whole && total.contains(text.as_str()) => has_total = true,
            Some(fen) if known.amounts.contains(&fen) => others.push((text, false)),
            _ => others.push((text, true)),
        }
    }
    for (text, is_wrong) in others {
        if is_wrong || !has_total {
            let finding = findings.add(Code::PictureCapitals);
            finding.expected = Some(total.clone());
            finding.found = Some(shown(text));
        }
    }
}

/// What was found behind captions.
#[derive(Default)]
struct BehindCaptions {
    /// What was reported: once is enough.
    reported: BTreeSet<String>,
    /// Amounts in words.
    words: BTreeSet<String>,
}

impl BehindCaptions {
    fn look(&mut self, line: &Line, index: usize, content: &Content, known: &mut Known, findings: &mut Findings) {
        let has_amount = |fen: i64| known.amounts.contains(&fen);
        let has_text = |text: &str| known.texts.contains(text);
        let receipt = Receipt { content, has_text: &has_text, has_amount: &has_amount };
        for wrong in captions::wrong(line, &receipt, &mut self.words) {
            // A remark may have the caption too, and a value of its own behind it.
            let is_certain = wrong.is_certain && known.signed.has_whole(wrong.caption) != Some(true);
            let weight = if is_certain { Severity::Error } else { Severity::Indeterminate };
            let finding = findings.add_as(Code::PictureStrange, weight);
            finding.place = czei_codes::Place::path(format!("page {}: {}", index + 1, wrong.caption));
            finding.expected = Some(shown(&wrong.expected));
            finding.found = Some(shown(&wrong.found));
            if is_certain {
                self.reported.insert(wrong.found);
            }
        }
    }
}

/// The text of the pages as it is looked through.
#[derive(Default)]
struct Page {
    tokens: BTreeSet<Token>,
    /// All numbers, with any decimals, in fen.
    numbers: BTreeSet<i64>,
    /// What may be a number that the receipt does not have, or columns beside each other.
    doubts: BTreeSet<String>,
}

impl Page {
    /// `items`: how many lines of a list may be counted on the page.
    fn new(text: &str, known: &Known, items: usize) -> Self {
        let mut page = Page::default();
        let mut plain = String::new();
        for line in plain_marks(text).lines() {
            page.gather(line, known, items, &mut plain);
            plain.push('\n');
        }
        page.tokens.extend(tokens(&plain));
        page.numbers = numbers(&plain).collect();
        page
    }

    /// Adds the line to `plain`, numbers that are drawn apart as one word, but for those that may be columns.
    fn gather(&mut self, line: &str, known: &Known, items: usize, plain: &mut String) {
        let line = wide_commas(line, &|group| known.has_number(group));
        let tight = tightened(&line);
        let found = spaced(&tight);
        let begin = tight.find(|character: char| !character.is_whitespace());
        let mut at = 0;
        for Spaced { range, groups, joined, is_certain } in found {
            let is_number = |(index, group): (usize, &String)| {
                let is_count = index == 0 && begin == Some(range.start);
                known.has_number(group) || (is_count && group.parse().is_ok_and(|count: usize| count <= items))
            };
            let is_known: Vec<bool> = groups.iter().enumerate().map(is_number).collect();
            if is_known.iter().all(|is_known| *is_known) {
                continue;
            }
            let is_one = match &joined {
                Token::Amount(_) => is_certain || !(is_known[0] || is_known[groups.len() - 1]),
                _ => is_certain,
            };
            if is_one || known.has(&joined) {
                plain.push_str(&tight[at..range.start]);
                plain.extend(groups);
                at = range.end;
            } else {
                self.doubts.insert(tight[range].to_owned());
            }
        }
        // What is only tighter is found in the line as it is.
        plain.push_str(if at == 0 { &line } else { &tight[at..] });
    }
}

/// What the receipt says.
struct Known {
    tokens: BTreeSet<Token>,
    /// All numbers, and the sums of items that follow each other, which pages show as subtotals.
    amounts: BTreeSet<i64>,
    /// The texts of elements without white space, and their words.
    texts: BTreeSet<String>,
    /// All of them, with a mark between elements.
    signed: Search,
}

impl Known {
    fn new(content: &Content, xml: &[u8]) -> Self {
        let text = plain_marks(&narrow(&signed_text(xml)));
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
        let dense = |line: &str| line.chars().filter(|character| !character.is_whitespace()).collect();
        let texts = text.lines().map(dense).chain(text.split_whitespace().map(str::to_owned)).collect();
        // On the page the end of a line may stand between a caption and its value.
        let found = tokens(&text).into_iter().chain(tokens(&text.replace(':', "\n")));
        let plain = |token| match token {
            Token::Besides(text) => vec![Token::Code(text.clone()), Token::Date(text)],
            other => vec![other],
        };
        let mut tokens: BTreeSet<Token> = found.flat_map(plain).collect();
        tokens.insert(Token::Code(content.check_code.as_str().to_ascii_uppercase()));
        let signed = Search::new(text.lines().flat_map(|line| line.chars().chain(['|'])));
        Known { tokens, amounts, texts, signed }
    }

    fn has(&self, token: &Token) -> bool {
        match token {
            Token::Amount(fen) | Token::Price(fen) => {
                self.amounts.contains(fen) || self.amounts.contains(&fen.saturating_neg())
            }
            // A date may be written without separators, or with spaces.
            Token::Code(digits) => self.tokens.contains(token) || self.tokens.contains(&Token::Date(digits.clone())),
            Token::Date(digits) => self.tokens.contains(token) || self.tokens.contains(&Token::Code(digits.clone())),
            Token::Besides(text) => {
                [Token::Code(text.clone()), Token::Date(text.clone())].iter().any(|one| self.has(one))
            }
            Token::Capitals(_) => self.tokens.contains(token),
        }
    }

    /// Whether these digits stand in the receipt by themselves.
    fn has_number(&self, digits: &str) -> bool {
        number(digits).is_some_and(|fen| self.amounts.contains(&fen))
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

/// Puts the seen pieces behind each other: on one line what stands on one baseline without a wide gap.
fn join(pieces: &[TextPiece], lines: &mut String) {
    let mut last: Option<&TextPiece> = None;
    for piece in pieces.iter().filter(|piece| piece.hidden.is_none()) {
        lines.push_str(last.map_or("", |last| between(last, piece)));
        lines.push_str(&piece.text);
        last = Some(piece);
    }
    lines.push('\n');
}

/// What parts a piece from the one before it.
fn between(last: &TextPiece, piece: &TextPiece) -> &'static str {
    let size: Um = last.size.max(1);
    let gap = piece.x.saturating_sub(last.x.saturating_add(last.width));
    let is_on_line = piece.baseline.saturating_sub(last.baseline).saturating_abs() < size / 4;
    if is_on_line && gap.saturating_abs() < size / 3 {
        ""
    } else if is_on_line && gap > 0 && gap < size && last.text.trim_end().ends_with([':', '：']) {
        // A caption and its value.
        " "
    } else {
        "\n"
    }
}
