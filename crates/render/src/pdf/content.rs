//! Content streams: the marks of pages as operators (ISO 32000-1, 8 and 9), in as few bytes as is sensible.

use std::collections::BTreeSet;
use std::sync::Arc;

use czei_codes::Code as _;
use pdf_writer::Ref;

use super::fonts::Fonts;
use super::number::{milli, push_integer, push_milli, push_scaled};
use super::qr::blocks;
use crate::artwork::Artwork;
use crate::length::{Area, Point, Um};
use crate::page::{Colour, Mark, Page, TextRun};
use crate::qr::QrModules;
use crate::{Code, Error};

/// A bold outline is thickened by a stroke of this part of the font size.
const BOLD_PART: i64 = 32;

/// A string has at most 32,767 bytes (ISO 19005-3, 6.1.12); each glyph takes two, four when both are escaped.
const GLYPHS_IN_STRING: usize = 8_000;

/// Decimals of a matrix that scales micrometres to points: a metre is then right within a thousandth of a point.
const MATRIX_DECIMALS: usize = 9;

/// Writes a content stream, and keeps what it uses. Colours, widths and fonts are set only where they change.
#[derive(Default)]
pub(super) struct Painter {
    out: Vec<u8>,
    /// Where the page's upper left corner lies on the sheet, in thousandths of a point from its lower left one.
    corner: (i64, i64),
    fonts: BTreeSet<Ref>,
    artworks: BTreeSet<Ref>,
    fill: Option<Colour>,
    stroke: Option<Colour>,
    line: Option<i64>,
    font: Option<(Ref, i64)>,
    bold: bool,
    round: bool,
    open: Open,
}

/// What is not yet ended.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Open {
    #[default]
    Nothing,
    /// A path of rules, to be stroked.
    Path,
    /// A text object; where its last line began.
    Text(i64, i64),
}

impl Painter {
    /// Paints a page, whose upper left corner lies there on the sheet.
    pub(super) fn page(
        &mut self,
        page: &Page,
        corner: (i64, i64),
        fonts: &Fonts<'_>,
        artworks: &[(Arc<Artwork>, Ref)],
    ) -> Result<(), Error> {
        self.corner = corner;
        for mark in &page.marks {
            match mark {
                Mark::Text(run) => self.text(run, fonts)?,
                Mark::Rule { from, to, width, colour } => self.rule(*from, *to, *width, *colour),
                Mark::Qr { area, modules } => self.qr(area, modules),
                Mark::Artwork { area, artwork } => {
                    // The caller brings those of the page.
                    if let Some((_, id)) = artworks.iter().find(|(known, _)| Arc::ptr_eq(known, artwork)) {
                        self.artwork(area, artwork, *id);
                    }
                }
            }
        }
        Ok(())
    }

    /// A dashed hairline across the sheet, where it is cut.
    pub(super) fn cut(&mut self, y: i64, width: i64) {
        self.end();
        self.set_stroke(Colour(0x80, 0x80, 0x80));
        self.set_line(250);
        self.words(&[b"q [6 6] 0 d 0 "]);
        push_milli(&mut self.out, y);
        self.words(&[b" m "]);
        push_milli(&mut self.out, width);
        self.words(&[b" "]);
        push_milli(&mut self.out, y);
        self.words(&[b" l S Q\n"]);
    }

    /// Whether artwork is painted, which is transparent.
    pub(super) fn is_transparent(&self) -> bool {
        !self.artworks.is_empty()
    }

    /// The fonts that are used, in the order of their objects.
    pub(super) fn fonts(&self) -> impl Iterator<Item = Ref> {
        self.fonts.iter().copied()
    }

    /// The artworks that are used, in the order of their objects.
    pub(super) fn artworks(&self) -> impl Iterator<Item = Ref> {
        self.artworks.iter().copied()
    }

    /// The stream, with everything ended.
    pub(super) fn operators(&mut self) -> &[u8] {
        self.end();
        &self.out
    }

    fn text(&mut self, run: &TextRun, fonts: &Fonts<'_>) -> Result<(), Error> {
        if run.glyphs.is_empty() {
            return Ok(());
        }
        let (x, y) = self.on_sheet(run.x, run.baseline);
        let size = milli(run.size);
        let (last_x, last_y) = match self.open {
            Open::Text(x, y) => (x, y),
            _ => {
                self.end();
                self.words(&[b"BT "]);
                (0, 0)
            }
        };
        self.set_fill(run.colour);
        if run.bold {
            self.set_stroke(run.colour);
            self.set_line(size / BOLD_PART);
            if !self.round {
                // Mitred joins would grow thorns on sharp corners.
                self.words(&[b"1 j "]);
                self.round = true;
            }
        }
        if run.bold != self.bold {
            self.words(&[if run.bold { b"2 Tr " } else { b"0 Tr " }]);
            self.bold = run.bold;
        }
        if (x, y) != (last_x, last_y) {
            self.numbers(&[x - last_x, y - last_y]);
            self.words(&[b"Td "]);
        }
        self.open = Open::Text(x, y);
        self.glyphs(run, size, fonts)?;
        self.words(&[b"\n"]);
        Ok(())
    }

    /// The strings of a run: one for each stretch in the same font.
    fn glyphs(&mut self, run: &TextRun, size: i64, fonts: &Fonts<'_>) -> Result<(), Error> {
        let mut length = 0;
        for glyph in &run.glyphs {
            let Some((font, cid)) = fonts.find(glyph) else {
                return Err(Code::MissingGlyph.fault().found(glyph.character.to_string()));
            };
            if length > 0 && (length == GLYPHS_IN_STRING || self.font != Some((font, size))) {
                self.words(&[b")Tj "]);
                length = 0;
            }
            if self.font != Some((font, size)) {
                self.words(&[b"/F"]);
                push_integer(&mut self.out, i64::from(font.get()));
                self.words(&[b" "]);
                self.numbers(&[size]);
                self.words(&[b"Tf "]);
                self.font = Some((font, size));
                self.fonts.insert(font);
            }
            if length == 0 {
                self.words(&[b"("]);
            }
            for byte in cid.to_be_bytes() {
                match byte {
                    b'(' | b')' | b'\\' => self.out.extend_from_slice(&[b'\\', byte]),
                    // A bare CR would be read as LF (7.3.4.2).
                    b'\r' => self.out.extend_from_slice(b"\\r"),
                    _ => self.out.push(byte),
                }
            }
            length += 1;
        }
        self.words(&[b")Tj"]);
        Ok(())
    }

    fn rule(&mut self, from: Point, to: Point, width: Um, colour: Colour) {
        if self.open != Open::Path || self.stroke != Some(colour) || self.line != Some(milli(width)) {
            self.end();
            self.set_stroke(colour);
            self.set_line(milli(width));
            self.open = Open::Path;
        }
        for (end, operator) in [(from, b"m "), (to, b"l\n")] {
            let (x, y) = self.on_sheet(end.x, end.y);
            self.numbers(&[x, y]);
            self.words(&[operator]);
        }
    }

    /// All modules are one path in their own coordinates, filled at once: no seams, whatever the resolution.
    fn qr(&mut self, area: &Area, modules: &QrModules) {
        self.end();
        self.set_fill(Colour::BLACK);
        let side = i128::try_from(modules.side.max(1)).unwrap_or(i128::MAX);
        let scale = |length: Um| i128::from(length) * 360 * 1_000_000 / (127 * side);
        self.matrix(scale(area.width), -scale(area.height), self.on_sheet(area.x, area.y));
        for block in blocks(modules) {
            for number in [block.column, block.row, block.width, block.height] {
                // A QR code has at most 177 modules on a side.
                push_integer(&mut self.out, i64::try_from(number).unwrap_or(i64::MAX));
                self.words(&[b" "]);
            }
            self.words(&[b"re\n"]);
        }
        self.words(&[b"f Q\n"]);
    }

    /// Artwork stands in the unit square, and is multiplied with what lies beneath.
    fn artwork(&mut self, area: &Area, artwork: &Artwork, id: Ref) {
        self.end();
        let (width, height) = super::artwork::extent(artwork);
        let scale = |length: Um, extent: i64| i128::from(length) * 360 * 1_000_000 / (127 * i128::from(extent.max(1)));
        let corner = self.on_sheet(area.x, area.bottom());
        self.matrix(scale(area.width, width), scale(area.height, height), corner);
        self.words(&[b"/M gs /X"]);
        push_integer(&mut self.out, i64::from(id.get()));
        self.words(&[b" Do Q\n"]);
        self.artworks.insert(id);
    }

    /// Saves the state and scales, with the origin here.
    fn matrix(&mut self, x_scale: i128, y_scale: i128, (x, y): (i64, i64)) {
        self.words(&[b"q "]);
        push_scaled(&mut self.out, x_scale, MATRIX_DECIMALS);
        self.words(&[b" 0 0 "]);
        push_scaled(&mut self.out, y_scale, MATRIX_DECIMALS);
        self.words(&[b" "]);
        self.numbers(&[x, y]);
        self.words(&[b"cm\n"]);
    }

    /// A place of the page as one of the sheet.
    fn on_sheet(&self, x: Um, y: Um) -> (i64, i64) {
        (self.corner.0 + milli(x), self.corner.1 - milli(y))
    }

    /// Ends what is open.
    fn end(&mut self) {
        match self.open {
            Open::Nothing => {}
            Open::Path => self.words(&[b"S\n"]),
            Open::Text(..) => self.words(&[b"ET\n"]),
        }
        self.open = Open::Nothing;
    }

    fn set_fill(&mut self, colour: Colour) {
        if self.fill != Some(colour) {
            push_colour(&mut self.out, colour);
            self.words(&[b"rg "]);
            self.fill = Some(colour);
        }
    }

    fn set_stroke(&mut self, colour: Colour) {
        if self.stroke != Some(colour) {
            push_colour(&mut self.out, colour);
            self.words(&[b"RG "]);
            self.stroke = Some(colour);
        }
    }

    fn set_line(&mut self, width: i64) {
        if self.line != Some(width) {
            self.numbers(&[width]);
            self.words(&[b"w "]);
            self.line = Some(width);
        }
    }

    /// Thousandths of a point, a space behind each.
    fn numbers(&mut self, values: &[i64]) {
        for value in values {
            push_milli(&mut self.out, *value);
            self.out.push(b' ');
        }
    }

    fn words(&mut self, words: &[&[u8]]) {
        for word in words {
            self.out.extend_from_slice(word);
        }
    }
}

/// The three parts of a colour with three decimals, which tell 256 steps apart; a space behind each.
pub(super) fn push_colour(out: &mut Vec<u8>, colour: Colour) {
    for part in [colour.0, colour.1, colour.2] {
        push_milli(out, (i64::from(part) * 1000 + 127) / 255);
        out.push(b' ');
    }
}
