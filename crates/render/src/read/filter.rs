//! Decompression with limits (ISO 32000-1, 7.4).

use czei_codes::Code as _;
use miniz_oxide::DataFormat;
use miniz_oxide::inflate::stream::{InflateState, inflate};
use miniz_oxide::{MZFlush, MZStatus};

use super::lexer::{hexadecimal, is_space, printable};
use super::object::{Dictionary, Object};
use crate::{Code, Error};

/// Filters of one stream; nobody needs more than two.
const FILTERS: usize = 4;
/// Bytes that come out of the decompressor at once.
const PIECE: usize = 32 << 10;

/// A filter's name and its parameters.
pub(super) type Filter<'a> = (&'a [u8], Option<&'a Dictionary>);

/// The filters of a stream with their parameters, in the order in which they are undone. `resolve` follows references.
pub(super) fn filters<'a>(
    dictionary: &'a Dictionary,
    resolve: impl Fn(&'a Object) -> &'a Object,
) -> Result<Vec<Filter<'a>>, Error> {
    let either = |long: &str, short: &str| dictionary.get(long).or_else(|| dictionary.get(short)).map(&resolve);
    let names = match either("Filter", "F") {
        None | Some(Object::Null) => return Ok(Vec::new()),
        Some(Object::Array(names)) => names.iter().map(&resolve).collect(),
        Some(name) => vec![name],
    };
    if names.len() > FILTERS {
        return Err(Code::PdfFilter.fault().expected(format!("<= {FILTERS}")).found(names.len().to_string()));
    }
    let parameters = match either("DecodeParms", "DP") {
        Some(Object::Array(parameters)) => parameters.iter().map(&resolve).collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    };
    let mut filters = Vec::new();
    for (index, name) in names.into_iter().enumerate() {
        let name = name.name().ok_or_else(|| Code::PdfFilter.fault())?;
        filters.push((name, parameters.get(index).and_then(|parameters| parameters.dictionary())));
    }
    Ok(filters)
}

/// Undoes one filter; at most `limit` bytes come out.
pub(super) fn undo(name: &[u8], parameters: Option<&Dictionary>, input: &[u8], limit: usize) -> Result<Vec<u8>, Error> {
    match name {
        b"FlateDecode" | b"Fl" => predicted(flate(input, limit)?.0, parameters),
        b"ASCIIHexDecode" | b"AHx" => ascii_hex(input, limit),
        b"ASCII85Decode" | b"A85" => ascii_85(input, limit),
        b"RunLengthDecode" | b"RL" => run_length(input, limit),
        other => Err(Code::PdfFilter.fault().found(printable(other))),
    }
}

/// Where the bytes of this filter end, its own mark included, and how many bytes come out; at most `limit`.
///
/// # Errors
/// The filter is damaged, has no end of its own, or gives too much.
pub(super) fn end(name: &[u8], input: &[u8], limit: usize) -> Result<(usize, usize), Error> {
    let behind = |mark: &[u8]| input.windows(mark.len()).position(|window| window == mark).map(|at| at + mark.len());
    match name {
        b"FlateDecode" | b"Fl" => flate(input, limit).map(|(output, end)| (end, output.len())),
        b"ASCIIHexDecode" | b"AHx" => behind(b">").map(|end| (end, end)).ok_or_else(|| damaged("ASCIIHexDecode")),
        b"ASCII85Decode" | b"A85" => behind(b"~>").map(|end| (end, end)).ok_or_else(|| damaged("ASCII85Decode")),
        other => Err(Code::PdfFilter.fault().found(printable(other))),
    }
}

fn too_far(limit: usize) -> Error {
    Code::PdfInflatesTooFar.fault().expected(format!("<= {limit}"))
}

fn damaged(filter: &str) -> Error {
    Code::PdfStream.fault().found(filter)
}

/// What comes out, and how many bytes went in.
fn flate(input: &[u8], limit: usize) -> Result<(Vec<u8>, usize), Error> {
    let mut state = InflateState::new_boxed(DataFormat::Zlib);
    let mut output = Vec::new();
    let mut piece = vec![0; PIECE];
    let mut rest = input;
    loop {
        let step = inflate(&mut state, rest, &mut piece, MZFlush::None);
        rest = rest.get(step.bytes_consumed..).unwrap_or_default();
        if output.len() + step.bytes_written > limit {
            return Err(too_far(limit));
        }
        output.extend_from_slice(&piece[..step.bytes_written]);
        match step.status {
            Ok(MZStatus::StreamEnd) => return Ok((output, input.len() - rest.len())),
            Ok(_) if step.bytes_consumed > 0 || step.bytes_written > 0 => {}
            Ok(_) | Err(_) => return Err(damaged("FlateDecode")),
        }
    }
}

fn ascii_hex(input: &[u8], limit: usize) -> Result<Vec<u8>, Error> {
    let mut output = Vec::new();
    let mut high = None;
    for byte in input.iter().copied().filter(|byte| !is_space(*byte)) {
        if byte == b'>' {
            break;
        }
        let digit = hexadecimal(byte).ok_or_else(|| damaged("ASCIIHexDecode"))?;
        match high.take() {
            None => high = Some(digit),
            Some(high) => push(&mut output, high << 4 | digit, limit)?,
        }
    }
    if let Some(high) = high {
        push(&mut output, high << 4, limit)?;
    }
    Ok(output)
}

fn ascii_85(input: &[u8], limit: usize) -> Result<Vec<u8>, Error> {
    let error = || damaged("ASCII85Decode");
    let mut output = Vec::new();
    let (mut value, mut digits) = (0_u32, 0_usize);
    for byte in input.iter().copied().filter(|byte| !is_space(*byte)) {
        match byte {
            b'~' => break,
            b'z' if digits == 0 => {
                for _ in 0..4 {
                    push(&mut output, 0, limit)?;
                }
            }
            b'!'..=b'u' => {
                value = value
                    .checked_mul(85)
                    .and_then(|value| value.checked_add(u32::from(byte - b'!')))
                    .ok_or_else(error)?;
                digits += 1;
                if digits == 5 {
                    for byte in value.to_be_bytes() {
                        push(&mut output, byte, limit)?;
                    }
                    (value, digits) = (0, 0);
                }
            }
            _ => return Err(error()),
        }
    }
    match digits {
        0 => {}
        1 => return Err(error()),
        _ => {
            for _ in digits..5 {
                value = value.checked_mul(85).and_then(|value| value.checked_add(84)).ok_or_else(error)?;
            }
            for byte in value.to_be_bytes().into_iter().take(digits - 1) {
                push(&mut output, byte, limit)?;
            }
        }
    }
    Ok(output)
}

fn run_length(input: &[u8], limit: usize) -> Result<Vec<u8>, Error> {
    let error = || damaged("RunLengthDecode");
    let mut output = Vec::new();
    let mut rest = input;
    while let Some((&length, behind)) = rest.split_first() {
        let (bytes, times) = match length {
            128 => break,
            0..=127 => (usize::from(length) + 1, 1),
            129..=255 => (1, 257 - usize::from(length)),
        };
        let run = behind.get(..bytes).ok_or_else(error)?;
        if output.len() + bytes * times > limit {
            return Err(too_far(limit));
        }
        for _ in 0..times {
            output.extend_from_slice(run);
        }
        rest = &behind[bytes..];
    }
    Ok(output)
}

fn push(output: &mut Vec<u8>, byte: u8, limit: usize) -> Result<(), Error> {
    if output.len() == limit {
        return Err(too_far(limit));
    }
    output.push(byte);
    Ok(())
}

/// Undoes the predictor, in place.
fn predicted(mut data: Vec<u8>, parameters: Option<&Dictionary>) -> Result<Vec<u8>, Error> {
    let Some(parameters) = parameters else { return Ok(data) };
    let number = |key: &str, default: usize| match parameters.get(key) {
        None => Some(default),
        Some(value) => value.length(),
    };
    let error = || Code::PdfFilter.fault().found("Predictor");
    let predictor = number("Predictor", 1).ok_or_else(error)?;
    if predictor == 1 {
        return Ok(data);
    }
    let colours = number("Colors", 1).filter(|colours| (1..=32).contains(colours)).ok_or_else(error)?;
    let bits = number("BitsPerComponent", 8).filter(|bits| [1, 2, 4, 8, 16].contains(bits)).ok_or_else(error)?;
    let columns = number("Columns", 1).filter(|columns| (1..=1 << 20).contains(columns)).ok_or_else(error)?;
    let pixel = (colours * bits).div_ceil(8);
    let row = (colours * bits * columns).div_ceil(8);
    match predictor {
        2 if bits == 8 => {
            for line in data.chunks_mut(row) {
                for at in pixel..line.len() {
                    line[at] = line[at].wrapping_add(line[at - pixel]);
                }
            }
            Ok(data)
        }
        10..=15 => {
            let length = png(&mut data, pixel, row).ok_or_else(|| damaged("Predictor"))?;
            data.truncate(length);
            Ok(data)
        }
        _ => Err(error()),
    }
}

/// Undoes PNG's filters, each row with its own tag; how many bytes remain.
fn png(data: &mut [u8], pixel: usize, row: usize) -> Option<usize> {
    let rows = data.len().div_ceil(row + 1);
    let mut length = 0;
    for line in 0..rows {
        let from = line * (row + 1);
        let tag = data[from];
        let width = row.min(data.len() - from - 1);
        for at in 0..width {
            let left = if at >= pixel { data[length + at - pixel] } else { 0 };
            let above = if line > 0 { data[length - row + at] } else { 0 };
            let corner = if line > 0 && at >= pixel { data[length - row + at - pixel] } else { 0 };
            let guess = match tag {
                0 => 0,
                1 => left,
                2 => above,
                3 => ((u16::from(left) + u16::from(above)) / 2) as u8,
                4 => paeth(left, above, corner),
                _ => return None,
            };
            // The row moves one byte further to the front with each tag that goes.
            data[length + at] = data[from + 1 + at].wrapping_add(guess);
        }
        length += width;
    }
    Some(length)
}

fn paeth(left: u8, above: u8, corner: u8) -> u8 {
    let guess = i16::from(left) + i16::from(above) - i16::from(corner);
    let distance = |byte: u8| (guess - i16::from(byte)).abs();
    if distance(left) <= distance(above) && distance(left) <= distance(corner) {
        left
    } else if distance(above) <= distance(corner) {
        above
    } else {
        corner
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn parameters(entries: &[(&str, i64)]) -> Dictionary {
        Dictionary(entries.iter().map(|(key, value)| (key.as_bytes().to_vec(), Object::Integer(*value))).collect())
    }

    #[test]
    fn each_filter_is_undone() {
        let flate = crate::deflate::zlib(b"ABCABC");
        assert_eq!(undo(b"FlateDecode", None, &flate, 6).unwrap(), b"ABCABC");
        assert_eq!(undo(b"ASCIIHexDecode", None, b"41 4\n2 5>zz", 3).unwrap(), b"ABP");
        assert_eq!(undo(b"ASCII85Decode", None, b"87cURD]i,\"Ebo80~>", 100).unwrap(), b"Hello World!");
        assert_eq!(undo(b"ASCII85Decode", None, b"z87cUR~>", 100).unwrap(), b"\0\0\0\0Hell");
        assert_eq!(undo(b"RunLengthDecode", None, &[2, 1, 2, 3, 254, 9, 128, 7], 6).unwrap(), [1, 2, 3, 9, 9, 9]);
    }

    #[test]
    fn no_filter_gives_more_than_its_limit() {
        let flate = crate::deflate::zlib(&[0; 100_000]);
        for (name, input) in [
            (&b"FlateDecode"[..], &flate[..]),
            (b"ASCIIHexDecode", &[b'4'; 100]),
            (b"ASCII85Decode", &[b'z'; 100]),
            (b"RunLengthDecode", &[129, 0]),
        ] {
            assert_eq!(undo(name, None, input, 10).unwrap_err().code(), Code::PdfInflatesTooFar);
        }
    }

    #[test]
    fn what_is_damaged_is_refused() {
        let flate = crate::deflate::zlib(b"ABCABC");
        for (name, input) in [
            (&b"FlateDecode"[..], &flate[..flate.len() - 5]),
            (b"FlateDecode", b"no zlib"),
            (b"FlateDecode", b""),
            (b"ASCIIHexDecode", b"4x"),
            (b"ASCII85Decode", b"87cUR!~>"),
            (b"ASCII85Decode", b"uuuuu"),
            (b"RunLengthDecode", &[5, 1]),
        ] {
            assert_eq!(undo(name, None, input, 1000).unwrap_err().code(), Code::PdfStream, "{input:?}");
        }
        let error = undo(b"LZWDecode", None, b"", 1000).unwrap_err();
        assert_eq!((error.code(), error.found_text()), (Code::PdfFilter, Some("LZWDecode")));
    }

    #[test]
    fn predictors_are_undone() {
        let rows = [[2, 1, 2, 3], [2, 1, 1, 1], [1, 5, 1, 1], [3, 0, 0, 0], [4, 1, 1, 1]].concat();
        let png = predicted(rows, Some(&parameters(&[("Predictor", 12), ("Columns", 3)]))).unwrap();
        assert_eq!(png, [1, 2, 3, 2, 3, 4, 5, 6, 7, 2, 4, 5, 3, 5, 6]);
        let tiff = predicted(vec![1, 1, 1, 5, 1, 1], Some(&parameters(&[("Predictor", 2), ("Columns", 3)]))).unwrap();
        assert_eq!(tiff, [1, 2, 3, 5, 6, 7]);
        for wrong in [
            [("Predictor", 9), ("Columns", 3)],
            [("Predictor", 12), ("Columns", 0)],
            [("Predictor", -1), ("Columns", 1)],
        ] {
            assert_eq!(predicted(vec![0; 8], Some(&parameters(&wrong))).unwrap_err().code(), Code::PdfFilter);
        }
        let tag = predicted(vec![7, 0], Some(&parameters(&[("Predictor", 12), ("Columns", 1)]))).unwrap_err();
        assert_eq!(tag.code(), Code::PdfStream);
    }
}
