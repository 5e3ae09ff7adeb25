//! Setting text: characters to glyphs, and lines that break where the rules of Chinese typesetting allow.

use icu_segmenter::options::{LineBreakOptions, LineBreakStrictness};
use icu_segmenter::{LineSegmenter, LineSegmenterBorrowed};

use crate::fields::Printed;
use crate::font::{FontSet, Lack};
use crate::length::Um;
use crate::page::{Colour, SetGlyph};
use crate::template::GRID;
use crate::{Code, Error};

/// How many missing characters an error names one by one.
const MOST_NAMED: usize = 40;

/// The distance of baselines for a font size: a quarter more than the size, on the grid.
pub(crate) const fn leading(size: Um) -> Um {
    (size * 5 / 4 + GRID - 1) / GRID * GRID
}

/// How far the first baseline lies below the top of a line: the em square stands in the middle, on the grid.
/// 0.88 of an em square of Chinese fonts lies above the baseline.
pub(crate) const fn baseline(size: Um) -> Um {
    let exact = (leading(size) - size) / 2 + size * 22 / 25;
    (exact + GRID / 2) / GRID * GRID
}

/// A line of text that was set.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line {
    pub(crate) runs: Vec<Run>,
    pub(crate) width: Um,
}

/// Glyphs of one colour that stand side by side.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(crate) colour: Colour,
    pub(crate) glyphs: Vec<SetGlyph>,
    pub(crate) width: Um,
}

/// A text to be set, with its colour.
pub(crate) struct Source<'a> {
    pub(crate) printed: Printed<'a>,
    pub(crate) colour: Colour,
}

/// Glyphs with their advances: a paragraph before it is broken into lines.
#[derive(Default)]
struct Paragraph {
    text: String,
    glyphs: Vec<SetGlyph>,
    colours: Vec<Colour>,
    /// Where each glyph ends, from the beginning of the paragraph; `i64` because a remark may be kilometres long.
    ends: Vec<i64>,
}

/// A character that cannot be set: why, of which field, its index there from 1.
struct Missing {
    character: char,
    lack: Lack,
    from: String,
    index: usize,
}

/// Sets the texts of one receipt, and remembers the characters that cannot be set.
pub(crate) struct Setter<'f> {
    fonts: &'f FontSet,
    segmenter: LineSegmenterBorrowed<'static>,
    missing: Vec<Missing>,
    missing_more: usize,
}

impl<'f> Setter<'f> {
    pub(crate) fn new(fonts: &'f FontSet) -> Self {
        let mut options = LineBreakOptions::default();
        options.strictness = Some(LineBreakStrictness::Strict);
        let segmenter = LineSegmenter::new_for_non_complex_scripts(options);
        Setter { fonts, segmenter, missing: Vec::new(), missing_more: 0 }
    }

    /// Sets texts one behind the other in lines of at most a width; line feeds begin a new line. No line is ever
    /// without glyphs unless the text has an empty one.
    ///
    /// # Errors
    /// [`Code::InvisibleCharacter`]. Characters without a glyph are told by [`Setter::finish`].
    pub(crate) fn set(&mut self, sources: &[Source<'_>], size: Um, width: Um) -> Result<Vec<Line>, Error> {
        let mut lines = Vec::new();
        let mut paragraph = Paragraph::default();
        for source in sources {
            refuse_invisible(&source.printed)?;
            let mut index = 0;
            for (number, part) in source.printed.text.split('\n').enumerate() {
                if number > 0 {
                    self.break_lines(&paragraph, width, &mut lines);
                    paragraph = Paragraph::default();
                }
                // Only counted where an error can need it.
                let before = index;
                if source.printed.from.is_some() {
                    index += part.chars().count() + 1;
                }
                self.append(&mut paragraph, part, source, before, size);
            }
        }
        if !paragraph.glyphs.is_empty() || lines.is_empty() {
            self.break_lines(&paragraph, width, &mut lines);
        }
        Ok(lines)
    }

    fn append(&mut self, paragraph: &mut Paragraph, part: &str, source: &Source<'_>, before: usize, size: Um) {
        // Receipts of others may hold control characters; they separate words, and so does a space.
        let spaced: String;
        let part = if part.contains(char::is_control) {
            spaced = part.trim_end_matches('\r').replace(char::is_control, " ");
            &spaced
        } else {
            part
        };
        match self.fonts.set(part) {
            Ok(glyphs) => {
                let mut end = paragraph.ends.last().copied().unwrap_or(0);
                for glyph in &glyphs {
                    end += i64::from(self.fonts.advance(glyph, size));
                    paragraph.ends.push(end);
                }
                paragraph.colours.resize(paragraph.colours.len() + glyphs.len(), source.colour);
                paragraph.glyphs.extend(glyphs);
                paragraph.text.push_str(part);
            }
            Err(missing) => {
                let from = source.printed.from.as_deref().unwrap_or("the template");
                for missing in missing {
                    let index = before + missing.index + 1;
                    // A cell may be set in several sizes.
                    if self.missing.iter().any(|other| other.index == index && other.from == from) {
                        continue;
                    }
                    if self.missing.len() < MOST_NAMED {
                        self.missing.push(Missing {
                            character: missing.character,
                            lack: missing.lack,
                            from: from.to_owned(),
                            index,
                        });
                    } else {
                        self.missing_more += 1;
                    }
                }
            }
        }
    }

    fn break_lines(&self, paragraph: &Paragraph, width: Um, lines: &mut Vec<Line>) {
        let count = paragraph.glyphs.len();
        let end = |glyphs: usize| if glyphs == 0 { 0 } else { paragraph.ends[glyphs - 1] };
        if end(count) <= i64::from(width) {
            lines.push(paragraph.line(0, count));
            return;
        }
        let breaks = self.breaks(paragraph);
        let mut start = 0;
        let mut next = 0;
        while start < count {
            // The last place to break at before which everything but spaces fits.
            let mut best = None;
            while let Some(&at) = breaks.get(next) {
                if at > start && end(paragraph.trimmed(start, at)) - end(start) > i64::from(width) {
                    break;
                }
                best = Some(at).filter(|&at| at > start).or(best);
                next += 1;
            }
            let stop = best.unwrap_or_else(|| paragraph.emergency(start, width));
            lines.push(paragraph.line(start, paragraph.trimmed(start, stop)));
            start = stop;
        }
    }

    /// Before which glyphs a line may break, and behind the last one.
    fn breaks(&self, paragraph: &Paragraph) -> Vec<usize> {
        let mut glyphs = paragraph.glyphs.iter().enumerate().peekable();
        let mut characters = paragraph.text.char_indices().peekable();
        let mut breaks = Vec::new();
        for byte in self.segmenter.segment_str(&paragraph.text) {
            // A glyph may stand for a character with its selector: both iterators go on until the byte is reached.
            while characters.peek().is_some_and(|(at, _)| *at < byte) {
                if let Some((_, character)) = characters.next()
                    && glyphs.peek().is_some_and(|(_, glyph)| glyph.character == character)
                {
                    glyphs.next();
                }
            }
            breaks.push(glyphs.peek().map_or(paragraph.glyphs.len(), |(index, _)| *index));
        }
        breaks.push(paragraph.glyphs.len());
        breaks
    }

    /// Forgets what was missing, because everything is set anew.
    pub(crate) fn begin_again(&mut self) {
        self.missing.clear();
        self.missing_more = 0;
    }

    /// Ends the setting.
    ///
    /// # Errors
    /// [`Code::MissingGlyph`] with all characters that had none, and where they stand; where there are such that no
    /// font helps with, [`Code::ScriptNeedsShaping`] with those alone.
    pub(crate) fn finish(&self) -> Result<(), Error> {
        if self.missing.is_empty() {
            return Ok(());
        }
        let shaping = self.missing.iter().any(|missing| missing.lack == Lack::Shaping);
        let named = self.missing.iter().filter(|missing| !shaping || missing.lack == Lack::Shaping).map(|missing| {
            let Missing { character, from, index, .. } = missing;
            // A variation selector has no shape of its own.
            let shown = if missing.lack == Lack::Form { String::new() } else { format!(" {character}") };
            format!("U+{:04X}{shown} in {from}, character {index}", u32::from(*character))
        });
        let mut found = named.collect::<Vec<_>>().join("; ");
        if self.missing_more > 0 {
            found.push_str(&format!("; and {} more", self.missing_more));
        }
        let code = if shaping { Code::ScriptNeedsShaping } else { Code::MissingGlyph };
        let first = self.missing.iter().find(|missing| !shaping || missing.lack == Lack::Shaping);
        let error = Error::new(code).found(found);
        Err(match first {
            Some(first) => error.at_path(first.from.to_string()),
            None => error,
        })
    }
}

impl Paragraph {
    fn line(&self, start: usize, end: usize) -> Line {
        let begin = |glyph: usize| if glyph == 0 { 0 } else { self.ends[glyph - 1] };
        // A line is never wider than the paper, except one glyph alone.
        let width = |from: usize, to: usize| Um::try_from(begin(to) - begin(from)).unwrap_or(Um::MAX);
        let mut runs = Vec::with_capacity(1);
        let mut from = start;
        while from < end {
            let same = self.colours[from..end].iter().take_while(|colour| **colour == self.colours[from]).count();
            let to = from + same;
            let glyphs = self.glyphs[from..to].to_vec();
            runs.push(Run { colour: self.colours[from], glyphs, width: width(from, to) });
            from = to;
        }
        Line { runs, width: width(start, end) }
    }

    /// The end without the spaces before it.
    fn trimmed(&self, start: usize, end: usize) -> usize {
        let spaces =
            self.glyphs[start..end].iter().rev().take_while(|glyph| matches!(glyph.character, ' ' | '\u{3000}'));
        end - spaces.count()
    }

    /// Where a word breaks that is longer than a line: as late as it fits, and behind one glyph at least.
    fn emergency(&self, start: usize, width: Um) -> usize {
        let begin = if start == 0 { 0 } else { self.ends[start - 1] };
        let fitting = self.ends[start..].partition_point(|&end| end - begin <= i64::from(width));
        start + fitting.max(1)
    }
}

fn refuse_invisible(printed: &Printed<'_>) -> Result<(), Error> {
    let Some(from) = &printed.from else { return Ok(()) };
    if printed.text.is_ascii() {
        return Ok(());
    }
    match czei_core::first_invisible(&printed.text) {
        None => Ok(()),
        Some((index, character)) => {
            let found = format!("U+{:04X} in {from}, character {}", u32::from(character), index + 1);
            Err(Error::new(Code::InvisibleCharacter).at_path(from.clone()).found(found))
        }
    }
}

#[cfg(test)]
mod tests;
