//! `czei issue`: from drafts to receipts that the unit signed, where the configuration
//! has an authority with its signature too.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use czei::core::Amount;
use czei::stock::{Find, NumberRecord};
use czei::{
    Authority, CliCode, CliError, Clock as _, Configuration, Draft, Issued, Issuer, NumberId, Place, Receipt,
    ReceiptCode, ReceiptNumber, SqliteStock, Stock as _, SystemClock, UnitSigned,
};
use czei_codes::Code as _;
use serde::Serialize;

use super::{Ended, drafts, receipts};
use crate::Run;
use crate::arguments::Issue;
use crate::failure::{ErrorJson, Failure, Result, Shown};
use crate::language::Language;
use crate::output::Output;
use crate::{problem, shown};

/// The most drafts that are issued at a time.
const BATCH: usize = 500;

/// A month is what it takes a CA to renew a certificate.
const EXPIRY_DAYS: u32 = 30;

pub(crate) fn run(arguments: &Issue, output: &mut Output) -> Run {
    let configuration = Configuration::load(&arguments.config)?;
    warn_of_expiry(&configuration, output);
    let number = arguments.number.as_deref().map(parse_number).transpose()?;
    let stock = open_stock(&configuration)?;
    let authority = arguments.countersign.then(|| Authority::from_configuration(&configuration)).transpose()?;
    let issuer = Issuer::with_stock(&configuration, Arc::new(stock.clone()))?;
    // All drafts are read before the first gets its number: a bad one uses none.
    let rows = drafts::read(&arguments.input, arguments.format, &|json| issuer.draft_from_json(json))?;
    let (mut good, mut bad) = (Vec::new(), 0);
    let mut requests = Requests { stock: &stock, number, seen: HashMap::new() };
    for row in rows {
        let line = row.line;
        match row.draft.and_then(|draft| requests.check(draft, &arguments.input, line)) {
            Ok(draft) => good.push((line, draft)),
            // It is not the draft that is wrong.
            Err(failure) if failure.is_of_system() => return Err(failure),
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
    let desk = Desk { issuer: &issuer, authority: authority.as_ref(), out: &arguments.out };
    for batch in good.chunks(BATCH) {
        let done = match (number, batch) {
            (Some((code, number)), [(_, draft)]) => desk.issue_with_number(draft, code, number)?,
            _ => desk.issue(&batch.iter().map(|(_, draft)| draft.clone()).collect::<Vec<_>>())?,
        };
        for ((line, draft), done) in batch.iter().zip(done) {
            match done {
                Ok(done) => done.write(draft, output)?,
                Err(failure) => {
                    failed += 1;
                    refused(Some(*line), Some(draft), &failure, output)?;
                }
            }
        }
    }
    warn_of_heads(&issuer, output);
    if failed == 0 { Ok(Ended::AsWished) } else { Ok(Ended::NotAllValid) }
}

/// The stock that a configuration names.
pub(crate) fn open_stock(configuration: &Configuration) -> Result<SqliteStock> {
    if configuration.stock.is_none() {
        return Err(CliCode::NoNumberSource.into());
    }
    Ok(configuration.open_stock()?)
}

/// What the request ids of an input stand for: one that stands for two drafts is a bad row, found
/// before anything is issued.
pub(crate) struct Requests<'a> {
    stock: &'a SqliteStock,
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
        match in_input.and_then(|()| check_in_stock(self.stock, &draft, self.number)) {
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

/// Checks that a request id does not stand for another draft, and a number from elsewhere not for another
/// request. The stock itself checks it again when the number is drawn.
///
/// # Errors
/// [`CliCode::RequestReused`], [`CliCode::NumberTaken`],
/// [`NumberingCode`](czei::core::Code::NumberingCode).
pub(crate) fn check_in_stock(
    stock: &SqliteStock,
    draft: &Draft,
    number: Option<(ReceiptCode, ReceiptNumber)>,
) -> Result<()> {
    let (unit, request_id) = (draft.fields().unit.code.as_str(), draft.request_id().as_str());
    let held = find_one(stock, Find::Request { unit: Some(unit), request_id })?;
    if let Some(held) = &held
        && held.draft_digest != Some(draft.digest()?)
    {
        return Err(CliError::new(CliCode::RequestReused).found(request_id).into());
    }
    let Some((code, number)) = number else { return Ok(()) };
    if code != draft.fields().code {
        let error = czei::core::Error::new(czei::core::Code::NumberingCode);
        return Err(error.expected(draft.fields().code.to_string()).found(code.to_string()).into());
    }
    let wanted = NumberId::new(code, number);
    let found = || format!("{code}:{number}");
    match held {
        Some(held) if held.id != wanted => {
            let error = CliError::new(CliCode::RequestReused);
            Err(error.expected(format!("{}:{}", held.id.code(), held.id.number())).found(found()).into())
        }
        Some(_) => Ok(()),
        None if find_one(stock, Find::Number(wanted))?.is_some() => {
            Err(CliError::new(CliCode::NumberTaken).found(found()).into())
        }
        None => Ok(()),
    }
}

/// The number that answers a question to which there is at most one answer.
fn find_one(stock: &SqliteStock, question: Find<'_>) -> Result<Option<NumberRecord>> {
    let mut found = None;
    let each = &mut |record| {
        found = Some(record);
        Ok(())
    };
    stock.find_numbers(question, each).map_err(czei::Error::from)?;
    Ok(found)
}

/// What issues: the unit, perhaps the authority, and a folder for the receipts.
pub(crate) struct Desk<'a> {
    pub(crate) issuer: &'a Issuer,
    pub(crate) authority: Option<&'a Authority>,
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
    was_before: bool,
}

impl Desk<'_> {
    /// Issues drafts; the answers stand in their order.
    ///
    /// # Errors
    /// What stands against all of them: the folder cannot be written. What was stored by then is written by
    /// a retry.
    pub(crate) fn issue(&self, drafts: &[Draft]) -> Result<Vec<Result<Done>>> {
        self.settle(self.issuer.issue_many(drafts))
    }

    /// Issues one draft with a number from elsewhere.
    pub(crate) fn issue_with_number(
        &self,
        draft: &Draft,
        code: ReceiptCode,
        number: ReceiptNumber,
    ) -> Result<Vec<Result<Done>>> {
        self.settle(vec![self.issuer.issue_with_number(draft, code, number)])
    }

    /// Has the authority sign where it is wanted, and writes. Unit and authority have stored what they
    /// signed before it comes here.
    fn settle(&self, issued: Vec<czei::Result<Issued>>) -> Result<Vec<Result<Done>>> {
        let leaving = |issued: Issued| Leaving { was_before: issued.was_before(), issued };
        let mut all: Vec<_> = issued.into_iter().map(|one| one.map(leaving).map_err(Failure::from)).collect();
        self.take_answers_there(&mut all);
        self.countersign(&mut all);
        let receipts: Vec<_> =
            all.iter().flatten().map(|leaving| (leaving.issued.content(), leaving.issued.bytes())).collect();
        let mut files = receipts::write_each(self.out, &receipts).into_iter();
        let mut done = Vec::with_capacity(all.len());
        for leaving in all {
            // There is a file to each.
            let mut file = || files.next().unwrap_or_else(|| Err(CliCode::CannotWrite.into()));
            match leaving.and_then(|leaving| Ok(leaving.done(file()?))) {
                // The folder takes nothing more: trying it with the next batch helps nobody.
                Err(Failure::Library(error)) if error.entry() == czei::Code::FileWrite.entry() => {
                    return Err(Failure::Library(error));
                }
                written => done.push(written),
            }
        }
        Ok(done)
    }

    /// Where the folder already holds the authority's answer to what was signed before, as after
    /// `czei countersign` in place, takes it in.
    fn take_answers_there(&self, all: &mut [Result<Leaving>]) {
        for one in all.iter_mut().flatten().filter(|one| one.was_before) {
            let Issued::UnitSigned(signed) = &one.issued else { continue };
            let there = std::fs::read(self.out.join(receipts::file_name(signed.content()))).ok();
            let receipt = there.filter(|there| *there != signed.to_bytes()).and_then(|there| {
                // What is no answer to it stays where it is, and writing says so.
                self.issuer.accept(signed, &there).ok()
            });
            if let Some(receipt) = receipt {
                one.issued = Issued::Receipt(Box::new(receipt));
            }
        }
    }

    /// Has the authority sign everything that only the unit signed.
    fn countersign(&self, all: &mut [Result<Leaving>]) {
        let Some(authority) = self.authority else { return };
        let mut waiting: Vec<(usize, UnitSigned)> = Vec::new();
        for (at, one) in all.iter().enumerate() {
            if let Ok(Leaving { issued: Issued::UnitSigned(signed), .. }) = one {
                waiting.push((at, (**signed).clone()));
            }
        }
        let documents: Vec<_> = waiting.iter().map(|(_, signed)| signed.to_bytes()).collect();
        let mut answered: Vec<(usize, &UnitSigned, Receipt)> = Vec::with_capacity(waiting.len());
        for ((at, signed), answer) in waiting.iter().zip(authority.countersign_many(&documents)) {
            match answer {
                Ok(answer) => answered.push((*at, signed, answer)),
                Err(error) => all[*at] = Err(error.into()),
            }
        }
        let answers: Vec<_> = answered.iter().map(|(_, signed, answer)| (*signed, answer.as_bytes())).collect();
        for ((at, ..), accepted) in answered.iter().zip(self.issuer.accept_many(&answers)) {
            match (accepted, &mut all[*at]) {
                (Ok(receipt), Ok(one)) => one.issued = Issued::Receipt(Box::new(receipt)),
                (Ok(_), Err(_)) => {}
                (Err(error), one) => *one = Err(error.into()),
            }
        }
    }
}

impl Leaving {
    fn done(self, file: PathBuf) -> Done {
        let content = self.issued.content();
        let state = match &self.issued {
            _ if self.was_before => State::Before,
            Issued::UnitSigned(_) => State::UnitSigned,
            Issued::Receipt(_) => State::Receipt,
        };
        Done { code: content.code.to_string(), number: content.number.to_string(), file, state }
    }
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
    // An error of the library names no line of the input: whose it is stands before it.
    let whose = match (draft, line) {
        (Some(draft), Some(line)) => format!("{line} {}: ", draft.request_id()),
        _ => String::new(),
    };
    // With standard error gone there is nobody left to tell.
    let _ = writeln!(std::io::stderr().lock(), "{}{}", shown::text(&whose), shown.line(output.language));
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

/// Says why the heads of the journal were not signed, when they were due. The receipts are none the worse.
pub(crate) fn warn_of_heads(issuer: &Issuer, output: &Output) {
    if let Some(error) = issuer.heads_error() {
        to_stderr(&Shown::of_library(&error), output.language);
    }
}

/// Says in time that certificates run out: with an expired one nothing can be issued.
pub(crate) fn warn_of_expiry(configuration: &Configuration, output: &Output) {
    for warning in configuration.expiring(SystemClock.now().to_utc(), EXPIRY_DAYS) {
        // With standard error gone there is nobody left to tell.
        let _ = writeln!(std::io::stderr().lock(), "{}", problem::line(&warning, output.language));
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
