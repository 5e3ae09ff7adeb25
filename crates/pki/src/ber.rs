//! BER to DER for PKCS#12 files and for signature values made elsewhere, which BouncyCastle and Java
//! write with indefinite lengths and octet strings in pieces (X.690 8.1.3.6, 8.7.3).

use czei_codes::Code as _;
use zeroize::Zeroizing;

use crate::tlv;
use crate::{Code, Error};

/// How deep elements may stand in each other. A PFX in pieces needs six, as what it carries is
/// unwrapped and converted anew; a SignedData with its certificates about fifteen.
const DEPTH: usize = 32;

const INDEFINITE: u8 = 0x80;
const CONSTRUCTED: u8 = 0x20;
const OCTETS_IN_PIECES: u8 = tlv::OCTET_STRING | CONSTRUCTED;

/// The same value with definite, minimal lengths and whole octet strings: one element, nothing
/// behind it. Neither recursive nor larger in memory than the file and a few bytes.
///
/// # Errors
/// `code` at `path`.
pub(crate) fn to_der(bytes: &[u8], code: Code, path: &'static str) -> Result<Zeroizing<Vec<u8>>, Error> {
    let fault = |found: &'static str| code.fault().at_path(path).found(found);
    // Lengths grow by an octet or two at most, and only those of elements beyond 64 KiB.
    let mut out = Zeroizing::new(Vec::with_capacity(bytes.len() + 1024));
    let mut open: Vec<Frame> = Vec::new();
    let mut at = 0;
    loop {
        close_ended(&mut open, &mut out, at);
        if open.is_empty() && at > 0 {
            break;
        }
        at = element(bytes, at, &mut open, &mut out).map_err(fault)?;
    }
    if at == bytes.len() { Ok(out) } else { Err(fault("bytes behind the end")) }
}

/// A constructed element that has begun and not ended.
struct Frame {
    tag: u8,
    /// Where its content ends, unless an end-of-contents says so.
    end: Option<usize>,
    /// Where its DER begins in the output; nothing for a piece of an octet string, whose content
    /// joins that of the string.
    start: usize,
    is_piece: bool,
}

/// Reads one header, and all of it when it is primitive; answers where the next one begins.
fn element(bytes: &[u8], at: usize, open: &mut Vec<Frame>, out: &mut Vec<u8>) -> Result<usize, &'static str> {
    let limit = open.iter().rev().find_map(|frame| frame.end).unwrap_or(bytes.len());
    let rest = bytes.get(at..limit).unwrap_or_default();
    let [tag, length, ..] = *rest else { return Err("cut off bytes") };
    if tag == 0 && length == 0 {
        // Closed here; the frame of a definite length below is closed by the caller.
        return match open.pop() {
            Some(frame) if frame.end.is_none() => {
                write_header(out, &frame);
                Ok(at + 2)
            }
            _ => Err("an end-of-contents out of place"),
        };
    }
    if tag & 0x1f == 0x1f {
        return Err("a tag of several octets");
    }
    let in_pieces = open.last().is_some_and(|frame| frame.tag == OCTETS_IN_PIECES);
    if in_pieces && tag | CONSTRUCTED != OCTETS_IN_PIECES {
        return Err("an octet string whose pieces are none");
    }
    let (header, length) = if length == INDEFINITE { (2, None) } else { length_of(rest)? };
    let content = at + header;
    let end = match length {
        Some(length) => Some(content.checked_add(length).filter(|end| *end <= limit).ok_or("a length beyond the end")?),
        None => None,
    };
    if tag & CONSTRUCTED == 0 {
        let end = end.ok_or("an indefinite length of a primitive element")?;
        if !in_pieces {
            tlv::write_header(out, tag, end - content);
        }
        out.extend_from_slice(&bytes[content..end]);
        return Ok(end);
    }
    if open.len() == DEPTH {
        return Err("elements too deep in each other");
    }
    open.push(Frame { tag, end, start: out.len(), is_piece: in_pieces });
    Ok(content)
}

/// Closes the elements of definite length that end here.
fn close_ended(open: &mut Vec<Frame>, out: &mut Vec<u8>, at: usize) {
    while let Some(frame) = open.pop_if(|frame| frame.end == Some(at)) {
        write_header(out, &frame);
    }
}

/// Puts the header before the content that has been written.
fn write_header(out: &mut Vec<u8>, frame: &Frame) {
    if frame.is_piece {
        return;
    }
    let tag = if frame.tag == OCTETS_IN_PIECES { tlv::OCTET_STRING } else { frame.tag };
    let mut header = Vec::with_capacity(10);
    tlv::write_header(&mut header, tag, out.len() - frame.start);
    out.splice(frame.start..frame.start, header);
}

/// The length of a header, and the definite length in it, minimal or not.
fn length_of(element: &[u8]) -> Result<(usize, Option<usize>), &'static str> {
    let [_, first, octets @ ..] = element else { return Err("cut off bytes") };
    if *first < 0x80 {
        return Ok((2, Some(usize::from(*first))));
    }
    let count = usize::from(first & 0x7f);
    let octets = octets.get(..count).ok_or("cut off bytes")?;
    let significant = octets.iter().position(|octet| *octet != 0).map_or(&[][..], |zeros| &octets[zeros..]);
    if significant.len() > 4 {
        return Err("a length of too many octets");
    }
    let length = significant.iter().fold(0u64, |length, octet| length << 8 | u64::from(*octet));
    Ok((2 + count, Some(usize::try_from(length).map_err(|_| "a length beyond the end")?)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const CODE: Code = Code::PrivateKeyMalformed;

    #[test]
    fn forms_of_ber_become_der() {
        for (ber, der) in [
            (&[0x30, 0x80, 0, 0][..], &[0x30, 0][..]),
            (&[0x30, 0x80, 0x02, 1, 5, 0, 0], &[0x30, 3, 2, 1, 5]),
            (&[0x30, 0x81, 3, 2, 1, 5], &[0x30, 3, 2, 1, 5]),
            (&[0x30, 0x84, 0, 0, 0, 3, 2, 1, 5], &[0x30, 3, 2, 1, 5]),
            (&[0x30, 7, 0x30, 0x80, 2, 1, 5, 0, 0], &[0x30, 5, 0x30, 3, 2, 1, 5]),
            // An octet string in pieces, and in pieces of pieces.
            (&[0x24, 0x80, 4, 1, 7, 4, 2, 8, 9, 0, 0], &[4, 3, 7, 8, 9]),
            (&[0x24, 9, 4, 1, 7, 0x24, 4, 4, 2, 8, 9], &[4, 3, 7, 8, 9]),
            (&[0x24, 0x80, 0x24, 0x80, 4, 1, 7, 0, 0, 4, 1, 8, 0, 0], &[4, 2, 7, 8]),
            (&[0x24, 0x80, 0, 0], &[4, 0]),
            // Zeros in a primitive element are no end-of-contents.
            (&[0x30, 0x80, 4, 2, 0, 0, 0, 0], &[0x30, 4, 4, 2, 0, 0]),
            (&[4, 1, 9], &[4, 1, 9]),
        ] {
            assert_eq!(**to_der(ber, CODE, "x").unwrap(), *der, "{ber:02x?}");
        }
    }

    #[test]
    fn der_stays_as_it_is() {
        let mut bytes = vec![1; 200];
        for tag in [tlv::OCTET_STRING, tlv::SEQUENCE, tlv::context(0), tlv::SEQUENCE] {
            bytes = tlv::write(tag, &[&bytes]);
            assert_eq!(**to_der(&bytes, CODE, "x").unwrap(), *bytes);
        }
        let large = tlv::write(tlv::SEQUENCE, &[&tlv::write(tlv::OCTET_STRING, &[&vec![7; 100_000]])]);
        assert_eq!(**to_der(&large, CODE, "x").unwrap(), *large);
    }

    #[test]
    fn damage_is_told() {
        for (bytes, why) in [
            (&[][..], "cut off bytes"),
            (&[0x30], "cut off bytes"),
            (&[0x30, 0x80], "cut off bytes"),
            (&[0x30, 0x80, 0], "cut off bytes"),
            (&[0x30, 0x82, 1], "cut off bytes"),
            (&[0x30, 2, 4, 1], "a length beyond the end"),
            (&[0x30, 3, 4, 2, 1, 1], "a length beyond the end"),
            (&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], "a length beyond the end"),
            (&[0x30, 0x85, 1, 0, 0, 0, 0], "a length of too many octets"),
            (&[4, 0x80, 0, 0], "an indefinite length of a primitive element"),
            (&[0, 0], "an end-of-contents out of place"),
            (&[0x30, 2, 0, 0], "an end-of-contents out of place"),
            (&[0x24, 0x80, 2, 1, 1, 0, 0], "an octet string whose pieces are none"),
            (&[0x3f, 1, 0], "a tag of several octets"),
            (&[0x30, 0, 0], "bytes behind the end"),
        ] {
            let fault = to_der(bytes, CODE, "a/b").unwrap_err();
            assert_eq!(fault.code(), CODE);
            assert_eq!(fault.place().path.as_deref(), Some("a/b"));
            assert_eq!(fault.found_text(), Some(why), "{bytes:02x?}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| {
            let open = [0x30, 0x80].repeat(depth);
            [open, vec![0; 2 * depth]].concat()
        };
        assert!(to_der(&nested(DEPTH), CODE, "x").is_ok());
        for depth in [DEPTH + 1, 20_000] {
            let fault = to_der(&nested(depth), CODE, "x").unwrap_err();
            assert_eq!(fault.found_text(), Some("elements too deep in each other"));
        }
    }
}
