//! What a database says of itself: its names, and where its mark and its receipts are.

use std::path::{Path, PathBuf};

use czei_codes::Code as _;
use czei_sm2::{Entropy as _, SystemEntropy};
use rusqlite::Connection;

use super::connection::sql;
use super::file_system::{beside, file_error, folder_of, require_folder};
use super::mark::Owner;
use crate::{Code, Error, Mark, OpenOptions, Receipts, Result};

/// The row of `meta`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Meta {
    pub(super) owner: Owner,
    /// As it is kept: see [`kept`].
    pub(super) kept_mark: Option<String>,
    pub(super) receipts: Option<PathBuf>,
}

impl Meta {
    pub(super) fn read(connection: &Connection) -> Result<Meta> {
        let folder = connection.path().map(|path| folder_of(Path::new(path)).to_owned()).unwrap_or_default();
        connection
            .query_row("SELECT stock_id, generation, mark, receipts FROM meta", [], |row| {
                Ok(Meta {
                    owner: Owner { stock_id: row.get(0)?, generation: row.get(1)? },
                    kept_mark: row.get(2)?,
                    receipts: row.get::<_, Option<String>>(3)?.map(|receipts| folder.join(receipts)),
                })
            })
            .map_err(sql)
    }

    /// The file of the mark.
    pub(super) fn mark(&self, database: &Path) -> Option<PathBuf> {
        self.kept_mark.as_ref().map(|mark| folder_of(database).join(mark))
    }

    /// Refuses settings given at opening that are not those of the database.
    pub(super) fn compare(&self, database: &Path, options: &OpenOptions) -> Result<()> {
        let own = [("mark", self.mark(database)), ("receipts", self.receipts.clone())];
        let given = [
            options.mark.as_ref().map(|mark| mark_file(mark, database)).transpose()?,
            options.receipts.as_ref().map(receipts_folder).transpose()?,
        ];
        for ((name, own), given) in own.into_iter().zip(given) {
            if let Some(given) = given
                && given != own
            {
                let fault = Code::OldSettings.fault().in_file(options.path.display().to_string());
                return Err(fault.expected(said(name, own.as_deref())).found(said(name, given.as_deref())).into());
            }
        }
        Ok(())
    }
}

fn said(name: &str, path: Option<&Path>) -> String {
    path.map_or_else(|| format!("{name} none"), |path| format!("{name} {}", path.display()))
}

/// The file that a setting means for a database; none for none.
pub(super) fn mark_file(mark: &Mark, database: &Path) -> Result<Option<PathBuf>> {
    match mark {
        Mark::Beside => Ok(Some(beside(database, ".mark"))),
        Mark::At(path) => whole(path).map(Some),
        Mark::DangerouslyNone => Ok(None),
    }
}

/// Refuses a mark that would be written over a file of the database itself, or over a folder.
pub(super) fn check_mark_place(mark: &Path, database: &Path) -> Result<()> {
    require_folder(mark)?;
    let behind = |path: &Path, of: &Path| {
        let rest = path.as_os_str().to_str().zip(of.as_os_str().to_str());
        rest.and_then(|(path, of)| path.strip_prefix(of).map(str::to_owned))
    };
    // Also the name under which a new mark is written first.
    let is_own = mark == database
        || beside(mark, ".new") == database
        || behind(mark, database).is_some_and(|rest| {
            let own = ["-wal", "-shm", "-journal", ".new", ".new-wal", ".new-shm", ".new-journal", ".opening"];
            own.contains(&rest.as_str()) || (rest.starts_with('.') && rest.ends_with(".lock"))
        });
    match (is_own, mark.is_dir()) {
        (true, _) => Err(mark_place_taken(mark, "a file of the stock itself")),
        (false, true) => Err(mark_place_taken(mark, "a folder")),
        (false, false) => match other_of_mark(mark, database) {
            Some(other) => Err(mark_place_taken(mark, &format!("the mark of {}", other.display()))),
            None => Ok(()),
        },
    }
}

/// The other database in the folder of this one that a mark is that of, by their names: this one is a copy that lies
/// beside it, and names its mark. The other one is not opened: it may be in use in this process.
pub(super) fn other_of_mark(mark: &Path, database: &Path) -> Option<PathBuf> {
    let of = mark.file_stem().filter(|_| mark.extension().is_some_and(|end| end == "mark"))?;
    let other = mark.with_file_name(of);
    let is_other = other != database
        && other.parent() == database.parent()
        && other.extension() == database.extension()
        && other.is_file();
    is_other.then_some(other)
}

/// Whether a mark may be in use with another copy of a database than that at a path.
pub(super) fn is_elsewhere(mark: &Path, database: &Path) -> bool {
    !mark.starts_with(folder_of(database)) || other_of_mark(mark, database).is_some()
}

/// Refuses a copy of a database that lies beside it, opened under its own name: both would give out the same numbers,
/// and the mark, which they share, would tell neither.
pub(super) fn check_own_mark(mark: &Path, database: &Path) -> Result<()> {
    let Some(other) = other_of_mark(mark, database) else { return Ok(()) };
    let fault = Code::OtherGeneration.fault().in_file(mark.display().to_string());
    Err(fault
        .expected(format!("a mark of {}", database.display()))
        .found(format!("that of {}", other.display()))
        .into())
}

/// The error of a mark that would be written over something else.
pub(super) fn mark_place_taken(mark: &Path, found: &str) -> Error {
    Code::MarkPlaceTaken.fault().in_file(mark.display().to_string()).found(found).into()
}

/// The folder that a setting means; none for none.
pub(super) fn receipts_folder(receipts: &Receipts) -> Result<Option<PathBuf>> {
    match receipts {
        Receipts::Inside => Ok(None),
        Receipts::Beside(path) => whole(path).map(Some),
    }
}

/// A path as it is kept: relative to the database's folder where it lies in it, so that the folder can be moved
/// as a whole.
pub(super) fn kept(path: &Path, database: &Path) -> Result<String> {
    let kept = path.strip_prefix(folder_of(database)).unwrap_or(path);
    let not_text = || {
        let fault = Code::DatabaseFailed.fault().in_file(path.display().to_string());
        Error::from(fault.found("the path is not UTF-8"))
    };
    kept.to_str().map(str::to_owned).ok_or_else(not_text)
}

/// The path without links and dots, whether or not its last part exists.
pub(super) fn whole(path: &Path) -> Result<PathBuf> {
    let failed = |error: std::io::Error| file_error(&error, path);
    if let Ok(whole) = path.canonicalize() {
        return Ok(whole);
    }
    match (folder_of(path).canonicalize(), path.file_name()) {
        (Ok(folder), Some(name)) => Ok(folder.join(name)),
        _ => std::path::absolute(path).map_err(failed),
    }
}

/// A new name: 32 hexadecimal digits.
pub(super) fn new_name() -> Result<String> {
    let mut bytes = [0; 16];
    SystemEntropy.fill(&mut bytes).map_err(|error| Error::Caller(error.any()))?;
    Ok(crate::hex::encode(&bytes))
}
