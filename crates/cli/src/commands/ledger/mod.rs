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

use czei::{SqliteLedger, StoreConfiguration};

use crate::Run;
use crate::arguments::ledger::{Ledger, LedgerJournal, LedgerPlace};
use crate::commands::stores::Place as _;
use crate::failure::Result;
use crate::output::Output;

pub(crate) fn run(arguments: &Ledger, output: &mut Output) -> Run {
    match arguments {
        Ledger::Init(arguments) => init::run(arguments, output),
        Ledger::Give(arguments) => give::run(arguments, output),
        Ledger::TakeBack(arguments) => take_back::run(arguments, output),
        Ledger::List(arguments) => list::run(arguments, output),
        Ledger::Explain(arguments) => explain::run(arguments, output),
        Ledger::Get(arguments) => get::run(arguments, output),
        Ledger::Check(arguments) => check::run(arguments, output),
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
    configuration: Option<StoreConfiguration>,
}

impl Opened {
    fn at(place: &LedgerPlace) -> Result<Self> {
        let (options, configuration) = place.locate()?;
        Ok(Opened { ledger: SqliteLedger::open(&options)?, configuration })
    }
}
