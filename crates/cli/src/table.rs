//! Tables for people: columns as wide as their widest cell, a Chinese character counting as two.

use crate::failure::Result;
use crate::output::Output;
use crate::shown;

/// Rows of cells, with names above them.
#[derive(Debug)]
pub(crate) struct Table<const N: usize> {
    rows: Vec<[String; N]>,
    is_number: [bool; N],
}

impl<const N: usize> Table<N> {
    /// A table with the names of its columns; `#` before a name aligns the column to the right.
    pub(crate) fn new(names: [&str; N]) -> Self {
        let is_number = names.map(|name| name.starts_with('#'));
        Table { rows: vec![names.map(|name| name.trim_start_matches('#').to_owned())], is_number }
    }

    /// Adds a row; cells are made safe for a terminal.
    pub(crate) fn row(&mut self, cells: [String; N]) {
        self.rows.push(cells.map(|cell| shown::text(&cell)));
    }

    /// Whether it has no row.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.len() == 1
    }

    /// Writes it, nothing when it has no row.
    pub(crate) fn write(&self, output: &mut Output) -> Result<()> {
        if self.is_empty() {
            return Ok(());
        }
        let mut widths = [0; N];
        for row in &self.rows {
            for (at, cell) in row.iter().enumerate() {
                widths[at] = widths[at].max(width(cell));
            }
        }
        for row in &self.rows {
            let mut line = String::new();
            for (at, cell) in row.iter().enumerate() {
                let blanks = " ".repeat(widths[at] - width(cell));
                let parts = if self.is_number[at] { [&blanks, cell] } else { [cell, &blanks] };
                parts.iter().for_each(|part| line.push_str(part));
                line.push_str("  ");
            }
            output.line(line.trim_end())?;
        }
        Ok(())
    }
}

/// How many places a text takes on a terminal.
fn width(text: &str) -> usize {
    text.chars().map(|character| if is_wide(character) { 2 } else { 1 }).sum()
}

/// The blocks of East Asian characters that take two places.
fn is_wide(character: char) -> bool {
    matches!(u32::from(character),
        0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f
        | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1faff | 0x20000..=0x3fffd)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chinese_character_takes_two_places() {
        assert_eq!(width("号码 𠮷 a（é）"), 2 * 2 + 1 + 2 + 1 + 1 + 2 + 1 + 2);
    }
}
