//! The journal: chains, heads, and what verifying finds.

use czei_codes::{AnyFault, Code as _};
use czei_sm2::Sm3;
use czei_stock::{
    By, Code, Error, Event, HeadSignature, HeadSigner, HeadVerifier, JournalReport, JournalRow, SegmentId, Stock as _,
};

use super::support::{Bed, behind, number, refused};

/// Signs by a digest under a name.
pub struct Seal(pub &'static str);

impl Seal {
    fn value(&self, text: &[u8]) -> Vec<u8> {
        Sm3::digest_parts(&[self.0.as_bytes(), text]).to_vec()
    }
}

impl HeadSigner for Seal {
    fn sign(&self, text: &[u8]) -> Result<HeadSignature, AnyFault> {
        Ok(HeadSignature { certificate: self.0.as_bytes().to_vec(), value: self.value(text) })
    }
}

impl HeadVerifier for Seal {
    fn verify(&self, text: &[u8], signature: &HeadSignature) -> Result<String, AnyFault> {
        let holds = signature.value == self.value(text) && signature.certificate == self.0.as_bytes();
        if holds { Ok(self.0.to_owned()) } else { Err(Code::HeadSignatureWrong.fault().found("another seal").any()) }
    }
}

struct NoKey;

impl HeadSigner for NoKey {
    fn sign(&self, _: &[u8]) -> Result<HeadSignature, AnyFault> {
        Err(czei_sm2::Error::new(czei_sm2::Code::EntropyFailed).found("no device").any())
    }
}

pub fn rows(bed: &Bed, from: i64) -> Vec<JournalRow> {
    let mut rows = Vec::new();
    bed.stock
        .journal(from, &mut |row| {
            rows.push(row);
            Ok(())
        })
        .unwrap();
    rows
}

/// Changes the journal as somebody could who can write the file and knows how it is chained.
pub fn rewrite(bed: &Bed, change: impl FnOnce(&mut Vec<JournalRow>)) {
    let mut rows = rows(bed, 1);
    change(&mut rows);
    let raw = bed.raw();
    behind(&raw, |raw| write(raw, &mut rows));
    // The mark knows the last row by its hash: one more row, and it knows that one.
    bed.stock.sign_heads(None, By::one("x")).unwrap();
}

fn write(raw: &rusqlite::Connection, rows: &mut [JournalRow]) {
    let mut chains: std::collections::BTreeMap<String, (i64, [u8; 32])> = std::collections::BTreeMap::new();
    for row in rows {
        let (place, before) = chains.get(&row.chain).copied().unwrap_or_default();
        row.place = place + 1;
        row.hash = row.expected_hash(&before);
        chains.insert(row.chain.clone(), (row.place, row.hash));
        raw.execute(
            "UPDATE journal SET event = ?2, number = ?3, actor = ?4, subject = ?5, detail = ?6, previous = ?7, hash = ?8 \
             WHERE seq = ?1",
            (
                row.seq,
                row.event as i64,
                row.number.map(czei_stock::NumberId::get),
                &row.actor,
                row.subject,
                &row.detail,
                row.previous,
                row.hash,
            ),
        )
        .unwrap();
    }
    for (name, (length, head)) in chains {
        raw.execute("UPDATE chain SET length = ?2, head = ?3 WHERE name = ?1", (name, length, head)).unwrap();
    }
}

fn verify(bed: &Bed, verifier: Option<&dyn HeadVerifier>) -> JournalReport {
    bed.stock.verify_journal(verifier).unwrap()
}

#[track_caller]
fn finds(report: &JournalReport, code: Code, place: &str) {
    let faults: Vec<String> = report.faults.iter().map(ToString::to_string).collect();
    let is_there = |fault: &&Error| fault.is(code) && fault.place().path.as_deref() == Some(place);
    assert!(report.faults.iter().any(|fault| is_there(&fault)), "{faults:?}");
    assert!(report.faults.iter().all(|fault| fault.is(code)), "{faults:?}");
    assert_eq!(report.wrong, report.faults.len() as u64);
}

#[test]
fn every_change_is_a_row_and_the_chains_hold() {
    let bed = Bed::of(1, 9);
    bed.issued("a");
    bed.stock.give_back(SegmentId(1), Some(number(9)), "x", By::one("x")).unwrap();
    let rows = rows(&bed, 1);
    let chains: Vec<_> = rows.iter().map(|row| (row.seq, row.chain.as_str(), row.place, row.event)).collect();
    let expected = [
        (1, "stock", 1, Event::Created),
        (2, "segment 1", 1, Event::SegmentReceived),
        (3, "segment 1", 2, Event::SegmentTakenIn),
        (4, "segment 1", 3, Event::Reserved),
        (5, "segment 1", 4, Event::Signed),
        (6, "segment 1", 5, Event::Issued),
        (7, "segment 1", 6, Event::Returned),
    ];
    assert_eq!(chains, expected);
    let previous: Vec<_> = rows.iter().map(|row| row.previous).collect();
    assert_eq!(previous, [None, None, Some(2), None, Some(4), Some(5), Some(3)]);
    assert_eq!(super::journal::rows(&bed, 6), rows[5..]);
    let report = verify(&bed, None);
    assert_eq!((report.rows, report.chains, report.heads, report.wrong), (7, 2, 0, 0));
    assert_eq!((report.rows_after_signature, report.last_signer), (7, None));
}

#[test]
fn the_text_of_heads_says_stock_generation_time_and_chains() {
    let bed = Bed::of(1, 9);
    bed.add("0104902", 11, 19);
    bed.token("a");
    let rows = rows(&bed, 1);
    let head = |chain: &str| {
        let row = rows.iter().rev().find(|row| row.chain == chain).unwrap();
        let hash: String = row.hash.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{chain} {} {hash}\n", row.place)
    };
    let noted = bed.stock.sign_heads(None, By::two("张三", "李四")).unwrap();
    let status = bed.stock.status(noted.heads.at.date_naive()).unwrap();
    let (stock, generation) = (status.stock_id, status.generation);
    let time = noted.heads.at.to_rfc3339_opts(chrono::SecondsFormat::Millis, false);
    let chains = [head("segment 1"), head("segment 2"), head("stock")].concat();
    let text = format!("czei heads 1\nstock {stock}\ngeneration {generation}\ntime {time}\n{chains}");
    assert_eq!(noted.heads.text, text);
    assert_eq!((noted.heads.sm3, noted.signature), (Sm3::digest(text.as_bytes()), None));
    let row = super::journal::rows(&bed, noted.seq).remove(0);
    assert_eq!((row.event, row.subject, row.at), (Event::Heads, Some(noted.heads.sm3), noted.heads.at));
    assert!(verify(&bed, None).holds());
}

#[test]
fn signed_heads_are_verified() {
    let bed = Bed::of(1, 9);
    let signed = bed.stock.sign_heads(Some(&Seal("unit")), By::one("x")).unwrap();
    assert_eq!(signed.signature.unwrap().certificate, b"unit");
    bed.stock.sign_heads(None, By::one("x")).unwrap();
    bed.token("a");
    bed.token("b");
    let report = verify(&bed, Some(&Seal("unit")));
    assert_eq!((report.heads, report.signed_heads, report.wrong), (2, 1, 0));
    assert_eq!((report.last_signer.as_deref(), report.rows_after_signature), (Some("unit"), 3));
    let report = verify(&bed, None);
    assert_eq!((report.heads, report.signed_heads, report.wrong), (2, 0, 0));
    let report = verify(&bed, Some(&Seal("somebody else")));
    finds(&report, Code::HeadSignatureWrong, &format!("journal/{}", signed.seq));
    assert_eq!(report.rows_after_signature, report.rows);
}

#[test]
fn a_signer_that_fails_leaves_heads_that_are_only_noted() {
    let bed = Bed::of(1, 9);
    refused(bed.stock.sign_heads(Some(&NoKey), By::one("x")), czei_sm2::Code::EntropyFailed, "no device");
    let report = verify(&bed, Some(&Seal("unit")));
    assert_eq!((report.heads, report.signed_heads, report.wrong), (1, 0, 0));
    let error = bed.stock.sign_heads(None, By::one("")).unwrap_err();
    assert_eq!((error.is(Code::TextLimit), error.place().path.as_deref()), (true, Some("maker")));
}

#[test]
fn heads_are_due_after_so_many_rows() {
    let bed = Bed::with(|_, mut options| {
        options.heads_interval = 5;
        options
    });
    bed.add(super::support::UNIT, 1, 9);
    bed.token("a");
    assert!(!bed.stock.are_heads_due().unwrap());
    bed.token("b");
    assert!(bed.stock.are_heads_due().unwrap());
    bed.stock.sign_heads(None, By::one("x")).unwrap();
    assert!(bed.stock.are_heads_due().unwrap(), "noted is not signed");
    bed.stock.sign_heads(Some(&Seal("unit")), By::one("x")).unwrap();
    assert!(!bed.stock.are_heads_due().unwrap());
}

#[test]
fn a_signer_that_fails_is_not_asked_after_each_batch() {
    let bed = Bed::with(|_, mut options| {
        options.heads_interval = 30;
        options
    });
    bed.add(super::support::UNIT, 1, 90);
    for each in 0..30 {
        bed.token(&format!("a{each}"));
    }
    assert!(bed.stock.are_heads_due().unwrap());
    bed.stock.sign_heads(Some(&NoKey), By::one("x")).unwrap_err();
    assert!(!bed.stock.are_heads_due().unwrap());
    for each in 0..2 {
        bed.token(&format!("b{each}"));
    }
    assert!(!bed.stock.are_heads_due().unwrap());
    bed.token("b2");
    assert!(bed.stock.are_heads_due().unwrap(), "a tenth of the interval later");
    bed.stock.sign_heads(None, By::one("x")).unwrap();
    assert!(bed.stock.are_heads_due().unwrap(), "noted on purpose is no failure");
    bed.stock.sign_heads(Some(&Seal("unit")), By::one("x")).unwrap();
    assert!(!bed.stock.are_heads_due().unwrap());
    assert!(verify(&bed, Some(&Seal("unit"))).holds());
}

/// Answers without what was asked for.
struct Silent(&'static [u8], &'static [u8]);

impl HeadSigner for Silent {
    fn sign(&self, _: &[u8]) -> Result<HeadSignature, AnyFault> {
        Ok(HeadSignature { certificate: self.0.to_vec(), value: self.1.to_vec() })
    }
}

/// Takes the heads away while it signs them.
struct Thief<'a>(&'a Bed);

impl HeadSigner for Thief<'_> {
    fn sign(&self, text: &[u8]) -> Result<HeadSignature, AnyFault> {
        self.0.raw().execute("DELETE FROM heads", []).unwrap();
        Seal("unit").sign(text)
    }
}

#[test]
fn heads_that_bear_no_signature_are_not_said_to() {
    let bed = Bed::of(1, 9);
    for silent in [Silent(b"", b"x"), Silent(b"x", b"")] {
        let signed = bed.stock.sign_heads(Some(&silent), By::one("x"));
        refused(signed, Code::HeadRefused, "no certificate or no signature");
    }
    let report = verify(&bed, Some(&Seal("unit")));
    assert_eq!((report.heads, report.signed_heads, report.wrong), (2, 0, 0));
    refused(bed.stock.sign_heads(Some(&Thief(&bed)), By::one("x")), Code::HeadRefused, "no heads in row 6");
}

#[test]
fn a_changed_row_breaks_its_chain() {
    for change in [
        "UPDATE journal SET actor = 'somebody' WHERE seq = 4",
        "UPDATE journal SET at = at + 1 WHERE seq = 4",
        "UPDATE journal SET detail = 'b' WHERE seq = 4",
        "UPDATE journal SET number = number + 1 WHERE seq = 4",
        "UPDATE journal SET subject = NULL WHERE seq = 4",
        "UPDATE journal SET event = 8 WHERE seq = 4",
        "UPDATE journal SET previous = 3 WHERE seq = 4",
        "UPDATE journal SET place = 9 WHERE seq = 4",
        "UPDATE journal SET chain = 0 WHERE seq = 4",
        "UPDATE journal SET hash = zeroblob(32) WHERE seq = 4",
    ] {
        let bed = Bed::of(1, 9);
        bed.token("a");
        bed.token("b");
        let raw = bed.raw();
        raw.execute_batch("DROP TRIGGER journal_is_not_changed").unwrap();
        raw.execute(change, []).unwrap();
        finds(&verify(&bed, None), Code::JournalChainBroken, "journal/4");
    }
}

#[test]
fn rows_left_out_are_missed() {
    for (which, place) in [("seq = 4", "journal/5"), ("seq = 5", "journal/4"), ("seq = 1", "journal/2")] {
        let bed = Bed::of(1, 9);
        bed.token("a");
        bed.token("b");
        let raw = bed.raw();
        raw.execute_batch("PRAGMA foreign_keys = OFF; DROP TRIGGER journal_is_not_shortened").unwrap();
        raw.execute(&format!("DELETE FROM journal WHERE {which}"), []).unwrap();
        finds(&verify(&bed, None), Code::JournalChainBroken, place);
    }
}

#[test]
fn the_journal_cannot_be_changed_by_a_slip() {
    let bed = Bed::of(1, 9);
    bed.token("a");
    let raw = bed.raw();
    for change in [
        "UPDATE journal SET actor = 'x'",
        "DELETE FROM journal",
        "DELETE FROM number",
        "UPDATE number SET request_id = 'x'",
        "UPDATE number SET state = 5",
        "DELETE FROM segment",
        "UPDATE segment SET next = 1",
        "UPDATE segment SET last = 99",
    ] {
        let error = raw.execute(change, []).unwrap_err().to_string();
        let said = ["append-only", "never removed", "only goes forward"];
        assert!(said.iter().any(|said| error.contains(said)), "{change}: {error}");
    }
}

#[test]
fn a_journal_computed_anew_does_not_fit_the_heads() {
    let bed = Bed::of(1, 9);
    bed.token("a");
    let heads = bed.stock.sign_heads(Some(&Seal("unit")), By::one("x")).unwrap();
    bed.token("b");
    rewrite(&bed, |rows| rows[3].actor = "somebody else".to_owned());
    let report = verify(&bed, Some(&Seal("unit")));
    finds(&report, Code::HeadsDiffer, &format!("journal/{}", heads.seq));
    assert_eq!(report.signed_heads, 1, "the signature itself is good");
}

#[test]
fn heads_computed_anew_do_not_fit_the_signature() {
    let bed = Bed::of(1, 9);
    let heads = bed.stock.sign_heads(Some(&Seal("unit")), By::one("x")).unwrap();
    let raw = bed.raw();
    let text = heads.heads.text.replace("segment 1 2 ", "segment 1 3 ");
    raw.execute("UPDATE heads SET text = ?1", [&text]).unwrap();
    let report = verify(&bed, None);
    finds(&report, Code::HeadsDiffer, &format!("journal/{}", heads.seq));
    let found = report.faults[0].found_text().unwrap();
    assert!(found.starts_with("segment 1 3 "), "{found}");
    // And with a row of the journal to match.
    rewrite(&bed, |rows| rows[3].subject = Some(Sm3::digest(text.as_bytes())));
    let report = verify(&bed, Some(&Seal("unit")));
    let codes: Vec<_> = report.faults.iter().map(|fault| fault.entry().name).collect();
    assert_eq!(codes, ["heads-differ", "head-signature-wrong"]);
    raw.execute("DELETE FROM heads", []).unwrap();
    finds(&verify(&bed, None), Code::HeadsDiffer, &format!("journal/{}", heads.seq));
}

#[test]
fn faults_are_named_up_to_a_hundred() {
    let bed = Bed::of(1, 300);
    for each in 0..3 {
        let ids: Vec<_> = (0..50).map(|id| czei_core::RequestId::new(format!("{each}-{id}")).unwrap()).collect();
        let requests: Vec<_> = ids.iter().map(super::support::request).collect();
        czei_core::NumberSource::reserve(&bed.stock, &requests, &mut |_, _| Ok(Vec::new()));
    }
    let raw = bed.raw();
    raw.execute_batch("DROP TRIGGER journal_is_not_changed; UPDATE journal SET at = at + 1 WHERE seq > 3").unwrap();
    let report = verify(&bed, None);
    assert_eq!((report.faults.len(), report.wrong), (100, 150));
    assert!(!report.holds());
}
