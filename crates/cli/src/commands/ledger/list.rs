//! `czei ledger list`.

use serde::Serialize;

use super::Opened;
use crate::Run;
use crate::arguments::ledger::LedgerPlace;
use crate::arguments::stores::Only;
use crate::commands::Ended;
use crate::language::Language;
use crate::output::Output;
use crate::table::Table;

pub(crate) fn run(arguments: &Only<LedgerPlace>, output: &mut Output) -> Run {
    #[derive(Serialize)]
    struct Line {
        v: u32,
        segment: i64,
        unit: String,
        code: String,
        first: String,
        last: String,
        taken_back_from: Option<String>,
        claimed: u64,
        countersigned: u64,
    }
    let given = Opened::at(&arguments.place)?.ledger.given()?;
    if output.json {
        for segment in given {
            output.object(&Line {
                v: 1,
                segment: segment.id.0,
                unit: segment.unit,
                code: segment.code.to_string(),
                first: segment.first.to_string(),
                last: segment.last.to_string(),
                taken_back_from: segment.taken_back_from.map(|from| from.to_string()),
                claimed: segment.claimed,
                countersigned: segment.countersigned,
            })?;
        }
        return Ok(Ended::AsWished);
    }
    let mut table = Table::new(match output.language {
        Language::Zh => ["号段", "单位", "代码", "起号", "止号", "收回自", "#已受理", "#已签名"],
        Language::En => ["segment", "unit", "code", "first", "last", "taken back from", "#claimed", "#countersigned"],
    });
    for segment in given {
        table.row([
            segment.id.0.to_string(),
            segment.unit,
            segment.code.to_string(),
            segment.first.to_string(),
            segment.last.to_string(),
            segment.taken_back_from.map(|from| from.to_string()).unwrap_or_default(),
            segment.claimed.to_string(),
            segment.countersigned.to_string(),
        ]);
    }
    if table.is_empty() {
        output.say("没有发放过号段", "no segment was given")?;
    }
    table.write(output)?;
    Ok(Ended::AsWished)
}
