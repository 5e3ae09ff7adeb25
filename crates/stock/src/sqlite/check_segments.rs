//! Checking segments against the rows of the journal about them as a whole.

use std::collections::BTreeMap;

use rusqlite::{Connection, Row};

use super::database::sql;
use crate::{Event, Indicator, Result};

/// Whether every segment is what the journal says of it. Memory grows with the segments.
///
/// # Errors
/// Those of the database.
pub(super) fn segments(connection: &Connection) -> Result<Indicator> {
    let mut indicator = Indicator::new(
        "segments-journal",
        "号段的单位、代码、起止、发放方、接收与退回与日志相符",
        "Segments have the unit, code, range, giver, intake and return that the journal says",
    );
    let mut told = told(connection)?;
    let mut statement = connection
        .prepare_cached(
            "SELECT s.id, c.name, s.chain, u.code, s.code, s.origin, s.first, s.last, s.giver, s.received_at, \
             s.taken_in_at, s.returned_from, s.last_change FROM segment s LEFT JOIN unit u ON u.id = s.unit \
             LEFT JOIN chain c ON c.id = s.chain ORDER BY s.id",
        )
        .map_err(sql)?;
    let mut rows = statement.query([]).map_err(sql)?;
    while let Some(row) = rows.next().map_err(sql)? {
        let (id, chain): (i64, Option<String>) = (row.get(0).map_err(sql)?, row.get(1).map_err(sql)?);
        let told = told.remove(&row.get(2).map_err(sql)?).unwrap_or_default();
        let mut differs = told.differs(row).map_err(sql)?;
        if chain != Some(format!("segment {id}")) {
            differs.push("chain");
        }
        indicator.look(differs.is_empty(), || format!("segment {id}: {}", differs.join(", ")));
    }
    for chain in told.keys() {
        indicator.look(false, || format!("chain {chain} is no segment's"));
    }
    Ok(indicator)
}

/// What the journal says of a segment.
#[derive(Default)]
struct Told {
    unit: Option<String>,
    code: Option<i64>,
    origin: i64,
    first: Option<i64>,
    last: Option<i64>,
    giver: String,
    received_at: Option<i64>,
    taken_in_at: Option<i64>,
    returned_from: Option<i64>,
    last_change: Option<i64>,
}

/// By chain.
fn told(connection: &Connection) -> Result<BTreeMap<i64, Told>> {
    let mut told: BTreeMap<i64, Told> = BTreeMap::new();
    let mut statement = connection
        .prepare_cached(
            "SELECT chain, seq, event, at, detail FROM journal WHERE number IS NULL AND chain <> 0 ORDER BY seq",
        )
        .map_err(sql)?;
    let mut rows = statement.query([]).map_err(sql)?;
    while let Some(row) = rows.next().map_err(sql)? {
        let chain = row.get(0).map_err(sql)?;
        told.entry(chain).or_default().row(row).map_err(sql)?;
    }
    Ok(told)
}

impl Told {
    fn row(&mut self, row: &Row<'_>) -> rusqlite::Result<()> {
        let (seq, event, at): (i64, i64, i64) = (row.get(1)?, row.get(2)?, row.get(3)?);
        let detail: String = row.get(4)?;
        let detail: serde_json::Value = serde_json::from_str(&detail).unwrap_or_default();
        let text = |name: &str| detail[name].as_str();
        let integer = |name: &str| text(name).and_then(|text| text.parse::<i64>().ok());
        match Event::from_integer(event) {
            Some(Event::SegmentReceived) => {
                let is_external = text("origin") == Some("external");
                *self = Told {
                    unit: text("unit").map(str::to_owned),
                    code: integer("code"),
                    origin: if is_external { 2 } else { 1 },
                    // Numbers from outside have no range, and are there at once.
                    first: if is_external { Some(0) } else { integer("first") },
                    last: if is_external { Some(0) } else { integer("last") },
                    giver: text("giver").unwrap_or_default().to_owned(),
                    received_at: Some(at),
                    taken_in_at: is_external.then_some(at),
                    ..Told::default()
                };
            }
            Some(Event::SegmentTakenIn) => self.taken_in_at = Some(at),
            Some(Event::Returned) => self.returned_from = integer("first"),
            _ => {}
        }
        self.last_change = Some(seq);
        Ok(())
    }

    /// The columns that say something else.
    fn differs(&self, row: &Row<'_>) -> rusqlite::Result<Vec<&'static str>> {
        let columns = [
            ("unit", row.get::<_, Option<String>>(3)? == self.unit),
            ("code", row.get::<_, Option<i64>>(4)? == self.code),
            ("origin", row.get::<_, i64>(5)? == self.origin),
            ("first", row.get::<_, Option<i64>>(6)? == self.first),
            ("last", row.get::<_, Option<i64>>(7)? == self.last),
            ("giver", row.get::<_, String>(8)? == self.giver),
            ("received_at", row.get::<_, Option<i64>>(9)? == self.received_at),
            ("taken_in_at", row.get::<_, Option<i64>>(10)? == self.taken_in_at),
            ("returned_from", row.get::<_, Option<i64>>(11)? == self.returned_from),
            ("last_change", row.get::<_, Option<i64>>(12)? == self.last_change),
        ];
        Ok(columns.iter().filter(|(_, holds)| !holds).map(|(column, _)| *column).collect())
    }
}
