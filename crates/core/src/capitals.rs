//! Amounts in Chinese capitals (中文大写金额), both ways.
//!
//! 《支付结算办法》附一 leaves some 零 to the writer's choice. Written is the form with the fewest:
//! none where the digit of the unit 元, 万 or 亿 is 0 and a digit of the next place follows
//! (107000.53 is 壹拾万柒仟元伍角叁分). One is written where a whole group of four digits is 0 and
//! the next begins with a digit (100001000.00 is 壹亿零壹仟元整), because without it the text is
//! easily misheard. Read are all forms that the rules allow.

use crate::value::malformed;
use crate::{Amount, Code, Error};

const DIGITS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];

/// The amount in Chinese capitals.
///
/// ```
/// use czei_core::{Amount, to_capitals};
/// assert_eq!(to_capitals(Amount::parse("1409.50")?), "壹仟肆佰零玖元伍角整");
/// assert_eq!(to_capitals(Amount::parse("-133.00")?), "负壹佰叁拾叁元整");
/// # Ok::<(), czei_core::Error>(())
/// ```
#[must_use]
pub fn to_capitals(amount: Amount) -> String {
    let mut text = String::with_capacity(96);
    spell(amount, |word| match word {
        Word::Character(character) | Word::Final(character) => text.push(character),
        Word::Zero(Zero::Must | Zero::Written) => text.push('零'),
        Word::Zero(Zero::Unwritten) => {}
    });
    text
}

/// The amount that a text in Chinese capitals names: what [`to_capitals`] writes, with or without
/// a 零 where the rules leave it to the writer, 圆 for 元, 正 for 整, and 整 missing after 角.
///
/// ```
/// use czei_core::{Amount, parse_capitals};
/// assert_eq!(parse_capitals("壹仟陆佰捌拾圆零叁角贰分")?, Amount::parse("1680.32")?);
/// # Ok::<(), czei_core::Error>(())
/// ```
///
/// # Errors
/// [`Code::Capitals`].
pub fn parse_capitals(text: &str) -> Result<Amount, Error> {
    let error = || malformed(Code::Capitals, text, "an amount like 壹拾叁元零伍分");
    let amount = value(text).ok_or_else(error)?;
    // The value was found by digits and units alone; whether the text is well formed is decided by
    // spelling the value and following the text along it.
    let mut rest = text;
    let mut follows = true;
    let mut before = None;
    spell(amount, |word| match word {
        Word::Character(character) => {
            follows &= take(&mut rest, character);
            before = Some(character);
        }
        Word::Final(character) => follows &= take(&mut rest, character) || before == Some('角'),
        Word::Zero(Zero::Must) => follows &= take(&mut rest, '零'),
        Word::Zero(Zero::Written | Zero::Unwritten) => {
            take(&mut rest, '零');
        }
    });
    if follows && rest.is_empty() { Ok(amount) } else { Err(error()) }
}

/// A part of the spelling of an amount.
enum Word {
    Character(char),
    /// A 零 between two places.
    Zero(Zero),
    /// The closing 整.
    Final(char),
}

/// What the rules say of a 零.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Zero {
    /// It must stand.
    Must,
    /// It may stand, and is written.
    Written,
    /// It may stand, and is not written.
    Unwritten,
}

fn spell(amount: Amount, mut word: impl FnMut(Word)) {
    let fen = amount.fen().unsigned_abs();
    let (yuan, jiao, fen) = (fen / 100, fen / 10 % 10, fen % 10);
    if amount.is_negative() {
        word(Word::Character('负'));
    }
    if yuan > 0 {
        spell_groups(yuan, &mut word);
        word(Word::Character('元'));
    } else if jiao == 0 && fen == 0 {
        word(Word::Character('零'));
        word(Word::Character('元'));
    }
    if jiao > 0 {
        if yuan > 0 && yuan % 10 == 0 {
            word(Word::Zero(Zero::Unwritten));
        }
        word(Word::Character(digit(jiao)));
        word(Word::Character('角'));
    }
    if fen > 0 {
        if yuan > 0 && jiao == 0 {
            word(Word::Zero(Zero::Must));
        }
        word(Word::Character(digit(fen)));
        word(Word::Character('分'));
    } else {
        word(Word::Final('整'));
    }
}

/// Spells a number above 0 and below 10^15 in groups of four digits. What stands over 亿 is a number
/// of its own, so that 10^13 is 壹拾万亿.
fn spell_groups(number: u64, word: &mut impl FnMut(Word)) {
    const HUNDRED_MILLION: u64 = 100_000_000;
    let (high, low) = (number / HUNDRED_MILLION, number % HUNDRED_MILLION);
    if high > 0 {
        spell_below_hundred_million(high, None, word);
        word(Word::Character('亿'));
    }
    spell_below_hundred_million(low, (high > 0).then_some(high % 10 == 0), word);
}

/// Spells a number below 10^8. `before` tells whether digits stand before it, and if so whether the
/// last of them is 0.
fn spell_below_hundred_million(number: u64, before: Option<bool>, word: &mut impl FnMut(Word)) {
    let (high, low) = (number / 10_000, number % 10_000);
    if high > 0 {
        if let Some(last_is_zero) = before {
            spell_zero(high, last_is_zero, false, word);
        }
        spell_group(high, word);
        word(Word::Character('万'));
    }
    if low > 0 {
        if high > 0 {
            spell_zero(low, high % 10 == 0, false, word);
        } else if let Some(last_is_zero) = before {
            spell_zero(low, last_is_zero, true, word);
        }
        spell_group(low, word);
    }
}

/// The 零 before a group: it must stand where the group has fewer than four digits.
fn spell_zero(group: u64, last_is_zero: bool, group_left_out: bool, word: &mut impl FnMut(Word)) {
    if group < 1000 {
        word(Word::Zero(Zero::Must));
    } else if group_left_out {
        word(Word::Zero(Zero::Written));
    } else if last_is_zero {
        word(Word::Zero(Zero::Unwritten));
    }
}

/// Spells a number from 1 to 9999.
fn spell_group(number: u64, word: &mut impl FnMut(Word)) {
    let mut gap = false;
    let mut started = false;
    for (power, unit) in [(1000, Some('仟')), (100, Some('佰')), (10, Some('拾')), (1, None)] {
        let value = number / power % 10;
        if value == 0 {
            gap = started;
            continue;
        }
        if gap {
            word(Word::Zero(Zero::Must));
        }
        word(Word::Character(digit(value)));
        if let Some(unit) = unit {
            word(Word::Character(unit));
        }
        gap = false;
        started = true;
    }
}

fn digit(value: u64) -> char {
    // Callers pass the remainder of a division by 10.
    DIGITS[(value % 10) as usize]
}

/// The amount by digits and units alone, whatever the 零 and 整 in the text.
fn value(text: &str) -> Option<Amount> {
    let (negative, unsigned) = match text.strip_prefix('负') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    // The total, what stands since 亿, since 万 within that, and the digit that awaits its unit.
    let (mut total, mut section, mut group, mut digit) = (0_i64, 0_i64, 0_i64, 0_i64);
    for character in unsigned.chars() {
        if let Some(value) = DIGITS.iter().position(|&known| known == character) {
            digit = i64::try_from(value).ok()?;
            continue;
        }
        match character {
            '拾' | '佰' | '仟' => {
                let power = if character == '拾' {
                    10
                } else if character == '佰' {
                    100
                } else {
                    1000
                };
                group = group.checked_add(digit * power)?;
            }
            '万' => {
                section = section.checked_add((group + digit).checked_mul(10_000)?)?;
                group = 0;
            }
            '亿' => {
                total = total.checked_add(section.checked_add(group + digit)?.checked_mul(100_000_000)?)?;
                (section, group) = (0, 0);
            }
            '元' | '圆' => {
                total = total.checked_add(section)?.checked_add(group + digit)?.checked_mul(100)?;
                (section, group) = (0, 0);
            }
            '角' => total = total.checked_add(digit * 10)?,
            '分' => total = total.checked_add(digit)?,
            '整' | '正' => {}
            _ => return None,
        }
        digit = 0;
    }
    let amount = Amount::from_fen(total).ok()?;
    if negative && amount == Amount::ZERO { None } else { Some(if negative { amount.negate() } else { amount }) }
}

/// Takes a character, or its accepted variant, from the front of the text.
fn take(text: &mut &str, character: char) -> bool {
    let variant = match character {
        '元' => '圆',
        '整' => '正',
        other => other,
    };
    match text.strip_prefix([character, variant]) {
        Some(rest) => {
            *text = rest;
            true
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The table that decides, and more rows after it.
    const TABLE: &[(&str, &str)] = &[
        ("0.00", "零元整"),
        ("0.01", "壹分"),
        ("0.10", "壹角整"),
        ("0.55", "伍角伍分"),
        ("10.00", "壹拾元整"),
        ("13.05", "壹拾叁元零伍分"),
        ("188.21", "壹佰捌拾捌元贰角壹分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("993.54", "玖佰玖拾叁元伍角肆分"),
        ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("100000000.00", "壹亿元整"),
        ("1000000001.00", "壹拾亿零壹元整"),
        ("10000000000000.00", "壹拾万亿元整"),
        ("-133.00", "负壹佰叁拾叁元整"),
        // Beyond the table.
        ("-0.05", "负伍分"),
        ("10.05", "壹拾元零伍分"),
        ("10010.00", "壹万零壹拾元整"),
        ("100100.00", "壹拾万零壹佰元整"),
        ("100001000.00", "壹亿零壹仟元整"),
        ("100010000.00", "壹亿零壹万元整"),
        ("1050000000.00", "壹拾亿伍仟万元整"),
        ("110000000.00", "壹亿壹仟万元整"),
        ("1000100000000.00", "壹万零壹亿元整"),
        ("1000000010001.00", "壹万亿零壹万零壹元整"),
        ("999999999999999.99", "玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ];

    #[test]
    fn the_table_holds_both_ways() {
        for &(amount, capitals) in TABLE {
            let amount = Amount::parse(amount).unwrap();
            assert_eq!(to_capitals(amount), capitals, "{amount}");
            assert_eq!(parse_capitals(capitals).unwrap(), amount, "{capitals}");
        }
    }

    #[test]
    fn the_forms_the_rules_allow_are_read() {
        for (capitals, amount) in [
            ("壹仟陆佰捌拾元零叁角贰分", "1680.32"),
            ("壹拾万柒仟元零伍角叁分", "107000.53"),
            ("壹拾万零柒仟元伍角叁分", "107000.53"),
            ("壹拾万零柒仟圆零伍角叁分", "107000.53"),
            ("壹亿壹仟元整", "100001000.00"),
            ("壹拾亿零伍仟万圆正", "1050000000.00"),
            ("壹角", "0.10"),
            ("壹角正", "0.10"),
            ("壹仟肆佰零玖圆伍角", "1409.50"),
            ("零圆正", "0.00"),
        ] {
            assert_eq!(parse_capitals(capitals).unwrap(), Amount::parse(amount).unwrap(), "{capitals}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "",
            "负",
            "零",
            "元",
            "整",
            "元整",
            "壹",
            "壹元",
            "拾元整",
            "壹拾元整整",
            "壹分整",
            "伍角伍分整",
            "零壹分",
            "负零元整",
            "负负壹元整",
            "壹元整负",
            "壹拾壹拾元整",
            "壹佰伍元整",
            "陆仟柒元壹角肆分",
            "壹拾叁元伍分",
            "壹拾叁元零零伍分",
            "壹元零伍角整",
            "壹亿零壹仟万元整",
            "壹佰零叁拾元整",
            "壹元壹元整",
            "壹角壹角",
            "壹分壹角",
            "壹万万元整",
            "壹亿亿元整",
            "壹万壹拾元整",
            "零元伍角整",
            "一元整",
            "10元整",
            "壹元整 ",
            "人民币壹元整",
            "壹仟万亿元整",
            "玖玖元整",
            "零壹元整",
            "壹元零整",
            "壹拾零元整",
            "壹元零角伍分",
            "壹元零角整",
        ] {
            assert_eq!(parse_capitals(text).unwrap_err().code(), Code::Capitals, "{text}");
        }
        let endless = "玖仟万亿".repeat(10_000);
        assert_eq!(parse_capitals(&endless).unwrap_err().code(), Code::Capitals);
        assert_eq!(parse_capitals("一元整").unwrap_err().found_text(), Some("一元整"));
    }

    #[test]
    fn every_order_of_magnitude_comes_back() {
        let mut generator = 0x2017_0032_u64;
        let mut random = || {
            // The multiplier and increment of Knuth's MMIX generator.
            generator = generator.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            i64::try_from(generator >> 8).unwrap()
        };
        let mut bound = 10_i64;
        while bound <= 100_000_000_000_000_000 {
            for _ in 0..500 {
                let fen = random() % bound;
                // A second amount with many zeros, which is where the rules are.
                let digits = fen.to_string();
                let mask = random();
                let sparse: String =
                    digits.chars().enumerate().map(|(i, digit)| if mask >> i & 1 == 0 { '0' } else { digit }).collect();
                for fen in [fen, -fen, sparse.parse().unwrap()] {
                    let amount = Amount::from_fen(fen).unwrap();
                    let capitals = to_capitals(amount);
                    assert_eq!(parse_capitals(&capitals).unwrap(), amount, "{capitals}");
                    let variant = capitals.replace('元', "圆").replace('整', "正");
                    assert_eq!(parse_capitals(&variant).unwrap(), amount, "{variant}");
                }
            }
            bound *= 10;
        }
        for fen in 0..200_000 {
            let amount = Amount::from_fen(fen).unwrap();
            assert_eq!(parse_capitals(&to_capitals(amount)).unwrap(), amount);
        }
    }
}
