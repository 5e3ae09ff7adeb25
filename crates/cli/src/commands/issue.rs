//! `czei issue`: from drafts to receipts that the unit signed, in a sandbox with the authority's
//! signature too.

use std::collections::{HashMap, HashSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use czei::core::Amount;
use czei::{
    Authority, CliCode, CliError, Configuration, Draft, Issued, Issuer, MemoryNumbers, Place, ReceiptCode,
    ReceiptNumber,
};
use czei_codes::Code as _;
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
    let mut requests = Requests { ledger: ledger.as_ref(), number, seen: HashMap::new() };
    for row in rows {
        let line = row.line;
        match row.draft.and_then(|draft| requests.check(draft, &arguments.input, line)) {
            Ok(draft) => good.push((line, draft)),
            Err(failure) => {
                bad += 1;
                refused(Some(line), None, &failure, output)?;
            }
        }
    }
    if bad > 0 && !arguments.skip_bad {
        return Err(CliError::new(CliCode::BadDrafts).found(bad.to_string()).into());
    }
    if number.is_some() && good.len() != 1 {
        return Err(CliCode::OneNumberOneDraft.into());
    }
    warn(&good, output);
    receipts::make_folder(&arguments.out)?;
    let mut failed = bad;
    if let Some(mut ledger) = ledger {
        let codes = good.iter().map(|(_, draft)| draft.fields().code);
        let issuer = Issuer::from_configuration(&configuration, ledger.numbers(codes, number)?)?;
        let mut desk =
            Desk { issuer: &issuer, authority: authority.as_ref(), ledger: &mut ledger, out: &arguments.out };
        for batch in good.chunks(BATCH) {
            let drafts: Vec<_> = batch.iter().map(|(_, draft)| draft.clone()).collect();
            for ((line, draft), done) in batch.iter().zip(desk.issue(&drafts)?) {
                match done {
                    Ok(done) => done.write(draft, output)?,
                    Err(failure) => {
                        failed += 1;
                        refused(Some(*line), Some(draft), &failure, output)?;
                    }
                }
            }
        }
    } else if let (Some((code, number)), [(_, draft)]) = (number, good.as_slice()) {
        receipts::check_new(&arguments.out, code, number)?;
        let issued = issuer.issue_with_number(draft, code, number)?;
        let done = finish_external(&issuer, authority.as_ref(), &issued, &arguments.out)?;
        done.write(draft, output)?;
    }
    if failed == 0 { Ok(Ended::AsWished) } else { Ok(Ended::NotAllValid) }
}

/// What the request ids of an input stand for: one that stands for two drafts is a bad row, found
/// before anything is issued.
struct Requests<'a> {
    ledger: Option<&'a Ledger>,
    number: Option<(ReceiptCode, ReceiptNumber)>,
    /// Unit and request id to the digest of the draft.
    seen: HashMap<(String, String), [u8; 32]>,
}

impl Requests<'_> {
    fn check(&mut self, draft: Draft, input: &Path, line: u32) -> Result<Draft> {
        let request_id = draft.request_id().as_str();
        let digest = draft.digest()?;
        let key = (draft.fields().unit.code.as_str().to_owned(), request_id.to_owned());
        let reused = || Failure::from(CliError::new(CliCode::RequestReused).found(request_id));
        let in_input = if *self.seen.entry(key).or_insert(digest) == digest { Ok(()) } else { Err(reused()) };
        let checked = in_input.and_then(|()| match (self.ledger, self.number) {
            (Some(ledger), number) => ledger.check(&draft, number),
            (None, _) => Ok(()),
        });
        match checked {
            Ok(()) => Ok(draft),
            Err(Failure::Cli(error)) => {
                let place = Place { file: Some(shown::path(input)), line: Some(line), ..error.place().clone() };
                let path = if error.code() == CliCode::RequestReused { Some("/request_id".to_owned()) } else { None };
                Err(error.at(Place { path, ..place }).into())
            }
            Err(failure) => Err(failure),
        }
    }
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

/// A receipt on its way out.
struct Leaving {
    issued: Issued,
    /// What the unit signed, which the finished receipt replaces where it was written before.
    replaces: Option<Vec<u8>>,
    was_before: bool,
}

impl Desk<'_> {
    /// Issues drafts; the answers stand in their order.
    ///
    /// # Errors
    /// What stands against all of them: the list or the folder cannot be written. What was noted by
    /// then is written by a retry.
    pub(crate) fn issue(&mut self, drafts: &[Draft]) -> Result<Vec<Result<Done>>> {
        let issued = self.issuer.issue_many(drafts);
        let drafts: Vec<&Draft> = drafts.iter().collect();
        self.settle(&drafts, issued, None)
    }

    /// Issues the red receipt of a reversal.
    pub(crate) fn reverse(&mut self, blue: &czei::Receipt, reversal: czei::Reversal, draft: &Draft) -> Result<Done> {
        let issued = self.issuer.reverse(blue, reversal)?;
        let content = blue.content();
        let reverses = (content.code.to_string(), content.number.to_string());
        let mut done = self.settle(&[draft], vec![Ok(issued)], Some(reverses))?;
        done.pop().unwrap_or_else(|| Err(CliCode::CannotWrite.into()))
    }

    /// Notes, has the authority sign where it is wanted, notes that, and writes.
    fn settle(
        &mut self,
        drafts: &[&Draft],
        issued: Vec<czei::Result<Issued>>,
        reverses: Option<(String, String)>,
    ) -> Result<Vec<Result<Done>>> {
        let (mut leaving, mut rows) = (Vec::with_capacity(issued.len()), Vec::new());
        let mut new = HashSet::new();
        for (draft, issued) in drafts.iter().zip(issued) {
            leaving.push(match issued {
                Ok(issued) => {
                    let key = (draft.fields().unit.code.as_str(), draft.request_id().as_str());
                    let was_before = self.ledger.holds(draft) || !new.insert(key);
                    if !was_before {
                        rows.push(row(draft, &issued, reverses.clone())?);
                    }
                    Ok(Leaving { issued, replaces: None, was_before })
                }
                Err(error) => Err(Failure::from(error)),
            });
        }
        self.ledger.add(rows)?;
        self.finish(drafts, &mut leaving, reverses.as_ref())?;
        let mut done = Vec::with_capacity(leaving.len());
        for leaving in leaving {
            let written = leaving.and_then(|leaving| self.write(&leaving));
            match written {
                // The folder takes nothing more: trying it with all the others helps nobody.
                Err(Failure::Library(error)) if error.entry() == czei::Code::FileWrite.entry() => {
                    return Err(Failure::Library(error));
                }
                written => done.push(written),
            }
        }
        Ok(done)
    }

    /// Turns what the unit signed into finished receipts, where there is an authority or the folder
    /// already holds its answer, and notes them.
    fn finish(
        &mut self,
        drafts: &[&Draft],
        leaving: &mut [Result<Leaving>],
        reverses: Option<&(String, String)>,
    ) -> Result<()> {
        let mut waiting = Vec::new();
        let mut rows = Vec::new();
        for (at, one) in leaving.iter_mut().enumerate() {
            let Ok(Leaving { issued, replaces, was_before }) = one else { continue };
            let Issued::UnitSigned(signed) = &*issued else { continue };
            let unit_signed = signed.to_bytes();
            let there = if *was_before { self.there(issued) } else { None };
            let answered = there.and_then(|there| self.issuer.accept(signed, &there).ok());
            if let Some(receipt) = answered {
                *issued = Issued::Receipt(Box::new(receipt));
                rows.push(row(drafts[at], issued, reverses.cloned())?);
            } else if self.authority.is_some() {
                waiting.push((at, unit_signed.clone()));
            }
            *replaces = Some(unit_signed);
        }
        let documents: Vec<_> = waiting.iter().map(|(_, document)| document).collect();
        let answers = self.authority.map(|authority| authority.countersign_many(&documents)).unwrap_or_default();
        for ((at, _), answer) in waiting.iter().zip(answers) {
            let Ok(one) = &mut leaving[*at] else { continue };
            let Issued::UnitSigned(signed) = &one.issued else { continue };
            match answer.and_then(|answer| self.issuer.accept(signed, answer.as_bytes())) {
                Ok(receipt) => {
                    one.issued = Issued::Receipt(Box::new(receipt));
                    rows.push(row(drafts[*at], &one.issued, reverses.cloned())?);
                }
                Err(error) => leaving[*at] = Err(error.into()),
            }
        }
        self.ledger.add(rows)
    }

    /// What stands where a receipt goes.
    fn there(&self, issued: &Issued) -> Option<Vec<u8>> {
        std::fs::read(self.out.join(receipts::file_name(issued.content()))).ok()
    }

    fn write(&self, leaving: &Leaving) -> Result<Done> {
        let content = leaving.issued.content();
        let file = receipts::write(self.out, content, &leaving.issued.bytes(), leaving.replaces.as_deref())?;
        let state = match &leaving.issued {
            _ if leaving.was_before => State::Before,
            Issued::UnitSigned(_) => State::UnitSigned,
            Issued::Receipt(_) => State::Receipt,
        };
        Ok(Done { code: content.code.to_string(), number: content.number.to_string(), file, state })
    }
}

/// The row of a document.
fn row(draft: &Draft, issued: &Issued, reverses: Option<(String, String)>) -> Result<ledger::Row> {
    let content = issued.content();
    let document = String::from_utf8(issued.bytes());
    Ok(ledger::Row {
        unit: content.unit.code.to_string(),
        request_id: draft.request_id().to_string(),
        code: content.code.to_string(),
        number: content.number.to_string(),
        draft_sm3: shown::hex(&draft.digest()?),
        reverses,
        is_finished: matches!(issued, Issued::Receipt(_)),
        // A receipt is read as UTF-8 only and written as nothing else.
        document: document.map_err(|_| Failure::from(CliCode::CannotWrite))?,
    })
}

/// Finishes a receipt whose number came from elsewhere.
pub(crate) fn finish_external(
    issuer: &Issuer,
    authority: Option<&Authority>,
    issued: &Issued,
    out: &Path,
) -> Result<Done> {
    let content = issued.content();
    let (bytes, state) = match (issued, authority) {
        (Issued::UnitSigned(signed), Some(authority)) => {
            let answer = authority.countersign(&signed.to_bytes())?;
            (issuer.accept(signed, answer.as_bytes())?.to_bytes(), State::Receipt)
        }
        (Issued::UnitSigned(_), None) => (issued.bytes(), State::UnitSigned),
        (Issued::Receipt(_), _) => (issued.bytes(), State::Before),
    };
    let file = receipts::write(out, content, &bytes, None)?;
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
