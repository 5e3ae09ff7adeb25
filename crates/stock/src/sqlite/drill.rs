//! Proving a backup: restored into a scratch place, checked there, and removed again.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use czei_codes::Code as _;

use super::accept::Going;
use super::backup::{Drill, count, receipts_beside};
use super::connection::sql;
use super::database::Database;
use super::file_system::file_error;
use super::kind::Kind;
use super::manifest::Manifest;
use super::meta::{kept, new_name, whole};
use super::restore::copy;
use super::{check, check_settings, heads, ledger_check};
use crate::{By, Code, HeadVerifier, Mark, OpenOptions, Result};

/// See [`super::SqliteStock::drill`].
///
/// The restored copy has no mark, and looks for receipts where the backup has them: neither mark nor receipts of the
/// running database are touched.
pub(super) fn drill(
    kind: Kind,
    backup: &Path,
    scratch: &Path,
    running: Option<&Database>,
    verifier: Option<&dyn HeadVerifier>,
) -> Result<Drill> {
    let backup = whole(backup)?;
    let manifest = Manifest::read(kind, &backup)?;
    if let Some(running) = running
        && running.stock_id() != manifest.stock_id
    {
        let fault = Code::BackupWrong.fault().in_file(backup.display().to_string());
        let (expected, found) = (format!("stock {}", running.stock_id()), format!("stock {}", manifest.stock_id));
        return Err(fault.expected(expected).found(found).into());
    }
    let folder = whole(scratch)?.join(format!("drill-{}", new_name()?));
    fs::create_dir_all(&folder).map_err(|error| file_error(&error, &folder))?;
    let outcome = prove(kind, &backup, &manifest, &folder, running, verifier);
    let removed = fs::remove_dir_all(&folder).map_err(|error| file_error(&error, &folder));
    let drill = outcome?;
    removed?;
    Ok(drill)
}

fn prove(
    kind: Kind,
    backup: &Path,
    manifest: &Manifest,
    folder: &Path,
    running: Option<&Database>,
    verifier: Option<&dyn HeadVerifier>,
) -> Result<Drill> {
    let path = folder.join("restored.db");
    let options = OpenOptions::new(&path).with_mark(Mark::DangerouslyNone);
    let going = Going { kind, options: &options, up_to: &[], reason: "", by: By::one("") };
    let connection = copy(backup, manifest, &going, &path)?;
    let receipts = manifest.has_receipts_beside.then(|| kept(&receipts_beside(backup), &path)).transpose()?;
    connection.execute("UPDATE meta SET mark = NULL, receipts = ?1", [receipts]).map_err(sql)?;
    connection.close().map_err(|(_, error)| sql(error))?;
    let restored: Arc<Database> = Database::open(kind, &options)?;
    let mut check = match kind {
        Kind::Stock => check::check(&restored)?,
        Kind::Ledger => ledger_check::check(&restored)?,
    };
    // Those of the copy were just set.
    check.indicators.retain(|indicator| indicator.name != check_settings::NAME);
    let journal = heads::verify(&restored, verifier)?;
    let numbers = restored.read(|connection| count(kind, connection))?;
    let behind = match running {
        Some(running) => Some(running.read(|connection| count(kind, connection))?.saturating_sub(numbers)),
        None => None,
    };
    Ok(Drill { backup: backup.to_owned(), check, journal, numbers, behind })
}
