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

use czei::stock::{self, Stock as _, Whereabouts};
use czei::{CliCode, CliError, NumberId, SqliteStock, StoreConfiguration};

use crate::Run;
use crate::arguments::stock::{Journal, Segment, Stock, StockPlace};
use crate::commands::stores::Place as _;
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
    configuration: Option<StoreConfiguration>,
}

impl Opened {
    fn at(place: &StockPlace) -> Result<Self> {
        let (options, configuration) = place.locate()?;
        Ok(Opened { stock: SqliteStock::open(&options)?, configuration })
    }
}

/// What is said of a number that is looked for and has no row: that it is in the stock, and was never given out, where
/// that is so.
fn never_given<T>(stock: &SqliteStock, number: NumberId, error: stock::Error) -> Result<T> {
    if !error.is(czei::core::Code::NumberUnknown) {
        return Err(error.into());
    }
    Err(match stock.explain(number)?.whereabouts() {
        Whereabouts::Stranger | Whereabouts::Used(_) => error.into(),
        whereabouts => {
            CliError::new(CliCode::NumberNeverGiven).found(format!("{number} {}", whereabouts.name())).into()
        }
    })
}
