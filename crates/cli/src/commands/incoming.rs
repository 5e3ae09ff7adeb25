//! Receipts on their way into a stock or a ledger: read, verified under the policy where there is one, and
//! taken over a batch at a time.

use std::path::PathBuf;

use czei::core::xml::Limits;
use czei::stock::{Code, ReceiptFacts, TakenOver};
use czei::{CliCode, CliError, StoreConfiguration, Verdict, Verifier};
use czei_codes::Code as _;
use serde::Serialize;

use super::Ended;
use crate::Run;
use crate::arguments::stores::Under;
use crate::failure::{ErrorJson, Failure, Result};
use crate::input::{Input, Paths, Wanted, What};
use crate::output::Output;

/// The most receipts, and about the most bytes, that are taken over at a time.
pub(crate) const BATCH: usize = 500;
const BATCH_BYTES: usize = 16 << 20;

/// A receipt on its way in.
pub(crate) struct Incoming {
    name: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) facts: ReceiptFacts,
}

/// What one file came to before it is taken over.
enum Read {
    Receipt(Box<Incoming>),
    Refused(String, Failure),
    /// Could not be read, or was left out.
    Problem(String, CliError, bool),
}

/// Takes a batch over; its answers stand in the order of the batch.
pub(crate) type Take<'t> = dyn FnMut(&[Box<Incoming>]) -> Vec<czei::stock::Result<TakenOver>> + 't;

/// What came of it all.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) receipts: u64,
    pub(crate) voids: u64,
    /// Receipts and voids that had been taken over before.
    pub(crate) before: u64,
    pub(crate) refused: u64,
    pub(crate) unreadable: u64,
}

/// The verifier of a policy file or of the configuration; none where nobody wants one.
pub(crate) fn verifier(
    Under { policy, unverified }: &Under,
    configuration: Option<&StoreConfiguration>,
) -> Result<Option<Verifier>> {
    let unverified = *unverified;
    Ok(match (policy, configuration) {
        (Some(policy), _) => Some(Verifier::from_policy_file(policy)?),
        (None, Some(configuration)) if !unverified => Some(Verifier::new(configuration.policy()?)),
        (None, _) if unverified => None,
        (None, _) => return Err(CliCode::ImportUnverified.into()),
    })
}

/// What takes receipts over.
pub(crate) struct Desk<'o> {
    pub(crate) counts: Counts,
    pub(crate) output: &'o mut Output,
}

impl Desk<'_> {
    /// Hands every receipt under the paths to `take`, a batch at a time.
    pub(crate) fn receipts(
        &mut self,
        paths: Vec<PathBuf>,
        verifier: Option<&Verifier>,
        take: &mut Take<'_>,
    ) -> Result<()> {
        let before = self.counts;
        let limits = verifier.map_or_else(Limits::default, |verifier| verifier.policy().limits);
        let inputs = Paths::new(paths, Wanted::documents(limits.bytes));
        match verifier {
            Some(verifier) => {
                let items = inputs.map(|Input { name, what }| match what {
                    // The report does not give the bytes back.
                    What::Document(bytes) => ((name, Ok(bytes.clone())), bytes),
                    What::Unreadable(error) => ((name, Err((error, true))), Vec::new()),
                    What::LeftOut(error) => ((name, Err((error, false))), Vec::new()),
                });
                let stream = verifier.verify_stream(items, 0);
                let reads = stream.map(|((name, bytes), report)| {
                    let bytes = match bytes {
                        Ok(bytes) => bytes,
                        Err((error, unreadable)) => return Read::Problem(name, error, unreadable),
                    };
                    match ReceiptFacts::of_report(&report).filter(|_| report.verdict == Verdict::Valid) {
                        Some(facts) => Read::Receipt(Box::new(Incoming { name, bytes, facts })),
                        None => {
                            let fault = Code::FileRefused.fault().found(report.headline_text().0.to_string());
                            Read::Refused(name, Failure::Library(fault.into()))
                        }
                    }
                });
                self.take_all(reads, take)?;
            }
            None => {
                let reads = inputs.map(|Input { name, what }| match what {
                    What::Document(bytes) => match ReceiptFacts::read(&bytes, &limits) {
                        Ok(facts) => Read::Receipt(Box::new(Incoming { name, bytes, facts })),
                        Err(error) => Read::Refused(name, error.into()),
                    },
                    What::Unreadable(error) => Read::Problem(name, error, true),
                    What::LeftOut(error) => Read::Problem(name, error, false),
                });
                self.take_all(reads, take)?;
            }
        }
        if self.counts == before { Err(CliCode::NoInput.into()) } else { Ok(()) }
    }

    fn take_all(&mut self, reads: impl Iterator<Item = Read>, take: &mut Take<'_>) -> Result<()> {
        let (mut batch, mut bytes) = (Vec::new(), 0);
        for read in reads {
            match read {
                Read::Receipt(incoming) => {
                    bytes += incoming.bytes.len();
                    batch.push(incoming);
                }
                Read::Refused(name, failure) => {
                    self.counts.refused += 1;
                    self.refused(&name, None, &failure)?;
                }
                Read::Problem(name, error, unreadable) => {
                    self.counts.unreadable += u64::from(unreadable);
                    self.refused(&name, None, &error.into())?;
                }
            }
            if batch.len() >= BATCH || bytes >= BATCH_BYTES {
                self.taken(&batch, take(&batch))?;
                batch.clear();
                bytes = 0;
            }
        }
        self.taken(&batch, take(&batch))
    }

    fn taken(&mut self, batch: &[Box<Incoming>], answers: Vec<czei::stock::Result<TakenOver>>) -> Result<()> {
        for (incoming, answer) in batch.iter().zip(answers) {
            match answer {
                Ok(TakenOver::Now) => self.counts.receipts += 1,
                Ok(TakenOver::Before) => self.counts.before += 1,
                Err(error) => {
                    self.counts.refused += 1;
                    self.refused(&incoming.name, None, &error.into())?;
                }
            }
        }
        Ok(())
    }

    /// Says why something was not taken over.
    pub(crate) fn refused(&mut self, name: &str, line: Option<u32>, failure: &Failure) -> Result<()> {
        #[derive(Serialize)]
        struct Line<'a> {
            v: u32,
            file: &'a str,
            line: Option<u32>,
            error: ErrorJson,
        }
        let Some(shown) = failure.shown() else { return Err(Failure::PipeClosed) };
        if self.output.json {
            let line = line.or(shown.line_number());
            return self.output.object(&Line { v: 1, file: name, line, error: shown.json() });
        }
        let at = line.map(|line| format!(":{line}")).unwrap_or_default();
        let line = format!("{name}{at}: {}", shown.line(self.output.language));
        self.output.line(&line)
    }

    /// The totals.
    pub(crate) fn end(self) -> Run {
        #[derive(Serialize)]
        struct Line {
            v: u32,
            imported: CountsJson,
        }
        #[derive(Serialize)]
        struct CountsJson {
            receipts: u64,
            voids: u64,
            before: u64,
            refused: u64,
            unreadable: u64,
        }
        let Counts { receipts, voids, before, refused, unreadable } = self.counts;
        if self.output.json {
            self.output
                .object(&Line { v: 1, imported: CountsJson { receipts, voids, before, refused, unreadable } })?;
        } else {
            let (zh, en) = match before {
                0 => Default::default(),
                before => (format!("；此前已有 {before}"), format!("; {before} known before")),
            };
            self.output.say(
                &format!("已导入票据 {receipts} 张、作废号码 {voids} 个{zh}；拒绝 {refused}，无法读取 {unreadable}"),
                &format!(
                    "{receipts} receipts and {voids} voids taken over{en}; {refused} refused, {unreadable} unreadable"
                ),
            )?;
        }
        Ok(if refused + unreadable == 0 { Ended::AsWished } else { Ended::NotAllValid })
    }
}
