//! `czei issue`: from drafts to receipts that the unit signed, in a sandbox with the authority's
//! signature too.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use czei::core::Amount;
use czei::{
    Authority, CliCode, CliError, Configuration, Draft, Issued, Issuer, MemoryNumbers, ReceiptCode, ReceiptNumber,
    UnitSigned,
};
use serde::Serialize;

use super::ledger::{self, Ledger};
use super::{Ended, drafts, receipts};
use crate::Run;
use crate::arguments::Issue;
use crate::failure::{ErrorJson, Failure, Result, Shown};
use crate::language::Language;
use crate::output::Output;
use crate::shown;

/// The most drafts that are issued at a time.
const BATCH: usize = 500;

pub(crate) fn run(arguments: &Issue, output: &mut Output) -> Run {
    let configuration = Configuration::load(&arguments.config)?;
    let number = arguments.number.as_deref().map(parse_number).transpose()?;
    let ledger = Ledger::beside(&arguments.config)?;
    if ledger.is_none() && number.is_none() {
        return Err(CliCode::NoNumberSource.into());
    }
    let authority = arguments.countersign.then(|| Authority::from_configuration(&configuration)).transpose()?;
    // Drafts are read before there are numbers: a bad one uses none.
    let issuer = Issuer::from_configuration(&configuration, Arc::new(MemoryNumbers::new()))?;
    let rows = drafts::read(&arguments.input, arguments.format, &issuer)?;
    let (mut good, mut bad) = (Vec::new(), 0);
    for row in rows {
        match row.draft {
            Ok(draft) => good.push((row.line, draft)),
            Err(failure) => {
                bad += 1;
                refused(Some(row.line), None, &failure, output)?;
            }
        }
    }
    if bad > 0 && !arguments.skip_bad {
        return Err(CliError::new(CliCode::BadDrafts).found(bad.to_string()).into());
    }
    warn(&good, output);
    receipts::make_folder(&arguments.out)?;
    let mut failed = bad;
    if let Some((code, number)) = number {
        let [(_, draft)] = good.as_slice() else { return Err(CliCode::OneNumberOneDraft.into()) };
        let signed = issuer.issue_with_number(draft, code, number)?;
        let done = finish_external(&issuer, authority.as_ref(), draft, &signed, &arguments.out)?;
        done.write(draft, output)?;
    } else if let Some(mut ledger) = ledger {
        let codes = good.iter().map(|(_, draft)| draft.fields().code);
        let issuer = Issuer::from_configuration(&configuration, ledger.numbers(codes)?)?;
        let mut desk =
            Desk { issuer: &issuer, authority: authority.as_ref(), ledger: &mut ledger, out: &arguments.out };
        for batch in good.chunks(BATCH) {
            let drafts: Vec<_> = batch.iter().map(|(_, draft)| draft.clone()).collect();
            for ((line, draft), done) in batch.iter().zip(desk.issue(&drafts)) {
                match done {
                    Ok(done) => done.write(draft, output)?,
                    Err(failure) => {
                        failed += 1;
                        refused(Some(*line), Some(draft), &failure, output)?;
                    }
                }
            }
        }
    }
    if failed == 0 { Ok(Ended::AsWished) } else { Ok(Ended::NotAllValid) }
}

/// What issues in a sandbox: the unit, perhaps the authority, the list of numbers, and a folder.
pub(crate) struct Desk<'a> {
    pub(crate) issuer: &'a Issuer,
    pub(crate) authority: Option<&'a Authority>,
    pub(crate) ledger: &'a mut Ledger,
    pub(crate) out: &'a Path,
}

/// A receipt that was written.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: String,
    pub(crate) number: String,
    pub(crate) file: PathBuf,
    state: State,
}

/// How far it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    UnitSigned,
    Receipt,
    /// The request id got this receipt before.
    Before,
}

impl Desk<'_> {
    /// Issues drafts; the answers stand in their order.
    pub(crate) fn issue(&mut self, drafts: &[Draft]) -> Vec<Result<Done>> {
        let mut answers: Vec<Option<Result<Done>>> = drafts.iter().map(|draft| self.before(draft)).collect();
        let fresh: Vec<usize> = (0..drafts.len()).filter(|at| answers[*at].is_none()).collect();
        let to_issue: Vec<Draft> = fresh.iter().map(|at| drafts[*at].clone()).collect();
        let issued = self.issuer.issue_many(&to_issue);
        let mut signed = Vec::new();
        for (at, issued) in fresh.into_iter().zip(issued) {
            match issued {
                Ok(issued) => signed.push((at, issued)),
                Err(error) => answers[at] = Some(Err(error.into())),
            }
        }
        let noted = signed.iter().map(|(at, issued)| self.row(&drafts[*at], issued, None)).collect::<Result<Vec<_>>>();
        match noted.and_then(|rows| self.ledger.add(rows)) {
            Ok(()) => {
                let (places, issued): (Vec<_>, Vec<_>) = signed.into_iter().unzip();
                for (at, done) in places.into_iter().zip(self.finish(issued)) {
                    answers[at] = Some(done);
                }
            }
            // Nothing leaves that was not noted.
            Err(failure) => {
                let mut failure = Some(failure);
                for (at, _) in signed {
                    answers[at] = Some(Err(failure.take().unwrap_or_else(|| CliCode::CannotWrite.into())));
                }
            }
        }
        answers.into_iter().map(|answer| answer.unwrap_or_else(|| Err(CliCode::CannotWrite.into()))).collect()
    }

    /// Issues the red receipt of a reversal.
    pub(crate) fn reverse(&mut self, blue: &czei::Receipt, reversal: czei::Reversal, draft: &Draft) -> Result<Done> {
        if let Some(before) = self.before(draft) {
            return before;
        }
        let issued = self.issuer.reverse(blue, reversal)?;
        let content = blue.content();
        let row = self.row(draft, &issued, Some((content.code.to_string(), content.number.to_string())))?;
        self.ledger.add(vec![row])?;
        self.finish(vec![issued]).pop().unwrap_or_else(|| Err(CliCode::CannotWrite.into()))
    }

    /// What a request id got before.
    fn before(&self, draft: &Draft) -> Option<Result<Done>> {
        match self.ledger.find(draft) {
            Ok(None) => None,
            Ok(Some(row)) => Some(Ok(Done {
                code: row.code.clone(),
                number: row.number.clone(),
                file: PathBuf::from(&row.file),
                state: State::Before,
            })),
            Err(failure) => Some(Err(failure)),
        }
    }

    fn row(&self, draft: &Draft, issued: &Issued, reverses: Option<(String, String)>) -> Result<ledger::Row> {
        let content = issued.content();
        Ok(ledger::Row {
            unit: content.unit.code.to_string(),
            request_id: draft.request_id().to_string(),
            code: content.code.to_string(),
            number: content.number.to_string(),
            draft_sm3: shown::hex(&draft.digest()?),
            file: self.out.join(receipts::file_name(content)).to_string_lossy().into_owned(),
            reverses,
        })
    }

    /// Has the authority sign, where it is wanted, and writes.
    fn finish(&self, issued: Vec<Issued>) -> Vec<Result<Done>> {
        let Some(authority) = self.authority else {
            return issued.iter().map(|issued| self.write(issued, State::UnitSigned)).collect();
        };
        let documents: Vec<_> = issued.iter().map(Issued::bytes).collect();
        let answers = authority.countersign_many(&documents);
        let each = issued.into_iter().zip(answers).map(|(issued, answer)| {
            let receipt = match &issued {
                Issued::UnitSigned(signed) => self.issuer.accept(signed, answer?.as_bytes())?,
                Issued::Receipt(receipt) => receipt.as_ref().clone(),
            };
            self.write(&Issued::Receipt(Box::new(receipt)), State::Receipt)
        });
        each.collect()
    }

    fn write(&self, issued: &Issued, state: State) -> Result<Done> {
        let content = issued.content();
        let file = receipts::write(self.out, content, &issued.bytes(), None)?;
        Ok(Done { code: content.code.to_string(), number: content.number.to_string(), file, state })
    }
}

/// Finishes a receipt whose number came from elsewhere.
pub(crate) fn finish_external(
    issuer: &Issuer,
    authority: Option<&Authority>,
    draft: &Draft,
    signed: &UnitSigned,
    out: &Path,
) -> Result<Done> {
    let content = signed.content();
    let unit_signed = signed.to_bytes();
    let (bytes, state) = match authority {
        None => (unit_signed, State::UnitSigned),
        Some(authority) => {
            let answer = authority.countersign(&unit_signed)?;
            (issuer.accept_external(signed, answer.as_bytes())?.to_bytes(), State::Receipt)
        }
    };
    let file = receipts::write(out, content, &bytes, None)?;
    debug_assert_eq!(draft.fields().code, content.code);
    Ok(Done { code: content.code.to_string(), number: content.number.to_string(), file, state })
}

#[derive(Serialize)]
struct DoneLine<'a> {
    v: u32,
    request_id: &'a str,
    code: &'a str,
    number: &'a str,
    total: String,
    state: &'static str,
    file: String,
}

impl Done {
    pub(crate) fn write(&self, draft: &Draft, output: &mut Output) -> Result<()> {
        self.write_as(draft.request_id().as_str(), draft.total(), output)
    }

    pub(crate) fn write_as(&self, request_id: &str, total: Amount, output: &mut Output) -> Result<()> {
        let state = match self.state {
            State::UnitSigned => "unit-signed",
            State::Receipt => "receipt",
            State::Before => "issued-before",
        };
        let file = shown::path(&self.file);
        if output.json {
            let (code, number) = (&*self.code, &*self.number);
            return output.object(&DoneLine { v: 1, request_id, code, number, total: total.to_string(), state, file });
        }
        let state = match (output.language, self.state) {
            (Language::En, _) => state,
            (Language::Zh, State::UnitSigned) => "单位已签名",
            (Language::Zh, State::Receipt) => "已完成双签",
            (Language::Zh, State::Before) => "此前已开具",
        };
        output.line(&format!("{}-{}  {total:>12}  {state}  {file}", self.code, self.number))
    }
}

/// Says why a draft was not issued.
pub(crate) fn refused(line: Option<u32>, draft: Option<&Draft>, failure: &Failure, output: &mut Output) -> Result<()> {
    #[derive(Serialize)]
    struct Line<'a> {
        v: u32,
        line: Option<u32>,
        request_id: Option<&'a str>,
        error: ErrorJson,
    }
    let Some(shown) = failure.shown() else { return Err(Failure::PipeClosed) };
    if output.json {
        let request_id = draft.map(|draft| draft.request_id().as_str());
        return output.object(&Line { v: 1, line, request_id, error: shown.json() });
    }
    to_stderr(&shown, output.language);
    Ok(())
}

/// Says what deserves a look in good drafts.
fn warn(drafts: &[(u32, Draft)], output: &Output) {
    for (line, draft) in drafts {
        for warning in draft.warnings() {
            let (zh, en) = (warning.message_zh(), warning.message_en());
            let language = output.language;
            let text = format!("{line}: {} {} [{}]", warning.entry, language.pick(&zh, &en), warning.place);
            // A warning that cannot be shown stops nothing.
            let _ = writeln!(std::io::stderr().lock(), "{}", shown::text(&text));
        }
    }
}

pub(crate) fn to_stderr(shown: &Shown, language: Language) {
    // With standard error gone there is nobody left to tell.
    let _ = writeln!(std::io::stderr().lock(), "{}", shown.line(language));
}

/// `CODE:NUMBER`.
pub(crate) fn parse_number(text: &str) -> Result<(ReceiptCode, ReceiptNumber)> {
    let (code, number) = text
        .split_once(':')
        .ok_or_else(|| Failure::Cli(CliError::new(CliCode::Usage).expected("--number CODE:NUMBER").found(text)))?;
    Ok((ReceiptCode::parse(code)?, ReceiptNumber::parse(number)?))
}
