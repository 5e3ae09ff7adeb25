//! What stands around a value, and whether it is surely one of the receipt's.

use super::super::captions::{self, Field};
use super::Token;

/// What stands before a number of money.
pub(super) const MONEY: [&str; 4] = ["¥", "RMB", "CNY", "人民币"];
/// What stands before numbers that are no codes.
const TELEPHONES: [&str; 6] = ["电话", "热线", "传真", "手机", "客服", "Tel"];

/// Whether what stands before a number, maybe with others between, says that it is a telephone's.
pub(in super::super) fn is_telephone(before: &str) -> bool {
    let before =
        before.trim_end_matches(|character: char| character.is_ascii_digit() || " :-./,;、()".contains(character));
    let before = before.trim_end_matches("号码").trim_end_matches('号');
    TELEPHONES.iter().any(|word| before.ends_with(word))
}

/// A code or a date by what stands around it: `None` for telephones.
pub(super) fn called(line: &str, start: usize, end: usize, token: Token) -> Option<Token> {
    let (before, behind) = (&line[..start], &line[end..]);
    if is_telephone(before) {
        return None;
    }
    let is_besides = is_called(before, is_of_receipts)
        || is_in_address(before)
        || has_area_code(before)
        || behind.strip_prefix('号').unwrap_or(behind).starts_with(char::is_alphabetic) && !captions::begins(behind);
    match token {
        Token::Code(text) | Token::Date(text) if is_besides => Some(Token::Besides(text)),
        other => Some(other),
    }
}

/// An amount by what stands around it: `None` for nothing, and for parts of a hundred.
pub(super) fn counted(line: &str, start: usize, end: usize, fen: i64) -> Option<Token> {
    let (before, mut behind) = (&line[..start], &line[end..]);
    if fen == 0 || behind.trim_start().starts_with(['%', '‰']) {
        return None;
    }
    for unit in ['元', '圆', '整', '正'] {
        behind = behind.trim_start().strip_prefix(unit).unwrap_or(behind);
    }
    let before = before_money(before);
    let is_besides = is_called(before, is_of_totals)
        || is_in_address(before)
        || before.ends_with(is_sign)
        || behind.starts_with(is_sign)
        || behind.starts_with(char::is_alphabetic) && !captions::begins(behind);
    Some(if is_besides { Token::Price(fen) } else { Token::Amount(fen) })
}

/// The text without the marks of money at its end.
fn before_money(before: &str) -> &str {
    MONEY.iter().find_map(|mark| before.trim_end().strip_suffix(mark)).unwrap_or(before)
}

/// Whether a word touches what follows, or stands before it with a colon, that is no caption of receipts.
fn is_called(before: &str, is_of_receipts: fn(&str) -> bool) -> bool {
    let Some(caption) = before.trim_end().strip_suffix(':').map(str::trim_end) else {
        return before.ends_with(char::is_alphabetic) && !is_of_receipts(last_word(before));
    };
    // 金额(元): is called by either.
    let (outer, inner) = match caption.strip_suffix(')').and_then(|caption| caption.rsplit_once('(')) {
        Some((outer, inner)) => (outer.trim_end(), inner),
        None => (caption, ""),
    };
    outer.ends_with(char::is_alphabetic) && ![outer, inner].iter().any(|one| is_of_receipts(last_word(one)))
}

fn last_word(text: &str) -> &str {
    text.rsplit(|character: char| !character.is_alphabetic()).next().unwrap_or(text)
}

/// Whether a caption of a code or a date is one of receipts, or may be taken for one, as 票号 and 号码.
fn is_of_receipts(word: &str) -> bool {
    captions::ends(word, |field| field != Field::Other)
        || ["代码", "号码", "日期"].contains(&word)
        || ["票", "缴款码", "缴款识别码"].iter().any(|part| word.contains(part))
}

fn is_of_totals(word: &str) -> bool {
    word == "金额" || captions::ends(word, |field| matches!(field, Field::Total | Field::Sum))
}

fn is_in_address(before: &str) -> bool {
    let word = before.rsplit(char::is_whitespace).next().unwrap_or(before);
    word.contains("://") || word.contains("www.")
}

/// Whether three or four digits from a zero on stand before it, in brackets or with a hyphen: (0513), 0513-.
fn has_area_code(before: &str) -> bool {
    let Some(area) = before.trim_end().strip_suffix([')', '-']) else { return false };
    let digits = area.len() - area.trim_end_matches(|character: char| character.is_ascii_digit()).len();
    (3..=4).contains(&digits) && area[area.len() - digits..].starts_with('0')
}

/// Whether a number that this touches is part of something else: no letter, no digit, and not what parts words.
fn is_sign(character: char) -> bool {
    let parts = character.is_whitespace()
        || "¥,.;:!?()[]{}<>'\"|_-，·".contains(character)
        || matches!(character, '\u{2010}'..='\u{2027}' | '\u{2039}' | '\u{203A}' | '\u{3001}'..='\u{303F}');
    !parts && !character.is_alphanumeric()
}
