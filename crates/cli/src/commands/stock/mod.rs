//! `czei stock`: one file a command.

mod backup;
mod check;
mod drill;
mod exchange;
mod explain;
mod export;
mod find;
mod get;
mod give_back;
mod heads;
mod import;
mod init;
mod journal;
mod reconcile;
mod restore;
mod segment;
mod status;
mod take_in;
mod void;

use std::path::Path;

use czei::{Configuration, OpenOptions, SqliteStock};

use crate::Run;
use crate::arguments::stock::{Journal, Segment, Stock, StockPlace};
use crate::failure::Result;
use crate::output::Output;

pub(crate) fn run(arguments: Stock, output: &mut Output) -> Run {
    match arguments {
        Stock::Init(arguments) => init::run(&arguments, output),
        Stock::Segment(Segment::Add(arguments)) => segment::add(&arguments, output),
        Stock::Segment(Segment::List(arguments)) => segment::list(&arguments, output),
        Stock::TakeIn(arguments) => take_in::run(&arguments, output),
        Stock::Status(arguments) => status::run(&arguments, output),
        Stock::Get(arguments) => get::run(&arguments, output),
        Stock::Find(arguments) => find::run(&arguments, output),
        Stock::Explain(arguments) => explain::run(&arguments, output),
        Stock::Void(arguments) => void::run(&arguments, output),
        Stock::Exchange(arguments) => exchange::run(&arguments, output),
        Stock::Return(arguments) => give_back::run(&arguments, output),
        Stock::Check(arguments) => check::run(&arguments, output),
        Stock::Export(arguments) => export::run(&arguments, output),
        Stock::Reconcile(arguments) => reconcile::run(arguments, output),
        Stock::Import(arguments) => import::run(arguments, output),
        Stock::Backup(arguments) => backup::run(&arguments, output),
        Stock::Restore(arguments) => restore::run(&arguments, output),
        Stock::Drill(arguments) => drill::run(&arguments, output),
        Stock::Journal(Journal::Verify(arguments)) => journal::verify(&arguments, output),
        Stock::Heads(arguments) => heads::run(&arguments, output),
    }
}

/// A stock that is open, with the configuration that named it.
struct Opened {
    stock: SqliteStock,
    configuration: Option<Configuration>,
}

impl Opened {
    /// Opens the stock of a file or of a configuration; one of them is given.
    fn new(config: Option<&Path>, stock: Option<&Path>) -> Result<Self> {
        let (options, configuration) = options(config, stock)?;
        Ok(Opened { stock: SqliteStock::open(&options)?, configuration })
    }

    fn at(place: &StockPlace) -> Result<Self> {
        Self::new(place.config.as_deref(), place.stock.as_deref())
    }
}

/// Where the stock is.
fn options(config: Option<&Path>, stock: Option<&Path>) -> Result<(OpenOptions, Option<Configuration>)> {
    match config {
        Some(config) => {
            let configuration = Configuration::load(config)?;
            let options = configuration.stock_options().map_err(|error| error.in_file(crate::shown::path(config)))?;
            Ok((options, Some(configuration)))
        }
        None => Ok((OpenOptions::new(stock.unwrap_or(Path::new(""))), None)),
    }
}
