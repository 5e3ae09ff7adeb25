//! Malformed input: refused by the reader before anything is taken for a receipt.

use czei_core::Code;

use super::fixture::{DECLARATION, HEADER, column, prolog, receipt, with, with_name};
use super::judge::cases;

fn utf16(little: bool, mark: bool) -> Vec<u8> {
    let text = if mark { format!("\u{FEFF}{}", receipt()) } else { receipt() };
    text.encode_utf16().flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
}

fn after(text: &str) -> Vec<u8> {
    (receipt() + text).into_bytes()
}

fn cut(at: &str) -> Vec<u8> {
    let receipt = receipt();
    let end = receipt.find(at).unwrap();
    receipt.as_bytes()[..end].to_vec()
}

fn end_column() -> u32 {
    u32::try_from(receipt().chars().count()).unwrap() + 1
}

cases! {
    malformed {
        a_doctype: prolog("<!DOCTYPE EInvoice>") => Code::Doctype, 1, 1;
        a_doctype_in_lower_case: prolog("<!doctype EInvoice>") => Code::Doctype, 1, 1;
        a_doctype_after_the_declaration: with("<EInvoice>", "\n<!DOCTYPE EInvoice []>\n<EInvoice>") => Code::Doctype, 2, 1;
        a_doctype_inside: with("<Header>", "<!DOCTYPE a><Header>") => Code::Doctype, 1, column("<Header>");
        a_doctype_never_closed: prolog("<!DOCTYPE EInvoice [") => Code::Doctype, 1, 1;
        xxe_by_file: prolog("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>") => Code::Doctype, 1, 1;
        xxe_by_http: prolog("<!DOCTYPE a SYSTEM \"http://127.0.0.1/a.dtd\">") => Code::Doctype, 1, 1;
        xxe_by_parameter_entity:
            prolog("<!DOCTYPE a [<!ENTITY % p SYSTEM \"file:///etc/passwd\"> %p;]>") => Code::Doctype, 1, 1;
        billion_laughs:
            prolog("<!DOCTYPE a [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\"><!ENTITY c \"&b;&b;\">]>") => Code::Doctype, 1, 1;
        quadratic_blowup: prolog(&format!("<!DOCTYPE a [<!ENTITY a \"{}\">]>", "x".repeat(50_000))) => Code::Doctype, 1, 1;
        an_undefined_entity: with("张三", "&nbsp;") => Code::Entity, 1, column("张三");
        an_undefined_entity_in_an_attribute: with("<PayerPartyName>", "<PayerPartyName a='&x;'>")
            => Code::Entity, 1, column("<PayerPartyName>") + 19;
        a_lone_ampersand: with("张三", "A & B") => Code::Reference, 1, column("张三") + 2;
        an_ampersand_at_the_end_of_a_text: with("张三", "A&") => Code::Reference, 1, column("张三") + 1;
        a_reference_without_digits: with("张三", "&#;") => Code::Reference, 1, column("张三");
        a_reference_with_a_capital_x: with("张三", "&#X41;") => Code::Reference, 1, column("张三");
        a_reference_to_nul: with("张三", "&#0;") => Code::Character, 1, column("张三");
        a_reference_to_a_control_character: with("张三", "&#1;") => Code::Character, 1, column("张三");
        a_reference_to_a_surrogate: with("张三", "&#xD800;") => Code::Character, 1, column("张三");
        a_reference_to_ffff: with("张三", "&#xFFFF;") => Code::Character, 1, column("张三");
        a_reference_beyond_unicode: with("张三", "&#x110000;") => Code::Character, 1, column("张三");
        a_reference_beyond_64_bits: with("张三", "&#18446744073709551681;") => Code::Character, 1, column("张三");
        nothing: Vec::new() => Code::NoRoot, 1, 1;
        white_space_only: b" \n\t".to_vec() => Code::NoRoot, 2, 2;
        a_declaration_only: DECLARATION.as_bytes().to_vec() => Code::NoRoot, 1, 39;
        text_only: b"hello".to_vec() => Code::OutsideRoot, 1, 1;
        cut_in_a_text: cut("0013933922") => Code::Truncated, 1, column("0013933922");
        cut_in_a_start_tag: cut("Number>0013933922") => Code::Truncated, 1, column("<EInvoiceNumber>");
        cut_in_an_end_tag: cut(">07892e") => Code::Truncated, 1, column("<RandomNumber>");
        cut_before_the_last_tag: cut("</EInvoice>") => Code::Truncated, 1, column("</EInvoice>");
        cut_in_a_comment: with("</EInvoice>", "<!-- ") => Code::Truncated, 1, column("</EInvoice>");
        cut_in_cdata: with("</EInvoice>", "<![CDATA[ ") => Code::Truncated, 1, column("</EInvoice>");
        cut_in_an_instruction: with("</EInvoice>", "<?a ") => Code::Truncated, 1, column("</EInvoice>");
        cut_in_an_attribute: with("</EInvoice>", "<a b=\"></EInvoice>") => Code::Truncated, 1, column("</EInvoice>");
        two_roots: after("<EInvoice/>") => Code::SecondRoot, 1, end_column();
        two_receipts: after(&receipt().replace(DECLARATION, "")) => Code::SecondRoot, 1, end_column();
        text_after_the_root: after("\nx") => Code::OutsideRoot, 2, 1;
        a_reference_after_the_root: after("&#32;") => Code::OutsideRoot, 1, end_column();
        cdata_after_the_root: after("<![CDATA[]]>") => Code::OutsideRoot, 1, end_column();
        an_end_tag_after_the_root: after("</EInvoice>") => Code::EndTag, 1, end_column();
        text_before_the_root: prolog("x") => Code::OutsideRoot, 1, 1;
        a_duplicate_attribute: with("<Header>", "<Header a='1' a='1'>") => Code::AttributeTwice, 1, column("<Header>") + 14;
        an_unquoted_attribute: with("<Header>", "<Header a=1>") => Code::Attribute, 1, column("<Header>") + 10;
        an_attribute_without_value: with("<Header>", "<Header a>") => Code::Attribute, 1, column("<Header>") + 9;
        attributes_without_a_gap: with("<Header>", "<Header a='1'b='2'>") => Code::Attribute, 1, column("<Header>") + 13;
        a_less_than_in_an_attribute: with("<Header>", "<Header a='<'>") => Code::Attribute, 1, column("<Header>") + 11;
        an_attribute_in_an_end_tag: with("</Header>", "</Header a='1'>") => Code::EndTag, 1, column("</Header>");
        white_space_before_a_name: with("<Header>", "< Header>") => Code::Name, 1, column("<Header>") + 1;
        a_name_that_begins_with_a_digit: with("<gender>女</gender>", "<9>女</9>") => Code::Name, 1, column("<gender>") + 1;
        a_name_with_a_bad_character: with("<gender>女</gender>", "<a$>女</a$>") => Code::Name, 1, column("<gender>") + 2;
        an_empty_tag: with("<gender>", "<>") => Code::Name, 1, column("<gender>") + 1;
        crossed_tags: with("</gender></MainExt>", "</MainExt></gender>") => Code::EndTag, 1, column("</gender>");
        an_end_tag_in_another_case: with("</Header>", "</HEADER>") => Code::EndTag, 1, column("</Header>");
        a_prefix: with("<Header>", "<e:Header>") => Code::Namespace, 1, column("<Header>") + 2;
        a_prefix_in_an_end_tag: with("</Header>", "</e:Header>") => Code::EndTag, 1, column("</Header>");
        a_default_namespace: with("<EInvoice>", "<EInvoice xmlns=\"urn:x\">") => Code::Namespace, 1, column("<EInvoice>") + 10;
        a_namespace_with_prefix: with("<EInvoice>", "<EInvoice xmlns:e=\"u\">") => Code::Namespace, 1, column("<EInvoice>") + 15;
        a_prefixed_attribute: with("<EInvoice>", "<EInvoice xml:lang=\"zh\">") => Code::Namespace, 1, column("<EInvoice>") + 13;
        xinclude: with("<Header>", "<xi:include href=\"file:///etc/passwd\"/><Header>") => Code::Namespace, 1, column("<Header>") + 3;
        cdata_end_in_a_text: with("张三", "a]]>b") => Code::CdataEnd, 1, column("张三") + 1;
        two_hyphens_in_a_comment: with("<Header>", "<!-- a--b --><Header>") => Code::Comment, 1, column("<Header>") + 6;
        three_hyphens_at_the_end_of_a_comment: with("<Header>", "<!-- a---><Header>") => Code::Comment, 1, column("<Header>") + 6;
        a_comment_of_five_characters: with("<Header>", "<!--><Header>") => Code::Truncated, 1, column("<Header>");
        an_instruction_named_xml: with("<Header>", "<?XML a?><Header>") => Code::Instruction, 1, column("<Header>");
        an_instruction_without_name: with("<Header>", "<? a?><Header>") => Code::Instruction, 1, column("<Header>") + 2;
        an_element_declaration: with("<Header>", "<!ELEMENT a ANY><Header>") => Code::Markup, 1, column("<Header>");
        cdata_in_lower_case: with("张三", "<![cdata[x]]>") => Code::Markup, 1, column("张三");
        an_sgml_marked_section: with("张三", "<![INCLUDE[x]]>") => Code::Markup, 1, column("张三");
        xml_1_1: prolog("<?xml version=\"1.1\" encoding=\"UTF-8\"?>") => Code::XmlVersion, 1, 16;
        a_declaration_without_version: prolog("<?xml encoding=\"UTF-8\"?>") => Code::Declaration, 1, 7;
        a_declaration_out_of_order: prolog("<?xml encoding=\"UTF-8\" version=\"1.0\"?>") => Code::Declaration, 1, 7;
        a_declaration_with_a_wrong_standalone: prolog("<?xml version=\"1.0\" standalone=\"1\"?>") => Code::Declaration, 1, 33;
        a_second_declaration: with("<EInvoice>", "<?xml version=\"1.0\"?><EInvoice>") => Code::DeclarationPlace, 1, column("<EInvoice>");
        white_space_before_the_declaration: format!(" {}", receipt()).into_bytes() => Code::DeclarationPlace, 1, 2;
        a_line_end_before_the_declaration: format!("\n{}", receipt()).into_bytes() => Code::DeclarationPlace, 2, 1;
        two_byte_order_marks: format!("\u{FEFF}\u{FEFF}{}", receipt()).into_bytes() => Code::SecondBom, 1, 1;
        a_late_byte_order_mark: format!(" \u{FEFF}{}", receipt()).into_bytes() => Code::OutsideRoot, 1, 2;
        utf_7_declared: prolog("<?xml version=\"1.0\" encoding=\"UTF-7\"?>") => Code::EncodingDeclared, 1, 31;
        utf_7_bytes: b"+ADw-?xml version+AD0-+ACI-1.0+ACI-?+AD4-".to_vec() => Code::OutsideRoot, 1, 1;
        utf_16_declared: prolog("<?xml version=\"1.0\" encoding=\"UTF-16\"?>") => Code::EncodingDeclared, 1, 31;
        utf_16_little_endian: utf16(true, true) => Code::EncodingBytes, 1, 1;
        utf_16_big_endian: utf16(false, true) => Code::EncodingBytes, 1, 1;
        utf_16_without_mark: utf16(true, false) => Code::EncodingBytes, 1, 1;
        utf_16_big_endian_without_mark: utf16(false, false) => Code::EncodingBytes, 1, 1;
        utf_32: receipt().chars().flat_map(|c| u32::from(c).to_be_bytes()).collect::<Vec<u8>>() => Code::EncodingBytes, 1, 1;
        gbk_declared: prolog("<?xml version=\"1.0\" encoding=\"GBK\"?>") => Code::EncodingDeclared, 1, 31;
        gbk_under_a_utf_8_label: with_name(b"\xD5\xC5\xC8\xFD") => Code::Utf8, 1, column("张三");
        gbk_declared_and_written: String::from_utf8(prolog("<?xml version=\"1.0\" encoding=\"GBK\"?>")).map(|text| {
            let (before, after) = text.split_once("张三").unwrap();
            [before.as_bytes(), b"\xD5\xC5\xC8\xFD", after.as_bytes()].concat()
        }).unwrap() => Code::EncodingDeclared, 1, 1;
        an_overlong_form: with_name(b"\xC0\xAF") => Code::Utf8, 1, column("张三");
        a_surrogate_in_utf_8: with_name(b"\xED\xA0\x80") => Code::Utf8, 1, column("张三");
        five_byte_utf_8: with_name(b"\xF8\x88\x80\x80\x80") => Code::Utf8, 1, column("张三");
        a_lone_continuation_byte: with_name(b"a\x80") => Code::Utf8, 1, column("张三") + 1;
        a_cut_character: [receipt().as_bytes(), b"\xE5\xBC"].concat() => Code::Utf8, 1, end_column();
        nul: with("张三", "\0") => Code::Character, 1, column("张三");
        a_control_character: with("张三", "张\u{1}") => Code::Character, 1, column("张三") + 1;
        a_vertical_tab_between_elements: with("<Header>", "\u{B}<Header>") => Code::Character, 1, column("<Header>");
        delete: with("张三", "\u{7F}") => Code::Character, 1, column("张三");
        a_c1_control: with("张三", "\u{85}") => Code::Character, 1, column("张三");
        a_noncharacter: with("张三", "\u{FFFE}") => Code::Character, 1, column("张三");
        a_control_character_in_a_comment: with("<Header>", "<!--\u{2}--><Header>") => Code::Character, 1, column("<Header>") + 4;
        gzip: b"\x1F\x8B\x08\x00\x00\x00\x00\x00\x00\x03".to_vec() => Code::Gzip, 1, 1;
    }
}

#[test]
fn the_place_of_a_refusal_names_the_open_element() {
    match super::judge::judge(&with("张三", "&nbsp;")) {
        super::judge::Judged::Malformed(error) => {
            assert_eq!(error.place().path.as_deref(), Some("EInvoice/EInvoiceData/Main/PayerParty/PayerPartyName"));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_cut_of_a_receipt_is_refused() {
    let receipt = receipt();
    for end in 0..receipt.len() {
        let bytes = &receipt.as_bytes()[..end];
        assert!(matches!(super::judge::judge(bytes), super::judge::Judged::Malformed(_)), "{end}");
    }
    assert!(receipt.contains(HEADER));
}
