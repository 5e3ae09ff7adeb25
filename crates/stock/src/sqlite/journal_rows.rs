//! Reading the journal.

use std::collections::BTreeMap;

use rusqlite::{Connection, Row};

use super::database::sql;
use super::segments::{damaged, time};
use crate::{Event, JournalRow, NumberId, Result};

const SELECT: &str = "SELECT j.seq, c.name, j.place, j.event, j.number, j.at, j.actor, j.subject, j.detail, j.previous, \
    j.hash FROM journal j JOIN chain c ON c.id = j.chain";

/// Hands every row from `seq` on to `each`, in order.
///
/// # Errors
/// Those of the database and of `each`.
pub(crate) fn rows_from(
    connection: &Connection,
    from: i64,
    each: &mut dyn FnMut(JournalRow) -> Result<()>,
) -> Result<()> {
    // A cross join keeps this order of reading, so that nothing is sorted.
    let select = SELECT.replace(" JOIN ", " CROSS JOIN ");
    let mut statement =
        connection.prepare_cached(&format!("{select} WHERE j.seq >= ?1 ORDER BY j.seq")).map_err(sql)?;
    let mut rows = statement.query([from]).map_err(sql)?;
    while let Some(row) = rows.next().map_err(sql)? {
        each(of(row)?)?;
    }
    Ok(())
}

/// The row of a change and all before it that it links to, oldest first; `changes` may be several.
///
/// # Errors
/// Those of the database.
pub(crate) fn history(connection: &Connection, changes: impl IntoIterator<Item = i64>) -> Result<Vec<JournalRow>> {
    let mut statement = connection.prepare_cached(&format!("{SELECT} WHERE j.seq = ?1")).map_err(sql)?;
    let mut found = BTreeMap::new();
    for change in changes {
        let mut next = Some(change);
        // A row that is here has brought those before it along. Each link leads further back.
        while let Some(seq) = next.filter(|seq| !found.contains_key(seq)) {
            let mut rows = statement.query([seq]).map_err(sql)?;
            let Some(row) = rows.next().map_err(sql)? else { break };
            let row = of(row)?;
            next = row.previous.filter(|previous| *previous < seq);
            found.insert(seq, row);
        }
    }
    Ok(found.into_values().collect())
}

fn of(row: &Row<'_>) -> Result<JournalRow> {
    let event: i64 = row.get(3).map_err(sql)?;
    let number: Option<i64> = row.get(4).map_err(sql)?;
    let number = number.map(|number| NumberId::from_integer(number).ok_or_else(|| damaged(format!("number {number}"))));
    Ok(JournalRow {
        seq: row.get(0).map_err(sql)?,
        chain: row.get(1).map_err(sql)?,
        place: row.get(2).map_err(sql)?,
        event: Event::from_integer(event).ok_or_else(|| damaged(format!("event {event}")))?,
        number: number.transpose()?,
        at: time(row.get(5).map_err(sql)?)?,
        actor: row.get(6).map_err(sql)?,
        subject: row.get(7).map_err(sql)?,
        detail: row.get(8).map_err(sql)?,
        previous: row.get(9).map_err(sql)?,
        hash: row.get(10).map_err(sql)?,
    })
}
