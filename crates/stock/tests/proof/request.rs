//! Requests whose id says all of them, so that whoever has the id can make the same request again.

use chrono::{DateTime, FixedOffset, TimeZone as _};
use czei_core::{Amount, BEIJING, NumberRequest, ReceiptCode, ReceiptNumber, Related, RequestId};
use czei_sm2::Sm3;

pub(crate) const UNIT: &str = "320102000001";

pub(crate) fn code() -> ReceiptCode {
    ReceiptCode::parse("32010626").unwrap()
}

pub(crate) fn number(number: u64) -> ReceiptNumber {
    ReceiptNumber::new(number).unwrap()
}

/// A request for one number.
///
/// | id | request |
/// |---|---|
/// | `3-17` | the 17th of worker 3 |
/// | `3-18-out9000300018` | with this number from outside |
/// | `3-19-red42` | reverses number 42 |
/// | `3-17~1` | the same receipt as `3-17`, asked for under another request id, as only a control does |
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) id: RequestId,
    digest: [u8; 32],
    /// What the receipt states.
    pub(crate) at: DateTime<FixedOffset>,
    number: Option<ReceiptNumber>,
    reverses: Option<Related>,
}

impl Asked {
    pub(crate) fn of(id: &str) -> Self {
        let receipt = receipt_of(id);
        let tail = |what: &str| receipt.split_once(what).map(|(_, tail)| number(tail.parse().unwrap()));
        let digest = Sm3::digest(receipt.as_bytes());
        Asked {
            id: RequestId::new(id).unwrap(),
            digest,
            at: day(u32::from(digest[0] % 28) + 1),
            number: tail("-out"),
            reverses: tail("-red").map(|number| Related { code: code(), number }),
        }
    }

    pub(crate) fn request(&self) -> NumberRequest<'_> {
        NumberRequest {
            unit: UNIT,
            code: code(),
            request_id: &self.id,
            draft_digest: self.digest,
            at: self.at,
            total: Amount::from_fen(i64::from(self.digest[1]) * 100 + 1).unwrap(),
            business_key: None,
            number: self.number,
            reverses: self.reverses,
        }
    }
}

/// The receipt that a request is for: retries under other ids are for the same one.
pub(crate) fn receipt_of(id: &str) -> &str {
    id.split_once('~').map_or(id, |(receipt, _)| receipt)
}

/// Noon of a day of March 2026.
pub(crate) fn day(day: u32) -> DateTime<FixedOffset> {
    BEIJING.with_ymd_and_hms(2026, 3, day, 12, 0, 0).unwrap()
}

/// The unsigned document of a request: `attempt` makes each one different, as times and check codes do.
pub(crate) fn unsigned(id: &str, number: u64, attempt: u64, padding: usize) -> Vec<u8> {
    format!("unsigned {id} {number} {attempt:016x} {}", "x".repeat(padding)).into_bytes()
}

/// What a signer makes of a document, another one each time: the document behind one line.
pub(crate) fn wrapped(by: &str, attempt: u64, document: &[u8]) -> Vec<u8> {
    [format!("{by} {attempt:016x}\n").as_bytes(), document].concat()
}

/// The document inside [`wrapped`].
pub(crate) fn inner(document: &[u8]) -> &[u8] {
    let line = document.iter().position(|byte| *byte == b'\n').unwrap();
    &document[line + 1..]
}

/// A short name of some bytes.
pub(crate) fn digest(bytes: &[u8]) -> String {
    Sm3::digest(bytes)[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}
