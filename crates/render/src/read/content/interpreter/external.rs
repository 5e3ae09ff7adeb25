//! What stands outside the content stream and is drawn by it: forms, images, patterns and masks (ISO 32000-1, 8.7.3,
//! 8.8 to 8.10 and 11.6.5).

use czei_codes::Code as _;

use super::super::super::object::{Dictionary, Object, Stream};
use super::super::matrix::{Bounds, Matrix};
use super::super::{Image, Mark, Source, page_box};
use super::{Interpreter, unknown};
use crate::{Code, Error};

/// What drawing a form costs besides its bytes: its filter begins anew each time.
const FORM: usize = 4_096;

impl<'f> Interpreter<'f, '_, '_> {
    pub(super) fn external_object(
        &mut self,
        operands: &[Object],
        resources: Option<&'f Dictionary>,
        depth: usize,
    ) -> Result<(), Error> {
        let name = operands.first();
        let object = self.needed(name, resources, "XObject")?;
        let stream = self.file.resolve(object)?.stream().ok_or_else(|| unknown(name))?;
        let subtype = self.file.value(&stream.dictionary, "Subtype")?.and_then(Object::name);
        match (subtype, object) {
            (Some(b"Image"), Object::Reference(id)) if self.is_stream(id.number) => {
                self.image(Source::Object(id.number), &stream.dictionary)
            }
            (Some(b"Form"), _) => self.form(stream, resources, depth),
            _ => Err(unknown(name)),
        }
    }

    /// Follows the pattern that is chosen as a colour (8.7.3).
    pub(super) fn pattern(
        &mut self,
        name: &Object,
        resources: Option<&'f Dictionary>,
        depth: usize,
    ) -> Result<(), Error> {
        let pattern = self.file.resolve(self.needed(Some(name), resources, "Pattern")?)?;
        match pattern {
            Object::Stream(cell) => self.refuse_text(cell, resources, depth),
            // A shading.
            Object::Dictionary(_) => Ok(()),
            _ => Err(unknown(Some(name))),
        }
    }

    /// Runs what is painted over and over, or as a mask: where its text comes to stand is not computed, so there may be
    /// none.
    pub(super) fn refuse_text(
        &mut self,
        stream: &'f Stream,
        resources: Option<&'f Dictionary>,
        depth: usize,
    ) -> Result<(), Error> {
        let (marks, path) = (self.page.marks.len(), std::mem::take(&mut self.path));
        self.form(stream, resources, depth)?;
        let is_text = |mark: &Mark| matches!(mark, Mark::Text(piece) if !piece.text.trim().is_empty());
        if self.page.marks.drain(marks..).any(|mark| is_text(&mark)) {
            return Err(Code::PdfMalformed.fault().at_path("Contents").found("text in a pattern or mask"));
        }
        self.path = path;
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
        if let Some(matrix) = self.file.numbers(&form.dictionary, "Matrix")? {
            self.state.ctm = Matrix(matrix).then(&self.state.ctm);
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

    pub(super) fn image(&mut self, source: Source, dictionary: &Dictionary) -> Result<(), Error> {
        let mut masked = false;
        for key in ["SMask", "Mask", "ImageMask"] {
            masked |= self.file.value(dictionary, key)?.is_some_and(|value| *value != Object::Boolean(false));
        }
        let bounds = Bounds::of(self.state.ctm.unit_square());
        let Some(area) = bounds.map(|bounds| bounds.common(&self.state.clip).area(self.origin)) else { return Ok(()) };
        if self.state.alpha > 0.0 && area.width > 0 && area.height > 0 {
            let (is_opaque, colour) = (self.state.is_opaque() && !masked, self.state.fill);
            self.mark(Mark::Image(Image { area, source, is_opaque, colour }))?;
        }
        Ok(())
    }

    /// Whether the reference leads to a stream at once, and not to another reference.
    fn is_stream(&self, number: u32) -> bool {
        matches!(self.file.objects.get(&number).map(|slot| &slot.value), Some(Ok(Object::Stream(_))))
    }
}
