//! What stands behind the captions that receipts carry.

use std::collections::BTreeSet;

use czei_core::Content;

use super::lines::{Gap, Line};
use super::tokens::{Token, capital, in_words, narrow, number, plain_marks, tokens, wide_commas, with_jiao};

/// A value behind a caption that is not the receipt's.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) caption: &'static str,
    pub(super) expected: String,
    pub(super) found: String,
    /// Whether it can be nothing but the value of this caption; otherwise it may be that of another column.
    pub(super) is_certain: bool,
}

/// What a caption promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Code,
    Number,
    Check,
    RelatedCode,
    RelatedNumber,
    PayerCode,
    Payer,
    Unit,
    Date,
    Total,
    /// As a total, but also a row of a table: without a colon it may stand before other numbers.
    Sum,
    Capitals,
    /// Ends the value before it, and is not looked at.
    Other,
}

/// The longer ones first where one begins another.
const CAPTIONS: [(&str, Field); 51] = [
    ("原票据代码", Field::RelatedCode),
    ("原票据号码", Field::RelatedNumber),
    ("电子票据代码", Field::Code),
    ("电子票据号码", Field::Number),
    ("票据代码", Field::Code),
    ("票据号码", Field::Number),
    ("校验码", Field::Check),
    ("交款人统一社会信用代码", Field::PayerCode),
    ("交款人身份证件号码", Field::PayerCode),
    ("缴款人统一社会信用代码", Field::PayerCode),
    ("付款人统一社会信用代码", Field::PayerCode),
    ("交款人名称", Field::Payer),
    ("交款人全称", Field::Payer),
    ("交款人", Field::Payer),
    ("交款单位", Field::Payer),
    ("缴款人名称", Field::Payer),
    ("缴款人", Field::Payer),
    ("缴款单位", Field::Payer),
    ("付款人名称", Field::Payer),
    ("付款人", Field::Payer),
    ("缴费人", Field::Payer),
    ("收款单位名称", Field::Unit),
    ("收款单位", Field::Unit),
    ("开票单位", Field::Unit),
    ("开票日期", Field::Date),
    ("金额合计", Field::Total),
    ("合计金额", Field::Total),
    ("小写", Field::Total),
    ("合计", Field::Sum),
    ("总计", Field::Sum),
    ("实收", Field::Sum),
    ("大写", Field::Capitals),
    ("统一社会信用代码", Field::Other),
    ("复核人", Field::Other),
    ("收款人", Field::Other),
    ("开票人", Field::Other),
    ("经办人", Field::Other),
    ("项目编码", Field::Other),
    ("项目名称", Field::Other),
    ("其他信息", Field::Other),
    ("缴款码", Field::Other),
    ("缴款识别码", Field::Other),
    ("业务流水号", Field::Other),
    ("填制日期", Field::Other),
    ("备注", Field::Other),
    ("性别", Field::Other),
    ("门诊号", Field::Other),
    ("住院号", Field::Other),
    ("病历号", Field::Other),
    ("开户银行", Field::Other),
    ("账号", Field::Other),
];

/// Traditional characters of captions, each before its simplified form.
const TRADITIONAL: &str = "單单據据號号碼码開开額额計计總总實实繳缴寫写驗验稱称統统會会項项編编識识";

/// A character of a caption in its simplified form.
fn simplified(character: char) -> char {
    let mut forms = TRADITIONAL.chars();
    while let (Some(one), Some(other)) = (forms.next(), forms.next()) {
        if one == character {
            return other;
        }
    }
    character
}

/// Whether a word ends with the caption of such a field.
pub(super) fn ends(word: &str, is_such: fn(Field) -> bool) -> bool {
    let word: String = word.chars().map(simplified).collect();
    CAPTIONS.iter().any(|(caption, field)| is_such(*field) && word.ends_with(caption))
}

/// Whether a text begins with a caption.
pub(super) fn begins(text: &str) -> bool {
    let start: String = text.chars().take(12).map(simplified).collect();
    CAPTIONS.iter().any(|(caption, _)| start.starts_with(caption))
}

/// Characters of a value that are looked at.
const VALUE: usize = 400;

/// What is known of the receipt besides the fields of captions.
pub(super) struct Receipt<'a> {
    pub(super) content: &'a Content,
    /// Whether an element of it, or a word of one, is this text; both without white space.
    pub(super) has_text: &'a dyn Fn(&str) -> bool,
    /// Whether an amount stands in it, or is a sum of its items.
    pub(super) has_amount: &'a dyn Fn(i64) -> bool,
}

/// The values of a line that are not the receipt's. Amounts in words are added to `words` as they would be written
/// without white space.
pub(super) fn wrong(line: &Line, receipt: &Receipt<'_>, words: &mut BTreeSet<String>) -> Vec<Wrong> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < line.characters.len() {
        let Some((caption, field, behind)) = caption(line, at) else {
            at += 1;
            continue;
        };
        let value = Value::behind(line, behind);
        if field == Field::Capitals {
            words.extend(value.in_words());
        }
        if let Some((expected, text, is_certain)) = value.contradicts(field, receipt) {
            let is_certain = is_certain && !value.is_called;
            found.push(Wrong { caption, expected, found: text, is_certain });
        }
        at = behind;
    }
    found
}

/// The caption that begins here, and where it ends.
fn caption(line: &Line, at: usize) -> Option<(&'static str, Field, usize)> {
    let rest = line.characters.get(at..)?;
    let first = simplified(*rest.first()?);
    // A caption begins a word: 请交款人 is none.
    let follows_word = at > 0 && line.gaps[at] == Gap::None && line.characters[at - 1].is_alphanumeric();
    if follows_word {
        return None;
    }
    let is_here = |(caption, _): &&(&str, Field)| {
        caption.starts_with(first)
            && caption.chars().zip(rest).filter(|(one, other)| *one == simplified(**other)).count()
                == caption.chars().count()
    };
    let (caption, field) = CAPTIONS.iter().find(is_here)?;
    Some((caption, *field, at + caption.chars().count()))
}

/// What stands between a caption and the next one.
struct Value {
    /// Its parts with nothing but white space between them.
    parts: Vec<String>,
    /// Whether a colon or a bracket parts it from its caption.
    is_marked: bool,
    /// Whether a word with a colon, maybe another caption, stands before what is read.
    is_called: bool,
    /// What is between the caption and the value.
    gap: Gap,
}

impl Value {
    fn behind(line: &Line, caption: usize) -> Value {
        let rest = &line.characters[caption..];
        let brackets = match rest {
            // 收款单位（章）, and what closes （小写）.
            ['(', '章', ')', ..] => 3,
            ['(', _, '章', ')', ..] => 4,
            [')' | ']' | '】' | '）', ..] => 1,
            _ => 0,
        };
        let colons = rest[brackets..].iter().take_while(|character| matches!(character, ':' | '︰' | '：')).count();
        let start = caption + brackets + colons;
        let end = (start..line.characters.len().min(start + VALUE))
            .find(|at| self::caption(line, *at).is_some() || (*at > start && line.gaps[*at] == Gap::Column))
            .unwrap_or(line.characters.len().min(start + VALUE));
        let mut is_marked = brackets + colons > 0;
        let mut parts: Vec<String> = Vec::new();
        for at in start..end {
            match parts.last_mut().filter(|_| line.gaps[at] == Gap::None) {
                Some(part) => part.push(line.characters[at]),
                None => parts.push(line.characters[at].to_string()),
            }
        }
        // An opening bracket is that of the next caption.
        if let Some(last) = parts.last_mut().filter(|last| last.ends_with(['(', '['])) {
            last.pop();
        }
        // A word with a colon is the next caption, one that is not known here.
        if let Some(next) = parts.iter().skip(1).position(|part| part.contains(':')) {
            parts.truncate(next + 1);
        }
        // The caption once more in another language.
        if let Some(first) = parts.first_mut()
            && let Some((words, behind)) = first.split_once(':')
            && words.bytes().all(|byte| byte.is_ascii_alphabetic())
        {
            *first = behind.to_owned();
            is_marked = true;
        }
        let is_called =
            parts.first().and_then(|first| first.split_once(':')).is_some_and(|(words, _)| !words.is_ascii());
        let gap = (caption..=start).filter_map(|at| line.gaps.get(at)).max().copied().unwrap_or(Gap::Column);
        Value { parts, is_marked, is_called: is_called && gap > Gap::None, gap }
    }

    /// What the receipt says and what stands there, when these are two things, and whether that is certain.
    fn contradicts(&self, field: Field, receipt: &Receipt<'_>) -> Option<(String, String, bool)> {
        let content = receipt.content;
        let all = self.parts.concat();
        if all.is_empty() || all.contains(char::REPLACEMENT_CHARACTER) {
            return None;
        }
        match field {
            Field::Code => self.is_other_code(content.code.as_str(), receipt),
            Field::Number => self.is_other_code(&content.number.to_string(), receipt),
            Field::Check => self
                .is_other_code(content.check_code.as_str(), receipt)
                .filter(|(expected, found, _)| expected.to_ascii_uppercase() != *found),
            Field::RelatedCode => self.is_other_code(content.related?.code.as_str(), receipt),
            Field::RelatedNumber => self.is_other_code(&content.related?.number.to_string(), receipt),
            Field::PayerCode => self.is_other_code(content.payer.code.as_ref()?.as_str(), receipt),
            Field::Payer => self.is_other_name(content.payer.name.as_str(), receipt),
            Field::Unit => self.is_other_name(content.unit.name.as_str(), receipt),
            Field::Date => self.is_other_date(&content.issue_date.to_string()),
            Field::Total => self.is_other_amount(receipt),
            Field::Sum => self.is_other_sum(receipt),
            Field::Capitals | Field::Other => None,
        }
    }

    /// Letters and digits, whatever parts them, behind brackets and signs.
    fn is_other_code(&self, expected: &str, receipt: &Receipt<'_>) -> Option<(String, String, bool)> {
        let expected = narrow(expected);
        let mut code = String::new();
        let mut touches_word = false;
        'parts: for part in &self.parts {
            let mut rest = part.as_str();
            while let Some(character) = rest.chars().next() {
                match character {
                    _ if character.is_ascii_alphanumeric() || character == '*' => code.push(character),
                    '-' | '_' | '.' | '·' | '\'' | '’' | ',' => {}
                    '(' | '[' | '{' | '<' | '"' | '“' | '‘' | '【' | '「' | '《' | '#' | '№' | '第'
                        if code.is_empty() => {}
                    ')' if code.len() < expected.len() => {}
                    _ => {
                        let is_end = character == '号' || begins(rest);
                        touches_word = character.is_alphabetic() && !is_end;
                        break 'parts;
                    }
                }
                rest = &rest[character.len_utf8()..];
            }
            if code == expected {
                return None;
            }
        }
        // Of persons, the last digits are shown.
        let shown = code.trim_start_matches('*');
        let agrees = if shown == code { expected.starts_with(&code) } else { expected.ends_with(shown) };
        if agrees {
            return None;
        }
        // 6位, and the like.
        let is_whole = code.len() * 2 >= expected.len() && !touches_word;
        let is_near = self.is_marked && self.gap < Gap::Column;
        let is_of_form = code.len() == expected.len() && !(receipt.has_text)(&code);
        Some((expected, code, is_whole && (is_near || is_of_form)))
    }

    /// A name may go on in the next line, and what is no name may stand behind it.
    fn is_other_name(&self, expected: &str, receipt: &Receipt<'_>) -> Option<(String, String, bool)> {
        let whole: String = narrow(expected).chars().filter(|character| !character.is_whitespace()).collect();
        let text = self.parts.concat();
        let is_near = self.gap < Gap::Column;
        let is_longer_word = !self.is_marked && self.gap == Gap::None;
        if is_longer_word || !text.contains(char::is_alphabetic) || whole.starts_with(&text) || is_masked(&whole, &text)
        {
            return None;
        }
        if !is_near && (receipt.has_text)(&text) {
            return None;
        }
        if let Some(behind) = text.strip_prefix(&whole) {
            let ends = self.ends_at(whole.chars().count()) || behind.starts_with([';', ',', '.', '，', '。']);
            let goes_on = !ends && self.goes_on(whole.chars().count());
            return goes_on.then(|| (expected.to_owned(), text.clone(), false));
        }
        let is_name = !text.contains(&whole) && !text.contains('的') && !text.starts_with(NO_NAMES);
        Some((expected.to_owned(), text.clone(), self.is_marked && is_near && is_name))
    }

    /// Whether letters or digits stand in one part behind so many characters.
    fn goes_on(&self, count: usize) -> bool {
        let mut left = count;
        for part in &self.parts {
            let length = part.chars().count();
            if left < length {
                return part.chars().skip(left).any(char::is_alphanumeric);
            }
            left -= length;
        }
        false
    }

    /// Whether a part ends behind so many characters.
    fn ends_at(&self, count: usize) -> bool {
        let mut characters = 0;
        self.parts.iter().any(|part| {
            characters += part.chars().count();
            characters == count
        })
    }

    fn is_other_date(&self, expected: &str) -> Option<(String, String, bool)> {
        let text = plain_marks(&self.parts.concat());
        let found = tokens(&text).into_iter().chain(tokens(&plain_marks(&self.parts.join(" "))));
        let dates: Vec<String> = found
            .filter_map(|token| match token {
                Token::Date(date) | Token::Besides(date) if date.len() == 8 => Some(date),
                _ => None,
            })
            .collect();
        let digits: String = expected.chars().filter(char::is_ascii_digit).collect();
        if dates.contains(&digits) {
            return None;
        }
        if let Some(other) = dates.first() {
            return Some((expected.to_owned(), other.clone(), true));
        }
        // The date in another order, or cut by the end of the line, is no other one.
        let numbers = |text: &str| {
            let words = text.split(|character: char| !character.is_ascii_digit());
            let mut numbers: Vec<u32> = words.filter_map(|word| word.parse().ok()).collect();
            numbers.sort_unstable();
            numbers
        };
        let shown: String = text.chars().filter(char::is_ascii_digit).collect();
        let agrees = numbers(&text) == numbers(expected) || text.starts_with(&digits) || digits.starts_with(&shown);
        let is_date = text.contains('年') || (!shown.is_empty() && !agrees);
        (is_date && self.gap < Gap::Column).then(|| (expected.to_owned(), text, false))
    }

    /// The first number, its digits together or apart.
    fn is_other_amount(&self, receipt: &Receipt<'_>) -> Option<(String, String, bool)> {
        let total = receipt.content.total;
        let text = wide_commas(&plain_marks(&self.parts.join(" ")), &|_| false);
        let start = text.find(|character: char| character.is_ascii_digit())?;
        let (before, text) = text.split_at(start);
        let (before, text) = match before.strip_suffix('-') {
            Some(before) => (before, format!("-{text}")),
            None => (before, text.to_owned()),
        };
        let mut before = before.to_owned();
        for mark in ["RMB", "CNY", "人民币", "约"] {
            before = before.replace(mark, "");
        }
        let end = text.find(|character: char| !(character.is_ascii_digit() || " .,-".contains(character)));
        let (text, behind) = text.split_at(end.unwrap_or(text.len()));
        let mut together = String::new();
        let mut first = None;
        for part in text.split(' ') {
            together.push_str(part);
            let fen = number(together.trim_end_matches(['.', ','])).map(|fen| with_jiao(fen, behind));
            if fen == Some(total.fen()) {
                return None;
            }
            first = first.or(fen);
        }
        // The amount of an item, or a subtotal: receipts write them with their decimals.
        let is_known = first.is_some_and(|fen| (receipt.has_amount)(fen))
            && text.split(' ').next().is_some_and(|first| first.contains('.'));
        // Words around a number make it another one.
        let is_word = before.contains(char::is_alphabetic)
            || (behind.starts_with(char::is_alphabetic)
                && !behind.starts_with(['元', '圆', '整', '正'])
                && !begins(behind));
        let is_certain = self.gap < Gap::Column && !is_known && !is_word;
        Some((total.to_string(), text.trim_end().to_owned(), is_certain))
    }

    /// As a total behind a colon; otherwise what has one decimal, as what has two is seen wherever it stands.
    fn is_other_sum(&self, receipt: &Receipt<'_>) -> Option<(String, String, bool)> {
        let (expected, found, is_certain) = self.is_other_amount(receipt)?;
        let has_one_decimal = found.rsplit_once('.').is_some_and(|(_, decimals)| decimals.len() == 1);
        (self.is_marked || has_one_decimal).then_some((expected, found, is_certain && self.is_marked))
    }

    /// Words that are an amount; a form with printed places is none.
    fn in_words(&self) -> Option<String> {
        let text = self.parts.concat();
        let text = text.trim_start_matches(['¥', '(']).trim_start_matches("人民币").trim_start_matches(':');
        let is_part = |character: &char| "零壹贰叁肆伍陆柒捌玖拾佰仟万亿元圆角分整正负".contains(*character);
        let words: String = text.chars().map(capital).take_while(is_part).collect();
        in_words(&words).is_some().then_some(words)
    }
}

/// With one of these a sentence begins, not a name.
const NO_NAMES: [char; 9] = ['指', '见', '请', '须', '应', '详', '同', '无', '是'];

/// Whether a name is masked with asterisks, and what is not masked agrees.
fn is_masked(whole: &str, text: &str) -> bool {
    let is_part = |character: char| character.is_alphanumeric() || "*·".contains(character);
    let end = text.find(|character| !is_part(character)).unwrap_or(text.len());
    let Some((first, rest)) = text[..end].split_once('*') else { return false };
    let Some(mut left) = whole.strip_prefix(first) else { return false };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*') {
        let Some((_, behind)) = left.split_once(part) else { return false };
        left = behind;
    }
    left.ends_with(last)
}
