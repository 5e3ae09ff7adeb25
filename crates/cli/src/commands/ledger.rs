//! The sandbox's list of numbers: what `czei demo` and the commands inside its folder handed out.
//!
//! This is no store for real numbers. A lock on its file keeps two commands in one folder apart, and
//! every document is noted in it before it leaves, so that a retry after a crash or a full disk gets
//! the same number and bytes. It promises nothing else that a store must.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use czei::core::{Amount, Held, NumberRequest, Related};
use czei::{CliCode, CliError, Clock as _, Draft, MemoryNumbers, ReceiptCode, ReceiptNumber, RequestId, SystemClock};
use serde::{Deserialize, Serialize};

use super::receipts::cannot_write_to;
use crate::failure::{Failure, Result};
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
    /// The length of the file: what is beyond was not written whole.
    length: u64,
    /// One row a request: the last one noted.
    rows: Vec<Row>,
    /// Unit and request id to the index of the row.
    by_request: HashMap<(String, String), usize>,
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
    /// The blue receipt, on a red one: code and number.
    pub(crate) reverses: Option<(String, String)>,
    /// Whether both have signed.
    pub(crate) is_finished: bool,
    /// The document, signed by the unit or by both.
    pub(crate) document: String,
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
        let mut text = Vec::new();
        file.read_to_end(&mut text).map_err(|error| damaged(&path, 0, &error.to_string()))?;
        // A last line without its end was being written when the machine or the command stopped:
        // its documents never left.
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        if whole < text.len() {
            file.set_len(whole as u64).map_err(|error| cannot_write_to(&path, &error))?;
        }
        let mut ledger = Ledger { path, file, length: whole as u64, rows: Vec::new(), by_request: HashMap::new() };
        for (at, line) in text[..whole].split(|byte| *byte == b'\n').enumerate() {
            if !line.is_empty() {
                let row = serde_json::from_slice(line);
                ledger.take(row.map_err(|error| damaged(&ledger.path, at + 1, &error.to_string()))?);
            }
        }
        Ok(ledger)
    }

    /// Whether a request has its number.
    pub(crate) fn holds(&self, draft: &Draft) -> bool {
        self.row_of(draft).is_some()
    }

    /// Checks that a request id did not stand for another draft, and a number not for another
    /// request.
    ///
    /// # Errors
    /// [`CliCode::RequestReused`], [`CliCode::NumberTaken`],
    /// [`NumberingCode`](czei::core::Code::NumberingCode).
    pub(crate) fn check(&self, draft: &Draft, number: Option<(ReceiptCode, ReceiptNumber)>) -> Result<()> {
        let row = self.row_of(draft);
        let other_draft = match row {
            Some(row) => row.draft_sm3 != shown::hex(&draft.digest()?),
            None => false,
        };
        if other_draft {
            return Err(CliError::new(CliCode::RequestReused).found(draft.request_id().as_str()).into());
        }
        let Some((code, number)) = number else { return Ok(()) };
        if code != draft.fields().code {
            let error = czei::core::Error::new(czei::core::Code::NumberingCode);
            return Err(error.expected(draft.fields().code.to_string()).found(code.to_string()).into());
        }
        let (code, number) = (code.to_string(), number.to_string());
        let is_wanted = |row: &Row| row.code == code && row.number == number;
        if let Some(row) = row.filter(|row| !is_wanted(row)) {
            let error = CliError::new(CliCode::RequestReused).expected(format!("{}:{}", row.code, row.number));
            return Err(error.found(format!("{code}:{number}")).into());
        }
        if row.is_none() && self.rows.iter().any(is_wanted) {
            return Err(CliError::new(CliCode::NumberTaken).found(format!("{code}:{number}")).into());
        }
        Ok(())
    }

    /// A source that has everything that was handed out and goes on after the highest number of each
    /// code; or, with a number from elsewhere, has that one to give.
    pub(crate) fn numbers(
        &self,
        codes: impl IntoIterator<Item = ReceiptCode>,
        only: Option<(ReceiptCode, ReceiptNumber)>,
    ) -> Result<Arc<MemoryNumbers>> {
        let numbers = MemoryNumbers::new();
        let mut highest: HashMap<ReceiptCode, ReceiptNumber> = HashMap::new();
        for row in &self.rows {
            let (code, number) =
                (self.parse(&row.code, ReceiptCode::parse)?, self.parse(&row.number, ReceiptNumber::parse)?);
            let request_id = self.parse(&row.request_id, RequestId::new)?;
            let draft_digest = self.parse(&row.draft_sm3, digest)?;
            let reverses = match &row.reverses {
                Some((code, number)) => Some(Related {
                    code: self.parse(code, ReceiptCode::parse)?,
                    number: self.parse(number, ReceiptNumber::parse)?,
                }),
                None => None,
            };
            let request = NumberRequest {
                unit: &row.unit,
                code,
                request_id: &request_id,
                draft_digest,
                // What a source is asked for by day or business; nobody asks this one.
                at: SystemClock.now(),
                total: Amount::ZERO,
                business_key: None,
                number: None,
                reverses,
            };
            let document = row.document.clone().into_bytes();
            let held = if row.is_finished { Held::Issued(document) } else { Held::Signed(document) };
            numbers.restore(&request, number, held)?;
            let highest = highest.entry(code).or_insert(number);
            *highest = number.max(*highest);
        }
        if let Some((code, number)) = only {
            let is_taken = self.rows.iter().any(|row| row.code == code.as_str() && row.number == number.to_string());
            if !is_taken {
                numbers.add_segment(code, number, number)?;
            }
            return Ok(Arc::new(numbers));
        }
        let mut seen = Vec::new();
        for code in codes {
            if seen.contains(&code) {
                continue;
            }
            seen.push(code);
            let next = highest.get(&code).map_or(Some(ReceiptNumber::FIRST), |highest| highest.next());
            // Without a number left the source itself says so.
            if let Some(next) = next {
                numbers.add_segment(code, next, ReceiptNumber::LAST)?;
            }
        }
        Ok(Arc::new(numbers))
    }

    /// Notes documents before they leave: all of them or, after an error, none.
    pub(crate) fn add(&mut self, rows: Vec<Row>) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let mut text = Vec::new();
        for row in &rows {
            serde_json::to_writer(&mut text, row).map_err(|error| cannot_write_to(&self.path, &error.into()))?;
            text.push(b'\n');
        }
        if let Err(error) = self.file.write_all(&text).and_then(|()| self.file.sync_all()) {
            // Should this fail too, whole rows of documents that never left may stay: their numbers
            // are then handed out to the same requests on a retry.
            let _ = self.file.set_len(self.length);
            return Err(cannot_write_to(&self.path, &error));
        }
        self.length += text.len() as u64;
        rows.into_iter().for_each(|row| self.take(row));
        Ok(())
    }

    fn take(&mut self, row: Row) {
        let key = (row.unit.clone(), row.request_id.clone());
        match self.by_request.get(&key) {
            Some(at) => self.rows[*at] = row,
            None => {
                self.by_request.insert(key, self.rows.len());
                self.rows.push(row);
            }
        }
    }

    fn row_of(&self, draft: &Draft) -> Option<&Row> {
        let key = (draft.fields().unit.code.as_str().to_owned(), draft.request_id().as_str().to_owned());
        self.by_request.get(&key).map(|at| &self.rows[*at])
    }

    fn parse<'r, T, E: ToString>(
        &self,
        text: &'r str,
        parse: impl FnOnce(&'r str) -> std::result::Result<T, E>,
    ) -> Result<T> {
        parse(text).map_err(|error| damaged(&self.path, 0, &error.to_string()))
    }
}

/// 32 bytes in hex.
fn digest(hex: &str) -> std::result::Result<[u8; 32], &'static str> {
    const WRONG: &str = "draft_sm3";
    let mut bytes = [0; 32];
    if hex.len() != 64 || !hex.is_ascii() {
        return Err(WRONG);
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).map_err(|_| WRONG)?;
    }
    Ok(bytes)
}

fn damaged(path: &Path, line: usize, reason: &str) -> Failure {
    let place = czei::Place {
        file: Some(shown::path(path)),
        line: u32::try_from(line).ok().filter(|line| *line > 0),
        ..czei::Place::default()
    };
    CliError::new(CliCode::LedgerDamaged).at(place).found(reason).into()
}
