//! The deployment's flow in memory: a number from outside, the unit's signature, the authority's
//! answer, the receipt; and the answers that must not be taken.
#![allow(clippy::unwrap_used)]

mod common;

use std::sync::Arc;

use common::{CODE, NOW, Province, REGISTRY, against, draft, number, receipt_code, refused_for, told, unit_signed};
use czei::{Check, Issuer, MemoryNumbers, Status, UnitProfile, Verdict};

/// The `Signature` element of the authority in a finished document.
fn authority_element(document: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(document).unwrap();
    let start = text.rfind("<Signature>").unwrap();
    let end = text.rfind("</Signature>").unwrap() + "</Signature>".len();
    document[start..end].to_vec()
}

#[test]
fn a_number_from_outside_becomes_a_receipt() {
    let province = Province::new();
    // 8999 answers with code and number, in no order.
    let draft = province.issuer.draft_from_json(draft("r-1").as_bytes()).unwrap();
    let outside = || province.issuer.issue_with_number(&draft, receipt_code(CODE), number(13_933_922)).unwrap();
    let signed = unit_signed(outside());
    assert_eq!(signed.content().number, number(13_933_922));
    assert_eq!(signed.content().check_code.as_str().len(), 6);
    assert_eq!(province.free(), 1000);
    // The same call again gives the same bytes, not a second content for the number.
    assert_eq!(outside().bytes(), signed.to_bytes());

    // 8981 sends the unit's original and signature; the answer comes as a whole document ...
    let answer = province.authority.countersign(&signed.to_bytes()).unwrap();
    let whole = province.issuer.accept(&signed, answer.as_bytes()).unwrap();
    assert_eq!(whole.as_bytes(), answer.as_bytes());
    // ... or as the authority's element alone.
    let element = authority_element(answer.as_bytes());
    let put_together = province.issuer.accept(&signed, &element).unwrap();
    assert_eq!(put_together.as_bytes(), answer.as_bytes());

    let report = province.verifier.verify(whole.as_bytes());
    assert_eq!(report.verdict, Verdict::Valid, "{:?}", against(&report));
    for check in Check::ALL.into_iter().filter(|check| check.is_required()) {
        assert_eq!(report.checks.get(check), Status::Passed, "{check}");
    }
    assert_eq!(report.content.unwrap().issued_at().to_rfc3339(), NOW);
}

#[test]
fn a_number_of_another_code_is_refused() {
    let province = Province::new();
    let draft = province.issuer.draft_from_json(draft("r-1").as_bytes()).unwrap();
    let error = province.issuer.issue_with_number(&draft, receipt_code("32020125"), number(7)).unwrap_err();
    assert_eq!(told(&error), ("numbering-code", Some("32020125-0000000007"), None));
    assert_eq!((error.expected_text(), error.found_text()), (Some(CODE), Some("32020125")));
}

#[test]
fn an_answer_to_another_document_is_refused() {
    let province = Province::new();
    let (first, second) = (province.unit_signed(&draft("r-1")), province.unit_signed(&draft("r-2")));
    let answers = [&first, &second].map(|signed| province.authority.countersign(&signed.to_bytes()).unwrap());

    // The whole answer to the other document.
    let error = province.issuer.accept(&first, answers[1].as_bytes()).unwrap_err();
    assert_eq!(told(&error), ("answer-mismatch", Some("32020126-0000000001"), None));
    // The same receipt signed anew by the unit: the answer holds another unit signature.
    let resigned = {
        let again = Issuer::new(
            province.configuration.units.clone(),
            Arc::new(MemoryNumbers::new()),
            province.verifier.clone(),
            province.clock.clone(),
        );
        let draft = province.issuer.draft_from_json(draft("r-1").as_bytes()).unwrap();
        unit_signed(again.unwrap().issue_with_number(&draft, receipt_code(CODE), number(1)).unwrap())
    };
    let error = province.issuer.accept(&resigned, answers[0].as_bytes()).unwrap_err();
    assert_eq!(told(&error), ("answer-mismatch", Some("32020126-0000000001"), None));
    // A good answer to it, which is not what is stored under the number.
    let error = province.authority.countersign(&resigned.to_bytes()).unwrap_err();
    assert_eq!(told(&error), ("second-content", Some("32020126-0000000001"), None));
    let answer = province.forgetful_authority().countersign(&resigned.to_bytes()).unwrap();
    let error = province.issuer.accept(&resigned, answer.as_bytes()).unwrap_err();
    assert_eq!(told(&error), ("answer-mismatch", Some("32020126-0000000001"), None));
    // The authority's element of the other document: it fits in, and does not verify.
    let error = province.issuer.accept(&first, &authority_element(answers[1].as_bytes())).unwrap_err();
    assert_eq!(refused_for(&error), "signature-wrong");
    // The unit's own document, without the authority's signature.
    let error = province.issuer.accept(&first, &first.to_bytes()).unwrap_err();
    assert_eq!(refused_for(&error), "authority-signature-missing");
    // No document at all.
    let error = province.issuer.accept(&first, b"").unwrap_err();
    assert_eq!(told(&error), ("no-root", Some("32020126-0000000001"), None));

    // Nothing was stored by any of these: the right answer still is.
    let receipt = province.issuer.accept(&first, answers[0].as_bytes()).unwrap();
    assert_eq!(receipt.as_bytes(), answers[0].as_bytes());
}

#[test]
fn accept_needs_a_number_of_its_own_source() {
    let province = Province::new();
    let draft = province.issuer.draft_from_json(draft("r-1").as_bytes()).unwrap();
    let other = Issuer::new(
        province.configuration.units.clone(),
        Arc::new(MemoryNumbers::new()),
        province.verifier.clone(),
        province.clock.clone(),
    );
    let issued = other.unwrap().issue_with_number(&draft, receipt_code(CODE), number(5000)).unwrap();
    let signed = unit_signed(issued);
    let answer = province.authority.countersign(&signed.to_bytes()).unwrap();
    let error = province.issuer.accept(&signed, answer.as_bytes()).unwrap_err();
    assert_eq!(told(&error), ("number-unknown", Some("32020126-0000005000"), None));
}

#[test]
fn a_number_from_outside_must_be_new_to_the_source() {
    let province = Province::new();
    let draft = province.issuer.draft_from_json(draft("r-1").as_bytes()).unwrap();
    let error = province.issuer.issue_with_number(&draft, receipt_code(CODE), number(500)).unwrap_err();
    assert_eq!(told(&error), ("number-held", None, None));
    assert_eq!(error.found_text(), Some("32020126-0000000500"));
}

#[test]
fn many_answers_are_taken_in_order_and_one_bad_stops_no_other() {
    let province = Province::new();
    let signed = ["r-1", "r-2", "r-3"].map(|id| province.unit_signed(&draft(id)));
    let answers = [0, 1, 2].map(|at| province.authority.countersign(&signed[at].to_bytes()).unwrap());
    let pairs = [(0, 0), (1, 2), (2, 2), (0, 0)].map(|(at, answer)| (&signed[at], answers[answer].as_bytes()));
    let accepted = province.issuer.accept_many(&pairs);
    for (at, answer) in [(0, 0), (2, 2), (3, 0)] {
        assert_eq!(accepted[at].as_ref().unwrap().as_bytes(), answers[answer].as_bytes());
    }
    assert_eq!(told(accepted[1].as_ref().unwrap_err()), ("answer-mismatch", Some("32020126-0000000002"), None));
}

#[test]
fn a_second_certificate_under_the_root_countersigns() {
    let province = Province::new();
    let signed = province.unit_signed(&draft("r-1"));
    let false_authority = province.false_authority(province.sandbox.other());
    let forged = false_authority.countersign(&signed.to_bytes()).unwrap();

    let report = province.verifier.verify(forged.as_bytes());
    assert_eq!(report.verdict, Verdict::Indeterminate);
    assert_eq!(against(&report), [(Check::AuthorityCertificate, "authority-not-named")]);
    let headline = report.headline().unwrap();
    assert_eq!(headline.expected.as_deref(), Some("320600"));
    assert_eq!(headline.found.as_deref(), Some("CN=示例市别的单位,O=示例市别的单位,C=CN"));
    // Neither does the issuer take it.
    let error = province.issuer.accept(&signed, forged.as_bytes()).unwrap_err();
    assert_eq!(refused_for(&error), "authority-not-named");
}

#[test]
fn a_unit_of_the_same_ca_signs_in_anothers_name() {
    // The registry's key issues as the school.
    let province = Province::with(|units| units[0].signer = units[1].signer.clone());
    let signed = province.unit_signed(&draft("r-1"));

    let report = province.verifier.verify(&signed.to_bytes());
    assert_eq!(report.verdict, Verdict::Indeterminate);
    assert!(against(&report).contains(&(Check::Binding, "binding-not-shown")), "{:?}", against(&report));
    assert_eq!(report.checks.get(Check::UnitSignature), Status::Passed);
    // The authority does not sign it.
    let error = province.authority.countersign(&signed.to_bytes()).unwrap_err();
    assert_eq!(refused_for(&error), "binding-not-shown");

    // An authority that does not look finds that the receipt is not valid all the same.
    let profile = &province.configuration.authorities[0];
    let at = czei::Clock::now(&*province.clock);
    let receipt = signed.countersign(&*profile.signer, &profile.signature, at).unwrap();
    let report = province.verifier.verify(receipt.as_bytes());
    assert_eq!(report.verdict, Verdict::Indeterminate);
    assert_eq!(against(&report), [(Check::Binding, "binding-not-shown")]);
    assert_eq!(
        report.headline().unwrap().found.as_deref(),
        Some("CN=示例市不动产登记中心,O=示例市不动产登记中心,C=CN")
    );
}

#[test]
fn one_key_does_not_sign_in_both_roles() {
    let province = Province::new();
    let signed = province.unit_signed(&draft("r-1"));
    let same = province.false_authority(province.configuration.units[0].signer.clone());
    let error = same.countersign(&signed.to_bytes()).unwrap_err();
    assert_eq!(told(&error), ("same-key-signs", Some("32020126-0000000001"), None));
}

#[test]
fn the_authority_stays_in_its_area() {
    let province = Province::new();
    let elsewhere = draft("r-1").replace("320600", "320500");
    let signed = province.unit_signed(&elsewhere);
    let error = province.authority.countersign(&signed.to_bytes()).unwrap_err();
    assert_eq!(told(&error), ("area-not-own", None, Some("EInvoice/EInvoiceData/Main/SupervisorAreaCode")));
    assert_eq!((error.expected_text(), error.found_text()), (Some("3206"), Some("320500")));
}

#[test]
fn many_are_countersigned_in_their_order_and_one_bad_stops_no_other() {
    let province = Province::new();
    let drafts: Vec<_> = (0..20)
        .map(|index| province.issuer.draft_from_json(draft(&format!("r-{index}")).as_bytes()).unwrap())
        .collect();
    let signed: Vec<_> =
        province.issuer.issue_many(&drafts).into_iter().map(|issued| unit_signed(issued.unwrap())).collect();
    let mut documents: Vec<_> = signed.iter().map(czei::UnitSigned::to_bytes).collect();
    documents[7] = b"<EInvoice>".to_vec();
    for (index, answer) in province.authority.countersign_many(&documents).into_iter().enumerate() {
        match answer {
            Ok(receipt) => assert_eq!(receipt.content().number, number(index as u64 + 1)),
            Err(error) => {
                assert_eq!(index, 7);
                assert_eq!(refused_for(&error), "truncated");
            }
        }
    }
}

#[test]
fn a_delegate_named_by_the_policy_signs_for_another_unit() {
    let province = Province::with(|units| units[0].signer = units[1].signer.clone());
    let mut policy = province.configuration.policy.clone();
    let name = czei::pki::Name::parse_rfc4514("CN=示例市实验中学").unwrap();
    let who = czei::core::Who::Subject(name);
    policy.units.push(czei::core::UnitRule { code: common::SCHOOL.into(), who, delegates: vec![REGISTRY.into()] });
    let name = czei::pki::Name::parse_rfc4514("CN=示例市不动产登记中心").unwrap();
    policy.units.push(czei::core::UnitRule {
        code: REGISTRY.into(),
        who: czei::core::Who::Subject(name),
        delegates: vec![],
    });
    let signed = province.unit_signed(&draft("r-1"));
    let report = czei::Verifier::with_clock(policy, province.clock.clone()).verify(&signed.to_bytes());
    assert_eq!(report.checks.get(Check::Binding), Status::Passed);
    assert!(report.findings.iter().any(|finding| finding.entry.name == "binding-delegate"));
    assert_eq!(against(&report), [(Check::AuthoritySignature, "authority-signature-missing")]);
}

#[test]
fn what_the_issuer_needs_is_asked_for_when_it_opens() {
    let province = Province::new();
    let open = |units: Vec<UnitProfile>| {
        Issuer::new(units, province.numbers.clone(), province.verifier.clone(), province.clock.clone())
    };
    assert_eq!(told(&open(vec![]).unwrap_err()), ("role-absent", None, None));
    let twice = vec![province.configuration.units[0].clone(), province.configuration.units[0].clone()];
    assert_eq!(told(&open(twice).unwrap_err()), ("unit-ambiguous", None, Some("unit[1]")));
    let authority = |profiles: Vec<czei::AuthorityProfile>| {
        let ledger = province.ledger.clone();
        czei::Authority::new(profiles, ledger, province.verifier.clone(), province.clock.clone())
    };
    let error = authority(vec![]).unwrap_err();
    assert_eq!(told(&error), ("role-absent", None, None));
    let error = authority(vec![czei::AuthorityProfile::new(&[], province.sandbox.other())]).unwrap_err();
    assert_eq!(told(&error), ("setting-value", None, Some("authority[0].area")));
}
