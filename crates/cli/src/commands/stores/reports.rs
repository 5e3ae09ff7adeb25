//! What checks, journals and drills found.

use czei::stock::{CheckReport, Drill, JournalReport};
use serde::Serialize;

use crate::Run;
use crate::commands::Ended;
use crate::failure::{ErrorJson, Shown};
use crate::language::Language;
use crate::output::Output;
use crate::shown;

/// What a check found.
pub(crate) fn check(report: &CheckReport, output: &mut Output) -> Run {
    #[derive(Serialize)]
    struct Line<'a> {
        v: u32,
        indicator: &'static str,
        holds: bool,
        looked_at: u64,
        wrong: u64,
        examples: &'a [String],
        what: &'static str,
        what_en: &'static str,
    }
    let language = output.language;
    for indicator in &report.indicators {
        if output.json {
            output.object(&Line {
                v: 1,
                indicator: indicator.name,
                holds: indicator.holds(),
                looked_at: indicator.looked_at,
                wrong: indicator.wrong,
                examples: &indicator.examples,
                what: indicator.zh,
                what_en: indicator.en,
            })?;
            continue;
        }
        let mark = if indicator.holds() { "✓" } else { "✗" };
        let what = language.pick(indicator.zh, indicator.en);
        let counts = match (indicator.wrong, language) {
            (0, _) => indicator.looked_at.to_string(),
            (wrong, Language::Zh) => format!("{} 项中 {wrong} 项不符", indicator.looked_at),
            (wrong, Language::En) => format!("{wrong} of {} wrong", indicator.looked_at),
        };
        output.line(&format!("{mark} {}  {what}  ({counts})", indicator.name))?;
        for example in &indicator.examples {
            output.line(&format!("    {}", shown::text(example)))?;
        }
    }
    if !output.json {
        match report.holds() {
            true => output.say("全部成立", "everything holds")?,
            false => output.say("存在不成立的项", "something does not hold")?,
        }
    }
    Ok(if report.holds() { Ended::AsWished } else { Ended::NotAllValid })
}

/// Where a journal was read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Origin<'a> {
    /// In its database, with the heads that were signed.
    Database,
    /// In an export, which has no signatures; it was compared with so many files of heads.
    Export {
        /// The export, as it is shown.
        file: &'a str,
        /// How many files of heads.
        heads: usize,
    },
}

/// What verifying a journal found.
pub(crate) fn journal(report: &JournalReport, origin: Origin<'_>, output: &mut Output) -> Run {
    #[derive(Serialize)]
    struct FaultLine {
        v: u32,
        error: ErrorJson,
    }
    #[derive(Serialize)]
    struct Line<'a> {
        v: u32,
        journal: Journal<'a>,
    }
    #[derive(Serialize)]
    struct Journal<'a> {
        holds: bool,
        rows: u64,
        chains: u64,
        heads: u64,
        signed_heads: u64,
        last_signer: Option<&'a str>,
        rows_after_signature: u64,
        wrong: u64,
    }
    let language = output.language;
    for fault in &report.faults {
        let mut shown = Shown::of_library(&fault.clone().into());
        if let Origin::Export { file, .. } = origin {
            shown = shown.in_file(file);
        }
        if output.json {
            output.object(&FaultLine { v: 1, error: shown.json() })?;
        } else {
            output.line(&shown.line(language))?;
        }
    }
    if output.json {
        output.object(&Line {
            v: 1,
            journal: Journal {
                holds: report.holds(),
                rows: report.rows,
                chains: report.chains,
                heads: report.heads,
                signed_heads: report.signed_heads,
                last_signer: report.last_signer.as_deref(),
                rows_after_signature: report.rows_after_signature,
                wrong: report.wrong,
            },
        })?;
    } else {
        let JournalReport { rows, chains, heads, signed_heads, wrong, rows_after_signature, .. } = report;
        let holds = if report.holds() {
            language.pick("日志完整", "the journal holds").to_owned()
        } else {
            format!("{}: {wrong}", language.pick("日志有误", "the journal does not hold"))
        };
        let (signed_zh, signed_en) = match origin {
            Origin::Database => (format!("，其中 {signed_heads} 次有签名"), format!(", {signed_heads} of them signed")),
            Origin::Export { .. } => Default::default(),
        };
        output.say(
            &format!("{holds}；{rows} 行，{chains} 条链，{heads} 次存证{signed_zh}"),
            &format!("{holds}; {rows} rows, {chains} chains, heads noted {heads} times{signed_en}"),
        )?;
        if let Some(signer) = &report.last_signer {
            let signer = shown::text(signer);
            output.say(&format!("最后签名者: {signer}"), &format!("last signed by {signer}"))?;
        }
        match origin {
            Origin::Export { heads: 0, .. } => output.say(
                "导出的日志不含签名：须与另行保管的链首比对（--heads），否则无从知道是否整体重算过",
                "an export has no signatures: only heads that were kept elsewhere (--heads) show that it was not computed anew",
            )?,
            Origin::Export { heads, .. } if report.holds() => output.say(
                &format!("与所保管的 {heads} 份链首相符；最后一份之后的各行仍无佐证"),
                &format!("it has come by the heads of {heads} files that were kept; nothing bears out the rows after the last of them"),
            )?,
            Origin::Export { .. } => {}
            Origin::Database if *rows_after_signature > 0 => {
            output.say(
                &format!("最后一次签名之后有 {rows_after_signature} 行：能写入该文件的人可以改动它们而不被发现"),
                &format!("{rows_after_signature} rows after the last signature: whoever can write the file could have changed them unseen"),
            )?;
            }
            Origin::Database => {}
        }
    }
    Ok(if report.holds() { Ended::AsWished } else { Ended::NotAllValid })
}

/// What trying a backup came to.
pub(crate) fn drill(drill: &Drill, output: &mut Output) -> Run {
    #[derive(Serialize)]
    struct Line {
        v: u32,
        drill: DrillJson,
    }
    #[derive(Serialize)]
    struct DrillJson {
        backup: String,
        holds: bool,
        numbers: u64,
        behind: Option<u64>,
    }
    check(&drill.check, output)?;
    journal(&drill.journal, Origin::Database, output)?;
    let backup = shown::path(&drill.backup);
    let (holds, numbers, behind) = (drill.holds(), drill.numbers, drill.behind);
    if output.json {
        output.object(&Line { v: 1, drill: DrillJson { backup, holds, numbers, behind } })?;
    } else {
        let (zh, en) = match behind {
            Some(behind) => {
                (format!("，比正在使用的少 {behind} 个"), format!(", {behind} fewer than in the one that is in use"))
            }
            None => Default::default(),
        };
        let (can_zh, can_en) =
            if holds { ("可以恢复", "can be restored") } else { ("不可用于恢复", "must not be relied on") };
        output.say(
            &format!("{backup} {can_zh}：已用号码 {numbers} 个{zh}"),
            &format!("{backup} {can_en}: {numbers} numbers used{en}"),
        )?;
    }
    Ok(if holds { Ended::AsWished } else { Ended::NotAllValid })
}
