//! `czei stock exchange`.

use czei::stock::Stock as _;
use serde::Serialize;

use super::{Opened, never_given};
use crate::Run;
use crate::arguments::stock::Exchange;
use crate::commands::Ended;
use crate::commands::stores::number;
use crate::output::Output;
use crate::shown;

pub(crate) fn run(arguments: &Exchange, output: &mut Output) -> Run {
    #[derive(Serialize)]
    struct Line<'a> {
        v: u32,
        number: String,
        paper: &'a str,
    }
    let number = number("CODE-NUMBER", &arguments.of.number)?;
    let Opened { stock, .. } = Opened::at(&arguments.of.place)?;
    let exchanged = stock.exchange(number, &arguments.paper, arguments.who.by());
    exchanged.or_else(|error| never_given(&stock, number, error))?;
    if output.json {
        output.object(&Line { v: 1, number: number.to_string(), paper: &arguments.paper })?;
    } else {
        let paper = shown::text(&arguments.paper);
        output.say(&format!("{number}  已换开纸质票据 {paper}"), &format!("{number}  exchanged for paper {paper}"))?;
    }
    Ok(Ended::AsWished)
}
