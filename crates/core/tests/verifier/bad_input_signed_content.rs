//! What is wrong but was signed that way by both: the signatures pass, and another group says what
//! is wrong.

use czei_core::{Check, Code, Kind, Report, Verdict};
use czei_sm2::Sm3;

use crate::judge::{finding, invalid, path, valid};
use crate::province::{original, original_with, province, replaced, verify};

const MAIN: &str = "EInvoice/EInvoiceData/Main";
/// When values could not be read: nothing that needs them is made.
const NO_CONTENT: &str = "form=failed codes=not-made totals=not-made binding=not-made time=not-made";

fn signed_with(from: &str, to: &str) -> Report {
    verify(&province().signed(&original_with(from, to)))
}

/// A field that is bad: form fails, both signatures pass, and nothing is shown as data.
#[track_caller]
fn bad_form(report: &Report, code: Code, at: &str) {
    let found = invalid(report, Check::Form, code, NO_CONTENT);
    assert_eq!(path(found), at);
    assert!(report.content.is_none());
    assert!(report.to_json("f", "t").contains("\"receipt\":null"));
}

// Structure

#[test]
fn total_amount_twice() {
    let report = signed_with("<IssueDate>", "<TotalAmount>1.00</TotalAmount><IssueDate>");
    bad_form(&report, Code::ElementTwice, &format!("{MAIN}/TotalAmount[2]"));
    let report = signed_with("<TotalAmount>", "<TotalAmount>1.00</TotalAmount><TotalAmount>");
    bad_form(&report, Code::ElementTwice, &format!("{MAIN}/TotalAmount[2]"));
}

#[test]
fn elements_out_of_order() {
    let date = "<IssueDate>20261201</IssueDate>";
    let time = "<IssueTime>09:15:30</IssueTime>";
    let report = signed_with(&format!("{date}{time}"), &format!("{time}{date}"));
    bad_form(&report, Code::ElementOrder, &format!("{MAIN}/IssueDate"));
}

#[test]
fn a_required_element_missing_or_empty() {
    let report = signed_with("<Checker>王五</Checker>", "");
    bad_form(&report, Code::ElementMissing, &format!("{MAIN}/Checker"));
    let report = signed_with("<Checker>王五</Checker>", "<Checker></Checker>");
    bad_form(&report, Code::ElementEmpty, &format!("{MAIN}/Checker"));
}

#[test]
fn an_element_of_the_standard_in_another_place() {
    let report = signed_with("</MainExt>", "<TotalAmount>1.00</TotalAmount></MainExt>");
    bad_form(&report, Code::ElementPlace, &format!("{MAIN}/MainExt/TotalAmount"));
    let report = signed_with("</Main>", "<Wrapper><EInvoiceData><Main></Main></EInvoiceData></Wrapper></Main>");
    bad_form(&report, Code::ElementPlace, &format!("{MAIN}/Wrapper/EInvoiceData"));
}

#[test]
fn text_between_elements() {
    bad_form(&signed_with("<Main>", "<Main>1.00"), Code::ElementText, MAIN);
}

#[test]
fn an_element_inside_a_text() {
    let report = signed_with("<TotalAmount>90.00", "<TotalAmount><x>1.00</x>90.00");
    bad_form(&report, Code::ElementChildren, &format!("{MAIN}/TotalAmount"));
}

#[test]
fn an_unknown_element_is_kept_and_named() {
    let original = original_with("<HandlingPerson>", "<Note>1.00</Note><HandlingPerson>");
    let report = verify(&province().signed(&original));
    valid(&report, &["element-unknown"]);
    let found = finding(&report, Check::Form, Code::ElementUnknown);
    assert_eq!(path(found), format!("{MAIN}/Note"));
    assert_eq!(report.original_sm3, Some(Sm3::digest(original.as_bytes())));
    assert!(report.content.unwrap().ext.is_empty());
}

#[test]
fn an_extension_of_any_name_is_data() {
    let report = signed_with("</MainExt>", "<gender>女</gender><gender>男</gender></MainExt>");
    valid(&report, &[]);
    let ext = report.content.unwrap().ext;
    let pairs: Vec<_> = ext.iter().map(|each| (each.name.as_str(), &*each.text)).collect();
    assert_eq!(pairs, [("gender", "女"), ("gender", "男")]);
}

// Values

#[test]
fn dates_and_times_that_do_not_exist() {
    for date in ["20260230", "20261301", "2026121", "2026-12-01", "00000101", "２０２６１２０１"] {
        let report = signed_with("<IssueDate>20261201", &format!("<IssueDate>{date}"));
        bad_form(&report, Code::IssueDate, &format!("{MAIN}/IssueDate"));
    }
    for time in ["24:00:00", "23:59:60", "9:15:30", "09:15", "091530"] {
        let report = signed_with("<IssueTime>09:15:30", &format!("<IssueTime>{time}"));
        bad_form(&report, Code::IssueTime, &format!("{MAIN}/IssueTime"));
    }
}

#[test]
fn amounts_in_another_writing() {
    for amount in ["90", "90.0", "90.000", "+90.00", "090.00", "9e1", "90,00", "９０.００", " 90.00", "0x5A", "-0.00"]
    {
        let report = signed_with("<TotalAmount>90.00", &format!("<TotalAmount>{amount}"));
        bad_form(&report, Code::Amount, &format!("{MAIN}/TotalAmount"));
    }
}

#[test]
fn an_amount_beyond_fifteen_digits() {
    let report = signed_with("<TotalAmount>90.00", "<TotalAmount>1000000000000000.00");
    bad_form(&report, Code::Amount, &format!("{MAIN}/TotalAmount"));
}

#[test]
fn a_payer_type_that_does_not_exist() {
    let report = signed_with("<PayerPartyType>1", "<PayerPartyType>3");
    bad_form(&report, Code::PayerType, &format!("{MAIN}/PayerParty/PayerPartyType"));
}

// Characters and markup: signed that way

#[test]
fn cdata_and_references_signed_that_way() {
    for written in ["<![CDATA[张三]]>", "&#24352;三", "&#x5F20;三", "张<![CDATA[三]]>", "<![CDATA[]]>张三"] {
        let report = signed_with("张三", written);
        valid(&report, &[]);
        assert_eq!(report.content.unwrap().payer.name.as_str(), "张三", "{written}");
    }
    let report = signed_with("<TotalAmount>90.00", "<TotalAmount>9&#48;.00");
    valid(&report, &[]);
    assert_eq!(report.content.unwrap().total.to_string(), "90.00");
}

#[test]
fn a_comment_or_instruction_signed_that_way() {
    let report = signed_with("<TotalAmount>90.00", "<TotalAmount>9<!-- 1 -->0.00");
    valid(&report, &["comment-inside"]);
    assert_eq!(path(finding(&report, Check::Form, Code::CommentInside)), format!("{MAIN}/TotalAmount"));
    assert_eq!(report.content.unwrap().total.to_string(), "90.00");
    let report = signed_with("<Details>", "<Details><?stylesheet href=\"http://x\"?>");
    valid(&report, &["instruction-inside"]);
    let report = signed_with("<Details>", "<Details><!-- <Item><ItemAmount>9.00</ItemAmount></Item> -->");
    valid(&report, &["comment-inside"]);
    assert_eq!(report.content.unwrap().items.len(), 2);
}

#[test]
fn an_attribute_signed_that_way() {
    let report = signed_with("<TotalAmount>", "<TotalAmount value=\"1.00\">");
    valid(&report, &["attribute-inside"]);
    assert_eq!(path(finding(&report, Check::Form, Code::AttributeInside)), format!("{MAIN}/TotalAmount"));
}

#[test]
fn pretty_printed_and_signed_that_way() {
    let original = original().replace("><", ">\n  <");
    // Between Header and EInvoiceData nothing is signed.
    let signed = replaced(&original, "</Header>\n  <EInvoiceData>", "</Header><EInvoiceData>");
    let receipt = replaced(&province().signed(&signed), "</Header><EInvoiceData>", "</Header>\n  <EInvoiceData>");
    valid(&verify(&receipt), &[]);
    let crlf = signed.replace('\n', "\r\n");
    valid(&verify(&province().signed(&crlf)), &[]);
}

#[test]
fn line_breaks_and_empty_elements_written_otherwise_after_signing() {
    let signed =
        province().signed(&original().replace("<Main>", "<Main>\n").replace("<Handling", "<Remark></Remark><Handling"));
    valid(&verify(&signed), &[]);
    for (from, to) in [
        ("<Main>\n", "<Main>\r\n"),
        ("<Main>\n", "<Main>"),
        ("<Remark></Remark>", "<Remark/>"),
        ("<Remark></Remark>", ""),
    ] {
        let report = verify(&replaced(&signed, from, to));
        invalid(
            &report,
            Check::UnitSignature,
            czei_pki::Code::SignatureWrong,
            "unit_signature=failed authority_signature=failed",
        );
    }
}

#[test]
fn invisible_characters_are_named() {
    for (written, shown) in
        [("张\u{202E}三", "U+202E"), ("张三\u{200B}", "U+200B"), ("\u{FEFF}张三", "U+FEFF"), ("张&#9;三", "U+0009")]
    {
        let report = signed_with("张三", written);
        valid(&report, &["invisible-character"]);
        let found = finding(&report, Check::Form, Code::Invisible);
        assert_eq!(path(found), format!("{MAIN}/PayerParty/PayerPartyName"));
        assert_eq!(found.found.as_deref(), Some(shown));
    }
}

#[test]
fn decomposed_letters_are_signed_as_they_are() {
    let report = signed_with("张三", "Jose\u{301}");
    valid(&report, &[]);
    assert_eq!(report.content.unwrap().payer.name.as_str(), "Jose\u{301}");
}

// Totals

#[test]
fn a_total_that_is_not_the_sum() {
    let report = signed_with("<TotalAmount>90.00", "<TotalAmount>90.01");
    let found = invalid(&report, Check::Totals, Code::TotalMismatch, "totals=failed");
    assert_eq!(path(found), format!("{MAIN}/TotalAmount"));
    assert_eq!((found.expected.as_deref(), found.found.as_deref()), (Some("90.00"), Some("90.01")));
    assert!(report.content.is_some());
}

#[test]
fn a_sum_beyond_the_range() {
    let most = "999999999999999.99";
    let original = original()
        .replace("<ItemAmount>80.00", &format!("<ItemAmount>{most}"))
        .replace("<ItemAmount>10.00", &format!("<ItemAmount>{most}"));
    let report = verify(&province().signed(&original));
    let found = invalid(&report, Check::Totals, Code::TotalMismatch, "totals=failed");
    assert_eq!(path(found), format!("{MAIN}/TotalAmount"));
}

#[test]
fn quantity_times_standard_is_a_warning() {
    let report = signed_with("<ItemQuantity>1", "<ItemQuantity>2");
    valid(&report, &["quantity-standard"]);
    let found = finding(&report, Check::Totals, Code::QuantityStandard);
    assert_eq!(path(found), "EInvoice/EInvoiceData/Details/Item[1]");
    assert_eq!((found.expected.as_deref(), found.found.as_deref()), (Some("2 × 80.00"), Some("80.00")));
    // A standard of nothing or of a range says nothing.
    valid(&signed_with("<ItemStd>80.00", "<ItemStd>0.00"), &[]);
    valid(&signed_with("<ItemStd>80.00", "<ItemStd>80-100"), &["standard-text"]);
}

// Codes

#[test]
fn id_and_tag_of_another_receipt() {
    let report = signed_with("2293393100-62101023", "3293393100-62101023");
    let found = invalid(&report, Check::Codes, Code::IdMismatch, "codes=failed");
    assert_eq!(path(found), "EInvoice/Header/EInvoiceID");
    assert_eq!(found.expected.as_deref(), Some("2293393100-62101023"));
    let report = signed_with("CZ-EI-32", "CZ-EI-11");
    let found = invalid(&report, Check::Codes, Code::TagMismatch, "codes=failed");
    assert_eq!(path(found), "EInvoice/Header/EInvoiceTag");
}

/// The receipt under another code, with id, tag and specimen to match.
fn with_code(code: &str) -> String {
    let reversed: String = code.chars().rev().collect();
    original()
        .replace("<EInvoiceCode>32010126", &format!("<EInvoiceCode>{code}"))
        .replace("-62101023<", &format!("-{reversed}<"))
        .replace("<EInvoiceSpecimenCode>32010126", &format!("<EInvoiceSpecimenCode>{code}"))
        .replace("CZ-EI-32", &format!("CZ-EI-{}", &code[..2]))
}

#[test]
fn a_code_of_a_later_year() {
    let report = verify(&province().signed(&with_code("32010127")));
    let found = invalid(&report, Check::Codes, Code::YearLater, "codes=failed");
    assert_eq!(path(found), format!("{MAIN}/EInvoiceCode"));
    assert_eq!((found.expected.as_deref(), found.found.as_deref()), (Some("≤ 2026"), Some("2027")));
}

#[test]
fn a_code_of_earlier_years() {
    valid(&verify(&province().signed(&with_code("32010125"))), &[]);
    valid(&verify(&province().signed(&with_code("32010124"))), &["year-much-earlier"]);
}

#[test]
fn a_code_of_another_region_or_of_none() {
    let report = verify(&province().signed(&with_code("11010126")));
    valid(&report, &["region-mismatch"]);
    assert_eq!(path(finding(&report, Check::Codes, Code::RegionMismatch)), format!("{MAIN}/SupervisorAreaCode"));
    valid(&verify(&province().signed(&with_code("00010126"))), &[]);
    valid(&verify(&province().signed(&with_code("66010126"))), &[]);
    valid(&verify(&province().signed(&with_code("99010126"))), &["region-mismatch", "region-unknown"]);
}

#[test]
fn a_code_of_an_unknown_class() {
    let report = verify(&province().signed(&with_code("32330126")));
    valid(&report, &["class-unknown"]);
    assert_eq!(path(finding(&report, Check::Codes, Code::ClassUnknown)), format!("{MAIN}/EInvoiceCode"));
}

#[test]
fn a_specimen_of_another_code() {
    let report = signed_with("<EInvoiceSpecimenCode>3201012601", "<EInvoiceSpecimenCode>3201022601");
    valid(&report, &["specimen-mismatch"]);
    let found = finding(&report, Check::Codes, Code::SpecimenMismatch);
    assert_eq!(path(found), format!("{MAIN}/EInvoiceSpecimenCode"));
}

#[test]
fn a_check_code_of_four_characters() {
    let report = signed_with("<RandomNumber>07892e", "<RandomNumber>0789");
    valid(&report, &["check-code-length"]);
}

#[test]
fn a_receipt_number_of_zero() {
    let original = original_with("<EInvoiceNumber>0013933922", "<EInvoiceNumber>0000000000");
    bad_form(&verify(&province().signed(&original)), Code::ReceiptNumber, &format!("{MAIN}/EInvoiceNumber"));
}

// Blue and red

#[test]
fn a_blue_receipt_with_negative_amounts() {
    // An item alone: the sum is right and nothing else would show it.
    let original = original()
        .replace("<ItemAmount>10.00", "<ItemAmount>-10.00")
        .replace("<TotalAmount>90.00", "<TotalAmount>70.00");
    let report = verify(&province().signed(&original));
    let found = invalid(&report, Check::Codes, Code::BlueNegative, "codes=failed");
    assert_eq!((path(found), found.found.as_deref()), ("EInvoice/EInvoiceData/Details/Item[2]", Some("-10.00")));
}

fn red() -> String {
    let related = "<MainExt><RelatedInvoiceCode>32010126</RelatedInvoiceCode>\
        <RelatedInvoiceNumber>0013933921</RelatedInvoiceNumber>";
    original()
        .replace("<MainExt>", related)
        .replace("<ItemAmount>80", "<ItemAmount>-80")
        .replace("<ItemAmount>10", "<ItemAmount>-10")
        .replace("<ItemQuantity>1", "<ItemQuantity>-1")
        .replace("<TotalAmount>90", "<TotalAmount>-90")
}

#[test]
fn a_red_receipt() {
    let report = verify(&province().signed(&red()));
    valid(&report, &[]);
    assert_eq!(report.content.unwrap().kind(), Kind::Red);
}

#[test]
fn a_red_receipt_that_names_half_of_its_blue_one() {
    for part in
        ["<RelatedInvoiceNumber>0013933921</RelatedInvoiceNumber>", "<RelatedInvoiceCode>32010126</RelatedInvoiceCode>"]
    {
        let report = verify(&province().signed(&replaced(&red(), part, "")));
        let left = if part.contains("Number") { "RelatedInvoiceCode" } else { "RelatedInvoiceNumber" };
        bad_form(&report, Code::RelatedHalf, &format!("{MAIN}/MainExt/{left}"));
    }
}

#[test]
fn a_red_receipt_of_itself() {
    let report = verify(&province().signed(&replaced(&red(), "0013933921", "0013933922")));
    let found = invalid(&report, Check::Codes, Code::RedOfItself, "codes=failed");
    assert_eq!(path(found), format!("{MAIN}/MainExt/RelatedInvoiceNumber"));
}

#[test]
fn a_red_receipt_with_positive_amounts() {
    let positive = original().replace(
        "<MainExt>",
        "<MainExt><RelatedInvoiceCode>32010126</RelatedInvoiceCode>\
         <RelatedInvoiceNumber>0013933921</RelatedInvoiceNumber>",
    );
    valid(&verify(&province().signed(&positive)), &["red-positive"]);
}

#[test]
fn a_red_receipt_against_its_blue_one() {
    use crate::judge::{decided, open};
    use czei_core::Status;
    let p = province();
    let blue_text = original_with("0013933922", "0013933921");
    let blue_text = replaced(&blue_text, "2293393100", "1293393100");
    let blue = verify(&p.signed(&blue_text)).content.unwrap();
    let verifier = czei_core::Verifier::new(p.policy());
    let against = |red: &str| verifier.verify_with_blue(p.signed(red).as_bytes(), &blue, crate::province::now());

    let report = against(&red());
    valid(&report, &[]);
    assert_eq!(report.status(Check::Reversal), Status::Passed);
    // Another payer.
    let report = against(&replaced(&red(), "张三", "李四"));
    let found = decided(&report, Verdict::Invalid, Check::Reversal, Code::ReversalMismatch);
    assert_eq!((path(found), &*open(&report)), ("PayerPartyName", "reversal=failed"));
    // Half the amount.
    let half = red().replace("<ItemAmount>-80", "<ItemAmount>-40").replace("<TotalAmount>-90", "<TotalAmount>-50");
    let report = against(&half);
    let found = decided(&report, Verdict::Invalid, Check::Reversal, Code::ReversalMismatch);
    assert_eq!(path(found), "TotalAmount");
    // A blue receipt that the red one does not name: nothing is compared.
    let report = against(&replaced(&red(), "0013933921", "0013933920"));
    valid(&report, &[]);
    assert_eq!(report.status(Check::Reversal), Status::NotMade);
}
