//! One receipt's report for people, whole.

use czei::core::{Content, Kind};
use czei::{Report, Status, Verdict};
use czei_codes::Severity;

use crate::failure::Result;
use crate::language::Language;
use crate::output::Output;
use crate::shown;
use crate::summary::severity_name;

/// The whole report.
pub(crate) fn whole(name: &str, report: &Report, output: &mut Output) -> Result<()> {
    let language = output.language;
    output.line(&format!("{}  {name}", verdict_name(report.verdict, language)))?;
    let (entry, zh, en) = report.headline_text();
    output.line(&format!("  {entry} {}", shown::text(language.pick(&zh, &en))))?;
    if let Some(content) = &report.content {
        receipt(content, output)?;
    }
    output.say("检查", "Checks")?;
    for (check, status) in report.checks.iter() {
        let name = language.pick(check.name_zh(), check.name());
        output.line(&format!("  {} {name}", status_mark(status, language)))?;
    }
    for (zh, en, signature) in [("单位签名", "Unit", &report.unit), ("财政部门签名", "Authority", &report.authority)]
    {
        let Some(signature) = signature else { continue };
        output.line(&format!(
            "{}: {}, {}",
            language.pick(zh, en),
            signature.encoding.name(),
            shown::text(&signature.certificate.subject().to_rfc4514()),
        ))?;
        let above = signature.path.as_ref().map_or(&[][..], |path| &path.certificates()[1..]);
        for certificate in above {
            output.line(&format!("  ← {}", shown::text(&certificate.subject().to_rfc4514())))?;
        }
    }
    if !report.findings.is_empty() {
        output.say("发现", "Findings")?;
    }
    for finding in &report.findings {
        let message = language.pick(&finding.message_zh(), &finding.message_en()).to_owned();
        let place = if finding.place.is_unknown() { String::new() } else { format!(" [{}]", finding.place) };
        output.line(&format!(
            "  {} {} {}: {}",
            finding.entry,
            severity_name(finding.severity, language),
            language.pick(finding.check.name_zh(), finding.check.name()),
            shown::text(&format!("{message}{place}")),
        ))?;
        if finding.severity >= Severity::Warning {
            output.line(&format!("    {}", language.pick(finding.entry.advice_zh, finding.entry.advice_en)))?;
        }
    }
    Ok(())
}

/// The few fields that tell receipts apart.
fn receipt(content: &Content, output: &mut Output) -> Result<()> {
    let language = output.language;
    let kind = match content.kind() {
        Kind::Blue => language.pick("蓝票", "blue"),
        Kind::Red => language.pick("红票", "red"),
    };
    let rows = [
        ("票据", "Receipt", format!("{}-{} ({kind})", content.code, content.number)),
        ("名称", "Name", content.name.to_string()),
        ("开票单位", "Unit", format!("{} ({})", content.unit.name, content.unit.code)),
        ("交款人", "Payer", content.payer.name.to_string()),
        ("金额", "Total", content.total.to_string()),
        ("开票时间", "Issued", format!("{} {}", date(&content.issue_date.to_string()), content.issue_time)),
    ];
    for (zh, en, value) in rows {
        output.line(&format!("  {}: {}", language.pick(zh, en), shown::text(&value)))?;
    }
    Ok(())
}

/// `20261201` as `2026-12-01`.
fn date(text: &str) -> String {
    match (text.get(..4), text.get(4..6), text.get(6..)) {
        (Some(year), Some(month), Some(day)) => format!("{year}-{month}-{day}"),
        _ => text.to_owned(),
    }
}

/// The verdict for people.
pub(crate) fn verdict_name(verdict: Verdict, language: Language) -> &'static str {
    match language {
        Language::Zh => verdict.name_zh(),
        Language::En => match verdict {
            Verdict::Valid => "VALID",
            Verdict::Indeterminate => "INDETERMINATE",
            Verdict::Invalid => "INVALID",
        },
    }
}

fn status_mark(status: Status, language: Language) -> String {
    let mark = match status {
        Status::Passed => "✓",
        Status::Failed => "✗",
        Status::Indeterminate => "?",
        Status::NotMade => "–",
    };
    format!("{mark} {:<13}", language.pick(status.name_zh(), status.name()))
}
