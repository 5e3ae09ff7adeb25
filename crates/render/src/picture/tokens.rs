//! Codes, amounts, dates and capitals in running text.

use std::collections::BTreeSet;
use std::ops::Range;

use czei_core::{Amount, IssueDate, parse_capitals};

mod context;

pub(super) use context::is_telephone;
use context::{MONEY, called, counted};

/// Something in a text that is of a form in which receipts write what matters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Token {
    /// 8, 10, 18 or 20 digits and capital letters: a receipt's code, its number, a credit code, a payment code.
    Code(String),
    /// A number with two decimals, or one behind ¥, in fen.
    Amount(i64),
    /// A number before 元, with a comma before two decimals, or that what stands around it makes another one, in fen:
    /// it may be one of a sentence that stands on every page, or of a list.
    Price(i64),
    /// A date, as `yyyyMMdd`.
    Date(String),
    /// A code or a date that what stands around it makes another one, as 打印日期: it says something else.
    Besides(String),
    /// An amount in capitals, as it stands.
    Capitals(String),
}

/// The text with full-width forms as ASCII, any white space within a line as a space, and nothing that is not seen.
pub(super) fn narrow(text: &str) -> String {
    let is_seen = |character: &char| {
        !matches!(character, '\u{AD}' | '\u{180E}' | '\u{FEFF}')
            && !matches!(character, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}')
    };
    let narrow = |character: char| match character {
        '\t' | '\u{A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => ' ',
        // Between numbers it is punctuation, where an ASCII comma would join them.
        '，' => character,
        // The block runs parallel to ASCII from ! to ~.
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(character) - 0xFEE0).unwrap_or(character),
        '\u{FFE5}' => '¥',
        '\u{2212}' | '\u{2010}' | '\u{2011}' => '-',
        other => digit(other).unwrap_or(other),
    };
    text.chars().filter(is_seen).map(narrow).collect()
}

/// A narrow text with the marks that stand between digits as those of amounts: points at half height or of sentences
/// as points, Arabic commas as commas, dashes as hyphens, and nothing for apostrophes and low lines, which part thousands.
pub(super) fn plain_marks(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut is_behind_digit = false;
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        let mark = match character {
            '·' | '・' | '･' | '‧' | '•' | '∙' | '⋅' | '˙' | '。' | '｡' | '․' | '﹒' | '⸳' | 'ꞏ' | '\u{66B}' => {
                Some(".")
            }
            '\u{2012}'..='\u{2015}' => Some("-"),
            '\u{66C}' | '‚' => Some(","),
            '\'' | '’' | '‘' | 'ʼ' | '′' | '`' | '´' | '_' => Some(""),
            _ => None,
        };
        let is_before_digit = || {
            let next = rest.as_str().trim_start_matches(' ').chars().next();
            next.is_some_and(|next| next.is_ascii_digit())
        };
        match mark.filter(|_| is_behind_digit && is_before_digit()) {
            Some(mark) => plain.push_str(mark),
            None => plain.push(character),
        }
        if character != ' ' {
            is_behind_digit = character.is_ascii_digit();
        }
    }
    plain
}

/// The zeros of scripts whose ten digits follow each other (Unicode, category Nd).
const ZEROS: [u32; 21] = [
    0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50, 0xED0, 0xF20, 0x1040,
    0x17E0, 0x1810, 0x2080, 0x1D7CE, 0x1D7D8,
];

/// A decimal digit of another script, of mathematics, raised or lowered, as that of ASCII.
fn digit(character: char) -> Option<char> {
    let value = match character {
        '\u{B9}' => 1,
        '\u{B2}' => 2,
        '\u{B3}' => 3,
        '\u{2070}' | '\u{2074}'..='\u{2079}' => u32::from(character) - 0x2070,
        '\u{1D7E2}'..='\u{1D7FF}' => (u32::from(character) - 0x1D7E2) % 10,
        other => ZEROS.iter().find_map(|zero| u32::from(other).checked_sub(*zero).filter(|value| *value < 10))?,
    };
    char::from_digit(value, 10)
}

/// The line without the spaces by which a number or a date is drawn apart: before a point between digits, and around
/// 年, 月 and 日. A space behind a point stays where a number of a list may end: behind at most three digits.
pub(super) fn tightened(line: &str) -> String {
    let mut tight = String::new();
    let mut rest = line;
    while let Some(space) = rest.find(' ') {
        let (before, behind) = rest.split_at(space);
        tight.push_str(before);
        rest = behind.trim_start_matches(' ');
        let number = |text: &str| text.ends_with(|character: char| character.is_ascii_digit());
        let starts = |text: &str| text.starts_with(|character: char| character.is_ascii_digit());
        let is_date =
            (number(&tight) && rest.starts_with(['年', '月', '日'])) || (tight.ends_with(['年', '月']) && starts(rest));
        let goes_on = ends_with_long_point(&tight) && has_two_digits(rest);
        let decimals = rest.strip_prefix('.').map(|decimals| decimals.trim_start_matches(' '));
        if let Some(decimals) = decimals.filter(|decimals| number(&tight) && starts(decimals)) {
            tight.push('.');
            rest = decimals;
        } else if !is_date && !goes_on {
            tight.push(' ');
        }
    }
    tight.push_str(rest);
    tight
}

fn ends_with_long_point(text: &str) -> bool {
    let before = text.strip_suffix('.').unwrap_or_default();
    before.len() - before.trim_end_matches(|character: char| character.is_ascii_digit()).len() > 3
}

fn has_two_digits(text: &str) -> bool {
    text.bytes().take_while(u8::is_ascii_digit).count() == 2
}

/// The line with full-width commas between thousands as those of amounts, where the groups of digits are those of one
/// number and not all of them are numbers that are known.
pub(super) fn wide_commas(line: &str, is_known: &dyn Fn(&str) -> bool) -> String {
    let is_part = |character: char| character.is_ascii_digit() || "，.,".contains(character);
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(start) = rest.find(is_part) {
        let end = rest[start..].find(|character| !is_part(character)).map_or(rest.len(), |length| start + length);
        let word = &rest[start..end];
        let inner = word.trim_matches(|character: char| !character.is_ascii_digit());
        let is_one = inner.contains('，') && !inner.contains(',') && number(&inner.replace('，', ",")).is_some();
        plain.push_str(&rest[..start]);
        if is_one && !inner.split('，').all(is_known) {
            plain.push_str(&word.replace(inner, &inner.replace('，', ",")));
        } else {
            plain.push_str(word);
        }
        rest = &rest[end..];
    }
    plain.push_str(rest);
    plain
}

/// The numbers of a line that ¥ stands before or 元 behind, as amounts or prices.
fn marked(line: &str) -> impl Iterator<Item = Token> {
    let is_part = |character: char| character.is_ascii_digit() || ".,-".contains(character);
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + line.get(at..)?.find(is_part)?;
            let end = line[start..].find(|character| !is_part(character)).map_or(line.len(), |length| start + length);
            at = end;
            let word = line[start..end].trim_end_matches([',', '.', '-']);
            let Some(fen) = number(word) else { continue };
            let before = line[..start].trim_end();
            let is_yuan = line[end..].trim_start().starts_with(['元', '圆']);
            let fen = with_jiao(fen, &line[end..]);
            let token = match MONEY.iter().find(|mark| before.ends_with(**mark)) {
                // A sentence may say 人民币5元.
                Some(mark) if *mark == "¥" || !is_yuan => counted(line, start, start + word.len(), fen),
                _ if is_yuan && fen != 0 => Some(Token::Price(fen)),
                _ => None,
            };
            if token.is_some() {
                return token;
            }
        }
    })
}

/// An amount with the 角 and 分 behind it: 1015元3角.
pub(super) fn with_jiao(fen: i64, behind: &str) -> i64 {
    let Some(rest) = behind.trim_start().strip_prefix(['元', '圆']).filter(|_| fen % 100 == 0) else { return fen };
    let digit = |text: &str, unit: char| {
        let mut characters = text.trim_start().chars();
        let digit = characters.next()?.to_digit(10)?;
        let rest = characters.as_str().trim_start().strip_prefix(unit)?;
        Some((i64::from(digit), text.len() - rest.len()))
    };
    let (jiao, length) = digit(rest, '角').unwrap_or((0, 0));
    let (cents, _) = digit(&rest[length..], '分').unwrap_or((0, 0));
    fen.saturating_add(10 * jiao + cents)
}

/// Capitals in their simplified form, and small numerals as capitals.
pub(super) fn capital(character: char) -> char {
    const FORMS: [(&str, char); 18] = [
        ("零〇", '零'),
        ("一弌", '壹'),
        ("二貳弍貮弐两兩", '贰'),
        ("三叄參叁参", '叁'),
        ("四", '肆'),
        ("五", '伍'),
        ("六陸", '陆'),
        ("七", '柒'),
        ("八", '捌'),
        ("九", '玖'),
        ("十", '拾'),
        ("百", '佰'),
        ("千", '仟'),
        ("萬", '万'),
        ("億", '亿'),
        ("圓園圜", '圆'),
        ("負", '负'),
        ("元", '元'),
    ];
    FORMS.iter().find(|(forms, _)| forms.contains(character)).map_or(character, |(_, capital)| *capital)
}

/// Amounts in words, in other forms than those of receipts: only what is surely one.
fn other_capitals(line: &str, tokens: &mut BTreeSet<Token>) {
    let is_part = |character: char| "零壹贰叁肆伍陆柒捌玖拾佰仟万亿元圆角分整正负".contains(capital(character));
    for word in line.split(|character| !is_part(character)) {
        let capitals: String = word.chars().map(capital).collect();
        let is_whole = capitals.ends_with(['整', '正', '分', '角']) && capitals.contains(['元', '圆']);
        if is_whole && capitals != word && in_words(&capitals).is_some() {
            tokens.insert(Token::Capitals(capitals));
        }
    }
}

/// The amount that words name, in fen; forms with printed places end in 零角零分.
pub(super) fn in_words(words: &str) -> Option<i64> {
    let shorter = || {
        let words = words.strip_suffix("零分")?;
        let words = words.strip_suffix("零角").unwrap_or(words);
        parse_capitals(&format!("{words}整")).or_else(|_| parse_capitals(words)).ok()
    };
    parse_capitals(words).ok().or_else(shorter).map(Amount::fen)
}

/// The tokens of a text that was made narrow. A line of text ends a token.
pub(super) fn tokens(text: &str) -> BTreeSet<Token> {
    let mut tokens = BTreeSet::new();
    for line in text.lines() {
        let tight = tightened(line);
        if tight != line {
            dates(&tight, &mut tokens);
            tokens.extend(amounts(&tight).filter_map(|(range, fen)| counted(&tight, range.start, range.end, fen)));
        }
        tokens.extend(marked(&tight));
        other_capitals(line, &mut tokens);
        dates(line, &mut tokens);
        dates(&without_letter_spaces(line), &mut tokens);
        tokens.extend(amounts(line).filter_map(|(range, fen)| counted(line, range.start, range.end, fen)));
        let is_part = |character: char| character.is_ascii_alphanumeric() || ".,-*".contains(character);
        let mut at = 0;
        for word in line.split_inclusive(|character: char| !is_part(character)) {
            let mut start = at;
            at += word.len();
            let word = word.trim_end_matches(|character: char| !is_part(character));
            tokens.extend(decimal_comma(word).map(Token::Price));
            for code in word.split(['.', ',', '-']) {
                let end = start + code.len();
                if is_code(code) {
                    tokens.extend(called(line, start, end, Token::Code(code.to_owned())));
                }
                start = end + 1;
            }
        }
        let capitals = |character: char| "零壹贰叁肆伍陆柒捌玖拾佰仟万亿元圆角分整正负".contains(character);
        for word in line.split(|character| !capitals(character)) {
            // 分 and 元 alone are words of other sentences.
            let begins = word.starts_with(['负', '零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖', '拾']);
            if begins && word.contains(['元', '圆', '角', '分']) {
                tokens.insert(Token::Capitals(word.to_owned()));
            }
        }
    }
    tokens
}

/// A number as amounts are written: with a sign, separators at thousands and any decimals up to two; in fen.
pub(super) fn number(text: &str) -> Option<i64> {
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = if whole.contains(',') {
        let mut groups = whole.split(',');
        let first = groups.next().filter(|first| (1..=3).contains(&first.len()))?;
        let rest: Vec<&str> = groups.collect();
        if rest.iter().any(|group| group.len() != 3) {
            return None;
        }
        format!("{first}{}", rest.concat())
    } else {
        whole.to_owned()
    };
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if plain.is_empty() || plain.len() > 15 || decimals.len() > 2 || !all_digits(&plain) || !all_digits(decimals) {
        return None;
    }
    let fen = format!("{plain}{decimals:0<2}").parse::<i64>().ok()?;
    Some(if is_negative { -fen } else { fen })
}

/// The amounts in a line and where they stand: each point with two digits behind it and digits before it, whatever
/// stands around.
fn amounts(line: &str) -> impl Iterator<Item = (Range<usize>, i64)> {
    line.match_indices('.').filter_map(|(at, _)| {
        let (before, behind) = (&line[..at], &line[at + 1..]);
        let digits = behind.bytes().take_while(u8::is_ascii_digit).count();
        // Points on both sides are those of a date.
        if digits != 2 || behind[2..].starts_with('.') {
            return None;
        }
        let length = before.bytes().rev().take_while(|byte| byte.is_ascii_digit() || *byte == b',').count();
        let (around, whole) = before.split_at(before.len() - length);
        if around.ends_with('.') {
            return None;
        }
        // Behind a digit it is the hyphen of a range.
        let sign = around.strip_suffix('-').filter(|around| !around.ends_with(|last: char| last.is_ascii_digit()));
        let sign = if sign.is_some() { "-" } else { "" };
        let decimals = &behind[..2];
        let whole = whole.trim_start_matches(',');
        let last = whole.rsplit(',').next().unwrap_or(whole);
        let amount = |whole: &str| {
            let fen = number(&format!("{sign}{whole}.{decimals}"))?;
            Some((at - whole.len() - sign.len()..at + 3, fen))
        };
        amount(whole).or_else(|| amount(last))
    })
}

/// A number that writes the comma where amounts have the point: `9269,50`, `9.269,50`.
fn decimal_comma(word: &str) -> Option<i64> {
    let (whole, decimals) = word.rsplit_once(',').filter(|(whole, _)| whole.len() > 2 && !whole.contains(','))?;
    let mut groups = whole.split('.');
    let is_first = groups.next().is_some_and(|first| !whole.contains('.') || (1..=3).contains(&first.len()));
    let is_number = decimals.len() == 2 && is_first && groups.all(|group| group.len() == 3);
    if is_number { number(&format!("{}.{decimals}", whole.replace('.', ""))) } else { None }
}

fn is_code(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let plain = word.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    plain
        && match word.len() {
            8 | 10 | 20 => digits == word.len(),
            18 => digits >= 9,
            _ => false,
        }
}

/// The line without the spaces of dates that are drawn digit by digit: `2 0 2 6 - 1 1 - 2 2`.
fn without_letter_spaces(line: &str) -> String {
    let is_part = |character: char| character.is_ascii_digit() || " -/.年月日".contains(character);
    let mut plain = String::with_capacity(line.len());
    for word in line.split_inclusive(|character: char| !is_part(character)) {
        let mut groups = word.split(|character: char| !character.is_ascii_digit());
        if groups.all(|digits| digits.len() < 2) {
            plain.extend(word.chars().filter(|character| *character != ' '));
        } else {
            plain.push_str(word);
        }
    }
    plain
}

/// Year, month and day with `-`, `/`, `.` or 年月日 between them.
fn dates(line: &str, tokens: &mut BTreeSet<Token>) {
    let mut parts: Vec<(&str, Option<char>)> = Vec::new();
    let mut begin = 0;
    let mut rest = line;
    while let Some(start) = rest.find(|character: char| character.is_ascii_digit()) {
        let behind = &rest[start..];
        let end = behind.find(|character: char| !character.is_ascii_digit()).unwrap_or(behind.len());
        let separator = behind[end..].chars().next();
        if start > 0 {
            // What stands between is more than one separator: a date does not go on.
            parts.clear();
            begin = line.len() - behind.len();
        }
        parts.push((&behind[..end], separator));
        if let [.., (year, Some(first)), (month, Some(second)), (day, _)] = parts.as_slice() {
            let separators = (*first == *second && "-/.".contains(*first)) || (*first == '年' && *second == '月');
            if separators && year.len() == 4 && (1..=2).contains(&month.len()) && (1..=2).contains(&day.len()) {
                let date = format!("{year}{month:0>2}{day:0>2}");
                let end = line.len() - behind.len() + end;
                let end = end + separator.filter(|separator| *separator == '日').map_or(0, char::len_utf8);
                if IssueDate::parse(&date).is_ok() {
                    tokens.extend(called(line, begin, end, Token::Date(date)));
                }
            }
        }
        rest = &behind[end..];
        rest = separator.map_or("", |separator| &rest[separator.len_utf8()..]);
    }
}

/// The amount of fen, for a message.
pub(super) fn yuan(fen: i64) -> String {
    Amount::from_fen(fen).map_or_else(|_| fen.to_string(), |amount| amount.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_matters_is_found_in_running_text() {
        let text = narrow(
            "票据代码：32010125　号码:0013933922 （小写）￥1,409.50，2025年9月23日\n2025-09-23 大写壹仟肆佰零玖元伍角整 -80.00",
        );
        let expected = [
            Token::Code("0013933922".into()),
            Token::Code("32010125".into()),
            Token::Amount(-8_000),
            Token::Amount(140_950),
            Token::Date("20250923".into()),
            Token::Capitals("壹仟肆佰零玖元伍角整".into()),
        ];
        assert_eq!(tokens(&text), BTreeSet::from(expected));
    }

    #[test]
    fn other_spellings_are_read() {
        for (text, token) in [
            ("合计 9269 . 50", Token::Amount(926_950)),
            ("合计 9269 .50", Token::Amount(926_950)),
            ("￥9269", Token::Amount(926_900)),
            ("¥ 9,269.5", Token::Amount(926_950)),
            ("9269元", Token::Price(926_900)),
            ("٩٢٦٩.٥٠", Token::Amount(926_950)),
            ("9269.⁵⁰", Token::Amount(926_950)),
            ("2001 年 2 月 3 日", Token::Date("20010203".into())),
            ("9269. 50", Token::Amount(926_950)),
            ("9269\u{A0}.\u{202F}50", Token::Amount(926_950)),
            ("92\u{200B}69.5\u{AD}0", Token::Amount(926_950)),
            ("9'269.50", Token::Amount(926_950)),
            ("9’269.50", Token::Amount(926_950)),
            ("9_269.50", Token::Amount(926_950)),
            ("9269·50", Token::Amount(926_950)),
            ("9269・50", Token::Amount(926_950)),
            ("9269 ‧ 50", Token::Amount(926_950)),
            ("9269。50", Token::Amount(926_950)),
            ("9269．50", Token::Amount(926_950)),
            ("٩٬٢٦٩٫٥٠", Token::Amount(926_950)),
            ("9269,50", Token::Price(926_950)),
            ("9.269,50", Token::Price(926_950)),
            ("玖萬貳仟圓整", Token::Capitals("玖万贰仟圆整".into())),
            ("九万二千元整", Token::Capitals("玖万贰仟元整".into())),
        ] {
            let found = tokens(&plain_marks(&narrow(text)));
            assert!(found.contains(&token), "{text}: {found:?}");
        }
        // Numbers of a list, and of columns beside each other, stay apart.
        assert_eq!(tightened("1. 25 1 2550.00"), "1. 25 1 2550.00");
        assert_eq!(tightened("100. 25"), "100. 25");
        assert_eq!(plain_marks("人·次 3·4人 '5人' 6'人 l'8"), "人·次 3.4人 '5人' 6'人 l'8");
        assert_eq!(tokens("1. 25 1 2550.00"), BTreeSet::from([Token::Amount(255_000)]));
    }

    #[test]
    fn what_does_not_matter_is_left() {
        for text in [
            "电话 025-8888",
            "1.2.3",
            "3.141",
            "2025-13-01",
            "元 12",
            "分类",
            "第1页共2页",
            "25.01.1.2",
            "01,02,03",
            "1,25",
            "1.2345,50",
            "ABCDEFGH",
        ] {
            assert_eq!(tokens(text), BTreeSet::new(), "{text}");
        }
    }

    #[test]
    fn amounts_are_found_whatever_stands_around_them() {
        for (text, fen) in [
            ("9,999.00,2025", &[999_900][..]),
            ("1,40.50", &[4_050]),
            ("A80.00B-7.10", &[8_000, -710]),
            ("(12.00)", &[1_200]),
            ("2025.09.23", &[]),
            ("1.234", &[]),
            (".50", &[]),
        ] {
            assert_eq!(amounts(text).map(|(_, fen)| fen).collect::<Vec<_>>(), fen, "{text}");
        }
    }

    #[test]
    fn numbers_are_read_as_amounts_are_written() {
        for (text, fen) in [
            ("80", Some(8_000)),
            ("80.5", Some(8_050)),
            ("-1,234,567.89", Some(-123_456_789)),
            ("1234,567", None),
            ("", None),
            ("-", None),
            ("1.234", None),
            ("1234567890123456", None),
        ] {
            assert_eq!(number(text), fen, "{text}");
        }
    }
}
