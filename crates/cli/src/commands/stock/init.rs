//! `czei stock init`.

use czei::stock::Stock as _;
use czei::{Clock as _, SqliteStock, SystemClock};
use serde::Serialize;

use crate::Run;
use crate::arguments::stock::StockPlace;
use crate::arguments::stores::Init;
use crate::commands::Ended;
use crate::commands::stores::{self, Place as _, mark_json, receipts_json};
use crate::output::Output;
use crate::shown;

pub(crate) fn run(arguments: &Init<StockPlace>, output: &mut Output) -> Run {
    #[derive(Serialize)]
    struct Line {
        v: u32,
        file: String,
        stock_id: String,
        generation: String,
        mark: Option<String>,
        receipts: Option<String>,
    }
    let options = arguments.place.locate_new(arguments.mark.as_ref(), arguments.receipts.as_ref())?;
    let stock = SqliteStock::create(&options, arguments.who.by())?;
    let status = stock.status(SystemClock.now().date_naive())?;
    let (file, mark, receipts) =
        (shown::path(&options.path), mark_json(options.mark.as_ref()), receipts_json(options.receipts.as_ref()));
    stores::mark_hint(mark.as_deref(), arguments.place.config.is_some(), output);
    if output.json {
        let (stock_id, generation) = (status.stock_id, status.generation);
        output.object(&Line { v: 1, file, stock_id, generation, mark, receipts })?;
    } else {
        output.say(&format!("已建库 {file}  {}", status.stock_id), &format!("made {file}  {}", status.stock_id))?;
    }
    Ok(Ended::AsWished)
}
