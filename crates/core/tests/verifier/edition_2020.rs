//! The spelling of 财网信办〔2020〕1号: the same document under other names.

use czei_core::xml::Limits;
use czei_core::{Check, Code, Numbered, UnitSigned, Verdict, Verifier};
use czei_pki::Encoding;

use crate::judge::{decided, finding, invalid, open, path, valid};
use crate::province::{Party, authority_original, base64, now, province, replaced, verify};

const ORIGINAL: &str = "<HEADER><EINVOICE_TAG>CZ-EI-32</EINVOICE_TAG>\
    <EINVOICE_ID>2293393100-62101023</EINVOICE_ID><VERSION>1.1.0</VERSION></HEADER>\
    <EINVOICE_DATA><MAIN><EINVOICE_NAME>江苏省非税收入统一票据（电子）</EINVOICE_NAME>\
    <EINVOICE_CODE>32010126</EINVOICE_CODE>\
    <NON_TAX_PAY_CODE>32068226000000000017</NON_TAX_PAY_CODE><RANDOM_NUMBER>07892e</RANDOM_NUMBER>\
    <EINVOICE_SPECIMEN_CODE>3201012601</EINVOICE_SPECIMEN_CODE><SUPERVISOR_AREA_CODE>320682</SUPERVISOR_AREA_CODE>\
    <BILL_DATE>20261201</BILL_DATE><BILL_TIME>09:15:30</BILL_TIME><PAID_AMT>80.00</PAID_AMT>\
    <EXEC_AGENCY_PARTY><EXEC_AGENCY_CODE>0104901</EXEC_AGENCY_CODE>\
    <EXEC_AGENCY_NAME>示例市不动产登记中心</EXEC_AGENCY_NAME></EXEC_AGENCY_PARTY>\
    <PAYER_PARTY><PAYER_PARTY_TYPE_CODE>1</PAYER_PARTY_TYPE_CODE><PAYER_NAME>张三</PAYER_NAME></PAYER_PARTY>\
    <AUTHOR>李四</AUTHOR><CHECKER>王五</CHECKER></MAIN>\
    <DETAILS><ITEM><NON_TAX_CODE>103043211</NON_TAX_CODE><NON_TAX_NAME>不动产登记费</NON_TAX_NAME>\
    <PAY_NUMBER>2.0000</PAY_NUMBER><CHARGE_STAND>80.0000</CHARGE_STAND>\
    <PAID_DETAIL_AMT>80.00</PAID_DETAIL_AMT></ITEM></DETAILS></EINVOICE_DATA>";

/// With the number, whose name the source leaves out: the reader's table decides what it is called.
fn original() -> String {
    replaced(ORIGINAL, "<NON_TAX_PAY_CODE>", "<EINVOICE_NUMBER>0013933922</EINVOICE_NUMBER><NON_TAX_PAY_CODE>")
}

fn element(name: &str, reference: &str, party: &Party, content: &[u8]) -> String {
    let value = base64(&party.value(Encoding::Der, content));
    let (serial, issuer) = (party.certificate.serial_hex(), party.certificate.issuer().to_rfc4514());
    format!(
        "<{name}><SIGNED_INFO><REFERENCE>{reference}</REFERENCE><SIGNATURE_ALGORITHM>SM3withSM2</SIGNATURE_ALGORITHM>\
         <SIGNATURE_FORMAT>DETACH</SIGNATURE_FORMAT></SIGNED_INFO><SIGNATURE_TIME>20261201101530+0800</SIGNATURE_TIME>\
         <SIGNATURE_VALUE>{value}</SIGNATURE_VALUE><KEY_INFO><SERIAL_NUMBER>{serial}</SERIAL_NUMBER>\
         <X509ISSUER_NAME>{issuer}</X509ISSUER_NAME></KEY_INFO></{name}>"
    )
}

/// The unit-signed document and the authority's element.
fn in_parts(original: &str) -> (String, String) {
    let p = province();
    let unit = element("INVOICING_PARTY_SIGNATURE", "Header,EInvoiceData", &p.unit, original.as_bytes());
    let to_sign = authority_original(original, &unit);
    let authority = element("SUPERVISOR_PARTY_SIGNATURE", "Hash,Signature", &p.authority, &to_sign);
    (format!("<EINVOICE>{original}<EINVOICE_SIGNATURE>{unit}</EINVOICE_SIGNATURE></EINVOICE>"), authority)
}

fn signed(original: &str) -> String {
    let (document, authority) = in_parts(original);
    replaced(&document, "</EINVOICE_SIGNATURE>", &format!("{authority}</EINVOICE_SIGNATURE>"))
}

#[test]
fn it_is_verified_like_the_other() {
    let report = verify(&signed(&original()));
    assert_eq!((report.verdict, &*open(&report)), (Verdict::Valid, ""), "{}", crate::judge::list(&report));
    // The item's place is found under its own name.
    let found = finding(&report, Check::Totals, Code::QuantityStandard);
    assert_eq!(path(found), "EINVOICE/EINVOICE_DATA/DETAILS/ITEM[1]");
    let report = verify(&replaced(&signed(&original()), "<PAID_AMT>80", "<PAID_AMT>81"));
    decided(&report, Verdict::Invalid, Check::UnitSignature, czei_pki::Code::SignatureWrong);
}

#[test]
fn an_answer_that_came_apart_goes_where_it_belongs() {
    let (document, authority) = in_parts(&original());
    let verifier = Verifier::new(province().policy());
    let report = verifier.verify_with_answer(document.as_bytes(), authority.as_bytes(), now());
    valid(&report, &["quantity-standard"]);
    // An element of the other spelling is no answer.
    let other = province().authority.authority_element(&[]);
    let report = verifier.verify_with_answer(document.as_bytes(), other.as_bytes(), now());
    let found = decided(&report, Verdict::Invalid, Check::Form, Code::Unsigned);
    assert_eq!(path(found), "EINVOICE/EINVOICE_SIGNATURE/Signature[1]");
}

#[test]
fn spellings_do_not_mix() {
    let text = replaced(&signed(&original()), "<HEADER>", "<Header>");
    let text = replaced(&text, "</HEADER>", "</Header>");
    let report = verify(&text);
    let found = decided(&report, Verdict::Invalid, Check::Form, Code::Unsigned);
    assert_eq!(path(found), "EINVOICE/Header");
    let report = verify(&signed(&replaced(&original(), "<CHECKER>王五</CHECKER>", "<Checker>王五</Checker>")));
    invalid(
        &report,
        Check::Form,
        Code::ElementMissing,
        "form=failed codes=not-made totals=not-made binding=not-made time=not-made",
    );
}

#[test]
fn it_is_not_taken_up_to_be_signed_because_it_is_not_written() {
    let (document, _) = in_parts(&original());
    let verifier = Verifier::new(province().policy());
    let error = UnitSigned::resume(document.as_bytes(), &verifier, now()).unwrap_err();
    let named = |error: &czei_core::Error| (error.expected_text() == Some("EInvoice"), error.code());
    assert_eq!(named(&error), (true, Code::ResumeRefused));
    let limits = Limits::default();
    assert_eq!(named(&UnitSigned::take_up(document.as_bytes(), &limits).unwrap_err()), (true, Code::ResumeRefused));
    let unsigned = format!("<EINVOICE>{}</EINVOICE>", original());
    let error = Numbered::resume(unsigned.as_bytes(), &limits).unwrap_err();
    assert_eq!(named(&error), (true, Code::ResumeRefused));
}
