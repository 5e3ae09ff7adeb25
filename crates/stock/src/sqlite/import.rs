//! Taking over what became of numbers elsewhere.

use chrono::SecondsFormat;
use czei_codes::Code as _;
use czei_core::xml::{Document, Envelope, Limits};
use czei_core::{Code as Rule, Related};
use czei_sm2::Sm3;
use rusqlite::OptionalExtension as _;
use serde_json::json;

use super::database::{Database, sql};
use super::held::{self, Row};
use super::receipts;
use super::reserve::{day_integer, use_day};
use super::segments::with_checker;
use super::transition::Changes;
use crate::limits::{check_by, check_person, check_reason};
use crate::{By, Code, Error, Event, NumberId, Past, PastState, Result, State, TakenOver};

/// See [`crate::Stock::import`]; an error here is one of the whole batch.
pub(super) fn import(database: &Database, past: &[Past<'_>], by: By<'_>) -> Result<Vec<Result<TakenOver>>> {
    check_by(by)?;
    let documents: Vec<&[u8]> = past.iter().map(document).collect();
    let digests = Sm3::digest_many(&documents);
    let files = database.receipts().map(|folder| {
        let receipts = past.iter().zip(&digests).filter(|(past, _)| matches!(past.state, PastState::Issued { .. }));
        receipts::write(folder, receipts.map(|(past, sm3)| (document(past), *sm3)))
    });
    database.write(|writing| {
        let mut changes = Changes::open(database, writing.connection(), by.maker)?;
        let mut answers = Vec::with_capacity(past.len());
        let mut files = files.into_iter().flatten();
        for (past, sm3) in past.iter().zip(&digests) {
            let answer = match past.state {
                PastState::Issued { .. } => {
                    let file = database.receipts().and_then(|_| files.next());
                    changes.import_issued(past, sm3, file, by)
                }
                PastState::Voided { reason, actor, at } => changes.import_voided(past, (reason, actor, at), by),
            };
            answers.push(held::each(answer)?);
        }
        changes.close()?.into_iter().for_each(|segment| writing.touch(segment));
        Ok(answers)
    })
}

fn document<'a>(past: &Past<'a>) -> &'a [u8] {
    match past.state {
        PastState::Issued { document, .. } => document,
        PastState::Voided { .. } => &[],
    }
}

impl Changes<'_, '_> {
    /// The row of a number that waits to be reconciled, or has an end to compare with.
    fn awaited(&self, past: &Past<'_>) -> Result<Row> {
        let id = NumberId::new(past.code, past.number);
        let row = Row::read(self.connection(), id)?
            .ok_or_else(|| Error::from(Code::PastNotAwaited.fault().found(id.to_string())))?;
        let unit: Option<String> = self
            .connection()
            .prepare_cached("SELECT code FROM unit WHERE id = ?1")
            .and_then(|mut select| select.query_row([row.unit], |row| row.get(0)).optional())
            .map_err(sql)?;
        if unit.as_deref() == Some(past.unit) {
            return Ok(row);
        }
        let fault = Code::PastDiffers.fault().expected(format!("unit {}", unit.unwrap_or_default()));
        Err(fault.found(format!("{id} of unit {}", past.unit)).into())
    }

    fn import_issued(
        &mut self,
        past: &Past<'_>,
        sm3: &[u8; 32],
        file: Option<Result<()>>,
        by: By<'_>,
    ) -> Result<TakenOver> {
        let row = self.awaited(past)?;
        let PastState::Issued { document, original_sm3, day, total, business_key, reverses } = past.state else {
            return Err(differs(&row));
        };
        match row.state {
            State::Issued if row.document_sm3.as_ref() == Some(sm3) => return Ok(TakenOver::Before),
            State::Issued | State::Voided => return Err(differs(&row)),
            State::Reserved | State::Signed => self.check_same_content(&row, &original_sm3)?,
            State::Unknown => {}
        }
        self.check_not_reversed(reverses, row.id)?;
        file.transpose()?;
        let detail = with_checker(json!({ "from": row.state.name() }), by);
        let seq = self.note(&row, Event::ImportedIssued, by.maker, Some(sm3), &detail)?;
        let is_red = if row.state == State::Unknown {
            let day = day_integer(day);
            let reverses = reverses.map(|blue| NumberId::new(blue.code, blue.number).get());
            self.connection()
                .prepare_cached(
                    "UPDATE number SET business_key = ?2, total = ?3, day = ?4, reverses = ?5 WHERE id = ?1",
                )
                .and_then(|mut update| update.execute((row.id.get(), business_key, total.fen(), day, reverses)))
                .map_err(sql)?;
            use_day(self.connection(), (row.segment, day), (row.id.get(), row.id.get()), 0)?;
            reverses.is_some()
        } else {
            row.is_red
        };
        self.connection()
            .prepare_cached("UPDATE number SET document_sm3 = ?2 WHERE id = ?1")
            .and_then(|mut update| update.execute((row.id.get(), sm3.as_slice())))
            .map_err(sql)?;
        self.put_document(row.id, document, self.database().receipts().is_some())?;
        self.step(&row, State::Issued, seq)?;
        self.count(row.segment, |counts| counts.red += i64::from(is_red));
        Ok(TakenOver::Now)
    }

    fn import_voided(
        &mut self,
        past: &Past<'_>,
        (reason, actor, at): (&str, &str, chrono::DateTime<chrono::FixedOffset>),
        by: By<'_>,
    ) -> Result<TakenOver> {
        check_reason("reason", reason)?;
        check_person("actor", actor)?;
        let row = self.awaited(past)?;
        match row.state {
            State::Unknown => {}
            // The end is the same; the reason that came first stays.
            State::Voided => return Ok(TakenOver::Before),
            _ => return Err(differs(&row)),
        }
        let at = at.to_rfc3339_opts(SecondsFormat::AutoSi, false);
        let detail = json!({ "reason": reason, "at": at, "from": row.state.name(), "by": by.maker });
        let seq = self.note(&row, Event::ImportedVoided, actor, None, &with_checker(detail, by))?;
        self.step(&row, State::Voided, seq)?;
        Ok(TakenOver::Now)
    }

    /// What is reserved or signed here is issued elsewhere only by a receipt with the same content.
    fn check_same_content(&self, row: &Row, original_sm3: &[u8; 32]) -> Result<()> {
        let bytes = held::bytes(self.database(), self.connection(), row)?;
        let limits = Limits::default();
        let parsed = Document::parse(&bytes, &limits);
        let original = parsed.and_then(|document| {
            Envelope::read(&document).map(|envelope| Sm3::digest_parts(&envelope.unit_original()))
        });
        match original {
            Ok(original) if original == *original_sm3 => Ok(()),
            _ => Err(differs(row)),
        }
    }

    fn check_not_reversed(&self, blue: Option<Related>, by: NumberId) -> Result<()> {
        let Some(Related { code, number }) = blue else { return Ok(()) };
        match held::red_of(self.connection(), NumberId::new(code, number))? {
            Some(red) if red != by.get() => {
                Err(czei_core::Error::new(Rule::AlreadyReversed).found(format!("{code}-{number}")).into())
            }
            _ => Ok(()),
        }
    }
}

fn differs(row: &Row) -> Error {
    Code::PastDiffers.fault().found(format!("{} {}", row.id, row.state.name())).into()
}
