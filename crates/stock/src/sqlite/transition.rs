//! Changes of a number that has its row: signed, issued, voided, exchanged.

use std::collections::{BTreeSet, HashMap};

use chrono::SecondsFormat;
use czei_codes::{AnyFault, Code as _};
use czei_core::{Token, Voiding};
use czei_sm2::Sm3;
use rusqlite::Connection;
use serde_json::json;

use super::database::{Database, sql};
use super::held::{self, Row};
use super::journal::{Entry, Journal};
use super::receipts;
use super::segments::{damaged, with_checker};
use crate::limits::{check_by, check_person, check_reason};
use crate::{By, Code, Error, Event, NumberId, Result, State};

/// See [`czei_core::NumberSource::store_signed`] and `store_issued`; an error here is one of the whole batch.
pub(super) fn store(
    database: &Database,
    actor: &str,
    stored: &[(Token, &[u8])],
    to: State,
) -> Result<Vec<Result<(), AnyFault>>> {
    check_person("actor", actor)?;
    let documents: Vec<&[u8]> = stored.iter().map(|(_, bytes)| *bytes).collect();
    let digests = Sm3::digest_many(&documents);
    let beside = database.receipts().filter(|_| to == State::Issued);
    let files = beside.map(|folder| receipts::write(folder, documents.into_iter().zip(digests.iter().copied())));
    database.write(|writing| {
        let mut batch = Changes::open(database, writing.connection(), actor)?;
        let mut answers = Vec::with_capacity(stored.len());
        for (index, ((token, bytes), sm3)) in stored.iter().zip(&digests).enumerate() {
            let file = files.as_ref().map(|files| &files[index]);
            answers.push(one(batch.store(*token, bytes, sm3, to, file))?);
        }
        batch.close()?.into_iter().for_each(|segment| writing.touch(segment));
        Ok(answers)
    })
}

/// See [`czei_core::NumberSource::void`].
pub(super) fn void(
    database: &Database,
    actor: &str,
    voidings: &[(Token, Voiding<'_>)],
) -> Result<Vec<Result<(), AnyFault>>> {
    check_person("actor", actor)?;
    database.write(|writing| {
        let mut batch = Changes::open(database, writing.connection(), actor)?;
        let mut answers = Vec::with_capacity(voidings.len());
        for (token, voiding) in voidings {
            answers.push(one(batch.void_token(*token, voiding))?);
        }
        batch.close()?.into_iter().for_each(|segment| writing.touch(segment));
        Ok(answers)
    })
}

/// See [`crate::Stock::void_number`].
pub(super) fn void_number(database: &Database, actor: &str, id: NumberId, voiding: &Voiding<'_>) -> Result<()> {
    check_person("actor", actor)?;
    database.write(|writing| {
        let mut batch = Changes::open(database, writing.connection(), actor)?;
        batch.void_number(id, voiding)?;
        batch.close()?.into_iter().for_each(|segment| writing.touch(segment));
        Ok(())
    })
}

/// See [`crate::Stock::exchange`].
pub(super) fn exchange(database: &Database, id: NumberId, paper: &str, by: By<'_>) -> Result<()> {
    check_by(by)?;
    check_reason("paper", paper)?;
    database.write(|writing| {
        let row = Row::read(writing.connection(), id)?.ok_or_else(|| held::unknown(id.code(), id.number()))?;
        writing.touch(row.segment);
        let connection = writing.connection();
        match (row.state, row.exchanged_for.as_deref()) {
            (State::Issued, Some(before)) if before == paper => return Ok(()),
            (State::Issued, Some(before)) => {
                let fault = czei_core::Error::new(czei_core::Code::NumberState).expected(paper);
                return Err(fault.found(format!("{id} exchanged for {before}")).into());
            }
            (State::Issued, None) => {}
            (state, _) => return Err(Code::NotIssued.fault().found(format!("{id} {}", state.name())).into()),
        }
        let mut batch = Changes::open(database, connection, by.maker)?;
        let detail = with_checker(json!({ "paper": paper }), by);
        let seq = batch.note(&row, Event::Exchanged, by.maker, None, &detail)?;
        connection
            .prepare_cached("UPDATE OR FAIL number SET exchanged_for = ?2, last_change = ?3 WHERE id = ?1")
            .and_then(|mut update| update.execute((id.get(), paper, seq)))
            .map_err(sql)?;
        batch.count(row.segment, |counts| counts.exchanged += 1);
        batch.close()?;
        Ok(())
    })
}

/// The answer to one of a batch; an error of the database is one of all.
pub(super) fn one<T>(result: Result<T>) -> Result<Result<T, AnyFault>> {
    held::each(result).map(|answer| answer.map_err(Error::any))
}

/// The changes of one transaction: what they do to the counts of segments is written once, at the end.
pub(super) struct Changes<'c, 'a> {
    database: &'a Database,
    connection: &'c Connection,
    actor: &'a str,
    journal: Journal<'c>,
    chains: HashMap<i64, i64>,
    counts: HashMap<i64, Counts>,
    /// The segments of what was changed, and of what was found as it was to be: whoever drew the number may not
    /// have come to writing the mark.
    touched: BTreeSet<i64>,
}

/// By how much the counts of a segment change.
#[derive(Default)]
pub(super) struct Counts {
    pub(super) states: [i64; 5],
    pub(super) red: i64,
    pub(super) exchanged: i64,
}

impl Counts {
    /// A number goes from one state to another.
    pub(super) fn step(&mut self, from: State, to: State) {
        self.states[from as usize - 1] -= 1;
        self.states[to as usize - 1] += 1;
    }
}

impl<'c, 'a> Changes<'c, 'a> {
    pub(super) fn open(database: &'a Database, connection: &'c Connection, actor: &'a str) -> Result<Self> {
        let journal = Journal::open(connection, database.now())?;
        let (chains, counts, touched) = (HashMap::new(), HashMap::new(), BTreeSet::new());
        Ok(Changes { database, connection, actor, journal, chains, counts, touched })
    }

    /// The number that a token names.
    fn row(&self, token: Token) -> Result<Row> {
        let row = Row::read(self.connection, NumberId::new(token.code, token.number))?;
        // A number that nobody reserved has no salt and no token.
        row.filter(|row| row.salt.is_some() && held::salt_of(row.salt) == token.salt)
            .ok_or_else(|| held::unknown(token.code, token.number))
    }

    fn store(
        &mut self,
        token: Token,
        bytes: &[u8],
        sm3: &[u8; 32],
        to: State,
        file: Option<&Result<()>>,
    ) -> Result<()> {
        let row = self.row(token)?;
        let (from, event) = match to {
            State::Signed => (State::Reserved, Event::Signed),
            _ => (State::Signed, Event::Issued),
        };
        self.touched.insert(row.segment);
        if row.state == to && row.document_sm3.as_ref() == Some(sm3) {
            return Ok(());
        }
        if row.state != from {
            return Err(row.wrong_state());
        }
        if let Some(Err(error)) = file {
            return Err(error.clone());
        }
        let seq = self.note(&row, event, self.actor, Some(sm3), "")?;
        self.connection
            .prepare_cached("UPDATE OR FAIL number SET state = ?2, document_sm3 = ?3, last_change = ?4 WHERE id = ?1")
            .and_then(|mut update| update.execute((row.id.get(), to as i64, sm3.as_slice(), seq)))
            .map_err(sql)?;
        self.put_document(row.id, bytes, file.is_some())?;
        let red = i64::from(row.is_red && to == State::Issued);
        self.count(row.segment, |counts| {
            counts.step(from, to);
            counts.red += red;
        });
        Ok(())
    }

    /// Keeps the document; one that stands beside the database is none here any more.
    pub(super) fn put_document(&self, id: NumberId, bytes: &[u8], is_beside: bool) -> Result<()> {
        let changed = if is_beside {
            let delete = self.connection.prepare_cached("DELETE FROM document WHERE number = ?1");
            delete.and_then(|mut delete| delete.execute([id.get()]))
        } else {
            let replace = self.connection.prepare_cached("INSERT INTO document (number, bytes) VALUES (?1, ?2) ON CONFLICT (number) DO UPDATE SET bytes = excluded.bytes");
            replace.and_then(|mut replace| replace.execute((id.get(), bytes)))
        };
        changed.map(|_| ()).map_err(sql)
    }

    fn void_token(&mut self, token: Token, voiding: &Voiding<'_>) -> Result<()> {
        check_void(voiding)?;
        let row = self.row(token)?;
        match row.state {
            State::Reserved => {}
            State::Signed if voiding.refusal.is_some() => {}
            _ => return Err(row.wrong_state()),
        }
        self.void(&row, voiding)
    }

    fn void_number(&mut self, id: NumberId, voiding: &Voiding<'_>) -> Result<()> {
        check_void(voiding)?;
        let row = Row::read(self.connection, id)?.ok_or_else(|| held::unknown(id.code(), id.number()))?;
        match row.state {
            State::Reserved | State::Unknown => {}
            State::Signed if voiding.refusal.is_some() => {}
            State::Signed => return Err(Code::RefusalNeeded.fault().found(format!("{id} signed")).into()),
            State::Issued | State::Voided => return Err(row.wrong_state()),
        }
        self.void(&row, voiding)
    }

    /// The document stays as it was stored: an auditor may ask for it. Nothing hands it out.
    fn void(&mut self, row: &Row, voiding: &Voiding<'_>) -> Result<()> {
        let mut detail = json!({
            "reason": voiding.reason,
            "at": voiding.at.to_rfc3339_opts(SecondsFormat::AutoSi, false),
            "from": row.state.name(),
            "by": self.actor,
        });
        if let Some(refusal) = voiding.refusal {
            detail["refusal_sm3"] = json!(crate::hex::encode(&Sm3::digest(refusal)));
            self.connection
                .prepare_cached("INSERT INTO refusal (number, bytes) VALUES (?1, ?2)")
                .and_then(|mut insert| insert.execute((row.id.get(), refusal)))
                .map_err(sql)?;
        }
        let seq = self.note(row, Event::Voided, voiding.actor, None, &detail.to_string())?;
        self.step(row, State::Voided, seq)
    }

    /// Brings the row alone into another state.
    pub(super) fn step(&mut self, row: &Row, to: State, seq: i64) -> Result<()> {
        self.connection
            .prepare_cached("UPDATE OR FAIL number SET state = ?2, last_change = ?3 WHERE id = ?1")
            .and_then(|mut update| update.execute((row.id.get(), to as i64, seq)))
            .map_err(sql)?;
        self.count(row.segment, |counts| counts.step(row.state, to));
        Ok(())
    }

    /// Writes a row of the journal about a number, behind the one of its latest change.
    pub(super) fn note(
        &mut self,
        row: &Row,
        event: Event,
        actor: &str,
        subject: Option<&[u8; 32]>,
        detail: &str,
    ) -> Result<i64> {
        self.touched.insert(row.segment);
        let chain = self.chain(row.segment)?;
        let previous = Some(row.last_change);
        self.journal.append(chain, &Entry { event, number: Some(row.id), actor, subject, detail, previous })
    }

    /// Changes the counts of a segment, at the end of the transaction.
    pub(super) fn count(&mut self, segment: i64, change: impl FnOnce(&mut Counts)) {
        change(self.counts.entry(segment).or_default());
    }

    fn chain(&mut self, segment: i64) -> Result<i64> {
        if let Some(chain) = self.chains.get(&segment) {
            return Ok(*chain);
        }
        let chain = self
            .connection
            .prepare_cached("SELECT chain FROM segment WHERE id = ?1")
            .and_then(|mut select| select.query_row([segment], |row| row.get(0)))
            .map_err(|error| match error {
                rusqlite::Error::QueryReturnedNoRows => damaged(format!("no segment {segment}")),
                error => sql(error),
            })?;
        self.chains.insert(segment, chain);
        Ok(chain)
    }

    /// Writes the counts and the heads of the chains; answers the segments to be touched.
    pub(super) fn close(self) -> Result<BTreeSet<i64>> {
        for (segment, counts) in &self.counts {
            let [reserved, signed, issued, voided, unknown] = counts.states;
            self.connection
                .prepare_cached(
                    "UPDATE OR FAIL segment SET reserved = reserved + ?2, signed = signed + ?3, issued = issued + ?4, \
                     voided = voided + ?5, unknown = unknown + ?6, red = red + ?7, exchanged = exchanged + ?8 WHERE id = ?1",
                )
                .and_then(|mut update| {
                    let key = (*segment, reserved, signed, issued, voided, unknown, counts.red, counts.exchanged);
                    update.execute(key)
                })
                .map_err(sql)?;
        }
        self.journal.close()?;
        Ok(self.touched)
    }

    pub(super) fn database(&self) -> &'a Database {
        self.database
    }

    pub(super) fn connection(&self) -> &'c Connection {
        self.connection
    }
}

fn check_void(voiding: &Voiding<'_>) -> Result<()> {
    check_reason("reason", voiding.reason)?;
    check_person("actor", voiding.actor)
}

/// An error of a batch, as everyone in it gets it.
pub(super) fn for_all<T>(count: usize, error: Error) -> Vec<Result<T, AnyFault>> {
    let fault = error.any();
    (0..count).map(|_| Err(fault.clone())).collect()
}
