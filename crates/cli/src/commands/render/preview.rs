//! `czei render --preview`: what is no receipt yet, as pages that say so.

use std::path::Path;
use std::sync::Arc;

use czei::core::xml::Limits;
use czei::{
    Clock as _, Configuration, Draft, DraftDefaults, DraftRules, Issuer, MemoryNumbers, Numbered, Renderer,
    SystemClock, UnitSigned,
};

use super::folder::{Folder, Page};
use super::{Set, receipts};
use crate::arguments::render::Render;
use crate::commands::drafts;
use crate::failure::{Failure, Result};
use crate::output::Output;
use crate::progress::{Doing, Progress};
use crate::{Run, shown};

pub(super) fn run(arguments: &Render, renderer: &Renderer, output: &mut Output) -> Run {
    let issuer = match &arguments.config {
        // Nothing is numbered here, so that the stock stays closed.
        Some(path) => Some(Issuer::from_configuration(&Configuration::load(path)?, Arc::new(MemoryNumbers::new()))?),
        None => None,
    };
    let from_json = |json: &[u8]| match &issuer {
        Some(issuer) => issuer.draft_from_json(json),
        None => Ok(Draft::from_json(json, &DraftDefaults::default(), DraftRules::default())?),
    };
    let progress = Progress::new(None, output.language, Doing::Print, || Some(arguments.paths.len() as u64));
    // Asked for by the arguments.
    let folder = arguments.out.clone().unwrap_or_default();
    let mut set = Set { output, progress, folder: Some(Folder::new(folder)), merged: None, done: 0, refused: 0 };
    for path in &arguments.paths {
        let name = shown::path(path);
        if is_document(path) {
            match document(path, renderer) {
                Ok((stem, pdf)) => set.page(name, stem, pdf)?,
                Err(failure) => set.refuse(&name, &failure)?,
            }
            continue;
        }
        let rows = match drafts::read(path, arguments.format, &from_json) {
            Ok(rows) => rows,
            Err(failure) => {
                set.refuse(&name, &failure)?;
                continue;
            }
        };
        for row in rows {
            let pdf = row.draft.and_then(|draft| {
                let pdf = renderer.preview_draft(&draft, SystemClock.now())?;
                Ok((draft.request_id().to_string(), pdf))
            });
            match pdf {
                Ok((request, pdf)) => set.page(name.clone(), format!("preview-{}", file_name_of(&request)), pdf)?,
                Err(failure) => set.refuse(&format!("{name}:{}", row.line), &failure)?,
            }
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

fn is_document(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xml"))
}

/// The preview of a document that has its number, whoever signed it.
fn document(path: &Path, renderer: &Renderer) -> Result<(String, Vec<u8>)> {
    let limits = Limits::default();
    let bytes = receipts::read(path, limits.bytes)?;
    let content = match UnitSigned::take_up(&bytes, &limits) {
        Ok(signed) => signed.content().clone(),
        Err(error) => match Numbered::resume(&bytes, &limits) {
            Ok(numbered) => numbered.content().clone(),
            // A finished receipt is printed as what it is, without --preview.
            Err(_) => return Err(Failure::from(czei::Error::from(error).in_file(shown::path(path)))),
        },
    };
    Ok((format!("preview-{}-{}", content.code, content.number), renderer.preview(&content)?))
}

/// A request id as part of a file name: whatever is not a letter, a digit, `-`, `_` or `.` becomes `_`.
fn file_name_of(request: &str) -> String {
    request.chars().map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '_' }).collect()
}
