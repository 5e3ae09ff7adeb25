//! What a whole set came to.

use std::collections::BTreeMap;

use czei::{Report, Verdict};
use czei_codes::{Entry, Severity};
use serde::Serialize;

use crate::doubles::Kind;
use crate::failure::Result;
use crate::language::Language;
use crate::output::Output;

/// Counts over a set; the same whatever the order.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    receipts: u64,
    valid: u64,
    invalid: u64,
    indeterminate: u64,
    unreadable: u64,
    left_out: u64,
    pub(crate) ignored: u64,
    exact: u64,
    content: u64,
    number_twice: u64,
    /// A double that the policy weighs as an error.
    bad_double: bool,
    codes: BTreeMap<u16, (&'static Entry, Severity, u64)>,
}

#[derive(Serialize)]
struct SummaryLine {
    v: u32,
    summary: SummaryJson,
}

#[derive(Serialize)]
struct SummaryJson {
    receipts: u64,
    valid: u64,
    invalid: u64,
    indeterminate: u64,
    unreadable: u64,
    left_out: u64,
    ignored: u64,
    doubles: DoublesJson,
    codes: BTreeMap<String, u64>,
}

#[derive(Serialize)]
struct DoublesJson {
    exact: u64,
    content: u64,
    number_twice: u64,
}

impl Summary {
    pub(crate) fn receipt(&mut self, report: &Report) {
        self.receipts += 1;
        match report.verdict {
            Verdict::Valid => self.valid += 1,
            Verdict::Indeterminate => self.indeterminate += 1,
            Verdict::Invalid => self.invalid += 1,
        }
        for finding in &report.findings {
            self.code(finding.entry, finding.severity);
        }
    }

    pub(crate) fn unreadable(&mut self, entry: &'static Entry) {
        self.unreadable += 1;
        self.code(entry, Severity::Error);
    }

    pub(crate) fn left_out(&mut self, entry: &'static Entry) {
        self.left_out += 1;
        self.code(entry, Severity::Note);
    }

    pub(crate) fn double(&mut self, kind: Kind, entry: &'static Entry, severity: Severity) {
        match kind {
            Kind::Exact => self.exact += 1,
            Kind::Content => self.content += 1,
            Kind::NumberTwice => self.number_twice += 1,
        }
        self.bad_double |= severity >= Severity::Indeterminate;
        self.code(entry, severity);
    }

    fn code(&mut self, entry: &'static Entry, severity: Severity) {
        let (_, heaviest, count) = self.codes.entry(entry.number).or_insert((entry, severity, 0));
        *heaviest = severity.max(*heaviest);
        *count += 1;
    }

    /// How many receipts were verified.
    pub(crate) fn receipts(&self) -> u64 {
        self.receipts
    }

    /// Whether something could not be read.
    pub(crate) fn has_unreadable(&self) -> bool {
        self.unreadable > 0
    }

    /// Whether every receipt was read and is valid, and no number stands twice.
    pub(crate) fn is_all_valid(&self) -> bool {
        self.receipts == self.valid && self.unreadable == 0 && !self.bad_double
    }

    /// The last line of `--json`.
    pub(crate) fn write_json(&self, output: &mut Output) -> Result<()> {
        output.object(&SummaryLine {
            v: 1,
            summary: SummaryJson {
                receipts: self.receipts,
                valid: self.valid,
                invalid: self.invalid,
                indeterminate: self.indeterminate,
                unreadable: self.unreadable,
                left_out: self.left_out,
                ignored: self.ignored,
                doubles: DoublesJson { exact: self.exact, content: self.content, number_twice: self.number_twice },
                codes: self.codes.values().map(|(entry, _, count)| (entry.id(), *count)).collect(),
            },
        })
    }

    /// The totals for people, with a histogram of what deserves a look. `rate` is receipts a second.
    pub(crate) fn write_text(&self, rate: Option<u64>, output: &mut Output) -> Result<()> {
        let language = output.language;
        let rate = match (language, rate) {
            (_, None) => String::new(),
            (Language::Zh, Some(rate)) => format!("（每秒 {rate} 张）"),
            (Language::En, Some(rate)) => format!(" ({rate} a second)"),
        };
        output.say(
            &format!(
                "共 {} 张{rate}：有效 {}，无效 {}，无法判定 {}",
                self.receipts, self.valid, self.invalid, self.indeterminate
            ),
            &format!(
                "{} receipts{rate}: {} valid, {} invalid, {} indeterminate",
                self.receipts, self.valid, self.invalid, self.indeterminate
            ),
        )?;
        let others: [(u64, &str, &str); 6] = [
            (self.unreadable, "无法读取", "unreadable"),
            (self.left_out, "未进入的链接", "links left out"),
            (self.ignored, "其他文件", "other files"),
            (self.exact, "完全相同的文件组", "groups of equal files"),
            (self.content, "同一票据的不同文件组", "receipts in different files"),
            (self.number_twice, "一号多票", "numbers over several contents"),
        ];
        for (count, zh, en) in others.into_iter().filter(|(count, ..)| *count > 0) {
            output.line(&format!("  {:>8}  {}", count, language.pick(zh, en)))?;
        }
        let heavy = self.codes.values().filter(|(_, severity, _)| *severity >= Severity::Warning);
        for (entry, severity, count) in heavy {
            output.line(&format!(
                "  {count:>8}  {entry} {} {}",
                severity_name(*severity, language),
                language.pick(entry.zh, entry.en)
            ))?;
        }
        Ok(())
    }
}

/// The weight of a finding for people.
pub(crate) fn severity_name(severity: Severity, language: Language) -> &'static str {
    let zh = match severity {
        Severity::Note => "提示",
        Severity::Warning => "警告",
        Severity::Indeterminate => "无法判定",
        Severity::Error => "错误",
    };
    language.pick(zh, severity.name())
}
