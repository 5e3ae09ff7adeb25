//! Heads of the chains: noted, signed, and the journal verified against them.

use chrono::{DateTime, FixedOffset};
use czei_codes::{Code as _, Fault};
use czei_sm2::Sm3;
use rusqlite::{Connection, OptionalExtension as _};
use serde_json::json;

use super::database::{Database, sql};
use super::journal::{Entry, Journal, STOCK_CHAIN, rows};
use super::journal_rows::rows_from;
use super::segments::{time, with_checker};
use crate::chains::Chains;
use crate::limits::check_by;
use crate::{
    By, Code, Event, HeadSignature, HeadSigner, HeadVerifier, Heads, JournalReport, JournalRow, Result, SignedHeads,
};

/// See [`crate::Stock::sign_heads`].
///
/// The heads are noted in one transaction and the signature over them is attached in a second one, so that
/// nobody who writes waits for a signer, which may be a device or a person. A signer that fails leaves heads
/// that were noted and not signed, and whose row says that they were to be: see [`are_due`].
pub(crate) fn sign(database: &Database, signer: Option<&dyn HeadSigner>, by: By<'_>) -> Result<SignedHeads> {
    check_by(by)?;
    let (seq, heads) = note(database, signer.is_some(), by)?;
    let Some(signer) = signer else { return Ok(SignedHeads { seq, heads, signature: None }) };
    let signature = signer.sign(heads.text.as_bytes())?;
    if signature.certificate.is_empty() || signature.value.is_empty() {
        return Err(Code::HeadRefused.fault().found("no certificate or no signature").into());
    }
    database.write(|writing| {
        let attached = writing
            .connection()
            .prepare_cached("UPDATE heads SET certificate = ?2, signature = ?3 WHERE seq = ?1 AND signature IS NULL")
            .and_then(|mut update| update.execute((seq, &signature.certificate, &signature.value)))
            .map_err(sql)?;
        if attached == 1 {
            Ok(())
        } else {
            Err(Code::HeadRefused.fault().found(format!("no heads in row {seq}")).into())
        }
    })?;
    Ok(SignedHeads { seq, heads, signature: Some(signature) })
}

fn note(database: &Database, is_to_be_signed: bool, by: By<'_>) -> Result<(i64, Heads)> {
    database.write(|writing| {
        let connection = writing.connection();
        // As the journal keeps the time, to the millisecond: what is noted can be made again from the row.
        let at = time(database.now().timestamp_millis())?;
        let heads = current(database, connection, at)?;
        let mut journal = Journal::open(connection, at)?;
        let detail = if is_to_be_signed { json!({ "to_be_signed": true }) } else { json!({}) };
        let detail = with_checker(detail, by);
        let entry = Entry {
            event: Event::Heads,
            number: None,
            actor: by.maker,
            subject: Some(&heads.sm3),
            detail: &detail,
            previous: None,
        };
        let seq = journal.append(STOCK_CHAIN, &entry)?;
        connection
            .prepare_cached("INSERT INTO heads (seq, text) VALUES (?1, ?2)")
            .and_then(|mut insert| insert.execute((seq, &heads.text)))
            .map_err(sql)?;
        journal.close()?;
        Ok((seq, heads))
    })
}

/// The heads as they stand on this connection.
pub(crate) fn current(database: &Database, connection: &Connection, at: DateTime<FixedOffset>) -> Result<Heads> {
    let mut statement = connection.prepare_cached("SELECT name, length, head FROM chain ORDER BY name").map_err(sql)?;
    let chains = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get::<_, [u8; 32]>(2)?)));
    let chains = chains.and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>).map_err(sql)?;
    let (stock_id, generation) = connection
        .prepare_cached("SELECT stock_id, generation FROM meta")
        .and_then(|mut select| select.query_row([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))))
        .map_err(sql)?;
    debug_assert_eq!(stock_id, database.stock_id());
    let lines = chains.iter().map(|(name, length, head)| (name.as_str(), *length, head));
    Ok(Heads::new(&stock_id, &generation, at, lines))
}

/// The heads that were signed last, as a row of the journal; 0 when none were.
pub(crate) fn last_signed(connection: &Connection) -> Result<i64> {
    connection
        .prepare_cached("SELECT seq FROM heads WHERE signature IS NOT NULL ORDER BY seq DESC LIMIT 1")
        .and_then(|mut select| select.query_row([], |row| row.get(0)).optional())
        .map(Option::unwrap_or_default)
        .map_err(sql)
}

/// The heads that a signer failed to sign last, as a row of the journal; 0 when none did.
fn last_failed(connection: &Connection) -> Result<i64> {
    connection
        .prepare_cached(
            "SELECT h.seq FROM heads h CROSS JOIN journal j ON j.seq = h.seq WHERE h.signature IS NULL \
             AND instr(j.detail, '\"to_be_signed\":true') > 0 ORDER BY h.seq DESC LIMIT 1",
        )
        .and_then(|mut select| select.query_row([], |row| row.get(0)).optional())
        .map(Option::unwrap_or_default)
        .map_err(sql)
}

/// See [`crate::Stock::are_heads_due`]. A signer that fails is asked again once a tenth of the interval has passed: else
/// it would be after each batch, with a row of the journal each time.
pub(crate) fn are_due(database: &Database) -> Result<bool> {
    database.read(|connection| {
        let (rows, interval) = (rows(connection)?, database.options().heads_interval);
        if (rows - last_signed(connection)?).unsigned_abs() < interval {
            return Ok(false);
        }
        Ok((rows - last_failed(connection)?).unsigned_abs() >= interval / 10)
    })
}

/// See [`crate::Stock::verify_journal`].
pub(crate) fn verify(database: &Database, verifier: Option<&dyn HeadVerifier>) -> Result<JournalReport> {
    database.read(|connection| {
        let mut pass = Pass::new(connection, database.stock_id(), verifier);
        rows_from(connection, 0, &mut |row| pass.row(&row))?;
        pass.finish()
    })
}

/// One pass over the journal, in its order. Memory grows with the chains, not with the rows.
pub(crate) struct Pass<'a> {
    connection: &'a Connection,
    stock_id: &'a str,
    verifier: Option<&'a dyn HeadVerifier>,
    last_signed: i64,
    chains: Chains,
    report: JournalReport,
}

impl<'a> Pass<'a> {
    pub(crate) fn new(connection: &'a Connection, stock_id: &'a str, verifier: Option<&'a dyn HeadVerifier>) -> Self {
        Pass {
            connection,
            stock_id,
            verifier,
            last_signed: 0,
            chains: Chains::default(),
            report: JournalReport::default(),
        }
    }

    /// Takes the next row; what is wrong stands in the report.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) fn row(&mut self, row: &JournalRow) -> Result<()> {
        self.report.rows += 1;
        let next = self.chains.next(row);
        next.unwrap_or_else(|fault| self.fault(row.seq, fault));
        if row.event == Event::Heads {
            self.heads(row)?;
        }
        let step = self.chains.step(row);
        step.unwrap_or_else(|fault| self.fault(row.seq, fault));
        Ok(())
    }

    /// Heads that were noted: the same text must come of the chains as they stood before this row.
    fn heads(&mut self, row: &JournalRow) -> Result<()> {
        self.report.heads += 1;
        let noted = self
            .connection
            .prepare_cached("SELECT text, certificate, signature FROM heads WHERE seq = ?1")
            .and_then(|mut select| {
                let noted = |row: &rusqlite::Row<'_>| {
                    let signature: (Option<Vec<u8>>, Option<Vec<u8>>) = (row.get(1)?, row.get(2)?);
                    Ok((row.get::<_, String>(0)?, signature.0.zip(signature.1)))
                };
                select.query_row([row.seq], noted).optional()
            })
            .map_err(sql)?;
        let differ = || Code::HeadsDiffer.fault();
        let Some((text, signature)) = noted else {
            self.fault(row.seq, differ().expected("the text that was noted"));
            return Ok(());
        };
        // The generation is the only thing that the journal does not say again: a row before this one may
        // have changed it. The row's digest holds it.
        let generation = text.lines().find_map(|line| line.strip_prefix("generation ")).unwrap_or_default();
        let expected = Heads::new(self.stock_id, generation, row.at, self.chains.iter());
        if expected.text != text || row.subject != Some(Sm3::digest(text.as_bytes())) {
            let other = expected.text.lines().zip(text.lines()).find(|(expected, noted)| expected != noted);
            let (expected, found) = other.unwrap_or(("the same text", "another text"));
            self.fault(row.seq, differ().expected(expected).found(found));
        }
        let (Some(verifier), Some((certificate, value))) = (self.verifier, signature) else { return Ok(()) };
        match verifier.verify(text.as_bytes(), &HeadSignature { certificate, value }) {
            Ok(signer) => {
                self.report.signed_heads += 1;
                self.report.last_signer = Some(signer);
                self.last_signed = row.seq;
            }
            Err(error) => self.fault(row.seq, Code::HeadSignatureWrong.fault().found(error.message_en())),
        }
        Ok(())
    }

    /// Compares the heads that the chains have come to with those that the database keeps.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) fn finish(mut self) -> Result<JournalReport> {
        let mut statement =
            self.connection.prepare_cached("SELECT name, length, head FROM chain ORDER BY name").map_err(sql)?;
        let mut kept = statement.query([]).map_err(sql)?;
        let mut faults = Vec::new();
        while let Some(row) = kept.next().map_err(sql)? {
            let (name, length, head): (String, i64, [u8; 32]) =
                (|| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))().map_err(sql)?;
            self.report.chains += 1;
            let come_to = self.chains.remove(&name);
            if come_to != (length, head) {
                let fault = Code::JournalChainBroken.fault().expected(format!("{name} {length}"));
                faults.push(fault.found(format!("{name} {}", come_to.0)));
            }
        }
        let last_seq = self.chains.last_seq();
        faults.into_iter().for_each(|fault| self.fault(last_seq, fault));
        self.report.rows_after_signature = (last_seq - self.last_signed).unsigned_abs();
        Ok(self.report)
    }

    fn fault(&mut self, seq: i64, fault: Fault<Code>) {
        self.report.fault(fault.at_path(format!("journal/{seq}")));
    }
}
