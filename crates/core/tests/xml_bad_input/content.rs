//! Fields of the wrong form inside the signed span: findings with the place, and values only when
//! none is an error.

use super::fixture::{receipt, receipt_2020, with};
use super::judge::{Judged, cases, judge};

use czei_core::xml::{Document, Envelope, Limits, read_content};

const MAIN: &str = "EInvoice/EInvoiceData/Main";

fn without(element: &str) -> Vec<u8> {
    let receipt = receipt();
    let start = receipt.find(&format!("<{element}>")).unwrap();
    let end = receipt.find(&format!("</{element}>")).unwrap() + element.len() + 3;
    [&receipt[..start], &receipt[end..]].concat().into_bytes()
}

fn field(element: &str, text: &str) -> Vec<u8> {
    let receipt = receipt();
    let start = receipt.find(&format!("<{element}>")).unwrap() + element.len() + 2;
    let end = receipt.find(&format!("</{element}>")).unwrap();
    [&receipt[..start], text, &receipt[end..]].concat().into_bytes()
}

cases! {
    found {
        no_total: without("TotalAmount") => &[("element-missing", "EInvoice/EInvoiceData/Main/TotalAmount")];
        no_payer: without("PayerParty") => &[("element-missing", "EInvoice/EInvoiceData/Main/PayerParty")];
        no_main: without("Main") => &[("element-missing", "EInvoice/EInvoiceData/Main")];
        no_items: without("Item") => &[("element-missing", "EInvoice/EInvoiceData/Details/Item")];
        no_tag: without("EInvoiceTag") => &[("element-missing", "EInvoice/Header/EInvoiceTag")];
        no_remark: without("Remark") => &[];
        no_extensions: without("MainExt") => &[];
        no_auxiliary_items: without("AuxDetails") => &[];
        an_empty_total: field("TotalAmount", "") => &[("element-empty", "EInvoice/EInvoiceData/Main/TotalAmount")];
        an_empty_payer_name: field("PayerPartyName", "")
            => &[("element-empty", "EInvoice/EInvoiceData/Main/PayerParty/PayerPartyName")];
        an_empty_auxiliary_item: field("AuxItem", "") => &[];
        a_total_with_one_decimal: field("TotalAmount", "80.0") => &[("amount", "EInvoice/EInvoiceData/Main/TotalAmount")];
        a_total_in_full_width_digits: field("TotalAmount", "８０.00") => &[("amount", "EInvoice/EInvoiceData/Main/TotalAmount")];
        a_total_with_a_space: field("TotalAmount", " 80.00") => &[("amount", "EInvoice/EInvoiceData/Main/TotalAmount")];
        an_item_amount_with_a_separator: field("ItemAmount", "1,080.00")
            => &[("amount", "EInvoice/EInvoiceData/Details/Item[1]/ItemAmount")];
        a_date_that_is_none: field("IssueDate", "20260230") => &[("issue-date", "EInvoice/EInvoiceData/Main/IssueDate")];
        a_time_of_24_hours: field("IssueTime", "24:00:00") => &[("issue-time", "EInvoice/EInvoiceData/Main/IssueTime")];
        a_second_of_60: field("IssueTime", "23:59:60") => &[("issue-time", "EInvoice/EInvoiceData/Main/IssueTime")];
        a_receipt_code_of_12_digits: field("EInvoiceCode", "320101250001")
            => &[("receipt-code-length", "EInvoice/EInvoiceData/Main/EInvoiceCode")];
        a_receipt_code_with_letters: field("EInvoiceCode", "3201012x")
            => &[("receipt-code", "EInvoice/EInvoiceData/Main/EInvoiceCode")];
        a_receipt_number_of_9_digits: field("EInvoiceNumber", "013933922")
            => &[("receipt-number", "EInvoice/EInvoiceData/Main/EInvoiceNumber")];
        a_check_code_of_4_characters: field("RandomNumber", "0789")
            => &[("check-code-length", "EInvoice/EInvoiceData/Main/RandomNumber")];
        a_check_code_of_3_characters: field("RandomNumber", "078")
            => &[("check-code", "EInvoice/EInvoiceData/Main/RandomNumber")];
        a_name_of_101_characters: field("PayerPartyName", &"张".repeat(101))
            => &[("text-length", "EInvoice/EInvoiceData/Main/PayerParty/PayerPartyName")];
        a_name_of_100_characters: field("PayerPartyName", &"张".repeat(100)) => &[];
        a_payer_type_of_3: field("PayerPartyType", "3")
            => &[("payer-type", "EInvoice/EInvoiceData/Main/PayerParty/PayerPartyType")];
        another_version: field("Version", "1.0.0") => &[("version-other", "EInvoice/Header/Version")];
        a_version_of_3_characters: field("Version", "1.1") => &[("text-length", "EInvoice/Header/Version")];
        a_short_id: field("EInvoiceID", "2293393100-5210102") => &[("header-length", "EInvoice/Header/EInvoiceID")];
        a_bidirectional_control: field("PayerPartyName", "张\u{202E}三")
            => &[("invisible-character", "EInvoice/EInvoiceData/Main/PayerParty/PayerPartyName")];
        a_zero_width_space_in_an_extension: field("gender", "女\u{200B}")
            => &[("invisible-character", "EInvoice/EInvoiceData/Main/MainExt/gender")];
        a_tab_in_a_name: field("PayerPartyName", "张\t三")
            => &[("invisible-character", "EInvoice/EInvoiceData/Main/PayerParty/PayerPartyName")];
        white_space_around_a_name: field("PayerPartyName", " 张三")
            => &[("outer-space", "EInvoice/EInvoiceData/Main/PayerParty/PayerPartyName")];
        an_item_remark: with("</ItemStd>", "</ItemStd><ItemRemark>旧</ItemRemark>")
            => &[("item-remark", "EInvoice/EInvoiceData/Details/Item[1]/ItemRemark")];
        a_fractional_quantity: field("ItemQuantity", "1.5")
            => &[("quantity-fraction", "EInvoice/EInvoiceData/Details/Item[1]/ItemQuantity")];
        a_quantity_in_words: field("ItemQuantity", "一")
            => &[("quantity", "EInvoice/EInvoiceData/Details/Item[1]/ItemQuantity")];
        a_standard_that_is_a_range: field("ItemStd", "80-550")
            => &[("standard-text", "EInvoice/EInvoiceData/Details/Item[1]/ItemStd")];
        elements_in_a_text: field("PayerPartyName", "<b>张三</b>")
            => &[("element-children", "EInvoice/EInvoiceData/Main/PayerParty/PayerPartyName"),
                 ("element-unknown", "EInvoice/EInvoiceData/Main/PayerParty/PayerPartyName/b")];
        half_of_a_related_receipt: with("<PayCode>", "<RelatedInvoiceCode>32010125</RelatedInvoiceCode><PayCode>")
            => &[("related-half", "EInvoice/EInvoiceData/Main/MainExt/RelatedInvoiceCode")];
        an_extension_with_children: field("gender", "<a>1</a>")
            => &[("element-unknown", "EInvoice/EInvoiceData/Main/MainExt/gender")];
        a_pay_code_of_21_characters: field("PayCode", "320682250000000000171")
            => &[("pay-code", "EInvoice/EInvoiceData/Main/MainExt/PayCode")];
        a_long_exchange_rate: with("<Remark>", "<ExchangeRate>1.2.3</ExchangeRate><Remark>")
            => &[("decimal", "EInvoice/EInvoiceData/Main/ExchangeRate")];
        the_edition_of_2020: receipt_2020().into_bytes() => &[];
    }
}

#[test]
fn every_fault_of_a_receipt_is_named_at_once() {
    let receipt =
        receipt().replace("80.00", "80").replace("20250923</", "2025/</").replace("<Version>1.1.0", "<Version>");
    match judge(receipt.as_bytes()) {
        Judged::Read { content: None, findings, .. } => {
            let names: Vec<&str> = findings.iter().map(|finding| finding.entry.name).collect();
            assert_eq!(names, ["element-empty", "amount", "standard-text", "amount", "issue-date"]);
            let place = &findings[3].place;
            assert_eq!(place.path.as_deref(), Some(&*format!("{MAIN}/TotalAmount")));
            assert_eq!(findings[3].found.as_deref(), Some("80"));
            assert!(place.line == Some(1) && place.column > Some(300));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn header_texts_and_places_are_at_hand_when_the_form_failed() {
    for (bytes, path) in [
        (field("IssueDate", "2025-09-23"), "EInvoice/EInvoiceData/Main/IssueDate"),
        (
            receipt_2020().replace("<BILL_DATE>20250923", "<BILL_DATE>x").into_bytes(),
            "EINVOICE/EINVOICE_DATA/MAIN/BILL_DATE",
        ),
    ] {
        let document = Document::parse(&bytes, &Limits::default()).unwrap();
        let envelope = Envelope::read(&document).unwrap();
        assert!(read_content(&document, &envelope).content.is_none());
        assert_eq!(envelope.header_tag(&document), "CZ-EI-32");
        assert_eq!(envelope.header_id(&document), "2293393100-52101023");
        assert_eq!(envelope.place_of(&document, "IssueDate").path.as_deref(), Some(path));
        let data = document.path(envelope.data());
        assert_eq!(envelope.place_of(&document, "NoSuchElement").path.as_deref(), Some(&*data));
    }
}

#[test]
fn the_values_of_2020_are_those_of_2017() {
    let Judged::Read { content: Some(content), .. } = judge(receipt_2020().as_bytes()) else { panic!("not read") };
    assert_eq!(content.code.as_str(), "32010125");
    assert_eq!(content.total.to_string(), "80.00");
    assert_eq!(content.payer.name.as_str(), "张三");
    assert_eq!(content.unit.payee.name.as_ref().unwrap().as_str(), "专户");
    assert_eq!(content.pay_code.as_ref().unwrap().as_str(), "32068225000000000017");
    assert_eq!(content.related.unwrap().number.to_string(), "0013933921");
    assert_eq!(content.handler.as_str(), "李四");
    let item = &content.items[0];
    assert_eq!(item.quantity.as_ref().unwrap().as_str(), "1.0000");
    assert_eq!(item.standard, Some(czei_core::Standard::Amount("80.00".parse().unwrap())));
    let names = |ext: &[czei_core::Extension]| {
        ext.iter().map(|each| format!("{}={}", each.name, each.text)).collect::<Vec<_>>()
    };
    assert_eq!(names(&content.ext), ["NON_TAX_PAY_NO=N1", "REC_ACCT_TYPE=2"]);
    assert_eq!(names(&item.ext), ["NON_TAX_PROJ_CODE=P", "CHARGE_STAND_NAME=住宅"]);
}
