//! `czei stock check`.

use czei::stock::Stock as _;

use super::Opened;
use crate::Run;
use crate::arguments::stock::StockPlace;
use crate::arguments::stores::Only;
use crate::commands::stores;
use crate::output::Output;

pub(crate) fn run(arguments: &Only<StockPlace>, output: &mut Output) -> Run {
    let report = Opened::at(&arguments.place)?.stock.check()?;
    stores::check(&report, output)
}
