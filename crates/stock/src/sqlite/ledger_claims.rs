//! Claims and countersigned receipts of a ledger.

use std::collections::BTreeMap;

use czei_codes::Code as _;
use czei_core::Code as Rule;
use czei_sm2::Sm3;
use rusqlite::{Connection, OptionalExtension as _};

use super::database::{Database, sql};
use super::journal::{Entry, Journal};
use super::segments::{code_integer, damaged};
use super::{held, receipts};
use crate::limits::{check_by, check_person};
use crate::{By, Claim, Claimed, Code, Countersigned, Event, NumberId, Result, TakenOver};

/// Claims numbers for contents; see [`crate::Ledger::claim`].
pub(super) fn claim(database: &Database, actor: &str, claims: &[Claim<'_>]) -> Result<Vec<Result<Claimed>>> {
    check_person("actor", actor)?;
    database.write(|writing| {
        let mut desk = Desk::open(database, writing.connection())?;
        let mut answers = Vec::with_capacity(claims.len());
        for claim in claims {
            answers.push(held::each(desk.claim(claim, actor))?);
        }
        desk.close()?.into_iter().for_each(|segment| writing.touch(segment));
        Ok(answers)
    })
}

/// Stores countersigned receipts; see [`crate::Ledger::store`].
pub(super) fn store(
    database: &Database,
    actor: &str,
    countersigned: &[(Claim<'_>, &[u8])],
) -> Result<Vec<Result<Countersigned>>> {
    check_person("actor", actor)?;
    let digests = digests_stored_beside(database, countersigned);
    database.write(|writing| {
        let mut desk = Desk::open(database, writing.connection())?;
        let mut answers = Vec::with_capacity(countersigned.len());
        for ((claim, bytes), document_sm3) in countersigned.iter().zip(&digests) {
            answers.push(match document_sm3 {
                Ok(sm3) => held::each(desk.store(claim, bytes, sm3, Event::Countersigned, actor))?,
                Err(error) => Err(error.clone()),
            });
        }
        desk.close()?.into_iter().for_each(|segment| writing.touch(segment));
        Ok(answers)
    })
}

/// Takes receipts over that were countersigned elsewhere; see [`super::SqliteLedger::take_over`].
pub(super) fn take_over(
    database: &Database,
    countersigned: &[(Claim<'_>, &[u8])],
    by: By<'_>,
) -> Result<Vec<Result<TakenOver>>> {
    check_by(by)?;
    let digests = digests_stored_beside(database, countersigned);
    database.write(|writing| {
        let mut desk = Desk::open(database, writing.connection())?;
        let mut answers = Vec::with_capacity(countersigned.len());
        for ((claim, bytes), document_sm3) in countersigned.iter().zip(&digests) {
            answers.push(match document_sm3 {
                Ok(sm3) => held::each(desk.take_over(claim, bytes, sm3, by))?,
                Err(error) => Err(error.clone()),
            });
        }
        desk.close()?.into_iter().for_each(|segment| writing.touch(segment));
        Ok(answers)
    })
}

/// The digest of each receipt. Receipts beside the database are on the disk before a row names them; those
/// that no row comes to name harm nobody.
fn digests_stored_beside(database: &Database, countersigned: &[(Claim<'_>, &[u8])]) -> Vec<Result<[u8; 32]>> {
    let documents = countersigned.iter().map(|(_, bytes)| *bytes).collect::<Vec<_>>();
    let digests = Sm3::digest_many(&documents);
    let Some(folder) = database.receipts() else { return digests.into_iter().map(Ok).collect() };
    let files = countersigned.iter().zip(&digests).map(|((_, bytes), sm3)| (*bytes, *sm3));
    let written = receipts::write(folder, files);
    digests.iter().zip(written).map(|(sm3, written)| written.map(|()| *sm3)).collect()
}

/// One write transaction of the ledger: what was given is looked up once, and written once.
struct Desk<'w> {
    connection: &'w Connection,
    beside: Option<&'w std::path::Path>,
    journal: Journal<'w>,
    given: BTreeMap<i64, Touched>,
    /// The segment of the claim before, which most often has the next one too.
    latest: Option<i64>,
}

/// A segment that claims of this transaction lie in.
struct Touched {
    chain: i64,
    unit: String,
    code: i64,
    first: i64,
    /// The last number that can be claimed.
    end: i64,
    next: i64,
    unknown_below: i64,
    /// What is added to the counts.
    claimed: i64,
    countersigned: i64,
}

/// A row of a number.
struct Row {
    original_sm3: [u8; 32],
    document_sm3: Option<[u8; 32]>,
    last_change: i64,
}

impl<'w> Desk<'w> {
    fn open(database: &'w Database, connection: &'w Connection) -> Result<Self> {
        Ok(Desk {
            connection,
            beside: database.receipts(),
            journal: Journal::open(connection, database.now())?,
            given: BTreeMap::new(),
            latest: None,
        })
    }

    fn claim(&mut self, claim: &Claim<'_>, actor: &str) -> Result<Claimed> {
        let id = NumberId::new(claim.code, claim.number);
        let given = self.given_for(claim, id)?;
        if let Some(row) = self.row(id, &claim.original_sm3)? {
            return match row.document_sm3 {
                Some(sm3) => Ok(Claimed::Before(self.document(id, &sm3)?)),
                None => Ok(Claimed::Now),
            };
        }
        if (claim.number.get() as i64) < self.touched(given)?.unknown_below {
            return Err(czei_core::Error::new(Rule::NumberState).found(format!("{id} unknown")).into());
        }
        self.insert(given, claim, id, actor)?;
        Ok(Claimed::Now)
    }

    fn store(
        &mut self,
        claim: &Claim<'_>,
        bytes: &[u8],
        document_sm3: &[u8; 32],
        event: Event,
        actor: &str,
    ) -> Result<Countersigned> {
        let id = NumberId::new(claim.code, claim.number);
        let given = self.given_for(claim, id)?;
        let Some(row) = self.row(id, &claim.original_sm3)? else {
            return Err(Code::ClaimUnknown.fault().found(id.to_string()).into());
        };
        if let Some(stored) = row.document_sm3 {
            return match stored == *document_sm3 {
                true => Ok(Countersigned::Now),
                false => Ok(Countersigned::Before(self.document(id, &stored)?)),
            };
        }
        let change = Entry {
            event,
            number: Some(id),
            actor,
            subject: Some(document_sm3),
            detail: "",
            previous: Some(row.last_change),
        };
        let chain = self.touched(given)?.chain;
        let seq = self.journal.append(chain, &change)?;
        if self.beside.is_none() {
            self.connection
                .prepare_cached("INSERT INTO document (number, bytes) VALUES (?1, ?2)")
                .and_then(|mut insert| insert.execute((id.get(), bytes)))
                .map_err(sql)?;
        }
        self.connection
            .prepare_cached("UPDATE countersigned SET state = 2, document_sm3 = ?2, last_change = ?3 WHERE id = ?1")
            .and_then(|mut update| update.execute((id.get(), document_sm3.as_slice(), seq)))
            .map_err(sql)?;
        let touched = self.touched(given)?;
        touched.claimed -= 1;
        touched.countersigned += 1;
        Ok(Countersigned::Now)
    }

    fn take_over(&mut self, claim: &Claim<'_>, bytes: &[u8], document_sm3: &[u8; 32], by: By<'_>) -> Result<TakenOver> {
        let id = NumberId::new(claim.code, claim.number);
        let given = self.given_for(claim, id)?;
        let row = self.row(id, &claim.original_sm3)?;
        if row.is_none() {
            self.insert(given, claim, id, by.maker)?;
        }
        let is_stored = row.is_some_and(|row| row.document_sm3.is_some());
        match self.store(claim, bytes, document_sm3, Event::ImportedIssued, by.maker)? {
            Countersigned::Now => Ok(if is_stored { TakenOver::Before } else { TakenOver::Now }),
            Countersigned::Before(_) => Err(Code::SecondContent.fault().found(id.to_string()).into()),
        }
    }

    fn insert(&mut self, given: i64, claim: &Claim<'_>, id: NumberId, actor: &str) -> Result<()> {
        let change = Entry {
            event: Event::Claimed,
            number: Some(id),
            actor,
            subject: Some(&claim.original_sm3),
            detail: "",
            previous: None,
        };
        let chain = self.touched(given)?.chain;
        let seq = self.journal.append(chain, &change)?;
        self.connection
            .prepare_cached(
                "INSERT INTO countersigned (id, given, original_sm3, state, last_change) VALUES (?1, ?2, ?3, 1, ?4)",
            )
            .and_then(|mut insert| insert.execute((id.get(), given, claim.original_sm3.as_slice(), seq)))
            .map_err(sql)?;
        let touched = self.touched(given)?;
        touched.claimed += 1;
        touched.next = touched.next.max(claim.number.get() as i64 + 1);
        Ok(())
    }

    /// The row of a number, which must be about this content.
    fn row(&self, id: NumberId, original_sm3: &[u8; 32]) -> Result<Option<Row>> {
        let row = read_row(self.connection, id)?;
        match row {
            Some(row) if row.original_sm3 != *original_sm3 => {
                Err(Code::SecondContent.fault().found(id.to_string()).into())
            }
            row => Ok(row),
        }
    }

    /// The segment that a claim lies in, when it was given to that unit and not taken back.
    fn given_for(&mut self, claim: &Claim<'_>, id: NumberId) -> Result<i64> {
        let (code, number) = (code_integer(claim.code), claim.number.get() as i64);
        let holds = |touched: &Touched| touched.code == code && (touched.first..=touched.end).contains(&number);
        let known = self.latest.filter(|latest| self.given.get(latest).is_some_and(holds));
        let found = match known {
            Some(known) => Some(known),
            None => self.look_up(code, number)?.filter(|found| self.given.get(found).is_some_and(holds)),
        };
        let not_given = || Code::NotGiven.fault().found(id.to_string()).into();
        let found = found.ok_or_else(not_given)?;
        self.latest = Some(found);
        if self.touched(found)?.unit != claim.unit {
            return Err(not_given());
        }
        Ok(found)
    }

    /// The segment with the highest first number up to this one; segments do not overlap.
    fn look_up(&mut self, code: i64, number: i64) -> Result<Option<i64>> {
        let found = self
            .connection
            .prepare_cached(
                "SELECT g.id, g.chain, u.code, g.code, g.first, coalesce(g.taken_back_from - 1, g.last), g.next, \
                 g.unknown_below FROM given g JOIN unit u ON u.id = g.unit \
                 WHERE g.code = ?1 AND g.first <= ?2 ORDER BY g.first DESC LIMIT 1",
            )
            .and_then(|mut select| {
                let touched = |row: &rusqlite::Row<'_>| {
                    let touched = Touched {
                        chain: row.get(1)?,
                        unit: row.get(2)?,
                        code: row.get(3)?,
                        first: row.get(4)?,
                        end: row.get(5)?,
                        next: row.get(6)?,
                        unknown_below: row.get(7)?,
                        claimed: 0,
                        countersigned: 0,
                    };
                    Ok((row.get(0)?, touched))
                };
                select.query_row((code, number), touched).optional()
            })
            .map_err(sql)?;
        Ok(found.map(|(id, touched)| {
            self.given.entry(id).or_insert(touched);
            id
        }))
    }

    fn touched(&mut self, given: i64) -> Result<&mut Touched> {
        self.given.get_mut(&given).ok_or_else(|| damaged(format!("no segment {given}")))
    }

    fn document(&self, id: NumberId, sm3: &[u8; 32]) -> Result<Vec<u8>> {
        read_document(self.connection, self.beside, id, sm3)
    }

    /// Writes what was given and the journal's heads; answers the segments that the mark is to hear of, also
    /// those whose numbers were only found: whoever claimed them may not have come to writing the mark.
    fn close(self) -> Result<Vec<i64>> {
        let mut update = self
            .connection
            .prepare_cached(
                "UPDATE given SET next = ?2, claimed = claimed + ?3, countersigned = countersigned + ?4 WHERE id = ?1",
            )
            .map_err(sql)?;
        for (id, touched) in &self.given {
            if touched.claimed != 0 || touched.countersigned != 0 {
                update.execute((id, touched.next, touched.claimed, touched.countersigned)).map_err(sql)?;
            }
        }
        self.journal.close()?;
        Ok(self.given.into_keys().collect())
    }
}

fn read_row(connection: &Connection, id: NumberId) -> Result<Option<Row>> {
    connection
        .prepare_cached("SELECT original_sm3, document_sm3, last_change FROM countersigned WHERE id = ?1")
        .and_then(|mut select| {
            let row = |row: &rusqlite::Row<'_>| {
                Ok(Row { original_sm3: row.get(0)?, document_sm3: row.get(1)?, last_change: row.get(2)? })
            };
            select.query_row([id.get()], row).optional()
        })
        .map_err(sql)
}

/// The countersigned receipt of a number; none of one that is only claimed, or not here.
pub(super) fn document(database: &Database, id: NumberId) -> Result<Option<Vec<u8>>> {
    database.read(|connection| {
        let sm3 = read_row(connection, id)?.and_then(|row| row.document_sm3);
        sm3.map(|sm3| read_document(connection, database.receipts(), id, &sm3)).transpose()
    })
}

/// The journal row of the latest change of a number; none of one that is not here.
pub(super) fn last_change(connection: &Connection, id: NumberId) -> Result<Option<i64>> {
    Ok(read_row(connection, id)?.map(|row| row.last_change))
}

/// The receipt with this digest, from the database or from beside it.
pub(super) fn read_document(
    connection: &Connection,
    beside: Option<&std::path::Path>,
    id: NumberId,
    sm3: &[u8; 32],
) -> Result<Vec<u8>> {
    if let Some(folder) = beside {
        return receipts::read(folder, sm3);
    }
    let bytes: Option<Vec<u8>> = connection
        .prepare_cached("SELECT bytes FROM document WHERE number = ?1")
        .and_then(|mut select| select.query_row([id.get()], |row| row.get(0)).optional())
        .map_err(sql)?;
    let bytes = bytes.ok_or_else(|| damaged(format!("no document of {id}")))?;
    if Sm3::digest(&bytes) != *sm3 {
        return Err(damaged(format!("other document of {id}")));
    }
    Ok(bytes)
}
