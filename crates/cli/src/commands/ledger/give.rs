//! `czei ledger give`.

use czei::stock::NewGiven;

use super::Opened;
use crate::Run;
use crate::arguments::ledger::Give;
use crate::commands::Ended;
use crate::commands::stores::{NewRange, range_line};
use crate::output::Output;
use crate::shown;

pub(crate) fn run(arguments: &Give, output: &mut Output) -> Run {
    let range @ NewRange { code, first, last } = arguments.range.read()?;
    let unit = &arguments.range.unit;
    let Opened { ledger, .. } = Opened::at(&arguments.place)?;
    let id = ledger.give(&NewGiven { unit, code, first, last }, arguments.who.by())?;
    let whom = shown::text(unit);
    let state = (&*format!("发放给 {whom}"), &*format!("given to {whom}"));
    range_line(id.0, unit, range, None, state, output)?;
    Ok(Ended::AsWished)
}
