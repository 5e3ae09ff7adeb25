//! `czei ledger`: one file a command.

mod backup;
mod check;
mod drill;
mod explain;
mod get;
mod give;
mod heads;
mod import;
mod init;
mod journal;
mod list;
mod restore;
mod take_back;

use std::path::Path;

use czei::{Configuration, OpenOptions, SqliteLedger};

use crate::Run;
use crate::arguments::ledger::{Ledger, LedgerJournal, LedgerPlace};
use crate::failure::Result;
use crate::output::Output;
use crate::shown;

pub(crate) fn run(arguments: &Ledger, output: &mut Output) -> Run {
    match arguments {
        Ledger::Init(arguments) => init::run(arguments, output),
        Ledger::Give(arguments) => give::run(arguments, output),
        Ledger::TakeBack(arguments) => take_back::run(arguments, output),
        Ledger::List(place) => list::run(place, output),
        Ledger::Explain(arguments) => explain::run(arguments, output),
        Ledger::Get(arguments) => get::run(arguments, output),
        Ledger::Check(place) => check::run(place, output),
        Ledger::Journal(LedgerJournal::Verify(arguments)) => journal::verify(arguments, output),
        Ledger::Journal(LedgerJournal::Export(arguments)) => journal::export(arguments, output),
        Ledger::Import(arguments) => import::run(arguments, output),
        Ledger::Heads(arguments) => heads::run(arguments, output),
        Ledger::Backup(arguments) => backup::run(arguments, output),
        Ledger::Restore(arguments) => restore::run(arguments, output),
        Ledger::Drill(arguments) => drill::run(arguments, output),
    }
}

/// A ledger that is open, with the configuration that named it.
struct Opened {
    ledger: SqliteLedger,
    configuration: Option<Configuration>,
}

impl Opened {
    /// Opens the ledger of a file or of a configuration; one of them is given.
    fn new(config: Option<&Path>, ledger: Option<&Path>) -> Result<Self> {
        let (options, configuration) = options(config, ledger)?;
        Ok(Opened { ledger: SqliteLedger::open(&options)?, configuration })
    }

    fn at(place: &LedgerPlace) -> Result<Self> {
        Self::new(place.config.as_deref(), place.ledger.as_deref())
    }
}

/// Where the ledger is.
fn options(config: Option<&Path>, ledger: Option<&Path>) -> Result<(OpenOptions, Option<Configuration>)> {
    match config {
        Some(config) => {
            let configuration = Configuration::load(config)?;
            let options = configuration.ledger_options().map_err(|error| error.in_file(shown::path(config)))?;
            Ok((options, Some(configuration)))
        }
        None => Ok((OpenOptions::new(ledger.unwrap_or(Path::new(""))), None)),
    }
}
