//! Sources of numbers of others: with errors of their own, shared with other processes, or damaged.
#![allow(clippy::unwrap_used)]

mod common;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use common::{CODE, Province, draft, number, receipt_code, told, unit_signed};
use czei::codes::Code as _;
use czei::{
    AnyFault, Error, Held, Issued, Issuer, MemoryNumbers, NumberRequest, NumberSource, ReceiptCode, ReceiptNumber,
    Reservation, Token, Voiding,
};

#[test]
fn what_is_held_for_a_number_must_be_its_own() {
    let province = Province::new();
    let stranger = province.unit_signed(&draft("r-1"));
    let draft = province.issuer.draft_from_json(draft("r-2").as_bytes()).unwrap();
    let request = NumberRequest {
        unit: common::SCHOOL,
        code: receipt_code(CODE),
        request_id: draft.request_id(),
        draft_digest: draft.digest().unwrap(),
        at: stranger.content().issued_at(),
        total: draft.total(),
        business_key: None,
        number: None,
        reverses: None,
    };
    // Number 5 with the document of number 1, and number 2 with that of the other unit.
    let school = common::SCHOOL;
    let registry = province.unit_signed(&common::draft_of("r-3", common::REGISTRY, CODE));
    assert_eq!(registry.content().number, number(2));
    for (at, held, found) in [
        (5, stranger.to_bytes(), "32020126-0000000001 123299990000000353"),
        (2, registry.to_bytes(), "32020126-0000000002 123299990000000278"),
    ] {
        let numbers = Arc::new(MemoryNumbers::new());
        numbers.add_segment(receipt_code(CODE), number(at), number(at)).unwrap();
        let reserved = numbers.reserve(std::slice::from_ref(&request), &mut |_, _| Ok(Vec::new())).remove(0).unwrap();
        numbers.store_signed(&[(reserved.token, &held)]).remove(0).unwrap();
        let error = issuer_over(&province, numbers).issue(&draft).unwrap_err();
        let place = format!("32020126-{at:010}");
        assert_eq!(told(&error), ("held-differs", Some(&*place), None));
        assert_eq!(error.expected_text(), Some(&*format!("{place} {school}")));
        assert_eq!(error.found_text(), Some(found));
    }
}

fn issuer_over(province: &Province, numbers: Arc<dyn NumberSource>) -> Issuer {
    let units = province.configuration.units.clone();
    Issuer::new(units, numbers, province.verifier.clone(), province.clock.clone()).unwrap()
}

czei::codes::code_table! {
    /// What can go wrong with this file's own source of numbers.
    enum DiskCode in "test", 9990..=9999 {
        /// The disk is full.
        Full = 9990, "disk-full", System, Error {
            zh: "磁盘已满", en: "The disk is full",
            why: "没有剩余空间" / "There is no space left",
            advice: "请清理磁盘" / "Make space",
            clause: "test",
        }
    }
}

/// Does something between signing and storing, and says how storing ended, if it does not end as usual.
type Between = dyn Fn(&MemoryNumbers, &[(Token, &[u8])]) -> Option<AnyFault> + Send + Sync;

/// A source in which something happens between signing and storing: another process was faster, the
/// disk is full.
struct Interrupted {
    inner: MemoryNumbers,
    between: Box<Between>,
    asked: Mutex<Vec<(String, Option<String>, i64)>>,
    handed_in: Mutex<Vec<Vec<u8>>>,
    looked_up: AtomicUsize,
}

impl Interrupted {
    fn new(
        between: impl Fn(&MemoryNumbers, &[(Token, &[u8])]) -> Option<AnyFault> + Send + Sync + 'static,
    ) -> Arc<Self> {
        let inner = MemoryNumbers::new();
        inner.add_segment(receipt_code(CODE), number(1), number(9)).unwrap();
        Arc::new(Interrupted {
            inner,
            between: Box::new(between),
            asked: Mutex::default(),
            handed_in: Mutex::default(),
            looked_up: AtomicUsize::new(0),
        })
    }
}

impl NumberSource for Interrupted {
    fn reserve(
        &self,
        requests: &[NumberRequest<'_>],
        build: &mut dyn FnMut(usize, ReceiptNumber) -> Result<Vec<u8>, AnyFault>,
    ) -> Vec<Result<Reservation, AnyFault>> {
        let asked = |request: &NumberRequest<'_>| {
            (request.total.to_string(), request.business_key.map(str::to_owned), request.at.timestamp())
        };
        self.asked.lock().unwrap().extend(requests.iter().map(asked));
        self.inner.reserve(requests, build)
    }

    fn store_signed(&self, signed: &[(Token, &[u8])]) -> Vec<Result<(), AnyFault>> {
        self.handed_in.lock().unwrap().extend(signed.iter().map(|(_, bytes)| bytes.to_vec()));
        match (self.between)(&self.inner, signed) {
            Some(fault) => signed.iter().map(|_| Err(fault.clone())).collect(),
            None => self.inner.store_signed(signed),
        }
    }

    fn store_issued(&self, issued: &[(Token, &[u8])]) -> Vec<Result<(), AnyFault>> {
        self.inner.store_issued(issued)
    }

    fn void(&self, voidings: &[(Token, Voiding<'_>)]) -> Vec<Result<(), AnyFault>> {
        self.inner.void(voidings)
    }

    fn find(&self, numbers: &[(ReceiptCode, ReceiptNumber)]) -> Vec<Result<Reservation, AnyFault>> {
        self.looked_up.fetch_add(1, Ordering::SeqCst);
        self.inner.find(numbers)
    }
}

#[test]
fn a_source_is_told_when_how_much_and_for_which_business() {
    let province = Province::new();
    let source = Interrupted::new(|_, _| None);
    let issuer = issuer_over(&province, source.clone());
    let with_key = draft("r-2").replace(r#""v": 1,"#, r#""v": 1, "biz_code": "B-17","#);
    let drafts = [draft("r-1"), with_key].map(|json| issuer.draft_from_json(json.as_bytes()).unwrap());
    let issued = issuer.issue_many(&drafts);
    let at = issued[0].as_ref().unwrap().content().issued_at().timestamp();
    let asked = source.asked.lock().unwrap();
    assert_eq!(*asked, [("1450.50".to_owned(), None, at), ("1450.50".to_owned(), Some("B-17".to_owned()), at)]);
}

#[test]
fn what_could_not_be_stored_does_not_leave() {
    let province = Province::new();
    let failures = AtomicUsize::new(1);
    let source = Interrupted::new(move |_, _| {
        let fails = failures.swap(0, Ordering::SeqCst) > 0;
        fails.then(|| DiskCode::Full.fault().found("0 bytes").any())
    });
    let issuer = issuer_over(&province, source.clone());
    let draft = issuer.draft_from_json(draft("r-1").as_bytes()).unwrap();
    let error = issuer.issue(&draft).unwrap_err();
    // The source's own code, with the number that it happened to.
    assert!(matches!(error, Error::Numbers(_)), "{error:?}");
    assert_eq!(told(&error), ("disk-full", Some("32020126-0000000001"), None));
    assert_eq!(error.found_text(), Some("0 bytes"));

    let signed = unit_signed(issuer.issue(&draft).unwrap());
    let handed_in = source.handed_in.lock().unwrap();
    assert_eq!(handed_in.len(), 2);
    assert_eq!(handed_in[1], signed.to_bytes());
    // The same content under the same number, signed anew.
    assert_eq!(signed.content().number, number(1));
    assert!(handed_in[0].windows(signed.original().len()).any(|window| window == signed.original()));
    assert_eq!(source.looked_up.load(Ordering::SeqCst), 0);
}

#[test]
fn of_two_that_sign_one_reservation_both_answer_with_what_was_stored_first() {
    for is_finished in [false, true] {
        let province = Province::new();
        let first: Arc<Mutex<Vec<Vec<u8>>>> = Arc::default();
        let (signer, stored) = (province.configuration.units[0].signer.clone(), first.clone());
        // The other process signs the same reservations with another signature, and perhaps already
        // has the authority's.
        let source = Interrupted::new(move |inner, signed| {
            for (token, bytes) in signed {
                let Held::Reserved(unsigned) = inner.find(&[(token.code, token.number)]).pop().unwrap().unwrap().held
                else {
                    panic!("stored before")
                };
                let numbered = czei::Numbered::resume(&unsigned, &czei::core::xml::Limits::default()).unwrap();
                let at = numbered.content().issued_at() + std::time::Duration::from_secs(1);
                let other = numbered.sign(&*signer, &czei::SignatureSettings::default(), at).unwrap();
                let mut other = other.to_bytes();
                assert_ne!(other, *bytes);
                inner.store_signed(&[(*token, &other)]).pop().unwrap().unwrap();
                if is_finished {
                    other = stored_answer(inner, *token, &other);
                }
                stored.lock().unwrap().push(other);
            }
            None
        });
        let issuer = issuer_over(&province, source.clone());
        let drafts = ["r-1", "r-2"].map(|id| issuer.draft_from_json(draft(id).as_bytes()).unwrap());
        let answers = issuer.issue_many(&drafts);
        let first = first.lock().unwrap();
        assert_eq!(answers.len(), 2);
        for (index, answer) in answers.iter().enumerate() {
            let answer = answer.as_ref().unwrap();
            assert_eq!(matches!(answer, Issued::Receipt(_)), is_finished);
            assert_eq!(answer.bytes(), first[index]);
            assert_eq!(answer.content().number, number(index as u64 + 1));
        }
        // Both numbers in one question.
        assert_eq!(source.looked_up.load(Ordering::SeqCst), 1);
    }
}

/// Stores a second `Signature` element as the authority's: what a source holds is not judged again.
fn stored_answer(inner: &MemoryNumbers, token: Token, signed: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(signed.to_vec()).unwrap();
    let (start, end) = (text.find("<Signature>").unwrap(), text.rfind("</EInvoiceSignature>").unwrap());
    let finished = [&text[..end], &text[start..end], &text[end..]].concat().into_bytes();
    inner.store_issued(&[(token, &finished)]).pop().unwrap().unwrap();
    finished
}

#[test]
fn a_number_voided_while_it_was_signed_stays_voided() {
    let province = Province::new();
    let source = Interrupted::new(|inner, signed| {
        let at = common::time(common::NOW).fixed_offset();
        let voiding = Voiding { reason: "重复", actor: "李四", at, refusal: None };
        inner.void(&[(signed[0].0, voiding)]).pop().unwrap().unwrap();
        None
    });
    let issuer = issuer_over(&province, source.clone());
    let draft = issuer.draft_from_json(draft("r-1").as_bytes()).unwrap();
    let error = issuer.issue(&draft).unwrap_err();
    assert_eq!(told(&error), ("number-state", Some("32020126-0000000001"), None));
    assert_eq!(error.found_text(), Some("32020126-0000000001 voided"));
    assert_eq!(source.looked_up.load(Ordering::SeqCst), 1);
}

#[test]
fn a_late_signer_is_not_answered_with_another_requests_receipt() {
    let province = Province::new();
    let other = province.unit_signed(&draft("r-2"));
    let bytes = other.to_bytes();
    // The source was restored meanwhile and gave the number to another request.
    let source = Arc::new(Restored { inner: Interrupted::new(|_, _| None), bytes });
    let draft = province.issuer.draft_from_json(draft("r-1").as_bytes()).unwrap();
    let error = issuer_over(&province, source).issue(&draft).unwrap_err();
    assert_eq!(told(&error), ("number-state", Some("32020126-0000000001"), None));
}

/// A source that lost its reservations between signing and storing.
struct Restored {
    inner: Arc<Interrupted>,
    bytes: Vec<u8>,
}

impl NumberSource for Restored {
    fn reserve(
        &self,
        requests: &[NumberRequest<'_>],
        build: &mut dyn FnMut(usize, ReceiptNumber) -> Result<Vec<u8>, AnyFault>,
    ) -> Vec<Result<Reservation, AnyFault>> {
        self.inner.reserve(requests, build)
    }

    fn store_signed(&self, signed: &[(Token, &[u8])]) -> Vec<Result<(), AnyFault>> {
        signed.iter().map(|_| Err(czei::core::Error::new(czei::core::Code::NumberState).any())).collect()
    }

    fn store_issued(&self, issued: &[(Token, &[u8])]) -> Vec<Result<(), AnyFault>> {
        self.inner.store_issued(issued)
    }

    fn void(&self, voidings: &[(Token, Voiding<'_>)]) -> Vec<Result<(), AnyFault>> {
        self.inner.void(voidings)
    }

    fn find(&self, numbers: &[(ReceiptCode, ReceiptNumber)]) -> Vec<Result<Reservation, AnyFault>> {
        let found = self.inner.find(numbers).into_iter();
        let found = found.map(|found| {
            let Token { salt, .. } = found.as_ref().unwrap().token;
            let token = Token { salt: salt + 1, ..found.unwrap().token };
            Ok(Reservation { token, held: Held::Signed(self.bytes.clone()) })
        });
        found.collect()
    }
}
