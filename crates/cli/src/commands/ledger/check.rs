//! `czei ledger check`.

use super::Opened;
use crate::Run;
use crate::arguments::ledger::LedgerPlace;
use crate::arguments::stores::Only;
use crate::commands::stores;
use crate::output::Output;

pub(crate) fn run(arguments: &Only<LedgerPlace>, output: &mut Output) -> Run {
    let report = Opened::at(&arguments.place)?.ledger.check()?;
    stores::check(&report, output)
}
