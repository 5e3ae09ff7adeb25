//! Other information: short entries side by side, long ones over the whole width.

use std::collections::VecDeque;

use crate::Error;
use crate::fields::{Field, Printed, Record, is_among};
use crate::length::{Area, Um};
use crate::template::{Body, GRID, Info, Side};

use super::canvas::Style;
use super::rows::sink;
use super::text::{Line, Source, baseline, leading};
use super::{INSET, Layout, within};

/// White above the first and below the last line.
const WHITE: Um = 1_000;

/// Between entries that stand side by side.
const GUTTER: Um = 2_000;

/// Other information in lines; those that were drawn are taken out.
pub(super) struct MeasuredInfo<'a> {
    pub(super) block: &'a Info,
    pub(super) size: Um,
    /// What stands on each line, with its distance from the left edge of the text.
    pub(super) lines: VecDeque<Vec<(Um, Line)>>,
}

impl MeasuredInfo<'_> {
    /// The height with which everything fits.
    pub(super) fn height(&self) -> Um {
        let lines = Um::try_from(self.lines.len()).unwrap_or(Um::MAX);
        leading(self.size).saturating_mul(lines).saturating_add(2 * WHITE).max(self.block.height)
    }

    /// How many lines a height holds.
    pub(super) fn holds(&self, height: Um) -> usize {
        usize::try_from((height - 2 * WHITE) / leading(self.size)).unwrap_or(0)
    }
}

impl<'a> Layout<'a> {
    pub(super) fn measure_info(&mut self, info: &'a Info, size: Um) -> Result<MeasuredInfo<'a>, Error> {
        let width = within(self.template.paper.inner().width - info.caption_width);
        let mut packing = Packing { columns: info.columns, width, lines: VecDeque::new(), used: info.columns };
        let caption_colour = self.template.paper.caption;
        for line in &info.lines {
            if !line.when.holds(&self.fields) {
                continue;
            }
            let colour = self.colour(line.inks);
            let values = self.sources(&line.value, Record::Receipt, colour);
            // Absent is absent, whatever the template says around it.
            let said = |source: &Source<'_>| source.printed.from.is_some() && !source.printed.text.is_empty();
            if line.value.fields().next().is_some() && !values.iter().any(said) {
                continue;
            }
            let mut sources = self.sources(&line.caption, Record::Receipt, caption_colour);
            sources.extend(values);
            packing.add(self.setter.set(&sources, size, width)?, line.full);
        }
        if info.rest {
            let named = self.named_extensions();
            let (fields, template) = (self.fields, self.template);
            let rest = fields.content().ext.iter().filter(|extension| !is_among(extension, &named));
            for extension in rest.filter(|extension| !extension.text.is_empty()) {
                let name = extension.name.as_str();
                let known = template.names.get(&name.to_lowercase()).map_or(name, String::as_str);
                let value = Printed { text: extension.text.as_str().into(), from: Some(format!("ext:{name}")) };
                let caption = Printed { text: known.into(), from: Some(format!("ext:{name}")) };
                let colour = template.paper.value;
                let sources = [
                    Source { printed: caption, colour: caption_colour },
                    Self::caption("：", caption_colour),
                    Source { printed: value, colour },
                ];
                packing.add(self.setter.set(&sources, size, width)?, false);
            }
        }
        Ok(MeasuredInfo { block: info, size, lines: packing.lines })
    }

    /// The extensions that this receipt's first page prints somewhere by name, in lower case.
    fn named_extensions(&self) -> Vec<String> {
        let mut names = Vec::new();
        if self.fields.content().ext.is_empty() {
            return names;
        }
        let mut add = |value: &crate::template::Value| {
            names.extend(value.fields().filter_map(|field| match field {
                Field::Ext(name) => Some(name.to_lowercase()),
                _ => None,
            }));
        };
        let fields = &self.fields;
        for block in self.template.blocks.iter().filter(|block| block.pages.has(true) && block.when.holds(fields)) {
            match &block.body {
                Body::Rows(rows) => {
                    rows.cells.iter().filter(|cell| cell.when.holds(fields)).for_each(|cell| add(&cell.value))
                }
                Body::Info(info) => {
                    info.lines.iter().filter(|line| line.when.holds(fields)).for_each(|line| add(&line.value))
                }
                Body::Text(text) => add(&text.value),
                Body::Qr(_) | Body::Seal(_) | Body::Preview(_) | Body::Table(_) => {}
            }
        }
        names
    }

    /// Draws as many lines as a box of that height holds; where some remain, the box says that they go on, if it is
    /// to.
    pub(super) fn draw_info(
        &mut self,
        info: &mut MeasuredInfo<'a>,
        top: Um,
        height: Um,
        says_more: bool,
    ) -> Result<(), Error> {
        let inner = self.template.paper.inner();
        let colour = self.template.paper.caption;
        let size = info.size;
        let style = Style { size, bold: false, side: Side::Left };
        let left = inner.x + info.block.caption_width + INSET;
        let mut holds = info.holds(height);
        let goes_on = info.lines.len() > holds;
        if goes_on && says_more {
            holds = holds.saturating_sub(1);
        }
        let mut y = top + WHITE + baseline(size);
        for _ in 0..holds.min(info.lines.len()) {
            for (x, line) in info.lines.pop_front().unwrap_or_default() {
                self.sheet().line(line, left + x, 0, y, style);
            }
            y += leading(size);
        }
        if goes_on && says_more {
            for line in self.setter.set(&[Self::caption(&info.block.more, colour)], size, Um::MAX)? {
                let width = within(inner.width - info.block.caption_width);
                self.sheet().line(line, left, width, y, Style { side: Side::Right, ..style });
            }
        }
        self.upright(&info.block.caption, Area { x: inner.x, y: top, width: info.block.caption_width, height }, size)?;
        let sheet = self.sheet();
        sheet.vertical(inner.x + info.block.caption_width, top, top + height, colour);
        sheet.frame(Area { x: inner.x, y: top, width: inner.width, height }, colour);
        Ok(())
    }

    /// Writes characters one below the other in the middle of an area; two to a line where it is too low.
    fn upright(&mut self, text: &'a str, area: Area, size: Um) -> Result<(), Error> {
        let count = Um::try_from(text.chars().count()).unwrap_or(Um::MAX).max(1);
        let step = leading(size);
        let per_line = if step.saturating_mul(count) <= area.height { 1 } else { 2 };
        let lines = (count + per_line - 1) / per_line;
        // Wider steps where there is room, as captions of this kind have them.
        let step = ((area.height - 2 * WHITE) / lines / GRID * GRID).clamp(step, step * 5 / 4 / GRID * GRID);
        let mut y = area.y + sink((area.height - step * lines).max(0)) + sink(step - leading(size)) + baseline(size);
        let style = Style { size, bold: false, side: Side::Centre };
        let mut rest = text;
        while !rest.is_empty() {
            let end = rest.char_indices().nth(per_line as usize).map_or(rest.len(), |(at, _)| at);
            let (part, after) = rest.split_at(end);
            rest = after;
            let colour = self.template.paper.caption;
            for line in self.setter.set(&[Self::caption(part, colour)], size, Um::MAX)? {
                self.sheet().line(line, area.x, area.width, y, style);
            }
            y += step;
        }
        Ok(())
    }
}

/// Entries on their way into lines.
struct Packing {
    columns: usize,
    width: Um,
    lines: VecDeque<Vec<(Um, Line)>>,
    /// How many columns of the last line are taken.
    used: usize,
}

impl Packing {
    fn add(&mut self, mut entry: Vec<Line>, full: bool) {
        let columns = Um::try_from(self.columns).unwrap_or(1);
        let each = self.width / columns;
        let widest = entry.iter().map(|line| line.width).max().unwrap_or(0);
        let needed = usize::try_from((widest + GUTTER + each - 1) / each).unwrap_or(self.columns).max(1);
        if full || entry.len() != 1 || needed > self.columns {
            self.lines.extend(entry.drain(..).map(|line| vec![(0, line)]));
            self.used = self.columns;
            return;
        }
        if self.used + needed > self.columns {
            self.lines.push_back(Vec::new());
            self.used = 0;
        }
        let x = each * Um::try_from(self.used).unwrap_or(0);
        if let (Some(last), Some(line)) = (self.lines.back_mut(), entry.pop()) {
            last.push((x, line));
        }
        self.used += needed;
    }
}
