//! One test for each rule of `src/xml/CANONICAL.md`, named after it.
#![allow(missing_docs, clippy::unwrap_used)]

use czei_core::xml::canonical::{SignatureFields, write_document, write_header_and_data, write_signature};
use czei_core::xml::{Document, Envelope, Limits, read_content};
use czei_core::{
    AuxItem, Code, Content, Extension, Item, Payee, Payer, PayerKind, Related, Remark, Seal, SignatureTime, Standard,
    Text, Unit, XmlName,
};

fn ext(name: &str, text: &str) -> Extension {
    Extension { name: XmlName::new(name).unwrap(), text: text.to_owned() }
}

fn item(amount: &str) -> Item {
    Item {
        code: "103043211".parse().unwrap(),
        name: Text::new("不动产登记费").unwrap(),
        amount: amount.parse().unwrap(),
        unit: None,
        quantity: None,
        standard: None,
        remark: None,
        ext: Vec::new(),
    }
}

/// A receipt with nothing optional.
fn least() -> Content {
    Content {
        version: Text::new("1.1.0").unwrap(),
        name: Text::new("江苏省非税收入统一票据（电子）").unwrap(),
        code: "32010125".parse().unwrap(),
        number: "0013933922".parse().unwrap(),
        check_code: "07892e".parse().unwrap(),
        specimen: "3201012501".parse().unwrap(),
        area: "320682".parse().unwrap(),
        total: "80.00".parse().unwrap(),
        issue_date: "20250923".parse().unwrap(),
        issue_time: "09:15:30".parse().unwrap(),
        unit: Unit {
            code: Text::new("0104901").unwrap(),
            name: Text::new("示例市不动产登记中心").unwrap(),
            payee: Payee::default(),
        },
        payer: Payer {
            kind: PayerKind::Person,
            code: None,
            name: Text::new("张三").unwrap(),
            account: None,
            bank: None,
        },
        pay_mode: None,
        biz_code: None,
        currency: None,
        exchange_rate: None,
        remark: None,
        handler: Text::new("李四").unwrap(),
        checker: Text::new("王五").unwrap(),
        supervisor_remark: None,
        related: None,
        pay_code: None,
        ext: Vec::new(),
        unit_seal: None,
        authority_seal: None,
        items: vec![item("80.00")],
        aux: Vec::new(),
    }
}

/// A receipt with everything.
fn most() -> Content {
    let seal = || Seal {
        id: Text::new("edaf9b6fc3064f669df61eda23bcfdb5").unwrap(),
        name: Text::new("示例市不动产登记中心").unwrap(),
        hash: Text::new("00").unwrap(),
    };
    let some = |text: &str| Some(Text::new(text).unwrap());
    Content {
        unit: Unit {
            payee: Payee {
                name: Some(Text::new("专户").unwrap()),
                account: Some(Text::new("1").unwrap()),
                bank: Some(Text::new("示例银行").unwrap()),
            },
            ..least().unit
        },
        payer: Payer {
            kind: PayerKind::Organisation,
            code: some("91350100M000100Y43"),
            name: Text::new("“示例”'有限'\"公司\"<&>").unwrap(),
            account: Some(Text::new("32001647236051117660").unwrap()),
            bank: Some(Text::new("示例银行").unwrap()),
        },
        pay_mode: Some(Text::new("51").unwrap()),
        biz_code: Some(Text::new("B-1").unwrap()),
        currency: Some(Text::new("156").unwrap()),
        exchange_rate: Some("1.000000".parse().unwrap()),
        remark: Some(Remark::parse("A&B <两宗>\n第二行").unwrap()),
        supervisor_remark: Some(Remark::parse("一\n二").unwrap()),
        related: Some(Related { code: "32010125".parse().unwrap(), number: "0013933921".parse().unwrap() }),
        pay_code: Some("32068225000000000017".parse().unwrap()),
        ext: vec![ext("gender", "女"), ext("patientNumber", ""), ext("gender", "男 & 女")],
        unit_seal: Some(seal()),
        authority_seal: Some(seal()),
        items: vec![
            Item {
                unit: Some(Text::new("件").unwrap()),
                quantity: Some("1".parse().unwrap()),
                standard: Some(Standard::Amount("80.00".parse().unwrap())),
                remark: Some(Text::new("旧").unwrap()),
                ext: vec![ext("a", "b")],
                ..item("80.00")
            },
            Item { standard: Some(Standard::Text("80-550".to_owned())), ..item("0.00") },
        ],
        aux: vec![AuxItem { fields: vec![ext("AuxItemName", "坐落"), ext("AuxItemRemark", "𠮷路1号")] }],
        ..least()
    }
}

fn written(content: &Content) -> String {
    String::from_utf8(write_header_and_data(content).unwrap()).unwrap()
}

#[track_caller]
fn refused(content: &Content, code: Code, path: &str) {
    let error = write_header_and_data(content).unwrap_err();
    assert_eq!((error.code(), error.place().path.as_deref()), (code, Some(path)), "{error}");
}

/// The names of the elements in order of their start tags.
fn names(xml: &str) -> Vec<&str> {
    xml.split('<')
        .filter(|tag| !tag.is_empty() && !tag.starts_with('/'))
        .map(|tag| tag.split('>').next().unwrap())
        .collect()
}

fn signature_fields<'a>(time: &'a SignatureTime, value: &'a [u8]) -> SignatureFields<'a> {
    SignatureFields {
        reference: "Header,EInvoiceData",
        algorithm: "SM3withSM2",
        time,
        value,
        serial: "20240001",
        issuer: "CN=A\\, B,O=测试,C=CN",
    }
}

#[test]
fn c01_header_is_directly_followed_by_data() {
    assert_eq!(
        written(&least()),
        "<Header><EInvoiceTag>CZ-EI-32</EInvoiceTag><EInvoiceID>2293393100-52101023</EInvoiceID>\
         <Version>1.1.0</Version></Header><EInvoiceData><Main>\
         <EInvoiceName>江苏省非税收入统一票据（电子）</EInvoiceName><EInvoiceCode>32010125</EInvoiceCode>\
         <EInvoiceNumber>0013933922</EInvoiceNumber><RandomNumber>07892e</RandomNumber>\
         <EInvoiceSpecimenCode>3201012501</EInvoiceSpecimenCode><SupervisorAreaCode>320682</SupervisorAreaCode>\
         <TotalAmount>80.00</TotalAmount><IssueDate>20250923</IssueDate><IssueTime>09:15:30</IssueTime>\
         <InvoicingParty><InvoicingPartyCode>0104901</InvoicingPartyCode>\
         <InvoicingPartyName>示例市不动产登记中心</InvoicingPartyName></InvoicingParty>\
         <PayerParty><PayerPartyType>1</PayerPartyType><PayerPartyName>张三</PayerPartyName></PayerParty>\
         <HandlingPerson>李四</HandlingPerson><Checker>王五</Checker></Main><Details><Item>\
         <ItemCode>103043211</ItemCode><ItemName>不动产登记费</ItemName><ItemAmount>80.00</ItemAmount>\
         </Item></Details></EInvoiceData>"
    );
}

#[test]
fn c02_a_document_is_the_declaration_the_root_and_its_parts() {
    let document = |signatures: &[&[u8]]| String::from_utf8(write_document(b"<Header/>", signatures)).unwrap();
    let start = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><EInvoice><Header/>";
    assert_eq!(document(&[]), format!("{start}</EInvoice>"));
    assert_eq!(document(&[b"<S/>"]), format!("{start}<EInvoiceSignature><S/></EInvoiceSignature></EInvoice>"));
    assert_eq!(
        document(&[b"<S/>", b"<T/>"]),
        format!("{start}<EInvoiceSignature><S/><T/></EInvoiceSignature></EInvoice>")
    );
}

#[test]
fn c03_no_white_space_and_no_attributes() {
    let xml = written(&most());
    assert!(!xml.contains("> <") && !xml.contains(">\n<"));
    assert!(names(&xml).iter().all(|name| !name.contains([' ', '=', '/'])));
}

#[test]
fn c04_elements_come_in_the_order_of_the_tables() {
    assert_eq!(
        names(&written(&most())),
        [
            "Header",
            "EInvoiceTag",
            "EInvoiceID",
            "Version",
            "EInvoiceData",
            "Main",
            "EInvoiceName",
            "EInvoiceCode",
            "EInvoiceNumber",
            "RandomNumber",
            "EInvoiceSpecimenCode",
            "SupervisorAreaCode",
            "TotalAmount",
            "IssueDate",
            "IssueTime",
            "InvoicingParty",
            "InvoicingPartyCode",
            "InvoicingPartyName",
            "RecName",
            "RecAcct",
            "RecOpBk",
            "PayerParty",
            "PayerPartyType",
            "PayerPartyCode",
            "PayerPartyName",
            "PayerAcct",
            "PayerOpBk",
            "PayMode",
            "BizCode",
            "CurrencyType",
            "ExchangeRate",
            "Remark",
            "HandlingPerson",
            "Checker",
            "SupervisorRemark",
            "MainExt",
            "RelatedInvoiceCode",
            "RelatedInvoiceNumber",
            "PayCode",
            "gender",
            "patientNumber",
            "gender",
            "InvoicingPartySeal",
            "SealId",
            "SealName",
            "SealHash",
            "SupervisorPartySeal",
            "SealId",
            "SealName",
            "SealHash",
            "Details",
            "Item",
            "ItemCode",
            "ItemName",
            "ItemAmount",
            "ItemUnit",
            "ItemQuantity",
            "ItemStd",
            "ItemRemark",
            "ItemExt",
            "a",
            "Item",
            "ItemCode",
            "ItemName",
            "ItemAmount",
            "ItemStd",
            "AuxDetails",
            "AuxItem",
            "AuxItemName",
            "AuxItemRemark",
        ]
    );
}

#[test]
fn c05_an_optional_element_without_value_is_left_out() {
    let xml = written(&least());
    for name in ["RecName", "PayMode", "Remark", "MainExt", "InvoicingPartySeal", "AuxDetails", "ItemExt", "ItemStd"] {
        assert!(!xml.contains(name), "{name}");
    }
    let one = Content { pay_mode: Some(Text::new("51").unwrap()), ..least() };
    assert_eq!(written(&one), xml.replace("</PayerParty>", "</PayerParty><PayMode>51</PayMode>"));
}

#[test]
fn c06_an_empty_text_is_a_start_and_an_end_tag() {
    assert!(written(&most()).contains("<patientNumber></patientNumber>"));
}

#[test]
fn c07_three_characters_are_escaped_and_no_others() {
    let xml = written(&most());
    assert!(xml.contains("<PayerPartyName>“示例”'有限'\"公司\"&lt;&amp;&gt;</PayerPartyName>"));
    assert!(xml.contains("<AuxItemRemark>𠮷路1号</AuxItemRemark>"));
    assert!(xml.contains("<gender>男 &amp; 女</gender>"));
}

#[test]
fn c08_a_line_feed_in_a_remark_is_a_reference() {
    let xml = written(&most());
    assert!(xml.contains("<Remark>A&amp;B &lt;两宗&gt;&#10;第二行</Remark>"));
    assert!(xml.contains("<SupervisorRemark>一&#10;二</SupervisorRemark>"));
    assert!(!xml.contains('\n'));
}

#[test]
fn c09_control_characters_are_refused_with_their_path() {
    for c in ['\n', '\r', '\t', '\0', '\u{7F}', '\u{85}', '\u{FFFE}', '\u{FFFF}'] {
        let text = format!("a{c}b");
        let main = Content { ext: vec![ext("x", &text)], ..least() };
        refused(&main, Code::WriteCharacter, "EInvoiceData/Main/MainExt/x");
        let aux = Content {
            aux: vec![AuxItem { fields: vec![ext("x", "a")] }, AuxItem { fields: vec![ext("y", &text)] }],
            ..least()
        };
        refused(&aux, Code::WriteCharacter, "EInvoiceData/AuxDetails/AuxItem[2]/y");
        // A name as a foreign receipt may have it.
        let name = Content { checker: Text::read(text).unwrap(), ..least() };
        refused(&name, Code::WriteCharacter, "EInvoiceData/Main/Checker");
    }
    let remark = Content { remark: Some(Remark::read("a\r\nb").unwrap()), ..least() };
    refused(&remark, Code::WriteCharacter, "EInvoiceData/Main/Remark");
}

#[test]
fn c10_invisible_characters_are_refused_with_their_path() {
    for c in ['\u{202E}', '\u{2066}', '\u{200B}', '\u{200D}', '\u{2060}', '\u{FEFF}', '\u{AD}', '\u{61C}'] {
        let text = format!("a{c}");
        let range = Item { standard: Some(Standard::Text(text.clone())), ..item("80.00") };
        let content = Content { items: vec![item("0.00"), range], ..least() };
        refused(&content, Code::WriteCharacter, "EInvoiceData/Details/Item[2]/ItemStd");
        let item_ext = Item { ext: vec![ext("z", &text)], ..item("80.00") };
        refused(
            &Content { items: vec![item_ext], ..least() },
            Code::WriteCharacter,
            "EInvoiceData/Details/Item[1]/ItemExt/z",
        );
        let remark = Content { remark: Some(Remark::read(text).unwrap()), ..least() };
        refused(&remark, Code::WriteCharacter, "EInvoiceData/Main/Remark");
    }
    let time = "20260101000000+0800".parse().unwrap();
    let fields = SignatureFields { issuer: "CN=\u{202E}x", ..signature_fields(&time, b"") };
    let error = write_signature(&fields).unwrap_err();
    assert_eq!(error.code(), Code::WriteCharacter);
    assert_eq!(error.place().path.as_deref(), Some("Signature/KeyInfo/X509IssuerName"));
}

#[test]
fn c11_extensions_follow_their_three_and_take_no_standard_name() {
    let xml = written(&most());
    let main_ext = &xml[xml.find("<MainExt>").unwrap()..xml.find("</MainExt>").unwrap()];
    assert_eq!(
        names(main_ext),
        ["MainExt", "RelatedInvoiceCode", "RelatedInvoiceNumber", "PayCode", "gender", "patientNumber", "gender"]
    );
    for name in ["PayCode", "RelatedInvoiceCode", "TotalAmount", "Header", "Signature", "MainExt", "Item", "AuxItem"] {
        let content = Content { ext: vec![ext(name, "1")], ..least() };
        refused(&content, Code::WriteExtension, &format!("EInvoiceData/Main/MainExt/{name}"));
    }
}

#[test]
fn c12_items_are_counted() {
    refused(&Content { items: Vec::new(), ..least() }, Code::WriteItems, "EInvoiceData/Details");
    refused(&Content { items: vec![item("0.00"); 1_000], ..least() }, Code::WriteItems, "EInvoiceData/Details");
    let aux = AuxItem { fields: vec![ext("a", "b")] };
    refused(&Content { aux: vec![aux.clone(); 1_000], ..least() }, Code::WriteItems, "EInvoiceData/AuxDetails");
    let empty = Content { aux: vec![aux.clone(), AuxItem::default()], ..least() };
    refused(&empty, Code::WriteItems, "EInvoiceData/AuxDetails/AuxItem[2]");
    let full = Content { items: vec![item("0.00"); 999], aux: vec![aux; 999], ..least() };
    assert_eq!(written(&full).matches("<Item>").count(), 999);
}

#[test]
fn c13_a_signature_has_its_fixed_form() {
    let time = "20261201164202+0800".parse().unwrap();
    let xml = write_signature(&signature_fields(&time, &[0xFF; 60])).unwrap();
    assert_eq!(
        String::from_utf8(xml).unwrap(),
        format!(
            "<Signature><SignedInfo><Reference>Header,EInvoiceData</Reference>\
             <SignatureAlgorithm>SM3withSM2</SignatureAlgorithm><SignatureFormat>DETACH</SignatureFormat></SignedInfo>\
             <SignatureTime>20261201164202+0800</SignatureTime><SignatureValue>{}</SignatureValue>\
             <KeyInfo><SerialNumber>20240001</SerialNumber><X509IssuerName>CN=A\\, B,O=测试,C=CN</X509IssuerName>\
             </KeyInfo></Signature>",
            "/".repeat(80)
        )
    );
}

#[test]
fn c14_what_is_written_reads_back_and_writes_again_the_same() {
    let time = "20261201164202+0800".parse().unwrap();
    let signature = write_signature(&signature_fields(&time, b"value")).unwrap();
    for content in [least(), most()] {
        let original = write_header_and_data(&content).unwrap();
        for count in 0..3 {
            let bytes = write_document(&original, &vec![&*signature; count]);
            let document = Document::parse(&bytes, &Limits::default()).unwrap();
            let envelope = Envelope::read(&document).unwrap();
            assert_eq!(envelope.unit_original().concat(), original);
            assert_eq!(envelope.signature_count(), count);
            assert!((0..count).all(|index| envelope.signature(index).unwrap().element == signature));
            let reading = read_content(&document, &envelope);
            assert_eq!(reading.content.as_ref(), Some(&content), "{:?}", reading.findings);
            assert_eq!(write_header_and_data(&reading.content.unwrap()).unwrap(), original);
        }
    }
}

#[test]
fn c14_receipts_of_another_implementation_are_written_byte_for_byte() {
    let Some(vectors) = std::env::var_os("CZEI_VECTORS") else {
        eprintln!("CZEI_VECTORS is not set: the receipts of another implementation are not written");
        return;
    };
    for file in ["der.xml", "signed-data.xml", "red-raw.xml"] {
        let bytes = std::fs::read(std::path::Path::new(&vectors).join("receipts").join(file)).unwrap();
        let document = Document::parse(&bytes, &Limits::default()).unwrap();
        let envelope = Envelope::read(&document).unwrap();
        let content = read_content(&document, &envelope).content.unwrap();
        let original = write_header_and_data(&content).unwrap();
        assert_eq!(original, envelope.unit_original().concat(), "{file}");
        let signatures = [0, 1].map(|index| envelope.signature(index).unwrap().element);
        assert_eq!(write_document(&original, &signatures), bytes.trim_ascii_end(), "{file}");
    }
}
