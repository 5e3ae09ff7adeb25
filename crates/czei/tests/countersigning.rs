//! The authority with its ledger: nothing outside what was given, never two contents for one number.
#![allow(clippy::unwrap_used)]

mod common;

use std::sync::{Arc, Barrier};
use std::thread;

use common::{
    CODE, Failing, Province, REGISTRY, SCHOOL, TestFolder, draft, draft_of, number, receipt_code, told, unit_signed,
};
use czei::stock::{By, Event, NewGiven};
use czei::{
    Authority, AuthorityProfile, Issuer, Ledger, MemoryNumbers, NumberId, OpenOptions, SqliteLedger, UnitSigned,
};

/// The same draft issued by a unit that lost its numbers: another check code, another content.
fn issued_again(province: &Province, json: &str, at: u64) -> UnitSigned {
    let numbers = Arc::new(MemoryNumbers::new());
    let units = province.configuration.units.clone();
    let issuer = Issuer::new(units, numbers, province.verifier.clone(), province.clock.clone()).unwrap();
    let draft = issuer.draft_from_json(json.as_bytes()).unwrap();
    unit_signed(issuer.issue_with_number(&draft, receipt_code(CODE), number(at)).unwrap())
}

fn authority(province: &Province, ledger: Arc<dyn Ledger>) -> Authority {
    let profiles = province.configuration.authorities.clone();
    Authority::new(profiles, ledger, province.verifier.clone(), province.clock.clone()).unwrap()
}

fn ledger(folder: &TestFolder) -> SqliteLedger {
    let ledger = SqliteLedger::create(&OpenOptions::new(folder.path("ledger.db")), By::one("张三")).unwrap();
    let given = NewGiven { unit: SCHOOL, code: receipt_code(CODE), first: number(1), last: number(1000) };
    ledger.give(&given, By::one("张三")).unwrap();
    ledger
}

#[test]
fn a_number_that_was_not_given_to_the_unit_is_not_countersigned() {
    let province = Province::new();
    province.give(REGISTRY, CODE, 20_000_001, 20_000_100);
    let outside = issued_again(&province, &draft("r-1"), 20_000_001);
    let error = province.authority.countersign(&outside.to_bytes()).unwrap_err();
    assert_eq!(told(&error), ("number-not-given", Some("32020126-0020000001"), None));
    assert_eq!(error.found_text(), Some("32020126-0020000001"));
    assert!(matches!(error, czei::Error::Stock(_)));
    // The registry's own draft, with a number of the school.
    let draft = province.issuer.draft_from_json(draft_of("r-2", REGISTRY, CODE).as_bytes()).unwrap();
    let signed = unit_signed(province.issuer.issue(&draft).unwrap());
    let error = province.authority.countersign(&signed.to_bytes()).unwrap_err();
    assert_eq!(told(&error), ("number-not-given", Some("32020126-0000000001"), None));
}

#[test]
fn a_second_content_is_refused_and_the_first_comes_back_as_stored() {
    let province = Province::new();
    let first = province.unit_signed(&draft("r-1"));
    let second = issued_again(&province, &draft("r-1"), 1);
    assert_ne!(first.original(), second.original());
    let receipt = province.authority.countersign(&first.to_bytes()).unwrap();
    let error = province.authority.countersign(&second.to_bytes()).unwrap_err();
    assert_eq!(told(&error), ("second-content", Some("32020126-0000000001"), None));
    // Signatures differ from one time to the next; what comes back is what was stored.
    for _ in 0..3 {
        assert_eq!(province.authority.countersign(&first.to_bytes()).unwrap().as_bytes(), receipt.as_bytes());
    }
    province.issuer.accept(&first, receipt.as_bytes()).unwrap();
}

#[test]
fn what_fails_a_check_claims_nothing() {
    let province = Province::new();
    let signed = province.unit_signed(&draft("r-1"));
    let text = String::from_utf8(signed.to_bytes()).unwrap();
    let changed = text.replacen("<TotalAmount>1", "<TotalAmount>2", 1);
    assert_ne!(text, changed);
    assert_eq!(province.authority.countersign(changed.as_bytes()).unwrap_err().entry().name, "resume-refused");
    province.authority.countersign(text.as_bytes()).unwrap();
}

#[test]
fn a_claim_whose_signer_failed_is_signed_by_a_retry() {
    let province = Province::new();
    let signer = Failing::new(province.configuration.authorities[0].signer.clone());
    let profile = AuthorityProfile::new(&["3206"], signer.clone());
    let authority =
        Authority::new(vec![profile], province.ledger.clone(), province.verifier.clone(), province.clock.clone());
    let authority = authority.unwrap();
    let signed = province.unit_signed(&draft("r-1"));
    let error = authority.countersign(&signed.to_bytes()).unwrap_err();
    assert_eq!(told(&error), ("signing-stopped", Some("32020126-0000000001"), None));
    // The number is claimed for this content now.
    let second = issued_again(&province, &draft("r-1"), 1);
    assert_eq!(authority.countersign(&second.to_bytes()).unwrap_err().entry().name, "second-content");
    signer.works.store(true, std::sync::atomic::Ordering::SeqCst);
    let receipt = authority.countersign(&signed.to_bytes()).unwrap();
    province.issuer.accept(&signed, receipt.as_bytes()).unwrap();
}

#[test]
fn a_batch_answers_in_its_order_and_claims_and_stores_once() {
    let folder = TestFolder::new();
    let province = Province::new();
    let ledger = ledger(&folder);
    let authority = authority(&province, Arc::new(ledger.clone()));
    let mut documents: Vec<_> =
        (1..=7).map(|row| province.unit_signed(&draft(&format!("r-{row}"))).to_bytes()).collect();
    documents.push(issued_again(&province, &draft("r-1"), 1).to_bytes());
    documents.push(documents[2].clone());
    documents.push(b"<EInvoice/>".to_vec());
    let answers = authority.countersign_many(&documents);
    assert_eq!(answers.len(), 10);
    for (at, answer) in answers[..7].iter().enumerate() {
        assert_eq!(answer.as_ref().unwrap().content().number, number(at as u64 + 1));
    }
    assert_eq!(answers[7].as_ref().unwrap_err().entry().name, "second-content");
    assert_eq!(answers[8].as_ref().unwrap().as_bytes(), answers[2].as_ref().unwrap().as_bytes());
    assert!(answers[9].is_err());
    let mut times: Vec<_> = Vec::new();
    ledger
        .journal(0, &mut |row| {
            if matches!(row.event, Event::Claimed | Event::Countersigned) {
                times.push((row.event.name(), row.at));
            }
            Ok(())
        })
        .unwrap();
    assert_eq!(times.len(), 14);
    times.dedup();
    assert_eq!(times.len(), 2, "one change for the claims, one for the receipts: {times:?}");
    assert!(authority.countersign_many::<Vec<u8>>(&[]).is_empty());
}

/// Two authorities, each with threads of its own and its own handle of the ledger; for each number one gets
/// the unit's first content and the other its second, and both get both in the end.
#[test]
fn two_authorities_at_once_never_bless_two_contents() {
    const NUMBERS: u64 = 12;
    let folder = TestFolder::new();
    let province = Province::new();
    drop(ledger(&folder));
    let contents: Vec<[Vec<u8>; 2]> = (1..=NUMBERS)
        .map(|at| {
            let json = draft(&format!("r-{at}"));
            [province.unit_signed(&json).to_bytes(), issued_again(&province, &json, at).to_bytes()]
        })
        .collect();
    let barrier = Barrier::new(4);
    let answers: Vec<Vec<Option<Vec<u8>>>> = thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|who: usize| {
                let (province, folder, contents, barrier) = (&province, &folder, &contents, &barrier);
                scope.spawn(move || {
                    let ledger = SqliteLedger::open(&OpenOptions::new(folder.path("ledger.db"))).unwrap();
                    let authority = authority(province, Arc::new(ledger));
                    barrier.wait();
                    let mut answers = Vec::new();
                    for (at, pair) in contents.iter().enumerate() {
                        // Two begin with one content, two with the other.
                        answers.push(match authority.countersign(&pair[(who + at) % 2]) {
                            Ok(receipt) => Some(receipt.to_bytes()),
                            Err(error) => {
                                assert_eq!(error.entry().name, "second-content");
                                None
                            }
                        });
                    }
                    answers
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let ledger = SqliteLedger::open(&OpenOptions::new(folder.path("ledger.db"))).unwrap();
    for at in 0..NUMBERS as usize {
        let stored = ledger.document(NumberId::new(receipt_code(CODE), number(at as u64 + 1))).unwrap();
        let got: Vec<_> = answers.iter().filter_map(|answers| answers[at].as_ref()).collect();
        assert_eq!(got.len(), 2, "of two with one content both get it, of the others none");
        assert!(got.iter().all(|got| Some(*got) == stored.as_ref()));
    }
    let report = ledger.check().unwrap();
    assert!(report.holds(), "{report:?}");
}

/// A certificate that may not sign, and one that does not cover the issue time: the receipt would never become valid,
/// and the ledger would keep it.
#[test]
fn an_authority_signs_only_what_can_be_valid() {
    use czei::pki::{CertificateTemplate, KeyUsage, LocalSigner};
    let province = Province::new();
    let signed = province.unit_signed(&draft("r-1"));
    let own = province.configuration.authorities[0].signer.certificate();
    let at = signed.content().issued_at().to_utc();
    let second = chrono::Duration::seconds(1);
    let template = |usage, not_before, not_after| CertificateTemplate {
        subject: own.subject().clone(),
        serial: vec![9],
        not_before,
        not_after,
        ca: None,
        key_usage: Some(usage),
        extensions: vec![],
    };
    for (template, name) in [
        (template(KeyUsage::KEY_ENCIPHERMENT, own.not_before(), own.not_after()), "usage-encryption"),
        (template(KeyUsage::DIGITAL_SIGNATURE, at + second, own.not_after()), "certificate-not-yet-valid"),
        (template(KeyUsage::DIGITAL_SIGNATURE, own.not_before(), at - second), "certificate-expired"),
    ] {
        let key = czei::sm2::SigningKey::generate().unwrap();
        let certificate = Arc::new(template.self_sign(&key).unwrap());
        let mut profiles = province.configuration.authorities.clone();
        profiles[0].signer = Arc::new(LocalSigner::new(key, certificate).unwrap());
        let (ledger, verifier) = (province.ledger.clone(), province.verifier.clone());
        let wrong = Authority::new(profiles, ledger, verifier, province.clock.clone()).unwrap();
        let error = wrong.countersign(&signed.to_bytes()).unwrap_err();
        assert_eq!((error.entry().name, error.place().file.as_deref()), (name, Some("32020126-0000000001")));
    }
    let receipt = province.authority.countersign(&signed.to_bytes()).unwrap();
    assert_eq!(province.verifier.verify(receipt.as_bytes()).verdict, czei::Verdict::Valid);
}
