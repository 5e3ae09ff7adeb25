//! `czei explain`: what a code means, how one runs into it, and what to do.

use czei::{CliCode, CliError};
use czei_codes::Entry;
use serde::Serialize;

use super::Ended;
use crate::Run;
use crate::arguments::Explain;
use crate::failure::Result;
use crate::language::Language;
use crate::output::Output;

#[derive(Serialize)]
struct EntryLine {
    v: u32,
    code: String,
    name: &'static str,
    owner: &'static str,
    kind: &'static str,
    severity: &'static str,
    message: &'static str,
    message_en: &'static str,
    why: &'static str,
    why_en: &'static str,
    advice: &'static str,
    advice_en: &'static str,
    clause: &'static str,
}

pub(crate) fn run(arguments: &Explain, output: &mut Output) -> Run {
    if arguments.all {
        for entry in czei::entries() {
            write(entry, output)?;
            if !output.json {
                output.line("")?;
            }
        }
        return Ok(Ended::AsWished);
    }
    let code = arguments.code.as_deref().unwrap_or_default();
    let entry = czei::explain(code).ok_or_else(|| CliError::new(CliCode::CodeUnknown).found(code))?;
    write(entry, output)?;
    Ok(Ended::AsWished)
}

fn write(entry: &'static Entry, output: &mut Output) -> Result<()> {
    if output.json {
        return output.object(&EntryLine {
            v: 1,
            code: entry.id(),
            name: entry.name,
            owner: entry.owner,
            kind: entry.kind.name(),
            severity: entry.severity.name(),
            message: entry.zh,
            message_en: entry.en,
            why: entry.why_zh,
            why_en: entry.why_en,
            advice: entry.advice_zh,
            advice_en: entry.advice_en,
            clause: entry.clause,
        });
    }
    let rows = match output.language {
        Language::Zh => [("说明", entry.zh), ("原因", entry.why_zh), ("处理", entry.advice_zh), ("依据", entry.clause)],
        Language::En => [("What", entry.en), ("Why", entry.why_en), ("Do", entry.advice_en), ("Clause", entry.clause)],
    };
    output.line(&format!("{entry} {} ({}, {})", entry.name, entry.kind.name(), entry.severity.name()))?;
    for (label, text) in rows {
        output.line(&format!("  {label}: {text}"))?;
    }
    Ok(())
}
