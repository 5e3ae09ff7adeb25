//! The states of issuing: a failed step gives its input back, a value from elsewhere is verified
//! before it is used, and a tampered document is not taken up again.

use std::sync::Arc;

use chrono::{DateTime, FixedOffset};
use czei_codes::Place;
use czei_core::xml::Limits;
use czei_core::{
    CheckCode, Code, Draft, DraftDefaults, DraftRules, Error, Joining, Numbered, Numbering, Receipt, ReceiptCode,
    ReceiptNumber, Remark, RequestId, Reversal, SignatureSettings, Text, UnitSigned, Verdict, Verifier, reverse,
};
use czei_pki::{Certificate, Encoding, Signer, SigningInput};
use czei_sm2::{Message, Signature, UserId};

use crate::judge::valid;
use crate::province::{beijing, key, now, province, replaced, verify};

const DRAFT: &str = r#"{ "v": 1, "request_id": "reg-1", "name": "江苏省非税收入统一票据（电子）",
  "code": "32010126", "specimen": "3201012601", "area": "320682",
  "unit": { "code": "0104901", "name": "示例市不动产登记中心" },
  "payer": { "type": "person", "name": "张三" },
  "items": [ { "code": "103043211", "name": "不动产登记费", "amount": "80.00", "unit": "件", "quantity": "1", "standard": "80.00" } ],
  "handler": "李四", "checker": "王五" }"#;

pub(crate) fn at() -> DateTime<FixedOffset> {
    beijing("2026-12-01T10:15:30+08:00")
}

fn draft() -> Draft {
    Draft::from_json(DRAFT.as_bytes(), &DraftDefaults::default(), DraftRules::default()).unwrap()
}

fn numbering() -> Numbering {
    Numbering {
        code: ReceiptCode::parse("32010126").unwrap(),
        number: ReceiptNumber::parse("0013933922").unwrap(),
        check_code: CheckCode::parse("07892e").unwrap(),
        at: at(),
        unit_seal: None,
        authority_seal: None,
    }
}

pub(crate) fn numbered() -> Numbered {
    draft().number(&numbering()).unwrap()
}

pub(crate) fn unit_signed() -> UnitSigned {
    numbered().sign(&province().unit.signer(), &SignatureSettings::default(), at()).unwrap()
}

pub(crate) fn receipt() -> Receipt {
    unit_signed().countersign(&province().authority.signer(), &SignatureSettings::default(), at()).unwrap()
}

pub(crate) fn verifier() -> Verifier {
    Verifier::new(province().policy())
}

pub(crate) fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

/// The code of a `ResumeRefused`, the name of the code behind it, and the path.
#[track_caller]
pub(crate) fn refused(error: &Error, behind: impl czei_codes::Code, path: Option<&str>) {
    assert_eq!(error.code(), Code::ResumeRefused, "{error}");
    let id = behind.entry().id();
    assert!(error.found_text().unwrap_or_default().starts_with(&id), "{id}: {error}");
    assert_eq!(error.place().path.as_deref(), path);
}

#[test]
fn what_is_issued_is_valid_in_every_encoding_and_joining() {
    let p = province();
    for encoding in [Encoding::SignedData, Encoding::Der, Encoding::Raw] {
        for joining in [Joining::ALL[0], Joining::ALL[7]] {
            let settings = SignatureSettings { encoding, joining, ..SignatureSettings::default() };
            let signed = numbered().sign(&p.unit.signer(), &settings, at()).unwrap();
            let receipt = signed.countersign(&p.authority.signer(), &settings, at()).unwrap();
            let mut policy = p.policy();
            policy.joinings = vec![joining];
            let report = Verifier::new(policy).verify(receipt.as_bytes(), now());
            valid(&report, &[]);
            assert_eq!(report.content.as_ref(), Some(receipt.content()));
        }
    }
}

// Draft → Numbered

#[test]
fn a_number_of_another_code_gives_the_draft_back() {
    let other = Numbering { code: ReceiptCode::parse("32010127").unwrap(), ..numbering() };
    let error = draft().number(&other).unwrap_err();
    assert_eq!(error.error.code(), Code::NumberingCode);
    assert_eq!((error.error.expected_text(), error.error.found_text()), (Some("32010126"), Some("32010127")));
    assert_eq!(*error.input, draft());
}

#[test]
fn a_clock_before_the_year_of_the_code_gives_the_draft_back() {
    let early = Numbering { at: beijing("2020-01-01T00:00:00+08:00"), ..numbering() };
    let error = draft().number(&early).unwrap_err();
    assert_eq!(error.error.code(), Code::CodeYearLater);
    assert_eq!((error.error.expected_text(), error.error.found_text()), (Some("2020"), Some("2026")));
    assert_eq!(*error.input, draft());
    // The same moment is the year before in UTC: Beijing's calendar counts.
    let new_year = Numbering { at: beijing("2025-12-31T16:00:00+00:00"), ..numbering() };
    let content = draft().number(&new_year).unwrap().content().clone();
    assert_eq!(
        (content.issue_date.to_string(), content.issue_time.to_string()),
        ("20260101".into(), "00:00:00".into())
    );
}

#[test]
fn the_offset_of_the_clock_changes_no_byte() {
    let utc = Numbering { at: beijing("2026-12-01T02:15:30+00:00"), ..numbering() };
    assert_eq!(draft().number(&utc).unwrap(), numbered());
}

// Numbered → UnitSigned

/// A device whose answer is whatever it says.
struct Device {
    certificate: Arc<Certificate>,
    answer: fn(&[u8; 32]) -> Result<Signature, czei_pki::Error>,
}

impl Signer for Device {
    fn certificate(&self) -> &Arc<Certificate> {
        &self.certificate
    }

    fn sign(&self, input: &SigningInput<'_>) -> Result<Signature, czei_pki::Error> {
        (self.answer)(input.digest())
    }
}

#[test]
fn a_device_that_fails_gives_the_numbered_receipt_back() {
    let certificate = Arc::clone(&province().unit.certificate);
    let broken = Device { certificate, answer: |_| Err(czei_pki::Code::SigningFailed.into()) };
    let error = numbered().sign(&broken, &SignatureSettings::default(), at()).unwrap_err();
    assert_eq!(error.error.code(), Code::SigningFailed);
    assert_eq!(*error.input, numbered());
    let errors = Numbered::sign_many(vec![numbered(), numbered()], &broken, &SignatureSettings::default(), at());
    for error in errors {
        let error = error.unwrap_err();
        assert_eq!((error.error.code(), *error.input), (Code::SigningFailed, numbered()));
    }
}

/// A device that answers a batch with one signature.
struct OneAnswer(Device);

impl Signer for OneAnswer {
    fn certificate(&self) -> &Arc<Certificate> {
        self.0.certificate()
    }

    fn sign(&self, input: &SigningInput<'_>) -> Result<Signature, czei_pki::Error> {
        self.0.sign(input)
    }

    fn sign_batch(&self, inputs: &[SigningInput<'_>]) -> Result<Vec<Signature>, czei_pki::Error> {
        Ok(vec![self.sign(&inputs[0])?])
    }
}

#[test]
fn a_device_that_answers_less_than_it_was_asked_loses_no_receipt() {
    let certificate = Arc::clone(&province().unit.certificate);
    let device = OneAnswer(Device { certificate, answer: |e| Ok(province().unit.sign_digest(e)) });
    let results = Numbered::sign_many(vec![numbered(), numbered()], &device, &SignatureSettings::default(), at());
    assert_eq!(results.len(), 2);
    for error in results {
        let error = error.unwrap_err();
        assert_eq!((error.error.code(), *error.input), (Code::SigningFailed, numbered()));
        assert_eq!((error.error.expected_text(), error.error.found_text()), (Some("2"), Some("1")));
    }
}

#[test]
fn a_device_that_signs_something_else_is_found_out() {
    let certificate = Arc::clone(&province().unit.certificate);
    let wrong_key = Device { certificate, answer: |e| Ok(key(99).sign(Message::Digest(e)).unwrap()) };
    let certificate = Arc::clone(&province().unit.certificate);
    let wrong_digest = Device { certificate, answer: |_| Ok(key(7).sign(Message::Digest(&[1; 32])).unwrap()) };
    for device in [&wrong_key, &wrong_digest] {
        let error = numbered().sign(device, &SignatureSettings::default(), at()).unwrap_err();
        assert_eq!(error.error.code(), Code::SignatureRefused);
        assert_eq!(*error.input, numbered());
        let mut errors = Numbered::sign_many(vec![numbered()], device, &SignatureSettings::default(), at());
        let error = errors.pop().unwrap().unwrap_err();
        assert_eq!((error.error.code(), *error.input), (Code::SignatureRefused, numbered()));
    }
}

#[test]
fn a_value_in_ber_is_taken_in_and_written_in_der() {
    let p = province();
    let numbered = numbered();
    let der = p.unit.value(Encoding::SignedData, numbered.original());
    // As BouncyCastle writes unless told otherwise: the outer length is left open.
    assert_eq!((der[0], der[1]), (0x30, 0x82));
    let ber = [&[0x30, 0x80], &der[4..], &[0, 0]].concat();
    let settings = SignatureSettings::default();
    let signed = numbered.with_signature(&ber, &p.unit.certificate, &settings, at()).unwrap();
    let element = String::from_utf8(signed.signature_element().to_vec()).unwrap();
    assert!(element.contains(&crate::province::base64(&der)), "{element}");
    assert!(!element.contains(&crate::province::base64(&ber)));
}

#[test]
fn the_two_step_path() {
    let p = province();
    let settings = SignatureSettings::default();
    // Either the bytes or the digest go out.
    let numbered_once = numbered();
    let request = settings.request(&[numbered_once.original()], &p.unit.certificate, at()).unwrap();
    let value = p.unit.sign_digest(request.digest()).to_der();
    let signed = numbered().with_signature(&value, &p.unit.certificate, &settings, at()).unwrap();
    assert_eq!(signed.original(), numbered().original());
    let value = p.authority.value(Encoding::SignedData, &signed.authority_original(settings.joining));
    let receipt = signed.with_authority_signature(&value, &p.authority.certificate, &settings, at()).unwrap();
    valid(&verify(&text(receipt.to_bytes())), &[]);
}

#[test]
fn wrong_values_on_the_two_step_path_give_the_state_back() {
    let p = province();
    let settings = SignatureSettings::default();
    let original = numbered().original().to_vec();
    let signed_data = |party: &crate::province::Party, content: &[u8]| party.value(Encoding::SignedData, content);
    let twin = p.another("CN=双,O=双,C=CN", p.unit.d);
    for (value, code) in [
        (p.unit.value(Encoding::Der, b"something else"), Code::SignatureRefused),
        (p.authority.value(Encoding::Der, &original), Code::SignatureRefused),
        (signed_data(&p.authority, &original), Code::SignatureRefused),
        // The right key under another certificate: a verifier would take the one that came along.
        (signed_data(&twin, &original), Code::SignatureRefused),
        (p.unit.sign_with(&UserId::EMPTY, &original).to_der(), Code::SignatureRefused),
        (b"junk".to_vec(), Code::SigningFailed),
        (Vec::new(), Code::SigningFailed),
        (vec![0; 64], Code::SigningFailed),
    ] {
        let error = numbered().with_signature(&value, &p.unit.certificate, &settings, at()).unwrap_err();
        assert_eq!(error.error.code(), code, "{value:02x?}");
        assert_eq!(*error.input, numbered());
    }
    let state = unit_signed();
    let bytes = state.to_bytes();
    for value in [p.authority.value(Encoding::Der, &original), p.unit.value(Encoding::Der, &original)] {
        let error =
            state.clone().with_authority_signature(&value, &p.authority.certificate, &settings, at()).unwrap_err();
        assert_eq!(error.error.code(), Code::SignatureRefused);
        assert_eq!(error.input.to_bytes(), bytes);
    }
}

#[test]
fn a_value_that_carries_another_certificate_of_the_same_name_is_refused() {
    // Same issuer and serial number, other bytes.
    let p = province();
    let subject = p.unit.certificate.subject().to_rfc4514();
    let other = crate::province::issued(&crate::province::template(&subject, 3), &p.sub, p.unit.d);
    assert_ne!(other.certificate, p.unit.certificate);
    let value = other.value(Encoding::SignedData, numbered().original());
    let settings = SignatureSettings::default();
    let error = numbered().with_signature(&value, &p.unit.certificate, &settings, at()).unwrap_err();
    assert_eq!(error.error.code(), Code::SignatureRefused);
    assert_eq!(*error.input, numbered());
}

// UnitSigned → Receipt

#[test]
fn the_same_key_may_not_countersign() {
    let p = province();
    let settings = SignatureSettings::default();
    let twin = p.another("CN=示例市财政局,C=CN", p.unit.d);
    for party in [&p.unit, &twin] {
        let state = unit_signed();
        let bytes = state.to_bytes();
        let error = state.clone().countersign(&party.signer(), &settings, at()).unwrap_err();
        assert_eq!((error.error.code(), error.input.to_bytes()), (Code::SameKeySigns, bytes.clone()));
        let value = party.value(Encoding::Der, &state.authority_original(settings.joining));
        let error = state.with_authority_signature(&value, &party.certificate, &settings, at()).unwrap_err();
        assert_eq!((error.error.code(), error.input.to_bytes()), (Code::SameKeySigns, bytes));
    }
}

// resume

#[test]
fn each_state_is_taken_up_again_as_it_was() {
    let verifier = verifier();
    assert_eq!(Numbered::resume(&numbered().to_bytes(), &Limits::default()).unwrap(), numbered());
    let state = unit_signed();
    let again = UnitSigned::resume(&state.to_bytes(), &verifier, now()).unwrap();
    assert_eq!((again.to_bytes(), again.content()), (state.to_bytes(), state.content()));
    assert_eq!(again.certificate().unwrap(), state.certificate().unwrap());
    let receipt = receipt();
    assert_eq!(Receipt::resume(&receipt.to_bytes(), &verifier, now()).unwrap(), receipt);
}

#[test]
fn tampered_bytes_are_not_taken_up() {
    let verifier = verifier();
    let name = ("<PayerPartyName>张三", "<PayerPartyName>李四");
    let total = ("<TotalAmount>80.00", "<TotalAmount>81.00");
    let total_path = Some("EInvoice/EInvoiceData/Main/TotalAmount");
    // Nobody has signed a numbered receipt: only what contradicts itself can be found.
    let tampered = replaced(&text(numbered().to_bytes()), total.0, total.1);
    let error = Numbered::resume(tampered.as_bytes(), &Limits::default()).unwrap_err();
    refused(&error, Code::TotalMismatch, total_path);

    for (from, to) in [name, total] {
        let tampered = replaced(&text(unit_signed().to_bytes()), from, to);
        let error = UnitSigned::resume(tampered.as_bytes(), &verifier, now()).unwrap_err();
        if from == total.0 {
            refused(&error, Code::TotalMismatch, total_path);
        } else {
            refused(
                &error,
                czei_pki::Code::SignatureWrong,
                Some("EInvoice/EInvoiceSignature/Signature[1]/SignatureValue"),
            );
        }
        let tampered = replaced(&text(receipt().to_bytes()), from, to);
        let error = Receipt::resume(tampered.as_bytes(), &verifier, now()).unwrap_err();
        refused(&error, czei_pki::Code::SignatureWrong, Some("EInvoice/EInvoiceSignature/Signature[1]/SignatureValue"));
    }
}

#[test]
fn a_state_is_not_taken_for_another() {
    let verifier = verifier();
    let count = |error: Error, expected: &str, found: &str| {
        assert_eq!(error.code(), Code::WrongSignatureCount);
        assert_eq!((error.expected_text(), error.found_text()), (Some(expected), Some(found)));
    };
    let (one, two) = (unit_signed().to_bytes(), receipt().to_bytes());
    count(Numbered::resume(&one, &Limits::default()).unwrap_err(), "0", "1");
    count(Numbered::resume(&two, &Limits::default()).unwrap_err(), "0", "2");
    count(UnitSigned::resume(&two, &verifier, now()).unwrap_err(), "1", "2");
    refused(
        &UnitSigned::resume(&numbered().to_bytes(), &verifier, now()).unwrap_err(),
        Code::UnitSignatureMissing,
        Some("EInvoice"),
    );
    refused(&Receipt::resume(&one, &verifier, now()).unwrap_err(), Code::AuthoritySignatureMissing, Some("EInvoice"));
}

#[test]
fn bytes_that_are_no_receipt_are_refused_with_the_reader_s_code() {
    let verifier = verifier();
    let error = Numbered::resume(b"<a></a>", &Limits::default()).unwrap_err();
    assert_eq!((error.code(), error.place().path.as_deref()), (Code::WrongRoot, Some("a")));
    refused(&UnitSigned::resume(b"<a></a>", &verifier, now()).unwrap_err(), Code::WrongRoot, Some("a"));
    refused(&Receipt::resume(b"", &verifier, now()).unwrap_err(), Code::NoRoot, None);
}

#[test]
fn an_authority_does_not_take_up_what_its_policy_does_not_bind() {
    let p = province();
    let settings = SignatureSettings::default();
    let other = p.another("CN=乙单位,O=乙单位,C=CN", 23);
    let signed = numbered().sign(&other.signer(), &settings, at()).unwrap().to_bytes();
    refused(&UnitSigned::resume(&signed, &verifier(), now()).unwrap_err(), Code::BindingNotShown, None);
    // Also by a check that a valid receipt may leave out.
    let mut policy = p.policy();
    policy.check_code_secret = Some(b"secret".to_vec().into());
    let error = UnitSigned::resume(&unit_signed().to_bytes(), &Verifier::new(policy), now()).unwrap_err();
    refused(&error, Code::CheckCodeMismatch, Some("EInvoice/EInvoiceData/Main/RandomNumber"));
}

// accept

#[test]
fn the_answer_as_a_document_or_as_its_signature_alone() {
    let state = unit_signed();
    let p = province();
    let receipt = state.clone().countersign(&p.authority.signer(), &SignatureSettings::default(), at()).unwrap();
    let whole = text(receipt.to_bytes());
    let start = whole.rfind("<Signature>").unwrap();
    let element = &whole[start..whole.find("</EInvoiceSignature>").unwrap()];
    for answer in [&*whole, element, &format!("\n{element}\n")] {
        let accepted = state.clone().accept(answer.as_bytes(), &verifier(), now()).unwrap();
        assert_eq!(accepted, receipt);
    }
    // The same element apart from its document.
    let report = verifier().verify_with_answer(&state.to_bytes(), element.as_bytes(), now());
    valid(&report, &[]);
    assert_eq!(report.file_sm3, czei_sm2::Sm3::digest(&state.to_bytes()));
}

#[test]
fn the_answer_to_another_document() {
    let p = province();
    let settings = SignatureSettings::default();
    let state = unit_signed();
    // Another number; and the same content with another signature of the unit.
    let other = Numbering { number: ReceiptNumber::parse("0013933923").unwrap(), ..numbering() };
    let other = draft().number(&other).unwrap().sign(&p.unit.signer(), &settings, at()).unwrap();
    let again = unit_signed();
    assert_ne!(again.to_bytes(), state.to_bytes());
    for other in [other, again] {
        let answer = other.countersign(&p.authority.signer(), &settings, at()).unwrap().to_bytes();
        let error = state.clone().accept(&answer, &verifier(), now()).unwrap_err();
        assert_eq!(error.error.code(), Code::AnswerMismatch);
        assert_eq!(error.input.to_bytes(), state.to_bytes());
        let whole = text(answer);
        let element = &whole[whole.rfind("<Signature>").unwrap()..whole.find("</EInvoiceSignature>").unwrap()];
        let error = state.clone().accept(element.as_bytes(), &verifier(), now()).unwrap_err();
        refused(
            &error.error,
            czei_pki::Code::SignatureWrong,
            Some("EInvoice/EInvoiceSignature/Signature[2]/SignatureValue"),
        );
        assert_eq!(error.input.to_bytes(), state.to_bytes());
        let report = verifier().verify_with_answer(&state.to_bytes(), element.as_bytes(), now());
        crate::judge::invalid(
            &report,
            czei_core::Check::AuthoritySignature,
            czei_pki::Code::SignatureWrong,
            "authority_signature=failed",
        );
    }
}

#[test]
fn an_answer_that_brings_more_than_a_signature() {
    let state = unit_signed();
    let whole = text(receipt().to_bytes());
    let element = &whole[whole.rfind("<Signature>").unwrap()..whole.find("</EInvoiceSignature>").unwrap()];
    for (answer, code) in [
        (format!("{element}{element}"), Code::SignatureCount),
        (format!("{element}<TotalAmount>1.00</TotalAmount>"), Code::Unsigned),
        (format!("{element}</EInvoiceSignature><EInvoiceData></EInvoiceData><EInvoiceSignature>"), Code::PartTwice),
        (format!("{element}</EInvoiceSignature></EInvoice>"), Code::EndTag),
        ("<Signature".to_owned(), Code::Name),
    ] {
        let error = state.clone().accept(answer.as_bytes(), &verifier(), now()).unwrap_err();
        let report = verifier().verify_with_answer(&state.to_bytes(), answer.as_bytes(), now());
        assert_eq!(report.verdict, Verdict::Invalid);
        assert_eq!(error.error.code(), code, "{answer}");
        assert!(!error.error.place().is_unknown());
        assert_eq!(error.input.to_bytes(), state.to_bytes());
    }
}

#[test]
fn an_answer_of_no_authority() {
    let p = province();
    let state = unit_signed();
    let other = p.another("CN=别的局,C=CN", 25);
    let answer = state.clone().countersign(&other.signer(), &SignatureSettings::default(), at()).unwrap().to_bytes();
    let error = state.clone().accept(&answer, &verifier(), now()).unwrap_err();
    refused(&error.error, Code::AuthorityNotNamed, None);
    assert_eq!(error.input.to_bytes(), state.to_bytes());
}

// Reversal

fn reversal() -> Reversal {
    Reversal {
        request_id: RequestId::new("red-1").unwrap(),
        reason: Remark::new("重复开具").unwrap(),
        handler: Text::new("赵六").unwrap(),
        checker: Text::new("孙七").unwrap(),
        code: None,
    }
}

#[test]
fn a_reversal_leaves_out_how_the_blue_receipt_was_paid() {
    let paid = DRAFT.replacen('{', r#"{"pay_mode": "51", "biz_code": "B-1", "pay_code": "32068226000000000017", "#, 1);
    let paid = Draft::from_json(paid.as_bytes(), &DraftDefaults::default(), DraftRules::default()).unwrap();
    let (p, settings) = (province(), SignatureSettings::default());
    let blue = paid.number(&numbering()).unwrap().sign(&p.unit.signer(), &settings, at()).unwrap();
    let blue = blue.countersign(&p.authority.signer(), &settings, at()).unwrap();
    assert!(
        blue.content().biz_code.is_some() && blue.content().pay_code.is_some() && blue.content().pay_mode.is_some()
    );
    let red = reverse(&blue, reversal()).unwrap();
    let fields = red.fields();
    assert_eq!((&fields.pay_mode, &fields.biz_code, &fields.pay_code), (&None, &None, &None));
    assert_eq!(
        (&fields.payer, &fields.unit, &fields.ext),
        (&blue.content().payer, &blue.content().unit, &blue.content().ext)
    );
    assert_eq!(red.total(), blue.content().total.negate());
}

#[test]
fn a_reversal_is_valid_against_its_blue_receipt() {
    let p = province();
    let settings = SignatureSettings::default();
    let blue = receipt();
    let number = Numbering { number: ReceiptNumber::parse("0013933923").unwrap(), ..numbering() };
    let draft = reverse(&blue, reversal()).unwrap();
    let red = draft.number(&number).unwrap().sign(&p.unit.signer(), &settings, at()).unwrap();
    let red = red.countersign(&p.authority.signer(), &settings, at()).unwrap();
    let report = verifier().verify_with_blue(red.as_bytes(), blue.content(), now());
    valid(&report, &[]);
    assert_eq!(report.status(czei_core::Check::Reversal), czei_core::Status::Passed);
    let error = reverse(&red, reversal()).unwrap_err();
    assert_eq!((error.code(), error.found_text()), (Code::RedOfRed, Some("32010126-0013933923")));
    assert_eq!(*error.place(), Place::default());
}
