//! The folder of pages: one PDF a receipt, named by code and number.

use std::collections::HashMap;
use std::path::PathBuf;

use czei::sm2::Sm3;
use czei::{CliCode, CliError};

use crate::commands::receipts::existing;
use crate::failure::Result;
use crate::shown;

/// A page on its way to the folder.
pub(super) struct Page {
    /// The file it was made from, safe to print.
    pub(super) from: String,
    /// Its name without the extension.
    pub(super) stem: String,
    pub(super) pdf: Vec<u8>,
}

/// Writes pages, several at a time.
pub(super) struct Folder {
    path: PathBuf,
    waiting: Vec<Page>,
    /// The names written by this run with SM3 of the pages, so that no receipt takes the place of another.
    written: HashMap<String, [u8; 32]>,
}

impl Folder {
    pub(super) fn new(path: PathBuf) -> Self {
        Folder { path, waiting: Vec::new(), written: HashMap::new() }
    }

    pub(super) fn add(&mut self, page: Page) {
        self.waiting.push(page);
    }

    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Writes what waits; each page with its file, or why it could not be written. An earlier page of the
    /// same receipt is replaced, any other file is not.
    pub(super) fn write(&mut self) -> Vec<(Page, Result<PathBuf>)> {
        let pages = std::mem::take(&mut self.waiting);
        let places: Vec<_> = pages.iter().map(|page| self.place(page)).collect();
        let to_write = places.iter().zip(&pages).filter_map(|(place, page)| match place {
            Ok(Place::Free(path)) => Some((path.as_path(), page.pdf.as_slice())),
            _ => None,
        });
        let to_write: Vec<_> = to_write.collect();
        let mut answers = czei::files::write_each(&to_write).into_iter();
        let mut written = |place: Result<Place>| match place? {
            Place::Taken(path) => Ok(path),
            Place::Free(path) => match answers.next() {
                Some(Err(error)) => Err(error.into()),
                // There is an answer to each that was to be written.
                _ => Ok(path),
            },
        };
        pages.into_iter().zip(places).map(|(page, place)| (page, written(place))).collect()
    }

    fn place(&mut self, page: &Page) -> Result<Place> {
        let path = self.path.join(format!("{}.pdf", page.stem));
        let exists = || CliError::new(CliCode::FileExists).in_file(shown::path(&path));
        let digest = Sm3::digest(&page.pdf);
        match self.written.insert(page.stem.clone(), digest) {
            Some(before) if before == digest => return Ok(Place::Taken(path)),
            Some(before) => {
                self.written.insert(page.stem.clone(), before);
                return Err(exists().into());
            }
            None => {}
        }
        match existing(&path)? {
            Some(there) if there == page.pdf => Ok(Place::Taken(path)),
            Some(there) if !is_of_the_same(&there, &page.pdf) => Err(exists().into()),
            _ => Ok(Place::Free(path)),
        }
    }
}

/// Whether a file is an earlier page of ours with the same document inside, or, as a preview, with none.
fn is_of_the_same(there: &[u8], page: &[u8]) -> bool {
    // Reading from memory does not fail.
    let is_printed = czei::is_printed(there).unwrap_or(false);
    is_printed && czei::document_in_pdf(there).ok() == czei::document_in_pdf(page).ok()
}

/// What stands where a page goes.
enum Place {
    /// Nothing, or what it replaces.
    Free(PathBuf),
    /// The page itself.
    Taken(PathBuf),
}
