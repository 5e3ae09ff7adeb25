//! PEM blocks (RFC 7468), read generously: any line width, any text between the blocks.

use base64::engine::general_purpose::STANDARD;
use base64::{Engine as _, decoded_len_estimate};
use czei_codes::Code as _;
use zeroize::Zeroizing;

use crate::tlv::{self, Reader};
use crate::{Code, Error};

/// One block. The bytes may be a private key, so they are zeroed when dropped.
pub(crate) struct Block<'a> {
    pub(crate) label: &'a str,
    /// Whether header lines say that the content is encrypted as old OpenSSL did it (`Proc-Type`,
    /// `DEK-Info`, RFC 1421); then it is not decoded. Other headers are passed over.
    pub(crate) is_encrypted: bool,
    pub(crate) bytes: Zeroizing<Vec<u8>>,
}

/// Whether bytes are to be read as PEM rather than DER. What is one SEQUENCE as a whole is not
/// PEM, whatever text it carries inside: a block in an extension must not be taken for the file.
pub(crate) fn is_pem(bytes: &[u8]) -> bool {
    let mut reader = Reader::new(bytes, Code::PemMalformed);
    let is_der = reader.tlv(tlv::SEQUENCE, "PEM").is_ok() && reader.is_empty();
    !is_der && find(bytes, BEGIN.as_bytes()).is_some()
}

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";

/// The blocks whose label is wanted, in the order of the text; others are skipped undecoded.
pub(crate) fn blocks<'a>(text: &'a [u8], wanted: impl Fn(&str) -> bool) -> Result<Vec<Block<'a>>, Error> {
    let wanted = scan(text)?.into_iter().filter(|(label, _)| wanted(label));
    wanted.map(|(label, body)| decode(label, body)).collect()
}

/// The labels of the first blocks, for messages.
pub(crate) fn labels(text: &[u8]) -> String {
    const MOST: usize = 8;
    let blocks = scan(text).unwrap_or_default();
    let mut labels: Vec<&str> = blocks.iter().take(MOST).map(|(label, _)| *label).collect();
    if blocks.len() > MOST {
        labels.push("…");
    }
    labels.join(", ")
}

/// Labels and undecoded contents. A line of a block that lacks its other one would hide what stands
/// between, so it is refused.
fn scan(text: &[u8]) -> Result<Vec<(&str, &[u8])>, Error> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some(start) = find(rest, BEGIN.as_bytes()) {
        no_end_line(&rest[..start])?;
        let after = &rest[start + BEGIN.len()..];
        let label = find(after, b"-----")
            .filter(|length| *length <= 64)
            .and_then(|length| core::str::from_utf8(&after[..length]).ok())
            .filter(|label| !label.contains(['\n', '\r']))
            .ok_or_else(|| fault("a begin line that does not end"))?;
        let body = &after[label.len() + 5..];
        let end_line = format!("-----END {label}-----");
        let length = find(body, end_line.as_bytes()).ok_or_else(|| fault(format!("{label} without its end line")))?;
        let (body, after) = body.split_at(length);
        if find(body, BEGIN.as_bytes()).is_some() {
            return Err(fault(format!("{label} without its end line")));
        }
        blocks.push((label, body));
        rest = &after[end_line.len()..];
    }
    no_end_line(rest)?;
    Ok(blocks)
}

/// Text between blocks may speak of an end line, but no line is one.
fn no_end_line(text: &[u8]) -> Result<(), Error> {
    let mut lines = text.split(|byte| matches!(byte, b'\n' | b'\r'));
    if lines.any(|line| line.trim_ascii_start().starts_with(END.as_bytes())) {
        return Err(fault("an end line without its begin line"));
    }
    Ok(())
}

fn decode<'a>(label: &'a str, body: &[u8]) -> Result<Block<'a>, Error> {
    let mut digits = Zeroizing::new(Vec::with_capacity(body.len()));
    for line in body.split(|byte| matches!(byte, b'\n' | b'\r')) {
        let line = line.trim_ascii();
        if line.starts_with(b"Proc-Type:") || line.starts_with(b"DEK-Info:") {
            return Ok(Block { label, is_encrypted: true, bytes: Zeroizing::default() });
        }
        if !line.contains(&b':') {
            digits.extend(line.iter().filter(|byte| !byte.is_ascii_whitespace()));
        }
    }
    let bytes = decode_base64(&digits).ok_or_else(|| fault(format!("{label} whose content is not base64")))?;
    Ok(Block { label, is_encrypted: false, bytes })
}

/// Base64 without white space, decoded into memory that is zeroed also when the text turns out bad.
pub(crate) fn decode_base64(digits: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(vec![0; decoded_len_estimate(digits.len())]);
    let length = STANDARD.decode_slice(digits, &mut bytes).ok()?;
    bytes.truncate(length);
    Some(bytes)
}

fn fault(found: impl Into<String>) -> Error {
    Code::PemMalformed.fault().found(found)
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

/// A block with lines of 64 characters.
pub(crate) fn write(label: &str, bytes: &[u8]) -> Zeroizing<String> {
    let digits = Zeroizing::new(STANDARD.encode(bytes));
    // Reserved in full, so that growing leaves no copies of a secret behind.
    let length = digits.len() + digits.len() / 64 + 2 * label.len() + 40;
    let mut out = Zeroizing::new(String::with_capacity(length));
    out.push_str("-----BEGIN ");
    out.push_str(label);
    out.push_str("-----\n");
    let mut rest = digits.as_str();
    while let Some((line, more)) = rest.split_at_checked(64) {
        out.push_str(line);
        out.push('\n');
        rest = more;
    }
    if !rest.is_empty() {
        out.push_str(rest);
        out.push('\n');
    }
    out.push_str("-----END ");
    out.push_str(label);
    out.push_str("-----\n");
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_written_is_read_again_among_other_blocks_and_text() {
        for length in [0, 1, 47, 48, 49, 96, 1000] {
            let bytes: Vec<u8> = (0..length).map(|index| index as u8).collect();
            let block = write("X", &bytes);
            assert!(block.lines().all(|line| line.len() <= 64));
            let text = format!("note\r\n{}junk\n{}", *write("OTHER", b"?"), block.replace('\n', "\r\n"));
            let found = blocks(text.as_bytes(), |label| label == "X").unwrap();
            assert_eq!(found.len(), 1);
            assert_eq!(*found[0].bytes, bytes);
            assert!(!found[0].is_encrypted);
        }
    }

    #[test]
    fn text_inside_a_der_file_does_not_make_it_pem() {
        let block = write("X", &[0; 100]);
        assert!(is_pem(block.as_bytes()));
        // An explanation may begin with the digit that is also the tag of a SEQUENCE.
        assert!(is_pem(format!("0 s:CN=x\n{}", *block).as_bytes()));
        let der = tlv::write(tlv::SEQUENCE, &[block.as_bytes()]);
        assert!(!is_pem(&der));
        assert!(!is_pem(b""));
    }

    #[test]
    fn damaged_text_is_refused() {
        for (text, why) in [
            ("-----BEGIN X-----\nAAAA\n", "X without its end line"),
            ("-----BEGIN X-----\nAAAA\n-----END Y-----\n", "X without its end line"),
            ("-----BEGIN X\nAAAA\n-----END X-----\n", "a begin line that does not end"),
            ("-----BEGIN X-----\nA*AA\n-----END X-----\n", "X whose content is not base64"),
            ("-----BEGIN X-----\nAAB=\n-----END X-----\n", "X whose content is not base64"),
            ("-----BEGIN X-----\nAAA\n-----END X-----\n", "X whose content is not base64"),
            ("-----END X-----\n-----BEGIN X-----\nAAAA\n-----END X-----\n", "an end line without its begin line"),
            ("-----BEGIN X-----\nAAAA\n-----END X-----\r\n-----END X-----", "an end line without its begin line"),
            ("-----BEGIN X-----\n-----BEGIN Y-----\n-----END Y-----\n-----END X-----", "X without its end line"),
            ("-----BEGIN X-----\n-----BEGIN X-----\n-----END X-----\n", "X without its end line"),
        ] {
            let fault = blocks(text.as_bytes(), |_| true).err().unwrap();
            assert_eq!(fault.code(), Code::PemMalformed);
            assert_eq!(fault.found_text(), Some(why), "{text}");
        }
        assert!(blocks(b"", |_| true).unwrap().is_empty());
    }

    #[test]
    fn headers_are_passed_over_but_for_those_of_encryption() {
        for (headers, is_encrypted) in [
            ("Comment: a key\n", false),
            ("Comment: a key\r\nX-Other: 1\r\n", false),
            ("Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n", true),
            ("DEK-Info: AES-256-CBC,00\n", true),
        ] {
            let text = format!("-----BEGIN X-----\n{headers}\nAQID\n-----END X-----\n");
            let found = blocks(text.as_bytes(), |_| true).unwrap();
            assert_eq!(found[0].is_encrypted, is_encrypted, "{headers}");
            assert_eq!(*found[0].bytes, if is_encrypted { vec![] } else { vec![1, 2, 3] }, "{headers}");
        }
    }

    #[test]
    fn labels_are_told() {
        let text = format!("{}{}", *write("A B", b"?"), *write("C", b"?"));
        assert_eq!(labels(text.as_bytes()), "A B, C");
        assert_eq!(labels(write("A", b"?").repeat(9).as_bytes()), "A, A, A, A, A, A, A, A, …");
    }
}
