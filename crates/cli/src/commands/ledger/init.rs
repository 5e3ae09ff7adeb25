//! `czei ledger init`.

use czei::SqliteLedger;
use serde::Serialize;

use crate::Run;
use crate::arguments::ledger::LedgerPlace;
use crate::arguments::stores::Init;
use crate::commands::Ended;
use crate::commands::stores::{self, Place as _, mark_json, receipts_json};
use crate::output::Output;
use crate::shown;

pub(crate) fn run(arguments: &Init<LedgerPlace>, output: &mut Output) -> Run {
    #[derive(Serialize)]
    struct Line {
        v: u32,
        file: String,
        mark: Option<String>,
        receipts: Option<String>,
    }
    let options = arguments.place.locate_new(arguments.mark.as_ref(), arguments.receipts.as_ref())?;
    SqliteLedger::create(&options, arguments.who.by())?;
    let file = shown::path(&options.path);
    let mark = mark_json(options.mark.as_ref());
    stores::mark_hint(mark.as_deref(), arguments.place.config.is_some(), output);
    if output.json {
        output.object(&Line { v: 1, file, mark, receipts: receipts_json(options.receipts.as_ref()) })?;
    } else {
        output.say(&format!("已建台账 {file}"), &format!("made {file}"))?;
    }
    Ok(Ended::AsWished)
}
