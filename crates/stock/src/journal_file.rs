//! An exported journal, verified without its database.

use std::collections::BTreeMap;

use chrono::DateTime;
use czei_codes::{Code as _, Fault, Place};
use czei_core::BEIJING;
use serde::Deserialize;

use crate::chains::Chains;
use crate::{Code, Event, JournalReport, JournalRow, hex};

/// Verifies a journal that was exported as JSON lines ([`export`](crate::export())), line by line: that
/// no row is missing, and that every chain's hashes follow from its rows. Heads kept elsewhere, in a
/// backup or a report, show whether it is the journal they were taken of: without any, whoever wrote the
/// file could have computed all of it anew. Memory grows with the chains, not with the rows.
///
/// ```
/// let mut file = czei_stock::JournalFile::new();
/// file.line("{\"v\":1}");
/// let report = file.finish();
/// assert!(report.faults[0].is(czei_stock::Code::JournalRowMalformed));
/// assert_eq!(report.faults[0].place().line, Some(1));
/// ```
#[derive(Debug, Default)]
pub struct JournalFile {
    lines: u32,
    chains: Chains,
    /// Chain and length to the head that must stand there.
    expected: BTreeMap<(String, i64), [u8; 32]>,
    report: JournalReport,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RowJson {
    v: u32,
    seq: i64,
    chain: String,
    place: i64,
    event: String,
    number: Option<String>,
    at: String,
    actor: String,
    subject: Option<String>,
    detail: String,
    previous: Option<i64>,
    hash: String,
}

impl JournalFile {
    /// Begins.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes heads that were kept elsewhere, as their text ([`Heads::text`](crate::Heads)): each chain must
    /// have come by its head.
    ///
    /// # Errors
    /// [`Code::HeadsMalformed`] with the line.
    pub fn expect_heads(&mut self, text: &str) -> Result<(), Fault<Code>> {
        let mut lines = (1..).zip(text.lines());
        let wrong = |line: u32| Code::HeadsMalformed.fault().at(at_line(line));
        if lines.next().is_none_or(|(_, first)| first != crate::heads::FIRST_LINE) {
            return Err(wrong(1).expected(crate::heads::FIRST_LINE));
        }
        for (line, text) in lines {
            // `stock`, `generation` and `time` say of what and when; a chain has three parts.
            let Some((name, length, head)) = crate::heads::chain_of_line(text).map_err(|()| wrong(line))? else {
                continue;
            };
            self.expected.insert((name.to_owned(), length), head);
        }
        Ok(())
    }

    /// Takes the next line of the file; what is wrong stands in the report. A blank line is passed over.
    pub fn line(&mut self, line: &str) {
        self.lines = self.lines.saturating_add(1);
        if line.trim().is_empty() {
            return;
        }
        match row(line) {
            Some(row) => self.row(&row),
            None => self.fault(Code::JournalRowMalformed.fault()),
        }
    }

    /// Takes note of a line that could not be read, for one of these reasons: it is too long, or no UTF-8.
    pub fn unreadable_line(&mut self, reason: &str) {
        self.lines = self.lines.saturating_add(1);
        self.fault(Code::JournalRowMalformed.fault().found(reason));
    }

    /// What was found. A file without a row holds nothing, and is wrong.
    #[must_use]
    pub fn finish(mut self) -> JournalReport {
        if self.report.rows == 0 && self.report.wrong == 0 {
            self.fault(Code::JournalRowMalformed.fault().expected("1 or more"));
        }
        for ((chain, length), _) in std::mem::take(&mut self.expected) {
            // Those that were met were taken out: the journal ends before these.
            self.fault(Code::HeadsDiffer.fault().expected(format!("{chain} {length}")));
        }
        self.report.chains = self.chains.iter().count() as u64;
        self.report.rows_after_signature = self.report.rows;
        self.report
    }

    fn row(&mut self, row: &JournalRow) {
        self.report.rows += 1;
        if row.event == Event::Heads {
            self.report.heads += 1;
        }
        let (next, step) = (self.chains.next(row), self.chains.step(row));
        [next, step].into_iter().filter_map(Result::err).for_each(|fault| self.fault(fault));
        let expected = self.expected.remove(&(row.chain.clone(), row.place));
        if expected.is_some_and(|head| head != row.hash) {
            self.fault(Code::HeadsDiffer.fault().found(format!("{} {}", row.chain, row.place)));
        }
    }

    fn fault(&mut self, fault: Fault<Code>) {
        self.report.fault(fault.at(at_line(self.lines)));
    }
}

fn at_line(line: u32) -> Place {
    Place { line: Some(line), ..Place::default() }
}

fn row(line: &str) -> Option<JournalRow> {
    let json: RowJson = serde_json::from_str(line).ok()?;
    Some(JournalRow {
        seq: json.seq,
        chain: json.chain,
        place: json.place,
        event: Event::ALL.into_iter().find(|event| event.name() == json.event)?,
        number: match &json.number {
            Some(text) => Some(text.parse().ok()?),
            None => None,
        },
        at: DateTime::parse_from_rfc3339(&json.at).ok()?.with_timezone(&BEIJING),
        actor: json.actor,
        subject: match &json.subject {
            Some(text) => Some(hex::digest(text)?),
            None => None,
        },
        detail: json.detail,
        previous: json.previous,
        hash: hex::digest(&json.hash)?,
    })
    .filter(|_| json.v == 1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::journal_event::FIRST_HASH;
    use crate::{ExportFormat, NumberId, journal_line};

    /// A journal of two chains whose hashes are right.
    fn journal(rows: i64) -> Vec<JournalRow> {
        let mut heads: BTreeMap<String, (i64, [u8; 32])> = BTreeMap::new();
        let row = |seq: i64| {
            let chain = if seq % 3 == 0 { "segment 1" } else { "stock" };
            let (place, before) = heads.get(chain).copied().unwrap_or((0, FIRST_HASH));
            let mut row = JournalRow {
                seq,
                chain: chain.to_owned(),
                place: place + 1,
                event: if seq == 1 { Event::Created } else { Event::Reserved },
                number: (seq > 1).then(|| NumberId::from_integer(320_101_260_000_000_000 + seq).unwrap()),
                at: DateTime::parse_from_rfc3339("2026-12-01T09:15:30.123+08:00").unwrap(),
                actor: "张三 \"\n".to_owned(),
                subject: (seq % 2 == 0).then_some([7; 32]),
                detail: format!("request {seq}"),
                previous: (seq > 5).then_some(seq - 3),
                hash: [0; 32],
            };
            row.hash = row.expected_hash(&before);
            heads.insert(chain.to_owned(), (row.place, row.hash));
            row
        };
        (1..=rows).map(row).collect()
    }

    fn verify(lines: &[String]) -> JournalReport {
        let mut file = JournalFile::new();
        lines.iter().for_each(|line| file.line(line));
        file.finish()
    }

    fn lines(rows: &[JournalRow]) -> Vec<String> {
        rows.iter().map(|row| journal_line(row, ExportFormat::JsonLines)).collect()
    }

    #[test]
    fn an_exported_journal_holds() {
        let report = verify(&lines(&journal(20)));
        assert_eq!((report.rows, report.chains, report.wrong), (20, 2, 0), "{:?}", report.faults);
        assert!(report.holds());
    }

    #[test]
    fn every_change_of_a_row_is_found_in_its_line() {
        let rows = journal(12);
        let changes: [&dyn Fn(&mut JournalRow); 9] = [
            &|row| row.actor.push('x'),
            &|row| row.detail.push('x'),
            &|row| row.at += chrono::Duration::milliseconds(1),
            &|row| row.event = Event::Voided,
            &|row| row.number = None,
            &|row| row.subject = Some([8; 32]),
            &|row| row.previous = Some(1),
            &|row| row.place += 1,
            &|row| row.hash[0] ^= 1,
        ];
        for change in changes {
            let mut rows = rows.clone();
            change(&mut rows[6]);
            let report = verify(&lines(&rows));
            assert!(!report.holds());
            let first = &report.faults[0];
            assert!(first.is(Code::JournalChainBroken), "{first}");
            assert_eq!(first.place().line, Some(7));
        }
    }

    #[test]
    fn rows_left_out_doubled_or_swapped_are_found() {
        let rows = lines(&journal(12));
        let mut left_out = rows.clone();
        left_out.remove(4);
        let mut doubled = rows.clone();
        doubled.insert(4, rows[3].clone());
        let mut swapped = rows.clone();
        swapped.swap(4, 5);
        for changed in [left_out, doubled, swapped] {
            let report = verify(&changed);
            assert!(report.faults.iter().all(|fault| fault.is(Code::JournalChainBroken)));
            assert_eq!(report.faults[0].place().line, Some(5));
        }
        assert_eq!(verify(&rows[1..]).faults[0].place().line, Some(1), "the beginning is missing");
    }

    #[test]
    fn rubbish_is_named_with_its_line() {
        let mut rows = lines(&journal(3));
        rows.insert(1, "rubbish".to_owned());
        rows.insert(2, rows[0].replacen("\"v\":1", "\"v\":1,\"more\":1", 1));
        let report = verify(&rows);
        assert_eq!((report.rows, report.wrong), (3, 2));
        let at = report.faults.iter().map(|fault| (fault.is(Code::JournalRowMalformed), fault.place().line));
        assert_eq!(at.collect::<Vec<_>>(), [(true, Some(2)), (true, Some(3))]);
        assert!(verify(&[]).faults[0].is(Code::JournalRowMalformed), "nothing is not a journal");
    }

    #[test]
    fn heads_kept_elsewhere_show_another_journal_and_a_cut_one() {
        let rows = journal(12);
        let head = |chain: &str| rows.iter().rev().find(|row| row.chain == chain).unwrap();
        let line = |row: &JournalRow| crate::heads::chain_line(&row.chain, row.place, &row.hash);
        let text =
            format!("{}\nstock 00\n{}{}", crate::heads::FIRST_LINE, line(head("segment 1")), line(head("stock")));
        let verify = |rows: &[JournalRow], text: &str| {
            let mut file = JournalFile::new();
            file.expect_heads(text).unwrap();
            lines(rows).iter().for_each(|line| file.line(line));
            file.finish()
        };
        assert!(verify(&rows, &text).holds());
        let cut = verify(&rows[..11], &text);
        assert_eq!(cut.faults.len(), 1);
        assert!(cut.faults[0].is(Code::HeadsDiffer));
        assert_eq!(cut.faults[0].expected_text(), Some("segment 1 4"));
        let other = text.replace(&hex::encode(&head("stock").hash), &hex::encode(&[1; 32]));
        assert_eq!(verify(&rows, &other).faults[0].found_text(), Some("stock 8"));
        let error = JournalFile::new().expect_heads("rubbish").unwrap_err();
        assert_eq!((error.code(), error.place().line), (Code::HeadsMalformed, Some(1)));
    }
}
