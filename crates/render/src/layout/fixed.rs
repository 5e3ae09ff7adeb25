//! Blocks with places of their own: titles, the QR code, seals, and what a preview says of itself.

use std::sync::Arc;

use crate::artwork::Artwork;
use crate::fields::Record;
use crate::length::{Area, Point, Um, centipoints};
use crate::page::Mark;
use crate::template::{Body, FixedText, SealPlace, Which};
use crate::{Code, Error};

use super::Layout;
use super::canvas::Style;
use super::rows::{lines_height, sink};
use super::text::{Source, baseline, leading};

impl<'a> Layout<'a> {
    /// Puts the fixed blocks on all pages; how many there are is known only now.
    pub(super) fn fixed_blocks(&mut self) -> Result<(), Error> {
        let pages = self.sheets.len();
        for page in 0..pages {
            for block in self.template.blocks.iter().filter(|block| block.pages.has(page == 0)) {
                if !block.when.holds(&self.fields) {
                    continue;
                }
                match &block.body {
                    Body::Text(text) => self.fixed_text(&block.id, text, page, pages)?,
                    Body::Preview(text) if self.preview => self.fixed_text(&block.id, text, page, pages)?,
                    Body::Qr(area) if !self.preview => {
                        if let Some(modules) = &self.furniture.qr {
                            self.sheets[page].add(Mark::Qr { area: *area, modules: Arc::clone(modules) });
                        }
                    }
                    Body::Seal(place) => {
                        let artwork = match place.which {
                            Which::Supervision => &self.furniture.supervision_seal,
                            Which::Unit => &self.furniture.unit_seal,
                        };
                        if let Some(artwork) = artwork {
                            self.sheets[page].add_above(seal(place, artwork));
                        }
                    }
                    Body::Qr(_) | Body::Preview(_) | Body::Rows(_) | Body::Table(_) | Body::Info(_) => {}
                }
            }
            if let Some(stamp) = &self.furniture.preview {
                let area = fitted(self.template.paper.inner(), stamp);
                self.sheets[page].add_above(Mark::Artwork { area, artwork: Arc::clone(stamp) });
            }
        }
        Ok(())
    }

    fn fixed_text(&mut self, id: &str, text: &'a FixedText, page: usize, pages: usize) -> Result<(), Error> {
        let colour = self.colour(text.inks);
        let heading = self.sheets[page].heading.clone();
        let printed = self.fields.print(&text.value, Record::Page(page, pages, &heading), &self.template.parameters);
        let sources: Vec<_> = printed.into_iter().map(|printed| Source { printed, colour }).collect();
        for &size in &text.sizes {
            let size = centipoints(size);
            let lines = self.setter.set(&sources, size, text.area.width)?;
            let height = lines_height(lines.len(), size);
            if height > text.area.height {
                continue;
            }
            let style = Style { size, bold: text.bold, side: text.side };
            let mut y = text.area.y + sink(text.area.height - height) + baseline(size);
            for line in lines {
                self.sheets[page].line(line, text.area.x, text.area.width, y, style);
                y += leading(size);
            }
            return Ok(());
        }
        Err(Error::new(Code::PageFull).at_path(id))
    }
}

/// A seal in its place: in its own size, or as large as the place where it is larger. The unit's stands at the lower
/// edge, where its name is, so that it lies over the name whichever size it has.
fn seal(place: &SealPlace, artwork: &Arc<Artwork>) -> Mark {
    let mut area = fitted(place.area(), artwork);
    if place.which == Which::Unit {
        area.y = place.area().bottom() - area.height;
    }
    Mark::Artwork { area, artwork: Arc::clone(artwork) }
}

/// The area in the middle of a place with the proportions of an artwork, no larger than either.
fn fitted(place: Area, artwork: &Artwork) -> Area {
    let Point { x, y } = place.centre();
    let (own_width, own_height) = (i64::from(artwork.width.max(1)), i64::from(artwork.height.max(1)));
    let (mut width, mut height) = (own_width, own_height);
    if width > i64::from(place.width) {
        width = i64::from(place.width);
        height = own_height * width / own_width;
    }
    if height > i64::from(place.height) {
        height = i64::from(place.height);
        width = own_width * height / own_height;
    }
    // Neither is more than the place's, which is an `Um`.
    let (width, height) = (width as Um, height as Um);
    Area { x: x - width / 2, y: y - height / 2, width, height }
}
