//! Numbers whose digits are drawn apart: `9 269.50`, `9 2 6 9 . 5 0`, `0013 9339 22`.

use super::tokens::{Token, is_telephone, number};

/// Groups of digits on one line that may be one number.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Spaced {
    /// Where they stand in the line.
    pub(super) range: std::ops::Range<usize>,
    /// The groups, two at least.
    pub(super) groups: Vec<String>,
    /// All of them as one number.
    pub(super) joined: Token,
    /// Whether nothing else than one number looks like this; otherwise they may be columns.
    pub(super) is_certain: bool,
}

/// Digits of one number, at most.
const DIGITS: usize = 15;
/// White space between the digits of one number.
const SPACES: usize = 3;

/// A group of digits, maybe with a point and commas, and where it stands.
#[derive(Debug, Clone, Copy)]
struct Group<'a> {
    text: &'a str,
    start: usize,
}

impl Group<'_> {
    fn end(&self) -> usize {
        self.start + self.text.len()
    }

    fn is_digits(&self) -> bool {
        self.text.bytes().all(|byte| byte.is_ascii_digit())
    }
}

/// The numbers of a line that are drawn apart, none over another.
pub(super) fn spaced(line: &str) -> Vec<Spaced> {
    let mut found: Vec<Spaced> = Vec::new();
    for run in runs(line) {
        let mut from = 0;
        while from < run.len() {
            let rest = &run[from..];
            let next = digits_apart(rest).or_else(|| thousands_apart(line, rest)).or_else(|| code_apart(line, rest));
            from += match next {
                Some((spaced, count)) => {
                    found.push(spaced);
                    count
                }
                None => 1,
            };
        }
    }
    found
}

/// Groups with nothing but white space between them.
fn runs(line: &str) -> Vec<Vec<Group<'_>>> {
    let is_part = |character: char| character.is_ascii_digit() || character == '.' || character == ',';
    let mut runs: Vec<Vec<Group<'_>>> = Vec::new();
    let mut at = 0;
    let mut goes_on = false;
    while let Some(start) = line[at..].find(is_part).map(|start| at + start) {
        let end = line[start..].find(|character| !is_part(character)).map_or(line.len(), |length| start + length);
        let between = &line[at..start];
        goes_on &= !between.is_empty() && between.len() <= SPACES && between.bytes().all(|byte| byte == b' ');
        let text = &line[start..end];
        let digits = text.trim_end_matches(['.', ',']);
        // Part of a word.
        let is_free = !line[..start].ends_with(|character: char| character.is_ascii_alphanumeric() || character == '*');
        if digits.starts_with(|character: char| character.is_ascii_digit()) && is_free {
            let group = Group { text: digits, start };
            match runs.last_mut().filter(|_| goes_on) {
                Some(run) => run.push(group),
                None => runs.push(vec![group]),
            }
            goes_on = digits.len() == text.len();
        } else {
            goes_on = false;
        }
        at = end;
    }
    runs.retain(|run| run.len() > 1);
    runs
}

/// Digit by digit, at the beginning of a run: `9 2 6 9.50`, `9 2 6 9.5 0`.
fn digits_apart(run: &[Group<'_>]) -> Option<(Spaced, usize)> {
    let single = run.iter().take(DIGITS).take_while(|group| group.text.len() == 1).count();
    let (whole, decimals) = run.get(single)?.text.split_once('.')?;
    let last = run.get(single + 1).filter(|group| group.text.len() == 1 && decimals.len() == 1);
    if whole.len() != 1 || (decimals.len() != 2 && last.is_none()) || (single == 0 && last.is_none()) {
        return None;
    }
    let count = single + 1 + usize::from(last.is_some());
    Some((amount(&run[..count], single > 1 || last.is_some())?, count))
}

/// By thousands, at the beginning of a run: `9 269.50`, and `9 269` behind ¥ or before 元.
fn thousands_apart(line: &str, run: &[Group<'_>]) -> Option<(Spaced, usize)> {
    let [first, behind @ ..] = run else { return None };
    if !first.is_digits() || first.text.len() > 3 {
        return None;
    }
    let whole = behind.iter().take(DIGITS / 3).take_while(|group| group.is_digits() && group.text.len() == 3).count();
    let has_decimals = |group: &&Group<'_>| matches!(group.text.split_once('.'), Some((whole, decimals)) if whole.len() == 3 && decimals.len() == 2);
    if behind.get(whole).filter(has_decimals).is_some() {
        return Some((amount(&run[..whole + 2], false)?, whole + 2));
    }
    let last = run.get(whole).filter(|_| whole > 0)?;
    let is_marked = line[..first.start].trim_end().ends_with('¥');
    if is_marked || line[last.end()..].trim_start().starts_with('元') {
        return Some((amount(&run[..=whole], is_marked)?, whole + 1));
    }
    None
}

fn amount(groups: &[Group<'_>], is_certain: bool) -> Option<Spaced> {
    let text: String = groups.iter().map(|group| group.text).collect();
    Some(of(groups, Token::Amount(number(&text)?), is_certain))
}

/// All digits of a run together, as many as a code has.
fn code_apart(line: &str, run: &[Group<'_>]) -> Option<(Spaced, usize)> {
    let count = run.iter().take(20).take_while(|group| group.is_digits()).count();
    let groups = &run[..count];
    let digits: String = groups.iter().map(|group| group.text).collect();
    if count < 2 || ![8, 10, 18, 20].contains(&digits.len()) || is_telephone(&line[..groups.first()?.start]) {
        return None;
    }
    Some((of(groups, Token::Code(digits), false), count))
}

fn of(groups: &[Group<'_>], joined: Token, is_certain: bool) -> Spaced {
    let start = groups.first().map_or(0, |group| group.start);
    let end = groups.last().map_or(start, Group::end);
    let groups = groups.iter().map(|group| group.text.to_owned()).collect();
    Spaced { range: start..end, groups, joined, is_certain }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_are_drawn_apart_are_found() {
        for (line, text, joined, is_certain) in [
            ("合计 9 269.50", "9 269.50", Token::Amount(926_950), false),
            ("12 345 678.90元", "12 345 678.90", Token::Amount(1_234_567_890), false),
            ("¥9 269", "9 269", Token::Amount(926_900), true),
            ("9 269 元", "9 269", Token::Amount(926_900), false),
            ("共 9 2 6 9.5 0", "9 2 6 9.5 0", Token::Amount(926_950), true),
            ("9 2 6 9.50", "9 2 6 9.50", Token::Amount(926_950), true),
            ("3 9.50", "3 9.50", Token::Amount(3_950), false),
            ("号码:0013 9339 23", "0013 9339 23", Token::Code("0013933923".into()), false),
            ("3 850.00 2550.00", "3 850.00", Token::Amount(385_000), false),
        ] {
            let found = spaced(line);
            let [one] = &found[..] else { panic!("{line}: {found:?}") };
            assert_eq!((&line[one.range.clone()], &one.joined, one.is_certain), (text, &joined, is_certain), "{line}");
            assert_eq!(one.groups, text.split(' ').collect::<Vec<_>>(), "{line}");
        }
    }

    #[test]
    fn columns_lists_and_telephones_are_left() {
        for line in [
            "1 2550.00",
            "12 45.00 540.00",
            "9 269",
            "1. 269.50",
            "A3 850.00",
            "3    850.00",
            "电话：400 820 8820",
            "电话 : 400 820 8820",
            "客服热线400 820 8820",
            "1 2 3 4",
            "2026 11 2",
            "9269.50",
        ] {
            assert_eq!(spaced(&super::super::tokens::narrow(line)), [], "{line}");
        }
    }
}
