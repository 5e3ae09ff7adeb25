//! `czei stock restore`.

use czei::SqliteStock;

use crate::Run;
use crate::arguments::stock::StockPlace;
use crate::arguments::stores::Restore;
use crate::commands::stores::{self, Place as _};
use crate::failure::Result;
use crate::output::Output;

pub(crate) fn run(arguments: &Restore<StockPlace>, output: &mut Output) -> Run {
    let up_to = arguments.up_to.iter().map(|text| stores::issued_up_to(text)).collect::<Result<Vec<_>>>()?;
    let options = arguments.place.locate_new(arguments.mark.as_ref(), None)?;
    let by = arguments.who.by();
    let accepted = match &arguments.what.backup {
        Some(backup) => SqliteStock::restore(backup, &options, &up_to, &arguments.reason, by)?,
        None => SqliteStock::accept_older(&options, &up_to, &arguments.reason, by)?,
    };
    stores::accepted(&options.path, &accepted, &HINTS, output)
}

/// What is to be done about unknown numbers, and what the stock cannot know of them.
const HINTS: [(&str, &str); 3] = [
    (
        "请导入这些号码的票据或作废记录（stock import），它们不会再被发出",
        "Import the receipts or voids of these numbers (stock import); they are never issued again",
    ),
    (
        "库已不知这些号码的请求号：重试其间的请求会再开一张票据，请先查明是否已经开出",
        "The stock has lost their request ids: a request of that time that is made again gets a second receipt; find out first whether it has one",
    ),
    (
        "其间的冲红、作废与换开库也不知道：重新冲红会再开一张红字票据，请先核对",
        "It has also lost reversals, voids and exchanges of that time: a reversal that is made again gets a second red receipt; compare first",
    ),
];
