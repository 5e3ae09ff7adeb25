//! Strict DER (X.690): the tag, length, value walk under every reader here, and the few lines
//! that write it.
//!
//! Lengths of several octets, BIT STRING and BOOLEAN are decoded by the `der` crate. What is added
//! to it is the place and the code of an error and the slices as they stand in the document; what
//! is not left to it says why beside it.
//!
//! Only what certificates, keys and signatures need: single-octet tags, definite minimal lengths.
//! Nothing recurses and nothing allocates while reading, so nesting depth and announced lengths
//! cost nothing: a length beyond the bytes at hand is refused before anything is reserved.

use czei_codes::Code as _;
use der::asn1::{AnyRef, BitStringRef};
use der::{Choice, Decode as _, DecodeValue, ErrorKind, Length, Reader as _, SliceReader, Tag};

use crate::{Code, Error};

pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const NULL: u8 = 0x05;
pub(crate) const OID: u8 = 0x06;
pub(crate) const ENUMERATED: u8 = 0x0a;
pub(crate) const UTF8_STRING: u8 = 0x0c;
pub(crate) const NUMERIC_STRING: u8 = 0x12;
pub(crate) const PRINTABLE_STRING: u8 = 0x13;
pub(crate) const TELETEX_STRING: u8 = 0x14;
pub(crate) const IA5_STRING: u8 = 0x16;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const VISIBLE_STRING: u8 = 0x1a;
pub(crate) const UNIVERSAL_STRING: u8 = 0x1c;
pub(crate) const BMP_STRING: u8 = 0x1e;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// The identifier octet of a constructed context tag, `[n] EXPLICIT` or an implicit SEQUENCE.
pub(crate) const fn context(n: u8) -> u8 {
    0xa0 | n
}

/// The identifier octet of a primitive context tag, `[n] IMPLICIT` of a string type.
pub(crate) const fn context_primitive(n: u8) -> u8 {
    0x80 | n
}

/// One element.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tlv<'a> {
    pub(crate) tag: u8,
    pub(crate) content: &'a [u8],
    /// Header and content.
    pub(crate) whole: &'a [u8],
}

const CUT_OFF: &str = "cut off bytes";
const BEYOND: &str = "a length beyond the end";

/// A cursor over the content of one constructed element.
///
/// Each method takes the path of the field it reads, which becomes the place of the error, and
/// the reader carries the code that malformed bytes have in this kind of document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    code: Code,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8], code: Code) -> Self {
        Reader { rest: bytes, code }
    }

    pub(crate) fn fault(&self, path: &'static str, found: impl Into<String>) -> Error {
        self.code.fault().at_path(path).found(found)
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The bytes that have not been read.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next element, whatever it is.
    pub(crate) fn any(&mut self, path: &'static str) -> Result<Tlv<'a>, Error> {
        let element = first_element(self.rest).map_err(|why| self.fault(path, why))?;
        self.rest = &self.rest[element.whole.len()..];
        Ok(element)
    }

    /// The next element, which has this tag.
    pub(crate) fn tlv(&mut self, tag: u8, path: &'static str) -> Result<Tlv<'a>, Error> {
        match self.peek() {
            Some(found) if found == tag => self.any(path),
            Some(found) => Err(self.code.fault().at_path(path).expected(tag_name(tag)).found(tag_name(found))),
            None => Err(self.code.fault().at_path(path).expected(tag_name(tag)).found("nothing")),
        }
    }

    pub(crate) fn content(&mut self, tag: u8, path: &'static str) -> Result<&'a [u8], Error> {
        Ok(self.tlv(tag, path)?.content)
    }

    pub(crate) fn optional(&mut self, tag: u8, path: &'static str) -> Result<Option<Tlv<'a>>, Error> {
        if self.peek() == Some(tag) { self.any(path).map(Some) } else { Ok(None) }
    }

    /// Enters a constructed element.
    pub(crate) fn enter(&mut self, tag: u8, path: &'static str) -> Result<Reader<'a>, Error> {
        Ok(Reader { rest: self.content(tag, path)?, code: self.code })
    }

    /// A reader of the same kind of document over other bytes.
    pub(crate) fn over(&self, bytes: &'a [u8]) -> Reader<'a> {
        Reader { rest: bytes, code: self.code }
    }

    /// Nothing may be left.
    pub(crate) fn finish(self, path: &'static str) -> Result<(), Error> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.fault(path, format!("{} bytes too many", self.rest.len()))) }
    }

    /// The content octets of an OBJECT IDENTIFIER.
    pub(crate) fn oid(&mut self, path: &'static str) -> Result<&'a [u8], Error> {
        let content = self.content(OID, path)?;
        if is_oid(content) { Ok(content) } else { Err(self.fault(path, "a bad object identifier")) }
    }

    /// The content octets of an INTEGER: two's complement, big-endian, minimal. Zero and negative
    /// ones count: certificates have them as serial numbers, and must be readable to be refused.
    pub(crate) fn integer(&mut self, path: &'static str) -> Result<&'a [u8], Error> {
        let content = self.content(INTEGER, path)?;
        // The rule of `der::asn1::IntRef`, whose reader would make SignedData slower by an eighth.
        match content {
            [] => Err(self.fault(path, "an empty INTEGER")),
            [0x00, next, ..] if *next < 0x80 => Err(self.fault(path, "a non-minimal INTEGER")),
            [0xff, next, ..] if *next >= 0x80 => Err(self.fault(path, "a non-minimal INTEGER")),
            _ => Ok(content),
        }
    }

    /// An INTEGER of 0 to 127, such as a version.
    pub(crate) fn small(&mut self, path: &'static str) -> Result<u8, Error> {
        match self.integer(path)? {
            [value] if *value < 0x80 => Ok(*value),
            other => Err(self.fault(path, format!("an INTEGER of {} bytes", other.len()))),
        }
    }

    /// A BIT STRING. `der` does not look at the unused bits: that DER wants them zero is left to
    /// the caller.
    pub(crate) fn bit_string(&mut self, path: &'static str) -> Result<BitStringRef<'a>, Error> {
        let content = self.content(BIT_STRING, path)?;
        decode(Tag::BitString, content).ok_or_else(|| self.fault(path, "a BIT STRING with a bad count of unused bits"))
    }

    /// The octets of a BIT STRING without unused bits.
    pub(crate) fn bits(&mut self, path: &'static str) -> Result<&'a [u8], Error> {
        let bits = self.bit_string(path)?;
        bits.as_bytes().ok_or_else(|| self.fault(path, "a BIT STRING with unused bits"))
    }

    /// A BOOLEAN, in DER 00 or FF only.
    pub(crate) fn boolean(&mut self, path: &'static str) -> Result<bool, Error> {
        let content = self.content(BOOLEAN, path)?;
        decode(Tag::Boolean, content).ok_or_else(|| self.fault(path, "a bad BOOLEAN"))
    }

    /// AlgorithmIdentifier: the OID's octets, and the parameters when there are any.
    pub(crate) fn algorithm(&mut self, path: &'static str) -> Result<(&'a [u8], Option<Tlv<'a>>), Error> {
        let mut inner = self.enter(SEQUENCE, path)?;
        let oid = inner.oid(path)?;
        let parameters = if inner.is_empty() { None } else { Some(inner.any(path)?) };
        inner.finish(path)?;
        Ok((oid, parameters))
    }
}

/// Whether parameters of an algorithm that takes none are absent or NULL.
pub(crate) fn absent_or_null(parameters: Option<Tlv<'_>>) -> bool {
    parameters.is_none_or(|parameters| parameters.whole == [NULL, 0])
}

/// The first element, when its content is all there.
fn first_element(bytes: &[u8]) -> Result<Tlv<'_>, &'static str> {
    // The tag is not left to `der`: that has no UniversalString, which names may hold, and takes
    // tags of several octets, which none of the structures here has.
    let [tag, octets @ ..] = bytes else { return Err(CUT_OFF) };
    if tag & 0x1f == 0x1f {
        return Err("a tag of several octets");
    }
    // Most elements are short, and with all of them through `der` SignedData takes twice as long.
    let (header, length) = match octets {
        [length @ 0..=0x7f, ..] => (2, usize::from(*length)),
        _ => long_length(octets)?,
    };
    let content = bytes[header..].get(..length).ok_or(BEYOND)?;
    Ok(Tlv { tag: *tag, content, whole: &bytes[..header + length] })
}

/// The lengths of header and content, from octets that start behind the tag.
fn long_length(octets: &[u8]) -> Result<(usize, usize), &'static str> {
    // No more than `der` takes for a length, so its bound of 4 GiB on the whole is never met.
    let octets = &octets[..octets.len().min(5)];
    let mut reader = SliceReader::new(octets).map_err(|_| CUT_OFF)?;
    let length = Length::decode(&mut reader).map_err(|error| match (error.kind(), octets) {
        (ErrorKind::IndefiniteLength, _) => "an indefinite length",
        (ErrorKind::Overlength, [0x85..=0xff, ..]) => "a length of too many octets",
        (ErrorKind::Overlength, _) => "a length that is not minimal",
        _ => CUT_OFF,
    })?;
    let read = usize::try_from(reader.position()).map_err(|_| BEYOND)?;
    Ok((1 + read, usize::try_from(length).map_err(|_| BEYOND)?))
}

/// Content octets as a type of `der`, all of them.
fn decode<'a, T: Choice<'a> + DecodeValue<'a>>(tag: Tag, content: &'a [u8]) -> Option<T> {
    AnyRef::new(tag, content).ok()?.decode_as().ok()
}

/// The most octets of an object identifier, so that messages can name it. Real ones have about ten.
pub(crate) const MOST_OID_OCTETS: usize = 64;

/// Whether these are the content octets of an object identifier. Not left to `der`: that takes arcs
/// with leading zeros, so that one identifier has several forms, and refuses 2.40 and above, such
/// as 2.999, and arcs beyond 32 bits, which certificates of others have in extensions and policies.
fn is_oid(content: &[u8]) -> bool {
    // Each arc ends in an octet without the high bit and does not start with 0x80; arcs are kept
    // within 63 bits so that writing them out cannot overflow.
    if content.len() > MOST_OID_OCTETS || content.last().is_none_or(|last| last & 0x80 != 0) {
        return false;
    }
    let mut length = 0;
    for octet in content {
        if length == 0 && *octet == 0x80 {
            return false;
        }
        length += 1;
        if length > 9 {
            return false;
        }
        if octet & 0x80 == 0 {
            length = 0;
        }
    }
    true
}

/// The usual name of a tag, for messages.
fn tag_name(tag: u8) -> String {
    match tag {
        BOOLEAN => "BOOLEAN".into(),
        INTEGER => "INTEGER".into(),
        BIT_STRING => "BIT STRING".into(),
        OCTET_STRING => "OCTET STRING".into(),
        NULL => "NULL".into(),
        OID => "OBJECT IDENTIFIER".into(),
        SEQUENCE => "SEQUENCE".into(),
        SET => "SET".into(),
        tag if tag & 0xc0 == 0x80 => format!("[{}]", tag & 0x1f),
        tag => format!("tag {tag:02X}"),
    }
}

/// An element written: tag, length and the parts of its content one after the other.
pub(crate) fn write(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = Vec::with_capacity(length + 6);
    write_header(&mut out, tag, length);
    for part in parts {
        out.extend_from_slice(part);
    }
    out
}

/// Tag and minimal length.
pub(crate) fn write_header(out: &mut Vec<u8>, tag: u8, length: usize) {
    out.push(tag);
    let octets = length.to_be_bytes();
    let zeros = octets.iter().take_while(|octet| **octet == 0).count();
    if length < 0x80 {
        // Below 0x80, so the last octet is all of it.
        out.push(octets[octets.len() - 1]);
    } else {
        let significant = &octets[zeros..];
        // At most eight octets: the cast cannot cut anything off.
        out.push(0x80 | significant.len() as u8);
        out.extend_from_slice(significant);
    }
}

/// A non-negative INTEGER from its big-endian magnitude, leading zeros allowed.
pub(crate) fn write_unsigned(magnitude: &[u8]) -> Vec<u8> {
    write(INTEGER, &[&unsigned_content(magnitude)])
}

/// The minimal content octets of a non-negative INTEGER.
pub(crate) fn unsigned_content(magnitude: &[u8]) -> Vec<u8> {
    let zeros = magnitude.iter().take_while(|octet| **octet == 0).count();
    let magnitude = &magnitude[zeros..];
    let mut content = Vec::with_capacity(magnitude.len() + 1);
    if magnitude.first().is_none_or(|first| *first >= 0x80) {
        content.push(0);
    }
    content.extend_from_slice(magnitude);
    content
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn reader(bytes: &[u8]) -> Reader<'_> {
        Reader::new(bytes, Code::CertificateMalformed)
    }

    #[test]
    fn what_is_written_is_read_again_at_every_length_step() {
        for length in [0usize, 1, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x1_0000] {
            let content = vec![7u8; length];
            let bytes = write(OCTET_STRING, &[&content]);
            let mut reader = reader(&bytes);
            assert_eq!(reader.content(OCTET_STRING, "x").unwrap(), content);
            reader.finish("x").unwrap();
        }
    }

    #[test]
    fn bad_headers_say_what_is_wrong() {
        for (bytes, why) in [
            (&[][..], "nothing"),
            (&[0x30], "cut off bytes"),
            (&[0x30, 0x80, 0, 0], "an indefinite length"),
            (&[0x30, 0x81, 0x7f], "a length that is not minimal"),
            (&[0x30, 0x82, 0x00, 0xff], "a length that is not minimal"),
            (&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], "a length beyond the end"),
            (&[0x30, 0x85, 1, 0, 0, 0, 0], "a length of too many octets"),
            (&[0x30, 0x82, 0x01], "cut off bytes"),
            (&[0x30, 0x02, 0x00], "a length beyond the end"),
        ] {
            let fault = reader(bytes).content(SEQUENCE, "a/b").unwrap_err();
            assert_eq!(fault.code(), Code::CertificateMalformed);
            assert_eq!(fault.found_text(), Some(why), "{bytes:02x?}");
            assert_eq!(fault.place().path.as_deref(), Some("a/b"));
        }
        assert_eq!(
            reader(&[0x1f, 0x81, 0x01, 0x00]).any("x").unwrap_err().found_text(),
            Some("a tag of several octets")
        );
    }

    #[test]
    fn integers_are_minimal() {
        assert_eq!(reader(&[2, 1, 0]).small("v").unwrap(), 0);
        assert_eq!(reader(&[2, 2, 0, 0x80]).integer("v").unwrap(), [0, 0x80]);
        for bytes in [&[2, 0][..], &[2, 2, 0, 0x7f], &[2, 2, 0xff, 0x80]] {
            assert_eq!(reader(bytes).integer("v").unwrap_err().code(), Code::CertificateMalformed);
        }
        for bytes in [&[2, 1, 0][..], &[2, 1, 0x80], &[2, 3, 0xff, 0x7f, 1]] {
            assert_eq!(reader(bytes).integer("v").unwrap(), &bytes[2..]);
        }
        // `der` agrees about every content of one and two octets.
        for value in 0..=u16::MAX {
            let octets = value.to_be_bytes();
            for content in [&octets[..], &octets[1..]] {
                let bytes = write(INTEGER, &[content]);
                let ours = reader(&bytes).integer("v").ok();
                assert_eq!(ours, der::asn1::IntRef::from_der(&bytes).ok().map(|integer| integer.as_bytes()));
            }
        }
        assert_eq!(unsigned_content(&[0, 0, 0x80]), [0, 0x80]);
        assert_eq!(unsigned_content(&[0, 0x7f]), [0x7f]);
        assert_eq!(unsigned_content(&[]), [0]);
    }

    #[test]
    fn bit_strings_and_booleans_have_one_form() {
        assert_eq!(reader(&[3, 2, 0, 7]).bits("b").unwrap(), [7]);
        assert_eq!(reader(&[3, 1, 0]).bits("b").unwrap(), []);
        assert_eq!(reader(&[3, 2, 7, 0x80]).bit_string("b").unwrap().unused_bits(), 7);
        let fault = reader(&[3, 2, 7, 0x80]).bits("b").unwrap_err();
        assert_eq!(fault.found_text(), Some("a BIT STRING with unused bits"));
        for bytes in [&[3, 0][..], &[3, 1, 1], &[3, 2, 8, 0]] {
            let fault = reader(bytes).bits("b").unwrap_err();
            assert_eq!(fault.code(), Code::CertificateMalformed);
            assert_eq!(fault.found_text(), Some("a BIT STRING with a bad count of unused bits"), "{bytes:02x?}");
            assert_eq!(fault.place().path.as_deref(), Some("b"));
        }
        assert!(!reader(&[1, 1, 0]).boolean("b").unwrap());
        assert!(reader(&[1, 1, 0xff]).boolean("b").unwrap());
        for bytes in [&[1, 0][..], &[1, 1, 1], &[1, 2, 0, 0]] {
            let fault = reader(bytes).boolean("b").unwrap_err();
            assert_eq!(fault.found_text(), Some("a bad BOOLEAN"), "{bytes:02x?}");
        }
    }

    #[test]
    fn object_identifiers_are_minimal_and_whole() {
        for bytes in [
            &[0x55, 0x04, 0x03][..],
            &[0x88, 0x37, 0x03],                                           // 2.999.3
            &[0x69, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], // 63 bits
        ] {
            assert!(is_oid(bytes), "{bytes:02x?}");
        }
        for bytes in [
            &[][..],
            &[0x55, 0x84],
            &[0x55, 0x80, 0x01],
            &[0x55, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
        ] {
            assert!(!is_oid(bytes), "{bytes:02x?}");
        }
    }
}
