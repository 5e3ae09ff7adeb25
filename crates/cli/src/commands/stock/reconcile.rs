//! `czei stock reconcile`: the stock and a set of receipt files.

use std::sync::atomic::Ordering;

use czei::core::xml::Limits;
use czei::stock::{Code, Gap, Proof, ReceiptFacts, Reconciler, Reconciliation, Standing, Sums};
use czei::{CliCode, Clock as _, SystemClock, Verdict, Verifier};
use czei_codes::Code as _;
use serde::Serialize;

use super::Opened;
use crate::Run;
use crate::arguments::stock::Reconcile;
use crate::commands::Ended;
use crate::commands::doubles_in;
use crate::doubles::Doubles;
use crate::failure::{ErrorJson, Failure, Result, Shown, cannot_write};
use crate::input::{Input, Paths, Wanted, What};
use crate::language::Language;
use crate::output::Output;
use crate::shown;
use crate::table::Table;

pub(crate) fn run(arguments: Reconcile, output: &mut Output) -> Run {
    let verifier = arguments.policy.as_ref().map(Verifier::from_policy_file).transpose()?;
    let limits = verifier.as_ref().map_or_else(Limits::default, |verifier| verifier.policy().limits);
    let Opened { stock, .. } = Opened::at(&arguments.place)?;
    let reconciler = Reconciler::new(&stock, SystemClock.now().date_naive())?;
    let mut set = Set { reconciler, doubles: Doubles::new(), files: 0, unreadable: 0, output };
    let inputs = Paths::new(arguments.paths, Wanted::documents(limits.bytes));
    let ignored = inputs.ignored();
    match &verifier {
        Some(verifier) => set.verified(inputs, verifier)?,
        None => set.unverified(inputs, &limits)?,
    }
    set.end(ignored.load(Ordering::Relaxed))
}

/// The work on one set of files.
struct Set<'s, 'o> {
    reconciler: Reconciler<'s>,
    doubles: Doubles,
    /// Files that are receipts.
    files: u64,
    unreadable: u64,
    output: &'o mut Output,
}

impl Set<'_, '_> {
    fn unverified(&mut self, inputs: Paths, limits: &Limits) -> Result<()> {
        for Input { name, what } in inputs {
            match what {
                What::Document(bytes) => match ReceiptFacts::read(&bytes, limits) {
                    Ok(facts) => self.file(&name, &facts, Proof::NotAsked)?,
                    Err(error) => self.problem(&name, &Shown::of_library(&error.into()), true)?,
                },
                What::Unreadable(error) => self.problem(&name, &Shown::of(&error), true)?,
                What::LeftOut(error) => self.problem(&name, &Shown::of(&error), false)?,
            }
        }
        Ok(())
    }

    fn verified(&mut self, inputs: Paths, verifier: &Verifier) -> Result<()> {
        let items = inputs.map(|Input { name, what }| match what {
            What::Document(bytes) => ((name, None), bytes),
            // Nothing to verify; it goes along so that everything comes out in its place.
            What::Unreadable(error) => ((name, Some((error, true))), Vec::new()),
            What::LeftOut(error) => ((name, Some((error, false))), Vec::new()),
        });
        for ((name, problem), report) in verifier.verify_stream(items, 0) {
            if let Some((error, unreadable)) = problem {
                self.problem(&name, &Shown::of(&error), unreadable)?;
                continue;
            }
            let headline = report.headline_text().0;
            match ReceiptFacts::of_report(&report) {
                Some(facts) if report.verdict == Verdict::Valid => self.file(&name, &facts, Proof::Valid)?,
                Some(facts) => self.file(&name, &facts, Proof::Refused(&headline.to_string()))?,
                None => {
                    let finding = report.headline();
                    let fault =
                        Code::FileRefused.fault().found(finding.map_or(headline.id(), |it| it.entry.to_string()));
                    self.problem(&name, &shown_of(fault), true)?;
                }
            }
        }
        Ok(())
    }

    fn file(&mut self, name: &str, facts: &ReceiptFacts, proof: Proof<'_>) -> Result<()> {
        self.files += 1;
        let (code, number) = (facts.id.code().to_string(), facts.id.number().to_string());
        let added = self.doubles.add(&code, &number, facts.original_sm3, facts.file_sm3, false, name);
        added.map_err(|error| cannot_write(&error))?;
        match self.reconciler.file(facts, proof)? {
            // What stands twice is named at the end, with all its files.
            Standing::Present | Standing::Again | Standing::Late => Ok(()),
            Standing::Wrong(fault) => self.difference(name, &shown_of(fault)),
        }
    }

    /// A file that has no business among them.
    fn difference(&mut self, name: &str, error: &Shown) -> Result<()> {
        #[derive(Serialize)]
        struct Line<'a> {
            v: u32,
            file: &'a str,
            difference: ErrorJson,
        }
        if self.output.json {
            return self.output.object(&Line { v: 1, file: name, difference: error.json() });
        }
        let line = format!("{name}: {}", error.line(self.output.language));
        self.output.line(&line)
    }

    /// A file that could not be read, is no receipt, or was left out.
    fn problem(&mut self, name: &str, error: &Shown, unreadable: bool) -> Result<()> {
        #[derive(Serialize)]
        struct Line<'a> {
            v: u32,
            file: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            error: Option<ErrorJson>,
            #[serde(skip_serializing_if = "Option::is_none")]
            left_out: Option<ErrorJson>,
        }
        if unreadable {
            self.unreadable += 1;
            self.reconciler.unreadable();
        }
        if self.output.json {
            let (error, left_out) = if unreadable { (Some(error.json()), None) } else { (None, Some(error.json())) };
            return self.output.object(&Line { v: 1, file: name, error, left_out });
        }
        let language = self.output.language;
        let what = if unreadable {
            language.pick("无法读取", "unreadable")
        } else {
            language.pick("未进入", "left out")
        };
        self.output.line(&format!("{what} {name}: {}", error.line(language)))
    }

    fn end(self, ignored: u64) -> Run {
        if self.files == 0 && self.unreadable == 0 {
            return Err(CliCode::NoInput.into());
        }
        let output = self.output;
        let doubles = doubles_in::name_all(self.doubles, output)?;
        let mut failure = None;
        let done = self.reconciler.finish(&mut |found| {
            gap(found, output).map_err(|stopped| {
                failure = Some(stopped);
                CliCode::CannotWrite.fault().any().into()
            })
        });
        let result = match (failure, done) {
            (Some(failure), _) => return Err(failure),
            (None, done) => done.map_err(Failure::from)?,
        };
        let holds = result.holds() && !doubles.is_number_twice;
        days(&result, output)?;
        summary(&result, doubles.count, ignored, holds, output)?;
        Ok(if holds { Ended::AsWished } else { Ended::NotAllValid })
    }
}

fn shown_of(fault: czei_codes::Fault<Code>) -> Shown {
    Shown::of_library(&fault.into())
}

/// Issued numbers without a file.
fn gap(gap: Gap, output: &mut Output) -> Result<()> {
    #[derive(Serialize)]
    struct Line {
        v: u32,
        gap: GapJson,
    }
    #[derive(Serialize)]
    struct GapJson {
        code: String,
        first: String,
        last: String,
        count: u64,
        message: &'static str,
        message_en: &'static str,
    }
    let entry = Code::FileMissing.entry();
    let (first, last, count) = (gap.first.to_string(), gap.last.to_string(), gap.count());
    if output.json {
        let (message, message_en) = (entry.zh, entry.en);
        return output
            .object(&Line { v: 1, gap: GapJson { code: entry.id(), first, last, count, message, message_en } });
    }
    let range = if count == 1 { first } else { format!("{first} – {last} ({count})") };
    output.line(&format!("{entry} {} {range}", output.language.pick(entry.zh, entry.en)))
}

/// The table by day and code.
fn days(result: &Reconciliation, output: &mut Output) -> Result<()> {
    #[derive(Serialize)]
    struct Line {
        v: u32,
        day: Option<String>,
        code: String,
        agrees: bool,
        stock: SumsJson,
        files: SumsJson,
    }
    if output.json {
        for row in &result.days {
            let day = row.day.map(|day| day.to_string());
            let (stock, files) = (SumsJson::of(&row.stock), SumsJson::of(&row.files));
            output.object(&Line { v: 1, day, code: row.code.to_string(), agrees: row.agrees(), stock, files })?;
        }
        return Ok(());
    }
    let mut table = Table::new(match output.language {
        Language::Zh => ["日期", "代码", "#已开", "#其中红票", "#金额", "#文件", "#其中红票", "#金额", ""],
        Language::En => ["day", "code", "#issued", "#red", "#amount", "#files", "#red", "#amount", ""],
    });
    for row in &result.days {
        let day = row.day.map(|day| day.to_string()).unwrap_or_else(|| "?".to_owned());
        let mark = if row.agrees() { "" } else { output.language.pick("不符", "differs") };
        table.row([
            day,
            row.code.to_string(),
            row.stock.receipts.to_string(),
            row.stock.red.to_string(),
            row.stock.total.to_string(),
            row.files.receipts.to_string(),
            row.files.red.to_string(),
            row.files.total.to_string(),
            mark.to_owned(),
        ]);
    }
    table.write(output)
}

#[derive(Serialize)]
struct SumsJson {
    receipts: u64,
    red: u64,
    total: String,
}

impl SumsJson {
    fn of(sums: &Sums) -> Self {
        SumsJson { receipts: sums.receipts, red: sums.red, total: sums.total.to_string() }
    }
}

fn summary(result: &Reconciliation, doubles: u64, ignored: u64, holds: bool, output: &mut Output) -> Result<()> {
    #[derive(Serialize)]
    struct Line {
        v: u32,
        summary: SummaryJson,
    }
    #[derive(Serialize)]
    struct SummaryJson {
        agrees: bool,
        issued: u64,
        files: u64,
        present: u64,
        missing: u64,
        strangers: u64,
        other_content: u64,
        refused: u64,
        unreadable: u64,
        again: u64,
        doubles: u64,
        changed_meanwhile: u64,
        ignored: u64,
    }
    let Reconciliation {
        issued,
        files,
        present,
        missing,
        strangers,
        other_content,
        refused,
        unreadable,
        again,
        late,
        ..
    } = *result;
    if output.json {
        return output.object(&Line {
            v: 1,
            summary: SummaryJson {
                agrees: holds,
                issued,
                files,
                present,
                missing,
                strangers,
                other_content,
                refused,
                unreadable,
                again,
                doubles,
                changed_meanwhile: late,
                ignored,
            },
        });
    }
    let agrees = match (holds, output.language) {
        (true, Language::Zh) => "库与文件相符",
        (true, Language::En) => "stock and files agree",
        (false, Language::Zh) => "库与文件不符",
        (false, Language::En) => "stock and files differ",
    };
    output.say(
        &format!("{agrees}：已开 {issued}，文件 {files}，对上 {present}"),
        &format!("{agrees}: {issued} issued, {files} files, {present} found"),
    )?;
    let others = [
        (missing, "已开而没有文件", "issued without a file"),
        (strangers, "号码不是本库开具", "of numbers that are not issued here"),
        (other_content, "内容或签名与库中不同", "with other content or signatures"),
        (refused, "未通过验证", "refused by the policy"),
        (unreadable, "不是票据或无法读取", "no receipts, or unreadable"),
        (again, "重复的文件", "files of a receipt that was there before"),
        (late, "核对期间有变化的号码", "numbers that changed meanwhile"),
        (ignored, "其他文件", "other files"),
    ];
    for (count, zh, en) in others.into_iter().filter(|(count, ..)| *count > 0) {
        output.line(&format!("  {count:>8}  {}", output.language.pick(zh, en)))?;
    }
    if issued == 0 {
        let hint = ("库中没有已开具的票据", "nothing is issued in the stock");
        output.line(&format!("  {}", shown::text(output.language.pick(hint.0, hint.1))))?;
    }
    Ok(())
}
