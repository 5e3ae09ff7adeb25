//! A font program of bare CFF (Adobe technical note 5176): how many glyphs it has and how far each moves the pen.

use std::ops::Range;

/// The parts of a CID-keyed or plain CFF that say widths.
pub struct FontProgram<'a> {
    charstrings: Vec<&'a [u8]>,
    /// `defaultWidthX` and `nominalWidthX` of each private dictionary.
    privates: Vec<(f64, f64)>,
    /// Which of them a glyph has.
    select: Vec<usize>,
    /// Units of the em, from the font matrix.
    em: f64,
}

impl<'a> FontProgram<'a> {
    pub fn read(cff: &'a [u8]) -> Option<Self> {
        let (_, next) = index(cff, usize::from(*cff.get(2)?))?;
        let (tops, _) = index(cff, next)?;
        let top = dictionary(&cff[tops.first()?.clone()])?;
        let (charstrings, _) = index(cff, *one(&top, 17)? as usize)?;
        let matrix =
            |found: &[(u16, Vec<f64>)]| one(found, 0x0C07).filter(|value| **value > 0.0).map(|value| 1.0 / value);
        let mut em = matrix(&top).unwrap_or(1000.0);
        let (dictionaries, select) = if let Some(array) = one(&top, 0x0C24) {
            let (fonts, _) = index(cff, *array as usize)?;
            let fonts: Vec<_> = fonts.into_iter().map(|range| dictionary(&cff[range])).collect::<Option<_>>()?;
            // Tools write the matrix into either; both together would multiply.
            if let (None, Some(own)) = (matrix(&top), fonts.first().and_then(|font| matrix(font))) {
                em = own;
            }
            (fonts, selection(&cff[*one(&top, 0x0C25)? as usize..], charstrings.len())?)
        } else {
            (vec![top], vec![0; charstrings.len()])
        };
        let privates = dictionaries.iter().map(|font| private(cff, font)).collect::<Option<_>>()?;
        let charstrings = charstrings.into_iter().map(|range| &cff[range]).collect();
        Some(FontProgram { charstrings, privates, select, em })
    }

    pub fn glyphs(&self) -> usize {
        self.charstrings.len()
    }

    /// The advance of a glyph in thousandths of the em.
    pub fn width(&self, glyph: usize) -> Option<f64> {
        let (default, nominal) = *self.privates.get(*self.select.get(glyph)?)?;
        let own = width_of(self.charstrings.get(glyph)?)?;
        Some(own.map_or(default, |own| nominal + own) * 1000.0 / self.em)
    }
}

fn private(cff: &[u8], font: &[(u16, Vec<f64>)]) -> Option<(f64, f64)> {
    let Some((_, place)) = font.iter().find(|(operator, _)| *operator == 18) else { return Some((0.0, 0.0)) };
    let (size, at) = (*place.first()? as usize, *place.get(1)? as usize);
    let found = dictionary(cff.get(at..at + size)?)?;
    Some((one(&found, 20).copied().unwrap_or(0.0), one(&found, 21).copied().unwrap_or(0.0)))
}

fn one(dictionary: &[(u16, Vec<f64>)], operator: u16) -> Option<&f64> {
    dictionary.iter().find(|(found, _)| *found == operator)?.1.first()
}

/// The entries of an INDEX, and where it ends.
fn index(cff: &[u8], at: usize) -> Option<(Vec<Range<usize>>, usize)> {
    let count = usize::from(u16::from_be_bytes([*cff.get(at)?, *cff.get(at + 1)?]));
    if count == 0 {
        return Some((Vec::new(), at + 2));
    }
    let size = usize::from(*cff.get(at + 2)?);
    let offset = |entry: usize| {
        let from = at + 3 + entry * size;
        Some(cff.get(from..from + size)?.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)))
    };
    let base = at + 2 + (count + 1) * size;
    let ranges =
        (0..count).map(|entry| Some(base + offset(entry)?..base + offset(entry + 1)?)).collect::<Option<_>>()?;
    Some((ranges, base + offset(count)?))
}

/// Operators with their operands; two-byte operators are 0x0C00 and the second byte.
fn dictionary(bytes: &[u8]) -> Option<Vec<(u16, Vec<f64>)>> {
    let (mut found, mut operands, mut at) = (Vec::new(), Vec::new(), 0);
    while at < bytes.len() {
        let first = bytes[at];
        at += 1;
        match first {
            12 => {
                found.push((0x0C00 | u16::from(*bytes.get(at)?), std::mem::take(&mut operands)));
                at += 1;
            }
            0..=21 => found.push((u16::from(first), std::mem::take(&mut operands))),
            30 => {
                let (number, length) = packed(&bytes[at..])?;
                operands.push(number);
                at += length;
            }
            29 => {
                operands.push(f64::from(i32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?)));
                at += 4;
            }
            _ => {
                let (number, length) = small(first, &bytes[at..])?;
                operands.push(number);
                at += length;
            }
        }
    }
    Some(found)
}

/// A real number in nibbles, and how many bytes it takes.
fn packed(bytes: &[u8]) -> Option<(f64, usize)> {
    let mut text = String::new();
    for (at, byte) in bytes.iter().enumerate() {
        for nibble in [byte >> 4, byte & 15] {
            match nibble {
                0..=9 => text.push(char::from(b'0' + nibble)),
                10 => text.push('.'),
                11 => text.push('E'),
                12 => text.push_str("E-"),
                14 => text.push('-'),
                _ => return Some((text.parse().ok()?, at + 1)),
            }
        }
    }
    None
}

/// An operand whose first byte is 28 or 32 to 254; how many further bytes it takes.
fn small(first: u8, rest: &[u8]) -> Option<(f64, usize)> {
    let next = || rest.first().map(|byte| i32::from(*byte));
    let value = i32::from(first);
    match first {
        28 => Some((f64::from(i16::from_be_bytes([*rest.first()?, *rest.get(1)?])), 2)),
        32..=246 => Some((f64::from(value - 139), 0)),
        247..=250 => Some((f64::from((value - 247) * 256 + next()? + 108), 1)),
        251..=254 => Some((f64::from(-(value - 251) * 256 - next()? - 108), 1)),
        _ => None,
    }
}

/// FDSelect of format 0 or 3.
fn selection(bytes: &[u8], glyphs: usize) -> Option<Vec<usize>> {
    if bytes.first()? == &0 {
        return Some(bytes.get(1..=glyphs)?.iter().map(|font| usize::from(*font)).collect());
    }
    let wide = |at: usize| Some(usize::from(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?])));
    let mut found = vec![0; glyphs];
    for range in 0..wide(1)? {
        let at = 3 + 3 * range;
        found.get_mut(wide(at)?..wide(at + 3)?)?.fill(usize::from(*bytes.get(at + 2)?));
    }
    Some(found)
}

/// The width that stands before the first operator of a charstring, where there is one operand more than it needs.
fn width_of(charstring: &[u8]) -> Option<Option<f64>> {
    let (mut operands, mut at) = (Vec::new(), 0);
    loop {
        let first = *charstring.get(at)?;
        at += 1;
        let needed = match first {
            255 => {
                let fixed = i32::from_be_bytes(charstring.get(at..at + 4)?.try_into().ok()?);
                operands.push(f64::from(fixed) / 65_536.0);
                at += 4;
                continue;
            }
            28 | 32..=254 => {
                let (number, length) = small(first, &charstring[at..])?;
                operands.push(number);
                at += length;
                continue;
            }
            // hstem, vstem, hstemhm, vstemhm, hintmask, cntrmask take pairs.
            1 | 3 | 18 | 23 | 19 | 20 => operands.len() / 2 * 2,
            4 | 22 => 1,
            21 => 2,
            14 => 0,
            _ => return None,
        };
        return Some((operands.len() > needed).then(|| operands[0]));
    }
}
