//! `czei render --preview`: what is no receipt yet, as pages that say so.

use std::sync::Arc;

use czei::codes::Code as _;
use czei::{
    CliCode, CliError, Clock as _, Configuration, Draft, DraftDefaults, DraftRules, Issuer, MemoryNumbers, Renderer,
    SystemClock,
};

use super::folder::{Folder, Page};
use super::{Doing, Progress, Set};
use crate::Run;
use crate::arguments::DraftFormat;
use crate::arguments::render::Render;
use crate::commands::drafts;
use crate::failure::{Failure, Result};
use crate::input::{Estimate, Input, Paths, Wanted, What};
use crate::output::Output;

/// The most bytes of a file: one of drafts may hold many.
const MAX_FILE: usize = 256 << 20;

pub(super) fn run(arguments: &Render, renderer: &Renderer, output: &mut Output) -> Run {
    let issuer = match &arguments.config {
        // Nothing is numbered here, so that the stock stays closed.
        Some(path) => Some(Issuer::from_configuration(&Configuration::load(path)?, Arc::new(MemoryNumbers::new()))?),
        None => None,
    };
    let draft = move |json: &[u8]| match &issuer {
        Some(issuer) => issuer.draft_from_json(json),
        None => Ok(Draft::from_json(json, &DraftDefaults::default(), DraftRules::default())?),
    };
    let wanted = Wanted::drafts_and_documents(MAX_FILE);
    let interval = arguments.pace.interval();
    let progress =
        Progress::new(interval, output.language, Doing::Print, || match Paths::estimate(&arguments.paths, wanted) {
            Estimate::Files(files) => Some(files),
            Estimate::Unknown => None,
        });
    // Asked for by the arguments.
    let folder = arguments.out.clone().unwrap_or_default();
    let mut set = Set { output, progress, folder: Some(Folder::new(folder)), merged: None, done: 0, refused: 0 };
    let (format, renderer_of_errors) = (arguments.format, renderer.clone());
    let items =
        Paths::new(arguments.paths.clone(), wanted).flat_map(move |input| parts(input, format, &renderer_of_errors));
    let threads = arguments.pace.threads();
    for (part, preview) in renderer.preview_stream(draft, SystemClock.now(), items, threads) {
        let Part { name, line, problem } = part;
        let preview = match (problem, line) {
            (Some(problem), _) => Err(problem),
            (None, Some(line)) => preview.map_err(|error| drafts::at_line(error, &name, line)),
            (None, None) => preview.map_err(|error| error.in_file(name.as_str()).into()),
        };
        match (preview, line) {
            (Ok(preview), _) => set.page(name, format!("preview-{}", file_name_of(&preview.name)), preview.pdf)?,
            (Err(failure), Some(line)) => set.refuse(&format!("{name}:{line}"), &failure)?,
            (Err(failure), None) => set.refuse(&name, &failure)?,
        }
    }
    set.end()
}

impl Set<'_> {
    fn page(&mut self, from: String, stem: String, pdf: Vec<u8>) -> Result<()> {
        let Some(folder) = &mut self.folder else { return Ok(()) };
        folder.add(Page { from, stem, pdf });
        if folder.waiting() >= super::BATCH { self.write() } else { Ok(()) }
    }
}

/// A draft or a document on its way.
struct Part {
    name: String,
    /// Where the draft stands in its file.
    line: Option<u32>,
    /// Why nothing can be drawn; it goes along so that everything comes out in its place.
    problem: Option<Failure>,
}

type Parts = Box<dyn Iterator<Item = (Part, Vec<u8>)>>;

/// The drafts or the document of a file.
fn parts(input: Input, format: Option<DraftFormat>, renderer: &Renderer) -> Parts {
    let Input { name, what } = input;
    let one = |name, line, bytes| -> Parts { Box::new(std::iter::once((Part { name, line, problem: None }, bytes))) };
    let none = |name, problem: Failure| -> Parts {
        Box::new(std::iter::once((Part { name, line: None, problem: Some(problem) }, Vec::new())))
    };
    let mut bytes = match what {
        What::Document(bytes) => bytes,
        What::Unreadable(error) | What::LeftOut(error) => return none(name, error.into()),
    };
    if bytes.len() > MAX_FILE {
        let error = czei::Code::FileTooLarge.fault().expected(format!("at most {MAX_FILE} bytes"));
        return none(name.clone(), czei::Error::from(error.in_file(name)).into());
    }
    if bytes.starts_with(b"\xef\xbb\xbf") {
        // A byte order mark, which some editors put before the text.
        bytes.drain(..3);
    }
    if bytes.trim_ascii_start().starts_with(b"<") {
        return one(name, None, bytes);
    }
    if has_extension(&name, "xml") {
        // It is taken at its name, and not for a draft.
        return match renderer.preview_document(&bytes) {
            Err(error) => none(name.clone(), error.in_file(name).into()),
            Ok(_) => one(name, None, bytes),
        };
    }
    if bytes.trim_ascii().is_empty() {
        return none(name.clone(), CliError::new(CliCode::NoDrafts).in_file(name).into());
    }
    match format.unwrap_or(if has_extension(&name, "json") { DraftFormat::Json } else { DraftFormat::Jsonl }) {
        DraftFormat::Json => one(name, Some(1), bytes),
        DraftFormat::Jsonl => Box::new(lines(name, bytes)),
    }
}

/// The drafts of a file with one a line; blank lines are passed over.
fn lines(name: String, bytes: Vec<u8>) -> impl Iterator<Item = (Part, Vec<u8>)> {
    let (mut at, mut line) = (0, 0_u32);
    std::iter::from_fn(move || {
        while at < bytes.len() {
            let end = bytes[at..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |length| at + length);
            let json = bytes[at..end].trim_ascii_end();
            at = end + 1;
            line = line.saturating_add(1);
            if json.trim_ascii_start().is_empty() {
                continue;
            }
            let part = |problem| Part { name: name.clone(), line: Some(line), problem };
            return Some(match json.len() > Draft::MAX_JSON {
                true => (part(Some(drafts::too_long(&name, line))), Vec::new()),
                false => (part(None), json.to_vec()),
            });
        }
        None
    })
}

fn has_extension(name: &str, extension: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, own)| own.eq_ignore_ascii_case(extension))
}

/// A request id as part of a file name: whatever is not a letter, a digit, `-`, `_` or `.` becomes `_`.
fn file_name_of(request: &str) -> String {
    request.chars().map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '_' }).collect()
}
