//! Checking where mark and receipts are kept against the journal.

use rusqlite::Connection;

use super::database::sql;
use crate::{Event, Indicator, Result};

/// The indicator's name: a copy that a drill makes has places of its own.
pub(super) const NAME: &str = "settings";

/// Whether the places of mark and receipts are those with which the database was made, or to which an operator moved
/// them: without its mark an older copy would not be noticed. What was made before the journal said it is passed over.
///
/// # Errors
/// Those of the database.
pub(super) fn settings(connection: &Connection) -> Result<Indicator> {
    let mut indicator = Indicator::new(
        NAME,
        "存证标记与票据目录的位置与日志所记相符",
        "Mark and receipts are kept where the journal says",
    );
    let kept: [Option<String>; 2] = connection
        .prepare_cached("SELECT mark, receipts FROM meta")
        .and_then(|mut select| select.query_row([], |row| Ok([row.get(0)?, row.get(1)?])))
        .map_err(sql)?;
    let told = told(connection)?;
    for ((name, kept), told) in NAMES.iter().zip(kept).zip(told) {
        let Some(told) = told else { continue };
        let shown = |place: Option<String>| place.unwrap_or_else(|| "none".to_owned());
        indicator.look(kept == told, || format!("{name}: {}, not {}", shown(kept), shown(told)));
    }
    Ok(indicator)
}

const NAMES: [&str; 2] = ["mark", "receipts"];

/// The place of each setting as the journal says it last; none where it says nothing of it.
fn told(connection: &Connection) -> Result<[Option<Option<String>>; 2]> {
    let mut told = [None, None];
    let mut statement = connection
        .prepare_cached("SELECT event, detail FROM journal WHERE chain = 0 AND event IN (?1, ?2) ORDER BY seq")
        .map_err(sql)?;
    let mut rows = statement.query((Event::Created as i64, Event::SettingChanged as i64)).map_err(sql)?;
    while let Some(row) = rows.next().map_err(sql)? {
        let (event, detail): (i64, String) = (row.get(0).map_err(sql)?, row.get(1).map_err(sql)?);
        let detail: serde_json::Value = serde_json::from_str(&detail).unwrap_or_default();
        for (name, told) in NAMES.iter().zip(&mut told) {
            let place = match event == Event::Created as i64 {
                true => detail.get(name),
                false => detail.get("to").filter(|_| detail["setting"] == **name),
            };
            if let Some(place) = place {
                *told = Some(place.as_str().map(str::to_owned));
            }
        }
    }
    Ok(told)
}
