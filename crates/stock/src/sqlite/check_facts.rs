//! Checking what the rows of numbers say against the journal and against the receipts themselves.

use czei_core::xml::Limits;
use rusqlite::types::ValueRef;
use rusqlite::{CachedStatement, Connection, OptionalExtension as _, Row};

use super::check::name;
use super::database::{Database, sql};
use super::receipts;
use super::reserve::day_integer;
use crate::{Event, Indicator, NumberId, ReceiptFacts, Result};

/// Whether every number has the document and the paper that the journal says, and states what its receipt states.
///
/// # Errors
/// Those of the database.
pub(super) fn facts(database: &Database, connection: &Connection) -> Result<Indicator> {
    let mut indicator = Indicator::new(
        "facts",
        "号码所记的文件摘要、换开纸质票据与日志相符，金额、日期等与票据所载相符",
        "Numbers have the digests and papers of the journal, and the totals, days and keys of their receipts",
    );
    let mut told = Told::prepare(connection)?;
    let mut statement = connection
        .prepare_cached(
            "SELECT n.id, n.last_change, n.document_sm3, n.exchanged_for, u.code, n.total, n.day, n.business_key, \
             n.reverses, d.bytes FROM number n LEFT JOIN unit u ON u.id = n.unit \
             LEFT JOIN document d ON d.number = n.id ORDER BY n.id",
        )
        .map_err(sql)?;
    let mut rows = statement.query([]).map_err(sql)?;
    while let Some(row) = rows.next().map_err(sql)? {
        let number = Number::of(row).map_err(sql)?;
        let (document, paper) = told.of(&number)?;
        let mut differs = Vec::new();
        if document != number.document_sm3 {
            differs.push("document_sm3");
        }
        if paper != number.exchanged_for {
            differs.push("exchanged_for");
        }
        if let Some(facts) = receipt(database, &number, row)? {
            number.compare(&facts, &mut differs);
        }
        indicator.look(differs.is_empty(), || format!("{}: {}", name(number.id), differs.join(", ")));
    }
    Ok(indicator)
}

/// What the row of a number says.
struct Number {
    id: i64,
    last_change: i64,
    document_sm3: Option<[u8; 32]>,
    exchanged_for: Option<String>,
    unit: Option<String>,
    total: Option<i64>,
    day: Option<i64>,
    business_key: Option<String>,
    reverses: Option<i64>,
}

impl Number {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Number {
            id: row.get(0)?,
            last_change: row.get(1)?,
            document_sm3: row.get(2)?,
            exchanged_for: row.get(3)?,
            unit: row.get(4)?,
            total: row.get(5)?,
            day: row.get(6)?,
            business_key: row.get(7)?,
            reverses: row.get(8)?,
        })
    }

    fn compare(&self, facts: &ReceiptFacts, differs: &mut Vec<&'static str>) {
        let reverses = facts.reverses.map(|blue| NumberId::new(blue.code, blue.number).get());
        let columns = [
            ("id", self.id == facts.id.get()),
            ("unit", self.unit.as_deref() == Some(facts.unit.as_str())),
            ("total", self.total == Some(facts.total.fen())),
            ("day", self.day == Some(day_integer(facts.day))),
            ("business_key", self.business_key == facts.business_key),
            ("reverses", self.reverses == reverses),
        ];
        differs.extend(columns.iter().filter(|(_, holds)| !holds).map(|(column, _)| *column));
    }
}

/// What the stored receipt states; none where there is nothing to hold the row against.
///
/// A draft without signature is not judged: nobody vouches for it. Bytes of another SM3 than the row has are the
/// matter of `documents`. And bytes that are no receipt at all are not judged here: the stock stores what its
/// caller signed and reads nothing of it, and nobody can hide a falsified row behind such bytes, because the row's
/// SM3 has to be the journal's, which was written when they were stored.
fn receipt(database: &Database, number: &Number, row: &Row<'_>) -> Result<Option<ReceiptFacts>> {
    let Some(sm3) = number.document_sm3 else { return Ok(None) };
    let read = |bytes: &[u8]| {
        let facts = ReceiptFacts::read(bytes, &Limits::default()).ok();
        facts.filter(|facts| facts.file_sm3 == sm3)
    };
    Ok(match (row.get_ref(9).map_err(sql)?, database.receipts()) {
        (ValueRef::Blob(bytes), _) => read(bytes),
        // One that cannot be read is the matter of `documents`, too.
        (_, Some(folder)) => receipts::read(folder, &sm3).ok().and_then(|bytes| read(&bytes)),
        _ => None,
    })
}

/// What the journal says of numbers.
struct Told<'c> {
    change: CachedStatement<'c>,
}

impl<'c> Told<'c> {
    fn prepare(connection: &'c Connection) -> Result<Self> {
        let change = "SELECT number, event, subject, detail, previous FROM journal WHERE seq = ?1";
        connection.prepare_cached(change).map(|change| Told { change }).map_err(sql)
    }

    /// The SM3 of the document that was stored last, and the paper that it was exchanged for.
    fn of(&mut self, number: &Number) -> Result<(Option<[u8; 32]>, Option<String>)> {
        let mut paper = None;
        let mut next = Some(number.last_change);
        while let Some(seq) = next {
            let Some(change) = self.change.query_row([seq], Change::of).optional().map_err(sql)? else { break };
            // The row of a range that became unknown has no number, and stored nothing.
            if change.number != Some(number.id) {
                break;
            }
            match Event::from_integer(change.event) {
                Some(Event::Signed | Event::Issued | Event::ImportedIssued) => return Ok((change.subject, paper)),
                Some(Event::Exchanged) => paper = paper.or_else(|| change.paper()),
                _ => {}
            }
            // Each link leads further back.
            next = change.previous.filter(|previous| *previous < seq);
        }
        Ok((None, paper))
    }
}

struct Change {
    number: Option<i64>,
    event: i64,
    subject: Option<[u8; 32]>,
    detail: String,
    previous: Option<i64>,
}

impl Change {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Change {
            number: row.get(0)?,
            event: row.get(1)?,
            subject: row.get(2)?,
            detail: row.get(3)?,
            previous: row.get(4)?,
        })
    }

    fn paper(&self) -> Option<String> {
        let detail: serde_json::Value = serde_json::from_str(&self.detail).unwrap_or_default();
        detail["paper"].as_str().map(str::to_owned)
    }
}
