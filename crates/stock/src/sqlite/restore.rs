//! Putting a backup in place of a database that is gone.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::time::Duration;

use czei_codes::Code as _;
use rusqlite::Connection;

use super::accept::{Going, InDatabase};
use super::backup::{Accepted, copy_receipts, is_named, receipts_beside};
use super::connection::{Use, connect, set_up, sql};
use super::copy_lock::CopyLock;
use super::create::{enter_to_make, remove_database, unfinished};
use super::database::{identify, is_taken, prepare};
use super::file_system::{file_error, folder_of, refuse_network, require_folder, sync_folder};
use super::manifest::{Manifest, wrong};
use super::mark::Mark;
use super::meta::{Meta, is_elsewhere, kept, receipts_folder, whole};
use super::receipts;
use crate::{Code, Result, hex};

/// See [`super::SqliteStock::restore`].
///
/// All is done on a copy under another name: nothing stands at the path before it is whole and has its new generation.
/// The mark comes last, because until then it is the only trace of how far the lost database had come; after a crash
/// before it, opening says so, and [`super::accept::accept_older`] goes on.
pub(super) fn restore(backup: &Path, going: &Going<'_>) -> Result<Accepted> {
    going.check()?;
    let options = going.options;
    let manifest = Manifest::read(going.kind, backup)?;
    let path = whole(&options.path)?;
    require_folder(&path)?;
    refuse_network(folder_of(&path))?;
    let exists = || Code::RestoreTargetExists.fault().in_file(options.path.display().to_string()).into();
    let _gate = enter_to_make(&path, options.busy_timeout, &exists)?;
    let _copy_lock = CopyLock::take(&path)?;
    let temporary = unfinished(&path);
    remove_database(&temporary)?;
    let restored = make(backup, &manifest, going, &temporary, &path).and_then(|restored| {
        fs::rename(&temporary, &path).map_err(|error| file_error(&error, &path))?;
        sync_folder(folder_of(&path))?;
        Ok(restored)
    });
    match restored {
        Ok(restored) => restored.replace_mark(),
        Err(error) => {
            let _ = remove_database(&temporary);
            Err(error)
        }
    }
}

fn make(backup: &Path, manifest: &Manifest, going: &Going<'_>, temporary: &Path, path: &Path) -> Result<InDatabase> {
    let connection = copy(backup, manifest, going, temporary)?;
    drop(connection);
    let options = going.options;
    let connection = prepare(going.kind, temporary, options, true)?;
    if options.mark.is_none() {
        refuse_mark_elsewhere(&Meta::read(&connection)?, path, options.busy_timeout)?;
    }
    let mut moved = None;
    if let Some(receipts) = &options.receipts {
        let receipts = receipts_folder(receipts)?.map(|receipts| kept(&receipts, path)).transpose()?;
        if receipts.is_some() != manifest.has_receipts_beside {
            let fault = Code::OldSettings.fault().in_file(options.path.display().to_string());
            let said = |is_beside| if is_beside { "receipts beside" } else { "receipts inside" };
            return Err(fault.expected(said(manifest.has_receipts_beside)).found(said(receipts.is_some())).into());
        }
        // As the backup has it, relative to the folder it stands in then.
        let before: Option<String> =
            connection.query_row("SELECT receipts FROM meta", [], |row| row.get(0)).map_err(sql)?;
        connection.execute("UPDATE meta SET receipts = ?1", [&receipts]).map_err(sql)?;
        moved = Some([before, receipts]);
    }
    if let Some(folder) = Meta::read(&connection)?.receipts {
        // What survived there may be damaged by what took the database: it is read, and not only looked for.
        let is_whole = |path: &Path| {
            let name = path.file_stem().and_then(|name| name.to_str()).and_then(hex::digest);
            name.is_some_and(|sm3| receipts::read(&folder, &sm3).is_ok())
        };
        let is_named = |sm3: &[u8; 32]| is_named(going.kind, &connection, sm3);
        copy_receipts(&receipts_beside(backup), &folder, &is_whole, &is_named)?;
    }
    let restored = going.accept(&connection, path, moved)?.keep_mark_elsewhere(path);
    close(connection, temporary)?;
    Ok(restored)
}

/// Refuses to take over a mark that the backup names outside the folder of the new place, or beside another database
/// in it: the stock that was backed up may be in use with it. Who wants that one names it.
fn refuse_mark_elsewhere(meta: &Meta, path: &Path, patience: Duration) -> Result<()> {
    let Some(mark) = meta.mark(path).filter(|mark| is_elsewhere(mark, path)) else { return Ok(()) };
    match Mark::read(&mark, patience) {
        Ok(content) if content.owner.stock_id == meta.owner.stock_id => {
            let fault = Code::OldSettings.fault().in_file(path.display().to_string());
            let found = format!("mark {}, which the stock that was backed up may be using", mark.display());
            Err(fault.expected("the mark that is to be used, by name").found(found).into())
        }
        _ => Ok(()),
    }
}

/// A copy of a backup under another name, compared with its manifest.
pub(super) fn copy(backup: &Path, manifest: &Manifest, going: &Going<'_>, to: &Path) -> Result<Connection> {
    // A new file, not one with the permissions of the backup: that is often read-only.
    let mut from = File::open(backup).map_err(|error| file_error(&error, backup))?;
    let copied = File::create(to).and_then(|mut to| io::copy(&mut from, &mut to));
    copied.map_err(|error| file_error(&error, to))?;
    let connection = connect(to, Use::Write, going.options.busy_timeout)?;
    let said = |error: crate::Error| wrong(backup, "a backup", &error.to_string());
    identify(going.kind, &connection, backup).and_then(|()| set_up(&connection, Use::Write)).map_err(said)?;
    manifest.compare(going.kind, &connection, backup)?;
    Ok(connection)
}

/// Copies the log into the file, removes it, and syncs the file.
fn close(connection: Connection, path: &Path) -> Result<()> {
    connection.close().map_err(|(_, error)| sql(error))?;
    if is_taken(&super::file_system::beside(path, "-wal")) {
        return Err(Code::Busy.fault().in_file(path.display().to_string()).found("the log was not closed").into());
    }
    File::open(path).and_then(|file| file.sync_all()).map_err(|error| file_error(&error, path))
}
