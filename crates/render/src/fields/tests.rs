#![allow(clippy::unwrap_used)]
use super::*;
use crate::samples;

fn printed(content: &Content, options: &FieldOptions, value: &str) -> String {
    let value = Value::parse(value).unwrap();
    let parameters = BTreeMap::from([("days".to_owned(), "10".to_owned())]);
    let fields = Fields::of(content, options);
    fields.print(&value, Record::Receipt, &parameters).iter().map(|printed| printed.text.as_ref()).collect()
}

#[test]
fn amounts_dates_and_parameters() {
    let content = samples::general();
    let usual = FieldOptions::default();
    assert_eq!(printed(&content, &usual, "￥{TotalAmount}"), "￥5269.50");
    assert_eq!(printed(&content, &usual, "{TotalAmount|capitals}"), "伍仟贰佰陆拾玖元伍角整");
    assert_eq!(
        printed(&content, &usual, "{IssueDate} {IssueDate|date-zh} {IssueTime}"),
        "2026-11-22 2026年11月22日 10:15:30"
    );
    assert_eq!(printed(&content, &usual, "{{{param:days}}}"), "{10}");
    let given = FieldOptions { parameters: BTreeMap::from([("days".to_owned(), "7".to_owned())]), ..usual };
    assert_eq!(printed(&content, &given, "{param:days}"), "7");
    assert_eq!(
        printed(&samples::red(), &given, "{TotalAmount|capitals} {RelatedInvoiceNumber}"),
        "负伍仟贰佰陆拾玖元伍角整 0013933922"
    );
}

#[test]
fn identity_numbers_of_persons_are_masked_and_codes_of_organisations_are_not() {
    let usual = FieldOptions::default();
    let person = samples::general_person();
    assert_eq!(printed(&person, &usual, "{PayerPartyCode}"), "**************6735");
    let unmasked = FieldOptions { unmasked: true, ..FieldOptions::default() };
    assert_eq!(printed(&person, &unmasked, "{PayerPartyCode}"), "329999190001016735");
    assert_eq!(printed(&person, &unmasked, "{PayerPartyCode|masked}"), "**************6735");
    assert_eq!(printed(&samples::general(), &usual, "{PayerPartyCode}"), "91329999MA0000123X");
    assert_eq!(masked("1234567"), "*******");
    assert_eq!(masked("陈12345678"), "*****5678");
}

#[test]
fn a_draft_has_no_number() {
    let options = FieldOptions { unnumbered: true, ..FieldOptions::default() };
    let text = printed(&samples::general(), &options, "{EInvoiceCode}{EInvoiceNumber}{RandomNumber}");
    assert_eq!(text, "（未赋码）（未赋码）（未赋码）");
}

#[test]
fn extensions_are_found_whatever_their_capitalisation_and_none_is_lost() {
    let usual = FieldOptions::default();
    let mut content = samples::medical_inpatient();
    assert_eq!(printed(&content, &usual, "{ext:gender}/{ext:INHOSPITALDATE|date}/{ext:nothing}"), "男/2026-11-03/");
    content.ext.push(samples::ext("GENDER", "未说明"));
    assert_eq!(printed(&content, &usual, "{ext:gender}"), "男；未说明");
    // What is no date stays as it is.
    content.ext.push(samples::ext("x", "20261399"));
    assert_eq!(printed(&content, &usual, "{ext:x|date}"), "20261399");
}

#[test]
fn notices_are_told_by_their_names() {
    assert!(is_notice(&samples::notice()));
    assert!(!is_notice(&samples::limits()));
}
