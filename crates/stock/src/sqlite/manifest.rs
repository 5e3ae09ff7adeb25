//! What stands beside a backup: what it is a copy of, and how to see that it is whole.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use czei_codes::Code as _;
use rusqlite::{Connection, OptionalExtension as _};
use serde::{Deserialize, Serialize};

use super::backup::{count, digest, manifest_of};
use super::connection::{pragma, sql};
use super::file_system::{file_error, folder_of, sync_folder};
use super::journal::rows;
use super::kind::Kind;
use super::meta::Meta;
use crate::{Code, Error, Result, SignedHeads, hex};

const FORMAT: &str = "czei backup 1";

/// The manifest of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    pub(super) kind: String,
    pub(super) stock_id: String,
    pub(super) generation: String,
    pub(super) schema: i64,
    pub(super) made_at: String,
    pub(super) bytes: u64,
    pub(super) sm3: String,
    pub(super) journal_rows: u64,
    pub(super) numbers: u64,
    pub(super) has_receipts_beside: bool,
    pub(super) heads: NotedHeads,
}

/// The heads noted last before the copy, so that they stand outside the database too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NotedHeads {
    seq: i64,
    text: String,
    /// DER, in hexadecimal digits.
    certificate: Option<String>,
    /// In hexadecimal digits.
    signature: Option<String>,
}

impl NotedHeads {
    pub(super) fn of(signed: &SignedHeads) -> NotedHeads {
        NotedHeads {
            seq: signed.seq,
            text: signed.heads.text.clone(),
            certificate: signed.signature.as_ref().map(|signature| hex::encode(&signature.certificate)),
            signature: signed.signature.as_ref().map(|signature| hex::encode(&signature.value)),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Formatted {
    format: String,
    #[serde(flatten)]
    manifest: serde_json::Value,
}

impl Manifest {
    /// Writes the manifest, synced, under the name that it has until the backup is whole.
    pub(super) fn write(&self, path: &Path) -> Result<()> {
        let failed = |error: std::io::Error| file_error(&error, path);
        let manifest = serde_json::to_value(self).map_err(|error| failed(error.into()))?;
        let formatted = Formatted { format: FORMAT.to_owned(), manifest };
        let text = serde_json::to_string_pretty(&formatted).map_err(|error| failed(error.into()))?;
        let write = || {
            let mut file = File::create(path)?;
            file.write_all(text.as_bytes())?;
            file.write_all(b"\n")?;
            file.sync_all()
        };
        write().map_err(failed)?;
        sync_folder(folder_of(path))
    }

    /// Reads a manifest.
    ///
    /// # Errors
    /// [`Code::BackupWrong`].
    pub(super) fn parse(path: &Path) -> Result<Manifest> {
        let none = |error: &dyn std::fmt::Display| wrong(path, "a manifest", &error.to_string());
        let text = fs::read_to_string(path).map_err(|error| none(&error))?;
        let formatted: Formatted = serde_json::from_str(&text).map_err(|error| none(&error))?;
        same(path, "format", FORMAT, &formatted.format)?;
        serde_json::from_value(formatted.manifest).map_err(|error| none(&error))
    }

    /// Reads the manifest of a backup and compares the file with it.
    ///
    /// # Errors
    /// [`Code::BackupWrong`].
    pub(super) fn read(kind: Kind, backup: &Path) -> Result<Manifest> {
        let path = manifest_of(backup);
        let manifest = Manifest::parse(&path)?;
        same(&path, "kind", kind.name(), &manifest.kind)?;
        let (sm3, bytes) = digest(backup)
            .map_err(|error| wrong(backup, "a backup", error.found_text().unwrap_or("it cannot be read")))?;
        same(backup, "bytes", &manifest.bytes.to_string(), &bytes.to_string())?;
        same(backup, "sm3", &manifest.sm3, &hex::encode(&sm3))?;
        Ok(manifest)
    }

    /// Compares what the manifest says of the content with a connection to a copy of the backup.
    ///
    /// # Errors
    /// [`Code::BackupWrong`].
    pub(super) fn compare(&self, kind: Kind, connection: &Connection, backup: &Path) -> Result<()> {
        let path = manifest_of(backup);
        let meta = Meta::read(connection)?;
        // Not the last: others may have noted theirs between these and the copy.
        let heads: Option<NotedHeads> = connection
            .query_row("SELECT seq, text, certificate, signature FROM heads WHERE seq = ?1", [self.heads.seq], |row| {
                Ok(NotedHeads {
                    seq: row.get(0)?,
                    text: row.get(1)?,
                    certificate: row.get::<_, Option<Vec<u8>>>(2)?.map(|bytes| hex::encode(&bytes)),
                    signature: row.get::<_, Option<Vec<u8>>>(3)?.map(|bytes| hex::encode(&bytes)),
                })
            })
            .optional()
            .map_err(sql)?;
        same(&path, "stock", &meta.owner.stock_id, &self.stock_id)?;
        same(&path, "generation", &meta.owner.generation, &self.generation)?;
        same(&path, "schema", &pragma(connection, "user_version")?, &self.schema.to_string())?;
        same(&path, "journal rows", &rows(connection)?.to_string(), &self.journal_rows.to_string())?;
        same(&path, "numbers", &count(kind, connection)?.to_string(), &self.numbers.to_string())?;
        same(&path, "receipts beside", &meta.receipts.is_some().to_string(), &self.has_receipts_beside.to_string())?;
        if heads.as_ref() != Some(&self.heads) {
            return Err(wrong(&path, "the heads of the backup", "other heads"));
        }
        Ok(())
    }
}

/// What is expected stands in the database, except for its digest.
fn same(path: &Path, name: &str, expected: &str, found: &str) -> Result<()> {
    if expected == found {
        return Ok(());
    }
    Err(wrong(path, &format!("{name} {expected}"), &format!("{name} {found}")))
}

pub(super) fn wrong(path: &Path, expected: &str, found: &str) -> Error {
    Code::BackupWrong.fault().in_file(path.display().to_string()).expected(expected).found(found).into()
}
