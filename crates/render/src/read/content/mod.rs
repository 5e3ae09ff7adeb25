//! What a page paints, in its order: text, filled areas, images.

mod cmap;
mod colour;
mod encoding;
mod font;
mod inline_image;
mod interpreter;
mod matrix;
mod operators;
mod predefined;
mod state;

use super::file::PdfFile;
use super::limits::Budget;
use super::object::{Dictionary, Object};
use crate::Error;
use crate::length::{Area, Um};
use crate::page::Colour;

/// The text of one page in the order in which it is painted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageText {
    /// The width of the paper.
    pub width: Um,
    /// The height of the paper.
    pub height: Um,
    /// The pieces.
    pub pieces: Vec<TextPiece>,
}

/// What one operator shows, up to a gap of a third of the size, as between columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextPiece {
    /// The characters; U+FFFD for one that nothing says the meaning of.
    pub text: String,
    /// Where the first one begins.
    pub x: Um,
    /// The baseline.
    pub baseline: Um,
    /// How far the pen moves.
    pub width: Um,
    /// The font size on the page.
    pub size: Um,
    /// The colour; `None` when it is a pattern or of a colour space that is not known here.
    pub colour: Option<Colour>,
    /// Why a reader does not see it, if so.
    pub hidden: Option<Hidden>,
    /// Whether all characters are known.
    pub is_decoded: bool,
}

/// Why text is not seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Hidden {
    /// Text rendering mode 3 or 7, which paints nothing.
    Mode,
    /// Transparent.
    Transparent,
    /// White, as the paper.
    White,
    /// Beyond the edge of the page, or clipped away.
    Outside,
    /// Smaller than a point.
    Tiny,
    /// A filled area or an image without transparency is painted over it.
    Covered,
}

/// What one page paints.
#[derive(Debug, Clone, Default)]
pub(crate) struct PageContent {
    pub(crate) width: Um,
    pub(crate) height: Um,
    pub(crate) marks: Vec<Mark>,
}

#[derive(Debug, Clone)]
pub(crate) enum Mark {
    Text(TextPiece),
    /// The upright rectangles of one filled path, and whether the path is nothing else.
    Fill {
        rectangles: Vec<Area>,
        only_rectangles: bool,
        colour: Option<Colour>,
        is_opaque: bool,
    },
    Image(Image),
}

/// An image where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Image {
    pub(crate) area: Area,
    pub(crate) source: Source,
    pub(crate) is_opaque: bool,
    /// The fill colour, which paints a mask.
    pub(crate) colour: Option<Colour>,
}

/// Where an image's samples are.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// The number of the stream.
    Object(u32),
    /// In the content stream.
    Inline { dictionary: Dictionary, bytes: Vec<u8> },
}

impl PdfFile<'_> {
    /// The text of each page. Forms that the page draws are followed.
    ///
    /// # Errors
    /// [`Code::PdfMalformed`](crate::Code::PdfMalformed) and the other refusals of what a page needs, and the limits.
    pub fn text(&self) -> Result<Vec<PageText>, Error> {
        Ok(self.contents()?.into_iter().map(PageContent::into_text).collect())
    }

    /// What each page paints.
    pub(crate) fn contents(&self) -> Result<Vec<PageContent>, Error> {
        let mut fonts = interpreter::Fonts::default();
        self.page_nodes()?.iter().map(|page| interpreter::read_page(self, page, &mut fonts)).collect()
    }
}

impl PageContent {
    pub(crate) fn into_text(self) -> PageText {
        let pieces = self.marks.into_iter().filter_map(|mark| match mark {
            Mark::Text(piece) => Some(piece),
            _ => None,
        });
        PageText { width: self.width, height: self.height, pieces: pieces.collect() }
    }

    /// Marks text as covered over whose middle something opaque is painted later.
    fn find_covered(&mut self, budget: &Budget) -> Result<(), Error> {
        let mut covers: Vec<Area> = Vec::new();
        for mark in self.marks.iter_mut().rev() {
            match mark {
                Mark::Fill { rectangles, is_opaque: true, .. } => covers.extend(rectangles.iter().filter(|area| {
                    // Rules and the modules of a QR code cover nothing.
                    area.width > RULE && area.height > RULE
                })),
                Mark::Image(Image { area, is_opaque: true, .. }) => covers.push(*area),
                Mark::Text(piece) if piece.hidden.is_none() => {
                    let (x, y) =
                        (piece.x.saturating_add(piece.width / 2), piece.baseline.saturating_sub(piece.size / 3));
                    let point = Area { x, y, width: 0, height: 0 };
                    budget.comparisons(covers.len())?;
                    if covers.iter().any(|cover| contains(cover, &point)) {
                        piece.hidden = Some(Hidden::Covered);
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// What is thinner covers no text.
const RULE: Um = 1_200;

/// As [`Area::contains`], for areas that may reach to the bounds of the type.
fn contains(area: &Area, point: &Area) -> bool {
    area.x <= point.x
        && area.y <= point.y
        && point.x <= area.x.saturating_add(area.width)
        && point.y <= area.y.saturating_add(area.height)
}

/// The upper left corner, width and height of a page in points; A4 where the box makes no sense.
fn page_box(file: &PdfFile<'_>, object: Option<&Object>) -> Result<Option<matrix::Bounds>, Error> {
    let Some(Object::Array(edges)) = object else { return Ok(None) };
    let mut numbers = Vec::new();
    for edge in edges.iter().take(4) {
        numbers.extend(file.resolve(edge)?.number());
    }
    let &[a, b, c, d] = &numbers[..] else { return Ok(None) };
    Ok(matrix::Bounds::of([(a, b), (c, d)]))
}
