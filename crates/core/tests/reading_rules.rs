//! One test for each rule of `src/xml/READING.md`, named after it.
#![allow(missing_docs, clippy::unwrap_used)]

use czei_core::xml::{AsideKind, Document, Envelope, Limits, read_content};
use czei_core::{Code, Error};

fn parse(text: &str) -> Result<Document<'_>, Error> {
    Document::parse(text.as_bytes(), &Limits::default())
}

/// The input is refused with the code, at line and column.
#[track_caller]
fn refused(input: impl AsRef<[u8]>, code: Code, line: u32, column: u32) {
    let error = Document::parse(input.as_ref(), &Limits::default()).unwrap_err();
    assert_eq!((error.code(), error.place().line, error.place().column), (code, Some(line), Some(column)), "{error}");
}

#[track_caller]
fn text(input: &str) -> String {
    let document = parse(input).unwrap();
    document.text(document.root()).into_owned()
}

#[test]
fn r01_gzip_is_refused() {
    refused([0x1F, 0x8B, 8, 0], Code::Gzip, 1, 1);
}

#[test]
fn r02_other_encodings_are_refused_by_their_first_bytes() {
    for bytes in [&b"\xFF\xFE<\0"[..], b"\xFE\xFF\0<", b"<\0a\0", b"\0<\0a", b"\0\0\xFE\xFF", b"\0\0\0<"] {
        refused(bytes, Code::EncodingBytes, 1, 1);
    }
}

#[test]
fn r03_bytes_are_utf_8() {
    refused(b"<a>\n\xC0\x80</a>", Code::Utf8, 2, 1);
    refused(b"<a>\xED\xA0\x80</a>", Code::Utf8, 1, 4);
    assert_eq!(text("<a>陈𠮷</a>"), "陈𠮷");
}

#[test]
fn r04_one_byte_order_mark_is_tolerated_and_two_are_refused() {
    assert!(parse("\u{FEFF}<?xml version='1.0'?><a/>").unwrap().has_bom());
    assert!(!parse("<a/>").unwrap().has_bom());
    refused("\u{FEFF}\u{FEFF}<a/>", Code::SecondBom, 1, 1);
}

#[test]
fn r05_characters_are_those_of_xml_without_the_controls() {
    for c in ['\0', '\u{1}', '\u{8}', '\u{B}', '\u{1F}', '\u{7F}', '\u{80}', '\u{9F}', '\u{FFFE}', '\u{FFFF}'] {
        refused(format!("<a>张{c}</a>"), Code::Character, 1, 5);
        refused(format!("<a b='{c}'/>"), Code::Character, 1, 7);
        refused(format!("<a/>\n<!--{c}-->"), Code::Character, 2, 5);
    }
    for c in ['\t', '\n', ' ', '~', '\u{A0}', '\u{FFFD}', '\u{E000}', '\u{FDD0}', '\u{1FFFE}', '\u{10FFFF}'] {
        assert_eq!(text(&format!("<a>{c}</a>")), c.to_string());
    }
}

#[test]
fn r06_a_declaration_stands_at_the_very_start() {
    refused(" <?xml version='1.0'?><a/>", Code::DeclarationPlace, 1, 2);
    refused("<a/><?xml version='1.0'?>", Code::DeclarationPlace, 1, 5);
    refused("<!--a--><?xml version='1.0'?><a/>", Code::DeclarationPlace, 1, 9);
    assert!(parse(" <a/>").is_ok());
}

#[test]
fn r07_a_declaration_has_its_form_and_version_1_0() {
    refused("<?xml?><a/>", Code::Declaration, 1, 6);
    refused("<?xml ?><a/>", Code::Declaration, 1, 7);
    refused("<?xml version='1.0' standalone='YES'?><a/>", Code::Declaration, 1, 33);
    refused("<?xml version='1.1'?><a/>", Code::XmlVersion, 1, 16);
    refused("<?xml version='2.0'?><a/>", Code::Declaration, 1, 16);
    assert!(parse("<?xml version='1.0' encoding='UTF-8' standalone='yes' ?><a/>").is_ok());
}

#[test]
fn r08_only_utf_8_is_declared() {
    for encoding in ["GBK", "gb18030", "UTF-16", "ISO-8859-1", "US-ASCII", "UTF8"] {
        refused(format!("<?xml version='1.0' encoding='{encoding}'?><a/>"), Code::EncodingDeclared, 1, 31);
    }
    assert!(parse("<?xml version='1.0' encoding='utf-8'?><a/>").is_ok());
}

#[test]
fn r09_names_are_xml_names() {
    for name in ["a", "_", "备注", "a-b.c", "a·", "\u{10000}", "é"] {
        let element = format!("<{name}/>");
        let document = parse(&element).unwrap();
        assert_eq!(document.name(document.root()), name);
        assert!(parse(&format!("<a {name}=''/>")).is_ok(), "{name}");
    }
    for (tag, column) in
        [("<1/>", 2), ("<-a/>", 2), ("<a,/>", 3), ("<·/>", 2), ("<\u{D7}/>", 2), ("<a\u{D7}/>", 3), ("<=/>", 2)]
    {
        refused(tag, Code::Name, 1, column);
    }
}

#[test]
fn r10_no_colon_and_no_xmlns() {
    refused("<x:a/>", Code::Namespace, 1, 3);
    refused("<:a/>", Code::Namespace, 1, 2);
    refused("<备:注/>", Code::Namespace, 1, 3);
    refused("<a x:b=''/>", Code::Namespace, 1, 5);
    refused("<a xmlns=''/>", Code::Namespace, 1, 4);
    refused("<a/><?x:y?>", Code::Namespace, 1, 8);
}

#[test]
fn r11_a_document_type_is_refused_unread() {
    refused("<!DOCTYPE a><a/>", Code::Doctype, 1, 1);
    refused("<!DOCTYPE", Code::Doctype, 1, 1);
    refused("<a/><!doctype a>", Code::Doctype, 1, 5);
    refused("<a>text<!DOCTYPE b></a>", Code::Doctype, 1, 8);
}

#[test]
fn r12_there_is_one_root() {
    refused("", Code::NoRoot, 1, 1);
    refused("<!-- a -->", Code::NoRoot, 1, 11);
    refused("<a/><b/>", Code::SecondRoot, 1, 5);
    refused("<a></a>\n<a></a>", Code::SecondRoot, 2, 1);
}

#[test]
fn r13_nothing_else_stands_outside_the_root() {
    refused("a<a/>", Code::OutsideRoot, 1, 1);
    refused("<a/>  a", Code::OutsideRoot, 1, 7);
    refused("<a/>&amp;", Code::OutsideRoot, 1, 5);
    refused("<a/><![CDATA[]]>", Code::OutsideRoot, 1, 5);
    refused("<a/>\u{3000}", Code::OutsideRoot, 1, 5);
    let document = parse(" <!--a--> <?b?><a/>\r\n<!--c-->\t").unwrap();
    let kinds: Vec<AsideKind> = document.asides().iter().map(|aside| aside.kind).collect();
    assert_eq!(kinds, [AsideKind::Comment, AsideKind::Instruction, AsideKind::Comment]);
    assert!(document.asides().iter().all(|aside| aside.parent.is_none()));
}

#[test]
fn r14_end_tags_match() {
    refused("<a></b>", Code::EndTag, 1, 4);
    refused("<a>x</A>", Code::EndTag, 1, 5);
    refused("<a></a b>", Code::EndTag, 1, 4);
    refused("<a></ a>", Code::EndTag, 1, 4);
    refused("<a></aa>", Code::EndTag, 1, 4);
    refused("<aa></a>", Code::EndTag, 1, 5);
    refused("<a><b></a></b>", Code::EndTag, 1, 7);
    refused("</a>", Code::EndTag, 1, 1);
    assert_eq!(text("<a>x</a \r\n>"), "x");
}

#[test]
fn r15_attributes_have_their_form() {
    refused("<a b/>", Code::Attribute, 1, 5);
    refused("<a b=c/>", Code::Attribute, 1, 6);
    refused("<a b='c'd='e'/>", Code::Attribute, 1, 9);
    refused("<a b='<'/>", Code::Attribute, 1, 7);
    refused("<a b='&c;'/>", Code::Entity, 1, 7);
    refused("<a b='&'/>", Code::Reference, 1, 7);
    refused("<a b='' b=''/>", Code::AttributeTwice, 1, 9);
    let document = parse("<a b = \"'>\" \n c='\"&#65;'><d/></a>").unwrap();
    assert!(document.has_attributes(document.root()));
    assert!(document.children(document.root()).all(|child| !document.has_attributes(child)));
}

#[test]
fn r16_references_name_one_of_five_entities() {
    assert_eq!(text("<a>&amp;&lt;&gt;&quot;&apos;</a>"), "&<>\"'");
    refused("<a>&copy;</a>", Code::Entity, 1, 4);
    refused("<a>&AMP;</a>", Code::Entity, 1, 4);
    refused("<a>x & y</a>", Code::Reference, 1, 6);
    refused("<a>&amp</a>", Code::Reference, 1, 4);
    refused("<a>&&amp;</a>", Code::Reference, 1, 4);
    refused("<a>&;</a>", Code::Reference, 1, 4);
}

#[test]
fn r17_character_references_stand_for_allowed_characters() {
    assert_eq!(text("<a>&#65;&#x5F20;&#x20BB7;&#10;</a>"), "A张𠮷\n");
    for reference in ["&#0;", "&#x1F;", "&#xD800;", "&#xFFFE;", "&#x110000;", "&#x85;"] {
        refused(format!("<a>{reference}</a>"), Code::Character, 1, 4);
    }
}

#[test]
fn r18_cdata_end_does_not_stand_in_text() {
    refused("<a>x]]></a>", Code::CdataEnd, 1, 5);
    refused("<a><b/>]]></a>", Code::CdataEnd, 1, 8);
    assert_eq!(text("<a>]]&gt;]] ></a>"), "]]>]] >");
    assert_eq!(text("<a><![CDATA[]]]]>]</a>"), "]]]");
    assert!(parse("<a b=']]>'/>").is_ok());
}

#[test]
fn r19_comments_hold_no_double_hyphen() {
    refused("<a><!-- -- --></a>", Code::Comment, 1, 9);
    refused("<a><!-- ---></a>", Code::Comment, 1, 9);
    assert!(parse("<a><!----><!-- - --></a>").is_ok());
}

#[test]
fn r20_instructions_have_a_target() {
    refused("<a><? b?></a>", Code::Instruction, 1, 6);
    refused("<a><??></a>", Code::Instruction, 1, 6);
    refused("<a><?XML b?></a>", Code::Instruction, 1, 4);
    refused("<a><?b,?></a>", Code::Instruction, 1, 4);
    assert!(parse("<a><?b?><?xml-stylesheet c?></a>").is_ok());
}

#[test]
fn r21_the_document_is_complete() {
    refused("<a>", Code::Truncated, 1, 4);
    refused("<a><b></b>", Code::Truncated, 1, 11);
    refused("<a", Code::Truncated, 1, 1);
    refused("<a><!-- ", Code::Truncated, 1, 4);
    refused("<a><![CDATA[ ]]", Code::Truncated, 1, 4);
    refused("<a><![CDA", Code::Truncated, 1, 4);
    refused("<a><?b ", Code::Truncated, 1, 4);
    refused("<a b='></a>", Code::Truncated, 1, 1);
    refused("<a><", Code::Truncated, 1, 4);
    refused("<a><!ENTITY b 'c'></a>", Code::Markup, 1, 4);
    refused("<a><![TEMP[]]></a>", Code::Markup, 1, 4);
    refused("<a><!></a>", Code::Markup, 1, 4);
}

#[test]
fn r22_every_limit_has_its_code() {
    let limits = Limits {
        bytes: 60,
        depth: 2,
        name: 3,
        text: 4,
        signature_value: 5,
        attributes: 1,
        elements: 3,
        ..Limits::default()
    };
    for (input, code) in [
        ("x".repeat(61), Code::LimitBytes),
        ("<a><b><c/></b></a>".to_owned(), Code::LimitDepth),
        ("<abcd/>".to_owned(), Code::LimitName),
        ("<a>12345</a>".to_owned(), Code::LimitText),
        ("<a b='' c=''/>".to_owned(), Code::LimitAttributes),
        ("<a><b/><b/><b/></a>".to_owned(), Code::LimitElements),
    ] {
        assert_eq!(Document::parse(input.as_bytes(), &limits).unwrap_err().code(), code, "{input}");
    }
    assert!(Document::parse(b"<a b=''><b>1234</b><b/></a>", &limits).is_ok());
    let long_names = Limits { name: 20, ..limits };
    let value = |value: &str| {
        let input = format!("<SignatureValue>{value}</SignatureValue>");
        Document::parse(input.as_bytes(), &long_names).map(|_| ()).map_err(|error| error.code())
    };
    assert_eq!(value("12345"), Ok(()));
    assert_eq!(value("123456"), Err(Code::LimitSignatureValue));
}

#[test]
fn r23_line_ends_are_read_as_lf_and_the_bytes_stay() {
    let document = parse("<a>1\r\n2\r3\n4&#13;<![CDATA[\r]]></a>").unwrap();
    assert_eq!(document.text(document.root()), "1\n2\n3\n4\r\n");
    assert_eq!(document.bytes(document.root()), b"<a>1\r\n2\r3\n4&#13;<![CDATA[\r]]></a>");
}

#[test]
fn r24_text_joins_sections_and_references_across_comments() {
    assert_eq!(text("<a>1<!--2-->3<?x 4?><![CDATA[<&5]]>&amp;6</a>"), "13<&5&6");
    assert_eq!(text("<a><![CDATA[<b>]]></a>"), "<b>");
    let document = parse("<a>x<b>1</b>y</a>").unwrap();
    assert_eq!(document.text(document.root()), "");
    assert!(document.has_text(document.root()));
    assert_eq!(document.content(document.root()), "x<b>1</b>y");
}

#[test]
fn r25_nothing_is_followed() {
    // No feature of the reader takes a path or an address: the crate has no input or output at
    // all, and these stay what they are.
    let document = parse("<?xml-stylesheet href='file:///etc/passwd'?><a href='http://127.0.0.1/'/>").unwrap();
    assert_eq!(document.asides()[0].kind, AsideKind::Instruction);
    refused("<a><xi:include href='file:///etc/passwd'/></a>", Code::Namespace, 1, 7);
    refused("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", Code::Doctype, 1, 1);
}

#[test]
fn the_three_receipts_of_another_implementation_are_read() {
    let Some(vectors) = std::env::var_os("CZEI_VECTORS") else {
        eprintln!("CZEI_VECTORS is not set: the receipts of another implementation are not read");
        return;
    };
    for (file, number, total, items) in [
        ("der.xml", "0013933922", "80.00", 1),
        ("signed-data.xml", "0013933923", "560.00", 2),
        ("red-raw.xml", "0013933924", "-80.00", 1),
    ] {
        let bytes = std::fs::read(std::path::Path::new(&vectors).join("receipts").join(file)).unwrap();
        let document = Document::parse(&bytes, &Limits::default()).unwrap();
        let envelope = Envelope::read(&document).unwrap();
        assert_eq!(envelope.signature_count(), 2);
        assert!(envelope.findings().is_empty());
        let reading = read_content(&document, &envelope);
        assert_eq!(reading.findings, []);
        let content = reading.content.unwrap();
        assert_eq!(content.number.to_string(), number);
        assert_eq!(content.total.to_string(), total);
        assert_eq!(content.items.len(), items);
    }
}
