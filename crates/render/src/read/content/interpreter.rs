//! Runs content streams (ISO 32000-1, annex A lists the operators).

mod external;

use std::collections::BTreeMap;
use std::rc::Rc;

use czei_codes::Code as _;

use super::super::file::PdfFile;
use super::super::lexer::{Lexer, Token, printable};
use super::super::object::{Dictionary, Object};
use super::super::page_tree::PageNode;
use super::colour::{Space, is_white};
use super::font::Font;
use super::matrix::{Bounds, Matrix, Place, micrometres, negative, on_page, product, sum};
use super::state::{Path, State};
use super::{Hidden, Mark, PageContent, Source, TextPiece, inline_image, operators, page_box};
use crate::length::Area;
use crate::page::Colour;
use crate::{Code, Error};

/// Saved graphics states; ISO 32000-1, annex C knows 28.
const SAVED: usize = 256;
/// Forms within forms.
const FORMS: usize = 12;
/// Operators that build one path.
const PARTS: usize = 1_000_000;
/// Areas that take as much as another mark.
const AREAS: usize = 4;
/// Operands of one operator.
const OPERANDS: usize = 1_024;
/// A font size below which nobody reads, in micrometres.
const TINY: i32 = 353;
/// A4 across, in points: for pages without a size.
const PAPER: Bounds = Bounds { left: 0.0, lower: 0.0, right: 841.89, upper: 595.28 };

/// The way behind a glyph of text that runs from top to bottom, where the font does not say another (9.7.4.3).
const DOWN: f64 = -1000.0;

/// Fonts that were read, by where their dictionary stands in memory, so that those without a number are read once too.
#[derive(Default)]
pub(super) struct Fonts(BTreeMap<*const Dictionary, Rc<Font>>);

/// Runs the content of one page.
pub(super) fn read_page(file: &PdfFile<'_>, page: &PageNode<'_>, fonts: &mut Fonts) -> Result<PageContent, Error> {
    let paper = page_box(file, page.media_box)?.unwrap_or(PAPER);
    let shown = page_box(file, page.crop_box)?.map_or(paper, |crop| crop.common(&paper));
    let area = paper.area((paper.left, paper.upper));
    let content = file.page_content(page.dictionary)?;
    let mut interpreter = Interpreter {
        file,
        fonts,
        origin: (paper.left, paper.upper),
        page: PageContent { width: area.width, height: area.height, marks: Vec::new() },
        state: State::new(shown),
        saved: Vec::new(),
        path: Path::default(),
        point: (0.0, 0.0),
        text_matrix: Matrix::IDENTITY,
        line_matrix: Matrix::IDENTITY,
    };
    interpreter.run(&content, page.resources, FORMS)?;
    let mut page = interpreter.page;
    page.find_covered(&file.budget)?;
    Ok(page)
}

struct Interpreter<'f, 'b, 's> {
    file: &'f PdfFile<'b>,
    fonts: &'s mut Fonts,
    /// The upper left corner of the page.
    origin: Place,
    page: PageContent,
    state: State,
    saved: Vec<State>,
    path: Path,
    /// The current point, before the matrix.
    point: Place,
    text_matrix: Matrix,
    line_matrix: Matrix,
}

impl<'f> Interpreter<'f, '_, '_> {
    fn run(&mut self, content: &[u8], resources: Option<&'f Dictionary>, depth: usize) -> Result<(), Error> {
        let mut lexer = Lexer::content(content, &self.file.budget, self.file.limits.depth);
        let mut operands: Vec<Object> = Vec::new();
        // Between `BX` and `EX`, which may stand within each other, operators may be unknown (7.8.2).
        let mut compatible = 0_usize;
        loop {
            match lexer.token()? {
                Token::End => return Ok(()),
                Token::Value(value) => {
                    if operands.len() == OPERANDS {
                        return Err(Code::PdfMalformed.fault().at_path("Contents"));
                    }
                    operands.push(value);
                }
                Token::Operator(operator) => {
                    self.file.budget.operator()?;
                    if compatible == 0 || operators::is_known(&operator) {
                        operators::check(&operator, &operands)?;
                    }
                    match operator.as_slice() {
                        b"BX" => compatible += 1,
                        b"EX" => compatible = compatible.saturating_sub(1),
                        b"BI" => {
                            let (dictionary, bytes) = inline_image::read(self.file, &mut lexer, content, resources)?;
                            self.file.budget.marks(dictionary.0.len())?;
                            let source = Source::Inline { dictionary: dictionary.clone(), bytes };
                            self.image(source, &dictionary)?;
                        }
                        operator => self.operate(operator, &operands, resources, depth)?,
                    }
                    operands.clear();
                }
            }
        }
    }

    fn operate(
        &mut self,
        operator: &[u8],
        operands: &[Object],
        resources: Option<&'f Dictionary>,
        depth: usize,
    ) -> Result<(), Error> {
        let numbers: Vec<f64> = operands.iter().filter_map(Object::number).collect();
        match (operator, numbers.as_slice()) {
            (b"q", _) => {
                if self.saved.len() >= SAVED {
                    return Err(Code::PdfTooDeep.fault().at_path("Contents/q"));
                }
                self.saved.push(self.state.clone());
            }
            (b"Q", _) => self.state = self.saved.pop().unwrap_or_else(|| self.state.clone()),
            (b"cm", &[a, b, c, d, e, f]) => self.state.ctm = Matrix([a, b, c, d, e, f]).then(&self.state.ctm),
            (b"gs", _) => self.parameters(operands, resources, depth)?,
            (b"Do", _) => self.external_object(operands, resources, depth)?,
            (b"m" | b"l" | b"c" | b"v" | b"y" | b"re", numbers) => self.construct(operator, numbers)?,
            (b"W" | b"W*", _) => self.path.clips = true,
            (b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*", _) => self.paint(true)?,
            (b"S" | b"s" | b"n", _) => self.paint(false)?,
            (b"g", &[gray]) => self.fill(Space::Gray, &[gray]),
            (b"rg", components) => self.fill(Space::Rgb, components),
            (b"k", components) => self.fill(Space::Cmyk, components),
            (b"cs", _) => {
                let name = operands.first().and_then(Object::name).unwrap_or_default();
                self.state.space = Space::named(self.file, resources, name);
                self.state.fill = (self.state.space != Space::Other).then_some(Colour::BLACK);
            }
            (b"sc" | b"scn" | b"SC" | b"SCN", components) => {
                if matches!(operator, b"sc" | b"scn") {
                    self.state.fill = self.state.space.colour(components);
                }
                if let Some(name @ Object::Name(_)) = operands.last() {
                    self.pattern(name, resources, depth)?;
                }
            }
            _ => self.text_operator(operator, &numbers, operands, resources)?,
        }
        Ok(())
    }

    fn text_operator(
        &mut self,
        operator: &[u8],
        numbers: &[f64],
        operands: &[Object],
        resources: Option<&'f Dictionary>,
    ) -> Result<(), Error> {
        match (operator, numbers) {
            (b"BT", _) => self.set_line(Matrix::IDENTITY),
            (b"Tc", &[space]) => self.state.spacing.character = space,
            (b"Tw", &[space]) => self.state.spacing.word = space,
            (b"Tz", &[percent]) => self.state.spacing.percent(percent),
            (b"TL", &[leading]) => self.state.spacing.leading = leading,
            (b"Ts", &[rise]) => self.state.spacing.rise = rise,
            (b"Tr", _) => self.state.mode = operands.first().and_then(Object::integer).unwrap_or(0),
            (b"Tf", &[size]) => {
                self.state.spacing.size = size;
                self.state.font = self.font(operands.first().and_then(Object::name), resources)?;
            }
            (b"Td", &[x, y]) => self.next_line(x, y),
            (b"TD", &[x, y]) => {
                self.state.spacing.leading = negative(y);
                self.next_line(x, y);
            }
            (b"Tm", &[a, b, c, d, e, f]) => self.set_line(Matrix([a, b, c, d, e, f])),
            (b"T*", _) => self.next_line(0.0, negative(self.state.spacing.leading)),
            (b"Tj" | b"TJ", _) => self.show(operands.first())?,
            (b"'", _) => {
                self.next_line(0.0, negative(self.state.spacing.leading));
                self.show(operands.first())?;
            }
            (b"\"", &[word, character, ..]) => {
                self.state.spacing.word = word;
                self.state.spacing.character = character;
                self.next_line(0.0, negative(self.state.spacing.leading));
                self.show(operands.last())?;
            }
            _ => {}
        }
        Ok(())
    }

    fn set_line(&mut self, matrix: Matrix) {
        self.text_matrix = matrix;
        self.line_matrix = matrix;
    }

    fn next_line(&mut self, x: f64, y: f64) {
        self.set_line(Matrix::translation(x, y).then(&self.line_matrix));
    }

    fn fill(&mut self, space: Space, components: &[f64]) {
        self.state.space = space;
        self.state.fill = space.colour(components);
    }

    fn construct(&mut self, operator: &[u8], numbers: &[f64]) -> Result<(), Error> {
        if self.path.parts == PARTS {
            return Err(Code::PdfTooMuchContent.fault().at_path("Contents").expected(format!("<= {PARTS}")));
        }
        self.path.parts += 1;
        let place = |x: f64, y: f64| self.state.ctm.apply((x, y));
        match (operator, numbers) {
            (b"m", &[x, y]) => {
                self.path.move_to(place(x, y));
                self.point = (x, y);
            }
            (b"l", &[x, y]) => {
                self.path.line_to(place(x, y));
                self.point = (x, y);
            }
            (b"c", &[a, b, c, d, x, y]) => {
                self.path.curve_to(&[place(a, b), place(c, d), place(x, y)]);
                self.point = (x, y);
            }
            (b"v" | b"y", &[a, b, x, y]) => {
                self.path.curve_to(&[place(a, b), place(x, y)]);
                self.point = (x, y);
            }
            (b"re", &[x, y, width, height]) => {
                let (right, upper) = (sum(x, width), sum(y, height));
                self.path.rectangle([place(x, y), place(right, y), place(right, upper), place(x, upper)]);
                self.point = (x, y);
            }
            _ => {}
        }
        Ok(())
    }

    fn paint(&mut self, fills: bool) -> Result<(), Error> {
        let path = std::mem::take(&mut self.path);
        if fills && self.state.alpha > 0.0 {
            let (bounds, only_rectangles) = path.rectangles();
            let clip = self.state.clip;
            let rectangles = bounds.iter().map(|bounds| bounds.common(&clip).area(self.origin));
            let rectangles: Vec<Area> = rectangles.filter(|area| area.width > 0 && area.height > 0).collect();
            let (colour, is_opaque) = (self.state.fill, self.state.is_opaque());
            // An empty path, or one that is clipped away, paints nothing.
            if !(rectangles.is_empty() && only_rectangles) {
                self.file.budget.marks(rectangles.len() / AREAS)?;
                self.mark(Mark::Fill { rectangles, only_rectangles, colour, is_opaque })?;
            }
        }
        if path.clips {
            // An empty path clips everything away.
            let none = Bounds { left: 0.0, lower: 0.0, right: -1.0, upper: -1.0 };
            self.state.clip = path.bounds().map_or(none, |bounds| bounds.common(&self.state.clip));
        }
        Ok(())
    }

    fn mark(&mut self, mark: Mark) -> Result<(), Error> {
        self.file.budget.marks(1)?;
        self.page.marks.push(mark);
        Ok(())
    }

    fn parameters(
        &mut self,
        operands: &[Object],
        resources: Option<&'f Dictionary>,
        depth: usize,
    ) -> Result<(), Error> {
        let parameters = self.needed(operands.first(), resources, "ExtGState")?;
        let parameters = self.file.resolve(parameters)?.dictionary().ok_or_else(|| unknown(operands.first()))?;
        if let Some(alpha) = self.file.value(parameters, "ca")?.and_then(Object::number) {
            self.state.alpha = alpha;
        }
        if let Some(mode) = self.file.value(parameters, "BM")? {
            self.state.is_plain = matches!(mode.name(), Some(b"Normal" | b"Compatible"));
        }
        if let Some(mask) = self.file.value(parameters, "SMask")? {
            self.state.is_plain &= mask.name() == Some(b"None");
            if let Some(mask) = mask.dictionary()
                && let Some(Object::Stream(group)) = self.file.value(mask, "G")?
            {
                self.refuse_text(group, resources, depth)?;
            }
        }
        if let [font, size] = self.file.elements(parameters, "Font")? {
            self.state.spacing.size = self.file.resolve(size)?.number().unwrap_or(0.0);
            self.state.font = self.load_font(font)?;
        }
        Ok(())
    }

    fn resource(
        &self,
        name: Option<&Object>,
        resources: Option<&'f Dictionary>,
        kind: &str,
    ) -> Result<Option<&'f Object>, Error> {
        let (Some(name), Some(resources)) = (name.and_then(Object::name), resources) else { return Ok(None) };
        let Some(kind) = self.file.dictionary(resources, kind)? else { return Ok(None) };
        self.file.budget.comparisons(kind.0.len())?;
        Ok(kind.get(name))
    }

    /// The same, where readers differ in what they draw instead of one that is missing.
    fn needed(
        &self,
        name: Option<&Object>,
        resources: Option<&'f Dictionary>,
        kind: &str,
    ) -> Result<&'f Object, Error> {
        self.resource(name, resources, kind)?.ok_or_else(|| unknown(name))
    }

    fn font(&mut self, name: Option<&[u8]>, resources: Option<&'f Dictionary>) -> Result<Option<Rc<Font>>, Error> {
        let name = name.map(|name| Object::Name(name.to_vec()));
        match self.resource(name.as_ref(), resources, "Font")? {
            Some(font) => self.load_font(font),
            None => Ok(None),
        }
    }

    fn load_font(&mut self, font: &'f Object) -> Result<Option<Rc<Font>>, Error> {
        let Some(dictionary) = self.file.resolve(font)?.dictionary() else { return Ok(None) };
        if let Some(font) = self.fonts.0.get(&std::ptr::from_ref(dictionary)) {
            return Ok(Some(Rc::clone(font)));
        }
        let font = Rc::new(Font::read(self.file, dictionary)?);
        self.fonts.0.insert(std::ptr::from_ref(dictionary), Rc::clone(&font));
        Ok(Some(font))
    }

    fn show(&mut self, operand: Option<&Object>) -> Result<(), Error> {
        let parts = match operand {
            Some(Object::Array(parts)) => parts.as_slice(),
            Some(single) => std::slice::from_ref(single),
            None => &[],
        };
        let spacing = self.state.spacing;
        let mut first = self.text_matrix;
        let mut text = String::new();
        let mut is_decoded = true;
        let is_vertical = self.state.font.as_ref().is_some_and(|font| font.is_vertical);
        let height = self.height();
        for part in parts {
            if let Some(number) = part.number() {
                let last = self.text_matrix;
                self.advance(spacing.adjustment(number), is_vertical);
                if !text.is_empty() && spacing.is_gap(number, height) {
                    self.show_piece(&first, &last, std::mem::take(&mut text), is_decoded)?;
                    is_decoded = true;
                }
            } else if let Some(string) = part.string().filter(|string| !string.is_empty()) {
                if text.is_empty() {
                    first = self.text_matrix;
                }
                // Without a font nothing is known, and nothing moves.
                let Some(font) = self.state.font.clone() else {
                    text.push(char::REPLACEMENT_CHARACTER);
                    is_decoded = false;
                    continue;
                };
                for code in font.codes(string) {
                    let before = text.len();
                    if !font.push_text(code, &mut text) {
                        is_decoded = false;
                        text.push(char::REPLACEMENT_CHARACTER);
                    }
                    self.file.budget.characters(text[before..].chars().count().max(1))?;
                    let width = if is_vertical { DOWN } else { font.width(code) };
                    self.advance(spacing.advance(width, code == b" "), is_vertical);
                }
            }
        }
        if !text.is_empty() {
            let last = self.text_matrix;
            self.show_piece(&first, &last, text, is_decoded)?;
        }
        Ok(())
    }

    /// How many times the size the glyphs of the font are high.
    fn height(&self) -> f64 {
        self.state.font.as_ref().map_or(1.0, |font| font.height)
    }

    /// Adds what was shown between two places of the pen.
    fn show_piece(&mut self, first: &Matrix, last: &Matrix, text: String, is_decoded: bool) -> Result<(), Error> {
        let spacing = self.state.spacing;
        let first = spacing.matrix(first, &self.state.ctm);
        let last = spacing.matrix(last, &self.state.ctm);
        let start = first.apply((0.0, 0.0));
        let begin = on_page(start, self.origin);
        let end = on_page(last.apply((0.0, 0.0)), self.origin);
        let size = micrometres(product(first.height(), product(spacing.size, self.height()))).saturating_abs();
        let piece = TextPiece {
            text,
            x: begin.x,
            baseline: begin.y,
            width: end.x.saturating_sub(begin.x),
            size,
            colour: self.state.fill,
            hidden: self.hidden(start, size),
            is_decoded,
        };
        self.mark(Mark::Text(piece))
    }

    fn advance(&mut self, way: f64, is_vertical: bool) {
        let (x, y) = if is_vertical { (0.0, way) } else { (way, 0.0) };
        self.text_matrix = Matrix::translation(x, y).then(&self.text_matrix);
    }

    fn hidden(&self, (x, y): Place, size: i32) -> Option<Hidden> {
        let clip = &self.state.clip;
        let inside = clip.left <= x && x <= clip.right && clip.lower <= y && y <= clip.upper;
        if matches!(self.state.mode, 3 | 7) {
            Some(Hidden::Mode)
        } else if self.state.alpha < 0.1 {
            Some(Hidden::Transparent)
        } else if !inside {
            Some(Hidden::Outside)
        } else if size < TINY {
            Some(Hidden::Tiny)
        } else if self.state.fill.is_some_and(is_white) && !matches!(self.state.mode, 1 | 2 | 5 | 6) {
            Some(Hidden::White)
        } else {
            None
        }
    }
}

/// A resource that is missing, or of a kind that nothing says how to draw.
fn unknown(name: Option<&Object>) -> Error {
    let name = name.and_then(Object::name).map(printable).unwrap_or_default();
    Code::PdfMalformed.fault().at_path("Resources").found(name)
}
