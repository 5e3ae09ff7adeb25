//! Checking documents and numbers against each other.

use czei_sm2::Sm3;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};

use super::check::{MAX_EXAMPLES, name};
use super::database::{Database, sql};
use super::receipts;
use crate::{Error, Indicator, Result, State};

/// Whether every number has the document that its state asks for, with its SM3, and every document its
/// number; and how many receipts stand beside the database.
///
/// # Errors
/// Those of the database.
pub(super) fn documents(database: &Database, connection: &Connection) -> Result<(Indicator, u64)> {
    let mut indicator = Indicator::new(
        "documents",
        "每个号码都有与其状态相应的文件，SM3 相符；没有多余的文件",
        "Every number has the document of its state with its SM3, and every document its number",
    );
    let mut beside = 0;
    let mut statement = connection
        .prepare_cached(
            "SELECT n.id, n.state, n.salt IS NOT NULL, n.document_sm3, d.bytes \
             FROM number n LEFT JOIN document d ON d.number = n.id ORDER BY n.id",
        )
        .map_err(sql)?;
    let mut rows = statement.query([]).map_err(sql)?;
    while let Some(row) = rows.next().map_err(sql)? {
        let found = Found::of(database, row)?;
        beside += u64::from(found.is_beside);
        if let Some(holds) = found.holds {
            let id: i64 = row.get(0).map_err(sql)?;
            indicator.look(holds, || name(id));
        }
    }
    let mut statement = connection
        .prepare_cached(
            "SELECT d.number FROM document d LEFT JOIN number n ON n.id = d.number WHERE n.id IS NULL ORDER BY d.number",
        )
        .map_err(sql)?;
    let mut rows = statement.query([]).map_err(sql)?;
    while let Some(row) = rows.next().map_err(sql)? {
        let id: i64 = row.get(0).map_err(sql)?;
        indicator.look(false, || format!("{} has no number", name(id)));
    }
    Ok((indicator, beside))
}

/// What was found of one number's document.
struct Found {
    /// None where nothing is expected and nothing is there.
    holds: Option<bool>,
    is_beside: bool,
}

impl Found {
    fn of(database: &Database, row: &Row<'_>) -> Result<Self> {
        let state: i64 = row.get(1).map_err(sql)?;
        let was_reserved: bool = row.get(2).map_err(sql)?;
        let sm3: Option<[u8; 32]> = row.get(3).map_err(sql)?;
        let inside = match row.get_ref(4).map_err(sql)? {
            ValueRef::Blob(bytes) => Some(bytes),
            _ => None,
        };
        let inside_is = |sm3: &[u8; 32]| inside.map(|bytes| Sm3::digest(bytes) == *sm3);
        let holds = match (State::from_integer(state), sm3, database.receipts()) {
            (Some(State::Reserved), None, _) => Some(inside.is_some()),
            (Some(State::Signed), Some(sm3), _) => Some(inside_is(&sm3) == Some(true)),
            (Some(State::Issued), Some(sm3), None) => Some(inside_is(&sm3) == Some(true)),
            (Some(State::Issued), Some(sm3), Some(folder)) if inside.is_none() => {
                let is_there = match receipts::read(folder, &sm3) {
                    Ok(_) => true,
                    Err(Error::Stock(_)) => false,
                    Err(error) => return Err(error),
                };
                return Ok(Found { holds: Some(is_there), is_beside: is_there });
            }
            (Some(State::Issued), Some(sm3), Some(_)) => Some(inside_is(&sm3) == Some(true)),
            // What was stored when it was voided is kept.
            (Some(State::Voided), Some(sm3), _) => Some(inside_is(&sm3) == Some(true)),
            (Some(State::Voided), None, _) if was_reserved => Some(inside.is_some()),
            (Some(State::Voided | State::Unknown), None, _) => inside.map(|_| false),
            // A digest where there can be none, or none where there must be one.
            _ => Some(false),
        };
        Ok(Found { holds, is_beside: false })
    }
}

/// Files beside the database that no issued number names: a process was killed between writing them and
/// saying so. They say nothing, so that they are never wrong.
///
/// # Errors
/// Those of files.
pub(super) fn leftovers(database: &Database, named: u64) -> Result<Option<Indicator>> {
    let Some(folder) = database.receipts() else { return Ok(None) };
    let mut indicator = Indicator::new(
        "leftover-files",
        "票据目录中多出的文件（中断时留下，无害，可保留）",
        "Files in the folder of receipts that no number names: left by an interruption, harmless",
    );
    let mut unfinished = Vec::new();
    receipts::list(folder, &mut |path| {
        indicator.looked_at += 1;
        if receipts::is_unfinished(path) && unfinished.len() < MAX_EXAMPLES - 1 {
            unfinished.push(format!("not whole, may be removed: {}", path.display()));
        }
    })?;
    let left_over = indicator.looked_at.saturating_sub(named);
    if left_over > 0 {
        indicator.examples.push(format!("{left_over} of {} files", indicator.looked_at));
    }
    indicator.examples.append(&mut unfinished);
    Ok(Some(indicator))
}
