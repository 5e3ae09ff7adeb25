//! Runs content streams (ISO 32000-1, annex A lists the operators).

use std::collections::BTreeMap;
use std::rc::Rc;

use czei_codes::Code as _;

use super::super::file::PdfFile;
use super::super::lexer::{Lexer, Token, is_space};
use super::super::object::{Dictionary, Object, Stream};
use super::super::page_tree::PageNode;
use super::colour::{Space, is_white};
use super::font::Font;
use super::matrix::{Bounds, Matrix, Place, micrometres, negative, on_page, product, sum};
use super::state::{Path, State};
use super::{Hidden, Image, Mark, PageContent, Source, TextPiece, page_box};
use crate::page::Colour;
use crate::{Code, Error};

/// Saved graphics states; ISO 32000-1, annex C knows 28.
const SAVED: usize = 256;
/// Forms within forms.
const FORMS: usize = 12;
/// Operands of one operator.
const OPERANDS: usize = 1_024;
/// A font size below which nobody reads, in micrometres.
const TINY: i32 = 353;
/// A4 across, in points: for pages without a size.
const PAPER: Bounds = Bounds { left: 0.0, lower: 0.0, right: 841.89, upper: 595.28 };

/// The way behind a glyph of text that runs from top to bottom, where the font does not say another (9.7.4.3).
const DOWN: f64 = -1000.0;

/// What drawing a form costs besides its bytes: its filter begins anew each time.
const FORM: usize = 4_096;

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
                    if operator == b"BI" {
                        self.inline_image(&mut lexer, content)?;
                    } else {
                        self.operate(&operator, &operands, resources, depth)?;
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
            (b"gs", _) => self.parameters(operands, resources)?,
            (b"Do", _) => self.external_object(operands, resources, depth)?,
            (b"m" | b"l" | b"c" | b"v" | b"y" | b"re" | b"h", numbers) => self.construct(operator, numbers),
            (b"W" | b"W*", _) => self.path.clips = true,
            (b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*", _) => self.paint(true),
            (b"S" | b"s" | b"n", _) => self.paint(false),
            (b"g", &[gray]) => self.fill(Space::Gray, &[gray]),
            (b"rg", components) => self.fill(Space::Rgb, components),
            (b"k", components) => self.fill(Space::Cmyk, components),
            (b"cs", _) => {
                let name = operands.first().and_then(Object::name).unwrap_or_default();
                self.state.space = Space::named(self.file, resources, name);
                self.state.fill = (self.state.space != Space::Other).then_some(Colour::BLACK);
            }
            (b"sc" | b"scn", components) => self.state.fill = self.state.space.colour(components),
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

    fn construct(&mut self, operator: &[u8], numbers: &[f64]) {
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
    }

    fn paint(&mut self, fills: bool) {
        let path = std::mem::take(&mut self.path);
        if fills && self.state.alpha > 0.0 {
            let (bounds, only_rectangles) = path.rectangles();
            let clip = self.state.clip;
            let rectangles = bounds.iter().map(|bounds| bounds.common(&clip).area(self.origin));
            let rectangles = rectangles.filter(|area| area.width > 0 && area.height > 0).collect();
            let (colour, is_opaque) = (self.state.fill, self.state.is_opaque());
            self.page.marks.push(Mark::Fill { rectangles, only_rectangles, colour, is_opaque });
        }
        if path.clips {
            // An empty path clips everything away.
            let none = Bounds { left: 0.0, lower: 0.0, right: -1.0, upper: -1.0 };
            self.state.clip = path.bounds().map_or(none, |bounds| bounds.common(&self.state.clip));
        }
    }

    fn parameters(&mut self, operands: &[Object], resources: Option<&'f Dictionary>) -> Result<(), Error> {
        let Some(parameters) = self.resource(operands.first(), resources, "ExtGState")?.and_then(Object::dictionary)
        else {
            return Ok(());
        };
        if let Some(alpha) = self.file.value(parameters, "ca")?.and_then(Object::number) {
            self.state.alpha = alpha;
        }
        if let Some(mode) = self.file.value(parameters, "BM")? {
            self.state.is_plain = matches!(mode.name(), Some(b"Normal" | b"Compatible"));
        }
        if let Some(mask) = self.file.value(parameters, "SMask")? {
            self.state.is_plain &= mask.name() == Some(b"None");
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
        let (Ok(name), Some(kind)) = (std::str::from_utf8(name), self.file.dictionary(resources, kind)?) else {
            return Ok(None);
        };
        self.file.budget.comparisons(kind.0.len())?;
        Ok(kind.get(name))
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

    fn external_object(
        &mut self,
        operands: &[Object],
        resources: Option<&'f Dictionary>,
        depth: usize,
    ) -> Result<(), Error> {
        let Some(object) = self.resource(operands.first(), resources, "XObject")? else { return Ok(()) };
        let number = object.reference().map(|id| id.number);
        let Some(stream) = self.file.resolve(object)?.stream() else { return Ok(()) };
        if stream.dictionary.is("Subtype", "Image") {
            if let Some(number) = number {
                self.image(Source::Object(number), &stream.dictionary);
            }
            return Ok(());
        }
        if stream.dictionary.is("Subtype", "Form") {
            self.form(stream, resources, depth)?;
        }
        Ok(())
    }

    fn form(&mut self, form: &'f Stream, resources: Option<&'f Dictionary>, depth: usize) -> Result<(), Error> {
        let depth = depth.checked_sub(1).ok_or_else(|| Code::PdfTooDeep.fault().at_path("XObject"))?;
        self.file.budget.bytes(FORM)?;
        let content = self.file.decoded(form)?;
        let own = self.file.dictionary(&form.dictionary, "Resources")?.or(resources);
        let state = self.state.clone();
        let saved = std::mem::take(&mut self.saved);
        let matrices = (self.text_matrix, self.line_matrix);
        let mut numbers = Vec::new();
        for number in self.file.elements(&form.dictionary, "Matrix")?.iter().take(6) {
            numbers.extend(self.file.resolve(number)?.number());
        }
        if let &[a, b, c, d, e, f] = &numbers[..] {
            self.state.ctm = Matrix([a, b, c, d, e, f]).then(&self.state.ctm);
        }
        if let Some(bounds) = page_box(self.file, self.file.value(&form.dictionary, "BBox")?)? {
            let Bounds { left, lower, right, upper } = bounds;
            let corners = [(left, lower), (right, lower), (right, upper), (left, upper)];
            let corners = corners.map(|corner| self.state.ctm.apply(corner));
            self.state.clip = Bounds::of(corners).map_or(self.state.clip, |bounds| bounds.common(&self.state.clip));
        }
        // Blending and masks around a form apply to all of it; within it, they begin anew.
        self.run(&content, own, depth)?;
        self.state = state;
        self.saved = saved;
        (self.text_matrix, self.line_matrix) = matrices;
        Ok(())
    }

    fn image(&mut self, source: Source, dictionary: &Dictionary) {
        let masked = ["SMask", "Mask", "ImageMask", "IM"].iter().any(|key| {
            dictionary.get(key).is_some_and(|value| *value != Object::Boolean(false) && *value != Object::Null)
        });
        let bounds = Bounds::of(self.state.ctm.unit_square());
        let Some(area) = bounds.map(|bounds| bounds.common(&self.state.clip).area(self.origin)) else { return };
        if self.state.alpha > 0.0 && area.width > 0 && area.height > 0 {
            let (is_opaque, colour) = (self.state.is_opaque() && !masked, self.state.fill);
            self.page.marks.push(Mark::Image(Image { area, source, is_opaque, colour }));
        }
    }

    /// Behind `BI`: keys and values, `ID`, the samples, `EI` (8.9.7).
    fn inline_image(&mut self, lexer: &mut Lexer<'_>, content: &[u8]) -> Result<(), Error> {
        let error = || Code::PdfMalformed.fault().at_path("Contents/BI");
        let mut values = Vec::new();
        loop {
            match lexer.token()? {
                Token::Value(value) if values.len() < 64 => values.push(value),
                Token::Operator(operator) if operator == b"ID" => break,
                _ => return Err(error()),
            }
        }
        let mut dictionary = Dictionary::default();
        let mut values = values.into_iter();
        while let (Some(Object::Name(key)), Some(value)) = (values.next(), values.next()) {
            dictionary.0.push((key, value));
        }
        let start = lexer.at + 1;
        let rest = content.get(start..).ok_or_else(error)?;
        let length = samples_length(&dictionary, rest).ok_or_else(error)?;
        lexer.at = start + length;
        match lexer.token()? {
            Token::Operator(operator) if operator == b"EI" => {}
            _ => return Err(error()),
        }
        let bytes = rest[..length].to_vec();
        self.image(Source::Inline { dictionary: dictionary.clone(), bytes }, &dictionary);
        Ok(())
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
        for part in parts {
            if let Some(number) = part.number() {
                let last = self.text_matrix;
                self.advance(spacing.adjustment(number), is_vertical);
                if !text.is_empty() && spacing.is_gap(number) {
                    self.show_piece(&first, &last, std::mem::take(&mut text), is_decoded);
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
            self.show_piece(&first, &last, text, is_decoded);
        }
        Ok(())
    }

    /// Adds what was shown between two places of the pen.
    fn show_piece(&mut self, first: &Matrix, last: &Matrix, text: String, is_decoded: bool) {
        let spacing = self.state.spacing;
        let first = spacing.matrix(first, &self.state.ctm);
        let last = spacing.matrix(last, &self.state.ctm);
        let start = first.apply((0.0, 0.0));
        let begin = on_page(start, self.origin);
        let end = on_page(last.apply((0.0, 0.0)), self.origin);
        let size = micrometres(product(first.height(), spacing.size)).saturating_abs();
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
        self.page.marks.push(Mark::Text(piece));
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

/// How many bytes of samples stand before `EI`: computed where there is no filter, otherwise up to the first `EI`
/// between white space.
fn samples_length(dictionary: &Dictionary, rest: &[u8]) -> Option<usize> {
    let value = |long: &str, short: &str| dictionary.get(long).or_else(|| dictionary.get(short));
    if value("Filter", "F").is_none() {
        let number = |long, short| value(long, short).and_then(Object::length);
        let is_mask = value("ImageMask", "IM") == Some(&Object::Boolean(true));
        let bits = if is_mask { 1 } else { number("BitsPerComponent", "BPC")? };
        let components = match value("ColorSpace", "CS").and_then(Object::name) {
            _ if is_mask => 1,
            Some(b"DeviceGray" | b"G") => 1,
            Some(b"DeviceRGB" | b"RGB") => 3,
            Some(b"DeviceCMYK" | b"CMYK") => 4,
            // Indexed, as an array.
            _ => 1,
        };
        let row = number("Width", "W")?.checked_mul(bits)?.checked_mul(components)?.div_ceil(8);
        return row.checked_mul(number("Height", "H")?).filter(|length| *length < rest.len());
    }
    let ends = |at: &usize| {
        let behind = rest.get(at + 3);
        is_space(rest[*at]) && rest[at + 1..].starts_with(b"EI") && behind.is_none_or(|byte| is_space(*byte))
    };
    (0..rest.len().saturating_sub(2)).find(ends)
}
