//! Checking the database against its mark.

use std::path::Path;

use rusqlite::Connection;

use super::database::{Database, said};
use super::kind::{Kind, journal_progress, journal_tag};
use super::mark::{Content, Mark};
use super::meta::Meta;
use crate::{Error, Indicator, Result};

/// A mark as it was read; to be read before the snapshot begins that it is compared with, because others may
/// be writing both, in the other order.
pub(super) enum Marked {
    /// The stock has none.
    Nowhere,
    Read(Content),
    Unreadable(Error),
}

impl Marked {
    /// # Errors
    /// Those of the database.
    pub(super) fn read(database: &Database) -> Result<Self> {
        let path = database.read(|connection| {
            let file = connection.path().map(Path::new).unwrap_or(Path::new(""));
            Ok(Meta::read(connection)?.mark(file))
        })?;
        Ok(match path.map(|path| Mark::read(&path, database.options().busy_timeout)) {
            None => Marked::Nowhere,
            Some(Ok(content)) => Marked::Read(content),
            Some(Err(error)) => Marked::Unreadable(error),
        })
    }

    /// I4: what was acknowledged is here.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) fn compare(self, kind: Kind, connection: &Connection) -> Result<Indicator> {
        let mut indicator = Indicator::new(
            "i4-mark",
            "已确认的都在库中：库不落后于存证标记",
            "What was acknowledged is here: the database is not behind its mark",
        );
        let content = match self {
            Marked::Nowhere => return Ok(indicator),
            Marked::Unreadable(error) => {
                indicator.looked_at = 1;
                indicator.wrong(1, || error.to_string());
                return Ok(indicator);
            }
            Marked::Read(content) => content,
        };
        let owner = Meta::read(connection)?.owner;
        if content.owner != owner {
            indicator.wrong(1, || format!("the mark of {} {}", content.owner.stock_id, content.owner.generation));
        }
        let mut reached = kind.progress(connection, None)?;
        reached.insert(0, journal_progress(connection)?);
        for (key, marked) in &content.marks {
            let found = reached.get(key).map(|reached| reached.value);
            let is_here = found.is_some_and(|found| found >= marked.value);
            let is_same = !is_here || *key != 0 || journal_tag(connection, marked.value)? == marked.tag;
            indicator.look(is_here && is_same, || said(*key, marked.value));
        }
        Ok(indicator)
    }
}
