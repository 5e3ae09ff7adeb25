//! `czei stock void`.

use czei::stock::Stock as _;
use czei::{Clock as _, SystemClock, Voiding};
use serde::Serialize;

use super::{Opened, never_given};
use crate::Run;
use crate::arguments::stock::Void;
use crate::commands::Ended;
use crate::commands::stores::number;
use crate::output::Output;

pub(crate) fn run(arguments: &Void, output: &mut Output) -> Run {
    #[derive(Serialize)]
    struct Line {
        v: u32,
        number: String,
        state: &'static str,
    }
    let number = number("CODE-NUMBER", &arguments.of.number)?;
    let Opened { stock, .. } = Opened::at(&arguments.of.place)?;
    let limit = czei::files::MAX_SETTINGS;
    let refusal = arguments.refusal.as_ref().map(|path| czei::files::read_limited(path, limit)).transpose()?;
    let voiding = Voiding {
        reason: &arguments.reason,
        actor: &arguments.actor,
        at: SystemClock.now(),
        refusal: refusal.as_deref(),
    };
    stock.void_number(number, &voiding).or_else(|error| never_given(&stock, number, error))?;
    if output.json {
        output.object(&Line { v: 1, number: number.to_string(), state: "voided" })?;
    } else {
        output.say(&format!("{number}  已作废"), &format!("{number}  voided"))?;
    }
    Ok(Ended::AsWished)
}
