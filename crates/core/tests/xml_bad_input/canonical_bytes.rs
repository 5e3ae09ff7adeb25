//! Other bytes for the same receipt: outside the signed span they change nothing that is signed,
//! inside they do, and what is shown comes from the bytes that are signed.

use czei_core::{Code, Content};

use super::fixture::{DATA, DECLARATION, HEADER, column, prolog, receipt, with, with_name};
use super::judge::{Judged, cases, judge};

const HEADER_TO_DATA: &str = "</Header><EInvoiceData>";

fn crlf_outside() -> Vec<u8> {
    let receipt = receipt();
    receipt
        .replace("?><EInvoice>", "?>\r\n<EInvoice>\r\n")
        .replace(HEADER_TO_DATA, "</Header>\r\n  <EInvoiceData>")
        .replace("</EInvoiceData>", "</EInvoiceData>\r\n")
        .replace("</EInvoiceSignature>", "\r\n</EInvoiceSignature>\r\n")
        .into_bytes()
}

/// The receipt with each element on its own line.
fn pretty(line_end: &str) -> Vec<u8> {
    receipt().replace("><", &format!(">{line_end}<")).into_bytes()
}

cases! {
    malformed {
        a_byte_order_mark_inside_the_root: with("<Header>", "<Header>\u{FEFF}<") => Code::Name, 1, column("<EInvoiceTag>") + 2;
        gbk_text_signed: with_name(b"\xC0\xEE") => Code::Utf8, 1, column("张三");
        gbk_declared_over_utf_8: prolog("<?xml version='1.0' encoding='gb18030'?>") => Code::EncodingDeclared, 1, 31;
    }
    found {
        a_byte_order_mark: format!("\u{FEFF}{}", receipt()).into_bytes() => &[("bom", "")];
        crlf_outside_the_signed_span: crlf_outside() => &[];
        single_quotes_in_the_declaration: prolog("<?xml version='1.0' encoding='utf-8'?>") => &[];
        no_declaration: prolog("") => &[];
        white_space_between_header_and_data: with(HEADER_TO_DATA, "</Header>\n\t <EInvoiceData>") => &[];
        pretty_printed: pretty("\n") => &[];
        pretty_printed_with_crlf: pretty("\r\n") => &[];
        white_space_in_a_start_tag: with("<Header>", "<Header >") => &[];
        white_space_in_an_end_tag: with("</Header>", "</Header\n>") => &[];
        a_character_reference: with("张三", "&#24352;&#x4E09;") => &[];
        a_cdata_section: with("张三", "<![CDATA[张三]]>") => &[];
        a_cdata_section_in_the_middle: with("张三", "张<![CDATA[三]]>") => &[];
        a_comment_splitting_a_text: with("张三", "张<!-- x -->三")
            => &[("comment-inside", "EInvoice/EInvoiceData/Main/PayerParty/PayerPartyName")];
        an_instruction_splitting_an_amount: with("<ItemAmount>80.00", "<ItemAmount>80<?x?>.00")
            => &[("instruction-inside", "EInvoice/EInvoiceData/Details/Item[1]/ItemAmount")];
        an_empty_optional_element: with("<Remark>R</Remark>", "<Remark></Remark>") => &[];
        an_empty_element_tag: with("<Remark>R</Remark>", "<Remark/>") => &[];
        an_empty_optional_node: with("</Checker>", "</Checker><SupervisorRemark/>") => &[];
        nfd_for_nfc: with("张三", "Jose\u{301}") => &[];
        a_line_end_in_a_remark: with("<Remark>R", "<Remark>R&#10;S") => &[];
        an_unknown_signed_element: with("<Checker>", "<Reviewer>赵</Reviewer><Checker>")
            => &[("element-unknown", "EInvoice/EInvoiceData/Main/Reviewer")];
        an_unknown_signed_element_in_another_case: with("<Checker>", "<checker>赵</checker><Checker>")
            => &[("element-unknown", "EInvoice/EInvoiceData/Main/checker")];
    }
}

#[track_caller]
fn read(bytes: &[u8]) -> (Content, Vec<u8>) {
    match judge(bytes) {
        Judged::Read { content: Some(content), original, .. } => (*content, original),
        other => panic!("not read: {other:?}"),
    }
}

#[test]
fn outside_the_signed_span_the_signed_bytes_stay() {
    let signed = format!("{HEADER}{DATA}").into_bytes();
    for bytes in [
        receipt().into_bytes(),
        format!("\u{FEFF}{}", receipt()).into_bytes(),
        crlf_outside(),
        prolog("<?xml version='1.0' encoding='utf-8'?>"),
        prolog(""),
        with(HEADER_TO_DATA, "</Header>\n\t <EInvoiceData>"),
        with(DECLARATION, &format!("{DECLARATION}<!-- a --><?b?>")),
    ] {
        assert_eq!(read(&bytes).1, signed);
    }
}

#[test]
fn inside_the_signed_span_the_signed_bytes_are_those_that_came() {
    let (content, signed) = read(&receipt().into_bytes());
    for (from, to) in [
        ("张三", "&#24352;&#x4E09;"),
        ("张三", "<![CDATA[张三]]>"),
        ("张三", "张<!-- x -->三"),
        ("<Header>", "<Header >"),
        ("</Version>", "</Version>\r\n"),
        ("</PayerParty>", "</PayerParty><RandomElement/>"),
    ] {
        let (same, changed) = read(&with(from, to));
        assert_eq!(same, content, "{to}");
        assert_ne!(changed, signed, "{to}");
        assert_eq!(String::from_utf8(changed).unwrap(), format!("{HEADER}{DATA}").replacen(from, to, 1));
    }
}

#[test]
fn line_ends_in_a_text_are_read_as_lf_and_signed_as_they_came() {
    for (written, read_as) in [("R\r\nS", "R\nS"), ("R\rS", "R\nS"), ("R\nS", "R\nS"), ("<![CDATA[R\r\n]]>S", "R\nS")] {
        let bytes = with("<Remark>R", &format!("<Remark>{written}"));
        let (content, signed) = read(&bytes);
        assert_eq!(content.remark.unwrap().as_str(), read_as);
        assert!(String::from_utf8(signed).unwrap().contains(written));
    }
}

#[test]
fn a_reference_to_cr_is_no_line_end() {
    let bytes = with("<Remark>R", "<Remark>R&#13;&#10;S");
    match judge(&bytes) {
        Judged::Read { content: Some(content), findings, .. } => {
            assert_eq!(content.remark.unwrap().as_str(), "R\r\nS");
            assert_eq!(findings[0].entry.name, "invisible-character");
            assert_eq!(findings[0].found.as_deref(), Some("U+000D"));
        }
        other => panic!("{other:?}"),
    }
}
