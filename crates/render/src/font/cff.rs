//! Bare CFF tables made of glyphs that are copied as they are: CID-keyed, in the order given, CID and glyph alike.
//!
//! The general way takes a font apart and puts its programs together anew. Here nothing has to be taken apart,
//! because the programs call no subroutines; it takes a fiftieth of the time, which counts when it is done for every
//! receipt. Adobe Technical Note 5176, "The Compact Font Format Specification".

use skrifa::GlyphId;
use skrifa::raw::TableProvider;
use skrifa::raw::ps::cff::CffFontRef;

use super::face::Face;

/// Strings of one's own are counted on from the standard ones.
const FIRST_STRING: i32 = 391;
/// Operators.
const PRIVATE: &[u8] = &[18];
const CHARSET: &[u8] = &[15];
const CHAR_STRINGS: &[u8] = &[17];
const FONT_BBOX: &[u8] = &[5];
const ROS: &[u8] = &[12, 30];
const CID_COUNT: &[u8] = &[12, 34];
const FD_ARRAY: &[u8] = &[12, 36];
const FD_SELECT: &[u8] = &[12, 37];
const DEFAULT_WIDTH: &[u8] = &[20];
const NOMINAL_WIDTH: &[u8] = &[21];
/// Header: version 1.0, its own length, offsets of four bytes.
const HEADER: [u8; 4] = [1, 0, 4, 4];

/// The table of these glyphs, of which the first is `.notdef`. `None` when the font is damaged.
pub(super) fn cut(face: &Face, name: &str, glyphs: &[u16]) -> Option<Vec<u8>> {
    let font = face.font().ok()?;
    let table = font.cff().ok()?;
    let cff = CffFontRef::new_cff(table.offset_data().as_bytes(), 0, None).ok()?;
    let count = u16::try_from(glyphs.len()).ok().filter(|count| *count > 1)?;
    let programs = glyphs.iter().map(|glyph| cff.charstrings().get(usize::from(*glyph))).collect::<Option<Vec<_>>>()?;

    // The parts of the font that these glyphs belong to, by their numbers there, and which glyph belongs to which.
    let parts = glyphs
        .iter()
        .map(|glyph| if cff.is_cid() { cff.subfont_index(GlyphId::from(*glyph)) } else { Some(0) })
        .collect::<Option<Vec<u16>>>()?;
    let mut used = parts.clone();
    used.sort_unstable();
    used.dedup();
    let select = |part: &u16| used.binary_search(part).ok().and_then(|place| u8::try_from(place).ok());

    // Everything behind the top dictionary, with the offsets counted from its own beginning.
    let mut body = Vec::with_capacity(programs.iter().map(|program| program.len() + 4).sum::<usize>() + 512);
    // Charset, format 2: one range, CIDs from 1 on.
    let charset = body.len();
    body.push(2);
    body.extend_from_slice(&1_u16.to_be_bytes());
    body.extend_from_slice(&(count - 2).to_be_bytes());
    // FDSelect, format 0: the part of each glyph.
    let fd_select = body.len();
    body.push(0);
    for part in &parts {
        body.push(select(part)?);
    }
    let char_strings = body.len();
    index(&mut body, &programs)?;
    let mut dictionaries = Vec::new();
    for part in &used {
        let widths = cff.subfont(*part, &[]).ok()?;
        let offset = body.len();
        operands(&mut body, &[widths.default_width().map_or(0, |width| width.to_i32())], DEFAULT_WIDTH);
        operands(&mut body, &[widths.nominal_width().to_i32()], NOMINAL_WIDTH);
        dictionaries.push((body.len() - offset, offset));
    }
    let fd_array_length = dictionaries.len();

    let strings: [&[u8]; 2] = [b"Adobe", b"Identity"];
    let mut made = Vec::with_capacity(body.len() + 512);
    made.extend_from_slice(&HEADER);
    index(&mut made, &[name.as_bytes()])?;
    // All numbers take five bytes, so that the length is known before the offsets are.
    let head = font.head().ok()?;
    let bbox = [head.x_min(), head.y_min(), head.x_max(), head.y_max()].map(i32::from);
    let mut rest = Vec::new();
    index(&mut rest, &strings)?;
    rest.extend_from_slice(&[0, 0]); // no global subroutines
    let top = |base: usize, fd_array: usize| {
        let mut top = Vec::with_capacity(96);
        let at = |offset: usize| i32::try_from(base + offset).ok();
        operands(&mut top, &[FIRST_STRING, FIRST_STRING + 1, 0], ROS);
        operands(&mut top, &bbox, FONT_BBOX);
        operands(&mut top, &[i32::from(count)], CID_COUNT);
        operands(&mut top, &[at(charset)?], CHARSET);
        operands(&mut top, &[at(fd_select)?], FD_SELECT);
        operands(&mut top, &[at(char_strings)?], CHAR_STRINGS);
        operands(&mut top, &[at(fd_array)?], FD_ARRAY);
        let mut all = Vec::with_capacity(top.len() + 8);
        index(&mut all, &[&top])?;
        Some(all)
    };
    let base = made.len() + top(0, 0)?.len() + rest.len();
    let fd_array = body.len();
    let mut described = Vec::with_capacity(fd_array_length);
    for (length, offset) in dictionaries {
        let mut dictionary = Vec::with_capacity(12);
        operands(&mut dictionary, &[i32::try_from(length).ok()?, i32::try_from(base + offset).ok()?], PRIVATE);
        described.push(dictionary);
    }
    index(&mut body, &described)?;
    made.extend_from_slice(&top(base, fd_array)?);
    made.extend_from_slice(&rest);
    made.extend_from_slice(&body);
    Some(made)
}

/// Numbers, each in five bytes, and their operator.
fn operands(to: &mut Vec<u8>, numbers: &[i32], operator: &[u8]) {
    for number in numbers {
        to.push(29);
        to.extend_from_slice(&number.to_be_bytes());
    }
    to.extend_from_slice(operator);
}

/// An INDEX: the count, the size of offsets, offsets from 1 on, the data.
fn index(to: &mut Vec<u8>, items: &[impl AsRef<[u8]>]) -> Option<()> {
    to.extend_from_slice(&u16::try_from(items.len()).ok()?.to_be_bytes());
    let total = u32::try_from(items.iter().map(|item| item.as_ref().len()).sum::<usize>() + 1).ok()?;
    let size = 4 - total.leading_zeros() as usize / 8;
    to.push(size as u8);
    let mut offset = 1_u32;
    to.extend_from_slice(&offset.to_be_bytes()[4 - size..]);
    for item in items {
        offset += item.as_ref().len() as u32;
        to.extend_from_slice(&offset.to_be_bytes()[4 - size..]);
    }
    for item in items {
        to.extend_from_slice(item.as_ref());
    }
    Some(())
}
