//! The pages of a file with all that they need, and its end: what single and merged files have in common.

use std::collections::BTreeSet;
use std::io::Write;
use std::ops::Deref;
use std::sync::Arc;

use czei_codes::Code as _;
use pdf_writer::types::{OutputIntentSubtype, PageMode};
use pdf_writer::{Chunk, Filter, Finish, Name, Rect, Ref, TextStr};

use super::content::Painter;
use super::file::File;
use super::fonts::{self, Fonts};
use super::metadata::Metadata;
use super::number::{milli, points};
use super::tree::PageTree;
use super::{Prepared, Sheets};
use crate::artwork::Artwork;
use crate::deflate::zlib;
use crate::font::embed::Embedding;
use crate::length::{Um, mm};
use crate::page::{Mark, Page};
use crate::{Code, Error};

/// A4, upright.
const A4: (Um, Um) = (mm(210), mm(297));

/// The least and the greatest side of a page: 3 and 14,400 units (ISO 19005-3, 6.1.12).
const SIDES: std::ops::RangeInclusive<i64> = 3_000..=14_400_000;

/// How many artworks are remembered, so that one on many pages is written once. Receipts share two or three.
const REMEMBERED: usize = 16;

/// A file whose pages are being written.
pub(super) struct Body<P, W> {
    pub(super) file: File<W>,
    prepared: P,
    sheets: Sheets,
    tree: PageTree,
    /// Those already in the file.
    artworks: Vec<(Arc<Artwork>, Ref)>,
    /// A sheet with its second half free.
    half: Option<Sheet>,
}

/// A sheet being painted, in thousandths of a point.
struct Sheet {
    id: Ref,
    width: i64,
    height: i64,
    painter: Painter,
    /// Embedded files that belong to it.
    files: Vec<Ref>,
}

/// Where a receipt begins.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) sheet: Ref,
    /// The upper edge, in thousandths of a point from below.
    pub(super) top: i64,
}

/// What a file's catalog has besides pages and metadata.
#[derive(Default)]
pub(super) struct Closing {
    /// The root of the tree of embedded files.
    pub(super) files: Option<Ref>,
    /// The embedded file that belongs to the whole document.
    pub(super) associated: Option<Ref>,
    /// The root of the bookmarks.
    pub(super) outline: Option<Ref>,
}

impl<P: Deref<Target = Prepared> + Clone, W: Write> Body<P, W> {
    pub(super) fn begin(out: W, prepared: P, sheets: Sheets) -> Result<Self, Error> {
        let file = File::begin(out, &prepared.base)?;
        Ok(Body { file, prepared, sheets, tree: PageTree::default(), artworks: Vec::new(), half: None })
    }

    /// Refuses pages that cannot be written, before anything is.
    pub(super) fn check(&self, pages: &[Page]) -> Result<(), Error> {
        if pages.is_empty() {
            return Err(Code::PdfNoPage.fault());
        }
        for (index, page) in pages.iter().enumerate() {
            let fits = match self.sheets {
                Sheets::Single => SIDES.contains(&milli(page.width)) && SIDES.contains(&milli(page.height)),
                Sheets::TwoOnA4 => (1..=A4.0).contains(&page.width) && (1..=A4.1 / 2).contains(&page.height),
            };
            if !fits {
                let expected = match self.sheets {
                    Sheets::Single => "1.06 mm to 5,080 mm on each side",
                    Sheets::TwoOnA4 => "at most 210 mm × 148.5 mm",
                };
                let found = format!("{} µm × {} µm", page.width, page.height);
                return Err(Code::PdfPageSize.fault().expected(expected).found(found).at_path(path(index)));
            }
        }
        Ok(())
    }

    /// Writes the pages of a receipt, which were checked; the embedded file belongs to the sheet where it begins.
    pub(super) fn receipt(&mut self, pages: &[Page], associated: Option<Ref>) -> Result<Option<Place>, Error> {
        let prepared = self.prepared.clone();
        // All that can fail but the output itself comes before the first mark, so that a sheet shared with another
        // receipt never has half of this one.
        let artworks = self.artworks_of(pages)?;
        let missing = missing_glyphs(pages, &prepared.embedding);
        let further = match missing.is_empty() {
            true => None,
            false => Some(Embedding::new(&prepared.fonts, &missing)?),
        };
        let written = match &further {
            None => Vec::new(),
            Some(embedding) => fonts::write(embedding, &mut self.file)?,
        };
        let mut fonts = Fonts::default();
        fonts.add(&prepared.embedding, &prepared.font_objects);
        if let Some(embedding) = &further {
            fonts.add(embedding, &written);
        }
        let mut first = None;
        for page in pages {
            let (mut sheet, corner, is_full) = self.sheet_for(page)?;
            if first.is_none() {
                sheet.files.extend(associated);
            }
            sheet.painter.page(page, corner, &fonts, &artworks)?;
            first.get_or_insert(Place { sheet: sheet.id, top: corner.1 });
            if is_full {
                self.write_sheet(sheet)?;
            } else {
                self.half = Some(sheet);
            }
        }
        Ok(first)
    }

    /// Writes what remains, and gives the output back.
    pub(super) fn finish(mut self, metadata: &Metadata, closing: &Closing) -> Result<W, Error> {
        if let Some(sheet) = self.half.take() {
            self.write_sheet(sheet)?;
        }
        let pages = self.tree.finish(&mut self.file)?.ok_or_else(|| Code::PdfNoPage.fault())?;
        let (xmp, info, catalog) = (self.file.reserve()?, self.file.reserve()?, self.file.reserve()?);
        self.file.put(xmp, |chunk| {
            chunk.metadata(xmp, metadata.xmp().as_bytes());
        })?;
        self.file.put(info, |chunk| metadata.write_info(&mut chunk.indirect(info).start()))?;
        let profile = self.prepared.profile;
        self.file.put(catalog, |chunk| write_catalog(chunk, catalog, pages, xmp, profile, closing))?;
        self.file.finish(catalog, info)
    }

    /// The sheet for the next page, where its upper left corner lies on it, and whether it is then full.
    fn sheet_for(&mut self, page: &Page) -> Result<(Sheet, (i64, i64), bool), Error> {
        if self.sheets == Sheets::Single {
            let (width, height) = (milli(page.width), milli(page.height));
            return Ok((self.new_sheet(width, height)?, (0, height), true));
        }
        let (width, height) = (milli(A4.0), milli(A4.1));
        let corner = |from_top: Um| (milli((A4.0 - page.width) / 2), height - milli(from_top));
        let space = (A4.1 / 2 - page.height) / 2;
        match self.half.take() {
            Some(sheet) => Ok((sheet, corner(A4.1 / 2 + space), true)),
            None => {
                let mut sheet = self.new_sheet(width, height)?;
                sheet.painter.cut(height / 2, width);
                Ok((sheet, corner(space), false))
            }
        }
    }

    fn new_sheet(&mut self, width: i64, height: i64) -> Result<Sheet, Error> {
        Ok(Sheet { id: self.file.reserve()?, width, height, painter: Painter::default(), files: Vec::new() })
    }

    /// Writes a sheet as a page of the file.
    fn write_sheet(&mut self, mut sheet: Sheet) -> Result<(), Error> {
        let content = self.file.reserve()?;
        let operators = zlib(sheet.painter.operators());
        self.file.put(content, |chunk| {
            chunk.stream(content, &operators).filter(Filter::FlateDecode);
        })?;
        let parent = self.tree.parent(&mut self.file)?;
        let multiply = self.prepared.multiply;
        self.file.put(sheet.id, |chunk| {
            let mut page = chunk.page(sheet.id);
            page.parent(parent).contents(content);
            page.media_box(Rect { x1: points(0), y1: points(0), x2: points(sheet.width), y2: points(sheet.height) });
            if sheet.painter.is_transparent() {
                page.group().transparency().color_space().device_rgb();
            }
            let mut resources = page.resources();
            let named = |letter: char, id: Ref| format!("{letter}{}", id.get());
            let mut dict = resources.fonts();
            for font in sheet.painter.fonts() {
                dict.pair(Name(named('F', font).as_bytes()), font);
            }
            dict.finish();
            // On every page, so that no object stands in the file unused.
            resources.ext_g_states().pair(Name(b"M"), multiply);
            if sheet.painter.is_transparent() {
                let mut dict = resources.x_objects();
                for artwork in sheet.painter.artworks() {
                    dict.pair(Name(named('X', artwork).as_bytes()), artwork);
                }
            }
            resources.finish();
            if !sheet.files.is_empty() {
                page.insert(Name(b"AF")).array().items(sheet.files.iter().copied());
            }
        })?;
        self.tree.add(sheet.id);
        Ok(())
    }

    /// The artworks of pages, each written into the file unless it is there.
    fn artworks_of(&mut self, pages: &[Page]) -> Result<Vec<(Arc<Artwork>, Ref)>, Error> {
        let mut found: Vec<(Arc<Artwork>, Ref)> = Vec::new();
        for mark in pages.iter().flat_map(|page| &page.marks) {
            let Mark::Artwork { artwork, .. } = mark else { continue };
            if found.iter().any(|(known, _)| Arc::ptr_eq(known, artwork)) {
                continue;
            }
            // By value too: a caller who reads the same seal twice still gets it written once.
            let same = |(known, _): &&(Arc<Artwork>, Ref)| Arc::ptr_eq(known, artwork) || known == artwork;
            let id = match self.artworks.iter().find(same) {
                Some((_, id)) => *id,
                None => self.write_artwork(artwork)?,
            };
            found.push((artwork.clone(), id));
        }
        Ok(found)
    }

    fn write_artwork(&mut self, artwork: &Arc<Artwork>) -> Result<Ref, Error> {
        let id = self.prepared.stored(artwork)?.write(&mut self.file)?;
        if self.artworks.len() == REMEMBERED {
            self.artworks.remove(0);
        }
        self.artworks.push((artwork.clone(), id));
        Ok(id)
    }
}

/// The glyphs on pages that an embedding lacks.
fn missing_glyphs(pages: &[Page], embedding: &Embedding) -> BTreeSet<crate::page::SetGlyph> {
    let runs = pages.iter().flat_map(|page| &page.marks).filter_map(|mark| match mark {
        Mark::Text(run) => Some(run),
        _ => None,
    });
    runs.flat_map(|run| &run.glyphs).filter(|glyph| !embedding.places.contains_key(glyph)).copied().collect()
}

fn write_catalog(chunk: &mut Chunk, id: Ref, pages: Ref, xmp: Ref, profile: Ref, closing: &Closing) {
    let mut catalog = chunk.indirect(id).start::<pdf_writer::writers::Catalog<'_>>();
    catalog.pages(pages).metadata(xmp).lang(TextStr("zh-CN"));
    catalog.viewer_preferences().display_doc_title(true);
    catalog
        .output_intents()
        .push()
        .subtype(OutputIntentSubtype::PDFA)
        .output_condition_identifier(TextStr("sRGB"))
        .registry_name(TextStr("http://www.color.org"))
        .info(TextStr("sRGB IEC61966-2-1"))
        .dest_output_profile(profile);
    if let Some(files) = closing.files {
        catalog.insert(Name(b"Names")).dict().pair(Name(b"EmbeddedFiles"), files);
    }
    if let Some(file) = closing.associated {
        catalog.insert(Name(b"AF")).array().item(file);
    }
    if let Some(outline) = closing.outline {
        catalog.outlines(outline).page_mode(PageMode::UseOutlines);
    }
}

fn path(page: usize) -> String {
    format!("page[{}]", page + 1)
}
