//! `czei ledger explain`.

use serde::Serialize;

use super::Opened;
use crate::Run;
use crate::arguments::ledger::LedgerPlace;
use crate::arguments::stores::Number;
use crate::commands::Ended;
use crate::commands::stores::{self, EventJson, number};
use crate::output::Output;

pub(crate) fn run(arguments: &Number<LedgerPlace>, output: &mut Output) -> Run {
    #[derive(Serialize)]
    struct Line {
        v: u32,
        number: String,
        events: Vec<EventJson>,
    }
    let number = number("CODE-NUMBER", &arguments.number)?;
    let rows = Opened::at(&arguments.place)?.ledger.explain(number)?;
    if output.json {
        let events = rows.iter().map(EventJson::of).collect();
        output.object(&Line { v: 1, number: number.to_string(), events })?;
        return Ok(Ended::AsWished);
    }
    if rows.is_empty() {
        output.say(&format!("{number}: 台账中没有记录"), &format!("{number}: the ledger knows nothing of it"))?;
    } else {
        output.line(&format!("{number}:"))?;
    }
    rows.iter().try_for_each(|row| stores::event(row, output))?;
    Ok(Ended::AsWished)
}
