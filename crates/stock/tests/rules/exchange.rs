//! Receipts exchanged for paper.

use czei_core::Code as Rule;
use czei_stock::{By, Code, Event, State, Stock as _};

use super::support::{Bed, id, refused};

#[test]
fn an_issued_receipt_is_exchanged_once() {
    let bed = Bed::of(1, 9);
    bed.issued("a");
    let exchange = |at, paper| bed.stock.exchange(id(at), paper, By::two("张三", "李四"));
    exchange(1, "苏财 00012345").unwrap();
    exchange(1, "苏财 00012345").unwrap();
    let error = exchange(1, "苏财 00012346").unwrap_err();
    assert_eq!(error.expected_text(), Some("苏财 00012346"));
    refused(Err::<(), _>(error), Rule::NumberState, "32010126-0000000001 exchanged for 苏财 00012345");
    let record = bed.record(1).unwrap();
    assert_eq!((record.state, record.is_exchanged), (State::Issued, true));
    assert_eq!(bed.stock.segments().unwrap()[0].exchanged, 1);
    let last = bed.stock.explain(id(1)).unwrap().journal.pop().unwrap();
    assert_eq!((last.event, last.detail.as_str()), (Event::Exchanged, r#"{"checker":"李四","paper":"苏财 00012345"}"#));
    assert_eq!(bed.stock.document(id(1)).unwrap().unwrap().bytes(), b"a issued");
    assert_eq!(bed.wrong(), [""; 0]);
}

#[test]
fn what_is_not_issued_is_not_exchanged() {
    let bed = Bed::of(1, 9);
    let token = bed.token("a");
    let exchange = |at| bed.stock.exchange(id(at), "纸质", By::one("张三"));
    refused(exchange(1), Code::NotIssued, "32010126-0000000001 reserved");
    bed.sign(token, b"signed").unwrap();
    refused(exchange(1), Code::NotIssued, "32010126-0000000001 signed");
    bed.void(token, Some(b"no")).unwrap();
    refused(exchange(1), Code::NotIssued, "32010126-0000000001 voided");
    refused(exchange(2), Rule::NumberUnknown, "32010126-0000000002");
    let error = bed.stock.exchange(id(1), "", By::one("张三")).unwrap_err();
    assert_eq!((error.is(Code::TextLimit), error.place().path.as_deref()), (true, Some("paper")));
}
