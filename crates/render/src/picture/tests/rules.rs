//! One test for each rule of `PICTURE.md`.
#![allow(clippy::unwrap_used)]

use czei_codes::{Code as _, Severity};
use czei_core::Remark;
use czei_core::xml::canonical;

use super::super::*;
use crate::page::Colour;
use crate::qr::QrText;
use crate::read::PdfLimits;
use crate::read::make::{FONTS, Make, OTHER_FONTS, line, qr_code, update};
use crate::samples;

/// What stands in a file.
pub(super) struct Page {
    lines: Vec<String>,
    /// Operators behind the text.
    behind: String,
    qr: Vec<String>,
}

pub(super) fn content() -> Content {
    samples::general()
}

pub(super) fn xml(content: &Content) -> Vec<u8> {
    let inner = canonical::write_header_and_data(content).unwrap();
    [b"<EInvoice>", inner.as_slice(), b"</EInvoice>"].concat()
}

/// A page of ours as another program would write it.
pub(super) fn page(content: &Content) -> Page {
    let mut lines = vec![
        content.name.to_string(),
        format!("票据代码：{} 票据号码：{}", content.code.as_str(), content.number),
        format!("校验码：{} 开票日期：{}", content.check_code.as_str(), content.issue_date),
        format!("交款人：{}", content.payer.name),
        format!("收款单位：{}", content.unit.name),
        format!("金额合计（大写）{}（小写）{}", czei_core::to_capitals(content.total), content.total),
    ];
    lines.extend(content.items.iter().map(|item| format!("{} {} {}", item.code, item.name, item.amount)));
    Page { lines, behind: String::new(), qr: vec![QrText::default().write(content).unwrap()] }
}

impl Page {
    pub(super) fn replace(mut self, from: &str, to: &str) -> Page {
        assert!(self.lines.iter().any(|line| line.contains(from)), "{from}");
        self.lines = self.lines.into_iter().map(|line| line.replace(from, to)).collect();
        self
    }

    pub(super) fn behind(mut self, operators: &str) -> Page {
        self.behind.push_str(operators);
        self
    }

    fn qr(mut self, texts: &[&str]) -> Page {
        self.qr = texts.iter().map(|text| (*text).to_owned()).collect();
        self
    }

    pub(super) fn operators(&self) -> String {
        let heights = (0..).map(|index| 300 - 14 * index);
        let mut operators: String = self.lines.iter().zip(heights).map(|(text, y)| line(40, y, text)).collect();
        operators.push_str(&self.behind);
        for (text, x) in self.qr.iter().zip((0..).map(|index| 300 + 100 * index)) {
            operators.push_str(&qr_code(x, 330, text, Colour::BLACK));
        }
        operators
    }

    /// In the file of a receipt.
    pub(super) fn file(&self, xml: &[u8]) -> Make {
        let mut make = Make::new();
        make.page(&self.operators(), "").embed(&[("einvoice.xml", xml)]);
        make
    }
}

/// The findings over a foreign file.
pub(super) fn foreign(bytes: &[u8], content: &Content) -> Vec<Finding> {
    judge(&PdfFile::open(bytes, &PdfLimits::default()).unwrap(), content, &xml(content), &|_| None)
}

/// The findings over a file that can be printed again, though with other fonts, so that its text is compared alone.
fn ours(bytes: &[u8], again: &[u8], content: &Content) -> Vec<Finding> {
    if bytes == again {
        return ours_alike(bytes, again, content);
    }
    let at = again.windows(FONTS.len()).position(|window| window == FONTS.as_bytes()).unwrap();
    let again = [&again[..at], OTHER_FONTS.as_bytes(), &again[at + FONTS.len()..]].concat();
    ours_alike(bytes, &again, content)
}

/// The findings over a file that can be printed again, which gives `again`.
fn ours_alike(bytes: &[u8], again: &[u8], content: &Content) -> Vec<Finding> {
    let file = PdfFile::open(bytes, &PdfLimits::default()).unwrap();
    judge(&file, content, &xml(content), &|hints| {
        assert_eq!(hints.template.as_deref(), Some("general"));
        Some(again.to_vec())
    })
}

pub(super) fn codes(findings: &[Finding]) -> Vec<(Code, Severity)> {
    let code = |finding: &Finding| *Code::ALL.iter().find(|code| code.entry() == finding.entry).unwrap();
    assert!(findings.iter().all(|finding| finding.check == Check::Picture));
    findings.iter().map(|finding| (code(finding), finding.severity)).collect()
}

/// A file of ours with this page.
fn our_file(page: &Page, content: &Content) -> Vec<u8> {
    page.file(&xml(content)).template("general").finish()
}

/// The codes over a foreign page.
pub(super) fn of_page(page: &Page) -> Vec<(Code, Severity)> {
    codes(&foreign(&page.file(&xml(&content())).finish(), &content()))
}

/// The codes over a page of ours, where the usual page was to be expected.
fn of_our_page(changed: &Page) -> Vec<(Code, Severity)> {
    let content = content();
    codes(&ours(&our_file(changed, &content), &our_file(&page(&content), &content), &content))
}

pub(super) const NOT_PROVEN: (Code, Severity) = (Code::PictureNotProven, Severity::Indeterminate);

#[test]
fn p01_the_same_bytes_are_proven() {
    let bytes = our_file(&page(&content()), &content());
    assert_eq!(ours(&bytes, &bytes, &content()), []);
    // Even then nobody is asked when the file names no template.
    let bytes = page(&content()).file(&xml(&content())).finish();
    let file = PdfFile::open(&bytes, &PdfLimits::default()).unwrap();
    let findings = judge(&file, &content(), &xml(&content()), &|_| panic!("asked"));
    assert_eq!(codes(&findings), [NOT_PROVEN]);
}

#[test]
fn p02_what_agrees_is_not_proven() {
    assert_eq!(of_page(&page(&content())), [NOT_PROVEN]);
    // The same text with a rule through it.
    assert_eq!(of_our_page(&page(&content()).behind("30 30 m 200 30 l S\n")), [NOT_PROVEN]);
    // The true page under the XML of another receipt is no picture of it.
    let other = samples::general_one_item();
    let findings = foreign(&page(&content()).file(&xml(&other)).finish(), &other);
    for code in [Code::PictureMissing, Code::PictureStrange, Code::PictureCapitals, Code::PictureQr] {
        assert!(codes(&findings).contains(&(code, Severity::Error)), "{code:?}");
    }
}

#[test]
fn p03_an_update_is_an_error() {
    let whole = our_file(&page(&content()), &content());
    let changed = update(&whole, &[(3, "null")]);
    let findings = ours(&changed, &whole, &content());
    assert!(codes(&findings).contains(&(Code::PictureUpdated, Severity::Error)));
    assert_eq!(findings[0].found.as_deref(), Some("2"));
    let whole = page(&content()).file(&xml(&content())).finish();
    let findings = foreign(&update(&whole, &[]), &content());
    assert!(codes(&findings).contains(&(Code::PictureUpdated, Severity::Error)));
}

#[test]
fn p04_bytes_behind_the_end_are_an_error() {
    let whole = our_file(&page(&content()), &content());
    let changed = [&whole[..], b"PK\x03\x04"].concat();
    let findings = ours(&changed, &whole, &content());
    assert_eq!(codes(&findings)[0], (Code::PictureBeyondEnd, Severity::Error));
    assert_eq!(findings[0].found.as_deref(), Some("4"));
}

#[test]
fn p05_what_acts_is_an_error() {
    for (catalog, foreign_weight) in [
        ("/OpenAction<</S/JavaScript/JS(1)>>", Severity::Error),
        ("/AcroForm<</Fields[]>>", Severity::Error),
        ("/X[<</Type/Annot/Subtype/Stamp/Rect[0 0 1 1]>>]", Severity::Error),
        ("/X[<</Type/Annot/Subtype/Link/Rect[0 0 1 1]>>]", Severity::Warning),
        ("/X[<</Rect[0 0 1 1]>>]", Severity::Error),
        ("/X[<</Subtype/Link/Rect[0 0 1 1]/AP<<>>>>]", Severity::Error),
        ("/Collection<</View/H>>", Severity::Error),
        ("/OCProperties<<>>", Severity::Indeterminate),
    ] {
        let content = content();
        let bytes = page(&content).file(&xml(&content)).catalog(catalog).finish();
        let found = codes(&foreign(&bytes, &content));
        assert_eq!(found[0], (Code::PictureActive, foreign_weight), "{catalog}");
        let bytes = page(&content).file(&xml(&content)).template("general").catalog(catalog).finish();
        let again = our_file(&page(&content), &content);
        let findings = ours(&bytes, &again, &content);
        assert!(codes(&findings).iter().all(|found| *found == (Code::PictureActive, Severity::Error)), "{catalog}");
        assert!(findings[0].place.path.as_deref().unwrap().starts_with("object 1"));
    }
}

#[test]
fn p06_objects_that_nothing_uses_are_an_error() {
    let content = content();
    let mut make = page(&content).file(&xml(&content));
    make.object("(left over)");
    assert_eq!(codes(&foreign(&make.finish(), &content)), [(Code::PictureLeftover, Severity::Warning), NOT_PROVEN]);
    let again = our_file(&page(&content), &content);
    let found = ours(&make.template("general").finish(), &again, &content);
    assert_eq!(codes(&found), [(Code::PictureLeftover, Severity::Error)]);
}

#[test]
fn p07_further_files_are_an_error() {
    let content = content();
    let again = our_file(&page(&content), &content);
    for (bytes, foreign_weight) in [(&b"note"[..], Severity::Warning), (b"<EInvoice/>", Severity::Error)] {
        let mut make = Make::new();
        make.page(&page(&content).operators(), "").embed(&[("einvoice.xml", &xml(&content)), ("more", bytes)]);
        let found = foreign(&make.finish(), &content);
        assert_eq!(codes(&found)[0], (Code::PictureFiles, foreign_weight));
        assert_eq!(found[0].found.as_deref(), Some("more"));
        let found = ours(&make.template("general").finish(), &again, &content);
        assert_eq!(codes(&found), [(Code::PictureFiles, Severity::Error)]);
    }
}

#[test]
fn p08_a_name_that_is_a_path_is_an_error() {
    let content = content();
    let mut make = Make::new();
    make.page(&page(&content).operators(), "").embed(&[("../einvoice.xml", &xml(&content))]);
    assert_eq!(codes(&foreign(&make.finish(), &content)), [(Code::PictureFileName, Severity::Warning), NOT_PROVEN]);
    let again = our_file(&page(&content), &content);
    let found = ours(&make.template("general").finish(), &again, &content);
    assert_eq!(codes(&found), [(Code::PictureFileName, Severity::Error)]);
}

#[test]
fn p09_a_page_more_is_an_error() {
    let content = content();
    let again = our_file(&page(&content), &content);
    let bytes = page(&content).file(&xml(&content)).template("general").page("", "").finish();
    let found = ours(&bytes, &again, &content);
    assert_eq!(codes(&found), [(Code::PicturePages, Severity::Error)]);
    assert_eq!((found[0].expected.as_deref(), found[0].found.as_deref()), (Some("1"), Some("2")));
}

#[test]
fn p10_text_that_differs_is_an_error() {
    let text = (Code::PictureText, Severity::Error);
    assert_eq!(of_our_page(&page(&content()).replace("5269.50", "9269.50")), [text]);
    assert_eq!(of_our_page(&page(&content()).behind(&line(300, 100, "已退款"))), [text]);
    // White space and places may differ.
    assert_eq!(of_our_page(&page(&content()).replace("票据代码", "票据 代码")), [NOT_PROVEN]);
    let content = content();
    let changed = our_file(&page(&content).replace("5269.50", "9269.50"), &content);
    let found = ours(&changed, &our_file(&page(&content), &content), &content);
    assert_eq!(found[0].place.path.as_deref(), Some("page 1"));
    assert!(found[0].expected.as_deref().unwrap().contains("5269.50"));
    assert!(found[0].found.as_deref().unwrap().contains("9269.50"));
    // An amount that is covered, with another one drawn on top.
    let covered = page(&content).behind(&format!("1 g 30 225 300 12 re f 0 g {}", line(40, 230, "9269.50")));
    assert!(of_our_page(&covered).contains(&text));
    assert!(of_our_page(&covered).contains(&(Code::PictureHidden, Severity::Error)));
    // A person's number, whole or masked.
    let person = samples::general_person();
    let code = person.payer.code.as_ref().unwrap().as_str();
    let mut whole = page(&person);
    whole.lines.push(format!("身份证件号码 {code}"));
    let mut masked = page(&person);
    masked.lines.push(format!("身份证件号码 {}{}", "*".repeat(14), &code[14..]));
    let found = ours(&our_file(&whole, &person), &our_file(&masked, &person), &person);
    assert_eq!(codes(&found), [NOT_PROVEN]);
}

#[test]
fn p11_what_the_receipt_says_stands_on_the_page() {
    let content = content();
    for (value, name) in [
        (content.code.as_str(), "code"),
        (&*content.number.to_string(), "number"),
        (content.check_code.as_str(), "check code"),
        (&*content.issue_date.to_string(), "issue date"),
        (content.payer.name.as_str(), "payer"),
        (content.unit.name.as_str(), "unit"),
        (content.items[2].name.as_str(), "item name"),
        ("2550.00", "item amount"),
        ("5269.50", "total"),
    ] {
        let found = foreign(&page(&content).replace(value, "…").file(&xml(&content)).finish(), &content);
        let missing: Vec<&Finding> =
            found.iter().filter(|finding| finding.entry == Code::PictureMissing.entry()).collect();
        assert_eq!(missing.len(), 1, "{name}");
        assert_eq!(missing[0].place.path.as_deref(), Some(name));
        assert_eq!((missing[0].expected.as_deref(), missing[0].severity), (Some(value), Severity::Error));
    }
    // In usual spellings, and a name over two lines with another column between.
    let date = content.issue_date;
    let chinese = format!("{}年{}月{}日", date.year(), date.month(), date.day());
    let other = page(&content).replace("5269.50", "￥5,269.50").replace(&date.to_string(), &chinese);
    assert_eq!(of_page(&other), [NOT_PROVEN]);
    let name: Vec<char> = content.payer.name.as_str().chars().collect();
    let (first, second) = name.split_at(name.len() / 2);
    let (first, second): (String, String) = (first.iter().collect(), second.iter().collect());
    let broken = page(&content).replace(content.payer.name.as_str(), &first).behind(&line(40, 30, &second));
    assert_eq!(of_page(&broken), [NOT_PROVEN]);
}

#[test]
fn p12_what_the_receipt_does_not_say_is_an_error() {
    for (text, found) in [
        ("号码 0013933923", "0013933923"),
        ("代码 32010127", "32010127"),
        ("合计 9,269.50", "9269.50"),
        ("日期 2001-02-03", "20010203"),
        ("缴款码 32060026010000000099", "32060026010000000099"),
    ] {
        let bytes = page(&content()).behind(&line(40, 30, text)).file(&xml(&content())).finish();
        let findings = foreign(&bytes, &content());
        assert_eq!(codes(&findings), [(Code::PictureStrange, Severity::Error)], "{text}");
        assert_eq!(findings[0].found.as_deref(), Some(found));
    }
    // A subtotal, and what is no code.
    let sum = content().items[1].amount.checked_add(content().items[2].amount).unwrap();
    let behind = line(40, 30, &format!("小计 {sum} 第1页共2页 电话025-8888"));
    assert_eq!(of_page(&page(&content()).behind(&behind)), [NOT_PROVEN]);
}

#[test]
fn p13_capitals_are_the_total() {
    let capitals = czei_core::to_capitals(content().total);
    for wrong in ["玖仟贰佰陆拾玖元伍角整", "伍仟贰佰陆拾玖元伍角整整"] {
        let bytes = page(&content()).replace(&capitals, wrong).file(&xml(&content())).finish();
        let findings = foreign(&bytes, &content());
        assert_eq!(codes(&findings), [(Code::PictureCapitals, Severity::Error)], "{wrong}");
        assert_eq!(
            (findings[0].expected.as_deref(), findings[0].found.as_deref()),
            (Some(capitals.as_str()), Some(wrong))
        );
    }
    // An item's amount alone is not the total; beside the total it may stand. A page may do without capitals.
    let item = czei_core::to_capitals(content().items[0].amount);
    assert_eq!(of_page(&page(&content()).replace(&capitals, &item)), [(Code::PictureCapitals, Severity::Error)]);
    assert_eq!(of_page(&page(&content()).behind(&line(40, 30, &item))), [NOT_PROVEN]);
    assert_eq!(of_page(&page(&content()).replace(&capitals, "")), [NOT_PROVEN]);
}

#[test]
fn what_is_broken_over_lines_is_whole() {
    let mut content = content();
    content.remark = Some(Remark::new("编码001101000010000，开票日期：2026-09-01 学费补开").unwrap());
    let of = |page: &Page| codes(&foreign(&page.file(&xml(&content)).finish(), &content));
    let beside = |text: &str| of(&page(&content).behind(&line(40, 30, text)));
    // The beginning of a longer number; a number of two elements of the XML is none.
    assert_eq!(beside("0011010000"), [NOT_PROVEN]);
    let over_elements = format!("{}{}", &content.code.as_str()[6..], &content.number.to_string()[..6]);
    assert_eq!(beside(&over_elements), [(Code::PictureStrange, Severity::Error)]);
    // A caption in the remark has a value of its own.
    assert_eq!(beside("开票日期：2026-09-01 学费补开"), [(Code::PictureStrange, Severity::Indeterminate)]);
    // The total in capitals in a narrow column; a half of it alone is another amount.
    let capitals = czei_core::to_capitals(content.total);
    let (first, second) = capitals.split_at(capitals.find('玖').unwrap());
    let halves = page(&content).replace(&capitals, "").behind(&line(40, 30, first)).behind(&line(40, 18, second));
    assert_eq!(of(&halves), [NOT_PROVEN]);
    let half = page(&content).replace(&capitals, second);
    assert_eq!(of(&half), [(Code::PictureCapitals, Severity::Error)]);
}

#[test]
fn p14_hidden_text_is_told() {
    let invisible = format!("3 Tr {} 0 Tr ", line(40, 30, "99999999"));
    assert_eq!(of_our_page(&page(&content()).behind(&invisible)), [(Code::PictureHidden, Severity::Error)]);
    assert_eq!(of_page(&page(&content()).behind(&invisible)), [(Code::PictureHidden, Severity::Indeterminate)]);
    // What is hidden does not count as standing there.
    let hidden = page(&content()).replace("5269.50", "").behind(&format!("1 g {} 0 g ", line(40, 30, "5269.50")));
    let found = of_page(&hidden);
    assert_eq!(found, [(Code::PictureHidden, Severity::Indeterminate), (Code::PictureMissing, Severity::Error)]);
}

#[test]
fn p15_text_that_cannot_be_told_decides_nothing() {
    let undecoded = "BT /None 9 Tf 40 30 Td (?) Tj ET ";
    let found = of_page(&page(&content()).replace("5269.50", "").behind(undecoded));
    let expected = [(Code::PictureUndecoded, Severity::Indeterminate), (Code::PictureMissing, Severity::Indeterminate)];
    assert_eq!(found, expected);
    let found = of_our_page(&page(&content()).behind(undecoded));
    assert!(found.contains(&(Code::PictureUndecoded, Severity::Indeterminate)));
}

#[test]
fn p16_pages_that_cannot_be_read_decide_nothing() {
    let found = foreign(&page(&content()).behind("[ (").file(&xml(&content())).finish(), &content());
    assert_eq!(codes(&found), [(Code::PictureUnread, Severity::Indeterminate)]);
    assert!(found[0].found.as_deref().unwrap().starts_with("CZ6302"));
    // Nor do those that readers show in different ways.
    let found = foreign(&page(&content()).behind("BT (a) (b) Tj ET").file(&xml(&content())).finish(), &content());
    assert_eq!(codes(&found), [(Code::PictureUnread, Severity::Indeterminate)]);
    assert_eq!(found[0].place.path.as_deref(), Some("Contents/Tj"));
}

#[test]
fn p07_other_xml_is_not_ignored() {
    let content = content();
    let utf16: Vec<u8> = "\u{FEFF}<EInvoice/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (name, bytes, weight) in [
        ("more", utf16.as_slice(), Severity::Error),
        ("more", b"<!DOCTYPE EInvoice><EInvoice/>", Severity::Error),
        ("more", b"<f:EInvoice xmlns:f=\"x\"/>", Severity::Error),
        ("more.xml", b"<invoice/>", Severity::Indeterminate),
        ("more.PDF", b"", Severity::Indeterminate),
        ("more", b"\n%PDF-1.7\n", Severity::Indeterminate),
        ("more\u{202E}", b"<invoice/>", Severity::Indeterminate),
    ] {
        let mut make = Make::new();
        make.page(&page(&content).operators(), "").embed(&[("einvoice.xml", &xml(&content)), (name, bytes)]);
        let found = foreign(&make.finish(), &content);
        assert_eq!(codes(&found)[0], (Code::PictureFiles, weight), "{name}");
        assert!(!found[0].found.as_deref().unwrap().contains('\u{202E}'));
    }
}

#[test]
fn p21_a_page_is_drawn_as_it_was_printed() {
    let content = content();
    let printed = our_file(&page(&content), &content);
    let drawn = (Code::PictureDrawn, Severity::Error);
    let judged = |bytes: &[u8]| codes(&ours_alike(bytes, &printed, &content));
    // The same text, drawn otherwise: with a rule through it, clipped, as light as may be, and in another place.
    for operators in ["30 30 m 200 30 l S\n", "q 0 0 1 1 re W n Q\n", "/Shade sh\n", "0.9 g\n"] {
        assert_eq!(judged(&our_file(&page(&content).behind(operators), &content)), [drawn], "{operators}");
    }
    // The same operators, with something else behind a name, or a page that is turned.
    let with = |resources: &str| {
        let mut make = Make::new();
        make.page(&page(&content).operators(), resources)
            .embed(&[("einvoice.xml", &xml(&content))])
            .template("general");
        make.finish()
    };
    assert_eq!(judged(&with("/XObject<</X 3 0 R>>")), [drawn]);
    let mut turned = page(&content).file(&xml(&content));
    turned.template("general");
    assert_eq!(judged(&turned.finish_with_pages("/Rotate 180")), [drawn]);
    // Written otherwise, but drawn alike.
    let mut alike = page(&content).file(&xml(&content));
    alike.object("(left over)");
    assert_eq!(judged(&alike.template("general").finish()), [(Code::PictureLeftover, Severity::Error)]);
}

#[test]
fn p21_to_name_other_fonts_gains_nothing() {
    let content = content();
    // The same text in the same order, its digits elsewhere: the total reads 9265.50.
    let moved = line(170, 118, "￥5269.50");
    let apart = ["￥", "5", "2", "6", "9", ".50"].iter().zip([170, 179, 173, 176, 170, 182]);
    let apart: String = apart.map(|(text, x)| line(x, 118, text)).collect();
    let operators = page(&content).behind(&moved).operators();
    let expected = codes(&ours(
        &our_file(&page(&content).behind(&apart), &content),
        &{
            let mut make = Make::new();
            make.page(&operators, "").embed(&[("einvoice.xml", &xml(&content))]).template("general");
            make.finish()
        },
        &content,
    ));
    assert_eq!(expected, [(Code::PictureStrange, Severity::Error)]);
    // A page that is turned.
    let mut turned = page(&content).file(&xml(&content));
    turned.template("general");
    let turned = turned.finish_with_pages("/Rotate 180");
    let printed = our_file(&page(&content), &content);
    assert_eq!(codes(&ours(&turned, &printed, &content)), [(Code::PictureDrawn, Severity::Error)]);
}

#[test]
fn p17_the_qr_code_agrees() {
    let content = content();
    let right = QrText::default().write(&content).unwrap();
    for wrong in [
        right.replace("5269.50", "9269.50"),
        right.replace("5269.50", "5269.5"),
        right.replace("5269.50", "5269.500"),
        right.replace("0013933922", "0013933923"),
        format!("{right},https://evil.example"),
        format!("{right},"),
    ] {
        assert_eq!(of_page(&page(&content).qr(&[&wrong]))[0], (Code::PictureQr, Severity::Error), "{wrong}");
        assert_eq!(of_our_page(&page(&content).qr(&[&wrong])), [(Code::PictureQr, Severity::Error)], "{wrong}");
    }
    let bytes = page(&content).qr(&[&right.replace("5269.50", "9269.50")]).file(&xml(&content)).finish();
    let found = foreign(&bytes, &content);
    assert_eq!((found[0].expected.as_deref(), found[0].found.as_deref()), (Some("5269.50"), Some("9269.50")));
    // Another host than that of the receipt printed again.
    let address = |host: &str| format!("https://{host}/d?t=504&a=A&d={}&s=1", right[9..].replace(',', "_"));
    let again = our_file(&page(&content).qr(&[&address("pj.example.gov.cn")]), &content);
    let changed = our_file(&page(&content).qr(&[&address("pj.example.com")]), &content);
    assert_eq!(codes(&ours(&changed, &again, &content)), [(Code::PictureQr, Severity::Error)]);
}

#[test]
fn p18_a_receipt_of_ours_has_its_qr_code() {
    assert_eq!(of_our_page(&page(&content()).qr(&[])), [(Code::PictureQrMissing, Severity::Error)]);
    assert_eq!(of_page(&page(&content()).qr(&[])), [NOT_PROVEN]);
}

#[test]
fn p19_a_qr_code_that_says_nothing_decides_nothing() {
    let unknown = (Code::PictureQrUnknown, Severity::Indeterminate);
    assert_eq!(of_page(&page(&content()).qr(&["https://u.example.cn/3xYz"])), [unknown]);
    assert_eq!(of_page(&page(&content()).qr(&["WIFI:S:x;;"])), [unknown]);
    let content = content();
    let mut make_photograph = Make::new();
    let image = "/Subtype/Image/Width 9/Height 9/BitsPerComponent 8/ColorSpace/DeviceRGB/Filter/DCTDecode";
    let image = make_photograph.stream(image, b"x");
    let operators = page(&content).qr(&[]).behind("q 60 0 0 60 300 320 cm /X Do Q ").operators();
    make_photograph.page(&operators, &format!("/XObject<</X {image} 0 R>>")).embed(&[("einvoice.xml", &xml(&content))]);
    assert_eq!(codes(&foreign(&make_photograph.finish(), &content)), [unknown]);
    // On a page of ours, where the printed one has none.
    let again = our_file(&page(&content).qr(&[]), &content);
    assert_eq!(codes(&ours(&make_photograph.template("general").finish(), &again, &content)), [unknown]);
}

#[test]
fn p20_two_qr_codes_that_differ_are_an_error() {
    let right = QrText::default().write(&content()).unwrap();
    let both = page(&content()).qr(&[&right, &right.replace("5269.50", "9269.50")]);
    let two = [(Code::PictureQrTwo, Severity::Error), (Code::PictureQr, Severity::Error)];
    assert_eq!(of_our_page(&both), two);
    assert_eq!(of_page(&both), two);
    // What the unit prints beside it is no receipt's code; on a page of ours there is no room for it.
    let address = page(&content()).qr(&[&right, "https://u.example.cn/3xYz"]);
    assert_eq!(of_our_page(&address), [(Code::PictureQr, Severity::Error)]);
    assert_eq!(of_page(&address), [(Code::PictureQrUnknown, Severity::Indeterminate)]);
    assert_eq!(of_page(&page(&content()).qr(&[&right, &right])), [NOT_PROVEN]);
}
