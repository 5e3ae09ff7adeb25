//! Taking up what an issuer stored itself: read strictly, its signatures not looked at again, and never
//! countersigned.

use czei_core::xml::Limits;
use czei_core::{Code, Error, Joining, Receipt, SignatureSettings, UnitSigned, Verifier};
use czei_pki::Encoding;

use crate::province::{now, province, replaced};
use crate::states::{at, numbered, receipt, refused, text, unit_signed, verifier};

#[test]
fn what_one_stored_oneself_is_taken_up_without_its_signatures() {
    let limits = Limits::default();
    // Also where the value carries no certificate.
    for encoding in [Encoding::SignedData, Encoding::Der, Encoding::Raw] {
        let settings = SignatureSettings { encoding, ..SignatureSettings::default() };
        let state = numbered().sign(&province().unit.signer(), &settings, at()).unwrap();
        let again = UnitSigned::take_up(&state.to_bytes(), &limits).unwrap();
        assert_eq!((again.to_bytes(), again.content()), (state.to_bytes(), state.content()));
        assert_eq!((again.original(), again.signature_element()), (state.original(), state.signature_element()));
        for joining in Joining::ALL {
            assert_eq!(again.authority_original(joining), state.authority_original(joining), "{joining}");
        }
    }
    let receipt = receipt();
    assert_eq!(Receipt::take_up(receipt.as_bytes(), &limits).unwrap(), receipt);
}

#[test]
fn the_answer_to_what_was_taken_up_is_checked_in_full() {
    let state = unit_signed();
    let again = UnitSigned::take_up(&state.to_bytes(), &Limits::default()).unwrap();
    let other = replaced(&text(state.to_bytes()), "张三", "李四");
    let error = again.clone().accept(other.as_bytes(), &verifier(), now()).unwrap_err().error;
    assert_eq!(error.code(), Code::AnswerMismatch);
    let answer = state.countersign(&province().authority.signer(), &SignatureSettings::default(), at()).unwrap();
    let trusts_nobody = Verifier::new(czei_core::Policy::default());
    let error = again.clone().accept(answer.as_bytes(), &trusts_nobody, now()).unwrap_err().error;
    let unit = "CN=示例市不动产登记中心,OU=0104901,O=示例市不动产登记中心,C=CN";
    refused(&error, czei_pki::Code::NoTrustAnchor, Some(unit));
    assert_eq!(again.accept(answer.as_bytes(), &verifier(), now()).unwrap(), answer);
}

#[test]
fn nobody_countersigns_what_was_taken_up_without_its_signature() {
    let (settings, authority) = (SignatureSettings::default(), &province().authority);
    let state = UnitSigned::take_up(&unit_signed().to_bytes(), &Limits::default()).unwrap();
    let bytes = state.to_bytes();
    assert_eq!(state.certificate(), None);
    let refused = |error: czei_core::StepError<UnitSigned>| {
        assert_eq!((error.error.code(), error.error.found_text()), (Code::ResumeRefused, Some("unit_signature")));
        assert_eq!(error.input.to_bytes(), bytes);
    };
    refused(state.clone().countersign(&authority.signer(), &settings, at()).unwrap_err());
    let value = authority.value(Encoding::Der, &state.authority_original(settings.joining));
    refused(state.with_authority_signature(&value, &authority.certificate, &settings, at()).unwrap_err());
}

#[test]
fn what_is_taken_up_is_read_strictly() {
    let limits = Limits::default();
    let (one, two) = (unit_signed().to_bytes(), receipt().to_bytes());
    let count = |error: Error, expected: &str, found: &str| {
        assert_eq!(error.code(), Code::WrongSignatureCount);
        assert_eq!((error.expected_text(), error.found_text()), (Some(expected), Some(found)));
    };
    count(UnitSigned::take_up(&two, &limits).unwrap_err(), "1", "2");
    count(UnitSigned::take_up(&numbered().to_bytes(), &limits).unwrap_err(), "1", "0");
    count(Receipt::take_up(&one, &limits).unwrap_err(), "2", "1");
    let error = Receipt::take_up(&two[..two.len() - 1], &limits).unwrap_err();
    assert_eq!(error.code(), Code::Truncated);
    let broken = replaced(&text(one.clone()), "<TotalAmount>80.00", "<TotalAmount>80");
    let error = UnitSigned::take_up(broken.as_bytes(), &limits).unwrap_err();
    refused(&error, Code::Amount, Some("EInvoice/EInvoiceData/Main/TotalAmount"));
    let broken = replaced(&text(one), "<SignatureValue>", "<SignatureValue>*");
    let error = UnitSigned::take_up(broken.as_bytes(), &limits).unwrap_err();
    refused(&error, Code::SignatureBase64, Some("EInvoice/EInvoiceSignature/Signature[1]/SignatureValue"));
}
