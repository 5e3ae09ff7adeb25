//! From the values of a receipt to its pages: everything is measured, nothing is cut, and the same receipt gives the
//! same marks on every machine.

use std::sync::Arc;

use crate::artwork::Artwork;
use crate::fields::{Fields, Record};
use crate::font::FontSet;
use crate::length::{Area, Um};
use crate::page::{Colour, Page};
use crate::qr::QrModules;
use crate::template::{Inks, Template, Value};
use crate::{Code, Error};

mod canvas;
mod first_page;
mod fixed;
mod further_pages;
mod info;
mod rows;
mod table;
mod text;

use canvas::Sheet;
use text::{Setter, Source};

pub(crate) use text::leading;

/// The most pages of a receipt.
const MAX_PAGES: usize = 9_999;

/// Between text and the frame around it.
const INSET: Um = 1_000;

/// What stands on the pages beside text.
///
/// ```
/// let furniture = czei_render::layout::Furniture::default();
/// assert!(furniture.qr.is_none() && furniture.preview.is_none());
/// ```
#[derive(Debug, Clone, Default)]
pub struct Furniture {
    /// The QR code of the first page. A preview has none, whatever stands here.
    pub qr: Option<Arc<QrModules>>,
    /// The seal of the supervising authority, over the title.
    pub supervision_seal: Option<Arc<Artwork>>,
    /// The seal of the unit, at the foot.
    pub unit_seal: Option<Arc<Artwork>>,
    /// The stamp of a preview. Where one is given, every page has it and says that it is no receipt.
    pub preview: Option<Arc<Artwork>>,
}

/// Lays a receipt out.
///
/// The first page holds what the template says; items that it does not hold, auxiliary items, and other information
/// that is too long go on on further pages. Where names or accounts are so long that the first page overflows, its
/// text is set in the next of the template's sizes, never below 6 pt.
///
/// # Errors
/// [`Code::MissingGlyph`] and [`Code::ScriptNeedsShaping`] with every character that cannot be printed and where it
/// stands; [`Code::InvisibleCharacter`] with the field, and the index from 1; [`Code::PageFull`];
/// [`Code::TooManyPages`] beyond 9,999.
pub fn lay_out(
    template: &Template,
    fields: &Fields<'_>,
    fonts: &FontSet,
    furniture: &Furniture,
) -> Result<Vec<Page>, Error> {
    let mut layout = Layout {
        template,
        fields: *fields,
        setter: Setter::new(fonts),
        furniture,
        preview: furniture.preview.is_some() || fields.is_preview(),
        sheets: Vec::new(),
    };
    let rest = layout.first_page()?;
    layout.further_pages(rest)?;
    layout.fixed_blocks()?;
    layout.setter.finish()?;
    let paper = &template.paper;
    let page = |sheet: Sheet| Page { width: paper.width, height: paper.height, marks: sheet.into_marks() };
    Ok(layout.sheets.into_iter().map(page).collect())
}

/// The area of a QR code with its quiet zone: 4 modules on each side (GB/T 18284 6.3.8), for the code with the
/// fewest and largest modules, which has 21 on a side.
pub(crate) const fn quiet_zone(modules: &Area) -> Area {
    let quiet = (modules.width * 4 + 20) / 21;
    Area {
        x: modules.x - quiet,
        y: modules.y - quiet,
        width: modules.width + 2 * quiet,
        height: modules.height + 2 * quiet,
    }
}

/// The work on one receipt.
struct Layout<'a> {
    template: &'a Template,
    fields: Fields<'a>,
    setter: Setter<'a>,
    furniture: &'a Furniture,
    preview: bool,
    sheets: Vec<Sheet>,
}

impl<'a> Layout<'a> {
    fn colour(&self, inks: Inks) -> Colour {
        self.template.paper.colour(if self.fields.is_red() { inks.on_red } else { inks.usual })
    }

    fn sources(&self, value: &'a Value, record: Record<'a>, colour: Colour) -> Vec<Source<'a>> {
        let printed = self.fields.print(value, record, &self.template.parameters);
        printed.into_iter().map(|printed| Source { printed, colour }).collect()
    }

    /// A text of the template's own.
    fn caption(text: &'a str, colour: Colour) -> Source<'a> {
        Source { printed: crate::fields::Printed { text: text.into(), from: None }, colour }
    }

    /// Begins a page with a heading, which the first one does not have.
    fn begin_page(&mut self, heading: &str) -> Result<(), Error> {
        if self.sheets.len() >= MAX_PAGES {
            return Err(Error::new(Code::TooManyPages).expected(format!("at most {MAX_PAGES}")));
        }
        self.sheets.push(Sheet::new(heading));
        Ok(())
    }

    /// The page that is being filled.
    fn sheet(&mut self) -> &mut Sheet {
        if self.sheets.is_empty() {
            self.sheets.push(Sheet::new(""));
        }
        let last = self.sheets.len() - 1;
        &mut self.sheets[last]
    }
}

/// The inner width of something with insets on both sides.
const fn within(width: Um) -> Um {
    width - 2 * INSET
}

#[cfg(test)]
mod tests;
