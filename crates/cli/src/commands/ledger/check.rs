//! `czei ledger check`.

use super::Opened;
use crate::Run;
use crate::arguments::ledger::LedgerPlace;
use crate::commands::stores;
use crate::output::Output;

pub(crate) fn run(place: &LedgerPlace, output: &mut Output) -> Run {
    let report = Opened::at(place)?.ledger.check()?;
    stores::check(&report, output)
}
