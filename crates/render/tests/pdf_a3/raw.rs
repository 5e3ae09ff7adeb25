//! The bytes of a file: its cross-reference table and the objects that it places, cut without understanding them.

use crate::subject::find;

/// An object between `N 0 obj` and `endobj`, both included with what stands directly before and behind them.
pub struct RawObject<'a> {
    pub number: usize,
    /// From the object number to the end of `endobj`.
    pub bytes: &'a [u8],
    /// The byte before the number.
    pub before: u8,
    /// The byte behind `endobj`.
    pub behind: u8,
}

impl<'a> RawObject<'a> {
    /// What stands before a stream's data: all of an object that is no stream.
    pub fn head(&self) -> &'a [u8] {
        &self.bytes[..find(self.bytes, b"stream\n").unwrap_or(self.bytes.len())]
    }
}

/// Where the cross-reference table begins, from the last `startxref`.
pub fn table_start(bytes: &[u8]) -> Result<usize, String> {
    let at = bytes.windows(9).rposition(|window| window == b"startxref").ok_or("no startxref")?;
    number(&bytes[at + 9..]).ok_or("startxref names no place".to_owned())
}

/// The rows of the table: offset, generation, and whether the object is in use.
pub fn table(bytes: &[u8]) -> Result<Vec<(usize, usize, bool)>, String> {
    let start = table_start(bytes)?;
    let rest = bytes.get(start..).and_then(|rest| rest.strip_prefix(b"xref\n0 ")).ok_or("xref, a line end, and 0")?;
    let count = number(rest).ok_or("no count of the subsection")?;
    let line = rest.iter().position(|byte| *byte == b'\n').ok_or("no line end behind the subsection's head")?;
    if rest[..line] != *count.to_string().as_bytes() {
        return Err("more than a count in the subsection's head".to_owned());
    }
    let rows = rest.get(line + 1..line + 1 + 20 * count).ok_or("the table is cut off")?;
    if !rest[line + 1 + 20 * count..].starts_with(b"trailer") {
        return Err("the table has another length".to_owned());
    }
    rows.chunks(20).map(row).collect()
}

fn row(row: &[u8]) -> Result<(usize, usize, bool), String> {
    let kind = &row[17..];
    if row[10] != b' ' || row[16] != b' ' || !matches!(kind, b"n \n" | b"f \n" | b"n\r\n" | b"f\r\n") {
        return Err(format!("a row {}", row.escape_ascii()));
    }
    let digits = |part: &[u8]| std::str::from_utf8(part).ok().and_then(|text| text.parse().ok());
    match (digits(&row[..10]), digits(&row[11..16])) {
        (Some(offset), Some(generation)) => Ok((offset, generation, kind[0] == b'n')),
        _ => Err(format!("a row {}", row.escape_ascii())),
    }
}

/// The objects that the table places.
pub fn objects(bytes: &[u8]) -> Result<Vec<RawObject<'_>>, String> {
    let used = table(bytes)?.into_iter().enumerate().filter(|(_, (_, _, used))| *used);
    used.map(|(number, (offset, _, _))| {
        let rest = bytes.get(offset..).ok_or_else(|| format!("object {number} begins behind the end"))?;
        // Compressed data could hold the word: an object ends at the one before the next object or the table.
        let end = end_of(rest).ok_or_else(|| format!("object {number} has no end"))?;
        Ok(RawObject {
            number,
            bytes: &rest[..end],
            before: bytes[offset - 1],
            behind: rest.get(end).copied().unwrap_or(0),
        })
    })
    .collect()
}

/// Where `endobj` ends that is followed by another object or by the table.
fn end_of(rest: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let end = from + find(&rest[from..], b"endobj")? + 6;
        let behind: &[u8] = rest[end..].trim_ascii_start();
        let digits = behind.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if behind.starts_with(b"xref") || digits > 0 && behind[digits..].starts_with(b" 0 obj") {
            return Some(end);
        }
        from = end;
    }
}

/// The digits at the beginning, white space before them left out.
pub fn number(bytes: &[u8]) -> Option<usize> {
    let bytes = bytes.trim_ascii_start();
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(&bytes[..digits]).ok()?.parse().ok()
}

/// The hexadecimal strings of an object's head, without their brackets. Literal strings are jumped over.
pub fn hexadecimal_strings(head: &[u8]) -> Vec<&[u8]> {
    let (mut found, mut at, mut depth) = (Vec::new(), 0, 0_usize);
    while at < head.len() {
        match head[at] {
            b'\\' if depth > 0 => at += 1,
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b'<' if depth == 0 && head.get(at + 1) == Some(&b'<') => at += 1,
            b'<' if depth == 0 => {
                let length = head[at..].iter().position(|byte| *byte == b'>').unwrap_or(head.len() - at);
                found.push(&head[at + 1..at + length]);
                at += length;
            }
            _ => {}
        }
        at += 1;
    }
    found
}
