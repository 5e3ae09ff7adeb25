//! The sandbox's list of numbers: what `czei demo` and the commands inside its folder handed out.
//!
//! This is no store for real numbers. It keeps two commands in one folder apart by a lock on its
//! file, and nothing else that a store must do.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use czei::{CliCode, CliError, Draft, MemoryNumbers, NumberSource as _, ReceiptCode, ReceiptNumber, RequestId};
use serde::{Deserialize, Serialize};

use super::receipts::cannot_write_to;
use crate::failure::Result;
use crate::shown;

/// The mark of a folder that the demo made.
pub(crate) const MARK: &str = ".czei-demo";

/// The list's file.
const FILE: &str = "issued.jsonl";

/// The list of a demo folder.
#[derive(Debug)]
pub(crate) struct Ledger {
    path: PathBuf,
    /// Locked until the command is done: another command in the same folder waits.
    file: File,
    rows: Vec<Row>,
}

/// One number that was handed out.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    pub(crate) unit: String,
    pub(crate) request_id: String,
    pub(crate) code: String,
    pub(crate) number: String,
    /// SM3 over the draft, in hex: the same request id with another draft is refused.
    pub(crate) draft_sm3: String,
    /// Where the receipt was written.
    pub(crate) file: String,
    /// The blue receipt, on a red one: code and number.
    pub(crate) reverses: Option<(String, String)>,
}

impl Ledger {
    /// The list beside a configuration; none where the demo did not make the folder.
    pub(crate) fn beside(configuration: &Path) -> Result<Option<Self>> {
        let folder = configuration.parent().unwrap_or(Path::new(""));
        if !folder.join(MARK).is_file() {
            return Ok(None);
        }
        Self::in_folder(folder).map(Some)
    }

    /// The list of a demo folder, empty before the first receipt.
    pub(crate) fn in_folder(folder: &Path) -> Result<Self> {
        let path = folder.join(FILE);
        let opened = OpenOptions::new().create(true).read(true).append(true).open(&path);
        let mut file = opened.map_err(|error| cannot_write_to(&path, &error))?;
        file.lock().map_err(|error| cannot_write_to(&path, &error))?;
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(|error| damaged(&path, 0, &error.to_string()))?;
        let rows = text
            .lines()
            .enumerate()
            .map(|(at, line)| serde_json::from_str(line).map_err(|error| damaged(&path, at + 1, &error.to_string())));
        let rows = rows.collect::<Result<_>>()?;
        Ok(Ledger { path, file, rows })
    }

    /// What a request id got before.
    ///
    /// # Errors
    /// [`CliCode::RequestReused`] when it was for another draft.
    pub(crate) fn find(&self, draft: &Draft) -> Result<Option<&Row>> {
        let (unit, id) = (draft.fields().unit.code.as_str(), draft.request_id().as_str());
        let Some(row) = self.rows.iter().find(|row| row.unit == unit && row.request_id == id) else { return Ok(None) };
        if row.draft_sm3 != shown::hex(&draft.digest()?) {
            return Err(CliError::new(CliCode::RequestReused).found(id).into());
        }
        Ok(Some(row))
    }

    /// A source that goes on after the highest number of each code, and knows which receipts are
    /// reversed.
    pub(crate) fn numbers(&self, codes: impl IntoIterator<Item = ReceiptCode>) -> Result<Arc<MemoryNumbers>> {
        let numbers = MemoryNumbers::new();
        let mut seen = Vec::new();
        for code in codes {
            if seen.contains(&code) {
                continue;
            }
            seen.push(code);
            let of_code = self.rows.iter().filter(|row| row.code == code.as_str());
            let highest = of_code.map(|row| self.parse(&row.number)).collect::<Result<Vec<_>>>()?.into_iter().max();
            let next = highest.map_or(Some(ReceiptNumber::FIRST), ReceiptNumber::next);
            // Without a number left the source itself says so.
            if let Some(next) = next {
                numbers.add_segment(code, next, ReceiptNumber::LAST)?;
            }
        }
        for row in &self.rows {
            let Some((code, number)) = &row.reverses else { continue };
            let code = ReceiptCode::parse(code).map_err(|error| damaged(&self.path, 0, &error.to_string()))?;
            numbers.claim_reversal((code, self.parse(number)?), &row.unit, &RequestId::new(row.request_id.clone())?)?;
        }
        Ok(Arc::new(numbers))
    }

    /// Notes numbers before their receipts leave, so that none is handed out twice.
    pub(crate) fn add(&mut self, rows: Vec<Row>) -> Result<()> {
        let mut text = Vec::new();
        for row in &rows {
            serde_json::to_writer(&mut text, row).map_err(|error| cannot_write_to(&self.path, &error.into()))?;
            text.push(b'\n');
        }
        let written = self.file.write_all(&text).and_then(|()| self.file.sync_all());
        written.map_err(|error| cannot_write_to(&self.path, &error))?;
        self.rows.extend(rows);
        Ok(())
    }

    fn parse(&self, number: &str) -> Result<ReceiptNumber> {
        ReceiptNumber::parse(number).map_err(|error| damaged(&self.path, 0, &error.to_string()))
    }
}

fn damaged(path: &Path, line: usize, reason: &str) -> crate::failure::Failure {
    let place = czei::Place {
        file: Some(shown::path(path)),
        line: u32::try_from(line).ok().filter(|line| *line > 0),
        ..czei::Place::default()
    };
    CliError::new(CliCode::LedgerDamaged).at(place).found(reason).into()
}
