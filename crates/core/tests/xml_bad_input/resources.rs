//! Limits: each is met by its own code, before memory is used.

use czei_core::Code;
use czei_core::xml::{Document, Envelope, Limits};

use super::fixture::{column, receipt, with};
use super::judge::cases;

fn deep(depth: usize) -> Vec<u8> {
    ["<a>".repeat(depth), "</a>".repeat(depth)].concat().into_bytes()
}

fn attributes(count: usize) -> Vec<u8> {
    let attributes: String = (0..count).map(|index| format!(" a{index}=''")).collect();
    format!("<a{attributes}/>").into_bytes()
}

fn items(count: usize) -> Vec<u8> {
    let receipt = receipt();
    let start = receipt.find("<Item>").unwrap();
    let end = receipt.find("</Item>").unwrap() + 7;
    [&receipt[..start], &receipt[start..end].repeat(count), &receipt[end..]].concat().into_bytes()
}

fn aux_items(count: usize) -> Vec<u8> {
    let item = "<AuxItem><AuxItemName>坐落</AuxItemName></AuxItem>";
    with(item, &item.repeat(count))
}

cases! {
    malformed {
        a_depth_of_33: deep(33) => Code::LimitDepth, 1, 97;
        a_depth_of_100_000: deep(100_000) => Code::LimitDepth, 1, 97;
        sixty_five_attributes: attributes(65) => Code::LimitAttributes, 1, 442;
        twenty_thousand_attributes: attributes(20_000) => Code::LimitAttributes, 1, 442;
        a_name_of_101_letters: format!("<{}/>", "a".repeat(101)).into_bytes() => Code::LimitName, 1, 2;
        a_name_of_101_ideographs: format!("<{}/>", "名".repeat(101)).into_bytes() => Code::LimitName, 1, 2;
        a_name_of_200_kb: format!("<{}/>", "a".repeat(200_000)).into_bytes() => Code::LimitName, 1, 2;
        an_attribute_name_of_200_kb: format!("<a {}='1'/>", "a".repeat(200_000)).into_bytes() => Code::LimitName, 1, 4;
        a_text_of_64_kib_and_one: format!("<a>{}</a>", "x".repeat(65_537)).into_bytes() => Code::LimitText, 1, 4;
        a_text_of_references: format!("<a>{}</a>", "&lt;".repeat(20_000)).into_bytes() => Code::LimitText, 1, 4;
        a_signature_value_of_1_mb: with("AAAA", &"A".repeat(1_000_000)) => Code::LimitSignatureValue, 1, column("AAAA");
    }
    no_receipt {
        five_thousand_items: items(5_000) => Code::LimitItems, "EInvoice/EInvoiceData/Details/Item[1000]";
        a_thousand_items: items(1_000) => Code::LimitItems, "EInvoice/EInvoiceData/Details/Item[1000]";
        a_thousand_auxiliary_items: aux_items(1_000)
            => Code::LimitAuxItems, "EInvoice/EInvoiceData/AuxDetails/AuxItem[1000]";
    }
    found {
        all_999_items: items(999) => &[];
        all_999_auxiliary_items: aux_items(999) => &[];
        a_signature_value_of_256_kib: with("AAAA", &"A".repeat(256 * 1024)) => &[];
    }
}

#[test]
fn what_meets_a_limit_exactly_is_read() {
    for bytes in [
        deep(32),
        attributes(64),
        format!("<{}/>", "名".repeat(100)).into_bytes(),
        format!("<a>{}</a>", "x".repeat(65_536)).into_bytes(),
    ] {
        assert!(Document::parse(&bytes, &Limits::default()).is_ok());
    }
}

#[test]
fn a_document_that_is_too_long_is_not_even_looked_at() {
    let limits = Limits { bytes: 1_000, ..Limits::default() };
    // Every byte would be refused for another reason.
    let error = Document::parse(&[0; 1_001], &limits).unwrap_err();
    assert_eq!(error.code(), Code::LimitBytes);
    assert_eq!(error.expected_text(), Some("≤ 1000"));
    assert_eq!(error.found_text(), Some("1001"));
    assert_eq!(Document::parse(&[0; 1_000], &limits).unwrap_err().code(), Code::Character);
}

#[test]
fn elements_comments_and_instructions_are_counted_together() {
    let limits = Limits { elements: 10, ..Limits::default() };
    for inner in ["<b/>", "<!---->", "<?b?>"] {
        let fits = format!("<a>{}</a>", inner.repeat(9));
        let beyond = format!("<a>{}</a>", inner.repeat(10));
        assert!(Document::parse(fits.as_bytes(), &limits).is_ok());
        assert_eq!(Document::parse(beyond.as_bytes(), &limits).unwrap_err().code(), Code::LimitElements);
    }
}

#[test]
fn limits_are_settings() {
    let limits = Limits { items: 5_000, text: 10, signature_value: 3, ..Limits::default() };
    let limits_of_items = Limits { text: 100_000, signature_value: 100_000, ..limits };
    let bytes = items(5_000);
    let document = Document::parse(&bytes, &limits_of_items).unwrap();
    assert!(Envelope::read(&document).is_ok());
    let code = |text: &str| Document::parse(text.as_bytes(), &limits).map(|_| ()).map_err(|error| error.code());
    assert_eq!(code("<a>1234567890</a>"), Ok(()));
    assert_eq!(code("<a>12345678901</a>"), Err(Code::LimitText));
    assert_eq!(code("<SignatureValue>1234</SignatureValue>"), Err(Code::LimitSignatureValue));
}

#[test]
fn a_hostile_document_makes_few_findings() {
    let bytes = with("<Checker>", &("<x a='1'>\u{202E} </x><!-- -->".repeat(10_000) + "<Checker>"));
    match super::judge::judge(&bytes) {
        super::judge::Judged::Read { findings, content, .. } => {
            assert!(content.is_some());
            assert_eq!(findings.len(), 31);
            let last = findings.last().unwrap();
            assert_eq!(last.entry.name, "findings-cut");
            assert_eq!(last.found.as_deref(), Some("+29970"));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_error_beyond_the_listed_ones_still_counts() {
    let item = "<Item><ItemCode>1</ItemCode><ItemName>a</ItemName><ItemAmount>x</ItemAmount></Item>";
    let bytes = with("<Item>", &(item.repeat(50) + "<Item>"));
    match super::judge::judge(&bytes) {
        super::judge::Judged::Read { findings, content, .. } => {
            assert!(content.is_none());
            assert_eq!(findings.iter().filter(|finding| finding.entry.name == "amount").count(), 10);
            assert_eq!(findings.last().unwrap().found.as_deref(), Some("+40"));
        }
        other => panic!("{other:?}"),
    }
}
