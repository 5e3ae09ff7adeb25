//! `czei verify`: many receipts as a stream, in the order of the input.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use czei::core::TimeWitness;
use czei::{
    CliCode, LedgerWitness, OpenOptions, Policy, Report, SqliteLedger, SqliteStock, StockWitness, StoreConfiguration,
    Verdict, Verifier,
};
use czei_codes::{Entry, Severity};
use serde::Serialize;

use super::render::renderer;
use super::{Ended, doubles_in};
use crate::arguments::{Record, Verify};
use crate::doubles::{Double, Doubles};
use crate::failure::{ErrorJson, Failure, Result, Shown, cannot_write};
use crate::input::{Estimate, Input, Paths, Wanted, What};
use crate::language::Language;
use crate::output::Output;
use crate::progress::{Doing, Progress};
use crate::summary::Summary;
use crate::{Run, TOOL, shown};

pub(crate) mod view;

pub(crate) fn run(arguments: Verify, output: &mut Output) -> Run {
    let policy = match &arguments.policy {
        Some(path) => czei::load_policy(path)?,
        None => {
            if !output.json {
                warn_of_no_policy(output.language);
            }
            Policy::default()
        }
    };
    let mut verifier = Verifier::new(policy);
    if let Some(witness) = witness(&arguments.record)? {
        verifier = verifier.with_witness(witness);
    }
    if let Some(renderer) = renderer(&arguments.with)? {
        verifier = verifier.with_renderer(renderer);
    }
    let wanted = Wanted::all(verifier.policy().limits.bytes);
    let estimate_paths = arguments.paths.clone();
    let interval = arguments.pace.interval();
    let progress =
        Progress::new(interval, output.language, Doing::Check, || match Paths::estimate(&estimate_paths, wanted) {
            Estimate::Files(files) => Some(files),
            Estimate::Unknown => None,
        });
    let inputs = Paths::new(arguments.paths, wanted);
    let threads = arguments.pace.threads();
    let mut set = Set { verifier: &verifier, output, progress, summary: Summary::default(), first: None };
    let first = set.verify(inputs, threads, arguments.report.is_some())?;
    if let Some((path, report)) = arguments.report.zip(first) {
        czei::files::write_new_or_replace(path, report.1.to_html(&report.0, TOOL).as_bytes())?;
    }
    set.end()
}

/// The record that shows when receipts existed, where one is named.
pub(crate) fn witness(record: &Record) -> Result<Option<Arc<dyn TimeWitness>>> {
    let (stock, ledger) = (record.stock.as_deref(), record.ledger.as_deref());
    let options = |path: &Path, named: fn(&StoreConfiguration) -> czei::Result<OpenOptions>| {
        let is_configuration = path.extension().is_some_and(|extension| extension == "toml");
        if is_configuration { named(&StoreConfiguration::load(path)?) } else { Ok(OpenOptions::new(path)) }
    };
    Ok(match (stock, ledger) {
        (Some(path), _) => {
            let stock = SqliteStock::open(&options(path, StoreConfiguration::stock_options)?)?;
            Some(Arc::new(StockWitness::new(stock)))
        }
        (None, Some(path)) => {
            let ledger = SqliteLedger::open(&options(path, StoreConfiguration::ledger_options)?)?;
            Some(Arc::new(LedgerWitness::new(ledger)))
        }
        (None, None) => None,
    })
}

/// Says why nothing can come out as valid.
fn warn_of_no_policy(language: Language) {
    let text = language.pick(
        "没有指定策略，因此不信任任何证书，结论至多为“无法判定”；请用 --policy 指定策略文件",
        "No policy was given: nothing is trusted, and the best verdict is indeterminate; name one with --policy",
    );
    // With standard error gone there is nobody left to tell.
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// The work on one set.
struct Set<'a> {
    verifier: &'a Verifier,
    output: &'a mut Output,
    progress: Progress,
    summary: Summary,
    /// The first report, held back until it shows whether there are others.
    first: Option<(String, Report)>,
}

impl Set<'_> {
    /// Verifies everything; gives the only report back when there is no more than one.
    fn verify(&mut self, inputs: Paths, threads: usize, only_one: bool) -> Result<Option<(String, Report)>> {
        let ignored = inputs.ignored();
        let items = inputs.map(|Input { name, what }| match what {
            What::Document(bytes) => ((name, None), bytes),
            // Nothing to verify; it goes along so that everything comes out in its place.
            What::Unreadable(error) => ((name, Some((error, true))), Vec::new()),
            What::LeftOut(error) => ((name, Some((error, false))), Vec::new()),
        });
        let mut doubles = Doubles::new();
        for ((name, problem), report) in self.verifier.verify_stream(items, threads) {
            match problem {
                None => {
                    if only_one && self.summary.receipts() == 1 {
                        return Err(CliCode::ReportForOne.into());
                    }
                    index(&mut doubles, &name, &report)?;
                    self.summary.receipt(&report);
                    self.receipt(name, report)?;
                    self.progress.step();
                }
                Some((error, unreadable)) => {
                    if unreadable {
                        self.summary.unreadable(error.entry());
                    } else {
                        self.summary.left_out(error.entry());
                    }
                    self.problem(&name, &Shown::of(&error), unreadable)?;
                }
            }
        }
        self.progress.clear();
        self.summary.ignored = ignored.load(Ordering::Relaxed);
        let only = self.first.take();
        if let Some((name, report)) = &only {
            view::whole(name, report, self.output)?;
        }
        doubles.finish(|double| self.double(&double).map_err(Stop::Failure)).map_err(|stop| match stop {
            Stop::Failure(failure) => failure,
            Stop::Io(error) => cannot_write(&error),
        })?;
        Ok(only)
    }

    fn receipt(&mut self, name: String, report: Report) -> Result<()> {
        if self.output.json {
            return self.output.line(&report.to_json(&name, TOOL));
        }
        if self.summary.receipts() == 1 {
            self.first = Some((name, report));
            return Ok(());
        }
        if let Some((name, report)) = self.first.take() {
            self.row(&name, &report)?;
        }
        self.row(&name, &report)
    }

    /// One line for what is not valid.
    fn row(&mut self, name: &str, report: &Report) -> Result<()> {
        if report.verdict == Verdict::Valid {
            return Ok(());
        }
        self.progress.clear();
        let (entry, zh, en) = report.headline_text();
        let place = report.headline().map(|finding| finding.place.to_string()).filter(|place| !place.is_empty());
        let language = self.output.language;
        let place = place.map(|place| format!(" [{}]", shown::text(&place))).unwrap_or_default();
        self.output.line(&format!(
            "{} {name}: {entry} {}{place}",
            view::verdict_name(report.verdict, language),
            shown::text(language.pick(&zh, &en)),
        ))
    }

    /// One line for what could not be read or was left out.
    fn problem(&mut self, name: &str, error: &Shown, unreadable: bool) -> Result<()> {
        if self.output.json {
            return self.output.object(&ProblemLine { v: 1, file: name, key: unreadable, error: error.json() });
        }
        self.progress.clear();
        let language = self.output.language;
        let what = if unreadable {
            language.pick("无法读取", "unreadable")
        } else {
            language.pick("未进入", "left out")
        };
        self.output.line(&format!("{what} {name}: {}", error.line(language)))
    }

    fn double(&mut self, double: &Double) -> Result<()> {
        let entry = doubles_in::entry(double.kind);
        let severity = self.verifier.policy().severity_of(entry, entry.severity);
        self.summary.double(double.kind, entry, severity);
        if self.output.json {
            return self.output.object(&DoubleLine::new(double, entry, severity));
        }
        let language = self.output.language;
        let more = double.count - double.files.len() as u64;
        let more = match (language, more) {
            (_, 0) => String::new(),
            (Language::Zh, more) => format!(" 等，另有 {more} 个"),
            (Language::En, more) => format!(" and {more} more"),
        };
        self.output.line(&format!(
            "{entry} {} {}-{}: {}{more}",
            language.pick(entry.zh, entry.en),
            double.code,
            double.number,
            double.files.join(language.pick("、", ", ")),
        ))
    }

    /// The totals, and what they mean for the exit code.
    fn end(self) -> Run {
        if self.summary.receipts() == 0 && !self.summary.has_unreadable() {
            return Err(CliCode::NoInput.into());
        }
        if self.output.json {
            self.summary.write_json(self.output)?;
        } else if self.summary.receipts() != 1 || self.summary.has_unreadable() {
            let rate = if self.output.is_terminal() { self.progress.rate() } else { None };
            self.summary.write_text(rate, self.output)?;
        }
        Ok(match (self.summary.is_all_valid(), self.summary.receipts()) {
            (true, _) => Ended::AsWished,
            (false, 0) => Ended::NothingRead,
            (false, _) => Ended::NotAllValid,
        })
    }
}

/// What stops the naming of doubles.
enum Stop {
    Failure(Failure),
    Io(std::io::Error),
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Stop::Io(error)
    }
}

fn index(doubles: &mut Doubles, name: &str, report: &Report) -> Result<()> {
    let Some((content, original)) = report.content.as_ref().zip(report.original_sm3) else { return Ok(()) };
    let (code, number) = (content.code.to_string(), content.number.to_string());
    let printed = report.document_sm3 != report.file_sm3;
    doubles.add(&code, &number, original, report.document_sm3, printed, name).map_err(|error| cannot_write(&error))
}

/// `error` for what could not be read, `left_out` for what was left out.
struct ProblemLine<'a> {
    v: u32,
    file: &'a str,
    key: bool,
    error: ErrorJson,
}

impl Serialize for ProblemLine<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap as _;
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("v", &self.v)?;
        map.serialize_entry("file", self.file)?;
        map.serialize_entry(if self.key { "error" } else { "left_out" }, &self.error)?;
        map.end()
    }
}

#[derive(Serialize)]
struct DoubleLine<'a> {
    v: u32,
    double: DoubleJson<'a>,
}

#[derive(Serialize)]
struct DoubleJson<'a> {
    code: String,
    severity: &'static str,
    receipt: ReceiptJson<'a>,
    count: u64,
    files: &'a [String],
    message: &'static str,
    message_en: &'static str,
}

#[derive(Serialize)]
struct ReceiptJson<'a> {
    code: &'a str,
    number: &'a str,
}

impl<'a> DoubleLine<'a> {
    fn new(double: &'a Double, entry: &'static Entry, severity: Severity) -> Self {
        DoubleLine {
            v: 1,
            double: DoubleJson {
                code: entry.id(),
                severity: severity.name(),
                receipt: ReceiptJson { code: &double.code, number: &double.number },
                count: double.count,
                files: &double.files,
                message: entry.zh,
                message_en: entry.en,
            },
        }
    }
}
