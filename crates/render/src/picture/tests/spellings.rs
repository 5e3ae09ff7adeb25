//! Pages of others that write a number or a name otherwise than the receipt: P12, P13 and P22 in other guises, and honest
//! pages that look alike.
#![allow(clippy::unwrap_used)]

use czei_codes::Severity;

use super::super::*;
use super::rules::{NOT_PROVEN, codes, content, foreign, of_page, page, xml};
use crate::read::make::line;
use crate::samples;

const STRANGE: (Code, Severity) = (Code::PictureStrange, Severity::Error);
const DOUBT: (Code, Severity) = (Code::PictureStrange, Severity::Indeterminate);

/// A finding's code, what was found and where.
type Found = ((Code, Severity), Option<String>, Option<String>);

/// What is found when these operators stand behind those of the true page.
fn beside(operators: &str) -> Vec<Found> {
    let found = foreign(&page(&content()).behind(operators).file(&xml(&content())).finish(), &content());
    let places = found.iter().map(|finding| (finding.found.clone(), finding.place.path.clone()));
    codes(&found).into_iter().zip(places).map(|(code, (found, place))| (code, found, place)).collect()
}

#[test]
fn p12_an_amount_is_told_however_its_digits_are_grouped() {
    for text in [
        "9 269 . 50",
        "9 269.50",
        "9\u{A0}269.50",
        "9\u{2009}269.50",
        "9\u{202F}269\u{2007}.\u{2007}50",
        "9 2 6 9 . 5 0",
        "9'269.50",
        "9’269.50",
        "9_269.50",
        "9269·50",
        "9269・50",
        "9269‧50",
        "9269。50",
        "9269．50",
        "9269٫50",
        "9٬269.50",
        "¥9 269",
        "9\u{200B}269.50",
    ] {
        let found = beside(&line(40, 30, &format!("实收 {text}")));
        let expected = if text == "¥9 269" { "9269.00" } else { "9269.50" };
        assert_eq!(found, [(STRANGE, Some(expected.to_owned()), None)], "{text}");
    }
    // In parts, in any order of drawing: touching, or a letter's half apart.
    for step in [9, 13] {
        let digits = (0..).zip("9269.50".chars()).map(|(at, digit)| line(40 + step * at, 30, &digit.to_string()));
        let digits: Vec<String> = digits.collect();
        let backwards: String = digits.iter().rev().map(String::as_str).collect();
        assert_eq!(beside(&backwards), [(STRANGE, Some("9269.50".to_owned()), None)], "{step}");
    }
}

#[test]
fn p12_what_may_be_columns_is_a_doubt() {
    for (text, found) in
        [("实收 7 850.00", "7 850.00"), ("号码 0013 9339 23", "0013 9339 23"), ("共 9269,50", "9269.50")]
    {
        assert_eq!(beside(&line(40, 30, text)), [(DOUBT, Some(found.to_owned()), None)], "{text}");
    }
}

#[test]
fn p12_what_has_a_caption_of_its_own_is_a_doubt() {
    for (text, found) in [
        ("打印日期：2027-01-02", "20270102"),
        ("打印时间: 2027年1月2日 10:20", "20270102"),
        ("收银机号：80001234", "80001234"),
        ("单位账号 : 3209990000012345678 订单号：2027010299", "2027010299"),
    ] {
        assert_eq!(beside(&line(40, 30, text)), [(DOUBT, Some(found.to_owned()), None)], "{text}");
    }
    // A caption that may be taken for one of a receipt, and none at all.
    for (text, found) in [
        ("票号：0013933923", "0013933923"),
        ("号码：0013933923", "0013933923"),
        ("日期：2027-01-02", "20270102"),
        ("发票号码：0013933923", "0013933923"),
        ("0013933923", "0013933923"),
        ("2027-01-02", "20270102"),
        ("缴款码：32060026010000000018", "32060026010000000018"),
    ] {
        assert_eq!(beside(&line(40, 30, text)), [(STRANGE, Some(found.to_owned()), None)], "{text}");
    }
}

#[test]
fn p22_behind_a_caption_stands_the_receipts_value() {
    for (text, caption, found) in [
        ("校验码：abcdef", "校验码", "abcdef"),
        ("校验码: ab cd ef", "校验码", "abcdef"),
        ("校 验 码：abcdef", "校验码", "abcdef"),
        ("票据代码：3201 0127", "票据代码", "32010127"),
        ("票据号码：0013 9339 23", "票据号码", "0013933923"),
        ("票据号码：0013-9339-23", "票据号码", "0013933923"),
        ("电子票据号码0013933923", "电子票据号码", "0013933923"),
        ("交款人：另一公司", "交款人", "另一公司"),
        ("交款人 Payer：另一公司", "交款人", "另一公司"),
        ("缴款单位：另一公司 电话：1", "缴款单位", "另一公司"),
        ("收款单位（章）：另一局", "收款单位", "另一局"),
        ("收款单位（盖章）另一局 复核人：样例", "收款单位", "另一局"),
        ("开票日期：2025 年 1 月 2 日", "开票日期", "20250102"),
        ("（小写）13", "小写", "13"),
        ("（小写）￥12 345", "小写", "12 345"),
        ("金额合计：9 269.50", "金额合计", "9 269.50"),
    ] {
        let all = beside(&line(40, 30, text));
        let place = Some(format!("page 1: {caption}"));
        assert!(all.contains(&(STRANGE, Some(found.to_owned()), place)), "{text}: {all:?}");
    }
    // Caption and value in two pieces, the value first; a check code is told wherever it stands behind its caption.
    for x in [80, 90, 140] {
        let all = beside(&[line(x, 30, "abcdef"), line(40, 30, "校验码：")].concat());
        assert_eq!(all, [(STRANGE, Some("abcdef".to_owned()), Some("page 1: 校验码".to_owned()))], "{x}");
    }
    let found = beside(&line(40, 30, "（大写）人民币 玖 仟 元 整"));
    assert_eq!(found, [((Code::PictureCapitals, Severity::Error), Some("玖仟元整".to_owned()), None)]);
}

#[test]
fn p22_what_may_be_another_columns_value_is_a_doubt() {
    for (operators, caption) in [
        // Far to the right, without a colon, and an amount of an item.
        ([line(40, 30, "交款人："), line(140, 30, "另一公司")].concat(), "交款人"),
        (line(40, 30, "交款人 另一公司"), "交款人"),
        (line(40, 30, "（小写）2550.00"), "小写"),
        (line(40, 30, &format!("交款人：{}分校", content().payer.name)), "交款人"),
    ] {
        let all = beside(&operators);
        assert_eq!(all.iter().map(|found| found.0).collect::<Vec<_>>(), [DOUBT], "{operators}: {all:?}");
        assert_eq!(all[0].2.as_deref(), Some(format!("page 1: {caption}").as_str()));
    }
}

#[test]
fn p12_honest_pages_are_free_of_errors() {
    let receipt = content();
    let (code, check) = (receipt.payer.code.as_ref().unwrap(), receipt.check_code.as_str());
    for text in [
        // Columns beside each other, drawn as one text.
        "3 850.00 2550.00".to_owned(),
        "1 普通高中学费 个 3 850.00 2550.00".to_owned(),
        "2 850.00".to_owned(),
        "5 850.00 2550.00".to_owned(),
        "12 45.00 540.00".to_owned(),
        "3 240.00 3 186.50".to_owned(),
        "电话：400 820 8820 传真 025 8888 123".to_owned(),
        "服务热线：4008208820、83301234，传真 0512-68231234/68231235 手机号码：83301234".to_owned(),
        "第 1 页 共 2 页 2026 年".to_owned(),
        "1. 25 2. 50 3、50 4、50".to_owned(),
        // Captions without their values, and with those of others behind them.
        "票据代码： 票据号码： 校验码： 交款人： 开票日期：".to_owned(),
        "金额合计（大写） （小写）".to_owned(),
        "请交款人 妥善保管本票据".to_owned(),
        "请核对票据号码及校验码，交款人信息以 XML 为准".to_owned(),
        "原票据代码：32010125 原票据号码：".replace("32010125 ", ""),
        "拾 万 仟 佰 拾 元 角 分".to_owned(),
        format!("交款人统一社会信用代码：{} 校 验 码：{check}", code.as_str()),
        format!("交款人：{} 复核人：样例", receipt.payer.name),
        format!("交款人 Payer：{}", receipt.payer.name),
        format!("交款人：{}", &receipt.payer.name.as_str()[..6]),
        format!("开票日期：{} 12:30:00", receipt.issue_date),
        format!("校验码：{check}；"),
        "（小写）¥5 269.50 元".to_owned(),
        "（小写）5 269 . 50".to_owned(),
    ] {
        assert_eq!(of_page(&page(&receipt).behind(&line(40, 30, &text))), [NOT_PROVEN], "{text}");
    }
    // The receipt's own values in other spellings count as standing there.
    for (from, to) in [
        ("5269.50", "5 269.50"),
        ("5269.50", "5’269.50"),
        ("5269.50", "5269·50"),
        ("5269.50", "5 2 6 9 . 5 0"),
        ("0013933922", "0013 9339 22"),
        ("32010126", "3201 0126"),
    ] {
        assert_eq!(of_page(&page(&receipt).replace(from, to)), [NOT_PROVEN], "{to}");
    }
    // A value on the baseline of a caption whose own value stands below it.
    let below = [
        line(40, 45, "交款人："),
        line(200, 45, &receipt.issue_date.to_string()),
        line(40, 30, receipt.payer.name.as_str()),
    ];
    assert_eq!(of_page(&page(&receipt).behind(&below.concat())), [NOT_PROVEN]);
}

#[test]
fn p12_honest_pages_may_be_drawn_in_any_order() {
    // All captions first, then all values, cell by cell from right to left; with names letter by letter.
    for receipt in [content(), samples::general_person(), samples::general_one_item()] {
        let rows: Vec<[(&str, String); 2]> = vec![
            [("票据代码：", receipt.code.as_str().into()), ("票据号码：", receipt.number.to_string())],
            [
                ("交款人统一社会信用代码：", receipt.payer.code.as_ref().unwrap().as_str().into()),
                ("校验码：", receipt.check_code.as_str().into()),
            ],
            [("交款人：", receipt.payer.name.to_string()), ("开票日期：", receipt.issue_date.to_string())],
            [("收款单位（章）：", receipt.unit.name.to_string()), ("复核人：", receipt.checker.to_string())],
            [("金额合计（大写）", czei_core::to_capitals(receipt.total)), ("（小写）", format!("¥{}", receipt.total))],
        ];
        let mut captions = String::new();
        let mut values = String::new();
        let mut y = 320;
        for row in &rows {
            for (x, (caption, value)) in [20, 320].into_iter().zip(row).rev() {
                captions.push_str(&line(x, y, caption));
                for (at, character) in (0..).zip(value.chars()).collect::<Vec<_>>().into_iter().rev() {
                    values.push_str(&line(x + 120 + 9 * at, y, &character.to_string()));
                }
            }
            y -= 14;
        }
        for item in &receipt.items {
            let cells = [
                Some(item.code.to_string()),
                Some(item.name.to_string()),
                item.quantity.as_ref().map(ToString::to_string),
                Some(item.amount.to_string()),
            ];
            for (x, cell) in [20, 120, 420, 500].into_iter().zip(cells) {
                values.push_str(&cell.map_or_else(String::new, |cell| line(x, y, &cell)));
            }
            y -= 14;
        }
        let mut file = crate::read::make::Make::new();
        file.page(&[captions, values].concat(), "").embed(&[("einvoice.xml", &xml(&receipt))]);
        assert_eq!(codes(&foreign(&file.finish(), &receipt)), [NOT_PROVEN]);
    }
}

#[test]
fn doubts_do_not_hide_errors() {
    let mut operators: String = (0..25).map(|at| line(300, 150 - 5 * at, &format!("交款人 另一公司{at}"))).collect();
    operators.push_str(&line(300, 10, "（小写）9999.99"));
    let found = beside(&operators);
    assert_eq!(found.iter().filter(|(code, _, _)| *code == DOUBT).count(), 20);
    assert!(found.contains(&(STRANGE, Some("9999.99".to_owned()), Some("page 1: 小写".to_owned()))), "{found:?}");
}

#[test]
fn p12_honest_lines_are_doubts_at_most() {
    let receipt = content();
    let upper = receipt.check_code.as_str().to_ascii_uppercase();
    let capitals = czei_core::to_capitals(receipt.total);
    for text in [
        "优惠金额：0.00".to_owned(),
        "找零：0.00 税额：0.00".to_owned(),
        "余额：10000.00 优惠金额：¥50.00".to_owned(),
        "比例 100.00% 税率：12.50%".to_owned(),
        "规格 12.00×8.50".to_owned(),
        "面积 89.75平方米".to_owned(),
        "第2.15条".to_owned(),
        "补办工本费10.00元/次".to_owned(),
        "2023年12月1日起施行".to_owned(),
        "有效期至2027年6月30日".to_owned(),
        "http://a.b/c?d=20261123".to_owned(),
        "（0513）85123456".to_owned(),
        "注：交款人：指缴纳款项的单位或个人".to_owned(),
        "收款单位：指开具票据的单位".to_owned(),
        "交款人：见附件".to_owned(),
        "校验码：6位".to_owned(),
        "金额 850.00-2550.00".to_owned(),
        "开票日期：  打印日期：2027-01-02".to_owned(),
    ] {
        let found = beside(&line(40, 30, &text));
        assert!(found.iter().all(|(found, _, _)| *found == DOUBT || *found == NOT_PROVEN), "{text}: {found:?}");
    }
    let yuan = receipt.total.fen() / 100;
    for text in [
        format!("校验码：{upper}"),
        format!("合计金额：{yuan}元5角"),
        format!("大写：{}零分", capitals.trim_end_matches('整')),
        "（小写）5，269.50".to_owned(),
        format!("交款人：{}*", receipt.payer.name.as_str().chars().next().unwrap()),
    ] {
        assert_eq!(of_page(&page(&receipt).behind(&line(40, 30, &text))), [NOT_PROVEN], "{text}");
    }
    let date = receipt.issue_date.to_string();
    let digits: Vec<String> = date.chars().filter(char::is_ascii_digit).map(String::from).collect();
    let [year, month, day] = [&digits[..4], &digits[4..6], &digits[6..]].map(|part| part.join(" "));
    let (spaced, chinese) = (format!("{year} - {month} - {day}"), format!("{year} 年 {month} 月 {day} 日"));
    for (from, to) in
        [(receipt.check_code.as_str(), upper.as_str()), (&date, spaced.as_str()), (&date, chinese.as_str())]
    {
        assert_eq!(of_page(&page(&receipt).replace(from, to)), [NOT_PROVEN], "{to}");
    }
}

#[test]
fn p22_other_values_are_told_in_other_guises() {
    let receipt = content();
    let (payer, unit) = (receipt.payer.name.as_str(), receipt.unit.name.as_str());
    for (text, weight) in [
        ("小写：RMB9876".to_owned(), STRANGE),
        ("小写：约9876.5".to_owned(), STRANGE),
        ("小写：$9876.5".to_owned(), STRANGE),
        ("小写：人民币9876".to_owned(), STRANGE),
        ("总计：9876.5".to_owned(), STRANGE),
        ("总计 9876.5".to_owned(), DOUBT),
        ("共 98，165.30".to_owned(), STRANGE),
        ("共 9876﹒54".to_owned(), STRANGE),
        ("共 RMB 9876".to_owned(), STRANGE),
        ("共 9876圆".to_owned(), DOUBT),
        ("开票日期：2025–12–31".to_owned(), STRANGE),
        ("开票日期：25-12-31".to_owned(), DOUBT),
        ("开票日期：31/12/2025".to_owned(), DOUBT),
        ("开票日期：二〇二五年十二月三十一日".to_owned(), DOUBT),
        (format!("交款人：{payer}·王五"), DOUBT),
        (format!("收款单位：{unit}-第二分校"), DOUBT),
        (format!("收款单位：{unit}（集团）"), DOUBT),
        ("交款人：王*".to_owned(), STRANGE),
        ("付款人：王五".to_owned(), STRANGE),
        ("缴费人：王五".to_owned(), STRANGE),
        ("收款單位：王五公司".to_owned(), STRANGE),
        ("票據號碼：0013-9339-23".to_owned(), STRANGE),
        ("票据号码：第0013-9339-23号".to_owned(), STRANGE),
        ("票据号码：№ 0013-9339-23".to_owned(), STRANGE),
        ("校验码：[99aa11]".to_owned(), STRANGE),
        ("校验码：“99aa11”".to_owned(), STRANGE),
        ("校验码：#99aa11".to_owned(), STRANGE),
    ] {
        let found = beside(&line(40, 30, &text));
        let strange: Vec<_> = found.iter().map(|found| found.0).collect();
        assert!(strange.contains(&weight) && (weight == STRANGE || !strange.contains(&STRANGE)), "{text}: {found:?}");
    }
    for text in ["共 两仟元整", "共 玖仟捌佰園整", "共 参仟元整"] {
        let found = beside(&line(40, 30, text));
        assert_eq!(found[0].0, (Code::PictureCapitals, Severity::Error), "{text}: {found:?}");
    }
}
